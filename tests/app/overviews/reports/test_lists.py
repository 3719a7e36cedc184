"""The reports: whose rows are in them, how students are called, and that they leave on record."""

import csv
import hashlib
import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.bootstrap import Desk
from app.features.caseload.commands import AddStudent, PutOnCaseload
from app.features.caseload.model import Profile
from app.features.sessions.commands import AmendNote, SignNote, StartDraft, WriteSoleNote
from app.features.sessions.model import DraftKind
from app.kernel.clock import FixedClock
from app.kernel.errors import Cancelled, Refused, Trouble
from app.kernel.ids import StudentId, new_id
from app.kernel.nouns import Attendance, Role
from app.overviews.reports import lists
from app.overviews.reports.known import KNOWN
from app.overviews.reports.leaving import Release
from app.overviews.reports.lists import Asked, Choice, Form, Names, ReportKind, free_name
from app.paper.preview import page_texts
from grounds import TO_SUBJECT
from sessions_desk import a_draft, a_signed_note, add_student, typed
from shared_desk import seated, someone
from vaults import fixed_clock

RELEASE = Release("Dr. Ito", "Review", TO_SUBJECT)
CASELOAD = Asked(ReportKind.CASELOAD)
LOG = Asked(ReportKind.SESSIONS, date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture
def mateo(desk: Desk) -> StudentId:
    return add_student(desk)


def rows(desk: Desk, asked: Asked) -> list[dict[str, str]]:
    data = desk.reports.make(asked, Form.CSV).data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(data, newline="")))


def on_caseload(desk: Desk, student: StudentId) -> None:
    desk.caseload.carry_out(PutOnCaseload((student,), "2026-09-01", "referred"))


def test_the_caseload_tells_each_student_once_with_what_was_and_will_be(
    desk: Desk, mateo: StudentId
) -> None:
    add_student(desk, "Layla", "Haddad")
    on_caseload(desk, mateo)
    a_signed_note(desk, mateo)
    (row,) = rows(desk, CASELOAD)
    assert row["Student"] == "Ocampo, Mateo"
    assert row["Grade"] == "Grade 7"
    assert row["On the caseload since"] == "2026-09-01"
    assert row["Last contact"] == "2026-11-20"
    assert row["Open steps"] == "0"
    assert len(rows(desk, replace(CASELOAD, everyone=True))) == 2
    school = desk.caseload.schools()[1].id
    assert rows(desk, replace(CASELOAD, school=school)) == []


def test_columns_are_chosen_and_stand_in_their_own_order(desk: Desk, mateo: StudentId) -> None:
    on_caseload(desk, mateo)
    (row,) = rows(desk, replace(CASELOAD, columns=("steps", "grade", "name", "number")))
    assert list(row) == ["Student", "Student number", "Grade", "Open steps"]
    assert row["Student number"] == "20417"


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        (report.kind, form)
        for report in KNOWN
        if report.kind in {ReportKind.CASELOAD, ReportKind.SESSIONS}
        for form in report.forms
    ],
)
@pytest.mark.parametrize("names", [Names.INITIALS, Names.NONE])
def test_without_names_no_form_of_it_holds_one(
    desk: Desk, mateo: StudentId, kind: ReportKind, form: Form, names: Names
) -> None:
    on_caseload(desk, mateo)
    a_signed_note(desk, mateo)
    asked = replace(LOG, kind=kind, names=names, columns=("name", "number", "grade"))
    made = desk.reports.make(asked, form)
    said = " ".join(page_texts(made.data)) if form is Form.PDF else unpacked(made.data)
    assert "Mateo" not in said
    assert "Ocampo" not in said
    assert "20417" not in said
    assert ("M. O." if names is Names.INITIALS else "Student 1") in said


def unpacked(data: bytes) -> str:
    if not data.startswith(b"PK"):
        return data.decode("utf-8-sig")
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())


def test_without_names_the_order_of_the_names_is_not_told(desk: Desk) -> None:
    grades = [f"{number:02d}" for number in range(1, 13)]
    for number, grade in enumerate(grades):
        add_student(desk, "A", f"{chr(ord('A') + number)}family", grade)
    asked = replace(CASELOAD, everyone=True, columns=("name", "grade"))
    by_name = [row["Grade"] for row in rows(desk, asked)]
    without = rows(desk, replace(asked, names=Names.NONE))
    assert by_name == [f"Grade {int(grade)}" for grade in grades]
    assert sorted(row["Grade"] for row in without) == sorted(by_name)
    assert [row["Grade"] for row in without] != by_name
    assert [row["Student"] for row in without] == [f"Student {n}" for n in range(1, 13)]


