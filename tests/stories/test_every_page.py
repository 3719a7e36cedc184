"""Every page of the desk, full and empty: names, room, words, direction and the way of Tab."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QScrollArea,
    QTableView,
    QWidget,
)
from walk import clipped, controls, name_of, nameless, small_targets, wait_until

from app.bootstrap import Desk, open_vault
from app.demo import DemoOptions, ensure_demo
from app.features.medication.commands import WritePlan
from app.features.medication.model.nursing import PlanKind
from app.kernel import words
from app.kernel.ids import DeviceId, StudentId, new_id
from app.kernel.nouns import Role
from app.vault.places import ThisDevice
from pseudo import Pseudo
from ui.kit.dates import shown_date
from ui.kit.privacy import PrivacyCurtain
from ui.kit.tasks import Tasks
from ui.kit.widgets.headings import KeyHint
from ui.shell import rooms
from ui.shell.window import DeskWindow
from vaults import PASSPHRASE, new_desk

pytestmark = pytest.mark.gui

WIDTH, HEIGHT = 1280, 720
HEALTH_OFFICE = frozenset(
    {
        "board", "orders", "order", "dose", "stock", "container", "month", "incidents",
        "incident", "visits", "visit", "health-plans", "delegations", "trips", "trip", "downtime", "papers",
    }
)  # fmt: skip
Stop = tuple[str, str]
Look = Callable[[DeskWindow], list[str]]


class Seat:
    """The desk's window on a vault, in the size of a cheap laptop's screen."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.tasks = Tasks()
        self.frame = QMainWindow()
        self.frame.resize(WIDTH, HEIGHT)
        self.window = DeskWindow(desk, self.tasks, ThisDevice.here())
        self.frame.setCentralWidget(self.window)
        self.window.begin()
        self.frame.show()
        self.frame.activateWindow()
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is under way and all is laid out."""
        for _ in range(4):
            wait_until(self.tasks.idle)
            QCoreApplication.processEvents()

    def go(self, page: str, subject: str = "") -> None:
        """Show a page, and wait until it is filled."""
        self.window.go(page, subject)
        self.settle()

    def stops(self) -> list[Stop]:
        """Return every page, with a subject where it needs one and there is one."""
        with self.desk.records.read() as reader:
            note = reader.execute("SELECT student_id, id FROM session_note LIMIT 1").fetchone()
        about = {}
        if note is not None:
            student = str(note[0])
            about = {
                "student": student,
                "signed": str(note[1]),
                "note": f"new:{student}",
                "summary": student,
                "looks": student,
                "around": student,
                "student-minutes": student,
                "medicaid": student,
                "screening-entry": f"student:{student}",
                "consultation-draft": f"student:{student}",
                "sole": "new:",
                **self._room(),
            }
        return [(name, about.get(name, "")) for name in rooms.pages()]

    def _room(self) -> dict[str, str]:
        """Return what the pages of the health office are about, where it has anything."""
        tables = {
            "order": "medication_order",
            "dose": "dose",
            "container": "container",
            "incident": "incident",
            "visit": "visit",
            "trip": "trip",
            "concern": "concern",
            "consent": "consent",
            "parcel": "outbox_parcel",
            "destination": "destination",
            "group": "student_group",
            "group-session": "group_draft",
            "group-signed": "group_session",
            "consultation": "consultation",
            "plan": "care_plan",
            "plan-draft": "plan_draft",
            "screening": "screening",
            "risk": "risk",
        }
        found = {}
        with self.desk.records.read() as reader:
            for page, table in tables.items():
                row = reader.execute(f'SELECT id FROM "{table}" LIMIT 1').fetchone()
                if row is not None:
                    found[page] = str(row[0])
            row = reader.execute("SELECT key FROM plan_goal LIMIT 1").fetchone()
            if row is not None:
                found["goal"] = str(row[0])
            row = reader.execute("SELECT id FROM health_plan LIMIT 1").fetchone()
            if row is not None:
                found["health-plans"] = str(row[0])
            row = reader.execute("SELECT student_id FROM dose LIMIT 1").fetchone()
            if row is not None:
                found["month"] = str(row[0])
        return found

    def each(
        self,
        looks: Look,
        only: frozenset[str] = frozenset(),
        without: frozenset[str] = frozenset(),
    ) -> None:
        """Assert that `looks` finds nothing wrong on any page, on `only` these or `without` these.

        The pages of the health office are looked at in a nurse's vault, full and empty.
        """
        wrong = {}
        for page, subject in self.stops():
            if (only and page not in only) or page in without:
                continue
            self.go(page, subject)
            found = looks(self.window)
            if found:
                wrong[page] = found
        assert not wrong, "\n".join(
            f"{page}: {each}" for page, found in wrong.items() for each in found
        )

    def leave(self) -> None:
        """End the threads and close the vault."""
        self.window.flush()
        self.tasks.close()
        self.frame.close()
        self.frame.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        self.desk.close()


@pytest.fixture(scope="module")
def vaults(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, str]]:
    """Make a full vault and an empty one, for all tests of this file."""
    full = ensure_demo(tmp_path_factory.mktemp("full"), DemoOptions(12, 1, 3))
    empty = new_desk(tmp_path_factory.mktemp("empty"))
    empty.close()
    return {"full": (full.vault, full.passphrase), "empty": (empty.folder.path, PASSPHRASE)}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, str]]:
    """Make a nurse's vault with a health office, and one before the first order."""
    full = ensure_demo(tmp_path_factory.mktemp("office"), DemoOptions(12, 1, 3, Role.NURSE))
    desk = open_vault(full.vault, full.passphrase, DeviceId(new_id()))
    student = desk.medication.orders.orders()[0].order.student_id
    assert student is not None
    sections = (("Signs to look for", "Wheezing"), ("What to do at once", "Two puffs, sit upright"))
    desk.medication.nursing.write_plan(
        WritePlan(StudentId(student), PlanKind.EMERGENCY, "Asthma", sections)
    )
    desk.close()
    empty = new_desk(tmp_path_factory.mktemp("no-office"), Role.NURSE)
    empty.close()
    return {"full": (full.vault, full.passphrase), "empty": (empty.folder.path, PASSPHRASE)}


