"""Going from page to page: back, forward, what is kept, and what works from everywhere."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from walk import settle, wait_until

from app.bootstrap import Desk, open_vault
from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
from app.features.outbox.commands import AddDestination
from app.features.people.commands import ChangeSetting
from app.kernel.changes import Changed, Kind
from app.kernel.clock import FixedClock
from app.kernel.errors import Refused
from app.sync.district_keys import DistrictKeys
from app.sync.parcels import Carrier
from tests.ui.shell.conftest import leave
from ui.features.outbox.view.sheets import SendSheet
from ui.features.privacy.presenter.summary import SummaryPage
from ui.kit.idle import WARNING_SECONDS
from ui.kit.room import PageWidget
from ui.shell import rooms
from ui.shell.window import DeskWindow
from vaults import PASSPHRASE

ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


def quiet(window: DeskWindow) -> None:
    """Wait until nothing is under way."""
    for _ in range(3):
        wait_until(window.tasks.idle)
        settle()


def student(window: DeskWindow, given: str = "Chidi") -> str:
    return window.desk.caseload.add_student(AddStudent(Profile(given, "Okonkwo"))).made


def press(window: DeskWindow, key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, modifier)
    quiet(window)


def test_back_and_forward_go_through_the_pages_that_were_shown(standing: DeskWindow) -> None:
    for page in ("caseload", "notes", "settings"):
        standing.go(page)
    press(standing, Qt.Key.Key_Left, ALT)
    press(standing, Qt.Key.Key_Left, ALT)
    assert standing.here == ("caseload", "")
    press(standing, Qt.Key.Key_Right, ALT)
    assert standing.here == ("notes", "")
    standing.go("disclosures")
    standing.forward()
    assert standing.here == ("disclosures", "")
    for _ in range(9):
        standing.back()
    assert standing.here == ("today", "")
    quiet(standing)


def test_going_back_passes_by_a_page_that_is_over(standing: DeskWindow) -> None:
    standing.go("caseload")
    standing.go("notes")
    standing.go("settings", instead=True)
    standing.back()
    assert standing.here == ("caseload", "")
    standing.go("notes")
    standing.go("caseload", instead=True)
    standing.back()
    assert standing.here == ("today", "")
    quiet(standing)


def test_a_page_asked_for_twice_is_no_step_back(standing: DeskWindow) -> None:
    standing.go("notes")
    standing.go("notes")
    standing.back()
    assert standing.here == ("today", "")
    quiet(standing)


def test_a_page_is_made_once_and_only_when_it_is_needed(standing: DeskWindow) -> None:
    assert set(standing._pages) == {"today"}
    first = standing.page("notes")
    standing.go("notes")
    assert standing.page("notes") is first
    quiet(standing)


def test_what_was_chosen_on_a_page_is_there_on_return(standing: DeskWindow) -> None:
    student(standing)
    standing.go("caseload")
    quiet(standing)
    standing.page("caseload").restore({"scope": "left", "subject": ""})
    standing.go("today")
    standing.go("caseload")
    quiet(standing)
    assert standing.page("caseload").state()["scope"] == "left"


def test_the_page_and_its_state_are_in_the_vault_and_name_nobody(
    standing: DeskWindow, opened: Callable[[Desk], DeskWindow]
) -> None:
    who = student(standing, "Unmistakable")
    standing.go("student", who)
    quiet(standing)
    desk = standing.desk
    kept = desk.people.state(desk.seat.person)
    assert (kept["here"], kept["subject"]) == ("student", who)
    assert "Unmistakable" not in json.dumps(kept)
    leave(standing)
    again = opened(open_vault(desk.folder.path, PASSPHRASE, desk.seat.device))
    assert again.here == ("student", who)


def test_a_page_that_is_no_more_gives_way_to_today(
    standing: DeskWindow, opened: Callable[[Desk], DeskWindow]
) -> None:
    desk = standing.desk
    standing.flush()
    desk.people.keep_state({"here": "tarot", "subject": "x"})
    standing._here = ("", "")
    standing.begin()
    quiet(standing)
    assert standing.here == ("today", "")


def test_leaving_a_page_saves_what_was_typed_on_it(standing: DeskWindow) -> None:
    who = student(standing)
    standing.go("note", f"new:{who}")
    quiet(standing)
    texts = [each for each in standing.findChildren(QPlainTextEdit) if each.isVisible()]
    QTest.keyClicks(texts[0], "Left behind")
    standing.go("today")
    quiet(standing)
    (line,) = standing.desk.sessions.drafts()
    assert line.draft.form.sections[0].text == "Left behind"


def test_every_page_hears_what_was_changed(
    standing: DeskWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Changed] = []
    monkeypatch.setattr(PageWidget, "heed", lambda _page, changed: heard.append(changed))
    plain = PageWidget()
    standing._pages["plain"] = plain
    standing.tasks.changed.emit(Changed.only(Kind.NOTE))
    del standing._pages["plain"]
    assert heard == [Changed.only(Kind.NOTE)]


def test_a_new_day_is_told_to_every_page(standing: DeskWindow) -> None:
    clock = standing.desk.clock
    assert isinstance(clock, FixedClock)
    before = standing.today()
    standing._look_at_day()
    clock.advance(timedelta(days=1))
    standing._look_at_day()
    quiet(standing)
    assert standing.today() == before + timedelta(days=1) == date(2026, 11, 21)
    day = f"{standing.today().day} Nov 2026"
    assert day in standing.page("today")._day.text()  # type: ignore[attr-defined]


def test_a_refusal_is_a_notice_and_no_sheet(standing: DeskWindow) -> None:
    standing.say(Refused("passphrase-repeat"))
    assert len(standing.notices.shown()) == 1
    assert QApplication.activeModalWidget() is None


@pytest.mark.parametrize("key", [(Qt.Key.Key_L, CTRL), (Qt.Key.Key_F12, Qt.KeyboardModifier(0))])
def test_the_lock_keys_ask_for_the_lock(
    standing: DeskWindow, key: tuple[Qt.Key, Qt.KeyboardModifier]
) -> None:
    asked: list[bool] = []
    standing.lock_asked.connect(lambda: asked.append(True))
    press(standing, *key)
    assert asked == [True]


def test_nobody_at_the_desk_is_warned_and_then_locked_out(
    standing: DeskWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    standing.lock_asked.connect(lambda: asked.append(True))
    now = standing._idle._now()
    minutes = int(standing.settings["lock_minutes"])
    later = now + minutes * 60 - WARNING_SECONDS + 1
    monkeypatch.setattr("ui.kit.idle.IdleWatch._now", staticmethod(lambda: later))
    standing._idle.look_at_the_clock()
    (notice,) = standing.notices.shown()
    assert "locks in 29 seconds" in notice.words.text()
    assert not asked
    monkeypatch.setattr("ui.kit.idle.IdleWatch._now", staticmethod(lambda: now + minutes * 60 + 1))
    standing._idle.look_at_the_clock()
    assert asked == [True]


def test_the_idle_minutes_that_are_set_hold_at_once(standing: DeskWindow) -> None:
    people = standing.desk.people
    standing.tasks.write(lambda: people.change_setting(ChangeSetting("lock_minutes", "2")))
    quiet(standing)
    assert standing._idle._limit == 120
    assert standing.settings["lock_minutes"] == "2"


def test_the_palette_offers_every_page_and_every_action(standing: DeskWindow) -> None:
    standing.open_palette()
    palette = standing._palette
    assert palette is not None
    known = {command.id for command in palette._commands}
    pages = {page.id for page in rooms.in_navigation(standing.desk.seat.role)}
    assert pages | {action.id for action in standing.actions_of_rooms()} | {"lock"} <= known
    palette.leave()


def test_no_two_keys_of_the_desk_are_the_same(standing: DeskWindow) -> None:
    from PySide6.QtGui import QShortcut

    keys = [
        each.key().toString()
        for each in standing.findChildren(
            QShortcut, options=Qt.FindChildOption.FindDirectChildrenOnly
        )
    ]
    assert len(keys) > 12
    assert len(keys) == len(set(keys))


def test_what_is_shown_is_sent_by_keys_and_one_stays_where_one_is(
    standing: DeskWindow, tmp_path: Path
) -> None:
    keys = CTRL | Qt.KeyboardModifier.ShiftModifier
    pupil = student(standing)
    standing.go("summary", pupil)
    quiet(standing)
    standing.desk.outbox.places.add(
        AddDestination(
            "Stick", Carrier.FOLDER, {"path": str(tmp_path)}, (DistrictKeys.new().recipient,)
        )
    )
    standing.go("today")
    standing.go("summary", pupil)
    quiet(standing)
    press(standing, Qt.Key.Key_S, keys)
    (sheet,) = [one for one in standing.findChildren(SendSheet) if one.isVisible()]
    assert "Chidi" in sheet.student.text()
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    quiet(standing)
    assert standing.here == ("summary", pupil)
    page = standing.page("summary")
    assert isinstance(page, SummaryPage)
    wait_until(lambda: not page.drawing)
    standing.go("caseload")
    standing.window().activateWindow()  # as a desktop does once a sheet is closed
    quiet(standing)
    press(standing, Qt.Key.Key_S, keys)
    assert standing.here == ("outbox", "send"), "a page that shows none asks for which"
    (sheet,) = [one for one in standing.findChildren(SendSheet) if one.isVisible()]
    sheet.reject()
    quiet(standing)
