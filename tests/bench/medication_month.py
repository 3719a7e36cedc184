"""A school's medication records of a month on paper, against the bare canvas, side by side.

Run from the project's folder: `python -m tests.bench.medication_month [students] [rounds]`.
The canvas of the PDF library draws the same students with the same strings and rules as the
records hold, with an embedded font and nothing else: no line breaks, no tags, no foot that
counts pages. Floor: 0.70 of its students per second. Reading the records from a month of
data is no part of it.
"""

import io
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import fields
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any, get_type_hints

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.features.medication.model.amounts import Unit
from app.features.medication.model.doses import By, Code, Dose, Outcome, SlotState, Source
from app.features.medication.model.orders import (
    SCHOOL_DAYS,
    Emergency,
    Order,
    Route,
    Schedule,
    SelfCarry,
    Timing,
)
from app.features.medication.repo.orders import Pupil
from app.features.medication.service.papers import (
    Cell,
    Footnote,
    Mark,
    MonthSheet,
    SheetRow,
    Signer,
    days_of_month,
)
from app.kernel.clock import Moment
from app.kernel.ids import StudentId
from app.overviews.reports.medication_month import month_blocks
from app.paper.blocks import Block, Grid, Paper, print_out

FLOOR = 0.70
FIRST = date(2026, 11, 1)
MADE = Moment("2026-11-30T20:26:00.000Z", "America/New_York")
MEDICINES = (("Methylphenidate", "10 mg", "11:45"), ("Carbamazepine", "200 mg", "08:15"),
             ("Cetirizine", "5 mg", "14:00"))  # fmt: skip


def _filled(kind: type[Any], **known: object) -> Any:
    """Return a record whose other fields are empty, each in its own type."""
    hints = get_type_hints(kind)
    usual: dict[object, object] = {str: "", int: 0, bool: False}
    return kind(
        **{one.name: known.get(one.name, usual.get(hints[one.name])) for one in fields(kind)}
    )


def order(number: int, name: str, strength: str, clock: str) -> Order:
    """Return an order of the month."""
    made: Order = _filled(
        Order, id=f"order {number} {name}", series_id=f"series {number} {name}", version=1,
        name=name, strength=strength, form="tablet", schedule=Schedule.NONE, dose=1000,
        dose_most=1000, unit=Unit.TABLET, route=Route.ORAL, timing=Timing.SCHEDULED,
        times=(clock,), days=SCHOOL_DAYS, starts_on="2026-08-20", ends_on="2027-06-30",
        prescriber=f"Dr. Ito {number % 17}", prescriber_phone="555-0100",
        emergency=Emergency.NONE, self_carry=SelfCarry.NONE,
    )  # fmt: skip
    return made


def sheet(number: int) -> MonthSheet:
    """Return one student's month: three medicines, a refusal, a missed dose, a late entry."""
    days = days_of_month(FIRST)
    late: Dose = _filled(
        Dose, id="late", outcome=Outcome.GIVEN, code=Code.NONE, amount=1000, unit=Unit.TABLET,
        given_at="2026-11-12T16:50:00.000Z", given_by=By.NURSE, late=True, source=Source.HERE,
        recorded_at="2026-11-12T17:50:00.000Z", zone=MADE.zone, warnings=(),
        note=f"Fire drill {number}",
    )  # fmt: skip

    def cell(day: str, at: int) -> Cell:
        if date.fromisoformat(day).weekday() >= 5:
            return Cell(day, None)
        if int(day[-2:]) == (number + at) % 20 + 1:
            return Cell(day, SlotState.NOT_GIVEN, "R")
        if not at and day.endswith("12"):
            return Cell(day, SlotState.GIVEN, "GA", (Mark.LATE_ENTRY,), 1, "late")
        return Cell(day, SlotState.GIVEN, "GA" if (number + at) % 3 else "TW")

    rows = tuple(
        SheetRow(
            order(number, *medicine), medicine[2], tuple(cell(day, at) for day in days), "", ""
        )
        for at, medicine in enumerate(MEDICINES)
    )
    pupil = Pupil(
        StudentId(f"student {number}"), f"Given Family{number:04d}", f"Family{number:04d}, Given",
        "07", None, "Alder Elementary", str(20_000 + number),
        (date(2013, 1, 1) + timedelta(days=number)).isoformat(), "", room=f"{number % 30 + 100}",
    )  # fmt: skip
    return MonthSheet(
        pupil, FIRST, days, {"2026-11-26": "Thanksgiving"}, rows, (), (),
        (Signer("GA", "Grace Adeyemi", "RN"), Signer("TW", "Tomasz Wróbel", "LPN")),
        (Code.REFUSED,), (Footnote(1, late, "Grace Adeyemi", 0),), 57, {Code.REFUSED: 3}, MADE,
    )  # fmt: skip


