"""People: who is on the vault, giving and taking their ways in, and what its sheet opened."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.features.access.commands import (
    AddPerson,
    ReinstatePerson,
    RekeyVault,
    RemovePerson,
    SuspendPerson,
)
from app.features.access.model import (
    EmergencyMark,
    FirstPassphrase,
    Member,
    NewKey,
    Standing,
    State,
)
from app.features.people.commands import ChangePersonRole, MakeKeeper
from app.kernel.changes import Changed, Kind
from app.kernel.errors import Refused
from app.kernel.ids import PersonId
from app.kernel.nouns import Role
from app.kernel.words import _, ngettext
from ui.kit.dates import shown_date
from ui.kit.direction import in_order
from ui.kit.look import Kind as Mark
from ui.kit.look import TextSize, look
from ui.kit.notices import Banner, NextStep
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.dialogs import Sheet, ask, tell
from ui.kit.widgets.editors import Check, LineEdit
from ui.kit.widgets.fields import Field, Form
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import Card, Chip, Muted, PageTitle, SectionTitle, Words
from ui.kit.widgets.progress import BusyPanel
from ui.kit.widgets.scroll import ScrollColumn
from ui.shell.emergencies import acknowledge, may_take_note, opened_by
from ui.shell.first_run import ROLE_NAMES, role_choice

if TYPE_CHECKING:
    from ui.shell.window import DeskWindow

T = TypeVar("T")
_LINES = 320
"""Pixels that the lines of a sheet take at most; at twice the text size they are scrolled."""
_ORDER = {State.ACTIVE: 0, State.SUSPENDED: 1, State.REMOVED: 2}


@dataclass(frozen=True, slots=True)
class _Found:
    """Everything the page shows."""

    people: tuple[Standing, ...]
    me: Member
    marks: tuple[EmergencyMark, ...]
    key_due: bool


class PeoplePage(PageWidget):
    """Who has a way into the vault; a keeper gives and takes it here."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._arriving = False
        self.about = Muted("")
        self.add = Button(_("Add someone"), "add", "primary")
        self.add.clicked.connect(self._add)
        head = FlowLayout(None, gap=12)
        head.addWidget(PageTitle(_("People")))
        head.addWidget(self.add)
        self.busy = BusyPanel()
        self.busy.button.hide()
        self._people = _Stack()
        self._marks = _Stack()
        self._nothing = Muted(_("The recovery sheet has never been used to open this vault."))
        sheet = ScrollColumn(_("People"))
        column = sheet.body
        column.setSpacing(look().gap(12))
        column.addLayout(head)
        column.addWidget(self.about)
        column.addWidget(self.busy)
        column.addWidget(self._people)
        column.addSpacing(look().gap(12))
        column.addWidget(SectionTitle(_("Openings with the recovery sheet")))
        column.addWidget(self._nothing)
        column.addWidget(self._marks)
        column.addStretch(1)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(sheet)
        self._sheet = sheet
        self.add.hide()
        self._nothing.hide()
        self.busy.finish()

    # -- coming and going ------------------------------------------------------------

    def arrive(self) -> None:
        """Look again; begin at the first thing one can do."""
        self._arriving = True
        self._reload()

    def heed(self, changed: Changed) -> None:
        """Look again when someone's way in changed."""
        if self.isVisible() and changed.meets({Kind.PERSON}):
            self._reload()

    def _reload(self) -> None:
        access = self._context.desk.access
        self._context.tasks.read(
            lambda: _Found(
                tuple(access.people()),
                access.me(),
                tuple(access.emergencies()),
                access.key_change_due,
            ),
            self._show,
            key="people",
            owner=self,
        )

    # -- what stands on the page -----------------------------------------------------

    def _show(self, found: _Found | None) -> None:
        if found is None:
            return
        me, desk = found.me, self._context.desk
        keeps = me.keeper and me.state is State.ACTIVE and not desk.records.read_only
        here = [each for each in found.people if each.member.state is not State.REMOVED]
        self.add.setVisible(keeps)
        self.about.setText(self._said(me, len(here), keeps=keeps))
        cards: list[QWidget] = []
        if found.key_due:
            step = NextStep(_("Give it now"), self._rekey) if keeps else None
            cards.append(
                Banner(
                    _(
                        "Someone was removed, and the vault has not got its new key yet. Their ways"
                        " in are gone; the key follows at the next opening."
                    ),
                    "warn",
                    step,
                )
            )
        ordered = sorted(found.people, key=lambda each: _ORDER[each.member.state])
        cards += [self._card(each, me, keeps=keeps) for each in ordered]
        self._people.show_widgets(cards)
        names = {each.member.id: each.member.name for each in found.people}
        may = may_take_note(desk, me)
        self._marks.show_widgets([self._mark(mark, names, may=may) for mark in found.marks])
        self._nothing.setVisible(not found.marks)
        if self._arriving:
            self._arriving = False
            (self.add if keeps else self._sheet).setFocus(Qt.FocusReason.OtherFocusReason)

    @staticmethod
    def _said(me: Member, count: int, *, keeps: bool) -> str:
        people = ngettext(
            "{count} person is on this vault.", "{count} people are on this vault.", count
        ).format(count=count)
        if keeps:
            rest = _("Each has a passphrase of their own, and sees the records of their own field.")
        elif me.keeper:
            rest = _("This vault is read-only here: nobody can be added or removed.")
        else:
            rest = _("A keeper of the vault adds and removes people.")
        return f"{people} {rest}"

    def _card(self, standing: Standing, me: Member, *, keeps: bool) -> QWidget:
        member = standing.member
        card = Card()
        card.setAccessibleName(member.name)
        head = FlowLayout(None, gap=8)
        head.addWidget(Words(in_order(member.name), TextSize.LEAD, bold=True, wrap=False))
        for words, kind in _chips(standing, me):
            head.addWidget(Chip(words, kind))
        card.body.addLayout(head)
        facts = (ROLE_NAMES[member.role](), member.credentials)
        card.body.addWidget(Muted(" · ".join(fact for fact in facts if fact)))
        card.body.addWidget(Muted(_ways(standing), TextSize.FINE))
        if keeps and member.id != me.id and member.state is not State.REMOVED:
            row = FlowLayout(None, gap=8)
            for words, name, icon, run in self._acts(member):
                button = Button(words, icon)
                button.setAccessibleName(name)
                button.clicked.connect(run)
                row.addWidget(button)
            card.body.addLayout(row)
        return card

    def _acts(self, them: Member) -> Sequence[tuple[str, str, str, Callable[[], None]]]:
        name = them.name
        keeper = (
            (
                _("Keeper no more"),
                _("{name} keeps the vault no more").format(name=name),
                "clear",
                partial(self._make_keeper, them, keeper=False),
            )
            if them.keeper
            else (
                _("Make a keeper"),
                _("Make {name} a keeper").format(name=name),
                "recovery",
                partial(self._make_keeper, them, keeper=True),
            )
        )
        role = (
            _("Change role …"),
            _("Change the role of {name}").format(name=name),
            "name",
            partial(self._change_role, them),
        )
        remove = (
            _("Remove …"),
            _("Remove {name}").format(name=name),
            "off",
            partial(self._remove, them),
        )
        if them.state is State.SUSPENDED:
            again = _("Reinstate {name}").format(name=name)
            return ((_("Reinstate"), again, "on", partial(self._reinstate, them)), remove)
        return (
            (
                _("New first passphrase"),
                _("New first passphrase for {name}").format(name=name),
                "passphrase",
                partial(self._reinstate, them),
            ),
            (
                _("Suspend"),
                _("Suspend {name}").format(name=name),
                "lock",
                partial(self._suspend, them),
            ),
            role,
            keeper,
            remove,
        )

    def _mark(self, mark: EmergencyMark, names: dict[PersonId, str], *, may: bool) -> QWidget:
        waits = mark.seen_by is None
        card = Card(Mark.WARN if waits else Mark.PLAIN)
        card.setAccessibleName(opened_by(mark))
        card.body.addWidget(Words(opened_by(mark), bold=True))
        card.body.addWidget(Words(mark.reason))
        if mark.seen_by is None:
            said = _("No keeper has taken note of it yet.")
        else:
            said = _("{name} has taken note of it.").format(name=names.get(mark.seen_by, "–"))
        card.body.addWidget(Muted(said, TextSize.FINE))
        if waits and may:
            row = QHBoxLayout()
            note = Button(_("I have taken note"), "check")
            note.clicked.connect(partial(acknowledge, self._context, mark))
            row.addWidget(note)
            row.addStretch(1)
            card.body.addLayout(row)
        return card

    # -- giving and taking -----------------------------------------------------------

    def _add(self) -> None:
        sheet = AddSheet(self._context, self)
        sheet.exec()
        made = sheet.made
        sheet.deleteLater()
        if made is not None:
            self._hand_over(made, sheet.name)

    def _suspend(self, them: Member) -> None:
        if ask(
            self,
            _("Suspend someone?"),
            _(
                "{name} has no way into the vault from now on, until you reinstate them with a new"
                " first passphrase. Nothing of theirs goes."
            ).format(name=in_order(them.name)),
            _("Suspend"),
            _("Leave them as they are"),
        ):
            access = self._context.desk.access
            self._context.tasks.write(
                lambda: access.suspend_person(SuspendPerson(them.id)),
                self._suspended,
                self._context.say,
                owner=self,
            )

    def _make_keeper(self, them: Member, *, keeper: bool) -> None:
        people, tasks = self._context.desk.people, self._context.tasks

        def made(_changed: Changed) -> None:
            undo = MakeKeeper(them.id, keeper=not keeper)
            self._context.notices.say(
                _("Saved."), undo=lambda: tasks.write(partial(people.make_keeper, undo))
            )

        tasks.write(
            partial(people.make_keeper, MakeKeeper(them.id, keeper=keeper)),
            made,
            self._context.say,
            owner=self,
        )

    def _change_role(self, them: Member) -> None:
        sheet = RoleSheet(self._context, them, self)
        sheet.exec()
        sheet.deleteLater()

    def _suspended(self, _changed: Changed) -> None:
        self._context.notices.say(_("Suspended."))

    def _reinstate(self, them: Member) -> None:
        if them.state is State.ACTIVE and not ask(
            self,
            _("Give a new first passphrase?"),
            _(
                "The passphrase that {name} has now opens nothing any more. They come in once with"
                " the new one, and choose their own."
            ).format(name=in_order(them.name)),
            _("Give a new one"),
            _("Leave it as it is"),
        ):
            return
        access = self._context.desk.access
        self._long(
            _("Making a first passphrase"),
            lambda: access.reinstate_person(ReinstatePerson(them.id)),
            lambda made: self._hand_over(made, them.name),
        )

    def _hand_over(self, made: FirstPassphrase, name: str) -> None:
        sheet = FirstPassphraseSheet(self._context, made.passphrase, name, self)
        sheet.exec()
        sheet.deleteLater()

    def _remove(self, them: Member) -> None:
        sheet = RemoveSheet(them.name, self)
        agreed = sheet.exec() == Sheet.DialogCode.Accepted
        command = RemovePerson(them.id, new_sheet=sheet.new_sheet.isChecked())
        sheet.deleteLater()
        if agreed:
            access = self._context.desk.access
            self._long(
                _("Taking their ways in, and giving the vault a new key"),
                lambda: access.remove_person(command),
                partial(self._removed, _("Removed")),
            )

    def _rekey(self) -> None:
        access = self._context.desk.access
        self._long(
            _("Giving the vault a new key"),
            lambda: access.rekey(RekeyVault()),
            partial(self._removed, _("The vault has a new key")),
        )

    def _removed(self, title: str, made: NewKey) -> None:
        from app.phrases import sentence

        lines = []
        if made.trouble is not None:
            lines.append(sentence(made.trouble))
            lines.append(_("Their ways in are gone; the new key follows at the next opening."))
        if made.old_backups:
            lines.append(
                ngettext(
                    "{count} backup is still encrypted with the key of before. Whoever had a way"
                    " in then can open it with what they knew: keep it out of their reach. It goes"
                    " by itself as it grows old.",
                    "{count} backups are still encrypted with the key of before. Whoever had a way"
                    " in then can open them with what they knew: keep them out of their reach. They"
                    " go by themselves as they grow old.",
                    made.old_backups,
                ).format(count=made.old_backups)
            )
        if made.recovery_words:
            lines.append(
                _("The recovery sheet is new as well. It comes next; the old one opens nothing.")
            )
        if lines:
            tell(self, title, "\n\n".join(lines), _("Go on"))
        else:
            self._context.notices.say(_("Done: {what}").format(what=title))
        if made.recovery_words:
            self._window.words_made.emit(made.recovery_words)

    def _long(self, what: str, op: Callable[[], T], done: Callable[[T], None]) -> None:
        """Carry out what takes a moment, with the page waiting."""

        def ready() -> None:
            self.busy.finish()
            self._people.setEnabled(True)
            self.add.setEnabled(True)

        def came(made: T) -> None:
            ready()
            done(made)

        def failed(error: Exception) -> None:
            ready()
            self._context.say(error)

        self._people.setEnabled(False)
        self.add.setEnabled(False)
        self.busy.start(what, lambda _done, _of: "")
        self._context.tasks.long(lambda _progress: op(), came, failed, owner=self)

    @property
    def _window(self) -> "DeskWindow":
        from ui.shell.window import DeskWindow

        if not isinstance(self._context, DeskWindow):
            raise TypeError(self._context)
        return self._context


