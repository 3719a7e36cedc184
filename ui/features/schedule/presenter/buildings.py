"""The page of bells and calendars: building by building, by form or from a table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog, QVBoxLayout

from app.features.schedule.commands import (
    ImportBells,
    RemoveBells,
    RemoveSpecialDay,
    RemoveYear,
    SetBells,
    SetSpecialDay,
    SetTravel,
    SetYear,
)
from app.features.schedule.model.bells import Bell, TypedPeriod, clock_text, typed_periods
from app.features.schedule.model.calendar import SchoolYear, SpecialDay, TypedYear
from app.features.schedule.repo import School
from app.features.schedule.service.buildings import Building, Imported
from app.kernel.changes import Changed, Kind
from app.kernel.errors import Refused
from app.kernel.ids import SchoolId
from app.kernel.words import _, ngettext
from app.overviews.reports.wording import spoken_day
from app.overviews.schedule_words import spoken_period, spoken_school_day, spoken_span
from app.phrases.schedule import spoken_table
from ui.features.schedule.view.buildings import BuildingsView
from ui.features.schedule.view.sheets import BellsSheet, SpecialDaySheet, TravelSheet, YearSheet
from ui.kit.asking import Asker, Entries
from ui.kit.dates import weekday_name
from ui.kit.look import Kind as Ink
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.dialogs import tell
from ui.kit.widgets.lists import Entry

_MONDAY = date(2026, 1, 5)


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a line is about: its kind, and the thing itself."""

    what: str
    thing: Any


