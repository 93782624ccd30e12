"""What a surgeon asks and what the bloc answers, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from planning import wording
from planning.models import ChangeRequest, JournalEntry

CHANGES = (JournalEntry.Action.CHANGE, JournalEntry.Action.ANSWER)
Kind = ChangeRequest.Kind


def asked_text(kind: str, wished_date: date | None, minutes: int | None) -> str:
    """« Changer de date : jeudi 3 décembre 2026 »."""
    label = dict(Kind.choices).get(kind, kind)
    if kind == Kind.MOVE and wished_date is not None:
        return wording.named(label, date_format(wished_date, "l j F Y"))
    if kind == Kind.DURATION and minutes is not None:
        return wording.named(label, wording.duration(minutes))
    return str(label)


def change_text(change: ChangeRequest) -> str:
    return asked_text(change.kind, change.wished_date, change.minutes)


def change_sentence(code: str, after: Mapping[str, Any]) -> str:
    """A line of the journal about a change that was asked, withdrawn or answered."""
    day = after.get("wished_date")
    asked = asked_text(str(after.get("kind", "")), date.fromisoformat(day) if day else None, after.get("minutes"))
    if after.get("withdrawn"):
        said = _("demande retirée (%(asked)s)")
    elif after.get("closed"):
        said = _("demande sans objet (%(asked)s)")
    elif "accepted" in after:
        said = _("demande acceptée (%(asked)s)") if after["accepted"] else _("demande refusée (%(asked)s)")
    else:
        said = "%(asked)s"
    return wording.named(code, said % {"asked": asked}) if code else said % {"asked": asked}


def refusal_text(why: str) -> str:
    """Why what was asked, or answered, is refused: what to do instead."""
    return {
        "state": _("Le bloc ne l'a pas encore acceptée, ou elle est terminée : aucun changement ne se demande."),
        "open": _("Une demande attend déjà sa réponse : retirez-la pour en faire une autre."),
        "reason": _("Écrivez pourquoi : le bloc décide d'après ce motif."),
        "day_missing": _("Choisissez le jour souhaité."),
        "day_past": _("Ce jour est passé : choisissez-en un à venir."),
        "day_early": _("On opère au plus tôt le lendemain de l'hospitalisation : choisissez un jour plus tardif."),
        "minutes": _("Écrivez la durée demandée, entre 0:05 et 24:00."),
        "same": _("C'est déjà la durée prévue : écrivez celle que vous demandez."),
        "decided": _("Cette demande a déjà sa réponse, ou elle est retirée."),
        "closed": _("L'intervention est réalisée ou annulée : ce changement n'a plus d'objet."),
        "answer": _("Écrivez pourquoi vous refusez : le chirurgien lira cette réponse."),
    }[why]
