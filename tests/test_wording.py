"""Every rule is worded, in full and as a chip."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
from django.template import Context, Template
from django.utils import translation

from planning import solver, wording
from planning.models import JournalEntry
from planning.wording import chips, rules

SOLVER = Path(solver.__file__).parent
NOT_SHOWN = {"one_slot", "pin_kept"}  # of a plan read from a file: the database holds both


def rules_of_the_solver() -> set[str]:
    named = re.compile(r'(?:_?broken|_overlap|Violation)\(\s*"([a-z_]+)"')
    return {rule for path in SOLVER.rglob("*.py") for rule in named.findall(path.read_text())} - NOT_SHOWN


def test_the_solver_names_its_rules() -> None:
    assert {"deadline", "room_overlap", "surgeon_day"} <= rules_of_the_solver()


@pytest.mark.parametrize(
    "rule", sorted(rules_of_the_solver() | {"room_closed", "no_slot", "pinned_since", "slot_gone"})
)
def test_every_rule_has_a_sentence_and_a_chip(rule: str) -> None:
    assert rule in rules.SENTENCES
    assert len(str(chips.CHIPS[rule])) <= 12


@pytest.mark.parametrize(
    ("minutes", "said"), [(0, "0 min"), (45, "45 min"), (60, "1 h"), (65, "1 h 05"), (700, "11 h 40")]
)
def test_a_duration_is_said_in_hours_and_minutes(minutes: int, said: str) -> None:
    assert wording.duration(minutes).replace("\u00a0", " ") == said


@pytest.mark.parametrize(("value", "said"), [(0.4, "0 €"), (-0.4, "0 €"), (300, "+300 €"), (-1250.6, "−1 251 €")])
def test_an_amount_carries_its_sign_once_rounded(value: float, said: str) -> None:
    with translation.override("fr"):
        assert wording.signed_euros(value).replace("\u00a0", " ") == said


def test_a_step_is_named_and_an_entry_with_fewer_facts_still_has_a_name() -> None:
    facts = {"code": "I12", "room": "SO3", "date": "2026-11-24", "minute": 620}
    with translation.override("fr"):
        assert wording.step_label("move", facts) == "Déplacer I12 vers SO3 mar. 24 10:20"
        assert wording.change_label("undo", facts | {"step": "force"}) == "Annuler : Forcer I12 en SO3 mar. 24 10:20"
        assert wording.step_label("move", {}) == "Déplacement"


def test_every_action_of_the_journal_has_a_name() -> None:
    for action in JournalEntry.Action.values:
        assert wording.step_label(action, {})


@pytest.mark.parametrize(
    ("language", "form", "written"),
    [
        ("fr", "l j F", "lundi 1er février"),
        ("fr", "j F Y H:i", "1er février 2027 11:01"),
        ("fr", "H:i", "11:01"),
        ("en", "j F Y", "1 February 2027"),
    ],
)
def test_french_writes_the_first_of_a_month_as_an_ordinal_in_pages_too(language: str, form: str, written: str) -> None:
    moment = datetime(2027, 2, 1, 11, 1)
    page = Template("{{ moment|date:form }}")
    with translation.override(language):
        assert wording.dated(moment, form) == written
        assert page.render(Context({"moment": moment, "form": form})) == written
        assert wording.dated(datetime(2027, 2, 21), "j N").startswith("21 ")
