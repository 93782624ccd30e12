"""The figures behind the demonstration, each with where it comes from. docs/demonstration.md tells the two readings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Source = Literal["published", "assumed", "calibrated"]


@dataclass(frozen=True, slots=True)
class Figure:
    """``published`` in the source named, ``assumed`` because nobody did, or ``calibrated`` so that a result fits."""

    value: float
    source: Source
    label: str


@dataclass(frozen=True, slots=True)
class DurationLaw:
    """Room minutes of a specialty: the mean and the coefficient of variation within one kind of procedure."""

    mean_minutes: Figure
    within_cv: Figure
    share: Figure


@dataclass(frozen=True, slots=True)
class Preset:
    """One reading of the article: how full the slots were, or how many interventions were recorded."""

    name: str
    history_fill: Figure
    history_count: Figure | None
    requests_by_week: tuple[Figure, ...]


_DUTCH = "Leeftink and Hans 2018, academic hospitals"
_SHARE = "share of the activity; the article only says that three specialties dominate"


def _law(mean: float, cv: float, share: float, source: Source = "published", label: str = _DUTCH) -> DurationLaw:
    return DurationLaw(Figure(mean, source, label), Figure(cv, source, label), Figure(share, "assumed", _SHARE))


_NO_SOURCE = "no European source found; near VitalDB's vascular operations"
LAWS: dict[str, DurationLaw] = {
    "ORT": _law(87.5, 0.26, 0.24),
    "DIG": _law(145.7, 0.51, 0.18),
    "GYN": _law(94.3, 0.59, 0.13),
    "URO": _law(78.5, 0.37, 0.11),
    "ORL": _law(127.7, 0.68, 0.10),
    "OPH": _law(66.0, 0.43, 0.10),
    "VAS": _law(120.0, 0.50, 0.06, "assumed", _NO_SOURCE),
    "NCH": _law(94.8, 0.54, 0.04),
    "STO": _law(65.0, 0.45, 0.04, "assumed", "no source found"),
}

YEARS = Figure(2, "published", "1999 and 2000, Chaabane, Meskens, Guinet and Laurent")
OPENING_MINUTE = Figure(8 * 60, "published", "the theatre opens at 8:00, same article")
CLOSING_MINUTE = Figure(20 * 60, "published", "and closes at 20:00")
DURATION_SCALE = Figure(0.8, "calibrated", "a general hospital takes 65 to 111 min a case (Stepaniak 2009; Lübeck)")
PLANNED_SPREAD = Figure(0.5, "calibrated", "share of the within-procedure spread that a surgeon knows in advance")
ACTUAL_SPREAD = Figure(0.33, "published", "log spread of actual over planned, 0.29 to 0.39 (Eijkemans 2010)")
SURGEON_BIAS_MEAN = Figure(0.04, "published", "log bias of the planned durations: 0 to 0.09, same source")
SURGEON_BIAS_SPREAD = Figure(0.08, "assumed", "how much surgeons differ in it")
PLANNED_TURNOVER_MINUTES = Figure(20, "assumed", "the planner's cleaning time")
TURNOVER_MINUTES = Figure(22, "published", "mean 25 min over 18,340 turnovers (A&I 2011), less the porter's wait")
FIRST_LATE_MINUTES = Figure(12, "published", "7,094 h lost a year over 190,295 first cases (Am J Surg 2014), 15.7 min")
CANCELLED_SHARE = Figure(0.05, "published", "5.0 to 5.5 % in smaller hospitals (Germany 2011, UK, Helsinki)")
URGENT_PER_DAY = Figure(5.5, "calibrated", "urgent cases are 15 to 20 % then; published: 12 % (VitalDB), 35 % (Lübeck)")
URGENT_LENGTH = Figure(0.77, "published", "urgent operations are shorter: mean x 0.77 (Lübeck)")
RECOVERY_MEAN_MINUTES = Figure(90, "assumed", "mean stay in the recovery room")
RECOVERY_LEAST_MINUTES = Figure(30, "assumed", "nobody leaves the recovery room sooner")
RECOVERY_MOST_MINUTES = Figure(240, "assumed", "longer stays are in intensive care")
RECOVERY_CV = Figure(0.42, "published", "765 long gynaecological cases, Dexter and Epstein")
HOSPITAL_DAY_EUROS = Figure(300, "assumed", "a day in hospital before the operation")
OVERTIME_HOUR_EUROS = Figure(200, "assumed", "an hour of the room's team after 18:00")

_REQUESTS = "a week's requests near the capacity of its slots, fewer as the week is further away"

PRESETS: dict[str, Preset] = {
    "load": Preset(
        "load",
        Figure(0.82, "calibrated", "so that rooms are occupied 42 to 50 % of the time, as the article's Table 1 says"),
        None,
        tuple(Figure(count, "calibrated", _REQUESTS) for count in (110, 92, 64, 36)),
    ),
    "paper-count": Preset(
        "paper-count",
        Figure(0.52, "calibrated", "a little more than the number kept; what exceeds it is dropped at random"),
        Figure(5479, "published", "interventions kept over two years after cleaning, same article"),
        tuple(Figure(count, "calibrated", "5,479 / 104 = 53 a week") for count in (53, 45, 31, 17)),
    ),
}
