"""The outbox: what is to leave is sealed once and kept until it is there, provably."""

from collections.abc import Callable
from random import SystemRandom
from typing import TYPE_CHECKING

from app.features.outbox.commands import (
    CancelParcel,
    PauseParcel,
    ResendParcel,
    ResumeParcel,
    SendSummary,
)
from app.features.outbox.model.course import Reach, Step, after, may
from app.features.outbox.model.records import (
    Asked,
    Destination,
    Event,
    Parcel,
    ParcelLine,
    PlaceLine,
    Prepared,
)
from app.features.outbox.model.rules import GROUND_ENDED, accepted_period
from app.features.outbox.repo.book import PAGE, OutboxBook, OutboxKeeper
from app.features.outbox.service.ground import Ground
from app.features.outbox.service.places import Places
from app.features.outbox.service.sealing import Neighbours, Sealer, Wanted
from app.features.outbox.service.sending import Sending
from app.features.outbox.service.standing import StandingSummaries
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Clock
from app.kernel.documents import SummaryKind
from app.kernel.errors import Refused
from app.kernel.ports import Begin, Read, Seat
from app.sync.destinations import reach
from app.sync.parcels import Reach as Reaching

if TYPE_CHECKING:
    from app.sync.engine import Engine, Network

__all__ = ["Asking", "Neighbours", "OutboxService"]


Asking = tuple[str, str, str, str, int]
"""A place's id and label, a reason and its facts (JSON), and how many parcels wait for a person."""


