from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, ProtectedError, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from planning.access import May, require
from planning.models import Specialty
from planning.web.forms.specialties import SpecialtyForm
from planning.web.listing import make_listing


@require(May.EDIT_REFERENCE)
def specialty_list(request: HttpRequest) -> HttpResponse:
    rows = Specialty.objects.annotate(surgeon_count=Count("surgeons", filter=Q(surgeons__active=True)))
    sorts = {"code": ["code"], "name": ["name"], "surgeons": ["surgeon_count", "code"]}
    listing = make_listing(request, rows, search=["code", "name"], sorts=sorts, default="code")
    return render(request, "planning/specialties/list.html", {"listing": listing})


@require(May.EDIT_REFERENCE)
def specialty_create(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@require(May.EDIT_REFERENCE)
def specialty_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Specialty, pk=pk))


def _edit(request: HttpRequest, specialty: Specialty | None) -> HttpResponse:
    form = SpecialtyForm(request.POST or None, instance=specialty)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, _("La spécialité %(code)s est enregistrée.") % {"code": saved.code})
        return redirect("specialties")
    return render(request, "planning/specialties/form.html", {"form": form, "specialty": specialty})


@require(May.EDIT_REFERENCE)
@require_POST
def specialty_delete(request: HttpRequest, pk: int) -> HttpResponse:
    specialty = get_object_or_404(Specialty, pk=pk)
    try:
        specialty.delete()
    except ProtectedError as error:
        users = len(error.protected_objects)
        text = _(
            "%(code)s sert encore (%(users)s fiches : chirurgiens, plages ou interventions). Rattachez-les ailleurs."
        )
        messages.error(request, text % {"code": specialty.code, "users": users})
        return redirect("specialty-edit", pk=pk)
    messages.success(request, _("La spécialité %(code)s est retirée.") % {"code": specialty.code})
    return redirect("specialties")
