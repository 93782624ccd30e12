"""Rules, steps, figures and hours as sentences in the reader's language. Nothing else words them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from planning.models import JournalEntry
from planning.selectors.loaded import LoadedWeek
from planning.solver.result import Violation

NO_BREAK = "\u00a0"
_SHORT_DAYS = (
    gettext_lazy("lun."),
    gettext_lazy("mar."),
    gettext_lazy("mer."),
    gettext_lazy("jeu."),
    gettext_lazy("ven."),
    gettext_lazy("sam."),
    gettext_lazy("dim."),
)

# --- Figures -----------------------------------------------------------------------------------------------------


def day_short(day: date) -> str:
    """« mar. 24 »."""
    return f"{_SHORT_DAYS[day.weekday()]} {day.day}"


def day_label(day: date) -> str:
    """« mardi 24 novembre »."""
    # Translators: format de date de Django, « mardi 24 novembre ».
    return date_format(day, _("l j F"))


def clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def duration(minutes: int) -> str:
    """« 45 min », « 2 h », « 1 h 05 »."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}{NO_BREAK}min"
    return f"{hours}{NO_BREAK}h" + (f"{NO_BREAK}{rest:02d}" if rest else "")


def number(value: float, decimals: int = 0) -> str:
    return str(number_format(round(value, decimals), decimal_pos=decimals, use_l10n=True, force_grouping=True))


def euros(value: float) -> str:
    # Translators: « 1 200 € », « €1,200 ».
    return (_("%(amount)s €") % {"amount": number(value)}).replace(" ", NO_BREAK)


def signed_euros(value: float) -> str:
    """« +300 € », « −50 € », « 0 € »."""
    return signed(round(value), euros(abs(value)))


def signed(value: float, text: str) -> str:
    """``text`` words the absolute value."""
    return text if value == 0 else f"{'+' if value > 0 else '−'}{text}"


def surgeon(loaded: LoadedWeek, key: str) -> str:
    row = loaded.surgeons.get(key)
    return f"Dr{NO_BREAK}{row.last_name}" if row else ""


def percent(share: float, decimals: int = 0) -> str:
    # Translators: « 12,5 % », « 12.5% ».
    return (_("%(amount)s %%") % {"amount": number(share * 100, decimals)}).replace(" ", NO_BREAK)


def named(name: Any, text: Any) -> str:
    """« I12 : Verrouillée entre-temps »."""
    return _("%(name)s : %(text)s") % {"name": name, "text": text}


def ordered(facts: Mapping[str, Any], known: Iterable[str]) -> list[str]:
    """Its names in the order of ``known``, then the others: PostgreSQL keeps a JSON object in an order of its own."""
    rank = {name: number for number, name in enumerate(known)}
    return sorted(facts, key=lambda name: (rank.get(name, len(rank)), name))


def listed(parts: Iterable[Any]) -> str:
    """Phrases that may hold commas, one after the other."""
    return _(" ; ").join(str(part) for part in parts)


# --- Rules -------------------------------------------------------------------------------------------------------


def sentence(loaded: LoadedWeek, violation: Violation) -> str:
    """What the rule says, with its figures, in full."""
    word = _SENTENCES.get(violation.rule)
    said = word(_Facts(loaded, violation)) if word else violation.message
    hindered = loaded.interventions.get(str(violation.facts.get("hinders")))
    if hindered is None:
        return said
    return _("gênerait %(other)s (%(rule)s)") % {"other": hindered.code, "rule": said}


def chip(violation: Violation) -> str:
    """The rule in one or two words, for the head of a narrow column."""
    return str(_CHIPS.get(violation.rule, violation.rule))


def family(violation: Violation) -> str:
    """Why a place is refused, in a few kinds that the grid draws apart: absent, busy, closed, outside, rule."""
    return _FAMILIES.get(violation.rule, "rule")


