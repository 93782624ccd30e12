"""The e-mails of notices: each is claimed by a conditional UPDATE, sent once, tried again later when it did not leave.

What is due to one person at the same time goes in one e-mail: ten requests accepted at once are ten lines.

Only a worker that dies between the mail server's answer and the UPDATE could send one twice; its Message-ID is then
the same, by which mail programs recognise it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import QuerySet

from planning.exchange.notice_mail import message_of
from planning.models import Notice

logger = logging.getLogger(__name__)
Mail = Notice.Mail
# A claim that is older was its worker's last: sending gives up well before.
LEASE = timedelta(minutes=5)
LONGEST_WAIT_MINUTES = 60
MOST_ATTEMPTS = 12
AT_ONCE = 200
# Of those due first, how many a worker tries to claim: when others took them all, the work is in good hands.
TRIED = 10
# Answers of a mail server from here on are for good (RFC 5321, 4.2.1).
PERMANENT = 500
# Of one e-mail.
MOST_LINES = 50


def send_due_mails(*, clock: Callable[[], datetime]) -> int:
    """How many left. A mail server that is away ends the round: the others wait for the next."""
    sent, connection = 0, None
    for _turn in range(AT_ONCE):
        notices = claim_next(now=clock())
        if not notices:
            break
        connection = connection or get_connection()
        if _send(notices, connection, clock):
            sent += 1
        else:
            break
    if connection is not None:
        connection.close()
    return sent


def claim_next(*, now: datetime) -> list[Notice]:
    """The notices of one person whose e-mail is due, this worker's alone from now on; none when nothing is due."""
    due = Notice.objects.filter(mail_state__in=(Mail.DUE, Mail.SENDING), mail_at__lte=now)
    due = due.select_related("user").order_by("mail_at", "pk")
    for first in due[:TRIED]:
        if _claim(first, now):
            others = due.filter(user=first.user_id).exclude(pk=first.pk)[: MOST_LINES - 1]
            return [first, *(notice for notice in others if _claim(notice, now))]
    return []


def _claim(notice: Notice, now: datetime) -> bool:
    """Conditional, because another worker may have claimed it since it was read, or its person opened it."""
    same = Notice.objects.filter(pk=notice.pk, mail_state=notice.mail_state, mail_at=notice.mail_at)
    notice.mail_attempts += 1
    return bool(same.update(mail_state=Mail.SENDING, mail_at=now + LEASE, mail_attempts=notice.mail_attempts))


def _send(notices: Sequence[Notice], connection: BaseEmailBackend, clock: Callable[[], datetime]) -> bool:
    """Whether the mail server answered."""
    try:
        message_of(notices, connection).send()
    except SMTPRecipientsRefused as error:
        codes = {code for code, _said in error.recipients.values()}
        _end(notices, "refused", None if min(codes) >= PERMANENT else clock())
        return True
    except (OSError, SMTPException) as error:
        if isinstance(error, SMTPDataError) and error.smtp_code >= PERMANENT:
            # This message and for good: the server takes others.
            _end(notices, "refused", None)
            return True
        name = type(error).__name__
        logger.warning("the e-mail of notice %s did not leave: %s", notices[0].pk, name)
        _end(notices, name, clock())
        return False
    for notice in notices:
        _held(notice).update(mail_state=Mail.SENT, mailed_at=clock(), mail_at=None, mail_error="")
    return True


def _end(notices: Iterable[Notice], error: str, again_from: datetime | None) -> None:
    """Not sent: to be tried again, later each time, or given up."""
    for notice in notices:
        if again_from is None or notice.mail_attempts >= MOST_ATTEMPTS:
            _held(notice).update(mail_state=Mail.FAILED, mail_at=None, mail_error=error[:80])
            continue
        wait = timedelta(minutes=min(LONGEST_WAIT_MINUTES, 2 ** (notice.mail_attempts - 1)))
        _held(notice).update(mail_state=Mail.DUE, mail_at=again_from + wait, mail_error=error[:80])


def _held(notice: Notice) -> QuerySet[Notice]:
    """Still this claim's: after the lease another worker may have taken it."""
    return Notice.objects.filter(pk=notice.pk, mail_state=Mail.SENDING, mail_attempts=notice.mail_attempts)
