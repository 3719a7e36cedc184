"""Which file may follow which, and what a file asks of the desk."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Any

from app.kernel.errors import Refused
from app.kernel.ids import PersonId
from app.kernel.releases import ConsentKind
from app.sync.desk_key import desk_of
from app.sync.district_file import DistrictFile, Policy, same_words

LONGEST_NAME = 200


@unique
class Step(StrEnum):
    """What taking a file means."""

    FIRST = "first"
    """The vault belongs to no district: the words of the key are compared."""
    NEWER = "newer"
    SAME = "same"
    """It is the file that counts already; packs that are missing are taken again."""


@unique
class PackKind(StrEnum):
    """What a district hands out besides its policy."""

    INSTRUMENT = "instrument"
    CATEGORIES = "categories"


@dataclass(frozen=True, slots=True)
class Pack:
    """One pack of a file, and what became of it."""

    kind: PackKind
    title: str
    code: str = ""
    """Why it was not taken; empty if it was, or was there before."""
    facts: Mapping[str, str | int | None] | None = None


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """A district's file as it was taken."""

    id: str
    district: str
    serial: int
    name: str
    sha256: str
    content: str
    shown_as: str
    person_id: PersonId
    loaded_at: str
    zone: str


@dataclass(frozen=True, slots=True)
class LeftDistrict:
    """That a district was left."""

    id: str
    file_id: str
    person_id: PersonId
    left_at: str
    zone: str


def district_of(file: DistrictFile) -> str:
    """Return the district's id, which follows from its signing key as a desk's does."""
    return desk_of(file.signing_key)


def step_of(
    now: LoadedFile | None, file: DistrictFile, sha256: str, highest: int, latest_sha256: str
) -> Step:
    """Return what taking `file` means; refuse an older one, and one of another district.

    `highest` is the highest serial that was ever taken of the file's own key, and
    `latest_sha256` the file that had it: an older file stays refused after the district was left.
    """
    if now is not None and now.district != district_of(file):
        raise Refused("district-other", "file", name=now.name)
    if file.serial < highest or (file.serial == highest and sha256 != latest_sha256):
        raise Refused("district-file-older", "file", serial=file.serial, known=highest)
    if now is None:
        return Step.FIRST
    return Step.SAME if file.serial == highest else Step.NEWER


def require_words(file: DistrictFile, typed: str) -> None:
    """Refuse words that are not those of the file's key."""
    if not typed.strip():
        raise Refused("district-needs-words", "words")
    if not same_words(file.signing_key, typed):
        raise Refused("district-words-differ", "words")


def accepted_shown_as(text: str) -> str:
    """Return how a person is named to the district; refuse an empty or overlong entry."""
    name = " ".join(text.split())
    if not name:
        raise Refused("district-needs-name", "shown_as")
    if len(name) > LONGEST_NAME:
        raise Refused("district-name-long", "shown_as", longest=LONGEST_NAME)
    return name


Ages = tuple[tuple[str, int | None, int | None], ...]
"""For each kind of consent: from which age a student signs alone, and beside a guardian."""


def ages_of(policy: Policy) -> Ages:
    """Return the ages that a policy sets, for the kinds that this program knows."""
    known = {kind.value for kind in ConsentKind}
    return tuple(
        (kind, age.alone, age.besides)
        for kind, age in sorted(policy.age_of_consent.items())
        if kind in known
    )


def pack_title(pack: Mapping[str, Any], *names: str) -> str:
    """Return how a pack calls itself, by the first of `names` that it has."""
    for name in names:
        found = pack.get(name)
        if isinstance(found, str) and found.strip():
            return found.strip()[:LONGEST_NAME]
    return "?"
