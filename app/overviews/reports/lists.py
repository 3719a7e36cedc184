"""The reports: lists and sums as PDF, CSV or workbook, made from what may leave the desk.

Each report is a declared table (`app.paper.tables`) over rows that are read in pages through the
export reader: what its maker's role does not see is not in it, and no sole-possession note is.
It leaves as every paper does: written down first, then handed over (`leaving`).
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum, unique
from pathlib import Path
from typing import Protocol

from app.features.privacy.commands import RecordReport, ReportNotLeft
from app.features.privacy.model import Means
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Clock, Moment
from app.kernel.documents import SummaryKind
from app.kernel.errors import CasewellError, Refused, Trouble
from app.kernel.ids import SchoolId, StudentId
from app.kernel.keys import Anchor
from app.kernel.mentions import NameWatch
from app.kernel.nouns import Role
from app.kernel.ports import Progress, Reader, Seat, no_progress
from app.kernel.suppression import LEAST
from app.kernel.words import N_, _
from app.overviews.reports.leaving import Release, require_place, write_whole
from app.overviews.reports.wording import spoken_anchor
from app.paper.page import Size
from app.paper.sheets import Cell
from app.paper.tables import Stamp, Table, table_csv, table_pdf, table_xlsx


@unique
class ReportKind(StrEnum):
    """A report; its value is the code its disclosures carry."""

    CASELOAD = "caseload-list"
    SESSIONS = "session-log"
    TIME = "use-of-time"
    CLAIMS = "medicaid-claims"
    GROUP_ROSTER = "group-roster"
    GROUP_ATTENDANCE = "group-attendance"
    MINUTES = "service-minutes"
    ENGAGEMENT = "engagement"
    TIERS = "tiers"
    COHORT = "screening-cohort"
    SERVICES = "services"


@unique
class Form(StrEnum):
    """As what a report leaves; its value is how its file ends."""

    PDF = "pdf"
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    """As data, by a documented schema; of some reports."""


@unique
class Names(StrEnum):
    """How students are called in a report."""

    FULL = "names"
    INITIALS = "initials"
    NONE = "none"


@unique
class Choice(StrEnum):
    """Something a report can be asked for."""

    RANGE = "range"
    MONTH = "month"
    """One whole month; its days are asked for as those of a range are."""
    SCHOOL = "school"
    SERVICE = "service"
    GROUP = "group"
    STUDENT = "student"
    """One student alone; asked for from the student’s page."""
    NAMES = "names"
    COLUMNS = "columns"
    TEXTS = "texts"
    EVERYONE = "everyone"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which report is asked for; what a kind has no use for is left empty."""

    kind: ReportKind
    since: date | None = None
    until: date | None = None
    school: SchoolId | None = None
    service: str = ""
    group: str = ""
    student: str = ""
    names: Names = Names.FULL
    columns: tuple[str, ...] = ()
    """Which of the report's columns, in its own order; none are its usual ones."""
    texts: bool = False
    everyone: bool = False
    size: Size = "letter"

    def stored(self) -> dict[str, object]:
        """Return what was asked for as a disclosure keeps it."""
        facts: dict[str, object] = {
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
            "school": self.school or "",
            "service": self.service,
            "group": self.group,
            "student": self.student,
            "names": self.names.value,
            "columns": list(self.columns),
            "texts": self.texts,
            "everyone": self.everyone,
        }
        return {name: fact for name, fact in facts.items() if fact}


About = Callable[[StudentId], object]
"""Told of each student that a report says something about."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a report is made from: an open read of what may leave, and who asks on which day."""

    reader: Reader
    seat: Seat
    now: Moment
    about: About
    watch: NameWatch
    """Finds students who are named in a text."""
    limit: int = LEAST
    """Counts below it are small."""

    @property
    def today(self) -> date:
        """The calendar day on which it is made."""
        return self.now.day()


Source = Callable[[Reading, Asked], Table]
"""Returns the table that is asked for; its rows are read while they are walked over."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report that can be asked for."""

    kind: ReportKind
    title: str
    """English, marked with N_."""
    about: str
    choices: frozenset[Choice]
    source: Source
    columns: Mapping[str, str] = field(default_factory=dict)
    """Codes and titles of the columns that can be chosen."""
    usual: tuple[str, ...] = ()
    roles: frozenset[Role] = frozenset(Role)
    data: SummaryKind | None = None
    """The summary as data that it is too."""

    @property
    def forms(self) -> tuple[Form, ...]:
        """As what it can leave."""
        return tuple(form for form in Form if form is not Form.JSON or self.data is not None)


