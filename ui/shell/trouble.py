"""When something goes wrong: known troubles in their own sentence, bugs on a crash sheet.

A crash sheet shows where in the program it happened and nothing of what was on the
screen: no record, no name, no text of an error that might quote one.
"""

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.kernel.errors import Cancelled, CasewellError, report
from app.kernel.words import _
from ui.kit.clipboard import clipboard_guard
from ui.kit.widgets.dialogs import Sheet

__all__ = ["CrashSheet", "report", "show_error"]


def show_error(parent: QWidget, error: Exception) -> None:
    """Show what happened, what is safe and the next step."""
    if isinstance(error, Cancelled):
        return
    if isinstance(error, CasewellError):
        from app.phrases import sentence

        sheet = Sheet(_("That did not work"), sentence(error), parent=parent)
        sheet.add_button(_("Close"), "primary").clicked.connect(sheet.accept)
    else:
        sheet = CrashSheet(error, parent)
    sheet.exec()


class CrashSheet(Sheet):
    """A bug: what was typed is kept as a draft; what can be reported names no one."""

    def __init__(self, error: BaseException, parent: QWidget | None = None) -> None:
        super().__init__(
            _("Something in Casewell failed"),
            _(
                "What you typed is kept in the vault. You can go on; if it happens again, lock the"
                " desk and unlock it. The report below holds no record and no name."
            ),
            width=620,
            parent=parent,
        )
        self.report = report(error)
        text = QPlainTextEdit(self.report)
        text.setReadOnly(True)
        text.setTabChangesFocus(True)
        text.setAccessibleName(_("Report"))
        self.body.addWidget(text)
        copy = self.add_button(_("Copy report"), icon="copy")
        copy.clicked.connect(lambda: clipboard_guard().put_openly(self.report))
        self.add_button(_("Go on"), "primary").clicked.connect(self.accept)
