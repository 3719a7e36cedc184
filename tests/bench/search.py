"""Searching what was written, against bare FTS5 over the same texts, side by side.

    python -m tests.bench.search [NOTES]

The bare way is one FTS5 table with the same words in a file with the same settings, asked for
its likeliest rows as its manual shows (`MATCH … ORDER BY rank LIMIT 8`): no names, no roles,
no snippets, no count. Ours is what the palette asks with every pause in typing. Both answer
the same questions in turn; compared are the 95th percentiles. Floor: 2 times.
"""

import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path

from sqlcipher3 import dbapi2

sys.path.insert(0, str(Path(__file__).parents[1]))

from app.bootstrap import Desk
from app.kernel.clock import SystemClock
from app.kernel.ids import new_id
from app.kernel.keys import VaultKeys
from app.store.connection import connect
from vaults import new_desk

FLOOR = 2.0
STUDENTS = 400
WORDS = 20_000
_SYLLABLES = [
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "la",
    "me",
    "ni",
    "po",
    "ru",
    "sa",
    "te",
    "vi",
    "wo",
    "xu",
    "ya",
    "ze",
    "chi",
    "sho",
    "tra",
]


def vocabulary(dice: random.Random) -> list[str]:
    """Return invented words, the first ones those that a language says most."""
    words: dict[str, None] = {}
    while len(words) < WORDS:
        words["".join(dice.choice(_SYLLABLES) for _ in range(dice.choice((1, 2, 2, 3, 3, 4))))] = (
            None
        )
    return list(words)


def fill(desk: Desk, bare: dbapi2.Connection, notes: int) -> list[str]:
    """Sign invented notes into the vault and index the same texts bare; return the words."""
    dice = random.Random(11)
    words = vocabulary(dice)
    weights = [1 / (place + 3) for place in range(len(words))]
    service = desk.sessions.choices().services[0]
    bare.execute(
        "CREATE VIRTUAL TABLE texts USING fts5 (text, content = '', prefix = '2 3',"
        " tokenize = 'unicode61 remove_diacritics 2')"
    )
    students = [new_id() for _ in range(STUDENTS)]
    with desk.records.transaction() as tx:
        for number, student in enumerate(students):
            tx.execute(
                "INSERT INTO student (id, given_name, family_name, listed_name, made_at, zone)"
                " VALUES (?, ?, 'Bench', 'bench', ?, ?)",
                (student, words[-1 - number], tx.now.at, tx.now.zone),
            )
        tx.journal("AddStudent", "student", students[0])
    for start in range(0, notes, 5_000):
        bare.execute("BEGIN")
        with desk.records.transaction() as tx:
            for number in range(start, min(start + 5_000, notes)):
                text = " ".join(dice.choices(words, weights, k=90))
                day = f"{2016 + number * 10 // notes}-{1 + number % 12:02}-{1 + number % 28:02}"
                tx.execute(
                    "INSERT INTO session_note (id, student_id, person_id, started_at, zone,"
                    " minutes, service_id, service_label, place, attendance, format, sections,"
                    " signed_at, signed_zone, hash) VALUES (?, ?, ?, ?, 'UTC', 30, ?, 'x',"
                    " 'office', 'present', 'free', ?, ?, 'UTC', x'00')",
                    (
                        new_id(), dice.choice(students), desk.seat.person,
                        f"{day}T15:00:00.000Z", service.id,
                        json.dumps([{"title": "Note", "text": text}]), f"{day}T15:40:00.000Z",
                    ),
                )  # fmt: skip
                bare.execute("INSERT INTO texts (rowid, text) VALUES (?, ?)", (number + 1, text))
            tx.journal("SignNote", "session_note", students[0])
        bare.execute("COMMIT")
    return words


def questions(words: list[str], count: int) -> list[tuple[str, str]]:
    """Return what is typed, and the bare expression for it: common and rare, as far as typed."""
    dice = random.Random(5)
    found = []
    for turn in range(count):
        first = words[int(dice.paretovariate(0.6)) % len(words)]
        second = words[int(dice.paretovariate(0.6)) % len(words)]
        if turn % 4 == 0:
            typed = [first]
        elif turn % 4 == 1:
            typed = [first[: max(2, len(first) - 2)]]
        elif turn % 4 == 2:
            typed = [first, second]
        else:
            typed = [first, second[: max(2, len(second) - 2)]]
        stars = [f'"{word}" *' if len(word) > 1 else f'"{word}"' for word in typed]
        found.append((" ".join(typed), " AND ".join(stars)))
    return found


def main(notes: int) -> bool:
    """Measure, print the ratio, and tell whether the floor holds."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOME"] = folder
        desk = new_desk(Path(folder), clock=SystemClock())
        bare = connect(Path(folder) / "bare.db", VaultKeys(os.urandom(32), os.urandom(16)))
        asked = questions(fill(desk, bare, notes), 240)
        taken: dict[str, list[float]] = {"bare": [], "ours": []}
        found = 0
        for turn, (typed, plain) in enumerate(asked):
            start = time.perf_counter()
            rows = bare.execute(
                "SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT 8", (plain,)
            ).fetchall()
            middle = time.perf_counter()
            hits = desk.search.likeliest(typed)
            end = time.perf_counter()
            if bool(rows) != bool(hits.rows):
                raise RuntimeError((typed, len(rows), hits.count))
            found += bool(rows)
            if turn >= 20:
                taken["bare"].append(middle - start)
                taken["ours"].append(end - middle)
        bare.close()
        desk.close()
    at = {name: sorted(times)[int(len(times) * 0.95)] for name, times in taken.items()}
    half = {name: sorted(times)[len(times) // 2] for name, times in taken.items()}
    ratio = at["ours"] / at["bare"]
    print(
        f"search, p95 / bare FTS5:             {ratio:5.2f}  (floor {FLOOR:.2f}, {notes} notes,"
        f" {found} of {len(asked)} found something; median {half['ours'] / half['bare']:.2f})"
    )
    return ratio <= FLOOR


if __name__ == "__main__":
    sys.exit(0 if main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000) else 1)
