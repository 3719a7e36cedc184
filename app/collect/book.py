"""What the database keeps about the collecting itself: desks, manifests and parcels.

Every method that writes is called within a transaction of the collector's.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum, unique

from app.collect.chain import Link
from app.collect.engines import Engine, Value
from app.collect.loading import Lines, Period
from app.collect.tables import COLUMNS, DETAILS
from app.sync.envelope import Facts
from app.sync.manifest import Manifest


@unique
class Standing(StrEnum):
    """Whether what a desk sends is loaded."""

    ENROLLED = "enrolled"
    """It showed an invitation of this district."""
    ADMITTED = "admitted"
    """A person let it in."""
    QUARANTINED = "quarantined"
    """Neither: nothing of it is loaded."""


LET_IN = frozenset({Standing.ENROLLED, Standing.ADMITTED})


@unique
class State(StrEnum):
    """What became of a parcel."""

    LOADED = "loaded"
    SUPERSEDED = "superseded"
    """A later revision of its series is loaded."""
    KEPT = "kept"
    """Of a version that this program does not know: kept sealed, for one that does."""
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk as the database knows it."""

    id: str
    standing: Standing
    invitation: str = ""
    """The id of the one that it showed."""
    label: str = ""
    """What the district wrote on that."""
    name: str = ""
    """Whose desk it is, as the desk says."""
    role: str = ""
    schools: tuple[str, ...] = ()
    """Names of the schools they work in."""


@dataclass(frozen=True, slots=True)
class Known:
    """A desk, and when it was heard of."""

    id: str
    standing: str
    invitation: str
    label: str
    name: str
    role: str
    first_seen: str
    last_seen: str
    counter: int
    """Of the last list that was taken of it; 0 for none."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A parcel of which something is known already."""

    name: str
    state: State
    code: str


@dataclass(frozen=True, slots=True)
class Rank:
    """Which of two parcels of a series is the later one: the same whichever came first."""

    revision: int
    made: str
    name: str

    def __gt__(self, other: "Rank") -> bool:
        """Tell whether this one takes the other's place."""
        mine = (self.revision, self.made, self.name)
        return mine > (other.revision, other.made, other.name)


@dataclass(frozen=True, slots=True)
class Entry:
    """A parcel as it is written down; without facts where it could not be opened."""

    desk: str
    name: str
    state: State
    at: str
    code: str = ""
    facts: Facts | None = None
    period: Period | None = None
    counts: str = ""
    """`exact` or `suppressed`, where the summary says so."""
    sealed: str = ""


