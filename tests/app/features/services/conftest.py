"""A counselor's desk with students, for the tests of the services room."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from services_desk import ServicesDesk


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServicesDesk]:
    """One vault for a module; every test has students of its own."""
    place: Path = tmp_path_factory.mktemp("services")
    room = ServicesDesk(place)
    yield room
    room.desk.close()
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def room(shared: ServicesDesk) -> ServicesDesk:
    """The desk, its clock set to a Wednesday afternoon."""
    shared.set("2026-11-18T15:30")
    return shared
