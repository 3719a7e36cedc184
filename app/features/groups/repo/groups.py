"""Groups, their members and those who wait, in the file."""

import json
from dataclasses import dataclass

from app.features.groups.model.group import Group, Membership
from app.kernel.clock import Moment
from app.kernel.ids import PersonId, StudentId
from app.kernel.names import folded, shown_name
from app.kernel.ports import Reader, Row, Seat, Transaction
from app.kernel.rights import eyes

PAGE = 200
"""Rows in one page of a list."""

SEEN = (
    "+{}.person_id IN (SELECT p.id FROM person p WHERE p.id = :me"
    " OR p.role IN (SELECT value FROM json_each(:roles)))"
)
"""Whose groups and sessions a seat sees; the plus keeps the engine from choosing by person."""

_COLUMNS = (
    "g.id, g.name, g.purpose, g.curriculum, g.contents, g.planned, g.minutes, g.service_id,"
    " g.school_id, g.person_id, g.second_id, g.size_limit, g.starts_on, g.ends_on, g.copied_from,"
    " g.closed_on, g.close_reason"
)
_WIDTH = 17
_MEMBER = (
    "m.id, m.group_id, m.student_id, m.waits_since, m.joined_on, m.left_on, m.left_reason"
)  # fmt: skip
_STUDENT = "s.given_name, s.family_name, s.preferred_name, s.grade, s.listed_name"


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group in a list."""

    group: Group
    school: str
    leader: str
    members: int
    waiting: int
    sessions: int
    last_at: str
    """When its last session began; empty if it had none."""


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A member, or one who waits, as the group's page lists them."""

    membership: Membership
    student: str
    grade: str
    school: str


@dataclass(frozen=True, slots=True)
class StudentGroup:
    """A stretch of one student in a group, and how often they came."""

    membership: Membership
    group: str
    closed: bool
    sessions: int
    attended: int


def _group(row: Row) -> Group:
    return Group(
        id=row[0],
        name=row[1],
        purpose=row[2],
        curriculum=row[3],
        contents=tuple(json.loads(row[4])),
        planned=row[5],
        minutes=row[6],
        service_id=row[7],
        school_id=row[8],
        person_id=PersonId(row[9]),
        second_id=PersonId(row[10]) if row[10] else None,
        size_limit=row[11],
        starts_on=row[12],
        ends_on=row[13],
        copied_from=row[14],
        closed_on=row[15],
        close_reason=row[16],
    )


def member_of(row: Row) -> Membership:
    """Return the membership of a row."""
    return Membership(row[0], row[1], StudentId(row[2]), *row[3:7])


