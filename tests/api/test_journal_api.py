"""The journal through the API: the filters of its page, and its files."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from openpyxl import load_workbook

from planning.models import JournalEntry
from planning.services.placements import move_placement
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, small_hospital
from tests.factories.plans import make_plan

pytestmark = pytest.mark.django_db
URL = "/api/v1/journal/"


@pytest.fixture
def hospital() -> Hospital:
    """A move, a forced one, and a line of no week."""
    hospital = small_hospital()
    draft = make_plan()
    fine = make_intervention(hospital.surgeons[0], 60)
    early = make_intervention(hospital.surgeons[1], 60, admission_date=WEEK.monday)
    for revision, (item, reason) in enumerate(((fine, ""), (early, "=Déjà là"))):
        move_placement(
            plan=draft, intervention=item.pk, room=hospital.rooms[0].pk, day=WEEK.monday, start=480 + 90 * revision,
            revision=revision, user=hospital.director, now=NOW, reason=reason,
        )  # fmt: skip
    JournalEntry.objects.create(at=NOW, user=hospital.director, action="room", after={"of": "SO9", "code": "SO9"})
    return hospital


@pytest.fixture
def client(hospital: Hospital) -> Client:
    client = Client()
    client.force_login(hospital.director)
    return client


def actions(client: Client, **query: str) -> list[str]:
    answer = client.get(URL, query)
    assert answer.status_code == 200, answer.content
    return sorted(one["action"] for one in answer.json()["results"])


def test_a_line_comes_whole_and_in_parts_with_its_cost(client: Client) -> None:
    [line] = client.get(URL, {"action": "move"}).json()["results"]
    assert (line["before"], line["after"], line["cost_delta"]) == ("à planifier", "SO1 lun. 23 08:00", -3000.0)
    assert (line["against_a_rule"], line["total_cost"], line["subject"]) == (False, 3000.0, line["text"].split(" ")[0])


def test_the_filters_are_those_of_the_page(client: Client) -> None:
    assert actions(client) == ["force", "move", "room"]
    assert actions(client, against_a_rule="true") == ["force"]
    assert actions(client, kind="changes") == ["force", "move"]
    assert actions(client, q="durand") == ["force"]
    assert actions(client, q="déjà directrice") == ["force"]
    assert actions(client, week=str(WEEK.next)) == []
    assert client.get(URL, {"kind": "autre"}).status_code == 400
    assert client.get(URL, {"unknown": "1"}).status_code == 400


def test_the_file_is_csv_or_xlsx_by_what_is_accepted_and_runs_no_formula(client: Client) -> None:
    text = client.get(f"{URL}export/", {"against_a_rule": "true"}, headers={"accept": "text/csv"})
    assert text["Content-Type"].startswith("text/csv")
    lines = text.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert ";'=Déjà là;" in lines[1]
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    book = load_workbook(io.BytesIO(client.get(f"{URL}export/", headers={"accept": kind}).content))
    assert book.active.max_row == 4
    assert client.get(f"{URL}export/")["Content-Type"].startswith("text/csv")


def test_a_refused_file_is_told_in_json(client: Client, hospital: Hospital) -> None:
    answer = client.get(f"{URL}export/", {"kind": "autre"}, headers={"accept": "text/csv"})
    assert (answer.status_code, "kind" in answer.json()["errors"]) == (400, True)
    client.force_login(hospital.viewer)
    assert client.get(f"{URL}export/").status_code == 403
