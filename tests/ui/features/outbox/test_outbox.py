"""The pages of the outbox on a real vault, into real folders."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from context import FakeContext
from walk import wait_until

from app.bootstrap import Desk
from app.features.outbox.commands import PauseParcel
from app.kernel.documents import SummaryKind
from app.kernel.releases import Ground
from app.sync import manifest
from app.sync.destinations.folder import Folder
from app.sync.parcels import State
from outbox_desk import OutboxDesk
from ui.features.outbox import ROOM
from ui.features.outbox.presenter.courier import courier_of
from ui.features.outbox.presenter.outbox import OutboxPage
from ui.features.outbox.presenter.parcel import ParcelPage
from ui.features.outbox.presenter.place import PlacePage
from ui.features.outbox.view.outbox import LEFT, PLACES
from ui.features.outbox.view.sheets import PlaceSheet, SecretSheet, SendSheet
from ui.kit.network import SystemNetwork


@pytest.fixture
def room(tmp_path: Path) -> Iterator[OutboxDesk]:
    made = OutboxDesk(tmp_path)
    yield made
    made.desk.close()


@pytest.fixture
def desk(room: OutboxDesk) -> Desk:
    return room.desk


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    made = tmp_path / "stick"
    made.mkdir()
    return made


def rows(page: OutboxPage) -> list[tuple[str, str, tuple[str, ...]]]:
    entries = page.view.list.entries
    return [
        (one.title, one.text, tuple(words for words, _kind in one.chips))
        for at in range(entries.total())
        if (one := entries.entry(at))
    ]


def said(context: FakeContext) -> str:
    return "\n".join(notice.words.text() for notice in context.notices.shown())


def sent(context: FakeContext) -> None:
    wait_until(lambda: not courier_of(context).running)
    context.settle()


def test_an_empty_outbox_teaches_and_begins_with_a_place(
    room: OutboxDesk, context: FakeContext, stick: Path
) -> None:
    page = context.put(OutboxPage)
    assert isinstance(page, OutboxPage)
    assert page.view.empty.title.text() == "No place to send to yet"
    assert not page.view.action.isEnabled()
    assert page.view.action.toolTip() == "No place to send to yet"
    page.view.start.click()
    sheet = context.sheet()
    assert isinstance(sheet, PlaceSheet)
    context.fill(label="Stick", path="", recipients="age1nothing")
    assert sheet.form.field("path").refused
    context.fill(path=str(stick))
    assert sheet.form.field("recipients").refused
    context.fill(recipients=room.keys.recipient)
    (line,) = room.outbox.destinations()
    assert context.went[-1] == ("destination", line.destination.id)


def test_a_page_that_is_read_before_its_places_says_soon_that_there_is_one(
    context: FakeContext,
) -> None:
    page = context.put(OutboxPage)
    assert isinstance(page, OutboxPage)
    assert page.view.empty.title.text() == "No place to send to yet"
    page._stands(([], "", 1))
    assert page.view.empty.title.text() == "Nothing waits"
    assert page.view.start.text() == "Send a summary"


def test_only_what_a_kind_of_place_asks_for_is_in_sight(
    room: OutboxDesk, context: FakeContext
) -> None:
    context.put(OutboxPage, "add")
    context.settle()
    sheet = context.sheet()
    assert isinstance(sheet, PlaceSheet)

    def seen() -> set[str]:
        return {name for name in sheet.form.names() if not sheet.form.field(name).isHidden()}

    assert seen() == {"label", "carrier", "path", "recipients"}
    before, room = sheet.height(), sheet.screen().availableGeometry()
    sheet.move(sheet.x(), room.bottom() - sheet.frameGeometry().height())
    sheet.carrier.set_value("sftp")
    wait_until(lambda: sheet.height() > before)  # it takes the room it needs, as there is some
    assert sheet.frameGeometry().bottom() <= room.bottom()
    assert {"host", "port", "root", "host_key", "private_key", "password"} <= seen()
    assert "path" not in seen()


def test_a_summary_is_sealed_sent_now_and_seen_to_have_arrived(
    room: OutboxDesk, context: FakeContext, stick: Path
) -> None:
    place = room.own_place(path=str(stick))
    page = context.put(OutboxPage, "send")
    assert isinstance(page, OutboxPage)
    context.settle()
    sheet = context.sheet()
    assert isinstance(sheet, SendSheet)
    assert not sheet.student.isVisible()
    assert sheet.ground.value() is Ground.NO_NAMES
    context.fill()
    assert sheet.form.field("purpose").refused
    context.fill(purpose="Asked for by the office")
    assert "It is in the outbox, and leaves" in said(context)
    sent(context)
    assert "1 summary delivered." in said(context)
    asked = room.told.asked[-1]
    assert (asked.kind, asked.period, asked.recipient) == (
        SummaryKind.SERVICES,
        "2026-10",
        "Stick",
    )
    page.view.action.click()
    sent(context)
    assert rows(page) == []
    context.show_page(page, LEFT)
    ((title, text, chips),) = rows(page)
    assert title == "Services and referrals: October 2026"
    assert "To Stick" in text
    assert chips == ("Delivered",)
    assert len(list((stick / "objects").iterdir())) == 1
    assert room.outbox.destinations()[0].destination.id == place


def test_what_cannot_be_sent_is_said_with_the_next_step_and_comes_on_today(
    room: OutboxDesk, context: FakeContext, tmp_path: Path
) -> None:
    room.send(room.own_place(path=str(tmp_path / "gone")))
    page = context.put(OutboxPage)
    assert isinstance(page, OutboxPage)
    page.view.action.click()
    sent(context)
    ((_title, text, chips),) = rows(page)
    assert text.startswith("The folder is not there. Plug in the stick")
    assert chips == ("Not sent yet",)
    assert page.view.trouble_words.text().startswith("Stick: The folder is not there.")
    assert "in about" in page.view.next.text()
    assert ROOM.today is not None
    (line,) = ROOM.today(context)
    assert line.title == "Stick: 1 summary could not be sent"
    assert (line.page, line.subject) == ("outbox", "waiting")
    (tmp_path / "gone").mkdir()
    page.view.action.click()
    sent(context)
    assert rows(page) == []
    assert not page.view.trouble.isVisible()
    assert ROOM.today(context) == []


def test_what_waits_paused_is_not_said_to_be_sent_nor_lost_with_its_place(
    room: OutboxDesk, context: FakeContext, stick: Path
) -> None:
    place = room.own_place(path=str(stick))
    room.outbox.pause(PauseParcel(room.send(place)))
    page = context.put(OutboxPage)
    assert isinstance(page, OutboxPage)
    page.view.action.click()
    sent(context)
    assert said(context) == "Nothing was delivered."
    one = context.put(PlacePage, place)
    assert isinstance(one, PlacePage)
    one.view.buttons["remove"].click()
    assert [getattr(error, "code", "") for error in context.errors] == ["place-has-waiting"]


def test_a_parcel_offers_what_can_be_done_with_it_and_no_more(
    room: OutboxDesk, context: FakeContext, stick: Path
) -> None:
    parcel = room.send(room.own_place(path=str(stick)))
    page = context.put(ParcelPage, parcel)
    assert isinstance(page, ParcelPage)

    def offered() -> set[str]:
        return {name for name, button in page.view.buttons.items() if button.isVisible()}

    assert offered() == {"pause", "cancel", "afresh"}
    page.view.buttons["pause"].click()
    context.settle()
    sent(context)
    assert offered() == {"resume", "cancel", "afresh"}
    assert room.line(parcel).state is State.PAUSED
    page.view.buttons["resume"].click()
    context.settle()
    sent(context)
    assert room.line(parcel).state is State.DELIVERED
    assert offered() == {"resend", "afresh"}
    page.view.buttons["afresh"].click()
    context.settle()
    context.fill(purpose="Once more")
    assert context.went[-1][0] == "parcel"
    assert room.line(context.went[-1][1]).parcel.revision == 2


def test_a_place_is_tested_paused_and_given_other_credentials(
    room: OutboxDesk, context: FakeContext, stick: Path
) -> None:
    place = room.own_place(path=str(stick))
    page = context.put(PlacePage, place)
    assert isinstance(page, PlacePage)
    assert not page.view.buttons["secret"].isVisible(), "a folder needs nothing that opens it"
    page.view.buttons["test"].click()
    context.settle()
    assert context.errors == []
    stick.rmdir()
    page.view.buttons["test"].click()
    context.settle()
    assert [getattr(error, "code", "") for error in context.errors] == ["sending-folder-gone"]
    page.view.buttons["pause"].click()
    context.settle()
    assert room.outbox.destinations()[0].destination.paused
    page.view.buttons["edit"].click()
    context.settle()
    context.fill(label="Blue stick")
    assert page.view.title.text() == "Blue stick"


def test_a_place_can_be_tested_while_another_is(
    room: OutboxDesk, context: FakeContext, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = room.own_place(path=str(stick)), room.own_place("Other", path=str(stick))
    go_on = threading.Event()
    monkeypatch.setattr(room.outbox, "try_place", lambda _place: go_on.wait(30))
    page = context.put(PlacePage, one)
    assert isinstance(page, PlacePage)
    page.view.buttons["test"].click()
    page.show_subject(other)
    page.arrive()
    wait_until(lambda: page.found is not None)
    assert page.view.buttons["test"].isEnabled()
    page.show_subject(one)
    page.arrive()
    wait_until(lambda: page.found is not None)
    assert not page.view.buttons["test"].isEnabled()
    go_on.set()
    context.settle()
    assert page.view.buttons["test"].isEnabled()


def test_a_districts_place_can_be_paused_and_opened_anew_but_not_changed(
    room: OutboxDesk, context: FakeContext
) -> None:
    from app.features.outbox.commands import AddDestination
    from app.sync.parcels import Carrier

    room.join(standing=())
    room.outbox.prepare()
    (line,) = room.outbox.destinations()
    page = context.put(PlacePage, line.destination.id)
    assert isinstance(page, PlacePage)
    seen = {name for name, button in page.view.buttons.items() if button.isVisible()}
    assert seen == {"test", "pause"}
    share = room.outbox.places.add(
        AddDestination(
            "Share",
            Carrier.WEBDAV,
            {"endpoint": "https://files.example.org/dav"},
            (room.keys.recipient,),
            {"username": "ana", "password": "old"},
        )
    ).made
    context.show_page(page, share)
    page.view.buttons["secret"].click()
    context.settle()
    sheet = context.sheet()
    assert isinstance(sheet, SecretSheet)
    assert all(not text for text in sheet.values().values()), "nothing that was kept is shown"
    context.fill(username="ana", password="new")
    assert room.place(share).credentials == {"username": "ana", "password": "new"}


def test_places_have_a_list_and_lead_to_their_page(room: OutboxDesk, context: FakeContext) -> None:
    place = room.own_place()
    room.outbox.pause(PauseParcel(room.send(place)))
    page = context.put(OutboxPage, PLACES)
    assert isinstance(page, OutboxPage)
    ((title, text, chips),) = rows(page)
    assert (title, chips) == ("Stick", ())
    assert text == "Folder, share or stick · 1 waits · 0 delivered"
    page.view.list.opened.emit(page.view.list.entries.entry(0))
    assert context.went[-1] == ("destination", place)


def test_a_look_by_itself_sends_what_is_due_and_makes_no_noise(
    room: OutboxDesk, context: FakeContext, stick: Path
) -> None:
    parcel = room.send(room.own_place(path=str(stick)))
    courier = courier_of(context)
    courier.look()
    courier.look()  # one run at a time
    sent(context)
    assert room.line(parcel).state is State.DELIVERED
    assert context.notices.shown() == ()


def test_a_network_that_comes_up_is_used_and_one_that_wants_a_sign_in_is_not() -> None:
    network, came = SystemNetwork(), []
    network.came.connect(lambda: came.append(True))
    network.say(up=False, metered=False, captive=False)
    assert (network.up(), came) == (False, [])
    network.say(up=True, metered=False, captive=True)
    assert (network.captive(), came) == (True, [])
    network.say(up=True, metered=True, captive=False)
    assert (network.metered(), came) == (True, [True])


def test_a_sending_that_is_cancelled_goes_on_later_and_nothing_arrives_twice(
    room: OutboxDesk, context: FakeContext, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = room.own_place(path=str(stick))
    for _once in range(12):
        room.send(place)
    put_whole = Folder.put

    def slow(self: Folder, path: str, data: bytes) -> None:
        time.sleep(0.05)
        put_whole(self, path, data)

    monkeypatch.setattr(Folder, "put", slow)
    page = context.put(OutboxPage)
    assert isinstance(page, OutboxPage)
    page.view.action.click()
    assert not page.view.action.isEnabled()
    wait_until(lambda: any(stick.glob("objects/*")))
    page.view.busy.cancelled.emit()
    sent(context)
    assert page.view.action.isEnabled()
    waiting, _left = room.outbox.counts()
    assert waiting == 12, "no manifest names what came before the end"
    page.view.action.click()
    sent(context)
    assert room.outbox.counts() == (0, 12)
    (named,) = (stick / "manifests").rglob("*.json")
    objects = [one.name for one in manifest.read(named.read_bytes()).content.objects]
    assert sorted(objects) == sorted(path.name for path in (stick / "objects").iterdir())
    assert len(objects) == 12
