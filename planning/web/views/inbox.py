"""The bloc's inbox: the list, and one item of it."""

from __future__ import annotations

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from planning.access import May, require
from planning.models import PatientRead, User
from planning.selectors.inbox import Item
from planning.selectors.inbox import inbox as read_inbox
from planning.selectors.inbox import inbox_item as read_item
from planning.selectors.inbox_detail import places_of
from planning.services.reads import note_read
from planning.web.forms.inbox import AcceptForm
from planning.web.inbox_page import Choices, item_context, list_context
from planning.web.inbox_undo import take_undo
from planning.web.listing import asked_number
from planning.web.notices import read_what_it_lists

# What a page of ours asks for when it wants the item alone, or of it the places for another duration.
FRAGMENT, PLACES = "fragment", "places"


@require(May.DECIDE)
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    return _page(request, asked_number(request, "sel"))


@require(May.DECIDE)
@require_GET
def inbox_item(request: HttpRequest, pk: int) -> HttpResponse:
    """One item beside the list; alone when the page itself asks for it."""
    item = read_item(pk, today=timezone.localdate(), group=Choices.of(request.GET).group)
    if item is None:
        raise Http404
    if request.GET.get(FRAGMENT) == PLACES:
        return _places(request, item)
    if FRAGMENT in request.GET:
        _note_read(request, {pk})
        return render(request, "planning/inbox/_item.html", _item_context(request, item))
    return _page(request, pk, item)


def _places(request: HttpRequest, item: Item) -> HttpResponse:
    """If it lasted as long as the person is about to decide; a duration that cannot be is not counted with."""
    form, row = AcceptForm(request.GET), item.intervention
    minutes = (form.cleaned_data["minutes"] if form.is_valid() else None) or row.planned_minutes
    context = {"places": places_of(row, minutes, timezone.localdate()), "minutes": minutes}
    return render(request, "planning/inbox/_places.html", context)


def _page(request: HttpRequest, selected: int | None, item: Item | None = None) -> HttpResponse:
    today, now = timezone.localdate(), timezone.now()
    found = read_inbox(cast("User", request.user), today=today, now=now)
    context = list_context(found, Choices.of(request.GET), today, now, selected)
    context |= {"undo": take_undo(request), "check_sound": request.GET.get("check") == "sound"}
    shown = {row.item.pk for section in context["sections"] for row in section.rows}
    if item is not None:
        context |= _item_context(request, item)
        shown.add(item.pk)
    _note_read(request, shown)
    read_what_it_lists(request)
    return render(request, "planning/inbox/inbox.html", context)


def _item_context(request: HttpRequest, item: Item) -> dict[str, Any]:
    return item_context(request, item, timezone.localdate(), timezone.now())


def _note_read(request: HttpRequest, numbers: set[int]) -> None:
    note_read(
        user=cast("User", request.user), source=PatientRead.Source.INBOX, interventions=sorted(numbers),
        now=timezone.now(),
    )  # fmt: skip
