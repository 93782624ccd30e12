from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from planning.access import May, Role, require
from planning.models import Site, User
from planning.selectors.account_words import FIELDS, SAID
from planning.selectors.accounts import State, accounts
from planning.services.accounts import (
    UnableToChangeAccount,
    change_account,
    close_account,
    invite_account,
    renew_invitation,
    reopen_account,
    require_second_factor,
    reset_second_factor,
)
from planning.web.forms.accounts import AccountForm, ReasonForm
from planning.web.invitations import send_invitation
from planning.web.listing import make_listing

SEARCH = ["last_name", "first_name", "email", "username", "surgeon__trigram"]
SORTS = {
    "name": ["last_name", "first_name", "username"],
    "role": ["role", "last_name"],
    "state": ["state", "last_name"],
    "factor": ["has_factor", "last_name"],
    "last_login": ["last_login", "last_name"],
}
OPEN = (State.ACTIVE, State.INVITED)


@require(May.ADMINISTER)
def account_list(request: HttpRequest) -> HttpResponse:
    rows = accounts()
    state, role, factor = (request.GET.get(name, "") for name in ("state", "role", "factor"))
    if state in State.values:
        rows = rows.filter(state=state)
    elif state != "all":
        rows = rows.filter(state__in=OPEN)
    if role in Role.values:
        rows = rows.filter(role=role)
    if factor in ("yes", "no"):
        rows = rows.filter(has_factor=factor == "yes")
    context = {
        "listing": make_listing(request, rows, search=SEARCH, sorts=SORTS, default="name"),
        "states": State.choices,
        "roles": Role.choices,
        "state": state,
        "role": role,
        "factor": factor,
        "second_factor_required": Site.objects.filter(pk=1, second_factor_required=True).exists(),
    }
    return render(request, "planning/accounts/list.html", context)


@require(May.ADMINISTER)
def account_invite(request: HttpRequest) -> HttpResponse:
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("email", "first_name", "last_name", "role", "surgeon")}
        try:
            account = invite_account(**given, user=_me(request), now=timezone.now())
        except UnableToChangeAccount as error:
            form.add_error(FIELDS[error.reason], str(SAID[error.reason]))
        else:
            _send(request, account)
            return redirect("account-edit", pk=account.pk)
    return render(request, "planning/accounts/form.html", {"form": form, "account": None})


@require(May.ADMINISTER)
def account_edit(request: HttpRequest, pk: int) -> HttpResponse:
    account = get_object_or_404(accounts(), pk=pk)
    form = AccountForm(request.POST or None, instance=account)
    if request.method == "POST" and form.is_valid():
        surgeon, seen = form.cleaned_data["surgeon"], form.cleaned_data["seen"] or 0
        try:
            changed = change_account(account=account, surgeon=surgeon, seen=seen, user=_me(request), now=timezone.now())
        except UnableToChangeAccount as error:
            if error.reason == "stale":
                return _stale(request, pk)
            form.add_error(FIELDS[error.reason], str(SAID[error.reason]))
        else:
            if changed.pk == _me(request).pk:
                update_session_auth_hash(request, changed)
            messages.success(request, _("Le compte de %(account)s est enregistré.") % {"account": changed})
            return redirect("account-edit", pk=pk)
    return _page(request, get_object_or_404(accounts(), pk=pk), form, ReasonForm())


@require(May.ADMINISTER)
@require_POST
def account_close(request: HttpRequest, pk: int) -> HttpResponse:
    return _with_reason(request, pk, close_account, _("Le compte de %(account)s est fermé : ses sessions aussi."))


@require(May.ADMINISTER)
@require_POST
def account_reset_factor(request: HttpRequest, pk: int) -> HttpResponse:
    return _with_reason(request, pk, reset_second_factor, _("Le second facteur de %(account)s est retiré."))


@require(May.ADMINISTER)
@require_POST
def account_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, reopen_account, _("Le compte de %(account)s est rouvert."))


@require(May.ADMINISTER)
@require_POST
def account_resend(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, renew_invitation, "")


@require(May.ADMINISTER)
@require_POST
def second_factor_rule(request: HttpRequest) -> HttpResponse:
    required = request.POST.get("required") == "yes"
    require_second_factor(required=required, user=_me(request), now=timezone.now())
    said = _("Un second facteur est exigé de tous.") if required else _("Le second facteur est au choix de chacun.")
    messages.success(request, said)
    return redirect("accounts")


def _with_reason(request: HttpRequest, pk: int, service: Callable[..., Any], done: str) -> HttpResponse:
    account = get_object_or_404(accounts(), pk=pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, account, AccountForm(instance=account), form)
    return _act(request, pk, service, done, reason=form.cleaned_data["reason"])


def _act(request: HttpRequest, pk: int, service: Callable[..., Any], done: str, **more: str) -> HttpResponse:
    account = get_object_or_404(User, pk=pk)
    seen = request.POST.get("seen", "")
    version = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else -1
    try:
        changed = service(account=account, seen=version, user=_me(request), now=timezone.now(), **more)
    except UnableToChangeAccount as error:
        if error.reason == "stale":
            return _stale(request, pk)
        messages.error(request, str(SAID[error.reason]))
    else:
        if changed:
            _send(request, changed)
        else:
            messages.success(request, done % {"account": account})
    return redirect("account-edit", pk=pk)


def _send(request: HttpRequest, account: User) -> None:
    if send_invitation(request, account):
        messages.success(request, _("L'invitation est partie à %(email)s.") % {"email": account.email})
    else:
        messages.error(request, _("Le compte est prêt, mais l'e-mail n'est pas parti : renvoyez l'invitation."))


def _stale(request: HttpRequest, pk: int) -> HttpResponse:
    messages.error(request, str(SAID["stale"]))
    account = get_object_or_404(accounts(), pk=pk)
    return _page(request, account, AccountForm(instance=account), ReasonForm(), status=409)


def _page(
    request: HttpRequest, account: User, form: AccountForm, reason: ReasonForm, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "account": account, "reason": reason, "mine": account.pk == _me(request).pk}
    return render(request, "planning/accounts/form.html", context, status=status)


def _me(request: HttpRequest) -> User:
    return cast("User", request.user)
