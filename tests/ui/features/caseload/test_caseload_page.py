import pytest
from context import FakeContext
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from walk import clipped, small_targets, wait_until, walk

from app.features.caseload.commands import AddAlert, AddStudent, AddTag, PutOnCaseload
from app.features.caseload.model import AlertKind, Profile, Scope, StudentFilter
from app.kernel.ids import StudentId
from app.kernel.nouns import Tier
from ui.features.caseload.presenter.caseload import CaseloadPage
from ui.kit.widgets.buttons import Button

_PUPILS = (
    ("Mina", "Okafor", "05"),
    ("小明", "王", "11"),
    ("أحمد", "الزهراني", "KG"),
    ("Katherine", "Núñez-Wiśniewski", "07"),
)


def filled(context: FakeContext, *, mine: bool = True) -> list[StudentId]:
    caseload = context.desk.caseload
    school = caseload.schools()[0].id
    students = [
        StudentId(caseload.add_student(AddStudent(Profile(g, f, grade=c, school_id=school))).made)
        for g, f, c in _PUPILS
    ]
    if mine:
        caseload.put_on_caseload(PutOnCaseload(tuple(students), "2026-11-02", "Referral"))
    caseload.add_alert(AddAlert(students[0], AlertKind.ALLERGY, "Peanuts"))
    caseload.add_tag(AddTag((students[1],), "Newcomer"))
    return students


def page_of(context: FakeContext, subject: str = "") -> CaseloadPage:
    page = context.put(CaseloadPage, subject)
    assert isinstance(page, CaseloadPage)
    return page


def names(page: CaseloadPage) -> list[str]:
    model = page.view.model
    return [model.row(place).name for place in range(model.total())]


def type_into(widget: QWidget, text: str) -> None:
    QTest.keyClicks(widget, text)


def focused(context: FakeContext) -> QWidget:
    found = context.window().focusWidget()
    assert found is not None
    return found


def test_an_empty_desk_teaches_how_students_come(context: FakeContext) -> None:
    page = page_of(context)
    assert not page.view.table.isVisible()
    walk(page)
    assert not clipped(page)
    bring = next(b for b in page.findChildren(Button) if b.text() == "Import a roster")
    QTest.mouseClick(bring, Qt.MouseButton.LeftButton)
    assert context.went == [("roster", "")]


def test_an_empty_caseload_leads_to_all_students(context: FakeContext) -> None:
    filled(context, mine=False)
    page = page_of(context)
    assert not page.view.table.isVisible()
    page.view.everyone_asked.emit()
    context.settle()
    assert page.view.table.isVisible()
    assert len(names(page)) == 4
    assert page.view.scope.value() == Scope.ALL


def test_typing_finds_and_enter_twice_opens_the_student(context: FakeContext) -> None:
    students = filled(context)
    page = page_of(context)
    assert focused(context) is page.view.search
    type_into(page.view.search, "nunes katerine")
    wait_until(lambda: page.view.model.total() == 1)
    context.settle()
    assert names(page) == ["Núñez-Wiśniewski, Katherine"]
    QTest.keyClick(page.view.search, Qt.Key.Key_Return)
    assert focused(context) is page.view.table
    QTest.keyClick(page.view.table, Qt.Key.Key_Return)
    assert context.went == [("student", students[3])]


def test_a_search_that_finds_nobody_says_so_and_esc_takes_it_back(context: FakeContext) -> None:
    filled(context)
    page = page_of(context)
    type_into(page.view.search, "zzzz")
    wait_until(lambda: not page.view.table.isVisible())
    QTest.keyClick(page.view.search, Qt.Key.Key_Escape)
    wait_until(page.view.table.isVisible)
    assert len(names(page)) == 4


def test_the_header_sorts_and_the_filters_narrow(context: FakeContext) -> None:
    filled(context)
    page = page_of(context)
    page.view.table._sort(1)
    context.settle()
    assert [page.view.model.row(i).grade for i in range(4)] == ["KG", "05", "07", "11"]
    page.view.choices["grade"].set_value("05")
    context.settle()
    assert names(page) == ["Okafor, Mina"]
    page.view.choices["grade"].set_value("")
    page.view.choices["tag"].set_value("Newcomer")
    context.settle()
    assert names(page) == ["王, 小明"]
    assert page.state()["sort"] == "grade"


def test_where_one_was_is_found_again_without_any_name_kept(context: FakeContext) -> None:
    filled(context)
    page = page_of(context)
    type_into(page.view.search, "okafor")
    page.view.choices["grade"].set_value("05")
    page.view.scope.move_focus(page.view.scope._marks[0], 1)
    context.settle()
    state = page.state()
    assert "okafor" not in str(state).lower()
    again = CaseloadPage(context)
    context.pages.append(again)
    context._column.addWidget(again)
    again.restore(state)
    again.arrive()
    context.settle()
    assert again.which() == StudentFilter(Scope.ALL, grades=("05",))


