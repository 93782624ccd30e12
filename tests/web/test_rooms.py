from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from planning.models import Placement, Plan, Room, RoomClosure, Slot
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention

pytestmark = pytest.mark.django_db
GIVEN = {
    "code": "SO9",
    "name": "Neuve",
    "position": "9",
    "opens_minute": "7h30",
    "closes_minute": "19:00",
    "in_service": "on",
}


@pytest.fixture(autouse=True)
def the_day_before_the_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda: WEEK.monday - timedelta(days=1))


def place(hospital: Hospital, status: str = "draft") -> Placement:
    plan = Plan.objects.create(monday=WEEK.monday, number=1, status="draft", policy="open", created_at=NOW)
    slot = Slot.objects.filter(room=hospital.rooms[0], date=WEEK.monday).earliest("starts_at")
    row = make_intervention(hospital.surgeons[0], 60)
    placement = Placement.objects.create(plan=plan, intervention=row, slot=slot, starts_at=slot.starts_at, minutes=60)
    Plan.objects.filter(pk=plan.pk).update(status=status)
    return placement


def test_the_list_shows_rooms_with_equipment_hours_and_coming_closures(director: Client, hospital: Hospital) -> None:
    RoomClosure.objects.create(
        room=hospital.rooms[1], starts_on=WEEK.days[1], ends_on=WEEK.days[2], reason="Révision du robot"
    )

    page = director.get(reverse("rooms")).content.decode()

    assert all(
        text in page for text in ("SO1", "Microscope", "08:00 – 20:00", "Révision du robot", "fermée le 24 nov.")
    )


def test_the_list_is_searched_filtered_and_sorted(director: Client, hospital: Hospital) -> None:
    Room.objects.filter(code="SO2").update(in_service=False)

    def codes(query: str) -> list[str]:
        return [room.code for room in director.get(reverse("rooms") + query).context["listing"].page]

    assert codes("") == ["SO1", "SO2"]
    assert codes("?q=micro") == ["SO1"]
    assert codes("?service=no") == ["SO2"]
    assert codes("?sort=-code") == ["SO2", "SO1"]
    assert codes("?sort=nonsense&page=99") == ["SO1", "SO2"]
    assert codes("?q=rien") == []


@pytest.mark.parametrize("rooms", [1, 3])
def test_the_list_costs_as_many_queries_for_one_room_as_for_three(
    rooms: int, director: Client, hospital: Hospital, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    Slot.objects.all().delete()
    Room.objects.all().delete()
    for number in range(rooms):
        room = Room.objects.create(code=f"R{number}")
        room.closures.create(starts_on=WEEK.monday, ends_on=WEEK.monday, reason="Travaux")

    with django_assert_num_queries(8):
        director.get(reverse("rooms"))


def test_a_room_is_created_with_its_hours_written_as_people_write_them(director: Client) -> None:
    answer = director.post(reverse("room-create"), GIVEN)

    room = Room.objects.get(code="SO9")
    assert answer["Location"] == reverse("room-edit", kwargs={"pk": room.pk})
    assert (room.opens_minute, room.closes_minute, room.in_service) == (450, 1140, True)


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"opens_minute": "25:00"}, "opens_minute", "Écrivez l'heure comme 08:00"),
        ({"opens_minute": "tôt"}, "opens_minute", "Écrivez l'heure comme 08:00"),
        ({"closes_minute": "07:00"}, "closes_minute", "avancez l'ouverture ou reculez la fermeture"),
        ({"code": "SO1"}, "code", "existe déjà"),
        ({"code": ""}, "code", "obligatoire"),
    ],
)
def test_a_wrong_room_is_refused_beside_its_field(
    change: dict[str, str], field: str, message: str, director: Client, hospital: Hospital
) -> None:
    answer = director.post(reverse("room-create"), GIVEN | change)

    assert answer.status_code == 200
    assert message in answer.context["form"].errors[field][0]
    page = answer.content.decode()
    assert "Rien n'a été enregistré" in page
    assert f'href="#id_{field}"' in page
    assert not Room.objects.filter(code="SO9").exists()


