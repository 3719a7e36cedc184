"""The question about others who are named in a note, asked once, before it is signed."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from app.kernel.mentions import Certainty, Find
from app.kernel.words import _, ngettext
from ui.kit.look import Kind, look
from ui.kit.widgets.dialogs import Sheet
from ui.kit.widgets.editors import LineEdit
from ui.kit.widgets.field import Field
from ui.kit.widgets.lists import CardList, Entry

REPLACE_ALL = "\0replace"
"""The answer that has every suggestion put in place."""


class NamesSheet(Sheet):
    """Shows who is named; replaces them, or keeps them with a reason."""

    def __init__(self, parent: QWidget | None, finds: Sequence[Find]) -> None:
        super().__init__(
            ngettext("Another student is named", "Other students are named", len(finds)),
            _(
                "Whoever may read this student’s record can read who else is in it. Replace the"
                " names, or keep them and say why."
            ),
            width=520,
            parent=parent,
        )
        self.answer = ""
        self.found = CardList(_("Names found"), selects=False)
        self.found.entries.set_entries(
            [
                Entry(
                    str(number),
                    _("“{name}”").format(name=find.text),
                    _("Could read: {instead}").format(instead=find.replacement),
                    icon="help" if find.certainty is Certainty.SOFT else "refused",
                    kind=Kind.WARN if find.certainty is Certainty.SOFT else Kind.BAD,
                )
                for number, find in enumerate(finds)
            ]
        )
        self.found.setFixedHeight(look().px(52) * min(3, len(finds)) + look().px(8))
        self.reason = LineEdit()
        self.field = Field(
            _("Why the names stay"),
            self.reason,
            _("Stands in the journal beside the signature. Needed only to keep them."),
        )
        self.body.addWidget(self.found)
        self.body.addWidget(self.field)
        self.add_close(_("Go back"))
        self.keep = self.add_button(_("&Keep the names"))
        self.keep.clicked.connect(self._keep)
        self.replace = self.add_button(_("&Replace them"), "primary", "edit")
        self.replace.clicked.connect(self._replace)
        self.replace.setFocus()

    def _keep(self) -> None:
        because = " ".join(self.reason.text().split())
        if not because:
            self.field.refuse(_("Say in a few words why the names have to stand here."))
            self.reason.setFocus()
            return
        self.answer = because
        self.accept()

    def _replace(self) -> None:
        self.answer = REPLACE_ALL
        self.accept()


def ask_about_names(parent: QWidget | None, finds: Sequence[Find]) -> str:
    """Return why the names stay, `REPLACE_ALL`, or nothing for going back."""
    sheet = NamesSheet(parent, finds)
    sheet.exec()
    answer = sheet.answer
    sheet.deleteLater()
    return answer
