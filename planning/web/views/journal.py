from __future__ import annotations

from datetime import date
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from planning.access import May, require
from planning.calendar import Week
from planning.exchange.journal_files import FILES
from planning.exchange.spreadsheets import TYPES
from planning.models import JournalEntry, PatientRead, User
from planning.selectors.journal import run_of, text_of
from planning.selectors.journal_parts import Parts, cost_of, parts_of, patients_of, with_patients
from planning.selectors.journal_search import KINDS, MOST_LINES, Search, found, is_against_a_rule
from planning.services.reads import note_read
from planning.web.listing import asked_day, asked_number, make_listing

SORTS = {"at": ["at"], "user": ["user__last_name", "at"], "action": ["action", "at"], "week": ["monday", "at"]}
Action = JournalEntry.Action
LOOKS: dict[str, tuple[str, str]] = {
    Action.MOVE: ("swap", ""), Action.SWAP: ("swap", ""), Action.SWAP_ROOMS: ("swap", ""), Action.UNPLAN: ("off", ""),
    Action.PIN: ("lock", ""), Action.UNPIN: ("lock", ""), Action.UNDO: ("undo", ""), Action.REDO: ("redo", ""),
    Action.RUN: ("spark", ""), Action.PROPOSE: ("spark", ""), Action.TAKE: ("diff", ""), Action.SUBMIT: ("plus", ""),
    Action.APPROVE: ("check", "ok"), Action.SIGN: ("check", "ok"), Action.ACCEPT: ("check", ""),
    Action.ANSWER: ("check", ""), Action.CHANGE: ("pen", ""), Action.EDIT: ("pen", ""), Action.RETURN: ("undo", "warn"),
    Action.REFUSE: ("cross", "bad"), Action.CANCEL: ("cross", "warn"),
}  # fmt: skip


@require(May.SEE_DRAFTS)
def journal_current(request: HttpRequest) -> HttpResponse:
    """The week whose journal moved last, or the current one."""
    last = JournalEntry.objects.exclude(monday=None).values_list("monday", flat=True).first()
    return redirect("journal", week=Week(last) if last else Week.of(timezone.localdate()))


@require(May.SEE_DRAFTS)
def journal(request: HttpRequest, week: Week) -> HttpResponse:
    """Who did what in a week, when, from what to what, why, and at what cost."""
    return _page(request, week)


@require(May.SEE_DRAFTS)
def journal_all(request: HttpRequest) -> HttpResponse:
    """The same of every week, with what belongs to none: rooms, surgeons, specialties, parameters, imports."""
    return _page(request, None)


@require(May.SEE_DRAFTS)
def journal_export(request: HttpRequest, form: str) -> HttpResponse:
    """The lines of the same filters, the latest first, without any patient's code."""
    if form not in FILES:
        raise Http404
    search = _asked(request, None)
    answer = HttpResponse(FILES[form](found(search)[:MOST_LINES]), content_type=TYPES[form])
    name = f"journal-{Week(search.monday)}" if search.monday else "journal"
    answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return answer


def _page(request: HttpRequest, week: Week | None) -> HttpResponse:
    search = _asked(request, week)
    listing = make_listing(request, found(search), search=(), sorts=SORTS, default="-at")
    entries = list(listing.page)
    parts = [parts_of(entry) for entry in entries]
    patients = patients_of(parts)
    note_read(
        user=cast("User", request.user), source=PatientRead.Source.JOURNAL, now=timezone.now(),
        interventions=[pk for pk, _code in patients.values()], monday=week.monday if week else None,
    )  # fmt: skip
    told = JournalEntry.objects.filter(monday=week.monday) if week else JournalEntry.objects.all()
    exported = request.GET.copy()
    if week:
        exported["week"] = str(week)
    context = {
        "week": week,
        "listing": listing,
        # Named as the grid names them: by the patients' codes, which the journal itself never holds.
        "lines": [
            _line(entry, with_patients(one, patients), one.subject) for entry, one in zip(entries, parts, strict=True)
        ],
        "actions": JournalEntry.Action.choices,
        "kinds": [(key, label) for key, (label, _actions) in KINDS.items()],
        "people": User.objects.filter(pk__in=told.order_by().values("user")),
        "asked": search,
        "exported": exported.urlencode(),
        "kept": _kept(request),
    }
    return render(request, "planning/journal/list.html", context)


def _line(entry: JournalEntry, parts: Parts, code: str) -> dict[str, Any]:
    icon, tone = LOOKS.get(entry.action, ("dot", ""))
    forced = is_against_a_rule(entry)
    return {
        "entry": entry,
        "text": text_of(entry),
        "parts": parts,
        "code": code if code != parts.subject else "",
        "label": entry.intervention.procedure_label if entry.intervention else "",
        "run": run_of(entry),
        "cost": cost_of(entry),
        "icon": "alert" if forced else icon,
        "tone": "bad" if forced else tone,
        "forced": forced and entry.action != Action.FORCE,
        "week": Week(entry.monday) if entry.monday else None,
    }


def _asked(request: HttpRequest, week: Week | None) -> Search:
    """What the address asks for; what cannot be read is not asked."""
    action, kind = request.GET.get("action", ""), request.GET.get("kind", "")
    return Search(
        words=request.GET.get("q", ""),
        action=action if action in JournalEntry.Action.values else "",
        kind=kind if kind in KINDS else "",
        person=asked_number(request, "user"),
        first=asked_day(request, "from"),
        last=asked_day(request, "to"),
        monday=week.monday if week else _asked_week(request),
        against_a_rule=request.GET.get("rule") == "1",
    )


def _asked_week(request: HttpRequest) -> date | None:
    try:
        return Week.parse(request.GET.get("week", "")).monday
    except ValueError:
        return None


def _kept(request: HttpRequest) -> str:
    """The address's filters but the kind and the page, for the links that change the kind."""
    kept = request.GET.copy()
    for name in ("kind", "rule", "page"):
        kept.pop(name, None)
    return kept.urlencode()
