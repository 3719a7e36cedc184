"""Drafts, signed notes, next steps, sole-possession notes, templates and lists in the file."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from app.features.sessions.model import (
    Addition,
    Choice,
    ChoiceList,
    Draft,
    DraftKind,
    FollowUp,
    NoteForm,
    Section,
    SessionNote,
    SoleNote,
    Template,
    TemplateSection,
    said_choice,
    said_template,
    seal,
)
from app.features.sessions.shipped import FORMATS, INTERVENTIONS, SERVICES
from app.kernel.clock import Moment
from app.kernel.frozen import How, Wrong
from app.kernel.ids import DraftId, NoteId, PersonId, StudentId, new_id
from app.kernel.names import shown_name
from app.kernel.nouns import Attendance, Place
from app.kernel.ports import Reader, Row, Seat, Transaction, Value
from app.kernel.rights import eyes

PAGE = 200
"""Rows in one page of a list."""

_NOTE_COLUMNS = (
    "id, student_id, person_id, started_at, zone, minutes, service_id, service_label, place,"
    " school_id, attendance, attendance_reason, present, interventions, format, sections,"
    " late_reason, late, from_sole, signed_at, signed_zone"
)
_ADDITION_COLUMNS = "id, note_id, kind, reason, sections, person_id, signed_at, signed_zone"
_DRAFT_COLUMNS = (
    "d.id, d.person_id, d.student_id, d.kind, d.note_id, d.content, d.ready, d.made_at, d.zone,"
    " d.saved_at"
)
_SOLE_COLUMNS = (
    "n.id, n.person_id, n.student_id, n.text, n.about_on, n.purge_on, n.made_at, n.zone, n.saved_at"
)
_SEEN = (
    "+{}.person_id IN (SELECT p.id FROM person p WHERE p.id = :me"
    " OR p.role IN (SELECT value FROM json_each(:roles)))"
)
"""Whose notes and next steps a seat sees; the plus keeps the engine from choosing by person."""
_STUDENT = "s.given_name, s.family_name, s.preferred_name, s.grade"


@dataclass(frozen=True, slots=True)
class StudentLine:
    """A student as a note shows them."""

    id: StudentId
    name: str
    grade: str
    school: str
    number: str


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft in a list."""

    draft: Draft
    student: str
    grade: str


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A signed note in a list."""

    id: NoteId
    student_id: StudentId
    student: str
    grade: str
    started: Moment
    minutes: int
    service: str
    attendance: Attendance
    late: bool
    additions: int
    amended: bool


@dataclass(frozen=True, slots=True)
class FollowUpLine:
    """A next step in a list."""

    follow_up: FollowUp
    student: str


@dataclass(frozen=True, slots=True)
class SoleLine:
    """A sole-possession note in its maker's list; `purge` says why it asks to be purged."""

    note: SoleNote
    student: str
    purge: str


@dataclass(frozen=True, slots=True)
class SchoolLine:
    """A building to choose as the place."""

    id: str
    name: str
    mine: bool


def _name(given: str | None, family: str | None, preferred: str | None) -> str:
    return shown_name(given or "", family or "", preferred or "")


def _draft(row: Row) -> Draft:
    return Draft(
        id=DraftId(row[0]),
        person_id=PersonId(row[1]),
        student_id=StudentId(row[2]) if row[2] else None,
        kind=DraftKind(row[3]),
        note_id=NoteId(row[4]) if row[4] else None,
        form=NoteForm.of_text(row[5]),
        ready=bool(row[6]),
        made=Moment(row[7], row[8]),
        saved_at=row[9],
    )


def _sections(text: str) -> tuple[Section, ...]:
    return tuple(
        Section(str(number), part["title"], part["text"])
        for number, part in enumerate(json.loads(text))
    )


