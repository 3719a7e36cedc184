"""The envelope: a summary signed by its desk and encrypted (age) to whom it is meant for.

The plaintext inside the age file has three lines, so that a person with the `age` program and
the district's key can read it without us:

    1  the header, as JSON; among its facts the SHA-256 and the length of the body
    2  the base64 of the desk's Ed25519 signature over the bytes of line 1
    3  the body, as JSON, then spaces up to the next size that parcels have

age hides what is inside and does not say who wrote it (its recipients are public): the signature
does. The header names the recipients that the desk meant (`to`), so that one of them cannot hand the
parcel on, re-encrypted, as if the desk had sent it to someone else.
"""

import hashlib
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.kernel.documents import SummaryKind
from app.kernel.errors import Refused
from app.sync.desk_key import DeskKey, desk_of
from app.sync.signed import (
    KEY_BYTES,
    SIGNATURE_BYTES,
    Malformed,
    base64_of,
    base64_text,
    compact,
    hexadecimal,
    named,
    object_of,
    utc,
    verified,
    whole,
)

SMALLEST = 4096
"""What the plaintext of a parcel is filled up to at the least, in bytes."""
MOST = 64 * 1024 * 1024
"""What a parcel may weigh at the most, sealed or open, in bytes."""
MOST_RECIPIENTS = 20
MOST_HEAD = 8 * 1024
"""Bytes of the head that age writes: three times what so many recipients take."""

