"""Backups on the screen: made by themselves, made on demand, and made into a vault again."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from app.kernel.errors import Cancelled, CasewellError, Refused, Trouble
from app.kernel.words import _, ngettext
from ui.kit.announce import announce
from ui.kit.dates import shown_moment
from ui.kit.look import look
from ui.kit.room import Context, TodayLine
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.dialogs import Sheet, ask
from ui.kit.widgets.editors import Choice, LineEdit
from ui.kit.widgets.fields import Field, Form
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import Muted, Words
from ui.kit.widgets.passphrase import PassphraseEdit
from ui.kit.widgets.progress import BusyPanel

if TYPE_CHECKING:
    from app.bootstrap import Desk
    from app.features.backups.losses import LossLine
    from app.features.backups.model import Backup, Inside, Made, Standing
    from app.features.backups.proving import Tried
    from app.features.backups.restore import Opened
    from app.kernel.ports import Progress
    from app.vault.places import ThisDevice
    from ui.kit.notices import Notices
    from ui.kit.tasks import Handle, Tasks

_LOOK_EVERY_MS = 60_000


class BackupWatch(QObject):
    """Looks every minute whether a backup is due, and makes it away from the screen.

    When none is, it looks whether those that are kept wait for their weekly test.
    Each look also writes the journal's head into the keybag, so that a file that is cut back
    after a crash is seen up to the last minute.
    """

    failed = Signal()
    """A backup did not pass its test."""

    def __init__(
        self, desk: "Desk", tasks: "Tasks", notices: "Notices", parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._tasks = tasks
        self._notices = notices
        self._told: set[str] = set()
        self._running = False
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Make a backup if one is due and none is under way."""
        if not self._running:
            self._running = True
            self._tasks.read(self._seen_to, self._go, self._failed, owner=self)

    def _seen_to(self) -> bool:
        self._desk.anchor_now()
        return self._desk.backups.is_due()

    def _go(self, due: object) -> None:
        if due:
            self._tasks.long(self._desk.backups.make, self._made, self._failed, owner=self)
        else:
            self._tasks.read(self._desk.proving.is_due, self._go_on, self._failed, owner=self)

    def _go_on(self, due: object) -> None:
        """Restore what is due for a test; whoever locks or leaves stops it."""
        if due:
            prove = partial(self._desk.proving.prove, everything=False)
            self._tasks.long(prove, self._proven, self._failed, owner=self)
        else:
            self._running = False

    def _proven(self, tried: "list[Tried]") -> None:
        self._running = False
        if any(one.proof is not None and one.proof.outcome == "damaged" for one in tried):
            self._notices.say(
                _(
                    "A backup could not be restored for a test and was set aside. Today tells which."
                ),
                kind="warn",
            )
            self.failed.emit()

    def _made(self, made: "Made") -> None:
        self._running = False
        if not made.troubles:
            self._told.clear()
        for trouble in made.troubles:
            self._tell(trouble)

    def _failed(self, error: Exception) -> None:
        self._running = False
        if not isinstance(error, CasewellError):
            raise error
        self._tell(error)

    def _tell(self, error: CasewellError) -> None:
        """Say each trouble once; the line on Today stays."""
        from app.phrases import sentence

        if not isinstance(error, Cancelled) and error.code not in self._told:
            self._told.add(error.code)
            self._notices.say(sentence(error), kind="warn")


def last_backup(desk: "Desk", *, closing: bool) -> None:
    """Back up what changed before the vault is closed; a trouble does not stop the closing.

    A lock must be quick: then only when one is due, and of a small vault.
    """
    backups = desk.backups
    try:
        if backups.is_due(at_once=closing) and (closing or backups.is_quick()):
            backups.make()
    except Trouble:
        # The next opening tries again within a minute, and says so when it fails too.
        return


def today_line(context: Context) -> list[TodayLine]:
    """Return the lines of Today about backups; runs on the reader thread."""
    return [*_late_line(context), *_failed_lines(context)]


