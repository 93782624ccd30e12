"""Each save of the parameters is a version that nothing changes; plans and runs are made with theirs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from planning.models import JournalEntry, ParameterVersion, Plan, PlanningRun, Site
from planning.selectors.loaded import load_week_problem
from planning.selectors.parameters import differences, site_in_force, values_of
from planning.services.parameters import ParametersChanged, save_parameters, version_in_force
from planning.services.proposing import work_on_run
from planning.services.runs import repeat_run, request_run
from planning.solver.costs import cell_cost
from planning.solver.levels import Level
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention
from tests.factories.plans import make_plan

pytestmark = pytest.mark.django_db


def save(hospital: Hospital, *, seen: int | None = None, reason: str = "Tarif", **changes: Any) -> ParameterVersion:
    site = site_in_force()
    for name, value in changes.items():
        setattr(site, name, value)
    shown = site.version if seen is None else seen
    version = save_parameters(site=site, seen=shown, reason=reason, user=hospital.director, now=NOW)
    assert version is not None
    return version


def solve_now(run: PlanningRun) -> PlanningRun:
    work_on_run(run_id=run.pk, worker=f"w{run.pk}", clock=lambda: NOW, silent_seconds=None)
    return PlanningRun.objects.select_related("plan").get(pk=run.pk)


def test_the_first_save_keeps_what_was_there_as_version_1(hospital: Hospital) -> None:
    version = save(hospital, hospital_day_euros=310)

    first, second = ParameterVersion.objects.order_by("number")
    assert (first.number, first.created_by, first.values["hospital_day_euros"]) == (1, None, 300)
    assert (second.number, second.created_by, second.reason) == (2, hospital.director, "Tarif")
    assert second == version
    assert second.values["hospital_day_euros"] == 310
    site = Site.objects.get()
    assert (site.version, site.hospital_day_euros) == (2, 310)


def test_a_version_older_than_a_parameter_stays_in_force_while_the_parameter_is_at_its_default(
    hospital: Hospital,
) -> None:
    values = values_of(site_in_force())
    values.pop("ambulatory_closes_minute")
    older = ParameterVersion.objects.create(number=1, values=values, created_at=NOW)
    Site.objects.update(version=1)

    assert version_in_force(now=NOW) == older
    Site.objects.update(ambulatory_closes_minute=1080)
    assert version_in_force(now=NOW).number == 2


def test_day_patients_leave_by_the_hour_the_site_closes_its_day_unit(hospital: Hospital) -> None:
    save(hospital, ambulatory_closes_minute=1050)

    assert load_week_problem(WEEK, None).problem.ambulatory_closing == 1050
    [change] = differences({"ambulatory_closes_minute": 1140}, {"ambulatory_closes_minute": 1050}, {})
    assert str(change) == "fermeture de l'ambulatoire 19:00 → 17:30"


def test_saving_the_same_makes_no_version(hospital: Hospital) -> None:
    save(hospital, hospital_day_euros=310)

    assert save_parameters(site=site_in_force(), seen=2, reason="Rien", user=hospital.director, now=NOW) is None
    assert ParameterVersion.objects.count() == 2


def test_a_save_over_someone_elses_is_refused(hospital: Hospital) -> None:
    save(hospital, hospital_day_euros=310)

    with pytest.raises(ParametersChanged):
        save(hospital, seen=1, hospital_day_euros=320)
    assert Site.objects.get().hospital_day_euros == 310


def test_a_version_never_changes(hospital: Hospital) -> None:
    save(hospital, hospital_day_euros=310)

    with pytest.raises(IntegrityError), transaction.atomic():
        ParameterVersion.objects.update(number=F("number") + 10)


def test_a_site_written_otherwise_gets_a_version_of_its_own(hospital: Hospital) -> None:
    assert version_in_force(now=NOW).number == 1
    Site.objects.update(turnover_minutes=35)

    version = version_in_force(now=NOW)

    assert (version.number, version.values["turnover_minutes"], version.created_by) == (2, 35, None)
    assert version_in_force(now=NOW) == version


def test_the_journal_says_what_changed_and_the_open_drafts_learn_of_it(hospital: Hospital) -> None:
    draft = make_plan()

    save(hospital, hospital_day_euros=310, specialty_turnover_minutes={str(hospital.ent.pk): 10})

    entry = JournalEntry.objects.get(action="settings")
    assert entry.before is not None
    assert entry.after is not None
    assert (entry.user, entry.reason, entry.before["hospital_day_euros"]) == (hospital.director, "Tarif", 300)
    assert set(entry.after) == {"of", "hospital_day_euros", "specialty_turnover_minutes", "codes"}
    draft.refresh_from_db()
    assert draft.revision == 1


def test_differences_are_said_one_a_cell(hospital: Hospital) -> None:
    before = values_of(site_in_force())
    after = before | {
        "weekday_overtime_euros": [None, None, None, None, None, 300, None],
        "specialty_turnover_minutes": {str(hospital.ent.pk): 10},
        "rule_levels": {"deadline": "soft"},
        "rule_costs": {"deadline": 150},
        "most_positions": 6,
        "tie_rule": "fill",
        "late_from_minute": 1260,
    }

    said = {str(one) for one in differences(before, after, {str(hospital.ent.pk): "ORL"})}

    assert {text.replace("\u00a0", " ") for text in said} == {
        "heure supplémentaire du samedi – → 300 €",
        "remise en état en ORL – → 10 min",
        "règle « Date limite » Stricte → Souple",
        "coût de la règle « Date limite » 0 € → 150 €",
        "interventions au plus par plage – → 6",
        "à coût égal Équilibrer les salles → Remplir les salles dans l'ordre",
        "soirée à partir de 20:00 → 21:00",
    }


# --- What they do ------------------------------------------------------------------------------------------------


def test_overtime_costs_by_weekday_and_more_in_the_evening(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], 60)
    Site.objects.update(
        weekday_overtime_euros=[None, 250, None, None, None, None, None],
        late_overtime_euros=[400, None, None, None, None, None, None],
        late_from_minute=1140,
    )

    problem = load_week_problem(WEEK, None).problem
    late = {slot.day: slot for slot in problem.slots if slot.kind == "overtime"}
    asked = problem.intervention_by_id[str(item.pk)]

    prices = [cell_cost(problem, asked, late[day]) - 300 * day for day in range(3)]
    # Monday 18:00 to 20:00: an hour at 200 and one at 400; Tuesday has its own price; Wednesday the general one.
    assert prices == [300.0, 250.0, 200.0]


def test_leaving_out_costs_by_priority(hospital: Hospital) -> None:
    later = {"deadline_date": WEEK.monday + timedelta(days=20)}
    rows = {
        (priority, within): make_intervention(hospital.surgeons[0], priority=priority, **({} if within else later))
        for priority in ("elective", "expedited", "urgent")
        for within in (True, False)
    }

    found = load_week_problem(WEEK, None).problem.intervention_by_id

    costs = {key: found[str(row.pk)].unplanned_cost for key, row in rows.items()}
    assert costs == {
        ("elective", True): 3000, ("elective", False): 600, ("expedited", True): 4500, ("expedited", False): 1200,
        ("urgent", True): 6000, ("urgent", False): 3000,
    }  # fmt: skip


def test_cleaning_by_specialty_ceilings_and_levels_reach_the_planner(hospital: Hospital) -> None:
    ours, theirs = make_intervention(hospital.surgeons[0]), make_intervention(hospital.surgeons[2])
    Site.objects.update(
        turnover_minutes=20, specialty_turnover_minutes={str(hospital.ent.pk): 5}, most_positions=3,
        longest_overtime_minutes=45, most_surgeon_minutes=300, rule_levels={"deadline": "soft"},
        rule_costs={"deadline": 150},
    )  # fmt: skip

    problem = load_week_problem(WEEK, None).problem

    items = problem.intervention_by_id
    assert (problem.turnover_of(items[str(ours.pk)]), problem.turnover_of(items[str(theirs.pk)])) == (20, 5)
    assert {slot.positions for slot in problem.slots} == {3}
    assert {slot.max_duration for slot in problem.slots if slot.kind == "overtime"} == {45}
    assert {slot.max_duration for slot in problem.slots if slot.kind == "regular"} == {600}
    assert {max(one.daily_minutes) for one in problem.surgeons} == {300}
    assert (problem.rules.level("deadline"), problem.rules.cost("deadline")) == (Level.SOFT, 150)


# --- Runs --------------------------------------------------------------------------------------------------------


def test_a_run_keeps_the_parameters_it_was_asked_with(hospital: Hospital) -> None:
    make_intervention(hospital.surgeons[0], 60, admission_date=WEEK.monday - timedelta(days=3))
    run = request_run(monday=WEEK.monday, user=hospital.director, policy="open", now=NOW)
    save(hospital, hospital_day_euros=1000)

    done = solve_now(run)

    assert done.plan is not None
    assert (run.parameter_version and run.parameter_version.number) == 1
    assert (done.plan.parameters["version"], done.plan.parameters["hospital_day_euros"]) == (1, 300)
    assert done.best_cost == 600  # two days waited, at 300


def test_a_run_is_repeated_years_later_with_the_parameters_of_then(hospital: Hospital) -> None:
    make_intervention(hospital.surgeons[0], 60, admission_date=WEEK.monday - timedelta(days=3))
    first = solve_now(request_run(monday=WEEK.monday, user=hospital.director, policy="open", now=NOW, seed=7))
    save(hospital, hospital_day_euros=1000)

    again = solve_now(repeat_run(run=first, user=hospital.director, now=NOW))
    fresh = solve_now(request_run(monday=WEEK.monday, user=hospital.director, policy="open", now=NOW))

    assert (again.seed, again.parameter_version) == (7, first.parameter_version)
    assert (first.best_cost, again.best_cost, fresh.best_cost) == (600, 600, 2000)
    assert Plan.objects.filter(status="proposed").count() == 3
