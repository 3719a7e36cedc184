"""The page of a signed session: each member's note is one key away, attendance is corrected."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout

from app.features.groups.commands import CorrectAttendance
from app.features.groups.repo.sessions import AttendingLine
from app.features.groups.service import SessionSheet
from app.features.privacy.model import Record
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Moment
from app.kernel.nouns import Attendance
from app.kernel.words import _
from ui.features.groups import said
from ui.features.groups.view.sheets import CorrectSheet
from ui.features.groups.view.signed import SignedSessionView
from ui.kit.asking import Asker, Entries, about
from ui.kit.look import Kind as Mark
from ui.kit.looks import record_look
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.lists import Entry


class SignedSessionPage(PageWidget):
    """One signed session."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asker = Asker(context, self)
        self._id = ""
        self._sheet: SessionSheet | None = None
        self.view = SignedSessionView()
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self.view.opened.connect(
            lambda entry: context.go("signed", entry.subject.attending.note_id)
        )
        self.view.correct.connect(self._correct)
        self.view.group_asked.connect(self._go_to_group)
        shortcut = QShortcut(QKeySequence("C"), self.view.list)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(lambda: self._correct(self.view.list.entry()))

    def show_subject(self, subject: str) -> None:
        """Show the session with this id."""
        self._id = subject
        self._reload()

    def arrive(self) -> None:
        """Stand on who came."""
        self.view.list.setFocus()

    def heed(self, changed: Changed) -> None:
        """Look again when attendance was corrected."""
        if self.isVisible() and changed.meets({Kind.GROUP_SESSION, Kind.STUDENT}):
            self._reload()

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self._asker.flush()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self._context.back()
            return
        super().keyPressEvent(event)

    def _reload(self) -> None:
        if self._id:
            self._context.tasks.read(
                partial(self._context.desk.groups.signed_session, self._id),
                self._show,
                self._failed,
                key="group-signed",
                owner=self,
            )

    def _failed(self, error: Exception) -> None:
        self._context.say(error)
        self._context.back()

    def _go_to_group(self) -> None:
        if self._sheet is not None:
            self._context.go("group", self._sheet.group.id)

    def _show(self, sheet: SessionSheet | None) -> None:
        if sheet is None or sheet.session.id != self._id:
            return
        self._sheet = sheet
        session = sheet.session
        students = (line.attending.student_id for line in sheet.attending)
        record_look(self._context, session.person_id, Record.GROUP_SESSION, session.id, *students)
        there = sum(
            line.attending.attendance is Attendance.PRESENT for line in sheet.attending
        )  # fmt: skip
        parts = [
            _("Session {number}").format(number=session.number),
            said.when(session.started),
            said.minutes(session.minutes),
            said.service(*sheet.service),
            _(said.PLACES[session.place]),
            sheet.school,
        ]
        self.view.show_session(
            sheet.group.name,
            " · ".join(part for part in parts if part),
            session.sections,
            _("Signed by {maker}, {moment}").format(
                maker=sheet.maker,
                moment=said.when(Moment(session.signed_at, session.signed_zone)),
            ),
            said.came(there, len(sheet.attending)),
            [_entry(line) for line in sheet.attending],
        )
        self.view.offer_correction(on=sheet.mine)

    def _correct(self, entry: object) -> None:
        sheet = self._sheet
        if not isinstance(entry, Entry) or sheet is None or not sheet.mine:
            return
        line: AttendingLine = entry.subject
        groups = self._context.desk.groups

        def act(typed: Entries) -> Callable[[], Changed]:
            return partial(
                groups.correct_attendance,
                CorrectAttendance(
                    line.attending.id,
                    str(typed["attendance"]),
                    typed["reason"],
                    typed["correction"],
                ),
            )

        self._asker.ask(
            CorrectSheet(
                _(
                    "{name}. What was entered stays readable, and an amendment says so in the"
                    " student’s note."
                ).format(name=line.student),
                [(kind.value, said.attendance(kind)) for kind in Attendance],
                line.attending.attendance.value,
                self,
            ),
            act,
            lambda _changed, _entries: self._context.notices.say(
                _("The attendance is corrected. The student’s note has an amendment.")
            ),
            kept=about("attendance", line.attending.id),
        )


def _entry(line: AttendingLine) -> Entry:
    one = line.attending
    chips = [(said.attendance(one.attendance), said.KINDS[one.attendance])]
    detail = ""
    if line.before:
        chips.append((_("Corrected"), Mark.ACCENT))
        was = _("First entered as: {attendance}.").format(
            attendance=said.attendance(line.before[0].attendance)
        )
        detail = _("{was} {reason}").format(was=was, reason=one.correction)
    return Entry(
        one.id,
        line.student,
        one.reason or said.grade(line.grade),
        "",
        "student",
        tuple(chips),
        detail,
        subject=line,
    )
