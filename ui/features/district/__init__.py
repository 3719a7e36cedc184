"""The district upstairs: its file is loaded here, and what it asks of the desk is said."""

from app.kernel.words import N_
from ui.kit.room import Context, Drawer, Page, PageWidget, Room, RoomAction


def _district(context: Context) -> PageWidget:
    from ui.features.district.presenter import DistrictPage

    return DistrictPage(context)


ROOM = Room(
    pages=(
        Page(
            "district",
            N_("District"),
            "district",
            _district,
            in_navigation=False,
            drawer=Drawer.DESK,
        ),
    ),
    actions=(
        RoomAction(
            "district",
            N_("District"),
            "district",
            lambda context: context.go("district"),
            keywords="policy keys words leave",
        ),
        RoomAction(
            "load-district",
            N_("Load a district file"),
            "import",
            lambda context: context.go("district", "load"),
            keywords="it policy invitation enrol enroll join",
        ),
    ),
)