@pytest.fixture(params=["full", "empty"])
def nurse_seat(
    app: QApplication, office: dict[str, tuple[Path, str]], request: pytest.FixtureRequest
) -> Iterator[Seat]:
    """Sit down as the nurse."""
    yield from _seated(office[request.param])


@pytest.fixture(params=["full", "empty"])
def seat(
    app: QApplication, vaults: dict[str, tuple[Path, str]], request: pytest.FixtureRequest
) -> Iterator[Seat]:
    """Sit down at each of the vaults."""
    yield from _seated(vaults[request.param])


@pytest.fixture
def full_seat(app: QApplication, vaults: dict[str, tuple[Path, str]]) -> Iterator[Seat]:
    """Sit down at the full vault."""
    yield from _seated(vaults["full"])


def _seated(vault: tuple[Path, str]) -> Iterator[Seat]:
    seat = Seat(open_vault(*vault, DeviceId(new_id())))
    yield seat
    seat.leave()


def cut_off(window: QWidget) -> list[str]:
    """Return the controls that stick out of the window, where no scrolling reaches them."""
    found = []
    for each in controls(window):
        place = each.mapTo(window, QPoint(0, 0))
        wide = place.x() < 0 or place.x() + each.width() > window.width()
        high = place.y() < 0 or place.y() + each.height() > window.height()
        around = each.parentWidget()
        while around is not None and not isinstance(around, QScrollArea):
            around = around.parentWidget()  # a table may stand on a page that scrolls as a whole
        if wide or (high and around is None):
            found.append(f"{type(each).__name__} {name_of(each)!r} at {each.geometry()}")
    return found


