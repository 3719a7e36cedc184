"""The day plan of who goes from building to building: where, when, with whom, and the way there."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from pathlib import Path

from app.features.privacy.commands import RecordNothingLeft
from app.features.privacy.model import Means
from app.features.schedule.model.appointments import Appointment, State
from app.features.schedule.model.calendar import accepted_day
from app.features.schedule.service import ScheduleService
from app.features.schedule.service.book import DayPlan
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Clock
from app.kernel.ids import StudentId
from app.kernel.ports import Progress, no_progress
from app.kernel.words import N_, _, ngettext
from app.overviews.reports import leaving
from app.overviews.reports.leaving import DisclosureBook, LeavingTogether, Release
from app.overviews.reports.wording import spoken_day, spoken_paper
from app.overviews.schedule_words import (
    KINDS,
    STATES,
    initials,
    spoken_school_day,
    spoken_span,
    spoken_what,
)
from app.paper import blocks
from app.paper.page import Paper, Size

PAPER = "day-plan"


@unique
class Show(StrEnum):
    """How much of a student a day plan shows."""

    NAMES = "names"
    INITIALS = "initials"
    TIMES = "times"
    """Nothing: where and when alone."""


SHOWN: dict[str, str] = {
    Show.NAMES: N_("Names"),
    Show.INITIALS: N_("Initials"),
    Show.TIMES: N_("Times only"),
}


@dataclass(frozen=True, slots=True)
class AskedPlan:
    """Which day plan is asked for."""

    day: str
    show: Show = Show.INITIALS
    size: Size = "letter"

    def stored(self) -> dict[str, object]:
        """Return what was asked for as a disclosure keeps it."""
        return {"day": self.day, "show": self.show.value, "size": self.size}


@dataclass(frozen=True, slots=True)
class MadePlan:
    """A finished day plan, in memory: it has not left."""

    asked: AskedPlan
    pdf: bytes
    pages: int
    missing: frozenset[str]
    students: tuple[StudentId, ...]
    """Whom it tells something about: none where it shows times only."""


@dataclass(frozen=True, slots=True)
class PlanLeft:
    """A day plan that left the desk, with a disclosure for each student it tells about."""

    disclosures: tuple[str, ...]
    sha256: str
    bytes: int
    pages: int
    changed: Changed = Changed.only(Kind.DISCLOSURE)  # noqa: RUF009 - frozen


class DayPlans:
    """Makes day plans, and lets them leave with a disclosure for each student on them."""

    def __init__(
        self,
        room: ScheduleService,
        clock: Clock,
        author: Callable[[], str],
        book: DisclosureBook,
    ) -> None:
        self._room = room
        self._clock = clock
        self._author = author
        self._book = book

    def make(self, asked: AskedPlan, progress: Progress = no_progress) -> MadePlan:
        """Return a day plan in memory."""
        day = accepted_day(asked.day, "day")
        plan = self._room.book.day_plan(day)
        paper = Paper(
            title=spoken_paper(PAPER),
            made=self._clock.now(),
            blocks=tuple(plan_blocks(plan, asked.show)),
            scope=spoken_day(day),
            made_by=self._author(),
        )
        printed = blocks.print_out(paper, asked.size, progress)
        about = () if asked.show is Show.TIMES else _about(plan)
        return MadePlan(asked, printed.pdf, printed.pages, printed.missing, about)

    def save(
        self,
        asked: AskedPlan,
        release: Release,
        target: Path,
        *,
        replace: bool = False,
        progress: Progress = no_progress,
    ) -> PlanLeft:
        """Make a day plan, write down that it leaves, and write it at `target`."""
        release = release.accepted()
        leaving.require_place(target, replace=replace)
        made = self.make(asked, progress)
        ids = leaving.save_together(_leaving(made, release), self._book, target, replace=replace)
        return _left(made, ids)

    def record_print(self, made: MadePlan, release: Release) -> PlanLeft:
        """Write down that a plan leaves through a printer; called before the first page."""
        return _left(made, _leaving(made, release.accepted()).recorded(self._book, Means.PRINT))

    def print_failed(self, left: PlanLeft) -> Changed:
        """Write down that the printer did not take a recorded plan."""
        for disclosure in left.disclosures:
            self._book.record_nothing_left(RecordNothingLeft(disclosure, "print-not-left"))
        return Changed.only(Kind.DISCLOSURE)


def _about(plan: DayPlan) -> tuple[StudentId, ...]:
    """Return who is named: those with a session of their own; a group's members are not."""
    entries = (entry for stop in plan.stops for entry in stop.entries)
    return tuple(dict.fromkeys(entry.student_id for entry in entries if entry.student_id))


def _left(made: MadePlan, ids: tuple[str, ...]) -> PlanLeft:
    return PlanLeft(ids, hashlib.sha256(made.pdf).hexdigest(), len(made.pdf), made.pages)


def _leaving(made: MadePlan, release: Release) -> LeavingTogether:
    scope = made.asked.stored()
    if len(made.students) > 1:
        scope["students"] = len(made.students)
    return LeavingTogether(made.students, PAPER, scope, made.pdf, release)


def plan_name(day: date, taken: Callable[[str], bool]) -> str:
    """Return a free file name for a day's plan; it carries no name of a person."""
    number = 1
    while taken(f"{PAPER}-{day.isoformat()}-{number}.pdf"):
        number += 1
    return f"{PAPER}-{day.isoformat()}-{number}.pdf"


def plan_blocks(plan: DayPlan, show: Show) -> Iterator[blocks.Block]:
    """Yield a day plan: building by building in the order one comes to them."""
    if not plan.stops:
        yield blocks.Text(_("Nothing is planned on this day."))
        return
    for stop in plan.stops:
        school = plan.schools.get(stop.school_id) if stop.school_id else None
        yield blocks.Heading(school.name if school else _("Without a building"))
        said = []
        if stop.travel:
            said.append(
                ngettext(
                    "On the way: {count} minute.", "On the way: {count} minutes.", stop.travel
                ).format(count=stop.travel)
            )
        if stop.travel > stop.gap >= 0:
            said.append(
                ngettext(
                    "There is only {count} minute for it.",
                    "There are only {count} minutes for it.",
                    stop.gap,
                ).format(count=stop.gap)
            )
        day = plan.laid.buildings.get(stop.school_id) if stop.school_id else None
        if day is not None and (what := spoken_school_day(day.open, day.cycle_day, day.reason)):
            said.append(what)
        if said:
            yield blocks.Text(" ".join(said), soft=True)
        yield blocks.TableBlock(
            (
                blocks.Column(_("Time"), 1.6),
                blocks.Column(_("What"), 1.1),
                blocks.Column(_("With"), 1.8),
                blocks.Column(_("Room"), 1.0),
                blocks.Column(_("Done"), 0.8),
            ),
            [_row(entry, plan, show) for entry in stop.entries],
            boxed=True,
        )


def _row(entry: Appointment, plan: DayPlan, show: Show) -> tuple[str, ...]:
    return (
        spoken_span(entry.starts, entry.ends),
        _(KINDS[entry.kind]),
        _whom(entry, plan, show),
        entry.room,
        "" if entry.state == State.PLANNED else _(STATES[entry.state]),
    )


def _whom(entry: Appointment, plan: DayPlan, show: Show) -> str:
    if show is Show.TIMES:
        return ""
    if show is Show.INITIALS:
        # What a group or a block is called is one's own words: a name may stand in them.
        return initials(entry.student)
    return spoken_what(entry, plan.groups)
