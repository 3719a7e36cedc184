"""Names of other students in the texts of a paper: found before it leaves, masked unless answered.

A paper is held until somebody has looked at what was found. What is not shown knowingly, with a
reason that stands in the disclosure, leaves as "[another student]".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.kernel.errors import Refused
from app.kernel.ids import StudentId
from app.kernel.mentions import Certainty, Find, NameWatch, masked

_AROUND = 36


@dataclass(frozen=True, slots=True)
class NamedOnPaper:
    """One place of a paper where another student is named."""

    key: str
    """The place, the same whenever the same record is put on paper."""
    where: str
    """Where it stands, in words."""
    before: str
    text: str
    after: str
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class NamesAnswered:
    """What somebody decided about the names on a paper: all masked, but for those in `shown`."""

    shown: frozenset[str] = frozenset()
    because: str = ""

    def accepted(self) -> "NamesAnswered":
        """Return it as it is kept; refuse to show a name without a reason."""
        because = " ".join(self.because.split())
        if self.shown and not because:
            raise Refused("names-need-reason", "names_reason")
        return NamesAnswered(self.shown, because if self.shown else "")


ALL_MASKED = NamesAnswered()
"""The answer that shows nobody."""


@dataclass(slots=True)
class Texts:
    """The texts of one student's paper, as they may leave; remembers whom they named."""

    watch: NameWatch
    student: StudentId
    shown: frozenset[str] = frozenset()
    together: Mapping[str, frozenset[StudentId]] = field(default_factory=dict)
    """Who was in the group session that a note stems from, by the note."""
    found: list[NamedOnPaper] = field(default_factory=list)

    def said(self, text: str, key: str, where: str, note: str = "") -> str:
        """Return `text` with the others in it masked; `note` is the note it stands in."""
        if not text.strip():
            return text
        finds = self.watch.finds(text, self.student, self.together.get(note, ()))
        if not finds:
            return text
        hidden: list[Find] = []
        for find in finds:
            place = f"{key}:{find.start}:{find.text}"
            if place not in self.shown:
                hidden.append(find)
            self.found.append(
                NamedOnPaper(
                    place,
                    where,
                    text[max(0, find.start - _AROUND) : find.start].lstrip(),
                    find.text,
                    text[find.end : find.end + _AROUND].rstrip(),
                    find.certainty,
                )
            )
        return masked(text, hidden)


class Masked:
    """Masks whoever is named in the texts of a list about many students; counts the places.

    Where a list calls students by their names, the student a line is about may be named in it;
    where it does not (`own` is false), nobody is.
    """

    def __init__(self, watch: NameWatch, *, own: bool) -> None:
        self._watch = watch
        self._own = own
        self.places = 0
        """In how many places somebody was masked so far."""

    def said(
        self, text: str, student: StudentId, members: frozenset[StudentId] = frozenset()
    ) -> str:
        """Return a text of a student's line; `members` were in the group session it is about."""
        if not text.strip():
            return text
        of = student if self._own else None
        finds = self._watch.finds(text, of, members if self._own else members | {student})
        self.places += len(finds)
        return masked(text, finds) if finds else text


def stored(
    found: tuple[NamedOnPaper, ...], answered: NamesAnswered, *, texts: bool = True
) -> dict[str, object]:
    """Return what a disclosure keeps of the names on a paper; nothing of one without `texts`.

    Of one with texts it is kept that they were looked through, also where nobody is named.
    """
    if not texts:
        return {}
    shown = sum(one.key in answered.shown for one in found)
    kept: dict[str, object] = {"masked": len(found) - shown, "shown": shown}
    if shown:
        kept["because"] = answered.because
    return {"others_named": kept}
