"""The order of Tab: also through entries of several parts, which Qt's own `setTabOrder` skips.

Qt passes over a widget without a focus policy of its own and goes where its focus proxy
stands instead, which may be far away: Tab then runs in a circle and never reaches the
rest. Entries of several parts here have no proxy; they say their `stops`.
"""

from itertools import pairwise
from typing import Protocol, runtime_checkable

from PySide6.QtWidgets import QWidget


@runtime_checkable
class Stops(Protocol):
    """An entry of several parts."""

    def stops(self) -> tuple[QWidget, ...]:
        """Return the parts that take the focus, in the order of Tab."""
        ...


def tab_through(*widgets: QWidget) -> None:
    """Let Tab go through `widgets` one after another."""
    stops = [
        stop
        for widget in widgets
        for stop in (widget.stops() if isinstance(widget, Stops) else (widget,))
    ]
    for before, after in pairwise(stops):
        QWidget.setTabOrder(before, after)
