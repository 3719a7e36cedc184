"""What the time room says on Today: one quiet line, and only for who has asked for it."""

from app.kernel.words import _
from ui.features.time_use import said
from ui.kit.room import Context, Section, TodayLine


def today_lines(context: Context) -> list[TodayLine]:
    """Return a line when far less than a day's work was logged on the last working day."""
    desk = context.desk
    settings = desk.people.settings(desk.seat.person)
    if settings["time_nudge"] != "on" or not desk.time_use.open_to_me:
        return []
    found = desk.time_use.log.hardly_logged(context.today().isoformat(), int(settings["time_day"]))
    if found is None:
        return []
    return [
        TodayLine(
            id=f"time-{found.day}",
            rank=90,
            icon="clock",
            title=_("Time of {day}").format(day=said.weekday(found.day)),
            detail=_("{span} logged so far").format(span=said.span(found.minutes)),
            when="",
            page="time",
            subject=found.day,
            section=Section.WAITING,
        )
    ]
