"""The sheet of shortcuts: everything that has keys, in one place."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from app.kernel.words import _
from ui.kit.look import look
from ui.kit.shortcuts import Action
from ui.kit.widgets.dialogs import Sheet
from ui.kit.widgets.headings import KeyHint, SectionTitle, Words


class ShortcutSheet(Sheet):
    """Lists actions and their keys under the headings of their groups."""

    def __init__(self, parent: QWidget, actions: Sequence[Action]) -> None:
        super().__init__(_("Keyboard shortcuts"), width=520, parent=parent)
        inner = QWidget()
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 0, look().gap(16), 0)
        grid.setVerticalSpacing(look().gap(8))
        grid.setHorizontalSpacing(look().gap(16))
        grid.setColumnStretch(0, 1)
        row = 0
        for group in dict.fromkeys(action.group for action in actions):
            if group:
                grid.addWidget(SectionTitle(group), row, 0, 1, 2)
                row += 1
            for action in actions:
                if action.group == group:
                    grid.addWidget(Words(action.title), row, 0)
                    hint = KeyHint(action.shortcut)
                    grid.addWidget(hint, row, 1, Qt.AlignmentFlag.AlignRight)
                    row += 1
        grid.setRowStretch(row, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setAccessibleName(_("Keyboard shortcuts"))
        area.setWidget(inner)
        area.setMinimumHeight(min(look().px(420), inner.sizeHint().height() + 4))
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body.addWidget(area)
        close = self.add_button(_("Close"), "primary")
        close.clicked.connect(self.accept)
        area.setFocus()
