"""Repairing on the screen, on a real encrypted vault that is really damaged."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from walk import clipped, nameless, settle, wait_until

import ui.shell.relaunch
from app.bootstrap import open_vault, verify_vault
from app.vault.folder import VaultFolder
from app.vault.places import ThisDevice
from sessions_desk import a_signed_note, add_student
from ui.kit.tasks import Tasks
from ui.shell.backups import BackupPart
from ui.shell.bay import looked_up
from ui.shell.desk import Frame
from ui.shell.lock_screen import LockScreen
from ui.shell.repair import LossSheet, RepairSheet
from ui.shell.settings import SettingsPage
from vaults import PASSPHRASE, fixed_clock, new_desk

PAGE = 4096


@pytest.fixture
def folder(tmp_path: Path) -> VaultFolder:
    """A vault with sixty notes of a student, closed; no backup of it."""
    desk = new_desk(tmp_path, clock=fixed_clock())
    student = add_student(desk)
    for number in range(60):
        a_signed_note(desk, student, f"Note {number} " + "of what was said. " * 30)
    desk.close()
    return desk.folder


def lose(folder: VaultFolder, *pages: int) -> None:
    data = bytearray(folder.records.read_bytes())
    for page in pages:
        data[page * PAGE + 99] ^= 255
    folder.records.write_bytes(data)


def lose_notes(folder: VaultFolder) -> None:
    """Damage the end of the file, where the latest notes stand."""
    count = folder.records.stat().st_size // PAGE
    lose(folder, *range(count - 6, count))


@pytest.fixture
def sheet(folder: VaultFolder, show: Callable[..., Any]) -> Iterator[RepairSheet]:
    tasks = Tasks()
    sheet = RepairSheet(tasks, ThisDevice.here(), folder.path)
    show(sheet, 700, 500)
    yield sheet
    tasks.stop_long()
    tasks.close()


def test_damage_is_looked_at_repaired_and_what_was_lost_is_listed(
    folder: VaultFolder, sheet: RepairSheet
) -> None:
    lose_notes(folder)
    damaged = folder.records.read_bytes()
    assert sheet.focusWidget() is not None
    sheet.go.click()
    assert "Enter your passphrase." in sheet.form._fields["secret"].refused
    sheet.secret.setText("not the passphrase at all")
    sheet.go.click()
    wait_until(lambda: "does not open" in sheet.form._fields["secret"].refused)
    sheet.secret.setText(PASSPHRASE)
    QTest.keyClick(sheet, Qt.Key.Key_Return)
    wait_until(sheet.said.isVisible)
    assert "pages of the file are damaged" in sheet.said.text()
    assert "no good backup" in sheet.said.text()
    assert not sheet.instead.isVisible()
    assert nameless(sheet) == []
    assert clipped(sheet) == []
    asked: list[object] = []
    sheet.open_asked.connect(asked.append)
    QTest.keyClick(sheet, Qt.Key.Key_Return)
    wait_until(sheet.list.isVisible)
    assert "were lost" in sheet.said.text()
    assert "Session note" in sheet.list.toPlainText()
    assert nameless(sheet) == []
    QTest.keyClick(sheet, Qt.Key.Key_Return)
    (path,) = asked
    assert isinstance(path, Path)
    assert verify_vault(path, PASSPHRASE).whole
    assert folder.records.read_bytes() == damaged, "the damaged vault is not touched"


def test_the_newest_backup_is_offered_first(folder: VaultFolder, sheet: RepairSheet) -> None:
    desk = open_vault(folder.path, PASSPHRASE, ThisDevice.here().device, clock=fixed_clock())
    desk.backups.make()
    desk.close()
    lose_notes(folder)
    sheet.secret.setText(PASSPHRASE)
    sheet.go.click()
    wait_until(sheet.instead.isVisible)
    assert "The newest good backup is of" in sheet.said.text()
    asked: list[bool] = []
    sheet.restore_asked.connect(lambda: asked.append(True))
    sheet.instead.click()
    assert asked == [True]
    assert not list(folder.path.parent.glob("*repaired*")), "nothing is left of the look"


def test_a_whole_vault_is_told_so_and_closing_leaves_nothing(
    folder: VaultFolder, sheet: RepairSheet
) -> None:
    sheet.secret.setText(PASSPHRASE)
    sheet.go.click()
    wait_until(sheet.said.isVisible)
    assert "nothing to repair" in sheet.said.text()
    sheet.reject()
    assert not list(folder.path.parent.glob("*repaired*"))


def test_a_repair_that_is_stopped_leaves_nothing(folder: VaultFolder, sheet: RepairSheet) -> None:
    lose_notes(folder)
    sheet.secret.setText(PASSPHRASE)
    sheet.go.click()
    wait_until(sheet.said.isVisible)
    sheet.go.click()
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    wait_until(lambda: not sheet.isVisible())
    wait_until(lambda: not list(folder.path.parent.glob("*repaired*")))


def test_the_lock_screen_offers_the_repair_of_a_vault_that_does_not_open(
    folder: VaultFolder, show: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ui.shell.relaunch, "relaunch", lambda _line: None)
    frame = Frame(ThisDevice.here(), folder.path)
    show(frame, 1280, 720)
    frame.begin()
    screen = frame.bay.screen
    assert isinstance(screen, LockScreen)
    assert not screen._repair.isVisible()
    lose(folder, 0)
    frame.open_vault(PASSPHRASE)
    wait_until(screen._repair.isVisible)
    shown: list[Path] = []
    monkeypatch.setattr(RepairSheet, "exec", lambda sheet: shown.append(sheet._vault))
    screen._repair.click()
    assert shown == [folder.path]
    frame.close()


def test_backups_in_the_settings_lead_to_the_repair_and_to_what_one_could_not_save(
    folder: VaultFolder, show: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.bootstrap import examine_damage, repair_vault

    lines: list[list[str]] = []
    monkeypatch.setattr(ui.shell.relaunch, "relaunch", lines.append)
    monkeypatch.setattr("ui.shell.backups.ask", lambda *_args, **_more: True)
    device = ThisDevice.here()
    lose_notes(folder)
    made = repair_vault(examine_damage(folder.path, PASSPHRASE), device.device)
    desk = open_vault(made.path, PASSPHRASE, device.device, clock=fixed_clock())
    frame = Frame(device, desk.folder.path)
    show(frame, 1280, 720)
    frame.bay.arrive(looked_up(desk))
    settle()
    window = frame.desk_window
    assert window is not None
    window.go("settings")
    page = window.page("settings")
    assert isinstance(page, SettingsPage)
    part: BackupPart = page.backups
    wait_until(part._losses.isVisible)
    told: list[str] = []
    monkeypatch.setattr(LossSheet, "exec", lambda sheet: told.append(sheet.list.toPlainText()))
    part._losses.click()
    assert told[0].count("\n") + 1 == len(made.losses)
    part._repair.click()
    assert lines[-1] == ["--locked-damaged", "--vault", str(made.path)]


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_the_sheet_has_room_for_its_words(
    folder: VaultFolder, show: Callable[..., Any], scale: float
) -> None:
    from PySide6.QtWidgets import QApplication

    from ui.kit.look import look

    application = QApplication.instance()
    assert isinstance(application, QApplication)
    look().apply(application, "light", scale)
    tasks = Tasks()
    try:
        lose_notes(folder)
        sheet = RepairSheet(tasks, ThisDevice.here(), folder.path)
        show(sheet, 600, 400)
        assert clipped(sheet) == []
        sheet.secret.setText(PASSPHRASE)
        sheet.go.click()
        wait_until(sheet.said.isVisible)
        assert clipped(sheet) == []
        sheet.go.click()
        wait_until(sheet.list.isVisible)
        assert clipped(sheet) == []
        sheet.reject()
    finally:
        look().apply(application, "light", 1.0)
        tasks.close()
