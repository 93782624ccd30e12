"""The small hospital at work: versions of its week, a run, dates, and the address of every page about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from planning.access import is_self_service
from planning.calendar import Week
from planning.models import (
    Absence,
    Equipment,
    Intervention,
    MasterPlan,
    Notice,
    Plan,
    PlanningRun,
    RoomClosure,
    Slot,
    SlotPattern,
    User,
)
from planning.services.comparisons import request_comparison
from planning.services.parameters import version_in_force
from planning.services.tokens import create_token
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, small_hospital
from tests.factories.plans import make_plan, place

Rows = dict[str, dict[str, Any]]


@dataclass
class Theatre:
    hospital: Hospital
    draft: Plan
    approved: Plan
    proposal: Plan
    elsewhere: Plan
    item: Intervention
    cancelled: Intervention
    run: PlanningRun

    @property
    def users(self) -> tuple[User, User, User]:
        return self.hospital.director, self.hospital.surgeon_user, self.hospital.viewer


def working_theatre() -> Theatre:
    hospital = small_hospital()
    item = make_intervention(hospital.surgeons[0], 60)
    other = make_intervention(hospital.surgeons[1], 90)
    cancelled = make_intervention(hospital.surgeons[1], 90, state="cancelled")
    approved = make_plan("approved", 1)
    place(approved, other, hospital)
    proposal = make_plan("proposed", 2)
    place(proposal, item, hospital, start=600)
    draft = make_plan("draft", 3)
    place(draft, other, hospital)
    run = PlanningRun.objects.create(
        monday=WEEK.monday, policy="specialty", requested_by=hospital.director, requested_at=NOW, state="failed",
        time_limit_seconds=5,
    )  # fmt: skip
    return Theatre(
        hospital, draft, approved, proposal, make_plan(week=Week.parse("2026-W50")), item, cancelled, run
    )  # fmt: skip


def rows_of(theatre: Theatre) -> Rows:
    """The numbers in the addresses of the pages, by the first part of the address: each leads to a row."""
    hospital = theatre.hospital
    room, surgeon = hospital.rooms[0], hospital.surgeons[0]
    closure = RoomClosure.objects.create(room=room, starts_on="2026-12-01", ends_on="2026-12-02")
    absence = Absence.objects.create(surgeon=surgeon, starts_on="2026-12-01", ends_on="2026-12-02")
    master_plan = MasterPlan.objects.create(name="Plan", valid_from=WEEK.monday)
    pattern = SlotPattern.objects.create(
        master_plan=master_plan, room=room, cycle_week=1, weekday=0, start_minute=480, end_minute=720
    )  # fmt: skip
    comparison = request_comparison(
        first=WEEK.monday, last=WEEK.monday, policies=["open"], user=hospital.director, now=NOW, name="Essai", rounds=10
    )
    slot = Slot.objects.filter(date=WEEK.days[4], room=room).earliest("starts_at")
    notice = Notice.objects.create(
        user=hospital.director, kind="accepted", at=NOW, intervention=theatre.item, facts={"code": theatre.item.code}
    )
    return {
        "salles": {"pk": room.pk, "closure": closure.pk},
        "equipements": {"pk": Equipment.objects.earliest("pk").pk},
        "specialites": {"pk": hospital.ent.pk},
        "chirurgiens": {"pk": surgeon.pk, "absence": absence.pk},
        "plan-directeur": {"pk": master_plan.pk, "pattern": pattern.pk},
        "interventions": {"pk": theatre.item.pk},
        "boite": {"pk": make_intervention(surgeon, 60, state="requested").pk},
        "demandes": {"pk": make_intervention(surgeon, 60, state="draft").pk},
        "mes-interventions": {"pk": theatre.item.pk},
        "mes-disponibilites": {"absence": absence.pk},
        "journal": {"form": "csv"},
        "comparaisons": {"pk": comparison.pk, "week": str(WEEK), "policy": "open", "form": "csv"},
        "semaines": {"week": str(WEEK), "pk": slot.pk},
        "liberations": {"pk": slot.pk},
        "comptes": {"pk": hospital.viewer.pk},
        "parametres": {"number": version_in_force(now=NOW).number},
        "calculs": {"pk": theatre.run.pk},
        "compte": {"identifier": create_token(name="Essai", days=30, user=hospital.director, now=NOW)[0].identifier},
        "avis": {"pk": notice.pk},
        "calendrier": {"secret": "x" * 43},
    }


def upload(client: Client, text: str = "code;acte;chirurgien\nX1;Hernie;Inconnu\n", name: str = "demandes.csv") -> str:
    """The token of the steps that follow; whoever may not import gets none."""
    file = SimpleUploadedFile(name, text.encode())
    answer = client.post(reverse("imports"), {"target": "interventions", "file": file})
    return answer.headers["Location"].split("/")[2] if answer.status_code == 302 else "0" * 32


def pages() -> list[URLPattern]:
    """The house's own: those of one's own account are the library's."""
    entries = get_resolver("planning.web.urls").url_patterns
    return [one for one in entries if isinstance(one, URLPattern) and not is_self_service(str(one.name))]


def page_address(pattern: Any, rows: Rows, token: str) -> str:
    """A new part of an address must be given its row in ``rows_of``."""
    known = rows.get(str(pattern.pattern).split("/")[0], {}) | {"token": token}
    return reverse(pattern.name, kwargs={name: known[name] for name in pattern.pattern.converters})
