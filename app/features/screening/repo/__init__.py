"""Screenings, risks, rounds and instruments in the file."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.features.screening.model.instruments import Urgency
from app.features.screening.model.records import (
    InstrumentFile,
    Mistake,
    Risk,
    RiskEntry,
    RiskEntryKind,
    Round,
    RoundConsent,
    Said,
    Screening,
    ScreeningForm,
    Source,
    Whose,
    WordingRow,
)
from app.kernel.clock import Moment
from app.kernel.ids import SchoolId, StudentId
from app.kernel.names import shown_name
from app.kernel.ports import Row, Seat, Value
from app.kernel.rights import eyes
from app.store.book import Book, Keeper, listed, looked_over, read_as

PAGE = 200
"""Rows in one page of a list."""
_LISTED = listed(Screening).replace("t.answers", "'[]'")
"""A list shows no answers: they are not read."""
_STUDENT = "s.given_name, s.family_name, s.preferred_name, s.grade"


def stands(alias: str) -> str:
    """Return the condition that a screening counts: neither corrected nor recorded in error."""
    return (
        f"NOT EXISTS (SELECT 1 FROM screening n WHERE n.replaces = {alias}.id)"
        f" AND NOT EXISTS (SELECT 1 FROM screening_mistake n WHERE n.screening_id = {alias}.id)"
    )


def mistaken(alias: str) -> str:
    """Return the condition that a screening is shown as recorded in error."""
    return (
        f"EXISTS (SELECT 1 FROM screening_mistake n WHERE n.screening_id = {alias}.id)"
        " AND NOT EXISTS (SELECT 1 FROM screening n"
        f" WHERE n.replaces = {alias}.id AND n.student_id = {alias}.student_id)"
    )


def is_open(alias: str) -> str:
    """Return the condition that nobody has closed a risk, and that its answer was given."""
    return (
        f"coalesce((SELECT e.kind FROM risk_entry e WHERE e.risk_id = {alias}.id"
        " AND e.kind IN ('closed', 'reopened', 'mistake') ORDER BY e.row DESC LIMIT 1), '')"
        " NOT IN ('closed', 'mistake')"
    )


_STANDS = stands("t")
_OPEN = is_open("t")
_RISKS = (
    f"SELECT {listed(Risk)}, {_STUDENT}, g.title, (SELECT b.recorded_at || ' ' || b.zone"
    " FROM screening b WHERE b.id = g.replaces AND b.student_id <> g.student_id)"
    " FROM risk t JOIN student s ON s.id = t.student_id"
    " JOIN screening g ON g.id = t.screening_id"
)


class ScreeningLine:
    """A screening in a list, without its answers; read out of its row when it is looked at."""

    __slots__ = ("_row", "_screening")

    def __init__(self, row: Row) -> None:
        self._row = row
        self._screening: Screening | None = None

    @property
    def screening(self) -> Screening:
        """The screening."""
        if self._screening is None:
            self._screening = read_as(Screening, self._row)
        return self._screening

    @property
    def student(self) -> str:
        """The student's name."""
        return shown_name(*self._row[-5:-2])

    @property
    def grade(self) -> str:
        """The student's grade today."""
        return str(self._row[-2])

    @property
    def before(self) -> Mapping[str, int | None]:
        """The scores of the time before, by the same informant; empty at the first."""
        kept = self._row[-1]
        return {one[0]: one[1] for one in json.loads(kept)} if kept else {}


@dataclass(frozen=True, slots=True)
class RiskLine:
    """A risk follow-up in a list."""

    risk: Risk
    student: str
    entries: tuple[RiskEntry, ...]
    title: str
    """Of the instrument."""
    first_recorded: Moment | None = None
    """When its screening was first written down, where that was under another student."""

    @property
    def mistake(self) -> RiskEntry | None:
        """What says that this student never gave the answer, or None."""
        return next((one for one in self.entries if one.kind is RiskEntryKind.MISTAKE), None)

    @property
    def is_open(self) -> bool:
        """Whether nobody has closed it."""
        if self.mistake is not None:
            return False
        last = [one.kind for one in self.entries if one.kind in {"closed", "reopened"}]
        return not last or last[-1] != "closed"


