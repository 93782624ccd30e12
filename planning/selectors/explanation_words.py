"""Explanations as sentences in the reader's language: what a colleague who made the plan would answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning import wording
from planning.selectors.loaded import LoadedWeek
from planning.selectors.rule_words import RULE_NAMES
from planning.solver.costs import rule_cost
from planning.solver.explanation import Alternative, Basis, Explanation, Figures, Moved
from planning.solver.levels import SETTING_OF
from planning.solver.problem import Intervention, SlotKind
from planning.solver.rules import paid_violations

# Names one other intervention as the reader may know it.
Name = Callable[[str], str]
# A difference of less than half a euro is none.
NOTHING = 0.5
MOST_NAMED = 3


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
