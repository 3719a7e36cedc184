"""The journal: who did what to which record, each entry carrying the hash of the one before."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.kernel.clock import Moment, from_utc_text, utc_text
from app.kernel.keys import Anchor
from app.kernel.ports import Reader, Row, Seat

NO_HASH = bytes(32)

_INSERT = (
    "INSERT INTO journal (seq, at, zone, person_id, device_id, what, subject_kind, subject_id,"
    " before, after, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_COLUMNS = (
    "seq, at, zone, person_id, device_id, what, subject_kind, subject_id,"
    " before, after, previous, hash"
)


_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_encoded_sorted = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
"""Made once: `json.dumps` with settings of one's own makes an encoder for every call."""


@dataclass(frozen=True, slots=True)
class Head:
    """The journal's end: how many entries, and the hash of the last."""

    count: int
    hash: bytes

    def anchor(self) -> Anchor:
        """Return it as it is written outside the file."""
        return Anchor(self.count, self.hash.hex())


def entry_hash(fields: tuple[Any, ...]) -> bytes:
    """Return the SHA-256 of an entry's fields, `seq` to `after`, and the previous hash."""
    *facts, previous = fields
    text = _encoded([*facts, previous.hex()])
    return hashlib.sha256(text.encode()).digest()


def canonical(facts: Mapping[str, Any] | None) -> str | None:
    """Return facts as the journal stores them: JSON with sorted keys."""
    if facts is None:
        return None
    return _encoded_sorted(facts)


def append(
    writer: Reader,
    head: Head,
    seat: Seat,
    now: Moment,
    what: str,
    subject: tuple[str, str],
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> Head:
    """Write the entry after `head` and return the new head."""
    seq = head.count + 1
    fields = (
        seq, now.at, now.zone, seat.person, seat.device, what, *subject,
        canonical(before), canonical(after), head.hash,
    )  # fmt: skip
    hashed = entry_hash(fields)
    writer.execute(_INSERT, (*fields, hashed))
    return Head(seq, hashed)


def head(reader: Reader) -> Head:
    """Return the journal's end as the file has it."""
    row = reader.execute("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    return Head(int(row[0]), bytes(row[1])) if row else Head(0, NO_HASH)


BEHIND = "clock_behind"
"""The fact of an entry that was written while the clock stood behind an earlier one: seconds."""
TRUSTED = "TrustClock"
"""The entry with which a person says that the clock is right; earlier times count no more."""
TOLERANCE = timedelta(seconds=60)
"""Clocks are set by small steps all day; less than this is none of anybody's business."""


def latest(reader: Reader) -> str:
    """Return the latest time that the journal knows (UTC text); empty without an entry.

    The last entry says it alone: its own time, and how far that was behind.
    """
    row = reader.execute(
        f"SELECT what, at, after ->> '$.{BEHIND}' FROM journal ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return ""
    what, at, behind = str(row[0]), str(row[1]), row[2]
    if not behind or what == TRUSTED:
        return at
    return utc_text(from_utc_text(at) + timedelta(seconds=int(behind)))


def behind(latest_at: str, now: Moment) -> int:
    """Return by how many seconds the clock stands behind; 0 if it does not, or hardly."""
    if latest_at <= now.at:
        return 0
    step = from_utc_text(latest_at) - now.instant()
    return int(step.total_seconds()) if step >= TOLERANCE else 0


@dataclass(frozen=True, slots=True)
class Gap:
    """Entries that a repair could not save: the first and last number, and what came before next."""

    first: int
    last: int
    previous: str
    """The hash that the entry after the gap carries as the previous one."""


REPAIRED = "RepairVault"
"""The entry with which a repaired vault's journal goes on; it names the gaps before it."""


def broken_links(reader: Reader) -> Iterator[int]:
    """Yield the numbers of entries that are missing, out of order, or not what was written.

    A gap that a later entry names, because a repair found it, is no broken link.
    """
    expected, previous = 1, NO_HASH
    jumps: list[tuple[int, Gap]] = []
    named: set[Gap] = set()
    for row in reader.execute(f"SELECT {_COLUMNS} FROM journal ORDER BY seq"):
        seq, before, hashed = int(row[0]), bytes(row[-2]), bytes(row[-1])
        if entry_hash(row[:-1]) != hashed:
            yield seq
        else:
            if row[5] == REPAIRED:
                named.update(gaps_in(row[9]))
            if seq > expected:
                jumps.append((seq, Gap(expected, seq - 1, before.hex())))
            elif seq != expected or before != previous:
                yield seq
        expected, previous = seq + 1, hashed
    for seq, gap in jumps:
        if gap not in named:
            yield seq


def gaps_in(after: str | None) -> list[Gap]:
    """Return the gaps that the facts of a repair's entry name."""
    try:
        return [
            Gap(int(first), int(last), str(previous))
            for first, last, previous in json.loads(after or "{}").get("gaps", ())
        ]
    except (ValueError, TypeError, AttributeError):
        return []


def holds(reader: Reader, anchor: Anchor) -> bool:
    """Tell whether the journal still holds the entry that `anchor` saw as its last."""
    if anchor.count == 0:
        return True
    row: Row | None = reader.execute(
        "SELECT hash FROM journal WHERE seq = ?", (anchor.count,)
    ).fetchone()
    return row is not None and bytes(row[0]).hex() == anchor.head
