"""The district file: what a district's IT hands to every desk, signed as a whole.

It holds no secret. Whoever loads the first one compares eight words with what IT says of
its key; later files of the same key are taken by their serial.
"""

import hashlib
import json
import os
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app.kernel.documents import SummaryKind
from app.kernel.errors import Refused
from app.kernel.shipped import shipped
from app.sync.envelope import is_recipient
from app.sync.parcels import Address, Carrier, holds_secret, is_closed
from app.sync.receipts import Signer
from app.sync.signed import (
    KEY_BYTES,
    SIGNATURE_BYTES,
    Malformed,
    base64_of,
    base64_text,
    compact,
    hexadecimal,
    statement,
    utc,
    verified,
    whole,
)
from app.sync.signed import (
    read as read_statement,
)

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

SUFFIX = ".casewell-district"
MOST = 4 * 1024 * 1024
WORDS = 8
LONGEST_LABEL = 200
_LONGEST_SCHOOL = 210
_LONGEST_INVITATION = 4096
"""Signs of an invitation's line, by the schemas of district files and enrolments."""
_TURNS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


@dataclass(frozen=True, slots=True)
class Place:
    """A destination that the district offers."""

    id: str
    """32 hexadecimal digits; the same in each later file, so that credentials stay with it."""
    label: str
    address: Address


@dataclass(frozen=True, slots=True)
class Standing:
    """A summary that leaves by itself, once its month or week is over."""

    kind: SummaryKind
    every: str
    """`month` or `week` (Monday to Sunday)."""
    days_after: int
    """How many days after the end it is made."""


@dataclass(frozen=True, slots=True)
class SmallCells:
    """What the district says of counts that are small enough to know a student by."""

    limit: int
    """Cells that count fewer students than this are small."""
    counts: str
    """`exact` or `suppressed`: what the district itself is sent."""


@dataclass(frozen=True, slots=True)
class SigningAge:
    """From which age a student signs one kind of consent; None: as it is without the district."""

    alone: int | None = None
    besides: int | None = None
    """From which age beside a guardian."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the district asks of its desks; what it leaves out stays as the desk has it."""

    lock_minutes_most: int | None = None
    kinds: frozenset[str] | None = None
    """Kinds of summaries that may leave; None for all."""
    carriers: frozenset[str] | None = None
    """Carriers they may leave by; None for all."""
    retention_months: Mapping[str, int] = field(default_factory=dict)
    """The least that each kind of record is kept."""
    age_of_consent: Mapping[str, SigningAge] = field(default_factory=dict)
    """By kind of consent."""
    small_cells: SmallCells | None = None
    part2_notice: str = ""

    def allowed(self, kind: str, carrier: str) -> bool:
        """Tell whether a summary of `kind` may leave by `carrier`."""
        return (self.kinds is None or kind in self.kinds) and (
            self.carriers is None or carrier in self.carriers
        )


@dataclass(frozen=True, slots=True)
class Invitation:
    """What lets one desk enrol; it hands it back with its own key."""

    id: str
    label: str
    key: bytes
    """The district's verify key."""
    made: str
    line: str
    """What was signed."""
    signature: bytes
    schools: tuple[str, ...] = ()
    """Keys of the buildings that its desk may count (`app.kernel.buildings`); none: any."""

    def pair(self) -> dict[str, str]:
        """Return it as a district file and an enrolment hold it."""
        return {"line": self.line, "signature": base64_text(self.signature)}


@dataclass(frozen=True, slots=True)
class DistrictFile:
    """All that a district file says."""

    serial: int
    name: str
    made: str
    recipients: tuple[str, ...]
    signing_key: bytes
    places: tuple[Place, ...] = ()
    standing: tuple[Standing, ...] = ()
    policy: Policy = Policy()
    instruments: tuple[Mapping[str, Any], ...] = ()
    categories: tuple[Mapping[str, Any], ...] = ()
    invitation: Invitation | None = None

    def fingerprint(self) -> tuple[str, ...]:
        """Return the eight words of the signing key."""
        return fingerprint(self.signing_key)


def fingerprint(key: bytes) -> tuple[str, ...]:
    """Return eight words of the BIP-39 list: the first 88 bits of the key's SHA-256."""
    from mnemonic import Mnemonic

    number = int.from_bytes(hashlib.sha256(key).digest()[:11], "big")
    listed = Mnemonic("english").wordlist
    return tuple(listed[number >> 11 * place & 2047] for place in reversed(range(WORDS)))


