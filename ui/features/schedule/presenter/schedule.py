"""The schedule's page: a day or a week, and what is done from it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QVBoxLayout

from app.features.schedule.commands import (
    ExportCalendar,
    ImportBusy,
    MarkFallen,
    MarkHeld,
    PutBack,
    Reopen,
    TakeOff,
)
from app.features.schedule.model.appointments import (
    Appointment,
    AppointmentKind,
    Span,
    State,
)
from app.features.schedule.model.layout import LaidDay
from app.features.schedule.service.book import Laying, Opened
from app.features.schedule.service.files import BusyImported, CalendarMade
from app.kernel.changes import Changed, Kind
from app.kernel.errors import Refused, Trouble
from app.kernel.rights import Discipline, discipline
from app.kernel.words import _, ngettext
from app.overviews.reports.leaving import write_whole
from app.overviews.reports.wording import spoken_day
from app.overviews.schedule_words import (
    KINDS,
    STATES,
    spoken_minute,
    spoken_school_day,
    spoken_span,
    spoken_what,
)
from ui.features.schedule.presenter.appointment import (
    Choices,
    ask_appointment,
    choices,
    entries_of,
)
from ui.features.schedule.presenter.day_plan import DayPlanPrinter
from ui.features.schedule.view.grid import STEP, BlockShown, ColumnShown
from ui.features.schedule.view.schedule import DAY, WEEK, ScheduleView
from ui.features.schedule.view.sheets import ExportSheet, FallenSheet, TakeOffSheet
from ui.kit.asking import Asker, Entries
from ui.kit.dates import weekday_name
from ui.kit.room import Context, PageWidget

_CHANGES = frozenset(
    {
        Kind.APPOINTMENT,
        Kind.CALENDAR,
        Kind.NOTE,
        Kind.GROUP,
        Kind.GROUP_SESSION,
        Kind.TIME,
        Kind.STUDENT,
        Kind.SCHOOL,
    }
)
_FIRST, _LAST = 7 * 60, 17 * 60
_LOOKS: Mapping[str, tuple[str, str, str]] = {
    AppointmentKind.SESSION: ("accent_soft", "accent", "student"),
    AppointmentKind.GROUP: ("good_soft", "good", "group"),
}
_BLOCK = ("sunken", "edge", "")


class SchedulePage(PageWidget):
    """A day or a week of one's own appointments."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asker = Asker(context, self)
        self._printer = DayPlanPrinter(context, self)
        self._scope = WEEK
        self._day = _next_weekday(context.today())
        self._laying: Laying | None = None
        self._entries: dict[str, Appointment] = {}
        self._goal: tuple[str, int] | None = None
        self.view = ScheduleView()
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        view, grid = self.view, self.view.grid
        view.scope.set_value(WEEK)
        view.turned.connect(self._turn)
        view.scope_chosen.connect(self._rescope)
        view.plan_asked.connect(self._plan_here)
        view.print_asked.connect(lambda: self._printer.ask(self._chosen_day()))
        view.export_asked.connect(self._export)
        view.import_asked.connect(self._import)
        view.buildings_asked.connect(lambda: context.go("buildings"))
        grid.opened.connect(self.open)
        grid.planned.connect(lambda day, minute: self._plan({"on": day, "minute": minute}))
        grid.started.connect(self._start)
        grid.removed.connect(self._remove)
        grid.held.connect(self._held)
        grid.fallen.connect(self._fallen)

    # -- being a page ----------------------------------------------------------------

    def show_subject(self, subject: str) -> None:
        """Show an appointment by its id, a day (`day:ISO`), or ask: `plan:STUDENT`, `print:`."""
        about, colon, of = subject.partition(":")
        if colon and about == "plan":
            self._plan({"student_id": of})
        elif colon and about == "print":
            self._printer.ask(self._chosen_day())
        elif colon and about == "day":
            self._day = date.fromisoformat(of)
        elif subject:
            self.open(subject)
        self._reload()

    def arrive(self) -> None:
        """Look again, and stand in the grid."""
        self._reload()
        self.view.grid.setFocus()

    def heed(self, changed: Changed) -> None:
        """Look again when something that is shown has changed."""
        if self.isVisible() and changed.meets(_CHANGES):
            self._reload()

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self._asker.flush()
        self._printer.flush()

    def state(self) -> dict[str, str]:
        """Return which days are shown."""
        return {"day": self._day.isoformat(), "scope": self._scope}

    def restore(self, state: Mapping[str, str]) -> None:
        """Show them again."""
        if state.get("scope") in {DAY, WEEK}:
            self._scope = state["scope"]
            self.view.scope.set_value(self._scope)
        if state.get("day"):
            self._day = date.fromisoformat(state["day"])
        self._reload()

    # -- showing ---------------------------------------------------------------------

    def _span(self) -> tuple[date, date]:
        if self._scope == DAY:
            return self._day, self._day
        monday = self._day - timedelta(days=self._day.weekday())
        return monday, monday + timedelta(days=6)

    def _chosen_day(self) -> date:
        here = self.view.grid.place()
        return date.fromisoformat(here[0]) if here else self._day

    def _reload(self) -> None:
        self._context.tasks.read(
            partial(self._context.desk.schedule.book.days, *self._span()),
            self._show,
            self._context.say,
            key="schedule",
            owner=self,
        )

    def _show(self, laying: Laying) -> None:
        self._laying = laying
        days = list(laying.days)
        if self._scope == WEEK:
            # A weekend on which nothing lies takes no room.
            days = [d for d in days if d.day.weekday() < 5 or d.entries or d.busy]
        self._entries = {
            laid.appointment.id: laid.appointment for day in days for laid in day.entries
        }
        columns = [self._column(day, laying) for day in days]
        starts = [block.starts for column in columns for block in column.blocks]
        ends = [block.ends for column in columns for block in column.blocks]
        hours = [column.hours for column in columns if column.hours]
        first = min([_FIRST, *starts, *(one for one, _other in hours)]) // 60 * 60
        last = max([_LAST, *ends, *(other for _one, other in hours)])
        times = [spoken_minute(minute) for minute in range(first, last, STEP)]
        now = self._context.desk.clock.now().wall()
        self.view.span.setText(
            spoken_day(days[0].day)
            if len(days) == 1
            else _("{first} to {last}").format(
                first=spoken_day(days[0].day), last=spoken_day(days[-1].day)
            )
        )
        grid = self.view.grid
        grid.show_days(columns, first, times, now.hour * 60 + now.minute)
        if self._goal is not None:
            grid.go_to(*self._goal)
            self._goal = None

    def _column(self, laid: LaidDay, laying: Laying) -> ColumnShown:
        mine = {school for school, one in laying.schools.items() if one.mine}
        at = {school: day for school, day in laid.buildings.items() if school in mine}
        at = at or dict(laid.buildings)
        closed = bool(at) and not any(day.open for day in at.values())
        said = {
            spoken_school_day(day.open, day.cycle_day, day.reason): school
            for school, day in at.items()
        }
        if len(said) == 1:
            under = next(iter(said))
        else:
            under = " · ".join(
                _("{building}: {what}").format(building=laying.schools[school].name, what=what)
                for what, school in said.items()
                if what and school in laying.schools
            )
        name = weekday_name(laid.day, short=self._scope == WEEK)
        return ColumnShown(
            laid.day.isoformat(),
            _("{weekday} {day}").format(weekday=name, day=laid.day.day),
            under,
            _("{weekday} {day}").format(weekday=weekday_name(laid.day), day=spoken_day(laid.day)),
            laid.day == self._context.today(),
            closed,
            _hours(laying, [day.bell_id for day in at.values() if day.open]),
            tuple(_block(one.appointment, laying, one.lane, one.lanes) for one in laid.entries),
            tuple((one.starts, one.ends) for one in laid.busy),
        )

    def _turn(self, step: int) -> None:
        if step == 0:
            self._day = self._context.today()
            now = self._context.desk.clock.now().wall()
            self._goal = (self._day.isoformat(), now.hour * 60 + now.minute)
        else:
            days = 7 if self._scope == WEEK else 1
            here = self.view.grid.place()
            self._day += timedelta(days=step * days)
            if here is not None:
                goal = date.fromisoformat(here[0]) + timedelta(days=step * days)
                self._goal = (goal.isoformat(), here[1])
        self._reload()

    def _rescope(self, scope: str) -> None:
        self._day = self._chosen_day()
        self._scope = scope
        self._reload()

    # -- planning --------------------------------------------------------------------

    def _plan_here(self) -> None:
        here = self.view.grid.place()
        self._plan({"on": here[0], "minute": here[1]} if here else {})

    def _plan(self, asked: Mapping[str, object]) -> None:
        """Ask for a new appointment, on a day and at a minute, or with a student."""
        context = self._context
        student = str(asked.get("student_id", ""))

        def look_up() -> tuple[Choices, dict[str, object]]:
            found = choices(context)
            entries: dict[str, object] = {
                "kind": AppointmentKind.SESSION.value,
                "on": str(asked.get("on") or context.today().isoformat()),
                "at": _clock(asked.get("minute")),
                "minutes": int(context.desk.people.settings(context.desk.seat.person)["minutes"]),
                "school": found.schools[0][0] if len(found.schools) == 1 else "",
            }
            if student:
                name, school = context.desk.schedule.book.student(student)
                entries |= {"student_id": student, "student": name, "school": school or ""}
            return found, entries

        def ask(found: tuple[Choices, dict[str, object]]) -> None:
            ask_appointment(context, self, self._asker, *found, done=self._planned)

        context.tasks.read(look_up, ask, context.say, key="plan", owner=self)

    def _planned(self, changed: Changed) -> None:
        book = self._context.desk.schedule.book
        made = changed.made

        def undo() -> None:
            self._context.tasks.write(
                partial(book.take_off, TakeOff(made, Span.LATER)), failed=self._context.say
            )

        def found(opened: Opened) -> None:
            self._go_to(opened.appointment)

        self._context.notices.say(_("It is on the schedule."), undo)
        self._context.tasks.read(partial(book.open, made), found, self._context.say, owner=self)

    def _go_to(self, appointment: Appointment) -> None:
        self._day = date.fromisoformat(appointment.day)
        self._goal = (appointment.day, appointment.starts)
        self._reload()

    def open(self, appointment_id: str) -> None:
        """Open an appointment: its form, or what became of it."""
        context = self._context

        def look_up() -> tuple[Opened, Choices]:
            return context.desk.schedule.book.open(appointment_id), choices(context)

        def shown(found: tuple[Opened, Choices]) -> None:
            opened, offered = found
            appointment = opened.appointment
            self._go_to(appointment)
            if appointment.state == State.PLANNED:
                ask_appointment(
                    context,
                    self,
                    self._asker,
                    offered,
                    entries_of(appointment),
                    opened,
                    self._changed,
                )
            elif appointment.entry_id:
                page = "signed" if appointment.kind == AppointmentKind.SESSION else ""
                if appointment.kind == AppointmentKind.GROUP:
                    page = "group-signed"
                if page:
                    context.go(page, appointment.entry_id)
                else:
                    context.notices.say(_("This was held; the record of it says so."))
            else:
                self._say_over(appointment)

        context.tasks.read(look_up, shown, context.say, key="open", owner=self)

    def _say_over(self, appointment: Appointment) -> None:
        """Say what became of an appointment, and let that be taken back."""
        book, context = self._context.desk.schedule.book, self._context
        said = _("{state}: {what}").format(
            state=_(STATES[appointment.state]),
            what=spoken_span(appointment.starts, appointment.ends),
        )
        if appointment.reason:
            said = _("{said}, {reason}").format(said=said, reason=appointment.reason)

        def undo() -> None:
            context.tasks.write(partial(book.reopen, Reopen(appointment.id)), failed=context.say)

        context.notices.say(said, undo)

    def _changed(self, changed: Changed) -> None:
        book = self._context.desk.schedule.book
        self._context.notices.say(_("The appointment is changed."))
        self._context.tasks.read(
            partial(book.open, changed.made),
            lambda opened: self._go_to(opened.appointment),
            self._context.say,
            owner=self,
        )

    # -- what becomes of it ------------------------------------------------------------

    def _start(self, appointment_id: str) -> None:
        """Start the note of a session, take the group, or log the time of a block."""
        entry = self._entries.get(appointment_id)
        if entry is None:
            return
        if entry.state != State.PLANNED:
            self.open(appointment_id)
        elif entry.kind == AppointmentKind.SESSION:
            self._context.go("note", f"planned:{appointment_id}")
        elif entry.kind == AppointmentKind.GROUP:
            self._context.go("group-session", f"planned:{appointment_id}")
        elif discipline(self._context.desk.seat.role) is Discipline.OFFICE:
            self._held(appointment_id)
        else:
            at, school = _clock(entry.starts), entry.school_id or ""
            about = f"{appointment_id}|{entry.day}|{at}|{entry.minutes}|{school}"
            self._context.go("time", f"planned:{about}")

    def _held(self, appointment_id: str) -> None:
        book = self._context.desk.schedule.book
        self._mark(
            appointment_id, partial(book.mark_held, MarkHeld(appointment_id)), _("It was held.")
        )

    def _fallen(self, appointment_id: str) -> None:
        book = self._context.desk.schedule.book
        entry = self._entries.get(appointment_id)
        if entry is None or entry.state != State.PLANNED:
            return

        def act(entries: Entries) -> Callable[[], Changed]:
            return partial(book.mark_fallen, MarkFallen(appointment_id, str(entries["reason"])))

        self._asker.ask(
            FallenSheet(spoken_span(entry.starts, entry.ends), self),
            act,
            lambda _changed, _entries: self._said(appointment_id, _("It fell out.")),
        )

    def _mark(self, appointment_id: str, act: Callable[[], Changed], said: str) -> None:
        self._context.tasks.write(
            act, lambda _changed: self._said(appointment_id, said), self._context.say, owner=self
        )

    def _said(self, appointment_id: str, said: str) -> None:
        book = self._context.desk.schedule.book

        def undo() -> None:
            self._context.tasks.write(
                partial(book.reopen, Reopen(appointment_id)), failed=self._context.say
            )

        self._context.notices.say(said, undo)

    def _remove(self, appointment_id: str) -> None:
        """Take an appointment off; of a series, ask how much of it."""
        book, context = self._context.desk.schedule.book, self._context

        def shown(opened: Opened) -> None:
            if opened.appointment.state != State.PLANNED:
                self._say_over(opened.appointment)
            elif opened.rule is not None and opened.left > 1:
                self._ask_how_much(opened)
            else:
                context.tasks.write(
                    partial(book.take_off, TakeOff(appointment_id)),
                    self._taken_off,
                    context.say,
                    owner=self,
                )

        context.tasks.read(
            partial(book.open, appointment_id), shown, context.say, key="remove", owner=self
        )

    def _ask_how_much(self, opened: Opened) -> None:
        book = self._context.desk.schedule.book
        spans = (
            (Span.THIS.value, _("This one")),
            (
                Span.LATER.value,
                ngettext(
                    "This one and {count} later one",
                    "This one and {count} later ones",
                    opened.left - 1,
                ).format(count=opened.left - 1),
            ),
        )

        def act(entries: Entries) -> Callable[[], Changed]:
            span = Span(str(entries["span"] or Span.THIS))
            return partial(book.take_off, TakeOff(opened.appointment.id, span))

        entry = opened.appointment
        text = _("{day}, {span}").format(
            day=spoken_day(entry.day), span=spoken_span(entry.starts, entry.ends)
        )
        self._asker.ask(
            TakeOffSheet(text, spans, self), act, lambda changed, _entries: self._taken_off(changed)
        )

    def _taken_off(self, changed: Changed) -> None:
        book = self._context.desk.schedule.book

        def undo() -> None:
            self._context.tasks.write(
                partial(book.put_back, PutBack(changed.made)), failed=self._context.say
            )

        self._context.notices.say(_("It is off the schedule."), undo)

    # -- calendar files ----------------------------------------------------------------

    def _export(self) -> None:
        """Ask which days, then where, and save a calendar file without names."""
        context = self._context
        files = context.desk.schedule.files
        since = context.today()

        def act(entries: Entries) -> Callable[[], CalendarMade]:
            return partial(
                files.export, ExportCalendar(str(entries["since"]), str(entries["until"]))
            )

        sheet = ExportSheet(since, since + timedelta(days=180), context.today, self)
        self._asker.ask(sheet, act, lambda made, _entries: self._place_file(made))

    def _place_file(self, made: CalendarMade) -> None:
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        folder = Path(QStandardPaths.writableLocation(documents) or Path.home())
        chosen, _kind = QFileDialog.getSaveFileName(
            self,
            _("Save as calendar file"),
            str(folder / "appointments.ics"),
            _("Calendar files (*.ics)"),
        )
        if chosen:
            self.save_file(made, Path(chosen))

    def save_file(self, made: CalendarMade, target: Path) -> None:
        """Write a calendar file where the person said."""
        target = target if target.suffix else target.with_suffix(".ics")

        def write() -> None:
            try:
                write_whole(target, made.data, replace=True)
            except OSError as error:
                raise Trouble("disk-trouble", reason=error.strerror) from error

        said = ngettext(
            "Saved {count} appointment, without any name.",
            "Saved {count} appointments, without any name.",
            made.count,
        ).format(count=made.count)

        def done(_none: None) -> None:
            self._context.notices.say(said)

        self._context.tasks.read(write, done, self._context.say, owner=self)

    def _import(self) -> None:
        chosen, _kind = QFileDialog.getOpenFileName(
            self, _("Read busy times"), "", _("Calendar files (*.ics);;All files (*)")
        )
        if chosen:
            self.read_file(Path(chosen))

    def read_file(self, path: Path) -> None:
        """Take the busy times of a calendar file."""
        files = self._context.desk.schedule.files

        def work() -> BusyImported:
            try:
                data = path.read_bytes()
            except OSError as error:
                reason = error.strerror or type(error).__name__
                raise Refused("file-unreadable", path=str(path), reason=reason) from error
            return files.import_busy(ImportBusy(data))

        def done(imported: BusyImported) -> None:
            count = len(imported.read.busy)
            said = ngettext(
                "{count} busy time was read. No title was kept.",
                "{count} busy times were read. No title was kept.",
                count,
            ).format(count=count)
            self._context.notices.say(said)
            self._reload()

        self._context.tasks.write(work, done, self._context.say, owner=self)


