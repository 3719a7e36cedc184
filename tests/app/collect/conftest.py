"""What the tests of a collection share: a district, a place, a database to load into."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

import postgres
from app.collect.engines import Engine
from collecting import sqlite
from desks import District, Shelf, new_place

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def district() -> District:
    """Return a district with its keys."""
    return District()


@pytest.fixture
def place() -> Shelf:
    """Return an empty place that desks send to."""
    shelf = Shelf()
    new_place(shelf)
    return shelf


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """Return an empty database."""
    opened = sqlite(tmp_path)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def _server() -> Iterator[str]:
    """Start a PostgreSQL server once, where one is asked for."""
    with postgres.server() as url:
        yield url


@pytest.fixture
def postgresql(_server: str) -> str:
    """Return the URL of an empty database of its own."""
    import psycopg

    name = f"district_{next(_NUMBERS)}"
    with psycopg.connect(_server, autocommit=True) as open_:
        open_.execute(f"CREATE DATABASE {name}")
    return _server.replace("/district?", f"/{name}?")
