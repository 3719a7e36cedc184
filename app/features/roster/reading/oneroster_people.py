"""The people of a OneRoster export: orgs, roles, demographics, users and their agents."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Protocol

from app.features.roster.model import (
    Mode,
    RosterDemographic,
    RosterGuardian,
    RosterRole,
    RosterSchool,
    RosterStaff,
    RosterStudent,
)
from app.features.roster.reading.dates import DateColumn
from app.features.roster.reading.part import Layout, Part
from app.features.roster.reading.text import header_key
from app.features.roster.reading.values import (
    cached,
    clean_text,
    grade_code,
    iso_date,
    parts,
    sex_code,
)

ORGS = Layout(
    ("sourcedId", "name"),
    ("status", "dateLastModified", "type", "identifier", "parentSourcedId"),
)
ROLES = Layout(
    ("userSourcedId", "role"),
    (
        "sourcedId", "status", "dateLastModified", "roleType", "beginDate", "endDate",
        "orgSourcedId", "userProfileSourcedId",
    ),
)  # fmt: skip
DEMOGRAPHICS = Layout(
    (),
    ("status", "dateLastModified", "birthDate", "sex"),
    (
        "sourcedId", "userSourcedId", "americanIndianOrAlaskaNative", "asian",
        "blackOrAfricanAmerican", "nativeHawaiianOrOtherPacificIslander", "white",
        "demographicRaceTwoOrMoreRaces", "hispanicOrLatinoEthnicity", "countryOfBirthCode",
        "stateOfBirthAbbreviation", "cityOfBirth", "publicSchoolResidenceStatus",
    ),
)  # fmt: skip
USERS = Layout(
    ("sourcedId", "givenName", "familyName"),
    (
        "status", "dateLastModified", "enabledUser", "username", "userIds", "middleName",
        "identifier", "email", "sms", "phone", "agentSourcedIds", "grades", "password",
    ),
    (
        "orgSourcedIds", "role", "userMasterIdentifier", "preferredGivenName",
        "preferredMiddleName", "preferredFamilyName", "primaryOrgSourcedId", "pronouns",
        "resourceSourcedIds",
    ),
)  # fmt: skip

_ORG_KINDS = {
    header_key(kind): kind
    for kind in ("department", "school", "district", "local", "state", "national")
}
_GUARDIAN_ROLES = frozenset({"parent", "guardian", "relative"})
_ROLE_WORDS = {
    header_key(role): role
    for role in (
        "student", "parent", "guardian", "relative", "teacher", "aide", "counselor",
        "principal", "proctor", "administrator", "districtAdministrator",
        "siteAdministrator", "systemAdministrator",
    )
}  # fmt: skip
_ROLE_LIST = ", ".join(sorted(_ROLE_WORDS.values()))
_AT_ONCE = 2_048
_GUID = re.compile(r"[0-9A-Za-z./@_-]{1,255}")
_GUIDS = re.compile(r"[0-9A-Za-z./@_\n-]*")
_STATE_ID = re.compile(
    r"\{\s*(?:state[ _-]?(?:u?id)?|ssid|sasid)\s*:([^{}]{1,120})\}", re.IGNORECASE
)


def role_word(raw: str) -> str:
    """Return a role as OneRoster writes it, `ext:` for an extension, empty if unknown."""
    known = _ROLE_WORDS.get(header_key(raw), "")
    return known or ("ext:" if raw.lower().startswith("ext:") else "")


# Schools


class Schools:
    """The orgs of an export, and the cells that point at them."""

    def __init__(self, sent: dict[str, RosterSchool] | None, mode: Mode) -> None:
        self.known: dict[str, RosterSchool] = sent or {}
        self._sent = sent is not None
        self._mode = mode
        self._cells: dict[str, tuple[str, ...]] = {}
        self._missing: dict[str, str] = {}

    def pointed_at(self, cell: str, part: Part, line: int, column: str) -> tuple[str, ...]:
        """Return the ids of a list cell, schools before districts; keeps what is missing."""
        found = self._cells.get(cell)
        if found is None:
            found = self._cells[cell] = self._resolve(cell, part, line, column)
        if self._missing and cell in self._missing:
            part.findings.note(
                "line-reference-missing", part.name, line, column, self._missing[cell]
            )
        return found

    def _resolve(self, cell: str, part: Part, line: int, column: str) -> tuple[str, ...]:
        ids = parts(cell)
        if not self._sent and self._mode is Mode.BULK:
            for source_id in ids:
                if source_id not in self.known:
                    self.known[source_id] = RosterSchool(source_id, source_id, line=line)
                    part.findings.note("line-school-unnamed", part.name, line, column, source_id)
        elif self._mode is Mode.BULK:
            lost = [source_id for source_id in ids if source_id not in self.known]
            if lost:
                self._missing[cell] = ", ".join(lost)
                ids = tuple(source_id for source_id in ids if source_id in self.known)
        if len(ids) > 1:
            ids = tuple(sorted(ids, key=lambda one: not self._is_school(one)))
        return ids

    def _is_school(self, source_id: str) -> bool:
        known = self.known.get(source_id)
        return known is None or known.kind == "school"


def read_orgs(part: Part) -> dict[str, RosterSchool]:
    """Return the orgs by id; an unknown kind is read as a school, a missing parent left out."""
    at_id, at_name, at_kind = part.at("sourcedId"), part.at("name"), part.at("type")
    at_mark, at_parent, at_status = (
        part.at("identifier"),
        part.at("parentSourcedId"),
        part.at("status"),
    )
    found: dict[str, RosterSchool] = {}
    for line, row in part.rows():
        source_id = row[at_id]
        status = row[at_status]
        leaving = status != part.usual_status and part.leaving(status, line)
        name = clean_text(row[at_name])
        if not _usable(part, source_id, name or leaving, "name", line):
            continue
        if source_id in found:
            _repeat(part, line, same=found[source_id].name == name)
            continue
        kind = _ORG_KINDS.get(header_key(row[at_kind]), "")
        if not kind:
            kind = "school"
            part.findings.repaired(
                "line-org-type",
                part.name,
                line,
                "type",
                row[at_kind],
                ", ".join(_ORG_KINDS.values()),
            )
        found[source_id] = RosterSchool(
            source_id, name or source_id, kind, row[at_mark], row[at_parent], leaving, line
        )
    if part.mode is Mode.BULK:
        for source_id, school in found.items():
            if school.parent_source_id and school.parent_source_id not in found:
                part.findings.note(
                    "line-reference-missing",
                    part.name,
                    school.line,
                    "parentSourcedId",
                    school.parent_source_id,
                )
                found[source_id] = replace(school, parent_source_id="")
    return found


def _usable(part: Part, source_id: str, needed: object, column: str, line: int) -> bool:
    if not source_id:
        part.refuse_row("line-value-missing", line, "sourcedId", expected="sourcedId")
        return False
    if not needed:
        part.refuse_row("line-value-missing", line, column, expected=column)
        return False
    return True


def _repeat(part: Part, line: int, *, same: bool) -> None:
    if same:
        part.findings.note("line-row-twice", part.name, line, "sourcedId")
    else:
        part.refuse_row("line-id-twice", line, "sourcedId")


# Roles and demographics


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A row of roles.csv with its dates as they were written."""

    role: str
    org: str
    primary: bool
    begin: str
    end: str
    leaving: bool
    line: int


