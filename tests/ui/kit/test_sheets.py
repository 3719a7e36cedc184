"""Lists and tables stand on a sheet that ends with them; chips stand out on a selected row."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from ui.kit.look import Kind, look
from ui.kit.widgets.headings import KeyHint
from ui.kit.widgets.lists import CardList, Entry
from ui.kit.widgets.tables import Column, PagedModel, PagedTable

Show = Callable[..., Any]
FEW, MANY = 3, 300


def picture(widget: QWidget) -> QImage:
    return widget.window().grab().toImage()


def on_a_page(made: QWidget) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(made)
    return page


def cards(count: int) -> CardList:
    made = CardList("Cards")
    made.set_entries([Entry(str(n), f"Card {n}") for n in range(count)])
    return made


def table(count: int) -> PagedTable:
    model = PagedModel([Column("n", "Number", str, stretch=True)])
    made = PagedTable(model, "Table")
    model.set_rows(list(range(count)))
    return made


@pytest.mark.parametrize("make", [cards, table])
def test_below_the_last_row_is_the_page(
    app: QApplication, show: Show, make: Callable[[int], QWidget]
) -> None:
    few, many = make(FEW), make(MANY)
    ground, sheet = look().color("surface"), look().color("raised")
    show(on_a_page(few), 500, 400)
    assert picture(few).pixelColor(300, 380) == ground
    show(on_a_page(many), 500, 400)
    assert picture(many).pixelColor(300, 396) in [sheet, look().color("line")]


@pytest.mark.parametrize("make", [cards, table])
def test_a_list_with_rows_shows_the_focus_on_its_row_and_an_empty_one_around_itself(
    app: QApplication, show: Show, make: Callable[[int], QWidget]
) -> None:
    focus = look().color("focus")
    for count in (0, FEW):
        made = make(count)
        show(on_a_page(made), 500, 400)
        made.setFocus()
        app.processEvents()
        shown = picture(made)
        column = [shown.pixelColor(250, y) for y in range(shown.height())]
        assert focus in column
        assert (focus in column[300:]) == (count == 0)


def luminance(color: QColor) -> float:
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (color.redF(), color.greenF(), color.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
@pytest.mark.parametrize("kind", list(Kind))
def test_a_chip_stands_out_on_a_selected_row(
    app: QApplication, show: Show, theme: Any, kind: Kind
) -> None:
    try:
        look().apply(app, theme)
        made = CardList("Cards")
        made.set_entries([Entry("a", "Card", chips=(("State", kind),))])
        made.go_to(0)
        show(on_a_page(made), 400, 100)
        shown = picture(made)
        row = [shown.pixelColor(x, 24) for x in range(200, 400)]
        selection = luminance(look().color("selection"))
        best = max(
            (max(luminance(c), selection) + 0.05) / (min(luminance(c), selection) + 0.05)
            for c in row
        )
        assert look().strong(kind) in row, "the outline is missing"
        assert best >= 3.0
    finally:
        look().apply(app, "light")


def test_both_enter_keys_have_one_name(app: QApplication) -> None:
    assert KeyHint("Ctrl+Return").text() == KeyHint("Ctrl+Enter").text()
    assert "Return" not in KeyHint("Return").text()
