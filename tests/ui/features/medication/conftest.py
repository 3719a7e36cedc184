"""What the tests of the health office's pages share: a nurse's desk."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import Desk
from nurse_desk import NurseDesk


@pytest.fixture
def nurse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[NurseDesk]:
    """Return a nurse's desk; its second person proves who they are without a slot of the keybag."""
    made = NurseDesk(tmp_path)
    monkeypatch.setattr(made.desk, "medication", made.room)
    yield made
    made.desk.close()


@pytest.fixture
def desk(nurse: NurseDesk) -> Desk:
    """Return the desk itself."""
    return nurse.desk
