"""The outbox's records, read and written."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.features.outbox.model.course import Step
from app.features.outbox.model.records import (
    Course,
    Destination,
    Event,
    ManifestRow,
    Parcel,
    ParcelLine,
    PlaceLine,
    ReceiptRow,
    StandingRow,
)
from app.features.outbox.model.rules import NEEDS_A_PERSON, NO_KEY
from app.kernel.frozen import How, Wrong
from app.kernel.ids import new_id
from app.kernel.names import shown_name
from app.kernel.ports import Reader, Row
from app.kernel.rows import stored
from app.store.book import Book, Keeper, listed, looked_over, read_as
from app.sync.parcels import EVER, State

PAGE = 200
"""Rows in one page of a list."""
_LINE = (
    f"SELECT {listed(Parcel, 'p')}, d.label, s.state, s.reach, s.tries, s.due, s.code, s.facts,"
    " s.delivered_at, s.acknowledged_at, s.kept, d.paused,"
    " u.given_name, u.family_name, u.preferred_name"
    " FROM outbox_parcel p JOIN outbox_state s ON s.parcel_id = p.id"
    " JOIN destination d ON d.id = p.destination_id LEFT JOIN student u ON u.id = p.student_id"
)
_WAITS = "('queued', 'sending', 'failed', 'paused')"
_ASKS = "(s.state = 'failed' AND s.code IN ({}))".format(
    ", ".join(f"'{code}'" for code in sorted(NEEDS_A_PERSON))
)
_CLOSED = f"p.destination_id = ? AND s.state = 'failed' AND s.code = '{NO_KEY}' AND p.made_at < ?"
_DUE = (
    "s.destination_id = ? AND s.reach = 0 AND s.kept = 1 AND s.state NOT IN ('paused', 'cancelled')"
)


class OutboxBook(Book):
    """What the outbox keeps, for reading."""

    frozen = {
        Parcel: "outbox_parcel",
        Event: "outbox_event",
        ManifestRow: "outbox_manifest",
        ReceiptRow: "outbox_receipt",
    }
    living = {Destination: "destination"}

    # -- lists -----------------------------------------------------------------------

    def waiting(self, offset: int = 0, limit: int = PAGE) -> list[ParcelLine]:
        """Return what has still to leave, what a person must do something about first."""
        rows = self.reader.execute(
            f"{_LINE} WHERE s.state IN {_WAITS}"
            f" ORDER BY {_ASKS} DESC, s.state = 'paused', p.row LIMIT 0 + ? OFFSET ?",
            (limit, offset),
        )
        return [_line(row) for row in rows]

    def left(self, offset: int = 0, limit: int = PAGE) -> list[ParcelLine]:
        """Return what has left or was taken back, the newest first."""
        rows = self.reader.execute(
            f"{_LINE} WHERE s.state NOT IN {_WAITS} ORDER BY p.row DESC LIMIT 0 + ? OFFSET ?",
            (limit, offset),
        )
        return [_line(row) for row in rows]

    def counts(self) -> tuple[int, int]:
        """Return how many parcels wait, and how many do not any more."""
        row = self.reader.execute(
            f"SELECT coalesce(sum(s.state IN {_WAITS}), 0), count(*)"
            " FROM outbox_parcel p JOIN outbox_state s ON s.parcel_id = p.id"
        ).fetchone()
        waiting, of = (int(row[0]), int(row[1])) if row else (0, 0)
        return waiting, of - waiting

    def line(self, parcel_id: str) -> ParcelLine | None:
        """Return a parcel, or None."""
        row = self.reader.execute(f"{_LINE} WHERE p.id = ?", (parcel_id,)).fetchone()
        return _line(row) if row else None

    def events(self, parcel_id: str) -> list[Event]:
        """Return what became of a parcel, the earliest first."""
        return self.where(Event, "t.parcel_id = ? ORDER BY t.row", (parcel_id,))

    def places(self) -> list[PlaceLine]:
        """Return the places that are on the list."""
        rows = self.reader.execute(
            f"SELECT {listed(Destination)},"
            f" coalesce(sum(s.state IN {_WAITS}), 0), coalesce(sum({_ASKS}), 0),"
            " coalesce(sum(s.state = 'delivered'), 0), coalesce(sum(s.state = 'acknowledged'), 0),"
            " coalesce(max(s.delivered_at), '')"
            " FROM destination t LEFT JOIN outbox_state s ON s.destination_id = t.id"
            " WHERE t.removed = 0 GROUP BY t.id ORDER BY t.row"
        )
        return [PlaceLine(read_as(Destination, row), *row[-5:]) for row in rows]

    def destinations(self) -> list[Destination]:
        """Return the places that are on the list, as they are kept."""
        return self.where(Destination, "t.removed = 0 ORDER BY t.row")

    # -- what the engine asks --------------------------------------------------------

    def course(self, place: str, device: str) -> Course:
        """Return how far a desk has come with a place."""
        row = self.reader.execute(
            "SELECT counter, previous, confirmed, receipts_seen, restart FROM outbox_course"
            " WHERE destination_id = ? AND device_id = ?",
            (place, device),
        ).fetchone()
        return Course(row[0], row[1], row[2], row[3], bool(row[4])) if row else Course()

    def due(self, place: str, now: str, limit: int, but: Sequence[str] = ()) -> list[Row]:
        """Return id, name, bytes and tries of what is to be sent now, the oldest first.

        One that asks for a person is due at `EVER` alone; one that was put off by nothing is due
        whatever clock it was queued by.
        """
        return self.reader.execute(
            "SELECT p.id, p.name, p.bytes, s.tries FROM outbox_state s"
            f" JOIN outbox_parcel p ON p.id = s.parcel_id WHERE {_DUE}"
            " AND (s.due <= ? OR s.state = 'queued') AND s.ask <= ?"
            " AND p.id NOT IN (SELECT value FROM json_each(?)) ORDER BY p.row LIMIT 0 + ?",
            (place, now, int(now >= EVER), json.dumps(list(but)), limit),
        ).fetchall()

    def about_students(self, parcels: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
        """Return which of these parcels tell about students, and their disclosures."""
        rows = self.reader.execute(
            "SELECT id, disclosures FROM outbox_parcel WHERE json_array_length(disclosures) > 1"
            " AND id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(parcels)),),
        )
        return [(row[0], tuple(json.loads(row[1]))) for row in rows]

    def unmanifested(self, place: str) -> list[Row]:
        """Return id, name, bytes and tries of what lies there and no manifest names."""
        return self.reader.execute(
            "SELECT p.id, p.name, p.bytes, s.tries FROM outbox_state s"
            " JOIN outbox_parcel p ON p.id = s.parcel_id WHERE s.destination_id = ?"
            " AND s.reach = 1 AND s.state NOT IN ('paused', 'cancelled') ORDER BY p.row",
            (place,),
        ).fetchall()

    def sealed(self, parcel: str) -> tuple[str, bytes] | None:
        """Return a parcel's name and bytes; None once they were let go."""
        row = self.reader.execute(
            "SELECT p.name, x.sealed FROM outbox_sealed x JOIN outbox_parcel p ON p.id = x.id"
            " WHERE x.id = ?",
            (parcel,),
        ).fetchone()
        return (str(row[0]), bytes(row[1])) if row else None

    def manifest(self, place: str, device: str, counter: int) -> ManifestRow | None:
        """Return the manifest with a counter, or None; after a restore the one made last."""
        found = self.where(
            ManifestRow,
            "t.destination_id = ? AND t.device_id = ? AND t.counter = ? ORDER BY t.row DESC LIMIT 1",
            (place, device, counter),
        )
        return found[0] if found else None

    def next_due(self) -> str:
        """Return when something is to be sent next (UTC text); empty when nothing waits by itself."""
        row = self.reader.execute(
            "SELECT min(s.due) FROM outbox_state s JOIN destination d ON d.id = s.destination_id"
            " WHERE s.reach = 0 AND s.kept = 1 AND s.state NOT IN ('paused', 'cancelled')"
            " AND s.ask = 0 AND d.paused = 0 AND d.removed = 0"
        ).fetchone()
        return str(row[0]) if row and row[0] else ""

    def asking(self) -> list[Row]:
        """Return each place and reason that a person must do something about: with how many."""
        return self.reader.execute(
            "SELECT d.id, d.label, s.code, min(s.facts), count(*) FROM outbox_state s"
            " JOIN destination d ON d.id = s.destination_id"
            f" WHERE {_ASKS} AND d.removed = 0"
            " GROUP BY d.id, s.code ORDER BY d.row, s.code"
        ).fetchall()

    # -- standing summaries ----------------------------------------------------------

    def fresh_kinds(self) -> set[str]:
        """Return the kinds of which something has gone somewhere and is as it went."""
        rows = self.reader.execute("SELECT DISTINCT kind FROM outbox_standing WHERE stale = 0")
        return {str(row[0]) for row in rows}

    def standing(self, place: str, kind: str, whose: str) -> dict[str, tuple[str, int, bool, str]]:
        """Return by period what went to a place by itself: content, revision, stale, looked on."""
        rows = self.reader.execute(
            "SELECT period, content, revision, stale, looked_on FROM outbox_standing"
            " WHERE destination_id = ? AND kind = ? AND whose = ?",
            (place, kind, whose),
        )
        return {row[0]: (row[1], row[2], bool(row[3]), row[4]) for row in rows}

    def latest_revision(self, place: Destination, series: str) -> int:
        """Return the newest revision of a series that was made for a place; 0 if there is none.

        Those for a district are counted together: wherever it moves its place, what it has of a
        series already is not taken for the newer.
        """
        row = self.reader.execute(
            "SELECT max(p.revision) FROM destination d JOIN outbox_parcel p"
            " ON p.destination_id = d.id AND p.series = ? WHERE d.id = ?"
            " OR ? <> '' AND d.district <> ''",
            (series, place.id, place.district),
        ).fetchone()
        return int(row[0]) if row and row[0] else 0

    def enrolled(self, place: str, since: str) -> bool:
        """Tell whether the desk's enrolment was made for a place and not taken back.

        One made before `since` (UTC text) counts once the district has taken it.
        """
        row = self.reader.execute(
            "SELECT 1 FROM outbox_parcel p JOIN outbox_state s ON s.parcel_id = p.id"
            " WHERE p.destination_id = ? AND p.kind = 'enrolment' AND s.state <> 'cancelled'"
            " AND (p.made_at >= ? OR s.acknowledged_at <> '') LIMIT 1",
            (place, since),
        ).fetchone()
        return row is not None


