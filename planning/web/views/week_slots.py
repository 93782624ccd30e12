from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from planning import wording
from planning.access import May, require
from planning.calendar import Week
from planning.models import Room, RoomClosure, Slot, User
from planning.services.slots import generate_slots
from planning.services.week_slots import SlotRefused, remove_slot, restore_pattern, save_slot
from planning.web.bands import Band, room_grid
from planning.web.forms.slots import SlotForm, slot_initial, slot_values
from planning.web.listing import asked_number
from planning.web.views.home import week_to_plan
from planning.web.views.master_plans import say_generated


@require(May.EDIT_REFERENCE)
def week_slots_current(request: HttpRequest) -> HttpResponse:
    return redirect("week-slots", week=week_to_plan(timezone.localdate()))


@require(May.EDIT_REFERENCE)
def week_slots(request: HttpRequest, week: Week) -> HttpResponse:
    """The week's dated slots, room by day; what is changed here changes this week only."""
    slots = list(
        Slot.objects.filter(date__range=(week.monday, week.days[-1])).select_related(
            "room", "specialty", "surgeon__specialty"
        )
    )
    rooms = Room.objects.filter(in_service=True) | Room.objects.filter(pk__in={slot.room_id for slot in slots})
    bands: dict[tuple[int, date], list[Band]] = defaultdict(list)
    for slot in slots:
        bands[slot.room_id, slot.date].append(Band.of_slot(slot))
    used = {slot.date for slot in slots}
    days = [day for index, day in enumerate(week.days) if index < 5 or day in used]
    closed = _closures(week)
    rows = room_grid(list(rooms.distinct().order_by("position", "code")), days, bands)
    for row in rows:
        for cell in row["cells"]:
            cell["closed"] = closed.get((row["room"].pk, cell["day"]))
    context = {
        "week": week,
        "days": [{"key": day, "label": wording.dated(day, "l"), "detail": wording.dated(day, "j F")} for day in days],
        "rows": rows,
        "by_hand": sum(slot.origin != Slot.Origin.PATTERN for slot in slots),
        "slot_count": len(slots),
    }
    return render(request, "planning/week_slots/grid.html", context)


@require(May.EDIT_REFERENCE)
@require_POST
def week_slots_generate(request: HttpRequest, week: Week) -> HttpResponse:
    say_generated(request, generate_slots(week=week))
    return redirect("week-slots", week=week)


@require(May.EDIT_REFERENCE)
@require_POST
def week_slots_restore(request: HttpRequest, week: Week) -> HttpResponse:
    restore_pattern(week=week, user=cast("User", request.user), now=timezone.now())
    messages.success(request, _("La semaine suit de nouveau le plan directeur."))
    return redirect("week-slots", week=week)


@require(May.EDIT_REFERENCE)
def week_slot_create(request: HttpRequest, week: Week) -> HttpResponse:
    initial: dict[str, Any] = {"start_minute": 480, "end_minute": 1080, "date": request.GET.get("date", "")}
    if (room := asked_number(request, "room")) is not None:
        initial["room"] = room
    return _slot_page(request, week, None, initial)


@require(May.EDIT_REFERENCE)
def week_slot_edit(request: HttpRequest, week: Week, pk: int) -> HttpResponse:
    slot = _slot_of(week, pk)
    return _slot_page(request, week, slot, slot_initial(slot))


@require(May.EDIT_REFERENCE)
@require_POST
def week_slot_delete(request: HttpRequest, week: Week, pk: int) -> HttpResponse:
    try:
        remove_slot(slot=_slot_of(week, pk), user=cast("User", request.user), now=timezone.now())
    except SlotRefused as refusal:
        messages.error(request, refusal.message)
        return redirect("week-slot-edit", week=week, pk=pk)
    messages.success(request, _("La plage est retirée de cette semaine."))
    return redirect("week-slots", week=week)


def _slot_of(week: Week, pk: int) -> Slot:
    rows = Slot.objects.select_related("room", "specialty", "surgeon__specialty")
    return get_object_or_404(rows, pk=pk, date__range=(week.monday, week.days[-1]))


def _slot_page(request: HttpRequest, week: Week, slot: Slot | None, initial: dict[str, Any]) -> HttpResponse:
    form = SlotForm(request.POST or None, initial=initial, week=week)
    if request.method == "POST" and form.is_valid():
        values = slot_values(form.cleaned_data, form.cleaned_data["date"])
        try:
            save_slot(slot=slot, week=week, values=values, user=cast("User", request.user), now=timezone.now())
        except SlotRefused as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, _("La plage est enregistrée pour cette semaine."))
            return redirect("week-slots", week=week)
    placements = slot.placements.select_related("intervention", "plan").order_by("plan__number") if slot else ()
    context = {"form": form, "week": week, "slot": slot, "placements": placements}
    return render(request, "planning/week_slots/form.html", context)


def _closures(week: Week) -> dict[tuple[int, date], str]:
    rows = RoomClosure.objects.filter(starts_on__lte=week.days[-1], ends_on__gte=week.monday)
    return {(row.room_id, day): row.reason for row in rows for day in week.days if row.starts_on <= day <= row.ends_on}
