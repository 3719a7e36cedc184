"""What may stand instead of a name, in the language of the text it stands in.

These words go into a record, not on the screen: they follow the text's language, which may
be another than the one the desk speaks.
"""

from collections.abc import Callable, Iterable

from app.kernel.mentions.model import Find, NameForm
from app.kernel.mentions.plain import words_of
from app.kernel.mentions.vocabulary import ENGLISH, SPANISH

_ENGLISH = {
    "member": "a peer",
    "other": "another student",
    "family": "another family",
    "guardian": "another student's guardian",
    NameForm.NUMBER: "another student's number",
    NameForm.CONTACT: "a contact of another student",
}
_SPANISH = {
    "member": "otro compañero",
    "other": "otro estudiante",
    "family": "otra familia",
    "guardian": "la familia de otro estudiante",
    NameForm.NUMBER: "el número de otro estudiante",
    NameForm.CONTACT: "un contacto de otro estudiante",
}

MASK = {"en": "[another student]", "es": "[otro estudiante]"}
"""What stands on a paper that leaves in place of a name."""


def tongue(words: Iterable[str]) -> str:
    """Return the language that more of a text's small words belong to: `en` or `es`."""
    english = spanish = 0
    for word in words:
        english += word in ENGLISH
        spanish += word in SPANISH
    return "es" if spanish > english else "en"


def instead(what: str, language: str, *, possessive: bool, opening: bool) -> str:
    """Return the words for `what`, perhaps with a possessive ending or at a sentence's start."""
    words = (_SPANISH if language == "es" else _ENGLISH)[what]
    if possessive and language != "es":
        words += "'s"
    return words[:1].upper() + words[1:] if opening else words


def replaced(text: str, finds: Iterable[Find]) -> str:
    """Return `text` with every find's replacement in its place."""
    return _rewritten(text, finds, lambda find: (find.lead, find.replacement))


def masked(text: str, finds: Iterable[Find]) -> str:
    """Return `text` with every find masked; the possessive ending goes with the name."""
    mask = MASK[tongue(words_of(text))]
    return _rewritten(text, finds, lambda find: (find.start, mask))


def _rewritten(text: str, finds: Iterable[Find], by: Callable[[Find], tuple[int, str]]) -> str:
    parts: list[str] = []
    done = 0
    for find in sorted(finds, key=lambda find: find.start):
        start, words = by(find)
        if start < done:
            start = max(done, find.start)
        parts += [text[done:start], words]
        done = find.end
    return "".join([*parts, text[done:]])
