"""Tables for spreadsheet programs, in which no cell can run: CSV and XLSX, built in memory.

A name that begins with `=` would be a formula to Excel (OWASP, "CSV Injection"). In CSV such a
text gets an apostrophe in front; in XLSX it is typed as text and marked as typed with one.
Numbers that are numbers stay numbers, days and times are what the program counts with. Rows
are taken as they come, and the work can be stopped between two hundred of them. A workbook
says nothing of who made it: it has no properties.
"""

import csv
import io
import math
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import chain, islice
from pathlib import PurePath
from typing import Literal
from xml.sax.saxutils import escape

from app.kernel.errors import Refused
from app.kernel.ports import Progress, no_progress

Cell = str | int | float | date | time | None
Form = Literal["", "count", "percent"]
"""How a workbook shows the numbers of a column; a percentage is kept as a share of 1."""

CSV, XLSX = ".csv", ".xlsx"
LONGEST = 32_767
"""The most characters that a cell of a workbook holds (ECMA-376, as Excel limits it)."""
MOST_ROWS = 1_048_576
"""The most rows that a sheet of a workbook holds, its head among them."""

_DAY_NOUGHT = date(1899, 12, 30)
"""The day that workbooks count from."""
_AT_ONCE = 200
"""Rows between two moments at which the work can be stopped; the widths are told by the first."""
_NARROWEST, _WIDEST = 6, 60
"""The width of a column, in digits."""
_STARTERS = frozenset("=+-@")
_BREAKS = frozenset("\t\r\n")
_PASSED_OVER = frozenset("\"'`´‘’‚‛“”„‟«»")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Streamed:
    """A table: its title, the heads of its columns, and its rows, which are walked over once.

    `forms` says how the columns' numbers are shown; without any, as they are. A `plain` sheet
    of a workbook has no head to filter by.
    """

    title: str
    heads: tuple[str, ...]
    rows: Iterable[Sequence[Cell]]
    forms: tuple[Form, ...] = ()
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Sheet(Streamed):
    """A table whose rows are all there."""

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


