"""A proposal taken into the draft, in whole or line by line, as one step that can be undone."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter

from django.db import transaction

from planning.calendar import Week, minute_of
from planning.models import JournalEntry, Placement, Plan, User
from planning.selectors.loaded import LoadedWeek, load_week_problem
from planning.selectors.totals import total_in
from planning.selectors.warnings import slot_warnings
from planning.services.journal import append_entry
from planning.services.steps import claim_revision, record_step, snapshots
from planning.solver.problem import Intervention, Slot
from planning.solver.result import Violation, binding
from planning.solver.rules import Load, capacity_violations, load_of, slot_violations, timeline_violations


class UnableToTakeProposal(Exception):
    """The proposal is of another week, or it is no proposal."""


@dataclass(frozen=True, slots=True)
class Taken:
    """``refused`` says of each line that no longer fits which rule of today's draft forbids it."""

    revision: int
    taken: tuple[int, ...]
    refused: dict[str, Violation]
    loaded: LoadedWeek


@transaction.atomic
def take_proposal(
    *, plan_id: int, proposal_id: int, interventions: Collection[int] | None, revision: int, user: User, now: datetime
) -> Taken:
    """``interventions`` names the lines to take; None takes the whole proposal, with its policy and its bound.

    Raises ``Stale`` when the draft has changed since ``revision``, ``UnableToTakeProposal``.
    """
    # First, for it locks the draft's row until the end of the transaction.
    next_revision = claim_revision(plan_id=plan_id, revision=revision)
    draft = Plan.objects.select_related("base").get(pk=plan_id)
    proposal = Plan.objects.filter(pk=proposal_id, monday=draft.monday).exclude(pk=plan_id).first()
    if proposal is None:
        raise UnableToTakeProposal
    whole = interventions is None or not draft.placements.exists()
    loaded = load_week_problem(Week(draft.monday), draft, proposal.policy if whole else None)
    merge = _Merge(loaded, proposal)
    lines = merge.lines() if interventions is None else merge.lines() & {str(one) for one in interventions}
    refused = merge.settle(lines)
    taken = sorted(lines - refused.keys(), key=int)
    if not whole and not taken:
        return Taken(next_revision, (), refused, loaded)  # nothing changed: nothing to undo
    before = snapshots(plan_id, taken)
    _write(draft, merge, taken)
    adopted = _adopted(proposal, whole)
    left = {name: getattr(draft, name) for name in adopted}
    Plan.objects.filter(pk=plan_id).update(**adopted)
    facts = {"number": proposal.number, "lines": len(taken)}
    after = snapshots(plan_id, taken)
    record_step(
        plan_id=plan_id, revision=next_revision, action=JournalEntry.Action.TAKE, user=user, now=now,
        facts={**facts, "plan": {"before": left, "after": adopted}},
        before=before, after=after,
    )  # fmt: skip
    append_entry(
        plan=draft, user=user, action=JournalEntry.Action.TAKE, now=now, cost_delta=merge.cost_delta(),
        after={
            **facts, "refused": len(refused), "placements": after, "revision": next_revision,
            "total_cost": total_in(loaded, merge.assignments),
        },
    )  # fmt: skip
    return Taken(next_revision, tuple(int(key) for key in taken), refused, loaded)


def _write(draft: Plan, merge: _Merge, taken: list[str]) -> None:
    Placement.objects.filter(plan=draft, intervention__in=[int(key) for key in taken]).delete()
    rows = [merge.proposed[key] for key in taken if key in merge.proposed]
    for row in rows:
        row.pk, row.plan = None, draft
        row._state.adding = True
        row.minutes = merge.loaded.problem.intervention_by_id[str(row.intervention_id)].duration
    Placement.objects.bulk_create(rows)


def _adopted(proposal: Plan, whole: bool) -> dict[str, object]:
    """The proposal becomes what the draft is compared with; taken whole, its policy and its figures come along."""
    if not whole:
        return {"base_id": proposal.pk}
    return {
        "base_id": proposal.pk,
        "policy": proposal.policy,
        "parameters": proposal.parameters,
        "lower_bound": proposal.lower_bound,
    }


