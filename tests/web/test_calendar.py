"""The calendar behind a secret address: what it shows, to whom, and what it never says."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from planning.calendar import Week
from planning.models import CalendarFeed, Placement, Plan, User
from planning.selectors import calendar_events
from planning.selectors.calendar_events import events_for
from planning.services.calendar_feeds import open_calendar
from planning.services.interventions import cancel_intervention
from planning.services.plans import approve_plan, open_draft
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention
from tests.factories.plans import place
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The calendar shows the weeks around today."""
    monkeypatch.setattr(timezone, "localdate", lambda *_: WEEK.monday)


@pytest.fixture
def draft(hospital: Hospital) -> Plan:
    return open_draft(monday=WEEK.monday, user=hospital.director, now=NOW)


def approve(draft: Plan, hospital: Hospital, now: datetime = NOW) -> Plan:
    Plan.objects.filter(pk=draft.pk).update(revision=draft.revision + 1)
    draft.refresh_from_db()
    return approve_plan(plan_id=draft.pk, revision=draft.revision, user=hospital.director, now=now)


def address(user: User) -> str:
    return reverse("calendar-feed", kwargs={"secret": open_calendar(user=user, now=NOW)})


def events(link: str) -> dict[str, Any]:
    """Of the file read back, by what each is called."""
    calendar = Calendar.from_ical(Client().get(link).content)
    return {str(one["SUMMARY"]): one for one in calendar.walk("VEVENT")}


def test_a_surgeon_s_calendar_holds_their_approved_interventions(hospital: Hospital, draft: Plan) -> None:
    mine = make_intervention(hospital.surgeons[0], 95, code="I-7")
    place(draft, mine, hospital, day=1, start=600)
    place(draft, make_intervention(hospital.surgeons[1]), hospital)
    link = address(hospital.surgeon_user)
    assert events(link) == {}, "a draft is nobody's yet"
    approved = approve(draft, hospital)
    (event,) = events(link).values()
    assert str(event["SUMMARY"]) == "SO1 · I-7"
    assert event["DTSTART"].dt == datetime(2026, 11, 24, 10, 0, tzinfo=PARIS)
    assert event["DTEND"].dt == datetime(2026, 11, 24, 11, 35, tzinfo=PARIS)
    assert (str(event["STATUS"]), str(event["UID"])) == ("CONFIRMED", f"intervention-{mine.pk}@blocweb")
    assert event["DTSTAMP"].dt == NOW.astimezone(UTC)
    assert str(event["DESCRIPTION"]) == f"1\u00a0h\u00a035 en salle, version {approved.number} du programme."


