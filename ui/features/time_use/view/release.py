"""To whom something goes, and why: asked before a file leaves."""

from PySide6.QtWidgets import QWidget

from app.kernel.words import _
from ui.kit.widgets.entry_sheet import EntrySheet
from ui.kit.widgets.fields import Field, LineEdit
from ui.kit.widgets.ground import GroundFields


class ReleaseSheet(EntrySheet):
    """For whom a file is, and what it is for."""

    def __init__(self, title: str, parent: QWidget | None = None, text: str = "") -> None:
        super().__init__(
            title,
            _("Choose the file"),
            text or _("It is written down who receives it and what it is for."),
            parent=parent,
        )
        first = LineEdit("", _("Principal, district office"))
        self.form.add("recipient", Field(_("Who receives it"), first, required=True))
        self.form.add(
            "purpose", Field(_("What it is for"), LineEdit("", _("Monthly report")), required=True)
        )
        self.ground = GroundFields(self.form)
        first.setFocus()
