"""A real, encrypted vault with a group of eight, and a window's context around it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from context import FakeContext
from PySide6.QtTest import QTest

from groups_desk import Room, a_group
from vaults import fixed_clock, new_desk


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    clock = fixed_clock()
    desk = new_desk(tmp_path, clock=clock)
    group, students = a_group(desk)
    yield Room(desk, clock, group, students)
    desk.close()


@pytest.fixture
def context(room: Room, show: Callable[..., Any]) -> Iterator[FakeContext]:
    made: FakeContext = show(FakeContext(room.desk), 1068, 720)
    QTest.qWaitForWindowActive(made)
    yield made
    made.end()
