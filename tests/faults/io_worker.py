"""Does one thing after another on a disk that answers with errors, and looks what came of it.

    python io_worker.py FOLDER template ROSTER
    python io_worker.py FOLDER plan ROUND                with io_errors loaded (LD_PRELOAD)
    python io_worker.py FOLDER PART PARTS ROUND MOST     with io_errors loaded

Each trial is a process of its own with a fresh copy of a vault: something is done, its n-th
call to the disk fails (once, or from then on), then the disk is well again. Prints a line of
JSON for each trial. MOST trials at the most, spread over all of them (0: all); ROUND is
`EIO`, `ENOSPC`, or `careless`: a program that does not look whether the disk took its keybag.
"""

import contextlib
import ctypes
import errno
import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from app.bootstrap import (
    Desk,
    Founder,
    create_vault,
    open_vault,
    restore_backup,
    unlock_keybag,
    verify_vault,
)
from app.features.access.commands import AddPerson, RekeyVault, RemovePerson
from app.features.backups.restore import open_backup
from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
from app.features.roster.commands import ImportRoster
from app.features.roster.model import Roster
from app.features.roster.opening import open_file
from app.features.sessions.commands import SaveDraft, SignNote
from app.features.sessions.model import Draft
from app.kernel.errors import Refused, Trouble
from app.kernel.ids import DeviceId, StudentId
from app.kernel.nouns import Role
from app.phrases import SENTENCES
from app.vault import keybag as keybags
from app.vault.folder import named
from app.vault.sealing import floor
from faults.quick import quick_stretching
from sessions_desk import a_draft, a_signed_note, typed
from vaults import PASSPHRASE, fixed_clock

READ, WRITE, SYNC, OPEN, MOVE, CUT, REMOVE, MAKE = (1 << bit for bit in range(8))
CARELESS = "careless"
ROUNDS = {
    "EIO": (errno.EIO, (False, True), READ | WRITE | SYNC | OPEN | MOVE | CUT | REMOVE | MAKE),
    "ENOSPC": (errno.ENOSPC, (True,), WRITE | CUT | MAKE),
    CARELESS: (errno.EIO, (True,), MOVE),
}
DEVICE = DeviceId("0192f0c1-2b7a-7c3e-8f00-5a5a5a5a5a5a")
NEW = "eleven ferries under a patient moon"
LONGEST = 30
"""Seconds for one trial; the longest that a person would wait is a fraction of it."""

libc = ctypes.CDLL(None)


def opened(place: Path, secret: str = PASSPHRASE) -> Desk:
    """Open the vault at `place` and sit down."""
    desk = open_vault(place, secret, DEVICE, clock=fixed_clock("2026-11-20T11:00"))
    desk.sit_down()
    return desk