def note_of(row: Row) -> SessionNote:
    """Return the signed note of a row."""
    return SessionNote(
        id=NoteId(row[0]),
        student_id=StudentId(row[1]),
        person_id=PersonId(row[2]),
        started=Moment(row[3], row[4]),
        minutes=row[5],
        service_id=row[6],
        service_label=row[7],
        place=Place(row[8]),
        school_id=row[9],
        attendance=Attendance(row[10]),
        attendance_reason=row[11],
        present=row[12],
        interventions=tuple(json.loads(row[13])),
        format=row[14],
        sections=_sections(row[15]),
        late_reason=row[16],
        late=bool(row[17]),
        from_sole=bool(row[18]),
        signed=Moment(row[19], row[20]),
    )


def addition_of(row: Row) -> Addition:
    """Return the signed addition of a row."""
    return Addition(
        id=row[0],
        note_id=NoteId(row[1]),
        kind=DraftKind(row[2]),
        reason=row[3],
        sections=_sections(row[4]),
        person_id=PersonId(row[5]),
        signed=Moment(row[6], row[7]),
    )


def _sole(row: Row) -> SoleNote:
    return SoleNote(
        id=row[0],
        person_id=PersonId(row[1]),
        student_id=StudentId(row[2]) if row[2] else None,
        text=row[3],
        about_on=row[4],
        purge_on=row[5],
        made=Moment(row[6], row[7]),
        saved_at=row[8],
    )


def signed_rows(reader: Reader) -> tuple[int, list[Wrong]]:
    """Return how many signed rows there are, and those that are not what was signed.

    A row must have the content its hash was made of, and the hash that the journal's first
    entry of it saw; a row that the journal does not know, and one that it knows and that is
    not there, are named too.
    """
    seen: dict[str, tuple[str, str]] = {
        row: (hashed, "session_note" if what == "SignNote" else "note_addition")
        for row, hashed, what in reader.execute(
            "SELECT coalesce(after ->> '$.addition', subject_id), after ->> '$.hash', what"
            " FROM journal WHERE what IN ('SignNote', 'AddAddendum', 'AmendNote')"
            " ORDER BY seq DESC"
        )
    }
    count: int = 0
    wrong: list[Wrong] = []
    for table, columns in (("session_note", _NOTE_COLUMNS), ("note_addition", _ADDITION_COLUMNS)):
        for row in reader.execute(f"SELECT {columns}, hash FROM {table} ORDER BY row"):
            count += 1
            sealed = bytes(row[-1])
            journalled = seen.pop(row[0], ("", table))
            if seal(row[:-1]) != sealed or journalled not in (("", table), (sealed.hex(), table)):
                wrong.append(Wrong(table, str(row[0]), How.ALTERED))
            elif not journalled[0]:
                wrong.append(Wrong(table, str(row[0]), How.UNWITNESSED))
    return count, wrong + [Wrong(table, row, How.GONE) for row, (_, table) in seen.items()]


