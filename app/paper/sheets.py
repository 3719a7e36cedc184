"""Tables for spreadsheet programs, in which no cell can run: CSV and XLSX, built in memory.

A name that begins with `=` would be a formula to Excel (OWASP, "CSV Injection"). In CSV such a
text gets an apostrophe in front; in XLSX it is typed as text and marked as typed with one.
Numbers that are numbers stay numbers.
"""

import csv
import io
import math
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from xml.sax.saxutils import escape

from app.kernel.errors import Refused

Cell = str | int | float | date | None

CSV, XLSX = ".csv", ".xlsx"
LONGEST = 32_767
"""The most characters that a cell of a workbook holds (ECMA-376, as Excel limits it)."""

_DAY_NOUGHT = date(1899, 12, 30)
"""The day that workbooks count from."""
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
    """Return the table as a workbook of one sheet (ECMA-376); every text is typed as text.

    Written here, in memory: openpyxl writes each sheet into a file of the temp folder first.
    """
    title = _escaped(re.sub(r"[\\/*?:\[\]]", " ", sheet.title)[:31].strip() or "Casewell")
    parts = {
        "[Content_Types].xml": _CONTENT_TYPES,
        "_rels/.rels": _RELATIONS.format(kind="officeDocument", target="xl/workbook.xml", more=""),
        "xl/workbook.xml": _WORKBOOK.format(title=title),
        "xl/_rels/workbook.xml.rels": _RELATIONS.format(
            kind="worksheet", target="worksheets/sheet1.xml", more=_STYLES_RELATION
        ),
        "xl/styles.xml": _STYLES,
        "xl/worksheets/sheet1.xml": "".join(_sheet_parts(sheet)),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            # No time of making: the same table is the same bytes.
            archive.writestr(zipfile.ZipInfo(name), text.encode(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_CONTENT_TYPES = (
    f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    f'<Default Extension="rels" ContentType='
    '"application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>'
)
_RELATIONS = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/{{kind}}" Target="{{target}}"/>{{more}}'
    "</Relationships>"
)
_STYLES_RELATION = f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/>'
_WORKBOOK = (
    f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="{title}" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_USUAL, _BOLD, _TEXT, _DAY = range(4)
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    # Text, and as if typed with an apostrophe: it stays text when somebody edits the cell.
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"'
    ' applyNumberFormat="1"/>'
    '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


def _sheet_parts(sheet: Sheet) -> Iterator[str]:
    yield (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        "</sheetView></sheetViews><sheetData>"
    )
    for number, row in enumerate((sheet.heads, *sheet.rows), 1):
        cells = "".join(_xlsx_cell(cell, head=number == 1) for cell in row)
        yield f'<row r="{number}">{cells}</row>'
    yield "</sheetData></worksheet>"


def _xlsx_cell(cell: Cell, *, head: bool) -> str:
    if cell is None or cell == "":
        return "<c/>"
    if isinstance(cell, date):
        return f'<c s="{_DAY}"><v>{(cell - _DAY_NOUGHT).days}</v></c>'
    if not isinstance(cell, str):
        return f"<c><v>{cell!r}</v></c>" if math.isfinite(cell) else "<c/>"
    text = cell if len(cell) <= LONGEST else cell[: LONGEST - 1] + "…"
    style = _BOLD if head else _TEXT if starts_something(text) else _USUAL
    return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{_escaped(text)}</t></is></c>'


def _escaped(text: str) -> str:
    one_break = text.replace("\r\n", "\n").replace("\r", "\n")
    return escape(_UNWRITABLE.sub("\ufffd", one_break), {'"': "&quot;"})


def as_file(sheet: Sheet, name: str) -> bytes:
    """Return the table in the form that a file's name asks for; refuse any other ending."""
    ending = PurePath(name).suffix.lower()
    if ending == CSV:
        return as_csv(sheet)
    if ending == XLSX:
        return as_xlsx(sheet)
    raise Refused("sheet-ending", "out", name=PurePath(name).name)
