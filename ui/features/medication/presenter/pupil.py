"""Asks for a student of the room."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.features.medication.repo.orders import Pupil
from app.kernel.words import _
from app.overviews.reports.wording import spoken_day, spoken_grade
from ui.features.medication.view.pupil import PupilSheet
from ui.kit.room import Context
from ui.kit.widgets.lists import Entry


def second_identifiers(pupil: Pupil) -> str:
    """Return what tells a student from another of the same name: birth date, grade, room, building."""
    parts = [
        _("born {day}").format(day=spoken_day(pupil.birth_date)) if pupil.birth_date else "",
        spoken_grade(pupil.grade) if pupil.grade else "",
        _("room {room}").format(room=pupil.room) if pupil.room else "",
        pupil.school,
    ]
    return " · ".join(part for part in parts if part)


def pick_pupil(context: Context, page: QWidget, title: str, then: Callable[[Pupil], None]) -> None:
    """Ask for a student by letters or card, then go on with them."""
    sheet = PupilSheet(title, parent=page)

    def seek(text: str) -> None:
        if text.strip():
            context.tasks.read(
                lambda: context.desk.medication.orders.find_pupils(text),
                lambda found: sheet.show_found([_entry(pupil) for pupil in found]),
                context.say,
                key="pupils",
                owner=sheet,
            )

    sheet.sought.connect(seek)
    sheet.picked.connect(lambda entry: then(entry.subject))
    sheet.finished.connect(sheet.deleteLater)
    sheet.open()


def _entry(pupil: Pupil) -> Entry:
    return Entry(
        pupil.id, pupil.listed, second_identifiers(pupil), pupil.number, "student", subject=pupil
    )