class Groups:
    """Groups and who is in them, for reading."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def group(self, seat: Seat, group_id: str) -> Group | None:
        """Return a group, or None; one that `seat` does not see is not there for it."""
        row = self.reader.execute(
            f"SELECT {_COLUMNS} FROM student_group g WHERE g.id = :group AND {SEEN.format('g')}",
            {"group": group_id, **eyes(seat)},
        ).fetchone()
        return _group(row) if row else None

    def page(
        self,
        seat: Seat,
        *,
        closed: bool = False,
        mine: bool = False,
        text: str = "",
        school: str = "",
        offset: int = 0,
        limit: int = PAGE,
    ) -> list[GroupLine]:
        """Return one page of groups, open or closed, by name; those whose name holds `text`."""
        rows = self.reader.execute(
            f"SELECT {_COLUMNS}, coalesce(c.name, ''), p.name,"
            " (SELECT count(*) FROM group_member m WHERE m.group_id = g.id AND m.left_on = ''"
            "   AND m.joined_on <> ''),"
            " (SELECT count(*) FROM group_member m WHERE m.group_id = g.id AND m.left_on = ''"
            "   AND m.joined_on = ''),"
            " (SELECT count(*) FROM group_session n WHERE n.group_id = g.id),"
            " (SELECT max(n.started_at) FROM group_session n WHERE n.group_id = g.id)"
            " FROM student_group g JOIN person p ON p.id = g.person_id"
            " LEFT JOIN school c ON c.id = g.school_id"
            f" WHERE (g.closed_on <> '') = :closed AND {SEEN.format('g')}"
            "  AND (:mine = 0 OR :me IN (g.person_id, g.second_id))"
            "  AND (:school = '' OR g.school_id = :school)"
            "  AND instr(g.listed_name, :text) > 0"
            " ORDER BY g.listed_name, g.id LIMIT 0 + :limit OFFSET :offset",
            {
                "closed": int(closed),
                "mine": int(mine),
                "text": folded(text),
                "school": school,
                "limit": limit,
                "offset": offset,
                **eyes(seat),
            },
        )
        return [
            GroupLine(
                _group(row),
                school=row[_WIDTH],
                leader=row[_WIDTH + 1],
                members=row[_WIDTH + 2],
                waiting=row[_WIDTH + 3],
                sessions=row[_WIDTH + 4],
                last_at=row[_WIDTH + 5] or "",
            )
            for row in rows
        ]

    def counts(self, seat: Seat) -> tuple[int, int]:
        """Return how many groups are open, and how many are closed."""
        row = self.reader.execute(
            "SELECT coalesce(sum(closed_on = ''), 0), coalesce(sum(closed_on <> ''), 0)"
            f" FROM student_group g WHERE {SEEN.format('g')}",
            eyes(seat),
        ).fetchone()
        return (int(row[0]), int(row[1])) if row else (0, 0)

    def people(self, seat: Seat) -> list[tuple[str, str]]:
        """Return those who could lead a group: the people of the same field, by name."""
        rows = self.reader.execute(
            "SELECT id, name FROM person WHERE active = 1 AND removed_at = '' AND (id = :me"
            " OR role IN (SELECT value FROM json_each(:roles))) ORDER BY name, id",
            eyes(seat),
        )
        return [(row[0], row[1]) for row in rows]

    def name_of(self, person: str | None) -> str:
        """Return a person's name, or nothing."""
        row = self.reader.execute("SELECT name FROM person WHERE id = ?", (person,)).fetchone()
        return str(row[0]) if row else ""

    def school_of(self, school_id: str | None) -> str:
        """Return a building's name, or nothing."""
        row = self.reader.execute("SELECT name FROM school WHERE id = ?", (school_id,)).fetchone()
        return str(row[0]) if row else ""

    def service_of(self, service_id: str) -> tuple[str, str]:
        """Return the code and the label of a kind of service as it stands."""
        row = self.reader.execute(
            "SELECT code, label FROM service_kind WHERE id = ?", (service_id,)
        ).fetchone()
        return (str(row[0]), str(row[1])) if row else ("", "")

    # -- members ---------------------------------------------------------------------

    def members(self, group_id: str) -> list[MemberLine]:
        """Return everyone who is, was or waits: those in it by name, those who wait in order."""
        rows = self.reader.execute(
            f"SELECT {_MEMBER}, {_STUDENT}, coalesce(c.name, '')"
            " FROM group_member m JOIN student s ON s.id = m.student_id"
            " LEFT JOIN school c ON c.id = s.school_id WHERE m.group_id = ?"
            " ORDER BY m.left_on <> '', m.joined_on = '',"
            "  CASE WHEN m.joined_on = '' THEN m.waits_since || m.made_at ELSE s.listed_name END,"
            "  m.id",
            (group_id,),
        )
        return [
            MemberLine(member_of(row), shown_name(*row[7:10]), row[10], row[12]) for row in rows
        ]

    def those_on(self, group_id: str, day: str) -> list[StudentId]:
        """Return who is in the group on a day, by name."""
        rows = self.reader.execute(
            "SELECT DISTINCT m.student_id, s.listed_name FROM group_member m"
            " JOIN student s ON s.id = m.student_id"
            " WHERE m.group_id = :group AND m.joined_on <> '' AND m.joined_on <= :day"
            "   AND (m.left_on = '' OR :day <= m.left_on) ORDER BY s.listed_name, m.student_id",
            {"group": group_id, "day": day},
        )
        return [StudentId(row[0]) for row in rows]

    def ever(self, group_id: str) -> list[StudentId]:
        """Return everyone whose name no other member's note may hold: all who were ever in it."""
        rows = self.reader.execute(
            "SELECT DISTINCT student_id FROM group_member WHERE group_id = ?", (group_id,)
        )
        return [StudentId(row[0]) for row in rows]

    def membership(self, member_id: str) -> Membership | None:
        """Return a stretch by its id, or None."""
        row = self.reader.execute(
            f"SELECT {_MEMBER} FROM group_member m WHERE m.id = ?", (member_id,)
        ).fetchone()
        return member_of(row) if row else None

    def open_membership(self, group_id: str, student_id: str) -> Membership | None:
        """Return the stretch that a student is in, or waits in, now; or None."""
        row = self.reader.execute(
            f"SELECT {_MEMBER} FROM group_member m"
            " WHERE m.group_id = ? AND m.student_id = ? AND m.left_on = ''",
            (group_id, student_id),
        ).fetchone()
        return member_of(row) if row else None

    def size(self, group_id: str) -> int:
        """Return how many are in the group now."""
        row = self.reader.execute(
            "SELECT count(*) FROM group_member"
            " WHERE group_id = ? AND left_on = '' AND joined_on <> ''",
            (group_id,),
        ).fetchone()
        return int(row[0]) if row else 0

    def has_attended(self, group_id: str, student_id: str) -> bool:
        """Tell whether a signed session of the group names the student."""
        row = self.reader.execute(
            "SELECT EXISTS (SELECT 1 FROM group_attendance a JOIN group_session n"
            " ON n.id = a.session_id WHERE a.student_id = ? AND n.group_id = ?)",
            (student_id, group_id),
        ).fetchone()
        return bool(row and row[0])

    def last_attended(self, group_id: str, student_id: str) -> str:
        """Return when the last signed session that names the student began, or nothing."""
        row = self.reader.execute(
            "SELECT max(n.started_at) FROM group_attendance a JOIN group_session n"
            " ON n.id = a.session_id WHERE a.student_id = ? AND n.group_id = ?",
            (student_id, group_id),
        ).fetchone()
        return str(row[0] or "") if row else ""

    def knows_student(self, student_id: str) -> bool:
        """Tell whether there is such a student."""
        row = self.reader.execute("SELECT 1 FROM student WHERE id = ?", (student_id,)).fetchone()
        return row is not None

    def of_student(self, seat: Seat, student_id: str) -> list[StudentGroup]:
        """Return the groups a student is, was or waits in, the newest first."""
        rows = self.reader.execute(
            f"SELECT {_MEMBER}, g.name, g.closed_on <> '',"
            " (SELECT count(*) FROM group_attendance a JOIN group_session n ON n.id = a.session_id"
            "   WHERE n.group_id = g.id AND a.student_id = m.student_id AND a.replaces IS NULL),"
            " (SELECT count(*) FROM group_attendance a JOIN group_session n ON n.id = a.session_id"
            "   WHERE n.group_id = g.id AND a.student_id = m.student_id"
            "     AND a.attendance = 'present'"
            "     AND NOT EXISTS (SELECT 1 FROM group_attendance r WHERE r.replaces = a.id))"
            " FROM group_member m JOIN student_group g ON g.id = m.group_id"
            f" WHERE m.student_id = :student AND {SEEN.format('g')}"
            " ORDER BY m.left_on <> '', max(m.joined_on, m.waits_since) DESC, m.id LIMIT 0 + :limit",
            {"student": student_id, "limit": PAGE, **eyes(seat)},
        )
        return [StudentGroup(member_of(row), row[7], bool(row[8]), *row[9:11]) for row in rows]


