"""The notices of one person."""

from __future__ import annotations

from django.db.models import Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from planning.access import May, Role, allowed
from planning.models import Notice, User

Group = Notice.Group
# Whom each group is for; the programme and its gaps are not the administrators' business.
_FOR = {Group.PROGRAMME: May.SEE_WEEK, Group.REQUESTS: May.SUBMIT, Group.SIGNS: May.SIGN, Group.DUTIES: May.DECIDE}
_NOT_ADMINISTRATORS = (Group.PROGRAMME, Group.DUTIES)


def unread_of_account() -> Coalesce:
    """To annotate accounts with: how many notices wait to be read. With the account, so that no page asks for more."""
    unread = Notice.objects.filter(user=OuterRef("pk"), read_at=None).order_by()
    counted = unread.values("user").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), Value(0))


def notices_of(user: User, *, unread: bool = False, group: str = "") -> QuerySet[Notice]:
    rows = Notice.objects.filter(user=user)
    if unread:
        rows = rows.filter(read_at=None)
    if group in Group.values:
        rows = rows.filter(kind__in=Notice.GROUPS[Group(group)])
    return rows


def group_of(kind: str) -> Notice.Group:
    return next(group for group, kinds in Notice.GROUPS.items() if kind in kinds)


def groups_for(user: User) -> list[Notice.Group]:
    """What the role may be told of by e-mail."""
    mine = [group for group, may in _FOR.items() if allowed(user, may)]
    return [group for group in mine if user.role != Role.ADMINISTRATOR or group not in _NOT_ADMINISTRATORS]
