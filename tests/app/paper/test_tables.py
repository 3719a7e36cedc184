"""One declared list is the same list on paper, as CSV and in a workbook."""

import csv
import io
import os
import shutil
import subprocess
import sys
import tempfile
import time as clock
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from app.kernel.clock import Moment
from app.kernel.errors import Cancelled
from app.paper.preview import page_texts
from app.paper.sheets import Cell
from app.paper.tables import (
    Column,
    Stamp,
    Table,
    paged,
    spoken_cell,
    table_csv,
    table_pdf,
    table_xlsx,
)

MADE = Moment.local(datetime(2026, 11, 20, 9, 30), "America/New_York")
STAMP = Stamp(MADE, "Ana Núñez", "Journal 12, abcd1234", "Dr. Ito", "Review")
COLUMNS = (
    Column("Student", "text", 2.0),
    Column("Day", "day", 1.3),
    Column("Time", "time"),
    Column("Minutes", "minutes"),
    Column("Entries", "count"),
    Column("Share", "percent"),
)
ROW: tuple[Cell, ...] = ("Ocampo, Mateo", date(2027, 3, 12), time(14, 5), 1240, 3, 0.375)


def a_table(rows: Sequence[Sequence[Cell]] = (ROW,)) -> Table:
    return Table(
        "Session log",
        COLUMNS,
        iter(rows),
        scope="Ana Núñez, November",
        sentences=("One session.",),
        total=("Held", None, None, 1240, 3, 1.0),
        empty="No sessions.",
    )


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page_texts(pdf)).split())


def test_on_paper_days_times_and_numbers_cannot_be_misread() -> None:
    printed = table_pdf(a_table(), STAMP)
    said = text_of(printed.pdf)
    for words in (
        "Session log", "Ana Núñez, November", "One session.", "Dr. Ito", "Review", "Ocampo, Mateo",
        "12 Mar 2027", "2:05 PM", "1,240", "37.5 %", "Held", "100 %", "1 line", "Page 1 of 1",
        "Confidential", "Journal 12, abcd1234",
    ):  # fmt: skip
        assert words in said, words
    assert table_pdf(a_table(), STAMP, "a4").pdf != printed.pdf


def test_an_empty_list_says_so() -> None:
    said = text_of(table_pdf(a_table(()), STAMP).pdf)
    assert "No sessions." in said
    assert "Held" not in said


def test_a_csv_is_the_table_alone() -> None:
    data = table_csv(a_table())
    assert data.startswith(b"\xef\xbb\xbf")
    assert read_csv(data) == [
        ["Student", "Day", "Time", "Minutes", "Entries", "Share (%)"],
        ["Ocampo, Mateo", "2027-03-12", "14:05", "1240", "3", "37.5"],
    ]
    assert not table_csv(a_table(), mark=False).startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == 2


def test_a_workbook_counts_with_days_and_numbers_and_can_be_filtered() -> None:
    data = table_xlsx(a_table([ROW, ("=1+1", None, None, 0, 0, 0.0)]), STAMP)
    book = load_workbook(io.BytesIO(data))
    page, about = book.worksheets
    assert page["B2"].value == datetime(2027, 3, 12)
    assert page["B2"].number_format == "d\\ mmm\\ yyyy"
    assert page["C2"].value == time(14, 5)
    assert [page.cell(2, at).value for at in (4, 5, 6)] == [1240, 3, 0.375]
    assert page["F2"].number_format == "0.0%"
    assert page["A3"].value == "=1+1"
    assert page["A3"].data_type == "s"
    assert page["A3"].quotePrefix
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:F3"
    assert page.column_dimensions["A"].width > 13
    assert page.max_row == 3, "the sum is no row"
    said = [row[0].value for row in about.iter_rows()]
    assert said[:3] == ["Session log", "Ana Núñez, November", "One session."]
    assert "Made on 20 Nov 2026 at 9:30 AM by Ana Núñez" in said


def test_a_workbook_tells_in_no_property_who_made_it() -> None:
    with zipfile.ZipFile(io.BytesIO(table_xlsx(a_table(), STAMP))) as archive:
        names = archive.namelist()
        parts = {name: archive.read(name).decode() for name in names}
    assert not any("docProps" in name for name in names)
    named = [name for name, text in parts.items() if "Ana" in text]
    assert named == ["xl/worksheets/sheet2.xml"], "but the page that says it to a reader"


def test_the_same_list_is_the_same_bytes() -> None:
    assert table_xlsx(a_table(), STAMP) == table_xlsx(a_table(), STAMP)
    assert table_pdf(a_table(), STAMP).pdf == table_pdf(a_table(), STAMP).pdf


cells = st.tuples(
    st.text("abc äñ,;\"'\n=+-@", max_size=12),
    st.none() | st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    st.none() | st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.integers(0, 100_000),
    st.integers(0, 100_000),
    st.integers(0, 1000).map(lambda share: share / 1000),
)