def read_roles(part: Part, begins: DateColumn, ends: DateColumn) -> dict[str, list[RoleRow]]:
    """Return the roles of each user in the order of the file."""
    at_user, at_role, at_kind = part.at("userSourcedId"), part.at("role"), part.at("roleType")
    at_begin, at_end = part.at("beginDate"), part.at("endDate")
    at_org, at_status = part.at("orgSourcedId"), part.at("status")
    found: dict[str, list[RoleRow]] = {}
    words = cached(role_word)
    for line, row in part.rows():
        user, role = row[at_user], words(row[at_role])
        status, begin, end = row[at_status], row[at_begin], row[at_end]
        leaving = status != part.usual_status and part.leaving(status, line)
        if not user:
            part.refuse_row("line-value-missing", line, "userSourcedId", expected="userSourcedId")
            continue
        if not role and not leaving:
            part.refuse_row("line-role-unknown", line, "role", row[at_role], _ROLE_LIST)
            continue
        if begin:
            begins.raw.setdefault(begin, line)
        if end:
            ends.raw.setdefault(end, line)
        primary = row[at_kind].lower() != "secondary"
        entry = RoleRow(role, row[at_org], primary, begin, end, leaving, line)
        found.setdefault(user, []).append(entry)
    return found


@dataclass(frozen=True, slots=True)
class Demographic:
    """A row of demographics.csv with its date as it was written."""

    birth: str
    sex: str
    leaving: bool
    line: int


