"""What an import would do, before it is done; and what it did."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.features.roster.view.lists import Tab, TabbedLists
from ui.kit.look import look
from ui.kit.notices import Banner
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.editors import Check, GrowingRow
from ui.kit.widgets.headings import KeyHint, Lead, Muted, PageTitle


class _Outcome(QWidget):
    """A title, a sentence, tabs over lists, and a row of buttons."""

    student_opened = Signal(str)

    def __init__(self, title: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = PageTitle(title)
        self.lead = Lead()
        self.counts = Muted()
        self.above = QVBoxLayout()
        self.above.setSpacing(look().gap(8))
        self.lists = TabbedLists(name)
        self.lists.opened.connect(self._opened)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(look().gap(8))
        page = QVBoxLayout(self)
        room = look().gap(24)
        page.setContentsMargins(room, look().gap(16), room, look().gap(12))
        page.setSpacing(look().gap(12))
        head = QVBoxLayout()
        head.setSpacing(look().gap(4))
        for widget in (self.title, self.lead, self.counts):
            head.addWidget(widget)
        page.addLayout(head)
        page.addLayout(self.above)
        page.addWidget(self.lists, 1)
        page.addLayout(self.buttons)

    def show_outcome(self, lead: str, counts: str, tabs: Sequence[Tab]) -> None:
        """Show what would happen or has happened."""
        self.lead.setText(lead)
        self.counts.setText(counts)
        self.counts.setVisible(bool(counts))
        self.lists.show_tabs(tabs)

    def _opened(self, _tab: str, entry: object) -> None:
        student = getattr(entry, "subject", None)
        if isinstance(student, str) and student:
            self.student_opened.emit(student)


class PreviewPanel(_Outcome):
    """What the import would do; nothing has been written."""

    accepted = Signal(bool)
    """Emitted with whether many may leave."""

    left = Signal()
    columns_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("What this roster would change"), _("What would change"), parent)
        self._banner: Banner | None = None
        self.allow = Check(_("They have really left; import all the same"))
        self.allow.toggled.connect(lambda _on: self._settle())
        self.above.addWidget(self.allow)
        self.back_button = Button(_("Back"), "back")
        self.back_button.clicked.connect(self.left)
        self.columns_button = Button(_("Change the columns"), "edit", "quiet")
        self.columns_button.clicked.connect(self.columns_asked)
        self.import_button = Button(_("Import"), "import", "primary")
        self.import_button.clicked.connect(self._accept)
        onward = GrowingRow(KeyHint("Ctrl+Enter"), self.import_button)
        onward.take_no_more()
        self.buttons.addWidget(GrowingRow(self.back_button, self.columns_button), 1)
        self.buttons.addWidget(onward)
        for keys, slot in (("Ctrl+Return", self._accept), ("Ctrl+Enter", self._accept)):
            QShortcut(
                QKeySequence(keys),
                self,
                slot,
                context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
            )
        QShortcut(
            QKeySequence("Esc"),
            self,
            self.left.emit,
            context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
        )

    def warn(self, sentence: str) -> None:
        """Ask for a second look before many leave; nothing to ask takes the question away."""
        if self._banner is not None:
            self.above.removeWidget(self._banner)
            self._banner.deleteLater()
            self._banner = None
        if sentence:
            self._banner = Banner(sentence, "warn")
            self.above.insertWidget(0, self._banner)
        self.allow.setChecked(False)
        self.allow.setVisible(bool(sentence))
        self._settle()

    def offer_columns(self, *, on: bool) -> None:
        """Show or hide the way back to the columns of a table."""
        self.columns_button.setVisible(on)

    def _settle(self) -> None:
        self.import_button.setEnabled(self._banner is None or self.allow.isChecked())

    def _accept(self) -> None:
        if self.import_button.isEnabled():
            self.accepted.emit(self.allow.isChecked())


class ReportPanel(_Outcome):
    """What an import did."""

    left = Signal()
    offers_asked = Signal()
    save_asked = Signal(str, bool)
    """Emitted with the file to save the rows as, and whether one of that name may be replaced."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("What this import did"), _("What was done"), parent)
        self.back_button = Button(_("Done"), "back")
        self.back_button.clicked.connect(self.left)
        self.offers_button = Button(_("Decide offered values"), "forward", "primary")
        self.offers_button.clicked.connect(self.offers_asked)
        self.save_button = Button(_("Save as spreadsheet"), "save")
        self.save_button.clicked.connect(self._save)
        self.buttons.addWidget(self.back_button)
        self.buttons.addWidget(self.save_button)
        self.buttons.addStretch(1)
        self.buttons.addWidget(self.offers_button)
        QShortcut(
            QKeySequence("Esc"),
            self,
            self.left.emit,
            context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
        )

    def _save(self) -> None:
        # The name that is suggested says nothing of anybody: file dialogs remember it.
        name, chosen = QFileDialog.getSaveFileName(
            self,
            _("Save the rows that were refused, noted or changed"),
            "roster-import.xlsx",
            _("Excel workbook (*.xlsx);;CSV (*.csv)"),
        )
        if name:
            complete = name.lower().endswith((".xlsx", ".csv"))
            if not complete:
                name += ".csv" if "csv" in chosen else ".xlsx"
            # The dialog has asked about the very name that was chosen there, and no other.
            self.save_asked.emit(name, complete)

    def offer_decisions(self, *, on: bool) -> None:
        """Show or hide the way to the values that wait for a decision."""
        self.offers_button.setVisible(on)
