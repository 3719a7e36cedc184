"""Writes what plans owe to students, who was referred, and how some of it ended.

The sessions are those that were signed in the years before: they count toward what is owed
and begin the referrals by themselves, as they do for anyone who enters a plan late.
"""

import json
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

from app.demo.calendar import first_day, last_day, school_days, year_end
from app.features.services.commands import (
    AskForService,
    ChangeMandate,
    CloseEpisode,
    ExplainMissed,
    MakeUp,
    WriteMandate,
)
from app.features.services.model.deliveries import MISSED, Outcome
from app.features.services.model.engagement import ONGOING, AskedBy, Closing
from app.features.services.model.mandates import Basis, MandateForm, PeriodKind, Setting, Unit
from app.kernel.clock import FixedClock, Moment
from app.kernel.errors import Refused
from app.kernel.ids import StudentId
from app.kernel.words import N_, _

if TYPE_CHECKING:
    from app.bootstrap import Desk

_GONE, _SAID = 24, 0.93
"""Days after which an ending is written down, and how often somebody does."""
_MOST_OWED, _MOST_REFERRED, _MOST_WAITING = 14, 60, 4
_TERMS = (
    (Unit.MINUTES, "", "2", "15", PeriodKind.WEEK),
    (Unit.MINUTES, "60", "", "", PeriodKind.MONTH),
    (Unit.SESSIONS, "2", "", "30", PeriodKind.MONTH),
    (Unit.MINUTES, "30", "", "", PeriodKind.WEEK),
    (Unit.MINUTES, "600", "", "", PeriodKind.YEAR),
)
_BASES = (Basis.IEP, Basis.IEP, Basis.SECTION_504, Basis.PLAN)
_ASKERS = (
    AskedBy.TEACHER,
    AskedBy.TEACHER,
    AskedBy.PARENT,
    AskedBy.STUDENT,
    AskedBy.TEAM,
    AskedBy.SCREENING,
    AskedBy.NURSE,
)
_WORDS = (
    N_("Withdrawn since the move, sits alone at lunch"),
    N_("Outbursts in the afternoon, after transitions"),
    N_("Asked for someone to talk to"),
    N_("Misses two mornings a week"),
    N_("Worry before tests, stomach aches"),
)
_ENDINGS = (
    (Closing.COMPLETED, N_("Goals met, checked at the last session")),
    (Closing.ENDED, N_("Moved to a provider outside the school")),
    (Closing.ENDED, N_("The family chose to stop")),
)


def services_owed(desk: "Desk", clock: FixedClock, now: Moment, seed: int) -> None:
    """Write down services owed, referrals and endings; entered at the end, all in one go."""
    clock.moment = now
    chance = Random(f"services:{seed}")  # noqa: S311 - a demonstration
    _owe(desk, now.day(), chance)
    _refer(desk, now.day(), chance)


