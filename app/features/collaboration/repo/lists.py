"""The room's lists: the file sorts, narrows and pages them."""

import json
from dataclasses import dataclass
from enum import StrEnum, unique

from app.features.collaboration.model.concerns import Concern
from app.features.collaboration.model.consultations import (
    Consultation,
    ConsultationDraft,
    ConsultationForm,
    Step,
)
from app.features.collaboration.model.contacts import ContactRow
from app.features.collaboration.model.team import Member
from app.features.collaboration.repo.rows import Book, Keeper
from app.kernel.clock import Moment
from app.kernel.ids import PersonId, StudentId
from app.kernel.names import listed_name, shown_name
from app.kernel.ports import Row, Seat, Value
from app.kernel.rights import eyes
from app.kernel.rows import columns
from app.store.book import listed, read_as

PAGE = 200

_SEEN = (
    "+t.person_id IN (SELECT p.id FROM person p WHERE p.id = :me"
    " OR p.role IN (SELECT value FROM json_each(:roles)))"
)
_PUPIL = (
    "s.id, s.given_name, s.family_name, s.preferred_name, s.grade, s.student_number,"
    " coalesce((SELECT b.name FROM school b WHERE b.id = s.school_id), '')"
)
_PUPIL_WIDTH = 7


@dataclass(frozen=True, slots=True)
class Pupil:
    """A student as this room shows them."""

    id: StudentId
    name: str
    listed: str
    grade: str
    number: str
    school: str


def _pupil(row: Row, start: int) -> Pupil:
    student, given, family, preferred, grade, number, school = row[start : start + _PUPIL_WIDTH]
    return Pupil(
        StudentId(student),
        shown_name(given, family, preferred),
        listed_name(given, family, preferred),
        grade,
        number,
        school,
    )


@unique
class ConcernsView(StrEnum):
    """Which concerns a list shows."""

    OPEN = "open"
    WATCHED = "watched"
    DECIDED = "decided"
    ALL = "all"


_DECISION = (
    "(SELECT {} FROM concern_entry e WHERE e.concern_id = t.id AND e.kind = 'decision'"
    " ORDER BY e.row DESC LIMIT 1)"
)
_OPEN_DANGER = (
    "(t.danger <> '[]' AND NOT EXISTS (SELECT 1 FROM concern_entry c"
    " WHERE c.concern_id = t.id AND c.kind = 'closed'))"
)
_LATEST = (
    f"SELECT t.*, coalesce({_DECISION.format('e.decision')}, '') AS decided,"
    f" coalesce({_DECISION.format('e.until_on')}, '') AS watched_until,"
    f" {_OPEN_DANGER} AS open_danger FROM concern t"
)
_VIEWS = {
    ConcernsView.OPEN: (
        "(t.open_danger OR t.decided = '' OR t.decided = 'watch' AND t.watched_until <= :today)"
    ),
    ConcernsView.WATCHED: "(t.decided = 'watch' AND t.watched_until > :today)",
    ConcernsView.DECIDED: "(t.decided NOT IN ('', 'watch'))",
    ConcernsView.ALL: "1",
}


@dataclass(frozen=True, slots=True)
class ConcernLine:
    """A concern in a list."""

    concern: Concern
    pupil: Pupil
    decision: str
    """The latest; empty while nobody has decided."""
    until_on: str
    open_danger: bool
    due: bool
    """Watched until a day that has come."""


@dataclass(frozen=True, slots=True)
class ConsultationLine:
    """A consultation in a list."""

    consultation: Consultation
    pupil: Pupil | None
    by: str
    open_steps: int


