"""Sealing a summary for a place, and keeping that it is to leave: one transaction for both."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.features.outbox.model.records import Asked, Destination, Leaving, Made, Parcel
from app.features.outbox.model.rules import place_key, whose
from app.features.outbox.repo.book import OutboxKeeper
from app.kernel.documents import DataSummary, SummaryKind
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, new_id
from app.kernel.keys import Anchor
from app.kernel.ports import Seat, Transaction
from app.kernel.releases import Terms
from app.sync import envelope
from app.sync.desk_key import DeskKey
from app.sync.district_file import DistrictFile
from app.sync.signed import compact

NO_PERIOD = "../.."
"""How a parcel says that its summary has no period."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What the outbox needs of other rooms; bootstrap fills it."""

    make: Callable[[Asked], Made]
    """Makes a summary of what may leave; refuses what it does not know how to make."""
    disclose: Callable[[Transaction, Leaving], tuple[str, ...]]
    """Passes the gate and writes into the log what leaves; refuses what may not. Returns ids."""
    may_still_leave: Callable[[Transaction, Sequence[str]], bool]
    """Tells whether what was disclosed so, and waits since, may leave today as well."""
    not_left: Callable[[Transaction, Sequence[str], str], None]
    """Writes into the log that it did not leave after all, and the code of why."""
    district: Callable[[], DistrictFile | None]
    """The district file that was loaded."""
    keys_since: Callable[[], str]
    """Since when what goes to the district is sealed to the keys of that file (UTC text)."""
    enrolment: Callable[[DeskKey], DataSummary]
    """How a desk makes itself known to that district."""
    anchor: Callable[[], Anchor]
    """Where the journal ends."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be sealed, besides the summary."""

    recipient: str
    purpose: str
    terms: Terms
    keys: tuple[str, ...]
    """age keys that may open it."""
    standing: bool = False
    student_id: StudentId | None = None


def content_of(summary: DataSummary) -> str:
    """Return the SHA-256 of what a summary says, whenever it was made."""
    return hashlib.sha256(compact(summary.body)).hexdigest()


class Sealer:
    """Seals what leaves this desk."""

    def __init__(self, seat: Callable[[], Seat], neighbours: Neighbours) -> None:
        self._seat = seat
        self._neighbours = neighbours

    def key(self, keeper: OutboxKeeper) -> DeskKey:
        """Return the key of the vault's desk; it is made when it is first needed."""
        device = keeper.desk(self._seat().device)
        seed = keeper.seed(device)
        if seed is not None:
            return DeskKey(seed)
        made = DeskKey.new()
        keeper.keep_seed(device, made.seed)
        keeper.tx.journal("MakeDeskKey", "desk_key", device, after={"desk": made.id})
        return made

    def recipients(self, place: Destination) -> tuple[str, ...]:
        """Return the age keys that open what goes to a place; refuse where there is none."""
        if place.recipients:
            return place.recipients
        district = self._neighbours.district()
        if district is None or not self.is_offered(place):
            raise Refused("place-needs-recipient", "recipients")
        return district.recipients

    def to_district(self, place: Destination) -> bool:
        """Tell whether what goes to a place is for the district that was loaded, and it alone."""
        return not place.recipients and self.is_offered(place)

    def is_offered(self, place: Destination) -> bool:
        """Tell whether a place is one of the district's that was loaded."""
        return place.district in self.offered()

    def offered(self) -> frozenset[str]:
        """Return the places of the district that was loaded, by what they are known under."""
        district = self._neighbours.district()
        if district is None:
            return frozenset()
        return frozenset(place_key(district, one) for one in district.places)

    def may_leave(self, kind: SummaryKind, place: Destination) -> None:
        """Refuse a kind or a way that the district's policy does not let out."""
        district = self._neighbours.district()
        if district is None or kind is SummaryKind.ENROLMENT:
            return
        if not district.policy.allowed(kind.value, place.carrier.value):
            raise Refused("summary-held-by-policy", "place", district=district.name)

    def put_in(
        self, keeper: OutboxKeeper, place: Destination, made: Made, wanted: Wanted
    ) -> Parcel:
        """Seal a summary for a place, write it into the log of what left, and queue it."""
        summary = made.summary
        seat, tx = self._seat(), keeper.tx
        key = self.key(keeper)
        period = summary.period or NO_PERIOD
        subject = wanted.student_id or whose(summary.kind, seat)
        series = key.series(summary.kind, period, subject)
        revision = keeper.latest_revision(place, series) + 1
        facts = envelope.Facts(summary.kind, summary.version, period, series, revision, tx.now.at)
        sealed = envelope.seal(facts, summary.body, key, wanted.keys)
        content, name = content_of(summary), envelope.name_of(sealed)
        leaving = Leaving(
            summary.kind,
            summary.students,
            wanted.recipient,
            wanted.purpose,
            name,
            len(sealed),
            {
                **made.scope,
                "period": period,
                "schema": summary.version,
                "content": content,
                "revision": revision,
                "place": place.label,
            },
            summary.version,
            wanted.terms,
        )
        disclosures: tuple[str, ...] = ()
        if summary.kind is not SummaryKind.ENROLMENT:
            disclosures = self._neighbours.disclose(tx, leaving)
        parcel = Parcel(
            new_id(),
            place.id,
            summary.kind,
            summary.version,
            period,
            series,
            revision,
            name,
            len(sealed),
            content,
            wanted.standing,
            wanted.student_id,
            wanted.recipient,
            wanted.purpose,
            disclosures,
            seat.person,
            seat.device,
            tx.now.at,
            tx.now.zone,
        )
        keeper.queue(parcel, sealed)
        return parcel
