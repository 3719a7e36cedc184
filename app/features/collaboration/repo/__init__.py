"""Everything the collaboration room asks of the file, and writes into it."""

from app.features.collaboration.repo.lists import Lists, RoomKeeper
from app.features.collaboration.repo.rows import frozen_rows

__all__ = ["Lists", "RoomKeeper", "frozen_rows"]
