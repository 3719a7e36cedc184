"""No cell of a saved table can run, and everything can be read back as it was."""

import csv
import io
import tempfile
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from app.kernel.errors import Refused
from app.paper.sheets import (
    LONGEST,
    Cell,
    Sheet,
    as_csv,
    as_file,
    as_xlsx,
    neutral,
    plain,
    starts_something,
)

STARTERS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "−", "\t", "\r", "\n")
BEFORE = ("", " ", "  ", '"', "'", "\u00a0", "\u200b", "\ufeff", "“", " ' ")


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def one_column(*cells: Cell) -> Sheet:
    return Sheet("Rows", ("Value",), [[cell] for cell in cells])


@pytest.mark.parametrize("starter", STARTERS)
@pytest.mark.parametrize("before", BEFORE)
def test_what_could_run_is_only_text_in_csv(starter: str, before: str) -> None:
    text = f"{before}{starter}HYPERLINK(1)"
    (_, (cell,)) = read_csv(as_csv(one_column(text)))
    assert cell == "'" + text
    assert plain(cell) == text


@pytest.mark.parametrize(
    "text", ["", "Ana", "O’Neil", "'tis", '"Bo" Lee', "a=b", "x@y.example", "Núñez-Ruiz", "(+1)"]
)
def test_what_cannot_run_stays_as_it_is(text: str) -> None:
    assert neutral(text) == text
    assert plain(text) == text


def test_numbers_that_are_numbers_stay_numbers() -> None:
    sheet = one_column(-5, 3.25, "-5", date(2026, 11, 22), None)
    raw = as_csv(sheet).decode("utf-8-sig").splitlines()
    assert raw == ['"Value"', "-5", "3.25", '"\'-5"', '"2026-11-22"', '""']
    page = load_workbook(io.BytesIO(as_xlsx(sheet))).active
    assert page is not None
    assert [(page.cell(row, 1).value, page.cell(row, 1).data_type) for row in (2, 3, 4)] == [
        (-5, "n"), (3.25, "n"), ("-5", "s"),
    ]  # fmt: skip


def test_csv_is_marked_for_excel_and_every_text_is_quoted() -> None:
    data = as_csv(one_column("a;=1+1"))
    assert data.startswith(b"\xef\xbb\xbf")
    assert b'"a;=1+1"\r\n' in data


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=8))
def test_any_text_comes_back_from_csv_and_none_of_it_runs(texts: list[str]) -> None:
    rows = read_csv(as_csv(one_column(*texts)))[1:]
    cells = [row[0] if row else "" for row in rows]
    assert len(cells) == len(texts)
    for cell, text in zip(cells, texts, strict=True):
        assert not cell or cell[0] == "'" or not starts_something(cell)
        kept = "".join("\ufffd" if ord(c) < 32 and c not in "\t\r\n" else c for c in text)
        kept = kept.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")
        assert plain(cell) == kept


DANGEROUS = st.builds(
    lambda before, sign, text: before + sign + text,
    st.sampled_from(BEFORE),
    st.sampled_from(STARTERS),
    st.text("cmd|'/C calc'!A0()1+", max_size=12),
)


@given(st.lists(DANGEROUS | st.text("abc äñ=", max_size=12), min_size=1, max_size=8))
def test_any_text_comes_back_from_a_workbook_and_none_of_it_is_a_formula(texts: list[str]) -> None:
    page = load_workbook(io.BytesIO(as_xlsx(one_column(*texts)))).active
    assert page is not None
    for row, text in enumerate(texts, 2):
        cell = page.cell(row, 1)
        assert cell.data_type in {"s", "inlineStr", "n"}, "never f"
        # XML takes one line break for the other.
        assert (cell.value or "") == text.replace("\r\n", "\n").replace("\r", "\n")
        assert bool(cell.quotePrefix) == starts_something(text)


def test_what_a_workbook_cannot_hold_is_replaced_or_cut() -> None:
    page = load_workbook(io.BytesIO(as_xlsx(one_column("a\x00b\ud800", "x" * 40_000)))).active
    assert page is not None
    assert page.cell(2, 1).value == "a\ufffdb\ufffd"
    assert len(str(page.cell(3, 1).value)) == LONGEST


def test_the_files_name_says_the_form() -> None:
    sheet = one_column("a")
    assert as_file(sheet, "x.csv") == as_csv(sheet)
    assert as_file(sheet, "X.XLSX").startswith(b"PK")
    with pytest.raises(Refused) as refused:
        as_file(sheet, "x.txt")
    assert refused.value.code == "sheet-ending"


def test_a_day_is_a_day_and_the_same_table_is_the_same_bytes() -> None:
    sheet = Sheet("A/B: [x]", ("Day", "Share"), [[date(2026, 11, 22), float("nan")]])
    assert as_xlsx(sheet) == as_xlsx(sheet)
    book = load_workbook(io.BytesIO(as_xlsx(sheet)))
    page = book.active
    assert page is not None
    assert page.title == "A B   x"
    assert page.cell(2, 1).value == datetime(2026, 11, 22)
    assert page.cell(2, 2).value is None
    assert page.freeze_panes == "A2"


def test_nothing_is_written_into_the_temp_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    assert as_xlsx(one_column("Ana")).startswith(b"PK")
    with pytest.raises(FileNotFoundError):
        # The control: what writes a workbook by way of the temp folder.
        Workbook().save(tmp_path / "control.xlsx")
