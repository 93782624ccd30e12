"""A surgeon's request through its states: who may, what is written, and what the journal keeps of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from planning.models import Equipment, Intervention, JournalEntry, Surgeon
from planning.selectors.journal import text_of
from planning.services.decisions import accept_requests
from planning.services.interventions import InterventionChanged, fingerprint
from planning.services.requests import (
    RequestRefused,
    delete_request_draft,
    save_request_draft,
    submit_request,
    withdraw_request,
)
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)


def written(**changes: Any) -> Intervention:
    values: dict[str, Any] = {
        "patient_code": "P-4821", "procedure_label": "Prothèse de hanche", "planned_minutes": 140,
        "admission_date": WEEK.monday, "deadline_date": WEEK.days[4], "notes": "Latex",
    }  # fmt: skip
    return Intervention(**(values | changes))


def by(hospital: Hospital, **more: Any) -> dict[str, Any]:
    return {"surgeon": hospital.surgeons[0], "user": hospital.surgeon_user, "now": NOW} | more


def kept(hospital: Hospital, **changes: Any) -> Intervention:
    return save_request_draft(request=written(**changes), equipment=[], **by(hospital))


def sent(hospital: Hospital, **changes: Any) -> Intervention:
    return submit_request(request=written(**changes), equipment=[], **by(hospital))


def entries(row: Intervention) -> list[JournalEntry]:
    return list(JournalEntry.objects.filter(intervention=row).order_by("pk"))


def returned(hospital: Hospital) -> Intervention:
    row = sent(hospital)
    Intervention.objects.filter(pk=row.pk).update(state="returned", return_reason="Quel côté ?")
    return Intervention.objects.get(pk=row.pk)


def test_a_draft_takes_the_next_number_the_surgeons_specialty_and_no_line_of_the_journal(hospital: Hospital) -> None:
    make_intervention(
        hospital.surgeons[1], code="I26-00041", procedure_label="Prothèse de hanche", procedure_code="NEKA"
    )

    row = Intervention.objects.get(pk=kept(hospital).pk)

    assert (row.code, row.state, row.procedure_code) == ("I26-00042", "draft", "NEKA")
    assert (row.surgeon, row.specialty) == (hospital.surgeons[0], hospital.orthopaedics)
    assert (row.requested_by, row.recovery_minutes) == (hospital.surgeon_user, 90)
    assert entries(row) == []


def test_a_draft_is_kept_again_under_its_number(hospital: Hospital) -> None:
    row, microscope = kept(hospital), Equipment.objects.get()
    row.planned_minutes = 100

    save_request_draft(request=row, equipment=[microscope], seen="", **by(hospital))

    again = Intervention.objects.get()
    assert (again.pk, again.planned_minutes, list(again.equipment.all())) == (row.pk, 100, [microscope])


def test_a_submission_is_journalled_without_patient_data(hospital: Hospital) -> None:
    draft = kept(hospital)

    row = submit_request(request=draft, equipment=[], **by(hospital, now=LATER))

    row.refresh_from_db()
    assert (row.state, row.requested_at) == ("requested", LATER)
    [entry] = entries(row)
    assert (entry.action, entry.user, entry.before) == ("submit", hospital.surgeon_user, None)
    assert entry.after is not None
    assert entry.after["state"] == "requested"
    assert entry.after["planned_minutes"] == 140
    assert "P-4821" not in str(entry.after)
    assert "Latex" not in str(entry.after)
    assert text_of(entry) == f"{row.code} soumise : Prothèse de hanche"


def test_one_sent_back_is_submitted_again_with_the_answer_and_what_changed(hospital: Hospital) -> None:
    row = returned(hospital)
    row.side, row.patient_code = "left", "P-4822"

    submit_request(request=row, equipment=[], answer="Le gauche", **by(hospital, now=LATER))

    row.refresh_from_db()
    assert (row.state, row.return_reason, row.requested_at) == ("requested", "", NOW)
    entry = entries(row)[-1]
    assert entry.reason == "Le gauche"
    assert entry.before == {"state": "returned", "side": ""}
    assert entry.after == {"state": "requested", "side": "left", "patient_code": True}
    assert text_of(entry) == f"{row.code} soumise à nouveau : code du patient modifié ; côté – → Gauche"


def test_saving_one_sent_back_does_not_answer_it(hospital: Hospital) -> None:
    row = returned(hospital)
    row.side = "left"

    save_request_draft(request=row, equipment=[], **by(hospital))

    row.refresh_from_db()
    assert (row.state, row.return_reason, row.side) == ("returned", "Quel côté ?", "left")


def test_a_withdrawn_request_is_a_draft_again(hospital: Hospital) -> None:
    for row in (sent(hospital), returned(hospital)):
        withdraw_request(request=row, **by(hospital))
        row.refresh_from_db()
        assert (row.state, row.return_reason) == ("draft", "")
        assert text_of(entries(row)[-1]) == f"{row.code} reprise par le chirurgien, qui la modifie"


@pytest.mark.parametrize("state", ["accepted", "planned", "done", "cancelled"])
def test_what_the_bloc_has_decided_on_is_neither_changed_nor_withdrawn(state: str, hospital: Hospital) -> None:
    row = sent(hospital)
    Intervention.objects.filter(pk=row.pk).update(state=state)
    row.planned_minutes = 30

    for act in (save_request_draft, submit_request):
        with pytest.raises(RequestRefused):
            act(request=row, equipment=[], **by(hospital))
    for drop in (withdraw_request, delete_request_draft):
        with pytest.raises(RequestRefused):
            drop(request=row, **by(hospital))

    row.refresh_from_db()
    assert (row.state, row.planned_minutes, len(entries(row))) == (state, 140, 1)


def test_another_surgeon_touches_nothing(hospital: Hospital) -> None:
    draft, asked = kept(hospital), sent(hospital)
    other: Surgeon = hospital.surgeons[1]

    for act in (save_request_draft, submit_request):
        with pytest.raises(RequestRefused):
            act(request=Intervention.objects.get(pk=draft.pk), equipment=[], **by(hospital, surgeon=other))
    with pytest.raises(RequestRefused):
        withdraw_request(request=asked, **by(hospital, surgeon=other))
    with pytest.raises(RequestRefused):
        delete_request_draft(request=draft, **by(hospital, surgeon=other))

    assert set(Intervention.objects.values_list("state", "surgeon")) == {
        ("draft", hospital.surgeons[0].pk), ("requested", hospital.surgeons[0].pk)
    }  # fmt: skip


def test_what_was_shown_elsewhere_and_changed_since_is_not_written_over(hospital: Hospital) -> None:
    draft = kept(hospital)
    seen = fingerprint(Intervention.objects.get(pk=draft.pk))
    Intervention.objects.filter(pk=draft.pk).update(planned_minutes=90)

    with pytest.raises(InterventionChanged):
        save_request_draft(request=draft, equipment=[], **by(hospital, seen=seen))

    assert Intervention.objects.get().planned_minutes == 90


def test_a_draft_that_nobody_knew_goes_without_a_trace(hospital: Hospital) -> None:
    delete_request_draft(request=kept(hospital), **by(hospital))

    assert not Intervention.objects.exists()
    assert not JournalEntry.objects.exists()


def test_a_draft_that_the_bloc_has_known_stays_cancelled(hospital: Hospital) -> None:
    row = sent(hospital)
    withdraw_request(request=row, **by(hospital))

    delete_request_draft(request=row, **by(hospital))

    row.refresh_from_db()
    assert (row.state, row.cancel_reason) == ("cancelled", "Abandonnée par le chirurgien")
    assert text_of(entries(row)[-1]) == f"{row.code} abandonnée par le chirurgien"


def test_an_accepted_request_is_the_blocs(hospital: Hospital) -> None:
    row = sent(hospital)
    accept_requests(interventions=[row.pk], user=hospital.director, now=LATER)

    with pytest.raises(RequestRefused):
        withdraw_request(request=row, **by(hospital))
