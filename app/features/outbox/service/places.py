"""Where parcels go: adding, changing, pausing and removing places, and what opens them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.features.outbox.commands import (
    AddDestination,
    ChangeDestination,
    PauseDestination,
    RemoveDestination,
    ReplaceCredentials,
    ResumeDestination,
)
from app.features.outbox.model.records import Destination
from app.features.outbox.model.rules import (
    accepted_credentials,
    accepted_label,
    accepted_options,
    server_of,
)
from app.features.outbox.repo.book import OutboxKeeper
from app.kernel.changes import Changed, Kind
from app.kernel.errors import Refused
from app.kernel.ids import new_id
from app.kernel.ports import Begin
from app.sync.envelope import is_recipient
from app.sync.parcels import Address, Credentials


def facts_of(place: Destination) -> dict[str, Any]:
    """Return a place as the journal tells of it; what opens it is not known here."""
    return {
        "label": place.label,
        "carrier": place.carrier.value,
        "options": dict(place.options),
        "recipients": list(place.recipients),
        "paused": place.paused,
        "removed": place.removed,
    }


def accepted_recipients(given: tuple[str, ...]) -> tuple[str, ...]:
    """Return age keys as they are kept; refuse none, and what is no such key."""
    found = tuple(dict.fromkeys(one.strip() for one in given if one.strip()))
    if not found:
        raise Refused("place-needs-recipient", "recipients")
    for one in found:
        if not is_recipient(one):
            raise Refused("place-recipient-none", "recipients")
    return found


class Places:
    """The places on the list."""

    def __init__(self, begin: Begin, working: Begin) -> None:
        self._begin = begin
        self._working = working

    def add(self, command: AddDestination) -> Changed:
        """Add a place of one's own; nothing is sent there before it is asked for."""
        label = accepted_label(command.label)
        options = accepted_options(command.carrier, command.options)
        recipients = accepted_recipients(tuple(command.recipients))
        credentials = accepted_credentials(command.carrier, command.credentials)
        with self._begin() as tx:
            keeper = OutboxKeeper(tx)
            if any(one.label == label for one in keeper.destinations()):
                raise Refused("place-label-taken", "label", label=label)
            place = Destination(
                new_id(),
                label,
                "",
                command.carrier,
                options,
                recipients,
                "",
                paused=False,
                removed=False,
                person_id=tx.who,
                made_at=tx.now.at,
                zone=tx.now.zone,
            )
            keeper.add(place)
            keeper.replace_credentials(place.id, credentials)
            keeper.journal("AddDestination", Destination, place.id, facts_of(place))
        return Changed.only(Kind.OUTBOX, made=place.id)

    def change(self, command: ChangeDestination) -> Changed:
        """Say anew what a place of one's own is; the district's are as its file says.

        What opens it is kept for the same server alone. Refuses other keys while something waits.
        """
        label = accepted_label(command.label)
        options = accepted_options(command.carrier, command.options)
        recipients = accepted_recipients(tuple(command.recipients))
        with self._begin() as tx:
            keeper = OutboxKeeper(tx)
            before = _found(keeper, command.place_id)
            if before.district:
                raise Refused("place-is-districts")
            if any(one.label == label and one.id != before.id for one in keeper.destinations()):
                raise Refused("place-label-taken", "label", label=label)
            count = keeper.waiting_at(before.id)
            if count and set(recipients) != set(before.recipients):
                # Sealed for others already: nobody there could open it.
                raise Refused("place-has-waiting", count=count)
            place = replace(
                before,
                label=label,
                carrier=command.carrier,
                options=options,
                recipients=recipients,
            )
            if server_of(place.address) != server_of(before.address):
                keeper.replace_credentials(place.id, {})
            self._keep(keeper, "ChangeDestination", before, place)
        return Changed.only(Kind.OUTBOX, made=place.id)

    def replace_credentials(self, command: ReplaceCredentials) -> Changed:
        """Put others in the place of what opens a destination; the journal says only that."""
        with self._begin() as tx:
            keeper = OutboxKeeper(tx)
            place = _found(keeper, command.place_id)
            credentials = accepted_credentials(place.carrier, command.credentials)
            keeper.replace_credentials(place.id, credentials)
            keeper.ask_no_more(place.id)
            keeper.journal(
                "ReplaceCredentials", Destination, place.id, {"kept": sorted(credentials)}
            )
        return Changed.only(Kind.OUTBOX, made=place.id)

    def pause(self, command: PauseDestination) -> Changed:
        """Send nothing to a place until it is resumed."""
        return self._turn("PauseDestination", command.place_id, paused=True)

    def resume(self, command: ResumeDestination) -> Changed:
        """Send to a place again."""
        return self._turn("ResumeDestination", command.place_id, paused=False)

    def remove(self, command: RemoveDestination) -> Changed:
        """Take a place off the list with what opens it; what went there stays known.

        Refuses one where something waits: it is taken back first, so that the log of what
        left says so.
        """
        with self._begin() as tx:
            keeper = OutboxKeeper(tx)
            before = _found(keeper, command.place_id)
            if before.district:
                raise Refused("place-is-districts")
            count = keeper.waiting_at(before.id)
            if count:
                raise Refused("place-has-waiting", count=count)
            keeper.replace_credentials(before.id, {})
            self._keep(keeper, "RemoveDestination", before, replace(before, removed=True))
        return Changed.only(Kind.OUTBOX)

    def opening(self, place_id: str) -> tuple[Address, Credentials]:
        """Return where a place is and what opens it, for a try; shown to nobody."""
        with self._working() as tx:
            keeper = OutboxKeeper(tx)
            return _found(keeper, place_id).address, keeper.credentials(place_id)

    def _turn(self, what: str, place_id: str, *, paused: bool) -> Changed:
        with self._begin() as tx:
            keeper = OutboxKeeper(tx)
            before = _found(keeper, place_id)
            self._keep(keeper, what, before, replace(before, paused=paused))
        return Changed.only(Kind.OUTBOX, made=place_id)

    @staticmethod
    def _keep(keeper: OutboxKeeper, what: str, before: Destination, place: Destination) -> None:
        keeper.change(place)
        was: Mapping[str, Any] = facts_of(before)
        now = facts_of(place)
        keeper.journal(
            what,
            Destination,
            place.id,
            {name: value for name, value in now.items() if was[name] != value},
            {name: value for name, value in was.items() if now[name] != value},
        )


def _found(keeper: OutboxKeeper, place_id: str) -> Destination:
    place = keeper.get(Destination, place_id)
    if place is None or place.removed:
        raise Refused("outbox-place-gone", "place")
    return place
