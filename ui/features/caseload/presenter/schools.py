"""The page of schools: names, and which buildings are one's own."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from app.features.caseload.commands import AddSchool, RemoveSchool, RenameSchool, SetMyBuildings
from app.features.caseload.model import School
from app.kernel.changes import Changed, Kind
from app.kernel.ids import SchoolId
from app.kernel.words import _, ngettext
from ui.features.caseload.presenter.asking import Asking
from ui.features.caseload.view.schools import SchoolsView
from ui.features.caseload.view.sheets import NameSheet
from ui.kit.asking import about
from ui.kit.look import Kind as Mark
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.lists import Entry


class SchoolsPage(PageWidget):
    """The schools, one's own buildings first."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asking = Asking(context, self)
        self._schools: tuple[School, ...] = ()
        self.view = SchoolsView()
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self.view.act.connect(self._act)
        self.view.list.current.connect(lambda _entry: self._offer())

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self._asking.flush()

    def arrive(self) -> None:
        """Look again and stand on the first school."""
        self._reload()
        self.view.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def heed(self, changed: Changed) -> None:
        """Look again when schools or students changed."""
        if self.isVisible() and changed.meets((Kind.SCHOOL, Kind.STUDENT, Kind.ROSTER)):
            self._reload()

    def _reload(self) -> None:
        self._context.tasks.read(
            self._context.desk.caseload.schools, self._show, key="schools", owner=self
        )

    def _show(self, schools: tuple[School, ...] | None) -> None:
        if schools is None:
            return
        self._schools = schools
        self.view.show_schools([_entry(school) for school in schools])
        if self.view.list.entry() is None:
            self.view.list.go_to(0)
        self._offer()

    def _current(self) -> School | None:
        entry = self.view.list.entry()
        return entry.subject if entry is not None else None

    def _mine(self) -> list[SchoolId]:
        return [school.id for school in self._schools if school.mine]

    def _offer(self) -> None:
        school = self._current()
        if school is None:
            self.view.show_actions(_("I work here"), ())
            return
        enabled = ["rename", "mine"]
        mine = self._mine()
        if school.mine and school.id != mine[0]:
            enabled.append("up")
        if school.mine and school.id != mine[-1]:
            enabled.append("down")
        if not school.students and not school.from_roster:
            enabled.append("remove")
        words = _("I no longer work here") if school.mine else _("I work here")
        self.view.show_actions(words, enabled)

    def _act(self, name: str) -> None:
        if name == "add":
            self._asking.ask(
                NameSheet(_("Add a school"), _("Add school"), parent=self),
                lambda typed: AddSchool(typed["name"], mine=not self._mine()),
                lambda _typed: _("School added."),
                kept=about("school"),
            )
            return
        school = self._current()
        if school is None:
            return
        if name == "rename":
            self._asking.ask(
                NameSheet(_("Rename the school"), _("Rename"), school.name, self),
                lambda typed: RenameSchool(school.id, typed["name"]),
                lambda _typed: _("School renamed."),
                kept=about("school", school.id),
            )
        elif name == "remove":
            self._asking.carry_out(RemoveSchool(school.id), _("School removed."))
        else:
            self._change_buildings(school, name)

    def _change_buildings(self, school: School, how: str) -> None:
        mine = self._mine()
        if how == "mine":
            if school.mine:
                mine.remove(school.id)
            else:
                mine.append(school.id)
        elif school.mine:
            place = mine.index(school.id)
            other = place + (-1 if how == "up" else 1)
            if not 0 <= other < len(mine):
                return
            mine[place], mine[other] = mine[other], mine[place]
        else:
            return
        self._asking.carry_out(SetMyBuildings(tuple(mine)), _("Your buildings were changed."))


def _entry(school: School) -> Entry:
    chips = []
    if school.mine:
        chips.append((_("My building"), Mark.ACCENT))
    if school.from_roster:
        chips.append((_("From the roster"), Mark.PLAIN))
    students = ngettext("{count} student", "{count} students", school.students)
    return Entry(
        school.id,
        school.name,
        students.format(count=school.students),
        "",
        "school",
        tuple(chips),
        subject=school,
    )
