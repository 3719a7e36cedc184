"""Services owed and sessions given, as they stand in the file."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from app.features.services.model.deliveries import Delivery, Outcome
from app.features.services.model.mandates import (
    Mandate,
    MandateEnd,
    PeriodKind,
    Setting,
    Span,
    Unit,
    spans_of,
    usual_session,
)
from app.features.services.model.reckoning import (
    BOOKED_AHEAD,
    Given,
    SchoolCalendar,
    Standing,
    share,
)
from app.features.services.repo.rows import Kept, listed
from app.kernel.ids import PersonId, SchoolId, StudentId
from app.kernel.ports import Reader, Row, Seat, Transaction
from app.kernel.rights import eyes
from app.kernel.rows import restored

PAGE = 200

CURRENT = "NOT EXISTS (SELECT 1 FROM delivery n WHERE n.replaces = {0}.id)"
"""That a delivery was not corrected by a later row."""


class Planned(NamedTuple):
    """A session that the schedule has for a student."""

    student_id: str
    service_id: str
    setting: Setting
    day: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Fitting:
    """A service owed that a session of a day could count toward."""

    series_id: str
    student_id: StudentId
    service_id: str
    setting: Setting
    unit: Unit
    amount: int
    each_minutes: int
    period: PeriodKind = PeriodKind.WEEK
    times: int = 0


@dataclass(frozen=True, slots=True)
class MinutesLine:
    """One service owed in the list: how its running period stands."""

    series_id: str
    student_id: StudentId
    student: str
    grade: str
    school: str
    service: str
    setting: Setting
    unit: Unit
    period: PeriodKind
    amount: int
    times: int
    each_minutes: int
    first: str
    last: str
    owed: int
    given: int
    standing: Standing
    behind: int
    """How much is missing to an even pace, in its unit."""
    planned: int
    """What the sessions that are planned until the period's end would give, in its unit."""
    planned_sessions: int
    days_left: int
    missed: int
    """Of the sessions in this period that fell out, those nobody has said the reason of."""

    @property
    def remaining(self) -> int:
        """What is still owed in the running period."""
        return max(0, self.owed - self.given)


@dataclass(frozen=True, slots=True)
class MinutesFilter:
    """Which services owed a list shows."""

    school_id: str = ""
    service_id: str = ""
    student_id: str = ""
    at_risk: bool = False
    mine: bool = False


@dataclass(frozen=True, slots=True)
class UndecidedLine:
    """A session that could count toward several services owed, or that nobody has explained."""

    delivery: Delivery
    student: str
    service: str


SORTS: Mapping[str, str] = {
    "risk": "j.risk, j.short DESC, j.owed - j.given DESC",
    "student": "st.listed_name",
    "school": "school, st.listed_name",
    "service": "label, st.listed_name",
    "remaining": "CASE j.in_minutes WHEN 1 THEN j.owed - j.given"
    " ELSE (j.owed - j.given) * j.session END DESC",
    "last": "j.last, st.listed_name",
}


@dataclass(frozen=True, slots=True)
class _Reckoned:
    """What was reckoned last, and of what."""

    of: tuple[MinutesFilter, str, PersonId]
    calendar: SchoolCalendar
    planned: Sequence[Planned]
    bound: dict[str, Any]


