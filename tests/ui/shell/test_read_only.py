from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QDialog
from walk import wait_until

from app.bootstrap import open_vault
from app.kernel.ids import DeviceId, new_id
from app.vault.folder import VaultFolder
from app.vault.places import ThisDevice
from ui.kit.notices import Banner
from ui.kit.tasks import Tasks
from ui.shell import rooms
from ui.shell.window import DeskWindow
from vaults import PASSPHRASE, new_desk


def banners(window: DeskWindow) -> list[str]:
    return [each.words.text() for each in window.findChildren(Banner) if each.isVisible()]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    desk = new_desk(tmp_path)
    desk.close()
    return desk.folder.path


@pytest.fixture
def window(
    request: pytest.FixtureRequest,
    place: Path,
    show: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[DeskWindow]:
    """A desk on a folder that can be written to, or (a super-user could always) is said not to."""
    monkeypatch.setattr(VaultFolder, "writable", lambda _folder: request.param)
    monkeypatch.setattr(QDialog, "exec", lambda sheet: pytest.fail(sheet.windowTitle()))
    desk = open_vault(place, PASSPHRASE, DeviceId(new_id()))
    tasks = Tasks()
    window = DeskWindow(desk, tasks, ThisDevice.here())
    show(window, 1280, 720)
    window.begin()
    wait_until(tasks.idle)
    yield window
    window.flush()
    tasks.close()
    desk.close()


@pytest.mark.parametrize("window", [False], indirect=True)
def test_a_vault_that_cannot_be_written_to_says_so_over_every_page(
    window: DeskWindow, place: Path
) -> None:
    before = contents(place)
    for page in rooms.in_navigation(window.desk.seat.role):
        window.go(page.id)
        wait_until(window.tasks.idle)
        (said,) = banners(window)
        assert "read-only" in said
    assert contents(place) == before


@pytest.mark.parametrize("window", [True], indirect=True)
def test_a_vault_that_can_be_written_to_has_no_such_banner(window: DeskWindow) -> None:
    assert banners(window) == []
