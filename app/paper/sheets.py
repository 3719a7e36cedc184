"""Tables for spreadsheet programs, in which no cell can run: CSV and XLSX, built in memory.

A name that begins with `=` would be a formula to Excel (OWASP, "CSV Injection"). In CSV such a
text gets an apostrophe in front; in XLSX it is typed as text and marked as typed with one.
Numbers that are numbers stay numbers.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Any

from app.kernel.errors import Refused

Cell = str | int | float | date | None

CSV, XLSX = ".csv", ".xlsx"
LONGEST = 32_767
"""The most characters that a cell of a workbook holds (ECMA-376, as Excel limits it)."""

_STARTERS = frozenset("=+-@")
_BREAKS = frozenset("\t\r\n")
_PASSED_OVER = frozenset("\"'`´‘’‚‛“”„‟«»")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its title, the heads of its columns, and its rows."""

    title: str
    heads: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]


def starts_something(text: str) -> bool:
    """Tell whether a spreadsheet program might take `text` for more than text.

    Looked at is the first sign that is neither a space, nor a quote, nor invisible; wide and
    small forms of the four signs (`＝`, `﹢`) count as the signs themselves.
    """
    if text[:1] in _BREAKS and text:
        return True
    for sign in text:
        if sign in _BREAKS:
            return True
        if sign in _PASSED_OVER or sign.isspace() or unicodedata.category(sign)[0] == "C":
            continue
        return unicodedata.normalize("NFKC", sign)[:1] in _STARTERS or sign == "\u2212"
    return False


def neutral(text: str) -> str:
    """Return `text` as a CSV cell that is only text."""
    return f"'{text}" if starts_something(text) else text


def plain(cell: str) -> str:
    """Return what `neutral` was given; for whoever reads such a file back."""
    return cell[1:] if cell.startswith("'") and starts_something(cell[1:]) else cell


def as_csv(sheet: Sheet) -> bytes:
    """Return the table as CSV (RFC 4180): UTF-8 with a mark for Excel, every text quoted.

    Quoted, because a program that sets values apart by semicolons would else find some.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    for row in (sheet.heads, *sheet.rows):
        writer.writerow([_csv_cell(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _csv_cell(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, int | float):
        return cell
    if isinstance(cell, date):
        return cell.isoformat()
    return neutral(_UNWRITABLE.sub("\ufffd", cell))


def as_xlsx(sheet: Sheet) -> bytes:
    """Return the table as a workbook of one sheet; every text is typed as text."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    page = book.create_sheet(re.sub(r"[\\/*?:\[\]]", " ", sheet.title)[:31] or "Casewell")
    page.freeze_panes = "A2"

    def made(cell: Cell, *, bold: bool = False) -> Any:
        if not isinstance(cell, str):
            plain_cell: Any = WriteOnlyCell(page)
            plain_cell.value = cell
            return plain_cell
        made: Any = WriteOnlyCell(page, value="")
        text = _UNWRITABLE.sub("\ufffd", cell)
        made.value = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
        made.data_type = "s"
        made.quotePrefix = starts_something(text)
        if bold:
            made.font = Font(bold=True)
        return made

    page.append([made(head, bold=True) for head in sheet.heads])
    for row in sheet.rows:
        page.append([made(cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_file(sheet: Sheet, name: str) -> bytes:
    """Return the table in the form that a file's name asks for; refuse any other ending."""
    ending = PurePath(name).suffix.lower()
    if ending == CSV:
        return as_csv(sheet)
    if ending == XLSX:
        return as_xlsx(sheet)
    raise Refused("sheet-ending", "out", name=PurePath(name).name)
