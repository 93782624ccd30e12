"""What this house decides of django-allauth: nobody signs up by themselves, and single sign-on opens known accounts."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib import messages
from django.db.models import Exists
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from planning.exchange.notice_mail import subject
from planning.models import Site, User
from planning.selectors.notices import unread_of_account


class AccountBackend(AuthenticationBackend):
    def get_user(self, user_id: int) -> User | None:
        """Who a session belongs to, with ``second_factor_required`` and ``unread_notices`` told in the same query."""
        required = Exists(Site.objects.filter(pk=1, second_factor_required=True))
        known = User.objects.annotate(second_factor_required=required, unread_notices=unread_of_account())
        user = known.filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by invitation."""
        return False

    def format_email_subject(self, title: str) -> str:
        return subject(str(title))


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Who is known to the hospital but has no account here is told so, rather than asked to sign up."""
        if not sociallogin.is_existing:
            messages.error(request, _("Aucun compte n'a cette adresse. Demandez une invitation à l'administration."))
            raise ImmediateHttpResponse(redirect("account_login"))
