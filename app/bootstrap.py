"""The only place where the parts are wired together: making, opening and closing a vault."""

import contextlib
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.features.backups.restore import Opened, open_backup, restore
from app.features.backups.service import BackupService, later_head
from app.features.caseload.repo.records import frozen_tier_decisions
from app.features.caseload.service import CaseloadService
from app.features.people.commands import ConfirmRecovery, FoundVault
from app.features.people.service import PeopleService
from app.features.privacy.repo import frozen_disclosures
from app.features.privacy.service import PrivacyService
from app.features.roster.repo import frozen_changes
from app.features.roster.service import RosterService
from app.features.sessions.repo import signed_rows
from app.features.sessions.service import SessionsService
from app.features.unlocking.commands import TurnOffKeyring
from app.features.unlocking.service import UnlockingService, open_with_keyring
from app.features.unlocking.stretching import StretchService
from app.kernel.clock import Clock, SystemClock
from app.kernel.errors import CasewellError, Damage, Refused, Trouble
from app.kernel.frozen import FrozenRows
from app.kernel.ids import DeviceId, PersonId, new_id
from app.kernel.keys import Anchor, VaultKeys
from app.kernel.nouns import Role
from app.kernel.ports import Progress, Seat, no_progress
from app.overviews.reports.student_summary import StudentSummaries
from app.overviews.timeline import Timeline
from app.store import journal
from app.store.check import (
    Finding,
    check_file,
    check_frozen,
    check_journal,
    check_keys,
    check_repairs,
)
from app.store.connection import connect, known_trouble
from app.store.journal import NO_HASH, Head
from app.store.migrate import version
from app.store.records import Records
from app.vault import passphrases, recovery
from app.vault.backups import is_backup
from app.vault.folder import Hold, VaultFolder, named, sync_folder
from app.vault.keybag import (
    RECOVERY,
    Found,
    Keybag,
    Slot,
    Unlocked,
    heal_keybag,
    open_with_passphrase,
    open_with_recovery,
    passphrase_slot,
    read_keybag,
    recovery_slot,
    write_keybag,
)
from app.vault.opened import OpenKeybag
from app.vault.sealing import Stretch, tuned


