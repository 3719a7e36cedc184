"""The screening room upstairs: entering by the digit, results, follow-ups, rounds."""

from typing import TYPE_CHECKING

from app.kernel.ids import new_id
from app.kernel.nouns import Role
from app.kernel.rights import Discipline, discipline
from app.kernel.words import N_
from ui.kit.room import Context, Drawer, Page, PageWidget, Room, RoomAction, TodayLine

if TYPE_CHECKING:
    from collections.abc import Callable


def _screenings(context: Context) -> PageWidget:
    from ui.features.screening.presenter.lists import ScreeningsPage

    return ScreeningsPage(context)


def _screening(context: Context) -> PageWidget:
    from ui.features.screening.presenter.lists import ScreeningPage

    return ScreeningPage(context)


def _entry(context: Context) -> PageWidget:
    from ui.features.screening.presenter.entry import EntryPage

    return EntryPage(context)


def _risks(context: Context) -> PageWidget:
    from ui.features.screening.presenter.risks import RisksPage

    return RisksPage(context)


def _risk(context: Context) -> PageWidget:
    from ui.features.screening.presenter.risks import RiskPage

    return RiskPage(context)


def _rounds(context: Context) -> PageWidget:
    from ui.features.screening.presenter.rounds import RoundsPage

    return RoundsPage(context)


def _round(context: Context) -> PageWidget:
    from ui.features.screening.presenter.rounds import RoundPage

    return RoundPage(context)


def _today(context: Context) -> list[TodayLine]:
    from ui.features.screening.presenter.risks import today_lines

    return today_lines(context)


WORKING = frozenset(role for role in Role if discipline(role) is not Discipline.OFFICE)
"""Whose room it is: those who work with students, each seeing their own discipline's records."""


def _listed(
    name: str, title: str, icon: str, make: "Callable[[Context], PageWidget]", rank: int
) -> Page:
    ranks = dict.fromkeys(WORKING, rank)
    return Page(name, title, icon, make, rank=ranks, roles=WORKING, drawer=Drawer.SUPPORT)


def _inner(name: str, title: str, icon: str, make: "Callable[[Context], PageWidget]") -> Page:
    return Page(name, title, icon, make, in_navigation=False, roles=WORKING)


ROOM = Room(
    pages=(
        _listed("screenings", N_("Screening"), "audit", _screenings, 34),
        _listed("risks", N_("Risk follow-ups"), "warning", _risks, 36),
        _inner("screening", N_("Screening result"), "audit", _screening),
        _inner("screening-entry", N_("Enter a screening"), "draft", _entry),
        _inner("risk", N_("Risk follow-up"), "warning", _risk),
        _inner("screening-rounds", N_("Universal screening"), "group", _rounds),
        _inner("screening-round", N_("Universal screening"), "group", _round),
    ),
    actions=(
        RoomAction(
            "enter-screening",
            N_("Enter a screening"),
            "audit",
            lambda context: context.go("screening-entry", new_id()),
            keywords="phq gad psc asq columbia crafft scared questionnaire score",
            roles=WORKING,
        ),
        RoomAction(
            "universal-screening",
            N_("Universal screening"),
            "group",
            lambda context: context.go("screening-rounds"),
            keywords="round consent coverage opt out class",
            roles=WORKING,
        ),
    ),
    today=_today,
)
