"""The names of a roster as a tree of words: built once, read by every check."""

import re
from collections.abc import Iterable, Iterator, Sequence

from app.kernel.ids import StudentId
from app.kernel.mentions.model import Guardian, Staff, Student
from app.kernel.mentions.plain import plain, words_of
from app.kernel.mentions.vocabulary import PARTICLES, SUFFIXES, called, vocabulary

_SEPARATORS = re.compile(r"[\s\-_./]+")
_NOT_DIGITS = re.compile(r"\D+")
_LOCAL_PHONE = 7
_WHOLE_PHONE = 10
_GLUED = re.compile(
    "[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7a3\U00020000-\U0003ffff]"
)
"""Scripts that write names without a space before or after them."""

NOBODY: frozenset[int] = frozenset()


class Hit:
    """Who is named by a run of words, by the part of the name that it is."""

    __slots__ = ("everyone", "family", "given", "middle", "nick", "preferred", "public")

    def __init__(self) -> None:
        self.given: set[int] = set()
        self.preferred: set[int] = set()
        self.family: set[int] = set()
        self.middle: set[int] = set()
        self.nick: set[int] = set()
        self.everyone: set[int] = set()
        self.public = False


class Node(dict[str, "Node"]):
    """Where one stands after some words of a name."""

    __slots__ = ("hit",)

    def __init__(self) -> None:
        super().__init__()
        self.hit: Hit | None = None

    def at(self, words: Sequence[str]) -> Hit:
        """Return the hit at the end of `words`, made where it was not."""
        node = self
        for word in words:
            following = node.get(word)
            if following is None:
                following = node[word] = Node()
            node = following
        if node.hit is None:
            node.hit = Hit()
        return node.hit


class GluedName:
    """A name in a script that leaves no spaces."""

    __slots__ = ("family", "given", "letters", "whole")

    def __init__(self, letters: str) -> None:
        self.letters = letters
        self.whole: set[int] = set()
        self.given: set[int] = set()
        self.family: set[int] = set()


class Names:
    """Everybody of a roster, numbered: students first, in its order, then whoever else."""

    def __init__(self, students: Iterable[Student], staff: Iterable[Staff]) -> None:
        self.root = Node()
        self.students: tuple[Student, ...] = tuple(students)
        self.number_of: dict[StudentId, int] = {
            student.id: number for number, student in enumerate(self.students)
        }
        self.students_of: list[tuple[int, ...]] = [(n,) for n in range(len(self.students))]
        self.guardians_of: dict[int, list[int]] = {}
        self.staff: set[int] = set()
        self.numbers: dict[str, set[int]] = {}
        self.contacts: dict[str, set[int]] = {}
        self.glued: dict[str, list[GluedName]] = {}
        self._glued_names: dict[str, GluedName] = {}
        known: dict[tuple[str, str, tuple[str, ...]], int] = {}
        for number, student in enumerate(self.students):
            self._add_student(number, student)
            for guardian in student.guardians:
                self._add_guardian(number, guardian, known)
        for person in staff:
            number = self._somebody(())
            self.staff.add(number)
            self._add_name(number, person.given, person.family)
            self._add_contacts(number, person.contacts)
        for phrase in vocabulary().phrases:
            self.root.at(phrase).public = True
        for names in self.glued.values():
            names.sort(key=lambda name: -len(name.letters))

    def _somebody(self, students: tuple[int, ...]) -> int:
        self.students_of.append(students)
        return len(self.students_of) - 1

    def _add_student(self, number: int, student: Student) -> None:
        self._add_name(number, student.given, student.family, student.preferred)
        for word in words_of(student.middle):
            if word not in PARTICLES and len(word) > 1:
                self._mark(number, (word,), "middle")
        for identifier in student.numbers:
            bare = bare_number(identifier)
            if len(bare) >= 3 and any(sign.isdigit() for sign in bare):
                self.numbers.setdefault(bare, set()).add(number)
        self._add_contacts(number, student.contacts)

    def _add_guardian(
        self,
        student: int,
        guardian: Guardian,
        known: dict[tuple[str, str, tuple[str, ...]], int],
    ) -> None:
        key = (guardian.given, guardian.family, guardian.contacts)
        number = known.get(key)
        if number is None:
            number = known[key] = self._somebody((student,))
            self._add_name(number, guardian.given, guardian.family)
            self._add_contacts(number, guardian.contacts)
        else:
            self.students_of[number] = (*self.students_of[number], student)
        self.guardians_of.setdefault(student, []).append(number)

    def _add_contacts(self, number: int, contacts: Iterable[str]) -> None:
        for contact in contacts:
            for key in contact_keys(contact):
                self.contacts.setdefault(key, set()).add(number)

    def _mark(self, number: int, words: Sequence[str], part: str) -> None:
        hit = self.root.at(words)
        getattr(hit, part).add(number)
        hit.everyone.add(number)

    def _add_name(self, number: int, given: str, family: str, preferred: str = "") -> None:
        self._add_glued(number, given, family, preferred)
        for name, part in ((given, "given"), (preferred, "preferred")):
            words = words_of(name)
            for spelling in _given_spellings(words):
                self._mark(number, spelling, part)
                if part == "preferred":
                    self.root.at(spelling).given.add(number)
            for word in words[1:]:
                if len(word) > 1 and word not in PARTICLES:
                    self._mark(number, (word,), "middle")
            for short in {*called("".join(words)), *(called(words[0]) if words else ())}:
                self._mark(number, (short,), "nick")
        for spelling in family_spellings(words_of(family)):
            self._mark(number, spelling, "family")

    def _add_glued(self, number: int, given: str, family: str, preferred: str) -> None:
        names = [_bare(name) for name in (given, family, preferred)]
        if not any(_GLUED.search(name) for name in names):
            return
        first, last, chosen = names
        wholes = [last + one for one in (first, chosen) if one and last]
        wholes += [one + last for one in (first, chosen) if one and last]
        for letters in wholes:
            self._glued(letters).whole.add(number)
        for letters in (first, chosen):
            if len(letters) > 1:
                self._glued(letters).given.add(number)
        if len(last) > 1:
            self._glued(last).family.add(number)

    def _glued(self, letters: str) -> GluedName:
        name = self._glued_names.get(letters)
        if name is None:
            name = self._glued_names[letters] = GluedName(letters)
            self.glued.setdefault(letters[0], []).append(name)
        return name


