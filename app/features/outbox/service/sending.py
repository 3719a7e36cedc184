"""The outbox as the engine sees it: opaque parcels, places, manifests and receipts."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.features.outbox.model.course import Reach, Step, after
from app.features.outbox.model.records import Course, Destination, ManifestRow, ReceiptRow
from app.features.outbox.model.records import Parcel as ParcelRow
from app.features.outbox.model.rules import DAMAGED, GROUND_ENDED, not_taken
from app.features.outbox.repo.book import OutboxKeeper
from app.features.outbox.service.sealing import Neighbours, Sealer
from app.kernel.errors import Damage, Trouble
from app.kernel.ids import new_id
from app.kernel.ports import Begin, Seat
from app.sync import manifest as manifests
from app.sync import receipts
from app.sync.parcels import EVER, Manifest, Parcel, Place, State
from app.sync.signed import Malformed


class Sending:
    """What the engine asks of the outbox (`app.sync.parcels.Outbox`).

    It works on everybody's parcels, whoever sits here: they are opaque. So it reads within
    working transactions, and writes into the journal what stands: what became of a parcel,
    each manifest and each receipt.
    """

    def __init__(
        self, working: Begin, seat: Callable[[], Seat], neighbours: Neighbours, sealer: Sealer
    ) -> None:
        self._working = working
        self._seat = seat
        self._neighbours = neighbours
        self._sealer = sealer

    # -- places ----------------------------------------------------------------------

    def places(self) -> Sequence[Place]:
        """Return the destinations that something may be sent to."""
        offered = self._sealer.offered()
        with self._working() as tx:
            keeper = OutboxKeeper(tx)
            device = keeper.desk(self._seat().device)
            # What waits for a district that was left goes there no more, nor to any other.
            found = [
                one
                for one in keeper.destinations()
                if not one.paused and (not one.district or one.district in offered)
            ]
            if not found:
                return []
            return [self._place(keeper, one, keeper.course(one.id, device)) for one in found]

    def _place(self, keeper: OutboxKeeper, one: Destination, course: Course) -> Place:
        return Place(
            one.id,
            one.address,
            keeper.credentials(one.id),
            one.target,
            course.counter,
            course.previous,
            course.receipts_seen,
            self._sealer.key(keeper).id,
        )

    # -- parcels ---------------------------------------------------------------------

    def waiting(self, place: str, now: str, limit: int) -> Sequence[Parcel]:
        """Return parcels for a place that are due (UTC text), oldest first.

        What may no longer leave, as its release was revoked or has run out, waits for a person.
        """
        held: list[str] = []
        while True:
            with self._working() as tx:
                keeper = OutboxKeeper(tx)
                due = [Parcel(*row) for row in keeper.due(place, now, limit, held)]
                about = keeper.about_students([parcel.id for parcel in due])
                ended = [
                    parcel
                    for parcel, disclosures in about
                    if not self._neighbours.may_still_leave(tx, disclosures)
                ]
            if not ended:
                return due
            self.failed(ended, GROUND_ENDED, {}, EVER, ask=True)
            held += ended

    def sealed(self, parcel: str) -> bytes:
        """Return a parcel's bytes, as they were sealed; raise Damage where they are not that."""
        with self._working() as tx:
            found = OutboxKeeper(tx).sealed(parcel)
        if found is None:
            raise Trouble("parcel-let-go")
        name, data = found
        if hashlib.sha256(data).hexdigest() != name:
            raise Damage(DAMAGED)
        return data

    def sending(self, parcels: Sequence[str]) -> None:
        """Say that a try begins; a parcel that is found so later was interrupted."""
        with self._working() as tx:
            keeper = OutboxKeeper(tx)
            moves = [
                (parcel, new)
                for parcel, (state, *_rest) in keeper.states(parcels).items()
                if (new := after(state, Step.TRY)) is not None
            ]
            keeper.tried(moves)

    def failed(
        self, parcels: Sequence[str], code: str, facts: Mapping[str, Any], due: str, *, ask: bool
    ) -> None:
        """Say why a try failed and when the next is due; `ask` when a person must act first.

        It becomes part of a parcel's history only where the reason is another than the last
        time: a place that cannot be reached for weeks does not fill the vault.
        """
        said = json.dumps(dict(facts), ensure_ascii=False, sort_keys=True)
        first = ""
        with self._working() as tx:
            keeper = OutboxKeeper(tx)
            for parcel, (state, _reach, last, _kept) in keeper.states(parcels).items():
                new = after(state, Step.FAIL)
                if new is None:
                    continue
                keeper.set_state(
                    parcel, state=new.value, code=code, facts=said, due=due, ask=int(ask)
                )
                if last != code:
                    keeper.happened(parcel, Step.FAIL, code=code, facts=said)
                    first = first or parcel
            if first:
                self._told(keeper, "FailToSend", first, {"code": code})

    def placed(self, parcels: Sequence[str]) -> None:
        """Say that objects were read back and are what was sent; a manifest may name them."""
        with self._working() as tx:
            keeper = OutboxKeeper(tx)
            for parcel, (_state, reach, _code, _kept) in keeper.states(parcels).items():
                if reach == Reach.AWAY.number:
                    keeper.set_state(parcel, reach=Reach.PLACED.number)

    def unmanifested(self, place: str) -> Sequence[Parcel]:
        """Return parcels that are placed and that no manifest of this target names yet."""
        with self._working() as tx:
            return [Parcel(*row) for row in OutboxKeeper(tx).unmanifested(place)]

    # -- manifests -------------------------------------------------------------------

    def manifest(self, place: str) -> Manifest | None:
        """Return the manifest that was made and not read back yet, if there is one."""
        with self._working() as tx:
            return self._pending(OutboxKeeper(tx), place)

    def _pending(self, keeper: OutboxKeeper, place: str) -> Manifest | None:
        device = keeper.desk(self._seat().device)
        course = keeper.course(place, device)
        if course.counter <= course.confirmed:
            return None
        row = keeper.manifest(place, device, course.counter)
        return None if row is None else Manifest(row.counter, row.data.encode(), row.parcels)

    def make_manifest(self, place: str, parcels: Sequence[str]) -> Manifest:
        """Make, sign and keep the next manifest: the counter and the bytes are fixed from then on.

        One that was made and not read back yet is returned instead. A parcel that was held
        back or taken back meanwhile is not named.
        """
        anchor = self._neighbours.anchor()
        with self._working() as tx:
            keeper = OutboxKeeper(tx)
            device = keeper.desk(self._seat().device)
            pending = self._pending(keeper, place)
            if pending is not None:
                return pending
            wanted = set(parcels)
            rows = [row for row in keeper.unmanifested(place) if row[0] in wanted]
            destination = keeper.get(Destination, place)
            if destination is None:
                raise Trouble("outbox-place-gone")
            course = keeper.course(place, device)
            content = manifests.Content(
                course.counter + 1,
                course.previous,
                destination.target,
                course.restart,
                tuple(manifests.Laid(row[1], row[2]) for row in rows),
                anchor.count,
                anchor.head,
                tx.now.at,
            )
            data = manifests.sign(content, self._sealer.key(keeper))
            named = tuple(str(row[0]) for row in rows)
            made = ManifestRow(
                new_id(), place, device, content.counter, data.decode(), named, tx.who,
                tx.now.at, tx.now.zone,
            )  # fmt: skip
            keeper.add(made)
            for parcel in named:
                keeper.set_state(parcel, reach=Reach.NAMED.number)
            sha256 = hashlib.sha256(data).hexdigest()
            keeper.keep_course(
                place,
                device,
                replace(course, counter=content.counter, previous=sha256, restart=False),
            )
            keeper.journal(
                "MakeManifest", ManifestRow, made.id,
                {"place": place, "counter": content.counter, "sha256": sha256},
            )  # fmt: skip
            return Manifest(content.counter, data, named)

    def delivered(self, place: str, counter: int) -> None:
        """Say that a manifest was read back: its parcels are delivered."""
        with self._working() as tx:
            keeper = OutboxKeeper(tx)
            device = keeper.desk(self._seat().device)
            row = keeper.manifest(place, device, counter)
            if row is None:
                raise Trouble("outbox-manifest-unknown")
            told = False
            for parcel, (state, reach, _code, _kept) in keeper.states(row.parcels).items():
                if reach != Reach.NAMED.number:
                    continue
                keeper.set_state(parcel, reach=Reach.THERE.number)
                told = self._arrived(keeper, parcel, state, counter) or told
            course = keeper.course(place, device)
            keeper.keep_course(
                place, device, replace(course, confirmed=max(course.confirmed, counter))
            )
            if told:
                self._told(keeper, "DeliverParcels", row.parcels[0], {"counter": counter})

    def _arrived(self, keeper: OutboxKeeper, parcel: str, state: State, counter: int) -> bool:
        new = after(state, Step.DELIVER)
        if new is None:
            return False
        keeper.set_state(
            parcel, state=new.value, code="", facts="{}", ask=0, delivered_at=keeper.tx.now.at
        )
        keeper.happened(parcel, Step.DELIVER, counter=counter)
        return True

    # -- what the place says ---------------------------------------------------------

    def restart(self, place: str, target: str) -> None:
        """Say that the place is a new or emptied one: all that is kept is to be sent again.

        Nothing is deleted, and no parcel that was acknowledged becomes less than that. Where the
        place is met for the first time nothing was there before, and nothing is sent again.
        """
        with self._working() as tx:
            keeper = OutboxKeeper(tx)
            device = keeper.desk(self._seat().device)
            destination = keeper.get(Destination, place)
            if destination is None:
                raise Trouble("outbox-place-gone")
            kept = keeper.there(place)
            states = keeper.states([parcel for parcel, _state in kept])
            for parcel, state in kept:
                new = after(state, Step.AFRESH)
                if new is None:
                    continue
                reach = states[parcel][1]
                keeper.set_state(parcel, state=new.value, reach=Reach.AWAY.number, due=tx.now.at)
                if new is State.QUEUED:
                    # Why it waited for a person was said of the place as it was.
                    keeper.set_state(parcel, ask=0, code="", facts="{}")
                if reach != Reach.AWAY.number:
                    keeper.happened(parcel, Step.AFRESH)
            keeper.change(replace(destination, target=target))
            course = keeper.course(place, device)
            again = bool(destination.target) or course.counter > 0
            keeper.keep_course(
                place,
                device,
                replace(
                    course,
                    confirmed=course.counter,
                    receipts_seen=course.counter,
                    restart=again,
                ),
            )
            keeper.journal(
                "MeetTarget", Destination, place, {"target": target},
                {"target": destination.target},
            )  # fmt: skip

    def overtaken(self, place: str, counter: int, previous: str) -> None:
        """Say that the place has later manifests of this desk than the vault knows (a restore).

        The next manifest follows those; what the vault takes for not delivered is named in it.
        """
        with self._working() as tx:
            keeper = OutboxKeeper(tx)
            device = keeper.desk(self._seat().device)
            pending = self._pending(keeper, place)
            if pending is not None:
                states = keeper.states(pending.parcels)
                for parcel, (_state, reach, _code, _kept) in states.items():
                    if reach == Reach.NAMED.number:
                        keeper.set_state(parcel, reach=Reach.PLACED.number)
            course = keeper.course(place, device)
            keeper.keep_course(
                place,
                device,
                replace(course, counter=counter, previous=previous, confirmed=counter),
            )
            keeper.journal(
                "FollowPlace", Destination, place,
                {"counter": counter, "previous": previous},
                {"counter": course.counter, "previous": course.previous},
            )  # fmt: skip

    def acknowledged(self, place: str, counter: int, receipt: bytes) -> bool:
        """Take in a receipt; False when its signature or what it names is not right."""
        district = self._neighbours.district()
        if district is None:
            return False
        try:
            said = receipts.read(receipt, district.signing_key)
        except Malformed:
            return False
        with self._working() as tx:
            keeper = OutboxKeeper(tx)
            device = keeper.desk(self._seat().device)
            course = keeper.course(place, device)
            if said.counter != counter or said.desk != self._sealer.key(keeper).id:
                return False
            ids = keeper.named(place, [one.name for one in said.objects])
            row = keeper.manifest(place, device, counter)
            if row is not None:
                if hashlib.sha256(row.data.encode()).hexdigest() != said.manifest:
                    return False
                if not set(ids.values()) <= set(row.parcels) or len(ids) != len(said.objects):
                    return False
            taken = keeper.receipts_after(place, device, course.receipts_seen)
            if counter <= course.receipts_seen or counter in taken:
                return True
            self._heard(keeper, said, ids)
            now, seen = tx.now, course.receipts_seen
            made = ReceiptRow(
                new_id(), place, device, counter, receipt.decode(), tx.who, now.at, now.zone
            )
            keeper.add(made)
            while seen + 1 in taken | {counter}:
                seen += 1
            keeper.keep_course(place, device, replace(course, receipts_seen=seen))
            keeper.journal("TakeReceipt", ReceiptRow, made.id, {"place": place, "counter": counter})
        return True

    def _heard(self, keeper: OutboxKeeper, said: receipts.Receipt, ids: Mapping[str, str]) -> None:
        states = keeper.states(list(ids.values()))
        for verdict in said.objects:
            parcel = ids.get(verdict.name)
            if parcel is None:
                continue
            rejected = verdict.result is receipts.Result.REJECTED
            step = Step.REJECT if rejected else Step.ACKNOWLEDGE
            state = states[parcel][0]
            new = after(state, step)
            if new is None or (new is state and not rejected):
                continue
            code = not_taken(verdict.code) if rejected else ""
            facts = json.dumps({"reason": verdict.code} if rejected else {})
            keeper.set_state(
                parcel,
                state=new.value,
                code=code,
                facts=facts,
                ask=int(rejected),
                **({} if rejected else {"acknowledged_at": keeper.tx.now.at}),
            )
            keeper.happened(parcel, step, code=code, facts=facts, counter=said.counter)

    def _told(self, keeper: OutboxKeeper, what: str, parcel: str, facts: Mapping[str, Any]) -> None:
        keeper.journal(what, ParcelRow, parcel, facts)
