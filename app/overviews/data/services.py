"""Services and referrals of a month, counted: what was given, asked for, and to how many."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from app.features.services.model.engagement import By
from app.features.services.repo.engagement import Engagement, EpisodeFilter
from app.kernel.buildings import building_key, name_key
from app.kernel.clock import Moment
from app.kernel.ports import Reader, Seat, Value
from app.kernel.rights import eyes
from app.kernel.service_counts import suppressed
from app.kernel.suppression import LEAST

WEEKS = 12
_STAYING = timedelta(days=7 * WEEKS)
_BANDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("pk", ("IT", "PR", "PK", "TK")),
    ("k-2", ("KG", "01", "02")),
    ("3-5", ("03", "04", "05")),
    ("6-8", ("06", "07", "08")),
    ("9-12", ("09", "10", "11", "12", "13")),
)
BAND = {grade: band for band, grades in _BANDS for grade in grades}
"""The grade band of each grade; of any other it is `other`."""
_OTHER = "other"
_SEEN = (
    "+{}.person_id IN (SELECT p.id FROM person p WHERE p.id = :me"
    " OR p.role IN (SELECT value FROM json_each(:roles)))"
)
# The tier on a day is what the decision with the latest date up to it said.
_STUDENTS = """
SELECT s.id, coalesce(s.school_id, ''), s.grade,
       coalesce((SELECT d.tier FROM tier_decision d
                  WHERE d.student_id = s.id AND d.decided_on <= :last
                  ORDER BY d.decided_on DESC, d.made_at DESC, d.id DESC LIMIT 1), 1),
       s.standing = 'enrolled' OR s.left_on >= :first
  FROM student s
"""
_SESSIONS = f"""
SELECT n.student_id, n.service_id, n.started_at, n.zone, n.minutes FROM session_note n
 WHERE n.attendance = 'present' AND n.started_at >= date(:first, '-1 days')
   AND n.started_at < date(:last, '+2 days') AND {_SEEN.format("n")}
"""
_OUTSIDE = f"""
SELECT c.student_id, '', 'referred_out', c.recorded_at, c.zone FROM concern_entry c
 WHERE c.kind = 'decision' AND c.decision = 'refer_out'
   AND c.recorded_at >= date(:first, '-1 days') AND c.recorded_at < date(:last, '+2 days')
   AND {_SEEN.format("c")}
"""
_Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pupil:
    """A student as counts know one: where, in which grade band and tier."""

    building: str
    grade_band: str
    tier: int
    enrolled: bool = True


@dataclass(slots=True)
class Month:
    """What is counted: students by any name, and what happened to them."""

    pupils: Mapping[str, Pupil]
    sessions: list[tuple[str, str, int]] = field(default_factory=list)
    """Student, service, minutes."""
    referrals: list[tuple[str, str, str, str]] = field(default_factory=list)
    """Student, kind, service, status."""
    retention: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    """By building: began, retained, open."""


def services_body(
    reader: Reader, seat: Seat, period: str, first: date, last: date, counts: str, limit: int = 0
) -> _Row:
    """Return the body of a month's services and referrals, of what `seat` sees."""
    schools, services = _schools(reader), _services(reader)
    counted = counted_rows(_month(reader, seat, first, last, schools, services))
    named = {row["building"] for rows in counted.values() for row in rows}
    given = {row["service"] for name in ("services", "referrals") for row in counted[name]}
    names = dict(schools.values())
    labels = dict(services.values())
    body: _Row = {
        "casewell": "summary",
        "kind": "services",
        "version": 1,
        "period": period,
        "counts": "exact",
        "limit": limit or LEAST,
        "buildings": [{"building": key, "name": names.get(key, "")} for key in sorted(named)],
        "service_names": [
            {"service": key, "name": labels[key]} for key in sorted(given & labels.keys())
        ],
        **counted,
    }
    return suppressed(body, limit or LEAST) if counts == "suppressed" else body


