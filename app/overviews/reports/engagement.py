"""Who was referred, who began and who still comes after 4, 8 and 12 weeks, as a report."""

from collections.abc import Iterator, Sequence

from app.features.services.model.engagement import MARKS, By, Curve
from app.features.services.repo.engagement import EpisodeFilter
from app.features.services.service.engagement import EngagementService
from app.kernel.nouns import Role, Tier
from app.kernel.words import N_, _
from app.overviews.reports.lists import Asked, Choice, Reading, Report, ReportKind
from app.overviews.reports.service_minutes import days_of, room_of, scope_of
from app.overviews.reports.wording import spoken_tier
from app.overviews.services_words import rule_said
from app.paper import blocks
from app.paper.sheets import Cell
from app.paper.tables import Column, Table, spoken_cell

_BAR = 24
"""Signs in the longest bar."""


def _table(reading: Reading, asked: Asked) -> Table:
    since, until = days_of(asked)
    which = EpisodeFilter(
        service_id=asked.service, school_id=asked.school or "", since=since, until=until
    )
    room = EngagementService(room_of(reading))
    by_tier, by_service = room.sheet(which, By.TIER), room.sheet(which, By.SERVICE)
    everyone = by_tier.everyone
    curves: list[tuple[str, Curve]] = []
    if everyone is not None:
        curves.append((_("Everyone"), everyone))
        curves += [(_tier(one), one) for one in by_tier.apart]
        curves += [(one.label, one) for one in by_service.apart]
    return Table(
        _("Engagement"),
        (
            Column(_("Of whom"), "text", 2.4),
            Column(_("Referred"), "count", 1.0),
            Column(_("Began"), "count", 0.9),
            Column(_("Waiting"), "count", 0.9),
            Column(_("After weeks"), "count", 1.0),
            Column(_("Judged"), "count", 0.9),
            Column(_("Still attend"), "count", 1.1),
            Column(_("Share"), "percent", 0.9),
            Column(_("Completed"), "count", 1.1),
            Column(_("Ended"), "count", 0.9),
            Column(_("Came no more"), "count", 1.1),
            Column(_("Weeks still run"), "count", 1.1),
        ),
        _rows(curves),
        scope=scope_of(reading.reader, asked),
        sentences=(
            rule_said(),
            _("Nobody is named; where only a few are counted, think of whom the numbers tell."),
        ),
        empty=_("Nobody was referred in this period."),
        body=() if everyone is None else tuple(_weeks(everyone)),
        landscape=True,
    )


def _tier(curve: Curve) -> str:
    return spoken_tier(int(curve.key)) if curve.key in {str(int(tier)) for tier in Tier} else ""


def _weeks(curve: Curve) -> Iterator[blocks.Block]:
    """Yield the curve of everyone, week by week, the numbers beside the bars."""
    yield blocks.Heading(_("Still attending, week by week"), 2)
    yield blocks.TableBlock(
        (
            blocks.Column(_("Week"), 0.6, "end"),
            blocks.Column(_("Judged"), 0.7, "end"),
            blocks.Column(_("Still attend"), 0.8, "end"),
            blocks.Column(_("Share"), 5.0),
        ),
        [
            (
                spoken_cell(point.week),
                spoken_cell(point.judged),
                spoken_cell(point.still),
                _("{bar} {percent} %").format(
                    bar="■" * round(_BAR * point.percent / 100), percent=point.percent
                )
                if point.percent is not None
                else _("not yet known"),
            )
            for point in curve.points
        ],
    )


def _rows(curves: Sequence[tuple[str, Curve]]) -> Iterator[Sequence[Cell]]:
    for label, curve in curves:
        for week in MARKS:
            point = curve.at(week)
            yield (
                label,
                curve.referred,
                curve.started,
                curve.waiting,
                week,
                point.judged,
                point.still,
                point.still / point.judged if point.judged else None,
                point.completed,
                point.ended,
                point.stopped,
                point.running,
            )


ENGAGEMENT = Report(
    ReportKind.ENGAGEMENT,
    N_("Engagement"),
    N_("Who was referred, who began, and who still comes after 4, 8 and 12 weeks; in counts."),
    frozenset({Choice.RANGE, Choice.SCHOOL, Choice.SERVICE}),
    _table,
    roles=frozenset(role for role in Role if role is not Role.ADMINISTRATOR),
)
