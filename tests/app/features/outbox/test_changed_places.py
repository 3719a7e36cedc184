"""A place that changes, and a district that does: nothing goes, and no secret, to another instead."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.features.outbox.commands import (
    AddDestination,
    ChangeDestination,
    ReplaceCredentials,
)
from app.kernel.documents import SummaryKind
from app.kernel.errors import Refused
from app.sync.district_keys import DistrictKeys
from app.sync.parcels import Carrier
from outbox_desk import PLACE, OutboxDesk, a_district
from vaults import fixed_clock

SHARE = "https://files.example.org/dav"
SECRET = {"username": "ana", "password": "heron-feather-91"}


@pytest.fixture
def room(tmp_path: Path) -> Iterator[OutboxDesk]:
    made = OutboxDesk(tmp_path, fixed_clock("2026-10-05T09:30"))
    yield made
    assert made.desk.verify().whole
    made.desk.close()


def share(room: OutboxDesk) -> str:
    recipients = (room.keys.recipient,)
    return room.outbox.places.add(
        AddDestination("Share", Carrier.WEBDAV, {"endpoint": SHARE}, recipients, SECRET)
    ).made


def changed(room: OutboxDesk, place: str, endpoint: str, *recipients: str) -> None:
    room.outbox.places.change(
        ChangeDestination(
            place,
            "Share",
            Carrier.WEBDAV,
            {"endpoint": endpoint},
            recipients or (room.keys.recipient,),
        )
    )


@pytest.mark.parametrize(
    ("endpoint", "kept"),
    [
        (f"{SHARE}/deeper", True),
        ("https://files.example.net/dav", False),
        ("https://files.example.org:8443/dav", False),
    ],
)
def test_what_opens_one_server_is_told_to_no_other(
    room: OutboxDesk, endpoint: str, kept: bool
) -> None:
    place = share(room)
    changed(room, place, endpoint)
    assert room.place(place).credentials == (SECRET if kept else {})


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://ana:heron@files.example.org/dav",
        "https://ana@files.example.org/dav",
        "https://files.example.org/dav?sig=heron",
        "https://files.example.org/dav#heron",
        "https://ana:heron@[files.example.org/dav",
    ],
)
def test_an_address_holds_no_password(room: OutboxDesk, endpoint: str) -> None:
    place = share(room)
    with pytest.raises(Refused) as refused:
        changed(room, place, endpoint)
    assert (refused.value.code, refused.value.field) == ("place-holds-secret", "endpoint")


def test_the_name_of_a_server_holds_no_password(room: OutboxDesk) -> None:
    options = {"host": "ana:heron@files.example.org", "host_key": "ssh-ed25519 AAAA", "root": "/x"}
    with pytest.raises(Refused) as refused:
        room.outbox.places.add(
            AddDestination("Share", Carrier.SFTP, options, (room.keys.recipient,))
        )
    assert (refused.value.code, refused.value.field) == ("place-holds-secret", "host")
    assert "heron" not in repr(refused.value.facts)


def test_what_waits_sealed_for_one_is_not_sent_to_another(room: OutboxDesk) -> None:
    place = share(room)
    room.send(place)
    with pytest.raises(Refused, match="place-has-waiting"):
        changed(room, place, SHARE, DistrictKeys.new().recipient)
    changed(room, place, f"{SHARE}/deeper")
    assert len(room.outbox.sending.waiting(place, "9999", 10)) == 1


def test_what_waits_for_a_district_that_was_left_stays_from_the_moment_on(
    room: OutboxDesk,
) -> None:
    room.join()
    room.outbox.prepare()
    (line,) = room.outbox.destinations()
    place = line.destination.id
    assert [one.id for one in room.outbox.sending.places()] == [place]
    room.told.district = None
    assert list(room.outbox.sending.places()) == []


def test_another_districts_place_of_the_same_id_is_another_place(room: OutboxDesk) -> None:
    room.join()
    room.outbox.prepare()
    (line,) = room.outbox.destinations()
    first = line.destination.id
    waiting = [parcel.id for parcel in room.outbox.sending.waiting(first, "9999", 10)]
    assert waiting
    others = DistrictKeys.new()
    room.told.district = a_district(others, "/srv/other")
    assert list(room.outbox.sending.places()) == []
    room.outbox.prepare()
    (line,) = room.outbox.destinations()
    second = line.destination.id
    assert second != first
    assert (line.destination.district.endswith(PLACE), dict(line.destination.options)) == (
        True,
        {"path": "/srv/other"},
    )
    there = {parcel.id for parcel in room.outbox.sending.waiting(second, "9999", 10)}
    assert there.isdisjoint(waiting)
    # And back again: what waited goes to whom it was sealed for.
    room.join(serial=2)
    room.outbox.prepare()
    assert [one.id for one in room.outbox.sending.places()] == [first]
    assert {p.id for p in room.outbox.sending.waiting(first, "9999", 10)} >= set(waiting)


def test_what_opens_a_districts_place_is_not_told_to_another_district(room: OutboxDesk) -> None:
    room.join()
    room.outbox.prepare()
    first = room.outbox.destinations()[0].destination.id
    with room.desk.records.working() as tx:
        tx.execute(
            "INSERT INTO destination_secret (id, credentials, replaced_at, zone)"
            " VALUES (?, '{\"password\": \"heron\"}', '', '')",
            (first,),
        )
    room.told.district = a_district(DistrictKeys.new())
    room.outbox.prepare()
    assert [dict(one.credentials) for one in room.outbox.sending.places()] == [{}]
    with pytest.raises(Refused, match="outbox-place-gone"):
        room.outbox.places.replace_credentials(ReplaceCredentials(first, {}))


def test_nothing_more_is_sealed_for_a_place_of_a_district_that_was_left(room: OutboxDesk) -> None:
    room.join()
    room.outbox.prepare()
    place = room.outbox.destinations()[0].destination.id
    room.told.district = a_district(DistrictKeys.new())
    with pytest.raises(Refused, match="place-needs-recipient"):
        room.send(place, SummaryKind.SERVICES, "2026-09")
