"""The collaboration room upstairs: concerns, consultations, contacts, the care team."""

from typing import TYPE_CHECKING

from app.kernel.ids import new_id
from app.kernel.nouns import Role
from app.kernel.rights import Discipline, discipline
from app.kernel.words import N_
from ui.kit.room import Context, Drawer, Page, PageWidget, Room, RoomAction, TodayLine

if TYPE_CHECKING:
    from collections.abc import Callable


def _concerns(context: Context) -> PageWidget:
    from ui.features.collaboration.presenter.concerns import ConcernsPage

    return ConcernsPage(context)


def _concern(context: Context) -> PageWidget:
    from ui.features.collaboration.presenter.concerns import ConcernPage

    return ConcernPage(context)


def _consultations(context: Context) -> PageWidget:
    from ui.features.collaboration.presenter.consultations import ConsultationsPage

    return ConsultationsPage(context)


def _consultation(context: Context) -> PageWidget:
    from ui.features.collaboration.presenter.consultations import ConsultationPage

    return ConsultationPage(context)


def _draft(context: Context) -> PageWidget:
    from ui.features.collaboration.presenter.editor import EditorPage

    return EditorPage(context)


def _contacts(context: Context) -> PageWidget:
    from ui.features.collaboration.presenter.contacts import ContactsPage

    return ContactsPage(context)


def _around(context: Context) -> PageWidget:
    from ui.features.collaboration.presenter.around import AroundPage

    return AroundPage(context)


def _today(context: Context) -> list[TodayLine]:
    from ui.features.collaboration.presenter.today import today_lines

    return today_lines(context)


WORKING = frozenset(role for role in Role if discipline(role) is not Discipline.OFFICE)
"""Whose room it is: those who work with students, each seeing their own discipline's records."""


def _listed(
    name: str, title: str, icon: str, make: "Callable[[Context], PageWidget]", rank: int
) -> Page:
    ranks = {role: rank if role is not Role.NURSE else rank + 20 for role in WORKING}
    return Page(name, title, icon, make, rank=ranks, roles=WORKING, drawer=Drawer.STUDENTS)


def _inner(name: str, title: str, icon: str, make: "Callable[[Context], PageWidget]") -> Page:
    return Page(name, title, icon, make, in_navigation=False, roles=WORKING)


ROOM = Room(
    pages=(
        _listed("concerns", N_("Concerns"), "warning", _concerns, 12),
        _listed("consultations", N_("Consultations"), "consent", _consultations, 14),
        _listed("contacts", N_("Contacts"), "call", _contacts, 16),
        _inner("concern", N_("Concern"), "warning", _concern),
        _inner("consultation", N_("Consultation"), "consent", _consultation),
        _inner("consultation-draft", N_("Consultation draft"), "draft", _draft),
        _inner("around", N_("Around the student"), "guardian", _around),
    ),
    actions=(
        RoomAction(
            "raise-concern",
            N_("Raise a concern"),
            "warning",
            lambda context: context.go("concerns", "raise"),
            keywords="teacher referral worry early warning sign",
            roles=WORKING,
        ),
        RoomAction(
            "log-contact",
            N_("Log a contact"),
            "call",
            lambda context: context.go("contacts", "log"),
            keywords="call phone parent guardian letter attempt",
            roles=WORKING,
        ),
        RoomAction(
            "write-consultation",
            N_("Write a consultation"),
            "consent",
            lambda context: context.go("consultation-draft", new_id()),
            keywords="teacher behavior advice class",
            roles=WORKING,
        ),
    ),
    today=_today,
)
