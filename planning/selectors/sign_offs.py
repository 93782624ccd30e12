"""Which sign-offs a programme needs, and how each of them stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.db.models import Prefetch, Q, QuerySet

from planning.access import May, allowed, signs_as
from planning.calendar import Week
from planning.models import Plan, SignOff, Site, Surgeon, User
from planning.selectors.covered import Covered, Facts, changes_between, digest_of, part_of, placements_of
from planning.selectors.parameters import site_in_force

Kind = SignOff.Kind


class State(StrEnum):
    SIGNED = "signed"
    REFUSED = "refused"
    # Signed or refused once, but what it covered has changed since.
    AGAIN = "again"
    AWAITED = "awaited"


@dataclass(frozen=True, slots=True)
class Standing:
    """One sign-off that the site requires. ``last`` decides, or was given before the programme changed."""

    kind: str
    surgeon: Surgeon | None
    covers: Facts
    digest: str
    state: State
    last: SignOff | None = None
    # The approved version that it was given for, when that was an earlier one.
    since: Plan | None = None
    # What changed since ``last``: ids of interventions, by how they changed.
    changes: dict[str, list[int]] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        return self.state == State.SIGNED

    @property
    def key(self) -> tuple[str, int | None]:
        return self.kind, self.surgeon.pk if self.surgeon else None


def requires_sign_offs(site: Site) -> bool:
    return site.surgeon_sign_off != Site.SurgeonSignOff.NONE or site.anaesthetist_sign_off or site.organiser_sign_off


def drafts_to_sign(user: User, today: date) -> QuerySet[Plan]:
    """Those whose sign-offs are asked for; to whoever may ask for them, all those to come."""
    asked = ~Q(sign_offs_asked_at=None)
    if allowed(user, May.PLAN):
        asked |= Q(monday__gte=Week.of(today).monday)
    return Plan.objects.filter(asked, status=Plan.Status.DRAFT).order_by("monday")


def awaits(user: User, draft: Plan, found: Iterable[Standing]) -> bool:
    """Whether somebody waits for this person's own word on it."""
    return draft.sign_offs_asked_at is not None and any(
        not one.holds and one.kind != Kind.ORGANISER and may_sign(user, one) for one in found
    )


def standings(draft: Plan) -> list[Standing]:
    return standings_of([draft])[draft.pk]


def standings_of(drafts: Sequence[Plan]) -> dict[int, list[Standing]]:
    """Each required sign-off of each draft, by plan; those of the week's approved version may still hold.

    Five queries at most, whatever the weeks hold.
    """
    site = site_in_force()
    if not drafts or not requires_sign_offs(site):
        return {draft.pk: [] for draft in drafts}
    placed = placements_of(drafts)
    decided = Plan.objects.filter(monday__in={draft.monday for draft in drafts}, status=Plan.Status.APPROVED)
    approved = {plan.monday: plan for plan in decided}
    rows = SignOff.objects.filter(plan__in=[*drafts, *approved.values()]).select_related("user", "surgeon")
    given: dict[int, list[SignOff]] = defaultdict(list)
    for row in rows:
        given[row.plan_id].append(row)
    surgeons = _operating(site, placed.values())
    found = {}
    for draft in drafts:
        version = approved.get(draft.monday)
        words = [*given[draft.pk], *(given[version.pk] if version else [])]
        found[draft.pk] = [
            _standing(kind, surgeon, placed[draft.pk], words, version)
            for kind, surgeon in _required(site, surgeons, placed[draft.pk])
        ]
    return found


def _operating(site: Site, placed: Iterable[Iterable[Covered]]) -> list[Surgeon]:
    if site.surgeon_sign_off != Site.SurgeonSignOff.EACH:
        return []
    wanted = {row.surgeon for rows in placed for row in rows}
    return list(Surgeon.objects.filter(pk__in=wanted).select_related("user"))


def _required(site: Site, surgeons: Iterable[Surgeon], rows: Iterable[Covered]) -> list[tuple[str, Surgeon | None]]:
    """The organiser's comes last: the approval itself may give it."""
    operating = {row.surgeon for row in rows}
    found: list[tuple[str, Surgeon | None]] = [
        (Kind.SURGEON, surgeon) for surgeon in surgeons if surgeon.pk in operating
    ]
    if site.surgeon_sign_off == Site.SurgeonSignOff.ONE:
        found.append((Kind.SURGEON, None))
    if site.anaesthetist_sign_off:
        found.append((Kind.ANAESTHETIST, None))
    if site.organiser_sign_off:
        found.append((Kind.ORGANISER, None))
    return found


def _standing(
    kind: str, surgeon: Surgeon | None, rows: Sequence[Covered], given: Sequence[SignOff], approved: Plan | None
) -> Standing:
    """The latest word on exactly this programme decides; otherwise the latest word at all is told, as outdated."""
    covers = part_of(rows, surgeon.pk if surgeon else None)
    digest = digest_of(covers)
    own = [one for one in given if one.kind == kind and one.surgeon_id == (surgeon.pk if surgeon else None)]
    own.sort(key=lambda one: (one.signed_at, one.pk), reverse=True)
    same = next((one for one in own if one.digest == digest), None)
    if same is not None:
        state = State.SIGNED if same.decision == SignOff.Decision.SIGNED else State.REFUSED
        return Standing(kind, surgeon, covers, digest, state, same, _since(same, approved))
    if own:
        return Standing(
            kind, surgeon, covers, digest, State.AGAIN, own[0], _since(own[0], approved),
            changes_between(own[0].covers, covers),
        )  # fmt: skip
    return Standing(kind, surgeon, covers, digest, State.AWAITED)


def _since(row: SignOff, approved: Plan | None) -> Plan | None:
    if approved is None or approved.approved_at is None or row.signed_at > approved.approved_at:
        return None
    return approved


def missing(found: Iterable[Standing]) -> list[Standing]:
    """Those that keep the draft from being approved: the approval gives the organiser's itself."""
    return [one for one in found if not one.holds and one.kind != Kind.ORGANISER]


def may_sign(user: User, standing: Standing) -> bool:
    """Whether the sign-off is ``user``'s to give: a surgeon's is their own, the others' are any colleague's."""
    role = signs_as(user)
    if standing.surgeon is not None:
        return role is not None and standing.surgeon.user_id == user.pk
    return role == standing.kind


def may_record(user: User, standing: Standing) -> bool:
    """Whether ``user`` may note a sign-off received elsewhere: of a surgeon who has no account to sign with."""
    surgeon = standing.surgeon
    without = surgeon is not None and (surgeon.user is None or not surgeon.user.is_active)
    return without and signs_as(user) == Kind.ORGANISER


def signatures(plan: Plan) -> list[SignOff]:
    """Who signed a decided version, surgeons first; ``SIGNED`` prefetches them where a list shows several."""
    order = {kind: number for number, kind in enumerate(Kind.values)}
    return sorted(plan.sign_offs.all(), key=lambda one: (order[one.kind], one.signed_at, one.pk))


# One query for several versions, without what each sign-off covers.
SIGNED = Prefetch(
    "sign_offs",
    SignOff.objects.filter(plan__status__in=(Plan.Status.APPROVED, Plan.Status.SUPERSEDED))
    .select_related("user", "surgeon")
    .defer("covers"),
)
