"""Desks that are blocked, and such that count what they may not, with every trick at hand."""

import pytest

from app.collect import judging
from app.collect.book import Book
from app.collect.engines import Engine, transaction
from app.collect.limits import Limits
from app.kernel.documents import SummaryKind
from app.sync import envelope, receipts
from app.sync.district_file import Invitation
from collecting import codes, collect, held
from desks import District, Shelf, SyntheticDesk, services

FIRST, SECOND = "code:100", "code:101"
"""The buildings of the synthetic desk whose seed is 1."""


@pytest.fixture
def invitation(district: District) -> Invitation:
    return district.invitation()


@pytest.fixture
def desk(district: District, place: Shelf, engine: Engine, invitation: Invitation) -> SyntheticDesk:
    """Return a desk of which a month was loaded."""
    one = SyntheticDesk(district, 1)
    one.lay(place, one.enrolment(invitation))
    one.lay(place, one.services("2026-01"))
    assert collect(place, engine, district).findings == []
    return one


def answers(place: Shelf, desk: SyntheticDesk, counter: int) -> dict[str, str]:
    data = place.get(receipts.path(desk.id, counter))
    read = receipts.read(data, desk.district.keys.public)
    return {one.name: f"{one.result.value} {one.code}".strip() for one in read.objects}


def details(engine: Engine) -> dict[str, object]:
    return {name: rows for name, rows in held(engine).items() if name not in {"desk", "manifest"}}


@pytest.mark.parametrize("by", ["desk", "invitation"])
def test_of_a_blocked_desk_nothing_is_taken_and_what_was_loaded_stays(
    engine: Engine,
    place: Shelf,
    district: District,
    desk: SyntheticDesk,
    invitation: Invitation,
    by: str,
) -> None:
    desks, invitations = {"desk": ({desk.id}, set()), "invitation": (set(), {invitation.id})}[by]
    blocked = Limits(frozenset[str](desks), frozenset[str](invitations))
    before, month = details(engine), desk.services("2026-02")
    january = next(row[1] for row in held(engine)["parcel"] if row[8] == "2026-01")
    # A later revision of what is loaded, something new, and what is here, named once more.
    desk.lay(place, desk.services("2026-01", 2), month, place.get(f"objects/{january}"))
    found = collect(place, engine, district, limits=blocked)
    assert (codes(found), found.asks, found.rejected) == (["desk-blocked"], False, 2)
    assert details(engine) == before
    answered = answers(place, desk, 3)
    assert answered[envelope.name_of(month)] == "rejected desk-blocked"
    assert answered[january] == "already"
    assert collect(place, engine, district, limits=blocked).findings == []
    # Unblocked, what it sends again is taken.
    desk.lay(place, month)
    assert collect(place, engine, district).taken == 1
    assert answers(place, desk, 4) == {envelope.name_of(month): "loaded"}


