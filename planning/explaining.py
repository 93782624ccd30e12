"""Explanations as sentences in the reader's language: what a colleague who made the plan would answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning import wording
from planning.selectors.loaded import LoadedWeek
from planning.selectors.rule_words import RULE_NAMES
from planning.solver.costs import rule_cost
from planning.solver.explain import DAY_RULES
from planning.solver.explanation import Alternative, Barred, Basis, Explanation, Figures, Moved
from planning.solver.levels import SETTING_OF
from planning.solver.problem import Intervention, SlotKind
from planning.solver.result import Violation
from planning.solver.rules import paid_violations

# Names one other intervention as the reader may know it.
Name = Callable[[str], str]
# A difference of less than half a euro is none.
NOTHING = 0.5
MOST_NAMED = 3
# A longer list of specialties says nothing more.
MOST_OWNERS = 4


# --- Small words -------------------------------------------------------------------------------------------------


def joined(parts: Sequence[str]) -> str:
    """« SO1, SO2 et SO3 »."""
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s et %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}


def day_of(loaded: LoadedWeek, day: int) -> date:
    return date.fromordinal(loaded.week.monday.toordinal() + day)


def place(loaded: LoadedWeek, slot_id: str, start: int | None = None) -> str:
    """« mardi 24 novembre à 10:20 en SO2 (heures sup.) »."""
    slot = loaded.problem.slot_by_id[slot_id]
    values = {"room": loaded.rooms[slot.room].code, "day": wording.day_label(day_of(loaded, slot.day))}
    if start is None:
        text = _("%(day)s en %(room)s") % values
    else:
        text = _("%(day)s à %(time)s en %(room)s") % {**values, "time": wording.clock(start)}
    return _("%(place)s (heures sup.)") % {"place": text} if slot.kind is SlotKind.OVERTIME else text


def waited(days: int) -> str:
    return ngettext("%(n)d jour d'attente", "%(n)d jours d'attente", days) % {"n": days}


def overtime(minutes: int) -> str:
    return _("%(duration)s d'heures supplémentaires") % {"duration": wording.duration(minutes)}


def composed(difference: Figures) -> str:
    """« −2 jours d'attente, +45 min d'heures sup., +1 report »; nothing when nothing changes."""
    days, minutes, left_out = difference.waited_days, difference.overtime_minutes, difference.left_out
    parts = []
    if days:
        parts.append(wording.signed(days, waited(abs(days))))
    if minutes:
        late = _("%(duration)s d'heures sup.") % {"duration": wording.duration(abs(minutes))}
        parts.append(wording.signed(minutes, late))
    if left_out:
        text = ngettext("%(n)d report", "%(n)d reports", abs(left_out)) % {"n": abs(left_out)}
        parts.append(wording.signed(left_out, text))
    return ", ".join(parts)


def worth(difference: Figures) -> str:
    """« coûterait 300 € de plus à la semaine »."""
    if abs(difference.cost) < NOTHING:
        return _("ne changerait rien au coût de la semaine")
    values = {"amount": wording.euros(abs(difference.cost))}
    if difference.cost > 0:
        return _("coûterait %(amount)s de plus à la semaine") % values
    return _("ferait gagner %(amount)s à la semaine") % values


def spot(loaded: LoadedWeek, slot_id: str) -> str:
    """« SO2 mar. 24 », short enough for a list."""
    slot = loaded.problem.slot_by_id[slot_id]
    text = f"{loaded.rooms[slot.room].code} {wording.day_short(day_of(loaded, slot.day))}"
    return _("%(place)s (heures sup.)") % {"place": text} if slot.kind is SlotKind.OVERTIME else text


def moves(loaded: LoadedWeek, moved: Sequence[Moved], name: Name) -> str:
    """« P-12 irait en SO1 mer. 25 ; P-14 serait reportée »; a number when they are many."""
    if len(moved) > MOST_NAMED:
        return _("%(n)d autres interventions bougeraient") % {"n": len(moved)}
    return wording.listed(_move(loaded, one, name(one.intervention)) for one in moved)


def _move(loaded: LoadedWeek, one: Moved, who: str) -> str:
    if one.target is None:
        return _("%(who)s serait reportée") % {"who": who}
    values = {"who": who, "where": spot(loaded, one.target)}
    if one.origin is None:
        return _("%(who)s serait planifiée en %(where)s") % values
    return _("%(who)s irait en %(where)s") % values


def _goes(loaded: LoadedWeek, one: Moved, name: Name) -> str:
    """« P-12 → SO1 mer. 25 », « P-14 → reportée »."""
    there = _("reportée") if one.target is None else spot(loaded, one.target)
    return _("%(who)s → %(where)s") % {"who": name(one.intervention), "where": there}


def detail(loaded: LoadedWeek, one: Alternative, direct: Alternative | None, name: Name) -> list[str]:
    """What the difference is made of, who would move, and what it costs when only those who must do."""
    parts = [composed(one.difference), moves(loaded, one.moved, name)]
    if direct is not None and direct.difference.cost - one.difference.cost >= NOTHING:
        values = {"amount": wording.signed_euros(direct.difference.cost)}
        if direct.moved:
            values["who"] = joined([_goes(loaded, moved, name) for moved in direct.moved])
            parts.append(_("%(amount)s en ne déplaçant que %(who)s") % values)
        else:
            parts.append(_("%(amount)s sans bouger les autres") % values)
    return [part for part in parts if part]


# --- The sentence ------------------------------------------------------------------------------------------------


def here(loaded: LoadedWeek, explanation: Explanation, start: int) -> str:
    """Where it is and what that costs by itself."""
    own, slot, problem = explanation.own, str(explanation.slot), loaded.problem
    item = problem.intervention_by_id[explanation.intervention]
    relaxed = rule_cost(problem, item, problem.slot_by_id[slot])
    values = {
        "place": place(loaded, slot, start),
        "owner": owner(loaded, slot),
        "amount": wording.euros(own.cost - relaxed),
    }
    if own.waited_days and own.overtime_minutes:
        cost = _("%(waited)s et %(overtime)s (%(amount)s)") % {
            **values, "waited": waited(own.waited_days), "overtime": overtime(own.overtime_minutes)
        }  # fmt: skip
    elif own.waited_days:
        cost = _("%(waited)s (%(amount)s)") % {**values, "waited": waited(own.waited_days)}
    elif own.overtime_minutes:
        cost = _("sans attente, mais %(overtime)s (%(amount)s)") % {
            **values, "overtime": overtime(own.overtime_minutes)
        }  # fmt: skip
    else:
        cost = _("sans attente ni heures supplémentaires")
    if relaxed:
        cost = f"{cost} ; {_paid_for(loaded, item, slot, relaxed)}"
    return _("Opérée %(place)s, dans une %(owner)s : %(cost)s.") % {**values, "cost": cost}


def _paid_for(loaded: LoadedWeek, item: Intervention, slot: str, amount: float) -> str:
    """« la règle « Souhaits du chirurgien » compte 200 € »."""
    problem = loaded.problem
    broken = paid_violations(problem, item, problem.slot_by_id[slot])
    names = [str(RULE_NAMES[SETTING_OF.get(one.rule, one.rule)]) for one in broken if problem.rules.cost(one.rule)]
    text = ngettext(
        "la règle « %(rules)s » compte %(amount)s", "les règles « %(rules)s » comptent %(amount)s", len(names)
    )
    return text % {"rules": ", ".join(names), "amount": wording.euros(amount)}


def owner(loaded: LoadedWeek, slot_id: str) -> str:
    """Whose slot it is under the policy."""
    slot = loaded.problem.slot_by_id[slot_id]
    if slot.surgeon is not None and slot.surgeon in loaded.surgeons:
        name = loaded.surgeons[slot.surgeon].last_name
        return _("plage de Dr %(name)s") % {"name": name}
    if slot.specialty is not None and slot.specialty in loaded.specialties:
        return _("plage %(specialty)s") % {"specialty": loaded.specialties[slot.specialty].code}
    return _("plage ouverte à tous")


def compared(loaded: LoadedWeek, explanation: Explanation, start: int | None) -> str:
    """How its place stands against the next best one, where it would begin at ``start``."""
    if not explanation.alternatives:
        return _("C'est la seule place que les règles lui laissent.")
    best = explanation.alternatives[0]
    values = {"place": place(loaded, best.slot, start), "worth": worth(best.difference)}
    if best.difference.cost <= -NOTHING:
        return _("Une autre place vaudrait mieux : %(place)s %(worth)s.") % values
    if best.difference.cost < NOTHING:
        return _("Aucune place ne coûte moins à la semaine ; %(place)s reviendrait au même.") % values
    return _("C'est la place la moins chère pour la semaine : la suivante, %(place)s, %(worth)s.") % values


def gave_way(
    loaded: LoadedWeek, explanation: Explanation, wish: Alternative | None, direct: Alternative | None, name: Name
) -> str:
    """To whom it left the place it would rather have; nothing when it has what is best for itself.

    ``direct`` names those who hold the place; ``wish`` has the difference for the week.
    """
    if wish is None or explanation.slot is None or wish.difference.cost <= -NOTHING:
        return ""
    holders = (direct or wish).moved[:MOST_NAMED]
    values = {
        "place": place(loaded, wish.slot),
        "who": joined([name(one.intervention) for one in holders]),
        "worth": worth(wish.difference),
    }
    if wish.moved and len(wish.moved) <= MOST_NAMED:
        values["moves"] = moves(loaded, wish.moved, name)
        return _("Elle a cédé à %(who)s la place de %(place)s : l'y mettre quand même %(worth)s (%(moves)s).") % values
    return _("Elle a cédé à %(who)s la place de %(place)s : l'y mettre quand même %(worth)s.") % values


def full(places: Sequence[Alternative]) -> str:
    """Whether anything is free of what the rules leave open to it."""
    if not places or not all(one.moved for one in places):
        return ""
    if len(places) == 1:
        return _("La seule plage que les règles lui ouvrent est pleine.")
    return _("Les %(n)d plages que les règles lui ouvrent sont pleines.") % {"n": len(places)}


def waits(loaded: LoadedWeek, explanation: Explanation) -> str:
    """Why an intervention left out is left out, in one sentence."""
    values = {"leave": wording.euros(explanation.own.cost)}
    if not explanation.alternatives:
        return _("Aucune plage ne peut la prendre cette semaine. La reporter est compté %(leave)s.") % values
    best = explanation.alternatives[0]
    values |= {"place": place(loaded, best.slot), "worth": worth(best.difference)}
    if best.difference.cost <= -NOTHING:
        return _("Elle peut être planifiée : %(place)s %(worth)s, report évité (%(leave)s).") % values
    if best.difference.cost < NOTHING:
        return _("Lui faire une place %(place)s reviendrait au même que la reporter (%(leave)s).") % values
    return (
        _("La reporter (%(leave)s) coûte moins que lui faire une place : au mieux, %(place)s, ce qui %(worth)s.")
        % values
    )


def basis(explanation: Explanation, found: Iterable[Alternative]) -> str:
    """What the differences rest on."""
    kept = list(found)
    kinds = {one.basis for one in kept}
    if Basis.ALONE in kinds or not kinds:
        return _("Estimation : seules bougent celles qui doivent faire de la place.")
    if kinds == {Basis.PROVEN}:
        text = _("Écarts exacts : le reste de la semaine est réorganisé au mieux pour chaque place.")
    else:
        text = _("Écarts au mieux connus : le reste est réorganisé, sans preuve que rien ne ferait mieux.")
    spare = explanation.total.cost - kept[0].base
    if spare < NOTHING:
        return text
    more = _("Sans la bouger, réorganiser le reste ferait déjà gagner jusqu'à %(amount)s, horaires à vérifier.")
    return f"{text} {more % {'amount': wording.euros(spare)}}"


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
