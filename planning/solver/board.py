"""A plan being worked on: plain lists and whole numbers, because the search makes millions of small steps.

The objective is one integer per cell, compared exactly: the cost in ``UNITS`` times ``weight``, plus 1 where the
cell is not the one of the reference plan. As ``weight`` exceeds the number of interventions, fewer moves away from
the reference never buy a dearer plan: the order is lexicographic, (cost, moves).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from planning.solver.grid import UNITS, Grid

LEFT_OUT = -1


class Board:
    """Feasible at all times: ``place`` is only called where ``fits`` holds."""

    def __init__(self, grid: Grid, reference: Mapping[str, str] | None = None) -> None:
        self.grid = grid
        rows, columns = grid.cost.shape
        self.weight: int = rows + 1
        self.demand: list[int] = grid.demand.tolist()
        self.duration: list[int] = grid.duration.tolist()
        self.day: list[int] = grid.day.tolist()
        self.first_day: list[int] = (grid.surgeon * grid.problem.days).tolist()
        self.minutes_left: list[int] = grid.length.tolist()
        self.positions_left: list[int] = grid.positions.tolist()
        self.surgeon_left: list[int] = grid.surgeon_left.ravel().tolist()
        self.window: list[int] = grid.window.tolist()
        self.first_window: list[int] = (grid.surgeon * grid.window_left.shape[1]).tolist()
        self.window_left: list[int] = grid.window_left.ravel().tolist()
        self.held: list[list[int]] = [[] for _ in range(columns)]
        self.slot_of = [LEFT_OUT] * rows
        self.price: list[dict[int, int]] = []
        self.leave: list[int] = []
        self._set_prices(grid.rows(reference) if reference is not None else None)
        self.value = sum(self.leave)
        # The slots worth taking, cheapest first, the file's order among equals.
        self.choices = [sorted(prices, key=prices.__getitem__) for prices in self.price]

    def _set_prices(self, reference: list[int] | None) -> None:
        allowed = self.grid.allowed
        for row in range(len(self.slot_of)):
            stay = None if reference is None else reference[row]
            leave = self._units(float(self.grid.leave[row])) + int(stay is not None and stay != LEFT_OUT)
            prices = {
                column: self._units(float(self.grid.cost[row, column])) + int(stay is not None and stay != column)
                for column in allowed[row].nonzero()[0].tolist()
            }
            self.leave.append(leave)
            self.price.append({column: price for column, price in prices.items() if price <= leave})

    def _units(self, cost: float) -> int:
        return round(cost * UNITS) * self.weight

    @property
    def cost(self) -> float:
        """The plan's cost in currency, pins included."""
        return self.cost_of(self.value)

    def cost_of(self, value: int) -> float:
        return value // self.weight / UNITS + self.grid.fixed

    def price_of(self, row: int) -> int:
        slot = self.slot_of[row]
        return self.leave[row] if slot < 0 else self.price[row][slot]

    def fits(self, row: int, slot: int) -> bool:
        return (
            self.minutes_left[slot] >= self.demand[row]
            and self.positions_left[slot] > 0
            and self.surgeon_left[self.first_day[row] + self.day[slot]] >= self.duration[row]
            and self.window_left[self.first_window[row] + self.window[slot]] >= self.duration[row]
        )

    def place(self, row: int, slot: int) -> None:
        self.slot_of[row] = slot
        self.minutes_left[slot] -= self.demand[row]
        self.positions_left[slot] -= 1
        self.surgeon_left[self.first_day[row] + self.day[slot]] -= self.duration[row]
        self.window_left[self.first_window[row] + self.window[slot]] -= self.duration[row]
        self.held[slot].append(row)
        self.value += self.price[row][slot] - self.leave[row]

    def lift(self, row: int) -> None:
        slot = self.slot_of[row]
        if slot < 0:
            return
        self.slot_of[row] = LEFT_OUT
        self.minutes_left[slot] += self.demand[row]
        self.positions_left[slot] += 1
        self.surgeon_left[self.first_day[row] + self.day[slot]] += self.duration[row]
        self.window_left[self.first_window[row] + self.window[slot]] += self.duration[row]
        self.held[slot].remove(row)
        self.value += self.leave[row] - self.price[row][slot]

    def insert(self, rows: Iterable[int], choices: Sequence[Sequence[int]]) -> None:
        """Each in turn takes the first of its choices that has room; ``fits`` is written out, this is the hot loop."""
        minutes_left, positions_left = self.minutes_left, self.positions_left
        surgeon_left, day = self.surgeon_left, self.day
        window_left, window = self.window_left, self.window
        for row in rows:
            demand, duration = self.demand[row], self.duration[row]
            first_day, first_window = self.first_day[row], self.first_window[row]
            for slot in choices[row]:
                if (
                    minutes_left[slot] >= demand
                    and positions_left[slot] > 0
                    and surgeon_left[first_day + day[slot]] >= duration
                    and window_left[first_window + window[slot]] >= duration
                ):
                    self.place(row, slot)
                    break

    def load(self, slot_of: Sequence[int]) -> None:
        """Become the given plan; what does not fit any more is left out."""
        for row in range(len(self.slot_of)):
            self.lift(row)
        for row, slot in enumerate(slot_of):
            if slot >= 0 and slot in self.price[row] and self.fits(row, slot):
                self.place(row, slot)
