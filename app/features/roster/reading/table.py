"""Reads any table of students through a mapping of its columns.

The mapping is guessed from the headers (English and Spanish) and from what the columns
hold, shown to the person, and remembered by the header's fingerprint.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field, replace
from enum import StrEnum, unique
from typing import Any

from app.features.roster.model import (
    Mode,
    Roster,
    RosterFormat,
    RosterGuardian,
    RosterSchool,
    RosterStudent,
)
from app.features.roster.reading.clever import contact_id
from app.features.roster.reading.dates import DateColumn
from app.features.roster.reading.findings import Findings, refusal
from app.features.roster.reading.meter import Meter
from app.features.roster.reading.text import Row, Sheet, header_key
from app.features.roster.reading.values import (
    DateOrder,
    cached,
    clean_text,
    date_evidence,
    grade_code,
    iso_date,
    sex_code,
    split_name,
)
from app.kernel.errors import Refused
from app.kernel.names import folded
from app.kernel.ports import Progress

PREVIEW_ROWS = 20


@unique
class Target(StrEnum):
    """What a column of a table may hold."""

    STUDENT_NUMBER = "student_number"
    STATE_ID = "state_id"
    USERNAME = "username"
    FULL_NAME = "full_name"
    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    SECOND_FAMILY_NAME = "second_family_name"
    MIDDLE_NAME = "middle_name"
    PREFERRED_GIVEN_NAME = "preferred_given_name"
    PREFERRED_FAMILY_NAME = "preferred_family_name"
    PRONOUNS = "pronouns"
    BIRTH_DATE = "birth_date"
    SEX = "sex"
    GRADE = "grade"
    SCHOOL = "school"
    SCHOOL_ID = "school_id"
    EMAIL = "email"
    PHONE = "phone"
    SMS = "sms"
    LANGUAGE = "language"
    STATUS = "status"
    GUARDIAN_NAME = "guardian_name"
    GUARDIAN_RELATION = "guardian_relation"
    GUARDIAN_PHONE = "guardian_phone"
    GUARDIAN_EMAIL = "guardian_email"
    GUARDIAN_2_NAME = "guardian_2_name"
    GUARDIAN_2_RELATION = "guardian_2_relation"
    GUARDIAN_2_PHONE = "guardian_2_phone"
    GUARDIAN_2_EMAIL = "guardian_2_email"


_SYNONYMS: dict[Target, tuple[str, ...]] = {
    Target.STUDENT_NUMBER: (
        "studentnumber", "studentid", "studentidnumber", "localid", "localstudentid", "sisid",
        "stuid", "studentno", "permid", "permanentid", "pupilnumber", "pupilid", "id", "number",
        "idnumber", "otherid", "matricula", "numerodeestudiante", "numeroestudiante",
        "iddelestudiante", "idestudiante", "iddeestudiante", "expediente", "iddealumno",
    ),
    Target.STATE_ID: (
        "stateid", "statestudentid", "ssid", "sasid", "stateidnumber", "statenumber",
        "uniquestateid", "statestudentnumber", "iddelestado", "idestatal", "curp",
    ),
    Target.USERNAME: ("username", "userid", "login", "loginid", "usuario", "nombredeusuario"),
    Target.FULL_NAME: (
        "name", "fullname", "studentname", "student", "studentfullname", "lastfirst",
        "lastnamefirstname", "namelastfirst", "studentnamelastfirst", "lastfirstmiddle",
        "nombrecompleto", "nombredelestudiante", "nombredelalumno", "alumno", "estudiante",
        "apellidosynombre", "apellidosynombres", "apellidosnombre", "apellidosnombres",
        "nombreyapellido", "nombreyapellidos",
    ),
    Target.GIVEN_NAME: (
        "givenname", "firstname", "first", "forename", "fname", "studentfirstname",
        "legalfirstname", "firstnamelegal", "nombre", "nombres", "primernombre", "nombredepila",
    ),
    Target.FAMILY_NAME: (
        "familyname", "lastname", "last", "surname", "lname", "studentlastname", "legallastname",
        "apellido", "apellidos", "primerapellido", "apellidopaterno",
    ),
    Target.SECOND_FAMILY_NAME: (
        "segundoapellido", "apellidomaterno", "secondlastname", "secondfamilyname",
    ),
    Target.MIDDLE_NAME: ("middlename", "middle", "mi", "middleinitial", "mname", "segundonombre"),
    Target.PREFERRED_GIVEN_NAME: (
        "preferredname", "preferredfirstname", "preferredgivenname", "nickname", "goesby",
        "chosenname", "nombrepreferido", "apodo", "nombreelegido",
    ),
    Target.PREFERRED_FAMILY_NAME: ("preferredlastname", "preferredfamilyname"),
    Target.PRONOUNS: ("pronouns", "pronoun", "pronombres", "pronombre"),
    Target.BIRTH_DATE: (
        "dob", "birthdate", "dateofbirth", "birthday", "bdate", "birthdt", "born",
        "fechadenacimiento", "fechanacimiento", "fechanac", "nacimiento", "fnacimiento",
    ),
    Target.SEX: ("sex", "gender", "sexo", "genero", "legalsex"),
    Target.GRADE: (
        "grade", "gradelevel", "gr", "grd", "currentgrade", "grades", "yeargroup", "grado",
        "nivel", "gradoescolar", "curso",
    ),
    Target.SCHOOL: (
        "school", "schoolname", "building", "buildingname", "campus", "site", "sitename",
        "escuela", "nombredelaescuela", "nombreescuela", "colegio", "plantel", "centro",
    ),
    Target.SCHOOL_ID: (
        "schoolid", "schoolnumber", "schoolcode", "buildingid", "buildingcode", "siteid",
        "sitecode", "campusid", "idescuela", "iddelaescuela", "codigodelaescuela",
    ),
    Target.EMAIL: (
        "email", "studentemail", "emailaddress", "studentemailaddress", "mail", "correo",
        "correoelectronico", "correodelestudiante",
    ),
    Target.PHONE: (
        "phone", "phonenumber", "homephone", "telephone", "studentphone", "primaryphone",
        "telefono", "telefonodecasa", "telefonofijo", "tel",
    ),
    Target.SMS: (
        "sms", "cell", "cellphone", "mobile", "mobilephone", "studentcell", "textnumber",
        "celular", "movil", "telefonocelular",
    ),
    Target.LANGUAGE: (
        "language", "homelanguage", "primarylanguage", "nativelanguage", "homelang", "idioma",
        "lengua", "idiomadelhogar", "lenguamaterna", "idiomamaterno",
    ),
    Target.STATUS: (
        "status", "enrollmentstatus", "enrolledstatus", "studentstatus", "estado", "estatus",
        "situacion",
    ),
    Target.GUARDIAN_NAME: (
        "guardian", "guardianname", "guardian1", "guardian1name", "parent", "parentname",
        "parent1", "parent1name", "parentguardian", "parentguardianname", "parentguardian1",
        "contact", "contactname", "contact1", "contact1name", "mother", "mothername",
        "emergencycontact", "emergencycontactname", "tutor", "nombredeltutor", "madre",
        "nombredelamadre", "acudiente", "representante", "padremadreotutor", "padreotutor",
        "contacto", "nombredelcontacto",
    ),
    Target.GUARDIAN_RELATION: (
        "relationship", "relation", "guardianrelationship", "guardianrelation",
        "contactrelationship", "contact1relationship", "guardian1relationship", "parentesco",
        "relacion",
    ),
    Target.GUARDIAN_PHONE: (
        "guardianphone", "guardian1phone", "parentphone", "parent1phone", "contactphone",
        "contact1phone", "parentguardianphone", "emergencyphone", "emergencycontactphone",
        "motherphone", "telefonodeltutor", "telefonodelamadre", "telefonodelcontacto",
        "telefonodeemergencia",
    ),
    Target.GUARDIAN_EMAIL: (
        "guardianemail", "guardian1email", "parentemail", "parent1email", "contactemail",
        "contact1email", "parentguardianemail", "motheremail", "correodeltutor",
        "correodelamadre", "correodelcontacto",
    ),
    Target.GUARDIAN_2_NAME: (
        "guardian2", "guardian2name", "parent2", "parent2name", "contact2", "contact2name",
        "father", "fathername", "parentguardian2", "padre", "nombredelpadre",
    ),
    Target.GUARDIAN_2_RELATION: ("guardian2relationship", "contact2relationship"),
    Target.GUARDIAN_2_PHONE: (
        "guardian2phone", "parent2phone", "contact2phone", "fatherphone", "telefonodelpadre",
    ),
    Target.GUARDIAN_2_EMAIL: (
        "guardian2email", "parent2email", "contact2email", "fatheremail", "correodelpadre",
    ),
}  # fmt: skip
_TARGET_OF = {key: target for target, keys in _SYNONYMS.items() for key in keys}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_PHONE = re.compile(r"\+?[\d ().-]{7,20}(?:\s?(?:x|ext\.?)\s?\d{1,6})?", re.IGNORECASE)
_ROUNDED = re.compile(r"\d(?:\.\d+)?E\+\d+", re.IGNORECASE)
_LEFT = frozenset(
    {
        "inactive", "withdrawn", "transferred", "graduated", "exited", "left", "dropped",
        "droppedout", "notenrolled", "tobedeleted", "deceased", "moved", "inactivo", "inactiva",
        "retirado", "retirada", "trasladado", "trasladada", "graduado", "graduada", "baja",
    }
)  # fmt: skip


@unique
class Question(StrEnum):
    """What the guess cannot settle, so that the person is asked."""

    DATE_ORDER = "date-order"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class ColumnShape:
    """What a column holds, counted over all of its rows."""

    filled: int = 0
    different: int = 0
    dates: int = 0
    month_first: int = 0
    day_first: int = 0
    doubtful: int = 0
    emails: int = 0
    phones: int = 0
    grades: int = 0
    sexes: int = 0
    commas: int = 0


@dataclass(frozen=True, slots=True)
class TablePreview:
    """A table as the mapping step shows it; the shapes speak of all rows, not the shown ones."""

    file: str
    sheet: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    row_count: int
    fingerprint: str
    has_header: bool
    shapes: tuple[ColumnShape, ...] = field(repr=False, default=())


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which column holds what; plain enough to be kept as JSON under its fingerprint.

    `fields` has one entry per column: a `Target` or empty. `date_order` is a `DateOrder`
    or empty (settled by the column). `family_first` says how whole names without a comma
    are written. `everyone` means that students who are not in the table have left.
    `school` names the school of a table that has no column for it. `ask` is what should
    be asked before reading.
    """

    fingerprint: str
    fields: tuple[str, ...]
    date_order: str = ""
    family_first: bool = False
    everyone: bool = False
    school: str = ""
    sheet: str = ""
    has_header: bool = True
    ask: tuple[str, ...] = ()

    def as_json(self) -> str:
        """Return the mapping as JSON."""
        return json.dumps(
            {
                "fingerprint": self.fingerprint,
                "fields": list(self.fields),
                "date_order": self.date_order,
                "family_first": self.family_first,
                "everyone": self.everyone,
                "school": self.school,
                "sheet": self.sheet,
                "has_header": self.has_header,
            },
            ensure_ascii=False,
            sort_keys=True,
        )

    @classmethod
    def from_json(cls, text: str) -> "Mapping":
        """Return the mapping that `as_json` wrote; refuse anything else."""
        try:
            said = json.loads(text)
            made = cls(
                fingerprint=str(said["fingerprint"]),
                fields=tuple(str(name) for name in said["fields"]),
                date_order=str(said.get("date_order", "")),
                family_first=bool(said.get("family_first", False)),
                everyone=bool(said.get("everyone", False)),
                school=str(said.get("school", "")),
                sheet=str(said.get("sheet", "")),
                has_header=bool(said.get("has_header", True)),
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise Refused("roster-mapping-unreadable", field="mapping") from None
        if made.date_order not in {"", *DateOrder}:
            raise Refused("roster-mapping-unreadable", field="mapping")
        return made


def known_headers(row: Row) -> int:
    """Return how many cells of a row are headers this reader knows."""
    return len({target for cell in row if (target := _TARGET_OF.get(header_key(cell)))})


def is_header(row: Row) -> bool:
    """Tell whether a row is surely a header."""
    return known_headers(row) >= 2


def _looks_like_data(row: tuple[str, ...]) -> bool:
    return known_headers(list(row)) == 0 and any(
        cell.isdigit() or iso_date(cell) or _EMAIL.fullmatch(cell) for cell in row
    )


def _fingerprint(headers: tuple[str, ...], *, has_header: bool) -> str:
    keys = [header_key(header) for header in headers] if has_header else [str(len(headers))]
    return hashlib.sha256("\x1f".join([str(has_header), *keys]).encode()).hexdigest()[:32]


def _with_rows(sheet: Sheet) -> Iterator[tuple[int, Row]]:
    """Yield every row of a table whose first line is no header."""
    yield sheet.header_line, [*sheet.header, ""]
    yield from sheet.walk()


def headerless(sheet: Sheet) -> Sheet:
    """Return the table with numbered headers and its first line among the rows."""
    names = tuple(str(number) for number in range(1, len(sheet.header) + 1))
    return replace(sheet, header=names, size=sheet.size + 1, walk=lambda: _with_rows(sheet))


def preview_table(sheet: Sheet, sheet_name: str, progress: Progress) -> TablePreview:
    """Return what the mapping step shows, having looked at every row."""
    has_header = not _looks_like_data(sheet.header)
    if not has_header:
        sheet = headerless(sheet)
    width = len(sheet.header)
    shown: list[tuple[str, ...]] = []
    values: list[dict[str, int]] = [{} for _ in range(width)]
    count = 0
    meter = Meter(progress, sheet.size)
    for _, row in meter.walk(sheet):
        count += 1
        if count <= PREVIEW_ROWS:
            shown.append(tuple(row[:width]))
        for column, cell in zip(values, row, strict=False):
            if cell:
                column[cell] = column.get(cell, 0) + 1
    meter.finish()
    return TablePreview(
        file=sheet.file,
        sheet=sheet_name,
        headers=sheet.header,
        rows=tuple(shown),
        row_count=count,
        fingerprint=_fingerprint(sheet.header, has_header=has_header),
        has_header=has_header,
        shapes=tuple(_shape(column) for column in values),
    )


def _shape(values: Dictionary[str, int]) -> ColumnShape:
    counts = dict.fromkeys(
        ("dates", "month_first", "day_first", "doubtful", "emails", "phones", "grades", "sexes", "commas"),
        0,
    )  # fmt: skip
    for raw, rows in values.items():
        if iso_date(raw):
            counts["dates"] += rows
            doubtful, order = date_evidence(raw)
            if order is not None:
                counts["day_first" if order is DateOrder.DAY_FIRST else "month_first"] += rows
            elif doubtful:
                counts["doubtful"] += rows
        elif _EMAIL.fullmatch(raw):
            counts["emails"] += rows
        elif _PHONE.fullmatch(raw) and sum(map(str.isdigit, raw)) >= 7:
            counts["phones"] += rows
        if grade_code(raw):
            counts["grades"] += rows
        if sex_code(raw):
            counts["sexes"] += rows
        if "," in raw and raw.replace(",", "").replace(" ", "").isalpha():
            counts["commas"] += rows
    return ColumnShape(sum(values.values()), len(values), **counts)


def guess_mapping(preview: TablePreview) -> Mapping:
    """Return the likeliest mapping: known headers first, then what the columns hold."""
    fields = [""] * len(preview.headers)
    taken: set[Target] = set()
    if preview.has_header:
        for place, header in enumerate(preview.headers):
            target = _TARGET_OF.get(header_key(header))
            if target is not None and target not in taken:
                taken.add(target)
                fields[place] = target.value
        _settle_names(fields, taken, preview)
    _guess_by_shape(fields, taken, preview)
    order, ask = _guess_order(fields, preview)
    if not {Target.FULL_NAME, Target.GIVEN_NAME, Target.FAMILY_NAME} & taken:
        ask = (*ask, Question.NAME.value)
    return Mapping(
        fingerprint=preview.fingerprint,
        fields=tuple(fields),
        date_order=order,
        sheet=preview.sheet,
        has_header=preview.has_header,
        ask=ask,
    )


def _settle_names(fields: list[str], taken: set[Target], preview: TablePreview) -> None:
    """Mend what a header alone misleads about: a lone given name is a whole name."""
    if Target.GIVEN_NAME in taken and not {Target.FAMILY_NAME, Target.FULL_NAME} & taken:
        place = fields.index(Target.GIVEN_NAME.value)
        if header_key(preview.headers[place]) in {"nombre", "nombres"}:
            fields[place] = Target.FULL_NAME.value
            taken.discard(Target.GIVEN_NAME)
            taken.add(Target.FULL_NAME)
    if Target.FULL_NAME in taken and Target.FAMILY_NAME in taken:
        place = fields.index(Target.FULL_NAME.value)
        fields[place] = ""
        taken.discard(Target.FULL_NAME)
        if header_key(preview.headers[place]) == "name" and Target.GIVEN_NAME not in taken:
            fields[place] = Target.GIVEN_NAME.value
            taken.add(Target.GIVEN_NAME)


def _guess_by_shape(fields: list[str], taken: set[Target], preview: TablePreview) -> None:
    named = {Target.FULL_NAME, Target.FAMILY_NAME}
    for place, shape in enumerate(preview.shapes):
        if fields[place] or not shape.filled:
            continue
        most = shape.filled * 0.8
        guess: Target | None = None
        if shape.dates >= most and not header_key(preview.headers[place]).startswith(
            ("enroll", "entry", "start", "exit", "end", "fechadein", "updated", "created")
        ):
            guess = Target.BIRTH_DATE
        elif shape.emails >= most:
            guess = Target.EMAIL
        elif shape.commas >= most and not named & taken:
            guess = Target.FULL_NAME
        elif preview.has_header:
            continue
        elif shape.phones >= most:
            guess = Target.PHONE
        elif shape.grades >= most and shape.different <= 20:
            guess = Target.GRADE
        elif shape.sexes >= most and shape.different <= 4:
            guess = Target.SEX
        if guess is not None and guess not in taken:
            taken.add(guess)
            fields[place] = guess.value


def _guess_order(fields: list[str], preview: TablePreview) -> tuple[str, tuple[str, ...]]:
    if Target.BIRTH_DATE.value not in fields:
        return "", ()
    shape = preview.shapes[fields.index(Target.BIRTH_DATE.value)]
    if shape.day_first and not shape.month_first:
        return DateOrder.DAY_FIRST.value, ()
    if shape.month_first and not shape.day_first:
        return DateOrder.MONTH_FIRST.value, ()
    if shape.doubtful or shape.month_first:
        return DateOrder.MONTH_FIRST.value, (Question.DATE_ORDER.value,)
    return "", ()


def read_mapped(sheet: Sheet, mapping: Mapping, findings: Findings, progress: Progress) -> Roster:
    """Return the roster of a table; refuse a mapping that does not fit it."""
    if not mapping.has_header:
        sheet = headerless(sheet)
    _check_mapping(sheet, mapping)
    meter = Meter(progress, sheet.size)
    roster = _Table(sheet, mapping, findings, meter).roster()
    meter.finish()
    return roster


def _check_mapping(sheet: Sheet, mapping: Mapping) -> None:
    if mapping.fingerprint != _fingerprint(sheet.header, has_header=mapping.has_header) or len(
        mapping.fields
    ) != len(sheet.header):
        raise Refused("roster-mapping-other", field="mapping", file=sheet.file)
    used = [name for name in mapping.fields if name]
    for name in used:
        if name not in set(Target):
            raise Refused("roster-mapping-unreadable", field="mapping", column=name)
        if used.count(name) > 1:
            raise Refused("roster-mapping-twice", field="mapping", file=sheet.file, column=name)
    if not {Target.FULL_NAME.value, Target.FAMILY_NAME.value, Target.GIVEN_NAME.value} & set(used):
        raise Refused(
            "roster-mapping-no-name", field="mapping", file=sheet.file, expected="full_name"
        )


def _unquoted(cell: str) -> str:
    """Return a cell without the `="…"` or leading `'` that keeps a number text in Excel."""
    if cell.startswith('="') and cell.endswith('"'):
        return cell[2:-1].strip()
    return cell[1:] if cell.startswith("'") and cell[1:].isdigit() else cell


class _Table:
    """One table while it is read."""

    def __init__(self, sheet: Sheet, mapping: Mapping, findings: Findings, meter: Meter) -> None:
        self._sheet = sheet
        self._mapping = mapping
        self._findings = findings
        self._meter = meter
        self._file = sheet.file
        self._students: dict[str, dict[str, Any]] = {}
        self._children: dict[str, dict[str, None]] = {}
        self._guardians: dict[str, RosterGuardian] = {}
        self._schools: dict[str, RosterSchool] = {}
        self._grades = cached(grade_code)
        self._sexes = cached(sex_code)
        self._at = {Target(name): place for place, name in enumerate(mapping.fields) if name}

    def _cell(self, row: Row, target: Target) -> str:
        return row[self._at.get(target, -1)]

    def roster(self) -> Roster:
        """Return everything the table says."""
        births = self._births()
        for line, row in self._meter.walk(self._sheet):
            self._row(line, [_unquoted(cell) for cell in row], births)
        if not self._students:
            first = self._findings.first_refused(self._file)
            if first is None:
                raise refusal("roster-no-students", self._file, 1, expected="full_name")
            raise refusal(
                "roster-no-rows-read", self._file, first.line, first.column, first.expected
            )
        mode = Mode.BULK if self._mapping.everyone else Mode.DELTA
        return Roster(
            format=RosterFormat.TABLE,
            source_system="",
            modes={"users": mode, "orgs": Mode.DELTA},
            schools=tuple(self._schools.values()),
            students=tuple([_student(draft) for draft in self._students.values()]),
            guardians=tuple(
                replace(one, student_source_ids=tuple(self._children[source_id]))
                for source_id, one in self._guardians.items()
            ),
            unread_people=frozenset(self._findings.unread),
            problems=self._findings.problems(),
        )

    def _births(self) -> DateColumn:
        """Return the column of birth dates, its order settled by the mapping or its rows."""
        place = self._at.get(Target.BIRTH_DATE, -1)
        name = self._sheet.header[place] if place >= 0 else ""
        births = DateColumn(self._file, name, self._findings)
        if place < 0:
            return births
        if self._mapping.date_order:
            births.settle(DateOrder(self._mapping.date_order))
            return births
        quiet = replace(self._sheet)
        for line, row in quiet.walk():
            if row[place]:
                births.raw.setdefault(row[place], line)
        proved = {order for raw in births.raw if (order := date_evidence(raw)[1])}
        births.settle(proved.pop() if len(proved) == 1 else DateOrder.MONTH_FIRST)
        return births

    def _names(self, row: Row) -> tuple[str, str, str]:
        given = clean_text(self._cell(row, Target.GIVEN_NAME))
        middle = clean_text(self._cell(row, Target.MIDDLE_NAME))
        family = clean_text(self._cell(row, Target.FAMILY_NAME))
        full = self._cell(row, Target.FULL_NAME)
        if full and not (given and family):
            first, between, last = split_name(full)
            if self._mapping.family_first and "," not in full and " " in full.strip():
                last, _, rest = clean_text(full).partition(" ")
                first, _, between = rest.partition(" ")
            given, family = given or first, family or last
            middle = middle or between
        second = clean_text(self._cell(row, Target.SECOND_FAMILY_NAME))
        return given, middle, f"{family} {second}".strip()

    def _row(self, line: int, row: Row, births: DateColumn) -> None:
        given, middle, family = self._names(row)
        if not (given or family):
            self._findings.unread.add(self._cell(row, Target.STUDENT_NUMBER))
            self._findings.refuse_row(
                "line-value-missing", self._file, line, self._header(Target.FULL_NAME, Target.FAMILY_NAME, Target.GIVEN_NAME),
                expected="full_name",
            )  # fmt: skip
            return
        birth = births.read(_serial_date(self._cell(row, Target.BIRTH_DATE)), line)
        source_id = self._source_id(row, given, family, birth, line)
        if not source_id:
            return
        known = self._students.get(source_id)
        if known is not None:
            self._again(known, given, family, row, line)
            return
        school = self._school(row, line)
        guardians = self._row_guardians(row, source_id, line)
        self._students[source_id] = {
            "source_id": source_id,
            "student_number": self._cell(row, Target.STUDENT_NUMBER),
            "state_id": self._cell(row, Target.STATE_ID),
            "username": self._cell(row, Target.USERNAME),
            "given_name": given,
            "family_name": family,
            "middle_name": middle,
            "preferred_given_name": clean_text(self._cell(row, Target.PREFERRED_GIVEN_NAME)),
            "preferred_family_name": clean_text(self._cell(row, Target.PREFERRED_FAMILY_NAME)),
            "pronouns": clean_text(self._cell(row, Target.PRONOUNS)),
            "birth_date": birth,
            "sex": self._coded(row, Target.SEX, line),
            "grade": self._coded(row, Target.GRADE, line),
            "school_source_ids": dict.fromkeys(school),
            "email": self._cell(row, Target.EMAIL),
            "phone": self._cell(row, Target.PHONE),
            "sms": self._cell(row, Target.SMS),
            "language": clean_text(self._cell(row, Target.LANGUAGE)),
            "guardian_source_ids": dict.fromkeys(guardians),
            "leaving": folded(self._cell(row, Target.STATUS)).replace(" ", "") in _LEFT,
            "line": line,
        }

    def _header(self, *targets: Target) -> str:
        for target in targets:
            place = self._at.get(target)
            if place is not None:
                return self._sheet.header[place][:60]
        return ""

    def _source_id(self, row: Row, given: str, family: str, birth: str, line: int) -> str:
        """Return a lasting id: the school's number, the state's, the login, or name and birth."""
        for target in (Target.STUDENT_NUMBER, Target.STATE_ID, Target.USERNAME, Target.EMAIL):
            found = self._cell(row, target)
            if not found:
                continue
            if target is not Target.EMAIL and _ROUNDED.fullmatch(found):
                self._findings.refuse_row(
                    "line-id-rounded", self._file, line, self._header(target), found, "123456789012"
                )
                return ""
            return found if target is Target.STUDENT_NUMBER else f"{target.value}:{found.lower()}"
        self._findings.note("line-id-made", self._file, line)
        return f"name:{folded(family)}|{folded(given)}|{birth}"

    def _again(self, known: dict[str, Any], given: str, family: str, row: Row, line: int) -> None:
        """Take a second row of a student: the same again, one more school or contact, a clash."""
        names = (folded(known["given_name"]), folded(known["family_name"]))
        if names != (folded(given), folded(family)):
            column = self._header(Target.STUDENT_NUMBER, Target.STATE_ID, Target.USERNAME)
            self._findings.refuse_row(
                "line-id-twice", self._file, line, column, expected=str(known["line"])
            )
            return
        schools, guardians = known["school_source_ids"], known["guardian_source_ids"]
        before = len(schools) + len(guardians)
        schools.update(dict.fromkeys(self._school(row, line)))
        guardians.update(dict.fromkeys(self._row_guardians(row, known["source_id"], line)))
        if before == len(schools) + len(guardians):
            self._findings.note("line-row-twice", self._file, line)
        else:
            self._findings.repaired("line-rows-joined", self._file, line)

    def _coded(self, row: Row, target: Target, line: int) -> str:
        raw = self._cell(row, target)
        if not raw:
            return ""
        code = self._grades(raw) if target is Target.GRADE else self._sexes(raw)
        if not code:
            grade = target is Target.GRADE
            self._findings.repaired(
                "line-grade-unknown" if grade else "line-sex-unknown",
                self._file,
                line,
                self._header(target),
                raw,
                "KG, 01, 12" if grade else "female, male, other, unspecified",
            )
        return code

    def _school(self, row: Row, line: int) -> tuple[str, ...]:
        name = clean_text(self._cell(row, Target.SCHOOL))
        number = self._cell(row, Target.SCHOOL_ID)
        if not name and not number:
            name = clean_text(self._mapping.school)
        if not name and not number:
            return ()
        source_id = number or f"school:{folded(name)}"
        if source_id not in self._schools:
            self._schools[source_id] = RosterSchool(
                source_id, name or number, identifier=number, line=line
            )
        return (source_id,)

    def _row_guardians(self, row: Row, student: str, line: int) -> tuple[str, ...]:
        found: list[str] = []
        for name_at, relation_at, phone_at, mail_at in (
            (Target.GUARDIAN_NAME, Target.GUARDIAN_RELATION, Target.GUARDIAN_PHONE, Target.GUARDIAN_EMAIL),
            (Target.GUARDIAN_2_NAME, Target.GUARDIAN_2_RELATION, Target.GUARDIAN_2_PHONE, Target.GUARDIAN_2_EMAIL),
        ):  # fmt: skip
            phone, mail = self._cell(row, phone_at), self._cell(row, mail_at)
            given, middle, family = split_name(self._cell(row, name_at))
            if not (given or family):
                continue
            source_id = contact_id(f"{given} {family}", mail, phone, student)
            if source_id not in self._guardians:
                self._guardians[source_id] = RosterGuardian(
                    source_id,
                    f"{given} {middle}".strip(),
                    family,
                    clean_text(self._cell(row, relation_at)),
                    mail,
                    phone,
                    line=line,
                )
            self._children.setdefault(source_id, {})[student] = None
            found.append(source_id)
        return tuple(found)


def _student(draft: dict[str, Any]) -> RosterStudent:
    draft["school_source_ids"] = tuple(draft["school_source_ids"])
    draft["guardian_source_ids"] = tuple(draft["guardian_source_ids"])
    return RosterStudent(**draft)


def _serial_date(raw: str) -> str:
    """Return a birth date that a workbook kept as its day number (36526 is 1 Jan 2000)."""
    if len(raw) != 5 or not raw.isascii() or not raw.isdigit():
        return raw
    from datetime import date, timedelta

    return (date(1899, 12, 30) + timedelta(days=int(raw))).isoformat()
