"""A period's use of time, as any reader sees it: the page, the paper and the command line alike."""

from collections.abc import Sequence
from datetime import date

from app.features.time_use.model.categories import CategorySet, in_force
from app.features.time_use.model.shares import CategorySum, TimeShare, shares, standings
from app.features.time_use.repo.categories import Categories
from app.features.time_use.repo.entries import Entries
from app.kernel.errors import Refused
from app.kernel.ports import Reader, Seat


def read_share(reader: Reader, seat: Seat, since: str, until: str, school: str = "") -> TimeShare:
    """Return the use of time of whoever is at the desk, of one building or of all."""
    try:
        if date.fromisoformat(until) < date.fromisoformat(since):
            raise Refused("period-ends-before", "until")
    except ValueError:
        raise Refused("day-unreadable", "since") from None
    entries, categories = Entries(reader), Categories(reader)
    sums = entries.sums(seat.person, since, until, school)
    sets = categories.sets()
    of = _counting(sums, sets) or in_force(sets, categories.chosen(seat), until)
    parts = shares(sums, of)
    return TimeShare(
        since=since,
        until=until,
        school=school,
        set=of,
        sums=sums,
        shares=parts,
        standings=standings(parts, of),
        weeks=entries.weeks(seat.person, since, until, school),
    )


def _counting(sums: Sequence[CategorySum], sets: Sequence[CategorySet]) -> CategorySet | None:
    """Return the set under which most of the time was put, in its newest version used."""
    minutes: dict[str, int] = {}
    for one in sums:
        minutes[one.set_code] = minutes.get(one.set_code, 0) + one.minutes
    if not minutes:
        return None
    code = max(minutes, key=lambda found: (minutes[found], found))
    version = max(one.set_version for one in sums if one.set_code == code)
    return next((one for one in sets if (one.code, one.version) == (code, version)), None)
