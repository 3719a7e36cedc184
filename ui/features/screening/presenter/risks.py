"""Risk follow-ups: they stay until a named person closes them."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QVBoxLayout

from app.features.privacy.model import Record
from app.features.screening.commands import AddRiskStep, CloseRisk, ReopenRisk, TellOfRisk
from app.features.screening.model.instruments import Urgency
from app.features.screening.model.records import RiskEntry, RiskEntryKind
from app.features.screening.repo import RiskElsewhere, RiskLine
from app.features.screening.service import RiskyDraft
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Moment
from app.kernel.words import _, ngettext
from app.overviews.reports.wording import spoken_moment
from app.overviews.screening_words import ENTRIES, URGENCIES
from ui.features.screening.view.sheets import RiskSheet, WhySheet
from ui.kit.asking import Entries, about
from ui.kit.look import Kind as Mark
from ui.kit.looks import record_look
from ui.kit.one_record import RecordPage
from ui.kit.room import Context, PageWidget, Section, TodayLine
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.records import Fact, RecordShown, RecordsView, RecordView

_MARKS = {Urgency.NOW: Mark.BAD, Urgency.TODAY: Mark.BAD, Urgency.FOLLOW_UP: Mark.WARN}


def today_lines(context: Context) -> list[TodayLine]:
    """Return the open follow-ups, and forms that were left with an answer that asks for a person.

    Who looks after safety also hears that another field of work has one, and from whom.

    They head the page, and no key takes them off.
    """
    service = context.desk.screening
    return [
        *(_today(line) for line in service.open_risks()),
        *(_elsewhere(found) for found in service.risks_elsewhere()),
        *(_left(found) for found in service.risky_drafts()),
    ]


def _left(found: RiskyDraft) -> TodayLine:
    rule, form = found.rule, found.draft.form
    return TodayLine(
        id=f"risky-draft:{found.draft.id}",
        rank=-2 if rule.urgency is Urgency.NOW else -1,
        icon="warning",
        title=_("Not recorded yet: {name}").format(name=found.draft.student or _("No student yet")),
        detail=_("{title}: {risk}").format(title=found.title, risk=rule.label),
        when=spoken_moment(found.draft.saved),
        page="screening-entry",
        subject=found.draft.id,
        late=True,
        section=Section.NOW,
        student=form.student_id or "",
    )


def _elsewhere(found: RiskElsewhere) -> TodayLine:
    return TodayLine(
        id=f"risk-elsewhere:{found.id}",
        rank=-2 if found.urgency is Urgency.NOW else -1,
        icon="warning",
        title=_("{urgency}: {name}").format(
            urgency=_(URGENCIES[found.urgency]), name=found.student
        ),
        detail=_(
            "{who} saw an answer that asks for a person. Speak with {who}: what it says is told"
            " from person to person."
        ).format(who=found.by),
        when=spoken_moment(found.recorded),
        page="student",
        subject=found.student_id,
        late=found.urgency is not Urgency.FOLLOW_UP,
        section=Section.NOW,
        student=found.student_id,
    )


def _today(line: RiskLine) -> TodayLine:
    risk = line.risk
    return TodayLine(
        id=f"risk:{risk.id}",
        rank=-2 if risk.urgency is Urgency.NOW else -1,
        icon="warning",
        title=_("{urgency}: {name}").format(urgency=_(URGENCIES[risk.urgency]), name=line.student),
        detail=said_risk(line),
        when=spoken_moment(Moment(risk.recorded_at, risk.zone)),
        page="risk",
        subject=risk.id,
        late=risk.urgency is not Urgency.FOLLOW_UP,
        section=Section.NOW,
        student=risk.student_id,
    )


def said_risk(line: RiskLine) -> str:
    """Return what was seen and with which instrument; its name once."""
    if line.risk.label.startswith(line.title):
        return line.risk.label
    return _("{title}: {risk}").format(title=line.title, risk=line.risk.label)


class RisksPage(PageWidget):
    """The follow-ups, open ones first."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        start = Button(_("Enter a screening"), "add", "primary")
        self.view = RecordsView(
            _("Risk follow-ups"),
            (_("Enter a screening"), "add"),
            [("open", _("Open")), ("all", _("All"))],
            EmptyState(
                "check",
                _("No risk is open"),
                _(
                    "An answer that asks for a person opens a follow-up here and on Today. It stays"
                    " until someone says what was done and who was told."
                ),
                start,
            ),
            start,
        )
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        for signal in (self.view.asked, self.view.started):
            signal.connect(lambda: context.go("screenings"))
        self.view.turned.connect(lambda _part: self._reload())
        self.view.list.opened.connect(lambda entry: context.go("risk", entry.id))

    def arrive(self) -> None:
        """Look again, and stand in the list."""
        self._reload()
        self.view.list.setFocus()

    def heed(self, changed: Changed) -> None:
        """Look again when a follow-up changed."""
        if self.isVisible() and changed.meets({Kind.RISK}):
            self._reload()

    def _reload(self) -> None:
        service = self._context.desk.screening
        every = self.view.parts.value() == "all"
        self._context.tasks.read(
            service.risks if every else service.open_risks,
            self._show,
            self._context.say,
            key="risks",
            owner=self,
        )

    def _show(self, lines: list[RiskLine]) -> None:
        count = ngettext("{count} follow-up", "{count} follow-ups", len(lines))
        self.view.show_entries(
            [risk_entry(line) for line in lines], count.format(count=len(lines)) if lines else ""
        )


