"""The page of services and interventions: added to, renamed, reordered, retired."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout

from app.features.sessions.commands import AddChoice, RenameChoice, ReorderChoices, RetireChoice
from app.features.sessions.model import Choice, ChoiceList
from app.features.sessions.service import Choices, SessionsService
from app.kernel.changes import Changed, Kind
from app.kernel.errors import Refused
from app.kernel.words import _
from ui.features.sessions.view.choices import ChoicesView
from ui.kit.look import Kind as Mark
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.lists import Entry


class ChoicesPage(PageWidget):
    """The two lists, one at a time."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._of = ChoiceList.SERVICE
        self._choices: tuple[Choice, ...] = ()
        self._renaming = ""
        self._wanted = ""
        self.view = ChoicesView()
        self.view.lists.set_options(
            [
                (ChoiceList.SERVICE.value, _("Kinds of service")),
                (ChoiceList.INTERVENTION.value, _("Interventions")),
            ]
        )
        self.view.lists.set_value(self._of.value)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self.view.list_chosen.connect(self._choose_list)
        self.view.add.connect(self._add)
        self.view.rename.connect(self._rename)
        self.view.rows.opened.connect(lambda _entry: self._begin_rename())
        self.view.rows.renamed.connect(self._begin_rename)
        self.view.rows.moved.connect(self._move)
        self.view.rows.retired.connect(self._retire)
        self.view.rows.current.connect(lambda _entry: self._show_retire())

    @property
    def _sessions(self) -> SessionsService:
        return self._context.desk.sessions

    def arrive(self) -> None:
        """Look again and stand on the first entry."""
        self._reload()
        self.view.rows.setFocus(Qt.FocusReason.OtherFocusReason)

    def heed(self, changed: Changed) -> None:
        """Look again when a list changed."""
        if self.isVisible() and changed.meets({Kind.TEMPLATE}):
            self._reload()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Stop renaming with Esc, then leave."""
        if event.key() == Qt.Key.Key_Escape:
            if self._renaming:
                self._renaming = ""
                self.view.end_rename()
                self.view.rows.setFocus(Qt.FocusReason.OtherFocusReason)
            else:
                self._context.back()
            return
        super().keyPressEvent(event)

    def _reload(self) -> None:
        self._context.tasks.read(self._sessions.choices, self._show, key="choices", owner=self)

    def _show(self, found: Choices | None) -> None:
        if found is None:
            return
        self._choices = found.services if self._of is ChoiceList.SERVICE else found.interventions
        self.view.show_rows([_entry(choice) for choice in self._choices])
        if self._wanted:
            self.view.rows.go_to(self.view.rows.entries.place_of(self._wanted))
            self._wanted = ""
        self._show_retire()

    def _choose_list(self, value: str) -> None:
        self._of = ChoiceList(value)
        self._renaming = ""
        self.view.end_rename()
        self._reload()

    def _current(self) -> Choice | None:
        entry = self.view.rows.entry()
        return next((c for c in self._choices if entry and c.id == entry.id), None)

    def _show_retire(self) -> None:
        choice = self._current()
        self.view.retire_button.setText(
            _("Offer it again") if choice and choice.retired else _("Retire")
        )

    def _add(self, label: str) -> None:
        def done(changed: Changed) -> None:
            self.view.end_rename()
            self._wanted = changed.made
            self._reload()

        self._write(partial(self._sessions.add_choice, AddChoice(self._of, label)), done)

    def _begin_rename(self) -> None:
        choice = self._current()
        if choice is not None:
            self._renaming = choice.id
            self.view.begin_rename(choice.label)

    def _rename(self, label: str) -> None:
        choice = next((c for c in self._choices if c.id == self._renaming), None)
        if choice is None:
            return
        command = RenameChoice(self._of, choice.id, label)
        back = RenameChoice(self._of, choice.id, choice.label)

        def done(_changed: Changed) -> None:
            self._renaming = ""
            self.view.end_rename()
            self.view.rows.setFocus(Qt.FocusReason.OtherFocusReason)
            self._tell(_("Renamed."), partial(self._sessions.rename_choice, back))

        self._write(partial(self._sessions.rename_choice, command), done)

    def _retire(self) -> None:
        choice = self._current()
        if choice is None:
            return
        command = RetireChoice(self._of, choice.id, retired=not choice.retired)
        back = RetireChoice(self._of, choice.id, retired=choice.retired)
        sentence = (
            _("The entry is offered again.") if choice.retired else _("The entry was retired.")
        )
        self._write(
            partial(self._sessions.retire_choice, command),
            lambda _changed: self._tell(sentence, partial(self._sessions.retire_choice, back)),
        )

    def _move(self, step: int) -> None:
        choice = self._current()
        if choice is None:
            return
        order = [each.id for each in self._choices]
        place = order.index(choice.id)
        other = place + step
        if not 0 <= other < len(order):
            return
        order[place], order[other] = order[other], order[place]
        self._wanted = choice.id
        self._write(
            partial(self._sessions.reorder_choices, ReorderChoices(self._of, tuple(order))),
            lambda _changed: None,
        )

    def _tell(self, sentence: str, undo: Callable[[], Changed]) -> None:
        self._context.notices.say(sentence, undo=partial(self._context.tasks.write, undo))

    def _write(self, operation: Callable[[], Changed], done: Callable[[Changed], None]) -> None:
        self._context.tasks.write(operation, done, self._failed, owner=self)

    def _failed(self, error: Exception) -> None:
        from app.phrases import sentence

        if isinstance(error, Refused) and error.field == "label":
            self.view.line_field.refuse(sentence(error))
            self.view.line.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._context.say(error)


def _entry(choice: Choice) -> Entry:
    chips = ((_("Retired"), Mark.PLAIN),) if choice.retired else ()
    return Entry(choice.id, choice.label, icon="list", chips=chips)
