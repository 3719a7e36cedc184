"""A place, a summary, a stick that was not plugged in, and its arrival: with the keyboard alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.bootstrap import verify_vault
from app.kernel.clock import SystemClock
from app.overviews.reports.wording import spoken_fingerprint
from app.sync import envelope, manifest
from app.sync.district_keys import DistrictKeys
from person import CTRL, Key, Person
from sessions_desk import a_signed_note, add_student
from vaults import PASSPHRASE, new_desk

pytestmark = pytest.mark.gui
KEYS = DistrictKeys.new()


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """Return a vault with a student and a note."""
    desk = new_desk(tmp_path, clock=SystemClock(), schools=("Alder Elementary",))
    a_signed_note(desk, add_student(desk, "Piotr", "Wrona"))
    place = desk.folder.path
    desk.close()
    return place


@pytest.fixture
def person(app: QApplication, vault: Path) -> Iterator[Person]:
    seated = Person(vault, locked=True)
    seated.type(PASSPHRASE)
    seated.press(Key.Key_Return)
    seated.until(lambda: seated.here()[0] == "today")
    yield seated
    seated.leave()


def go(person: Person, letters: str, page: str) -> None:
    """Reach a page or an action with the palette."""
    person.press(Key.Key_K, CTRL)
    person.type(letters)
    person.rest()
    person.press(Key.Key_Return)
    person.until(lambda: person.here()[0] == page)
    person.rest()


def done(person: Person) -> None:
    """Carry out a sheet, and wait until it is gone."""
    person.press(Key.Key_Return, CTRL)
    person.until(lambda: QApplication.activeModalWidget() is None)
    person.rest()


def test_a_summary_arrives_at_a_stick_that_is_plugged_in_late(
    person: Person, vault: Path, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"

    # Without a place the page teaches, and its one step makes one.
    go(person, "outbox", "outbox")
    person.reads("No place to send to yet")
    person.until(lambda: person.focus == "Add a place")
    person.press(Key.Key_Space)
    person.until(lambda: person.focus == "Name of the place (required)")
    person.type("Blue stick")
    person.fill(
        **{
            "Folder (required)": str(stick),
            "Whose key opens what is sent there (required)": KEYS.recipient,
        }
    )
    done(person)
    person.until(lambda: person.here()[0] == "destination")
    person.reads("Blue stick")

    # A summary is sealed for it; what is missing is said at its field.
    go(person, "send a summ", "outbox")
    person.until(lambda: person.focus == "Which summary")
    person.press(Key.Key_Return, CTRL)
    person.until(lambda: person.focus == "What it is for (required)")
    person.type("Monthly count for the office")
    done(person)

    # The stick is not there: it is said, with what to do, and nothing is lost.
    go(person, "send now", "outbox")
    person.until(lambda: "Plug in the stick" in person.screen())
    person.reads("Blue stick: The folder is not there.")
    stick.mkdir()
    go(person, "send now", "outbox")
    person.until(lambda: (stick / "manifests").exists() and "Nothing waits" in person.screen())

    # What left is on the list, with what became of it.
    person.tab_to("Waiting")
    person.press(Key.Key_Right)
    person.press(Key.Key_Space)
    person.until(lambda: "1 summary, newest first" in person.screen())
    person.tab_to("Outbox")
    person.press(Key.Key_Return)
    person.until(lambda: person.here()[0] == "parcel")
    person.until(lambda: "Delivered" in person.screen())
    person.reads("Monthly count for the office")

    (sealed,) = (stick / "objects").iterdir()
    opened = envelope.open(sealed.read_bytes(), [KEYS.identity])
    assert opened.body["kind"] == "services"
    assert spoken_fingerprint(sealed.name) in person.screen()
    (named,) = (stick / "manifests").rglob("*.json")
    said = manifest.read(named.read_bytes())
    assert [one.name for one in said.content.objects] == [sealed.name]
    for path in stick.rglob("*"):
        if path.is_file():
            assert b"Wrona" not in path.read_bytes()
            assert "Wrona" not in str(path)
    person.leave()
    assert verify_vault(vault, PASSPHRASE).whole
