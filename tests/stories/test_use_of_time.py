"""A day's time with the keyboard alone: three activities, a note, a group; then where it went."""

from pathlib import Path

import pytest

from app.bootstrap import Desk
from person import ALT, CTRL, SHIFT, Key, Person
from sessions_desk import add_student
from time_desk import take_group
from ui.kit.share_chart import ShareBar

pytestmark = pytest.mark.gui

MOST_KEYS = 10
"""An activity's category, minutes and Enter, with nothing else."""


@pytest.fixture
def vault(desk: Desk) -> Path:
    """Return a vault on which a group of four was taken today."""
    pupils = [add_student(desk, given, "Wrona") for given in ("Piotr", "Ines", "Noor", "Mateo")]
    take_group(desk, pupils, minutes=40)
    desk.close()
    return desk.folder.path


def log(person: Person, category: str, minutes: str) -> int:
    """Log an activity from where the focus is, and return how many keys that took."""
    assert person.focus == "Category"
    person.type(category)
    person.press(Key.Key_Tab)
    person.type(minutes)
    person.press(Key.Key_Return)
    person.until(lambda: person.focus == "Category")
    return len(category) + 1 + len(minutes) + 1


def share(person: Person) -> str:
    bars = [bar for bar in person.frame.findChildren(ShareBar) if bar.isVisible()]
    return bars[0].accessibleDescription() if bars else ""


def test_a_day_s_time_is_typed_once_and_counted_once(person: Person) -> None:
    # Three activities, each in a handful of keys.
    person.press(Key.Key_T, CTRL | SHIFT)
    person.until(lambda: person.here()[0] == "time")
    person.reads("40 min")  # the group, counted once
    keys = [log(person, *typed) for typed in (("les", "45"), ("duty", "20"), ("cons", "1:15"))]
    assert max(keys) <= MOST_KEYS, keys
    person.reads("3 h")

    # A session is signed; its time is not typed again.
    person.press(Key.Key_N, CTRL)
    person.until(lambda: person.here()[0] == "note")
    person.rest()
    person.type("piotr")
    person.rest()
    person.press(Key.Key_Return)
    person.until(lambda: person.focus == "Minutes")
    person.type("20")
    person.tab_to("Note")
    person.type("Talked about the exam.")
    person.press(Key.Key_Return, CTRL, then=lambda: person.press(Key.Key_S, ALT))
    person.until(lambda: person.here()[0] == "signed")

    # Both stand in the month's share, and the group once.
    person.press(Key.Key_T, CTRL | SHIFT)
    person.until(lambda: person.here()[0] == "time")
    person.reads("3 h 20 min")
    person.choose("Share of time")
    person.until(lambda: person.here()[0] == "time-share")
    person.until(lambda: "1 h 45 min" in share(person))
    said = share(person)
    assert "Direct student services: 1 h 45 min, 53 %" in said
    assert "Indirect student services: 1 h 15 min, 37 %" in said
    assert "Program planning and school support: 20 min, 10 %" in said
    person.reads("3 h 20 min")
