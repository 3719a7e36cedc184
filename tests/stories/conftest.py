"""Stories on the screen: what they begin with, held to what every test of the screen is held to."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.bootstrap import Desk
from app.kernel.clock import SystemClock
from app.kernel.ids import StudentId
from sessions_desk import add_student
from vaults import new_desk

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from person import Person

if importlib.util.find_spec("PySide6") is not None:
    from tests.ui.conftest import (
        app,
        collected_here,
        every_line_heard,
        nothing_left_running,
        scale,
    )

    __all__ = ["app", "collected_here", "every_line_heard", "nothing_left_running", "scale"]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return the desk on which a story is made ready, before anyone sits down at it."""
    return new_desk(tmp_path, clock=SystemClock(), schools=("Alder Elementary",))


@pytest.fixture
def student(desk: Desk) -> StudentId:
    """Return the student whom a story is about: Piotr Wrona."""
    return add_student(desk, "Piotr", "Wrona")


@pytest.fixture
def vault(desk: Desk, student: StudentId) -> Path:
    """Return the vault that was made ready, closed."""
    desk.close()
    return desk.folder.path


@pytest.fixture
def person(app: "QApplication", vault: Path) -> "Iterator[Person]":
    """Return someone who unlocked the vault and is at Today."""
    from person import Person

    seated = Person(vault, locked=True)
    seated.unlock()
    yield seated
    seated.leave()
