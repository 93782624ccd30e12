"""What the inbox's page shows: the groups, narrowed and sorted as its address says, and one item looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning import wording
from planning.models import ChangeRequest, Intervention, JournalEntry
from planning.selectors.change_sentences import change_text
from planning.selectors.inbox import Group, Inbox, Item, fallen_since
from planning.selectors.inbox_detail import detail_of
from planning.selectors.inbox_hints import NEAR_DAYS, Hints
from planning.selectors.inbox_words import Said, age, duplicate_text, second_line, was_never_done
from planning.selectors.journal import text_of
from planning.web.forms.inbox import FollowUpForm
from planning.web.history import history_of
from planning.web.listing import MOST_LETTERS

State = Intervention.State
# A group longer than this is narrowed by a search: nobody reads further.
MOST_ROWS = 250
OLD_DAYS = 7
KEPT = ("group", "q", "sort")
SORTS = {
    "deadline": gettext_lazy("Date limite"),
    "age": gettext_lazy("Ancienneté"),
    "specialty": gettext_lazy("Spécialité"),
}
# Several of these are decided together; the others one by one.
IN_BULK = (Group.NEW, Group.INCOMPLETE)
# By what is said of them together, the names of their ticks: requests, and those whose day went by.
ASKED, UNDONE = "items", "undone"


@dataclass(frozen=True)
class GroupLook:
    label: str | Promise
    one: str | Promise
    icon: str
    tone: str = ""


LOOKS = {
    Group.CONFLICT: GroupLook(gettext_lazy("Conflits"), gettext_lazy("Conflit"), "alert", "bad"),
    Group.REPLAN: GroupLook(gettext_lazy("À reprogrammer"), gettext_lazy("À reprogrammer"), "clock", "warn"),
    Group.CHANGE: GroupLook(gettext_lazy("Changements"), gettext_lazy("Changement"), "swap"),
    Group.NEW: GroupLook(gettext_lazy("Nouvelles"), gettext_lazy("Nouvelle"), "dot"),
    Group.INCOMPLETE: GroupLook(gettext_lazy("Incomplètes"), gettext_lazy("Incomplète"), "pen"),
    Group.DUPLICATE: GroupLook(gettext_lazy("Doublons possibles"), gettext_lazy("Doublon possible"), "off"),
}


@dataclass(frozen=True)
class Row:
    """Worded here rather than in the template: there may be two hundred of them."""

    item: Item
    said: Said
    deadline: str
    address: str
    age: str
    old: bool
    near: bool
    sound: bool
    ticks: str
    # What it waits for besides.
    others: list[GroupLook]


@dataclass(frozen=True)
class Section:
    """``total`` of the group; ``elsewhere`` those of them that the whole list has in a worse group; ``hidden`` beyond
    the rows."""

    group: Group
    look: GroupLook
    total: int
    elsewhere: int
    hidden: int
    rows: list[Row]


@dataclass(frozen=True)
class Choices:
    """What the address says."""

    group: Group | None
    query: str
    sort: str

    @classmethod
    def of(cls, parameters: QueryDict) -> Choices:
        group, sort = parameters.get("group", ""), parameters.get("sort", "")
        return cls(
            Group(group) if group in set(Group) else None,
            parameters.get("q", "").replace("\0", "").strip()[:MOST_LETTERS],
            sort if sort in SORTS else "deadline",
        )

    def kept(self, **more: Any) -> str:
        """The address's end that leads back to the same list."""
        said = QueryDict(mutable=True)
        said.update({name: value for name, value in (("group", self.group), ("q", self.query)) if value})
        if self.sort != "deadline":
            said["sort"] = self.sort
        for name, value in more.items():
            said[name] = str(value)
        return said.urlencode()


def list_context(found: Inbox, choices: Choices, today: date, now: datetime, selected: int | None) -> dict[str, Any]:
    hints = Hints.of_requests(found, today)
    # Asked for again since: one of the two goes, and it may be this one.
    repeated = {item.first.pk for item in found if item.first is not None}
    groups = [choices.group] if choices.group else list(Group)
    sections = [_section(group, found, choices, hints, repeated, today, now) for group in groups]
    rows = [row for section in sections for row in section.rows]
    if selected not in {row.item.pk for row in rows}:
        selected = rows[0].item.pk if rows else None
    return {
        "choices": choices,
        "kept": choices.kept(),
        "navigation": [(group, look, len(found.groups[group])) for group, look in LOOKS.items()],
        "total": len(found),
        "sections": [section for section in sections if section.rows or section.elsewhere],
        "shown": len(rows),
        "sound": sum(row.sound for row in rows),
        "ticks": {row.ticks for row in rows if row.ticks},
        "undone_days": _undone_days(rows),
        "selected": selected,
        "sorts": SORTS.items(),
        "oldest": _oldest(found.groups[Group.REPLAN], now),
        "decisions": [{"entry": entry, "text": _decided_text(entry)} for entry in found.decisions],
        "unread_decisions": found.unread,
        "now": now,
    }


