"""The tiers and the screenings of a cohort as reports: counts alone, small ones held back."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from app.features.screening.model.records import UNJUDGED
from app.features.screening.repo import stands
from app.kernel.clock import FixedClock
from app.kernel.nouns import Role, Tier, grade_rank
from app.kernel.ports import Reader, Value
from app.kernel.rights import Discipline, discipline, eyes
from app.kernel.suppression import LEAST, Shown, hold_back_tables
from app.kernel.words import N_, _
from app.overviews.reports.lists import Asked, Choice, Reading, Report, ReportKind
from app.overviews.reports.service_minutes import days_of
from app.overviews.reports.wording import spoken_day, spoken_grade, spoken_tier
from app.overviews.screening_words import LEVELS, spoken_level
from app.overviews.tier_words import SHORT
from app.overviews.tiers import Scope, Tiers
from app.paper import blocks
from app.paper.sheets import Cell
from app.paper.tables import Column, Table

HELD_BACK = "*"
_BAR = 32
"""Signs in the longest bar."""
_WORKING = frozenset(role for role in Role if discipline(role) is not Discipline.OFFICE)
_COHORT = (
    "SELECT t.title, coalesce(c.name, ''), s.grade, t.level, count(*) FROM screening t"
    " JOIN student s ON s.id = t.student_id LEFT JOIN school c ON c.id = s.school_id"
    " WHERE t.taken_on >= :since AND t.taken_on <= :until"
    " AND (:school = '' OR s.school_id = :school)"
    " AND (:everyone OR EXISTS (SELECT 1 FROM caseload k WHERE k.student_id = s.id"
    " AND k.person_id = :me AND k.ended_on = ''))"
    " AND t.person_id IN (SELECT p.id FROM person p WHERE p.id = :me"
    " OR p.role IN (SELECT value FROM json_each(:roles)))"
    f" AND {stands('t')}"
    # Of each student the newest one in these days: a child is counted once.
    " AND NOT EXISTS (SELECT 1 FROM screening l WHERE l.student_id = t.student_id"
    " AND l.instrument = t.instrument AND l.informant = t.informant AND l.taken_on <= :until"
    " AND (l.taken_on, l.row) > (t.taken_on, t.row)"
    f" AND {stands('l')})"
    " GROUP BY t.instrument, t.informant, 2, 3, 4"
)
Counts = dict[str, dict[str, int]]
Said = Callable[[str], str]


def _tiers(reading: Reading, asked: Asked) -> Table:
    since, until = days_of(asked)

    @contextmanager
    def read() -> Iterator[Reader]:
        yield reading.reader

    room = Tiers(read, lambda: reading.seat, FixedClock(reading.now))
    scope = Scope(school_id=asked.school or "", mine=not asked.everyone)
    pyramid, flow = room.pyramid(scope, until), room.flow(since, until, scope)
    moved = {
        str(was.value): {str(now.value): flow.counts.get((was, now), 0) for now in Tier}
        for was in Tier
    }
    schools, grades, movement = hold_back_tables(
        [_plain(pyramid.by_school), _plain(pyramid.by_grade), moved]
    )
    everyone = movement[""]
    parts: list[tuple[str, Shown, Said]] = [
        (_("By building"), schools, _named),
        (_("By grade"), grades, _graded),
        (_("Movement"), movement, _from),
    ]
    return Table(
        _("Tiers"),
        (
            Column(_("Table"), "text", 1.4),
            Column(_("Of whom"), "text", 2.4),
            *(Column(_(SHORT[tier]), "count", 1.0) for tier in Tier),
            Column(_("All"), "count", 1.0),
        ),
        _rows(parts, [str(tier.value) for tier in Tier]) if pyramid.total else iter(()),
        scope=_scope(reading, asked),
        sentences=(
            _small(),
            _("Movement: a row is the tier at the beginning, a column at the end."),
        ),
        empty=_("No students are enrolled here."),
        body=tuple(_pyramid(everyone, until)) if pyramid.total else (),
    )


def _plain(found: Sequence[tuple[str, Mapping[Tier, int]]]) -> Counts:
    return {name or "-": {str(tier.value): counts[tier] for tier in Tier} for name, counts in found}


def _named(name: str) -> str:
    return _("Not said") if name == "-" else name


def _graded(code: str) -> str:
    return _("Not said") if code == "-" else spoken_grade(code)


def _from(tier: str) -> str:
    return _("From {tier}").format(tier=_(SHORT[Tier(int(tier))]))


def _small() -> str:
    return _(
        "{sign} stands for a count that is held back: below {least}, or one that would tell such"
        " a count. Nobody is named."
    ).format(sign=HELD_BACK, least=LEAST)


def _pyramid(counts: Mapping[str, int | None], day: str) -> Iterator[blocks.Block]:
    """Yield the pyramid, the top first, each layer as wide as its count."""
    yield blocks.Heading(_("Students by tier, {day}").format(day=spoken_day(day)), 2)
    shown = [counts[str(tier.value)] or 0 for tier in Tier]
    most, total = max(*shown, 1), counts[""]
    yield blocks.TableBlock(
        (
            blocks.Column(_("Tier"), 2.0),
            blocks.Column(_("Students"), 1.0, "end"),
            blocks.Column(_("Share"), 0.8, "end"),
            blocks.Column("", 4.0),
        ),
        [
            (
                spoken_tier(tier),
                _count(counts[str(tier.value)]),
                _percent(counts[str(tier.value)], total),
                "■" * round(_BAR * (counts[str(tier.value)] or 0) / most),
            )
            for tier in reversed(Tier)
        ],
    )


def _percent(count: int | None, total: int | None) -> str:
    if count is None or not total:
        return HELD_BACK
    return _("{percent} %").format(percent=f"{100 * count / total:.1f}".removesuffix(".0"))


def _count(count: int | None) -> str:
    return HELD_BACK if count is None else f"{count:,}"


def _rows(
    parts: Sequence[tuple[str, Shown, Said]], columns: Sequence[str]
) -> Iterator[Sequence[Cell]]:
    for title, table, said in parts:
        for name, counts in table.items():
            cells = [counts.get(column, 0) for column in (*columns, "")]
            yield (
                title,
                said(name) if name else _("All"),
                *(HELD_BACK if cell is None else cell for cell in cells),
            )


def _scope(reading: Reading, asked: Asked) -> str:
    since, until = days_of(asked)
    said = [
        _("All enrolled students") if asked.everyone else _("One caseload"),
        _("{first} to {last}").format(first=spoken_day(since), last=spoken_day(until)),
    ]
    if asked.school:
        row = reading.reader.execute("SELECT name FROM school WHERE id = ?", (asked.school,))
        said.append(str((row.fetchone() or ("",))[0]))
    return ", ".join(part for part in said if part)


def _screened(reading: Reading, asked: Asked) -> Table:
    since, until = days_of(asked)
    values: dict[str, Value] = {
        **eyes(reading.seat),
        "since": since,
        "until": until,
        "school": asked.school or "",
        "everyone": int(asked.everyone),
    }
    levels = [str(level) for level in range(UNJUDGED, len(LEVELS))]
    found: dict[str, tuple[Counts, Counts]] = {}
    for title, school, grade, level, count in reading.reader.execute(_COHORT, values):
        by_school, by_grade = found.setdefault(title, ({}, {}))
        for kept, name in ((by_school, school or "-"), (by_grade, grade or "-")):
            line = kept.setdefault(name, dict.fromkeys(levels, 0))
            line[str(level)] += count
    return Table(
        _("Screening of a cohort"),
        (
            Column(_("Instrument"), "text", 1.5),
            Column(_("Of whom"), "text", 2.2),
            *(Column(spoken_level(int(level)), "count", 1.0) for level in levels),
            Column(_("All"), "count", 0.8),
        ),
        _cohorts(found, levels),
        scope=_scope(reading, asked),
        sentences=(
            _small(),
            _(
                "Each student counts once for each instrument and informant, by the newest"
                " screening. The levels are the program’s own words for an instrument’s bands."
            ),
        ),
        empty=_("Nobody was screened in these days."),
        landscape=True,
    )


def _cohorts(
    found: Mapping[str, tuple[Counts, Counts]], levels: Sequence[str]
) -> Iterator[Sequence[Cell]]:
    for title, (by_school, by_grade) in sorted(found.items()):
        graded = dict(sorted(by_grade.items(), key=lambda one: (grade_rank(one[0]), one[0])))
        schools, grades = hold_back_tables([dict(sorted(by_school.items())), graded])
        everyone = {"": grades.pop("")}
        schools.pop("")
        parts: list[tuple[str, Shown, Said]] = [
            (title, everyone, _named),
            (title, schools, _named),
            (title, grades, _graded),
        ]
        yield from _rows(parts, levels)


TIER_REPORT = Report(
    ReportKind.TIERS,
    N_("Tiers"),
    N_("How many students stand at each tier, by building and grade, and how they moved."),
    frozenset({Choice.RANGE, Choice.SCHOOL, Choice.EVERYONE}),
    _tiers,
    roles=_WORKING,
)
SCREENING_COHORT = Report(
    ReportKind.COHORT,
    N_("Screening of a cohort"),
    N_("How those who were screened came out, by instrument, building and grade; in counts."),
    frozenset({Choice.RANGE, Choice.SCHOOL, Choice.EVERYONE}),
    _screened,
    roles=_WORKING,
)
