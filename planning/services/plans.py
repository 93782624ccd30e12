"""Versions of a week: the draft opened, a proposal taken into it, the draft approved for ever."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, Max, OuterRef, Q

from planning.calendar import Week
from planning.models import Intervention, JournalEntry, Placement, Plan, SignOff, Site, User
from planning.selectors.loaded import load_week_problem
from planning.selectors.pricing import PARAMETERS
from planning.selectors.totals import total_in
from planning.services.journal import append_entry
from planning.services.notices import tell_publication
from planning.services.replanning import let_fall_out, planned_anew
from planning.services.sign_offs import close_sign_offs, copy_sign_offs
from planning.services.steps import Stale

Status = Plan.Status
# Two versions numbered at the same instant: the second tries the next number.
NUMBERING_ATTEMPTS = 5


class UnableToApprove(Exception):
    """The draft as it stands is approved already: ``approved`` says by whom and when."""

    def __init__(self, approved: Plan) -> None:
        self.approved = approved
        super().__init__(f"plan {approved.pk} is that version")


def current_draft(monday: date) -> Plan | None:
    return Plan.objects.filter(monday=monday, status=Status.DRAFT).first()


def approved_plan(monday: date) -> Plan | None:
    return Plan.objects.filter(monday=monday, status=Status.APPROVED).first()


def add_version(plan: Plan) -> Plan:
    """Saves ``plan`` under the week's next number."""
    for attempt in range(NUMBERING_ATTEMPTS):
        last = Plan.objects.filter(monday=plan.monday).aggregate(last=Max("number"))["last"]
        plan.number = (last or 0) + 1
        try:
            with transaction.atomic():
                plan.save(force_insert=True)
        except IntegrityError:
            # one_plan_a_version, when another version took the number first; anything else fails again and is raised.
            if attempt == NUMBERING_ATTEMPTS - 1:
                raise
        else:
            return plan
    raise AssertionError("unreachable")


@transaction.atomic
def open_draft(*, monday: date, user: User | None, now: datetime) -> Plan:
    """The week's draft; at first a copy of its approved version, or empty."""
    draft = current_draft(monday)
    if draft is not None:
        return draft
    site = Site.objects.filter(pk=1).first() or Site(pk=1)
    approved = approved_plan(monday)
    draft = Plan(monday=monday, status=Status.DRAFT, created_at=now, created_by=user)
    draft.policy = approved.policy if approved else site.default_policy
    draft.base = approved
    if approved is not None:
        draft.lower_bound, draft.total_cost = approved.lower_bound, approved.total_cost
        draft.parameters = approved.parameters
    try:
        with transaction.atomic():
            add_version(draft)
    except IntegrityError:
        # one_draft_a_week: another request opened it between our read and our insert.
        return Plan.objects.get(monday=monday, status=Status.DRAFT)
    if approved is not None:
        # What was taken out since, to be planned on another day, does not come back by itself; nor what is cancelled.
        waiting = Q(intervention__state=Intervention.State.ACCEPTED, intervention__to_replan_since__isnull=False)
        copy_placements(approved, draft, but=waiting | Q(intervention__state=Intervention.State.CANCELLED))
    return draft


def copy_placements(source: Plan, target: Plan, *, but: Q | None = None) -> None:
    """Pins and forced placements go along with who, when and why; a duration corrected since is taken as it is now."""
    rows = list(source.placements.filter(~but if but else Q()).select_related("intervention"))
    for row in rows:
        row.pk, row.plan = None, target
        row.minutes = row.intervention.planned_minutes
        row._state.adding = True
    Placement.objects.bulk_create(rows)


