"""What lies at a place, honest or not, and what a collection makes of it."""

import base64
import json
from pathlib import Path

import pytest

from app.collect import judging
from app.collect.book import Book
from app.collect.engines import Engine, open_engine, transaction
from app.kernel.documents import ABOUT_NOBODY, SummaryKind
from app.kernel.errors import Trouble
from app.sync import envelope, manifest, receipts, target
from app.sync.desk_key import DeskKey
from app.sync.district_keys import DistrictKeys
from app.sync.receipts import Result
from app.sync.troubles import SendingTrouble
from collecting import codes, collect, held
from desks import District, Shelf, SyntheticDesk, new_place, services

MINUTES = "SELECT coalesce(sum(minutes), 0) FROM service_total"


@pytest.fixture
def desk(district: District, place: Shelf) -> SyntheticDesk:
    """Return a desk that enrolled and sent two months."""
    one = SyntheticDesk(district, 1)
    one.lay(place, one.enrolment())
    one.lay(place, one.services("2026-01"), one.services("2026-02"))
    return one


def minutes(*bodies: dict[str, object]) -> int:
    return sum(row["minutes"] for body in bodies for row in body["service_totals"])  # type: ignore[attr-defined]


def answers(place: Shelf, desk: SyntheticDesk, district: District, counter: int) -> dict[str, str]:
    data = place.get(receipts.path(desk.id, counter))
    read = receipts.read(data, district.keys.public)
    return {one.name: f"{one.result.value} {one.code}".strip() for one in read.objects}


@pytest.mark.parametrize("file", ["a.db", "a.duckdb"])
def test_what_desks_sent_is_in_the_tables_once(
    tmp_path: Path, place: Shelf, desk: SyntheticDesk, district: District, file: str
) -> None:
    engine = open_engine(str(tmp_path / file))
    first = collect(place, engine, district)
    assert (first.desks, first.manifests, first.taken, first.asks) == (1, 2, 3, False)
    before = held(engine)
    again = collect(place, engine, district, thorough=True)
    assert (again.manifests, again.taken, again.receipts, again.findings) == (0, 0, 0, [])
    assert held(engine) == before
    assert engine.rows(MINUTES)[0][0] == minutes(services(1, "2026-01"), services(1, "2026-02"))
    engine.close()


def test_each_manifest_is_answered_by_a_signed_receipt(
    engine: Engine, place: Shelf, desk: SyntheticDesk, district: District
) -> None:
    collect(place, engine, district)
    answered = receipts.read(place.get(receipts.path(desk.id, 2)), district.keys.public)
    assert answered.manifest == desk.previous
    assert [one.result for one in answered.objects] == [Result.LOADED, Result.LOADED]


def test_a_receipt_that_is_missing_or_changed_is_laid_again(
    engine: Engine, place: Shelf, desk: SyntheticDesk, district: District
) -> None:
    collect(place, engine, district)
    first, second = (receipts.path(desk.id, counter) for counter in (1, 2))
    before = dict(place.held)
    del place.held[first]
    assert collect(place, engine, district).receipts == 1
    place.held[second] = b"{}"
    assert collect(place, engine, district, thorough=True).receipts == 1
    assert place.held == before


def test_what_is_named_again_after_a_restart_is_already_here(
    engine: Engine, place: Shelf, desk: SyntheticDesk, district: District
) -> None:
    collect(place, engine, district)
    kept = {path: data for path, data in place.held.items() if path.startswith("objects/")}
    place.held.clear()
    new_place(place)
    before = held(engine)["service_total"]
    desk.lay(place, *kept.values(), desk.services("2026-03"), restart=True)
    collected = collect(place, engine, district)
    assert (collected.taken, collected.already, collected.findings) == (1, 3, [])
    assert sorted(answers(place, desk, district, 3).values()) == ["already"] * 3 + ["loaded"]
    assert set(before) < set(held(engine)["service_total"])


def test_a_changed_target_with_the_old_lists_still_there_asks_for_nothing(
    engine: Engine, place: Shelf, desk: SyntheticDesk, district: District
) -> None:
    collect(place, engine, district)
    place.put(target.PATH, target.write(target.new_id()))
    assert collect(place, engine, district).findings == []
    desk.lay(place, desk.services("2026-03"), restart=True)
    collected = collect(place, engine, district)
    assert (collected.taken, collected.findings) == (1, [])


