"""Whether a consent is in force on a day. Days are `YYYY-MM-DD`, and compare as they read."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum, unique

from app.features.consents.model.records import Consent, ConsentEnd, EndKind

LAPSES_WITHIN = 30
"""Days before its last one from which a consent is said to be about to lapse."""


@unique
class State(StrEnum):
    """How a consent stands on a day."""

    ACTIVE = "active"
    NOT_BEGUN = "not_begun"
    LAPSED = "lapsed"
    REVOKED = "revoked"
    EVENT = "event"
    """What was to end it came to pass."""
    CORRECTED = "corrected"
    """Another row stands in its place: this one never counts."""


def standing(ends: Iterable[ConsentEnd]) -> list[ConsentEnd]:
    """Return the ends that stand: neither taken back nor the taking back itself."""
    known = list(ends)
    back = {end.takes_back for end in known}
    return [end for end in known if end.kind is not EndKind.MISTAKE and end.id not in back]


def state_on(
    consent: Consent, ends: Iterable[ConsentEnd], day: str, *, corrected: bool = False
) -> State:
    """Return how a consent stands on a day.

    Its first and its last day count; the day on which it is revoked, or its event comes to
    pass, does not any more. What ended it first is what ended it: a revocation before an
    event of the same day, both before the lapsing that follows its last day.
    """
    if corrected:
        return State.CORRECTED
    over: list[tuple[str, int, State]] = []
    for end in standing(ends):
        if end.on_day <= day:
            revoked = end.kind is EndKind.REVOKED
            over.append(
                (end.on_day, 0 if revoked else 1, State.REVOKED if revoked else State.EVENT)
            )
    if consent.until_on and consent.until_on < day:
        after = date.fromisoformat(consent.until_on) + timedelta(days=1)
        over.append((after.isoformat(), 2, State.LAPSED))
    if over:
        return min(over)[2]
    return State.NOT_BEGUN if day < consent.since else State.ACTIVE


def last_lapsing_day(today: str) -> str:
    """Return the day up to which a last day counts as near."""
    return (date.fromisoformat(today) + timedelta(days=LAPSES_WITHIN)).isoformat()


def lapses_soon(consent: Consent, state: State, today: str) -> bool:
    """Tell whether a consent in force ends by its date within the next days."""
    return state is State.ACTIVE and "" < consent.until_on <= last_lapsing_day(today)
