from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.utils import timezone

from planning.calendar import Week
from planning.exchange.mapping import Mapping, guess
from planning.exchange.tabular import Table, read_table
from planning.models import (
    ColumnMapping,
    Equipment,
    Intervention,
    JournalEntry,
    Plan,
    Room,
    Slot,
    Specialty,
    Surgeon,
    User,
)
from planning.selectors.journal import text_of
from planning.services.imports import (
    TARGETS,
    ImportRefusedError,
    ImportResult,
    Preview,
    import_file,
    import_table,
    mapping_for,
    preview_import,
    remember_mapping,
)
from tests.factories.hospital import Hospital, make_intervention
from tests.factories.plans import make_plan

NOW = timezone.make_aware(datetime(2026, 11, 20, 9, 0))
TODAY = date(2026, 11, 20)
REQUESTS = """Référence;Code patient;Acte;Chirurgien;Durée prévue;Date d'hospitalisation;Limite;Urgence;Ambu;Matériel
R1;P-100;Hernie discale;Durand;90,0;22/11/2026;04/12/2026;programmée;non;microscope
R2;P-101;Cataracte;HAD;35;23/11/2026;+10;urgent;oui;
"""
DONE = """Encounter ID,Date,OR Suite,Service,Description,Booked Time (min),Wheels In,Wheels Out
1,1/24/22,SO1,ORL,Tonsillectomy,60,1/24/22 7:05,1/24/22 8:05
2,1/24/22,SO1,ORL,Tympanoplasty,90,1/24/22 8:00,1/24/22 9:40
3,1/24/22,SO9,Podiatry,Bunionectomy,120,1/24/22 7:10,1/24/22 9:17
"""


def _table(text: str) -> Table:
    return read_table(text.encode(), "essai.csv")


def _preview(target: str, text: str, **mapping: Any) -> Preview:
    table = _table(text)
    columns = guess(TARGETS[target], table.headers) | mapping.pop("columns", {})
    return preview_import(target=TARGETS[target], table=table, mapping=Mapping(columns=columns, **mapping), today=TODAY)


def _import(hospital: Hospital, target: str, text: str, **mapping: Any) -> ImportResult:
    table = _table(text)
    columns = guess(TARGETS[target], table.headers) | mapping.pop("columns", {})
    return import_table(
        target=TARGETS[target],
        table=table,
        mapping=Mapping(columns=columns, **mapping),
        user=hospital.director,
        now=NOW,
    )


def test_requests_arrive_ready_to_plan(hospital: Hospital) -> None:
    result = _import(hospital, "interventions", REQUESTS)

    assert (result.created, result.existing, result.left_out) == (2, 0, 0)
    first = Intervention.objects.get(code="R1")
    assert (first.patient_code, first.procedure_label, first.planned_minutes) == ("P-100", "Hernie discale", 90)
    assert (first.surgeon, first.specialty) == (hospital.surgeons[1], hospital.orthopaedics)
    assert (first.admission_date, first.deadline_date) == (date(2026, 11, 22), date(2026, 12, 4))
    assert (first.state, first.priority, first.ambulatory) == ("accepted", "elective", False)
    assert [one.code for one in first.equipment.all()] == ["microscope"]
    second = Intervention.objects.get(code="R2")
    assert (second.surgeon, second.priority, second.ambulatory) == (hospital.surgeons[2], "urgent", True)
    assert second.deadline_date == date(2026, 12, 3)
    assert JournalEntry.objects.get(action="import").after == {
        "target": "interventions", "created": 2, "updated": 0, "existing": 0
    }  # fmt: skip


def test_a_file_says_who_is_a_child_septic_and_how_long_they_stay_in_recovery(hospital: Hospital) -> None:
    lines = REQUESTS.strip().split("\n")
    separator = ";" if ";" in lines[0] else ","
    more = [["enfant", "septique", "SSPI"], ["oui", "non", "45"], ["", "oui", ""]]
    text = "\n".join(separator.join([line, *cells]) for line, cells in zip(lines, more, strict=True))
    _import(hospital, "interventions", text)
    rows = {row.code: (row.child, row.septic, row.recovery_minutes) for row in Intervention.objects.all()}
    assert rows == {"R1": (True, False, 45), "R2": (False, True, 90)}


