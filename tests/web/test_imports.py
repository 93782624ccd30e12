from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from planning.access import Role
from planning.models import ColumnMapping, Intervention, Surgeon
from tests.factories.hospital import Hospital, make_user

FILE = """Acte;Chirurg;Geplande operatieduur;OK
Hernie discale;Durand;90,0;SO1
Bypass;7,00;240;TOK2
Pace-maker;Durand;NULL;TOK2
"""


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path / "imports"


@pytest.fixture
def planner(client: Client, hospital: Hospital) -> Client:
    client.force_login(make_user("regulatrice", Role.PLANNER))
    return client


def _upload(client: Client, text: str = FILE, target: str = "interventions", name: str = "demandes.csv") -> Any:
    file = SimpleUploadedFile(name, text.encode("cp1252"))
    return client.post(reverse("imports"), {"target": target, "file": file})


def _columns(client: Client, columns_url: str, **changes: str) -> Any:
    """Posts the mapping page as it was shown, with ``changes``."""
    form = client.get(columns_url).context["form"]
    data = {name: value for name, value in form.initial.items() if value not in (None, False)}
    return client.post(columns_url, data | changes)


CONSTANTS = {
    "constant_specialty": "Chirurgie thoracique",
    "constant_admission_date": "22/11/2026",
    "constant_deadline_date": "+14",
}


def test_a_file_goes_from_upload_to_import_through_its_pages(planner: Client, folder: Path) -> None:
    uploaded = _upload(planner)
    assert uploaded.status_code == 302
    assert len(list(folder.iterdir())) == 1

    page = planner.get(uploaded.url)
    assert "Geplande operatieduur" in page.content.decode()
    preview_url = _columns(planner, uploaded.url, **CONSTANTS).url

    text = planner.get(preview_url).content.decode()
    assert "« 7 »" in text
    assert "« Chirurgie thoracique »" in text
    assert "rattachez-le" in text
    assert not Intervention.objects.exists()

    refused = planner.post(preview_url, {"action": "import", "create_missing": "on"}, follow=True)
    assert "Rien n&#x27;a été importé" in refused.content.decode()
    assert not Intervention.objects.exists()

    done = planner.post(preview_url, {"action": "import", "create_missing": "on", "skip_faulty": "on"}, follow=True)
    assert "2 lignes importées. 1 laissée de côté." in done.content.decode()
    assert Intervention.objects.filter(planned_minutes=90, surgeon__code="S2").exists()
    assert list(folder.iterdir()) == []
    back = planner.get(preview_url, follow=True)
    assert back.redirect_chain == [(reverse("imports"), 302)]
    assert "recommencez" in back.content.decode()


def test_the_same_file_again_shows_that_everything_is_there(planner: Client) -> None:
    for expected in (2, 0):
        preview_url = _columns(planner, _upload(planner).url, **CONSTANTS, last_line="3").url
        planner.post(preview_url, {"action": "refresh", "create_missing": "on"})
        preview = planner.get(preview_url).context["preview"]
        assert (len(preview.new), preview.existing) == (expected, 2 - expected)
        planner.post(preview_url, {"action": "import", "create_missing": "on"})
    assert Intervention.objects.count() == 2


def test_the_columns_chosen_by_hand_are_proposed_for_the_next_file(planner: Client) -> None:
    _columns(planner, _upload(planner).url, column_notes="OK", **CONSTANTS)
    form = planner.get(_upload(planner, FILE.replace("Bypass", "Valve")).url).context["form"]
    assert form.initial["column_notes"] == "OK"
    assert form.initial["constant_specialty"] == "Chirurgie thoracique"
    assert form.initial["constant_admission_date"] == ""
    assert ColumnMapping.objects.count() == 1


def test_a_name_matched_on_the_preview_is_used(planner: Client, hospital: Hospital) -> None:
    preview_url = _columns(planner, _upload(planner).url, **CONSTANTS, last_line="3").url
    answer = {
        "text_surgeon": ["7"],
        "code_surgeon": ["S3"],
        "text_specialty": ["Chirurgie thoracique"],
        "code_specialty": ["ORT"],
    }
    planner.post(preview_url, {"action": "import", **answer})
    assert Intervention.objects.get(procedure_label="Bypass").surgeon == hospital.surgeons[2]
    assert Surgeon.objects.count() == 3


