"""The command palette (Ctrl+K): every student, note, page and action, by a few letters."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.kernel.names import folded
from app.kernel.words import N_, _, ngettext
from ui.kit.announce import announce
from ui.kit.look import look
from ui.kit.widgets.editors import LineEdit
from ui.kit.widgets.headings import Words, paint_sheet
from ui.kit.widgets.lists import CardList, Entry

_MOST = 12


@dataclass(frozen=True, slots=True)
class Command:
    """Something the palette can do or go to."""

    id: str
    title: str
    subtitle: str
    icon: str
    run: Callable[[], object]
    keywords: str = ""
    shortcut: str = ""
    shelf: str = ""
    """The title it stands under (`SHELVES`); without one it stands under none."""
    marks: tuple[tuple[int, int], ...] = ()
    """What of the subtitle was sought: (start, length)."""
    count: int = 0
    """How many such there are in all, where more were found than are listed."""


SHELVES: dict[str, tuple[str, int]] = {
    "student": (N_("Students"), 6),
    "group": (N_("Groups"), 4),
    "note": (N_("Notes"), 6),
    "other": (N_("Records"), 4),
    "page": (N_("Pages"), 6),
    "action": (N_("Actions"), 6),
    "vault": (N_("Vaults"), 4),
}
"""The titles in the list, in order, and how many stand under each once something is typed."""

Answer = Callable[[Sequence[Command]], None]
Source = Callable[[str, Answer], None]
"""Asked with what is typed; calls back on the UI thread, perhaps later."""


def ranked(text: str, commands: Iterable[Command], most: int = _MOST) -> list[Command]:
    """Return the commands that fit what was typed, best first; forgives slips and order."""
    known = list(commands)
    wanted = folded(text)
    if not wanted:
        return known[:most]
    from rapidfuzz import fuzz

    scored = []
    for place, command in enumerate(known):
        title = folded(command.title)
        score = fuzz.WRatio(wanted, title)
        if title.startswith(wanted):
            score += 40
        elif any(word.startswith(wanted) for word in title.split()):
            score += 25
        other = folded(f"{command.subtitle} {command.keywords}")
        score = max(score, 0.9 * fuzz.token_set_ratio(wanted, other) if other else 0)
        if other and any(word.startswith(wanted) for word in other.split()):
            score = max(score, 85)
        if score >= 62:
            scored.append((-score, place, command))
    scored.sort(key=lambda each: each[:2])
    return [command for _score, _place, command in scored[:most]]


class _Ground(QWidget):
    """The sheet the palette stands on."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_sheet(painter, QRectF(self.rect()))
        painter.end()


