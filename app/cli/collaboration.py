"""`casewell collaboration`: concerns for triage and attempts to reach someone, without a screen."""

import argparse
from typing import Any

from app.cli import DONE, opened, tell, vault_options
from app.features.collaboration.repo.lists import ConcernsView
from app.kernel.words import _, ngettext


def add(commands: Any) -> None:
    """Add the command and its parts."""
    room = commands.add_parser("collaboration", help=_("concerns, and contacts with families"))
    parts = room.add_subparsers(dest="part", metavar=_("WHAT"), required=True)

    concerns = parts.add_parser("concerns", help=_("concerns by urgency and age"))
    vault_options(concerns)
    concerns.add_argument(
        "--which",
        choices=[view.value for view in ConcernsView],
        default=ConcernsView.OPEN.value,
        help=_("which ones (otherwise: open)"),
    )
    concerns.set_defaults(run=_concerns)

    contacts = parts.add_parser("contacts", help=_("attempts to reach families and the team"))
    vault_options(contacts)
    contacts.add_argument(
        "--waiting", action="store_true", help=_("only matters that nobody was reached about")
    )
    contacts.set_defaults(run=_contacts)


def _concerns(arguments: argparse.Namespace) -> int:
    from app.features.collaboration.model.concerns import Decision
    from app.overviews.collaboration_words import (
        DANGERS,
        DECIDED,
        URGENCIES,
        spoken_raiser,
        spoken_seen,
    )
    from app.overviews.reports.wording import spoken_day

    view = ConcernsView(arguments.which)
    with opened(arguments, "collaboration") as desk:
        rooms = desk.collaboration.concerns
        lines, count = rooms.page(view), rooms.count(view)
    said = [
        _("{day}  {urgency}  {student}: {raiser}. {state}").format(
            day=spoken_day(line.concern.raised_on),
            urgency=_(URGENCIES[line.concern.urgency]),
            student=line.pupil.listed,
            raiser=spoken_raiser(line.concern),
            state=", ".join(
                [
                    *(_(DANGERS[one]) for one in line.concern.dangers() if line.open_danger),
                    _(DECIDED[Decision(line.decision)]) if line.decision else _("New"),
                ]
            ),
        )
        for line in lines
    ]
    tell(
        arguments,
        {
            "count": count,
            "concerns": [
                {
                    "id": line.concern.id,
                    "student": line.pupil.id,
                    "number": line.pupil.number,
                    "raised_on": line.concern.raised_on,
                    "raiser": line.concern.raiser.value,
                    "urgency": line.concern.urgency.value,
                    "danger": list(line.concern.danger),
                    "open_danger": line.open_danger,
                    "signs": [spoken_seen(one) for one in line.concern.seen()],
                    "decision": line.decision,
                    "until": line.until_on,
                }
                for line in lines
            ],
        },
        said or [_("No concern waits.")],
    )
    return DONE


def _contacts(arguments: argparse.Namespace) -> int:
    from app.overviews.collaboration_words import BY, RESULTS
    from app.overviews.reports.wording import spoken_moment

    with opened(arguments, "collaboration") as desk:
        rooms = desk.collaboration.contacts
        lines = rooms.waiting() if arguments.waiting else rooms.page()
        count = len(lines) if arguments.waiting else rooms.count()
    said = [
        _("{when}  {student}: {whom}, {way}, {result}; {attempts}").format(
            when=spoken_moment(line.row.when),
            student=line.pupil.listed,
            whom=line.row.with_name,
            way=_(BY[line.row.way]),
            result=_(RESULTS[line.row.result]),
            attempts=ngettext("{count} attempt", "{count} attempts", line.attempts).format(
                count=line.attempts
            ),
        )
        for line in lines
    ]
    tell(
        arguments,
        {
            "count": count,
            "contacts": [
                {
                    "id": line.row.id,
                    "matter": line.row.matter_id,
                    "student": line.pupil.id,
                    "number": line.pupil.number,
                    "with": line.row.with_kind.value,
                    "way": line.row.way.value,
                    "result": line.row.result.value,
                    "at": line.row.at,
                    "about": line.row.about,
                    "attempts": line.attempts,
                    "next_on": line.row.next_on,
                    "corrected": line.corrected,
                }
                for line in lines
            ],
        },
        said or [_("Nobody waits to be reached.")],
    )
    return DONE
