"""The page of sole-possession notes: written, purged, or turned into a record in the open."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout

from app.features.sessions.commands import (
    KeepSoleNote,
    PurgeSoleNote,
    SaveSoleNote,
    TurnIntoRecord,
    WriteSoleNote,
)
from app.features.sessions.repo import SoleLine, StudentLine
from app.features.sessions.service import SessionsService
from app.kernel.changes import Changed, Kind
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, new_id
from app.kernel.words import _
from ui.features.sessions import said
from ui.features.sessions.autosave import Autosave
from ui.features.sessions.presenter.note import StudentFound, found_entries, spoken_name
from ui.features.sessions.view.sole import SoleView
from ui.kit.look import Kind as Mark
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.dialogs import ask
from ui.kit.widgets.lists import Entry


@dataclass(frozen=True, slots=True)
class _Open:
    """The note on the page: what was typed, and whether the vault has it."""

    id: str
    student_id: StudentId | None = None
    text: str = ""
    about_on: str = ""
    purge_on: str = ""
    stored: bool = False
    facts_changed: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    lines: list[SoleLine]
    student: StudentLine | None


class SolePage(PageWidget):
    """One's own compartment: a list, and one note open beside it."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._open: _Open | None = None
        self._wanted = ""
        self._lines: list[SoleLine] = []
        self._arrived = False
        self.view = SoleView(context.today)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self._autosave = Autosave(self._save, self)
        self.view.new_note.connect(lambda: context.go("sole", "new:"))
        self.view.list.opened.connect(lambda entry: context.go("sole", entry.id))
        self.view.edited.connect(self._edited)
        self.view.student.sought.connect(self._find)
        self.view.student.picked.connect(self._pick)
        self.view.purge.connect(self.purge)
        self.view.keep.connect(self.keep)
        self.view.into_record.connect(self.turn_into_record)

    @property
    def _sessions(self) -> SessionsService:
        return self._context.desk.sessions

    # -- coming and going ------------------------------------------------------------

    def show_subject(self, subject: str) -> None:
        """Show a note by its id, `new:` or `new:STUDENT` for one that begins, or the list alone."""
        self.flush()
        self._arrived = False
        about, _colon, of = subject.partition(":")
        self._open = None
        self._wanted = ""
        if about == "new":
            self._begin(StudentId(of) if of else None)
        else:
            self._wanted = subject
            self.view.show_none()
            self._reload()

    def arrive(self) -> None:
        """Put the focus where writing goes on, or on the list."""
        self._arrived = True
        self._focus()

    def heed(self, changed: Changed) -> None:
        """Look again when one's notes changed."""
        if changed.meets({Kind.SOLE_NOTE, Kind.STUDENT}) and self.isVisible():
            self._reload()

    def flush(self) -> None:
        """Save what was typed, now."""
        self._autosave.flush()

    def state(self) -> dict[str, str]:
        """Return which note is open."""
        return {"note": self._open.id} if self._open and self._open.stored else {}

    def restore(self, state: Mapping[str, str]) -> None:
        """Go back to the note that was open."""
        if state.get("note") and self._wanted:
            self._wanted = state["note"]
            self._reload()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self._context.back()
            return
        super().keyPressEvent(event)

    def _focus(self) -> None:
        if self._open is None:
            self.view.list.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._open.student_id is None and not self._open.text:
            self.view.student.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.view.text.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- showing ---------------------------------------------------------------------

    def _begin(self, student: StudentId | None) -> None:
        today = self._context.today().isoformat()

        def look_up() -> tuple[str, StudentLine | None]:
            sessions = self._context.desk.sessions
            return sessions.usual_purge_day(today), sessions.student(student) if student else None

        def done(found: tuple[str, StudentLine | None]) -> None:
            purge_on, line = found
            self._open = _Open(new_id(), student, "", today, purge_on)
            self._show_open(line)
            self._reload()

        self._context.tasks.read(look_up, done, owner=self)

    def _reload(self) -> None:
        today = self._context.today().isoformat()
        wanted = self._wanted

        def look_up() -> _Found:
            sessions = self._context.desk.sessions
            lines = sessions.sole_notes(today)
            note = next((line.note for line in lines if line.note.id == wanted), None)
            student = sessions.student(note.student_id) if note and note.student_id else None
            return _Found(lines, student)

        if wanted:
            # In the order of the writes: a note that was just left is saved before it is read.
            self._context.tasks.write(look_up, self._show, owner=self)
        else:
            self._context.tasks.read(look_up, self._show, key="sole-page", owner=self)

    def _show(self, found: _Found | None) -> None:
        if found is None:
            return
        self._lines = found.lines
        wanted, self._wanted = self._wanted, ""
        line = next((line for line in found.lines if line.note.id == wanted), None)
        if line is not None:
            note = line.note
            self._open = _Open(
                note.id, note.student_id, note.text, note.about_on, note.purge_on, stored=True
            )
            self._show_open(found.student)
        self.view.show_list([_entry(each) for each in found.lines], writing=self._open is not None)
        if self._open is not None:
            self.view.list.go_to(self.view.list.entries.place_of(self._open.id))
            self._show_prompt()
        if line is not None and self._arrived:
            self._focus()

    def _show_open(self, student: StudentLine | None) -> None:
        note = self._open
        if note is None:
            return
        self.view.student.set_student(
            student.id if student else "",
            student.name if student else "",
            said.grade_and_school(student.grade, student.school, student.number) if student else "",
        )
        self.view.show_note(_day(note.about_on), _day(note.purge_on), note.text)
        self.view.show_stored(on=note.stored)
        self.view.status.setText(_("Kept in the vault as you type"))
        self._show_prompt()
        self.view.show_list([_entry(line) for line in self._lines], writing=True)
        if self._arrived:
            self._focus()

    def _show_prompt(self) -> None:
        purge = next(
            (line.purge for line in self._lines if self._open and line.note.id == self._open.id),
            "",
        )
        sentence = ""
        if purge == "due":
            sentence = _("The day to purge this note has come. Purge it, or keep it on purpose.")
        elif purge == "left":
            sentence = _("The student has left. Purge this note, or keep it on purpose.")
        self.view.show_prompt(sentence)

    # -- typing ----------------------------------------------------------------------

    def _edited(self, name: str) -> None:
        note = self._open
        if note is None or name == "student":
            return
        about, purge = self.view.about_on.value(), self.view.purge_on.value()
        changed = replace(
            note,
            text=self.view.text.text(),
            about_on=about.isoformat() if about else "",
            purge_on=purge.isoformat() if purge else "",
            facts_changed=note.facts_changed or name != "text",
        )
        self._typed(changed)

    def _typed(self, note: _Open) -> None:
        self._open = note
        if note.stored or note.text.strip():
            self._autosave.touch()

    def _find(self, text: str) -> None:
        find: Callable[[str, int], Sequence[StudentFound]] = self._context.desk.caseload.find

        def done(found: Sequence[StudentFound] | None) -> None:
            if found is not None:
                self.view.student.show_found(text, found_entries(found))

        self._context.tasks.read(lambda: find(text, 8), done, key="sole-student", owner=self)

    def _pick(self, student: str) -> None:
        picker = self.view.student
        entry = picker.found.entries.entry(picker.found.entries.place_of(student))
        if self._open is None or entry is None:
            return
        picker.set_student(student, spoken_name(entry.subject), entry.text)
        self._typed(replace(self._open, student_id=StudentId(student), facts_changed=True))
        self.view.text.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- saving ----------------------------------------------------------------------

    def _save(self) -> None:
        note = self._open
        if note is None:
            return
        if note.stored and not note.facts_changed:
            operation = partial(self._sessions.save_sole_note, SaveSoleNote(note.id, note.text))
        else:
            operation = partial(
                self._sessions.write_sole_note,
                WriteSoleNote(note.id, note.student_id, note.text, note.about_on, note.purge_on),
            )
        self._open = replace(note, stored=True, facts_changed=False)
        self._context.tasks.write(
            operation, partial(self._saved, note.id), partial(self._not_saved, note), owner=self
        )

    def _saved(self, note_id: str, _changed: object) -> None:
        if self._open is not None and self._open.id == note_id:
            at = said.clock_time(self._context.desk.clock.now().wall())
            self.view.status.setText(_("Saved in the vault {time}").format(time=at))
            self.view.status.set_ink("muted")
            self.view.show_stored(on=True)

    def _not_saved(self, note: _Open, error: Exception) -> None:
        if self._open is not None and self._open.id == note.id:
            self._open = replace(
                self._open,
                stored=note.stored and self._open.stored,
                facts_changed=note.facts_changed or self._open.facts_changed,
            )
            self.view.status.setText(_("Not saved yet"))
            self.view.status.set_ink("bad")
        self._failed(error)

    def _failed(self, error: Exception) -> None:
        from app.phrases import sentence

        if not (isinstance(error, Refused) and self.view.refuse(error.field, sentence(error))):
            self._context.say(error)

    # -- what becomes of it ----------------------------------------------------------

    def purge(self) -> None:
        """Destroy the note after saying that nothing brings it back."""
        note = self._open
        if note is None or not note.stored:
            return
        if not ask(
            self,
            _("Purge this note?"),
            _(
                "Its text is destroyed in the vault and cannot be brought back. The journal keeps"
                " only that there was a note and when it was purged. Backups made earlier still"
                " hold it until they are replaced."
            ),
            _("&Purge the note"),
            _("Keep it"),
        ):
            return
        self._autosave.stop()
        self._open = None
        self._context.tasks.write(
            partial(self._sessions.purge_sole_note, PurgeSoleNote(note.id)),
            lambda _changed: self._gone(_("The note was purged.")),
            self._failed,
            owner=self,
        )

    def _gone(self, sentence: str) -> None:
        self.view.show_note(None, None, "")
        self.view.show_none()
        self._context.notices.say(sentence)
        self._reload()
        self.view.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def keep(self) -> None:
        """Answer the purge prompt: keep the note for another year."""
        note = self._open
        if note is None or not note.stored:
            return
        today = self._context.today()
        try:
            until = today.replace(year=today.year + 1)
        except ValueError:
            until = today.replace(year=today.year + 1, day=28)

        def done(_changed: Changed) -> None:
            if self._open is not None and self._open.id == note.id:
                self._open = replace(self._open, purge_on=until.isoformat())
                self.view.show_purge_on(until)
            self._context.notices.say(
                _("Kept. It asks again on {day}.").format(day=said.day(until.isoformat()))
            )

        self._context.tasks.write(
            partial(self._sessions.keep_sole_note, KeepSoleNote(note.id, until.isoformat())),
            done,
            self._failed,
            owner=self,
        )

    def turn_into_record(self) -> None:
        """Begin a record note from this one, after saying what that means."""
        note = self._open
        if note is None or not note.stored:
            return
        if not ask(
            self,
            _("Turn it into a record note?"),
            _(
                "A session note is begun with this text. Once you sign it, it belongs to the"
                " student’s education record, parents may ask to see it, and this note leaves"
                " your compartment. Until then nothing changes here."
            ),
            _("&Begin the record note"),
            _("Keep it to myself"),
            danger=False,
        ):
            return
        self.flush()
        self._context.tasks.write(
            partial(self._sessions.turn_into_record, TurnIntoRecord(note.id)),
            lambda changed: self._context.go("note", changed.made),
            self._failed,
            owner=self,
        )


def _entry(line: SoleLine) -> Entry:
    chips = ((_("Purge?"), Mark.WARN),) if line.purge else ()
    return Entry(
        line.note.id,
        line.student or _("About nobody in particular"),
        _("Asks to be purged on {day}").format(day=said.day(line.note.purge_on)),
        said.day(line.note.about_on),
        "sole",
        chips,
        kind=Mark.SOLE,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
