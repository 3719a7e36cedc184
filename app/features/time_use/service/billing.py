"""Claims to Medicaid: lines made of entries, looked at by a person, never sent by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.features.time_use.commands import KeepBillingCode, KeepMedicaid, MarkLines
from app.features.time_use.model.billing import (
    BillingCode,
    BillingLine,
    LineState,
    MedicaidFacts,
    Setting,
    accepted_modifiers,
    accepted_number,
    accepted_procedure,
)
from app.features.time_use.repo.billing import Billing, BillingRepo, stored_line
from app.features.time_use.repo.categories import Categories
from app.features.time_use.service.room import Room
from app.kernel.changes import Changed, Kind
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, new_id
from app.kernel.ports import Transaction


@dataclass(frozen=True, slots=True)
class BillingSheet:
    """A page of a period's lines, and how many there are in each state."""

    lines: tuple[BillingLine, ...]
    counts: dict[LineState, int]
    has_codes: bool
    """Whether the district's table has anything in it."""


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A kind of service, and what it is claimed as, alone and in a group."""

    service_id: str
    label: str
    service_code: str
    individual: BillingCode | None
    group: BillingCode | None


@dataclass(frozen=True, slots=True)
class MedicaidSheet:
    """A student's number and consent, with whose they are."""

    facts: MedicaidFacts
    student: str