def _owe(desk: "Desk", today: date, chance: Random) -> None:
    """Let plans owe the students who are seen most the service they are seen for."""
    begins = first_day(year_end(today))
    if begins > today:
        begins = first_day(year_end(today) - 1)
    ends = last_day(year_end(begins))
    minutes = desk.services.minutes
    with desk.records.read() as reader:
        rows = reader.execute(
            "SELECT n.student_id, n.service_id FROM session_note n JOIN student s"
            " ON s.id = n.student_id JOIN service_kind k ON k.id = n.service_id"
            " WHERE s.standing = 'enrolled' AND n.person_id = ?"
            " AND k.code IN (SELECT value FROM json_each(?))"
            " GROUP BY n.student_id, n.service_id"
            " ORDER BY sum(n.started_at >= ?) DESC, count(*) DESC, s.student_number, k.position",
            (desk.seat.person, json.dumps(sorted(ONGOING)), begins.isoformat()),
        ).fetchall()
    # Of each student, the service that comes first: what they are seen for most.
    most: dict[str, str] = {}
    for student, service in rows:
        most.setdefault(student, service)
    for number, (student, service) in enumerate(list(most.items())[:_MOST_OWED]):
        unit, amount, times, each, period = _TERMS[number % len(_TERMS)]
        form = MandateForm(
            StudentId(student),
            service,
            Setting.EITHER if number % 4 == 3 else Setting.INDIVIDUAL,
            unit,
            amount,
            times,
            each,
            period,
            starts_on=(begins + timedelta(days=chance.randrange(0, 12))).isoformat(),
            ends_on=ends.isoformat() if ends >= begins else "",
            basis=_BASES[number % len(_BASES)],
            basis_on=(begins - timedelta(days=chance.randrange(20, 120))).isoformat(),
        )
        series = minutes.write_mandate(WriteMandate(form)).made
        owed = next(one for one in minutes.sheet(form.student_id or StudentId("")).owed
                    if one.mandate.series_id == series)  # fmt: skip
        given = [one for one in owed.deliveries if one.outcome is Outcome.DELIVERED]
        missed = [one for one in owed.deliveries if one.outcome is not Outcome.DELIVERED]
        for place, one in enumerate(missed):
            if one.outcome is Outcome.UNACCOUNTED and place % 3:
                outcome = chance.choice(MISSED[:-1])
                minutes.explain_missed(ExplainMissed(one.first_id, outcome))
        if given and missed and missed[-1].day < given[0].day:
            minutes.make_up(MakeUp(given[0].first_id, missed[-1].first_id))
        if number == 1:
            changed = min(today, ends) - timedelta(days=20)
            if changed.isoformat() > form.starts_on:
                later = MandateForm(
                    form.student_id, service, amount="90", period=PeriodKind.MONTH,
                    starts_on=changed.isoformat(), ends_on=form.ends_on, basis=form.basis,
                    basis_on=(changed - timedelta(days=3)).isoformat(),
                    reason=_("Raised at the annual review"),
                )  # fmt: skip
                minutes.change_mandate(ChangeMandate(series, later))


def _refer(desk: "Desk", today: date, chance: Random) -> None:
    """Write down who was referred; the sessions that followed have begun most of them."""
    engagement = desk.services.engagement
    with desk.records.read() as reader:
        coming = reader.execute(
            "SELECT e.id, e.student_id, e.service_id, e.started_on, e.last_on FROM episode e"
            " JOIN student s ON s.id = e.student_id JOIN service_kind k ON k.id = e.service_id"
            " WHERE e.asked_on = '' AND e.closed_on = '' AND e.person_id = ?"
            " ORDER BY e.started_on DESC, s.student_number, k.position",
            (desk.seat.person,),
        ).fetchall()
        fresh = reader.execute(
            "SELECT s.id, k.id FROM student s, service_kind k WHERE s.standing = 'enrolled'"
            " AND k.code = 'individual-counseling' AND NOT EXISTS (SELECT 1 FROM episode e"
            " WHERE e.student_id = s.id AND e.service_id = k.id)"
            " ORDER BY s.student_number DESC LIMIT ?",
            (_MOST_WAITING,),
        ).fetchall()
    for number, (episode, student, service, started, last) in enumerate(coming):
        first = date.fromisoformat(started)
        if number < _MOST_REFERRED and number % 4 != 3:
            asked = first - timedelta(days=chance.randrange(1, 18))
            _ask(desk, student, service, asked, chance)
        gone = (today - date.fromisoformat(last)).days
        if gone > _GONE and chance.random() < _SAID:
            how, why = chance.choice(_ENDINGS)
            closed = date.fromisoformat(last) + timedelta(days=chance.randrange(0, 15))
            engagement.close_episode(CloseEpisode(episode, how, closed.isoformat(), _(why)))
    days = school_days(today - timedelta(days=60), today - timedelta(days=1)) or [today]
    for place, (student, service) in enumerate(fresh):
        asked = days[max(0, len(days) - 4 - 7 * place)]
        _ask(desk, student, service, asked, chance)


def _ask(desk: "Desk", student: str, service: str, asked: date, chance: Random) -> None:
    command = AskForService(
        StudentId(student),
        service,
        asked.isoformat(),
        chance.choice(_ASKERS),
        _(chance.choice(_WORDS)),
    )
    try:
        desk.services.engagement.ask_for_service(command)
    except Refused as refused:
        if refused.code != "referral-running":
            raise
