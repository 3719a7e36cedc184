"""Writes what a person did besides their sessions in the last weeks: lessons, duties, meetings.

Every command goes through the time room's own service, as by hand.
"""

from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from app.demo.calendar import school_days
from app.features.time_use.commands import AddDuty, KeepMedicaid, LogActivity
from app.features.time_use.model.categories import found_category
from app.features.time_use.model.entries import ActivityForm
from app.kernel.clock import FixedClock, Moment
from app.kernel.words import N_, _

if TYPE_CHECKING:
    from app.bootstrap import Desk

SCHOOL_DAYS = 45
"""How many school days back the log goes."""
_CONSENTS = 6
"""Students whose Medicaid number and consent are on file; half of one is missing."""


@dataclass(frozen=True, slots=True)
class _Usual:
    """What is done on some days: what finds its category, how long, when, how often."""

    typed: str
    minutes: tuple[int, int]
    at: str
    often: float
    note: str = ""
    students: tuple[int, int] = (0, 0)


_DAY = (
    _Usual("duty", (20, 20), "07:35", 0.6, N_("Arrival duty")),
    _Usual("lesson", (40, 50), "09:10", 0.45, N_("Classroom lesson"), (19, 28)),
    _Usual("meeting", (35, 60), "10:40", 0.35, N_("Team meeting")),
    _Usual("consultation", (15, 30), "11:50", 0.5, N_("Teacher consultation")),
    _Usual("individual", (40, 90), "13:00", 0.5, N_("Walk-in hour"), (2, 5)),
    _Usual("training", (30, 60), "14:50", 0.12, N_("Professional learning")),
    _Usual("office", (20, 40), "15:10", 0.3),
    _Usual("travel", (15, 25), "12:20", 0.2),
    _Usual("substitute", (45, 45), "08:20", 0.03, N_("Covered a class")),
)


def use_of_time_days(desk: "Desk", clock: FixedClock, now: Moment, seed: int) -> None:
    """Log the last weeks' activities, keep two duties and a few consents to bill."""
    chance = Random(f"time:{seed}")  # noqa: S311 - a demonstration
    clock.moment = now  # entered at the end, all in one go: the journal only ever goes on
    today = now.day()
    days = [day for day in school_days(today - timedelta(days=80), today) if day < today]
    schools = desk.time_use.shares.schools()
    of = desk.time_use.categories.current()
    log = desk.time_use.log
    for number, day in enumerate(days[-SCHOOL_DAYS:]):
        school = schools[number % len(schools)][0] if schools else ""
        for usual in _DAY:
            drawn = chance.random(), chance.randint(*usual.minutes), chance.randint(*usual.students)
            if drawn[0] > usual.often:
                continue
            category = found_category(usual.typed, of)
            if category is None:
                continue
            form = ActivityForm(
                category.code,
                str(drawn[1]),
                day.isoformat(),
                usual.at,
                school,
                _(usual.note) if usual.note else "",
                str(drawn[2] or ""),
            )
            log.log_activity(LogActivity(form))
    for typed, minutes, at, weekdays, words in (
        ("duty", "20", "07:35", "12345", N_("Arrival duty")),
        ("meeting", "45", "10:40", "24", N_("Team meeting")),
    ):
        category = found_category(typed, of)
        if category is not None:
            log.add_duty(
                AddDuty(ActivityForm(category.code, minutes, at=at, note=_(words)), weekdays)
            )
    _consents(desk, now)


def _consents(desk: "Desk", now: Moment) -> None:
    """Put invented Medicaid numbers on file for students who were seen lately."""
    month = (now.day() - timedelta(days=30)).isoformat()
    seen = [
        line.student_id
        for line in desk.time_use.log.between(month, now.day().isoformat())
        if line.student_id
    ]
    consented = (now.day() - timedelta(days=75)).isoformat()
    for number, student in enumerate(list(dict.fromkeys(seen))[:_CONSENTS]):
        last = number == _CONSENTS - 1
        desk.time_use.billing.keep_medicaid(
            KeepMedicaid(student, f"DEMO{4400 + number * 37}", "" if last else consented)
        )
