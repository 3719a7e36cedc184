"""What goes somewhere by itself: made when its month or week is over, again when it changed."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from app.features.outbox.model.course import Step, after
from app.features.outbox.model.records import (
    Asked,
    Destination,
    Made,
    Parcel,
    Prepared,
    StandingRow,
)
from app.features.outbox.model.rules import KEPT_DAYS, periods_due, place_key, whose
from app.features.outbox.repo.book import OutboxBook, OutboxKeeper
from app.features.outbox.service.ground import Ground
from app.features.outbox.service.places import facts_of
from app.features.outbox.service.sealing import Neighbours, Sealer, Wanted, content_of
from app.kernel.clock import Moment
from app.kernel.documents import ABOUT_NOBODY, SummaryKind
from app.kernel.errors import CasewellError
from app.kernel.ids import new_id
from app.kernel.ports import Begin, Read, Seat, Transaction
from app.kernel.releases import Ground as Legal
from app.kernel.releases import Terms
from app.kernel.rights import Discipline, discipline
from app.kernel.words import N_, _
from app.sync.district_file import DistrictFile, Standing
from app.sync.district_file import Place as Offered

_LET_GO_AT_ONCE = 500
_PURPOSE = N_("By the district's schedule; it tells about nobody")


@dataclass(slots=True)
class _Done:
    enrolled: int = 0
    made: int = 0
    unchanged: int = 0
    held: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Due:
    """One standing summary that is to be looked at."""

    district: DistrictFile
    place: Destination
    kind: SummaryKind
    period: str
    went: tuple[str, int, bool, str] | None
    """Content, revision, whether it is stale, the day it was looked at; None: it never went."""
    today: str


class StandingSummaries:
    """Makes ready what is due for the district's places."""

    def __init__(
        self,
        begin: Begin,
        working: Begin,
        read: Read,
        *,
        seat: Callable[[], Seat],
        neighbours: Neighbours,
        sealer: Sealer,
        ground: Ground,
    ) -> None:
        self._begin = begin
        self._working = working
        self._read = read
        self._seat = seat
        self._neighbours = neighbours
        self._sealer = sealer
        self._ground = ground
        self._one_at_a_time = threading.Lock()
        """A file may be loaded while what is due is made ready: no place is kept twice."""

    def prepare(self, now: Moment) -> Prepared:
        """Take over the district's places, enrol there, and make what is due; tidy up.

        Nothing is made twice: what is unchanged since its last revision stays as it went, and
        what was looked at today already waits until tomorrow.
        """
        done = _Done()
        district = self.take_over()
        if district is not None:
            since = self._neighbours.keys_since()
            if since > now.at:
                since = ""  # the clock was set back: what is newer than the keys cannot be told
            for place in self._places(district):
                self._enrol(place, since, done)
                for standing in district.standing:
                    self._look_at(district, place, standing, now, done)
                self._replace(place, since)
        self._let_go(now)
        return Prepared(done.enrolled, done.made, done.unchanged, tuple(dict.fromkeys(done.held)))

    # -- the district's places -------------------------------------------------------

    def take_over(self) -> DistrictFile | None:
        """Keep the places of the file that counts now, and return it; make and send nothing."""
        with self._one_at_a_time:
            district = self._neighbours.district()
            self._take_over(_offered(district))
            return district

    def _places(self, district: DistrictFile) -> list[Destination]:
        offered = _offered(district)
        with self._read() as reader:
            places = OutboxBook(reader).destinations()
        return [one for one in places if one.district in offered and not one.paused]

    def _take_over(self, offered: Mapping[str, Offered]) -> None:
        """Keep the places of the newest file; one that it no longer names is sent nothing more."""
        with self._read() as reader:
            known = {
                one.district: one
                for one in OutboxBook(reader).where(Destination, "t.district <> ''")
            }
        changed = {
            key: place
            for key, place in offered.items()
            if key not in known or _as_offered(known[key], place) != known[key]
        }
        gone = [one for key, one in known.items() if key not in offered and not one.removed]
        if not changed and not gone:
            return
        with self._begin() as tx:
            for key, place in changed.items():
                before = known.get(key)
                self._keep(tx, before, _as_offered(before or _fresh(tx, key, place), place))
            for one in gone:
                self._keep(tx, one, replace(one, removed=True))

    @staticmethod
    def _keep(tx: Transaction, before: Destination | None, place: Destination) -> None:
        keeper = OutboxKeeper(tx)
        if before is None:
            keeper.add(place)
        else:
            keeper.change(place)
        told = None if before is None else facts_of(before)
        keeper.journal("TakeOverDestination", Destination, place.id, facts_of(place), told)

    def _enrol(self, place: Destination, since: str, done: _Done) -> None:
        """Let a place's first parcel be what makes this desk known there.

        Again where the district has other keys since and has not said that it knows the desk.
        What it could not open goes there once more too, so that nothing is left of the old key.
        """
        with self._working() as tx:
            keeper = OutboxKeeper(tx)
            keeper.unsettle(place.id, since)
            if keeper.enrolled(place.id, since):
                return
            key = self._sealer.key(keeper)
        try:
            summary = Made(self._neighbours.enrolment(key))
            keys = self._sealer.recipients(place)
            with self._begin() as tx:
                keeper = OutboxKeeper(tx)
                wanted = Wanted(place.label, "", Terms(Legal.NO_NAMES), keys, standing=True)
                made = self._sealer.put_in(keeper, place, summary, wanted)
                keeper.journal("Enrol", Parcel, made.id, {"place": place.id})
        except CasewellError as error:
            done.held.append(error.code)
            return
        done.enrolled += 1

    # -- what is due -----------------------------------------------------------------

    def _look_at(
        self,
        district: DistrictFile,
        place: Destination,
        standing: Standing,
        now: Moment,
        done: _Done,
    ) -> None:
        kind, today = standing.kind, now.day()
        if kind not in ABOUT_NOBODY or kind is SummaryKind.ENROLMENT:
            return
        if discipline(self._seat().role) is Discipline.OFFICE:
            return  # it gives no services: its counts would say that there were none
        with self._read() as reader:
            went = OutboxBook(reader).standing(place.id, kind.value, whose(kind, self._seat()))
        since = Moment(place.made_at, place.zone).day()
        for period in periods_due(standing.every, standing.days_after, since, today):
            before = went.get(period)
            if before is not None and (not before[2] or before[3] == today.isoformat()):
                continue
            due = _Due(district, place, kind, period, before, today.isoformat())
            try:
                if self._renew(due):
                    done.made += 1
                else:
                    done.unchanged += 1
            except CasewellError as error:
                done.held.append(error.code)
                return

    def _renew(self, due: _Due) -> bool:
        """Make a summary anew and seal it if it says something else; tell whether it does."""
        self._sealer.may_leave(due.kind, due.place)
        moved = self._ground.moved
        terms = Terms(Legal.NO_NAMES)
        asked = Asked(due.kind, due.period, recipient=due.district.name, terms=terms)
        asked = replace(asked, to_district=self._sealer.to_district(due.place))
        summary = self._neighbours.make(asked)
        content = content_of(summary.summary)
        if due.went is not None and due.went[0] == content:
            with self._working() as tx:
                self._keep_as_it_is(OutboxKeeper(tx), due, content, due.went[1], moved)
            return False
        keys = self._sealer.recipients(due.place)
        with self._begin() as tx:
            keeper = OutboxKeeper(tx)
            wanted = Wanted(due.district.name, _(_PURPOSE), terms, keys, standing=True)
            made = self._sealer.put_in(keeper, due.place, summary, wanted)
            self._keep_as_it_is(keeper, due, content, made.revision, moved)
            facts = {
                "place": due.place.id,
                "kind": due.kind.value,
                "period": due.period,
                "revision": made.revision,
            }
            keeper.journal("SendStanding", Parcel, made.id, facts)
        return True

    def _keep_as_it_is(
        self, keeper: OutboxKeeper, due: _Due, content: str, revision: int, moved: int
    ) -> None:
        # A command that came between the reading and this leaves it stale.
        stale = self._ground.moved != moved
        keeper.keep_standing(
            StandingRow(
                due.place.id,
                due.kind,
                due.period,
                whose(due.kind, self._seat()),
                content,
                revision,
                stale,
                due.today,
            )
        )
        self._ground.refreshed()

    def _replace(self, place: Destination, since: str) -> None:
        """Say of what the district could not open that a fresh one, sealed to its new key, is made.

        What a person sent is made anew by a person: on what ground it leaves is asked again.
        """
        with self._working() as tx:
            keeper = OutboxKeeper(tx)
            replaced = keeper.replaced(place.id, since)
            for parcel, state in replaced:
                new = after(state, Step.REPLACE)
                if new is not None:
                    keeper.set_state(parcel, state=new.value, code="", facts="{}", ask=0)
                    keeper.happened(parcel, Step.REPLACE)
            if replaced:
                keeper.journal("ReplaceParcels", Parcel, replaced[0][0], {"count": len(replaced)})

    # -- what need not be kept any more ----------------------------------------------

    def _let_go(self, now: Moment) -> None:
        before = now.later(-timedelta(days=KEPT_DAYS)).at
        with self._working() as tx:
            keeper = OutboxKeeper(tx)
            old = keeper.old_ones(before, _LET_GO_AT_ONCE)
            if not old:
                return
            for parcel, state in old:
                if after(state, Step.LET_GO) is not None:
                    keeper.let_go(parcel)
                    keeper.happened(parcel, Step.LET_GO)
            keeper.journal("LetGoOfParcels", Parcel, old[0][0], {"count": len(old)})


def _as_offered(one: Destination, place: Offered) -> Destination:
    """Return a place as the district's file has it now; what was met there stays."""
    return replace(
        one,
        label=place.label,
        carrier=place.address.carrier,
        options=tuple(sorted(place.address.options.items())),
        removed=False,
    )


def _offered(district: DistrictFile | None) -> dict[str, Offered]:
    """Return a district's places, by what the outbox knows them under."""
    return {} if district is None else {place_key(district, one): one for one in district.places}


def _fresh(tx: Transaction, key: str, place: Offered) -> Destination:
    return Destination(
        new_id(),
        place.label,
        key,
        place.address.carrier,
        (),
        (),
        "",
        paused=False,
        removed=False,
        person_id=tx.who,
        made_at=tx.now.at,
        zone=tx.now.zone,
    )
