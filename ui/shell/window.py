"""The opened desk: navigation, the page that is shown, and what works from everywhere."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.kernel.changes import Changed, Kind
from app.kernel.errors import CasewellError, Refused, Trouble
from app.kernel.words import _
from ui.kit.clipboard import KEPT_S, clipboard_guard
from ui.kit.idle import IdleWatch
from ui.kit.look import look
from ui.kit.notices import Banner, Notices
from ui.kit.privacy import PrivacyCurtain
from ui.kit.room import PageWidget, RoomAction
from ui.kit.tasks import Tasks
from ui.shell import rooms
from ui.shell.backups import BackupWatch
from ui.shell.bay import LOCK_KEYS
from ui.shell.clock import ClockWatch
from ui.shell.emergencies import EmergencyStrip
from ui.shell.navigation import Navigation
from ui.shell.surroundings import Around, anything_new
from ui.shell.system_lock import SystemLock
from ui.shell.trouble import show_error
from ui.shell.vaults import Vaults, alone

if TYPE_CHECKING:
    from app.bootstrap import Desk
    from app.vault.places import ThisDevice
    from ui.kit.palette import CommandPalette

_COUNTED_MS = 700
"""The page one begins on is shown first."""
_REMEMBERED = 50  # how far back one can go


class DeskWindow(QWidget):
    """The desk as every page knows it (`ui.kit.room.Context`)."""

    lock_asked = Signal()
    dress_asked = Signal()
    """The theme or text size was changed."""
    rebuild_asked = Signal()
    """The language was changed: every page is made anew."""
    recovery_asked = Signal()
    """A new recovery sheet was asked for."""
    words_made = Signal(object)
    """A new recovery sheet was made; its words are to be kept and typed back."""
    repair_asked = Signal()
    """The vault is damaged: the desk locks, and the lock screen repairs."""
    vault_asked = Signal(object)
    """Another vault is to be opened (its path)."""

    def __init__(
        self,
        desk: "Desk",
        tasks: Tasks,
        device: "ThisDevice",
        *,
        settings: Mapping[str, str] | None = None,
        state: Mapping[str, str] | None = None,
        vaults: Vaults | None = None,
    ) -> None:
        """Stand on an opened vault; its settings and state are looked up here unless they are given."""
        super().__init__()
        look().load_scripts()
        self._desk = desk
        self._tasks = tasks
        self.device = device
        self._pages: dict[str, PageWidget] = {}
        self._here = ("", "")
        self._past: list[tuple[str, str]] = []
        self._ahead: list[tuple[str, str]] = []
        self._state: dict[str, str] = {}
        self._left = state
        self._hushed = False
        self._unsaid: list[Exception] = []
        self.setAccessibleName(_("Desk"))

        self.settings = dict(settings or desk.people.settings(desk.seat.person))
        self.vaults = vaults or alone(desk.folder.path, device)
        shown = rooms.in_navigation(desk.seat.role)
        self.navigation = Navigation(shown, self.vaults)
        self.navigation.chosen.connect(self.go)
        self.navigation.lock.connect(self.lock_asked)
        self.navigation.search.connect(self.open_palette)
        self.navigation.curtain.connect(self.draw_curtain)
        self._stack = QStackedWidget()
        page_side = QWidget()
        side = QVBoxLayout(page_side)
        side.setContentsMargins(0, 0, 0, 0)
        if desk.records.read_only:
            side.addWidget(
                Banner(
                    _(
                        "This vault is read-only here. Everything can be read; nothing can be"
                        " written, saved as PDF or printed."
                    ),
                    "warn",
                )
            )
        self.marks = EmergencyStrip(self)
        side.addWidget(self.marks)
        side.addWidget(self._stack, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.navigation)
        row.addWidget(page_side, 1)
        self._notices = Notices(page_side)
        self._curtain = PrivacyCurtain(self)
        self._palette: CommandPalette | None = None

        tasks.on_trouble = self.say
        tasks.changed.connect(self._spread)
        self._idle = IdleWatch(application(), int(self.settings["lock_minutes"]), self)
        self._idle.idle.connect(self.lock_asked)
        self._idle.remaining.connect(self._warn_of_lock)
        self._system = SystemLock(self)
        self._system.asked.connect(self.lock_asked)
        self._midnight = QTimer(self)
        self._midnight.setInterval(60_000)
        self._midnight.timeout.connect(self._look_at_day)
        self._midnight.start()
        self._day = self.today()
        self._backups = BackupWatch(desk, tasks, self._notices, self)
        self._backups.failed.connect(lambda: self._spread(Changed.only(Kind.SETTING)))
        self._clock = ClockWatch(desk, self._notices, self)
        self._clock.changed.connect(lambda: self._spread(Changed.only(Kind.SETTING)))
        clipboard_guard().copied.connect(self._tell_of_clipboard)
        self.around = Around(self)
        self.around.found.connect(lambda _found: self._spread(anything_new(self)))
        self._make_shortcuts([page.id for page in shown])

    # -- what pages ask (Context) ----------------------------------------------------

    @property
    def desk(self) -> "Desk":
        """The opened vault's services."""
        return self._desk

    @property
    def tasks(self) -> Tasks:
        """Runs work off the UI thread."""
        return self._tasks

    @property
    def notices(self) -> Notices:
        """Says what was done, with Undo."""
        return self._notices

    def go(self, page: str, subject: str = "", *, instead: bool = False) -> None:
        """Show a page; what was typed on the one before is saved first."""
        if instead:
            self._ahead.clear()
            if self._past and self._past[-1] == (page, subject):
                self._past.pop()
        elif self._here[0] and self._here != (page, subject):
            self._past = [*self._past[-_REMEMBERED:], self._here]
            self._ahead.clear()
        self._show(page, subject)

    def back(self) -> None:
        """Return to the page shown before."""
        if self._past:
            self._ahead.append(self._here)
            self._show(*self._past.pop())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave what was opened with Esc, where the page has no use for it."""
        page = rooms.pages().get(self._here[0])
        if event.key() == Qt.Key.Key_Escape and page is not None and not page.in_navigation:
            self.back()
        else:
            super().keyPressEvent(event)

    def forward(self) -> None:
        """Go where one was before going back."""
        if self._ahead:
            self._past.append(self._here)
            self._show(*self._ahead.pop())

    def today(self) -> date:
        """The calendar day at the desk."""
        return self._desk.clock.now().day()

    def say(self, error: Exception) -> None:
        """Show a refusal as a notice, a trouble as a sheet, anything else as a crash sheet."""
        if self._hushed:
            return
        if self.isHidden():
            # Another vault is in front: this is said when one comes back.
            self._unsaid.append(error)
            return
        if isinstance(error, Refused) or (
            isinstance(error, Trouble) and error.code == "vault-read-only"
        ):
            from app.phrases import sentence

            self._notices.say(sentence(error), kind="warn")
        else:
            show_error(self, error)

    # -- what the frame asks ---------------------------------------------------------

    @property
    def here(self) -> tuple[str, str]:
        """The page that is shown, and what it is about."""
        return self._here

    def page(self, name: str) -> PageWidget:
        """Return a page's widget, making it when it is first needed."""
        found = self._pages.get(name)
        if found is None:
            found = rooms.pages()[name].make(self)
            found.setAccessibleName(_(rooms.pages()[name].title))
            found.counted.connect(partial(self.navigation.count, name))
            self._pages[name] = found
            self._stack.addWidget(found)
        return found

    def begin(self) -> None:
        """Show the page where one was at the last lock or closing, or Today."""
        state = self._left
        if state is None:
            state = self._desk.people.state(self._desk.seat.person)
        self._state = {name: value for name, value in state.items() if name.startswith("page:")}
        self.marks.reload()
        if "folded" in state:
            self.navigation.fold(state["folded"].split())
        page = state.get("here", "")
        known = page in rooms.pages() and self._desk.seat.role in rooms.pages()[page].roles
        self._show(page if known else "today", state.get("subject", "") if known else "")
        self._clock.look()
        QTimer.singleShot(_COUNTED_MS, self, self._count_today)
        for room in rooms.ROOMS:
            if room.begin is not None:
                room.begin(self)
        if self._desk.before_upgrade is not None and not self._desk.upgrade_told:
            from app.phrases.backups import brought_up_said

            self._desk.upgrade_told = True
            self._notices.say(brought_up_said(self._desk.before_upgrade.backup.path), seconds=20)

    def _count_today(self) -> None:
        """Let the navigation say how much waits today, also where one begins on another page."""
        if not self._tasks.closed and "today" not in self._pages:
            self.page("today").heed(Changed.only(Kind.SETTING))

    def flush(self) -> None:
        """Save every draft and where one is; called before a lock and before closing.

        A page that fails keeps no other from saving: its fault is raised when all had their turn.
        """
        self._notices.clear()
        faults: list[Exception] = []
        for page in self._pages.values():
            try:
                page.flush()
            except Exception as fault:  # noqa: BLE001 - raised below
                faults.append(fault)
        self._tasks.flush(5.0)
        self._keep_state()
        self._tasks.flush(5.0)
        if faults:
            raise faults[0]

    def showEvent(self, event: QShowEvent) -> None:
        """Say what could not be said while another vault was in front."""
        super().showEvent(event)
        unsaid, self._unsaid = self._unsaid, []
        for error in unsaid:
            QTimer.singleShot(0, self, partial(self.say, error))

    @property
    def is_covered(self) -> bool:
        """Whether the privacy curtain is drawn."""
        return self._curtain.is_on

    def rest(self) -> None:
        """Save what was typed on the page, without waiting: another vault comes to the front."""
        page = self._pages.get(self._here[0])
        if page is not None:
            page.flush()
        self._keep_state()

    def hush(self) -> None:
        """Say nothing from now on: the desk locks, and nobody is there to answer."""
        self._hushed = True

    def draw_curtain(self) -> None:
        """Cover what is on the screen until a key is pressed."""
        self._curtain.on()

    def open_palette(self) -> None:
        """Open the command palette."""
        from ui.shell.find import commands_of, make_palette

        if self._palette is None:
            self._palette = make_palette(self)
        self._palette.set_commands(commands_of(self))
        self._palette.open()

    def actions_of_rooms(self) -> list[RoomAction]:
        """Return everything that can be done from anywhere."""
        role = self._desk.seat.role
        return [a for room in rooms.ROOMS for a in room.actions if role in a.roles]

    # -- inside ----------------------------------------------------------------------

    def _show(self, name: str, subject: str) -> None:
        before = self._pages.get(self._here[0])
        if before is not None and self._here[0]:
            self._remember(self._here[0], before)
            before.flush()
        page = self.page(name)
        self._here = (name, subject)
        page.show_subject(subject)
        self._stack.setCurrentWidget(page)
        self.navigation.mark(name)
        kept = self._state.get(f"page:{name}")
        if kept:
            found = json.loads(kept)
            if found.get("subject", "") == subject:
                page.restore(found)
        page.arrive()
        self._keep_state()

    def _remember(self, name: str, page: PageWidget) -> None:
        state: Mapping[str, str] = {**page.state(), "subject": self._here[1]}
        self._state[f"page:{name}"] = json.dumps(dict(state))

    def _keep_state(self) -> None:
        if self._desk.records.read_only:
            return
        page = self._pages.get(self._here[0])
        if page is not None:
            self._remember(self._here[0], page)
        state = {
            "here": self._here[0],
            "subject": self._here[1],
            "folded": " ".join(self.navigation.folded()),
            **self._state,
        }
        self._tasks.write(partial(self._desk.people.keep_state, state), failed=self._not_kept)

    def _not_kept(self, error: Exception) -> None:
        """Where one was is a convenience: a full disk is told of when a record is at stake."""
        if not isinstance(error, CasewellError):
            self.say(error)

    def _spread(self, changed: Changed) -> None:
        if self._tasks.closed:
            return
        if changed.meets({Kind.SETTING}):
            self._tasks.read(
                partial(self._desk.people.settings, self._desk.seat.person),
                self._set,
                key="settings",
                owner=self,
            )
        if changed.meets({Kind.PERSON}):
            self.marks.reload()
        for page in self._pages.values():
            page.heed(changed)

    def _set(self, settings: dict[str, str] | None) -> None:
        if settings is not None:
            self.settings = settings
            self._idle.set_minutes(int(settings["lock_minutes"]))

    def _warn_of_lock(self, seconds: int) -> None:
        if not seconds or self.isHidden():
            return
        self._notices.say(
            _("Nothing was typed for a while. The desk locks in {seconds} seconds.").format(
                seconds=seconds
            ),
            kind="info",
        )

    def _tell_of_clipboard(self) -> None:
        """Say once on this device that what is copied does not stay."""
        if not self.device.facts.get("told_of_clipboard"):
            self.device.keep(told_of_clipboard=True)
            self._notices.say(
                _(
                    "Copied. What is copied here is taken off the clipboard after {seconds}"
                    " seconds, and when the desk locks."
                ).format(seconds=KEPT_S),
                kind="info",
            )

    def _look_at_day(self) -> None:
        if self.today() != self._day:
            self._day = self.today()
            for page in self._pages.values():
                page.heed(Changed.only(*Kind))

    def _make_shortcuts(self, shown: list[str]) -> None:
        for number, name in enumerate(shown[:9], 1):
            self._shortcut(f"Ctrl+{number}", partial(self.go, name))
        for keys, run in (
            ("Ctrl+K", self.open_palette),
            *((keys, self.lock_asked.emit) for keys in LOCK_KEYS),
            ("F9", self.draw_curtain),
            ("Alt+Left", self.back),
            ("Alt+Right", self.forward),
            ("F1", self._show_keys),
            ("Ctrl+/", self._show_keys),
        ):
            self._shortcut(keys, run)
        for action in self.actions_of_rooms():
            if action.shortcut:
                self._shortcut(action.shortcut, partial(action.run, self))

    def _shortcut(self, keys: str, run: Callable[[], None]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.activated.connect(run)

    def _show_keys(self) -> None:
        from ui.shell.find import show_keys

        show_keys(self)


def application() -> QApplication:
    """Return the running QApplication."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise TypeError(app)
    return app
