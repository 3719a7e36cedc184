"""One run of the program: one window with a vault or several, until the next lock."""

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QMainWindow

from app.kernel.faults import quiet_elsewhere, tell
from app.kernel.words import _, language, system_language
from app.vault.places import ThisDevice, stands, usual_vault
from ui.kit.capture import capture_guard, hides
from ui.kit.clipboard import clipboard_guard
from ui.kit.file_dialogs import forget_places, keep_no_places
from ui.kit.garbage import CollectedHere
from ui.kit.look import Choice, look
from ui.kit.tongue import speak
from ui.shell.bay import Bay, choose_vault, free_place
from ui.shell.vaults import MOST, Vaults

if TYPE_CHECKING:
    from types import TracebackType

    from ui.kit.tasks import Tasks
    from ui.shell.window import DeskWindow

TITLE = "Casewell"
"""The window's whole title: it never carries a name."""
_LOCK_LIMIT = 30.0
"""Seconds after which a lock ends the process, though something on the way still hangs."""
_SETTLED_MS = 120
"""When the lock screen is surely painted, and nobody has typed a passphrase yet."""


class Frame(QMainWindow):
    """The one window: of the vaults in it, each in a bay of its own, one is in front."""

    def __init__(
        self, device: ThisDevice, vault: Path, *, locked: bool = False, damaged: bool = False
    ) -> None:
        super().__init__()
        self.device = device
        self.vaults = Vaults(device, self)
        self.vaults.chosen.connect(self.go_to)
        self.vaults.another_asked.connect(self._choose_another)
        self.vaults.new_asked.connect(self._make_another)
        self.bays: list[Bay] = []
        self.bay = self._add(vault, locked=locked)
        self.bay.damaged = damaged
        """The one in front."""
        self._before: list[Bay] = []
        self._locking = False
        self._faulty = False
        self.setWindowTitle(TITLE)
        self.setAccessibleName(TITLE)
        self._place_window()
        for number in range(1, MOST + 1):
            keys = QShortcut(QKeySequence(f"Ctrl+Shift+{number}"), self)
            keys.activated.connect(partial(self._go_to_number, number))

    # -- the vault in front ----------------------------------------------------------

    @property
    def tasks(self) -> "Tasks":
        """Runs the work of the vault in front off the UI thread."""
        return self.bay.tasks

    @property
    def vault(self) -> Path:
        """The place of the vault in front."""
        return self.bay.vault

    @property
    def desk_window(self) -> "DeskWindow | None":
        """The opened desk in front, or None while that vault is closed."""
        return self.bay.desk_window

    def begin(self) -> None:
        """Show the lock screen of a vault that is there, or else the first run."""
        self.bay.begin()

    def show_lock(self) -> None:
        """Show the lock screen."""
        self.bay.show_lock()

    def open_vault(self, secret: str) -> None:
        """Open the vault in front with a passphrase."""
        self.bay.open_vault(secret)

    # -- several vaults --------------------------------------------------------------

    def go_to(self, vault: Path) -> None:
        """Bring a vault to the front; one that is not open shows its lock card."""
        bay = next((bay for bay in self.bays if bay.vault == vault), None)
        if bay is None:
            if not stands(vault):
                self._tell_missing(vault)
                return
            bay = self._add(vault)
            bay.show_lock()
        self.bring(bay)

    def bring(self, bay: Bay) -> None:
        """Bring a bay to the front; what was typed in the one before is on its way to its vault."""
        window = self.bay.desk_window
        if bay is self.bay or (window is not None and window.is_covered):
            return
        before, self.bay = self.bay, bay
        before.focus = self.focusWidget()
        if window is not None:
            window.rest()
        if before.is_open:
            self._before = [*(each for each in self._before if each is not before), before]
        speak(bay.language or language())
        self._show()
        bay.take_focus()
        if not before.is_open and before.tasks.idle():
            self._drop(before)
        self._tell_vaults()

    def _show(self) -> None:
        """Put the screen of the bay in front into the window."""
        screen = self.bay.screen
        shown = self.takeCentralWidget()
        if shown is not None:
            shown.setParent(self)
            shown.hide()
        if screen is None:
            return
        self.setCentralWidget(screen)
        screen.show()

    def _add(self, vault: Path, *, locked: bool = False) -> Bay:
        bay = Bay(self, self.device, vault, self.vaults, locked=locked)
        bay.shown.connect(partial(self._screen_changed, bay))
        bay.opened.connect(partial(self._opened, bay))
        bay.lock_asked.connect(self.lock)
        bay.leave_asked.connect(self._leave_card)
        bay.other_asked.connect(partial(self._show_other, bay))
        bay.move_asked.connect(self._lock_to)
        bay.repair_asked.connect(lambda: self._lock_to(bay.vault, damaged=True))
        bay.dress_asked.connect(lambda: dress(self.device))
        self.bays.append(bay)
        return bay

    def _drop(self, bay: Bay) -> None:
        self.bays.remove(bay)
        bay.shut(closing=True)
        bay.deleteLater()

    def _screen_changed(self, bay: Bay) -> None:
        if bay is self.bay:
            self._show()
            self._tell_vaults()

    def _opened(self, bay: Bay) -> None:
        self.vaults.remember(bay.vault)
        self._tell_vaults()

    def _tell_vaults(self) -> None:
        self.vaults.tell([bay.vault for bay in self.bays if bay.is_open], self.bay.vault)

    def _go_to_number(self, number: int) -> None:
        entries = self.vaults.entries()
        if number <= len(entries) and any(bay.is_open for bay in self.bays):
            self.go_to(entries[number - 1].path)

    def _leave_card(self) -> None:
        """Go back from a card to the vault that was in front before, or another open one."""
        opened = [bay for bay in self.bays if bay.is_open and bay is not self.bay]
        before = [bay for bay in self._before if bay in opened]
        for bay in [*before[-1:], *opened[:1]][:1]:
            self.bring(bay)

    def _show_other(self, bay: Bay, vault: Path) -> None:
        """Show another vault's card where a card stands, or the vault itself if it is open."""
        if any(other.vault == vault and other is not bay for other in self.bays):
            self.go_to(vault)
        elif stands(vault):
            bay.show_card_of(vault)
        else:
            self._tell_missing(vault)

    def _choose_another(self) -> None:
        chosen = choose_vault(self, self.vault.parent)
        if chosen is not None:
            self.go_to(chosen)

    def _make_another(self) -> None:
        bay = self._add(free_place(usual_vault()))
        bay.show_first_run()
        self.bring(bay)

    def _tell_missing(self, vault: Path) -> None:
        from app.phrases import sentence_of
        from ui.kit.widgets.dialogs import tell

        tell(self, _("No vault there"), sentence_of("vault-missing", {"path": str(vault)}))
        self.vaults.forget(vault)

    # -- locking and leaving ---------------------------------------------------------

    def lock(self) -> None:
        """Save what was typed, end this process with all it holds, show a fresh lock screen.

        Every vault in the window locks. Nobody is there to answer: no question is asked on the
        way, and nothing that hangs keeps a key longer than `_LOCK_LIMIT`.
        """
        opened = [bay for bay in self.bays if bay.is_open]
        if opened:
            self._lock_to((self.bay if self.bay.is_open else [*opened, *self._before][-1]).vault)

    def _lock_to(self, vault: Path, *, damaged: bool = False) -> None:
        if self._locking:
            return
        import threading

        from ui.shell.relaunch import DAMAGED, LOCKED, relaunch

        self._locking = True
        line = [DAMAGED if damaged else LOCKED, "--vault", str(vault)]
        limit = threading.Timer(_LOCK_LIMIT, relaunch, [line])
        limit.daemon = True
        limit.start()
        try:
            for bay in self.bays:
                bay.hush()
            self.hide()
            clipboard_guard().take_back()
            QGuiApplication.processEvents()
            self._keep_place()
            self._shut(closing=False)
        finally:
            # Whatever went wrong on the way, the process that holds the key ends here.
            limit.cancel()
            relaunch(line)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Save what was typed and close every vault before the window goes."""
        clipboard_guard().take_back()
        self._keep_place()
        self.hide()
        self._shut(closing=True)
        event.accept()

    def _shut(self, *, closing: bool) -> None:
        """Shut every bay; one that fails keeps no other from saving and closing."""
        faults: list[Exception] = []
        for bay in self.bays:
            try:
                bay.shut(closing=closing)
            except Exception as fault:  # noqa: BLE001 - raised below
                faults.append(fault)
        if faults:
            raise faults[0]

    def say_fault(self, error: Exception) -> None:
        """Show a fault of the program, once: not over the sheet of the one before."""
        from ui.shell.trouble import show_error

        if not self._faulty and not self._locking:
            self._faulty = True
            try:
                show_error(self, error)
            finally:
                self._faulty = False

    # -- small things ----------------------------------------------------------------

    def _place_window(self) -> None:
        room = QGuiApplication.primaryScreen().availableGeometry()
        kept = self.device.facts.get("window")
        if isinstance(kept, list) and len(kept) == 4 and all(isinstance(n, int) for n in kept):
            rect = QRect(*kept).intersected(room)
            if rect.width() >= 640 and rect.height() >= 400:
                self.setGeometry(rect)
                if self.device.facts.get("maximized") is True:
                    self.setWindowState(Qt.WindowState.WindowMaximized)
                return
        width, height = min(1280, room.width()), min(800, room.height())
        self.resize(width, height)

    def _keep_place(self) -> None:
        forget_places()
        rect = self.normalGeometry() if self.isMaximized() else self.geometry()
        self.device.keep(
            window=[rect.x(), rect.y(), rect.width(), rect.height()], maximized=self.isMaximized()
        )


def run_desk(
    vault: Path | None,
    passphrase: str | None = None,
    *,
    locked: bool = False,
    damaged: bool = False,
) -> int:
    """Open the desk and stay until it is closed; return an exit code."""
    if not _can_draw():
        from app.phrases import sentence_of

        sys.stderr.write(f"casewell: {sentence_of('no-display', {})}\n")
        return 1
    app, frame = begin_desk(vault, locked=locked, damaged=damaged)
    if passphrase is not None:
        frame.open_vault(passphrase)
    return app.exec()


def begin_desk(
    vault: Path | None, *, locked: bool = False, damaged: bool = False
) -> tuple[QApplication, Frame]:
    """Show the lock screen, or the first run; return the program and its one window."""
    device = ThisDevice.here()
    app = application(device)
    place = vault or device.last_vault() or usual_vault()
    frame = Frame(device, place, locked=locked, damaged=damaged)
    hear_of_faults(frame)
    frame.begin()
    frame.show()
    QTimer.singleShot(_SETTLED_MS, _after_first_paint)
    return app, frame


def application(device: ThisDevice) -> QApplication:
    """Return the one QApplication, dressed as this device is set."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    if app.findChild(CollectedHere) is None:
        CollectedHere(app)
    app.setApplicationName("Casewell")
    app.setDesktopFileName("casewell")
    keep_no_places()
    speak(str(device.facts.get("language") or system_language()))
    dress(device)
    return app


