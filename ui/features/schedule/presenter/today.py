"""What this room has for Today: what is planned, by building and hour."""

from datetime import date, time
from functools import partial

from app.features.schedule.commands import MarkHeld, Reopen
from app.features.schedule.model.appointments import Appointment, AppointmentKind, State
from app.features.schedule.service.book import Laying
from app.kernel.words import _
from app.overviews.schedule_words import KINDS, spoken_what
from ui.kit.room import Context, TodayLine

_ICONS = {AppointmentKind.SESSION: "student", AppointmentKind.GROUP: "group"}


def today_lines(context: Context) -> list[TodayLine]:
    """Return today's appointments that are still planned."""
    day = context.today()
    laying = context.desk.schedule.book.days(day, day)
    return [
        _line(context, laid.appointment, laying, day)
        for laid in laying.days[0].entries
        if laid.appointment.state == State.PLANNED
    ]


def _line(context: Context, entry: Appointment, laying: Laying, day: date) -> TodayLine:
    book = context.desk.schedule.book
    school = laying.schools.get(entry.school_id) if entry.school_id else None
    parts = [_(KINDS[entry.kind]), school.name if school else "", entry.room]
    page, subject = "schedule", entry.id
    done = undo = None
    label = ""
    if entry.kind == AppointmentKind.SESSION:
        page, subject = "note", f"planned:{entry.id}"
    elif entry.kind == AppointmentKind.GROUP:
        page, subject = "group-session", f"planned:{entry.id}"
    else:
        done = partial(book.mark_held, MarkHeld(entry.id))
        undo = partial(book.reopen, Reopen(entry.id))
        label = _("Held")
    return TodayLine(
        id=f"appointment:{entry.id}",
        rank=10,
        icon=_ICONS.get(AppointmentKind(entry.kind), "calendar"),
        title=spoken_what(entry, laying.groups),
        detail=" · ".join(part for part in parts if part),
        when="",
        page=page,
        subject=subject,
        done=done,
        done_label=label,
        undo=undo,
        at=time(entry.starts // 60, entry.starts % 60),
        until=time(entry.ends // 60 % 24, entry.ends % 60) if entry.ends < 1440 else None,
        school=entry.school_id or "",
        student=entry.student_id or "",
        group=entry.group_id or "",
        done_key="H",
    )
