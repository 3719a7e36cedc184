"""The engine: brings what waits in the outbox to its places, and brings receipts back.

At each place, in this order: which place it is; whether it knows more of this desk than the
vault does, or less; the objects, several at once, each read back; the signed manifest, last, read
back; the receipts. Whatever is interrupted is done again with the same bytes under the same names.

What lies at a place, or does not lie there any more, deletes nothing here.
"""

import hashlib
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from app.kernel.clock import Clock, utc_text
from app.kernel.errors import Cancelled, Trouble
from app.kernel.ports import Progress, no_progress
from app.sync import manifest, receipts, target
from app.sync.parcels import EVER, Carrier, Destination, Manifest, Outbox, Parcel, Place, Reach
from app.sync.retry import CAP, Chance, pause
from app.sync.signed import Malformed
from app.sync.troubles import WHY, Next, SendingTrouble

SKEW = timedelta(minutes=5)
"""Beyond this the other side's clock is shown; nothing is ordered by it."""

_ALL = 10_000
"""Parcels that are looked at in one go."""

_BATCH = 100
"""Parcels that begin with one durable commit and are placed with another."""

_PATIENCE_WITH_ONE = 3
"""Parcels that may fail one after another before the place itself counts as in trouble."""

_OF_ONE = frozenset(
    {
        "sending-cut",
        "sending-differs",
        "sending-missing",
        "sending-refused",
        "sending-server-error",
    }
)
"""What may be the matter with one parcel alone, so that the next is tried all the same."""

_HEALS = frozenset({"sending-sign-in", "sending-folder-gone", "sending-full"})
"""What a person is told of and may mend without telling us: it is also tried by itself."""

_ALMOST_EVER = "9999-12-31T00:00:00.000Z"
"""Later than every due but those that wait for a person."""

_COUNTED = re.compile(r"([0-9]{10})\.json")


class Network(Protocol):
    """What the computer knows of its network."""

    def up(self) -> bool:
        """Tell whether there is one; True when unknown."""
        ...

    def metered(self) -> bool:
        """Tell whether its bytes are counted."""
        ...

    def captive(self) -> bool:
        """Tell whether it wants a sign-in first."""
        ...


@runtime_checkable
class TellsTime(Protocol):
    """A destination whose other side has a clock."""

    def server_time(self) -> datetime | None:
        """Return what that clock shows; None before it has told."""
        ...


@runtime_checkable
class ReadsBack(Protocol):
    """A destination that reads back what it writes in fewer steps than by asking for it anew."""

    def put_checked(self, path: str, data: bytes) -> bool:
        """Write `data` at `path`, read it back, and tell whether it is right."""
        ...


@dataclass(frozen=True, slots=True)
class At:
    """What came of a run at one place."""

    place: str
    placed: int = 0
    delivered: int = 0
    receipts: int = 0
    trouble: SendingTrouble | None = None
    """Why not everything went; its `next` says what follows."""
    due: str = ""
    """When it is tried again by itself (UTC text); empty when nothing is left to try."""
    damaged: tuple[str, ...] = ()
    """Ids of parcels whose bytes the outbox could not give."""
    doubtful: tuple[int, ...] = ()
    """Counters of receipts that were there and were not taken in."""
    drift: timedelta | None = None
    """How far the other side's clock is ahead, when that is more than `SKEW` either way."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run."""

    places: tuple[At, ...] = ()

    @property
    def troubles(self) -> tuple[At, ...]:
        """Places at which something is left to do."""
        return tuple(at for at in self.places if at.trouble is not None)


@dataclass(slots=True)
class _Turn:
    """How a place has fared in this process."""

    failures: int = 0
    code: str = ""
    until: float = 0.0
    """On the steady clock: a wall clock may be set back by a day."""
    latest: str = ""
    """The latest due that was written down since it last went well."""
    first: bool = True
    met: str = ""
    """The target whose manifests were looked through."""
    looked: float | None = None
    """When receipts were last looked for."""
    unsaid: str = ""
    """What came in the way of that, where nothing waited."""
    taken: set[int] = field(default_factory=set)


