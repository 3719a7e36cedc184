"""Sessions of groups: drafts, what was signed, who came; and looking the frozen rows over again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.features.groups.model.session import Attending, GroupDraft, GroupSession, SessionForm
from app.features.groups.repo.groups import PAGE, SEEN, Groups, GroupsKeeper
from app.kernel.clock import Moment
from app.kernel.frozen import How, Wrong
from app.kernel.ids import DraftId, NoteId, PersonId, StudentId
from app.kernel.names import shown_name
from app.kernel.nouns import Attendance
from app.kernel.ports import Reader, Row, Seat
from app.kernel.rights import eyes
from app.kernel.rows import columns, restored, seal, stored

_TABLES: Mapping[type[Any], str] = {GroupSession: "group_session", Attending: "group_attendance"}
_LISTED = {
    kind: ", ".join(f"{alias}.{name}" for name in columns(kind))
    for kind, alias in ((GroupSession, "n"), (Attending, "a"))
}
_INSERTS = {
    kind: f"INSERT INTO {table} ({', '.join(columns(kind))}, hash)"
    f" VALUES ({', '.join('?' * (len(columns(kind)) + 1))})"
    for kind, table in _TABLES.items()
}
_WIDTH = {kind: len(columns(kind)) for kind in _TABLES}
_STANDS = "NOT EXISTS (SELECT 1 FROM group_attendance r WHERE r.replaces = a.id)"
_DRAFT = "d.id, d.group_id, d.person_id, d.content, d.made_at, d.zone, d.saved_at"


@dataclass(frozen=True, slots=True)
class GroupDraftLine:
    """A draft in a list."""

    draft: GroupDraft
    group: str
    school_id: str


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A signed session in a list, with how many came of how many."""

    id: str
    number: int
    topic: str
    started: Moment
    minutes: int
    maker: str
    came: int
    of: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One member at one session, as it stands today."""

    attending_id: str
    session_id: str
    student_id: StudentId
    note_id: NoteId
    attendance: Attendance
    reason: str
    corrected: bool


@dataclass(frozen=True, slots=True)
class AttendingLine:
    """One member at a signed session: as it stands, and what was before it."""

    attending: Attending
    student: str
    grade: str
    before: tuple[Attending, ...] = ()


def _draft(row: Row) -> GroupDraft:
    return GroupDraft(
        DraftId(row[0]),
        row[1],
        PersonId(row[2]),
        SessionForm.of_text(row[3]),
        Moment(row[4], row[5]),
        row[6],
    )


class Sessions(Groups):
    """Sessions of groups, for reading."""

    # -- drafts ----------------------------------------------------------------------

    def draft(self, person: PersonId, draft_id: str) -> GroupDraft | None:
        """Return one of a person's drafts, or None."""
        row = self.reader.execute(
            f"SELECT {_DRAFT} FROM group_draft d WHERE d.id = ? AND d.person_id = ?",
            (draft_id, person),
        ).fetchone()
        return _draft(row) if row else None

    def draft_of(self, person: PersonId, group_id: str, planned: str = "") -> GroupDraft | None:
        """Return the draft a person has of a group, of an appointment if one is asked for."""
        row = self.reader.execute(
            f"SELECT {_DRAFT} FROM group_draft d WHERE d.person_id = ? AND d.group_id = ?"
            " AND (? = '' OR d.content ->> '$.planned_id' = ?)"
            " ORDER BY d.saved_at DESC LIMIT 1",
            (person, group_id, planned, planned),
        ).fetchone()
        return _draft(row) if row else None

    def drafts(self, person: PersonId) -> list[GroupDraftLine]:
        """Return a person's drafts, the oldest session first."""
        rows = self.reader.execute(
            f"SELECT {_DRAFT}, g.name, coalesce(g.school_id, '') FROM group_draft d"
            " JOIN student_group g ON g.id = d.group_id"
            " WHERE d.person_id = ? ORDER BY d.made_at, d.id LIMIT 0 + ?",
            (person, PAGE),
        )
        return [GroupDraftLine(_draft(row), row[7], row[8]) for row in rows]

    def is_signed(self, session_id: str) -> bool:
        """Tell whether this draft has become a session."""
        row = self.reader.execute(
            "SELECT EXISTS (SELECT 1 FROM group_session WHERE id = ?)", (session_id,)
        ).fetchone()
        return bool(row and row[0])

    def signed_as(self, group_id: str, planned_id: str) -> str:
        """Return the signed session that an appointment of the group became, or nothing."""
        if not planned_id:
            return ""
        row = self.reader.execute(
            "SELECT id FROM group_session WHERE group_id = ? AND planned_id = ?",
            (group_id, planned_id),
        ).fetchone()
        return str(row[0]) if row else ""

    # -- signed sessions -------------------------------------------------------------

    def next_number(self, group_id: str) -> int:
        """Return which session of the group comes next."""
        row = self.reader.execute(
            "SELECT coalesce(max(number), 0) + 1 FROM group_session WHERE group_id = ?",
            (group_id,),
        ).fetchone()
        return int(row[0]) if row else 1

    def last(self, group_id: str) -> GroupSession | None:
        """Return the group's newest session, or None."""
        row = self.reader.execute(
            f"SELECT {_LISTED[GroupSession]} FROM group_session n WHERE n.group_id = ?"
            " ORDER BY n.started_at DESC, n.row DESC LIMIT 1",
            (group_id,),
        ).fetchone()
        return restored(GroupSession, row) if row else None

    def session(self, seat: Seat, session_id: str) -> GroupSession | None:
        """Return a signed session, or None; one that `seat` does not see is not there for it."""
        row = self.reader.execute(
            f"SELECT {_LISTED[GroupSession]} FROM group_session n"
            f" WHERE n.id = :session AND {SEEN.format('n')}",
            {"session": session_id, **eyes(seat)},
        ).fetchone()
        return restored(GroupSession, row) if row else None

    def sessions(
        self, seat: Seat, group_id: str, offset: int = 0, limit: int = PAGE
    ) -> list[SessionLine]:
        """Return one page of a group's signed sessions, the newest first."""
        rows = self.reader.execute(
            "SELECT n.id, n.number, n.topic, n.started_at, n.zone, n.minutes,"
            " (SELECT p.name FROM person p WHERE p.id = n.person_id),"
            " (SELECT count(*) FROM group_attendance a WHERE a.session_id = n.id"
            f"   AND a.attendance = 'present' AND {_STANDS}),"
            " (SELECT count(*) FROM group_attendance a WHERE a.session_id = n.id"
            "   AND a.replaces IS NULL)"
            f" FROM group_session n WHERE n.group_id = :group AND {SEEN.format('n')}"
            " ORDER BY n.started_at DESC, n.row DESC LIMIT 0 + :limit OFFSET :offset",
            {"group": group_id, "limit": limit, "offset": offset, **eyes(seat)},
        )
        return [
            SessionLine(row[0], row[1], row[2], Moment(row[3], row[4]), *row[5:9]) for row in rows
        ]

    def cells(self, seat: Seat, group_id: str, limit: int = PAGE) -> list[Cell]:
        """Return who came to a group's newest sessions, as it stands today."""
        rows = self.reader.execute(
            "SELECT a.id, a.session_id, a.student_id, a.note_id, a.attendance, a.reason,"
            " a.replaces IS NOT NULL FROM (SELECT n.id FROM group_session n"
            f"  WHERE n.group_id = :group AND {SEEN.format('n')}"
            "  ORDER BY n.started_at DESC, n.row DESC LIMIT 0 + :limit) AS page"
            f" JOIN group_attendance a ON a.session_id = page.id WHERE {_STANDS}",
            {"group": group_id, "limit": limit, **eyes(seat)},
        )
        return [
            Cell(
                row[0],
                row[1],
                StudentId(row[2]),
                NoteId(row[3]),
                Attendance(row[4]),
                row[5],
                bool(row[6]),
            )
            for row in rows
        ]

    def attending(self, session_id: str) -> list[AttendingLine]:
        """Return each member at a session by name: as it stands, with what was before it."""
        rows = self.reader.execute(
            f"SELECT {_LISTED[Attending]}, s.given_name, s.family_name, s.preferred_name, s.grade"
            " FROM group_attendance a JOIN student s ON s.id = a.student_id"
            " WHERE a.session_id = ? ORDER BY s.listed_name, s.id, a.row",
            (session_id,),
        )
        width = _WIDTH[Attending]
        found: dict[str, AttendingLine] = {}
        for row in rows:
            one = restored(Attending, row[:width])
            before = found.get(one.student_id)
            found[one.student_id] = AttendingLine(
                one,
                shown_name(*row[width : width + 3]),
                row[width + 3],
                (*before.before, before.attending) if before else (),
            )
        return list(found.values())

    def one_attending(self, seat: Seat, attending_id: str) -> Attending | None:
        """Return a member at a session by its row's id, or None."""
        row = self.reader.execute(
            f"SELECT {_LISTED[Attending]} FROM group_attendance a"
            f" WHERE a.id = :id AND {SEEN.format('a')}",
            {"id": attending_id, **eyes(seat)},
        ).fetchone()
        return restored(Attending, row) if row else None

    def is_replaced(self, attending_id: str) -> bool:
        """Tell whether a row was corrected since."""
        row = self.reader.execute(
            "SELECT EXISTS (SELECT 1 FROM group_attendance WHERE replaces = ?)", (attending_id,)
        ).fetchone()
        return bool(row and row[0])


