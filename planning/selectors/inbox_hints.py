"""What is odd with what is asked: the figures behind the list's second line, read for all of it at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from planning.calendar import at_minute
from planning.models import Intervention
from planning.selectors.duration_history import ENOUGH, Group, History, rounded
from planning.selectors.free_capacity import FreeCapacity
from planning.selectors.inbox import Group as InboxGroup
from planning.selectors.inbox import Item

State = Intervention.State
# Asked for that much less than the median: a day that will run late.
SHORT_MINUTES = 15
NEAR_DAYS = 9
# Two years of what was done: older cases are another team's.
PAST_DAYS = 731
Cases = dict[str, dict[int, list[int]]]


@dataclass(frozen=True, slots=True)
class Hint:
    """``history`` None: this procedure was never done here."""

    history: History | None
    equipped: bool
    has_place: bool
    days_left: int
    asked: int

    @property
    def short(self) -> bool:
        return self.history is not None and rounded(self.history.median) - self.asked >= SHORT_MINUTES

    @property
    def few(self) -> bool:
        return self.history is None or self.history.count < ENOUGH

    @property
    def near(self) -> bool:
        return self.days_left <= NEAR_DAYS

    @property
    def sound(self) -> bool:
        """Nothing to look at twice: it may be accepted with many others."""
        return not (self.short or self.few or self.near) and self.equipped and self.has_place


class Hints:
    """Of interventions of a list: its requests, or the one that is looked at."""

    def __init__(self, rows: Iterable[Intervention], today: date) -> None:
        self.today = today
        labels = {row.procedure_label for row in rows}
        self.cases = cases_of(labels, today) if labels else {}
        self.capacity = FreeCapacity(today) if labels else None

    @classmethod
    def of_requests(cls, items: Iterable[Item], today: date) -> Hints:
        """Only what is asked is judged: the rest of the list costs nothing."""
        asked = (State.REQUESTED, State.RETURNED)
        return cls([one.intervention for one in items if one.intervention.state in asked], today)

    def of(self, row: Intervention) -> Hint:
        needed = [one.pk for one in row.equipment.all()]
        return Hint(
            history=self._history(row),
            equipped=self.capacity is None or self.capacity.equipped(needed),
            has_place=self.capacity is not None and self.capacity.has_place(row, needed),
            days_left=(row.deadline_date - self.today).days,
            asked=row.planned_minutes,
        )

    def is_sound(self, item: Item) -> bool:
        return item.groups == (InboxGroup.NEW,) and self.of(item.intervention).sound

    def _history(self, row: Intervention) -> History | None:
        by_surgeon = self.cases.get(row.procedure_label.casefold(), {})
        own = by_surgeon.get(row.surgeon_id, [])
        if len(own) >= ENOUGH:
            return History(Group.OWN, tuple(sorted(own)), len(own))
        every = sorted(minutes for cases in by_surgeon.values() for minutes in cases)
        return History(Group.PROCEDURE, tuple(every), len(own)) if every else None


def cases_of(labels: Iterable[str], today: date) -> Cases:
    """How long each surgeon's cases of each procedure lasted, by its label in small letters. One query."""
    since = at_minute(today - timedelta(days=PAST_DAYS), 0)
    done = Intervention.objects.filter(
        state=State.DONE, procedure_label__in=list(labels), entered_at__gt=since, left_at__isnull=False
    )
    found: Cases = defaultdict(lambda: defaultdict(list))
    for label, surgeon, entered, left in done.order_by().values_list(
        "procedure_label", "surgeon_id", "entered_at", "left_at"
    ):
        if entered is not None and left is not None:
            found[label.casefold()][surgeon].append(round((left - entered).total_seconds() / 60))
    return found
