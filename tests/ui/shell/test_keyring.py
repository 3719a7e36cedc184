"""This computer's keyring on the lock card and in Settings: by choice, by a key, never in the way."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from walk import clipped, settle, wait_until, walk

import ui.shell.unlocking
from app.bootstrap import Desk
from app.features.unlocking import service
from app.features.unlocking.commands import TurnOnKeyring
from app.kernel.errors import Trouble
from app.kernel.ports import Progress, no_progress
from app.vault.keybag import KEYRING, read_keybag
from app.vault.os_account import Account
from app.vault.places import ThisDevice
from app.vault.sealing import Stretch
from keyrings import MemoryKeyring, around
from ui.kit.look import look
from ui.kit.widgets.dialogs import Sheet
from ui.shell.desk import Frame
from ui.shell.keyring_settings import TurnOnSheet, UnlockingPart
from ui.shell.lock_screen import LockScreen
from ui.shell.settings import SettingsPage
from ui.shell.window import DeskWindow
from vaults import PASSPHRASE, new_desk

Show = Callable[..., Any]
STUDENT = Account("student07", "/home/student07", "linux", 1001)


@pytest.fixture(autouse=True)
def not_stretched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make keys of passphrases at once: nothing here is about how long it takes."""

    def quick(stretch: Stretch, passphrase: str) -> bytes:
        return hashlib.blake2b(passphrase.encode(), key=stretch.salt, digest_size=32).digest()

    monkeypatch.setattr(Stretch, "key", quick)


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> MemoryKeyring:
    """Return the keyring that the desk finds on this computer."""
    found = MemoryKeyring()
    monkeypatch.setattr(service, "Around", lambda: around(found))
    return found


@pytest.fixture
def desk(tmp_path: Path, ring: MemoryKeyring) -> Desk:
    """Return a desk made at this device."""
    desk = new_desk(tmp_path)
    desk.records.sit_down(desk.seat)
    return desk


@pytest.fixture
def turned_on(desk: Desk) -> Path:
    """Turn the keyring on for the vault, close it, and return its place."""
    device = ThisDevice.here()
    desk.unlocking._device = device.device
    desk.unlocking.turn_on(TurnOnKeyring(PASSPHRASE, alone=True))
    device.keep_keyring(desk.vault, desk.unlocking.slots)
    desk.close()
    return desk.folder.path


@pytest.fixture
def frame(turned_on: Path, show: Show) -> Iterator[Frame]:
    frame = Frame(ThisDevice.here(), turned_on, locked=True)
    frame.begin()
    show(frame, 1280, 720)
    yield frame
    frame.close()


def card(frame: Frame) -> LockScreen:
    screen = frame.centralWidget()
    assert isinstance(screen, LockScreen)
    return screen


def press(screen: LockScreen) -> None:
    assert screen._keyring is not None
    QTest.keyClick(screen._keyring, Qt.Key.Key_Space)


def test_it_is_offered_only_where_it_was_turned_on(desk: Desk, show: Show) -> None:
    desk.close()
    frame = Frame(ThisDevice.here(), desk.folder.path)
    frame.begin()
    show(frame, 1280, 720)
    assert not card(frame).offers_keyring
    frame.close()


def test_a_locked_desk_waits_for_the_key_and_opens_by_it(frame: Frame) -> None:
    for _ in range(5):
        settle()
    assert frame.desk_window is None
    assert card(frame)._secret.line.hasFocus()
    press(card(frame))
    wait_until(lambda: frame.desk_window is not None)


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_the_card_with_it_is_whole(frame: Frame, app: Any, scale: float) -> None:
    look().apply(app, "light", scale)
    try:
        settle()
        assert walk(frame)
        assert not clipped(frame)
    finally:
        look().apply(app, "light", 1.0)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("keyring-absent", "This computer's keyring cannot be reached."),
        ("keyring-locked", "This computer's keyring stayed locked."),
        ("keyring-slow", "This computer's keyring did not answer in time."),
        ("keyring-emptied", "This computer's keyring no longer holds Casewell's secret."),
    ],
)
def test_a_keyring_in_trouble_says_so_and_the_passphrase_opens(
    frame: Frame, ring: MemoryKeyring, code: str, said: str
) -> None:
    ring.fails = code
    press(card(frame))
    wait_until(lambda: bool(card(frame).field.refused))
    assert card(frame).field.refused.startswith(said)
    assert card(frame)._secret.line.hasFocus()
    ring.fails = ""
    QTest.keyClicks(card(frame)._secret.line, PASSPHRASE)
    QTest.keyClick(card(frame)._secret.line, Qt.Key.Key_Return)
    wait_until(lambda: frame.desk_window is not None)


