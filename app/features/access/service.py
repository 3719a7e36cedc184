"""People's ways into the vault, the vault's key, and the marks of emergency openings."""

import contextlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.features.access.commands import (
    AcknowledgeEmergency,
    AddPerson,
    OpenInEmergency,
    ReinstatePerson,
    RekeyVault,
    RemovePerson,
    SuspendPerson,
)
from app.features.access.doors import Doors, Surroundings
from app.features.access.model import (
    EmergencyMark,
    FirstPassphrase,
    Member,
    NewKey,
    Standing,
    State,
    accepted_reason,
    may_keep,
    may_take_ways,
)
from app.features.access.repo import Access, AccessRepo
from app.features.access.secrets import SecretsService
from app.kernel.changes import Changed, Kind
from app.kernel.errors import CasewellError, Damage, Refused, Trouble
from app.kernel.ids import PersonId, new_id
from app.kernel.keys import VaultKeys
from app.kernel.names import accepted_name
from app.kernel.ports import Transaction
from app.vault import passphrases, recovery
from app.vault.backups import fingerprint
from app.vault.keybag import room_for
from app.vault.sealing import Stretch, tuned
from app.vault.slots import KEYRING, PASSPHRASE, RECOVERY, Slot, passphrase_slot, recovery_slot

Work = Callable[[Transaction], None]

_WRONG = {
    PASSPHRASE: "passphrase-wrong",
    RECOVERY: "recovery-wrong",
    KEYRING: "keyring-slot-wrong",
}
"""What a secret of someone who has no way in any more is told: the same as a wrong one."""


