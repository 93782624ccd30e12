"""A surgeon's own interventions: the list, one of them with its follow-up, and the change asked of the bloc."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from planning.access import May, require
from planning.models import ChangeRequest, Intervention, PatientRead, Surgeon, User
from planning.selectors.change_sentences import change_text, refusal_text
from planning.selectors.follow_up import follow_up
from planning.selectors.own import (
    GROUPS,
    SORT,
    STEPS,
    Asked,
    group_counts,
    narrowed,
    own_interventions,
    own_procedures,
    progress_of,
)
from planning.services.change_requests import ASKABLE, ChangeRefused, ask_change, withdraw_change
from planning.services.reads import note_read
from planning.web.forms.own import ChangeForm
from planning.web.limits import limited
from planning.web.listing import asked_day, make_listing

SEARCH = ["code", "patient_code", "procedure_label", "procedure_code"]
SORTS = {
    "action": SORT,
    "day": ["day", "planned_at", "requested_at"],
    "deadline": ["deadline_date", "requested_at"],
    "patient": ["patient_code"],
    "label": ["procedure_label"],
    "minutes": ["planned_minutes"],
    "state": ["rank", "due"],
}
SORT_NAMES = {
    "action": gettext_lazy("ce qui m'attend d'abord"),
    "day": gettext_lazy("par jour"),
    "-day": gettext_lazy("par jour, le dernier d'abord"),
    "deadline": gettext_lazy("par date limite"),
    "label": gettext_lazy("par acte"),
    "patient": gettext_lazy("par patient"),
}


@require(May.SEE_OWN)
def own_list(request: HttpRequest) -> HttpResponse:
    """What needs the surgeon first, then what comes soonest."""
    user = cast("User", request.user)
    group = request.GET.get("group", "")
    if group not in GROUPS:
        group = "coming"
    asked = Asked(
        request.GET.get("procedure", "").replace("\0", ""), asked_day(request, "from"), asked_day(request, "until")
    )
    rows = narrowed(own_interventions(user).filter(state__in=GROUPS[group]), asked)
    listing = make_listing(request, rows, search=SEARCH, sorts=SORTS, default="action")
    shown = list(listing.page)
    _note_read(user, PatientRead.Source.LIST, [row.pk for row in shown])
    context = {
        "listing": listing,
        "rows": [{"row": row, "progress": progress_of(row), "place": _place(row)} for row in shown],
        "group": group,
        "groups": group_counts(user),
        "asked": asked,
        "procedures": own_procedures(user),
        "sort_names": SORT_NAMES,
        "kept": _kept(request.GET),
        "today": timezone.localdate(),
        "surgeon": Surgeon.objects.filter(user=user).first(),
    }
    return render(request, "planning/own/list.html", context)


def _kept(asked: QueryDict) -> str:
    """What another state of the list goes on asking."""
    kept = asked.copy()
    for name in ("page", "group"):
        kept.pop(name, None)
    return kept.urlencode()


@require(May.SEE_OWN)
def own_intervention(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _own(request, pk), ChangeForm())


@require(May.SUBMIT)
@require_POST
@limited("submission")
def change_ask(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _own(request, pk), ChangeForm(request.POST)
    if form.is_valid():
        try:
            ask_change(intervention=row, user=cast("User", request.user), now=timezone.now(), **form.cleaned_data)
        except ChangeRefused as error:
            if error.field:
                form.add_error(error.field, refusal_text(error.why))
                return _page(request, row, form)
            # The page has no form any more: another request waits, or the state has changed.
            messages.error(request, refusal_text(error.why))
        else:
            messages.success(request, _("Votre demande est transmise au bloc."))
        return redirect("own-intervention", pk=pk)
    return _page(request, row, form)


@require(May.SUBMIT)
@require_POST
def change_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    row = _own(request, pk)
    change = get_object_or_404(ChangeRequest, intervention=row, pk=_number(request))
    try:
        withdraw_change(change=change, user=cast("User", request.user), now=timezone.now())
    except ChangeRefused as error:
        messages.error(request, refusal_text(error.why))
    else:
        messages.success(request, _("Votre demande est retirée."))
    return redirect("own-intervention", pk=pk)


def _own(request: HttpRequest, pk: int) -> Intervention:
    """Another's answers as one that does not exist."""
    rows = own_interventions(cast("User", request.user)).prefetch_related("equipment")
    return get_object_or_404(rows, pk=pk)


def _number(request: HttpRequest) -> int:
    text = request.POST.get("change", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _page(request: HttpRequest, row: Intervention, form: ChangeForm) -> HttpResponse:
    user = cast("User", request.user)
    _note_read(user, PatientRead.Source.FORM, [row.pk])
    change = next(iter(row.open_changes), None)  # type: ignore[attr-defined]  # prefetched
    context: dict[str, Any] = {
        "row": row,
        "progress": progress_of(row),
        "place": _place(row),
        "steps": STEPS,
        "events": follow_up(row),
        "form": form,
        "change": change,
        "change_text": change_text(change) if change else "",
        "may_ask": change is None and row.state in ASKABLE,
        "today": timezone.localdate(),
    }
    return render(request, "planning/own/intervention.html", context)


def _place(row: Intervention) -> Any:
    """Where the approved versions put what is planned; what is over, or waits again, has no place to come."""
    return next(iter(row.places), None) if row.state == Intervention.State.PLANNED else None  # type: ignore[attr-defined]


def _note_read(user: User, source: str, numbers: list[int]) -> None:
    note_read(user=user, source=source, interventions=numbers, now=timezone.now())
