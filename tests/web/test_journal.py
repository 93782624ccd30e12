from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from planning.models import Equipment, Intervention, JournalEntry, PatientRead, Plan, Room, User
from planning.services.placements import move_placement, pin_placements, undo_step
from planning.services.plans import approve_plan
from planning.services.swaps import swap_placements
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, make_user
from tests.factories.plans import make_plan, place

pytestmark = pytest.mark.django_db
PAGE = f"/semaines/{WEEK}/journal/"
SLOT = {"room": "SO1", "date": "2026-11-24", "start": 480, "end": 1080, "specialty": "ORT", "surgeon": None}


def note(user: User, action: str = "slot", **fields: object) -> JournalEntry:
    values: dict[str, object] = {"at": NOW, "user": user, "action": action, "monday": WEEK.monday}
    return JournalEntry.objects.create(**(values | fields))


def texts(client: Client, query: str = "") -> list[str]:
    return [line["text"] for line in client.get(PAGE + query).context["lines"]]


def test_changes_of_slots_read_as_sentences(director: Client, hospital: Hospital) -> None:
    note(hospital.director, after=SLOT)
    note(hospital.director, before=SLOT, after=SLOT | {"end": 780, "specialty": None, "surgeon": "MAR"})
    note(hospital.director, before=SLOT)
    note(hospital.director, after={"restored": True})

    assert texts(director, "?sort=at") == [
        "Plage ajoutée : SO1 mar 24/11 08:00–18:00 (ORT)",
        "Plage changée : SO1 mar 24/11 08:00–18:00 (ORT) devient SO1 mar 24/11 08:00–13:00 (MAR)",
        "Plage retirée : SO1 mar 24/11 08:00–18:00 (ORT)",
        "La semaine est rendue au plan directeur",
    ]


def test_a_move_says_from_where_to_where_with_its_reason_and_cost(director: Client, hospital: Hospital) -> None:
    row = make_intervention(hospital.surgeons[0])
    note(
        hospital.director, "force", intervention=row, reason="Accord du chirurgien", cost_delta=214.0,
        before={"room": "SO1", "date": "2026-11-24", "minute": 480},
        after={"room": "SO2", "date": "2026-11-25", "minute": 600},
    )  # fmt: skip

    page = director.get(PAGE).content.decode()

    assert all(part in page for part in (row.code, "SO1", "SO2", "Accord du chirurgien", "+214", "Directrice"))


def test_the_journal_is_filtered_by_action_person_day_and_words(director: Client, hospital: Hospital) -> None:
    other = make_user("cellule", "planner")
    note(hospital.director, after=SLOT, reason="Congrès")
    note(other, after=SLOT | {"room": "SO2"}, at=NOW - timedelta(days=1))
    note(other, "run", after={"policy": "open"})

    assert len(texts(director)) == 3
    assert len(texts(director, "?action=run")) == 1
    assert len(texts(director, f"?user={other.pk}")) == 2
    assert len(texts(director, "?from=2026-11-19&to=2026-11-19")) == 1
    assert len(texts(director, "?from=2026-11-20")) == 2
    assert len(texts(director, "?q=congr")) == 1
    assert len(texts(director, "?from=demain&to=x&user=x&action=x&kind=x&rule=x")) == 3


def test_another_weeks_entries_stay_away(director: Client, hospital: Hospital) -> None:
    note(hospital.director, after=SLOT, monday=WEEK.next.monday)

    assert texts(director) == []
    assert "Rien encore cette semaine" in director.get(PAGE).content.decode()


def test_the_menu_leads_to_the_week_that_moved_last(director: Client, hospital: Hospital) -> None:
    note(hospital.director, after=SLOT)
    note(hospital.director, after=SLOT, monday=WEEK.next.monday, at=NOW - timedelta(days=1))

    assert director.get(reverse("journal-current"))["Location"] == PAGE


