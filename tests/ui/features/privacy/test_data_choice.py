"""The summary's page, where data is chosen, on a real vault."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from context import FakeContext
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from walk import clipped, wait_until, walk

from app.bootstrap import Desk
from app.kernel.documents import SummaryKind
from app.kernel.ids import StudentId
from app.overviews.data.schemas import schema_of
from fhir_desk import a_student, fill
from grounds import choose as choose_ground
from ui.features.privacy.presenter import summary
from ui.features.privacy.presenter.summary import SummaryPage
from ui.kit.look import look
from vaults import fixed_clock, new_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = new_desk(tmp_path, clock=fixed_clock("2026-11-20T15:30"))
    yield made
    made.close()


@pytest.fixture
def student(desk: Desk) -> StudentId:
    student = a_student(desk)
    fill(desk, student)
    return student


@pytest.fixture
def page(context: FakeContext, student: StudentId) -> SummaryPage:
    page = context.put(SummaryPage, student)
    assert isinstance(page, SummaryPage)
    context.drawn(page)
    return page


def press(chips: Any, value: str) -> None:
    """Press a chip."""
    next(one for one in chips.stops() if getattr(one, "value", None) == value).click()


def test_data_has_no_paper_and_nothing_besides_and_is_not_printed(page: SummaryPage) -> None:
    press(page.view.format_choice, "json")
    assert page.view.save.text() == "Save as data"
    assert not page.view.also.isVisible()
    assert not page.view.size_choice.isVisible()
    assert not page.view.print.isVisible()
    page.print()
    state = page.state()
    press(page.view.format_choice, "pdf")
    assert page.view.print.isVisible()
    page.restore(state)
    assert page.view.typed().format == "json"


@pytest.mark.parametrize("shown", [False, True])
def test_ctrl_s_saves_the_data_once_the_names_in_it_are_answered(
    context: FakeContext,
    page: SummaryPage,
    desk: Desk,
    student: StudentId,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    shown: bool,
) -> None:
    offered: list[str] = []

    def choose(_parent: object, _title: str, name: str, _kind: str) -> tuple[str, str]:
        offered.append(Path(name).name)
        return str(tmp_path / "chosen"), ""

    def answer(_parent: object, named: Any) -> tuple[frozenset[str], str]:
        assert [one.name for one in named] == ["Leila Haddad"]
        if shown:
            return frozenset(one.key for one in named), "She agreed to it"
        return frozenset(), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    monkeypatch.setattr(summary, "ask_about_others", answer)
    press(page.view.format_choice, "json")
    page.view.parts.set_values(["profile", "notes"])
    choose_ground(page.view.form)
    QTest.keyClicks(page.view.recipient, "Rosa Ocampo")
    QTest.keyClicks(page.view.purpose, "Her own copy")
    QTest.keyClick(page.view.purpose, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    wait_until(lambda: bool(desk.privacy.disclosures(student)))
    context.settle()
    text = (tmp_path / "chosen.json").read_text(encoding="utf-8")
    body = json.loads(text)
    assert list(schema_of(SummaryKind.STUDENT).iter_errors(body)) == []
    assert body["prepared_for"] == "Rosa Ocampo"
    assert ("Leila" in text) is shown
    (line,) = desk.privacy.disclosures(student)
    assert line.disclosure.means == "json"
    assert offered == ["student-2026-11-20-1.json"]
    assert len(context.notices.shown()) == 1
    assert context.errors == []
    context.drawn(page)


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_the_form_is_whole_at_twice_the_size(
    app: QApplication, context: FakeContext, page: SummaryPage, scale: float
) -> None:
    look().apply(app, "light", scale)
    press(page.view.format_choice, "json")
    context.drawn(page)
    assert walk(page) >= 20
    assert clipped(page) == []
    look().apply(app, "light")