class Minutes:
    """Services owed and sessions given, for reading."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._reckoned: _Reckoned | None = None

    # -- records ---------------------------------------------------------------------

    def versions(self, series_id: str) -> list[Mandate]:
        """Return every version of a service owed, the oldest first."""
        return self._mandates("t.series_id = ? ORDER BY t.version", (series_id,))

    def of_student(self, student_id: str) -> list[Mandate]:
        """Return every version of everything owed to a student."""
        return self._mandates("t.student_id = ? ORDER BY t.series_id, t.version", (student_id,))

    def _mandates(self, condition: str, values: tuple[str, ...]) -> list[Mandate]:
        rows = self.reader.execute(
            f"SELECT {listed(Mandate, 't')} FROM mandate t WHERE {condition}", values
        )
        return [restored(Mandate, row) for row in rows]

    def newest(self, series: Sequence[str]) -> list[tuple[Mandate, tuple[str, str, str, str]]]:
        """Return the newest version of each series, with its student's name, school, grade, number.

        In the order of the students' names.
        """
        rows = self.reader.execute(
            f"SELECT {_NAME}, coalesce(b.name, ''), st.grade, st.student_number,"
            f" {listed(Mandate, 't')} FROM mandate t JOIN student st ON st.id = t.student_id"
            " LEFT JOIN school b ON b.id = st.school_id"
            " WHERE t.series_id IN (SELECT value FROM json_each(?)) AND NOT EXISTS"
            " (SELECT 1 FROM mandate n WHERE n.series_id = t.series_id AND n.version > t.version)"
            " ORDER BY st.listed_name, st.row, t.service_label, t.row",
            (json.dumps(list(series)),),
        )
        return [(restored(Mandate, row[4:]), (row[0], row[1], row[2], row[3])) for row in rows]

    def ends(self, series: Sequence[str]) -> dict[str, MandateEnd]:
        """Return the newest end of each series that has one, also one that was taken back."""
        rows = self.reader.execute(
            f"SELECT {listed(MandateEnd, 't')} FROM mandate_end t"
            " WHERE t.series_id IN (SELECT value FROM json_each(?)) ORDER BY t.row",
            (json.dumps(list(series)),),
        )
        found: dict[str, MandateEnd] = {}
        for row in rows:
            end = restored(MandateEnd, row)
            found[end.series_id] = end
        return found

    def delivery(self, delivery_id: str) -> Delivery | None:
        """Return a delivery as it stands now, by its own or its first row's id."""
        row = self.reader.execute(
            f"SELECT {listed(Delivery, 'd')} FROM delivery d WHERE d.first_id ="
            " (SELECT x.first_id FROM delivery x WHERE x.id = ?)"
            f" AND {CURRENT.format('d')}",
            (delivery_id,),
        ).fetchone()
        return restored(Delivery, row) if row else None

    def history(self, first_id: str) -> list[Delivery]:
        """Return every row of a delivery, the oldest first."""
        rows = self.reader.execute(
            f"SELECT {listed(Delivery, 'd')} FROM delivery d WHERE d.first_id = ? ORDER BY d.row",
            (first_id,),
        )
        return [restored(Delivery, row) for row in rows]

    def deliveries(self, student_id: str, since: str, until: str) -> list[Delivery]:
        """Return a student's deliveries between two days as they stand, the newest first."""
        rows = self.reader.execute(
            f"SELECT {listed(Delivery, 'd')} FROM delivery d WHERE d.student_id = ?"
            f" AND d.day BETWEEN ? AND ? AND {CURRENT.format('d')}"
            " ORDER BY d.day DESC, d.row DESC",
            (student_id, since, until),
        )
        return [restored(Delivery, row) for row in rows]

    def makers_up(self, first_ids: Iterable[str]) -> dict[str, str]:
        """Return, of missed sessions that were made up for, by which."""
        rows = self.reader.execute(
            "SELECT d.makes_up, d.first_id FROM delivery d"
            " WHERE d.makes_up IN (SELECT value FROM json_each(?))"
            f" AND d.makes_up <> '' AND {CURRENT.format('d')}",
            (json.dumps(sorted(first_ids)),),
        )
        return {row[0]: row[1] for row in rows}

    def makes_up_for(self, student_id: str, missed_id: str) -> str | None:
        """Return which session makes up for a missed one, if one does."""
        row = self.reader.execute(
            "SELECT d.first_id FROM delivery d WHERE d.student_id = ? AND d.makes_up = ?"
            f" AND {CURRENT.format('d')}",
            (student_id, missed_id),
        ).fetchone()
        return row[0] if row else None

    # -- what is in force ------------------------------------------------------------

    def spans(self, series: Sequence[str]) -> dict[str, list[Span]]:
        """Return the days on which each version of each series is in force, in order."""
        rows = self.reader.execute(
            "SELECT s.series_id, s.mandate_id, s.from_on, s.upto, s.unit, s.amount,"
            " s.each_minutes, s.period FROM mandate_span s"
            " WHERE s.series_id IN (SELECT value FROM json_each(?)) ORDER BY s.from_on",
            (json.dumps(list(series)),),
        )
        return _spans(rows)

    def spans_between(self, since: str, until: str, which: MinutesFilter) -> dict[str, list[Span]]:
        """Return the spans of every series that is in force at any time between two days."""
        rows = self.reader.execute(
            "SELECT s.series_id, s.mandate_id, s.from_on, s.upto, s.unit, s.amount,"
            " s.each_minutes, s.period FROM mandate_span s"
            " WHERE s.upto >= :since AND s.from_on <= :until"
            " AND (:student = '' OR s.student_id = :student)"
            " AND (:service = '' OR s.service_id = :service)"
            " AND (:school = '' OR EXISTS (SELECT 1 FROM student st WHERE st.id = s.student_id"
            "      AND st.school_id = :school)) ORDER BY s.from_on",
            {
                "since": since,
                "until": until,
                "student": which.student_id,
                "service": which.service_id,
                "school": which.school_id,
            },
        )
        return _spans(rows)

    def given(
        self, since: str, until: str, *, by_missed_day: bool, student_id: str = ""
    ) -> dict[str, list[Given]]:
        """Return, by series, every session between two days, each on the day it counts on."""
        counts = (
            "CASE WHEN d.made_up_on <> '' THEN d.made_up_on ELSE d.day END"
            if by_missed_day
            else "d.day"
        )
        rows = self.reader.execute(
            f"SELECT d.series_id, {counts}, d.outcome, d.minutes, d.planned_minutes,"
            " d.makes_up <> '' FROM delivery d"
            " WHERE d.series_id <> '' AND (:student = '' OR d.student_id = :student)"
            f" AND {counts} BETWEEN :since AND :until AND {CURRENT.format('d')}"
            " ORDER BY d.series_id",
            {"since": since, "until": until, "student": student_id},
        )
        outcomes = _OUTCOMES
        return {
            series: [
                Given(day, outcomes[outcome], minutes, planned, made_up == 1)
                for _series, day, outcome, minutes, planned, made_up in held
            ]
            for series, held in groupby(rows, itemgetter(0))
        }

    def fitting(
        self, seat: Seat, students: Sequence[str], service_id: str, setting: Setting, day: str
    ) -> list[Fitting]:
        """Return what a session of a service and setting on a day could count toward."""
        rows = self.reader.execute(
            _FITTING + " AND s.setting IN ('either', :setting)",
            {
                "students": json.dumps(list(students)),
                "day": day,
                "service": service_id,
                "setting": setting,
                **eyes(seat),
            },
        )
        return [_fitting(row) for row in rows]

    # -- the list --------------------------------------------------------------------

    def lines(
        self,
        which: MinutesFilter,
        calendar: SchoolCalendar,
        today: str,
        me: PersonId,
        planned: Sequence[Planned] = (),
        *,
        sort: str = "risk",
        descending: bool = False,
        offset: int = 0,
        limit: int = PAGE,
    ) -> list[MinutesLine]:
        """Return one page of the services owed today, those at risk first.

        What is owed follows from the calendar and is reckoned here, once for each service; what
        was given is summed, judged, sorted and paged by the engine.
        """
        order = SORTS[sort]
        if descending:
            order = ", ".join(_turned(part) for part in order.split(", "))
        rows = self.reader.execute(
            f"{_list(calendar)} ORDER BY {order}, st.row, j.series_id"
            # A sum, since the engine would plan anew at each value of a bare parameter here.
            " LIMIT 0 + :limit OFFSET :offset",
            {
                **self._running(which, calendar, today, me, planned),
                "offset": offset,
                "limit": limit,
            },
        )
        return [_line(row) for row in rows]

    def count(
        self,
        which: MinutesFilter,
        calendar: SchoolCalendar,
        today: str,
        me: PersonId,
        planned: Sequence[Planned] = (),
    ) -> tuple[int, int]:
        """Return how many services are owed today, and how many of them are at risk."""
        row = self.reader.execute(
            f"SELECT count(*), coalesce(sum(risk = 0), 0) FROM ({_list(calendar)})",
            self._running(which, calendar, today, me, planned),
        ).fetchone()
        return (row[0], row[1]) if row else (0, 0)

    def _running(
        self,
        which: MinutesFilter,
        calendar: SchoolCalendar,
        today: str,
        me: PersonId,
        planned: Sequence[Planned],
    ) -> dict[str, Any]:
        """Return what the list's query is bound to: each service owed today, as it is reckoned.

        A page and the count that belongs to it are reckoned once.
        """
        known = self._reckoned
        if (
            known is None
            or known.of != (which, today, me)
            or known.calendar is not calendar
            or known.planned is not planned
        ):
            bound = self._bound(which, calendar, today, me, planned)
            known = self._reckoned = _Reckoned((which, today, me), calendar, planned, bound)
        return known.bound

    def _bound(
        self,
        which: MinutesFilter,
        calendar: SchoolCalendar,
        today: str,
        me: PersonId,
        planned: Sequence[Planned],
    ) -> dict[str, Any]:
        earliest, latest = today, today
        for kind in PeriodKind:
            first, last = calendar.period(kind, today)
            earliest, latest = min(earliest, first), max(latest, last)
        held: dict[str, list[Row]] = {}
        for row in self.reader.execute(
            "SELECT s.series_id, s.mandate_id, s.student_id, s.service_id, s.setting, s.unit,"
            " s.period, s.amount, s.each_minutes, s.from_on, s.upto FROM mandate_span s"
            " WHERE s.upto >= ? AND s.from_on <= ?"
            " AND (? = '' OR s.service_id = ?) AND (? = '' OR s.student_id = ?)"
            " AND (? = '' OR s.person_id = ?) ORDER BY s.from_on",
            (
                earliest,
                latest,
                *(which.service_id,) * 2,
                *(which.student_id,) * 2,
                *(me if which.mine else "",) * 2,
            ),
        ):
            held.setdefault(row[0], []).append(row)
        ahead: dict[tuple[str, str], list[Planned]] = {}
        for one in planned:
            ahead.setdefault((one.student_id, one.service_id), []).append(one)
        heads, parts = [], []
        for series, rows in held.items():
            now = next((row for row in rows if row[9] <= today <= row[10]), None)
            if now is not None:
                meant = ahead.get((now[2], now[3]), [])
                head, spans = _head(series, now, rows, calendar, today, meant)
                heads.append(head)
                parts.extend(spans)
        return {
            "heads": json.dumps(heads),
            "parts": json.dumps(parts),
            "school": which.school_id,
            "at_risk": int(which.at_risk),
        }

    # -- what needs somebody ---------------------------------------------------------

    def undecided(self, since: str, limit: int = PAGE) -> list[UndecidedLine]:
        """Return sessions that could count toward several services owed, the newest first."""
        return self._undecided("d.series_id = '' AND d.outcome = 'delivered'", since, limit)

    def unexplained(self, since: str, limit: int = PAGE) -> list[UndecidedLine]:
        """Return sessions that fell out, of which nobody has said why."""
        return self._undecided("d.outcome = 'unaccounted'", since, limit)

    def _undecided(self, condition: str, since: str, limit: int) -> list[UndecidedLine]:
        rows = self.reader.execute(
            f"SELECT {listed(Delivery, 'd')}, {_NAME}, k.label, k.code"
            " FROM delivery d JOIN student st ON st.id = d.student_id"
            " JOIN service_kind k ON k.id = d.service_id"
            f" WHERE {condition} AND d.day >= ? AND {CURRENT.format('d')}"
            " ORDER BY d.day DESC, d.row DESC LIMIT 0 + ?",
            (since, limit),
        )
        return [UndecidedLine(restored(Delivery, row[:-3]), row[-3], row[-2]) for row in rows]

    # -- around ----------------------------------------------------------------------

    def service_label(self, service_id: str) -> str | None:
        """Return what a kind of service is called."""
        row = self.reader.execute(
            "SELECT label FROM service_kind WHERE id = ?", (service_id,)
        ).fetchone()
        return row[0] if row else None

    def services(self) -> list[tuple[str, str, str, bool]]:
        """Return every kind of service: id, label, shipped code, whether it is offered no more."""
        rows = self.reader.execute(
            "SELECT id, label, code, retired FROM service_kind ORDER BY position, id"
        )
        return [(row[0], row[1], row[2], bool(row[3])) for row in rows]

    def schools(self) -> list[tuple[SchoolId, str]]:
        """Return the buildings, by name."""
        rows = self.reader.execute("SELECT id, name FROM school WHERE active = 1 ORDER BY name")
        return [(SchoolId(row[0]), row[1]) for row in rows]

    def people(self) -> list[tuple[PersonId, str]]:
        """Return those who are at this vault, by name."""
        rows = self.reader.execute(
            "SELECT id, name FROM person WHERE active = 1 AND removed_at = '' ORDER BY name, id"
        )
        return [(PersonId(row[0]), row[1]) for row in rows]

    def person_name(self, person_id: str) -> str:
        """Return a person's name; empty of somebody unknown."""
        row = self.reader.execute("SELECT name FROM person WHERE id = ?", (person_id,)).fetchone()
        return row[0] if row else ""

    def pupil(self, student_id: str) -> tuple[str, str, str, str] | None:
        """Return a student's name, school, grade and number."""
        row = self.reader.execute(
            f"SELECT {_NAME}, coalesce(b.name, ''), st.grade, st.student_number"
            " FROM student st LEFT JOIN school b ON b.id = st.school_id WHERE st.id = ?",
            (student_id,),
        ).fetchone()
        return (row[0], row[1], row[2], row[3]) if row else None

    def by_number(self, numbers: Sequence[str]) -> dict[str, list[StudentId]]:
        """Return the students of each student number."""
        rows = self.reader.execute(
            "SELECT student_number, id FROM student"
            " WHERE student_number <> '' AND student_number IN (SELECT value FROM json_each(?))",
            (json.dumps(list(numbers)),),
        )
        found: dict[str, list[StudentId]] = {}
        for number, student in rows:
            found.setdefault(number, []).append(StudentId(student))
        return found