class Deed:
    """Something that is done while the disk fails; it has a desk unless it makes one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.place = folder / "test.casewell"
        self.secret = PASSPHRASE
        self.desk: Desk | None = None

    def begin(self) -> None:
        """Come to where it can be done."""
        self.desk = opened(self.place)

    @property
    def open_desk(self) -> Desk:
        assert self.desk is not None
        return self.desk

    def act(self) -> None:
        """Do it."""
        raise NotImplementedError

    def done(self, desk: Desk) -> bool:
        """Tell whether it is done, in the vault opened afresh."""
        raise NotImplementedError


class Open(Deed):
    """Opening."""

    def begin(self) -> None:
        pass

    def act(self) -> None:
        self.desk = opened(self.place)

    def done(self, desk: Desk) -> bool:
        return desk.confirmed


class Save(Deed):
    """Saving a draft."""

    def begin(self) -> None:
        super().begin()
        draft = self.open_desk.sessions.open_draft(kept_draft(self.open_desk)).draft
        section = draft.form.sections[0]
        self.draft: Draft = typed(
            draft, sections=(replace(section, text=f"{section.text} and more " + "word " * 2000),)
        )

    def act(self) -> None:
        self.open_desk.sessions.save_draft(SaveDraft(self.draft))

    def done(self, desk: Desk) -> bool:
        return any("kept and more" in text for text in column(desk, "content", "note_draft"))


class Sign(Save):
    """Signing a note."""

    def act(self) -> None:
        self.open_desk.sessions.sign_note(SignNote(self.draft))

    def done(self, desk: Desk) -> bool:
        return any("kept and more" in text for text in column(desk, "sections", "session_note"))


class Import(Deed):
    """Importing a roster."""

    def act(self) -> None:
        read = open_file(self.folder / "roster.zip")
        assert isinstance(read.said, Roster)
        self.open_desk.roster.import_roster(ImportRoster(read.said, read.sha256))

    def done(self, desk: Desk) -> bool:
        return len(column(desk, "id", "roster_import")) == 1


class Passphrase(Deed):
    """Changing the passphrase."""

    def act(self) -> None:
        self.open_desk.change_passphrase(PASSPHRASE, NEW, floor())
        self.secret = NEW

    def done(self, desk: Desk) -> bool:
        return self.secret == NEW


class Words(Deed):
    """Printing a new recovery sheet."""

    def act(self) -> None:
        words = self.open_desk.new_recovery_words()
        self.open_desk.confirm_recovery(words, dict(enumerate(words, 1)))
        self.words = " ".join(words)

    def done(self, desk: Desk) -> bool:
        unlock_keybag(desk.folder, self.words, with_recovery=True)
        return True


class Join(Deed):
    """Giving someone a way in."""

    def act(self) -> None:
        command = AddPerson("Ben Ito", Role.NURSE)
        self.way_in = self.open_desk.access.add_person(command, floor())

    def done(self, desk: Desk) -> bool:
        unlock_keybag(desk.folder, self.way_in.passphrase)
        return True


class Leave(Join):
    """Taking someone's way in, and giving the vault a new key."""

    def begin(self) -> None:
        super().begin()
        Join.act(self)

    def act(self) -> None:
        command = RemovePerson(self.way_in.person, new_sheet=False)
        self.open_desk.access.remove_person(command)

    def done(self, desk: Desk) -> bool:
        try:
            unlock_keybag(desk.folder, self.way_in.passphrase)
        except Refused:
            return True
        return False


class Rekey(Deed):
    """Giving the vault a new key."""

    def act(self) -> None:
        self.open_desk.access.rekey(RekeyVault())

    def done(self, desk: Desk) -> bool:
        return not desk.access.key_change_due


class Backup(Deed):
    """Making a backup."""

    def act(self) -> None:
        self.open_desk.clock.advance(timedelta(minutes=1))  # type: ignore[attr-defined]
        self.made = self.open_desk.backups.make().made.backup.path

    def done(self, desk: Desk) -> bool:
        open_backup(self.made, PASSPHRASE)
        return True


class Restore(Deed):
    """Restoring a backup."""

    def begin(self) -> None:
        (self.backup,) = (self.folder / "test.backups").iterdir()

    def act(self) -> None:
        restore_backup(self.backup, self.folder / "again", DEVICE, PASSPHRASE, clock=fixed_clock())

    def done(self, desk: Desk) -> bool:
        return verify_vault(self.folder / "again.casewell", PASSPHRASE).whole


class Close(Deed):
    """Closing."""

    def begin(self) -> None:
        super().begin()
        a_signed_note(self.open_desk, a_student(self.open_desk))

    def act(self) -> None:
        desk, self.desk = self.open_desk, None
        desk.close()

    def done(self, desk: Desk) -> bool:
        return len(column(desk, "id", "session_note")) == 2


class Create(Deed):
    """Making a vault."""

    def begin(self) -> None:
        pass

    def act(self) -> None:
        founder = Founder("Ana Núñez", Role.COUNSELOR, PASSPHRASE, ("Alder Elementary",))
        place = self.folder / "other"
        try:
            founded = create_vault(place, founder, DEVICE, clock=fixed_clock(), stretch=floor())
        except Refused as refused:
            # What could not even be cleared away is a whole vault, and opens.
            if refused.code != "vault-exists":
                raise
            self.desk = opened(named(place).path)
        else:
            self.desk = founded.desk

    def done(self, desk: Desk) -> bool:
        return verify_vault(self.folder / "other.casewell", PASSPHRASE).whole


