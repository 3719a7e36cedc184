"""The log of a person's time: the quick line, the day, the clock that runs, duties."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.features.time_use.commands import (
    AddDuty,
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
    RetireDuty,
    StartTimer,
    StopTimer,
)
from app.features.time_use.model.categories import CategorySet, accepted_category
from app.features.time_use.model.entries import (
    LONGEST,
    Activity,
    ActivityForm,
    Duty,
    TimeEntry,
    accepted_activity,
    accepted_weekdays,
    overlapping,
)
from app.features.time_use.repo.entries import DayLine, DayTotal, Entries, EntriesRepo, LineDraft
from app.features.time_use.service.room import Room
from app.kernel.changes import NOTHING, Changed, Kind
from app.kernel.clock import Moment
from app.kernel.entries import Entry, EntryKind, Told
from app.kernel.errors import Refused
from app.kernel.ids import SchoolId, new_id
from app.kernel.nouns import Place
from app.kernel.ports import Transaction

ENOUGH = 0.5
"""The part of a day's work below which a day counts as hardly logged."""


@dataclass(frozen=True, slots=True)
class DaySheet:
    """One day: what was done, what overlaps, what could be logged with one key."""

    day: str
    set: CategorySet
    lines: tuple[DayLine, ...]
    overlaps: dict[str, str]
    """By id of an entry: another one that it runs into."""
    week: tuple[DayTotal, ...]
    """What each day of this week came to, Monday first; days with nothing too."""
    duties: tuple[Duty, ...]
    """Those of this weekday that were not logged yet."""
    repeatable: str
    """The newest earlier day with activities, while this one has none; else empty."""
    schools: tuple[tuple[str, str], ...]
    draft: LineDraft

    @property
    def total(self) -> int:
        """All minutes of the day."""
        return sum(line.entry.minutes for line in self.lines)


@dataclass(frozen=True, slots=True)
class Repeated:
    """What a repeated day made."""

    entries: tuple[str, ...]
    changed: Changed = Changed.only(Kind.TIME)  # noqa: RUF009 - frozen


