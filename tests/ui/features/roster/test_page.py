"""The roster page on a real, encrypted vault, with the keyboard alone."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from context import FakeContext
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from walk import clipped, small_targets, wait_until, walk

from app.bootstrap import Desk
from app.kernel.errors import Refused
from app.kernel.ports import Progress
from tests.app.features.roster import samples
from tests.app.features.roster.samples import Files, changed, lines, zipped
from ui.features.roster.presenter.page import RosterPage
from ui.features.roster.view.home import IMPORTS, OFFERS
from ui.kit.widgets.lists import CardList, Entry
from vaults import new_desk

SAMPLE = Path(__file__).parents[3] / "data" / "rosters" / "oneroster-1.1-small.zip"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Return an opened desk whose vault holds no students."""
    made = new_desk(tmp_path, schools=())
    yield made
    made.close()


@pytest.fixture
def context(desk: Desk, show: Callable[..., QWidget]) -> Iterator[FakeContext]:
    """Return a window's worth of context; `show` must still stand when it ends."""
    made = FakeContext(desk)
    yield made
    made.end()


@pytest.fixture
def page(context: FakeContext, show: Callable[..., QWidget]) -> RosterPage:
    """Return the roster page in that window, shown at the size of a cheap laptop."""
    made = context.put(RosterPage)
    assert isinstance(made, RosterPage)
    show(context, 1080, 700)
    return made


def shown(page: RosterPage) -> QWidget | None:
    return page.stack.currentWidget()


def press(key: Qt.Key, times: int = 1, modifier: Qt.KeyboardModifier | None = None) -> None:
    """Press a key where the focus is."""
    for _ in range(times):
        target = QApplication.focusWidget()
        assert target is not None
        QTest.keyClick(target, key, modifier or Qt.KeyboardModifier.NoModifier)


def count(desk: Desk, sql: str = "SELECT count(*) FROM student") -> int:
    with desk.records.read() as reader:
        row = reader.execute(sql).fetchone()
    assert row is not None
    return int(row[0])


def listed(cards: CardList) -> list[Entry]:
    found = [cards.entries.entry(place) for place in range(cards.entries.total())]
    return [entry for entry in found if entry is not None]


def turn_to(page: RosterPage, tab: str) -> None:
    """Walk along the tabs of the outcome in sight with the arrow keys."""
    panel = page.preview if shown(page) is page.preview else page.report
    panel.lists.tabs.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(10):
        if panel.lists.tab == tab:
            return
        press(Qt.Key.Key_Right)
    raise AssertionError(tab)


def test_an_empty_page_teaches_what_can_be_brought_in(page: RosterPage) -> None:
    assert page.home.drop.file_button.hasFocus()
    assert page.home.drop.folder_button.isVisible()
    assert not page.home.lists.isVisible()
    assert walk(page) >= 2
    assert small_targets(page) == []
    assert clipped(page) == []


def test_a_roster_is_looked_at_imported_and_reported_with_the_keyboard(
    desk: Desk, context: FakeContext, page: RosterPage
) -> None:
    page.open(SAMPLE)
    context.settle()
    assert shown(page) is page.preview
    assert count(desk) == 0
    assert [entry.title for entry in listed(page.preview.lists.list)] == [
        "Jones, Mary",
        "Jones, mmichel",
        "Brown, Anna",
    ]
    turn_to(page, "not_understood")
    context.settle()
    first = listed(page.preview.lists.list)[0]
    assert first.title == "enrollments.csv, line 3"
    assert "Expected" in first.text
    assert walk(page) > 8

    press(Qt.Key.Key_Return, modifier=Qt.KeyboardModifier.ControlModifier)
    context.settle()
    assert shown(page) is page.report
    assert count(desk) == 3
    turn_to(page, "added")
    context.settle()
    page.report.lists.list.setFocus()
    press(Qt.Key.Key_Return)
    assert context.went[-1][0] == "student"

    press(Qt.Key.Key_Escape)
    context.settle()
    assert shown(page) is page.home
    assert page.home.lists.tab == IMPORTS
    assert "3 students added" in listed(page.home.lists.list)[0].text
    page.home.lists.list.setFocus()
    press(Qt.Key.Key_Return)
    context.settle()
    assert shown(page) is page.report


def test_going_back_from_the_preview_writes_nothing(
    desk: Desk, context: FakeContext, page: RosterPage
) -> None:
    page.open(SAMPLE)
    context.settle()
    press(Qt.Key.Key_Escape)
    context.settle()
    assert shown(page) is page.home
    assert (count(desk), count(desk, "SELECT count(*) FROM roster_import")) == (0, 0)


