"""target.json: which place this is. A place that lost it, or has another, is a new place."""

import os

from app.sync.signed import Malformed, compact, hexadecimal, named, object_of

PATH = "target.json"
_MOST = 4096


def new_id() -> str:
    """Return a fresh target id: 32 hexadecimal digits that mean nothing."""
    return os.urandom(16).hex()


def write(target: str) -> bytes:
    """Return the bytes of target.json for a target id."""
    if not hexadecimal(target, 32):
        raise ValueError("a target id has 32 hexadecimal digits")
    return compact({"casewell": "target", "version": 1, "id": target}) + b"\n"


def read(data: bytes) -> str:
    """Return the id in a target.json; raise Malformed `target-malformed` or `target-newer`."""
    if len(data) > _MOST:
        raise Malformed("target-malformed")
    facts = object_of(data, "target-malformed")
    named(facts, "target")
    if not hexadecimal(facts.get("id"), 32):
        raise Malformed("target-malformed")
    return str(facts["id"])
