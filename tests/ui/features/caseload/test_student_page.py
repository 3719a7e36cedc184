import pytest
from context import FakeContext
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from walk import clipped, small_targets, walk

from app.features.caseload.commands import (
    AddAlert,
    AddGuardian,
    AddStudent,
    AddTag,
    DecideTier,
    MarkLeft,
    PutOnCaseload,
    TakeOffCaseload,
)
from app.features.caseload.model import AlertKind, Contact, Profile, ReachBy, Standing, Tie
from app.features.sessions.commands import SaveDraft, WriteSoleNote
from app.kernel.changes import Changed, Kind
from app.kernel.ids import StudentId, new_id
from app.kernel.nouns import Tier
from app.overviews.timeline import Happening, TimelineKind
from sessions_desk import a_draft, a_signed_note
from ui.features.caseload import ROOM
from ui.features.caseload.presenter.lookups import found_students, today_lines
from ui.features.caseload.presenter.schools import SchoolsPage
from ui.features.caseload.presenter.student import StudentPage
from ui.kit.widgets.buttons import Button, IconButton
from ui.kit.widgets.entry_sheet import EntrySheet
from ui.kit.widgets.fields import NoteText
from ui.kit.widgets.headings import Words


@pytest.fixture
def student(context: FakeContext) -> StudentId:
    """A student with something of every kind."""
    desk = context.desk
    caseload = desk.caseload
    school = caseload.schools()[0].id
    profile = Profile(
        "Roberta", "Hale", preferred_name="Bo", pronouns="they/them", grade="07",
        school_id=school, birth_date="2014-02-03", student_number="20417", language="Spanish",
    )  # fmt: skip
    student = StudentId(caseload.add_student(AddStudent(profile)).made)
    caseload.put_on_caseload(PutOnCaseload((student,), "2026-11-02", "Teacher referral"))
    caseload.decide_tier(DecideTier((student,), Tier.INTENSIVE, "2026-11-03", "Attendance"))
    caseload.add_alert(AddAlert(student, AlertKind.CUSTODY, "See the court order on file"))
    caseload.add_tag(AddTag((student,), "Newcomer"))
    caseload.add_guardian(
        AddGuardian(
            student,
            Contact("Marisol", "Hale", "555-0100", email="m@example.org", language="Spanish",
                    interpreter=True),
            Tie("Mother", True, ReachBy.PHONE, "after 3 PM"),
        )
    )  # fmt: skip
    caseload.add_guardian(
        AddGuardian(student, Contact("Rex", "Hale"), Tie("Father", do_not_contact="Court order"))
    )
    a_signed_note(desk, student, "Talked about the move.")
    desk.sessions.save_draft(SaveDraft(a_draft(desk, student)))
    desk.sessions.write_sole_note(WriteSoleNote(new_id(), student, "Mine alone", "2026-11-04"))
    return student


def page_of(context: FakeContext, student: str) -> StudentPage:
    page = context.put(StudentPage, student)
    assert isinstance(page, StudentPage)
    return page


def stops(page: StudentPage) -> list[Happening]:
    entries = page.view.story.list.entries
    return [entries.entry(place).subject.what for place in range(entries.total())]  # type: ignore[union-attr]


def offered(context: FakeContext, student: StudentId, field: str, theirs: str) -> None:
    with context.desk.records.working() as tx:
        tx.execute(
            "INSERT OR IGNORE INTO roster_import VALUES"
            " ('i', 'sis', 'table', '', '{}', '[]', ?, '2026-11-01T00:00:00.000Z', 'UTC')",
            (tx.who,),
        )
        tx.execute("INSERT INTO roster_offer VALUES (?, ?, '', ?, 'i')", (student, field, theirs))


