"""The form of a student's summary, with the pages as they will be printed beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.kernel.releases import NO_GROUND, Ground, Terms
from app.kernel.words import _
from ui.kit.documents import FHIR, PDF, format_hint, formats, save_icon, save_words
from ui.kit.look import look
from ui.kit.sending import send_button, send_line
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.fields import Chips, DateEdit, Field, Form, LineEdit
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.ground import GroundFields
from ui.kit.widgets.headings import Divider, Muted, PageTitle
from ui.kit.widgets.preview import PagesPreview
from ui.kit.widgets.scroll import ScrollColumn

Option = tuple[str, str]

_FORM = 420
_LEAST_PREVIEW = 360
_NO_LIMIT = 16_777_215
"""Qt's own greatest width: no limit."""


@dataclass(frozen=True, slots=True)
class SummaryTyped:
    """The form as it stands; nothing in it has to make sense yet."""

    parts: tuple[str, ...] = ()
    period: str = ""
    since: date | None = None
    until: date | None = None
    size: str = ""
    recipient: str = ""
    purpose: str = ""
    terms: Terms = NO_GROUND
    format: str = PDF
    also: tuple[str, ...] = ()


class SummaryView(QWidget):
    """Which sections, which days, which paper, for whom and why; and the pages."""

    edited = Signal()
    """Something was changed that shows on the paper."""
    save_asked = Signal()
    print_asked = Signal()

    def __init__(
        self,
        parts: Sequence[Option],
        periods: Sequence[Option],
        free_period: str,
        sizes: Sequence[Option],
        also: Sequence[Option] = (),
    ) -> None:
        super().__init__()
        self._free_period = free_period
        self.who = Muted("")
        self.parts = Chips(parts)
        self.period = Chips(periods, exclusive=True)
        self.since, self.until = DateEdit(), DateEdit()
        self.size_choice = Chips(sizes, exclusive=True)
        self.format_choice = Chips(formats(), exclusive=True)
        self.also = Chips(also)
        self.recipient, self.purpose = LineEdit(), LineEdit()
        self.save = Button(save_words(PDF), "pdf", "primary")
        self.print = Button(_("Print"), "print")
        self.send, self.send_line = send_button(), send_line()
        self.pages = PagesPreview()
        self.form = self._made_form()
        self._build()
        self._connect()
        self._period_chosen()
        self._format_chosen()

    def _made_form(self) -> Form:
        form = Form()
        hint = _("Choose what serves the purpose and no more. Note texts are left out at first.")
        form.add("recipient", Field(_("To whom"), self.recipient, required=True))
        form.add("purpose", Field(_("Why"), self.purpose, required=True))
        self.ground = GroundFields(form, names_somebody=True)
        form.add("sections", Field(_("Sections"), self.parts, hint))
        form.add("period", Field(_("Period"), self.period))
        form.add_row(since=Field(_("From"), self.since), until=Field(_("To"), self.until))
        form.add(
            "format",
            Field(
                _("Format"),
                self.format_choice,
                format_hint(),
            ),
        )
        form.add(
            "also",
            Field(
                _("Also in the document"),
                self.also,
                _("These are not on the pages shown here."),
            ),
        )
        form.add("size", Field(_("Paper"), self.size_choice))
        return form

    def _build(self) -> None:
        self._left = ScrollColumn(_("What the summary says"))
        head = QVBoxLayout()
        head.setSpacing(look().gap(4))
        head.addWidget(PageTitle(_("Student summary")))
        head.addWidget(self.who)
        self._left.body.addLayout(head)
        self._left.body.addWidget(self.form)
        self._left.body.addWidget(
            Muted(_("To whom and why are written into the disclosure record before it leaves."))
        )
        self._left.body.addWidget(self.send_line)
        self._left.body.addStretch(1)
        buttons = FlowLayout(None, gap=8)
        buttons.addWidget(self.save)
        buttons.addWidget(self.print)
        buttons.addWidget(self.send)
        self._foot = QVBoxLayout()
        self._foot.addLayout(buttons)
        self._side = QWidget()
        side = QVBoxLayout(self._side)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(0)
        side.addWidget(self._left, 1)
        side.addWidget(Divider())
        side.addLayout(self._foot)
        self._right = ScrollColumn(_("Preview"))
        self._right.body.addWidget(self.pages)
        self._right.body.addStretch(1)
        self._line = Divider("down")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._side)
        row.addWidget(self._line)
        row.addWidget(self._right, 1)
        self._narrow = False
        self._dress()
        look().changed.connect(self._dress)

    def _connect(self) -> None:
        self.period.chosen.connect(self._period_chosen)
        self.format_choice.chosen.connect(self._format_chosen)
        for chips in (self.parts, self.period, self.size_choice, self.format_choice, self.also):
            chips.chosen.connect(self._edited)
        self.ground.chosen.connect(self._edited)
        for line in (self.recipient, self.purpose):
            line.textChanged.connect(self._edited)
            line.returnPressed.connect(self.save_asked)
        for day in (self.since, self.until):
            day.picked.connect(self._edited)
        self.save.clicked.connect(self.save_asked)
        self.print.clicked.connect(self.print_asked)
        here = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for keys, ask in (
            (QKeySequence.StandardKey.Save, self.save_asked),
            (QKeySequence.StandardKey.Print, self.print_asked),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(here)
            shortcut.activated.connect(ask)
        for button, standard in (
            (self.save, QKeySequence.StandardKey.Save),
            (self.print, QKeySequence.StandardKey.Print),
        ):
            shown = QKeySequence(standard).toString(QKeySequence.SequenceFormat.NativeText)
            button.setToolTip(shown)

    def _dress(self) -> None:
        room = look().gap(24)
        self._foot.setContentsMargins(room, look().gap(12), room, look().gap(12))
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the preview beside the form where there is room, else under it."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        form = look().px(_FORM)
        narrow = self.width() < form + _LEAST_PREVIEW
        self._side.setMinimumWidth(0 if narrow else form)
        self._side.setMaximumWidth(_NO_LIMIT if narrow else form)
        if narrow == self._narrow:
            return
        self._narrow = narrow
        self._right.setVisible(not narrow)
        self._line.setVisible(not narrow)
        body = self._left.body if narrow else self._right.body
        body.insertWidget(body.count() - 1, self.pages)
        self.edited.emit()

    def _edited(self) -> None:
        self.form.clear()
        self.edited.emit()

    def _period_chosen(self) -> None:
        free = self.period.value() == self._free_period
        for name in ("since", "until"):
            self.form.field(name).setVisible(free)

    def _format_chosen(self) -> None:
        """Offer what a format has a use for: only a paper has a size and is printed."""
        chosen = str(self.format_choice.value() or PDF)
        self.form.field("also").setVisible(chosen == FHIR)
        self.form.field("size").setVisible(chosen == PDF)
        self.print.setVisible(chosen == PDF)
        self.save.setText(save_words(chosen))
        self.save.set_icon(save_icon(chosen))

    # -- what is typed ---------------------------------------------------------------

    def typed(self) -> SummaryTyped:
        """Return the form as it stands."""
        return SummaryTyped(
            tuple(str(part) for part in self.parts.values()),
            str(self.period.value() or ""),
            self.since.value(),
            self.until.value(),
            str(self.size_choice.value() or ""),
            "" if self.ground.value() is Ground.OWN_USE else self.recipient.text(),
            self.purpose.text(),
            self.ground.terms(),
            str(self.format_choice.value() or PDF),
            tuple(str(one) for one in self.also.values()),
        )

    def show_typed(self, typed: SummaryTyped) -> None:
        """Fill the form without asking for anything."""
        with QSignalBlocker(self):
            self.parts.set_values(typed.parts)
            self.period.set_value(typed.period)
            self.size_choice.set_value(typed.size)
            self.since.set_value(typed.since)
            self.until.set_value(typed.until)
            self.recipient.setText(typed.recipient)
            self.purpose.setText(typed.purpose)
            self.format_choice.set_value(typed.format)
            self.also.set_values(typed.also)
        self.form.clear()
        self._period_chosen()
        self._format_chosen()

    def misread_day(self) -> str:
        """Return the name of the first day that is typed but not understood."""
        for name, editor in (("since", self.since), ("until", self.until)):
            if editor.isVisible() and not editor.understood():
                return name
        return ""

    def page_width(self) -> int:
        """Return how wide a page of the preview is, in pixels of the screen."""
        column = self._left if self._narrow else self._right
        room = column.viewport().width() - 2 * look().gap(24) - 2
        return max(200, min(room, look().px(820)))

    def busy(self, *, on: bool) -> None:
        """Keep a second order from being given while one is carried out."""
        self.save.setEnabled(not on)
        self.print.setEnabled(not on)
        self.send.setEnabled(not on)
