"""What of the consents needs a person now: those that are about to lapse."""

from app.features.consents.repo import ConsentLine
from app.kernel.words import _
from app.overviews.consent_words import spoken_kind, spoken_lapsing
from app.overviews.reports.wording import spoken_day
from ui.kit.room import Context, Section, TodayLine


def today_lines(context: Context) -> list[TodayLine]:
    """Return the consents that lapse within the next days and were not renewed."""
    today = context.today().isoformat()
    return [_line(line, today) for line in context.desk.consents.lapsing()]


def _line(line: ConsentLine, today: str) -> TodayLine:
    one = line.consent
    kind = spoken_kind(one.kind)
    return TodayLine(
        id=f"consent:{one.id}",
        rank=30,
        icon="consent",
        title=_("{name}: consent {lapses}").format(
            name=line.pupil.name, lapses=spoken_lapsing(line, today)
        ),
        detail=_("{kind}, to {recipient}").format(kind=kind, recipient=one.recipient)
        if one.recipient
        else kind,
        when=spoken_day(one.until_on),
        page="consent",
        subject=one.id,
        section=Section.LAPSING,
        student=one.student_id,
    )
