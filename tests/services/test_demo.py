from __future__ import annotations

from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from planning.models import Intervention, Placement, Plan, ReleaseRule, Room, Slot, Surgeon, User
from planning.services.demo import OtherDataError, load_demo, remove_demo
from tests.factories.hospital import small_hospital

TODAY = date(2026, 11, 18)
NOW = timezone.make_aware(datetime(2026, 11, 18, 9, 0))


@pytest.mark.django_db
def test_the_demonstration_holds_a_past_an_approved_week_and_requests_to_plan() -> None:
    count = load_demo(today=TODAY, now=NOW, preset="paper-count")

    assert Intervention.objects.count() == count
    assert Room.objects.count() == 6
    assert Surgeon.objects.get(user__username="dr.martin").trigram == "MAR"
    plan = Plan.objects.get(monday=date(2026, 11, 16))
    assert (plan.status, plan.policy) == ("approved", "specialty")
    assert Plan.objects.filter(status="approved").count() == 9
    assert set(plan.placements.values_list("intervention__state", flat=True)) >= {"done", "planned"}
    assert Slot.objects.filter(date__gte=date(2026, 11, 23)).exists()
    assert Intervention.objects.filter(state="accepted", admission_date__gte=TODAY).count() > 100
    assert not Intervention.objects.filter(requested_at__gt=NOW).exists()


@pytest.mark.django_db
def test_two_specialties_give_their_empty_slots_away() -> None:
    load_demo(today=TODAY, now=NOW, preset="paper-count")
    rules = ReleaseRule.objects.values_list("specialty__code", "days_ahead", "substitute__code")
    assert list(rules) == [("NCH", 5, None), ("STO", 7, "ORL")]


@pytest.mark.django_db
def test_every_placement_lies_in_its_slot_in_a_room_with_the_equipment() -> None:
    load_demo(today=TODAY, now=NOW, preset="paper-count")

    placements = Placement.objects.select_related("slot", "intervention").prefetch_related(
        "intervention__equipment", "slot__room__equipment"
    )
    assert placements
    for placement in placements:
        assert placement.slot.starts_at <= placement.starts_at
        assert placement.starts_at + timedelta(minutes=placement.minutes) <= placement.slot.ends_at
        assert placement.slot.specialty_id in (None, placement.intervention.specialty_id)
        assert {*placement.intervention.equipment.all()} <= {*placement.slot.room.equipment.all()}


@pytest.mark.django_db
def test_loading_twice_changes_nothing_and_fresh_starts_again() -> None:
    call_command("demo", today=TODAY, preset="paper-count", stdout=StringIO())
    before = Intervention.objects.count()
    Intervention.objects.filter(state="accepted").first().delete()  # type: ignore[union-attr]

    User.objects.filter(username="dr.renard").delete()
    said = StringIO()
    call_command("demo", today=TODAY, preset="paper-count", stdout=said)
    assert "dr.renard" not in said.getvalue()  # only accounts that open
    assert Intervention.objects.count() == before - 1
    assert "nothing to load" in said.getvalue()
    assert "directrice" in said.getvalue()

    call_command("demo", today=TODAY, preset="paper-count", fresh=True, stdout=StringIO())
    assert Intervention.objects.count() == before
    assert User.objects.filter(username="directrice").count() == 1


@pytest.mark.django_db
def test_fresh_never_erases_a_hospital_that_is_not_the_demonstration() -> None:
    small_hospital()
    with pytest.raises(OtherDataError):
        remove_demo()
    with pytest.raises(CommandError, match="Nothing was erased"):
        call_command("demo", fresh=True, stdout=StringIO())
    assert Room.objects.count() == 2


@pytest.mark.django_db
def test_the_demonstration_accounts_sign_in_with_the_printed_password() -> None:
    load_demo(today=TODAY, now=NOW, preset="paper-count")
    for username in ("directrice", "regulatrice", "dr.martin", "dr.renard", "lecture", "admin"):
        assert User.objects.get(username=username).check_password("bloc-demo-2026")


@pytest.mark.django_db
def test_an_unreadable_date_is_refused_with_an_example() -> None:
    with pytest.raises(CommandError, match="2026-11-23"):
        call_command("demo", "--today", "23/11/2026", stdout=StringIO())
