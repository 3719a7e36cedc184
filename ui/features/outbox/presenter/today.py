"""What of the outbox needs a person now."""

import json

from app.kernel.words import ngettext
from app.phrases.outbox import spoken_why
from ui.kit.room import Context, Section, TodayLine


def today_lines(context: Context) -> list[TodayLine]:
    """Return each place that is stuck until a person does something, with why."""
    return [
        TodayLine(
            id=f"outbox:{place}:{code}",
            rank=25,
            icon="sync",
            title=ngettext(
                "{place}: {count} summary could not be sent",
                "{place}: {count} summaries could not be sent",
                count,
            ).format(place=label, count=count),
            detail=spoken_why(code, json.loads(facts)),
            when="",
            page="outbox",
            subject="waiting",
            section=Section.WAITING,
        )
        for place, label, code, facts, count in context.desk.outbox.asking()
    ]
