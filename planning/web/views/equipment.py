from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from planning.access import May, require
from planning.models import Equipment, JournalEntry, User
from planning.selectors.equipment import use_of, with_use
from planning.services.equipment import EquipmentInUse, equipment_facts, remove_equipment, save_equipment
from planning.services.seen import ChangedSince
from planning.web.forms.equipment import EquipmentForm
from planning.web.listing import make_listing
from planning.web.seen import sealed, shown_in, status_of, tell_change


@require(May.EDIT_REFERENCE)
def equipment_list(request: HttpRequest) -> HttpResponse:
    shared = request.GET.get("shared", "")
    rows = with_use()
    if shared in ("yes", "no"):
        rows = rows.filter(units__isnull=shared == "no")
    sorts = {"code": ["code"], "name": ["name"], "units": ["units", "code"], "needed": ["needed_by", "code"]}
    listing = make_listing(request, rows, search=["code", "name"], sorts=sorts, default="name")
    return render(request, "planning/equipment/list.html", {"listing": listing, "shared": shared})


@require(May.EDIT_REFERENCE)
def equipment_create(request: HttpRequest) -> HttpResponse:
    form = EquipmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _save(request, form)
    return render(request, "planning/equipment/form.html", {"form": form, "equipment": None})


@require(May.EDIT_REFERENCE)
def equipment_edit(request: HttpRequest, pk: int) -> HttpResponse:
    equipment = get_object_or_404(Equipment, pk=pk)
    title = equipment.name  # validating the form writes what was typed over it
    form = EquipmentForm(request.POST or None, instance=equipment)
    if request.method == "POST" and form.is_valid():
        try:
            return _save(request, form)
        except ChangedSince as error:
            tell_change(form, JournalEntry.Action.EQUIPMENT, error, error.now["name"], error.shown.get("name", ""))
    shown = sealed(equipment_facts(Equipment.objects.get(pk=pk)))
    context = {"form": form, "equipment": equipment, "title": title, "use": use_of(equipment), "shown": shown}
    return render(request, "planning/equipment/form.html", context, status=status_of(form))


@require(May.EDIT_REFERENCE)
@require_POST
def equipment_delete(request: HttpRequest, pk: int) -> HttpResponse:
    equipment = get_object_or_404(Equipment, pk=pk)
    name = equipment.name
    try:
        remove_equipment(equipment=equipment, user=cast("User", request.user), now=timezone.now())
    except EquipmentInUse as error:
        text = _(
            "%(name)s sert encore (%(rooms)s salles, %(interventions)s interventions). "
            "Retirez-le d'abord des salles ; les interventions gardent ce qu'elles demandent."
        )
        values = {"name": name, "rooms": error.use.rooms, "interventions": error.use.interventions}
        messages.error(request, text % values)
        return redirect("equipment-edit", pk=pk)
    messages.success(request, _("L'équipement %(name)s est retiré.") % {"name": name})
    return redirect("equipment")


def _save(request: HttpRequest, form: EquipmentForm) -> HttpResponse:
    saved = save_equipment(
        equipment=form.save(commit=False), rooms=form.cleaned_data["rooms"], user=cast("User", request.user),
        now=timezone.now(), shown=shown_in(request),
    )  # fmt: skip
    messages.success(request, _("L'équipement %(name)s est enregistré.") % {"name": saved.name})
    return redirect("equipment")
