"""Pictures of printed pages for the screen and the printer, made in memory.

PDFium must not be called from two threads at once, not even about two papers
(https://pypdfium2.readthedocs.io/en/stable/python_api.html): one paper is open at a time.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pypdfium2

_one_at_a_time = threading.Lock()

Picture = tuple[int, int, bytes]
"""Width and height in pixels, and the pixels: rows without padding, four bytes B G R x each."""


def page_count(pdf: bytes) -> int:
    """Return how many pages `pdf` has."""
    with _opened(pdf) as document:
        return len(document)


def page_image(pdf: bytes, number: int, scale: float) -> Picture:
    """Return page `number` (from 0) at `scale` pixels per point."""
    with _opened(pdf) as document:
        return _picture(document, number, scale)


def page_images(pdf: bytes, scale: float) -> list[Picture]:
    """Return every page at `scale` pixels per point."""
    with _opened(pdf) as document:
        return [_picture(document, number, scale) for number in range(len(document))]


def page_texts(pdf: bytes) -> list[str]:
    """Return the text of every page, as a reader would copy it."""
    with _opened(pdf) as document:
        texts = []
        for number in range(len(document)):
            page = document[number]
            try:
                text = page.get_textpage()
                try:
                    texts.append(text.get_text_range())
                finally:
                    text.close()
            finally:
                page.close()
        return texts


@contextmanager
def _opened(pdf: bytes) -> "Iterator[pypdfium2.PdfDocument]":
    import pypdfium2

    with _one_at_a_time:
        document = pypdfium2.PdfDocument(pdf)
        try:
            yield document
        finally:
            document.close()


def _picture(document: "pypdfium2.PdfDocument", number: int, scale: float) -> Picture:
    page = document[number]
    try:
        bitmap = page.render(scale=scale, prefer_bgrx=True)
        try:
            row = bitmap.width * bitmap.n_channels
            pixels = bytes(bitmap.buffer)
            if bitmap.stride != row:
                pixels = b"".join(
                    pixels[at * bitmap.stride : at * bitmap.stride + row]
                    for at in range(bitmap.height)
                )
            return bitmap.width, bitmap.height, pixels
        finally:
            bitmap.close()
    finally:
        page.close()
