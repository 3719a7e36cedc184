"""Taking a group's session: the draft, the names in it, the signature, and its corrections."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from app.features.groups.commands import (
    CorrectAttendance,
    DiscardGroupDraft,
    SaveGroupDraft,
    SignGroupSession,
    StartGroupSession,
)
from app.features.groups.model.group import LONGEST_SESSION, Group
from app.features.groups.model.session import (
    Attending,
    GroupDraft,
    GroupSession,
    Mark,
    Named,
    Passage,
    SessionForm,
    answer,
    marks_of,
    member_field,
    named_in,
    passages,
    taken,
    told_again,
)
from app.features.groups.repo.sessions import (
    AttendingLine,
    GroupDraftLine,
    Sessions,
    SessionsKeeper,
)
from app.kernel.changes import NOTHING, Changed, Kind
from app.kernel.charting import ChartAmendment, Charts, ChartSection
from app.kernel.clock import Clock, Moment
from app.kernel.entries import Told
from app.kernel.errors import Refused
from app.kernel.ids import DraftId, StudentId, new_id, new_ids
from app.kernel.mentions import NameWatch
from app.kernel.nouns import Attendance
from app.kernel.ports import Begin, Read, Reader, Seat
from app.kernel.rows import storable
from app.kernel.words import N_, _

ATTENDED: Mapping[Attendance, str] = {
    Attendance.PRESENT: N_("present"),
    Attendance.ABSENT: N_("absent"),
    Attendance.DECLINED: N_("declined"),
    Attendance.CANCELLED: N_("cancelled"),
}


@dataclass(frozen=True, slots=True)
class Planned:
    """An appointment of a group, as the schedule knows it."""

    id: str
    group_id: str
    started: Moment
    minutes: int
    place: str = ""
    school_id: str = ""


FindPlanned = Callable[[Reader, str], Planned | None]
"""Looks up an appointment of a group by its id; None if there is none."""


@dataclass(frozen=True, slots=True)
class InGroup:
    """A member as the grid names them."""

    id: StudentId
    name: str
    grade: str


@dataclass(frozen=True, slots=True)
class OpenGroupSession:
    """A draft with what its page shows beside it."""

    draft: GroupDraft
    group: Group
    members: tuple[InGroup, ...]
    """Everyone with a mark, in the grid's order."""
    before: GroupSession | None
    """The group's session before this one."""
    stored: bool


@dataclass(frozen=True, slots=True)
class SessionSheet:
    """A signed session: what all shared, and who came, with what was corrected."""

    session: GroupSession
    group: Group
    service: tuple[str, str]
    school: str
    maker: str
    mine: bool
    attending: tuple[AttendingLine, ...]


class _AlreadySigned(Exception):
    """This draft was signed before: nothing is left to do, and nothing is done twice."""


