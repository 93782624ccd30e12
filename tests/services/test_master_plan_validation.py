from __future__ import annotations

from datetime import date, timedelta

import pytest

from planning.calendar import Week, at_minute
from planning.models import JournalEntry, MasterPlan, Placement, Slot
from planning.selectors.journal import as_json
from planning.selectors.master_plan_effects import effects
from planning.services.master_plan_drafts import StaleMasterPlan
from planning.services.master_plan_validation import OtherPlanInForce, UnableToValidate, validate_plan
from planning.services.slots import Generated, generate_slots
from planning.services.week_slots import SlotValues, save_slot
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, small_hospital
from tests.factories.master_plans import START, TODAY, current_plan, make_pattern
from tests.factories.plans import make_plan

pytestmark = pytest.mark.django_db
WEEKS = [WEEK, WEEK.next, START, START.next]


@pytest.fixture
def hospital() -> Hospital:
    hospital = small_hospital()
    Slot.objects.all().delete()
    current_plan(hospital)
    for week in WEEKS:
        generate_slots(week=week)
    return hospital


@pytest.fixture
def draft(hospital: Hospital) -> MasterPlan:
    """Only on Mondays: SO1 goes from ORT to ORL, SO2 is cut in two."""
    plan = MasterPlan.objects.create(name="Plan 2027", valid_from=START.monday, status="draft")
    make_pattern(plan, hospital.rooms[0], 0, 480, 1080, specialty=hospital.ent)
    make_pattern(plan, hospital.rooms[1], 0, 480, 780, specialty=hospital.ent)
    make_pattern(plan, hospital.rooms[1], 0, 780, 1080, specialty=hospital.orthopaedics)
    return plan


def validate(hospital: Hospital, plan: MasterPlan, **changes: object) -> Generated:
    current = MasterPlan.objects.get(name="Plan 2026")
    asked: dict[str, object] = {
        "plan": plan, "revision": 0, "start": START.monday, "previous": current.pk, "advice": "Favorable.",
        "user": hospital.director, "now": NOW, "today": TODAY,
    }  # fmt: skip
    return validate_plan(**(asked | changes))  # type: ignore[arg-type]  # as asked


def slots(day: date) -> list[tuple[str, int, str | None]]:
    rows = Slot.objects.filter(date=day).select_related("specialty").order_by("room__code", "starts_at")
    return [
        (
            row.room.code,
            int((row.ends_at - row.starts_at).total_seconds()) // 3600,
            row.specialty.code if row.specialty else None,
        )
        for row in rows
    ]


OLD = [("SO1", 10, "ORT"), ("SO1", 2, "ORT"), ("SO2", 10, "ORL"), ("SO2", 2, "ORL")]
NEW = [("SO1", 10, "ORL"), ("SO2", 5, "ORL"), ("SO2", 5, "ORT")]


def test_the_weeks_from_the_monday_on_follow_it_and_those_before_do_not(hospital: Hospital, draft: MasterPlan) -> None:
    validate(hospital, draft)

    assert [slots(week.monday) for week in WEEKS] == [OLD, OLD, NEW, NEW]
    assert [slots(week.days[1]) for week in WEEKS] == [OLD, OLD, [], []]
    generate_slots(week=START.next.next)
    assert slots(START.next.next.monday) == NEW, "and so do the weeks written later"


def test_the_plan_before_ends_the_day_before_and_the_journal_keeps_who_and_why(
    hospital: Hospital, draft: MasterPlan
) -> None:
    validate(hospital, draft, advice="  Favorable, sauf ORL.  ")

    draft.refresh_from_db()
    assert MasterPlan.objects.get(name="Plan 2026").valid_until == START.monday - timedelta(days=1)
    assert (draft.status, draft.valid_from, draft.valid_until) == ("validated", START.monday, None)
    assert (draft.validated_by, draft.validated_at, draft.advice) == (hospital.director, NOW, "Favorable, sauf ORL.")
    entry = JournalEntry.objects.get(action="master")
    assert (entry.user, entry.monday, entry.reason) == (hospital.director, START.monday, "Favorable, sauf ORL.")
    assert entry.after["losing"] == 0
    assert "Plan 2027" in as_json(entry)["text"]


def test_room_days_changed_by_hand_stay(hospital: Hospital, draft: MasterPlan) -> None:
    values = SlotValues(START.monday, hospital.rooms[0], 480, 600, "regular", hospital.orthopaedics)
    Slot.objects.filter(date=START.monday, room=hospital.rooms[0]).delete()
    save_slot(slot=None, week=START, values=values, user=hospital.director, now=NOW)

    validate(hospital, draft)

    assert slots(START.monday) == [("SO1", 2, "ORT"), *NEW[1:]]


