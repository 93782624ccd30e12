from __future__ import annotations

import io
from datetime import datetime

import pytest
from openpyxl import Workbook

from planning.exchange.tabular import FileError, decode, guess_separator, read_table

FRENCH = "Acte;Durée prévue;Salle\nThyroïdectomie;90,5;SO1\nCœlioscopie à l’aîné;60;SO2\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_french_file_reads_the_same_in_every_encoding(encoding: str) -> None:
    table = read_table(FRENCH.encode(encoding), "demandes.csv")
    assert table.headers == ("Acte", "Durée prévue", "Salle")
    assert [line.cells[0] for line in table.lines] == ["Thyroïdectomie", "Cœlioscopie à l’aîné"]


def test_latin_1_letters_of_a_dutch_file_are_kept() -> None:
    text, encoding = decode("Benadering;Duur\nPartiële sternotomie;90\n".encode("latin-1"))
    assert "Partiële" in text
    assert encoding == "cp1252"


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_any_separator_is_recognised(separator: str) -> None:
    rows = [["id", "acte", "minutes"], ["1", "Hernie", "60"], ["2", "Cataracte", "35"]]
    text = "\n".join(separator.join(row) for row in rows)
    assert guess_separator(text) == separator
    assert read_table(text.encode(), "x.csv").lines[1].cells == ("2", "Cataracte", "35")


def test_decimal_commas_do_not_pass_for_separators() -> None:
    text = "acte;minutes;score\nHernie;60,0;1,5\nCataracte;35,5;2,5\n"
    assert guess_separator(text) == ";"


def test_a_quoted_cell_over_two_lines_keeps_the_line_numbers_right() -> None:
    table = read_table(b'acte,notes\n"Hernie","deux\nlignes"\nCataracte,rien\n', "x.csv")
    assert [(line.number, line.cells[0]) for line in table.lines] == [(2, "Hernie"), (4, "Cataracte")]


def test_blank_lines_are_passed_over_and_short_lines_filled() -> None:
    table = read_table(b"a;b;c\n\n1;2\n;;\n", "x.csv")
    assert [(line.number, line.cells) for line in table.lines] == [(3, ("1", "2", None))]


def test_empty_and_repeated_headers_get_names_of_their_own() -> None:
    assert read_table(b"a;;a\n1;2;3\n", "x.csv").headers == ("a", "Colonne 2", "a (2)")


def test_a_title_above_the_table_is_not_the_header() -> None:
    assert read_table(b"Programme du bloc\n\nacte;minutes\nHernie;60\n", "x.csv").headers == ("acte", "minutes")


# Its line ends, 0x25 and 0x0D, are none to the other encodings.
HEADERS_IN_EBCDIC = "code;acte\r\n1;Hernie\r\n".encode("cp037")


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "x.csv", "vide"),
        (b"   \n", "x.csv", "vide"),
        (b"acte;minutes\n", "x.csv", "aucune donnée"),
        (b"acte\nHernie\n", "x.csv", "en-tête"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "x.xls", "xlsx"),
        (b"PK\x03\x04 damaged", "x.xlsx", "ne s'ouvre pas"),
        (b"\x89\x00\x01\xff;\x00a\n", "image.csv", "fichier de texte"),
        (HEADERS_IN_EBCDIC, "x.csv", "en-tête"),
        (b"a;b\n" + b"x" * 2_000_000, "x.csv", "lignes lisibles"),
        ("\u2003\u00a0\n".encode(), "x.csv", "en-tête"),
        (b"a;b\n" + b"1;2\n" * 20_001, "x.csv", "20000"),
        (b"a;b\n" + b"x" * (10 * 1024 * 1024), "x.csv", "10 Mo"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_what_to_do(data: bytes, name: str, said: str) -> None:
    with pytest.raises(FileError, match=said):
        read_table(data, name)


def test_lines_of_an_old_macintosh_end_with_a_carriage_return() -> None:
    table = read_table(b"acte;minutes\rHernie;60\r", "x.csv")
    assert (table.headers, table.lines[0].cells) == (("acte", "minutes"), ("Hernie", "60"))


def test_twenty_thousand_lines_are_read() -> None:
    assert len(read_table(b"a;b\n" + b"1;2\n" * 20_000, "x.csv").lines) == 20_000


def test_a_workbook_gives_its_dates_numbers_and_lines() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Acte", "Entrée", "Minutes"])
    sheet.append(["Hernie", datetime(2026, 11, 23, 8, 30), 60.0])
    sheet.append([None, None, None])
    sheet.append(["Cataracte", datetime(2026, 11, 23, 10, 0), 35])
    file = io.BytesIO()
    book.save(file)

    table = read_table(file.getvalue(), "demandes.xlsx")

    assert table.headers == ("Acte", "Entrée", "Minutes")
    assert table.lines[0].cells == ("Hernie", datetime(2026, 11, 23, 8, 30), 60)
    assert [line.number for line in table.lines] == [2, 4]