def read_demographics(part: Part, births: DateColumn) -> dict[str, Demographic]:
    """Return what demographics.csv says of each user; the first row of a user counts."""
    at_id = part.at("sourcedId", "userSourcedId")
    at_birth, at_sex, at_status = part.at("birthDate"), part.at("sex"), part.at("status")
    if part.has("userSourcedId") and part.has("sourcedId"):
        at_id = part.at("userSourcedId")
    sexes = cached(sex_code)
    found: dict[str, Demographic] = {}
    seen = births.raw.setdefault
    usual = part.usual_status
    for line, row in part.rows():
        user, birth, raw_sex, status = row[at_id], row[at_birth], row[at_sex], row[at_status]
        if not user:
            part.refuse_row("line-value-missing", line, "sourcedId", expected="sourcedId")
            continue
        if user in found:
            same = found[user].birth == birth
            _repeat(part, line, same=same)
            continue
        if birth:
            seen(birth, line)
        sex = sexes(raw_sex) if raw_sex else ""
        if raw_sex and not sex:
            part.findings.repaired(
                "line-sex-unknown",
                part.name,
                line,
                "sex",
                raw_sex,
                "male, female, unspecified, other",
            )
        leaving = status != usual and part.leaving(status, line)
        found[user] = Demographic(birth, sex, leaving, line)
    return found


# Users


@dataclass(slots=True)
class People:
    """The users of an export; students and guardians as the values their nouns are made from."""

    students: dict[str, list[Any]] = field(default_factory=dict)
    guardians: dict[str, list[Any]] = field(default_factory=dict)
    staff: dict[str, RosterStaff] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)

    def holds(self, user: str) -> bool:
        """Tell whether a user was read, whatever they are."""
        return (
            user in self.students
            or user in self.staff
            or user in self.guardians
            or user in self.others
        )


_GIVEN, _FAMILY, _BIRTH, _SEX, _ORGS, _AGENTS, _LINE = 4, 5, 10, 11, 13, 18, 20
_G_GIVEN, _G_FAMILY, _G_AGENTS = 1, 2, 7


