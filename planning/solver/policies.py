"""Programming policies: which slots an intervention may use, and the method that fills them.

The paper compares the first three (its Planning3, Planning2 and Planning1); a policy more is one entry more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from planning.solver.problem import Slot, WeekProblem


class Owner(StrEnum):
    """Whose slots they are under a policy."""

    NOBODY = "nobody"
    SURGEON = "surgeon"
    SPECIALTY = "specialty"


@dataclass(frozen=True, slots=True)
class Policy:
    """``method`` is a method of ``solve``; ``owner`` says how far the week's slots stay reserved."""

    id: str
    method: str
    owner: Owner


POLICIES: dict[str, Policy] = {
    policy.id: policy
    for policy in (
        Policy("open", "hungarian", Owner.NOBODY),
        Policy("surgeon", "hungarian", Owner.SURGEON),
        Policy("specialty-fcfs", "first-come", Owner.SPECIALTY),
        Policy("specialty", "hungarian", Owner.SPECIALTY),
    )
}


def apply(policy: Policy, problem: WeekProblem) -> WeekProblem:
    """The week as the policy sees it: the same interventions and pins, its slots owned as the policy says."""
    reserve = _RESERVE[policy.owner]
    return replace(problem, slots=tuple(reserve(problem, slot) for slot in problem.slots))


def _for_nobody(problem: WeekProblem, slot: Slot) -> Slot:
    """Open scheduling: every slot takes everyone that its room can take."""
    return replace(slot, specialty=None, surgeon=None)


def _for_surgeons(problem: WeekProblem, slot: Slot) -> Slot:
    """A surgeon's slot is theirs alone; the others stay with their specialty, or open."""
    return slot


def _for_specialties(problem: WeekProblem, slot: Slot) -> Slot:
    """A surgeon's slot serves their whole specialty."""
    if slot.surgeon is None:
        return slot
    return replace(slot, surgeon=None, specialty=slot.specialty or problem.surgeon_by_id[slot.surgeon].specialty)


_RESERVE: dict[Owner, Callable[[WeekProblem, Slot], Slot]] = {
    Owner.NOBODY: _for_nobody,
    Owner.SURGEON: _for_surgeons,
    Owner.SPECIALTY: _for_specialties,
}
