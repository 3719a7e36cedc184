"""People's standing, and the marks of emergency openings, in the file."""

from collections.abc import Iterable

from app.features.access.model import EmergencyMark, Member, State
from app.kernel.clock import Moment
from app.kernel.ids import DeviceId, PersonId
from app.kernel.nouns import Role
from app.kernel.ports import Reader, Row, Transaction

_PERSON = (
    "SELECT id, name, role, credentials, keeper, active, removed_at, made_at, zone FROM person"
)
_MARK = "SELECT id, name, reason, device_id, made_at, zone, seen_by, seen_at FROM emergency"


class Access:
    """Who stands how to the vault."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def member(self, person: PersonId) -> Member | None:
        """Return a person, or None if there is none."""
        row = self._reader.execute(f"{_PERSON} WHERE id = ?", (person,)).fetchone()
        return _member(row) if row else None

    def members(self) -> list[Member]:
        """Return everyone who is or was on the vault, in the order they came."""
        return [_member(row) for row in self._reader.execute(f"{_PERSON} ORDER BY made_at, id")]

    def keepers(self) -> list[PersonId]:
        """Return the active keepers, the first one first."""
        rows = self._reader.execute(
            "SELECT id FROM person WHERE keeper = 1 AND active = 1 AND removed_at = ''"
            " ORDER BY made_at, id"
        )
        return [PersonId(row[0]) for row in rows]

    def marks(self) -> list[EmergencyMark]:
        """Return every emergency opening, the last one first."""
        rows = self._reader.execute(f"{_MARK} ORDER BY made_at DESC, id DESC")
        return [_mark(row) for row in rows]

    def mark(self, mark_id: str) -> EmergencyMark | None:
        """Return one emergency opening, or None if there is none."""
        row = self._reader.execute(f"{_MARK} WHERE id = ?", (mark_id,)).fetchone()
        return _mark(row) if row else None

    def unknown_marks(self, marks: Iterable[str]) -> list[str]:
        """Return which of the marks that the keybag knows are missing from the file."""
        rows = self._reader.execute("SELECT id FROM emergency")
        there = {str(row[0]) for row in rows}
        return [mark for mark in marks if mark not in there]


class AccessRepo(Access):
    """Who stands how to the vault, inside a transaction."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx)
        self._tx = tx

    def add(self, member: Member) -> None:
        """Write a new person."""
        self._tx.execute(
            "INSERT INTO person (id, name, role, credentials, keeper, made_at, zone)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                member.id,
                member.name,
                member.role,
                member.credentials,
                int(member.keeper),
                member.made.at,
                member.made.zone,
            ),
        )

    def set_active(self, person: PersonId, *, active: bool) -> None:
        """Write whether a person has ways in."""
        self._tx.execute("UPDATE person SET active = ? WHERE id = ?", (int(active), person))

    def remove(self, person: PersonId) -> None:
        """Write that a person is gone; the row stays, for the names on what they wrote."""
        self._tx.execute(
            "UPDATE person SET active = 0, keeper = 0, removed_at = ? WHERE id = ?",
            (self._tx.now.at, person),
        )

    def add_mark(self, mark: EmergencyMark) -> None:
        """Write an emergency opening."""
        self._tx.execute(
            "INSERT INTO emergency (id, name, reason, device_id, made_at, zone)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (mark.id, mark.name, mark.reason, mark.device, mark.made.at, mark.made.zone),
        )

    def acknowledge(self, mark_id: str) -> None:
        """Write who has taken note of an emergency opening."""
        self._tx.execute(
            "UPDATE emergency SET seen_by = ?, seen_at = ? WHERE id = ?",
            (self._tx.who, self._tx.now.at, mark_id),
        )


def _member(row: Row) -> Member:
    state = State.REMOVED if row[6] else State.ACTIVE if row[5] else State.SUSPENDED
    return Member(
        PersonId(row[0]), row[1], Role(row[2]), row[3], bool(row[4]), state, Moment(row[7], row[8])
    )


def _mark(row: Row) -> EmergencyMark:
    return EmergencyMark(
        row[0],
        row[1],
        row[2],
        DeviceId(row[3]),
        Moment(row[4], row[5]),
        PersonId(row[6]) if row[6] else None,
        row[7],
    )
