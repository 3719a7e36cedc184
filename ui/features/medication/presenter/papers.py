"""The room's papers: built off the UI thread, shown as they will be printed, let go on record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QVBoxLayout

from app.features.medication.repo.orders import Pupil
from app.features.medication.service.incidents import IncidentLine
from app.features.medication.service.trips import TripLine
from app.features.outbox.model.records import Asked as Wanted
from app.features.privacy.commands import ViewNote
from app.kernel.changes import Changed, Kind
from app.kernel.documents import SummaryKind
from app.kernel.errors import Refused, Trouble
from app.kernel.ids import StudentId
from app.kernel.ports import Progress
from app.kernel.words import _
from app.overviews.data.periods import month_days
from app.overviews.data.summaries import free_name as data_name
from app.overviews.fhir.documents import file_name as document_name
from app.overviews.medication_words import INCIDENTS
from app.overviews.reports.leaving import Release
from app.overviews.reports.medication_papers import (
    NEEDS_STUDENT,
    TAKES_STUDENT,
    Asked,
    MadePaper,
    PaperKind,
    PaperLeft,
    free_name,
)
from app.overviews.reports.wording import spoken_moment, spoken_paper
from app.paper.preview import page_image, page_texts
from app.phrases import sentence
from ui.features.medication.presenter.pupil import pick_pupil, second_identifiers
from ui.features.medication.view.papers import PapersView, PaperTyped
from ui.kit.autosave import Autosave
from ui.kit.direction import in_order
from ui.kit.documents import DATA, FHIR, PDF, where_to
from ui.kit.grounds import kept_words, offer_releases, words_kept
from ui.kit.printing import Printed, choose_printer, print_on
from ui.kit.room import Context, PageWidget
from ui.kit.sending import SendHere, Wish
from ui.kit.tasks import Handle
from ui.kit.widgets.preview import Picture

_PAUSE_MS = 350
_SHOWN = 6
"""Pages that the preview draws; a longer paper is read once it is saved."""
_POINTS = 792
"""The wider side of a sheet."""
_FIELDS: Mapping[PaperKind, tuple[str, ...]] = {
    PaperKind.MONTH: ("month",),
    PaperKind.DOWNTIME: ("day",),
    PaperKind.PRN: ("since", "until"),
    PaperKind.INCIDENT: ("incident",),
    PaperKind.TRIP: ("trip",),
}
_CHANGES = frozenset(
    {
        Kind.ORDER,
        Kind.DOSE,
        Kind.STOCK,
        Kind.DISCREPANCY,
        Kind.INCIDENT,
        Kind.PLAN,
        Kind.PHOTO,
        Kind.TRIP,
    }
)


def subject_of(kind: PaperKind, student: str = "", what: str = "") -> str:
    """Return the subject under which this page shows a paper: `what` is its month or its id."""
    return f"{kind}|{student}|{what}"


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A paper with the pictures of its first pages, and what they say."""

    made: MadePaper
    pictures: tuple[Picture, ...]
    texts: tuple[str, ...]


