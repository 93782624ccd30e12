"""Whoever changes a password may do so because somebody else knew it: what it had opened ends with it."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone
from django.utils.translation import gettext as _

from planning.models import User
from planning.services.tokens import end_tokens


class EndTokens:
    """Django tells the validators of each new password, wherever it is chosen: on a page, by a link, in its own admin
    or by ``changepassword``. This one finds nothing wrong with any, and ends the account's tokens."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Any will do."""

    def get_help_text(self) -> str:
        return _("Changer de mot de passe met fin aux jetons d'API du compte.")

    def password_changed(self, password: str, user: AbstractBaseUser | None = None) -> None:
        if isinstance(user, User):
            end_tokens(owner=user, now=timezone.now())