class Users:
    """Reads users.csv row by row."""

    def __init__(
        self,
        part: Part,
        schools: Schools,
        roles: Mapping[str, list[RoleRow]] | None,
    ) -> None:
        self.people = People()
        self.timestamps: dict[str, int] = {}
        self._part = part
        self._schools = schools
        self._roles = roles
        self._words = cached(role_word)
        self._joined: dict[str, tuple[dict[str, None], dict[str, None]]] = {}

    def read(self) -> People:
        """Read every row; refuse those without an id, a name or a role that is known."""
        part = self._part
        at_id, at_status, at_modified = (
            part.at("sourcedId"),
            part.at("status"),
            part.at("dateLastModified"),
        )
        at_given, at_family, at_role = part.at("givenName"), part.at("familyName"), part.at("role")
        at_enabled = part.at("enabledUser")
        usual, modified = part.usual_status, self.timestamps.setdefault
        student = self._student_reader()
        by_table = self._roles is not None
        words = self._words
        for line, row in part.rows():
            source_id, status, raw_role = row[at_id], row[at_status], row[at_role]
            given, family = row[at_given], row[at_family]
            leaving = status != usual and part.leaving(status, line)
            if row[at_modified]:
                modified(row[at_modified], line)
            if not source_id:
                part.refuse_row("line-value-missing", line, "sourcedId", expected="sourcedId")
                continue
            if not (given and family and given.isprintable() and family.isprintable()):
                given, family = clean_text(given), clean_text(family)
                if not self._named(source_id, given, family, leaving, line):
                    continue
            role = self._role(source_id, raw_role) if by_table else words(raw_role)
            if row[at_enabled].lower() == "false":
                part.findings.note("line-user-disabled", part.name, line, "enabledUser", "false")
            if role == "student":
                student(line, row, source_id, given, family, leaving)
            elif role:
                self._other(line, row, role, given, family, leaving)
            else:
                self._roleless(line, row, given, family, leaving, student)
        for source_id, (orgs, agents) in self._joined.items():
            draft = self.people.students[source_id]
            draft[_ORGS], draft[_AGENTS] = tuple(orgs), tuple(agents)
        self._check_ids()
        return self.people

    def _named(self, source_id: str, given: str, family: str, leaving: bool, line: int) -> bool:
        if given or family or leaving:
            if not ((given and family) or leaving):
                column = "familyName" if given else "givenName"
                self._part.findings.note("line-name-part-missing", self._part.name, line, column)
            return True
        self._part.refuse_row(
            "line-value-missing", line, "familyName", expected="givenName,familyName", who=source_id
        )
        return False

    def _role(self, source_id: str, raw: str) -> str:
        """Return what roles.csv makes of a user; the column of users.csv where it is silent."""
        entries = (self._roles or {}).get(source_id)
        if not entries:
            return self._words(raw)
        standing = [entry.role for entry in entries if not entry.leaving] or [
            entry.role for entry in entries
        ]
        if "student" in standing:
            return "student"
        return next((role for role in standing if role not in {"", "ext:"}), standing[0])

    def _orgs(self, source_id: str, cell: str, line: int, first: str) -> tuple[str, ...]:
        """Return a user's schools: the primary one, then by roles.csv, then by the cell."""
        part, schools = self._part, self._schools
        ids = schools.pointed_at(cell, part, line, "orgSourcedIds") if cell else ()
        entries = (self._roles or {}).get(source_id, ()) if self._roles else ()
        if entries:
            standing = [entry for entry in entries if not entry.leaving and entry.org]
            standing.sort(key=_standing)
            ids = (
                *(
                    one
                    for entry in standing
                    for one in schools.pointed_at(entry.org, part, line, "orgSourcedId")
                ),
                *ids,
            )
        if first:
            ids = (*schools.pointed_at(first, part, line, "primaryOrgSourcedId"), *ids)
        return tuple(dict.fromkeys(ids)) if len(ids) > 1 else ids

    def _student_reader(self) -> "StudentReader":
        part, schools = self._part, self._schools
        students = self.people.students
        by_table = bool(self._roles)
        at_orgs, at_first, at_grades = (
            part.at("orgSourcedIds"),
            part.at("primaryOrgSourcedId"),
            part.at("grades"),
        )
        at_number, at_user, at_ids = part.at("identifier"), part.at("username"), part.at("userIds")
        at_middle, at_pgiven = part.at("middleName"), part.at("preferredGivenName")
        at_pfamily, at_pronouns = part.at("preferredFamilyName"), part.at("pronouns")
        at_email, at_phone, at_sms = part.at("email"), part.at("phone"), part.at("sms")
        at_agents = part.at("agentSourcedIds")
        grades: dict[str, str] = {"": ""}
        agents_of: dict[str, tuple[str, ...]] = {"": ()}

        def read(
            line: int,
            row: list[str],
            source_id: str,
            given: str,
            family: str,
            leaving: bool,
            known: bool = True,
        ) -> None:
            cell = row[at_grades]
            grade = grades.get(cell)
            if grade is None:
                grade = self._grade(cell, line)
                if grade:
                    grades[cell] = grade
            org_cell = row[at_orgs]
            if by_table or row[at_first]:
                orgs = self._orgs(source_id, org_cell, line, row[at_first])
            else:
                orgs = schools.pointed_at(org_cell, part, line, "orgSourcedIds")
            agent_cell = row[at_agents]
            agents = agents_of[""] if not agent_cell else parts(agent_cell)
            if source_id in students:
                self._student_again(source_id, given, family, orgs, agents, line)
                return
            ids = row[at_ids]
            students[source_id] = [
                source_id, row[at_number], state_id(ids) if ids else "", row[at_user],
                given, family, _clean(row[at_middle]), _clean(row[at_pgiven]),
                _clean(row[at_pfamily]), row[at_pronouns], "", "", grade, orgs,
                row[at_email], row[at_phone], row[at_sms], "", agents, leaving, line, known,
            ]  # fmt: skip

        return read

    def _grade(self, cell: str, line: int) -> str:
        part = self._part
        listed = parts(cell)
        read = [grade for one in listed if (grade := grade_code(one))]
        if not read:
            part.findings.repaired(
                "line-grade-unknown", part.name, line, "grades", cell, "KG, 01, 12"
            )
            return ""
        if len(read) > 1:
            part.findings.note("line-grade-several", part.name, line, "grades", cell, read[0])
        return read[0]

    def _student_again(
        self,
        source_id: str,
        given: str,
        family: str,
        orgs: tuple[str, ...],
        agents: tuple[str, ...],
        line: int,
    ) -> None:
        """Take a second row of a student: the same again, one more school, or a clash."""
        draft = self.people.students[source_id]
        part = self._part
        if (draft[_GIVEN], draft[_FAMILY]) != (given, family):
            part.refuse_row("line-id-twice", line, "sourcedId", expected=str(draft[_LINE]))
            return
        joined = self._joined.get(source_id)
        if joined is None:
            joined = dict.fromkeys(draft[_ORGS]), dict.fromkeys(draft[_AGENTS])
            self._joined[source_id] = joined
        before = len(joined[0]) + len(joined[1])
        joined[0].update(dict.fromkeys(orgs))
        joined[1].update(dict.fromkeys(agents))
        if before == len(joined[0]) + len(joined[1]):
            part.findings.note("line-row-twice", part.name, line, "sourcedId")
        else:
            part.findings.repaired("line-rows-joined", part.name, line, "sourcedId")

    def _other(
        self,
        line: int,
        row: list[str],
        role: str,
        given: str,
        family: str,
        leaving: bool,
    ) -> None:
        part, people = self._part, self.people
        source_id = row[part.at("sourcedId")]
        email, phone, sms = row[part.at("email")], row[part.at("phone")], row[part.at("sms")]
        if source_id in people.guardians or source_id in people.staff:
            _repeat(part, line, same=self._same_person(source_id, given, family))
            return
        if role in _GUARDIAN_ROLES:
            agents = parts(row[part.at("agentSourcedIds")])
            people.guardians[source_id] = [
                source_id, given, family, role, email, phone, sms, agents, leaving, line,
            ]  # fmt: skip
        elif role == "ext:":
            people.others.add(source_id)
            part.findings.note("line-role-extension", part.name, line, "role", expected=_ROLE_LIST)
        else:
            orgs = self._orgs(
                source_id,
                row[part.at("orgSourcedIds")],
                line,
                row[part.at("primaryOrgSourcedId")],
            )
            people.staff[source_id] = RosterStaff(
                source_id, given, family, role, email, phone or sms, orgs, leaving, line
            )

    def _same_person(self, source_id: str, given: str, family: str) -> bool:
        staff = self.people.staff.get(source_id)
        if staff is not None:
            return (staff.given_name, staff.family_name) == (given, family)
        draft = self.people.guardians[source_id]
        return bool((draft[_G_GIVEN], draft[_G_FAMILY]) == (given, family))

    def _roleless(
        self,
        line: int,
        row: list[str],
        given: str,
        family: str,
        leaving: bool,
        student: "StudentReader",
    ) -> None:
        part = self._part
        source_id, raw = row[part.at("sourcedId")], row[part.at("role")]
        if part.mode is Mode.DELTA and not raw:
            student(line, row, source_id, given, family, leaving, False)  # noqa: FBT003 - positional by protocol
        elif raw or self._roles is None:
            part.refuse_row("line-role-unknown", line, "role", raw, _ROLE_LIST, who=source_id)
            self.people.others.add(source_id)
        else:
            part.refuse_row(
                "line-role-missing", line, "sourcedId", expected="roles.csv", who=source_id
            )
            self.people.others.add(source_id)

    def _check_ids(self) -> None:
        """Note ids with signs the standard does not allow; they are kept as they are."""
        people, part = self.people, self._part
        lines = {source_id: draft[_LINE] for source_id, draft in people.students.items()}
        lines.update((source_id, draft[-1]) for source_id, draft in people.guardians.items())
        lines.update((source_id, person.line) for source_id, person in people.staff.items())
        if _GUIDS.fullmatch("\n".join(lines)):
            return
        for source_id, line in lines.items():
            if not _GUID.fullmatch(source_id):
                part.findings.note(
                    "line-id-signs", part.name, line, "sourcedId", expected="A-Z a-z 0-9 . - _ / @"
                )


