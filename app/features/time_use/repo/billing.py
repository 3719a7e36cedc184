"""What a claim asks for, in the file: numbers, consents, codes, and lines made from entries."""

import json
from collections.abc import Mapping, Sequence

from app.features.time_use.model.billing import (
    BillingCode,
    BillingLine,
    LineState,
    MedicaidFacts,
    Missing,
    Setting,
    Units,
    missing_of,
    units_of,
)
from app.kernel.clock import Moment
from app.kernel.ids import PersonId, StudentId
from app.kernel.names import shown_name
from app.kernel.nouns import Place
from app.kernel.ports import Reader, Row, Transaction

PAGE = 200
"""Rows in one page of a list."""

_SERVED = """
  FROM (SELECT e.id, e.person_id, e.on_day, e.student_id AS served FROM time_entry e
         WHERE e.person_id = :me AND e.on_day BETWEEN :since AND :until
           AND e.student_id IS NOT NULL
        UNION ALL
        SELECT v.entry_id, v.person_id, v.on_day, v.student_id FROM time_served v
         WHERE v.person_id = :me AND v.on_day BETWEEN :since AND :until) v
  JOIN student_medicaid m ON m.student_id = v.served AND m.medicaid_id <> ''
  LEFT JOIN billing_line l ON l.entry_id = v.id AND l.student_id = v.served
"""
_LINES = f"""
SELECT e.id, v.served, s.given_name, s.family_name, s.preferred_name, m.medicaid_id,
    m.consent_on, m.consent_until, e.started_at, e.zone, e.on_day, e.minutes, e.service_id,
    e.service_label, e.place, e.students, coalesce(b.procedure, ''), coalesce(b.modifiers, ''),
    coalesce(b.units, 'quarter_hours'), p.name, p.credentials, coalesce(l.state, 'open'),
    coalesce(l.marked_at, ''), coalesce(l.line, '')
{_SERVED}
  JOIN time_entry e ON e.person_id = v.person_id AND e.on_day = v.on_day AND e.id = v.id
  JOIN student s ON s.id = v.served
  JOIN person p ON p.id = e.person_id
  LEFT JOIN billing_code b ON b.service_id = e.service_id
       AND b.setting = CASE WHEN e.kind = 'group' THEN 'group' ELSE 'individual' END
 WHERE (:state = '' OR coalesce(l.state, 'open') = :state)
   AND (:entry = '' OR v.id = :entry)
 ORDER BY e.on_day, e.started_at, s.listed_name, e.id, v.served
 LIMIT 0 + :page OFFSET :offset
"""


class Billing:
    """A person's own claim lines, and the tables they are made by."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def lines(
        self,
        person: PersonId,
        since: str,
        until: str,
        *,
        state: str = "",
        entry: str = "",
        offset: int = 0,
        page: int = PAGE,
    ) -> list[BillingLine]:
        """Return a page of lines, oldest first; what was exported stands as it went out."""
        rows = self._reader.execute(
            _LINES,
            {
                "me": person,
                "since": since,
                "until": until,
                "state": state,
                "entry": entry,
                "page": page,
                "offset": offset,
            },
        )
        return [_line(row) for row in rows]

    def counts(self, person: PersonId, since: str, until: str) -> dict[LineState, int]:
        """Return how many lines of a period there are in each state."""
        rows = self._reader.execute(
            f"SELECT coalesce(l.state, 'open'), count(*) {_SERVED} GROUP BY 1",
            {"me": person, "since": since, "until": until},
        )
        return {LineState(row[0]): row[1] for row in rows}

    def codes(self) -> tuple[BillingCode, ...]:
        """Return the district's table."""
        rows = self._reader.execute(
            "SELECT service_id, setting, procedure, modifiers, units FROM billing_code"
            " ORDER BY service_id, setting DESC"
        )
        return tuple(
            BillingCode(row[0], Setting(row[1]), row[2], tuple(row[3].split()), Units(row[4]))
            for row in rows
        )

    def facts(self, student_id: str) -> MedicaidFacts:
        """Return a student's number and consent; empty ones if there are none."""
        row = self._reader.execute(
            "SELECT medicaid_id, consent_on, consent_until FROM student_medicaid"
            " WHERE student_id = ?",
            (student_id,),
        ).fetchone()
        return MedicaidFacts(StudentId(student_id), *(row or ()))

    def student(self, student_id: str) -> str | None:
        """Return a student's name, or None."""
        row = self._reader.execute(
            "SELECT given_name, family_name, preferred_name FROM student WHERE id = ?",
            (student_id,),
        ).fetchone()
        return shown_name(*row) if row else None


