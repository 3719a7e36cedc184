"""The page that all printed records share: size, margins, head, foot, and the file they end in.

A page is written as PDF operators while blocks are laid; heads and feet follow when the number
of pages is known. The file is tagged (ISO 32000-1, 14.8), so that a screen reader meets
headings, paragraphs and table cells in order; furniture is marked as such. Its properties
name the kind of paper and no person. The same paper and moment give the same bytes.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, time
from time import monotonic
from typing import TYPE_CHECKING, Literal

from app.kernel.clock import Moment
from app.kernel.ports import Progress
from app.kernel.words import _, language, pgettext
from app.paper.embedding import font_name
from app.paper.fonts import Style, Typesetter
from app.paper.lines import Line, line, lines

if TYPE_CHECKING:
    from app.paper.blocks import Block

Size = Literal["letter", "a4"]
Align = Literal["start", "end", "center"]

SIZES: dict[Size, tuple[float, float]] = {"letter": (612.0, 792.0), "a4": (595.28, 841.89)}
"""Width and height in points."""

SIDE, TOP, BOTTOM = 54.0, 50.0, 40.0
"""Margins in points; 54 points leave room for a punched binder."""

TITLE, HEADING, SUBHEADING, BODY, SMALL = 17.0, 12.5, 10.5, 9.5, 8.0
"""The five sizes of text on paper, in points."""

LEADING = 1.36
"""Distance of base lines, in sizes of text."""

INK, SOFT, RULE, HAIR, TINT = 0.0, 0.32, 0.45, 0.72, 0.93
"""Greys, from black to nearly white: text, second text, rules, hairlines, shaded fields."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One record to be printed.

    `title` is the kind of paper ("Student summary") and becomes the file's title; `names`
    stands in the head of every page and stays out of the file's properties unless
    `named_file` says so. `anchor` is the short text that ties the paper to the journal. `notice` and `made_text`
    stand in place of `confidentiality_notice()` and `made_line()`.
    `landscape` lays the sheets on their long side.
    """

    title: str
    made: Moment
    blocks: "tuple[Block, ...]" = ()
    scope: str = ""
    names: str = ""
    notice: str | None = None
    made_by: str = ""
    made_text: str | None = None
    anchor: str = ""
    named_file: bool = False
    landscape: bool = False


def confidentiality_notice() -> str:
    """Return what stands at the foot of a page that gives no notice of its own."""
    return _(
        "Confidential student information. Share it only with people allowed to see it, "
        "lock it away, and shred it when no longer needed."
    )


def made_line(made: Moment, made_by: str = "") -> str:
    """Return the sentence that says when, and by whom, a paper was made."""
    wall = made.wall()
    day, clock = day_words(wall.date()), time_words(wall.time())
    if made_by:
        return _("Made on {date} at {time} by {person}").format(
            date=day, time=clock, person=made_by
        )
    return _("Made on {date} at {time}").format(date=day, time=clock)


_MONTHS: tuple[Callable[[], str], ...] = (
    lambda: pgettext("month", "Jan"),
    lambda: pgettext("month", "Feb"),
    lambda: pgettext("month", "Mar"),
    lambda: pgettext("month", "Apr"),
    lambda: pgettext("month", "May"),
    lambda: pgettext("month", "Jun"),
    lambda: pgettext("month", "Jul"),
    lambda: pgettext("month", "Aug"),
    lambda: pgettext("month", "Sep"),
    lambda: pgettext("month", "Oct"),
    lambda: pgettext("month", "Nov"),
    lambda: pgettext("month", "Dec"),
)


def day_words(day: date) -> str:
    """Return a day as it cannot be misread: `12 Mar 2027`."""
    return f"{day.day} {month_word(day.month)} {day.year}"


def month_word(month: int) -> str:
    """Return a month, counted from 1, in three letters or as the language has it: `Mar`."""
    return _MONTHS[month - 1]()


def time_words(at: time) -> str:
    """Return a time of day with its half of the day: `3:26 PM`."""
    half = _("AM") if at.hour < 12 else _("PM")
    return f"{(at.hour - 1) % 12 + 1}:{at.minute:02d} {half}"


class Node:
    """One element of the document's structure: its kind, and what it holds in reading order."""

    __slots__ = ("attributes", "kids", "parent", "tag")

    def __init__(self, tag: str, parent: "Node | None" = None, attributes: str = "") -> None:
        self.tag, self.parent, self.attributes = tag, parent, attributes
        self.kids: list[Node | tuple[int, int]] = []
        if parent is not None:
            parent.kids.append(self)


