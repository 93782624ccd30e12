"""What closes a place to an intervention, and what would open it, as sentences in the reader's language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning import wording
from planning.selectors.explanation_words import MOST_NAMED, day_of, joined, owner, spot
from planning.selectors.loaded import LoadedWeek
from planning.solver.explain import DAY_RULES
from planning.solver.explanation import Alternative, Barred
from planning.solver.result import Violation

# A longer list of specialties says nothing more.
MOST_OWNERS = 4


# --- What would change it ----------------------------------------------------------------------------------------


def change(loaded: LoadedWeek, one: Alternative) -> str:
    """« SO2 mar. 24 : 25 min de plus »."""
    given = joined([_given(loaded, violation) for violation in one.against])
    return _("%(where)s : %(why)s") % {"where": spot(loaded, one.slot), "why": given}


def _given(loaded: LoadedWeek, violation: Violation) -> str:
    facts = violation.facts
    values: dict[str, str] = {}
    slot = loaded.problem.slot_by_id[str(violation.slot)]
    if violation.rule in ("slot_capacity", "surgeon_day"):
        values["minutes"] = wording.duration(int(str(facts["missing"])))
        if violation.rule == "slot_capacity":
            return _("%(minutes)s de plus") % values
        values["surgeon"] = wording.surgeon(loaded, str(facts["surgeon"]))
        return _("%(minutes)s de plus pour %(surgeon)s") % values
    if violation.rule == "deadline":
        late = slot.day - int(str(facts["deadline_day"]))
        text = ngettext("une date limite reculée de %(n)d jour", "une date limite reculée de %(n)d jours", late)
        return text % {"n": late}
    if violation.rule == "hospitalised":
        early = int(str(facts["admission_day"])) + 1 - slot.day
        text = ngettext(
            "une hospitalisation avancée de %(n)d jour", "une hospitalisation avancée de %(n)d jours", early
        )
        return text % {"n": early}
    if violation.rule in ("slot_specialty", "slot_surgeon"):
        return _("une place dans la %(owner)s") % {"owner": owner(loaded, slot.id)}
    if violation.rule == "equipment":
        return _missing_equipment(loaded, facts)
    if violation.rule == "positions":
        return _("une intervention de plus dans la plage")
    if violation.rule == "longest_duration":
        values["minutes"] = wording.duration(int(str(facts["duration"])))
        return _("une intervention de %(minutes)s acceptée") % values
    if violation.rule == "surgeon_hours":
        values["surgeon"] = wording.surgeon(loaded, str(facts["surgeon"]))
        return _("%(surgeon)s hors de ses heures") % values
    return wording.sentence(loaded, violation)


# --- What is closed, and why -------------------------------------------------------------------------------------


def closed(loaded: LoadedWeek, group: Barred) -> str:
    """« lun. 23 et mar. 24, SO1 et SO2 : plages d'autres spécialités »."""
    slots = loaded.problem.slot_by_id
    days = sorted({slots[one].day for one in group.slots})
    places = _days(loaded, days) if group.nearest.rule in DAY_RULES else where(loaded, group.slots)
    return _("%(where)s : %(why)s") % {"where": places, "why": _why(loaded, group)}


def where(loaded: LoadedWeek, slots: Sequence[str]) -> str:
    """Days that share the same rooms are said together."""
    rooms: dict[int, set[str]] = defaultdict(set)
    for slot_id in slots:
        slot = loaded.problem.slot_by_id[slot_id]
        rooms[slot.day].add(slot.room)
    days: dict[frozenset[str], list[int]] = defaultdict(list)
    for day in sorted(rooms):
        days[frozenset(rooms[day])].append(day)
    if len(days) > MOST_NAMED:
        number = sum(len(found) for found in rooms.values())
        return ngettext("%(n)d salle-jour", "%(n)d salles-jours", number) % {"n": number}
    return wording.listed(f"{_days(loaded, which)}, {_rooms(loaded, found)}" for found, which in days.items())


def _days(loaded: LoadedWeek, days: Sequence[int]) -> str:
    if len(days) == len(loaded.operating_days):
        return _("toute la semaine")
    return joined([wording.day_short(day_of(loaded, day)) for day in days])


def _rooms(loaded: LoadedWeek, found: frozenset[str]) -> str:
    every = [str(room.id) for room in loaded.shown_rooms]
    if len(found) > 1 and found >= {slot.room for slot in loaded.problem.slots}:
        return _("toutes les salles")
    return joined([loaded.rooms[room].code for room in every if room in found])


def _why(loaded: LoadedWeek, group: Barred) -> str:
    nearest, facts = group.nearest, group.nearest.facts
    word = _REASONS.get(nearest.rule)
    return word(loaded, group, facts) if word else wording.sentence(loaded, nearest)


