from __future__ import annotations

from datetime import date, timedelta

import pytest

from planning.calendar import Week, at_minute
from planning.models import JournalEntry, Placement, Plan, ReleaseRule, Slot, SlotRelease
from planning.selectors.journal import as_json
from planning.selectors.releases import released, uptake_by_specialty
from planning.services.releases import UnableToRelease, release_due_slots, release_slot, save_rules
from planning.services.slots import generate_slots
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, small_hospital
from tests.factories.master_plans import current_plan
from tests.factories.plans import make_plan

pytestmark = pytest.mark.django_db
SUNDAY = WEEK.monday - timedelta(days=1)


@pytest.fixture
def hospital() -> Hospital:
    """SO1 to ORT and SO2 to ORL from Monday to Thursday, in an approved week where nothing is placed."""
    hospital = small_hospital()
    Slot.objects.all().delete()
    current_plan(hospital)
    generate_slots(week=WEEK)
    make_plan("approved")
    return hospital


def rule(hospital: Hospital, days_ahead: int = 2) -> ReleaseRule:
    return ReleaseRule.objects.create(specialty=hospital.orthopaedics, days_ahead=days_ahead, substitute=hospital.ent)


def slot(hospital: Hospital, day: date, room: int = 0, kind: str = "regular") -> Slot:
    return Slot.objects.get(date=day, room=hospital.rooms[room], kind=kind)


def put(hospital: Hospital, where: Slot, plan: Plan, minutes: int = 90) -> Placement:
    item = make_intervention(hospital.surgeons[0], minutes)
    Plan.objects.filter(pk=plan.pk).update(status="draft")
    row = Placement.objects.create(plan=plan, intervention=item, slot=where, starts_at=where.starts_at, minutes=minutes)
    Plan.objects.filter(pk=plan.pk).update(status=plan.status)
    return row


def test_an_empty_slot_passes_to_the_substitute_with_its_overtime_so_many_days_ahead(hospital: Hospital) -> None:
    rule(hospital)

    done = release_due_slots(today=SUNDAY, now=NOW)

    assert [one.date for one in done] == [WEEK.days[0], WEEK.days[1]], "two days ahead, not the day itself"
    for kind in ("regular", "overtime"):
        given = slot(hospital, WEEK.days[1], kind=kind)
        assert (given.specialty, given.origin) == (hospital.ent, "released")
    assert slot(hospital, WEEK.days[2]).specialty == hospital.orthopaedics
    assert slot(hospital, WEEK.days[0], room=1).specialty == hospital.ent, "no rule for ORL"


def test_doing_it_again_releases_nothing_more(hospital: Hospital) -> None:
    rule(hospital)
    release_due_slots(today=SUNDAY, now=NOW)

    assert release_due_slots(today=SUNDAY, now=NOW) == []
    assert SlotRelease.objects.count() == 2


def test_a_release_is_told_with_whose_to_whom_and_by_whom(hospital: Hospital) -> None:
    rule(hospital, 1)
    [done] = release_due_slots(today=SUNDAY, now=NOW)
    by_hand = release_slot(
        slot=slot(hospital, WEEK.days[3]), substitute=None, user=hospital.director, now=NOW, today=SUNDAY
    )

    assert (done.specialty, done.substitute, done.released_by) == (hospital.orthopaedics, hospital.ent, None)
    assert (by_hand.substitute, by_hand.released_by) == (None, hospital.director)
    lines = {entry.user: as_json(entry)["text"] for entry in JournalEntry.objects.filter(action="release")}
    assert lines[None].endswith("(ORT), à ORL")
    assert lines[hospital.director].endswith("(ORT), à tous")


@pytest.mark.parametrize("status", ["draft", "approved"])
def test_a_slot_with_a_placement_is_never_touched(status: str, hospital: Hospital) -> None:
    rule(hospital)
    plan = Plan.objects.get() if status == "approved" else make_plan("draft", 2)
    used = slot(hospital, WEEK.days[0])
    put(hospital, used, plan)

    assert [one.date for one in release_due_slots(today=SUNDAY, now=NOW)] == [WEEK.days[1]]
    with pytest.raises(UnableToRelease, match="used"):
        release_slot(slot=used, substitute=None, user=hospital.director, now=NOW, today=SUNDAY)
    used.refresh_from_db()
    assert (used.specialty, used.origin) == (hospital.orthopaedics, "pattern")


def test_a_placement_of_a_version_left_behind_keeps_nothing(hospital: Hospital) -> None:
    rule(hospital, 1)
    put(hospital, slot(hospital, WEEK.days[0]), make_plan("superseded", 2))

    assert len(release_due_slots(today=SUNDAY, now=NOW)) == 1


def test_a_week_without_an_approved_version_waits(hospital: Hospital) -> None:
    rule(hospital)
    Plan.objects.update(status="superseded")
    make_plan("draft", 2)

    assert release_due_slots(today=SUNDAY, now=NOW) == []