def test_closing_a_room_lists_the_planned_interventions_it_hits(director: Client, hospital: Hospital) -> None:
    placement = place(hospital, "approved")
    address = reverse("room-close", kwargs={"pk": hospital.rooms[0].pk})

    answer = director.post(
        address,
        {"starts_on": WEEK.monday.isoformat(), "ends_on": WEEK.days[1].isoformat(), "reason": "Travaux"},
        follow=True,
    )

    assert hospital.rooms[0].closures.get().reason == "Travaux"
    warning = next(m.message for m in answer.context["messages"] if m.level_tag == "warning")
    assert warning.startswith("1 intervention planifiée est touchée")
    assert placement.intervention.code in warning
    assert "1 intervention planifiée touchée" in answer.content.decode()


def test_a_closure_away_from_planned_interventions_warns_of_nothing(director: Client, hospital: Hospital) -> None:
    place(hospital)
    day = WEEK.days[3].isoformat()

    answer = director.post(
        reverse("room-close", kwargs={"pk": hospital.rooms[0].pk}),
        {"starts_on": day, "ends_on": day, "reason": "Travaux"},
        follow=True,
    )

    assert [m.level_tag for m in answer.context["messages"]] == ["success"]


def test_a_closure_that_ends_before_it_starts_is_refused(director: Client, hospital: Hospital) -> None:
    answer = director.post(
        reverse("room-close", kwargs={"pk": hospital.rooms[0].pk}),
        {"starts_on": WEEK.days[1].isoformat(), "ends_on": WEEK.monday.isoformat(), "reason": "Travaux"},
    )

    assert "ne peut pas précéder" in answer.context["closure_form"].errors["ends_on"][0]
    assert not RoomClosure.objects.exists()


def test_a_room_is_not_closed_twice_on_the_same_days(director: Client, hospital: Hospital) -> None:
    room = hospital.rooms[0]
    room.closures.create(starts_on=WEEK.monday, ends_on=WEEK.days[2], reason="Travaux")

    answer = director.post(
        reverse("room-close", kwargs={"pk": room.pk}),
        {"starts_on": WEEK.days[2].isoformat(), "ends_on": WEEK.days[4].isoformat(), "reason": "Maintenance"},
    )

    error = answer.context["closure_form"].errors["starts_on"][0]
    assert error.startswith("Déjà fermée du 23 novembre 2026 au 25 novembre 2026")
    assert room.closures.count() == 1


def test_closing_a_room_tells_the_open_draft(director: Client, hospital: Hospital) -> None:
    plan = place(hospital).plan
    day = WEEK.monday.isoformat()

    director.post(
        reverse("room-close", kwargs={"pk": hospital.rooms[1].pk}),
        {"starts_on": day, "ends_on": day, "reason": "Travaux"},
    )

    plan.refresh_from_db()
    assert plan.revision == 1


def test_a_closure_is_taken_back(director: Client, hospital: Hospital) -> None:
    room = hospital.rooms[0]
    closure = room.closures.create(starts_on=WEEK.monday, ends_on=WEEK.monday, reason="Travaux")

    director.post(reverse("room-reopen", kwargs={"pk": room.pk, "closure": closure.pk}))

    assert not room.closures.exists()


def test_taking_a_room_out_of_service_warns_of_what_is_planned_there(director: Client, hospital: Hospital) -> None:
    place(hospital)
    room = hospital.rooms[0]
    given = {"code": "SO1", "position": "1", "opens_minute": "08:00", "closes_minute": "20:00"}

    answer = director.post(reverse("room-edit", kwargs={"pk": room.pk}), given, follow=True)

    room.refresh_from_db()
    assert not room.in_service
    assert [m.level_tag for m in answer.context["messages"]] == ["success", "warning"]


def test_an_unknown_room_is_not_found(director: Client) -> None:
    assert director.get(reverse("room-edit", kwargs={"pk": 99999})).status_code == 404


@pytest.mark.parametrize("who", ["viewer", "surgeon"])
def test_only_those_who_edit_the_reference_write_rooms(
    who: str, hospital: Hospital, request: pytest.FixtureRequest
) -> None:
    client = request.getfixturevalue(who)

    assert client.post(reverse("room-create"), GIVEN).status_code == 403
    assert not Room.objects.filter(code="SO9").exists()
