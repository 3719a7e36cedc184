"""The whole tree obeys the rules of the house."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from static.rules import RULES, Rule

ROOT = Path(__file__).parents[2]
WRITTEN = {
    "", ".cfg", ".css", ".csv", ".desktop", ".in", ".ini", ".json", ".md", ".po", ".pot", ".py",
    ".pyi", ".qss", ".sh", ".spec", ".sql", ".svg", ".toml", ".txt", ".xml", ".yaml", ".yml",
}  # fmt: skip
PLACES = (".ci", "app", "docs", "installer", "requirements", "resources", "tests", "typings", "ui")


def sources() -> Iterator[tuple[str, ast.Module]]:
    """Yield each Python file of the program, parsed."""
    for place in ("app", "ui"):
        for path in sorted((ROOT / place).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))


def written() -> Iterator[Path]:
    """Yield each text file that belongs to the project."""
    yield from (path for path in ROOT.iterdir() if path.is_file() and path.suffix in WRITTEN)
    for place in PLACES:
        for path in (ROOT / place).rglob("*"):
            if path.is_file() and path.suffix in WRITTEN and "__pycache__" not in path.parts:
                yield path


PARSED = list(sources())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.check.__name__)
def test_the_code_obeys(rule: Rule) -> None:
    offences = [
        f"{path}:{line}: {what} ({rule.why})"
        for path, tree in PARSED
        if rule.holds_for(path)
        for line, what in rule.check(tree)
    ]
    assert not offences, "\n".join(offences)


# Put together here, so that this file is not its own first offence.
_ELSEWHERE = {
    "a path of one machine": "|".join(("/wor" + "k/main", "/wor" + "k/shared", "/tmp/ve" + "nv")),
    "a package index": "|".join(
        (r"pypi\." + "org", "python" + "hosted", r"(?<!emit-)ind" + "ex-url", "/opt/" + "wheels")
    ),
    "work put off": r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX)\b",
}


@pytest.mark.parametrize("what", _ELSEWHERE)
def test_the_tree_speaks_of_the_program_alone(what: str) -> None:
    pattern = re.compile(_ELSEWHERE[what])
    found = [
        f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1}: {match.group()}"
        for path in written()
        if (text := path.read_text("utf-8", errors="replace"))
        for match in pattern.finditer(text)
    ]
    assert not found, "\n".join(found)


def test_the_search_sees_the_whole_tree() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in written()}
    assert {"README.md", "try", "check", ".ci/run", "requirements/run.txt"} <= names


def test_test_folders_are_no_packages() -> None:
    # A tests/app/__init__.py would stand before the real `app`.
    assert list((ROOT / "tests").rglob("__init__.py")) == []