def test_a_file_says_the_side_and_the_anaesthesia(hospital: Hospital) -> None:
    lines = REQUESTS.strip().split("\n")
    separator = ";" if ";" in lines[0] else ","
    more = [["côté", "anesthésie"], ["Gauche", "AG"], ["bilatéral", "Rachianesthésie"]]
    text = "\n".join(separator.join([line, *cells]) for line, cells in zip(lines, more, strict=True))
    _import(hospital, "interventions", text)
    rows = {row.code: (row.side, row.anaesthesia) for row in Intervention.objects.all()}
    assert rows == {"R1": ("left", "general"), "R2": ("both", "spinal")}


def test_a_preview_writes_nothing(hospital: Hospital) -> None:
    preview = _preview("interventions", REQUESTS)
    assert (preview.asked, len(preview.new), preview.errors) == (2, 2, [])
    assert not Intervention.objects.exists()
    assert not JournalEntry.objects.exists()


def test_the_same_file_twice_changes_nothing(hospital: Hospital) -> None:
    _import(hospital, "interventions", REQUESTS)
    before = list(Intervention.objects.order_by("pk").values())
    again = _import(hospital, "interventions", REQUESTS)
    assert (again.created, again.existing) == (0, 2)
    assert list(Intervention.objects.order_by("pk").values()) == before
    assert JournalEntry.objects.filter(action="import").count() == 1


def test_lines_without_a_reference_are_known_by_their_content_even_when_twins(hospital: Hospital) -> None:
    text = "Acte;Chirurgien;Durée\nHernie;Durand;60\nHernie;Durand;60\nCoiffe;Durand;95\n"
    fixed = {"admission_date": "22/11/2026", "deadline_date": "+30"}
    assert _import(hospital, "interventions", text, constants=fixed, last_line=3).created == 2
    # Another part of the same file, with other fixed values: the twins stay two.
    later = _import(hospital, "interventions", text, constants=fixed | {"deadline_date": "+10"})
    assert (later.created, later.existing) == (1, 2)
    assert Intervention.objects.values("patient_code").distinct().count() == 3


def test_one_fault_keeps_everything_out_and_names_line_column_value_and_remedy(hospital: Hospital) -> None:
    faulty = REQUESTS.replace("35;23/11/2026", "long;23/11/2026")
    with pytest.raises(ImportRefusedError, match="Rien n'a été importé"):
        _import(hospital, "interventions", faulty)
    assert not Intervention.objects.exists()
    (error,) = _preview("interventions", faulty).errors
    assert (error.line, error.column, error.value) == (3, "Durée prévue", "long")
    assert "minutes" in error.text


def test_faulty_lines_are_left_out_when_asked(hospital: Hospital) -> None:
    faulty = REQUESTS.replace("35;23/11/2026", "3;23/11/2026")
    result = _import(hospital, "interventions", faulty, skip_faulty=True)
    assert (result.created, result.left_out) == (1, 1)
    assert Intervention.objects.get().code == "R1"


@pytest.mark.parametrize(
    ("old", "new", "column", "said"),
    [
        ("P-100", "Jean Dupont", "Code patient", "jamais un nom"),
        ("04/12/2026", "20/11/2026", "Limite", "suivre"),
        ("22/11/2026", "32/11/2026", "Date d'hospitalisation", "23/11/2026"),
        ("22/11/2026", "", "Date d'hospitalisation", "valeur fixe"),
        ("Durand", "Inconnue", "Chirurgien", "Créer ce qui manque"),
        ("microscope", "robot", "Matériel", "Créer ce qui manque"),
        ("90,0", "2000", "Durée prévue", "1440"),
        ("programmée", "bientôt", "Urgence", "urgen"),
        ("R2", "R1", "Référence", "ligne 2"),
        ("Hernie discale", "x" * 201, "Acte", "200"),
    ],
)  # fmt: skip
def test_each_fault_has_its_remedy(hospital: Hospital, old: str, new: str, column: str, said: str) -> None:
    errors = _preview("interventions", REQUESTS.replace(old, new, 1)).errors
    assert [error.column for error in errors] == [column]
    assert said in errors[0].text


def test_what_is_missing_is_created_once_when_asked(hospital: Hospital) -> None:
    text = "Acte;Chirurgien;Durée;Salle\nPontage;7,00;240;TOK2\nValve;7,00;260;TOK2\n"
    fixed = {"specialty": "Chirurgie thoracique", "admission_date": "22/11/2026", "deadline_date": "+14"}
    result = _import(hospital, "interventions", text, constants=fixed, create_missing=True)

    assert result.also_created == {"specialty": ["THO"], "surgeon": ["7"], "room": ["TOK2"]}
    surgeon = Surgeon.objects.get(code="7")
    assert (surgeon.last_name, surgeon.trigram, surgeon.specialty.code) == ("Chirurgien 7", "C7", "THO")
    assert surgeon.availabilities.count() == 5
    assert Intervention.objects.filter(surgeon=surgeon, actual_room=None, state="accepted").count() == 2


