"""A comparison as files: the tables and every week's figures, for a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from django.utils.translation import gettext as _

from planning.calendar import Week
from planning.exchange.spreadsheets import TYPES, Value, csv_of, xlsx_of
from planning.selectors import comparison_words as words
from planning.selectors.comparisons import Report
from planning.selectors.policies import policy_label
from planning.solver.ranking import CRITERIA

_DECIMALS = {"share": 4, "minutes": 0, "number": 2, "days": 3, "euros": 0}


def as_csv(report: Report) -> bytes:
    """Every week's figures, one line a week and policy."""
    return csv_of(_weeks(report))


def as_xlsx(report: Report) -> bytes:
    """Tables 1 to 6, then every week's figures."""
    sheets: list[tuple[str, Iterator[Sequence[Value]]]] = [
        (_("Tableau 6 Récapitulatif"), _summary(report)),
        (_("Tableau 1 Occupation"), _rooms(report)),
        (_("Tableau 2 Heures sup."), _one(report, "overtime")),
        (_("Tableau 3 Dépassements"), _one(report, "rooms_overrunning")),
        (_("Tableau 4 Planification"), _one(report, "planned")),
        (_("Tableau 5 Remplissage"), _one(report, "slot_fill")),
        (_("Semaines"), _weeks(report)),
    ]
    return xlsx_of(sheets)


FILES: dict[str, tuple[str, Callable[[Report], bytes]]] = {
    "csv": (TYPES["csv"], as_csv),
    "xlsx": (TYPES["xlsx"], as_xlsx),
}


def _statistics() -> list[str]:
    return [_("moyenne"), _("écart-type"), _("maximum")]


def _figures(report: Report, key: str, room: str | None = None) -> list[Value]:
    found: list[Value] = []
    for policy in report.policies:
        one = report.summary(key, policy, room)
        values = (one.mean, one.deviation, one.most) if one else (None, None, None)
        found += [_rounded(key, value) for value in values]
    return found


def _rounded(key: str, value: float | None) -> float | None:
    return None if value is None else round(value, _DECIMALS[CRITERIA[key].unit])


def _head(report: Report, first: str) -> list[Value]:
    return [first, *(f"{policy_label(policy)}, {one}" for policy in report.policies for one in _statistics())]


def _named(key: str) -> str:
    """« Heures supplémentaires (minutes par semaine) »: the figures are raw, so their unit is said."""
    units = {
        "share": _("part"), "minutes": _("minutes"), "number": _("nombre"), "days": _("jours"), "euros": "€",
    }  # fmt: skip
    return f"{words.LABELS[key]} ({units[CRITERIA[key].unit]})"


def _summary(report: Report) -> Iterator[Sequence[Value]]:
    yield _head(report, _("Critère"))
    for key in CRITERIA:
        yield [_named(key), *_figures(report, key)]


def _one(report: Report, key: str) -> Iterator[Sequence[Value]]:
    yield _head(report, _("Critère"))
    yield [_named(key), *_figures(report, key)]


def _rooms(report: Report) -> Iterator[Sequence[Value]]:
    yield _head(report, _("Salle"))
    for room in report.rooms:
        yield [room, *_figures(report, "occupancy", room)]
    line: list[Value] = [_("Entre les salles")]
    for policy in report.policies:
        mean, deviation = report.between_rooms(policy) or (None, None)
        line += [_rounded("occupancy", mean), _rounded("occupancy", deviation), None]
    yield line


def _weeks(report: Report) -> Iterator[Sequence[Value]]:
    rooms = [f"{words.LABELS['occupancy']} {room}" for room in report.rooms]
    yield [_("Semaine"), _("Politique"), *(_named(key) for key in CRITERIA), *rooms]
    for monday in report.mondays:
        for policy in report.policies:
            values = [_rounded(key, report.value(key, policy, monday)) for key in CRITERIA]
            by_room = [_rounded("occupancy", report.value("occupancy", policy, monday, room)) for room in report.rooms]
            yield [str(Week(monday)), policy_label(policy), *values, *by_room]