class Desk:
    """An opened vault: the rooms' services, bound to one encrypted file and one person."""

    def __init__(
        self,
        folder: VaultFolder,
        records: Records,
        unlocked: Unlocked,
        clock: Clock,
        device: DeviceId,
        hold: Hold,
        other_backups: Path | None = None,
    ) -> None:
        self.folder = folder
        self.clock = clock
        self._records = records
        self._bag = OpenKeybag(folder, unlocked)
        self._hold = hold
        self.people = PeopleService(
            records.transaction,
            records.founding,
            records.working,
            records.read,
            lambda role: records.sit_down(replace(records.seat, role=role)),
        )
        self.privacy = PrivacyService(records.transaction, records.read, lambda: records.seat)
        self.summaries = StudentSummaries(
            records.read_for_export,
            lambda: Anchor(records.head.count, records.head.hash.hex()),
            lambda: records.seat,
            clock,
            lambda: self.people.person(records.seat.person).name,
            self.privacy,
        )
        self.caseload = CaseloadService(
            records.transaction, records.read, lambda: records.seat.person
        )
        self.timeline = Timeline(records.read, lambda: records.seat)
        self.roster = RosterService(records.transaction, records.working, records.read, clock)
        self.sessions = _sessions(records, self.people, clock)
        self.backups = BackupService(
            folder, lambda: self._unlocked, device, records.read_whole, clock, other_backups, FROZEN
        )
        self.unlocking = UnlockingService(records.transaction, self._bag, device, clock.now)
        self.stretching = StretchService(records.transaction, self._bag, clock.now)
        records.sit_down(Seat(unlocked.slot.person, Role.ADMINISTRATOR, device))

    @property
    def _unlocked(self) -> Unlocked:
        return self._bag.unlocked

    @property
    def vault(self) -> str:
        """The vault's id."""
        return self._bag.keybag.vault

    @property
    def slot(self) -> Slot:
        """The slot whose secret opened the vault."""
        return self._bag.slot

    @property
    def seat(self) -> Seat:
        """Who is at the desk."""
        return self._records.seat

    @property
    def records(self) -> Records:
        """The opened file."""
        return self._records

    @property
    def confirmed(self) -> bool:
        """Whether the recovery words were typed back, so that records are accepted."""
        return self._records.confirmed

    def sit_down(self) -> None:
        """Take the seat of the person whose secret opened the vault, at this device."""
        person = self.people.person(self._unlocked.slot.person)
        seat = Seat(person.id, person.role, self._records.seat.device)
        self._records.sit_down(seat)
        if not self._records.read_only:
            self.people.meet_device(seat.device)

    def new_recovery_words(self) -> tuple[str, ...]:
        """Make a fresh recovery slot; the sheet that was confirmed opens until this one is.

        Words that were never typed back open nothing any more.
        """
        secret = recovery.new_secret()
        keybag, keys = self._unlocked.keybag, self._unlocked.keys
        fresh = recovery_slot(
            keybag.vault, keys, self._unlocked.slot.person, secret, self.clock.now()
        )
        unproven = keybag.facts.get("unproven")
        gone = [
            slot.id
            for slot in keybag.slots
            if slot.kind == fresh.kind and (not self.confirmed or slot.id == unproven)
        ]
        kept = tuple(slot for slot in keybag.slots if slot.id not in gone)
        with self._records.founding() as tx:
            tx.journal(
                "ReplaceRecovery", "vault", keybag.vault, {"slots": gone}, {"slots": [fresh.id]}
            )
            self._rewrite(keybag.sealed_with(keys, (*kept, fresh), unproven=fresh.id))
        return recovery.to_words(secret)

    def confirm_recovery(self, words: tuple[str, ...], typed: dict[int, str]) -> None:
        """Accept the retyped recovery words, and retire every earlier sheet.

        Refuses the first word that is wrong, and words that are not this vault's.
        """
        wrong = recovery.matches(words, typed)
        if wrong is not None:
            raise Refused("recovery-retype", f"word_{wrong}", number=wrong)
        keybag, keys = self._unlocked.keybag, self._unlocked.keys
        proven = open_with_recovery(keybag, recovery.from_words(" ".join(words))).slot
        kept = tuple(
            slot for slot in keybag.slots if slot.kind != proven.kind or slot.id == proven.id
        )
        if kept != keybag.slots or keybag.facts.get("unproven"):
            self._rewrite(keybag.sealed_with(keys, kept, unproven=""))
        self.people.confirm_recovery(ConfirmRecovery())

    def change_passphrase(self, old: str, new: str, stretch: Stretch | None = None) -> None:
        """Give the person at the desk a new passphrase; refuse a wrong old or a weak new one.

        Who came in with the recovery sheet has no old one to give. The old one goes only
        when the change is on record: struck down on the way, the vault opens with either,
        and the one that opens it next is the one that stays.
        """
        keybag, slot, keys = self._unlocked.keybag, self._unlocked.slot, self._unlocked.keys
        mine = tuple(s for s in keybag.slots if s.person == slot.person and s.stretch)
        if slot.kind != RECOVERY:
            try:
                proven = open_with_passphrase(keybag, old, [s.id for s in mine]).slot
            except Refused:
                raise Refused("passphrase-wrong", "old") from None
            if proven.person != slot.person:
                raise Refused("passphrase-wrong", "old")
        passphrases.accept(new, (*self.people.names_around(), self.folder.path.stem))
        fresh = passphrase_slot(
            keybag.vault, keys, slot.person, new, stretch or tuned(), self.clock.now()
        )
        gone = [s.id for s in mine]
        try:
            with self._records.transaction() as tx:
                tx.journal(
                    "ChangePassphrase",
                    "person",
                    slot.person,
                    {"slots": gone},
                    {"slots": [fresh.id]},
                )
                self._rewrite(
                    keybag.sealed_with(
                        keys, (fresh, *keybag.slots), changing={"fresh": fresh.id, "gone": gone}
                    )
                )
        except CasewellError:
            # At least as new as what may stand in either copy; the old slots alone.
            with contextlib.suppress(Trouble):
                self._rewrite(
                    replace(keybag, generation=keybag.generation + 1).sealed_with(
                        keys, keybag.slots
                    )
                )
            raise
        self._without(gone, fresh)
        if slot.kind == RECOVERY:
            # The passphrase was lost: whoever found the sheet decides anew what opens the vault.
            self.unlocking.turn_off(TurnOffKeyring())

    def settle_passphrase(self) -> None:
        """End a change of passphrase that was cut short: the one that opened the vault stays."""
        keybag = self._unlocked.keybag
        changing = keybag.facts.get("changing")
        if not changing or self._records.read_only:
            return
        fresh, gone = str(changing["fresh"]), [str(slot) for slot in changing["gone"]]
        opened = self._unlocked.slot
        if opened.id not in {fresh, *gone}:
            return
        lost = gone if opened.id == fresh else [fresh]
        with contextlib.suppress(Trouble):  # a full disk settles it another time
            with self._records.founding() as tx:
                tx.journal(
                    "ChangePassphrase",
                    "person",
                    opened.person,
                    {"slots": [*gone, fresh]},
                    {"slots": [slot for slot in [*gone, fresh] if slot not in lost]},
                )
            self._without(lost)

    def _without(self, gone: Sequence[str], fresh: Slot | None = None) -> None:
        keybag = self._unlocked.keybag
        kept = tuple(slot for slot in keybag.slots if slot.id not in gone)
        self._bag.put(keybag.sealed_with(self._unlocked.keys, kept, changing=None), slot=fresh)

    def verify(self) -> "Verdict":
        """Check the opened vault as `verify_vault` does, without closing it."""
        found = read_keybag(self.folder)
        return _inspected(self.folder, self._unlocked, whole_keybag=not found.heal)

    def close(self) -> None:
        """Anchor the journal's head in the keybag, close the file, let the vault go."""
        records, unlocked = self._records, self._unlocked
        try:
            head = records.head.anchor()
            if not records.read_only and unlocked.keybag.anchor() != head:
                fresh = unlocked.keybag.sealed_with(
                    unlocked.keys,
                    unlocked.keybag.slots,
                    anchor={"count": head.count, "head": head.head},
                )
                self._rewrite(fresh)
        finally:
            records.close()
            self._hold.release()

    def _rewrite(self, keybag: Keybag) -> None:
        self._bag.put(keybag)


