"""What the tests of groups share: a group of eight."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import Desk
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
def desk(room: Room) -> Desk:
    return room.desk
