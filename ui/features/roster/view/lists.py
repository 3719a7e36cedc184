"""Several long lists behind tabs with their counts; one is in sight."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ui.kit.look import look
from ui.kit.widgets.editors import Chips
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.lists import CardList, Entry
from ui.kit.widgets.pages import Fetch


@dataclass(frozen=True, slots=True)
class Tab:
    """One list: its title with the count, where its entries come from, what none of them means."""

    id: str
    title: str
    count: int
    fetch: Fetch
    icon: str
    none: str
    """The title of the empty list."""
    why: str
    """The sentence under it."""


class TabbedLists(QWidget):
    """Tabs over one list, which is filled a page at a time."""

    opened = Signal(str, object)
    """Emitted with the tab's id and the `Entry` that was activated."""

    turned = Signal(str)
    """Emitted with the tab's id when another list comes to sight."""

    def __init__(
        self,
        name: str,
        make_list: Callable[[str], CardList] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._tabs: dict[str, Tab] = {}
        self._shown = ""
        self.tabs = Chips(exclusive=True)
        self.tabs.setAccessibleName(name)
        self.tabs.chosen.connect(lambda value: self.turn(str(value)))
        self.list = make_list(name) if make_list else CardList(name, expands=True)
        self.list.opened.connect(lambda entry: self.opened.emit(self._shown, entry))
        self.list.entries.loaded.connect(self._stand)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._empty: QWidget | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().gap(12))
        column.addWidget(self.tabs)
        column.addWidget(self._stack, 1)

    @property
    def tab(self) -> str:
        """The id of the list in sight."""
        return self._shown

    @property
    def has_entries(self) -> bool:
        """Whether the list in sight holds anything."""
        return self._stack.currentWidget() is self.list

    def show_tabs(self, tabs: Sequence[Tab], first: str = "") -> None:
        """Offer these lists; stand on `first`, else on the first that is not empty."""
        self._tabs = {tab.id: tab for tab in tabs}
        self.tabs.set_options([(tab.id, tab.title) for tab in tabs])
        filled = next((tab.id for tab in tabs if tab.count), tabs[0].id if tabs else "")
        chosen = first if first in self._tabs else filled
        if chosen:
            self.tabs.set_value(chosen)
            self.turn(chosen)

    def turn(self, tab_id: str) -> None:
        """Show the list of one tab, or what its being empty means."""
        tab = self._tabs.get(tab_id)
        if tab is None:
            return
        self._shown = tab_id
        if self._empty is not None:
            self._stack.removeWidget(self._empty)
            self._empty.deleteLater()
            self._empty = None
        self.list.entries.open_ids.clear()
        if tab.count:
            self.list.setAccessibleName(tab.title)
            self.list.entries.set_entries(())
            self.list.entries.set_source(tab.fetch)
            self._stack.setCurrentWidget(self.list)
        else:
            self._empty = EmptyState(tab.icon, tab.none, tab.why)
            self._stack.addWidget(self._empty)
            self._stack.setCurrentWidget(self._empty)
        self.turned.emit(tab_id)

    def _stand(self, total: int) -> None:
        """Stand on the first entry, so that the keys have something to act on."""
        if total and not self.list.currentIndex().isValid():
            self.list.go_to(0)

    def focus(self) -> None:
        """Put the focus where reading begins."""
        target: QWidget = self.list if self.has_entries else self.tabs
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def entry(self) -> Entry | None:
        """Return the entry the focus is on, if a list is in sight."""
        return self.list.entry() if self.has_entries else None
