"""A page that shows one record: reads it by its id, and does what its buttons say."""

from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar

from PySide6.QtWidgets import QVBoxLayout, QWidget
from shiboken6 import isValid

from app.kernel.changes import Changed, Kind
from ui.kit.asking import Asker
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.records import RecordView

Read = TypeVar("Read")


class RecordPage(PageWidget, Generic[Read]):
    """One record; its heirs say how it is read, how it is shown and what is done with it."""

    heeded: ClassVar[frozenset[Kind]]
    otherwise: ClassVar[tuple[str, ...]]
    """The page to show where there is no such record, and what it is to show."""

    def __init__(self, context: Context, view: RecordView) -> None:
        super().__init__()
        self.context = context
        self.asker = Asker(context, self)
        self.view = view
        self.subject = ""
        self.found: Read | None = None
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(view)
        view.acted.connect(self._acted)

    def _source(self) -> Callable[[], Read | None]:
        """Return what reads the record, off the screen; it comes back with None once it is gone."""
        raise NotImplementedError

    def _show(self, found: Read) -> None:
        """Show what was read, and offer what can be done with it."""
        raise NotImplementedError

    def _act(self, name: str, found: Read) -> None:
        """Do what the action with this name says."""
        raise NotImplementedError

    def reload(self) -> None:
        """Read the record again."""
        self.context.tasks.read(
            self._source(), self._take, self._not_read, key=type(self).__name__, owner=self
        )

    def show_subject(self, subject: str) -> None:
        """Show the record with this id."""
        self.subject = subject
        self.found = None

    def arrive(self) -> None:
        """Look again, and stand on the first action."""
        if self.subject:
            self.reload()
            self.view.focus_first()
        else:
            self._leave()

    def heed(self, changed: Changed) -> None:
        """Look again when what this page shows has changed."""
        if self.subject and self.isVisible() and changed.meets(self.heeded):
            self.reload()

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self.asker.flush()

    def _leave(self) -> None:
        self.context.go(*self.otherwise, instead=True)

    def _take(self, found: Read | None) -> None:
        fresh, stood = self.found is None, self._stood_on()
        self.found = found
        if not self.isVisible():
            return
        if found is None:
            self._leave()
            return
        self._show(found)
        # Whoever stands elsewhere stays there, also on another of its buttons.
        if fresh or not (stood is None or (isValid(stood) and stood.isVisible())):
            self.view.focus_first()

    def _not_read(self, error: Exception) -> None:
        self.context.say(error)
        if self.found is None and self.isVisible():
            self._leave()  # what stands here still is the record shown before

    def _stood_on(self) -> QWidget | None:
        focus: QWidget | None = self.window().focusWidget()
        return focus if focus is not None and self.isAncestorOf(focus) else None

    def _acted(self, name: str) -> None:
        if self.found is not None:
            self._act(name, self.found)
