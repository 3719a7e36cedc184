"""Enters what was written elsewhere, on a trip's packet or a downtime sheet, as late entries."""

from dataclasses import replace

from app.features.medication.commands import RecordDose, RecordNotGiven
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


def enter_each(
    doses: DosesService, records: list[tuple[str, Late]], fields: dict[str, str]
) -> Changed:
    """Record one after the other; refuse at the line's own field.

    The ids are made with the sheet, so that what went through before a refusal is not
    entered twice. `fields` says where a line shows the refusal of a core's field.
    """
    last = Changed()
    for line, record in records:
        try:
            last = (
                doses.record_dose(record)
                if isinstance(record, RecordDose)
                else doses.record_not_given(record)
            )
        except Refused as refused:
            part = fields.get(refused.field, fields[""])
            raise Refused(refused.code, f"{line}.{part}", **refused.facts) from None
    return last


def code_of(typed: str) -> Code | None:
    """Return the code that letters on paper stand for, however they are written."""
    letters = typed.strip().upper()
    return next(
        (code for code, known in CODE_LETTERS.items() if known == letters and code != Code.MISSED),
        None,
    )
