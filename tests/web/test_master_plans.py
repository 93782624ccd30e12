from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from planning.models import MasterPlan, Slot, SlotPattern
from tests.factories.hospital import WEEK, Hospital

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_day_before_the_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda: WEEK.monday - timedelta(days=1))


@pytest.fixture
def master(hospital: Hospital) -> MasterPlan:
    Slot.objects.all().delete()
    return MasterPlan.objects.create(name="Hiver", valid_from=WEEK.monday, cycle_weeks=2)


def given(hospital: Hospital, **changes: str) -> dict[str, str]:
    values = {
        "cycle_week": "1", "weekday": "2", "room": str(hospital.rooms[0].pk), "start_minute": "08:00",
        "end_minute": "13:00", "owner": f"specialty:{hospital.ent.pk}", "kind": "regular", "positions": "6",
        "longest_minutes": "",
    }  # fmt: skip
    return values | changes


def test_a_master_plan_begins_on_a_monday(director: Client) -> None:
    values = {"name": "Été", "valid_from": WEEK.days[1].isoformat(), "valid_until": "", "cycle_weeks": "1"}

    refused = director.post(reverse("master-plan-create"), values)
    accepted = director.post(reverse("master-plan-create"), values | {"valid_from": WEEK.monday.isoformat()})

    assert "Choisissez un lundi" in refused.context["form"].errors["valid_from"][0]
    assert accepted["Location"] == reverse("master-plan", kwargs={"pk": MasterPlan.objects.get(name="Été").pk})


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"cycle_weeks": "5"}, "cycle_weeks", "inférieure ou égale à 4"),
        ({"cycle_weeks": "1"}, "cycle_weeks", "retirez-les d'abord"),
        ({"valid_until": WEEK.previous.monday.isoformat()}, "valid_until", "ne peut pas précéder"),
    ],
)
def test_a_wrong_master_plan_is_refused_beside_its_field(
    change: dict[str, str], field: str, message: str, director: Client, hospital: Hospital, master: MasterPlan
) -> None:
    SlotPattern.objects.create(
        master_plan=master, room=hospital.rooms[0], cycle_week=2, weekday=0, start_minute=480, end_minute=600
    )
    values = {"name": "Hiver", "valid_from": WEEK.monday.isoformat(), "valid_until": "", "cycle_weeks": "2"}

    answer = director.post(reverse("master-plan-edit", kwargs={"pk": master.pk}), values | change)

    assert message in answer.context["form"].errors[field][0]
    master.refresh_from_db()
    assert (master.cycle_weeks, master.valid_until) == (2, None)


@pytest.mark.parametrize(("owner", "shown"), [("specialty", "ORL"), ("surgeon", "Dr Haddad"), ("nobody", "Tous")])
def test_a_pattern_slot_is_added_and_shown_with_its_owner(
    owner: str, shown: str, director: Client, hospital: Hospital, master: MasterPlan
) -> None:
    value = {"specialty": f"specialty:{hospital.ent.pk}", "surgeon": f"surgeon:{hospital.surgeons[2].pk}"}
    director.post(reverse("pattern-create", kwargs={"pk": master.pk}), given(hospital, owner=value.get(owner, "")))

    pattern = master.patterns.get()
    assert (pattern.weekday, pattern.start_minute, pattern.end_minute, pattern.positions) == (2, 480, 780, 6)
    bands = [
        band
        for row in director.get(reverse("master-plan", kwargs={"pk": master.pk})).context["rows"]
        for cell in row["cells"]
        for band in cell["bands"]
    ]
    assert [(band.owner, band.left, band.width) for band in bands] == [(shown, 0.0, 41.67)]


