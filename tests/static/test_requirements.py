"""The pinned lists: complete, hashed, in step with pyproject.toml, and free of addresses."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LISTS = ("core", "run", "test", "check", "build", "freeze")
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def project() -> dict[str, object]:
    loaded: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return loaded


def wished(name: str) -> set[str]:
    """Return the requirements written in one .in file."""
    lines = (ROOT / "requirements" / f"{name}.in").read_text("utf-8").splitlines()
    return {line.strip() for line in lines if line and line[0] not in "#-"}


def pins(name: str) -> dict[str, tuple[str, int]]:
    """Return name → (version, number of hashes) of one .txt file."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    found: dict[str, tuple[str, int]] = {}
    for block in re.split(r"\n(?=[A-Za-z0-9])", text):
        match = re.match(r"([A-Za-z0-9._-]+)==([^ ;\\]+)", block)
        if match:
            found[_plain(match.group(1))] = (match.group(2), block.count("--hash=sha256:"))
    return found


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", LISTS)
def test_every_pin_has_its_hashes(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    found = pins(name)
    assert len(found) == len(re.findall(r"^[A-Za-z0-9]", text, re.MULTILINE))
    assert [package for package, (_version, hashes) in found.items() if not hashes] == []


@pytest.mark.parametrize("name", LISTS)
def test_no_list_names_an_address(name: str) -> None:
    for ending in ("in", "txt"):
        text = (ROOT / "requirements" / f"{name}.{ending}").read_text("utf-8")
        assert "://" not in text
        assert not re.search(r"^(?:-i|-f|--[a-z-]*(?:index|find-links|host))", text, re.MULTILINE)


@pytest.mark.parametrize("name", LISTS)
def test_everything_wished_for_is_pinned(name: str) -> None:
    names = {_plain(match.group()) for line in wished(name) if (match := _NAME.match(line))}
    assert names
    assert names <= set(pins(name))


def test_the_lists_agree_with_each_other() -> None:
    versions: dict[str, set[str]] = {}
    for name in LISTS:
        for package, (version, _hashes) in pins(name).items():
            versions.setdefault(package, set()).add(version)
    assert {package: found for package, found in versions.items() if len(found) > 1} == {}


def test_the_lists_wish_what_the_project_declares() -> None:
    declared = project()["project"]
    groups = project()["dependency-groups"]
    assert isinstance(declared, dict)
    assert isinstance(groups, dict)
    assert wished("core") | wished("run") == set(declared["dependencies"])
    for name in ("test", "check", "freeze"):
        assert wished(name) == set(groups[name])


def test_the_core_needs_no_qt() -> None:
    assert not [name for name in pins("core") if "pyside" in name or name.startswith("qt")]
