"""A surgeon's own interventions: how far each is, where the approved versions put it, what waits for the surgeon."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    Case,
    Count,
    DateField,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import TruncDate
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from planning.models import ChangeRequest, Intervention, Placement, Plan, User

State = Intervention.State
COMING = (State.RETURNED, State.REQUESTED, State.ACCEPTED, State.PLANNED)
# The list's filters, in the order of the page.
GROUPS: dict[str, tuple[str, ...]] = {
    "coming": COMING,
    "complete": (State.RETURNED,),
    "waiting": (State.REQUESTED, State.ACCEPTED),
    "planned": (State.PLANNED,),
    "done": (State.DONE,),
    "cancelled": (State.CANCELLED,),
    "draft": (State.DRAFT,),
    "all": tuple(State.values),
}
GROUP_NAMES: dict[str, str | Promise] = {
    "coming": _("À venir"),
    "complete": _("À compléter"),
    "waiting": _("En attente"),
    "planned": _("Planifiées"),
    "done": _("Faites"),
    "cancelled": _("Annulées"),
    "draft": _("Brouillons"),
    "all": _("Toutes"),
}
STEPS: tuple[tuple[str, str | Promise], ...] = (
    (State.DRAFT, _("Brouillon")),
    (State.REQUESTED, _("Soumise")),
    (State.ACCEPTED, _("Acceptée")),
    (State.PLANNED, _("Planifiée")),
    (State.DONE, _("Faite")),
)
_WORDS: dict[str, str | Promise] = {
    State.DRAFT: _("Brouillon"),
    State.REQUESTED: _("Soumise au bloc"),
    State.RETURNED: _("À compléter"),
    State.ACCEPTED: _("Acceptée, à planifier"),
    State.PLANNED: _("Planifiée"),
    State.DONE: _("Faite"),
    State.CANCELLED: _("Annulée"),
}
_TONES = {State.RETURNED: "bad", State.PLANNED: "ok", State.DONE: "done", State.CANCELLED: "off"}
# What waits for the surgeon first, then what comes soonest.
_RANKS = (State.RETURNED, State.DRAFT, State.PLANNED, State.REQUESTED, State.ACCEPTED, State.DONE, State.CANCELLED)

# Of the list's filter.
MOST_PROCEDURES = 60

SORT = ["rank", "due", "planned_at", "-entered_at", "-requested_at"]


@dataclass(frozen=True, slots=True)
class Progress:
    """``number`` of the five steps are behind or under way; ``tone`` colours them."""

    number: int
    label: str | Promise
    tone: str

    @property
    def marks(self) -> list[bool]:
        return [step < self.number for step in range(len(STEPS))]


def progress_of(row: Intervention) -> Progress:
    reached = {state: number for number, (state, _label) in enumerate(STEPS, start=1)}
    return Progress(reached.get(row.state, 2 if row.state == State.RETURNED else 0), _WORDS[row.state],
                    _TONES.get(State(row.state), ""))  # fmt: skip


def own_interventions(user: User) -> QuerySet[Intervention]:
    """Each with ``places`` (of approved versions alone, the newest first) and ``open_changes``; three queries.

    ``SORT`` puts first what needs the surgeon, then what comes soonest, then what was done last.
    """
    approved = Placement.objects.filter(plan__status=Plan.Status.APPROVED).order_by("-plan__approved_at", "-plan__pk")
    of_row = approved.filter(intervention=OuterRef("pk"))
    ranks = [When(state=state, then=Value(rank)) for rank, state in enumerate(_RANKS)]
    due = Case(
        When(state=State.PLANNED, then=Subquery(of_row.values("slot__date")[:1])),
        When(state__in=(State.DONE, State.CANCELLED), then=None),
        default=F("deadline_date"), output_field=DateField(),
    )  # fmt: skip
    rows = Intervention.objects.filter(surgeon__user=user).annotate(
        rank=Case(*ranks, default=Value(len(_RANKS)), output_field=IntegerField()),
        due=due,
        planned_at=Case(When(state=State.PLANNED, then=Subquery(of_row.values("starts_at")[:1]))),
        day=Case(
            When(state=State.PLANNED, then=Subquery(of_row.values("slot__date")[:1])),
            When(state=State.DONE, then=TruncDate("entered_at")),
            default=F("deadline_date"), output_field=DateField(),
        ),
    )  # fmt: skip
    return rows.select_related("surgeon", "specialty", "actual_room").prefetch_related(
        Prefetch("placements", approved.select_related("plan", "slot__room"), to_attr="places"),
        Prefetch(
            "change_requests", ChangeRequest.objects.filter(state=ChangeRequest.State.OPEN), to_attr="open_changes"
        ),
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is narrowed to; a day counts as planned, done, or else the last one allowed."""

    procedure: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def narrows(self) -> bool:
        return bool(self.procedure or self.since or self.until)


def narrowed(rows: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
    """Of ``own_interventions``."""
    if asked.procedure:
        rows = rows.filter(procedure_label=asked.procedure)
    if asked.since:
        rows = rows.filter(day__gte=asked.since)
    return rows.filter(day__lte=asked.until) if asked.until else rows


def own_procedures(user: User) -> list[str]:
    """What the list can be narrowed to, the most frequent first. One query."""
    rows = Intervention.objects.filter(surgeon__user=user).values("procedure_label").annotate(n=Count("pk"))
    return [row["procedure_label"] for row in rows.order_by("-n", "procedure_label")[:MOST_PROCEDURES]]


def group_counts(user: User) -> list[dict[str, Any]]:
    """Each filter with its name and how many it holds. One query."""
    rows = Intervention.objects.filter(surgeon__user=user).order_by().values_list("state").annotate(n=Count("pk"))
    held: Counter[str] = Counter(dict(rows))
    return [
        {"key": key, "name": GROUP_NAMES[key], "count": sum(held[state] for state in states)}
        for key, states in GROUPS.items()
    ]
