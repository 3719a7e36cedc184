"""The district room's commands, and what other rooms ask it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from app.features.district.commands import LeaveDistrict, LoadDistrictFile
from app.features.district.model import (
    Ages,
    LeftDistrict,
    LoadedFile,
    Pack,
    PackKind,
    Step,
    accepted_shown_as,
    ages_of,
    district_of,
    pack_title,
    require_words,
    step_of,
)
from app.features.district.repo import DistrictBook, DistrictKeeper
from app.kernel.changes import Changed, Kind
from app.kernel.documents import DataSummary, SummaryKind
from app.kernel.errors import Refused
from app.kernel.ids import PersonId, new_id
from app.kernel.ports import Begin, Read, Reader, Seat, Transaction
from app.sync.desk_key import DeskKey
from app.sync.district_file import DistrictFile, Invitation, Policy, parse
from app.sync.signed import base64_text, compact

ENROLMENT_VERSION = 1
_THERE = frozenset({"instrument-loaded", "categories-version"})
"""Codes that say of a pack that the vault has it, or a newer one."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What this room asks of others; bootstrap fills it."""

    keeps: Callable[[Reader, PersonId], bool]
    """Tells whether a person keeps the vault."""
    ages: Callable[[Transaction, str, Ages], object]
    """Sets the ages of consent of the district called so."""
    instrument: Callable[[bytes], object]
    """Takes an instrument's file."""
    categories: Callable[[str], object]
    """Takes a set of categories of time."""
    places: Callable[[], object]
    """Takes over the places of the file that counts now; of none, none."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A file before it is taken."""

    file: DistrictFile
    step: Step
    words: tuple[str, ...]
    """The fingerprint, to be compared with what IT says."""
    packs: tuple[Pack, ...]
    shown_as: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of loading a file."""

    changed: Changed
    step: Step
    packs: tuple[Pack, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """The district that the vault belongs to."""

    file: DistrictFile
    words: tuple[str, ...]
    shown_as: str
    loaded_by: str
    loaded_at: str
    zone: str
    invitation: Invitation | None


class DistrictService:
    """The vault's district: at most one at a time."""

    def __init__(
        self, begin: Begin, read: Read, seat: Callable[[], Seat], neighbours: Neighbours
    ) -> None:
        self._begin = begin
        self._read = read
        self._seat = seat
        self._neighbours = neighbours
        self._parsed: tuple[str, DistrictFile] | None = None
        self._keys_since: tuple[str, str] | None = None

    # -- commands --------------------------------------------------------------------

    def load(self, command: LoadDistrictFile) -> Loaded:
        """Take a district's file and apply what it asks for, or refuse it as it is.

        Its packs are taken after that, each by itself: one that cannot be read is named and
        hinders nothing else. Loading the same file again takes those that are missing. Its
        places are on the list of places from then on.
        """
        file = parse(command.data)
        with self._begin() as tx:
            keeper = DistrictKeeper(tx)
            self._hold_to_keepers(tx, tx.who)
            now = keeper.current()
            step = self._step(keeper, now, file, command.data)
            if step is Step.FIRST:
                require_words(file, command.words)
            shown_as = accepted_shown_as(command.shown_as or self._shown_as(keeper, now, tx.who))
            if step is not Step.SAME or now is None or shown_as != now.shown_as:
                self._keep(keeper, now, file, command.data, shown_as)
            else:
                tx.journal("LoadDistrictFile", "district_file", now.id, after={"again": True})
        packs = tuple(self._take(pack) for pack in _packs(file))
        self._neighbours.places()
        return Loaded(
            Changed.only(
                Kind.DISTRICT, Kind.OUTBOX, Kind.SETTING, Kind.CONSENT, Kind.SCREENING, Kind.TIME
            ),
            step,
            packs,
        )

    def _keep(
        self,
        keeper: DistrictKeeper,
        now: LoadedFile | None,
        file: DistrictFile,
        data: bytes,
        shown_as: str,
    ) -> None:
        tx = keeper.tx
        row = LoadedFile(
            new_id(),
            district_of(file),
            file.serial,
            file.name,
            hashlib.sha256(data).hexdigest(),
            data.decode(),
            shown_as,
            tx.who,
            tx.now.at,
            tx.now.zone,
        )
        keeper.add(row)
        keeper.journal(
            "LoadDistrictFile",
            LoadedFile,
            row.id,
            {
                "district": row.district,
                "name": row.name,
                "serial": row.serial,
                "sha256": row.sha256,
                "words": " ".join(file.fingerprint()),
                "shown_as": shown_as,
            },
            {"serial": now.serial, "sha256": now.sha256} if now else None,
        )
        ages = ages_of(file.policy)
        if ages or (now is not None and ages_of(self._content(now).policy)):
            self._neighbours.ages(tx, file.name, ages)

    def leave(self, _command: LeaveDistrict) -> Changed:
        """Belong to the district no more; nothing that left is taken back by it."""
        with self._begin() as tx:
            keeper = DistrictKeeper(tx)
            self._hold_to_keepers(tx, tx.who)
            now = keeper.current()
            if now is None:
                raise Refused("district-none")
            left = LeftDistrict(new_id(), now.id, tx.who, tx.now.at, tx.now.zone)
            keeper.add(left)
            keeper.journal(
                "LeaveDistrict", LeftDistrict, left.id,
                {"district": now.district, "name": now.name, "serial": now.serial},
            )  # fmt: skip
            if ages_of(self._content(now).policy):
                self._neighbours.ages(tx, "", ())
        self._neighbours.places()
        return Changed.only(Kind.DISTRICT, Kind.OUTBOX, Kind.SETTING, Kind.CONSENT)

    # -- what is asked ---------------------------------------------------------------

    def preview(self, data: bytes) -> Preview:
        """Return what taking a file would mean; refuse one that would not be taken."""
        file = parse(data)
        with self._read() as reader:
            book = DistrictBook(reader)
            who = self._seat().person
            self._hold_to_keepers(reader, who)
            now = book.current()
            return Preview(
                file,
                self._step(book, now, file, data),
                file.fingerprint(),
                tuple(pack for pack, _content in _packs(file)),
                self._shown_as(book, now, who),
            )

    def joined(self) -> Joined | None:
        """Return the district that the vault belongs to, or None."""
        with self._read() as reader:
            book = DistrictBook(reader)
            now = book.current()
            if now is None:
                return None
            file = self._content(now)
            return Joined(
                file,
                file.fingerprint(),
                now.shown_as,
                book.names((now.person_id,)).get(now.person_id, ""),
                now.loaded_at,
                now.zone,
                self._invitation(book, now),
            )

    def may_load(self) -> bool:
        """Tell whether whoever is at the desk loads district files: a keeper of the vault does."""
        with self._read() as reader:
            return self._neighbours.keeps(reader, self._seat().person)

    def district(self) -> DistrictFile | None:
        """Return the file that counts, or None."""
        with self._read() as reader:
            return self.district_in(reader)

    def keys_since(self) -> str:
        """Return since when this vault knows the keys of the file that counts (UTC text).

        Files since then name the same ones; empty without a district.
        """
        with self._read() as reader:
            book, known = DistrictBook(reader), self._keys_since
            counts = book.current_sha256()
            if known is not None and known[0] == counts:
                return known[1]
            now = book.current()
            since, keys = "", set(self._content(now).recipients) if now else set()
            for row in book.since_joined(now.district) if now else ():
                if set(parse(row.content.encode()).recipients) != keys:
                    break
                since = row.loaded_at
        self._keys_since = (counts, since)
        return since

    def district_in(self, reader: Reader) -> DistrictFile | None:
        """Return the file that counts, in a read or transaction of the caller's."""
        book, parsed = DistrictBook(reader), self._parsed
        counts = book.current_sha256()
        if not counts:
            return None
        if parsed is not None and parsed[0] == counts:
            return parsed[1]
        now = book.current()
        return None if now is None else self._content(now)

    def policy(self) -> Policy:
        """Return what the district asks for; nothing where there is none."""
        with self._read() as reader:
            return self.policy_in(reader)

    def policy_in(self, reader: Reader) -> Policy:
        """Return what the district asks for, in a read or transaction of the caller's."""
        file = self.district_in(reader)
        return Policy() if file is None else file.policy

    def allowed(self, kind: str, carrier: str) -> bool:
        """Tell whether a summary of `kind` may leave by `carrier`."""
        return self.policy().allowed(kind, carrier)

    def enrolment(self, key: DeskKey) -> DataSummary:
        """Return how this desk makes itself known: its key, the invitation, and who works at it.

        Refuses without a district, and without an invitation in its files.
        """
        with self._read() as reader:
            book = DistrictBook(reader)
            now = book.current()
            if now is None:
                raise Refused("district-none")
            invitation = self._invitation(book, now)
            if invitation is None:
                raise Refused("district-no-invitation", name=now.name)
            schools = book.schools_of(self._seat().person)
        public = key.public
        return DataSummary(
            SummaryKind.ENROLMENT,
            ENROLMENT_VERSION,
            "",
            {
                "casewell": "summary",
                "kind": SummaryKind.ENROLMENT.value,
                "version": ENROLMENT_VERSION,
                "desk": key.id,
                "key": base64_text(public),
                "invitation": invitation.pair(),
                "name": now.shown_as,
                "role": self._seat().role.value,
                "schools": list(schools),
            },
        )

    # -- how it is done --------------------------------------------------------------

    def _hold_to_keepers(self, reader: Reader, who: PersonId) -> None:
        if not self._neighbours.keeps(reader, who):
            raise Refused("keepers-only")

    @staticmethod
    def _step(book: DistrictBook, now: LoadedFile | None, file: DistrictFile, data: bytes) -> Step:
        highest, latest = book.highest(district_of(file))
        return step_of(now, file, hashlib.sha256(data).hexdigest(), highest, latest)

    @staticmethod
    def _shown_as(book: DistrictBook, now: LoadedFile | None, who: PersonId) -> str:
        return now.shown_as if now is not None else book.names((who,)).get(who, "")

    def _content(self, row: LoadedFile) -> DistrictFile:
        """Return what a file says, read once for as long as it counts."""
        parsed = self._parsed
        if parsed is None or parsed[0] != row.sha256:
            parsed = self._parsed = (row.sha256, parse(row.content.encode()))
        return parsed[1]

    def _invitation(self, book: DistrictBook, now: LoadedFile) -> Invitation | None:
        """Return the newest invitation of the district: a file for all desks carries none."""
        for row in book.since_joined(now.district):
            file = self._content(row) if row.sha256 == now.sha256 else parse(row.content.encode())
            if file.invitation is not None:
                return file.invitation
        return None

    def _take(self, pack: tuple[Pack, bytes]) -> Pack:
        said, content = pack
        try:
            if said.kind is PackKind.INSTRUMENT:
                self._neighbours.instrument(content)
            else:
                self._neighbours.categories(content.decode())
        except Refused as error:
            if error.code not in _THERE:
                return Pack(said.kind, said.title, error.code, error.facts)
        return said


def _packs(file: DistrictFile) -> list[tuple[Pack, bytes]]:
    found = [
        (Pack(PackKind.INSTRUMENT, pack_title(one, "title", "id")), compact(one))
        for one in file.instruments
    ]
    return found + [
        (Pack(PackKind.CATEGORIES, pack_title(one, "name", "code")), compact(one))
        for one in file.categories
    ]
