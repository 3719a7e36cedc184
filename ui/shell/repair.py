"""Repairing a damaged vault on the screen: what is damaged, what a backup lacks, what was saved."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.kernel.errors import Cancelled, CasewellError, Refused
from app.kernel.words import _
from ui.kit.announce import announce
from ui.kit.look import look
from ui.kit.widgets.dialogs import Sheet
from ui.kit.widgets.fields import Field, Form
from ui.kit.widgets.headings import Muted, Words
from ui.kit.widgets.passphrase import PassphraseEdit
from ui.kit.widgets.progress import BusyPanel

if TYPE_CHECKING:
    from app.features.backups.losses import LossLine, Repaired
    from app.features.backups.repair import Examined
    from app.kernel.ports import Progress
    from app.vault.places import ThisDevice
    from ui.kit.tasks import Handle, Tasks

_LINES = 3
"""Lines of the list that are seen at least."""


class LossText(QPlainTextEdit):
    """The list of what a repair could not save: read, searched by eye and copied, not changed."""

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setAccessibleName(_("What was lost"))
        self._fit()
        look().changed.connect(self._fit)

    def show_lines(self, lines: "Sequence[LossLine]") -> None:
        """Show the list, a line for each record."""
        from app.phrases.repair import loss_said

        self.setPlainText("\n".join(loss_said(line) for line in lines))

    def _fit(self) -> None:
        self.setMinimumHeight(self.fontMetrics().lineSpacing() * _LINES)


class LossSheet(Sheet):
    """What an earlier repair of this vault could not save."""

    def __init__(self, lines: "Sequence[LossLine]", parent: QWidget | None = None) -> None:
        super().__init__(
            _("What the repair could not save"),
            _("The list stays in the vault. A vault that is found later may still have it."),
            width=680,
            parent=parent,
        )
        self.list = LossText()
        self.list.show_lines(lines)
        self.body.addWidget(self.list, 1)
        self.add_button(_("Close"), "primary").clicked.connect(self.accept)


class RepairSheet(Sheet):
    """Looks at a damaged vault, offers its newest good backup, and saves what is intact."""

    open_asked = Signal(object)
    """A repaired vault is to be opened (its path)."""
    restore_asked = Signal()
    """The newest backup is to be restored instead."""

    def __init__(
        self, tasks: "Tasks", device: "ThisDevice", vault: Path, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            _("Repair a damaged vault"),
            _(
                "What is intact becomes a new vault beside the damaged one, which is not touched."
                " It opens with the same passphrases."
            ),
            width=600,
            parent=parent,
        )
        self._tasks = tasks
        self._device = device
        self._vault = vault
        self._found: Examined | None = None
        self._made: Path | None = None
        self._handle: Handle | None = None
        self.secret = PassphraseEdit()
        self.form = Form()
        self.form.add(
            "secret",
            Field(
                _("Passphrase"),
                self.secret,
                hint=_("Or the fifteen words of the recovery sheet."),
            ),
        )
        self.body.addWidget(self.form)
        self.said = Words("")
        self.said.hide()
        self.body.addWidget(self.said)
        self.place = Muted("")
        self.place.hide()
        self.body.addWidget(self.place)
        self.list = LossText()
        self.list.hide()
        self.body.addWidget(self.list, 1)
        self._busy = BusyPanel()
        self._busy.button.hide()  # the sheet's own Cancel does it
        self.body.addWidget(self._busy)
        self._close = self.add_close()
        self.instead = self.add_button(_("Restore that backup"))
        self.instead.hide()
        self.instead.clicked.connect(self._restore_instead)
        self.go = self.add_button(_("Look at the damage"), "primary")
        self.go.clicked.connect(self._next)
        self.secret.setFocus()

    def reject(self) -> None:
        """Close; a repair that is under way is stopped, and nothing of it is left."""
        self._stop()
        if self._handle is None or self._handle.finished:
            self._dismiss()  # one under way clears up after itself
        super().reject()

    def _next(self) -> None:
        if self._made is not None:
            self.accept()
            self.open_asked.emit(self._made)
        elif self._found is None:
            self._look()
        else:
            self._repair(self._found)

    def _look(self) -> None:
        self.form.clear()
        secret = self.secret.text()
        if not secret:
            self.form.refuse("secret", _("Enter your passphrase."))
            self.form.focus_first_refused()
            return
        vault, other = self._vault, self._device.backup_folder()

        def work(progress: "Progress") -> "Examined":
            from app.bootstrap import examine_damage

            return examine_damage(vault, secret, other_backups=other, progress=progress)

        self._begin(_("Looking at every page of a copy"), work, self._show_found)

    def _show_found(self, found: "Examined") -> None:
        from app.cli.repair import found_said

        self._ready()
        self.form.hide()
        self._tell(found_said(found))
        if found.damages.whole and found.keybag_from is None:
            found.dismiss()
            self.go.hide()
            self._close.setText(_("Close"))
            self._close.setFocus()
            return
        self._found = found
        self.text.hide()
        self.place.setText(
            _("The repaired vault will stand at {path}").format(path=found.final.path)
        )
        self.place.show()
        self.instead.setVisible(found.lacking is not None)
        self.go.setText(_("Repair"))
        self.go.setFocus()
        self._fit()

    def _repair(self, found: "Examined") -> None:
        device = self._device.device

        def work(progress: "Progress") -> "Repaired":
            from app.bootstrap import repair_vault

            return repair_vault(found, device, progress=progress)

        for widget in (self.instead, self.said, self.place):
            widget.hide()
        self._begin(_("Saving what is intact"), work, self._show_made)

    def _show_made(self, made: "Repaired") -> None:
        from app.cli.repair import made_said

        self._ready()
        self._found = None
        self._made = made.path
        self._tell(made_said(made))
        self.said.set_ink("good" if made.everything else "warn")
        self.list.show_lines(made.lines)
        self.list.setVisible(bool(made.lines))
        self._close.setText(_("Close"))
        self.go.setText(_("Open the repaired vault"))
        self.go.setFocus()
        self._fit()

    def _restore_instead(self) -> None:
        self._dismiss()
        self.accept()
        self.restore_asked.emit()

    def _begin(
        self, title: str, work: "Callable[[Progress], object]", done: Callable[..., None]
    ) -> None:
        self.go.setEnabled(False)
        self._busy.start(title, lambda _done, _of: "")
        self._handle = self._tasks.long(work, done, self._failed, self._busy.report, owner=self)

    def _failed(self, error: Exception) -> None:
        from app.phrases import sentence
        from ui.shell.trouble import show_error

        self._ready()
        self._found = None
        self.place.hide()
        self.instead.hide()
        self.text.show()
        self.go.setText(_("Look at the damage"))
        self.form.show()
        self.said.hide()
        if isinstance(error, Cancelled):
            self._fit()
        elif isinstance(error, CasewellError):
            self.form.refuse("secret", sentence(error))
            if isinstance(error, Refused):
                self.form.focus_first_refused()
            self._fit()
        else:
            show_error(self, error)

    def _dismiss(self) -> None:
        if self._found is not None and self._made is None:
            self._found.dismiss()
        self._found = None

    def _stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()

    def _tell(self, lines: Sequence[str]) -> None:
        text = "\n".join(lines)
        self.said.setText(text)
        self.said.show()
        announce(self.said, text)
        self._fit()

    def _fit(self) -> None:
        """Take the height that what is shown now needs, within the screen."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            room = round(self.screen().availableGeometry().height() * 0.9)
            self.resize(self.width(), min(layout.totalHeightForWidth(self.width()), room))

    def _ready(self) -> None:
        self._busy.finish()
        self.go.setEnabled(True)


def open_repair(
    tasks: "Tasks",
    device: "ThisDevice",
    vault: Path,
    parent: QWidget | None,
    opened: Callable[[Path], None],
    restore: Callable[[], None],
) -> None:
    """Show the sheet; then do what was chosen at its end."""
    sheet = RepairSheet(tasks, device, vault, parent)
    chosen: list[Callable[[], None]] = []
    sheet.open_asked.connect(lambda path: chosen.append(partial(opened, path)))
    sheet.restore_asked.connect(lambda: chosen.append(restore))
    sheet.exec()
    sheet.deleteLater()
    for act in chosen:
        act()