def records(sheets: list[MonthSheet]) -> int:
    """Print the records as they leave; return their pages."""
    body = tuple(block for one in sheets for block in month_blocks(one))
    return print_out(
        Paper("Medication record", MADE, body, anchor="Journal 1", landscape=True)
    ).pages


def canvas(bodies: list[tuple[Block, ...]]) -> int:
    """Draw the same strings and rules on the bare canvas, a page for each student."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    font = "NotoSans-Regular"
    if font not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(font, str(files("resources") / "fonts" / f"{font}.ttf")))
    drawn = Canvas(io.BytesIO(), pagesize=(792, 612))
    for body in bodies:
        y = 560.0
        for block in body:
            if isinstance(block, Grid):
                y = _drawn_grid(drawn, font, block, y)
                continue
            drawn.setFont(font, 8)
            for text in _texts(block):
                y -= 11
                drawn.drawString(54, y, text)
        for text in ("Confidential student information.", "Made on 30 Nov 2026", "Page 1 of 1"):
            drawn.drawString(54, 40, text)
        drawn.showPage()
    drawn.save()
    return len(bodies)


def _drawn_grid(drawn: Any, font: str, grid: Grid, y: float) -> float:
    drawn.setFont(font, 7)
    for at, column in enumerate(grid.columns):
        x = 250 + at * 16
        drawn.drawString(x, y - 8, column.above)
        drawn.drawString(x, y - 16, column.title)
        if column.shaded:
            drawn.setFillGray(0.86)
            drawn.rect(x, y - 110, 16, 110, stroke=0, fill=1)
            drawn.setFillGray(0)
        drawn.line(x, y, x, y - 110)
    for group in grid.groups:
        drawn.line(54, y - 24, 738, y - 24)
        for text in (group.title, *group.detail.split("\n")):
            y -= 9
            drawn.drawString(54, y, text)
        for row in group.rows:
            drawn.drawString(200, y, row.label)
            for at, field in enumerate(row.cells):
                if field.text:
                    drawn.drawString(250 + at * 16, y, field.text)
                if field.note:
                    drawn.drawString(258 + at * 16, y + 8, field.note)
                if field.framed:
                    drawn.rect(250 + at * 16, y, 14, 12)
    return y


def _texts(block: object) -> list[str]:
    """Return the strings of a block in the order they stand on paper."""
    found: list[str] = []
    for name in ("names", "scope", "text", "labels", "pairs"):
        value = getattr(block, name, "")
        if isinstance(value, str):
            found += [line for line in value.split("\n") if line]
        else:
            found += [
                text for part in value for text in ((part,) if isinstance(part, str) else part)
            ]
    return found


def main() -> int:
    """Print the comparison; 1 where the floor was missed."""
    students = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    sheets = [sheet(number) for number in range(students)]
    bodies = [tuple(month_blocks(one)) for one in sheets]
    ways: dict[str, Callable[[], int]] = {
        "canvas": lambda: canvas(bodies),
        "records": lambda: records(sheets),
    }
    speeds: dict[str, list[float]] = {name: [] for name in ways}
    pages: dict[str, int] = {}
    for _round in range(rounds):
        for name, way in ways.items():
            start = time.perf_counter()
            pages[name] = way()
            speeds[name].append(students / (time.perf_counter() - start))
    ratio = statistics.median(speeds["records"]) / statistics.median(speeds["canvas"])
    for name, found in speeds.items():
        print(f"{name:10s} {statistics.median(found):8.1f} students/s, {pages[name]} pages")
    print(f"{students} records: {ratio:.2f} of the canvas (floor {FLOOR:.2f})")
    return 0 if ratio >= FLOOR else 1


if __name__ == "__main__":
    sys.exit(main())
