"""A surgeon's own interventions: the list, one of them, and the change asked of the bloc."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from planning.models import ChangeRequest, Intervention, PatientRead, Surgeon
from planning.selectors.own import GROUPS
from planning.services.change_requests import ask_change
from planning.templatetags.bloc import duration
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, make_user
from tests.factories.plans import make_plan, place
from tests.test_hostile_input import SEED, TEXTS, some
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db
LIST = "own-interventions"


@pytest.fixture(autouse=True)
def the_friday_before_the_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda: WEEK.monday - timedelta(days=3))
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def found(client: Client, query: str = "") -> list[Intervention]:
    return [one["row"] for one in client.get(reverse(LIST) + query).context["rows"]]


def page(client: Client, item: Intervention) -> Any:
    return client.get(reverse("own-intervention", kwargs={"pk": item.pk}))


def one_of_each(hospital: Hospital) -> dict[str, Intervention]:
    return {
        state: make_intervention(hospital.surgeons[0], state=state, code=f"C-{state}")
        for state in Intervention.State.values
    }


# ---- The list ------------------------------------------------------------------------


def test_what_needs_the_surgeon_comes_first_then_what_comes_soonest(surgeon: Client, hospital: Hospital) -> None:
    approved = make_plan("approved", 1)
    later, sooner = (make_intervention(hospital.surgeons[0], state="planned") for _ in range(2))
    place(approved, later, hospital, day=3)
    place(approved, sooner, hospital, day=1)
    waiting = make_intervention(hospital.surgeons[0], state="requested")
    asked = make_intervention(hospital.surgeons[0], state="returned", return_reason="Quel côté ?")

    assert found(surgeon) == [asked, sooner, later, waiting]
    text = surgeon.get(reverse(LIST)).content.decode()
    assert "Quel côté ?" in text
    assert "mar 24 nov. · 08:00 · SO1" in text


def test_what_was_done_last_is_first_among_the_done(surgeon: Client, hospital: Hospital) -> None:
    old, new = (
        make_intervention(hospital.surgeons[0], state="done", entered_at=NOW - timedelta(days=days)) for days in (9, 2)
    )
    place(make_plan("approved", 1), old, hospital)

    assert found(surgeon, "?group=done") == [new, old]


def test_each_filter_counts_and_shows_its_states(surgeon: Client, hospital: Hospital) -> None:
    rows = one_of_each(hospital)
    make_intervention(hospital.surgeons[1], state="planned")

    counts = {one["key"]: one["count"] for one in surgeon.get(reverse(LIST)).context["groups"]}

    assert counts == {
        "coming": 4, "complete": 1, "waiting": 2, "planned": 1, "done": 1, "cancelled": 1, "draft": 1, "all": 7,
    }  # fmt: skip
    for group, states in GROUPS.items():
        assert {row.pk for row in found(surgeon, f"?group={group}")} == {rows[state].pk for state in states}
    assert len(found(surgeon, "?group=__class__")) == 4


def test_it_is_searched_and_says_when_nothing_is_found(surgeon: Client, hospital: Hospital) -> None:
    knee = make_intervention(hospital.surgeons[0], procedure_label="Genou")
    make_intervention(hospital.surgeons[0], procedure_label="Épaule")

    assert found(surgeon, "?q=genou") == [knee]
    assert "Rien ne répond à cette recherche" in surgeon.get(reverse(LIST) + "?q=hanche").content.decode()


def test_it_is_narrowed_by_procedure_and_day_and_put_in_the_order_asked(surgeon: Client, hospital: Hospital) -> None:
    martin = hospital.surgeons[0]
    hip, late = ({"procedure_label": "Hanche"}, {"deadline_date": WEEK.days[4]})
    planned = make_intervention(martin, 60, state="planned", patient_code="P-3", **hip, **late)
    place(make_plan("approved", 1), planned, hospital, day=1)
    knee = make_intervention(martin, 90, state="requested", patient_code="P-1", procedure_label="Genou", **late)
    done = make_intervention(martin, 30, state="done", patient_code="P-2", entered_at=NOW - timedelta(days=9), **hip)

    every = "?group=all"
    assert found(surgeon, f"{every}&procedure=Hanche") == [planned, done]
    assert found(surgeon, f"{every}&from=2026-11-24&until=2026-11-24") == [planned]
    assert found(surgeon, f"{every}&until=2026-11-20") == [done]
    assert found(surgeon, f"{every}&from=hier") == [planned, knee, done]
    orders = {
        "day": [done, planned, knee], "-day": [knee, planned, done], "patient": [knee, done, planned],
        "label": [knee, planned, done], "minutes": [done, planned, knee],
    }  # fmt: skip
    assert {key: found(surgeon, f"{every}&sort={key}") for key in orders} == orders
    text = surgeon.get(reverse(LIST) + f"{every}&procedure=Hanche&sort=-minutes").content.decode()
    assert "?group=done&amp;procedure=Hanche&amp;sort=-minutes" in text
    assert '<option value="-minutes" selected>de la colonne</option>' in text
    assert "Tout montrer" in text


def test_a_draft_of_the_planners_never_shows(surgeon: Client, hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], state="accepted")
    place(make_plan("draft", 1), item, hospital, day=1)
    place(make_plan("proposed", 2), item, hospital, day=2)

    text = surgeon.get(reverse(LIST)).content.decode()

    assert "SO1" not in text
    assert "pas encore de date" in text
    assert "24 nov" not in page(surgeon, item).content.decode()


def test_only_ones_own_are_listed_and_an_account_without_surgeon_is_told(
    surgeon: Client, hospital: Hospital, sign_in: SignIn
) -> None:
    make_intervention(hospital.surgeons[1])
    assert found(surgeon) == []
    assert "Rien à venir" in surgeon.get(reverse(LIST)).content.decode()
    stranger = sign_in(make_user("sans-fiche", "surgeon"))
    for name in (LIST, "availability"):
        assert "relié à aucun chirurgien" in stranger.get(reverse(name)).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_as_many_queries_for_one_as_for_three(
    count: int, surgeon: Client, hospital: Hospital, django_assert_num_queries: Any
) -> None:
    approved = make_plan("approved", 1)
    for number in range(count):
        item = make_intervention(hospital.surgeons[0], 60, state="planned")
        place(approved, item, hospital, start=480 + 60 * number)
        ask_change(intervention=item, kind="other", reason="x", user=hospital.surgeon_user, now=NOW)

    with django_assert_num_queries(10):
        surgeon.get(reverse(LIST))


def test_two_hundred_are_cut_in_pages(surgeon: Client, hospital: Hospital) -> None:
    for _ in range(120):
        make_intervention(hospital.surgeons[0])

    assert [len(found(surgeon, f"?page={number}")) for number in (1, 2, 3)] == [50, 50, 20]


# ---- One of them ---------------------------------------------------------------------


def test_the_page_says_all_that_was_asked_and_what_happened(surgeon: Client, hospital: Hospital) -> None:
    item = make_intervention(
        hospital.surgeons[0], 95, state="planned", side="left", anaesthesia="spinal", notes="Allergie au latex",
        patient_code="P-4821",
    )  # fmt: skip
    place(make_plan("approved", 1, approved_at=NOW, approved_by=hospital.director), item, hospital)

    text = page(surgeon, item).content.decode()

    for said in ("P-4821", "Gauche", "Rachianesthésie", "Allergie au latex", duration(95), "salle SO1"):
        assert said in text
    assert "lundi 23 novembre 2026 à 08:00, salle SO1" in text


def test_anothers_intervention_is_not_found_as_one_that_does_not_exist(surgeon: Client, hospital: Hospital) -> None:
    other = make_intervention(hospital.surgeons[1], state="planned")
    statuses = set()
    for pk in (other.pk, other.pk + 1000):
        for name in ("own-intervention", "own-change-ask", "own-change-withdraw"):
            address = reverse(name, kwargs={"pk": pk})
            answer = surgeon.get(address) if name == "own-intervention" else surgeon.post(address, {"kind": "other"})
            statuses.add(answer.status_code)

    assert statuses == {404}
    assert not ChangeRequest.objects.exists()


def test_reading_ones_own_is_noted(surgeon: Client, hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0])

    surgeon.get(reverse(LIST))
    page(surgeon, item)

    assert [(one.source, one.interventions) for one in PatientRead.objects.order_by("pk")] == [
        ("list", f",{item.pk},"), ("form", f",{item.pk},"),
    ]  # fmt: skip


def test_the_page_costs_as_many_queries_whatever_happened(
    surgeon: Client, hospital: Hospital, django_assert_num_queries: Any
) -> None:
    item = make_intervention(hospital.surgeons[0], state="planned")
    for number in range(1, 4):
        place(make_plan("approved" if number == 3 else "superseded", number), item, hospital, day=number)
        with django_assert_num_queries(11):
            page(surgeon, item)


# ---- A change ------------------------------------------------------------------------


@pytest.fixture
def knee(hospital: Hospital) -> Intervention:
    item = make_intervention(hospital.surgeons[0], 60, state="planned")
    place(make_plan("approved", 1), item, hospital)
    return item


def ask(client: Client, item: Intervention, **given: str) -> Any:
    values = {"kind": "move", "wished_date": WEEK.days[3].isoformat(), "minutes": "", "reason": "Patient absent"}
    return client.post(reverse("own-change-ask", kwargs={"pk": item.pk}), values | given, follow=True)


def test_a_change_is_asked_shown_and_withdrawn(surgeon: Client, knee: Intervention) -> None:
    text = ask(surgeon, knee).content.decode()

    change = ChangeRequest.objects.get()
    assert (change.kind, change.wished_date, change.state) == ("move", WEEK.days[3], "open")
    assert "Changer de date : jeudi 26 novembre 2026" in text
    assert "Envoyer au bloc" not in text
    assert "changement demandé" in surgeon.get(reverse(LIST)).content.decode()

    address = reverse("own-change-withdraw", kwargs={"pk": knee.pk})
    again = surgeon.post(address, {"change": change.pk}, follow=True).content.decode()
    change.refresh_from_db()
    assert change.state == "withdrawn"
    assert "Envoyer au bloc" in again
    assert "déjà sa réponse" in surgeon.post(address, {"change": change.pk}, follow=True).content.decode()


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ({"reason": ""}, "reason", "Écrivez pourquoi"),
        ({"wished_date": ""}, "wished_date", "Choisissez le jour"),
        ({"wished_date": "2026-11-19"}, "wished_date", "Ce jour est passé"),
        ({"wished_date": "hier"}, "wished_date", "date valide"),
        ({"kind": "duration"}, "minutes", "Écrivez la durée demandée"),
        ({"kind": "duration", "minutes": "1:00"}, "minutes", "déjà la durée prévue"),
        ({"kind": "other; DROP"}, "kind", "choix valide"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(
    given: dict[str, str], field: str, message: str, surgeon: Client, knee: Intervention
) -> None:
    answer = ask(surgeon, knee, **given)

    assert message in str(answer.context["form"].errors[field])
    assert "<details" in answer.content.decode()
    assert not ChangeRequest.objects.exists()


def test_nothing_that_is_typed_crashes_a_form_of_the_surgeon(surgeon: Client, knee: Intervention) -> None:
    """What tests/test_hostile_input.py sends as the director."""
    names = ("kind", "wished_date", "minutes", "reason", "change", "starts_on", "ends_on", "confirmed", "morning_1")
    good = {"kind": "move", "wished_date": "2026-12-01", "reason": "x", "starts_on": "2026-12-01"}
    addresses = [
        reverse("own-change-ask", kwargs={"pk": knee.pk}), reverse("own-change-withdraw", kwargs={"pk": knee.pk}),
        reverse("availability-absence"), reverse("availability-preferences"),
    ]  # fmt: skip
    wrong = []
    for text in some(random.Random(SEED), TEXTS, 8):
        for data in (dict.fromkeys(names, text), good | {"minutes": text, "ends_on": text}):
            body = urlencode(data, errors="replace")
            for address in addresses:
                status = surgeon.post(address, body, content_type="application/x-www-form-urlencoded").status_code
                if status >= 500:
                    wrong.append((address, text[:20], status))

    assert wrong == []


def test_a_second_request_waits_for_the_first(surgeon: Client, knee: Intervention) -> None:
    ask(surgeon, knee)

    assert "attend déjà sa réponse" in ask(surgeon, knee, kind="cancel").content.decode()
    assert ChangeRequest.objects.count() == 1


def test_nothing_is_asked_of_a_request_that_the_bloc_has_not_accepted(surgeon: Client, hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], state="requested")

    assert "Demander un changement" not in page(surgeon, item).content.decode()
    assert "pas encore acceptée" in ask(surgeon, item).content.decode()


def test_whoever_may_not_submit_asks_nothing(director: Client, viewer: Client, knee: Intervention) -> None:
    for client in (director, viewer):
        assert ask(client, knee).status_code == 403
        assert client.get(reverse(LIST)).status_code == 403


def test_the_menu_leads_to_the_two_pages_and_lights_them(surgeon: Client, knee: Intervention) -> None:
    pages = page(surgeon, knee).context["pages"]
    assert [str(one["label"]) for one in pages if one["current"]] == ["Mes interventions"]
    pages = surgeon.get(reverse("availability")).context["pages"]
    assert [str(one["label"]) for one in pages if one["current"]] == ["Mes disponibilités"]


def test_the_state_of_the_surgeon_is_not_needed_to_read(surgeon: Client, knee: Intervention) -> None:
    """A surgeon who no longer operates still reads what was theirs."""
    Surgeon.objects.update(active=False)

    assert page(surgeon, knee).status_code == 200
