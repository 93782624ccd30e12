from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from planning import wording
from planning.access import May, allowed, require
from planning.calendar import Week, minute_of
from planning.models import Plan, ReleaseRule, Slot, SlotRelease, Specialty, User
from planning.selectors.releases import released, uptake_by_specialty
from planning.services.releases import UnableToRelease, empty_slots, release_slot, save_rules
from planning.web.forms.releases import ReleaseRulesForm, rules_initial
from planning.web.listing import MOST_DIGITS, make_listing

UPTAKE_DAYS = 182
COMING_DAYS = 28
SORTS = {"at": ["released_at"], "date": ["date", "start_minute"], "specialty": ["specialty__code", "date"]}


@require(May.SEE_DRAFTS)
def release_list(request: HttpRequest) -> HttpResponse:
    """What can be released, by which rule, and what was."""
    return _page(request, None)


@require(May.EDIT_REFERENCE)
@require_POST
def release_rules(request: HttpRequest) -> HttpResponse:
    form = ReleaseRulesForm(request.POST, specialties=list(Specialty.objects.all()))
    if not form.is_valid():
        return _page(request, form)
    save_rules(rules=form.rules())
    messages.success(request, _("Les règles de libération sont enregistrées."))
    return redirect("releases")


@require(May.EDIT_REFERENCE)
@require_POST
def release_now(request: HttpRequest, pk: int) -> HttpResponse:
    """One click: to the rule's substitute, or to whom the page chose."""
    slot = get_object_or_404(Slot.objects.select_related("room", "specialty", "surgeon__specialty"), pk=pk)
    number = request.POST.get("to", "")
    known = number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS
    substitute = Specialty.objects.filter(pk=int(number)).first() if known else None
    try:
        row = release_slot(
            slot=slot,
            substitute=substitute,
            user=cast("User", request.user),
            now=timezone.now(),
            today=timezone.localdate(),
        )
    except UnableToRelease as error:
        messages.error(request, _refused(error.reason))
    else:
        to = row.substitute.code if row.substitute else _("tous")
        text = _("La vacation de %(owner)s en %(room)s est libérée pour %(to)s.")
        messages.success(request, text % {"owner": row.specialty.code, "room": row.room.code, "to": to})
    return redirect("releases")


def _refused(reason: str) -> str:
    return {
        "past": _("Cette vacation est passée."),
        "used": _("Une intervention vient d'y être placée : elle n'est plus libre."),
        "unowned": _("Cette vacation est déjà ouverte à tous."),
        "gone": _("Cette vacation a changé entre-temps : rechargez la page."),
    }[reason]


def _page(request: HttpRequest, form: ReleaseRulesForm | None) -> HttpResponse:
    today = timezone.localdate()
    rules = {rule.specialty_id: rule for rule in ReleaseRule.objects.select_related("specialty", "substitute")}
    specialties = list(Specialty.objects.all())
    shown = form or ReleaseRulesForm(initial=rules_initial(rules), specialties=specialties)
    uptake = {
        key: {"count": one.count, "text": wording.percent(one.share)}
        for key, one in uptake_by_specialty(today - timedelta(days=UPTAKE_DAYS), today).items()
    }
    rows = SlotRelease.objects.select_related("room", "specialty", "surgeon", "substitute", "released_by")
    search = ["room__code", "specialty__code", "specialty__name", "substitute__code"]
    listing = make_listing(request, rows, search=search, sorts=SORTS, default="-at")
    context: dict[str, Any] = {
        "form": shown,
        "lines": [
            {"specialty": one, "days": days, "substitute": substitute, "uptake": uptake.get(one.pk)}
            for one, days, substitute in shown.lines()
        ],
        "coming": _coming(rules),
        "listing": listing,
        "released": released(listing.page.object_list),
        "weeks": COMING_DAYS // 7,
        "may_edit": allowed(request.user, May.EDIT_REFERENCE),
    }
    return render(request, "planning/releases/list.html", context)


def _coming(rules: dict[int, ReleaseRule]) -> list[dict[str, Any]]:
    """The empty slots of the coming weeks, with the day on which their rule would release them."""
    today = timezone.localdate()
    slots = empty_slots().filter(date__gt=today, date__lte=today + timedelta(days=COMING_DAYS))
    decided = set(Plan.objects.filter(status=Plan.Status.APPROVED).values_list("monday", flat=True))
    found = []
    for slot in slots.select_related("room", "specialty", "surgeon__specialty").order_by(
        "date", "room__position", "starts_at"
    ):
        owner = slot.specialty or (slot.surgeon.specialty if slot.surgeon else None)
        monday = Week.of(slot.date).monday
        if owner is None or monday not in decided:
            continue
        rule = rules.get(owner.pk)
        found.append(
            {
                "slot": slot,
                "owner": owner,
                "start": minute_of(slot.starts_at, slot.date),
                "end": minute_of(slot.ends_at, slot.date),
                "rule": rule,
                "on": slot.date - timedelta(days=rule.days_ahead) if rule else None,
            }
        )
    return found
