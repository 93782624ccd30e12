"""Whom an event concerns: open accounts, by what their role may do."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from planning.access import TABLE, May, Role
from planning.models import Intervention, User
from planning.selectors.accounts import NEVER_OPENED


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


def _holders(may: May) -> QuerySet[User]:
    roles = [role for role, rights in TABLE.items() if may in rights and role != Role.ADMINISTRATOR]
    return people().filter(role__in=roles)
