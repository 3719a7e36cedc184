"""Changes a vault's key, passphrases and people, restores a backup, and is killed in the middle.

    python rekeyer.py FOLDER KILLS SEED [WHAT …]

A process of its own, with one thread: each change runs in a fork of it, which says when it
begins and when it is done, and is killed at a random moment of the time that such a change
takes. Then the vault is opened with each secret that should open it, and with those that should
not. With `careless` as WHAT, keys are dropped before the file is under the new one: the control.
Prints one JSON object.
"""

import contextlib
import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from app.bootstrap import Desk, Founder, create_vault, open_vault, restore_backup, verify_vault
from app.features.access.commands import AddPerson, RekeyVault, RemovePerson, SuspendPerson
from app.features.access.model import State
from app.features.access.service import AccessService
from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
from app.kernel.clock import SystemClock
from app.kernel.errors import CasewellError, Refused
from app.kernel.ids import DeviceId, PersonId, new_id
from app.kernel.keys import VaultKeys
from app.kernel.nouns import Role
from app.store.connection import connect
from app.vault.folder import VaultFolder
from app.vault.places import data_folder
from app.vault.sealing import floor
from faults.quick import quick_stretching

DEVICE = DeviceId(new_id())
ANA, BEN, CLEO = "the keeper of this vault says so", "a colleague's own words", "cleo's own words"
NEW = "another passphrase of the keeper"
STUDENTS = 150
MEASURED = 3


def changed(vault: Path, what: str, people: dict[str, PersonId], begun: Callable[[], None]) -> None:
    """Carry out one change on an opened vault; `begun` is called when it begins."""
    if what == "restore":
        backup = next((vault.parent / "test.backups").iterdir())
        begun()
        restore_backup(backup, vault.parent / "again", DEVICE, ANA)
        return
    desk = open_vault(vault, ANA, DEVICE)
    begun()
    act(desk, what, people)


def act(desk: Desk, what: str, people: dict[str, PersonId]) -> None:
    """Carry out one change at an opened desk."""
    if what in ("rekey", "careless"):
        desk.access.rekey(RekeyVault())
    elif what == "remove":
        desk.access.remove_person(RemovePerson(people[BEN]))
    elif what == "suspend":
        desk.access.suspend_person(SuspendPerson(people[BEN]))
    elif what == "add":
        desk.access.add_person(AddPerson("Dee Marsh", Role.NURSE), floor())
    else:
        desk.change_passphrase(ANA, NEW, floor())


def drop_keys_too_early() -> None:
    """Let go of the old keys before the file is under the new ones: what must not be done."""

    def careless(self: AccessService) -> None:
        upcoming = self._keys.unlocked.upcoming
        if upcoming is not None:
            self._keys.drop_old_keys(rekey_due=None)
            self._around.change_key(upcoming)

    AccessService._finish_key = careless  # type: ignore[method-assign]