class PapersPage(PageWidget):
    """Chooses, previews, saves and prints the room's papers."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._student = StudentId("")
        self._pupil: Pupil | None = None
        self._container = ""
        self._trip = ""
        self._handle: Handle | None = None
        self._stale = True
        self._kept = ("", "")
        self.view = PapersView(
            tuple((kind.value, spoken_paper(kind)) for kind in PaperKind),
            (("letter", _("Letter")), ("a4", _("A4"))),
        )
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self._keeping = Autosave(self.flush, self)
        self.view.ground.typed.connect(self._keeping.touch)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._draw)
        today = context.today()
        self.view.show_typed(
            PaperTyped(
                PaperKind.MONTH.value,
                today.strftime("%Y-%m"),
                _next_school_day(today),
                today.replace(day=1),
                today,
                size="letter",
            )
        )
        self.sending = SendHere(context, self, self.view.send, self.view.send_line, self._wish)
        self._show_student(None)
        self._suit()
        self.view.trip.chosen.connect(self._choose_trip)
        self.view.edited.connect(self._edited)
        self.view.student_asked.connect(self._pick)
        self.view.everyone_asked.connect(lambda: self._choose(None))
        self.view.save_asked.connect(self.save)
        self.view.print_asked.connect(self.print)

    # -- being a page ----------------------------------------------------------------

    def show_subject(self, subject: str) -> None:
        """Show the paper a button elsewhere asks for: its kind, student, month or id."""
        parts = subject.split("|")
        if len(parts) != 3 or parts[0] not in set(PaperKind):
            return
        self.flush()
        kind, student, what = PaperKind(parts[0]), StudentId(parts[1]), parts[2]
        self._container = what if kind is PaperKind.LEDGER else ""
        self.view.ground.forget()
        typed = replace(self.view.typed(), kind=kind.value, recipient="", purpose="")
        if kind is PaperKind.MONTH and what:
            typed = replace(typed, month=what)
        self._student = student
        self._show_student(None)
        if kind is PaperKind.INCIDENT:
            self._load_incidents(what)
        if kind is PaperKind.TRIP:
            self._trip = what
            self._load_trips()
        self.view.show_typed(replace(typed, incident=what))
        self._suit()
        self._kept = (self._key(), "")
        if student:
            self._look_up(student)
        self._stale = True

    def arrive(self) -> None:
        """Begin at the paper, or at whom it is for where one was asked for."""
        self._load_incidents(self.view.typed().incident)
        self._load_trips()
        self.sending.look()
        trip = self._trip if self._kind is PaperKind.TRIP else ""
        asked_for = self._student or self._container or self.view.typed().incident or trip
        (self.view.recipient if asked_for else self.view.kind).setFocus()
        self._take_up()
        if self._stale:
            self._draw()

    def heed(self, changed: Changed) -> None:
        """Draw again when something on the paper may have changed."""
        if changed.meets(_CHANGES):
            if self.isVisible():
                self._pause.start()
            else:
                self._stale = True

    def flush(self) -> None:
        """Keep for whom and why in the vault, so that it is here after a lock."""
        words = self._words()
        if (self._key(), words) != self._kept:
            self._keep(words)

    def _key(self) -> str:
        """Return under what the words of this paper are kept: never another student's."""
        typed = self.view.typed()
        if self._kind is PaperKind.TRIP:
            return f"papers:{typed.kind}:{self._trip}"
        about = self._container or self._student or typed.incident
        return f"papers:{typed.kind}:{about}"

    def _words(self) -> str:
        typed = self.view.typed()
        return kept_words(typed.recipient, typed.purpose, typed.terms)

    def _keep(self, words: str) -> None:
        """Keep words that have not left yet; once they have, the disclosure has them."""
        (before, kept), self._kept = self._kept, (self._key(), words)
        state = {self._key(): words} if words or kept else {}
        if kept and before != self._key():
            state[before] = ""  # they went along to another paper
        if state:
            self._context.tasks.write(lambda: self._context.desk.people.keep_state(state))

    def _take_up(self) -> None:
        """Fill in what was typed for this paper and has not left yet."""
        desk, key = self._context.desk, self._key()

        def found(words: str) -> None:
            if words and key == self._key() and not self._words():
                recipient, purpose, terms = words_kept(words)
                if terms is not None:
                    self.view.ground.show_terms(terms)
                self._kept = (key, words)
                self.view.show_typed(
                    replace(self.view.typed(), recipient=recipient, purpose=purpose)
                )
                self._pause.start()

        self._context.tasks.read(
            lambda: desk.people.state(desk.seat.person).get(key, ""),
            found,
            self._context.say,
            key="paper-words",
            owner=self,
        )

    def state(self) -> dict[str, str]:
        """Return what is chosen; for whom and why stay in the vault."""
        typed = self.view.typed()
        return {
            "kind": typed.kind,
            "student": self._student,
            "container": self._container,
            "trip": self._trip,
            "month": typed.month,
            "size": typed.size,
        }

    def restore(self, state: Mapping[str, str]) -> None:
        """Choose again what was chosen."""
        if state.get("kind") not in set(PaperKind):
            return
        typed = self.view.typed()
        self._student = StudentId(state.get("student", ""))
        self._container = state.get("container", "")
        self._trip = state.get("trip", "")
        self.view.show_typed(
            replace(
                typed,
                kind=state["kind"],
                month=state.get("month", "") or typed.month,
                size=state.get("size", "") or typed.size,
            )
        )
        self._show_student(None)
        self._suit()
        if self._student:
            self._look_up(self._student)
        self._stale = True

    def hideEvent(self, event: object) -> None:
        """Draw nothing that is not seen."""
        if self._pause.isActive():
            self._pause.stop()
            self._stale = True

    @property
    def drawing(self) -> bool:
        """Whether the pages that are asked for are not here yet."""
        under_way = self._handle is not None and not self._handle.finished
        return self._pause.isActive() or under_way

    # -- choosing --------------------------------------------------------------------

    @property
    def _kind(self) -> PaperKind:
        return PaperKind(self.view.typed().kind or PaperKind.MONTH)

    def _edited(self) -> None:
        if self._kind is not PaperKind.LEDGER:
            self._container = ""
        self._suit()
        self._pause.start()

    def _choose_trip(self, trip: object) -> None:
        self.flush()
        self._trip = str(trip or "")
        self._pause.start()

    def _suit(self) -> None:
        """Ask for what this kind of paper needs and for nothing else."""
        kind = self._kind
        self.view.ask_for(
            _FIELDS.get(kind, ()),
            student=kind in TAKES_STUDENT and not self._container,
            everyone=kind not in NEEDS_STUDENT,
            formats=kind is PaperKind.MONTH,
        )
        self.sending.suit(can=kind is PaperKind.MONTH)

    def _pick(self) -> None:
        pick_pupil(self._context, self, _("Whose paper?"), self._choose)

    def _choose(self, pupil: Pupil | None) -> None:
        self._student = pupil.id if pupil is not None else StudentId("")
        self._container = ""
        self._show_student(pupil)
        self._suit()
        self._pause.start()

    def _show_student(self, pupil: Pupil | None) -> None:
        offer_releases(self._context, self.view.ground, self._student, self)
        self._pupil = pupil
        if pupil is None:
            self.view.who.setText(_("Everyone"))
        else:
            second = second_identifiers(pupil)
            self.view.who.setText(
                " · ".join(part for part in (in_order(pupil.name), second) if part)
            )

    def _look_up(self, student: StudentId) -> None:
        def found(pupil: Pupil) -> None:
            if pupil.id == self._student:
                self._show_student(pupil)

        self._context.tasks.read(
            partial(self._context.desk.medication.orders.pupil, student),
            found,
            self._context.say,
            key="paper-student",
            owner=self,
        )

    def _load_incidents(self, chosen: str) -> None:
        def found(lines: list[IncidentLine]) -> None:
            self.view.incident.blockSignals(True)  # noqa: FBT003 - Qt's own
            self.view.incident.set_options([(line.incident.id, _incident(line)) for line in lines])
            if chosen:
                self.view.incident.set_value(chosen)
            self.view.incident.blockSignals(False)  # noqa: FBT003 - Qt's own
            if self._kind is PaperKind.INCIDENT:
                self._draw()

        self._context.tasks.read(
            self._context.desk.medication.incidents.incidents,
            found,
            self._context.say,
            key="paper-incidents",
            owner=self,
        )

    def _load_trips(self) -> None:
        def found(lines: list[TripLine]) -> None:
            self.view.trip.blockSignals(True)  # noqa: FBT003 - Qt's own
            self.view.trip.set_options([(line.trip.id, _trip(line)) for line in lines])
            if not self.view.trip.set_value(self._trip):
                self._trip = str(self.view.trip.value() or "")
            self.view.trip.blockSignals(False)  # noqa: FBT003 - Qt's own
            if self._kind is PaperKind.TRIP:
                self._draw()

        self._context.tasks.read(
            partial(self._context.desk.medication.trips.trips, reconciled=True),
            found,
            self._context.say,
            key="paper-trips",
            owner=self,
        )

    def _asked(self) -> Asked:
        """Return what is chosen; refuse what makes no sense."""
        typed, kind = self.view.typed(), self._kind
        misread = self.view.misread_day()
        if misread:
            raise Refused("day-unclear", misread)
        student = self._student or None
        if kind in NEEDS_STUDENT and student is None:
            raise Refused("paper-needs-student", "student")
        return Asked(
            kind,
            student if kind in TAKES_STUDENT else None,
            month=typed.month if kind is PaperKind.MONTH else "",
            day=_iso(typed.day) if kind is PaperKind.DOWNTIME else "",
            since=_iso(typed.since) if kind is PaperKind.PRN else "",
            until=_iso(typed.until) if kind is PaperKind.PRN else "",
            incident=typed.incident if kind is PaperKind.INCIDENT else "",
            container=self._container if kind is PaperKind.LEDGER else "",
            trip=self._trip if kind is PaperKind.TRIP else "",
            size="a4" if typed.size == "a4" else "letter",
        )

    def _release(self) -> Release:
        typed = self.view.typed()
        return Release(typed.recipient, typed.purpose, typed.terms)

    # -- drawing ---------------------------------------------------------------------

    def _draw(self) -> None:
        self._pause.stop()
        self._stale = False
        if self._handle is not None:
            self._handle.cancel()
        try:
            asked = self._asked()
        except Refused as refusal:
            self._refuse(refusal)
            return
        release = self._release()
        scale = self.view.page_width() * self.devicePixelRatioF() / _POINTS
        papers = self._context.desk.medication_papers

        def work(progress: Progress) -> _Drawn:
            made = papers.make(asked, release, progress)
            shown = range(min(made.pages, _SHOWN))
            pictures = []
            for number in shown:
                progress(number, len(shown))
                pictures.append(page_image(made.pdf, number, scale))
            return _Drawn(made, tuple(pictures), tuple(page_texts(made.pdf)[: len(shown)]))

        self._handle = self._context.tasks.long(work, self._drawn, self._not_drawn, owner=self)

    def _drawn(self, drawn: _Drawn) -> None:
        self.view.say("")
        missing = " ".join(sorted(drawn.made.missing))
        self._note_look(drawn.made)
        self.view.pages.show_pages(drawn.pictures, drawn.texts, drawn.made.pages, missing)

    def _note_look(self, made: MadePaper) -> None:
        """Write down that a paper about one student was looked at; of many, that it leaves is."""
        if len(made.students) != 1:
            return
        privacy = self._context.desk.privacy
        look = ViewNote(made.students[0], paper=made.asked.kind.value)

        def failed(error: Exception) -> None:
            if getattr(error, "code", "") != "vault-read-only":
                self._context.say(error)

        if not privacy.is_noted(look):
            self._context.tasks.write(lambda: privacy.view_note(look), failed=failed)

    def _not_drawn(self, error: Exception) -> None:
        if isinstance(error, Refused):
            self._refuse(error)
        elif getattr(error, "code", "") != "cancelled":
            self._context.say(error)

    # -- leaving ---------------------------------------------------------------------

    def save(self) -> None:
        """Ask where, then let the paper leave as a file."""
        ready = self._ready()
        if ready is None:
            return
        asked, release = ready
        typed, today = self.view.typed(), self._context.today()
        student = asked.student
        if typed.format == FHIR and student is None:
            self._refuse(Refused("fhir-needs-student", "student"), go=True)
            return
        names: dict[str, Callable[[Callable[[str], bool]], str]] = {
            FHIR: lambda taken: document_name(asked.kind, today, taken),
            DATA: lambda taken: data_name(SummaryKind.MEDICATION_MONTH, today, taken),
        }
        target = where_to(
            self,
            typed.format,
            names.get(typed.format, lambda taken: free_name(asked.kind, today, taken)),
        )
        if target is None:
            return
        desk = self._context.desk

        def leave(progress: Progress) -> object:
            if typed.format == FHIR and student is not None:
                return desk.fhir.save_month(student, asked.month, release, target, replace=True)
            if typed.format == DATA:
                month = Wanted(SummaryKind.MEDICATION_MONTH, asked.month, student)
                return desk.data.save(month, release, target, replace=True)
            return desk.medication_papers.save(
                asked, release, target, replace=True, progress=progress
            )

        self.view.busy(on=True)
        self._context.tasks.long(
            leave,
            lambda _left: self._done(_("Saved. The disclosure is on record.")),
            self._failed,
            owner=self,
        )

    def print(self) -> None:
        """Make the paper, ask for a printer, and let it leave through it; only a paper is printed."""
        ready = self._ready() if self.view.format == PDF else None
        if ready is None:
            return
        asked, release = ready
        papers = self._context.desk.medication_papers
        self.view.busy(on=True)
        self._context.tasks.long(
            lambda progress: papers.make(asked, release, progress),
            lambda made: self._choose_printer(made, release),
            self._failed,
            owner=self,
        )

    def _choose_printer(self, made: MadePaper, release: Release) -> None:
        printer = choose_printer(self, spoken_paper(made.asked.kind))
        if printer is None:
            self.view.busy(on=False)
            return
        self.print_on(printer, made, release)

    def print_on(self, printer: QPrinter, made: MadePaper, release: Release) -> None:
        """Write down that the paper leaves, then print it."""
        papers = self._context.desk.medication_papers
        self._context.tasks.write(
            lambda: papers.record_print(made, release),
            lambda left: self._print(printer, made, left),
            self._failed,
            owner=self,
        )

    def _print(self, printer: QPrinter, made: MadePaper, left: PaperLeft) -> None:
        papers = self._context.desk.medication_papers

        def done(printed: Printed) -> None:
            if printed.pages and printed.stopped:
                self._done(
                    _(
                        "Stopped. Pages that the printer has taken may still come out; the"
                        " disclosure stays on record."
                    )
                )
            elif printed.pages:
                self._done(_("Printed. The disclosure is on record."))
            else:
                self.view.busy(on=False)
                self._context.tasks.write(lambda: papers.print_failed(left))
                if printed.stopped:
                    self._context.notices.say(
                        _("Stopped. Nothing left the desk, and the disclosure record says so.")
                    )
                else:
                    self._context.say(Trouble("print-not-left", reason=printer.printerName()))

        print_on(self, self._context.tasks, printer, made.pdf, done, self._failed)

    def _wish(self) -> Wish | None:
        """Return the month that is to be sent, or show at its field what is amiss."""
        self.view.form.clear()
        try:
            asked = self._asked()
            month_days(asked.month)
        except Refused as refusal:
            self._refuse(refusal, go=True)
            return None
        typed, pupil = self.view.typed(), self._pupil if asked.student else None
        return Wish(
            SummaryKind.MEDICATION_MONTH,
            asked.month,
            asked.student,
            in_order(pupil.name) if pupil else "",
            typed.recipient,
            typed.purpose,
            typed.terms,
            told="" if asked.student else _("Of everyone with medication at school that month."),
            known_by=second_identifiers(pupil) if pupil else "",
            sent=self._forget_words,
        )

    def _forget_words(self) -> None:
        """Keep for whom and why no longer: the disclosure has them."""
        self._keep("")
        self._kept = self._key(), self._words()

    def _ready(self) -> tuple[Asked, Release] | None:
        """Return what is to leave, or show at its field why it may not."""
        if not self.view.save.isEnabled():
            return None
        self.view.form.clear()
        try:
            return self._asked(), self._release().accepted()
        except Refused as refusal:
            self._refuse(refusal, go=True)
            return None

    def _refuse(self, refusal: Refused, *, go: bool = False) -> None:
        field = refusal.field
        if field in self.view.form.names() and self.view.form.field(field).isVisible():
            self.view.form.field(field).refuse(sentence(refusal))
            if go:
                self.view.form.focus_first_refused()
        else:
            self.view.say(sentence(refusal))
            if go and field == "student":
                self.view.student.setFocus()
        if not go:
            self.view.pages.clear()

    def _done(self, words: str) -> None:
        self.view.busy(on=False)
        self._forget_words()
        self._context.notices.say(words)

    def _failed(self, error: Exception) -> None:
        self.view.busy(on=False)
        if isinstance(error, Refused) and error.code.startswith("gate-"):
            self._refuse(error, go=True)
        else:
            self._not_drawn(error)


def _iso(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


def _next_school_day(day: date) -> date:
    """Return the next day that is no weekend: whose sheet is printed ahead."""
    following = day + timedelta(days=1)
    while following.weekday() >= 5:
        following += timedelta(days=1)
    return following


def _incident(line: IncidentLine) -> str:
    return _("{when}: {kind}, {name}").format(
        when=spoken_moment(line.incident.when),
        kind=_(INCIDENTS[line.incident.kind]),
        name=line.pupil.listed,
    )


def _trip(line: TripLine) -> str:
    return _("{title}, {when}").format(title=line.trip.title, when=spoken_moment(line.trip.leaves))
