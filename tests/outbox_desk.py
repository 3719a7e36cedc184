"""A desk with an outbox, a district of its own and places in memory, for the outbox's tests."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from app.bootstrap import Desk
from app.features.outbox.commands import AddDestination, SendSummary
from app.features.outbox.model.records import Asked, Made, ParcelLine
from app.features.outbox.service import Neighbours, OutboxService
from app.kernel.clock import FixedClock
from app.kernel.documents import ABOUT_NOBODY, DataSummary, SummaryKind
from app.kernel.errors import Refused
from app.kernel.ids import StudentId
from app.kernel.keys import Anchor
from app.kernel.nouns import Role
from app.kernel.releases import Ground, Terms
from app.sync import envelope, manifest, receipts, target
from app.sync.desk_key import DeskKey
from app.sync.district_file import DistrictFile, Policy, Standing, build, invite, parse
from app.sync.district_file import Place as Offered
from app.sync.district_keys import DistrictKeys
from app.sync.parcels import EVER, Address, Carrier, Place
from vaults import fixed_clock, new_desk

MADE = "2026-09-01T12:00:00.000Z"
SERVICES = Standing(SummaryKind.SERVICES, "month", 3)
PLACE = "ab" * 16
NOBODY = Terms(Ground.NO_NAMES)


def a_district(
    keys: DistrictKeys,
    folder: str = "/srv/district",
    *,
    serial: int = 1,
    standing: tuple[Standing, ...] = (SERVICES,),
    policy: Policy = Policy(),  # noqa: B008 - frozen
) -> DistrictFile:
    """Return a district's file with one folder as its place, built and read again."""
    places = (Offered(PLACE, "District share", Address(Carrier.FOLDER, {"path": folder})),)
    return parse(
        build(
            DistrictFile(
                serial, "Cedar County Schools", MADE, (keys.recipient,), keys.public, places,
                standing, policy, invitation=invite("Alder", MADE, keys),
            ),
            keys,
        )
    )  # fmt: skip


@dataclass
class Told:
    """What the other rooms answer here: bodies by kind and period, and a district if one is set."""

    desk: Desk
    bodies: dict[tuple[SummaryKind, str], Mapping[str, Any]] = field(default_factory=dict)
    district: DistrictFile | None = None
    keys_since: str = ""
    asked: list[Asked] = field(default_factory=list)
    fails: str = ""

    def make(self, asked: Asked) -> Made:
        self.asked.append(asked)
        if self.fails:
            raise Refused(self.fails)
        body = self.bodies.get((asked.kind, asked.period), {"total": 1})
        students = () if asked.kind in ABOUT_NOBODY else (asked.student_id,)
        summary = DataSummary(
            asked.kind, 1, asked.period, body, tuple(one for one in students if one)
        )
        return Made(summary, {"sections": ["profile"]} if asked.student_id else {})

    def enrolment(self, key: DeskKey) -> DataSummary:
        return DataSummary(SummaryKind.ENROLMENT, 1, "", {"desk": key.id})


def outbox_of(desk: Desk, told: Told) -> OutboxService:
    """Return an outbox of a desk in the place of its own, which asks `told` what others would say."""
    records = desk.records
    outbox = OutboxService(
        records.transaction,
        records.working,
        records.read,
        seat=lambda: records.seat,
        clock=desk.clock,
        neighbours=Neighbours(
            make=told.make,
            disclose=desk._parcel_leaves,
            may_still_leave=desk.privacy.may_still_leave,
            not_left=desk._parcel_stayed,
            district=lambda: told.district,
            keys_since=lambda: told.keys_since,
            enrolment=told.enrolment,
            anchor=lambda: Anchor(records.head.count, records.head.hash.hex()),
        ),
    )
    records.committing.remove(desk.outbox.ground.committing)
    records.committed.remove(desk.outbox.ground.committed)
    records.committing.append(outbox.ground.committing)
    records.committed.append(outbox.ground.committed)
    desk.outbox = outbox
    return outbox


