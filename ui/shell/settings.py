"""Settings: who one is, how the desk looks, when it locks, and the vault's own care."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from app.features.people.commands import ChangePerson, ChangeSetting
from app.features.people.model import LOCK_MINUTES, Person
from app.kernel.changes import Changed, Kind
from app.kernel.errors import CasewellError, Refused
from app.kernel.nouns import Role
from app.kernel.rights import gives_medication
from app.kernel.words import LANGUAGES, _, language
from ui.kit.capture import capture_guard, hides
from ui.kit.look import look
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.dialogs import Sheet, ask
from ui.kit.widgets.editors import Check, Choice, LineEdit, Number
from ui.kit.widgets.fields import Field, Form
from ui.kit.widgets.headings import Card, Muted, PageTitle, SectionTitle, Words
from ui.kit.widgets.passphrase import PassphraseEdit
from ui.kit.widgets.strength import StrengthLine
from ui.shell.backups import BackupPart
from ui.shell.first_run import role_choice
from ui.shell.keyring_settings import UnlockingPart
from ui.shell.surroundings import SurroundingsPart

if TYPE_CHECKING:
    from app.bootstrap import Verdict
    from ui.shell.window import DeskWindow

SCALES = (1.0, 1.15, 1.35, 1.65, 2.0)


_TYPED = "settings:typed"
"""Under this name the vault keeps what was typed about oneself and not saved."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What the vault knows for this page."""

    person: Person
    settings: dict[str, str]
    may_change_role: bool
    typed: str
    lock_minutes_most: int


