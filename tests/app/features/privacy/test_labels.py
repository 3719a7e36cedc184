"""Records that are labelled as substance use stay behind unless a consent or an emergency says so."""

from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from sqlcipher3 import dbapi2

from app.bootstrap import Desk
from app.features.privacy.commands import LabelPart2, SetPart2Notice, UnlabelPart2
from app.features.privacy.labels import TABLES, Labelled
from app.features.privacy.repo import frozen_disclosures
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, new_id
from app.kernel.releases import ConsentKind, Emergency, Ground, Matter, OnFile, Terms
from app.overviews.reports.leaving import Release
from app.overviews.reports.others_named import ALL_MASKED
from app.overviews.reports.student_summary import Part, SummaryScope
from app.store.seen import _LABELLED, _VIEWS
from grounds import TO_SUBJECT
from sessions_desk import a_signed_note, add_student

TEXT = "He spoke of the drinking"
NOTICE = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
CLINIC = "Riverbend Clinic"
EMERGENCY = Release(
    "Ambulance", "On the way", Terms(Ground.EMERGENCY, emergency=Emergency("Overdose", "Medics"))
)


@pytest.fixture
def student(desk: Desk) -> StudentId:
    return StudentId(add_student(desk))


@pytest.fixture
def note(desk: Desk, student: StudentId) -> str:
    made = str(a_signed_note(desk, student, TEXT))
    desk.privacy.label(LabelPart2(Labelled.NOTE, made))
    return made


def consented(desk: Desk, monkeypatch: pytest.MonkeyPatch, *, part2: bool) -> None:
    """Put a release on file that covers everything for the clinic."""
    kind = ConsentKind.PART2 if part2 else ConsentKind.RELEASE
    one = OnFile(new_id(), kind, CLINIC, frozenset(Matter), "Care", "2026-09-01", None, part2=part2)
    monkeypatch.setattr(desk.consents, "covering", lambda *_asked: (one,))


def said_in(desk: Desk, student: StudentId, target: Path, release: Release) -> str:
    """Let a summary with note texts leave; return what it says."""
    scope = SummaryScope(student, (Part.PROFILE, Part.NOTES))
    desk.summaries.save(scope, release, target, answered=ALL_MASKED)
    pdf = pypdfium2.PdfDocument(target.read_bytes())
    said = " ".join(page.get_textpage().get_text_bounded() for page in pdf)
    pdf.close()
    return " ".join(said.split())


def last_scope(desk: Desk) -> dict[str, Any]:
    return dict(desk.privacy.disclosures()[0].disclosure.scope)


@pytest.mark.usefixtures("note")
def test_a_labelled_note_stays_behind_and_the_paper_says_nothing_of_it(
    desk: Desk, student: StudentId, tmp_path: Path
) -> None:
    other = a_signed_note(desk, student, "He read aloud")
    assert other
    said = said_in(desk, student, tmp_path / "a.pdf", Release("Mother", "Asked", TO_SUBJECT))
    assert "He read aloud" in said
    assert "drinking" not in said
    for word in ("substance", "labelled", "held back", "part 2"):
        assert word not in said.lower()
    assert "part2" not in last_scope(desk)


