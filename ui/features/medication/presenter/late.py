"""Enters what was written elsewhere, on a trip's packet or a downtime sheet, as late entries."""

from collections.abc import Sequence
from dataclasses import replace

from app.features.medication.commands import EnterDowntime, RecordDose, RecordNotGiven
from app.features.medication.model.checks import Severity
from app.features.medication.model.doses import CODE_LETTERS, Code
from app.features.medication.service.doses import DosesService
from app.kernel.changes import Changed
from app.kernel.errors import Refused

Late = RecordDose | RecordNotGiven


def with_reason(doses: DosesService, record: Late, said: str) -> Late:
    """Return a record whose reason stands where something stops it, and otherwise as a note."""
    if not isinstance(record, RecordDose) or not said:
        return replace(record, note=said) if said else record
    stopped = any(finding.severity >= Severity.STOP for finding in doses.check(record))
    return replace(record, override_reason=said) if stopped else replace(record, note=said)


def enter_all(doses: DosesService, records: Sequence[tuple[Late, str]]) -> Changed:
    """Enter records with what was said of each, all or none; refuse at `records.N`."""
    told: list[Late] = []
    for place, (record, said) in enumerate(records):
        try:
            told.append(with_reason(doses, record, said))
        except Refused as refused:
            raise Refused(refused.code, f"records.{place}", **refused.facts) from None
    return doses.enter_downtime(EnterDowntime(tuple(told)))


def code_of(typed: str) -> Code | None:
    """Return the code that letters on paper stand for, however they are written."""
    letters = typed.strip().upper()
    return next(
        (code for code, known in CODE_LETTERS.items() if known == letters and code != Code.MISSED),
        None,
    )