def test_writing_the_week_again_does_not_take_the_release_back(hospital: Hospital) -> None:
    rule(hospital, 1)
    release_due_slots(today=SUNDAY, now=NOW)

    generate_slots(week=WEEK)

    assert slot(hospital, WEEK.days[0]).specialty == hospital.ent


def test_a_slot_given_back_by_a_person_is_not_released_again_by_the_rule(hospital: Hospital) -> None:
    rule(hospital, 1)
    release_due_slots(today=SUNDAY, now=NOW)
    Slot.objects.filter(pk=slot(hospital, WEEK.days[0]).pk).update(specialty=hospital.orthopaedics, origin="manual")

    assert release_due_slots(today=SUNDAY, now=NOW) == []


def test_the_draft_learns_of_a_release(hospital: Hospital) -> None:
    draft = make_plan("draft", 2)
    release_slot(slot=slot(hospital, WEEK.days[0]), substitute=None, user=hospital.director, now=NOW, today=SUNDAY)

    draft.refresh_from_db()
    assert draft.revision == 1


def test_what_cannot_be_released_says_why(hospital: Hospital) -> None:
    first = slot(hospital, WEEK.days[0])
    release_slot(slot=first, substitute=hospital.ent, user=hospital.director, now=NOW, today=SUNDAY)
    open_to_all = slot(hospital, WEEK.days[1])
    Slot.objects.filter(pk=open_to_all.pk).update(specialty=None)
    for one, today, reason in (
        (first, SUNDAY, "gone"),
        (Slot.objects.get(pk=open_to_all.pk), SUNDAY, "unowned"),
        (slot(hospital, WEEK.days[2]), WEEK.days[3], "past"),
    ):
        with pytest.raises(UnableToRelease, match=reason):
            release_slot(slot=one, substitute=None, user=hospital.director, now=NOW, today=today)
    assert SlotRelease.objects.count() == 1


def test_a_surgeon_s_own_slot_is_released_by_the_rule_of_the_specialty(hospital: Hospital) -> None:
    rule(hospital, 1)
    Slot.objects.filter(date=WEEK.days[0], room=hospital.rooms[0]).update(specialty=None, surgeon=hospital.surgeons[0])

    [done] = release_due_slots(today=SUNDAY, now=NOW)

    assert (done.surgeon, done.specialty) == (hospital.surgeons[0], hospital.orthopaedics)
    assert slot(hospital, WEEK.days[0]).surgeon is None


def test_the_share_taken_up_is_what_was_placed_there_since(hospital: Hospital) -> None:
    rule(hospital)
    done = release_due_slots(today=SUNDAY, now=NOW)
    draft = make_plan("draft", 2)
    put(hospital, slot(hospital, WEEK.days[0]), draft, minutes=150)

    assert [(one.used, one.share) for one in released(done)] == [(150, 0.25), (0, 0.0)]
    uptake = uptake_by_specialty(SUNDAY, WEEK.days[6])
    assert {key: (one.count, one.share) for key, one in uptake.items()} == {hospital.orthopaedics.pk: (2, 0.125)}


def test_a_case_of_both_the_draft_and_the_approved_version_counts_once(hospital: Hospital) -> None:
    rule(hospital, 1)
    [done] = release_due_slots(today=SUNDAY, now=NOW)
    row = put(hospital, slot(hospital, WEEK.days[0]), Plan.objects.get(), minutes=60)
    draft = make_plan("draft", 2)
    Placement.objects.create(
        plan=draft, intervention=row.intervention, slot=row.slot, starts_at=at_minute(WEEK.days[0], 600), minutes=60
    )

    assert released([done])[0].used == 60


def test_rules_are_kept_changed_and_dropped(hospital: Hospital) -> None:
    save_rules(rules=[(hospital.orthopaedics, 7, hospital.ent), (hospital.ent, None, None)])
    save_rules(rules=[(hospital.orthopaedics, 10, None), (hospital.ent, 14, None)])
    assert list(ReleaseRule.objects.values_list("specialty__code", "days_ahead", "substitute")) == [
        ("ORL", 14, None), ("ORT", 10, None),
    ]  # fmt: skip
    save_rules(rules=[(hospital.orthopaedics, None, None)])
    assert [one.specialty for one in ReleaseRule.objects.all()] == [hospital.ent]


@pytest.mark.parametrize("slots", [1, 4])
def test_the_releases_cost_as_many_queries_for_one_as_for_four(
    slots: int, hospital: Hospital, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    rule(hospital, slots)
    rows = release_due_slots(today=SUNDAY, now=NOW)
    assert len(rows) == slots
    with django_assert_num_queries(1):
        released(rows)


def test_the_week_of_the_slot_is_the_journal_s(hospital: Hospital) -> None:
    rule(hospital, 1)
    release_due_slots(today=SUNDAY, now=NOW)

    assert JournalEntry.objects.get(action="release").monday == Week.of(WEEK.days[0]).monday
