from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from planning.models import Intervention, JournalEntry, Specialty
from tests.factories.hospital import WEEK, Hospital, make_intervention
from tests.factories.plans import make_plan, place

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_day_before_the_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda: WEEK.monday - timedelta(days=1))


@pytest.mark.parametrize("specialties", [1, 3])
def test_the_list_costs_as_many_queries_for_one_specialty_as_for_three(
    specialties: int, director: Client, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    for number in range(specialties):
        Specialty.objects.create(code=f"X{number}", name=f"Spécialité {number}")

    with django_assert_num_queries(5):
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


def close(client: Client, specialty: Specialty, day: str = "2026-11-20", reason: str = "Transfert") -> HttpResponse:
    address = reverse("specialty-close", kwargs={"pk": specialty.pk})
    return client.post(address, {"closed_on": day, "reason": reason}, follow=True)


def said(answer: HttpResponse) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_a_specialty_closes_from_a_day_on_with_a_reason(director: Client, hospital: Hospital) -> None:
    answer = close(director, hospital.ent)

    hospital.ent.refresh_from_db()
    assert (str(hospital.ent.closed_on), hospital.ent.close_reason) == ("2026-11-20", "Transfert")
    assert said(answer) == ["La fermeture de ORL est enregistrée."]
    assert "Rouvrir la spécialité" in answer.content.decode()


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ({"closed_on": "2026-11-20", "reason": ""}, "reason", "obligatoire"),
        ({"closed_on": "", "reason": "Transfert"}, "closed_on", "obligatoire"),
        ({"closed_on": "1850-01-01", "reason": "Transfert"}, "closed_on", "comprise entre"),
    ],
)
def test_a_closing_without_its_day_or_reason_is_refused_beside_the_field(
    given: dict[str, str], field: str, message: str, director: Client, hospital: Hospital
) -> None:
    answer = director.post(reverse("specialty-close", kwargs={"pk": hospital.ent.pk}), given)

    assert message in answer.context["closing_form"].errors[field][0]
    assert not Specialty.objects.filter(closed_on__isnull=False).exists()


def test_closing_says_which_planned_interventions_it_hits(director: Client, hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[2])
    place(make_plan(), item, hospital)

    answer = close(director, hospital.ent)

    assert "1 intervention planifiée est touchée" in said(answer)[1]
    assert item.code in said(answer)[1]
    assert answer.context["rest"].interventions == 1
    assert [row.intervention for row in answer.context["hit"]] == [item]


def test_what_is_done_or_cancelled_is_no_open_intervention(director: Client, hospital: Hospital) -> None:
    for state in Intervention.State.values:
        make_intervention(hospital.surgeons[2], state=state)

    page = director.get(reverse("specialty-edit", kwargs={"pk": hospital.ent.pk}))

    assert page.context["rest"].interventions == 4


def test_a_closing_comes_to_be_known_by_the_drafts_from_its_week_on(director: Client, hospital: Hospital) -> None:
    before, during = make_plan(week=WEEK.previous), make_plan()

    close(director, hospital.ent, WEEK.days[2].isoformat())

    before.refresh_from_db()
    during.refresh_from_db()
    assert (before.revision, during.revision) == (0, 1)


def test_a_second_closing_changes_nothing(director: Client, hospital: Hospital) -> None:
    close(director, hospital.ent)

    answer = close(director, hospital.ent, "2026-12-01", "Autre")

    assert said(answer) == ["ORL est déjà fermée."]
    hospital.ent.refresh_from_db()
    assert hospital.ent.close_reason == "Transfert"


def test_a_closed_specialty_reopens_once(director: Client, hospital: Hospital) -> None:
    close(director, hospital.ent)
    address = reverse("specialty-reopen", kwargs={"pk": hospital.ent.pk})

    assert said(director.post(address, follow=True)) == ["ORL est rouverte."]
    assert said(director.post(address, follow=True)) == ["ORL est déjà ouverte."]
    hospital.ent.refresh_from_db()
    assert (hospital.ent.closed_on, hospital.ent.close_reason) == (None, "")


