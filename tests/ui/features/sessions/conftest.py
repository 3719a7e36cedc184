"""What the tests of a counselor's notes share: students."""

import pytest

from app.bootstrap import Desk
from app.kernel.ids import StudentId
from sessions_desk import add_student


@pytest.fixture
def student(desk: Desk) -> StudentId:
    add_student(desk, "Layla", "Haddad", "08")
    return add_student(desk)
