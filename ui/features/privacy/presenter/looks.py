"""The page of who has looked at a student's record."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout

from app.features.privacy.model import Record, ViewLine
from app.kernel.changes import Changed, Kind
from app.kernel.ids import StudentId, is_id
from app.kernel.names import shown_name
from app.kernel.words import N_, _, ngettext
from app.overviews.reports.wording import spoken_moment, spoken_paper, spoken_role
from ui.features.privacy.view.looks import LooksView
from ui.kit.direction import in_order
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.tables import Column


class LooksPage(PageWidget):
    """When a record was opened, by whom, and what was looked at."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._student = StudentId("")
        self._name = ""
        self.view = LooksView(_columns())
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self.view.table.opened.connect(self._open)
        self.view.student_asked.connect(lambda: context.go("student", self._student))
        self.view.model.loaded.connect(self._count)

    def show_subject(self, subject: str) -> None:
        """Show who looked at the record of this student."""
        self._student = StudentId(subject)
        self.view.unwritten.setVisible(self._context.desk.records.read_only)
        if is_id(subject):
            self._reload()

    def arrive(self) -> None:
        """Stand in the table; without a student there is nothing to look up."""
        if not is_id(self._student):
            self._context.go("caseload", instead=True)
            return
        empty = not self.view.empty.isHidden()
        (self.view.empty if empty else self.view.table).setFocus()

    def heed(self, changed: Changed) -> None:
        """Look again when a name changed."""
        if self.isVisible() and changed.meets({Kind.STUDENT, Kind.PERSON}):
            self._reload()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self._context.back()
            return
        super().keyPressEvent(event)

    def _reload(self) -> None:
        self.view.model.set_source(self._fetch)

    def _fetch(
        self,
        offset: int,
        limit: int,
        _sort: str,
        _descending: bool,
        answer: Callable[[int, Sequence[Any]], None],
    ) -> None:
        desk, student = self._context.desk, self._student

        def look_up() -> tuple[str, int, list[ViewLine]]:
            profile = desk.caseload.student(student).profile
            return (
                shown_name(profile.given_name, profile.family_name, profile.preferred_name),
                desk.privacy.view_count(student),
                desk.privacy.views(student, offset, limit),
            )

        def done(found: tuple[str, int, list[ViewLine]]) -> None:
            if student == self._student:
                self._name, total, rows = found
                answer(total, rows)

        self._context.tasks.read(look_up, done, self._not_found, owner=self)

    def _not_found(self, error: Exception) -> None:
        if isinstance(error, KeyError):
            self._context.go("caseload", instead=True)
        else:
            self._context.say(error)

    def _count(self, total: int) -> None:
        name = in_order(self._name)
        self.view.about.setText(
            ngettext(
                "{name}: {count} time, the latest first",
                "{name}: {count} times, the latest first",
                total,
            ).format(name=name, count=f"{total:,}")
            if total
            else name
        )

    def _open(self, line: object) -> None:
        if isinstance(line, ViewLine) and line.note:
            self._context.go("signed", line.note)
        elif isinstance(line, ViewLine) and line.record:
            self._context.go(_PAGES[Record(line.record)], line.record_id)


def _columns() -> tuple[Column, ...]:
    return (
        Column("when", _("When"), lambda line: spoken_moment(line.seen), 210, sort=False),
        Column("who", _("Who"), lambda line: line.by, 220, strong=True, sort=False),
        Column("role", _("Role"), lambda line: spoken_role(line.role), 200, sort=False),
        Column("what", _("What"), _what, 220, stretch=True, sort=False),
    )


def _what(line: ViewLine) -> str:
    if line.paper:
        return _("Preview: {paper}").format(paper=spoken_paper(line.paper))
    if line.record:
        return _(_RECORDS[Record(line.record)])
    return _("A signed note") if line.note else _("The record")


_PAGES = {
    Record.CONCERN: "concern",
    Record.CONSULTATION: "consultation",
    Record.GROUP_SESSION: "group-signed",
    Record.SCREENING: "screening",
    Record.RISK: "risk",
    Record.PLAN: "plan",
    Record.GOAL: "goal",
    Record.CONSENT: "consent",
}
_RECORDS = {
    Record.CONCERN: N_("A concern"),
    Record.CONSULTATION: N_("A consultation"),
    Record.GROUP_SESSION: N_("A group session"),
    Record.SCREENING: N_("A screening"),
    Record.RISK: N_("A risk follow-up"),
    Record.PLAN: N_("A plan"),
    Record.GOAL: N_("A goal"),
    Record.CONSENT: N_("A consent"),
}
