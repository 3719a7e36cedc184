"""Students, guardians, schools, alerts, tags, caseloads and tiers in the file."""

import json
from collections.abc import Iterable, Mapping, Sequence

from sqlcipher3 import dbapi2

from app.features.caseload.model import (
    PROFILE_FIELDS,
    Alert,
    AlertKind,
    Contact,
    Guardian,
    Profile,
    ReachBy,
    School,
    Standing,
    Stretch,
    Student,
    Tag,
    Tie,
    TierDecision,
)
from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.frozen import How, Wrong
from app.kernel.ids import PersonId, SchoolId, StudentId, new_id
from app.kernel.names import search_text, shown_name, sorting_name
from app.kernel.nouns import Tier, grade_rank
from app.kernel.ports import Reader, Row, Transaction

_PROFILE = ", ".join(
    f"coalesce(s.{name}, '')" if name == "school_id" else f"s.{name}" for name in PROFILE_FIELDS
)
_PROFILE_SIZE = len(PROFILE_FIELDS)
_CONTACT = "g.given_name, g.family_name, g.phone, g.sms, g.email, g.language, g.interpreter"
_TIE = "t.relation, t.lives_with, t.reach_by, t.reach_when, t.do_not_contact"

_RECORDED = (
    "session_note", "note_draft", "follow_up", "tier_decision", "alert", "disclosure", "sole_note",
    "student_guardian", "enrollment", "medication_order", "dose", "container", "incident", "visit",
    "health_plan", "delegation", "trip_item", "care_entry", "student_photo",
    "mandate", "delivery", "episode",
    "group_member", "group_attendance",
)  # fmt: skip
"""Tables that, by one row about a student, make the student stay."""