class AccessService:
    """Who has a way into the vault.

    A way in is given or taken in three steps, so that being struck down between any two
    leaves a vault that everyone who should opens: the keybag is written with the slots of
    before and after, and says what is under way; the file records it, which decides; the
    keybag is written without what is to go. `settle`, at the next opening, does what is left.
    """

    def __init__(self, doors: Doors, around: Surroundings, secrets: SecretsService) -> None:
        self._doors = doors
        self._keys = doors.keys
        self._around = around
        self._secrets = secrets

    # What stands

    def people(self) -> list[Standing]:
        """Return everyone who is or was on the vault, in the order they came."""
        with self._doors.read() as reader:
            members = Access(reader).members()
        keybag = self._keys.keybag
        first = set(keybag.facts.get("first", ()))
        found = []
        for member in members:
            slots = [slot for slot in keybag.slots if slot.person == member.id]
            found.append(
                Standing(
                    member,
                    tuple(dict.fromkeys(slot.kind for slot in slots)),
                    any(slot.id in first for slot in slots),
                    all(slot.of_today for slot in slots),
                )
            )
        return found

    def me(self) -> Member:
        """Return who is at the desk."""
        with self._doors.read() as reader:
            return self._member(Access(reader), self._doors.seat().person)

    @property
    def key_change_due(self) -> bool:
        """Whether someone was removed and the file is not under its new key yet."""
        return bool(self._keys.keybag.facts.get("rekey_due"))

    def emergencies(self) -> list[EmergencyMark]:
        """Return every opening with the recovery sheet, the last one first."""
        with self._doors.read() as reader:
            return Access(reader).marks()

    # People

    def add_person(self, command: AddPerson, stretch: Stretch | None = None) -> FirstPassphrase:
        """Add someone, with a first passphrase that they replace when they first unlock.

        Keyring slots go: on a vault of several people nobody's secret lies in the keyring
        of a shared computer.
        """
        name = accepted_name(command.name)
        with self._keys.lock:
            self._settle_edit()
            me = self.me()
            may_keep(me)
            now = self._doors.clock.now()
            person = PersonId(new_id())
            member = Member(
                person, name, command.role, command.credentials.strip(), command.keeper,
                State.ACTIVE, now,
            )  # fmt: skip
            if any(slot.kind == KEYRING for slot in self._keys.keybag.slots):
                self._around.withdraw_keyrings()
            words, fresh = self._first_slot(person, stretch, ())

            def work(tx: Transaction) -> None:
                AccessRepo(tx).add(member)
                tx.journal(
                    "AddPerson",
                    "person",
                    person,
                    None,
                    {
                        "name": name,
                        "role": member.role,
                        "credentials": member.credentials,
                        "keeper": member.keeper,
                        "slots": [fresh.id],
                    },
                )

            self._edit("AddPerson", person, work, fresh=[fresh])
        return FirstPassphrase(person, words, Changed.only(Kind.PERSON, made=person))

    def reinstate_person(
        self, command: ReinstatePerson, stretch: Stretch | None = None
    ) -> FirstPassphrase:
        """Give someone who was suspended, or forgot their passphrase, another first one."""
        person = command.person
        with self._keys.lock:
            self._settle_edit()
            them = self._standing(person)
            if them.id == self._doors.seat().person:
                raise Refused("person-oneself", "person")
            gone = [slot.id for slot in self._slots_of(person) if slot.kind != RECOVERY]
            words, fresh = self._first_slot(person, stretch, gone)

            def work(tx: Transaction) -> None:
                AccessRepo(tx).set_active(person, active=True)
                tx.journal(
                    "ReinstatePerson",
                    "person",
                    person,
                    {"state": them.state, "slots": gone},
                    {"state": State.ACTIVE, "slots": [fresh.id]},
                )

            self._edit("ReinstatePerson", person, work, fresh=[fresh], gone=gone)
        return FirstPassphrase(person, words, Changed.only(Kind.PERSON))

    def suspend_person(self, command: SuspendPerson) -> Changed:
        """Take someone's ways in; their records, name and settings stay as they are."""
        person = command.person
        with self._keys.lock:
            self._settle_edit()
            them = self._may_go(person)
            if them.state is State.SUSPENDED:
                raise Refused("person-suspended", "person", name=them.name)
            gone = [slot.id for slot in self._slots_of(person) if slot.kind != RECOVERY]

            def work(tx: Transaction) -> None:
                AccessRepo(tx).set_active(person, active=False)
                tx.journal(
                    "SuspendPerson",
                    "person",
                    person,
                    {"state": them.state, "slots": gone},
                    {"state": State.SUSPENDED},
                )

            self._edit("SuspendPerson", person, work, gone=gone)
        return Changed.only(Kind.PERSON)

    def remove_person(self, command: RemovePerson) -> NewKey:
        """Take someone's ways in for good, and give the vault a new key.

        Their records and their name on them stay. When this returns, no secret of theirs
        opens the vault. `NewKey.trouble` says if the file could not be given its new key
        now: it is a keybag or a key copied earlier that would still open it until then.
        """
        person = command.person
        with self._keys.lock:
            self._settle_edit()
            them = self._may_go(person)
            theirs = self._slots_of(person)
            sheets = [slot for slot in self._keys.keybag.slots if slot.kind == RECOVERY]
            new_sheet = command.new_sheet or all(slot.person == person for slot in sheets)
            if new_sheet:
                theirs += [slot for slot in sheets if slot not in theirs]
            gone = [slot.id for slot in theirs]
            self._refuse_left_behind(gone)
            words, fresh = self._sheet() if new_sheet else ((), None)

            def work(tx: Transaction) -> None:
                AccessRepo(tx).remove(person)
                tx.journal(
                    "RemovePerson",
                    "person",
                    person,
                    {"state": them.state, "keeper": them.keeper, "slots": gone},
                    {"state": State.REMOVED, "slots": [fresh.id] if fresh else []},
                )

            facts = {"unproven": fresh.id} if fresh else {}
            self._edit(
                "RemovePerson", person, work, fresh=[fresh] if fresh else [], gone=gone,
                rekey_due=True, **facts,
            )  # fmt: skip
            trouble = self._new_key()
        return self._said(words, trouble)

    def rekey(self, command: RekeyVault) -> NewKey:
        """Give the vault a new key; raise Trouble, with the old one in use, if that fails."""
        with self._keys.lock:
            self._settle_edit()
            may_keep(self.me())
            sheets = [slot.id for slot in self._keys.keybag.slots if slot.kind == RECOVERY]
            gone = sheets if command.new_sheet else []
            self._refuse_left_behind(gone)
            words: tuple[str, ...] = ()
            if command.new_sheet:
                vault = self._keys.keybag.vault
                words, fresh = self._sheet()

                def work(tx: Transaction) -> None:
                    tx.journal(
                        "ReplaceRecovery", "vault", vault, {"slots": gone}, {"slots": [fresh.id]}
                    )

                self._edit(
                    "ReplaceRecovery", vault, work, fresh=[fresh], gone=gone, unproven=fresh.id
                )
            trouble = self._new_key()
        if trouble is not None and not words:
            raise trouble
        return self._said(words, trouble)

    # Emergencies

    def open_in_emergency(self, command: OpenInEmergency) -> str:
        """Mark an opening with the recovery sheet, durably, and return the mark.

        Raises Trouble `emergency-unmarked` when the mark cannot be written; then nothing of
        the vault may be shown.
        """
        name = accepted_name(command.name)
        reason = accepted_reason(command.reason)
        with self._keys.lock:
            seat = self._doors.seat()
            now = self._doors.clock.now()
            mark = EmergencyMark(new_id(), name, reason, seat.device, now, None, "")
            self._doors.sit_down(replace(seat, emergency=mark.id))
            try:
                with self._doors.founding() as tx:
                    AccessRepo(tx).add_mark(mark)
                    tx.journal(
                        "OpenInEmergency", "emergency", mark.id, None,
                        {"name": name, "reason": reason, "sheet": self._keys.slot.id},
                    )  # fmt: skip
                known = self._keys.keybag.facts.get("emergencies", ())
                self._keys.write(emergencies=[*known, mark.id])
            except Trouble as trouble:
                raise Trouble("emergency-unmarked", reason=trouble.code) from trouble
        return mark.id

    def acknowledge_emergency(self, command: AcknowledgeEmergency) -> Changed:
        """Write that a keeper has taken note of an emergency opening; the mark stays."""
        with self._doors.begin() as tx:
            repo = AccessRepo(tx)
            may_keep(self._member(repo, tx.who))
            mark = repo.mark(command.mark)
            if mark is None:
                raise Refused("emergency-gone")
            if self._doors.seat().emergency:
                raise Refused("emergency-own")
            if mark.seen_by is not None:
                raise Refused("emergency-seen")
            repo.acknowledge(mark.id)
            tx.journal("AcknowledgeEmergency", "emergency", mark.id, {"name": mark.name})
        return Changed.only(Kind.PERSON)

    def check_marks(self) -> None:
        """Raise Damage when a mark that the keybag knows is missing from the file."""
        with self._doors.read() as reader:
            missing = Access(reader).unknown_marks(self._keys.keybag.facts.get("emergencies", ()))
        if missing:
            raise Damage("emergency-mark-missing", count=len(missing))

    # Opening

    def settle(self) -> None:
        """Do what is left of a change that was cut short; what a full disk hinders waits."""
        if self._doors.read_only():
            return
        with self._keys.lock, contextlib.suppress(Trouble):
            self._settle_edit()
            self._finish_key()
            if self.key_change_due:
                self._new_key()
            self._secrets.settle()
            self._learn_marks()

    def seat_person(self) -> PersonId:
        """Return whose seat the secret that opened the vault leads to.

        The recovery sheet leads to the seat of the keeper who made it, or the first one
        who is still there. Someone who has no way in any more is refused like a wrong secret.
        """
        slot = self._keys.slot
        with self._doors.read() as reader:
            access = Access(reader)
            member = access.member(slot.person)
            if member is not None and member.state is State.ACTIVE:
                return member.id
            keepers = access.keepers() if slot.kind == RECOVERY else []
        if not keepers:
            raise Refused(_WRONG.get(slot.kind, "passphrase-wrong"), slot.kind)
        return keepers[0]

    # Inside

    def _edit(
        self,
        what: str,
        subject: str,
        work: Work,
        *,
        fresh: Sequence[Slot] = (),
        gone: Sequence[str] = (),
        **after: Any,
    ) -> None:
        before = self._keys.unlocked
        keybag = before.keybag
        first = [*keybag.facts.get("first", ())]
        first += [slot.id for slot in fresh if slot.kind == PASSPHRASE]
        pending = {
            "what": what,
            "subject": subject,
            "count": self._count(),
            "fresh": [slot.id for slot in fresh],
            "gone": list(gone),
            "after": after,
        }
        try:
            with self._doors.begin() as tx:
                work(tx)
                self._keys.write((*keybag.slots, *fresh), pending=pending, first=first)
        except BaseException:
            with contextlib.suppress(CasewellError):
                if not self._recorded(pending):
                    self._keys.put_back(before)
            raise
        if gone or after:
            self._settle_edit()
            return
        # Nothing is to go: what was made is told, and the note of it goes another time.
        with contextlib.suppress(Trouble):
            self._settle_edit()

    def _settle_edit(self) -> None:
        """End a change of people's slots: the file decides whether it took place."""
        pending = self._keys.keybag.facts.get("pending")
        if pending:
            recorded = self._recorded(pending)
            lost = pending["gone"] if recorded else pending["fresh"]
            after = pending["after"] if recorded else {}
            kept = [slot for slot in self._keys.keybag.slots if slot.id not in lost]
            self._keys.write(kept, pending=None, **after)

    def _recorded(self, pending: Mapping[str, Any]) -> bool:
        with self._doors.read() as reader:
            row = reader.execute(
                "SELECT 1 FROM journal WHERE seq > ? AND what = ? AND subject_id = ?",
                (pending["count"], pending["what"], pending["subject"]),
            ).fetchone()
        return row is not None

    def _count(self) -> int:
        with self._doors.read() as reader:
            row = reader.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()
        return int(row[0]) if row else 0

    def _new_key(self) -> Trouble | None:
        """Give the vault a new key; return what was in the way, with the old one in use."""
        before = self._keys.unlocked
        upcoming = VaultKeys(os.urandom(32), os.urandom(16))
        keybag = before.keybag
        try:
            amid = keybag.with_new_keys(before.keys, upcoming, keybag.slots)
            self._keys.put(amid, upcoming=upcoming)
            self._finish_key()
        except Trouble as trouble:
            amid_still = self._keys.unlocked.upcoming is not None
            if amid_still and self._around.file_keys() == before.keys:
                with contextlib.suppress(Trouble):
                    self._keys.put_back(before)
            return trouble
        return None

    def _finish_key(self) -> None:
        """Put the file under its new key, see that it opens, and only then drop the old one."""
        upcoming = self._keys.unlocked.upcoming
        if upcoming is not None:
            changed = [fingerprint(self._keys.keys), fingerprint(upcoming)]
            with self._around.without_backups():
                self._around.change_key(upcoming)
                self._keys.drop_old_keys(rekey_due=None, rekeyed=changed)
        rekeyed = self._keys.keybag.facts.get("rekeyed")
        if rekeyed:
            old, new = rekeyed
            if not self._told_of_key(new):
                with self._doors.founding() as tx:
                    vault = self._keys.keybag.vault
                    tx.journal("RekeyVault", "vault", vault, {"key": old}, {"key": new})
            self._keys.write(rekeyed=None)

    def _told_of_key(self, new: str) -> bool:
        with self._doors.read() as reader:
            row = reader.execute(
                "SELECT 1 FROM journal WHERE what = 'RekeyVault' AND subject_id = ?"
                " AND json_extract(after, '$.key') = ?",
                (self._keys.keybag.vault, new),
            ).fetchone()
        return row is not None

    def _said(self, words: tuple[str, ...], trouble: Trouble | None) -> NewKey:
        return NewKey(Changed.only(Kind.PERSON), words, self._around.old_backups(), trouble)

    def _learn_marks(self) -> None:
        """Write marks into the keybag that were struck down before they stood there."""
        known = list(self._keys.keybag.facts.get("emergencies", ()))
        new = [mark.id for mark in reversed(self.emergencies()) if mark.id not in known]
        if new:
            self._keys.write(emergencies=[*known, *new])

    def _refuse_left_behind(self, gone: Sequence[str]) -> None:
        """Refuse a new key that someone who stays could not be given; name them."""
        for slot in self._keys.keybag.slots:
            if slot.id in gone or slot.of_today:
                continue
            if slot.kind == RECOVERY:
                raise Refused("rekey-sheet-old", "new_sheet")
            with self._doors.read() as reader:
                member = Access(reader).member(slot.person)
            raise Refused("rekey-slot-old", "person", name=member.name if member else "")

    def _first_slot(
        self, person: PersonId, stretch: Stretch | None, gone: Iterable[str]
    ) -> tuple[str, Slot]:
        keybag = self._keys.keybag
        words = passphrases.generated()
        chosen = stretch or room_for(keybag, tuned(), without=tuple(gone))
        now = self._doors.clock.now()
        return words, passphrase_slot(keybag.vault, self._keys.keys, person, words, chosen, now)

    def _sheet(self) -> tuple[tuple[str, ...], Slot]:
        secret = recovery.new_secret()
        person, now = self._doors.seat().person, self._doors.clock.now()
        keys = self._keys
        return recovery.to_words(secret), recovery_slot(
            keys.keybag.vault, keys.keys, person, secret, now
        )

    def _slots_of(self, person: PersonId) -> list[Slot]:
        return [slot for slot in self._keys.keybag.slots if slot.person == person]

    def _standing(self, person: PersonId) -> Member:
        """Return someone who is on the vault, asked for by a keeper."""
        with self._doors.read() as reader:
            access = Access(reader)
            may_keep(self._member(access, self._doors.seat().person))
            return self._member(access, person)

    def _may_go(self, person: PersonId) -> Member:
        with self._doors.read() as reader:
            access = Access(reader)
            me, them = self._member(access, self._doors.seat().person), access.member(person)
            if them is None or them.state is State.REMOVED:
                may_keep(me)
                raise Refused("person-gone", "person")
            may_take_ways(me, them, len(access.keepers()))
            return them

    @staticmethod
    def _member(access: Access, person: PersonId) -> Member:
        member = access.member(person)
        if member is None or member.state is State.REMOVED:
            raise Refused("person-gone", "person")
        return member
