"""The page of reports: chosen with keys, shown as printed, gone only on record."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from context import FakeContext
from keys import press
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from walk import clipped, wait_until, walk

from app.bootstrap import Desk
from app.features.caseload.commands import PutOnCaseload
from app.features.groups.commands import MakeGroup
from app.features.groups.model.group import GroupForm
from app.kernel.ids import StudentId
from app.kernel.nouns import Role
from app.kernel.releases import Ground
from app.overviews.reports.known import KNOWN
from app.overviews.reports.lists import Form, Names, ReportKind
from grounds import choose as choose_ground
from sessions_desk import a_signed_note, add_student
from ui.features.reports import ROOM
from ui.features.reports.presenter.reports import ReportsPage
from ui.kit.look import look
from vaults import new_desk

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def student(desk: Desk) -> StudentId:
    student = add_student(desk)
    desk.caseload.carry_out(PutOnCaseload((student,), "2026-09-01", "referred"))
    a_signed_note(desk, student)
    return student


def reports(context: FakeContext, subject: str = "") -> ReportsPage:
    page = context.put(ReportsPage, subject)
    assert isinstance(page, ReportsPage)
    context.drawn(page)
    return page


def said(page: ReportsPage) -> str:
    return " ".join(sheet.accessibleDescription() for sheet in page.view.pages.sheets())


def tab_to(widget: QWidget) -> None:
    for _ in range(40):
        focus = QApplication.focusWidget()
        if focus is widget or (focus is not None and widget.isAncestorOf(focus)):
            return
        press(Qt.Key.Key_Tab)
    raise AssertionError(f"{widget.accessibleName()!r} is not reached by Tab")


def test_from_the_choice_of_a_report_to_a_workbook_with_keys_alone(
    context: FakeContext,
    desk: Desk,
    student: StudentId,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    offered: list[tuple[str, str]] = []

    def choose(_parent: object, title: str, name: str, _kind: str) -> tuple[str, str]:
        offered.append((title, Path(name).name))
        return str(tmp_path / "chosen"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    page = reports(context)
    view = page.view
    assert view.kind.isAncestorOf(QApplication.focusWidget())
    assert "Mateo" in said(page)
    press(Qt.Key.Key_Right)
    context.drawn(page)
    assert view.typed().kind == ReportKind.SESSIONS
    assert "your signed sessions" in view.about.text().lower()
    assert view.since.isVisible()
    assert not view.columns.isVisible()
    tab_to(view.names)
    press(Qt.Key.Key_Right)
    context.drawn(page)
    assert "M. O." in said(page)
    assert "Mateo" not in said(page)
    tab_to(view.form_choice)
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_Right)
    assert view.save.text() == "Save as workbook"
    assert not view.size_choice.isVisible()
    press(Qt.Key.Key_S, CTRL)
    assert "who receives" in view.form.field("recipient").refused
    assert view.recipient.hasFocus()
    QTest.keyClicks(view.recipient, "Dr. Ito")
    tab_to(view.purpose)
    QTest.keyClicks(view.purpose, "Review")
    press(Qt.Key.Key_S, CTRL)
    assert "on what ground" in view.form.field("ground").refused
    assert view.ground.ground.hasFocus()
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Down)
    assert view.ground.value() is Ground.SUBJECT
    press(Qt.Key.Key_S, CTRL)
    context.drawn(page)
    wait_until(lambda: bool(context.notices.shown()))
    context.settle()
    assert offered == [("Save as workbook", "session-log-2026-11-20-1.xlsx")]
    sheet = load_workbook(tmp_path / "chosen.xlsx").worksheets[0]
    assert sheet["C2"].value == "M. O."
    (line,) = desk.privacy.disclosures(student)
    assert (line.disclosure.paper, line.disclosure.means) == ("session-log", "xlsx")
    assert context.errors == []
    context.drawn(page)


@pytest.mark.parametrize("report", KNOWN, ids=lambda report: report.kind.value)
def test_each_report_says_what_it_is_for_and_asks_for_what_it_can_use(
    context: FakeContext, student: StudentId, report: Any
) -> None:
    page = reports(context, report.kind.value)
    assert page.view.typed().kind == report.kind.value
    assert page.view.about.text() == report.about
    shown = {name for name in page.view.form.names() if page.view.form.field(name).isVisible()}
    for choice, fields in (
        ("range", {"since", "until"}), ("school", {"school"}), ("names", {"names"}),
        ("columns", {"columns"}), ("service", {"service"}), ("group", {"group"}),
    ):  # fmt: skip
        if fields != {"group"}:
            assert (fields <= shown) is (choice in report.choices), choice
    assert walk(page) > 8
    assert context.errors == []


def test_a_days_range_that_makes_no_sense_is_refused_at_its_field(
    context: FakeContext, student: StudentId
) -> None:
    page = reports(context, "session-log||2026-09-01|2026-09-30|")
    typed = page.view.typed()
    assert (str(typed.since), str(typed.until)) == ("2026-09-01", "2026-09-30")
    page.view.until.setText("1 Aug 2026")
    page.view.until.editingFinished.emit()
    context.drawn(page)
    assert "ends before it begins" in page.view.form.field("until").refused
    assert page.view.pages.sheets() == ()


def test_a_report_of_groups_says_where_groups_are_made(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    page = reports(context, "group-roster")
    assert "no group to report on" in page.view.form.field("kind").refused
    assert page.view.pages.sheets() == ()
    service = desk.sessions.choices().services[0].id
    form = GroupForm(name="Lunch bunch", service_id=service, minutes="30")
    group = desk.groups.make_group(MakeGroup(form)).made
    page.arrive()
    context.drawn(page)
    page.view.edited.emit()
    context.drawn(page)
    assert page.view.typed().group == group
    assert page.view.pages.sheets()
    assert "Lunch bunch" not in said(page)


def test_a_report_of_one_student_becomes_one_of_everyone_by_a_button(
    context: FakeContext, student: StudentId
) -> None:
    page = reports(context, f"service-minutes|{student}")
    assert "one student" in page.view.about.text()
    assert page._asked().student == student
    assert page.view.everyone.isVisible()
    page.view.everyone.click()
    context.drawn(page)
    assert page._asked().student == ""
    assert page.view.everyone.isHidden()


def test_printing_is_on_record_before_the_first_page(
    context: FakeContext, desk: Desk, student: StudentId, tmp_path: Path
) -> None:
    page = reports(context)
    choose_ground(page.view.form)
    page.view.recipient.setText("Dr. Ito")
    page.view.purpose.setText("Review")
    ready = page._ready()
    assert ready is not None
    made = desk.reports.make(ready[0], Form.PDF, ready[1])
    printer = QPrinter()
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    page.print_on(printer, made, ready[1])
    wait_until(lambda: page.view.save.isEnabled() and bool(context.notices.shown()))
    context.settle()
    (line,) = desk.privacy.disclosures(student)
    assert (line.disclosure.means, line.stopped) == ("print", "")
    context.drawn(page)


def test_whom_and_why_are_here_after_a_lock_and_state_holds_no_words(
    context: FakeContext, student: StudentId
) -> None:
    page = reports(context)
    choose_ground(page.view.form)
    page.view.recipient.setText("Dr. Ito")
    page.view.names.set_value(Names.NONE.value)
    page.flush()
    context.settle()
    state = page.state()
    assert "Ito" not in str(state)
    again = context.put(ReportsPage)
    assert isinstance(again, ReportsPage)
    again.restore(state)
    again.arrive()
    context.drawn(again)
    assert again.view.recipient.text() == "Dr. Ito"
    assert again.view.typed().names == Names.NONE.value
    other = reports(context, "session-log")
    assert other.view.recipient.text() == ""


def test_nothing_is_cut_at_twice_the_size(
    app: QApplication, context: FakeContext, student: StudentId
) -> None:
    page = reports(context)
    try:
        look().apply(app, "light", 2.0)
        context.drawn(page)
        assert clipped(page) == []
    finally:
        look().apply(app, "light", 1.0)
    context.drawn(page)


def test_the_palette_has_an_action_for_each_report_of_a_role() -> None:
    for report in KNOWN:
        (action,) = [one for one in ROOM.actions if one.id == f"report-{report.kind.value}"]
        assert action.roles == report.roles


def test_an_administrator_is_offered_no_others_report(
    tmp_path: Path, show: Callable[..., Any]
) -> None:
    desk = new_desk(tmp_path, Role.ADMINISTRATOR)
    context: FakeContext = show(FakeContext(desk), 1068, 720)
    page = reports(context)
    kinds = {mark.value for mark in page.view.kind._marks}
    assert kinds == {r.kind.value for r in KNOWN if Role.ADMINISTRATOR in r.roles}
    context.end()
    desk.close()


def test_data_is_offered_for_a_report_that_is_data_and_saved(
    context: FakeContext, student: StudentId, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = reports(context, "services")
    assert page.view.form.field("since").isHidden()
    assert page.view.month.value() == "2026-10", "the last whole month"
    assert "1 Oct 2026 to 31 Oct 2026" in said(page)
    page.view.month.set_value("2026-11")
    page.view.month.chosen.emit("2026-11")
    context.drawn(page)
    assert "1 Nov 2026 to 20 Nov 2026" in said(page), "a month that is not over is told to its day"
    page.view.form_choice.set_value(Form.JSON.value)
    page.view.recipient.setText("Harbor district")
    page.view.purpose.setText("Monthly count")
    page.view.edited.emit()
    context.drawn(page)
    target = tmp_path / "services.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a: (str(target), ""))
    assert page.view.save.text() == "Save as data"
    page.save()
    wait_until(target.exists)
    context.settle()
    assert target.read_bytes().startswith(b"{")
    page.view.kind.set_value("engagement")
    page.view.kind_chosen.emit()
    assert page.view.form_choice.value() == Form.PDF.value
    context.drawn(page)


def words_kept(desk: Desk) -> list[str]:
    kept = desk.people.state(desk.seat.person).items()
    return [words for name, words in kept if name.startswith("reports:") and words]


def test_what_was_typed_for_one_students_report_comes_back_on_no_others(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    other = add_student(desk, "Noor", "Haddad")
    page = reports(context, f"service-minutes|{student}")
    page.view.recipient.setText("Dr. Ito")
    page.view.ground.interest.setText("Sets up the quiet corner")
    context.show_page(page, f"service-minutes|{other}")
    context.drawn(page)
    assert page.view.recipient.text() == page.view.ground.interest.text() == ""
    context.show_page(page, f"service-minutes|{student}")
    context.drawn(page)
    assert page.view.recipient.text() == "Dr. Ito"
    assert page.view.ground.interest.text() == "Sets up the quiet corner"


def test_words_that_go_along_to_another_report_are_kept_for_that_alone(
    context: FakeContext, desk: Desk
) -> None:
    page = reports(context, "session-log")
    page.view.purpose.setText("Review")
    page.flush()
    context.settle()
    page.view.kind.set_value(ReportKind.CASELOAD.value)
    page.view.kind.chosen.emit(ReportKind.CASELOAD.value)
    page.flush()
    context.drawn(page)
    assert page.view.purpose.text() == "Review"
    assert len(words_kept(desk)) == 1
    page.view.purpose.clear()
    page.flush()
    context.settle()
    assert words_kept(desk) == []