class BuildingsPage(PageWidget):
    """Bells, school years, special days and ways of each building."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asker = Asker(context, self)
        self._school = ""
        self._schools: tuple[School, ...] = ()
        self._building: Building | None = None
        self._fresh = False
        """Whether the page has just come to the front: the focus is put once it is filled."""
        self.view = BuildingsView()
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self.view.school_chosen.connect(self._choose)
        self.view.asked.connect(self._ask)
        self.view.list.opened.connect(self._open)
        self.view.list.removed.connect(self._remove)

    def show_subject(self, subject: str) -> None:
        """Show the building with this id, or one's first."""
        self._school = subject or self._school
        self._reload()

    def arrive(self) -> None:
        """Look again, and stand where one goes on."""
        self._fresh = True
        self._reload()

    def heed(self, changed: Changed) -> None:
        """Look again when a calendar or a building changed."""
        if self.isVisible() and changed.meets({Kind.CALENDAR, Kind.SCHOOL}):
            self._reload()

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self._asker.flush()

    def state(self) -> dict[str, str]:
        """Return which building is shown."""
        return {"school": self._school}

    def restore(self, state: Mapping[str, str]) -> None:
        """Show it again."""
        self._school = state.get("school", "")
        self._reload()

    def _choose(self, school: str) -> None:
        if school and school != self._school:
            self._school = school
            self._reload()

    def _reload(self) -> None:
        buildings, wanted = self._context.desk.schedule.buildings, self._school

        def look_up() -> tuple[tuple[School, ...], Building | None]:
            schools = buildings.schools()
            known = {school.id for school in schools}
            school = wanted if wanted in known else next(iter(school.id for school in schools), "")
            return schools, buildings.building(school) if school else None

        self._context.tasks.read(
            look_up,
            lambda found: self._show(*found),
            self._context.say,
            key="buildings",
            owner=self,
        )

    def _show(self, schools: tuple[School, ...], building: Building | None) -> None:
        view = self.view
        self._schools, self._building = schools, building
        view.school.set_options([(school.id, school.name) for school in schools])
        if building is None:
            view.about.setText(_("No building is in use. Add one under Caseload, or by a roster."))
            view.list.set_entries(())
            return
        self._school = building.school.id
        view.school.blockSignals(True)  # noqa: FBT003 - Qt's own
        view.school.set_value(self._school)
        view.school.blockSignals(False)  # noqa: FBT003 - Qt's own
        view.about.setText(self._today_said(building))
        view.show_entries(_entries(building, schools))
        if self._fresh and self.isVisible():
            (view.list if view.list.isVisible() else view.empty).setFocus()
        self._fresh = False

    def _today_said(self, building: Building) -> str:
        if not building.calendar.known:
            return _("No school year is entered for this building.")
        day = building.calendar.at(self._context.today())
        said = spoken_school_day(day.open, day.cycle_day, day.reason) or _("School")
        bell = building.calendar.bells.get(day.bell_id)
        if day.open and bell is not None:
            return _("Today: {what}, {bells}").format(what=said, bells=bell.name)
        return _("Today: {what}").format(what=said)

    # -- asking ----------------------------------------------------------------------

    def _ask(self, what: str) -> None:
        building = self._building
        if building is None:
            return
        if what == "bells":
            self._ask_bells(building, None)
        elif what == "year":
            self._ask_year(building, next(iter(reversed(building.years)), None))
        elif what == "special":
            self._ask_special(building, None)
        elif what == "travel":
            self._ask_travel(building, "", "")
        else:
            self._ask_table()

    def _open(self, entry: Entry) -> None:
        building, subject = self._building, entry.subject
        if building is None or not isinstance(subject, _Subject):
            return
        if subject.what == "bells":
            self._ask_bells(building, subject.thing)
        elif subject.what == "year":
            self._ask_year(building, subject.thing)
        elif subject.what == "special":
            self._ask_special(building, subject.thing)
        else:
            self._ask_travel(building, *subject.thing)

    def _done(self, said: str) -> Callable[[Changed, Entries], None]:
        def done(_changed: Changed, _entries: Entries) -> None:
            self._context.notices.say(said)

        return done

    def _ask_bells(self, building: Building, bell: Bell | None) -> None:
        buildings = self._context.desk.schedule.buildings

        def act(entries: Entries) -> Callable[[], Changed]:
            command = SetBells(
                building.school.id,
                str(entries["name"]),
                typed_periods(str(entries["periods"])),
                bell.id if bell else "",
            )
            return partial(buildings.set_bells, command)

        words = (_("Change the bells") if bell else _("Add bells"), _("Save"))
        lines = [
            "{}, {}, {}{}".format(
                p.name, clock_text(p.starts), clock_text(p.ends), "" if p.teaches else " *"
            )
            for p in (bell.periods if bell else ())
        ]
        sheet = BellsSheet(words, bell.name if bell else "", "\n".join(lines), self)
        self._asker.ask(sheet, act, self._done(_("The bells are saved.")))

    def _ask_year(self, building: Building, year: SchoolYear | None) -> None:
        buildings = self._context.desk.schedule.buildings
        today = self._context.today()
        weekdays = [(n, _weekday(n)) for n in range(1, 8)]
        first = today.year if today.month >= 7 else today.year - 1
        entries: dict[str, Any] = {
            "starts_on": (year.starts_on if year else date(first, 8, 24)).isoformat(),
            "ends_on": (year.ends_on if year else date(first + 1, 6, 11)).isoformat(),
            "zone": year.zone if year else self._context.desk.clock.now().zone,
            "weekdays": sorted(year.weekdays) if year else [1, 2, 3, 4, 5],
            "cycle": ", ".join(year.cycle) if year else "",
            "bells": dict(year.bells) if year else {"": next((b.id for b in building.bells), "")},
        }

        def act(typed: Entries) -> Callable[[], Changed]:
            chosen = {
                name.removeprefix("bell_"): str(bell)
                for name, bell in typed.items()
                if name.startswith("bell_") and bell
            }
            command = SetYear(
                TypedYear(
                    building.school.id,
                    str(typed["starts_on"]),
                    str(typed["ends_on"]),
                    str(typed["zone"]),
                    frozenset(int(day) for day in typed["weekdays"]),
                    str(typed["cycle"]),
                    chosen,
                ),
                year.id if year else "",
            )
            return partial(buildings.set_year, command)

        sheet = YearSheet(
            (_("Change the school year") if year else _("Enter the school year"), _("Save")),
            entries,
            weekdays,
            [(bell.id, bell.name) for bell in building.bells],
            year.cycle if year else (),
            self._context.today,
            self,
        )
        self._asker.ask(sheet, act, self._done(_("The school year is saved.")))

    def _ask_special(self, building: Building, special: SpecialDay | None) -> None:
        buildings = self._context.desk.schedule.buildings
        names = {bell.id: bell.name for bell in building.bells}
        entries: dict[str, Any] = {
            "on": special.day.isoformat() if special else "",
            "school": [building.school.id],
            "what": "school" if special and not special.closed else "closed",
            "bell": names.get(special.bell_id, "") if special else "",
            "turn": special.cycle_day if special else "",
            "reason": special.reason if special else "",
        }

        def act(typed: Entries) -> Callable[[], Changed]:
            command = SetSpecialDay(
                tuple(str(school) for school in typed["school"]),
                str(typed["on"]),
                str(typed["until"]),
                closed=typed["what"] != "school",
                bell_name=str(typed["bell"] or ""),
                cycle_day=str(typed["turn"] or ""),
                reason=str(typed["reason"]),
            )
            return partial(buildings.set_special_day, command)

        sheet = SpecialDaySheet(
            entries,
            [(school.id, school.name) for school in self._schools],
            [(name, name) for name in names.values()],
            [(turn, turn) for turn in building.calendar.cycle],
            self._context.today,
            self,
        )
        self._asker.ask(sheet, act, self._done(_("The day is saved.")))

    def _ask_travel(self, building: Building, other: str, minutes: str) -> None:
        buildings = self._context.desk.schedule.buildings
        others = [(one.id, one.name) for one in self._schools if one.id != building.school.id]

        def act(typed: Entries) -> Callable[[], Changed]:
            command = SetTravel(
                building.school.id, str(typed["other"] or ""), str(typed["minutes"])
            )
            return partial(buildings.set_travel, command)

        if not others:
            self._context.notices.say(_("There is no other building in use."))
            return
        sheet = TravelSheet(building.school.name, others, other, minutes, self)
        self._asker.ask(sheet, act, self._done(_("The way is saved.")))

    # -- a table ---------------------------------------------------------------------

    def _ask_table(self) -> None:
        chosen, _kind = QFileDialog.getOpenFileName(
            self, _("Import a table"), "", _("Tables (*.csv *.txt);;All files (*)")
        )
        if chosen:
            self.read_table(Path(chosen))

    def read_table(self, path: Path) -> None:
        """Take a table of bells or of days; tell each row that cannot be read."""
        buildings = self._context.desk.schedule.buildings

        def work() -> Imported:
            try:
                text = path.read_bytes().decode("utf-8-sig")
            except (OSError, UnicodeDecodeError) as error:
                reason = getattr(error, "strerror", None) or "UTF-8"
                raise Refused("file-unreadable", path=str(path), reason=str(reason)) from None
            return buildings.import_bells(ImportBells(text))

        self._context.tasks.write(work, self._imported, self._context.say, owner=self)

    def _imported(self, imported: Imported) -> None:
        said = spoken_table(imported.table)
        if imported.table.bad:
            tell(
                self,
                _("Nothing was taken"),
                "\n".join([_("These lines cannot be read:"), *said[:20]]),
            )
            return
        self._context.notices.say(_("Taken from the table: {what}").format(what=" ".join(said)))
        self._reload()

    # -- taking away -----------------------------------------------------------------

    def _remove(self, entry: Entry) -> None:
        """Take a line away at once; Undo enters it again."""
        buildings, building = self._context.desk.schedule.buildings, self._building
        subject = entry.subject
        if building is None or not isinstance(subject, _Subject):
            return
        school, thing = building.school.id, subject.thing
        act: Callable[[], Changed]
        undo: Callable[[], Changed]
        if subject.what == "bells":
            act = partial(buildings.remove_bells, RemoveBells(thing.id))
            undo = partial(buildings.set_bells, _bells_again(thing))
        elif subject.what == "year":
            act = partial(buildings.remove_year, RemoveYear(thing.id))
            undo = partial(buildings.set_year, _year_again(thing))
        elif subject.what == "special":
            act = partial(
                buildings.remove_special_day, RemoveSpecialDay(school, thing.day.isoformat())
            )
            undo = partial(buildings.set_special_day, _special_again(thing))
        else:
            other, minutes = thing
            act = partial(buildings.set_travel, SetTravel(school, other, ""))
            undo = partial(buildings.set_travel, SetTravel(school, other, minutes))

        def take_back() -> None:
            self._context.tasks.write(undo, failed=self._context.say)

        def done(_changed: Changed) -> None:
            self._context.notices.say(_("Taken away."), take_back)

        self._context.tasks.write(act, done, self._context.say, owner=self)


