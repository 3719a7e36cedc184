"""Pages of a paper as they will be printed: pictures on the screen, words to a screen reader."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.kernel.words import _, ngettext
from ui.kit.look import look
from ui.kit.widgets.headings import Muted

Picture = tuple[int, int, bytes]
"""Width, height, and four bytes for each pixel."""


class PagesPreview(QWidget):
    """Pages under each other, as they will be printed; each says its text to a screen reader."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(_("Preview"))
        self._words = Muted("")
        self._sheets: list[_Sheet] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._words)
        self._space()
        look().changed.connect(self._space)

    def _space(self) -> None:
        self._column.setSpacing(look().gap(16))

    def show_pages(
        self, pictures: Sequence[Picture], texts: Sequence[str], of: int, missing: str = ""
    ) -> None:
        """Show the first pages of a paper that has `of`; `missing` are signs it cannot print."""
        while len(self._sheets) > len(pictures):
            gone = self._sheets.pop()
            self._column.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        while len(self._sheets) < len(pictures):
            sheet = _Sheet()
            self._sheets.append(sheet)
            self._column.addWidget(sheet, 0, Qt.AlignmentFlag.AlignHCenter)
        for number, (sheet, picture, text) in enumerate(
            zip(self._sheets, pictures, texts, strict=True), 1
        ):
            name = _("Page {number} of {count}").format(number=number, count=of)
            sheet.show_page(picture, name, text)
        pages = ngettext("{count} page", "{count} pages", of).format(count=of)
        if of > len(pictures):
            pages = _("{pages}; the first {count} are shown").format(
                pages=pages, count=len(pictures)
            )
        if missing:
            pages = _("{pages}. These signs cannot be printed and stand as boxes: {signs}").format(
                pages=pages, signs=missing
            )
        self._words.setText(pages)

    def sheets(self) -> tuple[QWidget, ...]:
        """Return the pages that are shown."""
        return tuple(self._sheets)

    def clear(self) -> None:
        """Show no page."""
        self.show_pages((), (), 0)
        self._words.setText("")


class _Sheet(QWidget):
    """One page: a picture with a hairline around it, white in every theme as paper is."""

    def __init__(self) -> None:
        super().__init__()
        self._image = QImage()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_page(self, picture: Picture, name: str, text: str) -> None:
        """Show a page; `text` is what it says."""
        width, height, pixels = picture
        image = QImage(pixels, width, height, width * 4, QImage.Format.Format_RGB32)
        self._image = image.copy()
        self._image.setDevicePixelRatio(self.devicePixelRatioF())
        self.setAccessibleName(name)
        self.setAccessibleDescription(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of the picture on this screen."""
        return self._image.deviceIndependentSize().toSize() + QSize(2, 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the page."""
        painter = QPainter(self)
        painter.setPen(look().color("edge"))
        painter.drawRect(QRect(0, 0, self.width() - 1, self.height() - 1))
        painter.drawImage(1, 1, self._image)
        painter.end()
