"""What an import would do, or did, as a person reads it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.features.roster.commands import RestoreOffer
from app.features.roster.merge import Entry, OfferEntry, Plan
from app.features.roster.model import Problem, RosterFormat, Severity
from app.kernel.changes import Changed
from app.kernel.names import listed_name

PAGE = 200
"""How many lines of a list are fetched at once."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field: what it was, and what it becomes."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Line:
    """One student in a preview or a report; `line` is the file's, 0 where it has none."""

    student: str
    name: str
    grade: str
    school: str
    line: int
    changes: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """A value of the roster beside the one that was set here."""

    student: str
    name: str
    field: str
    ours: str
    theirs: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class PastImport:
    """One import in the list of those that happened."""

    id: str
    source: str
    format: RosterFormat
    person: str
    at: str
    zone: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Report:
    """What one import did: its counts, and the rows it did not understand."""

    of: PastImport
    sha256: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """An import that was carried out."""

    id: str
    counts: Mapping[str, int]
    problems: tuple[Problem, ...]
    changed: Changed


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision on an offer, and the command that takes it back."""

    changed: Changed
    undo: RestoreOffer


def changes_of(
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
    schools: Mapping[str, str],
) -> tuple[FieldChange, ...]:
    """Return the fields that change, schools by their names and lists with semicolons."""
    if before is None or after is None:
        return ()

    def shown(name: str, value: object) -> str:
        if name == "school_id":
            return schools.get(str(value), "")
        return "; ".join(map(str, value)) if isinstance(value, list) else str(value)

    return tuple(
        FieldChange(name, shown(name, before.get(name, "")), shown(name, after[name]))
        for name in after
        if name not in ("standing", "left_on")
    )


class Preview:
    """What importing a roster would do to this vault; nothing has been written."""

    def __init__(self, plan: Plan, source_format: RosterFormat) -> None:
        self._plan = plan
        self.format = source_format
        self.source = plan.source
        self.counts: Mapping[str, int] = plan.counts()
        self.problems: tuple[Problem, ...] = tuple(plan.problems)
        self.many_leaving = plan.many_leaving
        self.of_source = plan.of_source

    @property
    def changes_nothing(self) -> bool:
        """Whether an import would leave every student as they are."""
        return not any(
            self.counts[name] for name in ("added", "changed", "left", "returned", "offers")
        )

    @property
    def not_understood(self) -> tuple[Problem, ...]:
        """The rows that would not be read."""
        return tuple(p for p in self.problems if p.severity is Severity.REFUSED_ROW)

    def lines(self, kind: str, start: int = 0, count: int = PAGE) -> list[Line]:
        """Return a page of the students who would be `added`, `changed`, `left`, `returned`."""
        return [self._line(entry) for entry in self._plan.entries[kind][start : start + count]]

    def offers(self, start: int = 0, count: int = PAGE) -> list[Offer]:
        """Return a page of the values that would be offered."""
        return [self._offer(entry) for entry in self._plan.offers[start : start + count]]

    def _line(self, entry: Entry) -> Line:
        schools = self._plan.school_names
        return Line(
            entry.student,
            listed_name(entry.given, entry.family, entry.preferred),
            entry.grade,
            schools.get(entry.school, ""),
            entry.line,
            changes_of(entry.before, entry.after, schools),
        )

    def _offer(self, entry: OfferEntry) -> Offer:
        schools = self._plan.school_names
        place = entry.field == "school_id"
        return Offer(
            entry.student,
            listed_name(entry.given, entry.family, entry.preferred),
            entry.field,
            schools.get(entry.ours, "") if place else entry.ours,
            schools.get(entry.theirs, "") if place else entry.theirs,
            entry.line,
        )


def problems_as_json(problems: Sequence[Problem], longest: int) -> str:
    """Return problems as a report keeps them; beyond `longest` only how many there were."""
    kept = [
        [p.severity.value, p.code, p.file, p.line, p.column, p.shown, p.expected, p.rows]
        for p in problems[:longest]
    ]
    rest = sum(p.rows for p in problems[longest:])
    if rest:
        kept.append([Severity.NOTED.value, "line-more", "", 0, "", "", "", rest])
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def problems_from_json(text: str) -> tuple[Problem, ...]:
    """Return the problems that `problems_as_json` wrote."""
    return tuple(Problem(Severity(severity), *rest) for severity, *rest in json.loads(text))
