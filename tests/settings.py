"""Hermetic test settings: the project's own, with files in a temporary folder and fast passwords."""

import os
import tempfile

os.environ.setdefault("BLOCWEB_VAR_DIR", tempfile.mkdtemp(prefix="blocweb-tests-"))

from blocweb.settings import *  # noqa: E402, F403  # the environment above must be set first

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
