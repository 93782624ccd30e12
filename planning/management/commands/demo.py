"""Loads the demonstration hospital once: ``manage.py demo``."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from planning.exchange.demo.presets import PRESETS
from planning.models import User
from planning.services.demo import OtherDataError, hospital_exists, load_demo, remove_demo
from planning.services.demo_hospital import ACCOUNTS, PASSWORD


class Command(BaseCommand):
    help = "Load the demonstration hospital into an empty database; does nothing when a hospital is there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--fresh", action="store_true", help="erase the demonstration and load it again")
        parser.add_argument("--today", type=_day, help="the day to load it for, YYYY-MM-DD (today)")
        parser.add_argument("--preset", choices=sorted(PRESETS), default="load", help="docs/demonstration.md (load)")
        parser.add_argument("--seed", type=int, default=1, help="another seed, another hospital (1)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["fresh"]:
            try:
                remove_demo()
            except OtherDataError:
                raise CommandError(
                    "This database holds data that is not the demonstration. Nothing was erased; "
                    "use another database for the demonstration (BLOCWEB_VAR_DIR or DATABASE_URL)."
                ) from None
        if hospital_exists():
            self.stdout.write("A hospital is already there: nothing to load.")
        else:
            count = load_demo(
                today=options["today"] or timezone.localdate(),
                now=timezone.now(),
                preset=options["preset"],
                seed=options["seed"],
            )
            self.stdout.write(f"Demonstration hospital loaded: {count} interventions.")
        if User.objects.filter(username=ACCOUNTS[0][0]).exists():
            self._accounts()

    def _accounts(self) -> None:
        self.stdout.write(f"Demonstration accounts, all with the password {PASSWORD}:")
        # A database loaded earlier may lack an account that the demonstration has gained since.
        there = set(User.objects.values_list("username", flat=True))
        for username, role, _first, _last in ACCOUNTS:
            if username in there:
                self.stdout.write(f"  {username:<12} {role.value}")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--today {text!r} is not a date such as 2026-11-23.") from None
