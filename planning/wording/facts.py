"""A violation's facts, as names that a person knows."""

from __future__ import annotations

from datetime import date
from typing import Any

from planning.models import SurgeonPreference
from planning.selectors.loaded import LoadedWeek
from planning.solver.result import Violation
from planning.wording import figures

MOST_NAMED = 4


class Facts:
    """As names that a person knows: days, hours, codes. Missing rows are empty."""

    def __init__(self, loaded: LoadedWeek, violation: Violation) -> None:
        self.loaded, self.facts = loaded, violation.facts

    def __getitem__(self, key: str) -> Any:
        return self.facts[key]

    def day(self, key: str = "day") -> str:
        index = int(str(self.facts[key]))
        return figures.day_short(date.fromordinal(self.loaded.week.monday.toordinal() + index))

    def halves(self, *halves: str) -> str:
        """« mar. 24 matin », or the day where it is both."""
        day = self.day()
        return day if len(halves) > 1 else f"{day} {SurgeonPreference.Half(halves[0]).label}"

    def surgeon(self, key: str = "surgeon") -> str:
        return figures.surgeon(self.loaded, str(self.facts[key]))

    def room(self, key: str = "room") -> str:
        row = self.loaded.rooms.get(str(self.facts[key]))
        return row.code if row else ""

    def specialty(self, key: str) -> str:
        row = self.loaded.specialties.get(str(self.facts[key]))
        return row.code if row else ""

    def other(self) -> str:
        row = self.loaded.interventions.get(str(self.facts["other"]))
        return row.code if row else ""

    def codes(self, key: str) -> str:
        """Interventions, a few of them by name."""
        rows = [self.loaded.interventions.get(str(one)) for one in self[key]]
        named = [row.code for row in rows if row is not None]
        return ", ".join(named[:MOST_NAMED]) + (" …" if len(named) > MOST_NAMED else "")

    def room_codes(self, key: str) -> str:
        rows = [self.loaded.rooms.get(str(one)) for one in self[key]]
        return ", ".join(row.code for row in rows if row is not None)

    def minutes(self, key: str) -> str:
        return figures.duration(int(str(self.facts[key])))

    def clock(self, key: str) -> str:
        return figures.clock(int(str(self.facts[key])))