def risk_entry(line: RiskLine) -> Entry:
    """Return a follow-up as lists show it."""
    risk = line.risk
    urgency: tuple[str, str] = (_(URGENCIES[risk.urgency]), _MARKS[risk.urgency])
    state = _state(line)
    return Entry(
        risk.id,
        line.student,
        said_risk(line),
        spoken_moment(Moment(risk.recorded_at, risk.zone)),
        "warning",
        (state,) if line.mistake is not None else (urgency, state),
        mistaken=line.mistake is not None,
    )


def _state(line: RiskLine) -> tuple[str, str]:
    if line.mistake is not None:
        return _("Recorded in error"), Mark.WARN
    return (_("Open"), _MARKS[line.risk.urgency]) if line.is_open else (_("Closed"), Mark.GOOD)


def _warnings(line: RiskLine) -> tuple[str, ...]:
    """Return what heads a follow-up; of one that was an error, who still has to hear of it."""
    found = []
    if line.first_recorded is not None:
        found.append(
            _("It was first written down under another student, {when}.").format(
                when=spoken_moment(line.first_recorded)
            )
        )
    if line.is_open:
        found.append(
            _("The protocol’s next steps stand below. It stays on Today until it is closed.")
        )
    if line.mistake is not None:
        found.append(_("Recorded in error: {why}").format(why=line.mistake.text))
        told = dict.fromkeys(entry.told for entry in line.entries if entry.told)
        if told:
            found.append(
                _("Who was told of it has to hear that it was an error: {names}").format(
                    names="; ".join(told)
                )
            )
    return tuple(found)


class RiskPage(RecordPage[RiskLine]):
    """One follow-up: the protocol's next steps, what was done, who was told."""

    heeded = frozenset({Kind.RISK})
    otherwise = ("risks",)

    def __init__(self, context: Context) -> None:
        super().__init__(
            context,
            RecordView(
                (
                    ("add", _("Write down what was done"), "note"),
                    ("close", _("Close the follow-up"), "done"),
                    ("reopen", _("Take it up again"), "follow_up"),
                    ("screening", _("Open the screening"), "audit"),
                    ("student", _("Open the student"), "student"),
                ),
                _("What was done"),
                _("Risk follow-up"),
            ),
        )

    def _source(self) -> Callable[[], RiskLine]:
        return partial(self.context.desk.screening.risk, self.subject)

    def _show(self, line: RiskLine) -> None:
        risk = line.risk
        record_look(self.context, risk.person_id, Record.RISK, risk.id, risk.student_id)
        self.view.show_record(
            RecordShown(
                title=_("{urgency}: {name}").format(
                    urgency=_(URGENCIES[risk.urgency]), name=line.student
                ),
                line=said_risk(line),
                chips=(_state(line),),
                warnings=_warnings(line),
                struck=line.mistake is not None,
                facts=(
                    *(
                        Fact(_("Step {number}").format(number=number), step)
                        for number, step in enumerate(risk.steps, 1)
                        if line.mistake is None
                    ),
                    Fact(_("Seen"), spoken_moment(Moment(risk.recorded_at, risk.zone))),
                ),
            )
        )
        self.view.show_history([_done(entry) for entry in reversed(line.entries)])
        if line.mistake is not None:
            keys: tuple[str, ...] = ("add",)
        else:
            keys = ("add", "close") if line.is_open else ("reopen",)
        self.view.offer(*keys, "screening", "student")

    def _act(self, name: str, line: RiskLine) -> None:
        context = self.context
        if name == "screening":
            context.go("screening", line.risk.screening_id)
        elif name == "student":
            context.go("student", line.risk.student_id)
        elif name == "reopen":
            self._ask_reopen(line)
        else:
            self._ask(line, closing=name == "close")

    def _ask(self, line: RiskLine, *, closing: bool) -> None:
        context, risk = self.context, line.risk.id
        service = context.desk.screening

        def act(entries: Entries) -> Callable[[], Changed]:
            day, at = str(entries["day"]), str(entries["at"])
            when = f"{day}T{at}" if day and at else ""
            text, told = str(entries["text"]), str(entries["told"])
            if closing:
                return partial(service.close, CloseRisk(risk, text, told, when))
            if told.strip():
                return partial(service.tell, TellOfRisk(risk, told, when, text))
            return partial(service.add_step, AddRiskStep(risk, text))

        def done(_changed: Changed, _entries: Entries) -> None:
            context.notices.say(
                _("The follow-up is closed.") if closing else _("It is written down.")
            )

        self.asker.ask(
            RiskSheet((), context.today, closing=closing, parent=self),
            act,
            done,
            kept=about("risk", risk, "close" if closing else "step"),
        )

    def _ask_reopen(self, line: RiskLine) -> None:
        context, risk = self.context, line.risk.id
        self.asker.ask(
            WhySheet(_("Take the follow-up up again"), _("Take it up"), self),
            lambda entries: partial(
                context.desk.screening.reopen, ReopenRisk(risk, str(entries["why"]))
            ),
            lambda _changed, _entries: context.notices.say(_("It is on Today again.")),
        )


def _done(entry: RiskEntry) -> Entry:
    told = (
        _("{who}, {when}").format(
            who=entry.told, when=spoken_moment(Moment(entry.told_at, entry.zone))
        )
        if entry.told
        else ""
    )
    return Entry(
        entry.id,
        _(ENTRIES[entry.kind]),
        " · ".join(part for part in (told, entry.text) if part),
        spoken_moment(Moment(entry.recorded_at, entry.zone)),
        "done" if entry.kind is RiskEntryKind.CLOSED else "note",
    )
