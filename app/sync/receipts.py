"""Receipts: the district's signed word on what it made of each object of a manifest.

The receipt for a manifest carries its counter: receipts/<desk>/0000000007.json answers
manifests/<desk>/0000000007.json and names its hash.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Any, Protocol

from app.sync.manifest import MOST, MOST_COUNTER
from app.sync.signed import (
    KEY_BYTES,
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


class Signer(Protocol):
    """What signs for the district."""

    @property
    def public(self) -> bytes:
        """The 32 bytes that verify what it signs."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return the signature over `message`."""
        ...


@unique
class Result(StrEnum):
    """What the district made of an object."""

    LOADED = "loaded"
    ALREADY = "already"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One object, and what became of it."""

    name: str
    result: Result
    code: str = ""
    """Why it was rejected; else empty."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the district says of a manifest."""

    desk: str
    counter: int
    manifest: str
    """SHA-256 of the manifest's bytes."""
    objects: tuple[Verdict, ...]
    made: str
    """UTC text."""


def path(desk: str, counter: int) -> str:
    """Return where the receipt for a desk's manifest lies."""
    return f"receipts/{desk}/{counter:010d}.json"


def sign(receipt: Receipt, district: Signer) -> bytes:
    """Return the bytes of a receipt."""
    facts = {
        "casewell": "receipt",
        "version": 1,
        "key": base64_text(district.public),
        "desk": receipt.desk,
        "counter": receipt.counter,
        "manifest": receipt.manifest,
        "objects": [
            {"name": one.name, "result": one.result.value, "code": one.code}
            for one in receipt.objects
        ],
        "made": receipt.made,
    }
    if _receipt(facts) is None:
        raise ValueError("a receipt that no reader would take")
    line = compact(facts)
    return statement(line, district.sign(line))


def read(data: bytes, district: bytes) -> Receipt:
    """Return a receipt that the district with the verify key `district` signed.

    Raises Malformed: `receipt-malformed`, `receipt-newer`, `receipt-stranger` (another key's),
    `receipt-signature`. Whether it answers a manifest of ours is for the caller to check.
    """
    found = read_statement(data, "receipt", MOST)
    receipt = _receipt(found.facts)
    key = base64_of(found.facts.get("key"), KEY_BYTES)
    if receipt is None or key is None:
        raise Malformed("receipt-malformed")
    if key != district:
        raise Malformed("receipt-stranger")
    if not verified(key, found.line, found.signature):
        raise Malformed("receipt-signature")
    return receipt


def _receipt(facts: Mapping[str, Any]) -> Receipt | None:
    objects = facts.get("objects")
    if not (
        hexadecimal(facts.get("desk"), 32)
        and whole(facts.get("counter"), 1, MOST_COUNTER)
        and hexadecimal(facts.get("manifest"), 64)
        and utc(facts.get("made"))
        and isinstance(objects, list)
    ):
        return None
    verdicts = []
    for one in objects:
        if not (
            isinstance(one, dict)
            and hexadecimal(one.get("name"), 64)
            and one.get("result") in tuple(Result)
            and isinstance(one.get("code"), str)
            and len(one["code"]) <= 64
        ):
            return None
        verdicts.append(Verdict(one["name"], Result(one["result"]), one["code"]))
    return Receipt(
        facts["desk"], facts["counter"], facts["manifest"], tuple(verdicts), facts["made"]
    )