@dataclass(frozen=True, slots=True)
class Founding:
    """A vault that was just made: the opened desk, and the recovery words to print."""

    desk: Desk
    recovery_words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Founder:
    """Who makes a vault: the four things the first run asks for, less the place."""

    name: str
    role: Role
    passphrase: str
    schools: tuple[str, ...] = ()
    credentials: str = ""


def create_vault(
    place: Path,
    founder: Founder,
    device: DeviceId,
    *,
    clock: Clock | None = None,
    stretch: Stretch | None = None,
    purpose: str = "desk",
) -> Founding:
    """Make a vault at `place` and open it.

    It is built in a folder beside its place and moved there whole: a crash on the
    way leaves no half-made vault. Refuses a place that is taken and a weak passphrase.
    """
    passphrases.accept(founder.passphrase, (founder.name, *founder.schools, place.stem))
    clock = clock or SystemClock()
    final = named(place)
    final.make()
    building = VaultFolder(final.path.with_name(f".{final.path.name}.new"))
    shutil.rmtree(building.path, ignore_errors=True)
    building.make()
    moved = False
    try:
        keys = VaultKeys(os.urandom(32), os.urandom(16))
        vault_id, person = new_id(), PersonId(new_id())
        secret = recovery.new_secret()
        now = clock.now()
        slots = (
            passphrase_slot(vault_id, keys, person, founder.passphrase, stretch or tuned(), now),
            recovery_slot(vault_id, keys, person, secret, now),
        )
        keybag = Keybag(vault_id, 0, ()).sealed_with(keys, slots)
        write_keybag(building, keybag)
        with Records(building.records, keys, clock, create=True) as records:
            records.sit_down(Seat(person, founder.role, device))
            people = PeopleService(
                records.transaction, records.founding, records.working, records.read
            )
            people.found_vault(
                FoundVault(
                    vault_id,
                    person,
                    device,
                    founder.name,
                    founder.role,
                    founder.schools,
                    founder.credentials,
                )
            )
            _sessions(records, people, clock).seed()
        try:
            final.path.rmdir()
            building.path.rename(final.path)
            moved = True
            sync_folder(final.path.parent)
        except OSError as error:
            raise Trouble(
                "vault-place-unwritable", path=str(final.path), reason=error.strerror
            ) from error
    except BaseException:
        shutil.rmtree(building.path, ignore_errors=True)
        if moved:
            shutil.rmtree(final.path, ignore_errors=True)
        raise
    hold = Hold(final)
    try:
        hold.take(now, purpose)
        desk = _desk(final, Unlocked(keys, keybag, slots[0]), clock, device, hold)
    except BaseException:
        # Nobody has seen it yet, and its recovery words will never be shown.
        hold.release()
        shutil.rmtree(final.path, ignore_errors=True)
        raise
    return Founding(desk, recovery.to_words(secret))


