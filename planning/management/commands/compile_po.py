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
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            return False
        polib.pofile(str(source)).save_as_mofile(str(target))
        return True
