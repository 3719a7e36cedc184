"""How the time room is set up: the set in use, what is usual, duties, and procedure codes."""

from collections.abc import Callable
from datetime import date, time
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QVBoxLayout

from app.features.people.commands import ChangeSetting
from app.features.time_use.commands import (
    AddDuty,
    ChooseUsual,
    KeepBillingCode,
    LoadCategories,
    RetireDuty,
)
from app.features.time_use.model.billing import BillingCode, Setting, Units
from app.features.time_use.model.categories import CategorySet
from app.features.time_use.model.entries import ActivityForm, Duty
from app.features.time_use.service.billing import CodeLine
from app.features.time_use.service.categories import SetSheet, UsualLine, set_text
from app.kernel.changes import Changed, Kind
from app.kernel.words import _
from app.overviews.reports.wording import spoken_day
from app.overviews.time_words import UNITS, spoken_length
from ui.features.time_use.view.sheets import ActivitySheet, CategorySheet, CodeSheet, FullDaySheet
from ui.kit import dates
from ui.kit.asking import Asker, Entries
from ui.kit.look import Kind as Mark
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.records import RecordsView

_ON, _OFF = "on", "off"


class SetupPage(PageWidget):
    """Four short lists; Enter changes what stands in them."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asker = Asker(context, self)
        self._part = "sets"
        self._of: CategorySet | None = None
        self._schools: tuple[tuple[str, str], ...] = ()
        add = Button(_("Add a duty"), "add", "primary")
        self.view = RecordsView(
            _("Set up the use of time"),
            (_("Add a duty"), "add"),
            [
                ("sets", _("Categories")),
                ("usual", _("Usual for a service")),
                ("duties", _("Duties")),
                ("codes", _("Procedure codes")),
            ],
            EmptyState(
                "calendar",
                _("No duties yet"),
                _(
                    "What comes back on the same weekdays (bus duty, the team meeting) is offered"
                    " on those days and logged with one key."
                ),
                add,
            ),
            add,
            (("load", _("Load a set from a file"), "import"),),
        )
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self.view.turned.connect(self._turn)
        self.view.asked.connect(self._add_duty)
        self.view.started.connect(self._add_duty)
        self.view.linked.connect(lambda _key: self._load())
        self.view.list.opened.connect(self._open)
        shortcut = QShortcut(QKeySequence("Delete"), self.view.list)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self._retire)

    def show_subject(self, subject: str) -> None:
        """Show one of the lists: `sets`, `usual`, `duties` or `codes`."""
        if subject in {"sets", "usual", "duties", "codes"}:
            self._part = subject
            self.view.parts.set_value(subject)

    def arrive(self) -> None:
        """Look again, and stand in the list."""
        self._reload()
        self.view.list.setFocus()

    def heed(self, changed: Changed) -> None:
        """Look again when something here changed."""
        if self.isVisible() and changed.meets({Kind.TIME, Kind.SETTING}):
            self._reload()

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self._asker.flush()

    def _turn(self, part: object) -> None:
        self._part = str(part)
        self._reload()

    def _reload(self) -> None:
        time_use, part = self._context.desk.time_use, self._part
        people, seat = self._context.desk.people, self._context.desk.seat

        def look_up() -> tuple[str, object, SetSheet, tuple[tuple[str, str], ...]]:
            sheet, schools = time_use.categories.sheet(), time_use.shares.schools()
            found: object
            if part == "sets":
                settings = people.settings(seat.person)
                found = (time_use.categories.sets(), settings["time_nudge"], settings["time_day"])
            elif part == "usual":
                found = sheet.usual
            elif part == "duties":
                found = time_use.log.duties()
            else:
                found = time_use.billing.codes()
            return part, found, sheet, schools

        self._context.tasks.read(
            look_up, self._show, self._context.say, key="time-setup", owner=self
        )

    def _show(self, found: tuple[str, object, SetSheet, tuple[tuple[str, str], ...]]) -> None:
        part, rows, sheet, self._schools = found
        self._of = sheet.set
        self.view.action.setVisible(part == "duties")
        self.view.links["load"].setVisible(part == "sets")
        entries, about = [], ""
        if part == "sets" and isinstance(rows, tuple):
            entries = self._sets(rows[0], sheet.set, on=rows[1] == _ON, full_day=rows[2])
            about = _("Enter uses a set from now on. What was entered keeps its own")
        elif isinstance(rows, tuple):
            make: dict[str, Callable[..., Entry]] = {
                "usual": self._usual,
                "duties": self._duty,
                "codes": _code,
            }
            entries = [make[part](row) for row in rows]
            about = {
                "usual": _("A signed session goes under this category unless its note says else"),
                "duties": "",
                "codes": _("Casewell ships no codes: enter those your district uses"),
            }[part]
        self.view.show_entries(entries, about)

    def _sets(
        self, sets: tuple[CategorySet, ...], used: CategorySet, *, on: bool, full_day: str
    ) -> list[Entry]:
        found, seen = [], set[str]()
        for one in sets:
            if one.code in seen:
                continue
            seen.add(one.code)
            version = _("Version {number}").format(number=one.version)
            since = _("from {day}").format(day=spoken_day(one.starts_on)) if one.starts_on else ""
            chips = ((_("In use"), Mark.GOOD),) if one.code == used.code else ()
            found.append(
                Entry(
                    one.code,
                    one.said(one.name),
                    one.said(one.note),
                    " ".join(part for part in (version, since) if part),
                    "list",
                    chips,
                    subject=one,
                )
            )
        found.append(
            Entry(
                "nudge",
                _("Say it on Today when the last working day has far less than a day’s work"),
                _("One quiet line; it is off unless you turn it on."),
                "",
                "alert",
                ((_("Turned on"), Mark.GOOD),) if on else ((_("Turned off"), Mark.PLAIN),),
                subject=on,
            )
        )
        found.append(
            Entry(
                "day",
                _("A full day of work: {span}").format(span=spoken_length(int(full_day))),
                _("The line on Today measures by it."),
                "",
                "clock",
                subject=full_day,
            )
        )
        return found

    def _usual(self, line: UsualLine) -> Entry:
        of = self._of
        label = of.said(line.category.label) if of is not None else line.category.label
        return Entry(line.service_id, _(line.label), "", label, "tag", subject=line)

    def _duty(self, duty: Duty) -> Entry:
        found = self._of.category(duty.category) if self._of is not None else None
        label = self._of.said(found.label) if found and self._of else duty.category
        days = ", ".join(
            dates.weekday_name(_weekday(int(digit)), short=True) for digit in duty.weekdays
        )
        when = _("{time}, {span}").format(
            time=dates.shown_time(time.fromisoformat(duty.clock)), span=spoken_length(duty.minutes)
        )
        return Entry(duty.id, duty.note or label, f"{label} · {days}", when, "clock", subject=duty)

    # -- changing ----------------------------------------------------------------------

    def _open(self, entry: Entry) -> None:
        subject = entry.subject
        if isinstance(subject, CategorySet):
            self._set("time_set", subject.code, _("This set counts from now on."))
        elif entry.id == "nudge":
            self._set("time_nudge", _OFF if subject else _ON, _("Changed."))
        elif entry.id == "day":
            self._ask_full_day(str(subject))
        elif isinstance(subject, UsualLine):
            self._choose_usual(subject)
        elif isinstance(subject, CodeLine):
            self._keep_codes(subject)

    def _set(self, name: str, value: str, words: str) -> None:
        context = self._context
        people, person = context.desk.people, context.desk.seat.person

        def change() -> tuple[str, Changed]:
            before = people.settings(person)[name]
            return before, people.change_setting(ChangeSetting(name, value))

        def done(found: tuple[str, Changed]) -> None:
            self._reload()
            context.notices.say(
                words,
                undo=lambda: context.tasks.write(
                    partial(people.change_setting, ChangeSetting(name, found[0])),
                    failed=context.say,
                ),
            )

        context.tasks.write(change, done, context.say, owner=self)

    def _ask_full_day(self, minutes: str) -> None:
        people = self._context.desk.people

        def act(entries: Entries) -> Callable[[], Changed]:
            setting = ChangeSetting("time_day", str(entries["time_day"]).strip())
            return partial(people.change_setting, setting)

        self._asker.ask(
            FullDaySheet(minutes, self),
            act,
            lambda _changed, _entries: self._context.notices.say(_("Changed.")),
        )

    def _load(self) -> None:
        """Take a district's own set from a file that is chosen."""
        chosen, _kind = QFileDialog.getOpenFileName(
            self, _("Load a set of categories"), "", "*.json"
        )
        if not chosen:
            return
        categories, context = self._context.desk.time_use.categories, self._context

        def work() -> Changed:
            return categories.load(LoadCategories(set_text(Path(chosen))))

        def done(_changed: Changed) -> None:
            context.notices.say(_("Loaded. Choose it here to log by it."))

        context.tasks.write(work, done, context.say, owner=self)

    def _categories(self) -> list[tuple[object, str]]:
        of = self._of
        return [(one.code, of.said(one.label)) for one in of.categories] if of is not None else []

    def _choose_usual(self, line: UsualLine) -> None:
        of, categories = self._of, self._context.desk.time_use.categories
        if of is None:
            return

        def act(entries: Entries) -> Callable[[], Changed]:
            return partial(
                categories.choose_usual,
                ChooseUsual(of.code, line.service_id, str(entries["category"])),
            )

        self._asker.ask(
            CategorySheet(
                _(line.label),
                _("What is signed from now on goes there; what stands keeps its category."),
                self._categories(),
                line.category.code,
                self,
            ),
            act,
            lambda _changed, _entries: self._context.notices.say(_("Changed.")),
        )

    def _add_duty(self) -> None:
        log = self._context.desk.time_use.log

        def act(entries: Entries) -> Callable[[], Changed]:
            form = ActivityForm(
                category=str(entries["category"]),
                minutes=entries["minutes"],
                at=entries["at"],
                school_id=str(entries.get("school_id") or ""),
                note=entries["note"],
            )
            weekdays = "".join(str(day) for day in entries["weekdays"])
            return partial(log.add_duty, AddDuty(form, weekdays))

        self._asker.ask(
            ActivitySheet(
                (_("Add a duty"), _("Add it")),
                self._categories(),
                [("", _("No building")), *self._schools],
                {"at": "07:40"},
                weekdays=[
                    (str(day), dates.weekday_name(_weekday(day), short=True)) for day in range(1, 8)
                ],
                parent=self,
            ),
            act,
            lambda _changed, _entries: self._context.notices.say(
                _("It is offered on its weekdays.")
            ),
            kept="sheet:duty",
        )

    def _retire(self) -> None:
        entry = self.view.list.entry()
        if entry is None or not isinstance(entry.subject, Duty):
            return
        log, context, duty_id = self._context.desk.time_use.log, self._context, entry.id

        def done(_changed: Changed) -> None:
            context.notices.say(
                _("It is offered no more. What was logged of it stays."),
                undo=lambda: context.tasks.write(
                    partial(log.retire_duty, RetireDuty(duty_id, retired=False)),
                    failed=context.say,
                ),
            )

        context.tasks.write(
            partial(log.retire_duty, RetireDuty(duty_id)), done, context.say, owner=self
        )

    def _keep_codes(self, line: CodeLine) -> None:
        billing = self._context.desk.time_use.billing

        def act(entries: Entries) -> Callable[[], Changed]:
            commands = [
                KeepBillingCode(
                    line.service_id,
                    setting,
                    entries[setting.value],
                    entries[f"{setting.value}_modifiers"],
                    Units(entries[f"{setting.value}_units"]),
                )
                for setting in Setting
            ]
            return partial(billing.keep_codes, commands)

        self._asker.ask(
            CodeSheet(
                _(line.label),
                [(unit.value, _(UNITS[unit.value])) for unit in Units],
                {
                    **_code_values(line.individual, "individual"),
                    **_code_values(line.group, "group"),
                },
                self,
            ),
            act,
            lambda _changed, _entries: self._context.notices.say(_("Kept.")),
        )


def _weekday(number: int) -> date:
    """Return some day that is the weekday with this ISO number."""
    return date(2026, 11, 15 + number)


def _code_values(code: BillingCode | None, setting: str) -> dict[str, str]:
    return {
        setting: code.procedure if code else "",
        f"{setting}_modifiers": " ".join(code.modifiers) if code else "",
        f"{setting}_units": (code.units if code else Units.QUARTER_HOURS).value,
    }


def _code(line: CodeLine) -> Entry:
    said = []
    for words, code in (
        (_("Alone: {code}"), line.individual),
        (_("In a group: {code}"), line.group),
    ):
        if code is not None:
            said.append(words.format(code=" ".join((code.procedure, *code.modifiers))))
    return Entry(
        line.service_id,
        _(line.label),
        " · ".join(said) or _("Not claimed"),
        "",
        "audit",
        subject=line,
    )