def test_an_unknown_name_is_matched_by_hand_to_an_existing_one(hospital: Hospital) -> None:
    text = REQUESTS.replace("Durand", "Dr Durant").replace("microscope", "microscoop")
    preview = _preview("interventions", text)
    assert preview.known.missing == {"surgeon": {"Dr Durant": "S2"}, "equipment": {"microscoop": "microscope"}}
    matches = {"surgeon": {"Dr Durant": "S2"}, "equipment": {"microscoop": "microscope"}}
    _import(hospital, "interventions", text, matches=matches)
    assert Intervention.objects.get(code="R1").surgeon == hospital.surgeons[1]


def test_a_name_that_two_surgeons_bear_is_nobodys(hospital: Hospital) -> None:
    Surgeon.objects.create(code="S9", trigram="DU2", last_name="Durand", specialty=hospital.ent)
    (error,) = _preview("interventions", REQUESTS).errors
    assert (error.column, error.value) == ("Chirurgien", "Durand")
    assert _preview("interventions", REQUESTS.replace("Durand", "S2")).errors == []


def test_a_past_week_comes_in_as_it_was(hospital: Hospital) -> None:
    result = _import(hospital, "interventions", DONE, columns={"surgeon": "Service"}, done=True, create_missing=True)
    assert result.created == 3
    done = Intervention.objects.get(code="1")
    assert (done.state, done.actual_room, done.planned_minutes) == ("done", hospital.rooms[0], 60)
    assert done.entered_at == timezone.make_aware(datetime(2022, 1, 24, 7, 5))
    assert done.left_at == timezone.make_aware(datetime(2022, 1, 24, 8, 5))
    assert done.specialty == hospital.ent
    assert Intervention.objects.get(code="3").actual_room == Room.objects.get(code="SO9")
    assert Specialty.objects.get(name="Podiatry").code == "POD"


def test_overlaps_are_said_and_do_not_keep_a_line_out(hospital: Hospital) -> None:
    options: dict[str, Any] = {"columns": {"surgeon": "Service"}, "done": True, "create_missing": True}
    preview = _preview("interventions", DONE, **options)
    (warning,) = preview.warnings
    assert (warning.line, warning.column) == (3, "Wheels In")
    assert "ligne 2" in warning.text
    assert len(preview.new) == 3


def test_times_already_recorded_in_the_room_are_said(hospital: Hospital) -> None:
    make_intervention(
        hospital.surgeons[0], state="done", code="OLD", actual_room=hospital.rooms[0],
        entered_at=timezone.make_aware(datetime(2022, 1, 24, 6, 0)),
        left_at=timezone.make_aware(datetime(2022, 1, 24, 7, 30)),
    )  # fmt: skip
    options: dict[str, Any] = {"columns": {"surgeon": "Service"}, "done": True, "create_missing": True}
    texts = [warning.text for warning in _preview("interventions", DONE, **options).warnings]
    assert any("OLD" in text for text in texts)


def test_only_the_days_asked_for_are_read(hospital: Hospital) -> None:
    text = DONE + "4,1/31/22,SO1,ORL,Tonsillectomy,60,1/31/22 7:05,1/31/22 8:05\n"
    options: dict[str, Any] = {"columns": {"surgeon": "Service"}, "done": True, "create_missing": True}
    preview = _preview("interventions", text, from_day=date(2022, 1, 31), to_day=date(2022, 2, 4), **options)
    assert [row.record.line for row in preview.new] == [5]


def test_times_of_the_day_take_the_operation_date_and_may_pass_midnight(hospital: Hospital) -> None:
    text = "Acte;Chirurgien;Durée;Salle;Date d'intervention;Entrée en salle;Sortie de salle\n"
    text += "Hernie;Durand;60;SO1;20/11/2026;23:30;00:40\n"
    _import(hospital, "interventions", text, done=True)
    done = Intervention.objects.get()
    assert done.entered_at == timezone.make_aware(datetime(2026, 11, 20, 23, 30))
    assert done.left_at == timezone.make_aware(datetime(2026, 11, 21, 0, 40))


def test_leaving_before_entering_is_an_error(hospital: Hospital) -> None:
    text = DONE.replace("1/24/22 9:17", "1/24/22 7:00")
    options: dict[str, Any] = {"columns": {"surgeon": "Service"}, "done": True, "create_missing": True}
    (error,) = _preview("interventions", text, **options).errors
    assert (error.line, error.column) == (4, "Wheels Out")
    assert "24/01/2022 07:10" in error.text


