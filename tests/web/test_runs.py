"""The page of a run: what was asked, with which parameters, and the same again."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from planning.models import PlanningRun, Site
from planning.services.parameters import version_in_force
from planning.services.runs import request_run
from tests.factories.hospital import NOW, WEEK, Hospital

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(hospital: Hospital) -> PlanningRun:
    run = request_run(monday=WEEK.monday, user=hospital.director, policy="open", now=NOW, seed=7)
    PlanningRun.objects.filter(pk=run.pk).update(state="done", best_cost=1200, lower_bound=1080)
    return run


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    found: list[int] = []
    monkeypatch.setattr("planning.web.views.runs.wake", lambda _task, pk: found.append(pk))
    return found


def test_a_run_says_its_parameters_and_what_changed_since(director: Client, run: PlanningRun) -> None:
    page = director.get(reverse("run", kwargs={"pk": run.pk}))
    assert "Ce sont ceux en vigueur" in page.content.decode()
    assert page.context["gap"] == "10,0\u00a0%"

    Site.objects.update(hospital_day_euros=310)
    version_in_force(now=NOW)

    page = director.get(reverse("run", kwargs={"pk": run.pk}))
    assert [str(one) for one in page.context["since"]] == ["journée d'attente 300\u00a0€ → 310\u00a0€"]
    assert reverse("settings-version", kwargs={"number": 1}) in page.content.decode()


def test_a_run_with_a_price_of_moves_says_what_its_bound_bounds(director: Client, run: PlanningRun) -> None:
    parameters = run.parameters | {"replan": True, "move_euros": 100}
    PlanningRun.objects.filter(pk=run.pk).update(parameters=parameters, moves_cost=300, lower_bound=1450)
    page = director.get(reverse("run", kwargs={"pk": run.pk}))
    assert (page.context["moves"], page.context["gap"]) == (3, "3,3\u00a0%"), "(1200 + 300 - 1450) / 1500"
    text = page.content.decode()
    assert "3 à 100\u00a0€, soit 300\u00a0€" in text
    assert "coût et déplacements ensemble" in text


@pytest.mark.parametrize(
    ("policy", "said"),
    [("specialty-fcfs", "le premier arrivé, premier servi ne cherche pas"), ("open", "aucune borne")],
)
def test_a_run_without_a_bound_says_why(director: Client, run: PlanningRun, policy: str, said: str) -> None:
    PlanningRun.objects.filter(pk=run.pk).update(policy=policy, lower_bound=None)
    assert said in director.get(reverse("run", kwargs={"pk": run.pk})).context["unbounded"]


def test_the_page_of_a_run_under_way_is_followed_and_that_of_one_that_ended_is_not(
    director: Client, run: PlanningRun
) -> None:
    page = reverse("run", kwargs={"pk": run.pk})
    assert "js/run.js" not in director.get(page).content.decode()
    PlanningRun.objects.filter(pk=run.pk).update(state="running")
    text = director.get(page).content.decode()
    assert f'data-run="/api/v1/runs/{run.pk}/" data-state="running"' in text
    assert "js/run.js" in text
    assert "Semaine 48<" in text


def test_the_page_of_a_run_that_failed_says_the_error_and_no_word_of_ours(director: Client, run: PlanningRun) -> None:
    PlanningRun.objects.filter(pk=run.pk).update(state="failed", failure="unexpected: ValueError: no such slot")
    page = director.get(reverse("run", kwargs={"pk": run.pk}))
    assert page.context["failure"] == "Le planificateur a rencontré une erreur : ValueError: no such slot"


def test_a_run_is_repeated_with_its_own_parameters(
    director: Client, run: PlanningRun, woken: list[int], django_capture_on_commit_callbacks
) -> None:  # type: ignore[no-untyped-def]
    Site.objects.update(hospital_day_euros=310)

    with django_capture_on_commit_callbacks(execute=True):
        answer = director.post(reverse("run-repeat", kwargs={"pk": run.pk}))

    again = PlanningRun.objects.latest("pk")
    assert answer["Location"] == reverse("week", kwargs={"week": WEEK})
    assert (again.parameter_version, again.seed, again.policy) == (run.parameter_version, 7, "open")
    assert woken == [again.pk]


def test_a_week_with_a_run_under_way_is_not_asked_twice(
    director: Client, run: PlanningRun, hospital: Hospital, woken: list[int]
) -> None:
    request_run(monday=WEEK.monday, user=hospital.director, policy="open", now=NOW)

    answer = director.post(reverse("run-repeat", kwargs={"pk": run.pk}), follow=True)

    assert "déjà en cours" in str(next(iter(answer.context["messages"])))
    assert (PlanningRun.objects.count(), woken) == (2, [])


def test_a_run_from_before_the_versions_says_so(director: Client, run: PlanningRun) -> None:
    PlanningRun.objects.update(parameter_version=None)

    page = director.get(reverse("run", kwargs={"pk": run.pk})).content.decode()

    assert "avant que les paramètres aient des versions" in page


def test_the_version_page_lists_the_runs_made_with_it(director: Client, run: PlanningRun) -> None:
    page = director.get(reverse("settings-version", kwargs={"number": 1}))

    assert list(page.context["runs"]) == [run]


def test_a_viewer_repeats_no_run(viewer: Client, run: PlanningRun) -> None:
    assert viewer.post(reverse("run-repeat", kwargs={"pk": run.pk})).status_code == 403
