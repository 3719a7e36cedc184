"""Shares of a whole on screen: every number is spoken, every part has a place of its own."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from ui.kit.share_chart import Column, Line, Part, ShareBar, ShareColumns

PARTS = (Part("Direct", 80, "80 min"), Part("Other", 20, "20 min"))


def picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def test_a_bar_says_each_part_and_its_target(show: Callable[..., Any]) -> None:
    bar = show(ShareBar("Share"), 400, 140)
    bar.set_parts(PARTS, Line(80, "Target 80 %"))
    assert bar.accessibleDescription() == "Direct: 80 min; Other: 20 min; Target 80 %"
    assert bar.sizeHint().height() > 2 * 28


def test_columns_say_each_week_with_its_parts(show: Callable[..., Any]) -> None:
    chart = show(ShareColumns("Weeks"), 400, 220)
    chart.set_columns(
        [Column("2 Nov", "10 h", (480, 120)), Column("9 Nov", "0 h", (0, 0))], ("Direct", "Other")
    )
    assert chart.accessibleDescription() == "2 Nov, 10 h: Direct 80 %, Other 20 %; 9 Nov, 0 h: "


@pytest.mark.parametrize("rtl", [False, True])
def test_the_larger_part_fills_more_of_the_bar_from_where_one_begins_to_read(
    show: Callable[..., Any], rtl: bool
) -> None:
    bar = show(ShareBar("Share"), 400, 140)
    bar.setLayoutDirection(
        Qt.LayoutDirection.RightToLeft if rtl else Qt.LayoutDirection.LeftToRight
    )
    bar.set_parts(PARTS)
    image = picture(bar)
    middle = bar._head() + 12
    first, last = image.pixelColor(390 if rtl else 10, middle), image.pixelColor(200, middle)
    assert first == last
    assert image.pixelColor(10 if rtl else 390, middle) != first