class Drill:
    """Kills changes of a vault and looks at what is left."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._dice = random.Random(seed)
        self._took: dict[str, float] = {}
        self.inside: dict[str, int] = {}
        self.kills: dict[str, int] = {}
        self.wrong: list[str] = []
        self.people: dict[str, PersonId] = {}
        self.keys = self._found()

    def _found(self) -> VaultKeys:
        """Make the vault that is copied for each kill: three people, some students, a backup."""
        founding = create_vault(
            self._folder / "base" / "test", Founder("Ana", Role.COUNSELOR, ANA), DEVICE,
            clock=SystemClock(), stretch=floor(),
        )  # fmt: skip
        desk, words = founding.desk, founding.recovery_words
        desk.confirm_recovery(words, dict(enumerate(words, 1)))
        for number in range(STUDENTS):
            profile = Profile(given_name=f"Given{number}", family_name=f"Family{number}")
            desk.caseload.carry_out(AddStudent(profile))
        first = {}
        for name, own in (("Ben", BEN), ("Cleo", CLEO)):
            made = desk.access.add_person(AddPerson(name, Role.COUNSELOR), floor())
            self.people[own] = made.person
            first[own] = made.passphrase
        desk.backups.make()
        self.base = desk.folder.path
        keys = desk.records.keys
        desk.close()
        for own, passphrase in first.items():
            theirs = open_vault(self.base, passphrase, DEVICE)
            theirs.change_passphrase(passphrase, own, floor())
            theirs.close()
        return keys

    def _fork(self, vault: Path, what: str) -> tuple[int, int]:
        reading, writing = os.pipe()
        pid = os.fork()
        if pid:
            os.close(writing)
            return pid, reading
        try:
            if what == "careless":
                drop_keys_too_early()
            changed(vault, what, self.people, lambda: os.write(writing, b"b") and None)
            os.write(writing, b"d")
            os._exit(0)
        except BaseException as error:  # noqa: BLE001 - the fork must not go on as its parent
            os.write(2, f"{what}: {error!r}\n".encode())
            os._exit(3)

    def _copy(self) -> Path:
        place = self._folder / "killed"
        shutil.copytree(self.base.parent, place)
        # Each copy is at a computer that has seen no other, whose key may be a later one.
        (data_folder() / "seen.json").unlink(missing_ok=True)
        return place / self.base.name

    def measure(self, what: str) -> None:
        """See how long a change takes that nobody kills."""
        took = []
        for _ in range(MEASURED):
            vault = self._copy()
            pid, pipe = self._fork(vault, what)
            os.read(pipe, 1)
            start = time.monotonic()
            assert os.read(pipe, 1) == b"d", what
            took.append(time.monotonic() - start)
            os.close(pipe)
            os.waitpid(pid, 0)
            shutil.rmtree(vault.parent)
        self._took[what] = sorted(took)[len(took) // 2]

    def kill(self, what: str) -> None:
        """Kill one change at a random moment, then open the vault with every secret."""
        vault = self._copy()
        pid, pipe = self._fork(vault, what)
        assert os.read(pipe, 1) == b"b"
        time.sleep(self._dice.uniform(0.0, 1.0) * self._took[what])
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        done = os.read(pipe, 1) == b"d"
        os.close(pipe)
        self.kills[what] = self.kills.get(what, 0) + 1
        self.inside[what] = self.inside.get(what, 0) + (not done)
        try:
            self.wrong.extend(f"{what}: {wrong}" for wrong in self._wrong_in(vault, what, done))
        except CasewellError as error:
            self.wrong.append(f"{what}: {error.code}")
        shutil.rmtree(vault.parent)

    def _wrong_in(self, vault: Path, what: str, done: bool) -> list[str]:
        if what == "restore":
            return self._wrong_restored(vault, done=done)
        wrong = []
        if what == "passphrase":
            opening = [secret for secret in (NEW, ANA) if opens(vault, secret)]
            wrong += [] if len(opening) == 1 else [f"{len(opening)} of old and new open"]
            wrong += (
                ["the old one opens after it was changed"] if done and NEW not in opening else []
            )
            keeper = opening[0] if opening else ANA
        else:
            keeper = ANA
        # Whoever comes first ends what was cut short: not always the keeper.
        for secret in self._dice.sample([keeper, CLEO], 2):
            wrong += [] if opens(vault, secret) else ["someone who stays does not open"]
        desk = open_vault(vault, keeper, DEVICE)
        try:
            state = {one.member.id: one.member.state for one in desk.access.people()}
            facts = desk._bag.keybag.facts
            left = [name for name in ("pending", "changing", "rekey_due") if facts.get(name)]
            wrong += [f"{name} is left" for name in left]
            wrong += ["both keys are left"] if desk._bag.keybag.rekeying else []
            slots = {slot.person for slot in desk._bag.keybag.slots}
            if desk.records.keys != desk._bag.keys:
                wrong.append("the file is under another key")
            students = desk.records.read
            with students() as reader:
                row = reader.execute("SELECT count(*) FROM student").fetchone()
                wrong += [] if row == (STUDENTS,) else [f"students {row}"]
            new_key = desk.records.keys != self.keys
        finally:
            desk.close()
        ben = state[self.people[BEN]]
        if done:
            wanted = {"remove": State.REMOVED, "suspend": State.SUSPENDED}.get(what, State.ACTIVE)
            wrong += [] if ben is wanted else ["what was acknowledged is not so"]
            wrong += ["no new key"] if what in ("rekey", "remove") and not new_key else []
            wrong += ["nobody was added"] if what == "add" and len(state) != 4 else []
        if what == "add" and len(state) != len(slots):
            wrong.append("a person without a slot, or a slot without a person")
        if opens(vault, BEN) is not (ben is State.ACTIVE):
            wrong.append("who is gone opens, or who stays does not")
        if ben is State.REMOVED and (not new_key or self._old_key_opens(vault)):
            wrong.append("the key of who is gone opens the file")
        if not verify_vault(vault, keeper).whole:
            wrong.append("verify")
        return wrong

    def _old_key_opens(self, vault: Path) -> bool:
        with contextlib.suppress(CasewellError):
            connect(VaultFolder(vault).records, self.keys, untouched=True).close()
            return True
        return False

    def _wrong_restored(self, vault: Path, *, done: bool) -> list[str]:
        again = vault.with_name("again.casewell")
        there = again.is_dir() and any(again.iterdir())
        wrong = ["what was restored is not there"] if done and not there else []
        if not there:
            backup = next((vault.parent / "test.backups").iterdir())
            restore_backup(backup, again, DEVICE, ANA)
        wrong += [] if verify_vault(again, ANA).whole else ["restored: verify"]
        wrong += [] if verify_vault(vault, ANA).whole else ["living: verify"]
        wrong += [] if opens(again, ANA) else ["restored: does not open"]
        left = [path.name for path in vault.parent.iterdir() if path.name.endswith(".new")]
        return wrong + left


def opens(vault: Path, secret: str) -> bool:
    """Tell whether a secret opens the vault; anything but a refusal is told."""
    try:
        open_vault(vault, secret, DEVICE).close()
    except Refused as refused:
        if refused.code != "passphrase-wrong":
            raise
        return False
    return True


ALL = ("rekey", "remove", "passphrase", "add", "suspend", "restore")


def main() -> None:
    folder, kills, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    chosen = tuple(sys.argv[4:]) or ALL
    quick_stretching()
    drill = Drill(folder, seed)
    for what in chosen:
        drill.measure("rekey" if what == "careless" else what)
    drill._took["careless"] = drill._took.get("rekey", 0.0)
    for turn in range(kills):
        drill.kill(chosen[turn % len(chosen)])
        if drill.wrong and chosen == ("careless",):
            break
    said = {"wrong": drill.wrong, "inside": drill.inside, "kills": drill.kills}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
