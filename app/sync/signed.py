"""Signed statements: one line of JSON, one line of signature; and JSON that is read strictly.

A manifest, a receipt, an invitation and a district file are all of this form, and an
outsider checks one with any Ed25519 library: the second line is the base64 of the signature
over the bytes of the first, without the line's end. What a statement is, is part of what is
signed (`casewell`), so that none can be passed off as another.
"""

import base64
import binascii
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, TypeGuard

from app.kernel.errors import Damage

KEY_BYTES = 32
SIGNATURE_BYTES = 64
DEEPEST = 64
"""Levels of nesting; what is deeper would end one reader or the other that goes down by itself."""

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


class Malformed(Damage):
    """Bytes that came from outside are not what they should be; the code says in which way."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What was read of a signed statement; it is not to be believed before `verify`."""

    facts: Mapping[str, Any]
    line: bytes
    signature: bytes


def compact(facts: Mapping[str, Any]) -> bytes:
    """Return the one line of JSON of `facts`: keys sorted, no spaces, UTF-8."""
    return json.dumps(
        facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def object_of(line: bytes, code: str) -> dict[str, Any]:
    """Return the JSON object that `line` is; raise Malformed `code` for anything else.

    Refused are a key that occurs twice, numbers that JSON does not have, text that is no
    Unicode, and nesting that no honest writer needs.
    """
    try:
        found = json.loads(
            line.decode(),
            object_pairs_hook=_once_each,
            parse_float=_finite,
            parse_constant=_no_such_number,
        )
        if _SURROGATE.search(line):
            compact({"": found})
    except (ValueError, RecursionError):
        raise Malformed(code) from None
    if not isinstance(found, dict) or _is_deep(found):
        raise Malformed(code)
    return found


def _is_deep(found: dict[str, Any]) -> bool:
    level: list[dict[str, Any] | list[Any]] = [found]
    for _level in range(DEEPEST):
        level = [
            one
            for holder in level
            for one in (holder.values() if isinstance(holder, dict) else holder)
            if isinstance(one, (dict, list))
        ]
    return bool(level)


def base64_of(text: object, count: int) -> bytes | None:
    """Return the `count` bytes that a standard base64 text stands for; None for anything else."""
    if not isinstance(text, str):
        return None
    try:
        found = base64.b64decode(text.encode("ascii"), validate=True)
    except (ValueError, binascii.Error):
        return None
    return found if len(found) == count and base64_text(found) == text else None


def base64_text(data: bytes) -> str:
    """Return standard base64 with its padding."""
    return base64.b64encode(data).decode("ascii")


def statement(line: bytes, signature: bytes) -> bytes:
    """Return the two lines of a signed statement."""
    return line + b"\n" + base64_text(signature).encode() + b"\n"


def read(data: bytes, what: str, most: int) -> Statement:
    """Return the statement that `data` is, still to be verified.

    Raises Malformed `<what>-malformed`, and `<what>-newer` for a version after 1.
    """
    code = f"{what}-malformed"
    if len(data) > most:
        raise Malformed(code)
    lines = data.split(b"\n")
    if len(lines) != 3 or lines[2]:
        raise Malformed(code)
    signature = base64_of(lines[1].decode("latin-1"), SIGNATURE_BYTES)
    facts = object_of(lines[0], code)
    if signature is None:
        raise Malformed(code)
    named(facts, what)
    return Statement(facts, lines[0], signature)


def named(facts: Mapping[str, Any], what: str) -> None:
    """Check that `facts` are of the kind `what` and of the version this program reads."""
    if facts.get("casewell") != what:
        raise Malformed(f"{what}-malformed")
    version = facts.get("version")
    if not whole(version, 1):
        raise Malformed(f"{what}-malformed")
    if version != 1:
        raise Malformed(f"{what}-newer", version=min(version, 999_999))


def verified(key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether `signature` is that of the Ed25519 `key` over `message`."""
    from nacl.exceptions import BadSignatureError, CryptoError
    from nacl.signing import VerifyKey

    if len(key) != KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    try:
        VerifyKey(key).verify(message, signature)
    except (BadSignatureError, CryptoError, ValueError):
        return False
    return True


def whole(value: object, least: int, most: int = 2**53 - 1) -> TypeGuard[int]:
    """Tell whether `value` is a whole number within bounds (2^53 - 1: what every reader holds)."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def hexadecimal(value: object, digits: int) -> TypeGuard[str]:
    """Tell whether `value` is text of so many hexadecimal digits, in small letters."""
    return (
        isinstance(value, str) and len(value) == digits and not set(value) - set("0123456789abcdef")
    )


_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)


def utc(value: object) -> TypeGuard[str]:
    """Tell whether `value` is a moment as `app.kernel.clock.utc_text` writes it."""
    from datetime import datetime

    if not isinstance(value, str) or not _UTC.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError
    return number


def _no_such_number(_text: str) -> NoReturn:
    raise ValueError
