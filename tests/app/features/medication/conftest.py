"""A nurse's desk for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from nurse_desk import NurseDesk


@pytest.fixture
def nurse(tmp_path: Path) -> Iterator[NurseDesk]:
    made = NurseDesk(tmp_path)
    yield made
    made.desk.close()
