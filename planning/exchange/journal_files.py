"""The journal as a file: a line each, by the codes of the interventions; no patient's code leaves with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from planning.calendar import Week
from planning.exchange.spreadsheets import Value, csv_of, xlsx_of
from planning.models import JournalEntry
from planning.selectors.journal_parts import cost_of, parts_of
from planning.selectors.journal_search import is_against_a_rule


def as_csv(entries: Iterable[JournalEntry]) -> bytes:
    return csv_of(_lines(entries))


def as_xlsx(entries: Iterable[JournalEntry]) -> bytes:
    return xlsx_of([(_("Journal"), _lines(entries))])


FILES = {"csv": as_csv, "xlsx": as_xlsx}


def _lines(entries: Iterable[JournalEntry]) -> Iterator[Sequence[Value]]:
    yield [
        _("Quand"), _("Qui"), _("Identifiant"), _("Action"), _("Semaine"), _("Sur quoi"), _("Avant"), _("Après"),
        _("Pourquoi"), _("Contre une règle"), _("Variation du coût (€)"), _("Coût de la semaine (€)"),
    ]  # fmt: skip
    for entry in entries:
        parts = parts_of(entry)
        yield [
            timezone.localtime(entry.at).isoformat(timespec="seconds"),
            str(entry.user) if entry.user else "Bloc",
            entry.user.username if entry.user else "",
            entry.get_action_display(),
            str(Week(entry.monday)) if entry.monday else "",
            parts.subject,
            parts.before,
            parts.after,
            entry.reason,
            _("oui") if is_against_a_rule(entry) else "",
            _rounded(entry.cost_delta),
            _rounded(cost_of(entry)),
        ]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
