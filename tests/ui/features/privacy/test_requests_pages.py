"""Requests for records on the screen, and what a disclosure stands on."""

from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from context import FakeContext
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrintDialog
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget
from walk import clipped, nameless, small_targets

from app.bootstrap import Desk
from app.features.privacy.commands import RecordDisclosure, RecordRequestIn
from app.features.privacy.inspection import Party, Wanted
from app.features.privacy.model import Means
from app.kernel.clock import FixedClock
from app.kernel.ids import StudentId
from app.kernel.releases import Emergency, Ground, Terms
from sessions_desk import add_student
from ui.features.privacy import ROOM
from ui.features.privacy.presenter.disclosures import DisclosuresPage
from ui.features.privacy.presenter.requests import RequestPage, RequestsPage
from ui.features.privacy.view.requests import (
    AnswerEntrySheet,
    CloseEntrySheet,
    ExtendEntrySheet,
    LogEntrySheet,
    RequestEntrySheet,
    RulesEntrySheet,
)
from ui.kit import printing
from ui.kit.widgets.entry_sheet import EntrySheet, put
from ui.kit.widgets.headings import Chip

S = TypeVar("S", bound=EntrySheet)


@pytest.fixture
def student(desk: Desk) -> StudentId:
    return StudentId(add_student(desk))


def sheet_of(page: QWidget, kind: type[S]) -> S:
    """Return the sheet that stands open."""
    (found,) = [one for one in page.findChildren(kind) if one.isVisible()]
    return found


def fill(sheet: EntrySheet, **entries: str) -> None:
    """Type into a sheet, and hand it on."""
    for name, entry in entries.items():
        put(sheet.form.field(name).editor, entry)
    sheet.save_button.click()


def asked(desk: Desk, student: StudentId, received: str = "2026-11-02") -> str:
    return desk.requests.record(
        RecordRequestIn(
            student, Wanted.INSPECT, Party.PARENT, "Rosa Ocampo", "The whole record", "", received
        )
    ).made


def words_of(page: RequestPage) -> str:
    words = [label.text() for label in page.findChildren(QLabel) if label.isVisible()]
    return " ".join([*words, *(chip.accessibleName() for chip in page.findChildren(Chip))])