def test_the_log_has_a_persons_own_signed_sessions_between_two_days(
    desk: Desk, mateo: StudentId, clock: FixedClock
) -> None:
    a_signed_note(desk, mateo)
    draft = a_draft(desk, mateo)
    desk.sessions.sign_note(
        SignNote(typed(draft, attendance=Attendance.ABSENT, attendance_reason="Field trip"))
    )
    clock.moment = fixed_clock("2026-12-01T09:30").moment
    a_signed_note(desk, mateo)
    bo = someone(desk, Role.COUNSELOR)
    with seated(desk, bo):
        a_signed_note(desk, mateo)
        assert len(rows(desk, replace(LOG, until=date(2026, 12, 31)))) == 1
    here, away = rows(desk, LOG)
    assert (here["Day"], here["Minutes"], here["Attendance"]) == ("2026-11-20", "30", "Present")
    assert away["Attendance"] == "Absent: Field trip"
    assert len(rows(desk, replace(LOG, until=date(2026, 12, 1)))) == 3
    assert rows(desk, replace(LOG, until=date(2026, 11, 19))) == []
    said = " ".join(page_texts(desk.reports.make(LOG).data))
    assert "2 sessions, 1 of them held: 30 minutes" in said


def test_the_text_is_there_when_it_is_asked_for_and_a_corrected_one_is_not(
    desk: Desk, mateo: StudentId
) -> None:
    note = a_signed_note(desk, mateo, "Wrong room.")
    assert "Note" not in rows(desk, LOG)[0]
    assert "Wrong room." in rows(desk, replace(LOG, texts=True))[0]["Note"]
    draft = desk.sessions.start_draft(StartDraft(kind=DraftKind.AMENDMENT, note_id=note)).draft
    section = replace(draft.form.sections[0], text="Right room.")
    desk.sessions.amend_note(AmendNote(typed(draft, sections=(section,), reason="Mistyped")))
    (row,) = rows(desk, replace(LOG, texts=True))
    assert "Wrong room." not in row["Note"]
    assert "Right room." in row["Note"]
    assert "Mistyped" in row["Note"]


def test_another_student_who_is_named_in_a_text_is_masked(desk: Desk, mateo: StudentId) -> None:
    add_student(desk, "Ximena", "Varela")
    a_signed_note(desk, mateo, "Mateo shouted at Ximena, and Mrs. Varela called.")
    absent = typed(
        a_draft(desk, mateo), attendance=Attendance.ABSENT, attendance_reason="With Ximena Varela"
    )
    desk.sessions.sign_note(SignNote(absent))
    for form in (Form.CSV, Form.XLSX):
        said = unpacked(desk.reports.make(replace(LOG, texts=True), form).data)
        assert "Mateo shouted at [another student]" in said
        assert "With [another student]" in said
        assert "Ximena" not in said
    with pytest.raises(Refused, match="report-texts-name"):
        desk.reports.make(replace(LOG, texts=True, names=Names.INITIALS))
    with_initials = unpacked(desk.reports.make(replace(LOG, names=Names.NONE), Form.CSV).data)
    assert "Ximena" not in with_initials


def test_without_names_a_reason_names_nobody_either(desk: Desk, mateo: StudentId) -> None:
    absent = typed(
        a_draft(desk, mateo), attendance=Attendance.ABSENT, attendance_reason="Mateo was ill"
    )
    desk.sessions.sign_note(SignNote(absent))
    (full,) = rows(desk, LOG)
    (bare,) = rows(desk, replace(LOG, names=Names.NONE))
    assert full["Attendance"] == "Absent: Mateo was ill"
    assert bare["Attendance"] == "Absent: [another student] was ill"


def test_a_nurse_finds_no_counselors_session_in_it(desk: Desk, mateo: StudentId) -> None:
    on_caseload(desk, mateo)
    a_signed_note(desk, mateo)
    with seated(desk, someone(desk, Role.NURSE)):
        assert rows(desk, LOG) == []
        (row,) = rows(desk, replace(CASELOAD, everyone=True))
        assert row["Last contact"] == ""


def test_a_sole_possession_note_is_beyond_its_reach(desk: Desk, mateo: StudentId) -> None:
    desk.sessions.write_sole_note(WriteSoleNote(new_id(), mateo, "zinnober-quokka", "2026-11-20"))
    for report in desk.reports.offered():
        asked = replace(LOG, kind=report.kind, texts=True, everyone=True)
        if Choice.GROUP in report.choices:
            continue
        for form in (Form.CSV, Form.XLSX):
            assert "zinnober" not in unpacked(desk.reports.make(asked, form).data)
    with desk.records.read_for_export() as reader, pytest.raises(Exception, match="prohibited"):
        reader.execute("SELECT text FROM sole_note").fetchall()


def test_more_than_a_page_of_rows_is_read_in_order_and_none_twice(
    desk: Desk, mateo: StudentId
) -> None:
    a_signed_note(desk, mateo)
    with desk.records.transaction() as tx:
        columns = [
            row[1] for row in tx.execute("PRAGMA table_info(session_note)") if row[1] != "row"
        ]
        copied = ", ".join("id || '-' || n.value" if name == "id" else name for name in columns)
        tx.execute(
            f"INSERT INTO session_note ({', '.join(columns)}) SELECT {copied}"
            " FROM session_note, (SELECT value FROM json_each(:numbers)) n",
            {"numbers": json.dumps(list(range(450)))},
        )
        tx.journal("CopyNotes", "student", mateo)
    made = desk.reports.make(LOG, Form.CSV)
    assert made.rows == len(rows(desk, LOG)) == 451


