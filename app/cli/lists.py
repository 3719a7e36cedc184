"""`casewell report caseload-list …`: the reports without a screen, as PDF, CSV or workbook."""

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli import DONE, chosen_vault, just_opened, passphrase, tell, vault_options
from app.cli.ground import add_ground, release_of, went_to
from app.features.privacy.papers import usual_ground
from app.kernel.clock import SystemClock
from app.kernel.errors import Refused
from app.kernel.words import _, ngettext
from app.overviews.data.periods import last_month, month_days
from app.overviews.reports.lists import Asked, Choice, Form, Names, Report

if TYPE_CHECKING:
    from app.bootstrap import Desk


def add(papers: Any) -> None:
    """Add every report, with an option for each of its choices."""
    from app.overviews.reports.known import KNOWN

    for report in KNOWN:
        _add(papers, report)


def _add(papers: Any, report: Report) -> None:
    parser: argparse.ArgumentParser = papers.add_parser(
        report.kind.value, help=_(report.about), description=_(report.about)
    )
    vault_options(parser)
    can = report.choices
    if Choice.RANGE in can:
        for name, target in (("--from", "since"), ("--to", "until")):
            parser.add_argument(
                name, dest=target, type=date.fromisoformat, metavar="DAY", help=_("as YYYY-MM-DD")
            )
        parser.add_argument("--month", metavar="MONTH", help=_("as YYYY-MM, in place of two days"))
    if Choice.MONTH in can:
        parser.add_argument(
            "--month", metavar="MONTH", help=_("as YYYY-MM (otherwise the last whole month)")
        )
    if Choice.EVERYONE in can:
        parser.add_argument(
            "--everyone", action="store_true", help=_("all enrolled students, not one's caseload")
        )
    if Choice.SCHOOL in can:
        parser.add_argument("--school", metavar="NAME", help=_("one building's name or id"))
    if Choice.SERVICE in can:
        parser.add_argument("--service", metavar="NAME", help=_("one service's name or id"))
    if Choice.GROUP in can:
        parser.add_argument(
            "--group", required=True, metavar="NAME", help=_("the group's name or id")
        )
    if Choice.STUDENT in can:
        parser.add_argument(
            "--student", metavar="NUMBER", help=_("one student's number or id (otherwise everyone)")
        )
    if Choice.NAMES in can:
        parser.add_argument(
            "--names",
            choices=["full", "initials", "none"],
            default="full",
            help=_("how students are called"),
        )
    if Choice.COLUMNS in can:
        parser.add_argument(
            "--column",
            action="append",
            choices=list(report.columns),
            help=_("a column; repeatable (otherwise: {usual})").format(
                usual=", ".join(report.usual)
            ),
        )
    if Choice.TEXTS in can:
        parser.add_argument("--texts", action="store_true", help=_("with the text of the notes"))
    parser.add_argument(
        "--format",
        choices=[form.value for form in report.forms],
        help=_("otherwise as the file's name ends"),
    )
    parser.add_argument(
        "--no-mark",
        action="store_true",
        help=_("CSV without the mark by which Excel knows UTF-8"),
    )
    parser.add_argument("--paper", choices=["letter", "a4"], default="letter")
    add_ground(parser, usual_ground(report.kind))
    parser.add_argument("--out", required=True, type=Path, metavar="FILE")
    parser.set_defaults(run=_run, report=report)


def _run(arguments: argparse.Namespace) -> int:
    from app.bootstrap import open_vault
    from app.overviews.reports.leaving import require_place
    from app.vault.places import ThisDevice

    # What can be refused without the vault is refused before the passphrase is asked for.
    form = _form(arguments)
    release = release_of(arguments)
    require_place(arguments.out)
    since, until = _range(arguments, SystemClock().now().day())
    secret = passphrase(arguments.passphrase_file)
    desk = just_opened(
        open_vault(chosen_vault(arguments), secret, ThisDevice.here().device, purpose="report")
    )
    try:
        asked = _asked(desk, arguments, since, until)
        left = desk.reports.save(asked, form, release, arguments.out, mark=not arguments.no_mark)
    finally:
        desk.close()
    students = len(left.disclosures)
    tell(
        arguments,
        {
            "file": str(arguments.out),
            "paper": asked.kind.value,
            "format": form.value,
            "rows": left.rows,
            "pages": left.pages,
            "bytes": left.bytes,
            "sha256": left.sha256,
            "report": left.report,
            "disclosures": list(left.disclosures),
            **asked.stored(),
        },
        [
            ngettext(
                "Saved {count} line to {path}.", "Saved {count} lines to {path}.", left.rows
            ).format(count=f"{left.rows:,}", path=arguments.out),
            ngettext(
                "The disclosure to {recipient} is on record for {count} student.",
                "The disclosure to {recipient} is on record for {count} students.",
                students,
            ).format(recipient=went_to(release), count=students)
            if students
            else _(
                "That it went to {recipient} is on record. It tells about no one student."
            ).format(recipient=went_to(release)),
        ],
    )
    return DONE


def _form(arguments: argparse.Namespace) -> Form:
    """Return as what the report is saved: what is asked for, or what the file's name says."""
    if arguments.format:
        return Form(arguments.format)
    ending = arguments.out.suffix.lower().removeprefix(".")
    if ending not in {form.value for form in arguments.report.forms}:
        raise Refused("report-ending", "out", name=arguments.out.name)
    return Form(ending)


def _range(arguments: argparse.Namespace, today: date) -> tuple[date | None, date | None]:
    if Choice.MONTH in arguments.report.choices:
        return month_days(arguments.month or last_month(today))
    if Choice.RANGE not in arguments.report.choices:
        return None, None
    if arguments.month:
        return month_days(arguments.month)
    if arguments.since is None or arguments.until is None:
        raise Refused("report-needs-range", "since")
    return arguments.since, arguments.until


def _asked(
    desk: "Desk", arguments: argparse.Namespace, since: date | None, until: date | None
) -> Asked:
    facts = vars(arguments)
    schools = [(school.id, school.name) for school in desk.caseload.schools()]
    services = [(one.id, one.label) for one in desk.sessions.choices().services]
    groups = [
        (line.group.id, line.group.name)
        for closed in (False, True)
        for line in desk.groups.groups(closed=closed, text=facts.get("group") or "").lines
    ]
    spoken = {"full": Names.FULL, "initials": Names.INITIALS, "none": Names.NONE}
    return Asked(
        arguments.report.kind,
        since,
        until,
        school=_one(schools, facts.get("school"), "school"),
        service=_one(services, facts.get("service"), "service") or "",
        group=_one(groups, facts.get("group"), "group") or "",
        student=desk.summaries.student(facts["student"]) if facts.get("student") else "",
        names=spoken[facts.get("names", "full")],
        columns=tuple(facts.get("column") or ()),
        texts=bool(facts.get("texts")),
        everyone=bool(facts.get("everyone")),
        size=arguments.paper,
    )


def _one(known: list[tuple[Any, str]], wanted: str | None, what: str) -> Any:
    """Return the id of what is called or numbered so; refuse what nothing or several are called."""
    if not wanted:
        return None
    named = wanted.casefold()
    found = [one for one, name in known if wanted == one or named == name.casefold()]
    if len(found) != 1:
        raise Refused("report-choice-unknown", what, name=wanted)
    return found[0]