class _Stack(QWidget):
    """Cards under each other."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(look().gap(8))

    def show_widgets(self, widgets: Sequence[QWidget]) -> None:
        """Show these in the place of those before."""
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for widget in widgets:
            self._column.addWidget(widget)


class AddSheet(Sheet):
    """Asks who is to come onto the vault."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(
            _("Add someone"),
            _(
                "They get a first passphrase, which they replace when they first unlock. They see"
                " the records of their own field, the students and their alerts."
            ),
            parent=parent,
        )
        self._context = context
        self.made: FirstPassphrase | None = None
        self.name = ""
        self._name, self._credentials = LineEdit(), LineEdit()
        self._role = role_choice()
        self.keeper = Check(_("Keeps the vault too: adds and removes people"))
        self.form = Form()
        self.form.add_row(
            name=Field(_("Name"), self._name, required=True),
            role=Field(_("Role"), self._role, hint=_("It decides whose records they see.")),
        )
        self.form.add(
            "credentials",
            Field(
                _("Credentials"),
                self._credentials,
                hint=_("As they stand under your signature, for example M.Ed., LPC"),
            ),
        )
        self.form.add_widget(self.keeper)
        self.body.addWidget(self.form)
        self.close_button = self.add_close()
        self.go = self.add_button(_("Add them"), "primary")
        self.go.clicked.connect(self._go)
        self._name.setFocus()

    def _go(self) -> None:
        self.form.clear()
        self.name = self._name.text()
        command = AddPerson(
            self.name,
            Role(str(self._role.value())),
            self._credentials.text(),
            self.keeper.isChecked(),
        )
        access = self._context.desk.access
        self._wait(on=True)
        self._context.tasks.long(
            lambda _progress: access.add_person(command), self._added, self._failed, owner=self
        )

    def _wait(self, *, on: bool) -> None:
        self.form.setEnabled(not on)
        self.go.setEnabled(not on)
        self.close_button.setEnabled(not on)
        self.go.setText(_("Adding them …") if on else _("Add them"))

    def reject(self) -> None:
        """Close, but not while someone is being added: their passphrase is shown next."""
        if self.close_button.isEnabled():
            super().reject()

    def _added(self, made: FirstPassphrase) -> None:
        self.made = made
        self.accept()

    def _failed(self, error: Exception) -> None:
        from app.phrases import sentence

        self._wait(on=False)
        if isinstance(error, Refused) and self.form.refuse(error.field, sentence(error)):
            self.form.focus_first_refused()
        else:
            self._context.say(error)


