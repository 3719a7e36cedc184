"""The rooms that the desk has; a new room is one line here."""

from functools import cache

from app.kernel.nouns import Role
from ui.features.caseload import ROOM as CASELOAD
from ui.features.collaboration import ROOM as COLLABORATION
from ui.features.consents import ROOM as CONSENTS
from ui.features.district import ROOM as DISTRICT
from ui.features.groups import ROOM as GROUPS
from ui.features.medication import ROOM as MEDICATION
from ui.features.outbox import ROOM as OUTBOX
from ui.features.plans import ROOM as PLANS
from ui.features.privacy import ROOM as PRIVACY
from ui.features.reports import ROOM as REPORTS
from ui.features.roster import ROOM as ROSTER
from ui.features.schedule import ROOM as SCHEDULE
from ui.features.screening import ROOM as SCREENING
from ui.features.search import ROOM as SEARCH
from ui.features.services import ROOM as SERVICES
from ui.features.sessions import ROOM as SESSIONS
from ui.features.tiers import ROOM as TIERS
from ui.features.time_use import ROOM as TIME_USE
from ui.kit.room import Drawer, Page, Room
from ui.shell.own_pages import SHELL

ROOMS: tuple[Room, ...] = (
    SHELL,
    MEDICATION,
    CASELOAD,
    SESSIONS,
    SCHEDULE,
    GROUPS,
    SERVICES,
    ROSTER,
    REPORTS,
    CONSENTS,
    PRIVACY,
    SEARCH,
    PLANS,
    SCREENING,
    COLLABORATION,
    TIME_USE,
    TIERS,
    DISTRICT,
    OUTBOX,
)


@cache
def pages() -> dict[str, Page]:
    """Return every page by its id."""
    found = {page.id: page for room in ROOMS for page in room.pages}
    if len(found) != sum(len(room.pages) for room in ROOMS):
        raise RuntimeError("two pages have one id")
    return found


def in_navigation(role: Role) -> list[Page]:
    """Return the pages of the navigation in the order that suits `role`, section by section."""
    shown = [page for page in pages().values() if page.in_navigation and role in page.roles]
    order = list(Drawer)
    return sorted(shown, key=lambda page: (order.index(page.drawer), page.rank.get(role, 50)))