class SessionsKeeper(Sessions, GroupsKeeper):
    """Groups and their sessions, inside a transaction."""

    def save_draft(self, draft: GroupDraft) -> bool:
        """Write a draft as it stands; tell whether it is still a draft.

        One statement, and none can bring back the draft of a session that was signed.
        """
        row = self.tx.execute(
            "INSERT INTO group_draft (id, group_id, person_id, content, made_at, saved_at, zone)"
            " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7"
            " WHERE NOT EXISTS (SELECT 1 FROM group_session WHERE id = ?1)"
            " ON CONFLICT (id) DO UPDATE SET content = excluded.content,"
            "   saved_at = excluded.saved_at WHERE person_id = excluded.person_id"
            " RETURNING 1",
            (
                draft.id,
                draft.group_id,
                self.tx.who,
                draft.form.text(),
                draft.made.at,
                self.tx.now.at,
                draft.made.zone,
            ),
        ).fetchone()
        return row is not None

    def drop_draft(self, draft_id: str) -> bool:
        """Remove one of the drafts of whoever is at the desk; tell whether it was there."""
        row = self.tx.execute(
            "DELETE FROM group_draft WHERE id = ? AND person_id = ? RETURNING 1",
            (draft_id, self.tx.who),
        ).fetchone()
        return row is not None

    def add(self, record: GroupSession | Attending) -> str:
        """Write a frozen row and return its hash."""
        values = stored(record)
        sealed = seal(values)
        self.tx.execute(_INSERTS[type(record)], (*values, sealed))
        return sealed.hex()

    def add_all(self, rows: tuple[Attending, ...]) -> dict[str, str]:
        """Write the frozen rows of who came, and return each one's hash."""
        kept = [(row.id, values, seal(values)) for row in rows for values in (stored(row),)]
        self.tx.executemany(
            _INSERTS[Attending], [(*values, sealed) for _id, values, sealed in kept]
        )
        return {row_id: sealed.hex() for row_id, _values, sealed in kept}


