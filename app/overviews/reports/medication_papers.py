"""The medication room's papers: made in memory through the export reader, each leaving on record.

A paper about several students leaves with a disclosure for each of them, written in one
transaction and naming the same bytes: whoever asks later what left about one student finds it.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from itertools import chain
from pathlib import Path

from app.features.medication.service import MedicationService
from app.features.medication.service.papers import MonthSheet, days_of_month, month_of
from app.features.privacy.commands import RecordNothingLeft
from app.features.privacy.model import Means
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Clock
from app.kernel.errors import Refused
from app.kernel.ids import SchoolId, StudentId
from app.kernel.keys import Anchor
from app.kernel.mentions import NameWatch
from app.kernel.ports import Progress, Reader, no_progress
from app.kernel.words import _, ngettext
from app.overviews.reports import leaving
from app.overviews.reports.leaving import DisclosureBook, LeavingTogether, Release
from app.overviews.reports.medication_month import month_blocks
from app.overviews.reports.medication_named import (
    AS_DATA,
    ON_PAPER,
    MaskedMonths,
    MedicationTexts,
    kept,
    masked_emergency,
    masked_entry,
    masked_incident,
    masked_ledger,
    masked_month,
    texts_of_papers,
    with_line,
)
from app.overviews.reports.medication_sheets import (
    downtime_blocks,
    emergency_blocks,
    incident_blocks,
    ledger_blocks,
    prn_blocks,
    stock_blocks,
)
from app.overviews.reports.medication_trip import trip_blocks
from app.overviews.reports.wording import spoken_anchor, spoken_day, spoken_paper
from app.paper import blocks
from app.paper.page import Paper, Size


@unique
class PaperKind(StrEnum):
    """A paper of the medication room; its value is the code its disclosures carry."""

    MONTH = "medication-month"
    EMERGENCY = "emergency-sheet"
    LEDGER = "controlled-ledger"
    DOWNTIME = "downtime-sheet"
    INCIDENT = "medication-incident"
    PRN = "prn-log"
    STOCK = "medication-stock"
    TRIP = "field-trip-packet"


NEEDS_STUDENT = frozenset({PaperKind.EMERGENCY})
"""About one student, always."""
TAKES_STUDENT = frozenset(
    {PaperKind.MONTH, PaperKind.EMERGENCY, PaperKind.LEDGER, PaperKind.PRN, PaperKind.STOCK}
)
"""About one student where one is named, else about everyone."""
_LANDSCAPE = frozenset(
    {PaperKind.MONTH, PaperKind.LEDGER, PaperKind.DOWNTIME, PaperKind.PRN, PaperKind.STOCK}
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which paper is asked for; what a kind has no use for is left empty."""

    kind: PaperKind
    student: StudentId | None = None
    month: str = ""
    """As YYYY-MM."""
    day: str = ""
    since: str = ""
    until: str = ""
    incident: str = ""
    container: str = ""
    """Of a ledger: one container alone."""
    trip: str = ""
    school: SchoolId | None = None
    size: Size = "letter"

    def stored(self) -> dict[str, object]:
        """Return what was asked for as a disclosure keeps it."""
        facts: dict[str, object] = {
            "month": self.month,
            "day": self.day,
            "since": self.since,
            "until": self.until,
            "incident": self.incident,
            "container": self.container,
            "trip": self.trip,
            "school": self.school or "",
        }
        return {name: fact for name, fact in facts.items() if fact} | {"size": self.size}


@dataclass(frozen=True, slots=True)
class MadePaper:
    """A finished paper, in memory: it has not left."""

    asked: Asked
    pdf: bytes
    pages: int
    missing: frozenset[str]
    """Signs that no font could draw; they stand on the paper as boxes."""
    students: tuple[StudentId, ...]
    """Whom it tells something about."""
    masked: int = 0
    """In how many places of its texts another student was named."""

    @property
    def sha256(self) -> str:
        """The hash that its disclosures name."""
        return hashlib.sha256(self.pdf).hexdigest()


@dataclass(frozen=True, slots=True)
class PaperLeft:
    """A paper that left the desk, with a disclosure for each student it tells about."""

    disclosures: tuple[str, ...]
    sha256: str
    bytes: int
    pages: int
    changed: Changed = Changed.only(Kind.DISCLOSURE)  # noqa: RUF009 - frozen


_Content = tuple[Iterable[blocks.Block], Iterable[str | None]]
"""What stands on a paper, and whom it tells about."""


