"""Backups on the screen, on a real encrypted vault."""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from walk import clipped, nameless, settle, wait_until

import ui.shell.relaunch
from app.bootstrap import open_vault, verify_vault
from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
from app.kernel.clock import FixedClock
from app.vault.keybag import read_keybag
from app.vault.places import ThisDevice
from ui.kit.widgets.dialogs import Sheet
from ui.shell.backups import BackupPart, BackupWatch, RestoreSheet, today_line
from ui.shell.bay import looked_up
from ui.shell.desk import Frame
from ui.shell.lock_screen import LockScreen
from ui.shell.settings import SettingsPage
from ui.shell.window import DeskWindow
from vaults import PASSPHRASE, new_desk


@pytest.fixture
def frame(
    tmp_path: Path, show: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, clock: FixedClock
) -> Iterator[Frame]:
    lines: list[list[str]] = []
    monkeypatch.setattr(ui.shell.relaunch, "relaunch", lines.append)
    desk = new_desk(tmp_path, clock=clock)
    desk.caseload.carry_out(AddStudent(Profile(given_name="Ada", family_name="Testperson")))
    frame = Frame(ThisDevice.here(), desk.folder.path)
    show(frame, 1280, 720)
    frame.bay.arrive(looked_up(desk))
    settle()
    yield frame
    frame.close()


@pytest.fixture
def window(frame: Frame) -> DeskWindow:
    assert frame.desk_window is not None
    return frame.desk_window


def card(window: DeskWindow) -> BackupPart:
    window.go("settings")
    page = window.page("settings")
    assert isinstance(page, SettingsPage)
    wait_until(window.tasks.idle)
    return page.backups


def said(widget: QWidget) -> str:
    from ui.kit.widgets.headings import Words

    return "\n".join(label.text() for label in widget.findChildren(Words))


def test_settings_say_when_and_back_up_on_demand(frame: Frame, window: DeskWindow) -> None:
    part = card(window)
    assert "no backup yet" in said(part)
    part.back_up()
    wait_until(window.tasks.idle)
    settle()
    assert "It was opened and checked." in said(part)
    assert len(window.desk.backups.all()) == 1


def test_another_disk_is_kept_for_this_computer_alone(window: DeskWindow, tmp_path: Path) -> None:
    part = card(window)
    stick = tmp_path / "stick"
    part.use_other(stick)
    wait_until(window.tasks.idle)
    assert "not connected now" in said(part)
    stick.mkdir()
    part.back_up()
    wait_until(window.tasks.idle)
    assert "On the other disk as well" in said(part)
    assert (stick / "test.backups").is_dir()
    assert ThisDevice.here().backup_folder() == stick
    part.use_other(None)
    wait_until(window.tasks.idle)
    assert ThisDevice.here().backup_folder() is None


def test_each_look_of_the_watch_anchors_the_journal(window: DeskWindow) -> None:
    def anchored() -> object:
        return read_keybag(window.desk.folder).keybag.verified(window.desk.records.keys).anchor()

    watch = BackupWatch(window.desk, window.tasks, window.notices, window)
    window.desk.caseload.carry_out(AddStudent(Profile(given_name="Bo", family_name="Testperson")))
    head = window.desk.records.head.anchor()
    assert anchored() != head
    watch.look()
    wait_until(window.tasks.idle)
    assert anchored() == head


def test_the_watch_backs_up_when_due_and_says_a_trouble_once(
    window: DeskWindow, clock: FixedClock
) -> None:
    watch = BackupWatch(window.desk, window.tasks, window.notices, window)
    backups = window.desk.backups

    def looked() -> None:
        watch.look()
        for _ in range(3):
            wait_until(window.tasks.idle)
            settle()

    looked()
    assert len(backups.all()) == 1
    looked()
    assert len(backups.all()) == 1, "nothing changed"
    clock.advance(timedelta(days=4))
    window.desk.caseload.carry_out(AddStudent(Profile(given_name="Bo", family_name="Testperson")))
    assert today_line(window) == []
    shutil.rmtree(backups.place)
    backups.place.write_text("in the way")
    before = len(window.notices._shown)
    looked()
    looked()
    assert len(window.notices._shown) == before + 1
    clock.advance(timedelta(days=4))
    (line,) = today_line(window)
    assert line.title == "Work of 8 days is in no backup"
    assert line.page == "settings"
    backups.place.unlink()
    looked()
    assert today_line(window) == []


