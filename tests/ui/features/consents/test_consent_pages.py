"""The pages of the consents room on a real vault."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from context import FakeContext
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from reading import chips, rows, words
from walk import clipped

from app.bootstrap import Desk
from app.features.consents.commands import KeepScan, RevokeConsent
from app.features.consents.model.records import Signer, Way
from app.features.consents.repo import Narrowing, View
from app.kernel.nouns import Role
from app.kernel.releases import ConsentKind, Matter
from app.paper.preview import page_texts
from consents_desk import PNG, ConsentsDesk, scanned
from ui.features.consents import ROOM
from ui.features.consents.presenter import asking
from ui.features.consents.presenter.asking import kinds_for
from ui.features.consents.presenter.consent import ConsentPage
from ui.features.consents.presenter.lists import ConsentsPage
from ui.features.consents.view.sheets import ConsentEntry, CopyEntry, FileEntry
from ui.kit.look import look
from ui.kit.printing import Printed
from ui.kit.widgets.entry_sheet import EntrySheet, put
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.pupil import PupilSheet

DAYS = {"signed_on": "2026-11-18", "until_on": "2027-06-18"}


@pytest.fixture
def room(tmp_path: Path) -> Iterator[ConsentsDesk]:
    made = ConsentsDesk(tmp_path)
    yield made
    made.desk.close()


@pytest.fixture
def desk(room: ConsentsDesk) -> Desk:
    return room.desk


def in_sight(sheet: EntrySheet) -> set[str]:
    return {name for name in sheet.form.names() if not sheet.form.field(name).isHidden()}


def row_chips(page: ConsentsPage) -> list[list[str]]:
    entries = page.view.list.entries
    shown = [entry for at in range(entries.total()) if (entry := entries.entry(at))]
    return [[text for text, _kind in entry.chips] for entry in shown]


def record_sheet(room: ConsentsDesk, context: FakeContext) -> ConsentEntry:
    page = context.put(ConsentsPage, f"record:{room.pupil}")
    assert isinstance(page, ConsentsPage)
    sheet = context.sheet()
    assert isinstance(sheet, ConsentEntry)
    return sheet


def test_a_release_is_refused_element_by_element_and_then_recorded(
    room: ConsentsDesk, context: FakeContext, tmp_path: Path
) -> None:
    record_sheet(room, context)
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(scanned())
    entries: dict[str, object] = {}
    for field, entry in (
        ("recipient", "Harbor Family Clinic"),
        ("matters", [Matter.PLANS.value]),
        ("description", "The goals of the plan"),
        ("purpose", "Joint planning"),
        ("signed_on", "2026-11-18"),
    ):
        start = {"signed_on": "", **entries}
        sheet = context.fill(**start)
        assert sheet.form.field(field).refused, field
        entries[field] = entry
    context.fill(**{**entries, **DAYS}, scan=str(scan))
    (line,) = room.consents.page(Narrowing())
    assert (line.consent.signer_name, line.consent.capacity) == ("Rosa Ocampo", "mother")
    assert (line.consent.recipient, line.scans) == ("Harbor Family Clinic", 1)
    assert context.went[-1] == ("consent", line.consent.id)


def test_only_what_a_kind_asks_for_is_in_sight(room: ConsentsDesk, context: FakeContext) -> None:
    sheet = record_sheet(room, context)
    release = {"recipient", "recipient_class", "matters", "description", "purpose"}
    part2 = {"discloser", "revoke_how", "treatment", "says_redisclosure", "says_refusal"}
    assert release <= in_sight(sheet)
    assert not part2 & in_sight(sheet)
    sheet.kind.set_value(ConsentKind.SERVICES)
    sheet.turn()
    assert (release | part2) & in_sight(sheet) == {"description"}
    sheet.kind.set_value(ConsentKind.PART2)
    sheet.turn()
    assert part2 - in_sight(sheet) == {"says_redisclosure", "says_refusal"}
    sheet.treatment.setChecked(True)
    assert part2 <= in_sight(sheet)
    assert not {"witness", "identified"} & in_sight(sheet)
    sheet.way.set_value(Way.ELECTRONIC)
    sheet.turn()
    assert {"identified", "approval"} <= in_sight(sheet)
    assert not {"signer_name"} & in_sight(sheet)
    sheet.signer.set_value(Signer.OTHER)
    assert {"signer_name", "capacity"} <= in_sight(sheet)


def test_what_was_typed_is_there_again(room: ConsentsDesk, context: FakeContext) -> None:
    sheet = record_sheet(room, context)
    put(sheet.form.field("kind").editor, ConsentKind.PART2)
    put(sheet.form.field("discloser").editor, "Casco Bay")
    context.pages[0].flush()
    context.settle()
    kept = room.desk.people.state(room.desk.seat.person)
    assert any("Casco Bay" in text for text in kept.values())
    sheet.deleteLater()
    context.settle()
    context.show_page(context.pages[0], f"record:{room.pupil}")
    again = context.sheet()
    assert isinstance(again, ConsentEntry)
    assert again.form.field("discloser").editor.text() == "Casco Bay"  # type: ignore[attr-defined]
    assert "discloser" in in_sight(again)


def test_medication_is_offered_to_the_nurse_alone(room: ConsentsDesk, context: FakeContext) -> None:
    from shared_desk import seated, someone

    assert ConsentKind.MEDICATION not in [kind for kind, _words in kinds_for(context)]
    with seated(room.desk, someone(room.desk, Role.NURSE)):
        assert ConsentKind.MEDICATION in [kind for kind, _words in kinds_for(context)]


def test_the_list_is_narrowed_by_state_kind_and_student(
    room: ConsentsDesk, context: FakeContext
) -> None:
    room.record(until_on="2026-12-01")
    room.record(ConsentKind.SERVICES)
    room.consents.revoke(RevokeConsent(room.record(), "Rosa", "By letter"))
    page = context.put(ConsentsPage)
    assert isinstance(page, ConsentsPage)
    assert len(rows(page.view.list)) == 2
    assert "2 consents" in words(page)
    page.view.parts.set_value(View.OVER)
    page.reload()
    context.settle()
    assert rows(page.view.list) == ["Ocampo, Mateo: Release of information"]
    page.view.parts.set_value(View.ALL)
    page.view.kinds.set_value(ConsentKind.SERVICES)
    page.reload()
    context.settle()
    assert rows(page.view.list) == ["Ocampo, Mateo: Services"]
    state = page.state()
    page.view.kinds.set_value("")
    page.restore(state)
    assert page.view.kinds.value() == ConsentKind.SERVICES
    page.view.kinds.set_value("")
    context.show_page(page, "lapsing")
    assert len(rows(page.view.list)) == 1
    other = room.born("2010-01-01", "Lena")
    context.show_page(page, f"student:{other}")
    assert page.view.empty.isVisible()


def test_one_about_to_lapse_is_on_today_until_it_is_renewed(
    room: ConsentsDesk, context: FakeContext
) -> None:
    assert ROOM.today is not None
    made = room.record(until_on="2026-12-01")
    (line,) = ROOM.today(context)
    assert (line.page, line.subject, line.section) == ("consent", made, "lapsing")
    assert "lapses in 11 days" in line.title
    listed = context.put(ConsentsPage)
    assert isinstance(listed, ConsentsPage)
    assert row_chips(listed) == [["Lapses in 11 days", "No scan yet"]]
    page = context.put(ConsentPage, made)
    assert isinstance(page, ConsentPage)
    assert chips(page) == ["About to lapse"]
    page.view.buttons["renew"].click()
    context.settle()
    context.fill(until_on="2027-12-01")
    assert ROOM.today(context) == []
    assert context.went[-1][0] == "consent"
    newer = room.consents.sheet(context.went[-1][1]).consent
    assert (newer.recipient, newer.signed_on) == ("Harbor Family Clinic", "2026-11-20")


def test_a_consent_is_revoked_taken_back_and_corrected(
    room: ConsentsDesk, context: FakeContext
) -> None:
    made = room.record()
    page = context.put(ConsentPage, made)
    assert isinstance(page, ConsentPage)
    page.view.buttons["revoke"].click()
    sheet = context.fill(how="By letter")
    assert sheet.form.field("said_by").refused
    context.fill(said_by="Rosa Ocampo")
    assert "Revoked by Rosa Ocampo" in words(page)
    assert chips(page) == ["Revoked"]
    assert page.view.buttons["correct"].isHidden()
    page.view.buttons["back"].click()
    context.fill(why="Another student’s letter")
    assert chips(page) == ["In force"]
    assert len(rows(page.view.history)) == 2
    page.view.buttons["correct"].click()
    context.settle()
    sheet = context.fill(purpose="Therapy")
    assert sheet.form.field("why").refused
    context.fill(why="The paper says so")
    newer = context.went[-1][1]
    assert room.consents.sheet(newer).consent.purpose == "Therapy"
    assert "Another stands in its place" in words(page)
    page.view.buttons["newer"].click()
    context.show_page(page, newer)
    assert "Written down before" in rows(page.view.history)[0]


def test_another_students_consent_is_given_to_them_and_named_no_more(
    room: ConsentsDesk, context: FakeContext
) -> None:
    made = room.record(scan=scanned())
    other = room.born("2010-02-03", "Lin", "Abe")
    room.guardian(other, "Yuki", "mother")
    page = context.put(ConsentPage, made)
    assert isinstance(page, ConsentPage)
    page.view.buttons["other"].setFocus()
    QTest.keyClick(page.view.buttons["other"], Qt.Key.Key_Space)
    context.settle()
    (asked,) = page.findChildren(PupilSheet)
    asked.picked.emit(Entry(other, "Lin Abe", "", icon="student"))
    asked.accept()
    context.settle()
    sheet = context.sheet()
    assert "Lin Abe" in sheet.text.text()
    assert sheet.values()["signer"] == "other", "her mother is not a contact of his"
    context.fill(why="Filed under the wrong student")
    assert sheet.form.field("capacity").refused, "what she is to this student is asked anew"
    context.fill(capacity="legal guardian")
    newer = room.consents.sheet(context.went[-1][1])
    assert newer.consent.student_id == other
    assert newer.consent.signer_name == "Rosa Ocampo"
    assert len(newer.scans) == 1
    context.show_page(page, made)
    assert "It was another student’s: Filed under the wrong student" in words(page)
    assert "Abe" not in words(page)
    offered = {name for name, button in page.view.buttons.items() if not button.isHidden()}
    assert offered == {"student"}
    assert context.errors == []


def test_a_scan_is_kept_shown_and_a_copy_of_it_leaves_with_a_disclosure(
    room: ConsentsDesk,
    context: FakeContext,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = room.record()
    page = context.put(ConsentPage, made)
    assert isinstance(page, ConsentPage)
    page.view.buttons["add"].click()
    chosen, target = tmp_path / "scan.bin", tmp_path / "copy.pdf"
    chosen.write_bytes(b"MZ")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(chosen), ""))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(target), ""))
    sheet = context.sheet()
    assert isinstance(sheet, FileEntry)
    sheet.browse_asked.emit()
    sheet = context.fill()
    assert "PDF, PNG or JPEG" in sheet.form.field("scan").refused
    chosen.write_bytes(scanned())
    context.fill()
    page.view.buttons["scan"].click()
    context.settle()
    shown = page.scan_sheet
    assert shown is not None
    (leaf,) = shown.pages.sheets()
    assert "Signed, Rosa Ocampo" in leaf.accessibleDescription()
    shown.save_button.click()
    context.settle()
    assert isinstance(context.sheet(), CopyEntry)
    context.fill()
    assert target.read_bytes() == scanned()
    (line,) = room.desk.privacy.disclosures(room.pupil)
    assert (line.disclosure.paper, line.disclosure.recipient) == ("consent-copy", "Rosa Ocampo")
    shown.accept()


def test_a_scanned_picture_is_shown_no_wider_than_its_sheet(
    room: ConsentsDesk, context: FakeContext
) -> None:
    image = QImage(1700, 600, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, "JPEG")  # type: ignore[call-overload]
    made = room.record()
    room.consents.keep_scan(KeepScan(made, PNG))
    room.consents.keep_scan(KeepScan(made, bytes(data.data())))
    page = context.put(ConsentPage, made)
    assert isinstance(page, ConsentPage)
    page.view.buttons["scan"].click()
    context.settle()
    assert page.scan_sheet is not None
    (leaf,) = page.scan_sheet.pages.sheets()
    assert 200 <= leaf.sizeHint().width() <= page.scan_sheet.column.viewport().width()
    page.scan_sheet.accept()


def test_a_form_to_be_signed_leaves_as_papers_do(
    room: ConsentsDesk,
    context: FakeContext,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = tmp_path / "form"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(target), ""))
    context.put(ConsentsPage, f"form:{room.pupil}")
    sheet = context.fill(for_whom="")
    assert sheet.form.field("for_whom").refused
    context.fill(for_whom="Rosa Ocampo", recipient="Harbor Family Clinic")
    said = " ".join(page_texts(target.with_suffix(".pdf").read_bytes()))
    assert "Harbor Family Clinic" in said
    assert "Mateo Ocampo" in said
    (line,) = room.desk.privacy.disclosures(room.pupil)
    assert (line.disclosure.paper, line.disclosure.recipient) == ("consent-form", "Rosa Ocampo")


def test_a_form_is_printed_and_one_that_no_printer_took_is_said_not_to_have_left(
    room: ConsentsDesk,
    context: FakeContext,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    chosen: list[QPrinter | None] = [None, printer, printer]
    monkeypatch.setattr(asking, "choose_printer", lambda *_args: chosen.pop(0))
    page = context.put(ConsentsPage, f"form:{room.pupil}")
    assert isinstance(page, ConsentsPage)
    sheet = context.fill(how="print")
    assert sheet.form.field("how").refused
    context.fill()
    (line,) = room.desk.privacy.disclosures(room.pupil)
    assert (line.disclosure.means, line.stopped) == ("print", "")
    assert (tmp_path / "printed.pdf").exists()

    def no_paper(*arguments: Any) -> None:
        arguments[4](Printed(0))

    monkeypatch.setattr(asking, "print_on", no_paper)
    page.blank()
    context.settle()
    context.fill(how="print")
    newest = room.desk.privacy.disclosures(room.pupil)[0]
    assert newest.stopped == "print-not-left"
    assert [str(error) for error in context.errors] == ["print-not-left"]


def test_ages_are_set_and_refused_at_their_field(room: ConsentsDesk, context: FakeContext) -> None:
    page = context.put(ConsentsPage)
    assert isinstance(page, ConsentsPage)
    page.view.links["ages"].click()
    context.settle()
    sheet = context.fill(alone_services="nine")
    assert sheet.form.field("alone_services").refused
    sheet = context.fill(alone_services="9")
    assert "from 10 to 18" in sheet.form.field("alone_services").refused
    sheet = context.fill(alone_services="14", besides_telehealth="18")
    assert sheet.form.field("besides_telehealth").refused
    context.fill(besides_telehealth="13", title="State law")
    ages = room.consents.ages()
    assert (ages[ConsentKind.SERVICES].alone, ages[ConsentKind.TELEHEALTH].besides) == (14, 13)


def test_what_is_said_of_the_ages_leaves_their_fields_room_in_large_text(
    app: QApplication, room: ConsentsDesk, context: FakeContext
) -> None:
    look().apply(app, "light", 2.0)
    try:
        page = context.put(ConsentsPage)
        assert isinstance(page, ConsentsPage)
        page.view.links["ages"].click()
        context.settle()
        sheet = context.sheet()
        assert "Now in force" in sheet.text.text()
        assert clipped(sheet) == []
        assert sheet.form.minimumSizeHint().width() < sheet.width()  # none is cut at the side
        focus = sheet.focusWidget()
        assert not focus.visibleRegion().isEmpty()
    finally:
        look().apply(app, "light", 1.0)
