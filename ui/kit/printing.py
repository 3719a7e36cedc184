"""Printing a PDF that is only in memory: its pages are drawn as pictures, at the printer's grain.

A page takes a tenth of a second and more to draw, so pages are drawn in a thread of their own
(Qt lets one thread at a time paint on a printer) and in bands: Python lets the screen's thread
go on between two of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEventLoop, QMarginsF, QRectF, QTimer
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QWidget

from app.kernel.errors import Cancelled
from app.kernel.ports import Progress, no_progress
from app.kernel.words import _
from ui.kit.tasks import Handle, Tasks
from ui.kit.widgets.dialogs import Sheet
from ui.kit.widgets.progress import BusyPanel

GRAIN = 300
"""Dots per inch: fine enough for small type, small enough to spool."""
_BANDS = 12
"""A page at this grain is drawn in bands of some 10 ms."""
_LATE_MS = 300


@dataclass(frozen=True, slots=True)
class Printed:
    """How many pages the printer took, and whether the person stopped it before the last."""

    pages: int
    stopped: bool = False


def choose_printer(parent: QWidget, title: str) -> QPrinter | None:
    """Ask for a printer; None if the person decided not to print.

    `title` is the job's name in the print queue, which others can read: no person's name.
    """
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(title)
    dialog = QPrintDialog(printer, parent)
    dialog.setWindowTitle(title)
    accepted = dialog.exec() == QPrintDialog.DialogCode.Accepted
    dialog.deleteLater()
    return printer if accepted else None


def print_on(
    parent: QWidget,
    tasks: Tasks,
    printer: QPrinter,
    pdf: bytes,
    done: Callable[[Printed], None],
    failed: Callable[[Exception], None],
) -> None:
    """Print off the UI thread; a sheet over `parent` says how far it is and can stop it."""
    sheet = _PrintSheet(parent)

    def finished(printed: Printed) -> None:
        sheet.finish()
        done(printed)

    def fell(error: Exception) -> None:
        sheet.finish()
        failed(error)

    def work(progress: Progress) -> Printed:
        return print_pages(printer, pdf, progress)

    sheet.begin(tasks.long(work, finished, fell, sheet.panel.report, owner=sheet))


def print_pdf(parent: QWidget, pdf: bytes, title: str) -> bool:
    """Ask for a printer and print; False if the person decided not to or no page was taken.

    Returns when it is printed; the window goes on living meanwhile.
    """
    printer = choose_printer(parent, title)
    if printer is None:
        return False
    tasks, waiting = Tasks(), QEventLoop()
    came: list[Printed | Exception] = []

    def come(what: Printed | Exception) -> None:
        came.append(what)
        waiting.quit()

    parent.destroyed.connect(waiting.quit)
    print_on(parent, tasks, printer, pdf, come, come)
    waiting.exec()
    tasks.close()
    if not came:  # the window went while it was printing
        return False
    if isinstance(came[0], Exception):
        raise came[0]
    return came[0].pages > 0 and not came[0].stopped


def print_pages(printer: QPrinter, pdf: bytes, progress: Progress = no_progress) -> Printed:
    """Draw every page of `pdf` on `printer`, on any thread; 0 pages if the printer took none.

    One page is in memory at a time: at this grain a page is some 30 MB. When `progress`
    raises `Cancelled` the job is taken back; pages a printer already took may still come out.
    """
    from app.paper.preview import page_count, page_image

    painter = QPainter()
    of, taken = page_count(pdf), 0
    try:
        for number in range(of):
            progress(taken, of)
            width, height, pixels = page_image(pdf, number, GRAIN / 72)
            letter = abs(min(width, height) / max(width, height) - 8.5 / 11) < 0.01
            size = QPageSize(QPageSize.PageSizeId.Letter if letter else QPageSize.PageSizeId.A4)
            lying = QPageLayout.Orientation.Landscape
            way = lying if width > height else QPageLayout.Orientation.Portrait
            layout = QPageLayout(size, way, QMarginsF(0, 0, 0, 0))
            printer.setPageLayout(layout)
            if not (printer.newPage() if painter.isActive() else painter.begin(printer)):
                break
            image = QImage(pixels, width, height, width * 4, QImage.Format.Format_RGB32)
            _draw(painter, printer, image, partial(progress, taken, of))
            taken += 1
    except Cancelled:
        if painter.isActive():
            printer.abort()
            painter.end()
        return Printed(taken, stopped=True)
    if painter.isActive():
        painter.end()
    progress(taken, of)
    return Printed(taken)


def _draw(painter: QPainter, printer: QPrinter, image: QImage, breathe: Callable[[], None]) -> None:
    """Draw a page's picture over the whole sheet; `breathe` is called before each band."""
    area = QRectF(printer.pageLayout().fullRectPixels(printer.resolution()))
    offset = printer.pageLayout().paintRectPixels(printer.resolution()).topLeft()
    area.translate(-offset.x(), -offset.y())
    height = image.height()
    scale = area.height() / height
    for band in range(_BANDS):
        breathe()
        # Each band reaches one row into the next, so that no light line is left between them.
        top, end = height * band // _BANDS, min(height, height * (band + 1) // _BANDS + 1)
        source = QRectF(0, top, image.width(), end - top)
        spot = QRectF(area.left(), area.top() + top * scale, area.width(), (end - top) * scale)
        painter.drawImage(spot, image, source)


class _PrintSheet(Sheet):
    """Appears when printing takes longer than a moment; goes away by itself."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(_("Printing"), parent=parent)
        self._handle: Handle | None = None
        self.panel = BusyPanel(
            _("Sending the pages to the printer"),
            lambda done, of: _("{done} of {of} pages").format(done=done, of=of),
        )
        self.panel.cancelled.connect(self._stop)
        self.body.addWidget(self.panel)
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(_LATE_MS)
        self._late.timeout.connect(self._appear)

    def begin(self, handle: Handle) -> None:
        """Watch over a printing that has begun."""
        self._handle = handle
        self.panel.start()
        self._late.start()

    def finish(self) -> None:
        """Go away."""
        self._late.stop()
        self.panel.finish()
        self.done(0)
        self.deleteLater()

    def reject(self) -> None:
        """Stop printing with Esc as with Cancel; the sheet goes once it has stopped."""
        self.panel.button.click()

    def _appear(self) -> None:
        self.open()
        self.panel.button.setFocus()

    def _stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
