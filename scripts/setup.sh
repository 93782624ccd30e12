#!/bin/sh
# Prepares .venv from one lock file with hashes: scripts/setup.sh requirements/runtime.lock
set -eu
python=${PYTHON:-python3}
lock=$1

fail() {
    echo "blocweb: $1" >&2
    exit 1
}

command -v "$python" >/dev/null 2>&1 || fail "$python was not found. Install Python 3.11 or later, or name yours: make PYTHON=/path/to/python3"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "Python 3.11 or later is needed and $python is $("$python" -c 'import platform; print(platform.python_version())'). Name another one: make PYTHON=python3.12"
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "this Python cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv"

# An interrupted set-up leaves a folder without pip: begin again rather than fail later.
.venv/bin/python -m pip --version >/dev/null 2>&1 || "$python" -m venv --clear .venv

echo "Installing $lock into .venv (a minute or so the first time)…"
if command -v uv >/dev/null 2>&1 && uv pip install --quiet --python .venv/bin/python --require-hashes -r "$lock"; then
    exit 0
fi
PIP_DISABLE_PIP_VERSION_CHECK=1 .venv/bin/python -m pip install --quiet --quiet --root-user-action=ignore --require-hashes -r "$lock" ||
    fail "the packages of $lock could not be installed; the lines above say why."
