"""The reports page: chosen in one place, shown as printed, let go on record in any form."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from PySide6.QtCore import QStandardPaths, QTimer
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QFileDialog, QVBoxLayout

from app.features.privacy.papers import usual_ground
from app.kernel.changes import Changed
from app.kernel.documents import SummaryKind
from app.kernel.errors import Refused, Trouble
from app.kernel.ids import SchoolId, StudentId
from app.kernel.ports import Progress
from app.kernel.words import N_, _
from app.overviews.data.periods import last_month, month_days, months_back
from app.overviews.data.summaries import asked_as_data
from app.overviews.reports.leaving import Release
from app.overviews.reports.lists import (
    NAME_TITLES,
    Asked,
    Choice,
    Form,
    MadeReport,
    Names,
    Report,
    ReportKind,
    ReportLeft,
    free_name,
)
from app.overviews.reports.session_log import this_month
from app.paper.preview import page_image, page_texts
from app.phrases import sentence
from ui.features.reports.view.reports import Option, ReportsView, ReportTyped
from ui.kit.autosave import Autosave
from ui.kit.dates import month_name
from ui.kit.grounds import kept_words, offer_releases, words_kept
from ui.kit.looks import paper_look
from ui.kit.printing import Printed, choose_printer, print_on
from ui.kit.room import Context, PageWidget
from ui.kit.sending import SendHere, Wish
from ui.kit.tasks import Handle
from ui.kit.widgets.preview import Picture

_PAUSE_MS = 350
_SHOWN = 4
"""Pages that the preview draws; a longer report is read once it is saved."""
_POINTS = 792
"""The wider side of a sheet."""
_MONTHS = 36
"""So many months before this one are offered."""
_EVERYONE = "everyone"
_FIELDS: Mapping[Choice, tuple[str, ...]] = {
    Choice.RANGE: ("since", "until"),
    Choice.MONTH: ("month",),
    Choice.SCHOOL: ("school",),
    Choice.SERVICE: ("service",),
    Choice.GROUP: ("group",),
    Choice.STUDENT: (),
    Choice.NAMES: ("names",),
    Choice.COLUMNS: ("columns",),
    Choice.TEXTS: ("texts",),
    Choice.EVERYONE: ("whose",),
}
_FORMS: Mapping[Form, tuple[str, str, str]] = {
    Form.PDF: (N_("Save as PDF"), "pdf", N_("PDF files (*.pdf)")),
    Form.CSV: (N_("Save as CSV"), "roster", N_("CSV files (*.csv)")),
    Form.XLSX: (N_("Save as workbook"), "roster", N_("Workbooks (*.xlsx)")),
    Form.JSON: (N_("Save as data"), "roster", N_("Data files (*.json)")),
}
_NAMED: Mapping[Form, str] = {
    Form.PDF: N_("PDF"),
    Form.CSV: N_("CSV"),
    Form.XLSX: N_("Workbook"),
    Form.JSON: N_("Data (JSON)"),
}


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A report with the pictures of its first pages, and what they say."""

    made: MadeReport
    pictures: tuple[Picture, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Offer:
    """What can be chosen, and what was typed and has not left yet."""

    schools: tuple[Option, ...]
    services: tuple[Option, ...]
    groups: tuple[Option, ...]
    words: str
    paper: str


class ReportsPage(PageWidget):
    """Chooses, previews, saves and prints the reports."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._handle: Handle | None = None
        self._stale = True
        self._begun = False
        self._kept = ("", "")
        self._student = ""
        self._grounded: tuple[str, str] | None = None
        """For which report, of whom, a ground was suggested."""
        self._known: dict[str, Report] = {
            report.kind.value: report for report in context.desk.reports.offered()
        }
        self.view = ReportsView(
            tuple((kind, _(report.title)) for kind, report in self._known.items()),
            tuple((name.value, _(title)) for name, title in NAME_TITLES.items()),
            tuple((form.value, _(title)) for form, title in _NAMED.items()),
            [
                (month, _month(month, context.today()))
                for month in months_back(context.today(), _MONTHS)
            ],
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
        since, until = this_month(context.today())
        self.view.show_typed(
            ReportTyped(
                next(iter(self._known)),
                since,
                until,
                last_month(context.today()),
                names=Names.FULL.value,
                form=Form.PDF.value,
                size="letter",
            )
        )
        self.sending = SendHere(context, self, self.view.send, self.view.send_line, self._wish)
        self._suit()
        self.view.kind_chosen.connect(self._kind_chosen)
        self.view.everyone_asked.connect(self._kind_chosen)
        self.view.edited.connect(self._edited)
        self.view.save_asked.connect(self.save)
        self.view.print_asked.connect(self.print)

    # -- being a page ----------------------------------------------------------------

    def show_subject(self, subject: str) -> None:
        """Show the report of this kind; `kind|id` asks for one of a group, or of a student.

        `kind|id|since|until|school` names its days and its building too.
        """
        kind, group, since, until, school = (*subject.split("|"), *[""] * 4)[:5]
        if kind in self._known:
            self.flush()
            self._student = ""
            if Choice.STUDENT in self._known[kind].choices:
                self._student, group = group, ""
            typed = replace(self.view.typed(), kind=kind, recipient="", purpose="")
            if since and until:
                days = date.fromisoformat(since), date.fromisoformat(until)
                month = f"{days[0]:%Y-%m}"
                typed = replace(typed, since=days[0], until=days[1], month=month, school=school)
            self.view.offer(groups=((group, ""),) if group else None)
            self.view.show_typed(replace(typed, group=group or typed.group))
            self._suit()
            self._kept = (self._key(), "")
            self._stale = True

    def arrive(self) -> None:
        """Begin at the choice of a report."""
        self.view.kind.setFocus()
        self.sending.look()
        desk, key = self._context.desk, self._key()
        of_groups = any(Choice.GROUP in report.choices for report in self._known.values())

        def look_up() -> _Offer:
            person = desk.seat.person
            whole = (("", _("All buildings")),)
            every = (("", _("All services")),)
            return _Offer(
                whole + tuple((school.id, school.name) for school in desk.caseload.schools()),
                every + tuple((one.id, one.label) for one in desk.sessions.choices().services),
                tuple(
                    (line.group.id, line.group.name)
                    for closed in (False, True)
                    for line in desk.groups.groups(closed=closed).lines
                )
                if of_groups
                else (),
                desk.people.state(person).get(key, ""),
                desk.people.settings(person)["paper"],
            )

        self._context.tasks.read(
            look_up, lambda offer: self._offer(key, offer), self._context.say,
            key="reports-offer", owner=self,
        )  # fmt: skip

    def _offer(self, key: str, offer: _Offer) -> None:
        self.view.offer(offer.schools, offer.services, offer.groups or None)
        typed = self.view.typed()
        if not self._begun:
            self._begun = True
            typed = replace(typed, size=offer.paper)
        if offer.words and key == self._key() and not self._words():
            recipient, purpose, terms = words_kept(offer.words)
            if terms is not None:
                self.view.ground.show_terms(terms)
            self._kept = (key, offer.words)
            typed = replace(typed, recipient=recipient, purpose=purpose)
        self.view.show_typed(typed)
        if self._stale:
            self._draw()

    def heed(self, changed: Changed) -> None:
        """Draw again when something in the report may have changed."""
        if not changed.kinds:
            return
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
        """Return under what the words of this report are kept: never another student's."""
        about = f":{self._student}" if self._student else ""
        return f"reports:{self.view.typed().kind}{about}"

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

    def state(self) -> dict[str, str]:
        """Return what is chosen; for whom and why stay in the vault."""
        typed = self.view.typed()
        return {
            "kind": typed.kind,
            "since": typed.since.isoformat() if typed.since else "",
            "until": typed.until.isoformat() if typed.until else "",
            "names": typed.names,
            "form": typed.form,
            "size": typed.size,
        }

    def restore(self, state: Mapping[str, str]) -> None:
        """Choose again what was chosen; days begin at this month anew."""
        typed = self.view.typed()
        if state.get("kind") in self._known:
            typed = replace(typed, kind=state["kind"])
        if state.get("names") in set(Names):
            typed = replace(typed, names=state["names"])
        if state.get("form") in set(Form):
            typed = replace(typed, form=state["form"])
        if state.get("size") in {"letter", "a4"}:
            typed = replace(typed, size=state["size"])
            self._begun = True
        self.view.show_typed(typed)
        self._suit()
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
    def _report(self) -> Report:
        return self._known[self.view.typed().kind or next(iter(self._known))]

    @property
    def _form(self) -> Form:
        return Form(self.view.typed().form or Form.PDF)

    def _kind_chosen(self) -> None:
        self._student = ""
        self._suit()
        self._pause.start()

    def _edited(self) -> None:
        self._suit_form()
        self._pause.start()

    def _suit(self) -> None:
        """Ask for what this report can be asked for and for nothing else."""
        report = self._report
        self.sending.suit(can=report.data is not None)
        fields = [name for choice in report.choices for name in _FIELDS[choice]]
        columns = tuple((code, _(title)) for code, title in report.columns.items())
        about = _(report.about)
        if self._student:
            about = _("{about} Of the one student whose page you came from.").format(about=about)
        forms = tuple((form.value, _(_NAMED[form])) for form in report.forms)
        self.view.ask_for(about, fields, columns, forms, of_one=bool(self._student))
        typed = self.view.typed()
        if not typed.columns and report.usual:
            self.view.show_typed(replace(typed, columns=report.usual))
        self._suit_form()
        if self._grounded != (report.kind.value, self._student):
            self._grounded = report.kind.value, self._student
            self.view.ground.forget()
            self.view.ground.suggest(usual_ground(report.kind))
            offer_releases(self._context, self.view.ground, StudentId(self._student), self)

    def _suit_form(self) -> None:
        said, icon, _files = _FORMS[self._form]
        self.view.show_form(_(said), icon, on_paper=self._form is Form.PDF)

    def _asked(self) -> Asked:
        """Return what is chosen; refuse what makes no sense."""
        typed, report = self.view.typed(), self._report
        misread = self.view.misread_day()
        if misread:
            raise Refused("day-unclear", misread)
        can = report.choices
        names = Names(typed.names or Names.FULL) if Choice.NAMES in can else Names.FULL
        self.view.offer_texts(allowed=names is Names.FULL)
        if Choice.GROUP in can and not typed.group:
            raise Refused("report-needs-group", "kind")
        since, until = typed.since, typed.until
        if Choice.MONTH in can:
            since, until = month_days(typed.month)
        elif Choice.RANGE not in can:
            since = until = None
        return Asked(
            ReportKind(report.kind),
            since,
            until,
            SchoolId(typed.school) if typed.school and Choice.SCHOOL in can else None,
            typed.service if Choice.SERVICE in can else "",
            typed.group if Choice.GROUP in can else "",
            self._student if Choice.STUDENT in can else "",
            names,
            typed.columns if Choice.COLUMNS in can else (),
            texts=typed.texts and Choice.TEXTS in can and names is Names.FULL,
            everyone=typed.whose == _EVERYONE and Choice.EVERYONE in can,
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
        scale = self.view.beside.page_width() * self.devicePixelRatioF() / _POINTS
        reports = self._context.desk.reports

        def work(progress: Progress) -> _Drawn:
            made = reports.make(asked, Form.PDF, release, progress=progress)
            shown = range(min(made.pages, _SHOWN))
            pictures = []
            for number in shown:
                progress(number, len(shown))
                pictures.append(page_image(made.data, number, scale))
            return _Drawn(made, tuple(pictures), tuple(page_texts(made.data)[: len(shown)]))

        self._handle = self._context.tasks.long(work, self._drawn, self._not_drawn, owner=self)

    def _drawn(self, drawn: _Drawn) -> None:
        self.view.say("")
        missing = " ".join(sorted(drawn.made.missing))
        paper_look(self._context, drawn.made.asked.kind.value, drawn.made.students)
        self.view.pages.show_pages(drawn.pictures, drawn.texts, drawn.made.pages, missing)

    def _not_drawn(self, error: Exception) -> None:
        if isinstance(error, Refused):
            self._refuse(error)
        elif getattr(error, "code", "") != "cancelled":
            self._context.say(error)

    # -- leaving ---------------------------------------------------------------------

    def save(self) -> None:
        """Ask where, then let the report leave as a file."""
        ready = self._ready()
        if ready is None:
            return
        asked, release = ready
        form = self._form
        said, _icon, files = _FORMS[form]
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        folder = Path(QStandardPaths.writableLocation(documents) or Path.home())
        today = self._context.today()
        name = free_name(asked.kind, form, today, lambda taken: (folder / taken).exists())
        chosen, _kind = QFileDialog.getSaveFileName(self, _(said), str(folder / name), _(files))
        if not chosen:
            return
        target = Path(chosen)
        if not target.suffix:
            target = target.with_suffix(f".{form.value}")
        reports = self._context.desk.reports
        self.view.busy(on=True)
        self._context.tasks.long(
            lambda progress: reports.save(
                asked, form, release, target, replace=True, progress=progress
            ),
            lambda _left: self._done(_("Saved. That it left is on record.")),
            self._failed,
            owner=self,
        )

    def print(self) -> None:
        """Make the report, ask for a printer, and let it leave through it."""
        ready = self._ready()
        if ready is None:
            return
        asked, release = ready
        reports = self._context.desk.reports
        self.view.busy(on=True)
        self._context.tasks.long(
            lambda progress: reports.make(asked, Form.PDF, release, progress=progress),
            lambda made: self._choose_printer(made, release),
            self._failed,
            owner=self,
        )

    def _choose_printer(self, made: MadeReport, release: Release) -> None:
        printer = choose_printer(self, _(self._known[made.asked.kind.value].title))
        if printer is None:
            self.view.busy(on=False)
            return
        self.print_on(printer, made, release)

    def print_on(self, printer: QPrinter, made: MadeReport, release: Release) -> None:
        """Write down that the report leaves, then print it."""
        reports = self._context.desk.reports
        self._context.tasks.write(
            lambda: reports.record_print(made, release),
            lambda left: self._print(printer, made, left),
            self._failed,
            owner=self,
        )

    def _print(self, printer: QPrinter, made: MadeReport, left: ReportLeft) -> None:
        reports = self._context.desk.reports

        def done(printed: Printed) -> None:
            if printed.pages and printed.stopped:
                self._done(
                    _(
                        "Stopped. Pages that the printer has taken may still come out; the"
                        " disclosure stays on record."
                    )
                )
            elif printed.pages:
                self._done(_("Printed. That it left is on record."))
            else:
                self.view.busy(on=False)
                self._context.tasks.write(lambda: reports.print_failed(left))
                if printed.stopped:
                    self._context.notices.say(
                        _("Stopped. Nothing left the desk, and the disclosure record says so.")
                    )
                else:
                    self._context.say(Trouble("print-not-left", reason=printer.printerName()))

        print_on(self, self._context.tasks, printer, made.data, done, self._failed)

    def _wish(self) -> Wish | None:
        """Return what is to be sent as it is chosen here, or show at its field what is amiss."""
        kind = self._report.data
        if kind is None:
            return None
        self.view.form.clear()
        try:
            asked = self._asked()
            period, choices = asked_as_data(asked, kind, self._context.today())
        except Refused as refusal:
            self._refuse(refusal, go=True)
            return None
        typed = self.view.typed()
        told = []
        if kind is SummaryKind.CASELOAD:
            named = _(NAME_TITLES[asked.names])
            told.append(_("How students are called: {names}").format(names=named))
            if asked.everyone:
                told.append(_("All enrolled students"))
        return Wish(
            kind,
            period,
            recipient=typed.recipient,
            purpose=typed.purpose,
            terms=typed.terms,
            choices=choices,
            told="\n".join(told),
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


def _month(month: str, today: date) -> str:
    year, number = month.split("-")
    said = _("{month} {year}").format(month=month_name(int(number), short=False), year=year)
    if month == f"{today:%Y-%m}":
        return _("{month}, up to today").format(month=said)
    return said
