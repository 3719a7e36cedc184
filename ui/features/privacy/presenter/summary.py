"""The page of a student's summary: builds it off the UI thread, lets it leave when it is ready."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QStackedLayout

from app.features.outbox.model.records import Asked
from app.features.privacy.commands import ViewNote
from app.kernel.changes import Changed, Kind
from app.kernel.documents import SummaryKind
from app.kernel.errors import Refused, Trouble
from app.kernel.ids import StudentId
from app.kernel.names import shown_name
from app.kernel.ports import Progress
from app.kernel.words import _
from app.overviews.data.periods import said
from app.overviews.data.summaries import free_name as data_name
from app.overviews.fhir.documents import file_name as document_name
from app.overviews.fhir.scope import Also, DocumentScope, also_title
from app.overviews.reports.leaving import Release
from app.overviews.reports.others_named import NamedOnPaper, NamesAnswered
from app.overviews.reports.student_summary import (
    PAPER,
    USUAL_PARTS,
    Left,
    Part,
    Period,
    Summary,
    SummaryScope,
    file_name,
    part_title,
    period_span,
)
from app.paper.page import Size
from app.paper.preview import page_image, page_texts
from app.phrases import sentence
from ui.features.privacy.view.others_named import NameShown, ask_about_others
from ui.features.privacy.view.summary import SummaryTyped, SummaryView
from ui.kit.autosave import Autosave
from ui.kit.direction import in_order
from ui.kit.documents import DATA, FHIR, PDF, where_to
from ui.kit.grounds import kept_words, offer_releases, words_kept
from ui.kit.printing import Printed, choose_printer, print_on
from ui.kit.room import Context, PageWidget
from ui.kit.sending import SendHere, Wish
from ui.kit.tasks import Handle
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.preview import Picture

_PAUSE_MS = 350
_SHOWN = 10
"""Pages that the preview draws; a longer paper is read once it is saved."""
_POINTS = 612


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A summary with the pictures of its first pages, and what they say."""

    summary: Summary
    pictures: tuple[Picture, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Way:
    """How what is chosen leaves: as a paper, a document or data."""

    save: Callable[[Progress, NamesAnswered | None], object]
    named: Callable[[Progress], Sequence[NamedOnPaper]]
    """Finds where others are named in it."""


def period_titles() -> tuple[tuple[str, str], ...]:
    """Return the periods as they are offered."""
    return (
        (Period.SCHOOL_YEAR.value, _("This school year")),
        (Period.MONTH.value, _("This month")),
        (Period.ALL.value, _("Whole record")),
        (Period.CHOSEN.value, _("From … to …")),
    )


class SummaryPage(PageWidget):
    """Chooses, previews, saves and prints a student's summary."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._student = StudentId("")
        self._handle: Handle | None = None
        self._stale = False
        self._kept = ""
        self.view = SummaryView(
            tuple((part.value, part_title(part)) for part in Part),
            period_titles(),
            Period.CHOSEN.value,
            (("letter", _("Letter")), ("a4", _("A4"))),
            tuple((also.value, also_title(also)) for also in Also),
        )
        choose = Button(_("Go to the students"), "caseload", "primary")
        choose.clicked.connect(lambda: context.go("caseload"))
        nobody = EmptyState(
            "report",
            _("Whose summary?"),
            _("Open a student and choose Summary there. Nothing is made before that."),
            choose,
        )
        self._pages = QStackedLayout(self)
        self._pages.addWidget(nobody)
        self._pages.addWidget(self.view)
        self._keeping = Autosave(self.flush, self)
        self.view.ground.typed.connect(self._keeping.touch)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._draw)
        self.view.edited.connect(self._edited)
        self.view.save_asked.connect(self.save)
        self.view.print_asked.connect(self.print)
        self.sending = SendHere(context, self, self.view.send, self.view.send_line, self._wish)
        self.sending.suit(can=False)
        self.view.show_typed(SummaryTyped(_USUAL, Period.SCHOOL_YEAR.value, size="letter"))

    # -- being a page ----------------------------------------------------------------

    def show_subject(self, subject: str) -> None:
        """Begin the summary of a student; what was typed about another does not stay."""
        student = StudentId(subject)
        if student == self._student:
            return
        self.flush()
        self._student = student
        self._kept = ""
        self._pages.setCurrentIndex(1 if subject else 0)
        self.sending.suit(can=bool(subject))
        self.view.pages.clear()
        self.view.who.setText("")
        self.view.ground.forget()
        if subject:
            offer_releases(self._context, self.view.ground, student, self)
            desk, person = self._context.desk, self._context.desk.seat.person

            def look_up() -> tuple[str, str, str]:
                profile = desk.caseload.student(student).profile
                name = shown_name(profile.given_name, profile.family_name, profile.preferred_name)
                papers = desk.people.state(person).get(f"summary:{student}", "")
                return name, papers, desk.people.settings(person)["paper"]

            self._context.tasks.read(look_up, self._begin, key="summary-student", owner=self)

    def arrive(self) -> None:
        """Begin at the first thing that is not known yet."""
        if self._student:
            self.sending.look()
            empty = not self.view.recipient.text()
            (self.view.recipient if empty else self.view.purpose).setFocus()
            if self._stale:
                self._draw()

    def heed(self, changed: Changed) -> None:
        """Draw again when the record changed."""
        if self._student and changed.meets(
            {Kind.STUDENT, Kind.CASELOAD, Kind.TIER, Kind.NOTE, Kind.FOLLOW_UP, Kind.DISCLOSURE}
        ):
            if self.isVisible():
                self._pause.start()
            else:
                self._stale = True

    def flush(self) -> None:
        """Keep for whom and why in the vault, so that it is here after a lock."""
        if not self._student:
            return
        words = self._words()
        if words != self._kept:
            self._kept = words
            self._keep(words)

    def _words(self) -> str:
        typed = self.view.typed()
        return kept_words(typed.recipient, typed.purpose, typed.terms)

    def _keep(self, words: str) -> None:
        """Keep words that have not left yet; once they have, the disclosure has them."""
        state = {f"summary:{self._student}": words}
        self._context.tasks.write(lambda: self._context.desk.people.keep_state(state))

    def state(self) -> dict[str, str]:
        """Return what is chosen; for whom and why stay in the vault."""
        typed = self.view.typed()
        return {
            "parts": " ".join(typed.parts),
            "period": typed.period,
            "since": typed.since.isoformat() if typed.since else "",
            "until": typed.until.isoformat() if typed.until else "",
            "size": typed.size,
            "format": typed.format,
            "also": " ".join(typed.also),
        }

    def restore(self, state: Mapping[str, str]) -> None:
        """Choose again what was chosen."""
        typed = self.view.typed()
        parts = tuple(part for part in state.get("parts", "").split() if part in set(Part))
        period = state.get("period", "")
        self.view.show_typed(
            SummaryTyped(
                parts or typed.parts,
                period if period in set(Period) else typed.period,
                _day(state.get("since", "")),
                _day(state.get("until", "")),
                state.get("size", "") or typed.size,
                typed.recipient,
                typed.purpose,
                format=state.get("format", "") or typed.format,
                also=tuple(one for one in state.get("also", "").split() if one in set(Also)),
            )
        )
        if self._student:
            self._pause.start()

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

    # -- drawing ---------------------------------------------------------------------

    def _begin(self, found: tuple[str, str, str]) -> None:
        name, papers, size = found
        self.view.who.setText(in_order(name))
        typed = self.view.typed()
        recipient, purpose, terms = words_kept(papers)
        self._kept = papers
        if terms is not None:
            self.view.ground.show_terms(terms)
        self.view.show_typed(
            SummaryTyped(
                typed.parts,
                typed.period,
                typed.since,
                typed.until,
                size,
                recipient,
                purpose,
                format=typed.format,
                also=typed.also,
            )
        )
        self._draw()

    def _edited(self) -> None:
        if self._student:
            self._pause.start()

    def _scope(self) -> SummaryScope:
        """Return what is chosen; refuse what makes no sense."""
        typed = self.view.typed()
        misread = self.view.misread_day()
        if misread:
            raise Refused("day-unclear", misread)
        span = period_span(
            Period(typed.period or Period.SCHOOL_YEAR),
            self._context.today(),
            typed.since,
            typed.until,
        )
        if not typed.parts:
            raise Refused("sections-missing", "sections")
        size: Size = "a4" if typed.size == "a4" else "letter"
        return SummaryScope(self._student, tuple(Part(part) for part in typed.parts), span, size)

    def _release(self) -> Release:
        typed = self.view.typed()
        return Release(typed.recipient, typed.purpose, typed.terms)

    def _draw(self) -> None:
        self._pause.stop()
        self._stale = False
        self.flush()
        if self._handle is not None:
            self._handle.cancel()
        try:
            scope = self._scope()
        except Refused as refusal:
            self._refuse(refusal)
            return
        release = self._release()
        scale = self.view.page_width() * self.devicePixelRatioF() / _POINTS
        summaries = self._context.desk.summaries

        def work(progress: Progress) -> _Drawn:
            summary = summaries.summary(scope, release, progress)
            shown = range(min(summary.pages, _SHOWN))
            pictures = []
            for number in shown:
                progress(number, len(shown))
                pictures.append(page_image(summary.pdf, number, scale))
            return _Drawn(summary, tuple(pictures), tuple(page_texts(summary.pdf)[: len(shown)]))

        self._handle = self._context.tasks.long(work, self._drawn, self._not_drawn, owner=self)

    def _drawn(self, drawn: _Drawn) -> None:
        if drawn.summary.scope.student == self._student:
            missing = " ".join(sorted(drawn.summary.missing))
            self._note_look()
            self.view.pages.show_pages(drawn.pictures, drawn.texts, drawn.summary.pages, missing)

    def _note_look(self) -> None:
        """Write down that a paper about the student was looked at, before it is drawn."""
        privacy, look = self._context.desk.privacy, ViewNote(self._student, paper=PAPER)

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
        """Ask where, then let the summary leave as a file."""
        ready = self._ready()
        if ready is None:
            return
        scope, release = ready
        typed, today = self.view.typed(), self._context.today()
        names: dict[str, Callable[[Callable[[str], bool]], str]] = {
            FHIR: lambda taken: document_name(PAPER, today, taken),
            DATA: lambda taken: data_name(SummaryKind.STUDENT, today, taken),
        }
        target = where_to(
            self, typed.format, names.get(typed.format, lambda taken: file_name(today, taken))
        )
        if target is None:
            return
        if typed.format == FHIR:
            also = tuple(Also(one) for one in typed.also)
            self._save(self._as_document(DocumentScope(scope, also), release, target))
        elif typed.format == DATA:
            self._save(self._as_data(scope, release, target))
        else:
            self._save(self._as_paper(scope, release, target))

    def _as_paper(self, scope: SummaryScope, release: Release, target: Path) -> "_Way":
        summaries = self._context.desk.summaries
        return _Way(
            lambda progress, answered: summaries.save(
                scope, release, target, replace=True, progress=progress, answered=answered
            ),
            lambda progress: summaries.summary(scope, release, progress).named,
        )

    def _as_document(self, scope: DocumentScope, release: Release, target: Path) -> "_Way":
        fhir = self._context.desk.fhir
        return _Way(
            lambda progress, answered: fhir.save_student(
                scope, release, target, replace=True, progress=progress, answered=answered
            ),
            lambda progress: fhir.student(scope, release, progress).named,
        )

    def _as_data(self, scope: SummaryScope, release: Release, target: Path) -> "_Way":
        data = self._context.desk.data
        sections = {"sections": [part.value for part in scope.parts]}
        asked = Asked(SummaryKind.STUDENT, said(scope.span), scope.student, choices=sections)
        return _Way(
            lambda _progress, answered: data.save(
                asked, release, target, replace=True, answered=answered
            ),
            lambda _progress: data.named(asked, release),
        )

    def _save(self, way: "_Way", answered: NamesAnswered | None = None) -> None:
        """Let it leave; where it names others, ask what is to become of them, and go on."""

        def found(named: Sequence[NamedOnPaper]) -> None:
            decided = self._asked_about(named)
            if decided is None:
                self.view.busy(on=False)
            else:
                self._save(way, decided)

        def failed(error: Exception) -> None:
            if getattr(error, "code", "") == "others-named":
                self._context.tasks.long(way.named, found, self._failed, owner=self)
            else:
                self._failed(error)

        self.view.busy(on=True)
        self._context.tasks.long(
            lambda progress: way.save(progress, answered), self._saved, failed, owner=self
        )

    def _asked_about(self, named: Sequence[NamedOnPaper]) -> NamesAnswered | None:
        """Ask what is to become of the others who are named; None: it does not leave now."""
        answer = ask_about_others(
            self,
            [NameShown(one.key, one.text, one.where, one.before, one.after) for one in named],
        )
        return None if answer is None else NamesAnswered(*answer)

    def print(self) -> None:
        """Make the summary, ask for a printer, and let it leave through it; only a paper is printed."""
        ready = self._ready() if self.view.typed().format == PDF else None
        if ready is None:
            return
        self._make_to_print(*ready)

    def _make_to_print(
        self, scope: SummaryScope, release: Release, answered: NamesAnswered | None = None
    ) -> None:
        summaries = self._context.desk.summaries

        def made(summary: Summary) -> None:
            if not summary.named or summary.answered is not None:
                self._choose_printer(summary, release)
                return
            decided = self._asked_about(summary.named)
            if decided is None:
                self.view.busy(on=False)
            else:
                self._make_to_print(scope, release, decided)

        self.view.busy(on=True)
        self._context.tasks.long(
            lambda progress: summaries.summary(scope, release, progress, answered),
            made,
            self._failed,
            owner=self,
        )

    def _choose_printer(self, summary: Summary, release: Release) -> None:
        printer = choose_printer(self, _("Student summary"))
        if printer is None:
            self.view.busy(on=False)
            return
        self.print_on(printer, summary, release)

    def print_on(self, printer: QPrinter, summary: Summary, release: Release) -> None:
        """Write down that the summary leaves, then print it."""
        summaries = self._context.desk.summaries
        self._context.tasks.write(
            lambda: summaries.record_print(summary, release),
            lambda left: self._print(printer, summary, left),
            self._failed,
            owner=self,
        )

    def _print(self, printer: QPrinter, summary: Summary, left: Left) -> None:
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
            elif printed.stopped:
                not_left()
                self._context.notices.say(
                    _("Stopped. Nothing left the desk, and the disclosure record says so.")
                )
            else:
                not_left()
                self._context.say(Trouble("print-not-left", reason=printer.printerName()))

        def not_left() -> None:
            self.view.busy(on=False)
            self._context.tasks.write(lambda: self._context.desk.summaries.print_failed(left))

        print_on(self, self._context.tasks, printer, summary.pdf, done, self._failed)

    def _wish(self) -> Wish | None:
        """Return what is to be sent as it is chosen here, or show at its field what is amiss."""
        self.view.form.clear()
        try:
            scope = self._scope()
        except Refused as refusal:
            self._refuse(refusal, go=True)
            return None
        typed = self.view.typed()
        return Wish(
            SummaryKind.STUDENT,
            said(scope.span),
            scope.student,
            self.view.who.text(),
            typed.recipient,
            typed.purpose,
            typed.terms,
            {"sections": [part.value for part in scope.parts]},
            _("Sections: {sections}").format(
                sections=", ".join(part_title(part) for part in scope.parts)
            ),
            self._forget_words,
        )

    def _forget_words(self) -> None:
        """Keep for whom and why no longer: the disclosure has them."""
        self._kept = self._words()
        self._keep("")

    def _ready(self) -> tuple[SummaryScope, Release] | None:
        """Return what is to leave, or show at its field why it may not."""
        if not self._student or not self.view.save.isEnabled():
            return None
        self.view.form.clear()
        try:
            return self._scope(), self._release().accepted()
        except Refused as refusal:
            self._refuse(refusal, go=True)
            return None

    def _refuse(self, refusal: Refused, *, go: bool = False) -> None:
        field = {"out": ""}.get(refusal.field, refusal.field)
        if field and field in self.view.form.names():
            self.view.form.field(field).refuse(sentence(refusal))
            if go:
                self.view.form.focus_first_refused()
        else:
            self._context.say(refusal)

    def _saved(self, _left: object) -> None:
        self._done(_("Saved. The disclosure is on record."))

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


_USUAL = tuple(part.value for part in USUAL_PARTS)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
