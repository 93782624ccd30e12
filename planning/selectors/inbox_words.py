"""What each row of the inbox says under its title, and what is odd with a request, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning import wording
from planning.calendar import Week, local_date, minute_of
from planning.models import Intervention, JournalEntry, Placement
from planning.selectors.change_sentences import change_text
from planning.selectors.hits import Cause, Hit
from planning.selectors.inbox import Group, Item
from planning.selectors.inbox_hints import Hint, Hints
from planning.selectors.journal import text_of

State = Intervention.State


@dataclass(frozen=True, slots=True)
class Said:
    """``tone`` is "", "info", "warn" or "bad"."""

    text: str
    tone: str = ""


def second_line(item: Item, hints: Hints, today: date) -> Said:
    """The one thing to know of it before it is opened."""
    if item.group is Group.CONFLICT and item.hit is not None:
        return Said(conflict_text(item.hit))
    if item.group is Group.REPLAN:
        return Said(_replan_line(item, today))
    if item.group is Group.CHANGE and item.change is not None:
        return Said(wording.named(change_text(item.change), item.change.reason))
    row = item.intervention
    if row.state == State.RETURNED:
        return Said(_("renvoyée : « %(question)s »") % {"question": row.return_reason})
    odd = oddities(item, hints.of(row))
    return odd[0] if odd else Said(wish_text(row))


def conflict_text(hit: Hit) -> str:
    """« Dr Costa absent jeu. 12 (Congrès), planifiée ce jour-là à 08:00, SO5 »."""
    day, place = hit.placement.slot.date, hit.placement
    facts = {
        "surgeon": hit.intervention.surgeon,
        "room": place.slot.room.code,
        "day": wording.day_and_month(day),
        "specialty": hit.intervention.specialty.name,
        "start": wording.clock(minute_of(place.starts_at, day)),
    }
    why = {
        Cause.ABSENCE: _("%(surgeon)s absent %(day)s"),
        Cause.ROOM_CLOSED: _("%(room)s fermée %(day)s"),
        Cause.SPECIALTY_CLOSED: _("%(specialty)s fermée %(day)s"),
        Cause.SURGEON_GONE: _("%(surgeon)s n'opère plus ici"),
        Cause.SLOT_GONE: _("la plage de %(room)s %(day)s n'existe plus"),
    }[hit.cause] % facts
    reason = f" ({hit.reason})" if hit.reason else ""
    said = f"{why}{reason}, " + _("planifiée ce jour-là à %(start)s, %(room)s") % facts
    return f"{said}. " + _("Déplacée au brouillon : à approuver.") if hit.settled else said


def _replan_line(item: Item, today: date) -> str:
    row = item.intervention
    parts = []
    if was_never_done(item, today):
        parts.append(_("planifiée %(place)s, rien ne dit qu'elle a eu lieu") % {"place": _placed(item.approved_place)})
    if row.replan_note:
        parts.append(row.replan_note)
    if row.replan_monday:
        parts.append(_("semaine %(number)s visée") % {"number": Week(row.replan_monday).number})
    if row.state == State.ACCEPTED and item.draft_place is not None:
        parts.append(_("au brouillon %(place)s, à approuver") % {"place": _placed(item.draft_place)})
    if row.responsible is not None:
        parts.append(_("responsable : %(name)s") % {"name": row.responsible})
    else:
        parts.append(_("sans responsable"))
    return " · ".join(parts)


def was_never_done(item: Item, today: date) -> bool:
    place = item.approved_place
    return item.intervention.state == State.PLANNED and place is not None and place.slot.date < today


def _placed(place: Placement | None) -> str:
    if place is None:
        return ""
    day = place.slot.date
    return f"{wording.day_and_month(day)} {wording.clock(minute_of(place.starts_at, day))}, {place.slot.room.code}"


def oddities(item: Item, hint: Hint) -> list[Said]:
    """The worst first; nothing when all is well."""
    row = item.intervention
    found = []
    if item.first is not None:
        found.append(Said(duplicate_text(row, item.first), "info"))
    if hint.days_left < 0:
        found.append(Said(_("date limite dépassée"), "bad"))
    if not hint.equipped:
        found.append(Said(_("aucune salle en service n'a l'équipement demandé"), "bad"))
    if not row.procedure_code:
        found.append(Said(_("code de l'acte manquant"), "warn"))
    if hint.short and hint.history is not None:
        minutes = {
            "asked": wording.duration(row.planned_minutes),
            "median": wording.duration(hint.history.median),
        }
        found.append(Said(_("%(asked)s demandée, médiane %(median)s") % minutes, "warn"))
    if hint.days_left >= 0 and not hint.has_place:
        found.append(Said(_("plus de place libre avant la date limite"), "warn"))
    if hint.history is None:
        found.append(Said(_("acte jamais réalisé ici : durée sans précédent"), "warn"))
    elif hint.few:
        text = ngettext("%(n)d précédent seulement", "%(n)d précédents seulement", hint.history.count)
        found.append(Said(text % {"n": hint.history.count}, "warn"))
    return found


def duplicate_text(row: Intervention, first: Intervention) -> str:
    said = _("même patient, même acte que %(code)s") % {"code": first.code}
    if row.side != first.side:
        sides = {"first": first.get_side_display() or "–", "second": row.get_side_display() or "–"}
        said += ", " + _("côté : %(first)s, puis %(second)s") % sides
    return said


def wish_text(row: Intervention) -> str:
    """What was asked besides: a day, equipment, the ambulatory ward; else its priority."""
    parts = []
    if row.wished_date:
        parts.append(_("souhait : %(day)s") % {"day": wording.day_label(row.wished_date)})
    parts += [one.name.lower() for one in row.equipment.all()]
    if row.ambulatory:
        parts.append(_("ambulatoire"))
    if row.priority != Intervention.Priority.ELECTIVE:
        parts.append(row.get_priority_display().lower())
    return " · ".join(parts) or row.get_priority_display().lower()


def age(since: datetime | None, now: datetime) -> str:
    """« il y a 3 h », « hier », « 9 jours »."""
    if since is None:
        return ""
    days = (local_date(now) - local_date(since)).days
    if days > 1:
        return ngettext("%(n)d jour", "%(n)d jours", days) % {"n": days}
    if days == 1:
        return _("hier")
    minutes = max(0, int((now - since).total_seconds() // 60))
    if minutes < 60:
        return wording.duration(minutes)
    return wording.duration(minutes // 60 * 60)


def told_text(row: Intervention, last: JournalEntry | None) -> str:
    """Why a decision came too late: « I12 acceptée, Nadia Willems, 22/11 09:14 »."""
    if last is None:
        return wording.named(row.code, row.get_state_display())
    who = str(last.user) if last.user else "Bloc"
    when = timezone.localtime(last.at)
    said = text_of(last) or last.get_action_display()
    if row.code not in said:
        said = wording.named(row.code, said)
    return f"{said}, {who}, {when:%d/%m %H:%M}"


def covered_text(hint: Hint, minutes: int) -> Said:
    """« 21 cas sur 23 ont duré plus que la demande. »."""
    history = hint.history
    if history is None:
        return Said(_("Cet acte n'a jamais été réalisé ici : rien ne confirme la durée demandée."), "warn")
    over = history.over(minutes)
    if 2 * over > history.count:
        text = ngettext(
            "%(over)d cas sur %(count)d a duré plus que la demande.",
            "%(over)d cas sur %(count)d ont duré plus que la demande.",
            over,
        )
        return Said(text % {"over": over, "count": history.count}, "warn")
    text = _("La demande couvre %(under)d cas sur %(count)d.")
    return Said(text % {"under": history.count - over, "count": history.count})


def duration_question(hint: Hint, row: Intervention) -> str:
    """« Durée à revoir », written from the figures."""
    history = hint.history
    if history is None:
        return _("Durée à revoir : cet acte n'a pas de précédent ici. Sur quoi repose la durée demandée ?")
    facts = {
        "asked": wording.duration(row.planned_minutes),
        "count": history.count,
        "median": wording.duration(history.median),
        "p80": wording.duration(history.p80),
        "advised": wording.duration(history.advised),
    }
    if history.is_own:
        text = _(
            "%(asked)s demandée ; vos %(count)s cas donnent %(median)s en médiane et %(p80)s en P80. D'accord pour "
            "%(advised)s ?"
        )
    else:
        text = _(
            "%(asked)s demandée ; les %(count)s cas connus de cet acte donnent %(median)s en médiane et %(p80)s en "
            "P80. D'accord pour %(advised)s ?"
        )
    return text % facts