DEEDS: dict[str, type[Deed]] = {
    "open": Open, "save": Save, "sign": Sign, "import": Import, "passphrase": Passphrase,
    "words": Words, "backup": Backup, "restore": Restore, "close": Close, "create": Create,
    "join": Join, "leave": Leave, "rekey": Rekey,
}  # fmt: skip


def column(desk: Desk, name: str, table: str) -> list[str]:
    """Return one column of a table."""
    with desk.records.read() as reader:
        return [str(row[0]) for row in reader.execute(f"SELECT {name} FROM {table}")]


def kept_draft(desk: Desk) -> str:
    """Return the one draft that was kept."""
    return column(desk, "id", "note_draft")[0]


def a_student(desk: Desk) -> StudentId:
    """Return the one student."""
    return StudentId(column(desk, "id", "student")[0])


def make_template(folder: Path, roster: Path) -> None:
    """Make the vault that every trial begins with."""
    desk = create_vault(
        folder / "test", Founder("Ana Núñez", Role.COUNSELOR, PASSPHRASE, ("Alder Elementary",)),
        DEVICE, clock=fixed_clock(), stretch=floor(),
    )  # fmt: skip
    words = desk.recovery_words
    desk.desk.confirm_recovery(words, dict(enumerate(words, 1)))
    desk.desk.sit_down()
    profile = Profile(given_name="Typhoon", family_name="Testperson")
    student = StudentId(desk.desk.caseload.add_student(AddStudent(profile)).made)
    a_signed_note(desk.desk, student, "signed before")
    desk.desk.sessions.save_draft(SaveDraft(a_draft(desk.desk, student, "kept")))
    desk.desk.backups.make()
    desk.desk.close()
    shutil.copy(roster, folder / "roster.zip")


def tried(deed: Deed, wrong: list[str]) -> str:
    """Do it, and return what was said; anything but a known trouble is wrong."""
    try:
        deed.act()
    except Trouble as trouble:
        if trouble.code not in SENTENCES:
            wrong.append(f"no sentence for {trouble.code}")
        return trouble.code
    except Refused as refused:
        if not refused.code.startswith("roster-"):  # what was chosen cannot be read
            wrong.append(f"refused: {refused.code}")
        return refused.code
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        where = traceback.extract_tb(error.__traceback__)[-1]
        wrong.append(f"{error!r} at {Path(where.filename).name}:{where.lineno}")
        return "wrong"
    return "done"


def crash(deed: Deed) -> None:
    """Go on where the process would have been killed: what was told as done is on the disk."""
    left = deed.folder.with_name(f"{deed.folder.name}-left")
    shutil.rmtree(left, ignore_errors=True)
    shutil.copytree(deed.folder, left, ignore=shutil.ignore_patterns("*-shm", "open.*"))
    deed.folder, deed.place = left, left / deed.place.name


def after(deed: Deed, said: str, wrong: list[str]) -> None:
    """With the disk well again: the next try works, and what was there is there."""
    try:
        if said != "done" and not (isinstance(deed, Close)):
            deed.act()
        if said == "done":
            crash(deed)
        elif deed.desk is not None:
            deed.desk.close()
        desk = opened(deed.place, deed.secret)
        try:
            if not any(
                "signed before" in text for text in column(desk, "sections", "session_note")
            ):
                wrong.append("a signed note is gone")
            drafts = column(desk, "content", "note_draft")
            if not isinstance(deed, Sign) and not any("kept" in text for text in drafts):
                wrong.append("a draft is gone")
            verdict = desk.verify()
            if not verdict.whole:
                wrong.append(f"not whole: {[one for one in verdict.findings if not one.whole]}")
            if not deed.done(desk):
                wrong.append("what was done is not there")
        finally:
            with contextlib.suppress(Exception):
                desk.close()
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        where = traceback.extract_tb(error.__traceback__)[-1]
        wrong.append(f"afterwards: {error!r} at {Path(where.filename).name}:{where.lineno}")


