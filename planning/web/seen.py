"""What a form shows of a thing goes back with what is saved: nobody's work is written over unseen.

Sealed, because what comes back is worded to whoever saves: what somebody else changed meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from planning import wording
from planning.models import JournalEntry
from planning.selectors.journal import text_of
from planning.selectors.reference_sentences import reference_sentence
from planning.services.seen import ChangedSince, Facts, differences

FIELD, SALT = "shown", "planning.shown"
CODE = "changed"


def sealed(facts: Facts) -> str:
    """For the hidden field of the form."""
    return signing.dumps(dict(facts), salt=SALT, compress=True)


def shown_in(request: HttpRequest) -> Facts | None:
    """What the person was shown; nothing of it when the field is not of this site. None: no page sent this."""
    text = request.POST.get(FIELD)
    if text is None:
        return None
    try:
        facts: Mapping[str, Any] = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return {}
    return facts


def tell_change(form: forms.BaseForm, action: str, error: ChangedSince, *names: str) -> None:
    """On the form, with who changed what; ``names`` are those that the journal may know the thing by."""
    entry = JournalEntry.objects.filter(action=action, after__of__in=names).select_related("user").first()
    changed = differences(error.shown, error.now) if error.shown else set()
    before, after = ({name: facts[name] for name in changed & set(facts)} for facts in (error.shown, error.now))
    what = reference_sentence(action, before, {"of": names[0], **after}) if changed else ""
    _add(form, said(entry, what))


def tell_version(form: forms.BaseForm, action: str) -> None:
    """The same of what has versions of its own: the last line of the journal says it all."""
    entry = JournalEntry.objects.filter(action=action).select_related("user").first()
    _add(form, said(entry, text_of(entry) if entry else ""))


def status_of(form: forms.BaseForm) -> int:
    return 409 if form.has_error(NON_FIELD_ERRORS, CODE) else 200


def _add(form: forms.BaseForm, text: str) -> None:
    form.add_error(None, ValidationError(text, code=CODE))


def said(entry: JournalEntry | None, what: str) -> str:
    if entry is None or entry.user is None:
        told = _("Quelqu'un d'autre a enregistré entre-temps.")
    else:
        at = timezone.localtime(entry.at)
        values = {"name": str(entry.user), "day": wording.day_label(at.date()), "time": f"{at:%H:%M}"}
        told = _("%(name)s a enregistré entre-temps, le %(day)s à %(time)s.") % values
    rest = _("Votre saisie est gardée ci-dessous : enregistrez de nouveau pour qu'elle l'emporte.")
    return " ".join(filter(None, (told, f"{what}." if what else "", rest)))
