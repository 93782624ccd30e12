"""What can be undone and done again in a draft, and what changed since a revision."""

from __future__ import annotations

from planning import wording
from planning.models import JournalEntry, Plan, PlanStep


def undo_and_redo(plan: Plan | None) -> tuple[dict[str, str] | None, dict[str, str] | None]:
    """The labels of the step that undo would take back, and of the one that redo would do again."""
    if plan is None or plan.status != Plan.Status.DRAFT:
        return None, None
    steps = PlanStep.objects.filter(plan=plan)
    last = steps.filter(undone=False).order_by("-position").first()
    following = steps.filter(undone=True).order_by("position").first()
    return _label(last), _label(following)


def _label(step: PlanStep | None) -> dict[str, str] | None:
    return {"label": wording.step_label(step.action, step.facts)} if step else None


def changes_since(plan_id: int, revision: int) -> list[JournalEntry]:
    """What was done to the draft after ``revision``, the oldest first; from the journal, so that undos are there."""
    entries = JournalEntry.objects.filter(plan=plan_id, after__revision__gt=revision)
    return list(entries.select_related("user").order_by("at", "pk"))


def last_change(plan_id: int) -> JournalEntry | None:
    """The last that changed the draft: a sign-off does not."""
    changes = JournalEntry.objects.filter(plan=plan_id, after__has_key="revision").select_related("user")
    return changes.order_by("-at", "-pk").first()
