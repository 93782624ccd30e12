"""What a notice says: a title, which is the e-mail's subject too, and a line below it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning import wording
from planning.calendar import Week
from planning.models import Notice
from planning.selectors.reference_sentences import span_text

Kind = Notice.Kind


def title_of(notice: Notice) -> str:
    return _TITLES[Kind(notice.kind)](notice)


def text_of(notice: Notice) -> str:
    said = _TEXTS.get(Kind(notice.kind))
    return said(notice) if said else ""


def _week(notice: Notice) -> str:
    return _("Semaine %(number)s") % {"number": Week.of(notice.monday).number if notice.monday else "?"}


def _code(notice: Notice) -> str:
    return str(notice.facts.get("code", "?"))


def _number(notice: Notice, name: str) -> int:
    value = notice.facts.get(name)
    return value if isinstance(value, int) else 0


def _published(notice: Notice) -> str:
    """« Semaine 48 : 4 interventions, 1 déplacée, 1 retirée »."""
    count = _number(notice, "count")
    said = [ngettext("%(n)d intervention", "%(n)d interventions", count) % {"n": count} if count else _nothing()]
    words = {
        "moved": ngettext("%(n)d déplacée", "%(n)d déplacées", _number(notice, "moved")),
        "retimed": ngettext("%(n)d changée d'heure", "%(n)d changées d'heure", _number(notice, "retimed")),
        "added": ngettext("%(n)d ajoutée", "%(n)d ajoutées", _number(notice, "added")),
        "removed": ngettext("%(n)d retirée", "%(n)d retirées", _number(notice, "removed")),
    }
    changes = [text % {"n": _number(notice, name)} for name, text in words.items() if _number(notice, name)]
    if not changes and not notice.facts.get("first"):
        changes = [_("sans changement")]
    return wording.named(_week(notice), ", ".join(said + changes))


def _nothing() -> str:
    return _("aucune intervention")


def _published_text(notice: Notice) -> str:
    number = {"number": notice.facts.get("number", "?")}
    if notice.facts.get("own"):
        return _("Vos interventions dans la version %(number)s du programme.") % number
    return _("Version %(number)s du programme du bloc.") % number


def _answered(notice: Notice) -> str:
    answers = {
        "accepted": _("%(code)s : changement accepté"),
        "refused": _("%(code)s : changement refusé"),
        "closed": _("%(code)s : le changement demandé n'a plus d'objet"),
    }
    return answers.get(str(notice.facts.get("answer")), _("%(code)s : réponse à votre demande")) % {
        "code": _code(notice)
    }


def _replan(notice: Notice) -> str:
    return _("%(code)s à reprogrammer vous est confiée") % {"code": _code(notice)}


def _replan_text(notice: Notice) -> str:
    since = notice.facts.get("since")
    if not since:
        return ""
    # Translators: format de date de Django, « 24 novembre 2026 ».
    day = date_format(date.fromisoformat(str(since)), _("j F Y"))
    return _("Sortie du programme le %(day)s, sans place depuis.") % {"day": day}


def _absence(notice: Notice) -> str:
    facts = notice.facts
    count = _number(notice, "count")
    said = ngettext(
        "%(surgeon)s absent %(span)s : %(n)d intervention planifiée",
        "%(surgeon)s absent %(span)s : %(n)d interventions planifiées",
        count,
    )
    span = span_text(str(facts["from"]), str(facts["to"]))
    return said % {"surgeon": facts.get("surgeon", "?"), "span": span, "n": count}


def _absence_text(notice: Notice) -> str:
    return _("À replacer : %(codes)s.") % {"codes": ", ".join(str(code) for code in notice.facts.get("codes", []))}


def _sign_refused(notice: Notice) -> str:
    return wording.named(_week(notice), _("%(who)s refuse son visa") % {"who": notice.facts.get("who", "?")})


def _with_code(text: Callable[[], str]) -> Callable[[Notice], str]:
    return lambda notice: text() % {"code": _code(notice)}


def _plain(text: Callable[[], str]) -> Callable[[Notice], str]:
    return lambda notice: text()


def _requested(notice: Notice) -> str:
    return ngettext("%(n)d nouvelle demande", "%(n)d nouvelles demandes", notice.count) % {"n": notice.count}


def _change(notice: Notice) -> str:
    return ngettext("%(n)d changement demandé", "%(n)d changements demandés", notice.count) % {"n": notice.count}


def _merged(notice: Notice) -> str:
    return _("%(code)s réunie à %(into)s") % {"code": _code(notice), "into": notice.facts.get("into", "?")}


_TITLES: dict[Kind, Callable[[Notice], str]] = {
    Kind.PUBLISHED: _published,
    Kind.ACCEPTED: _with_code(lambda: _("%(code)s acceptée")),
    Kind.RETURNED: _with_code(lambda: _("%(code)s : le bloc pose une question")),
    Kind.REFUSED: _with_code(lambda: _("%(code)s refusée")),
    Kind.MERGED: _merged,
    Kind.CANCELLED: _with_code(lambda: _("%(code)s annulée")),
    Kind.POSTPONED: _with_code(lambda: _("%(code)s sort du programme")),
    Kind.ANSWERED: _answered,
    Kind.UNDONE: _with_code(lambda: _("%(code)s : la décision est reprise")),
    Kind.SIGN: lambda notice: wording.named(_week(notice), _("votre visa est demandé")),
    Kind.SIGN_REFUSED: _sign_refused,
    Kind.REPLAN: _replan,
    Kind.ABSENCE: _absence,
    Kind.REQUESTED: _requested,
    Kind.CHANGE: _change,
}
_TEXTS: dict[Kind, Callable[[Notice], str]] = {
    Kind.PUBLISHED: _published_text,
    Kind.ACCEPTED: _plain(lambda: _("Elle attend sa place dans un programme.")),
    Kind.RETURNED: _plain(lambda: _("Complétez la demande et soumettez-la de nouveau.")),
    Kind.REFUSED: _plain(lambda: _("Le motif est sur sa page.")),
    Kind.MERGED: _plain(lambda: _("C'était la même demande : la seconde la remplace.")),
    Kind.CANCELLED: _plain(lambda: _("Le motif est sur sa page.")),
    Kind.POSTPONED: _plain(lambda: _("Elle attend un autre jour ; le motif est sur sa page.")),
    Kind.UNDONE: _plain(lambda: _("Ce qui vous avait été annoncé ne vaut plus : son état est sur sa page.")),
    Kind.ANSWERED: _plain(lambda: _("La réponse du bloc est sur sa page.")),
    Kind.SIGN: _plain(lambda: _("Le programme proposé est sur sa page.")),
    Kind.SIGN_REFUSED: _plain(lambda: _("Le motif est sur la page des visas.")),
    Kind.REPLAN: _replan_text,
    Kind.ABSENCE: _absence_text,
}
