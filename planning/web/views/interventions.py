from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, cast

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from planning.access import May, allowed, require
from planning.models import Equipment, Intervention, PatientRead, Placement, Plan, Specialty, Surgeon, User
from planning.services.decisions import accept_requests
from planning.services.interventions import (
    CLOSED,
    InterventionChanged,
    InterventionRefused,
    cancel_intervention,
    create_intervention,
    edit_intervention,
    fingerprint,
)
from planning.services.reads import note_read
from planning.web.forms.interventions import CancelForm, InterventionForm
from planning.web.history import history_of
from planning.web.limits import limited
from planning.web.listing import asked_number, make_listing

State = Intervention.State
# The list's first filter: groups of states, and each state alone.
GROUPS: dict[str, tuple[str, ...]] = {
    "open": (State.REQUESTED, State.ACCEPTED),
    "coming": (State.REQUESTED, State.ACCEPTED, State.PLANNED),
    **{state.value: (state.value,) for state in State},
    "all": tuple(State.values),
}
SORTS = {
    "code": ["code"],
    "label": ["procedure_label"],
    "surgeon": ["surgeon__last_name"],
    "specialty": ["specialty__code"],
    "minutes": ["planned_minutes"],
    "admission": ["admission_date"],
    "deadline": ["deadline_date", "requested_at"],
    "state": ["state", "deadline_date"],
}
SEARCH = ["code", "patient_code", "procedure_label", "procedure_code", "surgeon__last_name", "surgeon__trigram"]


@require(May.SEE_DRAFTS, May.SEE_OWN)
def intervention_list(request: HttpRequest) -> HttpResponse:
    """Everyone's interventions for whoever plans; a surgeon's own have a page of their own."""
    if not allowed(request.user, May.SEE_DRAFTS):
        return redirect("own-interventions")
    rows = _with_place(Intervention.objects.submitted())
    state = request.GET.get("state", "open")
    rows = rows.filter(state__in=GROUPS.get(state, GROUPS["all"]))
    rows, chosen = _narrowed(request, rows)
    listing = make_listing(request, rows, search=SEARCH, sorts=SORTS, default="deadline")
    _note_read(request, PatientRead.Source.LIST, [row.pk for row in listing.page])
    context = {
        "listing": listing,
        "state": state,
        "states": [one for one in State.choices if one[0] != State.DRAFT],
        "specialties": Specialty.objects.all(),
        "surgeons": Surgeon.objects.filter(active=True),
        "today": timezone.localdate(),
        **chosen,
    }
    return render(request, "planning/interventions/list.html", context)


