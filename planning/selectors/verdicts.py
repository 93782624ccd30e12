"""The answers of the master plan's rules, in the reader's words: one or two for a narrow cell, and the sentence."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning import wording
from planning.models.people import Weekday
from planning.selectors.master_plans import LoadedDraft
from planning.solver.master_plan.judging import Status, Verdict


def answer(loaded: LoadedDraft, verdict: Verdict) -> dict[str, str]:
    return {"status": verdict.status.value, "chip": chip(verdict), "text": sentence(loaded, verdict)}


def chip(verdict: Verdict) -> str:
    if verdict.reason == "closed":
        return _("fermée")
    if verdict.reason == "pinned":
        return _("verrouillée")
    if verdict.reason == "equipment":
        return _("équipement")
    if verdict.reason == "specialty_closed":
        return _("spécialité fermée")
    if verdict.reason == "no_surgeon":
        return _("pas de chirurgien")
    if verdict.reason == "surgeons_taken":
        return _("chirurgiens pris")
    return ""


def sentence(loaded: LoadedDraft, verdict: Verdict) -> str:
    facts = verdict.facts
    if verdict.reason == "closed":
        hours = {
            "room": _room(loaded, facts["room"]),
            "opens": _clock(facts["opens"]),
            "closes": _clock(facts["closes"]),
        }
        return _("La salle %(room)s est ouverte de %(opens)s à %(closes)s") % hours
    if verdict.reason == "pinned":
        span = {"start": _clock(facts["start"]), "end": _clock(facts["end"])}
        return _("Une vacation verrouillée y est de %(start)s à %(end)s : déverrouillez-la d'abord") % span
    if verdict.reason == "equipment":
        return _equipment(loaded, verdict)
    if verdict.reason == "specialty_closed":
        return _("%(who)s sera fermée : rien de cette spécialité n'est plus planifié") % {
            "who": loaded.specialties[str(facts["specialty"])].code
        }
    if verdict.reason == "no_surgeon":
        values = {"who": _who(loaded, verdict), "day": Weekday(int(str(facts["weekday"]))).label}
        if facts["surgeon"]:
            return _("%(who)s n'opère pas à ces heures le %(day)s") % values
        return _("Aucun chirurgien de %(who)s n'opère à ces heures le %(day)s") % values
    if verdict.reason == "surgeons_taken":
        there = int(str(facts["there"]))
        text = ngettext(
            "%(there)s chirurgien de %(who)s est là, déjà pris par une autre vacation à ces heures",
            "%(there)s chirurgiens de %(who)s sont là, déjà pris par d'autres vacations à ces heures",
            there,
        )
        return text % {"who": _who(loaded, verdict), "there": there}
    return _("Équipement et chirurgiens compatibles")


def _equipment(loaded: LoadedDraft, verdict: Verdict) -> str:
    facts = verdict.facts
    values = {
        "room": _room(loaded, facts["room"]),
        "who": loaded.specialties[str(facts["specialty"])].code,
        "share": wording.percent(float(str(facts["share"]))),
    }
    if verdict.status is Status.BAD:
        return (
            _("La salle %(room)s n'a pas l'équipement de %(who)s : %(share)s de ses heures pourraient s'y faire")
            % values
        )
    return _("La salle %(room)s n'a l'équipement que pour %(share)s des heures de %(who)s") % values


def _who(loaded: LoadedDraft, verdict: Verdict) -> str:
    surgeon = loaded.surgeons.get(str(verdict.facts["surgeon"]))
    return str(surgeon) if surgeon else loaded.specialties[str(verdict.facts["specialty"])].code


def _room(loaded: LoadedDraft, key: object) -> str:
    return loaded.rooms[str(key)].code


def _clock(minute: object) -> str:
    return wording.clock(int(str(minute)))
