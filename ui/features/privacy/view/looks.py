"""Who has looked at a student's record."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.kernel.words import _
from ui.kit.look import look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import Muted, PageTitle
from ui.kit.widgets.scroll import ScrollColumn
from ui.kit.widgets.tables import Column, PagedModel, PagedTable


class LooksView(QWidget):
    """A table of looks at one record, the latest first."""

    student_asked = Signal()

    def __init__(self, columns: tuple[Column, ...]) -> None:
        super().__init__()
        self.title = PageTitle(_("Who has looked"))
        self.about = Muted("")
        self.unwritten = Muted(
            _("This vault is read-only here: that you looked at the record is not written down.")
        )
        self.unwritten.hide()
        self.student = Button(_("Open the student"), "student")
        self.student.clicked.connect(self.student_asked)
        self.model = PagedModel(columns)
        self.table = PagedTable(self.model, _("Who has looked"))
        back = Button(_("Open the student"), "student", "primary")
        back.clicked.connect(self.student_asked)
        self.empty = EmptyState(
            "show",
            _("Nobody has looked yet"),
            _(
                "Each time someone opens this record, another person’s note in it or a paper"
                " about it, that is written down here. It cannot be taken back."
            ),
            back,
        )
        self._build()
        self.model.loaded.connect(self._loaded)

    def _build(self) -> None:
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        sheet = ScrollColumn(_("Who has looked"))
        page.addWidget(sheet)
        column = sheet.body
        column.setSpacing(look().gap(12))
        head = FlowLayout(None, gap=12)
        head.addWidget(self.title)
        head.addWidget(self.student)
        above = QVBoxLayout()
        above.setSpacing(look().gap(4))
        above.addLayout(head)
        above.addWidget(self.about)
        above.addWidget(self.unwritten)
        column.addLayout(above)
        column.addWidget(self.table, 1)
        column.addWidget(self.empty, 1)
        self.empty.hide()
        self._dress()
        look().changed.connect(self._dress)

    def _dress(self) -> None:
        self.table.setMinimumHeight(7 * look().row)

    def _loaded(self, total: int) -> None:
        stands_here = self.table.hasFocus() or self.empty.isAncestorOf(self.focusWidget())
        self.table.setVisible(total > 0)
        self.empty.setVisible(total == 0)
        self.student.setVisible(total > 0)
        if stands_here:
            (self.table if total else self.empty).setFocus()
