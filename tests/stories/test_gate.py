"""A paper at the gate, with the keyboard alone: refused, let through by a release, and in an emergency."""

from pathlib import Path

import pytest
from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QApplication, QFileDialog

from app.bootstrap import open_vault, verify_vault
from app.features.caseload.commands import PutOnCaseload
from app.kernel.ids import DeviceId, new_id
from app.kernel.releases import Ground, Matter
from consents_desk import ConsentsDesk
from person import CTRL, Key, Person
from vaults import PASSPHRASE

pytestmark = pytest.mark.gui
CLINIC = "Harbor Family Clinic"
GROUND = "On what ground (required)"


def ground(person: Person, steps: int) -> None:
    """Choose a ground so many further down."""
    person.tab_to(GROUND)
    for _step in range(steps):
        person.press(Key.Key_Down)


def test_a_summary_is_refused_then_goes_on_a_release_and_in_an_emergency(
    tmp_path: Path, app: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    family = ConsentsDesk(tmp_path)
    desk, pupil = family.desk, family.pupil
    desk.caseload.carry_out(PutOnCaseload((pupil,), "2026-09-01", "referred"))
    matters = (Matter.DIRECTORY, Matter.CASELOAD, Matter.SESSIONS)
    release = family.record(matters=matters, until_on="2099-06-30", recipient=CLINIC)
    vault = desk.folder.path
    desk.close()
    out = tmp_path / "documents"
    out.mkdir()
    monkeypatch.setattr(
        QFileDialog,
        "getSaveFileName",
        lambda _parent, _title, name, _files: (str(out / Path(name).name), ""),
    )
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _kind: str(out))

    person = Person(vault)
    try:
        person.unlock()
        person.palette("mateo ocampo")
        person.until(lambda: person.here() == ("student", pupil))
        person.choose("Save summary")
        person.until(lambda: person.here() == ("summary", pupil))

        # Nothing is chosen beforehand; without a ground it stays.
        person.fill(**{"To whom (required)": "Dr. Ito", "Why (required)": "Referral"})
        person.press(Key.Key_S, CTRL)
        person.until(lambda: person.focus == GROUND)
        person.reads("Choose on what ground this may leave")

        # A release is for whom it names.
        ground(person, 1)
        person.reads("It has to name the recipient")
        person.press(Key.Key_S, CTRL)
        person.reads("No release on file lets this go to Dr. Ito")
        assert list(out.iterdir()) == []

        # Choosing the release names its party; note texts it does not cover.
        person.tab_to("To whom (required)")
        person.press(Key.Key_A, CTRL)
        person.type(CLINIC)
        person.press(Key.Key_S, CTRL)
        person.reads("Saved. The disclosure is on record.")
        person.until(lambda: len(list(out.glob("*.pdf"))) == 1)

        # In an emergency it asks who has to know, and why; and lets it go.
        ground(person, 5)
        person.press(Key.Key_S, CTRL)
        person.reads("Say what the threat to health or safety is.")
        person.fill(
            **{
                "What the threat is (required)": "He has taken tablets",
                "Who has to know, and why they (required)": "The ambulance",
            }
        )
        person.press(Key.Key_S, CTRL)
        person.until(lambda: len(list(out.glob("*.pdf"))) == 2, 30)

        # What is asked for is written down with its clock.
        person.palette("record a request for")
        person.until(lambda: "Whose record" in person.screen())
        person.pick("ocampo", "Ocampo, Mateo")
        person.until(lambda: "A request for a record" in person.screen())
        person.fill(**{"Name (required)": "Rosa Ocampo", "Which records (required)": "All of it"})
        person.press(Key.Key_Return, CTRL)
        if person.here()[0] != "request":
            person.choose("Write it down")
        person.until(lambda: person.here()[0] == "request")
        person.reads("Due on")
    finally:
        person.leave()

    assert verify_vault(vault, PASSPHRASE).whole
    desk = open_vault(vault, PASSPHRASE, DeviceId(new_id()))
    try:
        emergency, released = (line.disclosure for line in desk.privacy.disclosures(pupil))
        assert (released.terms.ground, released.terms.release_id) == (Ground.RELEASE, release)
        assert (released.recipient, released.version) == (CLINIC, "1")
        assert emergency.terms.emergency is not None
        assert emergency.terms.emergency.threat == "He has taken tablets"
        assert desk.requests.count(pupil).open == 1
    finally:
        desk.close()