def test_dates_that_nothing_settles_are_asked_for(hospital: Hospital) -> None:
    text = DONE.replace("1/24/22", "1/3/22")
    options: dict[str, Any] = {"columns": {"surgeon": "Service"}, "done": True, "create_missing": True}
    assert _preview("interventions", text, **options).order_needed
    with pytest.raises(ImportRefusedError, match="jour ou le mois"):
        _import(hospital, "interventions", text, skip_faulty=True, **options)
    _import(hospital, "interventions", text, order="mdy", **options)
    first = Intervention.objects.get(code="1")
    assert first.entered_at == timezone.make_aware(datetime(2022, 1, 3, 7, 5))


def test_a_mapping_made_by_hand_is_remembered_without_its_dates(hospital: Hospital) -> None:
    target, table = TARGETS["interventions"], _table(REQUESTS)
    assert mapping_for(target=target, table=table).columns["surgeon"] == "Chirurgien"
    by_hand = Mapping(
        columns={"procedure_label": "Urgence"},
        constants={"admission_date": "22/11/2026", "specialty": "ORL"},
        create_missing=True,
    )
    remember_mapping(target=target, table=table, mapping=by_hand)
    remember_mapping(target=target, table=table, mapping=by_hand)

    again = mapping_for(target=target, table=table)
    assert (again.columns, again.constants) == ({"procedure_label": "Urgence"}, {"specialty": "ORL"})
    assert ColumnMapping.objects.count() == 1


def test_rooms_come_in_with_their_equipment(hospital: Hospital) -> None:
    text = (
        "Salle;Nom;Ouverture;Fermeture;Équipement\nSO7;Urgences;07:30;20h;Microscope, Robot\nso1;Déjà là;8:00;20:00;\n"
    )
    with pytest.raises(ImportRefusedError):
        _import(hospital, "rooms", text)
    result = _import(hospital, "rooms", text, create_missing=True)
    assert (result.created, result.existing) == (1, 1)
    room = Room.objects.get(code="SO7")
    assert (room.opens_minute, room.closes_minute) == (450, 1200)
    assert {one.name for one in room.equipment.all()} == {"Microscope", "Robot"}
    assert Equipment.objects.count() == 2


def test_a_room_that_closes_before_it_opens_is_refused(hospital: Hospital) -> None:
    (error,) = _preview("rooms", "Code;Ouverture;Fermeture\nSO7;18:00;08:00\n").errors
    assert (error.line, error.column, error.value) == (2, "Fermeture", "08:00")


def test_surgeons_come_in_once_and_operate_on_working_days(hospital: Hospital) -> None:
    text = "Nom;Prénom;Spécialité;Minutes par jour\nLéger;Zoé;ORL;420\nMartin;;ORT;\nLéger;Zoé;ORL;420\n"
    (error,) = _preview("surgeons", text).errors
    assert (error.line, "ligne 2" in error.text) == (4, True)
    result = _import(hospital, "surgeons", text, skip_faulty=True)
    assert (result.created, result.existing) == (1, 1)
    surgeon = Surgeon.objects.get(last_name="Léger")
    assert (surgeon.code, surgeon.trigram, surgeon.daily_maximum_minutes) == ("LEG", "LEG", 420)
    assert surgeon.availabilities.count() == 5
    assert _import(hospital, "surgeons", text, skip_faulty=True).created == 0


def test_slots_come_in_and_never_overlap(hospital: Hospital) -> None:
    text = "Date;Salle;Début;Fin;Spécialité\n28/11/2026;SO1;08:00;13:00;ORL\n28/11/2026;SO1;12:00;18:00;ORT\n"
    (error,) = _preview("slots", text).errors
    assert (error.line, "ligne 2" in error.text) == (3, True)
    good = text.replace("12:00;18:00", "13:00;18:00")
    assert _import(hospital, "slots", good).created == 2
    again = _import(hospital, "slots", good)
    assert (again.created, again.existing) == (0, 2)
    (over,) = _preview("slots", text.replace("12:00;18:00", "17:00;19:00")).errors
    assert "existe déjà" in over.text
    assert Slot.objects.get(date=date(2026, 11, 28), specialty=hospital.ent).origin == "manual"


def test_a_file_is_imported_from_its_bytes(hospital: Hospital) -> None:
    target = TARGETS["interventions"]
    data = REQUESTS.encode("cp1252")
    mapping = mapping_for(target=target, table=read_table(data, "demandes.csv"))
    user = User.objects.get(username="directrice")
    result = import_file(data=data, name="demandes.csv", target=target, mapping=mapping, user=user, now=NOW)
    assert result.created == 2


