"""The roster page: choose, read, map, look, import, report."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.features.roster.commands import ImportRoster, KeepOurs, RememberMapping, TakeOffer
from app.features.roster.merge import KINDS
from app.features.roster.model import Problem, Roster, Severity
from app.features.roster.opening import Opened, open_file
from app.features.roster.reading.detect import MappingNeeded
from app.features.roster.reading.table import Mapping as Columns
from app.features.roster.reading.table import Question
from app.features.roster.reading.values import DateOrder
from app.features.roster.report import Decided, Imported, Line, Offer, Preview, Report
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Moment
from app.kernel.errors import Cancelled, Refused
from app.kernel.ids import StudentId
from app.kernel.ports import Progress
from app.kernel.words import _, ngettext
from app.phrases import sentence, sentence_of
from app.phrases.roster import COLUMNS
from app.phrases.roster_report import FORMATS, counts_said, source_said
from ui.features.roster.presenter import entries
from ui.features.roster.view.home import IMPORTS, OFFERS, HomePanel
from ui.features.roster.view.lists import Tab
from ui.features.roster.view.mapping import Answers, ColumnShown, MappingPanel
from ui.features.roster.view.outcome import PreviewPanel, ReportPanel
from ui.kit.announce import announce
from ui.kit.look import look
from ui.kit.room import Context, PageWidget
from ui.kit.tasks import Handle
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.progress import BusyPanel, grouped

_SAMPLES = 3
_PROBLEM_KINDS = {
    "not_understood": frozenset({Severity.REFUSED_ROW}),
    "remarks": frozenset({Severity.REPAIRED, Severity.NOTED}),
}


@dataclass(frozen=True, slots=True)
class Looked:
    """What was read, and what it would change; without a preview its columns are asked for."""

    opened: Opened
    needed: MappingNeeded | None = None
    columns: Columns | None = None
    preview: Preview | None = None


class RosterPage(PageWidget):
    """Brings a roster in step by step; nothing is written before Import is pressed."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._looked: Looked | None = None
        self._needed: MappingNeeded | None = None
        self._path: Path | None = None
        self._chosen: Columns | None = None
        self._handle: Handle | None = None
        self._tab = ""
        self._import_shown = ""
        self.home, self.mapping = HomePanel(), MappingPanel()
        self.preview, self.report = PreviewPanel(), ReportPanel()
        self.busy = BusyPanel()
        self.waiting = QWidget()
        around = QVBoxLayout(self.waiting)
        room = look().gap(48)
        around.setContentsMargins(room, room, room, room)
        around.addStretch(1)
        around.addWidget(self.busy)
        around.addStretch(2)
        self.stack = QStackedWidget()
        for panel in (self.home, self.waiting, self.mapping, self.preview, self.report):
            self.stack.addWidget(panel)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.stack)
        self._connect()

    def _connect(self) -> None:
        self.home.chosen.connect(self.open)
        self.home.import_opened.connect(self._open_report)
        self.home.student_opened.connect(self._open_student)
        self.home.taken.connect(self._take)
        self.home.kept.connect(self._keep)
        self.home.lists.turned.connect(self._note_tab)
        self.busy.cancelled.connect(self._stop)
        self.mapping.answered.connect(self._map)
        self.mapping.left.connect(self._go_home)
        self.preview.accepted.connect(self._import)
        self.preview.left.connect(self._go_home)
        self.preview.columns_asked.connect(self._ask_columns)
        self.preview.student_opened.connect(self._open_student)
        self.report.left.connect(self._go_home)
        self.report.offers_asked.connect(self._go_to_offers)
        self.report.save_asked.connect(self._save_outcome)
        self.report.student_opened.connect(self._open_student)

    # -- the page ---------------------------------------------------------------------

    def arrive(self) -> None:
        """Look again at past imports, or stay where the work was left."""
        if self.stack.currentWidget() is self.home:
            self._reload()
        self._focus()

    def heed(self, changed: Changed) -> None:
        """Look again when rosters changed."""
        if changed.meets({Kind.ROSTER}) and self.stack.currentWidget() is self.home:
            self._reload()

    def state(self) -> dict[str, str]:
        """Return what is under way: the file that was chosen, the report that was read."""
        shown = self.stack.currentWidget()
        if shown in (self.mapping, self.preview) and self._path is not None:
            state = {"file": str(self._path)}
            answers = self.mapping.answers()
            if shown is self.mapping and answers is not None and self._needed is not None:
                state["columns"] = _columns(self._needed.guess, answers).as_json()
            return state
        if shown is self.report:
            return {"import": self._import_shown}
        return {"tab": self._tab}

    def restore(self, state: Mapping[str, str]) -> None:
        """Go back to it: the file is read again, since nothing of it was kept."""
        self._tab = state.get("tab", "")
        path = Path(state["file"]) if state.get("file") else None
        if path is not None and path.exists():
            if state.get("columns"):
                self._chosen = Columns.from_json(state["columns"])
            self.open(path)
        elif state.get("import"):
            self._open_report(state["import"])

    def _show(self, panel: QWidget) -> None:
        self.stack.setCurrentWidget(panel)
        self._focus()

    def _focus(self) -> None:
        shown = self.stack.currentWidget()
        if shown is self.home:
            self.home.focus()
        elif shown is self.mapping:
            self.mapping.focus()
        elif shown is self.preview:
            self.preview.lists.focus()
        elif shown is self.report:
            self.report.lists.focus()

    def _go_home(self) -> None:
        self._looked = self._needed = self._path = None
        self._show(self.home)
        self._reload()

    def _go_to_offers(self) -> None:
        self._tab = OFFERS
        self._go_home()

    def _open_student(self, student: str) -> None:
        self._context.go("student", student)

    # -- past imports and offers -------------------------------------------------------

    def _reload(self) -> None:
        roster = self._context.desk.roster
        self._context.tasks.read(
            lambda: (roster.import_count(), roster.offer_count()),
            self._show_home,
            key="roster-home",
            owner=self,
        )

    def _show_home(self, found: tuple[int, int] | None) -> None:
        if found is None:
            return
        imports, offers = found
        roster = self._context.desk.roster
        tabs = [
            Tab(
                IMPORTS,
                _("Past imports ({count})").format(count=imports),
                imports,
                entries.paged(
                    self._context,
                    self,
                    imports,
                    lambda start, count: [
                        entries.past_entry(past) for past in roster.imports(start, count)
                    ],
                ),
                "history",
                _("No roster was brought in yet"),
                _("Every import is kept here with what it did, and what it did not understand."),
            ),
            Tab(
                OFFERS,
                _("Offered values ({count})").format(count=offers),
                offers,
                entries.paged(
                    self._context,
                    self,
                    offers,
                    lambda start, count: [
                        entries.offer_entry(offer) for offer in roster.offers(start, count)
                    ],
                ),
                "amendment",
                _("No value waits for you"),
                _(
                    "Where something was changed here and the roster says something new, ours "
                    "stays and the roster’s is offered here."
                ),
            ),
        ]
        self.home.show_lists(tabs, self._tab or IMPORTS)

    def _note_tab(self, tab: str) -> None:
        self._tab = tab

    def _take(self, entry: Entry) -> None:
        offer: Offer = entry.subject
        roster = self._context.desk.roster
        command = TakeOffer(StudentId(offer.student), offer.field)
        self._decide(partial(roster.take_offer, command), _("The roster’s value was taken."))

    def _keep(self, entry: Entry) -> None:
        offer: Offer = entry.subject
        roster = self._context.desk.roster
        command = KeepOurs(StudentId(offer.student), offer.field)
        self._decide(partial(roster.keep_ours, command), _("Our value was kept."))

    def _decide(self, decide: Callable[[], Decided], said: str) -> None:
        roster, tasks = self._context.desk.roster, self._context.tasks

        def done(decided: Decided) -> None:
            undo = partial(tasks.write, partial(roster.restore_offer, decided.undo))
            self._context.notices.say(said, undo=undo)

        tasks.write(decide, done, self._context.say, owner=self)

    # -- reading and mapping -------------------------------------------------------------

    def open(self, path: Path) -> None:
        """Read what was chosen, and show what it would change or ask for its columns."""
        self._path = path
        self._read(path, None)

    def _read(self, path: Path, columns: Columns | None) -> None:
        roster = self._context.desk.roster

        def look_at(progress: Progress) -> Looked:
            opened = open_file(path, progress, columns)
            needed, used = None, columns
            if isinstance(opened.said, MappingNeeded):
                needed = opened.said
                kept = roster.mapping(needed.preview.fingerprint)
                if not kept:
                    return Looked(opened, needed)
                used = Columns.from_json(kept)
                opened = open_file(path, progress, used)
            if not isinstance(opened.said, Roster):
                raise TypeError(opened.said)
            return Looked(opened, needed, used, roster.preview(opened.said, progress))

        self._wait(_("Reading the roster"), _rows_read)
        self._handle = self._context.tasks.long(
            look_at, self._show_looked, self._reading_failed, self.busy.report, owner=self
        )

    def _wait(self, title: str, unit: Callable[[str, str], str]) -> None:
        self.busy.start(title, unit)
        self.stack.setCurrentWidget(self.waiting)

    def _stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()

    def _show_looked(self, looked: Looked) -> None:
        self.busy.finish()
        self._needed = looked.needed or self._needed
        self._looked = looked
        if looked.preview is None:
            self._ask_columns()
        else:
            self._show_preview(looked.preview, looked)

    def _reading_failed(self, error: Exception) -> None:
        self.busy.finish()
        if isinstance(error, Refused) and error.field == "mapping" and self._needed is not None:
            if self._looked is None or self._looked.columns is None:
                self._ask_columns()
            self.mapping.refuse(sentence(error))
            self._show(self.mapping)
            return
        self._go_home()
        if not isinstance(error, Cancelled):
            self._context.say(error)

    def _ask_columns(self) -> None:
        needed = self._needed
        if needed is None:
            return
        table = needed.preview
        looked = self._looked
        columns = looked.columns if looked is not None and looked.columns else needed.guess
        if self._chosen is not None and self._chosen.fingerprint == table.fingerprint:
            columns, self._chosen = self._chosen, None
        shown = [
            ColumnShown(header, _sample([row[place] for row in table.rows]), holds)
            for place, (header, holds) in enumerate(zip(table.headers, columns.fields, strict=True))
        ]
        asked = Question.DATE_ORDER.value in needed.guess.ask
        self.mapping.show_table(
            _("{file} has {count} rows. Nothing is written yet; your choice is remembered.").format(
                file=table.file, count=f"{table.row_count:,}"
            ),
            shown,
            [("", _("not read")), *((name, _(text)) for name, text in COLUMNS.items())],
            [
                ("", _("As the column shows")),
                (DateOrder.MONTH_FIRST.value, _("Month first: 3/14/2012")),
                (DateOrder.DAY_FIRST.value, _("Day first: 14/3/2012")),
            ],
            _("Nothing in the table shows whether day or month stands first.") if asked else "",
            Answers(
                columns.fields,
                columns.date_order,
                columns.family_first,
                columns.everyone,
                columns.school,
            ),
        )
        self._show(self.mapping)

    def _map(self, answers: Answers) -> None:
        if self._needed is None or self._path is None:
            return
        columns = _columns(self._needed.guess, answers)
        if self._looked is not None:
            self._looked = replace(self._looked, columns=columns)
        self._read(self._path, columns)

    # -- looking and importing -------------------------------------------------------------

    def _show_preview(self, preview: Preview, looked: Looked) -> None:
        lead = _("{file} · {source}. Nothing has been written yet.").format(
            file=looked.opened.path.name, source=_source(preview)
        )
        tabs = [
            self._lines_tab(
                kind,
                preview.counts[kind],
                partial(preview.lines, kind),
                known=kind != "added",
            )
            for kind in KINDS
        ]
        tabs.append(
            entries.make_tab(
                "offers",
                preview.counts["offers"],
                entries.paged(
                    self._context,
                    self,
                    preview.counts["offers"],
                    lambda start, count: [
                        entries.offer_entry(offer) for offer in preview.offers(start, count)
                    ],
                ),
            )
        )
        tabs += self._problem_tabs(preview.problems)
        counts = counts_said(preview.counts, beside_lists=True)
        if preview.changes_nothing:
            counts.insert(0, _("Nothing would change"))
        self.preview.show_outcome(lead, " · ".join(counts), tabs)
        self.preview.offer_columns(on=self._needed is not None)
        leaving = {"leaving": preview.counts["left"], "of": preview.of_source}
        self.preview.warn(
            sentence_of("roster-many-leaving", leaving) if preview.many_leaving else ""
        )
        self._show(self.preview)

    def _lines_tab(
        self,
        kind: str,
        count: int,
        lines: Callable[[int, int], Sequence[Line]],
        *,
        known: bool,
    ) -> Tab:
        icon = entries.tab_words()[kind][4]

        def page(start: int, limit: int) -> list[Entry]:
            return [
                entries.line_entry(line, icon, start + place, known=known)
                for place, line in enumerate(lines(start, limit))
            ]

        return entries.make_tab(kind, count, entries.paged(self._context, self, count, page))

    def _problem_tabs(self, problems: Sequence[Problem]) -> list[Tab]:
        tabs = []
        for kind, severities in _PROBLEM_KINDS.items():
            held = [problem for problem in problems if problem.severity in severities]
            if held or kind == "not_understood":
                page = partial(_problem_page, held)
                fetch = entries.paged(self._context, self, len(held), page)
                tabs.append(entries.make_tab(kind, len(held), fetch))
        return tabs

    def _import(self, allow_many_leaving: bool) -> None:
        looked = self._looked
        if looked is None or not isinstance(looked.opened.said, Roster):
            return
        roster = self._context.desk.roster
        command = ImportRoster(looked.opened.said, looked.opened.sha256, allow_many_leaving)
        columns = looked.columns

        def bring(progress: Progress) -> Imported:
            done = roster.import_roster(command, progress)
            if columns is not None:
                roster.remember_mapping(RememberMapping(columns.fingerprint, columns.as_json()))
            return done

        self._wait(_("Importing the roster"), _rows_written)
        self._handle = self._context.tasks.long(
            bring, self._imported, self._import_failed, self.busy.report, owner=self
        )

    def _imported(self, done: Imported) -> None:
        self.busy.finish()
        self._looked = self._needed = self._path = None
        self._open_report(done.id)

    def _import_failed(self, error: Exception) -> None:
        self.busy.finish()
        looked = self._looked
        if looked is None or looked.preview is None:
            self._go_home()
            self._context.say(error)
            return
        self._show(self.preview)
        if isinstance(error, Cancelled):
            self._context.notices.say(
                _("The import was stopped. Nothing was changed."), kind="info"
            )
        elif isinstance(error, Refused) and error.field == "allow_many_leaving":
            self.preview.warn(sentence(error))
        else:
            self._context.say(error)

    # -- reports ------------------------------------------------------------------------------

    def _open_report(self, import_id: str) -> None:
        roster = self._context.desk.roster
        self._import_shown = import_id
        self._context.tasks.read(
            lambda: (roster.report(import_id), roster.offer_count()),
            self._show_report,
            self._context.say,
            key="roster-report",
            owner=self,
        )

    def _show_report(self, found: tuple[Report, int] | None) -> None:
        if found is None:
            return
        report, offers = found
        roster, past = self._context.desk.roster, report.of
        lead = _("{source}. {when}, by {person}.").format(
            source=entries.source_and_format(past),
            when=entries.said_when(Moment(past.at, past.zone).wall()),
            person=past.person,
        )
        tabs = [
            self._lines_tab(
                kind, past.counts[kind], partial(roster.report_lines, past.id, kind), known=True
            )
            for kind in KINDS
        ]
        tabs += self._problem_tabs(report.problems)
        counts = " · ".join(counts_said(past.counts, beside_lists=True))
        self.report.show_outcome(lead, counts, tabs)
        self.report.offer_decisions(on=offers > 0)
        self._show(self.report)
        announce(self.report, " ".join((self.report.title.text(), *counts_said(past.counts))))

    def _save_outcome(self, name: str, replace_it: bool) -> None:
        roster, import_id, target = self._context.desk.roster, self._import_shown, Path(name)

        def save(_progress: Progress) -> int:
            from app.overviews.reports.roster_outcome import save_outcome
            from app.paper.sheets import as_file
            from app.phrases.roster_sheet import outcome_sheet

            sheet = outcome_sheet(roster, import_id)
            data = as_file(sheet, target.name)
            save_outcome(roster, import_id, data, len(sheet.rows), target, replace=replace_it)
            return len(sheet.rows)

        def saved(rows: int) -> None:
            self.report.save_button.setEnabled(True)
            self._context.notices.say(
                ngettext(
                    "Saved {count} row. It names students: send it only to who sent the roster.",
                    "Saved {count} rows. They name students: send them only to who sent the"
                    " roster.",
                    rows,
                ).format(count=grouped(rows))
            )

        def failed(error: Exception) -> None:
            self.report.save_button.setEnabled(True)
            self._context.say(error)

        self.report.save_button.setEnabled(False)
        self._context.tasks.long(save, saved, failed, owner=self)


