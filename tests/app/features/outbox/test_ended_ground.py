"""What waits under a release does not leave once the release has ended."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.features.caseload.commands import AddGuardian
from app.features.caseload.model import Contact, Tie
from app.features.consents.commands import RecordConsent, RevokeConsent
from app.features.outbox.commands import CancelParcel, PauseParcel, ResumeParcel, SendSummary
from app.kernel.documents import SummaryKind
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, new_id
from app.kernel.releases import ConsentKind, Ground, Matter, Terms
from app.phrases.outbox import spoken_parcel
from app.sync.parcels import State
from consents_desk import FORMS
from outbox_desk import OutboxDesk, Shelf
from sessions_desk import add_student

CLINIC = "Harbor Family Clinic"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[OutboxDesk]:
    made = OutboxDesk(tmp_path)
    yield made
    assert made.desk.verify().whole
    made.desk.close()


@pytest.fixture
def student(room: OutboxDesk) -> StudentId:
    return add_student(room.desk, "Mateo", "Ocampo")


def released(room: OutboxDesk, student: StudentId, until: str = "2027-06-18") -> str:
    """Put a release for the clinic on file and return its id."""
    mother = room.desk.caseload.add_guardian(
        AddGuardian(student, Contact("Rosa", "Ocampo", phone="555-0100"), Tie("mother"))
    ).made
    form = replace(
        FORMS[ConsentKind.RELEASE],
        student_id=student,
        signer_id=mother,
        matters=tuple(Matter),
        until_on=until,
    )
    return room.desk.consents.record(RecordConsent(new_id(), form)).made


def sent(room: OutboxDesk, place: str, student: StudentId, ground: Ground) -> str:
    terms = Terms(ground, interest="Looks after the child")
    return room.outbox.send(
        SendSummary(
            SummaryKind.STUDENT, "2026-10-01/2026-10-31", place, CLINIC, "Care", terms, student
        )
    ).made


def test_a_revoked_release_holds_back_what_waits_under_it_and_nothing_else(
    room: OutboxDesk, student: StudentId
) -> None:
    release, place, shelf = released(room, student), room.own_place(), Shelf()
    under = sent(room, place, student, Ground.RELEASE)
    other = sent(room, place, student, Ground.CHILD_WELFARE)
    counts = room.send(place)
    room.desk.consents.revoke(RevokeConsent(release, "Rosa Ocampo", "In a letter"))
    assert shelf.carry(room.outbox, place) == 2
    line = room.line(under)
    assert (line.state, line.code, line.ask) == (State.FAILED, "parcel-ground-ended", True)
    assert "was revoked or has run out" in spoken_parcel(line)
    assert {room.line(each).state for each in (other, counts)} == {State.DELIVERED}
    assert shelf.carry(room.outbox, place) == 0
    assert room.steps(under).count("fail") == 1
    room.outbox.cancel(CancelParcel(under))
    (first, *_others) = room.line(under).parcel.disclosures[1:]
    assert room.desk.privacy.disclosure(first).stopped == "sending-cancelled"


def test_a_release_that_has_run_out_meanwhile_lets_nothing_go_on(
    room: OutboxDesk, student: StudentId
) -> None:
    released(room, student, until="2026-11-30")
    place, shelf = room.own_place(), Shelf()
    parcel = sent(room, place, student, Ground.RELEASE)
    room.outbox.pause(PauseParcel(parcel))
    room.clock.advance(timedelta(days=30))
    with pytest.raises(Refused, match="parcel-ground-ended"):
        room.outbox.resume(ResumeParcel(parcel))
    assert shelf.carry(room.outbox, place) == 0
    assert room.line(parcel).state is State.PAUSED


def test_under_a_release_in_force_it_leaves(room: OutboxDesk, student: StudentId) -> None:
    released(room, student)
    place, shelf = room.own_place(), Shelf()
    parcel = sent(room, place, student, Ground.RELEASE)
    assert shelf.carry(room.outbox, place) == 1
    assert room.line(parcel).state is State.DELIVERED