class SessionsOfGroups:
    """Sessions of groups, from the first mark to what is corrected later."""

    def __init__(
        self,
        begin: Begin,
        working: Begin,
        read: Read,
        *,
        seat: Callable[[], Seat],
        clock: Clock,
        charts: Charts,
        watch: NameWatch,
        planned: FindPlanned,
        told: Told,
    ) -> None:
        self._begin = begin
        self._working = working
        self._read = read
        self._seat = seat
        self._clock = clock
        self._charts = charts
        self._watch = watch
        self._planned = planned
        self._told = told

    # -- drafts ----------------------------------------------------------------------

    def start_session(self, command: StartGroupSession) -> OpenGroupSession:
        """Return a session's draft as it begins; the vault keeps it from the first save on.

        A group or an appointment that has a draft of one's own goes on with that one. Refuses
        (`group-session-signed`, with its id) what is signed already.
        """
        layout = self._charts.layout()
        person = self._seat().person
        with self._read() as reader:
            sessions = Sessions(reader)
            planned = self._planned(reader, command.planned_id) if command.planned_id else None
            group_id = planned.group_id if planned else command.group_id
            kept = None
            if command.draft_id:
                kept = sessions.draft(person, command.draft_id)
                if kept is None and sessions.is_signed(command.draft_id):
                    raise Refused("group-session-signed", session=command.draft_id)
            elif group_id:
                signed = sessions.signed_as(group_id, command.planned_id)
                if signed:
                    raise Refused("group-session-signed", session=signed)
                kept = sessions.draft_of(person, group_id, command.planned_id)
            if kept is not None:
                return self._opened(sessions, self._refreshed(sessions, kept), stored=True)
            if command.draft_id and not group_id:
                raise Refused("draft-gone")
            group = sessions.group(self._seat(), group_id)
            if group is None:
                raise Refused("group-gone")
            if group.closed_on:
                raise Refused("group-closed")
            before = sessions.last(group.id)
            now = self._clock.now()
            begun = planned.started if planned else usual_start(now, group.minutes)
            wall = begun.wall()
            number = sessions.next_number(group.id)
            form = SessionForm(
                on=wall.date().isoformat(),
                at=wall.strftime("%H:%M"),
                start_chosen=planned is not None,
                minutes=str(planned.minutes if planned else group.minutes),
                number=number,
                topic=group.topic(number),
                service_id=group.service_id,
                place=(planned.place if planned and planned.place else "")
                or (before.place if before else SessionForm().place),
                school_id=(planned.school_id if planned else "") or group.school_id or "",
                template_id=layout.template_id,
                format=layout.format,
                sections=layout.sections,
                planned_id=command.planned_id,
            )
            draft = GroupDraft(
                command.draft_id or DraftId(new_id()), group.id, person, form, made=now
            )
            return self._opened(sessions, self._refreshed(sessions, draft), stored=False)

    @staticmethod
    def _refreshed(sessions: Sessions, draft: GroupDraft) -> GroupDraft:
        """Return a draft with a mark for each who was in the group on the session's day."""
        there = [line.membership for line in sessions.members(draft.group_id)]
        names = {student: place for place, student in enumerate(_by_name(sessions, draft))}
        marks = marks_of(there, draft.form.on, draft.form.marks)
        ordered = tuple(sorted(marks, key=lambda mark: names.get(mark.student_id, len(names))))
        return replace(draft, form=replace(draft.form, marks=ordered))

    def _opened(
        self, sessions: Sessions, draft: GroupDraft, *, stored: bool
    ) -> OpenGroupSession:  # fmt: skip
        group = sessions.group(self._seat(), draft.group_id)
        if group is None:
            raise Refused("group-gone")
        lines = {
            line.membership.student_id: line for line in reversed(sessions.members(group.id))
        }  # fmt: skip
        members = tuple(
            InGroup(mark.student_id, lines[mark.student_id].student, lines[mark.student_id].grade)
            for mark in draft.form.marks
        )
        return OpenGroupSession(draft, group, members, sessions.last(group.id), stored)

    def on_another_day(self, draft: GroupDraft) -> OpenGroupSession:
        """Return a draft with the marks of those who were in the group on its day now."""
        with self._read() as reader:
            sessions = Sessions(reader)
            return self._opened(
                sessions, self._refreshed(sessions, draft), stored=bool(draft.saved_at)
            )

    def save_group_draft(self, command: SaveGroupDraft) -> Changed:
        """Keep a draft as it stands; refuse one that was signed meanwhile."""
        with self._working() as tx:
            if not SessionsKeeper(tx).save_draft(command.draft):
                raise Refused("already-signed")
        return NOTHING if command.draft.saved_at else Changed.only(Kind.DRAFT, Kind.GROUP_SESSION)

    def discard_group_draft(self, command: DiscardGroupDraft) -> Changed:
        """Throw a draft away."""
        with self._working() as tx:
            SessionsKeeper(tx).drop_draft(command.draft_id)
        return Changed.only(Kind.DRAFT, Kind.GROUP_SESSION)

    def group_drafts(self) -> list[GroupDraftLine]:
        """Return one's unsigned sessions, the oldest first."""
        with self._read() as reader:
            return Sessions(reader).drafts(self._seat().person)

    # -- names -----------------------------------------------------------------------

    def named(self, draft: GroupDraft) -> list[Named]:
        """Return every place in the form that names someone else and is not answered yet."""
        with self._read() as reader:
            return self._named(Sessions(reader), draft, passages(draft.form))

    def _named(
        self, sessions: Sessions, draft: GroupDraft, texts: Sequence[Passage]
    ) -> list[Named]:
        members = tuple(
            dict.fromkeys(
                (*(mark.student_id for mark in draft.form.marks), *sessions.ever(draft.group_id))
            )
        )
        answered = set(draft.form.answers)
        return [
            named
            for passage in texts
            for named in named_in(passage, self._watch.finds(passage.text, passage.about, members))
            if named.sure or answer(named.text) not in answered
        ]

    # -- signing ---------------------------------------------------------------------

    def sign_session(self, command: SignGroupSession) -> Changed:
        """Freeze a session and sign a note into each member's chart, all in one transaction.

        The session has the draft's id: signing twice signs once. Refused while a text names
        another member, or may name a student and was not answered.
        """
        draft = replace(command.draft, form=command.draft.form.storable())
        try:
            with self._begin() as tx:
                self._sign(SessionsKeeper(tx), draft)
        except _AlreadySigned:
            pass
        kinds = {Kind.DRAFT, Kind.NOTE, Kind.GROUP_SESSION, Kind.GROUP}
        if any(mark.next_step.strip() for mark in draft.form.marks):
            kinds.add(Kind.FOLLOW_UP)
        return Changed(frozenset(kinds), made=draft.id)

    def _sign(self, keeper: SessionsKeeper, draft: GroupDraft) -> None:
        tx = keeper.tx
        if not keeper.drop_draft(draft.id) and keeper.is_signed(draft.id):
            raise _AlreadySigned
        group = keeper.group(self._seat(), draft.group_id)
        if group is None:
            raise Refused("group-gone")
        draft = replace(
            draft,
            person_id=tx.who,
            form=replace(draft.form, number=keeper.next_number(group.id)),
        )
        members = keeper.those_on(group.id, draft.form.on)
        made = taken(draft, group, members, tx.now, new_ids(2 * len(draft.form.marks)))
        self._refuse_names(self._named(keeper, draft, passages(draft.form)))
        try:
            label = self._charts.sign(tx, made.notes)
        except Refused as refused:
            refused.field = _field_of(refused)
            raise
        sealed = keeper.add(made.session)
        rows = keeper.add_all(made.attending)
        tx.journal(
            "SignGroupSession",
            "group_session",
            made.session.id,
            after={
                "group": group.id,
                "number": made.session.number,
                "started_at": made.session.started_at,
                "zone": made.session.zone,
                "minutes": made.session.minutes,
                "service": label,
                "hash": sealed,
                "rows": rows,
            },
        )
        try:
            self._told(tx, replace(made.entry, service_label=label))
        except Refused as refused:
            refused.field = _goal_field(refused.field, draft.form.marks)
            raise

    @staticmethod
    def _refuse_names(found: Sequence[Named]) -> None:
        first = next((one for one in found if one.sure), next(iter(found), None))
        if first is None:
            return
        facts = {"words": first.text, "instead": first.replacement}
        if first.sure:
            raise Refused("group-names-member", first.field, **facts)
        raise Refused("group-may-name-student", first.field, **facts)

    # -- afterwards ------------------------------------------------------------------

    def signed_session(self, session_id: str) -> SessionSheet:
        """Return a signed session with who came; refuse one that is not seen."""
        with self._read() as reader:
            sessions, seat = Sessions(reader), self._seat()
            session = sessions.session(seat, session_id)
            group = sessions.group(seat, session.group_id) if session else None
            if session is None or group is None:
                raise Refused("group-session-gone")
            return SessionSheet(
                session=session,
                group=group,
                service=sessions.service_of(session.service_id),
                school=sessions.school_of(session.school_id),
                maker=sessions.name_of(session.person_id),
                mine=session.person_id == seat.person,
                attending=tuple(sessions.attending(session.id)),
            )

    def correct_attendance(self, command: CorrectAttendance) -> Changed:
        """Say that attendance was entered wrong, in the open.

        A row of its own replaces what was, and an amendment says so in the member's note;
        neither is erased.
        """
        reason, correction = storable(command.reason), storable(command.correction)
        attendance = Attendance(command.attendance)
        with self._begin() as tx:
            keeper = SessionsKeeper(tx)
            before = keeper.one_attending(self._seat(), command.attending_id)
            session = keeper.session(self._seat(), before.session_id) if before else None
            if before is None or session is None:
                raise Refused("group-session-gone")
            if keeper.is_replaced(before.id):
                raise Refused("attendance-corrected-since", "attendance")
            if attendance is not Attendance.PRESENT and not reason:
                raise Refused("note-needs-attendance-reason", "reason")
            if not correction:
                raise Refused("amendment-needs-reason", "correction")
            reason = "" if attendance is Attendance.PRESENT else reason
            if (attendance, reason) == (before.attendance, before.reason):
                raise Refused("attendance-the-same", "attendance")
            texts = [
                Passage("reason", reason, before.student_id),
                Passage("correction", correction, before.student_id),
            ]
            draft = GroupDraft(
                DraftId(session.id), session.group_id, tx.who, SessionForm(), made=tx.now
            )
            self._refuse_names(self._named(keeper, draft, [one for one in texts if one.text]))
            after = Attending(
                id=new_id(),
                session_id=before.session_id,
                student_id=before.student_id,
                note_id=before.note_id,
                attendance=attendance,
                reason=reason,
                replaces=before.id,
                correction=correction,
                person_id=tx.who,
                recorded_at=tx.now.at,
                zone=tx.now.zone,
            )
            self._charts.amend(
                tx,
                ChartAmendment(
                    new_id(),
                    before.note_id,
                    correction,
                    ChartSection(
                        "attendance", _("Attendance, corrected"), _corrected(after, before)
                    ),
                ),
            )
            sealed = keeper.add(after)
            tx.journal(
                "CorrectAttendance",
                "group_session",
                before.session_id,
                {"attending": before.id, "attendance": before.attendance},
                {"attending": after.id, "attendance": attendance, "rows": {after.id: sealed}},
            )
            # Told again, other rooms correct what they drew from it; the leader's time stays.
            again = told_again(session, [line.attending for line in keeper.attending(session.id)])
            _code, label = keeper.service_of(session.service_id)
            self._told(tx, replace(again, service_label=label))
        return Changed.only(Kind.GROUP_SESSION, Kind.NOTE, made=after.id)


