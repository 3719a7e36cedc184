"""Turns bytes into rows of text: encoding, delimiter, header, quoting (RFC 4180)."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.features.roster.model import Severity
from app.features.roster.reading.findings import Findings, refusal
from app.features.roster.reading.limits import Limits
from app.features.roster.reading.source import check_kind
from app.kernel.names import folded

Row = list[str]
Numbered = tuple[int, Row]

_SPACED_QUOTE = re.compile(rb'"[ \t]+(?=[,;\t|\r\n]|\Z)')
_CONTROL = re.compile(rb"[\x01-\x08\x0b\x0e-\x19\x1b-\x1f]")
_DELIMITERS = (",", ";", "\t", "|")
_MISSPELT = {
    "prefferedgivenname": "preferredgivenname",
    "prefferedfamilyname": "preferredfamilyname",
    "prefferedmiddlename": "preferredmiddlename",
    "preferedgivenname": "preferredgivenname",
    "preferedfamilyname": "preferredfamilyname",
    "datalastmodified": "datelastmodified",
    "datelastmodifed": "datelastmodified",
    "sourceid": "sourcedid",
    "sourcedids": "sourcedid",
}


def header_key(header: str) -> str:
    """Return a column header for comparison: letters and digits alone, known slips mended.

    >>> header_key(" Preffered_Given Name ")
    'preferredgivenname'
    """
    key = folded(header.replace("#", " number ")).replace(" ", "")
    return _MISSPELT.get(key, key)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: its header, and its rows with the line each began on.

    Every row has as many cells as the header and an empty one after them, so that a
    column the file lacks is read at place -1 and is empty; spaces around cells are gone.
    """

    file: str
    header: tuple[str, ...]
    header_line: int
    size: int
    walk: Callable[[], Iterator[Numbered]]

    def columns(self) -> dict[str, int]:
        """Return where each column stands, by `header_key`; the first of a name wins."""
        found: dict[str, int] = {}
        for place, header in enumerate(self.header):
            key = header_key(header)
            if key:
                found.setdefault(key, place)
        return found


def _line_at(content: bytes, place: int) -> int:
    before = content[:place]
    return max(before.count(b"\n"), before.count(b"\r")) + 1


