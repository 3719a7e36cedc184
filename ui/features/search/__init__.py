"""Searching what was written: the palette's notes, and the page that lists them all."""

from app.kernel.words import N_
from ui.kit.room import Context, Drawer, Found, Page, PageWidget, Room, RoomAction


def _search(context: Context) -> PageWidget:
    from ui.features.search.presenter import SearchPage

    return SearchPage(context)


def _find(context: Context, text: str) -> list[Found]:
    from ui.features.search.lookups import found_texts

    return found_texts(context, text)


ROOM = Room(
    pages=(
        Page(
            "search",
            N_("Search in notes"),
            "search",
            _search,
            in_navigation=False,
            drawer=Drawer.PAPERS,
        ),
    ),
    actions=(
        RoomAction(
            "search-in-notes",
            N_("Search in notes"),
            "search",
            lambda context: context.go("search"),
            keywords="find words text",
        ),
    ),
    finder=_find,
)