def usual_start(now: Moment, minutes: int) -> Moment:
    """Return when a session of `minutes` began that ended now."""
    return now.later(-timedelta(minutes=min(minutes, LONGEST_SESSION)))


def _by_name(sessions: Sessions, draft: GroupDraft) -> list[StudentId]:
    return sessions.those_on(draft.group_id, draft.form.on)


def _field_of(refused: Refused) -> str:
    """Return the entry that mends what a member's note was refused for."""
    student = str(refused.facts.get("student", ""))
    fields = {"next_step": "next_step", "next_on": "next_on", "attendance_reason": "reason"}
    if student and refused.field in fields:
        return member_field(fields[refused.field], student)
    return refused.field


def _goal_field(field: str, marks: Sequence[Mark]) -> str:
    """Return the entry of the member whose goal was refused: `goals.KEY` is told by its key."""
    key = field.removeprefix("goals.")
    whose = next((one for one in marks if key in dict(one.goals)), None)
    return member_field(field, whose.student_id) if whose is not None and key != field else field


def _corrected(after: Attending, before: Attending) -> str:
    """Return what an amendment says of a correction."""
    was, now = _(ATTENDED[before.attendance]), _(ATTENDED[after.attendance])
    if after.reason:
        return _("Was entered as {was}. Right is: {now} ({reason}).").format(
            was=was, now=now, reason=after.reason
        )
    return _("Was entered as {was}. Right is: {now}.").format(was=was, now=now)
