"""E-mails through real worker processes and a real SMTP connection: what is published reaches each person once."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from planning.access import Role
from planning.models import Notice, Plan, PlanningRun
from planning.services.notices import tell_surgeon
from planning.services.plans import approve_plan, open_draft
from planning.tasks import run_planner
from tests.factories.hospital import WEEK, make_intervention, make_user, small_hospital
from tests.factories.plans import place
from tests.worker.mailbox import Mailbox
from tests.worker.processes import Worker
from tests.worker.test_worker import hard_week, state_of

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]

MAILS = ("-Q", settings.SHORT_QUEUE)


def test_an_e_mail_leaves_while_the_only_worker_of_runs_is_at_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hospital, run = hard_week()
    PlanningRun.objects.filter(pk=run.pk).update(time_limit_seconds=120)
    with Mailbox() as box:
        use(box, monkeypatch)
        with Worker(tmp_path, "runs") as runs, Worker(tmp_path, "short", "-n", "short@%h", *MAILS) as short:
            run_planner.delay(run.pk)
            runs.wait_for(lambda: state_of(run) == PlanningRun.State.RUNNING, "running")
            item = make_intervention(hospital.surgeons[0])
            earlier = timezone.now() - timedelta(minutes=2)
            tell_surgeon(kind=Notice.Kind.ACCEPTED, intervention=item, user=hospital.director, now=earlier)
            short.wait_for(Notice.objects.filter(mail_state="sent").exists, "sent")
            assert state_of(run) == PlanningRun.State.RUNNING, "the run goes on"
            runs.kill()
    assert [str(message["Subject"]) for message in box.messages] == [f"Bloc : {item.code} acceptée"]


def use(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"HOST": "127.0.0.1", "PORT": str(box.port), "TLS": "0"}.items():
        monkeypatch.setenv(f"BLOCWEB_SMTP_{name}", value)


def test_two_workers_mail_a_publication_once_to_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hospital = small_hospital()
    people = [make_user(f"personne{number}", Role.PLANNER) for number in range(12)]
    now = timezone.now() - timedelta(minutes=2)
    draft = open_draft(monday=WEEK.monday, user=hospital.director, now=now)
    place(draft, make_intervention(hospital.surgeons[0], patient_code="PAT-SECRET"), hospital)
    with Mailbox() as box:
        use(box, monkeypatch)
        with Worker(tmp_path, "one", *MAILS) as one, Worker(tmp_path, "two", *MAILS):
            Plan.objects.filter(pk=draft.pk).update(revision=1)
            approve_plan(plan_id=draft.pk, revision=1, user=hospital.director, now=now)
            one.wait_for(lambda: not Notice.objects.exclude(mail_state="sent").exists(), "all sent", seconds=60)
    wanted = {user.email for user in (hospital.surgeon_user, hospital.viewer, *people)}
    assert Counter(str(message["To"]) for message in box.messages) == dict.fromkeys(wanted, 1)
    assert {str(message["Subject"]) for message in box.messages} == {"Bloc : Semaine 48 : 1 intervention"}
    texts = [part.get_content() for message in box.messages for part in message.iter_parts()]
    assert len(texts) == 2 * len(wanted)
    assert not any("SECRET" in text for text in texts)
