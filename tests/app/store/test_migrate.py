"""The steps of the schema: without gaps, never edited once released, all of them or none."""

import hashlib
import json
from pathlib import Path

import pytest

import app
from app.kernel.keys import VaultKeys
from app.store.connection import connect
from app.store.migrate import NEWEST, migrate, steps, version
from golden import PLACE, Golden, releases

RELEASED = PLACE / "released.json"
KEYS = VaultKeys(bytes(range(32)), bytes(range(16)))


def frozen() -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads(RELEASED.read_text(encoding="utf-8"))
    return found


def unfrozen(known: dict[str, object], found: dict[int, str]) -> list[int]:
    """Return the numbers of released steps that are not what was released."""
    released = known["steps"]
    assert isinstance(released, dict)
    return [
        int(number)
        for number, sha256 in released.items()
        if hashlib.sha256(found.get(int(number), "").encode()).hexdigest() != sha256
    ]


def test_the_newest_schema_is_the_last_step() -> None:
    assert steps()[-1][0] == NEWEST


def test_a_released_step_is_never_edited() -> None:
    for release, known in frozen().items():
        assert unfrozen(known, dict(steps())) == [], release


def test_one_sign_more_in_a_released_step_is_seen() -> None:
    known = next(iter(frozen().values()))
    edited = {number: script + (" " if number == 2 else "") for number, script in steps()}
    assert unfrozen(known, edited) == [2]


def test_every_release_has_its_golden_vaults_and_its_steps_frozen() -> None:
    assert sorted(frozen()) == sorted(releases())
    for release, known in frozen().items():
        for name in ("founded", "desk", "school"):
            golden = Golden(release, name)
            assert golden.archive.is_file(), f"{release} has no golden vault {name}"
            assert golden.manifest()["schema"] == known["schema"]
    assert releases_told() <= set(frozen()), "a release in the change log has no golden vaults"


def releases_told() -> set[str]:
    """Return the releases that the change log tells of, with the day they were made."""
    told = set()
    text = (Path(app.__file__).parents[1] / "CHANGELOG.md").read_text(encoding="utf-8")
    for line in text.splitlines():
        words = line.removeprefix("## ").replace("[", "").replace("]", "").split()
        if line.startswith("## ") and len(words) > 1 and words[0][:1].isdigit():
            told.add(words[0])
    return told


def test_the_steps_are_one_transaction(tmp_path: Path) -> None:
    path = tmp_path / "file.db"
    connection = connect(path, KEYS)
    assert migrate(connection, upto=4) == (0, 4)
    before = connection.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()

    def falls_over(_connection: object, _before: int, _after: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        migrate(connection, falls_over)
    assert version(connection) == 4
    after = connection.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()
    assert after == before
    assert migrate(connection) == (4, NEWEST)
    connection.close()
