"""Notices: what was just done, with Undo; and banners that stay until a trouble is over."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.kit.announce import announce
from ui.kit.icons import paint_icon
from ui.kit.look import Kind, look
from ui.kit.widgets.buttons import Button, IconButton
from ui.kit.widgets.headings import KeyHint, Words

NoticeKind = Literal["done", "info", "warn", "trouble"]

_MARKS: dict[str, tuple[str, str]] = {
    "done": ("done", Kind.GOOD),
    "info": ("info", Kind.ACCENT),
    "warn": ("warning", Kind.WARN),
    "trouble": ("refused", Kind.BAD),
}
_MOST = 3  # notices shown at once
_SHARE = 3  # of the window's height they take one part at the most: the page stays in sight
_FOOT = 48  # pixels: a row of buttons and the space around it


@dataclass(frozen=True, slots=True)
class NextStep:
    """What a person can do about a notice or a banner."""

    title: str
    run: Callable[[], None]


class _Sheet(QWidget):
    """The ground a notice or a banner stands on: an icon, words and buttons in a row."""

    def __init__(self, text: str, kind: NoticeKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon, self._kind = _MARKS[kind]
        self.words = Words(text)
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.row = QHBoxLayout(self)
        self.row.setSpacing(look().gap(8))
        self._dress()
        self.row.addWidget(self.words, 1)
        self.setAccessibleName(text)
        look().changed.connect(self._dress)

    def _dress(self) -> None:
        sign, edge = look().px(46), look().gap(10)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self.row.setContentsMargins(edge if rtl else sign, edge, sign if rtl else edge, edge)
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        """Change sides with the direction of the script."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._dress()

    def ground(self) -> QColor:
        """Return the colour of the sheet."""
        return look().soft(self._kind)

    def edge(self) -> QColor:
        """Return the colour of its outline: none to speak of, but for high contrast."""
        style = look()
        return style.strong(self._kind) if style.theme.name == "contrast" else self.ground()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sheet and its sign."""
        style = look()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self.edge())
        painter.setBrush(self.ground())
        body = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(body, style.px(8), style.px(8))
        side = style.px(20)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left = self.width() - style.px(14) - side if rtl else style.px(14)
        spot = QRect(left, (self.height() - side) // 2, side, side)
        paint_icon(painter, spot, self._icon, self._kind)
        painter.end()


class Banner(_Sheet):
    """A trouble that stays in sight, says what is safe, and offers the next step."""

    def __init__(
        self,
        text: str,
        kind: NoticeKind = "trouble",
        step: NextStep | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, kind, parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        if step is not None:
            button = Button(step.title)
            button.clicked.connect(step.run)
            self.row.addWidget(button)


class Notice(_Sheet):
    """One notice: it leaves by itself, but not while one points at it or is in it."""

    def __init__(
        self,
        host: "Notices",
        text: str,
        kind: NoticeKind,
        undo: Callable[[], object] | None,
        seconds: float,
    ) -> None:
        super().__init__(text, kind, host)
        self.kind = kind
        self._host = host
        self._undo = undo
        self.words.setWordWrap(True)
        if undo is not None:
            self.undo_button = Button(_("Undo"), "undo", "quiet", self)
            self.undo_button.clicked.connect(self.take_back)
            self.row.addWidget(self.undo_button)
            self.row.addWidget(KeyHint("Ctrl+Z", self))
        self._close = IconButton("close", _("Dismiss"), self)
        self._close.clicked.connect(self.leave)
        self.row.addWidget(self._close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(round(seconds * 1000))
        self._timer.timeout.connect(self._time_is_up)
        if seconds > 0:
            self._timer.start()

    def ground(self) -> QColor:
        """Return the colour of paper: a notice lies on top of the page."""
        return look().color("raised")

    def edge(self) -> QColor:
        """Return an outline that sets it off from the page."""
        return look().color("edge")

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return self._undo is not None

    def take_back(self) -> None:
        """Undo what the notice tells of, once."""
        undo, self._undo = self._undo, None
        self.leave()
        if undo is not None:
            undo()

    def leave(self) -> None:
        """Take the notice away."""
        self._timer.stop()
        self._host.drop(self)

    def _time_is_up(self) -> None:
        inside = self.underMouse() or self.isAncestorOf(self._host.focused())
        if inside:
            self._timer.start()
        else:
            self.leave()


class Notices(QWidget):
    """The place at the foot of a window where notices appear, the newest lowest.

    It floats above `over`; Ctrl+Z takes back the newest notice that can be taken back,
    unless the focus is in a text, which then undoes its own typing.
    """

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self._shown: list[Notice] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(look().gap(8))
        self.setAccessibleName(_("Notices"))
        self._undo = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), over)
        self._undo.setEnabled(False)
        self._undo.activated.connect(self.undo_newest)
        over.installEventFilter(self)
        look().changed.connect(self._place)
        self.hide()

    def say(
        self,
        text: str,
        undo: Callable[[], object] | None = None,
        kind: NoticeKind = "done",
        seconds: float = 0,
    ) -> Notice:
        """Show and announce a sentence; `seconds` 0 is as long as its kind deserves."""
        if not seconds:
            seconds = 12 if undo is not None or kind == "trouble" else 7
        for same in [n for n in self._shown if n.words.text() == text and not n.can_undo]:
            self.drop(same)  # said again: one of it is enough
        notice = Notice(self, text, kind, undo, seconds)
        self._shown.append(notice)
        self._column.addWidget(notice)
        while len(self._shown) > _MOST:
            self.drop(self._shown[0])
        self._place()
        announce(self, text, urgent=kind == "trouble")
        return notice

    def drop(self, notice: Notice) -> None:
        """Take one notice away."""
        if notice in self._shown:
            self._shown.remove(notice)
            self._column.removeWidget(notice)
            notice.hide()
            notice.deleteLater()
            self._place()

    def clear(self) -> None:
        """Take all notices away; locking does."""
        for notice in list(self._shown):
            notice.leave()

    def shown(self) -> tuple[Notice, ...]:
        """Return the notices in sight, oldest first."""
        return tuple(self._shown)

    def undo_newest(self) -> None:
        """Take back what the newest notice with Undo tells of."""
        for notice in reversed(self._shown):
            if notice.can_undo:
                notice.take_back()
                return

    def focused(self) -> QWidget:
        """Return the widget with the focus in this window, or the host."""
        found: QWidget | None = self.window().focusWidget()
        return self._over if found is None else found

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the foot when the window changes its size."""
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _height(self, width: int) -> int:
        each = [max(n.sizeHint().height(), n.heightForWidth(width)) for n in self._shown]
        return sum(each) + self._column.spacing() * (len(each) - 1)

    def _least(self) -> Notice:
        """Return the one that is missed least: the oldest that neither warns nor can be undone."""
        before = self._shown[:-1]
        return next((n for n in before if n.kind == "done" and not n.can_undo), before[0])

    def _place(self) -> None:
        self._undo.setEnabled(any(notice.can_undo for notice in self._shown))
        if not self._shown:
            self.hide()
            return
        margin = look().gap(16)
        width = max(1, min(look().px(560), self._over.width() - 2 * margin))
        for notice in self._shown:
            notice.setFixedWidth(width)
        height = self._height(width)
        if height > self._over.height() // _SHARE and len(self._shown) > 1:
            self.drop(self._least())
            return
        left = (self._over.width() - width) // 2
        # A page's buttons stand in a row at its foot: what was done must not cover what is next.
        top = self._over.height() - height - margin - look().px(_FOOT)
        self.setGeometry(left, max(margin, top), width, height)
        self.show()
        self.raise_()
