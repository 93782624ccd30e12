"""A whole installation for one test of faults: PostgreSQL, Redis, web processes and workers, all stoppable."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from scripts.services import Database, Redis

ROOT = Path(__file__).resolve().parents[2]
WORKER = (
    "-m", "celery", "--quiet", "-A", "blocweb", "worker", "-P", "prefork", "-c", "1",
    "--without-gossip", "--without-mingle", "--loglevel", "WARNING",
)  # fmt: skip
TODAY = date(2026, 11, 20)
STALE_SECONDS, REAP_SECONDS = 4, 1


class House:
    """``database`` and ``redis`` can be stopped and started; ``start_web`` and ``start_worker`` give processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database, self.redis = Database(folder / "postgresql"), Redis()
        self.port = free_port()
        self.processes: list[subprocess.Popen[bytes]] = []

    def open(self, *, demonstration: bool) -> None:
        self.database.start()
        self.redis.start()
        os.environ |= {
            "DATABASE_URL": self.database.url,
            "CELERY_BROKER_URL": self.redis.url,
            "BLOCWEB_VAR_DIR": str(self.folder / "var"),
            "BLOCWEB_RUN_STALE_SECONDS": str(STALE_SECONDS),
            "BLOCWEB_RUN_REAP_SECONDS": str(REAP_SECONDS),
            "BLOCWEB_WRITES_A_MINUTE": "0",
            "BLOCWEB_SUBMISSIONS_A_MINUTE": "0",
            "BLOCWEB_IMPORTS_A_MINUTE": "0",
            "BLOCWEB_LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "blocweb.settings",
        }
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        if demonstration:
            call_command("demo", today=TODAY, stdout=io.StringIO())

    def start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments], cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )
        self.processes.append(process)
        return process

    def start_web(self, processes: int = 2) -> None:
        self.start(
            "web", "-m", "uvicorn", "blocweb.asgi:application", "--lifespan", "off", "--log-level", "warning",
            "--no-access-log", "--port", str(self.port), "--workers", str(processes),
        )  # fmt: skip
        wait_until(lambda: answers(self.port), "the web server answers", 60)

    def start_worker(self, name: str = "worker") -> subprocess.Popen[bytes]:
        return self.start(name, *WORKER)

    def start_beat(self) -> None:
        self.start("beat", "-m", "celery", "--quiet", "-A", "blocweb", "beat", "--schedule", str(self.folder / "beat"))

    def log(self, name: str) -> str:
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def close(self) -> None:
        from django.db import connections

        connections.close_all()
        for process in self.processes:
            kill(process)
        self.redis.stop()
        self.database.stop()


@contextlib.contextmanager
def open_house(*, demonstration: bool = True) -> Iterator[House]:
    with tempfile.TemporaryDirectory(prefix="blocweb-faults-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        house = House(folder)
        try:
            house.open(demonstration=demonstration)
            yield house
        finally:
            house.close()


def kill(process: subprocess.Popen[bytes]) -> None:
    """What a power cut does to a process and its children: no handler runs, nothing is written."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def wait_until(condition: Callable[[], Any], what: str, seconds: float) -> float:
    """The seconds that it took; an error that says ``what`` never came."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            raise AssertionError(f"never: {what}, in {seconds:.0f} s")
        time.sleep(0.1)
    return time.monotonic() - began


def conclude(house: House, title: str, figures: dict[str, Any], wrong: list[str]) -> int:
    """Prints the figures, what went wrong and what the web server said of it; the exit status."""
    print(f"\n{title}")
    for name, value in figures.items():
        print(f"  {name:<46} {value}")
    for line in wrong[:50]:
        print(f"  WRONG: {line}")
    if wrong:
        print(house.log("web")[-6000:])
    print("  nothing lost, nothing doubled, nothing half written" if not wrong else f"  {len(wrong)} wrong")
    return int(bool(wrong))
