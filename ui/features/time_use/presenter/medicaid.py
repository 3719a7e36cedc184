"""A student's Medicaid number and the parent's consent to bill: one small form."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout

from app.features.time_use.commands import KeepMedicaid
from app.features.time_use.service.billing import MedicaidSheet
from app.kernel.changes import Changed, Kind
from app.kernel.errors import Refused
from app.kernel.words import _
from app.phrases import sentence
from ui.features.time_use.view.medicaid import MedicaidView
from ui.kit.room import Context, PageWidget


class MedicaidPage(PageWidget):
    """What a claim asks of one student."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._student = ""
        self._shown: dict[str, Any] = {}
        self._kept: dict[str, dict[str, Any]] = {}
        """What was typed about a student and not saved yet: for as long as the desk is open."""
        self.view = MedicaidView(context.today)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self.view.save.connect(self.save)
        for keys in ("Ctrl+Return", "Ctrl+S"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.save)

    def show_subject(self, subject: str) -> None:
        """Show the student with this id."""
        self.flush()
        self._student = subject
        if subject:
            self._reload()

    def arrive(self) -> None:
        """Stand on the number."""
        self.view.number.setFocus()

    def heed(self, changed: Changed) -> None:
        """Look again when the student changed and nothing is being typed."""
        if self._student and changed.meets({Kind.STUDENT}) and self.view.values() == self._shown:
            self._reload()

    def flush(self) -> None:
        """Hold what was typed, for when one comes back."""
        if self._student and self._shown and self.view.values() != self._shown:
            self._kept[self._student] = self.view.values()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self._context.back()
            return
        super().keyPressEvent(event)

    def _reload(self) -> None:
        self._context.tasks.read(
            partial(self._context.desk.time_use.billing.medicaid, self._student),
            self._show,
            self._context.say,
            key="medicaid",
            owner=self,
        )

    def _show(self, sheet: MedicaidSheet) -> None:
        facts = sheet.facts
        self.view.show_facts(
            sheet.student, facts.medicaid_id, facts.consent_on, facts.consent_until
        )
        self._shown = self.view.values()
        typed = self._kept.pop(self._student, None)
        if typed:
            self.view.show_facts(
                sheet.student, typed["medicaid_id"], typed["consent_on"], typed["consent_until"]
            )

    def save(self) -> None:
        """Keep what stands in the form."""
        values = self.view.values()
        self.view.form.clear()
        self._context.tasks.write(
            partial(
                self._context.desk.time_use.billing.keep_medicaid,
                KeepMedicaid(self._student, **values),
            ),
            self._saved,
            self._refused,
            owner=self,
        )

    def _saved(self, _changed: Changed) -> None:
        self._shown = self.view.values()
        self._context.notices.say(_("Kept. Claim lines follow it at once."))
        self._context.back()

    def _refused(self, error: Exception) -> None:
        if not (isinstance(error, Refused) and self.view.form.refuse(error.field, sentence(error))):
            self._context.say(error)
