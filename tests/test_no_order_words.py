"""Why somebody has no place in a day, in words."""

from __future__ import annotations

import pytest
from django.utils import translation

from planning import wording
from planning.models import Equipment
from planning.selectors.loaded import load_week_problem
from planning.solver.result import Violation
from tests.factories.hospital import WEEK, Hospital, make_intervention

pytestmark = pytest.mark.django_db

FRENCH = {
    "room": "Pas de place de 1 h 30 en SO1 lun. 23 : les heures de la salle n'y suffisent pas avec {other}",
    "surgeon": "Pas de place de 1 h 30 en SO1 lun. 23 : Dr {surgeon} opère aussi en SO2 ({other})",
    "equipment": "Pas de place de 1 h 30 en SO1 lun. 23 : Arceau, un seul pour 2 interventions (avec {other}), "
    "tous pris de 11:00 à 12:30",
    "recovery": "Pas de place de 1 h 30 en SO1 lun. 23 : SSPI, 3 postes (avec {other}), pleine de 11:00 à 12:30",
}
ENGLISH = {
    "room": "No place of 1 h 30 in SO1 on Mon 23: the room's hours do not hold it with {other}",
    "surgeon": "No place of 1 h 30 in SO1 on Mon 23: Dr {surgeon} also operates in SO2 ({other})",
    "equipment": "No place of 1 h 30 in SO1 on Mon 23: Arceau, only one for 2 interventions (with {other}), "
    "all in use from 11:00 to 12:30",
    "recovery": "No place of 1 h 30 in SO1 on Mon 23: recovery room, 3 beds (with {other}), full from 11:00 to 12:30",
}


def said(hospital: Hospital, language: str, **changes: object) -> str:
    Equipment.objects.get_or_create(code="arceau", defaults={"name": "Arceau", "units": 1})
    item, other = make_intervention(hospital.surgeons[0], 90), make_intervention(hospital.surgeons[0], 60)
    other.equipment.add(Equipment.objects.get(code="arceau"))
    facts: dict[str, object] = {
        "day": 0, "room": str(hospital.rooms[0].pk), "duration": 90, "surgeon": str(hospital.surgeons[0].pk),
        "rooms": [str(hospital.rooms[1].pk)], "together": [str(other.pk)], "equipment": "arceau", "units": 1, "beds": 3,
        "from": 660, "to": 750,
    }  # fmt: skip
    violation = Violation("no_order", str(item.pk), "", None, {**facts, **changes})
    with translation.override(language):
        text = wording.sentence(load_week_problem(WEEK, None), violation)
    text = text.replace(other.code, "{other}").replace(hospital.surgeons[0].last_name, "{surgeon}")
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize("cause", FRENCH)
def test_the_cause_is_said_in_french_and_in_english(cause: str, hospital: Hospital) -> None:
    assert said(hospital, "fr", cause=cause) == FRENCH[cause]


@pytest.mark.parametrize("cause", ENGLISH)
def test_the_cause_is_said_in_english(cause: str, hospital: Hospital) -> None:
    assert said(hospital, "en", cause=cause) == ENGLISH[cause]


def test_several_units_and_other_surgeons_are_said_otherwise(hospital: Hospital) -> None:
    assert "Arceau, 2 pour 2 interventions" in said(hospital, "fr", cause="equipment", units=2)
    assert "dont les chirurgiens opèrent aussi dans d'autres salles" in said(hospital, "fr", cause="surgeon", rooms=[])


def test_what_an_older_run_kept_is_said_as_before(hospital: Hospital) -> None:
    assert said(hospital, "fr", rooms=[]).startswith("Pas de place de 1 h 30 en SO1 lun. 23 à une heure où")
