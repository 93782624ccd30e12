from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from planning.models import Placement, Plan, Slot, Surgeon
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_day_before_the_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda: WEEK.monday - timedelta(days=1))


def given(hospital: Hospital, **changes: str) -> dict[str, str]:
    values = {
        "code": "S9", "trigram": "roy", "last_name": "Roy", "first_name": "Anne", "active": "on",
        "specialty": str(hospital.ent.pk), "user": "", "daily_maximum_minutes": "7h30",
        "start_0": "08:00", "end_0": "13h", "start_3": "13:00", "end_3": "20:00",
    }  # fmt: skip
    return values | changes


def test_a_surgeon_is_created_with_weekdays_and_a_daily_maximum(director: Client, hospital: Hospital) -> None:
    answer = director.post(reverse("surgeon-create"), given(hospital))

    surgeon = Surgeon.objects.get(code="S9")
    assert answer["Location"] == reverse("surgeon-edit", kwargs={"pk": surgeon.pk})
    assert (surgeon.trigram, surgeon.daily_maximum_minutes) == ("ROY", 450)
    hours = list(surgeon.availabilities.values_list("weekday", "start_minute", "end_minute"))
    assert hours == [(0, 480, 780), (3, 780, 1200)]


def test_weekdays_emptied_become_days_off(director: Client, hospital: Hospital) -> None:
    surgeon = hospital.surgeons[2]

    director.post(reverse("surgeon-edit", kwargs={"pk": surgeon.pk}), given(hospital, code="S3"))

    assert list(surgeon.availabilities.values_list("weekday", flat=True)) == [0, 3]


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"end_0": ""}, "end_0", "Donnez les deux heures"),
        ({"start_1": "08:00"}, "end_1", "Donnez les deux heures"),
        ({"end_0": "07:00"}, "end_0", "La fin doit suivre le début"),
        ({"start_0": "8 heures"}, "start_0", "Écrivez l'heure comme 08:00"),
        ({"daily_maximum_minutes": "30:00"}, "daily_maximum_minutes", "entre 0:00 et 24:00"),
        ({"daily_maximum_minutes": "beaucoup"}, "daily_maximum_minutes", "Écrivez la durée comme 1:30"),
        ({"code": "S1"}, "code", "existe déjà"),
        ({"specialty": ""}, "specialty", "obligatoire"),
    ],
)
def test_a_wrong_surgeon_is_refused_beside_its_field(
    change: dict[str, str], field: str, message: str, director: Client, hospital: Hospital
) -> None:
    answer = director.post(reverse("surgeon-create"), given(hospital, **change))

    assert message in answer.context["form"].errors[field][0]
    assert not Surgeon.objects.filter(code="S9").exists()


def test_an_account_serves_one_surgeon_only(director: Client, hospital: Hospital) -> None:
    answer = director.post(reverse("surgeon-create"), given(hospital, user=str(hospital.surgeon_user.pk)))

    assert "user" in answer.context["form"].errors


def test_the_list_is_filtered_by_specialty_and_activity(director: Client, hospital: Hospital) -> None:
    Surgeon.objects.filter(code="S2").update(active=False)

    def names(query: str) -> list[str]:
        return [row.last_name for row in director.get(reverse("surgeons") + query).context["listing"].page]

    assert names("") == ["Haddad", "Martin"]
    assert names("?active=all") == ["Durand", "Haddad", "Martin"]
    assert names("?active=no") == ["Durand"]
    assert names(f"?specialty={hospital.ent.pk}") == ["Haddad"]
    assert names("?q=mar ortho") == ["Martin"]


@pytest.mark.parametrize("kept", [1, 3])
def test_the_list_costs_as_many_queries_for_one_surgeon_as_for_three(
    kept: int, director: Client, hospital: Hospital, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    Surgeon.objects.exclude(pk__in=[one.pk for one in hospital.surgeons[:kept]]).delete()

    with django_assert_num_queries(8):
        director.get(reverse("surgeons"))


def test_an_absence_lists_the_planned_interventions_it_hits(director: Client, hospital: Hospital) -> None:
    surgeon = hospital.surgeons[0]
    plan = Plan.objects.create(monday=WEEK.monday, number=1, status="draft", policy="open", created_at=NOW)
    slot = Slot.objects.filter(date=WEEK.days[2]).earliest("starts_at")
    row = make_intervention(surgeon, 60)
    Placement.objects.create(plan=plan, intervention=row, slot=slot, starts_at=slot.starts_at, minutes=60)

    answer = director.post(
        reverse("surgeon-absence", kwargs={"pk": surgeon.pk}),
        {"starts_on": WEEK.days[1].isoformat(), "ends_on": WEEK.days[4].isoformat(), "reason": "Congrès"},
        follow=True,
    )

    assert surgeon.absences.get().reason == "Congrès"
    assert row.code in next(m.message for m in answer.context["messages"] if m.level_tag == "warning")
    plan.refresh_from_db()
    assert plan.revision == 1


def test_an_absence_without_dates_is_refused(director: Client, hospital: Hospital) -> None:
    surgeon = hospital.surgeons[0]

    answer = director.post(reverse("surgeon-absence", kwargs={"pk": surgeon.pk}), {"reason": "Congrès"})

    assert set(answer.context["absence_form"].errors) == {"starts_on", "ends_on"}
    assert not surgeon.absences.exists()


def test_a_surgeon_is_not_absent_twice_on_the_same_days(director: Client, hospital: Hospital) -> None:
    surgeon = hospital.surgeons[0]
    surgeon.absences.create(starts_on=WEEK.monday, ends_on=WEEK.days[2])
    days = {"starts_on": WEEK.monday.isoformat(), "ends_on": WEEK.monday.isoformat()}

    answer = director.post(reverse("surgeon-absence", kwargs={"pk": surgeon.pk}), days)

    assert "Déjà absent" in answer.context["absence_form"].errors["starts_on"][0]
    assert surgeon.absences.count() == 1


def test_an_absence_is_taken_back(director: Client, hospital: Hospital) -> None:
    surgeon = hospital.surgeons[0]
    absence = surgeon.absences.create(starts_on=WEEK.monday, ends_on=WEEK.monday)

    director.post(reverse("surgeon-absence-remove", kwargs={"pk": surgeon.pk, "absence": absence.pk}))

    assert not surgeon.absences.exists()


def test_a_surgeon_does_not_edit_surgeons(surgeon: Client, hospital: Hospital) -> None:
    address = reverse("surgeon-edit", kwargs={"pk": hospital.surgeons[0].pk})

    assert surgeon.post(address, given(hospital)).status_code == 403
