"""One run of the desk: from the lock screen to the next lock, in one process."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from app.kernel.errors import Cancelled, CasewellError, Refused
from app.kernel.words import _, language, system_language
from app.vault.places import ThisDevice, usual_vault
from ui.kit.capture import capture_guard, hides
from ui.kit.clipboard import clipboard_guard
from ui.kit.look import Choice, look
from ui.kit.tongue import speak

if TYPE_CHECKING:
    from types import TracebackType

    from app.bootstrap import Desk, Founder, Founding
    from app.kernel.ports import Progress
    from ui.kit.tasks import Tasks
    from ui.shell.window import DeskWindow

TITLE = "Casewell"
"""The window's whole title: it never carries a name."""
_LOCK_LIMIT = 30.0
"""Seconds after which a lock ends the process, though something on the way still hangs."""
_SETTLED_MS = 120
"""When the lock screen is surely painted, and nobody has typed a passphrase yet."""


class Frame(QMainWindow):
    """The one window: it shows the lock screen, the first run, or the desk."""

    def __init__(self, device: ThisDevice, vault: Path, *, locked: bool = False) -> None:
        super().__init__()
        self.device = device
        self.vault = vault
        self._tasks: Tasks | None = None
        self._was_locked = locked
        self._desk: DeskWindow | None = None
        self._unready: Desk | None = None
        self._locking = False
        self._faulty = False
        self.setWindowTitle(TITLE)
        self.setAccessibleName(TITLE)
        self._place_window()

    @property
    def tasks(self) -> "Tasks":
        """Runs work off the UI thread; made when there is some."""
        if self._tasks is None:
            from ui.kit.tasks import Tasks

            self._tasks = Tasks(self)
            self._tasks.on_trouble = self._say
        return self._tasks

    # -- what stands in the window ---------------------------------------------------

    @property
    def desk_window(self) -> "DeskWindow | None":
        """The opened desk, or None while the vault is closed."""
        return self._desk

    def begin(self) -> None:
        """Show the lock screen of a vault that is there, or else the first run."""
        if _stands(self.vault):
            self.show_lock()
        else:
            self.show_first_run()

    def show_lock(self) -> None:
        """Show the lock screen."""
        from ui.shell.lock_screen import LockScreen

        screen = LockScreen(self.vault, locked=self._was_locked)
        screen.unlock.connect(self.open_vault)
        screen.unlock_with_recovery.connect(lambda words: self.open_vault(words, recovery=True))
        screen.other_vault.connect(self._choose_vault)
        screen.restore.connect(self._restore)
        screen.new_vault.connect(self.show_first_run)
        self._put(screen)
        screen.begin()

    def show_first_run(self) -> None:
        """Show the four questions."""
        from ui.shell.first_run import FirstRun

        place = self.vault
        if _stands(place):
            place = _free_place(place)
        screen = FirstRun(place)
        screen.found.connect(self._found)
        screen.demo.connect(self._build_demo)
        screen.other_vault.connect(self._choose_vault)
        self._put(screen)
        screen.begin()

    def open_vault(self, secret: str, *, recovery: bool = False) -> None:
        """Open the vault off the UI thread; the desk appears when it is open."""
        vault, device = self.vault, self.device.device
        other = self.device.backup_folder()

        def work(_progress: object) -> "Desk":
            from app.bootstrap import open_vault

            return open_vault(vault, secret, device, with_recovery=recovery, other_backups=other)

        self.tasks.long(work, self._opened, self._not_opened, owner=self)

    def _opened(self, desk: "Desk") -> None:
        self.vault = desk.folder.path
        self.device.keep(vault=str(self.vault))
        try:
            if desk.confirmed:
                self._show_desk(desk)
            else:
                # The words shown before the program ended may be lost: fresh ones are made.
                self._show_recovery(desk, desk.new_recovery_words(), again=True)
        except Exception as error:  # noqa: BLE001 - whatever it is, no vault stays open behind it
            self._desk = self._unready = None
            desk.close()
            self._not_opened(error)

    def _not_opened(self, error: Exception) -> None:
        from ui.shell.lock_screen import LockScreen

        screen = self.centralWidget()
        if isinstance(screen, LockScreen):
            screen.busy(on=False)
        if isinstance(error, CasewellError) and isinstance(screen, LockScreen):
            from app.phrases import sentence

            screen.refuse(sentence(error))
        else:
            self._not_found(error)

    def _found(self, founder: "Founder", place: Path, understood: bool) -> None:
        device = self.device.device

        def work(_progress: object) -> "Founding":
            from app.bootstrap import create_vault
            from app.vault.surroundings import refuse_place

            if not understood:
                refuse_place(place)

            return create_vault(place, founder, device)

        def made(founding: "Founding") -> None:
            self.vault = founding.desk.folder.path
            self.device.keep(vault=str(self.vault))
            self._show_recovery(founding.desk, founding.recovery_words)

        self.tasks.long(work, made, self._not_found, owner=self)

    def _not_found(self, error: Exception) -> None:
        from ui.shell.first_run import FirstRun

        screen = self.centralWidget()
        if isinstance(error, CasewellError) and isinstance(screen, FirstRun):
            from app.phrases import sentence

            screen.refuse(error, sentence(error))
        else:
            self._say(error)

    def _show_recovery(self, desk: "Desk", words: tuple[str, ...], *, again: bool = False) -> None:
        from app.phrases import sentence
        from ui.shell.first_run import RecoveryStep

        fresh = desk.confirmed
        screen = RecoveryStep(words, desk.clock.now().day(), again=again or fresh)

        def check(typed: dict[int, str]) -> None:
            try:
                desk.confirm_recovery(words, typed)
            except Refused as refused:
                screen.refuse(refused.field, sentence(refused))
                return
            except CasewellError as trouble:
                self._say(trouble)
                return
            if fresh:
                self._show_desk(desk)
            else:
                self._show_beginning(desk)

        screen.retyped.connect(check)
        self._unready = desk
        self._put(screen)
        self._watch(desk, screen)
        screen.begin()

    def _show_beginning(self, desk: "Desk") -> None:
        from ui.shell.first_run import Beginning

        screen = Beginning()

        def enter(page: str) -> None:
            self._show_desk(desk)
            if self._desk is not None and page:
                self._desk.go(page)

        screen.import_roster.connect(lambda: enter("roster"))
        screen.empty.connect(lambda: enter(""))
        self._put(screen)
        self._watch(desk, screen)
        screen.begin()

    def _watch(self, desk: "Desk", screen: QWidget) -> None:
        """Lock an opened vault also while a step before the desk stands on the screen."""
        from ui.kit.idle import IdleWatch
        from ui.shell.system_lock import SystemLock
        from ui.shell.window import LOCK_KEYS

        minutes = int(desk.people.settings(desk.seat.person)["lock_minutes"])
        IdleWatch(application(self.device), minutes, screen).idle.connect(self.lock)
        SystemLock(screen).asked.connect(self.lock)
        for keys in LOCK_KEYS:
            QShortcut(QKeySequence(keys), screen).activated.connect(self.lock)

    def _build_demo(self) -> None:
        from ui.shell.first_run import FirstRun

        screen = self.centralWidget()
        if not isinstance(screen, FirstRun):
            raise TypeError(screen)

        def work(progress: "Progress") -> tuple[Path, str]:
            from app.demo import ensure_demo

            facts = ensure_demo(progress=progress)
            return facts.vault, facts.passphrase

        def built(found: tuple[Path, str]) -> None:
            screen.built()
            self.vault = found[0]
            self.open_vault(found[1])

        def failed(error: Exception) -> None:
            if isinstance(error, Cancelled):
                screen.stopped()
            else:
                self._not_found(error)

        handle = self.tasks.long(work, built, failed, screen.report, owner=screen)
        screen.build(handle.cancel)

    def _show_desk(self, desk: "Desk") -> None:
        from ui.shell.window import DeskWindow

        speak(desk.people.settings(desk.seat.person)["language"] or language())
        window = DeskWindow(desk, self.tasks, self.device)
        window.lock_asked.connect(self.lock)
        window.dress_asked.connect(lambda: dress(self.device))
        window.rebuild_asked.connect(lambda: self._rebuild(desk))
        window.vault_asked.connect(self._lock_to)
        window.recovery_asked.connect(lambda: self._renew_recovery(desk))
        self._desk = window
        self._unready = None
        self._put(window)
        window.begin()
        window.around.look(desk.folder.path)

    def _rebuild(self, desk: "Desk") -> None:
        if self._desk is not None:
            self._desk.flush()
        speak(desk.people.settings(desk.seat.person)["language"])
        self._show_desk(desk)

    def _renew_recovery(self, desk: "Desk") -> None:
        try:
            words = desk.new_recovery_words()
        except CasewellError as error:
            self._say(error)
            return
        if self._desk is not None:
            self._desk.flush()
            self._desk = None
        self._show_recovery(desk, words)

    # -- locking and leaving ---------------------------------------------------------

    def lock(self) -> None:
        """Save what was typed, end this process with all it holds, show a fresh lock screen.

        Nobody is there to answer: no question is asked on the way, and nothing that hangs
        keeps the key longer than `_LOCK_LIMIT`.
        """
        if self._locking or (self._desk is None and self._unready is None):
            return
        import threading

        from ui.shell.relaunch import LOCKED, relaunch

        self._locking = True
        line = [LOCKED, "--vault", str(self.vault)]
        limit = threading.Timer(_LOCK_LIMIT, relaunch, [line])
        limit.daemon = True
        limit.start()
        try:
            if self._desk is not None:
                self._desk.hush()
            self.hide()
            clipboard_guard().take_back()
            QGuiApplication.processEvents()
            self._keep_place()
            self._shut(closing=False)
        finally:
            # Whatever went wrong on the way, the process that holds the key ends here.
            limit.cancel()
            relaunch(line)

    def _lock_to(self, vault: Path) -> None:
        self.vault = vault
        self.lock()

    def _restore(self) -> None:
        from ui.shell.backups import RestoreSheet

        sheet = RestoreSheet(self.tasks, self.device, self.vault, self)
        sheet.open_asked.connect(self._show_restored)
        sheet.exec()
        sheet.deleteLater()

    def _show_restored(self, vault: Path) -> None:
        self.vault = vault
        self._was_locked = False
        self.show_lock()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Save what was typed and close the vault before the window goes."""
        clipboard_guard().take_back()
        self._keep_place()
        self.hide()
        self._shut(closing=True)
        event.accept()

    def _shut(self, *, closing: bool) -> None:
        window, self._desk = self._desk, None
        desk = window.desk if window is not None else self._unready
        self._unready = None
        try:
            if self._tasks is not None:
                # What holds the file for long gives way to what was typed.
                self._tasks.stop_long()
            if window is not None:
                window.flush()
        finally:
            try:
                if self._tasks is not None:
                    self._tasks.close(5.0)
                if window is not None:
                    from ui.shell.backups import last_backup

                    last_backup(window.desk, closing=closing)
            finally:
                if desk is not None:
                    desk.close()

    def say_fault(self, error: Exception) -> None:
        """Show a fault of the program, once: not over the sheet of the one before."""
        if not self._faulty:
            self._faulty = True
            try:
                self._say(error)
            finally:
                self._faulty = False

    # -- small things ----------------------------------------------------------------

    def _choose_vault(self) -> None:
        from PySide6.QtWidgets import QFileDialog

        chosen = QFileDialog.getExistingDirectory(
            self, _("Open a vault"), str(self.vault.parent), QFileDialog.Option.ShowDirsOnly
        )
        if not chosen:
            return
        if not _stands(Path(chosen)):
            from app.phrases import sentence_of
            from ui.kit.widgets.dialogs import tell

            tell(self, _("No vault there"), sentence_of("vault-missing", {"path": chosen}))
            return
        self.vault = Path(chosen)
        self._was_locked = False
        self.show_lock()

    def _put(self, widget: QWidget) -> None:
        old = self.takeCentralWidget()
        self.setCentralWidget(widget)
        if old is not None:
            old.hide()
            old.deleteLater()

    def _say(self, error: Exception) -> None:
        from ui.shell.trouble import show_error

        if not self._locking:
            show_error(self, error)

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
        rect = self.normalGeometry() if self.isMaximized() else self.geometry()
        self.device.keep(
            window=[rect.x(), rect.y(), rect.width(), rect.height()], maximized=self.isMaximized()
        )


def run_desk(vault: Path | None, passphrase: str | None = None, *, locked: bool = False) -> int:
    """Open the desk and stay until it is closed; return an exit code."""
    if not _can_draw():
        from app.phrases import sentence_of

        sys.stderr.write(f"casewell: {sentence_of('no-display', {})}\n")
        return 1
    app, frame = begin_desk(vault, locked=locked)
    if passphrase is not None:
        frame.open_vault(passphrase)
    return app.exec()


def begin_desk(vault: Path | None, *, locked: bool = False) -> tuple[QApplication, Frame]:
    """Show the lock screen, or the first run; return the program and its one window."""
    device = ThisDevice.here()
    app = application(device)
    frame = Frame(device, vault or device.last_vault() or usual_vault(), locked=locked)
    hear_of_faults(frame)
    clipboard_guard().begin()
    frame.begin()
    frame.show()
    QTimer.singleShot(_SETTLED_MS, _after_first_paint)
    return app, frame


def application(device: ThisDevice) -> QApplication:
    """Return the one QApplication, dressed as this device is set."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("Casewell")
    app.setDesktopFileName("casewell")
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
        kind: type[BaseException], error: BaseException, where: "TracebackType | None"
    ) -> None:
        if not isinstance(error, Exception):
            sys.__excepthook__(kind, error, where)
            return
        from ui.shell.trouble import report

        if sys.stderr is not None:
            sys.stderr.write(f"{report(error)}\n")
        frame.say_fault(error)

    sys.excepthook = heard


def _after_first_paint() -> None:
    """Close this process to others, and fetch what unlocking needs while the user types.

    The lock screen stands already, and nothing secret was typed yet.
    """
    import gc
    import importlib
    import threading

    from app.vault.places import private_process

    private_process()
    gc.enable()
    threading.Thread(
        target=lambda: importlib.import_module("app.bootstrap"), name="casewell-warm", daemon=True
    ).start()


def _can_draw() -> bool:
    if os.environ.get("QT_QPA_PLATFORM"):
        return True
    if os.name != "posix" or Path("/System/Library").is_dir():
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _stands(place: Path) -> bool:
    return any(
        (place / name).exists() for name in ("keybag.json", "keybag.copy.json", "records.db")
    )


def _free_place(place: Path) -> Path:
    for number in range(2, 100):
        found = place.with_name(f"{place.stem}-{number}{place.suffix}")
        if not found.exists():
            return found
    return place
