"""The groups room upstairs: groups, their members and waiting lists, their sessions."""

from typing import TYPE_CHECKING

from app.kernel.nouns import Role
from app.kernel.words import N_
from ui.kit.room import Context, Drawer, Found, Page, PageWidget, Room, RoomAction, TodayLine

if TYPE_CHECKING:
    from collections.abc import Callable

_LEAD = frozenset({Role.COUNSELOR, Role.SOCIAL_WORKER, Role.PSYCHOLOGIST, Role.NURSE})
"""Who leads groups: everyone who keeps records of students."""


def _groups(context: Context) -> PageWidget:
    from ui.features.groups.presenter.groups import GroupsPage

    return GroupsPage(context)


def _group(context: Context) -> PageWidget:
    from ui.features.groups.presenter.group import GroupPage

    return GroupPage(context)


def _session(context: Context) -> PageWidget:
    from ui.features.groups.presenter.session import GroupSessionPage

    return GroupSessionPage(context)


def _signed(context: Context) -> PageWidget:
    from ui.features.groups.presenter.signed import SignedSessionPage

    return SignedSessionPage(context)


def _find(context: Context, text: str) -> list[Found]:
    from ui.features.groups.presenter.found import find

    return find(context, text)


def _today(context: Context) -> list[TodayLine]:
    from ui.features.groups.presenter.found import today_lines

    return today_lines(context)


def _new(context: Context) -> None:
    context.go("groups", "new:")


def _page(name: str, title: str, icon: str, make: "Callable[[Context], PageWidget]") -> Page:
    return Page(name, title, icon, make, in_navigation=False, roles=_LEAD)


ROOM = Room(
    pages=(
        Page(
            "groups",
            N_("Groups"),
            "group",
            _groups,
            rank={
                Role.COUNSELOR: 25,
                Role.SOCIAL_WORKER: 25,
                Role.PSYCHOLOGIST: 25,
                Role.NURSE: 60,
            },
            roles=_LEAD,
            drawer=Drawer.STUDENTS,
        ),
        _page("group", N_("Group"), "group", _group),
        _page("group-session", N_("Group session"), "draft", _session),
        _page("group-signed", N_("Signed group session"), "signed", _signed),
    ),
    actions=(
        RoomAction(
            "new-group",
            N_("New group"),
            "group",
            _new,
            keywords="group start make curriculum",
            roles=_LEAD,
        ),
        RoomAction(
            "take-group",
            N_("Take a group’s session"),
            "group",
            lambda context: context.go("groups", "take:"),
            "Ctrl+G",
            keywords="group session attendance note",
            roles=_LEAD,
        ),
    ),
    finder=_find,
    today=_today,
)
