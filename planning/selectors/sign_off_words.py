"""Sign-offs in the reader's language: whose each is, how it stands, what changed since."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from planning import wording
from planning.models import SignOff
from planning.selectors.sign_offs import Kind, Standing, State

MOST_NAMED = 4
_WHOSE = {
    Kind.SURGEON: gettext_lazy("Les chirurgiens (un pour tous)"),
    Kind.ANAESTHETIST: gettext_lazy("Anesthésie"),
    Kind.ORGANISER: gettext_lazy("Organisation du bloc"),
}
STATES = {
    State.SIGNED: gettext_lazy("Visé"),
    State.REFUSED: gettext_lazy("Refusé"),
    State.AGAIN: gettext_lazy("À viser de nouveau"),
    State.AWAITED: gettext_lazy("Attendu"),
}


def whose(kind: str, surgeon: Any) -> str:
    """« Dr Martin », « Anesthésie »."""
    return str(surgeon) if surgeon else str(_WHOSE[Kind(kind)])


def names(awaited: Iterable[Standing]) -> str:
    return ", ".join(whose(one.kind, one.surgeon) for one in awaited)


def given(row: SignOff) -> str:
    """« Claire Renard, le 20 novembre à 09:12 »."""
    at = timezone.localtime(row.signed_at)
    facts = {"name": row.user, "day": wording.dated(at, "j F"), "time": date_format(at, "H:i")}
    return _("%(name)s, le %(day)s à %(time)s") % facts


def signed_by(rows: Iterable[SignOff]) -> list[dict[str, str]]:
    """For a version: who signed in short, for print, and with the moment."""
    return [{"name": _signer(row), "text": wording.named(whose(row.kind, row.surgeon), given(row))} for row in rows]


def _signer(row: SignOff) -> str:
    """« Dr Martin », « Claire Renard (Anesthésie) »."""
    if row.surgeon is not None:
        return str(row.surgeon)
    return _("%(name)s (%(label)s)") % {"name": row.user, "label": row.get_kind_display()}


def said(standing: Standing, codes: Mapping[int, str]) -> str:
    """Why it stands so: who signed when, for which version, or what changed since. ``codes``: what may be named."""
    row = standing.last
    if row is None:
        return _("Pas encore donné")
    who = given(row)
    if standing.state == State.AGAIN:
        text = _("%(given)s ; depuis : %(changes)s")
        return text % {"given": who, "changes": changed(standing.changes, codes)}
    if standing.since is not None:
        return _("%(given)s ; il tient depuis la version %(number)s") % {"given": who, "number": standing.since.number}
    return who


def changed(changes: Mapping[str, list[int]], codes: Mapping[int, str]) -> str:
    """« 1 déplacée (I12), 2 ajoutées »."""
    words: dict[str, Callable[[int], str]] = {
        "moved": lambda n: ngettext("%(n)d déplacée", "%(n)d déplacées", n),
        "added": lambda n: ngettext("%(n)d ajoutée", "%(n)d ajoutées", n),
        "removed": lambda n: ngettext("%(n)d retirée", "%(n)d retirées", n),
    }
    parts = []
    for name, word in words.items():
        keys = changes.get(name, [])
        if not keys:
            continue
        named = [codes[key] for key in keys if key in codes]
        tail = f" ({', '.join(named)})" if len(named) == len(keys) <= MOST_NAMED else ""
        parts.append(word(len(keys)) % {"n": len(keys)} + tail)
    return ", ".join(parts) or _("Aucune différence")


def refused(reason: str, refuses: bool) -> str:
    """Why one's word was not taken, and what to do. ``refuses``: it was a refusal."""
    if reason == "seen-changed":
        return _("Le planning a changé depuis que vous l'avez lu : rien n'est signé. Relisez-le ci-dessous.")
    if reason == "comment-required":
        if refuses:
            return _("Écrivez pourquoi vous ne pouvez pas viser : la direction le lit.")
        return _("Écrivez comment le visa a été reçu : papier, téléphone, et quand.")
    if reason == "not-theirs":
        return _("Ce visa est à donner par quelqu'un d'autre.")
    return _("Ce visa n'est plus demandé.")


def journal_sentence(after: Mapping[str, Any]) -> str:
    """« Visas demandés : Dr Martin, Anesthésie », « Visa de l'anesthésie : 12 interventions »."""
    of = ", ".join(whose(str(one["kind"]), one.get("surgeon")) for one in after.get("of") or [])
    decision = after.get("sign_off")
    if decision == "asked":
        return wording.named(_("Visas demandés"), of) if of else _("Visas demandés")
    label = _("Visa refusé") if decision == SignOff.Decision.REFUSED else _("Visa donné")
    count = int(after.get("covers") or 0)
    covers = ngettext("%(n)d intervention", "%(n)d interventions", count) % {"n": count}
    return wording.named(label, f"{of}, {covers}")
