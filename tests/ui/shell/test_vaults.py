"""Several vaults in one window: each opened on its own, none knows what is in another."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from walk import nameless, settle, small_targets, wait_until

import app.bootstrap
import ui.shell.bay
import ui.shell.desk
import ui.shell.relaunch
from app.bootstrap import Desk, open_vault
from app.features.people.commands import ChangeSetting
from app.kernel.errors import Trouble
from app.kernel.ids import DeviceId, new_id
from app.kernel.nouns import Role
from app.vault.places import ThisDevice
from sessions_desk import add_student
from ui.kit.idle import IdleWatch
from ui.kit.widgets.dialogs import Sheet
from ui.shell.desk import Frame
from ui.shell.find import commands_of
from ui.shell.first_run import FirstRun
from ui.shell.lock_screen import LockScreen
from ui.shell.vaults import MOST, Vaults
from ui.shell.window import DeskWindow
from vaults import PASSPHRASE, new_desk

pytestmark = pytest.mark.usefixtures("own_device")


@pytest.fixture
def own_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def counseling(tmp_path: Path) -> Path:
    desk = new_desk(tmp_path / "a", Role.COUNSELOR)
    add_student(desk, "Mateo", "Ocampo")
    desk.close()
    return desk.folder.path.rename(tmp_path / "counseling.casewell")


@pytest.fixture
def nursing(tmp_path: Path) -> Path:
    desk = new_desk(tmp_path / "b", Role.NURSE)
    add_student(desk, "Wilhelmina", "Zzyzx")
    desk.close()
    return desk.folder.path.rename(tmp_path / "nursing.casewell")


@pytest.fixture
def relaunched(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    lines: list[list[str]] = []
    monkeypatch.setattr(ui.shell.relaunch, "relaunch", lines.append)
    return lines


@pytest.fixture
def frame(
    counseling: Path, nursing: Path, show: Callable[..., Any], relaunched: list[list[str]]
) -> Iterator[Frame]:
    """Return the window with both vaults open; the counselor's was opened first."""
    frame = Frame(ThisDevice.here(), counseling)
    frame.begin()
    show(frame, 1280, 720)
    unlock(frame)
    frame.go_to(nursing)
    unlock(frame)
    yield frame
    frame.close()


def unlock(frame: Frame, passphrase: str = PASSPHRASE) -> DeskWindow:
    """Type the passphrase on the card in front."""
    settle()
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClicks(focus, passphrase)
    QTest.keyClick(focus, Qt.Key.Key_Return)
    wait_until(lambda: frame.desk_window is not None)
    rest(frame)
    window = frame.desk_window
    assert window is not None
    return window


def rest(frame: Frame) -> None:
    for _ in range(4):
        for bay in frame.bays:
            wait_until(bay.tasks.idle)
        settle()


def front(frame: Frame) -> QWidget:
    screen = frame.centralWidget()
    assert screen is not None
    return screen


def is_let_go(vault: Path) -> bool:
    open_vault(vault, PASSPHRASE, DeviceId(new_id())).close()
    return True


def press(frame: Frame, keys: str) -> None:
    frame.activateWindow()
    settle()
    QTest.keySequence(frame, QKeySequence(keys))
    rest(frame)


def test_each_vault_is_opened_on_its_own_and_the_first_stays_open(
    frame: Frame, counseling: Path, nursing: Path
) -> None:
    first, second = frame.bays
    assert (first.vault, second.vault) == (counseling, nursing)
    assert first.is_open
    assert second.is_open
    assert frame.bay is second
    assert front(frame) is second.desk_window
    assert first.tasks is not second.tasks
    assert first.desk_window.desk is not second.desk_window.desk  # type: ignore[union-attr]


def test_keys_go_from_one_to_the_other_and_the_focus_is_where_it_was(frame: Frame) -> None:
    first, second = frame.bays
    press(frame, "Ctrl+Shift+1")
    assert frame.bay is first
    assert front(frame) is first.desk_window
    assert front(frame).isVisible()
    frame.desk_window.go("caseload")  # type: ignore[union-attr]
    rest(frame)
    stood = frame.focusWidget()
    press(frame, "Ctrl+Shift+2")
    assert frame.bay is second
    assert second.desk_window is not None
    assert second.desk_window.here[0] == "today"
    press(frame, "Ctrl+Shift+1")
    assert frame.focusWidget() is stood
    assert first.desk_window is not None
    assert first.desk_window.here[0] == "caseload"