def test_the_page_says_who_the_student_is_and_what_one_must_know(
    context: FakeContext, student: StudentId
) -> None:
    view = page_of(context, student).view
    assert view.name.text() == "Bo Hale"
    assert view.line.text() == "Roberta Hale · they/them · Grade 7 · Alder Elementary"
    shown = " ".join(label.text() for label in view.findChildren(Words) if label.isVisible())
    for words in (
        "See the court order on file",
        "3 Feb 2014 (12 years)",
        "Best reached: Phone, after 3 PM",
        "Do not contact: Court order",
    ):
        assert words in shown


def test_the_timeline_has_everything_and_narrows_to_what_is_chosen(
    context: FakeContext, student: StudentId
) -> None:
    page = page_of(context, student)
    assert set(stops(page)) == {
        Happening.NOTE, Happening.DRAFT, Happening.SOLE, Happening.TIER, Happening.PUT_ON,
        Happening.ALERT, Happening.ADDED,
    }  # fmt: skip
    page.view.story.kinds.move_focus(page.view.story.kinds._marks[0], 0)
    QTest.keyClick(page.view.story.kinds._marks[0], Qt.Key.Key_Space)
    context.settle()
    assert stops(page) == [Happening.NOTE]
    assert page.state()["kinds"] == "note"
    again = StudentPage(context)
    context.pages.append(again)
    context._column.addWidget(again)
    again.show_subject(student)
    again.restore({"kinds": "tier,nonsense"})
    again.arrive()
    context.settle()
    assert stops(again) == [Happening.TIER]
    assert again.view.story.kinds.values() == [TimelineKind.TIER]


def test_enter_opens_a_note_a_draft_and_a_sole_note_where_they_are_read(
    context: FakeContext, student: StudentId
) -> None:
    page = page_of(context, student)
    timeline = page.view.story.list
    assert context.window().focusWidget() is timeline
    for what, where in (
        (Happening.NOTE, "signed"),
        (Happening.DRAFT, "note"),
        (Happening.SOLE, "sole"),
    ):
        place = stops(page).index(what)
        timeline.go_to(place)
        QTest.keyClick(timeline, Qt.Key.Key_Return)
        entry = timeline.entry()
        assert entry is not None
        assert context.went[-1] == (where, entry.subject.id)


def test_ctrl_n_begins_a_note_about_this_student_and_esc_goes_back(
    context: FakeContext, student: StudentId
) -> None:
    everywhere: list[str] = []
    shortcut = QShortcut(QKeySequence("Ctrl+N"), context)
    shortcut.activated.connect(lambda: everywhere.append("n"))
    page = page_of(context, student)
    control = Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(page.view.story.list, Qt.Key.Key_N, control)
    assert context.went == [("note", f"new:{student}")]
    assert not everywhere
    QTest.keyClick(page.view.story.list, Qt.Key.Key_Escape)
    assert context.backs == 1


def test_a_tier_is_decided_from_the_page_by_keyboard(
    context: FakeContext, student: StudentId
) -> None:
    page = page_of(context, student)
    page.view.menu["tier"].trigger()
    sheet = context.sheet()
    assert "Bo Hale" not in sheet.windowTitle()
    tiers = sheet.form.field("tier").editor
    assert tiers.value() is Tier.INTENSIVE  # type: ignore[attr-defined]
    QTest.keyClick(sheet.focusWidget(), Qt.Key.Key_Left)
    QTest.keyClicks(sheet.form.field("reason").editor, "Goals half met")
    QTest.keyClick(
        sheet.form.field("reason").editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier
    )
    context.settle()
    assert context.desk.caseload.student(student).tier is Tier.TARGETED
    assert stops(page).count(Happening.TIER) == 2


