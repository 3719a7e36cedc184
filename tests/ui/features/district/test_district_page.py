"""The page of the district: nothing yet, a first file with its words, a newer one, leaving."""

from collections.abc import Callable
from pathlib import Path

import pytest
from context import FakeContext
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from app.features.district.commands import LoadDistrictFile
from app.kernel.nouns import Role
from district_desk import WORDS, district_file
from shared_desk import seated, someone
from ui.features.district.presenter import DistrictPage
from ui.features.district.view import LoadSheet
from ui.kit.widgets.headings import Words

Choose = Callable[[bytes], Path]


@pytest.fixture
def choose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Choose:
    """Let the file dialog answer with a file of these bytes."""

    def chosen(data: bytes) -> Path:
        path = tmp_path / "a.casewell-district"
        path.write_bytes(data)
        monkeypatch.setattr(
            QFileDialog, "getOpenFileName", lambda *_given: (str(path), "District files")
        )
        return path

    return chosen


def page_of(context: FakeContext, subject: str = "") -> DistrictPage:
    page = context.put(DistrictPage, subject)
    assert isinstance(page, DistrictPage)
    return page


def sheet_of(page: DistrictPage) -> LoadSheet:
    (sheet,) = [one for one in page.findChildren(LoadSheet) if one.isVisible()]
    return sheet


def said(page: DistrictPage) -> list[str]:
    return [one.text() for one in page.findChildren(Words) if one.isVisible() and one.text()]


def test_the_first_file_is_taken_by_keys_once_its_words_were_compared(
    context: FakeContext, choose: Choose
) -> None:
    choose(district_file(categories=({"code": "x"},)))
    page = page_of(context)
    assert "This vault belongs to no district" in said(page)
    focused = page.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, Qt.Key.Key_Space)
    context.settle()
    sheet = sheet_of(page)
    shown = " ".join(one.text() for one in sheet.findChildren(Words))
    assert all(word in shown for word in WORDS.split())
    QTest.keyClick(sheet, Qt.Key.Key_Return)
    context.settle()
    assert sheet.form.field("confirmed").refused
    assert context.desk.district.joined() is None
    box = sheet.form.field("confirmed").editor
    assert box.hasFocus()
    QTest.keyClick(box, Qt.Key.Key_Space)
    QTest.keyClick(sheet, Qt.Key.Key_Return)
    context.settle()
    assert context.desk.district.district() is not None
    told = said(page)
    assert "Birchwood Unified" in told
    assert "The desk locks after 3 minutes without a key at the latest." in told
    assert any(one.startswith("x was left out") for one in told)


def test_a_newer_file_needs_no_words_and_the_same_one_no_sheet(
    context: FakeContext, choose: Choose
) -> None:
    desk = context.desk
    desk.district.load(LoadDistrictFile(district_file(), WORDS))
    newer = district_file(serial=2, name="Birchwood")
    choose(newer)
    page = page_of(context, "load")
    sheet = sheet_of(page)
    assert sheet.form.names() == ("shown_as",)
    sheet.save_button.click()
    context.settle()
    assert "Birchwood" in said(page)
    page.view.load.click()
    context.settle()
    assert not [one for one in page.findChildren(LoadSheet) if one.isVisible()]
    assert context.errors == []


def test_a_name_cannot_be_left_out(context: FakeContext, choose: Choose) -> None:
    choose(district_file())
    page = page_of(context, "load")
    sheet = sheet_of(page)
    sheet.form.field("confirmed").editor.setChecked(True)  # type: ignore[attr-defined]
    sheet.form.field("shown_as").editor.setText("")  # type: ignore[attr-defined]
    sheet.save_button.click()
    context.settle()
    assert sheet.form.field("shown_as").refused
    sheet.reject()
    context.settle()
    assert context.desk.district.joined() is None


def test_what_is_no_district_file_is_said(context: FakeContext, choose: Choose) -> None:
    choose(b"hello")
    page_of(context, "load")
    assert [str(one) for one in context.errors] == ["district-file-malformed"]


def test_leaving_is_asked_and_done(context: FakeContext, monkeypatch: pytest.MonkeyPatch) -> None:
    context.desk.district.load(LoadDistrictFile(district_file(), WORDS))
    page = page_of(context)
    answers = iter((False, True))
    monkeypatch.setattr("ui.features.district.presenter.ask", lambda *_asked: next(answers))
    page.view.leave.click()
    context.settle()
    assert context.desk.district.joined() is not None
    page.view.leave.click()
    context.settle()
    assert context.desk.district.joined() is None
    assert "This vault belongs to no district" in said(page)


def test_who_keeps_no_vault_reads_and_changes_nothing(context: FakeContext) -> None:
    desk = context.desk
    with seated(desk, someone(desk, Role.NURSE)):
        page = page_of(context, "load")
        assert "A keeper of this vault loads the district’s files." in said(page)
    desk.district.load(LoadDistrictFile(district_file(), WORDS))
    with seated(desk, someone(desk, Role.NURSE, "Cy Berg")):
        context.show_page(page)
        assert not page.view.load.isVisible()
        assert not page.view.leave.isVisible()
        assert "A keeper of this vault loads the district’s files." in said(page)
