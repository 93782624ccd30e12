from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from planning.access import May, require
from planning.models import User


@require(May.SEE_WEEK)
def password(request: HttpRequest) -> HttpResponse:
    """One's own password; the other sessions of the account end."""
    form = PasswordChangeForm(cast("User", request.user), request.POST or None)
    if request.method == "POST" and form.is_valid():
        update_session_auth_hash(request, form.save())
        messages.success(request, _("Le mot de passe est changé."))
        return redirect("password")
    return render(request, "registration/password.html", {"form": form})
