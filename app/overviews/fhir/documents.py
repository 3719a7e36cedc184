"""The summaries as FHIR documents: made through the export reader, left only with a disclosure.

What may be chosen is what the papers of the same summaries hold, under the same limits of who
sees what: plans, referrals and screenings stand on papers of their own and are chosen by
themselves here.
"""

import dataclasses
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from app.features.medication.model.doses import Outcome, Slot
from app.features.medication.model.orders import state_at
from app.features.medication.repo import RoomBook
from app.features.medication.repo.doses import standing_heads
from app.features.medication.service import MedicationService
from app.features.medication.service.papers import MonthSheet
from app.features.plans.repo import Narrowing
from app.features.plans.service import PlanSheet, PlansService
from app.features.plans.service.progress import GoalChart, ProgressService
from app.features.privacy.gate import fits
from app.features.privacy.model import Means
from app.features.screening.service import ScreeningService, ScreeningSheet
from app.features.services.repo.engagement import EpisodeFilter, EpisodeLine
from app.features.services.service import ServicesService
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Clock, Moment
from app.kernel.errors import Refused, Trouble
from app.kernel.ids import StudentId
from app.kernel.keys import Anchor
from app.kernel.mentions import NameWatch
from app.kernel.ports import Progress, Reader, Seat, no_progress
from app.kernel.releases import RELEASES, Covering, Ground, OnFile
from app.kernel.words import _
from app.overviews.fhir.codes import LOINC
from app.overviews.fhir.document import Document, FaultyDocument, Reference, Resource
from app.overviews.fhir.leave import consent, provenance, purpose_of_use
from app.overviews.fhir.medication import (
    Month,
    Unrecorded,
    Version,
    counts_as_gap,
    put_month,
    put_pupil,
)
from app.overviews.fhir.narrative import narrative
from app.overviews.fhir.people import People, patient
from app.overviews.fhir.plans import Told, put_plan, put_referrals
from app.overviews.fhir.scope import FORMAT, Also, DocumentScope, also_title
from app.overviews.fhir.screenings import put_screening
from app.overviews.fhir.students import Student, put_sections
from app.overviews.mentions import companions
from app.overviews.reports import leaving
from app.overviews.reports.door import Door, marked, noticed
from app.overviews.reports.leaving import DisclosureBook, Leaving, Release
from app.overviews.reports.medication_named import (
    BESIDE_ALL,
    DOSE_TEXTS,
    MedicationTexts,
    drug_words,
    kept,
    masked_dose,
    masked_month,
    masked_order,
)
from app.overviews.reports.medication_papers import PaperKind
from app.overviews.reports.others_named import (
    ALL_MASKED,
    NamedOnPaper,
    NamesAnswered,
    Texts,
    stored,
)
from app.overviews.reports.student_facts import StudentFacts
from app.overviews.reports.student_summary import PAPER, Part

SUFFIX = ".fhir.json"
SUMMARY_OF_EPISODE, MEDICATION_SUMMARY = "34133-9", "56445-0"

_FREE = frozenset({Part.NOTES, Part.FOLLOW_UPS})
"""Sections in one's own words, in which others may be named."""


@dataclass(frozen=True, slots=True)
class MadeDocument:
    """A finished document, in memory: it has not left."""

    student: StudentId
    paper: str
    scope: dict[str, object]
    data: bytes
    resources: int
    named: tuple[NamedOnPaper, ...] = ()
    """Where other students are named in its texts; masked in it, but for what was shown."""
    answered: NamesAnswered | None = None
    free: bool = False
    """Whether it has texts in one's own words, which were looked through for others' names."""


@dataclass(frozen=True, slots=True)
class DocumentLeft:
    """A document that left the desk."""

    disclosure: str
    sha256: str
    bytes: int
    resources: int
    scope: dict[str, object]
    """What it holds, as the disclosure keeps it."""
    masked: int = 0
    changed: Changed = Changed.only(Kind.DISCLOSURE)  # noqa: RUF009 - frozen


@dataclass(frozen=True, slots=True)
class Rooms:
    """The rooms whose records a document takes, each reading through the door."""

    plans: PlansService
    progress: ProgressService
    screening: ScreeningService
    services: ServicesService
    medication: MedicationService