class SettingsPage(PageWidget):
    """One page; what can be set takes effect at once."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._filling = False
        self._asked: dict[str, str] = {}
        """Settings on their way into the vault."""
        self._asked_for = ""
        self._known: tuple[str, object, str] | None = None
        """Name, role and credentials as they were filled in last."""
        self._kept = ""
        """What is typed and not saved, as the vault keeps it."""
        ground = QWidget()
        self._column = QVBoxLayout(ground)
        room = look().gap(24)
        self._column.setContentsMargins(room, look().gap(16), room, room)
        self._column.setSpacing(look().gap(16))
        self._column.addWidget(PageTitle(_("Settings")))
        self._you()
        self._appearance()
        self._work()
        self._unlocking()
        self._vault()
        self._backups()
        self._computer()
        self._column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(ground)
        bar = self._scroll.verticalScrollBar()
        bar.rangeChanged.connect(self._to_this_computer)
        bar.actionTriggered.connect(self._was_scrolled)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self._scroll)

    # -- what stands on the page -----------------------------------------------------

    def _you(self) -> None:
        card = self._card(_("You"))
        self._name = LineEdit()
        self._role = role_choice()
        self._credentials = LineEdit()
        self.you = Form()
        self.you.add_row(
            name=Field(_("Name"), self._name),
            role=Field(_("Role"), self._role, hint=_("It decides whose records you see.")),
        )
        self.you.add(
            "credentials",
            Field(
                _("Credentials"),
                self._credentials,
                hint=_("As they stand under your signature, for example M.Ed., LPC"),
            ),
        )
        card.body.addWidget(self.you)
        save = Button(_("Save"), "save")
        save.clicked.connect(self._save_person)
        card.body.addSpacing(look().gap(8))
        card.body.addWidget(_row(save))

    def _appearance(self) -> None:
        card = self._card(_("Appearance"))
        self._theme = Choice(
            [
                ("system", _("As the system")),
                ("light", _("Light")),
                ("dark", _("Dark")),
                ("contrast", _("High contrast")),
            ]
        )
        names = (_("Usual"), _("Larger"), _("Large"), _("Very large"), _("Twice the size"))
        self._scale = Choice(list(zip(SCALES, names, strict=True)))
        self._language = Choice(list(LANGUAGES.items()))
        form = Form()
        form.add_row(
            theme=Field(_("Theme"), self._theme),
            scale=Field(_("Text size"), self._scale),
            language=Field(_("Language"), self._language),
        )
        card.body.addWidget(form)
        self._theme.chosen.connect(self._dress)
        self._scale.chosen.connect(self._dress)
        self._language.chosen.connect(self._speak)

    def _work(self) -> None:
        card = self._card(_("Work"))
        shortest, longest, _usual = LOCK_MINUTES
        self._numbers = {
            "lock_minutes": Number(least=shortest, most=longest),
            "minutes": Number(least=1, most=720),
            "late_after_hours": Number(least=1, most=720),
        }
        self._paper = Choice([("letter", _("US Letter")), ("a4", _("A4"))])
        self.work = Form()
        self.work.add_row(
            lock_minutes=Field(
                _("Lock after minutes without a key"),
                self._numbers["lock_minutes"],
                hint=_("From 1 to 15. Locking loses nothing."),
            ),
            minutes=Field(_("Usual minutes of a session"), self._numbers["minutes"]),
        )
        self.work.add_row(
            late_after_hours=Field(
                _("A note is a late entry after hours"), self._numbers["late_after_hours"]
            ),
            paper=Field(_("Paper"), self._paper),
        )
        card.body.addWidget(self.work)
        self._medication(card)
        for name, editor in self._numbers.items():
            editor.editingFinished.connect(partial(self._changed_number, name))
        self._paper.chosen.connect(lambda value: self._set("paper", str(value)))
        links = []
        for page, title, icon in (
            ("templates", _("Note templates"), "template"),
            ("services", _("Services and interventions"), "list"),
            ("schools", _("Schools"), "school"),
            ("district", _("District"), "district"),
        ):
            button = Button(title, icon)
            button.clicked.connect(partial(self._context.go, page))
            links.append(button)
        card.body.addSpacing(look().gap(8))
        card.body.addWidget(_row(*links))

    def _medication(self, card: Card) -> None:
        """Offer what the board checks a dose by, to those who give medication."""
        self._offered: dict[str, Choice] = {}
        if not gives_medication(self._context.desk.seat.role):
            return
        self._offered = {
            "medication_window": Choice(
                [("30", _("30 minutes to either side")), ("60", _("60 minutes to either side"))]
            ),
            "medication_rights": Choice(
                [
                    ("5", _("Five: student, medicine, dose, route, time")),
                    ("6", _("Six: and documentation")),
                    ("8", _("Eight: and reason, and response")),
                ]
            ),
        }
        self.work.add_row(
            medication_window=Field(
                _("Window of a scheduled dose"),
                self._offered["medication_window"],
                hint=_("Outside of it a dose asks for a reason."),
            ),
            medication_rights=Field(
                _("Rights shown on the board"), self._offered["medication_rights"]
            ),
        )
        for name, choice in self._offered.items():
            choice.chosen.connect(partial(self._chose, name))

    def _chose(self, name: str, value: object) -> None:
        self._set(name, str(value))

    def _unlocking(self) -> None:
        card = self._card(_("Unlocking"))
        self.unlocking = UnlockingPart(self._context, self._window.device)
        card.body.addWidget(self.unlocking)

    def _vault(self) -> None:
        card = self._card(_("Vault"))
        self._place = Muted("")
        self._place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._place.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        card.body.addWidget(self._place)
        change = Button(_("Change passphrase"), "passphrase")
        sheet = Button(_("Make a new recovery sheet"), "recovery")
        self._verify_button = Button(_("Verify the vault"), "privacy")
        change.clicked.connect(self._change_passphrase)
        sheet.clicked.connect(self._new_sheet)
        self._verify_button.clicked.connect(self._verify)
        card.body.addWidget(_row(change, sheet, self._verify_button))
        self._verdict = Words("")
        self._verdict.hide()
        card.body.addWidget(self._verdict)

    def _backups(self) -> None:
        card = self._card(_("Backups"))
        self.backups = BackupPart(self._context, self._window.device)
        self.backups.open_asked.connect(self._window.vault_asked)
        self.backups.repair_asked.connect(self._window.repair_asked)
        card.body.addWidget(self.backups)

    def _computer(self) -> None:
        self._this_computer = self._card(_("This computer"))
        guard = capture_guard()
        self._hidden = Check(_("Hide the desk from screen sharing and screenshots"))
        self._hidden.setVisible(guard.offered)
        self._hidden.toggled.connect(self._hide)
        self._this_computer.body.addWidget(self._hidden)
        said = (
            _(
                "The system is asked to leave the windows out of what others see and record. It"
                " gives no guarantee, and a camera sees everything. Switch it off to teach or to"
                " get help."
            )
            if guard.offered
            else _(
                "This system offers no way to hide windows from screen sharing and screenshots."
                " Share single windows in a meeting, never the whole screen."
            )
        )
        self._this_computer.body.addWidget(Muted(said))
        self.surroundings = SurroundingsPart(self._window.around)
        self._this_computer.body.addWidget(self.surroundings)

    def _to_this_computer(self, *_range: object) -> None:
        """Keep the part that was asked for at the top while the parts above are filled in."""
        if self._asked_for == "this-computer":
            self._scroll.verticalScrollBar().setValue(self._this_computer.y())

    def _was_scrolled(self, _action: int) -> None:
        self._asked_for = ""

    def _hide(self, on: bool) -> None:
        if not self._filling:
            self._window.device.keep(hide_from_capture=on)
            self._window.dress_asked.emit()

    def _card(self, title: str) -> Card:
        card = Card()
        card.body.addWidget(SectionTitle(title))
        self._column.addWidget(card)
        return card

    # -- coming and going ------------------------------------------------------------

    def arrive(self) -> None:
        """Fill in what is set, and begin at the top, or at the part that was asked for."""
        self._reload()
        if self._asked_for == "this-computer":
            self.surroundings.again.setFocus()
            self._to_this_computer()
        else:
            self._name.setFocus()

    def show_subject(self, subject: str) -> None:
        """Remember which part was asked for."""
        self._asked_for = subject

    def heed(self, changed: Changed) -> None:
        """Fill in again when a setting or the person changed."""
        if self.isVisible() and changed.meets({Kind.SETTING, Kind.PERSON, Kind.DISTRICT}):
            self._reload()

    def state(self) -> dict[str, str]:
        """Return how far down one is."""
        return {"scroll": str(self._scroll.verticalScrollBar().value())}

    def restore(self, state: Mapping[str, str]) -> None:
        """Go back to where one was."""
        self._scroll.verticalScrollBar().setValue(int(state.get("scroll", "0")))

    def _reload(self) -> None:
        desk, who = self._context.desk, self._context.desk.seat.person
        self._context.tasks.read(
            lambda: _Found(
                desk.people.person(who),
                desk.people.settings(who),
                desk.people.may_change_role(who),
                desk.people.state(who).get(_TYPED, ""),
                desk.people.lock_minutes_most(),
            ),
            self._fill,
            key="settings-page",
            owner=self,
        )
        self.backups.reload()
        self.unlocking.reload()
        self.surroundings.reload(desk.folder.path)

    def flush(self) -> None:
        """Keep a name that is not saved yet in the vault, so that it is here after a lock."""
        if self._known is None or self._context.desk.records.read_only:
            return
        typed = self._typed_person()
        text = "" if typed == self._known else json.dumps(typed, ensure_ascii=False)
        if text != self._kept:
            self._kept = text
            people = self._context.desk.people
            self._context.tasks.write(partial(people.keep_state, {_TYPED: text}))

    def _fill(self, found: "_Found | None") -> None:
        if found is None:
            return
        person, settings = found.person, found.settings
        self._role.setEnabled(found.may_change_role)
        self.you.field("role").set_hint(
            _("It decides whose records you see.")
            if found.may_change_role
            else _("It decides whose records you see. A keeper of the vault changes it.")
        )
        self._filling = True
        facts = self._window.device.facts
        if self._known is None or self._known == self._typed_person():
            before = self._known
            self._name.setText(person.name)
            self._role.set_value(person.role)
            self._credentials.setText(person.credentials)
            self._known = self._typed_person()
            if before is None and found.typed:
                self._bring_back(found.typed, may_change_role=found.may_change_role)
        self._asked = {
            name: value for name, value in self._asked.items() if settings[name] != value
        }
        self._theme.set_value(facts.get("theme", "system"))
        self._scale.set_value(facts.get("text_scale", 1.0))
        self._language.set_value(language())
        self._hidden.setChecked(hides(facts))
        self._limit_lock(found.lock_minutes_most)
        for name, editor in self._numbers.items():
            editor.setValue(int(settings[name]))
        self._paper.set_value(settings["paper"])
        for name, choice in self._offered.items():
            choice.set_value(settings[name])
        self._place.setText(str(self._context.desk.folder.path))
        self._filling = False

    def _limit_lock(self, most: int) -> None:
        """Offer no longer time to the lock than the district lets the desk stand open."""
        shortest, longest, _usual = LOCK_MINUTES
        self._numbers["lock_minutes"].setRange(shortest, most)
        self.work.field("lock_minutes").set_hint(
            _("From 1 to 15. Locking loses nothing.")
            if most == longest
            else _("Your district sets at most {most}. Locking loses nothing.").format(most=most)
        )

    def _bring_back(self, typed: str, *, may_change_role: bool) -> None:
        """Fill in what was typed before a lock and never saved."""
        self._kept = typed
        name, role, credentials = json.loads(typed)
        self._name.setText(name)
        if may_change_role:
            self._role.set_value(Role(role))
        self._credentials.setText(credentials)

    def _typed_person(self) -> tuple[str, object, str]:
        return (self._name.text(), self._role.value(), self._credentials.text())

    @property
    def _window(self) -> "DeskWindow":
        from ui.shell.window import DeskWindow

        if not isinstance(self._context, DeskWindow):
            raise TypeError(self._context)
        return self._context

    # -- changing --------------------------------------------------------------------

    def _save_person(self) -> None:
        self.you.clear()
        command = ChangePerson(
            self._name.text(), Role(str(self._role.value())), self._credentials.text()
        )

        typed = self._typed_person()

        before = self._known

        def saved(_changed: Changed) -> None:
            self._known = typed
            self.flush()
            if before is not None and before[1] != typed[1]:
                # Another role has other pages, and sees other records.
                self._window.rebuild_asked.emit()
            else:
                self._context.notices.say(_("Saved."))

        self._write(partial(self._context.desk.people.change_person, command), saved, self.you)

    def _changed_number(self, name: str) -> None:
        self._set(name, str(self._numbers[name].value()))

    def _set(self, name: str, value: str) -> None:
        if self._filling or self._asked.get(name, self._window.settings.get(name)) == value:
            return
        self._asked[name] = value
        before = self._window.settings[name]
        people = self._context.desk.people

        def saved(_changed: Changed) -> None:
            self._context.notices.say(
                _("Saved."),
                undo=lambda: self._context.tasks.write(
                    partial(people.change_setting, ChangeSetting(name, before))
                ),
            )

        self._write(partial(people.change_setting, ChangeSetting(name, value)), saved, self.work)

    def _write(
        self, op: Callable[[], Changed], done: Callable[[Changed], None], form: Form
    ) -> None:
        def failed(error: Exception) -> None:
            from app.phrases import sentence

            self._asked.clear()
            if isinstance(error, Refused) and form.refuse(error.field, sentence(error)):
                form.focus_first_refused()
            else:
                self._context.say(error)

        self._context.tasks.write(op, done, failed, owner=self)

    def _dress(self, _value: object) -> None:
        if self._filling:
            return
        self._window.device.keep(theme=self._theme.value(), text_scale=self._scale.value())
        self._window.dress_asked.emit()

    def _speak(self, code: object) -> None:
        if self._filling or code == language():
            return
        self._window.device.keep(language=code)
        people = self._context.desk.people
        self._context.tasks.write(
            partial(people.change_setting, ChangeSetting("language", str(code))),
            lambda _changed: self._window.rebuild_asked.emit(),
            owner=self,
        )

    def _change_passphrase(self) -> None:
        PassphraseSheet(self._context, self).exec()

    def _new_sheet(self) -> None:
        if ask(
            self,
            _("Make a new recovery sheet?"),
            _("The sheet you have will no longer open the vault. You see fifteen new words next."),
            _("Make a new sheet"),
            _("Keep the one I have"),
        ):
            self._window.recovery_asked.emit()

    def _verify(self) -> None:
        self._verify_button.setEnabled(False)
        self._verdict.setText(_("Checking every page of the vault …"))
        self._verdict.show()
        desk = self._context.desk

        def failed(error: Exception) -> None:
            self._verify_button.setEnabled(True)
            self._verdict.hide()
            self._context.say(error)

        self._context.tasks.long(
            lambda _progress: desk.verify(), self._show_verdict, failed, owner=self
        )

    def _show_verdict(self, verdict: "Verdict") -> None:
        from app.phrases import sentence_of

        lines = [
            sentence_of(
                f"found-{found.code}-{'whole' if found.whole else 'broken'}",
                {"count": found.count, "detail": found.detail},
            )
            for found in verdict.findings
        ]
        lines.append(
            _("The vault is whole.")
            if verdict.whole
            else _("The vault is damaged. Do not work in it; restore the newest backup.")
        )
        self._verify_button.setEnabled(True)
        self._verdict.setText("\n".join(lines))
        self._verdict.set_ink("good" if verdict.whole else "bad")


class PassphraseSheet(Sheet):
    """Asks for the old passphrase and a new one."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(
            _("Change passphrase"),
            _("The old one no longer opens the vault afterwards; the recovery sheet still does."),
            parent=parent,
        )
        self._context = context
        self._old, self._new, self._again = PassphraseEdit(), PassphraseEdit(), PassphraseEdit()
        self.form = Form()
        self.form.add("old", Field(_("Passphrase now"), self._old))
        self.form.add(
            "passphrase", Field(_("New passphrase"), self._new, hint=_("At least 15 characters."))
        )
        self.strength = StrengthLine(self._new, lambda: self._names)
        self.form.add_widget(self.strength)
        self.form.add("again", Field(_("New passphrase once more"), self._again))
        self.body.addWidget(self.form)
        self.add_close()
        self._save = self.add_button(_("Change it"), "primary")
        self._save.clicked.connect(self._go)
        self._names: tuple[str, ...] = ()
        context.tasks.read(context.desk.people.names_around, self._heard_names, owner=self)

    def _heard_names(self, names: tuple[str, ...]) -> None:
        self._names = names

    def _go(self) -> None:
        from app.phrases import sentence

        self.form.clear()
        if self._new.text() != self._again.text():
            self.form.refuse("again", sentence(Refused("passphrase-repeat")))
            self.form.focus_first_refused()
            return
        self._save.setEnabled(False)
        desk, old, new = self._context.desk, self._old.text(), self._new.text()

        def done(_nothing: None) -> None:
            self._context.notices.say(_("The passphrase was changed."))
            self.accept()

        def failed(error: Exception) -> None:
            self._save.setEnabled(True)
            if isinstance(error, CasewellError):
                field = error.field if isinstance(error, Refused) else "old"
                if self.form.refuse(field, sentence(error)):
                    self.form.focus_first_refused()
                    return
            self._context.say(error)

        self._context.tasks.write(
            lambda: desk.change_passphrase(old, new), done, failed, owner=self
        )


def _row(*widgets: QWidget) -> QWidget:
    from ui.kit.widgets.flow import FlowLayout

    holder = QWidget()
    row = FlowLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        row.addWidget(widget)
    return holder
