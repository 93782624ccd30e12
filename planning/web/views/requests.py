"""A surgeon's requests: written, kept as drafts, submitted, completed, taken back. Another's does not exist here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from planning.access import May, require
from planning.models import Intervention, PatientRead, Surgeon, User
from planning.selectors.duration_history import duration_history, usual_needs
from planning.selectors.procedures import code_of, frequent_procedures, search_procedures
from planning.selectors.requests import copied, own_requests, same_requests, surgeon_of
from planning.services import requests as services
from planning.services.interventions import InterventionChanged, fingerprint
from planning.services.reads import note_read
from planning.web.forms.requests import RequestForm
from planning.web.limits import limited
from planning.web.listing import asked_number
from planning.web.request_page import answer_context, page_context

State = Intervention.State
SurgeonView = Callable[..., HttpResponse]


def for_surgeon(view: SurgeonView) -> SurgeonView:
    """Gives the view the surgeon of the account; an account that has none is told what is missing."""

    @wraps(view)
    def told(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        surgeon = surgeon_of(cast("User", request.user))
        if surgeon is None:
            return render(request, "planning/requests/no_surgeon.html")
        return view(request, surgeon, *args, **kwargs)

    return told


@require(May.SUBMIT)
@for_surgeon
@limited("submission")
def request_create(request: HttpRequest, surgeon: Surgeon) -> HttpResponse:
    if request.method == "POST":
        return _received(request, surgeon, Intervention())
    initial = {}
    if (number := asked_number(request, "copie")) is not None:
        initial = copied(get_object_or_404(own_requests(surgeon), pk=number))
    return _page(request, surgeon, RequestForm(initial=initial))


@require(May.SUBMIT)
@for_surgeon
@limited("submission")
def request_edit(request: HttpRequest, surgeon: Surgeon, pk: int) -> HttpResponse:
    """One's draft, or what the bloc sent back; what it has before it is shown with how to take it back.

    What it has decided on is followed on its own page.
    """
    row = get_object_or_404(own_requests(surgeon), pk=pk)
    if row.state not in (*services.OPEN_TO_SURGEON, State.REQUESTED):
        if request.method == "POST":
            messages.error(request, _("Le bloc a décidé de cette demande entre-temps : rien n'a été enregistré."))
        return redirect("own-intervention", pk=pk)
    if row.state != State.DRAFT:
        _note_read(request, row)
    if row.state == State.REQUESTED:
        return render(request, "planning/requests/sent.html", {"row": row})
    if request.method == "POST":
        return _received(request, surgeon, row)
    return _page(request, surgeon, RequestForm(instance=row))


@require(May.SUBMIT)
@for_surgeon
@require_POST
def request_withdraw(request: HttpRequest, surgeon: Surgeon, pk: int) -> HttpResponse:
    row = get_object_or_404(own_requests(surgeon), pk=pk)
    try:
        services.withdraw_request(request=row, surgeon=surgeon, user=cast("User", request.user), now=timezone.now())
    except services.RequestRefused:
        messages.error(request, _("Le bloc a déjà décidé de cette demande : elle ne se retire plus."))
        return redirect("own-interventions")
    messages.success(request, _("%(code)s est retirée : c'est de nouveau un brouillon.") % {"code": row.code})
    return redirect("request-edit", pk=pk)


@require(May.SUBMIT)
@for_surgeon
@require_POST
def request_delete(request: HttpRequest, surgeon: Surgeon, pk: int) -> HttpResponse:
    row = get_object_or_404(own_requests(surgeon), pk=pk)
    try:
        services.delete_request_draft(request=row, surgeon=surgeon, user=cast("User", request.user), now=timezone.now())
    except services.RequestRefused:
        messages.error(request, _("Ce n'est plus un brouillon : retirez la demande d'abord."))
        return redirect("own-interventions")
    messages.success(request, _("Le brouillon %(code)s est supprimé.") % {"code": row.code})
    return redirect("request-create")


@require(May.SUBMIT)
@for_surgeon
@require_POST
@limited("question")
def request_answer(request: HttpRequest, surgeon: Surgeon) -> HttpResponse:
    """What follows what is typed: the duration proposed, the first places, the summary. Nothing is written."""
    form = RequestForm(request.POST)
    return render(
        request, "planning/requests/_answer.html", {"form": form, **answer_context(form, surgeon, timezone.localdate())}
    )


@require(May.SUBMIT)
@for_surgeon
@require_safe
@limited("question", reading=True)
def request_procedures(request: HttpRequest, surgeon: Surgeon) -> HttpResponse:
    """The procedures that hold the words; without words, the surgeon's most frequent ones."""
    words = request.GET.get("q", "").replace("\0", "").strip()
    found = search_procedures(words, surgeon) if words else frequent_procedures(surgeon)
    return render(request, "planning/requests/_procedures.html", {"procedures": found, "words": words})


