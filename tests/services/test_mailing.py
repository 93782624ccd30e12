"""E-mails of notices: each leaves once, whatever dies, is away or runs twice, and says nothing of a patient."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from planning.access import Role
from planning.models import Notice, User
from planning.services import mailing
from planning.services.mailing import LEASE, MOST_ATTEMPTS, claim_next, send_due_mails
from planning.services.notices import MAIL_DELAY, tell_surgeon
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, make_user, small_hospital
from tests.services.test_races import at_once

DUE = NOW + MAIL_DELAY
Mail = Notice.Mail


class Clock:
    def __init__(self, now: datetime = DUE) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class Away(EmailBackend):
    def send_messages(self, messages: Any) -> int:
        raise ConnectionRefusedError("no mail server for dr.martin@example.org")


class Unknown(EmailBackend):
    code = 550

    def send_messages(self, messages: Any) -> int:
        raise SMTPRecipientsRefused({"x@example.org": (self.code, b"no such mailbox")})


class Greylisting(Unknown):
    code = 451


def tell(hospital: Hospital, times: int = 1) -> list[Notice]:
    """The first to the surgeon, each of the others to somebody else."""
    item = make_intervention(hospital.surgeons[0])
    tell_surgeon(kind=Notice.Kind.ACCEPTED, intervention=item, user=hospital.director, now=NOW)
    for number in range(1, times):
        user = make_user(f"personne{number}", Role.VIEWER)
        Notice.objects.create(
            user=user, kind="published", at=NOW, monday=WEEK.monday, mail_state=Mail.DUE, mail_at=DUE
        )  # fmt: skip
    return list(Notice.objects.order_by("pk"))


def states() -> Counter[str]:
    return Counter(Notice.objects.values_list("mail_state", flat=True))


def test_an_e_mail_leaves_once_and_not_before_its_minute(hospital: Hospital) -> None:
    notice = tell(hospital)[0]
    assert send_due_mails(clock=Clock(NOW)) == 0
    assert (send_due_mails(clock=Clock()), send_due_mails(clock=Clock(DUE + LEASE * 2))) == (1, 0)
    notice.refresh_from_db()
    assert (notice.mail_state, notice.mailed_at, notice.mail_at) == (Mail.SENT, DUE, None)
    assert [message.to for message in mail.outbox] == [["martin@example.org"]]


def test_all_that_is_due_leaves_in_one_round(hospital: Hospital) -> None:
    tell(hospital, 3)
    assert (send_due_mails(clock=Clock()), len(mail.outbox)) == (3, 3)


def test_what_is_due_to_one_person_goes_in_one_e_mail(hospital: Hospital) -> None:
    for code in ("I-1", "I-2", "I-3"):
        item = make_intervention(hospital.surgeons[0], code=code)
        tell_surgeon(kind=Notice.Kind.ACCEPTED, intervention=item, user=hospital.director, now=NOW)
    assert send_due_mails(clock=Clock()) == 1
    (message,) = mail.outbox
    assert message.subject == "Bloc : 3 avis"
    assert [f"{code} acceptée" in str(message.body) for code in ("I-1", "I-2", "I-3")] == [True] * 3
    assert states() == {Mail.SENT: 3}


def test_a_mail_server_that_is_away_is_tried_again_later_each_time(
    hospital: Hospital, settings: Any, caplog: Any
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Away"
    first, second = tell(hospital, 2)
    with caplog.at_level(logging.WARNING):
        assert send_due_mails(clock=Clock()) == 0
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.mail_state, first.mail_attempts, first.mail_error) == (Mail.DUE, 1, "ConnectionRefusedError")
    assert first.mail_at == DUE + timedelta(minutes=1)
    assert second.mail_attempts == 0, "the round ended: the server is away for this one too"
    assert "martin" not in caplog.text
    clock, waits = Clock(), []
    Notice.objects.filter(pk=second.pk).delete()
    for _ in range(MOST_ATTEMPTS - 1):
        assert first.mail_at is not None
        clock.now = first.mail_at
        send_due_mails(clock=clock)
        first.refresh_from_db()
        waits.append((first.mail_at - clock.now).seconds // 60 if first.mail_at else None)
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60, 60, 60, None]
    assert first.mail_state == Mail.FAILED


def test_after_an_outage_the_e_mail_leaves(hospital: Hospital, settings: Any) -> None:
    notice = tell(hospital)[0]
    works = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.Away"
    send_due_mails(clock=Clock())
    settings.EMAIL_BACKEND = works
    assert send_due_mails(clock=Clock(DUE + timedelta(minutes=1))) == 1
    notice.refresh_from_db()
    assert (notice.mail_state, notice.mail_error, len(mail.outbox)) == (Mail.SENT, "", 1)


@pytest.mark.parametrize(("backend", "state"), [("Unknown", Mail.FAILED), ("Greylisting", Mail.DUE)])
def test_a_refused_address_is_given_up_and_one_refused_for_now_is_not(
    hospital: Hospital, settings: Any, backend: str, state: str
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.{backend}"
    tell(hospital, 2)
    send_due_mails(clock=Clock())
    assert states() == {state: 2}, "the others are tried all the same"


def test_what_a_killed_worker_held_is_taken_up_after_its_lease(hospital: Hospital) -> None:
    tell(hospital)
    assert len(claim_next(now=DUE)) == 1
    assert send_due_mails(clock=Clock(DUE + LEASE - timedelta(seconds=1))) == 0
    assert send_due_mails(clock=Clock(DUE + LEASE)) == 1


def test_a_worker_that_comes_back_after_its_lease_changes_nothing(hospital: Hospital) -> None:
    notice = tell(hospital)[0]
    slow = claim_next(now=DUE)
    assert send_due_mails(clock=Clock(DUE + LEASE)) == 1
    mailing._end(slow, "late", DUE + LEASE)
    notice.refresh_from_db()
    assert (notice.mail_state, notice.mail_error) == (Mail.SENT, "")


@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_instant_send_each_once() -> None:
    tell(small_hospital(), 12)
    answers = at_once(lambda _n: send_due_mails(clock=Clock()))
    assert sum(answer for answer in answers if isinstance(answer, int)) == 12, answers
    assert Counter(str(message.extra_headers["Message-ID"]) for message in mail.outbox).most_common(1)[0][1] == 1
    assert (len(mail.outbox), states()) == (12, {Mail.SENT: 12})


def test_it_speaks_the_person_s_language_in_text_and_html(hospital: Hospital, settings: Any) -> None:
    settings.PUBLIC_URL = "https://bloc.example.org/"
    notice = tell(hospital)[0]
    User.objects.filter(pk=notice.user_id).update(language="en")
    send_due_mails(clock=Clock())
    message: Any = mail.outbox[0]
    code = notice.facts["code"]
    assert message.subject == f"Bloc: {code} accepted"
    assert message.body.startswith("Hello Martin,\n")
    assert f"https://bloc.example.org/avis/{notice.pk}/" in message.body
    html = message.alternatives[0][0]
    assert '<html lang="en">' in html
    assert f'<a href="https://bloc.example.org/avis/{notice.pk}/">Open in Bloc</a>' in html
    assert message.extra_headers["Message-ID"] == f"<notice-{notice.pk}@bloc.example.org>"


def test_a_code_that_is_markup_or_two_lines_stays_text_on_one_line(hospital: Hospital) -> None:
    notice = tell(hospital)[0]
    Notice.objects.filter(pk=notice.pk).update(facts={"code": "<b>I-7</b>\nBcc: x@example.org"})
    send_due_mails(clock=Clock())
    message: Any = mail.outbox[0]
    assert message.subject == "Bloc : <b>I-7</b> Bcc: x@example.org acceptée"
    assert "&lt;b&gt;I-7&lt;/b&gt;" in message.alternatives[0][0]
    assert message.message()["Bcc"] is None


def test_no_e_mail_holds_anything_of_a_patient(hospital: Hospital) -> None:
    item = make_intervention(
        hospital.surgeons[0], patient_code="PAT-SECRET", procedure_label="Acte-secret", notes="Note-secrete",
        return_reason="Question-secrete", cancel_reason="Motif-secret",
    )  # fmt: skip
    for kind in Notice.GROUPS[Notice.Group.REQUESTS]:
        tell_surgeon(kind=kind, intervention=item, user=hospital.director, now=NOW)
    assert send_due_mails(clock=Clock()) == 1
    assert "secret" not in "".join(message.message().as_string() for message in mail.outbox).lower()