def test_the_switcher_lists_what_is_open_and_what_is_known(frame: Frame, tmp_path: Path) -> None:
    frame.vaults.remember(tmp_path / "third.casewell")
    window = frame.desk_window
    assert window is not None
    item = window.navigation.vault
    assert item is not None
    assert item.text() == "nursing"
    item._fill()
    shown = [(action.text(), action.isEnabled()) for action in item.menu.actions() if action.text()]
    assert shown == [
        ("counseling", True),
        ("nursing", False),
        ("third (locked)", True),
        ("Open another vault …", True),
        ("Make another vault …", True),
    ]
    assert not nameless(window.navigation)
    assert not small_targets(window.navigation)
    item.menu.actions()[0].trigger()
    rest(frame)
    assert frame.bay is frame.bays[0]


def test_the_palette_leads_to_the_other_vault_and_finds_nobody_in_it(frame: Frame) -> None:
    first, second = frame.bays
    assert second.desk_window is not None
    titles = [command.title for command in commands_of(second.desk_window)]
    assert "Go to the vault “counseling”" in titles
    assert "Go to the vault “nursing”" not in titles
    found = {}
    for name, bay in (("counseling", first), ("nursing", second)):
        window = bay.desk_window
        assert window is not None
        frame.bring(bay)
        rest(frame)
        window.open_palette()
        palette = window._palette
        assert palette is not None
        found[name] = set()
        for typed in ("Mateo", "Wilhelmina"):
            palette.line.setText(typed)
            wait_until(lambda palette=palette: not palette._pause.isActive())
            rest(frame)
            listed = [each for each in palette.shown() if each.id != "search-notes"]
            found[name] |= {command.title for command in listed}
        palette.leave()
    said = {name: " ".join(titles) for name, titles in found.items()}
    assert "Mateo" in said["counseling"]
    assert "Mateo" not in said["nursing"]
    assert "Wilhelmina" in said["nursing"]
    assert "Wilhelmina" not in said["counseling"]


def test_notices_undo_and_changes_stay_in_their_vault(frame: Frame) -> None:
    first, second = frame.bays
    here, there = second.desk_window, first.desk_window
    assert here is not None
    assert there is not None
    undone: list[str] = []
    here.notices.say("Done: something of the nurse's", undo=lambda: undone.append("nurse"))
    heard: list[object] = []
    there.tasks.changed.connect(heard.append)
    here.tasks.write(lambda: here.desk.people.change_setting(ChangeSetting("minutes", "45")))
    rest(frame)
    assert heard == []
    assert there.settings["minutes"] == "30"
    press(frame, "Ctrl+Shift+1")
    press(frame, "Ctrl+Z")
    assert undone == []
    assert not here.notices.isVisible()
    press(frame, "Ctrl+Shift+2")
    press(frame, "Ctrl+Z")
    assert undone == ["nurse"]


def test_a_trouble_of_the_vault_behind_is_said_when_it_comes_to_the_front(
    frame: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(Sheet, "exec", lambda sheet: shown.append(sheet.text.text()))
    first = frame.bays[0]
    assert first.desk_window is not None

    def full() -> None:
        raise Trouble("disk-full")

    first.tasks.write(full)
    rest(frame)
    assert shown == []
    frame.bring(first)
    rest(frame)
    assert len(shown) == 1


def test_the_card_beside_an_open_vault_leads_back_with_esc(
    frame: Frame, tmp_path: Path, relaunched: list[list[str]]
) -> None:
    third = new_desk(tmp_path / "c")
    third.close()
    frame.go_to(third.folder.path)
    rest(frame)
    card = front(frame)
    assert isinstance(card, LockScreen)
    assert len(frame.bays) == 3
    settle()
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, Qt.Key.Key_Escape)
    rest(frame)
    assert frame.vault.stem == "nursing"
    assert len(frame.bays) == 2
    assert is_let_go(third.folder.path)


def test_a_wrong_passphrase_of_one_closes_nothing_of_the_other(
    frame: Frame, tmp_path: Path
) -> None:
    third = new_desk(tmp_path / "c")
    third.close()
    frame.go_to(third.folder.path)
    rest(frame)
    frame.open_vault("not the passphrase at all")
    rest(frame)
    card = front(frame)
    assert isinstance(card, LockScreen)
    assert card.field.refused
    assert all(bay.is_open for bay in frame.bays[:2])


