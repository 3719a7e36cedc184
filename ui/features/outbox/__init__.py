"""The outbox upstairs: what waits to leave, what left, where it goes; and it sends by itself."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app.kernel.nouns import Role
from app.kernel.words import N_
from ui.kit.room import Context, Drawer, Page, PageWidget, Room, RoomAction, TodayLine
from ui.kit.sending import Wish, send_shown, sending_of

if TYPE_CHECKING:
    from collections.abc import Callable


def _outbox(context: Context) -> PageWidget:
    from ui.features.outbox.presenter.outbox import OutboxPage

    return OutboxPage(context)


def _parcel(context: Context) -> PageWidget:
    from ui.features.outbox.presenter.parcel import ParcelPage

    return ParcelPage(context)


def _place(context: Context) -> PageWidget:
    from ui.features.outbox.presenter.place import PlacePage

    return PlacePage(context)


def _today(context: Context) -> list[TodayLine]:
    from ui.features.outbox.presenter.today import today_lines

    return today_lines(context)


def _begin(context: Context) -> None:
    from ui.features.outbox.presenter.courier import begin

    begin(context)
    sending_of(context).asked.connect(partial(_ask_wish, context))


def _ask_wish(context: Context, wish: Wish, page: QWidget) -> None:
    from ui.features.outbox.presenter.asking import ask_wish

    ask_wish(context, wish, page)


def _send(context: Context) -> None:
    if not send_shown(context):
        context.go("outbox", "send")


def _asking(subject: str) -> "Callable[[Context], None]":
    def run(context: Context) -> None:
        context.go("outbox", subject)

    return run


ROOM = Room(
    pages=(
        Page(
            "outbox",
            N_("Outbox"),
            "sync",
            _outbox,
            rank=dict.fromkeys(Role, 65) | {Role.ADMINISTRATOR: 30},
            drawer=Drawer.PAPERS,
        ),
        Page("parcel", N_("Summary that was sent"), "send", _parcel, in_navigation=False),
        Page("destination", N_("Place"), "place", _place, in_navigation=False),
    ),
    actions=(
        RoomAction(
            "send-now",
            N_("Send now"),
            "sync",
            _asking("now"),
            keywords="sync upload deliver network outbox",
        ),
        RoomAction(
            "send-summary",
            N_("Send a summary"),
            "send",
            _send,
            "Ctrl+Shift+S",
            keywords="data district export outbox parcel this page shown",
        ),
        RoomAction(
            "add-place",
            N_("Add a place to send to"),
            "place",
            _asking("add"),
            keywords="destination folder webdav s3 sftp share stick",
        ),
    ),
    today=_today,
    begin=_begin,
)
