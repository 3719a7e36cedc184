"""Dates of a roster: the order of day and month is settled once, from all that was read."""

from app.features.roster.model import Severity
from app.features.roster.reading.findings import Findings
from app.features.roster.reading.values import DateOrder, decide_order, iso_date

ISO = "YYYY-MM-DD"


class DateColumn:
    """One column of dates: its values are gathered first and read when the order is known."""

    def __init__(self, file: str, column: str, findings: Findings) -> None:
        self.file = file
        self.column = column
        self.raw: dict[str, int] = {}
        self._findings = findings
        self._iso: dict[str, str] = {}
        self._order: DateOrder | None = None

    def settle(self, order: DateOrder | None) -> None:
        """Fix how doubtful dates of this column are read."""
        self._order = order

    def read(self, raw: str, line: int) -> str:
        """Return a gathered date as ISO, empty if unreadable; keeps what had to be mended."""
        if not raw:
            return ""
        iso = self._iso.get(raw)
        if iso is None:
            iso = self._iso[raw] = iso_date(raw, self._order)
        if not iso:
            self._findings.repaired("line-date-unreadable", self.file, line, self.column, raw, ISO)
        elif iso != raw:
            self._findings.tally(
                Severity.REPAIRED, "line-date-form", self.file, line, self.column, expected=ISO
            )
        return iso


def settle_all(columns: list[DateColumn], findings: Findings, extra: list[str]) -> None:
    """Settle the order of every column: by its own dates, else by all of them, else month first.

    `extra` are further dates of the same export that prove an order for the rest.
    """
    everything = [*extra]
    for column in columns:
        everything.extend(column.raw)
    shared, _ = decide_order(everything)
    for column in columns:
        own, doubt = decide_order(column.raw)
        column.settle(own or shared or DateOrder.MONTH_FIRST)
        if doubt and own is None and shared is None:
            line = min(column.raw.values(), default=0)
            findings.note(
                "line-date-order-assumed", column.file, line, column.column, expected="MM/DD/YYYY"
            )