def test_each_week_of_the_cycle_has_its_own_grid(director: Client, hospital: Hospital, master: MasterPlan) -> None:
    answer = director.post(reverse("pattern-create", kwargs={"pk": master.pk}), given(hospital, cycle_week="2"))
    address = reverse("master-plan", kwargs={"pk": master.pk})

    assert answer["Location"] == f"{address}?cycle=2"
    assert director.get(address).context["pattern_count"] == 0
    assert director.get(address + "?cycle=2").context["pattern_count"] == 1
    assert director.get(address + "?cycle=9").context["cycle"] == 1


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"start_minute": "09:00"}, "start_minute", "a déjà une plage à ces heures (08:00–13:00)"),
        ({"start_minute": "07:00"}, "start_minute", "est ouverte de 08:00 à 20:00"),
        ({"end_minute": "21:00"}, "end_minute", "est ouverte de 08:00 à 20:00"),
        ({"end_minute": "08:00"}, "end_minute", "doit suivre son début"),
        ({"owner": "specialty:99999"}, "owner", "Sélectionnez un choix valide"),
        ({"cycle_week": "3"}, "cycle_week", "Sélectionnez un choix valide"),
    ],
)
def test_a_wrong_pattern_slot_is_refused_beside_its_field(
    change: dict[str, str], field: str, message: str, director: Client, hospital: Hospital, master: MasterPlan
) -> None:
    address = reverse("pattern-create", kwargs={"pk": master.pk})
    director.post(address, given(hospital))

    answer = director.post(address, given(hospital, **change))

    assert message in answer.context["form"].errors[field][0]
    assert master.patterns.count() == 1


def test_a_pattern_slot_is_edited_and_removed(director: Client, hospital: Hospital, master: MasterPlan) -> None:
    director.post(reverse("pattern-create", kwargs={"pk": master.pk}), given(hospital))
    key = {"pk": master.pk, "pattern": master.patterns.get().pk}

    director.post(reverse("pattern-edit", kwargs=key), given(hospital, end_minute="14:00"))
    assert master.patterns.get().end_minute == 840
    director.post(reverse("pattern-delete", kwargs=key))
    assert not master.patterns.exists()


def test_applying_writes_the_weeks_and_again_changes_nothing(
    director: Client, hospital: Hospital, master: MasterPlan
) -> None:
    director.post(reverse("pattern-create", kwargs={"pk": master.pk}), given(hospital))
    address = reverse("master-plan-apply", kwargs={"pk": master.pk})
    asked = {"first": WEEK.days[2].isoformat(), "weeks": "4"}

    first = director.post(address, asked, follow=True)
    again = director.post(address, asked, follow=True)

    days = [WEEK.days[2], WEEK.days[2] + timedelta(days=14)]
    assert list(Slot.objects.values_list("date", flat=True)) == days
    assert "2 ajoutées, 0 modifiées, 0 retirées" in " ".join(str(one) for one in first.context["messages"])
    assert [one.level_tag for one in again.context["messages"]] == ["info"]


def test_applying_over_too_many_weeks_is_refused(director: Client, master: MasterPlan) -> None:
    answer = director.post(
        reverse("master-plan-apply", kwargs={"pk": master.pk}), {"first": WEEK.monday.isoformat(), "weeks": "53"}
    )

    assert "weeks" in answer.context["apply_form"].errors


@pytest.mark.parametrize("patterns", [1, 3])
def test_the_grid_costs_as_many_queries_for_one_slot_as_for_three(
    patterns: int, director: Client, hospital: Hospital, master: MasterPlan, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    for weekday in range(patterns):
        SlotPattern.objects.create(
            master_plan=master, room=hospital.rooms[0], weekday=weekday, start_minute=480, end_minute=600,
            surgeon=hospital.surgeons[weekday],
        )  # fmt: skip

    with django_assert_num_queries(6):
        director.get(reverse("master-plan", kwargs={"pk": master.pk}))


@pytest.mark.parametrize("plans", [1, 3])
def test_the_list_costs_as_many_queries_for_one_plan_as_for_three(
    plans: int, director: Client, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    for number in range(plans):
        MasterPlan.objects.create(name=f"Plan {number}", valid_from=WEEK.monday)

    with django_assert_num_queries(5):
        director.get(reverse("master-plans"))


def test_a_viewer_writes_no_pattern(viewer: Client, hospital: Hospital, master: MasterPlan) -> None:
    assert viewer.post(reverse("pattern-create", kwargs={"pk": master.pk}), given(hospital)).status_code == 403
    assert viewer.post(reverse("master-plan-apply", kwargs={"pk": master.pk})).status_code == 403
