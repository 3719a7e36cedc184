"""Where the schedule meets the rooms that do what was planned: groups, and notes of sessions."""

from app.features.groups.service import Planned
from app.features.sessions.model import PlannedSession
from app.kernel.clock import Moment
from app.kernel.ids import StudentId
from app.kernel.nouns import Place
from app.kernel.ports import Read, Reader


class PlannedGroups:
    """The groups as the schedule asks for them; a guarded reader shows only those of one's field."""

    def __init__(self, read: Read) -> None:
        self._read = read

    def names(self) -> dict[str, str]:
        """Return the name of each group that is open, by its id, in order of names."""
        with self._read() as reader:
            rows = reader.execute(
                "SELECT id, name FROM student_group WHERE closed_on = '' ORDER BY listed_name, id"
            )
            return {row[0]: row[1] for row in rows}

    def members(self, group_id: str, day: str) -> frozenset[StudentId]:
        """Return who is in a group on a day, those who wait left out."""
        with self._read() as reader:
            rows = reader.execute(
                "SELECT student_id FROM group_member WHERE group_id = :group AND joined_on <> ''"
                " AND joined_on <= :day AND (left_on = '' OR left_on >= :day)",
                {"group": group_id, "day": day},
            )
            return frozenset(StudentId(row[0]) for row in rows)


def planned_session(reader: Reader, appointment_id: str) -> PlannedSession | None:
    """Return an appointment with a student, for whoever writes its note; None if it is none."""
    row = reader.execute(
        "SELECT id, student_id, starts_at, zone, ends - starts, service_id, place, school_id"
        " FROM appointment WHERE id = ? AND kind = 'session' AND state <> 'off'",
        (appointment_id,),
    ).fetchone()
    if row is None:
        return None
    return PlannedSession(
        row[0],
        StudentId(row[1]),
        Moment(row[2], row[3]),
        row[4],
        row[5] or "",
        Place(row[6]),
        row[7] or "",
    )


def planned_group(reader: Reader, appointment_id: str) -> Planned | None:
    """Return an appointment of a group, for whoever takes it; None if it is none."""
    row = reader.execute(
        "SELECT id, group_id, starts_at, zone, ends - starts, place, school_id FROM appointment"
        " WHERE id = ? AND kind = 'group' AND state <> 'off'",
        (appointment_id,),
    ).fetchone()
    if row is None:
        return None
    return Planned(row[0], row[1], Moment(row[2], row[3]), row[4], row[5], row[6] or "")
