"""A real, encrypted vault with one invented student."""

import pytest

from app.bootstrap import Desk
from app.kernel.ids import StudentId
from sessions_desk import add_student


@pytest.fixture
def student(desk: Desk) -> StudentId:
    return add_student(desk)
