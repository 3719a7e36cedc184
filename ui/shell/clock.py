"""Tells when this computer's clock stands behind what was written before."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.kernel.words import _
from ui.kit.dates import shown_moment
from ui.kit.room import Context, TodayLine

if TYPE_CHECKING:
    from app.bootstrap import Desk
    from app.kernel.clock import Moment
    from ui.kit.notices import Notices

_LOOK_EVERY_MS = 60_000


class ClockWatch(QObject):
    """Looks every minute whether the clock was set back, and says so once."""

    changed = Signal()
    """The clock stands behind now, or does no more."""

    def __init__(self, desk: "Desk", notices: "Notices", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._notices = notices
        self._behind = False
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Look at the clock; say it when it was set back."""
        latest = self._desk.clock_behind()
        if (latest is not None) is self._behind:
            return
        self._behind = latest is not None
        if latest is not None:
            self._notices.say(said(self._desk.clock.now(), latest), kind="warn")
        self.changed.emit()


def said(now: "Moment", latest: "Moment") -> str:
    """Return the warning."""
    return _(
        "This computer's clock says {now}, which is earlier than the last entry ({latest})."
    ).format(now=shown_moment(now.wall()), latest=shown_moment(latest.wall()))


def today_line(context: Context) -> list[TodayLine]:
    """Return the line of Today that warns of the clock; one key says that it is right."""
    desk = context.desk
    latest = desk.clock_behind()
    if latest is None:
        return []
    return [
        TodayLine(
            id="clock-behind",
            rank=1,
            icon="clock",
            title=said(desk.clock.now(), latest),
            detail=_(
                "Set the clock. What is written meanwhile is marked and keeps its place. If the"
                " clock is right now, press D."
            ),
            when="",
            page="settings",
            subject="",
            done=None if desk.records.read_only else desk.trust_clock,
            done_label=_("The clock is right"),
            late=True,
        )
    ]