class _Facts:
    """A violation's facts, as names that a person knows."""

    def __init__(self, loaded: LoadedWeek, violation: Violation) -> None:
        self.loaded, self.facts = loaded, violation.facts

    def __getitem__(self, key: str) -> Any:
        return self.facts[key]

    def day(self, key: str = "day") -> str:
        index = int(str(self.facts[key]))
        return day_short(date.fromordinal(self.loaded.week.monday.toordinal() + index))

    def surgeon(self, key: str = "surgeon") -> str:
        return surgeon(self.loaded, str(self.facts[key]))

    def room(self, key: str = "room") -> str:
        row = self.loaded.rooms.get(str(self.facts[key]))
        return row.code if row else ""

    def specialty(self, key: str) -> str:
        row = self.loaded.specialties.get(str(self.facts[key]))
        return row.code if row else ""

    def other(self) -> str:
        row = self.loaded.interventions.get(str(self.facts["other"]))
        return row.code if row else ""

    def minutes(self, key: str) -> str:
        return duration(int(str(self.facts[key])))

    def clock(self, key: str) -> str:
        return clock(int(str(self.facts[key])))


def _hospitalised(f: _Facts) -> str:
    return _("Hospitalisation %(admission)s : opération le lendemain au plus tôt") % {
        "admission": f.day("admission_day")
    }


def _deadline(f: _Facts) -> str:
    return _("Date limite dépassée : à opérer %(deadline)s au plus tard") % {"deadline": f.day("deadline_day")}


def _longest(f: _Facts) -> str:
    return _("Dure %(duration)s, la plage accepte %(most)s au plus") % {
        "duration": f.minutes("duration"),
        "most": f.minutes("max_duration"),
    }


def _slot_length(f: _Facts) -> str:
    return _("Il faut %(needed)s avec la remise en état, la plage dure %(length)s") % {
        "needed": f.minutes("needed"),
        "length": f.minutes("length"),
    }


def _surgeon_absent(f: _Facts) -> str:
    surgeon, day = str(f["surgeon"]), int(str(f["day"]))
    reason = f.loaded.surgeon_days[surgeon][day].reason
    if reason:
        return _("%(surgeon)s est absent %(day)s : %(reason)s") % {
            "surgeon": f.surgeon(),
            "day": f.day(),
            "reason": reason,
        }
    return _("%(surgeon)s n'opère pas %(day)s") % {"surgeon": f.surgeon(), "day": f.day()}


def _surgeon_day_too_short(f: _Facts) -> str:
    return _("Dure %(duration)s, %(surgeon)s n'opère que %(available)s %(day)s") % {
        "duration": f.minutes("duration"),
        "surgeon": f.surgeon(),
        "available": f.minutes("available"),
        "day": f.day(),
    }


def _equipment(f: _Facts) -> str:
    missing = ", ".join(f.loaded.equipment_named(str(code) for code in f["missing"]))
    return _("La salle %(room)s n'a pas : %(missing)s") % {"room": f.room(), "missing": missing}


def _slot_specialty(f: _Facts) -> str:
    return _("Plage réservée à %(owner)s, l'intervention est en %(specialty)s") % {
        "owner": f.specialty("owner"),
        "specialty": f.specialty("specialty"),
    }


def _slot_surgeon(f: _Facts) -> str:
    return _("Plage réservée à %(owner)s") % {"owner": f.surgeon("owner")}


def _specialty_closed(f: _Facts) -> str:
    row = f.loaded.specialties.get(str(f["specialty"]))
    if row is None or row.closed_on is None:  # reopened since
        return _("La spécialité était fermée")
    return _("La spécialité %(specialty)s est fermée depuis le %(day)s") % {
        "specialty": row.code,
        "day": date_format(row.closed_on, "j F Y"),
    }


def _surgeon_hours(f: _Facts) -> str:
    return _("%(surgeon)s opère de %(from)s à %(to)s %(day)s : la plage n'y laisse pas %(duration)s") % {
        "surgeon": f.surgeon(),
        "from": f.clock("from"),
        "to": f.clock("to"),
        "day": f.day(),
        "duration": f.minutes("duration"),
    }


