from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from planning.models import Specialty
from tests.factories.hospital import Hospital

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("specialties", [1, 3])
def test_the_list_costs_as_many_queries_for_one_specialty_as_for_three(
    specialties: int, director: Client, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    for number in range(specialties):
        Specialty.objects.create(code=f"X{number}", name=f"Spécialité {number}")

    with django_assert_num_queries(4):
        director.get(reverse("specialties"))


def test_a_specialty_is_created_with_its_code_in_capitals(director: Client) -> None:
    answer = director.post(reverse("specialty-create"), {"code": "uro", "name": "Urologie", "colour": "uro"})

    assert answer["Location"] == reverse("specialties")
    assert Specialty.objects.get(code="URO").colour == "uro"


def test_each_colour_is_offered_with_its_pattern(director: Client, hospital: Hospital) -> None:
    page = director.get(reverse("specialty-edit", kwargs={"pk": hospital.ent.pk})).content.decode()

    assert all(f"s-{colour}" in page for colour in Specialty.Colour.values)
    assert "Lavande, tirets" in page


def test_a_specialty_with_a_code_already_taken_is_refused(director: Client, hospital: Hospital) -> None:
    answer = director.post(reverse("specialty-create"), {"code": "ORT", "name": "Autre", "colour": "uro"})

    assert "existe déjà" in answer.context["form"].errors["code"][0]


def test_a_specialty_in_use_cannot_go_and_the_message_says_why(director: Client, hospital: Hospital) -> None:
    answer = director.post(reverse("specialty-delete", kwargs={"pk": hospital.ent.pk}), follow=True)

    assert "ORL sert encore" in str(next(iter(answer.context["messages"])))
    assert Specialty.objects.filter(code="ORL").exists()


def test_a_specialty_nobody_uses_goes(director: Client) -> None:
    specialty = Specialty.objects.create(code="URO", name="Urologie")

    director.post(reverse("specialty-delete", kwargs={"pk": specialty.pk}))

    assert not Specialty.objects.filter(code="URO").exists()


def test_a_viewer_writes_no_specialty(viewer: Client, hospital: Hospital) -> None:
    assert viewer.post(reverse("specialty-delete", kwargs={"pk": hospital.ent.pk})).status_code == 403
