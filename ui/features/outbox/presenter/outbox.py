"""The page of the outbox."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer

from app.features.outbox.model.records import ParcelLine, PlaceLine
from app.features.outbox.service import Asking
from app.kernel.changes import Kind
from app.kernel.errors import CasewellError
from app.kernel.words import _, ngettext
from app.overviews.reports.wording import spoken_moment
from app.phrases import sentence, sentence_of
from app.phrases.outbox import (
    CARRIERS,
    spoken_kind,
    spoken_next,
    spoken_parcel,
    spoken_state,
    spoken_why,
)
from app.sync.parcels import State
from ui.features.outbox.presenter.asking import ask_place, ask_summary, said_queued, shown_period
from ui.features.outbox.presenter.courier import Went, courier_of, due_in_words
from ui.features.outbox.view.outbox import LEFT, PLACES, WAITING, OutboxView
from ui.kit.look import Kind as Mark
from ui.kit.notices import NoticeKind
from ui.kit.paged import RecordsPage
from ui.kit.room import Context
from ui.kit.widgets.lists import Entry

MARKS = {
    State.SENDING: Mark.ACCENT,
    State.DELIVERED: Mark.GOOD,
    State.ACKNOWLEDGED: Mark.GOOD,
    State.FAILED: Mark.WARN,
}


class OutboxPage(RecordsPage):
    """What waits, what left, where it goes; and the one button that sends."""

    heeded = frozenset({Kind.OUTBOX, Kind.DISTRICT})
    view: OutboxView

    def __init__(self, context: Context) -> None:
        super().__init__(context, OutboxView())
        self._courier = courier_of(context)
        self._places = 0
        self._asked_now = False
        self._just_queued = False
        view, courier = self.view, self._courier
        view.asked.connect(self.send_now)
        view.started.connect(self._start)
        view.linked.connect(self._link)
        view.list.opened.connect(self._open)
        view.busy.cancelled.connect(courier.cancel)
        courier.began.connect(partial(view.sending, on=True))
        courier.progressed.connect(view.busy.report)
        courier.ended.connect(self._ended)

    def show_subject(self, subject: str) -> None:
        """Show a part by its name; `now`, `send` and `add` do at once what they say."""
        if subject in {WAITING, LEFT, PLACES}:
            self.view.parts.set_value(subject)
        elif subject == "now":
            QTimer.singleShot(0, self, self.send_now)
        elif subject == "send":
            QTimer.singleShot(0, self, self.ask_send)
        elif subject == "add":
            QTimer.singleShot(0, self, self.ask_place)

    def reload(self) -> None:
        """Ask the source again, and how it stands with everything."""
        super().reload()
        outbox = self.context.desk.outbox
        self.context.tasks.read(
            lambda: (outbox.asking(), outbox.next_due(), len(outbox.destinations())),
            self._stands,
            self.context.say,
            key="outbox-stands",
            owner=self,
        )

    def _stands(self, found: tuple[list[Asking], str, int] | None) -> None:
        if found is None:
            return
        import json

        asking, due, places = found
        if places != self._places:
            self._places = places
            if not self.view.empty.isHidden():
                self._say_empty()  # the list was read before it was known that there are any
        self.view.show_trouble(
            [
                _("{place}: {why}").format(place=label, why=spoken_why(code, json.loads(facts)))
                for _place, label, code, facts, _count in asking
            ]
        )
        now = self.context.desk.clock.now()
        self.view.show_next(due_in_words(due, now) if due else "")
        self.view.sending(on=self._courier.running)
        self.view.can_send("" if places else _("No place to send to yet"))

    # -- sending ---------------------------------------------------------------------

    def send_now(self) -> None:
        """Send everything that waits."""
        self._asked_now = True
        self._courier.send_now()

    def _ended(self, came: Went | Exception) -> None:
        self.view.sending(on=False)
        asked, self._asked_now = self._asked_now, False
        queued, self._just_queued = self._just_queued, False
        arrived = isinstance(came, Went) and any(at.delivered for at in came.outcome.places)
        if not (asked or (queued and arrived)):
            return
        if isinstance(came, Went):
            kind: NoticeKind = "trouble" if came.outcome.troubles else "done"
            self.context.notices.say(_what_came(came), kind=kind)
        elif isinstance(came, CasewellError) and came.code != "cancelled":
            self.context.notices.say(sentence(came), kind="trouble")
        if self.isVisible():
            self.reload()

    # -- asking ----------------------------------------------------------------------

    def _link(self, name: str) -> None:
        if name == "send":
            self.ask_send()
        else:
            self.ask_place()

    def _start(self) -> None:
        if self._places and self.part() != PLACES:
            self.ask_send()
        else:
            self.ask_place()

    def ask_send(self) -> None:
        """Ask which summary is to be sent; first for a place, where there is none."""
        self.context.tasks.read(
            self.context.desk.outbox.destinations, self._ask_send, self.context.say, owner=self
        )

    def _ask_send(self, places: list[PlaceLine]) -> None:
        if not places:
            self.ask_place()
            return
        ask_summary(self.context, self.asker, self, places, self._queued)

    def _queued(self, _parcel: str) -> None:
        self._just_queued = True
        self.context.notices.say(said_queued())
        self.view.parts.set_value(WAITING)
        self.reload()
        self._courier.look()

    def ask_place(self) -> None:
        """Ask for a new place."""
        ask_place(
            self.context, self.asker, self, lambda place: self.context.go("destination", place)
        )

    def _open(self, entry: Entry) -> None:
        self.context.go("destination" if self.part() == PLACES else "parcel", entry.id)

    # -- the lists -------------------------------------------------------------------

    def source(self) -> tuple[Callable[[int, int], Sequence[Any]], Callable[[], int]]:
        """Read the part that is shown."""
        outbox = self.context.desk.outbox
        if self.part() == PLACES:
            return (
                lambda offset, limit: outbox.destinations()[offset : offset + limit],
                lambda: len(outbox.destinations()),
            )
        if self.part() == LEFT:
            return outbox.left, lambda: outbox.counts()[1]
        return outbox.waiting, lambda: outbox.counts()[0]

    def told(self, count: int) -> str:
        """Return how many there are; where there are none, what will stand here."""
        if not count:
            self._say_empty()
        if self.part() == PLACES:
            return ngettext("{count} place", "{count} places", count).format(count=count)
        if self.part() == LEFT:
            return ngettext(
                "{count} summary, newest first", "{count} summaries, newest first", count
            ).format(count=count)
        return ngettext("{count} summary waits", "{count} summaries wait", count).format(
            count=count
        )

    def _say_empty(self) -> None:
        if self.part() == PLACES or not self._places:
            self.view.show_empty(
                _("No place to send to yet"),
                _(
                    "What leaves this desk goes to places: your district’s, once you load its"
                    " file, or your own, such as a stick or a share. It is encrypted first,"
                    " so that only whoever has the key can read it there."
                ),
                _("Add a place"),
            )
        elif self.part() == LEFT:
            self.view.show_empty(
                _("Nothing has left yet"),
                _(
                    "Each summary that was sent stands here: to whom, when, why, and whether its"
                    " receipt has come."
                ),
                _("Send a summary"),
            )
        else:
            self.view.show_empty(
                _("Nothing waits"),
                _(
                    "What is to leave waits here until its place can be reached, also over a"
                    " restart. It is sent by itself, once."
                ),
                _("Send a summary"),
            )

    def entry(self, line: Any) -> Entry:
        """Return a parcel or a place as the list shows it."""
        if isinstance(line, PlaceLine):
            return place_entry(line)
        return self._parcel(line)

    def _parcel(self, line: ParcelLine) -> Entry:
        parcel = line.parcel
        what = spoken_kind(parcel.kind)
        about = line.student or shown_period(parcel.period)
        title = _("{what}: {about}").format(what=what, about=about) if about else what
        now = self.context.desk.clock.now()
        where = (
            _("To {recipient} by way of {place}").format(
                recipient=parcel.recipient, place=line.place
            )
            if parcel.recipient != line.place
            else _("To {place}").format(place=line.place)
        )
        if line.state is State.FAILED or (line.state is State.QUEUED and line.place_paused):
            lines = [spoken_parcel(line), spoken_next(line, now), where]
        else:
            lines = [where, parcel.purpose]
        return Entry(
            parcel.id,
            title,
            " · ".join(text for text in lines if text),
            spoken_moment(parcel.made),
            "send",
            ((spoken_state(line.state), MARKS.get(line.state, Mark.PLAIN)),),
            subject=line,
        )


def place_entry(line: PlaceLine) -> Entry:
    """Return a place as the list shows it."""
    place = line.destination
    chips: list[tuple[str, str]] = []
    if place.paused:
        chips.append((_("Paused"), Mark.PLAIN))
    if line.failed:
        chips.append((_("Needs you"), Mark.WARN))
    if place.district:
        chips.append((_("Your district’s"), Mark.ACCENT))
    sent = line.delivered + line.acknowledged
    return Entry(
        place.id,
        place.label,
        " · ".join(
            (
                _(CARRIERS[place.carrier]),
                ngettext("{count} waits", "{count} wait", line.waiting).format(count=line.waiting),
                ngettext("{count} delivered", "{count} delivered", sent).format(count=sent),
            )
        ),
        "",
        "place",
        tuple(chips),
        subject=line,
    )


def _what_came(went: Went) -> str:
    """Return what a run came to, in a sentence or two."""
    delivered = sum(at.delivered for at in went.outcome.places)
    lines = [
        ngettext("{count} summary delivered.", "{count} summaries delivered.", delivered).format(
            count=delivered
        )
        if delivered
        else _("Nothing was delivered.")
        if went.outcome.troubles or went.waiting
        else _("Nothing is left to send.")
    ]
    codes = dict.fromkeys(at.trouble.code for at in went.outcome.troubles if at.trouble)
    lines += [sentence_of(code, {}) for code in (*codes, *went.prepared.held)]
    return " ".join(lines)
