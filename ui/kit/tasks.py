"""Work away from the screen: one writer, one reader, and threads for long tasks.

The database has one writer thread, so commands are carried out in the order they were
given and need no locks. Results and errors come back on the thread that owns the
`Tasks` object, and never to a widget that is gone. What is asked is held there until it is
answered, and a worker lets go of it first: a widget that only the question still refers to
must not be destroyed on another thread.
"""

import itertools
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal

from app.kernel.changes import Changed
from app.kernel.errors import Cancelled

if TYPE_CHECKING:
    from app.kernel.ports import Progress

T = TypeVar("T")
_PROGRESS_EVERY = 0.05  # seconds between two reports that reach the screen


@dataclass(slots=True)
class _Job:
    """One piece of work, and who waits for it."""

    number: int
    op: Callable[[], Any]
    done: Callable[[Any], None] | None
    failed: Callable[[Exception], None] | None
    owner: QObject | None
    key: str = ""
    ticket: int = 0
    stop: Callable[[], None] | None = None
    value: Any = None
    error: Exception | None = None


@dataclass(slots=True)
class _Step:
    """A report of progress on its way to the screen."""

    handle: "Handle"
    tell: Callable[[int, int], None]
    owner: QObject | None
    done: int
    of: int


@dataclass(slots=True)
class Handle:
    """A long task that is under way."""

    _stop: threading.Event = field(default_factory=threading.Event)
    finished: bool = False

    def cancel(self) -> None:
        """Ask the task to stop; its next report of progress raises `Cancelled`."""
        self._stop.set()

    @property
    def cancelled(self) -> bool:
        """Whether the user asked it to stop."""
        return self._stop.is_set()


