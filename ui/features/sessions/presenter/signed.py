"""The page of a signed note: reading it, and adding to it."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout

from app.features.privacy.commands import ViewNote
from app.features.privacy.labels import Labelled
from app.features.sessions.commands import FinishFollowUp, ReopenFollowUp
from app.features.sessions.model import Addition, DraftKind, Section
from app.features.sessions.service import NoteSheet
from app.kernel.changes import Changed, Kind
from app.kernel.words import _
from ui.features.sessions import said
from ui.features.sessions.view.signed import AdditionShown, SignedShown, SignedView, Told
from ui.kit.room import Context, PageWidget


class SignedPage(PageWidget):
    """A signed note: nothing on this page changes it."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._subject = ""
        self._sheet: NoteSheet | None = None
        self._scroll = 0
        self.view = SignedView()
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self.view.addendum.connect(lambda: self._add(DraftKind.ADDENDUM))
        self.view.amendment.connect(lambda: self._add(DraftKind.AMENDMENT))
        self.view.student_asked.connect(self._go_to_student)
        self.view.follow_up_done.connect(self._finish)

    def show_subject(self, subject: str) -> None:
        """Show the signed note with this id."""
        self._subject = subject
        self._scroll = 0
        self._reload()

    def arrive(self) -> None:
        """Put the focus on the text, so that the arrow keys read on."""
        self.view.area.setFocus(Qt.FocusReason.OtherFocusReason)

    def heed(self, changed: Changed) -> None:
        """Look again when something was added or done."""
        if self._subject and changed.meets({Kind.NOTE, Kind.FOLLOW_UP, Kind.STUDENT}):
            self._reload()

    def state(self) -> dict[str, str]:
        """Return how far down one is."""
        return {"scroll": str(self.view.area.verticalScrollBar().value())}

    def restore(self, state: Mapping[str, str]) -> None:
        """Go back to where one was."""
        self._scroll = int(state.get("scroll", "0"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self._context.back()
            return
        super().keyPressEvent(event)

    def _reload(self) -> None:
        self._context.tasks.read(
            partial(self._context.desk.sessions.note_sheet, self._subject),
            self._show,
            key="signed-note",
            owner=self,
        )

    def _show(self, sheet: NoteSheet | None) -> None:
        if sheet is None or sheet.note.id != self._subject:
            return
        self._sheet = sheet
        note_look(self._context, sheet)
        self.view.show_note(shown_note(sheet))
        self.view.label_button.show_record(self._context, Labelled.NOTE, sheet.note.id)
        if self._scroll:
            self.view.area.verticalScrollBar().setValue(self._scroll)

    def _add(self, kind: DraftKind) -> None:
        if self._sheet is not None:
            self._context.go("note", f"{kind.value}:{self._sheet.note.id}")

    def _go_to_student(self) -> None:
        if self._sheet is not None:
            self._context.go("student", self._sheet.note.student_id)

    def _finish(self) -> None:
        if self._sheet is None or self._sheet.follow_up is None:
            return
        sessions, tasks = self._context.desk.sessions, self._context.tasks
        step = self._sheet.follow_up.id
        undo = partial(tasks.write, partial(sessions.reopen_follow_up, ReopenFollowUp(step)))
        tasks.write(
            partial(sessions.finish_follow_up, FinishFollowUp(step)),
            lambda _changed: self._tell(_("The next step is done."), undo),
            owner=self,
        )

    def _tell(self, sentence: str, undo: Callable[[], None]) -> None:
        self._context.notices.say(sentence, undo=undo)


def note_look(context: Context, sheet: NoteSheet) -> None:
    """Write down that another's note was opened; nothing that is shown waits for it."""
    privacy, look = context.desk.privacy, ViewNote(sheet.note.student_id, sheet.note.id)

    def failed(error: Exception) -> None:
        if getattr(error, "code", "") != "vault-read-only":
            context.say(error)

    if not sheet.mine and not privacy.is_noted(look):
        context.tasks.write(partial(privacy.view_note, look), failed=failed)


def shown_note(sheet: NoteSheet) -> SignedShown:
    """Return a signed note in the words its page shows."""
    note = sheet.note
    facts = [
        (_("Service"), note.service_label),
        (_("Attendance"), _(said.ATTENDANCE[note.attendance])),
        (_("Why it did not take place"), note.attendance_reason),
        (_("Place"), " · ".join(p for p in (_(said.PLACES[note.place]), sheet.school) if p)),
        (_("Who else was present"), note.present),
        (_("Interventions"), ", ".join(note.interventions)),
    ]
    late = ""
    if note.late:
        late = _("{reason} Session {began}; signed {signed}.").format(
            reason=_sentence(note.late_reason),
            began=said.when(note.started),
            signed=said.when(note.signed),
        )
    signed = _("Signed by {name}, {time}").format(
        name=sheet.makers[note.person_id], time=said.when(note.signed)
    )
    if sheet.clock_behind:
        signed = _("{signed}. The computer's clock was behind.").format(signed=signed)
    follow_up = ""
    if sheet.follow_up is not None:
        follow_up = _("{step} (due {day})").format(
            step=sheet.follow_up.text, day=said.day(sheet.follow_up.due_on)
        )
    return SignedShown(
        student=sheet.student.name,
        student_detail=said.grade_and_school(sheet.student.grade, sheet.student.school),
        session=" · ".join((said.when(note.started), said.minutes(note.minutes))),
        facts=tuple(Told(title, text) for title, text in facts if text),
        reading=_told(sheet.reading()),
        original=_told(note.sections),
        signed=signed,
        late=late,
        from_sole=note.from_sole,
        amended=any(a.kind is DraftKind.AMENDMENT for a in sheet.additions),
        additions=tuple(_addition(sheet, addition) for addition in sheet.additions),
        follow_up=follow_up,
        follow_up_done=bool(sheet.follow_up and sheet.follow_up.done_at),
        may_amend=sheet.mine,
    )


def _addition(sheet: NoteSheet, addition: Addition) -> AdditionShown:
    return AdditionShown(
        amendment=addition.kind is DraftKind.AMENDMENT,
        heading=_("{name}, {time}").format(
            name=sheet.makers[addition.person_id], time=said.when(addition.signed)
        ),
        reason=addition.reason,
        sections=_told(addition.sections),
    )


def _told(sections: Sequence[Section]) -> tuple[Told, ...]:
    return tuple(Told(section.title, section.text) for section in sections)


def _sentence(text: str) -> str:
    return text if text[-1:] in ".?" else f"{text}."