def _bare(name: str) -> str:
    return "".join(words_of(name))


def _given_spellings(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if not words:
        return
    yield words
    if len(words) > 1:
        yield ("".join(words),)
        if len(words[0]) > 1 and words[0] not in PARTICLES:
            yield words[:1]


def family_spellings(words: tuple[str, ...]) -> set[tuple[str, ...]]:
    """Return how a family name of `words` may be written, whole and by its halves.

    >>> sorted(family_spellings(("de", "la", "cruz")))
    [('cruz',), ('de', 'la', 'cruz'), ('delacruz',)]
    """
    words = tuple(word for word in words if word not in SUFFIXES) or words
    if not words:
        return set()
    spellings = {words, ("".join(words),)}
    core = tuple(word for word in words if word not in PARTICLES and len(word) > 1)
    if core:
        spellings.add(core)
        spellings.update((word,) for word in core)
    if len(words) == 1:
        spellings.update(_split_family(words[0]))
    # "de la Cruz Peña": either half with its own particles.
    half: list[str] = []
    for word in words:
        half.append(word)
        if word in core:
            spellings.add(tuple(half))
            spellings.add(("".join(half),))
            half = []
    return spellings


def _split_family(word: str) -> Iterator[tuple[str, ...]]:
    for opening in ("mac", "mc"):
        rest = word.removeprefix(opening)
        if rest != word and len(rest) > 3:
            yield (opening, rest)
            return


def bare_number(text: str) -> str:
    """Return a student number without what parts its groups, in capitals."""
    return _SEPARATORS.sub("", plain(text).text).upper()


def contact_keys(contact: str) -> tuple[str, ...]:
    """Return what an address or telephone number is known by."""
    if "@" in contact:
        return (plain(contact.strip()).lower,)
    digits = _NOT_DIGITS.sub("", plain(contact).text)
    if len(digits) >= _WHOLE_PHONE:
        return digits[-_WHOLE_PHONE:], digits[-_LOCAL_PHONE:]
    return (digits,) if len(digits) >= _LOCAL_PHONE else ()
