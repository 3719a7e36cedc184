"""What of the plans needs a person now."""

from datetime import date
from functools import partial

from app.features.plans.commands import FinishTask, PostponeTask, ReopenTask
from app.features.plans.model.forms import PlanKind
from app.features.plans.repo import DraftLine, PlanLine, TaskLine
from app.features.plans.service.progress import GoalLineRow
from app.kernel.changes import Changed
from app.kernel.words import _
from app.overviews.plan_words import KINDS, spoken_reading
from app.overviews.reports.wording import spoken_day, spoken_moment
from ui.kit.room import Context, Section, TodayLine


def today_lines(context: Context) -> list[TodayLine]:
    """Return tasks that are due, goals that wait for a decision, reviews and drafts."""
    desk, today = context.desk, context.today().isoformat()
    return [
        *(_task(context, line, today) for line in desk.plans.due_tasks(today)),
        *(_decision(row) for row in desk.progress.waiting()),
        *(_review(line, today) for line in desk.plans.reviews_due()),
        *(_draft(line) for line in desk.plans.drafts()),
    ]


def _task(context: Context, line: TaskLine, today: str) -> TodayLine:
    plans, task = context.desk.plans, line.task

    def postpone(day: date) -> Changed:
        return plans.postpone_task(PostponeTask(task.id, day.isoformat()))

    return TodayLine(
        id=f"plan-task:{task.id}",
        rank=22,
        icon="follow_up",
        title=_("{task}: {name}").format(task=task.text, name=line.student),
        detail=_("{who}, {plan}").format(who=task.doer, plan=line.title),
        when=spoken_day(task.due_on),
        page="plan",
        subject=task.plan_id,
        done=partial(plans.finish_task, FinishTask(task.id)),
        done_label=_("Done"),
        undo=partial(plans.reopen_task, ReopenTask(task.id)),
        late=task.due_on < today,
        section=Section.WAITING,
        student=task.student_id,
        postpone=postpone,
        undo_postpone=partial(plans.postpone_task, PostponeTask(task.id, task.due_on)),
    )


def _decision(row: GoalLineRow) -> TodayLine:
    return TodayLine(
        id=f"goal:{row.goal.key}",
        rank=24,
        icon="goal",
        title=_("Decide on a goal: {name}").format(name=row.student),
        detail=_("{goal} · {reading}").format(
            goal=row.goal.statement, reading=spoken_reading(row.reading)
        ),
        when=spoken_day(row.newest.day) if row.newest else "",
        page="goal",
        subject=row.goal.key,
        section=Section.WAITING,
        student=row.goal.student_id,
    )


def _review(line: PlanLine, today: str) -> TodayLine:
    plan = line.plan
    return TodayLine(
        id=f"plan-review:{plan.id}",
        rank=26,
        icon="plan",
        title=_("Review a plan: {name}").format(name=line.student),
        detail=_("{title}, {kind}").format(title=plan.title, kind=_(KINDS[plan.kind])),
        when=spoken_day(plan.review_on),
        page="plan",
        subject=plan.id,
        late=plan.review_on < today,
        section=Section.LAPSING,
        student=plan.student_id,
    )


def _draft(line: DraftLine) -> TodayLine:
    form = line.form
    title = form.title.strip() or _(KINDS[PlanKind(form.kind)])
    return TodayLine(
        id=f"plan-draft:{line.id}",
        rank=44,
        icon="draft",
        title=_("Finish a plan: {name}").format(name=line.student)
        if line.student
        else _("Finish a plan"),
        detail=title,
        when=_("since {moment}").format(moment=spoken_moment(line.begun)),
        page="plan-draft",
        subject=line.id,
        section=Section.WAITING,
        student=form.student_id or "",
    )
