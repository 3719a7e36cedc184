"""What the screen says of a clock that was set back, of proven backups and of an upgrade."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from walk import clipped, nameless, settle, wait_until

import ui.shell.relaunch
from app.bootstrap import Desk, open_vault
from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
from app.kernel.clock import FixedClock
from app.kernel.ids import DeviceId
from app.vault.places import ThisDevice
from golden import Golden
from ui.kit.widgets.headings import Words
from ui.shell import backups, clock
from ui.shell.backups import BackupPart, BackupWatch
from ui.shell.bay import looked_up
from ui.shell.desk import Frame
from ui.shell.settings import SettingsPage
from ui.shell.window import DeskWindow
from vaults import fixed_clock, new_desk

YEARS = timedelta(days=730)


@pytest.fixture
def now() -> FixedClock:
    return fixed_clock()


@pytest.fixture
def stand(
    tmp_path: Path, show: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Desk], DeskWindow]]:
    monkeypatch.setattr(ui.shell.relaunch, "relaunch", lambda _line: None)
    frames: list[Frame] = []

    def stand_up(desk: Desk) -> DeskWindow:
        frame = Frame(ThisDevice.here(), desk.folder.path)
        frames.append(frame)
        show(frame, 1280, 720)
        frame.bay.arrive(looked_up(desk))
        settle()
        assert frame.desk_window is not None
        return frame.desk_window

    yield stand_up
    for frame in frames:
        frame.close()


def add(desk: Desk, name: str) -> None:
    desk.caseload.carry_out(AddStudent(Profile(given_name="Ada", family_name=name), anyway=True))


def said(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(Words) if label.isVisible())


def card(window: DeskWindow) -> BackupPart:
    window.go("settings")
    page = window.page("settings")
    assert isinstance(page, SettingsPage)
    wait_until(window.tasks.idle)
    settle()
    return page.backups


def notices(window: DeskWindow) -> str:
    return "\n".join(notice.words.text() for notice in window.notices.shown())


def test_a_clock_that_was_set_back_is_told_of_until_it_is_right_or_trusted(
    tmp_path: Path, stand: Callable[[Desk], DeskWindow], now: FixedClock
) -> None:
    window = stand(new_desk(tmp_path, clock=now))
    add(window.desk, "Before")
    assert clock.today_line(window) == []
    now.moment = now.moment.later(-YEARS)
    window._clock.look()
    (line,) = clock.today_line(window)
    assert line.title.startswith("This computer's clock says ")
    assert "which is earlier than the last entry" in line.title
    assert "2024" in line.title
    assert "2026" in line.title
    assert line.title in notices(window)
    assert line.done is not None
    line.done()
    assert clock.today_line(window) == []
    window._clock.look()


def test_settings_test_every_backup_and_say_when(
    tmp_path: Path, stand: Callable[[Desk], DeskWindow], now: FixedClock
) -> None:
    window = stand(new_desk(tmp_path, clock=now))
    add(window.desk, "Before")
    window.desk.backups.make()
    part = card(window)
    assert "1 backup waits for its first test" in said(part)
    part.prove()
    wait_until(window.tasks.idle)
    settle()
    wait_until(window.tasks.idle)
    assert "1 backup was restored for a test" in said(part)
    assert nameless(part) == []
    assert clipped(part) == []


def test_a_backup_that_fails_its_weekly_test_gets_a_line_that_one_key_ends(
    tmp_path: Path, stand: Callable[[Desk], DeskWindow], now: FixedClock
) -> None:
    window = stand(new_desk(tmp_path, clock=now))
    desk = window.desk
    desk.proving._battery = lambda: False
    add(desk, "Before")
    path = desk.backups.make().copies[0]
    (path / "records.db").write_bytes(b"nothing like it")
    now.advance(timedelta(days=2))
    watch = BackupWatch(desk, window.tasks, window.notices, window)
    watch.look()
    for _ in range(4):
        wait_until(window.tasks.idle)
        settle()
    lines = [line for line in backups.today_line(window) if line.id.startswith("backup-failed")]
    assert len(lines) == 1
    assert ".damaged" in lines[0].detail
    assert "could not be restored" in notices(window)
    assert not path.exists()
    assert lines[0].done is not None
    lines[0].done()
    assert [one for one in backups.today_line(window) if one.id.startswith("backup-failed")] == []


def test_a_vault_that_was_brought_up_to_date_says_so_once(
    tmp_path: Path, stand: Callable[[Desk], DeskWindow], now: FixedClock
) -> None:
    golden = Golden("0.1.0", "desk")
    facts, vault = golden.manifest(), golden.unpack(tmp_path)
    desk = open_vault(vault, facts["passphrase"], DeviceId(facts["device"]), clock=now)
    window = stand(desk)
    assert desk.before_upgrade is not None
    assert "brought up to date; a backup of before was kept at" in notices(window)
    assert str(desk.before_upgrade.backup.path) in notices(window)