def test_a_file_that_cannot_be_used_leaves_one_where_one_was(
    context: FakeContext, page: RosterPage, tmp_path: Path
) -> None:
    broken = tmp_path / "roster.csv"
    broken.write_text("<html>Sign in</html>", encoding="utf-8")
    page.open(broken)
    context.settle()
    assert shown(page) is page.home
    assert [str(error) for error in context.errors] == ["roster-web-page"]


def test_a_file_may_be_dropped_on_the_page(context: FakeContext, page: RosterPage) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(SAMPLE))])
    drop = page.home.drop
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(drop.rect().center(), Qt.DropAction.CopyAction, data, buttons, keys)
    drop.dragEnterEvent(enter)
    assert enter.isAccepted()
    drop.dropEvent(
        QDropEvent(QPointF(drop.rect().center()), Qt.DropAction.CopyAction, data, buttons, keys)
    )
    context.settle()
    assert shown(page) is page.preview


def test_the_columns_of_a_table_are_asked_for_once(
    desk: Desk, context: FakeContext, page: RosterPage, tmp_path: Path
) -> None:
    club = tmp_path / "club.csv"
    club.write_text(
        lines(
            "Pupil,Grade,Born,Building",
            '"Núñez, Ana",9,05/13/2011,Alder High',
            '"Li, Bo",7,02/04/2013,Birch Middle',
        ),
        encoding="utf-8",
    )
    page.open(club)
    context.settle()
    assert shown(page) is page.mapping
    assert walk(page) >= 8
    assert clipped(page) == []
    columns = {name: page.mapping.form.field(name) for name in page.mapping.form.names()}
    assert columns["column_0"].label.text() == "Pupil"
    page.mapping.focus()
    press(Qt.Key.Key_Home)  # the first choice: not read, so that there is no name
    press(Qt.Key.Key_Return, modifier=Qt.KeyboardModifier.ControlModifier)
    context.settle()
    assert shown(page) is page.mapping
    assert context.errors == []
    page.mapping.form.field("column_0").editor.set_value("full_name")  # type: ignore[attr-defined]
    page.mapping.focus()
    press(Qt.Key.Key_Return, modifier=Qt.KeyboardModifier.ControlModifier)
    context.settle()
    assert shown(page) is page.preview
    assert page.preview.columns_button.isVisible()
    press(Qt.Key.Key_Return, modifier=Qt.KeyboardModifier.ControlModifier)
    context.settle()
    assert count(desk) == 2

    page.open(club)
    context.settle()
    assert shown(page) is page.preview
    page.preview.columns_button.click()
    context.settle()
    assert shown(page) is page.mapping
    assert page.mapping.form.field("column_0").editor.value() == "full_name"  # type: ignore[attr-defined]


def test_an_offered_value_is_taken_or_kept_with_one_key_and_taken_back(
    desk: Desk, context: FakeContext, page: RosterPage, tmp_path: Path
) -> None:
    files: Files = samples.oneroster_1_1()
    page.open(zipped(tmp_path / "one.zip", files))
    context.settle()
    page.preview.import_button.click()
    context.settle()
    with desk.records.transaction() as tx:
        tx.execute("UPDATE student SET phone = '555-010-7777' WHERE student_number = '1003'")
        tx.journal("ChangeStudent", "student", "x")
    page.open(
        zipped(tmp_path / "two.zip", changed(files, "users.csv", "555-010-1003", "555-010-9"))
    )
    context.settle()
    turn_to(page, "offers")
    context.settle()
    assert "555-010-7777" in listed(page.preview.lists.list)[0].text
    page.preview.import_button.click()
    context.settle()
    assert page.report.offers_button.isVisible()
    page.report.offers_button.click()
    context.settle()
    assert page.home.lists.tab == OFFERS

    phone = "SELECT count(*) FROM student WHERE phone = '555-010-9'"
    page.home.lists.list.setFocus()
    press(Qt.Key.Key_T)
    context.settle()
    assert count(desk, phone) == 1
    assert count(desk, "SELECT count(*) FROM roster_offer") == 0
    context.notices.undo_newest()
    context.settle()
    assert count(desk, phone) == 0
    page.home.lists.list.setFocus()
    press(Qt.Key.Key_K)
    context.settle()
    assert (count(desk, phone), count(desk, "SELECT count(*) FROM roster_offer")) == (0, 0)
    context.notices.clear()


