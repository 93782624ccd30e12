"""A file that says otherwise of what it brought in before: shown, left by default, updated when asked."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from planning.calendar import local_date
from planning.exchange.mapping import Mapping, guess
from planning.exchange.tabular import read_table
from planning.models import Intervention, JournalEntry, Plan
from planning.services import import_changes
from planning.services.imports import (
    TARGETS,
    ImportRefusedError,
    ImportResult,
    Preview,
    import_table,
    preview_import,
)
from planning.services.interventions import edit_intervention, fingerprint
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, small_hospital
from tests.factories.plans import make_plan, place

HEADER = "Référence;Code patient;Acte;Chirurgien;Durée prévue;Date d'hospitalisation;Limite;Urgence;Ambu;Matériel\n"
FIRST = "R1;P-100;Hernie discale;Durand;90;22/11/2026;04/12/2026;programmée;non;microscope\n"
SECOND = "R2;P-101;Cataracte;HAD;35;23/11/2026;+10;urgent;oui;\n"
FILE = HEADER + FIRST + SECOND
LONGER = FILE.replace("Durand;90", "Durand;150")


@pytest.fixture
def hospital(db: None) -> Hospital:
    hospital = small_hospital()
    bring(hospital, FILE)
    return hospital


def read(text: str, **options: Any) -> dict[str, Any]:
    table = read_table(text.encode(), "essai.csv")
    target = TARGETS["interventions"]
    return {"target": target, "table": table, "mapping": Mapping(columns=guess(target, table.headers), **options)}


def look(text: str, **options: Any) -> Preview:
    return preview_import(today=local_date(NOW), **read(text, **options))


def bring(hospital: Hospital, text: str, **options: Any) -> ImportResult:
    return import_table(user=hospital.director, now=NOW, **read(text, **options))


def shown(preview: Preview) -> list[tuple[int, str, list[tuple[str, Any, Any]], str]]:
    return [
        (
            one.row.record.line,
            one.stored.code,
            [(change.field.name, change.before, change.after) for change in one.changes],
            one.kept_because,
        )
        for one in preview.modified
    ]


def stored() -> list[dict[str, Any]]:
    return list(Intervention.objects.order_by("pk").values())


def test_the_preview_shows_each_column_before_and_after(hospital: Hospital) -> None:
    text = FILE.replace("Hernie discale;Durand;90;22/11/2026", "Hernie;Durand;150;23/11/2026")
    preview = look(text.replace("oui;\n", "oui;microscope\n"))

    assert (len(preview.new), preview.existing, preview.warnings) == (0, 0, [])
    assert shown(preview) == [
        (
            2,
            "R1",
            [
                ("procedure_label", "Hernie discale", "Hernie"),
                ("planned_minutes", 90, 150),
                ("admission_date", date(2026, 11, 22), date(2026, 11, 23)),
            ],
            "",
        ),
        (3, "R2", [("equipment", (), ("microscope",))], ""),
    ]


def test_by_default_what_is_known_is_left_as_it_is(hospital: Hospital) -> None:
    before = stored()
    result = bring(hospital, LONGER)

    assert (result.created, result.updated, result.existing) == (0, 0, 2)
    assert stored() == before
    assert JournalEntry.objects.filter(action="import").count() == 1


def test_asked_to_the_import_updates_and_the_journal_tells_what(hospital: Hospital) -> None:
    result = bring(hospital, LONGER + SECOND.replace("R2", "R3"), update_known=True)

    assert (result.created, result.updated, result.existing) == (1, 1, 1)
    first = Intervention.objects.get(code="R1")
    assert first.planned_minutes == 150
    assert [one.code for one in first.equipment.all()] == ["microscope"]
    edit = JournalEntry.objects.get(action="edit")
    assert (edit.intervention, edit.before, edit.after) == (first, {"planned_minutes": 90}, {"planned_minutes": 150})
    assert (edit.user, edit.reason) == (hospital.director, "Import")
    facts = JournalEntry.objects.filter(action="import").latest("pk").after
    assert facts == {"target": "interventions", "created": 1, "updated": 1, "existing": 1}


def test_updating_with_the_same_file_twice_changes_nothing_the_second_time(hospital: Hospital) -> None:
    bring(hospital, LONGER, update_known=True)
    before, entries = stored(), JournalEntry.objects.count()
    again = bring(hospital, LONGER, update_known=True)

    assert (again.created, again.updated, again.existing) == (0, 0, 2)
    assert (stored(), JournalEntry.objects.count()) == (before, entries)


def test_an_empty_cell_says_nothing(hospital: Hospital) -> None:
    assert look(FILE.replace("P-100", "").replace("microscope", "").replace("programmée", "")).modified == []


def test_equipment_that_the_file_changes_is_replaced(hospital: Hospital) -> None:
    text = FILE.replace("non;microscope", "non;Colonne vidéo")
    assert bring(hospital, text, update_known=True, create_missing=True).updated == 1
    assert [one.name for one in Intervention.objects.get(code="R1").equipment.all()] == ["Colonne vidéo"]


def test_another_surgeon_brings_their_specialty(hospital: Hospital) -> None:
    text = FILE.replace("Hernie discale;Durand", "Hernie discale;Haddad")
    assert shown(look(text)) == [(2, "R1", [("surgeon", "S2", "S3"), ("specialty", "ORT", "ORL")], "")]
    bring(hospital, text, update_known=True)
    first = Intervention.objects.get(code="R1")
    assert (first.surgeon, first.specialty) == (hospital.surgeons[2], hospital.ent)


def test_an_intervention_of_an_approved_week_is_never_touched(hospital: Hospital) -> None:
    first = Intervention.objects.get(code="R1")
    place(make_plan("approved"), first, hospital)
    assert [one[-1] for one in shown(look(LONGER, update_known=True))] == ["placée dans une semaine approuvée"]
    result = bring(hospital, LONGER, update_known=True)

    assert (result.updated, result.existing) == (0, 2)
    first.refresh_from_db()
    assert first.planned_minutes == 90


@pytest.mark.parametrize(("state", "said"), [("done", "Réalisée"), ("cancelled", "Annulée"), ("planned", "approuvée")])
def test_what_is_decided_is_left_and_said(hospital: Hospital, state: str, said: str) -> None:
    Intervention.objects.filter(code="R1").update(state=state)
    assert said in shown(look(LONGER, update_known=True))[0][-1]
    assert bring(hospital, LONGER, update_known=True).updated == 0


def test_a_draft_that_holds_it_learns_of_the_update(hospital: Hospital) -> None:
    draft = make_plan("draft")
    place(draft, Intervention.objects.get(code="R1"), hospital)
    bring(hospital, LONGER, update_known=True)

    assert Plan.objects.get(pk=draft.pk).revision == 1
    assert JournalEntry.objects.get(action="edit").monday == WEEK.monday


def test_one_fault_keeps_the_updates_out_too(hospital: Hospital) -> None:
    before = stored()
    with pytest.raises(ImportRefusedError, match="Rien n'a été importé"):
        bring(hospital, LONGER + "R9;P-9;Acte;Durand;long;22/11/2026;+3;;;\n", update_known=True)
    assert stored() == before


@pytest.mark.parametrize("meanwhile", ["edited", "approved"])
def test_what_somebody_changed_meanwhile_keeps_the_whole_file_out(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    first, before = Intervention.objects.get(code="R1"), Intervention.objects.count()

    def between(named: Any, creator: Any, **who: Any) -> None:
        """Between our reading and our writing."""
        if meanwhile == "approved":
            Intervention.objects.filter(pk=first.pk).update(state="planned")
        else:
            seen = fingerprint(first)
            first.planned_minutes = 45
            edit_intervention(intervention=first, equipment=(), seen=seen, **who)
        real(named, creator, **who)

    real = import_changes.update
    monkeypatch.setattr("planning.services.import_writers.update", between)
    with pytest.raises(ImportRefusedError, match="vient d'être modifiée ou planifiée"):
        bring(hospital, LONGER + SECOND.replace("R2", "R3"), update_known=True)
    assert Intervention.objects.count() == before


def test_done_interventions_keep_their_times(hospital: Hospital) -> None:
    header = "Référence;Acte;Chirurgien;Durée;Salle;Entrée en salle;Sortie de salle\n"
    line = "D1;Hernie;Durand;60;SO1;20/11/2026 08:00;20/11/2026 09:00\n"
    bring(hospital, header + line, done=True)
    (modified,) = shown(look(header + line.replace("09:00", "09:30"), done=True, update_known=True))
    assert [name for name, _before, _after in modified[2]] == ["left_at"]
    assert modified[3] == "Réalisée : elle ne change plus"


def test_a_request_is_not_closed_by_a_file_of_what_was_done(hospital: Hospital) -> None:
    text = "Référence;Acte;Chirurgien;Durée;Salle;Entrée en salle;Sortie de salle\n"
    text += "R1;Hernie discale;Durand;90;SO1;23/11/2026 08:00;23/11/2026 09:00\n"
    (modified,) = shown(look(text, done=True, update_known=True))
    assert modified[3] == "ici, c'est encore une demande"


def test_the_number_of_queries_of_a_preview_does_not_grow_with_what_changed(
    hospital: Hospital, django_assert_max_num_queries: Any
) -> None:
    for number in range(60):
        make_intervention(hospital.surgeons[1], 60, source_reference=f"import:ref:M{number}")
    text = HEADER + "".join(FIRST.replace("R1", f"M{number}") for number in range(60))
    with django_assert_max_num_queries(9):
        assert len(look(text).modified) == 60
