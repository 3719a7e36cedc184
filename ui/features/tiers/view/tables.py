"""Numbers in rows under titles, and lists that stand among other things on a page."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from ui.kit.look import look
from ui.kit.widgets.headings import Muted, Words
from ui.kit.widgets.lists import CardList, Entry

_MOST_ROWS = 7


class NumberTable(QWidget):
    """A name and its numbers in each row; the last row may be the sum."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(look().gap(16))
        self._grid.setVerticalSpacing(look().gap(6))
        self._grid.setColumnStretch(0, 1)

    def show_rows(
        self, titles: Sequence[str], rows: Sequence[Sequence[str]], *, sums: bool = False
    ) -> None:
        """Show these rows; with `sums` the last of them stands out."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for column, title in enumerate(titles):
            self._cell(0, column, Muted(title))
        for place, row in enumerate(rows, 1):
            for column, text in enumerate(row):
                self._cell(place, column, Words(text, bold=sums and place == len(rows)))

    def _cell(self, row: int, column: int, words: Words) -> None:
        if column:
            words.setWordWrap(False)
            words.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(words, row, column)


class ShortList(CardList):
    """A list as high as what it holds, up to so many rows."""

    def __init__(self, name: str, *, expands: bool = False) -> None:
        super().__init__(name, expands=expands)
        look().changed.connect(self._fit)

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Show these entries, and take the room they need."""
        super().set_entries(entries)
        self._fit()

    def _fit(self) -> None:
        rows = min(max(1, self.entries.total()), _MOST_ROWS)
        self.setFixedHeight(rows * self.row_height() + look().px(8))
