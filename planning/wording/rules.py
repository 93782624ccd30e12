"""What a rule says, with its figures, in full."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning.selectors.loaded import LoadedWeek
from planning.solver.result import Violation
from planning.wording.facts import Facts
from planning.wording.figures import dated, euros, named


def sentence(loaded: LoadedWeek, violation: Violation) -> str:
    """What the rule says, with its figures, in full."""
    word = SENTENCES.get(violation.rule)
    said = word(Facts(loaded, violation)) if word else violation.message
    hindered = loaded.interventions.get(str(violation.facts.get("hinders")))
    if hindered is None:
        return said
    return _("gênerait %(other)s (%(rule)s)") % {"other": hindered.code, "rule": said}


def _hospitalised(f: Facts) -> str:
    return _("Hospitalisation %(admission)s : opération le lendemain au plus tôt") % {
        "admission": f.day("admission_day")
    }


def _deadline(f: Facts) -> str:
    return _("Date limite dépassée : à opérer %(deadline)s au plus tard") % {"deadline": f.day("deadline_day")}


def _longest(f: Facts) -> str:
    return _("Dure %(duration)s, la plage accepte %(most)s au plus") % {
        "duration": f.minutes("duration"),
        "most": f.minutes("max_duration"),
    }


def _slot_length(f: Facts) -> str:
    return _("Il faut %(needed)s avec la remise en état, la plage dure %(length)s") % {
        "needed": f.minutes("needed"),
        "length": f.minutes("length"),
    }


def _surgeon_absent(f: Facts) -> str:
    surgeon, day = str(f["surgeon"]), int(str(f["day"]))
    reason = f.loaded.surgeon_days[surgeon][day].reason
    if reason:
        return _("%(surgeon)s est absent %(day)s : %(reason)s") % {
            "surgeon": f.surgeon(),
            "day": f.day(),
            "reason": reason,
        }
    return _("%(surgeon)s n'opère pas %(day)s") % {"surgeon": f.surgeon(), "day": f.day()}


def _surgeon_day_too_short(f: Facts) -> str:
    return _("Dure %(duration)s, %(surgeon)s n'opère que %(available)s %(day)s") % {
        "duration": f.minutes("duration"),
        "surgeon": f.surgeon(),
        "available": f.minutes("available"),
        "day": f.day(),
    }


def _equipment(f: Facts) -> str:
    missing = ", ".join(f.loaded.equipment_named(str(code) for code in f["missing"]))
    return _("La salle %(room)s n'a pas : %(missing)s") % {"room": f.room(), "missing": missing}


def _slot_specialty(f: Facts) -> str:
    return _("Plage réservée à %(owner)s, l'intervention est en %(specialty)s") % {
        "owner": f.specialty("owner"),
        "specialty": f.specialty("specialty"),
    }


def _slot_surgeon(f: Facts) -> str:
    return _("Plage réservée à %(owner)s") % {"owner": f.surgeon("owner")}


def _specialty_closed(f: Facts) -> str:
    row = f.loaded.specialties.get(str(f["specialty"]))
    if row is None or row.closed_on is None:  # reopened since
        return _("La spécialité était fermée")
    return _("La spécialité %(specialty)s est fermée depuis le %(day)s") % {
        "specialty": row.code,
        "day": dated(row.closed_on, "j F Y"),
    }


def _surgeon_hours(f: Facts) -> str:
    return _("%(surgeon)s opère de %(from)s à %(to)s %(day)s : la plage n'y laisse pas %(duration)s") % {
        "surgeon": f.surgeon(),
        "from": f.clock("from"),
        "to": f.clock("to"),
        "day": f.day(),
        "duration": f.minutes("duration"),
    }


def _outside_hours(f: Facts) -> str:
    return _("De %(start)s à %(end)s, hors des heures de %(surgeon)s (%(from)s–%(to)s)") % {
        "surgeon": f.surgeon(),
        **{key: f.clock(key) for key in ("start", "end", "from", "to")},
    }


def _surgeon_wish(f: Facts) -> str:
    return _("%(surgeon)s souhaite éviter %(when)s : la plage ne laisse pas d'autre début") % {
        "surgeon": f.surgeon(), "when": f.halves(*f["halves"])
    }  # fmt: skip


def _unwanted_start(f: Facts) -> str:
    return _("Commence à %(start)s : %(surgeon)s souhaite éviter %(when)s") % {
        "start": f.clock("start"), "surgeon": f.surgeon(), "when": f.halves(str(f["half"]))
    }  # fmt: skip


def _positions(f: Facts) -> str:
    most = int(str(f["positions"]))
    return ngettext(
        "Plage complète : %(most)s intervention au plus", "Plage complète : %(most)s interventions au plus", most
    ) % {"most": most}


def _slot_capacity(f: Facts) -> str:
    return _("Il faut %(needed)s avec la remise en état, il reste %(left)s dans la plage") % {
        "needed": f.minutes("needed"),
        "left": f.minutes("left"),
    }


def _surgeon_day(f: Facts) -> str:
    return _("Dure %(needed)s, il reste %(left)s à %(surgeon)s %(day)s sur %(available)s") % {
        "needed": f.minutes("needed"),
        "left": f.minutes("left"),
        "surgeon": f.surgeon(),
        "day": f.day(),
        "available": f.minutes("available"),
    }


def _outside_slot(f: Facts) -> str:
    return _("De %(start)s à %(end)s, hors de la plage %(slot_start)s–%(slot_end)s") % {
        key: f.clock(key) for key in ("start", "end", "slot_start", "slot_end")
    }


def _room_overlap(f: Facts) -> str:
    return _("Salle %(room)s prête à %(ready)s seulement, après %(other)s (%(from)s–%(to)s)") % {
        "room": f.room(),
        "ready": f.clock("ready"),
        "other": f.other(),
        "from": f.clock("other_start"),
        "to": f.clock("other_end"),
    }


def _surgeon_overlap(f: Facts) -> str:
    return _("%(surgeon)s opère déjà %(other)s en %(room)s (%(from)s–%(to)s)") % {
        "surgeon": f.surgeon(),
        "other": f.other(),
        "room": f.room("other_room"),
        "from": f.clock("other_start"),
        "to": f.clock("other_end"),
    }


def _recovery_full(f: Facts) -> str:
    return _("SSPI pleine (%(beds)s postes) à %(ends)s : le patient reste %(held)s en salle, jusqu'à %(until)s") % {
        "beds": f["beds"],
        "ends": f.clock("ends"),
        "held": f.minutes("held"),
        "until": f.clock("until"),
    }


def _equipment_in_use(f: Facts) -> str:
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


def _septic_before_clean(f: Facts) -> str:
    return _("Septique, avant %(other)s en %(room)s : à opérer en dernier") % {"other": f.other(), "room": f.room()}


def _child_late(f: Facts) -> str:
    return _("Enfant, après %(other)s en %(room)s : à opérer en premier") % {"other": f.other(), "room": f.room()}


def _ambulatory_late(f: Facts) -> str:
    return _("Ambulatoire, sortie de SSPI à %(leaves)s, après %(latest)s") % {
        "leaves": f.clock("leaves"),
        "latest": f.clock("latest"),
    }


def _ambulatory_slot(f: Facts) -> str:
    return _("Ambulatoire : même en premier dans la plage, sortie de SSPI à %(leaves)s, après %(latest)s") % {
        "leaves": f.clock("leaves"),
        "latest": f.clock("latest"),
    }


def _room_closed(f: Facts) -> str:
    if f["reason"]:
        return _("Salle %(room)s fermée %(day)s : %(reason)s") % {
            "room": f.room(),
            "day": f.day(),
            "reason": f["reason"],
        }
    return _("Salle %(room)s fermée %(day)s") % {"room": f.room(), "day": f.day()}


def _no_slot(f: Facts) -> str:
    return _("Aucune plage à cette heure en %(room)s : ouverture par exception, en heures supplémentaires") % {
        "room": f.room()
    }


def _no_order(f: Facts) -> str:
    values = {"duration": f.minutes("duration"), "room": f.room(), "day": f.day(), "surgeon": f.surgeon()}
    word = _NO_ORDER.get(str(f.facts.get("cause")))
    if word is None:
        return _("Pas de place de %(duration)s en %(room)s %(day)s à une heure où %(surgeon)s est libre") % values
    place = _("Pas de place de %(duration)s en %(room)s %(day)s") % values
    return named(place, word(f))


def _no_order_in_room(f: Facts) -> str:
    return _("les heures de la salle n'y suffisent pas avec %(others)s") % {"others": f.codes("together")}


def _no_order_for_surgeon(f: Facts) -> str:
    rooms = f.room_codes("rooms")
    if not rooms:
        return _("avec %(others)s, dont les chirurgiens opèrent aussi dans d'autres salles") % {
            "others": f.codes("together")
        }
    return _("%(surgeon)s opère aussi en %(rooms)s (%(others)s)") % {
        "surgeon": f.surgeon(),
        "rooms": rooms,
        "others": f.codes("together"),
    }


def _no_order_for_equipment(f: Facts) -> str:
    users, units = len(f["together"]) + 1, int(str(f["units"]))
    values = {
        "equipment": ", ".join(f.loaded.equipment_named([str(f["equipment"])])),
        "units": units,
        "users": users,
        "others": f.codes("together"),
    }
    if units == 1:
        said = _("%(equipment)s, un seul pour %(users)s interventions (avec %(others)s)") % values
    else:
        said = _("%(equipment)s, %(units)s pour %(users)s interventions (avec %(others)s)") % values
    return _when_full(f, said, _("tous pris de %(from)s à %(to)s"))


def _no_order_for_beds(f: Facts) -> str:
    values = {"beds": f["beds"], "others": f.codes("together")}
    said = _("SSPI, %(beds)s postes (avec %(others)s)") % values
    return _when_full(f, said, _("pleine de %(from)s à %(to)s"))


def _when_full(f: Facts, said: str, full: str) -> str:
    if "from" not in f.facts:
        return said
    return f"{said}, {full % {'from': f.clock('from'), 'to': f.clock('to')}}"


_NO_ORDER: Mapping[str, Callable[[Facts], str]] = {
    "room": _no_order_in_room,
    "surgeon": _no_order_for_surgeon,
    "equipment": _no_order_for_equipment,
    "recovery": _no_order_for_beds,
}


def _dearer(f: Facts) -> str:
    return _("Coûterait %(cost)s, la laisser en attente coûte %(leave)s") % {
        "cost": euros(float(str(f["cost"]))),
        "leave": euros(float(str(f["unplanned_cost"]))),
    }


def _pinned_since(f: Facts) -> str:
    return _("Verrouillée entre-temps par %(by)s") % {"by": f["by"]}


def _not_to_plan(f: Facts) -> str:
    return _("N'est plus à planifier cette semaine")


def _slot_gone(f: Facts) -> str:
    return _("Sa plage n'existe plus")


SENTENCES: Mapping[str, Callable[[Facts], str]] = {
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
    "surgeon_wish": _surgeon_wish,
    "unwanted_start": _unwanted_start,
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
    "ambulatory_slot": _ambulatory_slot,
    "room_closed": _room_closed,
    "no_slot": _no_slot,
    "dearer_than_leaving_out": _dearer,
    "no_order": _no_order,
    "pinned_since": _pinned_since,
    "not_to_plan": _not_to_plan,
    "slot_gone": _slot_gone,
}
