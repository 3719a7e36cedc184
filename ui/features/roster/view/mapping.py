"""Which column of a table holds what."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.kit.look import look
from ui.kit.notices import Banner
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.editors import Check, Choice, LineEdit
from ui.kit.widgets.fields import Field, Form
from ui.kit.widgets.headings import KeyHint, Lead, PageTitle, SectionTitle
from ui.kit.widgets.scroll import ScrollColumn

_ACROSS, _ACROSS_LARGE = 3, 2


@dataclass(frozen=True, slots=True)
class ColumnShown:
    """One column: its title, some of what it holds, and what it is taken for."""

    title: str
    sample: str
    holds: str


@dataclass(frozen=True, slots=True)
class Answers:
    """What was chosen: one field or nothing per column, and how the table is written."""

    holds: tuple[str, ...]
    date_order: str
    family_first: bool
    everyone: bool
    school: str


class _How:
    """The questions about the table as a whole."""

    def __init__(self, dates: Sequence[tuple[str, str]], answers: Answers) -> None:
        self.dates = Choice(dates)
        self.dates.set_value(answers.date_order)
        self.names = Choice(
            [(False, _("Given name first: Ana Núñez")), (True, _("Family name first: Núñez Ana"))]
        )
        self.names.set_value(answers.family_first)
        self.school = LineEdit(answers.school)
        self.everyone = Check(
            _("The table lists everyone: who came by a table and is not in it has left"),
            on=answers.everyone,
        )


class MappingPanel(QWidget):
    """Asks which column holds what, with guesses and samples."""

    answered = Signal(object)
    """Emitted with the `Answers`."""

    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns: list[Choice] = []
        self._how: _How | None = None
        self._banner: Banner | None = None
        self.lead = Lead()
        self._area = ScrollColumn(_("Columns of the table"), margin=0)
        self.form = Form()
        self._area.body.addWidget(self.form)
        back = Button(_("Back"), "back")
        back.clicked.connect(self.left)
        self.next_button = Button(_("See what would change"), "forward", "primary")
        self.next_button.clicked.connect(self._answer)
        buttons = QHBoxLayout()
        buttons.setSpacing(look().gap(8))
        buttons.addWidget(back)
        buttons.addStretch(1)
        buttons.addWidget(KeyHint("Ctrl+Enter"))
        buttons.addWidget(self.next_button)
        self._above = QVBoxLayout()
        page = QVBoxLayout(self)
        room = look().gap(24)
        page.setContentsMargins(room, look().gap(16), room, look().gap(12))
        page.setSpacing(look().gap(12))
        head = QVBoxLayout()
        head.setSpacing(look().gap(4))
        head.addWidget(PageTitle(_("Which column holds what?")))
        head.addWidget(self.lead)
        page.addLayout(head)
        page.addLayout(self._above)
        page.addWidget(self._area, 1)
        page.addLayout(buttons)
        for keys, slot in (
            ("Ctrl+Return", self._answer),
            ("Ctrl+Enter", self._answer),
            ("Esc", self.left.emit),
        ):
            QShortcut(
                QKeySequence(keys),
                self,
                slot,
                context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
            )

    def show_table(
        self,
        lead: str,
        columns: Sequence[ColumnShown],
        fields: Sequence[tuple[str, str]],
        dates: Sequence[tuple[str, str]],
        dates_hint: str,
        answers: Answers,
    ) -> None:
        """Show a table's columns; `fields` are what a column may hold."""
        self.refuse("")
        self.lead.setText(lead)
        old = self.form
        self._how = how = _How(dates, answers)
        self.form = Form()
        self._columns = []
        shown: dict[str, Field] = {}
        across = _ACROSS if look().zoom < 1.5 else _ACROSS_LARGE
        for place, column in enumerate(columns):
            choice = Choice(fields)
            choice.set_value(column.holds)
            self._columns.append(choice)
            shown[f"column_{place}"] = Field(column.title, choice, column.sample)
            if len(shown) == across:
                self.form.add_row(**shown)
                shown = {}
        if shown:
            self.form.add_row(**shown)
        self.form.add_widget(SectionTitle(_("How the table is written")))
        self.form.add_row(
            date_order=Field(_("Dates"), how.dates, dates_hint),
            family_first=Field(_("Whole names"), how.names),
            school=Field(
                _("School"), how.school, _("For a table that has no column for the school")
            ),
        )
        self.form.add_widget(how.everyone)
        self._area.body.replaceWidget(old, self.form)
        old.hide()
        old.deleteLater()

    def refuse(self, sentence: str) -> None:
        """Say above the columns what would be accepted; nothing to say takes it away."""
        if self._banner is not None:
            self._above.removeWidget(self._banner)
            self._banner.deleteLater()
            self._banner = None
        if sentence:
            self._banner = Banner(sentence, "trouble")
            self._above.addWidget(self._banner)

    def focus(self) -> None:
        """Put the focus on the first column."""
        if self._columns:
            self._columns[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def answers(self) -> Answers | None:
        """Return what is chosen now, if a table is shown."""
        how = self._how
        if how is None:
            return None
        return Answers(
            tuple(str(choice.value() or "") for choice in self._columns),
            str(how.dates.value() or ""),
            bool(how.names.value()),
            how.everyone.isChecked(),
            how.school.text().strip(),
        )

    def _answer(self) -> None:
        answers = self.answers()
        if answers is not None:
            self.answered.emit(answers)
