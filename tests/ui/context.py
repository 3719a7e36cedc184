"""A window's worth of context around a page under test, and a real desk behind it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget
from walk import wait_until

from app.bootstrap import Desk
from app.kernel.changes import Changed
from ui.kit.notices import Notices
from ui.kit.room import PageWidget
from ui.kit.tasks import Tasks
from ui.kit.widgets.entry_sheet import EntrySheet, put
from ui.kit.widgets.pupil import PupilSheet


class FakeContext(QWidget):
    """What the shell gives a page; `went` is where the page asked to go."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = Tasks(self)
        self._tasks.on_trouble = self.say
        self._tasks.changed.connect(self._spread)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._notices = Notices(self)
        self.went: list[tuple[str, str]] = []
        self.backs = 0
        self.errors: list[Exception] = []
        self.pages: list[PageWidget] = []

    @property
    def desk(self) -> Desk:
        return self._desk

    @property
    def tasks(self) -> Tasks:
        return self._tasks

    @property
    def notices(self) -> Notices:
        return self._notices

    def go(self, page: str, subject: str = "", *, instead: bool = False) -> None:
        self.went.append((page, subject))

    def back(self) -> None:
        self.backs += 1

    def today(self) -> date:
        return self._desk.clock.now().day()

    def say(self, error: Exception) -> None:
        self.errors.append(error)

    def put(self, make: Callable[["FakeContext"], PageWidget], subject: str = "") -> PageWidget:
        """Make a page, show it about `subject`, and wait until it is filled."""
        page = make(self)
        self.pages.append(page)
        self._column.addWidget(page)
        self.show_page(page, subject)
        return page

    def show_page(self, page: PageWidget, subject: str = "") -> None:
        """Show a page about `subject` as the shell does."""
        page.show_subject(subject)
        page.arrive()
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is queued, running or on its way back, and all is laid out."""
        for _ in range(4):
            wait_until(self._tasks.idle)
            QCoreApplication.processEvents()

    def drawn(self, page: Any) -> None:
        """Wait until a paper's page has drawn what it shows."""
        wait_until(lambda: not page.drawing)
        self.settle()

    def sheet(self) -> EntrySheet:
        """Return the one sheet that is open."""
        (found,) = [one for one in self.findChildren(EntrySheet) if one.isVisible()]
        assert isinstance(found, EntrySheet)
        return found

    def fill(self, **entries: object) -> EntrySheet:
        """Fill the open sheet and carry it out; `a__b` is its field `a.b`."""
        sheet = self.sheet()
        for name, entry in entries.items():
            put(sheet.form.field(name.replace("__", ".")).editor, entry)
        sheet.save_button.click()
        self.settle()
        return sheet

    def pick(self, letters: str) -> None:
        """Find a student by letters on the sheet that asks for one, and take the first."""
        (sheet,) = [one for one in self.findChildren(PupilSheet) if one.isVisible()]
        sheet.line.setText(letters)
        sheet.line.sought.emit(letters)
        self.settle()
        sheet.found.opened.emit(sheet.found.entry())
        self.settle()

    def end(self) -> None:
        """End the threads; out of sight, nothing that waits for a pause asks for one any more."""
        for page in self.pages:
            page.flush()
        self.hide()
        assert self._tasks.close()

    def _spread(self, changed: Changed) -> None:
        for page in self.pages:
            page.heed(changed)
