"""One click on a place that others hold: they leave it, nobody is in two places, and it can be undone at once."""

from __future__ import annotations

import pytest

from planning.calendar import Week
from planning.models import Intervention, JournalEntry, Placement, Plan, Site
from planning.selectors.evaluation import UnknownIntervention
from planning.selectors.warnings import warnings_by_intervention
from planning.services.making_room import UnableToMakeRoom, make_room
from planning.services.placements import Change, undo_step
from planning.services.steps import Stale
from planning.services.translate import load_week_problem
from planning.solver.rules import timeline_violations
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention
from tests.factories.plans import make_plan, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(hospital: Hospital) -> Plan:
    return make_plan()


def act(
    hospital: Hospital, plan: Plan, item: Intervention, *, room: int = 0, day: int = 0, revision: int = 0
) -> Change:
    slot = hospital.rooms[room].slots.filter(date=WEEK.days[day]).order_by("starts_at")[0]
    return make_room(plan=plan, intervention=item.pk, slot=slot.pk, revision=revision, user=hospital.director, now=NOW)


def where(plan: Plan) -> dict[str, tuple[str, int, int]]:
    loaded = load_week_problem(Week(plan.monday), Plan.objects.get(pk=plan.pk))
    return {
        loaded.interventions[key].code: (
            loaded.rooms[loaded.problem.slot_by_id[slot].room].code,
            loaded.problem.slot_by_id[slot].day,
            loaded.starts[key],
        )
        for key, slot in loaded.assignments.items()
    }


def broken(plan: Plan) -> dict[str, object]:
    loaded = load_week_problem(Week(plan.monday), Plan.objects.get(pk=plan.pk))
    return dict(warnings_by_intervention(loaded, loaded.assignments, loaded.starts))


def test_the_one_in_the_way_goes_to_its_next_best_slot_and_stays_free_to_move(hospital: Hospital, plan: Plan) -> None:
    long, item = make_intervention(hospital.surgeons[2], 470), make_intervention(hospital.surgeons[2], 60)
    place(plan, long, hospital)
    place(plan, item, hospital, day=1, start=500)
    done = act(hospital, plan, item)
    assert where(plan) == {item.code: ("SO1", 0, 480), long.code: ("SO1", 1, 480)}
    assert (done.action, done.delta, done.facts["shifted"]) == ("move", 0, [long.code])
    assert Placement.objects.get(intervention=item).pinned_by == hospital.director
    assert Placement.objects.get(intervention=long).pinned_by is None
    assert JournalEntry.objects.get().intervention == item


def test_one_step_takes_it_all_back(hospital: Hospital, plan: Plan) -> None:
    long, item = make_intervention(hospital.surgeons[2], 470), make_intervention(hospital.surgeons[2], 60)
    place(plan, long, hospital)
    before = where(plan)
    act(hospital, plan, item)
    assert where(plan) != before
    plan.refresh_from_db()
    undo_step(plan=plan, revision=1, user=hospital.director, now=NOW)
    assert where(plan) == before


def test_those_that_stay_are_drawn_together_when_the_gaps_are_too_short(hospital: Hospital, plan: Plan) -> None:
    first, second = make_intervention(hospital.surgeons[0], 100), make_intervention(hospital.surgeons[1], 100)
    leaves = make_intervention(hospital.surgeons[2], 200, deadline_date=WEEK.days[4])
    item = make_intervention(hospital.surgeons[2], 390, deadline_date=WEEK.days[0])
    place(plan, first, hospital, start=500)
    place(plan, leaves, hospital, start=640)
    place(plan, second, hospital, start=900)
    act(hospital, plan, item)
    places = where(plan)
    assert places[item.code][:2] == ("SO1", 0)
    assert places[leaves.code][:2] == ("SO1", 1)
    assert broken(plan) == {}


def test_who_finds_no_other_place_goes_back_to_the_list(hospital: Hospital, plan: Plan) -> None:
    monday = {"deadline_date": WEEK.days[0]}
    short = make_intervention(hospital.surgeons[2], 130, **monday)
    item = make_intervention(hospital.surgeons[2], 470, **monday)
    place(plan, short, hospital)
    done = act(hospital, plan, item)
    assert where(plan) == {item.code: ("SO1", 0, 480)}
    assert done.delta == 0
    assert broken(plan) == {}


def test_a_place_that_pins_hold_or_that_a_rule_closes_is_refused(hospital: Hospital, plan: Plan) -> None:
    pinned, item = make_intervention(hospital.surgeons[1], 470), make_intervention(hospital.surgeons[2], 300)
    place(plan, pinned, hospital, pinned_by=hospital.director)
    for room in (0, 1):
        with pytest.raises(UnableToMakeRoom):
            act(hospital, plan, item, room=room)
    plan.refresh_from_db()
    assert plan.revision == 0
    assert where(plan) == {pinned.code: ("SO1", 0, 480)}


def test_someone_faster_or_an_unknown_intervention_stops_it(hospital: Hospital, plan: Plan) -> None:
    item = make_intervention(hospital.surgeons[2], 60)
    with pytest.raises(Stale):
        act(hospital, plan, item, revision=7)
    item.pk = 999999
    with pytest.raises(UnknownIntervention):
        act(hospital, plan, item)


def test_a_soft_rule_does_not_forbid_a_place(hospital: Hospital, plan: Plan) -> None:
    """A day patient late in the day leaves the recovery room late: said as a warning, not refused."""
    item = make_intervention(hospital.surgeons[2], 90, ambulatory=True, recovery_minutes=90)
    late = hospital.rooms[0].slots.filter(date=WEEK.days[0]).order_by("starts_at")[1]
    make_room(plan=plan, intervention=item.pk, slot=late.pk, revision=0, user=hospital.director, now=NOW)
    assert where(plan) == {item.code: ("SO1", 0, 1080)}
    loaded = load_week_problem(Week(plan.monday), Plan.objects.get(pk=plan.pk))
    met = timeline_violations(loaded.problem, loaded.assignments, loaded.starts)
    assert [(one.rule, one.soft) for one in met] == [("ambulatory_late", True)]


def test_those_drawn_together_keep_their_own_cleaning(hospital: Hospital, plan: Plan) -> None:
    Site.objects.update(turnover_minutes=5, specialty_turnover_minutes={str(hospital.ent.pk): 40})
    monday = {"deadline_date": WEEK.days[0]}
    stays, item = make_intervention(hospital.surgeons[0], 100), make_intervention(hospital.surgeons[2], 200, **monday)
    leaves = make_intervention(hospital.surgeons[2], 300, deadline_date=WEEK.days[4])
    place(plan, stays, hospital, start=480)
    place(plan, leaves, hospital, start=585)

    act(hospital, plan, item)

    assert where(plan)[item.code] == ("SO1", 0, 585)
    assert where(plan)[leaves.code][1] == 1
    assert broken(plan) == {}
