"""The page of all groups: open or closed, found by their names; where one is made."""

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtWidgets import QVBoxLayout

from app.features.groups.commands import MakeGroup
from app.features.groups.model.group import GroupForm
from app.features.groups.repo.groups import GroupLine
from app.features.groups.service.groups import GroupLists
from app.kernel.changes import Changed, Kind
from app.kernel.words import _
from ui.features.groups import said
from ui.features.groups.presenter.asking import ask_group
from ui.kit.asking import Asker, Entries, about
from ui.kit.look import Kind as Mark
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.records import RecordsView


class GroupsPage(PageWidget):
    """Every group one may see."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asker = Asker(context, self)
        self._part = "mine"
        self._taking = False
        start = Button(_("New group"), "add", "primary")
        self.view = RecordsView(
            _("Groups"),
            (_("New group"), "add"),
            [("mine", _("Mine")), ("open", _("All open")), ("closed", _("Closed"))],
            EmptyState(
                "group",
                _("No group here"),
                _(
                    "A group has its members, a waiting list and a plan of sessions. A session is"
                    " taken once, and each member’s record gets a note of its own."
                ),
                start,
            ),
            start,
        )
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self.view.turned.connect(self._turn)
        self.view.asked.connect(self._ask)
        self.view.started.connect(self._ask)
        self.view.list.opened.connect(self._open)

    def show_subject(self, subject: str) -> None:
        """Show the groups; `new:` begins one, `take:` opens a session of the one chosen."""
        self._taking = subject == "take:"
        self._reload()
        if subject == "new:":
            self._ask()

    def arrive(self) -> None:
        """Stand in the list."""
        self.view.list.setFocus()

    def heed(self, changed: Changed) -> None:
        """Look again when a group changed."""
        if self.isVisible() and changed.meets({Kind.GROUP, Kind.GROUP_SESSION, Kind.STUDENT}):
            self._reload()

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self._asker.flush()

    def state(self) -> dict[str, str]:
        """Return which groups are shown."""
        return {"part": self._part}

    def restore(self, state: Mapping[str, str]) -> None:
        """Show them again."""
        part = state.get("part", "mine")
        self._part = part if part in {"mine", "open", "closed"} else "mine"
        self.view.parts.set_value(self._part)
        self._reload()

    def _turn(self, part: object) -> None:
        self._part = str(part or "mine")
        self._reload()

    def _reload(self) -> None:
        look_up = partial(
            self._context.desk.groups.groups,
            closed=self._part == "closed",
            mine=self._part == "mine",
        )
        self._context.tasks.read(
            look_up, self._show, self._context.say, key="groups", owner=self
        )  # fmt: skip

    def _show(self, found: GroupLists | None) -> None:
        if found is None:
            return
        closed = self._part == "closed"
        words = (
            _("Enter takes a session of the group.")
            if self._taking and found.lines
            else _("{open} open, {closed} closed").format(open=found.open, closed=found.closed)
        )
        self.view.show_entries(
            [_line(line, closed=closed) for line in found.lines],
            words if found.open or found.closed else "",
        )

    def _open(self, entry: Entry) -> None:
        if self._taking and self._part != "closed":
            self._context.go("group-session", f"group:{entry.id}", instead=True)
        else:
            self._context.go("group", entry.id)

    def _ask(self) -> None:
        context = self._context

        def act(form: GroupForm) -> Callable[[], Changed]:
            return partial(context.desk.groups.make_group, MakeGroup(form))

        def done(changed: Changed, _entries: Entries) -> None:
            context.notices.say(_("The group is made. Add its members."))
            context.go("group", changed.made)

        ask_group(
            context,
            self._asker,
            self,
            (_("New group"), _("Make the group")),
            GroupForm(
                leader=context.desk.seat.person,
                starts_on=context.today().isoformat(),
            ),
            act,
            done,
            about("group", "new"),
        )


def _line(line: GroupLine, *, closed: bool) -> Entry:
    group = line.group
    chips: list[tuple[str, str]] = []
    if line.waiting:
        chips.append((said.waiting(line.waiting), Mark.WARN))
    if group.size_limit and line.members >= group.size_limit:
        chips.append((_("Full"), Mark.ACCENT))
    parts = [
        said.members(line.members) if not closed else "",
        said.sessions_of(group, line.sessions),
        line.school,
        line.leader,
    ]
    when = _("Closed {day}").format(day=said.day(group.closed_on)) if closed else ""
    return Entry(
        group.id,
        group.name,
        " · ".join(part for part in parts if part),
        when,
        "group",
        tuple(chips),
    )
