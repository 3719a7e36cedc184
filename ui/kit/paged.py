"""A page that lists records, a page of them at a time, narrowed by chips."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout

from app.kernel.changes import Changed, Kind
from ui.kit.asking import Asker
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.records import RecordsView


class RecordsPage(PageWidget):
    """A list over a paged source; its heirs say what stands in it."""

    heeded: frozenset[Kind] = frozenset()

    def __init__(self, context: Context, view: RecordsView) -> None:
        super().__init__()
        self.context = context
        self.asker = Asker(context, self)
        self.view = view
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(view)
        view.turned.connect(lambda _part: self.reload())
        view.list.entries.loaded.connect(self._loaded)

    def source(self) -> tuple[Callable[[int, int], Sequence[Any]], Callable[[], int]]:
        """Return what reads a page of lines and what counts them; both run off the screen."""
        raise NotImplementedError

    def entry(self, line: Any) -> Entry:
        """Return a line as the list shows it."""
        raise NotImplementedError

    def told(self, count: int) -> str:
        """Return what is said of the number of rows."""
        raise NotImplementedError

    def part(self) -> str:
        """Return which part of the records is shown."""
        return str(self.view.parts.value() or "")

    def reload(self) -> None:
        """Ask the source again."""
        read, count = self.source()
        context = self.context

        def fetch(
            offset: int,
            limit: int,
            _sort: str,
            _descending: bool,
            answer: Callable[[int, Sequence[Any]], None],
        ) -> None:
            def done(found: tuple[Sequence[Any], int]) -> None:
                lines, total = found
                answer(total, [self.entry(line) for line in lines])

            context.tasks.read(
                lambda: (read(offset, limit), count()), done, context.say, owner=self
            )

        self.view.list.entries.set_source(fetch)

    def arrive(self) -> None:
        """Look again, and stand in the list."""
        self.reload()
        self.view.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def heed(self, changed: Changed) -> None:
        """Look again when a record of this list changed."""
        if self.isVisible() and changed.meets(self.heeded):
            self.reload()

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self.asker.flush()

    def state(self) -> dict[str, str]:
        """Return which part is shown."""
        return {"part": self.part()}

    def restore(self, state: Mapping[str, str]) -> None:
        """Show that part again."""
        if state.get("part"):
            self.view.parts.set_value(state["part"])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.context.back()
        else:
            super().keyPressEvent(event)

    def _loaded(self, total: int) -> None:
        view = self.view
        stood = view.list.hasFocus() or view.empty.isAncestorOf(view.focusWidget())
        view.about.setText(self.told(total))
        view.about.setVisible(bool(total))
        view.list.setVisible(bool(total))
        view.empty.setVisible(not total)
        if total and not view.list.currentIndex().isValid():
            view.list.go_to(0)
        if stood:
            (view.list if total else view.empty).setFocus()
