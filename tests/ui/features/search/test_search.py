"""The page that lists what was written."""

from collections.abc import Iterator

import pytest
from context import FakeContext
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from walk import clipped, wait_until, walk

from app.bootstrap import Desk
from app.features.sessions.commands import WriteSoleNote
from app.kernel.ids import StudentId, new_id
from app.overviews.search import Hit
from sessions_desk import a_signed_note, add_student
from ui.features.search import ROOM
from ui.features.search.presenter import SearchPage
from vaults import new_desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    opened = new_desk(tmp_path_factory.mktemp("search-page"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def maria(desk: Desk) -> StudentId:
    student = add_student(desk, "María", "Delgado")
    a_signed_note(desk, student, "Hablamos de la situación en casa y del perro.")
    a_signed_note(desk, add_student(desk, "Piotr", "Wrona"), "The dog, perro, in Spanish class.")
    desk.sessions.write_sole_note(WriteSoleNote(new_id(), student, "Own: perro.", "2026-11-20"))
    return student


@pytest.fixture
def context(app: object, desk: Desk, maria: StudentId) -> Iterator[FakeContext]:
    made = FakeContext(desk)
    made.resize(1000, 640)
    made.show()
    yield made
    made.end()


def shown(page: SearchPage) -> list[Hit]:
    entries = page.view.list.entries
    found = [entries.entry(place) for place in range(entries.total())]
    return [entry.subject for entry in found if entry is not None]


def put(context: FakeContext, subject: str = "") -> SearchPage:
    page = context.put(ROOM.pages[0].make, subject)
    assert isinstance(page, SearchPage)
    return page


def test_what_the_palette_was_given_is_searched_and_enter_opens_it(context: FakeContext) -> None:
    page = put(context, "situacion")
    (hit,) = shown(page)
    assert hit.student == "María Delgado"
    assert page.view.count.text() == "1 found"
    QTest.keyClick(page.view.line, Qt.Key.Key_Down)
    assert page.view.list.hasFocus()
    QTest.keyClick(page.view.list, Qt.Key.Key_Return)
    assert context.went == [("signed", hit.subject)]


def test_filters_narrow_and_say_when_nothing_is_left(
    context: FakeContext, maria: StudentId
) -> None:
    page = put(context)
    QTest.keyClicks(page.view.line, "perro")
    wait_until(lambda: page.view.list.entries.total() == 3)
    context.settle()
    assert page.view.student.set_value(maria)
    context.settle()
    assert {hit.student_id for hit in shown(page)} == {maria}
    assert page.view.kind.set_value("sole")
    context.settle()
    (own,) = shown(page)
    assert own.kind == "sole"
    page.view.until.set_value(context.today().replace(day=1))
    context.settle()
    assert shown(page) == []
    assert page.view._none.isVisible()


def test_an_empty_page_teaches_and_everything_has_a_name(context: FakeContext) -> None:
    page = put(context)
    assert page.view._teach.isVisible()
    assert page.view.line.hasFocus()
    walk(page)
    QTest.keyClicks(page.view.line, "perro")
    wait_until(lambda: page.view.list.entries.total() == 3)
    assert not clipped(page)


def test_only_the_last_of_what_was_typed_is_listed(context: FakeContext) -> None:
    page = put(context)
    for letter in "perro en":
        QTest.keyClicks(page.view.line, letter)
        page.view.asked.emit()
    wait_until(lambda: not page.view.line._pause.isActive())
    context.settle()
    assert [hit.student for hit in shown(page)] == ["María Delgado"]
    assert page.view.count.text() == "1 found"
    assert not context.errors