def put(hospital: Hospital, day: date, room: int, status: str = "draft") -> Placement:
    slot = Slot.objects.get(date=day, room=hospital.rooms[room], kind="regular")
    plan = make_plan(status="draft", week=Week.of(day))
    row = Placement.objects.create(
        plan=plan, intervention=make_intervention(hospital.surgeons[0], week=Week.of(day)), slot=slot,
        starts_at=at_minute(day, 480), minutes=90,
    )  # fmt: skip
    type(plan).objects.filter(pk=plan.pk).update(status=status)
    return row


@pytest.mark.parametrize("status", ["draft", "approved"])
def test_planned_interventions_that_lose_their_slot_are_told_before_and_keep_it(
    status: str, hospital: Hospital, draft: MasterPlan
) -> None:
    losing = [put(hospital, START.monday, 0, status), put(hospital, START.next.monday, 1, status)]
    put(hospital, WEEK.monday, 0, status)

    assert effects(draft, START.monday).losing == losing
    written = validate(hospital, draft)

    assert slots(START.monday) == [("SO1", 10, "ORT"), *NEW[1:]], "the slot in use stays, without its overtime"
    assert slots(START.next.monday) == [NEW[0], ("SO2", 10, "ORL")]
    assert written.kept == 2
    assert [Placement.objects.get(pk=row.pk).slot_id for row in losing] == [row.slot_id for row in losing]


def test_a_superseded_version_loses_nothing(hospital: Hospital, draft: MasterPlan) -> None:
    put(hospital, START.monday, 0, "superseded")

    assert effects(draft, START.monday).losing == []


def test_what_stays_the_same_loses_nothing(hospital: Hospital, draft: MasterPlan) -> None:
    draft.patterns.filter(room=hospital.rooms[0]).update(specialty=hospital.orthopaedics)
    put(hospital, START.monday, 0)

    assert effects(draft, START.monday).losing == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"start": START.days[1]}, "monday"),
        ({"start": WEEK.previous.monday}, "past"),
        ({"advice": "  \n"}, "advice"),
    ],
)
def test_a_wrong_validation_is_refused_and_nothing_is_written(
    changes: dict[str, object], reason: str, hospital: Hospital, draft: MasterPlan
) -> None:
    with pytest.raises(UnableToValidate) as refused:
        validate(hospital, draft, **changes)

    assert refused.value.reason == reason
    draft.refresh_from_db()
    assert (draft.status, draft.revision) == ("draft", 0)
    assert [slots(week.monday) for week in WEEKS] == [OLD] * 4
    assert not JournalEntry.objects.exists()


def test_an_impossible_or_empty_draft_is_refused(hospital: Hospital, draft: MasterPlan) -> None:
    draft.patterns.filter(room=hospital.rooms[0]).update(end_minute=1300)
    with pytest.raises(UnableToValidate, match="impossible"):
        validate(hospital, draft)
    draft.patterns.all().delete()
    with pytest.raises(UnableToValidate, match="empty"):
        validate(hospital, draft)


def test_a_plan_validated_for_later_bounds_this_one_and_the_same_monday_is_taken(
    hospital: Hospital, draft: MasterPlan
) -> None:
    later = MasterPlan.objects.create(name="Plan 2028", valid_from=START.next.monday)
    make_pattern(later, hospital.rooms[1], 4, 480, 780)

    validate(hospital, draft)

    draft.refresh_from_db()
    assert draft.valid_until == START.days[6]
    assert slots(START.next.monday) == OLD, "not this plan's to write"
    again = MasterPlan.objects.create(name="Encore", valid_from=START.monday, status="draft")
    make_pattern(again, hospital.rooms[0], 0, 480, 780, specialty=hospital.ent)
    with pytest.raises(UnableToValidate, match="taken"):
        validate(hospital, again, previous=draft.pk)


def test_whoever_compared_with_another_plan_is_told_of_the_new_one(hospital: Hospital, draft: MasterPlan) -> None:
    MasterPlan.objects.create(name="Plan d'hiver", valid_from=WEEK.monday)

    with pytest.raises(OtherPlanInForce) as told:
        validate(hospital, draft)
    assert told.value.plan == MasterPlan.objects.get(name="Plan d'hiver")


def test_a_changed_or_validated_draft_is_not_validated_again(hospital: Hospital, draft: MasterPlan) -> None:
    with pytest.raises(StaleMasterPlan):
        validate(hospital, draft, revision=3)
    validate(hospital, draft)
    with pytest.raises(StaleMasterPlan):
        validate(hospital, draft, revision=1)
