"""Why an intervention is where it is, or nowhere: its cost, the next best places, who is in the way, what would help.

A difference is that of the week's total (1) with the intervention in another slot and with it where it is. ``explain``
answers at once: nobody moves but those who must make room. ``rearrange`` then solves the week again for each figure,
that one cell fixed and everything else free, so that the difference is the honest one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from planning.solver.costs import cell_cost
from planning.solver.displacing import held, plans_with
from planning.solver.explanation import (
    Alternative,
    Barred,
    Basis,
    Explanation,
    Figures,
    moves_between,
    own_figures,
    plan_with,
    week_figures,
)
from planning.solver.problem import Intervention, WeekProblem
from planning.solver.reasons import reasons_against
from planning.solver.relaxing import changes_towards, missing_minutes, relaxed
from planning.solver.result import Status, Violation
from planning.solver.rules import load_of
from planning.solver.solve import Method, solve
from planning.solver.stopping import Stop

# Rounds of search before the proof: the plan we start from is nearly the answer.
ROUNDS = 10
# How long one figure may take, and how many places are tried.
LONGEST_SECONDS = 3.0
MOST_TRIED = 10

# Rules that close whole days, and those that are told before the others: no smaller thing would help against them.
DAY_RULES = ("surgeon_absent", "specialty_closed", "hospitalised", "deadline")
_FIRST_TOLD = (*DAY_RULES, "equipment", "slot_specialty", "slot_surgeon")

Tick = Callable[[int, int], None]


def explain(problem: WeekProblem, assignments: Mapping[str, str], intervention: str) -> Explanation:
    """At once, moving only who must make room: an upper bound of each honest difference."""
    item, now = problem.intervention_by_id[intervention], assignments.get(intervention)
    own = own_figures(problem, item, None if now is None else problem.slot_by_id[now])
    base = week_figures(problem, assignments)
    plans = plans_with(held(problem, assignments, intervention), assignments, intervention)
    found = [
        _alternative(base, slot, week_figures(problem, plan), assignments, plan, intervention, Basis.ALONE)
        for slot, plan in plans.items()
        if slot != now
    ]
    places = {*plans, *([now] if now is not None else [])}
    return Explanation(
        intervention=intervention,
        slot=now,
        own=own,
        total=base,
        least=min((cell_cost(problem, item, problem.slot_by_id[slot]) for slot in places), default=None),
        alternatives=_ranked(problem, found),
        changes=changes_towards(problem, assignments, item, below=own.cost),
        barred=_barred(problem, assignments, item),
    )


def rearrange(
    problem: WeekProblem,
    assignments: Mapping[str, str],
    first: Explanation,
    *,
    method: Method,
    stop: Stop,
    tick: Tick = lambda _done, _of: None,
) -> Explanation:
    """The honest differences of the most promising places and changes of ``first``, which ``explain`` answered.

    ``method`` is the policy's: a week filled in the order of arrival is filled so again. ``stop`` is for all figures
    together; those it leaves no time for keep out of the answer.
    """
    week = held(problem, assignments, first.intervention)
    tries = [*shortlist(problem, first), *first.changes]
    solver = _Again(week, assignments, first, method, stop, figures_left=len(tries) + 1)
    base = solver.base()
    tick(1, len(tries) + 1)
    found: list[Alternative] = []
    for index, one in enumerate(tries):
        if stop.reached():
            break
        found.append(solver.forced(one, base))
        tick(index + 2, len(tries) + 1)
    return replace(
        first,
        alternatives=_ranked(problem, [one for one in found if not one.against]),
        changes=tuple(sorted((one for one in found if one.against), key=lambda one: one.difference.cost)),
    )


def shortlist(problem: WeekProblem, first: Explanation) -> list[Alternative]:
    """The best place of each day, the place it would rather have itself, then the others, ``MOST_TRIED`` in all."""
    item = problem.intervention_by_id[first.intervention]
    chosen: dict[str, Alternative] = {}
    days: set[int] = set()
    for one in first.alternatives:
        day = problem.slot_by_id[one.slot].day
        if day not in days:
            days.add(day)
            chosen[one.slot] = one
    wanted = wish(problem, first)
    if wanted is not None:
        chosen[wanted.slot] = wanted
    for one in first.alternatives:
        chosen.setdefault(one.slot, one)
    return sorted(
        list(chosen.values())[:MOST_TRIED], key=lambda one: cell_cost(problem, item, problem.slot_by_id[one.slot])
    )


def wish(problem: WeekProblem, explanation: Explanation) -> Alternative | None:
    """The place that would cost the intervention itself less and that others hold: whom it gave way to."""
    item = problem.intervention_by_id[explanation.intervention]
    for one in explanation.alternatives:
        if one.moved and cell_cost(problem, item, problem.slot_by_id[one.slot]) < explanation.own.cost:
            return one
    return None


@dataclass(frozen=True, slots=True)
class _Solved:
    plan: Mapping[str, str]
    figures: Figures
    proven: bool


@dataclass(slots=True)
class _Again:
    """Solves the week with one cell fixed, from the plan as it is; ``week`` comes from ``held``."""

    week: WeekProblem
    assignments: Mapping[str, str]
    first: Explanation
    method: Method
    stop: Stop
    figures_left: int

    def base(self) -> _Solved:
        """With the intervention where it is, or left out: at most what the plan costs."""
        return self._solve(self.week, self.first.slot, [self.assignments], self.assignments)

    def forced(self, one: Alternative, base: _Solved) -> Alternative:
        week, more = self.week, Figures(0, 0, 0, 0.0)
        item = week.intervention_by_id[self.first.intervention]
        if one.against:
            rest = {key: slot for key, slot in self.assignments.items() if key != item.id}
            given = relaxed(week, item, one.slot, one.against, load_of(week, rest))
            if given is not None:
                week, more = given
        known = plan_with(self.assignments, item.id, one)
        solved = self._solve(week, one.slot, [known], base.plan)
        basis = Basis.PROVEN if solved.proven and base.proven else Basis.KNOWN
        return _alternative(
            base.figures, one.slot, solved.figures + more, base.plan, solved.plan, item.id, basis, one.against
        )

    def _solve(
        self, week: WeekProblem, slot: str | None, known: list[Mapping[str, str]], reference: Mapping[str, str]
    ) -> _Solved:
        """The cheapest of the plans ``known`` and the one found; of equals the known one, which moves the fewest."""
        intervention = self.first.intervention
        fixed = _fixed(week, intervention, slot)
        seconds = min(LONGEST_SECONDS, max(0.05, 2 * self.stop.remaining / max(1, self.figures_left)))
        self.figures_left -= 1
        result = solve(
            fixed,
            method="first-come" if self.method == "first-come" else "exact",
            stop=Stop(seconds, self.stop.cancelled, self.stop.clock, rounds=ROUNDS),
            reference={**reference, intervention: slot} if slot is not None else reference,
        )
        plans = [result.assignments]
        if self.method != "first-come":
            plans = [*known, result.assignments]
        figures = [week_figures(week, plan) for plan in plans]
        best = min(range(len(plans)), key=lambda index: round(figures[index].cost, 2))
        return _Solved(plans[best], figures[best], result.status is Status.OPTIMAL)


def _fixed(week: WeekProblem, intervention: str, slot: str | None) -> WeekProblem:
    """With the intervention pinned to the slot; without it when it is to be left out."""
    items: Iterator[Intervention] = (item for item in week.interventions if item.id != intervention)
    if slot is not None:
        items = (replace(item, pinned=slot) if item.id == intervention else item for item in week.interventions)
    return replace(week, interventions=tuple(items))


def _alternative(
    base: Figures,
    slot: str,
    forced: Figures,
    before: Mapping[str, str],
    after: Mapping[str, str],
    intervention: str,
    basis: Basis,
    against: tuple[Violation, ...] = (),
) -> Alternative:
    moved = moves_between(before, after, but=intervention)
    return Alternative(slot, against, forced - base, base.cost, forced.cost, moved, basis)


def _ranked(problem: WeekProblem, found: list[Alternative]) -> tuple[Alternative, ...]:
    """Cheapest first; among equals the fewest others moved, then the earliest."""

    def rank(one: Alternative) -> tuple[float, int, int, int]:
        slot = problem.slot_by_id[one.slot]
        return round(one.difference.cost, 2), len(one.moved), slot.day, slot.start

    return tuple(sorted(found, key=rank))


def _barred(problem: WeekProblem, assignments: Mapping[str, str], item: Intervention) -> tuple[Barred, ...]:
    """Each slot that it cannot have as the others stand, under the rule that is told first; the largest group first."""
    load = load_of(problem, {key: slot for key, slot in assignments.items() if key != item.id})
    groups: dict[str, list[Violation]] = {}
    for slot in problem.slots:
        against = reasons_against(problem, load, item, slot)
        if against and slot.id != assignments.get(item.id):
            told = min(against, key=_order)
            groups.setdefault(told.rule, []).append(told)
    found = [
        Barred(min(group, key=missing_minutes), tuple(str(one.slot) for one in group)) for group in groups.values()
    ]
    return tuple(sorted(found, key=lambda one: -len(one.slots)))


def _order(violation: Violation) -> int:
    return _FIRST_TOLD.index(violation.rule) if violation.rule in _FIRST_TOLD else len(_FIRST_TOLD)
