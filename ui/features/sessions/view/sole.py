"""The compartment of sole-possession notes: a list, and the one that is open."""

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.kernel.words import _
from ui.features.sessions.view.head import Head
from ui.features.sessions.view.sole_button import SoleButton
from ui.features.sessions.view.student_picker import StudentPicker
from ui.kit.look import Kind, TextSize, look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.editors import DateEdit, GrowingRow, NoteText
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.fields import Field
from ui.kit.widgets.headings import Card, Chip, Muted, PageTitle, Words
from ui.kit.widgets.lists import CardList, Entry


class SoleView(QWidget):
    """The page of sole-possession notes, in its own colour."""

    new_note = Signal()
    edited = Signal(str)
    purge = Signal()
    keep = Signal()
    into_record = Signal()

    def __init__(self, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self._quiet = False
        self._listed = False
        self.title = PageTitle(_("Sole-possession notes"))
        self.lead = Muted(
            _("Your own memory aids. Nobody else sees them, and nothing here is ever exported.")
        )
        self.new_button = SoleButton(_("New sole-possession note"))
        self.new_button.clicked.connect(self.new_note)
        head = Head((self.title, self.lead), (self.new_button,), narrow=600)
        self.list = CardList(_("Sole-possession notes"))
        self._editor = self._build_editor()
        start = SoleButton(_("Write one"))
        start.clicked.connect(self.new_note)
        self._empty = EmptyState(
            "sole",
            _("No sole-possession notes"),
            _(
                "A memory aid in your sole possession is no education record as long as you show"
                " it to nobody. It asks to be purged at the end of the school year."
            ),
            start,
        )
        self._pick = EmptyState(
            "sole", _("Choose a note"), _("Enter opens the one the list stands on.")
        )
        self._side = QStackedWidget()
        for widget in (self._pick, self._editor):
            self._side.addWidget(widget)
        both = QWidget()
        columns = QHBoxLayout(both)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(look().gap(16))
        columns.addWidget(self.list, 2)
        columns.addWidget(self._side, 3)
        self._stack = QStackedWidget()
        self._stack.addWidget(both)
        self._stack.addWidget(self._empty)
        page = QVBoxLayout(self)
        room = look().gap(24)
        page.setContentsMargins(room, look().gap(16), room, look().gap(12))
        page.setSpacing(look().gap(12))
        page.addWidget(head)
        page.addWidget(self._stack, 1)

    def _build_editor(self) -> QWidget:
        card = Card(Kind.SOLE)
        self.chip = Chip(_("Sole possession"), Kind.SOLE, "sole")
        self.status = Muted("", TextSize.FINE)
        self.status.setAccessibleDescription(_("Saved"))
        top = QHBoxLayout()
        top.addWidget(self.chip)
        top.addWidget(self.status, 1)
        self.status.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        card.body.addLayout(top)
        self.prompt = Words("", ink="sole", bold=True)
        self.prompt.hide()
        card.body.addWidget(self.prompt)
        self.student = StudentPicker()
        self.about_on = DateEdit(today=self._today)
        self.purge_on = DateEdit(today=self._today)
        self.text = NoteText(lines=8, most=16)
        self.fields = {
            "student": Field(_("Student"), self.student),
            "about_on": Field(_("About the day"), self.about_on),
            "purge_on": Field(_("Asks to be purged on"), self.purge_on),
            "text": Field(_("Note"), self.text),
        }
        card.body.addWidget(self.fields["student"])
        days = QHBoxLayout()
        days.setSpacing(look().gap(12))
        days.addWidget(self.fields["about_on"], 1, Qt.AlignmentFlag.AlignTop)
        days.addWidget(self.fields["purge_on"], 1, Qt.AlignmentFlag.AlignTop)
        card.body.addLayout(days)
        card.body.addWidget(self.fields["text"])
        self.record_button = Button(_("Turn into a record note"), "note")
        self.keep_button = Button(_("Keep for another year"), "clock")
        self.purge_button = Button(_("Purge"), "delete", "danger")
        self.record_button.clicked.connect(self.into_record)
        self.keep_button.clicked.connect(self.keep)
        self.purge_button.clicked.connect(self.purge)
        card.body.addWidget(GrowingRow(self.record_button, self.keep_button, self.purge_button))
        self.student.picked.connect(lambda _id: self._changed("student"))
        self.about_on.picked.connect(lambda _day: self._changed("about_on"))
        self.purge_on.picked.connect(lambda _day: self._changed("purge_on"))
        self.text.textChanged.connect(lambda: self._changed("text"))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setAccessibleName(_("Sole-possession note"))
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(card)
        column.addStretch(1)
        area.setWidget(inside)
        area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        return area

    def show_list(self, entries: Sequence[Entry], *, writing: bool) -> None:
        """Show the notes; with none and nothing being written, what the page is for."""
        self.list.set_entries(entries)
        if entries and not self.list.currentIndex().isValid():
            self.list.go_to(0)
        some = bool(entries) or writing
        self._stack.setCurrentIndex(0 if some else 1)
        self.new_button.setVisible(some)
        self._listed = bool(entries)
        self._share()

    def show_note(self, about_on: date | None, purge_on: date | None, text: str) -> None:
        """Show a note to write on; nothing counts as typed."""
        self._quiet = True
        self.about_on.set_value(about_on)
        self.purge_on.set_value(purge_on)
        with QSignalBlocker(self.text):
            self.text.set_text(text)
        self._quiet = False
        for field in self.fields.values():
            field.clear()
        self._stack.setCurrentIndex(0)
        self._side.setCurrentIndex(1)
        self._share()

    def show_purge_on(self, day: date | None) -> None:
        """Show when the note asks to be purged; nothing counts as typed."""
        self._quiet = True
        self.purge_on.set_value(day)
        self._quiet = False

    def show_none(self) -> None:
        """Show that no note is open."""
        self._side.setCurrentIndex(0)
        self._share()

    def show_prompt(self, sentence: str) -> None:
        """Ask for the purge of the open note, or stop asking."""
        self.prompt.setText(sentence)
        self.prompt.setVisible(bool(sentence))
        self.keep_button.setVisible(bool(sentence))

    def show_stored(self, *, on: bool) -> None:
        """Allow what only a stored note can become."""
        self.record_button.setEnabled(on)
        self.purge_button.setEnabled(on)

    def refuse(self, name: str, sentence: str) -> bool:
        """Show a refusal at the entry called `name`; False if there is none."""
        field = self.fields.get(name)
        if field is None:
            return False
        field.refuse(sentence)
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _changed(self, name: str) -> None:
        if not self._quiet:
            self.fields[name].clear()
            self.edited.emit(name)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the page anew."""
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        """Share the page between list and note; a narrow one has room for one of them."""
        wide = self.width() >= look().px(760)
        is_open = self._side.currentIndex() == 1
        self._side.setVisible(wide or is_open)
        self.list.setVisible(self._listed and (wide or not is_open))
        self.lead.setVisible(wide or not is_open)