def open_vault(
    place: Path,
    secret: str,
    device: DeviceId,
    *,
    clock: Clock | None = None,
    with_recovery: bool = False,
    purpose: str = "desk",
    other_backups: Path | None = None,
) -> Desk:
    """Open the vault at `place` with a passphrase, or with the words of its recovery sheet.

    Raises Refused for a wrong secret, Trouble `vault-held` when another process has
    it, `vault-newer` for one of a newer program, Damage when the file, the keybag or
    the journal is not what was written, or a backup made here (`other_backups` is where
    another medium has some) knows later entries; nothing is changed in any of these cases.
    """
    return _opened(
        place,
        device,
        lambda: _attempt(secret, with_recovery=with_recovery),
        clock or SystemClock(),
        purpose,
        other_backups,
    )


def open_vault_with_keyring(
    place: Path,
    device: DeviceId,
    slots: Sequence[str],
    *,
    clock: Clock | None = None,
    purpose: str = "desk",
    other_backups: Path | None = None,
    progress: Progress = no_progress,
) -> Desk:
    """Open the vault at `place` with the secret that this computer's keyring keeps for a slot.

    Raises what `open_vault` does, and a code of its own for each way in which the keyring can
    fail; a passphrase opens the vault in all of these. `progress` may stop the waiting.
    """
    clock = clock or SystemClock()
    now = clock.now()

    def attempt(keybag: Keybag) -> Unlocked:
        return open_with_keyring(keybag, slots, device, now, progress=progress)

    return _opened(place, device, lambda: attempt, clock, purpose, other_backups)


def _opened(
    place: Path,
    device: DeviceId,
    attempt: Callable[[], Callable[[Keybag], Unlocked]],
    clock: Clock,
    purpose: str,
    other_backups: Path | None,
) -> Desk:
    folder = find_vault(place)
    hold = Hold(folder)
    hold.take(clock.now(), purpose)
    try:
        unlocked, found = read_keybag(folder).opened(attempt())
        desk = _desk(folder, unlocked, clock, device, hold, other_backups)
        heal_keybag(folder, found)
        if folder.writable():
            desk.unlocking.settle()
        return desk
    except BaseException:
        hold.release()
        raise


def unlock_keybag(
    folder: VaultFolder, secret: str, *, with_recovery: bool = False
) -> tuple[Unlocked, Found]:
    """Open the vault's keybag with a secret; a tampered copy gives way to the other one."""
    return read_keybag(folder).opened(_attempt(secret, with_recovery=with_recovery))


def _attempt(secret: str, *, with_recovery: bool) -> Callable[[Keybag], Unlocked]:
    if with_recovery:
        words = recovery.from_words(secret)
        return lambda keybag: open_with_recovery(keybag, words)
    return lambda keybag: open_with_passphrase(keybag, secret)


def find_vault(place: Path) -> VaultFolder:
    """Return the vault at `place`, with or without `.casewell` at its end."""
    for folder in (VaultFolder(place), named(place)):
        if folder.path.is_dir() and folder.exists():
            if is_backup(folder.path):
                raise Refused("vault-is-backup", "place", path=str(folder.path))
            return folder
    raise Trouble("vault-missing", path=str(place))


def restore_backup(
    backup: Opened | Path,
    place: Path,
    device: DeviceId,
    secret: str = "",
    *,
    clock: Clock | None = None,
    progress: Progress = no_progress,
) -> Path:
    """Make a new vault at `place` of a backup, opened already or opened with `secret`.

    Returns the new vault's folder. The backup and the living vault stay as they are.
    """
    opened = backup if isinstance(backup, Opened) else open_backup(backup, secret)
    return restore(opened, place, device, clock or SystemClock(), FROZEN, progress)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found, and when the journal's head was seen."""

    findings: tuple[Finding, ...]
    entries: int
    head: str

    @property
    def whole(self) -> bool:
        """Whether nothing was found wrong."""
        return all(finding.whole for finding in self.findings)


