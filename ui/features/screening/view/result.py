"""A screening's result: what it comes to, a picture of change, and the answers."""

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.kit.chart import Bar, BarRow
from ui.kit.look import look
from ui.kit.widgets.headings import Card, Muted, SectionTitle, Words
from ui.kit.widgets.records import RecordView


class ResultView(RecordView):
    """The record of a screening, with its scores over time and its answers under it."""

    def __init__(self, actions: Sequence[tuple[str, str, str]]) -> None:
        super().__init__(actions, _("Answers"), _("Screening"))
        self.change = Card()
        self.change_title = SectionTitle(_("Over time"))
        self.chart = BarRow(_("Score over time"))
        self.change.body.addWidget(self.change_title)
        self.change.body.addWidget(self.chart)
        self.answers = Card()
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(look().gap(16))
        self._grid.setVerticalSpacing(look().gap(4))
        self._grid.setColumnStretch(0, 3)
        self._grid.setColumnStretch(1, 2)
        self.answers.body.addWidget(SectionTitle(_("Answers")))
        self.answers.body.addLayout(self._grid)
        column = self.history.parentWidget()
        layout = column.layout() if column is not None else None
        if isinstance(layout, QVBoxLayout):
            place = layout.indexOf(self.history_title)
            layout.insertWidget(place, self.answers)
            layout.insertWidget(place, self.change)
        self.history.hide()
        self.history_title.hide()

    def show_change(
        self, points: Sequence[tuple[str, int | None, str]], most: int, scale: str
    ) -> None:
        """Show the score of each time: its day, the score, and the kind of mark."""
        bars = [Bar(day, score, kind) for day, score, kind in points if score is not None]
        self.change.setVisible(len(bars) > 1)
        self.change_title.setText(_("{scale} over time, of {most}").format(scale=scale, most=most))
        self.chart.set_bars(bars)

    def show_answers(self, answers: Sequence[tuple[str, str]]) -> None:
        """Show each item with its answer."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for row, (words, answer) in enumerate(answers):
            left: QWidget = Muted(words)
            self._grid.addWidget(left, row, 0)
            self._grid.addWidget(Words(answer), row, 1)
        self.answers.setVisible(bool(answers))
