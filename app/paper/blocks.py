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
    "Heading",
    "KeyValues",
    "Note",
    "Notice",
    "Paper",
    "Printed",
    "Section",
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
    """Running text; each line end begins a paragraph. `soft` is for what is said beside."""

    text: str
    bold: bool = False
    italic: bool = False
    soft: bool = False


@dataclass(frozen=True, slots=True)
class KeyValues:
    """Facts with their labels, in one or two columns read row by row; long values wrap."""

    pairs: tuple[tuple[str, str], ...]
    columns: int = 1


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
    set apart. `empty` is said in place of a table without rows.
    """

    columns: tuple[Column, ...]
    rows: Sequence[Sequence[str]]
    total: tuple[str, ...] = ()
    empty: str = ""


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
class Signatures:
    """Lines to sign by hand, each over its label, with a line for the date beside it."""

    labels: tuple[str, ...]
    dated: bool = True


@dataclass(frozen=True, slots=True)
class Notice:
    """A framed notice that the reader must not miss."""

    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Spacer:
    """Empty space, in points."""

    height: float = 12.0


Block = Heading | Text | KeyValues | TableBlock | Note | Signatures | Notice | Spacer


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