def crowded(window: DeskWindow) -> list[str]:
    """Return what is wrong with names and room."""
    return [
        *(f"no name: {each}" for each in nameless(window)),
        *(f"clipped: {each}" for each in clipped(window)),
        *(f"small: {each}" for each in small_targets(window)),
        *(f"cut off: {each}" for each in cut_off(window)),
    ]


def test_every_control_has_a_name_and_room(scale: float, seat: Seat) -> None:
    seat.each(crowded, without=HEALTH_OFFICE)


def test_every_control_of_the_health_office_has_a_name_and_room(
    scale: float, nurse_seat: Seat
) -> None:
    nurse_seat.each(crowded, HEALTH_OFFICE)


def test_tab_comes_to_every_control_of_the_health_office_and_round(nurse_seat: Seat) -> None:
    nurse_seat.each(not_reached, HEALTH_OFFICE)


def test_every_page_of_the_health_office_is_about_something_in_the_demonstration(
    app: QApplication, office: dict[str, tuple[Path, str]]
) -> None:
    seated = _seated(office["full"])
    seat = next(seated)
    try:
        about = dict(seat.stops())
        assert all(about[page] for page in ("order", "dose", "container", "month", "trip"))
        assert all(about[page] for page in ("incident", "visit", "health-plans"))
        assert {page for page in rooms.pages() if page in HEALTH_OFFICE} == HEALTH_OFFICE
    finally:
        next(seated, None)


def test_nothing_is_cut_off_from_right_to_left(app: QApplication, full_seat: Seat) -> None:
    app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        full_seat.settle()
        full_seat.each(crowded)
    finally:
        app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_nothing_is_cut_off_in_spanish(vaults: dict[str, tuple[Path, str]], scale: float) -> None:
    words.use_language("es")
    seated = _seated(vaults["full"])
    try:
        seat = next(seated)
        assert seat.window.navigation.items["today"].text() == "Hoy"
        seat.each(crowded)
    finally:
        next(seated, None)
        words.use_language("en")


class TestInWordsThatAreLonger:
    """In a language whose every message is marked and 40 % longer."""

    @pytest.fixture
    def seat(self, app: QApplication, tmp_path: Path) -> Iterator[Seat]:
        """Sit down at a desk that speaks the marked language."""
        desk = new_desk(tmp_path)
        words.use_catalogue(Pseudo())
        seat = Seat(desk)
        yield seat
        seat.leave()
        words.use_language("en")

    def test_every_word_is_translated_and_has_room(self, seat: Seat) -> None:
        data = _stored(seat.desk) | {seat.desk.folder.path.stem}

        def untranslated(window: DeskWindow) -> list[str]:
            return [text for text in read(window) if not _known(text, data)]

        seat.each(untranslated)

    def test_nothing_is_cut_off(self, seat: Seat) -> None:
        seat.each(crowded)


def read(window: QWidget) -> Iterator[str]:
    """Yield every text in sight, and every name that is spoken."""
    for each in [window, *window.findChildren(QWidget)]:
        if not each.isVisible() or isinstance(each, KeyHint):
            continue
        yield each.accessibleName()
        yield each.accessibleDescription()
        text = getattr(each, "text", None)
        if callable(text) and not isinstance(each, QLineEdit | QPlainTextEdit):
            yield text()
        if isinstance(each, QLineEdit | QPlainTextEdit):
            yield each.placeholderText()
        if isinstance(each, QComboBox):
            yield from (each.itemText(place) for place in range(each.count()))
        if isinstance(each, QTableView):
            model = each.model()
            for column in range(model.columnCount()):
                yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")


def _known(text: str, data: set[str]) -> bool:
    """Tell whether `text` is marked, has no letters, or is what a person entered."""
    return "⟦" in text or not any(sign.isalpha() for sign in text) or text in data


