"""`casewell report`: papers without a screen, each with its disclosure."""

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli import DONE, chosen_vault, just_opened, lists, passphrase, tell, vault_options
from app.cli.ground import add_ground, release_of, went_to
from app.cli.plans import add_papers
from app.cli.schedule import add_day_plan
from app.kernel.errors import Refused
from app.kernel.words import _, ngettext
from app.overviews.fhir.scope import Also
from app.overviews.reports.student_summary import USUAL_PARTS, Part, Period

if TYPE_CHECKING:
    from app.bootstrap import Desk
    from app.kernel.documents import SummaryKind
    from app.kernel.ids import StudentId
    from app.overviews.fhir.documents import DocumentLeft
    from app.overviews.reports.leaving import Release
    from app.overviews.reports.lists import ReportLeft
    from app.overviews.reports.medication_papers import Asked


def add(commands: Any) -> None:
    """Add the command and its parts."""
    report = commands.add_parser("report", help=_("save a record or a report"))
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
    add_ground(summary)
    summary.add_argument("--out", required=True, type=Path, metavar="FILE")
    _add_format(summary)
    summary.add_argument(
        "--also",
        action="append",
        choices=[also.value for also in Also],
        default=[],
        help=_("what a FHIR document holds beside the sections; repeatable"),
    )
    summary.add_argument(
        "--mask-others",
        action="store_true",
        help=_("mask other students named in the texts (otherwise such a summary is refused)"),
    )
    summary.set_defaults(run=_student_summary)
    lists.add(papers)
    _add_medication(papers)
    add_day_plan(papers)
    _add_collaboration(papers)
    add_papers(papers)


def _add_format(paper: argparse.ArgumentParser) -> None:
    """Add as what a summary is saved."""
    paper.add_argument(
        "--format",
        choices=["pdf", "fhir", "json"],
        default="pdf",
        help=_(
            "as a paper, as a FHIR R4 document whose file ends in .fhir.json, or as data by"
            " Casewell’s own schema"
        ),
    )


def _add_medication(papers: Any) -> None:
    """Add the papers of the medication room."""
    whole = _("one student's number or id (otherwise everyone)")
    month = _paper(papers, "medication-month", _("the medication record of a month"), _month)
    month.add_argument("--student", metavar="NUMBER", help=whole)
    month.add_argument("--month", required=True, metavar="MONTH", help=_("as YYYY-MM"))
    _add_format(month)
    month.set_defaults(run=_medication_month)

    ledger = _paper(
        papers, "controlled-ledger", _("controlled substances, receipt to destruction"), _ledger
    )
    ledger.add_argument("--student", metavar="NUMBER", help=whole)
    ledger.add_argument("--container", default="", metavar="ID", help=_("one container's id"))

    log = _paper(papers, "prn-log", _("doses as needed between two days"), _prn)
    log.add_argument("--student", metavar="NUMBER", help=whole)
    for name, target in (("--from", "since"), ("--to", "until")):
        log.add_argument(
            name,
            dest=target,
            required=True,
            type=date.fromisoformat,
            metavar="DAY",
            help=_("as YYYY-MM-DD"),
        )

    incident = _paper(papers, "incident", _("a medication incident's report"), _incident)
    incident.add_argument("--incident", required=True, metavar="ID", help=_("the incident's id"))

    stock = _paper(papers, "stock", _("what is in the cupboard, to count against"), _stock)
    stock.add_argument("--student", metavar="NUMBER", help=whole)

    emergency = _paper(papers, "emergency", _("one student's emergency sheet"), _emergency)
    emergency.add_argument(
        "--student", required=True, metavar="NUMBER", help=_("the student's number or id")
    )

    downtime = _paper(papers, "downtime", _("a day's doses, to be filled in by hand"), _downtime)
    downtime.add_argument(
        "--day", required=True, type=date.fromisoformat, metavar="DAY", help=_("as YYYY-MM-DD")
    )

    trip = _paper(papers, "trip", _("the packet that goes along on a field trip"), _trip)
    trip.add_argument("--trip", required=True, metavar="ID", help=_("the trip’s id"))


def _add_collaboration(papers: Any) -> None:
    """Add the blank form on which a concern is raised."""
    form = papers.add_parser("concern-form", help=_("a blank form for teachers to raise a concern"))
    vault_options(form)
    form.add_argument("--paper", choices=["letter", "a4"], default="letter")
    form.add_argument("--out", required=True, type=Path, metavar="FILE")
    form.set_defaults(run=_concern_form)


def _concern_form(arguments: argparse.Namespace) -> int:
    from app.bootstrap import open_vault
    from app.overviews.reports.leaving import require_place
    from app.vault.places import ThisDevice

    require_place(arguments.out)
    secret = passphrase(arguments.passphrase_file)
    desk = just_opened(
        open_vault(chosen_vault(arguments), secret, ThisDevice.here().device, purpose="report")
    )
    try:
        desk.collaboration_papers.save_form(arguments.out, arguments.paper)
    finally:
        desk.close()
    tell(
        arguments,
        {"file": str(arguments.out), "paper": "concern-form"},
        [_("Saved the blank form to {path}. It names nobody.").format(path=arguments.out)],
    )
    return DONE