_OUTCOMES = {one.value: one for one in Outcome}
_NAME = (
    "CASE st.preferred_name WHEN '' THEN st.given_name ELSE st.preferred_name END"
    " || ' ' || st.family_name"
)


def _spans(rows: Iterable[Row]) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = {}
    for series, mandate, from_on, upto, unit, amount, each, period in rows:
        found.setdefault(series, []).append(
            Span(mandate, from_on, upto, Unit(unit), amount, each, PeriodKind(period))
        )
    return found


def _turned(part: str) -> str:
    return part.removesuffix(" DESC") if part.endswith(" DESC") else f"{part} DESC"


_FITTING = (
    "SELECT s.series_id, s.student_id, s.service_id, s.setting, s.unit, s.amount,"
    " s.each_minutes, s.period,"
    " (SELECT m.times FROM mandate m WHERE m.id = s.mandate_id) FROM mandate_span s"
    " WHERE s.student_id IN (SELECT value FROM json_each(:students))"
    " AND s.from_on <= :day AND s.upto >= :day AND s.service_id = :service"
    " AND s.person_id IN (SELECT p.id FROM person p WHERE p.id = :me"
    "     OR p.role IN (SELECT value FROM json_each(:roles)))"
)


def _fitting(row: Row) -> Fitting:
    return Fitting(
        row[0],
        StudentId(row[1]),
        row[2],
        Setting(row[3]),
        Unit(row[4]),
        row[5],
        row[6],
        PeriodKind(row[7]),
        row[8],
    )


