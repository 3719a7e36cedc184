"""One place: where it is, whose key opens what goes there, and what can be done about it."""

from collections.abc import Callable
from functools import partial

from app.features.outbox.commands import PauseDestination, RemoveDestination, ResumeDestination
from app.features.outbox.model.records import PlaceLine
from app.features.outbox.model.rules import SECRETS
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.words import _, ngettext
from app.overviews.reports.wording import spoken_moment
from app.phrases.outbox import CARRIERS, ENTRIES
from ui.features.outbox.presenter.asking import ask_place, ask_secret
from ui.features.outbox.presenter.courier import courier_of
from ui.features.outbox.presenter.outbox import place_entry
from ui.kit.one_record import RecordPage
from ui.kit.room import Context
from ui.kit.widgets.dialogs import ask
from ui.kit.widgets.records import Fact, RecordShown, RecordView


class PlacePage(RecordPage[PlaceLine]):
    """One place that summaries are sent to."""

    heeded = frozenset({Kind.OUTBOX})
    otherwise = ("outbox", "places")

    def __init__(self, context: Context) -> None:
        super().__init__(
            context,
            RecordView(
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
            ),
        )
        self.view.show_history(())
        self._tried: set[str] = set()
        """The places whose connection is being tested."""

    def _source(self) -> Callable[[], PlaceLine | None]:
        outbox, place = self.context.desk.outbox, self.subject
        return lambda: next(
            (line for line in outbox.destinations() if line.destination.id == place), None
        )

    def _show(self, line: PlaceLine) -> None:
        place = line.destination
        self.view.show_record(
            RecordShown(
                title=place.label,
                line=_(CARRIERS[place.carrier]),
                chips=place_entry(line).chips,
                facts=tuple(fact for fact in _facts(line) if fact.text),
            )
        )
        self.view.buttons["test"].setEnabled(place.id not in self._tried)
        offered = ["test", "resume" if place.paused else "pause"]
        if SECRETS[place.carrier]:
            offered.append("secret")
        if not place.district:
            offered += ["edit", "remove"]
        self.view.offer(*offered)

    def _act(self, name: str, line: PlaceLine) -> None:
        place = line.destination
        places = self.context.desk.outbox.places
        if name == "test":
            self._trying(place.id, on=True)
            self.context.tasks.long(
                lambda _progress: self.context.desk.outbox.try_place(place.id),
                partial(self._reached, place.id, place.label),
                partial(self._not_reached, place.id),
                owner=self,
            )
        elif name == "edit":
            ask_place(self.context, self.asker, self, self._changed, place)
        elif name == "secret":
            ask_secret(self.context, self.asker, self, place, self._changed)
        elif name == "remove" and line.waiting:
            self.context.say(Refused("place-has-waiting", count=line.waiting))
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

    def _trying(self, place: str, *, on: bool) -> None:
        (self._tried.add if on else self._tried.discard)(place)
        if place == self.subject:
            self.view.buttons["test"].setEnabled(not on)

    def _not_reached(self, place: str, error: Exception) -> None:
        self._trying(place, on=False)
        self.context.say(error)

    def _reached(self, place: str, label: str, _none: None) -> None:
        self._trying(place, on=False)
        self.context.notices.say(_("{place} can be reached.").format(place=label))

    def _write(self, work: Callable[[], Changed]) -> None:
        self.context.tasks.write(work, self._changed, self.context.say, owner=self)

    def _changed(self, *_made: object) -> None:
        self.found = None
        self.reload()
        courier_of(self.context).look()


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
