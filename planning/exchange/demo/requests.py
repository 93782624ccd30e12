"""What is waiting for the coming weeks: requests near the capacity of the slots, so that a plan has choices to make."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from planning.exchange.demo import presets
from planning.exchange.demo.catalogue import SURGEONS, SlotCard, weekly_slots
from planning.exchange.demo.draws import Case, Draws

_NOTES = (
    "Allergie au latex.",
    "Anticoagulants arrêtés cinq jours avant.",
    "Lit de soins continus demandé.",
    "Interprète nécessaire.",
    "Préfère le matin (diabète).",
    "Matériel prêté : prévenir le fournisseur.",
)


def coming_week(draws: Draws, monday: date, *, count: int, asked_before: date) -> Iterator[Case]:
    """``count`` requests by the specialties' shares, each admitted the day before one of its surgeon's days."""
    for specialty, wanted in _quotas(count).items():
        for _number in range(wanted):
            for _attempt in range(30):
                case = _request(draws, specialty, monday, asked_before)
                if case is not None:
                    yield case
                    break


def _quotas(count: int) -> dict[str, int]:
    """``count`` dealt by the specialties' shares, the largest remainders first."""
    exact = {name: count * law.share.value for name, law in presets.LAWS.items()}
    quotas = {name: int(value) for name, value in exact.items()}
    for name in sorted(exact, key=lambda one: quotas[one] - exact[one])[: count - sum(quotas.values())]:
        quotas[name] += 1
    return quotas


def overdue(draws: Draws, today: date) -> Iterator[Case]:
    """One request whose deadline has just passed: the page must show it first."""
    surgeon = next(card for card in SURGEONS if card.trigram == "GAR")
    procedure = draws.procedure(surgeon.specialty, "SO1", 90)
    if procedure is not None:
        case = draws.new_case(procedure, surgeon, today - timedelta(days=5), digits=4)
        case.deadline, case.priority = today - timedelta(days=1), "expedited"
        case.notes = "Reportée deux fois faute de place."
        yield case


def _request(draws: Draws, specialty: str, monday: date, asked_before: date) -> Case | None:
    slots = [one for one in weekly_slots() if one.specialty == specialty and not one.overtime]
    slot = draws.random.choices(slots, [one.end - one.start for one in slots])[0]
    day = monday + timedelta(days=slot.weekday)
    if draws.calendar.closed(slot.room, day):
        return None
    team = [
        card
        for card in SURGEONS
        if card.specialty == specialty and draws.operates(card, day) and slot.surgeon in (None, card.trigram)
    ]
    procedure = draws.procedure(specialty, slot.room, slot.end - slot.start - 40)
    if not team or procedure is None:
        return None
    admission = day - timedelta(days=draws.random.choices((1, 2, 3), (75, 17, 8))[0])
    case = draws.new_case(procedure, draws.random.choice(team), admission, digits=4)
    return _asked(draws, case, slot, day, asked_before)


def _asked(draws: Draws, case: Case, slot: SlotCard, day: date, asked_before: date) -> Case:
    """Fits the slot it was drawn for; some are pressing; none was asked for after ``asked_before``."""
    longest = slot.end - slot.start - int(presets.PLANNED_TURNOVER_MINUTES.value)
    case.planned_minutes = min(case.planned_minutes, longest)
    friday = day + timedelta(days=4 - day.weekday())
    pressing = draws.random.random()
    if pressing < 0.06:
        case.priority, case.deadline = "urgent", day + timedelta(days=min(1, (friday - day).days))
    elif pressing < 0.24:
        case.priority, case.deadline = "expedited", friday
    latest = asked_before - timedelta(days=draws.random.randrange(1, 20))
    case.requested_on = min(case.requested_on, latest)
    if draws.random.random() < 0.12:
        case.notes = draws.random.choice(_NOTES)
    return case
