"""How a parcel comes along: every step there is, and where each leads."""

from enum import StrEnum, unique

from app.sync.parcels import State


@unique
class Step(StrEnum):
    """What happens to a parcel; its value is what the outbox keeps of it."""

    TRY = "try"
    FAIL = "fail"
    DELIVER = "deliver"
    """A manifest that names it was read back."""
    ACKNOWLEDGE = "acknowledge"
    REJECT = "reject"
    """The district's receipt says that it could not take it."""
    AFRESH = "afresh"
    """The place is a new or emptied one: what lay there is to be sent again."""
    PAUSE = "pause"
    RESUME = "resume"
    RESEND = "resend"
    """A person wants the same bytes sent once more."""
    CANCEL = "cancel"
    REPLACE = "replace"
    """No key of the district's opens it any more, and a fresh one was sealed to the new key."""
    LET_GO = "let_go"
    """Its bytes are no longer kept; what is known of it is."""


@unique
class Reach(StrEnum):
    """Where a parcel's bytes are at its place, which is told apart from what is said of it."""

    AWAY = "away"
    PLACED = "placed"
    NAMED = "named"
    THERE = "there"

    @property
    def number(self) -> int:
        """What the file keeps of it."""
        return tuple(Reach).index(self)


_OPEN = (State.QUEUED, State.SENDING, State.FAILED)

AFTER: dict[tuple[State, Step], State] = {
    **{(state, Step.TRY): State.SENDING for state in _OPEN},
    **{(state, Step.FAIL): State.FAILED for state in _OPEN},
    **{(state, Step.DELIVER): State.DELIVERED for state in (*_OPEN, State.PAUSED)},
    (State.DELIVERED, Step.DELIVER): State.DELIVERED,
    (State.ACKNOWLEDGED, Step.DELIVER): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED, Step.TRY): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED, Step.FAIL): State.ACKNOWLEDGED,
    **{
        (state, Step.ACKNOWLEDGE): State.ACKNOWLEDGED
        for state in (*_OPEN, State.PAUSED, State.DELIVERED, State.ACKNOWLEDGED)
    },
    **{(state, Step.REJECT): State.FAILED for state in (*_OPEN, State.PAUSED, State.DELIVERED)},
    **{(state, Step.AFRESH): State.QUEUED for state in (*_OPEN, State.DELIVERED)},
    (State.PAUSED, Step.AFRESH): State.PAUSED,
    (State.ACKNOWLEDGED, Step.AFRESH): State.ACKNOWLEDGED,
    **{(state, Step.PAUSE): State.PAUSED for state in _OPEN},
    (State.PAUSED, Step.RESUME): State.QUEUED,
    **{(state, Step.RESEND): State.QUEUED for state in (*_OPEN, State.DELIVERED)},
    (State.ACKNOWLEDGED, Step.RESEND): State.ACKNOWLEDGED,
    **{(state, Step.CANCEL): State.CANCELLED for state in (*_OPEN, State.PAUSED)},
    (State.FAILED, Step.REPLACE): State.DELIVERED,
    **{
        (state, Step.LET_GO): state
        for state in (State.DELIVERED, State.ACKNOWLEDGED, State.CANCELLED)
    },
}
"""Every step that can be taken, and the state it leads to; any other is not taken.

What was acknowledged stays so: nothing takes the district's word back. What was cancelled stays so
too: it may have been said that nothing left, so that a new sending is a new parcel.
"""


def after(state: State, step: Step) -> State | None:
    """Return the state that a step leads to; None where it cannot be taken."""
    return AFTER.get((state, step))


def may(state: State, step: Step, reach: int, *, kept: bool) -> bool:
    """Tell whether a person may take a step with a parcel that has come so far.

    What a manifest names is out of one's hands: it can be neither paused nor cancelled. What
    is no longer kept cannot be sent again.
    """
    if after(state, step) is None:
        return False
    if step in {Step.PAUSE, Step.CANCEL}:
        return reach < Reach.NAMED.number
    if step in {Step.RESEND, Step.RESUME}:
        return kept
    return True
