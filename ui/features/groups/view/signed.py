"""A signed session to read: what all shared, and who came."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.kernel.words import _
from ui.kit.look import Kind, TextSize, look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import (
    Card,
    Chip,
    Divider,
    Muted,
    PageTitle,
    SectionTitle,
    Words,
)
from ui.kit.widgets.lists import CardList, Entry
from ui.kit.widgets.scroll import ScrollColumn


class SignedSessionView(QWidget):
    """The page of a signed session."""

    opened = Signal(object)
    correct = Signal(object)
    """Emitted with the entry whose attendance is to be corrected."""
    group_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.title = PageTitle("")
        self.line = Muted("")
        self.chip = Chip(_("Signed"), Kind.GOOD, "signed")
        self._text = Card()
        self.signed = Muted("", TextSize.FINE)
        self.list = CardList(_("Who came"), expands=True)
        self.list.opened.connect(self.opened)
        self.correct_button = Button(_("Correct the attendance"), "amendment")
        self.correct_button.clicked.connect(lambda: self.correct.emit(self.list.entry()))
        self.group_button = Button(_("The group"), "group", "quiet")
        self.group_button.clicked.connect(self.group_asked)
        row = QWidget()
        flow = FlowLayout(row, gap=8)
        flow.addWidget(self.chip)
        flow.addWidget(self.group_button)
        self.came = SectionTitle("")
        self.hint = Muted(_("Enter opens a member’s own note. C corrects the attendance."))
        sheet = ScrollColumn(_("Signed group session"), margin=0)
        column = sheet.body
        room = look().gap(24)
        column.setContentsMargins(room, look().gap(16), room, look().gap(12))
        column.setSpacing(look().gap(12))
        actions = QWidget()
        beside = FlowLayout(actions, gap=8)
        beside.addWidget(self.correct_button)
        for widget in (
            self.title, self.line, row, self._text, self.came, self.hint, self.list, actions,
        ):  # fmt: skip
            column.addWidget(widget)
        column.addStretch(1)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(sheet)

    def show_session(
        self,
        title: str,
        line: str,
        texts: Sequence[tuple[str, str]],
        signed: str,
        came: str,
        entries: Sequence[Entry],
    ) -> None:
        """Show a session."""
        self.title.setText(title)
        self.line.setText(line)
        body = self._text.body
        while (item := body.takeAt(0)) is not None:
            if (widget := item.widget()) is not None and widget is not self.signed:
                widget.hide()
                widget.deleteLater()
        for heading, text in texts:
            body.addWidget(Words(heading, TextSize.FINE, "muted", bold=True))
            words = Words(text)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            body.addWidget(words)
        if not texts:
            body.addWidget(Muted(_("No text: nobody came.")))
        body.addWidget(Divider())
        self.signed.setText(signed)
        body.addWidget(self.signed)
        self.came.setText(came)
        self.list.set_entries(entries)
        self.list.setMinimumHeight(self.list.row_height() * min(10, len(entries)) + look().px(12))
        if entries and not self.list.currentIndex().isValid():
            self.list.go_to(0)

    def offer_correction(self, *, on: bool) -> None:
        """Let the attendance be corrected, or not."""
        self.correct_button.setVisible(on)
        self.hint.setText(
            _("Enter opens a member’s own note. C corrects the attendance.")
            if on
            else _("Enter opens a member’s own note.")
        )
