"""Icons: each is in the font, and takes the colour of the theme when it is painted."""

import pytest
from PySide6.QtCore import QRectF, QSize
from PySide6.QtWidgets import QApplication

from ui.kit.icons import ICONS, icon, outline, pixmap
from ui.kit.look import look


def test_every_icon_the_desk_names_has_an_outline(app: QApplication) -> None:
    for name in ICONS:
        box = outline(name).boundingRect()
        assert not box.isEmpty(), name
        assert QRectF(-1, -1, 258, 258).contains(box), name


def test_an_icon_nobody_named_is_a_bug(app: QApplication) -> None:
    with pytest.raises(KeyError):
        icon("unicorn")


def test_an_icon_made_before_a_change_of_theme_has_its_colour_after_it(app: QApplication) -> None:
    made = icon("add")

    def ink() -> str:
        image = made.pixmap(QSize(32, 32)).toImage()
        solid = [
            image.pixelColor(x, y)
            for x in range(image.width())
            for y in range(image.height())
            if image.pixelColor(x, y).alpha() == 255
        ]
        assert solid
        return solid[0].name()

    assert ink() == look().color("text").name()
    look().apply(app, "dark")
    try:
        assert ink() == look().color("text").name()
    finally:
        look().apply(app, "light")


def test_a_picture_of_an_icon_is_not_empty(app: QApplication) -> None:
    image = pixmap("student", 24, "accent").toImage()
    assert any(
        image.pixelColor(x, y).alpha() for x in range(image.width()) for y in range(image.height())
    )
