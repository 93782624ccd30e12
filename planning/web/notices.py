"""Where a notice leads, and how its list shows it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from planning.access import May, allowed
from planning.calendar import Week
from planning.models import Notice, User
from planning.selectors.notice_words import text_of, title_of
from planning.selectors.notices import group_of
from planning.services.notices import read_notices

Kind, Group = Notice.Kind, Notice.Group
TO_DECIDE = (*Notice.GROUPS[Group.DUTIES], *Notice.GROUPS[Group.INBOX])


def address_of(notice: Notice, user: User) -> str:
    """The page it is about; the list of notices when that page is no longer ``user``'s to open."""
    number = notice.intervention_id
    if notice.monday is not None:
        page = "sign-off-week" if notice.kind in Notice.GROUPS[Group.SIGNS] else "week"
        return reverse(page, kwargs={"week": Week.of(notice.monday)})
    if notice.kind in TO_DECIDE and allowed(user, May.DECIDE):
        return reverse("inbox") + (f"?sel={number}" if number else "")
    if notice.kind == Kind.RETURNED and number and allowed(user, May.SUBMIT):
        return reverse("request-edit", kwargs={"pk": number})
    if number and allowed(user, May.EDIT_INTERVENTIONS):
        return reverse("intervention-edit", kwargs={"pk": number})
    if number and allowed(user, May.SEE_OWN):
        return reverse("own-intervention", kwargs={"pk": number})
    return reverse("notices")


def read_what_it_lists(request: HttpRequest) -> None:
    """Whoever looks at the bloc's inbox has read that something waits there."""
    if getattr(request.user, "unread_notices", 0):
        kinds = Notice.GROUPS[Group.INBOX]
        read = read_notices(user=cast("User", request.user), now=timezone.now(), kinds=kinds)
        request.user.unread_notices -= read  # type: ignore[union-attr]  # annotated where the session is read


def lines(notices: Iterable[Notice]) -> list[dict[str, Any]]:
    return [
        {"notice": one, "title": title_of(one), "text": text_of(one), "group": group_of(one.kind)} for one in notices
    ]
