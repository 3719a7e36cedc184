"""What a room shows the shell: pages, actions, finders; and what the shell hands a room."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.kernel.changes import Changed
from app.kernel.nouns import Role

if TYPE_CHECKING:
    from app.bootstrap import Desk
    from ui.kit.notices import Notices
    from ui.kit.tasks import Tasks


class Context(Protocol):
    """What every page may use of the window around it."""

    @property
    def desk(self) -> "Desk":
        """The opened vault's services; call them through `tasks` only."""
        ...

    @property
    def tasks(self) -> "Tasks":
        """Runs work off the UI thread."""
        ...

    @property
    def notices(self) -> "Notices":
        """Says what was done, with Undo."""
        ...

    def go(self, page: str, subject: str = "", *, instead: bool = False) -> None:
        """Show the page with this id, about `subject` (a student's id, a draft's id …).

        `instead` says that what is shown now is over (a draft that was signed): going back
        passes it by.
        """
        ...

    def back(self) -> None:
        """Return to the page shown before."""
        ...

    def today(self) -> date:
        """The calendar day at the desk."""
        ...

    def say(self, error: Exception) -> None:
        """Show a known error as its sentence; hand anything else to the crash sheet."""
        ...


class PageWidget(QWidget):
    """A page: it is made once, shown many times, and is asked for what it must not lose."""

    counted = Signal(int)
    """How much waits on the page; the navigation says it beside the page's word."""

    def show_subject(self, subject: str) -> None:
        """Show what `subject` names; pages without a subject need not answer."""

    def arrive(self) -> None:
        """Called each time the page comes to the front: put the focus where work begins."""

    def heed(self, changed: Changed) -> None:
        """Look again if something this page shows has changed."""

    def flush(self) -> None:
        """Save what was typed, now; called before a lock and before leaving."""

    def state(self) -> dict[str, str]:
        """Return where one is on the page (scroll position, filters), without any names."""
        return {}

    def restore(self, state: Mapping[str, str]) -> None:
        """Go back to where one was."""


@unique
class Drawer(StrEnum):
    """A part of the navigation; pages stand in it by their rank."""

    DAY = "day"
    HEALTH = "health"
    STUDENTS = "students"
    SUPPORT = "support"
    PAPERS = "papers"
    DESK = "desk"


@dataclass(frozen=True, slots=True)
class Page:
    """A page as data; the shell makes it when it is first needed."""

    id: str
    title: str
    """English, marked with N_; the shell translates it."""
    icon: str
    make: Callable[[Context], PageWidget]
    shortcut: str = ""
    rank: Mapping[Role, int] = field(default_factory=dict)
    """Where it stands in the navigation, by role (usual place: 50)."""
    in_navigation: bool = True
    roles: frozenset[Role] = frozenset(Role)
    """Whose page it is; others neither see it nor come to it."""
    drawer: Drawer = Drawer.STUDENTS


@dataclass(frozen=True, slots=True)
class RoomAction:
    """Something a room can do from anywhere; it stands in the palette and the shortcut sheet."""

    id: str
    title: str
    icon: str
    run: Callable[[Context], None]
    shortcut: str = ""
    keywords: str = ""
    roles: frozenset[Role] = frozenset(Role)


@unique
class Shelf(StrEnum):
    """What kind of thing was found: the palette lists each under a title of its own."""

    STUDENT = "student"
    GROUP = "group"
    NOTE = "note"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Found:
    """One answer of a finder, as the palette lists it."""

    title: str
    subtitle: str
    icon: str
    page: str
    subject: str
    shelf: Shelf | None = None
    """Without one: as the page is called `student` or `group`, else the last."""
    marks: tuple[tuple[int, int], ...] = ()
    """What of the subtitle was sought: (start, length)."""
    count: int = 0
    """How many such there are in all, where more were found than are listed."""
    detail: str = ""
    """Said at the end of the line: a day."""


@unique
class Section(StrEnum):
    """Where a line of Today stands on the page, from above to below."""

    NOW = "now"
    LATER = "later"
    WAITING = "waiting"
    LAPSING = "lapsing"


@dataclass(frozen=True, slots=True)
class TodayLine:
    """One thing that needs a person now; `done` does it with one key, `undo` takes it back."""

    id: str
    """Stays the same as long as it is the same thing: the focus comes back to it by this."""
    rank: int
    """How urgent it is among lines of one section and hour; the smallest first."""
    icon: str
    title: str
    detail: str
    when: str
    """Said at the end of the line; empty with `at`: then the hour is said."""
    page: str
    subject: str
    done: "Callable[[], Changed] | None" = None
    done_label: str = ""
    """What doing it is called ("Done", "Take off"); shown beside its key."""
    undo: "Callable[[], Changed] | None" = None
    late: bool = False
    section: Section | None = None
    """Where it stands; without one, a line with an hour stands under Now or Later today by
    the clock, and any other by its rank: below 10 under Now, else under Waiting."""
    at: time | None = None
    """The hour at the desk at which it begins."""
    until: time | None = None
    """The hour at which it is over."""
    school: str = ""
    """Id of the building it is in; empty: it has none."""
    student: str = ""
    """Id of the student it is about: N begins a note about them."""
    group: str = ""
    """Id of the group it is about."""
    done_key: str = "D"
    """The letter that does it, where "D for done" would say the wrong thing."""
    postpone: "Callable[[date], Changed] | None" = None
    """Puts it off to another day (P); for that `undo_postpone` takes it back."""
    undo_postpone: "Callable[[], Changed] | None" = None


@dataclass(frozen=True, slots=True)
class Room:
    """What a room brings; the shell knows rooms by this and nothing else."""

    pages: tuple[Page, ...] = ()
    actions: tuple[RoomAction, ...] = ()
    finder: "Callable[[Context, str], list[Found]] | None" = None
    """Runs on the reader thread: answers what was typed into the palette."""
    today: "Callable[[Context], list[TodayLine]] | None" = None
    """Runs on the reader thread: what needs a person now."""
    begin: "Callable[[Context], None] | None" = None
    """Called once a vault is open on the screen: sets going what works by itself."""
