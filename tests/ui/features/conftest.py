"""What the tests of the rooms' pages share: a desk, and a window's worth of context around it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from context import FakeContext

from app.bootstrap import Desk


@pytest.fixture
def context(desk: Desk, show: Callable[..., Any]) -> Iterator[FakeContext]:
    """Return what pages are shown in: the room that the navigation leaves of 1280 by 720."""
    made: FakeContext = show(FakeContext(desk), 1068, 720)
    yield made
    made.end()
