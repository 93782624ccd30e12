"""Makes the compiled search ready, so that nobody waits for it: ``python -m planning.solver.warm``.

The first time on a machine it compiles, for ten to twenty seconds; afterwards it loads what was kept, in half a second.
"""

from __future__ import annotations

from math import inf

from planning.solver.assignment import Multipliers
from planning.solver.board import Board
from planning.solver.bound import SurgeonBound
from planning.solver.day.problem import Case, DayProblem
from planning.solver.day.search import Search
from planning.solver.grid import grid_of
from planning.solver.improvement import Improver
from planning.solver.problem import Costs, Intervention, Room, Slot, SlotKind, Surgeon, WeekProblem
from planning.solver.stopping import Stop


def warm_up() -> None:
    """One round of the search and one of the bound, on a week of one intervention and one slot; then its day."""
    slot = Slot("S", 0, "R", 0, 60, SlotKind.REGULAR, None, None, 1, 60)
    item = Intervention("I", 30, "K", "K", frozenset(), -1, 0)
    costs = Costs(hospital_day=1.0, overtime_hour=(0.0,), unplanned=1.0)
    grid = grid_of(WeekProblem(1, (Room("R"),), (Surgeon("K", "K", (60,)),), (slot,), (item,), costs))
    search = Improver(Board(grid), seed=0)
    search.run(Stop(None, rounds=1), least=lambda: -1, found=lambda: None, tick=lambda: None)
    SurgeonBound(grid, Multipliers.zero(grid), -inf).advance(1.0)
    day = Search(DayProblem((Case("I", "R", "S", "K", 30, 0, 60),), {"S": 0}), seed="0")
    day.rules_of_thumb()
    day.anneal(1, -1)


if __name__ == "__main__":
    warm_up()
