"""Requests for records: the list with its clock, and one request with what became of it."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer

from app.features.privacy.commands import (
    AnswerRequest,
    CloseRequest,
    ExtendRequest,
    RecordRequestIn,
)
from app.features.privacy.inspection import (
    LONGEST_DAYS,
    MAY_END,
    NEAR_DAYS,
    Outcome,
    Party,
    RequestEntry,
    RequestSheet,
    Step,
    Wanted,
    latest_day,
)
from app.kernel.changes import Changed, Kind
from app.kernel.ids import StudentId, is_id
from app.kernel.names import listed_name, shown_name
from app.kernel.words import _, ngettext
from app.overviews.privacy_words import OUTCOMES, PARTIES, WANTED, spoken_standing
from app.overviews.reports.wording import spoken_day, spoken_moment
from ui.features.privacy.presenter.asking import ask_log, ask_rules
from ui.features.privacy.view.requests import (
    AnswerEntrySheet,
    CloseEntrySheet,
    ExtendEntrySheet,
    RequestEntrySheet,
    RequestsView,
)
from ui.kit.asking import Entries, about
from ui.kit.look import Kind as Mark
from ui.kit.one_record import RecordPage
from ui.kit.paged import RecordsPage
from ui.kit.room import Context
from ui.kit.students import pick_student
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.records import Fact, RecordShown, RecordView

_OPEN, _ALL = "open", "all"


def spoken_clock(sheet: RequestSheet, today: date) -> tuple[str, str] | None:
    """Return what the clock of a request says and how it is marked; None where none runs."""
    left = sheet.days_left(today)
    if left is None:
        return None
    if left < 0:
        late = ngettext("{count} day late", "{count} days late", -left)
        return late.format(count=-left), Mark.BAD
    words = ngettext("{count} day left", "{count} days left", left).format(count=left)
    return words, Mark.WARN if left <= NEAR_DAYS else Mark.PLAIN


class RequestsPage(RecordsPage):
    """Requests, those that are due soonest first."""

    heeded = frozenset({Kind.RECORD_REQUEST})
    view: RequestsView

    def __init__(self, context: Context) -> None:
        self._student = StudentId("")
        super().__init__(context, RequestsView([(_OPEN, _("Open")), (_ALL, _("All"))]))
        self.view.asked.connect(self.record)
        self.view.started.connect(self.record)
        self.view.linked.connect(lambda _name: ask_rules(context, self.asker, self))
        self.view.list.opened.connect(lambda entry: context.go("request", entry.id))

    def show_subject(self, subject: str) -> None:
        """Show one student's, by `student:ID`; `record` asks at once, also with `:ID`."""
        what, _colon, of = subject.partition(":")
        self._student = StudentId(of) if is_id(of) else StudentId("")
        if self._student:
            self.view.parts.set_value(_ALL)
        if what == "record":
            QTimer.singleShot(0, self, self.record)

    def record(self) -> None:
        """Ask whose record it is, then who asked for it."""
        if self._student:
            self._ask(self._student)
            return
        pick_student(
            self.context,
            self,
            _("Whose record is asked for?"),
            lambda student, _name: self._ask(student),
        )

    def _ask(self, student: StudentId) -> None:
        context = self.context

        def act(entries: Entries) -> Callable[[], Changed]:
            return partial(
                context.desk.requests.record,
                RecordRequestIn(
                    student,
                    Wanted(str(entries["kind"])),
                    Party(str(entries["party"])),
                    str(entries["asked_by"]),
                    str(entries["what"]),
                    str(entries["interest"]),
                    str(entries["received_on"]),
                ),
            )

        self.asker.ask(
            RequestEntrySheet(
                [(kind.value, _(words)) for kind, words in WANTED.items()],
                [(party.value, _(words)) for party, words in PARTIES.items()],
                context.today,
                self,
            ),
            act,
            lambda changed, _entries: context.go("request", changed.made),
            kept=about("request", student),
        )

    def source(self) -> tuple[Callable[[int, int], Sequence[Any]], Callable[[], int]]:
        """Read the requests of the part that is shown."""
        requests, student = self.context.desk.requests, self._student or None
        only = self.part() != _ALL

        def page(offset: int, limit: int) -> Sequence[Any]:
            return requests.page(student, open_only=only, offset=offset, limit=limit)

        def count() -> int:
            counts = requests.count(student)
            return counts.open if only else counts.all

        return page, count

    def told(self, count: int) -> str:
        """Return how many there are."""
        return ngettext("{count} request", "{count} requests", count).format(count=count)

    def entry(self, line: RequestSheet) -> Entry:
        """Return a request as the list shows it."""
        one = line.request
        name = listed_name(line.student_given, line.student_family, line.student_preferred)
        clock = spoken_clock(line, self.context.today())
        pressing = clock is not None and clock[1] != Mark.PLAIN
        return Entry(
            one.id,
            _("{student}: {who}").format(student=name, who=one.asked_by),
            _("{what}. {records}").format(what=_(WANTED[one.kind]), records=one.what),
            spoken_standing(line),
            "audit",
            (clock,) if clock is not None and pressing else (),
            subject=line,
        )


