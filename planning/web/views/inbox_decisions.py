"""What is decided from the inbox. Each answers by the list, where the next item is, with what was done or why not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from planning.access import May, require
from planning.models import ChangeRequest, Intervention, JournalEntry, User
from planning.selectors.change_sentences import refusal_text
from planning.selectors.inbox_words import told_text
from planning.services.change_requests import ChangeRefused, answer_change
from planning.services.decisions import NoDuplicate, Outcome, accept_requests, keep_apart, merge_duplicates, send_back
from planning.services.interventions import InterventionRefused, cancel_intervention
from planning.services.reading import read_decisions
from planning.services.replanning import assign_responsible, mark_done, plan_again
from planning.services.undoing import undo_decisions
from planning.web.forms.inbox import AcceptForm, AnswerForm, FollowUpForm, ReasonForm, RefusalForm
from planning.web.inbox_page import ASKED, UNDONE, Choices
from planning.web.inbox_undo import offer_undo
from planning.web.listing import MOST_DIGITS

State = Intervention.State
MOST_ITEMS = 500


@require(May.DECIDE)
@require_POST
def inbox_accept(request: HttpRequest, pk: int) -> HttpResponse:
    form = AcceptForm(request.POST)
    if not form.is_valid():
        return _refused_form(request, form, pk)
    shown_as = State.RETURNED if request.POST.get("shown_as") == State.RETURNED else State.REQUESTED
    row = _row(pk)
    minutes = form.cleaned_data["minutes"]
    outcome = accept_requests(
        interventions=[pk], shown_as=shown_as, minutes=None if minutes == row.planned_minutes else minutes,
        user=_user(request), now=timezone.now(),
    )  # fmt: skip
    return _told(request, outcome, _("%(code)s est acceptée : elle est à planifier.") % {"code": row.code})


@require(May.DECIDE)
@require_POST
def inbox_return(request: HttpRequest, pk: int) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _refused_form(request, form, pk)
    row = _row(pk)
    outcome = send_back(
        interventions=[pk], reason=form.cleaned_data["reason"], user=_user(request), now=timezone.now()
    )  # fmt: skip
    return _told(request, outcome, _("%(code)s est renvoyée au chirurgien.") % {"code": row.code})


@require(May.DECIDE)
@require_POST
def inbox_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """A request refused, or an intervention cancelled: the same thing, said of what it was."""
    form = RefusalForm(request.POST)
    if not form.is_valid():
        return _refused_form(request, form, pk)
    row = _row(pk)
    shown_as = request.POST.get("shown_as", "")
    entry = _tried(
        request, row, cancel_intervention, intervention=row, reason=form.cleaned_data["reason"],
        shown_as=shown_as if shown_as in State.values else "",
    )  # fmt: skip
    return _said(request, entry, _("%(code)s est refusée.") if _was_asked(entry) else _("%(code)s est annulée."), row)


@require(May.DECIDE)
@require_POST
def inbox_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """``pk`` is the one to drop; ``kept`` the one that stays."""
    row, kept = _row(pk), _number(request.POST.get("kept", ""))
    try:
        outcome = merge_duplicates(kept=kept or 0, dropped=[pk], user=_user(request), now=timezone.now())
    except (NoDuplicate, InterventionRefused):
        messages.error(request, _("Ces deux interventions ne se réunissent plus : l'une a changé. Rien n'est fait."))
        return _back(request)
    return _told(request, outcome, _("%(code)s est réunie à son doublon.") % {"code": row.code})


@require(May.DECIDE)
@require_POST
def inbox_keep_apart(request: HttpRequest, pk: int) -> HttpResponse:
    row = _row(pk)
    entry = _tried(request, row, keep_apart, intervention=pk)
    return _said(request, entry, _("%(code)s n'est pas un doublon : elle reste."), row)


@require(May.DECIDE)
@require_POST
def inbox_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """To the open request for change of the intervention."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _refused_form(request, form, pk)
    row, number = _row(pk), _number(request.POST.get("change", ""))
    change = ChangeRequest.objects.filter(intervention=pk, pk=number or 0).first()
    accept = form.cleaned_data["accept"]
    try:
        if change is None:
            raise ChangeRefused("decided")
        entry = answer_change(
            change=change, accept=accept, answer=form.cleaned_data["answer"], user=_user(request), now=timezone.now()
        )
    except ChangeRefused as error:
        messages.error(request, refusal_text(error.why))
        return _back(request, pk)
    text = _("Le changement de %(code)s est accepté.") if accept else _("Le changement de %(code)s est refusé.")
    return _said(request, entry, text, row)


@require(May.DECIDE)
@require_POST
def inbox_plan_again(request: HttpRequest, pk: int) -> HttpResponse:
    form = RefusalForm(request.POST)
    if not form.is_valid():
        return _refused_form(request, form, pk)
    row = _row(pk)
    entry = _tried(request, row, plan_again, intervention=pk, reason=form.cleaned_data["reason"])
    return _said(request, entry, _("%(code)s est à reprogrammer."), row)


@require(May.DECIDE)
@require_POST
def inbox_done(request: HttpRequest, pk: int) -> HttpResponse:
    row = _row(pk)
    outcome = mark_done(interventions=[pk], user=_user(request), now=timezone.now())
    return _told(request, outcome, _("%(code)s est notée réalisée.") % {"code": row.code})