@dataclass(slots=True)
class _Tally:
    placed: int = 0
    delivered: int = 0
    receipts: int = 0
    trouble: SendingTrouble | None = None
    due: str = ""
    damaged: list[str] = field(default_factory=list)
    doubtful: list[int] = field(default_factory=list)
    drift: timedelta | None = None


class Engine:
    """Sends and fetches, a run at a time; the outbox is only ever called from the caller's thread."""

    def __init__(
        self,
        outbox: Outbox,
        reach: Reach,
        clock: Clock,
        chance: Chance,
        network: Network,
        *,
        hands: int = 6,
        settle: float = 1.0,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        """`hands` objects go at once; `settle` are the seconds before what is half is read again."""
        self._outbox = outbox
        self._reach = reach
        self._clock = clock
        self._chance = chance
        self._network = network
        self._hands = hands
        self._settle = settle
        self._steady = steady
        self._turns: dict[str, _Turn] = {}
        self._running = threading.Lock()

    def network_up(self) -> None:
        """Forget how long to wait: a network has come, or another one."""
        # A copy: a run may be meeting another place just now.
        for turn in list(self._turns.values()):
            turn.failures, turn.until, turn.first, turn.looked = 0, 0.0, True, None

    def run_once(
        self, progress: Progress = no_progress, *, forced: bool = False, only: str = ""
    ) -> Outcome:
        """Send what is due at every place (or `only` at one), and take in receipts.

        `forced`: a person said to send now; nothing is put off, and a metered network is used.
        One place's trouble is in the outcome and stops no other. Raises Cancelled when
        `progress` does: what was read back by then is kept as placed.
        """
        found: list[At] = []
        broken: Exception | None = None
        with self._running:
            for place in self._outbox.places():
                if only and place.id != only:
                    continue
                try:
                    at = self._at(place, progress, forced=forced)
                except Cancelled:
                    raise
                except Exception as error:  # noqa: BLE001 - raised once the other places had their turn
                    broken = broken or error
                    continue
                if at is not None:
                    found.append(at)
        if broken is not None:
            raise broken
        return Outcome(tuple(found))

    def _at(self, place: Place, progress: Progress, *, forced: bool) -> At | None:
        """Do all that is to be done at a place; None when there is nothing, or not yet."""
        turn = self._turns.setdefault(place.id, _Turn())
        if not forced and self._steady() < turn.until:
            return None
        # What was due when the wait was set is due now, whatever the wall clock has done since;
        # and what an earlier process put off is not put off again.
        now = max(self._clock.now().at, turn.latest)
        until = EVER if forced else _ALMOST_EVER if turn.first else now
        waiting = self._outbox.waiting(place.id, until, _ALL)
        to_send = bool(
            waiting
            or self._outbox.manifest(place.id) is not None
            or self._outbox.unmanifested(place.id)
        )
        if not to_send and not self._wants_receipts(place, turn, forced=forced):
            return None
        tally = _Tally()
        try:
            self._may(place, forced=forced)
            with self._open(place, tally) as there:
                self._visit(there, place, until, waiting, tally, progress)
        except SendingTrouble as trouble:
            if not to_send and not forced:
                # A stick that was pulled out once all was on it troubles nobody.
                turn.looked, turn.unsaid = self._steady(), trouble.code
                return None
            tally.trouble = trouble
            tally.due = self._put_off(place, turn, trouble, until)
        else:
            turn.failures, turn.until, turn.first = 0, 0.0, False
            turn.code = turn.unsaid = turn.latest = ""
        return At(
            place.id,
            tally.placed,
            tally.delivered,
            tally.receipts,
            tally.trouble,
            tally.due,
            tuple(tally.damaged),
            tuple(tally.doubtful),
            tally.drift,
        )

    def _may(self, place: Place, *, forced: bool) -> None:
        if place.address.carrier is Carrier.FOLDER:
            return
        if not self._network.up():
            raise SendingTrouble("sending-unreachable")
        if self._network.captive():
            raise SendingTrouble("sending-sign-in")
        if self._network.metered() and not forced:
            raise SendingTrouble("sending-metered")

    @contextmanager
    def _open(self, place: Place, tally: _Tally) -> Iterator[Destination]:
        there = self._reach(place.address, place.credentials)
        try:
            yield there
        finally:
            shown = None
            with suppress(OverflowError, ValueError, OSError):  # a clock beyond all calendars
                shown = there.server_time() if isinstance(there, TellsTime) else None
            there.close()
            if shown is not None:
                ahead = shown - self._clock.now().instant()
                tally.drift = ahead if abs(ahead) > SKEW else None

    def _visit(
        self,
        there: Destination,
        place: Place,
        until: str,
        waiting: Sequence[Parcel],
        tally: _Tally,
        progress: Progress,
    ) -> None:
        turn = self._turns[place.id]
        place, again = self._recognise(there, place, turn)
        if again:
            waiting = self._outbox.waiting(place.id, until, _ALL)
        tried: set[str] = set()
        try:
            while waiting:
                tried |= {parcel.id for parcel in waiting}
                self._place_all(there, place, waiting, tally, progress)
                waiting = [
                    parcel
                    for parcel in self._outbox.waiting(place.id, until, _ALL)
                    if parcel.id not in tried
                ]
        except SendingTrouble as trouble:
            if trouble.code == "sending-full":
                # What did arrive may still be named: a manifest is small.
                with suppress(SendingTrouble):
                    self._name(there, place, tally)
            raise
        self._name(there, place, tally)
        self._take_receipts(there, place, turn, tally)

    # Which place it is.

    def _recognise(self, there: Destination, place: Place, turn: _Turn) -> tuple[Place, bool]:
        """Return the place as it is known after a look at it, and whether it starts anew."""
        found = self._target(there)
        again = found != place.target
        if again:
            self._outbox.restart(place.id, found)
            place = self._known(place)
        if turn.met != found:
            pending = self._outbox.manifest(place.id)
            confirmed = place.counter - (1 if pending is not None else 0)
            counters = _counters(there.names(f"manifests/{place.desk}"))
            later = [counter for counter in counters if counter > place.counter]
            if later and self._overtaken(there, place, later):
                place, again = self._known(place), True
            elif confirmed and confirmed not in counters and not again:
                # Put back to an earlier state, or emptied but for its target.json.
                self._outbox.restart(place.id, found)
                place, again = self._known(place), True
            turn.met = found
        return place, again

    def _target(self, there: Destination) -> str:
        """Return the id of the place; a place that has none is given one."""
        for attempt in range(3):
            data = _got(there, target.PATH)
            if data is None:
                break
            with suppress(Malformed):
                return _target_of(data)
            # Another desk may be in the middle of writing it.
            if attempt < 2:
                time.sleep(self._settle)
        # Nothing there, or nothing legible: but is this the place? It must answer as one.
        there.names("")
        data = target.write(target.new_id())
        there.put(target.PATH, data)
        try:
            return _target_of(there.get(target.PATH))
        except Malformed:
            raise SendingTrouble("sending-differs") from None

    def _overtaken(self, there: Destination, place: Place, counters: Sequence[int]) -> bool:
        """Say up to which manifest of this desk the place has them; half ones do not count."""
        for counter in sorted(counters, reverse=True):
            data = _got(there, manifest.path(place.desk, counter))
            if data is not None and _is_ours(data, place.desk, counter):
                self._outbox.overtaken(place.id, counter, hashlib.sha256(data).hexdigest())
                return True
        return False

    def _known(self, place: Place) -> Place:
        return next((one for one in self._outbox.places() if one.id == place.id), place)

    # The objects.

    def _place_all(
        self,
        there: Destination,
        place: Place,
        waiting: Sequence[Parcel],
        tally: _Tally,
        progress: Progress,
    ) -> None:
        in_a_row = 0
        of = tally.placed + len(waiting)
        hands = ThreadPoolExecutor(self._hands, thread_name_prefix="sending")
        try:
            for start in range(0, len(waiting), _BATCH):
                batch = waiting[start : start + _BATCH]
                before = tally.placed

                def tell(work: "_Work", before: int = before) -> None:
                    progress(before + len(work.placed), of)

                work = _Work(there, hands, 2 * self._hands, in_a_row, tell)
                self._outbox.sending([parcel.id for parcel in batch])
                try:
                    self._feed(work, batch)
                finally:
                    self._keep(place, batch, work, tally)
                in_a_row = work.in_a_row
                if work.stop is not None:
                    raise work.stop
        finally:
            # A hand that still waits for an answer is not waited for: it tells nobody.
            hands.shutdown(wait=False, cancel_futures=True)

    def _feed(self, work: "_Work", batch: Sequence[Parcel]) -> None:
        for parcel in batch:
            if work.stop is not None:
                break
            try:
                data = self._outbox.sealed(parcel.id)
            except Trouble as damage:
                work.damaged.append((parcel, damage))
            else:
                work.begin(parcel, data)
        work.finish()

    def _keep(self, place: Place, batch: Sequence[Parcel], work: "_Work", tally: _Tally) -> None:
        """Write down what came of a batch, in as few commits as there are kinds of it."""
        if work.placed:
            self._outbox.placed(work.placed)
            tally.placed += len(work.placed)
        for parcel, trouble in work.failed:
            tally.trouble = trouble
            due = self._in(pause(parcel.tries + 1, self._chance, trouble.after))
            tally.due = min(tally.due or due, due)
            self._failed([parcel.id], trouble, due)
        for parcel, damage in work.damaged:
            tally.damaged.append(parcel.id)
            self._outbox.failed([parcel.id], damage.code, damage.facts, EVER, ask=True)
        if work.stop is not None:
            done = {
                *work.placed,
                *(parcel.id for parcel, _ in work.failed),
                *(parcel.id for parcel, _ in work.damaged),
            }
            left = [parcel.id for parcel in batch if parcel.id not in done]
            if left:
                # Their turn is the place's: this due is only what is shown until then.
                self._failed(left, work.stop, self._in(work.stop.after or 0.0))

    # The manifest.

    def _name(self, there: Destination, place: Place, tally: _Tally) -> None:
        """Have a manifest at the place that names what was placed."""
        for _ in range(3):
            made = self._outbox.manifest(place.id)
            if made is None:
                parcels = [parcel.id for parcel in self._outbox.unmanifested(place.id)]
                if not parcels:
                    return
                made = self._outbox.make_manifest(place.id, parcels)
            if self._stands(there, place, made):
                self._outbox.delivered(place.id, made.counter)
                tally.delivered += len(made.parcels)
            else:
                place = self._known(place)

    def _stands(self, there: Destination, place: Place, made: Manifest) -> bool:
        """Write a manifest and read it back; False when its counter turned out to be taken."""
        path = manifest.path(place.desk, made.counter)
        found = _got(there, path)
        if found != made.data:
            if found is not None and _is_ours(found, place.desk, made.counter):
                # A vault that was put back counts again what it has counted before.
                counters = _counters(there.names(f"manifests/{place.desk}"))
                later = [counter for counter in counters if counter >= made.counter]
                if self._overtaken(there, place, later or [made.counter]):
                    return False
            there.put(path, made.data)
            if there.get(path) != made.data:
                raise SendingTrouble("sending-differs")
        return True

    # The receipts.

    def _wants_receipts(self, place: Place, turn: _Turn, *, forced: bool) -> bool:
        """Tell whether to look for receipts: now and then, and not with what was refused."""
        if place.receipts_seen >= place.counter:
            return False
        return forced or (
            not (_asks(turn.code) or _asks(turn.unsaid))
            and (turn.looked is None or self._steady() - turn.looked >= CAP)
        )

    def _take_receipts(self, there: Destination, place: Place, turn: _Turn, tally: _Tally) -> None:
        place = self._known(place)
        if place.receipts_seen >= place.counter:
            return
        turn.looked = self._steady()
        for counter in sorted(_counters(there.names(f"receipts/{place.desk}"))):
            if not place.receipts_seen < counter <= place.counter or counter in turn.taken:
                continue
            data = _got(there, receipts.path(place.desk, counter))
            if data is None:
                continue
            if self._outbox.acknowledged(place.id, counter, data):
                turn.taken.add(counter)
                tally.receipts += 1
            else:
                tally.doubtful.append(counter)

    # What did not succeed.

    def _put_off(self, place: Place, turn: _Turn, trouble: SendingTrouble, until: str) -> str:
        """Say why, once for each reason; return when the place's next turn is."""
        turn.failures += 1
        turn.first = False
        seconds = pause(turn.failures, self._chance, trouble.after)
        if trouble.code in _HEALS:
            seconds = max(seconds, CAP)
        turn.until = self._steady() + seconds
        due = self._in(seconds)
        turn.latest = max(turn.latest, due)
        if trouble.code != turn.code:
            waiting = self._outbox.waiting(place.id, until, _ALL)
            if waiting:
                self._failed([parcel.id for parcel in waiting], trouble, due)
        turn.code = trouble.code
        return due

    def _failed(self, parcels: Sequence[str], trouble: SendingTrouble, due: str) -> None:
        ask = _asks(trouble.code)
        self._outbox.failed(parcels, trouble.code, trouble.facts, due, ask=ask)

    def _in(self, seconds: float) -> str:
        return utc_text(self._clock.now().instant() + timedelta(seconds=seconds))


class _Work:
    """The parcels of a batch under way: several at once, and when to stop."""

    def __init__(
        self,
        there: Destination,
        hands: ThreadPoolExecutor,
        most: int,
        in_a_row: int,
        tell: "Callable[[_Work], None]",
    ) -> None:
        self.placed: list[str] = []
        self.failed: list[tuple[Parcel, SendingTrouble]] = []
        self.damaged: list[tuple[Parcel, Trouble]] = []
        self.stop: SendingTrouble | None = None
        self.in_a_row = in_a_row
        self._there = there
        self._hands = hands
        self._most = most
        self._tell = tell
        self._under_way: dict[Future[None], Parcel] = {}

    def begin(self, parcel: Parcel, data: bytes) -> None:
        """Give a parcel to a hand, once one is nearly free."""
        while len(self._under_way) >= self._most:
            self._gather()
        self._under_way[self._hands.submit(_send, self._there, parcel, data)] = parcel

    def finish(self) -> None:
        """Wait for what is under way."""
        while self._under_way:
            self._gather()

    def _gather(self) -> None:
        done, _ = wait(self._under_way, timeout=0.2, return_when=FIRST_COMPLETED)
        for future in done:
            parcel = self._under_way.pop(future)
            try:
                future.result()
            except SendingTrouble as trouble:
                self._note(parcel, trouble)
            else:
                self.placed.append(parcel.id)
                self.in_a_row = 0
        self._tell(self)

    def _note(self, parcel: Parcel, trouble: SendingTrouble) -> None:
        alone = trouble.code in _OF_ONE or trouble.facts.get("status") == 413
        if alone:
            self.failed.append((parcel, trouble))
            self.in_a_row += 1
        if not alone or self.in_a_row >= _PATIENCE_WITH_ONE:
            self.stop = self.stop or trouble


def _send(there: Destination, parcel: Parcel, data: bytes) -> None:
    """Have a parcel's bytes at the place; they count once they were read back."""
    path = f"objects/{parcel.name}"
    if parcel.tries and _got(there, path) == data:
        return  # an interrupted try came so far
    for _ in range(2):
        if isinstance(there, ReadsBack):
            right = there.put_checked(path, data)
        else:
            there.put(path, data)
            right = there.get(path) == data
        if right:
            return
    raise SendingTrouble("sending-differs")


def _asks(code: str) -> bool:
    """Tell whether a person has to act before it is tried again."""
    return WHY.get(code) is Next.ASK and code not in _HEALS


def _got(there: Destination, path: str) -> bytes | None:
    try:
        return there.get(path)
    except SendingTrouble as trouble:
        if trouble.code != "sending-missing":
            raise
        return None


def _counters(names: Sequence[str]) -> set[int]:
    return {int(found[1]) for name in names if (found := _COUNTED.fullmatch(name))}


def _is_ours(data: bytes, desk: str, counter: int) -> bool:
    """Tell whether bytes are a manifest that this desk has signed."""
    try:
        found = manifest.read(data)
    except Malformed:
        return False
    return found.desk == desk and found.content.counter == counter


def _target_of(data: bytes) -> str:
    try:
        return target.read(data)
    except Malformed as error:
        if error.code == "target-newer":
            raise SendingTrouble("sending-refused") from None
        raise
