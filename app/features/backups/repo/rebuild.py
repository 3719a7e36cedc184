"""Making a vault of what was saved: from a backup what is lost, stand-ins, and the list."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from app.features.backups.losses import Fate, Loss, LossLine
from app.kernel.clock import Moment
from app.kernel.frozen import FrozenRows, How, Wrong
from app.kernel.ids import new_id
from app.kernel.keys import Anchor, VaultKeys
from app.kernel.names import search_text
from app.kernel.ports import Reader, Row, Seat
from app.store import journal
from app.store.check import losses_digest
from app.store.connection import connect, known_trouble
from app.store.migrate import migrate, steps
from app.store.salvage import Lost, Salvaged
from app.store.shapes import Table, tables_of
from app.store.words import DERIVED, has_words, make_words

_UPDATED = re.compile(r"BEFORE UPDATE ON (\w+)")
_NOT_KEPT = frozenset(
    {
        "desk_state", "follow_up", "note_draft", "person_school", "roster_offer", "setting",
        "sole_note", "student_guardian", "student_tag", "school", "caseload", "enrollment",
        "group_member", "group_draft",
        "time_draft", "billing_line", "billing_code", "consultation_draft", "plan_draft",
        "screening_draft", "student_photo", "mandate_span", "appointment", "busy_time",
        "bell_period", "bell_schedule", "school_year", "special_day", "travel_time",
        "destination_secret", "outbox_sealed", "outbox_standing",
    }
)  # fmt: skip
"""Rows of these may have been removed on purpose: a backup gives back only those known lost."""
_OWN = frozenset(
    {
        "sole_note", "note_draft", "group_draft", "consultation_draft", "plan_draft",
        "screening_draft",
    }
)  # fmt: skip
"""Whose they are about is nobody's but their maker's: the list does not say it."""
_ORDER = (
    Fate.LOST, Fate.STAND_IN, Fate.UNCOUNTED, Fate.UNLINKED, Fate.UNPROVEN, Fate.REGAINED,
)  # fmt: skip
_STAND_INS: dict[str, dict[str, Any]] = {
    "student": {"given_name": "?", "family_name": "?", "listed_name": "?"},
    "person": {"role": "administrator", "active": 0},
    "school": {},
    "guardian": {},
    "tag": {},
    "service_kind": {},
    "staff": {"source": "repair"},
    "class": {"source": "repair"},
    "roster_import": {"counts": "{}", "problems": "[]"},
}
"""What may be stood in for: none of these is signed or frozen."""
_TOLD_OF = {
    "student": ("given_name", "family_name", "preferred_name", "birth_date", "grade"),
    "person": ("name", "role", "credentials"),
}
"""What the journal's entries about a row may tell of it."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a rebuilding goes by, besides what was salvaged."""

    vault: str
    seat: Seat
    now: Moment
    anchors: tuple[Anchor, ...]
    """The journal's heads as the keybag and the backups saw them."""
    frozen: Sequence[FrozenRows]
    backup: Path | None = None
    """The newest good backup's file, of the same key."""
    backup_keys: VaultKeys | None = None
    backup_at: str = ""


@dataclass(slots=True)
class Rebuilt:
    """A vault's file that was rebuilt: its journal's head, and the list."""

    head: Anchor
    gaps: int
    losses: list[Loss]
    saved: dict[str, int] = field(default_factory=dict)


def rebuild(path: Path, keys: VaultKeys, salvaged: Salvaged, basis: Basis) -> Rebuilt:
    """Make the salvaged file at `path` a vault's again; its list says what it lacks."""
    with known_trouble():
        writer = connect(path, keys)
        try:
            writer.execute("PRAGMA foreign_keys = OFF")
            writer.execute("PRAGMA recursive_triggers = OFF")
            writer.execute("BEGIN IMMEDIATE")
            work = _Rebuilding(writer, salvaged, basis)
            work.take_from_backup()
            work.fill_in()
            writer.execute("COMMIT")
            migrate(writer)
            writer.execute("BEGIN IMMEDIATE")
            found = work.close_list()
            writer.execute("COMMIT")
            writer.execute("PRAGMA optimize")
            writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            writer.close()
    return found


