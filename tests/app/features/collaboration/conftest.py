"""A counselor's desk with a student and two guardians for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from collaboration_desk import CollaborationDesk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[CollaborationDesk]:
    made = CollaborationDesk(tmp_path)
    yield made
    made.desk.close()
