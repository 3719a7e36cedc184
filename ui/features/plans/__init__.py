"""The plans room upstairs: writing plans, seeing whether they help, reviewing them."""

from typing import TYPE_CHECKING

from app.kernel.nouns import Role
from app.kernel.rights import Discipline, discipline
from app.kernel.words import N_
from ui.kit.room import Context, Drawer, Page, PageWidget, Room, RoomAction, TodayLine

if TYPE_CHECKING:
    from collections.abc import Callable


def _plans(context: Context) -> PageWidget:
    from ui.features.plans.presenter.lists import PlansPage

    return PlansPage(context)


def _templates(context: Context) -> PageWidget:
    from ui.features.plans.presenter.lists import TemplatesPage

    return TemplatesPage(context)


def _draft(context: Context) -> PageWidget:
    from ui.features.plans.presenter.editor import PlanDraftPage

    return PlanDraftPage(context)


def _plan(context: Context) -> PageWidget:
    from ui.features.plans.presenter.plan import PlanPage

    return PlanPage(context)


def _progress(context: Context) -> PageWidget:
    from ui.features.plans.presenter.progress import ProgressPage

    return ProgressPage(context)


def _goal(context: Context) -> PageWidget:
    from ui.features.plans.presenter.progress import GoalPage

    return GoalPage(context)


def _today(context: Context) -> list[TodayLine]:
    from ui.features.plans.presenter.today import today_lines

    return today_lines(context)


def _write(context: Context) -> None:
    from ui.features.plans.presenter.editor import begin_plan

    context.go("plan-draft", begin_plan())


WORKING = frozenset(role for role in Role if discipline(role) is not Discipline.OFFICE)
"""Whose room it is: those who work with students, each seeing their own discipline's records."""


def _listed(
    name: str, title: str, icon: str, make: "Callable[[Context], PageWidget]", rank: int
) -> Page:
    ranks = dict.fromkeys(WORKING, rank)
    return Page(name, title, icon, make, rank=ranks, roles=WORKING, drawer=Drawer.SUPPORT)


def _inner(name: str, title: str, icon: str, make: "Callable[[Context], PageWidget]") -> Page:
    return Page(name, title, icon, make, in_navigation=False, roles=WORKING)


ROOM = Room(
    pages=(
        _listed("plans", N_("Plans of care"), "plan", _plans, 30),
        _listed("progress", N_("Progress"), "chart", _progress, 32),
        _inner("plan-draft", N_("Write a plan"), "draft", _draft),
        _inner("plan", N_("Plan of care"), "plan", _plan),
        _inner("goal", N_("Goal"), "goal", _goal),
        _inner("plan-templates", N_("Templates of plans"), "template", _templates),
    ),
    actions=(
        RoomAction(
            "write-plan",
            N_("Write a plan of care"),
            "plan",
            _write,
            keywords="goals smart intervention behavior transition re-entry attendance pbis",
            roles=WORKING,
        ),
        RoomAction(
            "enter-progress",
            N_("Enter where goals stand"),
            "chart",
            lambda context: context.go("progress"),
            keywords="points progress monitoring measure goal data",
            roles=WORKING,
        ),
        RoomAction(
            "plan-templates",
            N_("Templates of plans"),
            "template",
            lambda context: context.go("plan-templates"),
            keywords="template district file",
            roles=WORKING,
        ),
    ),
    today=_today,
)
