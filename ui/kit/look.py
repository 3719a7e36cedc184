"""The look of the desk: one table of named tokens, five text sizes, one grid.

Views ask for a token, a size or a spacing; no colour and no number of pixels stands in
a view. `look()` is the look in use; its `changed` signal tells custom-painted widgets
to paint again.
"""

import re
from dataclasses import dataclass, fields
from enum import Enum, StrEnum, unique
from typing import Literal

from PySide6.QtCore import QLoggingCategory, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication

from app.kernel.shipped import shipped

Choice = Literal["system", "light", "dark", "contrast"]
FAMILY = "Noto Sans"
_BODY = 14.0  # pixels of body text at scale 1 on a system that asks for no more
# A theme is plain TOML; a whole parser would take 3 % of the time the lock screen may.
_LINE = re.compile(r'^(\w+) = "?(#[0-9A-F]{6}|true|false)\b"?', re.MULTILINE)
_FACES = ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf", "NotoSans-Italic.ttf")


@unique
class TextSize(Enum):
    """The five steps of the type scale, as multiples of body text."""

    FINE = 12 / 14
    BODY = 1.0
    LEAD = 16 / 14
    TITLE = 20 / 14
    PAGE = 26 / 14


@unique
class Kind(StrEnum):
    """What a coloured mark says; always beside a word or a shape."""

    PLAIN = "plain"
    ACCENT = "accent"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    SOLE = "sole"


@dataclass(frozen=True, slots=True)
class Theme:
    """One table of named colours, as `#RRGGBB`."""

    name: str
    dark: bool
    surface: str
    raised: str
    sunken: str
    line: str
    edge: str
    text: str
    muted: str
    accent: str
    accent_strong: str
    accent_text: str
    accent_soft: str
    good: str
    good_soft: str
    warn: str
    warn_soft: str
    bad: str
    bad_strong: str
    bad_text: str
    bad_soft: str
    sole: str
    sole_soft: str
    focus: str
    selection: str
    selection_text: str
    hover: str

    @classmethod
    def read(cls, name: str) -> "Theme":
        """Return the theme in `resources/themes/NAME.toml`; every token must be there."""
        text = shipped("themes", f"{name}.toml").read_text("utf-8")
        table = dict(_LINE.findall(text))
        return cls(name=name, dark=table.pop("dark") == "true", **table)

    @classmethod
    def tokens(cls) -> tuple[str, ...]:
        """Return the names of all tokens."""
        return tuple(f.name for f in fields(cls) if f.name not in {"name", "dark"})


