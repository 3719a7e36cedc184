"""Finding what was written, in the words of every room, as far as a seat may see it.

Accents do not count, every word is found by its beginning, words in quotes by their order.
A word may also be the name of a student: `maria anxiety` finds the word in Maria's notes.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.kernel.clock import Clock
from app.kernel.ids import StudentId
from app.kernel.names import folded, search_words, shown_name
from app.kernel.ports import Read, Reader, Row, Seat, Value
from app.kernel.rights import sees

PAGE = 100
"""Hits in one page of the list."""
MOST = 1_000
"""Hits that a list goes back to; who has more is to say more."""
_WEIGHED = 400
"""Of how many hits each is weighed; of more, the newest come first."""
_TERMS = 8
_OFFERED = 30
_NAMESAKES = 40
"""A word that more students than these are called is not taken for a name."""
_HALF = 180.0
"""Days after which half of what being new counts for is gone."""
_AROUND = 30
"""Letters shown before the first word that was found."""
_SHOWN = 220

SOLE = "sole"
"""The kind of a sole-possession note; every other kind is a record's."""
RECORD_KINDS = frozenset(
    {
        "note",
        "addendum",
        "amendment",
        "group_session",
        "concern",
        "concern_entry",
        "consultation",
        "consultation_addition",
        "contact",
    }
)
"""The kinds of records that are searched, as the schema's `searched_text` names them."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word that was typed, or several in quotes; `open` while its last word may go on."""

    words: str
    phrase: bool = False
    open: bool = True


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of text, and where in it what was sought stands: (start, length)."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class NoteQuery:
    """What is sought in what was written; empty filters let everything through."""

    text: str
    student: str = ""
    mine: bool = False
    kinds: frozenset[str] = frozenset()
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A text that has what was sought; its page opens with `subject`."""

    kind: str
    id: str
    subject: str
    day: str
    student_id: StudentId | None
    student: str
    by: str
    mine: bool
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class Hits:
    """The likeliest hits; `count` stops at `MOST`."""

    rows: tuple[Hit, ...] = ()
    count: int = 0


def terms_of(text: str) -> tuple[Term, ...]:
    """Return what was typed as words and phrases; of a long text the first few.

    >>> terms_of('sleep "at night')
    (Term(words='sleep', phrase=False, open=True), Term(words='at night', phrase=True, open=True))
    """
    found: list[Term] = []
    parts = text.replace("“", '"').replace("”", '"').replace("„", '"').split('"')
    for number, part in enumerate(parts):
        quoted = number % 2 == 1
        pieces = [part] if quoted else part.split()
        for piece in pieces:
            words = " ".join(piece.split())
            letters = sum(sign.isalnum() for sign in words)
            if letters:
                is_open = number == len(parts) - 1 if quoted else letters > 1
                found.append(Term(words, quoted, is_open))
    return tuple(found[:_TERMS])


def expression(
    terms: Sequence[Term],
    namesakes: Sequence[Sequence[str]] = (),
    *,
    needs: Iterable[Sequence[str]] = (),
    without: Sequence[str] = (),
) -> str:
    """Return the full-text expression for texts that have all of `terms`.

    A term may instead be the name of one of its `namesakes` (marks of students), as long as
    one term is in the text. Of each of `needs` one mark must be there, of `without` none.
    """
    words = [f"text : {_quoted(term)}" for term in terms]
    named = [*namesakes, *([()] * (len(terms) - len(namesakes)))]
    each = [
        f"({word} OR {_marks(names)})" if names else word
        for word, names in zip(words, named, strict=True)
    ]
    if any(named):
        each.append(f"({' OR '.join(words)})")
    each += [_marks(group) for group in needs]
    whole = " AND ".join(each)
    return f"({whole}) NOT {_marks(without)}" if without else whole


def _quoted(term: Term) -> str:
    words = term.words.replace('"', " ")
    return f'"{words}" *' if term.open else f'"{words}"'


def _marks(marks: Sequence[str]) -> str:
    return f"marks : ({' OR '.join(marks)})"


def mark(letter: str, row: str) -> str:
    """Return the mark by which an index knows an id."""
    return letter + row.replace("-", "")


def snippet_of(text: str, terms: Sequence[Term]) -> Snippet:
    """Return the piece of `text` around what was sought, with each place of it marked."""
    words = [(folded(word.group()), word.start(), word.end()) for word in _WORD.finditer(text)]
    places = sorted(_places(words, terms))
    first = max(0, places[0][0] - _AROUND) if places else 0
    if first:
        first = next((start for _word, start, _end in words if start >= first), first)
    last = min(len(text), first + _SHOWN)
    if last < len(text):
        last = max((end for _word, _start, end in words if end <= last), default=last)
    before, after = "… " if first else "", " …" if last < len(text) else ""
    marks: list[tuple[int, int]] = []
    reached = first
    for start, end in places:
        if start >= reached and end <= last:
            marks.append((start - first + len(before), end - start))
            reached = end
    piece = "".join(" " if sign.isspace() else sign for sign in text[first:last])
    return Snippet(f"{before}{piece}{after}", tuple(marks))


_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")


def _places(
    words: Sequence[tuple[str, int, int]], terms: Sequence[Term]
) -> Iterator[tuple[int, int]]:
    for term in terms:
        sought = [folded(word) for word in _WORD.findall(term.words)]
        if not sought:
            continue
        *whole, last = sought
        for place in range(len(words) - len(whole)):
            if [word for word, _start, _end in words[place : place + len(whole)]] != whole:
                continue
            final, _start, end = words[place + len(whole)]
            if final == last or (term.open and final.startswith(last)):
                yield words[place][1], end


class Search:
    """What was written, searched for whoever sits at the desk."""

    def __init__(self, read: Read, seat: Callable[[], Seat], clock: Clock) -> None:
        self._read = read
        self._seat = seat
        self._clock = clock

    def likeliest(self, text: str, limit: int = 8) -> Hits:
        """Return the likeliest hits, one of each note: by how much they say of it, and how new."""
        terms = terms_of(text)
        if not terms:
            return Hits()
        with self._read() as reader:
            looked = _Looking(reader, self._seat(), NoteQuery(text), terms)
            rows = looked.records(_WEIGHED + 1)
            if limit < len(rows) <= _WEIGHED:
                rows = self._weighed(rows, looked.weights())
            rows = sorted(looked.soles(limit), key=lambda row: row.day, reverse=True) + rows
            count = looked.count() if len(rows) > _WEIGHED else len(rows)
            chosen: dict[str, _Found] = {}
            for row in rows:
                chosen.setdefault(row.subject, row)
                if len(chosen) == limit:
                    break
            return Hits(tuple(looked.told(list(chosen.values()))), count)

    def _weighed(self, rows: Sequence["_Found"], weights: dict[int, float]) -> list["_Found"]:
        today = self._clock.now().day()

        def weight(row: _Found) -> float:
            age = max(0, (today - date.fromisoformat(row.day)).days)
            return float(weights.get(row.row, 0.0) * (0.5 + 0.5 * 2 ** (-age / _HALF)))

        # bm25 is the smaller the more a text says of what is sought.
        return sorted(rows, key=weight)

    def page(self, query: NoteQuery, offset: int = 0, limit: int = PAGE) -> list[Hit]:
        """Return one page of hits, the newest first; they go back to the newest `MOST`."""
        terms = terms_of(query.text)
        if not terms:
            return []
        with self._read() as reader:
            looked = _Looking(reader, self._seat(), query, terms)
            return looked.told(looked.both(limit, offset))

    def count(self, query: NoteQuery) -> int:
        """Return how many hits the list has: `MOST`, if there are more."""
        terms = terms_of(query.text)
        if not terms:
            return 0
        with self._read() as reader:
            return _Looking(reader, self._seat(), query, terms).count()

    def students(self, query: NoteQuery) -> list[tuple[StudentId, str]]:
        """Return whom the hits are about, to narrow to one of them; those with most hits first."""
        terms = terms_of(query.text)
        if not terms:
            return []
        with self._read() as reader:
            whoever = replace(query, student="")
            return _Looking(reader, self._seat(), whoever, terms).students(_OFFERED)

    def makers(self) -> bool:
        """Tell whether anyone else's texts are seen here, so that one's own may be asked for."""
        seat = self._seat()
        with self._read() as reader:
            row = reader.execute(
                "SELECT EXISTS (SELECT 1 FROM person WHERE id <> ?"
                " AND role IN (SELECT value FROM json_each(?)))",
                (seat.person, json.dumps(sees(seat.role))),
            ).fetchone()
        return bool(row and row[0])


@dataclass(frozen=True, slots=True)
class _Found:
    """A hit by its keys."""

    row: int
    kind: str
    id: str
    subject: str
    student: str
    person: str
    day: str


_COLUMNS = "row, kind, id, subject_id, student_id, person_id, day"
_RECORDS = f"""
SELECT {_COLUMNS} FROM searchable_words
 WHERE match = :match AND day BETWEEN :since AND :until
 ORDER BY row DESC LIMIT :most"""
_SOLES = """
SELECT row, 'sole', id, id, coalesce(student_id, ''), person_id, about_on AS day FROM sole_words
 WHERE match = :sole_match AND about_on BETWEEN :since AND :until
   AND (:student = '' OR student_id = :student)
 ORDER BY row DESC LIMIT :most"""


class _Looking:
    """One search, within one read."""

    def __init__(self, reader: Reader, seat: Seat, query: NoteQuery, terms: Sequence[Term]) -> None:
        self._reader = reader
        self._me = seat.person
        self._terms = terms
        self._query = query
        names = () if query.student else self._namesakes()
        needs = []
        if query.student:
            needs.append([mark("s", query.student)])
        if query.mine:
            needs.append([mark("p", seat.person), mark("o", seat.person)])
        kinds = query.kinds - {SOLE}
        if kinds:
            needs.append([f"k{kind.replace('_', '')}" for kind in sorted(kinds)])
        self._has_records = not query.kinds or bool(kinds)
        self._has_soles = not query.kinds or SOLE in query.kinds
        self._values: dict[str, Value] = {
            "match": expression(terms, names, needs=needs, without=self._hidden(seat)),
            "sole_match": " AND ".join(f"text : {_quoted(term)}" for term in terms),
            "student": query.student,
            "since": query.since,
            "until": query.until or "9999-12-31",
            "most": MOST,
        }

    def _hidden(self, seat: Seat) -> list[str]:
        """Return the marks of what the seat may not see: it is passed over before it is counted."""
        marks = []
        for person, role in self._reader.execute(
            "SELECT id, role FROM person WHERE id <> ?", (seat.person,)
        ):
            marks.append(mark("o", person))
            if role not in sees(seat.role):
                marks.append(mark("p", person))
        return marks

    def _namesakes(self) -> list[list[str]]:
        """Return, for each term, the marks of the few students who are called so."""
        found: list[list[str]] = []
        for term in self._terms:
            words = search_words(term.words)
            if len(self._terms) < 2 or term.phrase or not words or len(words[0]) < 2:
                found.append([])
                continue
            rows = self._reader.execute(
                "SELECT s.id FROM student_names JOIN student s ON s.row = student_names.rowid"
                " WHERE student_names MATCH ? LIMIT ?",
                (
                    " AND ".join(f'names : "{word}" *' for word in words),
                    _NAMESAKES + 1,
                ),
            ).fetchall()
            found.append([mark("s", row[0]) for row in rows] if len(rows) <= _NAMESAKES else [])
        return found

    def records(self, most: int) -> list[_Found]:
        """Return the newest records that have what is sought."""
        if not self._has_records:
            return []
        rows = self._reader.execute(_RECORDS, {**self._values, "most": most})
        return [_Found(*row) for row in rows]

    def soles(self, most: int) -> list[_Found]:
        """Return one's own sole-possession notes that have what is sought."""
        if not self._has_soles:
            return []
        rows = self._reader.execute(_SOLES, {**self._values, "most": most})
        return [_Found(*row) for row in rows]

    def weights(self) -> dict[int, float]:
        """Return how much each hit says of what is sought (bm25: the smaller, the more)."""
        rows = self._reader.execute(
            "SELECT row, rank FROM searchable_words WHERE match = :match", self._values
        )
        return {row[0]: row[1] for row in rows}

    def _union(self) -> str:
        parts = [_RECORDS] * self._has_records + [_SOLES] * self._has_soles
        return " UNION ALL ".join(f"SELECT * FROM ({part})" for part in parts)

    def both(self, limit: int, offset: int) -> list[_Found]:
        """Return a page of hits of every kind, the newest first."""
        rows = self._reader.execute(
            f"SELECT * FROM ({self._union()}) ORDER BY day DESC, id DESC LIMIT :limit"
            " OFFSET :offset",
            {**self._values, "limit": min(limit, max(0, MOST - offset)), "offset": offset},
        )
        return [_Found(*row) for row in rows]

    def count(self) -> int:
        """Return how many hits there are, up to `MOST`."""
        row = self._reader.execute(
            f"SELECT count(*) FROM ({self._union()})", self._values
        ).fetchone()
        return min(int(row[0]), MOST) if row else 0

    def students(self, most: int) -> list[tuple[StudentId, str]]:
        """Return whom the hits are about."""
        rows = self._reader.execute(
            "SELECT s.id, s.given_name, s.family_name, s.preferred_name FROM"
            f" (SELECT student_id, count(*) AS hits FROM ({self._union()})"
            "   WHERE student_id <> '' GROUP BY student_id ORDER BY hits DESC LIMIT :offered) h"
            " JOIN student s ON s.id = h.student_id ORDER BY h.hits DESC, s.listed_name, s.id",
            {**self._values, "offered": most},
        )
        return [(StudentId(row[0]), shown_name(*row[1:])) for row in rows]

    def told(self, rows: Sequence[_Found]) -> list[Hit]:
        """Return hits with their names and the piece of text that was found."""
        students = {
            row[0]: shown_name(*row[1:])
            for row in self._by_ids(
                "SELECT id, given_name, family_name, preferred_name FROM student",
                (row.student for row in rows),
            )
        }
        people: dict[str, str] = dict(
            self._by_ids("SELECT id, name FROM person", (row.person for row in rows))
        )
        return [
            Hit(
                row.kind,
                row.id,
                row.subject,
                row.day,
                StudentId(row.student) if row.student else None,
                students.get(row.student, ""),
                people.get(row.person, ""),
                row.person == self._me,
                snippet_of(self._text(row), self._terms),
            )
            for row in rows
        ]

    def _text(self, row: _Found) -> str:
        source = "sole_note" if row.kind == SOLE else "searched_text"
        found = self._reader.execute(
            f"SELECT text FROM {source} WHERE id = ?", (row.id,)
        ).fetchone()
        return str(found[0] or "") if found else ""

    def _by_ids(self, select: str, ids: Iterable[str]) -> list[Row]:
        return self._reader.execute(
            f"{select} WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(set(ids))),)
        ).fetchall()
