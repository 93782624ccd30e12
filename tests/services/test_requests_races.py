"""A surgeon and the bloc at the same instant, each with a connection of its own."""

from __future__ import annotations

from typing import Any

import pytest

from planning.models import Intervention, JournalEntry
from planning.services.decisions import accept_requests
from planning.services.requests import delete_request_draft, save_request_draft, submit_request, withdraw_request
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention
from tests.services.test_races import PEOPLE, at_once, kinds

pytestmark = pytest.mark.django_db(transaction=True)


def by(hospital: Hospital) -> dict[str, Any]:
    return {"surgeon": hospital.surgeons[0], "user": hospital.surgeon_user, "now": NOW}


def written() -> Intervention:
    return Intervention(
        patient_code="P-1", procedure_label="Hanche", planned_minutes=90, admission_date=WEEK.monday,
        deadline_date=WEEK.days[4],
    )  # fmt: skip


def test_requests_written_at_once_take_a_number_each(hospital: Hospital) -> None:
    answers = at_once(lambda _: save_request_draft(request=written(), equipment=[], **by(hospital)))

    assert kinds(answers) == {"Intervention": PEOPLE}
    assert sorted(row.code for row in answers) == [f"I26-{number:05d}" for number in range(1, PEOPLE + 1)]


def test_a_draft_submitted_twice_at_once_is_asked_once(hospital: Hospital) -> None:
    draft = save_request_draft(request=written(), equipment=[], **by(hospital))

    answers = at_once(
        lambda _: submit_request(request=Intervention.objects.get(pk=draft.pk), equipment=[], **by(hospital))
    )

    assert kinds(answers) == {"Intervention": 1, "RequestRefused": PEOPLE - 1}
    assert JournalEntry.objects.filter(action="submit").count() == 1


def test_of_a_withdrawal_and_an_acceptance_one_happens(hospital: Hospital) -> None:
    row = make_intervention(hospital.surgeons[0], state="requested")

    def act(number: int) -> Any:
        if number % 2:
            return withdraw_request(request=row, **by(hospital)) or "withdrawn"
        outcome = accept_requests(interventions=[row.pk], user=hospital.director, now=NOW)
        return "refused" if outcome.refused else "accepted"

    answers = at_once(act, times=2)

    row.refresh_from_db()
    assert row.state in ("draft", "accepted")
    assert len([one for one in answers if one in ("withdrawn", "accepted")]) == 1
    assert JournalEntry.objects.count() == 1


def test_a_draft_submitted_while_it_is_deleted_is_one_or_the_other(hospital: Hospital) -> None:
    draft = save_request_draft(request=written(), equipment=[], **by(hospital))

    def act(number: int) -> Any:
        fresh = Intervention.objects.get(pk=draft.pk)
        if number:
            return submit_request(request=fresh, equipment=[], **by(hospital))
        return delete_request_draft(request=fresh, **by(hospital))

    at_once(act, times=2)

    left = list(Intervention.objects.values_list("state", flat=True))
    assert left in ([], ["requested"])
    assert JournalEntry.objects.count() == len(left)
