"""Containers, their ledgers, counts, and what of them is not explained yet."""

from dataclasses import dataclass

from app.features.medication.model.stock import Container, Discrepancy, Movement, MovementKind
from app.features.medication.repo.rows import Book, Keeper, listed, read_as, width
from app.kernel.ids import new_id

_LAST_BALANCE = (
    "coalesce((SELECT m.balance FROM stock_movement m WHERE m.container_id = c.id"
    " ORDER BY m.row DESC LIMIT 1), 0)"
)
_LAST_COUNT = (
    "coalesce((SELECT k.recorded_at FROM stock_count k WHERE k.container_id = c.id"
    " ORDER BY k.row DESC LIMIT 1), '')"
)


@dataclass(frozen=True, slots=True)
class Held:
    """A container, what is in it, whose it is, and when it was counted last."""

    container: Container
    balance: int
    student: str
    """The student's name as lists have it; empty for a school's stock."""
    school: str
    counted_at: str
    discrepancies: int
    """How many of its discrepancies are open."""


@dataclass(frozen=True, slots=True)
class OpenDiscrepancy:
    """A discrepancy in a list."""

    discrepancy: Discrepancy
    container: Container
    student: str
    by: str
    explained: bool


_UNEXPLAINED = (
    "NOT EXISTS (SELECT 1 FROM care_entry e WHERE e.subject_id = x.id AND e.kind = 'explained')"
)


class Stock(Book):
    """Stock, for reading."""

    def balance(self, container_id: str) -> int:
        """Return what is in a container by its ledger."""
        row = self.reader.execute(
            "SELECT balance FROM stock_movement WHERE container_id = ? ORDER BY row DESC LIMIT 1",
            (container_id,),
        ).fetchone()
        return int(row[0]) if row else 0

    def held(
        self,
        *,
        student_id: str | None = None,
        container_id: str | None = None,
        school_id: str | None = None,
        controlled: bool = False,
        empty: bool = False,
    ) -> list[Held]:
        """Return containers by whose they are; empty ones only where they are asked for."""
        conditions, values = ["1"], []
        for column, value in (
            ("c.student_id", student_id),
            ("c.id", container_id),
            ("coalesce(c.school_id, s.school_id)", school_id),
        ):
            if value is not None:
                conditions.append(f"{column} = ?")
                values.append(value)
        if controlled:
            conditions.append("c.schedule <> ''")
        rows = self.reader.execute(
            f"SELECT {listed(Container, 'c')}, {_LAST_BALANCE} AS left,"
            " coalesce(trim(s.family_name || ', ' || CASE s.preferred_name WHEN ''"
            " THEN s.given_name ELSE s.preferred_name END, ', '), ''),"
            f" coalesce(h.name, ''), {_LAST_COUNT}, (SELECT count(*) FROM discrepancy x"
            f" WHERE x.container_id = c.id AND {_UNEXPLAINED})"
            " FROM container c LEFT JOIN student s ON s.id = c.student_id"
            " LEFT JOIN school h ON h.id = coalesce(c.school_id, s.school_id)"
            f" WHERE {' AND '.join(conditions)}{'' if empty else ' AND left <> 0'}"
            " ORDER BY coalesce(s.listed_name, ''), c.name, c.row",
            tuple(values),
        )
        at = width(Container)
        return [Held(read_as(Container, row), *row[at : at + 5]) for row in rows]

    def movements(self, container_id: str) -> list[Movement]:
        """Return a container's ledger, from its receipt on."""
        return self.where(Movement, "t.container_id = ? ORDER BY t.row", (container_id,))

    def of_dose(self, dose_id: str, container_id: str | None) -> list[Movement]:
        """Return what a dose moved in its container, in order."""
        return self.where(
            Movement, "t.container_id = ? AND t.dose_id = ? ORDER BY t.row", (container_id, dose_id)
        )

    def discrepancies(self, *, explained: bool = False) -> list[OpenDiscrepancy]:
        """Return discrepancies, the newest first: those that are open, or all."""
        rows = self.reader.execute(
            f"SELECT {listed(Discrepancy, 'x')}, {listed(Container, 'c')},"
            " coalesce(trim(s.family_name || ', ' || s.given_name, ', '), ''),"
            f" coalesce(p.name, ''), NOT {_UNEXPLAINED}"
            " FROM discrepancy x JOIN container c ON c.id = x.container_id"
            " LEFT JOIN student s ON s.id = c.student_id"
            " LEFT JOIN person p ON p.id = x.person_id"
            f" WHERE {'1' if explained else _UNEXPLAINED} ORDER BY x.row DESC"
        )
        at, end = width(Discrepancy), width(Discrepancy) + width(Container)
        return [
            OpenDiscrepancy(
                read_as(Discrepancy, row),
                read_as(Container, row, at),
                row[end],
                row[end + 1],
                bool(row[end + 2]),
            )
            for row in rows
        ]


class StockKeeper(Stock, Keeper):
    """Stock within one command."""

    def move(
        self,
        container_id: str,
        kind: MovementKind,
        amount: int,
        *,
        at: str = "",
        dose_id: str | None = None,
        trip_id: str | None = None,
        count_id: str | None = None,
        undoes: str | None = None,
        counterpart: str = "",
        witness_id: str | None = None,
        reason: str = "",
        before: int | None = None,
    ) -> Movement:
        """Write one line of a container's ledger and return it."""
        was = self.balance(container_id) if before is None else before
        movement = Movement(
            id=new_id(),
            container_id=container_id,
            kind=kind,
            amount=amount,
            balance=was + amount,
            at=at or self.now.at,
            dose_id=dose_id,
            trip_id=trip_id,
            count_id=count_id,
            undoes=undoes,
            counterpart=counterpart,
            witness_id=witness_id,
            reason=reason,
            person_id=self.who,
            recorded_at=self.now.at,
            zone=self.now.zone,
        )
        self.add(movement)
        return movement
