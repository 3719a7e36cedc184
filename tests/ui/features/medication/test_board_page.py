from context import FakeContext
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.features.medication.commands import RecordDose
from app.features.medication.model.doses import Outcome, SlotState
from app.kernel.ids import StudentId
from nurse_desk import AS_NEEDED, NurseDesk
from ui.features.medication.presenter.board import BoardPage

NAMES = [("Mateo", "Ocampo"), ("Ines", "Fadel"), ("Liv", "Aune"), ("Noor", "Haddad")]


def children(nurse: NurseDesk, count: int = len(NAMES)) -> list[StudentId]:
    """Put students with a dose at 11:45 each into the vault, and stock for it."""
    made = []
    for number in range(count):
        given, family = NAMES[number] if number < len(NAMES) else (f"Kim{number}", f"Ode{number}")
        student = nurse.student(given, family, str(20_000 + number))
        nurse.stock(nurse.order(student))
        made.append(student)
    return made


def board_of(context: FakeContext) -> BoardPage:
    page = context.put(BoardPage)
    assert isinstance(page, BoardPage)
    return page


def shown(page: BoardPage) -> list[str]:
    entries = page.view.list.entries
    return [entry.title for at in range(entries.total()) if (entry := entries.entry(at))]


def outcomes(nurse: NurseDesk) -> dict[SlotState, int]:
    return nurse.desk.medication.doses.board().counts()


def test_sixty_children_at_the_door_take_one_key_each(
    nurse: NurseDesk, context: FakeContext
) -> None:
    children(nurse, 60)
    nurse.set("2026-11-20T11:40")
    page = board_of(context)
    assert len(shown(page)) == 60
    assert QApplication.focusWidget() is page.view.list
    for _ in range(60):
        QTest.keyClick(page.view.list, Qt.Key.Key_G)
    context.settle()
    assert outcomes(nurse) == {SlotState.GIVEN: 60}
    assert shown(page) == []
    assert context.errors == []
    assert not page.view.empty.isHidden()


def test_pressing_twice_before_the_answer_is_here_records_nobody_twice(
    nurse: NurseDesk, context: FakeContext
) -> None:
    student = children(nurse, 1)[0]
    nurse.set("2026-11-20T11:45")
    page = board_of(context)
    QTest.keyClick(page.view.list, Qt.Key.Key_G)
    QTest.keyClick(page.view.list, Qt.Key.Key_G)
    context.settle()
    rows = nurse.desk.medication.doses.doses_of(student, "2026-11-20", "2026-11-20")
    assert [row.dose.outcome for row in rows] == [Outcome.GIVEN]


def test_undo_within_the_minute_stands_as_entered_in_error(
    nurse: NurseDesk, context: FakeContext
) -> None:
    student = children(nurse, 1)[0]
    nurse.set("2026-11-20T11:45")
    page = board_of(context)
    QTest.keyClick(page.view.list, Qt.Key.Key_G)
    context.settle()
    QTest.keyClick(page.view.list, Qt.Key.Key_U)
    context.settle()
    rows = nurse.desk.medication.doses.doses_of(student, "2026-11-20", "2026-11-20")
    assert [row.dose.outcome for row in rows] == [Outcome.IN_ERROR]
    assert shown(page) == ["Ocampo, Mateo"]


def test_not_given_takes_a_code_of_the_field(nurse: NurseDesk, context: FakeContext) -> None:
    children(nurse, 2)
    nurse.set("2026-11-20T11:45")
    page = board_of(context)
    QTest.keyClick(page.view.list, Qt.Key.Key_N)
    chip = QApplication.focusWidget()
    assert chip is not None
    QTest.keyClick(chip, Qt.Key.Key_Space)
    QTest.keyClick(chip, Qt.Key.Key_Return)
    context.settle()
    assert outcomes(nurse) == {SlotState.NOT_GIVEN: 1, SlotState.DUE: 1}
    assert QApplication.focusWidget() is page.view.list


