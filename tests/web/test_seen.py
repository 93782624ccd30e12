"""Two people open the same form: the second to save is told what the first changed, and keeps what they typed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from planning.models import Equipment, Room, Specialty, Surgeon
from tests.factories.hospital import Hospital, make_user

pytestmark = pytest.mark.django_db


def values_of(page: Any) -> dict[str, Any]:
    """What the form would send as it is shown."""
    form = page.context["form"]
    data: dict[str, Any] = {}
    for field in form:
        value = field.value()
        value = form.fields[field.name].prepare_value(value)
        if value is not None and value is not False:
            data[field.name] = value
    return data | {"shown": page.context["shown"]}


@pytest.fixture
def planner() -> Client:
    client = Client()
    client.force_login(make_user("regulatrice", "planner"))
    return client


CASES = {
    "room-edit": (Room, "name", "Hybride", "Robot", "nom – → Hybride"),
    "equipment-edit": (Equipment, "name", "Loupe", "Laser", "nom Microscope → Loupe"),
    "specialty-edit": (Specialty, "name", "Os", "Articulations", "nom Orthopédie → Os"),
    "surgeon-edit": (Surgeon, "first_name", "Jeanne", "Claire", "prénom – → Jeanne"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_second_to_save_is_told_what_the_first_changed(
    name: str, director: Client, planner: Client, hospital: Hospital
) -> None:
    model, field, first, second, said = CASES[name]
    row: Any = model.objects.earliest("pk")
    url = reverse(name, kwargs={"pk": row.pk})
    mine, theirs = values_of(director.get(url)), values_of(planner.get(url))
    assert planner.post(url, theirs | {field: first}).status_code == 302
    refused = director.post(url, mine | {field: second})
    assert refused.status_code == 409
    [error] = refused.context["form"].non_field_errors()
    assert re.match(r"Regulatrice a enregistré entre-temps, le .* à [0-9:]{5}\. ", error)
    assert said in error.replace("\xa0", " ")
    assert refused.context["form"][field].value() == second, "what was typed is kept"
    row.refresh_from_db()
    assert getattr(row, field) == first, "nothing is written over it"
    again = mine | {field: second, "shown": refused.context["shown"]}
    assert director.post(url, again).status_code == 302, "knowing it, one may"
    row.refresh_from_db()
    assert getattr(row, field) == second


def test_what_nobody_else_changed_is_saved_twice_in_a_row(director: Client, hospital: Hospital) -> None:
    url = reverse("room-edit", kwargs={"pk": hospital.rooms[0].pk})
    data = values_of(director.get(url))
    assert director.post(url, data).status_code == 302
    assert director.post(url, data).status_code == 302, "the same again changes nothing"


def test_a_seal_of_elsewhere_is_as_nothing_seen(director: Client, hospital: Hospital) -> None:
    url = reverse("room-edit", kwargs={"pk": hospital.rooms[0].pk})
    answer = director.post(url, values_of(director.get(url)) | {"name": "Robot", "shown": "x:y:z"})
    assert answer.status_code == 409
    assert not Room.objects.filter(name="Robot").exists()
