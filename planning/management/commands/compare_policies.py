"""Compare policies from the command line: Tables 1 to 6 as Markdown, and how long it took on so many processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from planning.calendar import Week
from planning.models import Comparison, Site
from planning.selectors import comparison_words as words
from planning.selectors.comparisons import Report, comparisons, progress_of, report
from planning.selectors.policies import policy_label
from planning.services.comparing import work_on_next_cell
from planning.services.comparisons import DEFAULT_ROUNDS, UnableToCompare, request_comparison
from planning.solver.policies import POLICIES
from planning.solver.problem import ProblemError
from planning.solver.ranking import ARTICLE, CRITERIA, FILLS, OCCUPANCIES, Reading


class Command(BaseCommand):
    help = "Plan the same weeks under several policies and print the tables of the article. The result stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="first", metavar="WEEK", type=_week, help="the first week, as 2024-W47")
        parser.add_argument("--to", dest="last", metavar="WEEK", type=_week, help="the last week, as 2026-W46")
        parser.add_argument("--policies", nargs="+", choices=sorted(POLICIES), default=list(POLICIES), help="all")
        parser.add_argument("--workers", type=int, default=1, help="processes that share the weeks (1)")
        parser.add_argument("--seed", type=int, default=0, help="another seed, another search (0)")
        parser.add_argument("--rounds", type=int, default=DEFAULT_ROUNDS, help=f"of search ({DEFAULT_ROUNDS})")
        parser.add_argument("--tie-rule", choices=Site.TieRule.values, help="at equal cost; default: the site's")
        parser.add_argument("--carry-over", action="store_true", help="what a week leaves out goes to the next")
        parser.add_argument("--urgent", action="store_true", help="count the urgent cases that were done too")
        parser.add_argument("--growth", type=int, default=0, metavar="PERCENT", help="copies of some requests (0)")
        parser.add_argument("--occupancy", choices=OCCUPANCIES, default=OCCUPANCIES[0], help="over slots or opening")
        parser.add_argument("--fill", choices=FILLS, default=FILLS[0], help="by slot or by owner")
        parser.add_argument("--discard", action="store_true", help="remove the comparison once it is printed")
        parser.add_argument("--work-on", type=int, metavar="ID", help="only share the cells of this comparison")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["work_on"] is not None:
            work_to_the_end(options["work_on"])
            return
        if options["first"] is None or options["last"] is None:
            raise CommandError("--from and --to are needed, as weeks such as 2024-W47.")
        began = time.monotonic()
        comparison = _requested(options)
        frozen = time.monotonic()
        _share(comparison, options["workers"])
        ended = time.monotonic()
        row = comparisons().get(pk=comparison.pk)
        progress = progress_of(row)
        found = report(row, Reading(options["occupancy"], options["fill"]))
        with translation.override("en"):
            self.stdout.write("\n".join(tables(found)))
        self.stdout.write(
            f"\n{progress.done} of {progress.total} cells done, {progress.failed} failed. {frozen - began:.1f} s to "
            f"freeze {len(found.slots_from)} weeks, {ended - frozen:.1f} s to plan on {options['workers']} processes, "
            f"{sum(found.seconds(one) for one in found.policies):.1f} s of them in the planner."
        )
        if options["discard"]:
            comparison.delete()
        else:
            self.stdout.write(f"Kept as comparison {comparison.pk}.")


def _week(name: str) -> Week:
    return Week.parse(name)


def _requested(options: dict[str, Any]) -> Comparison:
    given = ("policies", "seed", "rounds", "tie_rule", "carry_over", "urgent")
    try:
        return request_comparison(
            first=options["first"].monday,
            last=options["last"].monday,
            user=None,
            now=timezone.now(),
            growth_percent=options["growth"],
            **{name: options[name] for name in given},
        )
    except UnableToCompare as error:
        with translation.override("en"):
            raise CommandError(words.refusal(error.kind, error.facts)) from None
    except ProblemError as error:
        raise CommandError(str(error)) from None


def _share(comparison: Comparison, workers: int) -> None:
    """This process when it is alone, else as many others; each claims cell after cell."""
    if workers <= 1:
        work_to_the_end(comparison.pk)
        return
    command = [sys.executable, sys.argv[0], "compare_policies", "--work-on", str(comparison.pk)]
    processes = [subprocess.Popen(command) for _number in range(workers)]  # noqa: S603  # this same program
    codes = [process.wait() for process in processes]
    if any(codes):
        raise CommandError(f"A process failed; comparison {comparison.pk} can be resumed on its page.")


def work_to_the_end(comparison_id: int) -> None:
    while True:
        worker = f"command:{os.getpid()}:{uuid.uuid4().hex[:12]}"
        if work_on_next_cell(comparison_id=comparison_id, worker=worker, clock=timezone.now) is None:
            return


# --- The tables --------------------------------------------------------------------------------------------------


def tables(found: Report) -> Iterator[str]:
    """Tables 1 to 6 as Markdown, each with what it is counted over."""
    yield f"{len(found.mondays)} weeks, {words.span(found.comparison)}, parameters {found.comparison.parameters}"
    yield from _head("Table 1. Room occupancy", found, "Room")
    for room in found.rooms:
        yield _row(room, [_statistics(found, "occupancy", policy, room) for policy in found.policies])
    yield _row("Between rooms", [_between(found, policy) for policy in found.policies])
    yield f"\n{words.help_of('occupancy', found)}"
    for number, key in enumerate(ARTICLE[1:], start=2):
        yield from _head(f"Table {number}. {words.LABELS[key]}", found, "")
        yield _row(str(words.UNITS[key]), [_statistics(found, key, policy) for policy in found.policies])
        yield f"\n{words.help_of(key, found)}"
    yield from _head("Table 6. Summary", found, "Criterion")
    for key in CRITERIA:
        yield _row(str(words.LABELS[key]), [_statistics(found, key, policy) for policy in found.policies])
    yield f"\n{words.verdict(found)}"
    for line in words.leads(found):
        proven, done = found.proven(line["policy"])
        yield f"- {line['label']}: {line['text']}. Proven optimal: {proven} of {done} weeks."


def _head(title: str, found: Report, first: str) -> Iterator[str]:
    yield f"\n{title}: mean ± standard deviation (maximum)\n"
    yield _row(first, [policy_label(policy) for policy in found.policies])
    yield _row("---", ["---:"] * len(found.policies))


def _row(first: str, cells: list[str]) -> str:
    return f"| {' | '.join([first, *cells])} |"


def _statistics(found: Report, key: str, policy: str, room: str | None = None) -> str:
    one = found.summary(key, policy, room)
    if one is None:
        return "–"
    mean, deviation, most = (words.written(key, value) for value in (one.mean, one.deviation, one.most))
    return f"{mean} ± {deviation} ({most})"


def _between(found: Report, policy: str) -> str:
    mean, deviation = found.between_rooms(policy) or (None, None)
    return f"{words.written('occupancy', mean)} ± {words.written('occupancy', deviation)}"