def _bells_again(bell: Bell) -> SetBells:
    periods = tuple(
        TypedPeriod(p.name, clock_text(p.starts), clock_text(p.ends), p.teaches)
        for p in bell.periods
    )
    return SetBells(bell.school_id, bell.name, periods, bell.id)


def _year_again(year: SchoolYear) -> SetYear:
    typed = TypedYear(
        year.school_id,
        year.starts_on.isoformat(),
        year.ends_on.isoformat(),
        year.zone,
        year.weekdays,
        ", ".join(year.cycle),
        year.bells,
    )
    return SetYear(typed, year.id)


def _special_again(special: SpecialDay) -> SetSpecialDay:
    return SetSpecialDay(
        (special.school_id,),
        special.day.isoformat(),
        closed=special.closed,
        bell_id=special.bell_id,
        cycle_day=special.cycle_day,
        reason=special.reason,
    )


def _weekday(number: int) -> str:
    return weekday_name(date.fromordinal(_MONDAY.toordinal() + number - 1), short=True)


def _heading(title: str) -> Entry:
    return Entry(f"heading:{title}", title, heading=True)


def _entries(building: Building, schools: tuple[School, ...]) -> list[Entry]:
    """Return a building's calendar as lines, part by part; parts with nothing in them are left out."""
    names = {bell.id: bell.name for bell in building.bells}
    found: list[Entry] = []
    if building.bells:
        found.append(_heading(_("Bell schedules")))
        found += [_bell_line(bell) for bell in building.bells]
    if building.years:
        found.append(_heading(_("School years")))
        found += [_year_line(year, names) for year in building.years]
    if building.special:
        found.append(_heading(_("Special days")))
        found += [_special_line(one, names) for one in building.special]
    if building.travel:
        found.append(_heading(_("On the way")))
        found += _ways(building.travel, schools)
    return found


