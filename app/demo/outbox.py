"""Puts into the invented desk's outbox what was sent to its district, and what waits."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from app.features.outbox.commands import SendSummary
from app.kernel.clock import Clock, Moment
from app.kernel.documents import SummaryKind
from app.kernel.nouns import Role
from app.kernel.releases import Ground, Terms
from app.kernel.words import _

if TYPE_CHECKING:
    from app.bootstrap import Desk
    from app.sync.district_keys import DistrictKeys

RECEIVED = "district/received.db"
"""In the demonstration's folder: the database into which its district collects."""


def summaries_sent(
    desk: "Desk", now: Moment, role: Role, keys: "DistrictKeys", share: Path, clock: Clock
) -> None:
    """Send the desk's introduction and last month's counts, take in the receipt, queue one more."""
    desk.outbox.prepare()
    places = desk.outbox.destinations()
    if not places or role is Role.ADMINISTRATOR:
        return
    last = now.day().replace(day=1) - timedelta(days=1)
    place = places[0].destination.id
    _queue(desk, SummaryKind.SERVICES, f"{last:%Y-%m}", place)
    here = share.absolute()
    _deliver(desk, here)
    _collect(here, here.parents[1] / RECEIVED, keys, clock)
    _deliver(desk, here)
    _queue(desk, SummaryKind.USE_OF_TIME, f"{last:%Y-%m}", place)


def _queue(desk: "Desk", kind: SummaryKind, period: str, place: str) -> None:
    desk.outbox.send(
        SendSummary(
            kind,
            period,
            place,
            purpose=_("The month before we joined"),
            terms=Terms(Ground.NO_NAMES),
        )
    )


def _deliver(desk: "Desk", share: Path) -> None:
    """Send what waits; the share still stands where the demonstration is being built."""
    from app.sync.destinations import reach
    from app.sync.network import UnknownNetwork
    from app.sync.parcels import Address, Carrier

    here = Address(Carrier.FOLDER, {"path": str(share)})
    desk.outbox.sender(UnknownNetwork(), lambda *_there: reach(here, {})).run_once(forced=True)


def _collect(share: Path, database: Path, keys: "DistrictKeys", clock: Clock) -> None:
    """Do for the invented district what its IT does with `casewell collect`."""
    from app.collect import tables
    from app.collect.collecting import Collector
    from app.collect.engines import open_engine
    from app.collect.judging import Judge
    from app.kernel.documents import ABOUT_NOBODY
    from app.sync.destinations import reach
    from app.sync.parcels import Address, Carrier

    judge = Judge([keys.identity], keys.public, lambda kind: kind in ABOUT_NOBODY)
    with (
        closing(open_engine(str(database))) as engine,
        closing(reach(Address(Carrier.FOLDER, {"path": str(share)}), {})) as there,
    ):
        tables.prepare(engine)
        Collector(there, engine, judge, keys, clock, thorough=True)()
