"""Desks without a vault: they seal, sign and lay down what a real one would, through its own code."""

import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.kernel.documents import SummaryKind
from app.sync import envelope, manifest, target
from app.sync.desk_key import DeskKey
from app.sync.district_file import Invitation, invite
from app.sync.district_keys import DistrictKeys
from app.sync.envelope import Facts
from app.sync.manifest import Content, Laid
from app.sync.parcels import Destination
from app.sync.signed import base64_text
from app.sync.troubles import SendingTrouble

BANDS = ("k-2", "3-5", "6-8", "9-12")
SERVICES = {
    "individual-counseling": "Individual counseling",
    "group-counseling": "Group counseling",
}
STATUSES = ("waiting", "began", "not_started", "referred_out")


class Shelf:
    """A place in memory."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}

    def put(self, path: str, data: bytes) -> None:
        self.held[path] = data

    def get(self, path: str) -> bytes:
        if path not in self.held:
            raise SendingTrouble("sending-missing")
        return self.held[path]

    def names(self, folder: str) -> list[str]:
        inside = [
            path.removeprefix(f"{folder}/") for path in self.held if path.startswith(f"{folder}/")
        ]
        return sorted({one.split("/")[0] for one in inside})

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class District:
    """A district's keys; made of a seed, so that every run has the same."""

    keys: DistrictKeys = field(default_factory=DistrictKeys.new)

    def invitation(self, label: str = "Ms. Invented", schools: Sequence[str] = ()) -> Invitation:
        return invite(label, "2026-08-01T08:00:00.000Z", self.keys, schools)


@dataclass
class SyntheticDesk:
    """One desk: what it laid at a place, and how far its manifests have come."""

    district: District
    seed: int = 0
    clones: int = 0
    """Another key of the same seed."""
    counter: int = 0
    previous: str = ""
    made: int = 0
    """Moments that went by."""

    def __post_init__(self) -> None:
        self.key = DeskKey(hashlib.sha256(f"{self.seed}/{self.clones}".encode()).digest())
        self.id = self.key.id

    def now(self) -> str:
        self.made += 1
        return f"2026-11-{1 + self.made // 1440 % 28:02d}T{self.made // 60 % 24:02d}:{self.made % 60:02d}:00.000Z"

    def sealed(
        self,
        kind: SummaryKind,
        body: Mapping[str, Any],
        revision: int = 1,
        *,
        schema: int = 1,
        period: str | None = None,
        key: DeskKey | None = None,
        to: str | None = None,
    ) -> bytes:
        period = period or body.get("period", "../..")
        facts = Facts(kind, schema, period, self.key.series(kind, period), revision, self.now())
        return envelope.seal(facts, body, key or self.key, [to or self.district.keys.recipient])

    def enrolment(self, invitation: Invitation | None = None) -> bytes:
        body = {
            "casewell": "summary",
            "kind": "enrolment",
            "version": 1,
            "desk": self.id,
            "key": base64_text(self.key.public),
            "invitation": (invitation or self.district.invitation()).pair(),
            "name": "Invented Person",
            "role": "counselor",
            "schools": ["Invented Middle School"],
        }
        return self.sealed(SummaryKind.ENROLMENT, body)

    def services(self, month: str, revision: int = 1, **changed: Any) -> bytes:
        return self.sealed(
            SummaryKind.SERVICES, services(self.seed, month, revision, **changed), revision
        )

    def sealed_badly(self) -> bytes:
        """Return a parcel that its schema refutes."""
        return self.sealed(SummaryKind.SERVICES, {"kind": "services"}, period="2025-12")

    def sealed_newer(self) -> bytes:
        """Return a parcel of a version that nobody knows yet."""
        return self.sealed(SummaryKind.SERVICES, {"anything": 1}, schema=99, period="2025-11")

    def lay(self, place: Destination, *parcels: bytes, restart: bool = False) -> bytes:
        """Lay parcels and then the manifest that names them; return the manifest's bytes."""
        laid = []
        for data in parcels:
            name = envelope.name_of(data)
            place.put(f"objects/{name}", data)
            laid.append(Laid(name, len(data)))
        self.counter += 1
        content = Content(
            self.counter,
            self.previous,
            target.read(place.get(target.PATH)),
            restart,
            tuple(laid),
            100 + self.counter,
            hashlib.sha256(str(self.counter).encode()).hexdigest(),
            self.now(),
        )
        data = manifest.sign(content, self.key)
        self.previous = hashlib.sha256(data).hexdigest()
        place.put(manifest.path(self.id, self.counter), data)
        return data


