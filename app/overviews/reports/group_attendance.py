"""A group's roster and its attendance as reports for whoever leads it; without the group's name."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.features.groups.model.group import CLOSED, Group
from app.features.groups.repo.sessions import Sessions
from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.ids import StudentId
from app.kernel.nouns import Attendance, Role
from app.kernel.words import N_, _, ngettext, pgettext
from app.overviews.reports.lists import (
    Asked,
    Choice,
    Namer,
    Names,
    Reading,
    Report,
    ReportKind,
)
from app.overviews.reports.others_named import Masked
from app.overviews.reports.wording import spoken_attendance, spoken_day, spoken_grade
from app.paper import blocks
from app.paper.sheets import Cell
from app.paper.tables import Column, Table

_LEAD = frozenset({Role.COUNSELOR, Role.SOCIAL_WORKER, Role.PSYCHOLOGIST, Role.NURSE})
_ON_A_SHEET = 20
"""Sessions in one grid on paper; more begin another one."""

_STRETCHES = """
SELECT m.student_id, s.preferred_name, s.given_name, s.family_name, s.grade, coalesce(b.name, ''),
       m.waits_since, m.joined_on, m.left_on, m.left_reason
  FROM group_member m JOIN student s ON s.id = m.student_id
  LEFT JOIN school b ON b.id = s.school_id WHERE m.group_id = ?
 ORDER BY m.left_on <> '', m.joined_on = '', s.listed_name, s.id, m.joined_on, m.id
"""
_MARKS = """
SELECT n.id, n.number, n.started_at, n.zone, a.student_id, a.attendance, a.reason,
       a.replaces IS NOT NULL, s.preferred_name, s.given_name, s.family_name
  FROM group_session n JOIN group_attendance a ON a.session_id = n.id
  JOIN student s ON s.id = a.student_id
 WHERE n.group_id = ? AND n.started_at >= ? AND n.started_at < ?
   AND NOT EXISTS (SELECT 1 FROM group_attendance r WHERE r.replaces = a.id)
 ORDER BY n.started_at, n.row, s.listed_name, s.id
"""


@dataclass(slots=True)
class _Kept:
    """Attendance as it was read: sessions in order, members in order, and each one's marks."""

    sessions: dict[str, tuple[int, Moment]] = field(default_factory=dict)
    students: dict[StudentId, str] = field(default_factory=dict)
    marks: dict[tuple[str, StudentId], tuple[Attendance, str, bool]] = field(default_factory=dict)


def letter(attendance: Attendance) -> str:
    """Return the letter that stands for attendance in a grid."""
    return {
        Attendance.PRESENT: pgettext("the letter that marks a student as present", "P"),
        Attendance.ABSENT: pgettext("the letter that marks a student as absent", "A"),
        Attendance.DECLINED: pgettext("the letter that marks that a student declined", "D"),
        Attendance.CANCELLED: pgettext("the letter that marks a cancelled session", "C"),
    }[attendance]


def _group(reading: Reading, asked: Asked) -> Group:
    group = Sessions(reading.reader).group(reading.seat, asked.group)
    if group is None:
        raise Refused("group-gone", "group")
    return group


def _scope(reading: Reading, group: Group) -> str:
    groups = Sessions(reading.reader)
    said = [
        _("Group led by {leader}").format(leader=groups.name_of(group.person_id)),
        groups.school_of(group.school_id),
        group.curriculum,
    ]
    if group.starts_on and group.ends_on:
        said.append(
            _("{first} to {last}").format(
                first=spoken_day(group.starts_on), last=spoken_day(group.ends_on)
            )
        )
    return ", ".join(part for part in said if part)


# -- the roster --------------------------------------------------------------------------


def _roster(reading: Reading, asked: Asked) -> Table:
    group = _group(reading, asked)
    count = reading.reader.execute(
        "SELECT coalesce(sum(left_on = '' AND joined_on <> ''), 0),"
        " coalesce(sum(left_on = '' AND joined_on = ''), 0) FROM group_member WHERE group_id = ?",
        (group.id,),
    ).fetchone() or (0, 0)
    members = ngettext("{count} member", "{count} members", count[0]).format(count=count[0])
    waiting = ngettext("{count} waits", "{count} wait", count[1]).format(count=count[1])
    return Table(
        _("Group roster"),
        (
            Column(_("Student"), "text", 2.2),
            Column(_("Grade"), "text", 0.9),
            Column(_("Building"), "text", 1.9),
            Column(_("In the group"), "text", 1.4),
            Column(_("Since"), "day", 1.2),
            Column(_("Until"), "day", 1.2),
            Column(_("Reason"), "text", 1.8),
            Column(_("Sessions"), "count", 0.9),
            Column(_("Came to"), "count", 0.9),
        ),
        _stretches(reading, asked, group),
        scope=_scope(reading, group),
        sentences=(_("{members}, {waiting}.").format(members=members, waiting=waiting),),
        empty=_("Nobody is in the group yet."),
        landscape=True,
    )


def _stretches(reading: Reading, asked: Asked, group: Group) -> Iterator[Sequence[Cell]]:
    namer = Namer(asked.names)
    texts = Masked(reading.watch, own=asked.names is Names.FULL)
    kept = _kept(reading, asked, group)
    rows = reading.reader.execute(_STRETCHES, (group.id,)).fetchall()
    if asked.names is Names.NONE:
        rows.sort(key=lambda row: (row[8] != "", row[7] == "", _lot(row[0])))
    for row in rows:
        student = StudentId(row[0])
        reading.about(student)
        waits, joined, left, reason = row[6:10]
        own = [mark for (_session, of), mark in kept.marks.items() if of == student]
        here = _("Member") if joined else _("Waits")
        yield [
            namer.said(student, row[1] or row[2], row[3]),
            spoken_grade(row[4]) if row[4] else "",
            row[5],
            _("Left") if left else here,
            _day(joined or waits),
            _day(left),
            _("The group ended") if reason == CLOSED else texts.said(reason, student),
            len(own),
            sum(mark[0] is Attendance.PRESENT for mark in own),
        ]


