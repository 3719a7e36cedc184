"""A goal: its points as a picture with the numbers under it, and what was decided."""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout

from app.kernel.words import _
from ui.kit.chart import LineChart, Marker, Point, Series
from ui.kit.look import look
from ui.kit.widgets.headings import Card, Words
from ui.kit.widgets.records import RecordView


class GoalView(RecordView):
    """The record of a goal."""

    def __init__(self, actions: Sequence[tuple[str, str, str]]) -> None:
        super().__init__(actions, _("Points, phases and decisions"), _("Goal"))
        self.chart = LineChart(_("Progress"))
        self.proposal = Words("", bold=True)
        self.picture = Card()
        self.picture.body.addWidget(self.proposal)
        self.picture.body.addWidget(self.chart)
        column = self.history.parentWidget()
        layout = column.layout() if column is not None else None
        if isinstance(layout, QVBoxLayout):
            layout.insertWidget(2, self.picture)
        self.history.setMinimumHeight(look().px(260))

    def show_chart(
        self,
        series: Sequence[Series],
        goal: tuple[Point, Point],
        phases: Sequence[Marker],
        proposal: str,
    ) -> None:
        """Show the points, the goal line and the phases, and what the points speak for."""
        self.proposal.setText(proposal)
        self.chart.show_data(series, goal, phases)
