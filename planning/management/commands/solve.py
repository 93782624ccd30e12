"""Plan a week from a file to a file: the planner's JSON contract on the command line, without any database."""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser

from planning.solver.policies import POLICIES, apply
from planning.solver.problem import ProblemError, WeekProblem
from planning.solver.solve import METHODS, TIE_RULES, Method, solve
from planning.solver.stopping import Stop
from planning.solver.week_json import read_week, write_plan

MALFORMED = 2


class Command(BaseCommand):
    help = "Plan the week of a JSON file and write the plan as JSON. Uses no database."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("week", metavar="WEEK.json", type=Path, help="the week to plan; - reads standard input")
        parser.add_argument("--output", metavar="PLAN.json", type=Path, help="where the plan goes; default: printed")
        parser.add_argument("--method", choices=METHODS, help="default: the policy's, or hungarian without a policy")
        parser.add_argument(
            "--policy", choices=sorted(POLICIES), help="who may use the slots; default: as the file says"
        )
        parser.add_argument("--time-limit", metavar="SECONDS", type=_seconds, default=10.0, help="default: 10")
        parser.add_argument("--seed", type=int, default=0, help="same seed, same week: same plan; default: 0")
        parser.add_argument("--tie-rule", choices=TIE_RULES, default=TIE_RULES[0], help="between plans of equal cost")

    def handle(self, *args: Any, **options: Any) -> None:
        problem = _read(options["week"])
        policy = POLICIES.get(options["policy"] or "")
        method = cast(Method, options["method"] or (policy.method if policy else METHODS[0]))
        result = solve(
            apply(policy, problem) if policy else problem,
            method=method,
            stop=Stop(seconds=options["time_limit"]),
            seed=options["seed"],
            tie_rule=options["tie_rule"],
        )
        plan = json.dumps(write_plan(result), ensure_ascii=False, indent=2) + "\n"
        if options["output"] is None:
            self.stdout.write(plan, ending="")
        else:
            _write(options["output"], plan)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise ArgumentTypeError(f"{text!r}: a number of seconds, zero or more")
    return seconds


def _read(path: Path) -> WeekProblem:
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
        return read_week(text)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", returncode=MALFORMED) from None
    except UnicodeDecodeError:
        raise CommandError(f"{path}: not a text in UTF-8", returncode=MALFORMED) from None
    except ProblemError as error:
        # One line, whatever the value held.
        raise CommandError(f"{path}: {' '.join(str(error).split())}", returncode=MALFORMED) from None


def _write(path: Path, text: str) -> None:
    """All or nothing: an interrupted run leaves neither half a plan nor a damaged older one."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        scratch.write_text(text, encoding="utf-8")
        scratch.replace(path)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        raise CommandError(f"{path}: {error.strerror}", returncode=MALFORMED) from None
