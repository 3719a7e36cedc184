"""The check itself: an index of a roster, narrowed to one text's place."""

from collections.abc import Collection, Iterable

from app.kernel.ids import StudentId
from app.kernel.mentions.index import NOBODY, Names
from app.kernel.mentions.model import Find, Staff, Student
from app.kernel.mentions.plain import words_of
from app.kernel.mentions.reading import Reading
from app.kernel.mentions.vocabulary import PARTICLES, vocabulary

LEAST_TO_MISSPELL = 5
"""Names of fewer letters are not looked for with a slip of one letter: too much is near them."""


class NameIndex:
    """The names of a roster, ready to be looked for. Building costs some 50 µs a student."""

    def __init__(self, students: Iterable[Student], staff: Iterable[Staff] = ()) -> None:
        self.names = Names(students, staff)

    def check(
        self,
        of: StudentId | None = None,
        members: Collection[StudentId] = (),
        language: str = "",
    ) -> "NameCheck":
        """Return the check for a text of the record of `of` (None: of several records).

        `members` must not be named and are looked for more closely: misspelled, by initials,
        by short forms. Ids the roster does not know are passed over. `language` (`en`, `es`)
        is that of the replacements; the text's own when empty.
        """
        return NameCheck(self.names, of, members, language)


class NameCheck:
    """Whom a text may name and whom not; reads any number of texts, from any thread."""

    def __init__(
        self,
        names: Names,
        of: StudentId | None,
        members: Collection[StudentId],
        language: str,
    ) -> None:
        self.names = names
        self.language = language
        number_of = names.number_of
        self.own: frozenset[int] = (
            frozenset({number_of[of]}) if of is not None and of in number_of else NOBODY
        )
        self.members: frozenset[int] = (
            frozenset(number_of[one] for one in members if one in number_of) - self.own
        )
        self.own_guardians = self._guardians(self.own)
        self.member_guardians = self._guardians(self.members) - self.own_guardians
        self.aloud: frozenset[int] = self.own_guardians | names.staff
        """Who may be named besides the student."""
        self.misspelled: dict[str, frozenset[int]] = {}
        self.initials: dict[str, frozenset[int]] = {}
        self.own_words: frozenset[str] = frozenset(
            word for number in self.own for word in _all_words(names.students[number])
        )
        self.own_initials: frozenset[str] = frozenset(
            pair for number in self.own for pair in _initials(names.students[number])
        )
        for number in sorted(self.members):
            student = names.students[number]
            for word in _all_words(student):
                if len(word) >= LEAST_TO_MISSPELL and word not in vocabulary().words:
                    self.misspelled[word] = self.misspelled.get(word, NOBODY) | {number}
            for pair in _initials(student):
                self.initials[pair] = self.initials.get(pair, NOBODY) | {number}

    def _guardians(self, students: Iterable[int]) -> frozenset[int]:
        return frozenset(
            guardian for one in students for guardian in self.names.guardians_of.get(one, ())
        )

    def finds(self, text: str) -> tuple[Find, ...]:
        """Return who else is named in `text`, in its order; no two finds overlap."""
        return Reading(self, text).finds()


def _all_words(student: Student) -> set[str]:
    words: set[str] = set()
    for name in (student.given, student.preferred, student.family):
        parts = words_of(name)
        words.update(part for part in parts if part not in PARTICLES)
        if len(parts) > 1:
            words.add("".join(parts))
    return words


def _initials(student: Student) -> set[str]:
    """Return the pairs and triples of letters that a student may be written by."""
    family = [word[0] for word in words_of(student.family) if word not in PARTICLES]
    middle = [word[0] for word in words_of(student.middle)][:1]
    pairs: set[str] = set()
    for name in (student.given, student.preferred):
        given = [word[0] for word in words_of(name)]
        if len(given) > 1:
            pairs.add("".join(given[:2]))
        if not given or not family:
            continue
        pairs.update(given[0] + last for last in family)
        pairs.add(given[0] + "".join(family[:2]))
        pairs.add(given[0] + (middle or given[1:2] or [""])[0] + family[0])
    return pairs
