"""The page that lists every text with what was typed, and what narrows the list."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.kit.look import look
from ui.kit.widgets.editors import Choice, DateEdit, SearchEdit
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.field import Field
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import KeyHint, Muted, PageTitle
from ui.kit.widgets.lists import CardList


class _Line(SearchEdit):
    """The line; the arrow down goes on into the list."""

    down = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go into the list with the arrow down, or with Enter."""
        super().keyPressEvent(event)
        if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.down.emit()


class SearchView(QWidget):
    """A line, filters, and the texts that were found."""

    asked = Signal()
    """Something was typed or chosen: the list is to be another one."""

    def __init__(self, kinds: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.title = PageTitle(_("Search in notes"))
        self.count = Muted("")
        self.line = _Line(_("Words, or a student’s name and a word"))
        self.line.setAccessibleName(_("Search in notes"))
        self.student = Choice(name=_("Student"))
        self.kind = Choice([("", _("Every kind")), *kinds], name=_("Kind"))
        self.makers = Choice(
            [(False, _("Everyone’s I may see")), (True, _("Mine"))], name=_("Whose")
        )
        self.since = DateEdit()
        self.until = DateEdit()
        self._filters = QWidget()
        row = FlowLayout(self._filters, gap=12, fill=True)
        self._makers_field = Field(_("Whose"), self.makers)
        for field in (
            Field(_("Student"), self.student),
            Field(_("Kind"), self.kind),
            self._makers_field,
            Field(_("From"), self.since),
            Field(_("To"), self.until),
        ):
            row.addWidget(field)
        self.list = CardList(_("What was found"))
        self._teach = EmptyState(
            "search",
            _("Find what was written"),
            _(
                "Type a word, or a few letters of it; accents do not matter. Words in quotes are"
                " found in their order, and a student’s name narrows to that student. Only what"
                " you may see is searched."
            ),
        )
        self._none = EmptyState(
            "search",
            _("Nothing has these words"),
            _("Try fewer letters or fewer filters."),
        )
        self._stack = QStackedWidget()
        for each in (self._teach, self._none, self.list):
            self._stack.addWidget(each)
        # Where text is large the filters take what they need; the list makes do with the rest.
        self._stack.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._hints = QWidget()
        hints = QHBoxLayout(self._hints)
        hints.setContentsMargins(0, 0, 0, 0)
        hints.addWidget(self.count, 1)
        hints.addWidget(KeyHint("Enter"))
        hints.addWidget(Muted(_("open")))
        page = QVBoxLayout(self)
        room = look().gap(24)
        page.setContentsMargins(room, look().gap(16), room, look().gap(12))
        page.setSpacing(look().gap(12))
        page.addWidget(self.title)
        page.addWidget(self.line)
        page.addWidget(self._filters)
        page.addWidget(self._stack, 1)
        page.addWidget(self._hints)
        self.line.sought.connect(lambda _text: self.asked.emit())
        self.line.down.connect(self._into_list)
        for choice in (self.student, self.kind, self.makers):
            choice.chosen.connect(lambda _value: self.asked.emit())
        for day in (self.since, self.until):
            day.picked.connect(lambda _day: self.asked.emit())
        self.show_found("", 0, "")

    def show_found(self, typed: str, total: int, count: str) -> None:
        """Show the list, or what an empty one teaches."""
        self.count.setText(count)
        shown = self._teach if not typed.strip() else self.list if total else self._none
        self._stack.setCurrentWidget(shown)
        self._hints.setVisible(shown is self.list)
        self._filters.setVisible(shown is not self._teach)

    def show_students(self, students: Sequence[tuple[str, str]]) -> None:
        """Offer the students whom the hits are about."""
        self.student.set_options([("", _("Every student")), *students])

    def show_makers(self, *, several: bool) -> None:
        """Offer to narrow to one's own only where anyone else's are seen."""
        self._makers_field.setVisible(several)

    def days(self) -> tuple[date | None, date | None]:
        """Return the first and the last day that count, if any are chosen."""
        return self.since.value(), self.until.value()

    def _into_list(self) -> None:
        if self._stack.currentWidget() is self.list:
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
