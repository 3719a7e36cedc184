"""Everything the services room asks of the file, and writes into it."""

from app.features.services.repo.engagement import Engagement, EngagementKeeper
from app.features.services.repo.minutes import Minutes, MinutesKeeper
from app.features.services.repo.rows import frozen_services


class ServicesBook(Minutes, Engagement):
    """All of the room's records, for reading."""


class ServicesKeeper(ServicesBook, MinutesKeeper, EngagementKeeper):
    """All of the room's records within one command."""


__all__ = ["ServicesBook", "ServicesKeeper", "frozen_services"]
