"""Use of time and claim lines on paper and in tables, and that they leave on record."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from app.bootstrap import Desk
from app.features.people.commands import ChangePerson
from app.features.time_use.commands import MarkLines
from app.features.time_use.model.billing import LineState
from app.kernel.clock import FixedClock
from app.kernel.errors import Refused, Trouble
from app.kernel.nouns import Role
from app.overviews.reports import lists
from app.overviews.reports.leaving import Release
from app.overviews.reports.lists import Asked, Form, ReportKind
from app.paper.blocks import Paper, ShareColumn, Shares, print_out
from app.paper.preview import page_texts
from grounds import TO_SUBJECT
from sessions_desk import add_student
from time_desk import log, sign, take_group, with_code, with_medicaid
from vaults import fixed_clock

DAY = date(2026, 11, 18)
RELEASE = Release("District billing office", "November claims", TO_SUBJECT)


@pytest.fixture
def clock() -> FixedClock:
    return fixed_clock("2026-11-18T14:30")


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_the_paper_and_the_table_say_what_the_page_says(desk: Desk) -> None:
    student = add_student(desk)
    sign(desk, student, minutes="30")
    take_group(desk, [student, add_student(desk, "Ines", "Wrona")], minutes=40)
    log(desk, "duty", "20", "2026-11-10", "08:00")
    asked = Asked(ReportKind.TIME, date(2026, 11, 1), date(2026, 11, 30))
    (text,) = page_texts(desk.reports.make(asked, Form.PDF).data)
    for words in ("1 h 30 min in all", "Target 80 %", "1 h 10 min, 78 %", "20 min, 22 %"):
        assert words in text
    table = rows(desk.reports.make(asked, Form.CSV).data)
    assert [(row[1], row[2]) for row in table[1:]] == [
        ("Counseling", "70"),
        ("School support", "20"),
    ]
    assert desk.reports.make(asked, Form.PDF).students == ()


def test_a_period_with_nothing_in_it_is_printed_without_a_chart(desk: Desk) -> None:
    asked = Asked(ReportKind.TIME, date(2026, 1, 1), date(2026, 1, 31))
    (text,) = page_texts(desk.reports.make(asked, Form.PDF).data)
    assert "Nothing was logged in this period." in text


def ready(desk: Desk) -> None:
    """Make one line ready, and leave one open."""
    desk.people.change_person(ChangePerson("Ana Núñez", Role.COUNSELOR, "LPC"))
    for given in ("Mateo", "Ines"):
        student = add_student(desk, given, "Wrona")
        with_medicaid(desk, student)
        sign(desk, student, minutes="23")
    with_code(desk, "individual-counseling")
    line = desk.time_use.billing.sheet(DAY.isoformat(), DAY.isoformat()).lines[0]
    key = (line.on_day, line.entry_id, str(line.student_id))
    desk.time_use.billing.mark(MarkLines((key,), LineState.READY))


def counts(desk: Desk) -> dict[LineState, int]:
    return desk.time_use.billing.sheet(DAY.isoformat(), DAY.isoformat()).counts


def test_only_ready_lines_leave_each_with_a_disclosure_and_stand_as_exported(
    desk: Desk, tmp_path: Path
) -> None:
    ready(desk)
    target = tmp_path / "claims.csv"
    left = desk.claims.save(DAY, DAY, Form.CSV, RELEASE, target)
    assert left.lines == 1
    assert len(left.left.disclosures) == 1
    head, line = rows(target.read_bytes())
    told = dict(zip(head, line, strict=True))
    assert told["Medicaid ID"] == "447120091"
    assert (told["Provider"], told["Credentials"]) == ("Ana Núñez", "LPC")
    assert (told["Procedure"], told["Modifiers"], told["Units"]) == ("X9001", "H1 K2", "2")
    assert (told["Minutes"], told["Place"], told["Group size"]) == ("23", "Office", "1")
    assert counts(desk) == {LineState.EXPORTED: 1, LineState.OPEN: 1}
    with pytest.raises(Refused, match="claims-none"):
        desk.claims.save(DAY, DAY, Form.CSV, RELEASE, tmp_path / "again.csv")
    assert not (tmp_path / "again.csv").exists()


def test_a_file_that_cannot_be_written_leaves_the_lines_ready(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready(desk)

    def full(*_args: object, **_more: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(lists, "write_whole", full)
    with pytest.raises(Trouble, match="paper-not-left"):
        desk.claims.save(DAY, DAY, Form.CSV, RELEASE, tmp_path / "claims.csv")
    assert counts(desk) == {LineState.READY: 1, LineState.OPEN: 1}


def test_shares_are_read_aloud_by_letter_name_and_number() -> None:
    block = Shares(
        (("Direct", 80, "80 min"), ("Other", 20, "20 min"), ("None", 0, "0 min")),
        (ShareColumn("2 Nov", "1 h", (50, 10, 0)), ShareColumn("9 Nov", "1 h", (30, 10, 0))),
        80,
        "Target 80 %",
    )
    (text,) = page_texts(print_out(Paper("Time", fixed_clock().now(), (block,))).pdf)
    for words in ("A Direct", "80 min", "B Other", "C None", "2 Nov", "9 Nov", "Target 80 %"):
        assert words in " ".join(text.split())
    nothing = Shares((("Direct", 0, "0 min"),))
    assert print_out(Paper("Time", fixed_clock().now(), (nothing,))).pages == 1