def _from_utf16(content: bytes, file: str) -> bytes | None:
    """Return UTF-16 text as UTF-8, or None when the bytes are not UTF-16."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        head = content[:400]
        even, odd = head[0::2].count(0), head[1::2].count(0)
        half = max(len(head) // 4, 1)
        if odd >= half and even < half // 4 + 1:
            encoding = "utf-16-le"
        elif even >= half and odd < half // 4 + 1:
            encoding = "utf-16-be"
        else:
            return None
    try:
        return content.decode(encoding).encode("utf-8")
    except UnicodeError:
        raise refusal("roster-not-text", file, 1, expected="UTF-8") from None


def _from_other(content: bytes, problem: UnicodeDecodeError, file: str) -> tuple[bytes, int]:
    """Return Windows-1252 text as UTF-8 and the line it shows on; refuse damaged UTF-8."""
    line = _line_at(content, problem.start)
    loose = content.decode("utf-8", errors="replace")
    lost = loose.count("\ufffd")
    if content.startswith(codecs.BOM_UTF8) or (
        sum(not sign.isascii() for sign in loose) - lost >= lost
    ):
        raise refusal("roster-damaged-text", file, line, expected="UTF-8")
    try:
        return content.decode("cp1252").encode("utf-8"), line
    except UnicodeDecodeError as wrong:
        place = _line_at(content, wrong.start)
        raise refusal("roster-not-text", file, place, expected="UTF-8") from None


def as_utf8(content: bytes, file: str, findings: Findings) -> bytes:
    """Return the text of a file as UTF-8 without a mark; refuse what is not text.

    UTF-16 and Windows-1252 are read as what they are and noted; signs that no table of
    text holds (NUL) are left out and noted; a file full of them is refused.
    """
    check_kind(content[:4096], file)
    if content.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise refusal("roster-not-text", file, 1, expected="UTF-8")
    converted = _from_utf16(content, file)
    if converted is not None:
        findings.note("line-text-utf-16", file, 1, expected="UTF-8")
        content = converted
    elif not content.isascii():
        try:
            content.decode("utf-8")
        except UnicodeDecodeError as problem:
            content, line = _from_other(content, problem, file)
            findings.note("line-text-windows-1252", file, line, expected="UTF-8")
    content = content.removeprefix(codecs.BOM_UTF8)
    if b"\0" in content:
        many = content.count(0)
        line = _line_at(content, content.find(0))
        if many * 50 > len(content):
            raise refusal("roster-not-text", file, line, expected="UTF-8")
        findings.tally(Severity.REPAIRED, "line-text-nul", file, line)
        content = content.replace(b"\0", b"")
    strange = _CONTROL.search(content[:65536])
    if strange is not None and len(_CONTROL.findall(content[:65536])) > 50:
        line = _line_at(content, strange.start())
        raise refusal("roster-not-text", file, line, expected="UTF-8")
    return content.rstrip(b"\x1a")


def count_lines(content: bytes) -> int:
    """Return about how many rows a file has; exact when no cell holds a line break."""
    return max(content.count(b"\n"), content.count(b"\r"), 1)


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[0::2])


def _delimiter(head: str) -> tuple[str, int]:
    """Return the delimiter of a file and how many lines before its first row to skip.

    The first line that holds a delimiter decides: titles above a header hold none.
    """
    skip = 0
    lines = head.splitlines()[:40]
    for line in lines:
        text = line.strip()
        named = line.strip("\r\n ")[4:5] if text.lower().startswith("sep=") else ""
        if named and named in _DELIMITERS:
            return named, skip + 1
        if text.strip(",;|"):
            break
        skip += 1
    for line in lines[skip:]:
        bare = _outside_quotes(line)
        counts = [(bare.count(sign), sign == ",", sign) for sign in _DELIMITERS]
        best = max(counts)
        if best[0]:
            return best[2], skip
    return ",", skip


def _too_long(row: Row, file: str, line: int, limit: int) -> None:
    for cell in row:
        if len(cell) > limit:
            raise refusal("roster-field-long", file, line, expected=str(limit))


def _records(content: bytes, delimiter: str, file: str, limit: int) -> Iterator[Numbered]:
    """Yield every record with the line it began on; refuse broken quoting at its line."""
    long_lines = max(map(len, io.BytesIO(content)), default=0) > limit
    stream = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="")
    reader = csv.reader(stream, delimiter=delimiter, strict=True, skipinitialspace=True)
    begun = 1
    try:
        for row in reader:
            last = reader.line_num
            if long_lines or last != begun:
                _too_long(row, file, begun, limit)
            yield begun, row
            begun = last + 1
    except csv.Error as problem:
        reason = str(problem)
        if "field limit" in reason:
            raise refusal("roster-field-long", file, begun, expected=str(limit)) from None
        if "unexpected end" in reason:
            raise refusal("roster-quote-open", file, begun, expected='"') from None
        raise refusal("roster-quote", file, reader.line_num, expected=f'"{delimiter}') from None


def _mended_quotes(content: bytes, delimiter: str, file: str, findings: Findings) -> bytes:
    """Return `content` without spaces after closing quotes, if only they break its quoting."""
    found = _SPACED_QUOTE.search(content)
    if found is None:
        return content
    stream = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="")
    try:
        for _ in csv.reader(stream, delimiter=delimiter, strict=True, skipinitialspace=True):
            pass
    except csv.Error:
        findings.tally(
            Severity.REPAIRED, "line-text-space-after-quote", file, _line_at(content, found.start())
        )
        return _SPACED_QUOTE.sub(b'"', content)
    return content


def _full_rows(
    records: Iterator[Numbered], width: int, file: str, findings: Findings, limits: Limits
) -> Iterator[Numbered]:
    """Yield the rows that have the header's width; mend or refuse the others."""
    strip = str.strip
    count = 0
    for line, row in records:
        if len(row) != width:
            if not any(map(strip, row)):
                continue
            if len(row) > width:
                if any(map(strip, row[width:])):
                    findings.unread.update(map(strip, row))
                    findings.refuse_row(
                        "line-row-too-many-cells",
                        file,
                        line,
                        shown=str(len(row)),
                        expected=str(width),
                    )
                    continue
                del row[width:]
            else:
                findings.repaired(
                    "line-row-too-few-cells", file, line, shown=str(len(row)), expected=str(width)
                )
                row.extend([""] * (width - len(row)))
        count += 1
        if count > limits.rows:
            raise refusal("roster-too-many-rows", file, line, expected=str(limits.rows))
        cells = list(map(strip, row))
        if any(cells):
            cells.append("")
            yield line, cells


_HEADER_WITHIN = 15


def _filled(row: Row) -> bool:
    return any(cell.strip(" \t\ufeff") for cell in row)


def find_header(
    records: Iterator[Numbered], is_header: Callable[[Row], bool] | None
) -> Numbered | None:
    """Return the header: the first row that `is_header` knows, else the first filled one.

    Only the first fifteen filled rows are looked at: titles stand above a header, not books.
    """
    first: Numbered | None = None
    seen = 0
    for line, row in records:
        if not _filled(row):
            continue
        if is_header is None or is_header(row):
            return line, row
        first = first or (line, row)
        seen += 1
        if seen >= _HEADER_WITHIN:
            break
    return first


def read_sheet(
    content: bytes,
    file: str,
    findings: Findings,
    limits: Limits,
    is_header: Callable[[Row], bool] | None = None,
) -> Sheet:
    """Return the table that a text file holds; its first filled line is the header."""
    content = as_utf8(content, file, findings)
    head = content[:65536].decode("utf-8", errors="ignore")
    delimiter, skip = _delimiter(head)
    if delimiter != ",":
        shown = {"\t": "tab"}.get(delimiter, delimiter)
        findings.note("line-text-delimiter", file, skip + 1, shown=shown, expected=",")
    content = _mended_quotes(content, delimiter, file, findings)

    def records() -> Iterator[Numbered]:
        return (pair for pair in _records(content, delimiter, file, limits.field) if pair[0] > skip)

    found = find_header(records(), is_header)
    if found is None:
        raise refusal("roster-empty-file", file, 1, expected="csv")
    header_line, cells = found
    header = tuple(cell.strip(" \t\r\n\ufeff\xa0") for cell in cells)
    if len(header) > limits.columns:
        raise refusal("roster-too-many-columns", file, header_line, expected=str(limits.columns))

    def walk() -> Iterator[Numbered]:
        whole = _records(content, delimiter, file, limits.field)
        for line, _ in whole:
            if line == header_line:
                break
        return _full_rows(whole, len(header), file, findings, limits)

    return Sheet(file, header, header_line, count_lines(content), walk)
