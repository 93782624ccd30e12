from __future__ import annotations

import pytest
from django.test import Client

from planning.calendar import minute_of
from planning.models import JournalEntry, MasterPlan, Placement, Plan, RoomClosure, Slot, SlotPattern
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, make_slot

pytestmark = pytest.mark.django_db
PAGE = f"/semaines/{WEEK}/plages/"


def given(hospital: Hospital, **changes: str) -> dict[str, str]:
    values = {
        "date": WEEK.days[5].isoformat(), "room": str(hospital.rooms[0].pk), "start_minute": "9h",
        "end_minute": "12:30",
        "owner": f"surgeon:{hospital.surgeons[0].pk}", "kind": "regular", "positions": "4", "longest_minutes": "2:00",
    }  # fmt: skip
    return values | changes


def place(hospital: Hospital, slot: Slot) -> Placement:
    plan = Plan.objects.create(monday=WEEK.monday, number=2, status="draft", policy="open", created_at=NOW)
    row = make_intervention(hospital.surgeons[0], 60)
    return Placement.objects.create(plan=plan, intervention=row, slot=slot, starts_at=slot.starts_at, minutes=60)


def test_the_week_shows_its_slots_by_room_and_day_with_closures(director: Client, hospital: Hospital) -> None:
    RoomClosure.objects.create(
        room=hospital.rooms[1], starts_on=WEEK.days[1], ends_on=WEEK.days[1], reason="Maintenance"
    )

    answer = director.get(PAGE)

    first, second = answer.context["rows"]
    assert [(b.start, b.end, b.owner, b.overtime) for b in second["cells"][0]["bands"]] == [
        (480, 1080, "ORT", False),
        (1080, 1200, "ORT", True),
    ]
    assert [cell["closed"] for cell in second["cells"]] == [None, "Maintenance", None, None, None]
    assert [cell["closed"] for cell in first["cells"]] == [None] * 5
    assert "Fermée : Maintenance" in answer.content.decode()


def test_a_slot_is_added_for_this_week_only(director: Client, hospital: Hospital) -> None:
    answer = director.post(PAGE + "nouvelle/", given(hospital))

    assert answer["Location"] == PAGE
    slot = Slot.objects.get(date=WEEK.days[5])
    assert (minute_of(slot.starts_at, slot.date), minute_of(slot.ends_at, slot.date)) == (540, 750)
    assert (slot.surgeon, slot.origin, slot.longest_minutes) == (hospital.surgeons[0], "manual", 120)
    assert not SlotPattern.objects.exists()
    page = director.get(PAGE).content.decode()
    assert "modifiée à la main" in page
    assert JournalEntry.objects.get().user == hospital.director


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"date": WEEK.monday.isoformat()}, "start_minute", "a déjà une plage à ces heures (08:00–18:00)"),
        ({"date": WEEK.next.monday.isoformat()}, "date", "n'est pas dans la semaine"),
        ({"end_minute": "8:00"}, "end_minute", "doit suivre son début"),
        ({"start_minute": "06:00"}, "start_minute", "est ouverte de 08:00 à 20:00"),
        ({"positions": "0"}, "positions", "supérieure ou égale à 1"),
        ({"room": ""}, "room", "obligatoire"),
    ],
)
def test_a_wrong_slot_is_refused_beside_its_field(
    change: dict[str, str], field: str, message: str, director: Client, hospital: Hospital
) -> None:
    before = Slot.objects.count()

    answer = director.post(PAGE + "nouvelle/", given(hospital, **change))

    assert message in answer.context["form"].errors[field][0]
    assert Slot.objects.count() == before


def test_a_slot_is_edited(director: Client, hospital: Hospital) -> None:
    slot = make_slot(WEEK.days[5], hospital.rooms[0], 480, 600)

    director.post(f"{PAGE}{slot.pk}/", given(hospital, owner=""))

    slot.refresh_from_db()
    assert (minute_of(slot.starts_at, slot.date), slot.origin) == (540, "manual")


def test_a_slot_in_use_cannot_be_removed_and_the_page_says_by_what(director: Client, hospital: Hospital) -> None:
    slot = Slot.objects.earliest("starts_at")
    placement = place(hospital, slot)

    answer = director.post(f"{PAGE}{slot.pk}/retirer/", follow=True)

    text = str(next(iter(answer.context["messages"])))
    assert placement.intervention.code in text
    assert "Déplacez d'abord" in text
    assert Slot.objects.filter(pk=slot.pk).exists()


def test_an_empty_slot_is_removed_and_journalled(director: Client, hospital: Hospital) -> None:
    slot = Slot.objects.earliest("starts_at")

    director.post(f"{PAGE}{slot.pk}/retirer/")

    assert not Slot.objects.filter(pk=slot.pk).exists()
    entry = JournalEntry.objects.get()
    assert (entry.action, entry.after, entry.monday) == ("slot", None, WEEK.monday)


def test_a_slot_is_not_reached_through_another_week(director: Client, hospital: Hospital) -> None:
    slot = Slot.objects.earliest("starts_at")

    assert director.get(f"/semaines/{WEEK.next}/plages/{slot.pk}/").status_code == 404
    assert director.get("/semaines/2026-W60/plages/").status_code == 404


def test_an_empty_week_says_so_and_is_written_from_the_master_plan(director: Client, hospital: Hospital) -> None:
    master = MasterPlan.objects.create(name="Plan", valid_from=WEEK.monday)
    SlotPattern.objects.create(master_plan=master, room=hospital.rooms[0], weekday=0, start_minute=480, end_minute=1080)
    page = f"/semaines/{WEEK.next}/plages/"

    assert "aucune plage" in director.get(page).content.decode()
    director.post(page + "ecrire/")

    assert Slot.objects.get(date=WEEK.next.monday).origin == "pattern"


def test_the_week_is_given_back_to_the_master_plan(director: Client, hospital: Hospital) -> None:
    director.post(PAGE + "nouvelle/", given(hospital))

    director.post(PAGE + "rendre/")

    assert not Slot.objects.filter(date=WEEK.days[5]).exists()


@pytest.mark.parametrize("slots", [1, 3])
def test_the_page_costs_as_many_queries_for_one_slot_as_for_three(
    slots: int, director: Client, hospital: Hospital, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    Slot.objects.all().delete()
    for number in range(slots):
        make_slot(WEEK.days[number], hospital.rooms[0], 480, 600, surgeon=hospital.surgeons[number])

    with django_assert_num_queries(6):
        director.get(PAGE)


def test_a_surgeon_changes_no_slot(surgeon: Client, hospital: Hospital) -> None:
    assert surgeon.get(PAGE).status_code == 403
    assert surgeon.post(PAGE + "nouvelle/", given(hospital)).status_code == 403
