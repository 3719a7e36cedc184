from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

from app.kernel import words
from app.paper.page import Size
from app.paper.preview import page_image, page_texts
from app.paper.recovery_sheet import recovery_sheet

WORDS = (
    "abandon",
    "amount",
    "liar",
    "amount",
    "expire",
    "adjust",
    "cage",
    "candy",
    "arch",
    "gather",
    "drum",
    "bullet",
    "absurd",
    "math",
    "exhibit",
)
MADE = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    words.use_language("en")
    yield
    words.use_language("en")


@pytest.mark.parametrize("size", ["letter", "a4"])
def test_the_sheet_is_one_page_with_every_word_beside_its_number(size: Size) -> None:
    (text,) = page_texts(recovery_sheet(WORDS, MADE, size))
    for number, word in enumerate(WORDS, 1):
        assert f"{number} {word}" in " ".join(text.split())
    assert "22 Nov 2026" in text
    assert "How to keep it" in text
    assert "Page 1 of 1" in text


def test_the_square_holds_the_words_module_by_module() -> None:
    code: Any = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(" ".join(WORDS))
    code.make()
    count = code.getModuleCount()
    width, height, pixels = page_image(recovery_sheet(WORDS, MADE), 0, 4.0)
    dark = [
        (x, y)
        for y in range(int(height * 0.40), int(height * 0.60), 2)
        for x in range(int(width * 0.68), width, 2)
        if pixels[4 * (y * width + x)] < 60
    ]
    left, right = min(x for x, _y in dark), max(x for x, _y in dark) + 2
    top, bottom = min(y for _x, y in dark), max(y for _x, y in dark) + 2
    assert abs((right - left) - (bottom - top)) <= 4
    step = (right - left) / count
    for row in range(count):
        for column in range(count):
            x = int(left + (column + 0.5) * step)
            y = int(top + (row + 0.5) * step)
            assert (pixels[4 * (y * width + x)] < 128) == code.isDark(row, column)


def test_the_sheet_is_the_same_each_time_it_is_printed() -> None:
    assert recovery_sheet(WORDS, MADE) == recovery_sheet(WORDS, MADE)


def test_the_files_properties_hold_no_word() -> None:
    pdf = recovery_sheet(WORDS, MADE)
    assert not any(word.encode() in pdf for word in WORDS)


def test_the_sheet_speaks_the_language_in_use() -> None:
    words.use_language("es")
    assert b"/Lang (es)" in recovery_sheet(WORDS, MADE)
