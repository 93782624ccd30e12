"""A surgeon asks for an intervention: on a form that works without JavaScript, of their own alone."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from planning.access import Role
from planning.models import Equipment, Intervention, JournalEntry, PatientRead, Surgeon
from planning.templatetags.bloc import duration
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, make_user
from tests.test_hostile_input import SEED, TEXTS, some
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db
NEW = "/demandes/nouvelle/"
SUNDAY = WEEK.monday - timedelta(days=1)


@pytest.fixture(autouse=True)
def the_day_before_the_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda: SUNDAY)


def given(**changes: Any) -> dict[str, Any]:
    values = {
        "patient_code": "P-4821", "procedure_label": "Prothèse de hanche", "planned_minutes": "2:20", "side": "left",
        "priority": "elective", "admission_date": SUNDAY.isoformat(), "deadline_date": WEEK.days[4].isoformat(),
        "ambulatory": "False", "anaesthesia": "spinal", "notes": "Latex",
    }  # fmt: skip
    return values | changes


def done(surgeon: Surgeon, *minutes: int, label: str = "Prothèse de hanche") -> None:
    for number, one in enumerate(minutes):
        entered = NOW - timedelta(days=number + 1)
        make_intervention(
            surgeon, 60, procedure_label=label, procedure_code="NEKA020", state="done", entered_at=entered,
            left_at=entered + timedelta(minutes=one),
        )  # fmt: skip


def edit_address(row: Intervention, tail: str = "") -> str:
    return f"/demandes/{row.pk}/{tail}"


# ---- Submit and keep ------------------------------------------------------------------


def test_a_submission_is_asked_of_the_bloc(surgeon: Client, hospital: Hospital) -> None:
    microscope = Equipment.objects.get()
    answer = surgeon.post(NEW, given(submit="1", equipment=[microscope.pk], wished_date=WEEK.days[2].isoformat()))

    assert (answer.status_code, answer["Location"]) == (302, reverse("own-interventions"))
    row = Intervention.objects.get()
    assert (row.state, row.surgeon, row.planned_minutes, row.side) == ("requested", hospital.surgeons[0], 140, "left")
    assert (row.anaesthesia, row.wished_date, row.ambulatory) == ("spinal", WEEK.days[2], False)
    assert list(row.equipment.all()) == [microscope]
    assert "est soumise au bloc" in surgeon.get(reverse("own-interventions")).content.decode()


def test_a_draft_may_lack_the_patient_and_is_seen_by_nobody_else(
    surgeon: Client, director: Client, hospital: Hospital
) -> None:
    answer = surgeon.post(NEW, given(draft="1", patient_code=""))

    row = Intervention.objects.get()
    assert (answer["Location"], row.state) == (edit_address(row), "draft")
    assert not JournalEntry.objects.exists()
    assert surgeon.get(edit_address(row)).status_code == 200
    assert director.get(edit_address(row)).status_code == 403
    assert director.get(reverse("intervention-edit", kwargs={"pk": row.pk})).status_code == 404
    for name in ("intervention-accept", "intervention-cancel"):
        assert director.post(reverse(name, kwargs={"pk": row.pk}), {"reason": "x"}).status_code == 404
    for query in ("?state=all", "?state=draft", "?q=hanche", f"?q={row.code}&state=all"):
        page = director.get(reverse("interventions") + query)
        assert list(page.context["listing"].page) == []
    assert 'value="draft"' not in director.get(reverse("interventions")).content.decode()
    row.refresh_from_db()
    assert row.state == "draft"


def test_an_administrator_does_not_find_a_draft_behind_the_pages(sign_in: SignIn, hospital: Hospital) -> None:
    make_intervention(hospital.surgeons[0], state="draft", code="I-SECRET")
    make_intervention(hospital.surgeons[0], state="requested", code="I-ASKED")
    page = sign_in(make_user("admin", Role.ADMINISTRATOR)).get(reverse("admin:planning_intervention_changelist"))

    assert "I-ASKED" in page.content.decode()
    assert "I-SECRET" not in page.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("patient_code", "", "Donnez le code du dossier"),
        ("patient_code", "Dupont", "jamais un nom"),
        ("patient_code", "Jean Dupont 2", "Lettres, chiffres, tiret"),
        ("procedure_label", "", "Dites quel acte"),
        ("planned_minutes", "", "Dites combien de temps la salle est occupée"),
        ("planned_minutes", "vite", "Écrivez la durée comme 1:30"),
        ("deadline_date", "2026-11-20", "Cette date limite est passée"),
        ("wished_date", "2026-12-24", "Le jour souhaité doit suivre"),
        ("equipment", "999", "999"),
        ("side", "up", "up"),
    ],
)
def test_what_is_missing_or_wrong_is_named_and_nothing_is_written(
    field: str, value: str, said: str, surgeon: Client
) -> None:
    answer = surgeon.post(NEW, given(submit="1", **{field: value}))

    assert answer.status_code == 200
    assert said in str(answer.context["form"].errors[field])
    assert not Intervention.objects.exists()


def test_a_deadline_before_the_admission_is_refused_even_in_a_draft(surgeon: Client) -> None:
    answer = surgeon.post(NEW, given(draft="1", admission_date=WEEK.days[4].isoformat()))

    assert "La date limite doit suivre" in str(answer.context["form"].errors["deadline_date"])
    assert not Intervention.objects.exists()


def test_a_draft_is_taken_up_again_and_submitted(surgeon: Client, hospital: Hospital) -> None:
    surgeon.post(NEW, given(draft="1", patient_code=""))
    row = Intervention.objects.get()
    page = surgeon.get(edit_address(row))
    assert 'value="2:20"' in page.content.decode()

    surgeon.post(edit_address(row), given(submit="1", seen=page.context["seen"]))

    row.refresh_from_db()
    assert (row.state, row.patient_code, Intervention.objects.count()) == ("requested", "P-4821", 1)


def test_a_draft_changed_elsewhere_is_not_written_over_unasked(surgeon: Client, hospital: Hospital) -> None:
    surgeon.post(NEW, given(draft="1"))
    row = Intervention.objects.get()
    seen = surgeon.get(edit_address(row)).context["seen"]
    surgeon.post(edit_address(row), given(draft="1", seen=seen, planned_minutes="60"))

    answer = surgeon.post(edit_address(row), given(draft="1", seen=seen, planned_minutes="90"))

    assert answer.status_code == 409
    assert "modifiée ailleurs" in answer.content.decode()
    assert Intervention.objects.get().planned_minutes == 60
    surgeon.post(edit_address(row), given(draft="1", seen=answer.context["seen"], planned_minutes="90"))
    assert Intervention.objects.get().planned_minutes == 90


def test_a_draft_is_deleted(surgeon: Client, hospital: Hospital) -> None:
    row = make_intervention(hospital.surgeons[0], state="draft")

    assert surgeon.post(edit_address(row, "supprimer/"))["Location"] == NEW
    assert not Intervention.objects.exists()


# ---- Sent back, taken back, copied ---------------------------------------------------


def test_one_sent_back_shows_the_question_and_waits_for_an_answer(surgeon: Client, hospital: Hospital) -> None:
    row = make_intervention(hospital.surgeons[0], state="returned", return_reason="Quel côté ?")
    page = surgeon.get(edit_address(row)).content.decode()
    assert "Quel côté ?" in page

    refused = surgeon.post(edit_address(row), given(submit="1"))
    assert "Répondez à la question" in str(refused.context["form"].errors["answer"])

    surgeon.post(edit_address(row), given(submit="1", answer="Le gauche"))
    row.refresh_from_db()
    assert (row.state, row.return_reason, row.side) == ("requested", "", "left")
    assert JournalEntry.objects.get().reason == "Le gauche"


def test_a_submitted_one_is_shown_with_how_to_take_it_back(surgeon: Client, hospital: Hospital) -> None:
    row = make_intervention(hospital.surgeons[0], state="requested")
    page = surgeon.get(edit_address(row)).content.decode()
    assert "Retirer pour modifier" in page
    assert PatientRead.objects.get().interventions == f",{row.pk},"

    assert surgeon.post(edit_address(row, "retirer/"))["Location"] == edit_address(row)
    row.refresh_from_db()
    assert row.state == "draft"


def test_what_the_bloc_has_accepted_is_not_taken_back(surgeon: Client, hospital: Hospital) -> None:
    row = make_intervention(hospital.surgeons[0], state="accepted")

    page = surgeon.post(edit_address(row, "retirer/"), follow=True).content.decode()

    assert "Le bloc a déjà décidé de cette demande" in page
    own = reverse("own-intervention", kwargs={"pk": row.pk})
    assert surgeon.post(edit_address(row), given(submit="1"))["Location"] == own
    assert surgeon.get(edit_address(row))["Location"] == own
    row.refresh_from_db()
    assert (row.state, row.planned_minutes) == ("accepted", 90)


def test_a_copy_keeps_the_procedure_and_forgets_the_patient(surgeon: Client, hospital: Hospital) -> None:
    old = date(2025, 1, 5)
    row = make_intervention(
        hospital.surgeons[0], 75, procedure_label="Genou", patient_code="P-SECRET", side="right", state="done",
        admission_date=old, deadline_date=old + timedelta(days=9), notes="Secret",
    )  # fmt: skip
    row.equipment.add(Equipment.objects.get())

    page = surgeon.get(f"{NEW}?copie={row.pk}")

    form = page.context["form"]
    copied = [form[name].value() for name in ("procedure_label", "planned_minutes", "side")]
    assert copied == ["Genou", "1:15", "right"]
    assert (form["patient_code"].value(), form["notes"].value()) == (None, None)
    assert form["deadline_date"].value() > SUNDAY
    assert 'value="1:15"' in page.content.decode()
    assert Intervention.objects.count() == 1


# ---- Only one's own -------------------------------------------------------------------


def test_anothers_requests_do_not_exist(surgeon: Client, hospital: Hospital) -> None:
    for state in ("draft", "requested", "returned", "accepted", "done"):
        row = make_intervention(hospital.surgeons[1], state=state, patient_code="P-SECRET", code=f"I-{state}")
        assert surgeon.get(edit_address(row)).status_code == 404
        assert surgeon.post(edit_address(row), given(draft="1")).status_code == 404
        assert surgeon.post(edit_address(row, "retirer/")).status_code == 404
        assert surgeon.post(edit_address(row, "supprimer/")).status_code == 404
        assert surgeon.get(f"{NEW}?copie={row.pk}").status_code == 404
        row.refresh_from_db()
        assert row.state == state
    assert "I-d" not in surgeon.get(NEW).content.decode()


def test_a_colleagues_request_for_the_same_patient_is_not_told(surgeon: Client, hospital: Hospital) -> None:
    make_intervention(
        hospital.surgeons[1], state="requested", patient_code="P-4821", procedure_label="Prothèse de hanche"
    )

    assert surgeon.post(NEW, given(submit="1")).status_code == 302


def test_the_same_request_twice_is_told_before_it_goes_on(surgeon: Client, hospital: Hospital) -> None:
    surgeon.post(NEW, given(submit="1"))
    first = Intervention.objects.get()

    told = surgeon.post(NEW, given(submit="1", procedure_label="prothèse DE hanche", patient_code="p-4821"))
    assert told.status_code == 200
    assert "Vous avez déjà demandé cet acte" in told.content.decode()
    assert f'name="twin" value="{first.code}"' in told.content.decode()
    assert Intervention.objects.count() == 1

    assert surgeon.post(NEW, given(submit="1", twin=first.code)).status_code == 302
    assert Intervention.objects.count() == 2


def test_an_account_without_a_surgeon_is_told_what_is_missing(sign_in: SignIn, hospital: Hospital) -> None:
    page = sign_in(make_user("nouveau", Role.SURGEON)).get(NEW)

    assert page.status_code == 200
    assert "Votre compte n'est relié à aucun chirurgien" in page.content.decode()


# ---- The answer while it is written ---------------------------------------------------


def test_the_answer_gives_the_duration_and_the_first_days(surgeon: Client, hospital: Hospital) -> None:
    done(hospital.surgeons[0], 90, 100, 110, 120, 140, 180)

    page = surgeon.post("/demandes/reponse/", given(planned_minutes="")).content.decode()

    assert "D&#x27;après 6 de vos interventions : médiane 1\u00a0h\u00a055, P80 2\u00a0h\u00a020." in page
    assert 'name="minutes" value="140"' in page
    assert f'id="wish-{WEEK.monday.isoformat()}"' in page
    assert "08:00–10:20 · SO1" in page
    assert "n'engage personne" in page
    assert not Intervention.objects.filter(state="draft").exists()


def test_without_javascript_a_button_fills_the_duration(surgeon: Client, hospital: Hospital) -> None:
    done(hospital.surgeons[0], 90, 100, 110, 120, 140, 180)

    picked = surgeon.post(
        NEW, given(procedure="Prothèse de hanche", procedure_label="", planned_minutes="", patient_code="")
    )
    assert picked.context["form"]["procedure_label"].value() == "Prothèse de hanche"
    assert picked.context["form"]["planned_minutes"].value() == "140"
    assert "errorlist" not in picked.content.decode()

    median = surgeon.post(NEW, given(minutes="115"))
    assert 'name="planned_minutes" value="115"' in median.content.decode()
    assert not Intervention.objects.exclude(state="done").exists()


def test_procedures_are_searched_without_accents_own_ones_first(surgeon: Client, hospital: Hospital) -> None:
    for _ in range(3):
        make_intervention(hospital.surgeons[1], procedure_label="Réparation du genou")
    make_intervention(hospital.surgeons[0], procedure_label="Genou, reprise")
    make_intervention(hospital.surgeons[1], procedure_label="Genou caché", state="draft")

    page = surgeon.get("/demandes/actes/?q=GENOU").content.decode()

    assert page.index("Genou, reprise") < page.index("Réparation du genou")
    assert "caché" not in page
    assert "Réparation" in surgeon.get("/demandes/actes/?q=reparation").content.decode()
    assert "Aucun acte connu de ce nom" in surgeon.get("/demandes/actes/?q=zzz").content.decode()


def test_questions_are_counted(surgeon: Client, settings: Any) -> None:
    settings.LIMITS = settings.LIMITS | {"question": 2}
    statuses = [surgeon.get("/demandes/actes/?q=a").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert surgeon.post("/demandes/reponse/", given()).status_code == 429


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_as_many_queries_for_one_request_as_for_three(
    count: int, surgeon: Client, hospital: Hospital, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    for _ in range(count):
        make_intervention(hospital.surgeons[0], state="requested")

    with django_assert_num_queries(6):
        surgeon.get(NEW)


def test_the_page_speaks_english(surgeon: Client, hospital: Hospital) -> None:
    done(hospital.surgeons[0], 90, 100, 110, 120, 140, 180)
    surgeon.cookies["django_language"] = "en"

    with translation.override("en"):
        page = surgeon.post(NEW, given(show="1")).content.decode()

    for text in (
        "From 6 of your cases: median 1",
        "First possible dates",
        "Save the draft",
        "binds nobody",
        "Time in the room",
    ):
        assert text in page
    for text in ("Durée", "Soumettre", "jours", "Souhait"):
        assert text not in page


def test_what_nobody_should_send_is_refused_in_words(surgeon: Client, hospital: Hospital) -> None:
    surgeon.raise_request_exception = False
    chance, returned = random.Random(SEED), make_intervention(hospital.surgeons[0], state="returned", return_reason="?")
    buttons = ((NEW, "show"), (NEW, "draft"), (edit_address(returned), "submit"), ("/demandes/reponse/", "show"))
    for field in (*given(), "wished_date", "equipment", "procedure", "minutes", "answer", "twin", "seen"):
        for text in some(chance, TEXTS, 4):
            address, button = chance.choice(buttons)
            answer = surgeon.post(address, given(**{button: "1", field: text}))
            assert answer.status_code in (200, 302, 409), (field, text, address)


def test_addresses_that_nobody_should_ask_for_are_answered_in_words(surgeon: Client, hospital: Hospital) -> None:
    surgeon.raise_request_exception = False
    for text in ("abc", "²", "-1", "9" * 23, "%00"):
        assert surgeon.get(f"{NEW}?copie={text}").status_code in (200, 404)
    for text in ("%00", "a%00b", "x" * 3000, "a+" * 400, "%25_"):
        assert surgeon.get(f"/demandes/actes/?q={text}").status_code == 200


# ---- The stay in the recovery room ----------------------------------------------------


def test_the_stay_is_written_kept_copied_and_shown_to_the_bloc(
    surgeon: Client, director: Client, hospital: Hospital
) -> None:
    surgeon.post(NEW, given(submit="1", recovery_minutes="2:10"))
    surgeon.post(NEW, given(submit="1", patient_code="P-1", recovery_minutes=""))
    first, usual = Intervention.objects.order_by("pk")
    assert (first.recovery_minutes, usual.recovery_minutes) == (130, 90)
    assert f"salle de réveil : {duration(130)}" in surgeon.get(f"{NEW}?copie={first.pk}").content.decode()
    shown = director.get(reverse("inbox-item", kwargs={"pk": first.pk})).content.decode()
    assert f"<dt>Salle de réveil</dt><dd>{duration(130)}</dd>" in shown


def test_a_stay_that_is_no_duration_is_refused_where_it_is_written(surgeon: Client, hospital: Hospital) -> None:
    text = surgeon.post(NEW, given(submit="1", recovery_minutes="longtemps")).content.decode()
    assert '<details class="more" open>' in text
    assert "Écrivez la durée comme 1:30, ou en minutes comme 90." in text
    assert not Intervention.objects.exists()


def test_the_procedure_brings_its_usual_stay_with_and_without_javascript(surgeon: Client, hospital: Hospital) -> None:
    for minutes in (30, 45, 45):
        make_intervention(
            hospital.surgeons[0], procedure_label="Prothèse de hanche", state="done", recovery_minutes=minutes,
            entered_at=NOW, left_at=NOW + timedelta(minutes=70),
        )  # fmt: skip
    answer = surgeon.post("/demandes/reponse/", given()).content.decode()
    assert 'data-recovery="45"' in answer
    page = surgeon.post(NEW, given(procedure="Prothèse de hanche", recovery_minutes="")).content.decode()
    assert f"salle de réveil : {duration(45)}" in page


def test_the_form_speaks_english_of_the_side_and_of_the_weeks(surgeon: Client, hospital: Hospital) -> None:
    with translation.override("en"):
        text = (
            surgeon.post("/demandes/reponse/", given(), headers={"accept-language": "en"}).content.decode()
            + surgeon.get(NEW, headers={"accept-language": "en"}).content.decode()
        )
    assert "<b>W48</b>" in text
    assert "Not applicable" in text
    assert "No longer applies" not in text
