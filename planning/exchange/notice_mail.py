"""Notices as an e-mail, in its person's language: titles, lines, links, and nothing of any patient."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from planning.exchange.links import absolute, domain
from planning.models import Notice, Site
from planning.selectors.notice_words import text_of, title_of

LINE_BREAKS = re.compile(r"[\r\n]+")


def subject(title: str) -> str:
    """Of every e-mail that leaves from here, in the language in force."""
    return _("Bloc : %(title)s") % {"title": title}


def message_of(notices: Sequence[Notice], connection: BaseEmailBackend | None = None) -> EmailMultiAlternatives:
    """Of one person. Its subject is the title of a single notice, or how many there are."""
    user = notices[0].user
    with override(user.language):
        lines = [
            {"title": title_of(one), "text": text_of(one), "link": absolute("notice", pk=one.pk)} for one in notices
        ]
        count = len(lines)
        title = lines[0]["title"] if count == 1 else ngettext("%(n)d avis", "%(n)d avis", count) % {"n": count}
        context = {
            "name": str(user),
            "title": title,
            "lines": lines,
            "preferences": absolute("preferences"),
            "site": Site.objects.filter(pk=1).values_list("name", flat=True).first() or "Bloc",
            "language": user.language,
        }
        message = EmailMultiAlternatives(
            # A header is one line, whatever a code holds.
            subject=LINE_BREAKS.sub(" ", subject(title)),
            body=render_to_string("planning/notices/mail.txt", context),
            to=[user.email],
            connection=connection,
            # The same at each attempt, so that a second delivery is known as the first.
            headers={
                "Message-ID": f"<notice-{notices[0].pk}@{domain()}>",
                # No absence message comes back: RFC 3834, and Exchange's own word for it.
                "Auto-Submitted": "auto-generated",
                "X-Auto-Response-Suppress": "All",
                "List-Unsubscribe": f"<{absolute('preferences')}>",
            },
        )
        message.attach_alternative(render_to_string("planning/notices/mail.html", context), "text/html")
        return message
