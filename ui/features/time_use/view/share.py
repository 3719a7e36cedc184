"""The page of a period's share of time: the bar, the weeks, and the table beside them."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.kit.look import Kind, look
from ui.kit.share_chart import ShareBar, ShareColumns
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.fields import Chips, Choice
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import Card, Chip, Muted, PageTitle, SectionTitle, Words
from ui.kit.widgets.scroll import ScrollColumn

Option = tuple[object, str]
Row = tuple[str, str, str, str, bool]
"""Name, length, percent, entries, and whether it is a group's own line."""


class ShareView(QWidget):
    """Use of time over a period."""

    period = Signal(object)
    school = Signal(object)
    linked = Signal(str)

    def __init__(self, periods: Sequence[Option], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = PageTitle(_("Share of time"))
        self.about = Muted("")
        self.periods = Chips(periods, exclusive=True)
        self.periods.setAccessibleName(_("Period"))
        self.schools = Choice(name=_("Building"))
        self.buttons = {
            "reports": Button(_("Save or print"), "pdf", "primary"),
            "time": Button(_("Log"), "clock"),
        }
        self.bar = ShareBar(_("Share of each group"))
        self.columns = ShareColumns(_("Share of each group, week by week"))
        self._targets = QWidget()
        self._target_row = FlowLayout(self._targets, gap=8)
        self._table = QGridLayout()
        self.empty = EmptyState(
            "counts",
            _("Nothing logged in this period"),
            _(
                "Sign notes and groups as always, and log what is not about one student. The"
                " share builds itself."
            ),
        )
        self._build()

    def _build(self) -> None:
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(look().gap(4))
        words.addWidget(self.title)
        words.addWidget(self.about)
        head.addLayout(words, 1)
        beside = QWidget()
        row = FlowLayout(beside, gap=8)
        for key in ("time", "reports"):
            button = self.buttons[key]
            button.clicked.connect(partial(self.linked.emit, key))
            row.addWidget(button)
        head.addWidget(beside, 0, Qt.AlignmentFlag.AlignTop)
        sheet = ScrollColumn(_("Share of time"))
        sheet.body.addLayout(head)
        sheet.body.addWidget(self.periods)
        sheet.body.addWidget(self.schools, 0, Qt.AlignmentFlag.AlignLeft)
        self._content = QWidget()
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._content)
        self._beside.setContentsMargins(0, 0, 0, 0)
        self._beside.setSpacing(look().gap(24))
        shares = Card()
        shares.body.addWidget(SectionTitle(_("Share")))
        shares.body.addWidget(self.bar)
        shares.body.addWidget(self._targets)
        shares.body.addWidget(SectionTitle(_("Week by week")))
        shares.body.addWidget(self.columns)
        self._beside.addWidget(shares, 5, Qt.AlignmentFlag.AlignTop)
        table = Card()
        table.body.addWidget(SectionTitle(_("By category")))
        self._table.setHorizontalSpacing(look().gap(16))
        self._table.setVerticalSpacing(look().gap(6))
        self._table.setColumnStretch(0, 1)
        table.body.addLayout(self._table)
        self._beside.addWidget(table, 4, Qt.AlignmentFlag.AlignTop)
        sheet.body.addWidget(self._content)
        sheet.body.addWidget(self.empty, 1)
        sheet.body.addStretch(0)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(sheet)
        self.periods.chosen.connect(self.period)
        self.schools.chosen.connect(self.school)
        self.empty.hide()

    def offer_schools(self, schools: Sequence[Option]) -> None:
        """Offer buildings; one alone is not asked for."""
        with QSignalBlocker(self.schools):
            self.schools.set_options(schools)
        self.schools.setVisible(len(schools) > 2)

    def show_targets(self, targets: Sequence[tuple[str, bool]]) -> None:
        """Show each target and whether it is met."""
        while (item := self._target_row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for words, met in targets:
            self._target_row.addWidget(
                Chip(words, Kind.GOOD if met else Kind.WARN, "check" if met else "alert")
            )
        self._targets.setVisible(bool(targets))

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show groups and their categories with their numbers."""
        while (item := self._table.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        titles = (_("Category"), _("Time"), _("Share"), _("Entries"))
        for column, title in enumerate(titles):
            self._cell(0, column, Muted(title))
        for place, (*cells, strong) in enumerate(rows, 1):
            for column, text in enumerate(cells):
                self._cell(place, column, Words(str(text), bold=bool(strong)))

    def _cell(self, row: int, column: int, words: Words) -> None:
        if column:
            words.setWordWrap(False)
            words.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignTop)
        self._table.addWidget(words, row, column)

    def show_content(self, *, on: bool) -> None:
        """Show the charts, or that there is nothing."""
        self._content.setVisible(on)
        self.empty.setVisible(not on)
        self.buttons["reports"].setEnabled(on)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the table under the charts where the page is narrow."""
        super().resizeEvent(event)
        wide = self.width() >= look().px(860)
        self._beside.setDirection(
            QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        )