def _decided_text(entry: JournalEntry) -> str:
    undone = entry.action == JournalEntry.Action.UNDO
    return wording.change_label(entry.action, entry.after) if undone else text_of(entry)


def _section(
    group: Group, found: Inbox, choices: Choices, hints: Hints, repeated: set[int], today: date, now: datetime
) -> Section:  # fmt: skip
    every = [item for item in found.groups[group] if _matches(item, choices.query)]
    items = [item for item in every if choices.group or item.first_shown]
    items.sort(key=lambda item: _order(item, choices.sort))
    rows = [_row(item, hints, repeated, today, now) for item in items[:MOST_ROWS]]
    return Section(group, LOOKS[group], len(every), len(every) - len(items), len(items) - len(rows), rows)


def _row(item: Item, hints: Hints, repeated: set[int], today: date, now: datetime) -> Row:
    waited = (now - item.since).days if item.since else 0
    inbox = reverse("inbox")
    return Row(
        item=item,
        said=second_line(item, hints, today),
        deadline=_("limite %(day)s") % {"day": f"{item.intervention.deadline_date:%d/%m}"},
        address=f"{inbox}{item.pk}/",
        age=age(item.since, now),
        old=item.group is Group.REPLAN and waited >= OLD_DAYS,
        near=(item.intervention.deadline_date - today).days <= NEAR_DAYS,
        sound=item.pk not in repeated and hints.is_sound(item),
        ticks=_ticks(item, today),
        others=[LOOKS[group] for group in item.others if _is_worth_saying(item, group)],
    )


def _ticks(item: Item, today: date) -> str:
    if was_never_done(item, today) and item.change is None:
        return UNDONE
    return ASKED if item.groups[0] in IN_BULK and item.intervention.state == State.REQUESTED else ""


def _is_worth_saying(item: Item, group: Group) -> bool:
    """Not that it is new, nor that it repeats another when its line tells it already."""
    return item.group not in IN_BULK if group is Group.DUPLICATE else group is not Group.NEW


def _matches(item: Item, query: str) -> bool:
    row = item.intervention
    text = " ".join(
        (row.code, row.patient_code, row.procedure_label, str(row.surgeon), row.surgeon.trigram, row.specialty.code,
         row.specialty.name)
    ).casefold()  # fmt: skip
    return all(word in text for word in query.casefold().split())


def _order(item: Item, sort: str) -> tuple[Any, ...]:
    row = item.intervention
    waiting = item.since.timestamp() if item.since else 0.0
    if sort == "specialty":
        return row.specialty.code, row.deadline_date, row.pk
    # What fell out is never pushed down the list by a far deadline.
    if sort == "age" or item.group is Group.REPLAN:
        return waiting, row.pk
    return row.deadline_date, waiting, row.pk


def _undone_days(rows: Iterable[Row]) -> list[tuple[date, list[int]]]:
    """The days gone by of which several interventions are listed that nothing says took place."""
    days: dict[date, list[int]] = {}
    for row in rows:
        place = row.item.approved_place
        if row.ticks == UNDONE and place is not None:
            days.setdefault(place.slot.date, []).append(row.item.pk)
    return [(day, found) for day, found in sorted(days.items()) if len(found) > 1]


def _oldest(items: Iterable[Item], now: datetime) -> dict[str, Any] | None:
    """Who has waited longest to be planned again, among those without a week in view."""
    undated = [item for item in items if item.since and item.intervention.replan_monday is None]
    if not undated:
        return None
    item = min(undated, key=lambda one: (one.since, one.pk))
    return {"item": item, "age": age(item.since, now)}


# --- One item ----------------------------------------------------------------------------------------------------


def item_context(request: HttpRequest, item: Item, today: date, now: datetime) -> dict[str, Any]:
    row = item.intervention
    detail, history = detail_of(item, today), history_of(row)
    return {
        "item": item,
        "row": row,
        "looks": [LOOKS[group] for group in item.groups if group is not Group.NEW or item.groups == (group,)],
        "waits_again": Group.REPLAN in item.groups,
        "detail": detail,
        "change_text": change_text(item.change) if item.change else "",
        "change_is_move": item.change is not None and item.change.kind == ChangeRequest.Kind.MOVE,
        "duplicate_text": duplicate_text(row, item.first) if item.first else "",
        "never_done": was_never_done(item, today),
        "age": age(fallen_since(item), now),
        "today": today,
        "near": (row.deadline_date - today).days <= NEAR_DAYS,
        "follow_up": FollowUpForm(
            initial={"responsible": row.responsible_id, "day": row.replan_monday, "note": row.replan_note}
        ),
        "history": history,
        "submitted": any(line["entry"].action == JournalEntry.Action.SUBMIT for line in history),
        "kept": Choices.of(request.GET).kept(),
    }