class Sheet:
    """One page being written, in points from its lower left corner."""

    def __init__(self, number: int, part: int = 0) -> None:
        self.number = number
        self.part = part
        self.code: list[str] = []
        self.owners: list[Node] = []
        self._font: tuple[int, float] = (-1, 0.0)
        self._grey = INK

    def begin(self, node: Node) -> None:
        """Let what follows belong to `node`, until `end`."""
        mark = len(self.owners)
        self.owners.append(node)
        node.kids.append((self.number, mark))
        self.code.append(f"/{node.tag} <</MCID {mark}>> BDC")

    def begin_furniture(self) -> None:
        """Let what follows be no part of the record (rules, heads, feet), until `end`."""
        self.code.append("/Artifact BMC")

    def end(self) -> None:
        """End what was begun."""
        self.code.append("EMC")

    def text(self, x: float, y: float, size: float, text: Line, grey: float = INK) -> None:
        """Write one line with its left end at `x` and its base line at `y`."""
        code = self.code
        if grey != self._grey:
            self._grey = grey
            code.append(f"{grey:g} g")
        code.append(f"BT 1 0 0 1 {x:.2f} {y:.2f} Tm")
        for run in text.runs:
            for piece in run.pieces:
                font = (piece.font, size)
                if font != self._font:
                    self._font = font
                    code.append(f"/{font_name(piece.font)} {size:g} Tf")
                show = piece.show
                if piece.rise:
                    show = f"{piece.rise * size / 1000:.2f} Ts {show} 0 Ts"
                if piece.thick:
                    show = f"2 Tr {size * 0.035:.2f} w {grey:g} G {show} 0 Tr"
                code.append(show)
        code.append("ET")

    def aligned(
        self,
        x: float,
        y: float,
        width: float,
        size: float,
        text: Line,
        align: Align = "start",
        grey: float = INK,
    ) -> None:
        """Write one line between `x` and `x + width`."""
        slack = width - text.width * size / 1000
        shift = {"start": 0.0, "center": slack / 2, "end": slack}[align]
        self.text(x + shift, y, size, text, grey)

    def rule(
        self, x: float, y: float, width: float, weight: float = 0.5, grey: float = RULE
    ) -> None:
        """Draw a level rule."""
        self.code.append(f"{weight:g} w {grey:g} G {x:.2f} {y:.2f} m {x + width:.2f} {y:.2f} l S")

    def rules(
        self, x: float, ys: Iterable[float], width: float, weight: float, grey: float
    ) -> None:
        """Draw level rules of one length at several heights."""
        right = f"{x + width:.2f}"
        lefts = f"{x:.2f}"
        paths = " ".join(f"{lefts} {y:.2f} m {right} {y:.2f} l" for y in ys)
        if paths:
            self.code.append(f"{weight:g} w {grey:g} G {paths} S")

    def boxes(
        self,
        corners: Iterable[tuple[float, float]],
        width: float,
        height: float,
        *,
        fill: float | None,
        line: float = 0.6,
    ) -> None:
        """Draw boxes of one size from their lower left corners: filled with a grey, or framed."""
        paths = " ".join(f"{x:.2f} {y:.2f} {width:.2f} {height:.2f} re" for x, y in corners)
        if not paths:
            return
        if fill is None:
            self.code.append(f"{line:g} w {INK:g} G {paths} S")
        else:
            self._grey = fill
            self.code.append(f"{fill:g} g {paths} f")

    def uprights(
        self, xs: Iterable[float], bottom: float, top: float, weight: float, grey: float
    ) -> None:
        """Draw upright rules from `bottom` to `top`."""
        paths = " ".join(f"{x:.2f} {bottom:.2f} m {x:.2f} {top:.2f} l" for x in xs)
        if paths:
            self.code.append(f"{weight:g} w {grey:g} G {paths} S")

    def stroke(
        self, points: Sequence[tuple[float, float]], weight: float, grey: float, dash: str = ""
    ) -> None:
        """Draw a line from point to point, whole or dashed."""
        if len(points) > 1:
            path = " ".join(
                f"{x:.2f} {y:.2f} {'l' if place else 'm'}" for place, (x, y) in enumerate(points)
            )
            self.code.append(f"q [{dash}] 0 d {weight:g} w {grey:g} G {path} S Q")

    def shape(self, corners: Sequence[tuple[float, float]], *, fill: bool) -> None:
        """Draw a small closed shape, filled or open with a white ground."""
        path = " ".join(
            f"{x:.2f} {y:.2f} {'l' if place else 'm'}" for place, (x, y) in enumerate(corners)
        )
        self.code.append(f"q {0 if fill else 1} g 0 G 0.9 w {path} h B Q")

    def hatched(self, x: float, y: float, width: float, height: float, *, step: float) -> None:
        """Draw slanting rules `step` points apart within a box from its lower left corner."""
        count = int((width + height) / step) + 1
        paths = " ".join(
            f"{x + at * step - height:.2f} {y:.2f} m {x + at * step:.2f} {y + height:.2f} l"
            for at in range(count + 1)
        )
        box = f"{x:.2f} {y:.2f} {width:.2f} {height:.2f} re W n"
        self.code.append(f"q {box} 0.5 w {RULE:g} G {paths} S Q")

    def picture(self, name: str, x: float, y: float, width: float, height: float) -> None:
        """Draw one of the book's pictures with its lower left corner at `x`, `y`."""
        self.code.append(f"q {width:.2f} 0 0 {height:.2f} {x:.2f} {y:.2f} cm /{name} Do Q")

    def squares(self, corners: Iterable[tuple[float, float]], side: float) -> None:
        """Fill squares given by their lower left corners; neighbours leave no seam."""
        self._grey = INK
        step = f"{side + 0.02:.3f} {side + 0.02:.3f} re"
        self.code.append("0 g " + " ".join(f"{x:.3f} {y:.3f} {step}" for x, y in corners) + " f")

    def field(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: float | None,
        line: float = 0,
    ) -> None:
        """Draw a box from its lower left corner: filled with a grey, or framed `line` thick, or both."""
        shape = f"{x:.2f} {y:.2f} {width:.2f} {height:.2f} re"
        if fill is not None:
            self._grey = fill
            self.code.append(f"{fill:g} g {shape} f")
        if line:
            self.code.append(f"{line:g} w {RULE:g} G {shape} S")


