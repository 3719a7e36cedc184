"""Claim lines as they leave the desk: those that a person has called ready, as a table.

Nothing is sent anywhere. The file is written where the person says, its leaving is written
down for each student, and what went out stands as it went.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from app.features.time_use.model.billing import BillingLine, LineState
from app.features.time_use.repo.billing import PAGE, Billing
from app.kernel.changes import Changed, Kind
from app.kernel.errors import Refused
from app.kernel.nouns import Role
from app.kernel.ports import Reader, Seat
from app.kernel.words import N_, _
from app.overviews.reports.leaving import Release
from app.overviews.reports.lists import (
    Asked,
    Choice,
    Form,
    Reading,
    Report,
    ReportKind,
    ReportLeft,
    Reports,
)
from app.overviews.reports.wording import spoken_day, spoken_place
from app.paper.sheets import Cell
from app.paper.tables import Column, Table


class ClaimBook(Protocol):
    """Where it is written down that lines went out."""

    def exported(self, lines: Sequence[BillingLine]) -> Changed:
        """Write down that lines went into a file, as they stand in it."""
        ...


def ready_lines(reader: Reader, seat: Seat, since: date, until: date) -> list[BillingLine]:
    """Return all of a period's lines that were called ready."""
    billing, found = Billing(reader), list[BillingLine]()
    while True:
        page = billing.lines(
            seat.person,
            since.isoformat(),
            until.isoformat(),
            state=LineState.READY.value,
            offset=len(found),
        )
        found.extend(page)
        if len(page) < PAGE:
            return found


def _table(reading: Reading, asked: Asked) -> Table:
    if asked.since is None or asked.until is None:
        raise Refused("day-unclear", "since" if asked.since is None else "until")
    lines = ready_lines(reading.reader, reading.seat, asked.since, asked.until)
    if not lines:
        raise Refused("claims-none", "since")
    return Table(
        _("Medicaid claim lines"),
        (
            Column(_("Day"), "day", 1.2),
            Column(_("Recipient"), "text", 2.2),
            Column(_("Medicaid ID"), "text", 1.6),
            Column(_("Provider"), "text", 2.0),
            Column(_("Credentials"), "text", 1.2),
            Column(_("Service"), "text", 2.0),
            Column(_("Procedure"), "text", 1.1),
            Column(_("Modifiers"), "text", 1.0),
            Column(_("Minutes"), "minutes", 0.9),
            Column(_("Units"), "count", 0.7),
            Column(_("Place"), "text", 1.4),
            Column(_("Group size"), "count", 0.8),
        ),
        _rows(reading, lines),
        scope=_("{first} to {last}").format(
            first=spoken_day(asked.since), last=spoken_day(asked.until)
        ),
        landscape=True,
    )


def _rows(reading: Reading, lines: Sequence[BillingLine]) -> Iterator[Sequence[Cell]]:
    for line in lines:
        reading.about(line.student_id)
        yield (
            date.fromisoformat(line.on_day),
            line.student,
            line.medicaid_id,
            line.provider,
            line.credentials,
            line.service,
            line.procedure,
            " ".join(line.modifiers),
            line.minutes,
            line.units,
            spoken_place(line.place),
            line.group_size,
        )


CLAIMS = Report(
    ReportKind.CLAIMS,
    N_("Medicaid claim lines"),
    N_("The lines you have called ready, between two days."),
    frozenset({Choice.RANGE}),
    _table,
    roles=frozenset(role for role in Role if role is not Role.ADMINISTRATOR),
)


@dataclass(frozen=True, slots=True)
class ClaimsLeft:
    """Lines that left the desk."""

    left: ReportLeft
    lines: int
    changed: Changed = Changed.only(Kind.TIME, Kind.DISCLOSURE)  # noqa: RUF009 - frozen


class Claims:
    """Lets claim lines leave, and marks them as gone."""

    def __init__(
        self,
        reports: Reports,
        read_for_export: Callable[[], AbstractContextManager[Reader]],
        seat: Callable[[], Seat],
        book: ClaimBook,
    ) -> None:
        self._reports = reports
        self._read = read_for_export
        self._seat = seat
        self._book = book

    def save(
        self,
        since: date,
        until: date,
        form: Form,
        release: Release,
        target: Path,
        *,
        replace: bool = False,
    ) -> ClaimsLeft:
        """Write the ready lines of a period to a file, with a disclosure for each student.

        They are marked exported once the file is there; struck down in between, they are still
        ready, and the disclosures tell that a file was made.
        """
        with self._read() as reader:
            lines = ready_lines(reader, self._seat(), since, until)
        if not lines:
            raise Refused("claims-none", "since")
        asked = Asked(ReportKind.CLAIMS, since, until)
        left = self._reports.save(asked, form, release, target, replace=replace)
        self._book.exported(lines)
        return ClaimsLeft(left, len(lines))
