"""What taking over a file would do: how many rows, and which cannot be taken and why."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from app.kernel.words import _
from ui.kit.look import look
from ui.kit.widgets.entry_sheet import EntrySheet
from ui.kit.widgets.lists import CardList, Entry


class ImportSheet(EntrySheet):
    """Says what would be written; its button writes it."""

    def __init__(
        self,
        text: str,
        save: str,
        refused: Sequence[Entry],
        *,
        any_rows: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Take over services owed"), save, text, width=640, parent=parent)
        if refused:
            rows = CardList(_("Rows that cannot be taken over"))
            rows.set_entries(refused)
            rows.setMinimumHeight(look().px(200))
            self.form.add_widget(rows)
        self.save_button.setEnabled(any_rows)
        self.save_button.setFocus()
