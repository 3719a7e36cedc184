"""A place, a summary, a stick that was not plugged in, and its arrival: with the keyboard alone."""

from pathlib import Path

import pytest

from app.bootstrap import Desk, verify_vault
from app.kernel.ids import StudentId
from app.overviews.reports.wording import spoken_fingerprint
from app.sync import envelope, manifest
from app.sync.district_keys import DistrictKeys
from person import CTRL, Key, Person
from sessions_desk import a_signed_note
from vaults import PASSPHRASE

pytestmark = pytest.mark.gui
KEYS = DistrictKeys.new()


@pytest.fixture
def student(desk: Desk, student: StudentId) -> StudentId:
    """Return the student, about whom there is a note."""
    a_signed_note(desk, student)
    return student


def test_a_summary_arrives_at_a_stick_that_is_plugged_in_late(
    person: Person, vault: Path, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"

    # Without a place the page teaches, and its one step makes one.
    person.go("outbox", "outbox")
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
    person.carry_out()
    person.until(lambda: person.here()[0] == "destination")
    person.reads("Blue stick")

    # A summary is sealed for it; what is missing is said at its field.
    person.go("send a summ", "outbox")
    person.until(lambda: person.focus == "Which summary")
    person.press(Key.Key_Return, CTRL)
    person.until(lambda: person.focus == "What it is for (required)")
    person.type("Monthly count for the office")
    person.carry_out()

    # The stick is not there: it is said, with what to do, and nothing is lost.
    person.go("send now", "outbox")
    person.until(lambda: "Plug in the stick" in person.screen())
    person.reads("Blue stick: The folder is not there.")
    stick.mkdir()
    person.go("send now", "outbox")
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