def dress(device: ThisDevice) -> None:
    """Give the program the theme and text size that this device is set to."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        return
    theme = device.facts.get("theme")
    choice: Choice = theme if theme in ("light", "dark", "contrast") else "system"
    scale = device.facts.get("text_scale")
    look().apply(app, choice, float(scale) if isinstance(scale, int | float) else 1.0)
    capture_guard().set(on=hides(device.facts))


def hear_of_faults(frame: Frame) -> None:
    """Show a fault that nobody caught, and write down where it was: never what it quotes."""

    def heard(
        _kind: type[BaseException], error: BaseException, _where: "TracebackType | None"
    ) -> None:
        # What is no Exception is Ctrl+C in a terminal, or what a library in Rust stumbled over.
        tell(error)
        if isinstance(error, Exception):
            frame.say_fault(error)

    sys.excepthook = heard
    quiet_elsewhere()


def _after_first_paint() -> None:
    """Close this process to others, and fetch what unlocking needs while the user types.

    The lock screen stands already, and nothing secret was typed yet.
    """
    import gc
    import importlib
    import threading

    from app.vault.own_process import private_process

    private_process()
    clipboard_guard().begin()
    gc.freeze()  # what was imported stays: no collection goes through it again
    threading.Thread(
        target=lambda: importlib.import_module("app.bootstrap"), name="casewell-warm", daemon=True
    ).start()


def _can_draw() -> bool:
    if os.environ.get("QT_QPA_PLATFORM"):
        return True
    if os.name != "posix" or Path("/System/Library").is_dir():
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
