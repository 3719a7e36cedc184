"""Trained staff: who may do what until when; what expires is marked before it does."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout

from app.features.medication.commands import DelegateTask, EndDelegation
from app.features.medication.service.nursing import DelegationLine
from app.features.medication.service.orders import OrderLine
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Moment
from app.kernel.ids import StudentId, new_id
from app.kernel.words import _, ngettext
from app.overviews.medication_words import spoken_medicine
from app.overviews.reports.wording import spoken_day, spoken_moment
from ui.features.medication.view.nursing import DelegateSheet
from ui.features.medication.view.orders import Fact, RecordShown, RecordView
from ui.features.medication.view.records import RecordsView
from ui.features.medication.view.sheets import ReasonSheet
from ui.kit.asking import Asker, Entries, about
from ui.kit.look import Kind as Mark
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.lists import Entry

_SOON_DAYS = 30


class DelegationsPage(PageWidget):
    """Who was trained for what; with an id, that training."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asker = Asker(context, self)
        self._id = ""
        self._part = "valid"
        self._shown: DelegationLine | None = None
        start = Button(_("Someone was trained"), "add", "primary")
        self.list = RecordsView(
            _("Trained staff"),
            (_("Someone was trained"), "add"),
            [("valid", _("Valid")), ("soon", _("Ending soon")), ("all", _("Over too"))],
            EmptyState(
                "on",
                _("Nobody stands here"),
                _(
                    "Write down who was trained for which task, and until when. A dose given by"
                    " someone without valid training asks for a reason."
                ),
                start,
            ),
            start,
        )
        self.view = RecordView(
            (("again", _("Trained again"), "redo"), ("end", _("Take the task back"), "close")),
            _("What happened to it"),
            _("Training"),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.view)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self._stack)
        self.list.turned.connect(self._turn)
        self.list.asked.connect(self._add)
        self.list.started.connect(self._add)
        self.list.list.opened.connect(lambda entry: context.go("delegations", entry.id))
        self.view.acted.connect(self._act)

    def show_subject(self, subject: str) -> None:
        """Show the training with this id, or all."""
        self._id = subject
        self._stack.setCurrentWidget(self.view if subject else self.list)
        self._reload()

    def arrive(self) -> None:
        """Stand in the list, or on the first action."""
        if self._id:
            self.view.focus_first()
        else:
            self.list.list.setFocus()

    def heed(self, changed: Changed) -> None:
        """Look again when a delegation changed."""
        if self.isVisible() and changed.meets({Kind.DELEGATION}):
            self._reload()

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self._asker.flush()

    def _turn(self, part: object) -> None:
        self._part = str(part or "valid")
        self._reload()

    def _reload(self) -> None:
        nursing = self._context.desk.medication.nursing
        self._context.tasks.read(
            partial(nursing.delegations, ended=bool(self._id) or self._part == "all"),
            self._show,
            self._context.say,
            key="delegations",
            owner=self,
        )

    def _show(self, lines: list[DelegationLine]) -> None:
        if self._id:
            found = next((line for line in lines if line.delegation.id == self._id), None)
            if found is not None:
                self._show_one(found)
            return
        if self._part == "soon":
            lines = [line for line in lines if self._days_left(line) <= _SOON_DAYS]
        count = ngettext("{count} training", "{count} trainings", len(lines))
        self.list.show_entries(
            [self._line(line) for line in lines], count.format(count=len(lines)) if lines else ""
        )

    def _days_left(self, line: DelegationLine) -> int:
        from datetime import date

        return (date.fromisoformat(line.delegation.expires_on) - self._context.today()).days

    def _chips(self, line: DelegationLine) -> tuple[tuple[str, str], ...]:
        if line.ended:
            return ((_("Taken back"), Mark.PLAIN),)
        if line.expired:
            return ((_("Expired"), Mark.BAD),)
        days = self._days_left(line)
        if days <= _SOON_DAYS:
            words = ngettext("{count} day left", "{count} days left", days).format(count=days)
            return ((words, Mark.WARN),)
        return ((_("Valid"), Mark.GOOD),)

    def _line(self, line: DelegationLine) -> Entry:
        one = line.delegation
        whose = line.pupil.listed if line.pupil is not None else _("all students")
        return Entry(
            one.id,
            one.staff,
            _("{task} · {whose}").format(task=one.task, whose=whose),
            _("Until {day}").format(day=spoken_day(one.expires_on)),
            "on",
            self._chips(line),
        )

    def _show_one(self, line: DelegationLine) -> None:
        self._shown = line
        one = line.delegation
        facts = (
            Fact(_("Trained for"), one.task),
            Fact(_("For"), line.pupil.name if line.pupil is not None else _("All students")),
            Fact(_("Trained on"), spoken_day(one.trained_on)),
            Fact(_("Valid until"), spoken_day(one.expires_on)),
            Fact(_("Written by"), line.by),
            Fact(_("Note"), one.note),
        )
        self.view.show_record(
            RecordShown(
                title=one.staff,
                line=_("Trained by the nurse for a task of the health office"),
                chips=self._chips(line),
                facts=tuple(fact for fact in facts if fact.text),
            )
        )
        written = Moment(one.recorded_at, one.zone)
        history = [
            Entry(f"{one.id}:made", _("Written down"), line.by, spoken_moment(written), "on")
        ]
        if line.end is not None:
            said = _("{by}: {text}").format(by=line.ended_by, text=line.end.text)
            history.insert(
                0, Entry(line.end.id, _("Taken back"), said, spoken_moment(line.end.when), "close")
            )
        self.view.history.set_entries(history)
        self.view.offer("again", *(() if line.ended else ("end",)))
        self.view.focus_first()

    # -- writing ---------------------------------------------------------------------

    def _add(self) -> None:
        self._ask({})

    def _ask(self, entries: Mapping[str, Any]) -> None:
        context = self._context

        def opened(orders: list[OrderLine]) -> None:
            self._ask_with(orders, entries)

        context.tasks.read(
            partial(context.desk.medication.orders.orders, limit=2_000),
            opened,
            context.say,
            owner=self,
        )

    def _ask_with(self, orders: list[OrderLine], entries: Mapping[str, Any]) -> None:
        context, delegation_id = self._context, new_id()
        nursing = context.desk.medication.nursing

        def act(typed: Entries) -> Callable[[], Changed]:
            student, _sep, series = str(typed["whose"] or "").partition("|")
            command = DelegateTask(
                typed["staff"], typed["task"], typed["trained_on"], typed["expires_on"],
                student_id=StudentId(student) if student else None, series_id=series,
                note=typed["note"], delegation_id=delegation_id,
            )  # fmt: skip
            return partial(nursing.delegate, command)

        def done(_changed: Changed, _typed: Entries) -> None:
            context.notices.say(_("The training is written down."))
            if self._id:
                context.go("delegations", instead=True)

        self._asker.ask(
            DelegateSheet(entries, whose_options(orders), context.today, self),
            act,
            done,
            kept=about("delegate", str(entries.get("id", ""))),
        )

    def _act(self, name: str) -> None:
        line, context = self._shown, self._context
        if line is None:
            return
        one = line.delegation
        if name == "again":
            whose = f"{one.student_id}|{one.series_id}" if one.student_id else ""
            self._ask({"id": one.id, "staff": one.staff, "task": one.task, "whose": whose})
            return

        def act(entries: Entries) -> Callable[[], Changed]:
            command = EndDelegation(one.id, entries["reason"])
            return partial(context.desk.medication.nursing.end_delegation, command)

        self._asker.ask(
            ReasonSheet(
                _("Take the task back"),
                _("Take it back"),
                _("{name} no longer does this from now on.").format(name=one.staff),
                parent=self,
            ),
            act,
            lambda _changed, _entries: context.notices.say(_("The task is taken back.")),
            kept=about("delegation-end", one.id),
        )


def whose_options(orders: list[OrderLine]) -> list[tuple[object, str]]:
    """Return what a training can be for: all students, one student, one order of theirs."""
    found: list[tuple[object, str]] = [("", _("All students"))]
    seen: set[str] = set()
    for line in orders:
        if line.pupil is None:
            continue
        if line.pupil.id not in seen:
            seen.add(line.pupil.id)
            found.append((f"{line.pupil.id}|", line.pupil.listed))
        found.append(
            (
                f"{line.pupil.id}|{line.order.series_id}",
                _("{name}: {medicine}").format(
                    name=line.pupil.listed, medicine=spoken_medicine(line.order)
                ),
            )
        )
    return found
