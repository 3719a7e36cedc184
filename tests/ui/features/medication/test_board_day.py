"""Beside the doses: days without school, doses at home, the clock, the rights, pictures, the year's end."""

from pathlib import Path

import pytest
from context import FakeContext
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget

from app.features.medication.model.doses import By, SlotState, Source
from app.features.medication.model.orders import OrderState
from app.features.people.commands import ChangeSetting
from app.kernel.errors import Refused
from nurse_desk import AS_NEEDED, NurseDesk
from ui.features.medication.presenter import picture
from ui.features.medication.presenter.board import BoardPage
from ui.features.medication.presenter.order import OrderPage
from ui.features.medication.presenter.orders import OrdersPage
from ui.kit.widgets.entry_sheet import EntrySheet
from ui.kit.widgets.headings import Muted, Words


def board_of(context: FakeContext) -> BoardPage:
    page = context.put(BoardPage)
    assert isinstance(page, BoardPage)
    return page


def shown(page: QWidget) -> list[str]:
    return [label.text() for label in page.findChildren(Words) if label.isVisible()]


def labels(page: QWidget) -> list[str]:
    return [label.text() for label in page.findChildren(Muted) if label.isVisible()]


def test_a_day_without_school_asks_for_no_dose_and_is_taken_back(
    nurse: NurseDesk, context: FakeContext
) -> None:
    nurse.order(nurse.student())
    nurse.set("2026-11-20T11:45")
    page = board_of(context)
    assert page.view.school_after_all.isHidden()
    page.view.no_school.click()
    context.settle()
    sheet = context.fill()
    assert sheet.form.field("reason").refused
    context.fill(reason="Snow")
    assert nurse.room.doses.board().counts() == {SlotState.NO_SCHOOL: 1}
    assert not page.view.school_after_all.isHidden()
    context.notices.undo_newest()
    context.settle()
    assert nurse.room.doses.board().counts() == {SlotState.DUE: 1}
    page.view.no_school.click()
    context.settle()
    context.fill(reason="Snow")
    page.view.school_after_all.click()
    context.settle()
    assert nurse.room.doses.board().counts() == {SlotState.DUE: 1}


def test_a_dose_at_home_counts_and_takes_nothing_from_the_shelf(
    nurse: NurseDesk, context: FakeContext
) -> None:
    student = nurse.student()
    order = nurse.order(student, AS_NEEDED)
    container = nurse.stock(order, "10")
    nurse.set("2026-11-20T09:00")
    page = board_of(context)
    page.view.parts.set_value("prn")
    page.view.turned.emit("prn")
    page.view.sought.emit("oca")
    context.settle()
    assert not page.view.panel.home.isHidden()
    page.view.panel.home.click()
    context.settle()
    sheet = context.fill(giver="Rosa Ocampo")
    assert sheet.form.field("at").refused
    context.fill(at="07:10")
    (dose,) = [one.dose for one in nurse.room.doses.doses_of(student, "2026-11-20", "2026-11-20")]
    assert (dose.source, dose.given_by, dose.giver) == (Source.HOME, By.GUARDIAN, "Rosa Ocampo")
    assert nurse.room.stock.ledger(container).held.balance == 10_000
    (line,) = nurse.room.doses.prn(student)
    assert line.next_at is not None


def test_a_jump_of_the_clock_stands_until_somebody_has_checked_the_time(
    nurse: NurseDesk, context: FakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nurse.room._room, "_passed", lambda: 0.0)
    nurse.order(nurse.student())
    page = board_of(context)
    assert page.view.checked_time.isHidden()
    nurse.set("2026-11-20T10:00")
    context.show_page(page)
    assert "clock has just jumped" in page.view.clock.text()
    page.view.checked_time.click()
    context.settle()
    assert page.view.checked_time.isHidden()
    assert "jumped" not in page.view.clock.text()


@pytest.mark.parametrize(
    ("number", "more"),
    [("5", []), ("6", ["Documentation"]), ("8", ["Documentation", "Reason", "Response"])],
)
def test_the_rights_on_the_board_follow_the_setting(
    nurse: NurseDesk, context: FakeContext, number: str, more: list[str]
) -> None:
    nurse.order(nurse.student())
    nurse.desk.people.change_setting(ChangeSetting("medication_rights", number))
    nurse.set("2026-11-20T11:45")
    page = board_of(context)
    rights = [
        text
        for text in labels(page.view.panel)
        if text
        in {"Student", "Medicine", "Dose", "Route", "Time", "Documentation", "Reason", "Response"}
    ]
    assert rights == ["Student", "Medicine", "Dose", "Route", "Time", *more]


def test_a_picture_is_kept_small_and_without_what_the_camera_wrote(
    nurse: NurseDesk, context: FakeContext, tmp_path: Path
) -> None:
    student = nurse.student()
    order = nurse.order(student)
    photo = QImage(QSize(3000, 2000), QImage.Format.Format_RGB32)
    photo.fill(QColor(120, 90, 60))
    photo.setText("Comment", "Ocampo, 14 Alder Street")
    assert photo.save(str(tmp_path / "camera.png"))
    assert b"Alder" in (tmp_path / "camera.png").read_bytes()
    page = context.put(OrderPage, order)
    assert isinstance(page, OrderPage)
    assert page.view.buttons["no_photo"].isHidden()
    pupil = nurse.room.orders.pupil(student)
    before = {path.name for path in tmp_path.rglob("*.j*")}
    picture.keep_picture(context, page, pupil, tmp_path / "camera.png")
    context.settle()
    kept = nurse.room.orders.photo(student)
    assert kept is not None
    assert kept[1] == "image/jpeg"
    assert len(kept[0]) <= 256 * 1024
    assert b"Alder" not in kept[0]
    assert QImage.fromData(kept[0]).size() == QSize(480, 320)
    assert {path.name for path in tmp_path.rglob("*.j*")} == before
    assert not page.view.buttons["no_photo"].isHidden()


def test_a_file_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.jpg").write_text("Ocampo, Mateo")
    with pytest.raises(Refused, match="photo-unreadable"):
        picture.small_jpeg(tmp_path / "list.jpg")


def test_a_picture_of_a_few_points_is_not_blown_up(tmp_path: Path) -> None:
    small = QImage(QSize(40, 30), QImage.Format.Format_RGB32)
    small.fill(QColor(0, 0, 0))
    assert small.save(str(tmp_path / "small.png"))
    assert QImage.fromData(picture.small_jpeg(tmp_path / "small.png")).size() == QSize(40, 30)


def test_the_year_is_closed_when_nothing_is_left_or_it_stays_on_purpose(
    nurse: NurseDesk, context: FakeContext
) -> None:
    student = nurse.student()
    order = nurse.order(student)
    nurse.stock(order, "4")
    page = context.put(OrdersPage)
    assert isinstance(page, OrdersPage)
    page.view.year.click()
    context.settle()
    (sheet,) = [one for one in context.findChildren(EntrySheet) if one.isVisible()]
    assert "1 container is to be returned" in sheet.text.text()
    assert "Ocampo, Mateo: 4 tablets of Methylphenidate 10 mg" in labels(sheet)
    context.fill()
    assert sheet.form.field("leave_stock").refused
    assert nurse.room.orders.order_sheet(order).state is OrderState.ACTIVE
    context.fill(leave_stock=True)
    assert nurse.room.orders.order_sheet(order).state is OrderState.DISCONTINUED