@pytest.mark.parametrize("entries", [1, 3])
def test_the_journal_costs_as_many_queries_for_one_entry_as_for_three(
    entries: int, director: Client, hospital: Hospital, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    for _ in range(entries):
        row = make_intervention(hospital.surgeons[0])
        note(hospital.director, "edit", intervention=row, before={"state": "requested"}, after={"state": "accepted"})

    with django_assert_num_queries(8):
        director.get(PAGE)


def test_changes_of_a_room_read_as_sentences(director: Client, hospital: Hospital) -> None:
    given = {"code": "SO3", "name": "", "position": "3", "opens_minute": "08:00", "closes_minute": "20:00"}
    microscope = Equipment.objects.get()
    director.post(reverse("room-create"), given | {"in_service": "on"})
    room = Room.objects.get(code="SO3")
    director.post(reverse("room-edit", kwargs={"pk": room.pk}), given | {"in_service": "on"})  # nothing changed
    changed = {"name": "Coelio", "opens_minute": "7h30", "equipment": [microscope.pk]}
    director.post(reverse("room-edit", kwargs={"pk": room.pk}), given | changed)
    days = {"starts_on": "2026-11-24", "ends_on": "2026-11-26", "reason": "Travaux"}
    director.post(reverse("room-close", kwargs={"pk": room.pk}), days)
    closure = room.closures.get()
    director.post(reverse("room-reopen", kwargs={"pk": room.pk, "closure": closure.pk}))

    assert texts_of_all(director, "room") == [
        "Salle SO3 créée",
        "Salle SO3 : nom – → Coelio ; ouverture 08:00 → 07:30 ; équipements – → Microscope ; en service oui → non",
        "Salle SO3 fermée du 24 novembre 2026 au 26 novembre 2026",
        "Salle SO3 : fermeture du 24 novembre 2026 au 26 novembre 2026 retirée",
    ]
    assert {(one.user, one.reason) for one in JournalEntry.objects.exclude(monday=None)} == {
        (hospital.director, "Travaux")
    }


def test_changes_of_a_surgeon_read_as_sentences_in_both_languages(director: Client, hospital: Hospital) -> None:
    surgeon = hospital.surgeons[0]
    given = {
        "code": "S1", "trigram": "MAR", "last_name": "Martin", "specialty": hospital.orthopaedics.pk,
        "user": hospital.surgeon_user.pk, "daily_maximum_minutes": "7:30", "active": "on",
        **{f"start_{day}": "08:00" for day in range(4)}, **{f"end_{day}": "20:00" for day in range(4)},
        "end_1": "13:00",
    }  # fmt: skip
    director.post(reverse("surgeon-edit", kwargs={"pk": surgeon.pk}), given)
    day = {"starts_on": "2026-11-24", "ends_on": "2026-11-24", "reason": "Congrès"}
    director.post(reverse("surgeon-absence", kwargs={"pk": surgeon.pk}), day)
    absence = surgeon.absences.get()
    director.post(reverse("surgeon-absence-remove", kwargs={"pk": surgeon.pk, "absence": absence.pk}))

    assert texts_of_all(director, "surgeon") == [
        "Dr Martin : durée maximale par jour 8\u00a0h → 7\u00a0h\u00a030 ; mardi 08:00–20:00 → 08:00–13:00 ; "
        "vendredi 08:00–20:00 → –",
        "Dr Martin absent le 24 novembre 2026",
        "Dr Martin : absence le 24 novembre 2026 retirée",
    ]
    director.post(reverse("set_language"), {"language": "en"})
    assert texts_of_all(director, "surgeon")[1] == "Dr Martin away on 24 November 2026"


def texts_of_all(client: Client, action: str) -> list[str]:
    page = client.get(reverse("journal-all"), {"action": action, "sort": "at"})
    return [line["text"] for line in page.context["lines"]]


def test_an_import_says_what_it_brought(director: Client, hospital: Hospital) -> None:
    note(hospital.director, "import", monday=None, after={"target": "interventions", "created": 12, "existing": 3})

    assert texts_of_all(director, "import") == ["Interventions : 12 lignes ajoutées, 3 déjà là"]


def test_the_whole_journal_holds_every_week_and_what_belongs_to_none(director: Client, hospital: Hospital) -> None:
    note(hospital.director, after=SLOT)
    note(hospital.director, after=SLOT | {"room": "SO2"}, monday=WEEK.next.monday)
    note(hospital.director, "room", monday=None, after={"of": "SO9", "code": "SO9"})

    page = director.get(reverse("journal-all"), {"sort": "week"})

    assert {line["week"] for line in page.context["lines"]} == {None, WEEK, WEEK.next}
    found = director.get(reverse("journal-all"), {"q": "so9"})
    assert [line["text"] for line in found.context["lines"]] == ["Salle SO9 créée"]


def test_a_closure_is_filed_under_its_first_week(director: Client, hospital: Hospital) -> None:
    days = {"starts_on": WEEK.days[4].isoformat(), "ends_on": WEEK.next.days[2].isoformat(), "reason": "Travaux"}
    director.post(reverse("room-close", kwargs={"pk": hospital.rooms[0].pk}), days)

    assert texts(director) == ["Salle SO1 fermée du 27 novembre 2026 au 2 décembre 2026"]


@pytest.mark.parametrize("entries", [1, 3])
def test_the_whole_journal_costs_as_many_queries_for_one_entry_as_for_three(
    entries: int, director: Client, hospital: Hospital, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    for _ in range(entries):
        note(hospital.director, "specialty", before={"of": "ORL", "closed_on": None}, after={"of": "ORL"})

    with django_assert_num_queries(7):
        director.get(reverse("journal-all"))


def parts(client: Client, query: str = "") -> list[tuple[str, str, str]]:
    lines = [line["parts"] for line in client.get(PAGE + query).context["lines"]]
    return [(one.subject, one.before, one.after) for one in lines]


def moved(hospital: Hospital, draft: Plan, item: Intervention, start: int, reason: str = "") -> None:
    draft.refresh_from_db()
    move_placement(
        plan=draft, intervention=item.pk, room=hospital.rooms[0].pk, day=WEEK.monday, start=start,
        revision=draft.revision, user=hospital.director, now=NOW, reason=reason,
    )  # fmt: skip


def test_a_decision_stands_beside_what_it_was_about_from_what_to_what_as_the_grid_names_it(
    director: Client, hospital: Hospital
) -> None:
    draft, item = make_plan(), make_intervention(hospital.surgeons[0], 60)
    moved(hospital, draft, item, 480)
    moved(hospital, draft, item, 600)
    pin_placements(
        plan=draft, interventions=[item.pk], pinned=False, revision=2, user=hospital.director, now=NOW
    )  # fmt: skip
    draft.refresh_from_db()
    approve_plan(plan_id=draft.pk, revision=draft.revision, user=hospital.director, now=NOW)

    assert parts(director, "?sort=at") == [
        (item.patient_code, "à planifier", "SO1 lun. 23 08:00"),
        (item.patient_code, "SO1 lun. 23 08:00", "SO1 lun. 23 10:00"),
        (item.patient_code, "", "SO1 lun. 23 10:00"),
        ("Version 2", "", "1 intervention planifiée"),
    ]
    # What is shown of a patient is noted; the journal itself holds no patient's code.
    assert PatientRead.objects.get().interventions == f",{item.pk},"
    assert not any(item.patient_code in f"{one.before} {one.after}" for one in JournalEntry.objects.all())


def test_each_line_tells_the_cost_at_that_moment_and_its_change(director: Client, hospital: Hospital) -> None:
    draft, item = make_plan(), make_intervention(hospital.surgeons[0], 60)
    moved(hospital, draft, item, 480)
    draft.refresh_from_db()
    approve_plan(plan_id=draft.pk, revision=1, user=hospital.director, now=NOW)
    moved(hospital, draft, item, 1000)
    draft.refresh_from_db()
    approve_plan(plan_id=draft.pk, revision=2, user=hospital.director, now=NOW)

    lines = director.get(PAGE + "?sort=at").context["lines"]
    told = [(line["entry"].action, line["entry"].cost_delta, line["cost"]) for line in lines]
    # 3000 euros for leaving it out in the week of its deadline; a Monday costs no day of waiting.
    assert told == [("move", -3000.0, 0.0), ("approve", None, 0.0), ("move", 0.0, 0.0), ("approve", 0.0, 0.0)]


def test_who_signed_many_times_for_others_is_named_once(director: Client, hospital: Hospital) -> None:
    facts = {"number": 2, "placements": 1, "signed": ["Delcourt", "Martin", "Delcourt"], "total_cost": 0}
    JournalEntry.objects.create(
        at=NOW, user=hospital.director, action="approve", monday=WEEK.monday, plan=make_plan(), after=facts
    )
    [line] = director.get(PAGE).context["lines"]
    assert line["parts"].after == "1 intervention planifiée ; visas : Delcourt (2), Martin"


def test_what_broke_a_rule_is_found_alone_whatever_the_gesture(director: Client, hospital: Hospital) -> None:
    draft = make_plan()
    early = make_intervention(hospital.surgeons[0], 60, admission_date=WEEK.monday)
    others = [make_intervention(hospital.surgeons[0], 60) for _ in range(2)]
    place(draft, others[0], hospital, start=480)
    place(draft, others[1], hospital, day=1, start=480)
    moved(hospital, draft, early, 600, reason="Déjà là")
    draft.refresh_from_db()
    swap_placements(
        plan=draft, first=early.pk, second=others[1].pk, revision=draft.revision, user=hospital.director, now=NOW
    )
    draft.refresh_from_db()
    undo_step(plan=draft, revision=draft.revision, user=hospital.director, now=NOW)

    assert {entry["entry"].action for entry in director.get(PAGE).context["lines"]} == {"force", "swap", "undo"}
    assert [line["entry"].action for line in director.get(PAGE + "?rule=1").context["lines"]] == ["force"]
    assert [line["entry"].action for line in director.get(PAGE + "?kind=refused").context["lines"]] == []
    assert len(texts(director, "?kind=changes")) == 3


def test_words_find_codes_patients_surgeons_people_and_reasons(director: Client, hospital: Hospital) -> None:
    draft = make_plan()
    mine, other = (make_intervention(surgeon, 60) for surgeon in hospital.surgeons[:2])
    moved(hospital, draft, mine, 480)
    moved(hospital, draft, other, 600)
    swap_placements(plan=draft, first=mine.pk, second=other.pk, revision=2, user=hospital.director, now=NOW)
    note(make_user("cellule", "planner"), after=SLOT, reason="Congrès annuel")

    assert len(texts(director, f"?q={mine.code}")) == 2  # its move and the swap
    assert len(texts(director, f"?q={mine.patient_code}")) == 2
    assert len(texts(director, "?q=martin")) == 1
    assert len(texts(director, "?q=dur+directrice")) == 1
    assert len(texts(director, "?q=cellule")) == 1
    assert len(texts(director, "?q=annuel+congr")) == 1
    assert texts(director, "?q=nulle+part") == []


def test_the_whole_journal_narrows_to_a_week(director: Client, hospital: Hospital) -> None:
    note(hospital.director, after=SLOT)
    note(hospital.director, after=SLOT, monday=WEEK.next.monday)

    page = director.get(reverse("journal-all"), {"week": str(WEEK.next)})
    assert [line["week"] for line in page.context["lines"]] == [WEEK.next]
    assert len(director.get(reverse("journal-all"), {"week": "2026-W99"}).context["lines"]) == 2


def test_the_pages_of_the_journal_hold_fifty_lines_and_keep_the_filters(director: Client, hospital: Hospital) -> None:
    for _ in range(60):
        note(hospital.director, after=SLOT, reason="Travaux")

    second = director.get(PAGE, {"q": "travaux", "page": "2"})
    assert len(second.context["lines"]) == 10
    assert "q=travaux" in second.content.decode()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_files_hold_the_lines_of_the_filters_without_patients_and_run_no_formula(
    director: Client, hospital: Hospital, form: str
) -> None:
    draft, item = make_plan(), make_intervention(hospital.surgeons[0], 60)
    moved(hospital, draft, item, 480)
    note(hospital.director, after=SLOT, reason='=HYPERLINK("http://evil.example";"x")')
    note(hospital.director, "run", after={"policy": "open"}, monday=WEEK.next.monday)

    answer = director.get(reverse("journal-export", kwargs={"form": form}), {"week": str(WEEK), "sort": "at"})
    rows = read_csv(answer.content) if form == "csv" else read_xlsx(answer.content)

    assert f'filename="journal-{WEEK}.{form}"' in answer["Content-Disposition"]
    assert rows[0][:5] == ["Quand", "Qui", "Identifiant", "Action", "Semaine"]
    assert [row[3] for row in rows[1:]] == ["Plage modifiée", "Déplacement"]
    move = dict(zip(rows[0], rows[2], strict=True))
    assert (move["Sur quoi"], move["Avant"], move["Après"]) == (item.code, "à planifier", "SO1 lun. 23 08:00")
    assert float(move["Variation du coût (€)"]) == -3000
    assert not any(item.patient_code in str(cell) for row in rows for cell in row)
    reason = rows[1][rows[0].index("Pourquoi")]
    assert reason.startswith("'=" if form == "csv" else "=HYPERLINK")
    if form == "xlsx":
        sheet = load_workbook(io.BytesIO(answer.content)).active
        assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def read_xlsx(content: bytes) -> list[list[Any]]:
    sheet = load_workbook(io.BytesIO(content)).active
    return [["" if cell is None else cell for cell in row] for row in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_file_costs_as_many_queries_for_one_line_as_for_three(
    rows: int, director: Client, hospital: Hospital, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    for _ in range(rows):
        note(hospital.director, "edit", intervention=make_intervention(hospital.surgeons[0]), before={}, after={})
    with django_assert_num_queries(3):
        assert len(read_csv(director.get(reverse("journal-export", kwargs={"form": "csv"})).content)) == rows + 1


def test_no_other_file_is_offered(director: Client, surgeon: Client) -> None:
    assert director.get("/journal/export.pdf").status_code == 404
    assert surgeon.get("/journal/export.csv").status_code == 403


def test_a_surgeon_does_not_read_the_journal(surgeon: Client) -> None:
    assert surgeon.get(PAGE).status_code == 403


def test_a_run_in_the_journal_leads_to_its_page(director: Client, hospital: Hospital) -> None:
    note(hospital.director, "run", after={"policy": "open"})
    assert "/calculs/" not in director.get(PAGE).content.decode()
    note(hospital.director, "propose", after={"run": 7, "number": 2, "total_cost": 300.0})
    assert 'href="/calculs/7/"' in director.get(PAGE).content.decode()
