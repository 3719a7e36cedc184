"""Makes summaries as data, and lets them leave only with a disclosure.

Whatever comes out is valid by its schema, and is made of the reads of the papers of the same
name through the export reader: what a role does not see, and the sole-possession compartment,
is not in it.
"""

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from app.features.outbox.model.records import Asked, Made
from app.features.privacy.commands import RecordReport, ReportNotLeft
from app.features.privacy.model import Means
from app.kernel.clock import Clock
from app.kernel.documents import DataSummary, SummaryKind
from app.kernel.errors import CasewellError, Refused, Trouble
from app.kernel.ids import SchoolId, StudentId
from app.kernel.mentions import NameWatch
from app.kernel.ports import Seat
from app.kernel.releases import Ground
from app.kernel.suppression import LEAST
from app.overviews.data.caseload import caseload_body
from app.overviews.data.medication_month import medication_month_body
from app.overviews.data.periods import month_days, said, span_of
from app.overviews.data.schemas import VERSION, valid
from app.overviews.data.services import services_body
from app.overviews.data.student import student_body
from app.overviews.data.use_of_time import use_of_time_body
from app.overviews.mentions import companions
from app.overviews.reports.door import Door, marked
from app.overviews.reports.leaving import Release, require_place, write_whole
from app.overviews.reports.lists import Asked as Listed
from app.overviews.reports.lists import (
    MadeData,
    Names,
    Reading,
    ReportBook,
    ReportKind,
    ReportLeft,
)
from app.overviews.reports.medication_named import MaskedMonths, kept
from app.overviews.reports.others_named import (
    ALL_MASKED,
    NamedOnPaper,
    NamesAnswered,
    Texts,
    stored,
)
from app.overviews.reports.services_report import month_asked
from app.overviews.reports.student_facts import Span, StudentFacts
from app.overviews.reports.student_summary import USUAL_PARTS, Part, SummaryScope

ENDING = "json"
"""How the file of a summary as data ends."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How counts are told to a recipient."""

    counts: str = "suppressed"
    """`exact` or `suppressed`."""
    limit: int = LEAST


Sheets = Callable[[StudentId | None, str], MaskedMonths]
_Body = tuple[str, Mapping[str, Any], tuple[StudentId, ...], dict[str, Any]]
"""Period, body, whom it tells about, what the log is to say stands on it."""


