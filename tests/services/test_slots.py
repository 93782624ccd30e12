from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from planning.calendar import Week, minute_of
from planning.models import EditedRoomDay, JournalEntry, MasterPlan, Placement, Plan, Room, Slot, SlotPattern, Specialty
from planning.services.master_plans import save_pattern
from planning.services.slots import Generated, cycle_week_of, generate_slots
from planning.services.week_slots import SlotRefused, SlotValues, remove_slot, restore_pattern, save_slot
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, make_user, small_hospital

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Room:
    return Room.objects.create(code="SO1", position=1)


def make_master(valid_from: date = WEEK.monday, *, cycle: int = 1, until: date | None = None) -> MasterPlan:
    return MasterPlan.objects.create(name="Plan", valid_from=valid_from, valid_until=until, cycle_weeks=cycle)


def add_pattern(
    master: MasterPlan, room: Room, weekday: int = 0, start: int = 480, end: int = 1080, **fields: object
) -> SlotPattern:
    values = {"master_plan": master, "room": room, "weekday": weekday, "start_minute": start, "end_minute": end}
    return SlotPattern.objects.create(**(values | fields))


def spans(week: Week = WEEK) -> list[tuple[int, int, int]]:
    """(weekday, first minute, last minute) of each slot of the week."""
    rows = Slot.objects.filter(date__range=(week.monday, week.days[-1]))
    return [(s.date.weekday(), minute_of(s.starts_at, s.date), minute_of(s.ends_at, s.date)) for s in rows]


# ---- From the master plan ----------------------------------------------------------


def test_a_pattern_becomes_a_dated_slot_with_its_owner_and_limits(room: Room) -> None:
    specialty = Specialty.objects.create(code="ORT", name="Orthopédie")
    add_pattern(
        make_master(), room, 2, 480, 780, specialty=specialty, kind="overtime", positions=3, longest_minutes=120
    )

    assert generate_slots(week=WEEK) == Generated(added=1)

    slot = Slot.objects.get()
    assert (slot.date, slot.room, slot.specialty, slot.kind) == (WEEK.days[2], room, specialty, "overtime")
    assert (slot.positions, slot.longest_minutes, slot.origin) == (3, 120, "pattern")
    assert spans() == [(2, 480, 780)]


def test_generating_twice_changes_nothing(room: Room) -> None:
    add_pattern(make_master(), room)
    generate_slots(week=WEEK)
    before = list(Slot.objects.values())

    assert generate_slots(week=WEEK) == Generated()
    assert list(Slot.objects.values()) == before


def test_a_cycle_of_three_weeks_writes_each_week_in_its_turn(room: Room) -> None:
    master = make_master(cycle=3)
    for number in (1, 2, 3):
        add_pattern(master, room, weekday=number, cycle_week=number)
    weeks = [WEEK, WEEK.next, WEEK.next.next, WEEK.next.next.next]

    for week in weeks:
        generate_slots(week=week)

    assert [spans(week)[0][0] for week in weeks] == [1, 2, 3, 1]
    assert [cycle_week_of(master, week) for week in weeks] == [1, 2, 3, 1]


def test_nothing_is_written_outside_the_validity_dates(room: Room) -> None:
    master = make_master(WEEK.monday, until=WEEK.days[1])
    for weekday in range(5):
        add_pattern(master, room, weekday)

    generate_slots(week=WEEK.previous)
    generate_slots(week=WEEK)
    generate_slots(week=WEEK.next)

    assert spans(WEEK.previous) == []
    assert spans() == [(0, 480, 1080), (1, 480, 1080)]
    assert spans(WEEK.next) == []


def test_the_master_plan_begun_last_wins(room: Room) -> None:
    add_pattern(make_master(WEEK.previous.monday), room, 0, 480, 1080)
    add_pattern(make_master(WEEK.monday), room, 0, 540, 720)

    generate_slots(week=WEEK)

    assert spans() == [(0, 540, 720)]


def test_the_week_of_a_clock_change_keeps_its_wall_clock_hours(room: Room) -> None:
    week = Week.parse("2026-W43")  # summer time ends on Sunday 25 October
    master = make_master(week.monday)
    add_pattern(master, room, 5)
    add_pattern(master, room, 6)

    generate_slots(week=week)

    assert spans(week) == [(5, 480, 1080), (6, 480, 1080)]


