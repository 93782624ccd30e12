"""Where a notice leads, and how its list shows it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from planning.access import May, allowed
from planning.calendar import Week
from planning.models import Notice, User
from planning.selectors.notice_words import text_of, title_of
from planning.selectors.notices import group_of

Kind, Group = Notice.Kind, Notice.Group


def address_of(notice: Notice, user: User) -> str:
    """The page it is about; the list of notices when that page is no longer ``user``'s to open."""
    if notice.monday is not None and notice.kind in (Kind.SIGN, Kind.SIGN_REFUSED):
        return reverse("sign-off-week", kwargs={"week": Week.of(notice.monday)})
    if notice.monday is not None:
        return reverse("week", kwargs={"week": Week.of(notice.monday)})
    if notice.intervention_id is not None and notice.kind == Kind.RETURNED and allowed(user, May.SUBMIT):
        return reverse("request-edit", kwargs={"pk": notice.intervention_id})
    if notice.intervention_id is not None and allowed(user, May.EDIT_INTERVENTIONS):
        return reverse("intervention-edit", kwargs={"pk": notice.intervention_id})
    if allowed(user, May.SEE_OWN) or allowed(user, May.SEE_DRAFTS):
        return reverse("interventions")
    return reverse("notices")


def lines(notices: Iterable[Notice]) -> list[dict[str, Any]]:
    return [
        {"notice": one, "title": title_of(one), "text": text_of(one), "group": group_of(one.kind)} for one in notices
    ]