class RequestPage(RecordPage[RequestSheet]):
    """One request: who asked, for what, its clock, and what became of it."""

    heeded = frozenset({Kind.RECORD_REQUEST})
    otherwise = ("requests",)

    def __init__(self, context: Context) -> None:
        super().__init__(
            context,
            RecordView(
                (
                    ("answer", _("Write down an answer"), "note"),
                    ("close", _("Close it"), "done"),
                    ("extend", _("Put it off"), "clock"),
                    ("log", _("Save the record of disclosures"), "pdf"),
                    ("summary", _("Save summary"), "report"),
                    ("student", _("Open the student"), "student"),
                ),
                _("What became of it"),
                _("Request"),
            ),
        )

    def _source(self) -> Callable[[], RequestSheet]:
        return partial(self.context.desk.requests.get, self.subject)

    def _show(self, sheet: RequestSheet) -> None:
        one = sheet.request
        clock = spoken_clock(sheet, self.context.today())
        facts = (
            (_("Who asked"), f"{one.asked_by} ({_(PARTIES[one.party])})"),
            (_("Which records"), one.what),
            (_("What they are wanted for"), one.interest),
            (_("Came in on"), spoken_day(one.received_on)),
            (
                _("Due on"),
                _due(sheet),
            ),
            (
                _("Written down"),
                _("{person}, {moment}").format(person=sheet.by, moment=spoken_moment(one.made)),
            ),
        )
        self.view.show_record(
            RecordShown(
                title=_("Request about {name}").format(
                    name=shown_name(
                        sheet.student_given, sheet.student_family, sheet.student_preferred
                    )
                ),
                line=_(WANTED[one.kind]),
                chips=((spoken_standing(sheet), Mark.PLAIN), *((clock,) if clock else ())),
                facts=tuple(Fact(label, text) for label, text in facts if text),
                warnings=(
                    _("The day it was due has passed. Meet it now, and close it with the day."),
                )
                if clock is not None and clock[1] == Mark.BAD
                else (),
            )
        )
        self.view.show_history([_shown(entry) for entry in reversed(sheet.entries)])
        doing = ("answer", "close", *(("extend",) if sheet.due_on else ()))
        self.view.offer(*(() if sheet.closed else doing), "log", "summary", "student")

    def _act(self, name: str, sheet: RequestSheet) -> None:
        context = self.context
        student = sheet.request.student_id
        if name == "student":
            context.go("student", student)
        elif name == "summary":
            context.go("summary", student)
        elif name == "log":
            ask_log(context, self.asker, self, student)
        else:
            {"answer": self._answer, "close": self._close, "extend": self._extend}[name](sheet)

    def _done(self, _changed: Changed, _entries: Entries) -> None:
        self.context.notices.say(_("Written down."))

    def _answer(self, sheet: RequestSheet) -> None:
        context, request = self.context, sheet.request.id
        self.asker.ask(
            AnswerEntrySheet(context.today, self),
            lambda entries: partial(
                context.desk.requests.answer,
                AnswerRequest(request, str(entries["text"]), str(entries["on_day"])),
            ),
            self._done,
            kept=about("request-answer", request),
        )

    def _extend(self, sheet: RequestSheet) -> None:
        context, request = self.context, sheet.request.id
        latest = latest_day(sheet.request.received_on)
        self.asker.ask(
            ExtendEntrySheet(
                date.fromisoformat(latest),
                _("At the most until {day}: the law gives {days} days.").format(
                    day=spoken_day(latest), days=LONGEST_DAYS
                ),
                context.today,
                self,
            ),
            lambda entries: partial(
                context.desk.requests.extend,
                ExtendRequest(request, str(entries["due_on"]), str(entries["reason"])),
            ),
            self._done,
            kept=about("request-extend", request),
        )

    def _close(self, sheet: RequestSheet) -> None:
        context, request = self.context, sheet.request.id
        self.asker.ask(
            CloseEntrySheet(
                [(one.value, _(OUTCOMES[one])) for one in MAY_END[sheet.request.kind]],
                context.today,
                self,
            ),
            lambda entries: partial(
                context.desk.requests.close,
                CloseRequest(
                    request,
                    Outcome(str(entries["outcome"])),
                    str(entries["text"]),
                    str(entries["on_day"]),
                ),
            ),
            self._done,
            kept=about("request-close", request),
        )


def _shown(entry: RequestEntry) -> Entry:
    title = {
        Step.ANSWERED: _("Answered"),
        Step.EXTENDED: _("Put off until {day}").format(day=spoken_day(entry.due_on)),
    }.get(entry.kind) or _("Closed: {outcome}").format(outcome=_(OUTCOMES[Outcome(entry.outcome)]))
    return Entry(
        entry.id,
        title,
        " · ".join(part for part in (entry.text, entry.by) if part),
        spoken_day(entry.on_day),
        {Step.ANSWERED: "note", Step.EXTENDED: "clock"}.get(entry.kind, "done"),
    )


def _due(sheet: RequestSheet) -> str:
    """Return the day a request is due, and the law's last day where that is another."""
    if not sheet.due_on:
        return ""
    due, latest = spoken_day(sheet.due_on), spoken_day(latest_day(sheet.request.received_on))
    if due == latest:
        return due
    return _("{day}; the law’s last day is {latest}").format(day=due, latest=latest)