def _bell_line(bell: Bell) -> Entry:
    hours = bell.hours()
    periods = ", ".join(spoken_period(period.name) for period in bell.periods)
    return Entry(
        f"bell:{bell.id}",
        bell.name,
        periods,
        spoken_span(*hours) if hours else "",
        "alert",
        subject=_Subject("bells", bell),
    )


def _year_line(year: SchoolYear, names: Mapping[str, str]) -> Entry:
    parts = [
        ", ".join(_weekday(day) for day in sorted(year.weekdays)),
        _("turns: {names}").format(names=", ".join(year.cycle)) if year.cycle else "",
        _("bells: {name}").format(name=names[year.bells[""]])
        if year.bells.get("") in names
        else _("no bells"),
        year.zone,
    ]
    return Entry(
        f"year:{year.id}",
        _("{first} to {last}").format(
            first=spoken_day(year.starts_on), last=spoken_day(year.ends_on)
        ),
        " · ".join(part for part in parts if part),
        "",
        "calendar",
        subject=_Subject("year", year),
    )


def _special_line(one: SpecialDay, names: Mapping[str, str]) -> Entry:
    parts = [names.get(one.bell_id, ""), one.cycle_day, one.reason]
    chip = (_("No school"), Ink.WARN) if one.closed else (_("School"), Ink.ACCENT)
    return Entry(
        f"special:{one.day}",
        _("{weekday}, {day}").format(weekday=weekday_name(one.day), day=spoken_day(one.day)),
        " · ".join(part for part in parts if part),
        "",
        "pin",
        (chip,),
        subject=_Subject("special", one),
    )


def _ways(travel: Mapping[SchoolId, int], schools: tuple[School, ...]) -> list[Entry]:
    names = {school.id: school.name for school in schools}
    return [
        Entry(
            f"way:{other}",
            names.get(other, ""),
            "",
            ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes),
            "place",
            subject=_Subject("travel", (str(other), str(minutes))),
        )
        for other, minutes in travel.items()
        if other in names
    ]