def test_an_abandoned_import_leaves_nothing(planner: Client, folder: Path) -> None:
    uploaded = _upload(planner)
    token = uploaded.url.split("/")[2]
    assert planner.get(reverse("import-abandon", kwargs={"token": token})).status_code == 405
    planner.post(reverse("import-abandon", kwargs={"token": token}))
    assert list(folder.iterdir()) == []
    assert planner.get(uploaded.url).url == reverse("imports")


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [("", "vide.csv", "vide"), ("Acte;Durée\n", "x.csv", "aucune donnée"), ("Acte\nHernie\n", "x.csv", "en-tête")],
)
def test_an_unreadable_file_is_answered_on_the_page(
    planner: Client, folder: Path, text: str, name: str, said: str
) -> None:
    answer = _upload(planner, text, name=name)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not folder.exists()


def test_a_file_above_ten_megabytes_is_refused(planner: Client) -> None:
    answer = _upload(planner, "a;b\n" + "x" * (10 * 1024 * 1024))
    assert "10 Mo" in answer.content.decode()


def test_only_the_session_that_uploaded_a_file_sees_it(planner: Client, hospital: Hospital) -> None:
    url = _upload(planner).url
    other = Client()
    other.force_login(hospital.director)
    assert other.get(url).url == reverse("imports")
    assert other.get(url.replace("colonnes", "apercu")).url == reverse("imports")


@pytest.mark.parametrize("token", ["..", "x" * 32, "0" * 32])
def test_a_forged_token_finds_nothing(planner: Client, token: str) -> None:
    assert planner.get(reverse("import-columns", kwargs={"token": token})).url == reverse("imports")


def test_an_impossible_range_is_said_next_to_its_field(planner: Client) -> None:
    answer = _columns(planner, _upload(planner).url, **CONSTANTS, first_line="9", last_line="3")
    assert answer.status_code == 200
    assert "La fin précède le début." in answer.content.decode()


@pytest.mark.parametrize("who", ["surgeon_user", "viewer"])
def test_surgeons_and_readers_import_nothing(client: Client, hospital: Hospital, who: str) -> None:
    client.force_login(getattr(hospital, who))
    assert client.get(reverse("imports")).status_code == 403
    assert _upload(client).status_code == 403


def test_markup_in_a_file_stays_text(planner: Client) -> None:
    text = FILE.replace("Durand", "<script>alert(1)</script>")
    preview_url = _columns(planner, _upload(planner, text).url, **CONSTANTS).url
    page = planner.get(preview_url).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_dates_that_nothing_settles_are_asked_on_the_preview(planner: Client) -> None:
    text = "Acte;Chirurgien;Durée;Salle;Entrée en salle;Sortie de salle\nHernie;Durand;60;SO1;1/3/26 8:00;1/3/26 9:00\n"
    preview_url = _columns(planner, _upload(planner, text).url, done="1").url
    assert "choisissez" in planner.get(preview_url).content.decode()
    planner.post(preview_url, {"action": "import", "order": "mdy"})
    done = Intervention.objects.get()
    assert done.entered_at is not None
    assert (done.entered_at.month, done.entered_at.day, done.state) == (1, 3, "done")


REQUESTS = "Référence;Acte;Chirurgien;Durée;Date d'hospitalisation;Limite\nR1;Hernie;Durand;90;22/11/2026;04/12/2026\n"


def test_what_the_file_says_otherwise_is_shown_and_updated_when_asked(planner: Client) -> None:
    def preview_of(text: str) -> str:
        return str(_columns(planner, _upload(planner, text).url).url)

    planner.post(preview_of(REQUESTS), {"action": "import"})
    preview_url = preview_of(REQUESTS.replace("Hernie;Durand;90", "Bypass;Durand;240"))
    text = planner.get(preview_url).content.decode()
    assert all(word in text for word in ("<td>Acte</td>", "Hernie", "<b>Bypass</b>", "90", "<b>240</b>"))
    assert "Laissée telle quelle" in text

    settled = planner.post(preview_url, {"action": "refresh", "update_known": "1"}, follow=True).content.decode()
    assert "Sera mise à jour" in settled
    assert not Intervention.objects.filter(planned_minutes=240).exists()

    done = planner.post(preview_url, {"action": "import", "update_known": "1"}, follow=True).content.decode()
    assert ">1 mise à jour." in done
    assert "Interventions : 1 mise à jour" in done
    row = Intervention.objects.get()
    assert (row.procedure_label, row.planned_minutes) == ("Bypass", 240)
    assert (
        "Rien de nouveau"
        in planner.get(preview_of(REQUESTS.replace("Hernie", "Bypass").replace("90", "240"))).content.decode()
    )
