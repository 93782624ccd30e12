from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any, cast

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from planning.access import May, require
from planning.models import JournalEntry, Room, RoomClosure, User
from planning.selectors.touched import placements_in_room
from planning.services.rooms import close_room, reopen_room, room_facts, save_room
from planning.services.seen import ChangedSince
from planning.web.forms.rooms import ClosureForm, RoomForm
from planning.web.listing import make_listing
from planning.web.seen import sealed, shown_in, status_of, tell_change
from planning.web.unavailability import dates_panel, warn_of_placements


@require(May.EDIT_REFERENCE)
def room_list(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    coming = RoomClosure.objects.filter(ends_on__gte=today)
    rows = Room.objects.prefetch_related("equipment", Prefetch("closures", coming, to_attr="coming"))
    service = request.GET.get("service", "")
    if service in ("yes", "no"):
        rows = rows.filter(in_service=service == "yes")
    sorts = {"position": ["position", "code"], "code": ["code"], "name": ["name"], "opens": ["opens_minute"]}
    listing = make_listing(
        request, rows.distinct(), search=["code", "name", "equipment__name"], sorts=sorts, default="position"
    )
    context = {"listing": listing, "service": service, "closures": _closures_by_date(today), "today": today}
    return render(request, "planning/rooms/list.html", context)


@require(May.EDIT_REFERENCE)
def room_create(request: HttpRequest) -> HttpResponse:
    form = RoomForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        room = _save(request, form)
        messages.success(request, _("La salle %(room)s est créée.") % {"room": room.code})
        return redirect("room-edit", pk=room.pk)
    return render(request, "planning/rooms/form.html", {"form": form, "room": None})


@require(May.EDIT_REFERENCE)
def room_edit(request: HttpRequest, pk: int) -> HttpResponse:
    room = get_object_or_404(Room, pk=pk)
    was_in_service = room.in_service
    form = RoomForm(request.POST or None, instance=room)
    if request.method == "POST" and form.is_valid():
        try:
            room = _save(request, form)
        except ChangedSince as error:
            tell_change(form, JournalEntry.Action.ROOM, error, error.now["code"], error.shown.get("code", ""))
        else:
            messages.success(request, _("La salle %(room)s est enregistrée.") % {"room": room.code})
            if was_in_service and not room.in_service:
                warn_of_placements(request, placements_in_room(room, timezone.localdate(), None))
            return redirect("room-edit", pk=room.pk)
    return _room_page(request, room, form, ClosureForm(room=room))


@require(May.EDIT_REFERENCE)
@require_POST
def room_close(request: HttpRequest, pk: int) -> HttpResponse:
    room = get_object_or_404(Room, pk=pk)
    form = ClosureForm(request.POST, room=room)
    if not form.is_valid():
        return _room_page(request, room, RoomForm(instance=room), form)
    given = form.cleaned_data
    closure = close_room(room=room, **given, user=cast("User", request.user), now=timezone.now())
    messages.success(request, _("La fermeture de %(room)s est enregistrée.") % {"room": room.code})
    warn_of_placements(request, placements_in_room(room, max(timezone.localdate(), closure.starts_on), closure.ends_on))
    return redirect("room-edit", pk=room.pk)


@require(May.EDIT_REFERENCE)
@require_POST
def room_reopen(request: HttpRequest, pk: int, closure: int) -> HttpResponse:
    row = get_object_or_404(RoomClosure, pk=closure, room_id=pk)
    reopen_room(closure=row, user=cast("User", request.user), now=timezone.now())
    messages.success(request, _("La fermeture est retirée."))
    return redirect("room-edit", pk=pk)


def _save(request: HttpRequest, form: RoomForm) -> Room:
    room, equipment = form.save(commit=False), form.cleaned_data["equipment"]
    return save_room(
        room=room, equipment=equipment, user=cast("User", request.user), now=timezone.now(), shown=shown_in(request)
    )


def _closures_by_date(today: date) -> list[dict[str, Any]]:
    """The next 90 days' closures; rooms closed on the same days for the same reason stand together."""
    rows = RoomClosure.objects.filter(ends_on__gte=today, starts_on__lte=today + timedelta(days=90))
    grouped: dict[tuple[date, date, str], list[Room]] = defaultdict(list)
    for row in rows.select_related("room").order_by("starts_on", "room__position"):
        grouped[row.starts_on, row.ends_on, row.reason].append(row.room)
    return [
        {"starts_on": starts, "ends_on": ends, "reason": reason, "rooms": rooms}
        for (starts, ends, reason), rooms in grouped.items()
    ]


def _room_page(request: HttpRequest, room: Room, form: RoomForm, closure_form: ClosureForm) -> HttpResponse:
    today = timezone.localdate()
    dates = dates_panel(
        room.closures.all(),
        today=today,
        hits=lambda: placements_in_room(room, today, None),
        removal=lambda pk: reverse("room-reopen", kwargs={"pk": room.pk, "closure": pk}),
    )
    shown = sealed(room_facts(Room.objects.get(pk=room.pk)))
    context = {"form": form, "room": room, "closure_form": closure_form, "dates": dates, "shown": shown}
    return render(request, "planning/rooms/form.html", context, status=status_of(form))
