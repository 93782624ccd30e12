from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from planning.models import Equipment, Intervention, JournalEntry, Placement, Plan, Slot
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_day_before_the_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda: WEEK.monday - timedelta(days=1))


def given(hospital: Hospital, **changes: str) -> dict[str, str]:
    values = {
        "code": "I900", "patient_code": "P-900", "procedure_label": "Arthroscopie", "procedure_code": "NFFC003",
        "surgeon": str(hospital.surgeons[0].pk), "specialty": "", "planned_minutes": "1h30", "priority": "urgent",
        "admission_date": WEEK.monday.isoformat(), "deadline_date": WEEK.days[4].isoformat(), "notes": "Latex",
    }  # fmt: skip
    return values | changes


def place(row: Intervention, status: str = "draft") -> Plan:
    plan = Plan.objects.create(
        monday=WEEK.monday, number=Plan.objects.count() + 1, status="draft", policy="open", created_at=NOW
    )
    slot = Slot.objects.filter(date=WEEK.days[1]).earliest("starts_at", "room__position")
    Placement.objects.create(
        plan=plan, intervention=row, slot=slot, starts_at=slot.starts_at, minutes=row.planned_minutes
    )
    Plan.objects.filter(pk=plan.pk).update(status=status)
    return plan


def edit(client: Client, row: Intervention, values: dict[str, str]):  # type: ignore[no-untyped-def]
    """Open the page, then save ``values`` from it."""
    address = reverse("intervention-edit", kwargs={"pk": row.pk})
    return client.post(address, {"seen": client.get(address).context["seen"]} | values)


# ---- The list ------------------------------------------------------------------------


def test_the_list_is_searched_and_filtered(director: Client, hospital: Hospital) -> None:
    hip = make_intervention(hospital.surgeons[0], procedure_label="Hanche", deadline_date=WEEK.days[2])
    ear = make_intervention(hospital.surgeons[2], procedure_label="Oreille", deadline_date=WEEK.monday + timedelta(60))
    late = make_intervention(
        hospital.surgeons[1],
        admission_date=WEEK.monday - timedelta(20),
        deadline_date=WEEK.monday - timedelta(5),
        state="requested",
    )
    done = make_intervention(hospital.surgeons[1], state="done")

    def found(query: str) -> list[Intervention]:
        return list(director.get(reverse("interventions") + query).context["listing"].page)

    assert found("") == [late, hip, ear]
    assert found("?state=requested") == [late]
    assert found("?state=done") == [done]
    assert found("?q=hanche martin") == [hip]
    assert found(f"?specialty={hospital.ent.pk}") == [ear]
    assert found(f"?surgeon={hospital.surgeons[0].pk}") == [hip]
    assert found("?deadline=past") == [late]
    assert found("?deadline=7") == [hip]
    assert found("?sort=-deadline") == [ear, hip, late]
    assert found("?surgeon=abc&deadline=abc&sort=abc") == [late, hip, ear]


def test_the_list_says_where_each_intervention_is_placed(director: Client, hospital: Hospital) -> None:
    place(make_intervention(hospital.surgeons[0], state="planned"), "approved")

    page = director.get(reverse("interventions") + "?state=planned").content.decode()

    assert "SO1 mar 24 nov. 08:00" in page


@pytest.mark.parametrize("interventions", [1, 3])
def test_the_list_costs_as_many_queries_for_one_intervention_as_for_three(
    interventions: int, director: Client, hospital: Hospital, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    for _ in range(interventions):
        place(make_intervention(hospital.surgeons[0]), "superseded")
    Plan.objects.filter(number=1).update(status="approved")

    with django_assert_num_queries(9):
        director.get(reverse("interventions"))


def test_a_surgeon_is_led_to_their_own_interventions_and_edits_none(surgeon: Client, hospital: Hospital) -> None:
    own = make_intervention(hospital.surgeons[0])

    assert surgeon.get(reverse("interventions"))["Location"] == reverse("own-interventions")
    assert surgeon.get(reverse("intervention-edit", kwargs={"pk": own.pk})).status_code == 403


# ---- Create and edit ------------------------------------------------------------------


def test_an_intervention_is_created_with_its_surgeons_specialty_and_journalled(
    director: Client, hospital: Hospital
) -> None:
    answer = director.post(reverse("intervention-create"), given(hospital))

    assert answer["Location"] == reverse("interventions")
    row = Intervention.objects.get(code="I900")
    assert (row.specialty, row.planned_minutes, row.state) == (hospital.orthopaedics, 90, "accepted")
    assert row.requested_by == hospital.director
    assert (row.recovery_minutes, row.child, row.septic) == (90, False, False)
    entry = JournalEntry.objects.get(intervention=row)
    assert entry.user == hospital.director
    assert "P-900" not in str(entry.after)
    assert "Latex" not in str(entry.after)


def test_a_stay_of_nothing_in_recovery_is_not_the_usual_one(director: Client, hospital: Hospital) -> None:
    director.post(reverse("intervention-create"), given(hospital) | {"recovery_minutes": "0", "septic": "on"})
    row = Intervention.objects.get(code="I900")
    assert (row.recovery_minutes, row.septic) == (0, True)


def test_an_intervention_without_a_code_takes_the_next_free_one(director: Client, hospital: Hospital) -> None:
    year = f"I{timezone.now():%y}-"
    make_intervention(hospital.surgeons[0], code=f"{year}00041")
    make_intervention(hospital.surgeons[0], code=f"{year}99X")

    for _ in range(2):
        director.post(reverse("intervention-create"), given(hospital, code=""))

    made = Intervention.objects.filter(procedure_label="Arthroscopie").order_by("pk")
    assert list(made.values_list("code", flat=True)) == [f"{year}00042", f"{year}00043"]


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"planned_minutes": "0:03"}, "planned_minutes", "comprise entre 0:05 et 24:00"),
        ({"planned_minutes": "longue"}, "planned_minutes", "Écrivez la durée comme 1:30"),
        ({"deadline_date": WEEK.monday.isoformat()}, "deadline_date", "doit suivre la date d'hospitalisation"),
        ({"patient_code": "Jean Dupont"}, "patient_code", "Lettres, chiffres"),
        ({"surgeon": ""}, "surgeon", "obligatoire"),
        ({"admission_date": "lundi"}, "admission_date", "date valide"),
    ],
)
def test_a_wrong_intervention_is_refused_beside_its_field(
    change: dict[str, str], field: str, message: str, director: Client, hospital: Hospital
) -> None:
    answer = director.post(reverse("intervention-create"), given(hospital, **change))

    assert message in answer.context["form"].errors[field][0]
    assert not Intervention.objects.filter(code="I900").exists()


