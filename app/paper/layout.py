"""Lays blocks on pages: what breaks where, what stays together, what comes again.

Rules of setting: a heading stays with what follows; two lines of a paragraph at least stand at
the foot and at the head of a page; rows of a table stay whole, and neither its first nor its
last row stands alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from app.kernel.ports import Progress
from app.paper.blocks import (
    Block,
    Course,
    Grid,
    Heading,
    KeyValues,
    Note,
    Notice,
    Part,
    Picture,
    Shares,
    Signatures,
    Spacer,
    TableBlock,
    Text,
)
from app.paper.fonts import Style
from app.paper.lines import Line
from app.paper.page import (
    BODY,
    HAIR,
    HEADING,
    INK,
    LEADING,
    RULE,
    SIDE,
    SMALL,
    SOFT,
    SUBHEADING,
    TINT,
    Align,
    Book,
    Node,
    Pace,
    Paper,
    Sheet,
    Size,
)

CELL = 8.5
"""Size of text in tables, in points: between the small and the body size, as rows are scanned."""

FINE_ROWS = 1000
"""Rows up to which a table is tagged cell by cell; in a longer one each row is one cell.

Tags of 50,000 cells would take longer to write than the pages themselves.
"""

_PICTURE = (96.0, 120.0)
"""The most a picture beside facts takes, in points."""
_BOXED_ROW = 27.0
"""The least height of a row that is filled in by hand, in points."""
_PAD = 4.0
_STEP = CELL * 1.3
_ROW_PAD = 2.6


def lay(paper: Paper, size: Size, progress: Progress) -> Book:
    """Return the pages of `paper`, complete but for their feet."""
    pace = Pace(progress, sum(_work(block) for block in paper.blocks))
    book = Book(paper, size, pace)
    if paper.blocks and isinstance(paper.blocks[0], Part):
        book.name_part(paper.blocks[0].names, paper.blocks[0].scope)
    flow = Flow(book)
    for at, block in enumerate(paper.blocks):
        if not at and isinstance(block, Part):
            continue
        following = paper.blocks[at + 1] if at + 1 < len(paper.blocks) else None
        flow.block(block, following)
    return flow.book


def _work(block: Block) -> int:
    if isinstance(block, Grid):
        return len(block.groups) + 1
    return len(block.rows) + 1 if isinstance(block, TableBlock) else 1


@dataclass(slots=True)
class _Cell:
    """Lines of one cell: where they stand and how."""

    x: float
    width: float
    lines: list[Line]
    size: float
    align: Align
    grey: float
    tag: str


class Flow:
    """Where the next thing goes."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.left = SIDE
        self.width = book.inner
        self.node = book.root
        self.y = self._top = book.open_sheet()
        self.ruled = True

    @property
    def sheet(self) -> Sheet:
        """The page that is being set."""
        return self.book.sheets[-1]

    @property
    def room(self) -> float:
        """The height that is left on it."""
        return self.y - self.book.foot

    @property
    def at_top(self) -> bool:
        """Whether nothing stands on it yet."""
        return self.y >= self._top - 0.01

    @property
    def full(self) -> float:
        """What a page can hold, less a little for the taller first head."""
        return self.book.height - self.book.foot - 110

    def turn(self) -> None:
        """Go on to a new page."""
        self.y = self._top = self.book.open_sheet()

    def need(self, height: float) -> None:
        """Go on to a new page unless `height` fits on this one."""
        if height > self.room and not self.at_top:
            self.turn()

    def space(self, height: float) -> None:
        """Leave space, but none at the top of a page."""
        if not self.at_top:
            self.y -= height

    def block(self, block: Block, following: Block | None) -> None:
        """Set one block; a heading looks at what is `following` it."""
        self._place(block, following)
        self.ruled = isinstance(block, Heading) and block.level == 1
        self.book.pace.laid()

    def _place(self, block: Block, following: Block | None) -> None:
        match block:
            case Heading():
                self._heading(block, following)
            case Text():
                style: Style = "bold" if block.bold else "italic" if block.italic else "regular"
                size = SMALL if block.small else BODY
                for paragraph in block.text.split("\n"):
                    self.paragraph(paragraph, style, size, SOFT if block.soft else INK)
                    self.space(0.5 if block.small else 3)
                self.space(4)
            case KeyValues():
                self._key_values(block)
            case TableBlock():
                _Table(self, block).lay()
            case Grid():
                from app.paper.grid import lay_grid

                lay_grid(self, block)
            case Shares():
                from app.paper.shares import lay_shares

                lay_shares(self, block)
            case Course():
                from app.paper.course import lay_course

                lay_course(self, block)
            case Part():
                self.book.name_part(block.names, block.scope)
                self.turn()
            case Note():
                self._note(block)
            case Signatures():
                self._signatures(block)
            case Notice():
                self._notice(block)
            case Spacer():
                self.space(block.height)

    # -- text

    def paragraph(
        self,
        text: str,
        style: Style = "regular",
        size: float = BODY,
        grey: float = INK,
        tag: str = "P",
    ) -> None:
        """Set one paragraph; two lines of it at least stand on either side of a page's end."""
        lines = self.book.lines(text, style, size, self.width)
        self.set_lines(lines, size, grey, Node(tag, self.node))

    def set_lines(self, lines: Sequence[Line], size: float, grey: float, node: Node) -> None:
        """Set lines of one paragraph under `node`."""
        step = size * LEADING
        at = 0
        while at < len(lines):
            left = len(lines) - at
            fits = int((self.room + 0.01) / step)
            if fits < left:
                if left <= 3 or fits < 2:
                    fits = 0 if not self.at_top else max(1, fits)
                else:
                    fits = min(fits, left - 2)
            part = lines[at : at + min(left, fits)]
            if part:
                self.sheet.begin(node)
                for one in part:
                    self.y -= step
                    base = self.y + step * 0.27
                    align: Align = "end" if one.rtl else "start"
                    self.sheet.aligned(self.left, base, self.width, size, one, align, grey)
                self.sheet.end()
                self.book.pace.laid(0)
                at += len(part)
            if at < len(lines):
                self.turn()

    def _heading(self, block: Heading, following: Block | None) -> None:
        size = HEADING if block.level == 1 else SUBHEADING
        above = 12.0 if block.level == 1 else 8.0
        lines = self.book.lines(block.text, "bold", size, self.width)
        height = len(lines) * size * LEADING
        self.need(above + height + 5 + (_least(following) if following else 0))
        self.space(above)
        node = Node("H2" if block.level == 1 else "H3", self.node)
        self.set_lines(lines, size, INK, node)
        if block.level == 1:
            self.sheet.begin_furniture()
            self.sheet.rule(self.left, self.y - 1.5, self.width, 0.5, RULE)
            self.sheet.end()
            self.y -= 6
        else:
            self.y -= 2

    # -- facts

    def _key_values(self, block: KeyValues) -> None:
        if not block.pairs:
            return
        columns = max(1, block.columns)
        gap = 18.0
        under, whole = self.y, self.width
        if block.picture is not None:
            under = self._picture(block.picture)
        outer = (self.width - gap * (columns - 1)) / columns
        widest = max(
            (self.book.setter.run(self.book.setter.clean(label).replace("\n", " ")).width * BODY)
            for label, _value in block.pairs
        )
        label_width = min(widest / 1000 + 10, outer * 0.42)
        table = Node("Table", self.node)
        for start in range(0, len(block.pairs), columns):
            cells = []
            for at, (label, value) in enumerate(block.pairs[start : start + columns]):
                x = self.left + at * (outer + gap)
                cells += [
                    self._cell(x, label_width - 8, label, "regular", BODY, SOFT, tag="TH"),
                    self._cell(x + label_width, outer - label_width, value, "regular", BODY),
                ]
            self.row(cells, BODY * LEADING, 1.0, Node("TR", table))
        self.width = whole
        self.y = min(self.y, under)
        self.space(6)

    def _picture(self, picture: Picture) -> float:
        """Set a picture at the end of the line; leave the rest of it, return where it ends."""
        drawing = self.book.draw(picture.data)
        if drawing is None:
            return self.y
        scale = min(_PICTURE[0] / drawing.width, _PICTURE[1] / drawing.height)
        width, height = drawing.width * scale, drawing.height * scale
        self.need(height + 6)
        x = self.left + self.width - width
        said = picture.alt.encode("utf-16-be").hex().upper()
        self.sheet.begin(Node("Figure", self.node, f"/Alt<FEFF{said}>"))
        self.sheet.picture(drawing.name, x, self.y - height, width, height)
        self.sheet.end()
        self.sheet.begin_furniture()
        self.sheet.boxes([(x, self.y - height)], width, height, fill=None)
        self.sheet.end()
        self.width -= width + 14
        return self.y - height - 4

    def _cell(
        self,
        x: float,
        width: float,
        text: str,
        style: Style,
        size: float,
        grey: float = INK,
        align: Align = "start",
        tag: str = "TD",
    ) -> _Cell:
        lines = self.book.lines(text, style, size, width)
        return _Cell(x, width, lines, size, align, grey, tag)

    def row(self, cells: list[_Cell], step: float, pad: float, node: Node) -> None:
        """Set cells beside each other; a row that no page can hold goes on over pages."""
        count = max((len(cell.lines) for cell in cells), default=0)
        if count * step + 2 * pad <= self.full:
            self.need(count * step + 2 * pad)
        nodes = [
            Node(cell.tag, node, "/A<</O/Table/Scope/Row>>" if cell.tag == "TH" else "")
            for cell in cells
        ]
        at = 0
        while at < count:
            fits = max(1, int((self.room - 2 * pad + 0.01) / step))
            upto = min(count, at + fits)
            for cell, inner in zip(cells, nodes, strict=True):
                part = cell.lines[at:upto]
                if not part:
                    continue
                self.sheet.begin(inner)
                for number, one in enumerate(part, 1):
                    base = self.y - pad - number * step + step * 0.26
                    self.sheet.aligned(
                        cell.x, base, cell.width, cell.size, one, cell.align, cell.grey
                    )
                self.sheet.end()
            self.y -= (upto - at) * step + 2 * pad
            at = upto
            if at < count:
                self.turn()

    # -- notes

    def _note(self, block: Note) -> None:
        outer = self.node
        self.node = Node("Sect", outer)
        title = self.book.lines(block.title, "bold", SUBHEADING, self.width)
        meta = self.book.lines(block.meta, "regular", SMALL, self.width) if block.meta else []
        first = 2.4 * BODY * LEADING + 12 if block.sections else 0
        self.need(8 + len(title) * SUBHEADING * LEADING + len(meta) * SMALL * LEADING + first)
        if not (self.ruled or self.at_top):
            self.y -= 3
            self.sheet.begin_furniture()
            self.sheet.rule(self.left, self.y, self.width, 0.4, HAIR)
            self.sheet.end()
            self.y -= 4
        self.ruled = False
        self.set_lines(title, SUBHEADING, INK, Node("H3", self.node))
        if meta:
            self.set_lines(meta, SMALL, SOFT, Node("P", self.node))
        self.y -= 3
        for section in block.sections:
            if section.label:
                self.need(SMALL * LEADING + 2 * BODY * LEADING)
                self.paragraph(section.label, "bold", SMALL, SOFT, "H4")
                self.y -= 0.5
            for paragraph in section.text.split("\n"):
                self.paragraph(paragraph)
                self.space(2)
            self.space(3)
        if block.closing:
            self.paragraph(block.closing, "italic", SMALL, SOFT)
            self.space(2)
        self.left, self.width = self.left + 18, self.width - 18
        for inner in block.inner:
            self._note(inner)
        self.left, self.width = self.left - 18, self.width + 18
        self.space(5)
        self.node = outer

    # -- to sign, to notice

    def _signatures(self, block: Signatures) -> None:
        from app.kernel.words import _

        columns, gap = max(1, block.columns), 18.0
        height = 46.0 if columns == 1 else 38.0
        rows = -(-len(block.labels) // columns)
        self.need(min(height * rows + 8, self.full))
        self.space(8)
        outer = (self.width - gap * (columns - 1)) / columns
        date_width = min(110.0, outer * 0.3) if block.dated else 0.0
        sign_width = min(outer - date_width - gap, 330.0)
        for at, label in enumerate(block.labels):
            if not at % columns:
                self.need(height)
                self.y -= height
            sheet = self.sheet
            left = self.left + at % columns * (outer + gap)
            date_x = left + sign_width + gap
            sheet.begin_furniture()
            sheet.rule(left, self.y + 16, sign_width, 0.7, INK)
            if block.dated:
                sheet.rule(date_x, self.y + 16, date_width, 0.7, INK)
            sheet.end()
            texts = [(label, left, sign_width)]
            if block.dated:
                texts.append((_("Date"), date_x, date_width))
            for text, x, width in texts:
                sheet.begin(Node("P", self.node))
                one = self.book.line(text, "regular", SMALL, width)
                sheet.aligned(x, self.y + 6, width, SMALL, one, grey=SOFT)
                sheet.end()
        self.space(6)

    def _notice(self, block: Notice) -> None:
        pad, step = 8.0, BODY * LEADING
        width = self.width - 2 * pad - 4
        title = self.book.lines(block.title, "bold", BODY, width) if block.title else []
        lines = title + self.book.lines(block.text, "regular", BODY, width)
        node = Node("Note", self.node)
        if len(lines) * step + 2 * pad + 10 <= self.full:
            self.need(len(lines) * step + 2 * pad + 10)
        elif self.room < 4 * step + 2 * pad:
            self.turn()
        self.space(5)
        at = 0
        while at < len(lines):
            part = lines[at : at + max(1, int((self.room - 2 * pad) / step))]
            height = len(part) * step + 2 * pad
            sheet = self.sheet
            sheet.begin_furniture()
            sheet.field(self.left, self.y - height, self.width, height, fill=None, line=0.7)
            sheet.field(self.left, self.y - height, 3, height, fill=INK)
            sheet.end()
            sheet.begin(node)
            for number, one in enumerate(part, 1):
                base = self.y - pad - number * step + step * 0.27
                sheet.aligned(self.left + pad + 4, base, width, BODY, one)
            sheet.end()
            self.y -= height
            at += len(part)
            if at < len(lines):
                self.turn()
        self.space(9)


def _least(block: Block) -> float:
    """Return the height of which a heading may not be parted: the beginning of what follows."""
    match block:
        case TableBlock() | Grid():
            return 3 * (_STEP + 2 * _ROW_PAD) + 4
        case Note() | Shares():
            return 80.0
        case Course():
            return 260.0
        case Signatures():
            return 60.0
        case Heading():
            return 55.0
        case Notice():
            return 45.0
        case _:
            return 2 * BODY * LEADING


_SLACK = 0.5
"""Points by which a column is wider than the longest word of its head, against rounding."""


def _widths(shares: Sequence[float], least: Sequence[float], width: float) -> list[float]:
    """Return the columns' widths: by their shares, none too narrow for a word of its head.

    Where even the heads' words are wider than the table, the shares alone decide.
    """
    narrow: set[int] = set()
    while True:
        left = width - sum(least[at] for at in narrow)
        open_shares = sum(share for at, share in enumerate(shares) if at not in narrow) or 1.0
        widths = [
            least[at] if at in narrow else left * share / open_shares
            for at, share in enumerate(shares)
        ]
        more = {at for at, had in enumerate(widths) if had < least[at]} - narrow
        if not more:
            return widths
        narrow |= more
        if sum(least) > width:
            return [width * share / (sum(shares) or 1.0) for share in shares]


class _Table:
    """Sets one table row by row; rows of one line, the common case, take the short way."""

    def __init__(self, flow: Flow, block: TableBlock) -> None:
        self.flow, self.block = flow, block
        self.widths = _widths(
            [column.share for column in block.columns],
            [
                max(
                    (flow.book.wide(word, "bold", CELL) for word in column.title.split()), default=0
                )
                + 2 * _PAD
                + _SLACK
                for column in block.columns
            ],
            flow.width,
        )
        self.lefts: list[float] = []
        x = flow.left
        for width in self.widths:
            self.lefts.append(x + _PAD)
            x += width
        self.inner = [max(width - 2 * _PAD, CELL) for width in self.widths]
        self.node = Node("Table", flow.node)
        self.rules: list[float] = []
        self.top = flow.y
        self.least = _BOXED_ROW if block.boxed else 0.0
        self.coarse = len(block.rows) > FINE_ROWS
        self.head = [
            flow.book.lines(column.title, "bold", CELL, width)
            for column, width in zip(block.columns, self.inner, strict=True)
        ]
        self.head_height = max((len(part) for part in self.head), default=1) * _STEP + 2 * 3.2

    def lay(self) -> None:
        """Set the table."""
        flow, block = self.flow, self.block
        if not block.rows and block.empty:
            flow.paragraph(block.empty, "italic", BODY, SOFT)
            flow.space(6)
            return
        rows = self._rows(block.rows, "regular")
        count = len(block.rows)
        if block.total:
            rows = chain(rows, self._rows([block.total], "bold"))
            count += 1
        ahead: list[tuple[list[list[Line]], float]] = []
        begun = False
        for at in range(count):
            if not ahead:
                ahead.append(next(rows))
            cells, height = ahead.pop(0)
            together = height
            if at + 1 < count and (at == 0 or at == count - 2):
                ahead.append(next(rows))
                together += ahead[0][1]
            if not begun:
                self._begin(together)
                begun = True
            elif together > flow.room and together <= flow.full - self.head_height:
                self._turn()
            if block.total and at == count - 1:
                self._flush()
                flow.sheet.begin_furniture()
                flow.sheet.rule(flow.left, flow.y, flow.width, 0.9, INK)
                flow.sheet.end()
            self._row(cells, height)
            flow.book.pace.laid()
        if not begun:
            self._begin(0)
        self._flush()
        flow.space(10)

    def _begin(self, together: float) -> None:
        height = self.head_height + min(together, self.flow.full - self.head_height)
        self.flow.need(height)
        row = Node("TR", self.node)
        self._header(
            [Node("TH", row, "/A<</O/Table/Scope/Column>>") for _column in self.block.columns]
        )

    def _turn(self) -> None:
        self._flush()
        self.flow.turn()
        self._header(None)

    def _header(self, nodes: list[Node] | None) -> None:
        """Draw the head; without nodes it is a repetition, which is no part of the record."""
        flow, sheet = self.flow, self.flow.sheet
        sheet.begin_furniture()
        bottom = flow.y - self.head_height
        sheet.field(flow.left, bottom, flow.width, self.head_height, fill=TINT)
        sheet.rule(flow.left, bottom, flow.width, 0.8, INK)
        sheet.end()
        for at, (column, lines) in enumerate(zip(self.block.columns, self.head, strict=True)):
            if nodes:
                sheet.begin(nodes[at])
            else:
                sheet.begin_furniture()
            for number, one in enumerate(lines, 1):
                base = flow.y - 3.2 - number * _STEP + _STEP * 0.26
                sheet.aligned(self.lefts[at], base, self.inner[at], CELL, one, column.align)
            sheet.end()
        flow.y = self.top = bottom

    def _rows(
        self, rows: Sequence[Sequence[str]], style: Style
    ) -> Iterator[tuple[list[list[Line]], float]]:
        """Break the cells of each row; equal texts in one column are broken once."""
        book = self.flow.book
        known: list[dict[str, list[Line]]] = [{} for _column in self.block.columns]
        for row in rows:
            most = 1
            cells = []
            for at, text in enumerate(row):
                found = known[at].get(text)
                if found is None:
                    if len(known[at]) > 4000:
                        known[at].clear()
                    found = known[at][text] = book.lines(text, style, CELL, self.inner[at])
                most = max(most, len(found))
                cells.append(found)
            yield cells, max(most * _STEP + 2 * _ROW_PAD, self.least)

    def _row(self, cells: list[list[Line]], height: float) -> None:
        flow = self.flow
        row = Node("TR", self.node)
        if height > flow.room:
            self._long_row(cells, row)
            return
        sheet = flow.sheet
        first = flow.y - _ROW_PAD - _STEP * 0.74
        if self.coarse:
            sheet.begin(Node("TD", row, f"/A<</O/Table/ColSpan {len(cells)}>>"))
        for at, lines in enumerate(cells):
            align = self.block.columns[at].align
            if not self.coarse:
                sheet.begin(Node("TD", row))
            base = first
            for one in lines:
                if align == "start":
                    sheet.text(self.lefts[at], base, CELL, one)
                else:
                    sheet.aligned(self.lefts[at], base, self.inner[at], CELL, one, align)
                base -= _STEP
            if not self.coarse:
                sheet.end()
        if self.coarse:
            sheet.end()
        flow.y -= height
        self.rules.append(flow.y)

    def _long_row(self, cells: list[list[Line]], row: Node) -> None:
        """Set a row that no page can hold: it goes on under the head of the next."""
        flow = self.flow
        nodes = [Node("TD", row) for _cell in cells]
        count = max(len(lines) for lines in cells)
        at = 0
        while at < count:
            if flow.room < 2 * _STEP + 2 * _ROW_PAD:
                self._turn()
            upto = min(count, at + max(1, int((flow.room - 2 * _ROW_PAD + 0.01) / _STEP)))
            for number, lines in enumerate(cells):
                part = lines[at:upto]
                if not part:
                    continue
                flow.sheet.begin(nodes[number])
                for down, one in enumerate(part):
                    base = flow.y - _ROW_PAD - _STEP * (0.74 + down)
                    flow.sheet.aligned(
                        self.lefts[number],
                        base,
                        self.inner[number],
                        CELL,
                        one,
                        self.block.columns[number].align,
                    )
                flow.sheet.end()
            flow.y -= (upto - at) * _STEP + 2 * _ROW_PAD
            flow.book.pace.laid(0)
            at = upto
        self.rules.append(flow.y)

    def _flush(self) -> None:
        """Draw the hairlines under the rows of this page."""
        if self.rules:
            self.flow.sheet.begin_furniture()
            grey = RULE if self.block.boxed else HAIR
            self.flow.sheet.rules(self.flow.left, self.rules, self.flow.width, 0.35, grey)
            if self.block.boxed:
                lefts = [x - _PAD for x in self.lefts]
                sides = [*lefts, self.flow.left + self.flow.width]
                self.flow.sheet.uprights(sides, self.rules[-1], self.top, 0.35, RULE)
            self.flow.sheet.end()
            self.rules = []