def same_words(key: bytes, typed: str) -> bool:
    """Tell whether `typed` are the words of `key`; case and signs between do not count.

    The first four letters tell the words of the list apart and are enough, as for recovery words.
    """
    words = "".join(sign if sign.isalpha() else " " for sign in typed.lower()).split()
    wanted = fingerprint(key)
    return len(words) == WORDS and all(
        one == word or (len(one) >= 4 and word.startswith(one))
        for one, word in zip(words, wanted, strict=True)
    )


def invite(label: str, made: str, district: Signer, schools: Sequence[str] = ()) -> Invitation:
    """Return a fresh signed invitation; refuse more schools than one has room for."""
    facts: dict[str, Any] = {
        "casewell": "invitation",
        "version": 1,
        "id": os.urandom(16).hex(),
        "label": label,
        "key": base64_text(district.public),
        "made": made,
    }
    if schools:
        facts["schools"] = sorted(schools)
    line = compact(facts)
    if len(line.decode()) > _LONGEST_INVITATION:
        raise Refused("district-schools-many", "school")
    return invitation_of({"line": line.decode(), "signature": base64_text(district.sign(line))})


def invitation_of(pair: Mapping[str, Any]) -> Invitation:
    """Return the invitation that a pair of `line` and `signature` is; verified by its own key.

    Raises Malformed `invitation-malformed`, `invitation-newer` or `invitation-signature`. Whether
    the key is the district's is for the caller to check.
    """
    line, signature = pair.get("line"), base64_of(pair.get("signature"), SIGNATURE_BYTES)
    if not isinstance(line, str) or signature is None or "\n" in line:
        raise Malformed("invitation-malformed")
    try:
        found = read_statement(statement(line.encode(), signature), "invitation", 8192)
    except UnicodeEncodeError:
        raise Malformed("invitation-malformed") from None
    facts, key = found.facts, base64_of(found.facts.get("key"), KEY_BYTES)
    label, schools = facts.get("label"), facts.get("schools", [])
    if (
        key is None
        or not hexadecimal(facts.get("id"), 32)
        or not isinstance(label, str)
        or not 1 <= len(label) <= LONGEST_LABEL
        or not utc(facts.get("made"))
        or not isinstance(schools, list)
        or not all(isinstance(one, str) and 1 <= len(one) <= _LONGEST_SCHOOL for one in schools)
    ):
        raise Malformed("invitation-malformed")
    if not verified(key, found.line, signature):
        raise Malformed("invitation-signature")
    return Invitation(facts["id"], label, key, facts["made"], line, signature, tuple(schools))


def facts_of(content: DistrictFile) -> dict[str, Any]:
    """Return a district file's members, as JSON has them."""
    policy = content.policy
    cells = policy.small_cells
    return {
        "casewell": "district-file",
        "version": 1,
        "serial": content.serial,
        "name": content.name,
        "made": content.made,
        "signing_key": base64_text(content.signing_key),
        "recipients": list(content.recipients),
        "destinations": [
            {
                "id": place.id,
                "label": place.label,
                "carrier": place.address.carrier.value,
                "options": dict(place.address.options),
            }
            for place in content.places
        ],
        "standing": [
            {"kind": one.kind.value, "every": one.every, "days_after": one.days_after}
            for one in content.standing
        ],
        "policy": {
            "lock_minutes_most": policy.lock_minutes_most,
            "may_leave": {
                "kinds": None if policy.kinds is None else sorted(policy.kinds),
                "carriers": None if policy.carriers is None else sorted(policy.carriers),
            },
            "retention_months": dict(policy.retention_months),
            "age_of_consent": {
                kind: {"alone": age.alone, "besides": age.besides}
                for kind, age in policy.age_of_consent.items()
            },
            "small_cells": cells and {"limit": cells.limit, "counts": cells.counts},
            "part2_notice": policy.part2_notice,
        },
        "packs": {
            "instruments": [dict(one) for one in content.instruments],
            "categories": [dict(one) for one in content.categories],
        },
        "invitation": content.invitation.pair() if content.invitation else None,
    }


def build(content: DistrictFile, district: Signer) -> bytes:
    """Return the signed bytes of a district file; what `parse` would refuse is refused here."""
    if content.signing_key != district.public:
        raise ValueError("the file names another signing key")
    line = compact(facts_of(content))
    data = statement(line, district.sign(line))
    parse(data)
    return data


