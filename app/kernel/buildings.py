"""How a school building is told apart wherever counts of it meet: by one key at every desk."""

import hashlib
import unicodedata

_DIGITS = 16
_LONGEST = 200
NONE = "none"
"""Stands for the building of students of whom none is known."""


def name_key(name: str) -> str:
    """Return the key of what has no code: the same wherever it is called the same."""
    plain = " ".join(unicodedata.normalize("NFKC", name).lower().split())
    return f"name:{hashlib.sha256(plain.encode()).hexdigest()[:_DIGITS]}"


def building_key(code: str, source_id: str, name: str) -> str:
    """Return a building's key: its own code, else the roster's id of it, else of its name."""
    if code.strip():
        return f"code:{code.strip()[:_LONGEST]}"
    return f"roster:{source_id.strip()[:_LONGEST]}" if source_id.strip() else name_key(name)


def key_meant(text: str) -> str:
    """Return the key that a person means who writes a code, `roster:ID` or `name:NAME`; else empty."""
    kind, colon, rest = text.strip().partition(":")
    rest = rest.strip()
    if not colon:
        return building_key(kind, "", "") if kind else ""
    if not rest or kind not in {"code", "roster", "name"}:
        return ""
    if kind == "name":
        is_key = len(rest) == _DIGITS and not set(rest) - set("0123456789abcdef")
        return f"name:{rest}" if is_key else name_key(rest)
    return building_key(rest, "", "") if kind == "code" else building_key("", rest, "")