def frozen_rows(reader: Reader) -> tuple[int, list[Wrong]]:
    """Return how many frozen rows the room has, and those that are not what a command wrote."""
    seen: dict[tuple[str, str], str] = {}
    for subject, session, rows in reader.execute(
        "SELECT subject_id, after ->> '$.hash', after -> '$.rows' FROM journal"
        " WHERE what IN ('SignGroupSession', 'CorrectAttendance') ORDER BY seq DESC"
    ):
        if session:
            seen["group_session", subject] = session
        for row_id, hashed in json.loads(rows or "{}").items():
            seen["group_attendance", row_id] = hashed
    count = 0
    wrong: list[Wrong] = []
    for kind, table in _TABLES.items():
        for row in reader.execute(
            f"SELECT {', '.join(columns(kind))}, hash FROM {table} ORDER BY row"
        ):
            count += 1
            sealed = bytes(row[-1])
            told = seen.pop((table, row[0]), None)
            if seal(row[:-1]) != sealed or (told and told != sealed.hex()):
                wrong.append(Wrong(table, str(row[0]), How.ALTERED))
            elif told is None:
                wrong.append(Wrong(table, str(row[0]), How.UNWITNESSED))
    return count, wrong + [Wrong(table, row, How.GONE) for table, row in seen]