def test_it_leaves_with_a_disclosure_for_each_student_that_names_its_bytes(
    desk: Desk, mateo: StudentId, tmp_path: Path
) -> None:
    other = add_student(desk, "Layla", "Haddad")
    asked = replace(CASELOAD, everyone=True)
    target = tmp_path / "list.xlsx"
    left = desk.reports.save(asked, Form.XLSX, RELEASE, target)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    assert left.sha256 == digest
    assert target.stat().st_mode & 0o077 == 0
    assert len(left.disclosures) == left.rows == 2
    for student in (mateo, other):
        (line,) = desk.privacy.disclosures(student)
        assert line.disclosure.sha256 == digest
        assert line.disclosure.means == "xlsx"
        assert line.disclosure.scope["students"] == 2
        assert line.stopped == ""
    entry = journaled(desk, "RecordReport")
    assert entry["sha256"] == digest
    assert entry["students"] == 2


def journaled(desk: Desk, what: str) -> dict[str, object]:
    with desk.records.read() as reader:
        row = reader.execute("SELECT after FROM journal WHERE what = ?", (what,)).fetchone()
    assert row is not None
    found: dict[str, object] = json.loads(row[0])
    return found


def test_one_that_tells_about_nobody_is_written_down_as_well(desk: Desk, tmp_path: Path) -> None:
    left = desk.reports.save(LOG, Form.CSV, RELEASE, tmp_path / "log.csv")
    assert left.disclosures == ()
    assert journaled(desk, "RecordReport")["sha256"] == left.sha256


def test_what_could_not_be_written_is_said_to_have_stayed(
    desk: Desk, mateo: StudentId, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_asked: object, **_more: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(lists, "write_whole", full)
        with pytest.raises(Trouble, match="paper-not-left"):
            desk.reports.save(
                replace(CASELOAD, everyone=True), Form.CSV, RELEASE, tmp_path / "list.csv"
            )
    (line,) = desk.privacy.disclosures(mateo)
    assert line.stopped == "paper-not-left"
    assert journaled(desk, "ReportNotLeft") == {"reason": "paper-not-left"}
    assert list(tmp_path.glob("list*")) == []
    assert desk.verify().whole


def test_refusals_come_before_anything_is_recorded(
    desk: Desk, mateo: StudentId, tmp_path: Path
) -> None:
    taken = tmp_path / "taken.pdf"
    taken.touch()
    for code, asked, release, target in (
        ("recipient-missing", CASELOAD, Release(" ", "why", TO_SUBJECT), tmp_path / "a.pdf"),
        ("purpose-missing", CASELOAD, Release("who", "", TO_SUBJECT), tmp_path / "a.pdf"),
        ("file-exists", CASELOAD, RELEASE, taken),
        ("paper-place-missing", CASELOAD, RELEASE, tmp_path / "no" / "a.pdf"),
        ("period-order", replace(LOG, until=date(2026, 10, 1)), RELEASE, tmp_path / "a.pdf"),
        ("day-unclear", replace(LOG, since=None), RELEASE, tmp_path / "a.pdf"),
    ):
        with pytest.raises(Refused) as refused:
            desk.reports.save(asked, Form.PDF, release, target)
        assert refused.value.code == code
    assert desk.privacy.count() == 0


def test_one_that_is_stopped_leaves_nothing(desk: Desk, mateo: StudentId, tmp_path: Path) -> None:
    def stop(_done: int, _of: int) -> None:
        raise Cancelled

    for form in Form:
        with pytest.raises(Cancelled):
            desk.reports.save(
                replace(CASELOAD, everyone=True), form, RELEASE, tmp_path / "x.out", progress=stop
            )
    assert list(tmp_path.glob("x.*")) == []
    assert desk.privacy.count() == 0


def test_file_names_name_the_report_and_nobody() -> None:
    day = date(2026, 11, 20)
    assert free_name(ReportKind.SESSIONS, Form.XLSX, day) == "session-log-2026-11-20-1.xlsx"
    taken = {"session-log-2026-11-20-1.csv"}
    name = free_name(ReportKind.SESSIONS, Form.CSV, day, taken.__contains__)
    assert name == "session-log-2026-11-20-2.csv"


def test_a_report_is_offered_to_its_roles_and_refused_to_others(desk: Desk) -> None:
    with seated(desk, someone(desk, Role.ADMINISTRATOR)):
        offered = {report.kind for report in desk.reports.offered()}
        for report in KNOWN:
            if report.kind not in offered:
                with pytest.raises(Refused, match="report-not-yours"):
                    desk.reports.make(replace(LOG, kind=report.kind))
    assert {report.kind for report in desk.reports.offered()} > offered


def test_a_name_that_could_run_is_only_text(desk: Desk) -> None:
    desk.caseload.add_student(AddStudent(Profile(given_name="=HYPERLINK(1)", family_name="")))
    (row,) = rows(desk, replace(CASELOAD, everyone=True))
    assert row["Student"] == "'=HYPERLINK(1)"
