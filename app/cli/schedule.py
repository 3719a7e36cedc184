"""`casewell schedule`: the day, the week, calendar files and bell schedules, without a screen."""

import argparse
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli import DONE, bytes_of, in_trouble, opened, tell, text_of, vault_options
from app.cli.ground import add_ground, release_of
from app.kernel.releases import Ground
from app.kernel.words import _, ngettext

if TYPE_CHECKING:
    from app.features.schedule.service.book import Laying


def add(commands: Any) -> None:
    """Add the command and its parts."""
    schedule = commands.add_parser("schedule", help=_("what is planned; calendars and bells"))
    parts = schedule.add_subparsers(dest="part", metavar=_("WHAT"), required=True)

    for name, about, run in (
        ("day", _("what is planned on a day"), _day),
        ("week", _("what is planned in a week"), _week),
    ):
        look = parts.add_parser(name, help=about)
        vault_options(look)
        look.add_argument(
            "--on",
            type=date.fromisoformat,
            metavar="DAY",
            help=_("as YYYY-MM-DD (otherwise today)"),
        )
        look.set_defaults(run=run)

    export = parts.add_parser(
        "export", help=_("save appointments as a calendar file (.ics), without any names")
    )
    vault_options(export)
    for option, target in (("--from", "since"), ("--to", "until")):
        export.add_argument(
            option,
            dest=target,
            type=date.fromisoformat,
            metavar="DAY",
            help=_("as YYYY-MM-DD"),
        )
    export.add_argument("--out", required=True, type=Path, metavar="FILE")
    export.set_defaults(run=_export)

    busy = parts.add_parser(
        "import-busy",
        help=_("take busy times from a calendar file (.ics); its titles are not kept"),
    )
    vault_options(busy)
    busy.add_argument("file", type=Path, metavar="FILE")
    busy.set_defaults(run=_import_busy)

    bells = parts.add_parser(
        "import-bells", help=_("take bell schedules, or days without school, from a CSV table")
    )
    vault_options(bells)
    bells.add_argument("file", type=Path, metavar="FILE")
    bells.add_argument(
        "--dry-run", action="store_true", help=_("say what would happen and write nothing")
    )
    bells.set_defaults(run=_import_bells)


def _day(arguments: argparse.Namespace) -> int:
    with opened(arguments, "schedule") as desk:
        first = arguments.on or desk.clock.now().day()
        laying = desk.schedule.book.days(first, first)
    return _said(arguments, laying)


def _week(arguments: argparse.Namespace) -> int:
    with opened(arguments, "schedule") as desk:
        day = arguments.on or desk.clock.now().day()
        first = day - timedelta(days=day.weekday())
        laying = desk.schedule.book.days(first, first + timedelta(days=6))
    return _said(arguments, laying)


def _said(arguments: argparse.Namespace, laying: "Laying") -> int:
    from app.features.schedule.model.bells import clock_text
    from app.overviews.reports.wording import spoken_day
    from app.overviews.schedule_words import KINDS, STATES, spoken_span, spoken_what

    lines: list[str] = []
    for day in laying.days:
        for laid in day.entries:
            entry = laid.appointment
            school = laying.schools.get(entry.school_id) if entry.school_id else None
            lines.append(
                _("{day}  {span}  {kind}  {what}  {school}  {state}").format(
                    day=spoken_day(day.day),
                    span=spoken_span(entry.starts, entry.ends),
                    kind=_(KINDS[entry.kind]),
                    what=spoken_what(entry, laying.groups),
                    school=school.name if school else "–",
                    state=_(STATES[entry.state]),
                )
            )
    tell(
        arguments,
        {
            "days": [
                {
                    "day": day.day.isoformat(),
                    "appointments": [
                        {
                            "id": one.appointment.id,
                            "starts": clock_text(one.appointment.starts),
                            "ends": clock_text(one.appointment.ends),
                            "zone": one.appointment.zone,
                            "kind": one.appointment.kind,
                            "state": one.appointment.state,
                            "student": one.appointment.student_id,
                            "group": one.appointment.group_id,
                            "school": one.appointment.school_id,
                            "room": one.appointment.room,
                            "title": one.appointment.title,
                        }
                        for one in day.entries
                    ],
                    "busy": [
                        {"starts": clock_text(one.starts), "ends": clock_text(one.ends)}
                        for one in day.busy
                    ],
                    "buildings": {
                        school: {
                            "open": at.open,
                            "cycle_day": at.cycle_day,
                            "bells": at.bell_id,
                            "reason": at.reason,
                        }
                        for school, at in day.buildings.items()
                    },
                }
                for day in laying.days
            ]
        },
        lines or [_("Nothing is planned.")],
    )
    return DONE


