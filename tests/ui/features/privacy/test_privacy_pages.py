"""The summary's page and the list of disclosures, on a real vault."""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from context import FakeContext
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from walk import clipped, small_targets, walk

from app.bootstrap import Desk, open_vault
from app.demo import DemoFacts, DemoOptions, ensure_demo
from app.demo.samples import most_told
from app.kernel.errors import Trouble
from app.kernel.ids import DeviceId, StudentId, new_id
from app.overviews.reports import leaving
from app.overviews.reports.wording import spoken_fingerprint
from grounds import choose as choose_ground
from ui.features.privacy.presenter.disclosures import DisclosuresPage
from ui.features.privacy.presenter.summary import SummaryPage
from ui.kit import printing
from ui.kit.look import look
from ui.kit.widgets.buttons import Button
from vaults import new_desk


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoFacts:
    return ensure_demo(tmp_path_factory.mktemp("demo"), DemoOptions(10, 1, 5))


@pytest.fixture
def desk(demo: DemoFacts, tmp_path: Path) -> Iterator[Desk]:
    """Open a copy: what one test types for whom and why, no other finds."""
    copy = tmp_path / demo.vault.name
    shutil.copytree(demo.vault, copy, ignore=shutil.ignore_patterns("*.lock"))
    desk = open_vault(copy, demo.passphrase, DeviceId(new_id()))
    yield desk
    desk.close()


@pytest.fixture
def student(desk: Desk) -> StudentId:
    found = most_told(desk)
    assert found is not None
    return found


def settle() -> None:
    for _ in range(5):
        QApplication.processEvents()


@pytest.fixture
def page(context: FakeContext, student: StudentId) -> SummaryPage:
    page = context.put(SummaryPage, student)
    assert isinstance(page, SummaryPage)
    context.drawn(page)
    return page


def test_the_pages_are_shown_and_say_their_text(page: SummaryPage) -> None:
    sheets = page.view.pages.sheets()
    assert sheets
    assert sheets[0].accessibleName().startswith("Page 1 of ")
    assert "Student summary" in sheets[0].accessibleDescription()
    assert sheets[0].sizeHint().width() > 200


def test_note_texts_are_not_chosen_at_first(page: SummaryPage) -> None:
    assert "notes" not in page.view.typed().parts


def test_choosing_a_section_draws_again(context: FakeContext, page: SummaryPage) -> None:
    page.view.parts.set_values(["guardians"])
    page.view.edited.emit()
    context.drawn(page)
    said = page.view.pages.sheets()[0].accessibleDescription()
    assert "Guardians" in said
    assert "Tier now" not in said


def test_saving_without_to_whom_is_refused_at_the_field(
    context: FakeContext, page: SummaryPage, desk: Desk
) -> None:
    before = desk.privacy.count()
    QTest.keyClick(page.view.recipient, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    context.settle()
    assert "who receives" in page.view.form.field("recipient").refused
    assert page.view.recipient.hasFocus()
    QTest.keyClicks(page.view.recipient, "Dr. Okafor")
    assert not page.view.form.field("recipient").refused
    QTest.keyClick(page.view.recipient, Qt.Key.Key_Return)
    assert "what it is for" in page.view.form.field("purpose").refused
    assert desk.privacy.count() == before


def test_no_section_is_refused_at_the_sections(context: FakeContext, page: SummaryPage) -> None:
    page.view.recipient.setText("Dr. Okafor")
    choose_ground(page.view.form)
    page.view.purpose.setText("Referral")
    page.view.parts.set_values([])
    page.save()
    assert "at least one" in page.view.form.field("sections").refused
    context.drawn(page)


def test_ctrl_s_saves_where_the_person_says(
    context: FakeContext,
    page: SummaryPage,
    desk: Desk,
    student: StudentId,
    tmp_path: Path,
    offered: list[str],
) -> None:
    page.view.recipient.clear()
    page.view.purpose.clear()
    choose_ground(page.view.form)
    QTest.keyClicks(page.view.recipient, "Dr. Okafor")
    QTest.keyClicks(page.view.purpose, "Referral")
    QTest.keyClick(page.view.purpose, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    context.settle()
    data = (tmp_path / "chosen.pdf").read_bytes()
    line = desk.privacy.disclosures(student)[0]
    assert line.disclosure.sha256 == hashlib.sha256(data).hexdigest()
    assert line.disclosure.purpose == "Referral"
    assert offered == [f"student-summary-{context.today().isoformat()}-1.pdf"]
    assert len(context.notices.shown()) == 1
    with desk.records.read() as reader:
        kept = reader.execute(
            "SELECT value FROM desk_state WHERE name = ?", (f"summary:{student}",)
        ).fetchone()
    assert kept == ("",)
    assert page.view.save.isEnabled()
    context.drawn(page)


def test_a_full_disk_is_told_and_nothing_left(
    context: FakeContext,
    page: SummaryPage,
    desk: Desk,
    student: StudentId,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(_target: Path, _data: bytes, *, replace: bool) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(leaving, "write_whole", full)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "out.pdf"), ""))
    page.view.recipient.setText("Dr. Okafor")
    choose_ground(page.view.form)
    page.view.purpose.setText("Referral")
    page.save()
    context.settle()
    assert isinstance(context.errors[-1], Trouble)
    assert desk.privacy.disclosures(student)[0].stopped == "paper-not-left"
    assert page.view.save.isEnabled()
    context.drawn(page)


