"""Names of either direction on one page: a name never turns the line it stands in.

Unicode Standard Annex 9: an isolate (LRI or RLI to PDI) keeps what it holds apart from the
order of the words around it. What is stored and printed holds no such signs.
"""

import re

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QApplication, QWidget

_LEFT_TO_RIGHT, _RIGHT_TO_LEFT, _END = "\u2066", "\u2067", "\u2069"
_TURNS = re.compile(
    "[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


def rtl(widget: QWidget) -> bool:
    """Return whether the page runs from right to left."""
    return widget.layoutDirection() == Qt.LayoutDirection.RightToLeft


def leading(widget: QWidget) -> Qt.AlignmentFlag:
    """Return the side where a line of this widget begins, whatever script the line is in."""
    side = Qt.AlignmentFlag.AlignRight if rtl(widget) else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignAbsolute


def in_order(text: str) -> str:
    """Return `text`, a name, so that its parts stand in the order of the page.

    Text that cannot turn a line round comes back as it is, as most does.
    """
    if (
        text.isascii()
        or not _TURNS.search(text)
        or text.startswith((_LEFT_TO_RIGHT, _RIGHT_TO_LEFT))
    ):
        return text
    app = QCoreApplication.instance()
    turned = (
        isinstance(app, QApplication) and app.layoutDirection() == Qt.LayoutDirection.RightToLeft
    )
    return f"{_RIGHT_TO_LEFT if turned else _LEFT_TO_RIGHT}{text}{_END}"