def test_lists_made_for_another_place_are_refused(
    engine: Engine, place: Shelf, desk: SyntheticDesk, district: District
) -> None:
    place.put(target.PATH, target.write(target.new_id()))
    collected = collect(place, engine, district)
    assert codes(collected) == ["manifest-target"]
    assert (collected.taken, collected.asks) == (0, True)
    assert held(engine)["desk"] == []


def test_a_gap_is_told_and_what_fills_it_is_taken_later(
    engine: Engine, place: Shelf, desk: SyntheticDesk, district: District
) -> None:
    third = desk.lay(place, desk.services("2026-03"))
    desk.lay(place, desk.services("2026-04"))
    missing = manifest.path(desk.id, 3)
    del place.held[missing]
    collected = collect(place, engine, district)
    assert [(one.code, dict(one.facts)) for one in collected.findings] == [
        ("manifest-gap", {"first": 3, "last": 3})
    ]
    assert collected.taken == 4
    place.put(missing, third)
    late = collect(place, engine, district)
    assert (late.taken, late.findings) == (1, [])


def test_two_that_are_missing_fill_in_from_the_last_backwards(
    engine: Engine, place: Shelf, desk: SyntheticDesk, district: District
) -> None:
    gone = {
        counter: desk.lay(place, desk.services(month))
        for counter, month in ((3, "2026-03"), (4, "2026-04"), (5, "2026-05"))
    }
    for counter in (3, 4):
        del place.held[manifest.path(desk.id, counter)]
    assert codes(collect(place, engine, district)) == ["manifest-gap"]
    place.put(manifest.path(desk.id, 3), gone[3])
    # Nothing that was taken vouches for the third before the fourth is there.
    assert codes(collect(place, engine, district)) == ["manifest-gap"]
    place.put(manifest.path(desk.id, 4), gone[4])
    filled = collect(place, engine, district)
    assert (filled.taken, filled.findings) == (2, [])


def test_a_forged_list_in_a_gap_is_refused(
    engine: Engine, place: Shelf, desk: SyntheticDesk, district: District
) -> None:
    desk.lay(place, desk.services("2026-03"))
    desk.lay(place, desk.services("2026-04"))
    del place.held[manifest.path(desk.id, 3)]
    collect(place, engine, district)
    desk.counter = 2
    desk.lay(place, desk.services("2026-09"))
    collected = collect(place, engine, district)
    assert set(codes(collected)) == {"manifest-replay", "manifest-gap"}
    assert collected.taken == 0


def test_a_list_put_in_place_of_one_that_was_taken_is_refused(
    engine: Engine, place: Shelf, desk: SyntheticDesk, district: District
) -> None:
    collect(place, engine, district)
    before = held(engine)
    desk.counter, desk.previous = 1, ""
    place_before = manifest.read(place.get(manifest.path(desk.id, 1)))
    desk.previous = place_before.sha256
    desk.lay(place, desk.services("2026-09"))
    collected = collect(place, engine, district)
    assert codes(collected) == ["manifest-replaced"]
    assert held(engine) == before


def test_a_place_put_back_to_an_earlier_state_is_told(
    engine: Engine, place: Shelf, desk: SyntheticDesk, district: District
) -> None:
    earlier = dict(place.held)
    desk.lay(place, desk.services("2026-03"))
    collect(place, engine, district)
    before = held(engine)
    place.held = earlier
    collected = collect(place, engine, district)
    assert [(one.code, dict(one.facts)) for one in collected.findings] == [
        ("manifest-rolled-back", {"counter": 3, "found": 2})
    ]
    assert held(engine) == before


def test_a_desk_of_which_nothing_is_left_at_the_place_is_told(
    engine: Engine, place: Shelf, desk: SyntheticDesk, district: District
) -> None:
    collect(place, engine, district)
    before = held(engine)
    place.held = {path: data for path, data in place.held.items() if desk.id not in path}
    collected = collect(place, engine, district)
    assert codes(collected) == ["manifest-rolled-back"]
    assert held(engine) == before


