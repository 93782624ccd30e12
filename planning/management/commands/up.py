"""Everything in one command: database, demonstration, web server and worker, until Ctrl+C."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command, get_commands
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

START_SECONDS = 30
# A planning run cut short here loses nothing: its row is taken up again at the next start.
STOP_SECONDS = 3.0

WEB = (
    "-m",
    "uvicorn",
    "blocweb.asgi:application",
    "--lifespan",
    "off",
    "--log-level",
    "warning",
    "--no-access-log",
    "--timeout-graceful-shutdown",
    "3",
)
# One process, and neither gossip nor mingle: on the filesystem broker they only race for the exchange file.
CELERY = (
    "-m", "celery", "--quiet", "-A", "blocweb", "worker",
    "--without-gossip", "--without-mingle", "--loglevel", "WARNING",
)  # fmt: skip
WORKER = (*CELERY, "-P", "prefork", "-c", "1", "-B")
# The figures of explanations, the e-mails and the clock's small tasks, beside the runs: none waits for a run.
EXPLAINER = (
    *CELERY, "-P", "solo", "-n", "explanations@%h", "-Q", f"{settings.EXPLANATION_QUEUE},{settings.SHORT_QUEUE}",
)  # fmt: skip
# Celery's three-line advice against root is for servers; a demonstration machine may well be a container.
ROOT_ADVICE = "ignore:You're running the worker with superuser privileges"


class Command(BaseCommand):
    help = "Migrates, loads the demonstration hospital once, starts the web server and its workers until Ctrl+C."

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = settings.WEB_HOST, settings.WEB_PORT
        refuse_taken_port(host, port)
        call_command("migrate", verbosity=0, interactive=False)
        call_command("compile_po", verbosity=0)
        if "demo" in get_commands():
            call_command("demo", verbosity=options["verbosity"])
        asked = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: asked.set())
        processes = {
            _("Le serveur web"): start(*WEB, "--host", host, "--port", str(port)),
            _("Le worker de calcul"): start(*WORKER),
        }
        try:
            self._wait_until_answers(host, port, processes, asked)
            if not asked.is_set():
                # Not before: the first page should not share the machine with it.
                processes[_("Le worker des explications et des e-mails")] = start(*EXPLAINER)
                self.stdout.write(_("blocweb est prêt : http://%(host)s:%(port)d/") % {"host": host, "port": port})
                self.stdout.write(_("Ctrl+C arrête le serveur et les workers."))
            self._watch(processes, asked)
        finally:
            stop_all(list(processes.values()))
        self.stdout.write(_("blocweb est arrêté."))

    def _wait_until_answers(
        self, host: str, port: int, processes: dict[str, subprocess.Popen[bytes]], asked: threading.Event
    ) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not asked.wait(0.1) and not answers(host, port):
            refuse_stopped(processes)
            if time.monotonic() > deadline:
                raise CommandError(_("Le serveur web ne répond pas après %d secondes.") % START_SECONDS)

    def _watch(self, processes: dict[str, subprocess.Popen[bytes]], asked: threading.Event) -> None:
        while not asked.wait(0.5):
            refuse_stopped(processes)


def refuse_taken_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            text = _("Le port %(port)d est déjà pris. Choisissez-en un autre : BLOCWEB_PORT=%(next)d make run")
            raise CommandError(text % {"port": port, "next": port + 1}) from None


def refuse_stopped(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, process in processes.items():
        code = process.poll()
        if code is not None:
            raise CommandError(_("%(name)s s'est arrêté (code %(code)d).") % {"name": name, "code": code})


def answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def start(*arguments: str) -> subprocess.Popen[bytes]:
    """In a session of its own, so that Ctrl+C reaches this command alone and it stops both in order."""
    warnings = ",".join(filter(None, [os.environ.get("PYTHONWARNINGS", ""), ROOT_ADVICE]))
    environment = os.environ | {"PYTHONWARNINGS": warnings}
    return subprocess.Popen([sys.executable, *arguments], start_new_session=True, env=environment)  # noqa: S603  # ours


def stop_all(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
        kill_group(process.pid)
        process.wait()


def kill_group(leader: int) -> None:
    """Whatever is left of the process and its children; mostly nothing."""
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
