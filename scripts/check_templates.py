"""Compiles every template, so that a mistyped tag fails here and not in a page nobody opened."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FORBIDDEN = ("<style", " style=", " onclick=", " onchange=", " onsubmit=")


def faults(path: Path) -> list[str]:
    """What is wrong with one template: a syntax error, or what the content security policy would block."""
    from django.template import TemplateSyntaxError, engines

    source = path.read_text()
    found = [f"{word.strip()} is blocked by the content security policy" for word in FORBIDDEN if word in source]
    try:
        engines["django"].from_string(source)
    except TemplateSyntaxError as error:
        found.append(str(error))
    return found


def main() -> int:
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "blocweb.settings")
    import django

    django.setup()
    paths = sorted((ROOT / "templates").rglob("*.html"))
    lines = [f"{path.relative_to(ROOT)}: {fault}" for path in paths for fault in faults(path)]
    sys.stdout.write("\n".join([*lines, f"{len(paths)} templates, {len(lines)} faults"]) + "\n")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
