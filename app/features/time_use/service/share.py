"""The month's share: minutes by category and group, week by week, against the targets."""

from app.features.time_use.model.shares import TimeShare
from app.features.time_use.repo.entries import Entries
from app.features.time_use.repo.shares import read_share
from app.features.time_use.service.room import Room


class ShareService:
    """Use of time over a period, summed by the database."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def between(self, since: str, until: str, school: str = "") -> TimeShare:
        """Return a period's use of time, of one building or of all."""
        with self._room.reading() as reader:
            return read_share(reader, self._room.seat, since, until, school)

    def schools(self) -> tuple[tuple[str, str], ...]:
        """Return the buildings to choose from."""
        with self._room.reading() as reader:
            return Entries(reader).schools(self._room.who)