class OutboxDesk:
    """A counselor's desk whose outbox asks `told` what other rooms would say."""

    def __init__(
        self, tmp_path: Path, clock: FixedClock | None = None, role: Role = Role.COUNSELOR
    ) -> None:
        self.clock = clock or fixed_clock()
        self.desk = new_desk(tmp_path, role, self.clock)
        self.keys = DistrictKeys.new()
        self.told = Told(self.desk)
        self.outbox = self.again()

    def again(self) -> OutboxService:
        """Return the outbox as a program that was started anew has it."""
        self.outbox = outbox_of(self.desk, self.told)
        return self.outbox

    def join(self, **changes: Any) -> None:
        """Let the vault belong to the district."""
        self.told.district = a_district(self.keys, **changes)

    def own_place(self, label: str = "Stick", path: str = "/media/stick") -> str:
        """Add a folder of one's own and return its id."""
        return self.outbox.places.add(
            AddDestination(label, Carrier.FOLDER, {"path": path}, (self.keys.recipient,))
        ).made

    def send(
        self,
        place: str,
        kind: SummaryKind = SummaryKind.SERVICES,
        period: str = "2026-10",
        student: StudentId | None = None,
        terms: Terms = NOBODY,
    ) -> str:
        """Send a summary and return the parcel's id."""
        return self.outbox.send(
            SendSummary(kind, period, place, "", "Asked for", terms, student)
        ).made

    def line(self, parcel: str) -> ParcelLine:
        """Return a parcel as the list has it."""
        return self.outbox.parcel(parcel)[0]

    def steps(self, parcel: str) -> list[str]:
        """Return what became of a parcel."""
        return [event.what for event in self.outbox.parcel(parcel)[1]]

    def place(self, place: str) -> Place:
        """Return a place as the engine has it."""
        (found,) = [one for one in self.outbox.sending.places() if one.id == place]
        return found


class Shelf:
    """A place in memory, and an engine of a few lines that carries parcels to it."""

    def __init__(self) -> None:
        self.target = target.new_id()
        self.files: dict[str, bytes] = {}

    def empty(self) -> None:
        """Let it be a new place."""
        self.files.clear()
        self.target = target.new_id()

    def carry(self, outbox: OutboxService, place: str, *, at: str = EVER) -> int:
        """Do what the engine does when all goes well; return how many objects were laid."""
        sending = outbox.sending
        (found,) = [one for one in sending.places() if one.id == place]
        if found.target != self.target:
            sending.restart(place, self.target)
        laid = 0
        for parcel in sending.waiting(place, at, 1000):
            sending.sending([parcel.id])
            self.files[f"objects/{parcel.name}"] = sending.sealed(parcel.id)
            sending.placed([parcel.id])
            laid += 1
        self.announce(outbox, place)
        return laid

    def announce(self, outbox: OutboxService, place: str) -> None:
        """Lay down what manifest is due."""
        sending = outbox.sending
        named = [parcel.id for parcel in sending.unmanifested(place)]
        made = sending.manifest(place) or (sending.make_manifest(place, named) if named else None)
        if made is not None:
            (found,) = [one for one in sending.places() if one.id == place]
            self.files[manifest.path(found.desk, made.counter)] = made.data
            sending.delivered(place, made.counter)

    def manifests(self) -> list[manifest.Manifest]:
        """Return what was laid down, by counter."""
        return [
            manifest.read(data)
            for path, data in sorted(self.files.items())
            if path.startswith("manifests/")
        ]

    def receipt(
        self, keys: DistrictKeys, counter: int, rejected: str = "", name: str = ""
    ) -> bytes:
        """Return the district's receipt for a manifest."""
        (found,) = [one for one in self.manifests() if one.content.counter == counter]
        result = receipts.Result.REJECTED if rejected else receipts.Result.LOADED
        verdicts = tuple(
            receipts.Verdict(name or one.name, result, rejected) for one in found.content.objects
        )
        said = receipts.Receipt(found.desk, counter, found.sha256, verdicts, MADE)
        return receipts.sign(said, keys)

    def opened(self, keys: DistrictKeys) -> list[envelope.Opened]:
        """Return every parcel that lies here, as the district opens it."""
        found = []
        for path, data in self.files.items():
            if path.startswith("objects/"):
                assert path == f"objects/{hashlib.sha256(data).hexdigest()}"
                found.append(envelope.open(data, [keys.identity]))
        return found


def altered(place: Place, **changes: Any) -> Place:
    """Return a place with something else about it."""
    return replace(place, **changes)
