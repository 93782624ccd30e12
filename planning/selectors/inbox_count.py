"""How many interventions wait for the bloc, in one query: the menu of every page says so."""

from __future__ import annotations

from datetime import date

from planning.models import ChangeRequest, Intervention
from planning.selectors.hits import numbers_hit
from planning.selectors.replanning import parts_to_replan

State = Intervention.State


def waiting_count(today: date) -> int:
    """As the inbox lists them, but for duplicates among what is accepted already: those are found on the page.

    A union of small sets, each by its own index: one question with OR would read ten years of history.
    """
    asked = Intervention.objects.filter(state__in=(State.REQUESTED, State.RETURNED)).values("pk")
    changes = ChangeRequest.objects.filter(state=ChangeRequest.State.OPEN).values("intervention")
    sets = (*(rows.values("pk") for rows in parts_to_replan(today)), changes, *numbers_hit(today))
    return asked.order_by().union(*(one.order_by() for one in sets)).count()
