"""The small form of a student's Medicaid number and consent."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.fields import DateEdit, Field, Form, LineEdit
from ui.kit.widgets.headings import Card, KeyHint, Muted, PageTitle
from ui.kit.widgets.scroll import ScrollColumn


class MedicaidView(QWidget):
    """Number, and from when until when the parent consents to billing."""

    save = Signal()

    def __init__(self, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = PageTitle(_("Medicaid and consent"))
        self.about = Muted("")
        self.number = LineEdit()
        self.consent_on = DateEdit(None, today=today)
        self.consent_until = DateEdit(None, today=today)
        self.form = Form()
        self.form.add(
            "medicaid_id",
            Field(
                _("Medicaid number"),
                self.number,
                _("Letters and digits. Empty it to make no more lines for this student."),
            ),
        )
        self.form.add_row(
            consent_on=Field(
                _("The parent consented on"),
                self.consent_on,
                _("The day on the signed form. Without it no line is ready."),
            ),
            consent_until=Field(
                _("Until"), self.consent_until, _("The last day it covers; empty while it stands")
            ),
        )
        self.save_button = Button(_("Keep it"), "check", "primary")
        self.save_button.clicked.connect(self.save)
        card = Card()
        card.body.addWidget(self.form)
        row = QHBoxLayout()
        row.addWidget(self.save_button)
        row.addWidget(KeyHint("Ctrl+Enter"), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        card.body.addLayout(row)
        card.body.addWidget(
            Muted(
                _(
                    "Your own claim lines are made of signed sessions from the number and the"
                    " consent. Nothing is sent by Casewell. Whoever gives services at this vault"
                    " sees both; the administrator’s role does not."
                )
            )
        )
        sheet = ScrollColumn(_("Medicaid and consent"), width=760)
        sheet.body.addWidget(self.title)
        sheet.body.addWidget(self.about)
        sheet.body.addWidget(card)
        sheet.body.addStretch(1)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(sheet)

    def show_facts(self, student: str, number: str, since: str, until: str) -> None:
        """Show what is on file."""
        self.about.setText(student)
        self.number.setText(number)
        for line, text in ((self.consent_on, since), (self.consent_until, until)):
            try:
                line.set_value(date.fromisoformat(text) if text else None)
            except ValueError:
                line.setText(text)
        self.form.clear()

    def values(self) -> dict[str, str]:
        """Return every entry as it stands."""
        found = {"medicaid_id": self.number.text()}
        for name, line in (("consent_on", self.consent_on), ("consent_until", self.consent_until)):
            day = line.value()
            found[name] = day.isoformat() if day else line.text().strip()
        return found
