"""Two directors at the same instant, each with a connection of its own."""

from __future__ import annotations

from typing import Any

import pytest

from planning.models import JournalEntry, MasterPlan, Slot, SlotRelease
from planning.services.master_plan_drafts import remove_vacation
from planning.services.master_plan_validation import validate_plan
from planning.services.placements import move_placement
from planning.services.plans import open_draft
from planning.services.releases import release_slot
from planning.services.slots import generate_slots
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, make_user
from tests.factories.master_plans import START, TODAY, current_plan, make_pattern
from tests.services.test_races import at_once, kinds

pytestmark = pytest.mark.django_db(transaction=True)


def draft_of(hospital: Hospital, name: str) -> MasterPlan:
    plan = MasterPlan.objects.create(name=name, valid_from=START.monday, status="draft")
    make_pattern(plan, hospital.rooms[0], 0, 480, 1080, specialty=hospital.ent)
    return plan


def validating(hospital: Hospital, plans: list[MasterPlan], previous: int | None) -> list[Any]:
    users = [make_user(f"direction{number}", "director") for number in range(2)]
    return at_once(
        lambda n: validate_plan(
            plan=MasterPlan.objects.get(pk=plans[n].pk), revision=0, start=START.monday, previous=previous,
            advice="Favorable.", user=users[n], now=NOW, today=TODAY,
        ),
        2,
    )  # fmt: skip


def test_of_two_directors_who_validate_one_draft_one_does(hospital: Hospital) -> None:
    current = current_plan(hospital)
    draft = draft_of(hospital, "Plan 2027")

    answers = validating(hospital, [draft, draft], current.pk)

    assert kinds(answers) == {"Generated": 1, "StaleMasterPlan": 1}
    assert JournalEntry.objects.filter(action="master").count() == 1


@pytest.mark.parametrize("has_current", [True, False])
def test_of_two_drafts_validated_at_once_for_one_monday_one_is_in_force(has_current: bool, hospital: Hospital) -> None:
    current = current_plan(hospital) if has_current else None
    drafts = [draft_of(hospital, "Plan A"), draft_of(hospital, "Plan B")]

    answers = validating(hospital, drafts, current.pk if current else None)

    assert kinds(answers) == {"Generated": 1, "OtherPlanInForce": 1}
    validated = MasterPlan.objects.filter(status="validated", valid_from=START.monday)
    assert validated.get().name == ["Plan A", "Plan B"][[type(one).__name__ for one in answers].index("Generated")]


def test_of_two_people_who_change_a_draft_at_once_one_does(hospital: Hospital) -> None:
    draft = draft_of(hospital, "Plan 2027")
    number = draft.patterns.get().pk

    answers = at_once(lambda _: remove_vacation(plan=MasterPlan.objects.get(pk=draft.pk), revision=0, number=number), 2)

    assert kinds(answers) == {"NoneType": 1, "StaleMasterPlan": 1}
    assert draft.steps.count() == 1


def test_a_slot_released_while_a_case_is_dropped_there_is_one_or_the_other(hospital: Hospital) -> None:
    Slot.objects.all().delete()
    current_plan(hospital)
    generate_slots(week=WEEK)
    plan = open_draft(monday=WEEK.monday, user=hospital.director, now=NOW)
    item = make_intervention(hospital.surgeons[0], 60)
    slot = Slot.objects.get(date=WEEK.days[0], room=hospital.rooms[0], kind="regular")

    def act(number: int) -> Any:
        if number:
            return release_slot(slot=slot, substitute=hospital.ent, user=hospital.director, now=NOW, today=TODAY)
        return move_placement(
            plan=plan, intervention=item.pk, room=hospital.rooms[0].pk, day=WEEK.days[0], start=480,
            revision=plan.revision, user=hospital.director, now=NOW,
        )  # fmt: skip

    answers = at_once(act, 2)

    slot.refresh_from_db()
    placed, freed = slot.placements.exists(), slot.origin == "released"
    assert placed != freed, answers
    assert kinds(answers) in ({"Change": 1, "UnableToRelease": 1}, {"Stale": 1, "SlotRelease": 1})
    assert SlotRelease.objects.exists() == freed