def verify_vault(place: Path, secret: str, *, purpose: str = "verify") -> Verdict:
    """Check a vault's keybag copies, file, journal chain and head, and signed rows.

    Nothing is repaired; the write-ahead log is folded into the file, as any closing does.
    Raises as `open_vault` does when the vault cannot even be opened.
    """
    folder = find_vault(place)
    hold = Hold(folder)
    hold.take(SystemClock().now(), purpose)
    try:
        unlocked, found = unlock_keybag(folder, secret)
        return _inspected(folder, unlocked, whole_keybag=not found.heal)
    finally:
        hold.release()


def _inspected(folder: VaultFolder, unlocked: Unlocked, *, whole_keybag: bool) -> Verdict:
    if not folder.records.exists():
        raise Trouble("records-missing", path=str(folder.path))
    findings = [
        Finding("keybag-copies", whole_keybag),
        Finding("salt-header", salt_header(folder) == unlocked.keys.salt),
    ]
    head = Head(0, NO_HASH)
    connection = connect(folder.records, unlocked.keys, untouched=not folder.writable())
    try:
        with known_trouble():
            version(connection)
        findings.extend(check_file(connection))
        known, told = check_repairs(connection)
        findings.append(check_keys(connection, known))
        findings.extend(check_journal(connection, unlocked.keybag.anchor()))
        if all(finding.whole for finding in findings[2:]):
            findings.extend(told)
            findings.extend(check_frozen(connection, frozen, known) for frozen in FROZEN)
            head = journal.head(connection)
    finally:
        connection.close()
    return Verdict(tuple(findings), head.count, head.hash.hex())


def salt_header(folder: VaultFolder) -> bytes:
    """Return the file's first sixteen bytes, which SQLCipher keeps its salt in."""
    with folder.records.open("rb") as file:
        return file.read(16)


def _heal_salt_header(folder: VaultFolder, keys: VaultKeys) -> None:
    """Write the salt back into the header of a file that was just seen to open with it."""
    if salt_header(folder) == keys.salt:
        return
    connect(folder.records, keys, untouched=True).close()
    with folder.records.open("r+b") as file:
        file.write(keys.salt)
        file.flush()
        os.fsync(file.fileno())


FROZEN: tuple[FrozenRows, ...] = (
    FrozenRows("signed-rows", signed_rows),
    FrozenRows("disclosures", frozen_disclosures),
    FrozenRows("tier-decisions", frozen_tier_decisions),
    FrozenRows("roster-changes", frozen_changes),
)
"""Every room's frozen rows, each recomputed when a vault or a backup is verified."""


def _sessions(records: Records, people: PeopleService, clock: Clock) -> SessionsService:
    return SessionsService(
        records.transaction,
        records.founding,
        records.working,
        records.read,
        seat=lambda: records.seat,
        settings=people.settings,
        forget=records.forget_purged,
        clock=clock,
    )


def _desk(
    folder: VaultFolder,
    unlocked: Unlocked,
    clock: Clock,
    device: DeviceId,
    hold: Hold,
    other_backups: Path | None = None,
) -> Desk:
    read_only = not folder.writable()
    if not read_only and folder.records.exists():
        _heal_salt_header(folder, unlocked.keys)
    records = Records(folder.records, unlocked.keys, clock, read_only=read_only)
    try:
        anchor = unlocked.keybag.anchor()
        if anchor is not None:
            with records.read_whole() as reader:
                if not journal.holds(reader, anchor):
                    raise Damage("journal-older", count=anchor.count)
        later = later_head(folder, unlocked, device, other_backups, records.read_whole)
        if later is not None:
            raise Damage(
                "journal-behind-backup",
                count=later.inside.anchor.count,
                path=str(later.backup.path),
            )
        desk = Desk(folder, records, unlocked, clock, device, hold, other_backups)
        desk.sit_down()
        desk.settle_passphrase()
        return desk
    except BaseException:
        records.close()
        raise
