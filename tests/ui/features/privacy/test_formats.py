"""The summary's page, where data or a FHIR document is chosen, on a real vault."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from context import FakeContext
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from walk import clipped, wait_until, walk

from app.bootstrap import Desk
from app.kernel.clock import FixedClock
from app.kernel.documents import SummaryKind
from app.kernel.ids import StudentId
from app.overviews.data.schemas import schema_of
from app.overviews.fhir.check import check
from fhir_desk import a_student, fill, read, resources
from grounds import choose as choose_ground
from ui.features.privacy.presenter import summary
from ui.features.privacy.presenter.summary import SummaryPage
from ui.kit.look import look
from vaults import fixed_clock


@pytest.fixture
def clock() -> FixedClock:
    return fixed_clock("2026-11-20T15:30")


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


def save(context: FakeContext, page: SummaryPage, form: str, also: Sequence[str] = ()) -> None:
    """Choose a format and what goes in, say to whom and why, and save with Ctrl+S."""
    press(page.view.format_choice, form)
    page.view.parts.set_values(["profile", "notes"])
    page.view.also.set_values(list(also))
    choose_ground(page.view.form)
    QTest.keyClicks(page.view.recipient, "Rosa Ocampo")
    QTest.keyClicks(page.view.purpose, "Her own copy")
    QTest.keyClick(page.view.purpose, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    wait_until(lambda: bool(context.desk.privacy.count()))
    context.settle()
    assert len(context.notices.shown()) == 1
    assert context.errors == []
    context.drawn(page)


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


def test_a_document_asks_what_else_is_in_it_and_is_not_printed(page: SummaryPage) -> None:
    assert not page.view.also.isVisible()
    assert page.view.save.text() == "Save as PDF"
    press(page.view.format_choice, "fhir")
    assert page.view.also.isVisible()
    assert not page.view.size_choice.isVisible()
    assert not page.view.print.isVisible()
    assert page.view.save.text() == "Save FHIR document"
    page.print()
    press(page.view.format_choice, "pdf")
    assert page.view.print.isVisible()
    assert not page.view.also.isVisible()


@pytest.mark.parametrize("shown", [False, True])
def test_ctrl_s_saves_the_data_once_the_names_in_it_are_answered(
    context: FakeContext,
    page: SummaryPage,
    desk: Desk,
    student: StudentId,
    offered: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    shown: bool,
) -> None:
    def answer(_parent: object, named: Any) -> tuple[frozenset[str], str]:
        assert [one.name for one in named] == ["Leila Haddad"]
        if shown:
            return frozenset(one.key for one in named), "She agreed to it"
        return frozenset(), ""

    monkeypatch.setattr(summary, "ask_about_others", answer)
    save(context, page, "json")
    text = (tmp_path / "chosen.json").read_text(encoding="utf-8")
    body = json.loads(text)
    assert list(schema_of(SummaryKind.STUDENT).iter_errors(body)) == []
    assert body["prepared_for"] == "Rosa Ocampo"
    assert ("Leila" in text) is shown
    (line,) = desk.privacy.disclosures(student)
    assert line.disclosure.means == "json"
    assert offered == ["student-2026-11-20-1.json"]


def test_ctrl_s_saves_the_document_once_the_names_in_it_are_answered(
    context: FakeContext,
    page: SummaryPage,
    desk: Desk,
    student: StudentId,
    offered: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def mask(_parent: object, named: Any) -> tuple[frozenset[str], str]:
        asked.extend(one.name for one in named)
        return frozenset(), ""

    monkeypatch.setattr(summary, "ask_about_others", mask)
    save(context, page, "fhir", also=["plans"])
    document = read((tmp_path / "chosen.fhir.json").read_bytes())
    assert check(document) == []
    assert resources(document, "CarePlan")
    assert asked == ["Leila Haddad"]
    (line,) = desk.privacy.disclosures(student)
    assert (line.disclosure.means, line.disclosure.scope["format"]) == ("json", "fhir-r4")
    assert offered == ["student-summary-2026-11-20-1.fhir.json"]


def test_what_is_chosen_is_here_again_when_one_comes_back(
    context: FakeContext, page: SummaryPage
) -> None:
    press(page.view.format_choice, "fhir")
    page.view.also.set_values(["plans", "answers"])
    state = page.state()
    press(page.view.format_choice, "pdf")
    page.view.also.set_values([])
    page.restore(state)
    assert (page.view.typed().format, page.view.typed().also) == ("fhir", ("plans", "answers"))
    context.drawn(page)


@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("form", ["json", "fhir"])
def test_the_form_is_whole_at_twice_the_size(
    app: QApplication, context: FakeContext, page: SummaryPage, form: str, scale: float
) -> None:
    look().apply(app, "light", scale)
    press(page.view.format_choice, form)
    context.drawn(page)
    assert walk(page) >= 20
    assert clipped(page) == []
    look().apply(app, "light")
