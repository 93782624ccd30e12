"""Who asks: a token of their account in ``Authorization: Bearer …``, or the session of the pages."""

from __future__ import annotations

from allauth.mfa.utils import is_mfa_enabled
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from planning.models import ApiToken, User
from planning.selectors.tokens import live_token
from planning.services.tokens import note_use

SCHEME = "Bearer"


class SecondFactorMissing(PermissionDenied):
    kind = "second-factor"
    default_detail = gettext_lazy("Votre établissement demande un second facteur : ajoutez-en un à votre compte.")


class TokenAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """None when there is no token: the session is asked next."""
        scheme, _space, text = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        now = timezone.now()
        row = live_token(text.strip(), now)
        if row is None:
            raise AuthenticationFailed(_("Ce jeton n'ouvre rien : il est faux, révoqué ou arrivé à son terme."))
        require_second_factor(row)
        note_use(token=row, now=now)
        return row.user, row

    def authenticate_header(self, request: Request) -> str:
        return SCHEME


def require_second_factor(row: ApiToken) -> None:
    """A site that asks everyone for a second factor asks it of the token's account too."""
    if getattr(row, "second_factor_required", False) and not is_mfa_enabled(row.user):
        raise SecondFactorMissing
