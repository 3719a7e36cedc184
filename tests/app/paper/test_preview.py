import gc

import pytest

from app.kernel.clock import Moment
from app.paper.blocks import Paper, Spacer, Text, render
from app.paper.preview import page_count, page_image, page_images

PDF = render(
    Paper("Visit list", Moment("2026-11-22T20:26:00.000Z", "UTC"), (*[Text("line")] * 60, Spacer()))
)


@pytest.mark.parametrize("scale", [0.5, 1.0, 1.37])
def test_pictures_have_the_size_asked_for_and_no_padding(scale: float) -> None:
    for width, height, pixels in page_images(PDF, scale):
        assert (width, height) == pytest.approx((612 * scale, 792 * scale), abs=1)
        assert len(pixels) == width * height * 4


def test_each_page_has_its_picture() -> None:
    pictures = page_images(PDF, 0.5)
    assert len(pictures) == page_count(PDF) == 2
    assert page_image(PDF, 1, 0.5) == pictures[1]
    assert pictures[0] != pictures[1]


def test_a_page_is_dark_ink_on_white() -> None:
    _width, _height, pixels = page_image(PDF, 0, 1.0)
    blues = pixels[0::4]
    assert min(blues) < 40
    assert blues.count(255) > len(blues) * 0.8


def test_colours_are_greys_only() -> None:
    _width, _height, pixels = page_image(PDF, 0, 1.0)
    assert pixels[0::4] == pixels[1::4] == pixels[2::4]


def test_everything_is_closed_behind_the_pictures(capfd: pytest.CaptureFixture[str]) -> None:
    page_images(PDF, 0.3)
    gc.collect()
    assert capfd.readouterr() == ("", "")
