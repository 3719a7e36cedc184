"""Answers of a class or a school from a CSV: every row is understood or named with its reason."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.features.screening.model.instruments import Instrument, Item
from app.features.screening.model.scoring import About, asked, score
from app.kernel.errors import Refused

MOST_BYTES = 20_000_000
MOST_ROWS = 50_000
_NUMBER = ("studentnumber", "studentid", "number", "id", "numerodeestudiante", "numero")
_DAY = ("date", "takenon", "day", "fecha")
_BY = ("informant", "informantname", "by", "teacher", "informante")
_REFUSED = ("refused", "rechazo")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row that was not taken in: its line in the file, the column, and the reason's code."""

    line: int
    column: str
    reason: str
    asks: bool = False
    """Whether the row has an answer that asks for a person."""


@dataclass(frozen=True, slots=True)
class Filled:
    """One row that was understood."""

    line: int
    number: str
    day: str
    by: str
    answers: Mapping[str, int]
    refused: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file holds."""

    rows: tuple[Filled, ...]
    problems: tuple[RowProblem, ...]
    without: tuple[str, ...]
    """Items for which the file has no column."""


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.strip().lower())


def _decoded(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise Refused("file-too-large", "file", most=MOST_BYTES // 1_000_000)
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise Refused("file-not-text", "file")


def _columns(header: list[str], instrument: Instrument) -> tuple[dict[str, int], dict[str, int]]:
    known = {_plain(name): item.id for item in instrument.items for name in _names(item)}
    items: dict[str, int] = {}
    facts: dict[str, int] = {}
    for at, name in enumerate(header):
        plain = _plain(name)
        for fact, names in (
            ("number", _NUMBER), ("day", _DAY), ("by", _BY), ("refused", _REFUSED),
        ):  # fmt: skip
            if plain in names and fact not in facts:
                facts[fact] = at
                break
        else:
            if plain in known:
                if known[plain] in items:
                    raise Refused("import-column-twice", "file", column=name)
                items[known[plain]] = at
    if "number" not in facts:
        raise Refused("import-no-number-column", "file")
    if not items:
        raise Refused("import-no-item-column", "file")
    return items, facts


def _names(item: Item) -> tuple[str, ...]:
    named = (
        item.id,
        f"q{item.id}",
        f"item{item.id}",
        f"question{item.id}",
        *item.label.texts.values(),
    )
    return (*named, item.loinc) if item.loinc else named


def _answer(item: Item, text: str) -> int | None:
    """Return the value of a cell, or None for one that is no answer of this item."""
    plain = text.strip()
    if re.fullmatch(r"\d{1,4}(\.0+)?", plain):
        value = int(plain.partition(".")[0])
        return value if item.takes(value) else None
    labels = {
        _plain(label): answer.value
        for answer in item.answers
        for label in (*answer.label.texts.values(), answer.loinc)
        if label
    }
    shorter = {"y": "yes", "s": "si", "n": "no"}
    return (
        labels.get(_plain(shorter.get(plain.lower(), plain).replace("í", "i"))) if plain else None
    )


def read_sheet(data: bytes, instrument: Instrument) -> Sheet:
    """Return the rows of a file; refuse one without a student's number or any item's column."""
    text = _decoded(data)
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(
            text.partition("\n")[0] or ",", delimiters=",;\t"
        )
    except csv.Error:
        dialect = csv.excel
    reader = csv.reader(io.StringIO(text, newline=""), dialect)
    try:
        header = next(reader, [])
        items, facts = _columns(header, instrument)
        found: list[Filled] = []
        problems: list[RowProblem] = []
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(found) + len(problems) >= MOST_ROWS:
                raise Refused("file-too-many-rows", "file", most=MOST_ROWS)
            row = _row(reader.line_num, cells, header, items, facts, instrument)
            if isinstance(row, RowProblem):
                problems.append(row)
            else:
                found.append(row)
    except csv.Error:
        raise Refused("file-not-csv", "file", line=reader.line_num) from None
    without = tuple(item.id for item in instrument.items if item.id not in items)
    return Sheet(tuple(found), tuple(problems), without)


def asks_for_a_person(instrument: Instrument, answers: Mapping[str, int]) -> bool:
    """Tell whether answers ask for a person, whatever else is wrong with their row."""
    return bool(score(instrument, answers, About(instrument.informants[0])).risks)


def _row(
    line: int,
    cells: list[str],
    header: list[str],
    items: Mapping[str, int],
    facts: Mapping[str, int],
    instrument: Instrument,
) -> Filled | RowProblem:
    def cell(at: int | None) -> str:
        return cells[at].strip() if at is not None and at < len(cells) else ""

    if len(cells) > len(header):
        return RowProblem(line, "", "too-many-cells")
    answers: dict[str, int] = {}
    wrong = ""
    for name, at in items.items():
        text = cell(at)
        if not text:
            continue
        value = _answer(instrument.item(name), text)
        if value is None:
            wrong = wrong or header[at]
        else:
            answers[name] = value
    if wrong:
        return RowProblem(line, wrong, "not-an-answer", asks_for_a_person(instrument, answers))
    # A form that answers what is not asked contradicts itself: nothing of it is passed over.
    reached = {item.id for item in asked(instrument, answers)}
    for name, value in answers.items():
        if name not in reached and value != instrument.item(name).least:
            return RowProblem(line, header[items[name]], "answer-not-asked", bool(instrument.risks))
    number = cell(facts["number"])
    if not number:
        asks = asks_for_a_person(instrument, answers)
        return RowProblem(line, header[facts["number"]], "no-number", asks)
    refused = _plain(cell(facts.get("refused"))) in {"1", "x", "y", "yes", "true", "si", "s"}
    if not answers and not refused:
        return RowProblem(line, "", "no-answers")
    return Filled(line, number, cell(facts.get("day")), cell(facts.get("by")), answers, refused)
