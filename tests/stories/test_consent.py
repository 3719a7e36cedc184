"""A release from the signature to its revocation, with the keyboard alone."""

from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.bootstrap import Desk, open_vault
from app.features.caseload.commands import AddGuardian
from app.features.caseload.model import Contact, Tie
from app.features.consents.model.states import State
from app.features.consents.repo import Narrowing
from app.kernel.clock import SystemClock
from app.kernel.ids import DeviceId, StudentId, new_id
from app.kernel.releases import Matter
from app.overviews.timeline import Happening
from consents_desk import scanned
from person import CTRL, Key, Person
from vaults import PASSPHRASE

pytestmark = pytest.mark.gui


@pytest.fixture
def student(desk: Desk, student: StudentId) -> StudentId:
    """Return the student, who has a mother."""
    desk.caseload.add_guardian(AddGuardian(student, Contact("Ewa", "Wrona"), Tie("mother")))
    return student


def test_a_release_is_recorded_read_and_revoked(
    person: Person, vault: Path, student: StudentId, tmp_path: Path
) -> None:
    today = SystemClock().now().day()
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(scanned())

    person.palette("record a consent")
    person.pick("wrona", "Wrona, Piotr")
    person.until(lambda: person.focus == "Release of information")

    # What lacks an element is said at its field.
    person.press(Key.Key_Return, CTRL)
    person.reads("Say to whom: a person, an agency, or a class of them.")
    person.tab_to("To whom (required)", back=True)
    person.type("Harbor Family Clinic")
    person.tab_to("Name, grade, school, guardians")
    person.press(Key.Key_Space)
    person.fill(
        **{
            "Exactly what": "That he is in the group",
            "What for": "Planning care together",
            "Last day": (today + timedelta(days=12)).isoformat(),
            "Scan": str(scan),
        }
    )
    person.carry_out()
    person.until(lambda: person.here()[0] == "consent")
    person.reads("Harbor Family Clinic")
    consent = person.here()[1]

    # The paper is read; then one comes back to it from the list.
    person.choose("Show the scan")
    person.until(lambda: person.focus == "Close")
    person.press(Key.Key_Return)
    person.until(lambda: QApplication.activeModalWidget() is None)
    person.go("consents", "consents")
    person.press(Key.Key_Return)
    person.until(lambda: person.here() == ("consent", consent))
    person.rest()

    person.choose("Revoke")
    person.until(lambda: QApplication.activeModalWidget() is not None)
    person.fill(**{"Who revoked it (required)": "Ewa Wrona", "How (required)": "In a letter"})
    person.carry_out()
    person.reads("Revoked by Ewa Wrona")
    person.leave()

    desk = open_vault(vault, PASSPHRASE, DeviceId(new_id()))
    try:
        (line,) = desk.consents.page(Narrowing())
        assert (line.state, line.scans) == (State.REVOKED, 1)
        assert line.consent.matters == (Matter.DIRECTORY,)
        with desk.records.read() as reader:
            assert desk.consents.covering(reader, student, today.isoformat()) == ()
        happened = {row.what for row in desk.timeline.page(student)[0]}
        assert {Happening.CONSENT, Happening.CONSENT_OVER} <= happened
        assert all(finding.whole for finding in desk.verify().findings)
    finally:
        desk.close()