class OutboxService:
    """What people ask of the outbox; `sending` is what the engine asks of it."""

    def __init__(
        self,
        begin: Begin,
        working: Begin,
        read: Read,
        *,
        seat: Callable[[], Seat],
        clock: Clock,
        neighbours: Neighbours,
    ) -> None:
        self._begin = begin
        self._read = read
        self._seat = seat
        self._clock = clock
        self._neighbours = neighbours
        self._sealer = Sealer(seat, neighbours)
        self.ground = Ground()
        self.places = Places(begin, working)
        self.sending = Sending(working, seat, neighbours, self._sealer)
        self._standing = StandingSummaries(
            begin,
            working,
            read,
            seat=seat,
            neighbours=neighbours,
            sealer=self._sealer,
            ground=self.ground,
        )

    def sender(self, network: "Network", reach: Reaching = reach) -> "Engine":
        """Return what carries parcels to their places and brings receipts back."""
        from app.sync.engine import Engine

        return Engine(self.sending, reach, self._clock, SystemRandom().random, network)

    def try_place(self, place_id: str, reach: Reaching = reach) -> None:
        """Open the way to a place and look into it, writing nothing; raise why that fails."""
        there = reach(*self.places.opening(place_id))
        try:
            there.names("")
        finally:
            there.close()

    def prepare(self) -> Prepared:
        """Make ready what is due by now: enrolments and standing summaries."""
        return self._standing.prepare(self._clock.now())

    def take_over(self) -> None:
        """Keep the places of the district's file as it counts now, and none it does not name."""
        self._standing.take_over()

    # -- what a person sends ---------------------------------------------------------

    def send(self, command: SendSummary) -> Changed:
        """Seal a summary for a place, write into the log that it leaves, and queue it.

        All of it or nothing: what the gate refuses is not sealed, and what waits here has
        its disclosure.
        """
        period = accepted_period(command.kind, command.period)
        if command.kind is SummaryKind.ENROLMENT:
            raise Refused("summary-not-asked", "kind")
        if command.kind is SummaryKind.STUDENT and not command.student_id:
            raise Refused("summary-needs-student", "student")
        with self._read() as reader:
            place = OutboxBook(reader).get(Destination, command.place_id)
        if place is None or place.removed:
            raise Refused("outbox-place-gone", "place")
        self._sealer.may_leave(command.kind, place)
        recipient = " ".join(command.recipient.split()) or self._called(place)
        made_of = self._neighbours.make(
            Asked(
                command.kind,
                period,
                command.student_id,
                recipient,
                command.choices,
                command.terms,
                " ".join(command.purpose.split()),
                self._sealer.to_district(place),
            )
        )
        wanted = Wanted(
            recipient,
            command.purpose,
            command.terms,
            self._sealer.recipients(place),
            student_id=command.student_id,
        )
        with self._begin() as tx:
            keeper = OutboxKeeper(tx)
            made = self._sealer.put_in(keeper, place, made_of, wanted)
            facts = {
                "place": place.id,
                "kind": made.kind.value,
                "period": made.period,
                "revision": made.revision,
                "sha256": made.name,
            }
            keeper.journal("SendSummary", Parcel, made.id, facts)
        return Changed.only(Kind.OUTBOX, Kind.DISCLOSURE, made=made.id)

    def _called(self, place: Destination) -> str:
        """Return who receives what goes to a place: of the district's places, the district."""
        district = self._neighbours.district() if place.district else None
        return place.label if district is None else district.name

    # -- what a person does about a parcel -------------------------------------------

    def pause(self, command: PauseParcel) -> Changed:
        """Hold a parcel back; refuse one that its place was told of."""
        return self._take_step(command.parcel_id, Step.PAUSE, "PauseParcel", "parcel-cannot-pause")

    def resume(self, command: ResumeParcel) -> Changed:
        """Let a parcel that was held back go on, now."""
        return self._take_step(
            command.parcel_id, Step.RESUME, "ResumeParcel", "parcel-cannot-resume"
        )

    def resend(self, command: ResendParcel) -> Changed:
        """Send the same sealed bytes once more, now; refuse where they are no longer kept."""
        return self._take_step(
            command.parcel_id, Step.RESEND, "ResendParcel", "parcel-cannot-resend"
        )

    def cancel(self, command: CancelParcel) -> Changed:
        """Take a parcel back; where it was never tried, the log says that nothing left.

        One that was tried may lie at its place, sealed and named by nobody: its disclosure
        stands.
        """
        return self._take_step(
            command.parcel_id, Step.CANCEL, "CancelParcel", "parcel-cannot-cancel"
        )

    def _take_step(self, parcel_id: str, step: Step, what: str, cannot: str) -> Changed:
        with self._read() as reader:
            line = OutboxBook(reader).line(parcel_id)
        if line is None:
            raise Refused("parcel-gone")
        with self._begin() as tx:
            keeper = OutboxKeeper(tx)
            state, reach, _code, kept = keeper.states([parcel_id])[parcel_id]
            new = after(state, step)
            if new is None or not may(state, step, reach, kept=kept):
                if not kept and step in {Step.RESEND, Step.RESUME}:
                    raise Refused("parcel-let-go")
                if reach >= Reach.NAMED.number and step in {Step.PAUSE, Step.CANCEL}:
                    raise Refused("parcel-too-late")
                raise Refused(cannot)
            if (
                step in {Step.RESUME, Step.RESEND}
                and reach == Reach.AWAY.number
                and not self._neighbours.may_still_leave(tx, line.parcel.disclosures)
            ):
                raise Refused(GROUND_ENDED)
            keeper.set_state(parcel_id, state=new.value, ask=0, code="", facts="{}")
            if step in {Step.RESUME, Step.RESEND}:
                keeper.set_state(parcel_id, due=tx.now.at)
            if step is Step.RESEND and reach != Reach.PLACED.number:
                keeper.set_state(parcel_id, reach=Reach.AWAY.number)
            if step is Step.CANCEL and line.parcel.disclosures and keeper.never_tried(parcel_id):
                self._neighbours.not_left(tx, line.parcel.disclosures, "sending-cancelled")
            keeper.happened(parcel_id, step)
            keeper.journal(what, Parcel, parcel_id, {"state": new.value}, {"state": state.value})
        return Changed.only(Kind.OUTBOX, Kind.DISCLOSURE, made=parcel_id)

    # -- looking ---------------------------------------------------------------------

    def waiting(self, offset: int = 0, limit: int = PAGE) -> list[ParcelLine]:
        """Return a page of what has still to leave, what needs a person first."""
        with self._read() as reader:
            return OutboxBook(reader).waiting(offset, limit)

    def left(self, offset: int = 0, limit: int = PAGE) -> list[ParcelLine]:
        """Return a page of what has left or was taken back, the newest first."""
        with self._read() as reader:
            return OutboxBook(reader).left(offset, limit)

    def counts(self) -> tuple[int, int]:
        """Return how many parcels of one's own wait, and how many do not any more."""
        with self._read() as reader:
            return OutboxBook(reader).counts()

    def parcel(self, parcel_id: str) -> tuple[ParcelLine, tuple[Event, ...]]:
        """Return a parcel and what became of it, the earliest first."""
        with self._read() as reader:
            book = OutboxBook(reader)
            line = book.line(parcel_id)
            if line is None:
                raise Refused("parcel-gone")
            return line, tuple(book.events(parcel_id))

    def destinations(self) -> list[PlaceLine]:
        """Return the places that are on the list, and how it stands with each."""
        with self._read() as reader:
            return OutboxBook(reader).places()

    def asking(self) -> list[Asking]:
        """Return what a person must do something about, by place and reason."""
        with self._read() as reader:
            return [tuple(row) for row in OutboxBook(reader).asking()]

    def next_due(self) -> str:
        """Return when something is to be sent next by itself (UTC text); empty: nothing waits."""
        with self._read() as reader:
            return OutboxBook(reader).next_due()