def test_the_number_of_queries_of_a_preview_does_not_grow_with_the_file(
    hospital: Hospital, django_assert_max_num_queries: Any
) -> None:
    header, line, _ = REQUESTS.splitlines()
    many = "\n".join([header, *(line.replace("R1", f"R{number}") for number in range(300))])
    with django_assert_max_num_queries(6):
        assert len(_preview("interventions", many).new) == 300


def test_a_remembered_match_to_somebody_since_removed_is_asked_again(hospital: Hospital) -> None:
    text = REQUESTS.replace("Durand", "Dr Durant")
    (error,) = _preview("interventions", text, matches={"surgeon": {"Dr Durant": "GONE"}}).errors
    assert (error.column, error.value) == ("Chirurgien", "Dr Durant")


def _close(specialty: Specialty) -> None:
    specialty.closed_on, specialty.close_reason = date(2026, 11, 2), "Transfert"
    specialty.save()


def test_a_request_for_a_closed_specialty_is_refused_in_words(hospital: Hospital) -> None:
    _close(hospital.ent)

    preview = _preview("interventions", REQUESTS)

    [problem] = preview.errors
    assert (problem.line, problem.column, problem.value) == (3, "Chirurgien", "HAD")
    assert problem.text == (
        "la spécialité ORL est fermée depuis le 2 novembre 2026 : rattachez la ligne à une autre, ou rouvrez-la"
    )


def test_a_surgeon_of_a_closed_specialty_may_be_asked_for_in_another(hospital: Hospital) -> None:
    _close(hospital.ent)
    text = "Acte;Chirurgien;Spécialité;Durée\nHernie;Haddad;{};60\n"
    fixed = {"admission_date": "22/11/2026", "deadline_date": "+30"}

    assert _preview("interventions", text.format("ORT"), constants=fixed).errors == []
    [problem] = _preview("interventions", text.format("ORL"), constants=fixed).errors
    assert (problem.column, problem.value) == ("Spécialité", "ORL")


def test_slots_and_surgeons_of_a_closed_specialty_are_refused(hospital: Hospital) -> None:
    _close(hospital.ent)

    slots = _preview("slots", "Date;Salle;Début;Fin;Spécialité\n03/12/2026;SO1;13:00;18:00;ORL\n", order="dmy")
    surgeons = _preview("surgeons", "Nom;Spécialité\nRoche;ORL\n")

    assert ["fermée depuis" in one.text for one in (*slots.errors, *surgeons.errors)] == [True, True]


def test_what_was_done_goes_in_whatever_is_closed_since(hospital: Hospital) -> None:
    _close(hospital.ent)

    preview = _preview("interventions", DONE, done=True, create_missing=True, constants={"surgeon": "HAD"})

    assert [one.text for one in preview.errors if "fermée" in one.text] == []


def test_a_file_of_one_week_is_in_that_weeks_journal(hospital: Hospital) -> None:
    _import(hospital, "slots", "Date;Salle;Début;Fin\n28/11/2026;SO1;08:00;13:00\n")
    entry = JournalEntry.objects.get(action="import")
    assert (entry.monday, text_of(entry)) == (date(2026, 11, 23), "Plages : 1 ligne ajoutée")


def test_a_file_of_several_weeks_has_a_line_in_the_journal_of_each(hospital: Hospital) -> None:
    text = "Date;Salle;Début;Fin\n28/11/2026;SO1;08:00;13:00\n05/12/2026;SO1;08:00;13:00\n05/12/2026;SO2;08:00;13:00\n"
    _import(hospital, "slots", text)
    lines = [(entry.monday, text_of(entry)) for entry in JournalEntry.objects.order_by("pk")]
    assert lines == [
        (None, "Plages : 3 lignes ajoutées"),
        (date(2026, 11, 23), "Plages : 1 ligne ajoutée, sur les 3 du fichier"),
        (date(2026, 11, 30), "Plages : 2 lignes ajoutées, sur les 3 du fichier"),
    ]


def test_imported_slots_reach_the_open_drafts(hospital: Hospital) -> None:
    draft, other = make_plan(), make_plan(week=Week.parse("2026-W50"))
    _import(hospital, "slots", "Date;Salle;Début;Fin\n28/11/2026;SO1;08:00;13:00\n")
    assert [Plan.objects.get(pk=plan.pk).revision for plan in (draft, other)] == [1, 0]
