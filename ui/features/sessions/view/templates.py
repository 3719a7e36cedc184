"""Note templates: the list, and the sections of the one that is open."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.kit.look import look
from ui.kit.widgets.buttons import Button, IconButton
from ui.kit.widgets.editors import GrowingRow, LineEdit
from ui.kit.widgets.fields import Field
from ui.kit.widgets.headings import Card, Muted, PageTitle, SectionTitle, Words
from ui.kit.widgets.lists import CardList, Entry


class SectionRow(Card):
    """One section of a template: its title, its hint, and its place among the others."""

    def __init__(self, number: int, key: str, title: str, hint: str) -> None:
        super().__init__(padding=12)
        self.key = key
        self.title = LineEdit(title)
        self.hint = LineEdit(hint)
        self.title_field = Field(_("Section {number}: title").format(number=number), self.title)
        self.hint_field = Field(_("What belongs in it"), self.hint)
        self.up = IconButton("up", _("Move section {number} up").format(number=number))
        self.down = IconButton("down", _("Move section {number} down").format(number=number))
        self.remove = IconButton("delete", _("Remove section {number}").format(number=number))
        row = QHBoxLayout()
        row.setSpacing(look().gap(12))
        row.addWidget(self.title_field, 2, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.hint_field, 3, Qt.AlignmentFlag.AlignTop)
        for button in (self.up, self.down, self.remove):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        self.body.addLayout(row)


class TemplatesView(QWidget):
    """The page of note templates."""

    copy = Signal()
    save = Signal()
    retire = Signal()
    make_usual = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[SectionRow] = []
        self.list = CardList(_("Note templates"))
        self._sheet = QWidget()
        self._column = QVBoxLayout(self._sheet)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(look().gap(12))
        self.name = LineEdit()
        self.name_field = Field(_("Name"), self.name)
        self.heading = SectionTitle("")
        self.explanation = Muted("")
        self.copy_button = Button(_("Copy to change it"), "copy")
        self.save_button = Button(_("Save"), "save", "primary")
        self.add_button = Button(_("Add a section"), "add")
        self.retire_button = Button(_("Retire"), "archive")
        self.usual_button = Button(_("Begin new notes with it"), "pin")
        self.copy_button.clicked.connect(self.copy)
        self.save_button.clicked.connect(self.save)
        self.retire_button.clicked.connect(self.retire)
        self.usual_button.clicked.connect(self.make_usual)
        self.add_button.clicked.connect(self._add)
        self._sections = QVBoxLayout()
        self._sections.setSpacing(look().gap(8))
        for widget in (self.heading, self.explanation, self.name_field):
            self._column.addWidget(widget)
        self._column.addLayout(self._sections)
        self._column.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeading)
        self._column.addWidget(
            GrowingRow(self.save_button, self.copy_button, self.usual_button, self.retire_button)
        )
        self._column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(_("Template"))
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self._sheet)
        both = QHBoxLayout()
        both.setSpacing(look().gap(16))
        self.list.setMinimumWidth(look().px(200))
        both.addWidget(self.list, 2)
        both.addWidget(area, 5)
        page = QVBoxLayout(self)
        room = look().gap(24)
        page.setContentsMargins(room, look().gap(16), room, look().gap(12))
        page.setSpacing(look().gap(12))
        page.addWidget(PageTitle(_("Note templates")))
        page.addLayout(both, 1)

    def show_list(self, entries: Sequence[Entry]) -> None:
        """Show the templates."""
        self.list.set_entries(entries)

    def show_template(
        self,
        name: str,
        sections: Sequence[tuple[str, str, str]],
        *,
        own: bool,
        retired: bool,
        usual: bool,
    ) -> None:
        """Show one template: to change if it is one's own, else to read and copy."""
        self.heading.setText(name)
        self.explanation.setText(
            _("Your own template. Notes that were signed with it stay as they are.")
            if own
            else _("This template came with Casewell. Copy it to change its sections.")
        )
        self.name.setText(name)
        for widget in (self.name_field, self.add_button, self.save_button):
            widget.setVisible(own)
        self.retire_button.setText(_("Offer it again") if retired else _("Retire"))
        self.usual_button.setVisible(not usual and not retired)
        self.clear_refusals()
        self._clear()
        if own:
            for section in sections:
                self._append(*section)
            self._renumber()
        else:
            for _key, title, hint in sections:
                card = Card(padding=12)
                card.body.addWidget(Words(title, bold=True))
                if hint:
                    card.body.addWidget(Muted(hint))
                self._sections.addWidget(card)

    def sections(self) -> list[tuple[str, str, str]]:
        """Return key, title and hint of each section as they stand."""
        return [(row.key, row.title.text(), row.hint.text()) for row in self.rows]

    def refuse(self, name: str, sentence: str) -> bool:
        """Show a refusal at the entry called `name`; False if there is none."""
        field = None
        if name == "label":
            field = self.name_field
        elif name.startswith("section_"):
            field = self.rows[int(name.removeprefix("section_")) - 1].title_field
        if field is None:
            return False
        field.refuse(sentence)
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def clear_refusals(self) -> None:
        """Take all refusals back."""
        self.name_field.clear()
        for row in self.rows:
            row.title_field.clear()

    def _clear(self) -> None:
        self.rows = []
        while self._sections.count():
            item = self._sections.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _append(self, key: str, title: str, hint: str) -> SectionRow:
        row = SectionRow(len(self.rows) + 1, key, title, hint)
        row.up.clicked.connect(lambda: self._move(row, -1))
        row.down.clicked.connect(lambda: self._move(row, 1))
        row.remove.clicked.connect(lambda: self._remove(row))
        self.rows.append(row)
        self._sections.addWidget(row)
        return row

    def _add(self) -> None:
        row = self._append("", "", "")
        self._renumber()
        row.title.setFocus(Qt.FocusReason.OtherFocusReason)

    def _move(self, row: SectionRow, step: int) -> None:
        values = self.sections()
        place = self.rows.index(row)
        other = place + step
        values[place], values[other] = values[other], values[place]
        self._rebuild(values)
        moved = self.rows[other]
        button = moved.up if step < 0 else moved.down
        (button if button.isEnabled() else moved.title).setFocus(Qt.FocusReason.OtherFocusReason)

    def _remove(self, row: SectionRow) -> None:
        values = self.sections()
        del values[self.rows.index(row)]
        self._rebuild(values)
        self.add_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _rebuild(self, values: Sequence[tuple[str, str, str]]) -> None:
        self._clear()
        for section in values:
            self._append(*section)
        self._renumber()

    def _renumber(self) -> None:
        for place, row in enumerate(self.rows):
            row.up.setEnabled(place > 0)
            row.down.setEnabled(place < len(self.rows) - 1)
            row.remove.setEnabled(len(self.rows) > 1)