@transaction.atomic
def approve_plan(*, plan_id: int, revision: int, user: User, now: datetime) -> Plan:
    """The draft as a new version that never changes; the draft itself stays open for what comes after.

    Raises ``Stale`` when the draft has changed since ``revision``, ``UnableToApprove``, ``SignOffsMissing``.
    """
    # A write, for it locks the row: no move can slip in between what was read and what is approved.
    if not Plan.objects.filter(pk=plan_id, status=Status.DRAFT, revision=revision).update(revision=revision):
        raise Stale(plan_id, revision)
    draft = Plan.objects.select_related("base").get(pk=plan_id)
    previous = Plan.objects.filter(monday=draft.monday, status=Status.APPROVED).select_related("approved_by").first()
    if previous is not None and previous.parameters.get("draft_revision") == revision:
        raise UnableToApprove(previous)
    signed = close_sign_offs(draft=draft, user=user, now=now)
    approved = _freeze(draft, signed, user, now)
    fell_out = _change_states(approved, previous, now)
    tell_publication(plan=approved, previous=previous, user=user, now=now)
    append_entry(
        plan=approved, user=user, action=JournalEntry.Action.APPROVE, now=now,
        before={"number": previous.number, "total_cost": previous.total_cost} if previous else None,
        after={
            "number": approved.number, "placements": approved.placements.count(), "fell_out": fell_out,
            "total_cost": approved.total_cost, "signed": [str(row.user) for row in signed],
        },
        cost_delta=_cost_change(previous, approved),
    )  # fmt: skip
    return approved


def _cost_change(previous: Plan | None, approved: Plan) -> float | None:
    """Against the version it replaces; a first version has its cost and no change of it."""
    if previous is None or previous.total_cost is None or approved.total_cost is None:
        return None
    return approved.total_cost - previous.total_cost


def _freeze(draft: Plan, signed: list[SignOff], user: User, now: datetime) -> Plan:
    """A copy of the draft with the parameters and the cost of today; what it holds is written before it is decided."""
    loaded = load_week_problem(Week(draft.monday), draft)
    approved = add_version(
        Plan(
            monday=draft.monday,
            status=Status.PROPOSED,
            policy=draft.policy,
            parameters={
                **draft.parameters,
                **{name: loaded.parameters[name] for name in PARAMETERS},
                "digest": loaded.digest,
                "draft_revision": draft.revision,
            },
            base=draft.base,
            lower_bound=draft.lower_bound,
            total_cost=total_in(loaded),
            created_at=now,
            created_by=user,
            approved_at=now,
            approved_by=user,
        )
    )
    copy_placements(draft, approved)
    copy_sign_offs(signed, approved)
    Plan.objects.filter(monday=draft.monday, status=Status.APPROVED).update(status=Status.SUPERSEDED)
    Plan.objects.filter(pk=approved.pk).update(status=Status.APPROVED)
    approved.status = Status.APPROVED
    return approved


def _change_states(approved: Plan, previous: Plan | None, now: datetime) -> int:
    """The interventions become planned; those of the previous version that fell out are to be planned again.

    Not those that another week's version has taken over meanwhile.
    """
    states = Intervention.State
    placed = Placement.objects.filter(plan=approved)
    planned = placed.values("intervention")
    planned_anew(Intervention.objects.filter(pk__in=planned, state=states.ACCEPTED))
    # Asked to be moved, and still where it was: it goes on waiting.
    here = Q(
        plan=previous, intervention=OuterRef("intervention"), slot=OuterRef("slot"), starts_at=OuterRef("starts_at")
    )
    moved = placed.filter(~Exists(Placement.objects.filter(here))).values("intervention")
    planned_anew(Intervention.objects.filter(pk__in=moved, state=states.PLANNED, to_replan_since__isnull=False))
    if previous is None:
        return 0
    before = Placement.objects.filter(plan=previous).values("intervention")
    elsewhere = Placement.objects.filter(intervention=OuterRef("pk"), plan__status=Status.APPROVED)
    left_out = Intervention.objects.filter(~Exists(elsewhere), pk__in=before, state=states.PLANNED)
    return let_fall_out(left_out, now=now)
