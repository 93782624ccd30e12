from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from planning.exchange.demo.catalogue import ROOMS, SURGEONS, weekly_slots
from planning.exchange.demo.hospital import DemoHospital, generate

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def hospital() -> DemoHospital:
    return generate(today=TODAY)


def test_the_same_seed_gives_the_same_hospital_and_another_seed_another(hospital: DemoHospital) -> None:
    assert generate(today=TODAY).past[:500] == hospital.past[:500]
    assert generate(today=TODAY).coming == hospital.coming
    assert generate(today=TODAY, seed=2).coming != hospital.coming


def test_an_unknown_preset_is_refused() -> None:
    with pytest.raises(KeyError):
        generate(today=TODAY, preset="unknown")


def test_the_rooms_were_occupied_as_the_article_says_and_some_ran_late(hospital: DemoHospital) -> None:
    times = [(case.entered or 0, case.left or 0) for case in hospital.past if case.state == "done"]
    regular = sum(max(0, min(left, 1080) - entered) for entered, left in times)
    overtime = sum(max(0, left - max(entered, 1080)) for entered, left in times)
    weeks = 105
    assert 0.42 <= regular / (weeks * 6 * 5 * 600) <= 0.50
    assert 3 <= overtime / 60 / weeks <= 8


def test_the_paper_count_preset_keeps_exactly_5479_done_interventions() -> None:
    assert sum(case.state == "done" for case in generate(today=TODAY, preset="paper-count").past) == 5479


def test_cancellations_and_urgent_cases_have_their_share(hospital: DemoHospital) -> None:
    cancelled = sum(case.state == "cancelled" for case in hospital.past) / len(hospital.past)
    urgent = sum(case.priority == "urgent" for case in hospital.past) / len(hospital.past)
    assert 0.03 <= cancelled <= 0.07
    assert 0.10 <= urgent <= 0.25
    assert all(case.cancel_reason for case in hospital.past if case.state == "cancelled")


def test_the_coming_week_has_about_a_hundred_requests_that_their_rooms_can_take(hospital: DemoHospital) -> None:
    friday = date(2026, 11, 27)
    asked = [case for case in hospital.coming if case.admission < friday]
    assert 90 <= len(asked) <= 115
    for case in hospital.coming:
        assert case.deadline > case.admission
        assert case.planned_minutes % 5 == 0
        assert any(set(case.procedure.equipment) <= set(owned) for _, owned in ROOMS.values())


def test_nobody_is_planned_in_two_rooms_at_once_nor_while_absent(hospital: DemoHospital) -> None:
    runs: dict[tuple[str, date], list[tuple[int, int]]] = {}
    for case in hospital.current:
        if case.place is not None:
            place = case.place
            assert not hospital.calendar.absent(case.surgeon, place.day)
            assert not hospital.calendar.closed(place.slot.room, place.day)
            assert place.start + case.planned_minutes <= place.slot.end
            runs.setdefault((case.surgeon, place.day), []).append((place.start, place.start + case.planned_minutes))
    assert runs
    for day in runs.values():
        day.sort()
        for (_, end), (start, _) in pairwise(day):
            assert start >= end


def test_the_pattern_gives_every_surgeons_own_slot_to_a_day_they_operate(hospital: DemoHospital) -> None:
    own = [card for card in weekly_slots() if card.surgeon]
    assert {card.surgeon for card in own} <= {card.trigram for card in SURGEONS}
    for card in own:
        assert card.weekday in hospital.weekdays[card.surgeon or ""]


def test_holidays_close_every_room(hospital: DemoHospital) -> None:
    armistice = date(2026, 11, 11)
    assert all(hospital.calendar.closed(room, armistice) for room in ROOMS)
    assert not hospital.calendar.closed("SO1", armistice + timedelta(days=1))


def test_stays_in_recovery_are_as_the_presets_say_and_no_child_is_septic(hospital: DemoHospital) -> None:
    stays = [case.recovery_minutes for case in hospital.past]
    mean = sum(stays) / len(stays)
    spread = (sum((one - mean) ** 2 for one in stays) / len(stays)) ** 0.5
    assert 85 <= mean <= 95
    assert 0.36 <= spread / mean <= 0.46
    assert (min(stays), max(stays)) == (30, 240)
    assert all(one % 5 == 0 for one in stays)
    cases = [*hospital.past, *hospital.coming]
    assert any(case.child for case in cases)
    assert any(case.septic for case in cases)
    assert not any(case.child and case.septic for case in cases)
