"""The grid of a month on paper: whole groups, heads that come again, parts counted anew."""

import pypdfium2

from app.kernel.clock import Moment
from app.paper.blocks import (
    Grid,
    GridCell,
    GridColumn,
    GridGroup,
    GridRow,
    Paper,
    Part,
    Text,
    print_out,
)
from app.paper.preview import page_image, page_texts

MADE = Moment("2026-11-22T20:26:00.000Z", "America/New_York")
COLUMNS = tuple(GridColumn(str(day), "Mo", shaded=day % 7 > 4) for day in range(1, 32))


def group(name: str, rows: int = 1) -> GridGroup:
    cells = tuple(
        GridCell("GA", "L3" if day == 4 else "", framed=day == 5) if day < 20 else GridCell()
        for day in range(1, 32)
    )
    return GridGroup(name, "1 tablet", tuple(GridRow(f"{at}:00", cells) for at in range(rows)))


def printed(*groups: GridGroup) -> bytes:
    grid = Grid("Medicine", "Time", COLUMNS, groups, empty="Nothing ordered.")
    return print_out(Paper("Record", MADE, (Part("Ana", "Nov"), grid), landscape=True)).pdf


def test_cells_and_their_notes_are_read_apart() -> None:
    (text,) = page_texts(printed(group("Cetirizine")))
    assert "Cetirizine" in text
    assert "L3" in text.split()
    assert text.split().count("GA") == 19


def test_the_head_comes_again_and_a_group_stays_whole() -> None:
    pdf = printed(*(group(f"Medicine {at}", 4) for at in range(10)))
    texts = page_texts(pdf)
    assert len(texts) > 2
    for text in texts:
        assert "Time" in text
    for at in range(10):
        assert sum(f"Medicine {at}" in text for text in texts) == 1
    assert sum(text.split().count("GA") for text in texts) == 10 * 4 * 19


def test_a_group_that_no_page_can_hold_goes_on() -> None:
    texts = page_texts(printed(group("Much", 40)))
    assert len(texts) >= 2
    assert sum(text.split().count("GA") for text in texts) == 40 * 19


def test_an_empty_grid_says_so() -> None:
    assert "Nothing ordered." in page_texts(printed())[0]


def test_a_shaded_day_is_seen_without_colour() -> None:
    width, _height, pixels = page_image(printed(group("Cetirizine")), 0, 2.0)
    greys = {pixels[at] for at in range(0, len(pixels), 4)}
    assert all(
        pixels[at] == pixels[at + 1] == pixels[at + 2] for at in range(0, len(pixels), 4 * width)
    )
    assert round(0.86 * 255) in {grey + step for grey in greys for step in (-1, 0, 1)}


def test_parts_have_heads_of_their_own_and_are_counted_anew() -> None:
    body = (Part("Ana", "Nov"), Text("one"), Part("Bo", "Nov"), Text("two\n" * 80))
    pdf = print_out(Paper("Record", MADE, body)).pdf
    texts = page_texts(pdf)
    assert "Page 1 of 1" in texts[0]
    assert all(f"Page {at} of {len(texts) - 1}" in text for at, text in enumerate(texts[1:], 1))
    assert all(("Ana" in text) is (at == 0) for at, text in enumerate(texts))
    with pypdfium2.PdfDocument(pdf) as document:
        assert document.get_metadata_value("Title") == "Record"
