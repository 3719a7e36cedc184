"""Consultations: the list, and one that was signed."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from app.features.collaboration.commands import AddToConsultation, FinishStep, ReopenStep
from app.features.collaboration.model.consultations import Fidelity, Step
from app.features.collaboration.model.contacts import WithKind
from app.features.collaboration.repo.lists import ConsultationDraftLine, ConsultationLine
from app.features.collaboration.service.consultations import ConsultationSheet
from app.features.privacy.labels import Labelled
from app.features.privacy.model import Record
from app.kernel.changes import Changed, Kind
from app.kernel.ids import new_id
from app.kernel.words import _, ngettext
from app.overviews.collaboration_words import FIDELITIES, PURPOSES, WITH, choices
from app.overviews.reports.wording import (
    spoken_day,
    spoken_minutes,
    spoken_moment,
    spoken_place,
)
from ui.features.collaboration.view.sheets import StepEntry, TextEntry
from ui.kit.asking import Asker, Entries, about
from ui.kit.look import Kind as Mark
from ui.kit.looks import record_look
from ui.kit.one_record import RecordPage
from ui.kit.paged import RecordsPage
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.records import Fact, RecordShown, RecordsView, RecordView


class ConsultationsPage(RecordsPage):
    """Consultations, the newest first; drafts in a part of their own."""

    heeded = frozenset({Kind.CONSULTATION, Kind.DRAFT, Kind.FOLLOW_UP})

    def __init__(self, context: Context) -> None:
        start = Button(_("Write a consultation"), "note", "primary")
        super().__init__(
            context,
            RecordsView(
                _("Consultations"),
                (_("Write a consultation"), "note"),
                [("signed", _("Signed")), ("drafts", _("Drafts"))],
                EmptyState(
                    "consent",
                    _("No consultation here"),
                    _(
                        "What a teacher or a family asked, what was observed and advised, and who"
                        " does what until when. Agreed steps come back on Today."
                    ),
                    start,
                ),
                start,
            ),
        )
        self.view.asked.connect(self._write)
        self.view.started.connect(self._write)
        self.view.list.opened.connect(self._open)

    def source(self) -> tuple[Callable[[int, int], Sequence[Any]], Callable[[], int]]:
        """Read signed consultations, or drafts."""
        rooms = self.context.desk.collaboration.consultations
        if self.part() == "drafts":
            return lambda _offset, _limit: rooms.drafts(), lambda: len(rooms.drafts())
        return lambda offset, limit: rooms.page(None, offset, limit), rooms.count

    def told(self, count: int) -> str:
        """Return how many there are."""
        if self.part() == "drafts":
            return ngettext("{count} draft", "{count} drafts", count).format(count=count)
        return ngettext("{count} consultation", "{count} consultations", count).format(count=count)

    def entry(self, line: ConsultationLine | ConsultationDraftLine) -> Entry:
        """Return a consultation or a draft as the list shows it."""
        if isinstance(line, ConsultationDraftLine):
            draft = line.draft
            return Entry(
                draft.id,
                line.pupil.listed if line.pupil else draft.form.about or _("A class"),
                " ".join(draft.form.question.split()),
                spoken_moment(draft.made),
                "draft",
                ((_("Draft"), Mark.ACCENT),),
            )
        return consultation_entry(line)

    def _write(self) -> None:
        self.context.go("consultation-draft", new_id())

    def _open(self, entry: Entry) -> None:
        page = "consultation-draft" if self.part() == "drafts" else "consultation"
        self.context.go(page, entry.id)


def consultation_entry(line: ConsultationLine) -> Entry:
    """Return a signed consultation as lists show it."""
    one = line.consultation
    marks = []
    if line.open_steps:
        words = ngettext("{count} step open", "{count} steps open", line.open_steps)
        marks.append((words.format(count=line.open_steps), Mark.WARN))
    return Entry(
        one.id,
        line.pupil.listed if line.pupil else one.about,
        _("With {whom}: {question}").format(
            whom=one.with_name, question=" ".join(one.question.split())
        ),
        spoken_moment(one.started),
        "consent",
        tuple(marks),
    )


class ConsultationPage(RecordPage[ConsultationSheet]):
    """One signed consultation: what was asked, seen and advised, and what came of it."""

    heeded = frozenset({Kind.CONSULTATION})
    otherwise = ("consultations",)

    def __init__(self, context: Context) -> None:
        super().__init__(
            context,
            RecordView(
                (
                    ("next", _("Next meeting"), "forward"),
                    ("later", _("Open the next meeting"), "forward"),
                    ("add", _("Addendum"), "add"),
                    ("student", _("Open the student"), "student"),
                ),
                _("Agreed steps and what was added"),
                _("Consultation"),
            ),
        )
        self.view.history.opened.connect(self._finish)

    def _source(self) -> Callable[[], ConsultationSheet]:
        return partial(self.context.desk.collaboration.consultations.sheet, self.subject)

    def _show(self, sheet: ConsultationSheet) -> None:
        if sheet.pupil is not None:
            one = sheet.consultation
            record_look(self.context, one.person_id, Record.CONSULTATION, one.id, sheet.pupil.id)
        self.view.show_record(_shown(sheet))
        self.view.show_history(_below(sheet, self.context.today().isoformat()))
        keys = ["later" if sheet.followed_by else "next", "add"]
        if sheet.pupil is not None:
            keys.append("student")
        self.view.offer(*keys)
        if sheet.pupil is not None:
            self.view.label.show_record(self.context, Labelled.CONSULTATION, sheet.consultation.id)

    def _act(self, name: str, sheet: ConsultationSheet) -> None:
        context = self.context
        if name == "student" and sheet.pupil is not None:
            context.go("student", sheet.pupil.id)
        elif name == "later":
            context.go("consultation", sheet.followed_by)
        elif name == "next":
            context.go("consultation-draft", f"follows:{sheet.consultation.id}")
        elif name == "add":
            self._add(sheet)

    def _add(self, sheet: ConsultationSheet) -> None:
        context = self.context

        def act(entries: Entries) -> Callable[[], Changed]:
            command = AddToConsultation(sheet.consultation.id, str(entries["text"]))
            return partial(context.desk.collaboration.consultations.add, command)

        self.asker.ask(
            TextEntry(
                _("Addendum"),
                _("Sign the addendum"),
                _("What is added"),
                _("What was signed stays as it is."),
                self,
            ),
            act,
            lambda _changed, _entries: context.notices.say(_("The addendum is signed.")),
            kept=about("consultation-more", sheet.consultation.id),
        )

    def _finish(self, entry: Entry) -> None:
        step = entry.subject
        if isinstance(step, Step):
            ask_step(self.context, self.asker, self, step)


def ask_step(context: Context, asker: Asker, page: PageWidget, step: Step) -> None:
    """Ask how an agreed step went; one that was looked at can be taken back."""
    rooms = context.desk.collaboration.consultations
    if step.done_at:

        def reopened(_changed: Changed) -> None:
            context.notices.say(_("The step is open again."))

        context.tasks.write(
            partial(rooms.reopen_step, ReopenStep(step.id)),
            reopened,
            context.say,
            owner=page,
        )
        return

    def act(entries: Entries) -> Callable[[], Changed]:
        command = FinishStep(step.id, Fidelity(entries["fidelity"] or ""))
        return partial(rooms.finish_step, command)

    def done(_changed: Changed, _entries: Entries) -> None:
        def undo() -> None:
            context.tasks.write(partial(rooms.reopen_step, ReopenStep(step.id)), failed=context.say)

        context.notices.say(_("The step is done."), undo=undo)

    text = _("{doer}: {text}").format(doer=step.doer, text=step.text)
    asker.ask(StepEntry(text, choices(FIDELITIES), page), act, done)


def _shown(sheet: ConsultationSheet) -> RecordShown:
    one = sheet.consultation
    marks = [(_("Signed"), Mark.GOOD)]
    if one.fidelity:
        marks.append((_("Last advice: {how}").format(how=_(FIDELITIES[one.fidelity])), Mark.PLAIN))
    with_kind = _(WITH[WithKind(one.with_kind)])
    facts = (
        Fact(_("With"), _("{name} ({kind})").format(name=one.with_name, kind=with_kind)),
        Fact(_("Question"), one.question),
        Fact(_("Before"), one.antecedent),
        Fact(_("Behavior"), one.behavior),
        Fact(_("After"), one.consequence),
        Fact(_("What it may be for"), _(PURPOSES[one.purpose]) if one.purpose else ""),
        Fact(_("Advice"), one.advised),
        Fact(_("What came of the last advice"), one.outcome),
        Fact(
            _("When"),
            _("{when}, {minutes}, {place}").format(
                when=spoken_moment(one.started),
                minutes=spoken_minutes(one.minutes),
                place=spoken_place(one.place),
            ),
        ),
        Fact(
            _("Signed"),
            _("{when} by {person}").format(
                when=spoken_moment(one.signed), person=sheet.names.get(one.person_id, "")
            ),
        ),
    )
    return RecordShown(
        title=sheet.pupil.name if sheet.pupil else one.about,
        line=_("Consultation"),
        chips=tuple(marks),
        facts=tuple(fact for fact in facts if fact.text),
    )


def _below(sheet: ConsultationSheet, today: str) -> list[Entry]:
    found = []
    for step in sheet.steps:
        if step.done_at:
            mark = (_(FIDELITIES[step.fidelity]) if step.fidelity else _("Done"), Mark.GOOD)
        else:
            late = step.due_on <= today
            mark = (
                _("Due {day}").format(day=spoken_day(step.due_on)),
                Mark.WARN if late else Mark.ACCENT,
            )
        found.append(Entry(step.id, step.text, step.doer, "", "follow_up", (mark,), subject=step))
    found += [
        Entry(
            one.id,
            _("Addendum"),
            _("{by}: {text}").format(
                by=sheet.names.get(one.person_id, ""), text=" ".join(one.text.split())
            ),
            spoken_moment(one.recorded),
            "add",
            detail=one.text,
        )
        for one in sheet.additions
    ]
    return found