@dataclass(frozen=True, slots=True)
class RiskElsewhere:
    """That another field of work saw a risk: of whom, how urgent, from whom to hear the rest."""

    id: str
    student_id: StudentId
    student: str
    urgency: Urgency
    by: str
    recorded: Moment


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A screening that is being entered."""

    id: str
    form: ScreeningForm
    student: str
    saved: Moment


@dataclass(frozen=True, slots=True)
class Pupil:
    """A student whom a round is about."""

    id: StudentId
    name: str
    grade: str
    school: str
    said: Said | None
    screened: str
    """The id of the screening, or empty."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What narrows the list of screenings; empty: all."""

    instrument: str = ""
    student_id: str = ""
    school_id: str = ""
    round_id: str = ""
    since: str = ""
    until: str = ""
    least_level: int = 0
    mistaken: bool = False
    """Those that were recorded in error, in place of those that stand."""


def form_text(form: ScreeningForm) -> str:
    """Return a form as a draft keeps it."""
    facts = {name: getattr(form, name) for name in form.__dataclass_fields__}
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def form_of(text: str) -> ScreeningForm:
    """Return the form of a draft; what a newer program added is passed over."""
    facts = json.loads(text)
    known = {name: facts[name] for name in ScreeningForm.__dataclass_fields__ if name in facts}
    for name in ("answers", "given"):
        known[name] = tuple((str(item), int(value)) for item, value in known.get(name, ()))
    return ScreeningForm(**known)