@dataclass(frozen=True, slots=True)
class Around:
    """What a document is told besides: who makes it, when, on what consents, up to which entry."""

    seat: Callable[[], Seat]
    clock: Clock
    anchor: Callable[[], Anchor]
    consents: Covering
    labelled: Callable[[StudentId], frozenset[str]]
    """The ids of a student's records that are labelled under 42 CFR part 2."""


class FhirDocuments:
    """Makes documents, and lets them leave only with a disclosure."""

    def __init__(
        self,
        door: Door,
        rooms: Rooms,
        around: Around,
        book: DisclosureBook,
        watch: NameWatch,
    ) -> None:
        self._door = door
        self._rooms = rooms
        self._around = around
        self._book = book
        self._watch = watch

    # -- a student's summary -------------------------------------------------------------

    def student(
        self,
        scope: DocumentScope,
        release: Release,
        progress: Progress = no_progress,
        answered: NamesAnswered | None = None,
    ) -> MadeDocument:
        """Return a student's document in memory; refuse one without sections.

        Other students named in its texts are masked, but for those that `answered` shows.
        """
        if answered is not None:
            answered = answered.accepted()
        if not scope.summary.parts and not scope.also:
            raise Refused("sections-missing", "sections")
        student, kept = scope.summary.student, scope.stored()
        with self._door.opened(student, PAPER, kept, release) as notice:
            progress(0, 2)
            bundle, named = self._student(scope, release, answered, notice)
        free = bool(named or scope.also) or not _FREE.isdisjoint(scope.summary.parts)
        made = _made(student, PAPER, marked(kept, notice), bundle)
        return dataclasses.replace(made, named=named, answered=answered, free=free)

    def _student(
        self,
        scope: DocumentScope,
        release: Release,
        answered: NamesAnswered | None,
        notice: str | None,
    ) -> tuple[Resource, tuple[NamedOnPaper, ...]]:
        student, now = scope.summary.student, self._around.clock.now()
        document = self._document(student, notice)
        days = scope.summary.span.days()
        plans = self._plans(student, days) if Also.PLANS in scope.also else []
        screenings = self._screenings(student, days) if scope.screened else []
        referrals = self._referrals(student, days) if Also.REFERRALS in scope.also else []
        with self._door() as reader:
            seat = self._around.seat()
            facts = StudentFacts(reader, student, seat, scope.summary.span, now.zone)
            profile = facts.profile()
            shown = answered.shown if answered else frozenset()
            texts = Texts(self._watch, student, shown, companions(reader, student))
            people = People(document, reader)
            parts = scope.summary.parts
            subject = patient(
                document,
                profile,
                people.school(profile.school) if Part.PROFILE in parts else None,
                whole=Part.PROFILE in parts,
                guardians=facts.guardians() if Part.GUARDIANS in parts else (),
            )
            put_sections(
                document, Student(scope.summary, facts, profile, texts, people, subject, now)
            )
            told = Told(subject, people, _said(texts))
            for sheet, charts in plans:
                put_plan(document, sheet, charts, told)
            if Also.REFERRALS in scope.also:
                put_referrals(document, referrals, told)
            for one in screenings:
                put_screening(document, one, told, answers=Also.ANSWERS in scope.also)
            bundle = self._closed(
                document,
                people,
                subject,
                reader,
                student,
                release,
                title=_("Student summary"),
                loinc=SUMMARY_OF_EPISODE,
            )
        return bundle, tuple({one.key: one for one in texts.found}.values())

    def _plans(
        self, student: StudentId, days: tuple[str, str]
    ) -> list[tuple[PlanSheet, dict[str, GoalChart]]]:
        found = []
        for closed in (False, True):
            for line in self._rooms.plans.plans(Narrowing(student_id=student, closed=closed)):
                sheet = self._rooms.plans.plan(line.plan.id)
                first, last = days
                if sheet.plan.begins_on > last or (sheet.plan.closed_on or last) < first:
                    continue
                charts = {
                    goal.key: self._rooms.progress.chart(goal.key)
                    for goal in sheet.versions[0].goals
                }
                found.append((sheet, charts))
        return found

    def _screenings(self, student: StudentId, days: tuple[str, str]) -> list[ScreeningSheet]:
        return [
            self._rooms.screening.sheet(line.screening.id)
            for line in reversed(self._rooms.screening.of_student(student))
            if days[0] <= line.screening.taken_on <= days[1]
        ]

    def _referrals(self, student: StudentId, days: tuple[str, str]) -> list[EpisodeLine]:
        lines, _count = self._rooms.services.engagement.episodes(
            EpisodeFilter(student_id=student), sort="asked"
        )
        return [
            line
            for line in lines
            if line.episode.asked_on and days[0] <= line.episode.asked_on <= days[1]
        ]

    def save_student(
        self,
        scope: DocumentScope,
        release: Release,
        target: Path,
        *,
        replace: bool = False,
        progress: Progress = no_progress,
        answered: NamesAnswered | None = None,
    ) -> DocumentLeft:
        """Make a document, write down that it leaves, and write it at `target`.

        Refuses before anything is recorded, as the paper of the same summary does.
        """
        release = release.accepted()
        leaving.require_place(target, replace=replace)
        made = self.student(scope, release, progress, answered)
        # In an emergency nobody is asked: others are masked, and the document leaves.
        if made.named and answered is None and release.terms.ground is not Ground.EMERGENCY:
            raise Refused("others-named", "names", count=len(made.named))
        return self._leave(made, release, target, replace=replace)

    # -- a month of medication -----------------------------------------------------------

    def month(self, student: StudentId, month: str, release: Release) -> MadeDocument:
        """Return a student's month in memory; refuse one in which nothing was ordered or given.

        Other students named in its texts are masked.
        """
        sheet = self._rooms.medication.papers.month_sheet(student, month)
        now = self._around.clock.now()
        document = Document(now)
        with self._door() as reader:
            people = People(document, reader)
            found = _month(RoomBook(reader), sheet, people, now)
            if not found.versions and not found.doses:
                raise Refused("paper-says-nothing", "month")
            subject = put_pupil(document, sheet.pupil, people)
            texts = MedicationTexts(self._watch, lambda one: drug_words(reader, one))
            put_month(document, _others_masked(found, texts), subject)
            bundle = self._closed(
                document,
                people,
                subject,
                reader,
                student,
                release,
                title=_("Medication record, {month}").format(month=month),
                loinc=MEDICATION_SUMMARY,
            )
        scope: dict[str, object] = {"month": month, "format": FORMAT, **kept(texts.places)}
        return _made(student, PaperKind.MONTH.value, scope, bundle)

    def save_month(
        self,
        student: StudentId,
        month: str,
        release: Release,
        target: Path,
        *,
        replace: bool = False,
    ) -> DocumentLeft:
        """Make a student's month, write down that it leaves, and write it at `target`."""
        release = release.accepted()
        leaving.require_place(target, replace=replace)
        return self._leave(self.month(student, month, release), release, target, replace=replace)

    # -- what both have in common --------------------------------------------------------

    def _document(self, student: StudentId, notice: str | None) -> Document:
        """Return an empty document; labelled records say so, and it has the notice about them."""
        if notice is None:
            return Document(self._around.clock.now())
        document = Document(self._around.clock.now(), part2=self._around.labelled(student))
        if notice:
            document.section(_("Do not disclose this further"), narrative(noticed(notice)))
        return document

    def _closed(
        self,
        document: Document,
        people: People,
        subject: Reference,
        reader: Reader,
        student: StudentId,
        release: Release,
        *,
        title: str,
        loinc: str,
    ) -> Resource:
        me, terms = self._around.seat().person, release.terms
        author = people.role(me)
        custodian = people.school_of(me)
        on_file = self._release(reader, student, release)
        if on_file is not None:
            document.add("Consent", on_file.id, consent(on_file, release, subject, custodian))
        composition: Resource = {
            "type": {"coding": [{"system": LOINC, "code": loinc}], "text": title},
            "subject": subject,
            "author": [author],
            "title": title,
            "custodian": custodian or {},
        }
        try:
            return document.bundle(
                composition,
                provenance(release, author, custodian, self._around.anchor()),
                purpose_of_use(terms),
            )
        except FaultyDocument as error:
            raise Trouble("fhir-faulty", count=len(error.faults)) from error

    def _release(self, reader: Reader, student: StudentId, release: Release) -> OnFile | None:
        """Return the release on file that it leaves under, where that is the ground."""
        terms = release.terms
        if terms.ground is not Ground.RELEASE:
            return None
        today = self._around.clock.now().day().isoformat()
        found = [
            one
            for one in self._around.consents.covering(reader, student, today)
            if one.kind in RELEASES
        ]
        if terms.release_id:
            return next((one for one in found if one.id == terms.release_id), None)
        return next((one for one in found if fits(one, release.recipient)), None)

    def _leave(
        self, made: MadeDocument, release: Release, target: Path, *, replace: bool
    ) -> DocumentLeft:
        names = stored(made.named, made.answered or ALL_MASKED, texts=made.free)
        left = Leaving(made.student, made.paper, {**made.scope, **names}, made.data, release)
        disclosure = leaving.save(left, self._book, target, replace=replace, means=Means.JSON)
        shown = made.answered.shown if made.answered else frozenset()
        masked = sum(one.key not in shown for one in made.named)
        sha256 = hashlib.sha256(made.data).hexdigest()
        return DocumentLeft(disclosure, sha256, len(made.data), made.resources, made.scope, masked)