class MedicationPapers:
    """Makes the room's papers, and lets them leave only with a disclosure."""

    def __init__(
        self,
        room: MedicationService,
        read_for_export: Callable[[], AbstractContextManager[Reader]],
        anchor: Callable[[], Anchor],
        clock: Clock,
        author: Callable[[], str],
        book: DisclosureBook,
        watch: NameWatch,
    ) -> None:
        self._room = room
        self._read = read_for_export
        self._anchor = anchor
        self._clock = clock
        self._author = author
        self._book = book
        self._watch = watch

    def make(
        self, asked: Asked, release: Release | None = None, progress: Progress = no_progress
    ) -> MadePaper:
        """Return a paper in memory; refuse what is not there, and other roles.

        In the texts of one student's sheet, other students are masked.
        """
        now, anchor = self._clock.now(), self._anchor()
        texts = self._texts()
        body, about = self._content(asked, texts)
        paper = Paper(
            title=spoken_paper(asked.kind),
            made=now,
            blocks=tuple(_released(body, release)),
            made_by=self._author(),
            anchor=spoken_anchor(anchor),
            landscape=asked.kind in _LANDSCAPE,
        )
        students = tuple(dict.fromkeys(StudentId(one) for one in about if one))
        printed = blocks.print_out(paper, asked.size, progress)
        return MadePaper(asked, printed.pdf, printed.pages, printed.missing, students, texts.places)

    def save(
        self,
        asked: Asked,
        release: Release,
        target: Path,
        *,
        replace: bool = False,
        progress: Progress = no_progress,
    ) -> PaperLeft:
        """Make a paper, write down that it leaves, and write it at `target`.

        Refuses before anything is recorded: no recipient or purpose, a place that is taken.
        Raises Trouble `paper-not-left` if the file could not be written.
        """
        release = release.accepted()
        leaving.require_place(target, replace=replace)
        made = self.make(asked, release, progress)
        ids = leaving.save_together(_leaving(made, release), self._book, target, replace=replace)
        return PaperLeft(ids, made.sha256, len(made.pdf), made.pages)

    def record_print(self, made: MadePaper, release: Release) -> PaperLeft:
        """Write down that a paper leaves through a printer; called before the first page."""
        ids = _leaving(made, release.accepted()).recorded(self._book, Means.PRINT)
        return PaperLeft(ids, made.sha256, len(made.pdf), made.pages)

    def print_failed(self, left: PaperLeft) -> Changed:
        """Write down that the printer did not take a recorded paper."""
        for disclosure in left.disclosures:
            self._book.record_nothing_left(RecordNothingLeft(disclosure, "print-not-left"))
        return Changed.only(Kind.DISCLOSURE)

    # -- what stands on each ---------------------------------------------------------

    def _content(self, asked: Asked, texts: MedicationTexts) -> _Content:
        makers: dict[PaperKind, Callable[[], _Content]] = {
            PaperKind.MONTH: lambda: self._month(asked, texts),
            PaperKind.EMERGENCY: lambda: self._emergency(asked, texts),
            PaperKind.LEDGER: lambda: self._ledger(asked, texts),
            PaperKind.DOWNTIME: lambda: self._downtime(asked),
            PaperKind.INCIDENT: lambda: self._incident(asked, texts),
            PaperKind.PRN: lambda: self._prn(asked, texts),
            PaperKind.STOCK: lambda: self._stock(asked),
            PaperKind.TRIP: lambda: self._trip(asked),
        }
        return makers[asked.kind]()

    def _texts(self) -> MedicationTexts:
        return texts_of_papers(self._watch, self._read)

    def month_sheets(self, student: StudentId | None, month: str) -> MaskedMonths:
        """Return the records of a month as data tells them, one student's or everyone's.

        Refuses where there is none. Other students named in one's texts are masked.
        """
        texts = self._texts()
        sheets = [masked_month(one, texts, AS_DATA) for one in self._months(student, month)]
        return MaskedMonths(tuple(sheets), texts.places)

    def _months(self, student: StudentId | None, month: str) -> list[MonthSheet]:
        month_of(month)
        papers = self._room.papers
        sheets = [papers.month_sheet(student, month)] if student else papers.month_sheets(month)
        if not sheets:
            raise Refused("paper-says-nothing", "month")
        return list(sheets)

    def _month(self, asked: Asked, texts: MedicationTexts) -> _Content:
        sheets = self._months(asked.student, asked.month)
        bodies = []
        for sheet in sheets:
            before = texts.places
            body = month_blocks(masked_month(sheet, texts, ON_PAPER))
            bodies.append(with_line(body, masked=texts.places > before))
        return chain.from_iterable(bodies), [sheet.pupil.id for sheet in sheets]

    def _emergency(self, asked: Asked, texts: MedicationTexts) -> _Content:
        if not asked.student:
            raise Refused("paper-needs-student", "student")
        sheet = masked_emergency(self._room.papers.emergency_sheet(asked.student), texts)
        return with_line(emergency_blocks(sheet), masked=texts.places > 0), [sheet.pupil.id]

    def _ledger(self, asked: Asked, texts: MedicationTexts) -> _Content:
        if asked.container:
            ledgers = [self._room.stock.ledger(asked.container)]
        else:
            ledgers = self._room.papers.controlled_ledgers(asked.student)
        about: list[str | None] = []
        with self._read() as reader:
            for ledger in ledgers:
                about.append(ledger.held.container.student_id)
                about += [
                    row[0]
                    for row in reader.execute(
                        "SELECT DISTINCT d.student_id FROM stock_movement m"
                        " JOIN dose d ON d.id = m.dose_id WHERE m.container_id = ?",
                        (ledger.held.container.id,),
                    )
                ]
        if not ledgers:
            raise Refused("paper-says-nothing", "student")
        bodies = []
        for ledger in ledgers:
            before = texts.places
            body = ledger_blocks([masked_ledger(ledger, texts)])
            bodies.append(with_line(body, masked=texts.places > before))
        return chain.from_iterable(bodies), about

    def _downtime(self, asked: Asked) -> _Content:
        sheet = self._room.papers.downtime_sheet(asked.day, asked.school)
        about = chain(
            (line.pupil.id for line in sheet.lines), (pupil.id for pupil, _order in sheet.as_needed)
        )
        return downtime_blocks(sheet), about

    def _incident(self, asked: Asked, texts: MedicationTexts) -> _Content:
        if not asked.incident:
            raise Refused("paper-needs-incident", "incident")
        sheet = masked_incident(self._room.papers.incident_report(asked.incident), texts)
        return with_line(incident_blocks(sheet), masked=texts.places > 0), [sheet.pupil.id]

    def _prn(self, asked: Asked, texts: MedicationTexts) -> _Content:
        for field, text in (("since", asked.since), ("until", asked.until)):
            try:
                date.fromisoformat(text)
            except ValueError:
                raise Refused("day-unreadable", field) from None
        if asked.until < asked.since:
            raise Refused("period-order", "until")
        found = self._room.papers.prn_log(asked.since, asked.until, asked.student)
        entries = [masked_entry(entry, texts) for entry in found]
        pupil = self._room.orders.pupil(asked.student) if asked.student else None
        about = [entry.pupil.id for entry in entries] or ([pupil.id] if pupil else [])
        body = prn_blocks(entries, asked.since, asked.until, pupil)
        return with_line(body, masked=texts.places > 0), about

    def _stock(self, asked: Asked) -> _Content:
        held = self._room.stock.containers(student_id=asked.student, school_id=asked.school)
        about = [one.container.student_id for one in held]
        return stock_blocks(held, self._clock.now()), about

    def _trip(self, asked: Asked) -> _Content:
        if not asked.trip:
            raise Refused("paper-needs-trip", "trip")
        packet = self._room.trips.trip_packet(asked.trip)
        return trip_blocks(packet), [student.pupil.id for student in packet.students]


