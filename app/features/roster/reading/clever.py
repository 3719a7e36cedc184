"""Reads a Clever export: schools, students, teachers, staff, sections, enrollments.

Source: Clever SFTP specification 2.1.1 (19 Oct 2024). Column order is free and header
case varies; a student with several schools or contacts has several rows. An export holds
current students only, so every file is everyone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.features.roster.model import (
    Mode,
    Roster,
    RosterClass,
    RosterEnrollment,
    RosterFormat,
    RosterGuardian,
    RosterSchool,
    RosterSession,
    RosterStaff,
    RosterStudent,
)
from app.features.roster.reading.dates import DateColumn, settle_all
from app.features.roster.reading.findings import Findings, refusal
from app.features.roster.reading.limits import Limits
from app.features.roster.reading.meter import Meter
from app.features.roster.reading.part import Layout, Part
from app.features.roster.reading.source import CLEVER_NAMES, Source
from app.features.roster.reading.text import read_sheet
from app.features.roster.reading.values import (
    cached,
    clean_text,
    grade_code,
    sex_code,
    split_name,
)
from app.kernel.names import folded
from app.kernel.ports import Progress

_SCHOOLS = Layout(
    ("School_id", "School_name"),
    (),
    (
        "School_number", "State_id", "Nces_id", "Low_grade", "High_grade", "Principal",
        "Principal_email", "School_address", "School_city", "School_state", "School_zip",
        "School_phone",
    ),
)  # fmt: skip
_STUDENTS = Layout(
    ("Student_id", "Last_name", "First_name"),
    ("School_id",),
    (
        "Student_number", "State_id", "Middle_name", "Preferred_name", "Grade", "Gender",
        "Graduation_year", "DOB", "Race", "Hispanic_Latino", "Home_language", "Ell_status",
        "Frl_status", "IEP_status", "Student_street", "Student_city", "Student_state",
        "Student_zip", "Student_email", "Contact_name", "Contact_relationship",
        "Contact_type", "Contact_phone", "Contact_phone_type", "Contact_email",
        "Contact_sis_id", "Username", "Password", "Unweighted_gpa", "Weighted_gpa",
        "Section_504_status", "Gifted_status", "Homeless_status", "Disability_type",
    ),
)  # fmt: skip
_TEACHERS = Layout(
    ("Teacher_id", "Last_name", "First_name"),
    (),
    (
        "School_id", "Teacher_number", "State_teacher_id", "Middle_name", "Teacher_email",
        "Title", "Username", "Password",
    ),
)  # fmt: skip
_STAFF = Layout(
    ("Staff_id", "Last_name", "First_name"),
    (),
    (
        "School_id", "Staff_email", "Department", "Title", "Username", "Password", "Role",
        "Admin_id", "Admin_email",
    ),
)  # fmt: skip
_SECTIONS = Layout(
    ("Section_id",),
    (),
    (
        "School_id", "Teacher_id", *(f"Teacher_{n}_id" for n in range(2, 11)), "Name",
        "Section_number", "Grade", "Course_name", "Course_number", "Course_description",
        "Period", "Subject", "Term_name", "Term_start", "Term_end",
    ),
)  # fmt: skip
_ENROLLMENTS = Layout(("Section_id", "Student_id"), (), ("School_id",))
_LAYOUTS = {
    "schools": _SCHOOLS,
    "students": _STUDENTS,
    "teachers": _TEACHERS,
    "staff": _STAFF,
    "sections": _SECTIONS,
    "enrollments": _ENROLLMENTS,
}
_SCHOOLS_AT, _GUARDIANS_AT, _GIVEN_AT, _FAMILY_AT = 13, 18, 4, 5
_CHILDREN_AT, _STAFF_SCHOOLS_AT = 7, 6
_SEXES = "M, F, X"


def read_clever(source: Source, findings: Findings, limits: Limits, progress: Progress) -> Roster:
    """Return the roster of a Clever export; refuse it when its students cannot be used."""
    meter = Meter(progress)
    parts: dict[str, Part] = {}
    for kind, layout in _LAYOUTS.items():
        name = f"{kind}.csv"
        if name in source.names:
            sheet = read_sheet(source.read(name), source.names[name], findings, limits)
            meter.of += sheet.size
            parts[kind] = Part(sheet, Mode.BULK, layout, findings, meter)
    if "students" not in parts:
        raise refusal("roster-no-users", source.shown, 1, expected="students.csv")
    for part in parts.values():
        part.check_header()
    for name, written in source.names.items():
        if name not in CLEVER_NAMES:
            findings.note("line-file-unknown", written)
    roster = _Clever(parts, findings).roster()
    meter.finish()
    return roster


@dataclass(slots=True)
class _Section:
    values: tuple[str, ...]
    teachers: tuple[str, ...]
    begin: str
    end: str
    line: int


@dataclass(slots=True)
class _Gathered:
    schools: dict[str, RosterSchool] = field(default_factory=dict)
    students: dict[str, list[Any]] = field(default_factory=dict)
    births: dict[str, tuple[str, int]] = field(default_factory=dict)
    guardians: dict[str, list[Any]] = field(default_factory=dict)
    staff: dict[str, list[Any]] = field(default_factory=dict)
    sections: dict[str, _Section] = field(default_factory=dict)


class _Clever:
    """One Clever export while it is read."""

    def __init__(self, parts: Mapping[str, Part], findings: Findings) -> None:
        self._parts = parts
        self._findings = findings
        self._got = _Gathered()
        self._columns: list[DateColumn] = []
        self._grades = cached(grade_code)
        self._sexes = cached(sex_code)

    def roster(self) -> Roster:
        """Return everything the export says."""
        got, parts = self._got, self._parts
        if part := parts.get("schools"):
            self._read_schools(part)
        births = self._dates("students", "DOB")
        self._read_students(parts["students"], births)
        if part := parts.get("teachers"):
            self._read_staff(part, "Teacher_id", "Teacher_email", "teacher")
        if part := parts.get("staff"):
            self._read_staff(part, "Staff_id", "Staff_email", "")
        begins, ends = self._dates("sections", "Term_start"), self._dates("sections", "Term_end")
        if part := parts.get("sections"):
            self._read_sections(part, begins, ends)
        settle_all(self._columns, self._findings, [])
        for source_id, (raw, line) in got.births.items():
            got.students[source_id][10] = births.read(raw, line)
        sessions, classes = self._sections(begins, ends)
        for member in got.staff.values():
            member[_STAFF_SCHOOLS_AT] = tuple(member[_STAFF_SCHOOLS_AT])
        modes = dict.fromkeys(parts, Mode.BULK)
        modes["users"] = Mode.BULK
        return Roster(
            format=RosterFormat.CLEVER,
            source_system="",
            modes=modes,
            schools=tuple(got.schools.values()),
            students=tuple([RosterStudent(*draft) for draft in got.students.values()]),
            guardians=tuple([RosterGuardian(*draft) for draft in got.guardians.values()]),
            staff=tuple([RosterStaff(*draft) for draft in got.staff.values()]),
            sessions=sessions,
            classes=classes,
            enrollments=self._enrollments(),
            unread_people=frozenset(self._findings.unread),
            problems=self._findings.problems(),
        )

    def _dates(self, kind: str, column: str) -> DateColumn:
        name = self._parts[kind].name if kind in self._parts else ""
        made = DateColumn(name, column, self._findings)
        self._columns.append(made)
        return made

    def _read_schools(self, part: Part) -> None:
        at_id, at_name, at_number = (
            part.at("School_id"),
            part.at("School_name"),
            part.at("School_number"),
        )
        schools = self._got.schools
        for line, row in part.rows():
            source_id, name = row[at_id], clean_text(row[at_name])
            if not source_id or not name:
                column = "School_name" if source_id else "School_id"
                part.refuse_row("line-value-missing", line, column, expected=column)
            elif source_id in schools:
                part.findings.note("line-row-twice", part.name, line, "School_id")
            else:
                schools[source_id] = RosterSchool(
                    source_id, name, identifier=row[at_number], line=line
                )

    def _school(self, part: Part, source_id: str, line: int) -> tuple[str, ...]:
        if not source_id:
            return ()
        if source_id in self._got.schools:
            return (source_id,)
        if "schools" in self._parts:
            part.findings.note("line-reference-missing", part.name, line, "School_id", source_id)
            return ()
        self._got.schools[source_id] = RosterSchool(source_id, source_id, line=line)
        part.findings.note("line-school-unnamed", part.name, line, "School_id", source_id)
        return (source_id,)

    def _read_students(self, part: Part, births: DateColumn) -> None:
        at_id, at_school, at_number = (
            part.at("Student_id"),
            part.at("School_id"),
            part.at("Student_number"),
        )
        at_state, at_given, at_family = (
            part.at("State_id"),
            part.at("First_name"),
            part.at("Last_name"),
        )
        at_middle, at_preferred = part.at("Middle_name"), part.at("Preferred_name")
        at_grade, at_sex, at_birth = part.at("Grade"), part.at("Gender"), part.at("DOB")
        at_language, at_mail, at_user = (
            part.at("Home_language"),
            part.at("Student_email"),
            part.at("Username"),
        )
        at_contact = part.at("Contact_name")
        students = self._got.students
        for line, row in part.rows():
            source_id = row[at_id]
            given, family = clean_text(row[at_given]), clean_text(row[at_family])
            if not source_id or not (given or family):
                column = "Last_name" if source_id else "Student_id"
                part.refuse_row("line-value-missing", line, column, expected=column, who=source_id)
                continue
            school = self._school(part, row[at_school], line)
            known = students.get(source_id)
            if known is not None:
                if (known[_GIVEN_AT], known[_FAMILY_AT]) != (given, family):
                    part.refuse_row("line-id-twice", line, "Student_id", expected=str(known[-1]))
                    continue
                known[_SCHOOLS_AT].update(dict.fromkeys(school))
            else:
                birth = row[at_birth]
                if birth:
                    births.raw.setdefault(birth, line)
                    self._got.births[source_id] = (birth, line)
                students[source_id] = [
                    source_id, row[at_number], row[at_state], row[at_user], given, family,
                    clean_text(row[at_middle]), clean_text(row[at_preferred]), "", "", "",
                    self._sex(part, row[at_sex], line), self._grade(part, row[at_grade], line),
                    dict.fromkeys(school), row[at_mail], "", "", clean_text(row[at_language]),
                    {}, False, line,
                ]  # fmt: skip
            if row[at_contact]:
                self._contact(part, row, source_id, line)
        for draft in students.values():
            draft[_SCHOOLS_AT] = tuple(draft[_SCHOOLS_AT])
            draft[_GUARDIANS_AT] = tuple(draft[_GUARDIANS_AT])
        for guardian in self._got.guardians.values():
            guardian[_CHILDREN_AT] = tuple(guardian[_CHILDREN_AT])
        self._check_students(part)

    def _check_students(self, part: Part) -> None:
        if self._got.students:
            return
        first = self._findings.first_refused(part.name)
        if first is None:
            raise refusal("roster-no-students", part.name, 1, "Student_id", "Student_id")
        raise refusal("roster-no-rows-read", part.name, first.line, first.column, first.expected)

    def _grade(self, part: Part, raw: str, line: int) -> str:
        grade = self._grades(raw) if raw else ""
        if raw and not grade:
            part.findings.repaired(
                "line-grade-unknown", part.name, line, "Grade", raw, "KG, 01, 12"
            )
        return grade

    def _sex(self, part: Part, raw: str, line: int) -> str:
        sex = self._sexes(raw) if raw else ""
        if raw and not sex:
            part.findings.repaired("line-sex-unknown", part.name, line, "Gender", raw, _SEXES)
        return sex

    def _contact(self, part: Part, row: list[str], student: str, line: int) -> None:
        given, middle, family = split_name(row[part.at("Contact_name")])
        phone, mail = row[part.at("Contact_phone")], row[part.at("Contact_email")]
        relation = row[part.at("Contact_relationship")] or row[part.at("Contact_type")]
        source_id = row[part.at("Contact_sis_id")] or contact_id(
            f"{given} {family}", mail, phone, student
        )
        guardians = self._got.guardians
        known = guardians.get(source_id)
        if known is None:
            known = guardians[source_id] = [
                source_id, f"{given} {middle}".strip(), family, clean_text(relation), mail, phone,
                "", {}, False, line,
            ]  # fmt: skip
        known[_CHILDREN_AT][student] = None
        self._got.students[student][_GUARDIANS_AT][source_id] = None

    def _read_staff(self, part: Part, key: str, mail: str, role: str) -> None:
        at_id, at_mail, at_school = part.at(key), part.at(mail), part.at("School_id")
        at_given, at_family = part.at("First_name"), part.at("Last_name")
        at_title, at_role = part.at("Title"), part.at("Role")
        staff = self._got.staff
        for line, row in part.rows():
            source_id = row[at_id]
            given, family = clean_text(row[at_given]), clean_text(row[at_family])
            if not source_id or not (given or family):
                column = "Last_name" if source_id else key
                part.refuse_row("line-value-missing", line, column, expected=column)
                continue
            school = self._school(part, row[at_school], line)
            known = staff.get(source_id)
            if known is not None:
                known[_STAFF_SCHOOLS_AT].update(dict.fromkeys(school))
                continue
            word = role or clean_text(row[at_role] or row[at_title])
            staff[source_id] = [
                source_id, given, family, word, row[at_mail], "", dict.fromkeys(school), False,
                line,
            ]  # fmt: skip

    def _read_sections(self, part: Part, begins: DateColumn, ends: DateColumn) -> None:
        at = [
            part.at(column)
            for column in ("Section_id", "Name", "Course_name", "Section_number", "School_id", "Period", "Term_name", "Grade")
        ]  # fmt: skip
        teachers = [part.at("Teacher_id"), *(part.at(f"Teacher_{n}_id") for n in range(2, 11))]
        at_begin, at_end = part.at("Term_start"), part.at("Term_end")
        for line, row in part.rows():
            values = tuple(row[place] for place in at)
            if not values[0]:
                part.refuse_row("line-value-missing", line, "Section_id", expected="Section_id")
                continue
            if values[0] in self._got.sections:
                part.findings.note("line-row-twice", part.name, line, "Section_id")
                continue
            begin, end = row[at_begin], row[at_end]
            if begin:
                begins.raw.setdefault(begin, line)
            if end:
                ends.raw.setdefault(end, line)
            taught = tuple(dict.fromkeys(row[place] for place in teachers if row[place]))
            self._got.sections[values[0]] = _Section(values, taught, begin, end, line)

    def _sections(
        self, begins: DateColumn, ends: DateColumn
    ) -> tuple[tuple[RosterSession, ...], tuple[RosterClass, ...]]:
        sessions: dict[str, RosterSession] = {}
        classes: list[RosterClass] = []
        for source_id, section in self._got.sections.items():
            _, name, course, number, school, period, term, grade = section.values
            part = self._parts["sections"]
            schools = self._school(part, school, section.line)
            term_id = ""
            if term:
                term_id = f"{school}:{term}"
                if term_id not in sessions:
                    first = begins.read(section.begin, section.line)
                    last = ends.read(section.end, section.line)
                    sessions[term_id] = RosterSession(
                        term_id, term, "term", first, last, line=section.line
                    )
            code = grade_code(grade) if grade else ""
            classes.append(
                RosterClass(
                    source_id,
                    clean_text(name or course) or source_id,
                    number,
                    school_source_id=schools[0] if schools else "",
                    periods=(period,) if period else (),
                    term_source_ids=(term_id,) if term_id else (),
                    grades=(code,) if code else (),
                    line=section.line,
                )
            )
        return tuple(sessions.values()), tuple(classes)

    def _enrollments(self) -> tuple[RosterEnrollment, ...]:
        got = self._got
        made: dict[str, RosterEnrollment] = {}
        for group, section in got.sections.items():
            for teacher in section.teachers:
                if teacher not in got.staff:
                    if "teachers" in self._parts:
                        self._findings.note(
                            "line-reference-missing",
                            self._parts["sections"].name,
                            section.line,
                            "Teacher_id",
                            teacher,
                        )
                    continue
                key = f"{group}:{teacher}"
                made[key] = RosterEnrollment(
                    key,
                    group,
                    teacher,
                    "teacher",
                    section.values[4],
                    primary=teacher == section.teachers[0],
                    line=section.line,
                )
        part = self._parts.get("enrollments")
        if part is None:
            return tuple(made.values())
        at_group, at_user, at_school = (
            part.at("Section_id"),
            part.at("Student_id"),
            part.at("School_id"),
        )
        for line, row in part.rows():
            group, user = row[at_group], row[at_user]
            if group not in got.sections:
                part.refuse_row("line-reference-missing", line, "Section_id", group)
            elif user not in got.students:
                part.refuse_row("line-reference-missing", line, "Student_id", user)
            else:
                key = f"{group}:{user}"
                made[key] = RosterEnrollment(key, group, user, "student", row[at_school], line=line)
        return tuple(made.values())


def contact_id(name: str, mail: str, phone: str, student: str) -> str:
    """Return a lasting id for a contact without one: siblings' contacts come out the same."""
    digits = "".join(sign for sign in phone if sign.isdigit())
    return f"contact:{folded(name)}|{mail.lower() or digits or student}"