def _received(request: HttpRequest, surgeon: Surgeon, row: Intervention) -> HttpResponse:
    """What the buttons ask: show the answer, keep, or submit."""
    asked, seen = request.POST, request.POST.get("seen", "")
    if {"show", "procedure", "minutes"} & asked.keys():
        filled = _filled(asked, surgeon)
        typed = RequestForm(filled, instance=row)
        return _page(request, surgeon, RequestForm(initial=_as_typed(filled), instance=row), seen=seen, typed=typed)
    submitting = "submit" in asked
    form = RequestForm(asked, instance=row, submitting=submitting)
    if not form.is_valid():
        return _page(request, surgeon, form, seen=seen)
    if submitting and (twins := _untold(asked, surgeon, form)):
        return _page(request, surgeon, form, seen=seen, twins=twins)
    try:
        return _saved(request, surgeon, form, submitting=submitting)
    except InterventionChanged:
        text = _("Vous l'avez modifiée ailleurs depuis : rechargez la page pour voir, ou enregistrez encore.")
        form.add_error(None, text)
        return _page(request, surgeon, form, status=409)
    except services.RequestRefused:
        messages.error(request, _("Le bloc a décidé de cette demande entre-temps : rien n'a été enregistré."))
        return redirect("own-interventions")


def _saved(request: HttpRequest, surgeon: Surgeon, form: RequestForm, *, submitting: bool) -> HttpResponse:
    given: dict[str, Any] = {
        "request": form.save(commit=False),
        "equipment": form.equipment_chosen(),
        "surgeon": surgeon,
        "user": cast("User", request.user),
        "now": timezone.now(),
        "seen": request.POST.get("seen", ""),
    }
    if not submitting:
        row = services.save_request_draft(**given)
        messages.success(request, _("%(code)s est enregistrée : vous seul la voyez.") % {"code": row.code})
        return redirect("request-edit", pk=row.pk)
    row = services.submit_request(**given, answer=form.cleaned_data.get("answer", ""))
    messages.success(request, _("%(code)s est soumise au bloc.") % {"code": row.code})
    return redirect("own-interventions")


def _untold(asked: QueryDict, surgeon: Surgeon, form: RequestForm) -> list[Intervention]:
    """The surgeon's other open requests for the same patient and procedure that the page has not named yet."""
    twins = same_requests(surgeon, form.instance)
    told = set(asked.getlist("twin"))
    return [] if {one.code for one in twins} <= told else twins


def _filled(asked: QueryDict, surgeon: Surgeon) -> QueryDict:
    """The form as it was typed, with what the pressed button brings: a procedure and its usual needs, a duration."""
    data = asked.copy()
    if label := data.get("procedure", "").replace("\0", "").strip():
        data["procedure_label"] = label
        code = code_of(label)
        history, needs = duration_history(surgeon, label, code), usual_needs(surgeon, label, code)
        data["planned_minutes"] = str(history.advised) if history else ""
        if needs is not None:
            data.setlist("equipment", [str(key) for key in needs.equipment])
            data["ambulatory"] = str(needs.ambulatory)
            data["recovery_minutes"] = str(needs.recovery_minutes)
    if minutes := data.get("minutes", ""):
        data["planned_minutes"] = minutes
    return data


def _as_typed(data: QueryDict) -> dict[str, Any]:
    """To show it again as it is, without saying yet what is missing."""
    return {name: data.get(name, "") for name in data if name != "seen"} | {"equipment": data.getlist("equipment")}


def _page(
    request: HttpRequest,
    surgeon: Surgeon,
    form: RequestForm,
    *,
    seen: str = "",
    twins: list[Intervention] | None = None,
    status: int = 200,
    typed: RequestForm | None = None,
) -> HttpResponse:
    pk = form.instance.pk
    # As it is in the database: a bound form has already written what was typed on the row in memory.
    kept = own_requests(surgeon).get(pk=pk) if pk else None
    context = {
        **page_context(form, surgeon, timezone.localdate(), typed),
        "kept": kept,
        "seen": (seen or fingerprint(kept)) if kept else "",
        "twins": twins or [],
    }
    return render(request, "planning/requests/form.html", context, status=status)


def _note_read(request: HttpRequest, row: Intervention) -> None:
    note_read(
        user=cast("User", request.user), source=PatientRead.Source.FORM, interventions=[row.pk], now=timezone.now()
    )