def test_ctrl_n_begins_a_note_about_the_selected_student(context: FakeContext) -> None:
    students = filled(context)
    everywhere: list[str] = []
    shortcut = QShortcut(QKeySequence("Ctrl+N"), context)
    shortcut.activated.connect(lambda: everywhere.append("n"))
    page = page_of(context)
    page.view.go_to_list()
    page.view.table.go_to(names(page).index("Okafor, Mina"))
    QTest.keyClick(page.view.table, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert context.went == [("note", f"new:{students[0]}")]
    QTest.keyClick(page.view.search, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert len(context.went) == 2
    assert everywhere == []


def test_a_student_is_added_by_keyboard_and_a_refusal_stands_at_its_field(
    context: FakeContext,
) -> None:
    filled(context)
    page_of(context, "add")
    sheet = context.sheet()
    assert not clipped(sheet)
    walk(sheet)
    QTest.keyClick(sheet.focusWidget(), Qt.Key.Key_Return)
    context.settle()
    assert sheet.form.field("given_name").refused == "Enter a first or a last name."
    type_into(sheet.form.field("given_name").editor, "Ngozi")
    type_into(sheet.form.field("family_name").editor, "Obi")
    type_into(sheet.form.field("birth_date").editor, "1/2/2030")
    QTest.keyClick(sheet.form.field("birth_date").editor, Qt.Key.Key_Return)
    context.settle()
    assert "yet to come" in sheet.form.field("birth_date").refused
    assert sheet.focusWidget() is sheet.form.field("birth_date").editor
    sheet.form.field("birth_date").editor.clear()  # type: ignore[attr-defined]
    type_into(sheet.form.field("caseload_reason").editor, "Teacher referral")
    QTest.keyClick(sheet.form.field("caseload_reason").editor, Qt.Key.Key_Return)
    context.settle()
    page, made = context.went[-1]
    assert page == "student"
    assert context.desk.caseload.student(StudentId(made)).mine_since == "2026-11-20"
    notice = context.notices.shown()[-1]
    assert notice.can_undo
    notice.take_back()
    context.settle()
    assert context.desk.caseload.page(StudentFilter(Scope.ALL))[1] == 4


def test_a_likely_double_is_saved_only_when_one_insists(context: FakeContext) -> None:
    context.desk.caseload.add_student(AddStudent(Profile("Mina", "Okafor", student_number="7")))
    page_of(context, "add")
    sheet = context.sheet()
    type_into(sheet.form.field("given_name").editor, "Ana")
    type_into(sheet.form.field("student_number").editor, "7")
    assert not sheet.anyway_button.isVisible()
    sheet.save_button.click()
    context.settle()
    assert "Mina Okafor" in sheet.form.field("student_number").refused
    assert sheet.anyway_button.isVisible()
    sheet.anyway_button.click()
    context.settle()
    assert context.desk.caseload.page(StudentFilter(Scope.ALL))[1] == 2


def test_a_selection_is_taken_off_together_and_undo_puts_it_back(context: FakeContext) -> None:
    filled(context)
    page = page_of(context)
    page.view.go_to_list()
    QTest.keyClick(page.view.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert page.view.doing.selected.text() == "4 selected"
    assert not page.view.doing.buttons["open"].isEnabled()
    page.view.doing.buttons["take_off"].click()
    sheet = context.sheet()
    QTest.keyClick(sheet.focusWidget(), Qt.Key.Key_Return)
    context.settle()
    assert sheet.form.field("reason").refused
    type_into(sheet.form.field("reason").editor, "Goals met")
    QTest.keyClick(sheet.form.field("reason").editor, Qt.Key.Key_Return)
    context.settle()
    assert context.desk.caseload.page(StudentFilter())[1] == 0
    context.notices.undo_newest()
    context.settle()
    assert context.desk.caseload.page(StudentFilter())[1] == 4


def test_a_selection_longer_than_memory_is_asked_for_in_the_order_of_the_list(
    context: FakeContext,
) -> None:
    students = filled(context)
    page = page_of(context)
    page.view.go_to_list()
    page.view.table.selectAll()
    expected = [row.id for row in context.desk.caseload.page(StudentFilter())[0]]
    asked: list[list[StudentId]] = []
    page.view.model._pages._pages.clear()
    page._with_selected(lambda ids, who: asked.append([*ids]))
    context.settle()
    assert asked == [expected]
    assert set(expected) == set(students)


def test_a_tier_is_decided_for_a_selection_only_once_it_is_chosen(context: FakeContext) -> None:
    students = filled(context)
    page = page_of(context)
    page.view.go_to_list()
    page.view.table.selectAll()
    page.view.doing.buttons["tier"].click()
    sheet = context.sheet()
    sheet.form.field("reason").editor.set_text("Team meeting")  # type: ignore[attr-defined]
    sheet.save_button.click()
    context.settle()
    assert sheet.form.field("tier").refused == "Choose a tier."
    sheet.form.field("tier").editor.set_value(Tier.TARGETED)  # type: ignore[attr-defined]
    sheet.save_button.click()
    context.settle()
    assert {context.desk.caseload.student(s).tier for s in students} == {Tier.TARGETED}
    assert not context.notices.shown()[-1].can_undo


@pytest.mark.parametrize("size", [(1040, 720), (700, 640)])
def test_every_control_has_a_name_and_nothing_is_cut_off(
    context: FakeContext, scale: float, size: tuple[int, int]
) -> None:
    filled(context)
    context.resize(*size)
    page = page_of(context)
    context.resize(*size)
    QApplication.processEvents()
    assert walk(page) > 8
    assert not clipped(page)
    assert not small_targets(page)


def test_words_may_be_forty_percent_longer(context: FakeContext, pseudo: None) -> None:
    filled(context)
    page = page_of(context)
    context.resize(1040, 720)
    QApplication.processEvents()
    assert not clipped(page)
