"""`casewell plans`, and the papers `casewell report plan`, `review` and `progress`, without a screen."""

import argparse
from pathlib import Path
from typing import Any

from app.cli import DONE, opened, tell, vault_options
from app.cli.ground import add_ground, release_of, went_to
from app.kernel.words import _


def add(commands: Any) -> None:
    """Add the command and its parts."""
    room = commands.add_parser("plans", help=_("plans of care and where their goals stand"))
    parts = room.add_subparsers(dest="part", metavar=_("WHAT"), required=True)
    listed = parts.add_parser("list", help=_("plans, those to be reviewed soonest first"))
    vault_options(listed)
    listed.add_argument("--closed", action="store_true", help=_("those that are closed"))
    listed.set_defaults(run=_list)
    goals = parts.add_parser("goals", help=_("the goals of open plans, and what waits"))
    vault_options(goals)
    goals.set_defaults(run=_goals)


def add_papers(papers: Any) -> None:
    """Add the papers of the room to `casewell report`."""
    for name, about, what, help_words, run in (
        ("plan", _("a plan of care, with lines to sign"), "--plan", _("the plan’s id"), _plan),
        ("review", _("the newest review of a plan"), "--plan", _("the plan’s id"), _review),
        ("progress", _("the progress of a goal"), "--goal", _("the goal’s key"), _progress),
    ):
        paper = papers.add_parser(name, help=about)
        vault_options(paper)
        paper.add_argument(what, required=True, metavar="ID", help=help_words)
        paper.add_argument("--paper", choices=["letter", "a4"], default="letter")
        add_ground(paper)
        paper.add_argument("--out", required=True, type=Path, metavar="FILE")
        paper.set_defaults(run=run)


def _list(arguments: argparse.Namespace) -> int:
    from app.features.plans.repo import Narrowing
    from app.overviews.plan_words import KINDS
    from app.overviews.reports.wording import spoken_day

    by = Narrowing(closed=arguments.closed)
    with opened(arguments, "plans") as desk:
        lines = desk.plans.plans(by, limit=-1)
    tell(
        arguments,
        {
            "count": len(lines),
            "plans": [
                {
                    "id": line.plan.id,
                    "student": line.plan.student_id,
                    "kind": line.plan.kind.value,
                    "version": line.plan.version,
                    "begins_on": line.plan.begins_on,
                    "review_on": line.plan.review_on,
                    "closed_on": line.plan.closed_on,
                    "goals": line.goals,
                    "open_tasks": line.open_tasks,
                }
                for line in lines
            ],
        },
        [
            _("{day}  {student}: {title} ({kind})").format(
                day=spoken_day(line.plan.closed_on or line.plan.review_on),
                student=line.student,
                title=line.plan.title,
                kind=_(KINDS[line.plan.kind]),
            )
            for line in lines
        ]
        or [_("No plan yet.")],
    )
    return DONE


def _goals(arguments: argparse.Namespace) -> int:
    from app.kernel.measures import shown
    from app.overviews.plan_words import short_reading, spoken_value

    with opened(arguments, "plans") as desk:
        rows = desk.progress.board(limit=-1)
    tell(
        arguments,
        {
            "count": len(rows),
            "goals": [
                {
                    "goal": row.goal.key,
                    "plan": row.goal.plan_id,
                    "student": row.goal.student_id,
                    "measure": row.goal.kind.value,
                    "baseline": shown(row.goal.baseline),
                    "target": shown(row.goal.target),
                    "by_when": row.goal.by_when,
                    "newest": shown(row.newest.value) if row.newest else None,
                    "newest_on": row.newest.day if row.newest else "",
                    "proposal": row.reading.proposal.value,
                    "waits": row.waits,
                }
                for row in rows
            ],
        },
        [
            _("{student}: {goal}. {value}. {reading}").format(
                student=row.student,
                goal=row.goal.statement,
                value=spoken_value(row.goal.kind, row.newest.value if row.newest else None),
                reading=short_reading(row.reading),
            )
            for row in rows
        ]
        or [_("No goal yet.")],
    )
    return DONE


def _plan(arguments: argparse.Namespace) -> int:
    return _save(arguments, "plan")


def _review(arguments: argparse.Namespace) -> int:
    return _save(arguments, "review")


def _progress(arguments: argparse.Namespace) -> int:
    return _save(arguments, "progress")


def _save(arguments: argparse.Namespace, what: str) -> int:
    from app.overviews.reports.leaving import require_place

    release = release_of(arguments)
    require_place(arguments.out)
    with opened(arguments, "report") as desk:
        papers = desk.plan_papers
        save = {
            "plan": papers.save_plan, "review": papers.save_review,
            "progress": papers.save_progress,
        }[what]  # fmt: skip
        about = arguments.goal if what == "progress" else arguments.plan
        disclosure = save(about, arguments.out, release, arguments.paper)
    tell(
        arguments,
        {"file": str(arguments.out), "paper": what, "disclosure": disclosure},
        [
            _("Saved to {path}.").format(path=arguments.out),
            _("The disclosure to {recipient} is on record.").format(recipient=went_to(release)),
        ],
    )
    return DONE
