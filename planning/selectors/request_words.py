"""What a surgeon reads while writing a request: the durations of before, the first places, their costs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning import wording
from planning.selectors.duration_history import ENOUGH, Group, History, rounded
from planning.selectors.first_places import DayAnswer, FirstPlaces, Owner, Place, Status, WeekAnswer

# A day's gap this long is worth telling; a shorter one is a full day.
WORTH_TELLING = 30
# The histogram's box, in its own units.
WIDTH, BASE, TOP, EDGE = 400, 76, 26, 9

# --- Durations ---------------------------------------------------------------------------------------------------


def history_answer(history: History, minutes: int | None) -> dict[str, Any]:
    """``minutes``: the duration that is written; the advised one stands for none."""
    chosen = history.advised if minutes is None else minutes
    over = history.over(chosen)
    return {
        "group": history.group.value,
        "count": history.count,
        "own": history.own,
        "minutes": chosen,
        "median": history.median,
        "p80": history.p80,
        "choices": [_choice(key, value, chosen) for key, value in (("median", history.median), ("p80", history.p80))],
        # Whether the same procedure speaks, and not others in its stead.
        "precedents": history.group in (Group.OWN, Group.PROCEDURE),
        "over": over,
        "based_on": _based_on(history),
        "few": _few(history),
        "over_text": _over(over, history.count, chosen),
        "tenths": [number < round(10 * over / history.count) for number in range(10)],
    }  # fmt: skip


def _choice(key: str, value: int, chosen: int) -> dict[str, Any]:
    minutes = rounded(value)
    return {"key": key, "minutes": minutes, "text": wording.duration(minutes), "on": minutes == chosen}


def _based_on(history: History) -> str:
    count = history.count
    said = {
        Group.OWN: ngettext("D'après %(n)d de vos interventions", "D'après %(n)d de vos interventions", count),
        Group.PROCEDURE: ngettext(
            "D'après %(n)d intervention du même acte, tous chirurgiens",
            "D'après %(n)d interventions du même acte, tous chirurgiens", count,
        ),
        Group.SURGEON: ngettext(
            "D'après %(n)d de vos interventions, tous actes", "D'après %(n)d de vos interventions, tous actes", count
        ),
        Group.SPECIALTY: ngettext(
            "D'après %(n)d intervention de votre spécialité, tous actes",
            "D'après %(n)d interventions de votre spécialité, tous actes", count,
        ),
    }[history.group] % {"n": count}  # fmt: skip
    figures = {"median": wording.duration(history.median), "p80": wording.duration(history.p80)}
    return wording.named(said, _("médiane %(median)s, P80 %(p80)s") % figures)


def _few(history: History) -> str:
    if history.group is Group.OWN:
        return _("Peu de cas : à vérifier.") if history.count < ENOUGH else ""
    if not history.own:
        return _("Vous n'avez pas encore fait cet acte ici : à vérifier.")
    text = ngettext(
        "Un seul cas de vous pour cet acte : complété par un groupe plus large.",
        "%(n)d cas seulement de vous pour cet acte : complétés par un groupe plus large.",
        history.own,
    )
    return text % {"n": history.own}


def _over(over: int, count: int, minutes: int) -> str:
    values = {"n": over, "count": count, "duration": wording.duration(minutes)}
    if not over:
        return _("Aucune n'aurait dépassé %(duration)s.") % values
    text = ngettext(
        "%(n)d sur %(count)d aurait dépassé %(duration)s.", "%(n)d sur %(count)d auraient dépassé %(duration)s.", over
    )
    return text % values


def chart(history: History, minutes: int) -> dict[str, Any]:
    """The histogram in the units of its box: bars, ticks, the median and the P80, and the duration chosen."""
    bars = history.bars()
    low, high = min(bars[0][0], minutes), max(bars[-1][1], minutes)
    tallest = max(count for _from, _to, count in bars)

    def x(value: float) -> float:
        return round(EDGE + (value - low) / max(1, high - low) * (WIDTH - 2 * EDGE), 1)

    step = next(one for one in (15, 30, 60, 120, 240) if (high - low) / one <= 6 or one == 240)
    return {
        "low": low,
        "high": high,
        "bars": [
            {
                "x": x(begin) + 0.5,
                "y": round(BASE - (BASE - TOP) * count / tallest, 1),
                "width": round(x(end) - x(begin) - 1, 1),
                "height": round((BASE - TOP) * count / tallest, 1),
                "inside": end <= minutes,
            }
            for begin, end, count in bars
            if count
        ],
        "ticks": [{"x": x(at), "text": wording.duration(at)} for at in range(-(-low // step) * step, high + 1, step)],
        "marks": [
            {"x": x(history.median), "text": _("médiane"), "before": True},
            {"x": x(history.p80), "text": "P80", "before": False},
        ],
        "cursor": x(minutes),
    }


# --- Places ------------------------------------------------------------------------------------------------------

_TONES = {Status.OK: "ok", Status.OVERTIME: "warn", Status.LATE: "past", Status.PAST: "past"}


def places_answer(places: FirstPlaces) -> dict[str, Any]:
    """As the page and the API tell it: nothing of anybody else's interventions."""
    deadline = wording.day_and_month(places.asked.deadline)
    return {
        "minutes": places.asked.minutes,
        "duration": wording.duration(places.asked.minutes),
        "deadline": deadline,
        "first": [_card(day, day.place) for day in places.first if day.place is not None],
        "weeks": [_week(week) for week in places.weeks],
        "possible": len(places.possible),
        "judged": places.judged,
        "text": _how_many(places),
        "waiting": places.waiting,
        "waiting_text": _waiting(places),
    }


