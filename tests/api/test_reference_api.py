"""Specialties, surgeons, slots of a week, releases, parameters, rules and master plans through the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from planning.calendar import Week
from planning.models import (
    Absence,
    Equipment,
    JournalEntry,
    MasterPlan,
    ParameterVersion,
    ReleaseRule,
    Slot,
    SlotPattern,
    SlotRelease,
    Specialty,
    Surgeon,
)
from tests.api.conftest import Api
from tests.factories.hospital import WEEK, Hospital, make_intervention
from tests.factories.master_plans import START, TODAY, current_plan, some_activity
from tests.factories.plans import make_plan, place

FAR = Week.parse("2027-W48")


def errors(answer: Any) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    found: dict[str, Any] = answer.json()["errors"]
    return found


# --- Specialties and equipment -----------------------------------------------------------------------------------


def test_a_specialty_is_made_changed_closed_reopened_and_removed(director: Api) -> None:
    made = director.post("specialties/", {"code": "uro", "name": "Urologie", "colour": "uro"})
    assert (made.status_code, made.json()["code"]) == (201, "URO")
    url = f"specialties/{made.json()['id']}/"
    assert director.patch(url, {"name": "Uro"}, made.headers["ETag"]).json()["name"] == "Uro"
    closed = director.post(f"{url}close/", {"closed_on": "2026-12-01", "reason": "Transfert"})
    assert (closed.json()["closed_on"], closed.json()["touched"]) == ("2026-12-01", [])
    again = director.post(f"{url}close/", {"closed_on": "2026-12-01", "reason": "Transfert"})
    assert (again.status_code, again.json()["type"]) == (409, "already")
    assert [one["code"] for one in director.get("specialties/", closed="true").json()["results"]] == ["URO"]
    assert director.post(f"{url}reopen/").json()["closed_on"] is None
    assert director.post(f"{url}reopen/").status_code == 409
    assert director.delete(url, None).status_code == 428
    assert director.delete(url).status_code == 204
    assert not Specialty.objects.filter(code="URO").exists()


def test_a_specialty_in_use_stays(director: Api, hospital: Hospital) -> None:
    answer = director.delete(f"specialties/{hospital.ent.pk}/")
    assert (answer.status_code, answer.json()["type"], answer.json()["users"]) == (409, "in-use", 1)


def test_the_equipment_is_listed_to_all(viewer: Api, hospital: Hospital) -> None:
    only = Equipment.objects.get()
    assert viewer.get("equipment/").json()["results"] == [
        {"id": only.pk, "code": "microscope", "name": "Microscope", "units": None, "rooms": [hospital.rooms[0].pk]}
    ]


def test_equipment_is_made_changed_and_removed_once_nothing_uses_it(director: Api, hospital: Hospital) -> None:
    room = hospital.rooms[1].pk
    made = director.post("equipment/", {"code": "laser", "name": "Laser", "units": 1, "rooms": [room]})
    assert (made.status_code, made.json()["rooms"]) == (201, [room])
    url = f"equipment/{made.json()['id']}/"
    assert [one["code"] for one in director.get("equipment/", shared="true").json()["results"]] == ["laser"]
    used = director.delete(url)
    assert (used.status_code, used.json()["type"]) == (409, "in-use")
    assert used.json()["users"] == {"rooms": 1, "interventions": 0}
    changed = director.patch(url, {"name": "Laser CO₂", "rooms": []}, made.headers["ETag"])
    assert (changed.json()["name"], changed.json()["units"], changed.json()["rooms"]) == ("Laser CO₂", 1, [])
    assert director.patch(url, {"units": 0}).status_code == 400
    assert director.delete(url, made.headers["ETag"]).status_code == 412
    assert director.delete(url, changed.headers["ETag"]).status_code == 204
    assert JournalEntry.objects.filter(action="equipment").count() == 3


# --- Surgeons ----------------------------------------------------------------------------------------------------


def test_a_surgeons_hours_are_all_sent_or_left(director: Api, hospital: Hospital) -> None:
    body = {
        "code": "S9", "trigram": "neu", "last_name": "Neuf", "specialty": hospital.ent.pk, "daily_maximum_minutes": 480,
        "hours": [{"weekday": 0, "start_minute": 480, "end_minute": 720}],
    }  # fmt: skip
    made = director.post("surgeons/", body)
    assert (made.status_code, made.json()["trigram"], made.json()["hours"]) == (201, "NEU", body["hours"])
    url = f"surgeons/{made.json()['id']}/"
    kept = director.patch(url, {"first_name": "Ève"}, made.headers["ETag"]).json()
    assert (kept["first_name"], kept["hours"]) == ("Ève", body["hours"])
    assert director.patch(url, {"hours": []}).json()["hours"] == []
    journal = JournalEntry.objects.filter(action="surgeon").order_by("pk").values_list("after", flat=True)
    assert list(journal)[1:] == [{"of": "Dr Neuf", "first_name": "Ève"}, {"of": "Dr Neuf", "hours": {}}]


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ([{"weekday": 1, "start_minute": 700, "end_minute": 600}], "La fin doit suivre le début."),
        ([{"weekday": 1, "start_minute": 0, "end_minute": 60}] * 2, "Un jour n'a qu'un horaire."),
    ],
)
def test_hours_that_make_no_day_are_refused(director: Api, hospital: Hospital, hours: Any, said: str) -> None:
    answer = director.patch(f"surgeons/{hospital.surgeons[0].pk}/", {"hours": hours})
    assert errors(answer) == {"hours": [said]}
    assert hospital.surgeons[0].availabilities.count() == 5


def test_an_absence_tells_what_it_hits(director: Api, hospital: Hospital) -> None:
    item, plan = make_intervention(hospital.surgeons[0], 60), make_plan()
    place(plan, item, hospital)
    url = f"surgeons/{hospital.surgeons[0].pk}/absences/"
    made = director.post(url, {"starts_on": "2026-11-23", "ends_on": "2026-11-23", "reason": ""})
    assert (made.status_code, [one["code"] for one in made.json()["touched"]]) == (201, [item.code])
    assert director.delete(f"{url}{made.json()['id']}/").status_code == 204
    assert not Absence.objects.exists()


def test_surgeons_are_for_those_who_prepare(surgeon: Api, viewer: Api) -> None:
    assert [one.get("surgeons/").status_code for one in (surgeon, viewer)] == [403, 403]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_surgeons_asks_the_same_number_of_queries(
    director: Api, hospital: Hospital, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        one = Surgeon.objects.create(code=f"N{number}", trigram="N", last_name="N", specialty=hospital.ent)
        Absence.objects.create(surgeon=one, starts_on="2026-12-01", ends_on="2026-12-01")
    with django_assert_num_queries(6):  # session, user; count, surgeons, their weekdays, their absences
        director.get("surgeons/")


# --- Slots of a week ---------------------------------------------------------------------------------------------


def test_a_slot_is_made_changed_and_taken_out_of_its_week_only(director: Api, hospital: Hospital) -> None:
    body = {
        "date": FAR.days[0].isoformat(), "room": hospital.rooms[0].pk, "start_minute": 480, "end_minute": 720,
        "specialty": hospital.ent.pk,
    }  # fmt: skip
    made = director.post(f"weeks/{FAR}/slots/", body)
    assert (made.status_code, made.json()["origin"], made.json()["kind"]) == (201, "manual", "regular")
    url = f"weeks/{FAR}/slots/{made.json()['id']}/"
    changed = director.patch(url, {"end_minute": 780}, made.headers["ETag"]).json()
    assert (changed["end_minute"], changed["specialty"]) == (780, hospital.ent.pk)
    given = director.patch(url, {"surgeon": hospital.surgeons[0].pk}).json()
    assert (given["specialty"], given["surgeon"]) == (None, hospital.surgeons[0].pk)
    both = director.patch(url, {"surgeon": hospital.surgeons[0].pk, "specialty": hospital.ent.pk})
    assert list(errors(both)) == ["surgeon"]
    over = director.post(f"weeks/{FAR}/slots/", body | {"start_minute": 700, "end_minute": 900})
    assert (over.status_code, over.json()["type"], list(over.json()["errors"])) == (
        409, "slot-refused", ["start_minute"],
    )  # fmt: skip
    elsewhere = director.post(f"weeks/{WEEK}/slots/", body)
    assert list(errors(elsewhere)) == ["date"]
    assert director.delete(url).status_code == 204
    assert not Slot.objects.filter(date__gte=FAR.monday).exists()


def test_a_slot_that_holds_a_case_stays(director: Api, hospital: Hospital) -> None:
    plan, item = make_plan(), make_intervention(hospital.surgeons[0], 60)
    row = place(plan, item, hospital)
    answer = director.delete(f"weeks/{WEEK}/slots/{row.slot_id}/")
    assert (answer.status_code, answer.json()["type"]) == (409, "slot-refused")
    assert item.code in answer.json()["detail"]


def test_the_slots_of_a_week_are_listed_by_room(viewer: Api, hospital: Hospital) -> None:
    found = viewer.get(f"weeks/{WEEK}/slots/", room=hospital.rooms[1].pk, date=WEEK.monday.isoformat()).json()
    assert [(one["start_minute"], one["end_minute"], one["kind"]) for one in found["results"]] == [
        (480, 1080, "regular"), (1080, 1200, "overtime"),
    ]  # fmt: skip
    assert viewer.get("weeks/2026-W60/slots/").status_code == 404


def test_a_week_follows_its_master_plan(director: Api, hospital: Hospital) -> None:
    plan = MasterPlan.objects.create(name="Plan", valid_from=FAR.monday)
    SlotPattern.objects.create(master_plan=plan, room=hospital.rooms[0], weekday=0, start_minute=480, end_minute=720)
    assert director.post(f"weeks/{FAR}/slots/generate/").json() == {"added": 1, "changed": 0, "removed": 0, "kept": 0}
    assert director.post(f"weeks/{FAR}/slots/restore/").json()["kept"] == 0


# --- Releases ----------------------------------------------------------------------------------------------------


def test_a_slot_is_released_by_hand_once(director: Api, hospital: Hospital) -> None:
    day = FAR.days[0]
    made = director.post(
        f"weeks/{FAR}/slots/",
        {"date": day.isoformat(), "room": hospital.rooms[0].pk, "start_minute": 480, "end_minute": 720,
         "specialty": hospital.ent.pk},
    ).json()  # fmt: skip
    url = f"slots/{made['id']}/release/"
    assert list(errors(director.post(url, {"substitute": 999}))) == ["substitute"]
    done = director.post(url, {"substitute": hospital.orthopaedics.pk})
    assert (done.status_code, done.json()["specialty"], done.json()["substitute"]) == (
        201, hospital.ent.pk, hospital.orthopaedics.pk,
    )  # fmt: skip
    again = director.post(url, {"substitute": None})
    assert (again.status_code, again.json()["type"]) == (409, "slot-gone")
    assert director.get("releases/", specialty=hospital.ent.pk).json()["count"] == SlotRelease.objects.count() == 1


def test_the_rules_of_release_change_one_by_one(director: Api, hospital: Hospital) -> None:
    ReleaseRule.objects.create(specialty=hospital.ent, days_ahead=7, substitute=hospital.orthopaedics)
    seen = director.get("release-rules/")
    rule = {"specialty": hospital.orthopaedics.pk, "days_ahead": 3, "substitute": None}
    changed = director.patch("release-rules/", {"rules": [rule]}, seen.headers["ETag"])
    assert rule in changed.json()["rules"]
    assert ReleaseRule.objects.get(specialty=hospital.ent).days_ahead == 7
    assert director.patch("release-rules/", {"rules": [rule]}, seen.headers["ETag"]).status_code == 412
    own = {"specialty": hospital.ent.pk, "days_ahead": 3, "substitute": hospital.ent.pk}
    assert list(errors(director.patch("release-rules/", {"rules": [own]}))) == ["rules"]


# --- Parameters and rules ----------------------------------------------------------------------------------------


def test_parameters_change_in_versions_with_their_reason(director: Api, hospital: Hospital) -> None:
    seen = director.get("parameters/")
    body = {
        "hospital_day_euros": 310, "specialty_turnover_minutes": {str(hospital.ent.pk): 15},
        "weekday_overtime_euros": [None, 250, None, None, None, None, None],
    }  # fmt: skip
    assert list(errors(director.patch("parameters/", body))) == ["reason"]
    changed = director.patch("parameters/", body | {"reason": "Tarif 2027"}, seen.headers["ETag"]).json()
    for name, value in body.items():
        assert changed[name] == value, name
    assert changed["overtime_hour_euros"] == seen.json()["overtime_hour_euros"]
    stale = director.patch("parameters/", body | {"reason": "Encore"}, seen.headers["ETag"])
    assert stale.status_code == 412
    versions = director.get("parameters/versions/").json()["results"]
    assert [(one["number"], one["reason"]) for one in versions] == [(2, "Tarif 2027"), (1, "")]
    assert director.get("parameters/versions/2/").json()["values"]["hospital_day_euros"] == 310
    assert director.get("parameters/versions/9/").status_code == 404


def test_parameters_that_the_page_refuses_are_refused(director: Api) -> None:
    why = {"reason": "x"}
    assert list(errors(director.patch("parameters/", {"deferred_euros": 900_000} | why))) == ["deferred_euros"]
    assert list(errors(director.patch("parameters/", {"turnover_minutes": 500} | why))) == ["turnover_minutes"]
    unknown = director.patch("parameters/", {"specialty_turnover_minutes": {"999": 5}} | why)
    assert list(errors(unknown)) == ["specialty_turnover_minutes"]
    assert ParameterVersion.objects.count() <= 1


def test_a_rule_changes_its_level_and_its_cost(director: Api) -> None:
    before = director.get("rules/").json()
    changed = director.patch("rules/", {"levels": {"deadline": "soft"}, "costs": {"deadline": 500}, "reason": "Essai"})
    assert changed.status_code == 200, changed.json()
    after = changed.json()
    assert (after["levels"]["deadline"], after["costs"]["deadline"]) == ("soft", 500)
    assert {**after["levels"], "deadline": before["levels"]["deadline"]} == before["levels"]
    assert list(errors(director.patch("rules/", {"levels": {"room_overlap": "off"}, "reason": "x"}))) == ["levels"]


# --- Master plans ------------------------------------------------------------------------------------------------


def test_a_master_plan_is_made_given_slots_and_applied(director: Api, hospital: Hospital) -> None:
    made = director.post("master-plans/", {"name": "Plan 2027", "valid_from": FAR.monday.isoformat(), "cycle_weeks": 1})
    assert (made.status_code, made.json()["status"]) == (201, "validated")
    url = f"master-plans/{made.json()['id']}/"
    body = {
        "weekday": 0,
        "room": hospital.rooms[0].pk,
        "start_minute": 480,
        "end_minute": 720,
        "specialty": hospital.ent.pk,
    }
    slot = director.post(f"{url}patterns/", body)
    assert (slot.status_code, slot.json()["cycle_week"], slot.json()["specialty"]) == (201, 1, hospital.ent.pk)
    one = f"{url}patterns/{slot.json()['id']}/"
    assert director.patch(one, {"specialty": None}, slot.headers["ETag"]).json()["specialty"] is None
    over = director.post(f"{url}patterns/", body)
    assert (over.status_code, over.json()["type"]) == (409, "slot-refused")
    assert director.post(f"{url}apply/", {"first": FAR.monday.isoformat(), "weeks": 2}).json()["added"] == 2
    assert director.patch(url, {"name": "Autre"}, made.headers["ETag"]).status_code == 412
    assert director.patch(url, {"name": "Autre"}).json()["name"] == "Autre"
    assert list(errors(director.patch(url, {"valid_from": "2027-11-30"}))) == ["valid_from"]
    refused = director.delete(url)
    assert (refused.status_code, refused.json()["type"]) == (409, "validated")
    assert director.delete(one).status_code == 204
    assert director.get(f"{url}patterns/").json()["count"] == 0


def test_a_draft_of_master_plan_is_abandoned(director: Api) -> None:
    draft = MasterPlan.objects.create(name="Brouillon", valid_from=FAR.monday, status="draft")
    assert director.delete(f"master-plans/{draft.pk}/").status_code == 204
    assert director.get("master-plans/", status="draft").json()["count"] == 0


def test_a_master_plan_is_proposed_from_the_activity(
    director: Api, hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)
    current_plan(hospital)
    first, last = some_activity(hospital)
    body = {"name": "Plan 2027", "valid_from": START.monday.isoformat(), "first": str(first), "last": str(last)}
    made = director.post("master-plans/from-activity/", body | {"cycle_weeks": 1})
    assert (made.status_code, made.json()["status"]) == (201, "draft")
    board = director.get(f"master-plans/{made.json()['id']}/board/").json()
    assert (board["study"]["cases"], MasterPlan.objects.get(status="draft").steps.count()) == (32, 1)
    nothing = body | {"first": "2020-01-06", "last": "2020-01-12", "cycle_weeks": 1}
    assert list(errors(director.post("master-plans/from-activity/", nothing))) == ["first"]
