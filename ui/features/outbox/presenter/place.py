"""One place: where it is, whose key opens what goes there, and what can be done about it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout

from app.features.outbox.commands import PauseDestination, RemoveDestination, ResumeDestination
from app.features.outbox.model.records import PlaceLine
from app.features.outbox.model.rules import SECRETS
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Moment
from app.kernel.words import _, ngettext
from app.overviews.reports.wording import spoken_moment
from app.phrases.outbox import CARRIERS, ENTRIES
from ui.features.outbox.presenter.asking import ask_place, ask_secret
from ui.features.outbox.presenter.courier import courier_of
from ui.features.outbox.presenter.outbox import place_entry
from ui.kit.asking import Asker
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.dialogs import ask
from ui.kit.widgets.records import Fact, RecordShown, RecordView


class PlacePage(PageWidget):
    """One place that summaries are sent to."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asker = Asker(context, self)
        self._id = ""
        self._line: PlaceLine | None = None
        self.view = RecordView(
            (
                ("test", _("Test the connection"), "sync"),
                ("resume", _("Send to it again"), "redo"),
                ("pause", _("Pause"), "stop"),
                ("secret", _("Replace what opens it"), "passphrase"),
                ("edit", _("Change"), "edit"),
                ("remove", _("Remove"), "delete"),
            ),
            _("What became of it"),
            _("Place"),
        )
        self.view.show_history(())
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self.view.acted.connect(self._act)

    def show_subject(self, subject: str) -> None:
        """Show the place with this id."""
        self._id = subject
        self._line = None

    def arrive(self) -> None:
        """Look again; without one there is nothing to show."""
        if not self._id:
            self._context.go("outbox", "places", instead=True)
            return
        self._reload()

    def heed(self, changed: Changed) -> None:
        """Look again when something went there."""
        if self._id and self.isVisible() and changed.meets({Kind.OUTBOX}):
            self._reload()

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self._asker.flush()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self._context.back()
        else:
            super().keyPressEvent(event)

    def _reload(self) -> None:
        self._context.tasks.read(
            self._context.desk.outbox.destinations,
            self._show,
            self._context.say,
            key="destination",
            owner=self,
        )

    def _show(self, lines: list[PlaceLine] | None) -> None:
        if lines is None:
            return
        found = [line for line in lines if line.destination.id == self._id]
        if not found:
            self._context.go("outbox", "places", instead=True)
            return
        fresh, self._line = self._line is None, found[0]
        line, place = found[0], found[0].destination
        self.view.show_record(
            RecordShown(
                title=place.label,
                line=_(CARRIERS[place.carrier]),
                chips=place_entry(line).chips,
                facts=tuple(fact for fact in _facts(line) if fact.text),
            )
        )
        offered = ["test", "resume" if place.paused else "pause"]
        if SECRETS[place.carrier]:
            offered.append("secret")
        if not place.district:
            offered += ["edit", "remove"]
        self.view.offer(*offered)
        if self.isVisible() and fresh:
            self.view.focus_first()

    def _act(self, name: str) -> None:
        line = self._line
        if line is None:
            return
        place = line.destination
        places = self._context.desk.outbox.places
        if name == "test":
            self._context.tasks.long(
                lambda _progress: self._context.desk.outbox.try_place(place.id),
                partial(self._reached, place.label),
                self._context.say,
                owner=self,
            )
        elif name == "edit":
            ask_place(self._context, self._asker, self, self._changed, place)
        elif name == "secret":
            ask_secret(self._context, self._asker, self, place, self._changed)
        elif name == "remove":
            if ask(
                self,
                _("Remove this place?"),
                _("What went there, and when, stays known. What opens it is forgotten."),
                _("Remove"),
            ):
                self._write(partial(places.remove, RemoveDestination(place.id)))
        else:
            work: Callable[[], Changed] = (
                partial(places.pause, PauseDestination(place.id))
                if name == "pause"
                else partial(places.resume, ResumeDestination(place.id))
            )
            self._write(work)

    def _reached(self, label: str, _none: None) -> None:
        self._context.notices.say(_("{place} can be reached.").format(place=label))

    def _write(self, work: Callable[[], Changed]) -> None:
        self._context.tasks.write(work, self._changed, self._context.say, owner=self)

    def _changed(self, *_made: object) -> None:
        self._line = None
        self._reload()
        courier_of(self._context).look()


def _facts(line: PlaceLine) -> list[Fact]:
    place = line.destination
    sent = line.delivered + line.acknowledged
    return [
        *(Fact(_(ENTRIES[name]), value) for name, value in place.options if name != "ca"),
        Fact(
            _("Opened there by"),
            "\n".join(place.recipients) or _("The keys of your district"),
        ),
        Fact(
            _("Waiting"),
            ngettext("{count} summary", "{count} summaries", line.waiting).format(
                count=line.waiting
            ),
        ),
        Fact(
            _("Delivered"),
            ngettext("{count} summary", "{count} summaries", sent).format(count=sent),
        ),
        Fact(
            _("Last delivered"),
            spoken_moment(Moment(line.reached_at, place.zone)) if line.reached_at else "",
        ),
    ]
