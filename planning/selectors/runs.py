"""A planning run as the pages show it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from planning import wording
from planning.calendar import Week
from planning.models import PlanningRun
from planning.selectors.loaded import LoadedWeek, load_week_problem
from planning.solver.policies import POLICIES
from planning.solver.result import Violation

PHASES = {
    "assignment": gettext_lazy("Affectation aux plages"),
    "improvement": gettext_lazy("Amélioration"),
    "proof": gettext_lazy("Preuve d'optimalité"),
    "sequencing": gettext_lazy("Ordre des interventions"),
}
# What the error of a program begins with; the others are said of the week's data.
UNEXPECTED = "unexpected"
FAILURES = {
    "lost-worker": gettext_lazy("Le worker de calcul s'est arrêté trois fois pendant ce calcul."),
    "no-slot": gettext_lazy("Aucune plage n'est ouverte cette semaine : rien ne peut être planifié."),
}


def latest_run(week: Week) -> PlanningRun | None:
    """The active run of the week, else the one that ended last."""
    return (
        PlanningRun.objects.filter(monday=week.monday).select_related("requested_by").order_by("-requested_at", "-pk")
    ).first()


def run_state(run: PlanningRun) -> dict[str, Any]:
    """Cheap: no query. ``messages`` stay out, they need the week (``run_report``)."""
    return {
        "id": run.pk,
        "state": run.state,
        "state_label": run.get_state_display(),
        "active": run.state in PlanningRun.ACTIVE,
        "policy": run.policy,
        "phase": run.phase,
        "phase_label": str(PHASES.get(run.phase, "")),
        "best_cost": run.best_cost,
        "moves_cost": run.moves_cost,
        "lower_bound": run.lower_bound,
        "gap": gap(run),
        "elapsed": run.elapsed_seconds,
        "time_limit": run.time_limit_seconds,
        "move_euros": run.parameters.get("move_euros", 0),
        "attempts": run.attempts,
        "requested_by": str(run.requested_by),
        "requested_at": run.requested_at.isoformat(),
        "plan_id": run.plan_id,
        "failure": failure(run),
        "messages": [],
        "cancel_requested": run.cancel_requested,
    }


def run_report(run: PlanningRun) -> dict[str, Any]:
    """With why each intervention was left out, and what the pins break, in the reader's language."""
    state = run_state(run)
    if run.messages:
        loaded = load_week_problem(Week(run.monday), run.plan, run.policy)
        state["messages"] = [*(_worded(loaded, message) for message in run.messages), _summed_up(run, loaded)]
    return state


def gap(run: PlanningRun) -> float | None:
    """Of the cost and what the moves are charged, for that is what the bound is proven for."""
    return gap_between(None if run.best_cost is None else run.best_cost + run.moves_cost, run.lower_bound)


def moves(run: PlanningRun) -> int | None:
    """How many interventions the best plan moves; None when moves have no price, for then nobody counts them."""
    price = run.parameters.get("move_euros")
    return round(run.moves_cost / price) if price and run.best_cost is not None else None


def unbounded(run: PlanningRun) -> str:
    """Why a plan has no bound; nothing when it has one, or is none yet."""
    if run.best_cost is None or run.lower_bound is not None or run.state in PlanningRun.ACTIVE:
        return ""
    policy = POLICIES.get(run.policy)
    if policy and policy.method == "first-come":
        return _("le premier arrivé, premier servi ne cherche pas l'optimum : aucune borne")
    return _("aucune borne prouvée")


def gap_between(cost: float | None, bound: float | None) -> float | None:
    if cost is None or bound is None:
        return None
    return max(0.0, (cost - bound) / cost) if cost > 0 else 0.0


def failure(run: PlanningRun) -> str:
    if not run.failure:
        return ""
    known = FAILURES.get(run.failure)
    said = _("Le planificateur a rencontré une erreur : %(error)s")
    return str(known) if known else said % {"error": run.failure.removeprefix(f"{UNEXPECTED}: ")}


def _summed_up(run: PlanningRun, loaded: LoadedWeek) -> str:
    """How many are left out, and what leaving one counts: a cheaper place would have been taken, a dearer one not."""
    left_out = sum(message["kind"] == "unplanned" for message in run.messages)
    text = ngettext("%(n)d intervention non planifiée", "%(n)d interventions non planifiées", left_out) % {
        "n": left_out
    }
    if not left_out:
        return text
    said = _(
        "%(text)s. En laisser une pour plus tard compte %(deferred)s, ou %(unplanned)s si sa date limite tombe cette "
        "semaine."
    )
    return said % {
        "text": text,
        "deferred": wording.euros(loaded.parameters["deferred_euros"]),
        "unplanned": wording.euros(loaded.parameters["unplanned_euros"]),
    }


def _worded(loaded: LoadedWeek, message: dict[str, Any]) -> str:
    key = str(message["intervention"])
    row = loaded.interventions.get(key)
    slot = None if message["slot"] is None else str(message["slot"])
    text = wording.sentence(loaded, Violation(message["rule"], key, message["rule"], slot, message["facts"]))
    return wording.named(row.code, text) if row else text
