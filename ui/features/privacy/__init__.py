"""The privacy room upstairs: a student's summary on paper, what left, and who looked."""

from app.kernel.nouns import Role
from app.kernel.words import N_
from ui.kit.room import Context, Drawer, Page, PageWidget, Room, RoomAction, TodayLine


def _summary(context: Context) -> PageWidget:
    from ui.features.privacy.presenter.summary import SummaryPage

    return SummaryPage(context)


def _disclosures(context: Context) -> PageWidget:
    from ui.features.privacy.presenter.disclosures import DisclosuresPage

    return DisclosuresPage(context)


def _looks(context: Context) -> PageWidget:
    from ui.features.privacy.presenter.looks import LooksPage

    return LooksPage(context)


def _requests(context: Context) -> PageWidget:
    from ui.features.privacy.presenter.requests import RequestsPage

    return RequestsPage(context)


def _request(context: Context) -> PageWidget:
    from ui.features.privacy.presenter.requests import RequestPage

    return RequestPage(context)


def _today(context: Context) -> list[TodayLine]:
    from ui.features.privacy.presenter.today import today_lines

    return today_lines(context)


ROOM = Room(
    pages=(
        Page("summary", N_("Student summary"), "report", _summary, in_navigation=False),
        Page("looks", N_("Who has looked"), "show", _looks, in_navigation=False),
        Page(
            "disclosures",
            N_("Disclosures"),
            "disclosure",
            _disclosures,
            rank=dict.fromkeys(Role, 70) | {Role.ADMINISTRATOR: 20},
            drawer=Drawer.PAPERS,
        ),
        Page(
            "requests",
            N_("Requests for records"),
            "audit",
            _requests,
            in_navigation=False,
            drawer=Drawer.PAPERS,
        ),
        Page("request", N_("Request"), "audit", _request, in_navigation=False),
    ),
    actions=(
        RoomAction(
            "requests",
            N_("Requests for records"),
            "audit",
            lambda context: context.go("requests"),
            keywords="inspect access parent 45 days notice",
        ),
        RoomAction(
            "record-request",
            N_("Record a request for a record"),
            "audit",
            lambda context: context.go("requests", "record"),
            keywords="inspect see access parent 45 days copies ferpa",
        ),
    ),
    today=_today,
)