def test_nothing_of_a_blocked_desk_is_even_opened(
    engine: Engine,
    place: Shelf,
    district: District,
    desk: SyntheticDesk,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def opened(*_given: object) -> None:
        raise AssertionError

    blocked = Limits(frozenset({desk.id}))
    stranger = SyntheticDesk(district, 6)
    stranger.lay(place, stranger.enrolment(), stranger.services("2026-02"))
    desk.lay(place, desk.services("2026-02"))
    monkeypatch.setattr(envelope, "open", opened)
    both = Limits(blocked.desks | {stranger.id})
    assert codes(collect(place, engine, district, limits=both)) == ["desk-blocked"] * 2
    # A stranger is answered nothing, blocked or not.
    assert not place.names(f"receipts/{stranger.id}")


@pytest.mark.parametrize("by", ["desk", "invitation"])
def test_who_was_blocked_comes_back_under_no_other_key(
    engine: Engine,
    place: Shelf,
    district: District,
    desk: SyntheticDesk,
    invitation: Invitation,
    by: str,
) -> None:
    blocked = (
        Limits(frozenset({desk.id}))
        if by == "desk"
        else Limits(invitations=frozenset({invitation.id}))
    )
    again = SyntheticDesk(district, 1, clones=1)
    again.lay(place, again.enrolment(invitation), again.services("2026-02"))
    before = details(engine)
    assert codes(collect(place, engine, district, limits=blocked)) == ["desk-blocked"]
    assert details(engine) == before
    if by == "invitation":
        with transaction(engine):
            Book(engine).admit(again.id, "2026-11-22T10:00:00.000Z")
        assert codes(collect(place, engine, district, limits=blocked)) == ["desk-blocked"]
        assert details(engine) == before


def test_a_blocked_desk_passes_nothing_through_another_one(
    engine: Engine, place: Shelf, district: District, desk: SyntheticDesk
) -> None:
    blocked = Limits(frozenset({desk.id}))
    accomplice = SyntheticDesk(district, 4)
    smuggled = desk.services("2026-02")
    accomplice.lay(place, accomplice.enrolment(district.invitation("Accomplice")), smuggled)
    found = collect(place, engine, district, limits=blocked)
    assert codes(found) == ["parcel-rejected"]
    assert answers(place, accomplice, 1)[envelope.name_of(smuggled)] == (
        "rejected parcel-of-other-desk"
    )


def test_what_was_kept_of_a_blocked_desk_for_a_later_program_stays_closed(
    engine: Engine,
    place: Shelf,
    district: District,
    desk: SyntheticDesk,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    body = services(1, "2026-02")
    with monkeypatch.context() as older:
        older.setattr(judging, "schema_of", lambda _kind, _version: None)
        desk.lay(place, desk.sealed(SummaryKind.SERVICES, body))
        assert codes(collect(place, engine, district)) == ["parcel-kept"]
    kept = details(engine)
    collect(place, engine, district, limits=Limits(frozenset({desk.id})))
    assert details(engine) == kept
    assert collect(place, engine, district).taken == 1


# -- schools ---------------------------------------------------------------------------


def newcomer(district: District, place: Shelf, *schools: str) -> tuple[SyntheticDesk, str]:
    """Return a desk whose invitation names schools, and the invitation's id."""
    one, invitation = SyntheticDesk(district, 1), district.invitation("Newcomer", schools)
    one.lay(place, one.enrolment(invitation))
    return one, invitation.id


def test_a_desk_counts_the_schools_of_its_invitation_and_no_others(
    engine: Engine, place: Shelf, district: District
) -> None:
    desk, _invitation = newcomer(district, place, FIRST)
    mine, both = desk.services("2026-01", schools=1), desk.services("2026-02")
    desk.lay(place, mine, both)
    found = collect(place, engine, district)
    assert (codes(found), found.asks) == (["parcel-other-school"], True)
    assert found.findings[0].facts["schools"] == SECOND
    assert answers(place, desk, 2) == {
        envelope.name_of(mine): "loaded",
        envelope.name_of(both): "rejected parcel-other-school",
    }
    counted = engine.rows("SELECT DISTINCT building FROM service_total")
    assert counted == [(FIRST,)]


def test_a_school_of_another_name_or_row_does_not_slip_through(
    engine: Engine, place: Shelf, district: District
) -> None:
    desk, _invitation = newcomer(district, place, FIRST)
    named = services(1, "2026-01")
    for one in named["buildings"]:
        one["name"] = "Invented School 0"
    hidden = services(1, "2026-02", schools=1)
    hidden["buildings"].append({"building": SECOND, "name": "x"})
    hidden["retention"].append({**hidden["retention"][0], "building": SECOND})
    unknown = services(1, "2026-03", schools=1)
    unknown["buildings"].append({"building": "none", "name": ""})
    unknown["retention"].append({**unknown["retention"][0], "building": "none"})
    parcels = [desk.sealed(SummaryKind.SERVICES, body) for body in (named, hidden, unknown)]
    desk.lay(place, *parcels)
    collect(place, engine, district)
    assert list(answers(place, desk, 2).values()) == [
        *["rejected parcel-other-school"] * 2,
        "loaded",
    ]


def test_a_desk_frees_itself_by_no_second_invitation_and_its_it_does_by_a_word(
    engine: Engine, place: Shelf, district: District
) -> None:
    desk, invitation = newcomer(district, place, FIRST)
    both = desk.services("2026-01")
    desk.lay(place, desk.enrolment(district.invitation("Any school")), both)
    assert codes(collect(place, engine, district)) == ["parcel-other-school"]
    desk.lay(place, both)
    wider = Limits(schools={invitation: frozenset({FIRST, SECOND})})
    assert collect(place, engine, district, limits=wider).taken == 1
    # What was signed holds where the folder that is collected with does not know the invitation.
    desk.lay(place, desk.services("2026-02"))
    elsewhere = Limits(schools={"ab" * 16: frozenset({SECOND})})
    assert codes(collect(place, engine, district, limits=elsewhere)) == ["parcel-other-school"]
    desk.lay(place, desk.services("2026-02"))
    anyone = Limits(schools={invitation: frozenset()})
    assert collect(place, engine, district, limits=anyone).taken == 1
