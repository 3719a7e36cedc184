"""The page of a group: attendance over time, members, those who wait, sessions."""

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout

from app.features.groups.commands import (
    AddMember,
    ChangeGroup,
    CloseGroup,
    CopyGroup,
    LeaveGroup,
    LetWait,
    PutBack,
    RejoinGroup,
    ReopenGroup,
    RetractMember,
    TakeIn,
)
from app.features.groups.model.group import GroupForm, form_of
from app.features.groups.repo.groups import MemberLine
from app.features.groups.service import GroupSheet as Sheet
from app.features.groups.service import GroupsService
from app.kernel.changes import Changed, Kind
from app.kernel.ids import StudentId
from app.kernel.words import _
from ui.features.groups import said
from ui.features.groups.presenter.asking import ask_group, pick_student
from ui.features.groups.presenter.picture import cells, columns, summary
from ui.features.groups.view.group import (
    ATTENDANCE,
    FORMER,
    MEMBERS,
    SESSIONS,
    WAITING,
    GroupView,
)
from ui.features.groups.view.sheets import CopySheet, DaySheet
from ui.kit.asking import Asker, Entries, about
from ui.kit.look import Kind as Mark
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.lists import Entry


class GroupPage(PageWidget):
    """One group."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asker = Asker(context, self)
        self._id = ""
        self._part = ATTENDANCE
        self._sheet: Sheet | None = None
        self.view = GroupView()
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self.view.acted.connect(self._act)
        self.view.turned.connect(self._turn)
        self.view.opened.connect(self._open)
        self.view.note_opened.connect(lambda note: context.go("signed", note))
        for key, act, parts in (
            ("T", "take_in", {WAITING}),
            ("L", "leave", {MEMBERS, WAITING}),
        ):
            shortcut = QShortcut(QKeySequence(key), self.view.list)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(partial(self._act_in, act, parts))

    @property
    def _groups(self) -> GroupsService:
        return self._context.desk.groups

    def show_subject(self, subject: str) -> None:
        """Show the group with this id."""
        if subject != self._id:
            self._sheet = None
            self._part = ATTENDANCE
        self._id = subject
        self._reload()
        if not subject:
            self.view.show_empty(
                _("No group is chosen"), _("Choose one from the list of groups."), _("Groups")
            )

    def arrive(self) -> None:
        """Stand on taking a session."""
        if self._id:
            self.view.focus_first()
        else:
            self.view.empty.setFocus()

    def heed(self, changed: Changed) -> None:
        """Look again when the group, its members or its sessions changed."""
        if self.isVisible() and changed.meets({Kind.GROUP, Kind.GROUP_SESSION, Kind.STUDENT}):
            self._reload()

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self._asker.flush()

    def state(self) -> dict[str, str]:
        """Return which part of the group is shown."""
        return {"part": self._part}

    def restore(self, state: Mapping[str, str]) -> None:
        """Show it again."""
        self._turn(state.get("part", ATTENDANCE))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self._context.back()
            return
        super().keyPressEvent(event)

    # -- showing ---------------------------------------------------------------------

    def _reload(self) -> None:
        if self._id:
            self._context.tasks.read(
                partial(self._groups.group, self._id),
                self._show,
                self._failed,
                key="group",
                owner=self,
            )

    def _failed(self, error: Exception) -> None:
        self._context.say(error)
        self._context.back()

    def _turn(self, part: str) -> None:
        self._part = (
            part if part in {ATTENDANCE, MEMBERS, WAITING, SESSIONS, FORMER} else ATTENDANCE
        )
        if self._sheet is not None:
            self._show(self._sheet)

    def _show(self, sheet: Sheet | None) -> None:
        if sheet is None or sheet.group.id != self._id:
            return
        first = self._sheet is None
        self._sheet = sheet
        group = sheet.group
        chips = []
        if group.closed_on:
            chips.append((_("Closed {day}").format(day=said.day(group.closed_on)), Mark.PLAIN))
        if sheet.full and not group.closed_on:
            chips.append((_("Full"), Mark.ACCENT))
        if sheet.waiting:
            chips.append((said.waiting(len(sheet.waiting)), Mark.WARN))
        leaders = (
            _("{leader} with {second}").format(leader=sheet.leader, second=sheet.second)
            if sheet.second
            else sheet.leader
        )
        parts = [
            leaders,
            sheet.school,
            said.service(*sheet.service),
            group.curriculum,
            said.sessions_of(group, len(sheet.sessions)),
            _("{start} to {end}").format(
                start=said.day(group.starts_on), end=said.day(group.ends_on)
            )
            if group.starts_on and group.ends_on
            else "",
        ]
        self.view.show_head(
            group.name, " · ".join(part for part in parts if part), group.purpose, chips
        )
        if group.closed_on:
            self.view.offer("copy", "paper", "reopen")
        else:
            self.view.offer("take", "add", "wait", "change", "paper", "copy", "close")
        self.view.offer_parts(
            [
                (ATTENDANCE, _("Attendance")),
                (MEMBERS, _("Members ({count})").format(count=len(sheet.members))),
                (WAITING, _("Waiting list ({count})").format(count=len(sheet.waiting))),
                (SESSIONS, _("Sessions ({count})").format(count=len(sheet.sessions))),
                (FORMER, _("Left ({count})").format(count=len(sheet.former))),
            ],
            self._part,
        )
        self._show_part(sheet)
        if first:
            self.view.focus_first()

    def _show_part(self, sheet: Sheet) -> None:
        self.view.show_empty("", "")
        if self._part == ATTENDANCE:
            self._show_attendance(sheet)
        elif self._part == MEMBERS:
            self._list(
                _("Members"),
                [_member(line) for line in sheet.members],
                _("Enter opens the student. L lets the student leave the group."),
                ("leave",),
                (
                    _("Nobody is in the group yet"),
                    _("Add its members; each session then shows them, everyone present."),
                ),
                start="" if sheet.group.closed_on else _("Add a member"),
            )
        elif self._part == WAITING:
            self._list(
                _("Waiting list"),
                [_waiting(line) for line in sheet.waiting],
                _("T takes the student in. L takes them off the list."),
                ("take_in", "leave"),
                (_("Nobody waits"), _("Who asks while the group is full waits here, in order.")),
            )
        elif self._part == SESSIONS:
            self._list(
                _("Sessions"),
                [
                    Entry(
                        line.id,
                        said.session(line),
                        f"{said.came(line.came, line.of)} · {line.maker}",
                        said.when(line.started),
                        "signed",
                    )
                    for line in sheet.sessions
                ],
                _("Enter opens the session."),
                (),
                (
                    _("No session yet"),
                    _("Take a session: one screen for what all shared and who came."),
                ),
            )
        else:
            self._list(
                _("Who left"),
                [_former(line) for line in sheet.former],
                _("Enter opens the student."),
                ("rejoin",) if not sheet.group.closed_on else (),
                (_("Nobody has left"), _("Who leaves stays here with the day and the reason.")),
            )

    def _list(
        self,
        name: str,
        entries: list[Entry],
        hint: str,
        actions: tuple[str, ...],
        empty: tuple[str, str],
        *,
        start: str = "",
    ) -> None:
        self.view.show_list(name, entries, hint, actions)
        if not entries:
            self.view.show_empty(*empty, start)

    def _show_attendance(self, sheet: Sheet) -> None:
        shown = columns(sheet)
        rows = cells(sheet)
        self.view.show_attendance(shown, rows, summary(sheet), said.marks_key())
        if not sheet.members and not rows:
            self.view.show_empty(
                _("Nobody is in the group yet"),
                _("Add its members; each session then shows them, everyone present."),
                start="" if sheet.group.closed_on else _("Add a member"),
            )
        elif not shown:
            self.view.show_empty(
                _("No session yet"),
                _(
                    "Take a session: one screen for what all shared and who came. Each member’s"
                    " record gets a note of its own."
                ),
            )

    # -- acting ----------------------------------------------------------------------

    def _open(self, entry: Entry) -> None:
        if self._part == SESSIONS:
            self._context.go("group-signed", entry.id)
        else:
            line: MemberLine = entry.subject
            self._context.go("student", line.membership.student_id)

    def _act(self, name: str) -> None:
        sheet = self._sheet
        if sheet is None:
            if not self._id:
                self._context.go("groups")
            return
        acts: dict[str, Callable[[Sheet], None]] = {
            "take": lambda sheet: self._context.go("group-session", f"group:{sheet.group.id}"),
            "add": self._add,
            "wait": self._wait,
            "change": self._change,
            "close": self._close,
            "reopen": self._reopen,
            "copy": self._copy,
            "paper": lambda sheet: self._context.go(
                "reports", f"group-attendance|{sheet.group.id}"
            ),
        }
        if name in acts:
            acts[name](sheet)
            return
        entry = self.view.list.entry()
        if entry is not None and isinstance(entry.subject, MemberLine):
            {"take_in": self._take_in, "leave": self._leave, "rejoin": self._rejoin}[name](
                entry.subject
            )

    def _act_in(self, name: str, parts: set[str]) -> None:
        if self._part in parts:
            self._act(name)

    def _write(self, work: Callable[[], Changed], done: Callable[[Changed], object]) -> None:
        def written(changed: Changed) -> None:
            done(changed)

        self._context.tasks.write(work, written, self._context.say, owner=self)

    def _tell(self, words: str, undo: Callable[[], Changed]) -> None:
        self._context.notices.say(words, undo=lambda: self._write(undo, lambda _changed: None))

    def _add(self, sheet: Sheet) -> None:
        groups, today = self._groups, self._context.today().isoformat()

        def picked(entry: Entry) -> None:
            student = StudentId(entry.id)
            waited = any(one.membership.student_id == student for one in sheet.waiting)

            def done(changed: Changed) -> None:
                self._turn(MEMBERS)
                back: Callable[[], Changed] = (
                    partial(groups.put_back, PutBack(changed.made))
                    if waited
                    else partial(groups.retract_member, RetractMember(changed.made))
                )
                self._tell(_("{name} is in the group.").format(name=entry.title), back)

            self._write(partial(groups.add_member, AddMember(sheet.group.id, student, today)), done)

        pick_student(self._context, self, _("Who joins the group?"), picked)

    def _wait(self, sheet: Sheet) -> None:
        groups, today = self._groups, self._context.today().isoformat()

        def picked(entry: Entry) -> None:
            def done(changed: Changed) -> None:
                self._turn(WAITING)
                self._tell(
                    _("{name} is on the waiting list.").format(name=entry.title),
                    partial(groups.retract_member, RetractMember(changed.made)),
                )

            command = LetWait(sheet.group.id, StudentId(entry.id), today)
            self._write(partial(groups.let_wait, command), done)

        pick_student(self._context, self, _("Who waits for a place?"), picked)

    def _take_in(self, line: MemberLine) -> None:
        groups = self._groups
        command = TakeIn(line.membership.id, self._context.today().isoformat())
        self._write(
            partial(groups.take_in, command),
            lambda changed: self._tell(
                _("{name} is in the group.").format(name=line.student),
                partial(groups.put_back, PutBack(changed.made)),
            ),
        )

    def _leave(self, line: MemberLine) -> None:
        groups, member = self._groups, line.membership

        def act(typed: Entries) -> Callable[[], Changed]:
            return partial(
                groups.leave_group, LeaveGroup(member.id, typed["left_on"], typed["reason"])
            )

        self._asker.ask(
            DaySheet(
                (
                    _("Leaves the waiting list") if member.waits else _("Leaves the group"),
                    _("Keep"),
                    _("{name}. What was, stays readable.").format(name=line.student),
                ),
                ("left_on", _("Last day")),
                self._context.today,
                (_("Reason"), ""),
                self,
            ),
            act,
            lambda changed, _entries: self._tell(
                _("{name} has left.").format(name=line.student),
                partial(groups.rejoin_group, RejoinGroup(changed.made)),
            ),
            kept=about("group-leave", member.id),
        )

    def _rejoin(self, line: MemberLine) -> None:
        self._write(
            partial(self._groups.rejoin_group, RejoinGroup(line.membership.id)),
            lambda _changed: self._context.notices.say(
                _("{name} is in the group again.").format(name=line.student)
            ),
        )

    def _change(self, sheet: Sheet) -> None:
        groups, group = self._groups, sheet.group

        def act(form: GroupForm) -> Callable[[], Changed]:
            return partial(groups.change_group, ChangeGroup(group.id, form))

        def done(_changed: Changed, _entries: Entries) -> None:
            self._tell(
                _("The group is changed."),
                partial(groups.change_group, ChangeGroup(group.id, form_of(group))),
            )

        ask_group(
            self._context,
            self._asker,
            self,
            (_("Change the group"), _("Keep")),
            form_of(group),
            act,
            done,
            about("group", group.id),
        )

    def _close(self, sheet: Sheet) -> None:
        groups, group = self._groups, sheet.group

        def act(typed: Entries) -> Callable[[], Changed]:
            return partial(
                groups.close_group, CloseGroup(group.id, typed["closed_on"], typed["reason"])
            )

        self._asker.ask(
            DaySheet(
                (
                    _("Close the group"),
                    _("Close the group"),
                    _(
                        "Its members leave it with this day, and nobody waits any more. Sessions and"
                        " attendance stay; the group can be opened again."
                    ),
                ),
                ("closed_on", _("Last day")),
                self._context.today,
                (_("Reason"), _("Left empty, it simply came to its end.")),
                self,
            ),
            act,
            lambda _changed, _entries: self._tell(
                _("The group is closed."), partial(groups.reopen_group, ReopenGroup(group.id))
            ),
            kept=about("group-close", group.id),
        )

    def _reopen(self, sheet: Sheet) -> None:
        self._write(
            partial(self._groups.reopen_group, ReopenGroup(sheet.group.id)),
            lambda _changed: self._context.notices.say(
                _("The group is open again, with those who left when it closed.")
            ),
        )

    def _copy(self, sheet: Sheet) -> None:
        groups, group = self._groups, sheet.group

        def act(typed: Entries) -> Callable[[], Changed]:
            return partial(
                groups.copy_group,
                CopyGroup(
                    group.id,
                    typed["name"],
                    typed["starts_on"],
                    typed["ends_on"] or "",
                    members=bool(typed["members"]),
                ),
            )

        def done(changed: Changed, _entries: Entries) -> None:
            self._context.notices.say(_("The group for the next term is made."))
            self._context.go("group", changed.made)

        self._asker.ask(
            CopySheet(group.name, self._context.today, self),
            act,
            done,
            kept=about("group-copy", group.id),
        )


def _member(line: MemberLine) -> Entry:
    return Entry(
        line.membership.id,
        line.student,
        " · ".join(part for part in (said.grade(line.grade), line.school) if part),
        _("Since {day}").format(day=said.day(line.membership.joined_on)),
        "student",
        subject=line,
    )


def _waiting(line: MemberLine) -> Entry:
    return Entry(
        line.membership.id,
        line.student,
        " · ".join(part for part in (said.grade(line.grade), line.school) if part),
        _("Waits since {day}").format(day=said.day(line.membership.waits_since)),
        "clock",
        subject=line,
    )


def _former(line: MemberLine) -> Entry:
    return Entry(
        line.membership.id,
        line.student,
        said.left(line.membership),
        said.day(line.membership.left_on),
        "off",
        subject=line,
    )
