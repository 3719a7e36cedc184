"""The board of all goals, and one goal with its picture and its decisions."""

from collections.abc import Callable
from datetime import date
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout

from app.features.plans.commands import BeginPhase, CorrectPoint, DecideOnGoal, EnterPoint
from app.features.plans.model.records import Decision, GoalPoint
from app.features.plans.service.progress import GoalChart, GoalLineRow
from app.features.privacy.model import Record
from app.kernel.changes import Changed, Kind
from app.kernel.errors import Refused
from app.kernel.measures import THOUSAND, shown
from app.kernel.words import _, ngettext
from app.overviews.plan_words import (
    DECISIONS,
    PROPOSED,
    spoken_aim,
    spoken_reading,
    spoken_side,
    spoken_trend,
    spoken_value,
    trend_ends,
)
from app.overviews.reports.wording import spoken_day
from app.phrases import sentence
from ui.features.plans.presenter.editor import begin_plan
from ui.features.plans.presenter.plan import ask_paper, reading_chips
from ui.features.plans.view.board import BoardView
from ui.features.plans.view.goal import GoalView
from ui.features.plans.view.sheets import (
    CorrectSheet,
    DecideSheet,
    PaperSheet,
    PhaseSheet,
    PointSheet,
)
from ui.kit.asking import about
from ui.kit.chart import Marker, Point, Series
from ui.kit.looks import record_look
from ui.kit.one_record import RecordPage
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.records import Fact, RecordShown

_CIRCLE, _SQUARE, _TRIANGLE, _DASHED = 0, 1, 2, 3


