"""A person's signed sessions between two days, as a report."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.ids import StudentId
from app.kernel.nouns import Attendance
from app.kernel.ports import Reader, Row, Seat, Value
from app.kernel.words import N_, _, ngettext
from app.overviews.mentions import in_sessions_of
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
from app.overviews.reports.student_facts import Span
from app.overviews.reports.wording import (
    spoken_attendance,
    spoken_day,
    spoken_minutes,
    spoken_moment,
    spoken_place,
)
from app.paper.sheets import Cell
from app.paper.tables import Column, Table

_PAGE = 200

_CHOSEN = """
  FROM session_note n WHERE n.person_id = :me AND n.started_at >= :first AND n.started_at < :after
   AND (:school = '' OR n.school_id = :school) AND (:service = '' OR n.service_id = :service)
"""
_ROWS = f"""
SELECT n.row, n.id, n.student_id, n.started_at, n.zone, n.minutes, n.service_label, n.place,
       n.attendance, n.attendance_reason, n.late, s.given_name, s.family_name, s.preferred_name,
       coalesce(b.name, ''), iif(:texts, n.sections, '')
  FROM session_note n JOIN student s ON s.id = n.student_id
  LEFT JOIN school b ON b.id = n.school_id
 WHERE n.row IN (SELECT n.row {_CHOSEN} AND (n.started_at, n.row) > (:at, :row)
                  ORDER BY n.started_at, n.row LIMIT {_PAGE})
 ORDER BY n.started_at, n.row
"""
_ADDED = """
SELECT a.note_id, a.kind, a.reason, a.sections, a.signed_at, a.signed_zone
  FROM note_addition a WHERE a.note_id IN (SELECT value FROM json_each(:notes)) ORDER BY a.row
"""
_SUMS = f"""
SELECT count(*), coalesce(sum(iif(n.attendance = 'present', n.minutes, 0)), 0),
       coalesce(sum(n.attendance = 'present'), 0) {_CHOSEN}
"""


def _table(reading: Reading, asked: Asked) -> Table:
    reader, seat = reading.reader, reading.seat
    if asked.since is None or asked.until is None:
        raise Refused("day-unclear", "since" if asked.since is None else "until")
    zone = _zone(reader, seat)
    first, after = Span(asked.since, asked.until).instants(zone)
    values: dict[str, Value] = {
        "me": seat.person,
        "first": first,
        "after": after,
        "school": asked.school or "",
        "service": asked.service,
    }
    count, minutes, held = reader.execute(_SUMS, values).fetchone() or (0, 0, 0)
    sessions = ngettext("{count} session", "{count} sessions", count).format(count=f"{count:,}")
    columns = [
        Column(_("Day"), "day", 1.5),
        Column(_("Time"), "time", 1.2),
        Column(_("Student"), "text", 2.1),
        Column(_("Minutes"), "minutes", 1.15),
        Column(_("Service"), "text", 2.0),
        Column(_("Where"), "text", 1.5),
        Column(_("Building"), "text", 1.9),
        Column(_("Attendance"), "text", 1.8),
        Column(_("Late"), "text", 0.8),
    ]
    if asked.texts:
        columns.append(Column(_("Note"), "text", 5.0))
    total: tuple[Cell, ...] = (_("Held"), None, None, minutes, *([None] * (len(columns) - 4)))
    return Table(
        _("Session log"),
        tuple(columns),
        _rows(reading, asked, values),
        scope=_scope(reader, asked, seat),
        sentences=(
            _("{sessions}, {held} of them held: {minutes}. Only signed notes are listed.").format(
                sessions=sessions, held=f"{held:,}", minutes=spoken_minutes(minutes)
            ),
            *([_("Other students named in the notes are masked.")] if asked.texts else []),
        ),
        total=total,
        empty=_("No signed sessions in this period."),
        landscape=True,
    )


def _zone(reader: Reader, seat: Seat) -> str:
    """Return the zone in which the person last wrote a session down."""
    row = reader.execute(
        "SELECT zone FROM session_note WHERE person_id = ? ORDER BY started_at DESC LIMIT 1",
        (seat.person,),
    ).fetchone()
    return str(row[0]) if row else "UTC"


def _scope(reader: Reader, asked: Asked, seat: Seat) -> str:
    row = reader.execute("SELECT name FROM person WHERE id = ?", (seat.person,)).fetchone()
    said = [
        row[0] if row else "",
        _("{first} to {last}").format(
            first=spoken_day(asked.since or ""), last=spoken_day(asked.until or "")
        ),
    ]
    for table, wanted in (("school", asked.school), ("service_kind", asked.service)):
        if wanted:
            column = "name" if table == "school" else "label"
            named = reader.execute(f"SELECT {column} FROM {table} WHERE id = ?", (wanted,))
            said.append(str((named.fetchone() or ("",))[0]))
    return ", ".join(part for part in said if part)


def _rows(reading: Reading, asked: Asked, values: Mapping[str, Value]) -> Iterator[Sequence[Cell]]:
    reader = reading.reader
    namer = Namer(asked.names)
    texts = Masked(reading.watch, own=asked.names is Names.FULL)
    at, last = "", 0
    while True:
        bound = {**values, "texts": int(asked.texts), "at": at, "row": last}
        page = reader.execute(_ROWS, bound).fetchall()
        added: dict[str, list[Row]] = {}
        if asked.texts:
            notes = json.dumps([row[1] for row in page])
            for addition in reader.execute(_ADDED, {"notes": notes}):
                added.setdefault(addition[0], []).append(addition)
        together = in_sessions_of(reader, [row[1] for row in page if row[9] or asked.texts])
        for row in page:
            reading.about(StudentId(row[2]))
            said = _Said(texts, StudentId(row[2]), together.get(row[1], frozenset()))
            yield _cells(row, asked, namer, added.get(row[1], []), said)
        if len(page) < _PAGE:
            return
        at, last = page[-1][3], page[-1][0]


@dataclass(frozen=True, slots=True)
class _Said:
    """Says one note's texts, with the others in them masked."""

    texts: Masked
    student: StudentId
    members: frozenset[StudentId]

    def __call__(self, text: str) -> str:
        return self.texts.said(text, self.student, self.members)


