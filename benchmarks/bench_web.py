"""What the grid's requests cost, as ratios measured in one run (``make bench-web``).

A hospital of 6 rooms, 9 specialties and 27 surgeons is drawn from a seed in a database of its own; requests go through
the whole stack of middleware by Django's test client, in turn, and the medians are compared. No time is asserted.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planning.models import Intervention, Plan, Room, Slot, Specialty, Surgeon, User

FIRST_MONDAY = date(2026, 11, 23)
COLOURS = ("ort", "dig", "gyn", "uro", "orl", "oph", "vas", "nch", "sto")


def prepare() -> None:
    folder = tempfile.mkdtemp(prefix="blocweb-bench-")
    os.environ.update(BLOCWEB_VAR_DIR=folder, DJANGO_SETTINGS_MODULE="blocweb.settings", BLOCWEB_LOG_LEVEL="ERROR")
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("migrate", verbosity=0)


class Hospital:
    def __init__(self, rng: random.Random) -> None:
        from planning.access import Role
        from planning.models import Room, Site, Specialty, Surgeon, SurgeonAvailability, User

        self.rng = rng
        Site.objects.create(pk=1, name="Mesure", turnover_minutes=20)
        self.director: User = User.objects.create_user("mesure", role=Role.DIRECTOR)
        self.rooms: list[Room] = [Room.objects.create(code=f"SO{n}", position=n) for n in range(1, 7)]
        self.specialties: list[Specialty] = [
            Specialty.objects.create(code=colour.upper(), name=colour.upper(), colour=colour) for colour in COLOURS
        ]
        self.surgeons: list[Surgeon] = [
            Surgeon.objects.create(
                code=f"S{n}", trigram=f"S{n:02}", last_name=f"Nom {n}", specialty=self.specialties[n % 9]
            )
            for n in range(27)
        ]
        SurgeonAvailability.objects.bulk_create(
            SurgeonAvailability(surgeon=surgeon, weekday=day) for surgeon in self.surgeons for day in range(5)
        )

    def add_week(self, monday: date, wanted: int, *, done: bool, share_placed: float = 0.9) -> Plan:
        """A week whose room-days are filled from the morning on; ``done``: approved and operated."""
        from planning.models import Intervention, Placement, Plan, Slot

        slots = Slot.objects.bulk_create(self._slots(monday))
        plan = Plan.objects.create(
            monday=monday, number=1, status=Plan.Status.DRAFT, policy="open", created_at=self._moment(monday, 0)
        )
        interventions = Intervention.objects.bulk_create(self._requests(monday, wanted, done=done))
        placements = self._place(plan, slots, interventions[: int(wanted * share_placed)])
        Placement.objects.bulk_create(placements)
        if done:
            Plan.objects.filter(pk=plan.pk).update(status=Plan.Status.APPROVED)
        return plan

    def _slots(self, monday: date) -> list[Slot]:
        from planning.models import Slot

        return [
            Slot(
                date=monday + timedelta(days=day),
                room=room,
                kind=kind,
                positions=20,
                starts_at=self._moment(monday, day, start),
                ends_at=self._moment(monday, day, end),
            )
            for day in range(5)
            for room in self.rooms
            for kind, start, end in (("regular", 480, 1080), ("overtime", 1080, 1200))
        ]

    def _requests(self, monday: date, wanted: int, *, done: bool) -> list[Intervention]:
        from planning.models import Intervention

        found = []
        # The more requests, the shorter: 250 of them must fit 30 room-days.
        typical = min(110, 12_000 // max(1, wanted))
        for n in range(wanted):
            surgeon = self.rng.choice(self.surgeons)
            found.append(
                Intervention(
                    code=f"{monday:%y%m%d}-{n}",
                    patient_code=f"P-{n}",
                    procedure_label=f"Acte {n}",
                    surgeon=surgeon,
                    specialty=surgeon.specialty,
                    planned_minutes=5 * max(3, round(typical * self.rng.uniform(0.5, 1.5) / 5)),
                    admission_date=monday - timedelta(days=1),
                    deadline_date=monday + timedelta(days=4),
                    state=Intervention.State.DONE if done else Intervention.State.ACCEPTED,
                    requested_at=self._moment(monday, -7),
                )
            )
        return found

    def _place(self, plan: Plan, slots: list[Slot], interventions: list[Intervention]) -> list[Any]:
        from planning.models import Placement

        regular = [slot for slot in slots if slot.kind == "regular"]
        ends = {slot.pk: slot.starts_at for slot in regular}
        placements = []
        for item in interventions:
            slot = min(regular, key=lambda one: ends[one.pk].time())
            start = ends[slot.pk]
            placements.append(
                Placement(plan=plan, intervention=item, slot=slot, starts_at=start, minutes=item.planned_minutes)
            )
            ends[slot.pk] = start + timedelta(minutes=item.planned_minutes + 20)
        return placements

    @staticmethod
    def _moment(monday: date, day: int, minute: int = 540) -> datetime:
        from planning.calendar import at_minute

        return at_minute(monday + timedelta(days=day), minute)


class Databases:
    """The database as it is now and as it becomes, so that both can be asked in turn."""

    def __init__(self) -> None:
        from django.db import connection

        self.connection = connection
        old = Path(str(connection.settings_dict["NAME"]))
        young = old.with_name("young.sqlite3")
        with sqlite3.connect(young) as copy:
            connection.ensure_connection()
            connection.connection.backup(copy)
        self.files = {"young": str(young), "old": str(old)}

    def use(self, age: str) -> None:
        self.connection.close()
        self.connection.settings_dict["NAME"] = self.files[age]


def medians(
    requests: dict[str, Callable[[], Any]], repeats: int, before: Callable[[str], object] = lambda name: None
) -> dict[str, float]:
    """Milliseconds; the requests take turns, so that a slow moment of the machine hits them all.

    Each is made once more just before, untimed, so that the database's pages are in memory for every one of them.
    """
    times: dict[str, list[float]] = {name: [] for name in requests}
    for repeat in range(repeats + 2):
        for name, request in requests.items():
            before(name)
            request()
            started = time.perf_counter()
            answer = request()
            elapsed = time.perf_counter() - started
            if answer.status_code != 200:
                sys.exit(f"{name}: HTTP {answer.status_code}: {answer.content[:300]!r}")
            if repeat >= 2:
                times[name].append(1000 * elapsed)
    return {name: statistics.median(values) for name, values in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--years", type=int, default=10, help="years of history of the last comparison")
    options = parser.parse_args()
    prepare()
    from django.test import Client

    from planning.calendar import Week

    hospital = Hospital(random.Random(20261123))
    client = Client()
    client.force_login(hospital.director)
    weeks = {count: FIRST_MONDAY + timedelta(weeks=n) for n, count in enumerate((53, 110, 250))}
    plans = {count: hospital.add_week(monday, count, done=False) for count, monday in weeks.items()}
    lifted = plans[110].placements.order_by("pk")[30].intervention_id

    def grid(count: int) -> Callable[[], Any]:
        return lambda: client.get(f"/api/v1/weeks/{Week(weeks[count])}/grid/")

    def lift() -> Any:
        return client.post(
            f"/api/v1/plans/{plans[110].pk}/lift/",
            json.dumps({"intervention": lifted}),
            content_type="application/json",
        )

    young = medians(
        {
            "empty signed-in page": lambda: client.get("/specialites/?q=aucune-ne-s-appelle-ainsi"),
            "lift, 110 interventions": lift,
            "grid, 53 interventions": grid(53),
            "grid, 110 interventions": grid(110),
            "grid, 250 interventions": grid(250),
        },
        options.repeats,
    )
    show(young)
    files = Databases()
    for n in range(1, 52 * options.years + 1):
        hospital.add_week(FIRST_MONDAY - timedelta(weeks=n), 53, done=True, share_placed=1.0)
    compared = medians(
        {f"grid, {count}, {age}": grid(count) for count in (53, 250) for age in ("young", "old")},
        options.repeats,
        before=lambda name: files.use(name.split()[-1]),
    )
    show(compared)
    ratios = {
        "lift / empty page": (young["lift, 110 interventions"] / young["empty signed-in page"], "at most 5"),
        "grid 250 / grid 53": (young["grid, 250 interventions"] / young["grid, 53 interventions"], "-"),
    }
    for count in (53, 250):
        ratio = compared[f"grid, {count}, old"] / compared[f"grid, {count}, young"]
        ratios[f"grid {count}, {options.years} years / none"] = (ratio, "at most 1.2")
    sys.stdout.write("\n")
    for name, (ratio, aim) in ratios.items():
        sys.stdout.write(f"{name:28} {ratio:8.2f}      aim: {aim}\n")


def show(times: dict[str, float]) -> None:
    for name, value in times.items():
        sys.stdout.write(f"{name:28} {value:8.1f} ms\n")


if __name__ == "__main__":
    main()
