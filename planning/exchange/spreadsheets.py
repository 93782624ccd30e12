"""Tables as files that a spreadsheet opens.

A cell that begins like a formula would be run by the spreadsheet that opens it: such texts get an apostrophe in front
in CSV, and are written as plain texts in XLSX.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Value = str | float | int | None
Lines = Iterable[Sequence[Value]]
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def csv_of(lines: Lines) -> bytes:
    """A semicolon and a mark, as spreadsheets expect in French."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    for line in lines:
        writer.writerow([guarded(value) for value in line])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def xlsx_of(sheets: Iterable[tuple[str, Lines]]) -> bytes:
    """One sheet a table, its first line in bold."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, lines in sheets:
        _fill(book.create_sheet(title), lines)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def guarded(value: Value) -> Value:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _fill(sheet: Any, lines: Lines) -> None:
    for number, line in enumerate(lines, start=1):
        for column, value in enumerate(line, start=1):
            if isinstance(value, str):
                value = ILLEGAL_CHARACTERS_RE.sub("", value)
            cell = sheet.cell(number, column, value)
            if isinstance(value, str):
                cell.data_type = "s"  # openpyxl takes a text that begins with = for a formula
            if number == 1:
                cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    for column in range(1, sheet.max_column + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 18