def test_a_decision_for_tomorrow_is_refused_at_its_day(
    context: FakeContext, student: StudentId
) -> None:
    page = page_of(context, student)
    page._act("tier")
    sheet = context.sheet()
    QTest.keyClicks(sheet.form.field("reason").editor, "Review")
    day = sheet.form.field("decided_on").editor
    QTest.keyClick(day, Qt.Key.Key_Up)
    QTest.keyClick(day, Qt.Key.Key_Return)
    context.settle()
    assert sheet.form.field("decided_on").refused == "Choose today or an earlier day."
    day.selectAll()  # type: ignore[attr-defined]
    QTest.keyClicks(day, "whenever")
    QTest.keyClick(day, Qt.Key.Key_Return)
    context.settle()
    assert sheet.form.field("decided_on").refused == "Enter a date with day, month and year."
    sheet.reject()


def test_ending_an_alert_can_be_taken_back(context: FakeContext, student: StudentId) -> None:
    page = page_of(context, student)
    end = next(
        b for b in page.findChildren(IconButton) if b.accessibleName().startswith("End the alert")
    )
    end.click()
    context.settle()
    assert not context.desk.caseload.student(student).alerts
    assert not page.view._alerts.isVisible()
    context.notices.undo_newest()
    context.settle()
    assert page.view._alerts.isVisible()


def test_a_tag_is_added_from_those_in_use_and_removed_again(
    context: FakeContext, student: StudentId
) -> None:
    other = StudentId(context.desk.caseload.add_student(AddStudent(Profile("Ana", "Bell"))).made)
    page = page_of(context, other)
    page._act("tag")
    sheet = context.sheet()
    QTest.keyClicks(sheet.form.field("label").editor, "newcomer")
    sheet.save_button.click()
    context.settle()
    assert context.desk.caseload.student(other).tags == ("Newcomer",)
    page.view.tag_removed.emit("Newcomer")
    context.settle()
    assert context.desk.caseload.student(other).tags == ()


def test_the_profile_is_edited_with_refusals_at_the_fields(
    context: FakeContext, student: StudentId
) -> None:
    page = page_of(context, student)
    page.view.profile.edit_asked.emit()
    sheet = context.sheet()
    walk(sheet)
    assert not clipped(sheet)
    email = sheet.form.field("email").editor
    QTest.keyClicks(email, "bo at school")
    sheet.save_button.click()
    context.settle()
    assert "name@example.org" in sheet.form.field("email").refused
    email.setText("bo@example.org")  # type: ignore[attr-defined]
    sheet.save_button.click()
    context.settle()
    profile = context.desk.caseload.student(student).profile
    assert (profile.email, profile.birth_date, profile.grade) == (
        "bo@example.org",
        "2014-02-03",
        "07",
    )
    assert stops(page).index(Happening.CHANGED) < stops(page).index(Happening.ADDED)


def test_guardians_are_added_changed_and_taken_off_with_undo(
    context: FakeContext, student: StudentId
) -> None:
    page = page_of(context, student)
    page.view.profile.guardian_asked.emit("")
    sheet = context.sheet()
    QTest.keyClicks(sheet.form.field("given_name").editor, "Ines")
    sheet.form.field("reach_by").editor.set_value(ReachBy.EMAIL)  # type: ignore[attr-defined]
    sheet.save_button.click()
    context.settle()
    assert sheet.form.field("reach_by").refused
    QTest.keyClicks(sheet.form.field("email").editor, "ines@example.org")
    sheet.save_button.click()
    context.settle()
    guardians = context.desk.caseload.student(student).guardians
    assert [g.name for g in guardians] == ["Marisol Hale", "Rex Hale", "Ines"]
    page.view.profile.guardian_asked.emit(guardians[0].id)
    sheet = context.sheet()
    sheet.form.field("reach_when").editor.setText("mornings")  # type: ignore[attr-defined]
    sheet.save_button.click()
    context.settle()
    mother = context.desk.caseload.student(student).guardians[0]
    assert (mother.tie.reach_when, mother.tie.lives_with, mother.contact.interpreter) == (
        "mornings",
        True,
        True,
    )
    page.view.profile.guardian_ended.emit(guardians[2].id)
    context.settle()
    assert len(context.desk.caseload.student(student).guardians) == 2
    context.notices.undo_newest()
    context.settle()
    assert len(context.desk.caseload.student(student).guardians) == 3


