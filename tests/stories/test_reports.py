"""A month's end at the desk, with the keyboard alone: a list printed without names, a log as a workbook."""

import hashlib
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QApplication, QFileDialog

from app.bootstrap import open_vault, verify_vault
from app.features.caseload.commands import PutOnCaseload
from app.kernel.ids import DeviceId, new_id
from person import CTRL, Key, Person
from sessions_desk import a_signed_note, add_student
from ui.features.reports.presenter.reports import ReportsPage
from vaults import PASSPHRASE, new_desk

pytestmark = pytest.mark.gui


def page_of(person: Person) -> ReportsPage:
    window = person.frame.desk_window
    assert window is not None
    page = window.page("reports")
    assert isinstance(page, ReportsPage)
    person.until(lambda: not page.drawing, 30)
    person.rest()
    return page


def test_reports_leave_by_keys_alone_and_each_is_on_record(
    tmp_path: Path, app: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = new_desk(tmp_path)
    students = [add_student(desk), add_student(desk, "Layla", "Haddad", "08")]
    desk.caseload.carry_out(PutOnCaseload(tuple(students), "2026-09-01", "referred"))
    a_signed_note(desk, students[0])
    vault = desk.folder.path
    desk.close()
    out = tmp_path / "documents"
    out.mkdir()
    proposed: list[str] = []

    def where(_parent: object, _title: str, name: str, _files: str) -> tuple[str, str]:
        proposed.append(Path(name).name)
        return str(out / Path(name).name), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", where)
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _kind: str(out))

    person = Person(vault)
    try:
        person.unlock()

        person.palette("report: caseload")
        person.until(lambda: person.here()[0] == "reports")
        page = page_of(person)
        assert person.focus == "Caseload"
        person.along("No names")
        # A caseload is one's own at first; this one is handed on.
        person.tab_to("On what ground (required)")
        for _times in range(3):
            person.press(Key.Key_Up)
        person.fill(**{"To whom (required)": "Principal", "Why (required)": "Monthly meeting"})
        page_of(person)
        said = " ".join(sheet.accessibleDescription() for sheet in page.view.pages.sheets())
        assert "Student 1" in said
        assert "Mateo" not in said
        person.press(Key.Key_S, CTRL)
        person.reads("Saved. That it left is on record.")

        person.press(Key.Key_Escape)
        person.palette("report: session log")
        person.until(lambda: page.view.typed().kind == "session-log")
        page_of(person)
        person.tab_to("From")
        person.press(Key.Key_A, CTRL)
        person.type("1 Nov 2020")
        person.press(Key.Key_Tab)
        person.along("Names")
        person.along("Workbook")
        person.reads("Save as workbook")
        person.fill(**{"On what ground (required)": "It"})
        person.fill(**{"To whom (required)": "Supervisor", "Why (required)": "Supervision"})
        page_of(person)
        person.press(Key.Key_S, CTRL)
        person.until(lambda: len(proposed) == 2 and any(out.glob("*.xlsx")), 30)
        page_of(person)
    finally:
        person.leave()

    assert [name.rsplit("-", 4)[0] for name in proposed] == ["caseload-list", "session-log"]
    assert not any("Ocampo" in name or "Haddad" in name for name in proposed)
    paper = next(out.glob("*.pdf"))
    assert paper.read_bytes().startswith(b"%PDF")
    sheet = load_workbook(next(out.glob("*.xlsx"))).worksheets[0]
    assert sheet["C2"].value == "Ocampo, Mateo"
    assert verify_vault(vault, PASSPHRASE).whole
    desk = open_vault(vault, PASSPHRASE, DeviceId(new_id()))
    try:
        left = {
            (line.disclosure.paper, line.disclosure.recipient, line.disclosure.sha256)
            for line in desk.privacy.disclosures(students[0])
        }
        assert left == {
            ("caseload-list", "Principal", hashlib.sha256(paper.read_bytes()).hexdigest()),
            (
                "session-log",
                "Supervisor",
                hashlib.sha256(next(out.glob("*.xlsx")).read_bytes()).hexdigest(),
            ),
        }
        assert desk.privacy.count(students[1]) == 1
    finally:
        desk.close()
