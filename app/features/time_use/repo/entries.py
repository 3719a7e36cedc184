"""Entries of time in the file, the duties that come back, and the working papers."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

from app.features.time_use.model.categories import GROUP_SERVICE, USUAL_SETS, CategorySet
from app.features.time_use.model.entries import Activity, ActivityForm, Duty, TimeEntry
from app.features.time_use.model.shares import CategorySum, Week
from app.kernel.clock import Moment
from app.kernel.entries import Entry, EntryKind
from app.kernel.ids import PersonId
from app.kernel.names import shown_name
from app.kernel.nouns import Attendance, Place, Role
from app.kernel.ports import Reader, Row, Transaction

PAGE = 200
"""Rows in one page of a list."""

_COLUMNS = (
    "e.id, e.kind, e.person_id, e.on_day, e.started_at, e.zone, e.minutes, e.place, e.school_id,"
    " e.service_label, e.set_code, e.set_version, e.category, e.category_label, e.bundle,"
    " e.students, e.note, e.duty_id, e.removed_at, e.logged"
)
_MINE = (
    "e.person_id = :me AND e.on_day BETWEEN :since AND :until AND e.removed_at = ''"
    " AND (:school = '' OR e.school_id = :school)"
)
# The set in force that day, the category that was chosen, else the usual one, else the fallback:
# one statement, since it runs in every signature.
_TAKE = """
INSERT INTO time_entry (id, kind, person_id, on_day, started_at, zone, minutes, place, school_id,
    service_id, service_label, set_code, set_version, category, category_label, bundle, student_id,
    students, planned_id, made_at)
SELECT :id, :kind, :person, :day, :started_at, :zone, :minutes, :place, :school,
    :service, :service_label, s.code, s.version, c.code, c.label, c.bundle, :student, :students,
    :planned, :made_at
  FROM (SELECT code, version, fallback FROM category_set
         WHERE code IN (:set, (SELECT value FROM setting
                                WHERE person_id = :person AND name = 'time_set'))
         ORDER BY code = :set, starts_on <= :day AND (ends_on = '' OR :day <= ends_on) DESC,
                  version DESC LIMIT 1) s
  JOIN category c ON c.set_code = s.code AND c.set_version = s.version AND c.code = coalesce(
       (SELECT code FROM category
         WHERE set_code = s.code AND set_version = s.version AND code = :category),
       (SELECT k.code FROM usual_category u JOIN category k ON k.set_code = u.set_code
           AND k.set_version = s.version AND k.code = u.category
         WHERE u.set_code = s.code AND u.service = :service),
       (SELECT k.code FROM usual_category u JOIN category k ON k.set_code = u.set_code
           AND k.set_version = s.version AND k.code = u.category
         WHERE u.set_code = s.code AND u.service = coalesce(:group,
               (SELECT code FROM service_kind WHERE id = :service))),
       s.fallback)
 WHERE true
    ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class DayLine:
    """An entry in the list of a day."""

    entry: TimeEntry
    school: str
    student_id: str
    student: str
    """Of a session; the curtain blurs it."""


@dataclass(frozen=True, slots=True)
class DayTotal:
    """What a day of the week came to."""

    day: str
    minutes: int
    entries: int


@dataclass(frozen=True, slots=True)
class LineDraft:
    """The quick line as it was left, and since when the clock runs."""

    form: ActivityForm
    timer: Moment | None


