"""How the lines of Today stand: in which part of the page, in which building, in which order."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time

from app.kernel.words import N_
from ui.kit.room import Section, TodayLine

LEAD = 10
"""So many minutes before its hour a line comes up under Now."""
_PRESSING = 10
"""A line without an hour, whose rank is below this, is for now."""

TITLES: dict[Section, str] = {
    Section.NOW: N_("Now"),
    Section.LATER: N_("Later today"),
    Section.WAITING: N_("Waiting"),
    Section.LAPSING: N_("About to lapse"),
}


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one part of the page in one building; those of no building stand first."""

    section: Section
    school: str
    lines: tuple[TodayLine, ...]


def section_of(line: TodayLine, now: time) -> Section:
    """Return where a line stands at an hour."""
    if line.section is not None:
        return line.section
    if line.at is not None:
        return Section.NOW if _comes_up(line.at) <= now else Section.LATER
    return Section.NOW if line.rank < _PRESSING else Section.WAITING


def _comes_up(at: time) -> time:
    minutes = max(0, at.hour * 60 + at.minute - LEAD)
    return time(minutes // 60, minutes % 60)


def blocks(
    lines: Iterable[TodayLine], now: time, schools: Sequence[str], only: str = ""
) -> list[Block]:
    """Return the lines of the day in blocks, by part, building and then hour and urgency.

    `schools` are the buildings in their order; with `only`, lines of others are left out.
    """
    order = {school: place for place, school in enumerate(schools, 1)}
    apart = len(buildings(lines := list(lines))) > 1
    found: dict[tuple[int, int, str], list[TodayLine]] = {}
    parts = list(Section)
    for line in lines:
        if only and line.school not in {"", only}:
            continue
        school = line.school if apart else ""
        place = order.get(school, len(order) + 1) if school else 0
        key = parts.index(section_of(line, now)), place, school
        found.setdefault(key, []).append(line)
    return [
        Block(parts[part], school, tuple(sorted(found[part, place, school], key=_urgency)))
        for part, place, school in sorted(found)
    ]


def _urgency(line: TodayLine) -> tuple[time, int, bool]:
    # Each room gives its lines in their own order; what is late comes before what is not.
    return line.at or time.min, line.rank, not line.late


def buildings(lines: Iterable[TodayLine]) -> list[str]:
    """Return the buildings that lines are in."""
    return list(dict.fromkeys(line.school for line in lines if line.school))


def here(lines: Collection[TodayLine], now: time) -> str:
    """Return today's building: where one is at this hour, or is next; empty if no line tells."""
    hours = sorted(
        (line.at, line.until or line.at, line.school) for line in lines if line.at and line.school
    )
    for _at, until, school in hours:
        if until >= now:
            return school
    return hours[-1][2] if hours else ""


def turns_at(lines: Iterable[TodayLine], now: time) -> time | None:
    """Return the next hour at which a line comes up, begins or is over."""
    hours = [
        hour
        for line in lines
        if line.at is not None
        for hour in (_comes_up(line.at), line.at, line.until)
        if hour is not None and hour > now
    ]
    return min(hours, default=None)


def ordered(known: Mapping[str, str], first: str) -> list[str]:
    """Return the buildings in their order, today's before the others."""
    return [*([first] if first else []), *(school for school in known if school != first)]
