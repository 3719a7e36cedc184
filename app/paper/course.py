"""Sets progress over time: points, the line to the goal, phases; shapes and dashes, no colour.

A filled dot is a point, an open square the baseline, a triangle above a point says that four in
a row ask for a decision. The goal line is dashed, the trend dotted, phases are upright.
"""

from collections.abc import Callable, Sequence
from math import ceil, cos, floor, log10, pi, sin
from typing import TYPE_CHECKING

from app.paper.page import HAIR, INK, RULE, SMALL, SOFT, Node

if TYPE_CHECKING:
    from app.paper.blocks import Course
    from app.paper.layout import Flow

_PLOT, _LEFT, _FOOT, _HEAD = 190.0, 34.0, 26.0, 30.0
_DOT, _TRIANGLE = 2.6, 3.4
_GOAL_DASH, _TREND_DASH, _PHASE_DASH = "6 3", "1 2.5", "3 2"
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)

HEIGHT = _PLOT + _FOOT + _HEAD
"""Points that the picture takes from top to bottom."""

At = Callable[[float, float], tuple[float, float]]


def lay_course(flow: "Flow", block: "Course") -> None:
    """Set the picture where the flow stands; its numbers follow as a table of their own."""
    flow.need(HEIGHT + 6)
    heights = [y for _x, y in (*block.points, *block.goal, *block.trend)]
    low, high, step = _ticks(min(heights), max(heights))
    days = [x for x, _y in (*block.points, *block.goal)]
    first, last = min(days), max(days)
    left, width = flow.left + _LEFT, flow.width - _LEFT - 6
    top = flow.y - _HEAD
    bottom = top - _PLOT

    def at(x: float, y: float) -> tuple[float, float]:
        return (
            left + width * (x - first) / ((last - first) or 1),
            bottom + _PLOT * (y - low) / (high - low),
        )

    sheet = flow.sheet
    sheet.begin_furniture()
    value = low
    while value <= high + step / 2:
        _x, y = at(first, value)
        ground = value == low
        sheet.rule(left, y, width, 0.8 if ground else 0.35, RULE if ground else HAIR)
        said = flow.book.line(f"{round(value, 3):g}{block.unit}", "regular", SMALL, _LEFT)
        sheet.aligned(flow.left, y - 2.5, _LEFT - 4, SMALL, said, "end", SOFT)
        value += step
    for x, _name in block.phases:
        here, _y = at(x, low)
        sheet.stroke([(here, bottom), (here, top + 4)], 0.8, INK, _PHASE_DASH)
    sheet.stroke([at(*end) for end in block.goal], 1.0, INK, _GOAL_DASH)
    if block.trend:
        sheet.stroke([at(*end) for end in block.trend], 1.2, INK, _TREND_DASH)
    places = [at(*point) for point in block.points]
    sheet.stroke(places, 1.0, INK)
    for place in places:
        sheet.shape(_circle(place), fill=True)
    x, y = at(*block.goal[0])
    sheet.shape([(x - 3, y - 3), (x + 3, y - 3), (x + 3, y + 3), (x - 3, y + 3)], fill=False)
    for point in block.asks:
        x, y = at(*point)
        sheet.shape(_triangle(x, y + 9), fill=True)
    sheet.end()
    _words(flow, block, at, (left, width, top, bottom))
    flow.y = bottom - _FOOT


def _words(flow: "Flow", block: "Course", at: At, room: tuple[float, float, float, float]) -> None:
    left, width, top, bottom = room
    sheet = flow.sheet
    sheet.begin(Node("P", flow.node))
    end = left - 100
    for x, text in block.days:
        said = flow.book.line(text, "regular", SMALL, 80)
        wide = said.width * SMALL / 1000
        here = min(max(left - 12, at(x, 0)[0] - wide / 2), left + width - wide)
        if here > end + 8:
            sheet.text(here, bottom - 11, SMALL, said, SOFT)
            end = here + wide
    sheet.end()
    for place, (x, text) in enumerate(block.phases):
        sheet.begin(Node("P", flow.node))
        here = at(x, 0)[0]
        after = block.phases[place + 1][0] if place + 1 < len(block.phases) else None
        limit = (at(after, 0)[0] if after is not None else left + width) - here - 4
        said = flow.book.line(text, "regular", SMALL, max(limit, 30))
        sheet.text(here + 3, top + 4, SMALL, said)
        sheet.end()
    sheet.begin(Node("P", flow.node))
    said = flow.book.line(block.key, "regular", SMALL, flow.width)
    sheet.text(flow.left, top + 17, SMALL, said, SOFT)
    sheet.end()


def _circle(place: tuple[float, float]) -> list[tuple[float, float]]:
    x, y = place
    return [(x + _DOT * cos(at * pi / 6), y + _DOT * sin(at * pi / 6)) for at in range(12)]


def _triangle(x: float, y: float) -> Sequence[tuple[float, float]]:
    return ((x - _TRIANGLE, y + _TRIANGLE), (x + _TRIANGLE, y + _TRIANGLE), (x, y - _TRIANGLE))


def _ticks(low: float, high: float) -> tuple[float, float, float]:
    if 0 < low < (high - low) * 2:
        low = 0.0
    span = (high - low) or max(1.0, abs(high))
    rough = span / 4
    power = 10.0 ** floor(log10(rough))
    step = next(each * power for each in _STEPS if each * power >= rough - 1e-9)
    bottom = floor(low / step) * step
    return bottom, max(ceil(high / step) * step, bottom + step), step
