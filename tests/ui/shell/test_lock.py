"""Locking ends the process that holds the key, whatever stands in its way."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QClipboard, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from walk import settle, wait_until

import ui.shell.relaunch
from app.bootstrap import Desk, open_vault
from app.kernel.errors import Trouble
from app.kernel.ports import Progress
from app.vault.places import ThisDevice
from ui.kit.idle import IdleWatch
from ui.kit.widgets.dialogs import Sheet
from ui.kit.widgets.passphrase import PassphraseEdit
from ui.shell import desk as shell
from ui.shell.bay import arrived, looked_up
from ui.shell.desk import Frame
from ui.shell.first_run import RecoveryStep
from ui.shell.lock_screen import LockScreen
from ui.shell.window import DeskWindow
from vaults import PASSPHRASE, new_desk


@pytest.fixture
def relaunched(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Catch the command that would replace the process."""
    lines: list[list[str]] = []
    monkeypatch.setattr(ui.shell.relaunch, "relaunch", lines.append)
    return lines


@pytest.fixture
def sheets(monkeypatch: pytest.MonkeyPatch) -> list[Sheet]:
    """Catch every sheet that would wait for someone to press a button."""
    shown: list[Sheet] = []

    def caught(sheet: Sheet) -> None:
        shown.append(sheet)

    monkeypatch.setattr(Sheet, "exec", caught)
    return shown


@pytest.fixture
def frame(tmp_path: Path, show: Callable[..., Any], relaunched: list[list[str]]) -> Iterator[Frame]:
    frame = Frame(ThisDevice.here(), tmp_path / "test.casewell")
    show(frame, 1280, 720)
    yield frame
    frame.close()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return new_desk(tmp_path)


@pytest.fixture
def window(frame: Frame, desk: Desk) -> DeskWindow:
    """Return the opened desk, standing in its frame."""
    frame.bay.show_desk(looked_up(desk))
    wait_until(frame.tasks.idle)
    found = frame.desk_window
    assert found is not None
    return found


def is_let_go(desk: Desk) -> bool:
    """Tell whether the vault could be opened by another process."""
    open_vault(desk.folder.path, PASSPHRASE, desk.seat.device).close()
    return True


def full() -> None:
    raise Trouble("disk-full")


def test_what_cannot_be_saved_on_the_way_asks_nobody(
    frame: Frame, window: DeskWindow, sheets: list[Sheet], relaunched: list[list[str]]
) -> None:
    frame.tasks.write(full, failed=window.say, owner=window)
    frame.tasks.write(full)
    frame.lock()
    assert sheets == []
    assert len(relaunched) == 1


def test_a_long_import_gives_way_before_the_last_words_are_saved(
    frame: Frame, window: DeskWindow, desk: Desk, relaunched: list[list[str]]
) -> None:
    begun = threading.Event()

    def bring(progress: Progress) -> None:
        with desk.records.working():
            for _ in range(1_500):
                begun.set()
                progress(0, 0)
                time.sleep(0.01)

    frame.tasks.long(bring, failed=lambda _error: None, owner=frame)
    assert begun.wait(5)
    window._here = ("roster", "")
    before = time.monotonic()
    frame.lock()
    assert time.monotonic() - before < 4
    assert len(relaunched) == 1
    again = open_vault(desk.folder.path, PASSPHRASE, desk.seat.device)
    assert again.people.state(again.seat.person)["here"] == "roster"
    again.close()


def test_a_step_that_hangs_does_not_keep_the_key(
    frame: Frame,
    window: DeskWindow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ended = threading.Event()
    monkeypatch.setattr(shell, "_LOCK_LIMIT", 0.2)
    monkeypatch.setattr(ui.shell.relaunch, "relaunch", lambda _line: ended.set())
    waited: list[bool] = []
    monkeypatch.setattr(window, "flush", lambda: waited.append(ended.wait(20)))
    frame.lock()
    assert waited == [True]


def test_a_page_that_fails_keeps_no_other_page_from_saving(
    frame: Frame, window: DeskWindow, desk: Desk, relaunched: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    saved: list[str] = []
    broken, whole = window.page("today"), window.page("roster")

    def fall() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(broken, "flush", fall)
    monkeypatch.setattr(whole, "flush", lambda: saved.append("roster"))
    with pytest.raises(ZeroDivisionError):
        frame.lock()
    assert saved == ["roster"]
    assert len(relaunched) == 1
    assert is_let_go(desk)
    assert not [each for each in threading.enumerate() if each.name.startswith("casewell-")]


@pytest.mark.parametrize(("ours", "left"), [(True, ""), (False, "zinnober-quokka")])
def test_what_was_copied_here_is_gone_from_the_clipboard(
    frame: Frame, window: DeskWindow, relaunched: list[list[str]],
    monkeypatch: pytest.MonkeyPatch, ours: bool, left: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(QClipboard, "ownsClipboard", lambda _board: ours)
    QApplication.clipboard().setText("zinnober-quokka")
    frame.lock()
    assert QApplication.clipboard().text() == left
    QApplication.clipboard().clear()


@pytest.mark.parametrize("way", ["idle", "key"])
def test_the_desk_locks_while_the_recovery_words_stand_on_the_screen(
    frame: Frame, window: DeskWindow, desk: Desk, relaunched: list[list[str]], way: str
) -> None:
    frame.bay.renew_recovery(desk)
    wait_until(frame.tasks.idle)
    settle()
    screen = frame.centralWidget()
    assert isinstance(screen, RecoveryStep)
    if way == "idle":
        (watch,) = screen.findChildren(IdleWatch)
        watch.idle.emit()
    else:
        frame.activateWindow()
        screen.begin()
        QTest.keySequence(frame, QKeySequence("Ctrl+L"))
    assert len(relaunched) == 1
    assert is_let_go(desk)


def test_a_new_sheet_that_cannot_be_made_leaves_the_desk_as_it_was(
    frame: Frame, window: DeskWindow, desk: Desk, sheets: list[Sheet],
    relaunched: list[list[str]], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(desk, "new_recovery_words", full)
    frame.bay.renew_recovery(desk)
    wait_until(frame.tasks.idle)
    assert len(sheets) == 1
    assert frame.desk_window is window
    frame.lock()
    assert len(relaunched) == 1


def test_a_vault_that_opens_and_cannot_be_shown_is_closed_and_says_why(
    tmp_path: Path, frame: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = new_desk(tmp_path, confirmed=False)
    frame.begin()
    screen = frame.centralWidget()
    assert isinstance(screen, LockScreen)
    screen.busy(on=True)
    monkeypatch.setattr(desk, "new_recovery_words", full)
    with pytest.raises(Trouble) as trouble:
        arrived(desk)
    frame.bay._not_opened(trouble.value)
    assert screen.field.refused
    assert screen.findChild(PassphraseEdit).isEnabled()
    assert is_let_go(desk)


def test_a_fault_in_the_program_is_written_down_without_what_it_quotes(
    frame: Frame, sheets: list[Sheet], capsys: pytest.CaptureFixture[str]
) -> None:
    hooks = sys.excepthook, sys.unraisablehook, threading.excepthook
    try:
        shell.hear_of_faults(frame)
        QTimer.singleShot(0, lambda: int("Mateo Ocampo"))
        wait_until(lambda: bool(sheets))
    finally:
        sys.excepthook, sys.unraisablehook, threading.excepthook = hooks
    said = capsys.readouterr().err
    assert "ValueError" in said
    assert "Mateo" not in said
