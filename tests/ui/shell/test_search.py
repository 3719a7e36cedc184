"""The palette: students, notes, pages and actions under their titles, as far as a seat sees."""

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from walk import settle, wait_until

from app.features.sessions.commands import WriteSoleNote
from app.kernel.ids import new_id
from app.kernel.nouns import Role
from app.overviews.search import RECORD_KINDS, SOLE, Hits
from sessions_desk import a_signed_note, add_student
from shared_desk import seated, someone
from ui.features.search import said
from ui.kit.palette import CommandPalette
from ui.shell import rooms
from ui.shell.window import DeskWindow


def quiet(window: DeskWindow) -> None:
    for _ in range(4):
        wait_until(window.tasks.idle)
        settle()


def opened(window: DeskWindow, typed: str) -> CommandPalette:
    """Open the palette with Ctrl+K and type."""
    focus = QApplication.focusWidget() or window
    QTest.keyClick(focus, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = window._palette
    assert palette is not None
    QTest.keyClicks(palette.line, typed)
    wait_until(lambda: not palette._pause.isActive())
    quiet(window)
    return palette


def titles(palette: CommandPalette) -> list[str]:
    entries = palette.list.entries
    rows = [entries.entry(row) for row in range(entries.total())]
    return [row.title for row in rows if row is not None and row.heading]


def test_a_note_is_found_without_accents_and_enter_opens_it(standing: DeskWindow) -> None:
    student = add_student(standing.desk, "María", "Delgado")
    note = a_signed_note(standing.desk, student, "Hablamos de la situación en casa.")
    palette = opened(standing, "situacion")
    assert titles(palette) == ["Notes (1)"]
    (found, last) = palette.shown()
    assert found.title == "María Delgado"
    assert [found.subtitle[a : a + n] for a, n in found.marks] == ["situación"]
    assert last.title == "Search in notes for “situacion”"
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    quiet(standing)
    assert standing.here == ("signed", note)


def test_students_come_before_their_notes_and_the_last_line_lists_all(
    standing: DeskWindow,
) -> None:
    student = add_student(standing.desk, "María", "Delgado")
    for number in range(9):
        a_signed_note(standing.desk, student, f"Delgado hearing {number}.")
    palette = opened(standing, "delgado")
    assert titles(palette) == ["Students (1)", "Notes (9)"]
    assert len(palette.shown()) == 1 + 6 + 1
    QTest.keyClick(palette.line, Qt.Key.Key_Up)
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    quiet(standing)
    assert standing.here == ("search", "delgado")


def test_whoever_may_not_see_a_note_is_not_told_that_it_is_there(standing: DeskWindow) -> None:
    student = add_student(standing.desk)
    a_signed_note(standing.desk, student, "Canary wheatear.")
    standing.desk.sessions.write_sole_note(
        WriteSoleNote(new_id(), student, "Own wheatear.", "2026-11-20")
    )
    nurse = someone(standing.desk, Role.NURSE)
    assert titles(opened(standing, "wheatear")) == ["Notes (2)"]
    standing._palette.leave()  # type: ignore[union-attr]
    with seated(standing.desk, nurse):
        palette = opened(standing, "wheatear")
        assert titles(palette) == []
        assert [command.id for command in palette.shown()] == ["search-notes"]
        palette.leave()


def test_enter_waits_for_the_answer_to_what_was_just_typed(standing: DeskWindow) -> None:
    student = add_student(standing.desk, "Wilhelmina", "Zzyzx")
    palette = opened(standing, "")
    QTest.keyClicks(palette.line, "zzyzx")
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    quiet(standing)
    assert standing.here == ("student", student)


def test_the_curtain_covers_what_was_found(standing: DeskWindow) -> None:
    add_student(standing.desk, "María", "Delgado")
    palette = opened(standing, "delgado")
    QTest.keyClick(palette.line, Qt.Key.Key_F9)
    quiet(standing)
    assert standing.is_covered
    assert palette.isHidden()
    QTest.keyClick(standing._curtain, Qt.Key.Key_Space)
    quiet(standing)
    assert not standing.is_covered


@pytest.mark.parametrize("kind", said.KINDS)
def test_every_kind_of_text_has_a_page_that_opens_it(kind: str) -> None:
    assert said.KINDS[kind][2] in rooms.pages()


def test_every_kind_that_is_searched_can_be_said() -> None:
    assert set(said.KINDS) == {*RECORD_KINDS, SOLE}


def test_what_was_being_sought_is_given_up_for_what_is_typed_next(
    standing: DeskWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_student(standing.desk, "Wilhelmina", "Zzyzx")
    endless = (
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    )
    usual = standing.desk.search.likeliest
    begun = threading.Event()

    def slow(text: str, limit: int = 8) -> Hits:
        if text != "zz":
            return usual(text, limit)
        with standing.desk.records.read() as reader:
            begun.set()
            reader.execute(endless).fetchone()
        raise AssertionError("nothing cut it short")

    said: list[Exception] = []
    monkeypatch.setattr(standing, "say", said.append)
    monkeypatch.setattr(standing.desk.search, "likeliest", slow)
    focus = QApplication.focusWidget() or standing
    QTest.keyClick(focus, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = standing._palette
    assert palette is not None
    QTest.keyClicks(palette.line, "zz")
    wait_until(begun.is_set)
    QTest.keyClicks(palette.line, "yzx")
    wait_until(lambda: titles(palette) == ["Students (1)"])
    palette.leave()
    quiet(standing)
    assert said == []
