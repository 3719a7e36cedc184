"""The privacy room upstairs: a student's summary on paper, what left, and who looked."""

from app.kernel.nouns import Role
from app.kernel.words import N_
from ui.kit.room import Context, Drawer, Page, PageWidget, Room


def _summary(context: Context) -> PageWidget:
    from ui.features.privacy.presenter.summary import SummaryPage

    return SummaryPage(context)


def _disclosures(context: Context) -> PageWidget:
    from ui.features.privacy.presenter.disclosures import DisclosuresPage

    return DisclosuresPage(context)


def _looks(context: Context) -> PageWidget:
    from ui.features.privacy.presenter.looks import LooksPage

    return LooksPage(context)


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
    )
)
