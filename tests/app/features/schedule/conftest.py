"""Desks of this room's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import Desk
from app.kernel.clock import FixedClock
from app.kernel.ids import SchoolId, StudentId
from schedule_desk import a_scheduled_desk
from vaults import fixed_clock

Scheduled = tuple[Desk, list[SchoolId], StudentId]


@pytest.fixture
def clock() -> FixedClock:
    return fixed_clock("2026-11-20T07:30")


@pytest.fixture
def scheduled(tmp_path: Path, clock: FixedClock) -> Iterator[Scheduled]:
    desk, buildings, student = a_scheduled_desk(tmp_path, clock)
    yield desk, buildings, student
    desk.close()


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scheduled]:
    """Return a desk for tests that write nothing: refusals, and looks ahead."""
    place = tmp_path_factory.mktemp("untouched")
    desk, buildings, student = a_scheduled_desk(place, fixed_clock("2026-11-20T07:30"))
    yield desk, buildings, student
    desk.close()