class Students:
    """What is asked about students and those around them."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    # -- one student -----------------------------------------------------------------

    def get(self, student_id: StudentId, person: PersonId) -> Student:
        """Return a student with everything that stands now; KeyError if there is none."""
        row = self._reader.execute(
            f"SELECT {_PROFILE}, coalesce(b.name, ''), s.tier, s.standing, s.left_on, s.source_id,"
            " coalesce((SELECT c.started_on FROM caseload c WHERE c.person_id = :person"
            "  AND c.student_id = s.id AND c.ended_on = ''), '')"
            " FROM student s LEFT JOIN school b ON b.id = s.school_id WHERE s.id = :student",
            {"student": student_id, "person": person},
        ).fetchone()
        if row is None:
            raise KeyError(student_id)
        profile = Profile(*row[:_PROFILE_SIZE])
        school, tier, standing, left_on, source_id, since = row[_PROFILE_SIZE:]
        return Student(
            id=student_id,
            profile=profile,
            school=school,
            tier=Tier(tier),
            standing=Standing(standing),
            left_on=left_on,
            from_roster=bool(source_id),
            mine_since=since,
            guardians=self.guardians(student_id),
            alerts=self.alerts(student_id),
            tags=self.tags_of(student_id),
        )

    def profile(self, student_id: StudentId) -> Profile:
        """Return what is written of a student; KeyError if there is none."""
        row = self._reader.execute(
            f"SELECT {_PROFILE} FROM student s WHERE s.id = ?", (student_id,)
        ).fetchone()
        if row is None:
            raise KeyError(student_id)
        return Profile(*row)

    def standing(self, student_id: StudentId) -> tuple[Standing, str]:
        """Return whether a student is enrolled, and when they left."""
        row = self._reader.execute(
            "SELECT standing, left_on FROM student WHERE id = ?", (student_id,)
        ).fetchone()
        if row is None:
            raise KeyError(student_id)
        return Standing(row[0]), row[1]

    def with_number(self, number: str, but: str) -> str:
        """Return the name of another student with this number, or empty text."""
        row = self._reader.execute(
            "SELECT given_name, family_name, preferred_name FROM student"
            " WHERE student_number = ? AND id <> ? LIMIT 1",
            (number, but),
        ).fetchone()
        return shown_name(*row) if row else ""

    def twin(self, profile: Profile, but: str) -> str:
        """Return the name of another student of the same name, born on the same day, or empty."""
        row = self._reader.execute(
            "SELECT given_name, family_name, preferred_name FROM student"
            " WHERE standing IN ('enrolled', 'left') AND listed_name = ? AND birth_date = ?"
            " AND id <> ? LIMIT 1",
            (_sorting(profile), profile.birth_date, but),
        ).fetchone()
        return shown_name(*row) if row else ""

    def is_recorded(self, student_id: StudentId) -> bool:
        """Tell whether anything was recorded about a student."""
        wanted = " UNION ALL ".join(
            f"SELECT 1 FROM {table} WHERE student_id = :student" for table in _RECORDED
        )
        row = self._reader.execute(
            f"SELECT EXISTS ({wanted})"
            " OR (SELECT source_id <> '' FROM student WHERE id = :student)",
            {"student": student_id},
        ).fetchone()
        return bool(row and row[0])

    # -- guardians -------------------------------------------------------------------

    def guardians(self, student_id: StudentId) -> tuple[Guardian, ...]:
        """Return a student's guardians, in their order."""
        return tuple(
            _guardian(row)
            for row in self._reader.execute(
                f"SELECT g.id, {_CONTACT}, {_TIE}, g.source_id <> ''"
                " FROM student_guardian t JOIN guardian g ON g.id = t.guardian_id"
                " WHERE t.student_id = ? AND t.ended_on = '' ORDER BY t.position, g.id",
                (student_id,),
            )
        )

    def guardian(self, student_id: StudentId, guardian_id: str) -> Guardian | None:
        """Return one guardian of a student, also one who no longer is; None if never."""
        row = self._reader.execute(
            f"SELECT g.id, {_CONTACT}, {_TIE}, g.source_id <> ''"
            " FROM student_guardian t JOIN guardian g ON g.id = t.guardian_id"
            " WHERE t.student_id = ? AND t.guardian_id = ?",
            (student_id, guardian_id),
        ).fetchone()
        return _guardian(row) if row else None

    def contact(self, guardian_id: str) -> Contact:
        """Return a guardian as a person; KeyError if there is none."""
        row = self._reader.execute(
            f"SELECT {_CONTACT} FROM guardian g WHERE g.id = ?", (guardian_id,)
        ).fetchone()
        if row is None:
            raise KeyError(guardian_id)
        return _contact(row)

    # -- alerts, tags ----------------------------------------------------------------

    def alerts(self, student_id: StudentId) -> tuple[Alert, ...]:
        """Return a student's alerts that stand, the most pressing kinds first."""
        rows = self._reader.execute(
            "SELECT a.id, a.kind, a.text, a.made_at, a.zone, coalesce(p.name, ''), a.ended_at"
            " FROM alert a LEFT JOIN person p ON p.id = a.person_id"
            " WHERE a.student_id = ? AND a.ended_at = '' ORDER BY a.made_at, a.id",
            (student_id,),
        )
        order = list(AlertKind)
        return tuple(sorted(map(_alert, rows), key=lambda alert: order.index(alert.kind)))

    def alert(self, alert_id: str) -> tuple[StudentId, Alert]:
        """Return an alert and whose it is; KeyError if there is none."""
        row = self._reader.execute(
            "SELECT a.id, a.kind, a.text, a.made_at, a.zone, coalesce(p.name, ''), a.ended_at,"
            " a.student_id FROM alert a LEFT JOIN person p ON p.id = a.person_id WHERE a.id = ?",
            (alert_id,),
        ).fetchone()
        if row is None:
            raise KeyError(alert_id)
        return StudentId(row[7]), _alert(row[:7])

    def tags_of(self, student_id: StudentId) -> tuple[str, ...]:
        """Return the labels of a student's tags."""
        return tuple(
            label
            for (label,) in self._reader.execute(
                "SELECT t.label FROM student_tag m JOIN tag t ON t.id = m.tag_id"
                " WHERE m.student_id = ? ORDER BY t.label",
                (student_id,),
            )
        )

    def tags(self) -> tuple[Tag, ...]:
        """Return every tag, with how many bear it."""
        return tuple(
            Tag(label, count)
            for label, count in self._reader.execute(
                "SELECT t.label, (SELECT count(*) FROM student_tag m WHERE m.tag_id = t.id)"
                " FROM tag t ORDER BY t.label COLLATE NOCASE"
            )
        )

    # -- schools ---------------------------------------------------------------------

    def school_ids(self) -> frozenset[str]:
        """Return the ids of the schools that are in use."""
        return frozenset(
            school for (school,) in self._reader.execute("SELECT id FROM school WHERE active = 1")
        )

    def schools(self, person: PersonId) -> tuple[School, ...]:
        """Return the schools that are in use: one's own buildings in their order, then the rest."""
        return tuple(
            School(SchoolId(row[0]), row[1], row[2] is not None, row[3], bool(row[4]))
            for row in self._reader.execute(
                "SELECT b.id, b.name, w.position,"
                " (SELECT count(*) FROM student s"
                "   WHERE s.school_id = b.id AND s.standing = 'enrolled'), b.source_id <> ''"
                " FROM school b LEFT JOIN person_school w"
                "   ON w.school_id = b.id AND w.person_id = ?"
                " WHERE b.active = 1 AND (b.kind = 'school' OR w.position IS NOT NULL)"
                " ORDER BY w.position IS NULL, w.position, b.name COLLATE NOCASE, b.id",
                (person,),
            )
        )

    def school_name(self, school_id: str) -> str:
        """Return a school's name; KeyError if there is none."""
        row = self._reader.execute("SELECT name FROM school WHERE id = ?", (school_id,)).fetchone()
        if row is None:
            raise KeyError(school_id)
        return str(row[0])

    def school_called(self, name: str, but: str) -> bool:
        """Tell whether another school in use has this name."""
        row = self._reader.execute(
            "SELECT 1 FROM school WHERE active = 1 AND name = ? COLLATE NOCASE AND id <> ?",
            (name, but),
        ).fetchone()
        return row is not None

    def school_is_used(self, school_id: str) -> bool:
        """Tell whether a student, a class, staff or a note names the school, or a roster made it."""
        row = self._reader.execute(
            "SELECT EXISTS (SELECT 1 FROM student WHERE school_id = :school"
            " UNION ALL SELECT 1 FROM session_note WHERE school_id = :school"
            " UNION ALL SELECT 1 FROM staff WHERE school_id = :school"
            " UNION ALL SELECT 1 FROM class WHERE school_id = :school"
            " UNION ALL SELECT 1 FROM school WHERE id = :school AND source_id <> '')",
            {"school": school_id},
        ).fetchone()
        return bool(row and row[0])

    def my_buildings(self, person: PersonId) -> tuple[SchoolId, ...]:
        """Return the buildings a person works in, in the order of their week."""
        return tuple(
            SchoolId(school)
            for (school,) in self._reader.execute(
                "SELECT school_id FROM person_school WHERE person_id = ? ORDER BY position",
                (person,),
            )
        )

    # -- caseload and tiers ----------------------------------------------------------

    def open_stretches(
        self, person: PersonId, students: Sequence[StudentId]
    ) -> dict[StudentId, Stretch]:
        """Return the open stretches of these students on a person's caseload."""
        rows = self._reader.execute(
            "SELECT c.student_id, c.id, c.person_id, c.started_on, c.start_reason FROM caseload c"
            " WHERE c.person_id = ? AND c.ended_on = ''"
            " AND c.student_id IN (SELECT value FROM json_each(?))",
            (person, json.dumps(students)),
        )
        return {StudentId(row[0]): Stretch(row[1], row[2], "", row[3], row[4]) for row in rows}

    def stretches_by_id(self, ids: Sequence[str]) -> list[tuple[StudentId, Stretch]]:
        """Return stretches, and whose they are."""
        return [
            (StudentId(row[0]), Stretch(row[1], row[2], "", *row[3:]))
            for row in self._reader.execute(
                "SELECT student_id, id, person_id, started_on, start_reason, ended_on, end_reason"
                " FROM caseload WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
                (json.dumps(ids),),
            )
        ]

    def stretches(self, student_id: StudentId) -> tuple[Stretch, ...]:
        """Return every stretch a student was on a caseload, newest first."""
        return tuple(
            Stretch(row[0], PersonId(row[1]), *row[2:])
            for row in self._reader.execute(
                "SELECT c.id, c.person_id, p.name, c.started_on, c.start_reason, c.ended_on,"
                " c.end_reason FROM caseload c JOIN person p ON p.id = c.person_id"
                " WHERE c.student_id = ? ORDER BY c.started_on DESC, c.id DESC",
                (student_id,),
            )
        )

    def tier_decisions(self, student_id: StudentId) -> tuple[TierDecision, ...]:
        """Return the decisions on a student's tier, newest first."""
        return tuple(
            TierDecision(row[0], Tier(row[1]), Tier(row[2]), *row[3:])
            for row in self._reader.execute(
                "SELECT d.id, d.tier, d.was, d.decided_on, d.reason, p.name"
                " FROM tier_decision d JOIN person p ON p.id = d.person_id"
                " WHERE d.student_id = ? ORDER BY d.decided_on DESC, d.made_at DESC, d.id DESC",
                (student_id,),
            )
        )

    def tier_on(self, student_id: StudentId, day: str) -> Tier:
        """Return the tier that was in force on a day, by the decisions made up to it."""
        row = self._reader.execute(
            "SELECT tier FROM tier_decision WHERE student_id = ? AND decided_on <= ?"
            " ORDER BY decided_on DESC, made_at DESC, id DESC LIMIT 1",
            (student_id, day),
        ).fetchone()
        return Tier(row[0]) if row else Tier.UNIVERSAL

    def left_on_caseload(self, person: PersonId) -> list[tuple[StudentId, str, str]]:
        """Return those on a person's caseload who have left: id, name, day; the newest first."""
        return [
            (StudentId(row[0]), shown_name(row[1], row[2], row[3]), row[4])
            for row in self._reader.execute(
                "SELECT s.id, s.given_name, s.family_name, s.preferred_name, s.left_on"
                " FROM caseload c JOIN student s ON s.id = c.student_id"
                " WHERE c.person_id = ? AND c.ended_on = '' AND s.standing = 'left'"
                " ORDER BY s.left_on DESC, s.listed_name",
                (person,),
            )
        ]

    def exist(self, students: Sequence[StudentId]) -> bool:
        """Tell whether every one of these students is there."""
        row = self._reader.execute(
            "SELECT count(*) FROM student WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(students),),
        ).fetchone()
        return bool(row and row[0] == len(students))


