"""Services and referrals of a month as a report: counts alone, what is small held back.

It says what the summary as data says, and no sum besides: what two papers of the same month
tell together, one of them tells.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from app.kernel.documents import SummaryKind
from app.kernel.errors import Refused
from app.kernel.nouns import Role
from app.kernel.words import N_, _, pgettext
from app.overviews.data.services import services_body
from app.overviews.reports.lists import Asked, Choice, Reading, Report, ReportKind
from app.overviews.reports.wording import spoken_day, spoken_tier
from app.paper.sheets import Cell
from app.paper.tables import Column, Table

HELD_BACK = "*"
_BANDS = {
    "pk": N_("Before kindergarten"),
    "k-2": N_("Kindergarten to grade 2"),
    "3-5": N_("Grades 3 to 5"),
    "6-8": N_("Grades 6 to 8"),
    "9-12": N_("Grades 9 to 12"),
    "other": N_("Other grades"),
}
_STATUSES = {
    "waiting": N_("Waiting"),
    "began": N_("Began"),
    "not_started": N_("Never began"),
    "referred_out": N_("Referred to someone outside"),
}
_Row = Mapping[str, Any]


def month_asked(asked: Asked, today: date) -> tuple[str, date, date]:
    """Return the month that two days are, with its days; refuse what is not one whole month.

    The present month up to today is that month too: nothing of it is after today.
    """
    since, until = asked.since, asked.until
    if since is None or until is None:
        raise Refused("day-unclear", "since" if since is None else "until")
    end = (since + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    if since.day != 1 or (until != end and (until != today or not since <= today < end)):
        raise Refused("services-need-month", "since")
    return f"{since:%Y-%m}", since, end


def _table(reading: Reading, asked: Asked) -> Table:
    month, first, last = month_asked(asked, reading.today)
    body = services_body(
        reading.reader, reading.seat, month, first, last, "suppressed", reading.limit
    )
    return Table(
        _("Services and referrals"),
        (
            Column(_("Table"), "text", 1.9),
            Column(_("Building"), "text", 2.0),
            Column(_("Of whom"), "text", 2.4),
            Column(_("Of what"), "text", 2.4),
            Column(_("Students"), "count", 0.9),
            Column(pgettext("how often", "Times"), "count", 0.9),
            Column(_("Minutes"), "count", 0.9),
        ),
        _rows(body),
        scope=_("{first} to {last}").format(
            first=spoken_day(first), last=spoken_day(min(last, max(first, reading.today)))
        ),
        sentences=(
            _(
                "{sign} stands for a number that is held back: of fewer than {limit} students, or"
                " one that would tell such a number. Nobody is named."
            ).format(sign=HELD_BACK, limit=reading.limit),
            _(
                "A student counts once in each line and may stand in several, so that lines of"
                " different services must not be added. Times are sessions attended, or referrals."
            ),
        ),
        empty=_("Nothing was given and nobody was referred in this month."),
        landscape=True,
    )


def _rows(body: _Row) -> Iterator[Sequence[Cell]]:
    buildings = {row["building"]: row["name"] or _("Not said") for row in body["buildings"]}
    services = {row["service"]: row["name"] for row in body["service_names"]}
    lines: tuple[tuple[str, str, Callable[[_Row], tuple[str, Sequence[str]]]], ...] = (
        (_("Services"), "service_totals", lambda row: (services[row["service"]], _GIVEN)),
        (_("Services in detail"), "services", lambda row: (services[row["service"]], _GIVEN)),
        (_("Referrals"), "referral_totals", lambda row: (_whereto(row, services), _REFERRED)),
        (_("Referrals in detail"), "referrals", lambda row: (_whereto(row, services), _REFERRED)),
        (_("Reach"), "reach_totals", lambda _row: (_("Enrolled"), ("enrolled",))),
        (_("Reach"), "reach_totals", lambda _row: (_("Of them served"), ("served",))),
        (_("Reach by grades"), "reach", lambda _row: (_("Enrolled"), ("enrolled",))),
        (_("Reach by grades"), "reach", lambda _row: (_("Of them served"), ("served",))),
        (_("Retention"), "retention", lambda _row: (_("Began twelve weeks ago"), ("began",))),
        (
            _("Retention"),
            "retention",
            lambda _row: (_("Of them still attend"), ("retained_12_weeks",)),
        ),
        (_("Retention"), "retention", lambda _row: (_("Weeks still run"), ("open",))),
        (_("Tiers"), "tier_totals", lambda _row: ("", ("students",))),
        (_("Tiers by grades"), "tiers", lambda _row: ("", ("students",))),
    )
    for title, table, told in lines:
        for row in body[table]:
            what, measures = told(row)
            cells = [HELD_BACK if row[name] is None else row[name] for name in measures]
            cells += [None] * (len(_GIVEN) - len(cells))
            yield (title, buildings[row["building"]], _whom(row), what, *cells)


_GIVEN = ("students", "sessions", "minutes")
_REFERRED = ("students", "referrals")


def _whom(row: _Row) -> str:
    said = [
        _(_BANDS[row["grade_band"]]) if "grade_band" in row else "",
        spoken_tier(row["tier"]) if "tier" in row else "",
    ]
    return ", ".join(part for part in said if part)


def _whereto(row: _Row, services: Mapping[str, str]) -> str:
    status = _(_STATUSES[row["status"]])
    if row["kind"] == "outside":
        return status
    return _("{service}: {status}").format(service=services[row["service"]], status=status)


SERVICES_REPORT = Report(
    ReportKind.SERVICES,
    N_("Services and referrals"),
    N_(
        "What was given and asked for in a month, whom it reached and who stays; in counts, small"
        " ones held back."
    ),
    frozenset({Choice.MONTH}),
    _table,
    roles=frozenset(role for role in Role if role is not Role.ADMINISTRATOR),
    data=SummaryKind.SERVICES,
)
