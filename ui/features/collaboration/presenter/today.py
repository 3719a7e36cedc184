"""What this room has for Today."""

from functools import partial

from app.features.collaboration.commands import FinishStep, ReopenStep
from app.features.collaboration.model.concerns import Danger, Urgency
from app.features.collaboration.repo.lists import ConcernLine, ContactLine, StepLine
from app.kernel.words import _, ngettext
from app.overviews.collaboration_words import DANGERS, URGENCIES, what_now
from app.overviews.reports.wording import spoken_day, spoken_moment
from ui.kit.room import Context, Section, TodayLine


def today_lines(context: Context) -> list[TodayLine]:
    """Return open concerns, contacts to try again, and agreed steps whose day has come."""
    found = context.desk.collaboration.today()
    return [
        *(_concern(context, line) for line in found.concerns),
        *(_contact(context, line) for line in found.contacts),
        *(_step(context, line) for line in found.steps),
    ]


def _concern(context: Context, line: ConcernLine) -> TodayLine:
    concern = line.concern
    days = (context.today() - concern.recorded.day()).days
    age = ngettext("{count} day old", "{count} days old", days).format(count=days)
    if line.open_danger:
        dangers = ", ".join(_(DANGERS[one]) for one in concern.dangers())
        abuse = Danger.ABUSE in concern.dangers()
        return TodayLine(
            id=f"concern:{concern.id}",
            rank=0,
            icon="warning",
            title=_("{danger}: {name}").format(danger=dangers, name=line.pupil.name),
            detail=what_now(concern)[0],
            when=_("written report, for example, by {due}").format(
                due=spoken_moment(concern.report_example_due())
            )
            if abuse
            else age
            if days
            else _("today"),
            page="concern",
            subject=concern.id,
            late=True,
            section=Section.NOW,
            student=concern.student_id,
        )
    urgent = concern.urgency is Urgency.URGENT
    return TodayLine(
        id=f"concern:{concern.id}",
        rank=5 if urgent else 25 - concern.urgency,
        icon="alert",
        title=line.pupil.name,
        detail=_("Watched until today: look again")
        if line.due
        else _("A new concern: {urgency}").format(urgency=_(URGENCIES[concern.urgency])),
        when=age if days else _("today"),
        page="concern",
        subject=concern.id,
        late=urgent or days > 7,
        section=Section.NOW if urgent else Section.WAITING,
        student=concern.student_id,
    )


def _contact(context: Context, line: ContactLine) -> TodayLine:
    row = line.row
    tried = ngettext("{count} attempt so far", "{count} attempts so far", line.attempts)
    return TodayLine(
        id=f"contact:{row.matter_id}",
        rank=22,
        icon="call",
        title=line.pupil.name,
        detail=_("Try {whom} again about {about}; {tried}").format(
            whom=row.with_name, about=row.about, tried=tried.format(count=line.attempts)
        ),
        when=spoken_day(row.next_on),
        page="contacts",
        subject=f"log:{row.student_id}:{row.matter_id}",
        late=row.next_on < context.today().isoformat(),
        section=Section.WAITING,
        student=row.student_id,
    )


def _step(context: Context, line: StepLine) -> TodayLine:
    step = line.step
    rooms = context.desk.collaboration.consultations
    return TodayLine(
        id=f"step:{step.id}",
        rank=23,
        icon="follow_up",
        title=line.pupil.name if line.pupil else line.about,
        detail=_("{doer}: {text}").format(doer=step.doer, text=step.text),
        when=spoken_day(step.due_on),
        page="consultation",
        subject=step.consultation_id,
        done=partial(rooms.finish_step, FinishStep(step.id)),
        done_label=_("Done as agreed"),
        undo=partial(rooms.reopen_step, ReopenStep(step.id)),
        late=step.due_on < context.today().isoformat(),
        section=Section.WAITING,
        student=step.student_id or "",
    )
