"""Finding students as one types: every script, any order of words, small slips forgiven."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from app.features.caseload.model import FoundStudent, Standing
from app.kernel.ids import PersonId, StudentId
from app.kernel.names import folded, listed_name, search_words
from app.kernel.ports import Reader, Row

HANDFUL = 5
"""With fewer direct hits than this, slips of the hand are looked for too."""
_CANDIDATES = 200
_WORDS = 8
_SLIPS = 24


@dataclass(slots=True)
class Vocabulary:
    """Every word that names are searched by, read again when the journal has grown."""

    _seen: int = -1
    _words: tuple[str, ...] = ()

    def words(self, reader: Reader) -> tuple[str, ...]:
        """Return the words as the file has them now."""
        row = reader.execute("SELECT max(seq) FROM journal").fetchone()
        newest = int(row[0] or 0) if row else 0
        if newest != self._seen:
            self._words = tuple(
                term for (term,) in reader.execute("SELECT term FROM student_words")
            )
            self._seen = newest
        return self._words


def direct(words: Sequence[str]) -> str:
    """Return the full-text expression for names and numbers that begin with every one of `words`."""
    return " AND ".join(f'"{word}"*' for word in words)


def slipped(words: Sequence[str], vocabulary: Sequence[str]) -> str:
    """Return the expression for names that nearly begin with every one of `words`."""
    return " AND ".join(
        "(" + " OR ".join([f'"{word}"*', *(f'"{near}"' for near in near_words(word, vocabulary))])
        + ")"
        for word in words
    )  # fmt: skip


def near_words(word: str, vocabulary: Sequence[str]) -> list[str]:
    """Return the words one slip away from `word` or its beginning; two, if it is a long one.

    A slip is a letter too many, too few, another one, or two in the wrong order. Numbers
    have none: a number nearly right is another student's.
    """
    if len(word) < 3 or any(sign.isdigit() for sign in word):
        return []
    allowed = 1 if len(word) < 6 else 2
    best: dict[int, int] = {}
    for length in (None, len(word), len(word) + 1):
        choices = vocabulary if length is None else [term[:length] for term in vocabulary]
        for _term, distance, place in process.extract(
            word, choices, scorer=OSA.distance, score_cutoff=allowed, limit=_SLIPS
        ):
            best[place] = min(best.get(place, allowed), int(distance))
    nearest = sorted(best, key=lambda place: (best[place], vocabulary[place]))
    return [vocabulary[place] for place in nearest[:_SLIPS]]


def typed_words(text: str) -> tuple[str, ...]:
    """Return the words of what was typed; of a long text the first few."""
    return search_words(text)[:_WORDS]


def matching(reader: Reader, vocabulary: Vocabulary, text: str) -> str:
    """Return the full-text expression for `text`; slips are let in where it hits too little.

    Empty when nothing was typed that could be searched for.
    """
    words = typed_words(text)
    if not words:
        return ""
    expression = direct(words)
    hits = reader.execute(
        "SELECT count(*) FROM (SELECT 1 FROM student_names WHERE student_names MATCH ? LIMIT ?)",
        (expression, HANDFUL),
    ).fetchone()
    if hits and hits[0] >= HANDFUL:
        return expression
    return slipped(words, vocabulary.words(reader))


_FIND = """
SELECT s.id, s.given_name, s.family_name, s.preferred_name, s.grade, coalesce(b.name, ''),
       s.student_number, c.id IS NOT NULL AS mine, s.standing, s.listed_name, s.state_id
  FROM student_names
  JOIN student s ON s.row = student_names.rowid
  LEFT JOIN caseload c ON c.person_id = :person AND c.student_id = s.id AND c.ended_on = ''
  LEFT JOIN school b ON b.id = s.school_id
 WHERE student_names MATCH :match
 ORDER BY mine DESC, s.standing, substr(s.listed_name, 1, :length) <> :start, s.listed_name, s.row
 LIMIT :limit
"""


def find(
    reader: Reader, vocabulary: Vocabulary, person: PersonId, text: str, limit: int
) -> list[FoundStudent]:
    """Return the students that `text` means, likeliest first: one's own, then by how names begin."""
    words = typed_words(text)
    if not words:
        return []
    hits = _ranked(_candidates(reader, person, words, direct(words)), words)
    if len(hits) < HANDFUL:
        expression = slipped(words, vocabulary.words(reader))
        known = {row[0] for row in hits}
        near = _ranked(_candidates(reader, person, words, expression), words)
        hits += [row for row in near if row[0] not in known]
    return [_found(row) for row in hits[:limit]]


def _candidates(
    reader: Reader, person: PersonId, words: Sequence[str], expression: str
) -> list[Row]:
    start = words[0]
    return reader.execute(
        _FIND,
        {
            "person": person,
            "match": expression,
            "length": len(start),
            "start": start,
            "limit": _CANDIDATES,
        },
    ).fetchall()


def _ranked(rows: Iterable[Row], words: Sequence[str]) -> list[Row]:
    start = words[0]
    typed = "".join(words)

    def rank(row: Row) -> tuple[bool, bool, int, str]:
        numbers = (folded(row[6]).replace(" ", ""), folded(row[10]).replace(" ", ""))
        first = folded(row[3] or row[1])
        if typed in numbers:
            place = 0
        elif first.startswith(start) or folded(row[2]).startswith(start):
            place = 1
        else:
            place = 2
        return not row[7], row[8] != Standing.ENROLLED, place, row[9]

    return sorted(rows, key=rank)


def _found(row: Row) -> FoundStudent:
    return FoundStudent(
        id=StudentId(row[0]),
        name=listed_name(row[1], row[2], row[3]),
        grade=row[4],
        school=row[5],
        number=row[6],
        mine=bool(row[7]),
        standing=Standing(row[8]),
    )
