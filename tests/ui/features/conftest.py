"""What the tests of the rooms' pages share: a desk, and a window's worth of context around it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from context import FakeContext
from PySide6.QtWidgets import QFileDialog

from app.bootstrap import Desk


@pytest.fixture
def context(desk: Desk, show: Callable[..., Any]) -> Iterator[FakeContext]:
    """Return what pages are shown in: the room that the navigation leaves of 1280 by 720."""
    made: FakeContext = show(FakeContext(desk), 1068, 720)
    yield made
    made.end()


@pytest.fixture
def offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names that are proposed for what is saved; it is saved as `chosen`."""
    names: list[str] = []

    def choose(_parent: object, _title: str, name: str, _kind: str) -> tuple[str, str]:
        names.append(Path(name).name)
        return str(tmp_path / "chosen"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    return names
