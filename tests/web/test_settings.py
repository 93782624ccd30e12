from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from planning.models import Site
from tests.factories.hospital import Hospital

pytestmark = pytest.mark.django_db
GIVEN = {
    "name": "Hôpital d'essai", "hospital_day_euros": "310", "overtime_hour_euros": "220", "unplanned_euros": "3500",
    "deferred_euros": "700", "turnover_minutes": "0:25", "tie_rule": "fill", "default_policy": "open",
    "time_limit_seconds": "30",
}  # fmt: skip


def test_the_hospitals_costs_and_habits_are_saved(director: Client, hospital: Hospital) -> None:
    answer = director.post(reverse("settings"), GIVEN)

    assert answer["Location"] == reverse("settings")
    site = Site.objects.get()
    assert (site.name, site.hospital_day_euros, site.turnover_minutes) == ("Hôpital d'essai", 310, 25)
    assert (site.tie_rule, site.default_policy, site.time_limit_seconds) == ("fill", "open", 30)


def test_the_first_save_makes_the_one_site(director: Client, hospital: Hospital) -> None:
    Site.objects.all().delete()

    director.post(reverse("settings"), GIVEN)

    assert Site.objects.get().pk == 1


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"hospital_day_euros": "-1"}, "hospital_day_euros", "supérieure ou égale à 0"),
        ({"deferred_euros": "9000"}, "deferred_euros", "baissez ce coût"),
        ({"turnover_minutes": "5:00"}, "turnover_minutes", "comprise entre 0:00 et 2:00"),
        ({"default_policy": "chance"}, "default_policy", "Sélectionnez un choix valide"),
        ({"time_limit_seconds": "0"}, "time_limit_seconds", "supérieure ou égale à 1"),
    ],
)
def test_a_wrong_parameter_is_refused_beside_its_field(
    change: dict[str, str], field: str, message: str, director: Client, hospital: Hospital
) -> None:
    answer = director.post(reverse("settings"), GIVEN | change)

    assert message in answer.context["form"].errors[field][0]
    assert Site.objects.get().name == "Essai"


def test_a_viewer_changes_no_parameter(viewer: Client, hospital: Hospital) -> None:
    assert viewer.post(reverse("settings"), GIVEN).status_code == 403
    assert Site.objects.get().name == "Essai"
