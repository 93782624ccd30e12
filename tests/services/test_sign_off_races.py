"""A sign-off and a change of what it covers at the same instant: nobody's signature holds for what they did not see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from planning.models import JournalEntry, Plan, SignOff, Site
from planning.selectors.covered import digest_of
from planning.selectors.sign_offs import State, standings
from planning.services.placements import Change, move_placement
from planning.services.plans import approve_plan
from planning.services.sign_offs import SeenChanged, ask_sign_offs, sign_programme
from planning.services.steps import Stale
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, make_user, small_hospital
from tests.factories.plans import make_plan, place
from tests.services.test_races import at_once, kinds

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(hours=1)
ROUNDS = 5


@pytest.fixture
def hospital() -> Hospital:
    hospital = small_hospital()
    Site.objects.update(anaesthetist_sign_off=True)
    return hospital


def asked_draft(hospital: Hospital) -> Plan:
    draft = make_plan()
    place(draft, make_intervention(hospital.surgeons[0], 60), hospital)
    ask_sign_offs(plan_id=draft.pk, revision=draft.revision, user=hospital.director, now=NOW)
    return draft


def move(hospital: Hospital, draft: Plan, start: int) -> Change:
    placement = draft.placements.get()
    return move_placement(
        plan=draft, intervention=placement.intervention_id, room=hospital.rooms[0].pk, day=WEEK.monday, start=start,
        revision=draft.revision, user=hospital.director, now=LATER,
    )  # fmt: skip


def test_a_sign_off_given_while_a_move_lands_holds_for_what_was_seen_or_not_at_all(hospital: Hospital) -> None:
    draft = asked_draft(hospital)
    doctor = make_user("renard", "anaesthetist")
    for number in range(ROUNDS):
        draft.refresh_from_db()
        [before] = standings(draft)
        start = 500 + 30 * number

        def act(
            person: int, seen: str = before.digest, start: int = start, at: timedelta = timedelta(minutes=number)
        ) -> Any:
            if person:
                return move(hospital, draft, start)
            return sign_programme(
                plan_id=draft.pk, kind="anaesthetist", surgeon=None, seen=seen, user=doctor, now=LATER + at
            )

        signed, moved = at_once(act, 2)
        assert isinstance(moved, Change)
        [after] = standings(draft)
        assert after.digest != before.digest
        assert after.state != State.SIGNED
        assert isinstance(signed, SignOff | SeenChanged)
        if isinstance(signed, SignOff):
            assert signed.digest == before.digest == digest_of(signed.covers)
    assert SignOff.objects.count() == JournalEntry.objects.filter(action="sign", user=doctor).count()


def test_a_sign_off_given_by_several_at_once_is_given_once(hospital: Hospital) -> None:
    draft = asked_draft(hospital)
    [seen] = [one.digest for one in standings(draft)]
    people = [make_user(f"anesthesiste{number}", "anaesthetist") for number in range(4)]
    answers = at_once(
        lambda n: sign_programme(
            plan_id=draft.pk, kind="anaesthetist", surgeon=None, seen=seen, user=people[n], now=LATER
        )
    )
    assert kinds(answers) == {"SignOff": 4}
    assert SignOff.objects.count() == 1


def test_what_is_approved_is_what_was_signed_though_a_move_comes_at_the_same_instant(hospital: Hospital) -> None:
    draft = asked_draft(hospital)
    doctor = make_user("renard", "anaesthetist")
    [seen] = [one.digest for one in standings(draft)]
    sign_programme(plan_id=draft.pk, kind="anaesthetist", surgeon=None, seen=seen, user=doctor, now=LATER)
    draft.refresh_from_db()

    def act(person: int) -> Any:
        if person:
            return move(hospital, draft, 600)
        return approve_plan(plan_id=draft.pk, revision=draft.revision, user=hospital.director, now=LATER)

    approved, moved = at_once(act, 2)
    if isinstance(approved, Plan):
        rows = approved.placements.values_list("intervention_id", "slot__room_id", "starts_at", "minutes")
        assert digest_of([[a, b, at.isoformat(), d] for a, b, at, d in rows]) == seen
        assert approved.sign_offs.get().user == doctor
    else:
        assert isinstance(approved, Stale)
        assert isinstance(moved, Change)
