"""One file of a known format while it is read: its header checked, its rows counted."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.features.roster.model import Mode, Severity
from app.features.roster.reading.findings import Findings, refusal
from app.features.roster.reading.meter import Meter
from app.features.roster.reading.text import Numbered, Sheet, header_key


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a file: those nothing can be read without, and the others."""

    needed: tuple[str, ...]
    other: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def known(self) -> frozenset[str]:
        """Every column name the format has, as `header_key` gives it."""
        return frozenset(map(header_key, (*self.needed, *self.other, *self.also)))


class Part:
    """A file, its mode, and where its columns stand."""

    def __init__(
        self, sheet: Sheet, mode: Mode, layout: Layout, findings: Findings, meter: Meter
    ) -> None:
        self.name = sheet.file
        self.mode = mode
        self.findings = findings
        self._sheet = sheet
        self._meter = meter
        self._layout = layout
        self._places = sheet.columns()
        self.usual_status = "active" if mode is Mode.DELTA else ""

    def has(self, column: str) -> bool:
        """Tell whether the file has a column."""
        return header_key(column) in self._places

    def at(self, *columns: str) -> int:
        """Return where the first of `columns` stands, or -1, where every row is empty."""
        for column in columns:
            place = self._places.get(header_key(column))
            if place is not None:
                return place
        return -1

    def rows(self) -> Iterator[Numbered]:
        """Yield the rows, and report progress."""
        return self._meter.walk(self._sheet)

    def check_header(self) -> None:
        """Refuse a file without a column it needs or with one twice; note the smaller slips."""
        line = self._sheet.header_line
        keys = [header_key(header) for header in self._sheet.header]
        for column in self._layout.needed:
            if header_key(column) not in self._places:
                raise refusal(
                    "roster-header-missing",
                    self.name,
                    line,
                    column,
                    ",".join(self._layout.needed),
                )
        known = self._layout.known
        for key, header in zip(keys, self._sheet.header, strict=True):
            if key and keys.count(key) > 1:
                if key in known:
                    raise refusal("roster-header-twice", self.name, line, header, header)
                continue
            if key and key not in known and not key.startswith("metadata"):
                self.findings.note("line-column-unknown", self.name, line, header[:60])
        for column in self._layout.other:
            if header_key(column) not in self._places:
                self.findings.note("line-column-missing", self.name, line, column, expected=column)

    def leaving(self, status: str, line: int) -> bool:
        """Tell whether a status that is not the usual one marks its row as gone."""
        word = status.lower()
        if word == "tobedeleted":
            if self.mode is Mode.BULK:
                self.findings.note("line-status-in-bulk", self.name, line, "status", status, "")
            return True
        if word == "inactive":
            self.findings.note(
                "line-status-inactive", self.name, line, "status", status, "active, tobedeleted"
            )
            return True
        if word == "active":
            if self.mode is Mode.BULK:
                self.findings.note("line-status-in-bulk", self.name, line, "status", word, "")
        elif not word:
            self.findings.note(
                "line-status-missing", self.name, line, "status", expected="active, tobedeleted"
            )
        else:
            self.findings.tally(
                Severity.REPAIRED,
                "line-status-unknown",
                self.name,
                line,
                "status",
                status,
                "active, tobedeleted",
            )
        return False

    def refuse_row(
        self,
        code: str,
        line: int,
        column: str = "",
        shown: str = "",
        expected: str = "",
        who: str = "",
    ) -> None:
        """Keep that a row of this file was not read; `who` is the person it was about."""
        if who:
            self.findings.unread.add(who)
        self.findings.refuse_row(code, self.name, line, column, shown, expected)
