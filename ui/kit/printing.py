"""Printing a PDF that is only in memory: its pages are drawn as pictures, at the printer's grain."""

from PySide6.QtCore import QMarginsF, QRectF
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QWidget

GRAIN = 300  # dots per inch: fine enough for small type, small enough to spool


def print_pdf(parent: QWidget, pdf: bytes, title: str) -> bool:
    """Ask for a printer and print; False if the person decided not to.

    `title` is the job's name in the print queue, which others can read: no person's name.
    """
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(title)
    dialog = QPrintDialog(printer, parent)
    dialog.setWindowTitle(title)
    if dialog.exec() != QPrintDialog.DialogCode.Accepted:
        return False
    print_pages(printer, pdf)
    return True


def print_pages(printer: QPrinter, pdf: bytes) -> int:
    """Draw every page of `pdf` on `printer`; return how many it took, 0 if it took none.

    One page is in memory at a time: at this grain a page is some 30 MB.
    """
    from app.paper.preview import page_count, page_image

    painter = QPainter()
    taken = 0
    for number in range(page_count(pdf)):
        width, height, pixels = page_image(pdf, number, GRAIN / 72)
        letter = abs(width / height - 8.5 / 11) < 0.01
        size = QPageSize(QPageSize.PageSizeId.Letter if letter else QPageSize.PageSizeId.A4)
        layout = QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0))
        printer.setPageLayout(layout)
        if not (printer.newPage() if painter.isActive() else painter.begin(printer)):
            break
        image = QImage(pixels, width, height, width * 4, QImage.Format.Format_RGB32)
        area = printer.pageLayout().fullRectPixels(printer.resolution())
        offset = printer.pageLayout().paintRectPixels(printer.resolution()).topLeft()
        painter.drawImage(QRectF(area).translated(-offset.x(), -offset.y()), image)
        taken += 1
    if painter.isActive():
        painter.end()
    return taken
