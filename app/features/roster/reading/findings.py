"""Collects what is wrong with a file, and refuses the file when nothing of it can be used."""

from collections.abc import Iterable

from app.features.roster.model import Problem, Severity
from app.kernel.errors import Refused

LISTED = 2_000
"""How many problems of one kind are listed row by row; more are counted."""

_RANK = {Severity.REFUSED_ROW: 0, Severity.REPAIRED: 1, Severity.NOTED: 2}
_SHOWN = 60


def refusal(
    code: str, file: str, line: int | None = None, column: str | None = None, expected: str = ""
) -> Refused:
    """Return the refusal of a whole file: what, where, and what would be accepted."""
    return Refused(code, field="file", file=file, line=line, column=column, expected=expected)


def shown_safely(value: str) -> str:
    """Return a code, date or number as it may be shown: one line, no control signs, not long."""
    plain = "".join(sign if sign.isprintable() else " " for sign in value[: _SHOWN + 1])
    return plain[:_SHOWN] + "…" if len(plain) > _SHOWN else plain


class Findings:
    """The problems of one roster, gathered while it is read."""

    def __init__(self) -> None:
        self.unread: set[str] = set()
        self._listed: list[Problem] = []
        self._per_kind: dict[tuple[str, str, str], int] = {}
        self._tallies: dict[tuple[Severity, str, str, str, str, str], list[int]] = {}

    def each(
        self,
        severity: Severity,
        code: str,
        file: str,
        line: int,
        column: str = "",
        shown: str = "",
        expected: str = "",
    ) -> None:
        """Keep one problem with its own line; beyond `LISTED` of a kind only their number."""
        kind = (code, file, column)
        seen = self._per_kind.get(kind, 0)
        self._per_kind[kind] = seen + 1
        if seen < LISTED:
            self._listed.append(
                Problem(severity, code, file, line, column, shown_safely(shown), expected)
            )
        else:
            self.tally(severity, code, file, line, column, expected=expected)

    def refuse_row(
        self, code: str, file: str, line: int, column: str = "", shown: str = "", expected: str = ""
    ) -> None:
        """Keep that a row was not read."""
        self.each(Severity.REFUSED_ROW, code, file, line, column, shown, expected)

    def repaired(
        self, code: str, file: str, line: int, column: str = "", shown: str = "", expected: str = ""
    ) -> None:
        """Keep that a row was read otherwise than it was written."""
        self.each(Severity.REPAIRED, code, file, line, column, shown, expected)

    def tally(
        self,
        severity: Severity,
        code: str,
        file: str,
        line: int = 0,
        column: str = "",
        shown: str = "",
        expected: str = "",
    ) -> None:
        """Count a problem that reads the same on every row it is found on."""
        key = (severity, code, file, column, shown_safely(shown), expected)
        known = self._tallies.get(key)
        if known is None:
            if len(self._tallies) >= LISTED:
                key = (severity, code, file, column, "", expected)
                known = self._tallies.get(key)
                if known is not None:
                    known[1] += 1
                    return
            self._tallies[key] = [line, 1]
        else:
            known[1] += 1

    def note(
        self,
        code: str,
        file: str,
        line: int = 0,
        column: str = "",
        shown: str = "",
        expected: str = "",
    ) -> None:
        """Count something that breaks the format and changes nothing."""
        self.tally(Severity.NOTED, code, file, line, column, shown, expected)

    def first_refused(self, file: str) -> Problem | None:
        """Return the first row of `file` that was refused."""
        return next(
            (p for p in self._listed if p.file == file and p.severity is Severity.REFUSED_ROW),
            None,
        )

    def problems(self) -> tuple[Problem, ...]:
        """Return everything found: refused rows first, then by file and line."""
        counted: Iterable[Problem] = (
            Problem(severity, code, file, line, column, shown, expected, rows)
            for (severity, code, file, column, shown, expected), (line, rows) in (
                self._tallies.items()
            )
        )
        found = [*self._listed, *counted]
        found.sort(key=lambda p: (_RANK[p.severity], p.file, p.line, p.column, p.code))
        return tuple(found)
