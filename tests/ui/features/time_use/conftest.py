"""A real, encrypted vault with students, and a window's context around it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from context import FakeContext
from PySide6.QtTest import QTest

from app.bootstrap import Desk
from app.kernel.clock import FixedClock
from app.kernel.ids import StudentId
from sessions_desk import add_student
from vaults import fixed_clock, new_desk


@pytest.fixture
def clock() -> FixedClock:
    return fixed_clock("2026-11-18T14:30")


@pytest.fixture
def desk(tmp_path: Path, clock: FixedClock) -> Iterator[Desk]:
    made = new_desk(tmp_path, clock=clock)
    yield made
    made.close()


@pytest.fixture
def student(desk: Desk) -> StudentId:
    return add_student(desk)


@pytest.fixture
def context(desk: Desk, show: Callable[..., Any]) -> Iterator[FakeContext]:
    made: FakeContext = show(FakeContext(desk), 1068, 720)
    QTest.qWaitForWindowActive(made)
    yield made
    made.end()
