"""Who is told of what: one message a person and publication, written with the event, without anything of a patient."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from planning.access import Role
from planning.models import Absence, Intervention, Notice, Placement, Plan, Site, Surgeon, User
from planning.selectors.notice_words import text_of, title_of
from planning.selectors.notices import groups_for
from planning.selectors.sign_offs import standings
from planning.services.change_requests import answer_change, ask_change
from planning.services.decisions import accept_requests, merge_duplicates, send_back
from planning.services.interventions import cancel_intervention
from planning.services.notices import (
    KEPT_DAYS,
    MAIL_DELAY,
    choose_mails,
    purge_notices,
    read_notice,
    read_notices,
    tell_absence,
    tell_deciders,
    tell_publication,
    tell_responsible,
    tell_surgeon,
)
from planning.services.plans import UnableToApprove, approve_plan, open_draft
from planning.services.replanning import assign_responsible, plan_again
from planning.services.requests import submit_request
from planning.services.sign_offs import ask_sign_offs, refuse_programme, sign_programme
from planning.services.surgeons import add_absence
from planning.services.undoing import undo_decisions
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, make_user
from tests.factories.plans import place

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
Kind = Notice.Kind


@pytest.fixture
def planner(hospital: Hospital) -> User:
    return make_user("regulatrice", Role.PLANNER)


@pytest.fixture
def draft(hospital: Hospital) -> Plan:
    return open_draft(monday=WEEK.monday, user=hospital.director, now=NOW)


def approve(draft: Plan, hospital: Hospital, now: Any = NOW) -> Plan:
    Plan.objects.filter(pk=draft.pk).update(revision=draft.revision + 1)
    draft.refresh_from_db()
    return approve_plan(plan_id=draft.pk, revision=draft.revision, user=hospital.director, now=now)


def told(kind: str | None = None) -> dict[str, str]:
    """What each person was told last, by account."""
    rows = Notice.objects.select_related("user").order_by("pk")
    return {row.user.username: title_of(row) for row in (rows.filter(kind=kind) if kind else rows)}


# --- Publication of a week ---------------------------------------------------------------------------------------


def test_a_publication_tells_each_surgeon_of_their_own_and_the_bloc_of_the_whole(
    hospital: Hospital, planner: User, draft: Plan
) -> None:
    make_user("dr.renard", Role.ANAESTHETIST)
    for number, surgeon in enumerate((0, 0, 1)):
        place(draft, make_intervention(hospital.surgeons[surgeon]), hospital, day=number)
    approve(draft, hospital)
    whole = "Semaine 48 : 3 interventions"
    assert told() == {
        "martin": "Semaine 48 : 2 interventions", "lecteur": whole, "regulatrice": whole, "dr.renard": whole,
    }  # fmt: skip
    assert text_of(Notice.objects.get(user__username="martin")) == "Vos interventions dans la version 2 du programme."


def test_a_new_version_says_what_it_changes_for_each(hospital: Hospital, draft: Plan) -> None:
    items = [make_intervention(hospital.surgeons[0], 60) for _ in range(5)]
    rows = [place(draft, item, hospital, day=day) for day, item in enumerate(items[:4])]
    approve(draft, hospital)
    Notice.objects.all().delete()
    Placement.objects.filter(pk=rows[0].pk).delete()
    Placement.objects.filter(pk=rows[1].pk).delete()
    place(draft, items[1], hospital, day=1, room=1)
    Placement.objects.filter(pk=rows[2].pk).update(starts_at=rows[2].starts_at + timedelta(minutes=30))
    place(draft, items[4], hospital, day=4)
    approve(draft, hospital, LATER)
    said = "Semaine 48 : 4 interventions, 1 déplacée, 1 changée d'heure, 1 ajoutée, 1 retirée"
    assert told()["martin"] == said


def test_a_surgeon_whose_interventions_all_left_is_told_too(hospital: Hospital, draft: Plan) -> None:
    gone = place(draft, make_intervention(hospital.surgeons[0]), hospital)
    place(draft, make_intervention(hospital.surgeons[2]), hospital, day=1)
    approve(draft, hospital)
    gone.delete()
    approve(draft, hospital, LATER)
    assert told()["martin"] == "Semaine 48 : aucune intervention, 1 retirée"


def test_a_version_that_changes_nothing_for_a_surgeon_sends_no_e_mail(hospital: Hospital, draft: Plan) -> None:
    place(draft, make_intervention(hospital.surgeons[0]), hospital)
    approve(draft, hospital)
    approve(draft, hospital, LATER)
    first, second = Notice.objects.filter(user=hospital.surgeon_user).order_by("pk")
    assert (first.mail_state, first.mail_at) == ("due", NOW + MAIL_DELAY)
    assert (title_of(second), second.mail_state) == ("Semaine 48 : 1 intervention, sans changement", "none")


def test_a_publication_is_told_once_to_each(hospital: Hospital, draft: Plan) -> None:
    place(draft, make_intervention(hospital.surgeons[0]), hospital)
    approved = approve(draft, hospital)
    before = Notice.objects.count()
    tell_publication(plan=approved, previous=None, user=hospital.director, now=LATER)
    assert Notice.objects.count() == before == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(user=hospital.viewer, kind=Kind.PUBLISHED, plan=approved, at=LATER)


def test_an_approval_that_is_refused_tells_nobody(hospital: Hospital, draft: Plan) -> None:
    place(draft, make_intervention(hospital.surgeons[0]), hospital)
    approve(draft, hospital)
    before = Notice.objects.count()
    with pytest.raises(UnableToApprove):
        approve_plan(plan_id=draft.pk, revision=draft.revision, user=hospital.director, now=LATER)
    assert Notice.objects.count() == before


@pytest.mark.parametrize("field", ["closed", "never opened"])
def test_who_cannot_come_in_is_told_nothing(hospital: Hospital, draft: Plan, field: str) -> None:
    person = hospital.surgeon_user
    if field == "closed":
        User.objects.filter(pk=person.pk).update(is_active=False)
    else:
        person.set_unusable_password()
        person.save()
    place(draft, make_intervention(hospital.surgeons[0]), hospital)
    approve(draft, hospital)
    assert told().keys() == {"lecteur"}


def test_a_longer_programme_asks_no_more_questions(hospital: Hospital, draft: Plan) -> None:
    """At 1 and at 3 surgeons and interventions."""
    counts = []
    for number in (1, 2):
        for surgeon in hospital.surgeons[:number]:
            place(draft, make_intervention(surgeon, 60), hospital, day=number, start=480 + 120 * int(surgeon.code[1]))
        approved = approve(draft, hospital, NOW + timedelta(hours=number))
        Notice.objects.all().delete()
        with CaptureQueriesContext(connection) as queries:
            tell_publication(plan=approved, previous=None, user=hospital.director, now=LATER)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6


# --- Decisions on requests ---------------------------------------------------------------------------------------


def test_the_surgeon_learns_that_a_request_was_accepted_then_cancelled(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], state="requested", code="I-7")
    accept_requests(interventions=[item.pk], user=hospital.director, now=NOW)
    assert told() == {"martin": "I-7 acceptée"}
    cancel_intervention(intervention=item, reason="Mme Dupont a renoncé", user=hospital.director, now=LATER)
    notice = Notice.objects.latest("pk")
    assert (title_of(notice), notice.facts) == ("I-7 annulée", {"code": "I-7"})


def test_a_surgeon_is_not_told_of_what_they_did(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0])
    cancel_intervention(intervention=item, reason="Renonce", user=hospital.surgeon_user, now=NOW)
    assert told() == {}


def test_of_a_surgeon_without_account_nobody_is_told(hospital: Hospital) -> None:
    tell_surgeon(
        kind=Kind.REFUSED, intervention=make_intervention(hospital.surgeons[1]), user=hospital.director, now=NOW
    )
    assert told() == {}


@pytest.mark.parametrize(
    ("kind", "facts", "said"),
    [
        (Kind.ACCEPTED, {}, "I-7 acceptée"),
        (Kind.RETURNED, {}, "I-7 : le bloc pose une question"),
        (Kind.REFUSED, {}, "I-7 refusée"),
        (Kind.MERGED, {"into": "I-3"}, "I-7 réunie à I-3"),
        (Kind.CANCELLED, {}, "I-7 annulée"),
        (Kind.ANSWERED, {"answer": "accepted"}, "I-7 : changement accepté"),
        (Kind.ANSWERED, {"answer": "refused"}, "I-7 : changement refusé"),
    ],
)
def test_each_decision_is_worded(kind: Kind, facts: dict[str, str], said: str, hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], code="I-7")
    tell_surgeon(kind=kind, intervention=item, user=hospital.director, now=NOW, **facts)
    assert told() == {"martin": said}
    assert Notice.objects.get().mail_state == "due"


def test_requests_decided_together_are_a_line_each(hospital: Hospital) -> None:
    items = [make_intervention(hospital.surgeons[number], state="requested", code=f"I-{number}") for number in (0, 2)]
    other = make_intervention(hospital.surgeons[0], state="requested", code="I-5")
    accept_requests(interventions=[item.pk for item in (*items, other)], user=hospital.director, now=NOW)
    send_back(interventions=[other.pk], reason="Quel côté ?", user=hospital.director, now=NOW)
    assert [title_of(row) for row in Notice.objects.order_by("pk")] == ["I-0 acceptée", "I-5 acceptée"]


def test_deciding_on_more_asks_no_more_questions(hospital: Hospital) -> None:
    counts = []
    for number in (1, 3):
        items = [make_intervention(hospital.surgeons[0], state="requested") for _ in range(number)]
        with CaptureQueriesContext(connection) as queries:
            accept_requests(interventions=[item.pk for item in items], user=hospital.director, now=NOW)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_merged_refused_and_postponed_requests_are_told_as_such(hospital: Hospital, draft: Plan) -> None:
    kept, twin, third = (
        make_intervention(hospital.surgeons[0], state="requested", code=code, patient_code="P") for code in "KTR"
    )
    planned = make_intervention(hospital.surgeons[0], state="planned", code="P")
    user = hospital.director
    merge_duplicates(kept=kept.pk, dropped=[twin.pk], user=user, now=NOW)
    cancel_intervention(intervention=third, reason="Hors indication", user=user, now=NOW)
    plan_again(intervention=planned.pk, reason="Panne", user=user, now=NOW)
    assert [title_of(row) for row in Notice.objects.order_by("pk")] == [
        "T réunie à K",
        "R refusée",
        "P sort du programme",
    ]


def test_a_decision_undone_before_it_was_read_or_sent_is_never_learnt(hospital: Hospital) -> None:
    items = [make_intervention(hospital.surgeons[0], state="requested", code=f"I-{n}") for n in range(2)]
    done = accept_requests(interventions=[item.pk for item in items], user=hospital.director, now=NOW)
    Notice.objects.filter(intervention=items[1]).update(mail_state="sent")
    entries = [entry.pk for entry in done.entries]
    assert len(undo_decisions(entries=entries, user=hospital.director, now=LATER).entries) == 2
    assert [title_of(row) for row in Notice.objects.order_by("pk")] == [
        "I-1 acceptée", "I-1 : la décision est reprise",
    ]  # fmt: skip


def test_being_made_responsible_is_told_and_taken_back(hospital: Hospital, planner: User) -> None:
    item = make_intervention(hospital.surgeons[0], code="I-7", to_replan_since=NOW)
    given: dict[str, Any] = {"intervention": item.pk, "monday": None, "note": "", "user": hospital.director, "now": NOW}
    entry = assign_responsible(responsible=planner, seen=None, **given)
    assert told() == {"regulatrice": "I-7 à reprogrammer vous est confiée"}
    assert entry is not None
    undo_decisions(entries=[entry.pk], user=hospital.director, now=LATER)
    assert told() == {}


# --- What the bloc has to do -------------------------------------------------------------------------------------


def test_new_requests_are_one_line_that_counts_up_until_it_is_read(hospital: Hospital, planner: User) -> None:
    for minute in range(3):
        tell_deciders(kind=Kind.REQUESTED, user=hospital.surgeon_user, now=NOW + timedelta(minutes=minute))
    assert told() == {"directrice": "3 nouvelles demandes", "regulatrice": "3 nouvelles demandes"}
    assert set(Notice.objects.values_list("mail_state", "at")) == {("none", NOW + timedelta(minutes=2))}
    read_notices(user=planner, now=LATER)
    tell_deciders(kind=Kind.REQUESTED, user=hospital.surgeon_user, now=LATER)
    assert told() == {"directrice": "4 nouvelles demandes", "regulatrice": "1 nouvelle demande"}


def test_a_request_submitted_is_one_more_to_decide_and_answers_its_question(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], state="returned", return_reason="Quel côté ?")
    tell_surgeon(kind=Kind.RETURNED, intervention=item, user=hospital.director, now=NOW)
    values: dict[str, Any] = {"surgeon": hospital.surgeons[0], "user": hospital.surgeon_user, "now": LATER}
    submit_request(request=item, equipment=[], answer="Droit", **values)
    assert told(Kind.REQUESTED) == {"directrice": "1 nouvelle demande"}
    assert Notice.objects.get(kind=Kind.RETURNED).read_at == LATER


def test_changes_and_requests_are_counted_apart(hospital: Hospital) -> None:
    tell_deciders(kind=Kind.REQUESTED, user=hospital.surgeon_user, now=NOW)
    tell_deciders(kind=Kind.CHANGE, user=hospital.surgeon_user, now=NOW)
    assert sorted(title_of(row) for row in Notice.objects.all()) == ["1 changement demandé", "1 nouvelle demande"]


def test_an_absence_over_planned_interventions_is_told_to_who_decides(hospital: Hospital, planner: User) -> None:
    surgeon = hospital.surgeons[0]
    absence = Absence.objects.create(surgeon=surgeon, starts_on=WEEK.days[1], ends_on=WEEK.days[2], reason="Dr malade")
    items = [make_intervention(surgeon, code=f"I-{n}") for n in (9, 8)]
    tell_absence(absence=absence, interventions=[], user=hospital.surgeon_user, now=NOW)
    assert told() == {}
    tell_absence(absence=absence, interventions=items, user=hospital.surgeon_user, now=NOW)
    said = "Dr Martin absent du 24 novembre 2026 au 25 novembre 2026 : 2 interventions planifiées"
    assert told() == {"directrice": said, "regulatrice": said}
    assert text_of(Notice.objects.earliest("pk")) == "À replacer : I-8, I-9."


def test_who_is_given_an_intervention_to_replan_is_told(hospital: Hospital, planner: User) -> None:
    item = make_intervention(hospital.surgeons[0], code="I-7", responsible=planner, to_replan_since=NOW)
    tell_responsible(intervention=item, user=planner, now=NOW)
    assert told() == {}, "one's own doing"
    tell_responsible(intervention=item, user=hospital.director, now=NOW)
    assert told() == {"regulatrice": "I-7 à reprogrammer vous est confiée"}
    assert text_of(Notice.objects.get()) == "Sortie du programme le 20 novembre 2026, sans place depuis."


@pytest.fixture
def to_sign(hospital: Hospital, draft: Plan) -> Plan:
    """Each surgeon who operates and an anaesthetist must sign; Martin operates, Nadal does not."""
    make_user("renard", Role.ANAESTHETIST)
    Surgeon.objects.filter(code="S2").update(user=make_user("nadal", Role.SURGEON))
    Site.objects.update(surgeon_sign_off="each", anaesthetist_sign_off=True)
    place(draft, make_intervention(hospital.surgeons[0]), hospital)
    return draft


def ask(draft: Plan, hospital: Hospital, now: Any = NOW) -> None:
    draft.refresh_from_db()
    ask_sign_offs(plan_id=draft.pk, revision=draft.revision, user=hospital.director, now=now)


def seen(draft: Plan, kind: str) -> dict[str, Any]:
    standing = next(one for one in standings(draft) if one.kind == kind)
    surgeon = standing.surgeon.pk if standing.surgeon else None
    return {"plan_id": draft.pk, "kind": kind, "surgeon": surgeon, "seen": standing.digest, "now": LATER}


@pytest.mark.parametrize("rule", ["each", "one"])
def test_whose_sign_off_is_required_is_asked_once(hospital: Hospital, to_sign: Plan, rule: str) -> None:
    Site.objects.update(surgeon_sign_off=rule)
    ask(to_sign, hospital)
    ask(to_sign, hospital, LATER)
    said = "Semaine 48 : votre visa est demandé"
    assert told() == {"martin": said, "renard": said}
    assert Notice.objects.count() == 2


def test_who_signed_is_asked_no_more_and_who_asked_learns_of_a_refusal(hospital: Hospital, to_sign: Plan) -> None:
    ask(to_sign, hospital)
    sign_programme(**seen(to_sign, "surgeon"), user=hospital.surgeon_user)
    anaesthetist = User.objects.get(username="renard")
    refuse_programme(**seen(to_sign, "anaesthetist"), user=anaesthetist, comment="SO2 sans anesthésiste")
    assert not Notice.objects.filter(kind=Kind.SIGN, read_at=None).exists()
    assert told(Kind.SIGN_REFUSED) == {"directrice": "Semaine 48 : Renard refuse son visa"}


def test_an_approval_asks_nobody_to_sign_any_more(hospital: Hospital, to_sign: Plan) -> None:
    ask(to_sign, hospital)
    Site.objects.update(surgeon_sign_off="none", anaesthetist_sign_off=False)
    approve(to_sign, hospital)
    assert not Notice.objects.filter(kind=Kind.SIGN, read_at=None).exists()


# --- Changes and absences, as their own services tell them -------------------------------------------------------


@pytest.fixture
def planned(hospital: Hospital, draft: Plan) -> Intervention:
    item = make_intervention(hospital.surgeons[0], code="I-7")
    place(draft, item, hospital, day=1)
    approve(draft, hospital)
    Notice.objects.all().delete()
    return Intervention.objects.get()


@pytest.mark.parametrize(("accept", "said"), [(True, "I-7 : changement accepté"), (False, "I-7 : changement refusé")])
def test_a_change_is_told_to_who_decides_and_its_answer_to_who_asked(
    accept: bool, said: str, hospital: Hospital, planned: Intervention
) -> None:
    change = ask_change(intervention=planned, kind="other", reason="Voir", user=hospital.surgeon_user, now=NOW)
    assert told() == {"directrice": "1 changement demandé"}
    answer_change(change=change, accept=accept, answer="Vu", user=hospital.director, now=LATER)
    assert told()["martin"] == said


def test_an_absence_declared_over_the_programme_is_told_at_once(hospital: Hospital, planned: Intervention) -> None:
    user = hospital.surgeon_user
    for first, last in ((2, 3), (0, 1)):
        days = {"starts_on": WEEK.days[first], "ends_on": WEEK.days[last]}
        add_absence(surgeon=planned.surgeon, reason="Congrès", user=user, now=NOW, **days)
    said = "Dr Martin absent du 23 novembre 2026 au 24 novembre 2026 : 1 intervention planifiée"
    assert [title_of(row) for row in Notice.objects.all()] == [said]


# --- Reading and choosing ----------------------------------------------------------------------------------------


def test_what_is_read_is_one_s_own_and_is_mailed_no_more(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0])
    tell_surgeon(kind=Kind.ACCEPTED, intervention=item, user=hospital.director, now=NOW)
    notice = Notice.objects.get()
    assert read_notice(notice_id=notice.pk, user=hospital.director, now=LATER) is None
    notice.refresh_from_db()
    assert notice.read_at is None
    assert read_notice(notice_id=notice.pk, user=hospital.surgeon_user, now=LATER) == notice
    read_notice(notice_id=notice.pk, user=hospital.surgeon_user, now=LATER + timedelta(hours=1))
    notice.refresh_from_db()
    assert (notice.read_at, notice.mail_state) == (LATER, "none")


def test_groups_that_one_does_not_want_are_not_mailed(hospital: Hospital, draft: Plan) -> None:
    choose_mails(user=hospital.surgeon_user, groups=["programme"], language="en")
    item = make_intervention(hospital.surgeons[0])
    tell_surgeon(kind=Kind.ACCEPTED, intervention=item, user=hospital.director, now=NOW)
    place(draft, item, hospital)
    approve(draft, hospital)
    states = dict(Notice.objects.filter(user=hospital.surgeon_user).values_list("kind", "mail_state"))
    assert states == {"accepted": "none", "published": "due"}
    hospital.surgeon_user.refresh_from_db()
    assert (hospital.surgeon_user.language, hospital.surgeon_user.unmailed) == ("en", ["requests", "signs"])


def test_without_an_address_nothing_is_to_be_mailed(hospital: Hospital) -> None:
    User.objects.update(email="")
    item = make_intervention(Surgeon.objects.get(code="S1"))
    tell_surgeon(kind=Kind.ACCEPTED, intervention=item, user=hospital.director, now=NOW)
    assert Notice.objects.get().mail_state == "none"


@pytest.mark.parametrize(
    ("role", "groups"),
    [
        (Role.DIRECTOR, ["programme", "signs", "duties"]),
        (Role.PLANNER, ["programme", "duties"]),
        (Role.SURGEON, ["programme", "requests", "signs"]),
        (Role.ANAESTHETIST, ["programme", "signs"]),
        (Role.VIEWER, ["programme"]),
        (Role.ADMINISTRATOR, ["signs"]),
    ],
)
def test_each_role_chooses_among_what_it_may_be_told(role: str, groups: list[str]) -> None:
    assert groups_for(User(role=role)) == groups


def test_old_notices_go(hospital: Hospital) -> None:
    for days in (KEPT_DAYS + 1, KEPT_DAYS - 1):
        Notice.objects.create(user=hospital.viewer, kind=Kind.PUBLISHED, at=NOW - timedelta(days=days))
    assert (purge_notices(now=NOW), Notice.objects.count()) == (1, 1)


def test_no_notice_holds_anything_of_a_patient(hospital: Hospital, planner: User, draft: Plan) -> None:
    secret = {"patient_code": "PAT-SECRET", "procedure_label": "Acte-secret", "notes": "Note-secrete"}
    item = make_intervention(hospital.surgeons[0], **secret, state="requested", responsible=planner)
    user = hospital.director
    accept_requests(interventions=[item.pk], user=user, now=NOW)
    place(draft, item, hospital)
    approve(draft, hospital)
    absence = Absence(surgeon=item.surgeon, starts_on=date(2026, 11, 23), ends_on=date(2026, 11, 23), reason="secret")
    tell_absence(absence=absence, interventions=[item], user=hospital.surgeon_user, now=NOW)
    tell_responsible(intervention=item, user=user, now=NOW)
    for kind in (Kind.RETURNED, Kind.REFUSED, Kind.ANSWERED):
        tell_surgeon(kind=kind, intervention=item, user=user, now=NOW)
    cancel_intervention(intervention=Intervention.objects.get(), reason="Mme Secret", user=user, now=LATER)
    rows = list(Notice.objects.all())
    assert len(rows) >= 9
    said = json.dumps([[row.facts, title_of(row), text_of(row)] for row in rows], ensure_ascii=False)
    assert "secret" not in said.lower()
