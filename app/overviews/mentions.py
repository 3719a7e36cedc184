"""The guard of names: the name check with this vault's roster behind it, for every room.

The index is built from the roster on first use, off the UI thread like any read, and kept
until an entry of the journal touches a student, a roster import or a person at the desk.
"""

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager

from app.kernel.ids import StudentId
from app.kernel.mentions import Find, Guardian, NameCheck, NameIndex, Staff, Student
from app.kernel.ports import Reader

NAMING = frozenset({"student", "roster_import", "person"})
"""What a journal entry is about that may change who is called what."""

_KEPT_CHECKS = 24
_KEPT_TEXTS = 64

_STUDENTS = (
    "SELECT id, given_name, family_name, middle_name, preferred_name, student_number, state_id,"
    " email, phone FROM student ORDER BY row"
)
_GUARDIANS = (
    "SELECT s.student_id, g.given_name, g.family_name, g.phone, g.sms, g.email"
    " FROM student_guardian s JOIN guardian g ON g.id = s.guardian_id"
    " ORDER BY s.student_id, s.position"
)
_STAFF = "SELECT given_name, family_name, email, phone FROM staff WHERE active = 1"
_AT_THE_DESK = "SELECT name FROM person"
_SAME_SESSION = (
    "SELECT DISTINCT other.student_id FROM group_attendance own"
    " JOIN group_attendance other ON other.session_id = own.session_id"
    " WHERE own.note_id = ?"
)

_OF_NOTES = (
    "SELECT own.note_id, other.student_id FROM json_each(?) n"
    " JOIN group_attendance own ON own.note_id = n.value"
    " JOIN group_attendance other ON other.session_id = own.session_id"
)

_TOGETHER = (
    "SELECT DISTINCT own.note_id, other.student_id FROM group_attendance own"
    " JOIN group_attendance other ON other.session_id = own.session_id"
    " WHERE own.student_id = ?"
)


class Mentions:
    """Says who else is named in a text; safe to call from any thread, also inside a transaction."""

    def __init__(self, read: Callable[[], AbstractContextManager[Reader]]) -> None:
        """`read` opens a connection of its own, so that a transaction or read under way is no bar."""
        self._read = read
        self._guard = threading.Lock()
        self._index: NameIndex | None = None
        self._checks: OrderedDict[tuple[StudentId | None, frozenset[StudentId]], NameCheck] = (
            OrderedDict()
        )
        self._found: OrderedDict[tuple[NameCheck, str], tuple[Find, ...]] = OrderedDict()

    def finds(
        self, text: str, of: StudentId | None = None, members: Collection[StudentId] = ()
    ) -> tuple[Find, ...]:
        """Return who else is named in a text of the record of `of`, in the order of the text.

        What was found last is kept for as long as nobody is called anything else: a page has
        its texts checked, and the same texts are checked again when they are signed.
        """
        if not text:
            return ()
        asked = (self.check(of, members), text)
        with self._guard:
            kept = self._found.get(asked)
        if kept is None:
            kept = asked[0].finds(text)
            with self._guard:
                self._found[asked] = kept
                if len(self._found) > _KEPT_TEXTS:
                    self._found.popitem(last=False)
        return kept

    def check(self, of: StudentId | None = None, members: Collection[StudentId] = ()) -> NameCheck:
        """Return the check for the texts of one place: to be kept while it is typed in."""
        key = (of, frozenset(members))
        with self._guard:
            kept = self._checks.get(key)
            if kept is not None:
                self._checks.move_to_end(key)
                return kept
            check = self._current().check(of, key[1])
            self._checks[key] = check
            if len(self._checks) > _KEPT_CHECKS:
                self._checks.popitem(last=False)
            return check

    def note_members(self, note_id: str) -> frozenset[StudentId]:
        """Return who was in the group session that a note stems from; nobody for any other."""
        with self._read() as reader:
            return frozenset(StudentId(row[0]) for row in reader.execute(_SAME_SESSION, (note_id,)))

    def journaled(self, subjects: Iterable[str]) -> None:
        """Forget the roster when entries about these kinds of thing were committed."""
        if not NAMING.isdisjoint(subjects):
            with self._guard:
                self._index = None
                self._checks.clear()
                self._found.clear()

    def _current(self) -> NameIndex:
        if self._index is None:
            self._index = self._built()
        return self._index

    def _built(self) -> NameIndex:
        guardians: dict[str, list[Guardian]] = {}
        with self._read() as reader:
            for student, given, family, *contacts in reader.execute(_GUARDIANS):
                guardians.setdefault(student, []).append(Guardian(given, family, _said(contacts)))
            students = [
                Student(
                    id=StudentId(row[0]),
                    given=row[1],
                    family=row[2],
                    middle=row[3],
                    preferred=row[4],
                    numbers=_said(row[5:7]),
                    contacts=_said(row[7:9]),
                    guardians=tuple(guardians.get(row[0], ())),
                )
                for row in reader.execute(_STUDENTS)
            ]
            staff = [
                Staff(given, family, _said(contacts))
                for given, family, *contacts in reader.execute(_STAFF)
            ]
            for (name,) in reader.execute(_AT_THE_DESK):
                given, _space, family = name.rpartition(" ")
                staff.append(Staff(given, family) if given else Staff(family, ""))
        return NameIndex(students, staff)


def companions(reader: Reader, student: StudentId) -> dict[str, frozenset[StudentId]]:
    """Return who was in a group's session with a student, by the note that it left."""
    together: dict[str, set[StudentId]] = {}
    for note, other in reader.execute(_TOGETHER, (student,)):
        together.setdefault(note, set()).add(StudentId(other))
    return {note: frozenset(others) for note, others in together.items()}


def in_sessions_of(reader: Reader, notes: Collection[str]) -> dict[str, frozenset[StudentId]]:
    """Return who was in the group's session that each of these notes stems from."""
    there: dict[str, set[StudentId]] = {}
    for note, other in reader.execute(_OF_NOTES, (json.dumps(list(notes)),)):
        there.setdefault(note, set()).add(StudentId(other))
    return {note: frozenset(others) for note, others in there.items()}


def _said(values: Iterable[str]) -> tuple[str, ...]:
    """Return the values that are there, each once."""
    return tuple(dict.fromkeys(value for value in values if value))
