"""What of the requests needs a person now: those that are due soon, or late."""

from datetime import date

from app.features.privacy.inspection import RequestSheet
from app.kernel.names import shown_name
from app.kernel.words import _
from app.overviews.reports.wording import spoken_day
from ui.features.privacy.presenter.requests import spoken_clock
from ui.kit.room import Context, Section, TodayLine


def today_lines(context: Context) -> list[TodayLine]:
    """Return the requests to see a record that are due within days, or late."""
    today = context.today()
    return [_line(sheet, today) for sheet in context.desk.requests.near()]


def _line(sheet: RequestSheet, today: date) -> TodayLine:
    one = sheet.request
    clock = spoken_clock(sheet, today)
    late = sheet.due_on < today.isoformat()
    return TodayLine(
        id=f"request:{one.id}",
        rank=5 if late else 20,
        icon="audit",
        title=_("{name}: show the record, {left}").format(
            name=shown_name(sheet.student_given, sheet.student_family, sheet.student_preferred),
            left=clock[0] if clock else "",
        ),
        detail=_("{who} asked for: {what}").format(who=one.asked_by, what=one.what),
        when=spoken_day(sheet.due_on),
        page="request",
        subject=one.id,
        late=late,
        section=Section.NOW if late else Section.WAITING,
        student=one.student_id,
    )