class GroupsKeeper(Groups):
    """Groups and who is in them, inside a transaction."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx)
        self.tx = tx

    def add_group(self, group: Group) -> None:
        """Write a new group."""
        names = _stored(group)
        columns = ", ".join((*names, "made_at", "zone"))
        self.tx.execute(
            f"INSERT INTO student_group ({columns}) VALUES ({', '.join('?' * (len(names) + 2))})",
            (*names.values(), self.tx.now.at, self.tx.now.zone),
        )

    def change_group(self, group: Group) -> None:
        """Write a group as it is now."""
        names = _stored(group)
        del names["id"]
        self.tx.execute(
            f"UPDATE student_group SET {', '.join(f'{name} = ?' for name in names)} WHERE id = ?",
            (*names.values(), group.id),
        )

    def add_member(self, member: Membership, made: Moment | None = None) -> None:
        """Write a new stretch in a group, or a place on its waiting list."""
        at = made or self.tx.now
        self.tx.execute(
            "INSERT INTO group_member (id, group_id, student_id, person_id, waits_since, joined_on,"
            " left_on, left_reason, made_at, zone) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                member.id,
                member.group_id,
                member.student_id,
                self.tx.who,
                member.waits_since,
                member.joined_on,
                member.left_on,
                member.left_reason,
                at.at,
                at.zone,
            ),
        )

    def change_member(self, member: Membership) -> None:
        """Write a stretch as it is now."""
        self.tx.execute(
            "UPDATE group_member SET waits_since = ?, joined_on = ?, left_on = ?, left_reason = ?"
            " WHERE id = ?",
            (
                member.waits_since,
                member.joined_on,
                member.left_on,
                member.left_reason,
                member.id,
            ),
        )

    def drop_member(self, member_id: str) -> None:
        """Remove a stretch that was entered by mistake."""
        self.tx.execute("DELETE FROM group_member WHERE id = ?", (member_id,))

    def open_members(self, group_id: str) -> list[Membership]:
        """Return everyone who is in the group or waits, in the order they wait."""
        rows = self.tx.execute(
            f"SELECT {_MEMBER} FROM group_member m WHERE m.group_id = ? AND m.left_on = ''"
            " ORDER BY m.waits_since, m.made_at, m.id",
            (group_id,),
        )
        return [member_of(row) for row in rows]

    def left_with(self, group_id: str, day: str, reason: str) -> list[Membership]:
        """Return those who left a group on a day for a reason and are not in it again."""
        rows = self.tx.execute(
            f"SELECT {_MEMBER} FROM group_member m WHERE m.group_id = ? AND m.left_on = ?"
            " AND m.left_reason = ? AND NOT EXISTS (SELECT 1 FROM group_member o"
            "  WHERE o.group_id = m.group_id AND o.student_id = m.student_id AND o.left_on = '')",
            (group_id, day, reason),
        )
        return [member_of(row) for row in rows]


def _stored(group: Group) -> dict[str, str | int | None]:
    return {
        "id": group.id,
        "name": group.name,
        "purpose": group.purpose,
        "curriculum": group.curriculum,
        "contents": json.dumps(group.contents, ensure_ascii=False, separators=(",", ":")),
        "planned": group.planned,
        "minutes": group.minutes,
        "service_id": group.service_id,
        "school_id": group.school_id,
        "person_id": group.person_id,
        "second_id": group.second_id,
        "size_limit": group.size_limit,
        "starts_on": group.starts_on,
        "ends_on": group.ends_on,
        "copied_from": group.copied_from,
        "closed_on": group.closed_on,
        "close_reason": group.close_reason,
        "listed_name": folded(group.name),
    }
