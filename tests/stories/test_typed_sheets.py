"""What is typed on the sheets of consents, requests, papers and the outbox outlives the process."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from context import FakeContext
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QFileDialog
from walk import wait_until

from app.features.consents.commands import RevokeConsent
from app.features.outbox.commands import AddDestination
from app.features.privacy.commands import RecordRequestIn
from app.features.privacy.inspection import Party, Wanted
from app.kernel.documents import SummaryKind
from app.kernel.errors import Trouble
from app.kernel.releases import Emergency, Ground, Terms
from app.sync.parcels import Carrier
from consents_desk import ConsentsDesk
from district_desk import KEYS, district_file
from ui.features.consents.presenter.consent import ConsentPage
from ui.features.consents.presenter.lists import ConsentsPage
from ui.features.district.presenter import DistrictPage
from ui.features.outbox.presenter.outbox import OutboxPage
from ui.features.outbox.view.sheets import SendSheet
from ui.features.privacy.presenter.requests import RequestPage, RequestsPage
from ui.features.privacy.presenter.summary import SummaryPage
from ui.kit import asking
from ui.kit.widgets.entry_sheet import EntrySheet, put

pytestmark = pytest.mark.gui
Seat = Callable[[], FakeContext]


class Room(ConsentsDesk):
    """A vault with a student, a consent that was revoked, one that stands, a request, a place."""

    def __init__(self, place: Path) -> None:
        super().__init__(place)
        self.over = self.record()
        self.consents.revoke(RevokeConsent(self.over, "Rosa Ocampo", "By letter", "2026-11-20"))
        self.standing = self.record()
        asked = RecordRequestIn(
            self.pupil, Wanted.INSPECT, Party.PARENT, "Rosa Ocampo", "All", "", "2026-11-02"
        )
        self.request = self.desk.requests.record(asked).made
        stick = {"path": str(place / "stick")}
        self.desk.outbox.places.add(
            AddDestination("Stick", Carrier.FOLDER, stick, [KEYS.recipient], {})
        )
        self.file = place / "a.casewell-district"
        self.file.write_bytes(district_file())

    def kept(self) -> str:
        """Return everything that is kept of unfinished work."""
        kept = self.desk.people.state(self.desk.seat.person).values()
        return "\n".join(one for one in kept if one)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    made = Room(tmp_path_factory.mktemp("typed"))
    yield made
    made.desk.close()


def end(context: FakeContext) -> None:
    """End it as a lock does: pages keep what stands on them, and nobody closes a sheet."""
    context.end()
    context.close()
    context.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def sit(app: QApplication, room: Room) -> Iterator[Seat]:
    """Return what opens the desk anew after the process before has ended."""
    seats: list[FakeContext] = []

    def down() -> FakeContext:
        if seats:
            end(seats.pop())
        made = FakeContext(room.desk)
        made.resize(1060, 700)
        made.show()
        seats.append(made)
        return made

    yield down
    end(seats.pop())


def sheet_of(context: FakeContext) -> EntrySheet:
    (found,) = [one for one in context.findChildren(EntrySheet) if one.isVisible()]
    return found


def consent_button(room: Room, name: str, *, over: bool) -> Callable[[FakeContext], None]:
    def press(context: FakeContext) -> None:
        page = context.put(ConsentPage, room.over if over else room.standing)
        assert isinstance(page, ConsentPage)
        page.view.buttons[name].click()

    return press


def request_button(room: Room, name: str) -> Callable[[FakeContext], None]:
    def press(context: FakeContext) -> None:
        page = context.put(RequestPage, room.request)
        assert isinstance(page, RequestPage)
        page.view.buttons[name].click()

    return press


def link_of(page: type[ConsentsPage | RequestsPage], name: str) -> Callable[[FakeContext], None]:
    def press(context: FakeContext) -> None:
        made = context.put(page)
        assert isinstance(made, ConsentsPage | RequestsPage)
        made.view.links[name].click()

    return press


def subject_of(page: Any, subject: str) -> Callable[[FakeContext], None]:
    return lambda context: context.put(page, subject) and None


PLACE_TYPED = {"label": "Blue stick", "path": "/media/blue", "recipients": KEYS.recipient}
LOG_TYPED = {
    "recipient": "Rosa Ocampo", "purpose": "Wants it by Friday", "ground": Ground.SCHOOL_OFFICIAL,
    "interest": "Sets up the quiet corner",
}  # fmt: skip


def cases(room: Room) -> dict[str, tuple[Callable[[FakeContext], None], dict[str, Any]]]:
    """Return how each sheet is opened, and what is typed on it."""
    record = {"recipient": "Harbor Family Clinic", "purpose": "Care", "scan": "/media/scan.pdf"}
    return {
        "a consent": (subject_of(ConsentsPage, f"record:{room.pupil}"), record),
        "why an end is taken back": (
            consent_button(room, "back", over=True), {"why": "Another student’s letter"},
        ),
        "a scan": (consent_button(room, "add", over=False), {"scan": "/media/scan.pdf"}),
        "the ages": (link_of(ConsentsPage, "ages"), {"alone_services": "14", "title": "State"}),
        "a request": (
            subject_of(RequestsPage, f"record:{room.pupil}"),
            {"asked_by": "Hector Ocampo", "party": Party.OTHER.value},
        ),
        "an answer": (request_button(room, "answer"), {"text": "Friday at two"}),
        "days and notice": (link_of(RequestsPage, "settings"), {"inspection_days": "30"}),
        "the record of disclosures": (request_button(room, "log"), LOG_TYPED),
        "a place": (subject_of(OutboxPage, "add"), PLACE_TYPED),
        "a summary": (
            subject_of(OutboxPage, "send"),
            {"purpose": "Asked by phone", "recipient": "The office", "ground": Ground.AUDIT},
        ),
    }  # fmt: skip


@pytest.mark.parametrize(
    "what",
    [
        "a consent", "why an end is taken back", "a scan", "the ages", "a request", "an answer",
        "days and notice", "the record of disclosures", "a place", "a summary",
    ],
)  # fmt: skip
def test_what_was_typed_stands_there_again_and_is_gone_once_it_was_closed(
    room: Room, sit: Seat, what: str
) -> None:
    begin, typed = cases(room)[what]
    context = sit()
    begin(context)
    context.settle()
    sheet = sheet_of(context)
    for name, entry in typed.items():
        put(sheet.form.field(name).editor, entry)

    context = sit()
    begin(context)
    context.settle()
    sheet = sheet_of(context)
    assert {name: sheet.values()[name] for name in typed} == typed
    assert "here again" in sheet.text.text()
    assert all(not sheet.form.field(name).isHidden() for name in typed)
    sheet.reject()
    context.settle()
    assert not room.kept()


def test_a_summary_about_a_student_is_still_about_them_and_stands_on_their_release(
    room: Room, sit: Seat
) -> None:
    context = sit()
    context.put(OutboxPage, "send")
    context.settle()
    sheet = sheet_of(context)
    assert isinstance(sheet, SendSheet)
    sheet.kind.set_value(SummaryKind.STUDENT)
    sheet.save_button.click()
    context.settle()
    fields = sheet.form.field
    assert fields("student").refused == "Choose the student it is about."
    assert sheet.student.hasFocus()
    put(sheet.student, (room.pupil, "Mateo Ocampo"))
    sheet.student_back.emit(room.pupil, "Mateo Ocampo")
    context.settle()
    put(fields("ground").editor, Ground.RELEASE)
    put(fields("release").editor, room.standing)
    assert sheet.values()["release"] == room.standing

    context = sit()
    context.put(OutboxPage, "send")
    context.settle()
    again = sheet_of(context)
    assert isinstance(again, SendSheet)
    assert again.student.text() == "About Mateo Ocampo"
    assert (again.values()["release"], again.values()["recipient"]) == (
        room.standing, "Harbor Family Clinic",
    )  # fmt: skip
    again.reject()
    context.settle()


def test_what_opens_a_place_and_that_words_were_compared_are_said_anew(
    room: Room, sit: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = sit()
    page = context.put(OutboxPage, "add")
    context.settle()
    sheet = sheet_of(context)
    for name, entry in {
        "carrier": Carrier.SFTP, "host": "files.example.org", "username": "alder",
        "password": "hunter-two", "private_key": "-----BEGIN",
    }.items():  # fmt: skip
        put(sheet.form.field(name).editor, entry)
    page.flush()
    context.settle()
    assert "files.example.org" in room.kept()
    assert "hunter" not in room.kept()
    assert "BEGIN" not in room.kept()
    sheet.reject()

    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_given: (str(room.file), ""))
    for typed in ("Alder, room 12", ""):
        context = sit()
        context.put(DistrictPage, "load")
        context.settle()
        sheet = sheet_of(context)
        assert sheet.values()["confirmed"] is False
        if typed:
            put(sheet.form.field("confirmed").editor, entry=True)
            put(sheet.form.field("shown_as").editor, typed)
    assert sheet.values()["shown_as"] == "Alder, room 12"
    sheet.reject()
    context.settle()


def test_the_ground_of_a_paper_outlives_the_process_too(room: Room, sit: Seat) -> None:
    terms = Terms(Ground.EMERGENCY, emergency=Emergency("Tablets were taken", "The crew"))
    context = sit()
    page = context.put(SummaryPage, room.pupil)
    assert isinstance(page, SummaryPage)
    page.view.ground.show_terms(terms)
    wait_until(lambda: "Tablets were taken" in room.kept())  # without a lock, as one types

    context = sit()
    page = context.put(SummaryPage, room.pupil)
    assert isinstance(page, SummaryPage)
    assert page.view.ground.terms() == terms
    page.view.ground.forget()
    page.flush()
    context.settle()


def test_a_disk_that_was_full_gets_what_was_typed_once_it_has_room(
    room: Room, sit: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "_AGAIN_S", 0.0)
    context = sit()
    context.put(RequestsPage, f"record:{room.pupil}")
    context.settle()
    sheet = sheet_of(context)
    with monkeypatch.context() as disk:

        def full(_state: dict[str, str]) -> None:
            raise Trouble("disk-full")

        disk.setattr(room.desk.people, "keep_state", full)
        put(sheet.form.field("asked_by").editor, "Hector Ocampo")
        wait_until(lambda: len(context.errors) == 1)
    wait_until(lambda: "Hector Ocampo" in room.kept())
    assert [getattr(error, "code", "") for error in context.errors] == ["disk-full"]
    sheet.reject()
    context.settle()
