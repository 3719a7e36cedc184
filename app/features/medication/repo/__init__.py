"""Everything the medication room asks of the file, and writes into it."""

from app.features.medication.repo.doses import DoseKeeper, Doses
from app.features.medication.repo.orders import OrderKeeper, Orders
from app.features.medication.repo.stock import Stock, StockKeeper


class RoomBook(Orders, Doses, Stock):
    """All of the room's records, for reading."""


class RoomKeeper(RoomBook, OrderKeeper, DoseKeeper, StockKeeper):
    """All of the room's records within one command."""
