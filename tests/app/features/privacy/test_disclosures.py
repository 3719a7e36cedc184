"""What left the desk is written down before it leaves, and stands."""

from dataclasses import replace

import pytest
from sqlcipher3 import dbapi2

from app.bootstrap import Desk
from app.features.privacy.commands import RecordDisclosure, RecordNothingLeft, RecordReport
from app.features.privacy.model import Means, accepted_purpose, accepted_recipient
from app.features.privacy.repo import frozen_disclosures
from app.kernel.changes import Kind
from app.kernel.errors import Refused
from app.kernel.frozen import How
from app.kernel.ids import StudentId, new_id
from app.kernel.releases import NO_GROUND, ConsentKind, Ground, Matter, OnFile, Terms
from grounds import OWN_USE, TO_SUBJECT

HASH = "ab" * 32


def a_student(desk: Desk, given: str = "Linh", family: str = "Nguyễn") -> StudentId:
    student = StudentId(new_id())
    with desk.records.transaction() as tx:
        tx.execute(
            "INSERT INTO student (id, given_name, family_name, listed_name, made_at, zone)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (student, given, family, family.lower(), tx.now.at, tx.now.zone),
        )
        tx.journal("TestStudent", "student", student)
    return student


def a_disclosure(student: StudentId, **changes: object) -> RecordDisclosure:
    facts: dict[str, object] = {
        "student_id": student,
        "paper": "student-summary",
        "recipient": "Dr. Okafor,  pediatrician",
        "purpose": "Referral",
        "means": Means.FILE,
        "sha256": HASH,
        "bytes": 1234,
        "scope": {"sections": ["profile"]},
        "terms": TO_SUBJECT,
        **changes,
    }
    return RecordDisclosure(**facts)  # type: ignore[arg-type]


def test_a_disclosure_is_kept_with_everything_that_was_said(desk: Desk) -> None:
    student = a_student(desk)
    changed = desk.privacy.record_disclosure(a_disclosure(student))
    assert changed.kinds == {Kind.DISCLOSURE}
    [line] = desk.privacy.disclosures(student)
    assert line.disclosure.id == changed.made
    assert line.disclosure.recipient == "Dr. Okafor, pediatrician"
    assert line.disclosure.scope == {"sections": ["profile"]}
    assert (line.disclosure.sha256, line.disclosure.bytes) == (HASH, 1234)
    assert (line.student_family, line.by, line.stopped) == ("Nguyễn", "Ana Núñez", "")


@pytest.mark.parametrize("field", ["recipient", "purpose"])
@pytest.mark.parametrize("text", ["", "  \n ", "x" * 501])
def test_without_to_whom_and_why_nothing_is_recorded(desk: Desk, field: str, text: str) -> None:
    student = a_student(desk)
    with pytest.raises(Refused) as refusal:
        desk.privacy.record_disclosure(a_disclosure(student, **{field: text}))
    assert refusal.value.field == field
    assert desk.privacy.count() == 0


def test_what_leaves_must_be_named_by_its_hash(desk: Desk) -> None:
    student = a_student(desk)
    with pytest.raises(ValueError, match="SHA-256"):
        desk.privacy.record_disclosure(a_disclosure(student, sha256="ab"))


def test_a_disclosure_and_what_is_said_of_it_cannot_be_changed(desk: Desk) -> None:
    student = a_student(desk)
    made = desk.privacy.record_disclosure(a_disclosure(student)).made
    desk.privacy.record_nothing_left(RecordNothingLeft(made, "disk-full"))
    for statement in (
        "UPDATE disclosure SET recipient = 'x'",
        "DELETE FROM disclosure",
        "UPDATE disclosure_stopped SET reason = 'x'",
        "DELETE FROM disclosure_stopped",
    ):
        with pytest.raises(dbapi2.IntegrityError, match="frozen"), desk.records.working() as tx:
            tx.execute(statement)
    with pytest.raises(dbapi2.IntegrityError):
        desk.privacy.record_nothing_left(RecordNothingLeft(made, "disk-full"))


def test_a_disclosure_that_did_not_leave_says_so_and_stays(desk: Desk) -> None:
    student = a_student(desk)
    made = desk.privacy.record_disclosure(a_disclosure(student)).made
    desk.privacy.record_nothing_left(RecordNothingLeft(made, "paper-not-left"))
    assert desk.privacy.disclosure(made).stopped == "paper-not-left"
    with desk.records.read() as reader:
        said = reader.execute(
            "SELECT what FROM journal WHERE subject_id = ? ORDER BY seq", (made,)
        ).fetchall()
    assert said == [("RecordDisclosure",), ("RecordNothingLeft",)]


def test_disclosures_come_page_by_page_newest_first(desk: Desk) -> None:
    one, other = a_student(desk), a_student(desk, "Omar", "Haddad")
    made = [
        desk.privacy.record_disclosure(a_disclosure(one if n % 2 else other)).made for n in range(7)
    ]
    assert [line.disclosure.id for line in desk.privacy.disclosures(None, 0, 3)] == made[:-4:-1]
    assert [line.disclosure.id for line in desk.privacy.disclosures(None, 3, 9)] == made[3::-1]
    assert desk.privacy.count(one) == 3
    assert {line.student_family for line in desk.privacy.disclosures(one)} == {"Nguyễn"}


