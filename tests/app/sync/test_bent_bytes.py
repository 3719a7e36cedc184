"""Every reader of what comes from outside, on bytes that were bent by a seed: no crash, no wait."""

import json
import time
from collections.abc import Callable
from random import Random

import pyrage
import pytest
from pyrage import x25519

from app.kernel.documents import SummaryKind
from app.kernel.errors import Refused
from app.sync import district_file, envelope, manifest, receipts, target
from app.sync.desk_key import DeskKey
from app.sync.signed import Malformed
from district_desk import KEYS, MADE
from district_desk import district_file as a_file

DESK = DeskKey(bytes(range(32)))
HASH = "ab" * 32
SHORT, LONG = 4_000, 1_000_000
SECONDS = 1.0
"""What no reader may take."""

_FACTS = envelope.Facts(SummaryKind.SERVICES, 1, "2026-10", "cd" * 16, 1, MADE)
_PLAIN = (
    pyrage.decrypt(
        envelope.seal(_FACTS, {"count": 3, "of": [1, None, "é"]}, DESK, [KEYS.recipient]),
        [x25519.Identity.from_str(KEYS.identity)],
    ).rstrip(b" \n")
    + b"\n"
)
_INVITATION = district_file.invite("Room 12", MADE, KEYS)


def _parcel(data: bytes) -> object:
    sealed = pyrage.encrypt(data, [x25519.Recipient.from_str(KEYS.recipient)])
    return envelope.open(sealed, [KEYS.identity])


def _pair(data: bytes) -> object:
    try:
        pair = json.loads(data)
    except (ValueError, RecursionError):
        raise Malformed("invitation-malformed") from None
    return district_file.invitation_of(pair if isinstance(pair, dict) else {})


READERS: list[tuple[Callable[[bytes], object], bytes]] = [
    (_parcel, _PLAIN),
    (
        manifest.read,
        manifest.sign(
            manifest.Content(1, "", "cd" * 16, False, (manifest.Laid(HASH, 4400),), 7, HASH, MADE),
            DESK,
        ),
    ),
    (
        lambda data: receipts.read(data, KEYS.public),
        receipts.sign(
            receipts.Receipt(
                DESK.id, 1, HASH, (receipts.Verdict(HASH, receipts.Result.LOADED),), MADE
            ),
            KEYS,
        ),
    ),
    (target.read, target.write("cd" * 16)),
    (district_file.parse, a_file()),
    (_pair, json.dumps(_INVITATION.pair()).encode()),
]
_PIECES = (
    b'"', b"{", b"}", b"[", b"]", b",", b":", b"\n", b"\\u0000", b"\\ud800", b"\xff", b"\x00",
    b"null", b"true", b"-1", b"1e999", b"1.5", b"9" * 40, b"NaN", b'{"a":1}', b"[" * 3000,
    "é".encode(), b"age1", b"==", b" " * 50,
)  # fmt: skip


def _bent(random: Random, data: bytes) -> bytes:
    bent = bytearray(data)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(bent) + 1)
        match random.randrange(6):
            case 0:
                bent[at : at + random.randint(1, 40)] = b""
            case 1:
                bent[at:at] = random.choice(_PIECES)
            case 2 if at < len(bent):
                bent[at] ^= 1 << random.randrange(8)
            case 3:
                end = at + random.randint(1, 60)
                bent[at:at] = bent[at:end]
            case 4:
                bent[at : at + random.randint(1, 20)] = random.choice(_PIECES)
            case _:
                del bent[at:]
    return bytes(bent)


@pytest.mark.parametrize(
    "times",
    [SHORT, pytest.param(LONG, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])],
)
def test_bent_bytes_are_read_or_refused_at_once(times: int) -> None:
    random = Random(20261122)
    refused = 0
    for _ in range(times):
        reading, whole = random.choice(READERS)
        bent = _bent(random, whole)
        began = time.monotonic()
        try:
            reading(bent)
        except (Malformed, Refused):
            refused += 1
        assert time.monotonic() - began < SECONDS
    assert refused > times * 0.9


def test_each_is_read_as_it_was_written() -> None:
    for reading, whole in READERS:
        assert reading(whole)
