"""A district report as tables of words, for paper and for a page alike."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from app.collect.figures import ALL, KEPT, LOST, STATUSES, TIERS, Cell, Cube, Figures
from app.kernel.words import N_, _, ngettext
from app.paper.page import month_word

HELD = "*"
"""What stands for a count that is held back."""
_FEW = 6
"""Months that are shown with their year in the head of a column."""
NOTHING = "–"
"""What stands where there is none."""

_STATUSES = {
    "began": N_("Began"),
    "waiting": N_("Waiting"),
    "not_started": N_("Not started"),
    "referred_out": N_("Referred out"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One table: its title, what is said of it, its columns, and rows that begin with a label."""

    title: str
    said: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...]


def title() -> str:
    """Return the report's title."""
    return _("District report: services and referrals")


def scope(figures: Figures) -> str:
    """Return which months it covers."""
    first, last = figures.months[0], figures.months[-1]
    if first == last:
        return spoken_month(first)
    return _("{first} to {last}").format(first=spoken_month(first), last=spoken_month(last))


def sentences(figures: Figures) -> list[str]:
    """Return what must be known to read the tables."""
    said = [
        _(
            "{sign} stands for a count that is held back: one of fewer than {limit}, or one that"
            " would tell such a count. Nobody is named."
        ).format(sign=HELD, limit=figures.limit),
    ]
    if figures.shared:
        said.append(
            ngettext(
                "{count} school has more than one desk: a student whom two desks serve counts twice"
                " among those served there, and each desk counts its own sessions and referrals.",
                "{count} schools have more than one desk: a student whom two desks serve counts"
                " twice among those served there, and each desk counts its own sessions and"
                " referrals.",
                figures.shared,
            ).format(count=figures.shared)
        )
        said.append(
            _(
                "Enrollment and tiers of such a school are those of the desk that knows most of its"
                " students; they are never added."
            )
        )
    said.append(
        _("A student who is served in two schools counts in both; months are not added up either.")
    )
    if len(figures.months) > 1 and not figures.closed:
        said.append(
            _(
                "A sum over months is held back where one of its months is: it would tell it beside"
                " a report of other months. A school year that is over shows more sums."
            )
        )
    if figures.held_at_desks:
        said.append(
            _(
                "Some desks held small counts back before they sent them: a number with + is at"
                " least that."
            )
        )
    return said


def tables(figures: Figures) -> list[Shown]:
    """Return the tables, one after the other as they are read."""
    one_month = len(figures.months) == 1
    return [
        _desks(figures),
        *([_activity(figures)] if one_month else _by_months(figures)),
        _by_part(
            figures,
            figures.referrals,
            _("Referrals by what became of them"),
            _("By the time the newest summary of each month was made."),
            [(status, _(_STATUSES[status])) for status in STATUSES],
        ),
        _retention(figures, by_school=True),
        *([] if one_month else [_retention(figures, by_school=False)]),
        _tiers_by_school(figures),
        *([] if one_month else [_tiers_by_month(figures)]),
    ]


def _activity(figures: Figures) -> Shown:
    """Return all that is known of a single month, a line for each school."""
    (month,) = figures.months
    cubes = (
        figures.referrals,
        figures.sessions,
        figures.minutes,
        figures.served,
        figures.enrolled,
    )

    def row(school: str) -> Iterator[str]:
        yield from (spoken(cube.at(school, month)) for cube in cubes)
        yield _percent(figures.served.at(school, month), figures.enrolled.at(school, month))

    there = {key for cube in cubes for key in _known(figures, cube)}
    rows, last = _filled(figures, [key for key in figures.names if key in there], row)
    return Shown(
        _("Referrals, services and reach"),
        _(
            "A session of a group counts for each who came, with its whole length. Served: students"
            " who attended a session in the month, at most that many. Reach: of those enrolled."
        )
        if figures.shared
        else _(
            "A session of a group counts for each who came, with its whole length. Served: students"
            " who attended a session in the month. Reach: of those enrolled."
        ),
        (
            _("School"),
            _("Referrals"),
            _("Sessions"),
            _("Minutes"),
            _("Served"),
            _("Enrolled"),
            _("Reach"),
        ),
        rows,
        last,
    )


def _by_months(figures: Figures) -> list[Shown]:
    return [
        _by_month(
            figures,
            figures.referrals,
            _("Referrals by month"),
            _("Referrals that were made in the month."),
        ),
        _by_month(
            figures,
            figures.sessions,
            _("Sessions by month"),
            _("Sessions that students attended; one of a group counts for each who came."),
        ),
        _by_month(
            figures,
            figures.minutes,
            _("Minutes by month"),
            _("Minutes of these sessions, the whole session for each who came."),
        ),
        _by_month(
            figures,
            figures.served,
            _("Reach: students served, by month"),
            _("Students who attended a session in the month, added up over desks."),
            total=False,
        ),
        _by_month(
            figures,
            figures.enrolled,
            _("Students enrolled, by month"),
            _("Of the desk of each school that knows most of its students."),
            total=False,
        ),
        _share(figures),
    ]


def spoken_month(month: str) -> str:
    """Return a month as it is read: `Oct 2026`."""
    return f"{month_word(int(month[5:]))} {month[:4]}"


def _month_heads(figures: Figures) -> list[str]:
    """Return the months as heads of narrow columns; the report's own head says of which years."""
    if len(figures.months) > _FEW:
        return [month_word(int(month[5:])) for month in figures.months]
    return [spoken_month(month) for month in figures.months]