class Book:
    """The tables about the collecting."""

    def __init__(self, engine: Engine, *, lake: bool = False) -> None:
        self._engine, self._lake = engine, lake

    def desks(self) -> dict[str, Standing]:
        """Return all desks, and how they stand."""
        return {
            row[0]: Standing(row[1]) for row in self._engine.rows("SELECT desk, standing FROM desk")
        }

    def invitations(self) -> dict[str, str]:
        """Return by desk the invitation that it showed; empty for one that showed none."""
        return {row[0]: row[1] for row in self._engine.rows("SELECT desk, invitation FROM desk")}

    def schools_of(self, invitation: str) -> frozenset[str]:
        """Return the schools that were signed to an invitation; none: any."""
        rows = self._engine.rows(
            "SELECT building FROM invitation_school WHERE invitation = ?", (invitation,)
        )
        return frozenset(row[0] for row in rows)

    def keep_schools(self, invitation: str, schools: Sequence[str]) -> None:
        """Write down which schools were signed to an invitation."""
        for school in schools:
            self._engine.run(
                "INSERT INTO invitation_school (invitation, building) VALUES (?, ?)"
                " ON CONFLICT (invitation, building) DO NOTHING",
                (invitation, school),
            )

    def roll(self) -> list[Known]:
        """Return every desk and what is known of it, those seen first in front."""
        # Of places that took turns the one that was collected last counts.
        lists = self._engine.rows(
            "SELECT desk, counter FROM manifest m WHERE taken ="
            " (SELECT max(taken) FROM manifest n WHERE n.desk = m.desk) ORDER BY counter"
        )
        counters = {row[0]: row[1] for row in lists}
        rows = self._engine.rows(
            "SELECT desk, standing, invitation, label, name, role, first_seen, last_seen FROM desk"
            " ORDER BY first_seen, desk"
        )
        return [Known(*(*row, counters.get(row[0], 0))) for row in rows]

    def keep_desk(self, desk: Desk, at: str) -> None:
        """Write down how a desk stands, and what it says of itself."""
        self._engine.run(
            "INSERT INTO desk (desk, standing, invitation, label, name, role, schools, first_seen,"
            " last_seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (desk) DO UPDATE SET"
            " standing = excluded.standing, invitation = excluded.invitation,"
            " label = excluded.label, name = excluded.name, role = excluded.role,"
            " schools = excluded.schools, last_seen = excluded.last_seen",
            (
                desk.id,
                desk.standing.value,
                desk.invitation,
                desk.label,
                desk.name,
                desk.role,
                json.dumps(desk.schools),
                at,
                at,
            ),
        )

    def admit(self, desk: str, at: str) -> None:
        """Let a desk in that showed no invitation; one that did stays as it is."""
        self._engine.run(
            "INSERT INTO desk (desk, standing, invitation, label, name, role, schools, first_seen,"
            " last_seen) VALUES (?, ?, '', '', '', '', '[]', ?, '') ON CONFLICT (desk) DO NOTHING",
            (desk, Standing.ADMITTED.value, at),
        )
        self._engine.run(
            "UPDATE desk SET standing = ? WHERE desk = ? AND standing = ?",
            (Standing.ADMITTED.value, desk, Standing.QUARANTINED.value),
        )

    def call(self, desk: str, name: str, role: str, schools: Sequence[str]) -> None:
        """Write down what a desk that was let in says of itself by now."""
        self._engine.run(
            "UPDATE desk SET name = ?, role = ?, schools = ? WHERE desk = ?",
            (name, role, json.dumps(schools), desk),
        )

    def links(self, target: str) -> tuple[dict[str, dict[int, Link]], dict[str, set[str]]]:
        """Return the manifests that were taken at a place, by desk and counter.

        And by desk the hashes of those that were taken elsewhere.
        """
        found: dict[str, dict[int, Link]] = {}
        elsewhere: dict[str, set[str]] = {}
        for here, desk, counter, sha256, previous, restart in self._engine.rows(
            "SELECT target, desk, counter, sha256, previous, restart FROM manifest"
        ):
            if here == target:
                link = Link(counter, sha256, previous, bool(restart))
                found.setdefault(desk, {})[counter] = link
            else:
                elsewhere.setdefault(desk, set()).add(sha256)
        return found, elsewhere

    def holder(self, invitation: str) -> str:
        """Return the desk that was let in by an invitation; empty if none was."""
        rows = self._engine.rows(
            "SELECT desk FROM desk WHERE invitation = ? AND standing <> ?",
            (invitation, Standing.QUARANTINED.value),
        )
        return rows[0][0] if rows else ""

    def receipts(self, target: str, desk: str) -> dict[int, bytes]:
        """Return the receipts of what was taken of a desk at a place."""
        rows = self._engine.rows(
            "SELECT counter, receipt FROM manifest WHERE target = ? AND desk = ?", (target, desk)
        )
        return {row[0]: row[1].encode() for row in rows}

    def keep_manifest(self, manifest: Manifest, at: str, receipt: bytes) -> None:
        """Write down that a manifest was taken, with the answer to it."""
        content = manifest.content
        self._engine.add(
            "manifest",
            COLUMNS["manifest"],
            [
                (
                    content.target,
                    manifest.desk,
                    content.counter,
                    manifest.sha256,
                    content.previous,
                    int(content.restart),
                    len(content.objects),
                    content.journal_count,
                    content.journal_head,
                    content.made,
                    at,
                    receipt.decode(),
                )
            ],
        )
        self._engine.run("UPDATE desk SET last_seen = ? WHERE desk = ?", (at, manifest.desk))

    def seen(self, desk: str, names: Sequence[str]) -> dict[str, Seen]:
        """Return what is known of parcels of a desk."""
        found = {}
        for first in range(0, len(names), 500):
            part = names[first : first + 500]
            for name, state, code in self._engine.rows(
                "SELECT name, state, code FROM parcel WHERE desk = ? AND name IN"
                f" ({', '.join('?' * len(part))})",
                (desk, *part),
            ):
                found[name] = Seen(name, State(state), code)
        return found

    def kept(self) -> list[tuple[str, str, str]]:
        """Return desk, name and sealed bytes (base64) of what is kept for a later program."""
        rows = self._engine.rows(
            "SELECT desk, name, sealed FROM parcel WHERE state = ? ORDER BY desk, name",
            (State.KEPT.value,),
        )
        return [(row[0], row[1], row[2]) for row in rows]

    def newest(self, desk: str, series: str) -> Rank | None:
        """Return the rank of the parcel of a series that is loaded."""
        rows = self._engine.rows(
            "SELECT revision, made, name FROM parcel WHERE desk = ? AND series = ? AND state = ?",
            (desk, series, State.LOADED.value),
        )
        return Rank(*rows[0]) if rows else None

    def supersede(self, desk: str, series: str) -> None:
        """Take what is loaded of a series out of the tables; its parcel stays in the list."""
        for table in DETAILS:
            self._engine.run(f"DELETE FROM {table} WHERE desk = ? AND series = ?", (desk, series))
        self._engine.run(
            "UPDATE parcel SET state = ? WHERE desk = ? AND series = ? AND state = ?",
            (State.SUPERSEDED.value, desk, series, State.LOADED.value),
        )

    def keep_parcel(self, entry: Entry) -> None:
        """Write down what became of a parcel, in place of what was known of it."""
        facts, period = entry.facts, entry.period
        row = (
            entry.desk,
            entry.name,
            entry.state.value,
            entry.code,
            facts.kind.value if facts else "",
            facts.schema if facts else 0,
            facts.series if facts else "",
            facts.revision if facts else 0,
            facts.period if facts else "",
            period.span.value if period else "",
            period.first if period else "",
            period.last if period else "",
            period.month if period else "",
            entry.counts,
            facts.made if facts else "",
            entry.at,
            entry.sealed,
        )
        self._engine.run("DELETE FROM parcel WHERE desk = ? AND name = ?", row[:2])
        self._engine.add("parcel", COLUMNS["parcel"], [row])

    def add(self, desk: str, series: str, name: str, month: str, lines: Lines) -> None:
        """Add what a parcel says to the tables."""
        tables: dict[str, list[tuple[Value, ...]]] = {}
        for table, line in lines:
            row = {"desk": desk, "series": series, "parcel": name, "month": month, **line}
            tables.setdefault(table, []).append(tuple(row[one] for one in COLUMNS[table]))
        for table, rows in tables.items():
            self._engine.add(table, COLUMNS[table], rows)

    def months_of(self, desk: str, series: str) -> list[str]:
        """Return the months in which something of a series is loaded."""
        rows = self._engine.rows(
            "SELECT DISTINCT month FROM parcel WHERE desk = ? AND series = ? AND state = ?",
            (desk, series, State.LOADED.value),
        )
        return [row[0] for row in rows]

    def unwritten(self, month: str) -> None:
        """Say that the Parquet files of a month are older than these tables, if there are any."""
        if self._lake:
            self._engine.run(
                "INSERT INTO unwritten (month) VALUES (?) ON CONFLICT (month) DO NOTHING", (month,)
            )