def _failed_lines(context: Context) -> list[TodayLine]:
    """Return a line for each backup that could not be restored for a test."""
    proving = context.desk.proving
    return [
        TodayLine(
            id=f"backup-failed-{failure.path.name}",
            rank=6,
            icon="backup",
            title=_("The backup of {when} could not be restored").format(
                when=shown_moment(failure.made.wall())
            ),
            detail=_("It was set aside at {path}. Back up now, in Settings.").format(
                path=failure.path
            ),
            when="",
            page="settings",
            subject="",
            done=partial(proving.take_note, failure),
            late=True,
        )
        for failure in proving.failures()
    ]


def _late_line(context: Context) -> list[TodayLine]:
    """Return the line that says that work is in no backup."""
    standing = context.desk.backups.standing()
    now = context.desk.clock.now()
    since = standing.unsaved_since
    if since is None or not standing.late(now):
        return []
    days = (now.instant() - since.instant()).days
    return [
        TodayLine(
            id="backup-late",
            rank=5,
            icon="backup",
            title=ngettext(
                "Work of {count} day is in no backup",
                "Work of {count} days is in no backup",
                days,
            ).format(count=days),
            detail=_("Open Settings, then Backups, and back up now."),
            when="",
            page="settings",
            subject="",
            late=True,
        )
    ]


