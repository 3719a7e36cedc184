"""Walkers over a window: what each control is called, how large it is, what is cut off."""

import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QScrollBar,
    QTabBar,
    QWidget,
)

_CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QTabBar,
)


def controls(widget: QWidget) -> Iterator[QWidget]:
    """Yield every visible control under `widget` that a person or a screen reader meets."""
    for each in [widget, *widget.findChildren(QWidget)]:
        # Most of a window's widgets stand on pages behind the one that is shown.
        if not each.isVisible() or isinstance(each, QScrollBar) or each.isWindow():
            continue
        if each.objectName().startswith("qt_scrollarea") or _inner(each):
            continue
        if isinstance(each, _CONTROLS) or _takes_focus(each):
            yield each


def _takes_focus(each: QWidget) -> bool:
    return each.focusPolicy() != Qt.FocusPolicy.NoFocus and each.focusProxy() is None


def _inner(each: QWidget) -> bool:
    """Tell whether `each` is a part of a control that Qt itself speaks for."""
    parent = each.parentWidget()
    return isinstance(parent, QComboBox | QAbstractSpinBox | QLineEdit)


def name_of(widget: QWidget) -> str:
    """Return the name a screen reader says; for a choice, not merely what is chosen."""
    if widget.accessibleName() or isinstance(widget, QComboBox):
        return widget.accessibleName()
    face = QAccessible.queryAccessibleInterface(widget)
    return face.text(QAccessible.Text.Name) if face is not None else ""


def nameless(widget: QWidget) -> list[str]:
    """Return the visible controls without an accessible name."""
    return [_where(each) for each in controls(widget) if not name_of(each).strip()]


def walk(widget: QWidget) -> int:
    """Assert that every visible control has a name; return how many there are."""
    assert not nameless(widget), nameless(widget)
    return sum(1 for _ in controls(widget))


def small_targets(widget: QWidget) -> list[str]:
    """Return the buttons and fields smaller than 24 × 24 px (WCAG 2.2, 2.5.8)."""
    return [
        f"{_where(each)}: {each.width()} × {each.height()}"
        for each in controls(widget)
        if min(each.width(), each.height()) < 24 and not isinstance(each, QProgressBar)
    ]


def clipped(widget: QWidget) -> list[str]:
    """Return labels and buttons whose words do not fit into them, or stick out of the parent."""
    found = []
    for each in widget.findChildren(QWidget):
        if not each.isVisible():
            continue
        if isinstance(each, QLabel) and each.text():
            if each.wordWrap():
                cut = each.height() < each.heightForWidth(each.width())
            else:
                cut = each.width() < each.minimumSizeHint().width()
        elif isinstance(each, QAbstractButton) and each.text():
            cut = each.width() < each.minimumSizeHint().width()
        else:
            continue
        if cut:
            found.append(f"{_where(each)}: {each.width()} × {each.height()}")
    return found


def wait_until(true: Callable[[], bool], seconds: float = 30.0) -> None:
    """Run the event loop until `true()`, or fail; a machine at its limits may take its time."""
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit, "waited in vain"
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        time.sleep(0.002)


def _where(widget: QWidget) -> str:
    words = getattr(widget, "text", None)
    said = words() if callable(words) else ""
    return f"{type(widget).__name__}({said!r}) in {type(widget.parentWidget()).__name__}"


def settle() -> None:
    """Deliver what waits in the event loop, destructions included."""
    for _ in range(3):
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