def test_two_vaults_that_write_with_one_key_are_told_and_stopped(
    engine: Engine, place: Shelf, desk: SyntheticDesk, district: District
) -> None:
    collect(place, engine, district)
    desk.previous = "0" * 64
    desk.lay(place, desk.services("2026-03"))
    desk.lay(place, desk.services("2026-04"))
    collected = collect(place, engine, district)
    assert codes(collected) == ["manifest-chain"]
    assert collected.taken == 0


@pytest.mark.parametrize("how", ["cut", "changed", "other desk's", "other counter's"])
def test_a_list_that_is_not_what_was_signed_is_no_list(
    engine: Engine, place: Shelf, desk: SyntheticDesk, district: District, how: str
) -> None:
    path = manifest.path(desk.id, 3)
    data = desk.lay(place, desk.services("2026-03"))
    if how == "cut":
        place.put(path, data[: len(data) // 2])
    elif how == "changed":
        place.put(path, data.replace(b'"count":103', b'"count":104'))
    elif how == "other desk's":
        other = SyntheticDesk(district, 2, counter=2, previous="1" * 64)
        place.put(path, other.lay(bare(place), other.services("2026-03")))
    else:
        place.put(path, place.get(manifest.path(desk.id, 2)))
    collected = collect(place, engine, district)
    assert codes(collected) == ["manifest-unreadable"]
    assert (collected.taken, collected.asks) == (3, True)
    place.put(path, data)
    assert collect(place, engine, district).taken == 1


def bare(place: Shelf) -> Shelf:
    """Return a place of the same target, with nothing on it."""
    other = Shelf()
    other.put(target.PATH, place.get(target.PATH))
    return other


@pytest.mark.parametrize("how", ["missing", "cut", "changed"])
def test_an_object_that_is_not_there_yet_keeps_its_list_waiting(
    engine: Engine, place: Shelf, desk: SyntheticDesk, district: District, how: str
) -> None:
    desk.lay(place, desk.services("2026-03"), late := desk.services("2026-04"))
    desk.lay(place, desk.services("2026-05"))
    path = f"objects/{envelope.name_of(late)}"
    if how == "missing":
        del place.held[path]
    else:
        place.put(path, late[:-9] if how == "cut" else late[:-1] + bytes([late[-1] ^ 1]))
    collected = collect(place, engine, district)
    told = "object-missing" if how == "missing" else "object-differs"
    assert set(codes(collected)) == {told, "manifest-gap"}
    assert collected.taken == 4
    with pytest.raises(SendingTrouble):
        place.get(receipts.path(desk.id, 3))
    place.put(path, late)
    again = collect(place, engine, district)
    assert (again.taken, again.findings) == (2, [])


def test_a_parcel_of_another_desk_is_rejected_and_stays_that_desks(
    engine: Engine, place: Shelf, desk: SyntheticDesk, district: District
) -> None:
    honest = SyntheticDesk(district, 2)
    stolen = honest.services("2026-01")
    # Whoever comes first by id: what one desk is refused is taken from the other.
    desk.lay(place, stolen)
    honest.lay(place, honest.enrolment(), stolen)
    collected = collect(place, engine, district)
    assert codes(collected) == ["parcel-rejected"]
    assert answers(place, desk, district, 3) == {
        envelope.name_of(stolen): "rejected parcel-of-other-desk"
    }
    assert answers(place, honest, district, 1)[envelope.name_of(stolen)] == "loaded"


def test_a_parcel_signed_with_a_foreign_key_is_rejected(
    engine: Engine, place: Shelf, desk: SyntheticDesk, district: District
) -> None:
    body = services(1, "2026-03")
    foreign = desk.sealed(SummaryKind.SERVICES, body, key=DeskKey.new())
    desk.lay(place, foreign)
    collect(place, engine, district)
    assert answers(place, desk, district, 3) == {
        envelope.name_of(foreign): "rejected parcel-of-other-desk"
    }


def test_a_parcel_sealed_for_someone_else_is_rejected(
    engine: Engine, place: Shelf, desk: SyntheticDesk, district: District
) -> None:
    other = desk.sealed(
        SummaryKind.SERVICES, services(1, "2026-03"), to=DistrictKeys.new().recipient
    )
    desk.lay(place, other)
    collect(place, engine, district)
    assert answers(place, desk, district, 3) == {envelope.name_of(other): "rejected parcel-closed"}


def _without(part: str) -> dict[str, object]:
    body = services(1, "2026-03")
    del body[part]
    return body


def _with_row(part: str, **changed: object) -> dict[str, object]:
    body = services(1, "2026-03")
    body[part][0] = {**body[part][0], **changed}
    return body


def _doubled(part: str) -> dict[str, object]:
    body = services(1, "2026-03")
    body[part].append(dict(body[part][0]))
    return body


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (_without("reach"), "parcel-schema"),
        ({**services(1, "2026-03"), "students": ["Invented Name"]}, "parcel-schema"),
        (_with_row("reach", served=-1), "parcel-schema"),
        (_with_row("reach", served="7"), "parcel-schema"),
        (_with_row("reach", served=10**30), "parcel-number"),
        (_with_row("reach", building="code:unheard"), "parcel-rows"),
        (_with_row("retention", retained_12_weeks=99), "parcel-rows"),
        (_doubled("reach"), "parcel-rows"),
        ({**services(1, "2026-03"), "period": "2026-04"}, "parcel-header"),
    ],
)
def test_a_body_that_its_schema_or_its_header_refutes_is_rejected(
    engine: Engine,
    place: Shelf,
    desk: SyntheticDesk,
    district: District,
    body: dict[str, object],
    code: str,
) -> None:
    bad = desk.sealed(SummaryKind.SERVICES, body, period="2026-03")
    desk.lay(place, bad, good := desk.services("2026-05"))
    collected = collect(place, engine, district)
    assert answers(place, desk, district, 3) == {
        envelope.name_of(bad): f"rejected {code}",
        envelope.name_of(good): "loaded",
    }
    assert (collected.rejected, codes(collected)) == (1, ["parcel-rejected"])
    assert collect(place, engine, district).findings == []