def test_what_the_roster_offers_is_taken_or_kept(context: FakeContext, student: StudentId) -> None:
    offered(context, student, "family_name", "Hale-Ruiz")
    offered(context, student, "grade", "08")
    page = page_of(context, student)
    buttons = {
        button.text(): button
        for button in page.view.profile.findChildren(Button)
        if button.isVisible()
    }
    assert {"Take the roster’s", "Keep ours"} <= set(buttons)
    page.view.profile.taken.emit("family_name")
    page.view.profile.kept.emit("grade")
    context.settle()
    found = context.desk.caseload.student(student)
    assert (found.name, found.profile.grade) == ("Bo Hale-Ruiz", "07")
    assert context.desk.roster.offers_about(student) == []
    assert page.view.name.text() == "Bo Hale-Ruiz"
    assert Happening.CHANGED in stops(page)
    for _ in range(2):
        context.notices.undo_newest()
        context.settle()
    assert page.view.name.text() == "Bo Hale"
    assert [
        (offer.field, offer.ours, offer.theirs)
        for offer in context.desk.roster.offers_about(student)
    ] == [("family_name", "Hale", "Hale-Ruiz"), ("grade", "07", "08")]


def test_a_student_goes_on_and_off_the_caseload_and_leaves_and_returns(
    context: FakeContext, student: StudentId
) -> None:
    page = page_of(context, student)
    assert page.view.menu["caseload"].text() == "Take off my caseload"
    page._act("caseload")
    sheet = context.sheet()
    QTest.keyClicks(sheet.form.field("reason").editor, "Goals met")
    sheet.save_button.click()
    context.settle()
    assert page.view.menu["caseload"].text() == "Put on my caseload"
    page._act("standing")
    sheet = context.sheet()
    sheet.save_button.click()
    context.settle()
    assert context.desk.caseload.student(student).standing is Standing.LEFT
    page._act("standing")
    context.settle()
    assert context.desk.caseload.student(student).standing is Standing.ENROLLED


def test_only_a_student_without_records_can_be_removed(
    context: FakeContext, student: StudentId
) -> None:
    page = page_of(context, student)
    assert not page.view.menu["remove"].isVisible()
    fresh = context.desk.caseload.add_student(AddStudent(Profile("Ana", "Bell"))).made
    context.show_page(page, fresh)
    assert page.view.menu["remove"].isVisible()
    page._act("remove")
    context.settle()
    assert context.went[-1] == ("caseload", "")


def test_a_page_about_nobody_goes_to_the_list(context: FakeContext) -> None:
    page = page_of(context, new_id())
    assert context.went == [("caseload", "")]
    context.show_page(page, "")
    assert context.went[-1] == ("caseload", "")


def test_the_page_heeds_what_changes_elsewhere(context: FakeContext, student: StudentId) -> None:
    page = page_of(context, student)
    before = len(stops(page))
    a_signed_note(context.desk, student, "A second talk.")
    page.heed(Changed.only(Kind.NOTE))
    context.settle()
    assert len(stops(page)) == before + 1


@pytest.mark.parametrize("size", [(1040, 720), (700, 640)])
def test_every_control_has_a_name_and_nothing_is_cut_off(
    context: FakeContext, student: StudentId, scale: float, size: tuple[int, int]
) -> None:
    offered(context, student, "family_name", "Hale-Ruiz")
    context.resize(*size)
    page = page_of(context, student)
    context.resize(*size)
    QApplication.processEvents()
    for turn in ("story", "profile"):
        page.view.turns.set_value(turn)
        page.view._arrange()
        QApplication.processEvents()
        assert walk(page) > 5
        assert not clipped(page)
        assert not small_targets(page)


def test_words_may_be_forty_percent_longer(
    context: FakeContext, student: StudentId, pseudo: None
) -> None:
    page = page_of(context, student)
    context.resize(1040, 720)
    QApplication.processEvents()
    assert not clipped(page)


