"""Writes two groups of a counselor's term: members, one who waits, sessions week after week.

Every command goes through the groups room's own service, at its own time, as by hand.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING

from app.demo.calendar import school_days
from app.features.groups.commands import (
    AddMember,
    LeaveGroup,
    LetWait,
    MakeGroup,
    SaveGroupDraft,
    SignGroupSession,
    StartGroupSession,
)
from app.features.groups.model.group import GroupForm
from app.features.groups.model.session import GroupDraft
from app.kernel.clock import FixedClock, Moment
from app.kernel.ids import StudentId
from app.kernel.nouns import Attendance
from app.kernel.words import _

if TYPE_CHECKING:
    from app.bootstrap import Desk

_WEEKS = 9
_LEAST_STUDENTS = 5


@dataclass(frozen=True, slots=True)
class _Plan:
    """One group of the demonstration."""

    name: str
    purpose: str
    curriculum: str
    contents: tuple[str, ...]
    weekday: int
    at: time
    first: int
    size: int


def _plans() -> tuple[_Plan, ...]:
    return (
        _Plan(
            _("Tuesday coping"),
            _("Coping with worry before tests and in crowded rooms"),
            _("Coping skills in ten sessions"),
            (
                _("Getting to know each other"),
                _("Naming feelings"),
                _("Slow breathing"),
                _("Worry and the body"),
                _("Catching a thought"),
                _("Testing a thought"),
                _("Small brave steps"),
                _("Asking for help"),
                _("Keeping it up"),
                _("Looking back"),
            ),
            1,
            time(10, 15),
            0,
            8,
        ),
        _Plan(
            _("Lunch friends"),
            _("Starting and keeping friendships"),
            "",
            (),
            3,
            time(12, 5),
            8,
            5,
        ),
    )


def _shared() -> tuple[str, ...]:
    return (
        _("Warm-up round, then the topic with two short examples. All tried it in pairs."),
        _("Talked through last week’s task. Practised again and set a small task for the week."),
        _("Role play in pairs, with feedback from the round. The group kept its agreements."),
    )


def _parts() -> tuple[str, ...]:
    return (
        _("Took part actively and gave an example of their own."),
        _("Was quiet at first, joined in when working in a pair."),
        _("Tried the new skill and wants to use it before the next test."),
        "",
        "",
    )


def group_days(desk: "Desk", clock: FixedClock, now: Moment, seed: int) -> None:
    """Write the last weeks of two groups up to a moment; the newest session waits for a signature."""
    with desk.records.read() as reader:
        rows = reader.execute(
            "SELECT s.id FROM caseload c JOIN student s ON s.id = c.student_id"
            " WHERE c.ended_on = '' AND c.person_id = ? AND s.standing = 'enrolled'"
            " ORDER BY s.student_number LIMIT 24",
            (desk.seat.person,),
        ).fetchall()
    pupils = [StudentId(row[0]) for row in rows]
    first = now.day() - timedelta(weeks=_WEEKS)
    days = school_days(first, now.day() - timedelta(days=1))
    if len(pupils) < _LEAST_STUDENTS or len(days) < _WEEKS:
        return
    clock.moment = Moment.local(datetime.combine(days[0], time(7, 40)), now.zone)
    # These weeks are told after others of the same time: no entry is to say the clock was wrong.
    desk.trust_clock()
    chance = Random(seed)  # noqa: S311 - invented people
    _Term(desk, clock, now, chance, pupils, days).write()


class _Term:
    """The weeks as they are being written down, day after day."""

    def __init__(
        self,
        desk: "Desk",
        clock: FixedClock,
        now: Moment,
        chance: Random,
        pupils: list[StudentId],
        days: list[date],
    ) -> None:
        self._desk, self._clock, self._now = desk, clock, now
        self._chance, self._pupils, self._days = chance, pupils, days

    def write(self) -> None:
        """Make the groups, then take their sessions in the order of the days."""
        plans = [
            replace(plan, size=min(plan.size, len(self._pupils) - plan.first - 1))
            for plan in _plans()
        ]
        groups = [(plan, self._made(plan)) for plan in plans if plan.size > 2]
        meetings = [
            (day, plan, group) for day in self._days for plan, group in groups
            if day.weekday() == plan.weekday
        ]  # fmt: skip
        for place, (day, plan, group) in enumerate(meetings):
            self._at(day, plan.at, 35)
            self._take(group, last=place == len(meetings) - 1)
            if place == len(meetings) // 2:
                self._one_leaves(groups[0][1], day)

    def _at(self, day: date, at: time, minutes: int = 0) -> None:
        begun = Moment.local(datetime.combine(day, at), self._now.zone)
        self._clock.moment = begun.later(timedelta(minutes=minutes))

    def _made(self, plan: _Plan) -> str:
        rooms = self._desk.groups
        services = self._desk.sessions.choices().services
        schools = self._desk.caseload.schools()
        start = self._days[0].isoformat()
        group = rooms.make_group(
            MakeGroup(
                GroupForm(
                    name=plan.name,
                    purpose=plan.purpose,
                    curriculum=plan.curriculum,
                    contents="\n".join(plan.contents),
                    service_id=next(c.id for c in services if c.code == "group-counseling"),
                    school_id=schools[0].id if schools else "",
                    size_limit=str(plan.size),
                    starts_on=start,
                )
            )
        ).made
        for pupil in self._pupils[plan.first : plan.first + plan.size]:
            rooms.add_member(AddMember(group, pupil, start))
        rooms.let_wait(LetWait(group, self._pupils[plan.first + plan.size], start))
        return group

    def _one_leaves(self, group: str, day: date) -> None:
        member = self._desk.groups.group(group).members[-1].membership
        self._desk.groups.leave_group(
            LeaveGroup(member.id, day.isoformat(), _("Class was moved to this hour"))
        )

    def _take(self, group: str, *, last: bool) -> None:
        rooms = self._desk.groups
        draft = rooms.start_session(StartGroupSession(group)).draft
        texts = iter(self._chance.sample(_shared(), len(_shared())))
        sections = tuple(
            replace(part, text=next(texts, "")) if place == 0 else part
            for place, part in enumerate(draft.form.sections)
        )
        draft = replace(draft, form=replace(draft.form, sections=sections))
        for mark in draft.form.marks:
            draft = self._marked(draft, mark.student_id)
        if last:
            rooms.save_group_draft(SaveGroupDraft(draft))
        else:
            rooms.sign_session(SignGroupSession(draft))

    def _marked(self, draft: GroupDraft, student: StudentId) -> GroupDraft:
        mark = next(one for one in draft.form.marks if one.student_id == student)
        luck = self._chance.random()
        if luck < 0.10:
            reasons = (_("Ill at home"), _("At an appointment"))
            mark = replace(mark, attendance=Attendance.ABSENT, reason=self._chance.choice(reasons))
        elif luck < 0.13:
            mark = replace(
                mark, attendance=Attendance.DECLINED, reason=_("Wanted to stay in class")
            )
        else:
            mark = replace(mark, own=self._chance.choice(_parts()))
        return replace(draft, form=draft.form.marked(mark))
