"""The time room upstairs: the day's log, the month's share, claims, and how it is set up."""

from collections.abc import Callable

from app.kernel.nouns import Role
from app.kernel.words import N_
from ui.kit.room import Context, Drawer, Page, PageWidget, Room, RoomAction, TodayLine


def _log(context: Context) -> PageWidget:
    from ui.features.time_use.presenter.log import LogPage

    return LogPage(context)


def _share(context: Context) -> PageWidget:
    from ui.features.time_use.presenter.share import SharePage

    return SharePage(context)


def _billing(context: Context) -> PageWidget:
    from ui.features.time_use.presenter.billing import BillingPage

    return BillingPage(context)


def _medicaid(context: Context) -> PageWidget:
    from ui.features.time_use.presenter.medicaid import MedicaidPage

    return MedicaidPage(context)


def _setup(context: Context) -> PageWidget:
    from ui.features.time_use.presenter.setup import SetupPage

    return SetupPage(context)


def _today(context: Context) -> list[TodayLine]:
    from ui.features.time_use.presenter.today import today_lines

    return today_lines(context)


KEEPING = frozenset(role for role in Role if role is not Role.ADMINISTRATOR)
"""Who keeps time here: everyone but the office."""


def _page(
    name: str, title: str, icon: str, make: Callable[[Context], PageWidget], rank: int = 0
) -> Page:
    return Page(
        name,
        title,
        icon,
        make,
        rank=dict.fromkeys(KEEPING, rank),
        in_navigation=bool(rank),
        roles=KEEPING,
        drawer=Drawer.DAY,
    )


def _to(page: str, subject: str = "") -> Callable[[Context], None]:
    return lambda context: context.go(page, subject)


def _action(
    name: str, title: str, icon: str, page: str, keywords: str, keys: str = ""
) -> RoomAction:
    return RoomAction(name, title, icon, _to(page), keys, keywords=keywords, roles=KEEPING)


ROOM = Room(
    pages=(
        _page("time", N_("Use of time"), "clock", _log, 40),
        _page("time-share", N_("Share of time"), "counts", _share),
        _page("billing", N_("Medicaid claims"), "audit", _billing),
        _page("medicaid", N_("Medicaid and consent"), "consent", _medicaid),
        _page("time-setup", N_("Set up the use of time"), "settings", _setup),
    ),
    actions=(
        _action(
            "log-time",
            N_("Log an activity"),
            "clock",
            "time",
            "lesson duty meeting travel minutes time",
            "Ctrl+Shift+T",
        ),
        _action(
            "time-share",
            N_("Show the month’s share of time"),
            "counts",
            "time-share",
            "asca 80 20 percent report use of time",
        ),
        _action(
            "billing", N_("Open the Medicaid claims"), "audit", "billing", "units claim export csv"
        ),
        _action(
            "time-setup",
            N_("Set up categories, duties and procedure codes"),
            "settings",
            "time-setup",
            "category asca usual duty billing code cpt",
        ),
    ),
    today=_today,
)