class RoleSheet(Sheet):
    """Gives someone another role."""

    def __init__(self, context: Context, them: Member, parent: QWidget) -> None:
        super().__init__(
            _("Change a role"),
            _("The role of {name} decides whose records they see from now on.").format(
                name=in_order(them.name)
            ),
            parent=parent,
        )
        self._context = context
        self._them = them
        self.role = role_choice()
        self.role.set_value(them.role)
        self.form = Form()
        self.form.add("role", Field(_("Role"), self.role))
        self.body.addWidget(self.form)
        self.add_close()
        self.go = self.add_button(_("Change it"), "primary")
        self.go.clicked.connect(self._go)
        self.role.setFocus()

    def _go(self) -> None:
        self.form.clear()
        command = ChangePersonRole(self._them.id, Role(str(self.role.value())))
        people = self._context.desk.people
        self._context.tasks.write(
            lambda: people.change_person_role(command), self._changed, self._failed, owner=self
        )

    def _changed(self, _changed: Changed) -> None:
        self._context.notices.say(_("Saved."))
        self.accept()

    def _failed(self, error: Exception) -> None:
        from app.phrases import sentence

        if isinstance(error, Refused) and self.form.refuse(error.field, sentence(error)):
            self.form.focus_first_refused()
        else:
            self._context.say(error)


