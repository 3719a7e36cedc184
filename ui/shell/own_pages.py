"""The shell's own pages, as a room like the others: Today, People and Settings."""

from app.kernel.nouns import Role
from app.kernel.words import N_
from ui.kit.room import Context, Drawer, Page, PageWidget, Room, TodayLine


def _today(context: Context) -> PageWidget:
    from ui.shell.today import TodayPage

    return TodayPage(context)


def _settings(context: Context) -> PageWidget:
    from ui.shell.settings import SettingsPage

    return SettingsPage(context)


def _people(context: Context) -> PageWidget:
    from ui.shell.people import PeoplePage

    return PeoplePage(context)


def _care(context: Context) -> list[TodayLine]:
    from ui.shell import backups, clock, emergencies, surroundings

    return [
        *emergencies.today_lines(context),
        *clock.today_line(context),
        *backups.today_line(context),
        *surroundings.today_line(context),
    ]


SHELL = Room(
    pages=(
        Page(
            "today",
            N_("Today"),
            "today",
            _today,
            rank=dict.fromkeys(Role, 0),
            drawer=Drawer.DAY,
        ),
        Page(
            "people",
            N_("People"),
            "group",
            _people,
            rank=dict.fromkeys(Role, 95) | {Role.ADMINISTRATOR: 15},
            drawer=Drawer.DESK,
        ),
        Page(
            "settings",
            N_("Settings"),
            "settings",
            _settings,
            rank=dict.fromkeys(Role, 99),
            drawer=Drawer.DESK,
        ),
    ),
    today=_care,
)
