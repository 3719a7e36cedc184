"""The classes of a OneRoster export: sessions, courses, classes and who is in them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from app.features.roster.model import (
    Mode,
    RosterClass,
    RosterCourse,
    RosterEnrollment,
    RosterSession,
)
from app.features.roster.reading.dates import DateColumn
from app.features.roster.reading.oneroster_people import People
from app.features.roster.reading.part import Layout, Part
from app.features.roster.reading.text import header_key
from app.features.roster.reading.values import cached, clean_text, grade_code, parts, truth

SESSIONS = Layout(
    ("sourcedId", "title"),
    ("status", "dateLastModified", "type", "startDate", "endDate", "parentSourcedId", "schoolYear"),
)
COURSES = Layout(
    ("sourcedId", "title"),
    (
        "status", "dateLastModified", "schoolYearSourcedId", "courseCode", "grades",
        "orgSourcedId", "subjects", "subjectCodes",
    ),
    ("resourceSourcedIds",),
)  # fmt: skip
CLASSES = Layout(
    ("sourcedId", "title"),
    (
        "status", "dateLastModified", "grades", "courseSourcedId", "classCode", "classType",
        "location", "schoolSourcedId", "termSourcedIds", "subjects", "subjectCodes", "periods",
    ),
    ("resourceSourcedIds",),
)  # fmt: skip
ENROLLMENTS = Layout(
    ("classSourcedId", "userSourcedId", "role"),
    (
        "sourcedId", "status", "dateLastModified", "schoolSourcedId", "primary", "beginDate",
        "endDate",
    ),
)  # fmt: skip

_SESSION_KINDS = {
    header_key(kind): kind for kind in ("gradingPeriod", "semester", "schoolYear", "term")
}
_ENROLLED_AS = {
    header_key(role): role for role in ("student", "teacher", "administrator", "proctor")
}


def _first_time(part: Part, source_id: str, title: str, line: int, known: Collection[str]) -> bool:
    """Tell whether a row can be read: it has an id, a title, and comes for the first time."""
    if not source_id:
        part.refuse_row("line-value-missing", line, "sourcedId", expected="sourcedId")
    elif not title:
        part.refuse_row("line-value-missing", line, "title", expected="title")
    elif source_id in known:
        part.findings.note("line-row-twice", part.name, line, "sourcedId")
    else:
        return True
    return False


def read_sessions(
    part: Part, begins: DateColumn, ends: DateColumn
) -> Callable[[], tuple[RosterSession, ...]]:
    """Read the sessions; call the answer when the dates are settled."""
    at_id, at_title, at_kind = part.at("sourcedId"), part.at("title"), part.at("type")
    at_begin, at_end, at_status = part.at("startDate"), part.at("endDate"), part.at("status")
    at_parent, at_year = part.at("parentSourcedId"), part.at("schoolYear")
    found: dict[str, tuple[str, ...]] = {}
    about: dict[str, tuple[bool, int]] = {}
    for line, row in part.rows():
        source_id, status = row[at_id], row[at_status]
        leaving = status != part.usual_status and part.leaving(status, line)
        title = clean_text(row[at_title])
        if not _first_time(part, source_id, title or ("-" if leaving else ""), line, found):
            continue
        kind = _SESSION_KINDS.get(header_key(row[at_kind]), "")
        if not kind and not leaving:
            part.findings.repaired(
                "line-session-type", part.name, line, "type", row[at_kind],
                ", ".join(_SESSION_KINDS.values()),
            )  # fmt: skip
        begin, end = row[at_begin], row[at_end]
        if begin:
            begins.raw.setdefault(begin, line)
        if end:
            ends.raw.setdefault(end, line)
        found[source_id] = (title, kind, begin, end, row[at_parent], row[at_year])
        about[source_id] = (leaving, line)

    def make() -> tuple[RosterSession, ...]:
        made = []
        for source_id, (title, kind, begin, end, parent, year) in found.items():
            leaving, line = about[source_id]
            if parent and part.mode is Mode.BULK and parent not in found:
                part.findings.note(
                    "line-reference-missing", part.name, line, "parentSourcedId", parent
                )
                parent = ""  # noqa: PLW2901 - an id that leads nowhere is left out
            first, last = begins.read(begin, line), ends.read(end, line)
            if first and last and last < first:
                part.findings.note("line-dates-reversed", part.name, line, "endDate", end, first)
            made.append(
                RosterSession(source_id, title, kind, first, last, parent, year, leaving, line)
            )
        return tuple(made)

    return make


def read_courses(part: Part) -> tuple[RosterCourse, ...]:
    """Return the courses."""
    at_id, at_title, at_status = part.at("sourcedId"), part.at("title"), part.at("status")
    at_code, at_school = part.at("courseCode"), part.at("orgSourcedId")
    found: dict[str, RosterCourse] = {}
    for line, row in part.rows():
        source_id, status = row[at_id], row[at_status]
        leaving = status != part.usual_status and part.leaving(status, line)
        title = clean_text(row[at_title])
        if _first_time(part, source_id, title or ("-" if leaving else ""), line, found):
            found[source_id] = RosterCourse(
                source_id, title, row[at_code], row[at_school], leaving, line
            )
    return tuple(found.values())


def read_classes(part: Part) -> tuple[RosterClass, ...]:
    """Return the classes with their references as they were written."""
    at_id, at_title, at_status = part.at("sourcedId"), part.at("title"), part.at("status")
    at_code, at_kind, at_course = (
        part.at("classCode"),
        part.at("classType"),
        part.at("courseSourcedId"),
    )
    at_school, at_place = part.at("schoolSourcedId"), part.at("location")
    at_periods, at_terms, at_grades = (
        part.at("periods"),
        part.at("termSourcedIds"),
        part.at("grades"),
    )
    found: dict[str, RosterClass] = {}
    for line, row in part.rows():
        source_id, status = row[at_id], row[at_status]
        leaving = status != part.usual_status and part.leaving(status, line)
        title = clean_text(row[at_title])
        if not _first_time(part, source_id, title or ("-" if leaving else ""), line, found):
            continue
        grades = tuple(code for one in parts(row[at_grades]) if (code := grade_code(one)))
        found[source_id] = RosterClass(
            source_id,
            title,
            row[at_code],
            row[at_kind].lower(),
            row[at_course],
            row[at_school],
            clean_text(row[at_place]),
            parts(row[at_periods]),
            parts(row[at_terms]),
            grades,
            leaving,
            line,
        )
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Targets:
    """The ids that references may lead to; None where that file was not sent in bulk."""

    courses: Collection[str] | None
    sessions: Collection[str] | None
    schools: Collection[str] | None


def linked_classes(
    classes: tuple[RosterClass, ...], part: Part, targets: Targets
) -> tuple[RosterClass, ...]:
    """Return the classes without the references that lead nowhere; each is noted."""

    def leads(one: str, to: Collection[str] | None, column: str, line: int) -> bool:
        if not one or to is None or one in to:
            return True
        part.findings.note("line-reference-missing", part.name, line, column, one)
        return False

    linked = []
    for each in classes:
        course = leads(each.course_source_id, targets.courses, "courseSourcedId", each.line)
        school = leads(each.school_source_id, targets.schools, "schoolSourcedId", each.line)
        terms = tuple(
            term
            for term in each.term_source_ids
            if leads(term, targets.sessions, "termSourcedIds", each.line)
        )
        if course and school and terms == each.term_source_ids:
            linked.append(each)
        else:
            linked.append(
                replace(
                    each,
                    course_source_id=each.course_source_id if course else "",
                    school_source_id=each.school_source_id if school else "",
                    term_source_ids=terms,
                )
            )
    return tuple(linked)


_EnrollmentRow = tuple[str, str, str, str, str, bool, str, str, bool, int]


def read_enrollments(
    part: Part, begins: DateColumn, ends: DateColumn
) -> Callable[[People | None, Collection[str] | None], tuple[RosterEnrollment, ...]]:
    """Read the enrollments; call the answer with the people and classes they lead to."""
    at_id, at_class, at_user = (
        part.at("sourcedId"),
        part.at("classSourcedId"),
        part.at("userSourcedId"),
    )
    at_school, at_role, at_status = part.at("schoolSourcedId"), part.at("role"), part.at("status")
    at_primary, at_begin, at_end = part.at("primary"), part.at("beginDate"), part.at("endDate")
    words = cached(lambda raw: _ENROLLED_AS.get(header_key(raw), ""))
    usual = part.usual_status
    rows: dict[str, _EnrollmentRow] = {}
    for line, row in part.rows():
        status, group, user = row[at_status], row[at_class], row[at_user]
        leaving = status != usual and part.leaving(status, line)
        role, begin, end = words(row[at_role]), row[at_begin], row[at_end]
        source_id = row[at_id] or f"{group}:{user}:{role}"
        if not leaving and not (group and user and role):
            _refuse_enrollment(part, line, group, user, row[at_role])
            continue
        if source_id in rows:
            known = rows[source_id]
            if known[1:4] == (group, user, role):
                part.findings.note("line-row-twice", part.name, line, "sourcedId")
            else:
                part.refuse_row("line-id-twice", line, "sourcedId", expected=str(known[-1]))
            continue
        if begin:
            begins.raw.setdefault(begin, line)
        if end:
            ends.raw.setdefault(end, line)
        primary = bool(truth(row[at_primary]))
        rows[source_id] = (
            source_id, group, user, role, row[at_school], primary, begin, end, leaving, line,
        )  # fmt: skip

    def make(
        people: People | None, classes: Collection[str] | None
    ) -> tuple[RosterEnrollment, ...]:
        made = []
        students = people.students if people is not None else None
        read_begin, read_end = begins.read, ends.read
        for (
            source_id,
            group,
            user,
            role,
            school,
            primary,
            begin,
            end,
            leaving,
            line,
        ) in rows.values():
            if classes is not None and group not in classes and not leaving:
                part.refuse_row("line-reference-missing", line, "classSourcedId", group)
                continue
            if people is not None and not leaving:
                if not people.holds(user):
                    part.refuse_row("line-reference-missing", line, "userSourcedId", user)
                    continue
                if role == "student" and students is not None and user not in students:
                    part.refuse_row("line-enrolled-not-student", line, "role", role, "teacher")
                    continue
            made.append(
                RosterEnrollment(
                    source_id, group, user, role, school, primary,
                    read_begin(begin, line) if begin else "",
                    read_end(end, line) if end else "",
                    leaving, line,
                )
            )  # fmt: skip
        return tuple(made)

    return make


def _refuse_enrollment(part: Part, line: int, group: str, user: str, role: str) -> None:
    if not group:
        part.refuse_row("line-value-missing", line, "classSourcedId", expected="classSourcedId")
    elif not user:
        part.refuse_row("line-value-missing", line, "userSourcedId", expected="userSourcedId")
    else:
        part.refuse_row(
            "line-enrollment-role", line, "role", role, ", ".join(_ENROLLED_AS.values())
        )
