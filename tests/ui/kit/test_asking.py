"""What is kept of a sheet: let go of once it was carried out, and never in place of its words."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from context import FakeContext
from PySide6.QtWidgets import QWidget
from walk import wait_until

from app.bootstrap import Desk
from app.kernel.changes import NOTHING, Changed
from app.kernel.errors import Refused
from ui.kit.asking import Asker, about
from ui.kit.room import Context
from ui.kit.widgets.entry_sheet import EntrySheet
from ui.kit.widgets.fields import Field, LineEdit
from vaults import new_desk

NAME = about("leaf", "a")


class Leaf:
    """A page that asks for a word about one student."""

    def __init__(self, context: Context, page: QWidget) -> None:
        self.asker = Asker(context, page)
        self.page = page
        self.came: list[str] = []
        self.work: Callable[[], Changed] = lambda: NOTHING

    def ask(self) -> EntrySheet:
        sheet = EntrySheet("A word", "Save", "Noor Haddad", parent=self.page)
        sheet.form.add("word", Field("Word", LineEdit()))
        return self.asker.ask(
            sheet,
            lambda _entries: self.work,
            lambda _changed, entries: self.came.append(entries["word"]),
            kept=NAME,
        )


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = new_desk(tmp_path_factory.mktemp("asking"))
    yield made
    made.close()


@pytest.fixture
def context(desk: Desk, show: Callable[..., Any]) -> Iterator[FakeContext]:
    made = FakeContext(desk)
    show(made, 600, 400)
    yield made
    made.end()


def kept(desk: Desk) -> str:
    return desk.people.state(desk.seat.person).get(NAME, "")


def typed(sheet: EntrySheet, word: str) -> None:
    line = sheet.form.field("word").editor
    assert isinstance(line, LineEdit)
    line.setText(word)


def test_what_lay_there_is_let_go_of_by_whoever_typed_before_it_was_read(
    desk: Desk, context: FakeContext
) -> None:
    desk.people.keep_state({NAME: '{"anyway": false, "word": "An older one"}'})
    leaf = Leaf(context, context)
    sheet = leaf.ask()
    typed(sheet, "A new one")
    sheet.save_button.click()
    context.settle()
    assert leaf.came == ["A new one"]
    assert not kept(desk)


def test_what_a_sheet_says_stays_on_it_over_what_was_typed_before(
    desk: Desk, context: FakeContext
) -> None:
    desk.people.keep_state({NAME: '{"anyway": false, "word": "An older one"}'})
    sheet = Leaf(context, context).ask()
    context.settle()
    assert "here again" in sheet.text.text()
    assert "Noor Haddad" in sheet.text.text()
    sheet.reject()
    context.settle()
    assert not kept(desk)


@pytest.mark.parametrize("refused", [False, True])
def test_a_sheet_that_was_closed_while_it_is_carried_out_still_says_what_came_of_it(
    context: FakeContext, refused: bool
) -> None:
    leaf, go_on = Leaf(context, context), threading.Event()

    def work() -> Changed:
        go_on.wait(30)
        if refused:
            raise Refused("name-missing", "word")
        return NOTHING

    leaf.work = work
    sheet = leaf.ask()
    typed(sheet, "A word")
    sheet.save_button.click()
    sheet.reject()
    wait_until(lambda: not context.findChildren(EntrySheet))
    go_on.set()
    context.settle()
    assert leaf.came == ([] if refused else ["A word"])
    assert len(context.errors) == refused
