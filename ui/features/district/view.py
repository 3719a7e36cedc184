"""The page of the district, and the sheet on which its first file is confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QStackedLayout, QVBoxLayout, QWidget

from app.kernel.words import _
from app.phrases.district_asks import Part
from ui.kit.look import Kind, TextSize, look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.editors import GrowingRow
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.entry_sheet import EntrySheet
from ui.kit.widgets.fields import Check, Field, LineEdit
from ui.kit.widgets.headings import Card, Lead, Muted, PageTitle, SectionTitle, Words
from ui.kit.widgets.scroll import ScrollColumn


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page says of a district, in sentences."""

    name: str
    file: str
    words: Sequence[str]
    asks: Sequence[Part]
    known_as: str
    invited: str


class WordGrid(QWidget):
    """The words of a key, numbered, large enough to be read out by phone."""

    def __init__(self, words: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(look().gap(24))
        self._labels: list[Words] = []
        self.show_words(words)

    def show_words(self, words: Sequence[str]) -> None:
        """Show other words."""
        for label in self._labels:
            self._grid.removeWidget(label)
            label.deleteLater()
        self._labels = []
        half = (len(words) + 1) // 2
        for index, word in enumerate(words):
            label = Words(f"{index + 1}.  {word}", TextSize.LEAD, bold=True, wrap=False)
            self._grid.addWidget(label, index % half, index // half)
            self._labels.append(label)
        self._grid.setColumnStretch(2, 1)
        self.setAccessibleName(_("Words of the district’s key"))
        self.setAccessibleDescription(" ".join(words))


class DistrictView(QWidget):
    """Without a district: what one is for. With one: whose it is, and what it asks."""

    load_asked = Signal()
    leave_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._first = Button(_("Load a district file"), "import", "primary")
        self._first.clicked.connect(self.load_asked)
        self._none = EmptyState(
            "district",
            _("This vault belongs to no district"),
            _(
                "If your district works with Casewell, its IT gives you a file. It says where"
                " summaries go and to whose key they are encrypted, and what the district asks of"
                " a desk. Everything else works without one."
            ),
            self._first,
        )
        self._stack.addWidget(self._none)
        self._stack.addWidget(self._joined())
        self._unknown = QWidget()
        self._stack.addWidget(self._unknown)
        self._stack.setCurrentWidget(self._unknown)

    def _joined(self) -> ScrollColumn:
        self.column = ScrollColumn(_("District"), width=760)
        self._name = PageTitle("")
        self._file = Lead("")
        self._trouble = Card(Kind.WARN)
        self._trouble_text = Words("")
        self._trouble.body.addWidget(self._trouble_text)
        self._trouble.hide()
        self.load = Button(_("Load a newer file"), "import")
        self.leave = Button(_("Leave the district"), "off", "danger")
        self.load.clicked.connect(self.load_asked)
        self.leave.clicked.connect(self.leave_asked)
        self._keepers = Muted(_("A keeper of this vault loads the district’s files."))
        asks = Card()
        asks.body.addWidget(SectionTitle(_("What the district asks for")))
        self._asks = QVBoxLayout()
        asks.body.addLayout(self._asks)
        key = Card()
        key.body.addWidget(SectionTitle(_("Words of the district’s key")))
        key.body.addWidget(
            Muted(_("If in doubt, let IT read theirs to you, by phone or in person."))
        )
        self.words = WordGrid()
        key.body.addWidget(self.words)
        known = Card()
        known.body.addWidget(SectionTitle(_("How the district knows this desk")))
        self._known_as = Words("")
        self._invited = Muted("")
        known.body.addWidget(self._known_as)
        known.body.addWidget(self._invited)
        body = self.column.body
        for widget in (
            self._name,
            self._file,
            GrowingRow(self.load, self.leave),
            self._keepers,
            self._trouble,
            asks,
            key,
            known,
        ):
            body.addWidget(widget)
        body.addStretch(1)
        return self.column

    def show_none(self, *, may_load: bool) -> None:
        """Say that there is no district."""
        self._first.setVisible(may_load)
        if not may_load:
            self._none.say(
                self._none.title.text(), _("A keeper of this vault loads the district’s files.")
            )
        self._stack.setCurrentWidget(self._none)

    def show_joined(self, shown: Shown, *, may_load: bool) -> None:
        """Say which district it is, and what it asks for."""
        self._name.setText(shown.name)
        self._file.setText(shown.file)
        self.words.show_words(shown.words)
        fill(self._asks, shown.asks)
        self._known_as.setText(shown.known_as)
        self._invited.setText(shown.invited)
        for button in (self.load, self.leave):
            button.setVisible(may_load)
        self._keepers.setVisible(not may_load)
        self._stack.setCurrentWidget(self.column)

    def show_left_out(self, lines: Sequence[str]) -> None:
        """Say which packs of the file were left out, and why; nothing: all is well."""
        self._trouble_text.setText("\n".join(lines))
        self._trouble.setVisible(bool(lines))

    def focus_first(self) -> None:
        """Put the focus on the likely step."""
        (self._first if self._stack.currentWidget() is self._none else self.load).setFocus()


def fill(column: QVBoxLayout, parts: Sequence[Part]) -> None:
    """Show sentences under their titles in place of those before."""
    while (item := column.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.deleteLater()
    column.setSpacing(look().gap(4))
    for number, part in enumerate(parts):
        if number:
            column.addSpacing(look().gap(8))
        column.addWidget(Words(part.title, bold=True))
        for line in part.lines:
            column.addWidget(Words(line))


class LoadSheet(EntrySheet):
    """A file before it is taken: what it asks for; for the first, the words to compare."""

    def __init__(
        self,
        name: str,
        asks: Sequence[Part],
        words: Sequence[str],
        shown_as: str,
        *,
        first: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _("Is this your district?") if first else _("A newer file of your district"),
            _("Join this district") if first else _("Take this file"),
            name,
            width=600,
            parent=parent,
        )
        if first:
            self.form.add_widget(
                Words(
                    _(
                        "Call IT, or meet them, and let them read the eight words of the"
                        " district’s key to you. Whoever wrote this file could have made it up;"
                        " these words cannot be."
                    )
                )
            )
            card = Card(Kind.ACCENT)
            card.body.addWidget(WordGrid(words))
            self.form.add_widget(card)
            self.form.add(
                "confirmed",
                Field(_("IT told me eight words"), Check(_("They are the same"))),
            )
        self.form.add(
            "shown_as",
            Field(
                _("How the district knows you"),
                LineEdit(shown_as),
                _("It is told this, your role and your schools, and nothing about a student."),
            ),
        )
        self.form.add_widget(SectionTitle(_("What the district asks for")))
        told = QWidget()
        column = QVBoxLayout(told)
        column.setContentsMargins(0, 0, 0, 0)
        fill(column, asks)
        self.form.add_widget(told)
        self.form.field(self.form.names()[0]).setFocus()

    def keepable(self) -> dict[str, Any]:
        """Return what may be kept: not that the words are the same, which is said anew each time."""
        return {name: entry for name, entry in super().keepable().items() if name != "confirmed"}
