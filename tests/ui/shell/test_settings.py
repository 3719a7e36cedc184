"""Every setting is saved where it belongs, and nothing typed beside it is lost."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from walk import settle, wait_until

import app.bootstrap
from app.bootstrap import Desk, open_vault
from app.features.district.commands import LeaveDistrict, LoadDistrictFile
from app.features.people.commands import ChangeSetting
from app.kernel import words
from app.kernel.errors import Refused
from app.kernel.nouns import Role
from app.vault.sealing import floor
from district_desk import WORDS, district_file
from shared_desk import seated, someone
from tests.ui.shell.conftest import leave
from ui.kit.widgets.editors import Choice
from ui.shell.settings import PassphraseSheet, SettingsPage
from ui.shell.window import DeskWindow
from vaults import PASSPHRASE, new_desk


@pytest.fixture
def page(standing: DeskWindow) -> SettingsPage:
    standing.go("settings")
    quiet(standing)
    page = standing.page("settings")
    assert isinstance(page, SettingsPage)
    return page


def quiet(window: DeskWindow) -> None:
    for _ in range(4):
        wait_until(window.tasks.idle)
        settle()


def kept(window: DeskWindow) -> dict[str, str]:
    return window.desk.people.settings(window.desk.seat.person)


def press(widget: QWidget, words: str) -> None:
    """Press the button with these words."""
    button = next(each for each in widget.findChildren(QPushButton) if each.text() == words)
    QTest.keyClick(button, Qt.Key.Key_Space)


def choose(editor: Choice, value: object) -> None:
    """Choose as the keyboard does."""
    editor.setFocus()
    places = [editor.itemData(place) for place in range(editor.count())]
    step = places.index(value) - editor.currentIndex()
    for _ in range(abs(step)):
        QTest.keyClick(editor, Qt.Key.Key_Down if step > 0 else Qt.Key.Key_Up)
    settle()


def test_it_opens_with_what_is_set(page: SettingsPage) -> None:
    assert page._name.text() == "Ana Núñez"
    assert page._role.value() == Role.COUNSELOR
    assert page._numbers["lock_minutes"].value() == 5
    assert page._paper.value() == "letter"
    assert page._place.text().endswith("test.casewell")


@pytest.mark.parametrize(
    ("name", "typed", "held"),
    [("lock_minutes", "12", "12"), ("minutes", "45", "45"), ("late_after_hours", "48", "48"),
     ("lock_minutes", "99", "9"), ("lock_minutes", "0", "1")],
)  # fmt: skip
def test_a_number_is_saved_when_one_leaves_it(
    standing: DeskWindow, page: SettingsPage, name: str, typed: str, held: str
) -> None:
    editor = page._numbers[name]
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, typed)
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    quiet(standing)
    assert kept(standing)[name] == held
    assert standing.settings[name] == held
    assert len(standing.notices.shown()) == 1


def test_enter_and_then_tab_save_a_number_once(standing: DeskWindow, page: SettingsPage) -> None:
    before = entries(standing)
    editor = page._numbers["minutes"]
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, "40")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    quiet(standing)
    assert kept(standing)["minutes"] == "40"
    assert entries(standing) == before + 1


def test_a_setting_is_taken_back(standing: DeskWindow, page: SettingsPage) -> None:
    choose(page._paper, "a4")
    quiet(standing)
    assert kept(standing)["paper"] == "a4"
    (notice,) = standing.notices.shown()
    notice.undo_button.click()
    quiet(standing)
    assert kept(standing)["paper"] == "letter"
    assert page._paper.value() == "letter"


def test_name_role_and_credentials_are_saved_together(
    standing: DeskWindow, page: SettingsPage
) -> None:
    page._name.setText("Ana Reyes")
    choose(page._role, Role.NURSE)
    page._credentials.setText("RN")
    press(page, "Save")
    quiet(standing)
    person = standing.desk.people.person(standing.desk.seat.person)
    assert (person.name, person.role, person.credentials) == ("Ana Reyes", Role.NURSE, "RN")


def test_no_name_is_refused_at_its_field(standing: DeskWindow, page: SettingsPage) -> None:
    page._name.clear()
    press(page, "Save")
    quiet(standing)
    assert page.you.field("name").refused
    assert page._name.hasFocus()
    assert standing.desk.people.person(standing.desk.seat.person).name == "Ana Núñez"


def test_what_is_typed_and_not_saved_yet_stays_while_something_else_is_set(
    standing: DeskWindow, page: SettingsPage
) -> None:
    page._name.setFocus()
    page._name.selectAll()
    QTest.keyClicks(page._name, "Ana Reyes")
    choose(page._paper, "a4")
    quiet(standing)
    assert page._name.text() == "Ana Reyes"
    standing.go("today")
    standing.go("settings")
    quiet(standing)
    assert page._name.text() == "Ana Reyes"
    press(page, "Save")
    quiet(standing)
    assert standing.desk.people.person(standing.desk.seat.person).name == "Ana Reyes"


def test_theme_and_text_size_are_this_computers_and_hold_at_once(
    standing: DeskWindow, page: SettingsPage
) -> None:
    asked: list[bool] = []
    standing.dress_asked.connect(lambda: asked.append(True))
    choose(page._theme, "dark")
    choose(page._scale, 1.35)
    assert standing.device.facts["theme"] == "dark"
    assert standing.device.facts["text_scale"] == 1.35
    assert asked
    assert "theme" not in kept(standing)


def test_another_language_is_saved_and_the_desk_made_anew(
    standing: DeskWindow, page: SettingsPage
) -> None:
    asked: list[bool] = []
    standing.rebuild_asked.connect(lambda: asked.append(True))
    other = next(code for code in words.LANGUAGES if code != words.language())
    choose(page._language, other)
    quiet(standing)
    assert kept(standing)["language"] == other
    assert standing.device.facts["language"] == other
    assert asked == [True]


@pytest.mark.parametrize("lock", ["0", "16", "never", ""])
def test_the_lock_can_never_be_off(standing: DeskWindow, lock: str) -> None:
    with pytest.raises(Refused) as refused:
        standing.desk.people.change_setting(ChangeSetting("lock_minutes", lock))
    assert refused.value.field == "lock_minutes"
    assert kept(standing)["lock_minutes"] == "5"


def test_a_district_lets_the_desk_stand_open_for_no_longer_than_it_says(
    standing: DeskWindow, page: SettingsPage
) -> None:
    data = district_file()
    standing.tasks.write(lambda: standing.desk.district.load(LoadDistrictFile(data, WORDS)))
    quiet(standing)
    editor = page._numbers["lock_minutes"]
    assert (editor.value(), editor.maximum()) == (3, 3)
    hints = page.work.field("lock_minutes").findChildren(QLabel)
    assert any("at most 3" in one.text() for one in hints)
    assert standing.settings["lock_minutes"] == "3"
    standing.tasks.write(lambda: standing.desk.district.leave(LeaveDistrict()))
    quiet(standing)
    assert (editor.value(), editor.maximum()) == (5, 15)
    assert standing.settings["lock_minutes"] == "5"


def test_a_verified_vault_is_said_to_be_whole(standing: DeskWindow, page: SettingsPage) -> None:
    page._verify()
    quiet(standing)
    assert page._verdict.text().endswith("The vault is whole.")
    assert page._verify_button.isEnabled()


def entries(window: DeskWindow) -> int:
    with window.desk.records.read() as reader:
        return int(reader.execute("SELECT count(*) FROM journal").fetchone()[0])


class TestThePassphrase:
    """Changing it asks for the old one and for the new one twice."""

    NEW = "eight copper kettles on a slow train"

    @pytest.fixture(autouse=True)
    def quickly(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(app.bootstrap, "tuned", floor)

    def enter(self, standing: DeskWindow, old: str, new: str, again: str) -> PassphraseSheet:
        """Type three passphrases into the sheet, and press Enter."""
        sheet = PassphraseSheet(standing, standing.page("settings"))
        sheet.open()
        for editor, text in ((sheet._old, old), (sheet._new, new), (sheet._again, again)):
            editor.setText(text)
        QTest.keyClick(sheet._again.line, Qt.Key.Key_Return)
        quiet(standing)
        return sheet

    def test_it_opens_the_vault_from_then_on(self, standing: DeskWindow) -> None:
        sheet = self.enter(standing, PASSPHRASE, self.NEW, self.NEW)
        assert not sheet.isVisible()
        desk = standing.desk
        leave(standing)
        with pytest.raises(Refused):
            open_vault(desk.folder.path, PASSPHRASE, desk.seat.device)
        open_vault(desk.folder.path, self.NEW, desk.seat.device).close()
        sheet.deleteLater()

    @pytest.mark.parametrize(
        ("old", "new", "again", "field"),
        [("not it, not it, not it", NEW, NEW, "old"), (PASSPHRASE, "short", "short", "passphrase"),
         (PASSPHRASE, NEW, NEW + "x", "again")],
    )  # fmt: skip
    def test_what_will_not_do_is_refused_at_its_field(
        self, standing: DeskWindow, old: str, new: str, again: str, field: str
    ) -> None:
        sheet = self.enter(standing, old, new, again)
        assert sheet.isVisible()
        assert [name for name in sheet.form.names() if sheet.form.field(name).refused] == [field]
        assert sheet._save.isEnabled()
        sheet.reject()
        sheet.deleteLater()
        settle()


def test_a_name_that_was_not_saved_is_there_again_after_a_lock(
    page: SettingsPage, standing: DeskWindow, opened: Callable[[Desk], DeskWindow]
) -> None:
    page._name.setText("Ana Reyes")
    page._credentials.setText("M.Ed.")
    leave(standing)
    vault = standing.desk.folder.path
    again = opened(open_vault(vault, PASSPHRASE, standing.desk.seat.device))
    again.go("settings")
    quiet(again)
    fresh = again.page("settings")
    assert isinstance(fresh, SettingsPage)
    assert (fresh._name.text(), fresh._credentials.text()) == ("Ana Reyes", "M.Ed.")
    assert again.desk.people.person(again.desk.seat.person).name == "Ana Núñez"
    press(fresh, "Save")
    quiet(again)
    assert again.desk.people.person(again.desk.seat.person).name == "Ana Reyes"
    assert again.desk.people.state(again.desk.seat.person)["settings:typed"] == ""


def test_on_a_shared_vault_a_role_is_the_keepers_to_change(
    standing: DeskWindow, opened: Callable[[Desk], DeskWindow]
) -> None:
    desk = standing.desk
    with seated(desk, someone(desk, Role.NURSE)):
        standing.go("settings")
        quiet(standing)
        page = standing.page("settings")
        assert isinstance(page, SettingsPage)
        assert not page._role.isEnabled()
        page._name.setText("Bo Lind")
        press(page, "Save")
        quiet(standing)
        assert desk.people.person(desk.seat.person).name == "Bo Lind"


def test_a_role_of_ones_own_makes_the_desk_anew(page: SettingsPage, standing: DeskWindow) -> None:
    asked: list[bool] = []
    standing.rebuild_asked.connect(lambda: asked.append(True))
    assert page._role.isEnabled()
    choose(page._role, Role.NURSE)
    press(page, "Save")
    quiet(standing)
    assert asked == [True]
    assert standing.desk.seat.role is Role.NURSE


def test_a_nurse_chooses_the_window_of_a_dose_and_the_rights_that_are_shown(
    tmp_path: Path, opened: Callable[[Desk], DeskWindow]
) -> None:
    window = opened(new_desk(tmp_path, Role.NURSE))
    window.go("settings")
    quiet(window)
    page = window.page("settings")
    assert isinstance(page, SettingsPage)
    assert {name: choice.value() for name, choice in page._offered.items()} == {
        "medication_window": "30",
        "medication_rights": "6",
    }
    choose(page._offered["medication_window"], "60")
    choose(page._offered["medication_rights"], "8")
    quiet(window)
    assert (kept(window)["medication_window"], kept(window)["medication_rights"]) == ("60", "8")


def test_whoever_gives_no_medication_is_not_asked_about_it(page: SettingsPage) -> None:
    assert page._offered == {}
    assert "medication_window" not in page.work.names()