def _outside_hours(f: _Facts) -> str:
    return _("De %(start)s à %(end)s, hors des heures de %(surgeon)s (%(from)s–%(to)s)") % {
        "surgeon": f.surgeon(),
        **{key: f.clock(key) for key in ("start", "end", "from", "to")},
    }


def _positions(f: _Facts) -> str:
    most = int(str(f["positions"]))
    return ngettext(
        "Plage complète : %(most)s intervention au plus", "Plage complète : %(most)s interventions au plus", most
    ) % {"most": most}


def _slot_capacity(f: _Facts) -> str:
    return _("Il faut %(needed)s avec la remise en état, il reste %(left)s dans la plage") % {
        "needed": f.minutes("needed"),
        "left": f.minutes("left"),
    }


def _surgeon_day(f: _Facts) -> str:
    return _("Dure %(needed)s, il reste %(left)s à %(surgeon)s %(day)s sur %(available)s") % {
        "needed": f.minutes("needed"),
        "left": f.minutes("left"),
        "surgeon": f.surgeon(),
        "day": f.day(),
        "available": f.minutes("available"),
    }


def _outside_slot(f: _Facts) -> str:
    return _("De %(start)s à %(end)s, hors de la plage %(slot_start)s–%(slot_end)s") % {
        key: f.clock(key) for key in ("start", "end", "slot_start", "slot_end")
    }


def _room_overlap(f: _Facts) -> str:
    return _("Salle %(room)s prête à %(ready)s seulement, après %(other)s (%(from)s–%(to)s)") % {
        "room": f.room(),
        "ready": f.clock("ready"),
        "other": f.other(),
        "from": f.clock("other_start"),
        "to": f.clock("other_end"),
    }


def _surgeon_overlap(f: _Facts) -> str:
    return _("%(surgeon)s opère déjà %(other)s en %(room)s (%(from)s–%(to)s)") % {
        "surgeon": f.surgeon(),
        "other": f.other(),
        "room": f.room("other_room"),
        "from": f.clock("other_start"),
        "to": f.clock("other_end"),
    }


def _recovery_full(f: _Facts) -> str:
    return _("SSPI pleine (%(beds)s postes) à %(ends)s : le patient reste %(held)s en salle, jusqu'à %(until)s") % {
        "beds": f["beds"],
        "ends": f.clock("ends"),
        "held": f.minutes("held"),
        "until": f.clock("until"),
    }


def _equipment_in_use(f: _Facts) -> str:
    units = int(str(f["units"]))
    values = {
        "equipment": ", ".join(f.loaded.equipment_named([str(f["equipment"])])),
        "units": units,
        "other": f.other(),
        "until": f.clock("until"),
    }
    if units == 1:
        return _("%(equipment)s : le seul est pris par %(other)s jusqu'à %(until)s") % values
    return _("%(equipment)s : les %(units)s sont pris, le premier libre à %(until)s après %(other)s") % values


def _septic_before_clean(f: _Facts) -> str:
    return _("Septique, avant %(other)s en %(room)s : à opérer en dernier") % {"other": f.other(), "room": f.room()}


def _child_late(f: _Facts) -> str:
    return _("Enfant, après %(other)s en %(room)s : à opérer en premier") % {"other": f.other(), "room": f.room()}


def _ambulatory_late(f: _Facts) -> str:
    return _("Ambulatoire, sortie de SSPI à %(leaves)s, après %(latest)s") % {
        "leaves": f.clock("leaves"),
        "latest": f.clock("latest"),
    }


def _room_closed(f: _Facts) -> str:
    if f["reason"]:
        return _("Salle %(room)s fermée %(day)s : %(reason)s") % {
            "room": f.room(),
            "day": f.day(),
            "reason": f["reason"],
        }
    return _("Salle %(room)s fermée %(day)s") % {"room": f.room(), "day": f.day()}


