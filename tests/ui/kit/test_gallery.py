"""The whole kit at once: named, large enough, unclipped; in every theme, size and direction."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kit import gallery
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from walk import clipped, nameless, small_targets, walk

PAGES: dict[str, Callable[[], QWidget]] = {
    "buttons": gallery.buttons_page,
    "form": gallery.form_page,
    "table": gallery.table_page,
    "timeline": gallery.timeline_page,
    "empty": gallery.empty_page,
}


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest) -> Callable[[], QWidget]:
    return PAGES[request.param]


@pytest.fixture
def right_to_left(app: QApplication) -> Iterator[None]:
    app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield
    app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_every_control_has_a_name_and_a_target_of_24_pixels(
    page: Callable[[], QWidget], show: Callable[..., Any]
) -> None:
    shown = show(page(), 1280, 720)
    assert walk(shown) > 0
    assert not small_targets(shown)


def test_nothing_is_cut_off_at_1280_by_720_nor_at_twice_the_text_and_longer_words(
    page: Callable[[], QWidget], show: Callable[..., Any], scale: float, pseudo: None
) -> None:
    shown = show(page(), 1280, 720)
    assert not clipped(shown)
    assert not nameless(shown)


def test_everything_paints_in_every_theme(
    page: Callable[[], QWidget], show: Callable[..., Any], theme: str
) -> None:
    image = show(page(), 1280, 720).grab().toImage()
    colors = {
        image.pixelColor(x, y).name()
        for x in range(0, image.width(), 3)
        for y in range(0, image.height(), 3)
    }
    assert len(colors) > 8


def test_a_page_mirrors_from_right_to_left(
    page: Callable[[], QWidget], show: Callable[..., Any], right_to_left: None
) -> None:
    shown = show(page(), 1280, 720)
    assert not clipped(shown)
    assert shown.grab().width() == 1280


def test_every_control_is_reached_with_tab(show: Callable[..., Any]) -> None:
    shown = show(gallery.form_page(), 1280, 720)
    start = shown.focusWidget()
    seen = {start}
    for _step in range(60):
        shown.focusNextPrevChild(True)
        focus = shown.focusWidget()
        if focus is start:
            break
        seen.add(focus)
    names = {each.accessibleName() or each.toolTip() for each in seen if each is not None}
    for name in ("Student (required)", "Day", "Time", "Minutes", "Kind of service", "Office",
                 "Note", "Passphrase", "Length", "Breathing", "Show the passphrase"):  # fmt: skip
        assert name in names, name
