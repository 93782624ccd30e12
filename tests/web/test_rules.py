"""The page of the rules: what each checks, how strictly, and who breaks it this week."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from planning.models import ParameterVersion, Site, SurgeonPreference
from planning.selectors.rule_words import RULE_CHECKS, RULE_NAMES, WHY_HARD
from planning.solver.levels import DEFAULTS, LEVELS, PRICED
from tests.factories.hospital import WEEK, Hospital, make_intervention
from tests.factories.plans import make_plan, place

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_day_of_the_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda: WEEK.days[1])


def given(**changes: str) -> dict[str, str]:
    levels = {f"level_{rule}": DEFAULTS.get(rule, "hard") for rule, levels in LEVELS.items() if len(levels) > 1}
    return levels | {f"cost_{rule}": "0" for rule in PRICED} | {"reason": "Essai", "seen": "0"} | changes


def rows(client: Client) -> dict[str, dict[str, Any]]:
    return {row["rule"]: row for row in client.get(reverse("rules")).context["rows"]}


def test_every_rule_is_listed_in_words_with_its_levels(director: Client, hospital: Hospital) -> None:
    found = rows(director)

    assert list(found) == list(LEVELS) == list(RULE_NAMES) == list(RULE_CHECKS)
    fixed = {rule for rule, row in found.items() if row["level"] is None}
    assert fixed == set(WHY_HARD) == {rule for rule, levels in LEVELS.items() if len(levels) == 1}
    assert found["surgeon_hours"]["level"].value() == "soft"


def test_wishes_are_off_until_a_director_gives_them_a_price(director: Client, hospital: Hospital) -> None:
    SurgeonPreference.objects.create(surgeon=hospital.surgeons[0], weekday=0, half="morning", wish="unwanted")
    place(make_plan(), make_intervention(hospital.surgeons[0]), hospital)
    before = rows(director)["surgeon_wish"]
    assert (before["level"].value(), before["broken"]) == ("off", 0)
    assert [value for value, _label in before["level"].field.choices] == ["soft", "off"]

    director.post(reverse("rules"), given(level_surgeon_wish="soft", cost_surgeon_wish="150"))

    after = rows(director)["surgeon_wish"]
    assert (after["level"].value(), after["cost"].value(), after["broken"], after["soft"]) == ("soft", 150, 1, True)
    values = ParameterVersion.objects.get(number=2).values
    assert (values["rule_levels"], values["rule_costs"]) == ({"surgeon_wish": "soft"}, {"surgeon_wish": 150})


def test_each_rule_counts_who_breaks_it_this_week(director: Client, hospital: Hospital) -> None:
    plan = make_plan()
    for number in range(2):
        late = make_intervention(
            hospital.surgeons[0], deadline_date=WEEK.monday, admission_date=WEEK.days[0] - timedelta(9)
        )
        place(plan, late, hospital, day=2 + number)
    place(plan, make_intervention(hospital.surgeons[2]), hospital, room=1, day=4)

    found = {rule: row["broken"] for rule, row in rows(director).items() if row["broken"]}

    assert found == {"deadline": 2, "slot_specialty": 1}


def test_levels_and_costs_are_saved_as_a_version_of_the_parameters(director: Client, hospital: Hospital) -> None:
    answer = director.post(
        reverse("rules"), given(level_deadline="soft", cost_deadline="150", level_slot_surgeon="off")
    )

    assert answer["Location"] == reverse("rules")
    site = Site.objects.get()
    assert site.rule_levels == {"deadline": "soft", "slot_surgeon": "off"}
    assert site.rule_costs == {"deadline": 150}
    assert ParameterVersion.objects.get(number=2).values["rule_levels"] == site.rule_levels
    director.post(reverse("rules"), given(seen="2"))
    assert Site.objects.get().rule_levels == {}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"level_positions": "off"}, "level_positions"),
        ({"level_deadline": "chance"}, "level_deadline"),
        ({"level_surgeon_wish": "hard"}, "level_surgeon_wish"),
        ({"cost_deadline": "-5"}, "cost_deadline"),
        ({"reason": ""}, "reason"),
    ],
)
def test_what_a_rule_does_not_allow_is_refused(
    change: dict[str, str], field: str, director: Client, hospital: Hospital
) -> None:
    answer = director.post(reverse("rules"), given(**change))

    assert list(answer.context["form"].errors) == [field]
    assert not ParameterVersion.objects.exists()


def test_a_physical_rule_cannot_be_relaxed_by_the_address(director: Client, hospital: Hospital) -> None:
    director.post(reverse("rules"), given(level_equipment="off", cost_equipment="5"))

    assert Site.objects.get().rule_levels == {}


def test_a_viewer_sets_no_rule(viewer: Client, hospital: Hospital) -> None:
    assert viewer.post(reverse("rules"), given()).status_code == 403


def test_the_rules_are_named_in_english(director: Client, hospital: Hospital) -> None:
    with translation.override("en"):
        assert str(RULE_NAMES["deadline"]) == "Deadline"
        assert all(str(text) for text in (*RULE_NAMES.values(), *RULE_CHECKS.values(), *WHY_HARD.values()))
