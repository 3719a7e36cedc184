"""Today: what needs a person now, each line one key from being done."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.kernel.changes import Changed
from app.kernel.ids import new_id
from app.kernel.words import _, ngettext
from ui.kit.dates import shown_date, weekday_name
from ui.kit.look import Kind, look
from ui.kit.room import Context, PageWidget, TodayLine
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.headings import KeyHint, Muted, PageTitle
from ui.kit.widgets.lists import CardList, Entry


class TodayPage(PageWidget):
    """The first page of the desk: lines from every room, in the order of their urgency."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._lines: list[TodayLine] = []
        self._stale = True
        self._title = PageTitle(_("Today"))
        self._day = Muted("")
        self._count = Muted("")
        new_note = Button(_("New note"), "note", kind="primary")
        new_note.clicked.connect(lambda: context.go("note", new_id()))
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(look().gap(4))
        words.addWidget(self._title)
        words.addWidget(self._day)
        head.addLayout(words, 1)
        head.addWidget(new_note, 0, Qt.AlignmentFlag.AlignTop)
        self.list = _Lines(self)
        self.list.opened.connect(self._open)
        hints = QHBoxLayout()
        hints.addWidget(self._count, 1)
        for keys, what in (("Enter", _("open")), ("D", _("done"))):
            hints.addWidget(KeyHint(keys))
            hints.addWidget(Muted(what))
        self._hints = QWidget()
        self._hints.setLayout(hints)
        hints.setContentsMargins(0, 0, 0, 0)
        listed = QWidget()
        column = QVBoxLayout(listed)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list, 1)
        column.addWidget(self._hints)
        find = Button(_("Find a student"), "search")
        find.clicked.connect(lambda: context.go("caseload"))
        start = Button(_("Write a note"), "note", kind="primary")
        start.clicked.connect(lambda: context.go("note", new_id()))
        self._empty = EmptyState(
            "today",
            _("Nothing waits for you today"),
            _(
                "Follow-ups that are due, notes that are not signed and other things with a date"
                " come up here by themselves."
            ),
            start,
            find,
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(listed)
        self._stack.addWidget(self._empty)
        page = QVBoxLayout(self)
        room = look().gap(24)
        page.setContentsMargins(room, look().gap(16), room, look().gap(12))
        page.setSpacing(look().gap(12))
        page.addLayout(head)
        page.addWidget(self._stack, 1)

    def arrive(self) -> None:
        """Look again and stand on the first line."""
        self._stale = True
        self._reload()
        (self.list if self._stack.currentIndex() == 0 else self._empty).setFocus()

    def heed(self, changed: Changed) -> None:
        """Any change may add or end a line."""
        if changed.kinds:
            self._stale = True
            if self.isVisible():
                self._reload()

    def showEvent(self, event: QShowEvent) -> None:
        """Look again when something changed while the page was away."""
        super().showEvent(event)
        self._reload()

    def state(self) -> dict[str, str]:
        """Return how far down one is."""
        return {"scroll": str(self.list.verticalScrollBar().value())}

    def restore(self, state: Mapping[str, str]) -> None:
        """Go back to where one was."""
        self.list.verticalScrollBar().setValue(int(state.get("scroll", "0")))

    def do(self, line: TodayLine) -> None:
        """Do a line with one key, and say how to take it back."""
        if line.done is None:
            self._open_line(line)
            return

        def did(_changed: Changed) -> None:
            undo = None
            if line.undo is not None:
                undo = partial(self._context.tasks.write, line.undo)
            self._context.notices.say(_("Done: {what}").format(what=line.title), undo=undo)

        self._context.tasks.write(line.done, did, owner=self)

    def _reload(self) -> None:
        if not self._stale:
            return
        self._stale = False
        from ui.shell import rooms

        context = self._context
        today = context.today()
        self._day.setText(
            _("{weekday}, {date}").format(weekday=weekday_name(today), date=shown_date(today))
        )

        def gather() -> list[TodayLine]:
            lines = [line for room in rooms.ROOMS if room.today for line in room.today(context)]
            # Each room gives its lines in their own order; what is late comes before what is not.
            return sorted(lines, key=lambda line: (line.rank, not line.late))

        context.tasks.read(gather, self._show, key="today", owner=self)

    def _show(self, lines: list[TodayLine] | None) -> None:
        if lines is None:
            return
        self._lines = lines
        self.list.set_entries([_entry(line) for line in lines])
        self._stack.setCurrentIndex(0 if lines else 1)
        if lines and not self.list.currentIndex().isValid():
            self.list.go_to(0)
        self._count.setText(
            ngettext("{count} thing waits", "{count} things wait", len(lines)).format(
                count=len(lines)
            )
        )

    def _open(self, entry: Entry) -> None:
        self._open_line(entry.subject)

    def _open_line(self, line: TodayLine) -> None:
        self._context.go(line.page, line.subject)


class _Lines(CardList):
    """The lines; D does the one the focus is on."""

    def __init__(self, page: TodayPage) -> None:
        super().__init__(_("What waits today"))
        self._page = page

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do with D or Space; open with Enter."""
        entry = self.entry()
        if event.key() in {Qt.Key.Key_D, Qt.Key.Key_Space} and entry is not None:
            self._page.do(entry.subject)
            return
        super().keyPressEvent(event)


def _entry(line: TodayLine) -> Entry:
    chips: list[tuple[str, str]] = []
    if line.late:
        chips.append((_("Overdue"), Kind.WARN))
    return Entry(
        line.id,
        line.title,
        line.detail,
        line.when,
        line.icon,
        tuple(chips),
        subject=line,
    )
