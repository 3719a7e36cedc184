"""The page of a draft: saved as one types, kept for signing, signed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout

from app.features.plans.model.records import PlanGoal
from app.features.sessions.commands import (
    AddAddendum,
    AmendNote,
    DiscardDraft,
    KeepForSigning,
    MakeSole,
    RestoreDraft,
    SaveDraft,
    SignNote,
    StartDraft,
)
from app.features.sessions.model import (
    Draft,
    DraftKind,
    NoteForm,
    Section,
    Template,
    accepted_minutes,
    in_format,
    is_late,
    started,
    usual_start,
)
from app.features.sessions.naming import OthersNamed
from app.features.sessions.service import Choices, OpenDraft, SessionsService
from app.kernel.changes import Changed, Kind
from app.kernel.errors import Refused
from app.kernel.ids import DraftId, NoteId, StudentId, is_id
from app.kernel.nouns import Attendance
from app.kernel.words import _
from app.overviews.plan_words import spoken_aim
from ui.features.sessions import said
from ui.features.sessions.autosave import Autosave
from ui.features.sessions.presenter.signed import note_look
from ui.features.sessions.view.naming import REPLACE_ALL, ask_about_names
from ui.features.sessions.view.note import NoteView, Part
from ui.kit.look import Kind as Mark
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.dialogs import ask
from ui.kit.widgets.goals import GoalOffered
from ui.kit.widgets.lists import Entry

_FOUND = 8
_NAMES_AFTER_MS = 350
_NEXT_WEEK = timedelta(days=7)


class StudentFound(Protocol):
    """A student as the caseload's finder answers."""

    @property
    def id(self) -> StudentId:
        """The student's id."""
        ...

    @property
    def name(self) -> str:
        """The name, family name first."""
        ...

    @property
    def grade(self) -> str:
        """The grade's code."""
        ...

    @property
    def school(self) -> str:
        """The building's name."""
        ...

    @property
    def number(self) -> str:
        """The student number."""
        ...


def found_entries(found: Sequence[StudentFound]) -> list[Entry]:
    """Return students as the picker lists them."""
    return [
        Entry(
            student.id,
            student.name,
            said.grade_and_school(student.grade, student.school, student.number),
            icon="student",
            subject=student,
        )
        for student in found
    ]


def spoken_name(student: StudentFound) -> str:
    """Return a name as one says it, where the finder gives it as a list sorts it."""
    family, comma, given = student.name.partition(", ")
    return f"{given} {family}" if comma else student.name