def free_name(
    kind: PaperKind, day: date, taken: Callable[[str], bool] = lambda _name: False
) -> str:
    """Return a free file name for a paper made on `day`; it carries no name of a person."""
    number = 1
    while taken(f"{kind}-{day.isoformat()}-{number}.pdf"):
        number += 1
    return f"{kind}-{day.isoformat()}-{number}.pdf"


def spoken_scope(scope: Mapping[str, object]) -> str:
    """Return which days a paper that left spoke of, and of how many students beside this one."""
    first, last = str(scope.get("since", "")), str(scope.get("until", ""))
    if month := str(scope.get("month", "")):
        days = days_of_month(month_of(month))
        first, last = days[0], days[-1]
    said = []
    if first and last:
        said.append(_("{first} to {last}").format(first=spoken_day(first), last=spoken_day(last)))
    if day := str(scope.get("day", "")):
        said.append(spoken_day(day))
    students = scope.get("students", 1)
    if isinstance(students, int) and students > 1:
        said.append(
            ngettext(
                "with {count} other student on it",
                "with {count} other students on it",
                students - 1,
            ).format(count=students - 1)
        )
    return ", ".join(said)


def _leaving(made: MadePaper, release: Release) -> LeavingTogether:
    scope = made.asked.stored() | kept(made.masked)
    if len(made.students) > 1:
        scope["students"] = len(made.students)
    return LeavingTogether(made.students, made.asked.kind.value, scope, made.pdf, release)


def _released(body: Iterable[blocks.Block], release: Release | None) -> Iterator[blocks.Block]:
    """Yield a paper's blocks, with whom it is for and why at the head of its first page."""
    words = (release.recipient.strip(), release.purpose.strip()) if release else ("", "")
    for at, block in enumerate(body):
        yield block
        if not at and any(words):
            yield blocks.KeyValues(
                ((_("Prepared for"), words[0] or "–"), (_("Purpose"), words[1] or "–")), columns=2
            )
