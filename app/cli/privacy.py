"""`casewell privacy`: what left, requests for records, and labels, without a screen."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli import DONE, opened, tell, text_of, vault_options
from app.cli.ground import add_ground, release_of, went_to
from app.features.privacy.inspection import Outcome, Party, Wanted
from app.features.privacy.labels import Labelled
from app.kernel.words import _, ngettext

if TYPE_CHECKING:
    from app.features.privacy.inspection import RequestSheet


def add(commands: Any) -> None:
    """Add the command and its parts."""
    room = commands.add_parser("privacy", help=_("what left the desk, and who asked for it"))
    parts = room.add_subparsers(dest="part", metavar=_("WHAT"), required=True)

    log = parts.add_parser("log", help=_("a student's record of disclosures, for a parent"))
    log.add_argument("student", metavar=_("STUDENT"), help=_("the student's number or id"))
    vault_options(log)
    log.add_argument(
        "--leave-out-exempt",
        action="store_true",
        help=_("without what the law does not ask to be recorded"),
    )
    log.add_argument("--paper", choices=["letter", "a4"], default="letter")
    add_ground(log)
    log.add_argument("--out", required=True, type=Path, metavar="FILE")
    log.set_defaults(run=_log)

    _add_requests(parts)

    notice = parts.add_parser(
        "notice", help=_("the notice that goes along with substance use records")
    )
    vault_options(notice)
    notice.add_argument("--set", dest="file", type=Path, metavar="FILE", help=_("its wording"))
    notice.set_defaults(run=_notice)

    for name, about in (
        ("label", _("label a record as one about substance use")),
        ("unlabel", _("take that label off a record")),
    ):
        label = parts.add_parser(name, help=about)
        label.add_argument("kind", choices=[kind.value for kind in Labelled])
        label.add_argument("record", metavar="ID")
        vault_options(label)
        label.set_defaults(run=_label, labelled=name == "label")


def _add_requests(parts: Any) -> None:
    requests = parts.add_parser("requests", help=_("requests to see a record or to disclose it"))
    steps = requests.add_subparsers(dest="step", metavar=_("WHAT"), required=True)

    listed = steps.add_parser("list", help=_("requests, those that are due soonest first"))
    vault_options(listed)
    listed.add_argument("--student", default="", metavar="NUMBER")
    listed.add_argument("--open", action="store_true", help=_("those that are open"))
    listed.set_defaults(run=_list)

    record = steps.add_parser("record", help=_("write down that somebody asked"))
    vault_options(record)
    record.add_argument("--student", required=True, metavar="NUMBER")
    record.add_argument("--kind", choices=[one.value for one in Wanted], default="inspect")
    record.add_argument("--party", choices=[one.value for one in Party], default="parent")
    record.add_argument("--who", required=True, help=_("who asked"))
    record.add_argument("--what", required=True, help=_("which records"))
    record.add_argument("--interest", default="", help=_("what they are wanted for"))
    record.add_argument("--received", required=True, metavar="DAY", help=_("as YYYY-MM-DD"))
    record.set_defaults(run=_record)

    for name, about in (
        ("answer", _("write down what was answered")),
        ("extend", _("set a later day, within the law's days")),
        ("close", _("close a request, and say how it ended")),
    ):
        step = steps.add_parser(name, help=about)
        step.add_argument("request", metavar="ID")
        vault_options(step)
        day = _("as YYYY-MM-DD")
        step.add_argument("--until" if name == "extend" else "--on", dest="day", required=True,
                          metavar="DAY", help=day)  # fmt: skip
        step.add_argument("--text", default="", help=_("in words"))
        if name == "close":
            step.add_argument("--how", choices=[one.value for one in Outcome], required=True)
        step.set_defaults(run=_step)

    days = steps.add_parser("days", help=_("within how many days a record is to be shown"))
    vault_options(days)
    days.add_argument("--set", dest="days", default="", metavar="DAYS")
    days.set_defaults(run=_days)


def _log(arguments: argparse.Namespace) -> int:
    from app.overviews.reports.leaving import require_place

    release = release_of(arguments)
    require_place(arguments.out)
    with opened(arguments, "report") as desk:
        student = desk.summaries.student(arguments.student)
        left = desk.disclosure_logs.save(
            student,
            release,
            arguments.out,
            exempt=not arguments.leave_out_exempt,
            size=arguments.paper,
        )
    tell(
        arguments,
        {
            "file": str(arguments.out),
            "paper": "disclosure-log",
            "pages": left.pages,
            "bytes": left.bytes,
            "sha256": left.sha256,
            "disclosure": left.disclosure,
        },
        [
            ngettext(
                "Saved {count} page to {path}.", "Saved {count} pages to {path}.", left.pages
            ).format(count=left.pages, path=arguments.out),
            _("The disclosure to {recipient} is on record.").format(recipient=went_to(release)),
        ],
    )
    return DONE


def _facts(sheet: "RequestSheet") -> dict[str, object]:
    one, over = sheet.request, sheet.closed
    return {
        "id": one.id,
        "student": one.student_id,
        "kind": one.kind.value,
        "party": one.party.value,
        "asked_by": one.asked_by,
        "what": one.what,
        "interest": one.interest,
        "received_on": one.received_on,
        "due_on": sheet.due_on,
        "closed": over.outcome if over else "",
        "entries": [
            {"kind": entry.kind.value, "on": entry.on_day, "text": entry.text, "by": entry.by}
            for entry in sheet.entries
        ],
    }


def _list(arguments: argparse.Namespace) -> int:
    from app.overviews.privacy_words import WANTED, spoken_standing
    from app.overviews.reports.wording import spoken_day

    with opened(arguments, "privacy") as desk:
        student = desk.summaries.student(arguments.student) if arguments.student else None
        every = desk.requests.count(student).all
        found = desk.requests.page(student, open_only=arguments.open, limit=every)
    tell(
        arguments,
        {"requests": [_facts(sheet) for sheet in found]},
        [
            _("{id}  {day}, {who}: {what}. {standing}").format(
                id=sheet.request.id,
                day=spoken_day(sheet.request.received_on),
                who=sheet.request.asked_by,
                what=_(WANTED[sheet.request.kind]),
                standing=spoken_standing(sheet),
            )
            for sheet in found
        ]
        or [_("No request here.")],
    )
    return DONE


def _record(arguments: argparse.Namespace) -> int:
    from app.features.privacy.commands import RecordRequestIn
    from app.overviews.privacy_words import spoken_standing

    with opened(arguments, "privacy") as desk:
        made = desk.requests.record(
            RecordRequestIn(
                desk.summaries.student(arguments.student),
                Wanted(arguments.kind),
                Party(arguments.party),
                arguments.who,
                arguments.what,
                arguments.interest,
                arguments.received,
            )
        ).made
        sheet = desk.requests.get(made)
    said = _("Written down. {standing}.").format(standing=spoken_standing(sheet))
    tell(arguments, _facts(sheet), [said])
    return DONE


def _step(arguments: argparse.Namespace) -> int:
    from app.features.privacy.commands import AnswerRequest, CloseRequest, ExtendRequest
    from app.overviews.privacy_words import spoken_standing

    request, day, text = arguments.request, arguments.day, arguments.text
    with opened(arguments, "privacy") as desk:
        if arguments.step == "answer":
            desk.requests.answer(AnswerRequest(request, text, day))
        elif arguments.step == "extend":
            desk.requests.extend(ExtendRequest(request, day, text))
        else:
            desk.requests.close(CloseRequest(request, Outcome(arguments.how), text, day))
        sheet = desk.requests.get(request)
    said = _("Written down. {standing}.").format(standing=spoken_standing(sheet))
    tell(arguments, _facts(sheet), [said])
    return DONE


def _days(arguments: argparse.Namespace) -> int:
    from app.features.privacy.commands import SetInspectionDays

    with opened(arguments, "privacy") as desk:
        if arguments.days:
            desk.requests.set_days(SetInspectionDays(arguments.days))
        days = desk.requests.days()
    said = ngettext(
        "A record is shown within {count} day of the request.",
        "A record is shown within {count} days of the request.",
        days,
    ).format(count=days)
    tell(arguments, {"days": days}, [said])
    return DONE


def _notice(arguments: argparse.Namespace) -> int:
    from app.features.privacy.commands import SetPart2Notice

    text = None
    if arguments.file is not None:
        text = sys.stdin.read() if str(arguments.file) == "-" else text_of(arguments.file)
    with opened(arguments, "privacy") as desk:
        if text is not None:
            desk.privacy.set_part2_notice(SetPart2Notice(text))
        notice = desk.privacy.part2_notice()
    tell(arguments, {"notice": notice}, [notice or _("There is no notice yet.")])
    return DONE


def _label(arguments: argparse.Namespace) -> int:
    from app.features.privacy.commands import LabelPart2, UnlabelPart2

    command = (LabelPart2 if arguments.labelled else UnlabelPart2)(
        Labelled(arguments.kind), arguments.record
    )
    with opened(arguments, "privacy") as desk:
        desk.privacy.label(command)
    facts = {"kind": command.kind.value, "id": command.record, "labelled": arguments.labelled}
    said = _("The record is labelled.") if arguments.labelled else _("The label is off.")
    tell(arguments, facts, [said])
    return DONE