class StudentReader(Protocol):
    """Takes one row of a student."""

    def __call__(
        self,
        line: int,
        row: list[str],
        source_id: str,
        given: str,
        family: str,
        leaving: bool,
        known: bool = True,
    ) -> None:
        """Keep the row."""
        ...


def _clean(raw: str) -> str:
    return raw if not raw or raw.isprintable() else clean_text(raw)


def _standing(entry: RoleRow) -> tuple[bool, bool, list[int]]:
    """Order roles: primary first, those without an end next, then the latest begun."""
    begun = [-ord(sign) for sign in iso_date(entry.begin)]
    return (not entry.primary, bool(entry.end), begun)


def state_id(user_ids: str) -> str:
    """Return the state's id from a `{type:id}` list, empty if there is none."""
    if user_ids.startswith("{State:") and user_ids.find("}") == len(user_ids) - 1:
        return user_ids[7:-1].strip()
    found = _STATE_ID.search(user_ids)
    return found[1].strip() if found else ""


# What belongs together


def add_demographics(
    people: People, rows: Mapping[str, Demographic], births: DateColumn, part: Part
) -> tuple[RosterDemographic, ...]:
    """Give students their birth dates; return what is about people this roster lacks."""
    students = people.students
    loose: list[RosterDemographic] = []
    for user, said in rows.items():
        birth = births.read(said.birth, said.line) if said.birth else ""
        draft = students.get(user)
        if draft is not None:
            draft[_BIRTH], draft[_SEX] = birth, said.sex
        elif part.mode is Mode.DELTA:
            loose.append(RosterDemographic(user, birth, said.sex, said.leaving, said.line))
        elif not people.holds(user):
            part.findings.note("line-reference-missing", part.name, said.line, "sourcedId", user)
    return tuple(loose)