class OutboxKeeper(Keeper, OutboxBook):
    """The outbox's records within one command."""

    # -- places and what opens them --------------------------------------------------

    def credentials(self, place: str) -> dict[str, str]:
        """Return what opens a place."""
        row = self.tx.execute(
            "SELECT credentials FROM destination_secret WHERE id = ?", (place,)
        ).fetchone()
        return dict(json.loads(row[0])) if row else {}

    def replace_credentials(self, place: str, credentials: Mapping[str, str]) -> None:
        """Keep what opens a place in the place of what was kept; nothing is kept of nothing."""
        self.tx.execute("DELETE FROM destination_secret WHERE id = ?", (place,))
        if credentials:
            self.tx.execute(
                "INSERT INTO destination_secret (id, credentials, replaced_at, zone)"
                " VALUES (?, ?, ?, ?)",
                (place, json.dumps(dict(credentials)), self.tx.now.at, self.tx.now.zone),
            )

    def desk(self, device: str) -> str:
        """Return the computer under which this vault's desk is kept: where its key was made.

        A vault that is put back on another computer, or carried there, stays the same desk:
        what it sends goes on where it stood, and no month is counted twice.
        """
        row = self.tx.execute(
            "SELECT device_id FROM desk_key ORDER BY made_at, device_id LIMIT 1"
        ).fetchone()
        return str(row[0]) if row else device

    def seed(self, device: str) -> bytes | None:
        """Return the seed of a desk's key, or None."""
        row = self.tx.execute("SELECT seed FROM desk_key WHERE device_id = ?", (device,)).fetchone()
        return bytes(row[0]) if row else None

    def keep_seed(self, device: str, seed: bytes) -> None:
        """Keep the seed of a desk's new key."""
        self.tx.execute(
            "INSERT INTO desk_key (device_id, seed, made_at, zone) VALUES (?, ?, ?, ?)",
            (device, seed, self.tx.now.at, self.tx.now.zone),
        )

    def keep_course(self, place: str, device: str, course: Course) -> None:
        """Keep how far a desk has come with a place."""
        self.tx.execute(
            "INSERT INTO outbox_course (destination_id, device_id, counter, previous, confirmed,"
            " receipts_seen, restart) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
            " counter = excluded.counter, previous = excluded.previous,"
            " confirmed = excluded.confirmed, receipts_seen = excluded.receipts_seen,"
            " restart = excluded.restart",
            (
                place, device, course.counter, course.previous, course.confirmed,
                course.receipts_seen, int(course.restart),
            ),
        )  # fmt: skip

    # -- parcels ---------------------------------------------------------------------

    def queue(self, parcel: Parcel, sealed: bytes) -> None:
        """Write a parcel, its bytes, and that it is to leave now."""
        self.add(parcel)
        self.tx.execute(
            "INSERT INTO outbox_state (parcel_id, destination_id, state, reach, tries, due, code,"
            " facts, ask, delivered_at, acknowledged_at, kept)"
            " VALUES (?, ?, 'queued', 0, 0, ?, '', '{}', 0, '', '', 1)",
            (parcel.id, parcel.destination_id, self.tx.now.at),
        )
        self.tx.execute("INSERT INTO outbox_sealed (id, sealed) VALUES (?, ?)", (parcel.id, sealed))

    def states(self, parcels: Sequence[str]) -> dict[str, tuple[State, int, str, bool]]:
        """Return state, reach, last code and whether the bytes are kept, of each parcel there is."""
        rows = self.tx.execute(
            "SELECT parcel_id, state, reach, code, kept FROM outbox_state"
            " WHERE parcel_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(parcels)),),
        )
        return {row[0]: (State(row[1]), int(row[2]), row[3], bool(row[4])) for row in rows}

    def set_state(self, parcel: str, **columns: str | int) -> None:
        """Change how far a parcel has come."""
        self.tx.execute(
            f"UPDATE outbox_state SET {', '.join(f'{name} = ?' for name in columns)}"
            " WHERE parcel_id = ?",
            (*columns.values(), parcel),
        )

    def never_tried(self, parcel: str) -> bool:
        """Tell whether no try of a parcel ever began."""
        row = self.tx.execute(
            "SELECT tries FROM outbox_state WHERE parcel_id = ?", (parcel,)
        ).fetchone()
        return row is not None and not row[0]

    def waiting_at(self, place: str) -> int:
        """Return how many parcels wait for a place, whoever sent them."""
        row = self.tx.execute(
            f"SELECT count(*) FROM outbox_state WHERE destination_id = ? AND state IN {_WAITS}",
            (place,),
        ).fetchone()
        return int(row[0]) if row else 0

    def ask_no_more(self, place: str) -> None:
        """Let what waited for a person at a place be tried again now."""
        self.tx.execute(
            "UPDATE outbox_state SET state = 'queued', ask = 0, code = '', facts = '{}', due = ?"
            " WHERE destination_id = ? AND ask = 1 AND state = 'failed' AND reach < 2",
            (self.tx.now.at, place),
        )

    def tried(self, parcels: Iterable[tuple[str, State]]) -> None:
        """Write down that a try begins."""
        self.tx.executemany(
            "UPDATE outbox_state SET state = ?, tries = tries + 1 WHERE parcel_id = ?",
            [(state.value, parcel) for parcel, state in parcels],
        )

    def happened(
        self, parcel: str, step: Step, *, code: str = "", facts: str = "{}", counter: int = 0
    ) -> None:
        """Write what became of a parcel; it stands."""
        now = self.tx.now
        self.add(
            Event(new_id(), parcel, step.value, code, facts, counter, self.tx.who, now.at, now.zone)
        )

    def there(self, place: str) -> list[tuple[str, State]]:
        """Return every parcel of a place whose bytes are kept, with its state, the oldest first."""
        rows = self.tx.execute(
            "SELECT s.parcel_id, s.state FROM outbox_state s JOIN outbox_parcel p"
            " ON p.id = s.parcel_id WHERE s.destination_id = ? AND s.kept = 1 ORDER BY p.row",
            (place,),
        )
        return [(row[0], State(row[1])) for row in rows]

    def named(self, place: str, names: Iterable[str]) -> dict[str, str]:
        """Return the ids of a place's parcels by their names."""
        rows = self.tx.execute(
            "SELECT name, id FROM outbox_parcel WHERE destination_id = ?"
            " AND name IN (SELECT value FROM json_each(?))",
            (place, json.dumps(list(names))),
        )
        return {row[0]: row[1] for row in rows}

    def receipts_after(self, place: str, device: str, counter: int) -> set[int]:
        """Return the counters of receipts that were taken in, beyond one."""
        rows = self.tx.execute(
            "SELECT counter FROM outbox_receipt"
            " WHERE destination_id = ? AND device_id = ? AND counter > ?",
            (place, device, counter),
        )
        return {int(row[0]) for row in rows}

    def old_ones(self, before: str, limit: int) -> list[tuple[str, State]]:
        """Return parcels whose bytes were kept long enough: nothing waits for them any more."""
        rows = self.tx.execute(
            "SELECT s.parcel_id, s.state FROM outbox_state s JOIN outbox_parcel p"
            " ON p.id = s.parcel_id WHERE s.kept = 1 AND p.made_at < ?"
            " AND s.state IN ('delivered', 'acknowledged', 'cancelled')"
            " AND (s.reach = 3 OR s.state = 'cancelled') LIMIT 0 + ?",
            (before, limit),
        )
        return [(row[0], State(row[1])) for row in rows]

    def let_go(self, parcel: str) -> None:
        """Keep a parcel's bytes no longer."""
        self.set_state(parcel, kept=0)
        self.tx.execute("DELETE FROM outbox_sealed WHERE id = ?", (parcel,))

    # -- standing summaries ----------------------------------------------------------

    def mark_stale(self, kinds: Iterable[str]) -> None:
        """Write down that what these kinds of summary stand on has moved."""
        self.tx.execute(
            "UPDATE outbox_standing SET stale = 1 WHERE stale = 0"
            " AND kind IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(kinds)),),
        )

    def unsettle(self, place: str, since: str) -> None:
        """Let what goes somewhere by itself be made anew, where its last revision stays closed there.

        That is: the district has no key for it, and has others since (UTC text).
        """
        self.tx.execute(
            "UPDATE outbox_standing SET content = '', stale = 1, looked_on = ''"
            " WHERE destination_id = ? AND content <> '' AND (kind, period, revision, content) IN"
            " (SELECT p.kind, p.period, p.revision, p.content FROM outbox_state s"
            f" JOIN outbox_parcel p ON p.id = s.parcel_id WHERE {_CLOSED} AND p.standing = 1)",
            (place, place, since),
        )

    def replaced(self, place: str, since: str) -> list[tuple[str, State]]:
        """Return what stays closed at a place, and was made anew since (UTC text)."""
        rows = self.tx.execute(
            "SELECT p.id, s.state FROM outbox_state s JOIN outbox_parcel p ON p.id = s.parcel_id"
            f" WHERE {_CLOSED} AND EXISTS (SELECT 1 FROM outbox_parcel q"
            " WHERE q.destination_id = p.destination_id AND q.series = p.series"
            " AND q.revision > p.revision AND q.made_at >= ?) ORDER BY p.row",
            (place, since, since),
        )
        return [(row[0], State(row[1])) for row in rows]

    def keep_standing(self, kept: StandingRow) -> None:
        """Keep the last revision of what goes somewhere by itself, and whether it is as it went."""
        self.tx.execute(
            "INSERT INTO outbox_standing (destination_id, kind, period, whose, content,"
            " revision, stale, looked_on) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
            " SET content = excluded.content, revision = excluded.revision, stale = excluded.stale,"
            " looked_on = excluded.looked_on",
            stored(kept),
        )


