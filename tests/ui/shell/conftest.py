"""The desk's window on a real vault."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from walk import wait_until

from app.bootstrap import Desk
from app.vault.places import ThisDevice
from ui.kit.tasks import Tasks
from ui.shell.window import DeskWindow
from vaults import new_desk


@pytest.fixture
def opened(tmp_path: Path, show: Callable[..., Any]) -> Iterator[Callable[[Desk], DeskWindow]]:
    """Return a function that shows a vault's window; threads and vaults are closed afterwards."""
    shown: list[DeskWindow] = []

    def put(desk: Desk) -> DeskWindow:
        window = DeskWindow(desk, Tasks(), ThisDevice.here())
        shown.append(window)
        show(window, 1280, 720)
        window.begin()
        wait_until(window.tasks.idle)
        return window

    yield put
    for window in shown:
        leave(window)


def leave(window: DeskWindow) -> None:
    """Close a window's vault as the frame does; twice does no harm."""
    if not window.tasks._closed:
        window.flush()
        window.tasks.close()
        window.desk.close()


@pytest.fixture
def standing(tmp_path: Path, opened: Callable[[Desk], DeskWindow]) -> DeskWindow:
    """Return the window of a vault that was just made."""
    return opened(new_desk(tmp_path))
