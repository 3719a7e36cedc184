"""A real, encrypted vault with one invented student."""

import pytest

from app.bootstrap import Desk
from app.kernel.clock import FixedClock
from app.kernel.ids import StudentId
from sessions_desk import add_student
from vaults import fixed_clock


@pytest.fixture
def clock() -> FixedClock:
    return fixed_clock("2026-11-18T14:30")


@pytest.fixture
def student(desk: Desk) -> StudentId:
    return add_student(desk)
