"""Reads OneRoster 1.1 and 1.2 CSV, as the standard says and as real exports break it.

Sources: 1EdTech OneRoster 1.1 Final CSV Tables (17 Apr 2017) and OneRoster 1.2 CSV
Binding (1.2.1, 22 Aug 2023). What a school's desk needs is taken; gradebook and resource
files are left unread.
"""

from collections.abc import Callable, Mapping

from app.features.roster.model import (
    Mode,
    Roster,
    RosterClass,
    RosterCourse,
    RosterDemographic,
    RosterEnrollment,
    RosterFormat,
    RosterRole,
    RosterSession,
)
from app.features.roster.reading.dates import DateColumn, settle_all
from app.features.roster.reading.findings import Findings, refusal
from app.features.roster.reading.limits import Limits
from app.features.roster.reading.manifest import Manifest, file_modes, read_manifest
from app.features.roster.reading.meter import Meter
from app.features.roster.reading.oneroster_classes import (
    CLASSES,
    COURSES,
    ENROLLMENTS,
    SESSIONS,
    Targets,
    linked_classes,
    read_classes,
    read_courses,
    read_enrollments,
    read_sessions,
)
from app.features.roster.reading.oneroster_people import (
    DEMOGRAPHICS,
    ORGS,
    ROLES,
    USERS,
    Demographic,
    People,
    RoleRow,
    Schools,
    Users,
    add_demographics,
    guardians_of,
    link_guardians,
    loose_roles_of,
    read_demographics,
    read_orgs,
    read_roles,
    students_of,
)
from app.features.roster.reading.part import Part
from app.features.roster.reading.source import Source
from app.features.roster.reading.text import read_sheet
from app.features.roster.reading.values import is_timestamp
from app.kernel.ports import Progress

_LAYOUTS = {
    "users": USERS,
    "orgs": ORGS,
    "roles": ROLES,
    "demographics": DEMOGRAPHICS,
    "academicSessions": SESSIONS,
    "courses": COURSES,
    "classes": CLASSES,
    "enrollments": ENROLLMENTS,
}


def read_oneroster(
    source: Source, findings: Findings, limits: Limits, progress: Progress
) -> Roster:
    """Return the roster of a OneRoster export; refuse it when its users cannot be used."""
    manifest = read_manifest(source, findings, limits)
    modes = file_modes(source, manifest, tuple(_LAYOUTS), findings)
    if "users" not in modes and Mode.DELTA not in modes.values():
        raise refusal(
            "roster-no-users",
            manifest.file or source.shown,
            manifest.line_of("file.users") or 1,
            expected="users.csv",
        )
    meter = Meter(progress)
    parts: dict[str, Part] = {}
    for kind, mode in modes.items():
        name = f"{kind.lower()}.csv"
        sheet = read_sheet(source.read(name), source.names[name], findings, limits)
        meter.of += sheet.size
        parts[kind] = Part(sheet, mode, _LAYOUTS[kind], findings, meter)
    for part in parts.values():
        part.check_header()
    _check_role_column(parts)
    roster = _Reading(parts, manifest, modes, findings, meter.breathe).roster()
    meter.finish()
    return roster


def _check_role_column(parts: Mapping[str, Part]) -> None:
    users = parts.get("users")
    alone = users is not None and users.mode is Mode.BULK and "roles" not in parts
    if users is not None and alone and not users.has("role"):
        raise refusal("roster-header-missing", users.name, 1, "role", "role, roles.csv")
    demographics = parts.get("demographics")
    if demographics is not None and demographics.at("sourcedId", "userSourcedId") < 0:
        raise refusal("roster-header-missing", demographics.name, 1, "sourcedId", "sourcedId")


