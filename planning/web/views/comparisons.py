from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, cast

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from planning import wording
from planning.access import May, require
from planning.calendar import Week
from planning.exchange.comparison_files import FILES
from planning.models import Comparison, Site, User
from planning.selectors import comparison_words as words
from planning.selectors.comparison_weeks import cell_detail, week_lines
from planning.selectors.comparisons import Report, comparisons, progress_of, report, weights_of
from planning.selectors.policies import mark_of, policy_choices, policy_label
from planning.services.comparisons import (
    UnableToCompare,
    request_comparison,
    resume_comparison,
    stop_comparison,
)
from planning.solver.policies import POLICIES
from planning.solver.problem import ProblemError
from planning.solver.ranking import CRITERIA, FILLS, HEAVIEST, OCCUPANCIES, Reading
from planning.tasks import call_workers
from planning.web.comparison_page import Page
from planning.web.forms.comparisons import ComparisonForm
from planning.web.listing import make_listing

_OFFSET = re.compile(r"-?[0-9]{1,3}")
SORTS = {"at": ["requested_at"], "name": ["name", "first_monday"], "weeks": ["first_monday"]}


@require(May.SEE_DRAFTS)
def comparison_list(request: HttpRequest) -> HttpResponse:
    listing = make_listing(request, comparisons(), search=["name"], sorts=SORTS, default="-at")
    lines = [
        {
            "comparison": one,
            "title": words.title(one),
            "span": words.span(one),
            "weeks": (one.last_monday - one.first_monday).days // 7 + 1,
            "policies": [{"mark": mark_of(policy), "label": policy_label(policy)} for policy in one.policies],
            **_progress(one),
        }
        for one in listing.page
    ]
    return render(request, "planning/comparisons/list.html", {"listing": listing, "lines": lines})


