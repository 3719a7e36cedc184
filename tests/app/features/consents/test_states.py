"""Whether a consent is in force on a day, held against a walk over the days one by one."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.features.consents.model.records import (
    Consent,
    ConsentEnd,
    EndKind,
    Signer,
    Way,
)
from app.features.consents.model.states import State, lapses_soon, standing, state_on
from app.kernel.ids import PersonId, StudentId
from app.kernel.releases import ConsentKind

FIRST = date(2026, 2, 25)
CONSENT = Consent(
    id="c", student_id=StudentId("s"), kind=ConsentKind.SERVICES, matters=(), description="",
    recipient="", recipient_class=False, purpose="", discloser="", treatment=False,
    revoke_how="", says_redisclosure=False, says_refusal=False, signer=Signer.GUARDIAN,
    signer_id="", signer_name="Rosa", capacity="mother", student_signed=False, way=Way.PAPER,
    identified="", approval="", witness="", signed_on=FIRST.isoformat(), since=FIRST.isoformat(),
    until_on="", until_event="", comment="", replaces=None, correction="",
    person_id=PersonId("p"), recorded_at="2026-02-25T10:00:00.000Z", zone="UTC",
)  # fmt: skip


def day(number: int) -> str:
    return (FIRST + timedelta(days=number)).isoformat()


def an_end(number: int, kind: EndKind, on: int, back: str | None = None) -> ConsentEnd:
    return ConsentEnd(
        str(number), "c", StudentId("s"), kind, day(on), "", "", back, PersonId("p"), "", "UTC"
    )


def walked(since: int, until: int | None, ends: list[tuple[EndKind, int]], upto: int) -> State:
    """Walk from before the first day to `upto`, and say how it stands in the evening."""
    state = State.NOT_BEGUN
    for today in range(-40, upto + 1):
        if state in {State.REVOKED, State.EVENT, State.LAPSED}:
            return state
        if (EndKind.REVOKED, today) in ends:
            state = State.REVOKED
        elif (EndKind.EVENT, today) in ends:
            state = State.EVENT
        elif until is not None and today == until + 1:
            state = State.LAPSED
        elif today >= since and state is State.NOT_BEGUN:
            state = State.ACTIVE
    return state


@given(
    st.integers(0, 20),
    st.none() | st.integers(0, 25),
    st.lists(
        st.tuples(
            st.sampled_from([EndKind.REVOKED, EndKind.EVENT]), st.integers(0, 40), st.booleans()
        ),
        max_size=3,
    ),
    st.integers(-5, 60),
)
def test_a_state_is_what_a_walk_over_the_days_finds(
    since: int, length: int | None, given_ends: list[tuple[EndKind, int, bool]], on: int
) -> None:
    until = None if length is None else since + length
    consent = replace(CONSENT, since=day(since), until_on="" if until is None else day(until))
    ends = [an_end(at, kind, when) for at, (kind, when, _back) in enumerate(given_ends)]
    ends += [
        an_end(100 + at, EndKind.MISTAKE, 0, str(at))
        for at, (_kind, _when, back) in enumerate(given_ends)
        if back
    ]
    kept = [(kind, when) for kind, when, back in given_ends if not back]
    assert state_on(consent, ends, day(on)) is walked(since, until, kept, on)
    assert [(end.kind, end.on_day) for end in standing(ends)] == [
        (kind, day(when)) for kind, when in kept
    ]


def test_one_that_was_corrected_never_counts() -> None:
    assert state_on(CONSENT, [], day(3), corrected=True) is State.CORRECTED


def test_the_first_and_the_last_day_count_and_the_day_of_a_revocation_does_not() -> None:
    consent = replace(CONSENT, since=day(2), until_on=day(4))
    assert [state_on(consent, [], day(on)).value for on in range(1, 6)] == [
        "not_begun", "active", "active", "active", "lapsed",
    ]  # fmt: skip
    revoked = [an_end(1, EndKind.REVOKED, 3)]
    assert state_on(consent, revoked, day(2)) is State.ACTIVE
    assert state_on(consent, revoked, day(3)) is State.REVOKED


def test_thirty_days_before_its_last_one_a_consent_is_about_to_lapse() -> None:
    consent = replace(CONSENT, until_on=day(60))
    assert [lapses_soon(consent, State.ACTIVE, day(on)) for on in (29, 30, 60)] == [
        False, True, True,
    ]  # fmt: skip
    assert not lapses_soon(consent, State.REVOKED, day(40))
    assert not lapses_soon(CONSENT, State.ACTIVE, day(40))
