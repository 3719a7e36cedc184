"""The medication room upstairs: the board, orders, stock, incidents."""

from typing import TYPE_CHECKING

from app.kernel.nouns import Role
from app.kernel.rights import gives_medication
from app.kernel.words import N_
from ui.kit.room import Context, Drawer, Page, PageWidget, Room, RoomAction, TodayLine

if TYPE_CHECKING:
    from collections.abc import Callable


def _board(context: Context) -> PageWidget:
    from ui.features.medication.presenter.board import BoardPage

    return BoardPage(context)


def _orders(context: Context) -> PageWidget:
    from ui.features.medication.presenter.orders import OrdersPage

    return OrdersPage(context)


def _order(context: Context) -> PageWidget:
    from ui.features.medication.presenter.order import OrderPage

    return OrderPage(context)


def _dose(context: Context) -> PageWidget:
    from ui.features.medication.presenter.dose import DosePage

    return DosePage(context)


def _stock(context: Context) -> PageWidget:
    from ui.features.medication.presenter.stock import StockPage

    return StockPage(context)


def _container(context: Context) -> PageWidget:
    from ui.features.medication.presenter.stock import ContainerPage

    return ContainerPage(context)


def _incidents(context: Context) -> PageWidget:
    from ui.features.medication.presenter.incidents import IncidentsPage

    return IncidentsPage(context)


def _incident(context: Context) -> PageWidget:
    from ui.features.medication.presenter.incidents import IncidentPage

    return IncidentPage(context)


def _visits(context: Context) -> PageWidget:
    from ui.features.medication.presenter.visits import VisitsPage

    return VisitsPage(context)


def _visit(context: Context) -> PageWidget:
    from ui.features.medication.presenter.visits import VisitPage

    return VisitPage(context)


def _month(context: Context) -> PageWidget:
    from ui.features.medication.presenter.month import MonthPage

    return MonthPage(context)


def _plans(context: Context) -> PageWidget:
    from ui.features.medication.presenter.plans import HealthPlansPage

    return HealthPlansPage(context)


def _delegations(context: Context) -> PageWidget:
    from ui.features.medication.presenter.delegations import DelegationsPage

    return DelegationsPage(context)


def _trips(context: Context) -> PageWidget:
    from ui.features.medication.presenter.trips import TripsPage

    return TripsPage(context)


def _trip(context: Context) -> PageWidget:
    from ui.features.medication.presenter.trips import TripPage

    return TripPage(context)


def _downtime(context: Context) -> PageWidget:
    from ui.features.medication.presenter.downtime import DowntimePage

    return DowntimePage(context)


def _papers(context: Context) -> PageWidget:
    from ui.features.medication.presenter.papers import PapersPage

    return PapersPage(context)


def _today(context: Context) -> list[TodayLine]:
    from ui.features.medication.presenter.today import today_lines

    return today_lines(context)


GIVING = frozenset(role for role in Role if gives_medication(role))
"""Whose room it is."""


def _page(
    name: str,
    title: str,
    icon: str,
    make: "Callable[[Context], PageWidget]",
    rank: int = 0,
    drawer: Drawer = Drawer.HEALTH,
) -> Page:
    return Page(
        name,
        title,
        icon,
        make,
        rank=dict.fromkeys(GIVING, rank),
        in_navigation=bool(rank),
        roles=GIVING,
        drawer=drawer,
    )


def _to(page: str) -> "Callable[[Context], None]":
    return lambda context: context.go(page)


ROOM = Room(
    pages=(
        _page("board", N_("Medication"), "medication", _board, 5, Drawer.DAY),
        _page("orders", N_("Orders"), "list", _orders, 10),
        _page("order", N_("Order"), "medication", _order),
        _page("stock", N_("Stock"), "archive", _stock, 11),
        _page("visits", N_("Visits"), "home", _visits, 6, Drawer.DAY),
        _page("incidents", N_("Incidents"), "alert", _incidents, 12),
        _page("month", N_("Month sheet"), "calendar", _month, 9),
        _page("health-plans", N_("Health plans"), "plan", _plans, 7),
        _page("trips", N_("Field trips"), "place", _trips, 8),
        _page("delegations", N_("Trained staff"), "on", _delegations),
        _page("trip", N_("Field trip"), "place", _trip),
        _page("downtime", N_("Downtime sheet"), "keyboard", _downtime),
        _page("papers", N_("Papers"), "print", _papers, 13),
        _page("incident", N_("Incident"), "alert", _incident),
        _page("visit", N_("Visit"), "home", _visit),
        _page("dose", N_("Dose"), "medication", _dose),
        _page("container", N_("Container"), "archive", _container),
    ),
    actions=(
        RoomAction(
            "board",
            N_("Give medication"),
            "medication",
            _to("board"),
            "Ctrl+M",
            keywords="board dose due",
            roles=GIVING,
        ),
        RoomAction(
            "delegations",
            N_("Trained staff"),
            "on",
            _to("delegations"),
            keywords="delegation training unlicensed",
            roles=GIVING,
        ),
        RoomAction(
            "downtime",
            N_("Enter a downtime sheet"),
            "keyboard",
            _to("downtime"),
            keywords="paper late entry",
            roles=GIVING,
        ),
    ),
    today=_today,
)