def test_a_request_is_written_down_and_its_clock_runs(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    page = context.put(RequestsPage, f"student:{student}")
    assert isinstance(page, RequestsPage)
    assert not page.view.empty.isHidden()
    page.view.action.click()
    sheet = sheet_of(page, RequestEntrySheet)
    fill(sheet, asked_by="", what="All", received_on="2026-11-02")
    context.settle()
    assert "who asked" in sheet.form.field("asked_by").refused
    fill(sheet, asked_by="Rosa Ocampo")
    context.settle()
    (kept,) = desk.requests.page(student)
    assert context.went[-1] == ("request", kept.request.id)
    context.show_page(page, f"student:{student}")
    context.settle()
    entry = page.view.list.entries.entry(0)
    assert entry is not None
    assert "Rosa Ocampo" in entry.title
    assert (entry.when, entry.chips) == ("Open, due 17 Dec 2026", ())  # nothing presses yet
    assert (clipped(page), nameless(page), small_targets(page)) == ([], [], [])


def test_a_request_is_answered_put_off_and_closed(
    context: FakeContext, desk: Desk, student: StudentId, clock: FixedClock
) -> None:
    made = asked(desk, student)
    page = context.put(RequestPage, made)
    assert isinstance(page, RequestPage)
    context.settle()
    assert "27 days left" in words_of(page)
    page.view.buttons["answer"].click()
    fill(sheet_of(page, AnswerEntrySheet), text="On Friday", on_day="2026-11-04")
    context.settle()
    page.view.buttons["extend"].click()
    sheet = sheet_of(page, ExtendEntrySheet)
    fill(sheet, due_on="2026-12-18", reason="Archive")
    context.settle()
    assert "45 days at the most" in sheet.form.field("due_on").refused
    sheet.reject()
    clock.advance(timedelta(days=40))
    context.show_page(page, made)
    context.settle()
    assert "13 days late" in words_of(page)
    page.view.buttons["close"].click()
    fill(sheet_of(page, CloseEntrySheet), outcome="inspected", on_day="2026-11-20")
    context.settle()
    assert desk.requests.get(made).closed is not None
    assert "The record was seen" in words_of(page)
    assert page.view.buttons["close"].isHidden()
    assert not nameless(page)
    assert context.errors == []


def test_today_says_when_a_request_is_due_soon_or_late(
    context: FakeContext, desk: Desk, student: StudentId, clock: FixedClock
) -> None:
    made = asked(desk, student)
    assert ROOM.today is not None
    assert ROOM.today(context) == []
    clock.advance(timedelta(days=20))
    (line,) = ROOM.today(context)
    assert (line.page, line.subject, line.late) == ("request", made, False)
    assert "7 days left" in line.title
    clock.advance(timedelta(days=8))
    (line,) = ROOM.today(context)
    assert (line.late, "1 day late" in line.title) == (True, True)


def test_days_and_notice_are_set(context: FakeContext, desk: Desk) -> None:
    page = context.put(RequestsPage)
    assert isinstance(page, RequestsPage)
    page.view.links["settings"].click()
    context.settle()
    sheet = sheet_of(page, RulesEntrySheet)
    fill(sheet, inspection_days="46")
    context.settle()
    assert sheet.form.field("inspection_days").refused
    fill(sheet, inspection_days="30", notice="Do not disclose.")
    context.settle()
    assert (desk.requests.days(), desk.privacy.part2_notice()) == (30, "Do not disclose.")


def test_an_emergency_stands_out_and_the_record_is_saved(
    context: FakeContext,
    desk: Desk,
    student: StudentId,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threat = Emergency("He had taken pills", "The ambulance")
    desk.privacy.record_disclosure(
        RecordDisclosure(
            student, "student-summary", "Ambulance", "Care", Means.PRINT, "ab" * 32, 9,
            {"sections": ["profile"]}, terms=Terms(Ground.EMERGENCY, emergency=threat),
        )
    )  # fmt: skip
    page = context.put(DisclosuresPage, student)
    assert isinstance(page, DisclosuresPage)
    context.settle()
    page.view.table.selectRow(0)
    context.settle()
    told = page.view.told()
    for words in ("Emergency (34 CFR 99.36)", "Threat: He had taken pills", "The ambulance"):
        assert words in told
    target = tmp_path / "log.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_asked: (str(target), ""))
    page.view.log.click()
    sheet = sheet_of(page, LogEntrySheet)
    fill(sheet, recipient="Rosa Ocampo")
    context.settle()
    assert target.read_bytes().startswith(b"%PDF")
    assert desk.privacy.disclosures(student)[0].disclosure.paper == "disclosure-log"
    page.view.requests.click()
    assert context.went[-1] == ("requests", f"student:{student}")
    assert context.errors == []


@pytest.mark.parametrize("taken", [1, 0])
def test_the_record_of_disclosures_is_printed_and_the_printing_is_on_record(
    context: FakeContext,
    desk: Desk,
    student: StudentId,
    monkeypatch: pytest.MonkeyPatch,
    taken: int,
) -> None:
    answers = [QPrintDialog.DialogCode.Rejected, QPrintDialog.DialogCode.Accepted]
    monkeypatch.setattr(QPrintDialog, "exec", lambda _dialog: answers.pop(0))
    papers: list[bytes] = []

    def taken_by_the_printer(_printer: object, pdf: bytes, *_more: object) -> printing.Printed:
        papers.append(pdf)
        recorded = desk.privacy.disclosures(student)[0].disclosure
        assert (recorded.paper, recorded.means) == ("disclosure-log", "print"), "before a page"
        return printing.Printed(taken, stopped=not taken)

    monkeypatch.setattr(printing, "print_pages", taken_by_the_printer)
    page = context.put(DisclosuresPage, "")
    assert isinstance(page, DisclosuresPage)
    assert not page.view.print.isVisible(), "a record is one student's"
    context.show_page(page, student)
    assert page.view.print.isVisible()
    QTest.keyClick(page.view.requests, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    sheet = sheet_of(page, LogEntrySheet)
    fill(sheet, recipient="Rosa Ocampo")
    context.settle()
    assert sheet.trouble.text() == "Choose the printer it goes to."
    assert desk.privacy.count(student) == 0
    sheet.save_button.click()
    context.settle()
    assert papers[0].startswith(b"%PDF")
    (line,) = desk.privacy.disclosures(student)
    assert line.disclosure.recipient == "Rosa Ocampo"
    assert line.stopped == ("" if taken else "print-not-left")
    assert len(context.notices.shown()) == 1
    assert context.errors == []
