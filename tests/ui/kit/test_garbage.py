"""Widgets in a cycle of references are destroyed on the thread of the screen alone."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget
from walk import wait_until

import ui.kit.garbage
from ui.kit.garbage import CollectedHere
from ui.kit.tasks import Tasks

HERE = threading.main_thread().name


@pytest.fixture
def collecting() -> Iterator[None]:
    """Let Python collect, wherever it likes, before the test and after it."""
    was = gc.isenabled()
    gc.collect()
    gc.enable()
    yield
    (gc.enable if was else gc.disable)()


def dropped(gone: list[str]) -> None:
    """Leave a widget in a cycle; `gone` is told on which thread it went."""
    widget = QWidget()
    widget.itself = widget  # type: ignore[attr-defined]
    weakref.finalize(widget, lambda: gone.append(threading.current_thread().name))


def make_containers() -> int:
    return len([[number] for number in range(200_000)])


def at_work(tasks: Tasks) -> None:
    """Let a thread ask for much memory."""
    done: list[int] = []
    tasks.read(make_containers, done.append)
    wait_until(lambda: bool(done))


@pytest.fixture
def tasks(app: QApplication) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.close()


def test_python_by_itself_collects_on_any_thread(tasks: Tasks, collecting: None) -> None:
    gone: list[str] = []
    dropped(gone)
    at_work(tasks)
    assert gone == ["casewell-reader"], "or what is asserted below says nothing"


def test_a_widget_in_a_cycle_goes_where_it_was_made(
    tasks: Tasks, collecting: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ui.kit.garbage, "EVERY_MS", 20)
    monkeypatch.setattr(ui.kit.garbage, "YOUNG", -1)
    holder = QObject()
    CollectedHere(holder)
    gone: list[str] = []
    dropped(gone)
    at_work(tasks)
    wait_until(lambda: bool(gone))
    assert gone == [HERE]


@pytest.mark.parametrize("passed", [1.0, 6.0, 61.0])
def test_what_outlived_a_look_is_looked_at_again_later(
    collecting: None, monkeypatch: pytest.MonkeyPatch, passed: float
) -> None:
    asked: list[int] = []
    now = 1_000.0
    monkeypatch.setattr(ui.kit.garbage.time, "monotonic", lambda: now)
    holder = QObject()
    here = CollectedHere(holder)
    monkeypatch.setattr(ui.kit.garbage.gc, "collect", lambda generation=2: asked.append(generation))
    now += passed
    monkeypatch.setattr(ui.kit.garbage.gc, "get_count", lambda: (700, 0, 0))
    here.look()
    assert asked == []
    monkeypatch.setattr(ui.kit.garbage.gc, "get_count", lambda: (701, 0, 0))
    here.look()
    assert asked == [{1.0: 0, 6.0: 1, 61.0: 2}[passed]]


def test_what_only_a_question_refers_to_goes_on_the_thread_of_the_screen(tasks: Tasks) -> None:
    gone: list[str] = []

    def ask(long: bool) -> None:
        asker = QWidget()
        weakref.finalize(asker, lambda: gone.append(threading.current_thread().name))
        if long:
            tasks.long(lambda _progress: asker.objectName() and None)
        else:
            tasks.read(asker.objectName)

    for turn in range(40):
        ask(long=turn % 2 == 1)
    wait_until(tasks.idle)
    wait_until(lambda: len(gone) == 40)
    assert set(gone) == {HERE}
