"""An outbox without a vault, for tests of the engine: the same promises, kept in a dictionary."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.sync import manifest as manifests
from app.sync import receipts
from app.sync.desk_key import DeskKey
from app.sync.destinations import Patience
from app.sync.parcels import (
    EVER,
    Address,
    Credentials,
    Manifest,
    Parcel,
    Place,
    State,
)
from app.sync.signed import Malformed

QUICK = Patience(connect=0.3, silence=0.1, whole=0.2)
"""Where things go wrong: a stall is waited for no longer."""

MENDED = Patience(connect=10, silence=10, whole=20)
"""Where nothing goes wrong, on a computer that has other things to do."""

COMMITS = (
    "sending", "failed", "placed", "make_manifest", "delivered", "restart", "overtaken",
    "acknowledged",
)  # fmt: skip
"""What an outbox commits durably at."""

AWAY, PLACED, NAMED, THERE = range(4)
MADE = "2026-11-20T14:30:00.000Z"


class Killed(BaseException):
    """The program was killed."""


class Wire:
    """A network that is there."""

    def up(self) -> bool:
        return True

    def metered(self) -> bool:
        return False

    def captive(self) -> bool:
        return False


@dataclass
class Kept:
    """A parcel and what became of it."""

    id: str
    place: str
    data: bytes
    name: str
    state: State = State.QUEUED
    reach: int = AWAY
    tries: int = 0
    due: str = ""
    ask: bool = False
    code: str = ""


class OutboxDouble:
    """What the engine asks of an outbox."""

    def __init__(self, address: Address, credentials: Credentials, district: bytes = b"") -> None:
        self.key = DeskKey.new()
        self.district = district
        self.kept: dict[str, Kept] = {}
        self.known = {"place": Place("place", address, credentials, desk=self.key.id)}
        self.confirmed: dict[str, int] = {}
        self.restarted: dict[str, bool] = {}
        self.made: dict[tuple[str, int], Manifest] = {}
        self.said: list[tuple[str, ...]] = []
        self.writes = 0

    def add(self, data: bytes | None = None, place: str = "place") -> Kept:
        """Queue a parcel; the bytes are as good as any sealed ones."""
        data = b"age-encryption.org/v1\n" + os.urandom(600) if data is None else data
        one = Kept(f"p{len(self.kept)}", place, data, hashlib.sha256(data).hexdigest())
        self.kept[one.id] = one
        return one

    def add_place(self, place: str, address: Address, credentials: Credentials) -> None:
        self.known[place] = Place(place, address, credentials, desk=self.key.id)

    def states(self) -> set[State]:
        return {one.state for one in self.kept.values()}

    # What the engine asks.

    def places(self) -> Sequence[Place]:
        return list(self.known.values())

    def waiting(self, place: str, now: str, limit: int) -> Sequence[Parcel]:
        return [
            Parcel(one.id, one.name, len(one.data), one.tries)
            for one in self.kept.values()
            if one.place == place
            and one.reach == AWAY
            and one.state not in (State.PAUSED, State.CANCELLED)
            and (EVER if one.ask else one.due) <= now
        ][:limit]

    def sealed(self, parcel: str) -> bytes:
        return self.kept[parcel].data

    def sending(self, parcels: Sequence[str]) -> None:
        self.writes += 1
        for one in parcels:
            self.kept[one].tries += 1
            if self.kept[one].state is not State.ACKNOWLEDGED:
                self.kept[one].state = State.SENDING

    def failed(
        self, parcels: Sequence[str], code: str, facts: Mapping[str, Any], due: str, *, ask: bool
    ) -> None:
        self.writes += 1
        self.said.append(("failed", code))
        for parcel in parcels:
            one = self.kept[parcel]
            if one.state is not State.ACKNOWLEDGED:
                one.state = State.FAILED
            one.code, one.due, one.ask = code, due, ask

    def placed(self, parcels: Sequence[str]) -> None:
        self.writes += 1
        for parcel in parcels:
            if self.kept[parcel].reach == AWAY:
                self.kept[parcel].reach = PLACED

    def unmanifested(self, place: str) -> Sequence[Parcel]:
        return [
            Parcel(one.id, one.name, len(one.data), one.tries)
            for one in self.kept.values()
            if one.place == place and one.reach == PLACED
        ]

    def manifest(self, place: str) -> Manifest | None:
        counter = self.known[place].counter
        if counter <= self.confirmed.get(place, 0):
            return None
        return self.made[place, counter]

    def make_manifest(self, place: str, parcels: Sequence[str]) -> Manifest:
        self.writes += 1
        before = self.known[place]
        rows = [self.kept[parcel] for parcel in parcels if self.kept[parcel].reach == PLACED]
        content = manifests.Content(
            before.counter + 1,
            before.previous,
            before.target,
            self.restarted.pop(place, False),
            tuple(manifests.Laid(one.name, len(one.data)) for one in rows),
            1,
            "0" * 64,
            MADE,
        )
        data = manifests.sign(content, self.key)
        made = Manifest(content.counter, data, tuple(one.id for one in rows))
        self.made[place, made.counter] = made
        self.known[place] = replace(
            before, counter=made.counter, previous=hashlib.sha256(data).hexdigest()
        )
        for one in rows:
            one.reach = NAMED
        return made

    def delivered(self, place: str, counter: int) -> None:
        self.writes += 1
        for parcel in self.made[place, counter].parcels:
            one = self.kept[parcel]
            if one.reach == NAMED:
                one.reach = THERE
                if one.state is not State.ACKNOWLEDGED:
                    one.state = State.DELIVERED
        self.confirmed[place] = max(self.confirmed.get(place, 0), counter)

    def restart(self, place: str, target: str) -> None:
        self.writes += 1
        self.said.append(("restart", target))
        before = self.known[place]
        self.restarted[place] = bool(before.target) or before.counter > 0
        for one in self.kept.values():
            if one.place == place and one.state is not State.CANCELLED:
                one.reach, one.due = AWAY, ""
                if one.state in (State.SENDING, State.FAILED, State.DELIVERED):
                    one.state = State.QUEUED
        self.confirmed[place] = before.counter
        self.known[place] = replace(before, target=target, receipts_seen=before.counter)

    def overtaken(self, place: str, counter: int, previous: str) -> None:
        self.writes += 1
        self.said.append(("overtaken", str(counter)))
        pending = self.manifest(place)
        for parcel in () if pending is None else pending.parcels:
            if self.kept[parcel].reach == NAMED:
                self.kept[parcel].reach = PLACED
        self.known[place] = replace(self.known[place], counter=counter, previous=previous)
        self.confirmed[place] = counter

    def acknowledged(self, place: str, counter: int, receipt: bytes) -> bool:
        try:
            said = receipts.read(receipt, self.district)
        except Malformed:
            return False
        made = self.made.get((place, counter))
        if said.counter != counter or said.desk != self.key.id or made is None:
            return False
        if hashlib.sha256(made.data).hexdigest() != said.manifest:
            return False
        self.writes += 1
        names = {one.name for one in said.objects}
        for one in self.kept.values():
            if one.place == place and one.name in names:
                one.state = State.ACKNOWLEDGED
        if counter == self.known[place].receipts_seen + 1:
            self.known[place] = replace(self.known[place], receipts_seen=counter)
        return True
