from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from planning.models import ParameterVersion, Site
from tests.factories.hospital import Hospital

pytestmark = pytest.mark.django_db
GIVEN = {
    "name": "Hôpital d'essai", "hospital_day_euros": "310", "overtime_hour_euros": "220", "unplanned_euros": "3500",
    "deferred_euros": "700", "turnover_minutes": "0:25", "tie_rule": "fill", "default_policy": "open",
    "time_limit_seconds": "30", "move_euros": "80", "late_from_minute": "20:00", "expedited_unplanned_euros": "4500",
    "ambulatory_closes_minute": "19:00",
    "urgent_unplanned_euros": "6000", "expedited_deferred_euros": "1200", "urgent_deferred_euros": "3000",
    "surgeon_sign_off": "none", "reason": "Tarif 2027", "seen": "0",
}  # fmt: skip


def test_the_hospitals_costs_and_habits_are_saved(director: Client, hospital: Hospital) -> None:
    answer = director.post(reverse("settings"), GIVEN)

    assert answer["Location"] == reverse("settings")
    site = Site.objects.get()
    assert (site.name, site.hospital_day_euros, site.turnover_minutes) == ("Hôpital d'essai", 310, 25)
    assert (site.tie_rule, site.default_policy, site.time_limit_seconds, site.move_euros) == ("fill", "open", 30, 80)


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
        ({"reason": ""}, "reason", "Écrivez pourquoi"),
        ({"urgent_deferred_euros": "9000"}, "urgent_deferred_euros", "baissez ce coût"),
        ({"overtime_5": "cher"}, "overtime_5", "nombre entier"),
        ({"late_from_minute": "tard"}, "late_from_minute", "Écrivez l'heure"),
        ({"ambulatory_closes_minute": "0:00"}, "ambulatory_closes_minute", "supérieure ou égale à 1"),
        ({"ambulatory_closes_minute": ""}, "ambulatory_closes_minute", "obligatoire"),
    ],
)
def test_a_wrong_parameter_is_refused_beside_its_field(
    change: dict[str, str], field: str, message: str, director: Client, hospital: Hospital
) -> None:
    answer = director.post(reverse("settings"), GIVEN | change)

    assert message in answer.context["form"].errors[field][0]
    assert Site.objects.get().name == "Essai"


def test_each_save_is_a_version_with_who_why_and_what_changed(director: Client, hospital: Hospital) -> None:
    director.post(reverse("settings"), GIVEN)

    page = director.get(reverse("settings"))

    latest, first = page.context["history"]
    assert (latest["version"].number, latest["version"].reason) == (2, "Tarif 2027")
    assert latest["version"].created_by == hospital.director
    assert "journée d'attente 300\u00a0€ → 310\u00a0€" in {str(one) for one in latest["differences"]}
    assert first["differences"] is None
    shown = director.get(reverse("settings-version", kwargs={"number": 2}))
    assert shown.context["differences"] == latest["differences"]
    assert "en vigueur" in shown.content.decode()
    assert director.get(reverse("settings-version", kwargs={"number": 9})).status_code == 404


def test_the_tables_are_saved_cell_by_cell(director: Client, hospital: Hospital) -> None:
    cells = {"overtime_5": "300", "late_0": "350", f"turnover_{hospital.ent.pk}": "0:10", "most_positions": "6"}

    director.post(reverse("settings"), GIVEN | cells | {"late_from_minute": "21h"})

    site = Site.objects.get()
    assert site.weekday_overtime_euros == [None, None, None, None, None, 300, None]
    assert site.late_overtime_euros == [350, None, None, None, None, None, None]
    assert site.specialty_turnover_minutes == {str(hospital.ent.pk): 10}
    assert (site.most_positions, site.late_from_minute) == (6, 1260)
    page = director.get(reverse("settings")).context["form"]
    assert page["overtime_5"].value() == 300


def test_a_stale_page_writes_nothing_and_says_so(director: Client, hospital: Hospital) -> None:
    director.post(reverse("settings"), GIVEN)

    answer = director.post(reverse("settings"), GIVEN | {"seen": "1", "hospital_day_euros": "999"})

    assert answer.status_code == 409
    [error] = answer.context["form"].non_field_errors()
    assert error.startswith("Directrice a enregistré entre-temps, le ")
    assert "310" in error, "what the other changed"
    assert Site.objects.get().hospital_day_euros == 310
    again = GIVEN | {"seen": answer.context["form"]["seen"].value(), "hospital_day_euros": "999"}
    assert director.post(reverse("settings"), again).status_code == 302, "knowing it, one may"


def test_saving_what_is_there_makes_no_version(director: Client, hospital: Hospital) -> None:
    director.post(reverse("settings"), GIVEN)

    answer = director.post(reverse("settings"), GIVEN | {"seen": "2"}, follow=True)

    assert "Rien n'a changé" in str(list(answer.context["messages"])[-1])
    assert ParameterVersion.objects.count() == 2


def test_the_journal_words_a_change_of_parameters_in_both_languages(director: Client, hospital: Hospital) -> None:
    director.post(reverse("settings"), GIVEN)
    page = reverse("journal-all") + "?action=settings"

    [line] = director.get(page).context["lines"]
    assert line["text"].startswith("Version 2 : établissement Essai → Hôpital d'essai ; journée d'attente 300")
    director.post(reverse("set_language"), {"language": "en"})
    [line] = director.get(page).context["lines"]
    assert line["text"].startswith("Version 2: site Essai → Hôpital d'essai; day of waiting €300 → €310")


def test_a_viewer_changes_no_parameter(viewer: Client, hospital: Hospital) -> None:
    assert viewer.post(reverse("settings"), GIVEN).status_code == 403
    assert Site.objects.get().name == "Essai"
