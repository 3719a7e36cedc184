"""A student's Medicaid number and the parent's consent to bill: one small form."""

import json
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
from ui.kit.asking import about
from ui.kit.room import Context, PageWidget


class MedicaidPage(PageWidget):
    """What a claim asks of one student."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._student = ""
        self._shown: dict[str, Any] = {}
        self._kept: dict[str, str] = {}
        """What was typed about a student and not saved yet, as the vault keeps it."""
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
        """Keep what was typed in the vault, for when one comes back."""
        if not self._student or not self._shown:
            return
        values = self.view.values()
        self._keep(json.dumps(values) if values != self._shown else "")

    def _keep(self, typed: str) -> None:
        if typed != self._kept.get(self._student, ""):
            self._kept[self._student] = typed
            self._context.tasks.write(
                partial(
                    self._context.desk.people.keep_state,
                    {about("medicaid", self._student): typed},
                ),
                failed=self._context.say,
            )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self._context.back()
            return
        super().keyPressEvent(event)

    def _reload(self) -> None:
        desk, student = self._context.desk, self._student

        def look_up() -> tuple[MedicaidSheet, str]:
            kept = desk.people.state(desk.seat.person).get(about("medicaid", student), "")
            return desk.time_use.billing.medicaid(student), kept

        self._context.tasks.read(look_up, self._show, self._context.say, key="medicaid", owner=self)

    def _show(self, found: tuple[MedicaidSheet, str]) -> None:
        sheet, kept = found
        facts = sheet.facts
        self.view.show_facts(
            sheet.student, facts.medicaid_id, facts.consent_on, facts.consent_until
        )
        self._shown = self.view.values()
        kept = self._kept.setdefault(self._student, kept)
        if kept:
            typed = json.loads(kept)
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
        self._keep("")
        self._context.notices.say(_("Kept. Claim lines follow it at once."))
        self._context.back()

    def _refused(self, error: Exception) -> None:
        if not (isinstance(error, Refused) and self.view.form.refuse(error.field, sentence(error))):
            self._context.say(error)
