"""Between the lock screen and the desk: an emergency is told, a first passphrase replaced."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from walk import clipped, nameless, settle, small_targets, wait_until

import app.bootstrap
import app.features.access.secrets
import ui.shell.relaunch
from app.bootstrap import Founder, create_vault, open_vault
from app.features.access.commands import AddPerson
from app.kernel.ids import DeviceId, new_id
from app.kernel.nouns import Role
from app.vault.places import ThisDevice
from app.vault.sealing import floor
from ui.shell.desk import Frame
from ui.shell.lock_screen import LockScreen
from ui.shell.way_in import EmergencyCard, OwnPassphrase
from vaults import PASSPHRASE, new_desk

OWN = "nine kites above the old mill"


@pytest.fixture(autouse=True)
def quick_to_stretch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.features.access.secrets, "tuned", floor)


@pytest.fixture
def framed(
    show: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Path], Frame]]:
    """Return a function that shows the lock screen of a vault in the frame."""
    monkeypatch.setattr(ui.shell.relaunch, "relaunch", lambda _line: None)
    frames: list[Frame] = []

    def put(vault: Path) -> Frame:
        frame = Frame(ThisDevice.here(), vault)
        frames.append(frame)
        frame.begin()
        show(frame, 1280, 720)
        return frame

    yield put
    for frame in frames:
        frame.close()


@pytest.fixture
def with_words(tmp_path: Path) -> tuple[Path, str]:
    """Make a vault; return its place and its recovery words."""
    founding = create_vault(
        tmp_path / "test",
        Founder("Ana Núñez", Role.COUNSELOR, PASSPHRASE),
        DeviceId(new_id()),
        stretch=floor(),
    )
    words = founding.recovery_words
    founding.desk.confirm_recovery(words, dict(enumerate(words, 1)))
    founding.desk.close()
    return founding.desk.folder.path, " ".join(words)


def screen_of(frame: Frame) -> QWidget:
    screen = frame.centralWidget()
    assert screen is not None
    return screen


def use_sheet(frame: Frame, words: str) -> None:
    """Choose the recovery sheet on the lock screen, and enter these words."""
    screen = screen_of(frame)
    assert isinstance(screen, LockScreen)
    screen._switch.click()
    assert screen._words is not None
    screen._words.setPlainText(words)
    screen._open.click()
    wait_until(frame.tasks.idle)
    settle()


def told(frame: Frame, name: str, reason: str) -> None:
    """Say who opens the vault and why, with the keyboard."""
    focus = QApplication.focusWidget()
    QTest.keyClicks(focus, name)
    QTest.keyClick(focus, Qt.Key.Key_Tab)
    focus = QApplication.focusWidget()
    QTest.keyClicks(focus, reason)
    QTest.keyClick(focus, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait_until(frame.tasks.idle)
    settle()


def test_the_recovery_sheet_opens_the_vault_once_it_was_said_who_and_why(
    with_words: tuple[Path, str], framed: Callable[[Path], Frame]
) -> None:
    vault, words = with_words
    frame = framed(vault)
    use_sheet(frame, words)
    card = screen_of(frame)
    assert isinstance(card, EmergencyCard)
    assert not clipped(card)
    assert not nameless(card)
    assert not small_targets(card)
    assert frame.desk_window is None
    told(frame, "Dana Reyes", "The counselor cannot be reached")
    wait_until(lambda: frame.desk_window is not None)
    wait_until(frame.tasks.idle)
    settle()
    window = frame.desk_window
    assert window is not None
    (mark,) = window.desk.access.emergencies()
    assert (mark.name, mark.reason) == ("Dana Reyes", "The counselor cannot be reached")
    assert window.desk.seat.emergency == mark.id
    assert window.marks.banner is not None
    assert "Dana Reyes: The counselor cannot be reached." in window.marks.banner.words.text()


def test_without_a_name_or_a_reason_nothing_opens(
    with_words: tuple[Path, str], framed: Callable[[Path], Frame]
) -> None:
    vault, words = with_words
    frame = framed(vault)
    use_sheet(frame, words)
    card = screen_of(frame)
    assert isinstance(card, EmergencyCard)
    card._go()
    assert card.form.field("name").refused
    assert card.form.field("reason").refused
    QTest.keyClick(card, Qt.Key.Key_Escape)
    assert isinstance(screen_of(frame), LockScreen)
    assert frame.tasks.idle()
    desk = open_vault(vault, PASSPHRASE, DeviceId(new_id()))
    assert desk.access.emergencies() == []
    desk.close()


def test_words_of_another_vault_are_refused_before_anything_is_asked(
    with_words: tuple[Path, str], framed: Callable[[Path], Frame], tmp_path: Path
) -> None:
    _vault, words = with_words
    other = new_desk(tmp_path / "other")
    other.close()
    frame = framed(other.folder.path)
    use_sheet(frame, words)
    screen = screen_of(frame)
    assert isinstance(screen, LockScreen)
    assert screen.words_field is not None
    assert screen.words_field.refused


@pytest.fixture
def newcomer(tmp_path: Path) -> tuple[Path, str]:
    """Return a vault and the first passphrase of someone new on it."""
    desk = new_desk(tmp_path)
    first = desk.access.add_person(AddPerson("Ben Okafor", Role.NURSE), floor()).passphrase
    desk.close()
    return desk.folder.path, first


def test_a_first_passphrase_gives_way_to_ones_own_before_the_desk_is_seen(
    newcomer: tuple[Path, str], framed: Callable[[Path], Frame]
) -> None:
    vault, first = newcomer
    frame = framed(vault)
    frame.open_vault(first)
    wait_until(lambda: isinstance(frame.centralWidget(), OwnPassphrase))
    settle()
    card = screen_of(frame)
    assert isinstance(card, OwnPassphrase)
    assert not clipped(card)
    assert not nameless(card)
    assert not small_targets(card)
    card._new.setText("short")
    card._again.setText("short")
    card._save.click()
    wait_until(frame.tasks.idle)
    assert card.form.field("passphrase").refused
    focus = QApplication.focusWidget()
    assert focus is not None
    card._new.setText("")
    card._again.setText("")
    QTest.keyClicks(card._new.line, OWN)
    QTest.keyClick(card._new.line, Qt.Key.Key_Return)
    QTest.keyClicks(card._again.line, OWN)
    QTest.keyClick(card._again.line, Qt.Key.Key_Return)
    wait_until(lambda: frame.desk_window is not None)
    wait_until(frame.tasks.idle)
    settle()
    assert not frame.desk_window.desk.must_change_passphrase  # type: ignore[union-attr]
    frame.close()
    open_vault(vault, OWN, DeviceId(new_id())).close()


def test_two_different_entries_are_refused_at_the_second(
    newcomer: tuple[Path, str], framed: Callable[[Path], Frame]
) -> None:
    vault, first = newcomer
    frame = framed(vault)
    frame.open_vault(first)
    wait_until(lambda: isinstance(frame.centralWidget(), OwnPassphrase))
    card = screen_of(frame)
    assert isinstance(card, OwnPassphrase)
    card._new.setText(OWN)
    card._again.setText(f"{OWN} x")
    card._save.click()
    assert card.form.field("again").refused
    card._words.click()
    assert len(card._new.text().split()) == 5
    assert card._new.text() == card._again.text()


def test_the_vault_locks_while_the_own_passphrase_is_asked_for(
    newcomer: tuple[Path, str],
    framed: Callable[[Path], Frame],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vault, first = newcomer
    frame = framed(vault)
    lines: list[list[str]] = []
    monkeypatch.setattr(ui.shell.relaunch, "relaunch", lines.append)
    frame.open_vault(first)
    wait_until(lambda: isinstance(frame.centralWidget(), OwnPassphrase))
    frame.lock()
    assert len(lines) == 1
    open_vault(vault, PASSPHRASE, DeviceId(new_id())).close()
