"""Where a roster is chosen, and where past imports and open questions are found."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.features.roster.view.lists import Tab, TabbedLists
from ui.kit.look import Kind, TextSize, look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.editors import GrowingRow
from ui.kit.widgets.headings import Card, Muted, PageTitle, SectionTitle, Words
from ui.kit.widgets.lists import CardList

IMPORTS, OFFERS = "imports", "offers"


class DropZone(Card):
    """Takes a file or folder that is dropped on it, or chosen with its buttons."""

    dropped = Signal(object)
    """Emitted with the path."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setAcceptDrops(True)
        self.setAccessibleName(_("Choose a roster"))
        self.file_button = Button(_("Choose a file"), "file", "primary")
        self.file_button.clicked.connect(self._ask_file)
        self.folder_button = Button(_("Choose a folder"), "archive")
        self.folder_button.clicked.connect(self._ask_folder)
        self._teaching: list[QWidget] = [
            SectionTitle(_("Bring a roster in")),
            Muted(
                _(
                    "Choose the file your student system exports, or drop it here. You see what "
                    "would change before anything is written."
                )
            ),
        ]
        for words in self._teaching:
            self.body.addWidget(words)
        self.body.addWidget(GrowingRow(self.file_button, self.folder_button))
        accepted = QWidget()
        self._teaching.append(accepted)
        kinds = QVBoxLayout(accepted)
        kinds.setContentsMargins(0, 0, 0, 0)
        kinds.setSpacing(look().gap(4))
        for sentence in (
            _("OneRoster 1.1 or 1.2: the zip, or the folder it unpacks to"),
            _("Clever: the zip or folder with students.csv"),
            _("Any table of students: CSV or Excel (XLSX). You say which column holds what."),
        ):
            kinds.addWidget(Words(f"•  {sentence}", TextSize.FINE, "muted"))
        self.body.addWidget(accepted)

    def teach(self, *, on: bool) -> None:
        """Show or hide what can be brought in, and how."""
        for widget in self._teaching:
            widget.setVisible(on)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one file or folder of this computer."""
        urls = event.mimeData().urls()
        if len(urls) == 1 and urls[0].isLocalFile():
            event.acceptProposedAction()
            self.set_kind(Kind.ACCENT)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Show that nothing is held over it any more."""
        super().dragLeaveEvent(event)
        self.set_kind(Kind.PLAIN)

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand on what was dropped."""
        self.set_kind(Kind.PLAIN)
        event.acceptProposedAction()
        self.dropped.emit(Path(event.mimeData().urls()[0].toLocalFile()))

    def _ask_file(self) -> None:
        chosen, _kind = QFileDialog.getOpenFileName(
            self,
            _("Choose a roster"),
            "",
            _("Rosters (*.zip *.csv *.txt *.tsv *.xlsx *.xlsm);;All files (*)"),
        )
        if chosen:
            self.dropped.emit(Path(chosen))

    def _ask_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, _("Choose the folder of a roster"))
        if chosen:
            self.dropped.emit(Path(chosen))


class OfferList(CardList):
    """Entries with two answers: T takes the roster's value, K keeps ours."""

    answered = Signal(str)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Answer with one key."""
        answers = {Qt.Key.Key_T: "take", Qt.Key.Key_K: "keep"}
        answer = answers.get(Qt.Key(event.key()), "")
        if answer and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.answered.emit(answer)
        else:
            super().keyPressEvent(event)


class HomePanel(QWidget):
    """The roster page when nothing is under way."""

    chosen = Signal(object)
    """Emitted with the path of a file or folder."""

    import_opened = Signal(str)
    student_opened = Signal(str)
    taken = Signal(object)
    kept = Signal(object)
    """Emitted with the `Entry` of the offer that was answered."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.drop = DropZone()
        self.drop.dropped.connect(self.chosen)
        self._offers = OfferList(_("Imports and offered values"))
        self._offers.answered.connect(self._answer)
        self.lists = TabbedLists(_("Imports and offered values"), lambda _name: self._offers)
        self.lists.opened.connect(self._opened)
        self.lists.turned.connect(self._turned)
        self.take_button = Button(_("Take the roster’s (T)"), "check")
        self.take_button.clicked.connect(lambda: self._answer("take"))
        self.keep_button = Button(_("Keep ours (K)"), "pin")
        self.keep_button.clicked.connect(lambda: self._answer("keep"))
        self._answers = QWidget()
        row = QHBoxLayout(self._answers)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look().gap(8))
        row.addStretch(1)
        row.addWidget(self.keep_button)
        row.addWidget(self.take_button)
        self._answers.hide()
        page = QVBoxLayout(self)
        room = look().gap(24)
        page.setContentsMargins(room, look().gap(16), room, look().gap(12))
        page.setSpacing(look().gap(12))
        page.addWidget(PageTitle(_("Roster")))
        page.addWidget(self.drop)
        page.addWidget(self.lists, 1)
        page.addWidget(self._answers)
        self._rest = QWidget()
        page.addWidget(self._rest, 1)
        self.lists.hide()

    def show_lists(self, tabs: Sequence[Tab], first: str) -> None:
        """Show past imports and offers; before there are any, what can be brought in."""
        some = any(tab.count for tab in tabs)
        self.drop.teach(on=not some)
        self.lists.setVisible(some)
        self._rest.setVisible(not some)
        self.lists.show_tabs(tabs, first)
        for widget in (self.drop, self.lists):
            widget.updateGeometry()  # out of sight, it would go on asking for its old height

    def focus(self) -> None:
        """Put the focus on the first step."""
        self.drop.file_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _turned(self, tab: str) -> None:
        self._answers.setVisible(tab == OFFERS and self.lists.has_entries)

    def _opened(self, tab: str, entry: object) -> None:
        found = getattr(entry, "id", "")
        if tab == IMPORTS:
            self.import_opened.emit(found)
        else:
            self.student_opened.emit(found.split("/")[0])

    def _answer(self, answer: str) -> None:
        entry = self.lists.entry()
        if entry is not None and self.lists.tab == OFFERS:
            (self.taken if answer == "take" else self.kept).emit(entry)
