"""Sets the grid of a month: groups of rows, narrow columns, shaded days, framed cells.

Nothing in it depends on colour: a day off is shaded, what stands out is framed, what is not to
be filled in has a dash. Text in a cell is made smaller rather than cut.
"""

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from app.paper.fonts import Style
from app.paper.lines import Line
from app.paper.page import BODY, HAIR, INK, RULE, SOFT, TINT, Node

if TYPE_CHECKING:
    from app.paper.blocks import Grid, GridGroup, GridRow
    from app.paper.layout import Flow

TITLE_SHARE, LABEL_SHARE = 0.215, 0.068
"""Of the width, for a group's title and for a row's label; the columns share the rest."""

TITLE, DETAIL, CELL, NOTE = 8.5, 7.0, 7.5, 5.5
"""Sizes of text in a grid, in points."""

_ROW = 23.0
_HEAD = 24.0
_PAD = 3.0
_STEP = 1.25
_SHADE = 0.86


def lay_grid(flow: "Flow", grid: "Grid") -> None:
    """Set a grid where the flow stands."""
    _Setting(flow, grid).lay()


class _Setting:
    """One grid while it is set."""

    def __init__(self, flow: "Flow", grid: "Grid") -> None:
        self.flow, self.grid, self.book = flow, grid, flow.book
        self.title_width = flow.width * TITLE_SHARE
        self.label_x = flow.left + self.title_width
        self.first = self.label_x + flow.width * LABEL_SHARE
        self.right = flow.left + flow.width
        self.step = (self.right - self.first) / max(1, len(grid.columns))
        self.lefts = [self.first + at * self.step for at in range(len(grid.columns))]
        self.shaded = [
            x for x, column in zip(self.lefts, grid.columns, strict=True) if column.shaded
        ]
        self.uprights = [flow.left, self.label_x, self.first, *self.lefts[1:], self.right]
        self.node = Node("Table", flow.node)
        self.line = cache(self._line)

    def _line(self, text: str, style: Style, size: float, width: float) -> Line:
        return self.book.line(text, style, size, width)

    def lay(self) -> None:
        """Set the grid."""
        flow = self.flow
        if not self.grid.groups:
            if self.grid.empty:
                flow.paragraph(self.grid.empty, "italic", BODY, SOFT)
                flow.space(6)
            return
        begun = False
        for group in self.grid.groups:
            titles, details, height = self._measured(group)
            rows = len(group.rows)
            if not begun:
                flow.need(_HEAD + min(rows * height, flow.full - _HEAD))
                self._head(repeated=False)
                begun = True
            elif rows * height > flow.room and rows * height <= flow.full - _HEAD:
                self._turn()
            at = 0
            while at < rows:
                fits = int((flow.room + 0.01) / height)
                if fits < 1 and not flow.at_top:
                    self._turn()
                    continue
                upto = min(rows, at + max(1, fits))
                self._rows(group, at, upto, height, titles, details)
                at = upto
                flow.book.pace.laid(0)
                if at < rows:
                    self._turn()
            flow.book.pace.laid()
        flow.space(8)

    def _measured(self, group: "GridGroup") -> tuple[list[Line], list[Line], float]:
        """Return a group's title and detail as lines, and how high each of its rows is."""
        width = self.title_width - 2 * _PAD
        titles = self.book.lines(group.title, "bold", TITLE, width)
        details = self.book.lines(group.detail, "regular", DETAIL, width) if group.detail else []
        needed = (len(titles) * TITLE + len(details) * DETAIL) * _STEP + 2 * _PAD
        return titles, details, max(_ROW, needed / max(1, len(group.rows)))

    def _turn(self) -> None:
        self.flow.turn()
        self._head(repeated=True)

    def _head(self, *, repeated: bool) -> None:
        flow, sheet = self.flow, self.flow.sheet
        bottom = flow.y - _HEAD
        sheet.begin_furniture()
        sheet.field(flow.left, bottom, flow.width, _HEAD, fill=TINT)
        sheet.boxes([(x, bottom) for x in self.shaded], self.step, _HEAD, fill=_SHADE)
        sheet.uprights(self.uprights, bottom, flow.y, 0.35, RULE)
        sheet.rules(flow.left, (flow.y, bottom), flow.width, 0.8, INK)
        sheet.end()
        row = None if repeated else Node("TR", self.node)
        heads = (
            (self.grid.title, flow.left, self.title_width),
            (self.grid.label, self.label_x, self.first - self.label_x),
        )
        for text, x, width in heads:
            self._begin(row)
            one = self.line(text, "bold", CELL, width - 2 * _PAD)
            sheet.text(x + _PAD, bottom + 5, CELL, one)
            sheet.end()
        for x, column in zip(self.lefts, self.grid.columns, strict=True):
            self._begin(row)
            if column.above:
                over = self.line(f"{column.above} ", "regular", NOTE, self.step)
                sheet.aligned(x, bottom + 15, self.step, NOTE, over, "center")
            number = self.line(column.title, "bold", CELL, self.step)
            sheet.aligned(x, bottom + 5, self.step, CELL, number, "center")
            sheet.end()
        flow.y = bottom

    def _begin(self, row: Node | None) -> None:
        if row is None:
            self.flow.sheet.begin_furniture()
        else:
            self.flow.sheet.begin(Node("TH", row, "/A<</O/Table/Scope/Column>>"))

    def _rows(
        self,
        group: "GridGroup",
        start: int,
        upto: int,
        height: float,
        titles: list[Line],
        details: list[Line],
    ) -> None:
        """Set some rows of a group on this page, its title beside the first of them."""
        flow, sheet = self.flow, self.flow.sheet
        rows, top = group.rows[start:upto], flow.y
        bottom = top - len(rows) * height
        tops = [top - at * height for at in range(len(rows) + 1)]
        sheet.begin_furniture()
        sheet.boxes([(x, bottom) for x in self.shaded], self.step, top - bottom, fill=_SHADE)
        sheet.rules(self.label_x, tops[1:-1], self.right - self.label_x, 0.35, RULE)
        sheet.uprights(self.uprights, bottom, top, 0.35, RULE)
        # The shading of these rows covers half of the rule above them: it is drawn again.
        sheet.rules(flow.left, (top, bottom), flow.width, 0.8, INK)
        self._marks(rows, tops, height)
        sheet.end()
        for number, (row, (high, _low)) in enumerate(zip(rows, pairwise(tops), strict=True)):
            node = Node("TR", self.node)
            if not number:
                self._title(node, titles, details, len(rows), top)
            self._row(node, row, high, height)
        flow.y = bottom

    def _marks(self, rows: "tuple[GridRow, ...]", tops: list[float], height: float) -> None:
        """Draw the dashes of cells that stay empty, and the frames."""
        sheet, middle = self.flow.sheet, height / 2
        dashes: list[str] = []
        frames: list[tuple[float, float]] = []
        for row, top in zip(rows, tops, strict=False):
            for x, column, cell in zip(self.lefts, self.grid.columns, row.cells, strict=True):
                if cell.off and not column.shaded:
                    y = top - middle
                    dashes.append(
                        f"{x + self.step * 0.3:.2f} {y:.2f} m {x + self.step * 0.7:.2f} {y:.2f} l"
                    )
                elif cell.framed:
                    frames.append((x + 1.2, top - (height + _ROW) / 2 + 2.2))
        if dashes:
            sheet.code.append(f"0.5 w {HAIR:g} G {' '.join(dashes)} S")
        sheet.boxes(frames, self.step - 2.4, CELL + 4.6, fill=None, line=0.8)

    def _title(
        self, row: Node, titles: list[Line], details: list[Line], rows: int, top: float
    ) -> None:
        sheet = self.flow.sheet
        sheet.begin(Node("TH", row, f"/A<</O/Table/Scope/Row/RowSpan {rows}>>"))
        y = top - _PAD
        for lines, size, grey in ((titles, TITLE, INK), (details, DETAIL, INK)):
            for one in lines:
                y -= size * _STEP
                sheet.text(self.flow.left + _PAD, y + size * 0.28, size, one, grey)
        sheet.end()

    def _row(self, node: Node, row: "GridRow", top: float, height: float) -> None:
        sheet, bottom = self.flow.sheet, top - height
        base = bottom + (height - _ROW) / 2 + 5.2
        noted = top - (height - _ROW) / 2 - NOTE - 0.2
        width = self.first - self.label_x - 2 * _PAD
        sheet.begin(Node("TH", node, "/A<</O/Table/Scope/Row>>"))
        label = self.line(row.label, "bold", CELL, width)
        sheet.text(self.label_x + _PAD, bottom + height / 2 - CELL * 0.35, CELL, label)
        sheet.end()
        room = self.step - 2.0
        run: Node | None = None
        spanned = 0
        for x, cell in zip(self.lefts, row.cells, strict=True):
            if not cell.text and not cell.note:
                # Empty cells beside each other are one to a screen reader, and said at once.
                run, spanned = run or Node("TD", node), spanned + 1
                if spanned > 1:
                    run.attributes = f"/A<</O/Table/ColSpan {spanned}>>"
                continue
            run, spanned = None, 0
            sheet.begin(Node("TD", node))
            if cell.text:
                style: Style = "bold" if cell.framed else "regular"
                one = self.line(cell.text, style, CELL, 1000.0)
                size = min(CELL, round(CELL * room * 1000 / (one.width * CELL), 1))
                sheet.aligned(x, base, self.step, size, one, "center")
            if cell.note:
                note = self.line(f" {cell.note}", "regular", NOTE, 1000.0)
                size = min(NOTE, round(NOTE * room * 1000 / (note.width * NOTE), 1))
                sheet.aligned(x, noted, self.step - 1.2, size, note, "end")
            sheet.end()
