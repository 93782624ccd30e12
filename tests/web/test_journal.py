from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from planning.models import JournalEntry, User
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, make_user

pytestmark = pytest.mark.django_db
PAGE = f"/semaines/{WEEK}/journal/"
SLOT = {"room": "SO1", "date": "2026-11-24", "start": 480, "end": 1080, "specialty": "ORT", "surgeon": None}


def note(user: User, action: str = "slot", **fields: object) -> JournalEntry:
    values: dict[str, object] = {"at": NOW, "user": user, "action": action, "monday": WEEK.monday}
    return JournalEntry.objects.create(**(values | fields))


def texts(client: Client, query: str = "") -> list[str]:
    return [line["text"] for line in client.get(PAGE + query).context["lines"]]


def test_changes_of_slots_read_as_sentences(director: Client, hospital: Hospital) -> None:
    note(hospital.director, after=SLOT)
    note(hospital.director, before=SLOT, after=SLOT | {"end": 780, "specialty": None, "surgeon": "MAR"})
    note(hospital.director, before=SLOT)
    note(hospital.director, after={"restored": True})

    assert texts(director, "?sort=at") == [
        "Plage ajoutée : SO1 mar 24/11 08:00–18:00 (ORT)",
        "Plage changée : SO1 mar 24/11 08:00–18:00 (ORT) devient SO1 mar 24/11 08:00–13:00 (MAR)",
        "Plage retirée : SO1 mar 24/11 08:00–18:00 (ORT)",
        "La semaine est rendue au plan directeur",
    ]


def test_a_move_says_from_where_to_where_with_its_reason_and_cost(director: Client, hospital: Hospital) -> None:
    row = make_intervention(hospital.surgeons[0])
    note(
        hospital.director, "force", intervention=row, reason="Accord du chirurgien", cost_delta=214.0,
        before={"room": "SO1", "date": "2026-11-24", "minute": 480},
        after={"room": "SO2", "date": "2026-11-25", "minute": 600},
    )  # fmt: skip

    page = director.get(PAGE).content.decode()

    assert all(part in page for part in (row.code, "SO1", "SO2", "Accord du chirurgien", "+214", "Directrice"))


def test_the_journal_is_filtered_by_action_person_day_and_words(director: Client, hospital: Hospital) -> None:
    other = make_user("cellule", "planner")
    note(hospital.director, after=SLOT, reason="Congrès")
    note(other, after=SLOT | {"room": "SO2"}, at=NOW - timedelta(days=1))
    note(other, "run", after={"policy": "open"})

    assert len(texts(director)) == 3
    assert len(texts(director, "?action=run")) == 1
    assert len(texts(director, f"?user={other.pk}")) == 2
    assert len(texts(director, "?day=2026-11-19")) == 1
    assert len(texts(director, "?q=congr")) == 1
    assert len(texts(director, "?day=demain&user=x&action=x")) == 3


def test_another_weeks_entries_stay_away(director: Client, hospital: Hospital) -> None:
    note(hospital.director, after=SLOT, monday=WEEK.next.monday)

    assert texts(director) == []
    assert "Rien encore cette semaine" in director.get(PAGE).content.decode()


def test_the_menu_leads_to_the_week_that_moved_last(director: Client, hospital: Hospital) -> None:
    note(hospital.director, after=SLOT)
    note(hospital.director, after=SLOT, monday=WEEK.next.monday, at=NOW - timedelta(days=1))

    assert director.get(reverse("journal-current"))["Location"] == PAGE


@pytest.mark.parametrize("entries", [1, 3])
def test_the_journal_costs_as_many_queries_for_one_entry_as_for_three(
    entries: int, director: Client, hospital: Hospital, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    for _ in range(entries):
        row = make_intervention(hospital.surgeons[0])
        note(hospital.director, "edit", intervention=row, before={"state": "requested"}, after={"state": "accepted"})

    with django_assert_num_queries(5):
        director.get(PAGE)


def test_a_surgeon_does_not_read_the_journal(surgeon: Client) -> None:
    assert surgeon.get(PAGE).status_code == 403