@require(May.DECIDE)
@require_POST
def inbox_follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is responsible, the week aimed at, what holds it; « take » makes it whoever presses."""
    row = _row(pk)
    taken = "take" in request.POST
    form = FollowUpForm(request.POST)
    if not taken and not form.is_valid():
        return _refused_form(request, form, pk)
    told = {"monday": row.replan_monday, "note": row.replan_note} if taken else form.cleaned_data
    entry = _tried(
        request, row, assign_responsible, intervention=pk, monday=told["monday"], note=told["note"],
        responsible=_user(request) if taken else told["responsible"], seen=_number(request.POST.get("seen", "")),
    )  # fmt: skip
    return _said(request, entry, _("Le suivi de %(code)s est noté."), row, then=pk)


@require(May.DECIDE)
@require_POST
def inbox_bulk(request: HttpRequest) -> HttpResponse:
    """New requests, all accepted as asked or all sent back with one reason; or what took place on days gone by."""
    action = request.POST.get("action")
    found = _numbers(request, UNDONE if action == "done" else ASKED)
    if not found:
        asked = _("Cochez d'abord les demandes à décider ensemble.")
        messages.error(request, _("Cochez d'abord les interventions qui ont eu lieu.") if action == "done" else asked)
        return _back(request)
    if action == "return":
        form = ReasonForm(request.POST)
        if not form.is_valid():
            return _refused_form(request, form, None)
        outcome = send_back(
            interventions=found, reason=form.cleaned_data["reason"], user=_user(request), now=timezone.now()
        )  # fmt: skip
        text = ngettext("%(n)d demande renvoyée.", "%(n)d demandes renvoyées.", len(outcome.entries))
    elif action == "done":
        outcome = mark_done(interventions=found, user=_user(request), now=timezone.now())
        text = ngettext(
            "%(n)d intervention notée réalisée.", "%(n)d interventions notées réalisées.", len(outcome.entries)
        )
    else:
        outcome = accept_requests(interventions=found, user=_user(request), now=timezone.now())
        text = ngettext("%(n)d demande acceptée.", "%(n)d demandes acceptées.", len(outcome.entries))
    return _told(request, outcome, text % {"n": len(outcome.entries)})


@require(May.DECIDE)
@require_POST
def inbox_undo(request: HttpRequest) -> HttpResponse:
    found = _numbers(request, "entries")
    outcome = undo_decisions(entries=found, user=_user(request), now=timezone.now())
    count = len(outcome.entries)
    if count:
        text = ngettext("%(n)d décision reprise.", "%(n)d décisions reprises.", count)
        messages.success(request, text % {"n": count})
    if outcome.refused:
        _tell_refused(request, outcome, _("Une suite a déjà été donnée : la décision reste."))
    elif not count:
        messages.error(request, _("Cette décision ne se reprend plus."))
    return _back(request)


@require(May.DECIDE)
@require_POST
def inbox_read(request: HttpRequest) -> HttpResponse:
    """What colleagues decided until the page was shown is read."""
    now = timezone.now()
    try:
        until = datetime.fromisoformat(request.POST.get("until", ""))
    except ValueError:
        until = now
    read_decisions(user=_user(request), until=until if timezone.is_aware(until) else now, now=now)
    return _back(request)


# --- Shared parts ------------------------------------------------------------------------------------------------


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


def _row(pk: int) -> Intervention:
    return get_object_or_404(Intervention.objects.exclude(state=State.DRAFT), pk=pk)


def _numbers(request: HttpRequest, name: str) -> list[int]:
    found = (_number(text) for text in request.POST.getlist(name)[:MOST_ITEMS])
    return [number for number in found if number is not None]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else None


def _tried(request: HttpRequest, row: Intervention, service: Any, **given: Any) -> JournalEntry | None:
    """What the service wrote; None, and who decided instead, when it was no longer as it was shown."""
    try:
        entry: JournalEntry | None = service(**given, user=_user(request), now=timezone.now())
    except InterventionRefused:
        last = JournalEntry.objects.filter(intervention=row).select_related("user", "intervention").first()
        messages.error(request, told_text(row, last))
        return None
    return entry


def _was_asked(entry: JournalEntry | None) -> bool:
    return entry is not None and entry.action == JournalEntry.Action.REFUSE


def _said(
    request: HttpRequest, entry: JournalEntry | None, text: str, row: Intervention, then: int | None = None
) -> HttpResponse:
    if entry is not None:
        offer_undo(request, text % {"code": row.code}, [entry])
    return _back(request, then)


def _told(request: HttpRequest, outcome: Outcome, text: str) -> HttpResponse:
    if outcome.entries:
        offer_undo(request, text, outcome.entries)
    if outcome.refused:
        _tell_refused(request, outcome, _("Déjà traité entre-temps :"))
    return _back(request)


def _tell_refused(request: HttpRequest, outcome: Outcome, title: str) -> None:
    lines: Iterable[str] = (told_text(one.intervention, one.last) for one in outcome.refused)
    messages.error(request, "\n".join([title, *lines]))


def _refused_form(request: HttpRequest, form: Form, pk: int | None) -> HttpResponse:
    """Nothing is done; the first fault, by its field."""
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    messages.error(request, f"{label} : {errors[0]}" if label else str(errors[0]))
    return _back(request, pk)


def _back(request: HttpRequest, then: int | None = None) -> HttpResponse:
    """To the same list, at ``then``, else at the item that the page named as the next."""
    choices = Choices.of(QueryDict(request.POST.get("back", "")[:2000]))
    selected = then if then is not None else _number(request.POST.get("then", ""))
    ending = choices.kept(sel=selected) if selected is not None else choices.kept()
    return redirect(f"{reverse('inbox')}?{ending}" if ending else reverse("inbox"))
