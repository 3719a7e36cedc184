"""The page of a consultation being written: saved as one types, then signed."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout

from app.features.collaboration.commands import (
    DiscardConsultation,
    SaveConsultation,
    SignConsultation,
    StartConsultation,
)
from app.features.collaboration.model.consultations import (
    ConsultationDraft,
    ConsultationForm,
    StepForm,
)
from app.features.collaboration.model.contacts import WithKind
from app.features.collaboration.service.consultations import OpenConsultation
from app.kernel.changes import Changed
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, is_id
from app.kernel.nouns import Place
from app.kernel.words import _
from app.overviews.collaboration_words import FIDELITIES, PURPOSES, WITH, choices
from app.overviews.reports.wording import spoken_day, spoken_grade, spoken_place
from app.phrases import sentence
from ui.features.collaboration.presenter.asking import pick_student
from ui.features.collaboration.view.editor import STEPS, EditorView
from ui.kit.autosave import Autosave
from ui.kit.room import Context, PageWidget

_WITH = (WithKind.TEACHER, WithKind.GUARDIAN, WithKind.STAFF, WithKind.PROVIDER)
_TEXTS = (
    "about", "with_name", "minutes", "question", "antecedent", "behavior", "consequence",
    "advised", "outcome", "on", "at",
)  # fmt: skip
_CHOSEN = ("with_kind", "purpose", "fidelity", "place")


class EditorPage(PageWidget):
    """One consultation at a time."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._draft: ConsultationDraft | None = None
        self._subject = ""
        self._begun: dict[str, str] = {}
        self.view = EditorView(
            {
                "with_kind": choices(WITH, _WITH),
                "purpose": choices(PURPOSES),
                "fidelity": choices(FIDELITIES),
                "place": [(place.value, spoken_place(place)) for place in Place],
            },
            context.today,
        )
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self._autosave = Autosave(self._save, self)
        self.view.edited.connect(self._edited)
        self.view.sign.connect(self.sign)
        self.view.discard.connect(self.discard)
        self.view.student_asked.connect(self._ask_student)
        self.view.student_dropped.connect(lambda: self._set_student(None))
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.sign)
        self.view.setEnabled(False)

    # -- coming and going ------------------------------------------------------------

    def show_subject(self, subject: str) -> None:
        """Show a draft by its id, or begin one: `student:ID`, `concern:ID`, `follows:ID`, any id."""
        self.flush()
        self._subject = subject
        self._draft = None
        self.view.setEnabled(False)
        what, _colon, of = subject.partition(":")
        rooms = self._context.desk.collaboration.consultations
        kept = subject if is_id(subject) else self._begun.get(subject, "")

        def look_up() -> OpenConsultation:
            if kept:
                known = {line.draft.id for line in rooms.drafts()}
                if kept in known:
                    return rooms.open_draft(kept)
            if what == "concern":
                return rooms.start(StartConsultation(concern_id=of))
            if what == "follows":
                return rooms.start(StartConsultation(follows=of))
            student = StudentId(of) if what == "student" and of else None
            opened = rooms.start(StartConsultation(student))
            if is_id(subject):
                return replace(opened, draft=replace(opened.draft, id=subject))
            return opened

        # Asked in the order of the writes: a draft that was just left is saved before it is read.
        self._context.tasks.write(look_up, self._show, self._failed, owner=self)

    def _failed(self, error: Exception) -> None:
        self._context.say(error)
        self._context.back()

    def arrive(self) -> None:
        """Go where writing begins, once the draft is here."""
        if self.view.isEnabled():
            self.view.focus_first()

    def flush(self) -> None:
        """Save what was typed, now."""
        self._autosave.flush()

    def state(self) -> dict[str, str]:
        """Return which draft is under way."""
        draft = self._begun.get(self._subject, "")
        return {"draft": draft} if draft and not is_id(self._subject) else {}

    def restore(self, state: Mapping[str, str]) -> None:
        """Go on with the draft that was under way."""
        draft = state.get("draft", "")
        if draft and not is_id(self._subject) and self._begun.get(self._subject) != draft:
            self._begun[self._subject] = draft
            self.show_subject(self._subject)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave with Esc; the draft stays."""
        if event.key() == Qt.Key.Key_Escape:
            self._context.back()
        else:
            super().keyPressEvent(event)

    # -- the draft -------------------------------------------------------------------

    def _show(self, opened: OpenConsultation) -> None:
        draft = self._draft = opened.draft
        self._begun[self._subject] = draft.id
        form = draft.form
        steps = (*form.steps, *(StepForm() for _place in range(STEPS)))[:STEPS]
        values: dict[str, object] = {name: getattr(form, name) for name in (*_TEXTS, *_CHOSEN)}
        for place, step in enumerate(steps):
            values |= {
                f"step_doer_{place}": step.doer,
                f"step_text_{place}": step.text,
                f"step_due_{place}": step.due_on,
            }
        self.view.offer_names(opened.known, opened.classes)
        self.view.show_values(values)
        pupil = opened.pupil
        self.view.show_about(
            pupil.name if pupil else _("Consultation about a class"),
            " · ".join(part for part in (spoken_grade(pupil.grade), pupil.school) if part)
            if pupil
            else "",
            student=pupil is not None,
        )
        before = opened.before
        if before is None:
            self.view.show_before("")
        else:
            lines = [
                _("{doer}: {text}, until {day}").format(
                    doer=step.doer, text=step.text, day=spoken_day(step.due_on)
                )
                for step in opened.steps_before
            ]
            self.view.show_before("\n".join([before.advised, *lines]).strip() or before.question)
        self.view.discard_button.setEnabled(bool(draft.saved_at))
        self.view.setEnabled(True)
        self.view.focus_first()

    def _read_form(self, form: ConsultationForm) -> ConsultationForm:
        typed = self.view.values()
        texts = {name: str(typed[name] or "") for name in (*_TEXTS, *_CHOSEN)}
        steps = tuple(
            StepForm(
                str(typed[f"step_doer_{place}"]),
                str(typed[f"step_text_{place}"]),
                str(typed[f"step_due_{place}"]),
            )
            for place in range(STEPS)
        )
        return replace(form, **texts, steps=steps)

    def _edited(self) -> None:
        if self._draft is not None:
            form = self._read_form(self._draft.form)
            if form != self._draft.form:
                self._draft = replace(self._draft, form=form)
                self._autosave.touch()

    def _save(self) -> None:
        draft = self._draft
        if draft is None:
            return
        rooms = self._context.desk.collaboration.consultations

        def done(_changed: Changed) -> None:
            if self._draft is not None and self._draft.id == draft.id:
                at = self._context.desk.clock.now().at
                self._draft = replace(self._draft, saved_at=at)
                self.view.say(_("Saved in the vault"))
                self.view.discard_button.setEnabled(True)

        def failed(error: Exception) -> None:
            if isinstance(error, Refused):
                self._context.say(error)
                return
            self.view.say(_("Not saved yet; it is tried again"))
            self._autosave.again()

        self._context.tasks.write(
            partial(rooms.save, SaveConsultation(draft)), done, failed, owner=self
        )

    def _ask_student(self) -> None:
        pick_student(
            self._context,
            self,
            _("Whom is the consultation about?"),
            lambda student, _name: self._set_student(student),
        )

    def _set_student(self, student: StudentId | None) -> None:
        draft = self._draft
        if draft is None:
            return
        self._edited()
        self._draft = replace(self._draft or draft, student_id=student)
        self._autosave.stop()
        changed = self._draft
        rooms = self._context.desk.collaboration.consultations

        def keep() -> OpenConsultation:
            rooms.save(SaveConsultation(changed))
            return rooms.open_draft(changed.id)

        self._context.tasks.write(keep, self._show, self._context.say, owner=self)

    # -- ending ----------------------------------------------------------------------

    def sign(self) -> None:
        """Sign the consultation; a refusal stands at its field."""
        draft = self._draft
        if draft is None:
            return
        self._edited()
        draft = self._draft or draft
        self._autosave.stop()
        self.view.form.clear()
        context = self._context

        def done(changed: Changed) -> None:
            self._begun.pop(self._subject, None)
            self._draft = None
            context.notices.say(_("Signed. Agreed steps come back on Today."))
            context.go("consultation", changed.made, instead=True)

        def failed(error: Exception) -> None:
            self._autosave.touch()
            if not isinstance(error, Refused) or not self.view.form.refuse(
                error.field, sentence(error)
            ):
                context.say(error)

        work: Callable[[], Changed] = partial(
            context.desk.collaboration.consultations.sign, SignConsultation(draft)
        )
        context.tasks.write(work, done, failed, owner=self)

    def discard(self) -> None:
        """Throw the draft away; Undo brings it back."""
        draft, context = self._draft, self._context
        if draft is None:
            return
        self._autosave.stop()
        self._draft = None
        rooms = context.desk.collaboration.consultations

        def undo() -> None:
            context.tasks.write(
                partial(rooms.save, SaveConsultation(replace(draft, saved_at=""))),
                lambda _changed: context.go("consultation-draft", draft.id),
                context.say,
            )

        def done(_changed: Changed) -> None:
            context.notices.say(_("The draft is discarded."), undo=undo)
            context.back()

        context.tasks.write(
            partial(rooms.discard, DiscardConsultation(draft.id)), done, context.say, owner=self
        )
