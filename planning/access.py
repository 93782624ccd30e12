"""Who may do what: one table. Views, API and templates ask here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext_lazy as _

public = login_not_required


class Role(models.TextChoices):
    DIRECTOR = "director", _("Direction du bloc")
    PLANNER = "planner", _("Cellule de programmation")
    SURGEON = "surgeon", _("Chirurgien")
    ANAESTHETIST = "anaesthetist", _("Anesthésiste")
    VIEWER = "viewer", _("Lecture seule")
    ADMINISTRATOR = "administrator", _("Administration")


class May(StrEnum):
    """``SEE_DRAFTS`` covers drafts, proposals, runs and every intervention; ``SEE_WEEK`` the approved week only."""

    SEE_WEEK = "see_week"
    SEE_OWN = "see_own"
    SEE_DRAFTS = "see_drafts"
    PLAN = "plan"
    APPROVE = "approve"
    EDIT_REFERENCE = "edit_reference"
    EDIT_INTERVENTIONS = "edit_interventions"
    IMPORT = "import"
    # A surgeon's own requests, changes and availability.
    SUBMIT = "submit"
    # What the bloc answers to them: accept, send back, merge, re-programme.
    DECIDE = "decide"
    # One's own sign-off of a programme: which one depends on the role.
    SIGN = "sign"
    ADMINISTER = "administer"


_EVERYTHING = frozenset(May) - {May.ADMINISTER, May.SEE_OWN, May.SUBMIT}
TABLE: dict[str, frozenset[May]] = {
    Role.DIRECTOR: _EVERYTHING,
    Role.PLANNER: _EVERYTHING - {May.APPROVE, May.SIGN},
    Role.SURGEON: frozenset({May.SEE_WEEK, May.SEE_OWN, May.SUBMIT, May.SIGN}),
    # Reads what is being prepared, to say in time what cannot be; changes none of it.
    Role.ANAESTHETIST: frozenset({May.SEE_WEEK, May.SEE_DRAFTS, May.SIGN}),
    Role.VIEWER: frozenset({May.SEE_WEEK}),
    # Accounts are the administrator's alone: whoever could invite could give themselves any right.
    Role.ADMINISTRATOR: _EVERYTHING | {May.ADMINISTER},
}


# As what a role signs a programme (``SignOff.Kind``).
SIGNS_AS: dict[str, str] = {
    Role.DIRECTOR: "organiser",
    Role.ADMINISTRATOR: "organiser",
    Role.SURGEON: "surgeon",
    Role.ANAESTHETIST: "anaesthetist",
}

# One's own account: signing in and out, the password, the second factor. Whoever they are about is the session's.
SELF_SERVICE = ("account_", "mfa_", "socialaccount_", "openid_connect_", "set_language", "javascript-catalog")


def is_self_service(view_name: str) -> bool:
    return view_name.startswith(SELF_SERVICE)


def allowed(user: Any, may: May) -> bool:
    """Whether ``user`` (a User or an AnonymousUser) may do it."""
    if isinstance(user, AnonymousUser) or not user.is_active:
        return False
    return may in TABLE[user.role]


def signs_as(user: Any) -> str | None:
    """As what ``user`` signs; None for whoever signs nothing."""
    return SIGNS_AS.get(user.role) if allowed(user, May.SIGN) else None


def require(*rights: May) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator of a view function: 403 for whoever has none of ``rights``. They stay readable as ``view.rights``."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> Any:
            if not any(allowed(request.user, may) for may in rights):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.rights = rights  # type: ignore[attr-defined]  # read by the tests that walk every URL
        return guarded

    return decorate