class Notes:
    """Drafts, notes and next steps, for reading."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    # -- drafts ----------------------------------------------------------------------

    def draft(self, person: PersonId, draft_id: str) -> Draft | None:
        """Return one of a person's drafts, or None."""
        row = self._reader.execute(
            f"SELECT {_DRAFT_COLUMNS} FROM note_draft d WHERE d.id = ? AND d.person_id = ?",
            (draft_id, person),
        ).fetchone()
        return _draft(row) if row else None

    def drafts(self, person: PersonId) -> list[DraftLine]:
        """Return a person's drafts: those that wait for a signature first, then the newest."""
        rows = self._reader.execute(
            f"SELECT {_DRAFT_COLUMNS}, {_STUDENT} FROM note_draft d"
            " LEFT JOIN session_note n ON n.id = d.note_id"
            " LEFT JOIN student s ON s.id = coalesce(d.student_id, n.student_id)"
            " WHERE d.person_id = ? ORDER BY d.ready DESC, d.saved_at DESC, d.id LIMIT 0 + ?",
            (person, PAGE),
        )
        return [DraftLine(_draft(row[:10]), _name(*row[10:13]), row[13] or "") for row in rows]

    def draft_from_sole(self, person: PersonId, sole_id: str) -> str | None:
        """Return the draft that was begun from a sole-possession note, if it still waits."""
        row = self._reader.execute(
            "SELECT id FROM note_draft WHERE person_id = ? AND content ->> '$.sole_id' = ?",
            (person, sole_id),
        ).fetchone()
        return str(row[0]) if row else None

    def counts(self, person: PersonId) -> tuple[int, int]:
        """Return how many drafts a person has, and how many of them wait for a signature."""
        row = self._reader.execute(
            "SELECT count(*), coalesce(sum(ready), 0) FROM note_draft WHERE person_id = ?",
            (person,),
        ).fetchone()
        return (int(row[0]), int(row[1])) if row else (0, 0)

    # -- signed notes ----------------------------------------------------------------

    def is_signed(self, draft_id: str) -> bool:
        """Tell whether this draft has become a signed row."""
        row = self._reader.execute(
            "SELECT EXISTS (SELECT 1 FROM session_note WHERE id = ?)"
            " OR EXISTS (SELECT 1 FROM note_addition WHERE id = ?)",
            (draft_id, draft_id),
        ).fetchone()
        return bool(row and row[0])

    def note(self, seat: Seat, note_id: str) -> SessionNote | None:
        """Return a signed note, or None; one that `seat` does not see is not there for it."""
        row = self._reader.execute(
            f"SELECT {_NOTE_COLUMNS} FROM session_note n WHERE n.id = :note AND {_SEEN.format('n')}",
            {"note": note_id, **eyes(seat)},
        ).fetchone()
        return note_of(row) if row else None

    def clock_behind(self, note_id: str) -> int:
        """Return by how many seconds the clock stood behind when a note was signed; usually 0."""
        row = self._reader.execute(
            "SELECT after ->> '$.clock_behind' FROM journal"
            " WHERE subject_id = ? AND what = 'SignNote' ORDER BY seq LIMIT 1",
            (note_id,),
        ).fetchone()
        return int(row[0]) if row and row[0] else 0

    def additions(self, note_id: str) -> tuple[Addition, ...]:
        """Return what was added to a note, in the order it was signed."""
        rows = self._reader.execute(
            f"SELECT {_ADDITION_COLUMNS} FROM note_addition WHERE note_id = ? ORDER BY row",
            (note_id,),
        )
        return tuple(addition_of(row) for row in rows)

    def notes_of(self, person: PersonId, offset: int = 0, limit: int = PAGE) -> list[NoteLine]:
        """Return one page of a person's signed notes, the newest session first."""
        rows = self._reader.execute(
            "SELECT n.id, n.student_id, s.given_name, s.family_name, s.preferred_name, s.grade,"
            " n.started_at, n.zone, n.minutes, n.service_label, n.attendance, n.late,"
            " (SELECT count(*) FROM note_addition a WHERE a.note_id = n.id),"
            " EXISTS (SELECT 1 FROM note_addition a"
            "   WHERE a.note_id = n.id AND a.kind = 'amendment')"
            " FROM session_note n JOIN student s ON s.id = n.student_id"
            " WHERE n.person_id = ? ORDER BY n.started_at DESC, n.row DESC LIMIT 0 + ? OFFSET ?",
            (person, limit, offset),
        )
        return [
            NoteLine(
                id=NoteId(row[0]),
                student_id=StudentId(row[1]),
                student=_name(*row[2:5]),
                grade=row[5],
                started=Moment(row[6], row[7]),
                minutes=row[8],
                service=row[9],
                attendance=Attendance(row[10]),
                late=bool(row[11]),
                additions=row[12],
                amended=bool(row[13]),
            )
            for row in rows
        ]

    def count_of(self, person: PersonId) -> int:
        """Return how many notes a person has signed."""
        row = self._reader.execute(
            "SELECT count(*) FROM session_note WHERE person_id = ?", (person,)
        ).fetchone()
        return int(row[0]) if row else 0

    def last_service(self, person: PersonId) -> str:
        """Return the kind of service a person wrote last, as long as it is offered."""
        row = self._reader.execute(
            "SELECT k.id FROM service_kind k WHERE k.retired = 0 AND k.id ="
            " (SELECT service_id FROM session_note WHERE person_id = ?"
            "  ORDER BY started_at DESC LIMIT 1)",
            (person,),
        ).fetchone()
        return str(row[0]) if row else ""

    def school_of(self, school_id: str | None) -> str:
        """Return a building's name, or nothing."""
        row = self._reader.execute("SELECT name FROM school WHERE id = ?", (school_id,)).fetchone()
        return str(row[0]) if row else ""

    def home_school(self, student_id: str | None) -> str:
        """Return the id of the building a student goes to, or nothing."""
        row = self._reader.execute(
            "SELECT school_id FROM student WHERE id = ?", (student_id,)
        ).fetchone()
        return str(row[0]) if row and row[0] else ""

    def maker(self, person: PersonId) -> str:
        """Return a person's name with credentials, as it stands under a note."""
        row = self._reader.execute(
            "SELECT name, credentials FROM person WHERE id = ?", (person,)
        ).fetchone()
        return ", ".join(part for part in row if part) if row else ""

    def student(self, student_id: str) -> StudentLine | None:
        """Return a student as a note shows them, or None."""
        row = self._reader.execute(
            "SELECT s.id, s.given_name, s.family_name, s.preferred_name, s.grade,"
            " coalesce(c.name, ''), s.student_number"
            " FROM student s LEFT JOIN school c ON c.id = s.school_id WHERE s.id = ?",
            (student_id,),
        ).fetchone()
        if row is None:
            return None
        return StudentLine(StudentId(row[0]), _name(*row[1:4]), row[4], row[5], row[6])

    # -- next steps ------------------------------------------------------------------

    def follow_ups(self, person: PersonId, until: str = "9999-12-31") -> list[FollowUpLine]:
        """Return a person's open next steps due up to a day, the earliest first."""
        rows = self._reader.execute(
            "SELECT f.id, f.student_id, f.note_id, f.person_id, f.text, f.due_on, f.done_at,"
            " s.given_name, s.family_name, s.preferred_name"
            " FROM follow_up f JOIN student s ON s.id = f.student_id"
            " WHERE f.person_id = ? AND f.done_at = '' AND f.due_on <= ?"
            " ORDER BY f.due_on, f.id LIMIT 0 + ?",
            (person, until, PAGE),
        )
        return [FollowUpLine(FollowUp(*row[:7]), _name(*row[7:10])) for row in rows]

    def follow_up(self, seat: Seat, follow_up_id: str) -> FollowUp | None:
        """Return a next step, or None; one that `seat` does not see is not there for it."""
        return self._one_follow_up(seat, "f.id = :step", {"step": follow_up_id})

    def follow_up_of_note(self, seat: Seat, note: SessionNote) -> FollowUp | None:
        """Return the next step a note was signed with, or None."""
        return self._one_follow_up(
            seat,
            "f.student_id = :student AND f.note_id = :note",
            {"student": note.student_id, "note": note.id},
        )

    def _one_follow_up(self, seat: Seat, where: str, values: dict[str, str]) -> FollowUp | None:
        row = self._reader.execute(
            "SELECT f.id, f.student_id, f.note_id, f.person_id, f.text, f.due_on, f.done_at"
            f" FROM follow_up f WHERE {where} AND {_SEEN.format('f')}",
            {**values, **eyes(seat)},
        ).fetchone()
        return FollowUp(*row) if row else None

    # -- sole possession -------------------------------------------------------------

    def sole(self, person: PersonId, note_id: str) -> SoleNote | None:
        """Return one of a person's own sole-possession notes, or None."""
        row = self._reader.execute(
            f"SELECT {_SOLE_COLUMNS} FROM sole_note n WHERE n.id = ? AND n.person_id = ?",
            (note_id, person),
        ).fetchone()
        return _sole(row) if row else None

    def soles(self, person: PersonId, today: str) -> list[SoleLine]:
        """Return a person's sole-possession notes: those that ask to be purged first."""
        rows = self._reader.execute(
            f"SELECT {_SOLE_COLUMNS}, s.given_name, s.family_name, s.preferred_name,"
            " CASE WHEN n.purge_on <> '' AND n.purge_on <= ? THEN 'due'"
            "      WHEN n.kept_at = '' AND s.standing = 'left' THEN 'left' ELSE '' END AS purge"
            " FROM sole_note n LEFT JOIN student s ON s.id = n.student_id"
            " WHERE n.person_id = ? ORDER BY purge = '', n.about_on DESC, n.id DESC LIMIT 0 + ?",
            (today, person, PAGE),
        )
        return [SoleLine(_sole(row[:9]), _name(*row[9:12]), row[12]) for row in rows]

    def school_year_ends(self, day: str) -> str | None:
        """Return when the school year that `day` falls in ends, if the roster told."""
        row = self._reader.execute(
            "SELECT max(ends_on) FROM term WHERE active = 1 AND starts_on <= ? AND ends_on >= ?",
            (day, day),
        ).fetchone()
        return row[0] if row else None

    # -- templates and lists ---------------------------------------------------------

    def templates(self) -> tuple[Template, ...]:
        """Return every template, in order, in the language in use."""
        rows = self._reader.execute(
            "SELECT id, format, name, sections, builtin, retired, position"
            " FROM note_template ORDER BY position, made_at, id"
        )
        return tuple(_template(row) for row in rows)

    def template(self, template_id: str) -> Template | None:
        """Return a template in the language in use, or None."""
        row = self._reader.execute(
            "SELECT id, format, name, sections, builtin, retired, position"
            " FROM note_template WHERE id = ?",
            (template_id,),
        ).fetchone()
        return _template(row) if row else None

    def choices(self, of: ChoiceList) -> tuple[Choice, ...]:
        """Return a list in its order, shipped labels in the language in use."""
        rows = self._reader.execute(
            f"SELECT id, code, label, retired, position FROM {of.value} ORDER BY position, id"
        )
        return tuple(
            Choice(row[0], row[1], said_choice(of, row[1], row[2]), bool(row[3]), row[4])
            for row in rows
        )

    def labels(self, of: ChoiceList, ids: Sequence[str]) -> dict[str, str]:
        """Return the labels of list entries as they stand."""
        marks = ", ".join("?" * len(ids))
        rows = self._reader.execute(
            f"SELECT id, code, label FROM {of.value} WHERE id IN ({marks})", tuple(ids)
        )
        return {row[0]: said_choice(of, row[1], row[2]) for row in rows}

    def schools(self, person: PersonId) -> tuple[SchoolLine, ...]:
        """Return the buildings of the vault, a person's own first and in their order."""
        rows = self._reader.execute(
            "SELECT c.id, c.name, p.position IS NOT NULL FROM school c"
            " LEFT JOIN person_school p ON p.school_id = c.id AND p.person_id = ?"
            " WHERE c.active = 1 ORDER BY p.position IS NULL, p.position, c.name LIMIT 0 + ?",
            (person, PAGE),
        )
        return tuple(SchoolLine(row[0], row[1], bool(row[2])) for row in rows)


