"""A PostgreSQL server for the tests of this folder, started once where one is asked for."""

import itertools
from collections.abc import Iterator

import pytest

import postgres

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def _server() -> Iterator[str]:
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
