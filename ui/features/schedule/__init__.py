"""The schedule room upstairs: a day or a week of one's own, and the buildings' calendars."""

from app.kernel.nouns import Role
from app.kernel.words import N_
from ui.kit.room import Context, Drawer, Page, PageWidget, Room, RoomAction, TodayLine


def _schedule(context: Context) -> PageWidget:
    from ui.features.schedule.presenter.schedule import SchedulePage

    return SchedulePage(context)


def _buildings(context: Context) -> PageWidget:
    from ui.features.schedule.presenter.buildings import BuildingsPage

    return BuildingsPage(context)


def _today(context: Context) -> list[TodayLine]:
    from ui.features.schedule.presenter.today import today_lines

    return today_lines(context)


def _plan(context: Context) -> None:
    context.go("schedule", "plan:")


def _bells(context: Context) -> None:
    context.go("buildings")


def _day_plan(context: Context) -> None:
    context.go("schedule", "print:")


ROOM = Room(
    pages=(
        Page(
            "schedule",
            N_("Schedule"),
            "calendar",
            _schedule,
            rank=dict.fromkeys(Role, 10),
            drawer=Drawer.DAY,
        ),
        Page(
            "buildings",
            N_("Bells and calendars"),
            "school",
            _buildings,
            in_navigation=False,
            drawer=Drawer.DAY,
        ),
    ),
    actions=(
        RoomAction(
            "plan-appointment",
            N_("Plan an appointment"),
            "calendar",
            _plan,
            "Ctrl+Shift+P",
            keywords="schedule session book meeting duty",
        ),
        RoomAction(
            "bells-and-calendars",
            N_("Bells and calendars"),
            "school",
            _bells,
            keywords="bell schedule period holiday early release travel cycle",
        ),
        RoomAction(
            "day-plan",
            N_("Print the day plan"),
            "print",
            _day_plan,
            keywords="itinerant building paper",
        ),
    ),
    today=_today,
)
