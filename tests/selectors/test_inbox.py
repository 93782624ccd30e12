"""What waits for the bloc's decision: each in all its groups, once in the whole list, none forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from planning.access import Role
from planning.calendar import at_minute
from planning.models import Absence, ChangeRequest, InboxVisit, Intervention, Plan, RoomClosure, User
from planning.selectors.inbox import Group, Inbox, Item, inbox, inbox_item
from planning.selectors.inbox_count import waiting_count
from planning.selectors.inbox_hints import Hints
from planning.selectors.inbox_words import age, oddities, second_line
from planning.services.decisions import accept_requests, keep_apart, send_back
from planning.services.reading import read_decisions
from planning.services.replanning import plan_again
from planning.services.undoing import undo_decisions
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, make_user, small_hospital
from tests.factories.plans import make_plan, place

TODAY = NOW.date()
CODED: dict[str, Any] = {"state": "requested", "procedure_code": "NEKA020", "procedure_label": "Hanche"}


@pytest.fixture
def hospital(db: None) -> Hospital:
    return small_hospital()


@pytest.fixture
def colleague(hospital: Hospital) -> User:
    return make_user("regulatrice", Role.PLANNER)


@pytest.fixture
def planned(hospital: Hospital) -> Intervention:
    """Tuesday at 8:00 in SO1, approved."""
    row = make_intervention(hospital.surgeons[0], 60, state="planned")
    place(make_plan("approved"), row, hospital, day=1)
    return row


def read(hospital: Hospital) -> Inbox:
    return inbox(hospital.director, today=TODAY, now=NOW)


def groups(hospital: Hospital) -> dict[str, list[Intervention]]:
    found = read(hospital)
    return {str(group): [item.intervention for item in items] for group, items in found.groups.items() if items}


def ask(hospital: Hospital, surgeon: int = 0, **fields: Any) -> Intervention:
    values = CODED | {"deadline_date": WEEK.monday + timedelta(days=30)} | fields
    return make_intervention(hospital.surgeons[surgeon], values.pop("minutes", 90), **values)


def change_of(row: Intervention, user: User) -> ChangeRequest:
    return ChangeRequest.objects.create(
        intervention=row, kind="move", wished_date=WEEK.days[3], reason="Voyage", asked_at=NOW, asked_by=user
    )


def seen(hospital: Hospital, minutes: int, times: int = 6, surgeon: int = 0, label: str = "Hanche") -> None:
    """Operated that long, so many times."""
    for number in range(times):
        begun = at_minute(TODAY - timedelta(days=20 + number), 480)
        make_intervention(
            hospital.surgeons[surgeon], state="done", procedure_label=label, entered_at=begun,
            left_at=begun + timedelta(minutes=minutes),
        )  # fmt: skip


# --- Groups ------------------------------------------------------------------------------------------------------


def test_each_waits_in_its_group_and_what_waits_for_nothing_in_none(hospital: Hospital, planned: Intervention) -> None:
    new, uncoded = ask(hospital), ask(hospital, procedure_code="")
    returned = ask(hospital, state="returned", return_reason="Quel côté ?")
    fallen = make_intervention(hospital.surgeons[1], to_replan_since=NOW)
    changing = make_intervention(hospital.surgeons[1])
    change_of(changing, hospital.surgeon_user)
    for state in ("draft", "accepted", "done", "cancelled"):
        make_intervention(hospital.surgeons[1], state=state)

    assert groups(hospital) == {
        "replan": [fallen], "change": [changing], "new": [new], "incomplete": [uncoded, returned]
    }  # fmt: skip


def test_an_absence_declared_after_the_approval_is_a_conflict(hospital: Hospital, planned: Intervention) -> None:
    Absence.objects.create(
        surgeon=hospital.surgeons[0], starts_on=WEEK.days[1], ends_on=WEEK.days[1], reason="Congrès", declared_at=NOW
    )
    [item] = read(hospital).groups[Group.CONFLICT]
    assert (item.intervention, item.since) == (planned, NOW)
    said = second_line(item, Hints([], TODAY), TODAY).text
    assert said == "Dr Martin absent mar. 24 nov. (Congrès), planifiée ce jour-là à 08:00, SO1"


def test_a_closed_room_is_a_conflict(hospital: Hospital, planned: Intervention) -> None:
    RoomClosure.objects.create(room=hospital.rooms[0], starts_on=WEEK.days[1], ends_on=WEEK.days[1], reason="Panne")
    assert groups(hospital) == {"conflict": [planned]}


def test_a_conflict_taken_out_of_the_planning_is_one_to_plan_again_and_no_conflict(
    hospital: Hospital, planned: Intervention
) -> None:
    Absence.objects.create(surgeon=hospital.surgeons[0], starts_on=WEEK.days[1], ends_on=WEEK.days[1])
    plan_again(intervention=planned.pk, reason="Chirurgien absent", user=hospital.director, now=NOW)
    assert groups(hospital) == {"replan": [planned]}


def test_one_that_waits_for_two_reasons_is_in_both_groups_and_once_in_the_whole_list(
    hospital: Hospital, planned: Intervention
) -> None:
    Absence.objects.create(surgeon=hospital.surgeons[0], starts_on=WEEK.days[1], ends_on=WEEK.days[1], declared_at=NOW)
    change = change_of(planned, hospital.surgeon_user)
    change.asked_at = NOW - timedelta(days=2)
    change.save()

    found = read(hospital)

    assert {str(group): len(items) for group, items in found.groups.items() if items} == {"conflict": 1, "change": 1}
    [item] = list(found)
    assert (item.group, item.groups, item.since) == (Group.CONFLICT, (Group.CONFLICT, Group.CHANGE), NOW)
    [seen_there] = found.groups[Group.CHANGE]
    assert (seen_there.others, seen_there.since) == ((Group.CONFLICT,), change.asked_at)
    assert second_line(item, Hints([], TODAY), TODAY).text.startswith("Dr Martin absent")
    assert second_line(seen_there, Hints([], TODAY), TODAY).text.endswith("Voyage")
    assert len(found) == waiting_count(TODAY) == 1
    alone = inbox_item(planned.pk, today=TODAY, group=Group.CHANGE)
    assert alone is not None
    assert alone.group == Group.CHANGE


def test_what_was_not_done_on_its_day_waits_since_that_day(hospital: Hospital, planned: Intervention) -> None:
    afterwards = WEEK.days[4]
    [item] = inbox(hospital.director, today=afterwards, now=NOW).groups[Group.REPLAN]
    assert (item.intervention, item.since) == (planned, at_minute(WEEK.days[1], 480))
    assert "rien ne dit qu'elle a eu lieu" in second_line(item, Hints([], TODAY), afterwards).text


# --- Duplicates --------------------------------------------------------------------------------------------------


def test_the_same_procedure_asked_twice_for_a_patient_is_a_duplicate_of_the_first(hospital: Hospital) -> None:
    first = ask(hospital, patient_code="P-1", state="accepted", side="left")
    second = ask(hospital, patient_code="P-1", procedure_label="HANCHE", side="both")
    [item] = read(hospital).groups[Group.DUPLICATE]
    assert (item.intervention, item.first) == (second, first)
    assert item.first is not None
    assert "côté : Gauche, puis Bilatéral" in second_line(item, Hints.of_requests([item], TODAY), TODAY).text


@pytest.mark.parametrize(
    "other",
    [
        {"patient_code": "P-2"},
        {"procedure_label": "Genou"},
        {"side": "right"},
        {"state": "done"},
        {"state": "cancelled"},
        {"state": "draft"},
    ],
)
def test_these_are_no_duplicates(other: dict[str, Any], hospital: Hospital) -> None:
    ask(hospital, patient_code="P-1", side="left")
    ask(hospital, **({"patient_code": "P-1"} | other))
    assert "duplicate" not in groups(hospital)


def test_two_that_a_person_told_apart_are_no_duplicates_any_more(hospital: Hospital) -> None:
    ask(hospital, patient_code="P-1")
    second = ask(hospital, patient_code="P-1")
    keep_apart(intervention=second.pk, user=hospital.director, now=NOW)
    assert second in groups(hospital)["new"]


# --- What is odd -------------------------------------------------------------------------------------------------


def hint_of(row: Intervention) -> Any:
    return Hints([row], TODAY).of(row)


def said(row: Intervention) -> list[str]:
    return [one.text for one in oddities(Item(Group.NEW, row, NOW), hint_of(row))]


def test_a_request_like_those_before_is_sound(hospital: Hospital) -> None:
    seen(hospital, 90)
    row = ask(hospital)
    assert hint_of(row).sound
    assert said(row) == []


def test_a_duration_far_under_the_median_is_odd(hospital: Hospital) -> None:
    seen(hospital, 110)
    assert said(ask(hospital, minutes=100)) == []
    short = ask(hospital, minutes=90)
    assert said(short) == ["1\u00a0h\u00a030 demandée, médiane 1\u00a0h\u00a050"]
    assert not hint_of(short).sound


def test_a_surgeon_with_few_cases_is_compared_with_the_others(hospital: Hospital) -> None:
    seen(hospital, 110, times=2)
    seen(hospital, 60, times=7, surgeon=1)
    history = hint_of(ask(hospital)).history
    assert (history.count, history.own, history.median) == (9, 2, 60)


def test_a_procedure_never_done_and_one_seldom_done_say_so(hospital: Hospital) -> None:
    assert said(ask(hospital)) == ["acte jamais réalisé ici : durée sans précédent"]
    seen(hospital, 90, times=3)
    assert said(ask(hospital)) == ["3 précédents seulement"]


def test_a_deadline_near_or_past_is_never_accepted_with_many_others(hospital: Hospital) -> None:
    seen(hospital, 90)
    assert not hint_of(ask(hospital, deadline_date=TODAY + timedelta(days=9))).sound
    past = ask(hospital, admission_date=TODAY - timedelta(days=9), deadline_date=TODAY - timedelta(days=1))
    assert said(past) == ["date limite dépassée"]


def test_equipment_that_no_room_has_is_odd(hospital: Hospital) -> None:
    seen(hospital, 90)
    row = ask(hospital)
    microscope = hospital.rooms[0].equipment.get()
    row.equipment.add(microscope)
    assert hint_of(row).equipped
    hospital.rooms[0].equipment.clear()
    assert said(row)[0] == "aucune salle en service n'a l'équipement demandé"


@pytest.mark.parametrize("why", ["absent", "closed", "full", "long", "early"])
def test_no_place_before_the_deadline_is_odd(why: str, hospital: Hospital) -> None:
    seen(hospital, 90, surgeon=2)
    row = ask(hospital, surgeon=2)
    assert hint_of(row).has_place
    if why == "absent":
        Absence.objects.create(surgeon=hospital.surgeons[2], starts_on=WEEK.monday, ends_on=WEEK.days[6])
    elif why == "closed":
        RoomClosure.objects.create(room=hospital.rooms[0], starts_on=WEEK.monday, ends_on=WEEK.days[6], reason="x")
    elif why == "full":
        plan = make_plan("draft")
        for day in range(5):
            place(plan, make_intervention(hospital.surgeons[1], 540), hospital, day=day)
    elif why == "long":
        row.planned_minutes = 700
    else:
        row.admission_date = WEEK.days[4]
    assert not hint_of(row).has_place
    assert not hint_of(row).sound


# --- Unread decisions --------------------------------------------------------------------------------------------


def test_what_colleagues_decided_is_unread_until_it_is_said_to_be_read(hospital: Hospital, colleague: User) -> None:
    mine, theirs = ask(hospital), ask(hospital)
    accept_requests(interventions=[mine.pk], user=hospital.director, now=NOW - timedelta(hours=2))
    send_back(interventions=[theirs.pk], reason="Quel côté ?", user=colleague, now=NOW - timedelta(hours=1))

    assert [line.intervention for line in read(hospital).decisions] == [theirs]
    read_decisions(user=hospital.director, until=NOW, now=NOW)
    assert read(hospital).decisions == []
    assert [line.intervention for line in inbox(colleague, today=TODAY, now=NOW).decisions] == [mine]


def test_all_that_is_unread_is_counted_beyond_what_is_listed(
    hospital: Hospital, colleague: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planning.selectors.inbox.MOST_DECISIONS", 2)
    rows = [ask(hospital).pk for _number in range(3)]
    outcome = accept_requests(interventions=rows, user=colleague, now=NOW - timedelta(hours=1))
    found = read(hospital)
    assert (len(found.decisions), found.unread) == (2, 3)
    # Taken back, that is to be read too; a step of a draft and a request closed with its intervention are not.
    undo_decisions(entries=[outcome.entries[0].pk], user=colleague, now=NOW)
    assert read(hospital).unread == 4


def test_reading_never_goes_back_nor_beyond_now(hospital: Hospital) -> None:
    read_decisions(user=hospital.director, until=NOW + timedelta(days=9), now=NOW)
    read_decisions(user=hospital.director, until=NOW - timedelta(days=9), now=NOW)
    assert InboxVisit.objects.get().seen_at == NOW


# --- Counting ----------------------------------------------------------------------------------------------------


def fill(hospital: Hospital, times: int) -> None:
    """So many of each group."""
    approved = make_plan("approved")
    Absence.objects.create(surgeon=hospital.surgeons[1], starts_on=WEEK.days[1], ends_on=WEEK.days[1])
    seen(hospital, 90)
    for number in range(times):
        hit = make_intervention(hospital.surgeons[1], 30, state="planned")
        place(approved, hit, hospital, day=1, start=480 + 60 * number)
        make_intervention(hospital.surgeons[0], to_replan_since=NOW, responsible=hospital.director)
        change_of(make_intervention(hospital.surgeons[0]), hospital.surgeon_user)
        for fields in ({}, {"procedure_code": ""}, {"state": "returned"}):
            ask(hospital, **fields).equipment.set(hospital.rooms[0].equipment.all())
        for _twice in range(2):
            ask(hospital, patient_code=f"D-{number}")


@pytest.mark.parametrize("times", [1, 3])
def test_reading_costs_as_many_queries_for_one_of_each_as_for_three(
    times: int, hospital: Hospital, django_assert_num_queries: Any
) -> None:
    fill(hospital, times)
    with django_assert_num_queries(28):
        found = read(hospital)
        hints = Hints.of_requests(found, TODAY)
        for item in found:
            second_line(item, hints, TODAY)
    # The second of two alike is new too.
    assert [len(found.groups[group]) for group in Group] == [times, times, times, 3 * times, 2 * times, times]


def test_the_menu_counts_what_the_page_lists_in_one_query(hospital: Hospital, django_assert_num_queries: Any) -> None:
    fill(hospital, 2)
    with django_assert_num_queries(1):
        count = waiting_count(TODAY)
    assert count == len(read(hospital)) == 16


def test_one_item_is_read_as_the_list_has_it(hospital: Hospital) -> None:
    fill(hospital, 2)
    for item in read(hospital):
        alone = inbox_item(item.pk, today=TODAY)
        assert alone is not None
        assert (alone.group, alone.since, alone.first, alone.change) == (
            item.group, item.since, item.first, item.change
        )  # fmt: skip
    assert inbox_item(make_intervention(hospital.surgeons[0]).pk, today=TODAY) is None


def test_what_a_draft_has_elsewhere_already_says_so(hospital: Hospital, planned: Intervention) -> None:
    place(make_plan("draft", 2), planned, hospital, day=2)
    Absence.objects.create(surgeon=hospital.surgeons[0], starts_on=WEEK.days[1], ends_on=WEEK.days[1])
    [item] = read(hospital).groups[Group.CONFLICT]
    assert second_line(item, Hints([], TODAY), TODAY).text.endswith("Déplacée au brouillon : à approuver.")
    assert item.draft_place is not None
    assert item.draft_place.plan.status == Plan.Status.DRAFT


@pytest.mark.parametrize(
    ("hours", "text"), [(0.5, "30\u00a0min"), (3, "3\u00a0h"), (20, "hier"), (24 * 9, "9 jours"), (-1, "0\u00a0min")]
)
def test_an_age_is_said_as_people_say_it(hours: float, text: str) -> None:
    assert age(NOW - timedelta(hours=hours), NOW) == text
