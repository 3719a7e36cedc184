"""The page of people: who is on the vault, giving and taking ways in, emergencies."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from walk import clipped, nameless, settle, small_targets, wait_until

import app.features.access.service
import ui.shell.people
from app.bootstrap import Desk, open_vault
from app.features.access.commands import AddPerson, OpenInEmergency
from app.features.access.model import State
from app.kernel.ids import PersonId
from app.kernel.nouns import Role
from app.vault.sealing import floor
from shared_desk import seated
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.dialogs import Sheet
from ui.kit.widgets.headings import Words
from ui.shell.people import AddSheet, FirstPassphraseSheet, PeoplePage, RemoveSheet, RoleSheet
from ui.shell.today import TodayPage
from ui.shell.window import DeskWindow
from vaults import new_desk

Opened = Callable[[Desk], DeskWindow]


@pytest.fixture(autouse=True)
def quick_to_stretch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.features.access.service, "tuned", floor)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return new_desk(tmp_path)


def add(desk: Desk, name: str, role: Role = Role.NURSE, *, keeper: bool = False) -> PersonId:
    return desk.access.add_person(AddPerson(name, role, "", keeper), floor()).person


def people(window: DeskWindow) -> PeoplePage:
    window.go("people")
    rest(window)
    page = window.page("people")
    assert isinstance(page, PeoplePage)
    return page


def rest(window: DeskWindow) -> None:
    for _ in range(4):
        wait_until(window.tasks.idle)
        settle()


def words_on(widget: QWidget) -> str:
    return "\n".join(each.text() for each in widget.findChildren(Words) if each.isVisible())


def button(widget: QWidget, name: str) -> Button:
    found = [
        each
        for each in widget.findChildren(Button)
        if each.isVisible() and name in (each.accessibleName(), each.text())
    ]
    assert len(found) == 1, f"{name}: {len(found)}"
    return found[0]


def answered(monkeypatch: pytest.MonkeyPatch, *, yes: bool) -> list[str]:
    asked: list[str] = []

    def ask(_parent: QWidget, title: str, *_more: str) -> bool:
        asked.append(title)
        return yes

    monkeypatch.setattr(ui.shell.people, "ask", ask)
    return asked


@pytest.fixture
def sheets(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Callable[[Sheet], None]]]:
    """Answer each sheet that comes up by the next of the functions put here."""
    steps: list[Callable[[Sheet], None]] = []

    def run(sheet: Sheet) -> int:
        sheet.show()
        settle()
        steps.pop(0)(sheet)
        result = sheet.result()
        sheet.hide()
        return result

    monkeypatch.setattr(Sheet, "exec", run)
    yield steps
    assert not steps, "a sheet that was expected did not come up"


def test_alone_one_is_the_keeper_and_may_add_someone(desk: Desk, opened: Opened) -> None:
    page = people(opened(desk))
    assert "1 person is on this vault" in page.about.text()
    assert page.add.isVisible()
    assert page.add.hasFocus()
    said = words_on(page)
    assert "Ana Núñez" in said
    assert "The recovery sheet has never been used" in said


def test_someone_is_added_and_their_first_passphrase_is_shown_once(
    desk: Desk, opened: Opened, sheets: list[Callable[[Sheet], None]], tmp_path: Path
) -> None:
    window = opened(desk)
    page = people(window)
    shown: list[str] = []

    def fill(sheet: Sheet) -> None:
        assert isinstance(sheet, AddSheet)
        sheet.go.click()  # without a name
        wait_until(window.tasks.idle)
        settle()
        assert sheet.form.field("name").refused
        sheet._name.setText("Ben Okafor")
        sheet._role.set_value(Role.NURSE)
        sheet.go.click()
        wait_until(window.tasks.idle)

    def hand_over(sheet: Sheet) -> None:
        assert isinstance(sheet, FirstPassphraseSheet)
        assert sheet.windowTitle() == "A first passphrase"  # no name for the task bar
        assert not clipped(sheet)
        assert not nameless(sheet)
        shown.append(sheet._words)
        sheet.accept()

    sheets += [fill, hand_over]
    page.add.click()
    rest(window)
    assert "Ben Okafor" in words_on(page)
    assert "2 people are on this vault" in page.about.text()
    window.flush()
    window.tasks.close()
    desk.close()
    theirs = open_vault(desk.folder.path, shown[0], desk.seat.device)
    assert theirs.must_change_passphrase
    theirs.close()


def test_a_person_who_is_no_keeper_sees_who_is_here_and_changes_nothing(
    desk: Desk, opened: Opened
) -> None:
    ben = add(desk, "Ben Okafor")
    with seated(desk, ben):
        page = people(opened(desk))
        assert "Ana Núñez" in words_on(page)
        assert "A keeper of the vault adds and removes people." in page.about.text()
        assert not page.add.isVisible()
        assert not [each for each in page.findChildren(Button) if each.isVisible()]


def test_suspending_asks_first_and_reinstating_gives_a_new_first_passphrase(
    desk: Desk,
    opened: Opened,
    sheets: list[Callable[[Sheet], None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ben = add(desk, "Ben Okafor")
    window = opened(desk)
    page = people(window)
    answered(monkeypatch, yes=False)
    button(page, "Suspend Ben Okafor").click()
    rest(window)
    assert desk.access.people()[1].member.state is State.ACTIVE
    asked = answered(monkeypatch, yes=True)
    button(page, "Suspend Ben Okafor").click()
    rest(window)
    assert len(asked) == 1
    assert desk.access.people()[1].member.state is State.SUSPENDED
    assert "Has no way in." in words_on(page)
    sheets.append(lambda sheet: sheet.accept())
    button(page, "Reinstate Ben Okafor").click()
    rest(window)
    standing = desk.access.people()[1]
    assert (standing.member.id, standing.member.state) == (ben, State.ACTIVE)
    assert standing.first_passphrase


def test_someone_is_made_a_keeper_and_undo_takes_it_back(desk: Desk, opened: Opened) -> None:
    add(desk, "Ben Okafor")
    window = opened(desk)
    page = people(window)
    button(page, "Make Ben Okafor a keeper").click()
    rest(window)
    assert desk.access.people()[1].member.keeper
    assert button(page, "Ben Okafor keeps the vault no more").isVisible()
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    rest(window)
    assert not desk.access.people()[1].member.keeper


def test_a_keeper_gives_another_role(
    desk: Desk, opened: Opened, sheets: list[Callable[[Sheet], None]]
) -> None:
    add(desk, "Ben Okafor", Role.NURSE)
    window = opened(desk)
    page = people(window)

    def choose(sheet: Sheet) -> None:
        assert isinstance(sheet, RoleSheet)
        sheet.role.set_value(Role.PSYCHOLOGIST)
        sheet.go.click()
        wait_until(window.tasks.idle)
        settle()

    sheets.append(choose)
    button(page, "Change the role of Ben Okafor").click()
    rest(window)
    assert desk.access.people()[1].member.role is Role.PSYCHOLOGIST
    assert "Psychologist" in words_on(page)


def test_removing_says_what_it_does_and_leads_to_the_new_sheet(
    desk: Desk, opened: Opened, sheets: list[Callable[[Sheet], None]]
) -> None:
    add(desk, "Ben Okafor")
    desk.backups.make()
    window = opened(desk)
    made: list[tuple[str, ...]] = []
    window.words_made.connect(made.append)
    page = people(window)
    told: list[str] = []

    def keep(sheet: Sheet) -> None:
        assert isinstance(sheet, RemoveSheet)
        focused = sheet.focusWidget()
        assert isinstance(focused, Button)
        assert focused.text() == "Leave them as they are"
        sheet.reject()

    def agree(sheet: Sheet) -> None:
        told.append(words_on(sheet))
        button(sheet, "Remove them").click()

    def read(sheet: Sheet) -> None:
        told.append(words_on(sheet))
        sheet.accept()

    sheets.append(keep)
    button(page, "Remove Ben Okafor").click()
    rest(window)
    assert desk.access.people()[1].member.state is State.ACTIVE
    sheets += [agree, read]
    button(page, "Remove Ben Okafor").click()
    rest(window)
    assert desk.access.people()[1].member.state is State.REMOVED
    assert "The vault gets a new key" in told[0]
    assert "1 backup is still encrypted with the key of before" in told[1]
    assert len(made) == 1
    assert len(made[0]) == 15
    assert not page.busy.isVisible()


def test_an_emergency_stays_in_sight_until_a_keeper_takes_note(desk: Desk, opened: Opened) -> None:
    seat = desk.seat
    desk.access.open_in_emergency(OpenInEmergency("Dana Reyes", "Nobody could be reached"))
    desk.records.sit_down(seat)  # the keeper, later, with her passphrase
    window = opened(desk)
    rest(window)
    banner = window.marks.banner
    assert banner is not None
    assert banner.isVisible()
    assert "by Dana Reyes: Nobody could be reached." in banner.words.text()
    page = people(window)
    assert "Nobody could be reached" in words_on(page)
    assert not clipped(page)
    assert not nameless(page)
    assert not small_targets(page)
    button(page, "I have taken note").click()
    rest(window)
    assert window.marks.isHidden()
    assert "Ana Núñez has taken note of it." in words_on(page)
    assert desk.access.emergencies()[0].seen_by == seat.person


def test_today_brings_an_emergency_before_everything_and_notes_it_with_one_key(
    desk: Desk, opened: Opened
) -> None:
    seat = desk.seat
    desk.access.open_in_emergency(OpenInEmergency("Dana Reyes", "Nobody could be reached"))
    desk.records.sit_down(seat)
    window = opened(desk)
    window.go("today")
    rest(window)
    page = window.page("today")
    assert isinstance(page, TodayPage)
    line = page._lines[0]
    assert line.id.startswith("emergency-")
    page.list.setFocus()
    QTest.keyClick(page.list, Qt.Key.Key_D)
    rest(window)
    assert desk.access.emergencies()[0].seen_by == seat.person
    assert not [each for each in page._lines if each.id.startswith("emergency-")]


def test_who_came_in_by_the_sheet_cannot_take_note_of_it(desk: Desk, opened: Opened) -> None:
    desk.access.open_in_emergency(OpenInEmergency("Dana Reyes", "Nobody could be reached"))
    window = opened(desk)
    page = people(window)
    assert window.marks.banner is not None
    assert "This vault is open with its recovery sheet" in window.marks.banner.words.text()
    assert "No keeper has taken note of it yet." in words_on(page)
    assert not [each for each in page.findChildren(Button) if each.text() == "I have taken note"]


def test_a_new_sheet_whose_words_were_never_typed_back_comes_up_on_today(
    desk: Desk, opened: Opened
) -> None:
    def lines() -> list[str]:
        window.go("today")
        rest(window)
        page = window.page("today")
        assert isinstance(page, TodayPage)
        page.arrive()
        rest(window)
        return [line.id for line in page._lines if line.id.startswith("sheet")]

    window = opened(desk)
    assert lines() == []
    words = desk.new_recovery_words()
    assert lines() == ["sheet-unproven"]
    desk.confirm_recovery(words, dict(enumerate(words, 1)))
    assert lines() == []
