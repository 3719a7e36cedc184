"""The log: activities typed on one line, the day and the week beneath, corrected in the open."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout

from app.features.time_use.commands import (
    ChangeCategory,
    CorrectActivity,
    DropTimer,
    KeepLine,
    LogActivity,
    LogDuty,
    RemoveActivities,
    RemoveActivity,
    RepeatDay,
    RestoreActivity,
    StartTimer,
    StopTimer,
)
from app.features.time_use.model.categories import CategorySet, found_category
from app.features.time_use.model.entries import ActivityForm, TimeEntry, clock_before
from app.features.time_use.repo.entries import DayLine
from app.features.time_use.service.log import DaySheet, LogService, Repeated
from app.kernel.changes import Changed, Kind
from app.kernel.entries import EntryKind
from app.kernel.errors import Refused
from app.kernel.ids import new_id
from app.kernel.words import _
from app.overviews.reports.wording import spoken_time
from app.phrases import sentence
from ui.features.time_use import said
from ui.features.time_use.view.log import LogView
from ui.features.time_use.view.sheets import ActivitySheet, CategorySheet
from ui.kit import dates
from ui.kit.asking import Asker, Entries, about
from ui.kit.autosave import Autosave
from ui.kit.look import Kind as Mark
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.lists import Entry

_ICONS = {EntryKind.SESSION: "note", EntryKind.GROUP: "group", EntryKind.ACTIVITY: "clock"}


@dataclass(frozen=True, slots=True)
class _Planned:
    """A block of the schedule that is to be logged."""

    id: str
    at: str
    minutes: str
    school_id: str


class LogPage(PageWidget):
    """A day of one's time, and the line on which the rest of it is typed."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asker = Asker(context, self)
        self._day = context.today()
        self._sheet: DaySheet | None = None
        self._fresh = True
        self._planned: _Planned | None = None
        self._entry_id = new_id()
        self.view = LogView(context.today)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self._autosave = Autosave(self._keep, self)
        quick = self.view.quick
        quick.typed.connect(self._typed)
        quick.entered.connect(self.log)
        quick.pick.clicked.connect(self._pick)
        self.view.day_chosen.connect(self._turn)
        self.view.stepped.connect(self._step)
        self.view.timer.connect(self._timer)
        self.view.timer_dropped.connect(self._drop_timer)
        self.view.offered.connect(self._take_offer)
        self.view.linked.connect(self._go)
        self.view.list.opened.connect(self._open)
        for keys, where, run in (
            ("Alt+Down", quick.category, self._pick),
            ("Delete", self.view.list, self._remove),
            ("Ctrl+Return", self, self.log),
            ("Ctrl+PgUp", self, partial(self._step, -1)),
            ("Ctrl+PgDown", self, partial(self._step, 1)),
        ):
            shortcut = QShortcut(QKeySequence(keys), where)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(run)

    @property
    def _log(self) -> LogService:
        return self._context.desk.time_use.log

    # -- coming and going ------------------------------------------------------------

    def show_subject(self, subject: str) -> None:
        """Show a day given as YYYY-MM-DD; without one, today.

        `planned:APPOINTMENT|YYYY-MM-DD|HH:MM|MINUTES|SCHOOL` is a block to be logged.
        """
        self._planned = None
        about, _colon, of = subject.partition(":")
        if about == "planned":
            planned_id, subject, at, minutes, school = of.split("|")
            self._planned = _Planned(planned_id, at, minutes, school)
        try:
            self._day = date.fromisoformat(subject)
        except ValueError:
            self._day = self._context.today()
        self._fresh = True

    def arrive(self) -> None:
        """Look again, and stand where an activity is typed."""
        self._reload()
        self.view.focus_line()

    def heed(self, changed: Changed) -> None:
        """Look again when time, or a note it comes from, changed."""
        if self.isVisible() and changed.meets({Kind.TIME, Kind.NOTE, Kind.GROUP_SESSION}):
            self._reload()

    def flush(self) -> None:
        """Keep what was typed, now."""
        self._autosave.flush()
        self._asker.flush()

    def _reload(self) -> None:
        self._context.tasks.read(
            partial(self._log.day, self._day.isoformat()),
            self._show,
            self._context.say,
            key="time-day",
            owner=self,
        )

    def _show(self, sheet: DaySheet) -> None:
        self._sheet = sheet
        self.view.show_day(
            self._day,
            _("{day}: {span}").format(day=said.weekday(sheet.day), span=said.span(sheet.total)),
        )
        none = [("", _("No building"))] if len(sheet.schools) != 1 else []
        self.view.offer(
            [*sheet.schools, *none],
            [(str(one.position), sheet.set.said(one.label)) for one in sheet.set.categories],
        )
        self.view.show_entries([self._line(sheet, line) for line in sheet.lines])
        week = [(day, day.isoweekday() < 6) for day in map(date.fromisoformat, _days(sheet))]
        totals = {one.day: one.minutes for one in sheet.week}
        shown = [
            (dates.weekday_name(day, short=True), totals[day.isoformat()])
            for day, working in week
            if working or totals[day.isoformat()]
        ]
        self.view.show_week(shown, _("{span} in all").format(span=said.span(sum(totals.values()))))
        self._show_offers(sheet)
        timer = sheet.draft.timer
        self.view.show_timer(
            _("Since {time}").format(time=spoken_time(timer)) if timer is not None else ""
        )
        if self._fresh:
            self._fresh = False
            self._show_form(self._usual(sheet))
        self._understand()

    def _usual(self, sheet: DaySheet) -> ActivityForm:
        """Return the line as it was left, in the building where one was last."""
        form = sheet.draft.form
        if self._planned is not None:
            block = self._planned
            form = replace(form, at=block.at, minutes=block.minutes, school_id=block.school_id)
        if form.school_id:
            return form
        last = next((line.entry.school_id for line in reversed(sheet.lines)), "")
        first = sheet.schools[0][0] if sheet.schools else ""
        return replace(form, school_id=last or first)

    def _show_form(self, form: ActivityForm) -> None:
        self.view.quick.show_values(
            {
                "category": form.category,
                "minutes": form.minutes,
                "at": form.at,
                "school_id": form.school_id,
                "note": form.note,
                "students": form.students,
            }
        )

    def _show_offers(self, sheet: DaySheet) -> None:
        offers = []
        if sheet.repeatable:
            offers.append(
                (
                    "repeat",
                    _("Repeat {day}").format(day=said.weekday(sheet.repeatable)),
                    "redo",
                )
            )
        for duty in sheet.duties:
            found = sheet.set.category(duty.category)
            label = duty.note or (sheet.set.said(found.label) if found else duty.category)
            offers.append(
                (
                    duty.id,
                    _("{what}, {time}, {span}").format(
                        what=label,
                        time=dates.shown_time(time.fromisoformat(duty.clock)),
                        span=said.span(duty.minutes),
                    ),
                    "add",
                )
            )
        self.view.show_offers(offers)

    def _line(self, sheet: DaySheet, line: DayLine) -> Entry:
        entry = line.entry
        more = (
            line.student,
            entry.service_label,
            entry.note,
            line.school,
            said.reached(entry.students) if entry.kind is not EntryKind.SESSION else "",
        )
        chips: tuple[tuple[str, str], ...] = ()
        if entry.id in sheet.overlaps:
            chips = ((_("Overlaps"), Mark.WARN),)
        return Entry(
            entry.id,
            _label(sheet.set, entry),
            " · ".join(part for part in more if part),
            _("{time}, {span}").format(
                time=spoken_time(entry.started), span=said.span(entry.minutes)
            ),
            _ICONS[entry.kind],
            chips,
            subject=line,
        )

    def _turn(self, day: object) -> None:
        if isinstance(day, date) and day != self._day:
            self._planned = None
            self._day = day
            self._reload()

    def _step(self, days: int) -> None:
        self._turn(self._day + timedelta(days=days))

    def _go(self, page: str) -> None:
        self._context.go(page)

    # -- typing ----------------------------------------------------------------------

    def _form(self) -> ActivityForm:
        on = "" if self._day == self._context.today() else self._day.isoformat()
        return ActivityForm(on=on, **self.view.quick.values())

    def _typed(self, name: str) -> None:
        if name == "category":
            self._understand()
        self._autosave.touch()

    def _understand(self) -> None:
        """Say which category is meant by what is typed so far."""
        field = self.view.quick.form.field("category")
        found = (
            found_category(self.view.quick.category.text(), self._sheet.set)
            if self._sheet is not None
            else None
        )
        if found is None or self._sheet is None:
            field.set_hint(" ")
            return
        field.set_hint(self._sheet.set.said(found.label))

    def _pick(self) -> None:
        number = self.view.pick_category()
        if number:
            self.view.quick.category.setText(number)
            self.view.quick.minutes.setFocus()

    def _keep(self) -> None:
        self._context.tasks.write(
            partial(self._log.keep_line, KeepLine(self._form())), failed=self._context.say
        )

    def log(self) -> None:
        """Log the line, and stand at its beginning again."""
        self._autosave.stop()
        form = self._form()
        if form.on and not form.at:
            now = self._context.desk.clock.now()
            form = replace(form, at=f"{clock_before(now, 0):%H:%M}")
        self._context.tasks.write(
            partial(
                self._log.log_activity,
                LogActivity(form, self._entry_id, self._planned.id if self._planned else ""),
            ),
            self._logged,
            self._refused,
            owner=self,
        )

    def _logged(self, changed: Changed) -> None:
        self._entry_id = new_id()
        self._show_form(ActivityForm(school_id=str(self.view.quick.school.value() or "")))
        self._understand()
        self.view.focus_line()
        self._say_logged(changed.made)
        if self._planned is not None:
            self._context.go("time", self._day.isoformat(), instead=True)

    def _say_logged(self, entry_id: str) -> None:
        self._context.notices.say(
            _("Logged."), undo=partial(self._take_out, entry_id, quietly=True)
        )

    def _refused(self, error: Exception) -> None:
        if not (
            isinstance(error, Refused) and self.view.quick.refuse(error.field, sentence(error))
        ):
            self._context.say(error)

    # -- the clock that runs -----------------------------------------------------------

    def _timer(self) -> None:
        self._autosave.stop()
        form = self._form()
        if self._sheet is not None and self._sheet.draft.timer is not None:
            self._context.tasks.write(
                partial(self._log.stop_timer, StopTimer(form)),
                self._logged,
                self._refused,
                owner=self,
            )
            return
        self._context.tasks.write(
            partial(self._log.start_timer, StartTimer(form)), failed=self._context.say
        )

    def _drop_timer(self) -> None:
        self._context.tasks.write(
            partial(self._log.drop_timer, DropTimer()), failed=self._context.say
        )

    # -- what is offered ---------------------------------------------------------------

    def _take_offer(self, key: str) -> None:
        sheet = self._sheet
        if sheet is None:
            return
        log, tasks, context = self._log, self._context.tasks, self._context
        if key == "repeat":

            def repeated(found: Repeated) -> None:
                context.notices.say(
                    _("Logged again."),
                    undo=lambda: tasks.write(
                        partial(log.remove_activities, RemoveActivities(found.entries)),
                        failed=context.say,
                    ),
                )

            tasks.write(
                partial(log.repeat_day, RepeatDay(sheet.repeatable, sheet.day)),
                repeated,
                context.say,
                owner=self,
            )
            return
        tasks.write(
            partial(log.log_duty, LogDuty(key, sheet.day)),
            lambda changed: self._say_logged(changed.made),
            context.say,
            owner=self,
        )

    # -- correcting --------------------------------------------------------------------

    def _open(self, entry: Entry) -> None:
        sheet, line = self._sheet, entry.subject
        if sheet is None or not isinstance(line, DayLine):
            return
        if line.entry.logged:
            self._correct(sheet, line.entry)
        else:
            self._recategorize(sheet, line.entry)

    def _correct(self, sheet: DaySheet, entry: TimeEntry) -> None:
        values = {
            "category": entry.category,
            "minutes": str(entry.minutes),
            "on": entry.on_day,
            "at": f"{entry.started.wall():%H:%M}",
            "school_id": entry.school_id,
            "students": str(entry.students or ""),
            "note": entry.note,
        }

        def act(entries: Entries) -> Callable[[], Changed]:
            form = ActivityForm(
                category=str(entries["category"]),
                minutes=entries["minutes"],
                on=entries["on"],
                at=entries["at"],
                school_id=str(entries.get("school_id", entry.school_id) or ""),
                note=entries["note"],
                students=entries["students"],
            )
            return partial(self._log.correct_activity, CorrectActivity(entry.id, form))

        opened = ActivitySheet(
            (_("Correct the activity"), _("Correct it")),
            _options(sheet.set, entry),
            [*sheet.schools, ("", _("No building"))],
            values,
            self._context.today,
            parent=self,
        )
        self._asker.ask(
            opened,
            act,
            lambda _changed, _entries: self._say_corrected(entry),
            kept=about("activity", entry.id),
        )

    def _say_corrected(self, before: TimeEntry) -> None:
        form = ActivityForm(
            category=before.category,
            minutes=str(before.minutes),
            on=before.on_day,
            at=f"{before.started.wall():%H:%M}",
            school_id=before.school_id,
            note=before.note,
            students=str(before.students or ""),
        )
        log, context = self._log, self._context
        context.notices.say(
            _("Corrected."),
            undo=lambda: context.tasks.write(
                partial(log.correct_activity, CorrectActivity(before.id, form)),
                failed=context.say,
            ),
        )

    def _recategorize(self, sheet: DaySheet, entry: TimeEntry) -> None:
        log, context = self._log, self._context

        def act(entries: Entries) -> Callable[[], Changed]:
            return partial(log.change_category, ChangeCategory(entry.id, str(entries["category"])))

        def done(_changed: Changed, _entries: Entries) -> None:
            context.notices.say(
                _("Put under another category. The note is as it was."),
                undo=lambda: context.tasks.write(
                    partial(log.change_category, ChangeCategory(entry.id, entry.category)),
                    failed=context.say,
                ),
            )

        opened = CategorySheet(
            _("Change the category"),
            _("The time and the rest come from the signed note, which stays as it is."),
            _options(sheet.set, entry),
            entry.category,
            self,
        )
        self._asker.ask(opened, act, done)

    def _remove(self) -> None:
        entry = self.view.list.entry()
        if entry is None or not isinstance(entry.subject, DayLine):
            return
        if not entry.subject.entry.logged:
            self._context.say(Refused("time-of-a-note"))
            return
        self._take_out(entry.id)

    def _take_out(self, entry_id: str, *, quietly: bool = False) -> None:
        log, context = self._log, self._context

        def done(_changed: Changed) -> None:
            if not quietly:
                context.notices.say(
                    _("Taken out."),
                    undo=lambda: context.tasks.write(
                        partial(log.restore_activity, RestoreActivity(entry_id)),
                        failed=context.say,
                    ),
                )

        context.tasks.write(
            partial(log.remove_activity, RemoveActivity(entry_id)), done, context.say, owner=self
        )


def _days(sheet: DaySheet) -> list[str]:
    return [one.day for one in sheet.week]


def _label(of: CategorySet, entry: TimeEntry) -> str:
    """Return an entry's category as it stood, in the language in use where it was shipped."""
    same = of.code == entry.set_code and of.shipped
    return of.said(entry.category_label) if same else entry.category_label


def _options(of: CategorySet, entry: TimeEntry) -> list[tuple[object, str]]:
    """Return a set's categories, and the entry's own where it is of another set."""
    found: list[tuple[object, str]] = [(one.code, of.said(one.label)) for one in of.categories]
    if of.category(entry.category) is None:
        found.insert(0, (entry.category, entry.category_label))
    return found
