"""A person's work with a vault, said aloud step by step; to be recorded under strace.

    python power_work.py FOLDER MARKS WAY SEED

WAY is `as-it-is`, `NORMAL` or `OFF` (the database syncs less than the program asks for), or
`keybag-unsynced` (the keybag gets its name before its bytes are safe). A line in MARKS says
what was acknowledged: it was asked for, and the program came back. `may` lines say what is
under way and may be there or not. SEED makes the work another one.
"""

import os
import stat
import sys
from datetime import timedelta
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1]))

from app.bootstrap import Desk, Founder, create_vault, open_vault, restore_backup
from app.features.access.commands import AddPerson, RekeyVault, RemovePerson
from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
from app.features.sessions.commands import SaveDraft, SignNote
from app.kernel.ids import DeviceId
from app.kernel.nouns import Role
from app.vault import folder as folders
from app.vault.sealing import floor
from faults.quick import quick_stretching
from sessions_desk import a_draft, typed
from vaults import fixed_clock

DEVICE = DeviceId("0192f0c1-2b7a-7c3e-8f00-5a5a5a5a5a5a")
FIRST = "seven lanterns over the quiet harbour"
SECOND = "eleven ferries under a patient moon"


class Work:
    """The work, and its marks."""

    def __init__(self, root: Path, marks: Path, way: str, seed: str) -> None:
        self.root, self.way, self.dice = root, way, Random(seed)
        self.clock = fixed_clock()
        self._marks = os.open(marks, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.place = root / "Casewell" / "test.casewell"
        self.passphrase = FIRST
        self.number = 0

    def say(self, *parts: str) -> None:
        """Acknowledge something."""
        os.write(self._marks, ("\t".join(parts) + "\n").encode())

    def found(self) -> Desk:
        """Make the vault and confirm its recovery words."""
        self.say("may", "passphrase", FIRST)
        founding = create_vault(
            self.place, Founder("Ana Núñez", Role.COUNSELOR, FIRST, ("Alder Elementary",)),
            DEVICE, clock=self.clock, stretch=floor(),
        )  # fmt: skip
        words = founding.recovery_words
        self.say("passphrase", FIRST)
        self.say("words", " ".join(words))
        founding.desk.confirm_recovery(words, dict(enumerate(words, 1)))
        self.say("confirmed")
        return self.less_durable(founding.desk)

    def opened(self) -> Desk:
        """Open the vault again."""
        return self.less_durable(open_vault(self.place, self.passphrase, DEVICE, clock=self.clock))

    def less_durable(self, desk: Desk) -> Desk:
        """Make the log fold often, and sync less where the way says so."""
        desk.sit_down()
        self.weaken(desk)
        return desk

    def weaken(self, desk: Desk) -> None:
        """Do so with the connection that writes now."""
        writer = desk.records._writer
        writer.execute(f"PRAGMA wal_autocheckpoint = {self.dice.randrange(15, 60)}")
        if self.way in {"NORMAL", "OFF"}:
            writer.execute(f"PRAGMA synchronous = {self.way}")

    def notes(self, desk: Desk, count: int) -> None:
        """Add a student; type, save and sign notes about them."""
        self.number += 1
        name = f"Given{self.number}"
        student = desk.caseload.add_student(
            AddStudent(Profile(name, f"Family{self.number}"), anyway=True)
        ).made
        self.say("student", name)
        for note in range(count):
            self.clock.advance(timedelta(minutes=5))
            draft = a_draft(desk, student, "")  # type: ignore[arg-type]
            text = ""
            for save in range(3):
                text += (
                    f"saved {save} of {note} for {self.number}, "
                    + "word " * self.dice.randrange(120)
                )
                section = draft.form.sections[0]
                draft = typed(draft, sections=(type(section)(section.key, section.title, text),))
                desk.sessions.save_draft(SaveDraft(draft))
                self.say("draft", str(draft.id), text)
            if note != 1:
                self.say("may", "signed", str(draft.id))
                desk.sessions.sign_note(SignNote(draft))
                self.say("signed", str(draft.id), text)

    def new_words(self, desk: Desk) -> None:
        """Print a new recovery sheet and confirm it."""
        words = desk.new_recovery_words()
        self.say("may", "words", " ".join(words))
        desk.confirm_recovery(words, dict(enumerate(words, 1)))
        self.say("words", " ".join(words))

    def new_passphrase(self, desk: Desk) -> None:
        """Change the passphrase."""
        self.say("may", "passphrase", SECOND)
        desk.change_passphrase(FIRST, SECOND, floor())
        self.passphrase = SECOND
        self.say("passphrase", SECOND)

    def people(self, desk: Desk) -> None:
        """Give someone a way in, give the vault a new key, and take the way in again."""
        way_in = desk.access.add_person(AddPerson("Ben Ito", Role.NURSE), floor())
        self.say("person", way_in.passphrase)
        desk.access.rekey(RekeyVault())
        self.weaken(desk)
        self.say("rekeyed")
        self.notes(desk, 1)
        self.say("may", "gone")
        made = desk.access.remove_person(RemovePerson(way_in.person, new_sheet=False))
        assert made.trouble is None
        self.weaken(desk)
        self.say("gone", way_in.passphrase)

    def backup(self, desk: Desk) -> Path:
        """Make a backup."""
        self.clock.advance(timedelta(minutes=30))
        path = desk.backups.make().made.backup.path
        self.say("backup", str(path.relative_to(self.root)))
        return path

    def all(self) -> None:
        """Do a bit of everything."""
        desk = self.found()
        self.notes(desk, 3)
        self.new_words(desk)
        self.notes(desk, 2)
        path = self.backup(desk)
        self.new_passphrase(desk)
        self.people(desk)
        self.notes(desk, 2)
        desk.close()
        restore_backup(
            path, self.root / "Restored" / "again.casewell", DEVICE, FIRST, clock=self.clock
        )
        self.say("restored", "Restored/again.casewell", FIRST)
        desk = self.opened()
        self.notes(desk, 2)
        self.backup(desk)
        self.notes(desk, 3)
        desk.close()


def sync_folders_alone() -> None:
    """Let a file get its name while its bytes are still on their way."""
    really = os.fsync

    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            really(descriptor)

    folders.os.fsync = fsync  # type: ignore[attr-defined]


if __name__ == "__main__":
    quick_stretching()
    if sys.argv[3] == "keybag-unsynced":
        sync_folders_alone()
    Work(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:5]).all()
