"""The index of what was written, held against what it is of; made anew where they differ."""

from sqlcipher3 import dbapi2

from app.store.check import Finding
from app.store.connection import known_trouble

DERIVED = frozenset({"searchable"})
"""Tables that can be made anew of others: nothing is lost with them."""

OF_WORDS = frozenset(
    {*DERIVED, "searched_text", "searchable_words", "searchable_terms", "sole_words"}
)
"""What an index is made of: none of it is a record."""

_OF_TEXTS = "kind, id, subject_id, student_id, person_id, own, day"
_OF_ROWS = "kind, text_id, subject_id, student_id, person_id, own, day"
_KEYS = f"""
SELECT (SELECT count(*) FROM (SELECT {_OF_TEXTS} FROM searched_text
                              EXCEPT SELECT {_OF_ROWS} FROM searchable))
     + abs((SELECT count(*) FROM searchable) - (SELECT count(*) FROM searched_text))
     + (SELECT count(*) FROM (SELECT {_OF_ROWS} FROM searchable
                              EXCEPT SELECT {_OF_TEXTS} FROM searched_text))"""
_WORDS = """
SELECT s.row, t.text,
       concat(iif(s.own, 'o', 'p'), replace(s.person_id, '-', ''),
              ' s', replace(s.student_id, '-', ''), ' k', replace(s.kind, '_', ''))
  FROM searchable s JOIN searched_text t ON t.id = s.text_id"""
_TERMS = "SELECT term, col, doc, cnt FROM searchable_terms"


def check_words(connection: dbapi2.Connection) -> Finding:
    """Tell whether every text is in the index with all its words, and nothing else.

    An index that differs is made anew where the file can be written to: it holds nothing that
    is not in the records, so no record is touched and none is lost.
    """
    read_only = bool(connection.execute("PRAGMA query_only").fetchone()[0])
    count = int(connection.execute("SELECT count(*) FROM searched_text").fetchone()[0])
    if not _differs(connection, sole=not read_only):
        return Finding("search-index", whole=True, count=count)
    if read_only:
        return Finding("search-index", whole=False, count=count)
    with known_trouble():
        connection.execute("BEGIN IMMEDIATE")
        try:
            make_words(connection)
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
    return Finding("search-index-anew", not _differs(connection, sole=True), count)


def make_words(connection: dbapi2.Connection) -> None:
    """Make both indexes anew, in the transaction that is open."""
    connection.execute("DELETE FROM searchable")
    connection.execute("INSERT INTO searchable_words (searchable_words) VALUES ('delete-all')")
    connection.execute(
        f"INSERT INTO searchable ({_OF_ROWS}) SELECT {_OF_TEXTS} FROM searched_text ORDER BY day, id"
    )
    connection.execute(f"INSERT INTO searchable_words (rowid, text, marks) {_WORDS}")
    connection.execute("INSERT INTO sole_words (sole_words) VALUES ('rebuild')")


def has_words(connection: dbapi2.Connection) -> bool:
    """Tell whether the file's schema knows an index of what was written."""
    return bool(
        connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'searchable'").fetchone()
    )


def _differs(connection: dbapi2.Connection, *, sole: bool) -> bool:
    try:
        if connection.execute(_KEYS).fetchone()[0]:
            return True
        if sole and not _sole_fits(connection):
            return True
        return _terms_wanted(connection) != _terms_there(connection)
    except dbapi2.DatabaseError:
        return True


def _sole_fits(connection: dbapi2.Connection) -> bool:
    try:
        connection.execute(
            "INSERT INTO sole_words (sole_words, rank) VALUES ('integrity-check', 1)"
        )
    except dbapi2.DatabaseError:
        return False
    return True


def _terms_there(connection: dbapi2.Connection) -> set[tuple[object, ...]]:
    return set(connection.execute(_TERMS).fetchall())


def _terms_wanted(connection: dbapi2.Connection) -> set[tuple[object, ...]]:
    """Return what the index should hold, from one that is made in memory for that."""
    memory = dbapi2.connect(":memory:", isolation_level=None)
    try:
        for (made,) in connection.execute(
            "SELECT sql FROM sqlite_schema WHERE name IN ('searchable_words', 'searchable_terms')"
            " ORDER BY name DESC"
        ).fetchall():
            memory.execute(made)
        memory.execute("BEGIN")
        memory.executemany(
            "INSERT INTO searchable_words (rowid, text, marks) VALUES (?, ?, ?)",
            connection.execute(_WORDS),
        )
        memory.execute("COMMIT")
        return _terms_there(memory)
    finally:
        memory.close()
