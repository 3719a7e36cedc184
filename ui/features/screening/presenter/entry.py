"""The page on which a screening is entered: saved as one types, scored as one types."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout

from app.features.screening.commands import (
    DiscardScreeningDraft,
    RecordScreening,
    SaveScreeningDraft,
)
from app.features.screening.model.instruments import Informant, Instrument, Item, Method
from app.features.screening.model.records import ScreeningForm, Source, WordingRow
from app.features.screening.model.scoring import Result, asked
from app.features.screening.service import Form
from app.kernel.changes import Changed
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, is_id
from app.kernel.words import _, ngettext
from app.overviews.reports.wording import spoken_grade
from app.overviews.screening_words import (
    INFORMANTS,
    SOURCES,
    URGENCIES,
    spoken_result,
    spoken_unconfirmed,
)
from app.phrases import sentence
from ui.features.screening.view.entry import Asked, EntryView, ResultShown
from ui.kit.autosave import Autosave
from ui.kit.look import Kind as Mark
from ui.kit.room import Context, PageWidget
from ui.kit.students import pick_student

_LEVEL_WARNS, _LEVEL_ALARMS = 2, 3


class EntryPage(PageWidget):
    """One screening at a time."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._subject = ""
        self._id = ""
        self._begun: dict[str, str] = {}
        self._form = ScreeningForm()
        self._left: dict[str, tuple[tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]]] = {}
        self._instrument: Instrument | None = None
        self._instruments: Mapping[str, Instrument] = {}
        self._words: Mapping[str, str] = {}
        self._answer_words: Mapping[tuple[str, int], str] = {}
        self._showing = False
        self._once = False
        self.view = EntryView(context.today)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self._autosave = Autosave(self._save, self)
        view = self.view
        view.edited.connect(self._edited)
        view.instrument_chosen.connect(self._choose)
        view.answered.connect(self._answer)
        view.given.connect(self._give)
        view.student_asked.connect(self._ask_student)
        view.record.connect(partial(self.record, then_next=False))
        view.record_next.connect(partial(self.record, then_next=True))
        view.discard.connect(self._discard)
        for keys, then_next in (
            ("Ctrl+Return", False), ("Ctrl+Enter", False), ("Ctrl+Shift+Return", True),
        ):  # fmt: skip
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(partial(self.record, then_next=then_next))
        view.setEnabled(False)

    # -- coming and going ------------------------------------------------------------

    def show_subject(self, subject: str) -> None:
        """Show a draft by its id, or begin one: `student:ID`, `round:ID`, `with:INSTRUMENT`."""
        self.flush()
        self._subject = subject
        self.view.setEnabled(False)
        self._open(subject, self._begun.get(subject, ""))

    def _open(self, subject: str, kept: str) -> None:
        what, _colon, of = subject.partition(":")
        service = self._context.desk.screening

        def look_up() -> tuple[Form, Mapping[str, Instrument]]:
            instruments = service.instruments()
            draft = subject if is_id(subject) else kept
            if what == "round":
                found = next((one for one in service.rounds() if one.id == of), None)
                form = service.start(
                    draft,
                    instrument=found.instrument if found else "",
                    round_id=of if found else "",
                )
                if found and not form.form.informant:
                    form = replace(form, form=replace(form.form, informant=found.informant.value))
                return form, instruments
            student = StudentId(of) if what == "student" and of else None
            return (
                service.start(draft, student_id=student, instrument=of if what == "with" else ""),
                instruments,
            )

        # Asked in the order of the writes: a draft that was just left is saved before it is read.
        self._context.tasks.write(look_up, self._show, self._failed, owner=self)

    def _failed(self, error: Exception) -> None:
        self._context.say(error)
        self._context.back()

    def arrive(self) -> None:
        """Go where entering begins, once the form is here."""
        if self.view.isEnabled():
            self._focus()

    def _focus(self) -> None:
        view, form = self.view, self._form
        if form.student_id is None:
            view.student.setFocus()
        elif not form.instrument:
            view.instrument.setFocus()
            line = view.instrument.lineEdit()
            if line is not None:
                line.selectAll()  # as by Tab: what stands in it is typed over
        elif not form.informant:
            view.informant.setFocus()
        else:
            (view.items if self._instrument and self._instrument.items else view.scores).setFocus()

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
            self._open(self._subject, draft)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave with Esc; the draft stays."""
        if event.key() == Qt.Key.Key_Escape:
            self._context.back()
        else:
            super().keyPressEvent(event)

    # -- the form --------------------------------------------------------------------

    def _show(self, found: tuple[Form, Mapping[str, Instrument]]) -> None:
        opened, self._instruments = found
        self._id = opened.draft_id
        self._begun[self._subject] = opened.draft_id
        self._once = False
        form = self._form = opened.form
        self._left.clear()
        self._showing = True
        view = self.view
        view.instrument.set_options(
            [
                ("", _("Choose")),
                *(
                    (one.id, _("{title}: {purpose}").format(title=one.title, purpose=one.purpose))
                    for one in sorted(self._instruments.values(), key=lambda one: one.title)
                ),
            ]
        )
        view.instrument.set_value(form.instrument)
        view.instrument.setEnabled(not form.round_id)
        view.informant_name.setText(form.informant_name)
        view.comment.set_text(form.comment)
        view.refused.setChecked(form.refused)
        try:
            view.taken_on.set_value(date.fromisoformat(form.taken_on))
        except ValueError:
            view.taken_on.setText(form.taken_on)
        view.student.setText(opened.student or _("Choose the student"))
        view.about.setText(spoken_grade(opened.grade) if opened.grade else "")
        self._lay_words(opened.wording)
        self._take_up(opened.instrument)
        self._showing = False
        view.setEnabled(True)
        self._show_answers()
        self._focus()

    def _lay_words(self, wording: WordingRow | None) -> None:
        self._words = dict(wording.items) if wording else {}
        self._answer_words = (
            {(item, value): words for item, value, words in wording.answers} if wording else {}
        )

    def _take_up(self, instrument: Instrument | None) -> None:
        """Offer what the instrument asks for."""
        view = self.view
        self._instrument = instrument
        informants = instrument.informants if instrument else ()
        view.informant.set_options(
            [("", _("Choose")), *((one.value, _(INFORMANTS[one])) for one in informants)]
        )
        view.informant.set_value(self._form.informant)
        outside = instrument is not None and instrument.outside
        sources = [Source.OUTSIDE] if outside else [Source.FORM, Source.INTERVIEW]
        view.source.set_options([(one.value, _(SOURCES[one])) for one in sources])
        if not view.source.set_value(self._form.source):
            self._form = replace(self._form, source=sources[0])
        view.title.setText(instrument.title if instrument else _("Screening"))
        notes = [
            *(str(note) for note in (instrument.notes if instrument else ())),
            *(spoken_unconfirmed(instrument) if instrument else ()),
        ]
        view.notes.setText("\n".join(notes))
        view.notes.setVisible(bool(notes))
        view.offer_scores(
            [
                (scale.id, str(scale.label), scale.least, scale.most)
                for scale in (instrument.scales if instrument else ())
                if scale.method is Method.GIVEN
            ]
        )

    def _choose(self, instrument: object) -> None:
        if self._showing:
            return
        name = str(instrument or "")
        if name == self._form.instrument:
            return
        found = self._instruments.get(name)
        informant = self._form.informant
        if found is not None and informant not in found.informants:
            informant = found.informants[0].value if len(found.informants) == 1 else ""
        # One who comes back to an instrument finds what was typed for it.
        before = self._form
        self._left[before.instrument] = (before.answers, before.given)
        answers, given = self._left.pop(name, ((), ()))
        self._form = replace(
            before, instrument=name, informant=informant, answers=answers, given=given
        )
        self._autosave.touch()

        def shown(wording: WordingRow | None) -> None:
            self._lay_words(wording)
            self._showing = True
            self._take_up(found)
            self._showing = False
            self._show_answers()

        self._context.tasks.read(
            partial(self._context.desk.screening.wording, name),
            shown,
            self._context.say,
            owner=self,
        )

    def _edited(self) -> None:
        if self._showing:
            return
        view = self.view
        day = view.taken_on.value()
        self._form = replace(
            self._form,
            informant=str(view.informant.value() or ""),
            informant_name=view.informant_name.text(),
            taken_on=day.isoformat() if day else view.taken_on.text().strip(),
            source=str(view.source.value() or Source.FORM),
            refused=view.refused.isChecked(),
            comment=view.comment.text(),
        )
        self._autosave.touch()
        self._score()

    def _answer(self, item: str, value: object) -> None:
        answers = self._form.answered()
        if value is None:
            answers.pop(item, None)
        elif isinstance(value, int):
            answers[item] = value
        self._form = replace(self._form, answers=tuple(answers.items()))
        self._autosave.touch()
        self._show_answers()

    def _give(self, scale: str, value: int) -> None:
        if self._instrument is None:
            return
        given = dict(self._form.given)
        if value < self._instrument.scale(scale).least:
            given.pop(scale, None)
        else:
            given[scale] = value
        self._form = replace(self._form, given=tuple(given.items()))
        self._autosave.touch()
        self._score()

    def _show_answers(self) -> None:
        instrument, answers = self._instrument, self._form.answered()
        items = asked(instrument, answers) if instrument else ()
        self.view.show_items([self._asked(item) for item in items], answers)
        self._score()

    def _asked(self, item: Item) -> Asked:
        return Asked(
            item.id,
            item.id,
            self._words.get(item.id, str(item.label)),
            str(item.note) if item.note else "",
            tuple(
                (one.value, self._answer_words.get((item.id, one.value), str(one.label)))
                for one in item.answers
            ),
        )

    def _score(self) -> None:
        form = self._form
        if self._instrument is None or not form.informant:
            self.view.show_result(ResultShown())
            return
        self._context.tasks.read(
            partial(self._context.desk.screening.preview, form),
            self._show_result,
            self._context.say,
            key="screening-preview",
            owner=self,
        )

    def _show_result(self, result: Result | None) -> None:
        instrument, form = self._instrument, self._form
        if result is None or instrument is None:
            self.view.show_result(ResultShown())
            return
        lines = []
        if instrument.outcomes:
            said = str(result.outcome.label) if result.outcome else _("Not decided yet")
            lines.append((_("Outcome"), said, _mark(result.outcome.level if result.outcome else 0)))
        for one in result.scales:
            level = one.band.level if one.band else _LEVEL_WARNS if one.reached else 0
            lines.append((str(one.scale.label), spoken_result(one), _mark(level)))
        left = sum(item.id not in form.answered() for item in asked(instrument, form.answered()))
        risk = result.risks[0] if result.risks else None
        self.view.show_result(
            ResultShown(
                tuple(lines),
                _("{when}: {what}").format(when=_(URGENCIES[risk.urgency]), what=risk.label)
                if risk
                else "",
                tuple(str(step) for step in risk.steps) if risk else (),
                ngettext("{count} item is open", "{count} items are open", left).format(count=left)
                if left
                else "",
            )
        )

    def _ask_student(self) -> None:
        pick_student(self._context, self, _("Whose screening is it?"), self._take_student)

    def _take_student(self, student: StudentId, name: str) -> None:
        self._form = replace(self._form, student_id=student)
        self.view.student.setText(name)
        self.view.about.setText("")
        self._autosave.touch()
        self._score()
        self._focus()

    # -- keeping ---------------------------------------------------------------------

    def _save(self) -> None:
        if not self._id or self._once:
            return
        self._context.tasks.write(
            partial(
                self._context.desk.screening.save_draft, SaveScreeningDraft(self._id, self._form)
            ),
            failed=self._context.say,
        )

    def record(self, *, then_next: bool) -> None:
        """Score the form and keep it; a risk answer goes on to what must be done."""
        if not self.view.isEnabled() or self._once:
            return
        self._once = True
        self._autosave.flush()
        form, made = self._form, self._id

        def work() -> tuple[Changed, list[str]]:
            changed = self._context.desk.screening.record(RecordScreening(made, form))
            sheet = self._context.desk.screening.sheet(made)
            return changed, [line.risk.id for line in sheet.risks]

        def done(result: tuple[Changed, list[str]]) -> None:
            _changed, risks = result
            self._begun.pop(self._subject, None)
            self._context.tasks.changed.emit(_changed)
            if risks:
                # Nothing is quicker than what this asks for.
                self._context.go("risk", risks[0], instead=True)
            elif then_next:
                self._next(form)
            else:
                self._context.go("screening", made, instead=True)
            self._context.notices.say(_("The screening is recorded."))

        def failed(error: Exception) -> None:
            self._once = False
            if isinstance(error, Refused):
                self.view.refuse(error.field, sentence(error))
            else:
                self._context.say(error)

        self._context.tasks.write(work, done, failed, owner=self)

    def _next(self, form: ScreeningForm) -> None:
        """Begin the next student's, with the same instrument, informant and day."""

        def begun(found: tuple[Form, Mapping[str, Instrument]]) -> None:
            opened, instruments = found
            kept = replace(
                opened.form,
                informant=form.informant,
                informant_name=form.informant_name if form.informant == Informant.TEACHER else "",
                taken_on=form.taken_on,
                source=form.source,
            )
            self._show((replace(opened, form=kept), instruments))
            self._ask_student()

        service = self._context.desk.screening
        self._context.tasks.read(
            lambda: (
                service.start(instrument=form.instrument, round_id=form.round_id),
                service.instruments(),
            ),
            begun,
            self._context.say,
            owner=self,
        )

    def _discard(self) -> None:
        self._autosave.flush()
        self._once = True
        draft, form = self._id, self._form

        def undone() -> Changed:
            return self._context.desk.screening.save_draft(SaveScreeningDraft(draft, form))

        def gone(_changed: Changed) -> None:
            self._begun.pop(self._subject, None)
            self._context.notices.say(
                _("The draft is thrown away."),
                undo=lambda: self._context.tasks.write(undone, failed=self._context.say),
            )
            self._context.back()

        def stays(error: Exception) -> None:
            self._once = False
            if isinstance(error, Refused):
                self.view.refuse(error.field, sentence(error))
            else:
                self._context.say(error)

        self._context.tasks.write(
            partial(self._context.desk.screening.discard_draft, DiscardScreeningDraft(draft)),
            gone,
            stays,
            owner=self,
        )


def _mark(level: int) -> str:
    if level >= _LEVEL_ALARMS:
        return Mark.BAD
    return Mark.WARN if level >= _LEVEL_WARNS else Mark.PLAIN
