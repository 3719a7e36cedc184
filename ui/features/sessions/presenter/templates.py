"""The page of note templates: copied, changed, retired."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout

from app.features.people.commands import ChangeSetting
from app.features.sessions.commands import ChangeTemplate, CopyTemplate, RetireTemplate
from app.features.sessions.model import Template, TemplateSection
from app.kernel.changes import Changed, Kind
from app.kernel.errors import Refused
from app.kernel.words import _
from ui.features.sessions.view.templates import TemplatesView
from ui.kit.look import Kind as Mark
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.lists import Entry


class TemplatesPage(PageWidget):
    """Every template, and one open beside the list."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._templates: tuple[Template, ...] = ()
        self._usual = ""
        self._open = ""
        self._filling = False
        self.view = TemplatesView()
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self.view.list.current.connect(self._go_to)
        self.view.list.opened.connect(lambda _entry: self._enter())
        self.view.copy.connect(self._copy)
        self.view.save.connect(self._save)
        self.view.retire.connect(self._retire)
        self.view.make_usual.connect(self._make_usual)
        shortcut = QShortcut(QKeySequence("Ctrl+S"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self._save)

    def arrive(self) -> None:
        """Look again and stand on the first template."""
        self._reload()
        self.view.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def heed(self, changed: Changed) -> None:
        """Look again when a template changed."""
        if self.isVisible() and changed.meets({Kind.TEMPLATE, Kind.SETTING}):
            self._reload()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self._context.back()
            return
        super().keyPressEvent(event)

    def _reload(self) -> None:
        desk = self._context.desk
        who = desk.seat.person
        self._context.tasks.read(
            lambda: (
                desk.sessions.choices().templates,
                desk.people.settings(who)["note_template"],
            ),
            self._show,
            key="templates",
            owner=self,
        )

    def _show(self, found: tuple[tuple[Template, ...], str] | None) -> None:
        if found is None:
            return
        self._templates, usual = found
        offered = [template.id for template in self._templates if not template.retired]
        self._usual = usual if usual in offered else next(iter(offered), "")
        if not any(template.id == self._open for template in self._templates):
            self._open = next(iter(offered), "")
        wanted = self._open
        self._filling = True
        self.view.show_list([self._entry(template) for template in self._templates])
        self.view.list.go_to(self.view.list.entries.place_of(wanted))
        self._filling = False
        self._show_open()

    def _entry(self, template: Template) -> Entry:
        chips = []
        if template.id == self._usual:
            chips.append((_("Usual"), Mark.ACCENT))
        if template.retired:
            chips.append((_("Retired"), Mark.PLAIN))
        return Entry(
            template.id,
            template.name,
            _("Came with Casewell") if template.builtin else _("Your own"),
            icon="template",
            chips=tuple(chips),
        )

    def _template(self) -> Template | None:
        return next((each for each in self._templates if each.id == self._open), None)

    def _go_to(self, entry: Entry | None) -> None:
        if entry is not None and entry.id != self._open and not self._filling:
            self._open = entry.id
            self._show_open()

    def _enter(self) -> None:
        template = self._template()
        if template is not None:
            target = self.view.copy_button if template.builtin else self.view.name
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_open(self) -> None:
        template = self._template()
        if template is not None:
            self.view.show_template(
                template.name,
                [(part.key, part.title, part.hint) for part in template.sections],
                own=not template.builtin,
                retired=template.retired,
                usual=template.id == self._usual,
            )

    def _copy(self) -> None:
        template = self._template()
        if template is None:
            return
        name = _("{name} (my copy)").format(name=template.name)

        def done(changed: Changed) -> None:
            self._open = changed.made
            self._context.notices.say(_("Copied. Change its name and sections, then save."))
            self._reload()

        self._write(CopyTemplate(template.id, name), done)

    def _save(self) -> None:
        template = self._template()
        if template is None or template.builtin:
            return
        self.view.clear_refusals()
        sections = tuple(TemplateSection(*section) for section in self.view.sections())

        def done(_changed: Changed) -> None:
            self._context.notices.say(_("The template was saved."))

        self._write(ChangeTemplate(template.id, self.view.name.text(), sections), done)

    def _retire(self) -> None:
        template = self._template()
        if template is None:
            return
        retired = not template.retired
        sessions, tasks = self._context.desk.sessions, self._context.tasks
        undo = partial(
            tasks.write,
            partial(sessions.retire_template, RetireTemplate(template.id, retired=not retired)),
        )

        def done(_changed: Changed) -> None:
            sentence = (
                _("The template is offered no longer.") if retired else _("The template is back.")
            )
            self._context.notices.say(sentence, undo=undo)

        self._write(RetireTemplate(template.id, retired=retired), done)

    def _make_usual(self) -> None:
        people = self._context.desk.people
        command = ChangeSetting("note_template", self._open)
        self._context.tasks.write(
            partial(people.change_setting, command),
            lambda _changed: self._tell(_("New notes begin with this template.")),
            self._failed,
            owner=self,
        )

    def _tell(self, sentence: str) -> None:
        self._context.notices.say(sentence)

    def _write(
        self,
        command: CopyTemplate | ChangeTemplate | RetireTemplate,
        done: Callable[[Changed], None],
    ) -> None:
        sessions = self._context.desk.sessions
        operation: Callable[[], Changed]
        if isinstance(command, CopyTemplate):
            operation = partial(sessions.copy_template, command)
        elif isinstance(command, ChangeTemplate):
            operation = partial(sessions.change_template, command)
        else:
            operation = partial(sessions.retire_template, command)
        self._context.tasks.write(operation, done, self._failed, owner=self)

    def _failed(self, error: Exception) -> None:
        from app.phrases import sentence

        if not (isinstance(error, Refused) and self.view.refuse(error.field, sentence(error))):
            self._context.say(error)