def _said(texts: Texts) -> Callable[[str, str], str]:
    """Return what masks others in a text: the same text of a record has the same places."""

    def said(text: str, record: str) -> str:
        digest = hashlib.sha256(text.encode(errors="replace")).hexdigest()[:8]
        return texts.said(text, f"{record}:{digest}", _where(record.partition(":")[0]))

    return said


def _where(kind: str) -> str:
    """Return in words where a text stands."""
    titles = {"screening": also_title(Also.SCREENINGS), "episode": also_title(Also.REFERRALS)}
    return titles.get(kind, also_title(Also.PLANS))


def _month(book: RoomBook, sheet: MonthSheet, people: People, now: Moment) -> Month:
    first, last = sheet.days[0], sheet.days[-1]
    doses = [row.dose for row in standing_heads(book.doses_of(sheet.pupil.id, first, last))]
    begins = Moment.local(_midnight(sheet.first), now.zone).at
    used = {dose.order_id for dose in doses} | {row.order.id for row in sheet.rows}
    ordered = {
        one.order.id: one
        for one in book.during(sheet.pupil.id, first, last)
        if one.order.id in used or not one.standing.until() or one.standing.until() >= begins
    }
    for order_id in sorted(used - ordered.keys()):
        beside = book.ordered(order_id)
        if beside is not None:
            ordered[order_id] = beside
    known = {(dose.series_id, dose.day, dose.slot) for dose in doses}
    gaps = [
        Unrecorded(slot, cell.state)
        for row in sheet.rows
        for cell in row.cells
        if cell.state is not None and counts_as_gap(cell.state) and not cell.dose_id
        for slot in [_slot(row.order.series_id, row.order.id, cell.day, row.time, now.zone)]
        if slot.key not in known
    ]
    versions = [
        Version(one.order, state_at(one.order, one.standing, now)) for one in ordered.values()
    ]
    return Month(sheet, versions, doses, gaps, people)


