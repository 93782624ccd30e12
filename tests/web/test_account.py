from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.hospital import PASSWORD, Hospital

pytestmark = pytest.mark.django_db
NEW = "une-phrase-plus-longue"


def test_a_person_changes_their_own_password_and_stays_signed_in(surgeon: Client, hospital: Hospital) -> None:
    given = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}

    answer = surgeon.post(reverse("password"), given, follow=True)

    assert "Le mot de passe est changé" in answer.content.decode()
    assert Client().login(username="martin", password=NEW)


@pytest.mark.parametrize(
    ("change", "field"), [({"old_password": "faux"}, "old_password"), ({"new_password2": "autre"}, "new_password2")]
)
def test_a_wrong_password_changes_nothing(
    change: dict[str, str], field: str, surgeon: Client, hospital: Hospital
) -> None:
    given = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}

    answer = surgeon.post(reverse("password"), given | change)

    assert field in answer.context["form"].errors
    assert Client().login(username="martin", password=PASSWORD)