class Entries:
    """A person's own time."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def get(self, person: PersonId, entry_id: str) -> TimeEntry | None:
        """Return one of a person's entries, removed or not; lately made ones are found at once."""
        row = self._reader.execute(
            f"SELECT {_COLUMNS} FROM time_entry e WHERE e.person_id = ? AND e.id = ?"
            " ORDER BY e.on_day DESC LIMIT 1",
            (person, entry_id),
        ).fetchone()
        return _entry(row) if row else None

    def day(self, person: PersonId, day: str) -> list[DayLine]:
        """Return a day's entries in the order they began."""
        return self.between(person, day, day)

    def between(
        self, person: PersonId, since: str, until: str, school: str = "", offset: int = 0
    ) -> list[DayLine]:
        """Return a page of a period's entries in the order they began."""
        rows = self._reader.execute(
            f"SELECT {_COLUMNS}, c.name, s.id, s.given_name, s.family_name, s.preferred_name"
            " FROM time_entry e LEFT JOIN school c ON c.id = e.school_id"
            f" LEFT JOIN student s ON s.id = e.student_id WHERE {_MINE}"
            " ORDER BY e.on_day, e.started_at, e.id LIMIT 0 + :page OFFSET :offset",
            {
                **_period(person, since, until, school),
                "page": PAGE,
                "offset": offset,
            },
        )
        return [
            DayLine(
                _entry(row),
                row[20] or "",
                row[21] or "",
                shown_name(*row[22:25]) if row[21] else "",
            )
            for row in rows
        ]

    def activities(self, person: PersonId, day: str) -> list[TimeEntry]:
        """Return the activities of a day that were typed, signed records left out."""
        rows = self._reader.execute(
            f"SELECT {_COLUMNS} FROM time_entry e WHERE {_MINE} AND e.logged = 1"
            " ORDER BY e.started_at, e.id LIMIT 0 + :page",
            {**_period(person, day, day), "page": PAGE},
        )
        return [_entry(row) for row in rows]

    def last_day_with_activities(self, person: PersonId, before: str) -> str:
        """Return the newest day before another that has activities; empty if there is none."""
        row = self._reader.execute(
            "SELECT on_day FROM time_entry WHERE person_id = ? AND on_day < ?"
            " AND logged = 1 AND removed_at = '' ORDER BY on_day DESC LIMIT 1",
            (person, before),
        ).fetchone()
        return str(row[0]) if row else ""

    def totals(self, person: PersonId, since: str, until: str) -> list[DayTotal]:
        """Return what each day of a period came to; days with nothing are left out."""
        rows = self._reader.execute(
            "SELECT e.on_day, sum(e.minutes), count(*) FROM time_entry e"
            f" WHERE {_MINE} GROUP BY e.on_day ORDER BY e.on_day",
            _period(person, since, until),
        )
        return [DayTotal(*row) for row in rows]

    def sums(
        self, person: PersonId, since: str, until: str, school: str = ""
    ) -> tuple[CategorySum, ...]:
        """Return what each category came to in a period, under the words that stood then."""
        rows = self._reader.execute(
            "SELECT e.set_code, e.set_version, e.category, e.category_label, e.bundle,"
            " sum(e.minutes), count(*), sum(e.students) FROM time_entry e"
            f" LEFT JOIN category k ON k.set_code = e.set_code AND k.set_version = e.set_version"
            f" AND k.code = e.category WHERE {_MINE}"
            " GROUP BY e.set_code, e.set_version, e.category, e.category_label, e.bundle"
            " ORDER BY e.set_code, e.set_version, k.position",
            _period(person, since, until, school),
        )
        return tuple(CategorySum(*row) for row in rows)

    def weeks(self, person: PersonId, since: str, until: str, school: str = "") -> tuple[Week, ...]:
        """Return each week's minutes by group; weeks with nothing are left out."""
        rows = self._reader.execute(
            "SELECT date(e.on_day, '-6 days', 'weekday 1') AS monday, e.bundle, sum(e.minutes)"
            f" FROM time_entry e WHERE {_MINE} GROUP BY monday, e.bundle ORDER BY monday",
            _period(person, since, until, school),
        )
        found: dict[str, dict[str, int]] = {}
        for monday, bundle, minutes in rows:
            found.setdefault(monday, {})[bundle] = minutes
        return tuple(Week(monday, minutes) for monday, minutes in found.items())

    def duties(self, person: PersonId) -> tuple[Duty, ...]:
        """Return a person's duties that are still offered, in the order of the day."""
        rows = self._reader.execute(
            "SELECT id, category, minutes, clock, weekdays, coalesce(school_id, ''), note"
            " FROM duty WHERE person_id = ? AND retired_at = '' ORDER BY clock, id LIMIT 0 + ?",
            (person, PAGE),
        )
        return tuple(Duty(*row) for row in rows)

    def duty(self, person: PersonId, duty_id: str) -> Duty | None:
        """Return one of a person's duties, retired or not."""
        row = self._reader.execute(
            "SELECT id, category, minutes, clock, weekdays, coalesce(school_id, ''), note"
            " FROM duty WHERE id = ? AND person_id = ?",
            (duty_id, person),
        ).fetchone()
        return Duty(*row) if row else None

    def logged_duties(self, person: PersonId, day: str) -> frozenset[str]:
        """Return which duties were logged on a day already."""
        rows = self._reader.execute(
            "SELECT duty_id FROM time_entry WHERE person_id = ? AND on_day = ?"
            " AND duty_id <> '' AND removed_at = ''",
            (person, day),
        )
        return frozenset(str(row[0]) for row in rows)

    def draft(self, person: PersonId, zone: str) -> LineDraft:
        """Return the quick line as it was left."""
        row = self._reader.execute(
            "SELECT content, timer_at FROM time_draft WHERE person_id = ?", (person,)
        ).fetchone()
        if row is None:
            return LineDraft(ActivityForm(), None)
        facts = json.loads(row[0])
        known = {f.name: str(facts[f.name]) for f in fields(ActivityForm) if f.name in facts}
        return LineDraft(ActivityForm(**known), Moment(row[1], zone) if row[1] else None)

    def schools(self, person: PersonId) -> tuple[tuple[str, str], ...]:
        """Return the buildings of the vault: id and name, a person's own first."""
        rows = self._reader.execute(
            "SELECT c.id, c.name FROM school c"
            " LEFT JOIN person_school p ON p.school_id = c.id AND p.person_id = ?"
            " WHERE c.active = 1 ORDER BY p.position IS NULL, p.position, c.name LIMIT 0 + ?",
            (person, PAGE),
        )
        return tuple((row[0], row[1]) for row in rows)