def as_csv(sheet: Streamed, *, mark: bool = True, progress: Progress = no_progress) -> bytes:
    """Return the table as CSV (RFC 4180): UTF-8, with a `mark` for Excel, every text quoted.

    Quoted, because a program that sets values apart by semicolons would else find some. A
    percentage is the number that stands before its sign, to one digit after the point.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow([_csv_cell(head) for head in sheet.heads])
    forms = sheet.forms or ("",) * len(sheet.heads)
    for row in _counted(sheet.rows, progress):
        writer.writerow(
            [
                round(100 * cell, 1)
                if form == "percent" and isinstance(cell, int | float)
                else _csv_cell(cell)
                for cell, form in zip(row, forms, strict=True)
            ]
        )
    return out.getvalue().encode("utf-8-sig" if mark else "utf-8")


def _counted(rows: Iterable[Sequence[Cell]], progress: Progress) -> Iterator[Sequence[Cell]]:
    """Yield the rows, and tell how many there were, now and then."""
    for number, row in enumerate(rows):
        if not number % _AT_ONCE:
            progress(number, 0)
        yield row


def _csv_cell(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, int | float):
        return cell
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    return neutral(_UNWRITABLE.sub("\ufffd", cell))


def as_xlsx(sheet: Streamed, *more: Streamed, progress: Progress = no_progress) -> bytes:
    """Return the table as a workbook (ECMA-376), with `more` sheets after it.

    Every text is typed as text; the head stays in sight, and the rows can be filtered by it.
    Written here, in memory: other writers take the way by a file in the temp folder.
    """
    sheets = (sheet, *more)
    titles = [
        _escaped(re.sub(r"[\\/*?:\[\]]", " ", one.title)[:31].strip() or "Casewell")
        for one in sheets
    ]
    numbers = range(1, len(sheets) + 1)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:

        def add(name: str, parts: Iterable[str]) -> None:
            # No time of making: the same table is the same bytes.
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w") as part:
                for text in parts:
                    part.write(text.encode())

        add("[Content_Types].xml", [_content_types(len(sheets))])
        add("_rels/.rels", [_relations([("officeDocument", "xl/workbook.xml")])])
        add("xl/workbook.xml", [_workbook(titles)])
        parts = [("worksheet", f"worksheets/sheet{number}.xml") for number in numbers]
        add("xl/_rels/workbook.xml.rels", [_relations([*parts, ("styles", "styles.xml")])])
        add("xl/styles.xml", [_STYLES])
        for number, one in zip(numbers, sheets, strict=True):
            add(f"xl/worksheets/sheet{number}.xml", _sheet_parts(one, progress))
    return out.getvalue()


_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _content_types(sheets: int) -> str:
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml"'
        f' ContentType="{_TYPE}.worksheet+xml"/>'
        for number in range(1, sheets + 1)
    )
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>{parts}'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>'
    )


def _relations(parts: Sequence[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(parts, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _workbook(titles: Sequence[str]) -> str:
    listed = "".join(
        f'<sheet name="{title}" sheetId="{number}" r:id="rId{number}"/>'
        for number, title in enumerate(titles, 1)
    )
    return (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>'
    )


_USUAL, _BOLD, _TEXT, _DAY, _TIME, _COUNT, _PERCENT, _WRAPPED = range(8)
_FORMATS: dict[Form, int] = {"": _USUAL, "count": _COUNT, "percent": _PERCENT}
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
    # A day with its month in letters: 3/12/2027 would be read as two different days.
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="d\\ mmm\\ yyyy"/>'
    '<numFmt numFmtId="165" formatCode="0.0%"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="8"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    # Text, and as if typed with an apostrophe: it stays text when somebody edits the cell.
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"'
    ' applyNumberFormat="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="18" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="3" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1">'
    '<alignment vertical="top" wrapText="1"/></xf>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


def _sheet_parts(sheet: Streamed, progress: Progress) -> Iterator[str]:
    frozen = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    yield (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        f"{'' if sheet.plain else frozen}</sheetView></sheetViews>"
    )
    rows = _counted(sheet.rows, progress)
    first = list(islice(rows, _AT_ONCE))
    yield _widths(sheet, first)
    yield "<sheetData>"
    styles = [_FORMATS[form] for form in sheet.forms] or [_USUAL] * len(sheet.heads)
    heads = [] if sheet.plain else [sheet.heads]
    number = 0
    for number, row in enumerate(chain(heads, first, rows), 1):
        if number > MOST_ROWS:
            raise Refused("sheet-rows", "out", most=f"{MOST_ROWS:,}")
        head = number == 1 and not sheet.plain
        cells = "".join(
            _xlsx_cell(cell, style, head=head) for cell, style in zip(row, styles, strict=True)
        )
        yield f'<row r="{number}">{cells}</row>'
    yield "</sheetData>"
    if sheet.heads and not sheet.plain:
        yield f'<autoFilter ref="A1:{_letters(len(sheet.heads))}{number}"/>'
    yield "</worksheet>"


def _widths(sheet: Streamed, rows: Sequence[Sequence[Cell]]) -> str:
    """Return how wide each column is: as wide as what stands in it first, within reason."""
    # Three more than its head: the arrow of the filter stands on it.
    widths = [len(head) + 3 for head in sheet.heads]
    for row in rows:
        for at, cell in enumerate(row):
            widths[at] = max(widths[at], _width(cell))
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{min(max(width, _NARROWEST), _WIDEST)}"'
        ' customWidth="1"/>'
        for at, width in enumerate(widths, 1)
    )
    return f"<cols>{columns}</cols>" if columns else ""


def _width(cell: Cell) -> int:
    if isinstance(cell, date):
        return 12
    if isinstance(cell, str):
        return max(map(len, cell[:1000].splitlines()), default=0) + 1
    return 9


def _letters(column: int) -> str:
    """Return how a workbook calls its column number `column`: A, Z, AA …"""
    said = ""
    while column:
        column, rest = divmod(column - 1, 26)
        said = chr(ord("A") + rest) + said
    return said


def _xlsx_cell(cell: Cell, number: int, *, head: bool) -> str:
    if cell is None or cell == "":
        return "<c/>"
    if isinstance(cell, date):
        return f'<c s="{_DAY}"><v>{(cell - _DAY_NOUGHT).days}</v></c>'
    if isinstance(cell, time):
        return f'<c s="{_TIME}"><v>{(cell.hour * 60 + cell.minute) / 1440!r}</v></c>'
    if not isinstance(cell, str):
        return f'<c s="{number}"><v>{cell!r}</v></c>' if math.isfinite(cell) else "<c/>"
    text = cell if len(cell) <= LONGEST else cell[: LONGEST - 1] + "…"
    style = _BOLD if head else _TEXT if starts_something(text) else _USUAL
    if style == _USUAL and ("\n" in text or len(text) > _WIDEST):
        style = _WRAPPED
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
