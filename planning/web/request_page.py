"""What the page of a request shows around its form: the answer to what is written, and the surgeon's own list."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from planning import wording
from planning.models import Intervention, Surgeon
from planning.models.interventions import USUAL_RECOVERY_MINUTES
from planning.selectors.duration_history import History, duration_history, usual_needs
from planning.selectors.first_places import Asked, first_places
from planning.selectors.procedures import code_of, frequent_procedures
from planning.selectors.request_words import chart, history_answer, places_answer, wish_text
from planning.selectors.requests import latest_requests
from planning.web.forms.requests import RequestForm

Facts = dict[str, Any]


def facts_of(form: RequestForm) -> Facts:
    """What the form holds that can be used already: typed and valid, or shown at the start."""
    if form.is_bound:
        form.is_valid()
        return dict(form.cleaned_data)
    return {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}


def page_context(form: RequestForm, surgeon: Surgeon, today: date, typed: RequestForm | None = None) -> dict[str, Any]:
    """``typed``: what was sent when ``form`` only shows it again, without judging it."""
    return {
        "form": form,
        "surgeon": surgeon,
        "procedures": frequent_procedures(surgeon),
        "latest": latest_requests(surgeon),
        **answer_context(typed or form, surgeon, today),
    }


def answer_context(form: RequestForm, surgeon: Surgeon, today: date) -> dict[str, Any]:
    """The three parts that follow what is typed: duration, dates, summary."""
    facts = facts_of(form)
    label = str(facts.get("procedure_label") or "")
    history = duration_history(surgeon, label, code_of(label)) if label else None
    minutes = facts.get("planned_minutes") or (history.advised if history else None)
    places = _places(facts, surgeon, minutes, today)
    wished = facts.get("wished_date") or None
    shown = {day["date"] for week in places["weeks"] for day in week["days"] if day["room"]} if places else set()
    return {
        "history": history_answer(history, facts.get("planned_minutes")) if history else None,
        "chart": chart(history, minutes) if history and minutes else None,
        "needs": _needs(surgeon, label, history),
        "places": places,
        "weekdays": _weekdays(places),
        "wished": wished.isoformat() if wished else "",
        "wished_elsewhere": wished if wished and wished.isoformat() not in shown else None,
        "wish_text": wish_text(wished) if wished else "",
        "summary": _summary(facts, label, minutes, wished),
        "label": label,
        "stay": stay_of(facts),
    }


def _places(facts: Facts, surgeon: Surgeon, minutes: int | None, today: date) -> dict[str, Any] | None:
    admission, deadline = facts.get("admission_date"), facts.get("deadline_date")
    if not minutes or not admission or not deadline or deadline <= admission:
        return None
    return places_answer(first_places(asked_of(facts | {"planned_minutes": minutes}, surgeon), today))


def asked_of(facts: Facts, surgeon: Surgeon) -> Asked:
    """The form's values as the places are asked for."""
    return Asked(
        surgeon=surgeon,
        minutes=facts["planned_minutes"],
        admission=facts["admission_date"],
        deadline=facts["deadline_date"],
        priority=facts.get("priority") or Intervention.Priority.ELECTIVE,
        ambulatory=bool(facts.get("ambulatory")),
        child=bool(facts.get("child")),
        septic=bool(facts.get("septic")),
        recovery_minutes=stay_of(facts),
        equipment=frozenset(one.code for one in facts.get("equipment") or ()),
    )


def stay_of(facts: Facts) -> int:
    """In the recovery room; as the form keeps it where nothing is written."""
    minutes = facts.get("recovery_minutes")
    return USUAL_RECOVERY_MINUTES if minutes is None else int(minutes)


def _weekdays(places: dict[str, Any] | None) -> list[str]:
    """The heads of the calendar: Monday to Friday, and the days of the week-end that have slots."""
    if places is None:
        return []
    most = max((day["weekday"] for week in places["weeks"] for day in week["days"]), default=4)
    return [wording.weekday_short(number) for number in range(max(5, most + 1))]


def _needs(surgeon: Surgeon, label: str, history: History | None) -> dict[str, Any] | None:
    """What this procedure usually needs, for the form to tick."""
    found = usual_needs(surgeon, label, code_of(label)) if label and history else None
    if found is None:
        return None
    return {
        "equipment": ",".join(str(key) for key in sorted(found.equipment)),
        "ambulatory": found.ambulatory,
        "recovery": found.recovery_minutes,
    }


def _summary(facts: Facts, label: str, minutes: int | None, wished: date | None) -> dict[str, str]:
    """« Prothèse totale de hanche, gauche », « 2 h 20, avant le 25 mars »."""
    side = dict(Intervention.Side.choices).get(str(facts.get("side") or ""))
    what = f"{label}, {str(side).lower()}" if label and side else label
    parts = [wording.duration(minutes)] if minutes else []
    if facts.get("deadline_date"):
        parts.append(_("avant le %(day)s") % {"day": wording.day_and_month(facts["deadline_date"])})
    if wished:
        parts.append(_("souhait %(day)s") % {"day": wording.day_and_month(wished)})
    return {"what": what, "when": ", ".join(parts)}