def test_the_file_says_whose_it_is_and_holds_what_the_standard_asks(hospital: Hospital, draft: Plan) -> None:
    place(draft, make_intervention(hospital.surgeons[0]), hospital)
    approve(draft, hospital)
    answer = Client().get(address(hospital.surgeon_user))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.content)
    assert (str(calendar["VERSION"]), str(calendar["X-WR-CALNAME"])) == ("2.0", "Bloc : Martin")
    for event in calendar.walk("VEVENT"):
        assert {"UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "STATUS", "SUMMARY"} <= event.keys()
    assert b"Bloc: Martin" in (in_english(hospital.surgeon_user).content)


def in_english(user: User) -> Any:
    User.objects.filter(pk=user.pk).update(language="en")
    return Client().get(address(user))


def test_a_move_keeps_the_event_and_a_later_version_says_more(hospital: Hospital, draft: Plan) -> None:
    item = make_intervention(hospital.surgeons[0], code="I-7")
    row = place(draft, item, hospital)
    approve(draft, hospital)
    link = address(hospital.surgeon_user)
    first = events(link)["SO1 · I-7"]
    row.delete()
    place(draft, item, hospital, room=1, day=2)
    approve(draft, hospital, LATER)
    second = events(link)["SO2 · I-7"]
    assert first["UID"] == second["UID"]
    assert first["SEQUENCE"] < second["SEQUENCE"]
    assert len(events(link)) == 1


def test_what_left_the_programme_is_cancelled_and_comes_back_confirmed(hospital: Hospital, draft: Plan) -> None:
    item = make_intervention(hospital.surgeons[0], code="I-7")
    row = place(draft, item, hospital)
    approve(draft, hospital)
    link = address(hospital.surgeon_user)
    said = [events(link)["SO1 · I-7"]]
    row.delete()
    approve(draft, hospital, LATER)
    said.append(events(link)["Annulée : SO1 · I-7"])
    place(draft, item, hospital)
    approve(draft, hospital, LATER)
    said.append(events(link)["SO1 · I-7"])
    assert [str(one["STATUS"]) for one in said] == ["CONFIRMED", "CANCELLED", "CONFIRMED"]
    assert [one["SEQUENCE"] for one in said] == sorted({one["SEQUENCE"] for one in said})


def test_an_intervention_cancelled_since_the_approval_is_cancelled_at_once(hospital: Hospital, draft: Plan) -> None:
    item = make_intervention(hospital.surgeons[0], code="I-7")
    place(draft, item, hospital)
    approve(draft, hospital)
    cancel_intervention(intervention=item, reason="Fièvre", user=hospital.director, now=LATER)
    assert str(events(address(hospital.surgeon_user))["Annulée : SO1 · I-7"]["STATUS"]) == "CANCELLED"
    assert "Bloc : aucune intervention" in events(address(hospital.viewer))


def test_what_was_cancelled_long_ago_is_gone(hospital: Hospital, draft: Plan) -> None:
    row = place(draft, make_intervention(hospital.surgeons[0]), hospital)
    approve(draft, hospital)
    row.delete()
    approve(draft, hospital, LATER)
    seen = [
        len(events_for(hospital.surgeon_user, today=WEEK.monday + timedelta(weeks=weeks), address=str))
        for weeks in (0, calendar_events.WEEKS_OF_CANCELLED, calendar_events.WEEKS_OF_CANCELLED + 1)
    ]
    assert seen == [1, 1, 0]


def test_the_bloc_s_calendar_holds_the_rooms_of_each_day(hospital: Hospital, draft: Plan) -> None:
    place(draft, make_intervention(hospital.surgeons[0], 60), hospital, day=1, start=480)
    place(draft, make_intervention(hospital.surgeons[0], 60), hospital, day=1, start=600)
    place(draft, make_intervention(hospital.surgeons[1], 90), hospital, room=1, day=1, start=540)
    approve(draft, hospital)
    (event,) = events(address(hospital.viewer)).values()
    assert str(event["SUMMARY"]) == "Bloc : 2 salles, 3 interventions"
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2026, 11, 24), date(2026, 11, 25))
    assert str(event["DESCRIPTION"]) == "SO1 08:00–11:00, 2 interventions\nSO2 09:00–10:30, 1 intervention"
    assert str(event["TRANSP"]) == "TRANSPARENT"


def test_no_calendar_holds_anything_of_a_patient(hospital: Hospital, draft: Plan) -> None:
    item = make_intervention(
        hospital.surgeons[0], patient_code="PAT-SECRET", procedure_label="Acte-secret", notes="Note-secrete",
        procedure_code="SECR",
    )  # fmt: skip
    place(draft, item, hospital, pinned_by=hospital.director, pin_reason="Motif-secret")
    approve(draft, hospital)
    for user in (hospital.surgeon_user, hospital.director):
        content = Client().get(address(user)).content.decode().replace("\r\n ", "")
        assert "BEGIN:VEVENT" in content
        assert "secr" not in content.lower()