@dataclass(frozen=True, slots=True)
class ConsultationDraftLine:
    """A draft in a list."""

    draft: ConsultationDraft
    pupil: Pupil | None


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A contact in a list; `attempt` is its number within its matter."""

    row: ContactRow
    pupil: Pupil
    by: str
    attempts: int
    corrected: bool


@dataclass(frozen=True, slots=True)
class StepLine:
    """An agreed step in a list."""

    step: Step
    pupil: Pupil | None
    about: str


@dataclass(frozen=True, slots=True)
class Guardian:
    """A guardian as someone is about to contact them."""

    id: str
    name: str
    relation: str
    phone: str
    email: str
    language: str
    interpreter: bool
    do_not_contact: str
    """The reason; empty when contact is allowed."""
    reach: str


@dataclass(frozen=True, slots=True)
class Known:
    """Someone whom the roster or an earlier record knows."""

    id: str
    name: str
    role: str


class Lists(Book):
    """The room's lists and look-ups."""

    def pupil(self, student_id: str) -> Pupil | None:
        """Return a student, or None."""
        row = self.reader.execute(
            f"SELECT {_PUPIL} FROM student s WHERE s.id = ?", (student_id,)
        ).fetchone()
        return _pupil(row, 0) if row else None

    # -- concerns --------------------------------------------------------------------

    def concerns(
        self, seat: Seat, view: ConcernsView, today: str, offset: int, limit: int
    ) -> list[ConcernLine]:
        """Return a page of concerns: danger first, then by urgency, the oldest first."""
        rows = self.reader.execute(
            f"SELECT {listed(Concern)}, {_PUPIL}, t.decided, t.watched_until, t.open_danger"
            f" FROM ({_LATEST} WHERE {_SEEN}) t JOIN student s ON s.id = t.student_id"
            f" WHERE {_VIEWS[view]}"
            " ORDER BY t.open_danger DESC, t.urgency DESC, t.raised_on, t.row"
            " LIMIT 0 + :limit OFFSET :offset",
            {**eyes(seat), "today": today, "limit": limit, "offset": offset},
        )
        return [_concern_line(row, today) for row in rows]

    def concern_count(self, seat: Seat, view: ConcernsView, today: str) -> int:
        """Return how many concerns a view has."""
        row = self.reader.execute(
            f"SELECT count(*) FROM ({_LATEST} WHERE {_SEEN}) t WHERE {_VIEWS[view]}",
            {**eyes(seat), "today": today},
        ).fetchone()
        return int(row[0]) if row else 0

    def concerns_of(self, seat: Seat, student_id: str, today: str) -> list[ConcernLine]:
        """Return a student's concerns, the newest first."""
        rows = self.reader.execute(
            f"SELECT {listed(Concern)}, {_PUPIL}, t.decided, t.watched_until, t.open_danger"
            f" FROM ({_LATEST} WHERE t.student_id = :student AND {_SEEN}) t"
            " JOIN student s ON s.id = t.student_id"
            " ORDER BY t.raised_on DESC, t.row DESC LIMIT 0 + :limit",
            {**eyes(seat), "student": student_id, "limit": PAGE},
        )
        return [_concern_line(row, today) for row in rows]

    def seen_concern(self, seat: Seat, concern_id: str) -> Concern | None:
        """Return a concern that the seat sees, or None."""
        row = self.reader.execute(
            f"SELECT {listed(Concern)} FROM concern t WHERE t.id = :id AND {_SEEN}",
            {**eyes(seat), "id": concern_id},
        ).fetchone()
        return read_as(Concern, row) if row else None

    # -- consultations ---------------------------------------------------------------

    def consultations(
        self, seat: Seat, student_id: str, offset: int, limit: int
    ) -> list[ConsultationLine]:
        """Return a page of consultations, the newest first; of one student, or of all."""
        which = "t.student_id = :student AND " if student_id else ""
        rows = self.reader.execute(
            f"SELECT {listed(Consultation)}, (SELECT p.name FROM person p WHERE p.id ="
            " t.person_id), (SELECT count(*) FROM agreed_step a WHERE a.consultation_id = t.id"
            f" AND a.done_at = ''), {_PUPIL} FROM consultation t"
            f" LEFT JOIN student s ON s.id = t.student_id WHERE {which}{_SEEN}"
            " ORDER BY t.started_at DESC, t.row DESC LIMIT 0 + :limit OFFSET :offset",
            {**eyes(seat), "student": student_id, "limit": limit, "offset": offset},
        )
        width = len(columns(Consultation))
        return [
            ConsultationLine(
                read_as(Consultation, row),
                _pupil(row, width + 2) if row[width + 2] else None,
                row[width],
                row[width + 1],
            )
            for row in rows
        ]

    def consultation_count(self, seat: Seat, student_id: str = "") -> int:
        """Return how many consultations there are, of one student or of all."""
        which = "t.student_id = :student AND " if student_id else ""
        row = self.reader.execute(
            f"SELECT count(*) FROM consultation t WHERE {which}{_SEEN}",
            {**eyes(seat), "student": student_id},
        ).fetchone()
        return int(row[0]) if row else 0

    def seen_consultation(self, seat: Seat, consultation_id: str) -> Consultation | None:
        """Return a consultation that the seat sees, or None."""
        row = self.reader.execute(
            f"SELECT {listed(Consultation)} FROM consultation t WHERE t.id = :id AND {_SEEN}",
            {**eyes(seat), "id": consultation_id},
        ).fetchone()
        return read_as(Consultation, row) if row else None

    def consultation_draft(self, person: PersonId, draft_id: str) -> ConsultationDraft | None:
        """Return one of a person's drafts, or None."""
        row = self.reader.execute(
            f"SELECT {_DRAFT} FROM consultation_draft d WHERE d.id = ? AND d.person_id = ?",
            (draft_id, person),
        ).fetchone()
        return _draft(row) if row else None

    def consultation_drafts(self, person: PersonId) -> list[ConsultationDraftLine]:
        """Return a person's drafts, the newest first."""
        rows = self.reader.execute(
            f"SELECT {_DRAFT}, {_PUPIL} FROM consultation_draft d"
            " LEFT JOIN student s ON s.id = d.student_id"
            " WHERE d.person_id = ? ORDER BY d.saved_at DESC, d.id LIMIT 0 + ?",
            (person, PAGE),
        )
        return [
            ConsultationDraftLine(_draft(row), _pupil(row, _DRAFT_WIDTH) if row[1] else None)
            for row in rows
        ]

    def steps_due(self, person: PersonId, today: str) -> list[StepLine]:
        """Return a person's agreed steps whose day has come, the oldest first."""
        return self._steps(
            "t.person_id = ? AND t.done_at = '' AND t.due_on <= ? ORDER BY t.due_on, t.id",
            (person, today),
        )

    def steps_of(self, consultation_id: str) -> list[Step]:
        """Return what was agreed in a consultation."""
        return self.where(Step, "t.consultation_id = ? ORDER BY t.due_on, t.id", (consultation_id,))

    def _steps(self, condition: str, values: tuple[Value, ...]) -> list[StepLine]:
        rows = self.reader.execute(
            f"SELECT {listed(Step)}, (SELECT c.about FROM consultation c"
            f" WHERE c.id = t.consultation_id), {_PUPIL}"
            f" FROM agreed_step t LEFT JOIN student s ON s.id = t.student_id WHERE {condition}"
            " LIMIT 200",
            values,
        )
        width = len(columns(Step))
        return [
            StepLine(
                read_as(Step, row),
                _pupil(row, width + 1) if row[width + 1] else None,
                row[width] or "",
            )
            for row in rows
        ]

    # -- contacts --------------------------------------------------------------------

    def contacts(self, seat: Seat, student_id: str, offset: int, limit: int) -> list[ContactLine]:
        """Return a page of contacts, the newest first; of one student, or of all."""
        which = "t.student_id = :student AND " if student_id else ""
        return self._contacts(
            f"{which}{_SEEN} ORDER BY t.at DESC, t.row DESC LIMIT 0 + :limit OFFSET :offset",
            {**eyes(seat), "student": student_id, "limit": limit, "offset": offset},
        )

    def contact_count(self, seat: Seat, student_id: str = "") -> int:
        """Return how many contacts there are, of one student or of all."""
        which = "t.student_id = :student AND " if student_id else ""
        row = self.reader.execute(
            f"SELECT count(*) FROM contact t WHERE {which}{_SEEN}",
            {**eyes(seat), "student": student_id},
        ).fetchone()
        return int(row[0]) if row else 0

    def contacts_waiting(self, seat: Seat, today: str = "") -> list[ContactLine]:
        """Return the last row of each open matter; with a day, only of those due by then."""
        due = "t.next_on <> '' AND t.next_on <= :today AND " if today else ""
        return self._contacts(
            f"{due}{_SEEN} AND {_STANDS.format('t')}"
            " AND NOT EXISTS (SELECT 1 FROM contact n WHERE n.matter_id = t.matter_id"
            f" AND {_STANDS.format('n')} AND (n.result IN ('reached', 'given_up')"
            " OR (n.at, n.recorded_at, n.id) > (t.at, t.recorded_at, t.id)))"
            " ORDER BY t.next_on = '', t.next_on, t.row LIMIT 200",
            {**eyes(seat), "today": today},
        )

    def _contacts(self, condition: str, values: dict[str, Value]) -> list[ContactLine]:
        rows = self.reader.execute(
            f"SELECT {listed(ContactRow)}, {_PUPIL},"
            " (SELECT p.name FROM person p WHERE p.id = t.person_id),"
            " (SELECT count(*) FROM contact n WHERE n.matter_id = t.matter_id"
            f" AND n.result <> 'given_up' AND {_STANDS.format('n')}), NOT {_STANDS.format('t')}"
            f" FROM contact t JOIN student s ON s.id = t.student_id WHERE {condition}",
            values,
        )
        width = len(columns(ContactRow))
        end = width + _PUPIL_WIDTH
        return [
            ContactLine(
                read_as(ContactRow, row),
                _pupil(row, width),
                row[end],
                row[end + 1],
                bool(row[end + 2]),
            )
            for row in rows
        ]

    def matter_rows(self, seat: Seat, student_id: str) -> list[ContactRow]:
        """Return all of a student's contacts in the order they were written."""
        rows = self.reader.execute(
            f"SELECT {listed(ContactRow)} FROM contact t WHERE t.student_id = :student"
            f" AND {_SEEN} ORDER BY t.row",
            {**eyes(seat), "student": student_id},
        )
        return [read_as(ContactRow, row) for row in rows]

    def seen_member(self, seat: Seat, member_id: str) -> Member | None:
        """Return a member of a care team that the seat sees, or None."""
        row = self.reader.execute(
            f"SELECT {listed(Member)} FROM team_member t WHERE t.id = :id AND {_SEEN}",
            {**eyes(seat), "id": member_id},
        ).fetchone()
        return read_as(Member, row) if row else None

    # -- people around ---------------------------------------------------------------

    def guardians(self, student_id: str) -> list[Guardian]:
        """Return a student's guardians in the family's order."""
        rows = self.reader.execute(
            "SELECT g.id, g.given_name, g.family_name, l.relation, coalesce(nullif(g.phone, ''),"
            " g.sms), g.email, g.language, g.interpreter, l.do_not_contact,"
            " trim(l.reach_by || ' ' || l.reach_when)"
            " FROM student_guardian l JOIN guardian g ON g.id = l.guardian_id"
            " WHERE l.student_id = ? AND l.ended_on = '' ORDER BY l.position, g.family_name, g.id",
            (student_id,),
        )
        return [
            Guardian(
                row[0], shown_name(row[1], row[2]), row[3], row[4], row[5], row[6],
                bool(row[7]), row[8], row[9],
            )
            for row in rows
        ]  # fmt: skip

    def staff(self, student_id: str = "") -> list[Known]:
        """Return the roster's staff by name: first those who teach the student."""
        rows = self.reader.execute(
            "SELECT f.id, f.given_name, f.family_name, f.role, EXISTS (SELECT 1 FROM enrollment a"
            " JOIN enrollment b ON b.class_id = a.class_id WHERE a.student_id = :student"
            " AND a.active = 1 AND b.staff_id = f.id AND b.active = 1) AS teaches"
            " FROM staff f WHERE f.active = 1"
            " ORDER BY teaches DESC, f.family_name, f.given_name, f.id LIMIT 2000",
            {"student": student_id},
        )
        return [Known(row[0], shown_name(row[1], row[2]), row[3]) for row in rows]

    def earlier_raisers(self, seat: Seat) -> list[Known]:
        """Return those who raised concerns before and whom the roster does not know."""
        rows = self.reader.execute(
            "SELECT t.raiser_name, t.raiser FROM concern t WHERE t.raiser IN ('teacher', 'staff')"
            f" AND t.raiser_id = '' AND t.raiser_name <> '' AND {_SEEN}"
            " GROUP BY t.raiser_name, t.raiser ORDER BY max(t.row) DESC LIMIT 200",
            eyes(seat),
        )
        return [Known("", row[0], row[1]) for row in rows]

    def classes(self) -> list[str]:
        """Return the titles of the roster's classes."""
        rows = self.reader.execute(
            "SELECT DISTINCT title FROM class WHERE active = 1 ORDER BY title LIMIT 2000"
        )
        return [row[0] for row in rows]

    def names_around(self, student_id: str) -> list[str]:
        """Return what a text about a student must not say: their names, and their guardians'."""
        row = self.reader.execute(
            "SELECT given_name, family_name, preferred_name, middle_name FROM student WHERE id = ?",
            (student_id,),
        ).fetchone()
        guardians = self.reader.execute(
            "SELECT g.given_name, g.family_name FROM student_guardian l"
            " JOIN guardian g ON g.id = l.guardian_id WHERE l.student_id = ?",
            (student_id,),
        ).fetchall()
        return [name for one in ([row] if row else []) + guardians for name in one if name]

    def listed_among(self, pairs: tuple[str, ...]) -> list[str]:
        """Return the names of students whom one of these pairs of words names in full."""
        rows = self.reader.execute(
            "SELECT DISTINCT given_name, family_name, preferred_name FROM student"
            " WHERE standing IN ('enrolled', 'left')"
            " AND listed_name IN (SELECT value FROM json_each(?))",
            (json.dumps(pairs),),
        )
        return [shown_name(*row) for row in rows]


