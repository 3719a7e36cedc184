"""What the documents point to is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
_IN_GENERAL = re.compile(r"[A-Z]{4}|referral")
"""A recipe speaks of files that are still to be written."""
_EVIDENCE = re.compile(r"`((?:tests|app|ui|installer|docs|requirements)/[\w./-]+)`")


def _gone(document: Path) -> list[str]:
    text = document.read_text(encoding="utf-8")
    links = [
        link
        for link in _LINK.findall(text)
        if "://" not in link
        and not link.startswith("mailto:")
        and not (document.parent / link).exists()
    ]
    named = [path for path in _EVIDENCE.findall(text) if not _IN_GENERAL.search(path)]
    return links + [path for path in named if not (ROOT / path).exists()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_and_every_named_file_leads_somewhere(document: Path) -> None:
    assert _gone(document) == []


def test_a_link_to_nowhere_is_seen(tmp_path: Path) -> None:
    stray = tmp_path / "stray.md"
    stray.write_text("[gone](nowhere.md), `tests/none.py`", encoding="utf-8")
    assert _gone(stray) == ["nowhere.md", "tests/none.py"]
