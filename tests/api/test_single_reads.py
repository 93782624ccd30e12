"""What the lists give together is read alone too, as it is described (tests/api/conftest.py checks each answer)."""

from __future__ import annotations

from typing import Any

import pytest

from planning.models import User
from planning.selectors.causes import CAUSES
from tests.api.conftest import Api
from tests.factories.hospital import WEEK, make_user
from tests.factories.theatre import Theatre, rows_of, working_theatre

pytestmark = pytest.mark.django_db


@pytest.fixture
def theatre() -> Theatre:
    return working_theatre()


@pytest.fixture
def admin() -> Api:
    boss: User = make_user("admin", "administrator")
    return Api(boss)


def test_each_kind_of_row_is_read_alone_with_its_version(admin: Api, theatre: Theatre) -> None:
    rows: Any = rows_of(theatre)
    plan, comparison = rows["plan-directeur"], rows["comparaisons"]["pk"]
    for path in (
        f"rooms/{rows['salles']['pk']}/", f"equipment/{rows['equipements']['pk']}/",
        f"specialties/{rows['specialites']['pk']}/", f"surgeons/{rows['chirurgiens']['pk']}/",
        f"master-plans/{plan['pk']}/", f"master-plans/{plan['pk']}/patterns/{plan['pattern']}/",
        f"weeks/{WEEK}/slots/{rows['semaines']['pk']}/", f"accounts/{rows['comptes']['pk']}/",
        f"interventions/{theatre.item.pk}/",
    ):  # fmt: skip
        answer = admin.get(path)
        assert (answer.status_code, answer.has_header("ETag")) == (200, True), path
    weights = admin.send("PUT", f"comparisons/{comparison}/weights/", {"weights": {"occupancy": 3}})
    assert weights.json()["weights"]["occupancy"] == 3


@pytest.mark.parametrize("indicator", CAUSES)
def test_every_indicator_says_its_causes(admin: Api, theatre: Theatre, indicator: str) -> None:
    answer = admin.get(f"plans/{theatre.draft.pk}/causes/", indicator=indicator)
    assert (answer.status_code, answer.json()["key"]) == (200, indicator)


def test_a_request_is_changed_and_master_plans_are_listed_with_their_slots(admin: Api, theatre: Theatre) -> None:
    rows: Any = rows_of(theatre)
    changed = Api(theatre.hospital.surgeon_user).patch(f"requests/{rows['demandes']['pk']}/", {"planned_minutes": 75})
    assert (changed.status_code, changed.json()["planned_minutes"]) == (200, 75)
    plan = rows["plan-directeur"]
    assert [one["id"] for one in admin.get("master-plans/").json()["results"]] == [plan["pk"]]
    slots = admin.get(f"master-plans/{plan['pk']}/patterns/").json()["results"]
    assert [one["id"] for one in slots] == [plan["pattern"]]