class BackupPart(QWidget):
    """What the settings say and do about backups."""

    open_asked = Signal(object)
    """A vault was restored, and the person wants to open it (its path)."""
    repair_asked = Signal()
    """The vault is damaged, and is to be repaired."""

    def __init__(self, context: Context, device: "ThisDevice") -> None:
        super().__init__()
        self._context = context
        self._device = device
        self._lines: list[LossLine] = []
        self._last = Words("")
        self._where = Muted("")
        self._proven = Muted("")
        self._handle: Handle | None = None
        self._busy = BusyPanel()
        self._busy.cancelled.connect(self._stop)
        self._now = Button(_("Back up now"), "backup")
        self._prove = Button(_("Test all backups"), "done")
        self._choose = Button(_("Use another disk as well"), "place")
        self._without = Button(_("Stop using the other disk"), "clear")
        self._restore = Button(_("Restore a backup"), "history")
        self._repair = Button(_("Repair a damaged vault"), "amendment")
        self._losses = Button(_("What the repair could not save"), "history")
        self._losses.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().gap(12))
        for widget in (self._last, self._proven, self._where, self._busy):
            column.addWidget(widget)
        buttons = (self._now, self._prove, self._choose, self._without, self._restore, self._repair)
        column.addWidget(_row(*buttons, self._losses))
        self._now.clicked.connect(self.back_up)
        self._prove.clicked.connect(self.prove)
        self._choose.clicked.connect(self._choose_other)
        self._without.clicked.connect(partial(self.use_other, None))
        self._restore.clicked.connect(self._open_sheet)
        self._repair.clicked.connect(self._ask_repair)
        self._losses.clicked.connect(self._open_losses)
        self.reload()

    def reload(self) -> None:
        """Look again how the vault stands with its backups."""
        self._without.setVisible(self._context.desk.backups.other is not None)
        self._context.tasks.read(
            self._context.desk.backups.standing, self._show, key="backups", owner=self
        )
        self._context.tasks.read(
            self._context.desk.proving.tried, self._show_proofs, key="proofs", owner=self
        )
        self._context.tasks.read(
            self._context.desk.backups.losses, self._keep_losses, key="losses", owner=self
        )

    def back_up(self) -> None:
        """Make a backup now."""
        self._now.setEnabled(False)

        def done(made: "Made") -> None:
            from app.phrases import sentence

            self._ready()
            for trouble in made.troubles:
                self._context.notices.say(sentence(trouble), kind="warn")
            if not made.troubles:
                self._context.notices.say(_("Backed up, opened and checked."))

        def failed(error: Exception) -> None:
            self._ready()
            self._context.say(error)

        self._handle = self._context.tasks.long(
            self._context.desk.backups.make, done, failed, self._busy.report, owner=self
        )
        self._busy.start(
            _("Backing up"), lambda done, of: _("{done} of {of} pages").format(done=done, of=of)
        )

    def prove(self) -> None:
        """Restore every backup for a test now."""
        self._now.setEnabled(False)
        self._prove.setEnabled(False)

        def done(tried: "list[Tried]") -> None:
            self._ready()
            bad = sum(one.proof is not None and one.proof.outcome == "damaged" for one in tried)
            if bad:
                said = ngettext(
                    "{count} backup could not be restored and was set aside.",
                    "{count} backups could not be restored and were set aside.",
                    bad,
                ).format(count=bad)
                self._context.notices.say(said, kind="warn")
            else:
                self._context.notices.say(_("Every backup was restored for a test."))

        def failed(error: Exception) -> None:
            self._ready()
            self._context.say(error)

        self._handle = self._context.tasks.long(
            self._context.desk.proving.prove, done, failed, self._busy.report, owner=self
        )
        self._busy.start(
            _("Restoring each backup for a test"),
            lambda done, of: _("{done} of {of} bytes").format(done=done, of=of),
        )

    def _show_proofs(self, tried: "list[Tried] | None") -> None:
        if tried is None:
            return
        proofs = [one.proof for one in tried if one.proof is not None]
        proven = [proof for proof in proofs if proof.outcome == "proven"]
        older = sum(proof.outcome == "older-key" for proof in proofs)
        lines = []
        if proven:
            last = max(proof.at for proof in proven)
            lines.append(
                ngettext(
                    "{count} backup was restored for a test, the last time on {when}.",
                    "{count} backups were restored for a test, the last time on {when}.",
                    len(proven),
                ).format(count=len(proven), when=shown_moment(last.wall()))
            )
        waiting = len(tried) - len(proofs)
        if waiting:
            lines.append(
                ngettext(
                    "{count} backup waits for its first test; each is tested once a week.",
                    "{count} backups wait for their first test; each is tested once a week.",
                    waiting,
                ).format(count=waiting)
            )
        if older:
            lines.append(
                ngettext(
                    "{count} backup has an older key: it opens with the passphrase of its time.",
                    "{count} backups have an older key: they open with the passphrase of their"
                    " time.",
                    older,
                ).format(count=older)
            )
        self._proven.setText("\n".join(lines))
        self._proven.setVisible(bool(lines))
        self._prove.setEnabled(bool(tried) and self._now.isEnabled())

    def _stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()

    def use_other(self, folder: Path | None) -> None:
        """Keep a backup in `folder` as well, at this computer, whenever it is there."""
        self._device.keep(backup_folder=None if folder is None else str(folder))
        self._context.desk.backups.other = folder
        self.reload()

    def _ready(self) -> None:
        self._busy.finish()
        self._now.setEnabled(True)
        self.reload()

    def _show(self, standing: "Standing | None") -> None:
        if standing is None:
            return
        if standing.last is None:
            self._last.setText(_("There is no backup yet. The first is made by itself."))
        else:
            when = shown_moment(standing.last.backup.made.wall())
            self._last.setText(
                _("Last backup: {when}. It was opened and checked.").format(when=when)
            )
        late = standing.late(self._context.desk.clock.now())
        self._last.set_ink("bad" if late else "text")
        lines = [_("Backups stand in {path}").format(path=standing.place)]
        if standing.other is not None:
            there = _("On the other disk as well: {path}").format(path=standing.other)
            away = _("The other disk is not connected now: {path}").format(path=standing.other)
            lines.append(there if standing.other_there else away)
        self._where.setText("\n".join(lines))

    def _choose_other(self) -> None:
        chosen = QFileDialog.getExistingDirectory(
            self, _("A folder on another disk"), "", QFileDialog.Option.ShowDirsOnly
        )
        if chosen:
            self.use_other(Path(chosen))

    def _keep_losses(self, lines: "list[LossLine] | None") -> None:
        self._lines = lines or []
        self._losses.setVisible(bool(self._lines))

    def _open_losses(self) -> None:
        from ui.shell.repair import LossSheet

        sheet = LossSheet(self._lines, self)
        sheet.exec()
        sheet.deleteLater()

    def _ask_repair(self) -> None:
        if ask(
            self,
            _("Lock the desk, and repair this vault?"),
            _(
                "What you typed is saved first. On the lock screen choose Repair this vault. What"
                " is intact becomes a new vault; this one is not touched."
            ),
            _("Lock, and go to the repair"),
            _("Stay here"),
            danger=False,
        ):
            self.repair_asked.emit()

    def _open_sheet(self) -> None:
        desk = self._context.desk
        sheet = RestoreSheet(self._context.tasks, self._device, desk.folder.path, self)
        sheet.open_asked.connect(self.open_asked)
        sheet.exec()
        sheet.deleteLater()