def _template(row: Row) -> Template:
    sections = tuple(TemplateSection(**part) for part in json.loads(row[3]))
    return said_template(
        Template(row[0], row[1], row[2], sections, bool(row[4]), bool(row[5]), row[6])
    )


def _template_sections(sections: Sequence[TemplateSection]) -> str:
    parts = [{"key": part.key, "title": part.title, "hint": part.hint} for part in sections]
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))


class NotesRepo(Notes):
    """Drafts, notes and next steps, inside a transaction."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx)
        self._tx = tx

    # -- drafts ----------------------------------------------------------------------

    def save_draft(self, draft: Draft) -> bool:
        """Write a draft as it stands; tell whether it is still a draft.

        One statement, and none can bring a signed note's draft back: a save that was
        under way when the signature came finds nothing to write.
        """
        row = self._tx.execute(
            "INSERT INTO note_draft"
            " (id, person_id, student_id, kind, note_id, content, ready, made_at, saved_at, zone)"
            " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10"
            " WHERE NOT EXISTS (SELECT 1 FROM session_note WHERE id = ?1)"
            "   AND NOT EXISTS (SELECT 1 FROM note_addition WHERE id = ?1)"
            " ON CONFLICT (id) DO UPDATE SET student_id = excluded.student_id,"
            "   content = excluded.content, ready = excluded.ready, saved_at = excluded.saved_at"
            "   WHERE person_id = excluded.person_id"
            " RETURNING 1",
            (
                draft.id,
                self._tx.who,
                draft.student_id,
                draft.kind.value,
                draft.note_id,
                draft.form.text(),
                int(draft.ready),
                draft.made.at,
                self._tx.now.at,
                draft.made.zone,
            ),
        ).fetchone()
        return row is not None

    def drop_draft(self, draft_id: str) -> bool:
        """Remove one of the drafts of whoever is at the desk; tell whether it was there."""
        row = self._tx.execute(
            "DELETE FROM note_draft WHERE id = ? AND person_id = ? RETURNING 1",
            (draft_id, self._tx.who),
        ).fetchone()
        return row is not None

    # -- signed rows -----------------------------------------------------------------

    def add_notes(self, notes: Sequence[SessionNote]) -> list[bytes]:
        """Write signed notes by one statement and return their hashes."""
        hashes: list[bytes] = []
        values: list[Value] = []
        for note in notes:
            stored = note.stored()
            hashes.append(seal(stored))
            values += (*stored, hashes[-1])
        marks = f"({', '.join('?' * (len(values) // len(notes)))})"
        self._tx.execute(
            f"INSERT INTO session_note ({_NOTE_COLUMNS}, hash)"
            f" VALUES {', '.join([marks] * len(notes))}",
            values,
        )
        return hashes

    def add_addition(self, addition: Addition) -> bytes:
        """Write a signed addendum or amendment and return its hash."""
        stored = addition.stored()
        sealed = seal(stored)
        self._tx.execute(
            f"INSERT INTO note_addition ({_ADDITION_COLUMNS}, hash)"
            f" VALUES ({', '.join('?' * (len(stored) + 1))})",
            (*stored, sealed),
        )
        return sealed

    # -- next steps ------------------------------------------------------------------

    def add_follow_up(self, follow_up: FollowUp) -> None:
        """Write a next step."""
        self._tx.execute(
            "INSERT INTO follow_up (id, student_id, note_id, person_id, text, due_on, made_at, zone)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                follow_up.id,
                follow_up.student_id,
                follow_up.note_id,
                follow_up.person_id,
                follow_up.text,
                follow_up.due_on,
                self._tx.now.at,
                self._tx.now.zone,
            ),
        )

    def finish_follow_up(self, follow_up_id: str, *, done: bool) -> None:
        """Write that a next step was done and by whom, or take it back."""
        self._tx.execute(
            "UPDATE follow_up SET done_at = ?, done_by = ? WHERE id = ?",
            (self._tx.now.at if done else "", self._tx.who if done else "", follow_up_id),
        )

    def postpone_follow_up(self, follow_up_id: str, due_on: str) -> None:
        """Give a next step another day."""
        self._tx.execute("UPDATE follow_up SET due_on = ? WHERE id = ?", (due_on, follow_up_id))

    # -- sole possession -------------------------------------------------------------

    def add_sole(self, note: SoleNote) -> None:
        """Write a new sole-possession note."""
        self._tx.execute(
            "INSERT INTO sole_note"
            " (id, person_id, student_id, text, about_on, purge_on, made_at, saved_at, zone)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                note.id,
                note.person_id,
                note.student_id,
                note.text,
                note.about_on,
                note.purge_on,
                self._tx.now.at,
                self._tx.now.at,
                self._tx.now.zone,
            ),
        )

    def change_sole(self, note: SoleNote) -> None:
        """Write a sole-possession note's text and facts."""
        self._tx.execute(
            "UPDATE sole_note SET student_id = ?, text = ?, about_on = ?, purge_on = ?,"
            " saved_at = ? WHERE id = ? AND person_id = ?",
            (
                note.student_id,
                note.text,
                note.about_on,
                note.purge_on,
                self._tx.now.at,
                note.id,
                self._tx.who,
            ),
        )

    def save_sole(self, note_id: str, text: str) -> bool:
        """Write a sole-possession note's text; tell whether the note is there."""
        row = self._tx.execute(
            "UPDATE sole_note SET text = ?, saved_at = ? WHERE id = ? AND person_id = ?"
            " RETURNING 1",
            (text, self._tx.now.at, note_id, self._tx.who),
        ).fetchone()
        return row is not None

    def keep_sole(self, note_id: str, purge_on: str) -> None:
        """Write that a note's maker chose to keep it, and until when."""
        self._tx.execute(
            "UPDATE sole_note SET purge_on = ?, kept_at = ? WHERE id = ? AND person_id = ?",
            (purge_on, self._tx.now.at, note_id, self._tx.who),
        )

    def purge_sole(self, note_id: str) -> bool:
        """Destroy a note; tell whether there was one. The engine overwrites what it held."""
        row = self._tx.execute(
            "DELETE FROM sole_note WHERE id = ? AND person_id = ? RETURNING 1",
            (note_id, self._tx.who),
        ).fetchone()
        return row is not None

    # -- templates and lists ---------------------------------------------------------

    def seed(self) -> None:
        """Write what the program ships: formats, kinds of service, interventions."""
        self._tx.executemany(
            "INSERT INTO note_template (id, format, name, sections, builtin, position, made_at)"
            " VALUES (?, ?, ?, ?, 1, ?, ?)",
            [
                (
                    new_id(),
                    shipped.code,
                    shipped.name,
                    _template_sections(
                        [TemplateSection(s.key, s.title, s.hint) for s in shipped.sections]
                    ),
                    position,
                    self._tx.now.at,
                )
                for position, shipped in enumerate(FORMATS)
            ],
        )
        for of, labels in (
            (ChoiceList.SERVICE, SERVICES),
            (ChoiceList.INTERVENTION, INTERVENTIONS),
        ):
            self._tx.executemany(
                f"INSERT INTO {of.value} (id, code, label, position) VALUES (?, ?, ?, ?)",
                [
                    (new_id(), code, label, position)
                    for position, (code, label) in enumerate(labels.items())
                ],
            )

    def add_template(self, template: Template) -> None:
        """Write a template of a person's own, after the others."""
        self._tx.execute(
            "INSERT INTO note_template (id, format, name, sections, position, made_at)"
            " VALUES (?, ?, ?, ?, (SELECT coalesce(max(position), -1) + 1 FROM note_template), ?)",
            (
                template.id,
                template.format,
                template.name,
                _template_sections(template.sections),
                self._tx.now.at,
            ),
        )

    def change_template(self, template: Template) -> None:
        """Write the name and sections of a template of a person's own."""
        self._tx.execute(
            "UPDATE note_template SET name = ?, sections = ? WHERE id = ? AND builtin = 0",
            (template.name, _template_sections(template.sections), template.id),
        )

    def retire_template(self, template_id: str, *, retired: bool) -> None:
        """Write whether a template is offered."""
        self._tx.execute(
            "UPDATE note_template SET retired = ? WHERE id = ?", (int(retired), template_id)
        )

    def add_choice(self, of: ChoiceList, choice_id: str, label: str) -> None:
        """Write a new entry at the end of a list."""
        self._tx.execute(
            f"INSERT INTO {of.value} (id, label, position)"
            f" VALUES (?, ?, (SELECT coalesce(max(position), -1) + 1 FROM {of.value}))",
            (choice_id, label),
        )

    def rename_choice(self, of: ChoiceList, choice_id: str, label: str) -> None:
        """Write an entry's label; its code stays."""
        self._tx.execute(f"UPDATE {of.value} SET label = ? WHERE id = ?", (label, choice_id))

    def retire_choice(self, of: ChoiceList, choice_id: str, *, retired: bool) -> None:
        """Write whether an entry is offered."""
        self._tx.execute(
            f"UPDATE {of.value} SET retired = ? WHERE id = ?", (int(retired), choice_id)
        )

    def reorder_choices(self, of: ChoiceList, order: Sequence[str]) -> None:
        """Write a list's order."""
        self._tx.executemany(
            f"UPDATE {of.value} SET position = ? WHERE id = ?",
            [(position, choice_id) for position, choice_id in enumerate(order)],
        )