@pytest.mark.usefixtures("note")
def test_a_release_alone_does_not_let_it_go(
    desk: Desk, student: StudentId, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    consented(desk, monkeypatch, part2=False)
    to = Release(CLINIC, "Care", Terms(Ground.RELEASE))
    assert "drinking" not in said_in(desk, student, tmp_path / "a.pdf", to)


@pytest.mark.usefixtures("note")
def test_under_its_own_consent_it_goes_with_the_notice_and_not_without(
    desk: Desk, student: StudentId, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    consented(desk, monkeypatch, part2=True)
    to = Release(CLINIC, "Care", Terms(Ground.RELEASE))
    with pytest.raises(Refused, match="gate-part2-notice-missing"):
        said_in(desk, student, tmp_path / "a.pdf", to)
    assert desk.privacy.count() == 0
    desk.privacy.set_part2_notice(SetPart2Notice(f"  {NOTICE}\n"))
    assert desk.privacy.part2_notice() == NOTICE
    said = said_in(desk, student, tmp_path / "a.pdf", to)
    assert TEXT in said
    assert NOTICE in said
    assert last_scope(desk)["part2"] is True
    # To anyone else it stays behind still.
    to = Release("Mother", "Asked", TO_SUBJECT)
    assert "drinking" not in said_in(desk, student, tmp_path / "b.pdf", to)


@pytest.mark.usefixtures("note")
def test_in_an_emergency_it_goes_and_the_disclosure_says_why(
    desk: Desk, student: StudentId, tmp_path: Path
) -> None:
    assert TEXT in said_in(desk, student, tmp_path / "a.pdf", EMERGENCY)
    (line,) = desk.privacy.disclosures(student)
    assert line.disclosure.terms == EMERGENCY.terms
    assert line.disclosure.scope["part2"] is True


def test_a_label_is_put_on_and_taken_off_and_both_stand(
    desk: Desk, student: StudentId, note: str, tmp_path: Path
) -> None:
    assert desk.privacy.is_labelled(Labelled.NOTE, note)
    assert desk.privacy.labelled_of(student) == [(Labelled.NOTE, note)]
    assert desk.privacy.for_leaving(student) == ((), 1)
    with pytest.raises(Refused, match="part2-labelled-already"):
        desk.privacy.label(LabelPart2(Labelled.NOTE, note))
    desk.privacy.label(UnlabelPart2(Labelled.NOTE, note))
    assert not desk.privacy.is_labelled(Labelled.NOTE, note)
    with pytest.raises(Refused, match="part2-not-labelled"):
        desk.privacy.label(UnlabelPart2(Labelled.NOTE, note))
    to = Release("Mother", "Asked", TO_SUBJECT)
    assert TEXT in said_in(desk, student, tmp_path / "a.pdf", to)
    for statement in ("UPDATE part2_label SET labelled = 1", "DELETE FROM part2_label"):
        with pytest.raises(dbapi2.IntegrityError, match="frozen"), desk.records.working() as tx:
            tx.execute(statement)
    with desk.records.read_whole() as reader:
        count, wrong = frozen_disclosures(reader)
    assert (count > 1, wrong) == (True, [])


@pytest.mark.parametrize("kind", list(Labelled))
def test_what_is_not_there_or_not_seen_is_not_labelled(desk: Desk, kind: Labelled) -> None:
    with pytest.raises(Refused, match="part2-record-gone"):
        desk.privacy.label(LabelPart2(kind, new_id()))


def test_each_kind_hides_its_own_table_and_what_hangs_on_it() -> None:
    hidden = {kind: set() for kind in Labelled}  # type: ignore[var-annotated]
    for table, labels in _LABELLED.items():
        assert table in _VIEWS
        for kind, _record in labels:
            hidden[Labelled(kind)].add(table)
    assert all(TABLES[kind] in tables for kind, tables in hidden.items())
    assert hidden[Labelled.NOTE] >= {"note_addition", "follow_up", "goal_point"}
    assert hidden[Labelled.PLAN] >= {"plan_version", "plan_goal", "goal_point", "plan_task"}


@pytest.mark.usefixtures("note")
def test_an_export_connection_knows_nothing_of_labels_or_texts(desk: Desk) -> None:
    with desk.records.read_for_export() as reader:
        assert reader.execute("SELECT count(*) FROM session_note").fetchone() == (0,)
        for table in ("part2_label", "searchable", "searched_text"):
            with pytest.raises(dbapi2.DatabaseError, match=r"prohibited|not authorized"):
                reader.execute(f"SELECT count(*) FROM {table}").fetchone()
    with desk.records.read() as reader:
        assert reader.execute("SELECT count(*) FROM session_note").fetchone() == (1,)


@pytest.mark.parametrize("table", sorted(_LABELLED))
def test_every_view_that_leaves_can_be_read(desk: Desk, table: str) -> None:
    with desk.records.read_for_export() as reader:
        assert reader.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    with desk.records.read_for_export([new_id()]) as reader:
        assert reader.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