class _Worker:
    """One thread that does one thing after another; started when first needed."""

    def __init__(self, name: str, arrived: Callable[[int], None]) -> None:
        self._name = name
        self._arrived = arrived
        self._queue: SimpleQueue[_Job | threading.Event | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._handing = threading.Lock()
        self._at: _Job | None = None

    def put(self, job: "_Job | threading.Event") -> None:
        self._queue.put(job)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()

    @property
    def running(self) -> bool:
        return self._thread is not None

    def cut_short(self, key: str) -> None:
        """Stop the job that is under way if it has this key; no other can be met."""
        with self._handing:
            if self._at is not None and self._at.key == key and self._at.stop is not None:
                self._at.stop()

    def stop(self, timeout: float) -> bool:
        """Finish what is queued, end the thread, and tell whether it ended in time."""
        if self._thread is None:
            return True
        self._queue.put(None)
        self._thread.join(timeout)
        ended = not self._thread.is_alive()
        if ended:
            self._thread = None
        return ended

    def _run(self) -> None:
        while (job := self._queue.get()) is not None:
            if isinstance(job, threading.Event):
                job.set()
                continue
            with self._handing:
                self._at = job
            _carry_out(job)
            with self._handing:
                self._at = None
            number = job.number
            del job
            self._arrived(number)


class Stumbled(Exception):
    """A library in Rust panicked: what it raises is no Exception, and would end the thread."""


def _carry_out(job: _Job) -> None:
    try:
        job.value = job.op()
    except Exception as error:  # noqa: BLE001 - handed to whoever asked, on the UI thread
        job.error = error
    except BaseException as error:  # noqa: BLE001 - likewise, and the thread goes on
        job.error = Stumbled(type(error).__name__).with_traceback(error.__traceback__)


class Tasks(QObject):
    """Hands work to threads and brings back what came of it."""

    changed = Signal(object)
    """Emitted with the `Changed` of every command that was carried out."""

    _arrived = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.on_trouble: Callable[[Exception], None] | None = None
        self._writer = _Worker("casewell-writer", self._bring)
        self._reader = _Worker("casewell-reader", self._bring)
        self._longs: dict[threading.Thread, Handle] = {}
        self._asked: dict[int, _Job] = {}
        self._numbers = itertools.count(1)
        self._tickets: dict[str, int] = {}
        self._closed = False
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    # -- asking ----------------------------------------------------------------------

    def write(
        self,
        op: Callable[[], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
        *,
        owner: QObject | None = None,
    ) -> None:
        """Carry out a command on the one writer thread, after those given before it."""
        self._put(self._writer, self._job(op, done, failed, owner or _owner_of(done)))

    def read(
        self,
        op: Callable[[], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
        *,
        key: str = "",
        owner: QObject | None = None,
        stop: Callable[[], None] | None = None,
    ) -> None:
        """Look something up on the reader thread; of those with one `key` only the latest counts.

        With `stop`, an earlier one that is under way is not waited for: `stop` is called from
        here, and what `op` then raises is nobody's trouble.
        """
        job = self._job(op, done, failed, owner or _owner_of(done))
        job.key, job.stop = key, stop
        if key:
            self.forget(key)
            job.ticket = ticket = self._tickets[key]
            job.op = lambda: op() if self._tickets[key] == ticket else None
        self._put(self._reader, job)

    def forget(self, key: str) -> None:
        """Want no answer any more to what was asked with `key`; stop it, if it can be stopped."""
        self._tickets[key] = self._tickets.get(key, 0) + 1
        self._reader.cut_short(key)

    def long(
        self,
        op: "Callable[[Progress], T]",
        done: Callable[[T], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
        progress: Callable[[int, int], None] | None = None,
        *,
        owner: QObject | None = None,
    ) -> Handle:
        """Carry out a long task on a thread of its own.

        `op` is given a callable to report (done, of) with; after `Handle.cancel` that
        callable raises `Cancelled`, which reaches `failed` and is no trouble.
        """
        handle = Handle()
        owner = owner or _owner_of(done) or _owner_of(progress)
        last = 0.0

        def report(done_so_far: int, of: int) -> None:
            nonlocal last
            if handle.cancelled:
                raise Cancelled
            now = time.monotonic()
            if progress is not None and (now - last >= _PROGRESS_EVERY or done_so_far == of):
                last = now
                self._arrived.emit(_Step(handle, progress, owner, done_so_far, of))

        job = self._job(lambda: op(report), done, failed, owner)
        self._asked[job.number] = job

        def run(given: list[_Job]) -> None:
            job = given.pop()
            _carry_out(job)
            handle.finished = True
            number = job.number
            del job
            self._bring(number)

        thread = threading.Thread(target=run, args=([job],), name="casewell-long", daemon=True)
        self._longs = {t: h for t, h in self._longs.items() if t.is_alive()}
        self._longs[thread] = handle
        thread.start()
        return handle

    # -- waiting ---------------------------------------------------------------------

    def flush(self, timeout: float) -> bool:
        """Wait until every command given so far is carried out and delivered; locking needs it."""
        if not self._writer.running:
            return True
        reached = threading.Event()
        self._writer.put(reached)
        in_time = reached.wait(timeout)
        QCoreApplication.sendPostedEvents(self, 0)
        return in_time

    @property
    def closed(self) -> bool:
        """Whether nothing can be asked for any more: the desk is closing."""
        return self._closed

    def idle(self) -> bool:
        """Tell whether nothing is queued, running or on its way back."""
        return not self._asked

    def stop_long(self) -> None:
        """Ask every long task to stop."""
        for handle in self._longs.values():
            handle.cancel()

    def close(self, timeout: float = 10.0) -> bool:
        """Cancel long tasks, finish what is queued and end the threads; False if one hangs."""
        self._closed = True
        self.stop_long()
        ended = self._writer.stop(timeout) and self._reader.stop(timeout)
        for thread in self._longs:
            thread.join(timeout)
            ended = ended and not thread.is_alive()
        self._longs.clear()
        QCoreApplication.sendPostedEvents(self, 0)
        return ended

    # -- bringing back ---------------------------------------------------------------

    def _job(
        self,
        op: Callable[[], Any],
        done: Callable[[Any], None] | None,
        failed: Callable[[Exception], None] | None,
        owner: QObject | None,
    ) -> _Job:
        return _Job(next(self._numbers), op, done, failed, owner)

    def _put(self, worker: _Worker, job: _Job) -> None:
        if self._closed:
            raise RuntimeError("the desk is closing")
        self._asked[job.number] = job
        worker.put(job)

    def _stale(self, job: _Job) -> bool:
        return bool(job.key) and self._tickets.get(job.key) != job.ticket

    def _bring(self, number: int) -> None:
        """On a worker thread: say at home that a job is done."""
        if shiboken6.isValid(self):
            self._arrived.emit(number)

    def _deliver(self, arrived: object) -> None:
        if isinstance(arrived, _Step):
            if not arrived.handle.finished and _alive(arrived.owner):
                arrived.tell(arrived.done, arrived.of)
        elif isinstance(arrived, int):
            job = self._asked.pop(arrived)
            if self._stale(job):
                return
            if job.error is not None:
                self._fail(job, job.error)
                return
            if job.done is not None and _alive(job.owner):
                job.done(job.value)
            self._tell_change(job.value)

    def _tell_change(self, value: object) -> None:
        change = value if isinstance(value, Changed) else getattr(value, "changed", None)
        if isinstance(change, Changed) and change.kinds:
            self.changed.emit(change)

    def _fail(self, job: _Job, error: Exception) -> None:
        if job.failed is not None:
            if _alive(job.owner or _owner_of(job.failed)):
                job.failed(error)
        elif isinstance(error, Cancelled):
            return
        elif self.on_trouble is not None:
            self.on_trouble(error)
        else:
            sys.excepthook(type(error), error, error.__traceback__)


def _owner_of(callback: object) -> QObject | None:
    holder = getattr(callback, "__self__", None)
    return holder if isinstance(holder, QObject) else None


def _alive(owner: QObject | None) -> bool:
    return owner is None or shiboken6.isValid(owner)
