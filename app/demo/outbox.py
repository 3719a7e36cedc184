"""Puts into the invented desk's outbox what waits on a first day with a district."""

from datetime import timedelta
from typing import TYPE_CHECKING

from app.features.outbox.commands import SendSummary
from app.kernel.clock import Moment
from app.kernel.documents import SummaryKind
from app.kernel.nouns import Role
from app.kernel.releases import Ground, Terms
from app.kernel.words import _

if TYPE_CHECKING:
    from app.bootstrap import Desk


def summaries_waiting(desk: "Desk", now: Moment, role: Role) -> None:
    """Let the desk introduce itself to its district, and queue the counts of last month."""
    desk.outbox.prepare()
    places = desk.outbox.destinations()
    if not places or role is Role.ADMINISTRATOR:
        return
    last = now.day().replace(day=1) - timedelta(days=1)
    desk.outbox.send(
        SendSummary(
            SummaryKind.SERVICES,
            f"{last:%Y-%m}",
            places[0].destination.id,
            purpose=_("The month before we joined"),
            terms=Terms(Ground.NO_NAMES),
        )
    )
