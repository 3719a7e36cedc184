"""What is to be made of one sealed parcel: opened, verified, valid by its schema, let in or not."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from functools import cache
from typing import TYPE_CHECKING, Any

from app.collect.loading import Lines, Unfit, lines_of
from app.kernel.documents import ABOUT_NOBODY, SummaryKind
from app.kernel.shipped import shipped
from app.sync import envelope
from app.sync.district_file import Invitation, invitation_of
from app.sync.envelope import Header
from app.sync.signed import Malformed, base64_text

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

MOST_OF_COUNTS = 8 * 1024 * 1024
"""Bytes of a summary that tells about nobody: some twenty thousand rows, many times a desk's."""

_LATER = frozenset({"parcel-newer", "parcel-kind"})
"""Codes of what a later program may well read."""


@unique
class Ruling(StrEnum):
    """What is to become of a parcel."""

    LOAD = "load"
    KEEP = "keep"
    """Sealed as it is: it is of a version that only a later program knows."""
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a desk shows and says when it makes itself known."""

    invitation: Invitation
    """Signed by this district."""
    name: str
    role: str
    schools: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A parcel, and what is to become of it."""

    name: str
    ruling: Ruling
    code: str = ""
    header: Header | None = None
    lines: Lines = ()
    counts: str = ""
    """`exact` or `suppressed`, where the summary says so."""
    enrolment: Enrolment | None = None
    sealed: bytes = b""
    """Of what is kept: its bytes."""
    schools: tuple[str, ...] = ()
    """Buildings that it counts and that its desk's invitation does not name."""
    earlier_key: bool = False
    """Whether it was sealed to an earlier key of the district, not to the one in use."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges parcels with the district's keys and by its policy."""

    identities: Sequence[str]
    """The one in use first."""
    signing_key: bytes
    lets_in: Callable[[SummaryKind], bool]

    def __call__(self, desk: str, name: str, data: bytes) -> Judged:
        """Return what is to become of the parcel `name` of a desk, whatever its bytes are."""
        try:
            opened = envelope.open(data, self.identities, _most)
        except Malformed as error:
            ruling = Ruling.KEEP if error.code in _LATER else Ruling.REJECT
            return Judged(name, ruling, error.code, sealed=data)
        header = opened.header
        if header.desk != desk:
            return Judged(name, Ruling.REJECT, "parcel-of-other-desk")
        facts = header.facts
        if facts.kind is not SummaryKind.ENROLMENT and not self.lets_in(facts.kind):
            return Judged(name, Ruling.REJECT, "parcel-not-let-in", header)
        schema = schema_of(facts.kind, facts.schema)
        if schema is None:
            return Judged(name, Ruling.KEEP, "parcel-schema-newer", header, sealed=data)
        if next(schema.iter_errors(opened.body), None) is not None:
            return Judged(name, Ruling.REJECT, "parcel-schema", header)
        if facts.kind is SummaryKind.ENROLMENT:
            return self._enrolment(name, header, opened.body)
        try:
            lines = lines_of(facts.kind, facts.schema, facts.period, opened.body)
        except Unfit as error:
            return Judged(name, Ruling.REJECT, error.code, header)
        counts = opened.body.get("counts", "")
        late = self._is_late(header)
        return Judged(name, Ruling.LOAD, "", header, lines, counts, earlier_key=late)

    def _is_late(self, header: Header) -> bool:
        """Tell whether a desk still seals to a key that was rotated out."""
        return len(self.identities) > 1 and (
            envelope.recipient_of(self.identities[0]) not in header.to
        )

    def _enrolment(self, name: str, header: Header, body: Mapping[str, Any]) -> Judged:
        try:
            invitation = invitation_of(body["invitation"])
        except Malformed as error:
            return Judged(name, Ruling.REJECT, error.code, header)
        if invitation.key != self.signing_key:
            return Judged(name, Ruling.REJECT, "invitation-stranger", header)
        if (body["desk"], body["key"]) != (header.desk, base64_text(header.key)):
            return Judged(name, Ruling.REJECT, "parcel-header", header)
        enrolment = Enrolment(invitation, body["name"], body["role"], tuple(body["schools"]))
        late = self._is_late(header)
        return Judged(name, Ruling.LOAD, "", header, enrolment=enrolment, earlier_key=late)


def _most(kind: SummaryKind) -> int:
    return MOST_OF_COUNTS if kind in ABOUT_NOBODY else envelope.MOST


def is_named(data: bytes, name: str) -> bool:
    """Tell whether bytes are those that a name stands for."""
    return hashlib.sha256(data).hexdigest() == name


@cache
def schema_of(kind: SummaryKind, version: int) -> "Draft202012Validator | None":
    """Return what checks bodies of a kind and version; None where this program has no schema."""
    from jsonschema import Draft202012Validator

    file = shipped("schemas", f"{kind.value}-{version}.json")
    if not file.is_file():
        return None
    return Draft202012Validator(json.loads(file.read_bytes()))