class FirstPassphraseSheet(Sheet):
    """Shows a first passphrase, once, and says what to do with it."""

    def __init__(self, context: Context, words: str, name: str, parent: QWidget) -> None:
        super().__init__(
            _("A first passphrase"),
            _(
                "Hand it to {name} in person. They come in with it once, and choose their own. It"
                " is shown only now; if it gets lost, give a new one."
            ).format(name=in_order(name)),
            width=560,
            parent=parent,
        )
        self._context = context
        self._words = words
        card = Card(Mark.ACCENT)
        shown = Words(words, TextSize.TITLE, bold=True)
        shown.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        shown.setAccessibleName(_("First passphrase: {words}").format(words=words))
        card.body.addWidget(shown)
        self.body.addWidget(card)
        self._said = Muted("")
        self._said.hide()
        self.body.addWidget(self._said)
        copy = self.add_button(_("Copy"), icon="copy")
        copy.clicked.connect(self._copy)
        self.printer = self.add_button(_("Print"), icon="print")
        self.printer.clicked.connect(self._print)
        done = self.add_button(_("I have handed it over"), "primary")
        done.clicked.connect(self.accept)
        done.setFocus()

    def _copy(self) -> None:
        from PySide6.QtGui import QGuiApplication

        QGuiApplication.clipboard().setText(self._words)
        self._say(_("Copied. It is taken back from the clipboard after half a minute."))

    def _print(self) -> None:
        from app.paper.first_passphrase import first_passphrase
        from ui.kit.printing import print_pdf

        self.printer.setEnabled(False)
        try:
            pdf = first_passphrase(self._words, self._context.desk.clock.now())
            printed = print_pdf(self, pdf, _("Casewell"))
        finally:
            self.printer.setEnabled(True)
            self.printer.setFocus()
        if printed:
            self._say(_("Sent to the printer."))

    def _say(self, sentence: str) -> None:
        self._said.setText(sentence)
        self._said.show()


