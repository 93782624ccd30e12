"""The command line: a week file in, a plan file out, and one line when the week file is wrong."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).parents[2]

WEEK: dict[str, Any] = {
    "days": 2,
    "rooms": [{"id": "SO1", "equipment": ["microscope"]}, {"id": "SO2", "equipment": []}],
    "surgeons": [
        {"id": "ORL-1", "specialty": "ORL", "daily_minutes": [240, 0]},
        {"id": "ORT-1", "specialty": "ORT", "daily_minutes": [480, 480]},
    ],
    "slots": [
        {
            "id": name,
            "day": day,
            "room": name[:3],
            "start": 480,
            "end": 720,
            "kind": "regular",
            "specialty": owner,
            "surgeon": None,
            "positions": 4,
            "max_duration": 240,
        }
        for name, day, owner in [("SO1-0", 0, "ORL"), ("SO2-0", 0, "ORT"), ("SO2-1", 1, "ORT")]
    ],
    "interventions": [
        {
            "id": name,
            "duration": duration,
            "surgeon": surgeon,
            "specialty": surgeon[:3],
            "equipment": [],
            "admission_day": -1,
            "deadline_day": 1,
            "unplanned_cost": None,
            "pinned": None,
        }
        for name, duration, surgeon in [("I1", 120, "ORL-1"), ("I2", 180, "ORT-1"), ("I3", 150, "ORT-1")]
    ],
    "costs": {"hospital_day": 300, "overtime_hour": [200, 200], "unplanned": 3000},
    "turnover": 0,
}


@pytest.fixture
def week() -> dict[str, Any]:
    return copy.deepcopy(WEEK)


def plan(folder: Path, week: object, *options: str) -> dict[str, Any]:
    source, target = folder / "week.json", folder / "plan.json"
    source.write_text(json.dumps(week), encoding="utf-8")
    call_command("solve", str(source), "--output", str(target), *options)
    found: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("method", ["hungarian", "first-come", "exact"])
def test_each_method_plans_the_week_at_the_cost_worked_out_by_hand(
    tmp_path: Path, week: dict[str, Any], method: str
) -> None:
    found = plan(tmp_path, week, "--method", method, "--time-limit", "5", "--seed", "0")
    assert found["method"] == method
    assert found["cost"] == {"hospital": 300.0, "overtime": 0.0, "unplanned": 0.0, "total": 300.0}
    assert {one["intervention"] for one in found["assignments"]} == {"I1", "I2", "I3"}


def test_the_exact_method_writes_its_proof(tmp_path: Path, week: dict[str, Any]) -> None:
    found = plan(tmp_path, week, "--method", "exact")
    assert (found["status"], found["lower_bound"], found["gap"]) == ("optimal", 300.0, 0.0)


def test_open_scheduling_uses_the_slots_of_others(tmp_path: Path, week: dict[str, Any]) -> None:
    week["surgeons"][0]["daily_minutes"] = [60, 0]  # the ORL room is free on the first day
    assert plan(tmp_path, week, "--policy", "specialty")["cost"]["hospital"] == 300.0
    assert plan(tmp_path, week, "--policy", "open")["cost"]["hospital"] == 0.0


def test_a_policy_brings_its_method(tmp_path: Path, week: dict[str, Any]) -> None:
    assert plan(tmp_path, week, "--policy", "specialty-fcfs")["method"] == "first-come"


def test_without_an_output_file_the_plan_is_printed(
    tmp_path: Path, week: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "week.json"
    source.write_text(json.dumps(week), encoding="utf-8")
    call_command("solve", str(source))
    assert json.loads(capsys.readouterr().out)["cost"]["total"] == 300.0


def broken(week: dict[str, Any], *path: str | int, value: object) -> dict[str, Any]:
    *way, last = path
    place: Any = week
    for step in way:
        place = place[step]
    place[last] = value
    return week


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("slots", 0, "room"), "SO9", ("slots[SO1-0].room", "'SO9'")),
        (("slots", 1, "kind"), "night", ("slots[1].kind", "'night'")),
        (("interventions", 0, "duration"), "two\nhours", ("interventions[0].duration", "two")),
        (("interventions", 2, "pinned"), "SO7-0", ("interventions[I3].pinned", "'SO7-0'")),
        (("costs", "overtime_hour"), [200], ("costs.overtime_hour", "200")),
    ],
)
def test_a_malformed_week_gets_one_line_that_names_the_key_and_the_value(
    tmp_path: Path, week: dict[str, Any], path: tuple[str | int, ...], value: object, named: tuple[str, str]
) -> None:
    with pytest.raises(CommandError) as caught:
        plan(tmp_path, broken(week, *path, value=value))
    assert caught.value.returncode == 2
    assert all(part in str(caught.value) for part in named)
    assert "\n" not in str(caught.value)
    assert [one.name for one in tmp_path.iterdir()] == ["week.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"days": 1}'])
def test_a_file_that_is_no_week_is_refused(tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "week.json"
    source.write_bytes(content)
    with pytest.raises(CommandError) as caught:
        call_command("solve", str(source), "--output", str(tmp_path / "plan.json"))
    assert caught.value.returncode == 2
    assert not (tmp_path / "plan.json").exists()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"nowhere\.json: No such file") as caught:
        call_command("solve", str(tmp_path / "nowhere.json"))
    assert caught.value.returncode == 2


def test_an_output_folder_that_does_not_exist_is_named(tmp_path: Path, week: dict[str, Any]) -> None:
    source = tmp_path / "week.json"
    source.write_text(json.dumps(week), encoding="utf-8")
    with pytest.raises(CommandError, match="No such file"):
        call_command("solve", str(source), "--output", str(tmp_path / "absent" / "plan.json"))


def test_a_faulty_week_leaves_an_older_plan_as_it_was(tmp_path: Path, week: dict[str, Any]) -> None:
    plan(tmp_path, week)
    before = (tmp_path / "plan.json").read_bytes()
    with pytest.raises(CommandError):
        plan(tmp_path, broken(week, "days", value=0))
    assert (tmp_path / "plan.json").read_bytes() == before


@pytest.mark.parametrize("limit", ["-1", "soon", "nan"])
def test_a_time_limit_is_a_number_of_seconds(tmp_path: Path, week: dict[str, Any], limit: str) -> None:
    with pytest.raises(CommandError, match="time-limit"):
        plan(tmp_path, week, f"--time-limit={limit}")


def test_from_a_shell_a_fault_is_one_line_and_status_two_and_no_database_is_needed(
    tmp_path: Path, week: dict[str, Any]
) -> None:
    (tmp_path / "good.json").write_text(json.dumps(week), encoding="utf-8")
    (tmp_path / "bad.json").write_text(json.dumps(broken(week, "turnover", value=-5)), encoding="utf-8")
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/absent/no.sqlite3"}

    def run(name: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", "solve", str(tmp_path / name), "--output", str(tmp_path / "plan.json")]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    bad = run("bad.json")
    assert (bad.returncode, bad.stdout) == (2, "")
    assert len(bad.stderr.splitlines()) == 1
    assert "turnover: -5" in bad.stderr
    assert not (tmp_path / "plan.json").exists()
    good = run("good.json")
    assert (good.returncode, good.stderr) == (0, "")
    assert json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))["cost"]["total"] == 300.0