def spoken(cell: Cell | None) -> str:
    """Return a count as it is read; at least that, with a +."""
    if cell is None:
        return NOTHING
    if cell.count is None:
        return HELD
    return f"{cell.count:,}+" if cell.more else f"{cell.count:,}"


def _school(figures: Figures, key: str) -> str:
    return figures.names.get(key) or (_("School not known") if key == "none" else key)


def _known(figures: Figures, cube: Cube) -> list[str]:
    """Return the schools of which a table says anything."""
    there = {key[0] for key in cube.cells}
    return [key for key in figures.names if key in there]


def _filled(
    figures: Figures,
    schools: Sequence[str],
    row: Callable[[str], Iterator[str]],
) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    rows = tuple((_school(figures, key), *row(key)) for key in schools)
    return rows, (_("All schools"), *row(ALL))


def _by_month(
    figures: Figures, cube: Cube, title_said: str, said: str, *, total: bool = True
) -> Shown:
    columns = [*figures.months, ALL] if total and len(figures.months) > 1 else [*figures.months]

    def row(school: str) -> Iterator[str]:
        return (spoken(cube.at(school, month)) for month in columns)

    rows, last = _filled(figures, _known(figures, cube), row)
    heads = [*_month_heads(figures), *([_("All")] if ALL in columns else [])]
    return Shown(title_said, said, (_("School"), *heads), rows, last)


def _by_part(
    figures: Figures, cube: Cube, title_said: str, said: str, parts: Sequence[tuple[str, str]]
) -> Shown:
    def row(school: str) -> Iterator[str]:
        yield from (spoken(cube.at(school, ALL, part)) for part, _head in parts)
        yield spoken(cube.at(school, ALL))

    rows, last = _filled(figures, _known(figures, cube), row)
    heads = (head for _part, head in parts)
    return Shown(title_said, said, (_("School"), *heads, _("All")), rows, last)


def _share(figures: Figures) -> Shown:
    def row(school: str) -> Iterator[str]:
        for month in figures.months:
            yield _percent(figures.served.at(school, month), figures.enrolled.at(school, month))

    rows, last = _filled(figures, _known(figures, figures.served), row)
    return Shown(
        _("Reach: share of students who are enrolled"),
        _("At most that many: a student whom two desks serve counts twice.")
        if figures.shared
        else _("Students served, of those enrolled."),
        (_("School"), *_month_heads(figures)),
        rows,
        last,
    )


def _retention(figures: Figures, *, by_school: bool) -> Shown:
    cube = figures.retention
    places = (
        [(key, ALL, _school(figures, key)) for key in _known(figures, cube) if key]
        if by_school
        else [
            (ALL, month, spoken_month(month))
            for month in figures.months
            if cube.at(ALL, month) is not None
        ]
    )

    def row(school: str, month: str) -> tuple[str, ...]:
        whole, kept = cube.at(school, month), cube.at(school, month, KEPT)
        lost = cube.at(school, month, LOST)
        return spoken(whole), spoken(kept), spoken(lost), _percent(kept, whole)

    return Shown(
        _("Retention at 12 weeks, by school")
        if by_school
        else _("Retention at 12 weeks, by month"),
        _("Services of a student whose twelfth week ended in these months."),
        (
            _("School") if by_school else _("Month"),
            _("Began"),
            _("Still come"),
            _("Came no more"),
            _("Share"),
        ),
        tuple((label, *row(school, month)) for school, month, label in places),
        (_("All"), *row(ALL, ALL)),
    )


def _tiers_by_school(figures: Figures) -> Shown:
    month = figures.last

    def row(school: str) -> Iterator[str]:
        yield from (spoken(figures.tiers.at(school, month, tier)) for tier in TIERS)
        yield spoken(figures.tiers.at(school, month))

    rows, last = _filled(figures, _known(figures, figures.tiers), row) if month else ((), ())
    return Shown(
        _("Tiers by school"),
        _("Students by tier on the last day of {month}.").format(month=spoken_month(month))
        if month
        else "",
        (_("School"), *_tier_heads(), _("All")),
        rows,
        last,
    )


def _tiers_by_month(figures: Figures) -> Shown:
    rows = []
    for month in figures.months:
        if figures.tiers.at(ALL, month) is not None:
            cells = (spoken(figures.tiers.at(ALL, month, tier)) for tier in (*TIERS, ALL))
            rows.append((spoken_month(month), *cells))
    return Shown(
        _("Tiers by month"),
        _("Students of all schools by tier on the last day of the month."),
        (_("Month"), *_tier_heads(), _("All")),
        tuple(rows),
        (),
    )


def _tier_heads() -> list[str]:
    return [_("Tier {number}").format(number=tier) for tier in TIERS]


def _desks(figures: Figures) -> Shown:
    return Shown(
        _("Desks that reported"),
        ngettext("{count} desk is let in.", "{count} desks are let in.", figures.known).format(
            count=figures.known
        ),
        (_("Month"), _("Desks")),
        tuple(
            (spoken_month(month), f"{figures.desks.get(month, 0):,}") for month in figures.months
        ),
        (),
    )


def _percent(part: Cell | None, whole: Cell | None) -> str:
    if part is None or whole is None:
        return NOTHING
    if part.count is None or whole.count is None:
        return HELD
    if not whole.count or part.more or whole.more:
        return NOTHING
    return _("{percent} %").format(percent=round(100 * part.count / whole.count))