_Asking = Callable[["Desk", argparse.Namespace], "Asked"]


def _paper(papers: Any, name: str, about: str, asking: _Asking) -> argparse.ArgumentParser:
    """Add one paper with the options that every paper of the medication room has."""
    paper: argparse.ArgumentParser = papers.add_parser(name, help=about)
    vault_options(paper)
    paper.add_argument("--paper", choices=["letter", "a4"], default="letter")
    add_ground(paper)
    paper.add_argument("--out", required=True, type=Path, metavar="FILE")
    paper.set_defaults(run=_medication_paper, asking=asking)
    return paper


def _student(desk: "Desk", number: str | None) -> "StudentId | None":
    """Return whose number or id this is; None where everyone is meant."""
    return desk.summaries.student(number) if number is not None else None


def _month(desk: "Desk", arguments: argparse.Namespace) -> "Asked":
    from app.overviews.reports.medication_papers import Asked, PaperKind

    student = _student(desk, arguments.student)
    return Asked(PaperKind.MONTH, student, month=arguments.month, size=arguments.paper)


def _ledger(desk: "Desk", arguments: argparse.Namespace) -> "Asked":
    from app.overviews.reports.medication_papers import Asked, PaperKind

    student = _student(desk, arguments.student)
    return Asked(PaperKind.LEDGER, student, container=arguments.container, size=arguments.paper)


def _prn(desk: "Desk", arguments: argparse.Namespace) -> "Asked":
    from app.overviews.reports.medication_papers import Asked, PaperKind

    return Asked(
        PaperKind.PRN,
        _student(desk, arguments.student),
        since=arguments.since.isoformat(),
        until=arguments.until.isoformat(),
        size=arguments.paper,
    )


def _incident(_desk: "Desk", arguments: argparse.Namespace) -> "Asked":
    from app.overviews.reports.medication_papers import Asked, PaperKind

    return Asked(PaperKind.INCIDENT, incident=arguments.incident, size=arguments.paper)


def _stock(desk: "Desk", arguments: argparse.Namespace) -> "Asked":
    from app.overviews.reports.medication_papers import Asked, PaperKind

    return Asked(PaperKind.STOCK, _student(desk, arguments.student), size=arguments.paper)


def _emergency(desk: "Desk", arguments: argparse.Namespace) -> "Asked":
    from app.overviews.reports.medication_papers import Asked, PaperKind

    return Asked(PaperKind.EMERGENCY, _student(desk, arguments.student), size=arguments.paper)


def _downtime(_desk: "Desk", arguments: argparse.Namespace) -> "Asked":
    from app.overviews.reports.medication_papers import Asked, PaperKind

    return Asked(PaperKind.DOWNTIME, day=arguments.day.isoformat(), size=arguments.paper)


def _trip(_desk: "Desk", arguments: argparse.Namespace) -> "Asked":
    from app.overviews.reports.medication_papers import Asked, PaperKind

    return Asked(PaperKind.TRIP, trip=arguments.trip, size=arguments.paper)


def _medication_paper(arguments: argparse.Namespace) -> int:
    from app.bootstrap import open_vault
    from app.overviews.reports.leaving import require_place
    from app.vault.places import ThisDevice

    release = release_of(arguments)
    require_place(arguments.out)
    secret = passphrase(arguments.passphrase_file)
    desk = just_opened(
        open_vault(chosen_vault(arguments), secret, ThisDevice.here().device, purpose="report")
    )
    try:
        if not desk.medication.open_to_me:
            raise Refused("medication-not-yours")
        asked = arguments.asking(desk, arguments)
        left = desk.medication_papers.save(asked, release, arguments.out)
    finally:
        desk.close()
    students = len(left.disclosures)
    tell(
        arguments,
        {
            "file": str(arguments.out),
            "paper": asked.kind.value,
            "pages": left.pages,
            "bytes": left.bytes,
            "sha256": left.sha256,
            "disclosures": list(left.disclosures),
            **asked.stored(),
        },
        [
            ngettext(
                "Saved {count} page to {path}.", "Saved {count} pages to {path}.", left.pages
            ).format(count=left.pages, path=arguments.out),
            ngettext(
                "The disclosure to {recipient} is on record for {count} student.",
                "The disclosure to {recipient} is on record for {count} students.",
                students,
            ).format(recipient=went_to(release), count=students),
        ],
    )
    return DONE


def tell_data(
    arguments: argparse.Namespace, kind: "SummaryKind", left: "ReportLeft", release: "Release"
) -> int:
    """Say that a summary left as data."""
    students = len(left.disclosures)
    tell(
        arguments,
        {
            "file": str(arguments.out),
            "kind": kind.value,
            "bytes": left.bytes,
            "sha256": left.sha256,
            "report": left.report,
            "disclosures": list(left.disclosures),
        },
        [
            _("Saved as data to {path}.").format(path=arguments.out),
            ngettext(
                "The disclosure to {recipient} is on record for {count} student.",
                "The disclosure to {recipient} is on record for {count} students.",
                students,
            ).format(recipient=went_to(release), count=students),
        ],
    )
    return DONE


