"""What this room answers to the palette, and what it has for Today."""

from app.kernel.words import _
from ui.features.groups import said
from ui.kit.room import Context, Found, TodayLine

_LATE_DAYS = 1


def find(context: Context, text: str) -> list[Found]:
    """Return the open groups whose name holds what was typed."""
    return [
        Found(
            line.group.name,
            " · ".join(part for part in (said.members(line.members), line.school) if part),
            "group",
            "group",
            line.group.id,
        )
        for line in context.desk.groups.find_groups(text)
    ]


def today_lines(context: Context) -> list[TodayLine]:
    """Return one's sessions that were begun and are not signed."""
    today = context.today()
    return [
        TodayLine(
            id=f"group-draft:{line.draft.id}",
            rank=30,
            icon="sign",
            title=line.group,
            detail=_("Group session of {day}, not signed yet").format(
                day=said.day(line.draft.form.on)
            ),
            when=said.age(line.draft.made, today),
            page="group-session",
            subject=line.draft.id,
            late=(today - line.draft.made.day()).days > _LATE_DAYS,
            school=line.school_id,
        )
        for line in context.desk.groups.group_drafts()
    ]
