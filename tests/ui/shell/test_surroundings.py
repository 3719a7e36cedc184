"""What lies around a vault: told once on Today, listed in Settings, asked about before it is made."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from walk import clipped, settle, wait_until

import ui.shell.surroundings as shown
from app.vault.places import ThisDevice
from app.vault.surroundings import Answer, Observation, Question, Surroundings
from ui.shell.desk import Frame
from ui.shell.first_run import FirstRun
from ui.shell.settings import SettingsPage
from ui.shell.today import TodayPage
from ui.shell.window import DeskWindow
from vaults import PASSPHRASE

BAD = (
    Observation(Question.DISK_ENCRYPTED, Answer.NO),
    Observation(Question.SYNCED, Answer.YES, "Dropbox"),
    Observation(Question.NETWORK, Answer.NO),
    Observation(Question.REMOVABLE, Answer.UNTOLD),
    Observation(Question.OTHERS_READ, Answer.NO),
    Observation(Question.SWAP_ENCRYPTED, Answer.YES, "none"),
)


@pytest.fixture
def badly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every place be a bad one."""
    monkeypatch.setattr(shown, "look_around", lambda place: Surroundings(place, BAD))


def quiet(window: DeskWindow) -> None:
    for _ in range(4):
        wait_until(window.tasks.idle)
        settle()


def looked(window: DeskWindow) -> TodayPage:
    window.around.look(window.desk.folder.path)
    wait_until(lambda: window.around.last is not None)
    quiet(window)
    page = window.page("today")
    assert isinstance(page, TodayPage)
    return page


def ours(page: TodayPage) -> list[str]:
    return [line.title for line in page._lines if line.id == "around"]


def test_a_worry_stands_on_today_with_a_key_to_read_more_and_one_to_say_no_more(
    badly: None, standing: DeskWindow
) -> None:
    page = looked(standing)
    assert ours(page) == ["The disk of this computer is not encrypted"]
    (line,) = page._lines
    assert line.detail.startswith("And 1 more thing about this computer.")
    page.list.setFocus()
    page.list.go_to(0)
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    quiet(standing)
    assert standing.here == ("settings", "this-computer")
    standing.back()
    quiet(standing)
    page.list.go_to(0)
    QTest.keyClick(page.list, Qt.Key.Key_D)
    quiet(standing)
    assert ours(page) == []
    assert ThisDevice.here().facts["seen_around"] == {
        str(standing.desk.folder.path): ["disk-encrypted", "synced"]
    }
    standing.tasks.write(line.undo)
    quiet(standing)
    assert ours(page) != []


def test_a_dismissed_worry_stays_away_but_a_new_one_comes(
    badly: None, standing: DeskWindow
) -> None:
    looked(standing)
    place = standing.desk.folder.path
    device = standing.device
    some = Surroundings(place, BAD[:1])
    shown.dismiss(device, some)
    assert shown.unseen(device, some) == ()
    assert shown.unseen(device, Surroundings(place, BAD)) == (Question.SYNCED,)
    elsewhere = Surroundings(place.with_name("other.casewell"), BAD)
    assert len(shown.unseen(device, elsewhere)) == 2


def test_a_good_place_is_not_spoken_of(
    monkeypatch: pytest.MonkeyPatch, standing: DeskWindow
) -> None:
    good = (Observation(Question.DISK_ENCRYPTED, Answer.YES, "LUKS"),)
    monkeypatch.setattr(shown, "look_around", lambda place: Surroundings(place, good))
    assert ours(looked(standing)) == []


@pytest.mark.parametrize("scale", [1.0, 2.0], indirect=True)
def test_the_settings_list_each_question_with_its_answer_and_advice(
    badly: None, standing: DeskWindow, scale: float
) -> None:
    standing.go("settings", "this-computer")
    wait_until(lambda: standing.around.last is not None)
    quiet(standing)
    page = standing.page("settings")
    assert isinstance(page, SettingsPage)
    said = [label.text() for label in page.surroundings.findChildren(QLabel)]
    assert "The disk of the vault is encrypted: No" in said
    assert "The vault’s folder is copied by a sync service: Yes (Dropbox)" in said
    assert "The vault is on a stick or an external disk: Cannot be told" in said
    assert any(text.startswith("Work on one computer at a time") for text in said)
    assert QApplication.focusWidget() is page.surroundings.again
    assert clipped(page.surroundings) == []
    before = len(said)
    QTest.keyClick(page.surroundings.again, Qt.Key.Key_Space)
    wait_until(page.surroundings.again.isEnabled)
    quiet(standing)
    assert len(page.surroundings.findChildren(QLabel)) == before


@pytest.fixture
def frame(empty_home: Path, show: Callable[..., Any]) -> Iterator[Frame]:
    (empty_home / "Sync/.stfolder").mkdir(parents=True)
    frame = Frame(ThisDevice.here(), empty_home / "Sync/new.casewell")
    frame.begin()
    show(frame, 1280, 720)
    yield frame
    frame.close()


def test_a_vault_is_made_in_a_synced_folder_only_when_that_was_understood(frame: Frame) -> None:
    screen = frame.centralWidget()
    assert isinstance(screen, FirstRun)
    wait_until(lambda: screen._around.last is not None)
    settle()
    assert "a folder that Syncthing copies" in screen._warning.text()
    assert screen._warning.isVisible()
    assert screen.understood.isHidden()
    screen._name.setText("Ana")
    for editor in (screen._secret, screen._again):
        editor.setText(PASSPHRASE)
    screen._make.click()
    wait_until(lambda: not screen.understood.isHidden())
    assert "Syncthing copies this folder" in screen._trouble.text()
    assert not frame.vault.exists()
    wait_until(lambda: QApplication.focusWidget() is screen.understood)
    QTest.keyClick(screen.understood, Qt.Key.Key_Space)
    assert screen.understood.isChecked()
    screen._make.click()
    wait_until(lambda: frame.bay.is_open, 60)
    assert frame.vault.is_dir()


def test_the_part_that_was_asked_for_stands_at_the_top(badly: None, standing: DeskWindow) -> None:
    looked(standing)
    standing.go("settings", "this-computer")
    page = standing.page("settings")
    assert isinstance(page, SettingsPage)
    bar = page._scroll.verticalScrollBar()
    card = page._this_computer
    wait_until(lambda: bar.value() == min(card.y(), bar.maximum()) > 0)
    standing.go("today")
    standing.go("settings")
    quiet(standing)
    assert QApplication.focusWidget() is page._name
