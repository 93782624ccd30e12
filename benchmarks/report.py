"""What a benchmark says of its races: a line a contender and week, a table and the targets by size, a page."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from math import inf, isfinite
from pathlib import Path
from statistics import fmean, median
from typing import Protocol

from benchmarks.contender import Race
from benchmarks.weeks import WeekShape

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
NEAR = 1.01  # "within 1 % of the best known cost"


class Week(Protocol):
    size: str
    shape: WeekShape
    races: list[Race]
    faults: list[str]

    @property
    def cost(self) -> float: ...
    @property
    def bound(self) -> float: ...
    def of(self, contender: str) -> Race | None: ...


class Heat(Protocol):
    def seconds(self, contender: str) -> float: ...


def above(cost: float, reference: float) -> float:
    """By what share ``cost`` exceeds ``reference``."""
    if reference <= 0 or not isfinite(cost):
        return 0.0 if cost <= reference + 1e-6 else inf
    return max(0.0, cost / reference - 1)


def week_lines(week: Week) -> Iterator[str]:
    yield f"{week.size}: {week.shape.label}, load {week.shape.load:.0%}; best {week.cost:.0f}, bound {week.bound:.0f}"
    for race in week.races:
        yield (
            f"  {race.contender:<11}{race.cost:>11.0f} {'proven' if race.proven else '':<7}"
            f"{_share(above(race.cost, week.bound)):>8} above the bound {_share(above(race.cost, week.cost)):>8} above "
            f"the best; first {_time(race.first()):>8}, within 1 % {_time(race.within(week.cost * NEAR)):>8}, "
            f"end {_time(race.seconds):>8} (cpu {_time(race.cpu_seconds)}), {race.memory_mib:.0f} MiB"
        )
    yield from (f"  BROKEN {fault}" for fault in week.faults)


def table(weeks: Sequence[Week], heats: Mapping[str, Heat]) -> list[str]:
    """Markdown: means over the weeks of a size, the median of times, where a race that never got there counts as ∞."""
    lines = [
        "| week | contender | allowed | above best bound | above best plan | best plan | proven | first plan "
        "| within 1 % | end | peak memory |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for size in dict.fromkeys(week.size for week in weeks):
        some = [week for week in weeks if week.size == size]
        contenders = [race.contender for race in some[0].races]
        lines += [_row(size, one, heats[size].seconds(one), some) for one in contenders]
    return lines


def _row(size: str, contender: str, seconds: float, weeks: Sequence[Week]) -> str:
    races = [(week, race) for week in weeks for race in week.races if race.contender == contender]
    best = sum(race.cost <= week.cost + 1e-6 for week, race in races)
    cells = [
        size,
        contender,
        f"{seconds:.0f} s",
        _share(fmean(above(race.cost, week.bound) for week, race in races)),
        _share(fmean(above(race.cost, week.cost) for week, race in races)),
        f"{best} of {len(races)}",
        f"{sum(race.proven for _, race in races)} of {len(races)}",
        _time(median(race.first() for _, race in races)),
        _time(median(race.within(week.cost * NEAR) for week, race in races)),
        _time(median(race.seconds for _, race in races)),
        f"{max(race.memory_mib for _, race in races):.0f} MiB",
    ]
    return f"| {' | '.join(cells)} |"


def summary(weeks: Sequence[Week], rivals: Collection[str]) -> list[str]:
    """The targets of ``hungarian``, met or missed; nothing for the sizes and contenders that did not run."""
    lines = []
    for size, target in (("paper", _paper), ("full", _full), ("large", _large), ("very-large", _very_large)):
        some = [week for week in weeks if week.size == size and week.of("hungarian")]
        if some:
            lines += [f"{size}: {'met' if met else 'MISSED'}: {said}" for met, said in target(some, rivals)]
    broken = sum(bool(week.faults) for week in weeks)
    lines.append(f"plans, costs or bounds found wrong: {broken}")
    return lines


Verdicts = Iterator[tuple[bool, str]]


def _planner(week: Week) -> Race:
    race = week.of("hungarian")
    if race is None:
        raise LookupError("hungarian did not run")
    return race


def _paper(weeks: Sequence[Week], rivals: Collection[str]) -> Verdicts:
    first = max(_planner(week).first() for week in weeks)
    yield first <= 0.1, f"first plan within 0.1 s: {_time(first)} at most"
    optimal = sum(_planner(week).cost <= week.cost + 1e-6 for week in weeks)
    yield optimal >= 0.9 * len(weeks), f"best known cost on 9 weeks of 10: {optimal} of {len(weeks)}"
    gap = fmean(above(_planner(week).cost, week.cost) for week in weeks)
    yield gap <= 0.001, f"0.1 % above it on average: {_share(gap)}"
    slow = 0
    for week in weeks:
        highs, planner = week.of("HiGHS"), _planner(week)
        slow += planner.within(planner.cost) > max(1.0, highs.seconds if highs else 0.0)
    yield (
        slow <= 0.1 * len(weeks),
        f"in 1 s or less than HiGHS needs for its proof: {len(weeks) - slow} of {len(weeks)}",
    )


def _full(weeks: Sequence[Week], rivals: Collection[str]) -> Verdicts:
    gap = fmean(above(_planner(week).cost, week.cost) for week in weeks)
    yield gap <= 0.005, f"0.5 % above the best known cost on average: {_share(gap)}"


def _large(weeks: Sequence[Week], rivals: Collection[str]) -> Verdicts:
    for week in weeks:
        highs = week.of("HiGHS")
        if highs is not None:
            cost = _planner(week).cost
            yield cost <= highs.cost + 1e-6, f"HiGHS's cost or better: {cost:.0f} against {highs.cost:.0f}"


def _very_large(weeks: Sequence[Week], rivals: Collection[str]) -> Verdicts:
    for week in weeks:
        planner = _planner(week)
        for rival in (race for race in week.races if race.contender in rivals):
            said = f"better than {rival.contender}: {planner.cost:.0f} against {rival.cost:.0f}"
            yield planner.cost < rival.cost, said
    memory = max(_planner(week).memory_mib for week in weeks)
    yield memory < 1024, f"less than 1 GiB: {memory:.0f} MiB at most"


def write_page(page: Path, lines: Sequence[str]) -> None:
    """Put the lines between the page's two markers."""
    before, rest = page.read_text(encoding="utf-8").split(BEGIN)
    _, after = rest.split(END)
    page.write_text("\n".join([before + BEGIN, "", *lines, "", END + after]), encoding="utf-8")


def _share(share: float) -> str:
    return f"{share:.2%}" if isfinite(share) else "∞"


def _time(seconds: float) -> str:
    if not isfinite(seconds):
        return "never"
    return f"{seconds:.3f} s" if seconds < 1 else f"{seconds:.1f} s"