def test_closing_backs_up_what_changed(frame: Frame, window: DeskWindow) -> None:
    place, device = window.desk.backups.place, window.desk.seat.device
    vault = window.desk.folder.path
    frame.close()
    desk = open_vault(vault, PASSPHRASE, device)
    assert len(desk.backups.all()) == 1
    assert desk.backups.all()[0].path.parent == place
    desk.close()


def test_a_lock_backs_up_only_when_one_is_due(
    frame: Frame, window: DeskWindow, clock: FixedClock
) -> None:
    place = window.desk.backups.place
    window.desk.backups.make()
    window.desk.caseload.carry_out(AddStudent(Profile(given_name="Bo", family_name="Testperson")))
    frame.lock()
    assert len(list(place.iterdir())) == 1


def test_a_full_disk_does_not_stop_the_closing(frame: Frame, window: DeskWindow) -> None:
    window.desk.backups.place.write_text("in the way")
    vault = window.desk.folder.path
    frame.close()
    assert verify_vault(vault, PASSPHRASE).whole


def filled(sheet: RestoreSheet, tasks: Any) -> None:
    sheet.show()
    for _ in range(2):
        wait_until(tasks.idle)
        settle()


def test_a_backup_is_looked_into_and_restored_to_a_new_place(
    frame: Frame, window: DeskWindow, tmp_path: Path
) -> None:
    window.desk.backups.make()
    sheet = RestoreSheet(window.tasks, window.device, window.desk.folder.path, window)
    asked: list[Path] = []
    sheet.open_asked.connect(asked.append)
    filled(sheet, window.tasks)
    assert isinstance(sheet.which.value(), Path)
    sheet.go.click()
    assert "Enter your passphrase" in said(sheet)
    sheet.secret.setText("not the passphrase")
    sheet.go.click()
    filled(sheet, window.tasks)
    assert "does not open the vault" in said(sheet)
    assert not sheet.target.isVisible()
    sheet.secret.setText(PASSPHRASE)
    sheet.go.click()
    filled(sheet, window.tasks)
    assert "1 student\n0 notes" in sheet.inside.text()
    assert "The last entry is of" in sheet.inside.text()
    sheet.place.setText(str(window.desk.folder.path))
    sheet.go.click()
    filled(sheet, window.tasks)
    assert "already stands" in said(sheet)
    sheet.place.setText(str(tmp_path / "again"))
    sheet.go.click()
    filled(sheet, window.tasks)
    assert str(tmp_path / "again.casewell") in sheet.inside.text()
    assert not nameless(sheet)
    sheet.go.click()
    assert asked == [tmp_path / "again.casewell"]
    assert verify_vault(asked[0], PASSPHRASE).whole
    sheet.deleteLater()


def test_the_lock_screen_restores_too(
    tmp_path: Path, show: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = new_desk(tmp_path)
    desk.backups.make()
    desk.close()
    (desk.folder.path / "records.db").write_bytes(b"destroyed")
    frame = Frame(ThisDevice.here(), desk.folder.path)
    frame.begin()
    show(frame, 1280, 720)

    def by_hand(sheet: Sheet) -> None:
        assert isinstance(sheet, RestoreSheet)
        filled(sheet, frame.tasks)
        sheet.secret.setText(PASSPHRASE)
        for _ in range(3):
            sheet.go.click()
            for _ in range(2):
                wait_until(frame.tasks.idle)
                settle()

    monkeypatch.setattr(Sheet, "exec", by_hand)
    screen = frame.centralWidget()
    assert isinstance(screen, LockScreen)
    screen.restore.emit()
    assert frame.vault == tmp_path / "test-restored.casewell"
    frame.open_vault(PASSPHRASE)
    wait_until(lambda: frame.desk_window is not None)
    frame.close()


def test_the_sheet_has_room_for_its_words(
    window: DeskWindow, theme: str, show: Callable[..., Any]
) -> None:
    window.desk.backups.make()
    sheet = RestoreSheet(window.tasks, window.device, window.desk.folder.path, window)
    show(sheet, 560, 480)
    filled(sheet, window.tasks)
    assert not clipped(sheet)
    assert not nameless(sheet)