def test_a_changed_pattern_rewrites_its_slots(room: Room) -> None:
    specialty = Specialty.objects.create(code="ORL", name="ORL")
    pattern = add_pattern(make_master(), room)
    add_pattern(pattern.master_plan, room, 1)
    generate_slots(week=WEEK)
    pattern.specialty = specialty
    pattern.save()
    SlotPattern.objects.filter(weekday=1).update(end_minute=720)

    assert generate_slots(week=WEEK) == Generated(added=1, changed=1, removed=1)
    assert spans() == [(0, 480, 1080), (1, 480, 720)]
    assert Slot.objects.get(date=WEEK.monday).specialty == specialty


def test_a_slot_that_holds_a_placement_stays_as_it_is(room: Room) -> None:
    hospital = small_hospital_in(room)
    pattern = add_pattern(make_master(), room)
    generate_slots(week=WEEK)
    slot = Slot.objects.get()
    place(hospital, slot)
    pattern.start_minute = 600
    pattern.save()

    assert generate_slots(week=WEEK) == Generated(kept=1)
    assert spans() == [(0, 480, 1080)]


def test_a_room_closed_that_day_keeps_its_slot(room: Room) -> None:
    room.closures.create(starts_on=WEEK.monday, ends_on=WEEK.monday, reason="Travaux")
    add_pattern(make_master(), room)

    generate_slots(week=WEEK)

    assert spans() == [(0, 480, 1080)]


