"""Looking at a record is written down, and shown to who asks."""

from pathlib import Path

import pytest
from context import FakeContext
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from walk import clipped, nameless, small_targets

from app.bootstrap import Desk
from app.features.privacy.commands import ViewNote
from app.kernel.ids import StudentId
from app.kernel.nouns import Role
from every_room import GOAL, EveryRoom
from sessions_desk import a_signed_note, add_student
from shared_desk import seated, someone
from ui.features.caseload.presenter.student import StudentPage
from ui.features.collaboration.presenter.concerns import ConcernPage
from ui.features.collaboration.presenter.consultations import ConsultationPage
from ui.features.groups.presenter.signed import SignedSessionPage
from ui.features.plans.presenter.plan import PlanPage
from ui.features.plans.presenter.progress import GoalPage
from ui.features.privacy.presenter.looks import LooksPage
from ui.features.privacy.presenter.summary import SummaryPage
from ui.features.screening.presenter.lists import ScreeningPage
from ui.features.screening.presenter.risks import RiskPage
from ui.features.sessions.presenter.signed import SignedPage
from ui.kit.looks import paper_look


@pytest.fixture
def student(desk: Desk) -> StudentId:
    return add_student(desk)


def _looks(desk: Desk, student: StudentId) -> list[tuple[str, bool, str]]:
    return [(line.by, bool(line.note), line.paper) for line in desk.privacy.views(student)]


def test_opening_a_record_is_written_down_once(
    desk: Desk, student: StudentId, context: FakeContext
) -> None:
    page = context.put(StudentPage, student)
    assert _looks(desk, student) == [("Ana Núñez", False, "")]
    context.show_page(page, add_student(desk, "Mina", "Okafor"))
    context.show_page(page, student)
    assert len(_looks(desk, student)) == 1


def test_ones_own_note_is_no_look_and_anothers_is(
    desk: Desk, student: StudentId, context: FakeContext
) -> None:
    note = a_signed_note(desk, student)
    page = context.put(SignedPage, note)
    assert _looks(desk, student) == []
    with seated(desk, someone(desk, Role.SOCIAL_WORKER, "Iris Falk")):
        context.show_page(page, note)
        assert _looks(desk, student) == [("Iris Falk", True, "")]


def test_a_papers_preview_is_a_look(desk: Desk, student: StudentId, context: FakeContext) -> None:
    context.put(SummaryPage, student)
    assert ("Ana Núñez", False, "student-summary") in _looks(desk, student)


def test_a_read_only_vault_shows_the_record_and_says_that_nothing_is_noted(
    desk: Desk, student: StudentId, context: FakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.records, "read_only", True)
    page = context.put(StudentPage, student)
    assert page.view.name.text() == "Mateo Ocampo"
    assert context.errors == []
    looks = context.put(LooksPage, student)
    assert looks.view.unwritten.isVisible()


def test_the_page_names_who_looked_when_and_at_what(
    desk: Desk, student: StudentId, context: FakeContext
) -> None:
    note = a_signed_note(desk, student)
    with seated(desk, someone(desk, Role.PSYCHOLOGIST, "Iris Falk")):
        desk.privacy.view_note(ViewNote(student, note))
    page = context.put(LooksPage, student)
    view = page.view
    shown = [
        view.model.data(view.model.index(0, column)) for column in range(view.model.columnCount())
    ]
    assert shown == ["20 Nov 2026, 9:30 AM", "Iris Falk", "Psychologist", "A signed note"]
    assert view.about.text() == "Mateo Ocampo: 1 time, the latest first"
    assert not view.unwritten.isVisible()
    assert not clipped(page), clipped(page)
    assert not nameless(page)
    assert not small_targets(page)
    QTest.keyClick(view.table, Qt.Key.Key_Return)
    assert context.went[-1] == ("signed", note)


def test_a_record_nobody_opened_says_so_and_leads_back(
    student: StudentId, context: FakeContext
) -> None:
    page = context.put(LooksPage, student)
    assert page.view.empty.isVisible()
    assert not page.view.table.isVisible()
    focused = page.view.empty.focusWidget() or QApplication.focusWidget()
    QTest.keyClick(focused, Qt.Key.Key_Space)
    assert context.went[-1] == ("student", student)
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert context.backs == 1


def test_a_page_about_nobody_leads_to_the_caseload(context: FakeContext) -> None:
    context.put(LooksPage)
    assert context.went == [("caseload", "")]


def test_many_looks_are_read_a_page_at_a_time(
    desk: Desk, student: StudentId, context: FakeContext
) -> None:
    for number in range(230):
        desk.privacy.view_note(ViewNote(student, paper=f"paper-{number}"))
    asked = []
    read = desk.privacy.views
    desk.privacy.views = lambda *page: asked.append(page[1:]) or read(*page)  # type: ignore[method-assign, func-returns-value]
    page = context.put(LooksPage, student)
    assert page.view.model.total() == 230
    assert asked[0] == (0, 200)
    page.view.table.scrollToBottom()
    context.settle()
    assert (200, 200) in asked


def test_opening_what_another_made_in_any_room_is_written_down_and_said(
    tmp_path: Path, app: QApplication
) -> None:
    made = EveryRoom(tmp_path)
    desk, pages = made.desk, [
        (ConcernPage, made.raised, "A concern"),
        (ConsultationPage, made.consulted, "A consultation"),
        (SignedSessionPage, made.session, "A group session"),
        (ScreeningPage, made.screened, "A screening"),
        (RiskPage, made.risk, "A risk follow-up"),
        (PlanPage, made.plan, "A plan"),
        (GoalPage, GOAL, "A goal"),
    ]  # fmt: skip
    context = FakeContext(desk)
    context.show()
    try:
        for page, subject, _words in pages:
            context.put(page, subject)
        assert desk.privacy.view_count(made.pupil) == 0, "one's own is no look"
        nurse = someone(desk, Role.NURSE)
        with seated(desk, someone(desk, Role.PSYCHOLOGIST, "Iris Falk")):
            for _again in range(2):
                for page, subject, _words in pages:
                    context.put(page, subject)
            shown = context.put(LooksPage, made.pupil)
            assert isinstance(shown, LooksPage)
            rows = range(shown.view.model.rowCount())
            said = [
                [str(shown.view.model.index(row, column).data()) for column in (1, 3)]
                for row in rows
            ]
            assert said == [["Iris Falk", words] for _page, _subject, words in reversed(pages)]
            shown.view.table.setFocus()
            shown.view.table.selectRow(0)
            QTest.keyClick(shown.view.table, Qt.Key.Key_Return)
            assert context.went[-1] == ("goal", GOAL)
        with seated(desk, nurse):
            assert desk.privacy.view_count(made.pupil) == 0
            assert desk.privacy.views(made.pupil) == []
        assert desk.verify().whole
    finally:
        context.end()
        context.close()
        desk.close()


def test_a_reports_preview_is_a_look_at_the_one_or_an_entry_for_all(
    desk: Desk, student: StudentId, context: FakeContext
) -> None:
    def entries() -> list[str]:
        with desk.records.read() as reader:
            asked = "SELECT what FROM journal WHERE what LIKE 'View%' ORDER BY seq"
            return [row[0] for row in reader.execute(asked)]

    for _again in range(2):
        paper_look(context, "caseload-list", [student])
        context.settle()
    (line,) = desk.privacy.views(student)
    assert line.paper == "caseload-list"
    for _again in range(2):
        paper_look(context, "caseload-list", [student, add_student(desk, "Mina", "Okafor")])
        paper_look(context, "caseload-list", [])
        context.settle()
    assert entries() == ["ViewNote", "ViewReport"]
