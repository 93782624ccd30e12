"""What nobody should send: refused in words, never answered by a crash, and nothing half written.

A run tries a seeded sample of what is slow; with ``BLOCWEB_TRY_ALL=1`` in the environment it tries everything.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from planning.calendar import Week
from planning.models import (
    JournalEntry,
    Placement,
    Plan,
    PlanningRun,
    PlanStep,
    Slot,
    SurgeonAvailability,
    User,
)
from tests.factories.hospital import WEEK, Hospital, make_intervention, make_slot
from tests.factories.plans import make_plan
from tests.factories.theatre import Rows, Theatre, page_address, pages, rows_of, upload, working_theatre

pytestmark = pytest.mark.django_db
SEED = 20261122
TRY_ALL = "BLOCWEB_TRY_ALL" in os.environ
# One after the other in every field, and instead of the whole body.
HOSTILE: list[Any] = [
    None, True, "", "abc", "1", "12.5", -1, 0, 1.5, 10**12, 2**63, -(2**63) - 1, 10**40, 1e308, [], [[[]]], {},
    {"a": {"b": []}}, [1, "x", None], [2**63], "x" * 5000, "\0", "a\0b", "\ud800", "٣", "²", "2026-13-40", "2026-11-31",
    "0001-01-01", "9999-12-31", "2026-12-25", "<img src=x onerror=alert(1)>", "'; DROP TABLE planning_plan; --",
    "%s %(x)s {0} {}", "__class__",
]  # fmt: skip
RAW: list[tuple[bytes, str]] = [
    (b"", "application/json"),
    (b"{", "application/json"),
    (b"\xff\xfe\x00", "application/json"),
    (b'{"intervention": NaN}', "application/json"),
    (b'{"start": Infinity, "revision": -Infinity}', "application/json"),
    (b'{"revision": 1e400}', "application/json"),
    (b'{"revision": ' + b"9" * 5000 + b"}", "application/json"),
    (b"[" * 100_000, "application/json"),
    (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "application/json"),
    (b'{"revision": 0}', "application/json; charset=zlib"),
    (b'{"revision": 0}', "application/json; charset=no-such"),
    (b'{"revision": 0}', "application/json; charset=utf-16"),
    (b"revision=0", "application/x-www-form-urlencoded"),
    (b"<a/>", "text/xml"),
    (b"--x\r\n", "multipart/form-data; boundary=x"),
    (b"x", ""),
    (b"null", "application/json"),
    (b"3", "application/json"),
    (b'"text"', "application/json"),
]
WEEKS = [
    "0001-W01", "9999-W52", "9999-W53", "2026-W54", "2026-W00", "0000-W01", "abc", "2026-48", "2026-W48%0A",
    "%D9%A2%D9%A0%D9%A2%D9%A6-W48", "%00", "x" * 300, "2026-W48'",
]  # fmt: skip
# By parameter. What is not of this shape stands alone.
QUERIES: dict[str, list[str]] = {
    "page": ["abc", "-1", "0", "9" * 23, "1e9", "", "%00", "%C2%B2"],
    "sort": ["__class__", "-", "--code", "%00"],
    "since": ["abc", "-1", "1e99"],
    "with": ["abc", "9" * 23, "%00"],
    "room": ["%C2%B2", "9" * 5000, "-1"],
    "date": ["2026-13-40", "%00"],
    "week": ["9999-W53"],
    "next": ["//evil.example"],
    "state": ["%00", "__class__"],
    "surgeon": ["abc", "%C2%B2", "9" * 23, "%00"],
    "specialty": ["%00", "abc", "%C2%B2", "9" * 23],
    "deadline": ["abc", "%C2%B2", "9" * 23, "-1"],
    "service": ["%00"],
    "active": ["%00"],
    "action": ["%00"],
    "user": ["abc", "9" * 23, "%C2%B2"],
    "day": ["2026-13-40", "0001-01-01", "9999-12-31", "%00"],
    "cycle": ["%C2%B2", "99", "9" * 23],
    "cycle_week": ["%C2%B2", "99"],
    "weekday": ["99", "%00"],
    "from": ["0001-01-01"],
    "to": ["9999-12-31"],
    "%00": ["%00"],
    "q[]": ["1"],
}
SEARCHES = ["%3Cscript%3E", "%00", "a%00b", "%ED%A0%80", "%25%5F", "x" * 3000, "a+" * 400, "&&&==="]
PLANS = ["abc", "0", "9" * 23, "%00", ""]
# What the endpoints of the API read in their address.
API_PARAMETERS = ("page", "since", "with", "%00")
TEXTS = [
    "", " ", "abc", "-1", "0", "99999", "9" * 5000, "9" * 25, "1e9", "NaN", "Infinity", "-Infinity", "25:99", "24:01",
    "²:00", "٣:00", "2026-13-40", "0001-01-01", "9999-12-31", "31/12/9999", "x" * 5000, "\0", "a\0b",
    "<img src=x onerror=alert(1)>", "%s %(x)s {0}", "__class__", "specialty:999", "surgeon:abc", "surgeon:²", "True",
]  # fmt: skip


@pytest.fixture
def theatre() -> Theatre:
    return working_theatre()


def some(chance: random.Random, tries: Sequence[Any], count: int) -> list[Any]:
    return list(tries) if TRY_ALL else chance.sample(tries, min(count, len(tries)))


def rounds(names: Sequence[str]) -> list[str]:
    """Addresses' ends that give every hostile value to every parameter, one of each at a time."""
    columns = [[f"{name}={value}" for value in QUERIES[name]] for name in names]
    return ["&".join(part for part in row if part) for row in zip_longest(*columns)]


