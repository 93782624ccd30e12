"""Whom an event concerns: open accounts, by what their role may do."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from planning.access import TABLE, May, Role
from planning.models import Intervention, Placement, Plan, SignOff, User
from planning.selectors.accounts import NEVER_OPENED
from planning.selectors.sign_offs import Standing, may_sign


def people() -> QuerySet[User]:
    """Everyone who can come in and has: an invitation that waits is told nothing."""
    return User.objects.filter(is_active=True).exclude(NEVER_OPENED)


def deciders() -> QuerySet[User]:
    """The bloc's director and planners. The administrators may decide too, but it is not what they are there for."""
    return _holders(May.DECIDE)


def readers_of_the_week() -> QuerySet[User]:
    """Who reads the whole programme: everyone but the surgeons, who read their own, and the administrators."""
    return _holders(May.SEE_WEEK).exclude(role=Role.SURGEON)


def accounts_of(interventions: Iterable[Intervention]) -> dict[int, User]:
    """By surgeon, of those who operate and have one; one query however many."""
    wanted = {row.surgeon_id for row in interventions}
    return {user.surgeon.pk: user for user in people().filter(surgeon__in=wanted).select_related("surgeon")}


def signers_of(awaited: Iterable[Standing], plan: Plan) -> list[User]:
    """Who may give one of the sign-offs ``awaited``; of those that any surgeon may give, who operates in ``plan``.

    The organiser's is given by the approval: nobody is asked for it.
    """
    asked = [one for one in awaited if one.kind != SignOff.Kind.ORGANISER]
    operating = set(Placement.objects.filter(plan=plan).values_list("intervention__surgeon__user", flat=True))
    return [
        user
        for user in people().filter(role__in=(Role.SURGEON, Role.ANAESTHETIST))
        if (user.role == Role.ANAESTHETIST or user.pk in operating) and any(may_sign(user, one) for one in asked)
    ]


def _holders(may: May) -> QuerySet[User]:
    roles = [role for role, rights in TABLE.items() if may in rights and role != Role.ADMINISTRATOR]
    return people().filter(role__in=roles)
