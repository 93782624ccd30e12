"""A real Celery worker beside the tests, on the tests' own database and queue."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

COMMAND = (
    "-m", "celery", "-A", "blocweb", "worker", "-P", "prefork", "-c", "1", "-B",
    "--without-gossip", "--without-mingle", "--loglevel", "INFO",
)  # fmt: skip


def database_url() -> str:
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    login = quote(values["USER"] or "postgres") + (f":{quote(values['PASSWORD'])}" if values["PASSWORD"] else "")
    port = f":{values['PORT']}" if values["PORT"] else ""
    return f"postgres://{login}@{quote(values['HOST'] or 'localhost', safe='')}{port}/{values['NAME']}"


class Worker:
    """``kill`` is what a power cut does to it; leaving the block stops it in order, and kills what is left."""

    def __init__(self, folder: Path, name: str, *options: str) -> None:
        self.log = folder / f"{name}.log"
        # Beat's schedule is a file of its own: a killed worker must not leave it locked for the next.
        schedule = folder / f"{name}-schedule"
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "blocweb.settings",
            "DATABASE_URL": database_url(),
            "BLOCWEB_RUN_STALE_SECONDS": "3",
            "BLOCWEB_RUN_REAP_SECONDS": "1",
        }
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, *COMMAND, "--schedule", str(schedule), *options],
                cwd=settings.BASE_DIR, env=environment, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(3)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """-9, the whole group: no handler runs, nothing is written."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def wait_for(self, condition: Callable[[], bool], what: str, seconds: float = 40) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert self.process.poll() is None, f"the worker stopped:\n{self.log.read_text()}"
            assert time.monotonic() < deadline, f"never {what}:\n{self.log.read_text()}"
            time.sleep(0.02)
