"""The sessions room upstairs: writing, signing and reading notes."""

from typing import TYPE_CHECKING

from app.kernel.ids import new_id
from app.kernel.nouns import Role
from app.kernel.words import N_
from ui.kit.room import Context, Drawer, Page, PageWidget, Room, RoomAction, TodayLine

if TYPE_CHECKING:
    from collections.abc import Callable


def _note(context: Context) -> PageWidget:
    from ui.features.sessions.presenter.note import NotePage

    return NotePage(context)


def _signed(context: Context) -> PageWidget:
    from ui.features.sessions.presenter.signed import SignedPage

    return SignedPage(context)


def _notes(context: Context) -> PageWidget:
    from ui.features.sessions.presenter.notes import NotesPage

    return NotesPage(context)


def _sole(context: Context) -> PageWidget:
    from ui.features.sessions.presenter.sole import SolePage

    return SolePage(context)


def _templates(context: Context) -> PageWidget:
    from ui.features.sessions.presenter.templates import TemplatesPage

    return TemplatesPage(context)


def _services(context: Context) -> PageWidget:
    from ui.features.sessions.presenter.choices import ChoicesPage

    return ChoicesPage(context)


def _today(context: Context) -> list[TodayLine]:
    from ui.features.sessions.presenter.today import today_lines

    return today_lines(context)


def _new_note(context: Context) -> None:
    """A note gets its id at once, so that going back finds this one and no other."""
    context.go("note", new_id())


def _new_sole_note(context: Context) -> None:
    context.go("sole", "new:")


def _page(name: str, title: str, icon: str, make: "Callable[[Context], PageWidget]") -> Page:
    return Page(name, title, icon, make, in_navigation=False)


ROOM = Room(
    pages=(
        Page(
            "notes",
            N_("Notes"),
            "note",
            _notes,
            rank={
                Role.COUNSELOR: 20,
                Role.PSYCHOLOGIST: 20,
                Role.SOCIAL_WORKER: 20,
                Role.NURSE: 30,
                Role.ADMINISTRATOR: 60,
            },
            drawer=Drawer.DAY,
        ),
        Page(
            "sole",
            N_("Sole-possession notes"),
            "sole",
            _sole,
            rank={Role.COUNSELOR: 30, Role.PSYCHOLOGIST: 30, Role.SOCIAL_WORKER: 30},
            drawer=Drawer.PAPERS,
        ),
        _page("note", N_("Session note"), "draft", _note),
        _page("signed", N_("Signed note"), "signed", _signed),
        _page("templates", N_("Note templates"), "template", _templates),
        _page("services", N_("Services and interventions"), "list", _services),
    ),
    actions=(
        RoomAction(
            "new-note",
            N_("New note"),
            "note",
            _new_note,
            "Ctrl+N",
            keywords="session write draft",
        ),
        RoomAction(
            "new-sole-note",
            N_("New sole-possession note"),
            "sole",
            _new_sole_note,
            "Ctrl+Shift+N",
            keywords="private memory aid",
        ),
    ),
    today=_today,
)
