"""A summary that names other students is held until somebody decides; unasked, it masks them."""

import json
from pathlib import Path

import pytest

from app.bootstrap import Desk
from app.kernel.errors import Refused
from app.kernel.ids import StudentId
from app.overviews.reports.leaving import Release
from app.overviews.reports.others_named import ALL_MASKED, NamesAnswered
from app.overviews.reports.student_summary import Part, Span, SummaryScope
from app.paper.preview import page_texts
from grounds import TO_SUBJECT
from sessions_desk import a_signed_note, add_student

TO = Release("Noor Haddad, mother", "Her request", TO_SUBJECT)


@pytest.fixture
def scope(desk: Desk) -> SummaryScope:
    student = add_student(desk, "Amina", "Haddad")
    add_student(desk, "Ximena", "Varela")
    add_student(desk, "Tobias", "Lindqvist")
    a_signed_note(desk, student, "Amina says that Ximena’s joke hurt. Tobias Lindqvist helped her.")
    return SummaryScope(student, tuple(Part), Span())


def _said(pdf: bytes) -> str:
    return " ".join(" ".join(page_texts(pdf)).split())


def _scope_of(desk: Desk, disclosure: str) -> dict[str, object]:
    with desk.records.read() as reader:
        row = reader.execute("SELECT scope FROM disclosure WHERE id = ?", (disclosure,)).fetchone()
    assert row is not None
    found: dict[str, object] = json.loads(row[0])
    return found


def test_what_is_named_is_listed_with_where_it_stands_and_masked(
    desk: Desk, scope: SummaryScope
) -> None:
    made = desk.summaries.summary(scope, TO)
    assert [one.text for one in made.named] == ["Ximena’s", "Tobias Lindqvist"]
    assert made.named[0].before == "Amina says that "
    assert "2026" in made.named[0].where
    said = _said(made.pdf)
    assert "Amina says that [another student] joke hurt. [another student] helped" in said
    assert "Ximena" not in said
    assert "Lindqvist" not in said


def test_it_is_held_until_somebody_decided(desk: Desk, scope: SummaryScope, tmp_path: Path) -> None:
    target = tmp_path / "out.pdf"
    with pytest.raises(Refused, match="others-named"):
        desk.summaries.save(scope, TO, target)
    with pytest.raises(Refused, match="others-named"):
        desk.summaries.record_print(desk.summaries.summary(scope, TO), TO)
    assert not target.exists()
    with desk.records.read() as reader:
        assert reader.execute("SELECT count(*) FROM disclosure").fetchone() == (0,)


def test_masked_it_leaves_and_the_disclosure_says_how_many(
    desk: Desk, scope: SummaryScope, tmp_path: Path
) -> None:
    left = desk.summaries.save(scope, TO, tmp_path / "out.pdf", answered=ALL_MASKED)
    assert "Ximena" not in _said((tmp_path / "out.pdf").read_bytes())
    assert _scope_of(desk, left.disclosure)["others_named"] == {"masked": 2, "shown": 0}


def test_a_name_is_shown_only_with_a_reason_that_the_disclosure_keeps(
    desk: Desk, scope: SummaryScope, tmp_path: Path
) -> None:
    named = desk.summaries.summary(scope, TO).named
    shown = frozenset({named[1].key})
    with pytest.raises(Refused, match="names-need-reason"):
        desk.summaries.save(scope, TO, tmp_path / "a.pdf", answered=NamesAnswered(shown, " "))
    answered = NamesAnswered(shown, "His family agreed in writing")
    left = desk.summaries.save(scope, TO, tmp_path / "a.pdf", answered=answered)
    said = _said((tmp_path / "a.pdf").read_bytes())
    assert "Tobias Lindqvist helped" in said
    assert "Ximena" not in said
    assert _scope_of(desk, left.disclosure)["others_named"] == {
        "masked": 1,
        "shown": 1,
        "because": "His family agreed in writing",
    }


def test_a_summary_that_names_nobody_else_leaves_as_ever(desk: Desk, tmp_path: Path) -> None:
    student = add_student(desk, "Amina", "Haddad")
    a_signed_note(desk, student, "Amina was calm.")
    scope = SummaryScope(StudentId(student), tuple(Part), Span())
    left = desk.summaries.save(scope, TO, tmp_path / "out.pdf")
    assert _scope_of(desk, left.disclosure)["others_named"] == {"masked": 0, "shown": 0}
