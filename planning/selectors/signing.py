"""A week's sign-offs as one reader may see them: on their page, and through the API."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from planning.access import May, allowed
from planning.calendar import Week
from planning.models import Plan, SignOff, Surgeon, User
from planning.selectors import sign_off_words as words
from planning.selectors.programme import Line, codes_of, programme
from planning.selectors.sign_offs import (
    SIGNED,
    Kind,
    Standing,
    may_record,
    may_sign,
    missing,
    signatures,
    standings,
)


@dataclass(frozen=True, slots=True)
class Signing:
    """``cards`` and ``lines`` are empty while the draft is not asked for and not the reader's to see.

    ``everything``: the reader sees drafts anyway. ``opened``: the sign-offs are asked for.
    """

    draft: Plan | None
    approved: Plan | None
    opened: bool
    everything: bool
    cards: list[dict[str, Any]] = field(default_factory=list)
    missing: list[Standing] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    signatures: list[SignOff] = field(default_factory=list)

    @property
    def told(self) -> list[int]:
        """The interventions that the reader is told in full."""
        return [line.intervention.pk for line in self.lines if line.intervention is not None]


def signing(week: Week, user: User) -> Signing:
    """The standings are read before the programme: what changes in between is not signed."""
    plans = Plan.objects.filter(monday=week.monday, status__in=(Plan.Status.DRAFT, Plan.Status.APPROVED))
    by_status = {plan.status: plan for plan in plans.select_related("sign_offs_asked_by").prefetch_related(SIGNED)}
    draft, approved = by_status.get(Plan.Status.DRAFT), by_status.get(Plan.Status.APPROVED)
    everything = allowed(user, May.SEE_DRAFTS)
    opened = draft is not None and draft.sign_offs_asked_at is not None
    found = standings(draft) if draft is not None and (opened or everything) else []
    lines = _programme(draft, found, user) if draft is not None and found else []
    codes = codes_of(lines)
    return Signing(
        draft=draft,
        approved=approved,
        opened=opened,
        everything=everything,
        cards=[_card(one, user, opened, codes, everything) for one in found],
        missing=missing(found),
        lines=lines,
        signatures=signatures(approved) if approved is not None else [],
    )


def _programme(draft: Plan, found: list[Standing], user: User) -> list[Line]:
    """A surgeon reads their own interventions, and the others' hours only where one signs for all."""
    if allowed(user, May.SEE_DRAFTS):
        return programme(draft)
    own = Surgeon.objects.filter(user=user).values_list("pk", flat=True).first() or 0
    for_all = any(one.kind == Kind.SURGEON and one.surgeon is None for one in found)
    return programme(draft, readable=own, own_only=not for_all)


def _card(standing: Standing, user: User, opened: bool, codes: dict[int, str], everything: bool) -> dict[str, Any]:
    theirs = may_sign(user, standing)
    return {
        "standing": standing,
        "label": words.whose(standing.kind, standing.surgeon),
        "state_label": str(words.STATES[standing.state]),
        "said": words.said(standing, codes),
        # What someone wrote is for the bloc and for themselves.
        "comment": standing.last.comment if standing.last and (everything or theirs) else "",
        "count": len(standing.covers) if everything or theirs else None,
        "theirs": theirs,
        "may_sign": opened and theirs and not standing.holds,
        "may_refuse": opened and theirs and standing.kind != Kind.ORGANISER,
        "may_record": opened and not theirs and not standing.holds and may_record(user, standing),
    }
