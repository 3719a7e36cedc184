"""Signing a group of eight, against bare inserts of the same rows in one commit, side by side.

The bare commit writes a session, eight notes, eight rows of attendance, the entry of time and
the journal’s entries into a SQLCipher file with the same settings and indexes, that of words
among them: no rule, no name check, no hash. Floor: 2 times.
"""

import os
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from app.bootstrap import Desk
from app.features.groups.commands import SignGroupSession
from app.kernel.keys import VaultKeys
from app.kernel.ports import Value
from app.store.connection import connect
from groups_desk import a_group, a_session, marked
from vaults import fixed_clock, new_desk

FLOOR = 2.0
COUNTED = {
    "group_session": "row",
    "session_note": "row",
    "group_attendance": "row",
    "searchable": "row",
    "journal": "seq",
}
"""Tables whose new rows are told by their number."""
OF_THE_ENTRY = {"time_entry": "id", "time_served": "entry_id"}
"""Tables whose rows name the session."""
TABLES = (*COUNTED, *OF_THE_ENTRY)


def main(rounds: int = 200) -> bool:
    """Measure, print the ratio, and tell whether the floor holds."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        os.environ["HOME"] = folder
        clock = fixed_clock()
        desk = new_desk(place, clock=clock)
        group, students = a_group(desk)
        bare = connect(place / "bare.db", VaultKeys(os.urandom(32), os.urandom(16)))
        bare.execute("PRAGMA foreign_keys = OFF")
        with desk.records.read_whole() as reader:
            for table in TABLES:
                made = reader.execute(
                    "SELECT sql FROM sqlite_schema WHERE tbl_name = ? AND sql <> ''"
                    " AND type IN ('table', 'index') ORDER BY type DESC",
                    (table,),
                ).fetchall()
                for (statement,) in made:
                    bare.execute(statement)
            index = "SELECT sql FROM sqlite_schema WHERE name = 'searchable_words'"
            bare.execute(str((reader.execute(index).fetchone() or ("",))[0]))
        text = "All practised slow breathing and spoke about what worry feels like. " * 8
        taken: dict[str, list[float]] = {"bare": [], "sign": []}
        for turn in range(rounds):
            clock.advance(timedelta(minutes=1))
            draft = a_session(desk, group, text)
            for student in students:
                draft = marked(draft, student, own="Spoke up and listened well.")
            draft = replace(draft, form=replace(draft.form, minutes="20"))
            desk.groups.named(draft)
            first = _last(desk)
            start = time.perf_counter()
            desk.groups.sign_session(SignGroupSession(draft))
            signed = time.perf_counter() - start
            rows = _rows(desk, first, draft.id)
            words = _words(desk, first)
            start = time.perf_counter()
            bare.execute("BEGIN IMMEDIATE")
            for table, found in rows.items():
                marks = ", ".join("?" * len(found[0]))
                bare.executemany(f"INSERT INTO {table} VALUES ({marks})", found)
            bare.executemany(
                "INSERT INTO searchable_words (rowid, text, marks) VALUES (?, ?, ?)", words
            )
            bare.execute("COMMIT")
            written = time.perf_counter() - start
            if turn >= rounds // 10:
                taken["sign"].append(signed)
                taken["bare"].append(written)
        count = {table: len(found) for table, found in rows.items()}
        bare.close()
        desk.close()
    ratio = statistics.median(taken["sign"]) / statistics.median(taken["bare"])
    print(f"rows of one signature: {count}, in one commit")
    print(
        f"signing a group of eight / bare inserts of the same rows: {ratio:5.2f}  (floor {FLOOR:.2f})"
    )
    return ratio <= FLOOR


def _last(desk: Desk) -> dict[str, int]:
    with desk.records.read_whole() as reader:
        return {
            table: (reader.execute(f"SELECT max({number}) FROM {table}").fetchone() or (0,))[0] or 0
            for table, number in COUNTED.items()
        }


def _rows(desk: Desk, after: dict[str, int], session: str) -> dict[str, list[tuple[Value, ...]]]:
    with desk.records.read_whole() as reader:
        found = {
            table: reader.execute(
                f"SELECT * FROM {table} WHERE {number} > ?", (after[table],)
            ).fetchall()
            for table, number in COUNTED.items()
        }
        for table, name in OF_THE_ENTRY.items():
            found[table] = reader.execute(
                f"SELECT * FROM {table} WHERE {name} = ?", (session,)
            ).fetchall()
    return found


def _words(desk: Desk, after: dict[str, int]) -> list[tuple[Value, ...]]:
    with desk.records.read_whole() as reader:
        return reader.execute(
            "SELECT n.row, (SELECT group_concat(j.value ->> '$.text', char(10))"
            " FROM json_each(n.sections) j), n.student_id FROM session_note n WHERE n.row > ?",
            (after["session_note"],),
        ).fetchall()


if __name__ == "__main__":
    sys.exit(0 if main(int(sys.argv[1]) if len(sys.argv) > 1 else 200) else 1)
