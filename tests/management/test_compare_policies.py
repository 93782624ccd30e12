"""Comparisons on the command line: tables printed, put into a page between its marks, and kept or not."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from planning.calendar import at_minute
from planning.models import Comparison, Intervention
from tests.factories.hospital import WEEK, Hospital, make_intervention, small_hospital

pytestmark = pytest.mark.django_db
MARKS = "Before.\n<!-- tables -->\nold\n<!-- /tables -->\n<!-- time 1 -->\n<!-- /time 1 -->\nAfter.\n"


@pytest.fixture
def hospital() -> Hospital:
    """One hour done on the Monday of W48, in the open room."""
    hospital = small_hospital()
    done = make_intervention(hospital.surgeons[0], 60, state=Intervention.State.DONE)
    Intervention.objects.filter(pk=done.pk).update(
        entered_at=at_minute(WEEK.monday, 480), left_at=at_minute(WEEK.monday, 540)
    )
    return hospital


@pytest.fixture
def page(tmp_path: Path) -> Path:
    page = tmp_path / "page.md"
    page.write_text(MARKS, encoding="utf-8")
    return page


def compare(**options: Any) -> str:
    said = io.StringIO()
    values = {"first": WEEK, "last": WEEK, "policies": ["open", "specialty-fcfs"], "rounds": 5}
    call_command("compare_policies", **(values | options), stdout=said)
    return said.getvalue()


def test_it_prints_the_tables_and_the_time_and_keeps_the_comparison(hospital: Hospital) -> None:
    said = compare()
    assert "Table 1. Room occupancy" in said
    assert "2 of 2 cells done, 0 failed." in said
    assert f"Kept as comparison {Comparison.objects.get().pk}." in said


def test_it_puts_the_tables_beside_the_articles_between_the_marks_of_a_page(hospital: Hospital, page: Path) -> None:
    compare(write=page, write_time=page, discard=True)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("Before.\n<!-- tables -->\n\n1 weeks, 2026-W48 to 2026-W48, 1 interventions")
    assert text.endswith("After.\n")
    assert "old" not in text
    lines = text.splitlines()
    assert "| Room | `open` | Planning3 | `specialty-fcfs` | Planning1 |" in lines
    # An hour of the 60 opening hours of SO1; what the article printed stands behind.
    assert "| SO1 | 1.7% ± – (1.7%) | 81% ± 17% (104%) | 1.7% ± – (1.7%) | 62% ± 5% (70%) |" in lines
    assert "2 of 2 cells done, 0 failed." in text
    assert not Comparison.objects.exists()


def test_a_page_without_marks_is_refused_and_left_as_it_is(hospital: Hospital, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Nothing here.\n", encoding="utf-8")
    with pytest.raises(CommandError, match="<!-- tables -->"):
        compare(write=page)
    assert page.read_text(encoding="utf-8") == "Nothing here.\n"