def test_an_unchanged_calendar_is_not_sent_again(hospital: Hospital, draft: Plan) -> None:
    item = make_intervention(hospital.surgeons[0])
    place(draft, item, hospital)
    approve(draft, hospital)
    link = address(hospital.surgeon_user)
    first = Client().get(link)
    assert first["Last-Modified"] == "Fri, 20 Nov 2026 08:00:00 GMT"
    assert Client().get(link).content == first.content
    again = Client().get(link, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    cancel_intervention(intervention=item, reason="Fièvre", user=hospital.director, now=LATER)
    asked = {"if-none-match": first["ETag"], "if-modified-since": first["Last-Modified"]}
    assert Client().get(link, headers=asked).status_code == 200


def test_it_is_noted_when_it_was_last_read(hospital: Hospital, sign_in: SignIn) -> None:
    link = address(hospital.viewer)
    assert "jamais" in sign_in(hospital.viewer).get(reverse("preferences")).content.decode()
    Client().get(link)
    first = CalendarFeed.objects.get().last_read_at
    assert first is not None
    Client().get(link)
    assert CalendarFeed.objects.get().last_read_at == first, "written once a minute at the most"


@pytest.mark.parametrize("secret", ["x", "x" * 43, "\u0663", "a%00b", "%ED%A0%80", "x" * 5000])
def test_an_unknown_secret_opens_nothing(secret: str, hospital: Hospital) -> None:
    address(hospital.viewer)
    answer = Client(raise_request_exception=False).get(f"/calendrier/{secret}.ics")
    assert (answer.status_code, answer.content) == (404, b"")


def test_a_closed_account_s_calendar_is_closed(hospital: Hospital) -> None:
    link = address(hospital.viewer)
    User.objects.filter(pk=hospital.viewer.pk).update(is_active=False)
    assert Client().get(link).status_code == 404


def test_it_is_only_read(hospital: Hospital) -> None:
    assert Client().post(address(hospital.viewer)).status_code == 405


def test_too_many_reads_wait_and_guesses_stop_nobody(hospital: Hospital, settings: Any) -> None:
    cache.clear()
    settings.LIMITS = settings.LIMITS | {"calendar": 2}
    links = [address(user) for user in (hospital.viewer, hospital.director)]
    guesses = [Client().get(f"/calendrier/{number:043}.ics").status_code for number in range(4)]
    assert guesses == [404, 404, 429, 429]
    assert [Client().get(links[0]).status_code for _ in range(3)] == [200, 200, 429]
    assert Client().get(links[1]).status_code == 200
    assert int(Client().get(links[0])["Retry-After"]) <= 60


def test_no_log_holds_a_secret(hospital: Hospital, settings: Any, caplog: Any) -> None:
    cache.clear()
    settings.LIMITS = settings.LIMITS | {"calendar": 1}
    link = address(hospital.viewer)
    with caplog.at_level(logging.DEBUG):
        for path in (link, link, link.replace(".ics", "x.ics")):
            Client().get(path)
        Client().post(link)
    assert link[12:30] not in caplog.text


def test_a_longer_programme_asks_no_more_questions(hospital: Hospital, draft: Plan) -> None:
    """At 1 and at 3 interventions, of two weeks."""
    counts = []
    for number in (1, 2):
        for start in range(number):
            item = make_intervention(hospital.surgeons[0], 60)
            place(draft, item, hospital, day=number, start=480 + 60 * start)
        approve(draft, hospital, NOW + timedelta(hours=number))
        for user in (hospital.surgeon_user, hospital.viewer):
            link = address(user)
            with CaptureQueriesContext(connection) as queries:
                Client().get(link)
            counts.append(len(queries))
    assert Placement.objects.filter(plan__status="approved").count() == 3
    assert len(set(counts)) == 1


def test_each_week_s_events_lead_to_its_page(hospital: Hospital, draft: Plan, settings: Any) -> None:
    settings.PUBLIC_URL = "https://bloc.example.org"
    place(draft, make_intervention(hospital.surgeons[0]), hospital)
    approve(draft, hospital)
    (event,) = events(address(hospital.surgeon_user)).values()
    assert str(event["URL"]) == f"https://bloc.example.org/semaines/{Week.of(WEEK.monday)}/"
