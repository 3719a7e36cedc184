"""Tasks: one writer in order, the latest answer only, nothing to those who are gone."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication
from walk import wait_until

from app.kernel.changes import Changed, Kind
from app.kernel.errors import Cancelled, Refused
from ui.kit.tasks import Tasks


@pytest.fixture
def tasks(app: QApplication) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    assert made.close()


class Owner(QObject):
    """Someone who waits for an answer."""

    heard = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[object] = []

    def hear(self, answer: object) -> None:
        self.answers.append(answer)


def test_commands_are_carried_out_one_after_another_in_their_order(tasks: Tasks) -> None:
    done: list[int] = []
    threads: set[str] = set()

    def op(n: int) -> Callable[[], int]:
        def carry_out() -> int:
            threads.add(threading.current_thread().name)
            time.sleep(0.001 * (5 - n))
            return n

        return carry_out

    for n in range(5):
        tasks.write(op(n), done.append)
    wait_until(tasks.idle)
    assert done == [0, 1, 2, 3, 4]
    assert threads == {"casewell-writer"}


def test_answers_come_back_on_the_thread_of_the_screen(tasks: Tasks) -> None:
    where: list[threading.Thread] = []
    tasks.read(lambda: 1, lambda _v: where.append(threading.current_thread()))
    wait_until(tasks.idle)
    assert where == [threading.main_thread()]


def test_of_questions_with_one_key_only_the_latest_is_answered(tasks: Tasks) -> None:
    gate = threading.Event()
    asked: list[str] = []
    answers: list[str] = []

    def op(text: str) -> Callable[[], str]:
        def carry_out() -> str:
            asked.append(text)
            gate.wait(5)
            return text

        return carry_out

    for text in ("a", "an", "ana"):
        tasks.read(op(text), answers.append, key="search")
    gate.set()
    wait_until(tasks.idle)
    assert answers == ["ana"]
    assert asked in (["a", "ana"], ["ana"])


def test_what_changed_is_told_to_everyone(tasks: Tasks) -> None:
    told: list[object] = []
    tasks.changed.connect(told.append)
    tasks.write(lambda: Changed.only(Kind.NOTE, made="n1"))
    tasks.write(Changed)
    tasks.read(lambda: "no change")
    wait_until(tasks.idle)
    assert told == [Changed.only(Kind.NOTE, made="n1")]


def test_a_refusal_goes_to_whoever_asked_and_else_to_the_shell(tasks: Tasks) -> None:
    own: list[Exception] = []
    shell: list[Exception] = []
    tasks.on_trouble = shell.append
    refusal = Refused("note-needs-minutes", field="minutes")

    def refuse() -> None:
        raise refusal

    tasks.write(refuse, failed=own.append)
    tasks.write(refuse)
    wait_until(tasks.idle)
    assert own == [refusal]
    assert shell == [refusal]


def test_what_a_library_in_rust_stumbles_over_ends_no_thread(tasks: Tasks) -> None:
    class PanicException(BaseException):
        """As pyo3 raises it: no Exception."""

    def stumble() -> None:
        raise PanicException("it is inside 'Mateo'")

    came: list[object] = []
    tasks.write(stumble, None, came.append)
    tasks.read(stumble, None, came.append)
    tasks.long(lambda _progress: stumble(), None, came.append)
    tasks.write(lambda: "saved", came.append)
    wait_until(lambda: len(came) == 4)
    assert "saved" in came
    errors = [one for one in came if one != "saved"]
    assert {str(error) for error in errors} == {"PanicException"}
    assert len(errors) == 3


def test_nothing_is_delivered_to_a_widget_that_is_gone(tasks: Tasks) -> None:
    owner = Owner()
    answers = owner.answers
    gate = threading.Event()
    tasks.read(lambda: gate.wait(5), owner.hear)
    owner.deleteLater()
    wait_until(lambda: not _alive(owner))
    gate.set()
    wait_until(tasks.idle)
    assert answers == []


def _alive(owner: QObject) -> bool:
    import shiboken6

    return shiboken6.isValid(owner)


def test_a_long_task_reports_and_stops_within_its_next_report(tasks: Tasks) -> None:
    seen: list[tuple[int, int]] = []
    ended: list[Exception] = []
    kept: list[object] = []

    def op(progress: Callable[[int, int], None]) -> str:
        for n in range(1000):
            progress(n, 1000)
            time.sleep(0.005)
        return "kept"

    handle = tasks.long(op, kept.append, ended.append, lambda done, of: seen.append((done, of)))
    wait_until(lambda: len(seen) >= 2)
    began = time.monotonic()
    handle.cancel()
    wait_until(tasks.idle)
    assert time.monotonic() - began < 2
    assert isinstance(ended[0], Cancelled)
    assert kept == []
    assert seen == sorted(seen)


def test_stopping_a_task_is_no_trouble(tasks: Tasks) -> None:
    shell: list[Exception] = []
    tasks.on_trouble = shell.append

    def op(progress: Callable[[int, int], None]) -> None:
        while True:
            progress(0, 0)
            time.sleep(0.002)

    tasks.long(op).cancel()
    wait_until(tasks.idle)
    assert shell == []


def test_flush_waits_for_what_was_given_and_delivers_it(tasks: Tasks) -> None:
    done: list[str] = []

    def slow() -> str:
        time.sleep(0.05)
        return "saved"

    tasks.write(slow, done.append)
    assert tasks.flush(5)
    assert done == ["saved"]
    assert tasks.idle()


def test_flush_says_when_the_time_was_too_short(tasks: Tasks) -> None:
    gate = threading.Event()
    tasks.write(lambda: gate.wait(5))
    assert not tasks.flush(0.02)
    gate.set()


def test_after_closing_nothing_more_is_taken(app: QApplication) -> None:
    tasks = Tasks()
    assert tasks.close()
    with pytest.raises(RuntimeError):
        tasks.write(lambda: None)


def test_a_bug_in_an_operation_reaches_the_exception_hook(
    tasks: Tasks, every_line_heard: list[str]
) -> None:
    tasks.write(lambda: 1 / 0)
    wait_until(tasks.idle)
    assert len(every_line_heard) == 1
    assert "ZeroDivisionError" in every_line_heard.pop()


def test_a_question_is_cut_short_by_the_next_one_with_its_key_and_by_no_other(
    tasks: Tasks,
) -> None:
    begun, stopped = threading.Event(), threading.Event()
    told: list[object] = []

    def slow() -> int:
        begun.set()
        assert stopped.wait(10)
        raise Refused("interrupted")

    tasks.on_trouble = told.append
    tasks.read(slow, told.append, key="find", stop=stopped.set)
    assert begun.wait(10)
    tasks.read(lambda: 1, told.append, key="other", stop=lambda: told.append("wrong one"))
    assert not stopped.is_set()
    tasks.read(lambda: 2, told.append, key="find", stop=stopped.set)
    wait_until(tasks.idle)
    assert told == [1, 2]


def test_who_leaves_a_question_is_not_waited_for_and_hears_nothing(tasks: Tasks) -> None:
    begun, stopped = threading.Event(), threading.Event()
    told: list[object] = []

    def slow() -> bool:
        begun.set()
        return stopped.wait(10)

    tasks.read(slow, told.append, key="find", stop=stopped.set)
    assert begun.wait(10)
    tasks.forget("find")
    wait_until(tasks.idle)
    assert stopped.is_set()
    assert told == []
    tasks.forget("find")
