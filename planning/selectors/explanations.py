"""Why an intervention is where it is, or nowhere, as the page receives it, worded for one reader."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning import wording
from planning.calendar import local_date
from planning.models import Explanation as Row
from planning.models import Plan
from planning.selectors import explanation_words, obstacle_words
from planning.selectors.loaded import LoadedWeek
from planning.selectors.making_room import RoomMade, first_start, in_order
from planning.selectors.reader import Reader
from planning.solver.explain import explain, wish
from planning.solver.explanation import Alternative, Explanation, from_json, plan_with

MOST_SHOWN = 3


def row_of(loaded: LoadedWeek, intervention: int) -> Row | None:
    """What a worker has found, or is finding, of this very state of the plan."""
    plan = loaded.plan
    if plan is None:
        return None
    state = {"plan": plan, "intervention": intervention, "revision": plan.revision, "digest": loaded.digest}
    return Row.objects.filter(**state).first()


def explanation_answer(loaded: LoadedWeek, reader: Reader, intervention: int, row: Row | None) -> dict[str, Any]:
    """``basis_text`` says what the differences rest on; ``background`` how far the honest ones are."""
    key = str(intervention)
    first = explain(loaded.problem, loaded.assignments, key)
    shown = first
    if row is not None and row.state == Row.State.DONE:
        found = {name: tuple(from_json(one) for one in row.result[name]) for name in ("alternatives", "changes")}
        shown = replace(first, alternatives=found["alternatives"], changes=found["changes"])
    return _Answer(loaded, reader, first, shown).as_json(row)


class _Answer:
    """``first`` moves only who must; ``shown`` holds the best figures known."""

    def __init__(self, loaded: LoadedWeek, reader: Reader, first: Explanation, shown: Explanation) -> None:
        self.loaded, self.reader, self.first, self.shown = loaded, reader, first, shown
        self.direct = {one.slot: one for one in first.alternatives}
        self._orders: dict[str, RoomMade | None] = {}
        plan = loaded.plan
        self.editable = plan is not None and plan.status == Plan.Status.DRAFT and reader.drafts

    def as_json(self, row: Row | None) -> dict[str, Any]:
        shown = self.shown
        return {
            "intervention": int(shown.intervention),
            "placed": shown.slot is not None,
            "text": " ".join(filter(None, self._sentences())),
            "alternatives": [self._alternative(one) for one in shown.alternatives[:MOST_SHOWN]],
            "changes": [self._change(one) for one in shown.changes],
            "barred": [{"text": obstacle_words.closed(self.loaded, one)} for one in shown.barred],
            "decision": self._decision(),
            "basis": shown.alternatives[0].basis.value if shown.alternatives else None,
            "basis_text": explanation_words.basis(shown, (*shown.alternatives, *shown.changes)),
            "background": _background(row),
        }

    def name(self, key: str) -> str:
        row = self.loaded.interventions[key]
        return row.code if self.reader.may_read(row) else _("une autre intervention")

    def _sentences(self) -> list[str]:
        loaded, shown = self.loaded, self.shown
        if shown.slot is None:
            return [explanation_words.full(self.first.alternatives), explanation_words.waits(loaded, shown)]
        start = loaded.starts[shown.intervention]
        wanted = wish(loaded.problem, shown)
        way = explanation_words.gave_way(loaded, shown, wanted, wanted and self.direct.get(wanted.slot), self.name)
        next_best = self._start(shown.alternatives[0]) if shown.alternatives else None
        return [explanation_words.here(loaded, shown, start), explanation_words.compared(loaded, shown, next_best), way]

    def _decision(self) -> str | None:
        """Who chose the place, when and why; the planner's own choices say nothing."""
        row = self.loaded.placements.get(self.shown.intervention)
        if row is None or row.pinned_by is None or row.pinned_at is None:
            return None
        if not self.reader.drafts:
            return _("Une personne a choisi cette place : le calcul n'y touche pas.")
        values = {
            "who": row.pinned_name,
            "when": wording.day_label(local_date(row.pinned_at)),
            "reason": row.pin_reason,
        }
        if row.forced:
            return _("%(who)s l'a placée ici le %(when)s malgré une règle : « %(reason)s ».") % values
        if row.pin_reason:
            return _("%(who)s a choisi cette place le %(when)s : « %(reason)s ».") % values
        return _("%(who)s a choisi cette place le %(when)s. Le calcul n'y touche pas.") % values

    def _alternative(self, one: Alternative) -> dict[str, Any]:
        """One click does it as ``direct`` says: a plain move, or making room when others have to change too."""
        key, direct = self.shown.intervention, self.direct[one.slot]
        made = self._made(one.slot)
        alone = made is not None and not made.moved and made.starts.keys() == {key}
        return {
            **self._place(one, explanation_words.spot(self.loaded, one.slot)),
            "detail": explanation_words.detail(self.loaded, one, direct, self.name),
            "start": made.starts[key] if made is not None and alone else None,
            "apply": ("move" if alone else "make-room") if made is not None and self.editable else None,
        }

    def _made(self, slot: str) -> RoomMade | None:
        """The week with the intervention there and only those moved that must, in order."""
        if slot not in self._orders:
            key, plan = self.shown.intervention, self.loaded.assignments
            self._orders[slot] = in_order(self.loaded, key, plan_with(plan, key, self.direct[slot]))
        return self._orders[slot]

    def _start(self, one: Alternative) -> int | None:
        made = self._made(one.slot)
        return None if made is None else made.starts[self.shown.intervention]

    def _change(self, one: Alternative) -> dict[str, Any]:
        """Going there breaks a rule: the move asks the person why."""
        start = first_start(self.loaded, self.shown.intervention, one.slot)
        return {
            **self._place(one, obstacle_words.change(self.loaded, one)),
            "detail": explanation_words.detail(self.loaded, one, None, self.name),
            "start": start,
            "apply": "move" if start is not None and self.editable else None,
        }

    def _place(self, one: Alternative, text: str) -> dict[str, Any]:
        slot = self.loaded.problem.slot_by_id[one.slot]
        return {
            "text": text,
            "room": int(slot.room),
            "date": self.loaded.week.days[slot.day].isoformat(),
            "slot": int(slot.id),
            "delta": round(one.difference.cost, 2),
            "delta_text": wording.signed_euros(one.difference.cost),
        }


def _background(row: Row | None) -> dict[str, Any]:
    if row is None:
        return {"state": "none", "text": ""}
    texts = {
        Row.State.QUEUED: _("Calcul exact en attente…"),
        Row.State.RUNNING: _("Calcul exact en cours…"),
        Row.State.DONE: "",
        Row.State.FAILED: _("Le calcul exact a échoué : l'estimation reste affichée."),
    }
    text = texts[Row.State(row.state)]
    if row.state == Row.State.RUNNING and row.figures:
        count = ngettext("%(done)d écart sur %(of)d", "%(done)d écarts sur %(of)d", row.figures_done)
        text = f"{text} {count % {'done': row.figures_done, 'of': row.figures}}"
    return {"state": row.state, "text": text}