class NotePage(PageWidget):
    """One draft at a time: a session note, an addendum or an amendment."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._draft: Draft | None = None
        self._choices: Choices | None = None
        self._late_after = 24
        self._subject = ""
        self._begun: dict[str, str] = {}
        self._unsaved: dict[str, Draft] = {}
        """What the disk did not take, by draft: kept here and tried again until it does."""
        self._told = False
        self._goals_of: StudentId | None = None
        """Whose goals the form offers."""
        self._shown_before = False
        self._return_to: Mapping[str, str] = {}
        self._arrived = False
        self.view = NoteView(context.today)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self._autosave = Autosave(self._save, self)
        self._names_pause = QTimer(self)
        self._names_pause.setSingleShot(True)
        self._names_pause.setInterval(_NAMES_AFTER_MS)
        self._names_pause.timeout.connect(self._names_due)
        self.view.edited.connect(self._edited)
        self.view.student.sought.connect(self._find)
        self.view.student.picked.connect(self._pick)
        self.view.template_chosen.connect(self._switch_template)
        self.view.sign.connect(self.sign)
        self.view.keep.connect(self.keep_for_signing)
        self.view.discard.connect(self.discard)
        self.view.make_sole.connect(self.make_sole)
        for keys, run in (
            ("Ctrl+S", self.keep_for_signing),
            ("Ctrl+Return", self.sign),
            ("Ctrl+Enter", self.sign),
            ("Alt+K", self.view.focus_category),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(run)
        self.view.setEnabled(False)

    @property
    def _sessions(self) -> SessionsService:
        return self._context.desk.sessions

    # -- coming and going ------------------------------------------------------------

    def show_subject(self, subject: str) -> None:
        """Show a draft by its id, or begin one.

        `new:`, `new:STUDENT`, `planned:APPOINTMENT`, `addendum:NOTE`, `amendment:NOTE`; a subject
        that is an id no draft has yet begins a note with that id.
        """
        self.flush()
        self._subject = subject
        self._arrived = False
        self._return_to = {}
        about, _colon, of = subject.partition(":")
        if is_id(subject):
            self._begin(StartDraft(draft_id=DraftId(subject)))
        elif about in {DraftKind.ADDENDUM.value, DraftKind.AMENDMENT.value}:
            self._begin(StartDraft(DraftKind(about), note_id=NoteId(of)))
        elif about == "planned":
            self._begin(StartDraft(planned_id=of))
        else:
            student = StudentId(of) if of else None
            under_way = self._begun.get(subject, "") if student else ""
            self._begin(
                StartDraft(student_id=student, draft_id=DraftId(under_way) if under_way else None)
            )

    def arrive(self) -> None:
        """Put the focus where writing goes on, once the draft is here."""
        self._arrived = True
        if self.view.isEnabled() and not self._go_back():
            self.view.focus_first()

    def heed(self, changed: Changed) -> None:
        """Offer what the lists have now."""
        if changed.meets({Kind.TIME, Kind.SETTING, Kind.MANDATE}):
            self._offer_time()
        if changed.meets({Kind.TEMPLATE, Kind.SCHOOL}):
            self._context.tasks.read(self._sessions.choices, self._take_choices, key="note-choices")

    def flush(self) -> None:
        """Save what was typed, now."""
        self._autosave.flush()

    def state(self) -> dict[str, str]:
        """Return which draft this is and where the cursor stands in it."""
        if self._draft is None or not self._draft.saved_at:
            return {}
        key, position = self.view.focused_section()
        return {
            "draft": self._draft.id,
            "section": key,
            "cursor": str(position),
            "scroll": str(self.view.scroll_place()),
        }

    def restore(self, state: Mapping[str, str]) -> None:
        """Go back to the draft and the place in it; a new note asked for anew stays new."""
        draft_id = state.get("draft", "")
        fresh = self._subject.partition(":")[0] in {"new", ""} and self._shown_before
        if not draft_id or (fresh and draft_id != self._begun.get(self._subject)):
            return
        self._return_to = state
        if draft_id != self._subject:
            self._begin(StartDraft(draft_id=DraftId(draft_id)), only_kept=True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave with Esc; the draft stays."""
        if event.key() == Qt.Key.Key_Escape:
            self._context.back()
            return
        super().keyPressEvent(event)

    # -- the draft -------------------------------------------------------------------

    def _begin(self, command: StartDraft, *, only_kept: bool = False) -> None:
        subject = self._subject

        def look_up() -> tuple[OpenDraft | None, int]:
            sessions, people = self._context.desk.sessions, self._context.desk.people
            hours = people.settings(self._context.desk.seat.person)["late_after_hours"]
            opened = sessions.start_draft(command)
            return (opened if opened.stored or not only_kept else None), int(hours)

        def failed(error: Exception) -> None:
            self._context.say(error)
            self._context.back()

        def done(found: tuple[OpenDraft | None, int]) -> None:
            opened = found[0]
            if opened is not None and subject == self._subject:
                self._late_after = found[1]
                typed = self._unsaved.get(opened.draft.id)
                self._show(opened if typed is None else replace(opened, draft=typed))

        if not only_kept:
            self._draft = None
            self.view.setEnabled(False)
        # Asked in the order of the writes: a draft that was just left is saved before it is read.
        self._context.tasks.write(look_up, done, failed, owner=self)

    def _show(self, opened: OpenDraft) -> None:
        self._draft = opened.draft
        self._shown_before = True
        self._begun[self._subject] = opened.draft.id
        self._offer(opened.choices)
        self.view.show_kind(opened.draft.kind, self._title(opened.draft))
        self._goals_of = None
        self.view.show_values(_values(opened.draft.form))
        self._show_sections(opened.draft.form.sections)
        student = opened.student
        self.view.student.set_student(
            student.id if student else "",
            student.name if student else "",
            said.grade_and_school(student.grade, student.school, student.number) if student else "",
        )
        if opened.note is not None:
            note_look(self._context, opened.note)
            note = opened.note.note
            self.view.original_title.setText(opened.note.student.name)
            self.view.original_detail.setText(
                _("{service}, {began}. As the note reads today:").format(
                    service=note.service_label, began=said.when(note.started)
                )
            )
            self.view.original_text.setText(
                "\n\n".join(
                    f"{part.title}\n{part.text}" if part.title else part.text
                    for part in opened.note.reading()
                )
            )
        self.view.sole_button.setVisible(
            opened.draft.kind is DraftKind.SESSION and not opened.draft.form.sole_id
        )
        self.view.sole_chip.setVisible(bool(opened.draft.form.sole_id))
        self._show_standing(stored=opened.stored)
        self._show_consequences()
        self._offer_time()
        self._look_for_names()
        self.view.setEnabled(True)
        if self._arrived and not self._go_back():
            self.view.focus_first()

    @staticmethod
    def _title(draft: Draft) -> str:
        if draft.kind is DraftKind.ADDENDUM:
            return _("Addendum")
        if draft.kind is DraftKind.AMENDMENT:
            return _("Amendment")
        return _("Session note")

    def _go_back(self) -> bool:
        state, self._return_to = self._return_to, {}
        if not state or self._draft is None:
            return False
        self.view.scroll_to(int(state.get("scroll", "0")))
        return self.view.focus_section(state.get("section", ""), int(state.get("cursor", "0")))

    def _show_standing(self, *, stored: bool) -> None:
        draft = self._draft
        if draft is None:
            return
        ready = draft.ready
        self.view.state_chip.set(
            _("Waits for signing") if ready else _("Draft"), Mark.ACCENT, "draft"
        )
        self.view.state_chip.setVisible(True)
        self.view.keep_button.setText(_("Go on writing") if ready else _("Keep for signing"))
        self.view.discard_button.setEnabled(stored or bool(draft.saved_at))
        self.view.status.setText(
            _("Kept in the vault as you type") if not draft.saved_at else _("Saved in the vault")
        )
        self.view.status.set_ink("muted")

    def _offer(self, choices: Choices) -> None:
        self._choices = choices
        form = self._draft.form if self._draft else NoteForm()
        self.view.offer(
            services=[
                (c.id, c.label)
                for c in choices.services
                if not c.retired or c.id == form.service_id
            ],
            interventions=[
                (c.id, c.label)
                for c in choices.interventions
                if not c.retired or c.id in form.interventions
            ],
            templates=[
                (t.id, t.name)
                for t in choices.templates
                if not t.retired or t.id == form.template_id
            ],
            schools=[("", _("No building")), *((s.id, s.name) for s in choices.schools)],
            places=[(place.value, _(words)) for place, words in said.PLACES.items()],
            attendance=[(kind.value, _(words)) for kind, words in said.ATTENDANCE.items()],
        )

    def _take_choices(self, choices: Choices | None) -> None:
        if choices is not None and self._draft is not None:
            self._offer(choices)
            self.view.show_values(_values(self._draft.form))
            self._offer_goals(self._draft.student_id)

    def _offer_time(self) -> None:
        """Offer the categories of time, and what the session can count toward."""
        draft, desk = self._draft, self._context.desk
        if draft is None or draft.kind is not DraftKind.SESSION:
            self._take_time(((), ()))
            self.view.offer_goals(())
            return
        service, student, on = draft.form.service_id, draft.student_id, draft.form.on

        def look_up() -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
            toward = desk.counts_toward(student, service, on) if student and service else ()
            return desk.time_use.categories.offered(service), tuple(toward)

        self._context.tasks.read(look_up, self._take_time, key="note-time", owner=self)
        if student != self._goals_of:
            self._offer_goals(student)

    def _offer_goals(self, student: StudentId | None) -> None:
        """Offer the goals of the student's open plans to be ticked and rated."""
        plans = self._context.desk.plans
        self._goals_of = student

        def done(goals: Sequence[PlanGoal] | None) -> None:
            if goals is not None and self._goals_of == student:
                self.view.offer_goals(
                    [GoalOffered(goal.key, goal.statement, spoken_aim(goal)) for goal in goals]
                )

        self._context.tasks.read(
            lambda: plans.goals_of(student) if student else [], done, key="note-goals", owner=self
        )

    def _take_time(
        self, found: tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]] | None
    ) -> None:
        if found is None:
            return
        categories, toward = found
        form = self._draft.form if self._draft else NoteForm()
        usual = [
            ("", _("{category} (usual)").format(category=label)) for _code, label in categories[:1]
        ]
        self.view.offer_category([*usual, *categories[1:]], form.category)
        if len(toward) > 1:
            toward = (("", _("What fits")), *toward)
        self.view.offer_mandates(toward, form.mandate_id)

    def _show_sections(self, sections: Sequence[Section]) -> None:
        template = self._template(self._draft.form.template_id if self._draft else "")
        hints = {part.key: part.hint for part in template.sections} if template else {}
        known = bool(self._draft and self._draft.kind is DraftKind.SESSION)
        self.view.show_sections(
            [
                Part(
                    section.key,
                    section.title or _("What is added"),
                    hints.get(section.key, "") if known else "",
                    section.text,
                )
                for section in sections
            ]
        )

    def _template(self, template_id: str) -> Template | None:
        offered = self._choices.templates if self._choices else ()
        return next((template for template in offered if template.id == template_id), None)

    # -- typing ----------------------------------------------------------------------

    def _edited(self, name: str) -> None:
        draft = self._draft
        if draft is None or name == "student":
            return
        titles = {section.key: section.title for section in draft.form.sections}
        form = replace(
            draft.form,
            **self.view.values(),
            sections=tuple(
                Section(key, titles.get(key, title), text)
                for key, title, text in self.view.sections()
            ),
        )
        if name in {"on", "at"}:
            form = replace(form, start_chosen=True)
        elif name == "minutes" and not form.start_chosen:
            on, at = usual_start(draft.made, form.minutes)
            form = replace(form, on=on, at=at)
            self.view.show_start(on, at)
        elif name == "next_step" and form.next_step and not form.next_on:
            due = (self._context.today() + _NEXT_WEEK).isoformat()
            form = replace(form, next_on=due)
            self.view.show_next_on(due)
        elif name == "next_step" and not form.next_step:
            form = replace(form, next_on="")
            self.view.show_next_on("")
        self._typed(replace(draft, form=form))
        self._show_consequences()
        if name == "service":
            self._offer_time()

    def _typed(self, draft: Draft) -> None:
        self._draft = draft
        self._names_pause.start()
        if draft.saved_at or draft.student_id or draft.form.says_anything():
            self._autosave.touch()

    def _names_due(self) -> None:
        if self.isVisible():  # out of sight, nothing is asked any more: the desk may be closing
            self._look_for_names()

    def _look_for_names(self) -> None:
        """Mark whom else the draft names, off the UI thread."""
        draft = self._draft
        if draft is None:
            return

        def done(found: OthersNamed | None) -> None:
            if found is not None and self._draft is not None and self._draft.id == draft.id:
                self._show_names(found)

        self._context.tasks.read(
            lambda: self._sessions.others_named(draft),
            done,
            lambda _error: None,
            key="note-names",
            owner=self,
        )

    def _show_names(self, found: OthersNamed) -> None:
        self.view.names.show_finds({entry.field: entry.finds for entry in found.entries})

    def _show_consequences(self) -> None:
        draft = self._draft
        if draft is None or draft.kind is not DraftKind.SESSION:
            self.view.show_late(on=False)
            return
        attendance = Attendance(draft.form.attendance or Attendance.PRESENT)
        self.view.show_attendance_reason(on=attendance is not Attendance.PRESENT)
        try:
            begun = started(draft.form, draft.made.zone)
            length = accepted_minutes(draft.form.minutes, attendance)
        except Refused:
            self.view.show_late(on=bool(draft.form.late_reason))
            return
        now = self._context.desk.clock.now()
        self.view.show_late(on=is_late(begun, length, now, self._late_after))

    def _find(self, text: str) -> None:
        find: Callable[[str, int], Sequence[StudentFound]] = self._context.desk.caseload.find

        def done(found: Sequence[StudentFound] | None) -> None:
            if found is not None:
                self.view.student.show_found(text, found_entries(found))

        self._context.tasks.read(lambda: find(text, _FOUND), done, key="note-student", owner=self)

    def _pick(self, student: str) -> None:
        draft = self._draft
        entry = self.view.student.found.entries.entry(
            self.view.student.found.entries.place_of(student)
        )
        if draft is None or entry is None:
            return
        found: StudentFound = entry.subject
        self.view.student.set_student(student, spoken_name(found), entry.text)
        form = replace(draft.form, school_id=self._school_of(found) or draft.form.school_id)
        if form.goals and student != draft.student_id:
            form = replace(form, goals=())  # they were another student's
            self.view.goals.show_kept(())
        self.view.school.set_value(form.school_id)
        self._typed(replace(draft, student_id=StudentId(student), form=form))
        self._offer_time()
        self.view.focus_minutes()

    def _school_of(self, student: StudentFound) -> str:
        """Return the building a student goes to, where it is one of those offered."""
        offered = self._choices.schools if self._choices is not None else ()
        return next((school.id for school in offered if school.name == student.school), "")

    def _switch_template(self, template_id: str) -> None:
        draft, template = self._draft, self._template(template_id)
        if draft is None or template is None:
            return
        form = replace(
            draft.form,
            template_id=template.id,
            format=template.format,
            sections=in_format(draft.form.sections, template),
        )
        self._draft = replace(draft, form=form)
        self._show_sections(form.sections)
        self._typed(self._draft)

    # -- saving ----------------------------------------------------------------------

    def _save(self) -> None:
        draft = self._draft
        drafts = dict(self._unsaved)
        if draft is not None:
            drafts[draft.id] = draft
        for each in drafts.values():
            self._context.tasks.write(
                partial(self._sessions.save_draft, SaveDraft(each)),
                partial(self._saved, each.id),
                partial(self._not_saved, each),
                owner=self,
            )
            self._mark_saved(each.id)

    def _mark_saved(self, draft_id: str) -> None:
        """Take the draft as stored from now on, so that the next save reports no new one."""
        if self._draft is not None and self._draft.id == draft_id and not self._draft.saved_at:
            self._draft = replace(self._draft, saved_at=self._context.desk.clock.now().at)

    def _saved(self, draft_id: str, _changed: object) -> None:
        self._unsaved.pop(draft_id, None)
        self._told = False
        if self._draft is not None and self._draft.id == draft_id:
            at = said.clock_time(self._context.desk.clock.now().wall())
            self.view.status.setText(_("Saved in the vault {time}").format(time=at))
            self.view.status.set_ink("muted")
            self.view.discard_button.setEnabled(True)

    def _not_saved(self, draft: Draft, error: Exception) -> None:
        """Keep what the disk did not take, try again in a while, and say why once."""
        if not isinstance(error, Refused):
            self._unsaved[draft.id] = draft
            self._autosave.again()
        if self._draft is not None and self._draft.id == draft.id:
            self.view.status.setText(_("Not saved yet"))
            self.view.status.set_ink("bad")
        if not self._told:
            self._told = True
            self._context.say(error)

    def keep_for_signing(self) -> None:
        """Save the draft and put it with those that wait for a signature, or take it back."""
        draft = self._draft
        if draft is None or not self.view.isEnabled():
            return
        self._autosave.stop()
        ready = not draft.ready
        if not ready:
            self._keep(draft, ready=False)
            return
        if not (draft.student_id or draft.form.says_anything()):
            self.view.refuse("student", _("Choose the student this note is about."))
            return
        self._keep(draft, ready=True)

    def _keep(self, draft: Draft, *, ready: bool) -> None:
        def done(_changed: object) -> None:
            if self._draft is None or self._draft.id != draft.id:
                return
            self._draft = replace(
                self._draft, ready=ready, saved_at=self._context.desk.clock.now().at
            )
            self._show_standing(stored=True)
            self._saved(draft.id, None)
            if ready:
                self._begun.pop(self._subject, None)
                self._context.notices.say(
                    _("Kept for signing. It waits under Notes and on Today."),
                    undo=partial(self._keep, self._draft, ready=False),
                )

        self._context.tasks.write(
            partial(self._sessions.keep_for_signing, KeepForSigning(draft, ready)),
            done,
            partial(self._not_saved, draft),
            owner=self,
        )

    def discard(self) -> None:
        """Throw the draft away; the notice brings it back."""
        draft = self._draft
        if draft is None or not self.view.isEnabled():
            return
        self._autosave.stop()
        self._unsaved.pop(draft.id, None)
        self._draft = None
        sessions, tasks, context = self._sessions, self._context.tasks, self._context

        def back() -> None:
            tasks.write(
                partial(sessions.restore_draft, RestoreDraft(draft)),
                lambda _changed: context.go("note", draft.id),
            )

        def done(_changed: Changed) -> None:
            context.notices.say(_("The draft was discarded."), undo=back)

        tasks.write(partial(sessions.discard_draft, DiscardDraft(draft.id)), done)
        self._begun.pop(self._subject, None)
        context.back()

    # -- signing ---------------------------------------------------------------------

    def sign(self) -> None:
        """Sign after saying what that does; a refusal is shown at its entry."""
        draft = self._draft
        if draft is None or not self.view.isEnabled():
            return
        self.view.clear_refusals()
        self.flush()
        title, text, action = {
            DraftKind.SESSION: (
                _("Sign this note?"),
                _(
                    "Signing freezes the note in the student’s record with your name and the time."
                    " It cannot be changed or deleted afterwards: you can add an addendum, or"
                    " correct it with an amendment that keeps the original readable."
                ),
                _("&Sign the note"),
            ),
            DraftKind.ADDENDUM: (
                _("Sign this addendum?"),
                _(
                    "It is added to the signed note with your name and the time, and cannot be"
                    " changed afterwards. The note itself stays as it is."
                ),
                _("&Sign the addendum"),
            ),
            DraftKind.AMENDMENT: (
                _("Sign this amendment?"),
                _(
                    "The note will read as corrected here, with your reason, your name and the"
                    " time. The original stays readable, and nothing of it is deleted."
                ),
                _("&Sign the amendment"),
            ),
        }[draft.kind]
        if ask(self, title, text, action, _("Not yet"), danger=False):
            self._sign(draft)

    def _sign(self, draft: Draft, because: str = "") -> None:
        """Sign, or come back with whom else the draft names while nobody said why they stay."""
        self._autosave.stop()
        self.view.setEnabled(False)
        sessions = self._sessions
        operation: Callable[[], Changed] = {
            DraftKind.SESSION: lambda: sessions.sign_note(SignNote(draft, because)),
            DraftKind.ADDENDUM: lambda: sessions.add_addendum(AddAddendum(draft, because)),
            DraftKind.AMENDMENT: lambda: sessions.amend_note(AmendNote(draft, because)),
        }[draft.kind]

        def sign_unless_others_are_named() -> Changed | OthersNamed:
            named = sessions.others_named(draft)
            named.refuse_members()
            return named if named.count and not because else operation()

        def done(came: Changed | OthersNamed) -> None:
            if isinstance(came, OthersNamed):
                self.view.setEnabled(True)
                self._answer_names(draft, came)
            else:
                self._signed(draft, came)

        self._context.tasks.write(sign_unless_others_are_named, done, self._not_signed, owner=self)

    def _answer_names(self, draft: Draft, named: OthersNamed) -> None:
        """Ask once what is to become of the names; a reason signs, all else goes back."""
        self._show_names(named)
        answer = ask_about_names(self, [one for entry in named.entries for one in entry.finds])
        if answer == REPLACE_ALL:
            self.view.names.replace_all()
            self._context.notices.say(_("The names were replaced. Read it over, then sign."))
        elif answer:
            self._sign(draft, answer)
        else:
            self._autosave.again()
            self.view.names.next()

    def _signed(self, draft: Draft, _changed: Changed) -> None:
        self._draft = None
        self._unsaved.pop(draft.id, None)
        self._begun.pop(self._subject, None)
        said_so = {
            DraftKind.SESSION: _("Signed. The note is in the record."),
            DraftKind.ADDENDUM: _("Signed. The addendum stands under the note."),
            DraftKind.AMENDMENT: _("Signed. The note reads as amended; the original is kept."),
        }[draft.kind]
        self._context.notices.say(said_so)
        self._context.go("signed", draft.note_id or draft.id, instead=True)

    def _not_signed(self, error: Exception) -> None:
        from app.phrases import sentence

        self.view.setEnabled(True)
        self._look_for_names()
        if self._unsaved:
            self._autosave.again()
        if not (isinstance(error, Refused) and self.view.refuse(error.field, sentence(error))):
            self._context.say(error)

    # -- sole possession -------------------------------------------------------------

    def make_sole(self) -> None:
        """Take the draft out of the record's papers, after saying what that means."""
        draft = self._draft
        if draft is None or not self.view.isEnabled():
            return
        if not ask(
            self,
            _("Make it a sole-possession note?"),
            _(
                "The text moves to your own compartment. Nobody else sees it, and it is in no"
                " export, report or hand-over. It is no part of the student’s record, and only"
                " its text, student and day are kept."
            ),
            _("&Make it sole possession"),
            _("Keep it as a session note"),
            danger=False,
        ):
            return
        self._autosave.stop()

        def done(changed: Changed) -> None:
            self._draft = None
            self._unsaved.pop(draft.id, None)
            self._begun.pop(self._subject, None)
            self._context.go("sole", changed.made, instead=True)

        self._context.tasks.write(
            partial(self._sessions.make_sole, MakeSole(draft)), done, self._not_signed, owner=self
        )


def _values(form: NoteForm) -> dict[str, Any]:
    return {
        "on": form.on,
        "at": form.at,
        "minutes": form.minutes,
        "service_id": form.service_id,
        "place": form.place,
        "school_id": form.school_id,
        "attendance": form.attendance,
        "attendance_reason": form.attendance_reason,
        "present": form.present,
        "interventions": form.interventions,
        "template_id": form.template_id,
        "next_step": form.next_step,
        "next_on": form.next_on,
        "goals": form.goals,
        "late_reason": form.late_reason,
        "reason": form.reason,
    }