def test_text_that_no_database_would_keep_does_not_stop_a_collection(
    place: Shelf, desk: SyntheticDesk, district: District, postgresql: str
) -> None:
    body = services(1, "2026-03")
    body["buildings"][0]["name"] = "Invented\x00 School"
    desk.lay(place, desk.sealed(SummaryKind.SERVICES, body))
    engine = open_engine(postgresql)
    assert collect(place, engine, district).findings == []
    names = {
        row[0] for row in engine.rows("SELECT name FROM building_name WHERE month = '2026-03'")
    }
    engine.close()
    assert "Invented School" in names


def test_an_unknown_desk_waits_until_a_person_lets_it_in(
    engine: Engine, place: Shelf, district: District
) -> None:
    stranger = SyntheticDesk(district, 5)
    stranger.lay(place, stranger.services("2026-01"))
    collected = collect(place, engine, district)
    assert (codes(collected), collected.asks) == (["desk-quarantined"], True)
    assert held(engine)["service_total"] == held(engine)["manifest"] == []
    with transaction(engine):
        Book(engine).admit(stranger.id, "2026-11-22T10:00:00.000Z")
    let_in = collect(place, engine, district)
    assert (let_in.taken, let_in.findings) == (1, [])


def test_a_desk_that_enrols_later_is_taken_from_its_beginning(
    engine: Engine, place: Shelf, district: District
) -> None:
    late = SyntheticDesk(district, 5)
    late.lay(place, late.services("2026-01"))
    assert codes(collect(place, engine, district)) == ["desk-quarantined"]
    late.lay(place, late.enrolment(district.invitation("Mr. Invented")))
    collected = collect(place, engine, district)
    assert (collected.taken, collected.findings) == (2, [])
    (row,) = engine.rows("SELECT standing, label, name, role, schools FROM desk")
    assert row == (
        "enrolled",
        "Mr. Invented",
        "Invented Person",
        "counselor",
        '["Invented Middle School"]',
    )