def _others_masked(month: Month, texts: MedicationTexts) -> Month:
    """Return a month with other students masked; what stands in the document is counted."""
    sheet = masked_month(month.sheet, texts, BESIDE_ALL)
    versions = [
        dataclasses.replace(one, order=masked_order(one.order, sheet.pupil.id, texts, counted=True))
        for one in month.versions
    ]
    doses = []
    for dose in month.doses:
        counted = DOSE_TEXTS if dose.outcome is Outcome.GIVEN else DOSE_TEXTS - {"reason"}
        if dose.outcome is Outcome.IN_ERROR:
            counted = frozenset()
        doses.append(masked_dose(dose, texts, counted))
    return dataclasses.replace(
        month, sheet=sheet, versions=versions, doses=doses, masked=texts.places > 0
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _slot(series: str, order: str, day: str, clock: str, zone: str) -> Slot:
    at = datetime.combine(date.fromisoformat(day), time.fromisoformat(clock))
    return Slot(series, order, day, clock, Moment.local(at, zone))


def _made(
    student: StudentId, paper: str, scope: dict[str, object], bundle: Resource
) -> MadeDocument:
    data = json.dumps(bundle, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    return MadeDocument(student, paper, scope, data, len(bundle["entry"]))


def file_name(paper: str, day: date, taken: Callable[[str], bool] = lambda _name: False) -> str:
    """Return a free file name for a document made on `day`; it carries no name of a person."""
    number = 1
    while taken(f"{paper}-{day.isoformat()}-{number}{SUFFIX}"):
        number += 1
    return f"{paper}-{day.isoformat()}-{number}{SUFFIX}"
