"""A list as it leaves the desk: declared once, a PDF, a CSV or a workbook of the same rows.

In the PDF the list has a head that says what it covers; in the workbook a second sheet says so,
and a CSV is the table alone, as other programs read it. All three are built in memory.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Literal, TypeVar

from app.kernel.clock import Moment
from app.kernel.ports import Progress, no_progress
from app.kernel.words import _, ngettext
from app.paper import blocks
from app.paper.page import (
    Align,
    Paper,
    Size,
    confidentiality_notice,
    day_words,
    made_line,
    time_words,
)
from app.paper.sheets import Cell, Form, Sheet, Streamed, as_csv, as_xlsx

Kind = Literal["text", "day", "time", "minutes", "count", "percent"]
"""What stands in a column: a text, a date, a time, whole numbers, or a share of 1."""

_Row = TypeVar("_Row")
_AT_ONCE = 200
"""Rows between two moments at which the work can be stopped."""
_FORMS: dict[Kind, Form] = {"minutes": "count", "count": "count", "percent": "percent"}
_ALIGNED: dict[Kind, Align] = {"minutes": "end", "count": "end", "percent": "end"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, what stands in it, and its share of a sheet's width."""

    title: str
    kind: Kind = "text"
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Table:
    """A list to be handed over.

    `rows` are walked over once; each holds a cell for every column. `sentences` stand over
    the list, `total` under it on paper alone: in a spreadsheet it would be one more row to
    count. `body` stands between the sentences and the list on paper: a chart, a second table.
    """

    title: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Cell]]
    scope: str = ""
    sentences: tuple[str, ...] = ()
    total: tuple[Cell, ...] = ()
    empty: str = ""
    body: tuple[blocks.Block, ...] = ()
    landscape: bool = False


@dataclass(frozen=True, slots=True)
class Stamp:
    """When and by whom a list was made, for whom and why, and what ties it to the journal."""

    made: Moment
    made_by: str = ""
    anchor: str = ""
    recipient: str = ""
    purpose: str = ""

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Return for whom and why with their labels; nothing while neither is known."""
        words = self.recipient.strip(), self.purpose.strip()
        if not any(words):
            return ()
        return (_("Prepared for"), words[0] or "–"), (_("Purpose"), words[1] or "–")


def table_pdf(
    table: Table, stamp: Stamp, size: Size = "letter", progress: Progress = no_progress
) -> blocks.Printed:
    """Return the list as a PDF."""
    rows = list(_spoken_rows(table, progress))
    paper = Paper(
        title=table.title,
        made=stamp.made,
        blocks=tuple(_on_paper(table, rows, stamp)),
        scope=table.scope,
        made_by=stamp.made_by,
        anchor=stamp.anchor,
        landscape=table.landscape,
    )
    return blocks.print_out(paper, size, progress)


def table_csv(table: Table, *, mark: bool = True, progress: Progress = no_progress) -> bytes:
    """Return the list as CSV; without the `mark` for programs that stumble over one."""
    titles = [
        _("{title} (%)").format(title=column.title) if column.kind == "percent" else column.title
        for column in table.columns
    ]
    return as_csv(_sheet(table, titles), mark=mark, progress=progress)


def table_xlsx(table: Table, stamp: Stamp, progress: Progress = no_progress) -> bytes:
    """Return the list as a workbook, with what it covers on a sheet of its own."""
    titles = [column.title for column in table.columns]
    told = [
        (table.title,),
        *((line,) for line in (table.scope, *table.sentences) if line),
        *((_("{label}: {fact}").format(label=label, fact=fact),) for label, fact in stamp.pairs()),
        (made_line(stamp.made, stamp.made_by),),
        *((line,) for line in (stamp.anchor, confidentiality_notice()) if line),
    ]
    about = Sheet(_("About this list"), ("",), told, plain=True)
    return as_xlsx(_sheet(table, titles), about, progress=progress)


def _sheet(table: Table, titles: Sequence[str]) -> Streamed:
    forms = tuple(_FORMS.get(column.kind, "") for column in table.columns)
    return Streamed(table.title, tuple(titles), table.rows, forms)


def _on_paper(table: Table, rows: Sequence[Sequence[str]], stamp: Stamp) -> Iterator[blocks.Block]:
    pairs = stamp.pairs()
    if pairs:
        yield blocks.KeyValues(pairs, columns=2)
    for sentence in table.sentences:
        yield blocks.Text(sentence, soft=True)
    yield from table.body
    yield blocks.TableBlock(
        tuple(
            blocks.Column(column.title, column.share, _ALIGNED.get(column.kind, "start"))
            for column in table.columns
        ),
        rows,
        total=tuple(_spoken(table.total, table.columns)) if table.total and rows else (),
        empty=table.empty or _("Nothing to list."),
    )
    if rows:
        lines = ngettext("{count} line", "{count} lines", len(rows))
        yield blocks.Text(lines.format(count=f"{len(rows):,}"), soft=True, small=True)


def _spoken_rows(table: Table, progress: Progress) -> Iterator[tuple[str, ...]]:
    for number, row in enumerate(table.rows):
        if not number % _AT_ONCE:
            progress(number, 0)
        yield tuple(_spoken(row, table.columns))


def _spoken(row: Sequence[Cell], columns: Sequence[Column]) -> Iterator[str]:
    for cell, column in zip(row, columns, strict=True):
        yield spoken_cell(cell, column.kind)


def spoken_cell(cell: Cell, kind: Kind = "text") -> str:
    """Return a cell as it is read on paper: `12 Mar 2027`, `2:05 PM`, `1,240`, `37.5 %`."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, date):
        return day_words(cell)
    if isinstance(cell, time):
        return time_words(cell)
    if kind == "percent":
        return _("{percent} %").format(percent=f"{100 * cell:.1f}".removesuffix(".0"))
    return f"{cell:,}"


def paged(read: Callable[[int], Sequence[_Row]]) -> Iterator[_Row]:
    """Yield row after row; `read` gives the page that begins behind so many, an empty one last."""
    read_so_far = 0
    while page := read(read_so_far):
        yield from page
        read_so_far += len(page)