class CommandPalette(QWidget):
    """A line and a list over the window; arrow keys choose, Enter does, Esc leaves."""

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._commands: list[Command] = []
        self._sources: list[Source] = []
        self._found: dict[int, Sequence[Command]] = {}
        self._shown: list[Command] = []
        self._rows: list[int] = []
        self._round = 0
        self._open: set[int] = set()
        self._entered = False
        self._kept = ""
        self._last: Callable[[str], Command | None] = lambda _text: None
        self._return_to: QWidget | None = None
        self.setAccessibleName(_("Command palette"))
        self.line = LineEdit("", _("Find a student, a note, a page or an action"), "search", self)
        self.line.setAccessibleName(_("Command palette"))
        self.line.installEventFilter(self)
        self.list = CardList(_("Found"), parent=self)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.sheet = False
        self.list.clicked.connect(lambda index: self._do(self._place_at(index.row())))
        self.none = Words(_("Nothing fits. Try fewer letters."), ink="muted")
        self.none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sheet = _Ground(self)
        column = QVBoxLayout(self._sheet)
        space = look().gap(12)
        column.setContentsMargins(space, space, space, space)
        column.setSpacing(look().gap(8))
        column.addWidget(self.line)
        column.addWidget(self.list, 1)
        column.addWidget(self.none, 1)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(60)
        self._pause.timeout.connect(self._ask)
        self.line.textChanged.connect(self._typed)
        parent.installEventFilter(self)
        self.hide()

    def set_commands(self, commands: Iterable[Command]) -> None:
        """Offer these pages and actions; they are searched here."""
        self._commands = list(commands)

    def add_source(self, source: Source) -> None:
        """Ask `source`, too, when something is typed (students, notes)."""
        self._sources.append(source)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Whoever is asked when something is typed."""
        return tuple(self._sources)

    def set_last(self, last: Callable[[str], Command | None]) -> None:
        """End the list with what `last` makes of what is typed."""
        self._last = last

    def open(self, text: str = "") -> None:
        """Come up with `text` typed, and take the focus."""
        window = self.window()
        self._return_to = window.focusWidget()
        self.line.setText(text)
        self._typed(text)
        self._place()
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()

    def leave(self) -> None:
        """Go away and give the focus back."""
        if not self.isVisible():
            return
        self._pause.stop()
        self._round += 1
        self.hide()
        self.line.clear()
        self._found.clear()
        self._open.clear()
        self._entered = False
        if self._return_to is not None:
            self._return_to.setFocus(Qt.FocusReason.OtherFocusReason)
            self._return_to = None
        self.closed.emit()

    def shown(self) -> list[Command]:
        """Return the commands in sight, best first."""
        return list(self._shown)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move the list with the keys of the line; follow the window's size."""
        kind = event.type()
        if watched is self.line and kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        if watched is self.line and kind == QEvent.Type.FocusOut and self.isVisible():
            QTimer.singleShot(0, self, self._left)
        if watched is self.parent() and kind == QEvent.Type.Resize:
            self._place()
        return False

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask nothing more: what is behind the window may be closing."""
        super().hideEvent(event)
        self._pause.stop()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a veil over the page."""
        painter = QPainter(self)
        veil = look().color("text" if not look().theme.dark else "sunken")
        painter.setOpacity(0.28 if not look().theme.dark else 0.7)
        painter.fillRect(self.rect(), veil)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Leave with a click beside the sheet."""
        if not self._sheet.geometry().contains(event.position().toPoint()):
            self.leave()

    def _left(self) -> None:
        focus = self.window().focusWidget()
        if self.isVisible() and focus is not self.line and self.window().isActiveWindow():
            self._return_to = None
            self.leave()

    def _key(self, event: QKeyEvent) -> bool:
        place = self._at()
        last = len(self._shown) - 1
        moves = {
            Qt.Key.Key_Down: place + 1 if place < last else 0,
            Qt.Key.Key_Up: place - 1 if place > 0 else last,
            Qt.Key.Key_PageDown: min(last, place + 6),
            Qt.Key.Key_PageUp: max(0, place - 6),
        }
        key = Qt.Key(event.key())
        if key in moves:
            self._go_to(moves[key])
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._enter()
        elif key == Qt.Key.Key_Escape:
            self.leave()
        elif key in {Qt.Key.Key_Tab, Qt.Key.Key_Backtab}:
            self._go_to(moves[Qt.Key.Key_Down if key == Qt.Key.Key_Tab else Qt.Key.Key_Up])
        else:
            return False
        return True

    def _at(self) -> int:
        """Return which of the commands the list stands on, or -1."""
        return self._place_at(self.list.currentIndex().row())

    def _place_at(self, row: int) -> int:
        return self._rows.index(row) if row in self._rows else -1

    def _go_to(self, place: int) -> None:
        if 0 <= place < len(self._shown):
            self._stand(place)
            command = self._shown[place]
            self._kept = command.id
            spoken = f"{command.title}, {command.subtitle}" if command.subtitle else command.title
            announce(self.list, spoken)

    def _stand(self, place: int) -> None:
        self.list.go_to(self._rows[place])
        if place == 0:
            self.list.scrollToTop()

    def _enter(self) -> None:
        """Do what is chosen; what was typed a moment ago is answered first."""
        if self._pause.isActive():
            self._pause.stop()
            self._ask()
        if self._open and not self._kept and not self._is_strong():
            self._entered = True
            return
        self._do(self._at())

    def _is_strong(self) -> bool:
        """Tell whether the first in the list begins as what is typed: more would not displace it."""
        typed = folded(self.line.text())
        first = self._shown[0] if self._shown else None
        own = first is not None and any(first is command for command in self._commands)
        return own and first is not None and folded(first.title).startswith(typed)

    def _typed(self, _text: str) -> None:
        self._round += 1
        self._found.clear()
        self._open.clear()
        self._entered = False
        self._kept = ""
        self._show()
        if self._sources and folded(self.line.text()):
            self._pause.start()

    def _ask(self) -> None:
        asked_in = self._round
        self._open = set(range(len(self._sources)))
        for place, source in enumerate(self._sources):

            def answer(found: Sequence[Command], place: int = place) -> None:
                if asked_in == self._round and self.isVisible():
                    self._found[place] = found
                    self._open.discard(place)
                    self._show()
                    if self._entered and not self._open:
                        self._do(self._at())

            source(self.line.text(), answer)

    def _show(self) -> None:
        text = self.line.text()
        self._shown, entries = self._listed(text)
        self._rows = [row for row, entry in enumerate(entries) if not entry.heading]
        self.list.set_entries(entries)
        ids = [command.id for command in self._shown]
        if ids:
            self._stand(ids.index(self._kept) if self._kept in ids else 0)
        self.list.setVisible(bool(self._shown))
        self.none.setVisible(not self._shown)
        self._place()
        if self.isVisible():
            count = len(self._shown)
            words = ngettext("{count} found", "{count} found", count).format(count=count)
            titles = [entry.title for entry in entries if entry.heading]
            announce(self.list, ": ".join([words, *([", ".join(titles)] if titles else [])]))

    def _listed(self, text: str) -> tuple[list[Command], list[Entry]]:
        """Return the commands in sight, and the rows that show them under their titles."""
        typed = folded(text)
        own = ranked(text, self._commands, len(self._commands))
        others = [command for place in sorted(self._found) for command in self._found[place]]
        strong = [each for each in own if typed and folded(each.title).startswith(typed)]
        shelves: dict[str, list[Command]] = {each.shelf: [] for each in strong}
        shelves |= {shelf: [] for shelf in SHELVES if shelf not in shelves}
        shelves.setdefault("", [])
        for command in (*strong, *others, *(each for each in own if each not in strong)):
            shelves[command.shelf].append(command)
        shown: list[Command] = []
        entries: list[Entry] = []
        for shelf, commands in shelves.items():
            title, most = SHELVES.get(shelf, ("", _MOST))
            listed = commands[:most] if typed else commands
            if listed and title:
                count = max(len(commands), *(each.count for each in commands))
                entries.append(
                    Entry(
                        f"shelf:{shelf}",
                        _("{title} ({count})").format(title=_(title), count=count),
                        heading=True,
                    )
                )
            entries += [_row(command) for command in listed]
            shown += listed
        last = self._last(text) if typed else None
        if last is not None:
            entries.append(_row(last))
            shown.append(last)
        return shown, entries

    def _do(self, place: int) -> None:
        if 0 <= place < len(self._shown):
            command = self._shown[place]
            self.leave()
            command.run()

    def _place(self) -> None:
        around = self.parentWidget()
        if around is None:
            return
        self.setGeometry(around.rect())
        width = min(look().px(640), around.width() - look().gap(32))
        titles = self.list.entries.total() - len(self._shown)
        rows = max(2, len(self._shown)) * self.list.row_height()
        rows += titles * self.list.heading_height()
        wanted = rows + self.line.sizeHint().height() + look().gap(12 + 8 + 12) + 8
        height = min(wanted, look().px(560), around.height() - look().gap(96))
        left = (around.width() - width) // 2
        self._sheet.setGeometry(left, look().gap(56), width, max(1, height))


def _row(command: Command) -> Entry:
    return Entry(
        id=command.id,
        title=command.title,
        text=command.subtitle,
        icon=command.icon,
        when=command.shortcut,
        marks=command.marks,
    )
