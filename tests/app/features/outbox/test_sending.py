"""What a person sends: sealed once, disclosed with it, carried, acknowledged, taken back."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from app.features.district.commands import LeaveDistrict, LoadDistrictFile
from app.features.outbox.commands import (
    AddDestination,
    CancelParcel,
    PauseDestination,
    PauseParcel,
    RemoveDestination,
    ReplaceCredentials,
    ResendParcel,
    ResumeDestination,
    ResumeParcel,
    SendSummary,
)
from app.kernel.documents import SummaryKind
from app.kernel.errors import Damage, Refused
from app.kernel.ids import DeviceId, new_id
from app.kernel.nouns import Role
from app.kernel.releases import Ground, Terms
from app.phrases.outbox import spoken_parcel
from app.sync import envelope
from app.sync.district_file import build
from app.sync.district_keys import DistrictKeys
from app.sync.network import UnknownNetwork
from app.sync.parcels import EVER, Carrier, State
from outbox_desk import NOBODY, OutboxDesk, Shelf, a_district
from sessions_desk import a_signed_note, add_student
from shared_desk import seated, someone
from vaults import fixed_clock, new_desk


@pytest.fixture
def room(tmp_path: Path) -> Iterator[OutboxDesk]:
    made = OutboxDesk(tmp_path)
    yield made
    assert made.desk.verify().whole
    made.desk.close()


def test_a_folder_and_a_key_are_enough_without_a_district(room: OutboxDesk) -> None:
    place, shelf = room.own_place(), Shelf()
    parcel = room.send(place)
    assert (room.line(parcel).state, room.outbox.counts()) == (State.QUEUED, (1, 0))
    assert shelf.carry(room.outbox, place) == 1
    assert room.line(parcel).state is State.DELIVERED
    (opened,) = shelf.opened(room.keys)
    assert opened.body == {"total": 1}
    (manifest,) = shelf.manifests()
    assert [one.name for one in manifest.content.objects] == [room.line(parcel).parcel.name]
    assert (manifest.content.counter, manifest.content.restart) == (1, False)
    assert manifest.content.journal_count > 0


def test_a_parcel_and_its_disclosure_are_written_together_or_not_at_all(room: OutboxDesk) -> None:
    place, student = room.own_place(), add_student(room.desk)
    with pytest.raises(Refused) as refused:
        room.send(place, SummaryKind.STUDENT, "../..", student, Terms())
    assert refused.value.code == "gate-ground-missing"
    assert room.outbox.counts() == (0, 0)
    assert room.desk.privacy.count(student) == 0
    terms = Terms(Ground.SCHOOL_OFFICIAL, interest="Teaches him")
    parcel = room.send(place, SummaryKind.STUDENT, "../..", student, terms)
    (said,) = room.desk.privacy.disclosures(student)
    line = room.line(parcel)
    assert said.disclosure.sha256 == line.parcel.name
    assert (said.disclosure.means, said.disclosure.paper) == ("sync", "student")
    assert said.disclosure.scope["content"] == line.parcel.content
    assert said.disclosure.id in line.parcel.disclosures
    assert line.student == "Mateo Ocampo"


def test_sending_the_same_again_is_the_next_revision_of_one_series(room: OutboxDesk) -> None:
    place = room.own_place()
    first, second = (room.line(room.send(place)).parcel for _once in range(2))
    other = room.line(room.send(place, period="2026-11")).parcel
    assert first.series == second.series != other.series
    assert [first.revision, second.revision, other.revision] == [1, 2, 1]
    assert first.name != second.name


def test_what_was_sealed_is_sent_as_it_was_at_each_try(room: OutboxDesk) -> None:
    place = room.own_place()
    parcel, sending = room.send(place), room.outbox.sending
    before = sending.sealed(parcel)
    sending.sending([parcel])
    sending.failed([parcel], "sending-cut", {}, "2026-11-20T15:00:00.000Z", ask=False)
    assert sending.waiting(place, "2026-11-20T14:30:00.000Z", 10) == []
    assert [one.tries for one in sending.waiting(place, "2026-11-20T15:00:00.000Z", 10)] == [1]
    assert sending.sealed(parcel) == before
    assert room.outbox.next_due() == "2026-11-20T15:00:00.000Z"


def test_what_asks_for_a_person_is_tried_only_when_one_says_so(room: OutboxDesk) -> None:
    place = room.own_place()
    parcel, sending = room.send(place), room.outbox.sending
    sending.failed([parcel], "sending-denied", {}, "2026-11-20T14:00:00.000Z", ask=True)
    assert sending.waiting(place, "2027-01-01T00:00:00.000Z", 10) == []
    assert [one.id for one in sending.waiting(place, EVER, 10)] == [parcel]
    (asked,) = room.outbox.asking()
    assert asked[1:3] == ("Stick", "sending-denied")
    assert room.outbox.next_due() == ""
    room.outbox.places.replace_credentials(ReplaceCredentials(place, {}))
    assert room.outbox.asking() == []
    assert [one.id for one in sending.waiting(place, "2026-11-20T15:00:00.000Z", 10)] == [parcel]


def test_what_was_sealed_while_the_clock_was_ahead_does_not_wait_until_then(
    room: OutboxDesk,
) -> None:
    place = room.own_place()
    parcel = room.send(place)
    room.clock.advance(-timedelta(days=1))
    waiting = room.outbox.sending.waiting(place, room.clock.now().at, 10)
    assert [one.id for one in waiting] == [parcel]


def test_failing_for_the_same_reason_does_not_fill_the_vault(room: OutboxDesk) -> None:
    place = room.own_place()
    parcel, sending = room.send(place), room.outbox.sending
    for _try in range(5):
        sending.sending([parcel])
        sending.failed([parcel], "sending-unreachable", {}, EVER, ask=False)
    sending.failed([parcel], "sending-full", {}, EVER, ask=True)
    assert room.steps(parcel) == ["fail", "fail"]
    assert (room.line(parcel).tries, room.line(parcel).code) == (5, "sending-full")


def test_a_parcel_is_held_back_and_goes_on(room: OutboxDesk) -> None:
    place = room.own_place()
    parcel = room.send(place)
    room.outbox.pause(PauseParcel(parcel))
    assert room.outbox.sending.waiting(place, EVER, 10) == []
    with pytest.raises(Refused) as refused:
        room.outbox.pause(PauseParcel(parcel))
    assert refused.value.code == "parcel-cannot-pause"
    room.outbox.resume(ResumeParcel(parcel))
    assert len(room.outbox.sending.waiting(place, EVER, 10)) == 1


def test_what_is_taken_back_untried_is_said_not_to_have_left(room: OutboxDesk) -> None:
    place, student = room.own_place(), add_student(room.desk)
    terms = Terms(Ground.SCHOOL_OFFICIAL, interest="Teaches him")
    untried, tried = (
        room.send(place, SummaryKind.STUDENT, period, student, terms)
        for period in ("2026-10", "2026-11")
    )
    room.outbox.sending.sending([tried])
    for parcel in (untried, tried):
        room.outbox.cancel(CancelParcel(parcel))
        assert room.line(parcel).state is State.CANCELLED
    stopped = {
        said.disclosure.scope["period"]: said.stopped
        for said in room.desk.privacy.disclosures(student)
    }
    assert stopped == {"2026-10": "sending-cancelled", "2026-11": ""}
    assert room.outbox.sending.waiting(place, EVER, 10) == []


def test_what_a_manifest_names_is_not_taken_back(room: OutboxDesk) -> None:
    place = room.own_place()
    parcel, sending = room.send(place), room.outbox.sending
    sending.restart(place, "12" * 16)
    sending.placed([parcel])
    made = sending.make_manifest(place, [parcel])
    for step in (CancelParcel(parcel), PauseParcel(parcel)):
        with pytest.raises(Refused) as refused:
            getattr(room.outbox, "cancel" if isinstance(step, CancelParcel) else "pause")(step)
        assert refused.value.code == "parcel-too-late"
    assert sending.make_manifest(place, [parcel]) == made
    assert room.again().sending.manifest(place) == made
    sending.delivered(place, 1)
    assert sending.manifest(place) is None


def test_what_was_taken_back_after_it_was_laid_down_is_never_named(room: OutboxDesk) -> None:
    place, sending = room.own_place(), room.outbox.sending
    kept, gone = room.send(place), room.send(place)
    sending.restart(place, "12" * 16)
    sending.placed([kept, gone])
    room.outbox.cancel(CancelParcel(gone))
    assert sending.make_manifest(place, [kept, gone]).parcels == (kept,)
    sending.delivered(place, 1)
    assert [room.line(one).state for one in (kept, gone)] == [State.DELIVERED, State.CANCELLED]


def test_a_new_place_gets_everything_again_and_nothing_is_lost(room: OutboxDesk) -> None:
    room.join()
    room.outbox.prepare()
    (found,) = room.outbox.destinations()
    place, shelf = found.destination.id, Shelf()
    first = room.send(place)
    shelf.carry(room.outbox, place)
    assert room.outbox.sending.acknowledged(place, 1, shelf.receipt(room.keys, 1))
    second = room.send(place)
    before = {"objects/" + room.line(one).parcel.name for one in (first, second)}
    shelf.empty()
    shelf.carry(room.outbox, place)
    assert before <= set(shelf.files)
    assert room.line(first).state is State.ACKNOWLEDGED
    assert room.line(second).state is State.DELIVERED
    (manifest,) = shelf.manifests()
    assert (manifest.content.counter, manifest.content.restart) == (2, True)
    assert len(manifest.content.objects) == 3  # the enrolment too
    assert room.place(place).receipts_seen == 1


def test_manifests_are_a_chain(room: OutboxDesk) -> None:
    place, shelf = room.own_place(), Shelf()
    for _once in range(3):
        room.send(place)
        shelf.carry(room.outbox, place)
    first, second, third = shelf.manifests()
    assert second.content.previous == first.sha256
    assert third.content.previous == second.sha256
    assert (room.place(place).counter, room.place(place).previous) == (3, third.sha256)


def test_after_a_restore_the_counter_follows_what_the_place_has(room: OutboxDesk) -> None:
    place, shelf, sending = room.own_place(), Shelf(), room.outbox.sending
    parcel = room.send(place)
    sending.restart(place, shelf.target)
    sending.placed([parcel])
    sending.make_manifest(place, [parcel])
    sending.overtaken(place, 7, "cd" * 32)
    assert sending.manifest(place) is None
    assert [one.id for one in sending.unmanifested(place)] == [parcel]
    shelf.announce(room.outbox, place)
    (manifest,) = shelf.manifests()
    assert (manifest.content.counter, manifest.content.previous) == (8, "cd" * 32)
    assert room.line(parcel).state is State.DELIVERED


def test_a_vault_on_another_computer_stays_the_same_desk(room: OutboxDesk) -> None:
    place, shelf = room.own_place(), Shelf()
    waits = room.send(place)
    shelf.carry(room.outbox, place)
    before = room.place(place).desk
    seat = room.desk.seat
    room.desk.records.sit_down(replace(seat, device=DeviceId(new_id())))
    room.send(place)
    shelf.carry(room.again(), place)
    assert room.place(place).desk == before
    first, second = shelf.manifests()
    assert (second.desk, second.content.previous) == (first.desk, first.sha256)
    assert room.line(waits).state is State.DELIVERED
    room.desk.records.sit_down(seat)


def test_a_receipt_counts_only_as_the_districts_own_word_on_our_manifest(
    room: OutboxDesk,
) -> None:
    room.join()
    room.outbox.prepare()
    place, shelf = room.outbox.destinations()[0].destination.id, Shelf()
    parcel = room.send(place)
    shelf.carry(room.outbox, place)
    sending = room.outbox.sending
    stranger, honest = shelf.receipt(DistrictKeys.new(), 1), shelf.receipt(room.keys, 1)
    foreign = shelf.receipt(room.keys, 1, name="ef" * 32)
    for false in (b"", stranger, honest[:-3], foreign):
        assert not sending.acknowledged(place, 1, false)
    assert not sending.acknowledged(place, 2, honest)
    assert room.line(parcel).state is State.DELIVERED
    assert sending.acknowledged(place, 1, honest)
    assert sending.acknowledged(place, 1, honest)
    assert room.line(parcel).state is State.ACKNOWLEDGED
    assert room.steps(parcel) == ["deliver", "acknowledge"]
    assert room.place(place).receipts_seen == 1


def test_what_the_district_could_not_take_waits_for_a_person_and_can_be_sent_again(
    room: OutboxDesk,
) -> None:
    room.join()
    room.outbox.prepare()
    place, shelf = room.outbox.destinations()[0].destination.id, Shelf()
    parcel = room.send(place)
    shelf.carry(room.outbox, place)
    rejected = shelf.receipt(room.keys, 1, "parcel-kind")
    assert room.outbox.sending.acknowledged(place, 1, rejected)
    line = room.line(parcel)
    assert (line.state, line.code, line.facts, line.ask) == (
        State.FAILED,
        "parcel-not-taken",
        {"reason": "parcel-kind"},
        True,
    )
    assert room.outbox.sending.waiting(place, EVER, 10) == []
    room.outbox.resend(ResendParcel(parcel))
    assert shelf.carry(room.outbox, place) == 1
    assert shelf.manifests()[-1].content.objects[0].name == line.parcel.name


def test_why_the_district_took_nothing_is_said_in_a_plain_sentence(room: OutboxDesk) -> None:
    room.join()
    room.outbox.prepare()
    place, shelf = room.outbox.destinations()[0].destination.id, Shelf()
    said = {
        "desk-blocked": "it is blocked there",
        "parcel-other-school": "this desk’s invitation does not name",
        "parcel-closed": "Load the district’s newest file",
        "parcel-kind": "(it is of a kind that is not known here)",
    }
    for counter, (reason, words) in enumerate(said.items(), 1):
        parcel = room.send(place)
        shelf.carry(room.outbox, place)
        receipt = shelf.receipt(room.keys, counter, reason)
        assert room.outbox.sending.acknowledged(place, counter, receipt)
        assert words in spoken_parcel(room.line(parcel))
    asked = {code for _place, _label, code, *_rest in room.outbox.asking()}
    assert len(asked) == len(said), "each is asked for on Today"


def test_a_paused_place_is_sent_nothing(room: OutboxDesk) -> None:
    place = room.own_place()
    room.send(place)
    room.outbox.places.pause(PauseDestination(place))
    assert (list(room.outbox.sending.places()), room.outbox.next_due()) == ([], "")
    room.outbox.places.resume(ResumeDestination(place))
    assert len(room.outbox.sending.places()) == 1


def test_a_place_is_removed_with_what_opens_it_and_its_history_stays(room: OutboxDesk) -> None:
    place, shelf = room.own_place(), Shelf()
    parcel = room.send(place)
    with pytest.raises(Refused) as refused:
        room.outbox.places.remove(RemoveDestination(place))
    assert refused.value.code == "place-has-waiting"
    shelf.carry(room.outbox, place)
    room.outbox.places.remove(RemoveDestination(place))
    assert room.outbox.destinations() == []
    assert room.line(parcel).place == "Stick"
    with pytest.raises(Refused) as refused:
        room.outbox.send(SendSummary(SummaryKind.SERVICES, "2026-10", place, terms=NOBODY))
    assert refused.value.code == "outbox-place-gone"


def test_credentials_are_read_by_no_screen_paper_or_journal(room: OutboxDesk) -> None:
    secret = "heron-feather-91"
    place = room.outbox.places.add(
        AddDestination(
            "Share",
            Carrier.WEBDAV,
            {"endpoint": "https://files.example.org/dav"},
            (room.keys.recipient,),
            {"username": "ana", "password": secret},
        )
    ).made
    assert room.place(place).credentials["password"] == secret
    records = room.desk.records
    for way in (records.read, records.read_for_export):
        with way() as reader:
            for table in ("destination_secret", "desk_key", "outbox_sealed"):
                assert reader.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
            said = reader.execute("SELECT before, after FROM journal").fetchall()
            assert secret not in json.dumps(said)
    assert secret not in repr(room.outbox.destinations())


def test_others_at_the_vault_see_neither_a_parcel_nor_whom_it_is_about(room: OutboxDesk) -> None:
    place, student = room.own_place(), add_student(room.desk)
    terms = Terms(Ground.SCHOOL_OFFICIAL, interest="Teaches him")
    parcel = room.send(place, SummaryKind.STUDENT, "2026-10", student, terms)
    with seated(room.desk, someone(room.desk, Role.NURSE)):
        assert (room.outbox.waiting(), room.outbox.counts()) == ([], (0, 0))
        for attempt in (
            lambda: room.outbox.parcel(parcel),
            lambda: room.outbox.cancel(CancelParcel(parcel)),
        ):
            with pytest.raises(Refused) as refused:
                attempt()
            assert refused.value.code == "parcel-gone"
        # Who sits here carries what others sent: it is opaque.
        assert [one.id for one in room.outbox.sending.waiting(place, EVER, 9)] == [parcel]


def test_nothing_is_changed_or_deleted_behind_the_outbox(room: OutboxDesk) -> None:
    place, shelf = room.own_place(), Shelf()
    room.send(place)
    shelf.carry(room.outbox, place)
    for table in ("outbox_parcel", "outbox_event", "outbox_manifest", "outbox_sealed"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET id = 'x'"):
            with (
                pytest.raises(dbapi2.IntegrityError, match="frozen"),
                room.desk.records.working() as tx,
            ):
                tx.execute(statement)


def test_sealed_bytes_that_are_not_what_was_sealed_do_not_leave(room: OutboxDesk) -> None:
    place = room.own_place()
    parcel = room.send(place)
    with room.desk.records.working() as tx:
        (definition,) = tx.execute(
            "SELECT sql FROM sqlite_schema WHERE name = 'outbox_sealed_stands'"
        ).fetchone() or ("",)
        tx.execute("DROP TRIGGER outbox_sealed_stands")
        tx.execute("UPDATE outbox_sealed SET sealed = CAST(x'00' || sealed AS BLOB)")
    with pytest.raises(Damage) as damage:
        room.outbox.sending.sealed(parcel)
    assert damage.value.code == "parcel-damaged"
    room.outbox.sending.failed([parcel], "parcel-damaged", {}, EVER, ask=True)
    assert room.line(parcel).ask
    assert [code for _place, _label, code, *_rest in room.outbox.asking()] == ["parcel-damaged"]
    (wrong,) = [one for one in room.desk.verify().findings if not one.whole]
    assert wrong.code == "outbox-rows"
    with room.desk.records.working() as tx:
        tx.execute("UPDATE outbox_sealed SET sealed = substr(sealed, 2)")
        tx.execute(definition)


@pytest.mark.parametrize(
    ("label", "options", "field"),
    [
        ("", {"endpoint": "https://x.example"}, "label"),
        ("A", {}, "endpoint"),
        ("A", {"endpoint": "http://x.example"}, "endpoint"),
        ("A", {"endpoint": "https://x.example", "colour": "red"}, "options"),
    ],
)
def test_a_place_that_lacks_something_is_refused_at_its_entry(
    room: OutboxDesk, label: str, options: dict[str, str], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        room.outbox.places.add(
            AddDestination(label, Carrier.WEBDAV, options, (room.keys.recipient,))
        )
    assert refused.value.field == field


def test_every_kind_of_summary_that_the_desk_makes_can_be_sealed_and_sent(tmp_path: Path) -> None:
    desk, keys, shelf = new_desk(tmp_path, clock=fixed_clock()), DistrictKeys.new(), Shelf()
    student = add_student(desk)
    a_signed_note(desk, student)
    place = desk.outbox.places.add(
        AddDestination("Stick", Carrier.FOLDER, {"path": "/media/stick"}, (keys.recipient,))
    ).made
    official = Terms(Ground.SCHOOL_OFFICIAL, interest="Works with him", because="All of it asked")
    wanted = (
        (SummaryKind.STUDENT, "2026-07-01/2026-11-20", student, official),
        (SummaryKind.CASELOAD, "2026-11", None, official),
        (SummaryKind.SERVICES, "2026-10", None, NOBODY),
        (SummaryKind.USE_OF_TIME, "2026-10", None, NOBODY),
    )
    for kind, period, about, terms in wanted:
        choices = {"mask_others": True, "everyone": True}
        desk.outbox.send(
            SendSummary(kind, period, place, "Ms. Rowe", "Asked for", terms, about, choices)
        )
    shelf.carry(desk.outbox, place)
    opened = {one.header.facts.kind: one.body for one in shelf.opened(keys)}
    assert set(opened) == {kind for kind, *_rest in wanted}
    assert opened[SummaryKind.STUDENT]["student"]["given_name"] == "Mateo"
    assert opened[SummaryKind.STUDENT]["purpose"] == "Asked for"
    assert "Mateo" not in json.dumps(opened[SummaryKind.SERVICES])
    assert {one.disclosure.paper for one in desk.privacy.disclosures(student)} == {
        "student",
        "caseload",
    }
    assert desk.verify().whole
    desk.close()


def test_a_district_that_was_joined_is_sent_who_works_here_and_last_months_counts(
    tmp_path: Path,
) -> None:
    clock = fixed_clock("2026-10-05T09:30")
    desk, keys, share = new_desk(tmp_path, clock=clock), DistrictKeys.new(), tmp_path / "share"
    share.mkdir()
    a_signed_note(desk, add_student(desk))
    file = a_district(keys, str(share))
    desk.district.load(LoadDistrictFile(build(file, keys), " ".join(file.fingerprint())))
    assert desk.outbox.prepare().enrolled == 1
    clock.advance(timedelta(days=31))
    assert (desk.outbox.prepare().made, desk.outbox.prepare().made) == (1, 0)
    outcome = desk.outbox.sender(UnknownNetwork()).run_once()
    assert [(at.placed, at.delivered, at.trouble) for at in outcome.places] == [(2, 2, None)]
    opened = [
        envelope.open(path.read_bytes(), [keys.identity]) for path in (share / "objects").iterdir()
    ]
    bodies = {one.header.facts.kind: one.body for one in opened}
    assert bodies[SummaryKind.ENROLMENT]["desk"] == opened[0].header.desk
    assert bodies[SummaryKind.SERVICES]["period"] == "2026-10"
    for path in share.rglob("*.json"):
        assert b"Ocampo" not in path.read_bytes()
    desk.district.leave(LeaveDistrict())
    desk.outbox.prepare()
    assert desk.outbox.destinations() == []
    assert desk.verify().whole
    desk.close()
