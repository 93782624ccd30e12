"""What became of one intervention, as its surgeon follows it: from the journal and from approved versions alone.

Drafts stay unknown here: a move is told once a version that holds it is approved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning import wording
from planning.models import ChangeRequest, Intervention, JournalEntry, Placement, Plan, User
from planning.selectors.change_sentences import change_text
from planning.selectors.sentences import Facts, changed_fields

Action = JournalEntry.Action
State = Intervention.State
DECIDED = (Plan.Status.APPROVED, Plan.Status.SUPERSEDED)
# Whose reason may tell why a later version has it elsewhere, or no more.
_MOVES = (Action.MOVE, Action.FORCE, Action.SWAP, Action.SWAP_ROOMS, Action.UNPLAN, Action.PIN)


class Kind(StrEnum):
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    EDITED = "edited"
    PLANNED = "planned"
    MOVED = "moved"
    REMOVED = "removed"
    ASKED = "asked"
    ANSWERED = "answered"
    CANCELLED = "cancelled"
    DONE = "done"


_TITLES = {
    Action.RETURN: (Kind.RETURNED, gettext_lazy("Renvoyée avec une question")),
    Action.REFUSE: (Kind.CANCELLED, gettext_lazy("Refusée")),
    Action.CANCEL: (Kind.CANCELLED, gettext_lazy("Annulée")),
}


@dataclass(frozen=True, slots=True)
class Event:
    """``at`` None: nobody wrote down when."""

    kind: Kind
    at: datetime | None
    title: str
    text: str = ""
    why: str = ""
    who: str = ""


def follow_up(item: Intervention) -> list[Event]:
    """All that happened to it, the latest first. Four queries."""
    entries = list(JournalEntry.objects.filter(intervention=item).select_related("user").order_by("at", "pk"))
    told = [event for entry in entries for event in _of_entry(entry)]
    events = [*_beginning(item, told), *told, *_changes(item), *_ending(item, told)]
    left = [one.at for one in told if one.kind in (Kind.CANCELLED, Kind.REMOVED) and one.at]
    events += _versions(item, entries, left)
    known = [one for one in events if one.at is not None]
    return [one for one in events if one.at is None] + sorted(known, key=_moment)[::-1]


def place_text(row: Placement) -> str:
    """« mardi 24 novembre 2026 à 08:00, salle SO1 »."""
    moment = timezone.localtime(row.starts_at)
    values = {"day": date_format(moment, "l j F Y"), "time": f"{moment:%H:%M}", "room": row.slot.room.code}
    return _("%(day)s à %(time)s, salle %(room)s") % values


def _moment(event: Event) -> float:
    return event.at.timestamp() if event.at else 0.0


# --- The journal -------------------------------------------------------------------------------------------------


def _of_entry(entry: JournalEntry) -> Iterator[Event]:
    """What the journal says of the request itself; the moves of drafts are nobody's news yet."""
    found = _told(entry)
    if found is not None:
        kind, title, text = found
        yield Event(kind, entry.at, title, text, entry.reason, _name(entry.user))


def _told(entry: JournalEntry) -> tuple[Kind, str, str] | None:
    before, after = entry.before or {}, entry.after or {}
    action, state = entry.action, after.get("state")
    if action == Action.EDIT:
        return _edited(before, after)
    if action == Action.SUBMIT:
        return _submitted(before, state)
    if action == Action.ACCEPT:
        return Kind.ACCEPTED, _("Acceptée, à planifier"), _minutes(before, after)
    if action == Action.MERGE:
        return Kind.CANCELLED, _("Réunie à %(code)s") % {"code": after.get("kept", "?")}, ""
    # Of a draft's own steps nothing says what state it is in.
    if action == Action.UNPLAN and state:
        return Kind.REMOVED, _("À replanifier"), ""
    if action == Action.UNDO and (state or after.get("reopened")):
        return Kind.EDITED, _("Décision reprise"), _taken_back(state, after)
    if action not in _TITLES:
        return None
    kind, title = _TITLES[Action(action)]
    return kind, str(title), ""


def _taken_back(state: object, after: Facts) -> str:
    said = [_("de nouveau : %(state)s") % {"state": dict(State.choices).get(str(state), state)}] if state else []
    if after.get("reopened"):
        said.append(_("le changement demandé attend à nouveau sa réponse"))
    return wording.listed(said)


def _submitted(before: Facts, state: object) -> tuple[Kind, str, str]:
    """Submitted, again after a question, or taken back."""
    if state == State.DRAFT:
        return Kind.EDITED, _("Reprise pour la modifier"), ""
    if state == State.CANCELLED:
        return Kind.CANCELLED, _("Abandonnée"), ""
    again = before.get("state") == State.RETURNED
    return Kind.SUBMITTED, _("Complétée et soumise à nouveau") if again else _("Soumise au bloc"), ""


def _edited(before: Facts, after: Facts) -> tuple[Kind, str, str] | None:
    """The bloc's own follow-up, who sees to it and when, is not the surgeon's news."""
    if not before or "responsible_id" in after:
        return None
    state = after.get("state")
    if state == State.DONE:
        return Kind.DONE, _("Faite"), ""
    if state == State.CANCELLED:
        return Kind.CANCELLED, _("Annulée"), ""
    if state == State.ACCEPTED:
        return Kind.ACCEPTED, _("Acceptée, à planifier"), ""
    return Kind.EDITED, _("Modifiée"), changed_fields(before, after)