class Pace:
    """Tells progress of a paper: laying is the first nine tenths, writing the file the rest.

    The callback is asked often enough (every 20 ms while work is done) that raising
    Cancelled in it stops the work well within 200 ms.
    """

    def __init__(self, progress: Progress, work: int) -> None:
        self._progress = progress
        self._of = max(1, work) * 10
        self._done = 0
        self._told = 0
        self._last = 0.0
        progress(0, self._of)

    def laid(self, work: int = 1) -> None:
        """Note that `work` more rows or paragraphs stand on their pages."""
        self._done += work * 9
        self._tell(self._done)

    def writing(self, done: int, of: int) -> None:
        """Note that `done` of `of` parts of the file are written."""
        self._tell(self._of * 9 // 10 + self._of * done // (10 * max(1, of)))

    def finished(self) -> None:
        """Note that all is done."""
        self._progress(self._of, self._of)

    def _tell(self, done: int) -> None:
        now = monotonic()
        if now - self._last >= 0.02:
            self._last = now
            self._told = max(self._told, min(done, self._of))
            self._progress(self._told, self._of)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture as the file keeps it: its size in pixels, and three bytes for each."""

    name: str
    width: int
    height: int
    pixels: bytes


@dataclass(slots=True)
class Book:
    """The pages of one paper, and what they share."""

    paper: Paper
    size: Size
    pace: Pace
    setter: Typesetter = field(init=False)
    root: Node = field(init=False)
    sheets: list[Sheet] = field(init=False, default_factory=list)
    width: float = field(init=False)
    height: float = field(init=False)
    foot: float = field(init=False)
    pictures: list[Drawing] = field(init=False, default_factory=list)
    part: int = field(init=False, default=0)
    """Which part of the paper the newest page belongs to."""
    _named: dict[int, tuple[str, str]] = field(init=False, default_factory=dict)
    _notice: list[Line] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.setter = Typesetter(language())
        self.root = Node("Document")
        self.width, self.height = SIZES[self.size]
        if self.paper.landscape:
            self.width, self.height = self.height, self.width
        self._named[0] = self.paper.names, self.paper.scope
        notice = self.paper.notice
        if notice is None:
            notice = confidentiality_notice()
        if notice:
            self._notice = self._head_lines(notice, "regular", SMALL, 12)
        self.foot = BOTTOM + SMALL * LEADING * (len(self._notice) + 1) + 12

    @property
    def inner(self) -> float:
        """The width between the margins."""
        return self.width - 2 * SIDE

    def lines(self, text: str, style: Style, size: float, width: float) -> list[Line]:
        """Break `text` into lines of `width` points."""
        return lines(self.setter, text, style, width * 1000 / size)

    def line(self, text: str, style: Style, size: float, width: float) -> Line:
        """Return `text` on one line of `width` points, shortened with an ellipsis if it must be."""
        whole = line(self.setter, text, style)
        if whole.width * size <= width * 1000:
            return whole
        room = width * 1000 / size - self.setter.run("…", style).width
        first = lines(self.setter, text.replace("\n", " "), style, max(room, 1.0))[0]
        return Line((*first.runs, self.setter.run("…", style)), first.width, first.rtl)

    def wide(self, text: str, style: Style, size: float) -> float:
        """Return how many points wide a text is on one line."""
        return line(self.setter, text, style).width * size / 1000

    def open_sheet(self) -> float:
        """Begin a new page with its head; return the height at which its record begins."""
        first = not self.sheets or self.sheets[-1].part != self.part
        sheet = Sheet(len(self.sheets), self.part)
        self.sheets.append(sheet)
        return self._first_head(sheet) if first else self._running_head(sheet)

    def name_part(self, names: str, scope: str) -> None:
        """Begin a part with a head of its own; its first page is still to be opened."""
        if self.sheets:
            self.part += 1
        self._named[self.part] = names, scope

    def draw(self, data: bytes) -> Drawing | None:
        """Keep a picture among the book's, ready to be drawn; None when it cannot be read."""
        from io import BytesIO

        from reportlab.lib.utils import ImageReader

        try:
            image = ImageReader(BytesIO(data))
            width, height = image.getSize()
            read: Callable[[], bytes] = image.getRGBData
            pixels = bytes(read())
        except (OSError, ValueError, SyntaxError):
            return None
        if not width or not height or len(pixels) != width * height * 3:
            return None
        drawing = Drawing(f"Picture{len(self.pictures) + 1}", width, height, pixels)
        self.pictures.append(drawing)
        return drawing

    def _head_lines(self, text: str, style: Style, size: float, most: int) -> list[Line]:
        """Break a text of the head or foot; what is longer than `most` lines ends in an ellipsis."""
        found = self.lines(text, style, size, self.inner)
        if len(found) > most:
            last = found[most - 1]
            found[most - 1 :] = [
                Line((*last.runs, self.setter.run("…", style)), last.width, last.rtl)
            ]
        return found

    def _first_head(self, sheet: Sheet) -> float:
        y = self.height - TOP - TITLE * 0.8
        for part in self._head_lines(self.paper.title, "bold", TITLE, 4):
            with _tagged(sheet, Node("H1", self.root)):
                sheet.aligned(SIDE, y, self.inner, TITLE, part)
            y -= TITLE * 1.25
        y += TITLE * 1.25 - TITLE * 0.3
        names, scope = self._named[sheet.part]
        parts: tuple[tuple[str, Style, float, float], ...] = (
            (names, "bold", HEADING, INK),
            (scope, "regular", BODY, SOFT),
        )
        for text, style, size, grey in parts:
            if not text:
                continue
            node = Node("P", self.root)
            for part in self._head_lines(text, style, size, 4):
                y -= size * LEADING
                with _tagged(sheet, node):
                    sheet.aligned(SIDE, y, self.inner, size, part, grey=grey)
        y -= 9
        with _furniture(sheet):
            sheet.rule(SIDE, y, self.inner, 1.2, INK)
        return y - 14

    def _running_head(self, sheet: Sheet) -> float:
        y = self.height - TOP - SMALL * 0.8
        named, scoped = self._named[sheet.part]
        half = self.inner * 0.62
        with _furniture(sheet):
            title = self.line(self.paper.title, "bold", SMALL, half)
            sheet.text(SIDE, y, SMALL, title)
            used = title.width * SMALL / 1000
            if named and half - used > 40:
                names = self.line(named, "regular", SMALL, half - used - 10)
                sheet.text(SIDE + used + 10, y, SMALL, names)
            if scoped:
                scope = self.line(scoped, "regular", SMALL, self.inner - half - 12)
                sheet.aligned(SIDE, y, self.inner, SMALL, scope, "end", SOFT)
            sheet.rule(SIDE, y - 6, self.inner, 0.6, INK)
        return y - 6 - 14

    def _footers(self) -> None:
        """Write the foot of every page: its number of how many, the notice, when it was made."""
        paper, step = self.paper, SMALL * LEADING
        said = paper.made_text
        if said is None:
            said = made_line(paper.made, paper.made_by)
        made = self.line(said, "regular", SMALL, self.inner * 0.52)
        counts = Counter(sheet.part for sheet in self.sheets)
        before: Counter[int] = Counter()
        for sheet in self.sheets:
            with _furniture(sheet):
                y = BOTTOM
                before[sheet.part] += 1
                page = self.line(
                    _("Page {number} of {count}").format(
                        number=before[sheet.part], count=counts[sheet.part]
                    ),
                    "bold",
                    SMALL,
                    self.inner * 0.3,
                )
                sheet.text(SIDE, y, SMALL, made, SOFT)
                sheet.aligned(SIDE, y, self.inner, SMALL, page, "end")
                if paper.anchor:
                    taken = (made.width + page.width) * SMALL / 1000 + 28
                    anchor = self.line(paper.anchor, "regular", SMALL, self.inner - taken)
                    x = SIDE + made.width * SMALL / 1000 + 14
                    sheet.aligned(x, y, self.inner - taken, SMALL, anchor, "center", SOFT)
                for number, part in enumerate(reversed(self._notice), 1):
                    sheet.aligned(SIDE, y + number * step, self.inner, SMALL, part, grey=SOFT)
                sheet.rule(SIDE, y + (len(self._notice) + 1) * step + 1, self.inner, 0.4, RULE)

    def finish(self) -> bytes:
        """Write heads, feet and the file; the book is done afterwards."""
        from app.paper.pdf_file import write

        self._footers()
        return write(self)


@contextmanager
def _tagged(sheet: Sheet, node: Node) -> Iterator[None]:
    sheet.begin(node)
    yield
    sheet.end()


@contextmanager
def _furniture(sheet: Sheet) -> Iterator[None]:
    sheet.begin_furniture()
    yield
    sheet.end()
