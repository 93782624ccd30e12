"""``manage.py up``: everything in one command, and nothing left behind after Ctrl+C."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.core.management import CommandError

from planning.management.commands.up import refuse_taken_port, start, stop_all

START_SECONDS = 120
STOP_SECONDS = 8


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_up(folder: Path, port: int) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BLOCWEB", "DATABASE", "CELERY"))}
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.Popen(
        [sys.executable, "manage.py", "up"], cwd=settings.BASE_DIR, text=True, start_new_session=True,
        env=kept | {"BLOCWEB_VAR_DIR": str(folder), "BLOCWEB_PORT": str(port), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


@pytest.fixture
def running(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    process = start_up(tmp_path, port)
    yield process
    if process.poll() is None:
        process.terminate()
        process.wait(STOP_SECONDS)
    assert process.stdout is not None
    process.stdout.close()


def read_until(process: subprocess.Popen[str], wanted: str) -> str:
    """Its output as far as the line with ``wanted``, or all of it."""
    assert process.stdout is not None
    guard = threading.Timer(START_SECONDS, process.terminate)
    guard.start()
    lines = []
    for line in process.stdout:
        lines.append(line)
        if wanted in line:
            break
    guard.cancel()
    return "".join(lines)


@pytest.mark.worker
def test_it_loads_the_demonstration_answers_and_stops_cleanly(running: subprocess.Popen[str], port: int) -> None:
    said = read_until(running, f"http://127.0.0.1:{port}/")
    assert f"blocweb est prêt : http://127.0.0.1:{port}/" in said, said
    assert "directrice" in said
    with urlopen(f"http://127.0.0.1:{port}/connexion/", timeout=10) as answer:
        assert answer.status == 200
    began = time.monotonic()
    running.send_signal(signal.SIGINT)
    rest = read_until(running, "arrêté")
    assert running.wait(STOP_SECONDS) == 0
    assert time.monotonic() - began < STOP_SECONDS
    assert "blocweb est arrêté." in rest
    assert "Traceback" not in said + rest
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0, "nobody listens any more"


def test_a_taken_port_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        process = start_up(tmp_path, taken)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert (
        said
        == f"CommandError: Le port {taken} est déjà pris. Choisissez-en un autre : BLOCWEB_PORT={taken + 1} make run\n"
    )


def test_a_free_port_is_accepted(port: int) -> None:
    refuse_taken_port("127.0.0.1", port)
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(CommandError, match=str(port)):
            refuse_taken_port("127.0.0.1", port)


def test_a_process_that_will_not_stop_is_killed_with_its_children() -> None:
    stubborn = start(
        "-c",
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "time.sleep(60)",
    )
    time.sleep(0.5)
    began = time.monotonic()
    stop_all([stubborn])
    assert time.monotonic() - began < STOP_SECONDS
    while exists(stubborn.pid):
        assert time.monotonic() - began < STOP_SECONDS
        time.sleep(0.05)


def exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
