"""What a roster file says: the nouns every format is read into, before anything is merged.

Empty text means "the file does not say". Dates are ISO `YYYY-MM-DD`. Ids are the
sending system's own (`sourcedId` in OneRoster), unique per kind within one roster.
`line` is the line of the file the row began on, counted from 1 with the header.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique


@unique
class RosterFormat(StrEnum):
    """The formats a roster is read from."""

    ONEROSTER_1_1 = "oneroster-1.1"
    ONEROSTER_1_2 = "oneroster-1.2"
    CLEVER = "clever"
    TABLE = "table"


@unique
class Mode(StrEnum):
    """What a file's silence about a person means."""

    BULK = "bulk"
    """The file is everyone: who is not in it has left."""
    DELTA = "delta"
    """The file is what changed: who is not in it stays as they are."""


@unique
class Severity(StrEnum):
    """What became of the row a problem speaks of."""

    REFUSED_ROW = "refused-row"
    """The row was not read."""
    REPAIRED = "repaired"
    """The row was read, but not exactly as it was written."""
    NOTED = "noted"
    """The row was read as it was written; the file still breaks its own format."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a file that is not as its format says.

    `shown` is the offending value when it is a code, a date or a number, and empty
    when it might be a person's name or way to reach them. `expected` is what would be
    accepted, in the format's own tokens. When the same thing holds for many rows it is
    said once, with the first `line` and how many `rows`.
    """

    severity: Severity
    code: str
    file: str
    line: int = 0
    column: str = ""
    shown: str = ""
    expected: str = ""
    rows: int = 1


@dataclass(frozen=True, slots=True)
class RosterSchool:
    """A school, or what an export sends in its place (`kind`: OneRoster org type)."""

    source_id: str
    name: str
    kind: str = "school"
    identifier: str = ""
    parent_source_id: str = ""
    leaving: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class RosterStudent:
    """One student as the roster has them now.

    `grade` is a code of `app.kernel.nouns.GRADES` or empty; the first of
    `school_source_ids` is the primary school. `leaving` means the sender marked the
    record as gone. `role_known` is false for a row of a changes-only file that does not
    say what the person is: take it only for a student who is already known by that id.
    """

    source_id: str
    student_number: str = ""
    state_id: str = ""
    username: str = ""
    given_name: str = ""
    family_name: str = ""
    middle_name: str = ""
    preferred_given_name: str = ""
    preferred_family_name: str = ""
    pronouns: str = ""
    birth_date: str = ""
    sex: str = ""
    grade: str = ""
    school_source_ids: tuple[str, ...] = ()
    email: str = ""
    phone: str = ""
    sms: str = ""
    language: str = ""
    guardian_source_ids: tuple[str, ...] = ()
    leaving: bool = False
    line: int = 0
    role_known: bool = True


@dataclass(frozen=True, slots=True)
class RosterGuardian:
    """Someone who stands for a student; `relation` is the sender's word, or `guardian`."""

    source_id: str
    given_name: str = ""
    family_name: str = ""
    relation: str = ""
    email: str = ""
    phone: str = ""
    sms: str = ""
    student_source_ids: tuple[str, ...] = ()
    leaving: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class RosterStaff:
    """A teacher or other member of staff; `role` is a OneRoster role."""

    source_id: str
    given_name: str = ""
    family_name: str = ""
    role: str = ""
    email: str = ""
    phone: str = ""
    school_source_ids: tuple[str, ...] = ()
    leaving: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class RosterSession:
    """A stretch of the school year (`kind`: term, semester, gradingPeriod, schoolYear)."""

    source_id: str
    title: str = ""
    kind: str = ""
    begin: str = ""
    end: str = ""
    parent_source_id: str = ""
    school_year: str = ""
    leaving: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class RosterCourse:
    """A course that classes are taught from."""

    source_id: str
    title: str = ""
    code: str = ""
    school_source_id: str = ""
    leaving: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class RosterClass:
    """A class as it is taught: where, in which periods, in which terms."""

    source_id: str
    title: str = ""
    code: str = ""
    kind: str = ""
    course_source_id: str = ""
    school_source_id: str = ""
    location: str = ""
    periods: tuple[str, ...] = ()
    term_source_ids: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    leaving: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class RosterEnrollment:
    """Someone's place in a class; `role` is student, teacher, administrator or proctor."""

    source_id: str
    class_source_id: str
    user_source_id: str
    role: str
    school_source_id: str = ""
    primary: bool = False
    begin: str = ""
    end: str = ""
    leaving: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class RosterRole:
    """A role told by a changes-only file about a person the same roster does not hold."""

    user_source_id: str
    role: str
    school_source_id: str = ""
    primary: bool = True
    begin: str = ""
    end: str = ""
    leaving: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class RosterDemographic:
    """Demographics told by a changes-only file about a person the same roster does not hold."""

    user_source_id: str
    birth_date: str = ""
    sex: str = ""
    leaving: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class Roster:
    """Everything one roster said.

    `modes` holds each kind of file that was there (`users`, `orgs`, `enrollments`, ...)
    and how its silence is to be read; a kind that is not in it was not sent. Students are
    governed by the mode of `users`. Every id in `school_source_ids` and
    `guardian_source_ids` is in this roster when the file it points into was sent in bulk.
    """

    format: RosterFormat
    source_system: str
    modes: Mapping[str, Mode]
    schools: tuple[RosterSchool, ...] = ()
    students: tuple[RosterStudent, ...] = ()
    guardians: tuple[RosterGuardian, ...] = ()
    staff: tuple[RosterStaff, ...] = ()
    sessions: tuple[RosterSession, ...] = ()
    courses: tuple[RosterCourse, ...] = ()
    classes: tuple[RosterClass, ...] = ()
    enrollments: tuple[RosterEnrollment, ...] = ()
    loose_roles: tuple[RosterRole, ...] = ()
    loose_demographics: tuple[RosterDemographic, ...] = ()
    unread_people: frozenset[str] = frozenset()
    """Ids on rows of people that were refused: the file names them, so they have not left."""
    problems: tuple[Problem, ...] = field(default=(), repr=False)
