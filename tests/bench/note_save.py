"""Saving and signing a note, against a bare durable commit of the same row, side by side.

The bare commit writes one row with a note's columns and its two indexes into a SQLCipher
file with the same settings: no journal, no draft, no rule. Floor: 2 times. The same holds where
a district is sent counts by itself: each signature then also marks what went as stale.
"""

import os
import random
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from app.features.outbox.model.records import StandingRow
from app.features.outbox.repo.book import OutboxKeeper
from app.features.outbox.service import OutboxService
from app.features.sessions.commands import SaveDraft, SignNote, StartDraft
from app.features.sessions.model import Section
from app.kernel.clock import SystemClock
from app.kernel.documents import SummaryKind
from app.kernel.ids import StudentId, new_id
from app.kernel.keys import VaultKeys
from app.store.connection import connect
from app.sync.district_keys import DistrictKeys
from outbox_desk import Told, a_district, outbox_of
from vaults import new_desk

FLOOR = 2.0

BARE = """
CREATE TABLE note (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, student_id TEXT NOT NULL,
 person_id TEXT NOT NULL, started_at TEXT NOT NULL, zone TEXT NOT NULL, minutes INTEGER NOT NULL,
 sections TEXT NOT NULL, signed_at TEXT NOT NULL, hash BLOB NOT NULL) STRICT;
CREATE INDEX note_of_student ON note (student_id, started_at);
CREATE INDEX note_of_person ON note (person_id, started_at);
"""


def text(dice: random.Random) -> str:
    """Return a note of usual length: some 900 characters of invented words."""
    words = [
        "student",
        "talked",
        "about",
        "plans",
        "sleep",
        "homework",
        "friends",
        "music",
        "practice",
        "breathing",
        "goals",
    ]
    return " ".join(dice.choice(words) for _ in range(130))


def join(outbox: OutboxService, told: Told) -> None:
    """Let the desk belong to a district that was sent a year of counts."""
    told.district = a_district(DistrictKeys.new())
    outbox.prepare()
    place = outbox.destinations()[0].destination.id
    with outbox._begin() as tx:
        for month in range(1, 13):
            period = f"2025-{month:02d}"
            OutboxKeeper(tx).keep_standing(
                StandingRow(place, SummaryKind.SERVICES, period, "", "", 1, False, "")
            )
        tx.journal("SendStanding", "outbox_parcel", place)


def main(rounds: int = 600) -> bool:
    """Measure, print the ratios, and tell whether the floor holds."""
    dice = random.Random(3)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        os.environ["HOME"] = folder
        desk = new_desk(place, clock=SystemClock())
        student = StudentId(new_id())
        with desk.records.transaction() as tx:
            tx.execute(
                "INSERT INTO student (id, given_name, family_name, listed_name, made_at, zone)"
                " VALUES (?, 'A', 'B', 'b a', ?, ?)",
                (student, tx.now.at, tx.now.zone),
            )
            tx.journal("AddStudent", "student", student)
        bare = connect(place / "bare.db", VaultKeys(os.urandom(32), os.urandom(16)))
        for statement in BARE.split(";"):
            bare.execute(statement)
        told, stale = Told(desk), "UPDATE outbox_standing SET stale = 0"
        outbox = outbox_of(desk, told)
        taken: dict[str, list[float]] = {"bare": [], "draft": [], "sign": [], "marked": []}
        for turn in range(rounds):
            words = text(dice)
            start = time.perf_counter()
            bare.execute("BEGIN IMMEDIATE")
            now = desk.clock.now().at
            bare.execute(
                "INSERT INTO note VALUES (NULL, ?, ?, ?, ?, 'America/New_York', 30, ?, ?, ?)",
                (new_id(), student, desk.seat.person, now, words, now, os.urandom(32)),
            )
            bare.execute("COMMIT")
            first = time.perf_counter()
            opened = desk.sessions.start_draft(StartDraft(student_id=student))
            form = replace(opened.draft.form, sections=(Section("note", "Note", words),))
            draft = replace(opened.draft, form=form)
            second = time.perf_counter()
            desk.sessions.save_draft(SaveDraft(draft))
            third = time.perf_counter()
            desk.sessions.sign_note(SignNote(draft))
            fourth = time.perf_counter()
            if told.district is None:
                join(outbox, told)
            with desk.records.working() as tx:
                tx.execute(stale)
                outbox.ground.refreshed()
            opened = desk.sessions.start_draft(StartDraft(student_id=student))
            form = replace(opened.draft.form, sections=(Section("note", "Note", words),))
            draft = replace(opened.draft, form=form)
            desk.sessions.save_draft(SaveDraft(draft))
            fifth = time.perf_counter()
            desk.sessions.sign_note(SignNote(draft))
            sixth = time.perf_counter()
            if turn >= rounds // 10:
                taken["marked"].append(sixth - fifth)
                taken["bare"].append(first - start)
                taken["draft"].append(third - second)
                taken["sign"].append(fourth - third)
        bare.close()
        desk.close()
    median = {name: statistics.median(times) for name, times in taken.items()}
    draft_ratio = median["draft"] / median["bare"]
    sign_ratio = median["sign"] / median["bare"]
    print(f"saving a draft / bare durable commit: {draft_ratio:5.2f}  (floor {FLOOR:.2f})")
    print(f"signing a note / bare durable commit: {sign_ratio:5.2f}  (floor {FLOOR:.2f})")
    marked_ratio = median["marked"] / median["bare"]
    print(f"signing what is also counted / bare: {marked_ratio:6.2f}  (floor {FLOOR:.2f})")
    return max(draft_ratio, sign_ratio, marked_ratio) <= FLOOR


if __name__ == "__main__":
    sys.exit(0 if main(int(sys.argv[1]) if len(sys.argv) > 1 else 600) else 1)