def _head(
    series: str,
    now: Row,
    rows: Sequence[Row],
    calendar: SchoolCalendar,
    today: str,
    planned: Sequence[Planned],
) -> tuple[tuple[Any, ...], list[tuple[str, str, str]]]:
    """Return what a service owes in its running period, and the days on which sessions count."""
    setting, unit, kind, amount, each = now[4:9]
    first, last = calendar.period(PeriodKind(kind), today)
    count = calendar.count
    if now[9] <= first and now[10] >= last:
        parts = [(first, last, amount)]
        in_force = count(first, last)
        owed = share([(amount, in_force)], in_force)
        passed, left = count(first, today), count(today, last)
    else:
        parts = [
            (max(row[9], first), min(row[10], last), row[7])
            for row in rows
            if row[6] == kind and row[5] == unit and row[9] <= last and row[10] >= first
        ]
        counted = [(part[2], count(part[0], part[1])) for part in parts]
        whole = min(part[0] for part in parts) == first and max(part[1] for part in parts) == last
        owed = share(counted, (count if whole else calendar.base)(first, last))
        in_force = sum(days for _amount, days in counted)
        passed = sum(count(part[0], min(part[1], today)) for part in parts)
        left = sum(count(max(part[0], today), part[1]) for part in parts)
    session = usual_session(Unit(unit), amount, each)
    meant = [
        one
        for one in planned
        if today <= one.day <= last and setting in (Setting.EITHER, one.setting)
    ]
    minutes = unit == Unit.MINUTES
    head = (
        series,
        now[1],
        int(minutes),
        first,
        last,
        owed,
        owed * passed // in_force if in_force else 0,
        left,
        session if minutes else 1,
        session,
        sum(one.minutes for one in meant) if minutes else len(meant),
        len(meant),
    )
    return head, [(series, part[0], part[1]) for part in parts]


