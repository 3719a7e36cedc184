"""One vault in the window: its lock card, its first steps, or its desk, each with work of its own.

Nothing passes from one bay to another: each has its own tasks, pages, notices, palette and
timers, and knows of the other vaults no more than their places.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.kernel.errors import Cancelled, CasewellError, Damage, Refused
from app.kernel.words import _, language
from app.vault.places import ThisDevice, stands
from ui.kit.tongue import speak

if TYPE_CHECKING:
    from app.bootstrap import Desk, Founder, Founding
    from app.features.access.commands import OpenInEmergency
    from app.kernel.ports import Progress
    from ui.kit.tasks import Tasks
    from ui.shell.lock_screen import LockScreen
    from ui.shell.vaults import Vaults
    from ui.shell.window import DeskWindow


@dataclass(frozen=True, slots=True)
class Arrival:
    """An opened desk with what is to be known before the first page is made."""

    desk: "Desk"
    settings: dict[str, str]
    state: dict[str, str]
    names: tuple[str, ...] = ()
    """Names that make no good passphrase, where one is to be chosen."""
    words: tuple[str, ...] = ()
    """Fresh recovery words, where the ones shown before were never typed back."""


def looked_up(desk: "Desk") -> Arrival:
    """Look up what a desk begins with; away from the screen."""
    who = desk.seat.person
    names = tuple(desk.people.names_around()) if desk.must_change_passphrase else ()
    return Arrival(desk, desk.people.settings(who), desk.people.state(who), names)


def arrived(desk: "Desk") -> Arrival:
    """Look up what a desk that was just opened begins with; it is closed if that fails."""
    try:
        words = () if desk.confirmed else desk.new_recovery_words()
        return replace(looked_up(desk), words=words)
    except BaseException:
        desk.close()
        raise


class Bay(QObject):
    """What stands in the window for one vault."""

    shown = Signal()
    """Another screen stands in the bay."""
    opened = Signal()
    """The vault of this bay was opened; its place is known for sure now."""
    lock_asked = Signal()
    leave_asked = Signal()
    """Whoever is at the card wants back to a vault that is open."""
    other_asked = Signal(object)
    """Another vault is to be shown in the place of this card (its path)."""
    move_asked = Signal(object)
    """The desk is to lock, and to come up on another vault (its path)."""
    dress_asked = Signal()
    repair_asked = Signal()
    """The desk is to lock, and this vault is to be repaired."""

    def __init__(
        self, frame: QWidget, device: ThisDevice, vault: Path, vaults: "Vaults", *, locked: bool
    ) -> None:
        super().__init__(frame)
        self._frame = frame
        self.device = device
        self.vault = vault
        self.damaged = False
        """Someone said so: the way to repair is shown at once."""
        self.language = ""
        self.screen: QWidget | None = None
        self.focus: QWidget | None = None
        """Where the focus was when another bay came to the front."""
        self._vaults = vaults
        self._was_locked = locked
        self._tasks: Tasks | None = None
        self._desk: DeskWindow | None = None
        self._unready: Desk | None = None
        self._closing = False

    @property
    def tasks(self) -> "Tasks":
        """Runs work off the UI thread; made when there is some."""
        if self._tasks is None:
            from ui.kit.tasks import Tasks

            self._tasks = Tasks(self)
            self._tasks.on_trouble = self._say
        return self._tasks

    @property
    def desk_window(self) -> "DeskWindow | None":
        """The opened desk, or None while the vault is closed."""
        return self._desk

    @property
    def is_open(self) -> bool:
        """Whether a key is held here."""
        return self._desk is not None or self._unready is not None

    # -- what stands in the bay ------------------------------------------------------

    def begin(self) -> None:
        """Show the lock screen of a vault that is there, or else the first run."""
        if stands(self.vault):
            self.show_lock()
        else:
            self.show_first_run()

    def show_lock(self) -> None:
        """Show the lock screen."""
        from ui.shell.lock_screen import LockScreen

        others = [entry for entry in self._vaults.entries() if entry.path != self.vault]
        screen = LockScreen(
            self.vault,
            locked=self._was_locked,
            keyring=bool(self.device.keyring_slots(self.vault)),
            others=[(entry.path, entry.name) for entry in others if not entry.open],
            beside=next((entry.name for entry in others if entry.open), ""),
        )
        self._unlock_by(screen)
        screen.unlock_with_recovery.connect(self.ask_why)
        screen.other_vault.connect(self._choose_vault)
        screen.known_vault.connect(self.other_asked)
        screen.restore.connect(self._restore)
        screen.repair.connect(self._repair)
        if self.damaged:
            screen.offer_repair()
        screen.new_vault.connect(self.show_first_run)
        screen.leave.connect(self.leave_asked)
        self._put(screen, keys=True)
        screen.begin()

    def _unlock_by(self, screen: "LockScreen") -> None:
        """Have the card's passphrase open the vault, or this computer's keyring if it is offered."""
        if not screen.offers_keyring:
            screen.unlock.connect(self.open_vault)
            return
        from ui.shell.unlocking import KeyringWay

        way = KeyringWay(self.tasks, self.device, self.vault, self)
        screen.unlock.connect(way.unlock)
        screen.unlock_with_keyring.connect(way.ask)
        way.entered.connect(self.open_vault)
        way.refused.connect(self._not_opened)
        way.opened.connect(self.arrive)

    def show_card_of(self, vault: Path) -> None:
        """Show the lock card of another vault in the place of this card."""
        self.vault = vault
        self.damaged = False
        self._was_locked = False
        self.show_lock()

    def show_first_run(self) -> None:
        """Show the four questions."""
        from ui.shell.first_run import FirstRun

        place = free_place(self.vault) if stands(self.vault) else self.vault
        beside = any(entry.open for entry in self._vaults.entries())
        screen = FirstRun(place, beside=beside)
        screen.found.connect(self._found)
        screen.demo.connect(self._build_demo)
        screen.other_vault.connect(self._choose_vault)
        screen.leave.connect(self.leave_asked)
        self._put(screen, keys=True)
        screen.begin()

    def open_vault(self, secret: str, emergency: "OpenInEmergency | None" = None) -> None:
        """Open the vault off the UI thread; the desk appears when it is open.

        With `emergency`, the secret is the words of the recovery sheet.
        """
        vault, device = self.vault, self.device.device
        other, first = self.device.backup_folder(), self.device.last_slots()

        def work(_progress: object) -> Arrival:
            from app.bootstrap import open_vault

            return arrived(
                open_vault(
                    vault,
                    secret,
                    device,
                    with_recovery=emergency is not None,
                    emergency=emergency,
                    first=first,
                    other_backups=other,
                )
            )

        self.tasks.long(
            work, lambda arrival: self.arrive(arrival, secret), self._not_opened, owner=self
        )

    def ask_why(self, words: str) -> None:
        """See that recovery words fit, then ask who opens the vault with them, and why."""
        vault = self.vault

        def work(_progress: object) -> None:
            from app.bootstrap import prove_recovery_words

            prove_recovery_words(vault, words)

        self.tasks.long(
            work, lambda _nothing: self._show_emergency(words), self._not_opened, owner=self
        )

    def _show_emergency(self, words: str) -> None:
        from ui.shell.way_in import EmergencyCard

        if self._closing:
            return
        screen = EmergencyCard()

        def told(name: str, reason: str) -> None:
            from app.features.access.commands import OpenInEmergency

            self.open_vault(words, OpenInEmergency(name, reason))

        screen.told.connect(told)
        screen.leave.connect(self.show_lock)
        self._put(screen, keys=True)
        screen.begin()

    def arrive(self, arrival: Arrival, secret: str = "") -> None:
        """Show an opened desk, or the step that comes before it."""
        desk = arrival.desk
        if self._closing:
            # The window was closed while the vault was being opened.
            desk.close()
            return
        self.vault = desk.folder.path
        try:
            if desk.must_change_passphrase and not desk.records.read_only:
                self._show_own_passphrase(arrival, secret)
            elif desk.confirmed:
                self.show_desk(arrival)
            else:
                # The words shown before the program ended may be lost: fresh ones are made.
                self._show_recovery(arrival, arrival.words, again=True)
        except Exception as error:  # noqa: BLE001 - whatever it is, no vault stays open behind it
            self._desk = self._unready = None
            desk.close()
            self._not_opened(error)
        else:
            self.device.keep_slot(desk.slot.id)
            self._settle(desk, secret)
            self.opened.emit()

    def _settle(self, desk: "Desk", secret: str) -> None:
        from ui.shell.unlocking import settle, stretch_in_peace

        settle(desk, self.device, self.tasks, self)
        if self._desk is not None:
            stretch_in_peace(desk, secret, self.device, self.tasks, self._desk)

    def _show_own_passphrase(self, arrival: Arrival, first: str) -> None:
        """Have a first passphrase replaced before anything of the vault is shown."""
        from app.phrases import sentence
        from ui.shell.way_in import OwnPassphrase

        desk = arrival.desk
        screen = OwnPassphrase(arrival.names)

        def keep(own: str) -> None:
            self.tasks.write(
                lambda: desk.change_passphrase(first, own), kept, refused, owner=screen
            )

        def kept(_nothing: None) -> None:
            self.device.keep_slot(desk.slot.id)
            self.show_desk(arrival)

        def refused(error: Exception) -> None:
            screen.busy(on=False)
            at_field = isinstance(error, Refused) and screen.refuse(error.field, sentence(error))
            if not at_field:
                self._say(error)

        screen.chosen.connect(keep)
        self._unready = desk
        self._put(screen)
        self._watch(arrival, screen)
        screen.begin()

    def _not_opened(self, error: Exception) -> None:
        from ui.shell.lock_screen import LockScreen
        from ui.shell.way_in import EmergencyCard

        screen = self.screen
        if isinstance(screen, LockScreen | EmergencyCard):
            screen.busy(on=False)
        if isinstance(screen, EmergencyCard):
            from app.phrases import sentence

            at_field = isinstance(error, Refused) and screen.refuse(error.field, sentence(error))
            if not at_field:
                self._say(error)
            return
        if isinstance(error, CasewellError) and isinstance(screen, LockScreen):
            from app.phrases import sentence

            if isinstance(error, Damage) or error.code == "keybag-missing":
                screen.offer_repair()
            screen.refuse(sentence(error))
        else:
            self._not_found(error)

    def _found(self, founder: "Founder", place: Path, understood: bool) -> None:
        device = self.device.device

        def work(_progress: object) -> "tuple[Founding, dict[str, str]]":
            from app.bootstrap import create_vault
            from app.vault.surroundings import refuse_place

            if not understood:
                refuse_place(place)
            founding = create_vault(place, founder, device)
            desk = founding.desk
            return founding, desk.people.settings(desk.seat.person)

        def made(found: "tuple[Founding, dict[str, str]]") -> None:
            founding, settings = found
            if self._closing:
                founding.desk.close()
                return
            self.vault = founding.desk.folder.path
            self._show_recovery(Arrival(founding.desk, settings, {}), founding.recovery_words)
            self.opened.emit()

        self.tasks.long(work, made, self._not_found, owner=self)

    def _not_found(self, error: Exception) -> None:
        from ui.shell.first_run import FirstRun

        screen = self.screen
        if isinstance(error, CasewellError) and isinstance(screen, FirstRun):
            from app.phrases import sentence

            screen.refuse(error, sentence(error))
        else:
            self._say(error)

    def _show_recovery(
        self, arrival: Arrival, words: tuple[str, ...], *, again: bool = False
    ) -> None:
        from app.phrases import sentence
        from ui.shell.first_run import RecoveryStep

        desk = arrival.desk
        fresh = desk.confirmed
        screen = RecoveryStep(words, desk.clock.now().day(), again=again or fresh)

        def check(typed: dict[int, str]) -> None:
            screen.wait(on=True)
            self.tasks.write(
                lambda: desk.confirm_recovery(words, typed), confirmed, refused, owner=screen
            )

        def confirmed(_nothing: None) -> None:
            if self._closing:
                return
            if fresh:
                self._come_back(desk)
            else:
                self._show_beginning(arrival)

        def refused(error: Exception) -> None:
            screen.wait(on=False)
            if isinstance(error, Refused):
                screen.refuse(error.field, sentence(error))
            else:
                self._say(error)

        screen.retyped.connect(check)
        self._unready = desk
        self._put(screen)
        self._watch(arrival, screen)
        screen.begin()

    def _show_beginning(self, arrival: Arrival) -> None:
        from ui.shell.first_run import Beginning

        screen = Beginning()

        def enter(page: str) -> None:
            self.show_desk(arrival)
            if self._desk is not None and page:
                self._desk.go(page)

        screen.import_roster.connect(lambda: enter("roster"))
        screen.empty.connect(lambda: enter(""))
        self._put(screen)
        self._watch(arrival, screen)
        screen.begin()

    def _watch(self, arrival: Arrival, screen: QWidget) -> None:
        """Lock an opened vault also while a step before the desk stands on the screen."""
        from ui.kit.idle import IdleWatch
        from ui.shell.system_lock import SystemLock
        from ui.shell.window import application

        minutes = int(arrival.settings["lock_minutes"])
        IdleWatch(application(), minutes, screen).idle.connect(self.lock_asked)
        SystemLock(screen).asked.connect(self.lock_asked)
        self._lock_keys(screen)

    def _lock_keys(self, screen: QWidget) -> None:
        for keys in LOCK_KEYS:
            QShortcut(QKeySequence(keys), screen).activated.connect(self.lock_asked)

    def _build_demo(self) -> None:
        from ui.shell.first_run import FirstRun

        screen = self.screen
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

    def show_desk(self, arrival: Arrival) -> None:
        """Show the desk of an opened vault."""
        from ui.shell.window import DeskWindow

        if self._closing:
            return
        desk = arrival.desk
        self.language = arrival.settings["language"] or language()
        speak(self.language)
        window = DeskWindow(
            desk,
            self.tasks,
            self.device,
            settings=arrival.settings,
            state=arrival.state,
            vaults=self._vaults,
        )
        window.lock_asked.connect(self.lock_asked)
        window.dress_asked.connect(self.dress_asked)
        window.rebuild_asked.connect(lambda: self._come_back(desk))
        window.vault_asked.connect(self.move_asked)
        window.repair_asked.connect(self.repair_asked)
        window.recovery_asked.connect(lambda: self.renew_recovery(desk))
        window.words_made.connect(lambda words: self.show_words(desk, words))
        self._desk = window
        self._unready = None
        self._put(window)
        window.begin()
        window.around.look(desk.folder.path)

    def _come_back(self, desk: "Desk") -> None:
        """Make the desk anew, as its settings are now; what was typed is saved first."""
        if self._desk is not None:
            self._desk.flush()
        self.tasks.write(lambda: looked_up(desk), self.show_desk, self._say, owner=self)

    def renew_recovery(self, desk: "Desk") -> None:
        """Make a fresh recovery sheet, show it, and have it typed back."""
        self.tasks.write(
            lambda: replace(looked_up(desk), words=desk.new_recovery_words()),
            self._retype,
            self._say,
            owner=self,
        )

    def show_words(self, desk: "Desk", words: tuple[str, ...]) -> None:
        """Show a recovery sheet that was made along with something else; have it typed back."""
        self.tasks.write(
            lambda: replace(looked_up(desk), words=words), self._retype, self._say, owner=self
        )

    def _retype(self, arrival: Arrival) -> None:
        if self._closing:
            return
        if self._desk is not None:
            self._desk.flush()
            self._desk = None
        self._show_recovery(arrival, arrival.words)

    def take_focus(self) -> None:
        """Put the focus where it was when another vault came to the front, or where work begins."""
        screen, focus = self.screen, self.focus
        if screen is None:
            return
        if focus is not None and isValid(focus) and screen.isAncestorOf(focus):
            focus.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._desk is not None:
            self._desk.page(self._desk.here[0]).arrive()
        else:
            begin = getattr(screen, "begin", None)
            if begin is not None:
                begin()

    # -- leaving ---------------------------------------------------------------------

    def hush(self) -> None:
        """Say nothing from now on: the desk locks, and nobody is there to answer."""
        self._closing = True
        if self._desk is not None:
            self._desk.hush()

    def shut(self, *, closing: bool) -> None:
        """Save what was typed, back up what is due, close the vault."""
        self._closing = True
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
                if self.screen is not None and self.screen.isHidden():
                    # Behind another vault: nothing of it goes on working.
                    self.screen.deleteLater()
                    self.screen = None

    # -- small things ----------------------------------------------------------------

    def _repair(self) -> None:
        from ui.shell.repair import open_repair

        window = None if self.screen is None else self.screen.window()
        open_repair(self.tasks, self.device, self.vault, window, self.show_card_of, self._restore)

    def _restore(self) -> None:
        from ui.shell.backups import RestoreSheet

        # The window's, not the card's: the card may give way to the restored vault's.
        window = None if self.screen is None else self.screen.window()
        sheet = RestoreSheet(self.tasks, self.device, self.vault, window)
        sheet.open_asked.connect(self.show_card_of)
        sheet.exec()
        sheet.deleteLater()

    def _choose_vault(self) -> None:
        chosen = choose_vault(self.screen, self.vault.parent)
        if chosen is not None:
            self.other_asked.emit(chosen)

    def _put(self, widget: QWidget, *, keys: bool = False) -> None:
        old, self.screen = self.screen, widget
        # The window's from the beginning, also behind another vault: nothing else ends it.
        widget.setParent(self._frame)
        if keys:
            self._lock_keys(widget)
        self.focus = None
        self.shown.emit()
        if old is not None:
            old.hide()
            old.deleteLater()

    def _say(self, error: Exception) -> None:
        from ui.shell.trouble import show_error

        if not self._closing and self.screen is not None:
            show_error(self.screen.window(), error)


LOCK_KEYS = ("Ctrl+L", "F12")


def choose_vault(parent: QWidget | None, folder: Path) -> Path | None:
    """Ask for a vault's folder; say so if there is none in it."""
    from PySide6.QtWidgets import QFileDialog

    chosen = QFileDialog.getExistingDirectory(
        parent, _("Open a vault"), str(folder), QFileDialog.Option.ShowDirsOnly
    )
    if not chosen:
        return None
    if not stands(Path(chosen)):
        from app.phrases import sentence_of
        from ui.kit.widgets.dialogs import tell

        tell(parent, _("No vault there"), sentence_of("vault-missing", {"path": chosen}))
        return None
    return Path(chosen)


def free_place(place: Path) -> Path:
    """Return `place`, or a place beside it that is not taken."""
    if not place.exists():
        return place
    for number in range(2, 100):
        found = place.with_name(f"{place.stem}-{number}{place.suffix}")
        if not found.exists():
            return found
    return place
