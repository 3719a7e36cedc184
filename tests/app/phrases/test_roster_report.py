"""What an import did, in words: every code has a sentence, every count a line."""

import re
from pathlib import Path

import pytest

from app.features.roster import merge as merging
from app.features.roster.merge import FIELDS, Plan
from app.features.roster.model import Problem, RosterFormat, Severity
from app.features.roster.reading.table import Target
from app.features.roster.report import FieldChange
from app.phrases import SENTENCES, sentence_of
from app.phrases import roster as words
from app.phrases.roster_report import (
    FORMATS,
    change_said,
    counts_said,
    place_said,
    problem_said,
    source_said,
)


def test_every_code_the_merge_notes_or_refuses_with_has_its_sentence() -> None:
    folder = Path(merging.__file__).parent
    text = "".join((folder / name).read_text("utf-8") for name in ("merge.py", "service.py"))
    codes = set(re.findall(r'(?:_note|Refused)\(\s*"([a-z-]+)"', text))
    assert len(codes) >= 6
    assert codes <= set(SENTENCES)


def test_every_field_and_every_column_has_a_name() -> None:
    assert {*FIELDS, "guardians"} <= set(words.FIELDS)
    assert set(words.COLUMNS) >= {target.value for target in Target}
    assert set(FORMATS) == set(RosterFormat)


def test_counts_are_told_with_their_plural_and_nothing_that_did_not_happen() -> None:
    none = Plan("x").counts()
    assert counts_said(none) == []
    some = {**none, "added": 1, "left": 1200, "unchanged": 2, "offers": 1}
    assert counts_said(some) == [
        "1 student added",
        "1,200 students marked as left",
        "1 value offered beside yours",
        "2 students unchanged",
    ]
    assert counts_said(some, beside_lists=True) == ["2 students unchanged"]


def test_a_problem_says_where_what_and_for_how_many_rows() -> None:
    problem = Problem(
        Severity.REPAIRED, "line-grade-unknown", "users.csv", 7, "grades", "Q", "KG, 01", rows=12
    )
    assert place_said(problem) == "users.csv, line 7"
    assert problem_said(problem) == (
        "The grade “Q” is not understood and left empty. Expected values such as KG, 01."
        " (in 12 rows)"
    )
    assert place_said(Problem(Severity.NOTED, "line-file-unknown", "x.csv")) == "x.csv"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (FieldChange("grade", "09", "10"), "Grade: 09 → 10"),
        (FieldChange("phone", "", "555"), "Phone: – → 555"),
        (FieldChange("school_id", "Alder", "Birch"), "School: Alder → Birch"),
    ],
)
def test_a_change_is_told_old_to_new(change: FieldChange, said: str) -> None:
    assert change_said(change) == said


def test_many_leaving_is_said_with_both_numbers_and_the_next_step() -> None:
    said = sentence_of("roster-many-leaving", {"leaving": 40, "of": 60})
    assert said.startswith("40 of 60 students")
    assert "export it again" in said


def test_a_roster_without_a_name_is_called_by_its_kind() -> None:
    assert source_said("oneroster") == "OneRoster"
    assert source_said("Invented SIS") == "Invented SIS"