_HEAD = (
    "series_id", "mandate_id", "in_minutes", "first", "last", "owed", "by_now", "days_left", "one",
    "session", "planned", "planned_sessions",
)  # fmt: skip
_SUMMED = (
    "SELECT p.series_id, sum(d.minutes) AS minutes, sum(d.outcome = 'delivered') AS sessions,"
    " sum(d.outcome = 'unaccounted') AS missed"
    " FROM part p JOIN delivery d ON d.series_id = p.series_id"
    f" AND {{}} BETWEEN p.first AND p.last WHERE {CURRENT.format('d')}{{}} GROUP BY p.series_id"
)


def _list(calendar: SchoolCalendar) -> str:
    """Return the list's query; a make-up counts as the calendar's rules say.

    The rule is that of `model.reckoning`; `test_list` holds the two against each other.
    """
    summed = _SUMMED.format("d.day", "")
    if calendar.rules.by_missed_day:
        own = _SUMMED.format("d.day", " AND d.made_up_on = ''")
        others = _SUMMED.format("d.made_up_on", " AND d.made_up_on <> ''")
        summed = (
            "SELECT series_id, sum(minutes) AS minutes, sum(sessions) AS sessions,"
            f" sum(missed) AS missed FROM ({own} UNION ALL {others}) GROUP BY series_id"
        )
    heads = ", ".join(f"value ->> {place} AS {name}" for place, name in enumerate(_HEAD))
    return f"""
WITH part (series_id, first, last) AS MATERIALIZED (
    SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(:parts)),
summed AS MATERIALIZED ({summed}),
head AS MATERIALIZED (SELECT {heads} FROM json_each(:heads)),
stood AS MATERIALIZED (
    SELECT h.*, coalesce(CASE h.in_minutes WHEN 1 THEN g.minutes ELSE g.sessions END, 0) AS given,
           coalesce(g.missed, 0) AS missed
      FROM head h LEFT JOIN summed g ON g.series_id = h.series_id),
judged AS MATERIALIZED (
    SELECT *, CASE WHEN given >= owed THEN 2
                WHEN planned >= owed - given THEN 1
                WHEN planned > 0 AND days_left <= {BOOKED_AHEAD} THEN 0
                WHEN given + one < by_now
                  OR 2 * ((owed - given + one - 1) / one) > days_left THEN 0
                ELSE 1 END AS risk,
           max(0, by_now - given) AS behind,
           max(0, by_now - given) * CASE in_minutes WHEN 1 THEN 1 ELSE session END AS short
      FROM stood)
SELECT j.series_id, m.student_id, {_NAME} AS student, st.grade, coalesce(b.name, '') AS school,
       k.label AS label, m.setting, m.unit, m.period, m.amount, m.times, m.each_minutes, j.first,
       j.last AS last, j.owed, j.given, j.risk, j.behind, j.planned, j.planned_sessions,
       j.days_left, j.missed, j.short, j.session
  FROM judged j JOIN mandate m ON m.id = j.mandate_id JOIN student st ON st.id = m.student_id
  JOIN service_kind k ON k.id = m.service_id LEFT JOIN school b ON b.id = st.school_id
 WHERE (:school = '' OR st.school_id = :school) AND (NOT :at_risk OR j.risk = 0)
"""