def _medication_month(arguments: argparse.Namespace) -> int:
    """Save the month as a paper or as data, or one student's as a FHIR document."""
    if arguments.format == "pdf":
        return _medication_paper(arguments)
    from app.bootstrap import open_vault
    from app.features.outbox.model.records import Asked as Wanted
    from app.kernel.documents import SummaryKind
    from app.overviews.reports.leaving import require_place
    from app.vault.places import ThisDevice

    release = release_of(arguments)
    require_place(arguments.out)
    if arguments.student is None and arguments.format == "fhir":
        raise Refused("fhir-needs-student", "student")
    secret = passphrase(arguments.passphrase_file)
    desk = just_opened(
        open_vault(chosen_vault(arguments), secret, ThisDevice.here().device, purpose="report")
    )
    try:
        if not desk.medication.open_to_me:
            raise Refused("medication-not-yours")
        if arguments.format == "json":
            wanted = Wanted(
                SummaryKind.MEDICATION_MONTH, arguments.month, _student(desk, arguments.student)
            )
            data = desk.data.save(wanted, release, arguments.out)
            return tell_data(arguments, wanted.kind, data, release)
        student = desk.summaries.student(arguments.student)
        left = desk.fhir.save_month(student, arguments.month, release, arguments.out)
    finally:
        desk.close()
    return _tell_document(arguments, left, release)


def _tell_document(arguments: argparse.Namespace, left: "DocumentLeft", release: "Release") -> int:
    tell(
        arguments,
        {
            "file": str(arguments.out),
            "resources": left.resources,
            "bytes": left.bytes,
            "sha256": left.sha256,
            "disclosure": left.disclosure,
            "masked": left.masked,
            **left.scope,
        },
        [
            _("Saved a FHIR document to {path}.").format(path=arguments.out),
            _("The disclosure to {recipient} is on record.").format(recipient=went_to(release)),
            *_masked_said(left.masked),
        ],
    )
    return DONE


def _masked_said(masked: int) -> list[str]:
    if not masked:
        return []
    said = ngettext(
        "{count} name of another student is masked on it.",
        "{count} names of other students are masked on it.",
        masked,
    )
    return [said.format(count=masked)]


def _student_summary(arguments: argparse.Namespace) -> int:
    from app.bootstrap import open_vault
    from app.features.outbox.model.records import Asked as Wanted
    from app.kernel.documents import SummaryKind
    from app.overviews.data.periods import said
    from app.overviews.fhir.scope import DocumentScope
    from app.overviews.reports.leaving import require_place
    from app.overviews.reports.others_named import ALL_MASKED
    from app.overviews.reports.student_summary import SummaryScope, period_span
    from app.vault.places import ThisDevice

    # What can be refused without the vault is refused before the passphrase is asked for.
    release = release_of(arguments)
    require_place(arguments.out)
    period = Period(arguments.period) if arguments.period else Period.SCHOOL_YEAR
    if arguments.since or arguments.until:
        period = Period.CHOSEN
    parts = tuple(Part(name) for name in arguments.section or USUAL_PARTS)
    if arguments.also and arguments.format != "fhir":
        raise Refused("fhir-only", "also")

    secret = passphrase(arguments.passphrase_file)
    desk = just_opened(
        open_vault(chosen_vault(arguments), secret, ThisDevice.here().device, purpose="report")
    )
    try:
        today = desk.clock.now().day()
        span = period_span(period, today, arguments.since, arguments.until)
        student = desk.summaries.student(arguments.student)
        scope = SummaryScope(student, parts, span, arguments.paper)
        answered = ALL_MASKED if arguments.mask_others else None
        if arguments.format == "fhir":
            chosen = DocumentScope(scope, tuple(Also(name) for name in arguments.also))
            document = desk.fhir.save_student(chosen, release, arguments.out, answered=answered)
            return _tell_document(arguments, document, release)
        if arguments.format == "json":
            wanted = Wanted(
                SummaryKind.STUDENT,
                said(span),
                student,
                choices={"sections": [part.value for part in parts]},
            )
            data = desk.data.save(wanted, release, arguments.out, answered=answered)
            return tell_data(arguments, wanted.kind, data, release)
        left = desk.summaries.save(scope, release, arguments.out, answered=answered)
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
            "masked": left.masked,
            **scope.stored(),
        },
        [
            ngettext(
                "Saved {count} page to {path}.", "Saved {count} pages to {path}.", left.pages
            ).format(count=left.pages, path=arguments.out),
            _("The disclosure to {recipient} is on record.").format(recipient=went_to(release)),
            *_masked_said(left.masked),
        ],
    )
    return DONE
