"""Counts are told as they are to the loaded district at its own place, whatever anyone is called."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import Desk
from app.features.district.commands import LeaveDistrict, LoadDistrictFile
from app.features.outbox.commands import AddDestination, SendSummary
from app.kernel.documents import SummaryKind
from app.kernel.releases import Ground, Terms
from app.sync import envelope
from app.sync.parcels import Carrier
from district_desk import KEYS, WORDS, district_file
from vaults import fixed_clock, new_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = new_desk(tmp_path, clock=fixed_clock("2026-11-18T09:30"))
    made.district.load(LoadDistrictFile(district_file(), WORDS))
    made.outbox.prepare()
    yield made
    made.close()


def counts(desk: Desk, place: str, recipient: str) -> str:
    """Return how the counts of a sealed parcel are told."""
    terms = Terms(Ground.NO_NAMES)
    command = SendSummary(SummaryKind.SERVICES, "2026-10", place, recipient, "count", terms)
    parcel = desk.outbox.send(command).made
    opened = envelope.open(desk.outbox.sending.sealed(parcel), [KEYS.identity])
    return str(opened.body["counts"])


def districts_place(desk: Desk) -> str:
    return next(
        line.destination.id for line in desk.outbox.destinations() if line.destination.district
    )


def own_place(desk: Desk) -> str:
    return desk.outbox.places.add(
        AddDestination("Stick", Carrier.FOLDER, {"path": "/media/stick"}, (KEYS.recipient,))
    ).made


def test_whoever_is_called_as_the_district_is_told_no_exact_counts(desk: Desk) -> None:
    district = desk.district.district()
    assert district is not None
    assert counts(desk, own_place(desk), district.name) == "suppressed"


def test_the_district_is_told_them_at_its_place_whatever_it_is_called_there(desk: Desk) -> None:
    assert counts(desk, districts_place(desk), "the office on Main Street") == "exact"


def test_a_place_of_a_district_that_was_left_is_told_none(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = districts_place(desk)
    told = [line.destination for line in desk.outbox.destinations()]
    with monkeypatch.context() as stopped_there:
        stopped_there.setattr(desk.outbox, "take_over", lambda: None)
        desk.district.leave(LeaveDistrict())
    assert [line.destination for line in desk.outbox.destinations()] == told
    with pytest.raises(Exception, match="place-needs-recipient"):
        counts(desk, place, "Cedar County Schools")
    desk.outbox.take_over()
    with pytest.raises(Exception, match="outbox-place-gone"):
        counts(desk, place, "Cedar County Schools")