class _Rebuilding:
    def __init__(self, writer: dbapi2.Connection, salvaged: Salvaged, basis: Basis) -> None:
        self._writer = writer
        self._salvaged = salvaged
        self._basis = basis
        self._tables = tables_of(writer)
        self._frozen = {
            str(name) for _number, script in steps() for name in _UPDATED.findall(script)
        }
        self._losses: dict[tuple[str, str], Loss] = {}
        for lost in salvaged.lost:
            if lost.table != "journal":
                self._tell(self._as_loss(lost))
        for table in salvaged.uncounted:
            self._tell(Loss(table, "", "", "", Fate.UNCOUNTED))
        seqs = [lost.key[0] for lost in salvaged.lost if lost.table == "journal"]
        last = _one(writer, "SELECT coalesce(max(seq), 0) FROM journal")
        self._spare: dict[tuple[str, str], dict[str, Any]] = {}
        self._known_count = max([last, *seqs, *(anchor.count for anchor in basis.anchors)])
        self._subjects = {
            lost.key[0]: str(lost.known.get("subject_id") or "")
            for lost in salvaged.lost
            if lost.table == "journal"
        }

    def _tell(self, loss: Loss) -> None:
        if loss.kind in DERIVED:
            return
        self._losses[loss.kind, loss.row] = loss

    def _as_loss(self, lost: Lost) -> Loss:
        table = self._tables[lost.table]
        known = lost.known
        if table.rowids:
            row = str(known.get("id") or f"row {lost.key[0]}")
        else:
            row = "/".join(map(str, lost.key))
        student = row if table.name == "student" else str(known.get("student_id") or "")
        if table.name in _OWN:
            student = ""
        days = [known[name] for name in table.named(("_on", "_at")) if known.get(name)]
        return Loss(lost.table, row, student, str(days[0]) if days else "", Fate.LOST)

    # -- from the backup ----------------------------------------------------------------

    def take_from_backup(self) -> None:
        """Bring back from the backup what is lost and still what was written."""
        basis = self._basis
        if basis.backup is None or basis.backup_keys is None or not self._salvaged.cut:
            return
        backup = connect(basis.backup, basis.backup_keys, untouched=True)
        try:
            theirs = tables_of(backup)
            same = self._entries_from(backup)
            lacks_nothing = same and journal.head(backup).count >= self._known_count
            taken: list[tuple[Table, str]] = []
            for name in sorted(self._salvaged.cut & theirs.keys() & self._tables.keys()):
                if name != "journal":
                    taken += self._rows_from(backup, self._tables[name], theirs[name])
                if lacks_nothing and name not in _NOT_KEPT:
                    # Whatever was in it came back, also what nothing else names.
                    self._losses.pop((name, ""), None)
            self._keep_the_proven(taken)
        finally:
            backup.close()

    def _entries_from(self, backup: dbapi2.Connection) -> bool:
        """Fill the journal's gaps with the entries of a backup that has the same history.

        Return whether it has it.
        """
        head = journal.head(backup)
        shared = self._writer.execute(
            "SELECT seq, hash FROM journal WHERE seq <= ? ORDER BY seq DESC LIMIT 1", (head.count,)
        ).fetchone()
        if shared is not None:
            there = backup.execute(
                "SELECT hash FROM journal WHERE seq = ?", (shared[0],)
            ).fetchone()
            if there is None or bytes(there[0]) != bytes(shared[1]):
                return False
        have = {int(row[0]) for row in self._writer.execute("SELECT seq FROM journal")}
        for row in backup.execute("SELECT * FROM journal ORDER BY seq").fetchall():
            if row[0] not in have and journal.entry_hash(row[:-1]) == bytes(row[-1]):
                self._writer.execute(
                    f"INSERT INTO journal VALUES ({', '.join('?' * len(row))})", row
                )
                self._tell(Loss("journal", str(row[0]), "", str(row[1]), Fate.REGAINED))
        return True

    def _rows_from(
        self, backup: dbapi2.Connection, table: Table, theirs: Table
    ) -> Iterator[tuple[Table, str]]:
        names = [column.name for column in theirs.columns]
        key = [names.index(part) for part in table.key] if table.key else []
        listed = ", ".join(f'"{name}"' for name in names)
        marks = ", ".join("?" * len(names))
        lost = {row for kind, row in self._losses if kind == table.name}
        for rowid, *values in backup.execute(
            f'SELECT {"rowid" if table.rowids else "NULL"}, {listed} FROM "{table.name}"'
        ).fetchall():
            row = "/".join(str(values[place]) for place in key)
            by_rowid = f"row {rowid}"
            if by_rowid in lost:
                del self._losses[table.name, by_rowid]
            elif row not in lost and table.name in _NOT_KEPT:
                if table.name in _STAND_INS:
                    self._spare[table.name, row] = dict(zip(names, values, strict=True))
                continue
            try:
                done = self._writer.execute(
                    f'INSERT OR IGNORE INTO "{table.name}" ({listed}) VALUES ({marks})', values
                ).rowcount
            except dbapi2.IntegrityError:
                continue
            if done == 1:
                facts = dict(zip(names, values, strict=True))
                student = row if table.name == "student" else str(facts.get("student_id") or "")
                days = [facts[name] for name in table.named(("_on", "_at")) if facts.get(name)]
                day = str(days[0]) if days else ""
                student = "" if table.name in _OWN else student
                self._tell(Loss(table.name, row, student, day, Fate.REGAINED))
                yield table, row

    def _keep_the_proven(self, taken: Iterable[tuple[Table, str]]) -> None:
        """Take out again what the backup gave and is not what was written."""
        there = {(table.name, row): table for table, row in taken}
        for wrong in self._wrong():
            table = there.get((wrong.table, wrong.id))
            if table is not None and wrong.how is not How.GONE and table.key:
                where = " AND ".join(f'"{part}" = ?' for part in table.key)
                self._writer.execute(
                    f'DELETE FROM "{table.name}" WHERE {where}', wrong.id.split("/")
                )
                loss = self._losses[wrong.table, wrong.id]
                self._tell(replace(loss, how=Fate.LOST))

    def _wrong(self) -> list[Wrong]:
        found: list[Wrong] = []
        for rows in self._basis.frozen:
            try:
                found += rows.look(self._writer)[1]
            except dbapi2.OperationalError:
                continue  # a vault of an earlier version has no such table yet
        return found

    # -- what stands in -----------------------------------------------------------------

    def fill_in(self) -> None:
        """Let nothing lead nowhere, make the search index anew, and the vault one that opens."""
        now = self._basis.now
        if not _one(self._writer, "SELECT count(*) FROM vault"):
            self._writer.execute(
                "INSERT INTO vault (one, id, made_at, zone, recovery_confirmed_at)"
                " VALUES (1, ?, ?, ?, ?)",
                (self._basis.vault, now.at, now.zone, now.at),
            )
            self._tell(Loss("vault", self._basis.vault, "", "", Fate.STAND_IN))
        if not self._there("person", self._basis.seat.person):
            self._stand_in("person", self._basis.seat.person)
        for _round in range(3):  # what stands in may itself lead somewhere
            broken = self._writer.execute("PRAGMA foreign_key_check").fetchall()
            mended = [self._mend(*row) for row in broken]
            if not any(mended):
                break
        rows = self._writer.execute(
            "SELECT row, given_name, middle_name, family_name, preferred_name, student_number,"
            " state_id FROM student"
        ).fetchall()
        self._writer.executemany(
            "INSERT INTO student_names (rowid, names, numbers) VALUES (?, ?, ?)",
            [(row[0], *search_text(*row[1:])) for row in rows],
        )
        if has_words(self._writer):
            make_words(self._writer)

    def _there(self, table: str, row: str) -> bool:
        sql = f'SELECT count(*) FROM "{table}" WHERE id = ?'
        return bool(self._writer.execute(sql, (row,)).fetchone()[0])

    def _mend(self, name: str, rowid: int | None, parent: str, number: int) -> bool:
        """Mend one reference that leads nowhere; tell whether anything was changed."""
        table = self._tables[name]
        links = self._writer.execute(f'PRAGMA foreign_key_list("{name}")').fetchall()
        column, there = next(
            (str(row[3]), str(row[4] or "id")) for row in links if row[0] == number
        )
        if parent in _STAND_INS and there == "id":
            missing = self._writer.execute(
                f'SELECT DISTINCT c."{column}" FROM "{name}" c LEFT JOIN "{parent}" p'
                f' ON p.id = c."{column}" WHERE c."{column}" IS NOT NULL AND p.id IS NULL'
            ).fetchall()
            for (value,) in missing:
                self._stand_in(parent, str(value))
            return bool(missing)
        if rowid is None:
            return self._take_out(table, column, parent, there)
        optional = not next(one.required for one in table.columns if one.name == column)
        known = self._row(table, rowid)
        if optional and name not in self._frozen:
            self._writer.execute(f'UPDATE "{name}" SET "{column}" = NULL WHERE rowid = ?', (rowid,))
        self._tell(replace(known, row=str(rowid), how=Fate.UNLINKED))
        return optional and name not in self._frozen

    def _take_out(self, table: Table, column: str, parent: str, there: str) -> bool:
        """Take out the rows that lead nowhere of a table without row ids; tell each as lost.

        Nothing could name such a row as unlinked, and what it was drawn from is lost itself.
        """
        orphans = f'"{column}" NOT IN (SELECT "{there}" FROM "{parent}")'
        names = [one.name for one in table.columns]
        listed = ", ".join(f'"{name}"' for name in names)
        found = self._writer.execute(
            f'SELECT {listed} FROM "{table.name}" WHERE {orphans}'
        ).fetchall()
        for values in found:
            known = dict(zip(names, values, strict=True))
            key = tuple(known[part] for part in table.key)
            self._tell(self._as_loss(Lost(table.name, key, known)))
        self._writer.execute(f'DELETE FROM "{table.name}" WHERE {orphans}')
        return bool(found)

    def _row(self, table: Table, rowid: int) -> Loss:
        names = [column.name for column in table.columns]
        listed = ", ".join(f'"{name}"' for name in names)
        values = self._writer.execute(
            f'SELECT {listed} FROM "{table.name}" WHERE rowid = ?', (rowid,)
        ).fetchone()
        known = dict(zip(names, values, strict=True))
        return self._as_loss(Lost(table.name, (rowid,), known))

    def _stand_in(self, name: str, row: str) -> None:
        """Write an empty row with the id that others lead to; a student's names if known."""
        student = row if name == "student" else ""
        spare = self._spare.get((name, row))
        if spare is not None:
            self._insert(name, spare)
            self._tell(Loss(name, row, student, "", Fate.REGAINED))
            return
        now = self._basis.now
        given = {**_STAND_INS[name], **self._last_known(name, row)}
        values: dict[str, Any] = {}
        for column in self._tables[name].columns:
            if column.name == "id":
                values[column.name] = row
            elif column.name in given:
                values[column.name] = given[column.name]
            elif column.name == "zone":
                values[column.name] = now.zone
            elif column.name in {"made_at", "used_at"}:
                values[column.name] = now.at
            elif column.name == "person_id":
                values[column.name] = self._basis.seat.person
            elif column.name == "source_id" and name in {"staff", "class"}:
                values[column.name] = row
            elif column.name == "label" and name == "tag":
                values[column.name] = f"? {row[-6:]}"
            elif column.name in {"name", "given_name", "family_name", "title", "label", "role"}:
                values[column.name] = "?"
            elif column.name in {"format", "sha256", "source"} and name == "roster_import":
                values[column.name] = ""
        self._insert(name, values)
        self._tell(Loss(name, row, student, "", Fate.STAND_IN))

    def _insert(self, name: str, values: dict[str, Any]) -> None:
        listed = ", ".join(f'"{column}"' for column in values)
        marks = ", ".join("?" * len(values))
        self._writer.execute(
            f'INSERT OR IGNORE INTO "{name}" ({listed}) VALUES ({marks})', list(values.values())
        )

    def _last_known(self, table: str, row: str) -> dict[str, Any]:
        """Return of a student or a person whose row is lost what the journal last told of them."""
        known: dict[str, Any] = {}
        for (after,) in self._writer.execute(
            "SELECT after FROM journal WHERE subject_id = ? AND subject_kind = ?"
            " AND after IS NOT NULL ORDER BY seq",
            (row, table),
        ):
            facts = json.loads(after)
            for name in _TOLD_OF.get(table, ()):
                if isinstance(facts.get(name), str):
                    known[name] = facts[name]
        if known.get("family_name"):
            known["listed_name"] = known["family_name"].lower()
        if table == "person" and row == self._basis.seat.person:
            # Whoever repairs is let in; and keeps the vault, where nobody else is left who does.
            known["active"] = 1
            columns = {column.name for column in self._tables["person"].columns}
            if "keeper" in columns and not _one(
                self._writer, "SELECT count(*) FROM person WHERE keeper = 1"
            ):
                known["keeper"] = 1
        return known

    # -- the list -----------------------------------------------------------------------

    def close_list(self) -> Rebuilt:
        """Write the list, the journal's entry that names its gaps, and the triggers; last of all."""
        gaps, before = self._gaps()
        for gap in gaps:
            for seq in range(gap.first, gap.last + 1):
                subject = self._subjects.get(seq, "")
                student = subject if subject and self._there("student", subject) else ""
                self._tell(Loss("journal", str(seq), student, "", Fate.LOST))
        self._explain(self._wrong(), bool(gaps))
        losses = [self._placed(loss) for loss in self._losses.values()]
        losses.sort(key=lambda one: (_ORDER.index(one.how), one.kind, one.student, one.on, one.row))
        repair = new_id()
        basis, salvaged = self._basis, self._salvaged
        self._writer.execute(
            "INSERT INTO repair (id, person_id, made_at, zone, entries, head, pages, backup_at,"
            " schema) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                repair,
                basis.seat.person,
                basis.now.at,
                basis.now.zone,
                self._known_count,
                before.hex(),
                len(salvaged.bad),
                basis.backup_at,
                salvaged.schema,
            ),
        )
        self._writer.executemany(
            "INSERT INTO repair_loss VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (repair, place, one.kind, one.row, one.student, one.on, one.how.value)
                for place, one in enumerate(losses)
            ],
        )
        head = journal.append(
            self._writer,
            journal.Head(self._known_count, before),
            basis.seat,
            basis.now,
            journal.REPAIRED,
            ("repair", repair),
            {"entries": self._known_count, "head": before.hex()},
            {
                "gaps": [[gap.first, gap.last, gap.previous] for gap in gaps],
                "losses": len(losses),
                "digest": losses_digest(self._writer, repair),
            },
        )
        self._restore_triggers()
        saved = {
            name: _one(self._writer, f'SELECT count(*) FROM "{name}"') for name in self._tables
        }
        missing = sum(gap.last - gap.first + 1 for gap in gaps)
        return Rebuilt(head.anchor(), missing, losses, saved)

    def _gaps(self) -> tuple[list[journal.Gap], bytes]:
        """Return the journal's gaps, and the hash that its next entry goes on from."""
        gaps: list[journal.Gap] = []
        expected, last = 1, journal.NO_HASH
        for seq, previous, hashed in self._writer.execute(
            "SELECT seq, previous, hash FROM journal ORDER BY seq"
        ):
            if seq > expected:
                gaps.append(journal.Gap(expected, seq - 1, bytes(previous).hex()))
            expected, last = seq + 1, bytes(hashed)
        if expected <= self._known_count:
            heads = [one.head for one in self._basis.anchors if one.count == self._known_count]
            last = bytes.fromhex(heads[0]) if heads else journal.NO_HASH
            gaps.append(journal.Gap(expected, self._known_count, last.hex()))
        return gaps, last

    def _explain(self, wrong: list[Wrong], gaps: bool) -> None:
        """List the frozen rows that are lost, and those whose journal entry is."""
        cut = self._salvaged.cut
        for one in wrong:
            known = self._losses.get((one.table, one.id))
            if one.how is How.GONE and one.table in cut:
                self._tell(replace(known, how=Fate.LOST) if known else self._of_journal(one))
            elif one.how is How.UNWITNESSED and gaps:
                base = known or Loss(one.table, one.id, "", "", Fate.UNPROVEN)
                self._tell(replace(base, how=Fate.UNPROVEN))

    def _of_journal(self, wrong: Wrong) -> Loss:
        return Loss(wrong.table, wrong.id, "", "", Fate.LOST)

    def _placed(self, loss: Loss) -> Loss:
        """Say of which student and day a row is, where the journal or another row still knows."""
        student, day = loss.student, loss.on
        if loss.kind == "journal" or loss.kind in _OWN or (student and day) or not loss.row:
            return loss
        seq = loss.row.removeprefix("entry ")
        entry = self._writer.execute(
            "SELECT at, after ->> '$.student', subject_kind, subject_id FROM journal"
            " WHERE subject_id = :row OR after ->> '$.addition' = :row OR seq = :seq"
            " ORDER BY seq LIMIT 1"
            if loss.row.startswith("entry ") or loss.kind == "note_addition"
            else "SELECT at, after ->> '$.student', subject_kind, subject_id FROM journal"
            " WHERE subject_id = :row ORDER BY seq LIMIT 1",
            {"row": loss.row, "seq": int(seq) if seq.isdigit() else -1},
        ).fetchone()
        if entry is None:
            return loss
        subject = entry[3] if entry[2] == "student" else ""
        if not subject and entry[2] == "session_note":
            note = self._writer.execute(
                "SELECT student_id FROM session_note WHERE id = ?", (entry[3],)
            ).fetchone()
            subject = note[0] if note else ""
        return replace(loss, student=student or entry[1] or subject, on=day or entry[0])

    def _restore_triggers(self) -> None:
        memory = dbapi2.connect(":memory:", isolation_level=None)
        try:
            migrate(memory)
            wanted = memory.execute(
                "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
            ).fetchall()
        finally:
            memory.close()
        have = {
            row[0]
            for row in self._writer.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        }
        for name, sql in wanted:
            if name not in have:
                self._writer.execute(sql)


def read_losses(path: Path, keys: VaultKeys) -> list[LossLine]:
    """Return the list in a vault's file that nobody has open."""
    with known_trouble():
        reader = connect(path, keys, untouched=True)
        try:
            return listed_losses(reader)
        finally:
            reader.close()


def _one(reader: Reader, sql: str) -> int:
    row = reader.execute(sql).fetchone()
    return int(row[0]) if row else 0


def listed_losses(reader: Reader) -> list[LossLine]:
    """Return what the vault's repairs could not save, the latest repair first."""
    rows: list[Row] = reader.execute(
        "SELECT l.kind, l.row_id, l.student_id, l.happened_on, l.how, s.given_name,"
        " s.family_name, s.preferred_name FROM repair_loss l JOIN repair r ON r.id = l.repair_id"
        " LEFT JOIN student s ON s.id = l.student_id ORDER BY r.made_at DESC, l.position"
    ).fetchall()
    return [
        LossLine(
            Loss(row[0], row[1], row[2], row[3], Fate(row[4])),
            row[5] or "",
            row[6] or "",
            row[7] or "",
        )
        for row in rows
    ]
