"""What a collection came to: counts, and what a person must look at."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.kernel.errors import Fact

ASKS = frozenset(
    {
        "desk-quarantined",
        "desk-invitation-used",
        "parcel-other-school",
        "manifest-chain",
        "manifest-replaced",
        "manifest-replay",
        "manifest-rolled-back",
        "manifest-unreadable",
        "manifest-target",
        "manifest-gap",
        "object-missing",
        "object-differs",
        "parcel-rejected",
        "parcel-kept",
        "parcel-revision-behind",
        "receipt-unwritten",
        "desk-unreachable",
    }
)
"""Findings for which a person is needed."""
TOLD = frozenset({"desk-blocked", "desk-earlier-key"})
"""Findings that are told, and that is all."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing worth telling about a desk; nobody is named in it."""

    code: str
    desk: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def asks(self) -> bool:
        """Whether a person must do something about it."""
        return self.code in ASKS


@dataclass(slots=True)
class Collected:
    """What one run did and found."""

    target: str = ""
    desks: int = 0
    manifests: int = 0
    """Newly taken."""
    taken: int = 0
    """Parcels that were loaded, or kept sealed, for the first time."""
    superseded: int = 0
    """Of those, earlier revisions that arrived late: kept in the list, not counted."""
    already: int = 0
    """Named again by a manifest, and here before."""
    rejected: int = 0
    receipts: int = 0
    """Written, those that were missing among them."""
    findings: list[Finding] = field(default_factory=list)
    _told: set[tuple[object, ...]] = field(default_factory=set, repr=False)

    def tell(self, code: str, desk: str, **facts: Fact) -> None:
        """Add a finding; the same is told once."""
        told = (code, desk, *sorted(facts.items()))
        if told not in self._told:
            self._told.add(told)
            self.findings.append(Finding(code, desk, facts))

    @property
    def asks(self) -> bool:
        """Whether a person is needed."""
        return any(finding.asks for finding in self.findings)

    def facts(self) -> dict[str, Any]:
        """Return all of it for a script."""
        return {
            "target": self.target,
            "desks": self.desks,
            "manifests": self.manifests,
            "taken": self.taken,
            "superseded": self.superseded,
            "already": self.already,
            "rejected": self.rejected,
            "receipts": self.receipts,
            "counts": dict(sorted(Counter(one.code for one in self.findings).items())),
            "findings": [
                {"code": one.code, "desk": one.desk, **one.facts} for one in self.findings
            ],
            "needs_person": self.asks,
        }
