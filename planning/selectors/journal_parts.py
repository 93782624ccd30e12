"""A line of the journal in the parts that its page and its files lay side by side: on what, from what, to what."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning.models import Intervention, JournalEntry
from planning.selectors.journal import place_of, text_of

Action = JournalEntry.Action
_PLACED = (Action.MOVE, Action.FORCE, Action.UNPLAN, Action.PIN, Action.UNPIN)
_WORD = re.compile(r"[^\W_][\w./-]*")


@dataclass(frozen=True, slots=True)
class Parts:
    """``after`` alone holds the sentence of what has no before and after."""

    subject: str
    before: str
    after: str


def parts_of(entry: JournalEntry) -> Parts:
    after = entry.after or {}
    if entry.action == Action.APPROVE:
        return _approved(entry, after)
    if entry.action in _PLACED and entry.intervention is not None and "state" not in after:
        return _moved(entry, entry.intervention)
    subject = entry.intervention.code if entry.intervention else ""
    return Parts(subject, "", _without(subject, text_of(entry)))


def _moved(entry: JournalEntry, item: Intervention) -> Parts:
    """From a place or the list to a place or the list; a lock changes neither."""
    waiting = _("à planifier")
    before, after = place_of(entry.before) or waiting, place_of(entry.after) or waiting
    if entry.action in (Action.PIN, Action.UNPIN):
        before = ""
    return Parts(item.code, before, after)


def _approved(entry: JournalEntry, after: Mapping[str, Any]) -> Parts:
    number = (entry.before or {}).get("number")
    count = after.get("placements", after.get("placed")) or 0
    said = ngettext("%(n)d intervention planifiée", "%(n)d interventions planifiées", count) % {"n": count}
    signed = Counter(after.get("signed") or [])
    if signed:
        # One person may have noted the word of many.
        names = ", ".join(name if times == 1 else f"{name} ({times})" for name, times in signed.items())
        said = _("%(placed)s ; visas : %(names)s") % {"placed": said, "names": names}
    return Parts(text_of(entry), _("Version %(number)s") % {"number": number} if number else "", said)


def _without(subject: str, text: str) -> str:
    """The sentence without the name it begins with, which stands beside it."""
    if not subject or not text.startswith(subject):
        return text
    return text.removeprefix(subject).lstrip("\u00a0\u202f :")


def cost_of(entry: JournalEntry) -> float | None:
    """What the whole week cost then, of the lines that know it."""
    total = (entry.after or {}).get("total_cost")
    return float(total) if isinstance(total, int | float) else None


def patients_of(parts: Iterable[Parts]) -> dict[str, tuple[int, str]]:
    """The interventions that these name, by their code: number and patient's code. One query."""
    words = {word for one in parts for text in (one.subject, one.before, one.after) for word in _WORD.findall(text)}
    rows = Intervention.objects.filter(code__in=words).values_list("code", "pk", "patient_code")
    return {code: (pk, patient) for code, pk, patient in rows}


def with_patients(parts: Parts, patients: Mapping[str, tuple[int, str]]) -> Parts:
    """Named as the grid names them, for readers who may: by the patient's code."""

    def said(text: str) -> str:
        return _WORD.sub(lambda word: patients.get(word[0], (0, word[0]))[1], text)

    return replace(parts, subject=said(parts.subject), before=said(parts.before), after=said(parts.after))