_DAY = r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
_PERIOD = re.compile(rf"\d{{4}}-(?:0[1-9]|1[0-2])|(?:{_DAY}|\.\.)/(?:{_DAY}|\.\.)|{_DAY}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the writer of a parcel says of the summary in it."""

    kind: SummaryKind
    schema: int
    """Version of the schema `resources/schemas/<kind>-<schema>.json` that the body follows."""
    period: str
    """As DataSummary has it; `../..` where a summary has none."""
    series: str
    """`DeskKey.series`: the same for each revision of the same summary."""
    revision: int
    """Counted from 1."""
    made: str
    """UTC text."""


@dataclass(frozen=True, slots=True)
class Header:
    """Line 1, once everything about it was found to be right."""

    desk: str
    key: bytes
    facts: Facts
    sha256: str
    size: int
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """A parcel that was opened and verified."""

    header: Header
    body: dict[str, Any]
    text: bytes
    """The body as it was written."""


def name_of(data: bytes) -> str:
    """Return the name of a sealed parcel: the SHA-256 of its bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def filled(size: int) -> int:
    """Return the size that a plaintext of `size` bytes is filled up to.

    Powers of the square root of two from 4 KiB: at most 41 % more than needed, and sizes
    tell an onlooker no more than which of some twenty steps a summary is on.
    """
    step = 0
    while (bucket := _step(step)) < size:
        step += 1
    return bucket


def _step(step: int) -> int:
    exact = SMALLEST * SMALLEST << step
    root = math.isqrt(exact)
    return root if root * root == exact else root + 1


def is_recipient(text: str) -> bool:
    """Tell whether `text` is an X25519 recipient of age (`age1…`)."""
    from pyrage import RecipientError, x25519

    try:
        return str(x25519.Recipient.from_str(text)) == text
    except RecipientError:
        return False


def is_identity(text: str) -> bool:
    """Tell whether `text` is an X25519 identity of age (`AGE-SECRET-KEY-1…`)."""
    from pyrage import IdentityError, x25519

    try:
        x25519.Identity.from_str(text)
    except IdentityError:
        return False
    return True


def recipient_of(identity: str) -> str:
    """Return the recipient of an identity."""
    from pyrage import x25519

    return str(x25519.Identity.from_str(identity).to_public())


def seal(facts: Facts, body: Mapping[str, Any], key: DeskKey, recipients: Sequence[str]) -> bytes:
    """Return the sealed parcel; sealing again gives other bytes, so it is done once.

    Refuses a recipient that is none (`recipient-malformed`), no recipient at all
    (`parcel-recipient-missing`), and a summary beyond what a parcel carries (`parcel-too-big`).
    """
    import pyrage
    from pyrage import x25519

    to = sorted(set(recipients))
    if not to:
        raise Refused("parcel-recipient-missing", "recipient")
    if len(to) > MOST_RECIPIENTS:
        raise Refused("recipient-too-many", "recipient", most=MOST_RECIPIENTS)
    for recipient in to:
        if not is_recipient(recipient):
            raise Refused("recipient-malformed", "recipient")
    if _wrong(facts):
        raise ValueError("facts that no reader would take")
    text = compact(body)
    public = key.public
    header = compact(
        {
            "casewell": "parcel",
            "version": 1,
            "desk": desk_of(public),
            "key": base64_text(public),
            "kind": facts.kind.value,
            "schema": facts.schema,
            "period": facts.period,
            "series": facts.series,
            "revision": facts.revision,
            "made": facts.made,
            "sha256": hashlib.sha256(text).hexdigest(),
            "bytes": len(text),
            "to": to,
        }
    )
    lines = header + b"\n" + base64_text(key.sign(header)).encode() + b"\n" + text
    size = filled(len(lines) + 1)
    if size > MOST - 64 * 1024:
        raise Refused("parcel-too-big")
    plain = lines + b" " * (size - len(lines) - 1) + b"\n"
    return pyrage.encrypt(plain, [x25519.Recipient.from_str(one) for one in to])


def open(  # noqa: A001 - what one does with an envelope; used as envelope.open
    data: bytes, identities: Sequence[str], most: Callable[[SummaryKind], int] = lambda _kind: MOST
) -> Opened:
    """Open and verify a parcel; whatever the bytes are, it returns or raises Malformed.

    A body of more bytes than `most` says of its kind is not read (`parcel-too-big`).
    Codes: `parcel-closed` (none of the identities opens it, or it was changed on the way),
    `parcel-malformed`, `parcel-newer`, `parcel-kind`, `parcel-desk` (the desk's id is not
    that of its key), `parcel-signature`, `parcel-hash`, `parcel-handed-on`.
    """
    plain = _decrypted(data, identities)
    parts = plain.split(b"\n", 2)
    if len(parts) != 3 or not parts[2].endswith(b"\n"):
        raise Malformed("parcel-malformed")
    line, signature_line, rest = parts
    found = object_of(line, "parcel-malformed")
    named(found, "parcel")
    signature = base64_of(signature_line.decode("latin-1"), SIGNATURE_BYTES)
    if signature is None:
        raise Malformed("parcel-malformed")
    header = _header(found)
    if not verified(header.key, line, signature):
        raise Malformed("parcel-signature")
    if not set(header.to) & {recipient_of(one) for one in identities}:
        raise Malformed("parcel-handed-on")
    if header.size > most(header.facts.kind):
        raise Malformed("parcel-too-big")
    text, filling = rest[: header.size], rest[header.size : -1]
    if len(text) != header.size or filling.strip(b" "):
        raise Malformed("parcel-malformed")
    if hashlib.sha256(text).hexdigest() != header.sha256:
        raise Malformed("parcel-hash")
    return Opened(header, object_of(text, "parcel-malformed"), text)


def _decrypted(data: bytes, identities: Sequence[str]) -> bytes:
    import pyrage
    from pyrage import x25519

    if len(data) > MOST:
        raise Malformed("parcel-malformed")
    # Reading a head costs by the square of its lines: one of a megabyte would take an hour.
    if b"\n--- " not in data[:MOST_HEAD]:
        raise Malformed("parcel-closed")
    keys = [x25519.Identity.from_str(one) for one in identities]
    try:
        return pyrage.decrypt(data, keys)
    except pyrage.DecryptError:
        raise Malformed("parcel-closed") from None


def _header(found: Mapping[str, Any]) -> Header:
    key = base64_of(found.get("key"), KEY_BYTES)
    size, to = found.get("bytes"), found.get("to")
    if (
        key is None
        or not whole(size, 2, MOST)
        or not hexadecimal(found.get("sha256"), 64)
        or not isinstance(to, list)
        or not 1 <= len(to) <= MOST_RECIPIENTS
        or not all(isinstance(one, str) for one in to)
        or not isinstance(found.get("kind"), str)
    ):
        raise Malformed("parcel-malformed")
    try:
        kind = SummaryKind(found["kind"])
    except ValueError:
        raise Malformed("parcel-kind") from None
    if found.get("desk") != desk_of(key):
        raise Malformed("parcel-desk")
    names = ("schema", "period", "series", "revision", "made")
    if not all(name in found for name in names):
        raise Malformed("parcel-malformed")
    facts = Facts(kind, *(found[name] for name in names))
    if _wrong(facts):
        raise Malformed("parcel-malformed")
    return Header(desk_of(key), key, facts, found["sha256"], size, tuple(to))


def _wrong(facts: Facts) -> bool:
    return not (
        whole(facts.schema, 1)
        and _period(facts.period)
        and hexadecimal(facts.series, 32)
        and whole(facts.revision, 1)
        and utc(facts.made)
    )


def _period(value: object) -> bool:
    return isinstance(value, str) and _PERIOD.fullmatch(value) is not None