@given(st.lists(cells, max_size=6))
def test_what_goes_into_a_workbook_comes_out_of_it(rows: list[tuple[Cell, ...]]) -> None:
    page = load_workbook(io.BytesIO(table_xlsx(a_table(rows), STAMP))).worksheets[0]
    for number, row in enumerate(rows, 2):
        found = [page.cell(number, at).value for at in range(1, 7)]
        assert (found[0] or "") == row[0]
        assert (found[1].date() if isinstance(found[1], datetime) else found[1]) == row[1]
        assert found[2] == row[2]
        assert found[3:] == pytest.approx(list(row[3:]))


class Stopping:
    """Stops at the third moment it is asked, and knows how many rows were taken by then."""

    def __init__(self) -> None:
        self.asked = self.taken = 0

    def rows(self) -> Iterator[Sequence[Cell]]:
        while True:
            self.taken += 1
            yield ROW

    def progress(self, _done: int, _of: int) -> None:
        self.asked += 1
        if self.asked == 3:
            raise Cancelled


@pytest.mark.parametrize("form", ["pdf", "csv", "xlsx"])
def test_an_endless_list_can_be_stopped(form: str) -> None:
    stopping = Stopping()
    table = replace(a_table(), rows=stopping.rows())
    with pytest.raises(Cancelled):
        if form == "pdf":
            table_pdf(table, STAMP, progress=stopping.progress)
        elif form == "csv":
            table_csv(table, progress=stopping.progress)
        else:
            table_xlsx(table, STAMP, progress=stopping.progress)
    assert stopping.taken <= 3 * 200 + 1


@pytest.mark.parametrize("form", ["pdf", "csv", "xlsx"])
def test_between_two_moments_at_which_it_can_be_stopped_there_is_less_than_a_fifth_second(
    form: str,
) -> None:
    table_pdf(a_table(), STAMP)  # what is imported for the first one takes its time once
    seen = [clock.thread_time()]

    def progress(_done: int, _of: int) -> None:
        seen.append(clock.thread_time())

    rows = [(f"{number} {ROW[0]}", *ROW[1:]) for number in range(4_000)]
    table = a_table(rows)
    if form == "pdf":
        table_pdf(table, STAMP, progress=progress)
    elif form == "csv":
        table_csv(table, progress=progress)
    else:
        table_xlsx(table, STAMP, progress)
    assert max(after - before for before, after in pairwise(seen)) < 0.2


def test_pages_are_read_until_an_empty_one() -> None:
    asked = []

    def read(offset: int) -> list[int]:
        asked.append(offset)
        return list(range(offset, min(offset + 2, 5)))

    assert list(paged(read)) == [0, 1, 2, 3, 4]
    assert asked == [0, 2, 4, 5]


@pytest.mark.parametrize(
    ("cell", "kind", "said"),
    [(None, "text", ""), (0.5, "percent", "50 %"), (2 / 3, "percent", "66.7 %"), (0, "count", "0")],
)
def test_cells_are_said(cell: Cell, kind: str, said: str) -> None:
    assert spoken_cell(cell, kind) == said  # type: ignore[arg-type]


WRITER = """
import sys
from datetime import date, time, datetime
from app.kernel.clock import Moment
from app.paper.tables import *
made = Stamp(Moment.local(datetime(2026, 11, 20, 9, 30), "America/New_York"), "Ana")
columns = (Column("Student"), Column("Day", "day"))
rows = [(f"zinnober-quokka {n}", date(2026, 11, 20)) for n in range(3000)]
table_xlsx(Table("Log", columns, iter(rows)), made)
table_csv(Table("Log", columns, iter(rows)))
table_pdf(Table("Log", columns, iter(rows)), made)
if "leaky" in sys.argv:
    import openpyxl, io
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(list(row))
    book.save(io.BytesIO())
"""


def test_no_file_is_made_on_the_way_to_one(tmp_path: Path) -> None:
    """Every file that is opened for writing, as the system saw it; a leaky writer is the control."""
    if shutil.which("strace") is None:
        pytest.skip("strace watches what is opened")
    root = Path(__file__).parents[3]

    def written(*more: str) -> set[str]:
        trace = tmp_path / "trace"
        done = subprocess.run(
            ["strace", "-f", "-qq", "-e", "trace=open,openat,openat2,creat,memfd_create", "-o",
             str(trace), sys.executable, "-B", "-c", WRITER, *more],
            env={**os.environ, "PYTHONPATH": str(root), "TMPDIR": str(tmp_path)},
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode and "ptrace" in done.stderr:
            pytest.skip("strace may not watch a process here")
        assert done.returncode == 0, done.stderr[-2000:]
        lines = trace.read_text(errors="replace").splitlines()
        return {
            line.split('"')[1]
            for line in lines
            if ("O_WRONLY" in line or "O_RDWR" in line or "O_CREAT" in line or "memfd" in line)
            and '"' in line
            and not line.split('"')[1].startswith(("/dev/", "/proc/"))
            and " = -1 " not in line
        }

    assert written() == set()
    assert any(
        tempfile.gettempprefix() in name or str(tmp_path) in name for name in written("leaky")
    )