class BillingRepo(Billing):
    """Claim lines and their tables, inside a transaction."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx)
        self._tx = tx

    def keep_facts(self, facts: MedicaidFacts) -> None:
        """Write a student's number and consent."""
        self._tx.execute(
            "INSERT INTO student_medicaid (student_id, medicaid_id, consent_on, consent_until,"
            " person_id, saved_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (student_id) DO UPDATE"
            " SET medicaid_id = excluded.medicaid_id, consent_on = excluded.consent_on,"
            " consent_until = excluded.consent_until, person_id = excluded.person_id,"
            " saved_at = excluded.saved_at",
            (
                facts.student_id,
                facts.medicaid_id,
                facts.consent_on,
                facts.consent_until,
                self._tx.who,
                self._tx.now.at,
            ),
        )

    def keep_code(self, code: BillingCode) -> None:
        """Write a row of the district's table."""
        self._tx.execute(
            "INSERT INTO billing_code (service_id, setting, procedure, modifiers, units, saved_at)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (service_id, setting) DO UPDATE SET"
            " procedure = excluded.procedure, modifiers = excluded.modifiers,"
            " units = excluded.units, saved_at = excluded.saved_at",
            (
                code.service_id,
                code.setting.value,
                code.procedure,
                " ".join(code.modifiers),
                code.units.value,
                self._tx.now.at,
            ),
        )

    def drop_code(self, service_id: str, setting: Setting) -> None:
        """Take a row off the district's table."""
        self._tx.execute(
            "DELETE FROM billing_code WHERE service_id = ? AND setting = ?",
            (service_id, setting.value),
        )

    def mark(
        self, line: BillingLine, state: LineState, export_id: str = "", stored: str = ""
    ) -> None:
        """Write how far a line is; an open one has no row."""
        if state is LineState.OPEN:
            self._tx.execute(
                "DELETE FROM billing_line WHERE entry_id = ? AND student_id = ?",
                (line.entry_id, line.student_id),
            )
            return
        self._tx.execute(
            "INSERT INTO billing_line (entry_id, student_id, person_id, state, line, export_id,"
            " marked_at, zone) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (entry_id, student_id)"
            " DO UPDATE SET state = excluded.state, line = excluded.line,"
            " export_id = excluded.export_id, marked_at = excluded.marked_at,"
            " zone = excluded.zone",
            (
                line.entry_id,
                line.student_id,
                self._tx.who,
                state.value,
                stored,
                export_id,
                self._tx.now.at,
                self._tx.now.zone,
            ),
        )


def stored_line(line: BillingLine) -> str:
    """Return what of a line stands once it is exported: JSON."""
    return json.dumps(
        {
            "medicaid_id": line.medicaid_id,
            "minutes": line.minutes,
            "service": line.service,
            "place": line.place.value,
            "group_size": line.group_size,
            "procedure": line.procedure,
            "modifiers": list(line.modifiers),
            "units_kind": line.units_kind.value,
            "units": line.units,
            "provider": line.provider,
            "credentials": line.credentials,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _line(row: Row) -> BillingLine:
    state = LineState(row[21])
    went: Mapping[str, object] = json.loads(row[23]) if row[23] else {}
    facts = MedicaidFacts(StudentId(row[1]), row[5], row[6], row[7])
    kind = Units(str(went.get("units_kind", row[18])))
    procedure = str(went.get("procedure", row[16]))
    units = units_of(row[11], kind) if procedure else 0
    missing: tuple[Missing, ...] = ()
    if state is not LineState.EXPORTED:
        missing = missing_of(facts, row[10], procedure, units, row[20])
    modifiers: Sequence[object] = row[17].split()
    if isinstance(went.get("modifiers"), list):
        modifiers = went["modifiers"]  # type: ignore[assignment]
    return BillingLine(
        entry_id=row[0],
        student_id=StudentId(row[1]),
        student=shown_name(*row[2:5]),
        medicaid_id=str(went.get("medicaid_id", row[5])),
        started=Moment(row[8], row[9]),
        on_day=row[10],
        minutes=row[11],
        service_id=row[12],
        service=row[13],
        place=Place(row[14]),
        group_size=row[15],
        procedure=procedure,
        modifiers=tuple(str(one) for one in modifiers),
        units_kind=kind,
        units=units,
        provider=str(went.get("provider", row[19])),
        credentials=str(went.get("credentials", row[20])),
        missing=missing,
        state=state,
        marked_at=row[22],
    )
