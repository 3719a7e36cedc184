import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from walk import wait_until

from app.kernel.errors import Cancelled
from app.paper.preview import page_count, page_image
from app.paper.recovery_sheet import recovery_sheet
from ui.kit import printing
from ui.kit.printing import Printed, print_on, print_pages, print_pdf
from ui.kit.tasks import Tasks
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.dialogs import Sheet

WORDS = tuple(f"word{number}" for number in range(15))
PDF = recovery_sheet(WORDS, date(2026, 11, 20))


def printer_to(path: Path) -> QPrinter:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    return printer


@pytest.fixture
def tasks(app: QApplication) -> Iterator[Tasks]:
    tasks = Tasks()
    yield tasks
    assert tasks.close()


@pytest.fixture
def desk(show: Callable[..., Any]) -> QWidget:
    desk = QWidget()
    show(desk, 800, 600)
    return desk


@pytest.fixture
def a_printer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Answer the printer's dialog with a printer that prints into a file."""

    def accept(dialog: QPrintDialog) -> int:
        dialog.printer().setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        dialog.printer().setOutputFileName(str(tmp_path / "printed.pdf"))
        return int(QPrintDialog.DialogCode.Accepted)

    monkeypatch.setattr(QPrintDialog, "exec", accept)
    return tmp_path / "printed.pdf"


def pages(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Let the paper have `count` pages, all like its first."""
    monkeypatch.setattr("app.paper.preview.page_count", lambda _pdf: count)
    monkeypatch.setattr(
        "app.paper.preview.page_image", lambda pdf, _number, scale: page_image(pdf, 0, scale)
    )


def sheet_over(desk: QWidget) -> Sheet | None:
    found = [sheet for sheet in desk.findChildren(Sheet) if sheet.isVisible()]
    return found[0] if found else None


def test_what_is_printed_is_the_page(app: QApplication, tmp_path: Path) -> None:
    assert print_pages(printer_to(tmp_path / "p.pdf"), PDF) == Printed(1)
    printed = (tmp_path / "p.pdf").read_bytes()
    assert page_count(printed) == 1
    (width, height, meant), (_width, _height, found) = (
        page_image(pdf, 0, 2.0) for pdf in (PDF, printed)
    )
    assert abs(len(found) - len(meant)) <= 4 * (width + height + 1)
    ink = [255 * len(page) - sum(page) for page in (meant, found)]
    assert ink[1] == pytest.approx(ink[0], rel=0.05)


def test_no_line_is_left_between_the_bands_and_each_is_in_its_place(
    app: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    width, height, _pixels = page_image(PDF, 0, printing.GRAIN / 72)
    darker = b"".join(bytes((255 - 200 * row // height,)) * (4 * width) for row in range(height))
    monkeypatch.setattr("app.paper.preview.page_image", lambda *_anything: (width, height, darker))
    assert print_pages(printer_to(tmp_path / "p.pdf"), PDF) == Printed(1)
    width, height, pixels = page_image((tmp_path / "p.pdf").read_bytes(), 0, 1.0)
    rows = [pixels[(row * width + width // 2) * 4] for row in range(height - 1)]
    assert rows[0] > 250
    assert rows[-1] < 60
    assert [row for row in range(1, len(rows)) if not -3 <= rows[row] - rows[row - 1] <= 1] == []


def test_the_desk_goes_on_while_pages_are_drawn(
    tasks: Tasks, desk: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages(monkeypatch, 6)
    came: list[Printed] = []
    began = time.perf_counter()
    print_on(desk, tasks, printer_to(tmp_path / "p.pdf"), PDF, came.append, tasks.on_trouble)  # type: ignore[arg-type]
    waits, last = [], time.perf_counter()
    shown: set[str] = set()
    while not came:
        QCoreApplication.processEvents()
        now = time.perf_counter()
        waits.append(now - last)
        last = now
        if (sheet := sheet_over(desk)) is not None:
            shown.add(sheet.panel.numbers.text())  # type: ignore[attr-defined]
        time.sleep(0.001)
        assert now - began < 60
    whole = time.perf_counter() - began
    assert came == [Printed(6)]
    assert page_count((tmp_path / "p.pdf").read_bytes()) == 6
    assert len(shown) > 2, shown
    # In shares of a page's time rather than seconds: machines differ, and may be busy once.
    assert sum(wait > whole / 6 / 3 for wait in waits) < 3, (sorted(waits)[-8:], whole)
    assert sheet_over(desk) is None


def test_printing_is_stopped_from_the_keyboard(
    tasks: Tasks, desk: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages(monkeypatch, 400)
    came: list[Printed] = []
    print_on(desk, tasks, printer_to(tmp_path / "p.pdf"), PDF, came.append, tasks.on_trouble)  # type: ignore[arg-type]
    wait_until(lambda: sheet_over(desk) is not None)
    sheet = sheet_over(desk)
    assert sheet is not None
    wait_until(lambda: isinstance(sheet.focusWidget(), Button))
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    wait_until(lambda: bool(came))
    assert came[0].stopped
    assert came[0].pages < 400


def test_a_printing_that_was_stopped_before_the_first_page_took_none(app: QApplication) -> None:
    def stop(_done: int, _of: int) -> None:
        raise Cancelled

    assert print_pages(QPrinter(), PDF, stop) == Printed(0, stopped=True)


def test_a_printer_that_takes_nothing_is_told_apart(
    app: QApplication, tmp_path: Path, every_line_heard: list[str]
) -> None:
    assert print_pages(printer_to(tmp_path / "nowhere" / "p.pdf"), PDF) == Printed(0)
    assert every_line_heard == ["QtWarningMsg: QPainter::begin(): Returned false"]
    every_line_heard.clear()


def test_one_paper_is_asked_for_printed_and_waited_for(
    desk: QWidget, a_printer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks: list[int] = []
    timer = QTimer(desk)
    timer.setInterval(5)
    timer.timeout.connect(lambda: ticks.append(1))
    timer.start()
    assert print_pdf(desk, PDF, "Casewell")
    timer.stop()
    assert ticks, "the window stood still"
    assert page_count(a_printer.read_bytes()) == 1
    monkeypatch.setattr(QPrintDialog, "exec", lambda _dialog: int(QPrintDialog.DialogCode.Rejected))
    assert not print_pdf(desk, PDF, "Casewell")


def test_what_goes_wrong_while_printing_is_not_swallowed(
    desk: QWidget, a_printer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_anything: object) -> Printed:
        raise ZeroDivisionError

    monkeypatch.setattr(printing, "print_pages", broken)
    with pytest.raises(ZeroDivisionError):
        print_pdf(desk, PDF, "Casewell")


def test_a_paper_that_lies_on_its_side_is_printed_so(app: QApplication, tmp_path: Path) -> None:
    import pypdfium2

    from app.kernel.clock import Moment
    from app.paper.blocks import Paper, Text, render

    made = Moment("2026-11-22T20:26:00.000Z", "UTC")
    for size, sides in (("letter", (792, 612)), ("a4", (842, 595))):
        lying = render(Paper("Record", made, (Text("one"),), landscape=True), size)  # type: ignore[arg-type]
        target = tmp_path / f"{size}.pdf"
        assert print_pages(printer_to(target), lying).pages == 1
        with pypdfium2.PdfDocument(target) as document:
            width, height = document[0].get_size()
        assert (round(width), round(height)) == pytest.approx(sides, abs=2)
