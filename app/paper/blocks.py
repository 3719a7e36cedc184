"""What a printed record is made of: building blocks as plain data, and `render`.

A room says what its record holds in these blocks and knows nothing of pages, fonts or files.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.kernel.ports import Progress, no_progress
from app.paper.page import Align, Paper, Size

__all__ = [
    "Block",
    "Column",
    "Course",
    "Grid",
    "GridCell",
    "GridColumn",
    "GridGroup",
    "GridRow",
    "Heading",
    "KeyValues",
    "Note",
    "Notice",
    "Paper",
    "Part",
    "Picture",
    "Printed",
    "Section",
    "Shares",
    "Signatures",
    "Spacer",
    "TableBlock",
    "Text",
    "print_out",
    "render",
]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that stays with what follows it; level 1 for parts, 2 within them."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Text:
    """Running text; each line end begins a paragraph.

    `soft` is for what is said beside, `small` for footnotes.
    """

    text: str
    bold: bool = False
    italic: bool = False
    soft: bool = False
    small: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture (JPEG or PNG) with what it shows, in words; one that cannot be read is left out."""

    data: bytes
    alt: str


@dataclass(frozen=True, slots=True)
class KeyValues:
    """Facts with their labels, in one or more columns read row by row; long values wrap.

    A `picture` stands at the end of the line, beside them.
    """

    pairs: tuple[tuple[str, str], ...]
    columns: int = 1
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its title, its share of the width, and how its cells stand."""

    title: str
    share: float = 1.0
    align: Align = "start"


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table whose head comes again on every page.

    Rows hold one text per column; long texts wrap and a row stays whole unless a page cannot
    hold it. The first two rows and the last two stay together. `total` is a last row that is
    set apart. `empty` is said in place of a table without rows. A `boxed` one has upright
    rules and higher rows, so that its empty cells can be filled by hand.
    """

    columns: tuple[Column, ...]
    rows: Sequence[Sequence[str]]
    total: tuple[str, ...] = ()
    empty: str = ""
    boxed: bool = False


@dataclass(frozen=True, slots=True)
class GridColumn:
    """A narrow column of a grid: a day's number under the letters of its weekday.

    A `shaded` one is a day on which nothing is expected.
    """

    title: str
    above: str = ""
    shaded: bool = False


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell of a grid: initials or a code, with what is noted in its upper corner.

    A `framed` one stands out without colour. `off` is a cell that nothing is to be
    written into; any other empty one can be filled by hand.
    """

    text: str = ""
    note: str = ""
    framed: bool = False
    off: bool = False


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row of a grid: its label, such as a time of day, and a cell for each column."""

    label: str
    cells: tuple[GridCell, ...]


@dataclass(frozen=True, slots=True)
class GridGroup:
    """Rows that belong together, under a title and what more is said of them."""

    title: str
    detail: str
    rows: tuple[GridRow, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """The grid of a month: groups of rows, a narrow column for each day.

    Its head comes again on every page; a group stays whole unless a page cannot hold it.
    """

    title: str
    label: str
    columns: tuple[GridColumn, ...]
    groups: tuple[GridGroup, ...]
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Begins what is filed by itself: a new page with a head of its own, counted anew.

    As the first block it says what the paper's own head would.
    """

    names: str
    scope: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a note under its label (Subjective, Data …); an empty label shows none."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """One entry of a record: a title line, facts beside it, its sections, and how it closes.

    `closing` is the line of the signature; `inner` are addenda and amendments, set in.
    """

    title: str
    meta: str = ""
    sections: tuple[Section, ...] = ()
    closing: str = ""
    inner: "tuple[Note, ...]" = ()


@dataclass(frozen=True, slots=True)
class ShareColumn:
    """A column of shares: its label, what stands over it, and the amount of each part."""

    label: str
    said: str
    amounts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Shares:
    """Parts of a whole as one bar, and as columns beside each other; no colour is needed.

    `parts` are names, amounts and what is said of them; `line` is a target in percent.
    """

    parts: tuple[tuple[str, int, str], ...]
    columns: tuple[ShareColumn, ...] = ()
    line: int = 0
    line_said: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """Progress over time: points, the line from baseline to goal, phases; no colour is needed.

    `asks` are the points at which four in a row ask for a decision; `days` name the foot, `key`
    says in words what each sign means.
    """

    points: tuple[tuple[float, float], ...]
    goal: tuple[tuple[float, float], tuple[float, float]]
    key: str
    trend: tuple[tuple[float, float], ...] = ()
    asks: tuple[tuple[float, float], ...] = ()
    phases: tuple[tuple[float, str], ...] = ()
    days: tuple[tuple[float, str], ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Signatures:
    """Lines to sign by hand, each over its label, with a line for the date beside it."""

    labels: tuple[str, ...]
    dated: bool = True
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Notice:
    """A framed notice that the reader must not miss."""

    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Spacer:
    """Empty space, in points."""

    height: float = 12.0


Block = (
    Heading
    | Text
    | KeyValues
    | TableBlock
    | Grid
    | Part
    | Note
    | Shares
    | Course
    | Signatures
    | Notice
    | Spacer
)


@dataclass(frozen=True, slots=True)
class Printed:
    """A finished paper: the file, its number of pages, and signs that no font could draw."""

    pdf: bytes
    pages: int
    missing: frozenset[str]


def print_out(paper: Paper, size: Size = "letter", progress: Progress = no_progress) -> Printed:
    """Return `paper` as a PDF in memory, with what is worth knowing about it.

    Signs no font has are drawn as visible boxes and told in `missing`. `progress` may raise
    Cancelled at any time; nothing is kept then.
    """
    from app.paper.layout import lay

    book = lay(paper, size, progress)
    pdf = book.finish()
    book.pace.finished()
    return Printed(pdf, len(book.sheets), frozenset(book.setter.missing))


def render(paper: Paper, size: Size = "letter", progress: Progress = no_progress) -> bytes:
    """Return `paper` as a PDF in memory; see `print_out`."""
    return print_out(paper, size, progress).pdf
