"""The month's share: minutes by category and group, week by week, against the targets."""

from collections.abc import Sequence
from datetime import date

from app.features.time_use.model.categories import CategorySet, in_force
from app.features.time_use.model.shares import CategorySum, TimeShare, shares, standings
from app.features.time_use.repo.categories import Categories
from app.features.time_use.repo.entries import Entries
from app.features.time_use.service.room import Room
from app.kernel.errors import Refused
from app.kernel.ports import Reader


class ShareService:
    """Use of time over a period, summed by the database."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def between(self, since: str, until: str, school: str = "") -> TimeShare:
        """Return a period's use of time, of one building or of all."""
        with self._room.reading() as reader:
            return self.read(reader, since, until, school)

    def read(self, reader: Reader, since: str, until: str, school: str = "") -> TimeShare:
        """Return a period's use of time as `reader` sees it."""
        try:
            if date.fromisoformat(until) < date.fromisoformat(since):
                raise Refused("period-ends-before", "until")
        except ValueError:
            raise Refused("day-unreadable", "since") from None
        entries, categories = Entries(reader), Categories(reader)
        sums = entries.sums(self._room.who, since, until, school)
        sets = categories.sets()
        of = _counting(sums, sets) or in_force(sets, categories.chosen(self._room.seat), until)
        parts = shares(sums, of)
        return TimeShare(
            since=since,
            until=until,
            school=school,
            set=of,
            sums=sums,
            shares=parts,
            standings=standings(parts, of),
            weeks=entries.weeks(self._room.who, since, until, school),
        )

    def schools(self) -> tuple[tuple[str, str], ...]:
        """Return the buildings to choose from."""
        with self._room.reading() as reader:
            return Entries(reader).schools(self._room.who)


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
