"""Icons from one family with one stroke width: Phosphor, as the QtAwesome package ships it.

The font file is read as outlines, so an icon costs nothing until it is painted, is sharp
at every size, and takes its colour from the theme at the moment it is painted. QtAwesome
itself is not imported: that alone would take longer than the lock screen may.
"""

import re
import sys
from functools import cache
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import (
    QIcon,
    QIconEngine,
    QPainter,
    QPainterPath,
    QPixmap,
    QRawFont,
    QTransform,
)
from PySide6.QtWidgets import QApplication

from ui.kit.look import look

ICONS: dict[str, str] = {
    "add": "plus",
    "alert": "bell-simple",
    "amendment": "pencil-line",
    "archive": "archive-box",
    "attach": "paperclip",
    "audit": "clipboard-text",
    "back": "arrow-left",
    "backup": "hard-drives",
    "busy": "hourglass-medium",
    "calendar": "calendar-blank",
    "call": "phone-call",
    "caseload": "users-three",
    "chart": "chart-line",
    "check": "check",
    "clear": "x-circle",
    "clock": "clock",
    "close": "x",
    "collapse": "caret-up",
    "consent": "handshake",
    "copy": "copy",
    "counts": "chart-bar",
    "curtain": "eye-slash",
    "delete": "trash",
    "demo": "puzzle-piece",
    "disclosure": "share-network",
    "district": "bank",
    "done": "check-circle",
    "down": "caret-down",
    "draft": "note-pencil",
    "edit": "pencil-simple",
    "end": "caret-right",
    "expand": "caret-down",
    "export": "export",
    "file": "file-text",
    "filter": "funnel-simple",
    "follow_up": "arrow-bend-up-right",
    "forward": "arrow-right",
    "goal": "target",
    "grade": "graduation-cap",
    "group": "users",
    "guardian": "users-four",
    "help": "question",
    "hide": "eye-slash",
    "history": "clock-counter-clockwise",
    "home": "house-simple",
    "import": "download-simple",
    "info": "info",
    "journal": "book-open",
    "keyboard": "keyboard",
    "language": "translate",
    "late": "clock-clockwise",
    "link": "link-simple",
    "list": "list-bullets",
    "lock": "lock-simple",
    "mail": "envelope-simple",
    "medication": "pill",
    "menu": "list",
    "more": "dots-three",
    "name": "identification-card",
    "note": "note",
    "off": "user-minus",
    "on": "user-plus",
    "passphrase": "key",
    "pdf": "file-pdf",
    "person": "user",
    "phone": "phone",
    "pin": "push-pin-simple",
    "place": "map-pin",
    "plan": "list-dashes",
    "print": "printer",
    "privacy": "shield-check",
    "recovery": "lifebuoy",
    "redo": "arrow-clockwise",
    "refresh": "arrows-clockwise",
    "refused": "warning-circle",
    "report": "presentation-chart",
    "roster": "table",
    "save": "floppy-disk",
    "school": "buildings",
    "search": "magnifying-glass",
    "send": "paper-plane-tilt",
    "settings": "sliders-horizontal",
    "show": "eye",
    "sign": "pen-nib",
    "signed": "circle-wavy-check",
    "sole": "eye-closed",
    "sort": "arrows-down-up",
    "start": "caret-left",
    "stop": "stop-circle",
    "student": "student",
    "sync": "cloud-arrow-up",
    "tag": "tag-simple",
    "telehealth": "video-camera",
    "template": "article",
    "text": "text-aa",
    "theme": "circle-half",
    "tier": "stack",
    "time": "timer",
    "today": "sun-horizon",
    "undo": "arrow-u-up-left",
    "unlock": "lock-simple-open",
    "vault": "cardholder",
    "up": "caret-up",
    "warning": "warning",
}
"""What the desk calls an icon, and what Phosphor calls it."""

_DIRECTIONAL = {
    "back", "forward", "end", "start", "undo", "redo", "follow_up", "list", "send", "plan",
}  # fmt: skip
_EM = 256.0


def font_file() -> Path:
    """Return where the icon font of the QtAwesome package lies; also in a frozen build."""
    for place in sys.path:
        found = sorted((Path(place) / "qtawesome" / "fonts").glob("phosphor-[0-9]*.ttf"))
        if found:
            return found[-1]
    raise FileNotFoundError("the Phosphor font of the QtAwesome package")


@cache
def _characters() -> dict[str, int]:
    font = font_file()
    table = font.with_name(font.name.replace("phosphor-", "phosphor-charmap-")).with_suffix(".json")
    text = table.read_text("utf-8")
    found = dict(re.findall(r'"([a-z0-9-]+)":\s*"0x([0-9a-f]+)"', text))
    return {word: int(found[glyph], 16) for word, glyph in ICONS.items()}


@cache
def _raw_font() -> QRawFont:
    return QRawFont(str(font_file()), _EM)


@cache
def outline(name: str) -> QPainterPath:
    """Return the outline of an icon in a square of 256, y downwards from 0."""
    raw = _raw_font()
    glyphs = raw.glyphIndexesForString(chr(_characters()[name]))
    path = raw.pathForGlyph(glyphs[0])
    path.translate(0.0, raw.ascent())
    return path


def paint_icon(painter: QPainter, rect: QRect, name: str, token: str, *, rtl: bool = False) -> None:
    """Paint an icon in the largest centred square of `rect`; arrows turn with the script."""
    side = min(rect.width(), rect.height())
    step = side / _EM
    left = rect.x() + (rect.width() - side) / 2
    top = rect.y() + (rect.height() - side) / 2
    turn = QTransform.fromTranslate(left, top).scale(step, step)
    if rtl and name in _DIRECTIONAL:
        turn = turn.translate(_EM, 0).scale(-1, 1)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillPath(turn.map(outline(name)), look().color(token))
    painter.restore()


class _Engine(QIconEngine):
    """Paints one icon in the colour its token has at that moment."""

    def __init__(self, name: str, token: str) -> None:
        super().__init__()
        self._name = name
        self._token = token

    def clone(self) -> QIconEngine:
        """Return another engine of the same icon."""
        return _Engine(self._name, self._token)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Paint the icon; a disabled one is muted."""
        token = "muted" if mode == QIcon.Mode.Disabled else self._token
        rtl = QApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft
        paint_icon(painter, rect, self._name, token, rtl=rtl)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return the icon painted on nothing."""
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap


def icon(name: str, ink: str = "text") -> QIcon:
    """Return the icon the desk calls `name`, in the colour of a token of the theme."""
    if name not in ICONS:
        raise KeyError(name)
    return QIcon(_Engine(name, ink))


def pixmap(name: str, size: int, ink: str = "text") -> QPixmap:
    """Return the icon as a picture of `size` pixels, sharp on this screen."""
    app = QApplication.instance()
    ratio = app.devicePixelRatio() if isinstance(app, QApplication) else 1.0
    made = QPixmap(round(size * ratio), round(size * ratio))
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    rtl = QApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft
    paint_icon(painter, QRect(0, 0, made.width(), made.height()), name, ink, rtl=rtl)
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made