class Summaries:
    """Makes every kind of summary as data."""

    def __init__(
        self,
        door: Door,
        seat: Callable[[], Seat],
        clock: Clock,
        author: Callable[[], str],
        watch: NameWatch,
        sheets: Sheets,
        counts: Callable[[bool], Counts],
        book: ReportBook,
    ) -> None:
        self._door = door
        self._seat = seat
        self._clock = clock
        self._author = author
        self._watch = watch
        self._sheets = sheets
        self._counts = counts
        self._book = book

    def make(
        self,
        asked: Asked,
        purpose: str = "",
        answered: NamesAnswered | None = None,
        *,
        sealed: bool = True,
    ) -> Made:
        """Return a summary in memory; refuse what it cannot be.

        `choices` of what is asked: `sections` of a student's summary, and `mask_others`, without
        which one that names others is refused; `everyone`, `names` and `school` of a caseload.
        What is not `sealed` to the district has small counts held back, whoever gets it.
        """
        how = self._counts(sealed and asked.to_district)
        makers: dict[SummaryKind, Callable[[], _Body]] = {
            SummaryKind.STUDENT: lambda: self._student(asked, purpose, answered),
            SummaryKind.MEDICATION_MONTH: lambda: self._medication(asked),
            SummaryKind.SERVICES: lambda: self._services(asked, how),
            SummaryKind.CASELOAD: lambda: self._caseload(asked),
            SummaryKind.USE_OF_TIME: lambda: self._use_of_time(asked, how),
        }
        if asked.kind not in makers:
            raise Refused("summary-not-made", "kind", kind=asked.kind.value)
        period, body, students, scope = makers[asked.kind]()
        return Made(valid(DataSummary(asked.kind, VERSION, period, body, students)), scope)

    def save(
        self,
        asked: Asked,
        release: Release,
        target: Path,
        *,
        replace: bool = False,
        answered: NamesAnswered | None = None,
    ) -> ReportLeft:
        """Make a summary, write down that it leaves, and write it at `target`.

        Refuses before anything is recorded. Raises Trouble `paper-not-left` if the file could
        not be written; the record then says so.
        """
        release = release.accepted()
        require_place(target, replace=replace)
        wanted = dataclasses.replace(asked, recipient=release.recipient, terms=release.terms)
        made = self.make(wanted, release.purpose, answered, sealed=False)
        summary = self._dated(made.summary)
        data = _written(summary)
        command = _recorded(summary, made.scope, data, release)
        report, disclosures = self._book.record_report(command)
        try:
            write_whole(target, data, replace=replace)
        except OSError as error:
            trouble: CasewellError
            if isinstance(error, FileExistsError):
                trouble = Refused("file-exists", "out", path=str(target))
            else:
                reason = error.strerror or type(error).__name__
                trouble = Trouble("paper-not-left", path=str(target), reason=reason)
            self._book.report_not_left(ReportNotLeft(report, disclosures, trouble.code))
            raise trouble from error
        return ReportLeft(report, disclosures, command.sha256, len(data), 0, rows_of(summary))

    def named(self, asked: Asked, release: Release) -> tuple[NamedOnPaper, ...]:
        """Return where a student's summary names others, for somebody to answer."""
        found: list[NamedOnPaper] = []
        wanted = dataclasses.replace(asked, recipient=release.recipient, terms=release.terms)
        self._student(wanted, release.purpose, None, found)
        return tuple(found)

    def of_report(self, asked: Listed, kind: SummaryKind, release: Release) -> MadeData:
        """Return a report as data; refuse what a report can be asked for and its data cannot."""
        period, choices = asked_as_data(asked, kind, self._clock.now().day())
        wanted = Asked(
            kind, period, recipient=release.recipient, choices=choices, terms=release.terms
        )
        summary = self._dated(self.make(wanted, release.purpose, sealed=False).summary)
        return MadeData(_written(summary), rows_of(summary), summary.students)

    def _dated(self, summary: DataSummary) -> DataSummary:
        """Return a summary that says when it was made, as one in a file does."""
        return valid(
            dataclasses.replace(summary, body={**summary.body, "made": self._clock.now().at})
        )

    # -- each kind ---------------------------------------------------------------------

    def _student(
        self,
        asked: Asked,
        purpose: str,
        answered: NamesAnswered | None,
        found: list[NamedOnPaper] | None = None,
    ) -> _Body:
        """Make it; with `found` the places that name others are put there and refuse nothing."""
        if asked.student_id is None:
            raise Refused("paper-needs-student", "student")
        chosen = asked.choices.get("sections") or [part.value for part in USUAL_PARTS]
        parts = tuple(Part(name) for name in chosen)
        scope = SummaryScope(asked.student_id, parts, span_of(asked.period))
        if answered is None and (
            asked.choices.get("mask_others") or asked.terms.ground is Ground.EMERGENCY
        ):
            answered = ALL_MASKED
        if answered is not None:
            answered = answered.accepted()
        release = Release(asked.recipient, purpose, asked.terms) if asked.recipient else None
        facts = {name: fact for name, fact in scope.stored().items() if name != "size"}
        opened = self._door.opened(scope.student, asked.kind.value, facts, release)
        with opened as notice, self._door() as reader:
            now = self._clock.now()
            read = StudentFacts(reader, scope.student, self._seat(), scope.span, now.zone)
            shown = answered.shown if answered else frozenset[str]()
            texts = Texts(self._watch, scope.student, shown, companions(reader, scope.student))
            said_by = {
                "made_by": self._author(),
                "prepared_for": asked.recipient,
                "purpose": purpose,
                **({} if notice is None else {"part2_notice": notice}),
            }
            body = student_body(scope, read, read.profile(), texts, said_by)
        if found is not None:
            found.extend(texts.found)
        elif texts.found and answered is None:
            raise Refused("others-named", "names", count=len(texts.found))
        free = not _FREE.isdisjoint(parts)
        named = stored(tuple(texts.found), answered or ALL_MASKED, texts=bool(texts.found) or free)
        return said(scope.span), body, (scope.student,), marked({**facts, **named}, notice)

    def _medication(self, asked: Asked) -> _Body:
        months = self._sheets(asked.student_id, asked.period)
        students = tuple(dict.fromkeys(sheet.pupil.id for sheet in months.sheets))
        scope: dict[str, Any] = {"month": asked.period, **kept(months.masked)}
        if len(students) > 1:
            scope["students"] = len(students)
        return asked.period, medication_month_body(asked.period, months.sheets), students, scope

    def _services(self, asked: Asked, how: Counts) -> _Body:
        first, last = month_days(asked.period)
        with self._door() as reader:
            body = services_body(
                reader, self._seat(), asked.period, first, last, how.counts, how.limit
            )
        scope = {"month": asked.period, "counts": how.counts, "limit": how.limit}
        return asked.period, body, (), scope

    def _use_of_time(self, asked: Asked, how: Counts) -> _Body:
        span = span_of(asked.period)
        if span.since is None or span.until is None:
            raise Refused("day-unclear", "since" if span.since is None else "until")
        with self._door() as reader:
            body = use_of_time_body(
                reader, self._seat(), asked.period, span.since, span.until, how.counts
            )
        scope = {
            "since": span.since.isoformat(),
            "until": span.until.isoformat(),
            "counts": how.counts,
        }
        return asked.period, body, (), scope

    def _caseload(self, asked: Asked) -> _Body:
        choices = asked.choices
        listed = Listed(
            ReportKind.CASELOAD,
            school=SchoolId(choices["school"]) if choices.get("school") else None,
            names=Names(choices.get("names", Names.FULL.value)),
            everyone=bool(choices.get("everyone")),
        )
        about: list[StudentId] = []
        with self._door() as reader:
            reading = Reading(
                reader, self._seat(), self._clock.now(), lambda _student: None, self._watch
            )
            body = caseload_body(reading, listed, about)
        return body["period"], body, tuple(about), listed.stored()