@require(May.EDIT_INTERVENTIONS)
@limited("submission")
def intervention_create(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    initial = {
        "admission_date": today + timedelta(days=1),
        "deadline_date": today + timedelta(days=30),
    }
    form = InterventionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        row = create_intervention(
            intervention=form.save(commit=False), equipment=_equipment(form), user=cast("User", request.user),
            now=timezone.now(),
        )  # fmt: skip
        messages.success(request, _("L'intervention %(code)s est créée, à planifier.") % {"code": row.code})
        return redirect("interventions")
    return render(request, "planning/interventions/form.html", {"form": form, "intervention": None})


@require(May.EDIT_INTERVENTIONS)
def intervention_edit(request: HttpRequest, pk: int) -> HttpResponse:
    intervention = get_object_or_404(Intervention.objects.submitted().select_related("surgeon", "specialty"), pk=pk)
    form = InterventionForm(request.POST or None, instance=intervention)
    if request.method == "POST" and form.is_valid():
        try:
            edit_intervention(
                intervention=form.save(commit=False),
                equipment=_equipment(form),
                seen=request.POST.get("seen", ""),
                user=cast("User", request.user),
                now=timezone.now(),
                reason=request.POST.get("reason", "").replace("\0", "")[:300],
            )
        except InterventionChanged:
            text = _("Quelqu'un l'a modifiée depuis : voyez l'historique ; enregistrer encore gardera vos valeurs.")
            form.add_error(None, text)
            return _page(request, intervention, form, CancelForm(), status=409)
        except InterventionRefused:
            messages.error(request, _("Cette intervention est réalisée ou annulée : elle ne change plus."))
        else:
            messages.success(request, _("L'intervention %(code)s est enregistrée.") % {"code": intervention.code})
        return redirect("intervention-edit", pk=pk)
    return _page(request, intervention, form, CancelForm())


@require(May.EDIT_INTERVENTIONS)
@require_POST
def intervention_accept(request: HttpRequest, pk: int) -> HttpResponse:
    intervention = get_object_or_404(Intervention.objects.submitted(), pk=pk)
    outcome = accept_requests(interventions=[pk], user=cast("User", request.user), now=timezone.now())
    if outcome.refused:
        messages.error(request, _("Cette demande a déjà été traitée."))
    else:
        messages.success(request, _("%(code)s est acceptée : elle est à planifier.") % {"code": intervention.code})
    return redirect("intervention-edit", pk=pk)


@require(May.EDIT_INTERVENTIONS)
@require_POST
def intervention_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    intervention = get_object_or_404(Intervention.objects.submitted(), pk=pk)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return _page(request, intervention, InterventionForm(instance=intervention), form)
    try:
        cancel_intervention(
            intervention=intervention, reason=form.cleaned_data["reason"], user=cast("User", request.user),
            now=timezone.now(),
        )  # fmt: skip
    except InterventionRefused:
        messages.error(request, _("Cette intervention est déjà réalisée ou annulée."))
    else:
        messages.success(request, _("L'intervention %(code)s est annulée.") % {"code": intervention.code})
    return redirect("intervention-edit", pk=pk)


def _page(
    request: HttpRequest, intervention: Intervention, form: InterventionForm, cancel_form: CancelForm, status: int = 200
) -> HttpResponse:
    _note_read(request, PatientRead.Source.FORM, [intervention.pk])
    placements = Placement.objects.filter(intervention=intervention).exclude(plan__status=Plan.Status.PROPOSED)
    context = {
        "form": form,
        "intervention": intervention,
        "cancel_form": cancel_form,
        "closed": intervention.state in CLOSED,
        "placements": placements.select_related("plan", "slot__room").order_by("-plan__monday", "-plan__number")[:10],
        "history": history_of(intervention),
        # Read again: a bound form has already written what was typed on the row in memory.
        "seen": fingerprint(Intervention.objects.select_related("surgeon", "specialty").get(pk=intervention.pk)),
    }
    return render(request, "planning/interventions/form.html", context, status=status)


def _note_read(request: HttpRequest, source: str, numbers: list[int]) -> None:
    note_read(user=cast("User", request.user), source=source, interventions=numbers, now=timezone.now())


def _equipment(form: InterventionForm) -> Iterable[Equipment]:
    return cast("Iterable[Equipment]", form.cleaned_data["equipment"])


def _with_place(rows: QuerySet[Intervention]) -> QuerySet[Intervention]:
    """Each row with where the living versions put it."""
    living = Placement.objects.filter(plan__status__in=(Plan.Status.DRAFT, Plan.Status.APPROVED))
    places = living.select_related("plan", "slot__room").order_by("-plan__number")
    return rows.select_related("surgeon", "specialty").prefetch_related(
        Prefetch("placements", places, to_attr="places")
    )


def _narrowed(request: HttpRequest, rows: QuerySet[Intervention]) -> tuple[QuerySet[Intervention], dict[str, Any]]:
    """The other filters of the address: specialty, surgeon, deadline."""
    specialty, surgeon = request.GET.get("specialty", ""), request.GET.get("surgeon", "")
    deadline = request.GET.get("deadline", "")
    for name in ("specialty", "surgeon"):
        if (number := asked_number(request, name)) is not None:
            rows = rows.filter(**{f"{name}_id": number})
    today = timezone.localdate()
    if deadline == "past":
        rows = rows.filter(deadline_date__lt=today)
    elif (days := asked_number(request, "deadline")) is not None:
        rows = rows.filter(deadline_date__range=(today, today + timedelta(days=min(days, 366))))
    return rows, {"specialty": specialty, "surgeon": surgeon, "deadline": deadline}