# -- the palette and Today -----------------------------------------------------------------


def test_the_palette_finds_students(context: FakeContext, student: StudentId) -> None:
    found = found_students(context, "bo hale")
    assert [(each.page, each.subject) for each in found] == [("student", student)]
    assert found[0].subtitle == "Grade 7 · Alder Elementary · 20417"
    assert ROOM.finder is not None
    assert ROOM.finder(context, "bo") == found


def test_today_tells_of_those_who_left_and_takes_them_off_with_one_key(
    context: FakeContext, student: StudentId
) -> None:
    assert today_lines(context) == []
    context.desk.caseload.mark_left(MarkLeft(student, "2026-11-18"))
    offered(context, student, "grade", "08")
    lines = today_lines(context)
    assert [line.page for line in lines] == ["student", "student"]
    left = lines[0]
    assert left.done is not None
    assert left.undo is not None
    left.done()
    assert today_lines(context) == []
    left.undo()
    assert len(today_lines(context)) == 2
    context.desk.caseload.take_off_caseload(TakeOffCaseload((student,), "2026-11-20", "Left"))


# -- schools -------------------------------------------------------------------------------


def test_schools_are_added_renamed_ordered_and_removed(context: FakeContext) -> None:
    page = context.put(SchoolsPage)
    assert isinstance(page, SchoolsPage)
    walk(page)
    assert not clipped(page)

    def names() -> list[str]:
        return [school.name for school in context.desk.caseload.schools()]

    QTest.keyClick(page.view.list, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    context.settle()
    assert names() == ["Birch Middle School", "Alder Elementary"]
    page.view.act.emit("add")
    sheet = context.sheet()
    QTest.keyClicks(sheet.form.field("name").editor, "birch middle school")
    QTest.keyClick(sheet.form.field("name").editor, Qt.Key.Key_Return)
    context.settle()
    assert sheet.form.field("name").refused == "Another school has this name already."
    sheet.form.field("name").editor.setText("Cedar High")  # type: ignore[attr-defined]
    sheet.save_button.click()
    context.settle()
    assert names()[-1] == "Cedar High"
    page.view.list.go_to(2)
    assert page.view.buttons["mine"].text() == "I work here"
    page.view.buttons["mine"].click()
    context.settle()
    assert page.view.buttons["mine"].text() == "I no longer work here"
    page.view.buttons["rename"].click()
    sheet = context.sheet()
    sheet.form.field("name").editor.setText("Cedar High School")  # type: ignore[attr-defined]
    sheet.save_button.click()
    context.settle()
    assert names()[-1] == "Cedar High School"
    page.view.buttons["remove"].click()
    context.settle()
    assert len(names()) == 2
    context.notices.undo_newest()
    context.settle()
    assert len(names()) == 3


def test_what_was_typed_on_a_sheet_stands_there_again_after_a_lock(
    context: FakeContext, student: StudentId
) -> None:
    page = page_of(context, student)
    page.view.act.emit("alert")
    context.settle()
    sheet = context.sheet()
    words = sheet.form.field("text").editor
    assert isinstance(words, NoteText)
    words.set_text("Carries an inhaler in the left")
    page.flush()
    context.settle()
    # The process ends here: the sheet is gone without having been closed by anybody.
    again = page_of(context, student)
    again.view.act.emit("alert")
    context.settle()
    second = [w for w in context.findChildren(EntrySheet) if w.isVisible() and w is not sheet]
    assert [w.values()["text"] for w in second] == ["Carries an inhaler in the left"]
    assert "here again" in second[0].text.text()
    second[0].reject()
    sheet.reject()
    context.settle()
    assert not any(context.desk.people.state(context.desk.seat.person).values())
    again.view.act.emit("alert")
    context.settle()
    assert context.sheet().values()["text"] == ""
    context.sheet().reject()
