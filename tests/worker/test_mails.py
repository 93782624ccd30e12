"""E-mails through real worker processes and a real SMTP connection: what is published reaches each person once."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from planning.access import Role
from planning.models import Notice, Plan
from planning.services.plans import approve_plan, open_draft
from tests.factories.hospital import WEEK, make_intervention, make_user, small_hospital
from tests.factories.plans import place
from tests.worker.mailbox import Mailbox
from tests.worker.processes import Worker

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]


def test_two_workers_mail_a_publication_once_to_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hospital = small_hospital()
    people = [make_user(f"personne{number}", Role.PLANNER) for number in range(12)]
    now = timezone.now() - timedelta(minutes=2)
    draft = open_draft(monday=WEEK.monday, user=hospital.director, now=now)
    place(draft, make_intervention(hospital.surgeons[0], patient_code="PAT-SECRET"), hospital)
    with Mailbox() as box:
        for name, value in {"HOST": "127.0.0.1", "PORT": str(box.port), "TLS": "0"}.items():
            monkeypatch.setenv(f"BLOCWEB_SMTP_{name}", value)
        with Worker(tmp_path, "one") as one, Worker(tmp_path, "two"):
            Plan.objects.filter(pk=draft.pk).update(revision=1)
            approve_plan(plan_id=draft.pk, revision=1, user=hospital.director, now=now)
            one.wait_for(lambda: not Notice.objects.exclude(mail_state="sent").exists(), "all sent", seconds=60)
    wanted = {user.email for user in (hospital.surgeon_user, hospital.viewer, *people)}
    assert Counter(str(message["To"]) for message in box.messages) == dict.fromkeys(wanted, 1)
    assert {str(message["Subject"]) for message in box.messages} == {"Bloc : Semaine 48 : 1 intervention"}
    texts = [part.get_content() for message in box.messages for part in message.iter_parts()]
    assert len(texts) == 2 * len(wanted)
    assert not any("SECRET" in text for text in texts)
