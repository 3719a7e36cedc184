"""The page of the outbox: what waits, what left, where it goes, and the one button that sends."""

from collections.abc import Sequence

from app.kernel.words import _
from ui.kit.look import Kind
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.headings import Card, Words
from ui.kit.widgets.progress import BusyPanel
from ui.kit.widgets.records import RecordsView

WAITING, LEFT, PLACES = "waiting", "left", "places"


class OutboxView(RecordsView):
    """Lists of what waits, what left and the places; over them how the sending goes."""

    def __init__(self) -> None:
        start = Button("", "add", "primary")
        self.start = start
        super().__init__(
            _("Outbox"),
            (_("Send now"), "sync"),
            [(WAITING, _("Waiting")), (LEFT, _("Sent")), (PLACES, _("Places"))],
            EmptyState("sync", "", "", start),
            start,
            (("send", _("Send a summary"), "send"), ("add", _("Add a place"), "place")),
        )
        self._on = False
        self._cannot = ""
        self.next = Words("", ink="muted")
        self.trouble = Card(Kind.WARN)
        self.trouble_words = Words("")
        self.trouble.body.addWidget(self.trouble_words)
        self.busy = BusyPanel(
            _("Sending"), lambda done, of: _("{done} of {of} sent").format(done=done, of=of or "…")
        )
        place = self.column.indexOf(self.parts)
        for widget in (self.busy, self.trouble, self.next):
            self.column.insertWidget(place, widget)
        for widget in (self.next, self.trouble, self.busy):
            widget.hide()

    def show_empty(self, title: str, text: str, step: str) -> None:
        """Say what an empty part is for, and what begins it; without a step there is no button."""
        self.empty.say(title, text)
        self.start.setText(step)
        self.start.setVisible(bool(step))

    def show_next(self, text: str) -> None:
        """Say when something is sent by itself; nothing where nothing is."""
        self.next.setText(text)
        self.next.setVisible(bool(text) and not self._on)

    def show_trouble(self, lines: Sequence[str]) -> None:
        """Say at which places a person must do something, and what."""
        self.trouble_words.setText("\n".join(lines))
        self.trouble.setVisible(bool(lines) and not self._on)

    def can_send(self, reason: str) -> None:
        """Offer to send now; with a `reason` why not, say it at the button."""
        self._cannot = reason
        self.action.setEnabled(not self._on and not reason)
        self.action.setToolTip(reason)
        self.action.setAccessibleDescription(reason)

    def sending(self, *, on: bool) -> None:
        """Say that a run is under way, or over; what it may mend is not said meanwhile."""
        self._on = on
        self.action.setEnabled(not on and not self._cannot)
        self.next.setVisible(not on and bool(self.next.text()))
        self.trouble.setVisible(not on and bool(self.trouble_words.text()))
        if on:
            self.busy.start()
        else:
            self.busy.finish()
