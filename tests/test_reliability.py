"""What drills recorded is counted together, keeps its place in the table, and tells of losses."""

from pathlib import Path

import pytest

import reliability
from faults import record as recording


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "results"
    monkeypatch.setenv(recording.RESULTS, str(folder))
    return folder


def written(results: Path, docs: Path) -> str:
    docs.mkdir(exist_ok=True)
    reliability.main(results, docs)
    for file in results.glob("*"):
        file.unlink()
    return (docs / "reliability.md").read_text(encoding="utf-8")


def row(page: str, test: str) -> str:
    (found,) = [line for line in page.splitlines() if line.startswith(f"| {test} ")]
    return found


def test_without_a_results_folder_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(recording.RESULTS, raising=False)
    monkeypatch.chdir(tmp_path)
    recording.record("R1", "kills", tried=8, lost=0)
    assert not list(tmp_path.rglob("*.jsonl"))


def test_runs_of_one_time_are_counted_together_and_a_loss_is_told(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(recording.FORM, "CI")
    recording.record("R4", "full disk", tried=60, lost=0, of="points", control="none freed: stays")
    recording.record("R4", "full disk", tried=50, lost=1, of="points", release=500)
    assert "| 110 points | 1 | none freed: stays | CI |" in row(
        written(results, tmp_path / "docs"), "R4"
    )


def test_the_release_form_stands_before_the_short_one_and_a_part_is_called_a_part(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(recording.FORM, "release")
    recording.record("R2", "cuts", tried=20_000, lost=0, release=50_000)
    recording.record("R1", "kills", tried=2_000, lost=0, release=2_000)
    written(results, tmp_path / "docs")
    monkeypatch.setenv(recording.FORM, "CI")
    recording.record("R1", "kills", tried=8, lost=0, release=2_000)
    page = written(results, tmp_path / "docs")
    assert "| 20,000 | 0 | – | part of release; a release asks 50,000 |" in row(page, "R2")
    assert "| 2,000 | 0 | – | release |" in row(page, "R1")
    kept = reliability.read([tmp_path / "docs/reliability.jsonl"])
    assert [line["form"] for line in kept] == ["release", "CI", "part of release"]


def test_what_a_drill_can_not_show_is_said_for_every_drill(results: Path, tmp_path: Path) -> None:
    recording.record("R1", "kills", tried=1, lost=0)
    page = written(results, tmp_path / "docs")
    assert "Not recorded in any form yet: R2, " in page
    for test, (title, limit) in reliability.DRILLS.items():
        assert f"- **{test} · {title}.** {limit}" in page


def test_the_page_is_what_the_drills_recorded_and_nothing_else() -> None:
    lines = reliability.read([reliability.DOCS / "reliability.jsonl"])
    page = (reliability.DOCS / "reliability.md").read_text(encoding="utf-8")
    assert page == reliability.page(lines)
