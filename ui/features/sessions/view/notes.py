"""The list of notes: those to finish, and those that are signed."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.kernel.words import _, pgettext
from ui.features.sessions.view.head import Head
from ui.features.sessions.view.sole_button import SoleButton
from ui.kit.look import look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.editors import Chips
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.headings import KeyHint, Muted, PageTitle
from ui.kit.widgets.lists import CardList, Entry

TO_FINISH, SIGNED = "to-finish", "signed"


class DraftList(CardList):
    """Drafts; Delete discards the one the focus is on."""

    discarded = Signal(object)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Discard with Delete."""
        entry = self.entry()
        if event.key() == Qt.Key.Key_Delete and entry is not None:
            self.discarded.emit(entry)
            return
        super().keyPressEvent(event)


class NotesView(QWidget):
    """The page of notes."""

    new_note = Signal()
    sole_asked = Signal()
    tab_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = PageTitle(_("Notes"))
        self.new_button = Button(_("New note"), "note", "primary")
        self.new_button.clicked.connect(self.new_note)
        self.sole_button = SoleButton(_("Sole-possession notes"))
        self.sole_button.clicked.connect(self.sole_asked)
        head = Head((self.title,), (self.sole_button, self.new_button), narrow=560)
        self.tabs = Chips(
            [(TO_FINISH, _("To finish")), (SIGNED, pgettext("notes", "Signed"))], exclusive=True
        )
        self.tabs.setAccessibleName(_("Which notes"))
        self.tabs.set_value(TO_FINISH)
        self.tabs.chosen.connect(lambda value: self.tab_chosen.emit(str(value)))
        self.drafts = DraftList(_("Notes to finish"))
        self.signed = CardList(_("Signed notes"))
        write = Button(_("Write a note"), "note", "primary")
        write.clicked.connect(self.new_note)
        self._nothing_open = EmptyState(
            "signed",
            _("Nothing to finish"),
            _("Drafts are kept here as you type, and so are notes that wait for your signature."),
            write,
        )
        first = Button(_("Write a note"), "note", "primary")
        first.clicked.connect(self.new_note)
        self._nothing_signed = EmptyState(
            "note",
            _("No signed notes yet"),
            _("A note you sign stays here and in the student’s record, and never changes."),
            first,
        )
        self._stack = QStackedWidget()
        for widget in (self.drafts, self._nothing_open, self.signed, self._nothing_signed):
            self._stack.addWidget(widget)
        self._hints = QWidget()
        hints = QHBoxLayout(self._hints)
        hints.setContentsMargins(0, 0, 0, 0)
        hints.addStretch(1)
        for keys, what in (("Enter", _("open")), ("Del", _("discard"))):
            hints.addWidget(KeyHint(keys))
            hints.addWidget(Muted(what))
        page = QVBoxLayout(self)
        room = look().gap(24)
        page.setContentsMargins(room, look().gap(16), room, look().gap(12))
        page.setSpacing(look().gap(12))
        page.addWidget(head)
        page.addWidget(self.tabs)
        page.addWidget(self._stack, 1)
        page.addWidget(self._hints)

    def show_counts(self, to_finish: str, signed: str, sole: str) -> None:
        """Say how many notes stand behind each tab."""
        self.tabs.set_options([(TO_FINISH, to_finish), (SIGNED, signed)])
        self.sole_button.setText(sole)

    def show_drafts(self, entries: Sequence[Entry]) -> None:
        """Show the notes to finish."""
        self.drafts.set_entries(entries)
        if entries and not self.drafts.currentIndex().isValid():
            self.drafts.go_to(0)

    def show_tab(self, tab: str) -> None:
        """Show the list of one tab, or what an empty one teaches."""
        self.tabs.set_value(tab)
        if tab == TO_FINISH:
            some = bool(self.drafts.entries.total())
            self._stack.setCurrentWidget(self.drafts if some else self._nothing_open)
            self._hints.setVisible(some)
        else:
            some = bool(self.signed.entries.total())
            self._stack.setCurrentWidget(self.signed if some else self._nothing_signed)
            self._hints.hide()

    def list_of(self, tab: str) -> CardList:
        """Return the list of a tab."""
        return self.drafts if tab == TO_FINISH else self.signed