def _export(arguments: argparse.Namespace) -> int:
    from app.features.schedule.commands import ExportCalendar
    from app.overviews.reports.leaving import require_place, write_whole

    require_place(arguments.out)
    with opened(arguments, "schedule") as desk:
        today = desk.clock.now().day()
        since = arguments.since or today
        until = arguments.until or since + timedelta(days=365)
        made = desk.schedule.files.export(ExportCalendar(since.isoformat(), until.isoformat()))
        write_whole(arguments.out, made.data)
    tell(
        arguments,
        {
            "file": str(arguments.out),
            "appointments": made.count,
            "since": since.isoformat(),
            "until": until.isoformat(),
        },
        [
            ngettext(
                "Saved {count} appointment to {path}. It names nobody.",
                "Saved {count} appointments to {path}. They name nobody.",
                made.count,
            ).format(count=made.count, path=arguments.out)
        ],
    )
    return DONE


def _import_busy(arguments: argparse.Namespace) -> int:
    from app.features.schedule.commands import ImportBusy

    data = bytes_of(arguments.file)
    with opened(arguments, "schedule") as desk:
        read = desk.schedule.files.import_busy(ImportBusy(data)).read
    lines = [
        ngettext(
            "{count} busy time is known now. No title was kept.",
            "{count} busy times are known now. No title was kept.",
            len(read.busy),
        ).format(count=len(read.busy))
    ]
    if read.unread:
        lines.append(
            ngettext(
                "{count} event could not be read and was left out.",
                "{count} events could not be read and were left out.",
                read.unread,
            ).format(count=read.unread)
        )
    tell(
        arguments,
        {"busy": len(read.busy), "events": read.events, "unread": read.unread},
        lines,
    )
    return DONE


def _import_bells(arguments: argparse.Namespace) -> int:
    from app.features.schedule.commands import ImportBells
    from app.phrases.schedule import spoken_table

    text = text_of(arguments.file)
    with opened(arguments, "schedule") as desk:
        if arguments.dry_run:
            table = desk.schedule.buildings.look_at_table(text)
        else:
            table = desk.schedule.buildings.import_bells(ImportBells(text)).table
    lines = spoken_table(table)
    tell(
        arguments,
        {
            "bells": len(table.bells),
            "days": len(table.days),
            "refused": [{"line": row.line, "reason": row.code} for row in table.bad],
            "dry_run": arguments.dry_run,
        },
        lines,
    )
    return in_trouble(_("Nothing was taken.")) if table.bad else DONE


def add_day_plan(papers: Any) -> None:
    """Add the plan of a day, building by building, to the papers of `casewell report`."""
    from app.overviews.reports.day_plan import Show

    plan = papers.add_parser("day-plan", help=_("one's own day, building by building"))
    vault_options(plan)
    plan.add_argument(
        "--day", required=True, type=date.fromisoformat, metavar="DAY", help=_("as YYYY-MM-DD")
    )
    plan.add_argument(
        "--show",
        choices=[show.value for show in Show],
        default=Show.INITIALS.value,
        help=_("students by name, by initials, or not at all (otherwise: initials)"),
    )
    plan.add_argument("--paper", choices=["letter", "a4"], default="letter")
    add_ground(plan, Ground.OWN_USE)
    plan.add_argument("--out", required=True, type=Path, metavar="FILE")
    plan.set_defaults(run=_day_plan)


def _day_plan(arguments: argparse.Namespace) -> int:
    from app.overviews.reports.day_plan import PAPER, AskedPlan, Show
    from app.overviews.reports.leaving import require_place

    release = release_of(arguments)
    require_place(arguments.out)
    asked = AskedPlan(arguments.day.isoformat(), Show(arguments.show), arguments.paper)
    with opened(arguments, "schedule") as desk:
        left = desk.day_plans.save(asked, release, arguments.out)
    tell(
        arguments,
        {
            "file": str(arguments.out),
            "paper": PAPER,
            "pages": left.pages,
            "bytes": left.bytes,
            "sha256": left.sha256,
            "disclosures": list(left.disclosures),
            **asked.stored(),
        },
        [
            ngettext(
                "Saved {count} page to {path}.", "Saved {count} pages to {path}.", left.pages
            ).format(count=left.pages, path=arguments.out)
        ],
    )
    return DONE
