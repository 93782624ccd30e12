"""The sign-offs of a week's programme: what awaits whom, what they read, their word on it."""

from __future__ import annotations

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
from planning.models import PatientRead, Plan, SignOff, User
from planning.selectors import sign_off_words as words
from planning.selectors.approval import approval_check
from planning.selectors.parameters import site_in_force
from planning.selectors.sign_offs import (
    Standing,
    awaits,
    drafts_to_sign,
    missing,
    requires_sign_offs,
    standings_of,
)
from planning.selectors.signing import signing
from planning.services import sign_offs as services
from planning.services.reads import note_read
from planning.services.steps import Stale
from planning.web.listing import asked_number

# Beyond, their number is said.
MOST_NAMES = 6


@require(May.SIGN, May.SEE_DRAFTS)
def sign_off_list(request: HttpRequest) -> HttpResponse:
    """The weeks whose sign-offs are asked for, those that await the reader first; to whoever asks, those to come."""
    user = cast("User", request.user)
    drafts = list(drafts_to_sign(user, timezone.localdate()))
    found = standings_of(drafts)
    lines = [_week_line(draft, found[draft.pk], user) for draft in drafts if found[draft.pk]]
    lines.sort(key=lambda line: not line["own"])
    context = {"lines": lines, "required": requires_sign_offs(site_in_force())}
    return render(request, "planning/sign_offs/list.html", context)


def _week_line(draft: Plan, found: list[Standing], user: User) -> dict[str, Any]:
    awaited = missing(found)
    return {
        "draft": draft,
        "week": Week(draft.monday),
        "own": awaits(user, draft, found),
        "held": sum(one.holds for one in found),
        "of": len(found),
        "awaited": words.names(awaited) if len(awaited) <= MOST_NAMES else "",
        "missing": len(awaited),
    }


@require(May.SIGN, May.SEE_DRAFTS)
def sign_off_week(request: HttpRequest, week: Week) -> HttpResponse:
    """Who signed, who is awaited and why, and what the reader would sign."""
    return _page(request, week)


@require(May.PLAN)
@require_POST
def sign_off_ask(request: HttpRequest, week: Week) -> HttpResponse:
    draft = get_object_or_404(Plan, monday=week.monday, status=Plan.Status.DRAFT)
    revision = asked_number(request, "revision", request.POST)
    try:
        awaited = services.ask_sign_offs(
            plan_id=draft.pk, revision=-1 if revision is None else revision, user=cast("User", request.user),
            now=timezone.now(),
        )  # fmt: skip
    except Stale:
        messages.error(request, _("Le planning a changé entre-temps : relisez-le, puis demandez les visas."))
    except services.NotAsked:
        messages.info(request, _("Aucun visa n'est exigé : le planning peut être approuvé."))
    else:
        text = _("Les visas sont demandés : %(names)s.") if awaited else _("Tous les visas tiennent déjà.")
        messages.success(request, text % {"names": words.names(awaited)} if awaited else text)
    return redirect("sign-off-week", week=week)


@require(May.SIGN)
@require_POST
def sign_off_give(request: HttpRequest, week: Week) -> HttpResponse:
    """The reader's word on what the page showed them: « Viser », or « Je ne peux pas viser » with why."""
    draft = get_object_or_404(Plan, monday=week.monday, status=Plan.Status.DRAFT)
    refuses = request.POST.get("decision") == SignOff.Decision.REFUSED
    comment = request.POST.get("comment", "").replace("\0", "").strip()[: services.MOST_COMMENT]
    act = services.refuse_programme if refuses else services.sign_programme
    try:
        act(
            plan_id=draft.pk, kind=request.POST.get("kind", ""), surgeon=asked_number(request, "surgeon", request.POST),
            seen=request.POST.get("seen", ""), user=cast("User", request.user), now=timezone.now(), comment=comment,
        )  # fmt: skip
    except services.SignOffRefused as error:
        return _page(request, week, status=409, refused=words.refused(error.reason, refuses))
    messages.success(request, _("Votre refus est noté : la direction le lit.") if refuses else _("Le visa est donné."))
    return redirect("sign-off-week", week=week)


def _page(request: HttpRequest, week: Week, *, status: int = 200, refused: str = "") -> HttpResponse:
    user = cast("User", request.user)
    found = signing(week, user)
    note_read(
        user=user, source=PatientRead.Source.SIGN_OFF, interventions=found.told, now=timezone.now(), monday=week.monday
    )
    draft = found.draft
    context = {
        "week": week,
        "draft": draft,
        "approved": found.approved,
        "signatures": [
            {"text": wording.named(words.whose(row.kind, row.surgeon), words.given(row)), "comment": row.comment}
            for row in found.signatures
        ],
        "required": requires_sign_offs(site_in_force()),
        "opened": found.opened,
        "cards": found.cards,
        "mine": [card for card in found.cards if card["theirs"]],
        "others": [card for card in found.cards if not card["theirs"]],
        "missing": words.names(found.missing),
        "missing_count": len(found.missing),
        "most_names": MOST_NAMES,
        "lines": found.lines,
        "everything": found.everything,
        "remarks": approval_check(draft)["warnings"] if draft and found.lines and found.everything else [],
        "refused": refused,
    }
    return render(request, "planning/sign_offs/week.html", context, status=status)