class LogService:
    """Activities, and the correction of every entry's category."""

    def __init__(self, room: Room, told: Told) -> None:
        self._room = room
        self._told = told

    # -- logging ---------------------------------------------------------------------

    def log_activity(self, command: LogActivity) -> Changed:
        """Log an activity; `made` is the entry's id, and logging it twice logs it once."""
        entry_id = command.entry_id or new_id()
        with self._room.writing() as tx:
            activity = accepted_activity(command.form, tx.now)
            of = self._set_of(tx, activity)
            category = accepted_category(command.form.category, of).code
            self._add(tx, entry_id, activity, of, category, planned_id=command.planned_id)
            EntriesRepo(tx).keep_draft(ActivityForm())
        return Changed.only(Kind.TIME, made=entry_id)

    def _set_of(self, tx: Transaction, activity: Activity) -> CategorySet:
        return self._room.set_on(tx, activity.started.day().isoformat())

    def _add(
        self,
        tx: Transaction,
        entry_id: str,
        activity: Activity,
        of: CategorySet,
        category: str,
        *,
        what: str = "LogActivity",
        planned_id: str = "",
        duty_id: str = "",
    ) -> None:
        repo = EntriesRepo(tx)
        if not repo.add(entry_id, activity, of, category, planned_id, duty_id):
            tx.journal(what, "time_entry", entry_id, after={"again": True})
            return
        tx.journal(
            what,
            "time_entry",
            entry_id,
            after=_facts(activity, f"{of.code}/{of.version}", category),
        )
        self._told(
            tx,
            Entry(
                kind=EntryKind.ACTIVITY,
                id=entry_id,
                person_id=tx.who,
                started=activity.started,
                minutes=activity.minutes,
                place=Place.BUILDING,
                school_id=SchoolId(activity.school_id) if activity.school_id else None,
                category=category,
                planned_id=planned_id,
            ),
        )

    def correct_activity(self, command: CorrectActivity) -> Changed:
        """Write an activity anew; a session's time is its note's."""
        with self._room.writing() as tx:
            repo = EntriesRepo(tx)
            before = self._activity(repo, tx, command.entry_id)
            form = command.form
            if not form.on:
                form = replace(form, on=before.on_day)
            if not form.at:
                form = replace(form, at=f"{before.started.wall():%H:%M}")
            activity = accepted_activity(form, replace(tx.now, zone=before.started.zone))
            repo.correct(before, activity)
            of, category = self._category(tx, before, activity, form.category)
            if (of.code, of.version, category) != _under(before):
                repo.put_under(before.id, activity.started.day().isoformat(), of, category)
            tx.journal(
                "CorrectActivity",
                "time_entry",
                before.id,
                _facts_of(before),
                _facts(activity, f"{of.code}/{of.version}", category),
            )
        return Changed.only(Kind.TIME, made=before.id)

    def _category(
        self, tx: Transaction, before: TimeEntry, activity: Activity, typed: str
    ) -> tuple[CategorySet, str]:
        """Return under which set and category a corrected activity goes: its own if it fits."""
        of = self._set_of(tx, activity)
        if typed.strip() in {"", before.category, before.category_label} and (
            of.code == before.set_code and of.version == before.set_version
        ):
            return of, before.category
        return of, accepted_category(typed or before.category, of).code

    def remove_activity(self, command: RemoveActivity) -> Changed:
        """Take out an activity; it can be brought back."""
        return self._remove("RemoveActivity", command.entry_id, removed=True)

    def restore_activity(self, command: RestoreActivity) -> Changed:
        """Bring back an activity that was taken out."""
        return self._remove("RestoreActivity", command.entry_id, removed=False)

    def _remove(self, what: str, entry_id: str, *, removed: bool) -> Changed:
        with self._room.writing() as tx:
            repo = EntriesRepo(tx)
            before = self._activity(repo, tx, entry_id)
            repo.remove([before], removed=removed)
            tx.journal(
                what,
                "time_entry",
                entry_id,
                {**_facts_of(before), "removed": before.removed},
                {"removed": removed},
            )
        return Changed.only(Kind.TIME, made=entry_id)

    def remove_activities(self, command: RemoveActivities) -> Changed:
        """Take out several activities in one go."""
        with self._room.writing() as tx:
            repo = EntriesRepo(tx)
            found = [self._activity(repo, tx, entry_id) for entry_id in command.entry_ids]
            repo.remove(found, removed=True)
            tx.journal(
                "RemoveActivities",
                "time_entry",
                command.entry_ids[0] if command.entry_ids else "",
                after={"entries": list(command.entry_ids), "removed": True},
            )
        return Changed.only(Kind.TIME)

    def change_category(self, command: ChangeCategory) -> Changed:
        """Put an entry under another category; the note it came from is not touched."""
        with self._room.writing() as tx:
            repo = EntriesRepo(tx)
            before = repo.get(tx.who, command.entry_id)
            if before is None or before.removed:
                raise Refused("time-entry-gone")
            of = self._room.set_on(tx, before.on_day)
            category = accepted_category(command.category, of).code
            repo.put_under(before.id, before.on_day, of, category)
            tx.journal(
                "ChangeCategory",
                "time_entry",
                before.id,
                {"set": f"{before.set_code}/{before.set_version}", "category": before.category},
                {"set": f"{of.code}/{of.version}", "category": category},
            )
        return Changed.only(Kind.TIME, made=before.id)

    @staticmethod
    def _activity(repo: Entries, tx: Transaction, entry_id: str) -> TimeEntry:
        found = repo.get(tx.who, entry_id)
        if found is None:
            raise Refused("time-entry-gone")
        if not found.logged:
            raise Refused("time-of-a-note")
        return found

    def repeat_day(self, command: RepeatDay) -> Repeated:
        """Log an earlier day's activities again, at the same hours.

        What would begin later than now is left out: it has not been done yet.
        """
        made: list[str] = []
        with self._room.writing() as tx:
            repo = EntriesRepo(tx)
            of = self._room.set_on(tx, command.on_day)
            for one in repo.activities(tx.who, command.of_day):
                form = ActivityForm(
                    minutes=str(one.minutes),
                    on=command.on_day,
                    at=f"{one.started.wall():%H:%M}",
                    school_id=one.school_id,
                    note=one.note,
                    students=str(one.students or ""),
                )
                try:
                    activity = accepted_activity(form, tx.now)
                except Refused:
                    continue
                category = one.category if of.category(one.category) else of.fallback
                entry_id = new_id()
                self._add(
                    tx, entry_id, activity, of, category, what="RepeatDay", duty_id=one.duty_id
                )
                made.append(entry_id)
            if not made:
                raise Refused("nothing-to-repeat")
        return Repeated(tuple(made))

    # -- the clock that runs -----------------------------------------------------------

    def start_timer(self, command: StartTimer) -> Changed:
        """Let the clock run; it outlasts a lock and a closed desk."""
        with self._room.working() as tx:
            EntriesRepo(tx).keep_draft(command.form, tx.now.at)
        return Changed.only(Kind.TIME)

    def stop_timer(self, command: StopTimer) -> Changed:
        """Stop the clock and log what it counted, at least a minute."""
        entry_id = new_id()
        with self._room.writing() as tx:
            repo = EntriesRepo(tx)
            begun = repo.draft(tx.who, tx.now.zone).timer
            if begun is None:
                raise Refused("timer-not-running")
            counted = counted_minutes(begun, tx.now)
            form = replace(command.form, minutes=str(counted), on="", at="")
            activity = replace(accepted_activity(form, tx.now), started=_whole_minute(begun))
            of = self._set_of(tx, activity)
            category = accepted_category(form.category, of).code
            self._add(tx, entry_id, activity, of, category, what="StopTimer")
            repo.keep_draft(ActivityForm(), "")
        return Changed.only(Kind.TIME, made=entry_id)

    def drop_timer(self, _command: DropTimer) -> Changed:
        """Stop the clock and log nothing; what was typed stays."""
        with self._room.working() as tx:
            repo = EntriesRepo(tx)
            repo.keep_draft(repo.draft(tx.who, tx.now.zone).form, "")
        return Changed.only(Kind.TIME)

    def keep_line(self, command: KeepLine) -> Changed:
        """Keep the quick line as it stands, so that a lock or a crash costs nothing."""
        with self._room.working() as tx:
            EntriesRepo(tx).keep_draft(command.form)
        return NOTHING

    # -- duties ------------------------------------------------------------------------

    def add_duty(self, command: AddDuty) -> Changed:
        """Keep what comes back on the same weekdays; `made` is the duty's id."""
        weekdays = accepted_weekdays(command.weekdays)
        if not command.form.at:
            raise Refused("duty-needs-time", "at")
        with self._room.writing() as tx:
            on = (tx.now.day() - timedelta(days=1)).isoformat()
            activity = accepted_activity(replace(command.form, on=on), tx.now)
            of = self._room.set_on(tx, tx.now.day().isoformat())
            duty = Duty(
                id=new_id(),
                category=accepted_category(command.form.category, of).code,
                minutes=activity.minutes,
                clock=f"{activity.started.wall():%H:%M}",
                weekdays=weekdays,
                school_id=activity.school_id,
                note=activity.note,
            )
            EntriesRepo(tx).add_duty(duty)
            tx.journal(
                "AddDuty",
                "duty",
                duty.id,
                after={"category": duty.category, "minutes": duty.minutes, "days": weekdays},
            )
        return Changed.only(Kind.TIME, made=duty.id)

    def retire_duty(self, command: RetireDuty) -> Changed:
        """Offer a duty no more, or again; what was logged of it stays."""
        with self._room.writing() as tx:
            repo = EntriesRepo(tx)
            if repo.duty(tx.who, command.duty_id) is None:
                raise Refused("duty-gone")
            repo.retire_duty(command.duty_id, retired=command.retired)
            tx.journal(
                "RetireDuty",
                "duty",
                command.duty_id,
                {"retired": not command.retired},
                {"retired": command.retired},
            )
        return Changed.only(Kind.TIME)

    def log_duty(self, command: LogDuty) -> Changed:
        """Log a duty as it usually is; `made` is the entry's id."""
        entry_id = new_id()
        with self._room.writing() as tx:
            repo = EntriesRepo(tx)
            duty = repo.duty(tx.who, command.duty_id)
            if duty is None:
                raise Refused("duty-gone")
            form = ActivityForm(
                minutes=str(duty.minutes),
                on=command.on_day,
                at=duty.clock,
                school_id=duty.school_id,
                note=duty.note,
            )
            activity = accepted_activity(form, tx.now)
            of = self._set_of(tx, activity)
            category = duty.category if of.category(duty.category) else of.fallback
            self._add(tx, entry_id, activity, of, category, what="LogDuty", duty_id=duty.id)
        return Changed.only(Kind.TIME, made=entry_id)

    def duties(self) -> tuple[Duty, ...]:
        """Return the duties of whoever is at the desk."""
        with self._room.reading() as reader:
            return Entries(reader).duties(self._room.who)

    # -- looking -----------------------------------------------------------------------

    def day(self, day: str) -> DaySheet:
        """Return one day with its week."""
        who, on = self._room.who, date.fromisoformat(day)
        monday = on - timedelta(days=on.weekday())
        week = [(monday + timedelta(days=step)).isoformat() for step in range(7)]
        now = self._room.now()
        with self._room.reading() as reader:
            entries = Entries(reader)
            lines = entries.day(who, day)
            totals = {one.day: one for one in entries.totals(who, week[0], week[-1])}
            logged = entries.logged_duties(who, day)
            own = any(line.entry.logged for line in lines)
            return DaySheet(
                day=day,
                set=self._room.set_on(reader, day),
                lines=tuple(lines),
                overlaps=overlapping([line.entry for line in lines]),
                week=tuple(totals.get(one, DayTotal(one, 0, 0)) for one in week),
                duties=tuple(
                    duty
                    for duty in entries.duties(who)
                    if duty.falls_on(on) and duty.id not in logged
                ),
                repeatable="" if own else entries.last_day_with_activities(who, day),
                schools=entries.schools(who),
                draft=entries.draft(who, now.zone),
            )

    def between(self, since: str, until: str, school: str = "", offset: int = 0) -> list[DayLine]:
        """Return a page of a period's entries."""
        with self._room.reading() as reader:
            return Entries(reader).between(self._room.who, since, until, school, offset)

    def entry(self, entry_id: str) -> TimeEntry | None:
        """Return one of one's own entries, or None."""
        with self._room.reading() as reader:
            return Entries(reader).get(self._room.who, entry_id)

    def hardly_logged(self, today: str, usual_minutes: int) -> DayTotal | None:
        """Return the last working day if far less than a day's work was logged on it."""
        day = date.fromisoformat(today) - timedelta(days=1)
        while day.isoweekday() > 5:
            day -= timedelta(days=1)
        with self._room.reading() as reader:
            found = Entries(reader).totals(self._room.who, day.isoformat(), day.isoformat())
        total = found[0] if found else DayTotal(day.isoformat(), 0, 0)
        return total if total.minutes < usual_minutes * ENOUGH else None


def counted_minutes(begun: Moment, now: Moment) -> int:
    """Return the minutes that a clock counted: begun ones count whole, at most a day."""
    seconds = max(0, int((now.instant() - begun.instant()).total_seconds()))
    return min(LONGEST, max(1, -(-seconds // 60)))


def _whole_minute(moment: Moment) -> Moment:
    return Moment.of(moment.instant().replace(second=0, microsecond=0), moment.zone)


def _under(entry: TimeEntry) -> tuple[str, int, str]:
    return entry.set_code, entry.set_version, entry.category


def _facts(activity: Activity, of: str, category: str) -> dict[str, object]:
    """Return what the journal keeps of an activity: its facts, and none of its text."""
    return {
        "started_at": activity.started.at,
        "zone": activity.started.zone,
        "minutes": activity.minutes,
        "school": activity.school_id,
        "students": activity.students,
        "set": of,
        "category": category,
    }


def _facts_of(entry: TimeEntry) -> dict[str, object]:
    activity = Activity(entry.started, entry.minutes, entry.school_id, entry.note, entry.students)
    return _facts(activity, f"{entry.set_code}/{entry.set_version}", entry.category)