def test_generating_costs_no_more_queries_for_slots_that_stand(room: Room, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    master = make_master()
    for weekday in range(5):
        add_pattern(master, room, weekday)
    generate_slots(week=WEEK)

    with django_assert_num_queries(7):
        generate_slots(week=WEEK)


# ---- By hand -----------------------------------------------------------------------


def small_hospital_in(room: Room) -> Hospital:
    room.delete()
    hospital = small_hospital()
    Slot.objects.all().delete()
    Room.objects.filter(pk=hospital.rooms[0].pk).update(code="SO1")
    room.pk = hospital.rooms[0].pk
    return hospital


def place(hospital: Hospital, slot: Slot, status: str = "draft") -> Placement:
    plan = Plan.objects.create(monday=WEEK.monday, number=3, status="draft", policy="open", created_at=NOW)
    placement = Placement.objects.create(
        plan=plan,
        intervention=make_intervention(hospital.surgeons[0], 90),
        slot=slot,
        starts_at=slot.starts_at,
        minutes=90,
    )
    Plan.objects.filter(pk=plan.pk).update(status=status)
    return placement


def values(room: Room, start: int = 480, end: int = 720, day: date = WEEK.monday) -> SlotValues:
    return SlotValues(date=day, room=room, start_minute=start, end_minute=end, kind="regular")


def test_a_slot_added_by_hand_is_marked_journalled_and_left_alone_by_the_master_plan(room: Room) -> None:
    add_pattern(make_master(), room)
    user = make_user("cellule", "planner")

    slot = save_slot(slot=None, week=WEEK, values=values(room), user=user, now=NOW)
    generate_slots(week=WEEK)

    assert slot.origin == "manual"
    assert spans() == [(0, 480, 720)]
    entry = JournalEntry.objects.get()
    assert (entry.action, entry.user, entry.monday, entry.before) == ("slot", user, WEEK.monday, None)
    assert entry.after is not None
    assert (entry.after["room"], entry.after["start"], entry.after["end"]) == ("SO1", 480, 720)


def test_a_slot_removed_by_hand_does_not_come_back(room: Room) -> None:
    add_pattern(make_master(), room)
    generate_slots(week=WEEK)

    remove_slot(slot=Slot.objects.get(), user=make_user("cellule", "planner"), now=NOW)
    generate_slots(week=WEEK)
    generate_slots(week=WEEK.next)

    assert spans() == []
    assert spans(WEEK.next) == [(0, 480, 1080)]


def test_giving_the_week_back_restores_the_pattern(room: Room) -> None:
    add_pattern(make_master(), room)
    user = make_user("cellule", "planner")
    generate_slots(week=WEEK)
    save_slot(slot=Slot.objects.get(), week=WEEK, values=values(room, 600, 700), user=user, now=NOW)

    restore_pattern(week=WEEK, user=user, now=NOW)

    assert spans() == [(0, 480, 1080)]
    assert not EditedRoomDay.objects.exists()


def test_slots_of_a_room_cannot_overlap_and_the_message_says_which(room: Room) -> None:
    user = make_user("cellule", "planner")
    save_slot(slot=None, week=WEEK, values=values(room, 480, 720), user=user, now=NOW)

    with pytest.raises(SlotRefused) as refused:
        save_slot(slot=None, week=WEEK, values=values(room, 660, 800), user=user, now=NOW)

    assert refused.value.field == "start_minute"
    assert "08:00–12:00" in refused.value.message
    assert Slot.objects.count() == 1


def test_an_overlap_that_only_the_database_sees_is_refused_too(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    user = make_user("cellule", "planner")
    save_slot(slot=None, week=WEEK, values=values(room, 480, 720), user=user, now=NOW)
    monkeypatch.setattr("planning.services.week_slots._check_free", lambda *_: None)

    with pytest.raises(SlotRefused, match="SO1"):
        save_slot(slot=None, week=WEEK, values=values(room, 660, 800), user=user, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.create(
            date=WEEK.monday, room=room, starts_at=Slot.objects.get().starts_at, ends_at=Slot.objects.get().ends_at
        )


@pytest.mark.parametrize(
    ("start", "end", "day", "field"),
    [
        (400, 720, WEEK.monday, "start_minute"),
        (480, 1300, WEEK.monday, "end_minute"),
        (720, 720, WEEK.monday, "end_minute"),
        (480, 720, WEEK.next.monday, "date"),
    ],
)
def test_a_slot_outside_its_room_or_its_week_is_refused(
    room: Room, start: int, end: int, day: date, field: str
) -> None:
    with pytest.raises(SlotRefused) as refused:
        save_slot(
            slot=None, week=WEEK, values=values(room, start, end, day), user=make_user("cellule", "planner"), now=NOW
        )

    assert refused.value.field == field
    assert not Slot.objects.exists()


@pytest.mark.parametrize("status", ["draft", "proposed", "approved", "superseded"])
def test_a_slot_that_any_version_uses_cannot_go(room: Room, status: str) -> None:
    hospital = small_hospital_in(room)
    slot = save_slot(slot=None, week=WEEK, values=values(hospital.rooms[0]), user=hospital.director, now=NOW)
    placement = place(hospital, slot, status)

    with pytest.raises(SlotRefused) as refused:
        remove_slot(slot=slot, user=hospital.director, now=NOW)

    assert placement.intervention.code in refused.value.message
    assert "version 3" in refused.value.message
    assert Slot.objects.filter(pk=slot.pk).exists()


def test_a_slot_in_use_may_grow_but_not_leave_its_interventions_outside(room: Room) -> None:
    hospital = small_hospital_in(room)
    first, second = hospital.rooms
    slot = save_slot(slot=None, week=WEEK, values=values(first, 480, 720), user=hospital.director, now=NOW)
    place(hospital, slot)
    change = {"slot": slot, "week": WEEK, "user": hospital.director, "now": NOW}

    save_slot(values=values(first, 480, 1000), **change)
    with pytest.raises(SlotRefused, match="dehors"):
        save_slot(values=values(first, 540, 1000), **change)
    with pytest.raises(SlotRefused, match="ni la salle ni le jour"):
        save_slot(values=values(second, 480, 1000), **change)

    assert spans() == [(0, 480, 1000)]


def test_whoever_has_the_draft_open_learns_that_its_slots_changed(room: Room) -> None:
    plan = Plan.objects.create(monday=WEEK.monday, number=1, status="draft", policy="open", created_at=NOW)
    other = Plan.objects.create(monday=WEEK.next.monday, number=1, status="draft", policy="open", created_at=NOW)

    save_slot(slot=None, week=WEEK, values=values(room), user=make_user("cellule", "planner"), now=NOW)

    plan.refresh_from_db()
    other.refresh_from_db()
    assert (plan.revision, other.revision) == (1, 0)


# ---- The pattern itself ------------------------------------------------------------


def test_pattern_slots_of_one_room_and_day_cannot_overlap(room: Room) -> None:
    master = make_master(cycle=2)
    ask = {"master_plan": master, "weekday": 0, "values": values(room, 480, 720)}
    first = save_pattern(pattern=None, cycle_week=1, **ask)
    save_pattern(pattern=None, cycle_week=2, **ask)

    with pytest.raises(SlotRefused, match="SO1"):
        save_pattern(pattern=None, cycle_week=1, **ask)
    save_pattern(pattern=first, cycle_week=1, **ask)

    assert master.patterns.count() == 2


def test_a_plan_that_begins_in_midweek_counts_that_week_as_the_first_of_its_cycle() -> None:
    master = MasterPlan(valid_from=WEEK.monday + timedelta(days=2), cycle_weeks=4)

    assert cycle_week_of(master, WEEK) == 1