def test_the_list_is_filtered_by_service(director: Client, hospital: Hospital) -> None:
    close(director, hospital.ent)

    def codes(service: str) -> list[str]:
        page = director.get(reverse("specialties"), {"service": service})
        return [row.code for row in page.context["listing"].page]

    assert (codes(""), codes("yes"), codes("no")) == (["ORL", "ORT"], ["ORT"], ["ORL"])


def test_a_specialty_that_closes_later_is_in_service_until_then(director: Client, hospital: Hospital) -> None:
    close(director, hospital.ent, "2999-01-01")

    page = director.get(reverse("specialties"), {"service": "yes"})

    assert "Ferme le 1er janvier 2999" in page.content.decode()


def test_a_closed_specialty_is_offered_to_nothing_new(director: Client, hospital: Hospital) -> None:
    close(director, hospital.ent)

    for name, kwargs in (("surgeon-create", {}), ("intervention-create", {}), ("week-slot-create", {"week": WEEK})):
        page = director.get(reverse(name, kwargs=kwargs)).content.decode()
        assert "ORT Orthopédie" in page
        assert "ORL ORL" not in page


def test_a_row_that_has_a_closed_specialty_keeps_it_in_its_form(director: Client, hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[2])
    slot = hospital.rooms[0].slots.order_by("starts_at")[0]
    slot.specialty = hospital.ent
    slot.save()
    close(director, hospital.ent)
    pages = (
        reverse("surgeon-edit", kwargs={"pk": hospital.surgeons[2].pk}),
        reverse("intervention-edit", kwargs={"pk": item.pk}),
        reverse("week-slot-edit", kwargs={"week": WEEK, "pk": slot.pk}),
    )

    assert all("ORL ORL" in director.get(page).content.decode() for page in pages)


def test_the_specialty_of_the_surgeon_is_not_taken_for_a_new_request_once_closed(
    director: Client, hospital: Hospital
) -> None:
    close(director, hospital.ent)
    given = {
        "code": "N1", "patient_code": "P-1", "procedure_label": "Acte", "surgeon": hospital.surgeons[2].pk,
        "planned_minutes": "60", "priority": "elective", "admission_date": "2026-11-22", "deadline_date": "2026-12-04",
    }  # fmt: skip

    answer = director.post(reverse("intervention-create"), given)

    assert "fermée depuis le 20 novembre 2026" in answer.context["form"].errors["specialty"][0]
    assert director.post(reverse("intervention-create"), given | {"specialty": hospital.orthopaedics.pk})["Location"]
    assert Intervention.objects.get().specialty == hospital.orthopaedics


def test_each_change_of_a_specialty_is_in_the_journal(director: Client, hospital: Hospital) -> None:
    director.post(reverse("specialty-create"), {"code": "uro", "name": "Urologie", "colour": "uro"})
    urology = Specialty.objects.get(code="URO")
    edit = reverse("specialty-edit", kwargs={"pk": urology.pk})
    director.post(edit, {"code": "URO", "name": "Urologie adulte", "colour": "gyn"})
    director.post(edit, {"code": "URO", "name": "Urologie adulte", "colour": "gyn"})  # nothing changed
    close(director, urology, "2026-12-01")
    director.post(reverse("specialty-reopen", kwargs={"pk": urology.pk}))
    director.post(reverse("specialty-delete", kwargs={"pk": urology.pk}))

    page = director.get(reverse("journal-all"), {"action": "specialty", "sort": "at"})

    assert [line["text"] for line in page.context["lines"]] == [
        "Spécialité URO créée",
        "Spécialité URO : nom Urologie → Urologie adulte ; couleur et motif Jaune, pointillé → Prune, pointillé",
        "Spécialité URO fermée à partir du 1er décembre 2026",
        "Spécialité URO rouverte",
        "Spécialité URO retirée",
    ]
    assert JournalEntry.objects.filter(reason="Transfert").count() == 1
