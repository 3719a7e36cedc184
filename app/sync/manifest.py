"""Manifests: a desk's signed list of what it laid at a place, each chained to the one before.

A manifest is written after the objects it names were read back. Its counter never goes back, so a
reader that has seen one notices when older ones are put in its place, and when one is missing.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.sync.desk_key import DeskKey, desk_of
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

MOST = 32 * 1024 * 1024
MOST_COUNTER = 9_999_999_999
"""What ten digits hold."""


@dataclass(frozen=True, slots=True)
class Laid:
    """An object that lies at the place."""

    name: str
    """SHA-256 of its bytes, in hexadecimal."""
    size: int


@dataclass(frozen=True, slots=True)
class Content:
    """What a manifest says."""

    counter: int
    """Counted from 1 without a gap, per desk and destination."""
    previous: str
    """SHA-256 of the previous manifest's bytes; empty for the first."""
    target: str
    restart: bool
    """Whether the place is a new or emptied one, so that this names everything that is kept."""
    objects: tuple[Laid, ...]
    journal_count: int
    journal_head: str
    """Where the vault's journal stood, so that a vault put back to an earlier state shows."""
    made: str
    """UTC text; for display alone, the order is the counter's."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest that was read and verified."""

    desk: str
    key: bytes
    content: Content
    sha256: str
    """Of its bytes: what the next one names as its previous."""


def path(desk: str, counter: int) -> str:
    """Return where a desk's manifest lies."""
    return f"manifests/{desk}/{counter:010d}.json"


def sign(content: Content, key: DeskKey) -> bytes:
    """Return the bytes of a manifest."""
    public = key.public
    facts = {
        "casewell": "manifest",
        "version": 1,
        "desk": desk_of(public),
        "key": base64_text(public),
        "counter": content.counter,
        "previous": content.previous,
        "target": content.target,
        "restart": content.restart,
        "objects": [{"name": one.name, "bytes": one.size} for one in content.objects],
        "journal": {"count": content.journal_count, "head": content.journal_head},
        "made": content.made,
    }
    if _content(facts) is None:
        raise ValueError("content that no reader would take")
    line = compact(facts)
    return statement(line, key.sign(line))


def read(data: bytes) -> Manifest:
    """Return a manifest, verified against the key it names; else raise Malformed.

    Codes: `manifest-malformed`, `manifest-newer`, `manifest-desk`, `manifest-signature`. Whose
    key it is, and whether the counter follows, is for the caller to check.
    """
    found = read_statement(data, "manifest", MOST)
    key = base64_of(found.facts.get("key"), KEY_BYTES)
    content = _content(found.facts)
    if key is None or content is None:
        raise Malformed("manifest-malformed")
    if found.facts.get("desk") != desk_of(key):
        raise Malformed("manifest-desk")
    if not verified(key, found.line, found.signature):
        raise Malformed("manifest-signature")
    return Manifest(desk_of(key), key, content, hashlib.sha256(data).hexdigest())


def _content(facts: Mapping[str, Any]) -> Content | None:
    journal, objects, previous = facts.get("journal"), facts.get("objects"), facts.get("previous")
    if not (
        whole(facts.get("counter"), 1, MOST_COUNTER)
        and isinstance(previous, str)
        and (previous == "" or (hexadecimal(previous, 64) and facts["counter"] > 1))
        and hexadecimal(facts.get("target"), 32)
        and isinstance(facts.get("restart"), bool)
        and isinstance(journal, dict)
        and whole(journal.get("count"), 0)
        and isinstance(journal.get("head"), str)
        and len(journal["head"]) <= 128
        and utc(facts.get("made"))
        and isinstance(objects, list)
    ):
        return None
    laid = []
    for one in objects:
        if not (
            isinstance(one, dict)
            and hexadecimal(one.get("name"), 64)
            and whole(one.get("bytes"), 1)
        ):
            return None
        laid.append(Laid(one["name"], one["bytes"]))
    if len({one.name for one in laid}) != len(laid):
        return None
    return Content(
        facts["counter"],
        previous,
        facts["target"],
        facts["restart"],
        tuple(laid),
        journal["count"],
        journal["head"],
        facts["made"],
    )
