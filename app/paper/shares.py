"""Sets shares of a whole: a bar in parts, and columns of parts, told apart without any colour.

Each part has its grey, its hatching and its letter; the letter stands before its name in the
list beneath, with its number, so that the picture can be read aloud.
"""

from typing import TYPE_CHECKING

from app.paper.page import BODY, HAIR, INK, RULE, SMALL, SOFT, Node, Sheet

if TYPE_CHECKING:
    from app.paper.blocks import ShareColumn, Shares
    from app.paper.layout import Flow

_FILLS = (0.35, 0.80, 1.0, 0.62, 0.92, 1.0)
_HATCHES = (0.0, 0.0, 5.0, 3.0, 8.0, 2.5)
_BAR, _ROW, _PLOT, _LETTER = 26.0, 14.0, 120.0, 8.0
_WIDEST = 36.0
_LETTERS = "ABCDEFGHIJKL"


def lay_shares(flow: "Flow", block: "Shares") -> None:
    """Set the bar, the list of its parts, and the columns where the flow stands."""
    total = sum(amount for _name, amount, _said in block.parts)
    if not total:
        return
    flow.need(_BAR + 26 + len(block.parts) * _ROW)
    _bar(flow, block, total)
    _list(flow, block)
    if block.columns:
        flow.need(_PLOT + 40)
        _columns(flow, block)
    flow.space(8)


def _part(sheet: Sheet, box: tuple[float, float, float, float], place: int) -> None:
    x, y, width, height = box
    sheet.field(x, y, width, height, fill=_FILLS[place % len(_FILLS)])
    step = _HATCHES[place % len(_HATCHES)]
    if step:
        sheet.hatched(x, y, width, height, step=step)
    sheet.field(x, y, width, height, fill=None, line=0.6)


def _bar(flow: "Flow", block: "Shares", total: int) -> None:
    flow.space(14)
    sheet, bottom = flow.sheet, flow.y - _BAR
    sheet.begin_furniture()
    x = flow.left
    for place, (_name, amount, _said) in enumerate(block.parts):
        width = flow.width * amount / total
        if width:
            _part(sheet, (x, bottom, width, _BAR), place)
            _letter(flow, (x, bottom, width, _BAR), place)
        x += width
    if block.line:
        at = flow.left + flow.width * block.line / 100
        sheet.uprights([at], bottom - 3, flow.y + 3, 1.4, INK)
        said = flow.book.line(block.line_said, "regular", SMALL, flow.width)
        width = said.width * SMALL / 1000
        left = min(max(flow.left, at - width / 2), flow.left + flow.width - width)
        sheet.text(left, flow.y + 5, SMALL, said, SOFT)
    sheet.end()
    flow.y = bottom
    flow.space(10)


def _letter(flow: "Flow", box: tuple[float, float, float, float], place: int) -> None:
    x, y, width, height = box
    if width < 11 or height < 10:
        return
    flow.sheet.field(x + width / 2 - 5, y + height / 2 - 5, 10, 10, fill=1.0)
    one = flow.book.line(_LETTERS[place % len(_LETTERS)], "bold", _LETTER, 12)
    flow.sheet.aligned(x, y + height / 2 - 2.8, width, _LETTER, one, "center")


def _list(flow: "Flow", block: "Shares") -> None:
    node = Node("L", flow.node)
    for place, (name, _amount, said) in enumerate(block.parts):
        sheet, base = flow.sheet, flow.y - _ROW
        sheet.begin_furniture()
        _part(sheet, (flow.left, base + 1.5, 10, 10), place)
        sheet.end()
        sheet.begin(Node("LI", node))
        words = flow.book.line(
            f"{_LETTERS[place % len(_LETTERS)]}  {name}", "regular", BODY, flow.width * 0.7
        )
        sheet.text(flow.left + 16, base + 3, BODY, words)
        number = flow.book.line(said, "regular", BODY, flow.width * 0.3)
        sheet.aligned(flow.left, base + 3, flow.width, BODY, number, "end")
        sheet.end()
        flow.y = base
    flow.space(8)


def _columns(flow: "Flow", block: "Shares") -> None:
    flow.space(12)
    sheet, top = flow.sheet, flow.y
    bottom = top - _PLOT
    left, width = flow.left + 28, flow.width - 28
    sheet.begin_furniture()
    for percent in (0, 20, 40, 60, 80, 100):
        y = bottom + _PLOT * percent / 100
        sheet.rule(left, y, width, 0.8 if not percent else 0.35, RULE if not percent else HAIR)
        said = flow.book.line(f"{percent} %", "regular", SMALL, 28)
        sheet.aligned(flow.left, y - 2.5, 24, SMALL, said, "end", SOFT)
    slot = width / len(block.columns)
    for place, column in enumerate(block.columns):
        _column(flow, column, (left + place * slot, bottom, slot))
    if block.line:
        sheet.rule(left, bottom + _PLOT * block.line / 100, width, 1.4, INK)
    sheet.end()
    for place, column in enumerate(block.columns):
        sheet.begin(Node("P", flow.node))
        for text, y in ((column.label, bottom - 10), (column.said, top + 3)):
            one = flow.book.line(text, "regular", SMALL, slot)
            sheet.aligned(left + place * slot, y, slot, SMALL, one, "center", SOFT)
        sheet.end()
    flow.y = bottom
    flow.space(18)


def _column(flow: "Flow", column: "ShareColumn", place: tuple[float, float, float]) -> None:
    x, bottom, slot = place
    total = sum(column.amounts)
    width = min(_WIDEST, slot * 0.7)
    y = bottom
    for number, amount in enumerate(column.amounts):
        height = _PLOT * amount / total if total else 0.0
        if height:
            _part(flow.sheet, (x + (slot - width) / 2, y, width, height), number)
        y += height
