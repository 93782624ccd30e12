"""One item looked at closely: evidence first, then what can be done with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from django.utils.translation import gettext as _

from planning import wording
from planning.models import Intervention
from planning.selectors.duration_history import Group as Cases
from planning.selectors.duration_history import History, duration_history, rounded
from planning.selectors.first_places import Asked, DayAnswer, Owner, first_places
from planning.selectors.inbox import Item
from planning.selectors.inbox_hints import Hint, Hints
from planning.selectors.inbox_words import Said, conflict_text, covered_text, duration_question, oddities

State = Intervention.State
# The drawing's own units.
WIDTH, HEIGHT, HEADROOM, MARGIN_MINUTES = 396, 46, 8, 10
TICK_MINUTES, MOST_TICKS = (15, 30, 60, 120, 240), 7
LABEL_WIDTH = 44


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    covered: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A line of the drawing and the text beside it."""

    x: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Chart:
    bars: tuple[Bar, ...]
    asked: Mark
    median: Mark
    p80: Mark
    ticks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    minutes: int
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class PlaceLine:
    day: date
    place: str
    why: str
    cost: str
    tone: str


@dataclass(frozen=True)
class Detail:
    item: Item
    hint: Hint
    history: History | None
    chart: Chart | None
    covered: Said
    odd: list[Said]
    places: list[PlaceLine]
    question: str
    choices: list[Choice] = field(default_factory=list)

    @property
    def asks_duration(self) -> bool:
        return _asks_duration(self.item)

    @property
    def kept(self) -> int:
        return _kept(self.item, self.choices)


def detail_of(item: Item, today: date) -> Detail:
    row = item.intervention
    # The very cases that the surgeon was shown, not the quicker reading of the list.
    history = duration_history(row.surgeon, row.procedure_label, row.procedure_code)
    known = history if history and history.group in (Cases.OWN, Cases.PROCEDURE) else None
    hint = replace(Hints([row], today).of(row), history=known)
    odd = [Said(conflict_text(item.hit), "bad")] if item.hit else []
    if row.state in (State.REQUESTED, State.RETURNED):
        odd += oddities(item, hint)
    choices = _choices(hint, row)
    return Detail(
        item=item,
        hint=hint,
        history=history,
        chart=_chart(history, row.planned_minutes) if history else None,
        covered=covered_text(hint, row.planned_minutes),
        odd=odd,
        places=places_of(row, _kept(item, choices), today),
        question=duration_question(hint, row),
        choices=choices,
    )


def _asks_duration(item: Item) -> bool:
    """Whoever accepts it says how long it is planned; what is accepted already has its duration."""
    return item.intervention.state in (State.REQUESTED, State.RETURNED) and item.first is None


def _kept(item: Item, choices: Iterable[Choice]) -> int:
    chosen = (one.minutes for one in choices if one.chosen and _asks_duration(item))
    return next(chosen, item.intervention.planned_minutes)


def _choices(hint: Hint, row: Intervention) -> list[Choice]:
    """The one asked for, unless it is too short for what was seen: then the P80."""
    asked = row.planned_minutes
    if hint.history is None:
        return [Choice(asked, _("demandée"), True)]
    offered = [(asked, _("demandée"))]
    for minutes, label in ((rounded(hint.history.median), _("médiane")), (hint.history.advised, _("P80"))):
        if minutes not in dict(offered):
            offered.append((minutes, label))
    chosen = hint.history.advised if hint.short else asked
    return [Choice(minutes, label, minutes == chosen) for minutes, label in offered]


# --- The distribution --------------------------------------------------------------------------------------------


def _chart(history: History, asked: int) -> Chart:
    bars = history.bars()
    low = min(bars[0][0], asked) - MARGIN_MINUTES
    high = max(bars[-1][1], asked) + MARGIN_MINUTES
    tallest = max(count for _from, _to, count in bars)

    def across(minutes: float) -> float:
        return round((minutes - low) / (high - low) * WIDTH, 1)

    drawn = tuple(
        Bar(
            x=across(begin) + 0.7,
            y=round(HEIGHT - count / tallest * (HEIGHT - HEADROOM), 1),
            width=round(across(end) - across(begin) - 1.4, 1),
            height=round(count / tallest * (HEIGHT - HEADROOM), 1),
            covered=(begin + end) / 2 <= asked,
        )
        for begin, end, count in bars
        if count
    )
    median, p80 = across(history.median), across(history.p80)
    asked_at = across(asked)
    return Chart(
        bars=drawn,
        asked=Mark(asked_at, wording.duration(asked), _anchor(asked_at)),
        median=Mark(median, _("médiane %(d)s") % {"d": wording.duration(history.median)}, "end"),
        p80=Mark(p80, _("P80 %(d)s") % {"d": wording.duration(history.p80)}, "start"),
        ticks=tuple(
            Mark(across(tick), wording.duration(tick))
            for tick in _ticks(low, high)
            if abs(across(tick) - asked_at) > LABEL_WIDTH and LABEL_WIDTH / 2 < across(tick) < WIDTH - LABEL_WIDTH / 2
        ),
    )


def _anchor(x: float) -> str:
    """Beside the edge the text turns inward."""
    return "start" if x < LABEL_WIDTH / 2 else "end" if x > WIDTH - LABEL_WIDTH / 2 else "middle"


def _ticks(low: int, high: int) -> range:
    step = next((one for one in TICK_MINUTES if (high - low) / one <= MOST_TICKS), TICK_MINUTES[-1])
    return range(-(-low // step) * step, high + 1, step)


# --- The first places --------------------------------------------------------------------------------------------


def places_of(row: Intervention, minutes: int, today: date) -> list[PlaceLine]:
    """Under the plans of the coming weeks, if it were to last ``minutes``. Nothing for what is over."""
    if row.state in (State.DONE, State.CANCELLED, State.DRAFT):
        return []
    asked = Asked(
        surgeon=row.surgeon, minutes=minutes, admission=row.admission_date, deadline=row.deadline_date,
        priority=row.priority, ambulatory=row.ambulatory, child=row.child, septic=row.septic,
        recovery_minutes=row.recovery_minutes, equipment=frozenset(one.code for one in row.equipment.all()),
    )  # fmt: skip
    return [_place_line(answer) for answer in first_places(asked, today).first]


def _place_line(answer: DayAnswer) -> PlaceLine:
    place = answer.place
    assert place is not None  # noqa: S101  # ``first`` holds days that have one
    owner = {
        Owner.SURGEON: _("sa vacation"),
        Owner.SPECIALTY: _("vacation de la spécialité"),
        Owner.ALL: _("plage ouverte à tous"),
    }[place.owner]
    late = place.overtime_minutes
    said = _("%(owner)s, finit à %(end)s") % {"owner": owner, "end": wording.clock(place.end)} if late else owner
    return PlaceLine(
        day=answer.day,
        place=f"{wording.day_and_month(answer.day)} · {wording.clock(place.start)} · {place.room}",
        why=said,
        cost=wording.signed_euros(place.cost),
        tone="warn" if late or place.remarks else "" if place.cost > 0 else "ok",
    )