class RestoreSheet(Sheet):
    """Shows what is inside a backup, and makes a new vault of it at a new place."""

    open_asked = Signal(object)

    def __init__(
        self, tasks: "Tasks", device: "ThisDevice", vault: Path, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            _("Restore a backup"),
            _("It becomes a new vault at a new place. The vault you have is not touched."),
            width=560,
            parent=parent,
        )
        self._tasks = tasks
        self._device = device
        self._opened: Opened | None = None
        self._made: Path | None = None
        self.which = Choice([])
        self.secret = PassphraseEdit()
        self.place = LineEdit()
        self.place.setText(str(_free_place(vault)))
        self.form = Form()
        self.form.add("backup", Field(_("Backup"), self.which))
        self.form.add(
            "secret",
            Field(
                _("Passphrase"),
                self.secret,
                hint=_("The one of that time, or the fifteen words of the recovery sheet."),
            ),
        )
        self.body.addWidget(self.form)
        self.inside = Words("")
        self.inside.hide()
        self.body.addWidget(self.inside)
        self.target = Form()
        self.target.add("place", Field(_("New place"), self.place))
        self.target.hide()
        self.body.addWidget(self.target)
        self._handle: Handle | None = None
        self._busy = BusyPanel()
        self._busy.cancelled.connect(self._stop)
        self.body.addWidget(self._busy)
        self.body.addStretch(1)
        self._close = self.add_close()
        self.go = self.add_button(_("Look inside"), "primary")
        self.go.clicked.connect(self._next)
        self.which.chosen.connect(self._chosen)
        self._list(vault)
        self.secret.setFocus()

    def _list(self, vault: Path) -> None:
        other = self._device.backup_folder()

        def listed(_progress: "Progress") -> "list[Backup]":
            from app.features.backups.service import backups_at, places
            from app.vault.folder import VaultFolder

            found = [one for at in places(VaultFolder(vault), other) for one in backups_at(at)]
            return sorted(found, key=lambda one: one.made, reverse=True)

        self._tasks.long(listed, self._show_list, owner=self)

    def _show_list(self, backups: "Sequence[Backup]") -> None:
        self.which.set_options(
            [
                (
                    one.path,
                    _("{when}, {size} MB, in {place}").format(
                        when=shown_moment(one.made.wall()),
                        size=f"{one.size / 1e6:.1f}",
                        place=one.path.parent,
                    ),
                )
                for one in backups
            ]
            + [("", _("Another folder …"))]
        )

    def _chosen(self, value: object) -> None:
        if value == "":
            self._choose_folder()

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(
            self, _("The backup's folder"), "", QFileDialog.Option.ShowDirsOnly
        )
        if chosen:
            self.which.set_options([(Path(chosen), chosen), ("", _("Another folder …"))])

    def _next(self) -> None:
        self.form.clear()
        self.target.clear()
        if self._made is not None:
            self.accept()
            self.open_asked.emit(self._made)
        elif self._opened is None:
            self._look_inside()
        else:
            self._restore(self._opened)

    def _look_inside(self) -> None:
        secret = self.secret.text()
        if self.which.value() == "":
            self._choose_folder()
        path = self.which.value()
        if not isinstance(path, Path):
            self.form.refuse("backup", _("Choose the backup to restore."))
            return
        if not secret:
            self.form.refuse("secret", _("Enter your passphrase."))
            self.form.focus_first_refused()
            return

        def work(_progress: "Progress") -> "Opened":
            from app.features.backups.restore import open_backup

            return open_backup(path, secret)

        self.go.setEnabled(False)
        self._busy.button.hide()  # it is not long, and nothing is changed by it
        self._busy.start(_("Opening and checking the backup"))
        self._tasks.long(work, self._show_inside, self._refused, owner=self)

    def _show_inside(self, opened: "Opened") -> None:
        self._ready()
        self._opened = opened
        inside = opened.read.inside
        made = opened.read.backup.made
        first = _("The backup of {when} holds:").format(when=shown_moment(made.wall()))
        self.inside.setText("\n".join([first, *_said(inside, made.zone)]))
        self.form.hide()
        self.inside.show()
        self.target.show()
        self.go.setText(_("Restore to the new place"))
        self.place.setFocus()
        self._fit()
        announce(self.inside, self.inside.text())

    def _restore(self, opened: "Opened") -> None:
        typed = self.place.text().strip()
        if not Path(typed).is_absolute():
            self.target.refuse(
                "place", _("Enter the whole path of a folder that is not there yet.")
            )
            self.target.focus_first_refused()
            return
        device = self._device.device

        def work(progress: "Progress") -> Path:
            from app.bootstrap import restore_backup

            return restore_backup(opened, Path(typed), device, progress=progress)

        self.go.setEnabled(False)
        self._busy.button.show()
        self._busy.start(
            _("Restoring"), lambda done, of: _("{done} of {of} bytes").format(done=done, of=of)
        )
        self._handle = self._tasks.long(
            work, self._restored, self._refused, self._busy.report, owner=self
        )

    def reject(self) -> None:
        """Close; a restoring that is under way is stopped, and nothing of it is left."""
        self._stop()
        super().reject()

    def _stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()

    def _restored(self, path: Path) -> None:
        self._ready()
        self._made = path
        self.target.hide()
        self.inside.setText(_("It was restored to {path}.").format(path=path))
        self.inside.set_ink("good")
        self._close.setText(_("Close"))
        self.go.setText(_("Lock, and open the restored vault"))
        self.go.setFocus()
        self._fit()
        announce(self.inside, self.inside.text())

    def _refused(self, error: Exception) -> None:
        from app.phrases import sentence
        from ui.shell.trouble import show_error

        self._ready()
        if isinstance(error, Cancelled):
            return
        if isinstance(error, Refused):
            named = "place" if error.field == "place" else "secret"
            form = self.target if named == "place" else self.form
            if form.refuse(named, sentence(error)):
                form.focus_first_refused()
                return
        if isinstance(error, CasewellError) and self._opened is None:
            self.form.refuse("backup", sentence(error))
        elif isinstance(error, CasewellError):
            self.target.refuse("place", sentence(error))
        else:
            show_error(self, error)

    def _fit(self) -> None:
        """Take the height that what is shown now needs."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.resize(self.width(), layout.totalHeightForWidth(self.width()))

    def _ready(self) -> None:
        self._busy.finish()
        self.go.setEnabled(True)


def _row(*widgets: QWidget) -> QWidget:
    holder = QWidget()
    row = FlowLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        row.addWidget(widget)
    return holder


def _said(inside: "Inside", zone: str) -> list[str]:
    from app.cli.backups import inside_said
    from app.kernel.clock import Moment

    lines = inside_said(inside)
    if inside.last_entry:
        when = shown_moment(Moment(inside.last_entry, zone).wall())
        lines.append(_("The last entry is of {when}.").format(when=when))
    return lines


def _free_place(vault: Path) -> Path:
    for number in range(1, 100):
        name = f"{vault.stem}-restored" + (f"-{number}" if number > 1 else "")
        found = vault.with_name(f"{name}.casewell")
        if not found.exists():
            return found
    return vault
