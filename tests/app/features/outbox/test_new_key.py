"""The district changes its key: what it cannot open any more is made anew, once, and by itself."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.kernel.documents import SummaryKind
from app.phrases.outbox import spoken_parcel
from app.sync.district_keys import DistrictKeys
from app.sync.parcels import State
from outbox_desk import OutboxDesk, Shelf
from vaults import fixed_clock


class Closed(OutboxDesk):
    """A desk whose month was sealed to a key that the district retired before it came."""

    def __init__(self, tmp_path: Path) -> None:
        super().__init__(tmp_path, fixed_clock("2026-10-05T09:30"))
        self.shelf, self.old = Shelf(), self.keys
        self.join()
        self.outbox.prepare()
        self.place_id = self.outbox.destinations()[0].destination.id
        self.clock.advance(timedelta(days=31))
        self.outbox.prepare()
        self.sent = self.send(self.place_id, period="2026-09")
        self.carry()

    def carry(self) -> int:
        return self.shelf.carry(self.outbox, self.place_id)

    def reject(self, counter: int = 1) -> None:
        data = self.shelf.receipt(self.old, counter, "parcel-closed")
        assert self.outbox.sending.acknowledged(self.place_id, counter, data)

    def load_the_newest_file(self) -> DistrictKeys:
        """Let the district have a fresh age key and the same signing key."""
        self.clock.advance(timedelta(hours=1))
        self.keys = DistrictKeys(DistrictKeys.new().identity, self.old.seed)
        self.join(serial=2)
        self.told.keys_since = self.clock.now().at
        return self.keys

    def states(self) -> list[tuple[SummaryKind, str, int, State]]:
        lines = [*self.outbox.waiting(), *self.outbox.left()]
        return [
            (line.parcel.kind, line.parcel.period, line.parcel.revision, line.state)
            for line in sorted(lines, key=lambda line: (line.parcel.made_at, line.parcel.period))
        ]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Closed]:
    made = Closed(tmp_path)
    yield made
    assert made.desk.verify().whole
    made.desk.close()


def test_what_is_closed_waits_for_the_newest_file_and_says_so(room: Closed) -> None:
    room.reject()
    before = room.states()
    assert [state for *_what, state in before] == [State.FAILED] * 3
    line = room.line(room.sent)
    assert "Load the district’s newest file" in spoken_parcel(line)
    assert [asked[2] for asked in room.outbox.asking()] == ["parcel-key-retired"]
    for _ in range(3):
        room.clock.advance(timedelta(days=1))
        prepared = room.outbox.prepare()
        assert (prepared.enrolled, prepared.made) == (0, 0), (
            "sealed to the same key it stays closed"
        )
    assert room.states() == before


def test_with_the_newest_file_what_leaves_by_itself_is_made_anew_and_opens(room: Closed) -> None:
    room.reject()
    keys = room.load_the_newest_file()
    prepared = room.outbox.prepare()
    assert (prepared.enrolled, prepared.made) == (1, 1)
    assert room.states() == [
        (SummaryKind.ENROLMENT, "../..", 1, State.DELIVERED),
        (SummaryKind.SERVICES, "2026-09", 1, State.FAILED),
        (SummaryKind.SERVICES, "2026-10", 1, State.DELIVERED),
        (SummaryKind.ENROLMENT, "../..", 2, State.QUEUED),
        (SummaryKind.SERVICES, "2026-10", 2, State.QUEUED),
    ]
    room.shelf.files = {
        path: data for path, data in room.shelf.files.items() if "objects" not in path
    }
    assert room.carry() == 2
    assert {one.header.facts.revision for one in room.shelf.opened(keys)} == {2}
    again = room.outbox.prepare()
    assert (again.enrolled, again.made) == (0, 0)


def test_what_a_person_sent_is_made_anew_by_a_person_and_then_asks_no_more(room: Closed) -> None:
    room.reject()
    room.load_the_newest_file()
    room.outbox.prepare()
    assert room.line(room.sent).state is State.FAILED
    room.send(room.place_id, period="2026-09")
    room.outbox.prepare()
    assert room.line(room.sent).state is State.DELIVERED
    assert room.steps(room.sent) == ["deliver", "reject", "replace"]
    assert room.outbox.asking() == []


def test_a_file_that_comes_before_the_rejection_does_the_same(room: Closed) -> None:
    room.load_the_newest_file()
    assert room.outbox.prepare().enrolled == 1, "the district has not said that it knows the desk"
    room.reject()
    assert room.outbox.prepare().made == 1


def test_a_desk_that_the_district_knows_does_not_enrol_again(room: Closed) -> None:
    data = room.shelf.receipt(room.old, 1)
    assert room.outbox.sending.acknowledged(room.place_id, 1, data)
    room.load_the_newest_file()
    prepared = room.outbox.prepare()
    assert (prepared.enrolled, prepared.made) == (0, 0)


def test_a_clock_that_was_set_back_makes_nothing_again_and_again(room: Closed) -> None:
    room.reject()
    room.load_the_newest_file()
    room.clock.advance(-timedelta(hours=2))
    for _ in range(2):
        prepared = room.outbox.prepare()
        assert (prepared.enrolled, prepared.made) == (0, 0)


def test_at_an_emptied_place_what_was_rejected_is_sent_again_with_all_else(room: Closed) -> None:
    room.reject()
    room.shelf.empty()
    now = room.clock.now().at
    assert room.shelf.carry(room.outbox, room.place_id, at=now) == 3
    assert [state for *_what, state in room.states()] == [State.DELIVERED] * 3
