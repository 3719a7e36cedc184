"""Reads an Excel workbook (.xlsx) as a table of text, under the same limits as a zip."""

import io
import warnings
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from typing import Any

from app.features.roster.reading.findings import refusal
from app.features.roster.reading.limits import Limits
from app.features.roster.reading.text import Numbered, Row, Sheet, find_header
from app.kernel.errors import CasewellError
from app.kernel.ports import Progress

_EMPTY_STOP = 2_000
"""Rows without a value after which a sheet is taken to have ended."""


def is_workbook(content: bytes) -> bool:
    """Tell whether the bytes are an Office Open XML package."""
    return content.startswith(b"PK") and b"[Content_Types].xml" in content


def _check_package(content: bytes, file: str, limits: Limits) -> None:
    """Refuse a workbook that would unpack to more than the limits, or declares entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            infos = package.infolist()
            total = sum(info.file_size for info in infos)
            if len(infos) > limits.members or total > limits.workbook:
                raise refusal("roster-zip-bomb", file, expected=f"{limits.workbook >> 20} MB")
            if total > limits.ratio_from and total // max(len(content), 1) > limits.ratio:
                raise refusal("roster-zip-bomb", file, expected=f"{limits.workbook >> 20} MB")
            for info in infos:
                if info.flag_bits & 0x1:
                    raise refusal("roster-zip-locked", file, 1, expected="xlsx")
                if info.filename.endswith((".xml", ".rels")):
                    with package.open(info) as stream:
                        if b"<!DOCTYPE" in stream.read(4096):
                            raise refusal("roster-workbook-damaged", file, 1, expected="xlsx")
    except CasewellError:
        raise
    except Exception:  # noqa: BLE001 - a broken package may raise anything
        raise refusal("roster-workbook-damaged", file, 1, expected="xlsx") from None


def cell_text(value: object) -> str:
    """Return a cell as text: dates as ISO, whole numbers without a point, errors as empty."""
    match value:
        case None:
            return ""
        case str():
            text = value.strip()
            return (
                ""
                if text.startswith("#")
                and text.rstrip("!?/0AN").startswith("#")
                and text in _ERRORS
                else text
            )
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime():
            return value.date().isoformat()
        case date() | time():
            return value.isoformat()
        case _:
            return str(value).strip()


_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})


def _rows(
    content: bytes, sheet: str, limits: Limits, progress: Progress, *, formulas: bool
) -> tuple[str, list[Numbered]]:
    """Return the sheet's name and its filled rows with their numbers."""
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book: Any = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=not formulas, keep_links=False
        )
        try:
            shown = [page for page in book.worksheets if page.sheet_state == "visible"]
            named = [page for page in shown if page.title == sheet]
            for page in named or shown:
                page.reset_dimensions()
                rows = _page_rows(page, limits, progress)
                if rows or named:
                    return page.title, rows
        finally:
            book.close()
    return sheet, []


def _page_rows(page: Any, limits: Limits, progress: Progress) -> list[Numbered]:
    rows: list[Numbered] = []
    empty = 0
    for number, cells in enumerate(
        page.iter_rows(values_only=True, max_col=limits.columns), start=1
    ):
        if not number % 2048:
            progress(number, 0)
        row = [cell_text(value) for value in cells]
        if not any(row):
            empty += 1
            if empty > _EMPTY_STOP:
                break
            continue
        empty = 0
        rows.append((number, row))
        if len(rows) > limits.rows:
            break
    return rows


def read_workbook(
    content: bytes,
    file: str,
    limits: Limits,
    progress: Progress,
    *,
    sheet: str = "",
    is_header: Callable[[Row], bool] | None = None,
) -> tuple[str, Sheet]:
    """Return the name and the table of `sheet`, or of the first visible sheet that is filled.

    Formulas are read by the values the last program stored; a sheet of formulas without
    values is refused, as are packages that are broken, locked or too big.
    """
    _check_package(content, file, limits)
    try:
        name, rows = _rows(content, sheet, limits, progress, formulas=False)
        if len(rows) <= 1:
            _, unsolved = _rows(content, sheet, limits, progress, formulas=True)
            if len(unsolved) > len(rows):
                raise refusal("roster-formulas", file, unsolved[-1][0], expected="xlsx")
    except CasewellError:
        raise
    except Exception:  # noqa: BLE001 - a broken workbook may raise anything
        raise refusal("roster-workbook-damaged", file, 1, expected="xlsx") from None
    found = find_header(iter(rows), is_header)
    if found is None:
        raise refusal("roster-empty-file", file, 1, expected="xlsx")
    header_line, cells = found
    width = max(len(row) - next(i for i, c in enumerate(reversed(row)) if c) for _, row in rows)
    header = tuple((cells + [""] * width)[:width])

    def walk() -> Iterator[Numbered]:
        for line, row in rows:
            if line > header_line:
                for cell in row:
                    if len(cell) > limits.field:
                        raise refusal("roster-field-long", file, line, expected=str(limits.field))
                yield line, [*row[:width], *([""] * (width - len(row))), ""]

    return name, Sheet(file, header, header_line, len(rows), walk)
