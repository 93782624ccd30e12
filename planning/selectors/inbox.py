"""What waits for the bloc's decision, grouped in order of harm. An intervention may wait in several groups at once.

Each group holds all that belong to it, so that its count is true; the whole list has each once, in its worst group.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db.models import Count, Prefetch, Q, QuerySet

from planning.models import ChangeRequest, InboxVisit, Intervention, JournalEntry, Placement, Plan, User
from planning.selectors.hits import Hit, absence_hits, closure_hits
from planning.selectors.replanning import to_replan

State, Side, Action = Intervention.State, Intervention.Side, JournalEntry.Action
OPEN = (State.REQUESTED, State.RETURNED, State.ACCEPTED, State.PLANNED)
# Whoever opens the inbox for the first time reads what was decided in these days.
FIRST_VISIT = timedelta(days=7)
MOST_DECISIONS = 50
DECISIONS = (
    Action.ACCEPT, Action.RETURN, Action.REFUSE, Action.MERGE, Action.CANCEL, Action.ANSWER, Action.UNPLAN, Action.UNDO
)  # fmt: skip


class Group(StrEnum):
    CONFLICT = "conflict"
    REPLAN = "replan"
    CHANGE = "change"
    NEW = "new"
    INCOMPLETE = "incomplete"
    DUPLICATE = "duplicate"


# Which of several reasons to wait comes first.
WORST_FIRST = (Group.CONFLICT, Group.REPLAN, Group.CHANGE, Group.DUPLICATE, Group.INCOMPLETE, Group.NEW)


@dataclass(frozen=True)
class Item:
    """One row, as ``group`` shows it. ``since`` is when it began to wait there; ``groups`` are all it belongs to, the
    worst first; ``places`` are the versions that hold it, the draft first."""

    group: Group
    intervention: Intervention
    since: datetime | None
    groups: tuple[Group, ...] = ()
    hit: Hit | None = None
    change: ChangeRequest | None = None
    # The open intervention that it repeats.
    first: Intervention | None = None
    places: tuple[Placement, ...] = ()

    @property
    def pk(self) -> int:
        return self.intervention.pk

    @property
    def first_shown(self) -> bool:
        """In its worst group: where the whole list has it."""
        return self.group == self.groups[0]

    @property
    def others(self) -> tuple[Group, ...]:
        return tuple(one for one in self.groups if one != self.group)

    @property
    def draft_place(self) -> Placement | None:
        return next((one for one in self.places if one.plan.status == Plan.Status.DRAFT), None)

    @property
    def approved_place(self) -> Placement | None:
        return next((one for one in self.places if one.plan.status == Plan.Status.APPROVED), None)


@dataclass(frozen=True)
class Inbox:
    """``decisions`` are what colleagues decided and the person has not read: the latest of ``unread``."""

    groups: Mapping[Group, list[Item]]
    decisions: list[JournalEntry] = field(default_factory=list)
    unread: int = 0

    def __iter__(self) -> Iterator[Item]:
        """Each once."""
        for group in Group:
            yield from (item for item in self.groups[group] if item.first_shown)

    def __len__(self) -> int:
        return sum(1 for _item in self)


def inbox(user: User, *, today: date, now: datetime) -> Inbox:
    """The number of queries does not depend on how many items there are."""
    lines = unread_decisions(user, now)
    latest = list(lines[:MOST_DECISIONS])
    return Inbox(_groups(today), latest, lines.count() if len(latest) == MOST_DECISIONS else len(latest))


def inbox_item(pk: int, *, today: date, group: Group | None = None) -> Item | None:
    """One of them, as the list of ``group`` has it, else the whole list; None when it waits for nothing."""
    found = [one for items in _groups(today, only=pk).values() for one in items if one.pk == pk]
    wanted = [one for one in found if one.group == group] or [one for one in found if one.first_shown]
    return wanted[0] if wanted else None


def _groups(today: date, only: int | None = None) -> dict[Group, list[Item]]:
    one = Q() if only is None else Q(pk=only)
    hits = conflicts(today)
    changes = {change.intervention_id: change for change in _changes()}
    waiting = {row.pk: row for row in _rows(to_replan(today).filter(one))}
    requests = _rows(Intervention.objects.filter(one, state__in=(State.REQUESTED, State.RETURNED)))
    doubles = duplicates()
    # What the hits and the changes hold is read again with the rest: one row, one set of places.
    named = {*hits, *changes, *doubles} - waiting.keys() - {row.pk for row in requests}
    others = _rows(Intervention.objects.filter(one, pk__in=named)) if named else []
    rows = waiting | {row.pk: row for row in (*others, *requests)}
    found: dict[Group, list[Item]] = {group: [] for group in Group}
    for row in rows.values():
        hit, change, first = hits.get(row.pk), changes.get(row.pk), doubles.get(row.pk)
        item = Item(Group.NEW, row, row.requested_at, (), hit, change, first, tuple(row.living))  # type: ignore[attr-defined]
        groups = tuple(_groups_of(item, row.pk in waiting))
        for group in groups:
            found[group].append(replace(item, group=group, groups=groups, since=_since(item, group)))
    return found


def _groups_of(item: Item, waiting: bool) -> Iterator[Group]:
    row = item.intervention
    asked = row.state in (State.REQUESTED, State.RETURNED)
    incomplete = row.state == State.RETURNED or not row.procedure_code
    belongs = {
        Group.CONFLICT: item.hit is not None,
        Group.REPLAN: waiting,
        Group.CHANGE: item.change is not None,
        Group.DUPLICATE: item.first is not None,
        Group.INCOMPLETE: asked and incomplete,
        Group.NEW: asked and not incomplete,
    }
    yield from (group for group in WORST_FIRST if belongs[group])


def _since(item: Item, group: Group) -> datetime | None:
    if group is Group.CONFLICT and item.hit is not None:
        return item.hit.since
    if group is Group.REPLAN:
        return fallen_since(item)
    if group is Group.CHANGE and item.change is not None:
        return item.change.asked_at
    return item.since


def fallen_since(item: Item) -> datetime | None:
    """When it fell out; of one never done, the day it was planned for."""
    row = item.intervention
    if row.to_replan_since is not None:
        return row.to_replan_since
    place = item.approved_place
    return place.starts_at if place is not None else row.requested_at


def conflicts(today: date) -> dict[int, Hit]:
    """By intervention, the first of its days."""
    found: dict[int, Hit] = {}
    for hit in (*absence_hits(today), *closure_hits(today)):
        found.setdefault(hit.intervention.pk, hit)
    return found


def duplicates() -> dict[int, Intervention]:
    """The open intervention that each repeats: the same patient, the same procedure, asked before. Two queries."""
    rows = Intervention.objects.filter(state__in=OPEN)
    repeated = rows.order_by().values("patient_code").annotate(times=Count("pk")).filter(times__gt=1)
    codes = [one["patient_code"] for one in repeated]
    if not codes:
        return {}
    firsts: dict[tuple[str, str], list[Intervention]] = {}
    found: dict[int, Intervention] = {}
    candidates = rows.filter(patient_code__in=codes).select_related("surgeon", "specialty")
    for row in candidates.order_by("requested_at", "pk"):
        before = firsts.setdefault((row.patient_code, row.procedure_label.casefold()), [])
        first = next((one for one in before if not _other_side(one, row)), None)
        if first is not None and not row.no_duplicate:
            found[row.pk] = first
        before.append(row)
    return found


def _other_side(first: Intervention, second: Intervention) -> bool:
    """The left eye, then the right one: two operations."""
    return {first.side, second.side} == {Side.LEFT, Side.RIGHT}


def unread_decisions(user: User, now: datetime) -> QuerySet[JournalEntry]:
    """By colleagues, since the person last said they had read them; the latest first."""
    visit = InboxVisit.objects.filter(user=user).first()
    since = visit.seen_at if visit else now - FIRST_VISIT
    lines = JournalEntry.objects.filter(at__gt=since, action__in=DECISIONS, intervention__isnull=False)
    # A step of a draft is no decision: the week's own journal tells it. Nor is a request closed with what it was about.
    lines = lines.filter(plan=None).exclude(after__has_key="closed").exclude(user=user)
    return lines.select_related("user", "intervention", "plan")


def _changes() -> QuerySet[ChangeRequest]:
    return ChangeRequest.objects.filter(state=ChangeRequest.State.OPEN).select_related("asked_by")


def _rows(rows: QuerySet[Intervention]) -> Iterable[Intervention]:
    """With who asks, who is responsible, and the versions that hold them."""
    living = Placement.objects.filter(plan__status__in=(Plan.Status.DRAFT, Plan.Status.APPROVED))
    places = living.select_related("plan", "slot__room").order_by("-plan__status", "-starts_at")
    return list(
        rows.select_related("surgeon", "specialty", "responsible").prefetch_related(
            Prefetch("placements", places, to_attr="living"), "equipment"
        )
    )
