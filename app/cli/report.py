"""`casewell report`: papers without a screen, each with its disclosure."""

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from app.cli import DONE, chosen_vault, just_opened, passphrase, tell, vault_options
from app.kernel.words import _, ngettext
from app.overviews.reports.student_summary import USUAL_PARTS, Part, Period


def add(commands: Any) -> None:
    """Add the command and its parts."""
    report = commands.add_parser("report", help=_("save a record as PDF"))
    papers = report.add_subparsers(dest="part", metavar=_("PAPER"), required=True)

    summary = papers.add_parser("student-summary", help=_("one student's summary"))
    vault_options(summary)
    summary.add_argument(
        "--student", required=True, metavar="NUMBER", help=_("the student's number or id")
    )
    summary.add_argument(
        "--section",
        action="append",
        choices=[part.value for part in Part],
        default=None,
        help=_("a section; repeatable (otherwise: {usual})").format(
            usual=", ".join(part.value for part in USUAL_PARTS)
        ),
    )
    summary.add_argument(
        "--period",
        choices=[period.value for period in Period if period is not Period.CHOSEN],
        help=_("a period by its name (otherwise: this school year)"),
    )
    summary.add_argument(
        "--from", dest="since", type=date.fromisoformat, metavar="DAY", help=_("as YYYY-MM-DD")
    )
    summary.add_argument(
        "--to", dest="until", type=date.fromisoformat, metavar="DAY", help=_("as YYYY-MM-DD")
    )
    summary.add_argument("--paper", choices=["letter", "a4"], default="letter")
    summary.add_argument("--to-whom", required=True, help=_("who receives it"))
    summary.add_argument("--why", required=True, help=_("what it is for"))
    summary.add_argument("--out", required=True, type=Path, metavar="FILE")
    summary.set_defaults(run=_student_summary)


def _student_summary(arguments: argparse.Namespace) -> int:
    from app.bootstrap import open_vault
    from app.overviews.reports.leaving import Release, require_place
    from app.overviews.reports.student_summary import SummaryScope, period_span
    from app.vault.places import ThisDevice

    # What can be refused without the vault is refused before the passphrase is asked for.
    release = Release(arguments.to_whom, arguments.why).accepted()
    require_place(arguments.out)
    period = Period(arguments.period) if arguments.period else Period.SCHOOL_YEAR
    if arguments.since or arguments.until:
        period = Period.CHOSEN
    parts = tuple(Part(name) for name in arguments.section or USUAL_PARTS)

    secret = passphrase(arguments.passphrase_file)
    desk = just_opened(
        open_vault(chosen_vault(arguments), secret, ThisDevice.here().device, purpose="report")
    )
    try:
        today = desk.clock.now().day()
        span = period_span(period, today, arguments.since, arguments.until)
        student = desk.summaries.student(arguments.student)
        scope = SummaryScope(student, parts, span, arguments.paper)
        left = desk.summaries.save(scope, release, arguments.out)
    finally:
        desk.close()
    tell(
        arguments,
        {
            "file": str(arguments.out),
            "pages": left.pages,
            "bytes": left.bytes,
            "sha256": left.sha256,
            "disclosure": left.disclosure,
            **scope.stored(),
        },
        [
            ngettext(
                "Saved {count} page to {path}.", "Saved {count} pages to {path}.", left.pages
            ).format(count=left.pages, path=arguments.out),
            _("The disclosure to {recipient} is on record.").format(recipient=release.recipient),
        ],
    )
    return DONE
