"""The roster room upstairs: bringing a roster in, and what past ones did."""

from app.kernel.nouns import Role
from app.kernel.words import N_
from ui.kit.room import Context, Drawer, Page, PageWidget, Room, RoomAction


def _page(context: Context) -> PageWidget:
    from ui.features.roster.presenter.page import RosterPage

    return RosterPage(context)


def _import(context: Context) -> None:
    context.go("roster")


ROOM = Room(
    pages=(
        Page(
            "roster",
            N_("Roster"),
            "roster",
            _page,
            rank={
                Role.ADMINISTRATOR: 20,
                Role.COUNSELOR: 60,
                Role.PSYCHOLOGIST: 60,
                Role.SOCIAL_WORKER: 60,
                Role.NURSE: 60,
            },
            drawer=Drawer.DESK,
        ),
    ),
    actions=(
        RoomAction(
            "import-roster",
            N_("Import a roster"),
            "import",
            _import,
            keywords="oneroster clever csv xlsx sis students",
        ),
    ),
)
