"""Concerns: the list for triage, and one concern with everything that becomes of it."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QStandardPaths, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from app.features.collaboration.commands import (
    AddToConcern,
    ChangeWarningSigns,
    CloseDanger,
    DecideConcern,
    GiveFeedback,
)
from app.features.collaboration.model.concerns import (
    Danger,
    Decision,
    EntryKind,
    Sign,
    Standing,
    Unit,
    Urgency,
)
from app.features.collaboration.model.feedback import Template
from app.features.collaboration.repo.lists import ConcernLine, ConcernsView
from app.features.collaboration.service.concerns import ConcernSheet, FeedbackCheck, SignList
from app.features.collaboration.shipped import TEMPLATES as SHIPPED
from app.features.privacy.labels import Labelled
from app.features.privacy.model import Record
from app.kernel.changes import Changed, Kind
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, new_id
from app.kernel.words import _, ngettext
from app.overviews.collaboration_words import (
    DANGERS,
    DECIDED,
    DECISIONS,
    ENTRIES,
    MAY_SAY,
    RAISERS,
    TEMPLATES,
    URGENCIES,
    WAYS,
    WHOSE,
    choices,
    spoken_raiser,
    spoken_seen,
    what_now,
)
from app.overviews.reports.wording import spoken_day, spoken_grade, spoken_moment
from ui.features.collaboration.presenter.asking import ask_concern, pick_student
from ui.features.collaboration.view.sheets import (
    DangerEntry,
    DecideEntry,
    FeedbackEntry,
    SignsEntry,
    TextEntry,
)
from ui.kit.asking import Entries, about
from ui.kit.look import Kind as Mark
from ui.kit.looks import record_look
from ui.kit.one_record import RecordPage
from ui.kit.paged import RecordsPage
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.records import Fact, RecordShown, RecordsView, RecordView

_MARKS = {Urgency.ROUTINE: Mark.PLAIN, Urgency.SOON: Mark.WARN, Urgency.URGENT: Mark.BAD}
_CHECK_MS = 400
_PARTS: tuple[tuple[str, Unit, str], ...] = (
    ("days", Unit.DAYS, ""),
    ("times", Unit.TIMES, ""),
    ("points", Unit.POINTS, ""),
    ("plain", Unit.NONE, ""),
    *((danger.value, Unit.NONE, danger.value) for danger in Danger),
)
"""The parts of the sheet on which a list is changed: its name, unit and danger."""


class ConcernsPage(RecordsPage):
    """All concerns: danger first, then by urgency, the oldest first."""

    heeded = frozenset({Kind.CONCERN})

    def __init__(self, context: Context) -> None:
        start = Button(_("Raise a concern"), "add", "primary")
        self._empty = EmptyState(
            "check",
            _("No concern waits"),
            _(
                "What teachers, families and students notice is kept here, with the signs that can"
                " be checked, and stays until someone decides."
            ),
            start,
        )
        super().__init__(
            context,
            RecordsView(
                _("Concerns"),
                (_("Raise a concern"), "add"),
                [
                    (ConcernsView.OPEN, _("Open")),
                    (ConcernsView.WATCHED, _("Watched")),
                    (ConcernsView.DECIDED, _("Decided")),
                    (ConcernsView.ALL, _("All")),
                ],
                self._empty,
                start,
                (
                    ("form", _("Blank form"), "print"),
                    ("signs", _("Signs"), "list"),
                ),
            ),
        )
        self.view.asked.connect(self.raise_one)
        self.view.started.connect(self.raise_one)
        self.view.linked.connect(self._link)
        self.view.list.opened.connect(lambda entry: context.go("concern", entry.id))

    def show_subject(self, subject: str) -> None:
        """`raise` asks for a concern at once, `raise:STUDENT` for one about this student."""
        what, _colon, student = subject.partition(":")
        if what == "raise" and student:
            ask_concern(self.context, self.asker, self, StudentId(student))
        elif what == "raise":
            QTimer.singleShot(0, self, self.raise_one)

    def raise_one(self) -> None:
        """Ask whom it is about, then what was noticed."""
        context = self.context
        pick_student(
            context,
            self,
            _("Whom is the concern about?"),
            lambda student, _name: ask_concern(context, self.asker, self, student),
        )

    def source(self) -> tuple[Callable[[int, int], Sequence[Any]], Callable[[], int]]:
        """Read the concerns of the part that is shown."""
        rooms, part = self.context.desk.collaboration.concerns, ConcernsView(self.part())
        return (
            lambda offset, limit: rooms.page(part, offset, limit),
            partial(rooms.count, part),
        )

    def told(self, count: int) -> str:
        """Return how many there are."""
        return ngettext("{count} concern", "{count} concerns", count).format(count=count)

    def entry(self, line: ConcernLine) -> Entry:
        """Return a concern as the list shows it."""
        return concern_entry(line, self.context)

    def _link(self, name: str) -> None:
        if name == "form":
            self._save_form()
        else:
            self.context.tasks.read(
                self.context.desk.collaboration.concerns.signs,
                self._ask_signs,
                self.context.say,
                owner=self,
            )

    def _save_form(self) -> None:
        target = ask_target(self, _("concern-form"))
        if target is None:
            return
        papers = self.context.desk.collaboration_papers

        def saved(_done: None) -> None:
            self.context.notices.say(_("The blank form is saved."))

        self.context.tasks.write(
            partial(papers.save_form, target, replace_it=True),
            saved,
            self.context.say,
            owner=self,
        )

    def _ask_signs(self, found: SignList) -> None:
        context = self.context
        labels = {
            "days": _("Counted in days"),
            "times": _("Counted in times"),
            "points": _("Counted in points"),
            "plain": _("There or not"),
            **{danger.value: _(DANGERS[danger]) for danger in Danger},
        }
        parts = [
            (
                key,
                labels[key],
                "\n".join(
                    one.label for one in found.signs if (one.unit, one.danger) == (unit, danger)
                ),
            )
            for key, unit, danger in _PARTS
        ]
        text = (
            _("This is Casewell’s own list. Put your district’s in its place, one sign on a line.")
            if not found.version
            else _("Version {number}. Concerns keep the signs that were asked then.").format(
                number=found.version
            )
        )
        known = {one.label: one.code for one in found.signs}

        def act(entries: Entries) -> Callable[[], Changed]:
            signs = tuple(
                Sign(known.get(label, ""), label, unit, danger)
                for key, unit, danger in _PARTS
                for label in (line.strip() for line in str(entries[key]).splitlines())
                if label
            )
            command = ChangeWarningSigns(str(entries["title"]), signs)
            return partial(context.desk.collaboration.concerns.change_signs, command)

        self.asker.ask(
            SignsEntry(text, found.title if found.version else "", parts, self),
            act,
            lambda _changed, _entries: context.notices.say(_("The list is in use.")),
            kept=about("signs"),
        )


def concern_entry(line: ConcernLine, context: Context) -> Entry:
    """Return a concern as lists show it."""
    concern = line.concern
    marks: list[tuple[str, str]] = []
    if line.open_danger:
        marks += [(_(DANGERS[danger]), Mark.BAD) for danger in concern.dangers()]
    elif concern.urgency is not Urgency.ROUTINE:
        marks.append((_(URGENCIES[concern.urgency]), _MARKS[concern.urgency]))
    if line.decision:
        words = _(DECIDED[Decision(line.decision)])
        if line.due:
            words = _("Look again")
        elif line.until_on:
            words = _("Watched until {day}").format(day=spoken_day(line.until_on))
        marks.append((words, Mark.WARN if line.due else Mark.GOOD))
    days = (context.today() - concern.recorded.day()).days
    text = concern.words or ", ".join(spoken_seen(one) for one in concern.seen())
    return Entry(
        concern.id,
        line.pupil.listed,
        _("{raiser}: {words}").format(raiser=spoken_raiser(concern), words=" ".join(text.split())),
        ngettext("{count} day old", "{count} days old", days).format(count=days)
        if days
        else _("today"),
        "warning" if line.open_danger else "alert",
        tuple(marks),
        kind=Mark.BAD if line.open_danger else Mark.PLAIN,
    )


class ConcernPage(RecordPage[ConcernSheet]):
    """One concern: what was noticed, what must happen, and what became of it."""

    heeded = frozenset({Kind.CONCERN})
    otherwise = ("concerns",)

    def __init__(self, context: Context) -> None:
        super().__init__(
            context,
            RecordView(
                (
                    ("danger", _("Close the danger"), "check"),
                    ("decide", _("Decide"), "done"),
                    ("feedback", _("Tell whoever raised it"), "send"),
                    ("contact", _("Log a contact"), "call"),
                    ("consult", _("Write a consultation"), "note"),
                    ("add", _("Add what is known since"), "add"),
                    ("student", _("Open the student"), "student"),
                ),
                _("What became of it"),
                _("Concern"),
            ),
        )

    def _source(self) -> Callable[[], ConcernSheet]:
        return partial(self.context.desk.collaboration.concerns.sheet, self.subject)

    def _show(self, sheet: ConcernSheet) -> None:
        record_look(
            self.context, sheet.concern.person_id, Record.CONCERN, sheet.concern.id, sheet.pupil.id
        )
        self.view.show_record(_shown(sheet))
        self.view.show_history(_history(sheet))
        keys = ["decide", "feedback", "contact", "consult", "add", "student"]
        if sheet.state.open_danger:
            keys.insert(0, "danger")
        self.view.offer(*keys)
        self.view.label.show_record(self.context, Labelled.CONCERN, sheet.concern.id)

    def _act(self, name: str, sheet: ConcernSheet) -> None:
        context = self.context
        if name == "student":
            context.go("student", sheet.pupil.id)
        elif name == "consult":
            context.go("consultation-draft", f"concern:{sheet.concern.id}")
        elif name == "contact":
            context.go("contacts", f"log:{sheet.pupil.id}")
        elif name == "decide":
            self._decide(sheet)
        elif name == "danger":
            self._close(sheet)
        elif name == "feedback":
            self._feedback(sheet)
        else:
            self._add(sheet)

    def _decide(self, sheet: ConcernSheet) -> None:
        context = self.context
        entry = new_id()

        def act(entries: Entries) -> Callable[[], Changed]:
            if not entries["decision"]:
                raise Refused("decision-missing", "decision")
            command = DecideConcern(
                sheet.concern.id,
                Decision(entries["decision"]),
                str(entries["reason"]),
                str(entries["until_on"]),
                entry,
            )
            return partial(context.desk.collaboration.concerns.decide, command)

        self.asker.ask(
            DecideEntry(sheet.pupil.name, choices(DECISIONS), context.today, self),
            act,
            lambda _changed, _entries: context.notices.say(
                _("Decided. Earlier decisions stay readable.")
            ),
            kept=about("decide", sheet.concern.id),
        )

    def _close(self, sheet: ConcernSheet) -> None:
        context = self.context

        def act(entries: Entries) -> Callable[[], Changed]:
            command = CloseDanger(sheet.concern.id, str(entries["done"]), str(entries["told"]))
            return partial(context.desk.collaboration.concerns.close_danger, command)

        text = _("This stands in your name. A mandated report itself is kept apart, not here.")
        self.asker.ask(
            DangerEntry(text, self),
            act,
            lambda _changed, _entries: context.notices.say(_("The danger is closed.")),
            kept=about("danger", sheet.concern.id),
        )

    def _add(self, sheet: ConcernSheet) -> None:
        context = self.context

        def act(entries: Entries) -> Callable[[], Changed]:
            command = AddToConcern(sheet.concern.id, str(entries["text"]))
            return partial(context.desk.collaboration.concerns.add, command)

        self.asker.ask(
            TextEntry(
                _("Add what is known since"),
                _("Add"),
                _("What is known since, or what was wrong"),
                _("The concern itself stays as it was raised."),
                self,
            ),
            act,
            lambda _changed, _entries: context.notices.say(_("Added.")),
            kept=about("concern-more", sheet.concern.id),
        )

    # -- what the raiser hears -------------------------------------------------------

    def _feedback(self, sheet: ConcernSheet) -> None:
        context, concern = self.context, sheet.concern
        raiser = concern.raiser
        recipient = concern.raiser_name or _(RAISERS[raiser])
        entry = FeedbackEntry(
            _(MAY_SAY[raiser]),
            choices(TEMPLATES, sheet.may_say),
            {one: _(SHIPPED[one]) for one in sheet.may_say},
            recipient,
            [("copy", _("Copied, for half a minute")), ("pdf", _("PDF file"))],
            own_words=sheet.own_words,
            parent=self,
        )
        self._watch(entry, concern.id)

        def act(entries: Entries) -> Callable[[], Changed]:
            command = GiveFeedback(
                concern.id,
                Template(entries["template"]),
                str(entries["text"]),
                str(entries["recipient"]),
                str(entries["means"]),
            )
            if command.means == "copy":
                return partial(context.desk.collaboration.concerns.give_feedback, command)
            target = ask_target(self, _("answer-to-concern"))
            if target is None:
                raise Refused("feedback-no-place", "means")
            papers = context.desk.collaboration_papers
            return partial(papers.save_feedback, command, target, replace_it=True)

        def done(_changed: Changed, entries: Entries) -> None:
            if entries["means"] == "copy":
                QGuiApplication.clipboard().setText(str(entries["text"]).strip())
                context.notices.say(
                    _("Copied for half a minute. The disclosure is on record."),
                )
            else:
                context.notices.say(_("Saved. The disclosure is on record."))

        self.asker.ask(entry, act, done)

    def _watch(self, entry: FeedbackEntry, concern: str) -> None:
        """Look for names and for words of notes at each pause of typing."""
        context = self.context
        pause = QTimer(entry)
        pause.setSingleShot(True)
        pause.setInterval(_CHECK_MS)
        entry.words.textChanged.connect(pause.start)

        def look() -> None:
            text = entry.words.text()
            context.tasks.read(
                partial(context.desk.collaboration.concerns.check_feedback, concern, text),
                lambda found: entry.show_found(_said(found)),
                context.say,
                key="feedback-check",
                owner=entry,
            )

        pause.timeout.connect(look)


def _said(found: FeedbackCheck) -> str:
    if found.names:
        return _("A name stands in it: {names}").format(names=", ".join(found.names))
    if found.quoted:
        return _("These words stand in a note: “{words}”").format(words=found.quoted)
    return ""


def _shown(sheet: ConcernSheet) -> RecordShown:
    concern, state = sheet.concern, sheet.state
    marks = [(_(DANGERS[danger]), Mark.BAD) for danger in concern.dangers()]
    marks.append((_(URGENCIES[concern.urgency]), _MARKS[concern.urgency]))
    if state.decision is not None:
        marks.append((_(DECIDED[Decision(state.decision.decision)]), Mark.GOOD))
    else:
        marks.append((_("New"), Mark.ACCENT))
    if state.standing is Standing.DUE:
        marks.append((_("Look again"), Mark.WARN))
    facts = (
        Fact(_(WHOSE[concern.whose_words]), concern.words),
        Fact(_("Signs"), "\n".join(spoken_seen(one) for one in concern.seen())),
        Fact(_("Tried already"), concern.tried),
        Fact(_("Raised by"), spoken_raiser(concern)),
        Fact(_("How it came"), _(WAYS[concern.way])),
        Fact(_("Raised on"), spoken_day(concern.raised_on)),
        Fact(
            _("Written down"),
            _("{when} by {person}").format(
                when=spoken_moment(concern.recorded), person=sheet.names.get(concern.person_id, "")
            ),
        ),
    )
    return RecordShown(
        title=sheet.pupil.name,
        line=" · ".join(
            part
            for part in (_("Concern"), spoken_grade(sheet.pupil.grade), sheet.pupil.school)
            if part
        ),
        chips=tuple(marks),
        facts=tuple(fact for fact in facts if fact.text),
        warnings=what_now(concern) if state.open_danger else (),
    )


def _history(sheet: ConcernSheet) -> list[Entry]:
    icons = {
        EntryKind.DECISION: "done",
        EntryKind.CLOSED: "check",
        EntryKind.NOTE: "note",
        EntryKind.FEEDBACK: "send",
    }
    found = []
    for one in reversed(sheet.entries):
        title = _(ENTRIES[one.kind])
        if one.kind is EntryKind.DECISION:
            title = _(DECIDED[Decision(one.decision)])
            if one.until_on:
                title = _("Watched until {day}").format(day=spoken_day(one.until_on))
        text = one.text
        if one.kind is EntryKind.CLOSED:
            text = _("{done} Told: {told}").format(done=one.text, told=one.told)
        elif one.kind is EntryKind.FEEDBACK:
            text = _("To {whom}: {text}").format(whom=one.told, text=one.text)
        found.append(
            Entry(
                one.id,
                title,
                _("{by}: {text}").format(
                    by=sheet.names.get(one.person_id, ""), text=" ".join(text.split())
                ),
                spoken_moment(one.recorded),
                icons[one.kind],
                detail=text,
            )
        )
    return found


def ask_target(page: PageWidget, name: str) -> Path | None:
    """Ask where a paper goes; its name names nobody."""
    documents = QStandardPaths.StandardLocation.DocumentsLocation
    folder = Path(QStandardPaths.writableLocation(documents) or Path.home())
    chosen, _kind = QFileDialog.getSaveFileName(
        page, _("Save as PDF"), str(folder / f"{name}.pdf"), _("PDF files (*.pdf)")
    )
    if not chosen:
        return None
    target = Path(chosen)
    return target if target.suffix else target.with_suffix(".pdf")