class StudentsRepo(Students):
    """What is written about students and those around them, inside one transaction."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx)
        self._tx = tx

    # -- students --------------------------------------------------------------------

    def add(self, student_id: StudentId, profile: Profile) -> None:
        """Write a new student, and what they are found by."""
        facts = {**profile.facts(), "school_id": profile.school_id or None}
        columns = ", ".join(facts)
        holes = ", ".join(f":{name}" for name in facts)
        self._tx.execute(
            f"INSERT INTO student (id, {columns}, grade_rank, listed_name, made_at, zone)"
            f" VALUES (:id, {holes}, :grade_rank, :listed_name, :made_at, :zone)",
            {
                **facts,
                "id": student_id,
                "grade_rank": grade_rank(profile.grade),
                "listed_name": _sorting(profile),
                "made_at": self._tx.now.at,
                "zone": self._tx.now.zone,
            },
        )
        self._index(student_id, profile)

    def change(self, student_id: StudentId, profile: Profile) -> None:
        """Write a student's profile, and what they are found by."""
        facts = {**profile.facts(), "school_id": profile.school_id or None}
        sets = ", ".join(f"{name} = :{name}" for name in facts)
        self._tx.execute(
            f"UPDATE student SET {sets}, grade_rank = :grade_rank, listed_name = :listed_name"
            " WHERE id = :id",
            {
                **facts,
                "id": student_id,
                "grade_rank": grade_rank(profile.grade),
                "listed_name": _sorting(profile),
            },
        )
        self._index(student_id, profile)

    def _index(self, student_id: StudentId, profile: Profile) -> None:
        names, numbers = search_text(
            profile.given_name,
            profile.middle_name,
            profile.family_name,
            profile.preferred_name,
            profile.student_number,
            profile.state_id,
        )
        self._tx.execute(
            "INSERT OR REPLACE INTO student_names (rowid, names, numbers)"
            " SELECT row, ?, ? FROM student WHERE id = ?",
            (names, numbers, student_id),
        )

    def remove(self, student_id: StudentId) -> None:
        """Take a student out again; refuse where a row of any room names them.

        Rows of another field are not seen from this seat; the engine knows of them.
        """
        for statement in (
            "DELETE FROM caseload WHERE student_id = ?",
            "DELETE FROM student_tag WHERE student_id = ?",
            "DELETE FROM roster_offer WHERE student_id = ?",
            "DELETE FROM student_names WHERE rowid = (SELECT row FROM student WHERE id = ?)",
            "DELETE FROM student WHERE id = ?",
        ):
            try:
                self._tx.execute(statement, (student_id,))
            except dbapi2.IntegrityError:
                raise Refused("student-has-records") from None

    def set_standing(self, student_id: StudentId, standing: Standing, left_on: str) -> None:
        """Write whether a student is enrolled, and when they left."""
        self._tx.execute(
            "UPDATE student SET standing = ?, left_on = ? WHERE id = ?",
            (standing, left_on, student_id),
        )

    # -- guardians -------------------------------------------------------------------

    def add_guardian(self, contact: Contact) -> str:
        """Write a guardian as a person; return the id."""
        guardian_id = new_id()
        self._tx.execute(
            "INSERT INTO guardian (id, given_name, family_name, phone, sms, email, language,"
            " interpreter, made_at, zone) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (guardian_id, *_contact_values(contact), self._tx.now.at, self._tx.now.zone),
        )
        return guardian_id

    def change_guardian(self, guardian_id: str, contact: Contact) -> None:
        """Write a guardian's name and ways to reach them."""
        self._tx.execute(
            "UPDATE guardian SET given_name = ?, family_name = ?, phone = ?, sms = ?, email = ?,"
            " language = ?, interpreter = ? WHERE id = ?",
            (*_contact_values(contact), guardian_id),
        )

    def tie(self, student_id: StudentId, guardian_id: str, tie: Tie) -> None:
        """Write what a guardian is to a student; who is new comes last."""
        self._tx.execute(
            "INSERT INTO student_guardian (student_id, guardian_id, relation, lives_with, reach_by,"
            " reach_when, do_not_contact, position) VALUES (:student, :guardian, :relation, :lives,"
            " :by, :when, :not, (SELECT coalesce(max(position) + 1, 0) FROM student_guardian"
            "  WHERE student_id = :student))"
            " ON CONFLICT (student_id, guardian_id) DO UPDATE SET relation = :relation,"
            " lives_with = :lives, reach_by = :by, reach_when = :when, do_not_contact = :not,"
            " ended_on = ''",
            {
                "student": student_id,
                "guardian": guardian_id,
                "relation": tie.relation,
                "lives": int(tie.lives_with),
                "by": tie.reach_by,
                "when": tie.reach_when,
                "not": tie.do_not_contact,
            },
        )

    def untie(self, student_id: StudentId, guardian_id: str) -> None:
        """Write that someone is no longer a student's guardian, from today on."""
        self._tx.execute(
            "UPDATE student_guardian SET ended_on = ? WHERE student_id = ? AND guardian_id = ?",
            (self._tx.now.day().isoformat(), student_id, guardian_id),
        )

    # -- alerts, tags, offers --------------------------------------------------------

    def add_alert(self, student_id: StudentId, kind: AlertKind, text: str) -> str:
        """Write an alert; return its id."""
        alert_id = new_id()
        self._tx.execute(
            "INSERT INTO alert (id, student_id, kind, text, person_id, made_at, zone)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (alert_id, student_id, kind, text, self._tx.who, self._tx.now.at, self._tx.now.zone),
        )
        return alert_id

    def end_alert(self, alert_id: str, *, stands: bool) -> None:
        """Write that an alert has ended, or that it stands again."""
        self._tx.execute(
            "UPDATE alert SET ended_at = ?, ended_by = ? WHERE id = ?",
            ("", "", alert_id) if stands else (self._tx.now.at, self._tx.who, alert_id),
        )

    def label_in_use(self, label: str) -> str:
        """Return the tag's label as it was first written, whatever its case; empty if new."""
        row = self._reader.execute(
            "SELECT label FROM tag WHERE label = ? COLLATE NOCASE LIMIT 1", (label,)
        ).fetchone()
        return str(row[0]) if row else ""

    def tagged(self, label: str, students: Sequence[StudentId]) -> list[StudentId]:
        """Return those of these students who bear a tag."""
        return [
            StudentId(student)
            for (student,) in self._reader.execute(
                "SELECT m.student_id FROM student_tag m JOIN tag t ON t.id = m.tag_id"
                " WHERE t.label = ? AND m.student_id IN (SELECT value FROM json_each(?))",
                (label, json.dumps(students)),
            )
        ]

    def tag(self, label: str, students: Iterable[StudentId]) -> None:
        """Write a tag on students; make it if it is new."""
        self._tx.execute(
            "INSERT INTO tag (id, label, made_at) VALUES (?, ?, ?) ON CONFLICT (label) DO NOTHING",
            (new_id(), label, self._tx.now.at),
        )
        self._tx.executemany(
            "INSERT INTO student_tag (student_id, tag_id) SELECT ?, id FROM tag WHERE label = ?",
            [(student, label) for student in students],
        )

    def untag(self, label: str, students: Iterable[StudentId]) -> None:
        """Take a tag off students; drop it once nobody bears it."""
        self._tx.executemany(
            "DELETE FROM student_tag WHERE student_id = ?"
            " AND tag_id = (SELECT id FROM tag WHERE label = ?)",
            [(student, label) for student in students],
        )
        self._tx.execute(
            "DELETE FROM tag WHERE label = ?"
            " AND NOT EXISTS (SELECT 1 FROM student_tag m WHERE m.tag_id = tag.id)",
            (label,),
        )

    def answer_offers(self, student_id: StudentId, changed: Mapping[str, str]) -> None:
        """After a change by hand: drop offers that it took, keep the others beside the new value."""
        for name, value in changed.items():
            self._tx.execute(
                "DELETE FROM roster_offer WHERE student_id = ? AND field = ? AND theirs = ?",
                (student_id, name, value),
            )
            self._tx.execute(
                "UPDATE roster_offer SET ours = ? WHERE student_id = ? AND field = ?",
                (value, student_id, name),
            )

    # -- schools ---------------------------------------------------------------------

    def add_school(self, name: str) -> SchoolId:
        """Write a school; return its id."""
        school_id = SchoolId(new_id())
        self._tx.execute(
            "INSERT INTO school (id, name, made_at) VALUES (?, ?, ?)",
            (school_id, name, self._tx.now.at),
        )
        return school_id

    def rename_school(self, school_id: SchoolId, name: str) -> None:
        """Write a school's name."""
        self._tx.execute("UPDATE school SET name = ? WHERE id = ?", (name, school_id))

    def remove_school(self, school_id: SchoolId) -> None:
        """Take a school out; the caller has made sure that nothing names it."""
        self._tx.execute("DELETE FROM person_school WHERE school_id = ?", (school_id,))
        self._tx.execute("DELETE FROM school WHERE id = ?", (school_id,))

    def set_buildings(self, person: PersonId, schools: Sequence[SchoolId]) -> None:
        """Write the buildings a person works in, in their order."""
        self._tx.execute("DELETE FROM person_school WHERE person_id = ?", (person,))
        self._tx.executemany(
            "INSERT INTO person_school (person_id, school_id, position) VALUES (?, ?, ?)",
            [(person, school, place) for place, school in enumerate(schools)],
        )

    # -- caseload and tiers ----------------------------------------------------------

    def start(self, student_id: StudentId, started_on: str, reason: str) -> str:
        """Write that a student is on the caseload of whoever is at the desk; return the stretch."""
        stretch_id = new_id()
        self._tx.execute(
            "INSERT INTO caseload (id, student_id, person_id, started_on, start_reason, started_at,"
            " zone) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                stretch_id,
                student_id,
                self._tx.who,
                started_on,
                reason,
                self._tx.now.at,
                self._tx.now.zone,
            ),
        )
        return stretch_id

    def end(self, stretch_id: str, ended_on: str, reason: str) -> None:
        """Write that a stretch on the caseload ended."""
        self._tx.execute(
            "UPDATE caseload SET ended_on = ?, end_reason = ?, ended_at = ? WHERE id = ?",
            (ended_on, reason, self._tx.now.at, stretch_id),
        )

    def resume(self, stretch_id: str) -> None:
        """Write that a stretch goes on after all."""
        self._tx.execute(
            "UPDATE caseload SET ended_on = '', end_reason = '', ended_at = '' WHERE id = ?",
            (stretch_id,),
        )

    def retract(self, stretch_id: str) -> None:
        """Take a stretch out that was begun by mistake."""
        self._tx.execute("DELETE FROM caseload WHERE id = ?", (stretch_id,))

    def decide(
        self, student_id: StudentId, tier: Tier, was: Tier, decided_on: str, reason: str
    ) -> str:
        """Write a tier decision, and the tier that the newest one leaves the student at; its id."""
        decision = new_id()
        self._tx.execute(
            "INSERT INTO tier_decision (id, student_id, tier, was, decided_on, reason, person_id,"
            " made_at, zone) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                decision,
                student_id,
                int(tier),
                int(was),
                decided_on,
                reason,
                self._tx.who,
                self._tx.now.at,
                self._tx.now.zone,
            ),
        )
        self._tx.execute(
            "UPDATE student SET tier = (SELECT tier FROM tier_decision WHERE student_id = :student"
            " ORDER BY decided_on DESC, made_at DESC, id DESC LIMIT 1) WHERE id = :student",
            {"student": student_id},
        )
        return decision