def test_printing_is_recorded_before_the_first_page(
    context: FakeContext,
    page: SummaryPage,
    desk: Desk,
    student: StudentId,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def accept(dialog: QPrintDialog) -> int:
        printer = dialog.printer()
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(tmp_path / "printed.pdf"))
        return int(QPrintDialog.DialogCode.Accepted)

    monkeypatch.setattr(QPrintDialog, "exec", accept)
    page.view.recipient.setText("Guardian")
    choose_ground(page.view.form)
    page.view.purpose.setText("Yearly meeting")
    page.print()
    context.settle()
    assert desk.privacy.disclosures(student)[0].disclosure.means == "print"
    assert (tmp_path / "printed.pdf").stat().st_size > 10_000
    context.drawn(page)


def test_a_printer_that_takes_nothing_is_told_and_written_down(
    context: FakeContext,
    page: SummaryPage,
    desk: Desk,
    student: StudentId,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    every_line_heard: list[str],
) -> None:
    def accept(dialog: QPrintDialog) -> int:
        printer = dialog.printer()
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(tmp_path / "no such folder" / "printed.pdf"))
        return int(QPrintDialog.DialogCode.Accepted)

    monkeypatch.setattr(QPrintDialog, "exec", accept)
    page.view.recipient.setText("Guardian")
    choose_ground(page.view.form)
    page.view.purpose.setText("Yearly meeting")
    page.print()
    context.settle()
    assert isinstance(context.errors[-1], Trouble)
    assert desk.privacy.disclosures(student)[0].stopped == "print-not-left"
    assert every_line_heard == ["QtWarningMsg: QPainter::begin(): Returned false"]
    every_line_heard.clear()
    context.drawn(page)


@pytest.mark.parametrize(("taken", "stopped"), [(0, "print-not-left"), (2, "")])
def test_a_printing_that_was_stopped_says_what_may_have_left(
    context: FakeContext,
    page: SummaryPage,
    desk: Desk,
    student: StudentId,
    monkeypatch: pytest.MonkeyPatch,
    taken: int,
    stopped: str,
) -> None:
    accepted = int(QPrintDialog.DialogCode.Accepted)
    monkeypatch.setattr(QPrintDialog, "exec", lambda _dialog: accepted)
    monkeypatch.setattr(
        printing, "print_pages", lambda *_anything: printing.Printed(taken, stopped=True)
    )
    page.view.recipient.setText("Guardian")
    choose_ground(page.view.form)
    page.view.purpose.setText("Yearly meeting")
    page.print()
    context.settle()
    assert desk.privacy.disclosures(student)[0].stopped == stopped
    assert context.errors == []
    assert page.view.print.isEnabled()
    context.drawn(page)