def _stored(desk: Desk) -> set[str]:
    """Return every text that stands in the vault, and where the vault stands."""
    today = shown_date(desk.clock.now().day())
    found = {str(desk.folder.path), today, *words.LANGUAGES.values()}
    with desk.records.read() as reader:
        names = [
            row[0]  # but not the indexes: their words stand in the tables too
            for row in reader.execute("SELECT name FROM pragma_table_list WHERE type = 'table'")
        ]
        for name in names:
            for row in reader.execute(f'SELECT * FROM "{name}"'):
                found.update(value for value in row if isinstance(value, str))
    return found


def tabbed(window: QWidget, *, back: bool) -> list[QWidget]:
    """Press Tab until it comes round; return what had the focus on the way."""
    key = Qt.Key.Key_Backtab if back else Qt.Key.Key_Tab
    modifier = Qt.KeyboardModifier.ShiftModifier if back else Qt.KeyboardModifier.NoModifier
    passed: list[QWidget] = []
    while (focus := QApplication.focusWidget()) is not None and focus not in passed:
        passed.append(focus)
        target = QGuiApplication.focusWindow()
        assert target is not None
        QTest.keyClick(target, key, modifier)
        QCoreApplication.processEvents()
    return passed


def not_reached(window: DeskWindow) -> list[str]:
    """Return what Tab does not come to, and where it does not come round."""
    begin = QApplication.focusWidget()
    if begin is None or not begin.isVisible():
        return [f"the focus is on nothing that is seen: {begin}"]
    found = []
    for back in (False, True):
        start = QApplication.focusWidget()
        passed = tabbed(window, back=back)
        if QApplication.focusWidget() is not start:
            end = QApplication.focusWidget()
            found.append(f"Tab {'back ' * back}is caught: {[name_of(e) for e in passed]}, {end}")
        for each in controls(window):
            stop = each.focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.TabFocus
            if stop and each.isEnabled() and each.focusProxy() is None and each not in passed:
                found.append(f"never {'back ' * back}at {type(each).__name__} {name_of(each)!r}")
    return found


def test_tab_comes_to_every_control_and_round(seat: Seat) -> None:
    seat.each(not_reached, without=HEALTH_OFFICE)


def test_esc_leaves_every_page_that_was_opened_from_another(full_seat: Seat) -> None:
    stuck = []
    for page, subject in full_seat.stops():
        if rooms.pages()[page].in_navigation or not subject:
            continue
        full_seat.window.go("settings")
        full_seat.go(page, subject)
        here = full_seat.window.here
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
        full_seat.settle()
        if full_seat.window.here == here:
            stuck.append(page)
    assert not stuck


def test_every_page_of_the_navigation_has_its_key_and_its_line(full_seat: Seat) -> None:
    shown = [page.id for page in rooms.in_navigation(full_seat.desk.seat.role)]
    for number, page in enumerate(shown[:9], 1):
        target = QGuiApplication.focusWindow()
        assert target is not None
        QTest.keyClick(target, Qt.Key(Qt.Key.Key_0 + number), Qt.KeyboardModifier.ControlModifier)
        full_seat.settle()
        assert full_seat.window.here[0] == page
        assert full_seat.window.navigation.items[page].here
    for page in shown:
        item = full_seat.window.navigation.items[page]
        while QApplication.focusWidget() is not item:
            QTest.keyClick(QGuiApplication.focusWindow(), Qt.Key.Key_Tab)
        QTest.keyClick(QGuiApplication.focusWindow(), Qt.Key.Key_Return)
        full_seat.settle()
        assert full_seat.window.here[0] == page


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("templates", "Note templates"),
        ("services", "Services and interventions"),
        ("schools", "Schools"),
    ],
)
def test_a_page_beside_the_navigation_is_reached_from_settings(
    full_seat: Seat, page: str, words: str
) -> None:
    full_seat.go("settings")
    passed: list[QWidget] = []
    while name_of(QApplication.focusWidget()) != words:
        assert QApplication.focusWidget() not in passed, words
        passed.append(QApplication.focusWidget())
        QTest.keyClick(QGuiApplication.focusWindow(), Qt.Key.Key_Tab)
    QTest.keyClick(QGuiApplication.focusWindow(), Qt.Key.Key_Space)
    full_seat.settle()
    assert full_seat.window.here[0] == page