def trial(name: str, template: Path, place: Path, call: int, kind: int, *, sticky: bool,
          error: int) -> dict[str, object]:  # fmt: skip
    """Do `name` with its call number `call` failing, and return what came of it."""
    home = place.with_name(f"{place.name}-home")
    for folder in (place, home):
        shutil.rmtree(folder, ignore_errors=True)
    for variable in ("HOME", "XDG_DATA_HOME"):
        os.environ[variable] = str(home)
    shutil.copytree(template, place)
    deed, wrong = DEEDS[name](place), list[str]()
    deed.begin()
    libc.io_fail(os.fsencode(place), kind, ctypes.c_long(call), int(sticky), error)
    said = tried(deed, wrong)
    seen = int(libc.io_seen())
    libc.io_off()
    after(deed, said, wrong)
    return {"deed": name, "call": call, "sticky": sticky, "said": said, "calls": seen,
            "wrong": wrong}  # fmt: skip


def forked(work: Callable[[], dict[str, object]]) -> dict[str, object]:
    """Do one trial in a process of its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        signal.alarm(LONGEST)
        with os.fdopen(writing, "w") as file:
            file.write(json.dumps(work()))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as file:
        answer = file.read()
    _pid, status = os.waitpid(child, 0)
    if status or not answer:
        return {"wrong": [f"the process ended with {status}"], "said": "wrong", "calls": 0}
    found: dict[str, object] = json.loads(answer)
    return found


def plan(folder: Path, which: str) -> list[tuple[str, int, bool]]:
    """Return every call of every deed that can fail in this round."""
    error, stickies, kind = ROUNDS[which]
    points = []
    for name in DEEDS if which != CARELESS else ("words",):
        count = forked(
            lambda name=name: trial(
                name, folder / "template", folder / which, 0, kind, sticky=False, error=error
            )
        )
        if count["wrong"]:
            raise AssertionError((name, count))
        calls = range(1, int(str(count["calls"])) + 1)
        points += [(name, call, sticky) for sticky in stickies for call in calls]
    shutil.rmtree(folder / which)
    return points


def carelessly() -> None:
    """Let the program take a keybag for written whatever the disk says: the drill's own proof."""
    really = keybags.write_atomically

    def careless(path: Path, data: bytes) -> None:
        with contextlib.suppress(OSError):
            really(path, data)

    keybags.write_atomically = careless  # type: ignore[assignment]


def main(folder: Path, part: int, parts: int, which: str, most: int) -> None:
    """Try this part's share of the plan, or `most` points of it."""
    error, _stickies, kind = ROUNDS[which]
    if which == CARELESS:
        carelessly()
    mine = json.loads((folder / f"plan-{which}").read_text())[part::parts]
    step = max(1.0, len(mine) / most) if most else 1.0
    for number in range(int(len(mine) / step)):
        name, call, sticky = mine[int(number * step)]
        result = forked(
            lambda name=name, call=call, sticky=sticky: trial(
                name, folder / "template", folder / f"part-{part}", call, kind,
                sticky=sticky, error=error,
            )
        )  # fmt: skip
        result.update(deed=name, call=call, sticky=sticky)
        print(json.dumps(result), flush=True)
    shutil.rmtree(folder / f"part-{part}", ignore_errors=True)


if __name__ == "__main__":
    quick_stretching()
    place = Path(sys.argv[1])
    if sys.argv[2] == "template":
        (place / "template").mkdir()
        make_template(place / "template", Path(sys.argv[3]))
    elif sys.argv[2] == "plan":
        (place / f"plan-{sys.argv[3]}").write_text(json.dumps(plan(place, sys.argv[3])))
    else:
        main(place, int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], int(sys.argv[5]))
