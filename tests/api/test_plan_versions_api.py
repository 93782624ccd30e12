"""The versions of a week through the API, their export, and the lists of runs and of the journal."""

from __future__ import annotations

from typing import Any

import pytest

from planning.calendar import Week
from planning.models import PlanningRun
from planning.selectors.loaded import load_week_problem
from planning.services.tokens import create_token
from planning.solver.solve import solve
from planning.solver.stopping import Stop
from planning.solver.week_json import week_of
from tests.api.conftest import Api
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention
from tests.factories.plans import make_plan, place


def test_the_versions_of_a_week_are_listed_to_whom_may_see_them(director: Api, viewer: Api, hospital: Hospital) -> None:
    make_plan("approved", 1)
    make_plan("draft", 2)
    url = f"weeks/{WEEK}/plans/"
    assert [one["number"] for one in director.get(url).json()["results"]] == [2, 1]
    assert [one["number"] for one in director.get(url, status="approved").json()["results"]] == [1]
    assert [one["number"] for one in viewer.get(url).json()["results"]] == [1]
    assert director.get("weeks/2026-W49/plans/").json()["count"] == 0


def test_a_version_is_read_with_its_placements(director: Api, viewer: Api, surgeon: Api, hospital: Hospital) -> None:
    mine, other = make_intervention(hospital.surgeons[0], 60), make_intervention(hospital.surgeons[1], 90)
    plan = make_plan("approved", 1)
    place(plan, mine, hospital, pinned_by=hospital.director)
    place(plan, other, hospital, start=600)
    answer = director.get(f"plans/{plan.pk}/").json()
    found = {one["code"]: (one["room"], one["date"], one["start"], one["pinned"]) for one in answer["placements"]}
    assert found == {
        mine.code: (hospital.rooms[0].pk, "2026-11-23", 480, True),
        other.code: (hospital.rooms[0].pk, "2026-11-23", 600, False),
    }
    assert answer["unplanned"] == []
    own = surgeon.get(f"plans/{plan.pk}/").json()
    assert ([one["code"] for one in own["placements"]], own["unplanned"]) == ([mine.code], [])
    draft, left = make_plan("draft", 2), make_intervention(hospital.surgeons[0], 60)
    assert set(director.get(f"plans/{draft.pk}/").json()["unplanned"]) == {mine.pk, other.pk, left.pk}
    assert [one.get(f"plans/{draft.pk}/").status_code for one in (viewer, surgeon)] == [404, 404]


def test_an_exported_plan_is_what_the_planner_reads(director: Api, viewer: Api, hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], 60, notes="Fragile")
    plan = make_plan()
    place(plan, item, hospital)
    answer = director.get(f"plans/{plan.pk}/export/")
    exported = answer.json()
    loaded = load_week_problem(Week(plan.monday), plan)
    assert week_of(exported["week"]) == loaded.problem
    assert exported["plan"]["assignments"] == [
        {"intervention": str(item.pk), "slot": loaded.assignments[str(item.pk)], "start": 480}
    ]
    solved = solve(week_of(exported["week"]), stop=Stop(seconds=5))
    assert exported["plan"]["cost"]["total"] >= solved.cost.total
    assert item.patient_code not in answer.content.decode()
    assert viewer.get(f"plans/{plan.pk}/export/").status_code == 403


def test_runs_are_listed_by_week_and_state(director: Api, hospital: Hospital) -> None:
    for state, week in (("done", WEEK), ("failed", WEEK), ("done", WEEK.next)):
        PlanningRun.objects.create(
            monday=week.monday, policy="open", requested_by=hospital.director, requested_at=NOW, state=state,
            time_limit_seconds=5, best_cost=100, lower_bound=90,
        )  # fmt: skip
    assert director.get("runs/").json()["count"] == 3
    [one] = director.get("runs/", week=str(WEEK), state="done").json()["results"]
    assert (one["monday"], one["gap"]) == ("2026-11-23", 0.1)
    assert list(director.get("runs/", week="demain").json()["errors"]) == ["week"]


def test_the_journal_is_listed_by_action_week_and_person(director: Api, viewer: Api, hospital: Hospital) -> None:
    director.post("specialties/", {"code": "URO", "name": "Urologie", "colour": "uro"})
    create_token(name="Essai", days=30, user=hospital.director, now=NOW)
    [entry] = director.get("journal/", action="specialty").json()["results"]
    assert (entry["text"], entry["user"], entry["monday"]) == ("Spécialité URO créée", "Directrice", None)
    assert director.get("journal/", user=hospital.director.pk).json()["count"] == 2
    assert director.get("journal/", week=str(WEEK)).json()["count"] == 0
    assert director.get("journal/", at_from="2026-11-20T00:00:00Z", action="account").json()["count"] == 1
    assert viewer.get("journal/").status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_journal_asks_the_same_number_of_queries(
    director: Api, hospital: Hospital, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        create_token(name=f"n{number}", days=30, user=hospital.director, now=NOW)
    with django_assert_num_queries(4):  # session, user; count, entries with who and what they are about
        assert director.get("journal/").json()["count"] == count
