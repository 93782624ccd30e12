"""What an absence or a closure hits, in drafts and approved versions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from planning.models import Absence, Intervention, Placement, Plan, Slot, Specialty
from planning.selectors.hits import Cause, absence_hits, closure_hits
from planning.services.rooms import close_room
from planning.services.surgeons import add_absence
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention
from tests.factories.plans import make_plan, place

pytestmark = pytest.mark.django_db
TODAY = WEEK.monday - timedelta(days=3)


def planned(hospital: Hospital, approved: Plan, *, surgeon: int = 0, **where: int) -> Intervention:
    item = make_intervention(hospital.surgeons[surgeon], 60, state="planned")
    place(approved, item, hospital, **where)
    return item


def away(hospital: Hospital, first: int, last: int, surgeon: int = 0) -> Absence:
    return add_absence(
        surgeon=hospital.surgeons[surgeon], starts_on=WEEK.days[first], ends_on=WEEK.days[last], reason="Congrès",
        user=hospital.director, now=NOW,
    )  # fmt: skip


def test_an_absence_hits_what_is_planned_in_its_days_and_nothing_else(hospital: Hospital) -> None:
    approved = make_plan("approved", 1)
    before, hit = planned(hospital, approved, day=0), planned(hospital, approved, day=1)
    planned(hospital, approved, surgeon=1, day=1, start=700)
    away(hospital, 1, 2)

    [found] = absence_hits(TODAY)

    assert (found.intervention, found.cause, found.reason) == (hit, Cause.ABSENCE, "Congrès")
    assert (found.placement.plan, found.since, found.settled) == (approved, NOW, False)
    assert absence_hits(TODAY, surgeon=hospital.surgeons[1]) == []
    assert before not in [one.intervention for one in absence_hits(TODAY)]


def test_the_past_and_what_is_over_are_not_hit(hospital: Hospital) -> None:
    hit = planned(hospital, make_plan("approved", 1), day=1)
    away(hospital, 1, 1)

    assert absence_hits(WEEK.days[2]) == []
    for state in ("cancelled", "done"):
        Intervention.objects.filter(pk=hit.pk).update(state=state)
        assert absence_hits(TODAY) == []


def test_the_draft_and_the_approved_version_are_one_hit(hospital: Hospital) -> None:
    item = planned(hospital, make_plan("approved", 1), day=1)
    draft = make_plan("draft", 2)
    place(draft, item, hospital, day=1, start=600)
    away(hospital, 1, 1)

    [found] = absence_hits(TODAY)

    assert (found.placement.plan, found.settled) == (draft, False)


def test_what_the_draft_has_elsewhere_is_settled_until_it_is_approved(hospital: Hospital) -> None:
    item = planned(hospital, make_plan("approved", 1), day=1)
    place(make_plan("draft", 2), item, hospital, day=3)
    away(hospital, 1, 1)

    [found] = absence_hits(TODAY)

    assert (found.placement.plan.status, found.settled) == ("approved", True)


def test_a_placement_of_the_draft_alone_is_hit_too(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], 60)
    place(make_plan("draft", 1), item, hospital, day=1)
    place(make_plan("proposed", 2), make_intervention(hospital.surgeons[0], 60), hospital, day=1)
    away(hospital, 1, 1)

    assert [(one.intervention, one.placement.plan.status) for one in absence_hits(TODAY)] == [(item, "draft")]


def test_a_closed_room_a_closed_specialty_and_a_slot_cut_short_hit_what_they_held(hospital: Hospital) -> None:
    approved = make_plan("approved", 1)
    in_room = planned(hospital, approved, day=1, room=1)
    ear = planned(hospital, approved, surgeon=2, day=2)
    late = planned(hospital, approved, day=3, start=960)
    planned(hospital, approved, day=0)
    close_room(
        room=hospital.rooms[1], starts_on=WEEK.days[1], ends_on=WEEK.days[1], reason="Panne", user=hospital.director,
        now=NOW,
    )  # fmt: skip
    Specialty.objects.filter(pk=hospital.ent.pk).update(closed_on=WEEK.days[2], close_reason="Transfert")
    slot = Placement.objects.get(intervention=late).slot
    Slot.objects.filter(pk=slot.pk).update(ends_at=slot.ends_at - timedelta(hours=3))

    found = {one.intervention: (one.cause, one.reason, one.since) for one in closure_hits(TODAY)}

    assert found == {
        in_room: (Cause.ROOM_CLOSED, "Panne", NOW),
        ear: (Cause.SPECIALTY_CLOSED, "Transfert", None),
        late: (Cause.SLOT_GONE, "", None),
    }


def test_a_room_out_of_service_hits_all_that_it_holds(hospital: Hospital) -> None:
    item = planned(hospital, make_plan("approved", 1), day=1, room=1)
    hospital.rooms[1].in_service = False
    hospital.rooms[1].save()

    assert [(one.intervention, one.cause) for one in closure_hits(TODAY)] == [(item, Cause.ROOM_CLOSED)]


@pytest.mark.parametrize("count", [1, 3])
def test_three_queries_whatever_is_hit(count: int, hospital: Hospital, django_assert_num_queries: Any) -> None:
    approved = make_plan("approved", 1)
    for number in range(count):
        planned(hospital, approved, day=1, start=480 + 60 * number)
    away(hospital, 1, 1)
    close_room(
        room=hospital.rooms[0], starts_on=WEEK.days[1], ends_on=WEEK.days[1], reason="Panne", user=hospital.director,
        now=NOW,
    )  # fmt: skip

    for hits in (absence_hits, closure_hits):
        with django_assert_num_queries(3):
            found = hits(TODAY)
            shown = [(str(one.intervention.surgeon), one.placement.slot.room.code, one.reason) for one in found]
        assert len(shown) == count
