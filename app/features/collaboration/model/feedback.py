"""What the raiser of a concern may hear back: that it was heard, and nothing of what was said.

A teacher may know what legitimate educational interest asks for (34 CFR 99.31(a)(1)), which
is never the content of a session; a peer is thanked, and learns nothing of another student.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum, unique
from itertools import pairwise

from app.features.collaboration.model.concerns import Raiser
from app.kernel.names import folded, search_words
from app.kernel.releases import Ground, Terms
from app.kernel.words import _

LONGEST_FEEDBACK = 600
QUOTED_WORDS = 5
"""So many words in a row that stand in a student's notes as well are a quotation."""


@unique
class Template(StrEnum):
    """What a feedback says."""

    RECEIVED = "received"
    LOOKING = "looking"
    SEEN = "seen"
    CONTACT_ME = "contact_me"
    COME_SEE_ME = "come_see_me"
    THANKS = "thanks"


_MAY_SAY: dict[Raiser, tuple[Template, ...]] = {
    Raiser.TEACHER: (Template.RECEIVED, Template.LOOKING, Template.SEEN, Template.CONTACT_ME),
    Raiser.STAFF: (Template.RECEIVED, Template.LOOKING, Template.CONTACT_ME),
    Raiser.GUARDIAN: (Template.RECEIVED, Template.LOOKING, Template.SEEN, Template.CONTACT_ME),
    Raiser.STUDENT: (Template.RECEIVED, Template.COME_SEE_ME),
    Raiser.PEER: (Template.THANKS,),
}


def may_say(raiser: Raiser) -> tuple[Template, ...]:
    """Return what this raiser may hear."""
    return _MAY_SAY[raiser]


def terms_of(raiser: Raiser) -> Terms:
    """Return on what ground this raiser hears back: thanks alone tell of nobody."""
    match raiser:
        case Raiser.TEACHER | Raiser.STAFF:
            return Terms(Ground.SCHOOL_OFFICIAL, interest=_("They raised the concern"))
        case Raiser.PEER:
            return Terms(Ground.NO_NAMES)
        case Raiser.GUARDIAN | Raiser.STUDENT:
            return Terms(Ground.SUBJECT)


def own_words(raiser: Raiser) -> bool:
    """Tell whether the text may be changed; a peer hears the shipped thanks and nothing else."""
    return raiser is not Raiser.PEER


def quoted(text: str, notes: Iterable[str], words: int = QUOTED_WORDS) -> str:
    """Return the first run of words of `text` that a note has too; empty if there is none.

    Case, accents and punctuation do not count. A run is `words` long.
    """
    said = folded(text).split()
    runs = {tuple(said[at : at + words]): at for at in reversed(range(len(said) - words + 1))}
    if not runs:
        return ""
    found = len(said)
    for note in notes:
        theirs = folded(note).split()
        for run in _runs(theirs, words):
            found = min(found, runs.get(run, found))
    return " ".join(said[found : found + words]) if found < len(said) else ""


def _runs(words: list[str], length: int) -> Iterator[tuple[str, ...]]:
    return (tuple(words[at : at + length]) for at in range(len(words) - length + 1))


def named(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return those of `names` that stand in the text, possessives included, as whole words."""
    said = f" {' '.join(search_words(text))} "
    found = []
    for name in names:
        words = " ".join(search_words(name))
        if len(words) > 1 and any(f" {form} " in said for form in (words, f"{words}s")):
            found.append(name)
    return tuple(dict.fromkeys(found))


def pairs(text: str) -> tuple[str, ...]:
    """Return each pair of neighbouring words turned round, as lists of students sort names."""
    words = search_words(text)
    return tuple(
        sorted({f"{one} {other}" for pair in pairwise(words) for one, other in (pair, pair[::-1])})
    )