def test_a_vault_that_is_gone_is_told_of_and_listed_no_longer(
    frame: Frame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(Sheet, "exec", lambda sheet: told.append(sheet.text.text()))
    gone = tmp_path / "gone.casewell"
    frame.vaults.remember(gone)
    frame.go_to(gone)
    assert len(told) == 1
    assert gone not in [entry.path for entry in frame.vaults.entries()]
    assert frame.vault.stem == "nursing"


def test_another_vault_is_made_beside_the_open_ones(frame: Frame) -> None:
    frame.vaults.new_asked.emit()
    rest(frame)
    screen = front(frame)
    assert isinstance(screen, FirstRun)
    assert screen._leave.isVisible()
    screen._leave.click()
    rest(frame)
    assert frame.desk_window is not None


def test_the_curtain_keeps_the_other_vault_from_coming_up(frame: Frame) -> None:
    window = frame.desk_window
    assert window is not None
    window.draw_curtain()
    frame.bring(frame.bays[0])
    assert frame.bay is frame.bays[1]


def test_a_lock_locks_all_and_the_next_start_asks_for_the_last_and_offers_the_other(
    frame: Frame, counseling: Path, nursing: Path, relaunched: list[list[str]]
) -> None:
    frame.bring(frame.bays[0])
    press(frame, "Ctrl+L")
    assert [line[-1] for line in relaunched] == [str(counseling)]
    assert is_let_go(counseling)
    assert is_let_go(nursing)
    assert not [each for each in threading.enumerate() if each.name.startswith("casewell-w")]
    fresh = Frame(ThisDevice.here(), counseling, locked=True)
    fresh.begin()
    card = front(fresh)
    assert isinstance(card, LockScreen)
    assert [known.text() for known in card._known] == ["Open the vault “nursing”"]
    card._known[0].click()
    assert fresh.vault == nursing
    assert len(fresh.bays) == 1
    fresh.close()
    fresh.deleteLater()


def test_the_vault_behind_locks_both_when_its_person_is_away(
    frame: Frame, relaunched: list[list[str]]
) -> None:
    behind = frame.bays[0].desk_window
    assert behind is not None
    (watch,) = behind.findChildren(IdleWatch)
    watch.idle.emit()
    assert len(relaunched) == 1


@pytest.mark.parametrize("front_one", [0, 1])
def test_a_card_in_front_locks_the_open_vaults_with_the_panic_key(
    frame: Frame, tmp_path: Path, relaunched: list[list[str]], front_one: int
) -> None:
    third = new_desk(tmp_path / "c")
    third.close()
    frame.bring(frame.bays[front_one])
    last = frame.vault
    frame.go_to(third.folder.path)
    press(frame, "F12")
    assert [line[-1] for line in relaunched] == [str(last)]


def test_closing_backs_up_and_closes_each_of_them(
    frame: Frame, counseling: Path, nursing: Path
) -> None:
    desks: list[Desk] = [bay.desk_window.desk for bay in frame.bays]  # type: ignore[union-attr]
    frame.close()
    for desk, vault in zip(desks, (counseling, nursing), strict=True):
        assert is_let_go(vault)
        assert desk.folder.path == vault
        assert list(vault.parent.glob(f"{vault.stem}*backups*/*")), vault


def test_one_that_fails_to_save_keeps_no_other_from_closing(
    frame: Frame, nursing: Path, relaunched: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(frame.bays[0].desk_window, "flush", fall)
    with pytest.raises(ZeroDivisionError):
        frame.lock()
    assert is_let_go(nursing)
    assert len(relaunched) == 1


def test_a_vault_that_opens_while_the_window_closes_is_closed_again(
    counseling: Path, show: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go = threading.Event(), threading.Event()
    real = app.bootstrap.open_vault

    def slow(*place: Any, **options: Any) -> Desk:
        begun.set()
        assert go.wait(10)
        return real(*place, **options)

    monkeypatch.setattr(app.bootstrap, "open_vault", slow)
    frame = Frame(ThisDevice.here(), counseling)
    frame.begin()
    show(frame, 1280, 720)
    frame.open_vault(PASSPHRASE)
    assert begun.wait(10)
    threading.Timer(0.2, go.set).start()
    frame.close()
    settle()
    monkeypatch.undo()
    assert frame.desk_window is None
    assert is_let_go(counseling)


def test_paths_alone_are_kept_on_the_computer(frame: Frame) -> None:
    text = ThisDevice.here().path.read_text()
    assert "nursing.casewell" in text
    for word in ("Ana", "Mateo", "Ocampo", "Wilhelmina", "counselor"):
        assert word not in text


def test_the_list_of_known_vaults_is_short_and_tells_twins_apart(tmp_path: Path) -> None:
    vaults = Vaults(ThisDevice.here())
    for number in range(MOST + 3):
        vaults.remember(tmp_path / f"{number}" / f"v{number}.casewell")
    entries = vaults.entries()
    assert len(entries) == MOST
    assert entries[-1].keys == f"Ctrl+Shift+{MOST}"
    vaults.remember(tmp_path / "x" / "v11.casewell")
    names = [entry.name for entry in vaults.entries()]
    assert {"v11 (11)", "v11 (x)"} <= set(names)