class ScreeningBook(Book):
    """The room's records, for reading."""

    frozen = {
        InstrumentFile: "instrument_file",
        WordingRow: "wording",
        RoundConsent: "round_consent",
        Screening: "screening",
        Mistake: "screening_mistake",
        Risk: "risk",
        RiskEntry: "risk_entry",
    }
    living = {Round: "screening_round"}

    def whose(self, students: Iterable[str]) -> dict[str, Whose]:
        """Return what a screening keeps of students, by their ids."""
        rows = self.reader.execute(
            "SELECT id, birth_date, grade, school_id FROM student"
            " WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(students)),),
        )
        return {
            row[0]: Whose(StudentId(row[0]), row[1], row[2], SchoolId(row[3]) if row[3] else None)
            for row in rows
        }

    def by_number(self) -> dict[str, list[Whose]]:
        """Return the enrolled students by their number, for a file that names them so."""
        found: dict[str, list[Whose]] = {}
        for number, *rest in self.reader.execute(
            "SELECT student_number, id, birth_date, grade, school_id FROM student"
            " WHERE standing = 'enrolled' AND student_number <> ''"
        ):
            school = SchoolId(rest[3]) if rest[3] else None
            found.setdefault(number, []).append(Whose(StudentId(rest[0]), rest[1], rest[2], school))
        return found

    def name(self, student_id: str) -> str:
        """Return how a student is shown."""
        row = self.reader.execute(
            "SELECT given_name, family_name, preferred_name FROM student WHERE id = ?",
            (student_id,),
        ).fetchone()
        return shown_name(*row) if row else ""

    def screenings(self, by: Narrowing, offset: int, limit: int = PAGE) -> list[ScreeningLine]:
        """Return one page of the screenings that stand, the newest first."""
        condition, values = _narrowed(by)
        rows = self.reader.execute(
            f"SELECT {_LISTED}, {_STUDENT}, (SELECT b.scores FROM screening b"
            " WHERE b.student_id = t.student_id AND b.instrument = t.instrument"
            " AND b.informant = t.informant AND (b.taken_on, b.row) < (t.taken_on, t.row)"
            f" AND {stands('b')}"
            " ORDER BY b.taken_on DESC, b.row DESC LIMIT 1)"
            f" FROM screening t CROSS JOIN student s ON s.id = t.student_id WHERE {condition}"
            " ORDER BY t.taken_on DESC, t.row DESC LIMIT 0 + ? OFFSET ?",
            (*values, limit, offset),
        )
        return [ScreeningLine(row) for row in rows]

    def count(self, by: Narrowing) -> int:
        """Return how many screenings stand."""
        condition, values = _narrowed(by)
        row = self.reader.execute(
            f"SELECT count(*) FROM screening t JOIN student s ON s.id = t.student_id"
            f" WHERE {condition}",
            values,
        ).fetchone()
        return int(row[0]) if row else 0

    def levels(self, by: Narrowing) -> dict[tuple[str, int], int]:
        """Return how many of those that stand have each level, by instrument."""
        condition, values = _narrowed(by)
        rows = self.reader.execute(
            "SELECT t.instrument, t.level, count(*) FROM screening t"
            f" JOIN student s ON s.id = t.student_id WHERE {condition} GROUP BY 1, 2",
            values,
        )
        return {(row[0], row[1]): row[2] for row in rows}

    def history(self, student_id: str, instrument: str) -> list[Screening]:
        """Return a student's screenings by an instrument that stand, the oldest first."""
        return self.where(
            Screening,
            f"t.student_id = ? AND t.instrument = ? AND {_STANDS} ORDER BY t.taken_on, t.row",
            (student_id, instrument),
        )

    def replaced_by(self, screening_id: str) -> Screening | None:
        """Return the screening that took this one's place, or None."""
        return next(iter(self.where(Screening, "t.replaces = ?", (screening_id,))), None)

    def mistake(self, screening_id: str) -> Mistake | None:
        """Return what says that a screening was recorded in error, or None."""
        return next(iter(self.where(Mistake, "t.screening_id = ?", (screening_id,))), None)

    def chain(self, screening: Screening) -> list[Screening]:
        """Return a screening and those that it corrects, as far as they are the same student's."""
        found = [screening]
        while (before := self.get(Screening, found[-1].replaces)) is not None:
            if before.student_id != screening.student_id:
                break
            found.append(before)
        return found

    def risks(self, *, student_id: str = "", is_open: bool = True) -> list[RiskLine]:
        """Return risk follow-ups, the most urgent and oldest first."""
        condition = f"{_OPEN if is_open else '1'}"
        values: tuple[Value, ...] = ()
        if student_id:
            condition += " AND t.student_id = ?"
            values = (student_id,)
        rows = self.reader.execute(
            f"{_RISKS} WHERE {condition} ORDER BY CASE t.urgency WHEN 'now' THEN 0 WHEN 'today' THEN 1"
            " ELSE 2 END, t.row",
            values,
        ).fetchall()
        return self._lined(rows)

    def risks_elsewhere(self) -> list[RiskElsewhere]:
        """Return the open risks that another field of work saw, the most urgent first."""
        rows = self.reader.execute(
            "SELECT r.id, r.student_id, s.given_name, s.family_name, s.preferred_name, r.urgency,"
            " p.name, r.recorded_at, r.zone FROM risk_elsewhere r"
            " JOIN student s ON s.id = r.student_id JOIN person p ON p.id = r.person_id"
            " ORDER BY CASE r.urgency WHEN 'now' THEN 0 WHEN 'today' THEN 1 ELSE 2 END,"
            " r.recorded_at, r.id"
        )
        return [
            RiskElsewhere(
                row[0], StudentId(row[1]), shown_name(row[2], row[3], row[4]), Urgency(row[5]),
                row[6], Moment(row[7], row[8]),
            )
            for row in rows
        ]  # fmt: skip

    def risk(self, risk_id: str) -> RiskLine | None:
        """Return one risk follow-up, or None."""
        rows = self.reader.execute(f"{_RISKS} WHERE t.id = ?", (risk_id,)).fetchall()
        return next(iter(self._lined(rows)), None)

    def risks_of(self, screening_id: str) -> list[RiskLine]:
        """Return the follow-ups that a screening opened."""
        rows = self.reader.execute(
            f"{_RISKS} WHERE t.screening_id = ? ORDER BY t.row", (screening_id,)
        ).fetchall()
        return self._lined(rows)

    def _lined(self, rows: list[Row]) -> list[RiskLine]:
        entries: dict[str, list[RiskEntry]] = {}
        ids = json.dumps([row[0] for row in rows])
        for entry in self.where(
            RiskEntry, "t.risk_id IN (SELECT value FROM json_each(?)) ORDER BY t.row", (ids,)
        ):
            entries.setdefault(entry.risk_id, []).append(entry)
        return [
            RiskLine(
                read_as(Risk, row),
                shown_name(row[-6], row[-5], row[-4]),
                tuple(entries.get(row[0], ())),
                row[-2],
                Moment(*str(row[-1]).split(" ", 1)) if row[-1] else None,
            )
            for row in rows
        ]

    def instruments(self) -> list[InstrumentFile]:
        """Return the newest file of each instrument that the district supplied."""
        return self.where(
            InstrumentFile,
            "t.row = (SELECT max(n.row) FROM instrument_file n WHERE n.instrument = t.instrument)"
            " ORDER BY t.instrument",
        )

    def wording(self, instrument: str) -> WordingRow | None:
        """Return the newest wording of an instrument, or None."""
        return next(
            iter(
                self.where(
                    WordingRow, "t.instrument = ? ORDER BY t.row DESC LIMIT 1", (instrument,)
                )
            ),
            None,
        )

    def rounds(self) -> list[Round]:
        """Return the universal screenings, open ones first, the newest first."""
        return self.where(Round, "1 ORDER BY t.closed_at <> '', t.begins_on DESC, t.id DESC")

    def pupils(self, of: Round) -> list[Pupil]:
        """Return the students of a round with what was said and whether they were screened."""
        school = " AND s.school_id = ?" if of.school_id else ""
        values: tuple[Value, ...] = (of.id, of.id, json.dumps(of.grades), len(of.grades))
        if of.school_id:
            values = (*values, of.school_id)
        rows = self.reader.execute(
            f"SELECT s.id, {_STUDENT}, coalesce(c.name, ''),"
            " (SELECT k.state FROM round_consent k WHERE k.round_id = ? AND k.student_id = s.id"
            " ORDER BY k.row DESC LIMIT 1),"
            " (SELECT t.id FROM screening t WHERE t.round_id = ? AND t.student_id = s.id"
            f" AND {_STANDS} ORDER BY t.row DESC LIMIT 1)"
            " FROM student s LEFT JOIN school c ON c.id = s.school_id"
            " WHERE s.standing = 'enrolled'"
            " AND (s.grade IN (SELECT value FROM json_each(?)) OR ? = 0)"
            f"{school} ORDER BY s.listed_name, s.row",
            values,
        )
        return [
            Pupil(
                StudentId(row[0]),
                shown_name(row[1], row[2], row[3]),
                row[4],
                row[5],
                Said(row[6]) if row[6] else None,
                row[7] or "",
            )
            for row in rows
        ]

    def draft(self, person_id: str, draft_id: str) -> DraftLine | None:
        """Return a draft of one's own, or None."""
        return next(iter(self._drafts("d.person_id = ? AND d.id = ?", (person_id, draft_id))), None)

    def drafts(self, person_id: str) -> list[DraftLine]:
        """Return one's drafts, the newest first."""
        return self._drafts("d.person_id = ? ORDER BY d.saved_at DESC", (person_id,))

    def _drafts(self, condition: str, values: tuple[Value, ...]) -> list[DraftLine]:
        rows = self.reader.execute(
            "SELECT d.id, d.content, d.saved_at, d.zone, s.given_name, s.family_name,"
            " s.preferred_name FROM screening_draft d LEFT JOIN student s ON s.id = d.student_id"
            f" WHERE {condition}",
            values,
        )
        return [
            DraftLine(
                row[0],
                form_of(row[1]),
                shown_name(row[4] or "", row[5] or "", row[6] or ""),
                Moment(row[2], row[3]),
            )
            for row in rows
        ]


