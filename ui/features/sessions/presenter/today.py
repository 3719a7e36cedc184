"""What this room has for Today."""

from datetime import date
from functools import partial

from app.features.sessions.commands import FinishFollowUp, PostponeFollowUp, ReopenFollowUp
from app.features.sessions.repo import DraftLine, FollowUpLine, SoleLine
from app.features.sessions.service import SessionsService
from app.kernel.words import _, ngettext
from ui.features.sessions import said
from ui.kit.room import Context, Section, TodayLine


def today_lines(context: Context) -> list[TodayLine]:
    """Return next steps that are due, notes to sign, drafts, and notes to purge."""
    sessions = context.desk.sessions
    today = context.today()
    papers = sessions.desk_papers(today.isoformat())
    lines = [_follow_up(today, sessions, line) for line in papers.follow_ups]
    lines += [_draft(today, line) for line in papers.drafts]
    if papers.purges:
        lines.append(_purges(papers.purges))
    return lines


def _follow_up(today: date, sessions: SessionsService, line: FollowUpLine) -> TodayLine:
    step = line.follow_up
    return TodayLine(
        id=f"follow-up:{step.id}",
        rank=20,
        icon="follow_up",
        title=line.student,
        detail=step.text,
        when=said.day(step.due_on),
        page="signed" if step.note_id else "student",
        subject=step.note_id or step.student_id,
        done=partial(sessions.finish_follow_up, FinishFollowUp(step.id)),
        done_label=_("Done"),
        undo=partial(sessions.reopen_follow_up, ReopenFollowUp(step.id)),
        late=step.due_on < today.isoformat(),
        section=Section.WAITING,
        student=step.student_id,
        postpone=lambda day: sessions.postpone_follow_up(
            PostponeFollowUp(step.id, day.isoformat())
        ),
        undo_postpone=partial(sessions.postpone_follow_up, PostponeFollowUp(step.id, step.due_on)),
    )


def _draft(today: date, line: DraftLine) -> TodayLine:
    draft = line.draft
    ready = draft.ready
    kind = _(said.DRAFTS[draft.kind])
    return TodayLine(
        id=f"draft:{draft.id}",
        rank=30 if ready else 40,
        icon="sign" if ready else "draft",
        title=line.student or _("No student yet"),
        detail=_("{kind} waits for your signature").format(kind=kind)
        if ready
        else _("{kind}, begun").format(kind=kind),
        when=said.age(draft.made, today),
        page="note",
        subject=draft.id,
        late=ready and (today - draft.made.day()).days > 1,
        section=Section.WAITING,
        student=draft.student_id or "",
    )


def _purges(lines: list[SoleLine]) -> TodayLine:
    count = len(lines)
    return TodayLine(
        id="sole-purge",
        rank=50,
        icon="sole",
        title=ngettext(
            "{count} sole-possession note asks to be purged",
            "{count} sole-possession notes ask to be purged",
            count,
        ).format(count=count),
        detail=_("Purge each one, or say until when it is kept"),
        when="",
        page="sole",
        subject="",
        section=Section.LAPSING,
    )