@dataclass
class _Merge:
    """The draft as it would be with some lines of the proposal. Keys are intervention ids, as in ``LoadedWeek``."""

    loaded: LoadedWeek
    proposal: Plan
    proposed: dict[str, Placement] = field(init=False)
    assignments: dict[str, str] = field(init=False)
    starts: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        rows = Placement.objects.filter(plan=self.proposal).select_related("slot")
        self.proposed = {str(row.intervention_id): row for row in rows}
        self.assignments, self.starts = dict(self.loaded.assignments), dict(self.loaded.starts)

    def lines(self) -> set[str]:
        """What differs: another slot, another start, or in one of the two only."""
        before = {key: (str(row.slot), row.starts_at) for key, row in self.loaded.placements.items()}
        after = {key: (str(row.slot_id), row.starts_at) for key, row in self.proposed.items()}
        return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}

    def settle(self, lines: set[str]) -> dict[str, Violation]:
        """Applies all the lines, then takes back those that break a rule until none does; says why for each.

        All at once, because lines depend on each other: two interventions may have changed places.
        """
        refused = {key: found for key in sorted(lines, key=int) if (found := self._impossible(key)) is not None}
        kept = lines - refused.keys()
        for key in kept:
            self._apply(key)
        while (worst := next(self._broken(kept), None)) is not None:
            refused[worst.intervention] = worst
            kept.remove(worst.intervention)
            self._take_back(worst.intervention)
        return refused

    def cost_delta(self) -> float:
        return total_in(self.loaded, self.assignments) - total_in(self.loaded)

    def _apply(self, key: str) -> None:
        row = self.proposed.get(key)
        self.assignments.pop(key, None)
        self.starts.pop(key, None)
        if row is not None:
            self.assignments[key] = str(row.slot_id)
            self.starts[key] = minute_of(row.starts_at, row.slot.date)

    def _take_back(self, key: str) -> None:
        self.assignments.pop(key, None)
        self.starts.pop(key, None)
        if key in self.loaded.assignments:
            self.assignments[key], self.starts[key] = self.loaded.assignments[key], self.loaded.starts[key]

    def _impossible(self, key: str) -> Violation | None:
        """What no other line could mend: pinned since, gone since, or against a rule of its slot."""
        placement, row, problem = self.loaded.placements.get(key), self.proposed.get(key), self.loaded.problem
        if placement is not None and placement.pinned_by is not None:
            return Violation("pinned_since", key, "was pinned by a person", facts={"by": placement.pinned_name})
        if row is None:
            return None
        item, slot = problem.intervention_by_id.get(key), problem.slot_by_id.get(str(row.slot_id))
        if item is None:
            return Violation("not_to_plan", key, "is not to be planned this week any more")
        if slot is None:
            return Violation("slot_gone", key, "its slot is not there any more", str(row.slot_id))
        if row.forced:
            return None  # a person gave their reason for it
        found = (*slot_violations(problem, item, slot), *slot_warnings(self.loaded, key, slot.id))
        return next((one for one in found if not one.soft), None)

    def _broken(self, kept: set[str]) -> Iterator[Violation]:
        """What the lines break of the capacities and the hours; who can wait longest goes first."""
        problem = self.loaded.problem
        load = load_of(problem, self.assignments)
        judged = {key for key in kept if key in self.proposed and not self.proposed[key].forced}
        for item in sorted(problem.interventions, key=attrgetter("deadline_day"), reverse=True):
            if item.id in judged:
                yield from _without(load, item, self)
        for violation in reversed(binding(timeline_violations(problem, self.assignments, self.starts))):
            other = str(violation.facts.get("other"))
            if violation.intervention in judged:
                yield violation
            elif other in judged:
                # The line is not what breaks the rule, but what makes another break it: say which one.
                facts = {**violation.facts, "hinders": violation.intervention}
                yield Violation(violation.rule, other, violation.message, violation.slot, facts)


def _without(load: Load, item: Intervention, merge: _Merge) -> tuple[Violation, ...]:
    """What one intervention breaks on top of all the others."""
    problem = merge.loaded.problem
    slot: Slot = problem.slot_by_id[merge.assignments[item.id]]
    minutes = problem.room_minutes(item)
    load.count[slot.id] -= 1
    load.minutes[slot.id] -= minutes
    load.surgeon_minutes[item.surgeon, slot.day] -= item.duration
    found = tuple(one for one in capacity_violations(problem, load, item, slot) if not one.soft)
    load.add(problem, item, slot)
    return found