def _narrowed(by: Narrowing) -> tuple[str, tuple[Value, ...]]:
    parts, values = [mistaken("t") if by.mistaken else _STANDS], []
    for condition, value in (
        ("t.instrument = ?", by.instrument),
        ("t.student_id = ?", by.student_id),
        ("s.school_id = ?", by.school_id),
        ("t.round_id = ?", by.round_id),
        ("t.taken_on >= ?", by.since),
        ("t.taken_on <= ?", by.until),
        ("t.level >= ?", by.least_level),
    ):
        if value:
            parts.append(condition)
            values.append(value)
    return " AND ".join(parts), tuple(values)


class ScreeningKeeper(ScreeningBook, Keeper):
    """The room's records within one command."""

    def sees(self, seat: Seat, person_id: str) -> bool:
        """Tell whether the seat sees what a person recorded; a transaction itself sees all."""
        row = self.tx.execute(
            "SELECT 1 FROM person WHERE id = :person AND (id = :me"
            " OR role IN (SELECT value FROM json_each(:roles)))",
            {**eyes(seat), "person": person_id},
        )
        return row.fetchone() is not None

    def save_draft(self, draft_id: str, form: ScreeningForm) -> bool:
        """Keep a draft; False for one whose screening is on record."""
        if self.get(Screening, draft_id) is not None:
            return False
        self.tx.execute(
            "INSERT INTO screening_draft (id, person_id, student_id, content, made_at, saved_at,"
            " zone) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
            " student_id = excluded.student_id, content = excluded.content,"
            " saved_at = excluded.saved_at WHERE person_id = excluded.person_id",
            (
                draft_id,
                self.tx.who,
                form.student_id,
                form_text(form),
                self.tx.now.at,
                self.tx.now.at,
                self.tx.now.zone,
            ),
        )
        return True

    def drop_draft(self, draft_id: str) -> None:
        """Throw a draft of one's own away."""
        self.tx.execute(
            "DELETE FROM screening_draft WHERE id = ? AND person_id = ?", (draft_id, self.tx.who)
        )


frozen_rows = looked_over(ScreeningBook)

__all__ = [
    "PAGE",
    "DraftLine",
    "Narrowing",
    "Pupil",
    "RiskElsewhere",
    "RiskLine",
    "ScreeningBook",
    "ScreeningKeeper",
    "ScreeningLine",
    "Source",
    "frozen_rows",
    "is_open",
    "stands",
]
