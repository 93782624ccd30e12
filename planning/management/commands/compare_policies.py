"""Compare policies from the command line: Tables 1 to 6 as Markdown, and how long it took on so many processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from planning.calendar import Week
from planning.exchange.comparison_tables import OPENING, SLOTS, beside_the_article, rewrite, tables
from planning.models import Comparison, Site
from planning.selectors import comparison_words as words
from planning.selectors.comparisons import comparisons, progress_of, report
from planning.services.comparing import work_on_next_cell
from planning.services.comparisons import DEFAULT_ROUNDS, UnableToCompare, request_comparison
from planning.solver.policies import POLICIES
from planning.solver.problem import ProblemError
from planning.solver.ranking import FILLS, OCCUPANCIES, Reading


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
        parser.add_argument("--write", type=Path, metavar="PAGE.md", help="put the tables beside the article's there")
        parser.add_argument("--write-time", type=Path, metavar="PAGE.md", help="put the time it took there")
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
        took = (
            f"{progress.done} of {progress.total} cells done, {progress.failed} failed. {frozen - began:.1f} s to "
            f"freeze {len(found.slots_from)} weeks, {ended - frozen:.1f} s to plan on {options['workers']} processes, "
            f"{sum(found.seconds(one) for one in found.policies):.1f} s of them in the planner."
        )
        self.stdout.write(f"\n{took}")
        try:
            _write(row, took, options)
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from None
        if options["discard"]:
            comparison.delete()
        else:
            self.stdout.write(f"Kept as comparison {comparison.pk}.")


def _write(comparison: Comparison, took: str, options: dict[str, Any]) -> None:
    if options["write"] is not None:
        with translation.override("en"):
            rewrite(
                options["write"], "tables", beside_the_article(report(comparison, SLOTS), report(comparison, OPENING))
            )
    if options["write_time"] is not None:
        rewrite(options["write_time"], f"time {options['workers']}", [took])


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
