"""Desks that mean harm: they end as findings and cost little, whatever they lay down."""

import sys
from contextlib import suppress

import pytest

from app.collect import collecting, judging
from app.collect.engines import Engine, open_engine
from app.collect.findings import Collected
from app.kernel.documents import SummaryKind
from app.kernel.errors import Trouble
from app.sync import envelope
from collecting import codes, collect
from desks import District, Shelf, SyntheticDesk, services


def nested(depth: int) -> object:
    """Return a list in a list in a list …"""
    found: object = 1
    for _level in range(depth):
        found = [found]
    return found


def rows(count: int) -> dict[str, object]:
    """Return a body of very many rows."""
    body = services(1, "2026-03")
    one = body["services"][0]
    return body | {"services": [{**one, "service": f"name:{n:016x}"} for n in range(count)]}


def test_what_a_stranger_lays_down_is_opened_only_where_it_can_be_an_enrolment(
    engine: Engine, place: Shelf, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = SyntheticDesk(district, 7)
    large = stranger.sealed(SummaryKind.SERVICES, rows(6_000))
    assert len(large) > collecting.MOST_OF_ENROLMENT
    stranger.lay(place, large, stranger.services("2026-01"))
    opened: list[int] = []
    honest = envelope.open

    def watched(data: bytes, *given: object) -> envelope.Opened:
        opened.append(len(data))
        return honest(data, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(envelope, "open", watched)
    assert codes(collect(place, engine, district)) == ["desk-quarantined"]
    assert len(opened) == 1
    assert max(opened) < collecting.MOST_OF_ENROLMENT
    # Once it enrols, nothing of it is lost.
    stranger.lay(place, stranger.enrolment())
    collected = collect(place, engine, district)
    assert (collected.taken + collected.rejected, collected.manifests) == (3, 2)


def test_counts_of_no_end_are_rejected_before_they_are_read(
    engine: Engine, place: Shelf, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "MOST_OF_COUNTS", 200_000)
    desk = SyntheticDesk(district, 8)
    desk.lay(place, desk.enrolment())
    desk.lay(place, desk.sealed(SummaryKind.SERVICES, rows(3_000)), desk.services("2026-04"))
    collected = collect(place, engine, district)
    (finding,) = collected.findings
    assert (finding.code, finding.facts["reason"]) == ("parcel-rejected", "parcel-too-big")
    assert (collected.taken, collected.rejected) == (2, 1)


def test_what_is_nested_deeper_than_anyone_writes_is_rejected_and_stops_nobody(
    engine: Engine, place: Shelf, district: District
) -> None:
    body = services(1, "2026-03")
    honest, hostile = SyntheticDesk(district, 10), SyntheticDesk(district, 11)
    for desk in (honest, hostile):
        desk.lay(place, desk.enrolment())
    # A little below what can be read at all it is too deep for whoever looks at it closer.
    deep: list[bytes] = []
    for depth in range(sys.getrecursionlimit(), 0, -1):
        body["services"][0]["service"] = nested(depth)
        with suppress(RecursionError):
            deep.append(hostile.sealed(SummaryKind.SERVICES, body))
        if len(deep) == 40:
            break
    hostile.lay(place, *deep)
    honest.lay(place, honest.services("2026-03"))
    collected = collect(place, engine, district)
    assert (collected.taken, collected.rejected) == (3, len(deep))
    assert {finding.facts["reason"] for finding in collected.findings} == {"parcel-malformed"}


def test_very_many_findings_are_not_each_compared_with_all_others() -> None:
    compared = 0

    class Counted(str):
        __slots__ = ()

        def __eq__(self, other: object) -> bool:
            nonlocal compared
            compared += 1
            return str.__eq__(self, other)

        __hash__ = str.__hash__

    found = Collected()
    for counter in (*range(300), *range(300)):
        found.tell(Counted("manifest-unreadable"), "ab" * 16, counter=counter)
    assert len(found.findings) == 300
    assert compared < 300 * 10


def test_a_list_that_names_what_is_nowhere_is_left_after_a_few(
    engine: Engine, place: Shelf, district: District
) -> None:
    desk = SyntheticDesk(district, 9)
    desk.lay(place, desk.enrolment())
    laid = [desk.services("2026-01", revision) for revision in range(1, 60)]
    desk.lay(place, *laid)
    for data in laid:
        del place.held[f"objects/{envelope.name_of(data)}"]
    collected = collect(place, engine, district)
    assert set(codes(collected)) == {"object-missing"}
    assert len(collected.findings) <= collecting.MOST_MISSING


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://ana:heron-feather@[::1/db",
        "postgresql://ana:heron%feather@127.0.0.1:1/db",
        "postgresql://ana:heron-feather@127.0.0.1:1/db?nothing=1",
        "postgresql://ana:heron-feather@127.0.0.1:1/db",
    ],
)
def test_no_reason_tells_the_password_of_a_database(address: str) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(Trouble) as trouble:
        open_engine(address)
    assert trouble.value.code == "collect-database-trouble"
    assert "heron" not in f"{trouble.value!r}{trouble.value.facts}"
    assert trouble.value.__cause__ is None
    assert trouble.value.__suppress_context__
