"""Comparing policies in the browser: asked, followed, read, exported."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from planning.models import Comparison, ComparisonCell, CriterionWeights, Specialty
from planning.selectors import comparison_words as words
from planning.selectors.comparisons import Report
from planning.services.comparing import work_on_next_cell
from planning.services.comparisons import request_comparison
from planning.solver import policies
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids that workers would be called for."""
    called: list[int] = []
    for module in ("planning.web.views.comparisons", "planning.api.comparisons"):
        monkeypatch.setattr(f"{module}.call_workers", called.append)
    return called


def compare(hospital: Hospital, *, items: int = 4, work: bool = True, **fields: Any) -> Comparison:
    for number in range(items):
        make_intervention(hospital.surgeons[number % 3], 120)
    values: dict[str, Any] = {"first": WEEK.monday, "last": WEEK.monday, "policies": ["open", "specialty-fcfs"]}
    comparison = request_comparison(user=hospital.director, now=NOW, rounds=10, **(values | fields))
    number = 0
    while work and work_on_next_cell(
        comparison_id=comparison.pk, worker=f"w{number}", clock=timezone.now, beat_seconds=None
    ):
        number += 1
    return comparison


def path(comparison: Comparison, rest: str = "") -> str:
    return f"/comparaisons/{comparison.pk}/{rest}"


FORM = {
    "first": "2026-11-23", "last": "2026-11-23", "policies": ["open", "surgeon"], "name": "Essai",
    "tie_rule": "balance", "growth_percent": "0", "rounds": "50", "seed": "3",
}  # fmt: skip


def test_the_form_asks_for_a_comparison_and_calls_the_workers(
    hospital: Hospital, director: Client, no_broker: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    make_intervention(hospital.surgeons[0])
    with django_capture_on_commit_callbacks(execute=True):
        answer = director.post("/comparaisons/nouvelle/", FORM)
    comparison = Comparison.objects.get()
    assertRedirects(answer, path(comparison))
    assert comparison.policies == ["open", "surgeon"]
    assert (comparison.name, comparison.requested_by) == ("Essai", hospital.director)
    assert (comparison.parameters["seed"], comparison.parameters["rounds"]) == (3, 50)
    assert no_broker == [comparison.pk]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"policies": []}, "Choisissez au moins une politique."),
        ({"last": "2026-11-16"}, "La dernière semaine ne peut pas précéder la première."),
        ({"last": "2036-11-16"}, "Comparez 156 semaines au plus à la fois."),
        ({"first": "2026-03-02", "last": "2026-03-02"}, "Aucune intervention à planifier"),
        ({"seed": "-1"}, "errorlist"),
    ],
)
def test_what_cannot_be_compared_is_said_beside_its_field(
    hospital: Hospital, director: Client, changes: dict[str, Any], said: str
) -> None:
    make_intervention(hospital.surgeons[0])
    assertContains(director.post("/comparaisons/nouvelle/", FORM | changes), said)
    assert not Comparison.objects.exists()


@pytest.mark.parametrize("asked", ["de=--5&a=x", "de=99999&a=-", "de=%00", "de=-104&a=-1"])
def test_the_form_opens_whatever_range_its_address_asks_for(hospital: Hospital, director: Client, asked: str) -> None:
    assert director.get(f"/comparaisons/nouvelle/?{asked}").status_code == 200