def _minutes(before: Facts, after: Facts) -> str:
    """What the bloc accepted instead of the duration asked."""
    asked, kept = before.get("planned_minutes"), after.get("planned_minutes")
    if not isinstance(asked, int) or not isinstance(kept, int) or asked == kept:
        return ""
    return changed_fields({"planned_minutes": asked}, {"planned_minutes": kept})


def _beginning(item: Intervention, told: Iterable[Event]) -> list[Event]:
    """Of what the office wrote down or a file brought, no line says that it was submitted."""
    if item.state == State.DRAFT or any(one.kind == Kind.SUBMITTED for one in told):
        return []
    own = item.requested_by_id is not None and item.requested_by_id == item.surgeon.user_id
    title = _("Soumise au bloc") if own else _("Inscrite par le bloc")
    return [Event(Kind.SUBMITTED, item.requested_at, title)]


def _ending(item: Intervention, told: Iterable[Event]) -> list[Event]:
    if item.state == State.CANCELLED and not any(one.kind == Kind.CANCELLED for one in told):
        return [Event(Kind.CANCELLED, None, _("Annulée"), why=item.cancel_reason)]
    if item.state == State.DONE and not any(one.kind == Kind.DONE for one in told):
        return [Event(Kind.DONE, item.left_at or item.entered_at, _("Faite"), _stay(item))]
    return []


def _stay(item: Intervention) -> str:
    """« SO1, entrée 08:10, sortie 09:30 »."""
    parts = [item.actual_room.code] if item.actual_room else []
    if item.entered_at:
        parts.append(_("entrée %(time)s") % {"time": f"{timezone.localtime(item.entered_at):%H:%M}"})
    if item.left_at:
        parts.append(_("sortie %(time)s") % {"time": f"{timezone.localtime(item.left_at):%H:%M}"})
    return ", ".join(parts)


def _changes(item: Intervention) -> Iterator[Event]:
    titles = {
        ChangeRequest.State.ACCEPTED: _("Changement accepté"),
        ChangeRequest.State.REFUSED: _("Changement refusé"),
        ChangeRequest.State.WITHDRAWN: _("Demande retirée"),
        ChangeRequest.State.CLOSED: _("Changement sans objet"),
    }
    for change in ChangeRequest.objects.filter(intervention=item).select_related("asked_by", "decided_by"):
        asked = change_text(change)
        yield Event(Kind.ASKED, change.asked_at, _("Changement demandé"), asked, change.reason, _name(change.asked_by))
        if change.decided_at is not None:
            title = titles[ChangeRequest.State(change.state)]
            yield Event(Kind.ANSWERED, change.decided_at, title, asked, change.answer, _name(change.decided_by))


def _name(user: User | None) -> str:
    return str(user) if user else ""


# --- The approved versions ---------------------------------------------------------------------------------------


def _versions(item: Intervention, entries: Sequence[JournalEntry], left: Sequence[datetime]) -> Iterator[Event]:
    """Planned, moved, taken out: from one decided version of its weeks to the next.

    ``left``: when a decision took it out, which the next version only carries out.
    """
    rows = Placement.objects.filter(intervention=item, plan__status__in=DECIDED).select_related("slot__room")
    placed = {row.plan_id: row for row in rows}
    weeks = Plan.objects.filter(pk__in=placed).values("monday")
    plans = Plan.objects.filter(status__in=DECIDED, monday__in=weeks).select_related("approved_by")
    now, week, since = None, None, None
    for plan in sorted(plans, key=lambda one: (_decided(one), one.number)):
        at, here, who = _decided(plan), placed.get(plan.pk), _name(plan.approved_by)
        if here is not None:
            if now is None:
                yield Event(Kind.PLANNED, at, _("Planifiée"), place_text(here), who=who)
            elif (here.starts_at, here.slot.room_id) != (now.starts_at, now.slot.room_id):
                text = _("De %(from)s à %(to)s") % {"from": place_text(now), "to": place_text(here)}
                yield Event(Kind.MOVED, at, _("Déplacée"), text, _why(here, entries, since, at), who)
            now, week, since = here, plan.monday, at
        elif now is not None and plan.monday == week:
            if not any((since is None or since < one) and one <= at for one in left):
                why = _why(None, entries, since, at)
                yield Event(Kind.REMOVED, at, _("Retirée du planning, à replanifier"), place_text(now), why, who)
            now = None


def _decided(plan: Plan) -> datetime:
    return plan.approved_at or plan.created_at


def _why(here: Placement | None, entries: Sequence[JournalEntry], since: datetime | None, until: datetime) -> str:
    """The reason of whoever chose the new place, else of the last move between the two versions."""
    if here is not None and here.pin_reason and here.pinned_at and (since is None or here.pinned_at > since):
        return here.pin_reason
    for entry in reversed(entries):
        between = (since is None or entry.at > since) and entry.at <= until
        if entry.reason and entry.action in _MOVES and between:
            return entry.reason
    return _("nouvelle version approuvée")