def test_an_unknown_disclosure_is_a_bug(desk: Desk) -> None:
    with pytest.raises(KeyError):
        desk.privacy.disclosure("nothing")


def test_what_is_typed_loses_only_its_extra_spaces() -> None:
    assert accepted_recipient("  Dr.\tOkafor\n") == "Dr. Okafor"
    assert accepted_purpose("for  the meeting ") == "for the meeting"


def test_what_it_stands_on_is_kept_with_it_and_compared_with_the_journal(desk: Desk) -> None:
    student = a_student(desk)
    terms = Terms(Ground.SCHOOL_OFFICIAL, interest="Teaches  her", because="For the plan")
    made = desk.privacy.record_disclosure(
        a_disclosure(student, terms=terms, scope={"sections": ["disclosures"]}, version="2")
    ).made
    kept = desk.privacy.disclosure(made).disclosure
    assert kept.terms == Terms(
        Ground.SCHOOL_OFFICIAL, interest="Teaches her", because="For the plan"
    )
    assert kept.version == "2"
    with desk.records.read_whole() as reader:
        assert frozen_disclosures(reader) == (1, [])


def test_one_from_before_grounds_were_asked_for_is_read_and_compared_as_it_was(
    desk: Desk,
) -> None:
    student, old = a_student(desk), new_id()
    with desk.records.transaction() as tx:
        tx.execute(
            "INSERT INTO disclosure (id, student_id, paper, scope, recipient, purpose, means,"
            " sha256, bytes, person_id, made_at, zone)"
            " VALUES (?, ?, 'student-summary', '{}', 'Dr. Ito', 'Care', 'pdf', ?, 9, ?, ?, ?)",
            (old, student, HASH, tx.who, tx.now.at, tx.now.zone),
        )
        facts = {
            "student": student, "paper": "student-summary", "scope": {}, "recipient": "Dr. Ito",
            "purpose": "Care", "means": "pdf", "sha256": HASH, "bytes": 9,
        }  # fmt: skip
        tx.journal("RecordDisclosure", "disclosure", old, after=facts)
    assert desk.privacy.disclosure(old).disclosure.terms == NO_GROUND
    with desk.records.read_whole() as reader:
        assert frozen_disclosures(reader) == (1, [])
    with desk.records.working() as tx:
        tx.execute("DROP TRIGGER disclosure_stands")
        tx.execute("UPDATE disclosure SET interest = 'none'")
    with desk.records.read_whole() as reader:
        _count, (wrong,) = frozen_disclosures(reader)
    assert (wrong.id, wrong.how) == (old, How.ALTERED)


def test_without_a_ground_nothing_is_recorded(desk: Desk) -> None:
    student = a_student(desk)
    with pytest.raises(Refused, match="gate-ground-missing") as refusal:
        desk.privacy.record_disclosure(a_disclosure(student, terms=NO_GROUND))
    assert refusal.value.field == "ground"
    report = RecordReport("tiers", "Board", "Yearly report", Means.FILE, HASH, 9)
    with pytest.raises(Refused, match="gate-ground-missing"):
        desk.privacy.record_report(report)
    with desk.records.read() as reader:
        told = reader.execute("SELECT count(*) FROM journal WHERE what LIKE 'Record%'").fetchone()
    assert told == (0,)


def test_one_of_several_that_may_not_leave_keeps_all_of_them(desk: Desk) -> None:
    """A release for one student lets nothing about another leave on the same paper."""
    one, other = a_student(desk), a_student(desk, "Omar", "Haddad")
    release = OnFile(
        "r1", ConsentKind.RELEASE, "Clinic", frozenset(Matter), "", "2026-01-01", None, part2=False
    )
    desk.consents.covering = (  # type: ignore[method-assign]
        lambda _reader, student, _day: (release,) if student == one else ()
    )
    report = RecordReport(
        "caseload-list", "Clinic", "Care", Means.FILE, HASH, 9, {}, (one, other),
        Terms(Ground.RELEASE),
    )  # fmt: skip
    with pytest.raises(Refused, match="gate-release-missing"):
        desk.privacy.record_report(report)
    assert desk.privacy.count() == 0
    desk.privacy.record_report(replace(report, students=(one,)))
    (line,) = desk.privacy.disclosures()
    assert line.disclosure.terms.release_id == "r1"


def test_ones_own_copy_is_ones_own(desk: Desk) -> None:
    student = a_student(desk)
    own = a_disclosure(student, terms=OWN_USE, recipient="")
    made = desk.privacy.record_disclosure(own).made
    assert desk.privacy.disclosure(made).disclosure.recipient == "Ana Núñez"
    with pytest.raises(Refused, match="gate-own-use-recipient"):
        desk.privacy.record_disclosure(a_disclosure(student, terms=OWN_USE))
    with pytest.raises(Refused, match="gate-own-use-sync"):
        desk.privacy.record_disclosure(replace(own, means=Means.SYNC))


def test_a_refusal_in_anothers_transaction_takes_it_back_whole(desk: Desk) -> None:
    student = a_student(desk)
    with pytest.raises(Refused, match="gate-ground-missing"), desk.records.transaction() as tx:
        tx.journal("TestParcel", "outbox", "p1")
        desk.privacy.record_in(tx, a_disclosure(student, terms=NO_GROUND))
    with desk.records.read() as reader:
        said = reader.execute("SELECT 1 FROM journal WHERE what = 'TestParcel'").fetchone()
    assert said is None
