"""E-mails through a real SMTP conversation: what arrives, what a server that refuses makes of it."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from planning.access import Role
from planning.models import Notice, User
from planning.services.mailing import send_due_mails
from planning.services.notices import MAIL_DELAY, tell_surgeon
from tests.factories.hospital import NOW, Hospital, make_intervention, make_user
from tests.worker.mailbox import Mailbox

DUE = NOW + MAIL_DELAY
Mail = Notice.Mail


def serve(settings: Any, box: Mailbox, **more: Any) -> None:
    values = {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": box.port, "EMAIL_USE_TLS": False, "EMAIL_HOST_USER": "", "EMAIL_HOST_PASSWORD": "",
        "EMAIL_TIMEOUT": 5, "DEFAULT_FROM_EMAIL": "Bloc opératoire <bloc@example.org>",
        "PUBLIC_URL": "https://bloc.example.org",
    }  # fmt: skip
    for name, value in (values | more).items():
        setattr(settings, name, value)


def tell(hospital: Hospital, **fields: Any) -> Notice:
    item = make_intervention(hospital.surgeons[0], patient_code="PAT-SECRET", procedure_label="Acte-secret", **fields)
    tell_surgeon(kind=Notice.Kind.ACCEPTED, intervention=item, user=hospital.director, now=NOW)
    return Notice.objects.get()


def tell_another(now_due: bool = True) -> Notice:
    user = make_user("lecture", Role.VIEWER)
    at = DUE if now_due else DUE + timedelta(days=1)
    return Notice.objects.create(user=user, kind="published", at=NOW, monday=NOW.date(), mail_state="due", mail_at=at)


def after_a_round(settings: Any, box: Mailbox, **more: Any) -> list[tuple[str, str]]:
    """Each notice's state and what went wrong."""
    with box:
        serve(settings, box, **more)
        send_due_mails(clock=lambda: DUE)
    return list(Notice.objects.order_by("pk").values_list("mail_state", "mail_error"))


def test_what_arrives_has_its_headers_and_its_french_and_no_patient(hospital: Hospital, settings: Any) -> None:
    User.objects.filter(pk=hospital.surgeon_user.pk).update(first_name="Zoé", last_name="Lefèvre-Œuvrard")
    notice = tell(hospital, code="I-7")

    box = Mailbox()
    assert after_a_round(settings, box) == [(Mail.SENT, "")]

    (message,), (raw,) = box.messages, box.raw
    assert str(message["From"]) == "Bloc opératoire <bloc@example.org>"
    assert str(message["To"]) == "martin@example.org"
    assert str(message["Subject"]) == "Bloc : I-7 acceptée"
    assert str(message["Message-ID"]) == f"<notice-{notice.pk}@bloc.example.org>"
    assert (message["Auto-Submitted"], message["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    assert str(message["List-Unsubscribe"]) == "<https://bloc.example.org/compte/avis/>"
    assert parsedate_to_datetime(str(message["Date"])).year >= NOW.year
    assert message.get_content_type() == "multipart/alternative"
    plain, html = (part.get_content() for part in message.iter_parts())
    assert plain.splitlines()[0] == "Bonjour Zoé Lefèvre-Œuvrard,"
    assert f"https://bloc.example.org/avis/{notice.pk}/" in plain
    assert "Zoé Lefèvre-Œuvrard" in html
    assert "secret" not in (str(message) + plain + html).lower()
    # Of a server that was asked for nothing more: lines of ASCII, none too long (RFC 5321, 4.5.3.1.6).
    headers = raw.partition(b"\r\n\r\n")[0]
    assert headers.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert [line for line in box.heard if line.upper().startswith("RCPT")] == ["rcpt TO:<martin@example.org>"]


@pytest.mark.parametrize(
    ("refuse", "state", "error"),
    [
        ({"RCPT": "550 5.1.1 no such mailbox"}, Mail.FAILED, "refused"),
        ({"RCPT": "451 4.7.1 greylisted, come back"}, Mail.DUE, "refused"),
        ({"END": "554 5.7.1 refused by our rules"}, Mail.FAILED, "refused"),
        ({"END": "451 4.3.0 disk full"}, Mail.DUE, "SMTPDataError"),
        ({"MAIL": "452 4.3.1 too many at once"}, Mail.DUE, "SMTPSenderRefused"),
        ({"MAIL": "550 5.7.1 who are you"}, Mail.DUE, "SMTPSenderRefused"),
        ({"EHLO": "421 going down", "HELO": "421 going down"}, Mail.DUE, "SMTPHeloError"),
    ],
)
def test_a_refusal_for_now_is_tried_again_and_one_for_good_is_given_up(
    refuse: dict[str, str], state: str, error: str, hospital: Hospital, settings: Any
) -> None:
    """A sender who is refused is the hospital's setting to mend: the e-mail waits for it."""
    notice = tell(hospital)

    assert after_a_round(settings, Mailbox(refuse)) == [(state, error)]

    notice.refresh_from_db()
    assert notice.mail_at == (DUE + timedelta(minutes=1) if state == Mail.DUE else None)
    if state == Mail.DUE:
        with Mailbox() as box:
            serve(settings, box)
            assert send_due_mails(clock=lambda: DUE + timedelta(minutes=1)) == 1
        assert len(box.messages) == 1


@pytest.mark.parametrize("refuse", [{"RCPT": "550 5.1.1 no such mailbox"}, {"END": "554 5.7.1 refused"}])
def test_one_refused_for_good_does_not_hold_up_the_others(
    refuse: dict[str, str], hospital: Hospital, settings: Any
) -> None:
    tell(hospital)
    tell_another()

    assert after_a_round(settings, Mailbox(refuse)) == [(Mail.FAILED, "refused")] * 2


def test_a_server_without_encryption_is_told_nothing(hospital: Hospital, settings: Any) -> None:
    tell(hospital)

    box = Mailbox()
    assert after_a_round(settings, box, EMAIL_USE_TLS=True) == [(Mail.DUE, "SMTPNotSupportedError")]
    assert not any(line.upper().startswith(("MAIL", "AUTH", "RCPT")) for line in box.heard)


def test_a_password_that_is_refused_waits_for_the_right_one(
    hospital: Hospital, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    tell(hospital)
    box = Mailbox({"AUTH": "535 5.7.8 wrong"}, offers=("AUTH PLAIN",))

    state = after_a_round(settings, box, EMAIL_HOST_USER="bloc", EMAIL_HOST_PASSWORD="un-secret")

    assert state == [(Mail.DUE, "SMTPAuthenticationError")]
    assert "un-secret" not in caplog.text
    assert box.messages == []


def test_what_is_not_due_stays(hospital: Hospital, settings: Any) -> None:
    tell(hospital)
    later = tell_another(now_due=False)

    box = Mailbox()
    after_a_round(settings, box)

    later.refresh_from_db()
    assert (len(box.messages), later.mail_state, later.mail_attempts) == (1, Mail.DUE, 0)
