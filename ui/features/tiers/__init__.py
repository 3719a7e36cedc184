"""The tiers upstairs: the pyramid, the movement of a year, and who deserves a look."""

from app.kernel.nouns import Role
from app.kernel.rights import Discipline, discipline
from app.kernel.words import N_
from ui.kit.room import Context, Drawer, Page, PageWidget, Room, RoomAction, TodayLine


def _tiers(context: Context) -> PageWidget:
    from ui.features.tiers.presenter.tiers import TiersPage

    return TiersPage(context)


def _noticing(context: Context) -> PageWidget:
    from ui.features.tiers.presenter.noticing import NoticingPage

    return NoticingPage(context)


def _today(context: Context) -> list[TodayLine]:
    from ui.features.tiers.presenter.noticing import today_lines

    return today_lines(context) if context.desk.seat.role in WORKING else []


WORKING = frozenset(role for role in Role if discipline(role) is not Discipline.OFFICE)
"""Whose room it is: those who work with students, each seeing their own discipline's records."""

ROOM = Room(
    pages=(
        Page(
            "tiers",
            N_("Tiers"),
            "tier",
            _tiers,
            rank=dict.fromkeys(WORKING, 28),
            roles=WORKING,
            drawer=Drawer.SUPPORT,
        ),
        Page(
            "noticing",
            N_("Deserves a look"),
            "show",
            _noticing,
            rank=dict.fromkeys(WORKING, 29),
            roles=WORKING,
            drawer=Drawer.SUPPORT,
        ),
    ),
    actions=(
        RoomAction(
            "tier-moves",
            N_("Movement between tiers"),
            "tier",
            lambda context: context.go("tiers", "moves"),
            keywords="flow year pyramid mtss rti up down",
            roles=WORKING,
        ),
    ),
    today=_today,
)