def test_for_whom_and_why_are_here_again_after_a_lock(
    context: FakeContext, page: SummaryPage, student: StudentId
) -> None:
    page.view.recipient.setText("Dr. Okafor")
    choose_ground(page.view.form)
    page.view.purpose.setText("Referral")
    page.view.parts.set_values(["alerts"])
    page.flush()
    state = page.state()
    context.drawn(page)
    assert "Okafor" not in str(state)
    other = context.put(SummaryPage)
    assert isinstance(other, SummaryPage)
    other.restore(state)
    context.show_page(other, student)
    context.drawn(other)
    typed = other.view.typed()
    assert (typed.recipient, typed.purpose, typed.parts) == ("Dr. Okafor", "Referral", ("alerts",))


def test_another_student_begins_without_the_last_ones_words(
    context: FakeContext, page: SummaryPage, desk: Desk, student: StudentId
) -> None:
    with desk.records.read() as reader:
        row = reader.execute("SELECT id FROM student WHERE id <> ?", (student,)).fetchone()
    assert row is not None
    page.view.recipient.setText("Dr. Okafor of the first")
    context.show_page(page, row[0])
    context.drawn(page)
    assert page.view.typed().recipient == ""


def test_a_period_of_ones_own_shows_its_days(context: FakeContext, page: SummaryPage) -> None:
    assert not page.view.since.isVisible()
    page.view.period.set_value("chosen")
    page.view.period.chosen.emit("chosen")
    assert page.view.since.isVisible()
    page.view.since.setText("not a day")
    page.view.recipient.setText("x")
    page.view.purpose.setText("y")
    page.save()
    assert page.view.form.field("since").refused
    context.drawn(page)


def test_without_a_student_the_page_says_where_to_begin(context: FakeContext) -> None:
    page = context.put(SummaryPage)
    assert isinstance(page, SummaryPage)
    settle()
    assert walk(page) == 1
    page.save()
    assert context.errors == []


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_every_control_is_named_large_enough_and_whole(
    app: QApplication, context: FakeContext, page: SummaryPage, scale: float
) -> None:
    look().apply(app, "light", scale)
    try:
        context.settle()
        context.drawn(page)
        page.hide()
        disclosures = context.put(DisclosuresPage)
        assert isinstance(disclosures, DisclosuresPage)
        disclosures.view.table.selectRow(0)
        settle()
        assert walk(disclosures) > 1
        assert small_targets(disclosures) == []
        assert clipped(disclosures) == []
        disclosures.hide()
        page.show()
        context.settle()
        context.drawn(page)
        assert walk(page) > 10
        assert small_targets(page) == []
        assert clipped(page) == []
    finally:
        look().apply(app, "light")


def test_disclosures_are_listed_and_told_in_full(context: FakeContext, desk: Desk) -> None:
    page = context.put(DisclosuresPage)
    assert isinstance(page, DisclosuresPage)
    assert page.view.model.total() == desk.privacy.count() > 0
    page.view.table.selectRow(0)
    newest = desk.privacy.disclosures()[0]
    assert spoken_fingerprint(newest.disclosure.sha256) in page.view.told()
    assert newest.disclosure.purpose in page.view.told()
    QTest.keyClick(page.view.table, Qt.Key.Key_Return)
    assert context.went[-1] == ("student", newest.disclosure.student_id)


def test_one_students_disclosures_can_be_seen_alone(context: FakeContext, desk: Desk) -> None:
    student = desk.privacy.disclosures()[0].disclosure.student_id
    page = context.put(DisclosuresPage, student)
    assert isinstance(page, DisclosuresPage)
    assert page.view.model.total() == desk.privacy.count(student)
    page.view.everyone.click()
    context.settle()
    assert page.view.model.total() == desk.privacy.count()
    assert not page.view.everyone.isVisible()


def test_before_anything_has_left_the_page_leads_to_the_students(
    app: QApplication, tmp_path: Path
) -> None:
    desk = new_desk(tmp_path)
    context = FakeContext(desk)
    try:
        context.resize(1060, 680)
        context.show()
        page = context.put(DisclosuresPage)
        assert isinstance(page, DisclosuresPage)
        button = app.focusWidget()
        assert isinstance(button, Button)
        assert page.view.empty.isAncestorOf(button)
        QTest.keyClick(button, Qt.Key.Key_Space)
        assert context.went[-1] == ("caseload", "")
    finally:
        context.end()
        context.close()
        context.deleteLater()
        desk.close()
