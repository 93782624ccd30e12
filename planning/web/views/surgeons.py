from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from planning.access import May, require
from planning.models import Absence, JournalEntry, Specialty, Surgeon, User
from planning.models.people import Weekday
from planning.selectors.preferences import preference_text, rows_of
from planning.selectors.touched import placements_of_surgeon
from planning.services.seen import ChangedSince
from planning.services.surgeons import add_absence, remove_absence, save_surgeon, surgeon_facts
from planning.web.forms.surgeons import AbsenceForm, SurgeonForm
from planning.web.listing import asked_number, make_listing
from planning.web.seen import sealed, shown_in, status_of, tell_change
from planning.web.unavailability import dates_panel, warn_of_placements


@require(May.EDIT_REFERENCE)
def surgeon_list(request: HttpRequest) -> HttpResponse:
    coming = Absence.objects.filter(ends_on__gte=timezone.localdate())
    rows = Surgeon.objects.select_related("specialty", "user")
    rows = rows.prefetch_related("availabilities", Prefetch("absences", coming, to_attr="coming"))
    specialty, activity = request.GET.get("specialty", ""), request.GET.get("active", "yes")
    if (number := asked_number(request, "specialty")) is not None:
        rows = rows.filter(specialty_id=number)
    if activity in ("yes", "no"):
        rows = rows.filter(active=activity == "yes")
    sorts = {
        "name": ["last_name", "first_name"],
        "trigram": ["trigram"],
        "specialty": ["specialty__code", "last_name"],
        "maximum": ["daily_maximum_minutes", "last_name"],
    }
    search = ["last_name", "first_name", "trigram", "code", "specialty__name"]
    listing = make_listing(request, rows, search=search, sorts=sorts, default="name")
    context = {
        "listing": listing,
        "specialties": Specialty.objects.all(),
        "specialty": specialty,
        "activity": activity,
        "weekdays": list(Weekday)[:5],
    }
    return render(request, "planning/surgeons/list.html", context)


@require(May.EDIT_REFERENCE)
def surgeon_create(request: HttpRequest) -> HttpResponse:
    initial = {f"{side}_{day}": minute for day in range(5) for side, minute in (("start", 480), ("end", 1200))}
    form = SurgeonForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        surgeon = _save(request, form)
        messages.success(request, _("%(surgeon)s est enregistré.") % {"surgeon": surgeon})
        return redirect("surgeon-edit", pk=surgeon.pk)
    return render(request, "planning/surgeons/form.html", {"form": form, "surgeon": None})


@require(May.EDIT_REFERENCE)
def surgeon_edit(request: HttpRequest, pk: int) -> HttpResponse:
    surgeon = get_object_or_404(Surgeon, pk=pk)
    was_active = surgeon.active
    form = SurgeonForm(request.POST or None, instance=surgeon)
    if request.method == "POST" and form.is_valid():
        try:
            surgeon = _save(request, form)
        except ChangedSince as error:
            tell_change(form, JournalEntry.Action.SURGEON, error, *_names(error))
        else:
            messages.success(request, _("%(surgeon)s est enregistré.") % {"surgeon": surgeon})
            if was_active and not surgeon.active:
                warn_of_placements(request, placements_of_surgeon(surgeon, timezone.localdate(), None))
            return redirect("surgeon-edit", pk=surgeon.pk)
    return _surgeon_page(request, surgeon, form, AbsenceForm(surgeon=surgeon))


@require(May.EDIT_REFERENCE)
@require_POST
def surgeon_absence(request: HttpRequest, pk: int) -> HttpResponse:
    surgeon = get_object_or_404(Surgeon, pk=pk)
    form = AbsenceForm(request.POST, surgeon=surgeon)
    if not form.is_valid():
        return _surgeon_page(request, surgeon, SurgeonForm(instance=surgeon), form)
    given = form.cleaned_data
    absence = add_absence(surgeon=surgeon, **given, user=cast("User", request.user), now=timezone.now())
    messages.success(request, _("L'absence de %(surgeon)s est enregistrée.") % {"surgeon": surgeon})
    first = max(timezone.localdate(), absence.starts_on)
    warn_of_placements(request, placements_of_surgeon(surgeon, first, absence.ends_on))
    return redirect("surgeon-edit", pk=surgeon.pk)


@require(May.EDIT_REFERENCE)
@require_POST
def surgeon_absence_remove(request: HttpRequest, pk: int, absence: int) -> HttpResponse:
    row = get_object_or_404(Absence, pk=absence, surgeon_id=pk)
    remove_absence(absence=row, user=cast("User", request.user), now=timezone.now())
    messages.success(request, _("L'absence est retirée."))
    return redirect("surgeon-edit", pk=pk)


def _save(request: HttpRequest, form: SurgeonForm) -> Surgeon:
    surgeon, hours = form.save(commit=False), form.hours()
    return save_surgeon(
        surgeon=surgeon, hours=hours, user=cast("User", request.user), now=timezone.now(), shown=shown_in(request)
    )


def _names(error: ChangedSince) -> list[str]:
    """As the journal names surgeons."""
    return [str(Surgeon(last_name=facts["last_name"])) for facts in (error.now, error.shown) if facts]


def _surgeon_page(request: HttpRequest, surgeon: Surgeon, form: SurgeonForm, absence_form: AbsenceForm) -> HttpResponse:
    today = timezone.localdate()
    dates = dates_panel(
        surgeon.absences.all(),
        today=today,
        hits=lambda: placements_of_surgeon(surgeon, today, None),
        removal=lambda pk: reverse("surgeon-absence-remove", kwargs={"pk": surgeon.pk, "absence": pk}),
    )
    wishes = preference_text(rows_of(surgeon.preferences.all()))
    context = {
        "form": form,
        "surgeon": surgeon,
        "absence_form": absence_form,
        "dates": dates,
        "wishes": wishes,
        "shown": sealed(surgeon_facts(Surgeon.objects.select_related("specialty", "user").get(pk=surgeon.pk))),
    }
    return render(request, "planning/surgeons/form.html", context, status=status_of(form))
