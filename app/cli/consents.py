"""`casewell consents`: consents and releases, their scans and the ages, without a screen."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli import DONE, bytes_of, opened, tell, vault_options
from app.kernel.errors import Refused
from app.kernel.releases import ConsentKind, Matter
from app.kernel.words import _

if TYPE_CHECKING:
    from app.bootstrap import Desk
    from app.features.consents.repo import ConsentLine
    from app.features.consents.service import ConsentSheet
    from app.kernel.ids import StudentId

_VIEWS = ("active", "lapsing", "not_begun", "over", "all")
_TEXTS = (
    "description",
    "recipient",
    "purpose",
    "discloser",
    "revoke_how",
    "signer_name",
    "capacity",
    "identified",
    "approval",
    "witness",
    "signed_on",
    "since",
    "until_on",
    "until_event",
    "comment",
)
_CHECKS = ("recipient_class", "treatment", "says_redisclosure", "says_refusal", "student_signed")


def add(commands: Any) -> None:
    """Add the command and its parts."""
    room = commands.add_parser("consents", help=_("consents and releases"))
    parts = room.add_subparsers(dest="part", metavar=_("WHAT"), required=True)

    listed = parts.add_parser("list", help=_("consents, the newest first"))
    vault_options(listed)
    listed.add_argument("--state", choices=_VIEWS, default="active")
    listed.add_argument(
        "--lapsing",
        action="store_const",
        const="lapsing",
        dest="state",
        help=_("those that lapse within 30 days"),
    )
    listed.add_argument("--kind", choices=[kind.value for kind in ConsentKind], default="")
    listed.add_argument("--student", default="", metavar=_("ID or number"))
    listed.set_defaults(run=_list)

    shown = parts.add_parser("show", help=_("one consent"))
    vault_options(shown)
    shown.add_argument("consent", metavar="ID")
    shown.set_defaults(run=_show)

    _add_record(parts)

    revoke = parts.add_parser("revoke", help=_("write down that a consent was revoked"))
    vault_options(revoke)
    revoke.add_argument("consent", metavar="ID")
    revoke.add_argument("--by", required=True, help=_("who revoked it"))
    revoke.add_argument("--how", required=True, help=_("in a letter, by telephone, in person"))
    revoke.add_argument("--on", default="", metavar=_("DAY"), help=_("from this day on"))
    revoke.set_defaults(run=_revoke)

    scan = parts.add_parser("save-scan", help=_("a copy of the signed paper, as it was scanned"))
    vault_options(scan)
    scan.add_argument("consent", metavar="ID")
    scan.add_argument("--to-whom", required=True, help=_("who receives it"))
    scan.add_argument("--out", required=True, type=Path, metavar="FILE")
    scan.set_defaults(run=_save_scan)

    form = parts.add_parser("form", help=_("a release to be signed, as PDF"))
    vault_options(form)
    form.add_argument("--student", required=True, metavar=_("ID or number"))
    form.add_argument("--kind", choices=["release", "part2"], default="release")
    form.add_argument("--recipient", default="", help=_("to whom something may be disclosed"))
    form.add_argument("--purpose", default="")
    form.add_argument("--description", default="", help=_("exactly what"))
    _add_matters(form)
    form.add_argument("--until", default="", metavar=_("DAY"))
    form.add_argument("--paper", choices=["letter", "a4"], default="letter")
    form.add_argument("--to-whom", required=True, help=_("who is to sign it"))
    form.add_argument("--out", required=True, type=Path, metavar="FILE")
    form.set_defaults(run=_form)


def _add_matters(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--matter",
        action="append",
        default=[],
        dest="matters",
        choices=[matter.value for matter in Matter],
        help=_("what of the record; can be given several times"),
    )


def _add_record(parts: Any) -> None:
    record = parts.add_parser("record", help=_("write down a consent that was signed"))
    vault_options(record)
    record.add_argument("--student", required=True, metavar=_("ID or number"))
    record.add_argument("--kind", choices=[kind.value for kind in ConsentKind], required=True)
    record.add_argument("--signer", choices=["guardian", "student", "other"], default="guardian")
    record.add_argument(
        "--way", choices=["paper", "on_screen", "electronic", "telephone"], default="paper"
    )
    _add_matters(record)
    for name in _TEXTS:
        record.add_argument(f"--{name.replace('_', '-')}", default="")
    for name in _CHECKS:
        record.add_argument(f"--{name.replace('_', '-')}", action="store_true")
    record.add_argument("--scan", type=Path, metavar="FILE", help=_("PDF, PNG or JPEG"))
    record.set_defaults(run=_record)


def _student(desk: "Desk", number_or_id: str) -> "StudentId":
    return desk.summaries.student(number_or_id)


def _line(line: "ConsentLine") -> dict[str, object]:
    one = line.consent
    return {
        "id": one.id,
        "student": one.student_id,
        "kind": one.kind.value,
        "state": line.state.value,
        "lapses_soon": line.lapses_soon,
        "recipient": one.recipient,
        "purpose": one.purpose,
        "matters": list(one.matters),
        "since": one.since,
        "until": one.until_on,
        "until_event": one.until_event,
        "signed_on": one.signed_on,
        "scans": line.scans,
    }


def _list(arguments: argparse.Namespace) -> int:
    from app.features.consents.repo import PAGE, Narrowing, View
    from app.overviews.consent_words import STATES, spoken_about, spoken_end, spoken_kind

    with opened(arguments, "consents") as desk:
        student = _student(desk, arguments.student) if arguments.student else ""
        by = Narrowing(View(arguments.state), student, arguments.kind)
        count = desk.consents.count(by)
        lines = [line for start in range(0, count, PAGE) for line in desk.consents.page(by, start)]
    tell(
        arguments,
        {"count": count, "consents": [_line(line) for line in lines]},
        [
            _("{id}  {student}: {kind}, {state}, {until}. {about}").format(
                id=line.consent.id,
                student=line.pupil.name,
                kind=spoken_kind(line.consent.kind),
                state=_(STATES[line.state]),
                until=spoken_end(line.consent),
                about=spoken_about(line.consent),
            )
            for line in lines
        ]
        or [_("No consent here.")],
    )
    return DONE


def _facts(sheet: "ConsentSheet") -> dict[str, object]:
    from dataclasses import asdict

    return {
        **asdict(sheet.consent),
        "state": sheet.state.value,
        "lapses_soon": sheet.lapses_soon,
        "recorded_by": sheet.by,
        "ends": [asdict(end) for end in sheet.ends],
        "scans": [asdict(scan) for scan in sheet.scans],
        "corrects": [one.id for one in sheet.before],
        "corrected_by": sheet.replaced_by.id if sheet.replaced_by else "",
    }


def _show(arguments: argparse.Namespace) -> int:
    from app.overviews.consent_words import (
        STATES,
        spoken_end,
        spoken_ending,
        spoken_kind,
        spoken_matters,
        spoken_recipient,
        spoken_signer,
    )
    from app.overviews.reports.wording import spoken_day

    with opened(arguments, "consents") as desk:
        sheet = desk.consents.sheet(arguments.consent)
    one = sheet.consent
    said = [
        _("{kind}: {name}, {state}").format(
            kind=spoken_kind(one.kind), name=sheet.pupil.name, state=_(STATES[sheet.state])
        ),
        spoken_recipient(one),
        spoken_matters(one.matters),
        one.description,
        one.purpose,
        _("Signed on {day} by {name}").format(
            day=spoken_day(one.signed_on), name=spoken_signer(one)
        ),
        spoken_end(one),
        *(spoken_ending(end) for end in sheet.standing_ends),
    ]
    tell(arguments, _facts(sheet), [line for line in said if line])
    return DONE


def _record(arguments: argparse.Namespace) -> int:
    from dataclasses import replace

    from app.features.consents.commands import RecordConsent
    from app.features.consents.model.elements import ConsentForm
    from app.kernel.ids import StudentId, new_id

    scan = bytes_of(arguments.scan) if arguments.scan else b""
    typed: dict[str, Any] = {name: getattr(arguments, name) for name in (*_TEXTS, *_CHECKS)}
    form = replace(
        ConsentForm(StudentId("")),
        kind=arguments.kind,
        signer=arguments.signer,
        way=arguments.way,
        matters=tuple(arguments.matters),
        **typed,
    )
    with opened(arguments, "consents") as desk:
        form = replace(form, student_id=_student(desk, arguments.student))
        made = desk.consents.record(RecordConsent(new_id(), form, scan)).made
    tell(arguments, {"consent": made}, [_("The consent is recorded: {id}").format(id=made)])
    return DONE


def _revoke(arguments: argparse.Namespace) -> int:
    from app.features.consents.commands import RevokeConsent

    command = RevokeConsent(arguments.consent, arguments.by, arguments.how, arguments.on)
    with opened(arguments, "consents") as desk:
        made = desk.consents.revoke(command).made
    tell(arguments, {"revocation": made}, [_("The revocation is written down.")])
    return DONE


def _save_scan(arguments: argparse.Namespace) -> int:
    from app.overviews.reports.consent_papers import to_family
    from app.overviews.reports.leaving import require_place

    release = to_family(arguments.to_whom, _("A copy of what was signed"))
    require_place(arguments.out)
    with opened(arguments, "consents") as desk:
        scans = desk.consents.sheet(arguments.consent).scans
        if not scans:
            raise Refused("consent-has-no-scan")
        disclosure = desk.consent_papers.save_scan(scans[0].id, arguments.out, release)
    return _saved(arguments, release.recipient, disclosure)


def _form(arguments: argparse.Namespace) -> int:
    from app.overviews.reports.consent_papers import BlankForm, to_family
    from app.overviews.reports.leaving import require_place

    release = to_family(arguments.to_whom, _("To be signed"))
    require_place(arguments.out)
    with opened(arguments, "consents") as desk:
        blank = BlankForm(
            _student(desk, arguments.student),
            ConsentKind(arguments.kind),
            arguments.recipient,
            tuple(arguments.matters),
            arguments.description,
            arguments.purpose,
            until_on=arguments.until,
        )
        disclosure = desk.consent_papers.save_form(blank, arguments.out, release, arguments.paper)
    return _saved(arguments, release.recipient, disclosure)


def _saved(arguments: argparse.Namespace, recipient: str, disclosure: str) -> int:
    tell(
        arguments,
        {"file": str(arguments.out), "disclosure": disclosure},
        [
            _("Saved to {path}.").format(path=arguments.out),
            _("The disclosure to {recipient} is on record.").format(recipient=recipient),
        ],
    )
    return DONE
