"""A teacher's concern, with the keyboard alone: raised, decided, consulted on, called about, answered."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.bootstrap import open_vault, verify_vault
from app.features.collaboration.model.contacts import Result
from app.features.collaboration.repo.lists import ConcernsView
from app.kernel.ids import DeviceId, new_id
from app.overviews.timeline import Happening
from collaboration_desk import CollaborationDesk
from person import CTRL, Key, Person
from vaults import PASSPHRASE

pytestmark = pytest.mark.gui

KEYS_FOR_A_FORM = 40
"""Keys besides the text in which a filled-in form is entered: under a minute at two a second."""


class Counting(Person):
    """A person whose keys besides the text are counted."""

    pressed = 0

    def press(
        self,
        key: Qt.Key,
        modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        *,
        then: Callable[[], None] | None = None,
    ) -> None:
        """Press one key, and count it."""
        self.pressed += 1
        super().press(key, modifier, then=then)


def mark(person: Person, chip: str) -> None:
    """Choose a chip."""
    person.along(chip)
    person.press(Key.Key_Space)


def test_a_concern_goes_from_the_form_to_the_answer(tmp_path: Path, app: QApplication) -> None:
    prepared = CollaborationDesk(tmp_path)
    vault, pupil = prepared.desk.folder.path, prepared.pupil
    prepared.desk.close()
    person = Counting(vault)
    try:
        person.unlock()

        # A form that lay in the mailbox, entered in under a minute.
        person.pressed = 0
        person.palette("raise a con")
        person.pick("oca", "Ocampo, Mateo")
        person.until(lambda: person.focus == "Teacher")
        person.fill(
            **{
                "Their name": "Iris Vandermeer",
                "What was noticed": "Sits alone, hands in nothing.",
                "Absences": "6",
                "What was tried already": "Called home",
            }
        )
        person.carry_out()
        person.until(lambda: person.here()[0] == "concern")
        assert person.pressed < KEYS_FOR_A_FORM
        concern = person.here()[1]
        person.reads("Absences: 6 in 4 weeks")

        person.choose("Decide")
        person.until(lambda: person.focus == "Accept for a service")
        mark(person, "Consult with those who raised it")
        person.fill(**{"Why (required)": "The teacher asked what to do."})
        person.carry_out()
        person.reads("Decided. Earlier decisions stay readable.")

        person.choose("Write a consultation")
        person.until(lambda: person.here()[0] == "consultation-draft")
        person.reads("Sits alone, hands in nothing.")
        person.fill(
            **{
                "Minutes (required)": "20",
                "Advice": "A partner first.",
                "Who": "Iris Vandermeer",
                "Does what": "Pair reading",
                "Until": "12/31/2099",
            }
        )
        person.press(Key.Key_Return, CTRL)
        person.until(lambda: person.here()[0] == "consultation")
        person.reads("A partner first.")

        person.palette("ocampo")
        person.until(lambda: person.here() == ("student", pupil))
        person.until(lambda: "Consultation with Iris" in "".join(person.listed("Timeline")))
        for attempt in range(3):
            if attempt:
                person.palette("ocampo")
                person.until(lambda: person.here() == ("student", pupil))
                person.until(lambda: person.focus == "Timeline")
            person.press(Key.Key_L)
            person.until(lambda: person.focus == "Whom")
            person.reads("speaks es")
            if attempt:
                person.tab_to("Matter", back=True)
                person.press(Key.Key_Down)
            mark(person, "No answer" if attempt < 2 else "Reached")
            if not attempt:
                person.fill(**{"What about (required)": "Reading"})
            person.carry_out()
        person.reads("The matter is closed: someone was reached.")

        person.palette("concerns")
        person.until(lambda: person.here()[0] == "concerns")
        mark(person, "Decided")
        person.until(lambda: "Ocampo, Mateo" in "".join(person.listed("Concerns")))
        person.tab_to("Concerns")
        person.press(Key.Key_Return)
        person.until(lambda: person.here() == ("concern", concern))
        person.choose("Tell whoever raised it")
        person.reads("Nothing that was said in a session.")
        person.tab_to("In these words")
        person.type(" Mateo reads well.")
        person.reads("A name stands in it: Mateo")
        person.press(Key.Key_Return, CTRL)
        person.reads("Take out the names before this leaves: Mateo.")
        for _letter in " Mateo reads well.":
            person.press(Key.Key_Backspace)
        person.carry_out()
        person.reads("Copied for half a minute. The disclosure is on record.")
        assert QGuiApplication.clipboard().text().startswith("Thank you for telling me")
    finally:
        QGuiApplication.clipboard().clear()
        person.leave()

    desk = open_vault(vault, PASSPHRASE, DeviceId(new_id()))
    try:
        rooms = desk.collaboration
        (line,) = rooms.concerns.page(ConcernsView.ALL)
        assert (line.decision, line.concern.raiser_id) == ("consultation", "staff-1")
        (matter,) = rooms.contacts.matters(pupil)
        assert (matter.attempts, matter.reached) == (3, True)
        assert rooms.contacts.page()[0].row.result is Result.REACHED
        (disclosure,) = desk.privacy.disclosures(pupil)
        assert disclosure.disclosure.means == "copy"
        happened = {row.what for row in desk.timeline.page(pupil)[0]}
        assert happened >= {
            Happening.CONCERN,
            Happening.CONCERN_DECIDED,
            Happening.CONCERN_ANSWERED,
            Happening.CONSULTATION,
            Happening.CONTACT,
            Happening.DISCLOSURE,
        }
    finally:
        desk.close()
    assert verify_vault(vault, PASSPHRASE).whole
