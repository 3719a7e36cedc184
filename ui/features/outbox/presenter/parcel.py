"""One summary that was sent: to whom, when, why, how far it has come, and its receipt."""

from collections.abc import Callable
from functools import partial

from app.features.outbox.commands import CancelParcel, PauseParcel, ResendParcel, ResumeParcel
from app.features.outbox.model.course import Step, may
from app.features.outbox.model.records import Event, ParcelLine, PlaceLine
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Moment
from app.kernel.documents import SummaryKind
from app.kernel.words import _
from app.overviews.reports.wording import spoken_fingerprint, spoken_moment
from app.phrases.outbox import (
    spoken_kind,
    spoken_next,
    spoken_parcel,
    spoken_reason,
    spoken_state,
    spoken_step,
)
from app.sync.parcels import State
from ui.features.outbox.presenter.asking import ask_summary, shown_period
from ui.features.outbox.presenter.courier import courier_of
from ui.features.outbox.presenter.outbox import MARKS
from ui.kit.look import Kind as Mark
from ui.kit.one_record import RecordPage
from ui.kit.room import Context
from ui.kit.widgets.dialogs import ask
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.records import Fact, RecordShown, RecordView

_Found = tuple[ParcelLine, tuple[Event, ...]]


class ParcelPage(RecordPage[_Found]):
    """One summary in the outbox."""

    heeded = frozenset({Kind.OUTBOX})
    otherwise = ("outbox",)

    def __init__(self, context: Context) -> None:
        super().__init__(
            context,
            RecordView(
                (
                    ("resume", _("Let it go on"), "redo"),
                    ("pause", _("Hold back"), "stop"),
                    ("resend", _("Send again"), "sync"),
                    ("afresh", _("Send a fresh one"), "send"),
                    ("cancel", _("Take back"), "undo"),
                    ("student", _("Open the student"), "student"),
                ),
                _("What became of it"),
                _("Summary that was sent"),
            ),
        )

    def _source(self) -> Callable[[], _Found]:
        return partial(self.context.desk.outbox.parcel, self.subject)

    def _show(self, found: _Found) -> None:
        line, events = found
        parcel = line.parcel
        about = line.student or shown_period(parcel.period)
        what = spoken_kind(parcel.kind)
        now = self.context.desk.clock.now()
        self.view.show_record(
            RecordShown(
                title=_("{what}: {about}").format(what=what, about=about) if about else what,
                line=" · ".join(
                    text for text in (spoken_parcel(line), spoken_next(line, now)) if text
                ),
                chips=((spoken_state(line.state), MARKS.get(line.state, Mark.PLAIN)),),
                facts=tuple(fact for fact in _facts(line) if fact.text),
            )
        )
        self.view.show_history(
            [
                Entry(
                    event.id,
                    spoken_step(event.what),
                    spoken_reason(event.code, event.facts),
                    when=spoken_moment(event.moment),
                    icon="history",
                )
                for event in reversed(events)
            ]
        )
        self.view.offer(*_offered(line))

    def _act(self, name: str, found: _Found) -> None:
        line, _events = found
        outbox, parcel = self.context.desk.outbox, line.parcel.id
        works: dict[str, Callable[[], Changed]] = {
            "pause": partial(outbox.pause, PauseParcel(parcel)),
            "resume": partial(outbox.resume, ResumeParcel(parcel)),
            "resend": partial(outbox.resend, ResendParcel(parcel)),
            "cancel": partial(outbox.cancel, CancelParcel(parcel)),
        }
        if name == "student":
            self.context.go("student", line.parcel.student_id or "")
        elif name == "afresh":
            self.context.tasks.read(
                outbox.destinations, self._ask_afresh, self.context.say, owner=self
            )
        elif name != "cancel" or ask(
            self,
            _("Take it back?"),
            _("It is not sent then. To send it after all, make a fresh one."),
            _("Take back"),
        ):
            self.context.tasks.write(works[name], self._done, self.context.say, owner=self)

    def _done(self, _changed: Changed) -> None:
        self.found = None
        self.reload()
        courier_of(self.context).look()

    def _ask_afresh(self, places: list[PlaceLine]) -> None:
        if self.found is not None and places:
            line, _events = self.found
            ask_summary(
                self.context,
                self.asker,
                self,
                places,
                lambda parcel: self.context.go("parcel", parcel, instead=True),
                line.parcel,
            )


def _offered(line: ParcelLine) -> list[str]:
    found = [
        name
        for name, step in (
            ("resume", Step.RESUME),
            ("pause", Step.PAUSE),
            ("resend", Step.RESEND),
            ("cancel", Step.CANCEL),
        )
        if may(line.state, step, line.reach, kept=line.kept)
    ]
    if line.state is State.QUEUED and "resend" in found:
        found.remove("resend")  # it is about to be sent anyway
    if not line.parcel.standing:
        found.append("afresh")
    if line.parcel.student_id:
        found.append("student")
    return found


def _facts(line: ParcelLine) -> list[Fact]:
    parcel = line.parcel

    def at(text: str) -> str:
        return spoken_moment(Moment(text, parcel.zone)) if text else ""

    return [
        Fact(_("To whom"), parcel.recipient),
        Fact(
            _("Why"),
            parcel.purpose
            if parcel.kind is not SummaryKind.ENROLMENT
            else _("It tells the district which desk this is. Nothing of a student is in it."),
        ),
        Fact(_("Place"), line.place if line.place != parcel.recipient else ""),
        Fact(_("Period"), shown_period(parcel.period)),
        Fact(_("Version"), str(parcel.revision)),
        Fact(_("Put into the outbox"), spoken_moment(parcel.made)),
        Fact(_("Delivered"), at(line.delivered_at)),
        Fact(_("Receipt"), at(line.acknowledged_at)),
        Fact(
            _("What exactly"),
            _("{bytes} bytes, SHA-256 {sha256}").format(
                bytes=f"{parcel.bytes:,}", sha256=spoken_fingerprint(parcel.name)
            ),
        ),
    ]
