"""One's own tokens of the API: made once the person has shown again who they are, shown once, revoked."""

from __future__ import annotations

import uuid
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from planning.access import May, require
from planning.models import User
from planning.selectors.tokens import tokens_of
from planning.services.tokens import MOST_TOKENS, TooManyTokens, create_token, revoke_token
from planning.web.confirming import confirmed
from planning.web.forms.tokens import TokenForm


@require(May.SEE_WEEK)
@never_cache
@confirmed
def token_list(request: HttpRequest) -> HttpResponse:
    """The answer that makes a token is the only one that ever shows it."""
    user = cast("User", request.user)
    form, secret = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            _row, secret = create_token(**form.cleaned_data, user=user, now=timezone.now())
        except TooManyTokens:
            text = _("Vous avez déjà %(most)s jetons : révoquez d'abord ceux qui ne servent plus.")
            form.add_error(None, text % {"most": MOST_TOKENS})
        else:
            form = TokenForm()
    now = timezone.now()
    tokens = [
        {"row": row, "ended": row.expiry <= now or row.access_version != user.access_version} for row in tokens_of(user)
    ]
    return render(request, "planning/tokens/list.html", {"form": form, "tokens": tokens, "secret": secret})


@require(May.SEE_WEEK)
@require_POST
def token_revoke(request: HttpRequest, identifier: uuid.UUID) -> HttpResponse:
    """Of one's own alone: another's is not found."""
    user = cast("User", request.user)
    token = get_object_or_404(tokens_of(user).select_related("user"), identifier=identifier)
    revoke_token(token=token, user=user, now=timezone.now())
    messages.success(request, _("Le jeton « %(name)s » est révoqué : il n'ouvre plus rien.") % {"name": token.name})
    return redirect("tokens")
