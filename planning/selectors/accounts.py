"""The accounts as the administrator's list shows them."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from planning.access import Role
from planning.models import Surgeon, User

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# Nobody has ever come in by it: neither with a password nor by the hospital's single sign-on.
NEVER_OPENED = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX, last_login=None)


class State(models.TextChoices):
    INVITED = "invited", _("Invité")
    ACTIVE = "active", _("Actif")
    CLOSED = "closed", _("Fermé")


def accounts() -> QuerySet[Any]:
    """Each with its ``state`` and whether it ``has_factor``: fields that the type checker does not see."""
    state = Case(
        When(is_active=False, then=Value(State.CLOSED.value)),
        When(NEVER_OPENED, then=Value(State.INVITED.value)),
        default=Value(State.ACTIVE.value),
        output_field=models.CharField(),
    )
    factor = Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS))
    return User.objects.select_related("surgeon").annotate(state=state, has_factor=factor)


def working_administrators() -> QuerySet[User]:
    """Those who can come in and undo what another did."""
    return User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exclude(NEVER_OPENED)


def surgeons_without_account(keep: int | None) -> QuerySet[Surgeon]:
    """Whom an account may be given to; ``keep`` is the account that is being changed."""
    mine = Q(user_id=keep) if keep else Q(pk=None)
    return Surgeon.objects.filter(Q(active=True, user=None) | mine)
