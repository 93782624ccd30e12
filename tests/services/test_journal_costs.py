"""What each decision on a plan cost at that moment: every kind of line is walked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from planning.models import ChangeRequest, Intervention, JournalEntry, Plan, Site
from planning.selectors.journal import text_of
from planning.selectors.journal_parts import cost_of, parts_of
from planning.selectors.sign_offs import standings
from planning.selectors.totals import total_of
from planning.services.change_requests import answer_change, ask_change
from planning.services.decisions import merge_duplicates
from planning.services.interventions import cancel_intervention, edit_intervention, fingerprint
from planning.services.placements import (
    move_placement,
    pin_placements,
    redo_step,
    undo_step,
    unplan_interventions,
)
from planning.services.plans import approve_plan
from planning.services.proposing import work_on_run
from planning.services.replanning import mark_done, plan_again
from planning.services.runs import request_run
from planning.services.sign_offs import ask_sign_offs, refuse_programme, sign_programme
from planning.services.swaps import swap_placements, swap_room_days
from planning.services.taking import take_proposal
from planning.services.undoing import undo_decisions
from planning.services.week_slots import SlotValues, save_slot
from tests.factories.hospital import NOW, WEEK, make_intervention, small_hospital
from tests.factories.plans import make_plan, place

pytestmark = pytest.mark.django_db
Action = JournalEntry.Action
LATER = NOW + timedelta(minutes=5)

# Nothing is placed, moved or taken out by these; a release gives away a slot that holds nothing.
NO_PLAN = {
    Action.RUN, Action.IMPORT, Action.ROOM, Action.SURGEON, Action.SPECIALTY, Action.EQUIPMENT, Action.SETTINGS,
    Action.MASTER, Action.ACCOUNT, Action.RELEASE, Action.SUBMIT, Action.ACCEPT, Action.RETURN, Action.CHANGE,
}  # fmt: skip


class Stage:
    """A draft with two interventions, Monday and Tuesday at 8:00 in SO1, and a third in the list."""

    def __init__(self) -> None:
        self.hospital = small_hospital()
        mar, dur, had = self.hospital.surgeons
        self.first, self.second = make_intervention(mar, 60), make_intervention(dur, 90)
        self.waiting, self.ent = make_intervention(mar, 45), make_intervention(had)
        self.double = make_intervention(mar, patient_code=self.first.patient_code)
        self.draft = make_plan("draft", 2)
        place(self.draft, self.first, self.hospital, day=0)
        place(self.draft, self.second, self.hospital, day=1)

    def step(self, service: Callable[..., Any], **given: Any) -> None:
        self.draft.refresh_from_db()
        service(plan=self.draft, revision=self.draft.revision, user=self.hospital.director, now=LATER, **given)

    def move(self, item: Intervention, *, room: int = 0, day: int = 2, reason: str = "") -> None:
        room_pk = self.hospital.rooms[room].pk
        self.step(
            move_placement, intervention=item.pk, room=room_pk, day=WEEK.days[day], start=480, reason=reason
        )  # fmt: skip

    def proposal(self) -> Plan:
        made = make_plan("proposed", 3)
        place(made, self.waiting, self.hospital, day=3)
        return made

    def planned(self) -> Intervention:
        """Approved on Monday, and in the draft."""
        place(make_plan("approved", 1), self.first, self.hospital, day=0)
        Intervention.objects.filter(pk=self.first.pk).update(state="planned")
        return self.first

    def asked(self, kind: str, **given: Any) -> ChangeRequest:
        user = self.hospital.surgeon_user
        return ask_change(intervention=self.first, kind=kind, reason="Voyage", user=user, now=NOW, **given)

    def signing(self) -> dict[str, Any]:
        Site.objects.update(surgeon_sign_off="each")
        self.draft.refresh_from_db()
        ask_sign_offs(plan_id=self.draft.pk, revision=self.draft.revision, user=self.hospital.director, now=NOW)
        mine = next(one for one in standings(self.draft) if one.surgeon == self.hospital.surgeons[0])
        return {
            "plan_id": self.draft.pk, "kind": mine.kind, "surgeon": self.hospital.surgeons[0].pk, "seen": mine.digest,
            "user": self.hospital.surgeon_user, "now": LATER,
        }  # fmt: skip


def edit(stage: Stage) -> None:
    row = Intervention.objects.get(pk=stage.first.pk)
    seen, row.planned_minutes = fingerprint(row), 600
    edit_intervention(
        intervention=row, equipment=[], seen=seen, user=stage.hospital.director, now=LATER, reason="Reprise"
    )  # fmt: skip


def undo_cancel(stage: Stage) -> None:
    line = cancel_intervention(intervention=stage.first, reason="Fièvre", user=stage.hospital.director, now=NOW)
    undo_decisions(entries=[line.pk], user=stage.hospital.director, now=LATER)


def undo_move(stage: Stage) -> None:
    stage.move(stage.waiting)
    stage.step(undo_step)


def redo_move(stage: Stage) -> None:
    undo_move(stage)
    stage.step(redo_step)


def merge(stage: Stage) -> None:
    merge_duplicates(kept=stage.double.pk, dropped=[stage.first.pk], user=stage.hospital.director, now=LATER)


def propose(stage: Stage) -> None:
    run = request_run(
        monday=WEEK.monday, user=stage.hospital.director, policy="open", now=NOW, time_limit_seconds=1
    )  # fmt: skip
    work_on_run(run_id=run.pk, worker="w", clock=lambda: LATER, silent_seconds=None)


def approve(stage: Stage) -> None:
    stage.draft.refresh_from_db()
    approve_plan(plan_id=stage.draft.pk, revision=stage.draft.revision, user=stage.hospital.director, now=LATER)


def take(stage: Stage) -> None:
    stage.draft.refresh_from_db()
    take_proposal(
        plan_id=stage.draft.pk, proposal_id=stage.proposal().pk, interventions=[stage.waiting.pk],
        revision=stage.draft.revision, user=stage.hospital.director, now=LATER,
    )  # fmt: skip


def slot(stage: Stage) -> None:
    """The whole of Monday becomes overtime."""
    row = stage.hospital.rooms[0].slots.filter(date=WEEK.monday).order_by("starts_at")[0]
    values = SlotValues(WEEK.monday, stage.hospital.rooms[0], 480, 1080, "overtime")
    save_slot(slot=row, week=WEEK, values=values, user=stage.hospital.director, now=LATER)


def swap_rooms(stage: Stage) -> None:
    rooms = stage.hospital.rooms
    stage.step(swap_room_days, room=rooms[0].pk, day=WEEK.days[0], other_room=rooms[0].pk, other_day=WEEK.days[4])


def answered(kind: str, **given: Any) -> Callable[[Stage], None]:
    def act(stage: Stage) -> None:
        change = stage.asked(kind, **given)
        answer_change(change=change, accept=True, answer="Vu", user=stage.hospital.director, now=LATER)

    return act


def again(stage: Stage) -> None:
    plan_again(intervention=stage.planned().pk, reason="Panne", user=stage.hospital.director, now=LATER)


def cancel(stage: Stage) -> None:
    cancel_intervention(intervention=stage.first, reason="Fièvre", user=stage.hospital.director, now=LATER)


def done(stage: Stage) -> None:
    """Planned for Monday again in the draft, and it took place before."""
    mark_done(interventions=[stage.planned().pk], user=stage.hospital.director, now=LATER)


# By kind of line, what writes it: the last line is looked at. Of those that change what the draft costs, ``True``.
Written = tuple[str, Callable[[Stage], None], bool]
CASES: list[Written] = [
    (Action.MOVE, lambda stage: stage.move(stage.waiting), True),
    (Action.FORCE, lambda stage: stage.move(stage.ent, room=1, reason="Accord"), True),
    (Action.SWAP, lambda stage: stage.step(swap_placements, first=stage.first.pk, second=stage.second.pk), True),
    (Action.SWAP_ROOMS, swap_rooms, True),
    (Action.UNPLAN, lambda stage: stage.step(unplan_interventions, interventions=[stage.first.pk], reason="x"), True),
    (Action.UNPLAN, again, True),
    (Action.PIN, lambda stage: stage.step(pin_placements, interventions=[stage.first.pk], pinned=True), True),
    (Action.UNPIN, lambda stage: stage.step(pin_placements, interventions=[stage.first.pk], pinned=False), True),
    (Action.UNDO, undo_move, True),
    (Action.UNDO, undo_cancel, True),
    (Action.REDO, redo_move, True),
    (Action.PROPOSE, propose, False),
    (Action.TAKE, take, True),
    (Action.APPROVE, approve, False),
    (Action.SLOT, slot, True),
    (Action.EDIT, edit, True),
    (Action.EDIT, done, True),
    (Action.REFUSE, lambda stage: refuse_programme(**stage.signing(), comment="Trop tard"), False),
    (Action.SIGN, lambda stage: sign_programme(**stage.signing()), False),
    (Action.SIGN, lambda stage: stage.signing() and None, False),
    (Action.CANCEL, cancel, True),
    (Action.MERGE, merge, True),
    (Action.ANSWER, answered("cancel"), False),
    (Action.ANSWER, answered("duration", minutes=90), False),
    (Action.ANSWER, answered("move", wished_date=WEEK.days[3]), False),
]  # fmt: skip


def test_every_kind_of_line_is_walked() -> None:
    assert {action for action, _act, _delta in CASES} | NO_PLAN == set(Action)
    assert not {action for action, _act, _delta in CASES} & NO_PLAN


@pytest.mark.parametrize(("action", "act", "changes"), CASES, ids=lambda one: one if isinstance(one, str) else "")
def test_a_decision_on_a_plan_says_who_when_what_and_what_the_week_cost_then(
    action: str, act: Callable[[Stage], None], changes: bool
) -> None:
    stage = Stage()
    before = total_of(stage.draft)

    act(stage)

    entry = JournalEntry.objects.filter(action=action).latest("pk")
    assert entry.user is not None
    assert (entry.at, entry.monday) == (LATER if entry.at != NOW else NOW, WEEK.monday)
    assert text_of(entry)
    assert parts_of(entry).after
    cost = cost_of(entry)
    assert cost is not None
    if action == Action.PROPOSE:
        assert cost == Plan.objects.get(status="proposed").total_cost
        return
    after = total_of(Plan.objects.get(pk=stage.draft.pk))
    assert cost == pytest.approx(after)
    if changes:
        was = cost - entry.cost_delta if entry.cost_delta is not None else None
        first = JournalEntry.objects.filter(cost_delta__isnull=False).order_by("pk").first()
        # Of what was undone and done again, the line before tells where it began.
        assert was == pytest.approx(before if first == entry else cost_before(entry))


def cost_before(entry: JournalEntry) -> float:
    lines = JournalEntry.objects.filter(pk__lt=entry.pk, after__has_key="total_cost").order_by("-pk")
    return float((lines[0].after or {})["total_cost"])


@pytest.mark.parametrize("kind", ["cancel", "duration"])
def test_what_an_answer_did_to_the_cost_is_told_once(kind: str) -> None:
    stage = Stage()
    before = total_of(stage.draft)

    answered(kind, minutes=600 if kind == "duration" else None)(stage)

    told = [one for one in JournalEntry.objects.values_list("cost_delta", flat=True) if one is not None]
    assert told == [pytest.approx(total_of(Plan.objects.get(pk=stage.draft.pk)) - before)]
