"""Names of either direction: they stand where the page begins, in the order of the page."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QImage
from PySide6.QtWidgets import QApplication, QWidget

from ui.kit.direction import in_order
from ui.kit.look import look
from ui.kit.widgets.headings import PageTitle

Show = Callable[..., Any]
NAME = "عمر الحداد"
SIGNS = "\u2066\u2067\u2069"


@given(st.text())
def test_a_name_put_in_order_is_the_same_name(name: str) -> None:
    assert in_order(name).strip(SIGNS) == name.strip(SIGNS)
    assert in_order(in_order(name)) == in_order(name)


@pytest.mark.parametrize("name", ["Ana Núñez", "Ninó ნინო", "山田 智子", "नेहा शर्मा", ""])
def test_a_name_that_cannot_turn_the_line_comes_back_as_it_is(name: str) -> None:
    assert in_order(name) == name


@pytest.mark.parametrize("name", [NAME, "דוד כהן", "Al-Haddad, عمر", "عمر Al-Haddad"])
def test_a_name_that_could_turn_the_line_is_held_apart(app: QApplication, name: str) -> None:
    assert in_order(name) == f"\u2066{name}\u2069"


def ink(widget: QWidget) -> list[int]:
    """Return the columns of `widget` that hold anything but its ground."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    ground = image.pixelColor(widget.width() // 2, 0)
    return [
        x
        for x in range(image.width())
        if any(image.pixelColor(x, y) != ground for y in range(0, image.height(), 2))
    ]


@pytest.mark.parametrize("name", [NAME, "Ana Núñez"])
@pytest.mark.parametrize(
    "way", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft], ids=["ltr", "rtl"]
)
def test_a_title_begins_where_the_page_begins(
    app: QApplication, show: Show, name: str, way: Qt.LayoutDirection
) -> None:
    title = PageTitle(name)
    title.setLayoutDirection(way)
    show(title, 900, 60)
    columns = ink(title)
    assert columns
    if way == Qt.LayoutDirection.LeftToRight:
        assert max(columns) < 450
    else:
        assert min(columns) > 450


def test_the_shipped_scripts_are_at_hand_before_a_page_shows_names(app: QApplication) -> None:
    look().load_scripts()
    look().load_scripts()
    families = set(QFontDatabase.families())
    assert {"Noto Sans Ethiopic", "Noto Sans Devanagari", "Noto Sans Arabic"} <= families
    assert {"Droid Sans Fallback", "NanumGothicCoding"} <= families


def test_names_in_many_scripts_are_drawn_without_a_word_in_the_log(
    app: QApplication, show: Show, every_line_heard: list[str]
) -> None:
    look().load_scripts()
    title = PageTitle("नेहा · ክርስቶስ · สมชาย · 智子 · 김민준 · עמר · ਗੁਰਪ੍ਰੀਤ")
    show(title, 900, 60)
    assert ink(title)
    assert not any("OpenType" in line for line in every_line_heard)
