"""How strong a new passphrase is, shown while it is typed: a bar, and a line that says it.

The bar's four parts are told apart by how many are filled, not by their colour, and the line
says the same in words (WCAG 2.2, 1.4.1); a screen reader hears the line when it changes.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from app.kernel.words import _, ngettext
from app.vault.passphrases import Level, Strength, strength
from ui.kit.announce import announce
from ui.kit.look import Kind, TextSize, look
from ui.kit.widgets.headings import Words
from ui.kit.widgets.passphrase import PassphraseEdit

_PAUSE_MS = 120
"""After the last key: a rating takes some milliseconds, and nobody reads faster."""
_PARTS = 4
_KINDS = {
    Level.SHORT: Kind.PLAIN,
    Level.WEAK: Kind.BAD,
    Level.FAIR: Kind.WARN,
    Level.GOOD: Kind.GOOD,
    Level.STRONG: Kind.GOOD,
}


def said(found: Strength) -> str:
    """Return what a strength is called, with what would make it better."""
    if found.level is Level.SHORT:
        return ngettext(
            "Too short: {count} more character is needed.",
            "Too short: {count} more characters are needed.",
            found.missing,
        ).format(count=found.missing)
    if found.level is Level.WEAK:
        from app.phrases import SENTENCES

        return _("Weak. {why}").format(why=_(SENTENCES[found.code]))
    if found.level is Level.FAIR:
        return _("Fair. One more word would make it hard to guess.")
    if found.level is Level.GOOD:
        return _("Good. Hard to guess, even for someone who has a copy of the vault.")
    return _("Strong. It would outlast many computers guessing for years.")


class _Bar(QProgressBar):
    """Four parts, as many filled as the strength has."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.level = Level.SHORT
        self.setRange(0, _PARTS)
        self.setTextVisible(False)
        self.setAccessibleName(_("Strength of the passphrase"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look().changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        return QSize(look().px(120), look().px(8))

    def minimumSizeHint(self) -> QSize:
        return QSize(look().px(60), look().px(8))

    def paintEvent(self, _event: QPaintEvent) -> None:
        style, painter = look(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        gap = style.gap(4)
        width = (min(self.width(), style.px(360)) - gap * (_PARTS - 1)) / _PARTS
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        filled = style.strong(_KINDS[self.level])
        for part in range(_PARTS):
            left = part * (width + gap)
            if rtl:
                left = self.width() - left - width
            on = part < self.value()
            painter.setPen(QPen(filled if on else style.color("edge"), 1))
            painter.setBrush(filled if on else style.color("sunken"))
            spot = QRectF(left, 0, width, self.height()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(spot, style.px(2), style.px(2))
        painter.end()


class StrengthLine(QWidget):
    """Rates what is typed into an entry of a new passphrase; stands under it.

    `about` gives the names that a stranger would try first, as they are when it is asked.
    """

    def __init__(
        self,
        editor: PassphraseEdit,
        about: Callable[[], Sequence[str]] = tuple,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._editor, self._about = editor, about
        self._told = ""
        self.bar = _Bar(self)
        self.words = Words("", TextSize.FINE, "muted", parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().gap(4))
        column.addWidget(self.bar)
        column.addWidget(self.words)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_PAUSE_MS)
        self._soon.timeout.connect(self.rate)
        editor.textChanged.connect(self._typed)
        self.hide()

    def _typed(self, _text: str) -> None:
        self._soon.start()

    def rate(self) -> None:
        """Show how strong the passphrase is that stands in the entry now."""
        self._soon.stop()
        text = self._editor.text()
        if not text:
            self._told = ""
            self.hide()
            return
        found = strength(text, self._about())
        self.bar.level = found.level
        self.bar.setValue(int(found.level))
        sentence = said(found)
        self.bar.setAccessibleDescription(sentence)
        self.words.setText(sentence)
        self.show()
        self.bar.update()
        # The count of missing characters changes with every key: it is spoken once.
        tell = found.level.name if found.level is Level.SHORT else sentence
        if tell != self._told:
            self._told = tell
            announce(self.bar, sentence)