@require(May.PLAN)
def comparison_create(request: HttpRequest) -> HttpResponse:
    """``?de=`` and ``?a=`` count weeks from this one, for the ready-made ranges."""
    form = ComparisonForm(request.POST or None, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = request_comparison(user=cast("User", request.user), now=timezone.now(), **form.values())
        except UnableToCompare as error:
            form.add_error(error.field, words.refusal(error.kind, error.facts))
        except ProblemError as error:
            text = _("Les données de ces semaines ne permettent pas de planifier : %(error)s")
            form.add_error(None, text % {"error": error})
        else:
            transaction.on_commit(lambda: call_workers(made.pk))
            return redirect("comparison", pk=made.pk)
    context = {"form": form, "policies": policy_choices(), "ranges": _ranges(request)}
    return render(request, "planning/comparisons/form.html", context)


def _initial(request: HttpRequest) -> dict[str, Any]:
    this_week = Week.of(timezone.localdate()).monday
    first, last = _offset(request, "de", -8), _offset(request, "a", -1)
    site = Site.objects.filter(pk=1).first() or Site(pk=1)
    return {
        "first": this_week + timedelta(weeks=first),
        "last": this_week + timedelta(weeks=last),
        "policies": list(POLICIES),
        "tie_rule": site.tie_rule,
    }


def _offset(request: HttpRequest, name: str, default: int) -> int:
    text = request.GET.get(name, "")
    return int(text) if _OFFSET.fullmatch(text) else default


def _ranges(request: HttpRequest) -> list[dict[str, Any]]:
    found = (
        (_("8 dernières semaines"), -8, -1),
        (_("52 dernières"), -52, -1),
        (_("104 dernières"), -104, -1),
        (_("4 semaines à venir"), 1, 4),
    )
    asked = (_offset(request, "de", -8), _offset(request, "a", -1))
    return [{"label": label, "query": f"de={a}&a={b}", "current": asked == (a, b)} for label, a, b in found]


@require(May.SEE_DRAFTS)
def comparison(request: HttpRequest, pk: int) -> HttpResponse:
    row = _comparison_or_404(pk)
    found = report(row, _reading(request))
    weights = weights_of(cast("User", request.user))
    page = Page(found)
    context = {
        **_common(row, found),
        "page": page,
        "asked": found.asked,
        "asked_text": wording.number(found.asked),
        "leads": [one | {"mark": mark_of(one["policy"])} for one in words.leads(found)],
        "verdict": words.verdict(found),
        "ranking": words.ranked(found, weights),
        "weights": [{"key": key, "label": words.LABELS[key], "weight": weights[key]} for key in CRITERIA],
        "heaviest": HEAVIEST,
        "failures": [
            {"week": Week(one.monday), "policy": policy_label(one.policy), "text": words.failure(one)}
            for one in found.failures
        ],
        "from_pattern": sum(one == "pattern" for one in found.slots_from.values()),
        "without_slots": sum(one == "none" for one in found.slots_from.values()),
    }
    return render(request, "planning/comparisons/detail.html", context)


@require(May.SEE_DRAFTS)
def comparison_weeks(request: HttpRequest, pk: int) -> HttpResponse:
    """The weeks behind a figure: one criterion, one room or all, under each policy."""
    row = _comparison_or_404(pk)
    found = report(row, _reading(request))
    key = request.GET.get("critere", "")
    if key not in CRITERIA:
        raise Http404
    room = request.GET.get("salle") if key == "occupancy" else None
    if room is not None and room not in found.rooms:
        raise Http404
    context = {
        **_common(row, found),
        "label": words.LABELS[key],
        "room": room,
        "help": words.help_of(key, found),
        "policies": Page(found).policies,
        "asked": request.GET.get("politique", ""),
        "lines": week_lines(found, key, room),
    }
    return render(request, "planning/comparisons/weeks.html", context)


@require(May.SEE_DRAFTS)
def comparison_cell(request: HttpRequest, pk: int, week: Week, policy: str) -> HttpResponse:
    """The interventions of one week under one policy."""
    row = _comparison_or_404(pk)
    detail = cell_detail(row, week.monday, policy)
    if detail is None:
        raise Http404
    context = {
        "comparison": row,
        "title": words.title(row),
        "detail": detail,
        "failure": words.failure(detail.cell) if detail.cell.failure else "",
        "policies": [
            {"id": one, "label": policy_label(one), "mark": mark_of(one), "current": one == policy}
            for one in row.policies
        ],
        "figures": [
            {
                "label": words.LABELS[key],
                "unit": words.UNITS[key],
                "text": words.written(key, one.value(detail.cell.figures, _reading(request))),
            }
            for key, one in CRITERIA.items()
            if detail.cell.figures is not None
        ],
        "previous": week.previous if week.previous.monday >= row.first_monday else None,
        "next": week.next if week.next.monday <= row.last_monday else None,
    }
    return render(request, "planning/comparisons/cell.html", context)


@require(May.SEE_DRAFTS)
def comparison_export(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    row = _comparison_or_404(pk)
    if form not in FILES:
        raise Http404
    kind, write = FILES[form]
    answer = HttpResponse(write(report(row, _reading(request))), content_type=kind)
    name = f"politiques-{Week(row.first_monday)}-{Week(row.last_monday)}.{form}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require(May.PLAN)
@require_POST
def comparison_stop(request: HttpRequest, pk: int) -> HttpResponse:
    stop_comparison(comparison=_comparison_or_404(pk), now=timezone.now())
    messages.success(request, _("La comparaison s'arrête. Ce qui est calculé reste, et elle peut reprendre."))
    return redirect("comparison", pk=pk)


@require(May.PLAN)
@require_POST
def comparison_resume(request: HttpRequest, pk: int) -> HttpResponse:
    resume_comparison(comparison=_comparison_or_404(pk), now=timezone.now())
    transaction.on_commit(lambda: call_workers(pk))
    return redirect("comparison", pk=pk)


@require(May.PLAN)
@require_POST
def comparison_delete(request: HttpRequest, pk: int) -> HttpResponse:
    row = _comparison_or_404(pk)
    row.delete()
    messages.success(request, _("La comparaison « %(title)s » est retirée.") % {"title": words.title(row)})
    return redirect("comparisons")


def _comparison_or_404(pk: int) -> Comparison:
    return get_object_or_404(comparisons(), pk=pk)


def _common(row: Comparison, found: Report) -> dict[str, Any]:
    return {
        "comparison": row,
        "title": words.title(row),
        "span": words.span(row),
        "report": found,
        "reading": _query(found),
        **_progress(row),
    }


def _query(found: Report) -> str:
    """What the addresses of the same reading end with."""
    return f"occupation={found.reading.occupancy}&remplissage={found.reading.fill}"


def _progress(row: Comparison) -> dict[str, Any]:
    progress = progress_of(row)
    return {
        "progress": progress,
        "progress_text": words.progress_text(progress),
        "state_label": words.STATES[progress.state],
    }


def _reading(request: HttpRequest) -> Reading:
    asked = (request.GET.get("occupation", ""), request.GET.get("remplissage", ""))
    return Reading(asked[0] if asked[0] in OCCUPANCIES else OCCUPANCIES[0], asked[1] if asked[1] in FILLS else FILLS[0])
