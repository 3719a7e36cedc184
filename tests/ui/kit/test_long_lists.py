"""Tables and lists: paged and sorted by their source, quick and spoken."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from walk import name_of

from ui.kit.widgets.lists import CardList, Entry, TimelineList
from ui.kit.widgets.pages import KEPT, PAGE
from ui.kit.widgets.tables import Column, PagedModel, PagedTable

Show = Callable[..., Any]
COLUMNS = (
    Column("name", "Student", lambda row: f"Student {row}", 200, stretch=True, strong=True),
    Column("minutes", "Minutes", lambda row: str(row * 5), 90, end=True),
    Column(
        "tier", "Tier", lambda _row: "Tier 2", 90, sort=False, chips=lambda _r: [("Tier 2", "warn")]
    ),
)


class Source:
    """A source of numbers that answers when it is told to."""

    def __init__(self, total: int, *, at_once: bool = True) -> None:
        self.total = total
        self.at_once = at_once
        self.asked: list[tuple[int, int, str, bool]] = []
        self.waiting: list[Callable[[], None]] = []

    def __call__(
        self,
        offset: int,
        limit: int,
        sort: str,
        descending: bool,
        answer: Callable[[int, Sequence[Any]], None],
    ) -> None:
        self.asked.append((offset, limit, sort, descending))
        rows = range(offset, min(offset + limit, self.total))
        if descending:
            rows = range(self.total - 1 - offset, max(-1, self.total - 1 - offset - limit), -1)
        total = self.total

        def tell() -> None:
            answer(total, list(rows))

        if self.at_once:
            tell()
        else:
            self.waiting.append(tell)


def table(source: Source, show: Show, **kind: Any) -> PagedTable:
    model = PagedModel(COLUMNS, source)
    made = PagedTable(model, "Students", **kind)
    show(made, 600, 400)
    model.reload()
    return made


def test_a_table_asks_for_a_page_when_it_is_seen_and_forgets_what_is_far(show: Show) -> None:
    source = Source(50_000)
    shown = table(source, show)
    model = shown.rows_model()
    assert model.rowCount() == 50_000
    assert source.asked == [(0, PAGE, "", False)]
    for page in range(40):
        shown.go_to(page * 1000)
        shown.grab()
    assert model.held() <= PAGE * KEPT
    assert len(source.asked) < 120
    assert model.data(model.index(39_000, 0)) == "Student 39000"


def test_a_row_on_its_way_is_spoken_as_loading(show: Show) -> None:
    source = Source(1000, at_once=False)
    shown = table(source, show)
    model = shown.rows_model()
    assert model.rowCount() == 0
    source.waiting.pop()()
    assert model.rowCount() == 1000
    far = model.index(900, 0)
    assert model.data(far) == ""
    assert model.data(far, Qt.ItemDataRole.AccessibleTextRole) == "Loading"
    shown.grab()
    for tell in source.waiting:
        tell()
    assert model.data(far) == "Student 900"
    assert model.data(far, Qt.ItemDataRole.AccessibleTextRole) == "Student: Student 900"


def test_the_header_asks_the_source_to_sort_and_turns_round(show: Show) -> None:
    source = Source(500)
    shown = table(source, show)
    header = shown.horizontalHeader()

    def click(column: int) -> None:
        x = header.sectionViewportPosition(column) + 10
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, 10))

    click(0)
    assert source.asked[-1] == (0, PAGE, "name", False)
    click(0)
    assert source.asked[-1] == (0, PAGE, "name", True)
    model = shown.rows_model()
    assert model.data(model.index(0, 0)) == "Student 499"
    before = len(source.asked)
    click(2)
    assert len(source.asked) == before


def test_an_answer_to_a_question_since_replaced_is_dropped(show: Show) -> None:
    source = Source(300, at_once=False)
    shown = table(source, show)
    model = shown.rows_model()
    late = source.waiting.pop()
    model.set_sort("name", descending=True)
    model.reload()
    source.waiting.pop()()
    late()
    assert model.data(model.index(0, 0)) == "Student 299"


def test_rows_are_28_or_40_pixels_and_grow_with_the_text(show: Show, scale: float) -> None:
    scanned = table(Source(10), show)
    touched = table(Source(10), show, touch=True)
    assert scanned.rowHeight(0) == round(28 * scale)
    assert touched.rowHeight(0) == round(40 * scale)


def test_enter_opens_a_row_and_home_and_end_go_to_the_ends(show: Show) -> None:
    shown = table(Source(700), show)
    opened: list[object] = []
    shown.opened.connect(opened.append)
    shown.setFocus()
    assert shown.currentIndex().row() == 0
    QTest.keyClick(shown, Qt.Key.Key_End)
    assert shown.currentIndex().row() == 699
    QTest.keyClick(shown, Qt.Key.Key_Return)
    QTest.keyClick(shown, Qt.Key.Key_Home)
    QTest.keyClick(shown, Qt.Key.Key_Return)
    assert opened == [699, 0]


def test_a_reload_keeps_the_place(show: Show) -> None:
    source = Source(5000)
    shown = table(source, show)
    shown.go_to(3000)
    scroll = shown.verticalScrollBar().value()
    source.total = 4999
    shown.rows_model().reload()
    assert shown.currentIndex().row() == 3000
    assert shown.verticalScrollBar().value() == scroll


def entries(count: int) -> list[Entry]:
    return [
        Entry(str(n), f"Session {n}", "SOAP", "12 Mar 2027", chips=(("Signed", "good"),),
              detail="What was said. " * 30)
        for n in range(count)
    ]  # fmt: skip


def test_an_entry_is_spoken_as_one_sentence(show: Show) -> None:
    line = TimelineList("Timeline")
    line.set_entries(entries(3))
    show(line)
    index = line.entries.index(1, 0)
    spoken = line.entries.data(index, Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Session 1; 12 Mar 2027; Signed; SOAP"
    assert name_of(line) == "Timeline"


def test_space_opens_an_entry_out_and_closes_it(show: Show) -> None:
    line = TimelineList("Timeline")
    line.set_entries(entries(20))
    show(line)
    line.setFocus()
    low = line.visualRect(line.entries.index(0, 0)).height()
    QTest.keyClick(line, Qt.Key.Key_Space)
    high = line.visualRect(line.entries.index(0, 0)).height()
    assert high > low
    QTest.keyClick(line, Qt.Key.Key_Space)
    assert line.visualRect(line.entries.index(0, 0)).height() == low


def test_a_list_keeps_to_its_entry_when_others_come(show: Show) -> None:
    line = CardList("Due")
    opened: list[str] = []
    line.opened.connect(lambda entry: opened.append(entry.id))
    line.set_entries(entries(10))
    show(line)
    line.go_to(4)
    line.set_entries([Entry("new", "Before all"), *entries(10)])
    assert line.entry() is not None
    assert line.entry().id == "4"
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert opened == ["4"]


def test_thousands_of_entries_are_paged(show: Show) -> None:
    asked: list[int] = []

    def fetch(
        offset: int, limit: int, _sort: str, _down: bool, answer: Callable[[int, Any], None]
    ) -> None:
        asked.append(offset)
        answer(20_000, [Entry(str(n), f"Session {n}") for n in range(offset, offset + limit)])

    line = TimelineList("Timeline")
    show(line)
    line.entries.set_source(fetch)
    line.grab()
    assert line.entries.total() == 20_000
    assert line.entries.held() <= PAGE * KEPT
    assert line.entries.entry(12_345) is not None
    assert line.entries.entry(12_345).id == "12345"
