"""A district for tests: keys that are made once, and files of it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from app.kernel.documents import SummaryKind
from app.kernel.shipped import shipped
from app.sync.district_file import (
    DistrictFile,
    Place,
    Policy,
    SigningAge,
    SmallCells,
    Standing,
    build,
    fingerprint,
    invite,
)
from app.sync.district_keys import DistrictKeys
from app.sync.parcels import Address, Carrier

KEYS = DistrictKeys(
    "AGE-SECRET-KEY-1YW6AXM82NGDSZN4GFD2TTJSJUC2KAWZS7VHM75EFF6MMQ0MM3APS8KHQ6V", bytes(range(32))
)
OTHERS = DistrictKeys(KEYS.identity, bytes(range(1, 33)))
MADE = "2026-11-20T08:00:00.000Z"
WORDS = " ".join(fingerprint(KEYS.public))
POLICY = Policy(
    lock_minutes_most=3,
    kinds=frozenset({"services", "use-of-time"}),
    carriers=frozenset({"webdav", "folder"}),
    retention_months={"notes": 84},
    age_of_consent={"services": SigningAge(14, 12), "later-kind": SigningAge(15)},
    small_cells=SmallCells(10, "exact"),
    part2_notice="42 CFR part 2 prohibits unauthorized use or disclosure of these records.",
)


def categories(version: int = 1) -> dict[str, Any]:
    """Return a district's own set of categories, as its file holds it."""
    return {
        "code": "birchwood",
        "version": version,
        "name": "Birchwood’s categories",
        "groups": [{"code": "direct", "label": "With students"}],
        "categories": [
            {"code": "talks", "label": "Talks", "group": "direct", "words": ["talk"]},
            {"code": "other", "label": "Other", "group": "direct", "words": []},
        ],
        "fallback": "other",
    }


def instrument(name: str = "birchwood-mood") -> dict[str, Any]:
    """Return an instrument of a district's own: a shipped one under another name."""
    found: dict[str, Any] = json.loads(shipped("instruments", "gad-7.json").read_text("utf-8"))
    return found | {"id": name, "title": "Birchwood mood check"}


def district_file(keys: DistrictKeys = KEYS, **changes: Any) -> bytes:
    """Return a signed district file."""
    whole = DistrictFile(
        serial=1,
        name="Birchwood Unified",
        made=MADE,
        recipients=(keys.recipient,),
        signing_key=keys.public,
        places=(
            Place(
                "12" * 16,
                "District share",
                Address(Carrier.WEBDAV, {"endpoint": "https://dav.birchwood.example"}),
            ),
        ),
        standing=(Standing(SummaryKind.SERVICES, "month", 5),),
        policy=POLICY,
        invitation=invite("Room 12", MADE, keys),
    )
    return build(replace(whole, **changes), keys)


def unstretched(patch: pytest.MonkeyPatch) -> None:
    """Let a district's keys stand under a passphrase that is compared, not stretched for a second."""
    from pyrage import DecryptError, passphrase

    def encrypt(data: bytes, secret: str) -> bytes:
        return b"age-encryption.org/v1\n-> scrypt " + secret.encode() + b"\n" + data

    def decrypt(data: bytes, secret: str) -> bytes:
        first, text = data.removeprefix(b"age-encryption.org/v1\n-> scrypt ").split(b"\n", 1)
        if first != secret.encode():
            raise DecryptError
        return text

    patch.setattr(passphrase, "encrypt", encrypt)
    patch.setattr(passphrase, "decrypt", decrypt)