def client_of(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def written() -> tuple[Any, ...]:
    """All that a change of a plan writes."""
    return (
        Placement.objects.count(),
        PlanStep.objects.count(),
        JournalEntry.objects.count(),
        PlanningRun.objects.count(),
        Slot.objects.count(),
        tuple(Plan.objects.order_by("pk").values_list("pk", "revision", "status")),
    )


def refusal_of(answer: Any) -> str | None:
    """What is wrong with how the answer refuses; None when nothing is."""
    if answer.status_code < 400:
        return None
    if answer.status_code >= 500:
        return f"{answer.status_code}"
    if answer.headers["Content-Type"] != "application/problem+json":
        return f"{answer.status_code} as {answer.headers['Content-Type']}"
    data = answer.json()
    if not data.get("title") or data.get("status") != answer.status_code:
        return f"{answer.status_code} without title and status"
    return None


def bodies(theatre: Theatre) -> dict[str, dict[str, Any]]:
    """The well-formed body of each endpoint that takes one, by the name of its address."""
    drop = {
        "intervention": theatre.item.pk, "room": theatre.hospital.rooms[0].pk, "date": "2026-11-24", "start": 600
    }  # fmt: skip
    one = {"intervention": theatre.item.pk}
    several = {"interventions": [theatre.item.pk]}
    pair = {"first": theatre.item.pk, "second": theatre.cancelled.pk}
    rooms = {
        "room": theatre.hospital.rooms[0].pk, "date": "2026-11-24",
        "other_room": theatre.hospital.rooms[1].pk, "other_date": "2026-11-24",
    }  # fmt: skip
    changing = {"revision": 0, "reason": "Essai"}
    return {
        "api-week-draft": {},
        "api-plan-lift": one,
        "api-plan-price": drop,
        "api-plan-moves": drop | changing,
        "api-plan-swaps": pair | changing,
        "api-plan-swap-price": pair,
        "api-plan-swap-partners": one,
        "api-plan-room-swaps": rooms | changing,
        "api-plan-room-swap-price": rooms,
        "api-plan-unplan": several | changing,
        "api-plan-pins": several | changing | {"pinned": True},
        "api-plan-undo": {"revision": 0},
        "api-plan-redo": {"revision": 0},
        "api-plan-take": {"proposal": theatre.proposal.pk, "interventions": None, "revision": 0},
        "api-plan-approve": {"revision": 0},
        "api-week-runs": {"policy": "specialty", "tie_rule": "clearance", "time_limit": 5, "replan": False},
        "api-run-cancel": {"keep_best": True},
        "api-run-retry": {},
    }


def address(name: str, theatre: Theatre, pk: int | None = None) -> str:
    if "-week-" in name:
        return reverse(name, kwargs={"week": str(WEEK)})
    given = theatre.run.pk if "-run" in name else theatre.draft.pk
    return reverse(name, kwargs={"pk": pk or given})


def spoilt(good: dict[str, Any]) -> Iterator[Any]:
    """The body with each field missing or hostile in turn, and what is no object at all."""
    for field in good:
        yield {key: value for key, value in good.items() if key != field}
        for value in HOSTILE:
            yield good | {field: value}
    yield from HOSTILE


def attack(client: Client, before: Any, name: str, url: str, data: bytes, content_type: str) -> str | None:
    """Each on the same week, which ``before`` describes: what is accepted is taken back before the next."""
    with transaction.atomic():
        answer = client.generic("POST", url, data, content_type=content_type)
        wrong = refusal_of(answer)
        if wrong is None and answer.status_code >= 400 and written() != before:
            wrong = f"{answer.status_code} after writing"
        transaction.set_rollback(True)
    return None if wrong is None else f"{name} {data[:90]!r} {content_type}: {wrong}"


def test_no_body_crashes_an_endpoint_nor_leaves_anything_half_written(theatre: Theatre) -> None:
    chance = random.Random(SEED)
    wrong = []
    before = written()
    for user in theatre.users:
        client = client_of(user)
        plans = user == theatre.hospital.director
        for name, good in bodies(theatre).items():
            tries = [(json.dumps(body).encode(), "application/json") for body in spoilt(good)]
            # Whoever may not plan is refused before the body is read: a few are enough.
            chosen = some(chance, tries, 12 if plans else 1) + some(chance, RAW, 1)
            wrong += [attack(client, before, name, address(name, theatre), *one) for one in chosen]
    # What reads a body is the same for all: one endpoint meets every unreadable one.
    client, url = client_of(theatre.hospital.director), address("api-plan-approve", theatre)
    wrong += [attack(client, before, "api-plan-approve", url, *one) for one in RAW]

    assert [one for one in wrong if one] == []


def test_a_revision_that_no_plan_can_have_is_refused(theatre: Theatre) -> None:
    client = client_of(theatre.hospital.director)
    for name in ("api-plan-take", "api-plan-approve", "api-plan-moves", "api-plan-undo"):
        for value in (2**63, 10**40):
            body = bodies(theatre)[name] | {"revision": value}
            answer = client.post(address(name, theatre), body, content_type="application/json")
            assert (answer.status_code, list(answer.json()["errors"])) == (400, ["revision"]), name


def test_an_unreadable_body_is_told_why(theatre: Theatre, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 200_000
    client, url = client_of(theatre.hospital.director), address("api-plan-approve", theatre)
    said = {
        "La demande est imbriquée trop profondément.": b"[" * 100_000,
        "La demande contient un caractère qui n'existe pas.": rb'{"revision": "\ud800"}',
        "La demande est trop longue.": b'"' + b"x" * 200_000 + b'"',
    }
    for detail, body in said.items():
        answer = client.generic("POST", url, body, "application/json")
        assert answer.headers["Content-Type"] == "application/problem+json", detail
        status = 413 if "longue" in detail else 400
        assert (answer.status_code, answer.json()["detail"]) == (status, detail)


def test_a_week_that_is_none_is_not_found(theatre: Theatre) -> None:
    client = client_of(theatre.hospital.director)
    for week in WEEKS:
        statuses = {tail: client.get(f"/semaines/{week}/{tail}").status_code for tail in ("", "journal/", "plages/")}
        statuses["ecrire/"] = client.post(f"/semaines/{week}/plages/ecrire/").status_code
        api, body = f"/api/v1/weeks/{week}", {"policy": "specialty"}
        answers = {tail: client.get(f"{api}/{tail}") for tail in ("grid/", "pulse/", "journal/")}
        answers |= {
            tail: client.post(f"{api}/{tail}", body, content_type="application/json") for tail in ("draft/", "runs/")
        }
        assert [outcome(answer, week, tail) for tail, answer in answers.items() if outcome(answer)] == []
        statuses |= {f"api {tail}": answer.status_code for tail, answer in answers.items()}
        assert set(statuses.values()) == {404}, (week, statuses)

    assert PlanningRun.objects.count() == 1


def test_the_first_and_last_weeks_and_the_odd_ones_are_shown(theatre: Theatre) -> None:
    """2026 has 53 weeks; in its 43rd the clock goes back."""
    client = client_of(theatre.hospital.director)
    for week in ("2000-W01", "2026-W43", "2026-W53", "2999-W52"):
        statuses = [client.get(f"/semaines/{week}/{tail}").status_code for tail in ("", "journal/", "plages/")]
        assert statuses == [200, 200, 200], week
        assert client.get(f"/api/v1/weeks/{week}/grid/").json()["week"] == week


def test_a_drop_on_the_day_the_clock_goes_back_lands_where_it_was_let_go(theatre: Theatre) -> None:
    week, hospital = Week.parse("2026-W43"), theatre.hospital
    sunday = week.days[6]
    SurgeonAvailability.objects.create(surgeon=hospital.surgeons[0], weekday=6)
    make_slot(sunday, hospital.rooms[0], 480, 1080)
    item, plan = make_intervention(hospital.surgeons[0], 60, week=week), make_plan(week=week)
    drop = {
        "intervention": item.pk,
        "room": hospital.rooms[0].pk,
        "date": "2026-10-25",
        "start": 600,
        "revision": 0,
        "reason": "x",
    }
    answer = client_of(hospital.director).post(
        address("api-plan-moves", theatre, plan.pk), drop, content_type="application/json"
    )

    assert answer.status_code == 200
    [placement] = answer.json()["state"]["placements"]
    assert (placement["date"], placement["start"]) == ("2026-10-25", 600)
    assert Placement.objects.get(plan=plan).starts_at.isoformat() == "2026-10-25T09:00:00+00:00"


def test_no_query_nor_method_crashes_the_api(theatre: Theatre) -> None:
    chance = random.Random(SEED)
    wrong = []
    names = ("api-week-grid", "api-week-pulse", "api-week-journal", "api-plan-difference", "api-run")
    for user in theatre.users:
        client = client_of(user)
        for name in names:
            asked = [*rounds(API_PARAMETERS), *(f"plan={value}" for value in PLANS)]
            wrong += [outcome(client.get(f"{address(name, theatre)}?{query}"), name, query) for query in asked]
        for name in bodies(theatre):
            for method in some(chance, ("GET", "PUT", "PATCH", "DELETE"), 2):
                answer = client.generic(method, address(name, theatre), "{}", "application/json")
                wrong.append(outcome(answer, method, name) or (None if answer.status_code >= 400 else f"{name}: done"))

    assert [one for one in wrong if one] == []


def test_a_plan_that_is_none_is_not_found(theatre: Theatre) -> None:
    client = client_of(theatre.hospital.director)
    for name, good in bodies(theatre).items():
        for pk in () if "-week-" in name else ("0", "999", "9" * 19, "9" * 400, "9" * 5000, "-1", "abc", "%00", "1.5"):
            url = address(name, theatre, 987654321).replace("987654321", pk)
            answer = client.generic("POST", url, json.dumps(good), "application/json")
            assert (answer.status_code, outcome(answer, name)) == (404, None), pk[:20]


def outcome(answer: Any, *where: str) -> str | None:
    wrong = refusal_of(answer)
    return None if wrong is None else f"{' '.join(where)}: {wrong}"


def test_no_version_but_the_draft_is_written_in(theatre: Theatre) -> None:
    """Approved, proposed, of another week; an intervention cancelled or unknown; a day outside the week."""
    client = client_of(theatre.hospital.director)
    wrong = []
    for name, good in bodies(theatre).items():
        if not name.startswith("api-plan-"):
            continue
        reads = name in ("api-plan-lift", "api-plan-price", "api-plan-swap-partners") or name.endswith("swap-price")
        for plan in (theatre.approved, theatre.proposal, theatre.elsewhere):
            answer = client.post(address(name, theatre, plan.pk), good, content_type="application/json")
            wrong.append(outcome(answer, name, str(plan)))
            may = reads or (name == "api-plan-approve" and plan == theatre.elsewhere)
            if answer.status_code < 400 and not may:
                wrong.append(f"{name} {plan}: accepted, {answer.status_code}")
        spoils = {"intervention": theatre.cancelled.pk}, {"intervention": 999}, {"room": 999}, {"date": "2026-12-25"}
        for spoil in spoils:
            if set(spoil) <= set(good):
                answer = client.post(address(name, theatre), good | spoil, content_type="application/json")
                wrong.append(outcome(answer, name, str(spoil)))
                if answer.status_code < 400 and not reads:
                    wrong.append(f"{name} {spoil}: accepted")
    assert [one for one in wrong if one] == []


GOOD = {
    "code": "X9", "name": "Nom", "trigram": "XYZ", "last_name": "Nom", "first_name": "Prénom", "colour": "ort",
    "position": "3", "opens_minute": "8:00", "closes_minute": "20:00", "daily_maximum_minutes": "8:00", "active": "on",
    "in_service": "on", "patient_code": "P-9", "procedure_label": "Acte", "procedure_code": "A1",
    "planned_minutes": "90",
    "priority": "elective", "admission_date": "2026-11-24", "deadline_date": "2026-11-27", "notes": "Note",
    "starts_on": "2026-11-24", "ends_on": "2026-11-25", "reason": "Motif", "valid_from": "2026-11-23",
    "valid_until": "2027-11-28", "cycle_weeks": "1", "cycle_week": "1", "weekday": "0", "start_minute": "8:00",
    "end_minute": "12:00", "owner": "", "kind": "regular", "positions": "12", "longest_minutes": "1:30",
    "date": "2026-11-28", "first": "2026-11-23", "weeks": "2", "hospital_day_euros": "300",
    "overtime_hour_euros": "600", "move_euros": "100",
    "unplanned_euros": "3000", "deferred_euros": "300", "turnover_minutes": "20", "tie_rule": "clearance",
    "default_policy": "specialty", "time_limit_seconds": "60", "target": "interventions", "old_password": "x",
    "new_password1": "y", "new_password2": "z", "ambulatory": "on", "action": "import", "text_surgeon": "a",
    "code_surgeon": "b", "username": "directrice", "password": "x", "next": "/", "order": "dmy", "create_missing": "on",
}  # fmt: skip


def good_answers(hospital: Hospital) -> dict[str, str]:
    return GOOD | {
        "specialty": str(hospital.ent.pk), "surgeon": str(hospital.surgeons[0].pk), "room": str(hospital.rooms[0].pk)
    }  # fmt: skip


@pytest.fixture
def rows(theatre: Theatre) -> Rows:
    return rows_of(theatre)


# The pages that read their address, and the lists among them.
QUERIED = ("interventions", "journal", "rooms", "surgeons", "week-slot-create", "pattern-create", "week", "master-plan")
SEARCHED = ("interventions", "journal", "rooms", "surgeons", "specialties")
# What the addresses without a page of their own read.
ASKED = {
    "room-close": ("starts_on", "ends_on", "reason"),
    "surgeon-absence": ("starts_on", "ends_on", "reason"),
    "intervention-cancel": ("reason",),
    "intervention-edit": ("seen", "reason"),
    "master-plan-apply": ("first", "weeks"),
    "import-preview": ("action", "order", "text_surgeon", "code_surgeon", "text_room"),
}


def test_no_query_crashes_a_page(theatre: Theatre, rows: Rows) -> None:
    """What reads its address meets every value; the lists search alike, and one meets every search."""
    chance = random.Random(SEED)
    every = rounds(list(QUERIES))
    wrong = []
    for user in theatre.users:
        client = client_of(user)
        token = upload(client)
        for pattern in pages():
            asked = every if pattern.name in QUERIED else some(chance, every, 1)
            if pattern.name == "week":
                asked = [*asked, *(f"plan={value}" for value in PLANS)]
            if pattern.name in SEARCHED:
                asked = [*asked, *(f"q={text}" for text in (SEARCHES if pattern.name == "interventions" else ["%00"]))]
            url = page_address(pattern, rows, token)
            for query in asked:
                status = client.get(f"{url}?{query}").status_code
                if status >= 500:
                    wrong.append(f"{pattern.name} {query[:60]}: {status}")
                if status in (403, 405):
                    break

    assert wrong == []


def test_no_form_crashes_a_page(theatre: Theatre, rows: Rows) -> None:
    """Nothing, what it should be, the hostile in all fields at once, and in each field that lets it through."""
    chance = random.Random(SEED)
    client, good = client_of(theatre.hospital.director), good_answers(theatre.hospital)
    token = upload(client)
    wrong: list[str] = []
    for pattern in pages():
        if pattern.name in ("logout", "import-abandon"):
            continue
        url = page_address(pattern, rows, token)
        shown = client.get(url)
        fields = shown.context["form"].fields if shown.context and "form" in shown.context else {}
        tries = [good | {name: text} for name, field in fields.items() for text in passing(field, name)]
        tries += [good | {name: text} for name in ASKED.get(pattern.name, ()) for text in some(chance, TEXTS, 2)]
        names = [*good, *fields]
        together = [dict.fromkeys(names, text) for text in some(chance, TEXTS, 1)]
        # A long form has many fields alike.
        wrong += posted(client, pattern.name, url, [{}, good, *together, *some(chance, tries, 6)])

    assert wrong == []


def passing(field: Any, name: str) -> list[str]:
    """The texts that the field alone does not refuse: they reach what stands behind the form."""
    texts = []
    for text in TEXTS:
        try:
            field.clean(field.widget.value_from_datadict(MultiValueDict({name: [text]}), {}, name))
        except ValidationError:
            continue
        texts.append(text)
    return texts


def posted(client: Client, page: str, url: str, tries: list[dict[str, str]]) -> list[str]:
    """What crashed; each try is taken back before the next."""
    wrong = []
    for data in tries:
        with transaction.atomic():
            body = urlencode(data, errors="replace")
            status = client.post(url, body, content_type="application/x-www-form-urlencoded").status_code
            transaction.set_rollback(True)
        if status >= 500:
            wrong.append(f"{page} {str({key: value[:30] for key, value in data.items()})[:150]}: {status}")
    return wrong