def test_many_leaving_must_be_looked_at_twice(
    desk: Desk, context: FakeContext, page: RosterPage, tmp_path: Path
) -> None:
    head = str(samples.oneroster_1_1()["users.csv"]).splitlines()[0]
    rows = [f"m{n},,,true,s1,student,m{n},,Kid,Number{n},,{5000 + n},,,,,09," for n in range(60)]
    whole: Files = {
        "manifest.csv": samples.manifest(dict.fromkeys(("users", "orgs"), "bulk")),
        "orgs.csv": samples.oneroster_1_1()["orgs.csv"],
    }
    page.open(zipped(tmp_path / "full.zip", {**whole, "users.csv": lines(head, *rows)}))
    context.settle()
    page.preview.import_button.click()
    context.settle()
    page.open(zipped(tmp_path / "cut.zip", {**whole, "users.csv": lines(head, *rows[:20])}))
    context.settle()
    assert not page.preview.import_button.isEnabled()
    assert page.preview.allow.isVisible()
    press(Qt.Key.Key_Return, modifier=Qt.KeyboardModifier.ControlModifier)
    context.settle()
    assert count(desk, "SELECT count(*) FROM student WHERE standing = 'left'") == 0
    page.preview.allow.setFocus()
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Return, modifier=Qt.KeyboardModifier.ControlModifier)
    context.settle()
    assert count(desk, "SELECT count(*) FROM student WHERE standing = 'left'") == 40


def test_an_import_can_be_stopped_and_leaves_nothing(
    desk: Desk, context: FakeContext, page: RosterPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.open(SAMPLE)
    context.settle()
    reached, go_on = threading.Event(), threading.Event()
    bring = desk.roster.import_roster

    def slowly(command: object, progress: Progress) -> object:
        def halting(done: int, of: int) -> None:
            reached.set()
            go_on.wait(5)
            progress(done, of)

        return bring(command, halting)  # type: ignore[arg-type]

    monkeypatch.setattr(desk.roster, "import_roster", slowly)
    page.preview.import_button.click()
    assert reached.wait(5)
    wait_until(page.busy.isVisible)
    page.busy.button.click()
    go_on.set()
    context.settle()
    assert shown(page) is page.preview
    assert (count(desk), count(desk, "SELECT count(*) FROM roster_import")) == (0, 0)
    assert "Nothing was changed" in context.notices.shown()[0].words.text()
    context.notices.clear()


def test_after_a_lock_the_file_is_looked_at_again(
    desk: Desk, context: FakeContext, page: RosterPage
) -> None:
    page.open(SAMPLE)
    context.settle()
    state = page.state()
    again = RosterPage(context)
    context.pages.append(again)
    again.restore(state)
    context.settle()
    assert again.stack.currentWidget() is again.preview
    again.deleteLater()
    context.pages.remove(again)


def test_after_a_lock_the_chosen_columns_are_still_chosen(
    context: FakeContext, page: RosterPage, tmp_path: Path
) -> None:
    club = tmp_path / "club.csv"
    club.write_text(lines("Pupil,Year,Nick", '"Núñez, Ana",9,Annie'), encoding="utf-8")
    page.open(club)
    context.settle()
    page.mapping.form.field("column_2").editor.set_value("pronouns")  # type: ignore[attr-defined]
    state = page.state()
    page.restore({})
    page.mapping.left.emit()
    page.restore(state)
    context.settle()
    assert shown(page) is page.mapping
    assert page.mapping.form.field("column_2").editor.value() == "pronouns"  # type: ignore[attr-defined]


@pytest.mark.usefixtures("scale")
def test_nothing_is_cut_off_at_any_size_of_text(context: FakeContext, page: RosterPage) -> None:
    page.open(SAMPLE)
    context.settle()
    assert clipped(page) == []
    page.preview.import_button.click()
    context.settle()
    assert clipped(page) == []
    page.report.back_button.click()
    context.settle()
    assert clipped(page) == []
    assert page.minimumSizeHint().height() <= 700


def test_the_outcome_is_saved_as_a_spreadsheet_that_names_lines(
    desk: Desk,
    context: FakeContext,
    page: RosterPage,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page.open(SAMPLE)
    context.settle()
    press(Qt.Key.Key_Return, modifier=Qt.KeyboardModifier.ControlModifier)
    context.settle()
    suggested: list[str] = []
    chosen = [str(tmp_path / "rows"), "CSV (*.csv)"]

    def ask(_parent: object, _title: str, name: str, _kinds: str) -> tuple[str, ...]:
        suggested.append(name)
        return tuple(chosen)

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    assert walk(page) > 5
    page.report.save_button.click()
    context.settle()
    assert suggested == ["roster-import.xlsx"], "the name tells of nobody"
    table = (tmp_path / "rows.csv").read_text(encoding="utf-8-sig")
    assert '"Not read","enrollments.csv",3,' in table
    assert count(desk, "SELECT count(*) FROM journal WHERE what = 'SaveProblems'") == 1
    assert page.report.save_button.isEnabled()
    page.report.save_button.click()
    context.settle()
    said = context.errors[-1]
    assert isinstance(said, Refused)
    assert said.code == "file-exists", "the dialog did not ask about rows.csv"
    chosen[0] += ".csv"
    page.report.save_button.click()
    context.settle()
    assert count(desk, "SELECT count(*) FROM journal WHERE what = 'SaveProblems'") == 2
    assert clipped(page) == []