class Namer:
    """Calls students as a report was asked to; one without names counts them as they come."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._numbers: dict[StudentId, int] = {}

    def said(self, student: StudentId, given: str, family: str) -> str:
        """Return what a student is called: a name, initials, or a number of this report alone."""
        match self._names:
            case Names.FULL:
                return f"{family}, {given}" if family and given else family or given
            case Names.INITIALS:
                return " ".join(f"{part.strip()[:1].upper()}." for part in (given, family) if part)
            case Names.NONE:
                number = self._numbers.setdefault(student, len(self._numbers) + 1)
                return _("Student {number}").format(number=number)


@dataclass(frozen=True, slots=True)
class MadeReport:
    """A finished report, in memory: it has not left."""

    asked: Asked
    form: Form
    data: bytes
    pages: int
    rows: int
    missing: frozenset[str]
    """Signs that no font could draw; they stand on the paper as boxes."""
    students: tuple[StudentId, ...]
    """Whom it tells something about."""

    @property
    def sha256(self) -> str:
        """The hash that its disclosures name."""
        return hashlib.sha256(self.data).hexdigest()

    def recorded_as(self, release: Release, means: Means) -> RecordReport:
        """Return the command that writes down its leaving."""
        scope = {**self.asked.stored(), "rows": self.rows}
        if self.form is Form.PDF:
            scope["size"] = self.asked.size
        if len(self.students) > 1:
            scope["students"] = len(self.students)
        return RecordReport(
            self.asked.kind.value,
            release.recipient,
            release.purpose,
            means,
            self.sha256,
            len(self.data),
            scope,
            self.students,
            release.terms,
        )


@dataclass(frozen=True, slots=True)
class ReportLeft:
    """A report that left the desk, with a disclosure for each student it tells about."""

    report: str
    disclosures: tuple[str, ...]
    sha256: str
    bytes: int
    pages: int
    rows: int
    changed: Changed = Changed.only(Kind.DISCLOSURE)  # noqa: RUF009 - frozen


class ReportBook(Protocol):
    """Where it is written down that a report leaves."""

    def record_report(self, command: RecordReport) -> tuple[str, tuple[str, ...]]:
        """Write down what is about to leave; return the report's id and its disclosures'."""
        ...

    def report_not_left(self, command: ReportNotLeft) -> Changed:
        """Write down that it did not leave after all."""
        ...


_MEANS = {
    Form.PDF: Means.FILE,
    Form.CSV: Means.CSV,
    Form.XLSX: Means.WORKBOOK,
    Form.JSON: Means.JSON,
}


@dataclass(frozen=True, slots=True)
class MadeData:
    """A report as data."""

    data: bytes
    rows: int
    students: tuple[StudentId, ...]


AsData = Callable[["Asked", SummaryKind, Release], MadeData]
"""Makes the summary that a report is as data, for whom it is released to."""


def _no_data(_asked: "Asked", kind: SummaryKind, _release: Release) -> MadeData:
    raise Refused("summary-not-made", "kind", kind=kind.value)


class Reports:
    """Makes the reports, and lets them leave only when that was written down."""

    def __init__(
        self,
        known: tuple[Report, ...],
        read_for_export: Callable[[], AbstractContextManager[Reader]],
        anchor: Callable[[], Anchor],
        seat: Callable[[], Seat],
        clock: Clock,
        author: Callable[[], str],
        book: ReportBook,
        watch: NameWatch,
        as_data: AsData = _no_data,
        limit: Callable[[], int] = lambda: LEAST,
    ) -> None:
        self._known = {report.kind: report for report in known}
        self._read = read_for_export
        self._anchor = anchor
        self._seat = seat
        self._clock = clock
        self._author = author
        self._book = book
        self._watch = watch
        self._as_data = as_data
        self._limit = limit

    def offered(self) -> tuple[Report, ...]:
        """Return the reports that whoever is at the desk can ask for."""
        role = self._seat().role
        return tuple(report for report in self._known.values() if role in report.roles)

    def report(self, kind: ReportKind) -> Report:
        """Return a report that can be asked for here; refuse another role's."""
        report = self._known[kind]
        if self._seat().role not in report.roles:
            raise Refused("report-not-yours", "kind")
        return report

    def make(
        self,
        asked: Asked,
        form: Form = Form.PDF,
        release: Release | None = None,
        *,
        mark: bool = True,
        progress: Progress = no_progress,
    ) -> MadeReport:
        """Return a report in memory; refuse a range that ends before it begins.

        `mark` is the sign for Excel that a CSV is UTF-8.
        """
        report = self.report(asked.kind)
        if asked.since and asked.until and asked.until < asked.since:
            raise Refused("period-order", "until")
        if asked.texts and asked.names is not Names.FULL:
            # What somebody wrote freely cannot be vouched for to name nobody.
            raise Refused("report-texts-name", "texts")
        if form is Form.JSON:
            if report.data is None:
                raise Refused("report-no-data", "format")
            progress(0, 1)
            found = self._as_data(asked, report.data, release or Release("", ""))
            return MadeReport(asked, form, found.data, 0, found.rows, frozenset(), found.students)
        stamp = self._stamp(release)
        students: dict[StudentId, None] = {}
        with self._read() as reader:
            reading = Reading(
                reader,
                self._seat(),
                stamp.made,
                students.setdefault,
                self._watch,
                self._limit(),
            )
            counted = _Counted(report.source(reading, asked))
            pages, missing = 0, frozenset[str]()
            if form is Form.PDF:
                printed = table_pdf(counted.table, stamp, asked.size, progress)
                data, pages, missing = printed.pdf, printed.pages, printed.missing
            elif form is Form.CSV:
                data = table_csv(counted.table, mark=mark, progress=progress)
            else:
                data = table_xlsx(counted.table, stamp, progress)
        return MadeReport(asked, form, data, pages, counted.count, missing, tuple(students))

    def _stamp(self, release: Release | None) -> Stamp:
        anchor = self._anchor()
        return Stamp(
            self._clock.now(),
            self._author(),
            spoken_anchor(anchor),
            release.recipient if release else "",
            release.purpose if release else "",
        )

    def save(
        self,
        asked: Asked,
        form: Form,
        release: Release,
        target: Path,
        *,
        replace: bool = False,
        mark: bool = True,
        progress: Progress = no_progress,
    ) -> ReportLeft:
        """Make a report, write down that it leaves, and write it at `target`.

        Refuses before anything is recorded: no recipient or purpose, a place that is taken.
        Raises Trouble `paper-not-left` if the file could not be written; the record says so.
        """
        release = release.accepted()
        require_place(target, replace=replace)
        made = self.make(asked, form, release, mark=mark, progress=progress)
        left = self._recorded(made, release, _MEANS[form])
        try:
            write_whole(target, made.data, replace=replace)
        except OSError as error:
            trouble: CasewellError
            if isinstance(error, FileExistsError):
                trouble = Refused("file-exists", "out", path=str(target))
            else:
                reason = error.strerror or type(error).__name__
                trouble = Trouble("paper-not-left", path=str(target), reason=reason)
            self._not_left(left, trouble.code)
            raise trouble from error
        return left

    def record_print(self, made: MadeReport, release: Release) -> ReportLeft:
        """Write down that a report leaves through a printer; called before the first page."""
        return self._recorded(made, release.accepted(), Means.PRINT)

    def print_failed(self, left: ReportLeft) -> Changed:
        """Write down that the printer did not take a recorded report."""
        return self._not_left(left, "print-not-left")

    def _recorded(self, made: MadeReport, release: Release, means: Means) -> ReportLeft:
        report, disclosures = self._book.record_report(made.recorded_as(release, means))
        return ReportLeft(report, disclosures, made.sha256, len(made.data), made.pages, made.rows)

    def _not_left(self, left: ReportLeft, code: str) -> Changed:
        return self._book.report_not_left(ReportNotLeft(left.report, left.disclosures, code))


class _Counted:
    """A table that tells how many rows it had, once they were walked over."""

    def __init__(self, table: Table) -> None:
        self.count = 0
        self._rows = table.rows
        self.table = replace(table, rows=self._walked())

    def _walked(self) -> Iterator[Sequence[Cell]]:
        for row in self._rows:
            self.count += 1
            yield row


def free_name(
    kind: ReportKind, form: Form, day: date, taken: Callable[[str], bool] = lambda _name: False
) -> str:
    """Return a free file name for a report made on `day`; it carries no name of a person."""
    number = 1
    while taken(name := f"{kind}-{day.isoformat()}-{number}.{form}"):
        number += 1
    return name


NAME_TITLES: dict[Names, str] = {
    Names.FULL: N_("Names"),
    Names.INITIALS: N_("Initials"),
    Names.NONE: N_("No names"),
}
"""What each way of calling students is called."""
