from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from planning.access import May, require
from planning.calendar import Week
from planning.models import MasterPlan, Room, SlotPattern
from planning.models.people import Weekday
from planning.services.master_plans import save_pattern
from planning.services.slots import Generated, generate_slots, weeks_between
from planning.services.week_slots import SlotRefused
from planning.web.bands import Band, room_grid
from planning.web.forms.slots import ApplyForm, MasterPlanForm, PatternForm, pattern_initial, slot_values
from planning.web.listing import asked_number, make_listing
from planning.web.views.master_plan_drafts import board_page


@require(May.EDIT_REFERENCE)
def master_plan_list(request: HttpRequest) -> HttpResponse:
    rows = MasterPlan.objects.annotate(pattern_count=Count("patterns"))
    sorts = {"from": ["valid_from"], "name": ["name"], "slots": ["pattern_count"]}
    listing = make_listing(request, rows, search=["name"], sorts=sorts, default="-from")
    return render(request, "planning/master_plans/list.html", {"listing": listing, "today": timezone.localdate()})


@require(May.EDIT_REFERENCE)
def master_plan_create(request: HttpRequest) -> HttpResponse:
    form = MasterPlanForm(request.POST or None, initial={"valid_from": Week.of(timezone.localdate()).next.monday})
    if request.method == "POST" and form.is_valid():
        plan = form.save()
        messages.success(
            request, _("Le plan directeur « %(name)s » est créé : ajoutez ses plages.") % {"name": plan.name}
        )
        return redirect("master-plan", pk=plan.pk)
    return render(request, "planning/master_plans/form.html", {"form": form, "plan": None})


@require(May.EDIT_REFERENCE)
def master_plan_edit(request: HttpRequest, pk: int) -> HttpResponse:
    plan = get_object_or_404(MasterPlan, pk=pk)
    form = MasterPlanForm(request.POST or None, instance=plan)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Le plan directeur est enregistré."))
        return redirect("master-plan", pk=pk)
    return render(request, "planning/master_plans/form.html", {"form": form, "plan": plan})


@require(May.EDIT_REFERENCE)
def master_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """The pattern as a grid, weekday by room, one cycle week at a time; a draft on its board."""
    plan = get_object_or_404(MasterPlan, pk=pk)
    if plan.status == MasterPlan.Status.DRAFT:
        return board_page(request, plan)
    return _grid_page(request, plan, None)


@require(May.EDIT_REFERENCE)
@require_POST
def master_plan_apply(request: HttpRequest, pk: int) -> HttpResponse:
    plan = get_object_or_404(MasterPlan, pk=pk)
    form = ApplyForm(request.POST)
    if not form.is_valid():
        return _grid_page(request, plan, form)
    total = Generated()
    for week in weeks_between(Week.of(form.cleaned_data["first"]), form.cleaned_data["weeks"]):
        total += generate_slots(week=week)
    say_generated(request, total)
    return redirect("master-plan", pk=pk)


def say_generated(request: HttpRequest, done: Generated) -> None:
    """What writing the pattern did, in the page's messages."""
    counts = {"added": done.added, "changed": done.changed, "removed": done.removed, "kept": done.kept}
    if done.added or done.changed or done.removed:
        text = _("Plages écrites : %(added)s ajoutées, %(changed)s modifiées, %(removed)s retirées.")
        messages.success(request, text % counts)
    elif not done.kept:
        messages.info(request, _("Rien à écrire : tout suit déjà le plan directeur valable à ces dates."))
    if done.kept:
        text = _("%(kept)s plages diffèrent du plan directeur et restent : des interventions y sont placées.")
        messages.warning(request, text % counts)


@require(May.EDIT_REFERENCE)
def pattern_create(request: HttpRequest, pk: int) -> HttpResponse:
    plan = get_object_or_404(MasterPlan, pk=pk)
    return _pattern_page(request, plan, None, _asked_place(request))


@require(May.EDIT_REFERENCE)
def pattern_edit(request: HttpRequest, pk: int, pattern: int) -> HttpResponse:
    plan = get_object_or_404(MasterPlan, pk=pk)
    row = get_object_or_404(SlotPattern, pk=pattern, master_plan=plan)
    return _pattern_page(request, plan, row, pattern_initial(row))


@require(May.EDIT_REFERENCE)
@require_POST
def pattern_delete(request: HttpRequest, pk: int, pattern: int) -> HttpResponse:
    row = get_object_or_404(SlotPattern, pk=pattern, master_plan_id=pk)
    row.delete()
    messages.success(
        request, _("La plage type est retirée. Les semaines déjà écrites la gardent jusqu'à « Appliquer ».")
    )
    return _to_grid(pk, row.cycle_week)


def _pattern_page(
    request: HttpRequest, plan: MasterPlan, pattern: SlotPattern | None, initial: dict[str, Any]
) -> HttpResponse:
    form = PatternForm(request.POST or None, initial=initial, master_plan=plan)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        values = slot_values(given, plan.valid_from)
        try:
            row = save_pattern(
                pattern=pattern,
                master_plan=plan,
                cycle_week=given["cycle_week"],
                weekday=given["weekday"],
                values=values,
            )
        except SlotRefused as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, _("La plage type est enregistrée."))
            return _to_grid(plan.pk, row.cycle_week)
    return render(request, "planning/master_plans/pattern.html", {"form": form, "plan": plan, "pattern": pattern})


def _asked_place(request: HttpRequest) -> dict[str, Any]:
    """The cell of the grid that was clicked, when it makes sense."""
    asked = {name: asked_number(request, name) for name in ("room", "weekday", "cycle_week")}
    initial: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    return {"start_minute": 480, "end_minute": 1080} | initial


def _to_grid(pk: int, cycle_week: int) -> HttpResponse:
    answer = redirect("master-plan", pk=pk)
    if cycle_week > 1:
        answer["Location"] += f"?cycle={cycle_week}"
    return answer


def _grid_page(request: HttpRequest, plan: MasterPlan, apply_form: ApplyForm | None) -> HttpResponse:
    asked = asked_number(request, "cycle")
    cycle = asked if asked is not None and 1 <= asked <= plan.cycle_weeks else 1
    patterns = list(plan.patterns.filter(cycle_week=cycle).select_related("room", "specialty", "surgeon__specialty"))
    rooms = Room.objects.filter(in_service=True) | Room.objects.filter(pk__in=[p.room_id for p in patterns])
    shown = list(rooms.distinct().order_by("position", "code"))
    bands: dict[tuple[int, int], list[Band]] = defaultdict(list)
    for pattern in patterns:
        bands[pattern.room_id, pattern.weekday].append(Band.of_pattern(pattern))
    used = {pattern.weekday for pattern in patterns}
    days = [day for day in Weekday if day.value < 5 or day.value in used]
    first = max(Week.of(timezone.localdate()).next.monday, plan.valid_from)
    context = {
        "plan": plan,
        "cycle": cycle,
        "cycles": range(1, plan.cycle_weeks + 1),
        "days": [{"key": day.value, "label": day.label, "detail": ""} for day in days],
        "rows": room_grid(shown, [day.value for day in days], bands),
        "apply_form": apply_form or ApplyForm(initial={"first": first}),
        "pattern_count": len(patterns),
    }
    return render(request, "planning/master_plans/grid.html", context)