def frozen_tier_decisions(reader: Reader) -> tuple[int, list[Wrong]]:
    """Return how many tier decisions there are, and those that no journal entry tells of alike.

    An entry carries all of a decision but, in vaults of the first version, its id; decisions
    alike in everything else stand for each other.
    """
    told: dict[Row, list[tuple[int, str]]] = {}
    for seq, made, *facts in reader.execute(
        "SELECT seq, after ->> '$.decision', subject_id, after ->> '$.tier', before ->> '$.tier',"
        " after ->> '$.decided_on', after ->> '$.reason', person_id, at, zone"
        " FROM journal WHERE what = 'DecideTier'"
    ):
        told.setdefault(tuple(facts), []).append((seq, made or ""))
    count, wrong = 0, []
    for row_id, *facts in reader.execute(
        "SELECT id, student_id, tier, was, decided_on, reason, person_id, made_at, zone"
        " FROM tier_decision ORDER BY rowid"
    ):
        count += 1
        entries = told.get(tuple(facts), [])
        entry = next((one for one in entries if one[1] in {row_id, ""}), None)
        if entry is None:
            wrong.append(Wrong("tier_decision", str(row_id), How.UNWITNESSED))
        else:
            entries.remove(entry)
    gone = [
        Wrong("tier_decision", made or f"entry {seq}", How.GONE)
        for entries in told.values()
        for seq, made in entries
    ]
    there = {one.id for one in wrong}
    changed = {one.id for one in gone if one.id in there}
    wrong = [Wrong(w.table, w.id, How.ALTERED) if w.id in changed else w for w in wrong]
    return count, wrong + [one for one in gone if one.id not in changed]


def _sorting(profile: Profile) -> str:
    return sorting_name(profile.given_name, profile.family_name, profile.preferred_name)


def _contact_values(contact: Contact) -> tuple[str | int, ...]:
    return (
        contact.given_name,
        contact.family_name,
        contact.phone,
        contact.sms,
        contact.email,
        contact.language,
        int(contact.interpreter),
    )


def _contact(row: Row) -> Contact:
    given, family, phone, sms, email, language, interpreter = row
    return Contact(given, family, phone, sms, email, language, bool(interpreter))


def _guardian(row: Row) -> Guardian:
    return Guardian(
        id=row[0],
        contact=_contact(row[1:8]),
        tie=Tie(row[8], bool(row[9]), ReachBy(row[10]), row[11], row[12]),
        from_roster=bool(row[13]),
    )


def _alert(row: Row) -> Alert:
    return Alert(row[0], AlertKind(row[1]), row[2], Moment(row[3], row[4]), row[5], row[6])
