"""The page of one record: when it is read, what its buttons do, and where it goes without one."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from context import FakeContext

from app.kernel.changes import Changed, Kind
from app.kernel.errors import Trouble
from ui.kit.one_record import RecordPage
from ui.kit.room import Context
from ui.kit.widgets.fields import LineEdit
from ui.kit.widgets.records import RecordShown, RecordView
from vaults import new_desk

RECORDS = {"a": "First"}


class LeafPage(RecordPage[str]):
    heeded = frozenset({Kind.NOTE})
    otherwise = ("leaves", "all")

    def __init__(self, context: Context) -> None:
        actions = (
            ("gone", "Not offered", "stop"),
            ("turn", "Turn", "forward"),
            ("stay", "Stay", "on"),
        )
        super().__init__(context, RecordView(actions, "Before", "Leaf"))
        self.reads = 0
        self.offered = ("turn", "stay")
        self.acts: list[tuple[str, str]] = []

    def _source(self) -> Callable[[], str | None]:
        self.reads += 1
        leaf = self.subject
        return lambda: RECORDS.get(leaf)

    def _show(self, found: str) -> None:
        self.view.show_record(RecordShown(found, ""))
        self.view.offer(*self.offered)

    def _act(self, name: str, found: str) -> None:
        self.acts.append((name, found))


@pytest.fixture
def context(tmp_path: Path, show: Callable[..., Any]) -> Iterator[FakeContext]:
    desk = new_desk(tmp_path)
    made = FakeContext(desk)
    show(made, 600, 400)
    yield made
    made.end()
    desk.close()


def test_a_record_is_read_on_arrival_and_again_when_it_changed_in_sight(
    context: FakeContext,
) -> None:
    page = context.put(LeafPage, "a")
    assert isinstance(page, LeafPage)
    assert (page.view.title.text(), page.reads) == ("First", 1)
    assert page.view.buttons["turn"].hasFocus()
    page.heed(Changed.only(Kind.NOTE))
    page.heed(Changed.only(Kind.STUDENT))
    page.hide()
    page.heed(Changed.only(Kind.NOTE))
    assert page.reads == 2


def test_a_button_does_nothing_until_the_record_it_is_about_was_read(context: FakeContext) -> None:
    page = context.put(LeafPage, "a")
    assert isinstance(page, LeafPage)
    page.show_subject("a")
    page.view.acted.emit("turn")
    assert page.acts == []
    page.arrive()
    context.settle()
    page.view.buttons["turn"].click()
    assert page.acts == [("turn", "First")]


@pytest.mark.parametrize("subject", ["", "no-such-leaf"])
def test_without_its_record_the_list_is_shown_instead(context: FakeContext, subject: str) -> None:
    context.put(LeafPage, subject)
    assert context.went == [("leaves", "all")]


def test_a_change_made_elsewhere_moves_the_focus_of_nobody(
    context: FakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = context.put(LeafPage, "a")
    assert isinstance(page, LeafPage)
    page.view.buttons["stay"].setFocus()
    page.heed(Changed.only(Kind.NOTE))
    context.settle()
    assert page.view.buttons["stay"].hasFocus()

    elsewhere = LineEdit()
    context.layout().addWidget(elsewhere)
    elsewhere.setFocus()
    page.heed(Changed.only(Kind.NOTE))
    context.settle()
    assert elsewhere.hasFocus()

    page.view.buttons["stay"].setFocus()
    monkeypatch.setattr(page, "offered", ("turn",))
    page.heed(Changed.only(Kind.NOTE))
    context.settle()
    assert page.view.buttons["turn"].hasFocus()


def test_a_record_that_is_gone_takes_nobody_from_another_page(context: FakeContext) -> None:
    page = context.put(LeafPage, "a")
    page.show_subject("no-such-leaf")
    page.arrive()
    page.hide()
    context.settle()
    assert context.went == []


def test_a_record_that_cannot_be_read_does_not_leave_the_one_before_on_its_page(
    context: FakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = context.put(LeafPage, "a")
    assert isinstance(page, LeafPage)

    def broken() -> str:
        raise Trouble("disk-failing")

    monkeypatch.setattr(page, "_source", lambda: broken)
    page.heed(Changed.only(Kind.NOTE))
    context.settle()
    assert (len(context.errors), context.went) == (1, [])
    context.show_page(page, "b")
    assert (len(context.errors), context.went) == (2, [("leaves", "all")])
