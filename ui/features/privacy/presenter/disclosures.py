"""The page of disclosures: all of them, or one student's."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QVBoxLayout

from app.features.privacy.model import DisclosureLine
from app.kernel.changes import Changed, Kind
from app.kernel.ids import StudentId
from app.kernel.names import listed_name
from app.kernel.words import _, ngettext
from app.overviews.reports.medication_papers import spoken_scope
from app.overviews.reports.student_summary import Part, part_title
from app.overviews.reports.wording import (
    spoken_day,
    spoken_means,
    spoken_moment,
    spoken_paper,
)
from ui.features.privacy.view.disclosures import DisclosuresView
from ui.kit.look import Kind as Mark
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.tables import Column


class DisclosuresPage(PageWidget):
    """Who was shown what, newest first."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._student = StudentId("")
        self.view = DisclosuresView(_columns())
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self.view.table.current.connect(self._detail)
        self.view.table.opened.connect(self._open)
        self.view.student_asked.connect(lambda: self._open(self.view.table.row()))
        self.view.find_asked.connect(lambda: self._context.go("caseload"))
        self.view.everyone_asked.connect(lambda: self.show_subject(""))
        self.view.model.loaded.connect(self._count)
        self._asked = False

    def show_subject(self, subject: str) -> None:
        """Show the disclosures of a student, or of all."""
        self._student = StudentId(subject)
        self.view.everyone.setVisible(bool(subject))
        self._reload()

    def arrive(self) -> None:
        """Stand in the table."""
        if not self._asked:
            self._reload()
        empty = not self.view.empty.isHidden()
        (self.view.empty if empty else self.view.table).setFocus()

    def heed(self, changed: Changed) -> None:
        """Look again when something left, or a name changed."""
        if self._asked and changed.meets({Kind.DISCLOSURE, Kind.STUDENT}):
            self._reload()

    def _reload(self) -> None:
        self._asked = True
        self.view.show_detail("", "", "")
        self.view.model.set_source(self._fetch)

    def _fetch(
        self,
        offset: int,
        limit: int,
        _sort: str,
        _descending: bool,
        answer: Callable[[int, Sequence[Any]], None],
    ) -> None:
        privacy, student = self._context.desk.privacy, self._student or None

        def look_up() -> tuple[int, list[DisclosureLine]]:
            return privacy.count(student), privacy.disclosures(student, offset, limit)

        self._context.tasks.read(look_up, lambda found: answer(*found), owner=self)

    def _count(self, total: int) -> None:
        self.view.about.setText(
            ngettext(
                "{count} disclosure, newest first", "{count} disclosures, newest first", total
            ).format(count=f"{total:,}")
            if total
            else ""
        )

    def _detail(self, line: object) -> None:
        if not isinstance(line, DisclosureLine):
            self.view.show_detail("", "", "")
            return
        disclosure = line.disclosure
        self.view.show_detail(
            _("{paper} for {recipient}").format(
                paper=spoken_paper(disclosure.paper), recipient=disclosure.recipient
            ),
            "\n".join(
                (
                    _("Why: {purpose}").format(purpose=disclosure.purpose),
                    _("What: {sections}").format(sections=_what(line)),
                    _("By {person}, {moment}; {how}").format(
                        person=line.by, moment=spoken_moment(disclosure.made), how=_how(line)
                    ),
                )
            ),
            _("{bytes} bytes, SHA-256 {sha256}").format(
                bytes=f"{disclosure.bytes:,}", sha256=disclosure.sha256
            ),
        )

    def _open(self, line: object) -> None:
        if isinstance(line, DisclosureLine):
            self._context.go("student", line.disclosure.student_id)


def _columns() -> tuple[Column, ...]:
    return (
        Column("when", _("When"), lambda d: spoken_day(d.disclosure.made.day()), 120, sort=False),
        Column("student", _("Student"), _student, 190, strong=True, sort=False),
        Column("recipient", _("To whom"), lambda d: d.disclosure.recipient, 240, sort=False),
        Column("purpose", _("Why"), lambda d: d.disclosure.purpose, 240, stretch=True, sort=False),
        Column("how", _("How"), _how, 150, sort=False, chips=_how_chips),
    )


def _student(line: DisclosureLine) -> str:
    return listed_name(line.student_given, line.student_family, line.student_preferred)


def _how(line: DisclosureLine) -> str:
    return _("Not handed over") if line.stopped else spoken_means(line.disclosure.means)


def _how_chips(line: DisclosureLine) -> tuple[tuple[str, str], ...]:
    return ((_how(line), Mark.WARN if line.stopped else Mark.PLAIN),)


def _what(line: DisclosureLine) -> str:
    chosen = line.disclosure.scope.get("sections")
    if not isinstance(chosen, list):
        return spoken_scope(line.disclosure.scope) or spoken_paper(line.disclosure.paper)
    known = set(chosen)
    return ", ".join(part_title(part) for part in Part if part.value in known) or "–"
