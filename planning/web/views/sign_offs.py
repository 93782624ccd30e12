"""The sign-offs of a week's programme: what awaits whom, what they read, their word on it."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from planning import wording
from planning.access import May, allowed, require
from planning.calendar import Week
from planning.models import PatientRead, Plan, SignOff, Surgeon, User
from planning.selectors import sign_off_words as words
from planning.selectors.approval import approval_check
from planning.selectors.parameters import site_in_force
from planning.selectors.programme import Line, codes_of, programme
from planning.selectors.sign_offs import (
    SIGNED,
    Kind,
    Standing,
    may_record,
    may_sign,
    missing,
    requires_sign_offs,
    signatures,
    standings,
    standings_of,
)
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
    asked = ~Q(sign_offs_asked_at=None)
    if allowed(user, May.PLAN):
        asked |= Q(monday__gte=Week.of(timezone.localdate()).monday)
    drafts = list(Plan.objects.filter(asked, status=Plan.Status.DRAFT).order_by("monday"))
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
        "own": draft.sign_offs_asked_at is not None
        and any(not one.holds and one.kind != Kind.ORGANISER and may_sign(user, one) for one in found),
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
        return _page(request, week, status=409, refused=_told(error, refuses))
    messages.success(request, _("Votre refus est noté : la direction le lit.") if refuses else _("Le visa est donné."))
    return redirect("sign-off-week", week=week)


def _told(error: services.SignOffRefused, refuses: bool) -> str:
    if isinstance(error, services.SeenChanged):
        return _("Le planning a changé depuis que vous l'avez lu : rien n'est signé. Relisez-le ci-dessous.")
    if isinstance(error, services.CommentRequired):
        if refuses:
            return _("Écrivez pourquoi vous ne pouvez pas viser : la direction le lit.")
        return _("Écrivez comment le visa a été reçu : papier, téléphone, et quand.")
    if isinstance(error, services.NotTheirs):
        return _("Ce visa est à donner par quelqu'un d'autre.")
    return _("Ce visa n'est plus demandé.")


def _page(request: HttpRequest, week: Week, *, status: int = 200, refused: str = "") -> HttpResponse:
    user = cast("User", request.user)
    plans = Plan.objects.filter(monday=week.monday, status__in=(Plan.Status.DRAFT, Plan.Status.APPROVED))
    by_status = {plan.status: plan for plan in plans.select_related("sign_offs_asked_by").prefetch_related(SIGNED)}
    draft, approved = by_status.get(Plan.Status.DRAFT), by_status.get(Plan.Status.APPROVED)
    found = standings(draft) if draft else []
    everything = allowed(user, May.SEE_DRAFTS)
    opened = draft is not None and draft.sign_offs_asked_at is not None
    shown = bool(found) and (opened or everything)
    lines = _programme(draft, found, user) if draft and shown else []
    cards = [_card(one, user, opened, codes_of(lines), everything) for one in found] if shown else []
    context = {
        "week": week,
        "draft": draft,
        "approved": approved,
        "signatures": [
            {"text": wording.named(words.whose(row.kind, row.surgeon), words.given(row)), "comment": row.comment}
            for row in (signatures(approved) if approved else [])
        ],
        "required": requires_sign_offs(site_in_force()),
        "opened": opened,
        "cards": cards,
        "mine": [card for card in cards if card["theirs"]],
        "others": [card for card in cards if not card["theirs"]],
        "missing": words.names(missing(found)),
        "missing_count": len(missing(found)),
        "most_names": MOST_NAMES,
        "lines": lines,
        "everything": everything,
        "remarks": approval_check(draft)["warnings"] if draft and lines and everything else [],
        "refused": refused,
    }  # fmt: skip
    told = [line.intervention.pk for line in lines if line.intervention is not None]
    note_read(user=user, source=PatientRead.Source.SIGN_OFF, interventions=told, now=timezone.now(), monday=week.monday)
    return render(request, "planning/sign_offs/week.html", context, status=status)


def _programme(draft: Plan, found: list[Standing], user: User) -> list[Line]:
    """A surgeon reads their own interventions, and the others' hours only where one signs for all."""
    if allowed(user, May.SEE_DRAFTS):
        return programme(draft)
    own = Surgeon.objects.filter(user=user).values_list("pk", flat=True).first() or 0
    for_all = any(one.kind == Kind.SURGEON and one.surgeon is None for one in found)
    return programme(draft, readable=own, own_only=not for_all)


def _card(
    standing: Standing, user: User, opened: bool, codes: dict[int, str], everything: bool
) -> dict[str, Any]:  # fmt: skip
    theirs = may_sign(user, standing)
    received = opened and not theirs and may_record(user, standing)
    return {
        "standing": standing,
        "label": words.whose(standing.kind, standing.surgeon),
        "state_label": words.STATES[standing.state],
        "said": words.said(standing, codes),
        # What someone wrote is for the bloc and for themselves.
        "comment": standing.last.comment if standing.last and (everything or theirs) else "",
        "count": len(standing.covers) if everything or theirs else None,
        "theirs": theirs,
        "may_sign": opened and theirs and not standing.holds,
        "may_refuse": opened and theirs and standing.kind != Kind.ORGANISER,
        "may_record": received and not standing.holds,
    }
