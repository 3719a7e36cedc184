"""The services room upstairs: minutes owed and given, and who was referred and stays."""

from typing import TYPE_CHECKING

from app.kernel.nouns import Role
from app.kernel.words import N_
from ui.kit.room import Context, Drawer, Page, PageWidget, Room, RoomAction, TodayLine

if TYPE_CHECKING:
    from collections.abc import Callable


def _minutes(context: Context) -> PageWidget:
    from ui.features.services.presenter.minutes import MinutesPage

    return MinutesPage(context)


def _student(context: Context) -> PageWidget:
    from ui.features.services.presenter.student import StudentMinutesPage

    return StudentMinutesPage(context)


def _engagement(context: Context) -> PageWidget:
    from ui.features.services.presenter.engagement import EngagementPage

    return EngagementPage(context)


def _today(context: Context) -> list[TodayLine]:
    from ui.features.services.presenter.today import today_lines

    return today_lines(context)


_SERVE = frozenset(role for role in Role if role is not Role.ADMINISTRATOR)
"""Whose room it is: an administrator sees records of no field."""


def _ranked(rank: int, nurse: int) -> dict[Role, int]:
    return {role: nurse if role is Role.NURSE else rank for role in _SERVE}


def _to(page: str, subject: str = "") -> "Callable[[Context], None]":
    return lambda context: context.go(page, subject)


ROOM = Room(
    pages=(
        Page(
            "minutes",
            N_("Service minutes"),
            "clock",
            _minutes,
            rank=_ranked(27, 62),
            roles=_SERVE,
            drawer=Drawer.SUPPORT,
        ),
        Page(
            "student-minutes",
            N_("Services owed"),
            "clock",
            _student,
            in_navigation=False,
            roles=_SERVE,
        ),
        Page(
            "engagement",
            N_("Engagement"),
            "chart",
            _engagement,
            rank=_ranked(28, 63),
            roles=_SERVE,
            drawer=Drawer.SUPPORT,
        ),
    ),
    actions=(
        RoomAction(
            "owe-service",
            N_("Write down a service owed"),
            "clock",
            _to("minutes", "new:"),
            keywords="iep 504 mandate minutes plan service",
            roles=_SERVE,
        ),
        RoomAction(
            "import-mandates",
            N_("Take over services owed from a file"),
            "import",
            _to("minutes", "import:"),
            keywords="iep csv mandate import",
            roles=_SERVE,
        ),
        RoomAction(
            "refer-student",
            N_("Refer a student to a service"),
            "follow_up",
            _to("engagement", "new:"),
            keywords="referral engagement waiting list service",
            roles=_SERVE,
        ),
    ),
    today=_today,
)