def new_place(place: Destination) -> Destination:
    """Make a place one that manifests can be laid at."""
    place.put(target.PATH, target.write(target.new_id()))
    return place


def services(
    seed: int, month: str, revision: int = 1, *, counts: str = "exact", schools: int = 2
) -> dict[str, Any]:
    """Return a valid body of services and referrals; the same for the same seed, month, revision."""
    dice = random.Random(f"{seed}/{month}/{revision}")
    # Each building has several desks; a desk is in one or two of them.
    buildings = {
        f"code:{100 + (seed + at) // 3}": f"Invented School {(seed + at) // 3}"
        for at in range(0, 3 * schools, 3)
    }
    rows: dict[str, list[dict[str, Any]]] = {
        part: [] for part in ("services", "referrals", "reach", "retention", "tiers")
    }
    for building in buildings:
        for band in BANDS:
            enrolled = dice.randrange(40, 200)
            tiers = (enrolled - 30, 22, 8)
            served = dice.randrange(0, 40)
            rows["reach"].append(
                {"building": building, "grade_band": band, "enrolled": enrolled, "served": served}
            )
            for tier, students in enumerate(tiers, 1):
                group = {"building": building, "grade_band": band, "tier": tier}
                rows["tiers"].append({**group, "students": students})
                if tier == 1 or dice.random() < 0.3:
                    continue
                for service in SERVICES:
                    count = dice.randrange(1, 12)
                    rows["services"].append(
                        {
                            **group,
                            "service": service,
                            "students": count,
                            "sessions": count * dice.randrange(1, 5),
                            "minutes": count * dice.randrange(20, 200),
                        }
                    )
                status = dice.choice(STATUSES)
                count = dice.randrange(1, 9)
                rows["referrals"].append(
                    {
                        **group,
                        "kind": "outside" if status == "referred_out" else "service",
                        "service": "" if status == "referred_out" else dice.choice([*SERVICES]),
                        "status": status,
                        "referrals": count,
                        "students": count,
                    }
                )
        began = dice.randrange(0, 20)
        rows["retention"].append(
            {
                "building": building,
                "began": began,
                "retained_12_weeks": dice.randrange(0, began + 1),
                "open": dice.randrange(0, 15),
            }
        )
    return {
        "casewell": "summary",
        "kind": "services",
        "version": 1,
        "period": month,
        "made": "2026-11-05T06:00:00.000Z",
        "counts": counts,
        "limit": 5,
        "buildings": [{"building": key, "name": name} for key, name in buildings.items()],
        "service_names": [{"service": key, "name": name} for key, name in SERVICES.items()],
        **rows,
        "service_totals": _summed(rows["services"], ("building", "service")),
        "referral_totals": _summed(rows["referrals"], ("building", "kind", "service", "status")),
        "reach_totals": _summed(rows["reach"], ("building",)),
        "tier_totals": _summed(rows["tiers"], ("building", "tier")),
    }


def _summed(rows: list[dict[str, Any]], keys: tuple[str, ...]) -> list[dict[str, Any]]:
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        total = found.setdefault(tuple(row[key] for key in keys), {key: row[key] for key in keys})
        for name, value in row.items():
            if name not in {*keys, "grade_band", "tier", "building"}:
                total[name] = total.get(name, 0) + value
    return [*found.values()]


def months(count: int, year: int = 2026, first: int = 1) -> Iterator[str]:
    """Yield months as they follow each other."""
    for at in range(first - 1, first - 1 + count):
        yield f"{year + at // 12}-{at % 12 + 1:02d}"