def _lot(student: str) -> bytes:
    """Return by what students stand in order where the order of their names is not to be told."""
    return hashlib.sha256(student.encode()).digest()


def _day(text: str) -> Cell:
    return date.fromisoformat(text) if text else None


# -- attendance --------------------------------------------------------------------------


def _kept(reading: Reading, asked: Asked, group: Group) -> _Kept:
    namer = Namer(asked.names)
    first = f"{asked.since.isoformat()}T00:00" if asked.since else ""
    after = f"{asked.until.isoformat()}T99" if asked.until else "9999"
    kept = _Kept()
    texts = Masked(reading.watch, own=asked.names is Names.FULL)
    rows = reading.reader.execute(_MARKS, (group.id, first, after)).fetchall()
    members = frozenset(StudentId(row[4]) for row in rows)
    if asked.names is Names.NONE:
        rows.sort(key=lambda row: (row[2], row[1], _lot(row[4])))
    for row in rows:
        student = StudentId(row[4])
        kept.sessions[row[0]] = (row[1], Moment(row[2], row[3]))
        kept.students.setdefault(student, namer.said(student, row[8] or row[9], row[10]))
        kept.marks[row[0], student] = (
            Attendance(row[5]),
            texts.said(row[6], student, members),
            bool(row[7]),
        )
    return kept


def _attendance(reading: Reading, asked: Asked) -> Table:
    group = _group(reading, asked)
    kept = _kept(reading, asked, group)
    came = sum(mark[0] is Attendance.PRESENT for mark in kept.marks.values())
    sessions = ngettext("{count} session", "{count} sessions", len(kept.sessions)).format(
        count=len(kept.sessions)
    )
    of = len(kept.marks)
    return Table(
        _("Group attendance"),
        (
            Column(_("Session"), "count", 0.8),
            Column(_("Day"), "day", 1.2),
            Column(_("Student"), "text", 2.2),
            Column(_("Attendance"), "text", 1.2),
            Column(_("Reason"), "text", 2.4),
            Column(_("Corrected"), "text", 1.0),
        ),
        _marks(reading, kept),
        scope=_scope(reading, group),
        sentences=(
            _("{sessions}: {came} of {of} places were taken ({share} %).").format(
                sessions=sessions, came=came, of=of, share=round(100 * came / of)
            ),
        )
        if of
        else (),
        empty=_("No session was signed yet."),
        body=tuple(_grids(kept)),
        landscape=True,
    )


def _marks(reading: Reading, kept: _Kept) -> Iterator[Sequence[Cell]]:
    for (session, student), (attendance, reason, corrected) in kept.marks.items():
        reading.about(student)
        number, started = kept.sessions[session]
        yield [
            number,
            started.day(),
            kept.students[student],
            spoken_attendance(attendance),
            reason,
            _("Yes") if corrected else "",
        ]


def _grids(kept: _Kept) -> Iterator[blocks.Block]:
    """Yield attendance as a picture: a member a row, a session a column."""
    sessions = list(kept.sessions)
    for start in range(0, len(sessions), _ON_A_SHEET):
        page = sessions[start : start + _ON_A_SHEET]
        yield blocks.Grid(
            _("Student"),
            _("Came to"),
            tuple(_column(kept.sessions[session]) for session in page),
            tuple(
                blocks.GridGroup(name, "", (blocks.GridRow(_share(kept, student), cells),))
                for student, name in sorted(kept.students.items(), key=lambda item: item[1])
                for cells in (tuple(_cell(kept.marks, one, student) for one in page),)
            ),
        )
    if sessions:
        yield blocks.Text(
            " · ".join(f"{letter(kind)} {spoken_attendance(kind)}" for kind in Attendance)
        )


def _column(session: tuple[int, Moment]) -> blocks.GridColumn:
    number, started = session
    day = started.day()
    return blocks.GridColumn(str(number), f"{day.month}/{day.day}")


def _share(kept: _Kept, student: StudentId) -> str:
    own = [mark for (_session, of), mark in kept.marks.items() if of == student]
    came = sum(mark[0] is Attendance.PRESENT for mark in own)
    return f"{came}/{len(own)}"


def _cell(
    marks: Mapping[tuple[str, StudentId], tuple[Attendance, str, bool]],
    session: str,
    student: StudentId,
) -> blocks.GridCell:
    mark = marks.get((session, student))
    if mark is None:
        return blocks.GridCell(off=True)
    return blocks.GridCell(
        letter(mark[0]),
        pgettext("the mark of an attendance that was corrected", "c") if mark[2] else "",
        framed=mark[0] is not Attendance.PRESENT,
    )


_CHOICES = frozenset({Choice.GROUP, Choice.NAMES})

GROUP_ROSTER = Report(
    ReportKind.GROUP_ROSTER,
    N_("Group roster"),
    N_("Who is in a group, who waits and who left, with how often each of them came."),
    _CHOICES,
    _roster,
    roles=_LEAD,
)
GROUP_ATTENDANCE = Report(
    ReportKind.GROUP_ATTENDANCE,
    N_("Group attendance"),
    N_("Each session of a group with who came, as a grid and as a list."),
    _CHOICES,
    _attendance,
    roles=_LEAD,
)
