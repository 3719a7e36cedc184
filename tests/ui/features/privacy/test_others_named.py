"""A summary that names other students asks what is to become of them before it leaves."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from context import FakeContext
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from walk import clipped, small_targets, wait_until

from app.bootstrap import Desk
from app.overviews.reports.student_summary import Part
from app.paper.preview import page_texts
from grounds import choose
from sessions_desk import a_signed_note, add_student
from ui.features.privacy.presenter.summary import SummaryPage
from ui.features.privacy.view.others_named import OthersSheet


@pytest.fixture
def page(app: QApplication, desk: Desk) -> Iterator[SummaryPage]:
    student = add_student(desk, "Amina", "Haddad")
    add_student(desk, "Ximena", "Varela")
    add_student(desk, "Tobias", "Lindqvist")
    a_signed_note(desk, student, "Ximena’s joke hurt. Tobias Lindqvist helped Amina.")
    context = FakeContext(desk)
    context.resize(1060, 680)
    context.show()
    made = context.put(SummaryPage, str(student))
    assert isinstance(made, SummaryPage)
    made.view.parts.set_values([Part.NOTES.value])
    made.view.recipient.setText("Guardian")
    choose(made.view.form)
    made.view.purpose.setText("Yearly meeting")
    wait_until(lambda: not made.drawing)
    yield made
    context.end()
    context.close()
    context.deleteLater()


def _saved_with(
    page: SummaryPage,
    monkeypatch: pytest.MonkeyPatch,
    target: Path,
    answer: Callable[[OthersSheet], None],
) -> None:
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(target), "PDF files (*.pdf)")
    )
    asked: list[bool] = []
    wrong: list[BaseException] = []

    def look() -> None:
        sheet = QApplication.activeModalWidget()
        if not isinstance(sheet, OthersSheet) or not sheet.go.hasFocus():
            QTimer.singleShot(30, look)
            return
        try:
            answer(sheet)
        except AssertionError as error:  # else the sheet would wait for ever
            wrong.append(error)
            sheet.reject()
        asked.append(True)

    QTimer.singleShot(30, look)
    page.save()
    wait_until(lambda: bool(asked))
    wait_until(page.view.save.isEnabled)
    if wrong:
        raise wrong[0]


def _said(target: Path) -> str:
    return " ".join(" ".join(page_texts(target.read_bytes())).split())


def test_unless_it_is_ticked_every_name_leaves_masked(
    page: SummaryPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "masked.pdf"

    def answer(sheet: OthersSheet) -> None:
        assert len(sheet.boxes) == 2
        assert not any(box.isChecked() for box in sheet.boxes.values())
        assert not clipped(sheet)
        assert not small_targets(sheet)
        assert sheet.go.hasFocus()
        QTest.keyClick(sheet.go, Qt.Key.Key_Return)

    _saved_with(page, monkeypatch, target, answer)
    assert "Ximena" not in _said(target)
    assert "[another student] helped Amina" in _said(target)


def test_a_ticked_name_needs_a_reason_and_leaves(
    page: SummaryPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "shown.pdf"

    def answer(sheet: OthersSheet) -> None:
        list(sheet.boxes.values())[1].click()
        sheet.go.click()
        assert sheet.field.refused
        QTest.keyClicks(sheet.reason, "His family agreed")
        sheet.go.click()

    _saved_with(page, monkeypatch, target, answer)
    assert "Tobias Lindqvist helped Amina" in _said(target)
    assert "Ximena" not in _said(target)


def test_going_back_lets_nothing_leave(
    page: SummaryPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "none.pdf"
    _saved_with(page, monkeypatch, target, lambda sheet: sheet.reject())
    assert not target.exists()
