"""How close a long printed table comes to the canvas itself: one run, side by side.

Run from the project's folder: `python tests/bench/pdf.py [rounds]`. Prints pages per second for
a 200-page table drawn three ways, their ratio to the bare canvas with an embedded font, and the
longest time a Cancel would have waited.
"""

import io
import statistics
import sys
import time
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.kernel.clock import Moment
from app.paper.blocks import Column, Paper, TableBlock, print_out

HEAD = ["Date", "Student", "Grade", "Reason", "Minutes", "Outcome"]
PAGES = 200
ROWS = 40
MADE = Moment("2026-11-22T20:26:00.000Z", "UTC")


def data() -> list[list[str]]:
    """Return the rows of the table."""
    return [
        [
            f"2025-{i % 12 + 1:02d}-{i % 28 + 1:02d}",
            f"Student {i:05d}",
            str(i % 13),
            "Asthma check",
            "15",
            "Returned to class",
        ]
        for i in range(ROWS * PAGES)
    ]


def canvas(font: str) -> int:
    """Draw the table string by string on ReportLab's canvas; return its pages."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    if font != "Helvetica" and font not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(font, str(files("resources") / "fonts" / f"{font}.ttf")))
    drawn = Canvas(io.BytesIO(), pagesize=(612, 792))
    rows, lefts = data(), [36, 106, 206, 246, 356, 416]
    for page in range(PAGES):
        drawn.setFont(font, 8)
        y = 740
        for x, text in zip(lefts, HEAD, strict=True):
            drawn.drawString(x, y, text)
        for row in rows[page * ROWS : (page + 1) * ROWS]:
            y -= 15
            drawn.line(36, y - 3, 576, y - 3)
            for x, text in zip(lefts, row, strict=True):
                drawn.drawString(x, y, text)
        drawn.showPage()
    drawn.save()
    return PAGES


WAITS: list[float] = []


def paper() -> int:
    """Print the table as a record is printed; return its pages."""
    shares = (70, 100, 40, 110, 60, 140)
    columns = tuple(Column(title, share) for title, share in zip(HEAD, shares, strict=True))
    last = [time.perf_counter()]

    def told(_done: int, _of: int) -> None:
        now = time.perf_counter()
        WAITS.append(now - last[0])
        last[0] = now

    return print_out(Paper("Visits", MADE, (TableBlock(columns, data()),)), progress=told).pages


def main() -> None:
    """Print the comparison."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    ways: dict[str, Callable[[], int]] = {
        "canvas, embedded font": lambda: canvas("NotoSans-Regular"),
        "canvas, Helvetica": lambda: canvas("Helvetica"),
        "record": paper,
    }
    speeds: dict[str, list[float]] = {name: [] for name in ways}
    for _round in range(rounds):
        for name, way in ways.items():
            start = time.perf_counter()
            pages = way()
            speeds[name].append(pages / (time.perf_counter() - start))
    base = statistics.median(speeds["canvas, embedded font"])
    for name, found in speeds.items():
        speed = statistics.median(found)
        print(f"{name:24s} {speed:7.1f} pages/s   {speed / base:5.2f} of the canvas")
    print(f"longest wait for Cancel  {max(WAITS) * 1000:7.1f} ms")


if __name__ == "__main__":
    main()