def _how_many(places: FirstPlaces) -> str:
    count, judged = len(places.possible), places.judged
    text = ngettext(
        "%(n)d sur %(judged)d jour, pour %(duration)s", "%(n)d sur %(judged)d jours, pour %(duration)s", judged
    )
    return text % {"n": count, "judged": judged, "duration": wording.duration(places.asked.minutes)}


def _waiting(places: FirstPlaces) -> str:
    """Of weeks that nobody has planned yet, what else wants them."""
    if not places.waiting or all(week.plan for week in places.weeks):
        return ""
    text = ngettext(
        "Une semaine « à planifier » n'a pas encore de planning : %(n)d autre demande de votre spécialité y prétend.",
        "Une semaine « à planifier » n'a pas encore de planning : %(n)d autres demandes de votre spécialité y "
        "prétendent.",
        places.waiting,
    )
    return text % {"n": places.waiting}


def _card(day: DayAnswer, place: Place) -> dict[str, Any]:
    return {
        "date": day.day.isoformat(),
        "day": wording.day_and_month(day.day),
        "hours": f"{wording.clock(place.start)}–{wording.clock(place.end)}",
        "room": place.room,
        "tone": _tone(day),
        "where": _where(place),
        "cost": place.cost,
        "cost_text": cost_text(place),
    }


def cost_text(place: Place) -> str:
    """« 3 jours d'attente, 45 min sup. : 1 050 € »; « sans surcoût » for nothing."""
    parts = []
    if place.waited_days:
        text = ngettext("%(n)d jour d'attente", "%(n)d jours d'attente", place.waited_days)
        parts.append(text % {"n": place.waited_days})
    if place.overtime_minutes:
        parts.append(_("%(duration)s sup.") % {"duration": wording.duration(place.overtime_minutes)})
    parts += [wording.chip(one) for one in place.remarks]
    if not place.cost:
        return _("sans surcoût") if not parts else ", ".join(parts)
    return wording.named(", ".join(parts), wording.euros(place.cost)) if parts else wording.euros(place.cost)


def _where(place: Place) -> str:
    if place.overtime_minutes:
        return _("en heures sup.")
    return {
        Owner.SURGEON: _("dans votre vacation"),
        Owner.SPECIALTY: _("vacation de votre spécialité"),
        Owner.ALL: _("plage ouverte à tous"),
    }[place.owner]


def _week(week: WeekAnswer) -> dict[str, Any]:
    states: dict[str | None, str] = {
        "approved": _("approuvée"), "draft": _("en préparation"), None: _("à planifier")
    }  # fmt: skip
    return {
        "week": str(week.week),
        "number": week.week.number,
        "plan": week.plan,
        "plan_label": states[week.plan],
        "days": [_day(day) for day in week.days],
    }


def _day(day: DayAnswer) -> dict[str, Any]:
    place = day.place
    return {
        "date": day.day.isoformat(),
        "weekday": day.day.weekday(),
        "label": wording.day_and_month(day.day),
        "short": f"{day.day:%d/%m}",
        "status": day.status.value,
        "tone": _tone(day),
        "text": _day_text(day),
        "title": wording.named(wording.day_label(day.day), _day_text(day)),
        "room": place.room if place else None,
        "start": place.start if place else None,
        "end": place.end if place else None,
        "overtime_minutes": place.overtime_minutes if place else 0,
        "waited_days": place.waited_days if place else 0,
        "cost": place.cost if place else None,
        "cost_text": cost_text(place) if place else "",
    }


def _tone(day: DayAnswer) -> str:
    if day.place is not None and day.place.remarks:
        return "warn"
    return _TONES.get(day.status, "no")


def _day_text(day: DayAnswer) -> str:
    if day.place is not None:
        if day.place.overtime_minutes:
            late = wording.duration(day.place.overtime_minutes)
            return _("+%(duration)s sup., %(room)s") % {"duration": late, "room": day.place.room}
        return f"{wording.clock(day.place.start)}, {day.place.room}"
    return _WORDS[day.status](day)


def _full(day: DayAnswer) -> str:
    if day.left < WORTH_TELLING:
        return _("complet")
    return _("%(duration)s libres") % {"duration": wording.duration(day.left)}


_WORDS: dict[Status, Callable[[DayAnswer], str]] = {
    Status.FULL: _full,
    Status.TOO_LONG: lambda day: _("trop longue"),
    Status.EQUIPMENT: lambda day: _("sans %(equipment)s") % {"equipment": ", ".join(day.missing)},
    Status.NOT_YOURS: lambda day: _("pas de vacation"),
    Status.OFF: lambda day: _("hors de vos jours"),
    Status.ABSENT: lambda day: _("vous êtes absent"),
    Status.CLOSED: lambda day: _("aucune plage"),
    Status.EARLY: lambda day: _("avant l'entrée"),
    Status.LATE: lambda day: _("après la limite"),
    Status.PAST: lambda day: _("passé"),
}


def wish_text(day: date) -> str:
    """What joining a day to the request means."""
    values = {"day": wording.day_and_month(day), "week": day.isocalendar().week}
    return _("Souhait joint : %(day)s. La place est confirmée quand le bloc approuve la semaine %(week)s.") % values
