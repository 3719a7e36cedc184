"""The command palette (Ctrl+K): every page, action and student, by a few letters."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.kernel.names import folded
from app.kernel.words import _, ngettext
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
        self._round = 0
        self._return_to: QWidget | None = None
        self.setAccessibleName(_("Command palette"))
        self.line = LineEdit("", _("Go to a student, a page or an action"), "search", self)
        self.line.setAccessibleName(_("Command palette"))
        self.line.installEventFilter(self)
        self.list = CardList(_("Found"), parent=self)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.sheet = False
        self.list.clicked.connect(lambda index: self._do(index.row()))
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
        place = self.list.currentIndex().row()
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
            if self._pause.isActive():
                self._pause.stop()
                self._ask()
            self._do(self.list.currentIndex().row())
        elif key == Qt.Key.Key_Escape:
            self.leave()
        elif key in {Qt.Key.Key_Tab, Qt.Key.Key_Backtab}:
            self._go_to(moves[Qt.Key.Key_Down if key == Qt.Key.Key_Tab else Qt.Key.Key_Up])
        else:
            return False
        return True

    def _go_to(self, place: int) -> None:
        self.list.go_to(place)
        if 0 <= place < len(self._shown):
            command = self._shown[place]
            spoken = f"{command.title}, {command.subtitle}" if command.subtitle else command.title
            announce(self.list, spoken)

    def _typed(self, _text: str) -> None:
        self._round += 1
        self._found.clear()
        self._show()
        if self._sources and folded(self.line.text()):
            self._pause.start()

    def _ask(self) -> None:
        asked_in = self._round
        for place, source in enumerate(self._sources):

            def answer(found: Sequence[Command], place: int = place) -> None:
                if asked_in == self._round and self.isVisible():
                    self._found[place] = found
                    self._show()

            source(self.line.text(), answer)

    def _show(self) -> None:
        text = self.line.text()
        own = ranked(text, self._commands)
        others = [command for place in sorted(self._found) for command in self._found[place]]
        strong = [c for c in own if folded(text) and folded(c.title).startswith(folded(text))]
        rest = [c for c in own if c not in strong]
        self._shown = [*strong, *others, *rest][: _MOST + 8]
        self.list.set_entries(
            [
                Entry(
                    id=f"{place}:{command.id}",
                    title=command.title,
                    text=command.subtitle,
                    icon=command.icon,
                    when=command.shortcut,
                )
                for place, command in enumerate(self._shown)
            ]
        )
        self.list.go_to(0)
        self.list.scrollToTop()
        self.list.setVisible(bool(self._shown))
        self.none.setVisible(not self._shown)
        self._place()
        if self.isVisible():
            count = len(self._shown)
            words = ngettext("{count} found", "{count} found", count).format(count=count)
            announce(self.list, words)

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
        rows = max(2, len(self._shown)) * self.list.row_height()
        wanted = rows + self.line.sizeHint().height() + look().gap(12 + 8 + 12) + 8
        height = min(wanted, look().px(480), around.height() - look().gap(96))
        left = (around.width() - width) // 2
        self._sheet.setGeometry(left, look().gap(56), width, max(1, height))
