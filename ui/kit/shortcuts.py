"""Actions are data; Qt's actions, the palette and the sheet of shortcuts are made from them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from ui.kit.icons import icon as make_icon


@dataclass(frozen=True, slots=True)
class Action:
    """Something the desk can do: what it is called, its keys, and how it is done."""

    id: str
    title: str
    shortcut: str = ""
    icon: str = ""
    run: Callable[[], object] = lambda: None
    group: str = ""
    """Under which heading it stands in the sheet of shortcuts."""
    keywords: str = ""


def make_actions(owner: QWidget, actions: Iterable[Action]) -> dict[str, QAction]:
    """Make and add the Qt actions of `owner`'s window, by id; two with the same keys are a bug."""
    made: dict[str, QAction] = {}
    taken: dict[str, str] = {}
    for action in actions:
        qt = QAction(action.title, owner)
        qt.setObjectName(action.id)
        if action.icon:
            qt.setIcon(make_icon(action.icon))
        if action.shortcut:
            if action.shortcut in taken:
                raise ValueError(f"{action.id} and {taken[action.shortcut]}: {action.shortcut}")
            taken[action.shortcut] = action.id
            qt.setShortcut(QKeySequence(action.shortcut))
            qt.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        qt.triggered.connect(lambda _checked=False, run=action.run: run())
        owner.addAction(qt)
        made[action.id] = qt
    return made


def shortcut_sheet(parent: QWidget, actions: Iterable[Action]) -> None:
    """Show every action that has keys, by group; opened with F1 or Ctrl+/."""
    from ui.kit.widgets.keys import ShortcutSheet

    sheet = ShortcutSheet(parent, [action for action in actions if action.shortcut])
    sheet.exec()
    sheet.deleteLater()
