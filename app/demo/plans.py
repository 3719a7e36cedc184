"""Writes the last weeks of screenings, tiers and plans of care: from a concern to a decision.

Every command goes through the rooms' own services, at its own time, as by hand.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING

from app.features.caseload.commands import DecideTier
from app.features.plans.commands import (
    AgreePlan,
    DecideOnGoal,
    EnterPoint,
    FinishTask,
    KeepTemplate,
    ReviewPlan,
    SavePlanDraft,
    SignPlan,
)
from app.features.plans.model.forms import (
    Consent,
    GoalForm,
    InterventionForm,
    MemberForm,
    PlanForm,
    PlanKind,
    TaskForm,
)
from app.features.plans.model.records import Decision, Outcome, Way
from app.features.screening.commands import RecordScreening
from app.features.screening.model.records import ScreeningForm
from app.kernel.clock import FixedClock, Moment
from app.kernel.ids import StudentId, new_id
from app.kernel.measures import MeasureKind
from app.kernel.nouns import Tier
from app.kernel.words import _

if TYPE_CHECKING:
    from app.bootstrap import Desk

WEEKS = 9
"""How many weeks back the plans go."""
_LEAST_STUDENTS = 5
_MOST_STUDENTS = 24
_SATURDAY = 5
_Day = Callable[[int], date]


@dataclass(frozen=True, slots=True)
class _Written:
    """One plan of the demonstration."""

    form: PlanForm
    points: tuple[tuple[str, ...], ...]
    """Of each goal, its weekly values; empty: not measured that week."""


def plan_days(desk: "Desk", clock: FixedClock, now: Moment, seed: int) -> None:
    """Write screenings, tier decisions, and plans with their weekly points, up to a moment."""
    with desk.records.read() as reader:
        rows = reader.execute(
            "SELECT s.id FROM caseload c JOIN student s ON s.id = c.student_id"
            " WHERE c.ended_on = '' AND c.person_id = ? AND s.standing = 'enrolled'"
            " ORDER BY s.student_number LIMIT ?",
            (desk.seat.person, _MOST_STUDENTS),
        ).fetchall()
    pupils = [StudentId(row[0]) for row in rows]
    if len(pupils) < _LEAST_STUDENTS:
        return
    weeks = _Weeks(desk, clock, now, Random(seed))  # noqa: S311 - invented people
    weeks.at(WEEKS, time(7, 50))
    # These weeks are told after others of the same time: no entry is to say the clock was wrong.
    desk.trust_clock()
    weeks.screen(pupils, WEEKS)
    weeks.tiers(pupils)
    weeks.plans(pupils)
    weeks.screen_again(pupils[0])


class _Weeks:
    """The weeks as they are being written down, one after the other."""

    def __init__(self, desk: "Desk", clock: FixedClock, now: Moment, chance: Random) -> None:
        self._desk, self._clock, self._now, self._chance = desk, clock, now, chance

    def day(self, ago: int) -> date:
        """Return the last school weekday of some weeks ago."""
        day = self._now.day() - timedelta(weeks=ago)
        return day - timedelta(days=max(0, day.weekday() - _SATURDAY + 1))

    def at(self, ago: int, hour: time) -> None:
        """Go to a time some weeks ago, never past the moment it is written."""
        at = Moment.local(datetime.combine(self.day(ago), hour), self._now.zone)
        self._clock.moment = min(at, self._now.later(timedelta(minutes=-20)))

    # -- screening -------------------------------------------------------------------

    def screen(self, pupils: list[StudentId], ago: int) -> None:
        """Screen part of the caseload."""
        self.at(ago, time(9, 15))
        for place, pupil in enumerate(pupils):
            instrument, informant, items, most = (
                ("phq-a", "self", 9, 3),
                ("gad-7", "self", 7, 3),
                ("psc-17", "parent", 17, 2),
                ("srss-ie", "teacher", 0, 3),
            )[place % 4]
            names = (
                [str(number) for number in range(1, items + 1)]
                if items
                else [f"e{n}" for n in range(1, 8)] + [f"i{n}" for n in range(1, 7)]
            )
            weight = self._chance.random() * 0.8
            answers = {
                name: min(most, int(self._chance.random() * weight * (most + 1))) for name in names
            }
            if instrument == "phq-a":
                answers["9"] = 0
            self._record(pupil, instrument, informant, answers)

    def screen_again(self, pupil: StudentId) -> None:
        """Screen one on the last school day: an answer asks for a person, and nobody closed it."""
        self.at(0, time(9, 15))
        answers = {str(number): 1 for number in range(1, 10)}
        self._record(pupil, "phq-a", "self", answers)

    def _record(
        self, pupil: StudentId, instrument: str, informant: str, answers: dict[str, int]
    ) -> None:
        form = ScreeningForm(
            pupil,
            instrument,
            informant,
            "",
            self._clock.moment.day().isoformat(),
            answers=tuple(answers.items()),
        )
        self._desk.screening.record(RecordScreening(new_id(), form))

    # -- tiers -----------------------------------------------------------------------

    def tiers(self, pupils: list[StudentId]) -> None:
        """Move three students for their screening; one of the decisions is looked at by now."""
        self.at(WEEKS, time(14, 30))
        decided = self.day(WEEKS)
        for place, (tier, reason, weeks) in enumerate(
            (
                (Tier.TARGETED, _("Screening raised, leaves class; small group and a plan."), 8),
                (Tier.TARGETED, _("Absent every second Monday; attendance plan."), 12),
                (Tier.INTENSIVE, _("Screening high and a concern; individual counseling."), 10),
            )
        ):
            self._desk.caseload.carry_out(
                DecideTier(
                    (pupils[place],),
                    tier,
                    decided.isoformat(),
                    reason,
                    (decided + timedelta(weeks=weeks)).isoformat(),
                )
            )

    # -- plans -----------------------------------------------------------------------

    def plans(self, pupils: list[StudentId]) -> None:
        """Agree on three plans, measure week by week, decide, review one, and begin a fourth."""
        written = [_behavior, _attendance, _counseling]
        made, plans = [], []
        self.at(WEEKS, time(15, 10))
        for place, write in enumerate(written):
            one = write(pupils[place], self.day)
            made.append(one)
            plans.append(self._desk.plans.agree(AgreePlan(new_id(), one.form)).made)
        self._desk.plans.keep_template(
            KeepTemplate(_("Behavior plan with break cards"), made[0].form)
        )
        newest = self._desk.plans.plan(plans[0]).versions[0].version
        self._desk.plans.sign(
            SignPlan(newest.id, _("Ms. Lindqvist"), _("Homeroom teacher"), Way.PRESENT)
        )
        for ago in range(WEEKS - 1, 0, -1):
            self.at(ago, time(14, 0))
            for one in made:
                self._measure(one, WEEKS - 1 - ago)
            if ago == 3:
                self._change(made[0])
        self.at(1, time(15, 0))
        (first, *_rest) = self._desk.plans.plan(plans[1]).tasks
        self._desk.plans.finish_task(FinishTask(first.id))
        self._review(plans[2])
        self._draft(pupils[3])

    def _measure(self, one: _Written, week: int) -> None:
        for goal, values in zip(one.form.goals, one.points, strict=True):
            if week < len(values) and values[week]:
                self._desk.progress.enter(EnterPoint(goal.key, values[week]))

    def _change(self, one: _Written) -> None:
        self._desk.progress.decide(
            DecideOnGoal(
                one.form.goals[0].key,
                Decision.CHANGE,
                _("The card stays in the backpack. The teacher lays it on the desk each morning."),
                label=_("Card on the desk"),
            )
        )

    def _review(self, plan: str) -> None:
        sheet = self._desk.plans.plan(plan)
        goals = sheet.versions[0].goals
        self._desk.plans.review(
            ReviewPlan(
                plan,
                self._clock.moment.day().isoformat(),
                _("Student, mother, counselor"),
                tuple((goal.key, Outcome.CLOSER, "") for goal in goals),
                Decision.CONTINUE,
                _("Sleeps better and comes on Mondays; the worry before tests is still there."),
            )
        )
        draft = self._desk.plans.drafts()[0]
        review = (self.day(0) + timedelta(weeks=7)).isoformat()
        self._desk.plans.agree(
            AgreePlan(draft.id, replace(draft.form, review_on=review, consent=Consent.NOT_NEEDED))
        )

    def _draft(self, pupil: StudentId) -> None:
        form = PlanForm(
            pupil,
            kind=PlanKind.TRANSITION,
            title=_("To the next school"),
            begins_on=self.day(0).isoformat(),
            goals=(GoalForm(key=new_id()),),
        )
        self._desk.plans.save_draft(SavePlanDraft(new_id(), form))


def _plan(
    pupil: StudentId,
    kind: PlanKind,
    title: str,
    days: tuple[date, date],
    sections: dict[str, str],
    goals: tuple[GoalForm, ...],
) -> PlanForm:
    begins, review = days
    return PlanForm(
        pupil,
        kind=kind,
        title=title,
        begins_on=begins.isoformat(),
        review_on=review.isoformat(),
        sections=tuple(sections.items()),
        goals=tuple(
            replace(
                goal,
                key=new_id(),
                baseline_on=begins.isoformat(),
                by_when=(begins + timedelta(weeks=14)).isoformat(),
            )
            for goal in goals
        ),
    )


def _behavior(pupil: StudentId, day: _Day) -> _Written:
    form = _plan(
        pupil,
        PlanKind.BEHAVIOR,
        _("Staying with the class"),
        (day(WEEKS), day(0) + timedelta(days=9)),
        {
            "strengths": _("Draws well, helps younger students, likes to be asked."),
            "needs": _("A way out of long writing tasks other than leaving the room."),
            "behavior": _("Gets up and leaves the classroom without a word."),
            "antecedent": _("Writing tasks of more than ten minutes."),
            "function": _("To get away from writing."),
            "replacement": _("Lays a card on the desk and takes five minutes at the window."),
            "reinforcement": _("Each card that is used well counts toward time to draw."),
        },
        (
            GoalForm(
                statement=_("Asks for a break with the card instead of leaving the room"),
                measure=_("Times out of the room without asking, counted by the teacher a week"),
                kind=MeasureKind.COUNT,
                baseline="9",
                target="1",
            ),
            GoalForm(
                statement=_("Takes part in the work of a small group"),
                measure=_("Goal attainment scale, by the counselor after the group"),
                kind=MeasureKind.GAS,
                baseline="-2",
                target="1",
                levels=(
                    _("Leaves the group"),
                    _("Sits apart"),
                    _("Sits with the group and listens"),
                    _("Says something once"),
                    _("Takes a part in the task"),
                ),
            ),
        ),
    )
    form = replace(
        form,
        tier=int(Tier.TARGETED),
        interventions=(
            InterventionForm(
                _("Break cards, three a day"), _("Ms. Lindqvist"), _("Every day"),
                form.goals[0].key,
            ),
            InterventionForm(
                _("Small group, starting and staying"), _("Counselor"), _("Once a week"),
                form.goals[1].key,
            ),
        ),
        tasks=(
            TaskForm(
                _("Ask all teachers how the card works"), _("Counselor"), day(0).isoformat()
            ),
            TaskForm(
                _("Call home about the last weeks"),
                _("Counselor"),
                (day(0) - timedelta(days=2)).isoformat(),
            ),
        ),
        team=(
            MemberForm(_("Ms. Lindqvist"), _("Homeroom teacher")),
            MemberForm(_("Coach Delgado"), _("Knows what helps")),
        ),
        family=_("We ask each evening how many cards were used, and do not scold for a zero."),
        consent=Consent.GIVEN,
        consent_by=_("Mother"),
        consent_on=day(WEEKS).isoformat(),
    )  # fmt: skip
    return _Written(
        form,
        (
            ("9", "9", "8", "9", "8", "8", "5", "4"),
            ("-2", "-1", "-1", "", "0", "0", "0", "1"),
        ),
    )


def _attendance(pupil: StudentId, day: _Day) -> _Written:
    form = _plan(
        pupil,
        PlanKind.ATTENDANCE,
        _("Mondays too"),
        (day(WEEKS), day(0) + timedelta(weeks=4)),
        {
            "strengths": _("Comes gladly when a friend walks along."),
            "needs": _("Someone to start the week with."),
            "pattern": _("Absent on Mondays and after every break."),
            "barriers": _("Changes homes on Sunday evening."),
        },
        (
            GoalForm(
                statement=_("Is in school on nine of ten days"),
                measure=_("Days present of days in session, from the school’s records, a week"),
                kind=MeasureKind.PERCENT,
                baseline="70",
                target="90",
            ),
        ),
    )
    form = replace(
        form,
        tier=int(Tier.TARGETED),
        interventions=(
            InterventionForm(
                _("Walks to school with a friend"), _("Family"), _("Every Monday"),
                form.goals[0].key,
            ),
        ),
        tasks=(
            TaskForm(_("Agree on the way to school"), _("Counselor"), day(1).isoformat()),
        ),
        consent=Consent.VERBAL,
        consent_by=_("Father"),
        consent_on=day(WEEKS).isoformat(),
    )  # fmt: skip
    return _Written(form, (("60", "80", "60", "80", "60", "60", "60", "60"),))


def _counseling(pupil: StudentId, day: _Day) -> _Written:
    form = _plan(
        pupil,
        PlanKind.COUNSELING,
        _("Through the tests"),
        (day(WEEKS), day(0) + timedelta(days=3)),
        {
            "strengths": _("Names what worries her, and tries what is agreed."),
            "needs": _("Ways to calm down before and during a test."),
            "concern": _("Stomach aches before tests, two tests not taken."),
        },
        (
            GoalForm(
                statement=_("Takes each test on its day"),
                measure=_("Worry before a test, 0 to 10, by herself"),
                kind=MeasureKind.RATING,
                baseline="8",
                target="3",
            ),
        ),
    )
    return _Written(
        replace(form, consent=Consent.NOT_NEEDED),
        (("8", "6", "6", "5", "5", "4", "4", "4"),),
    )
