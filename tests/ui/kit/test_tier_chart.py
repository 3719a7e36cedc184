from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from ui.kit.tier_chart import FlowPicture, Layer, Pyramid

pytestmark = pytest.mark.gui
WIDE, HIGH = 600, 240
LEFT, RIGHT = Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft


def inked(picture: QImage, y: int, last: int) -> int:
    """Return over how many pixels a row differs from its ground, before `last`."""
    ground = picture.pixel(0, 0)
    places = [x for x in range(last) if picture.pixel(x, y) != ground]
    return max(places) - min(places) + 1 if places else 0


def picture_of(chart: QWidget, show: Callable[..., Any]) -> QImage:
    show(chart, WIDE, HIGH)
    return chart.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)


def test_a_layer_is_as_wide_as_its_count(show: Callable[..., Any]) -> None:
    chart = Pyramid("Tiers")
    chart.set_layers([Layer("One", 40, "40"), Layer("Two", 20, "20"), Layer("Three", 10, "10")])
    picture = picture_of(chart, show)
    height = chart.sizeHint().height() // 3
    widths = [inked(picture, place * height + 8, WIDE // 2) for place in range(3)]
    # In black and white: what is seen of the two upper layers is their edge and pattern.
    assert widths[0] < widths[1] < widths[2]
    assert chart.accessibleDescription() == "Three: 10; Two: 20; One: 40"


@pytest.mark.parametrize("way", [LEFT, RIGHT])
def test_the_flow_says_and_shows_who_went_where(
    show: Callable[..., Any], way: Qt.LayoutDirection
) -> None:
    chart = FlowPicture("Flow")
    chart.setLayoutDirection(way)
    chart.set_flow(["One", "Two", "Three"], ("then", "now"), {(0, 0): 20, (0, 1): 10, (2, 1): 0})
    assert chart.accessibleDescription() == (
        "then to now; from One to One: 20; from One to Two: 10"
    )
    with_moves = picture_of(chart, show)
    chart.set_flow(["One", "Two", "Three"], ("then", "now"), {(0, 0): 30})
    assert chart.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8) != with_moves


def test_nobody_is_a_picture_too(show: Callable[..., Any]) -> None:
    empty = Pyramid("Tiers")
    empty.set_layers([Layer("One", 0, "0")])
    picture_of(empty, show)
    assert empty.accessibleDescription() == "One: 0"
    flow = FlowPicture("Flow")
    flow.set_flow(["One", "Two", "Three"], ("then", "now"), {})
    picture_of(flow, show)
    assert flow.accessibleDescription() == "then to now"