def link_guardians(people: People, part: Part) -> None:
    """Tie students and guardians from both sides; note agents who are neither there nor kin."""
    students, guardians = people.students, people.guardians
    children: dict[str, dict[str, None]] = {source_id: {} for source_id in guardians}
    named: dict[str, list[str]] = {}
    for source_id, draft in guardians.items():
        for child in draft[_G_AGENTS]:
            if child in students:
                children[source_id][child] = None
                named.setdefault(child, []).append(source_id)
            elif part.mode is Mode.DELTA and not people.holds(child):
                children[source_id][child] = None
            else:
                _stray_agent(people, part, draft[9], child)
    for child, more in named.items():
        agents = students[child][_AGENTS]
        students[child][_AGENTS] = tuple(dict.fromkeys((*agents, *more)))
    for source_id, draft in students.items():
        agents = draft[_AGENTS]
        if not agents:
            continue
        kept: list[str] = []
        for agent in agents:
            known = children.get(agent)
            if known is not None:
                known[source_id] = None
                kept.append(agent)
            elif part.mode is Mode.DELTA and not people.holds(agent):
                kept.append(agent)
            else:
                _stray_agent(people, part, draft[_LINE], agent)
        if len(kept) != len(agents):
            draft[_AGENTS] = tuple(kept)
    for source_id, known in children.items():
        guardians[source_id][_G_AGENTS] = tuple(known)


def _stray_agent(people: People, part: Part, line: int, agent: str) -> None:
    code = "line-agent-not-guardian" if people.holds(agent) else "line-reference-missing"
    part.findings.note(
        code, part.name, line, "agentSourcedIds", expected="parent, guardian, relative"
    )


def students_of(people: People, breathe: Callable[[], None]) -> tuple[RosterStudent, ...]:
    """Return the students as their nouns, calling `breathe` every few thousand."""
    made: list[RosterStudent] = []
    drafts = iter(people.students.values())
    while some := [RosterStudent(*draft) for draft in islice(drafts, _AT_ONCE)]:
        made += some
        breathe()
    return tuple(made)


def guardians_of(people: People) -> tuple[RosterGuardian, ...]:
    """Return the guardians as their nouns."""
    return tuple([RosterGuardian(*draft) for draft in people.guardians.values()])


def loose_roles_of(
    roles: Mapping[str, list[RoleRow]], people: People, begins: DateColumn, ends: DateColumn
) -> tuple[RosterRole, ...]:
    """Return the roles of people this roster lacks, and the roles that were taken back."""
    return tuple(
        RosterRole(
            user,
            entry.role,
            entry.org,
            entry.primary,
            begins.read(entry.begin, entry.line),
            ends.read(entry.end, entry.line),
            entry.leaving,
            entry.line,
        )
        for user, entries in roles.items()
        for entry in entries
        if entry.leaving or not people.holds(user)
    )