def test_another_districts_invitation_lets_nobody_in(
    engine: Engine, place: Shelf, district: District
) -> None:
    desk = SyntheticDesk(district, 5)
    desk.lay(place, desk.enrolment(District().invitation()), desk.services("2026-01"))
    assert codes(collect(place, engine, district)) == ["desk-quarantined"]


def test_an_invitation_lets_one_desk_in(engine: Engine, place: Shelf, district: District) -> None:
    invitation = district.invitation()
    desks = [SyntheticDesk(district, 5), SyntheticDesk(district, 5, clones=1)]
    for one in desks:
        one.lay(place, one.enrolment(invitation), one.services("2026-01"))
    collected = collect(place, engine, district)
    assert codes(collected) == ["desk-invitation-used"]
    assert collected.taken == 2
    assert codes(collect(place, engine, district)) == ["desk-invitation-used"]
    waiting = engine.rows("SELECT desk FROM desk WHERE standing = 'quarantined'")
    with transaction(engine):
        Book(engine).admit(waiting[0][0], "2026-11-22T10:00:00.000Z")
    assert collect(place, engine, district).taken == 2


def test_a_later_revision_takes_the_place_of_an_earlier_one_in_any_order(
    engine: Engine, place: Shelf, desk: SyntheticDesk, district: District
) -> None:
    first, second, third = (desk.services("2026-03", revision) for revision in (1, 2, 3))
    desk.lay(place, second)
    collect(place, engine, district)
    desk.lay(place, first)
    collected = collect(place, engine, district)
    assert (collected.taken, collected.superseded, collected.findings) == (1, 1, [])
    assert answers(place, desk, district, 4) == {envelope.name_of(first): "loaded"}

    def march() -> int:
        return int(engine.rows(f"{MINUTES} WHERE month = '2026-03'")[0][0])

    assert march() == minutes(services(1, "2026-03", 2))
    desk.lay(place, third)
    collect(place, engine, district)
    assert march() == minutes(services(1, "2026-03", 3))
    states = engine.rows(
        "SELECT revision, state FROM parcel WHERE period = '2026-03' ORDER BY revision"
    )
    assert states == [(1, "superseded"), (2, "superseded"), (3, "loaded")]


def test_an_earlier_revision_that_was_made_later_is_told(
    engine: Engine, place: Shelf, desk: SyntheticDesk, district: District
) -> None:
    desk.lay(place, desk.services("2026-03", 4))
    desk.lay(place, desk.services("2026-03", 2))
    assert codes(collect(place, engine, district)) == ["parcel-revision-behind"]


