"""Fails when a string of the interface has no English translation, or a fuzzy one.

The catalogue is collected afresh into a temporary folder and compared with the one in ``locale/``: a new French string
that nobody translated is found even before it reaches the catalogue.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("planning", "blocweb", "templates", "static")
DOMAINS = {"django": (), "djangojs": ("--ignore", "vendor")}
SHOWN = 20


def collect(folder: Path) -> dict[str, polib.POFile]:
    """The strings of the sources as they are now, one catalogue a domain."""
    for name in SOURCES:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    (folder / "locale").mkdir()
    found = {}
    for domain, options in DOMAINS.items():
        command = [sys.executable, "-m", "django", "makemessages", "-l", "en", "-d", domain, "--no-location", *options]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        path = folder / "locale" / "en" / "LC_MESSAGES" / f"{domain}.po"
        found[domain] = polib.pofile(str(path)) if path.exists() else polib.POFile()
    return found


def faults(domain: str, current: polib.POFile) -> list[str]:
    path = ROOT / "locale" / "en" / "LC_MESSAGES" / f"{domain}.po"
    known = polib.pofile(str(path)) if path.exists() else polib.POFile()
    lines = []
    for entry in current:
        ours = known.find(entry.msgid, msgctxt=entry.msgctxt or False)
        if ours is None or not ours.translated():
            lines.append(f"{domain}: not translated: {entry.msgid!r}")
    return lines


def main() -> int:
    if not shutil.which("xgettext"):
        sys.stderr.write("check_messages: gettext is needed to collect the strings (apt install gettext)\n")
        return 1
    with tempfile.TemporaryDirectory() as name:
        lines = [line for domain, current in collect(Path(name)).items() for line in faults(domain, current)]
    sys.stdout.write("\n".join([*lines[:SHOWN], f"{len(lines)} strings without an English translation"]) + "\n")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
