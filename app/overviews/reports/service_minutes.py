"""What plans owe between two days and what was given of it, as a report."""

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date

from app.features.people.repo import People
from app.features.services.model.deliveries import Outcome
from app.features.services.model.reckoning import Reckoned
from app.features.services.repo.minutes import MinutesFilter
from app.features.services.service.minutes import CaseloadReckoning, MinutesService
from app.features.services.service.room import Room
from app.kernel.clock import FixedClock
from app.kernel.errors import Refused
from app.kernel.nouns import Role
from app.kernel.ports import Reader, Transaction
from app.kernel.words import N_, _
from app.overviews.reports.lists import Asked, Choice, Namer, Reading, Report, ReportKind
from app.overviews.reports.wording import spoken_day
from app.overviews.services_meet import days_without_school, planned_sessions
from app.overviews.services_words import OUTCOMES, STANDINGS, UNITS, spoken_terms
from app.paper.sheets import Cell
from app.paper.tables import Column, Table

_NAMES = """
SELECT s.id, s.given_name, s.family_name, s.preferred_name
  FROM student s WHERE s.id IN (SELECT value FROM json_each(?))
"""


def _table(reading: Reading, asked: Asked) -> Table:
    since, until = days_of(asked)
    which = MinutesFilter(
        school_id=asked.school or "", service_id=asked.service, student_id=asked.student
    )
    found = MinutesService(room_of(reading)).reckonings(since, until, which)
    periods = [one for owed in found for one in owed.periods]
    short = sum(bool(one.unaccounted) for one in periods)
    return Table(
        _("Service minutes"),
        (
            Column(_("Student"), "text", 2.5),
            Column(_("Service"), "text", 1.8),
            Column(_("Owed as"), "text", 2.2),
            Column(_("From"), "day", 1.7),
            Column(_("To"), "day", 1.7),
            Column(_("Unit"), "text", 1.45),
            Column(_("Owed"), "count", 0.8),
            Column(_("Given"), "count", 0.8),
            Column(_("Made up"), "count", 0.8),
            Column(_("Missed"), "count", 0.9),
            Column(_("Why missed"), "text", 2.2),
            Column(_("Unaccounted for"), "count", 1.2),
            Column(_("Standing"), "text", 1.0),
        ),
        _rows(reading, asked, found),
        scope=scope_of(reading.reader, asked),
        sentences=(
            _(
                "{count} periods of services owed; in {short} of them something is missing that no"
                " session explains."
            ).format(count=f"{len(periods):,}", short=f"{short:,}"),
        ),
        empty=_("No service was owed in this period."),
        landscape=True,
    )


def room_of(reading: Reading) -> Room:
    """Return the services room as it stands on what may leave, for reading alone."""

    @contextmanager
    def read() -> Iterator[Reader]:
        yield reading.reader

    return Room(
        _nothing_is_written,
        read,
        lambda: reading.seat,
        People(reading.reader).settings,
        FixedClock(reading.now),
        days_without_school,
        planned_sessions,
    )


def _nothing_is_written() -> AbstractContextManager[Transaction]:
    raise RuntimeError("a report writes nothing")


def days_of(asked: Asked) -> tuple[str, str]:
    """Return the two days that are asked for; refuse a range that is left open."""
    if asked.since is None or asked.until is None:
        raise Refused("day-unclear", "since" if asked.since is None else "until")
    return asked.since.isoformat(), asked.until.isoformat()


def scope_of(reader: Reader, asked: Asked) -> str:
    """Return which days, building and service a report is of."""
    since, until = days_of(asked)
    said = [_("{first} to {last}").format(first=spoken_day(since), last=spoken_day(until))]
    for sql, wanted in (
        ("SELECT name FROM school WHERE id = ?", asked.school),
        ("SELECT label FROM service_kind WHERE id = ?", asked.service),
    ):
        row = reader.execute(sql, (wanted,)).fetchone() if wanted else None
        if row is not None:
            said.append(str(row[0]))
    return ", ".join(said)


def _rows(
    reading: Reading, asked: Asked, found: Sequence[CaseloadReckoning]
) -> Iterator[Sequence[Cell]]:
    ids = json.dumps(sorted({one.pupil.id for one in found}))
    names = {row[0]: row[1:] for row in reading.reader.execute(_NAMES, (ids,))}
    namer = Namer(asked.names)
    for one in found:
        given, family, preferred = names[one.pupil.id]
        reading.about(one.pupil.id)
        mandate = one.mandate
        terms = spoken_terms(
            mandate.unit, mandate.amount, mandate.times, mandate.each_minutes, mandate.period
        )
        student = namer.said(one.pupil.id, preferred or given, family)
        for period in one.periods:
            yield (student, mandate.service_label, terms, *_period(period))


def _period(one: Reckoned) -> tuple[Cell, ...]:
    missed = {
        why: amount
        for why, amount in one.missed.items()
        if amount and why is not Outcome.UNACCOUNTED
    }
    return (
        date.fromisoformat(one.first),
        date.fromisoformat(one.last),
        _(UNITS[one.unit]),
        one.owed,
        one.delivered,
        one.made_up,
        sum(missed.values()),
        "; ".join(
            _("{reason}: {amount}").format(reason=_(OUTCOMES[why]), amount=amount)
            for why, amount in missed.items()
        ),
        one.unaccounted,
        _(STANDINGS[one.standing]),
    )


SERVICE_MINUTES = Report(
    ReportKind.MINUTES,
    N_("Service minutes"),
    N_("What plans owe between two days, what was given of it, and why the rest was not."),
    frozenset({Choice.RANGE, Choice.SCHOOL, Choice.SERVICE, Choice.STUDENT, Choice.NAMES}),
    _table,
    roles=frozenset(role for role in Role if role is not Role.ADMINISTRATOR),
)