_STANDINGS = (Standing.AT_RISK, Standing.ON_TRACK, Standing.MET)


def _line(row: Row) -> MinutesLine:
    return MinutesLine(
        row[0],
        StudentId(row[1]),
        row[2],
        row[3],
        row[4],
        row[5],
        Setting(row[6]),
        Unit(row[7]),
        PeriodKind(row[8]),
        row[9],
        row[10],
        row[11],
        row[12],
        row[13],
        row[14],
        row[15],
        _STANDINGS[row[16]],
        row[17],
        row[18],
        row[19],
        row[20],
        row[21],
    )


class MinutesKeeper(Minutes):
    """Services owed and sessions given within one command."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx)
        self.tx = tx
        self.kept = Kept(tx)

    def draw_spans(self, series_id: str) -> list[Span]:
        """Draw anew on which days each version of a series is in force."""
        versions = self.versions(series_id)
        end = self.ends([series_id]).get(series_id)
        spans = spans_of(versions, end.ended_on if end else "")
        known = {version.id: version for version in versions}
        self.tx.execute("DELETE FROM mandate_span WHERE series_id = ?", (series_id,))
        self.tx.executemany(
            "INSERT INTO mandate_span (mandate_id, series_id, student_id, person_id, service_id,"
            " setting, unit, amount, each_minutes, period, from_on, upto)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    span.mandate_id,
                    series_id,
                    known[span.mandate_id].student_id,
                    known[span.mandate_id].person_id,
                    known[span.mandate_id].service_id,
                    known[span.mandate_id].setting.value,
                    span.unit.value,
                    span.amount,
                    span.each_minutes,
                    span.period.value,
                    span.from_on,
                    span.upto,
                )
                for span in spans
            ],
        )
        return spans

    def met_by(
        self, seat: Seat, entry_id: str, students: Sequence[str], service_id: str, day: str
    ) -> list[tuple[Fitting, bool]]:
        """Return what is owed to these students on a day, each with whether the entry was told."""
        rows = self.reader.execute(
            _FITTING.replace(
                " FROM mandate_span s",
                ", EXISTS (SELECT 1 FROM delivery d"
                " WHERE d.entry_id = :entry AND d.student_id = s.student_id) FROM mandate_span s",
            ),
            {
                "entry": entry_id,
                "students": json.dumps(list(students)),
                "day": day,
                "service": service_id,
                **eyes(seat),
            },
        )
        return [(_fitting(row), bool(row[9])) for row in rows]

    def of_entry(self, entry_id: str) -> dict[str, Delivery]:
        """Return what was taken of an entry, by student, as it stands now."""
        rows = self.reader.execute(
            f"SELECT {listed(Delivery, 'd')} FROM delivery d"
            f" WHERE d.entry_id = ? AND {CURRENT.format('d')}",
            (entry_id,),
        )
        found = [restored(Delivery, row) for row in rows]
        return {one.student_id: one for one in found}

    def untaken_notes(
        self, seat: Seat, student_id: str, service_id: str, since: str, until: str
    ) -> list[Row]:
        """Return a student's signed notes of a service that no delivery was drawn from yet.

        Each as: entry, note, maker, start, zone, minutes, attendance, reason, of a group.
        """
        return self.reader.execute(
            "SELECT coalesce(g.session_id, n.id), n.id, n.person_id, n.started_at, n.zone,"
            " n.minutes, coalesce((SELECT a.attendance FROM group_attendance a"
            "   WHERE a.note_id = n.id ORDER BY a.row DESC LIMIT 1), n.attendance),"
            " coalesce((SELECT a.reason FROM group_attendance a"
            "   WHERE a.note_id = n.id ORDER BY a.row DESC LIMIT 1), n.attendance_reason),"
            " g.session_id IS NOT NULL"
            " FROM session_note n LEFT JOIN group_attendance g"
            "   ON g.note_id = n.id AND g.replaces IS NULL"
            " WHERE n.student_id = :student AND n.service_id = :service"
            " AND n.started_at >= date(:since, '-1 days') AND n.started_at < date(:until, '+2 days')"
            " AND n.person_id IN (SELECT p.id FROM person p WHERE p.id = :me"
            "     OR p.role IN (SELECT value FROM json_each(:roles)))"
            " AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.student_id = n.student_id"
            "     AND d.entry_id = coalesce(g.session_id, n.id))"
            " ORDER BY n.started_at",
            {
                "student": student_id,
                "service": service_id,
                "since": since,
                "until": min(until, "9990-01-01"),
                **eyes(seat),
            },
        ).fetchall()