def _no_slot(f: _Facts) -> str:
    return _("Aucune plage à cette heure en %(room)s : ouverture par exception, en heures supplémentaires") % {
        "room": f.room()
    }


def _no_order(f: _Facts) -> str:
    return _("Pas de place de %(duration)s en %(room)s %(day)s à une heure où %(surgeon)s est libre") % {
        "duration": f.minutes("duration"),
        "room": f.room(),
        "day": f.day(),
        "surgeon": f.surgeon(),
    }


def _dearer(f: _Facts) -> str:
    return _("Coûterait %(cost)s, la laisser en attente coûte %(leave)s") % {
        "cost": euros(float(str(f["cost"]))),
        "leave": euros(float(str(f["unplanned_cost"]))),
    }


def _pinned_since(f: _Facts) -> str:
    return _("Verrouillée entre-temps par %(by)s") % {"by": f["by"]}


def _not_to_plan(f: _Facts) -> str:
    return _("N'est plus à planifier cette semaine")


def _slot_gone(f: _Facts) -> str:
    return _("Sa plage n'existe plus")


_SENTENCES: Mapping[str, Callable[[_Facts], str]] = {
    "hospitalised": _hospitalised,
    "deadline": _deadline,
    "longest_duration": _longest,
    "slot_length": _slot_length,
    "surgeon_absent": _surgeon_absent,
    "surgeon_day_too_short": _surgeon_day_too_short,
    "equipment": _equipment,
    "slot_specialty": _slot_specialty,
    "slot_surgeon": _slot_surgeon,
    "specialty_closed": _specialty_closed,
    "surgeon_hours": _surgeon_hours,
    "outside_hours": _outside_hours,
    "positions": _positions,
    "slot_capacity": _slot_capacity,
    "surgeon_day": _surgeon_day,
    "outside_slot": _outside_slot,
    "room_overlap": _room_overlap,
    "surgeon_overlap": _surgeon_overlap,
    "recovery_full": _recovery_full,
    "equipment_in_use": _equipment_in_use,
    "septic_before_clean": _septic_before_clean,
    "child_late": _child_late,
    "ambulatory_late": _ambulatory_late,
    "room_closed": _room_closed,
    "no_slot": _no_slot,
    "dearer_than_leaving_out": _dearer,
    "no_order": _no_order,
    "pinned_since": _pinned_since,
    "not_to_plan": _not_to_plan,
    "slot_gone": _slot_gone,
}

_CHIPS: Mapping[str, Any] = {
    "hospitalised": gettext_lazy("hospit."),
    "deadline": gettext_lazy("limite"),
    "longest_duration": gettext_lazy("durée"),
    "slot_length": gettext_lazy("durée"),
    "surgeon_absent": gettext_lazy("absent"),
    "surgeon_day_too_short": gettext_lazy("durée chir."),
    "equipment": gettext_lazy("équip."),
    "slot_specialty": gettext_lazy("plage"),
    "slot_surgeon": gettext_lazy("plage"),
    "specialty_closed": gettext_lazy("spé. fermée"),
    "surgeon_hours": gettext_lazy("heures chir."),
    "outside_hours": gettext_lazy("heures chir."),
    "positions": gettext_lazy("complet"),
    "slot_capacity": gettext_lazy("plein"),
    "surgeon_day": gettext_lazy("durée chir."),
    "outside_slot": gettext_lazy("hors plage"),
    "room_overlap": gettext_lazy("occupée"),
    "surgeon_overlap": gettext_lazy("chir. pris"),
    "recovery_full": gettext_lazy("SSPI"),
    "equipment_in_use": gettext_lazy("équip. pris"),
    "septic_before_clean": gettext_lazy("septique"),
    "child_late": gettext_lazy("enfant"),
    "ambulatory_late": gettext_lazy("ambulatoire"),
    "room_closed": gettext_lazy("fermée"),
    "no_slot": gettext_lazy("sans plage"),
    "dearer_than_leaving_out": gettext_lazy("trop cher"),
    "no_order": gettext_lazy("sans ordre"),
    "pinned_since": gettext_lazy("verrouillée"),
    "not_to_plan": gettext_lazy("à retirer"),
    "slot_gone": gettext_lazy("sans plage"),
}