def test_a_newer_version_is_kept_sealed_and_opened_by_the_program_that_knows_it(
    engine: Engine,
    place: Shelf,
    desk: SyntheticDesk,
    district: District,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    body = services(1, "2026-03")
    newer = desk.sealed(SummaryKind.SERVICES, {**body, "version": 2}, schema=2)
    desk.lay(place, newer)
    collected = collect(place, engine, district)
    assert (codes(collected), collected.asks, collected.rejected) == (["parcel-kept"], True, 0)
    assert answers(place, desk, district, 3) == {envelope.name_of(newer): "loaded"}
    # The place may lose it by now: the district has it.
    del place.held[f"objects/{envelope.name_of(newer)}"]
    (row,) = engine.rows("SELECT sealed FROM parcel WHERE state = 'kept'")
    assert base64.b64decode(row[0]) == newer
    assert codes(collect(place, engine, district)) == ["parcel-kept"]
    # Nor is it let go of by a district that retired the key: an old copy of the keys may open it.
    retired = District(DistrictKeys(DistrictKeys.new().identity, district.keys.seed))
    assert codes(collect(place, engine, retired)) == ["parcel-kept"]
    known = judging.schema_of

    def a_later_program(kind: SummaryKind, version: int) -> object:
        schema = json.loads(json.dumps(known(kind, 1).schema))  # type: ignore[union-attr]
        schema["properties"]["version"]["const"] = version
        return type(known(kind, 1))(schema)

    monkeypatch.setattr(judging, "schema_of", a_later_program)
    opened = collect(place, engine, district)
    assert (opened.taken, opened.findings) == (1, [])
    march = engine.rows(f"{MINUTES} WHERE month = '2026-03'")[0][0]
    assert march == minutes(body)
    assert engine.rows("SELECT sealed FROM parcel WHERE sealed <> ''") == []


def test_what_names_students_is_let_in_by_the_policy_alone(
    engine: Engine, place: Shelf, desk: SyntheticDesk, district: District
) -> None:
    body = {
        "casewell": "summary",
        "kind": "caseload",
        "version": 1,
        "period": "2026-11-22/2026-11-22",
        "made": "2026-11-22T09:00:00.000Z",
        "of": "Invented Person",
        "school": "",
        "names": "none",
        "students": [],
    }
    named = desk.sealed(SummaryKind.CASELOAD, body)
    desk.lay(place, named)
    collected = collect(place, engine, district, let_in=ABOUT_NOBODY)
    assert answers(place, desk, district, 3) == {
        envelope.name_of(named): "rejected parcel-not-let-in"
    }
    assert collected.asks
    later = desk.sealed(SummaryKind.CASELOAD, body, 2)
    desk.lay(place, later)
    assert collect(place, engine, district).findings == []
    (row,) = engine.rows("SELECT kind, month, body FROM document")
    assert (row[0], row[1], json.loads(row[2])) == ("caseload", "2026-11", body)


def test_use_of_time_is_loaded_by_category(
    engine: Engine, place: Shelf, desk: SyntheticDesk, district: District
) -> None:
    body = {
        "casewell": "summary",
        "kind": "use-of-time",
        "version": 1,
        "period": "2026-10",
        "made": "2026-11-02T09:00:00.000Z",
        "counts": "exact",
        "model": {"code": "asca", "version": 4, "name": "Four groups"},
        "minutes": 90,
        "groups": [{"group": "direct", "name": "Direct", "minutes": 90, "percent": 100}],
        "categories": [
            {
                "group": "direct",
                "category": "counseling",
                "name": "Counseling",
                "model": "asca",
                "model_version": 4,
                "minutes": 90,
                "entries": 2,
            }
        ],
        "targets": [],
    }
    desk.lay(place, desk.sealed(SummaryKind.USE_OF_TIME, body))
    assert collect(place, engine, district).findings == []
    rows = engine.rows(
        "SELECT month, first_day, last_day, category, minutes, entries FROM time_use"
    )
    assert rows == [("2026-10", "2026-10-01", "2026-10-31", "counseling", 90, 2)]


@pytest.mark.parametrize(
    ("data", "code"), [(None, "collect-place-empty"), (b"{}", "collect-place-other")]
)
def test_a_place_that_no_desk_sends_to_is_told(
    engine: Engine, district: District, data: bytes | None, code: str
) -> None:
    place = Shelf()
    if data is not None:
        place.put(target.PATH, data)
    with pytest.raises(Trouble) as told:
        collect(place, engine, district)
    assert told.value.code == code


def test_whether_a_building_is_told_in_detail_is_kept(
    engine: Engine, place: Shelf, desk: SyntheticDesk, district: District
) -> None:
    body = services(1, "2026-03", counts="suppressed")
    body["buildings"][0]["detailed"] = False
    desk.lay(place, desk.sealed(SummaryKind.SERVICES, body))
    assert collect(place, engine, district).findings == []
    rows = engine.rows("SELECT detailed FROM building_name WHERE month = '2026-03' ORDER BY 1")
    assert rows == [(0,), (1,)]


class Sulking(Shelf):
    """A place that answers for one desk no more."""

    def __init__(self, held: dict[str, bytes], desk: str) -> None:
        super().__init__()
        self.held, self.desk = held, desk

    def get(self, path: str) -> bytes:
        if self.desk in path:
            raise SendingTrouble("sending-stalled")
        return super().get(path)


def test_a_desk_that_cannot_be_read_does_not_stop_the_others(
    engine: Engine, place: Shelf, desk: SyntheticDesk, district: District
) -> None:
    other = SyntheticDesk(district, 2)
    other.lay(place, other.enrolment(), other.services("2026-01"))
    collected = collect(Sulking(place.held, desk.id), engine, district)
    assert codes(collected) == ["desk-unreachable"]
    assert collected.taken == 2
    assert collect(place, engine, district).taken == 3