def _columns(guess: Columns, answers: Answers) -> Columns:
    """Return a table's columns as they were answered."""
    return replace(
        guess,
        fields=answers.holds,
        date_order=answers.date_order,
        family_first=answers.family_first,
        everyone=answers.everyone,
        school=answers.school,
        ask=(),
    )


def _rows_read(done: str, of: str) -> str:
    if not of:
        return _("Comparing with what is kept here")
    return _("{done} of {of} rows read").format(done=done, of=of)


def _rows_written(done: str, of: str) -> str:
    if not of:
        return _("Comparing with what is kept here")
    return _("{done} of {of} rows written").format(done=done, of=of)


def _source(preview: Preview) -> str:
    kind, source = _(FORMATS[preview.format]), source_said(preview.source)
    if source in kind or preview.source == "table":
        return kind
    return _("{source}, {format}").format(source=source, format=kind)


def _sample(cells: Sequence[str]) -> str:
    shown = list(dict.fromkeys(cell for cell in cells if cell))[:_SAMPLES]
    return "; ".join(shown) or _("nothing in the first rows")


def _problem_page(held: Sequence[Problem], start: int, limit: int) -> list[Entry]:
    return [
        entries.problem_entry(problem, start + place)
        for place, problem in enumerate(held[start : start + limit])
    ]