def test_what_stops_a_dose_is_said_beside_it_and_asks_for_a_reason(
    nurse: NurseDesk, context: FakeContext
) -> None:
    student = nurse.student()
    order = nurse.order(student, times=("11:45", "12:15"), min_hours="4")
    nurse.stock(order)
    nurse.set("2026-11-20T11:45")
    nurse.desk.medication.doses.record_dose(RecordDose(order, student, "2026-11-20", "11:45"))
    nurse.set("2026-11-20T12:10")
    page = board_of(context)
    assert not page.view.panel.why.isHidden()
    QTest.keyClick(page.view.list, Qt.Key.Key_G)
    context.settle()
    assert outcomes(nurse)[SlotState.GIVEN] == 1
    assert QApplication.focusWidget() is page.view.panel.reason
    QTest.keyClicks(page.view.panel.reason, "Dr. Ito on the phone")
    QTest.keyClick(page.view.panel.reason, Qt.Key.Key_Return)
    context.settle()
    assert outcomes(nurse)[SlotState.GIVEN] == 2


def test_a_scanned_card_finds_the_child_and_one_key_gives(
    nurse: NurseDesk, context: FakeContext
) -> None:
    children(nurse)
    nurse.set("2026-11-20T11:45")
    page = board_of(context)
    QTest.keyClick(page.view.list, Qt.Key.Key_2)
    for digit in "0002":
        QTest.keyClick(page.view.search, digit)
    QTest.keyClick(page.view.search, Qt.Key.Key_Return)
    context.settle()
    assert shown(page) == ["Aune, Liv"]
    QTest.keyClick(page.view.list, Qt.Key.Key_G)
    context.settle()
    assert outcomes(nurse)[SlotState.GIVEN] == 1


def test_a_dose_as_needed_asks_why_and_what_was_seen(
    nurse: NurseDesk, context: FakeContext
) -> None:
    student = nurse.student()
    nurse.stock(nurse.order(student, AS_NEEDED))
    page = board_of(context)
    page.view.parts.set_value("prn")
    page.view.turned.emit("prn")
    page.view.search.setText("oca")
    page.view.sought.emit("oca")
    context.settle()
    assert shown(page) == ["Ocampo, Mateo"]
    page.view.list.setFocus()
    QTest.keyClick(page.view.list, Qt.Key.Key_G)
    assert QApplication.focusWidget() is page.view.panel.purpose
    QTest.keyClicks(page.view.panel.purpose, "Headache since ten")
    page.view.panel.assessment.setText("Pain 6 of 10")
    QTest.keyClick(page.view.panel.purpose, Qt.Key.Key_Return)
    context.settle()
    rows = nurse.desk.medication.doses.doses_of(student, "2026-11-20", "2026-11-20")
    assert [(row.dose.reason, row.dose.assessment) for row in rows] == [
        ("Headache since ten", "Pain 6 of 10")
    ]


def test_a_dose_whose_window_passed_is_missed_and_never_given_by_itself(
    nurse: NurseDesk, context: FakeContext
) -> None:
    children(nurse, 1)
    nurse.set("2026-11-20T13:30")
    board_of(context)
    context.settle()
    context.settle()
    assert outcomes(nurse) == {SlotState.MISSED: 1}


def test_a_room_narrows_the_board(nurse: NurseDesk, context: FakeContext) -> None:
    made = children(nurse)
    with nurse.desk.records.transaction() as tx:
        for number, (student, room) in enumerate(zip(made, ("12", "14", "12", "14"), strict=True)):
            tx.execute(
                "INSERT INTO class (id, title, kind, location, source, source_id)"
                " VALUES (?, 'Homeroom', 'homeroom', ?, 'test', ?)",
                (f"class-{number}", room, f"class-{number}"),
            )
            tx.execute(
                "INSERT INTO enrollment (source, source_id, class_id, student_id, role)"
                " VALUES ('test', ?, ?, ?, 'student')",
                (f"enrollment-{number}", f"class-{number}", student),
            )
        tx.journal("ImportRoster", "roster", "test")
    nurse.set("2026-11-20T11:40")
    page = board_of(context)
    assert len(shown(page)) == 4
    assert not page.view.rooms.isHidden()
    page.view.rooms.setFocus()
    QTest.keyClicks(page.view.rooms, "room 1")
    QTest.keyClick(page.view.rooms, Qt.Key.Key_Down)
    context.settle()
    assert [page.view.rooms.value(), len(shown(page))] == ["14", 2]
    page.view.rooms.set_value("")
    context.settle()
    assert len(shown(page)) == 4