_FREE = frozenset({Part.NOTES, Part.FOLLOW_UPS})
"""Sections in which somebody wrote freely."""


def asked_as_data(asked: Listed, kind: SummaryKind, today: date) -> tuple[str, dict[str, Any]]:
    """Return the period and the choices of a report as its data has them; empty: it is of now.

    Refuses what a report can be asked for and its data cannot.
    """
    if kind is SummaryKind.SERVICES:
        return month_asked(asked, today)[0], {}
    if kind is SummaryKind.CASELOAD:
        return "", {
            "names": asked.names.value,
            "everyone": asked.everyone,
            "school": asked.school or "",
        }
    if asked.school:
        raise Refused("report-data-whole", "school")
    return said(Span(asked.since, asked.until)), {}


def _recorded(
    summary: DataSummary, scope: Mapping[str, Any], data: bytes, release: Release
) -> RecordReport:
    return RecordReport(
        summary.kind.value,
        release.recipient,
        release.purpose,
        Means.JSON,
        hashlib.sha256(data).hexdigest(),
        len(data),
        scope,
        summary.students,
        terms=release.terms,
        version=str(summary.version),
    )


def _written(summary: DataSummary) -> bytes:
    return (json.dumps(summary.body, ensure_ascii=False, indent=1) + "\n").encode()


def rows_of(summary: DataSummary) -> int:
    """Return how many rows the tables of a summary have."""
    return sum(len(value) for value in summary.body.values() if isinstance(value, list))


def free_name(kind: SummaryKind, day: date, taken: Callable[[str], bool] = lambda _n: False) -> str:
    """Return a free file name for a summary made on `day`; it carries no name of a person."""
    number = 1
    while taken(name := f"{kind}-{day.isoformat()}-{number}.{ENDING}"):
        number += 1
    return name