class _Windows(QObject):
    """Notes every widget that comes up as a window of its own."""

    def __init__(self, app: QApplication, expected: tuple[QWidget, ...]) -> None:
        super().__init__()
        self._expected = expected
        self.found: list[str] = []
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note a widget that is shown as a window and is none."""
        popups = (Qt.WindowType.Popup, Qt.WindowType.ToolTip)
        if (
            event.type() == QEvent.Type.Show
            and isinstance(watched, QWidget)
            and watched.isWindow()
            and watched not in self._expected
            and watched.windowType() not in popups
            and not isinstance(watched, QDialog)
        ):
            self.found.append(f"{type(watched).__name__} {name_of(watched)!r}")
        return False


def test_no_part_of_the_health_office_comes_up_as_a_window(
    app: QApplication, nurse_seat: Seat
) -> None:
    watch = _Windows(app, (nurse_seat.frame,))
    try:
        nurse_seat.each(lambda _window: [], HEALTH_OFFICE)
    finally:
        app.removeEventFilter(watch)
    assert not watch.found


def test_no_part_of_a_page_comes_up_as_a_window(app: QApplication, seat: Seat) -> None:
    watch = _Windows(app, (seat.frame,))
    try:
        for page in rooms.pages().values():
            made = page.make(seat.window)
            made.setParent(seat.window)
            made.hide()
        seat.each(lambda _window: [], without=HEALTH_OFFICE)
    finally:
        app.removeEventFilter(watch)
    assert not watch.found


NAMING = frozenset(
    {
        "schedule", "search", "groups", "group", "group-session", "group-signed", "student-minutes",
        "engagement", "concerns", "concern", "consultation", "around", "screenings",
        "screening-entry", "screening", "risk", "plan", "plan-draft", "progress", "goal", "tiers",
        "reports", "looks", "caseload", "student", "consents", "consent",
    }
)  # fmt: skip
"""Pages that show names, each in a way of its own: lists, a grid, pictures, entries, a preview."""


def uncovered(window: DeskWindow) -> list[str]:
    """Draw the curtain; return what of the page it leaves to be seen or read, and lift it."""
    window.draw_curtain()
    curtain = window.findChild(PrivacyCurtain)
    assert curtain is not None
    grain = curtain._blur.width() * 25
    found = [] if grain <= window.width() else [f"{grain} points of {window.width()}"]
    found += [
        f"seen at {x}, {y}"
        for x in range(4, window.width(), 40)
        for y in range(4, window.height(), 40)
        if window.childAt(x, y) is not curtain
    ]
    QTest.keyClick(curtain, Qt.Key.Key_Space)
    return found if not window.is_covered else [*found, "still covered"]


def test_the_curtain_covers_every_page_and_no_name_is_kept_of_one(full_seat: Seat) -> None:
    with full_seat.desk.records.read() as reader:
        names = {str(name) for row in reader.execute(_NAMES) for name in row if len(name) > 3}

    def told(window: DeskWindow) -> list[str]:
        kept = json.dumps(window._state)
        return [f"kept: {name}" for name in names if name in kept]

    assert names
    assert {*rooms.pages()} >= NAMING
    full_seat.each(lambda window: [*uncovered(window), *told(window)], NAMING)
    assert "student" in json.dumps(full_seat.window._state), "something is kept"


_NAMES = "SELECT given_name, family_name FROM student UNION SELECT name, name FROM student_group"
