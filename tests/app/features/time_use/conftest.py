"""A real, encrypted vault with one invented student."""

from collections.abc import Iterator
from pathlib import Path

import pytest

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
