"""The navigation: its words are whole at any text size, and Lock never scrolls out of sight."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea

from app.kernel.nouns import Role
from ui.kit.look import look
from ui.kit.room import Drawer
from ui.shell import rooms
from ui.shell.navigation import Navigation, NavigationItem

Show = Callable[..., Any]


@pytest.fixture(params=[1.0, 1.35, 2.0])
def scale(request: pytest.FixtureRequest, app: QApplication) -> Iterator[float]:
    look().apply(app, "light", request.param)
    yield request.param
    look().apply(app, "light")


@pytest.fixture
def navigation(show: Show, scale: float) -> Navigation:
    made = Navigation(rooms.in_navigation(Role.COUNSELOR))
    show(made, made.width(), 720)
    return made


def test_every_word_is_whole_in_one_line_or_two(navigation: Navigation, scale: float) -> None:
    line = QFontMetrics(look().font(bold=True)).height()
    for item in navigation.findChildren(NavigationItem):
        assert item.height() >= item.heightForWidth(item.width()) >= line
        assert item.sizeHint().width() <= 2 * item.width() - line


def test_a_word_that_is_longer_than_its_line_is_made_to_fit(app: QApplication) -> None:
    item = NavigationItem("consent", "Consentimientos")
    font = item.whole(look().font(bold=True), 60)
    assert QFontMetrics(font).horizontalAdvance("Consentimientos") <= 62
    assert item.whole(look().font(), 400) == look().font()


def test_find_curtain_and_lock_are_always_in_sight(navigation: Navigation) -> None:
    inside = navigation.rect()
    area = navigation.findChild(QScrollArea)
    fixed = [
        item for item in navigation.findChildren(NavigationItem) if not area.isAncestorOf(item)
    ]
    assert len(fixed) == 3
    for item in fixed:
        assert inside.contains(QRect(item.mapTo(navigation, QPoint(0, 0)), item.size()))


def test_the_page_that_is_shown_is_scrolled_into_sight(navigation: Navigation) -> None:
    area = navigation.findChild(QScrollArea)
    for name, item in navigation.items.items():
        navigation.mark(name)
        place = QRect(item.mapTo(area.viewport(), QPoint(0, 0)), item.size())
        assert area.viewport().rect().contains(place)


def test_a_section_folds_and_the_page_in_it_unfolds_it(navigation: Navigation) -> None:
    heading = navigation.drawers[Drawer.DESK]
    assert [each.text() for each in navigation.drawers.values()][-1] == "This desk"
    heading.setFocus()
    QTest.keyClick(heading, Qt.Key.Key_Left)
    assert navigation.folded() == ["desk"]
    assert navigation.items["settings"].isHidden()
    assert not navigation.items["caseload"].isHidden()
    assert "folded" in heading.accessibleDescription()
    QTest.keyClick(heading, Qt.Key.Key_Right)
    QTest.keyClick(heading, Qt.Key.Key_Return)
    assert navigation.items["settings"].isHidden()
    navigation.mark("settings")
    assert not navigation.items["settings"].isHidden()
    assert navigation.folded() == []
    navigation.fold(["papers", "unknown"])
    assert navigation.folded() == ["papers"]
