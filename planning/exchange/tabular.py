"""Reads a CSV or an XLSX file of any separator and encoding into lines of cells."""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _
from openpyxl import load_workbook

MAXIMUM_BYTES = 10 * 1024 * 1024
MAXIMUM_ROWS = 20_000
MAXIMUM_COLUMNS = 200
_MAXIMUM_UNZIPPED = 200 * 1024 * 1024
_SEPARATORS = (";", ",", "\t", "|")
# Others are mistaken for these on short files; Latin-1 text is read as cp1252, its superset.
_CANDIDATES = ["cp1252", "cp850", "mac_roman"]
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

Cell = str | int | float | datetime | date | time | timedelta | None


class FileError(Exception):
    """The file cannot be read at all; the message says why and what to do, in the user's language."""


@dataclass(frozen=True, slots=True)
class Line:
    """``number`` is the line a spreadsheet or a text editor shows, the first being 1."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    headers: tuple[str, ...]
    lines: tuple[Line, ...]
    # How it was read, to show it: an encoding and a separator, or a sheet.
    reading: str


def read_table(data: bytes, name: str) -> Table:
    """Raises ``FileError``. ``name`` only tells the kind when the content does not."""
    if len(data) > MAXIMUM_BYTES:
        raise FileError(_("Le fichier dépasse 10 Mo. Découpez-le en plusieurs fichiers."))
    if not data.strip():
        raise FileError(_("Le fichier est vide."))
    if data.startswith(b"PK"):
        return _read_xlsx(data)
    if data.startswith(b"\xd0\xcf\x11\xe0") or name.lower().endswith((".xls", ".ods")):
        raise FileError(_("Ce format n'est pas lu. Enregistrez le fichier au format .xlsx ou CSV."))
    return _read_csv(data)


def _read_csv(data: bytes) -> Table:
    text, encoding = decode(data)
    csv.field_size_limit(1_000_000)
    try:
        separator = guess_separator(text)
    except csv.Error as error:
        raise FileError(_("Ce fichier n'a pas de lignes lisibles. Enregistrez-le de nouveau au format CSV.")) from error
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        return _table(_numbered(reader), _reading(encoding, separator))
    except csv.Error as error:
        raise FileError(
            _("Ligne %(line)s : le fichier CSV est mal formé (guillemet non fermé ?). Enregistrez-le de nouveau.")
            % {"line": reader.line_num}
        ) from error


def _numbered(reader: Iterable[list[str]]) -> Iterator[Line]:
    """A quoted cell may span several lines: a row is known by its first."""
    first = 1
    for row in reader:
        yield Line(first, tuple(cell.strip() or None for cell in row))
        first = reader.line_num + 1  # type: ignore[attr-defined]  # csv's reader has it, its protocol does not say so


def decode(data: bytes) -> tuple[str, str]:
    """The text and the encoding it was found in."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _decoded(data, encoding), encoding
    if data[:4000].count(b"\0") > len(data[:4000]) // 4:
        encoding = "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
        return _decoded(data, encoding), encoding
    try:
        data.decode("utf-8")
        return _decoded(data, "utf-8"), "utf-8"
    except UnicodeDecodeError:
        best = from_bytes(data[:400_000], cp_isolation=_CANDIDATES).best()
        # A tie goes to cp1252, what French and Dutch spreadsheets write.
        encoding = best.encoding if best is not None and "cp1252" not in best.could_be_from_charset else "cp1252"
        return _decoded(data, encoding), encoding


def _decoded(data: bytes, encoding: str) -> str:
    text = data.decode(encoding, errors="replace")
    if "\0" in text:
        raise FileError(_("Ce n'est pas un fichier de texte. Enregistrez-le au format .xlsx ou CSV."))
    return text


def guess_separator(text: str) -> str:
    """The one that cuts the most of the first lines into the same number of cells, more than one."""
    sample = list(_first_lines(text))
    scores = {}
    for separator in _SEPARATORS:
        widths = Counter(len(row) for row in csv.reader(sample, delimiter=separator) if len(row) > 1)
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        scores[separator] = (count, width)
    best = max(scores, key=lambda one: scores[one])
    return best if scores[best][0] else ";"


def _first_lines(text: str) -> Iterator[str]:
    # Whatever ends them, a lone carriage return included.
    for number, line in enumerate(io.StringIO(text, newline=None)):
        if number == 60:
            return
        if line.strip():
            yield line


def _reading(encoding: str, separator: str) -> str:
    names = {";": _("points-virgules"), ",": _("virgules"), "\t": _("tabulations"), "|": _("barres verticales")}
    text = _("encodage %(encoding)s, colonnes séparées par des %(separator)s")
    return text % {"encoding": encoding, "separator": names[separator]}


def _read_xlsx(data: bytes) -> Table:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            # A small archive can hold a huge sheet: read_only mode still reads it whole.
            if sum(entry.file_size for entry in archive.infolist()) > _MAXIMUM_UNZIPPED:
                raise FileError(_("Le classeur est trop grand. Découpez-le en plusieurs fichiers."))
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        lines = (
            Line(number, tuple(_plain(value) for value in row))
            for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=MAXIMUM_COLUMNS), start=1)
        )
        return _table(lines, _("feuille « %(name)s »") % {"name": sheet.title})
    except FileError:
        raise
    except Exception as error:  # openpyxl raises whatever a damaged file makes it stumble on
        raise FileError(_("Ce classeur ne s'ouvre pas. Enregistrez-le de nouveau au format .xlsx ou CSV.")) from error


def _plain(value: object) -> Cell:
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if value is None or isinstance(value, int | float | datetime | date | time | timedelta):
        return value
    return str(value)


def _table(rows: Iterator[Line], reading: str) -> Table:
    headers: tuple[str, ...] | None = None
    lines: list[Line] = []
    for line in rows:
        filled = sum(cell is not None for cell in line.cells)
        if headers is None:
            # A title above the table fills a single cell.
            headers = _headers(line.cells) if filled > 1 else None
        elif filled:
            width = len(headers)
            lines.append(Line(line.number, (line.cells + (None,) * width)[:width]))
            if len(lines) > MAXIMUM_ROWS:
                raise FileError(
                    _("Le fichier dépasse %(rows)s lignes. Découpez-le en plusieurs fichiers.") % {"rows": MAXIMUM_ROWS}
                )
    if headers is None:
        raise FileError(_("Aucune ligne d'en-tête à plusieurs colonnes n'a été trouvée."))
    if not lines:
        raise FileError(_("Le fichier n'a que sa ligne d'en-tête : aucune donnée à importer."))
    return Table(headers, tuple(lines), reading)


def _headers(cells: tuple[Cell, ...]) -> tuple[str, ...]:
    """Unique names: an empty one is called by its number, a repeated one gets its turn."""
    width = max(number for number, cell in enumerate(cells, start=1) if cell is not None)
    if width > MAXIMUM_COLUMNS:
        raise FileError(_("Le fichier a plus de %(columns)s colonnes.") % {"columns": MAXIMUM_COLUMNS})
    names: list[str] = []
    for number, cell in enumerate(cells[:width], start=1):
        name = _("Colonne %(number)s") % {"number": number} if cell is None else " ".join(str(cell).split())
        turn, unique = 2, name
        while unique in names:
            unique, turn = f"{name} ({turn})", turn + 1
        names.append(unique)
    return tuple(names)