def counted_rows(month: Month) -> dict[str, list[_Row]]:
    """Return the tables of a month, each student counted once in each row."""
    pupils = month.pupils
    tables: dict[str, list[_Row]] = {}
    given: dict[tuple[str, ...], _Sum] = defaultdict(_Sum)
    totals: dict[tuple[str, ...], _Sum] = defaultdict(_Sum)
    for student, service, minutes in month.sessions:
        of = pupils[student]
        given[of.building, of.grade_band, str(of.tier), service].add(student, minutes)
        totals[of.building, service].add(student, minutes)
    tables["services"] = _rows(given, ("building", "grade_band", "tier", "service"), _given)
    tables["service_totals"] = _rows(totals, ("building", "service"), _given)

    asked: dict[tuple[str, ...], _Sum] = defaultdict(_Sum)
    all_asked: dict[tuple[str, ...], _Sum] = defaultdict(_Sum)
    for student, *whereto in month.referrals:
        of = pupils[student]
        asked[of.building, of.grade_band, str(of.tier), *whereto].add(student, 0)
        all_asked[of.building, *whereto].add(student, 0)
    where = ("kind", "service", "status")
    tables["referrals"] = _rows(asked, ("building", "grade_band", "tier", *where), _asked)
    tables["referral_totals"] = _rows(all_asked, ("building", *where), _asked)

    served = {student for student, _service, _minutes in month.sessions}
    known = {name: one for name, one in pupils.items() if one.enrolled or name in served}
    bands, whole = Counter[tuple[str, str]](), Counter[str]()
    reached, reached_whole = Counter[tuple[str, str]](), Counter[str]()
    tiers, tier_totals = Counter[tuple[str, str, int]](), Counter[tuple[str, int]]()
    for name, one in known.items():
        bands[one.building, one.grade_band] += 1
        whole[one.building] += 1
        tiers[one.building, one.grade_band, one.tier] += 1
        tier_totals[one.building, one.tier] += 1
        if name in served:
            reached[one.building, one.grade_band] += 1
            reached_whole[one.building] += 1
    tables["reach"] = [
        {"building": b, "grade_band": g, "enrolled": count, "served": reached[b, g]}
        for (b, g), count in sorted(bands.items(), key=_by_band)
    ]
    tables["reach_totals"] = [
        {"building": b, "enrolled": count, "served": reached_whole[b]}
        for b, count in sorted(whole.items())
    ]
    tables["retention"] = [
        {"building": b, "began": began, "retained_12_weeks": stayed, "open": still}
        for b, (began, stayed, still) in sorted(month.retention.items())
        if began or still
    ]
    tables["tiers"] = [
        {"building": b, "grade_band": g, "tier": tier, "students": count}
        for (b, g, tier), count in sorted(tiers.items(), key=_by_band)
    ]
    tables["tier_totals"] = [
        {"building": b, "tier": tier, "students": count}
        for (b, tier), count in sorted(tier_totals.items())
    ]
    return tables


@dataclass(slots=True)
class _Sum:
    """What comes together in one row."""

    students: set[str] = field(default_factory=set)
    times: int = 0
    minutes: int = 0

    def add(self, student: str, minutes: int) -> None:
        self.students.add(student)
        self.times += 1
        self.minutes += minutes


def _given(one: _Sum) -> _Row:
    return {"students": len(one.students), "sessions": one.times, "minutes": one.minutes}


def _asked(one: _Sum) -> _Row:
    return {"referrals": one.times, "students": len(one.students)}


def _rows(found: Mapping[tuple[str, ...], _Sum], names: tuple[str, ...], told: Any) -> list[_Row]:
    ordered = sorted(found.items(), key=_by_band if "grade_band" in names else lambda one: one[0])
    return [
        {
            **{
                name: int(value) if name == "tier" else value
                for name, value in zip(names, key, strict=True)
            },
            **told(one),
        }
        for key, one in ordered
    ]


def _by_band(one: tuple[tuple[Any, ...], object]) -> tuple[object, ...]:
    building, band, *rest = one[0]
    order = [known for known, _grades in _BANDS]
    return building, order.index(band) if band in order else len(order), *map(str, rest)


# -- from the file ---------------------------------------------------------------------


def _month(
    reader: Reader,
    seat: Seat,
    first: date,
    last: date,
    schools: Mapping[str, tuple[str, str]],
    services: Mapping[str, tuple[str, str]],
) -> Month:
    days: dict[str, Value] = {"first": first.isoformat(), "last": last.isoformat()}
    values = {**days, **eyes(seat)}

    def place(school: str) -> str:
        return schools[school][0] if school in schools else "none"

    pupils = {
        row[0]: Pupil(place(row[1]), BAND.get(row[2], _OTHER), row[3], bool(row[4]))
        for row in reader.execute(_STUDENTS, days)
    }
    month = Month(pupils)
    for student, service, at, zone, minutes in reader.execute(_SESSIONS, values):
        if first <= Moment(at, zone).day() <= last:
            month.sessions.append((student, services[service][0], minutes))
    for student, service, status in Engagement(reader).referred(*map(str, days.values())):
        month.referrals.append((student, "service", services[service][0], status))
    for student, _none, status, at, zone in reader.execute(_OUTSIDE, values):
        if first <= Moment(at, zone).day() <= last:
            month.referrals.append((student, "outside", "", status))
    _retention(month, Engagement(reader), first, last, place)
    return month


def _retention(month: Month, book: Engagement, first: date, last: date, place: Any) -> None:
    """Count who still comes, by the rule of the report on engagement."""
    over = EpisodeFilter(
        began_since=(first - _STAYING).isoformat(), began_until=(last - _STAYING).isoformat()
    )
    running = EpisodeFilter(
        began_since=(last - _STAYING + timedelta(days=1)).isoformat(), began_until=last.isoformat()
    )
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for which, of in ((over, 0), (running, 2)):
        # Which days a school year begins on tells years apart, and these curves are not.
        for curve in book.curves(which, By.SCHOOL, last.isoformat(), (7, 1)):
            point = curve.at(WEEKS)
            building = found[place(curve.key)]
            building[of] += point.running if of else point.judged
            building[1] += 0 if of else point.still
    month.retention = {key: (counts[0], counts[1], counts[2]) for key, counts in found.items()}


def _schools(reader: Reader) -> dict[str, tuple[str, str]]:
    rows = reader.execute("SELECT id, identifier, source_id, name FROM school")
    return {row[0]: (building_key(row[1], row[2], row[3]), row[3]) for row in rows}


def _services(reader: Reader) -> dict[str, tuple[str, str]]:
    rows: Iterable[tuple[Any, ...]] = reader.execute("SELECT id, code, label FROM service_kind")
    return {row[0]: (row[1] or name_key(row[2]), row[2]) for row in rows}
