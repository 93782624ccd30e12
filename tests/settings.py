"""Hermetic test settings: the project's own, with files in a temporary folder, their own queue and fast passwords."""

import os
import tempfile

# Before the import: the settings read the environment. pytest-xdist's processes inherit it and must not share a queue.
_process = os.environ.get("PYTEST_XDIST_WORKER", "main")
if os.environ.get("BLOCWEB_TESTS_PROCESS") != _process:
    os.environ["BLOCWEB_TESTS_PROCESS"] = _process
    os.environ["BLOCWEB_VAR_DIR"] = tempfile.mkdtemp(prefix="blocweb-tests-")
    # Tests hurry; those of the limits set their own.
    limits = ("SUBMISSIONS", "IMPORTS", "WRITES", "CALENDAR_READS", "QUESTIONS")
    os.environ |= {f"BLOCWEB_{what}_A_MINUTE": "0" for what in limits}
    os.environ["BLOCWEB_QUEUE"] = f"tests-{_process}-{os.getpid()}"

from blocweb.settings import *  # noqa: E402, F403
from blocweb.settings import DATABASES, VAR_DIR  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A file, not memory: a real worker process and real threads then see it, with the locks that they would meet.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "tests.sqlite3")}