def _surgeon_away(loaded: LoadedWeek, group: Barred, facts: Mapping[str, object]) -> str:
    surgeon = str(facts["surgeon"])
    days = {loaded.problem.slot_by_id[slot].day for slot in group.slots}
    reasons = sorted({reason for day in days if (reason := loaded.surgeon_days[surgeon][day].reason)})
    name = wording.surgeon(loaded, surgeon)
    if reasons:
        return _("%(surgeon)s est absent (%(reasons)s)") % {"surgeon": name, "reasons": ", ".join(reasons)}
    return _("%(surgeon)s n'opère pas") % {"surgeon": name}


def _other_specialty(loaded: LoadedWeek, group: Barred, facts: Mapping[str, object]) -> str:
    owners = {loaded.problem.slot_by_id[slot].specialty for slot in group.slots}
    codes = sorted(loaded.specialties[one].code for one in owners if one is not None and one in loaded.specialties)
    if len(codes) > MOST_OWNERS:
        return _("plages d'autres spécialités")
    text = ngettext("plage d'une autre spécialité (%(codes)s)", "plages d'autres spécialités (%(codes)s)", len(codes))
    return text % {"codes": ", ".join(codes)}


def _short_of(loaded: LoadedWeek, group: Barred, facts: Mapping[str, object]) -> str:
    minutes = wording.duration(int(str(facts["missing"])))
    if len(group.slots) == 1:
        return _("plage pleine, il manque %(minutes)s") % {"minutes": minutes}
    nearest = spot(loaded, str(group.nearest.slot))
    return _("plages pleines, il manque au moins %(minutes)s (%(nearest)s)") % {"minutes": minutes, "nearest": nearest}


def _surgeon_short_of(loaded: LoadedWeek, group: Barred, facts: Mapping[str, object]) -> str:
    values = {
        "surgeon": wording.surgeon(loaded, str(facts["surgeon"])),
        "minutes": wording.duration(int(str(facts["missing"]))),
    }
    return _("la journée de %(surgeon)s est pleine, il manque %(minutes)s") % values


def _too_short(loaded: LoadedWeek, group: Barred, facts: Mapping[str, object]) -> str:
    return _("plages trop courtes pour elle") if len(group.slots) > 1 else _("plage trop courte pour elle")


def _not_before(loaded: LoadedWeek, group: Barred, facts: Mapping[str, object]) -> str:
    day = wording.day_short(day_of(loaded, int(str(facts["admission_day"]))))
    return _("pas avant le lendemain de l'hospitalisation (%(day)s)") % {"day": day}


def _not_after(loaded: LoadedWeek, group: Barred, facts: Mapping[str, object]) -> str:
    return _("après la date limite (%(day)s)") % {
        "day": wording.day_short(day_of(loaded, int(str(facts["deadline_day"]))))
    }


def _missing_equipment(loaded: LoadedWeek, facts: Mapping[str, object]) -> str:
    """The names of what the ``equipment`` rule says is missing: it gives a collection of codes."""
    return ", ".join(loaded.equipment_named(str(code) for code in facts["missing"]))  # type: ignore[attr-defined]  # facts hold objects


def _without_equipment(loaded: LoadedWeek, group: Barred, facts: Mapping[str, object]) -> str:
    missing = _missing_equipment(loaded, facts)
    return _("il y manque : %(missing)s") % {"missing": missing}


def _other_surgeon(loaded: LoadedWeek, group: Barred, facts: Mapping[str, object]) -> str:
    return _("plages d'autres chirurgiens") if len(group.slots) > 1 else _("plage d'un autre chirurgien")


def _full(loaded: LoadedWeek, group: Barred, facts: Mapping[str, object]) -> str:
    return _("plages complètes") if len(group.slots) > 1 else _("plage complète")


def _outside_hours(loaded: LoadedWeek, group: Barred, facts: Mapping[str, object]) -> str:
    return _("hors des heures de %(surgeon)s") % {"surgeon": wording.surgeon(loaded, str(facts["surgeon"]))}


def _specialty_closed(loaded: LoadedWeek, group: Barred, facts: Mapping[str, object]) -> str:
    return _("la spécialité est fermée")


_REASONS: Mapping[str, Callable[[LoadedWeek, Barred, Mapping[str, object]], str]] = {
    "hospitalised": _not_before,
    "deadline": _not_after,
    "surgeon_absent": _surgeon_away,
    "surgeon_hours": _outside_hours,
    "specialty_closed": _specialty_closed,
    "slot_specialty": _other_specialty,
    "slot_surgeon": _other_surgeon,
    "equipment": _without_equipment,
    "slot_capacity": _short_of,
    "surgeon_day": _surgeon_short_of,
    "positions": _full,
    "slot_length": _too_short,
    "longest_duration": _too_short,
}