def frozen_rows(reader: Reader) -> tuple[int, list[Wrong]]:
    """Return how many rows of the outbox stand, and those that no command wrote.

    Sealed bytes are what their parcel's name says, there as long as the parcel says that they
    are kept, and nobody's else.
    """
    count, wrong = looked_over(OutboxBook)(reader)
    rows = reader.execute(
        "SELECT p.id, p.name, p.bytes, s.kept, x.sealed FROM outbox_parcel p"
        " LEFT JOIN outbox_state s ON s.parcel_id = p.id LEFT JOIN outbox_sealed x ON x.id = p.id"
    )
    for parcel, name, size, kept, sealed in rows:
        if sealed is None:
            if kept != 0:
                wrong.append(Wrong("outbox_sealed", str(parcel), How.GONE))
            continue
        count += 1
        if len(sealed) != size or hashlib.sha256(sealed).hexdigest() != name:
            wrong.append(Wrong("outbox_sealed", str(parcel), How.ALTERED))
    strays = reader.execute(
        "SELECT x.id FROM outbox_sealed x WHERE NOT EXISTS"
        " (SELECT 1 FROM outbox_parcel p WHERE p.id = x.id)"
    )
    wrong += [Wrong("outbox_sealed", str(row[0]), How.UNWITNESSED) for row in strays]
    return count, wrong


def _line(row: Row) -> ParcelLine:
    parcel = read_as(Parcel, row)
    (
        place, state, reach, tries, due, code, facts, delivered, acknowledged, kept, paused,
        given, family, preferred,
    ) = row[-14:]  # fmt: skip
    loaded: dict[str, Any] = json.loads(facts)
    return ParcelLine(
        parcel,
        place,
        State(state),
        int(reach),
        int(tries),
        due,
        code,
        loaded,
        state == "failed" and code in NEEDS_A_PERSON,
        delivered,
        acknowledged,
        bool(kept),
        bool(paused),
        shown_name(given, family, preferred) if family else "",
    )
