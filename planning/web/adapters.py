"""What this house decides of django-allauth: nobody signs up by themselves, and single sign-on opens known accounts."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by invitation."""
        return False


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Who is known to the hospital but has no account here is told so, rather than asked to sign up."""
        if not sociallogin.is_existing:
            messages.error(request, _("Aucun compte n'a cette adresse. Demandez une invitation à l'administration."))
            raise ImmediateHttpResponse(redirect("account_login"))
