"""The figures that a duration is proposed from, to the minute."""

from __future__ import annotations

from datetime import timedelta

import pytest

from planning.models import Equipment, Surgeon
from planning.selectors.duration_history import Group, History, duration_history, usual_needs
from planning.selectors.request_words import history_answer
from tests.factories.hospital import NOW, Hospital, make_intervention

pytestmark = pytest.mark.django_db
HIP = "Prothèse de hanche"


def done(surgeon: Surgeon, *minutes: int, label: str = HIP, code: str = "", state: str = "done") -> None:
    for number, one in enumerate(minutes):
        entered = NOW - timedelta(days=number + 1)
        make_intervention(
            surgeon, 60, procedure_label=label, procedure_code=code, state=state, entered_at=entered,
            left_at=entered + timedelta(minutes=one),
        )  # fmt: skip


def found(hospital: Hospital, label: str = HIP, code: str = "") -> History:
    history = duration_history(hospital.surgeons[0], label, code)
    assert history is not None
    return history


def test_the_surgeons_own_cases_give_the_median_and_the_p80(hospital: Hospital) -> None:
    done(hospital.surgeons[0], 90, 100, 110, 120, 140, 180)
    done(hospital.surgeons[1], 300, 300)

    history = found(hospital)

    assert (history.group, history.count, history.own) == (Group.OWN, 6, 6)
    assert (history.median, history.p80, history.advised) == (115, 140, 140)
    assert [history.over(minutes) for minutes in (89, 90, 140, 180)] == [6, 5, 1, 0]


def test_the_p80_lies_between_two_cases(hospital: Hospital) -> None:
    done(hospital.surgeons[0], 10, 20, 30, 40, 53)

    # Four fifths of the way from the first to the last: 3.2 steps of 4.
    assert found(hospital).p80 == round(40 + 0.2 * 13)


def test_what_was_not_done_and_what_has_no_times_does_not_count(hospital: Hospital) -> None:
    done(hospital.surgeons[0], 60, 60, 60, 60, 60)
    done(hospital.surgeons[0], 500, 500, state="cancelled")
    make_intervention(hospital.surgeons[0], 500, procedure_label=HIP, state="done", entered_at=NOW)

    assert found(hospital).minutes == (60, 60, 60, 60, 60)


def test_with_few_cases_the_procedure_of_all_surgeons_speaks(hospital: Hospital) -> None:
    done(hospital.surgeons[0], 100, 110, 120, 130)
    done(hospital.surgeons[1], 200)

    history = found(hospital)

    assert (history.group, history.count, history.own) == (Group.PROCEDURE, 5, 4)
    assert history.median == 120


def test_an_unknown_procedure_takes_the_surgeons_own_then_the_specialtys(hospital: Hospital) -> None:
    done(hospital.surgeons[1], 50, 60, 70, label="Genou")
    assert (found(hospital).group, found(hospital).count, found(hospital).own) == (Group.SPECIALTY, 3, 0)

    done(hospital.surgeons[0], 80, 85, 90, 95, 100, label="Épaule")
    assert (found(hospital).group, found(hospital).median) == (Group.SURGEON, 90)


def test_another_specialty_says_nothing(hospital: Hospital) -> None:
    done(hospital.surgeons[2], 10, 10, 10, 10, 10, label="Oreille")

    assert duration_history(hospital.surgeons[0], "Genou") is None


def test_the_code_makes_the_same_procedure_of_another_name(hospital: Hospital) -> None:
    done(hospital.surgeons[0], 100, 100, 100, 100, 100, label="PTH", code="NEKA020")

    assert found(hospital, HIP, "NEKA020").group is Group.OWN
    assert found(hospital, "pth").group is Group.OWN


def test_the_sentences_say_how_many_and_how_far(hospital: Hospital) -> None:
    done(hospital.surgeons[0], 90, 100, 110, 120, 140, 180)

    told = history_answer(found(hospital), 120)

    assert told["based_on"] == "D'après 6 de vos interventions : médiane 1\u00a0h\u00a055, P80 2\u00a0h\u00a020"
    assert told["over_text"] == "2 sur 6 auraient dépassé 2\u00a0h."
    assert told["few"] == ""
    assert [one["minutes"] for one in told["choices"]] == [115, 140]
    assert [one["on"] for one in history_answer(found(hospital), None)["choices"]] == [False, True]


def test_few_cases_are_said_to_be_few(hospital: Hospital) -> None:
    done(hospital.surgeons[1], 60, 60, 60, 60, 60)
    assert history_answer(found(hospital), None)["few"] == "Vous n'avez pas encore fait cet acte ici : à vérifier."

    done(hospital.surgeons[0], 60, 60)
    assert history_answer(found(hospital), None)["few"].startswith("2 cas seulement de vous pour cet acte")


def test_the_histogram_counts_every_case_once(hospital: Hospital) -> None:
    done(hospital.surgeons[0], 61, 62, 64, 65, 99, 300)

    bars = found(hospital).bars()

    assert sum(count for _from, _to, count in bars) == 6
    assert len(bars) <= 24
    assert all(to == bars[number + 1][0] for number, (_from, to, _count) in enumerate(bars[:-1]))


def test_the_usual_needs_are_those_of_most_cases(hospital: Hospital) -> None:
    microscope, surgeon = Equipment.objects.get(), hospital.surgeons[0]
    for number in range(3):
        row = make_intervention(
            surgeon, 60, procedure_label=HIP, state="done", ambulatory=number > 0, recovery_minutes=40 + 20 * number
        )
        if number:
            row.equipment.add(microscope)

    assert usual_needs(surgeon, HIP) == ({microscope.pk}, True, 60)
    assert usual_needs(surgeon, "Jamais vu") is None
