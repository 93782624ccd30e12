"""What happened to one intervention, latest first."""

from __future__ import annotations

from typing import Any

from planning.models import Intervention, JournalEntry
from planning.selectors.journal import text_of

SHOWN = 50


def history_of(intervention: Intervention) -> list[dict[str, Any]]:
    rows = JournalEntry.objects.filter(intervention=intervention).select_related("user", "intervention")
    return [{"entry": row, "text": text_of(row)} for row in rows[:SHOWN]]
