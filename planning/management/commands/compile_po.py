"""Compiles the translations without gettext: ``python manage.py compile_po``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Compiles locale/*/LC_MESSAGES/*.po into .mo files, those that changed only."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        compiled = sum(
            self._compile(source)
            for folder in settings.LOCALE_PATHS
            for source in Path(folder).glob("*/LC_MESSAGES/*.po")
        )
        if options["verbosity"] > 0:
            self.stdout.write(f"{compiled} catalogue(s) compiled")

    def _compile(self, source: Path) -> bool:
        target = source.with_suffix(".mo")
        french = source.parents[2] / "fr" / "LC_MESSAGES" / target.name
        if all(one.exists() and one.stat().st_mtime >= source.stat().st_mtime for one in (target, french)):
            return False
        catalogue = polib.pofile(str(source))
        catalogue.save_as_mofile(str(target))
        french.parent.mkdir(parents=True, exist_ok=True)
        plurals_of(catalogue).save_as_mofile(str(french))
        return True


def plurals_of(catalogue: polib.POFile) -> polib.POFile:
    """The French sentences as they are, with the French rule: « 0 ligne », where the default would say "0 lines"."""
    found = polib.POFile()
    found.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Plural-Forms": "nplurals=2; plural=(n > 1);"}
    for entry in catalogue:
        if entry.msgid_plural:
            plural = {0: entry.msgid, 1: entry.msgid_plural}
            found.append(polib.POEntry(msgid=entry.msgid, msgid_plural=entry.msgid_plural, msgstr_plural=plural))
    return found
