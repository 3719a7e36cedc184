"""The three databases behind one door, and what is said where one is not there."""

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.collect import engines, places, tables
from app.collect.engines import Engine, open_engine, transaction
from app.kernel.errors import CasewellError, Refused, Trouble
from app.phrases import sentence
from app.sync.parcels import openly

Where = Callable[[str], str]


@pytest.fixture(params=["db", "duckdb", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql"))
    return str(tmp_path / f"district.{request.param}")


def made(where: str) -> Engine:
    engine = open_engine(where)
    tables.prepare(engine)
    return engine


def test_what_is_committed_is_there_and_what_failed_is_not(where: str) -> None:
    engine = made(where)
    with transaction(engine):
        engine.add("unwritten", ("month",), [(f"m{n}",) for n in range(1000)])
    with pytest.raises(ZeroDivisionError), transaction(engine):
        engine.run("DELETE FROM unwritten WHERE month = ?", ("m1",))
        raise ZeroDivisionError
    engine.close()
    engine = open_engine(where)
    assert engine.rows("SELECT count(*) FROM unwritten") == [(1000,)]
    engine.close()


def test_tables_are_made_once_and_found_again(where: str) -> None:
    for _again in range(2):
        engine = made(where)
        assert engine.rows("SELECT version FROM casewell") == [(tables.VERSION,)]
        engine.close()


def test_a_database_of_a_later_program_is_left_alone(where: str) -> None:
    engine = made(where)
    engine.run("UPDATE casewell SET version = 99")
    with pytest.raises(Trouble) as told:
        tables.prepare(engine)
    assert told.value.code == "collect-database-newer"
    engine.close()


def test_a_database_of_something_else_is_told(where: str) -> None:
    engine = open_engine(where)
    with pytest.raises(Trouble) as told:
        tables.check(engine)
    assert told.value.code == "collect-database-other"
    engine.close()


def test_a_report_changes_nothing(where: str) -> None:
    engine = made(where)
    engine.add("unwritten", ("month",), [("2026-10",)])
    engine.close()
    engine = open_engine(where, for_reading=True)
    try:
        with pytest.raises(Exception):  # noqa: B017 - each engine has its own
            engine.run("DELETE FROM unwritten")
        assert engine.rows("SELECT month FROM unwritten") == [("2026-10",)]
    finally:
        engine.close()


@pytest.mark.parametrize("kind", ["db", "postgresql"])
def test_two_collections_at_once_are_kept_apart(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    url = kind == "postgresql"
    where = str(request.getfixturevalue("postgresql")) if url else str(tmp_path / "a.db")
    first = made(where)
    with pytest.raises(Trouble) as told:
        open_engine(where)
    assert told.value.code == "collect-database-busy"
    first.close()
    open_engine(where).close()


def test_a_database_that_cannot_keep_every_name_is_told_before_anything_is_kept(
    postgresql: str,
) -> None:
    import psycopg

    with psycopg.connect(postgresql, autocommit=True) as open_:
        open_.execute(
            "CREATE DATABASE western ENCODING 'LATIN1' TEMPLATE template0"
            " LC_COLLATE 'C' LC_CTYPE 'C'"
        )
        name = open_.info.dbname
    with pytest.raises(Trouble) as told:
        open_engine(postgresql.replace(f"/{name}?", "/western?"))
    assert told.value.code == "collect-database-trouble"
    assert "LATIN1" in str(told.value.facts)


def test_a_server_that_is_not_there_is_told_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(Trouble) as told:
        open_engine(f"postgresql://district:secret@/district?host={tmp_path}")
    assert told.value.code == "collect-database-trouble"
    assert "secret" not in str(told.value.facts)


@pytest.mark.parametrize(
    "where",
    [
        "postgresql://district:feather@heron@127.0.0.1:1/x",
        "postgresql://district:fea/heron@127.0.0.1:1/x",
        "postgresql://district:fea%heron@127.0.0.1:1/x",
        "postgresql://127.0.0.1:1/x?password=heron&user",
        "PostgreSQL://district:heron@db.example/x",
        "mysql://district:heron@db.example/x",
        "district:heron@db.example/x",
        "host=db.example user=district password=heron feather",
        "parquet:postgresql://district:heron@db.example/x",
    ],
)
@pytest.mark.parametrize("for_reading", [False, True])
def test_an_address_that_is_wrong_is_said_without_its_password(
    where: str, for_reading: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CasewellError) as told:
        places.database(where, for_reading=for_reading)
    said = sentence(told.value)
    assert not {"heron", "feather"} & set(re.findall(r"\w+", said)), said


def test_a_path_is_said_as_it_was_typed() -> None:
    for path in ("/srv/district/year.db", r"C:\District\year@home.db", "D:/year@home.duckdb"):
        assert openly(path) == path


@pytest.mark.parametrize(
    ("where", "package"), [("a.duckdb", "duckdb"), ("postgresql:///x", "psycopg")]
)
def test_an_engine_that_is_not_installed_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, where: str, package: str
) -> None:
    monkeypatch.setattr(engines, "find_spec", lambda _name: None)
    with pytest.raises(Trouble) as told:
        open_engine(where if "://" in where else str(tmp_path / where))
    assert (told.value.code, told.value.facts["package"]) == ("collect-engine-absent", package)


def test_the_installed_program_says_where_else_to_go(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(engines, "find_spec", lambda _name: None)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with pytest.raises(Trouble) as told:
        open_engine(str(tmp_path / "a.duckdb"))
    assert told.value.code == "collect-engine-not-packaged"


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    file = tmp_path / "district.db"
    file.write_bytes(b"not a database, and long enough to be looked at\n" * 200)
    with pytest.raises(Trouble) as told:
        open_engine(str(file))
    assert told.value.code == "collect-database-trouble"


def test_a_name_that_says_no_kind_is_refused(tmp_path: Path) -> None:
    for name, code in (
        ("district", "collect-database-kind"),
        ("no/such/a.db", "collect-no-folder"),
    ):
        with pytest.raises(Refused) as told:
            open_engine(str(tmp_path / name))
        assert told.value.code == code


def test_addresses_are_read_from_folders_urls_and_files(tmp_path: Path) -> None:
    (tmp_path / "place.json").write_text('{"carrier": "s3", "options": {"bucket": "b"}}')
    found = [
        places.address_of(text)
        for text in (
            str(tmp_path),
            "https://cloud.example/remote.php/dav/files/district/",
            str(tmp_path / "place.json"),
        )
    ]
    assert [(one.carrier.value, dict(one.options)) for one in found] == [
        ("folder", {"path": str(tmp_path)}),
        (
            "webdav",
            {"endpoint": "https://cloud.example", "root": "/remote.php/dav/files/district"},
        ),
        ("s3", {"bucket": "b"}),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("https://me:secret@cloud.example/", "collect-address-secret"),
        ("{tmp}/nowhere", "collect-no-folder"),
        ("{tmp}/list.json", "collect-json"),
        ("{tmp}/pigeon.json", "collect-address"),
        ("{tmp}/nested.json", "collect-address"),
    ],
)
def test_an_address_that_is_none_is_refused(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "list.json").write_text("[]")
    (tmp_path / "pigeon.json").write_text('{"carrier": "pigeon", "options": {}}')
    (tmp_path / "nested.json").write_text('{"carrier": "s3", "options": {"bucket": {}}}')
    with pytest.raises(Refused) as told:
        places.address_of(text.format(tmp=tmp_path))
    assert told.value.code == code