class BillingService:
    """Lines of one's own entries; the tables they are made by are the district's."""

    def __init__(self, room: Room) -> None:
        self._room = room

    # -- lines -------------------------------------------------------------------------

    def sheet(
        self, since: str, until: str, state: LineState | None = None, offset: int = 0
    ) -> BillingSheet:
        """Return a page of a period's lines."""
        with self._room.reading() as reader:
            billing = Billing(reader)
            return BillingSheet(
                tuple(
                    billing.lines(
                        self._room.who,
                        since,
                        until,
                        state=state.value if state else "",
                        offset=offset,
                    )
                ),
                billing.counts(self._room.who, since, until),
                bool(billing.codes()),
            )

    def mark(self, command: MarkLines) -> Changed:
        """Say how far lines are. Ready is only what lacks nothing; what was exported stays."""
        if command.state is LineState.EXPORTED:
            raise ValueError(command.state)
        with self._room.writing() as tx:
            for line in self._chosen(tx, command.lines):
                if line.state is LineState.EXPORTED:
                    raise Refused("claim-exported")
                if command.state is LineState.READY and line.missing:
                    raise Refused("claim-lacks")
                BillingRepo(tx).mark(line, command.state)
                tx.journal(
                    "MarkLines",
                    "time_entry",
                    line.entry_id,
                    {"student": line.student_id, "state": line.state.value},
                    {"student": line.student_id, "state": command.state.value},
                )
        return Changed.only(Kind.TIME)

    def _chosen(self, tx: Transaction, wanted: Sequence[tuple[str, str, str]]) -> list[BillingLine]:
        if not wanted:
            raise Refused("claims-none")
        found = []
        for day, entry_id, student_id in wanted:
            lines = Billing(tx).lines(tx.who, day, day, entry=entry_id)
            line = next((one for one in lines if one.student_id == student_id), None)
            if line is None:
                raise Refused("claim-gone")
            found.append(line)
        return found

    def exported(self, lines: Sequence[BillingLine]) -> Changed:
        """Write down that lines went into a file, as they stand in it; `made` names the export."""
        export_id = new_id()
        with self._room.writing() as tx:
            repo = BillingRepo(tx)
            wanted = [(line.on_day, line.entry_id, line.student_id) for line in lines]
            for line, known in zip(self._chosen(tx, wanted), lines, strict=True):
                if line != known or line.state is not LineState.READY or line.missing:
                    raise Refused("claim-changed")
                repo.mark(line, LineState.EXPORTED, export_id, stored_line(line))
            tx.journal(
                "ExportLines",
                "billing_export",
                export_id,
                after={"lines": len(lines), "units": sum(line.units for line in lines)},
            )
        return Changed.only(Kind.TIME, made=export_id)

    # -- the tables --------------------------------------------------------------------

    def codes(self) -> tuple[CodeLine, ...]:
        """Return every kind of service with what it is claimed as."""
        with self._room.reading() as reader:
            known = {(one.service_id, one.setting): one for one in Billing(reader).codes()}
            return tuple(
                CodeLine(
                    service_id,
                    label,
                    code,
                    known.get((service_id, Setting.INDIVIDUAL)),
                    known.get((service_id, Setting.GROUP)),
                )
                for service_id, code, label in Categories(reader).services()
            )

    def keep_code(self, command: KeepBillingCode) -> Changed:
        """Keep what a kind of service is claimed as; without a procedure it is claimed no more."""
        return self.keep_codes([command])

    def keep_codes(self, commands: Sequence[KeepBillingCode]) -> Changed:
        """Keep several rows of the table, all or none; a refusal is at the row's setting."""
        with self._room.writing() as tx:
            repo = BillingRepo(tx)
            known = {(one.service_id, one.setting): one for one in repo.codes()}
            for command in commands:
                before = known.get((command.service_id, command.setting))
                after: dict[str, object] = {"setting": command.setting.value}
                if command.procedure.strip():
                    code = _accepted_code(command)
                    repo.keep_code(code)
                    after |= _code_facts(code)
                else:
                    repo.drop_code(command.service_id, command.setting)
                tx.journal(
                    "KeepBillingCode",
                    "service_kind",
                    command.service_id,
                    _code_facts(before) if before else None,
                    after,
                )
        return Changed.only(Kind.TIME, Kind.SETTING)

    def medicaid(self, student_id: str) -> MedicaidSheet:
        """Return a student's number and consent."""
        with self._room.reading() as reader:
            billing = Billing(reader)
            name = billing.student(student_id)
            if name is None:
                raise Refused("student-gone", "student")
            return MedicaidSheet(billing.facts(student_id), name)

    def keep_medicaid(self, command: KeepMedicaid) -> Changed:
        """Keep a student's number and consent; the journal keeps the days and not the number."""
        number = accepted_number(command.medicaid_id)
        since, until = (
            _day(command.consent_on, "consent_on"),
            _day(command.consent_until, "consent_until"),
        )
        if until and (not since or until < since):
            raise Refused("consent-ends-before", "consent_until")
        with self._room.writing() as tx:
            repo = BillingRepo(tx)
            if repo.student(command.student_id) is None:
                raise Refused("student-gone", "student")
            if since > tx.now.day().isoformat():
                raise Refused("consent-in-future", "consent_on")
            before = repo.facts(command.student_id)
            facts = MedicaidFacts(StudentId(command.student_id), number, since, until)
            repo.keep_facts(facts)
            tx.journal(
                "KeepMedicaid",
                "student",
                command.student_id,
                _consent_facts(before),
                _consent_facts(facts) | {"number_changed": before.medicaid_id != number},
            )
        return Changed.only(Kind.TIME, Kind.STUDENT)


def _day(text: str, field: str) -> str:
    if not text.strip():
        return ""
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise Refused("day-unreadable", field) from None


def _accepted_code(command: KeepBillingCode) -> BillingCode:
    return BillingCode(
        command.service_id,
        command.setting,
        accepted_procedure(command.procedure, command.setting.value),
        accepted_modifiers(command.modifiers, f"{command.setting.value}_modifiers"),
        command.units,
    )


def _code_facts(code: BillingCode) -> dict[str, object]:
    return {
        "setting": code.setting.value,
        "procedure": code.procedure,
        "modifiers": list(code.modifiers),
        "units": code.units.value,
    }


def _consent_facts(facts: MedicaidFacts) -> dict[str, object]:
    return {
        "number": bool(facts.medicaid_id),
        "consent_on": facts.consent_on,
        "consent_until": facts.consent_until,
    }
