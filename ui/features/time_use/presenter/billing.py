"""Claim lines: made of what was signed, looked at here, and let go to a file by a person."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QVBoxLayout

from app.features.time_use.commands import MarkLines
from app.features.time_use.model.billing import BillingLine, LineState
from app.features.time_use.service.billing import BillingSheet
from app.kernel.changes import Changed, Kind
from app.kernel.errors import Refused
from app.kernel.words import _, ngettext
from app.overviews.reports.claims import ClaimsLeft
from app.overviews.reports.leaving import Release
from app.overviews.reports.lists import Form, ReportKind, free_name
from app.overviews.reports.wording import spoken_day
from app.overviews.time_words import MISSING, STATES, spoken_length
from ui.features.time_use.view.release import ReleaseSheet
from ui.kit.asking import Asker, Entries, about
from ui.kit.look import Kind as Mark
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.ground import party_of, terms_of
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.records import RecordsView

_BACK = 92
"""Days that are looked back over: a claim of a quarter year ago is late already."""
_MARKS = {
    LineState.OPEN: Mark.PLAIN,
    LineState.READY: Mark.GOOD,
    LineState.EXPORTED: Mark.ACCENT,
    LineState.LEFT_OUT: Mark.PLAIN,
}


class BillingPage(PageWidget):
    """Lines of one's own entries, and what each lacks."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asker = Asker(context, self)
        self._state: LineState | None = LineState.OPEN
        self._sheet: BillingSheet | None = None
        setup = Button(_("Procedure codes"), "settings", "primary")
        self.view = RecordsView(
            _("Medicaid claims"),
            (_("Save the ready ones"), "export"),
            [
                *((state, _(STATES[state.value])) for state in LineState),
                (None, _("All")),
            ],
            EmptyState(
                "audit",
                _("No line here"),
                _(
                    "Lines are made of signed sessions of students whose Medicaid number is on file."
                ),
                setup,
            ),
            setup,
            (
                ("ready", _("All that lack nothing are ready"), "check"),
                ("codes", _("Procedure codes"), "settings"),
            ),
        )
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self.view.turned.connect(self._turn)
        self.view.asked.connect(self._export)
        self.view.started.connect(lambda: context.go("time-setup", "codes"))
        self.view.linked.connect(self._act)
        self.view.list.opened.connect(self._open)
        for keys, run in (
            ("R", partial(self._mark, LineState.READY)),
            ("O", partial(self._mark, LineState.LEFT_OUT)),
            ("L", partial(self._mark, LineState.OPEN)),
        ):
            shortcut = QShortcut(QKeySequence(keys), self.view.list)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(run)

    def arrive(self) -> None:
        """Look again, and stand in the list."""
        self._reload()
        self.view.list.setFocus()

    def heed(self, changed: Changed) -> None:
        """Look again when a line may have changed."""
        kinds = {Kind.TIME, Kind.NOTE, Kind.GROUP_SESSION, Kind.STUDENT, Kind.PERSON}
        if self.isVisible() and changed.meets(kinds):
            self._reload()

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self._asker.flush()

    def _days(self) -> tuple[date, date]:
        today = self._context.today()
        return today - timedelta(days=_BACK), today

    def _turn(self, state: object) -> None:
        self._state = state if isinstance(state, LineState) else None
        self._reload()

    def _reload(self) -> None:
        since, until = self._days()
        self._context.tasks.read(
            partial(
                self._context.desk.time_use.billing.sheet,
                since.isoformat(),
                until.isoformat(),
                self._state,
            ),
            self._show,
            self._context.say,
            key="billing",
            owner=self,
        )

    def _show(self, sheet: BillingSheet) -> None:
        self._sheet = sheet
        ready = sheet.counts.get(LineState.READY, 0)
        waiting = sheet.counts.get(LineState.OPEN, 0)
        said = _("{waiting} to look at, {ready} ready since {day}").format(
            waiting=waiting, ready=ready, day=spoken_day(self._days()[0])
        )
        self.view.show_entries([_line(line) for line in sheet.lines], said)
        self.view.about.setText(said)
        self.view.about.show()
        self.view.action.setVisible(bool(ready))
        self.view.links["codes"].setVisible(bool(sheet.lines))
        self.view.links["ready"].setVisible(
            any(line.state is LineState.OPEN and not line.missing for line in sheet.lines)
        )

    # -- marking ---------------------------------------------------------------------

    def _act(self, key: str) -> None:
        if key == "codes":
            self._context.go("time-setup", "codes")
        elif self._sheet is not None:
            whole = [
                line
                for line in self._sheet.lines
                if line.state is LineState.OPEN and not line.missing
            ]
            self._put(whole, LineState.READY)

    def _mark(self, state: LineState) -> None:
        entry = self.view.list.entry()
        if entry is not None and isinstance(entry.subject, BillingLine):
            self._put([entry.subject], state)

    def _put(self, lines: list[BillingLine], state: LineState) -> None:
        billing, context = self._context.desk.time_use.billing, self._context
        keys = tuple((line.on_day, line.entry_id, str(line.student_id)) for line in lines)
        before = {line.state for line in lines}

        def done(_changed: Changed) -> None:
            words = ngettext("{count} line: {state}.", "{count} lines: {state}.", len(lines))
            undo = None
            if len(before) == 1:
                undo = partial(
                    context.tasks.write,
                    partial(billing.mark, MarkLines(keys, before.pop())),
                    failed=context.say,
                )
            context.notices.say(
                words.format(count=len(lines), state=_(STATES[state.value])), undo=undo
            )

        context.tasks.write(
            partial(billing.mark, MarkLines(keys, state)), done, context.say, owner=self
        )

    def _open(self, entry: Entry) -> None:
        if isinstance(entry.subject, BillingLine):
            self._context.go("medicaid", entry.subject.student_id)

    # -- leaving ---------------------------------------------------------------------

    def _export(self) -> None:
        claims, context = self._context.desk.claims, self._context
        since, until = self._days()
        name = free_name(ReportKind.CLAIMS, Form.CSV, until)

        def act(entries: Entries) -> Callable[[], ClaimsLeft]:
            release = Release(party_of(entries), entries["purpose"], terms_of(entries)).accepted()
            target = self._chosen(name)
            if target is None:
                raise Refused("file-not-chosen")
            return partial(claims.save, since, until, Form.CSV, release, target, replace=True)

        def done(left: ClaimsLeft, _entries: Entries) -> None:
            words = ngettext(
                "{count} line was saved and is marked exported. Casewell sends nothing by itself.",
                "{count} lines were saved and are marked exported. Casewell sends nothing by"
                " itself.",
                left.lines,
            )
            context.notices.say(words.format(count=left.lines))

        self._asker.ask(
            ReleaseSheet(
                _("Save the ready lines"),
                self,
                _(
                    "A table with names and Medicaid numbers is written where you choose, and a"
                    " disclosure is recorded for each student."
                ),
            ),
            act,
            done,
            kept=about("billing", since.isoformat(), until.isoformat()),
        )

    def _chosen(self, name: str) -> Path | None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        chosen, _kind = QFileDialog.getSaveFileName(
            self, _("Save where?"), str(Path(folder) / name), "*.csv"
        )
        return Path(chosen) if chosen else None


def _line(line: BillingLine) -> Entry:
    units = ngettext("{count} unit", "{count} units", line.units).format(count=line.units)
    code = " ".join((line.procedure, *line.modifiers)) if line.procedure else ""
    more = [line.service, code, units if line.procedure else ""]
    if line.group_size > 1:
        size = ngettext("group of {count}", "group of {count}", line.group_size)
        more.append(size.format(count=line.group_size))
    chips: list[tuple[str, str]] = [(_(MISSING[what.value]), Mark.WARN) for what in line.missing]
    if line.state is not LineState.OPEN:
        chips = [(_(STATES[line.state.value]), _MARKS[line.state])]
    return Entry(
        f"{line.entry_id} {line.student_id}",
        line.student,
        " · ".join(part for part in more if part),
        _("{day}, {span}").format(day=spoken_day(line.on_day), span=spoken_length(line.minutes)),
        "audit",
        tuple(chips),
        subject=line,
    )
