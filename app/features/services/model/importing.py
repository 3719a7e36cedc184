"""Reading what an IEP system says is owed, from a table of text: each row is taken or refused."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from app.features.services.model.mandates import Basis, MandateForm, PeriodKind, Setting, Unit
from app.kernel.errors import Refused
from app.kernel.names import folded
from app.kernel.nouns import Place

Meant = TypeVar("Meant")
COLUMNS: tuple[str, ...] = (
    "student_number",
    "service",
    "setting",
    "minutes",
    "times",
    "sessions",
    "period",
    "place",
    "starts",
    "ends",
    "basis",
    "basis_date",
    "provider",
)
"""The columns of the file, in any order; the first row names them."""
REQUIRED: tuple[str, ...] = ("student_number", "service", "period", "starts", "basis_date")
MOST_BYTES = 8 * 1024 * 1024
_MOST_ROWS = 20_000
_DAY_FORMATS = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y")

_SETTINGS = {
    "": Setting.INDIVIDUAL,
    "individual": Setting.INDIVIDUAL,
    "1 1": Setting.INDIVIDUAL,
    "group": Setting.GROUP,
    "small group": Setting.GROUP,
    "either": Setting.EITHER,
    "both": Setting.EITHER,
    "individual or group": Setting.EITHER,
    "group or individual": Setting.EITHER,
}
_PERIODS = {
    "week": PeriodKind.WEEK,
    "weekly": PeriodKind.WEEK,
    "per week": PeriodKind.WEEK,
    "month": PeriodKind.MONTH,
    "monthly": PeriodKind.MONTH,
    "per month": PeriodKind.MONTH,
    "year": PeriodKind.YEAR,
    "yearly": PeriodKind.YEAR,
    "annually": PeriodKind.YEAR,
    "per year": PeriodKind.YEAR,
    "school year": PeriodKind.YEAR,
}
_BASES = {
    "": Basis.IEP,
    "iep": Basis.IEP,
    "504": Basis.SECTION_504,
    "504 plan": Basis.SECTION_504,
    "section 504": Basis.SECTION_504,
    "plan": Basis.PLAN,
    "other": Basis.PLAN,
}


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row of the file: who is meant, and the form it fills."""

    line: int
    """Of the file; the row that names the columns is line 1."""
    student_number: str
    service: str
    provider: str
    form: MandateForm


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One row that cannot be taken: where it stands, which column, and the code of the reason."""

    line: int
    column: str
    refused: Refused


@dataclass(frozen=True, slots=True)
class ReadTable:
    """A file as it was read."""

    rows: tuple[ReadRow, ...]
    refused: tuple[RefusedRow, ...]


def read_table(data: bytes) -> ReadTable:
    """Read a CSV file; refuse one that is no table of these columns."""
    if len(data) > MOST_BYTES:
        raise Refused("mandates-file-big", "file", most=MOST_BYTES // (1024 * 1024))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("mandates-file-encoding", "file") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[ReadRow] = []
    refused: list[RefusedRow] = []
    try:
        head = [folded(name).replace(" ", "_") for name in next(reader, [])]
        missing = [name for name in REQUIRED if name not in head]
        if missing:
            raise Refused("mandates-file-columns", "file", columns=", ".join(missing))
        doubled = next((name for name in head if name and head.count(name) > 1), "")
        if doubled:
            raise Refused("mandates-file-doubled", "file", column=doubled)
        for cells in reader:
            line = reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(rows) + len(refused) >= _MOST_ROWS:
                raise Refused("mandates-file-rows", "file", most=_MOST_ROWS)
            try:
                if len(cells) > len(head):
                    raise Refused("mandates-row-wide", "", columns=len(head))
                rows.append(_row(line, dict(zip(head, cells, strict=False))))
            except Refused as error:
                refused.append(RefusedRow(line, error.field, error))
    except csv.Error:
        raise Refused("mandates-file-broken", "file", line=reader.line_num) from None
    return ReadTable(tuple(rows), tuple(refused))


def _row(line: int, cells: Mapping[str, str]) -> ReadRow:
    said = {name: cells.get(name, "").strip() for name in COLUMNS}
    for name in REQUIRED:
        if not said[name]:
            raise Refused("mandates-cell-missing", name)
    sessions = said["sessions"]
    if sessions and said["times"]:
        raise Refused("mandates-two-counts", "sessions")
    unit = Unit.SESSIONS if sessions else Unit.MINUTES
    form = MandateForm(
        setting=_one_of(_SETTINGS, said["setting"], "setting"),
        unit=unit,
        period=_one_of(_PERIODS, said["period"], "period"),
        place=_one_of({place.value: place for place in Place} | {"": Place.OFFICE},
                      said["place"], "place"),
        starts_on=_day(said["starts"], "starts"),
        ends_on=_day(said["ends"], "ends") if said["ends"] else "",
        basis=_one_of(_BASES, said["basis"], "basis"),
        basis_on=_day(said["basis_date"], "basis_date"),
        provider=said["provider"],
    )  # fmt: skip
    if unit is Unit.SESSIONS:
        form = replace(form, amount=sessions, each_minutes=said["minutes"])
    elif said["times"]:
        form = replace(form, times=said["times"], each_minutes=said["minutes"])
    else:
        form = replace(form, amount=said["minutes"])
    return ReadRow(line, said["student_number"], said["service"], said["provider"], form)


def _one_of(known: Mapping[str, Meant], text: str, column: str) -> Meant:
    found = known.get(folded(text))
    if found is None:
        accepted: Sequence[str] = [name for name in known if name]
        raise Refused("mandates-cell-unknown", column, accepted=", ".join(accepted))
    return found


def _day(text: str, column: str) -> str:
    for form in _DAY_FORMATS:
        try:
            found: date = datetime.strptime(text, form).date()  # noqa: DTZ007 - a calendar day
        except ValueError:
            continue
        return found.isoformat()
    raise Refused("mandates-cell-day", column)