def test_a_passphrase_entered_while_the_keyring_hangs_opens_the_vault(
    frame: Frame, ring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = threading.Event()

    def hang(_account: str, progress: Progress = no_progress) -> bytes:
        while not never.wait(0.02):
            progress(0, 0)
        raise Trouble("keyring-slow")

    monkeypatch.setattr(ring, "give", hang)
    press(card(frame))
    settle()
    assert card(frame)._secret.line.isEnabled()
    QTest.keyClicks(card(frame)._secret.line, PASSPHRASE)
    QTest.keyClick(card(frame)._secret.line, Qt.Key.Key_Return)
    wait_until(lambda: frame.desk_window is not None)
    never.set()


@pytest.fixture
def window(desk: Desk, show: Show) -> Iterator[DeskWindow]:
    from tests.ui.shell.conftest import leave
    from ui.kit.tasks import Tasks

    window = DeskWindow(desk, Tasks(), ThisDevice.here())
    show(window, 1280, 720)
    window.begin()
    window.go("settings")
    wait_until(window.tasks.idle)
    yield window
    leave(window)


def part(window: DeskWindow) -> UnlockingPart:
    page = window.page("settings")
    assert isinstance(page, SettingsPage)
    wait_until(page.unlocking.switch.isEnabled)
    return page.unlocking


def keyring_slots(window: DeskWindow) -> int:
    slots = read_keybag(window.desk.folder).keybag.slots
    return len([slot for slot in slots if slot.kind == KEYRING])


def test_settings_turn_it_on_with_the_passphrase_and_ones_word_and_off(
    window: DeskWindow, ring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch = part(window).switch
    assert part(window).state.text() == "Off."

    def filled_in(sheet: Sheet) -> None:
        assert isinstance(sheet, TurnOnSheet)
        sheet.show()
        QTest.keyClicks(sheet._secret.line, PASSPHRASE)
        sheet._save.click()
        wait_until(lambda: bool(sheet.form.field("alone").refused))
        QTest.keyClick(sheet.alone, Qt.Key.Key_Space)
        sheet._save.click()
        wait_until(lambda: not sheet.isVisible())

    monkeypatch.setattr(Sheet, "exec", filled_in)
    QTest.keyClick(switch, Qt.Key.Key_Space)
    wait_until(switch.isChecked)
    assert part(window).state.text() == "On, with the keyring of this desktop."
    assert keyring_slots(window) == len(ring.held) == 1
    assert ThisDevice.here().keyring_slots(window.desk.folder.path) == window.desk.unlocking.slots

    QTest.keyClick(switch, Qt.Key.Key_Space)
    wait_until(lambda: not switch.isChecked() and keyring_slots(window) == 0)
    wait_until(window.tasks.idle)
    assert ring.held == {}
    assert ThisDevice.here().keyring_slots(window.desk.folder.path) == ()


def test_settings_say_why_it_cannot_be_had(
    desk: Desk, ring: MemoryKeyring, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring.name = "never asked"
    monkeypatch.setattr(desk.unlocking, "_around", around(ring, STUDENT))
    from tests.ui.shell.conftest import leave
    from ui.kit.tasks import Tasks

    window = DeskWindow(desk, Tasks(), ThisDevice.here())
    show(window, 1280, 720)
    window.begin()
    window.go("settings")
    page = window.page("settings")
    assert isinstance(page, SettingsPage)
    wait_until(lambda: bool(page.unlocking.state.text()))
    assert "several people use it" in page.unlocking.state.text()
    assert not page.unlocking.switch.isEnabled()
    leave(window)


def test_a_passphrase_that_became_easy_to_try_is_stretched_anew_in_peace(
    turned_on: Path, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    def quick(old: Stretch, _seconds: float, _progress: Progress) -> Stretch:
        return Stretch(old.memory_kib, old.passes + 1, old.lanes, bytes(16))

    monkeypatch.setattr(ui.shell.unlocking, "IN_PEACE_MS", 10)
    monkeypatch.setattr("app.features.unlocking.stretching.restretched", quick)
    frame = Frame(ThisDevice.here(), turned_on)
    frame.begin()
    show(frame, 1280, 720)
    frame.open_vault(PASSPHRASE)
    wait_until(lambda: frame.desk_window is not None)
    assert frame.desk_window is not None
    desk = frame.desk_window.desk
    before = desk.slot.id
    wait_until(lambda: desk.slot.id != before)
    wait_until(frame.tasks.idle)
    assert desk.slot.stretch is not None
    assert desk.slot.stretch.passes == 4
    assert ThisDevice.here().last_slots()[0] == desk.slot.id
    frame.close()