class Look(QObject):
    """The theme, the text scale and the spacing in use."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._theme = Theme.read("light")
        self._choice: Choice = "light"
        self._scale = 1.0
        self._body = _BODY
        self._system_px = 0
        self._faces_loaded = False
        self._scripts_loaded = False
        self._follows = False
        self._colors: dict[str, QColor] = {}

    # -- what views ask --------------------------------------------------------------

    @property
    def theme(self) -> Theme:
        """The table of colours in use."""
        return self._theme

    @property
    def choice(self) -> Choice:
        """What the user chose: a theme, or to follow the system."""
        return self._choice

    @property
    def scale(self) -> float:
        """The user's own text scale, 1.0 to 2.0, on top of the system's."""
        return self._scale

    @property
    def zoom(self) -> float:
        """Size of body text against its design size."""
        return self._body / _BODY

    def color(self, token: str) -> QColor:
        """Return the colour called `token`; an unknown name is a bug."""
        try:
            return self._colors[token]
        except KeyError:
            found = QColor(getattr(self._theme, token))
            self._colors[token] = found
            return found

    def soft(self, kind: str) -> QColor:
        """Return the quiet background that belongs to `kind` (`good`, `bad`, ...)."""
        return self.color("sunken" if kind == Kind.PLAIN else f"{kind}_soft")

    def strong(self, kind: str) -> QColor:
        """Return the ink that belongs to `kind`; readable on its soft background."""
        return self.color("muted" if kind == Kind.PLAIN else kind)

    def px(self, n: float) -> int:
        """Return a size that holds text (a row, a control), grown with the text."""
        return max(1, round(n * self.zoom)) if n else 0

    def gap(self, n: float) -> int:
        """Return an empty space; it grows a third as fast as text, to leave room for it."""
        return round(n * (1 + (self.zoom - 1) / 3))

    def font(
        self, size: TextSize = TextSize.BODY, *, bold: bool = False, italic: bool = False
    ) -> QFont:
        """Return the desk's font at one of its five sizes."""
        font = QFont([FAMILY])
        font.setPixelSize(max(9, round(self._body * size.value)))
        if bold:
            font.setWeight(QFont.Weight.Bold)
        font.setItalic(italic)
        return font

    @property
    def row(self) -> int:
        """Height of a row that is scanned."""
        return self.px(28)

    @property
    def touch_row(self) -> int:
        """Height of a row or control that is touched."""
        return self.px(40)

    # -- what the shell sets ---------------------------------------------------------

    def apply(self, app: QApplication, choice: Choice = "system", scale: float = 1.0) -> None:
        """Dress the whole program; with `system`, follow what the system changes later."""
        hints = app.styleHints()
        if not self._system_px:
            self._system_px = QFontInfo(app.font()).pixelSize()
            if app.style().name() != "fusion":
                app.setStyle("Fusion")
        if not self._faces_loaded:
            self._faces_loaded = True
            # Qt warns of each script the first family does not shape, then asks the next one.
            QLoggingCategory.setFilterRules("qt.text.font.db=false")
            folder = shipped("fonts")
            for face in _FACES:
                QFontDatabase.addApplicationFont(str(folder / face))
        if not self._follows:
            self._follows = True
            hints.colorSchemeChanged.connect(self._system_changed)
            hints.accessibility().contrastPreferenceChanged.connect(self._system_changed)
        self._choice = choice
        self._scale = min(2.0, max(1.0, scale))
        self._body = max(_BODY, float(self._system_px)) * self._scale
        self._dress(app)

    def load_scripts(self) -> None:
        """Let names in any shipped script be drawn; called before a page that shows names.

        Qt asks these families for what `FAMILY` has no sign for. The lock screen shows no
        name and does without them.
        """
        if not self._scripts_loaded:
            self._scripts_loaded = True
            for face in sorted(shipped("fonts").glob("*.ttf")):
                if face.name not in _FACES:
                    QFontDatabase.addApplicationFont(str(face))

    def _system_changed(self) -> None:
        app = QApplication.instance()
        if self._choice == "system" and isinstance(app, QApplication):
            self._dress(app)

    def _dress(self, app: QApplication) -> None:
        name = _system_theme(app) if self._choice == "system" else self._choice
        if name != self._theme.name:
            self._theme = Theme.read(name)
        self._colors.clear()
        app.setPalette(self._palette())
        app.setFont(self.font())
        app.setStyleSheet(self._sheet())
        self.changed.emit()

    def _palette(self) -> QPalette:
        roles = QPalette.ColorRole
        palette = QPalette()
        for role, token in (
            (roles.Window, "surface"),
            (roles.WindowText, "text"),
            (roles.Base, "raised"),
            (roles.AlternateBase, "surface"),
            (roles.Text, "text"),
            (roles.PlaceholderText, "muted"),
            (roles.Button, "raised"),
            (roles.ButtonText, "text"),
            (roles.BrightText, "accent_text"),
            (roles.ToolTipBase, "raised"),
            (roles.ToolTipText, "text"),
            (roles.Highlight, "selection"),
            (roles.HighlightedText, "selection_text"),
            (roles.Accent, "accent"),
            (roles.Link, "accent"),
            (roles.LinkVisited, "accent"),
            (roles.Light, "raised"),
            (roles.Midlight, "sunken"),
            (roles.Mid, "line"),
            (roles.Dark, "edge"),
            (roles.Shadow, "line"),
        ):
            palette.setColor(role, self.color(token))
        for role in (roles.WindowText, roles.Text, roles.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.color("muted"))
        return palette

    def _sheet(self) -> str:
        template = shipped("themes", "desk.qss").read_text("utf-8")
        template = re.sub(r"/\*.*?\*/", "", template, flags=re.DOTALL)

        def value(match: re.Match[str]) -> str:
            word = match[1]
            if word.isdigit():
                return f"{self.px(int(word))}px"
            return str(getattr(self._theme, word))

        return re.sub(r"\$(\w+)", value, template)


def _system_theme(app: QApplication) -> str:
    hints = app.styleHints()
    if hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast:
        return "contrast"
    return "dark" if hints.colorScheme() == Qt.ColorScheme.Dark else "light"


_look: Look | None = None


def look() -> Look:
    """Return the one look of this process; light at scale 1 until it is applied."""
    global _look
    if _look is None:
        _look = Look()
    return _look
