"""Programming policies: which slots an intervention may use, and the method that fills them.

A policy more is one entry more in ``POLICIES``: pages, API, commands and comparisons all read them there. The
article's Planning3 is ``open`` and its Planning1 ``specialty-fcfs``; its Planning2 is described as ``surgeon`` and made
as ``specialty`` (docs/comparison.md).
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


def gettext_noop(message: str) -> str:
    """Marks a text for the catalogue, as Django's function of that name; the interface translates it."""
    return message


@dataclass(frozen=True, slots=True)
class Policy:
    """``method`` is a method of ``solve``; ``owner`` says how far the week's slots stay reserved.

    ``name`` and ``summary`` are French, the language of the catalogue's identifiers.
    """

    id: str
    method: str
    owner: Owner
    name: str
    summary: str


POLICIES: dict[str, Policy] = {
    policy.id: policy
    for policy in (
        Policy(
            "open",
            "hungarian",
            Owner.NOBODY,
            gettext_noop("Ouverte"),
            gettext_noop("Toute plage accepte toute intervention que la salle permet."),
        ),
        Policy(
            "surgeon",
            "hungarian",
            Owner.SURGEON,
            gettext_noop("Plages par chirurgien"),
            gettext_noop("Une plage attribuée à un chirurgien n'accepte que ses interventions."),
        ),
        Policy(
            "specialty-fcfs",
            "first-come",
            Owner.SPECIALTY,
            gettext_noop("Plages par spécialité, premier arrivé"),
            gettext_noop("Plages réservées aux spécialités, remplies dans l'ordre d'arrivée des demandes."),
        ),
        Policy(
            "specialty",
            "hungarian",
            Owner.SPECIALTY,
            gettext_noop("Plages par spécialité"),
            gettext_noop("Plages réservées aux spécialités, remplies par le planificateur au moindre coût."),
        ),
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