# Said twice, so that the index of corrections, which holds nothing else, is asked.
_STANDS = "NOT EXISTS (SELECT 1 FROM contact z WHERE z.replaces = {}.id AND z.replaces <> '')"
_DRAFT = "d.id, d.student_id, d.content, d.made_at, d.zone, d.saved_at"
_DRAFT_WIDTH = 6


def _draft(row: Row) -> ConsultationDraft:
    return ConsultationDraft(
        row[0],
        StudentId(row[1]) if row[1] else None,
        ConsultationForm.of_text(row[2]),
        Moment(row[3], row[4]),
        row[5],
    )


def _concern_line(row: Row, today: str) -> ConcernLine:
    width = len(columns(Concern))
    decision, until, danger = row[width + _PUPIL_WIDTH :]
    return ConcernLine(
        read_as(Concern, row),
        _pupil(row, width),
        decision,
        until,
        bool(danger),
        decision == "watch" and until <= today,
    )


class RoomKeeper(Lists, Keeper):
    """All of the room's records within one command."""

    def save_draft(self, draft: ConsultationDraft) -> bool:
        """Keep a draft; False where it was signed meanwhile."""
        signed = self.tx.execute("SELECT 1 FROM consultation WHERE id = ?", (draft.id,)).fetchone()
        if signed:
            return False
        self.tx.execute(
            "INSERT INTO consultation_draft (id, person_id, student_id, content, made_at,"
            " saved_at, zone) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
            " student_id = excluded.student_id, content = excluded.content,"
            " saved_at = excluded.saved_at WHERE person_id = excluded.person_id",
            (
                draft.id,
                self.tx.who,
                draft.student_id,
                draft.form.text(),
                draft.made.at,
                self.tx.now.at,
                draft.made.zone,
            ),
        )
        return True

    def drop_draft(self, draft_id: str) -> None:
        """Throw one's own draft away."""
        self.tx.execute(
            "DELETE FROM consultation_draft WHERE id = ? AND person_id = ?",
            (draft_id, self.tx.who),
        )

    def finish_step(self, step_id: str, at: str, by: str, fidelity: str) -> None:
        """Say when, by whom and how a step was looked at; empty: it was not."""
        self.tx.execute(
            "UPDATE agreed_step SET done_at = ?, done_by = ?, fidelity = ? WHERE id = ?",
            (at, by, fidelity, step_id),
        )

    def change_member(
        self, member_id: str, role: str, phone: str, may_know: str, note: str
    ) -> None:
        """Say anew what a member of the team is and may be told."""
        self.tx.execute(
            "UPDATE team_member SET role = ?, phone = ?, may_know = ?, note = ? WHERE id = ?",
            (role, phone, may_know, note, member_id),
        )

    def end_member(self, member_id: str, until_on: str) -> None:
        """Say until when someone was on the team; empty: they are."""
        self.tx.execute("UPDATE team_member SET until_on = ? WHERE id = ?", (until_on, member_id))

    def newest_list_version(self) -> int:
        """Return the version of the list of warning signs in use; 0: the shipped one."""
        row = self.tx.execute("SELECT max(version) FROM warning_list").fetchone()
        return int(row[0] or 0) if row else 0