def test_a_policy_more_is_one_entry_more(hospital: Hospital, director: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = policies.Policy(
        "surgeon-fcfs", "first-come", policies.Owner.SURGEON, "Chirurgien, premier arrivé", "Plages fermes."
    )
    monkeypatch.setitem(policies.POLICIES, entry.id, entry)
    comparison = compare(hospital, policies=["open", "surgeon-fcfs"])
    assert list(comparison.cells.values_list("state", flat=True)) == ["done", "done"]
    for page in ("/comparaisons/nouvelle/", path(comparison), "/parametres/"):
        assertContains(director.get(page), "Chirurgien, premier arrivé")
    grid = director.get(f"/api/v1/weeks/{WEEK}/grid/").json()
    shown = {"id": "surgeon-fcfs", "label": "Chirurgien, premier arrivé", "help": "Plages fermes.", "searches": False}
    assert shown in grid["policies"]
    asked = director.post(f"/api/v1/weeks/{WEEK}/runs/", {"policy": "surgeon-fcfs"}, "application/json")
    assert asked.status_code == 202


def test_the_page_says_who_leads_and_shows_the_tables(hospital: Hospital, director: Client) -> None:
    page = director.get(path(compare(hospital)))
    assertContains(page, "à égalité de tête sur occupation des salles")
    assertNotContains(page, "Aucune différence nette entre les politiques")
    assertContains(page, "4 interventions, les mêmes pour chaque politique")
    for title in ("Tableau 1.", "Tableau 6.", "Tableaux 2 à 5", "Entre les salles"):
        assertContains(page, title)
    assertNotContains(page, "style=")
    assertNotContains(page, "data-progress=")


def test_the_denominator_of_occupancy_is_a_choice(hospital: Hospital, director: Client) -> None:
    comparison = compare(hospital)
    # 8 h of work over 2 rooms and 5 days: of 10 h of regular slots, then of 12 h of opening.
    assertContains(director.get(path(comparison)), "8,0\u00a0%")
    opening = director.get(path(comparison, "?occupation=opening&remplissage=owner"))
    assertContains(opening, "6,7\u00a0%")
    assertContains(opening, "heures d&#x27;ouverture")


def test_a_figure_leads_to_its_weeks_and_then_to_their_interventions(hospital: Hospital, director: Client) -> None:
    comparison = compare(hospital)
    weeks = director.get(path(comparison, "semaines/?critere=occupancy&politique=open&salle=SO1"))
    assertContains(weeks, path(comparison, f"semaines/{WEEK}/open/"))
    assertContains(weeks, "S48 2026")
    cell = director.get(path(comparison, f"semaines/{WEEK}/open/"))
    for row in ComparisonCell.objects.get(policy="open").assignments:
        assertContains(cell, row)


def test_what_was_left_out_says_which_rule_forbids_it(hospital: Hospital, director: Client) -> None:
    item = make_intervention(hospital.surgeons[0], 700)
    comparison = compare(hospital)
    page = director.get(path(comparison, f"semaines/{WEEK}/open/"))
    assertContains(page, "Laissées de côté")
    assertContains(page, item.code)
    assertContains(page, "durée")


@pytest.mark.parametrize(
    "rest",
    [
        "semaines/?critere=beauty", "semaines/", "semaines/?critere=occupancy&salle=SO9",
        "semaines/2026-W30/open/", "semaines/2026-W48/fate/", "export.pdf",
    ],
)  # fmt: skip
def test_what_the_comparison_does_not_have_is_not_found(hospital: Hospital, director: Client, rest: str) -> None:
    assert director.get(path(compare(hospital), rest)).status_code == 404


def test_a_comparison_under_way_shows_its_progress_and_can_be_stopped_and_resumed(
    hospital: Hospital, director: Client, no_broker: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    comparison = compare(hospital, work=False)
    page = director.get(path(comparison))
    assertContains(page, "Calculs faits : 0 sur 2")
    assertContains(page, "Pas encore de semaine complète")
    director.post(path(comparison, "arreter/"))
    assertContains(director.get(path(comparison)), "Reprendre")
    with django_capture_on_commit_callbacks(execute=True):
        director.post(path(comparison, "reprendre/"))
    comparison.refresh_from_db()
    assert comparison.stopped_at is None
    assert no_broker == [comparison.pk]


def test_failed_cells_are_explained_and_enter_no_figure(hospital: Hospital, director: Client) -> None:
    comparison = compare(hospital)
    comparison.cells.filter(policy="open").update(state="failed", failure="lost-worker", figures=None)
    page = director.get(path(comparison))
    assertContains(page, "1 calcul a échoué")
    assertContains(page, "s&#x27;est arrêté trois fois")
    assertContains(page, "Pas encore de semaine complète")
    assertContains(director.get(path(comparison, f"semaines/{WEEK}/open/")), "s&#x27;est arrêté trois fois")


def test_the_list_is_empty_then_names_each_comparison(hospital: Hospital, director: Client) -> None:
    assertContains(director.get("/comparaisons/"), "Aucune comparaison")
    compare(hospital, name="Avant le nouveau plan directeur")
    page = director.get("/comparaisons/")
    assertContains(page, "Avant le nouveau plan directeur")
    assertContains(page, "Terminée")


def test_a_comparison_is_removed_with_its_cells(hospital: Hospital, director: Client) -> None:
    comparison = compare(hospital)
    assertRedirects(director.post(path(comparison, "retirer/")), "/comparaisons/")
    assert not ComparisonCell.objects.exists()


@pytest.mark.parametrize("rest", ["", "semaines/?critere=cost", f"semaines/{WEEK}/open/", "export.csv"])
def test_queries_do_not_grow_with_weeks_nor_interventions(
    hospital: Hospital, director: Client, django_assert_num_queries: Any, rest: str
) -> None:
    few = compare(hospital, items=2)
    many = compare(hospital, items=9, first=WEEK.previous.monday, last=WEEK.next.monday)
    director.get(path(few, rest))
    with django_assert_num_queries(*_counted(director, path(few, rest))):
        director.get(path(many, rest))


def _counted(client: Client, address: str) -> tuple[int]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return (len(captured),)


def test_the_list_s_queries_do_not_grow(hospital: Hospital, director: Client, django_assert_num_queries: Any) -> None:
    compare(hospital)
    count = _counted(director, "/comparaisons/")
    compare(hospital)
    compare(hospital)
    with django_assert_num_queries(*count):
        director.get("/comparaisons/")


# --- Files -------------------------------------------------------------------------------------------------------


def test_the_spreadsheet_has_the_article_s_tables_and_the_weeks(hospital: Hospital, director: Client) -> None:
    answer = director.get(path(compare(hospital), "export.xlsx"))
    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == [
        "Tableau 6 Récapitulatif", "Tableau 1 Occupation", "Tableau 2 Heures sup.", "Tableau 3 Dépassements",
        "Tableau 4 Planification", "Tableau 5 Remplissage", "Semaines",
    ]  # fmt: skip
    rooms = list(book["Tableau 1 Occupation"].iter_rows(values_only=True))
    assert [row[0] for row in rooms] == ["Salle", "SO1", "SO2", "Entre les salles"]
    summary = {row[0]: row[1] for row in book["Tableau 6 Récapitulatif"].iter_rows(values_only=True)}
    assert summary["Occupation des salles (part)"] == 0.08
    assert summary["Interventions planifiées (part)"] == 1


def test_the_csv_has_a_line_a_week_and_policy(hospital: Hospital, director: Client) -> None:
    lines = director.get(path(compare(hospital), "export.csv")).content.decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert lines[1].startswith(f"{WEEK};Ouverte;0.08;0.0;0.0;1.0;")


def test_no_text_of_a_file_is_a_formula(hospital: Hospital, director: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = policies.Policy("evil", "first-come", policies.Owner.NOBODY, '=HYPERLINK("http://x","y")', "")
    monkeypatch.setitem(policies.POLICIES, entry.id, entry)
    comparison = compare(hospital, policies=["evil"])
    text = director.get(path(comparison, "export.csv")).content.decode("utf-8-sig")
    assert "'=HYPERLINK" in text
    assert ";=HYPERLINK" not in text
    book = load_workbook(io.BytesIO(director.get(path(comparison, "export.xlsx")).content))
    cells = [cell for row in book["Semaines"].iter_rows() for cell in row if str(cell.value).startswith("=HYPER")]
    assert [cell.data_type for cell in cells] == ["s"]


# --- Weights -----------------------------------------------------------------------------------------------------


def weigh(client: Client, comparison: Comparison, weights: dict[str, Any]) -> Any:
    address = f"/api/v1/comparisons/{comparison.pk}/weights/"
    return client.put(address, {"weights": weights}, "application/json")


def test_policies_of_one_score_share_their_rank(monkeypatch: pytest.MonkeyPatch) -> None:
    scores = {"open": 0.9, "specialty": 0.801, "surgeon": 0.799, "specialty-fcfs": 0.1}
    found = Report.__new__(Report)
    monkeypatch.setattr(Report, "ranking", lambda _self, _weights: scores)
    assert [(one["score"], one["rank"]) for one in words.ranked(found, {})] == [(90, 1), (80, 2), (80, 2), (10, 4)]


def test_weights_rank_at_once_and_are_kept_for_the_person(hospital: Hospital, director: Client) -> None:
    ent = Specialty.objects.get(code="ORL")
    for slot in hospital.rooms[0].slots.all():
        slot.specialty = ent
        slot.save()
    # Orthopaedics has SO2 alone under slots per specialty: too little for 40 cases of two hours, not so when open.
    for number in range(40):
        make_intervention(hospital.surgeons[number % 2], 120)
    comparison = compare(hospital)
    answer = weigh(director, comparison, {"planned": 5, "several_rooms": 0})
    assert answer.status_code == 200
    by_planned = [one["policy"] for one in answer.json()["ranking"]]
    none = dict.fromkeys(answer.json()["weights"], 0)
    by_rooms = [one["policy"] for one in weigh(director, comparison, none | {"several_rooms": 5}).json()["ranking"]]
    assert by_planned == ["open", "specialty-fcfs"]
    assert [one["rank"] for one in answer.json()["ranking"]] == [1, 2]
    assert by_rooms == ["specialty-fcfs", "open"]
    assert CriterionWeights.objects.get().weights["several_rooms"] == 5
    assertContains(
        director.get(path(comparison)), 'name="several_rooms" type="range" min="0" max="5" step="1" value="5"'
    )


@pytest.mark.parametrize("weights", [{"planned": 6}, {"planned": -1}, {"planned": "much"}, {"beauty": 1}])
def test_weights_that_make_no_sense_are_refused(hospital: Hospital, director: Client, weights: dict[str, Any]) -> None:
    assert weigh(director, compare(hospital), weights).status_code == 400
    assert not CriterionWeights.objects.exists()
