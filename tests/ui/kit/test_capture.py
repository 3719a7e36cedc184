"""Every window is left out of pictures where the system offers it; the calls are as documented."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from walk import settle

from ui.kit.capture import CaptureGuard, MacCapture, NoCapture, WindowsCapture, hides
from ui.kit.cocoa import Cocoa
from ui.kit.widgets.dialogs import Sheet


class Recorded:
    """A system that offers it, and keeps what it was told."""

    offered = True

    def __init__(self, answer: bool = True) -> None:
        self.told: dict[int, bool] = {}
        self.answer = answer

    def leave_out(self, window: int, *, on: bool) -> bool:
        self.told[window] = on
        return self.answer


@pytest.fixture
def guarded(app: QApplication) -> Iterator[tuple[CaptureGuard, Recorded]]:
    system = Recorded()
    guard = CaptureGuard(app, system)
    yield guard, system
    guard.set(on=False)
    guard.deleteLater()


def test_windows_dialogs_and_menus_are_left_out_from_their_first_picture_on(
    guarded: tuple[CaptureGuard, Recorded], show: Callable[..., Any]
) -> None:
    guard, system = guarded
    before = show(QWidget())
    guard.set(on=True)
    assert system.told[int(before.windowHandle().winId())] is True
    sheet = Sheet("A sheet", "", parent=before)
    menu = QMenu(before)
    menu.addAction("An action")
    for each in (sheet, menu):
        each.show()
        settle()
        assert system.told[int(each.windowHandle().winId())] is True
        each.close()
    guard.set(on=False)
    assert system.told[int(before.windowHandle().winId())] is False
    sheet.deleteLater()
    menu.deleteLater()


def test_a_refusal_of_the_system_is_remembered(app: QApplication, show: Callable[..., Any]) -> None:
    show(QWidget())
    guard = CaptureGuard(app, Recorded(answer=False))
    assert not guard.refused
    guard.set(on=True)
    assert guard.refused
    guard.set(on=False)
    guard.deleteLater()


def test_where_nothing_is_offered_nothing_listens(app: QApplication) -> None:
    guard = CaptureGuard(app, NoCapture())
    guard.set(on=True)
    assert not guard.on
    guard.deleteLater()


class User32:
    def __init__(self, known: set[int]) -> None:
        self.known = known
        self.asked: list[tuple[int | None, int]] = []

    def SetWindowDisplayAffinity(self, handle: Any, affinity: Any) -> int:
        self.asked.append((handle.value, affinity.value))
        return int(affinity.value in self.known)


def test_windows_is_asked_by_affinity_and_older_ones_show_black() -> None:
    new = User32({0x00, 0x01, 0x11})
    assert WindowsCapture(new).leave_out(7, on=True)
    assert WindowsCapture(new).leave_out(7, on=False)
    assert new.asked == [(7, 0x11), (7, 0x00)]
    old = User32({0x00, 0x01})
    assert WindowsCapture(old).leave_out(7, on=True)
    assert old.asked == [(7, 0x11), (7, 0x01)]
    assert not WindowsCapture(User32(set())).leave_out(7, on=True)


class FakeCocoa(Cocoa):
    """Keeps the messages it is sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[int, str, tuple[int, ...]]] = []

    def send(self, target: int, message: str, *values: int) -> int:
        self.sent.append((target, message, values))
        return 99 if message == "window" else 0


def test_macos_is_told_the_sharing_type_of_the_views_window() -> None:
    cocoa = FakeCocoa()
    mac = MacCapture(cocoa)
    assert mac.leave_out(7, on=True)
    assert mac.leave_out(7, on=False)
    assert cocoa.sent == [
        (7, "window", ()), (99, "setSharingType:", (0,)),
        (7, "window", ()), (99, "setSharingType:", (1,)),
    ]  # fmt: skip


def test_the_desk_is_hidden_unless_somebody_said_no() -> None:
    assert hides({})
    assert hides({"hide_from_capture": "nonsense"})
    assert not hides({"hide_from_capture": False})