def _cells(row: Row, asked: Asked, namer: Namer, added: Sequence[Row], masked: _Said) -> list[Cell]:
    _row, _note, student, started, zone, minutes, service, place, *more = row
    attendance, reason, late, given, family, preferred, school, sections = more
    wall = Moment(started, zone).wall()
    said = spoken_attendance(Attendance(attendance))
    if reason:
        said = _("{attendance}: {reason}").format(attendance=said, reason=masked(reason))
    cells: list[Cell] = [
        wall.date(),
        wall.time().replace(second=0, microsecond=0),
        namer.said(student, preferred or given, family),
        minutes,
        service,
        spoken_place(place),
        school,
        said,
        _("Late") if late else "",
    ]
    return [*cells, _text(sections, added, masked)] if asked.texts else cells


def _text(sections: str, added: Sequence[Row], masked: _Said) -> str:
    """Return a note's text as it may be read: a corrected text takes the original's place."""
    parts = []
    if any(kind == "amendment" for _note, kind, *_rest in added):
        parts.append(_("The original text was corrected. It is kept in the record."))
    else:
        parts.append(_joined(sections, masked))
    for _note, kind, reason, text, at, zone in added:
        moment = spoken_moment(Moment(at, zone))
        if kind == "amendment":
            head = _("Amendment of {moment}, reason: {reason}").format(
                moment=moment, reason=masked(reason)
            )
        else:
            head = _("Addendum of {moment}").format(moment=moment)
        parts.append(f"{head}\n{_joined(text, masked)}")
    return "\n".join(part for part in parts if part)


def _joined(sections: str, masked: _Said) -> str:
    said = []
    for section in json.loads(sections):
        title, text = section["title"], masked(section["text"].strip())
        if text:
            said.append(_("{label}: {fact}").format(label=title, fact=text) if title else text)
    return "\n".join(said)


def this_month(today: date) -> tuple[date, date]:
    """Return the first day of the month, and today: what is asked for first."""
    return today.replace(day=1), today


SESSION_LOG = Report(
    ReportKind.SESSIONS,
    N_("Session log"),
    N_("Your signed sessions between two days: when, how long, which service, and attendance."),
    frozenset({Choice.RANGE, Choice.SCHOOL, Choice.SERVICE, Choice.NAMES, Choice.TEXTS}),
    _table,
)
