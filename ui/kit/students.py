"""Asks for a student by a few letters or a number, from any room."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from app.kernel.ids import StudentId
from app.overviews.reports.wording import spoken_grade
from ui.kit.room import Context
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.pupil import PupilSheet

_FOUND = 12


def pick_student(
    context: Context, page: QWidget, title: str, then: Callable[[StudentId, str], None]
) -> None:
    """Ask for a student; go on with their id and their name."""
    sheet = PupilSheet(title, parent=page)

    def seek(text: str) -> None:
        if text.strip():
            context.tasks.read(
                partial(context.desk.caseload.find, text, _FOUND),
                lambda found: sheet.show_found(
                    [
                        Entry(
                            hit.id,
                            hit.name,
                            " · ".join(
                                part
                                for part in (spoken_grade(hit.grade), hit.school, hit.number)
                                if part
                            ),
                            icon="student",
                        )
                        for hit in found
                    ]
                ),
                context.say,
                key="students-found",
                owner=sheet,
            )

    sheet.sought.connect(seek)
    sheet.picked.connect(lambda entry: then(StudentId(entry.id), entry.title))
    sheet.finished.connect(sheet.deleteLater)
    sheet.open()