class RemoveSheet(Sheet):
    """Says what removing someone does, before it is done; the safer button has the focus."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(
            _("Remove someone for good?"),
            _("{name} leaves the vault.").format(name=in_order(name)),
            width=560,
            parent=parent,
        )
        # At twice the text size these lines are longer than a laptop's screen.
        told = ScrollColumn(_("What removing does"), margin=0)
        told.setMinimumHeight(min(look().px(250), _LINES))
        self.body.addWidget(told, 1)
        for line in (
            _("Their passphrase opens nothing from that moment on. They can be added anew later."),
            _("What they wrote stays, with their name on it."),
            _(
                "The vault gets a new key, so that a copy of its keys that they may have kept opens"
                " nothing that is written afterwards."
            ),
            _(
                "Backups made until now keep the old key. Whoever has one of them and an old"
                " passphrase can open it; keep them out of reach."
            ),
        ):
            told.body.addWidget(Words(line))
        self.new_sheet = Check(_("Make a new recovery sheet as well"), on=True)
        self.body.addWidget(self.new_sheet)
        told.body.addWidget(
            Muted(
                _(
                    "They may have seen the recovery sheet. The words of a new one come next, to be"
                    " typed back."
                )
            )
        )
        self.act = self.add_button(_("Remove them"), "danger")
        self.act.clicked.connect(self.accept)
        safe = self.add_button(_("Leave them as they are"), "primary")
        safe.clicked.connect(self.reject)
        safe.setFocus()


def _chips(standing: Standing, me: Member) -> list[tuple[str, str]]:
    member = standing.member
    chips: list[tuple[str, str]] = []
    if member.id == me.id:
        chips.append((_("You"), Mark.ACCENT))
    if member.keeper:
        chips.append((_("Keeper"), Mark.GOOD))
    if member.state is State.SUSPENDED:
        chips.append((_("Suspended"), Mark.WARN))
    elif member.state is State.REMOVED:
        chips.append((_("Removed"), Mark.PLAIN))
    elif standing.first_passphrase:
        chips.append((_("Has not chosen a passphrase yet"), Mark.WARN))
    return chips


def _ways(standing: Standing) -> str:
    member = standing.member
    since = _("On the vault since {day}.").format(day=shown_date(member.made.day()))
    known = {
        "passphrase": _("a passphrase"),
        "keyring": _("this computer’s keyring"),
        "recovery": _("the recovery sheet they made"),
    }
    ways = ", ".join(known[way] for way in known if way in standing.ways)
    if member.state is State.REMOVED:
        return _("Came on {day}. Has no way in.").format(day=shown_date(member.made.day()))
    if not ways:
        return f"{since} {_('Has no way in.')}"
    return f"{since} {_('Ways in: {ways}.').format(ways=ways)}"