class EntriesRepo(Entries):
    """A person's own time, inside a transaction."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx)
        self._tx = tx

    def take(self, entry: Entry, role: Role) -> None:
        """Write the time of work, once; a session or a group that fell out took none."""
        came = [one for one in entry.students if one.attendance is Attendance.PRESENT]
        if not entry.minutes or not (came or entry.kind is EntryKind.ACTIVITY):
            return
        day = entry.started.day().isoformat()
        self._tx.execute(
            _TAKE,
            {
                "id": entry.id,
                "kind": entry.kind.value,
                "person": entry.person_id,
                "day": day,
                "started_at": entry.started.at,
                "zone": entry.started.zone,
                "minutes": entry.minutes,
                "place": entry.place.value,
                "school": entry.school_id or None,
                "service": entry.service_id,
                "service_label": entry.service_label,
                "set": USUAL_SETS[role],
                "category": entry.category,
                "group": GROUP_SERVICE if entry.kind is EntryKind.GROUP else None,
                "student": came[0].student_id if entry.kind is EntryKind.SESSION else None,
                "students": len(came),
                "planned": entry.planned_id,
                "made_at": self._tx.now.at,
            },
        )
        if entry.kind is EntryKind.GROUP:
            self._tx.executemany(
                "INSERT OR IGNORE INTO time_served (person_id, on_day, entry_id, student_id)"
                " VALUES (?, ?, ?, ?)",
                [(entry.person_id, day, entry.id, one.student_id) for one in came],
            )

    def add(
        self,
        entry_id: str,
        activity: Activity,
        of: CategorySet,
        category: str,
        planned_id: str = "",
        duty_id: str = "",
    ) -> bool:
        """Write an activity; tell whether it was not there yet."""
        chosen = of.category(category)
        if chosen is None:
            raise ValueError(category)
        row = self._tx.execute(
            "INSERT INTO time_entry (id, kind, person_id, on_day, started_at, zone, minutes,"
            " place, school_id, set_code, set_version, category, category_label, bundle,"
            " students, note, planned_id, duty_id, made_at, logged)"
            " VALUES (?, 'activity', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)"
            " ON CONFLICT DO NOTHING RETURNING 1",
            (
                entry_id,
                self._tx.who,
                activity.started.day().isoformat(),
                activity.started.at,
                activity.started.zone,
                activity.minutes,
                Place.BUILDING.value,
                activity.school_id or None,
                of.code,
                of.version,
                chosen.code,
                chosen.label,
                chosen.bundle,
                activity.students,
                activity.note,
                planned_id,
                duty_id,
                self._tx.now.at,
            ),
        ).fetchone()
        return row is not None

    def correct(self, before: TimeEntry, activity: Activity) -> None:
        """Write an activity's facts anew, its category left as it is."""
        self._tx.execute(
            "UPDATE time_entry SET on_day = ?, started_at = ?, zone = ?, minutes = ?,"
            " school_id = ?, students = ?, note = ? WHERE person_id = ? AND on_day = ? AND id = ?",
            (
                activity.started.day().isoformat(),
                activity.started.at,
                activity.started.zone,
                activity.minutes,
                activity.school_id or None,
                activity.students,
                activity.note,
                self._tx.who,
                before.on_day,
                before.id,
            ),
        )

    def put_under(self, entry_id: str, on_day: str, of: CategorySet, category: str) -> None:
        """Put an entry under a category of a set."""
        chosen = of.category(category)
        if chosen is None:
            raise ValueError(category)
        self._tx.execute(
            "UPDATE time_entry SET set_code = ?, set_version = ?, category = ?,"
            " category_label = ?, bundle = ? WHERE person_id = ? AND on_day = ? AND id = ?",
            (
                of.code,
                of.version,
                chosen.code,
                chosen.label,
                chosen.bundle,
                self._tx.who,
                on_day,
                entry_id,
            ),
        )

    def remove(self, entries: Sequence[TimeEntry], *, removed: bool) -> None:
        """Take activities out, or bring them back."""
        self._tx.executemany(
            "UPDATE time_entry SET removed_at = ? WHERE person_id = ? AND on_day = ? AND id = ?",
            [
                (self._tx.now.at if removed else "", self._tx.who, one.on_day, one.id)
                for one in entries
            ],
        )

    def add_duty(self, duty: Duty) -> None:
        """Write a duty."""
        self._tx.execute(
            "INSERT INTO duty (id, person_id, category, minutes, clock, weekdays, school_id,"
            " note, made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                duty.id,
                self._tx.who,
                duty.category,
                duty.minutes,
                duty.clock,
                duty.weekdays,
                duty.school_id or None,
                duty.note,
                self._tx.now.at,
            ),
        )

    def retire_duty(self, duty_id: str, *, retired: bool) -> None:
        """Write whether a duty is offered."""
        self._tx.execute(
            "UPDATE duty SET retired_at = ? WHERE id = ? AND person_id = ?",
            (self._tx.now.at if retired else "", duty_id, self._tx.who),
        )

    def keep_draft(self, form: ActivityForm, timer_at: str | None = None) -> None:
        """Keep the quick line as it stands; the clock stays as it is unless told."""
        content = json.dumps({k: v for k, v in asdict(form).items() if v}, ensure_ascii=False)
        self._tx.execute(
            "INSERT INTO time_draft (person_id, content, timer_at, saved_at)"
            " VALUES (?1, ?2, coalesce(?3, ''), ?4) ON CONFLICT (person_id) DO UPDATE SET"
            " content = excluded.content, timer_at = coalesce(?3, timer_at),"
            " saved_at = excluded.saved_at",
            (
                self._tx.who,
                content.encode("utf-8", "replace").decode(),
                timer_at,
                self._tx.now.at,
            ),
        )


def _period(person: PersonId, since: str, until: str, school: str = "") -> dict[str, str]:
    return {"me": person, "since": since, "until": until, "school": school}


def _entry(row: Row) -> TimeEntry:
    return TimeEntry(
        id=row[0],
        kind=EntryKind(row[1]),
        person_id=PersonId(row[2]),
        on_day=row[3],
        started=Moment(row[4], row[5]),
        minutes=row[6],
        place=Place(row[7]),
        school_id=row[8] or "",
        service_label=row[9],
        set_code=row[10],
        set_version=row[11],
        category=row[12],
        category_label=row[13],
        bundle=row[14],
        students=row[15],
        note=row[16],
        duty_id=row[17],
        removed=bool(row[18]),
        logged=bool(row[19]),
    )
