"""Making, changing, closing and copying groups; who is in them and who waits."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from app.features.groups.commands import (
    AddMember,
    ChangeGroup,
    CloseGroup,
    CopyGroup,
    LeaveGroup,
    LetWait,
    MakeGroup,
    PutBack,
    RejoinGroup,
    ReopenGroup,
    RetractMember,
    TakeIn,
)
from app.features.groups.model.group import (
    CLOSED,
    Group,
    GroupForm,
    Membership,
    accepted_day,
    accepted_group,
    form_of,
)
from app.features.groups.repo.groups import PAGE, GroupLine, MemberLine, StudentGroup
from app.features.groups.repo.sessions import Cell, SessionLine, Sessions, SessionsKeeper
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.ids import new_id
from app.kernel.ports import Begin, Read, Reader, Seat
from app.kernel.rows import storable


@dataclass(frozen=True, slots=True)
class GroupSheet:
    """Everything the page of a group shows."""

    group: Group
    school: str
    service: tuple[str, str]
    """Code and label of the kind of service."""
    leader: str
    second: str
    members: list[MemberLine]
    """Those who are in it, by name."""
    waiting: list[MemberLine]
    """Those who wait, in order."""
    former: list[MemberLine]
    sessions: list[SessionLine]
    """The newest first."""
    cells: list[Cell]

    @property
    def full(self) -> bool:
        """Whether nobody can be taken in."""
        return bool(self.group.size_limit) and len(self.members) >= self.group.size_limit


@dataclass(frozen=True, slots=True)
class GroupLists:
    """One page of groups, and how many are open and closed."""

    lines: list[GroupLine]
    open: int
    closed: int


class GroupsRoom:
    """Groups and who is in them."""

    _begin: Begin
    _read: Read
    _seat: Callable[[], Seat]

    # -- groups ----------------------------------------------------------------------

    def make_group(self, command: MakeGroup) -> Changed:
        """Make a group."""
        with self._begin() as tx:
            keeper = SessionsKeeper(tx)
            group = accepted_group(new_id(), command.form, tx.who)
            keeper.add_group(group)
            tx.journal("MakeGroup", "group", group.id, after=_facts(group))
        return Changed.only(Kind.GROUP, made=group.id)

    def change_group(self, command: ChangeGroup) -> Changed:
        """Change what is said of a group; the journal keeps what was."""
        with self._begin() as tx:
            keeper = SessionsKeeper(tx)
            before = self._group(keeper, command.group_id)
            after = replace(
                accepted_group(before.id, command.form, tx.who),
                copied_from=before.copied_from,
                closed_on=before.closed_on,
                close_reason=before.close_reason,
            )
            keeper.change_group(after)
            old, new = _facts(before), _facts(after)
            changed = [name for name in new if old[name] != new[name]]
            tx.journal(
                "ChangeGroup",
                "group",
                before.id,
                {name: old[name] for name in changed},
                {name: new[name] for name in changed},
            )
        return Changed.only(Kind.GROUP, made=before.id)

    def close_group(self, command: CloseGroup) -> Changed:
        """End a group: this is the last day of those who are in it, and nobody waits any more."""
        closed_on = accepted_day(command.closed_on, "closed_on")
        with self._begin() as tx:
            keeper = SessionsKeeper(tx)
            group = self._open_group(keeper, command.group_id)
            last = keeper.last(group.id)
            if last is not None and closed_on < last.started.day().isoformat():
                raise Refused(
                    "group-closed-before", "closed_on", day=last.started.day().isoformat()
                )
            keeper.change_group(
                replace(group, closed_on=closed_on, close_reason=storable(command.reason))
            )
            there = keeper.open_members(group.id)
            for member in there:
                keeper.change_member(replace(member, left_on=closed_on, left_reason=CLOSED))
            tx.journal(
                "CloseGroup",
                "group",
                group.id,
                {"closed_on": ""},
                {
                    "closed_on": closed_on,
                    "reason": storable(command.reason),
                    "members": [member.id for member in there],
                },
            )
        return Changed.only(Kind.GROUP, made=group.id)

    def reopen_group(self, command: ReopenGroup) -> Changed:
        """Take back that a group was closed; who left with its closing is in it again."""
        with self._begin() as tx:
            keeper = SessionsKeeper(tx)
            group = self._group(keeper, command.group_id)
            if not group.closed_on:
                raise Refused("group-open")
            back = keeper.left_with(group.id, group.closed_on, CLOSED)
            for member in back:
                keeper.change_member(replace(member, left_on="", left_reason=""))
            keeper.change_group(replace(group, closed_on="", close_reason=""))
            tx.journal(
                "ReopenGroup",
                "group",
                group.id,
                {"closed_on": group.closed_on, "reason": group.close_reason},
                {"closed_on": "", "members": [member.id for member in back]},
            )
        return Changed.only(Kind.GROUP, made=group.id)

    def copy_group(self, command: CopyGroup) -> Changed:
        """Make a group of the same plan; who waits goes along, those in it if wanted."""
        starts_on = accepted_day(command.starts_on, "starts_on")
        with self._begin() as tx:
            keeper = SessionsKeeper(tx)
            before = self._group(keeper, command.group_id)
            form = replace(
                form_of(before), name=command.name, starts_on=starts_on, ends_on=command.ends_on
            )
            group = replace(accepted_group(new_id(), form, tx.who), copied_from=before.id)
            keeper.add_group(group)
            taken: list[str] = []
            lines = [line.membership for line in keeper.members(before.id)]
            last = [one for one in lines if one.open] or [
                one for one in lines if one.left_reason == CLOSED
            ]
            for one in last:
                if one.joined_on and not command.members:
                    continue
                keeper.add_member(
                    Membership(
                        new_id(),
                        group.id,
                        one.student_id,
                        waits_since=one.waits_since if not one.joined_on else "",
                        joined_on=starts_on if one.joined_on else "",
                    )
                )
                taken.append(one.student_id)
            tx.journal(
                "CopyGroup",
                "group",
                group.id,
                after={**_facts(group), "copied_from": before.id, "students": taken},
            )
        return Changed.only(Kind.GROUP, made=group.id)

    # -- members ---------------------------------------------------------------------

    def add_member(self, command: AddMember) -> Changed:
        """Put a student in a group; one who waits is taken in. Refuses when it is full."""
        joined_on = accepted_day(command.joined_on, "joined_on")
        with self._begin() as tx:
            keeper = SessionsKeeper(tx)
            group = self._open_group(keeper, command.group_id)
            self._refuse_full(keeper, group)
            member = self._free_place(keeper, group, command.student_id)
            if member is None:
                member = Membership(new_id(), group.id, command.student_id, joined_on=joined_on)
                keeper.add_member(member)
            else:
                keeper.change_member(replace(member, joined_on=joined_on))
            tx.journal(
                "AddMember",
                "group",
                group.id,
                after={"member": member.id, "student": member.student_id, "joined_on": joined_on},
            )
        return Changed.only(Kind.GROUP, made=member.id)

    def let_wait(self, command: LetWait) -> Changed:
        """Put a student on a group's waiting list, at its end."""
        since = accepted_day(command.since, "since")
        with self._begin() as tx:
            keeper = SessionsKeeper(tx)
            group = self._open_group(keeper, command.group_id)
            if self._free_place(keeper, group, command.student_id) is not None:
                raise Refused("group-already-waits", "student")
            member = Membership(new_id(), group.id, command.student_id, waits_since=since)
            keeper.add_member(member)
            tx.journal(
                "LetWait",
                "group",
                group.id,
                after={"member": member.id, "student": member.student_id, "waits_since": since},
            )
        return Changed.only(Kind.GROUP, made=member.id)

    def take_in(self, command: TakeIn) -> Changed:
        """Take a student from the waiting list into the group."""
        joined_on = accepted_day(command.joined_on, "joined_on")
        with self._begin() as tx:
            keeper = SessionsKeeper(tx)
            member = self._member(keeper, command.member_id)
            group = self._open_group(keeper, member.group_id)
            if not member.waits:
                raise Refused("group-not-waiting", "student")
            self._refuse_full(keeper, group)
            keeper.change_member(replace(member, joined_on=joined_on))
            tx.journal(
                "TakeIn",
                "group",
                group.id,
                {"member": member.id, "joined_on": ""},
                {"member": member.id, "student": member.student_id, "joined_on": joined_on},
            )
        return Changed.only(Kind.GROUP, made=member.id)

    def put_back(self, command: PutBack) -> Changed:
        """Take back that a student was taken in: they wait again, in the place they had."""
        with self._begin() as tx:
            keeper = SessionsKeeper(tx)
            member = self._member(keeper, command.member_id)
            if not member.waits_since or not member.joined_on or not member.open:
                raise Refused("group-never-waited", "student")
            self._refuse_attended(keeper, member)
            keeper.change_member(replace(member, joined_on=""))
            tx.journal(
                "PutBack",
                "group",
                member.group_id,
                {"member": member.id, "joined_on": member.joined_on},
                {"member": member.id, "joined_on": ""},
            )
        return Changed.only(Kind.GROUP, made=member.id)

    def leave_group(self, command: LeaveGroup) -> Changed:
        """End a student's stretch in a group, or their waiting; `left_on` is the last day in it."""
        left_on = accepted_day(command.left_on, "left_on")
        reason = storable(command.reason)
        if not reason:
            raise Refused("group-needs-leaving-reason", "reason")
        with self._begin() as tx:
            keeper = SessionsKeeper(tx)
            member = self._member(keeper, command.member_id)
            if not member.open:
                raise Refused("group-left-already", "student")
            if left_on < (member.joined_on or member.waits_since):
                raise Refused("group-left-before", "left_on")
            last = keeper.last_attended(member.group_id, member.student_id)
            if member.joined_on and last and left_on < Moment(last, tx.now.zone).day().isoformat():
                raise Refused("group-left-before-session", "left_on")
            keeper.change_member(replace(member, left_on=left_on, left_reason=reason))
            tx.journal(
                "LeaveGroup",
                "group",
                member.group_id,
                {"member": member.id, "left_on": ""},
                {
                    "member": member.id,
                    "student": member.student_id,
                    "left_on": left_on,
                    "reason": reason,
                },
            )
        return Changed.only(Kind.GROUP, made=member.id)

    def rejoin_group(self, command: RejoinGroup) -> Changed:
        """Take back that a student left."""
        with self._begin() as tx:
            keeper = SessionsKeeper(tx)
            member = self._member(keeper, command.member_id)
            self._open_group(keeper, member.group_id)
            if member.open or keeper.open_membership(member.group_id, member.student_id):
                raise Refused("group-already-in", "student")
            keeper.change_member(replace(member, left_on="", left_reason=""))
            tx.journal(
                "RejoinGroup",
                "group",
                member.group_id,
                {"member": member.id, "left_on": member.left_on, "reason": member.left_reason},
                {"member": member.id, "left_on": ""},
            )
        return Changed.only(Kind.GROUP, made=member.id)

    def retract_member(self, command: RetractMember) -> Changed:
        """Take back that a student was put in or let wait, as long as no session names them."""
        with self._begin() as tx:
            keeper = SessionsKeeper(tx)
            member = self._member(keeper, command.member_id)
            self._refuse_attended(keeper, member)
            keeper.drop_member(member.id)
            tx.journal(
                "RetractMember", "group", member.group_id, {"member": member.id, **asdict(member)}
            )
        return Changed.only(Kind.GROUP)

    # -- reading ---------------------------------------------------------------------

    def groups(
        self,
        *,
        closed: bool = False,
        mine: bool = False,
        text: str = "",
        school: str = "",
        offset: int = 0,
        limit: int = PAGE,
    ) -> GroupLists:
        """Return one page of groups by name, and how many are open and closed."""
        with self._read() as reader:
            groups = Sessions(reader)
            seat = self._seat()
            lines = groups.page(
                seat,
                closed=closed,
                mine=mine,
                text=text,
                school=school,
                offset=offset,
                limit=limit,
            )
            return GroupLists(lines, *groups.counts(seat))

    def find_groups(self, text: str, limit: int = 8) -> list[GroupLine]:
        """Return the open groups whose name holds what was typed."""
        if not text.strip():
            return []
        with self._read() as reader:
            return Sessions(reader).page(self._seat(), text=text, limit=limit)

    def group(self, group_id: str) -> GroupSheet:
        """Return a group with everything its page shows; refuse one that is not seen."""
        with self._read() as reader:
            return self.sheet(reader, group_id)

    def sheet(self, reader: Reader, group_id: str) -> GroupSheet:
        """Return a group's sheet in a read that is open already."""
        groups, seat = Sessions(reader), self._seat()
        group = self._group(groups, group_id)
        lines = groups.members(group.id)
        return GroupSheet(
            group=group,
            school=groups.school_of(group.school_id),
            service=groups.service_of(group.service_id),
            leader=groups.name_of(group.person_id),
            second=groups.name_of(group.second_id),
            members=[m for m in lines if m.membership.open and m.membership.joined_on],
            waiting=[m for m in lines if m.membership.waits],
            former=[m for m in lines if not m.membership.open],
            sessions=groups.sessions(seat, group.id),
            cells=groups.cells(seat, group.id),
        )

    def group_form(self, group_id: str) -> GroupForm:
        """Return a group as its form shows it."""
        with self._read() as reader:
            return form_of(self._group(Sessions(reader), group_id))

    def leaders(self) -> list[tuple[str, str]]:
        """Return who could lead a group: id and name, by name."""
        with self._read() as reader:
            return Sessions(reader).people(self._seat())

    def groups_of(self, student_id: str) -> list[StudentGroup]:
        """Return the groups a student is, was or waits in, the newest first."""
        with self._read() as reader:
            return Sessions(reader).of_student(self._seat(), student_id)

    # -- what several commands ask ---------------------------------------------------

    def _group(self, groups: Sessions, group_id: str) -> Group:
        found = groups.group(self._seat(), group_id)
        if found is None:
            raise Refused("group-gone")
        return found

    def _open_group(self, groups: Sessions, group_id: str) -> Group:
        found = self._group(groups, group_id)
        if found.closed_on:
            raise Refused("group-closed")
        return found

    def _member(self, keeper: SessionsKeeper, member_id: str) -> Membership:
        found = keeper.membership(member_id)
        if found is None or keeper.group(self._seat(), found.group_id) is None:
            raise Refused("group-member-gone", "student")
        return found

    @staticmethod
    def _refuse_full(keeper: SessionsKeeper, group: Group) -> None:
        if group.size_limit and keeper.size(group.id) >= group.size_limit:
            raise Refused("group-full", "student", limit=group.size_limit)

    @staticmethod
    def _refuse_attended(keeper: SessionsKeeper, member: Membership) -> None:
        if keeper.has_attended(member.group_id, member.student_id):
            raise Refused("group-has-attended", "student")

    @staticmethod
    def _free_place(keeper: SessionsKeeper, group: Group, student: str) -> Membership | None:
        """Return the place a student has on the waiting list, or None; refuse one who is in it."""
        if not student or not keeper.knows_student(student):
            raise Refused("group-needs-student", "student")
        member = keeper.open_membership(group.id, student)
        if member is not None and not member.waits:
            raise Refused("group-already-in", "student")
        return member


def _facts(group: Group) -> dict[str, Any]:
    facts = asdict(group)
    for name in ("id", "copied_from", "closed_on", "close_reason"):
        del facts[name]
    return facts
