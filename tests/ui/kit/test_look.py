"""The look: every pair of colours that meet can be told apart, in every theme."""

import tomllib

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from app.kernel.shipped import shipped
from ui.kit.look import Kind, TextSize, Theme, look

THEMES = ("light", "dark", "contrast")
GROUNDS = ("surface", "raised", "sunken", "hover")
KINDS = ("accent", "good", "warn", "bad", "sole")
TEXTS = [
    *((ink, ground) for ink in ("text", "muted") for ground in GROUNDS),
    *((ink, ground) for ink in KINDS for ground in ("surface", "raised")),
    *((kind, f"{kind}_soft") for kind in KINDS),
    *(("text", f"{kind}_soft") for kind in KINDS),
    *(("muted", f"{kind}_soft") for kind in KINDS),
    ("accent_text", "accent"),
    ("accent_text", "accent_strong"),
    ("bad_text", "bad"),
    ("bad_text", "bad_strong"),
    ("selection_text", "selection"),
    ("text", "selection"),
    ("muted", "selection"),
]
SHAPES = [
    *((ink, ground) for ink in ("edge", "focus") for ground in ("surface", "raised", "hover")),
    ("edge", "sunken"),
    ("focus", "selection"),
    ("focus", "bad_soft"),
    ("focus", "sole_soft"),
    *((kind, "raised") for kind in KINDS),
]


def luminance(color: QColor) -> float:
    """Return the relative luminance as WCAG 2.2 defines it."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = color.redF(), color.greenF(), color.blueF()
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


def contrast(theme: Theme, one: str, other: str) -> float:
    light, dark = sorted(
        (luminance(QColor(getattr(theme, one))), luminance(QColor(getattr(theme, other)))),
        reverse=True,
    )
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", THEMES)
def test_every_text_is_readable_on_every_ground_it_stands_on(name: str) -> None:
    theme = Theme.read(name)
    least = 7.0 if name == "contrast" else 4.5
    weak = {pair: contrast(theme, *pair) for pair in TEXTS if contrast(theme, *pair) < least}
    assert not weak


@pytest.mark.parametrize("name", THEMES)
def test_edges_and_focus_rings_stand_out_three_to_one(name: str) -> None:
    theme = Theme.read(name)
    weak = {pair: contrast(theme, *pair) for pair in SHAPES if contrast(theme, *pair) < 3.0}
    assert not weak


@pytest.mark.parametrize("name", THEMES)
def test_a_theme_has_every_token_as_a_colour_and_no_other(name: str) -> None:
    theme = Theme.read(name)
    assert theme.name == name
    for token in Theme.tokens():
        assert QColor.isValidColorName(getattr(theme, token)), token


@pytest.mark.parametrize("name", THEMES)
def test_a_theme_says_what_a_whole_toml_parser_reads_in_it(name: str) -> None:
    table = tomllib.loads(shipped("themes", f"{name}.toml").read_text("utf-8"))
    theme = Theme.read(name)
    assert theme.dark is table["dark"]
    assert {token: getattr(theme, token) for token in Theme.tokens()} == table["tokens"]


def test_an_unknown_token_is_a_bug(app: QApplication) -> None:
    with pytest.raises(AttributeError):
        look().color("mauve")


def test_sizes_grow_with_the_text_and_spaces_a_third_as_fast(
    app: QApplication, scale: float
) -> None:
    assert look().zoom == pytest.approx(scale)
    assert look().row == round(28 * scale)
    assert look().touch_row == round(40 * scale)
    assert look().gap(24) == round(24 * (1 + (scale - 1) / 3))
    sizes = [look().font(size).pixelSize() for size in TextSize]
    assert sizes == sorted(set(sizes))


def test_the_scale_stays_between_one_and_two(app: QApplication) -> None:
    look().apply(app, "light", 9.0)
    assert look().scale == 2.0
    look().apply(app, "light", 0.1)
    assert look().scale == 1.0


def test_a_change_of_theme_is_told_and_changes_the_colours(app: QApplication) -> None:
    told: list[str] = []

    def tell() -> None:
        told.append(look().theme.name)

    look().changed.connect(tell)
    try:
        before = look().color("surface").name()
        look().apply(app, "dark")
        assert told == ["dark"]
        assert look().color("surface").name() != before
        assert app.palette().window().color() == look().color("surface")
    finally:
        look().changed.disconnect(tell)
        look().apply(app, "light")


def test_the_stylesheet_leaves_no_placeholder_and_every_kind_has_its_ground(theme: str) -> None:
    sheet = QApplication.instance().styleSheet()
    assert "$" not in sheet
    for kind in Kind:
        assert look().soft(kind).isValid()
        assert look().strong(kind).isValid()
