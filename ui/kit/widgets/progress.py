"""Long work in real units, with a Cancel that answers at once."""

from collections.abc import Callable

from PySide6.QtCore import QLocale, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.kit.announce import announce
from ui.kit.look import TextSize, look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.headings import SectionTitle, Words

_WAIT_MS = 300


def grouped(number: int) -> str:
    """Return a count with its thousands set apart: `50,000`."""
    return QLocale(QLocale.Language.English, QLocale.Country.UnitedStates).toString(number)


class BusyPanel(QWidget):
    """Says what is being done and how far it is; appears only if it takes 300 ms.

    `unit(done, of)` puts the numbers, already grouped, into the words of the task:
    `_("{done} of {of} students")`. `of` is empty while the total is unknown.
    """

    cancelled = Signal()

    def __init__(
        self,
        title: str = "",
        unit: Callable[[str, str], str] | None = None,
        *,
        cancel: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._unit = unit
        self._told = -1
        self.title = SectionTitle(title)
        self.numbers = Words("", TextSize.BODY, "muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 0)
        self.bar.setAccessibleName(title or _("Progress"))
        self.button = Button(_("Cancel"), "stop", parent=self)
        self.button.setVisible(cancel)
        self.button.clicked.connect(self._cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().gap(8))
        column.addWidget(self.title)
        column.addWidget(self.bar)
        row = QHBoxLayout()
        row.addWidget(self.numbers, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(row)
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(_WAIT_MS)
        self._late.timeout.connect(self._appear)
        self.hide()

    def start(self, title: str = "", unit: Callable[[str, str], str] | None = None) -> None:
        """Begin; nothing is seen of it if `finish` comes within 300 ms."""
        if title:
            self.title.setText(title)
            self.bar.setAccessibleName(title)
        if unit is not None:
            self._unit = unit
        self._told = -1
        self.button.setEnabled(True)
        self.button.setText(_("Cancel"))
        self.numbers.setText("")
        self.bar.setRange(0, 0)
        self._late.start()

    def report(self, done: int, of: int) -> None:
        """Show how far it is; announce every quarter."""
        if of > 0:
            self.bar.setRange(0, of)
            self.bar.setValue(min(done, of))
        unit = self._unit
        shown_of = grouped(of) if of > 0 else ""
        if unit is not None:
            text = unit(grouped(done), shown_of)
        elif of > 0:
            text = _("{done} of {of}").format(done=grouped(done), of=shown_of)
        else:
            text = grouped(done)
        self.numbers.setText(text)
        self.bar.setAccessibleDescription(text)
        quarter = 4 * done // of if of > 0 else 0
        if quarter > self._told and self.isVisible():
            self._told = quarter
            announce(self.bar, text)

    def finish(self) -> None:
        """Disappear."""
        self._late.stop()
        self.hide()

    def _appear(self) -> None:
        self.show()
        announce(self.bar, self.title.text())

    def _cancel(self) -> None:
        self.button.setEnabled(False)
        self.button.setText(_("Cancelling"))
        self.cancelled.emit()