def parse(data: bytes) -> DistrictFile:
    """Return what a district file says, its signature verified; else raise Refused, on `file`.

    Codes: `district-file-malformed` (with `where`, the member), `district-file-newer`,
    `district-file-signature`, `district-file-recipient`, `district-file-secret` (an address
    that carries a name or password), `district-file-open` (one that is not encrypted),
    `district-file-invitation`.
    """
    try:
        found = read_statement(data, "district-file", MOST)
    except Malformed as error:
        if error.code == "district-file-newer":
            raise Refused("district-file-newer", "file") from None
        raise Refused("district-file-malformed", "file", where="") from None
    key = base64_of(found.facts.get("signing_key"), KEY_BYTES)
    if key is None:
        raise Refused("district-file-malformed", "file", where="signing_key")
    if not verified(key, found.line, found.signature):
        raise Refused("district-file-signature", "file")
    return of_facts(found.facts)


def of_facts(facts: Mapping[str, Any]) -> DistrictFile:
    """Return the district file of these members; refuse what does not follow the schema."""
    for wrong in _schema().iter_errors(facts):
        where = ".".join(str(step) for step in wrong.absolute_path)
        raise Refused("district-file-malformed", "file", where=where[:200])
    for name, text in (
        ("name", facts["name"]),
        *(("destinations", one["label"]) for one in facts["destinations"]),
    ):
        if not _readable(text):
            raise Refused("district-file-malformed", "file", where=name)
    key = base64_of(facts["signing_key"], KEY_BYTES)
    if key is None or not utc(facts["made"]):
        raise Refused("district-file-malformed", "file", where="signing_key")
    if not all(is_recipient(one) for one in facts["recipients"]):
        raise Refused("district-file-recipient", "file")
    places = tuple(_place(one) for one in facts["destinations"])
    if len({place.id for place in places}) != len(places):
        raise Refused("district-file-malformed", "file", where="destinations")
    return DistrictFile(
        serial=facts["serial"],
        name=facts["name"],
        made=facts["made"],
        recipients=tuple(facts["recipients"]),
        signing_key=key,
        places=places,
        standing=tuple(
            Standing(SummaryKind(one["kind"]), one["every"], one["days_after"])
            for one in facts["standing"]
        ),
        policy=_policy(facts["policy"]),
        instruments=tuple(facts["packs"].get("instruments", ())),
        categories=tuple(facts["packs"].get("categories", ())),
        invitation=_invitation(facts.get("invitation"), key),
    )


def _readable(text: str) -> bool:
    """Tell whether a name is shown as it is written: nothing in it turns or ends a line."""
    return bool(text.strip()) and not any(
        unicodedata.category(sign) == "Cc"
        or unicodedata.bidirectional(sign) in _TURNS
        or sign in "\u2028\u2029"
        for sign in text
    )


def _place(one: Mapping[str, Any]) -> Place:
    options: dict[str, str] = one["options"]
    try:
        urlsplit(options.get("endpoint", ""))
    except ValueError:
        raise Refused("district-file-malformed", "file", where="destinations") from None
    if holds_secret(options):
        raise Refused("district-file-secret", "file", label=one["label"])
    if "endpoint" in options and not is_closed(options["endpoint"]):
        raise Refused("district-file-open", "file", label=one["label"])
    return Place(one["id"], one["label"], Address(Carrier(one["carrier"]), options))


def _policy(facts: Mapping[str, Any]) -> Policy:
    leave = facts.get("may_leave", {})
    cells = facts.get("small_cells")
    return Policy(
        lock_minutes_most=facts.get("lock_minutes_most"),
        kinds=_few(leave.get("kinds")),
        carriers=_few(leave.get("carriers")),
        retention_months=facts.get("retention_months", {}),
        age_of_consent={
            kind: SigningAge(age["alone"], age["besides"])
            for kind, age in facts.get("age_of_consent", {}).items()
        },
        small_cells=None if cells is None else SmallCells(cells["limit"], cells["counts"]),
        part2_notice=facts.get("part2_notice", ""),
    )


def _few(words: list[str] | None) -> frozenset[str] | None:
    return None if words is None else frozenset(words)


def _invitation(pair: Mapping[str, Any] | None, key: bytes) -> Invitation | None:
    if pair is None:
        return None
    try:
        found = invitation_of(pair)
    except Malformed:
        raise Refused("district-file-invitation", "file") from None
    if found.key != key:
        raise Refused("district-file-invitation", "file")
    return found


@cache
def _schema() -> "Draft202012Validator":
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    strict: type[Draft202012Validator] = extend(  # type: ignore[no-untyped-call]
        Draft202012Validator,
        type_checker=Draft202012Validator.TYPE_CHECKER.redefine(
            "integer", lambda _checker, value: whole(value, -(2**53))
        ),
    )
    return strict(json.loads(shipped("schemas", "district-file-1.json").read_bytes()))
