from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from planning.models import Equipment, JournalEntry
from tests.factories.hospital import Hospital, make_intervention
from tests.factories.plans import make_plan

pytestmark = pytest.mark.django_db


def arm(hospital: Hospital, *, rooms: int = 0, units: int | None = 2) -> Equipment:
    made = Equipment.objects.create(code="arm", name="Amplificateur", units=units)
    made.rooms.set(hospital.rooms[:rooms])
    return made


def messages(answer: object) -> list[str]:
    return [str(one) for one in answer.context["messages"]]  # type: ignore[attr-defined]


@pytest.mark.parametrize("many", [1, 3])
def test_the_list_costs_as_many_queries_for_one_as_for_three(
    many: int, director: Client, hospital: Hospital, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    for number in range(many):
        one = Equipment.objects.create(code=f"E{number}", name=f"Équipement {number}")
        one.rooms.set(hospital.rooms)

    with django_assert_num_queries(6):
        director.get(reverse("equipment"))


def test_the_list_says_how_many_there_are_where_and_for_how_many_interventions(
    director: Client, hospital: Hospital
) -> None:
    made = arm(hospital, rooms=1)
    make_intervention(hospital.surgeons[0]).equipment.add(made)
    make_intervention(hospital.surgeons[0], state="done").equipment.add(made)

    [row] = director.get(reverse("equipment"), {"shared": "yes"}).context["listing"].page

    assert (row.name, row.units, row.needed_by) == ("Amplificateur", 2, 1)
    assert [room.code for room in row.rooms.all()] == ["SO1"]
    assert list(director.get(reverse("equipment"), {"shared": "no", "q": "ampli"}).context["listing"].page) == []


def test_one_is_created_with_its_units_and_its_rooms(director: Client, hospital: Hospital) -> None:
    given = {"code": "laser", "name": "Laser", "units": "1", "rooms": [hospital.rooms[1].pk]}

    answer = director.post(reverse("equipment-create"), given)

    assert answer["Location"] == reverse("equipment")
    made = Equipment.objects.get(code="laser")
    assert (made.name, made.units) == ("Laser", 1)
    assert list(made.rooms.all()) == [hospital.rooms[1]]


def test_without_units_each_room_has_its_own(director: Client, hospital: Hospital) -> None:
    made = arm(hospital, rooms=2)

    director.post(reverse("equipment-edit", kwargs={"pk": made.pk}), {"code": "arm", "name": "Ampli", "units": ""})

    made.refresh_from_db()
    assert (made.name, made.units, made.rooms.count()) == ("Ampli", None, 0)


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"units": "0"}, "units", "supérieure ou égale à 1"),
        ({"units": "1000"}, "units", "inférieure ou égale à 100"),
        ({"units": "deux"}, "units", "nombre entier"),
        ({"code": ""}, "code", "obligatoire"),
        ({"code": "arm"}, "code", "existe déjà"),
        ({"rooms": ["999"]}, "rooms", "choix valide"),
    ],
)
def test_a_wrong_value_is_refused_beside_its_field(
    change: dict[str, object], field: str, message: str, director: Client, hospital: Hospital
) -> None:
    arm(hospital)

    answer = director.post(reverse("equipment-create"), {"code": "laser", "name": "Laser", "units": "1"} | change)

    assert message in answer.context["form"].errors[field][0]
    assert Equipment.objects.filter(name="Laser").count() == 0


def test_a_change_is_learnt_by_the_drafts_and_nothing_changed_is_no_news(director: Client, hospital: Hospital) -> None:
    made, plan = arm(hospital), make_plan()
    edit = reverse("equipment-edit", kwargs={"pk": made.pk})

    director.post(edit, {"code": "arm", "name": "Amplificateur", "units": "2"})
    plan.refresh_from_db()
    assert plan.revision == 0

    director.post(edit, {"code": "arm", "name": "Amplificateur", "units": "1"})
    plan.refresh_from_db()
    assert plan.revision == 1


@pytest.mark.parametrize("rooms", [0, 1])
def test_what_is_in_use_stays_and_the_message_says_by_what(rooms: int, director: Client, hospital: Hospital) -> None:
    made = arm(hospital, rooms=rooms)
    if not rooms:
        make_intervention(hospital.surgeons[0], state="done").equipment.add(made)

    answer = director.post(reverse("equipment-delete", kwargs={"pk": made.pk}), follow=True)

    assert f"sert encore ({rooms} salles, {1 - rooms} interventions)" in messages(answer)[0]
    assert Equipment.objects.filter(pk=made.pk).exists()


def test_what_nothing_uses_goes(director: Client, hospital: Hospital) -> None:
    made = arm(hospital)

    answer = director.post(reverse("equipment-delete", kwargs={"pk": made.pk}), follow=True)

    assert messages(answer) == ["L'équipement Amplificateur est retiré."]
    assert not Equipment.objects.filter(pk=made.pk).exists()


def test_a_viewer_changes_none(viewer: Client, hospital: Hospital) -> None:
    assert viewer.get(reverse("equipment")).status_code == 403
    assert viewer.post(reverse("equipment-delete", kwargs={"pk": arm(hospital).pk})).status_code == 403


def test_each_change_is_in_the_journal(director: Client, hospital: Hospital) -> None:
    director.post(reverse("equipment-create"), {"code": "arm", "name": "Amplificateur", "units": "2"})
    made = Equipment.objects.get(code="arm")
    edit = reverse("equipment-edit", kwargs={"pk": made.pk})
    director.post(edit, {"code": "arm", "name": "Amplificateur", "units": "1", "rooms": [hospital.rooms[0].pk]})
    director.post(edit, {"code": "arm", "name": "Amplificateur", "units": ""})
    director.post(reverse("equipment-delete", kwargs={"pk": made.pk}))

    page = director.get(reverse("journal-all"), {"action": "equipment", "sort": "at"})

    assert [line["text"] for line in page.context["lines"]] == [
        "Équipement Amplificateur créé",
        "Équipement Amplificateur : unités partagées 2 → 1 ; salles – → SO1",
        "Équipement Amplificateur : unités partagées 1 → – ; salles SO1 → –",
        "Équipement Amplificateur retiré",
    ]
    assert JournalEntry.objects.filter(action="equipment").count() == 4
