"""A surgeon's absences, what they hit, wishes, and the coming weeks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from planning.models import Absence, JournalEntry, MasterPlan, Plan, Site, SlotPattern
from planning.selectors.hits import absence_hits
from planning.selectors.journal import text_of
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, make_slot
from tests.factories.plans import make_plan, place

pytestmark = pytest.mark.django_db
TODAY = WEEK.monday - timedelta(days=3)
PAGE = "availability"


@pytest.fixture(autouse=True)
def the_friday_before_the_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda: TODAY)


def declare(client: Client, first: int = 1, last: int = 2, **given: str) -> Any:
    values = {"starts_on": WEEK.days[first].isoformat(), "ends_on": WEEK.days[last].isoformat(), "reason": "Congrès"}
    return client.post(reverse("availability-absence"), values | given, follow=True)


def planned(hospital: Hospital, *, surgeon: int = 0, status: str = "approved", **where: int) -> Any:
    item = make_intervention(hospital.surgeons[surgeon], 60, state="planned")
    plan = Plan.objects.filter(status=status).first() or make_plan(status, Plan.objects.count() + 1)
    return place(plan, item, hospital, **where)


# ---- Absences ------------------------------------------------------------------------


def test_an_absence_that_hits_nothing_is_declared_at_once(surgeon: Client, hospital: Hospital) -> None:
    planned(hospital, surgeon=1, day=1)
    planned(hospital, status="draft", day=1)

    answer = declare(surgeon)

    absence = Absence.objects.get()
    assert (absence.surgeon, absence.starts_on, absence.ends_on) == (hospital.surgeons[0], WEEK.days[1], WEEK.days[2])
    assert absence.declared_at is not None
    assert "Votre absence est déclarée." in answer.content.decode()
    entry = JournalEntry.objects.get()
    assert (entry.user, entry.reason) == (hospital.surgeon_user, "Congrès")
    assert text_of(entry) == "Dr Martin absent du 24 novembre 2026 au 25 novembre 2026"


def test_what_it_hits_is_told_before_anything_is_written(surgeon: Client, hospital: Hospital) -> None:
    row = planned(hospital, day=1)

    told = declare(surgeon)

    text = told.content.decode()
    assert not Absence.objects.exists()
    assert "1 intervention planifiée tombe dans cette absence" in text
    assert f"{row.intervention.patient_code}" in text
    done = declare(surgeon, confirmed=told.context["confirm"])
    assert "1 intervention est à déplacer" in done.content.decode()
    [hit] = absence_hits(TODAY)
    assert (hit.intervention, hit.reason) == (row.intervention, "Congrès")


def test_a_confirmation_stands_for_what_was_told_and_no_more(surgeon: Client, hospital: Hospital) -> None:
    first = planned(hospital, day=1)
    confirm = declare(surgeon).context["confirm"]
    more = make_intervention(hospital.surgeons[0], 60, state="planned")
    place(first.plan, more, hospital, day=2)

    again = declare(surgeon, confirmed=confirm)

    assert not Absence.objects.exists()
    assert "2 interventions planifiées tombent" in again.content.decode()


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ({"starts_on": "2026-11-19"}, "starts_on", "Ce jour est passé"),
        ({"ends_on": WEEK.monday.isoformat()}, "ends_on", "ne peut pas précéder"),
        ({"starts_on": ""}, "starts_on", "obligatoire"),
        ({"ends_on": "9999-12-31"}, "ends_on", "année"),
    ],
)
def test_a_wrong_absence_is_refused_beside_its_field(
    given: dict[str, str], field: str, message: str, surgeon: Client
) -> None:
    answer = declare(surgeon, **given)

    assert message in str(answer.context["form"].errors[field])
    assert not Absence.objects.exists()


def test_two_absences_never_overlap(surgeon: Client) -> None:
    declare(surgeon)

    assert "Déjà absent" in declare(surgeon, 2, 3).content.decode()
    assert Absence.objects.count() == 1


def test_a_coming_absence_is_withdrawn_and_one_that_began_is_not(surgeon: Client, hospital: Hospital) -> None:
    own = hospital.surgeons[0]
    coming = Absence.objects.create(surgeon=own, starts_on=WEEK.days[1], ends_on=WEEK.days[2])
    begun = Absence.objects.create(surgeon=own, starts_on=TODAY, ends_on=TODAY)
    others = Absence.objects.create(surgeon=hospital.surgeons[1], starts_on=WEEK.days[1], ends_on=WEEK.days[2])

    def withdraw(row: Absence) -> Any:
        return surgeon.post(reverse("availability-absence-remove", kwargs={"absence": row.pk}), follow=True)

    assert "retirée" in withdraw(coming).content.decode()
    assert "a commencé" in withdraw(begun).content.decode()
    assert withdraw(others).status_code == 404
    assert set(Absence.objects.all()) == {begun, others}


# ---- Wishes --------------------------------------------------------------------------


def test_wishes_are_saved_shown_and_journalled_once(surgeon: Client, hospital: Hospital) -> None:
    values = {"morning_1": "preferred", "afternoon_1": "preferred", "morning_3": "preferred", "afternoon_4": "unwanted"}

    for _ in range(2):
        surgeon.post(reverse("availability-preferences"), values)

    entry = JournalEntry.objects.get()
    wish = "souhaite mardi, jeudi matin ; évite vendredi après-midi"
    assert text_of(entry) == f"Dr Martin : souhaits – → {wish}"
    page = surgeon.get(reverse(PAGE))
    text = page.content.decode()
    assert "journée souhaitée" in text
    assert "après-midi à éviter" in text
    form = page.context["preferences"]
    assert (form["morning_1"].value(), form["morning_0"].value()) == ("preferred", "")
    surgeon.post(reverse("availability-preferences"), {})
    assert not hospital.surgeons[0].preferences.exists()


def test_a_wish_that_is_none_is_refused(surgeon: Client, hospital: Hospital) -> None:
    answer = surgeon.post(reverse("availability-preferences"), {"morning_1": "always"})

    assert "morning_1" in answer.context["preferences"].errors
    assert not hospital.surgeons[0].preferences.exists()


def test_whoever_plans_reads_the_wishes_and_nobody_else_does(
    surgeon: Client, director: Client, viewer: Client, hospital: Hospital
) -> None:
    surgeon.post(reverse("availability-preferences"), {"afternoon_4": "unwanted"})
    url = reverse("api-week-grid", kwargs={"week": str(WEEK)})

    def read(client: Client) -> set[str]:
        return {one["wishes"] for one in client.get(url).json()["surgeons"]}

    assert read(director) == {"", "évite vendredi après-midi"}
    assert read(surgeon) == read(viewer) == {""}
    page = director.get(reverse("surgeon-edit", kwargs={"pk": hospital.surgeons[0].pk})).content.decode()
    assert "sans contrainte : évite vendredi après-midi." in page


# ---- The coming weeks ----------------------------------------------------------------


def cells(client: Client) -> dict[Any, Any]:
    return {day.date: day for _week, days in client.get(reverse(PAGE)).context["weeks"] for day in days}


def test_the_coming_weeks_show_slots_planned_interventions_and_absences(surgeon: Client, hospital: Hospital) -> None:
    make_slot(WEEK.days[5], hospital.rooms[0], 480, 720, surgeon=hospital.surgeons[0])
    row = planned(hospital, day=1)
    planned(hospital, status="draft", day=2)
    planned(hospital, surgeon=1, day=1)
    Absence.objects.create(surgeon=hospital.surgeons[0], starts_on=WEEK.days[3], ends_on=WEEK.days[6])

    days = cells(surgeon)

    # SO2 is the specialty's, SO1 everyone's; on Saturday a slot of one's own opens the week-end.
    assert [(one.room, one.own) for one in days[WEEK.days[1]].hours] == [("SO2", False)]
    assert [(one.room, one.own) for one in days[WEEK.days[5]].hours] == [("SO1", True)]
    assert WEEK.days[6] not in days
    assert days[WEEK.days[1]].planned == [row]
    assert days[WEEK.days[2]].planned == []
    assert [day for day in WEEK.days[:6] if days[day].absence] == list(WEEK.days[3:6])
    assert len(days) == 31


def test_a_week_not_written_yet_shows_what_the_master_plan_expects(surgeon: Client, hospital: Hospital) -> None:
    plan = MasterPlan.objects.create(name="Plan", valid_from=WEEK.monday)
    SlotPattern.objects.create(
        master_plan=plan, room=hospital.rooms[1], weekday=2, start_minute=480, end_minute=720,
        surgeon=hospital.surgeons[0],
    )  # fmt: skip
    SlotPattern.objects.create(
        master_plan=plan, room=hospital.rooms[0], weekday=2, start_minute=480, end_minute=720,
        surgeon=hospital.surgeons[1],
    )  # fmt: skip

    days = cells(surgeon)

    [expected] = days[WEEK.next.days[2]].hours
    assert (expected.room, expected.own, expected.expected) == ("SO2", True, True)
    assert not any(one.expected for one in days[WEEK.days[2]].hours)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_as_many_queries_whatever_it_shows(
    count: int, surgeon: Client, hospital: Hospital, django_assert_num_queries: Any
) -> None:
    approved = make_plan("approved", 1)
    for number in range(count):
        place(approved, make_intervention(hospital.surgeons[0], 60, state="planned"), hospital, start=480 + 60 * number)
        day = WEEK.days[number]
        Absence.objects.create(surgeon=hospital.surgeons[0], starts_on=day, ends_on=day, declared_at=NOW)

    with django_assert_num_queries(17):
        surgeon.get(reverse(PAGE))


def test_it_says_whether_the_planner_counts_the_wishes(surgeon: Client, hospital: Hospital) -> None:
    said = surgeon.get(reverse("availability")).content.decode()
    assert "Un souhait n'est pas une règle" in said
    Site.objects.update(rule_levels={"surgeon_wish": "soft"})
    said = surgeon.get(reverse("availability")).content.decode()
    assert "le planificateur évite ces demi-journées" in said


def test_only_surgeons_open_it(director: Client, viewer: Client) -> None:
    for client in (director, viewer):
        assert client.get(reverse(PAGE)).status_code == 403
        assert declare(client).status_code == 403
    assert not Absence.objects.exists()
