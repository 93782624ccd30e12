"""The journal is appended to: the database refuses the rest, on SQLite and on PostgreSQL."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse

from planning.models import Intervention, JournalEntry, Plan
from planning.services.interventions import cancel_intervention
from planning.services.journal import erasable_journal
from planning.services.placements import move_placement
from planning.services.undoing import undo_decisions
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, make_user
from tests.factories.plans import make_plan
from tests.faults.storm import placed, replayed

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(hospital: Hospital) -> JournalEntry:
    return JournalEntry.objects.create(
        at=NOW, user=hospital.director, action="edit", monday=WEEK.monday, plan=make_plan(), reason="Congrès",
        intervention=make_intervention(hospital.surgeons[0]),
    )  # fmt: skip


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE planning_journalentry SET reason = 'Autre'",
        "UPDATE planning_journalentry SET user_id = NULL",
        "DELETE FROM planning_journalentry",
    ],
)
def test_no_statement_changes_or_deletes_a_line(entry: JournalEntry, statement: str) -> None:
    with (
        pytest.raises(IntegrityError, match="never changed nor deleted"), transaction.atomic(),
        connection.cursor() as cursor,
    ):  # fmt: skip
        cursor.execute(statement)
    assert JournalEntry.objects.get().reason == "Congrès"


def test_neither_does_the_code(entry: JournalEntry) -> None:
    entry.reason = "Autre"
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        JournalEntry.objects.update(reason="")


@pytest.mark.parametrize("model", [Plan, Intervention])
def test_what_a_line_names_stays(entry: JournalEntry, model: Any) -> None:
    with pytest.raises(ProtectedError):
        model.objects.get().delete()


def test_erasing_the_demonstration_leaves_the_guard_as_it_was(entry: JournalEntry) -> None:
    with erasable_journal():
        JournalEntry.objects.all().delete()
    again = JournalEntry.objects.create(at=NOW, action="room")
    for statement in ("UPDATE planning_journalentry SET reason = 'x'", "DELETE FROM planning_journalentry"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert JournalEntry.objects.get() == again


def test_djangos_admin_shows_the_journal_and_changes_none_of_it(entry: JournalEntry) -> None:
    client = Client()
    client.force_login(make_user("admin", "administrator"))
    assert client.get(reverse("admin:planning_journalentry_changelist")).status_code == 200
    assert (
        client.post(reverse("admin:planning_journalentry_change", args=[entry.pk]), {"reason": "x"}).status_code == 403
    )
    assert (
        client.post(reverse("admin:planning_journalentry_delete", args=[entry.pk]), {"post": "yes"}).status_code == 403
    )
    assert client.get(reverse("admin:planning_journalentry_add")).status_code == 403
    client.post(
        reverse("admin:planning_journalentry_changelist"),
        {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"},
    )
    assert JournalEntry.objects.get().reason == "Congrès"


def test_the_journal_leads_to_the_draft_through_a_cancellation_and_its_undo(hospital: Hospital) -> None:
    draft, user = make_plan(), hospital.director
    stays, leaves = (make_intervention(hospital.surgeons[0], 60) for _ in range(2))
    for revision, item in enumerate((stays, leaves)):
        move_placement(
            plan=draft, intervention=item.pk, room=hospital.rooms[0].pk, day=WEEK.monday, start=480 + 90 * revision,
            revision=revision, user=user, now=NOW,
        )  # fmt: skip
    cancelled = cancel_intervention(intervention=leaves, reason="Fièvre", user=user, now=NOW)
    draft.refresh_from_db()
    assert set(placed(draft.pk)) == {stays.pk}
    assert replayed(draft.pk)[draft.revision] == placed(draft.pk)
    assert undo_decisions(entries=[cancelled.pk], user=user, now=NOW).refused == ()
    draft.refresh_from_db()
    assert set(placed(draft.pk)) == {stays.pk, leaves.pk}
    assert replayed(draft.pk)[draft.revision] == placed(draft.pk)