_FAMILIES: Mapping[str, str] = {
    "surgeon_absent": "absent",
    "outside_hours": "absent",
    "surgeon_overlap": "busy",
    "recovery_full": "busy",
    "equipment_in_use": "busy",
    "surgeon_day": "busy",
    "surgeon_day_too_short": "busy",
    "room_overlap": "busy",
    "slot_capacity": "busy",
    "positions": "busy",
    "room_closed": "closed",
    "specialty_closed": "closed",
    "no_slot": "outside",
    "slot_specialty": "outside",
    "slot_surgeon": "outside",
    "outside_slot": "outside",
}

# --- Steps and journal -------------------------------------------------------------------------------------------


def place(room: str, day: date | str, minute: int) -> str:
    """« SO3 mar. 24 10:20 »."""
    when = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{room} {day_short(when)} {clock(minute)}"


def step_label(action: str, facts: Mapping[str, Any]) -> str:
    """The name of a step, as its Undo button says it: « Déplacer I12 vers SO3 mar. 24 10:20 »."""
    values = dict(facts)
    if "room" in facts and "date" in facts:
        values["place"] = place(facts["room"], facts["date"], facts["minute"])
    for name in ("from", "to"):
        if name in facts:
            values[name] = f"{facts[name]['room']} {day_short(date.fromisoformat(facts[name]['date']))}"
    template = (_STEPS_OF_SEVERAL if "codes" in facts else _STEPS).get(action)
    if template is None:
        return str(JournalEntry.Action(action).label)
    try:
        return str(template) % values
    except KeyError:  # an older entry, with fewer facts
        return str(JournalEntry.Action(action).label)


# Of several interventions at once: plural already, never one.
_STEPS_OF_SEVERAL: Mapping[str, Any] = {
    "unplan": gettext_lazy("Retirer %(count)s interventions du planning"),
    "pin": gettext_lazy("Verrouiller %(count)s interventions"),
    "unpin": gettext_lazy("Déverrouiller %(count)s interventions"),
}
_STEPS: Mapping[str, Any] = {
    "move": gettext_lazy("Déplacer %(code)s vers %(place)s"),
    "force": gettext_lazy("Forcer %(code)s en %(place)s"),
    "swap": gettext_lazy("Échanger %(code)s et %(other)s"),
    "swap_rooms": gettext_lazy("Échanger %(from)s et %(to)s"),
    "unplan": gettext_lazy("Retirer %(code)s du planning"),
    "pin": gettext_lazy("Verrouiller %(code)s"),
    "unpin": gettext_lazy("Déverrouiller %(code)s"),
    "take": gettext_lazy("Reprendre la proposition v%(number)s"),
}


def change_label(action: str, after: Mapping[str, Any] | None) -> str:
    """A line of the journal: the step it was, or the step it took back."""
    facts = after or {}
    if action in ("undo", "redo") and "step" in facts:
        label = step_label(str(facts["step"]), facts)
        return (_("Annuler : %(step)s") if action == "undo" else _("Rétablir : %(step)s")) % {"step": label}
    return step_label(action, facts)


def outcome(action: str, facts: Mapping[str, Any], delta: float) -> str:
    """What a change just did, for the toast: « Déplacer I12 vers SO3 mar. 24 10:20 : +300 € »."""
    label = change_label(action, facts)
    if round(delta) == 0:
        return label
    return _("%(step)s (%(delta)s)") % {"step": label, "delta": signed_euros(delta)}
