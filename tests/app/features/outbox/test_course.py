"""The table of steps against the real outbox, by histories nobody thought of."""

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from app.features.outbox.commands import (
    CancelParcel,
    PauseParcel,
    ResendParcel,
    ResumeParcel,
)
from app.features.outbox.model.course import AFTER, Reach, Step, after, may
from app.kernel.errors import Refused
from app.sync.parcels import EVER, State
from app.sync.troubles import WHY, Next
from outbox_desk import OutboxDesk, Shelf

_AGAIN = sorted(code for code, following in WHY.items() if following is Next.AGAIN)


def test_what_was_acknowledged_or_taken_back_stays_so() -> None:
    for (state, _step), new in AFTER.items():
        if state in {State.ACKNOWLEDGED, State.CANCELLED}:
            assert new is state


def test_nothing_that_is_said_to_be_there_is_taken_back_or_held_back() -> None:
    for state in (State.DELIVERED, State.ACKNOWLEDGED):
        assert after(state, Step.CANCEL) is None
        assert after(state, Step.PAUSE) is None
    for reach in (Reach.NAMED, Reach.THERE):
        assert not may(State.SENDING, Step.CANCEL, reach.number, kept=True)


def test_from_every_state_but_the_last_two_a_parcel_can_still_arrive() -> None:
    final = {State.ACKNOWLEDGED, State.CANCELLED}
    for state in State:
        seen, edge = {state}, {state}
        while edge:
            edge = {new for (old, _step), new in AFTER.items() if old in edge} - seen
            seen |= edge
        assert (State.ACKNOWLEDGED in seen) == (state is not State.CANCELLED)
        assert state in final or State.DELIVERED in seen


class Histories(RuleBasedStateMachine):
    """A person and an engine at one outbox; a model that knows only the table."""

    parcels: Bundle[str] = Bundle("parcels")

    def __init__(self) -> None:
        super().__init__()
        self.place_of = Path(tempfile.mkdtemp(prefix="casewell-test-"))
        self.room = OutboxDesk(self.place_of)
        self.room.join(standing=())
        self.room.outbox.prepare()
        self.place = self.room.outbox.destinations()[0].destination.id
        self.shelf = Shelf()
        self.state: dict[str, State] = {}
        self.receipts = 0

    @property
    def sending(self) -> Any:
        return self.room.outbox.sending

    @rule(target=parcels)
    def send(self) -> str:
        made = self.room.send(self.place)
        self.state[made] = State.QUEUED
        return made

    def expect(self, step: Step, *parcels: str) -> None:
        for parcel in parcels:
            if parcel in self.state:
                self.state[parcel] = after(self.state[parcel], step) or self.state[parcel]

    @rule(parcel=parcels, which=st.sampled_from(("pause", "resume", "cancel", "resend")))
    def a_person_steps_in(self, parcel: str, which: str) -> None:
        commands = {
            "pause": PauseParcel,
            "resume": ResumeParcel,
            "cancel": CancelParcel,
            "resend": ResendParcel,
        }
        line = self.room.line(parcel)
        step = Step(which)
        allowed = may(self.state[parcel], step, line.reach, kept=True)
        try:
            getattr(self.room.outbox, which)(commands[which](parcel))
        except Refused:
            assert not allowed
        else:
            assert allowed
            self.expect(step, parcel)

    @rule(parcel=parcels, code=st.sampled_from(_AGAIN))
    def a_try_fails(self, parcel: str, code: str) -> None:
        if parcel not in {one.id for one in self.sending.waiting(self.place, EVER, 99)}:
            return
        self.sending.sending([parcel])
        self.expect(Step.TRY, parcel)
        self.sending.failed([parcel], code, {}, EVER, ask=False)
        self.expect(Step.FAIL, parcel)

    @rule(parcel=parcels)
    def it_is_laid_down_and_no_more(self, parcel: str) -> None:
        self._meet()
        if parcel in {one.id for one in self.sending.waiting(self.place, EVER, 99)}:
            self.sending.sending([parcel])
            self.expect(Step.TRY, parcel)
            name = self.room.line(parcel).parcel.name
            self.shelf.files[f"objects/{name}"] = self.sending.sealed(parcel)
            self.sending.placed([parcel])

    @rule()
    def a_manifest_is_made_and_no_more(self) -> None:
        self._meet()
        named = [one.id for one in self.sending.unmanifested(self.place)]
        if named:
            self.sending.make_manifest(self.place, named)

    @rule()
    def all_goes_well(self) -> None:
        self._meet()
        pending = self.sending.manifest(self.place)
        waiting = [one.id for one in self.sending.waiting(self.place, EVER, 99)]
        laid = [one.id for one in self.sending.unmanifested(self.place)]
        self.shelf.carry(self.room.outbox, self.place)
        self.shelf.announce(self.room.outbox, self.place)
        self.expect(Step.TRY, *waiting)
        self.expect(Step.DELIVER, *(pending.parcels if pending else ()), *laid, *waiting)

    @rule(rejected=st.booleans())
    def the_district_answers(self, rejected: bool) -> None:
        for found in self.shelf.manifests():
            counter = found.content.counter
            seen = self.room.place(self.place).receipts_seen
            if counter != seen + 1:
                continue
            code = "parcel-kind" if rejected else ""
            assert self.sending.acknowledged(
                self.place, counter, self.shelf.receipt(self.room.keys, counter, code)
            )
            names = {one.name for one in found.content.objects}
            step = Step.REJECT if rejected else Step.ACKNOWLEDGE
            for parcel in self.state:
                if self.room.line(parcel).parcel.name in names:
                    self.expect(step, parcel)

    @rule()
    def the_place_is_emptied(self) -> None:
        self.shelf.empty()
        self._meet()

    @rule()
    def the_program_is_started_anew(self) -> None:
        self.room.again()

    def _meet(self) -> None:
        if self.room.place(self.place).target != self.shelf.target:
            self.sending.restart(self.place, self.shelf.target)
            self.expect(Step.AFRESH, *self.state)

    @invariant()
    def what_is_kept_is_what_the_table_says(self) -> None:
        for parcel, state in self.state.items():
            assert self.room.line(parcel).state is state
        listed = {line.parcel.id for line in self.room.outbox.waiting()}
        open_ones = {State.QUEUED, State.SENDING, State.FAILED, State.PAUSED}
        assert {one for one, state in self.state.items() if state in open_ones} <= listed

    @invariant()
    def nothing_is_lost(self) -> None:
        """Whatever is not taken back has its bytes, and is sent, held back or there."""
        for parcel, state in self.state.items():
            assert self.sending.sealed(parcel)
            if state in {State.DELIVERED, State.ACKNOWLEDGED}:
                line = self.room.line(parcel)
                if line.reach == Reach.THERE.number:
                    assert f"objects/{line.parcel.name}" in self.shelf.files

    def teardown(self) -> None:
        assert self.room.desk.verify().whole
        self.room.desk.close()


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=8,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
