"""What every test of the screen shares: one QApplication, and no line of Qt's log unheard."""

import gc
import os
import re
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
os.environ["QT_QPA_PLATFORM"] = os.environ.get("CASEWELL_TEST_PLATFORM", "offscreen")
pytest.importorskip("PySide6")

import shiboken6
from PySide6.QtCore import (
    QMessageLogContext,
    QThread,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication, QWidget
from walk import settle

from app.features.caseload.commands import AddGuardian, AddStudent
from app.features.caseload.service import CaseloadService
from app.kernel import words
from app.kernel.changes import Changed
from pseudo import Pseudo
from ui.kit.look import look
from ui.kit.widgets.dialogs import Sheet

_UNHEEDED = "This plugin does not support "  # true of `offscreen`, and no fault of ours


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all that stands under this folder: it needs PySide6."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.gui)


@pytest.fixture(scope="session")
def app() -> QApplication:
    """Return the one application, dressed in the light theme."""
    found = QApplication.instance() or QApplication([])
    assert isinstance(found, QApplication)
    look().apply(found, "light")
    return found


@pytest.fixture(autouse=True)
def collected_here() -> Iterator[None]:
    """Collect garbage on the thread of the screen alone, as the program does: after each test."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def every_line_heard(app: QApplication) -> Iterator[list[str]]:
    """Fail the test for any line Qt logs and any exception that ends in a slot."""
    heard: list[str] = []

    def hear(kind: QtMsgType, _where: QMessageLogContext, line: str) -> None:
        if not line.startswith(_UNHEEDED):
            heard.append(f"{kind.name}: {line}")

    def fallen(
        kind: type[BaseException], error: BaseException, where: TracebackType | None
    ) -> None:
        heard.append("".join(traceback.format_exception(kind, error, where)))

    before_hook = sys.excepthook
    before = qInstallMessageHandler(hear)
    sys.excepthook = fallen
    yield heard
    settle()
    sys.excepthook = before_hook
    qInstallMessageHandler(before)
    assert not heard, "\n".join(heard)


@pytest.fixture(autouse=True)
def no_title_names_anyone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail the test for a sheet whose title has the family name of somebody in the test's vault.

    The whole desktop reads the titles of windows: the task bar, whoever shares a screen.
    """
    titles, names = set[str](), set[str]()
    add_student, add_guardian = CaseloadService.add_student, CaseloadService.add_guardian
    entitle = Sheet.setWindowTitle

    def student(service: CaseloadService, command: AddStudent) -> Changed:
        names.add(command.profile.family_name)
        return add_student(service, command)

    def guardian(service: CaseloadService, command: AddGuardian) -> Changed:
        names.add(command.contact.family_name)
        return add_guardian(service, command)

    def entitled(sheet: Sheet, title: str) -> None:
        titles.add(title)
        entitle(sheet, title)

    monkeypatch.setattr(CaseloadService, "add_student", student)
    monkeypatch.setattr(CaseloadService, "add_guardian", guardian)
    monkeypatch.setattr(Sheet, "setWindowTitle", entitled)
    yield
    read = {word for title in titles for word in re.findall(r"\w+", title)}
    assert not read & names, titles


@pytest.fixture(autouse=True)
def nothing_left_running(
    every_line_heard: list[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Fail the test that leaves a thread or a timer running, naming the line that began it."""
    begun: list[tuple[Any, str]] = []

    def watching(kind: type[Any]) -> None:
        start = kind.start

        def watched(self: Any, *values: Any) -> None:
            line = traceback.extract_stack()[-2]
            begun.append((self, f"{kind.__name__} of {line.filename}:{line.lineno}"))
            start(self, *values)

        monkeypatch.setattr(kind, "start", watched)

    watching(QTimer)
    watching(QThread)
    threads = set(threading.enumerate())
    yield
    settle()
    gc.collect()
    settle()
    limit = time.monotonic() + 2
    while (new := set(threading.enumerate()) - threads) and time.monotonic() < limit:
        time.sleep(0.01)
    left = [f"thread {thread.name}" for thread in new]
    for thing, line in begun:
        if shiboken6.isValid(thing):
            active = thing.isActive() if isinstance(thing, QTimer) else thing.isRunning()
            if active:
                left.append(line)
    assert not left, "\n".join(left)


@pytest.fixture
def show(app: QApplication) -> Iterator[Callable[..., Any]]:
    """Return a function that shows a widget in a size, and destroys it after the test."""
    shown: list[QWidget] = []

    def put(widget: QWidget, width: int = 640, height: int = 480) -> QWidget:
        shown.append(widget)
        widget.resize(width, height)
        widget.show()
        widget.activateWindow()
        settle()
        return widget

    yield put
    for widget in shown:
        if shiboken6.isValid(widget):
            widget.close()
            widget.deleteLater()
    settle()


@pytest.fixture
def pseudo() -> Iterator[None]:
    """Say everything marked and 40 % longer during the test."""
    words.use_catalogue(Pseudo())
    yield
    words.use_language("en")


@pytest.fixture(params=["light", "dark", "contrast"])
def theme(app: QApplication, request: pytest.FixtureRequest) -> Iterator[str]:
    """Dress the application in each theme in turn."""
    look().apply(app, request.param)
    yield request.param
    look().apply(app, "light")


@pytest.fixture(params=[1.0, 2.0], ids=["100%", "200%"])
def scale(app: QApplication, request: pytest.FixtureRequest) -> Iterator[float]:
    """Set the text at its usual size and at twice that."""
    look().apply(app, "light", request.param)
    yield request.param
    look().apply(app, "light")
