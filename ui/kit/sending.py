"""Sending what a page shows: the page says what would leave, whoever sends asks for the rest.

The two do not know each other: they meet at the one `Sending` of the opened vault.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from app.kernel.changes import Changed, Kind
from app.kernel.documents import SummaryKind
from app.kernel.ids import StudentId
from app.kernel.releases import NO_GROUND, Terms
from app.kernel.words import _
from ui.kit.room import Context
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.headings import Muted


@dataclass(frozen=True, slots=True)
class Wish:
    """A summary as a page shows it: what of it is known before the rest is asked."""

    kind: SummaryKind
    period: str
    """As summaries have it: a month, or days with a slash between; empty: it is of now."""
    student: StudentId | None = None
    name: str = ""
    """What the student is called on the screen."""
    recipient: str = ""
    purpose: str = ""
    terms: Terms = NO_GROUND
    choices: Mapping[str, Any] = field(default_factory=dict)
    told: str = ""
    """What of it was chosen, in words."""
    sent: Callable[[], object] = lambda: None
    """Called once it is sealed and waits: what was typed for it need not be kept any more."""
    known_by: str = ""
    """What tells the student from another of that name."""


class Sending(QObject):
    """Where pages and whoever sends meet."""

    asked = Signal(object, object)
    """A `Wish`, and the page over which the rest is asked."""


def sending_of(context: Context) -> Sending:
    """Return the meeting place of the opened vault; it lives as long as the window around it."""
    home = context if isinstance(context, QObject) else context.tasks
    found = home.findChild(Sending, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return found or Sending(home)


def send_button() -> Button:
    """Return the button that sends; it stays hidden until there is a place to send to."""
    button = Button(_("Send …"), "send")
    button.setToolTip(_("Seal what is shown as data, and send it to a place"))
    button.hide()
    return button


def send_line() -> Muted:
    """Return the line that stands for the button where there is no place to send to yet."""
    line = Muted(
        _(
            "To send this sealed, as data, there has to be a place: under Outbox choose Add a"
            " place, or load your district’s file under District."
        )
    )
    line.hide()
    return line


class SendHere(QObject):
    """Lets a page's button send what the page shows, or says what has to be there first.

    `wish` returns what would leave, or None after it has said at its field why nothing can.
    """

    def __init__(
        self,
        context: Context,
        page: QWidget,
        button: Button,
        line: Muted,
        wish: Callable[[], Wish | None],
    ) -> None:
        super().__init__(page)
        self._context = context
        self._page = page
        self._button = button
        self._line = line
        self._wish = wish
        self._can = True
        self._places: int | None = None
        button.clicked.connect(self.send)
        context.tasks.changed.connect(self._heed)

    @property
    def offered(self) -> bool:
        """Whether the page is in front and has something that can be sent to some place."""
        return self._can and bool(self._places) and self._page.isVisible()

    def look(self) -> None:
        """See whether there is a place; a page calls this when it comes to the front."""
        outbox = self._context.desk.outbox
        self._context.tasks.read(
            lambda: len(outbox.destinations()), self._found, self._context.say, owner=self
        )

    def suit(self, *, can: bool) -> None:
        """Say whether what the page shows can be sent at all: not everything is data too."""
        self._can = can
        self._show()

    def send(self) -> None:
        """Ask for the rest, over the page."""
        if self.offered and self._button.isEnabled():
            wish = self._wish()
            if wish is not None:
                sending_of(self._context).asked.emit(wish, self._page)

    def _heed(self, changed: Changed) -> None:
        if self._places is not None and changed.meets({Kind.OUTBOX, Kind.DISTRICT}):
            self.look()

    def _found(self, places: int) -> None:
        self._places = places
        self._show()

    def _show(self) -> None:
        self._button.setVisible(self._can and bool(self._places))
        self._line.setVisible(self._can and self._places == 0)


def send_shown(context: Context) -> bool:
    """Send what the page in front shows; False where there is nothing it could send."""
    home = context if isinstance(context, QObject) else context.tasks
    for here in home.findChildren(SendHere):
        if here.offered:
            here.send()
            return True
    return False
