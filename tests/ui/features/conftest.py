"""What the tests of the rooms' pages share: a desk, and a window's worth of context around it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from context import FakeContext

from app.bootstrap import Desk
from app.kernel.clock import FixedClock
from vaults import fixed_clock, new_desk


@pytest.fixture
def clock() -> FixedClock:
    """Return the clock at the desk."""
    return fixed_clock()


@pytest.fixture
def desk(tmp_path: Path, clock: FixedClock) -> Iterator[Desk]:
    """Return a counselor's desk without students."""
    made = new_desk(tmp_path, clock=clock)
    yield made
    made.close()


@pytest.fixture
def context(desk: Desk, show: Callable[..., Any]) -> Iterator[FakeContext]:
    """Return what pages are shown in: the room that the navigation leaves of 1280 by 720."""
    made: FakeContext = show(FakeContext(desk), 1068, 720)
    yield made
    made.end()