def _next_weekday(day: date) -> date:
    """Return a day, or on a weekend the Monday after: one looks ahead then."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day


def _hours(laying: Laying, bells: Sequence[str]) -> tuple[int, int] | None:
    """Return from the first bell to the last one of the buildings that have school."""
    known = [laying.hours[bell] for bell in bells if bell in laying.hours]
    if not known:
        return None
    return min(starts for starts, _ends in known), max(ends for _starts, ends in known)


def _clock(minute: object) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}" if isinstance(minute, int) else ""


def _block(entry: Appointment, laying: Laying, lane: int, lanes: int) -> BlockShown:
    ground, edge, icon = _LOOKS.get(entry.kind, _BLOCK)
    school = laying.schools.get(entry.school_id) if entry.school_id else None
    kind, state = _(KINDS[entry.kind]), _(STATES[entry.state])
    what = spoken_what(entry, laying.groups)
    if entry.state == State.HELD:
        ground, icon = "raised", "done"
    elif entry.state == State.FALLEN:
        ground, icon = "raised", "close"
    detail = [spoken_minute(entry.starts), school.name if school else "", entry.room]
    if entry.state != State.PLANNED:
        detail.insert(0, state)
    spoken = [
        kind if what == kind else _("{kind}, {what}").format(kind=kind, what=what),
        spoken_span(entry.starts, entry.ends),
        school.name if school else "",
        entry.room,
        state,
        entry.reason,
    ]
    return BlockShown(
        entry.id,
        entry.starts,
        entry.ends,
        what,
        " · ".join(part for part in detail if part),
        ", ".join(part for part in spoken if part),
        icon,
        ground,
        edge,
        lane,
        lanes,
        entry.state == State.FALLEN,
    )
