"""What the tests of the rooms' pages share: a desk, and a window's worth of context around it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from context import FakeContext

from app.bootstrap import Desk
from vaults import new_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Return a counselor's desk without students; a module with a desk of its own says so."""
    made = new_desk(tmp_path)
    yield made
    made.close()


@pytest.fixture
def context(desk: Desk, show: Callable[..., Any]) -> Iterator[FakeContext]:
    """Return what pages are shown in."""
    made = FakeContext(desk)
    show(made, 1040, 720)
    yield made
    made.end()
