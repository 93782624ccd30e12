"""Sign-offs of a programme: asked for, given, refused, invalidated by what they cover alone, kept with the version."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from planning.models import Intervention, JournalEntry, Plan, SignOff, Site, Surgeon, User
from planning.selectors.approval import sign_off_check
from planning.selectors.sign_offs import Standing, missing, signatures, standings, standings_of
from planning.services.interventions import edit_intervention, fingerprint
from planning.services.placements import move_placement, undo_step
from planning.services.plans import approve_plan
from planning.services.sign_offs import (
    CommentRequired,
    NotAsked,
    NotTheirs,
    SeenChanged,
    SignOffsMissing,
    ask_sign_offs,
    refuse_programme,
    sign_programme,
)
from planning.services.steps import Stale
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, make_user, small_hospital
from tests.factories.plans import make_plan, place

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def hospital() -> Hospital:
    """Martin has an account, Durand has none, and an anaesthetist has hers."""
    hospital = small_hospital()
    make_user("renard", "anaesthetist")
    return hospital


@pytest.fixture
def items(hospital: Hospital) -> list[Intervention]:
    return [make_intervention(surgeon, 60) for surgeon in hospital.surgeons[:2]]


@pytest.fixture
def draft(hospital: Hospital, items: list[Intervention]) -> Plan:
    draft = make_plan()
    for day, item in enumerate(items):
        place(draft, item, hospital, day=day)
    return draft


def anaesthetist() -> User:
    return User.objects.get(username="renard")


def require(**fields: Any) -> None:
    Site.objects.update(**fields)


def ask(hospital: Hospital, draft: Plan, now: datetime = NOW) -> list[Standing]:
    draft.refresh_from_db()
    return ask_sign_offs(plan_id=draft.pk, revision=draft.revision, user=hospital.director, now=now)


def standing(draft: Plan, kind: str, surgeon: Surgeon | None = None) -> Standing:
    return next(one for one in standings(draft) if one.key == (kind, surgeon.pk if surgeon else None))


def sign(
    draft: Plan, user: User, kind: str, surgeon: Surgeon | None = None, *, now: datetime = LATER, **fields: Any
) -> SignOff:
    values: dict[str, Any] = {"seen": standing(draft, kind, surgeon).digest} | fields
    return sign_programme(
        plan_id=draft.pk, kind=kind, surgeon=surgeon.pk if surgeon else None, user=user, now=now, **values
    )


def move(hospital: Hospital, draft: Plan, item: Intervention, start: int) -> None:
    draft.refresh_from_db()
    slot = draft.placements.get(intervention=item).slot
    move_placement(
        plan=draft, intervention=item.pk, room=slot.room_id, day=slot.date, start=start, revision=draft.revision,
        user=hospital.director, now=LATER,
    )  # fmt: skip


def approve(hospital: Hospital, draft: Plan, now: datetime = LATER) -> Plan:
    draft.refresh_from_db()
    return approve_plan(plan_id=draft.pk, revision=draft.revision, user=hospital.director, now=now)


def states(draft: Plan) -> dict[str, str]:
    return {str(one.surgeon or one.kind): str(one.state) for one in standings(draft)}


# --- What the site requires ---------------------------------------------------------------------------------------


def test_a_new_site_approves_as_before_without_any_sign_off(hospital: Hospital, draft: Plan) -> None:
    assert standings(draft) == []
    approved = approve(hospital, draft)
    assert (approved.status, approved.sign_offs.count()) == ("approved", 0)
    with pytest.raises(NotAsked):
        ask(hospital, draft)


@pytest.mark.parametrize(
    ("required", "expected"),
    [
        ({"surgeon_sign_off": "each"}, ["Dr Durand", "Dr Martin"]),
        ({"surgeon_sign_off": "one"}, ["surgeon"]),
        ({"anaesthetist_sign_off": True}, ["anaesthetist"]),
        (
            {"surgeon_sign_off": "one", "anaesthetist_sign_off": True, "organiser_sign_off": True},
            ["surgeon", "anaesthetist", "organiser"],
        ),
    ],
    ids=["each surgeon who operates", "one for all", "anaesthetist", "the three of the law"],
)
def test_the_site_says_which_sign_offs_it_requires(draft: Plan, required: dict[str, Any], expected: list[str]) -> None:
    require(**required)
    assert list(states(draft)) == expected
    assert set(states(draft).values()) == {"awaited"}


def test_a_draft_is_not_approved_while_one_is_missing_and_the_refusal_names_it(hospital: Hospital, draft: Plan) -> None:
    require(surgeon_sign_off="each", anaesthetist_sign_off=True)
    ask(hospital, draft)
    sign(draft, hospital.surgeon_user, "surgeon", hospital.surgeons[0])
    with pytest.raises(SignOffsMissing) as caught:
        approve(hospital, draft)
    assert [one.key for one in caught.value.awaited] == [("surgeon", hospital.surgeons[1].pk), ("anaesthetist", None)]
    assert not Plan.objects.filter(status="approved").exists()
    check = sign_off_check(draft)
    assert (check["missing"], [line["state"] for line in check["lines"]]) == (2, ["awaited", "signed", "awaited"])


def test_approving_gives_the_organisers_sign_off(hospital: Hospital, draft: Plan) -> None:
    require(anaesthetist_sign_off=True, organiser_sign_off=True)
    ask(hospital, draft)
    sign(draft, anaesthetist(), "anaesthetist")
    approved = approve(hospital, draft)
    assert [(row.kind, row.user) for row in signatures(approved)] == [
        ("anaesthetist", anaesthetist()), ("organiser", hospital.director),
    ]  # fmt: skip
    draft.refresh_from_db()
    assert draft.sign_offs_asked_at is None
    entry = JournalEntry.objects.get(action="approve")
    assert entry.after is not None
    assert entry.after["signed"] == ["Renard", "Directrice"]


# --- Who signs what -----------------------------------------------------------------------------------------------


def test_nobody_signs_a_draft_before_it_is_asked(draft: Plan) -> None:
    require(anaesthetist_sign_off=True)
    with pytest.raises(NotAsked):
        sign(draft, anaesthetist(), "anaesthetist")


@pytest.mark.parametrize("who", ["surgeon", "viewer", "planner", "other surgeon", "director"])
def test_a_sign_off_is_given_by_whose_it_is_alone(hospital: Hospital, draft: Plan, who: str) -> None:
    require(surgeon_sign_off="each", anaesthetist_sign_off=True)
    ask(hospital, draft)
    other = make_user("haddad", "surgeon")
    Surgeon.objects.filter(pk=hospital.surgeons[2].pk).update(user=other)
    user = {
        "surgeon": hospital.surgeon_user, "viewer": hospital.viewer, "planner": make_user("cellule", "planner"),
        "other surgeon": other, "director": hospital.director,
    }[who]  # fmt: skip
    with pytest.raises(NotTheirs):
        sign(draft, user, "anaesthetist")
    if who != "surgeon":
        with pytest.raises(NotTheirs):
            sign(draft, user, "surgeon", hospital.surgeons[0])
    assert not SignOff.objects.exists()


def test_the_director_notes_what_a_surgeon_without_account_signed_and_says_how(hospital: Hospital, draft: Plan) -> None:
    require(surgeon_sign_off="each")
    ask(hospital, draft)
    durand = hospital.surgeons[1]
    with pytest.raises(CommentRequired):
        sign(draft, hospital.director, "surgeon", durand)
    row = sign(draft, hospital.director, "surgeon", durand, comment="Papier signé le 20")
    assert (row.surgeon, row.user, row.comment) == (durand, hospital.director, "Papier signé le 20")
    assert standing(draft, "surgeon", durand).holds


def test_a_refusal_says_why_and_keeps_the_draft_from_being_approved(hospital: Hospital, draft: Plan) -> None:
    require(anaesthetist_sign_off=True)
    ask(hospital, draft)
    seen = standing(draft, "anaesthetist").digest
    facts: dict[str, Any] = {"plan_id": draft.pk, "kind": "anaesthetist", "surgeon": None, "seen": seen}
    with pytest.raises(CommentRequired):
        refuse_programme(user=anaesthetist(), now=LATER, comment="  ", **facts)
    refuse_programme(user=anaesthetist(), now=LATER, comment="Deux lits de réveil seulement", **facts)
    assert (standing(draft, "anaesthetist").state, len(missing(standings(draft)))) == ("refused", 1)
    with pytest.raises(SignOffsMissing):
        approve(hospital, draft)
    entry = JournalEntry.objects.get(action="refuse")
    assert (entry.user, entry.reason, entry.monday) == (anaesthetist(), "Deux lits de réveil seulement", WEEK.monday)
    # Of the same programme, the last word decides.
    sign(draft, anaesthetist(), "anaesthetist", now=LATER + timedelta(minutes=5))
    assert standing(draft, "anaesthetist").holds


def test_the_organiser_has_no_refusal(hospital: Hospital, draft: Plan) -> None:
    require(organiser_sign_off=True)
    ask(hospital, draft)
    with pytest.raises(NotTheirs):
        refuse_programme(
            plan_id=draft.pk, kind="organiser", surgeon=None, seen=standing(draft, "organiser").digest,
            user=hospital.director, now=LATER, comment="Non",
        )  # fmt: skip


def test_signing_twice_is_signing_once(hospital: Hospital, draft: Plan) -> None:
    require(anaesthetist_sign_off=True)
    ask(hospital, draft)
    first, second = (sign(draft, anaesthetist(), "anaesthetist") for _ in range(2))
    assert first == second
    assert JournalEntry.objects.filter(action="sign", user=anaesthetist()).count() == 1


# --- What it covers -----------------------------------------------------------------------------------------------


def test_what_changed_since_it_was_read_is_not_signed(
    hospital: Hospital, draft: Plan, items: list[Intervention]
) -> None:
    require(anaesthetist_sign_off=True)
    ask(hospital, draft)
    seen = standing(draft, "anaesthetist").digest
    move(hospital, draft, items[0], 600)
    with pytest.raises(SeenChanged):
        sign(draft, anaesthetist(), "anaesthetist", seen=seen)
    assert not SignOff.objects.exists()


def test_a_move_asks_again_of_whom_it_touches_only_and_its_undo_gives_their_word_back(
    hospital: Hospital, draft: Plan, items: list[Intervention]
) -> None:
    require(surgeon_sign_off="each", anaesthetist_sign_off=True)
    ask(hospital, draft)
    martin, durand = hospital.surgeons[:2]
    sign(draft, hospital.surgeon_user, "surgeon", martin)
    sign(draft, hospital.director, "surgeon", durand, comment="Téléphone")
    sign(draft, anaesthetist(), "anaesthetist")
    assert set(states(draft).values()) == {"signed"}
    move(hospital, draft, items[1], 600)
    assert states(draft) == {"Dr Durand": "again", "Dr Martin": "signed", "anaesthetist": "again"}
    assert standing(draft, "surgeon", durand).changes == {"moved": [items[1].pk], "added": [], "removed": []}
    draft.refresh_from_db()
    undo_step(plan=draft, revision=draft.revision, user=hospital.director, now=LATER)
    assert set(states(draft).values()) == {"signed"}


def test_a_duration_corrected_asks_the_surgeon_again(
    hospital: Hospital, draft: Plan, items: list[Intervention]
) -> None:
    require(surgeon_sign_off="each")
    ask(hospital, draft)
    sign(draft, hospital.surgeon_user, "surgeon", hospital.surgeons[0])
    item = Intervention.objects.get(pk=items[0].pk)
    seen = fingerprint(item)
    item.planned_minutes = 90
    edit_intervention(intervention=item, equipment=[], seen=seen, user=hospital.director, now=LATER)
    assert states(draft)["Dr Martin"] == "again"


def test_a_new_version_says_which_sign_offs_it_needs_again_and_which_hold_from_the_last(
    hospital: Hospital, draft: Plan, items: list[Intervention]
) -> None:
    require(surgeon_sign_off="each")
    ask(hospital, draft)
    martin, durand = hospital.surgeons[:2]
    sign(draft, hospital.surgeon_user, "surgeon", martin)
    sign(draft, hospital.director, "surgeon", durand, comment="Papier")
    first = approve(hospital, draft)
    move(hospital, draft, items[1], 600)
    kept, again = standing(draft, "surgeon", martin), standing(draft, "surgeon", durand)
    assert (kept.state, kept.since, again.state) == ("signed", first, "again")
    with pytest.raises(SignOffsMissing):
        approve(hospital, draft)
    awaited = ask(hospital, draft, LATER)
    assert [one.surgeon for one in awaited] == [durand]
    sign(draft, hospital.director, "surgeon", durand, comment="Téléphone", now=LATER + timedelta(hours=1))
    second = approve(hospital, draft, LATER + timedelta(hours=2))
    assert {row.surgeon: row.signed_at for row in signatures(second)} == {
        martin: LATER, durand: LATER + timedelta(hours=1),
    }  # fmt: skip
    assert {row.comment for row in signatures(first)} == {"", "Papier"}


def test_the_sign_offs_of_the_version_hold_for_a_draft_opened_anew(hospital: Hospital, draft: Plan) -> None:
    require(surgeon_sign_off="one")
    ask(hospital, draft)
    sign(draft, hospital.surgeon_user, "surgeon")
    approved = approve(hospital, draft)
    again = make_plan(number=9, status="proposed")
    for row in approved.placements.all():
        row.pk, row.plan = None, again
        row.save(force_insert=True)
    Plan.objects.filter(pk=draft.pk).update(status="proposed")
    Plan.objects.filter(pk=again.pk).update(status="draft")
    again.refresh_from_db()
    assert (standing(again, "surgeon").state, standing(again, "surgeon").since) == ("signed", approved)


def test_asking_with_a_stale_revision_is_refused(hospital: Hospital, draft: Plan) -> None:
    require(anaesthetist_sign_off=True)
    with pytest.raises(Stale):
        ask_sign_offs(plan_id=draft.pk, revision=7, user=hospital.director, now=NOW)


# --- The database -------------------------------------------------------------------------------------------------


def test_the_database_refuses_to_change_a_sign_off_or_to_add_one_to_a_decided_version(
    hospital: Hospital, draft: Plan
) -> None:
    require(anaesthetist_sign_off=True)
    ask(hospital, draft)
    sign(draft, anaesthetist(), "anaesthetist")
    approved = approve(hospital, draft)
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        SignOff.objects.filter(plan=draft).update(user=hospital.director)
    with pytest.raises(IntegrityError, match="no sign-off any more"), transaction.atomic():
        SignOff.objects.create(
            plan=approved, kind="organiser", decision="signed", user=hospital.director, signed_at=NOW, digest="x"
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        SignOff.objects.create(
            plan=draft, kind="anaesthetist", decision="refused", user=anaesthetist(), signed_at=NOW, digest="x"
        )


def test_the_standings_of_three_weeks_cost_as_many_queries_as_those_of_one(hospital: Hospital, draft: Plan) -> None:
    require(surgeon_sign_off="each", anaesthetist_sign_off=True)
    with CaptureQueriesContext(connection) as one:
        standings_of([draft])
    others = [make_plan(week=WEEK.next), make_plan(week=WEEK.next.next)]
    with CaptureQueriesContext(connection) as three:
        standings_of([draft, *others])
    assert (len(one), len(three)) == (5, 5)
