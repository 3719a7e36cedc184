"""Sends by itself while the desk is open: when something is due, and when the network comes up."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.features.outbox.model.records import Prepared
from app.kernel.changes import NOTHING, Changed, Kind
from app.kernel.clock import Moment
from app.kernel.errors import Cancelled, CasewellError
from app.kernel.ports import Progress
from ui.kit.room import Context

if TYPE_CHECKING:
    from app.sync.engine import Engine, Outcome
    from ui.kit.network import SystemNetwork
    from ui.kit.tasks import Handle

FIRST_MS = 20_000
"""After the desk was opened: nobody waits for it then."""
EVERY_MS = 60_000
PREPARE_EVERY = 60
"""Looks between two at what is due by the schedule: once an hour."""
_SETTLE_MS = 3_000
"""After a network came up, until it is used."""


@dataclass(frozen=True, slots=True)
class Went:
    """What came of a run."""

    prepared: Prepared
    outcome: "Outcome"
    changed: Changed
    waiting: int = 0
    """What waits still: paused, or its place could not be reached."""


class Courier(QObject):
    """One for each opened vault; it works on a thread of its own, and one run at a time."""

    began = Signal()
    progressed = Signal(int, int)
    ended = Signal(object)
    """Emitted with `Went`, or with the error that ended a run."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._engine: Engine | None = None
        self._network: SystemNetwork | None = None
        self._handle: Handle | None = None
        self._looks = 0
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLE_MS)
        self._settled.timeout.connect(self._network_came)

    def begin(self) -> None:
        """Look for the first time soon, and then every minute."""
        if not self._context.desk.records.read_only:
            QTimer.singleShot(FIRST_MS, self, self.look)
            self._timer.start()

    @property
    def running(self) -> bool:
        """Whether a run is under way."""
        return self._handle is not None

    def engine(self) -> "Engine":
        """Return the engine; made when it is first needed, with what it stands on."""
        if self._engine is None:
            from ui.kit.network import SystemNetwork

            self._network = SystemNetwork(self)
            self._network.came.connect(self._settled.start)
            self._engine = self._context.desk.outbox.sender(self._network)
        return self._engine

    def look(self) -> None:
        """Send what is due by now, if anything is; make what the schedule asks for now and then."""
        prepare = self._looks % PREPARE_EVERY == 0
        self._looks += 1
        self._run(forced=False, prepare=prepare)

    def send_now(self) -> None:
        """Send everything that waits, whatever it was put off for."""
        self._run(forced=True, prepare=True)

    def cancel(self) -> None:
        """Stop after what is on its way now; what was read back by then counts."""
        if self._handle is not None:
            self._handle.cancel()

    def _network_came(self) -> None:
        self.engine().network_up()
        self._run(forced=False, prepare=False)

    def _run(self, *, forced: bool, prepare: bool) -> None:
        tasks = self._context.tasks
        if self._handle is not None or tasks.closed:
            return
        desk, engine = self._context.desk, self.engine()

        def work(progress: Progress) -> Went:
            prepared = desk.outbox.prepare() if prepare else Prepared()
            outcome = engine.run_once(progress, forced=forced)
            moved = bool(outcome.places or prepared.made or prepared.enrolled)
            changed = Changed.only(Kind.OUTBOX) if moved else NOTHING
            return Went(prepared, outcome, changed, desk.outbox.counts()[0])

        self._handle = tasks.long(work, self._done, self._failed, self.progressed.emit, owner=self)
        self.began.emit()

    def _done(self, went: Went) -> None:
        self._handle = None
        self.ended.emit(went)

    def _failed(self, error: Exception) -> None:
        self._handle = None
        self.ended.emit(error)
        # A full disk or a vault that is being closed is told where one works; a fault is a fault.
        if not isinstance(error, (Cancelled, CasewellError)):
            self._context.say(error)
        elif isinstance(error, Cancelled):
            self._context.tasks.changed.emit(Changed.only(Kind.OUTBOX))


def courier_of(context: Context) -> Courier:
    """Return the courier of the opened vault; it lives as long as the window around it."""
    home = context if isinstance(context, QObject) else context.tasks
    found = home.findChild(Courier, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return found or Courier(context, home)


def begin(context: Context) -> None:
    """Let the vault's courier look by itself from now on."""
    courier_of(context).begin()


def due_in_words(due: str, now: Moment) -> str:
    """Return when something is sent next, for the line under the page's title."""
    from app.kernel.clock import from_utc_text
    from app.kernel.words import _, ngettext

    seconds = (from_utc_text(due) - now.instant()).total_seconds()
    if seconds <= 60:
        return _("Sent by itself within a minute or two, while the desk is open.")
    minutes = round(seconds / 60)
    return ngettext(
        "Sent by itself in about {count} minute, while the desk is open.",
        "Sent by itself in about {count} minutes, while the desk is open.",
        minutes,
    ).format(count=minutes)