class _Reading:
    """One export while it is read: the order of day and month is settled in the middle."""

    def __init__(
        self,
        parts: Mapping[str, Part],
        manifest: Manifest,
        modes: Mapping[str, Mode],
        findings: Findings,
        breathe: Callable[[], None],
    ) -> None:
        self._parts = parts
        self._breathe = breathe
        self._manifest = manifest
        self._modes = modes
        self._findings = findings
        self._columns: list[DateColumn] = []

    def _dates(self, kind: str, column: str) -> DateColumn:
        made = DateColumn(
            self._parts[kind].name if kind in self._parts else "", column, self._findings
        )
        self._columns.append(made)
        return made

    def roster(self) -> Roster:
        """Return everything the export says."""
        parts = self._parts
        orgs = read_orgs(parts["orgs"]) if "orgs" in parts else None
        schools = Schools(orgs, self._mode_of("orgs", "users"))
        begins, ends = self._dates("roles", "beginDate"), self._dates("roles", "endDate")
        births = self._dates("demographics", "birthDate")
        roles: dict[str, list[RoleRow]] | None = None
        if "roles" in parts:
            roles = read_roles(parts["roles"], begins, ends)
        demographics: dict[str, Demographic] = {}
        if "demographics" in parts:
            demographics = read_demographics(parts["demographics"], births)
        people, timestamps = People(), dict[str, int]()
        if "users" in parts:
            users = Users(parts["users"], schools, roles)
            people, timestamps = users.read(), users.timestamps
            self._breathe()
            link_guardians(people, parts["users"])
            self._check_students(people)
            self._breathe()
        sessions, courses, classes, enrollments = self._classes(people, schools, timestamps)
        loose_roles: tuple[RosterRole, ...] = ()
        if roles is not None and parts["roles"].mode is Mode.DELTA:
            loose_roles = loose_roles_of(roles, people, begins, ends)
        loose: tuple[RosterDemographic, ...] = ()
        self._breathe()
        if "demographics" in parts:
            loose = add_demographics(people, demographics, births, parts["demographics"])
        self._check_timestamps(timestamps)
        return Roster(
            format=self._format(),
            source_system=self._manifest.source_system,
            modes=dict(self._modes),
            schools=tuple(schools.known.values()),
            students=students_of(people, self._breathe),
            guardians=guardians_of(people),
            staff=tuple(people.staff.values()),
            sessions=sessions,
            courses=courses,
            classes=classes,
            enrollments=enrollments,
            loose_roles=loose_roles,
            loose_demographics=loose,
            unread_people=frozenset(self._findings.unread),
            problems=self._findings.problems(),
        )

    def _mode_of(self, kind: str, otherwise: str) -> Mode:
        return self._modes.get(kind) or self._modes.get(otherwise) or Mode.DELTA

    def _classes(
        self, people: People, schools: Schools, timestamps: Mapping[str, int]
    ) -> tuple[
        tuple[RosterSession, ...],
        tuple[RosterCourse, ...],
        tuple[RosterClass, ...],
        tuple[RosterEnrollment, ...],
    ]:
        parts = self._parts
        make_sessions = make_enrollments = None
        if "academicSessions" in parts:
            make_sessions = read_sessions(
                parts["academicSessions"],
                self._dates("academicSessions", "startDate"),
                self._dates("academicSessions", "endDate"),
            )
        courses = read_courses(parts["courses"]) if "courses" in parts else ()
        classes = read_classes(parts["classes"]) if "classes" in parts else ()
        if "enrollments" in parts:
            make_enrollments = read_enrollments(
                parts["enrollments"],
                self._dates("enrollments", "beginDate"),
                self._dates("enrollments", "endDate"),
            )
        settle_all(self._columns, self._findings, list(timestamps))
        sessions = make_sessions() if make_sessions else ()
        class_ids = {each.source_id for each in classes} if self._whole("classes") else None
        if "classes" in parts:
            targets = Targets(
                {each.source_id for each in courses} if self._whole("courses") else None,
                {each.source_id for each in sessions} if self._whole("academicSessions") else None,
                schools.known if self._whole("orgs") else None,
            )
            classes = linked_classes(classes, parts["classes"], targets)
        enrollments: tuple[RosterEnrollment, ...] = ()
        if make_enrollments:
            known = people if self._whole("users") else None
            enrollments = make_enrollments(known, class_ids)
        return sessions, courses, classes, enrollments

    def _whole(self, kind: str) -> bool:
        return self._modes.get(kind) is Mode.BULK

    def _check_students(self, people: People) -> None:
        """Refuse an export of everyone in which no student could be read."""
        users = self._parts["users"]
        if people.students or users.mode is Mode.DELTA:
            return
        first = self._findings.first_refused(users.name)
        if first is not None:
            raise refusal(
                "roster-no-rows-read", users.name, first.line, first.column, first.expected
            )
        raise refusal("roster-no-students", users.name, 1, "role", "student")

    def _check_timestamps(self, timestamps: Mapping[str, int]) -> None:
        users = self._parts.get("users")
        for raw, line in timestamps.items():
            if users is not None and not is_timestamp(raw):
                self._findings.note(
                    "line-timestamp-form",
                    users.name,
                    line,
                    "dateLastModified",
                    raw,
                    "YYYY-MM-DDTHH:MM:SS.sssZ",
                )
                return

    def _format(self) -> RosterFormat:
        if self._manifest.version == "1.1":
            return RosterFormat.ONEROSTER_1_1
        if self._manifest.version == "1.2":
            return RosterFormat.ONEROSTER_1_2
        users = self._parts.get("users")
        if "roles" in self._parts or (users is not None and not users.has("orgSourcedIds")):
            return RosterFormat.ONEROSTER_1_2
        return RosterFormat.ONEROSTER_1_1
