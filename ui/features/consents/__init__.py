"""The consents room upstairs: consents and releases, what lapses, forms to be signed."""

from typing import TYPE_CHECKING

from app.kernel.nouns import Role
from app.kernel.words import N_
from ui.kit.room import Context, Drawer, Page, PageWidget, Room, RoomAction, TodayLine

if TYPE_CHECKING:
    from collections.abc import Callable


def _consents(context: Context) -> PageWidget:
    from ui.features.consents.presenter.lists import ConsentsPage

    return ConsentsPage(context)


def _consent(context: Context) -> PageWidget:
    from ui.features.consents.presenter.consent import ConsentPage

    return ConsentPage(context)


def _today(context: Context) -> list[TodayLine]:
    from ui.features.consents.presenter.today import today_lines

    return today_lines(context)


def _asking(subject: str) -> "Callable[[Context], None]":
    def run(context: Context) -> None:
        context.go("consents", subject)

    return run


ROOM = Room(
    pages=(
        Page(
            "consents",
            N_("Consents"),
            "consent",
            _consents,
            rank=dict.fromkeys(Role, 60) | {Role.ADMINISTRATOR: 15},
            drawer=Drawer.PAPERS,
        ),
        Page("consent", N_("Consent"), "consent", _consent, in_navigation=False),
    ),
    actions=(
        RoomAction(
            "record-consent",
            N_("Record a consent"),
            "consent",
            _asking("record"),
            keywords="release information guardian signature part 2 permission",
        ),
        RoomAction(
            "release-form",
            N_("Form of a release, to be signed"),
            "pdf",
            _asking("form"),
            keywords="consent blank form print signature",
        ),
    ),
    today=_today,
)
