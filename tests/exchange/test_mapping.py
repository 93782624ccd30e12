from __future__ import annotations

from datetime import date

import pytest

from planning.exchange import interventions, rooms, slots, surgeons
from planning.exchange.fields import Target
from planning.exchange.header_words import WORDS
from planning.exchange.mapping import Mapping, guess, header_digest

TARGETS = (interventions.TARGET, rooms.TARGET, surgeons.TARGET, slots.TARGET)


@pytest.mark.parametrize(
    ("headers", "columns"),
    [
        (
            ("Code patient", "Libellé de l'acte", "Chirurgien", "Durée prévue", "Hospitalisation", "Date limite"),
            {
                "patient_code": "Code patient",
                "procedure_label": "Libellé de l'acte",
                "surgeon": "Chirurgien",
                "planned_minutes": "Durée prévue",
                "admission_date": "Hospitalisation",
                "deadline_date": "Date limite",
            },
        ),
        (
            ("Case ID", "Service", "Procedure", "Surgeon", "Booked Time (min)", "OR Suite", "Wheels In", "Wheels Out"),
            {
                "reference": "Case ID",
                "specialty": "Service",
                "procedure_label": "Procedure",
                "surgeon": "Surgeon",
                "planned_minutes": "Booked Time (min)",
                "room": "OR Suite",
                "entered_at": "Wheels In",
                "left_at": "Wheels Out",
            },
        ),
        (
            ("Operatietype", "Chirurg", "OK", "Geplande operatieduur", "Onbekend veld"),
            {
                "procedure_label": "Operatietype",
                "surgeon": "Chirurg",
                "room": "OK",
                "planned_minutes": "Geplande operatieduur",
            },
        ),
    ],
)  # fmt: skip
def test_columns_are_guessed_from_french_english_and_dutch_headers(
    headers: tuple[str, ...], columns: dict[str, str]
) -> None:
    assert guess(interventions.TARGET, headers) == columns


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_every_field_has_words_to_be_known_by(target: Target) -> None:
    assert set(WORDS[target.name]) == {one.name for one in target.fields}


def test_a_header_is_recognised_whatever_its_case_and_accents() -> None:
    assert header_digest(("Durée", "Acte")) == header_digest(("DUREE", "acte"))
    assert header_digest(("Durée", "Acte")) != header_digest(("Acte", "Durée"))


def test_a_mapping_survives_its_storage_and_remembers_no_range() -> None:
    mapping = Mapping(columns={"surgeon": "Chirurg"}, order="mdy", limit=60, from_day=date(2026, 11, 23), done=True)
    assert Mapping.from_json(mapping.to_json()) == mapping
    again = Mapping.from_json(mapping.remembered())
    assert (again.columns, again.order, again.done, again.limit, again.from_day) == (
        {"surgeon": "Chirurg"}, "mdy", True, None, None,
    )  # fmt: skip
