"""A surgeon's own availability: absences, wishes, and the coming weeks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from planning.access import May, require
from planning.models import Absence, Placement, Surgeon, User
from planning.selectors.hits import planned_of
from planning.selectors.own_calendar import coming_weeks
from planning.selectors.preferences import wishes_counted
from planning.services.availability import (
    AbsenceBegun,
    AbsenceOverlaps,
    declare_absence,
    save_preferences,
    withdraw_absence,
)
from planning.services.slots import patterns_of
from planning.web.forms.own import OwnAbsenceForm, PreferencesForm
from planning.web.limits import limited


@require(May.SUBMIT)
def availability(request: HttpRequest) -> HttpResponse:
    surgeon = Surgeon.objects.select_related("specialty").filter(user=cast("User", request.user)).first()
    if surgeon is None:
        return render(request, "planning/own/availability.html", {"surgeon": None})
    return _page(request, surgeon)


@require(May.SUBMIT)
@require_POST
@limited("submission")
def absence_declare(request: HttpRequest) -> HttpResponse:
    """What it hits is told first: the same form, sent again with ``confirmed``, declares it."""
    surgeon = _surgeon(request)
    form = OwnAbsenceForm(request.POST, surgeon=surgeon, today=timezone.localdate())
    if not form.is_valid():
        return _page(request, surgeon, form)
    given = form.cleaned_data
    hit = list(planned_of(surgeon, given["starts_on"], given["ends_on"]))
    if hit and request.POST.get("confirmed") != _names(hit):
        return _page(request, surgeon, form, hit)
    try:
        declare_absence(surgeon=surgeon, **given, user=cast("User", request.user), now=timezone.now())
    except AbsenceOverlaps:
        form.add_error("starts_on", _("Une absence couvre déjà l'un de ces jours : rechargez la page."))
        return _page(request, surgeon, form)
    text = _("Votre absence est déclarée.")
    if hit:
        told = ngettext(
            "Le bloc voit que %(count)s intervention est à déplacer.",
            "Le bloc voit que %(count)s interventions sont à déplacer.",
            len(hit),
        )
        text = f"{text} {told % {'count': len(hit)}}"
    messages.success(request, text)
    return redirect("availability")


@require(May.SUBMIT)
@require_POST
def absence_withdraw(request: HttpRequest, absence: int) -> HttpResponse:
    row = get_object_or_404(Absence, pk=absence, surgeon=_surgeon(request))
    try:
        withdraw_absence(
            absence=row, today=timezone.localdate(), user=cast("User", request.user), now=timezone.now()
        )  # fmt: skip
    except AbsenceBegun:
        messages.error(request, _("Cette absence a commencé : demandez au bloc de la corriger."))
    else:
        messages.success(request, _("L'absence est retirée."))
    return redirect("availability")


@require(May.SUBMIT)
@require_POST
def preferences_save(request: HttpRequest) -> HttpResponse:
    surgeon = _surgeon(request)
    form = PreferencesForm(request.POST, surgeon=surgeon)
    if not form.is_valid():
        return _page(request, surgeon, preferences=form)
    save_preferences(
        surgeon=surgeon, wishes=form.wishes(), user=cast("User", request.user), now=timezone.now()
    )  # fmt: skip
    messages.success(request, _("Vos souhaits sont enregistrés : ceux qui planifient les voient."))
    return redirect("availability")


def _surgeon(request: HttpRequest) -> Surgeon:
    return get_object_or_404(Surgeon.objects.select_related("specialty"), user=cast("User", request.user))


def _names(hit: Sequence[Placement]) -> str:
    """What was told, so that what is hit since is told again."""
    return "-".join(str(pk) for pk in sorted(row.pk for row in hit))


def _page(
    request: HttpRequest, surgeon: Surgeon, form: OwnAbsenceForm | None = None, hit: Sequence[Placement] = (),
    preferences: PreferencesForm | None = None,
) -> HttpResponse:  # fmt: skip
    today = timezone.localdate()
    absences = list(surgeon.absences.all())
    coming = [one for one in absences if one.ends_on >= today]
    last = max((one.ends_on for one in coming), default=today)
    planned = list(planned_of(surgeon, today, last)) if coming else []
    context = {
        "surgeon": surgeon,
        "form": form or OwnAbsenceForm(surgeon=surgeon, today=today),
        "hit": hit,
        "confirm": _names(hit),
        "preferences": preferences or PreferencesForm(surgeon=surgeon),
        "wishes_counted": wishes_counted(),
        "weeks": coming_weeks(surgeon, today, patterns_of),
        "coming": [
            {
                "row": one,
                "begun": one.starts_on <= today,
                "hit": [row for row in planned if one.starts_on <= row.slot.date <= one.ends_on],
            }
            for one in coming
        ],
        "past": [one for one in reversed(absences) if one.ends_on < today],
        "today": today,
    }
    return render(request, "planning/own/availability.html", context)
