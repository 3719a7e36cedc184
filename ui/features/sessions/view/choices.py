"""Services and interventions: two lists that a person keeps."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.kit.look import look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.editors import Chips, LineEdit
from ui.kit.widgets.fields import Field
from ui.kit.widgets.headings import KeyHint, Muted, PageTitle
from ui.kit.widgets.lists import CardList, Entry


class ChoiceRows(CardList):
    """Entries to reorder with Alt and the arrow keys, rename with F2, retire with Delete."""

    moved = Signal(int)
    renamed = Signal()
    retired = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do one of the three with its key."""
        key = Qt.Key(event.key())
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if alt and key in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self.moved.emit(-1 if key == Qt.Key.Key_Up else 1)
        elif key == Qt.Key.Key_F2:
            self.renamed.emit()
        elif key == Qt.Key.Key_Delete:
            self.retired.emit()
        else:
            super().keyPressEvent(event)


class ChoicesView(QWidget):
    """The page of services and interventions."""

    list_chosen = Signal(str)
    add = Signal(str)
    rename = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lists = Chips(exclusive=True)
        self.lists.setAccessibleName(_("Which list"))
        self.lists.chosen.connect(lambda value: self.list_chosen.emit(str(value)))
        self.rows = ChoiceRows(_("Entries"))
        self.line = LineEdit("", _("A new entry"))
        self.line_field = Field(_("Add an entry"), self.line)
        self.line.returnPressed.connect(self._enter)
        self.line.textEdited.connect(lambda _text: self.line_field.clear())
        self.add_button = Button(_("Add"), "add", "primary")
        self.add_button.clicked.connect(self._enter)
        self.leave_button = Button(_("Cancel"))
        self.leave_button.clicked.connect(self.end_rename)
        self.rename_button = Button(_("Rename"), "edit")
        self.up_button = Button(_("Up"), "up")
        self.down_button = Button(_("Down"), "down")
        self.retire_button = Button(_("Retire"), "archive")
        self.rename_button.clicked.connect(self.rows.renamed)
        self.up_button.clicked.connect(lambda: self.rows.moved.emit(-1))
        self.down_button.clicked.connect(lambda: self.rows.moved.emit(1))
        self.retire_button.clicked.connect(self.rows.retired)
        self._renaming = False
        side = QGridLayout()
        side.setSpacing(look().gap(8))
        actions = (
            (self.rename_button, "F2"),
            (self.up_button, "Alt+Up"),
            (self.down_button, "Alt+Down"),
            (self.retire_button, "Del"),
        )
        for place, (button, keys) in enumerate(actions):
            side.addWidget(button, place, 0)
            side.addWidget(KeyHint(keys), place, 1, Qt.AlignmentFlag.AlignLeft)
        side.setRowStretch(len(actions), 1)
        entry = QHBoxLayout()
        entry.setSpacing(look().gap(8))
        entry.addWidget(self.line_field, 1)
        entry.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignBottom)
        entry.addWidget(self.leave_button, 0, Qt.AlignmentFlag.AlignBottom)
        self.leave_button.hide()
        both = QHBoxLayout()
        both.setSpacing(look().gap(16))
        both.addWidget(self.rows, 1)
        both.addLayout(side)
        page = QVBoxLayout(self)
        room = look().gap(24)
        page.setContentsMargins(room, look().gap(16), room, look().gap(12))
        page.setSpacing(look().gap(12))
        head = QVBoxLayout()
        head.setSpacing(look().gap(4))
        head.addWidget(PageTitle(_("Services and interventions")))
        head.addWidget(
            Muted(
                _(
                    "These lists are yours. Renaming or retiring an entry changes no signed note:"
                    " each keeps the words it was signed with."
                )
            )
        )
        page.addLayout(head)
        page.addWidget(self.lists)
        page.addLayout(entry)
        page.addLayout(both, 1)

    def show_rows(self, entries: Sequence[Entry]) -> None:
        """Show the entries of a list."""
        self.rows.set_entries(entries)
        if entries and not self.rows.currentIndex().isValid():
            self.rows.go_to(0)

    def begin_rename(self, label: str) -> None:
        """Put a label into the line to be changed."""
        self._renaming = True
        self.line_field.label.setText(_("Rename the entry"))
        self.line.setAccessibleName(_("Rename the entry"))
        self.line.setText(label)
        self.add_button.setText(_("Rename"))
        self.add_button.set_icon("edit")
        self.leave_button.show()
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)
        self.line.selectAll()

    def end_rename(self) -> None:
        """Go back to adding."""
        self._renaming = False
        self.line_field.clear()
        self.line_field.label.setText(_("Add an entry"))
        self.line.setAccessibleName(_("Add an entry"))
        self.line.clear()
        self.add_button.setText(_("Add"))
        self.add_button.set_icon("add")
        self.leave_button.hide()

    def _enter(self) -> None:
        if self._renaming:
            self.rename.emit(self.line.text())
        else:
            self.add.emit(self.line.text())