class ProgressPage(PageWidget):
    """All goals of open plans: what waits for a decision first, then by the student."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._order: list[str] = []
        start = Button(_("Write a plan"), "add", "primary")
        start.clicked.connect(lambda _on=False: context.go("plan-draft", begin_plan()))
        self.view = BoardView(
            [("", _("All goals")), ("waiting", _("Wait for a decision"))],
            EmptyState(
                "chart",
                _("No goal to measure yet"),
                _(
                    "The goals of agreed plans stand here. A point takes two keys: the value, and"
                    " Enter, which goes on to the next goal."
                ),
                start,
            ),
            context.today,
        )
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self.view.turned.connect(self._reload)
        self.view.list.opened.connect(lambda entry: context.go("goal", entry.id))
        self.view.list.entered.connect(self._enter)

    def arrive(self) -> None:
        """Look again, in the order of the day, and stand in the list."""
        self._order = []
        self._reload()
        self.view.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def heed(self, changed: Changed) -> None:
        """Look again when a goal changed; the order stays while one enters."""
        if self.isVisible() and changed.meets({Kind.CARE_PLAN, Kind.PROGRESS}):
            self._reload()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self._context.back()
        else:
            super().keyPressEvent(event)

    def _reload(self) -> None:
        progress = self._context.desk.progress
        self._context.tasks.read(
            partial(progress.board, 0, -1), self._show, self._context.say, key="board", owner=self
        )

    def _show(self, rows: list[GoalLineRow]) -> None:
        waiting = sum(row.waits for row in rows)
        self.counted.emit(waiting)
        places = {key: place for place, key in enumerate(self._order)}
        if places:
            rows = sorted(rows, key=lambda row: places.get(row.goal.key, len(places)))
        else:
            rows = sorted(rows, key=lambda row: not row.waits)
        self._order = [row.goal.key for row in rows]
        if self.view.parts.value() == "waiting":
            rows = [row for row in rows if row.waits]
        count = ngettext("{count} goal", "{count} goals", len(rows)).format(count=len(rows))
        waits = ngettext(
            "{count} waits for a decision", "{count} wait for a decision", waiting
        ).format(count=waiting)
        about_them = _("{goals}, {waiting}").format(goals=count, waiting=waits)
        self.view.show_goals([_row(row) for row in rows], about_them if waiting else count)

    def _enter(self, key: str, typed: str) -> None:
        context, progress = self._context, self._context.desk.progress
        day = self.view.day.value()
        command = EnterPoint(key, typed, day.isoformat() if day else self.view.day.text())

        def done(changed: Changed) -> None:
            back = partial(
                progress.correct, CorrectPoint(changed.made, "", _("Entered by mistake"))
            )
            context.notices.say(
                _("The point is written down: {value}").format(value=typed),
                undo=lambda: context.tasks.write(back, failed=context.say),
            )

        def failed(error: Exception) -> None:
            if not isinstance(error, Refused):
                context.say(error)
                return
            place = self.view.list.entries.place_of(key)
            if place >= 0:
                self.view.list.go_to(place)
            self.view.refuse(sentence(error))

        context.tasks.write(partial(progress.enter, command), done, failed, owner=self)


def _row(row: GoalLineRow) -> Entry:
    goal = row.goal
    when = (
        _("{value} on {day}").format(
            value=spoken_value(goal.kind, row.newest.value), day=spoken_day(row.newest.day)
        )
        if row.newest
        else _("No point yet")
    )
    return Entry(
        goal.key,
        _("{name}: {goal}").format(name=row.student, goal=goal.statement),
        _("{measure}, {aim}").format(measure=goal.measure, aim=spoken_aim(goal)),
        when,
        "goal",
        reading_chips(row.reading, waits=row.waits),
    )


class GoalPage(RecordPage[tuple[GoalChart, list[GoalPoint]]]):
    """One goal."""

    heeded = frozenset({Kind.CARE_PLAN, Kind.PROGRESS})
    otherwise = ("progress",)
    view: GoalView

    def __init__(self, context: Context) -> None:
        super().__init__(
            context,
            GoalView(
                (
                    ("enter", _("Enter a point"), "add"),
                    ("decide", _("Decide"), "check"),
                    ("phase", _("Begin a phase"), "forward"),
                    ("correct", _("Correct a point"), "amendment"),
                    ("paper", _("Save as PDF"), "pdf"),
                    ("plan", _("Open the plan"), "plan"),
                    ("student", _("Open the student"), "student"),
                )
            ),
        )

    def _source(self) -> Callable[[], tuple[GoalChart, list[GoalPoint]]]:
        progress, key = self.context.desk.progress, self.subject
        return lambda: (progress.chart(key), progress.rows(key))

    def _show(self, found: tuple[GoalChart, list[GoalPoint]]) -> None:
        chart, rows = found
        goal = chart.goal
        record_look(self.context, goal.person_id, Record.GOAL, goal.key, goal.student_id)
        newest = chart.points[-1] if chart.points else None
        facts = [
            Fact(_("What is measured"), goal.measure),
            Fact(_("Goal"), spoken_aim(goal)),
            Fact(
                _("Newest"),
                _("{value} on {day}").format(
                    value=spoken_value(goal.kind, newest.value), day=spoken_day(newest.day)
                )
                if newest
                else "",
            ),
            Fact(_("Trend"), spoken_trend(goal.kind, chart.trend)),
            Fact(
                _("Worked on"),
                ", ".join(spoken_day(one.day) for one in chart.worked_on),
            ),
            *(
                Fact(_("Level {number}").format(number=level), words)
                for level, words in zip(("−2", "−1", "0", "+1", "+2"), goal.levels, strict=False)
            ),
        ]
        self.view.show_record(
            RecordShown(
                title=goal.statement,
                line=chart.student,
                chips=reading_chips(chart.reading, waits=chart.waits),
                facts=tuple(fact for fact in facts if fact.text),
            )
        )
        series, line, phases = pictured(chart)
        self.view.show_chart(series, line, phases, spoken_reading(chart.reading))
        self.view.show_history(_history(chart, rows))
        keys = ["enter", "decide", "phase", "correct", "paper", "plan", "student"]
        if not chart.points:
            keys.remove("correct")
        self.view.offer(*keys)

    # -- what can be done ------------------------------------------------------------

    def _act(self, name: str, found: tuple[GoalChart, list[GoalPoint]]) -> None:
        chart, _rows = found
        if name == "plan":
            self.context.go("plan", chart.goal.plan_id)
        elif name == "student":
            self.context.go("student", chart.goal.student_id)
        else:
            does: dict[str, Callable[[GoalChart], None]] = {
                "enter": self._enter, "decide": self._decide, "phase": self._phase,
                "correct": self._correct, "paper": self._save,
            }  # fmt: skip
            does[name](chart)

    def _enter(self, chart: GoalChart) -> None:
        context, goal = self.context, chart.goal
        self.asker.ask(
            PointSheet(goal.measure, context.today, self),
            lambda entries: partial(
                context.desk.progress.enter,
                EnterPoint(
                    goal.key, str(entries["value"]), str(entries["day"]), str(entries["comment"])
                ),
            ),
            lambda _changed, _entries: context.notices.say(_("The point is written down.")),
        )

    def _correct(self, chart: GoalChart) -> None:
        context = self.context
        points = {one.id: one for one in reversed((*chart.points, *chart.worked_on))}

        def value(chosen: object) -> str:
            point = points[str(chosen)]
            return "" if point.value is None else shown(point.value)

        self.asker.ask(
            CorrectSheet(
                [
                    (
                        one.id,
                        _("{day}: {value}").format(
                            day=spoken_day(one.day), value=spoken_value(chart.goal.kind, one.value)
                        ),
                    )
                    for one in points.values()
                ],
                value,
                self,
            ),
            lambda entries: partial(
                context.desk.progress.correct,
                CorrectPoint(str(entries["point"]), str(entries["value"]), str(entries["why"])),
            ),
            lambda _changed, _entries: context.notices.say(
                _("The correction stands in its place; the mistaken point is kept.")
            ),
        )

    def _phase(self, chart: GoalChart) -> None:
        context, key = self.context, chart.goal.key
        self.asker.ask(
            PhaseSheet(context.today, self),
            lambda entries: partial(
                context.desk.progress.begin_phase,
                BeginPhase(key, str(entries["begins_on"]), str(entries["label"])),
            ),
            lambda _changed, _entries: context.notices.say(_("The phase is begun.")),
            kept=about("goal-phase", key),
        )

    def _decide(self, chart: GoalChart) -> None:
        context, key = self.context, chart.goal.key
        proposed = PROPOSED.get(chart.reading.proposal, Decision.CONTINUE)
        self.asker.ask(
            DecideSheet(
                spoken_reading(chart.reading),
                [
                    (one.value, _(words))
                    for one, words in DECISIONS.items()
                    if one is not Decision.CLOSE
                ],
                proposed.value,
                context.today,
                self,
            ),
            lambda entries: partial(
                context.desk.progress.decide,
                DecideOnGoal(
                    key,
                    Decision(str(entries["decision"])),
                    str(entries["reason"]),
                    str(entries["decided_on"]),
                    str(entries["label"]),
                ),
            ),
            lambda _changed, _entries: context.notices.say(_("The decision is written down.")),
            kept=about("goal-decide", key),
        )

    def _save(self, chart: GoalChart) -> None:
        key = chart.goal.key
        ask_paper(
            self.context,
            self.asker,
            PaperSheet(_("Save the progress as PDF"), self),
            chart.goal.student_id,
            _("progress"),
            partial(self.context.desk.plan_papers.save_progress, key),
            kept=about("goal-paper", key),
        )


def _at(day: date, value: float, label: str = "") -> Point:
    return Point(day.toordinal(), value / THOUSAND, label)


def pictured(
    chart: GoalChart,
) -> tuple[list[Series], tuple[Point, Point], list[Marker]]:
    """Return a goal as its picture shows it: points, baseline, trend, asks; line; phases."""
    line = chart.line
    points = tuple(
        _at(date.fromisoformat(one.day), one.value, spoken_day(one.day))
        for one in chart.points
        if one.value is not None
    )
    ends = trend_ends(chart)
    series = [
        Series(_("Points"), points, _CIRCLE),
        Series(
            _("Baseline"),
            (_at(line.begins, line.baseline, spoken_day(line.begins)),),
            _SQUARE,
            line=True,
        ),
        Series(
            _("Four in a row: decide"),
            tuple(_at(point.day, point.value) for point, _side in chart.asks),
            _TRIANGLE,
            line=False,
        ),
        Series(
            _("Trend"), tuple(_at(day, float(value)) for day, value in ends), _DASHED, dots=False
        ),
    ]
    phases = [
        Marker(date.fromisoformat(one.begins_on).toordinal(), one.label) for one in chart.phases
    ]
    return series, (_at(line.begins, line.baseline), _at(line.ends, line.target)), phases


def _history(chart: GoalChart, rows: list[GoalPoint]) -> list[Entry]:
    kind = chart.goal.kind
    replaced = {row.replaces: row for row in rows if row.replaces}
    sides = {(point.day.isoformat(), point.value): side for point, side in chart.asks}
    found: list[tuple[str, Entry]] = []
    for one in chart.decisions:
        title = _("Decided: {decision}").format(decision=_(DECISIONS[one.decision]))
        found.append((one.decided_on, Entry(
            one.id, title, one.reason, spoken_day(one.decided_on), "check",
            detail=_("{count} points were there").format(count=len(one.points)),
        )))  # fmt: skip
    found += [
        (
            phase.begins_on,
            Entry(
                phase.id,
                _("New phase: {label}").format(label=phase.label),
                when=spoken_day(phase.begins_on),
                icon="forward",
            ),
        )
        for phase in chart.phases
    ]
    for row in rows:
        after = replaced.get(row.id)
        words = [row.comment] if row.comment else []
        if after is not None:
            words = [_("Corrected: {why}").format(why=after.comment)]
        side = sides.get((row.day, row.value)) if row.value is not None else None
        if side is not None and after is None:
            words.append(spoken_side(side))
        title = _("Worked on") if row.value is None else spoken_value(kind, row.value)
        if row.taken_out:
            title = _("Taken out")
        found.append((row.day, Entry(
            row.id, title, " · ".join(words), spoken_day(row.day), "goal",
            struck=after is not None,
        )))  # fmt: skip
    found.sort(key=lambda each: each[0], reverse=True)
    return [entry for _day, entry in found]
