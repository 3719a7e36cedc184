"""Opens whatever was chosen as a roster and finds out what it is."""

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, replace
from pathlib import Path

from app.features.roster.model import Roster
from app.features.roster.reading import table
from app.features.roster.reading.clever import read_clever
from app.features.roster.reading.findings import Findings, refusal
from app.features.roster.reading.limits import LIMITS, Limits
from app.features.roster.reading.oneroster import read_oneroster
from app.features.roster.reading.source import (
    CLEVER_NAMES,
    ONEROSTER_NAMES,
    ROSTER_NAMES,
    TEXT_SUFFIXES,
    WORKBOOK_SUFFIXES,
    Source,
    opened,
)
from app.features.roster.reading.table import Mapping, TablePreview, guess_mapping
from app.features.roster.reading.text import Sheet, header_key, read_sheet
from app.features.roster.reading.workbook import is_workbook, read_workbook
from app.kernel.ports import Progress, no_progress


@dataclass(frozen=True, slots=True)
class MappingNeeded:
    """The file is a table of its own kind: what it holds, and a guess at its columns."""

    preview: TablePreview
    guess: Mapping


def open_roster(
    path: Path, progress: Progress = no_progress, limits: Limits = LIMITS
) -> Roster | MappingNeeded:
    """Read a roster: a OneRoster or Clever export as zip, folder or file, or any table.

    Raises Refused (field `file`; facts file, line, column, expected) when nothing of it
    can be used, and lets through what `progress` raises to stop.
    """
    findings = Findings()
    with opened(path, limits) as chosen:
        source, known = _recognised(chosen, limits)
        if known == "oneroster":
            return read_oneroster(source, findings, limits, progress)
        if known == "clever":
            return read_clever(source, findings, limits, progress)
        name, sheet = _table(source, findings, limits, progress)
        preview = table.preview_table(sheet, name, progress)
        return MappingNeeded(preview, guess_mapping(preview))


def read_table(
    path: Path, mapping: Mapping, progress: Progress = no_progress, limits: Limits = LIMITS
) -> Roster:
    """Read any table through a mapping; refuse it as `open_roster` does."""
    findings = Findings()
    with opened(path, limits) as source:
        _, sheet = _table(source, findings, limits, progress, mapping.sheet)
        return table.read_mapped(sheet, mapping, findings, progress)


def _headers(content: bytes, name: str, limits: Limits) -> tuple[set[str], set[str]]:
    """Return the headers of a text file, as keys and as written in lower case."""
    sheet = read_sheet(content, name, Findings(), limits)
    return set(map(header_key, sheet.header)), {header.lower() for header in sheet.header}


def _is_oneroster_users(keys: set[str]) -> bool:
    return {"sourcedid", "givenname", "familyname"} <= keys


def _is_clever_students(written: set[str]) -> bool:
    return {"student_id", "school_id", "last_name", "first_name"} <= written


def _recognised(source: Source, limits: Limits) -> tuple[Source, str]:
    if source.single:
        return _single(source, limits)
    return source, _known(source, limits)


def _single(source: Source, limits: Limits) -> tuple[Source, str]:
    """Return a lone file under the name its header earns, and the format it is of."""
    name, written = next(iter(source.names.items()))
    content = source.read(name)
    kept = replace(source, _read=lambda _: content)
    if is_workbook(content):
        return kept, ""
    keys, headers = _headers(content, written, limits)
    if _is_oneroster_users(keys):
        return replace(kept, names={"users.csv": written}), "oneroster"
    if _is_clever_students(headers):
        return replace(kept, names={"students.csv": written}), "clever"
    if "sourcedid" in keys and name in ONEROSTER_NAMES:
        missing = "givenName" if name == "users.csv" else "users.csv"
        code = "roster-header-missing" if name == "users.csv" else "roster-no-users"
        raise refusal(code, written, 1, missing, "sourcedId,givenName,familyName")
    return kept, ""


def _known(source: Source, limits: Limits) -> str:
    """Return the format of several files: `oneroster`, `clever`, or empty for a table."""
    names: Dictionary[str, str] = source.names
    has_users, has_students = "users.csv" in names, "students.csv" in names
    if "manifest.csv" in names:
        return "oneroster"
    if has_users and has_students:
        keys, _ = _headers(source.read("users.csv"), names["users.csv"], limits)
        return "oneroster" if _is_oneroster_users(keys) else "clever"
    if has_users:
        return "oneroster"
    if has_students:
        _, written = _headers(source.read("students.csv"), names["students.csv"], limits)
        others = len(CLEVER_NAMES & set(names)) > 1
        return "clever" if others or _is_clever_students(written) else ""
    if set(names) & ROSTER_NAMES:
        only = next(name for name in names if name in ROSTER_NAMES)
        raise refusal("roster-no-users", names[only], 1, expected="users.csv, students.csv")
    return ""


def _table(
    source: Source, findings: Findings, limits: Limits, progress: Progress, sheet: str = ""
) -> tuple[str, Sheet]:
    """Return the only table of a source, and the name of its sheet if it is a workbook."""
    tables = [
        name for name in source.names if name.endswith((*TEXT_SUFFIXES, *WORKBOOK_SUFFIXES))
    ] or list(source.names)
    if len(tables) > 1:
        written = ", ".join(source.names[name] for name in tables[:5])
        raise refusal("roster-several-tables", written, 1, expected="users.csv, students.csv")
    name = tables[0]
    content, written = source.read(name), source.names[name]
    if is_workbook(content):
        return read_workbook(
            content, written, limits, progress, sheet=sheet, is_header=table.is_header
        )
    return "", read_sheet(content, written, findings, limits, table.is_header)
