"""A counselor's morning with the keyboard alone: Today from line to line, then a word in a note."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from app.bootstrap import Desk
from app.features.sessions.commands import SignNote
from person import CTRL, Key, Person
from sessions_desk import a_draft, a_signed_note, add_student, typed
from ui.kit.dates import shown_date

pytestmark = pytest.mark.gui


@pytest.fixture
def vault(desk: Desk) -> Path:
    """Return a vault with two steps due today and an older note."""
    today = desk.clock.now().day().isoformat()
    maria = add_student(desk, "María", "Delgado")
    a_signed_note(desk, maria, "Hablamos de la situación en casa.")
    for given, step in (("Piotr", "Ask the band teacher"), ("Ines", "Call the mother")):
        draft = a_draft(desk, add_student(desk, given, "Wrona"), "Talked.")
        desk.sessions.sign_note(SignNote(typed(draft, next_step=step, next_on=today)))
    desk.close()
    return desk.folder.path


def today(person: Person) -> list[str]:
    return person.listed("What waits today")


def test_a_morning_at_the_desk(person: Person) -> None:
    person.until(lambda: len(today(person)) == 3)
    shown = shown_date(date.today())
    piotr = f"Piotr Wrona; {shown}; Ask the band teacher"
    ines = f"Ines Wrona; {shown}; Call the mother"
    assert today(person) == ["Waiting (2)", piotr, ines]
    assert person.focus == "What waits today"

    # Done with one key, taken back with one key.
    person.press(Key.Key_D)
    person.until(lambda: today(person)[0] == "Waiting (1)")
    assert today(person)[1] == f"Piotr Wrona; done; {shown}; Ask the band teacher"
    person.reads("Done: Piotr Wrona")
    person.press(Key.Key_U)
    person.until(lambda: today(person) == ["Waiting (2)", piotr, ines])

    # Put off to tomorrow, and undone from the notice.
    person.press(Key.Key_Down)
    person.press(Key.Key_P)
    person.press(Key.Key_T)
    person.until(lambda: today(person) == ["Waiting (1)", piotr])
    tomorrow = shown_date(date.today() + timedelta(days=1))
    person.reads(tomorrow)
    person.press(Key.Key_Z, CTRL)
    person.until(lambda: today(person) == ["Waiting (2)", piotr, ines])

    # Opened, and a note begun about the student of a line.
    person.press(Key.Key_Return)
    person.until(lambda: person.here()[0] == "signed")
    person.press(Key.Key_1, CTRL)
    person.until(lambda: person.here() == ("today", ""))
    person.rest()
    person.press(Key.Key_N)
    person.until(lambda: person.here()[0] == "note")
    person.reads("Wrona")

    # A word with an accent, typed without it, opens its note.
    person.press(Key.Key_K, CTRL)
    assert person.focus == "Command palette"
    person.type("situacion")
    person.until(lambda: "Notes (1)" in person.listed("Found"))
    person.press(Key.Key_Return)
    person.until(lambda: person.here()[0] == "signed")
    person.reads("situación")

    # And the whole list of what has it.
    person.press(Key.Key_K, CTRL)
    person.type("situacion")
    person.until(lambda: "Notes (1)" in person.listed("Found"))
    person.press(Key.Key_Up)
    person.press(Key.Key_Return)
    person.until(lambda: person.here() == ("search", "situacion"))
    person.until(lambda: len(person.listed("What was found")) == 1)
    assert person.listed("What was found")[0].startswith("María Delgado;")
