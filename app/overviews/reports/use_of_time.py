"""A person's use of time between two days, as a report: the chart, the weeks, the categories."""

from collections.abc import Iterator, Sequence
from datetime import date

from app.features.time_use.model.shares import TimeShare
from app.features.time_use.repo.shares import read_share
from app.kernel.documents import SummaryKind
from app.kernel.errors import Refused
from app.kernel.nouns import Role
from app.kernel.ports import Reader, Seat
from app.kernel.words import N_, _
from app.overviews.reports.lists import Asked, Choice, Reading, Report, ReportKind
from app.overviews.reports.wording import spoken_day
from app.overviews.time_words import spoken_length, spoken_target
from app.paper import blocks
from app.paper.sheets import Cell
from app.paper.tables import Column, Table

_MOST_WEEKS = 16
"""Columns that a sheet has room for; a longer period is drawn as one bar alone."""


def _table(reading: Reading, asked: Asked) -> Table:
    if asked.since is None or asked.until is None:
        raise Refused("day-unclear", "since" if asked.since is None else "until")
    share = read_share(
        reading.reader,
        reading.seat,
        asked.since.isoformat(),
        asked.until.isoformat(),
        asked.school or "",
    )
    total: tuple[Cell, ...] = (
        _("All"),
        "",
        share.total,
        1.0,
        sum(one.entries for one in share.sums),
    )
    return Table(
        _("Use of time"),
        (
            Column(_("Group"), "text", 2.2),
            Column(_("Category"), "text", 2.4),
            Column(_("Minutes"), "minutes", 0.9),
            Column(_("Share"), "percent", 0.9),
            Column(_("Entries"), "count", 0.9),
        ),
        _rows(share),
        scope=_scope(reading.reader, reading.seat, share),
        sentences=(
            _("{span} in all, by the categories of: {name}.").format(
                span=spoken_length(share.total), name=share.set.said(share.set.name)
            ),
            *(
                spoken_target(
                    share.groups_said(one.target), one.target.kind, one.target.percent, one.percent
                )
                for one in share.standings
            ),
        ),
        total=total,
        empty=_("Nothing was logged in this period."),
        body=(drawn(share),) if share.total else (),
    )


def drawn(share: TimeShare) -> blocks.Shares:
    """Return the chart of a period's shares for paper."""
    codes = [one.bundle for one in share.shares if one.minutes or share.set.group(one.bundle)]
    weeks = share.weeks if 1 < len(share.weeks) <= _MOST_WEEKS else ()
    return blocks.Shares(
        tuple(
            (
                one.label,
                one.minutes,
                _("{span}, {percent} %").format(
                    span=spoken_length(one.minutes), percent=one.percent
                ),
            )
            for one in share.shares
            if one.bundle in codes
        ),
        tuple(
            blocks.ShareColumn(
                spoken_day(date.fromisoformat(week.monday))[:6].strip(),
                _("{hours} h").format(hours=round(week.total / 60)),
                tuple(week.minutes.get(code, 0) for code in codes),
            )
            for week in weeks
        ),
        share.line,
        _("Target {percent} %").format(percent=share.line) if share.line else "",
    )


def _rows(share: TimeShare) -> Iterator[Sequence[Cell]]:
    labels = {one.bundle: one.label for one in share.shares}
    order = list(labels)
    for one in sorted(share.sums, key=lambda found: order.index(found.bundle)):
        yield (
            labels[one.bundle],
            share.said(one),
            one.minutes,
            one.minutes / share.total,
            one.entries,
        )


def _scope(reader: Reader, seat: Seat, share: TimeShare) -> str:
    named = reader.execute("SELECT name FROM person WHERE id = ?", (seat.person,)).fetchone()
    said = [
        str(named[0]) if named else "",
        _("{first} to {last}").format(first=spoken_day(share.since), last=spoken_day(share.until)),
    ]
    if share.school:
        school = reader.execute("SELECT name FROM school WHERE id = ?", (share.school,))
        said.append(str((school.fetchone() or ("",))[0]))
    return ", ".join(part for part in said if part)


USE_OF_TIME = Report(
    ReportKind.TIME,
    N_("Use of time"),
    N_("Your time by category between two days, against the targets: sessions and activities."),
    frozenset({Choice.RANGE, Choice.SCHOOL}),
    _table,
    roles=frozenset(role for role in Role if role is not Role.ADMINISTRATOR),
    data=SummaryKind.USE_OF_TIME,
)
