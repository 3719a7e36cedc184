"""The record of what left the desk."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.kit.look import TextSize, look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import Card, Muted, PageTitle, Words
from ui.kit.widgets.scroll import ScrollColumn
from ui.kit.widgets.tables import Column, PagedModel, PagedTable

_TITLE = 300
"""The width that the title and the words under it have at least, beside the buttons."""


class DisclosuresView(QWidget):
    """A table of disclosures, and under it everything about the one the focus is on."""

    everyone_asked = Signal()
    find_asked = Signal()
    """The empty page's offer: find the student a summary is wanted of."""
    student_asked = Signal()

    def __init__(self, columns: tuple[Column, ...]) -> None:
        super().__init__()
        self.title = PageTitle(_("Disclosures"))
        self.about = Muted("")
        self.everyone = Button(_("Show all students"), "clear", "quiet")
        self.log = Button(_("Save the record of disclosures"), "pdf")
        self.print = Button(_("Print"), "print")
        self.print.setAccessibleName(_("Print the record of disclosures"))
        self.requests = Button(_("Requests for records"), "audit")
        self.student = Button(_("Open the student"), "student")
        self.model = PagedModel(columns)
        self.table = PagedTable(self.model, _("Disclosures"))
        find = Button(_("Find a student"), "search", "primary")
        find.clicked.connect(self.find_asked)
        self.empty = EmptyState(
            "disclosure",
            _("Nothing about a student has left"),
            _(
                "Each summary that is saved or printed is written down here first:"
                " to whom, why, and exactly what."
            ),
            find,
        )
        self.detail = Card()
        self._headline = Words("", bold=True)
        self._lines = Words("")
        self._hash = Muted("", TextSize.FINE)
        self._buttons = (self.everyone, self.log, self.print, self.requests)
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._beside = QWidget()
        self._build()
        self.everyone.clicked.connect(self.everyone_asked)
        self.student.clicked.connect(self.student_asked)
        self.model.loaded.connect(self._loaded)

    def _build(self) -> None:
        for words in (self._headline, self._lines, self._hash):
            self.detail.body.addWidget(words)
        foot = FlowLayout(None, gap=8)
        foot.addWidget(self.student)
        self.detail.body.addLayout(foot)
        self.detail.hide()
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        sheet = ScrollColumn(_("Disclosures"))
        page.addWidget(sheet)
        column = sheet.body
        above = QVBoxLayout()
        above.setSpacing(look().gap(4))
        above.addWidget(self.title)
        above.addWidget(self.about)
        buttons = FlowLayout(self._beside, gap=8)
        for button in self._buttons:
            buttons.addWidget(button)
        self._head.addLayout(above, 1)
        self._head.addWidget(self._beside, 0, Qt.AlignmentFlag.AlignTop)
        column.setSpacing(look().gap(12))
        column.addLayout(self._head)
        column.addWidget(self.table, 1)
        column.addWidget(self.empty, 1)
        column.addWidget(self.detail)
        self.empty.hide()
        self.of_one(on=False)
        for button, standard in (
            (self.log, QKeySequence.StandardKey.Save),
            (self.print, QKeySequence.StandardKey.Print),
        ):
            shortcut = QShortcut(QKeySequence(standard), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(button.click)
            shown = QKeySequence(standard).toString(QKeySequence.SequenceFormat.NativeText)
            button.setToolTip(shown)
        self._dress()
        look().changed.connect(self._dress)

    def _dress(self) -> None:
        # A table that shares its page with what is said of one row keeps a few rows in sight.
        self.table.setMinimumHeight(7 * look().row)

    def _loaded(self, total: int) -> None:
        stands_here = self.table.hasFocus() or self.empty.isAncestorOf(self.focusWidget())
        self.table.setVisible(total > 0)
        self.empty.setVisible(total == 0)
        if stands_here:
            (self.table if total else self.empty).setFocus()

    def of_one(self, *, on: bool) -> None:
        """Offer what can be done with one student's disclosures, or with all only to look."""
        for button in (self.everyone, self.log, self.print):
            button.setVisible(on)
            button.setEnabled(on)
        self._turn_head()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the buttons under the title where it would be squeezed beside them."""
        super().resizeEvent(event)
        self._turn_head()

    def _turn_head(self) -> None:
        gap = look().gap(8)
        needed = sum(b.sizeHint().width() + gap for b in self._buttons if not b.isHidden())
        wide = self.width() - needed > look().px(_TITLE)
        across, below = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._head.setDirection(across if wide else below)
        self._head.setAlignment(
            self._beside, Qt.AlignmentFlag.AlignTop if wide else Qt.AlignmentFlag(0)
        )

    def show_detail(self, headline: str, lines: str, fingerprint: str) -> None:
        """Say everything about one disclosure; an empty headline hides it."""
        self.detail.setVisible(bool(headline))
        self._headline.setText(headline)
        self._lines.setText(lines)
        self._hash.setText(fingerprint)

    def told(self) -> str:
        """Return what is said of the one the focus is on."""
        return "\n".join(words.text() for words in (self._headline, self._lines, self._hash))