def test_an_edit_writes_what_changed_and_why_in_its_history(director: Client, hospital: Hospital) -> None:
    row = make_intervention(hospital.surgeons[0], 60)
    microscope = Equipment.objects.get()

    edit(director, row, given(hospital, code=row.code, equipment=str(microscope.pk), reason="Reprise"))

    row.refresh_from_db()
    assert (row.planned_minutes, list(row.equipment.all())) == (90, [microscope])
    page = director.get(reverse("intervention-edit", kwargs={"pk": row.pk})).content.decode()
    assert "durée prévue 01:00 → 01:30" in page
    assert "équipements – → microscope" in page
    assert "Reprise" in page


def test_an_edit_that_changes_nothing_leaves_no_trace(director: Client, hospital: Hospital) -> None:
    director.post(reverse("intervention-create"), given(hospital))
    row = Intervention.objects.get(code="I900")
    specialty = str(hospital.orthopaedics.pk)

    edit(director, row, given(hospital, specialty=specialty))

    assert JournalEntry.objects.filter(intervention=row).count() == 1


def test_a_change_made_meanwhile_by_someone_else_is_not_written_over(director: Client, hospital: Hospital) -> None:
    row = make_intervention(hospital.surgeons[0], 60)
    address = reverse("intervention-edit", kwargs={"pk": row.pk})
    seen = director.get(address).context["seen"]
    Intervention.objects.filter(pk=row.pk).update(planned_minutes=75)

    answer = director.post(address, given(hospital, code=row.code, seen=seen))

    assert answer.status_code == 409
    assert "modifiée depuis" in answer.content.decode()
    row.refresh_from_db()
    assert row.planned_minutes == 75
    again = director.post(address, given(hospital, code=row.code, seen=answer.context["seen"]))
    row.refresh_from_db()
    assert (again.status_code, row.planned_minutes) == (302, 90)


def test_an_edit_tells_the_draft_that_holds_the_intervention(director: Client, hospital: Hospital) -> None:
    row = make_intervention(hospital.surgeons[0], 60)
    plan = place(row)

    edit(director, row, given(hospital, code=row.code))

    plan.refresh_from_db()
    assert plan.revision == 1
    assert JournalEntry.objects.get(intervention=row).monday == WEEK.monday


@pytest.mark.parametrize("state", ["done", "cancelled"])
def test_what_is_done_or_cancelled_no_longer_changes(state: str, director: Client, hospital: Hospital) -> None:
    row = make_intervention(hospital.surgeons[0], 60, state=state)

    edit(director, row, given(hospital, code=row.code))

    row.refresh_from_db()
    assert row.planned_minutes == 60


# ---- Accept and cancel ----------------------------------------------------------------


def test_a_request_is_accepted_once(director: Client, hospital: Hospital) -> None:
    row = make_intervention(hospital.surgeons[0], state="requested")
    address = reverse("intervention-accept", kwargs={"pk": row.pk})

    director.post(address)
    again = director.post(address, follow=True)

    row.refresh_from_db()
    assert row.state == "accepted"
    assert "déjà été traitée" in " ".join(str(m) for m in again.context["messages"])
    assert JournalEntry.objects.filter(intervention=row).count() == 1


def test_a_cancellation_needs_a_reason(director: Client, hospital: Hospital) -> None:
    row = make_intervention(hospital.surgeons[0])

    answer = director.post(reverse("intervention-cancel", kwargs={"pk": row.pk}), {"reason": " "})

    assert "Écrivez pourquoi" in answer.content.decode()
    row.refresh_from_db()
    assert row.state == "accepted"


def test_a_cancelled_intervention_leaves_the_draft_and_stays_in_the_approved_version(
    director: Client, hospital: Hospital
) -> None:
    row = make_intervention(hospital.surgeons[0], state="planned")
    approved = place(row, "approved")
    draft = place(row, "draft")

    director.post(reverse("intervention-cancel", kwargs={"pk": row.pk}), {"reason": "Fièvre"})

    row.refresh_from_db()
    draft.refresh_from_db()
    assert (row.state, row.cancel_reason) == ("cancelled", "Fièvre")
    assert (draft.placements.count(), draft.revision, approved.placements.count()) == (0, 1, 1)
    entry = JournalEntry.objects.get(intervention=row)
    assert (entry.action, entry.reason, entry.monday) == ("cancel", "Fièvre", WEEK.monday)
    assert entry.before["state"] == "planned"


def test_a_viewer_neither_lists_nor_cancels(viewer: Client, hospital: Hospital) -> None:
    row = make_intervention(hospital.surgeons[0])

    assert viewer.get(reverse("interventions")).status_code == 403
    assert viewer.post(reverse("intervention-cancel", kwargs={"pk": row.pk}), {"reason": "x"}).status_code == 403
