from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from planning.access import May, require
from planning.models import JournalEntry, Specialty, User
from planning.selectors.specialties import open_on, rest_of
from planning.selectors.touched import placements_of_specialty
from planning.services.seen import ChangedSince
from planning.services.specialties import (
    SpecialtyChanged,
    SpecialtyInUse,
    close_specialty,
    remove_specialty,
    reopen_specialty,
    save_specialty,
    specialty_facts,
)
from planning.web.forms.specialties import SpecialtyClosingForm, SpecialtyForm
from planning.web.listing import make_listing
from planning.web.seen import sealed, shown_in, status_of, tell_change
from planning.web.unavailability import warn_of_placements


@require(May.EDIT_REFERENCE)
def specialty_list(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    service = request.GET.get("service", "")
    rows = open_on(today) if service == "yes" else Specialty.objects.all()
    if service == "no":
        rows = rows.filter(closed_on__lte=today)
    rows = rows.annotate(surgeon_count=Count("surgeons", filter=Q(surgeons__active=True)))
    sorts = {"code": ["code"], "name": ["name"], "surgeons": ["surgeon_count", "code"]}
    listing = make_listing(request, rows, search=["code", "name"], sorts=sorts, default="code")
    context = {"listing": listing, "service": service, "today": today}
    return render(request, "planning/specialties/list.html", context)


@require(May.EDIT_REFERENCE)
def specialty_create(request: HttpRequest) -> HttpResponse:
    form = SpecialtyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _save(request, form)
    return render(request, "planning/specialties/form.html", {"form": form, "specialty": None})


@require(May.EDIT_REFERENCE)
def specialty_edit(request: HttpRequest, pk: int) -> HttpResponse:
    specialty = get_object_or_404(Specialty, pk=pk)
    form = SpecialtyForm(request.POST or None, instance=specialty)
    if request.method == "POST" and form.is_valid():
        try:
            return _save(request, form)
        except ChangedSince as error:
            tell_change(form, JournalEntry.Action.SPECIALTY, error, error.now["code"], error.shown.get("code", ""))
    return _page(request, specialty, form, SpecialtyClosingForm(initial={"closed_on": timezone.localdate()}))


@require(May.EDIT_REFERENCE)
@require_POST
def specialty_close(request: HttpRequest, pk: int) -> HttpResponse:
    specialty = get_object_or_404(Specialty, pk=pk)
    form = SpecialtyClosingForm(request.POST)
    if not form.is_valid():
        return _page(request, specialty, SpecialtyForm(instance=specialty), form)
    closed_on, user = form.cleaned_data["closed_on"], cast("User", request.user)
    try:
        close_specialty(
            specialty=specialty, closed_on=closed_on, reason=form.cleaned_data["reason"], user=user, now=timezone.now()
        )
    except SpecialtyChanged:
        messages.error(request, _("%(code)s est déjà fermée.") % {"code": specialty.code})
    else:
        messages.success(request, _("La fermeture de %(code)s est enregistrée.") % {"code": specialty.code})
        warn_of_placements(request, placements_of_specialty(specialty, max(timezone.localdate(), closed_on)))
    return redirect("specialty-edit", pk=pk)


@require(May.EDIT_REFERENCE)
@require_POST
def specialty_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    specialty = get_object_or_404(Specialty, pk=pk)
    try:
        reopen_specialty(specialty=specialty, user=cast("User", request.user), now=timezone.now())
    except SpecialtyChanged:
        messages.error(request, _("%(code)s est déjà ouverte.") % {"code": specialty.code})
    else:
        messages.success(request, _("%(code)s est rouverte.") % {"code": specialty.code})
    return redirect("specialty-edit", pk=pk)


@require(May.EDIT_REFERENCE)
@require_POST
def specialty_delete(request: HttpRequest, pk: int) -> HttpResponse:
    specialty = get_object_or_404(Specialty, pk=pk)
    try:
        remove_specialty(specialty=specialty, user=cast("User", request.user), now=timezone.now())
    except SpecialtyInUse as error:
        text = _("%(code)s sert encore (%(users)s fiches : chirurgiens, plages ou interventions). Fermez-la plutôt.")
        messages.error(request, text % {"code": specialty.code, "users": error.users})
        return redirect("specialty-edit", pk=pk)
    messages.success(request, _("La spécialité %(code)s est retirée.") % {"code": specialty.code})
    return redirect("specialties")


def _save(request: HttpRequest, form: SpecialtyForm) -> HttpResponse:
    saved = save_specialty(
        specialty=form.save(commit=False), user=cast("User", request.user), now=timezone.now(), shown=shown_in(request)
    )
    messages.success(request, _("La spécialité %(code)s est enregistrée.") % {"code": saved.code})
    return redirect("specialties")


def _page(
    request: HttpRequest, specialty: Specialty, form: SpecialtyForm, closing_form: SpecialtyClosingForm
) -> HttpResponse:
    today = timezone.localdate()
    since = max(today, specialty.closed_on or today)
    context = {
        "form": form,
        "specialty": specialty,
        "closing_form": closing_form,
        "shown": sealed(specialty_facts(Specialty.objects.get(pk=specialty.pk))),
        "today": today,
        "rest": rest_of(specialty, since),
        "hit": list(placements_of_specialty(specialty, since)) if specialty.closed_on else [],
    }
    return render(request, "planning/specialties/form.html", context, status=status_of(form))
