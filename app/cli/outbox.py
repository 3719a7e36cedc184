"""`casewell outbox`: what waits and what left, where it goes, and what opens the places."""

import argparse
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli import DONE, in_trouble, opened, tell, vault_options
from app.cli.ground import add_ground, release_of
from app.kernel.documents import SummaryKind
from app.kernel.errors import Refused
from app.kernel.words import _
from app.overviews.reports.student_summary import Part
from app.sync.parcels import Carrier, openly

if TYPE_CHECKING:
    from app.bootstrap import Desk
    from app.features.outbox.model.records import Destination, ParcelLine

_EXAMPLE = '{"username": "…", "password": "…"}'


def add(commands: Any) -> None:
    """Add the command and its parts."""
    outbox = commands.add_parser("outbox", help=_("what waits to leave, what left, and where to"))
    parts = outbox.add_subparsers(dest="part", metavar=_("WHAT"), required=True)

    listed = parts.add_parser("list", help=_("what waits"))
    vault_options(listed)
    listed.add_argument("--all", action="store_true", help=_("also what left"))
    listed.set_defaults(run=_list)

    for name, about in (
        ("show", _("one summary, and what became of it")),
        ("pause", _("hold a summary back")),
        ("resume", _("let it go on")),
        ("resend", _("send the same once more")),
        ("cancel", _("take a summary back before it is delivered")),
    ):
        part = parts.add_parser(name, help=about)
        vault_options(part)
        part.add_argument(
            "parcel", metavar="ID", help=_("as “list” shows it; its beginning will do")
        )
        part.set_defaults(run=_show if name == "show" else _step, step=name)

    _add_places(parts)

    send = parts.add_parser("send", help=_("seal a summary for a place; “casewell sync” sends it"))
    vault_options(send)
    send.add_argument(
        "kind",
        choices=[kind.value for kind in SummaryKind if kind is not SummaryKind.ENROLMENT],
    )
    send.add_argument("--period", required=True, metavar="PERIOD", help=_("as YYYY-MM, or DAY/DAY"))
    send.add_argument("--place", required=True, metavar="NAME")
    send.add_argument("--student", metavar="NUMBER", help=_("the student's number or id"))
    send.add_argument(
        "--section",
        action="append",
        choices=[part.value for part in Part],
        default=[],
        help=_("a section; repeatable"),
    )
    send.add_argument(
        "--mask-others",
        action="store_true",
        help=_("mask other students named in the texts (otherwise such a summary is refused)"),
    )
    add_ground(send)
    send.set_defaults(run=_send)


def _add_places(parts: Any) -> None:
    places = parts.add_parser("destinations", help=_("the places, and how it stands with each"))
    vault_options(places)
    places.set_defaults(run=_places)

    new = parts.add_parser("add-destination", help=_("add a place of your own"))
    vault_options(new)
    new.add_argument("label", metavar="NAME")
    new.add_argument("--carrier", required=True, choices=[one.value for one in Carrier])
    new.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help=_("where it is: path, endpoint, root …; repeatable"),
    )
    new.add_argument(
        "--recipient",
        action="append",
        required=True,
        metavar="AGE1…",
        help=_("whose key opens what is sent there; repeatable"),
    )
    _takes_credentials(new)
    new.set_defaults(run=_add_place)

    secret = parts.add_parser("credentials", help=_("replace what opens a place"))
    vault_options(secret)
    secret.add_argument("place", metavar="NAME")
    _takes_credentials(secret)
    secret.set_defaults(run=_credentials)

    for name, about in (
        ("pause-destination", _("send nothing to a place for now")),
        ("resume-destination", _("send to it again")),
        ("remove-destination", _("take a place off the list; what went there stays known")),
        ("test-destination", _("look whether a place can be reached; nothing is sent")),
    ):
        part = parts.add_parser(name, help=about)
        vault_options(part)
        part.add_argument("place", metavar="NAME")
        part.set_defaults(run=_turn, turn=name.partition("-")[0])


def _takes_credentials(part: argparse.ArgumentParser) -> None:
    part.add_argument(
        "--credentials-file",
        type=Path,
        metavar="FILE",
        help=_("read what opens the place from FILE, as JSON, instead of asking"),
    )


# -- which one is meant ------------------------------------------------------------------


def chosen_place(desk: "Desk", name: str) -> "Destination":
    """Return the place that is called so, or whose id begins so."""
    places = [line.destination for line in desk.outbox.destinations()]
    found = [one for one in places if one.label == name] or [
        one for one in places if one.label.casefold() == name.casefold() or one.id.startswith(name)
    ]
    if not found:
        raise Refused("place-unknown", "place", name=name)
    if len(found) > 1:
        raise Refused("place-several", "place", name=name, count=len(found))
    return found[0]


def _chosen_parcel(desk: "Desk", name: str) -> str:
    found = [line.parcel.id for line in _every(desk) if line.parcel.id.startswith(name)]
    if not found:
        raise Refused("parcel-gone")
    if len(found) > 1:
        raise Refused("parcel-several", name=name, count=len(found))
    return found[0]


def _every(desk: "Desk") -> "list[ParcelLine]":
    waiting, left = desk.outbox.counts()
    return [*desk.outbox.waiting(0, waiting), *desk.outbox.left(0, left)]


# -- parcels -----------------------------------------------------------------------------


def _list(arguments: argparse.Namespace) -> int:
    with opened(arguments, "outbox") as desk:
        waiting, left = desk.outbox.counts()
        lines = desk.outbox.waiting(0, waiting)
        if arguments.all:
            lines = [*lines, *desk.outbox.left(0, left)]
    tell(
        arguments,
        {"waiting": waiting, "left": left, "summaries": [_facts(line) for line in lines]},
        [said for line in lines for said in (_said(line), *_waits_for(line))]
        or [_("Nothing waits.")],
    )
    return DONE


def _show(arguments: argparse.Namespace) -> int:
    from app.phrases.outbox import spoken_parcel, spoken_step

    with opened(arguments, "outbox") as desk:
        line, events = desk.outbox.parcel(_chosen_parcel(desk, arguments.parcel))
    tell(
        arguments,
        {
            **_facts(line),
            "sha256": line.parcel.name,
            "bytes": line.parcel.bytes,
            "disclosures": list(line.parcel.disclosures),
            "events": [{"what": one.what, "code": one.code, "at": one.at} for one in events],
        },
        [
            _said(line),
            spoken_parcel(line),
            *(
                _("{when}: {what}").format(
                    when=one.moment.wall().strftime("%Y-%m-%d %H:%M"),
                    what=spoken_step(one.what),
                )
                for one in events
            ),
            _("{bytes} bytes, SHA-256 {sha256}").format(
                bytes=f"{line.parcel.bytes:,}", sha256=line.parcel.name
            ),
        ],
    )
    return DONE


def _step(arguments: argparse.Namespace) -> int:
    from app.features.outbox.commands import CancelParcel, PauseParcel, ResendParcel, ResumeParcel

    with opened(arguments, "outbox") as desk:
        outbox, parcel = desk.outbox, _chosen_parcel(desk, arguments.parcel)
        {
            "pause": lambda: outbox.pause(PauseParcel(parcel)),
            "resume": lambda: outbox.resume(ResumeParcel(parcel)),
            "resend": lambda: outbox.resend(ResendParcel(parcel)),
            "cancel": lambda: outbox.cancel(CancelParcel(parcel)),
        }[arguments.step]()
        line, _events = outbox.parcel(parcel)
    tell(arguments, _facts(line), [_said(line)])
    return DONE


def _send(arguments: argparse.Namespace) -> int:
    from app.features.outbox.commands import SendSummary

    arguments.to_whom = arguments.to_whom or arguments.place
    release = release_of(arguments)
    with opened(arguments, "outbox") as desk:
        place = chosen_place(desk, arguments.place)
        choices: dict[str, Any] = {"mask_others": arguments.mask_others}
        if arguments.section:
            choices["sections"] = arguments.section
        student = desk.summaries.student(arguments.student) if arguments.student else None
        made = desk.outbox.send(
            SendSummary(
                SummaryKind(arguments.kind),
                arguments.period,
                place.id,
                release.recipient,
                release.purpose,
                release.terms,
                student,
                choices,
            )
        ).made
        line, _events = desk.outbox.parcel(made)
    tell(arguments, _facts(line), [_said(line)])
    return DONE


def _facts(line: "ParcelLine") -> dict[str, Any]:
    parcel = line.parcel
    return {
        "id": parcel.id,
        "kind": parcel.kind.value,
        "period": parcel.period,
        "revision": parcel.revision,
        "place": line.place,
        "to": parcel.recipient,
        "why": parcel.purpose,
        "student": parcel.student_id,
        "made": parcel.made_at,
        "state": line.state.value,
        "reason": line.code,
        "tries": line.tries,
        "due": line.due,
        "delivered": line.delivered_at,
        "acknowledged": line.acknowledged_at,
    }


def _said(line: "ParcelLine") -> str:
    from app.phrases.outbox import spoken_kind, spoken_period, spoken_state

    facts = {
        "id": line.parcel.id,
        "what": spoken_kind(line.parcel.kind),
        "period": spoken_period(line.parcel.period) or "–",
        "place": line.place,
        "state": spoken_state(line.state),
    }
    return _("{id}  {what}, {period}, to {place}: {state}").format_map(facts)


def _waits_for(line: "ParcelLine") -> list[str]:
    """Return what a summary that could not be sent waits for."""
    from app.phrases.outbox import spoken_parcel
    from app.sync.parcels import State

    return [f"    {spoken_parcel(line)}"] if line.state is State.FAILED else []


# -- places ------------------------------------------------------------------------------


def _places(arguments: argparse.Namespace) -> int:
    from app.phrases.outbox import CARRIERS

    with opened(arguments, "outbox") as desk:
        lines = desk.outbox.destinations()
    tell(
        arguments,
        {
            "destinations": [
                {
                    "id": line.destination.id,
                    "label": line.destination.label,
                    "carrier": line.destination.carrier.value,
                    "options": dict(line.destination.options),
                    "recipients": list(line.destination.recipients),
                    "district": bool(line.destination.district),
                    "paused": line.destination.paused,
                    "waiting": line.waiting,
                    "delivered": line.delivered,
                    "acknowledged": line.acknowledged,
                }
                for line in lines
            ]
        },
        [
            _("{id}  {label} ({carrier}): {waiting} waiting, {delivered} delivered").format(
                id=line.destination.id,
                label=line.destination.label,
                carrier=_(CARRIERS[line.destination.carrier]),
                waiting=line.waiting,
                delivered=line.delivered + line.acknowledged,
            )
            for line in lines
        ]
        or [_("There is no place to send to. “casewell outbox add-destination” adds one.")],
    )
    return DONE


def _add_place(arguments: argparse.Namespace) -> int:
    from app.features.outbox.commands import AddDestination

    options: dict[str, str] = {}
    for text in arguments.option:
        name, sign, value = text.partition("=")
        if not sign:
            raise Refused("place-option-form", "options", text=openly(text))
        options[name] = value
    carrier = Carrier(arguments.carrier)
    credentials = _from_file(arguments.credentials_file) if arguments.credentials_file else {}
    with opened(arguments, "outbox") as desk:
        made = desk.outbox.places.add(
            AddDestination(arguments.label, carrier, options, arguments.recipient, credentials)
        ).made
    tell(
        arguments,
        {"id": made},
        [_("{place} is on the list.").format(place=" ".join(arguments.label.split()))],
    )
    return DONE


def _credentials(arguments: argparse.Namespace) -> int:
    from app.features.outbox.commands import ReplaceCredentials

    given = _from_file(arguments.credentials_file) if arguments.credentials_file else None
    with opened(arguments, "outbox") as desk:
        place = chosen_place(desk, arguments.place)
        credentials = _asked(place.carrier) if given is None else given
        desk.outbox.places.replace_credentials(ReplaceCredentials(place.id, credentials))
    tell(
        arguments,
        {"id": place.id, "kept": sorted(name for name, value in credentials.items() if value)},
        [_("What opens {place} was replaced. It is not shown again.").format(place=place.label)],
    )
    return DONE


def _asked(carrier: Carrier) -> dict[str, str]:
    """Ask for each entry without showing it; an empty one is left out."""
    import getpass
    import sys

    from app.features.outbox.model.rules import SECRETS
    from app.phrases.outbox import ENTRIES

    if not sys.stdin.isatty():
        raise Refused("passphrase-absent")
    return {
        name: getpass.getpass(_("{entry} (empty: none): ").format(entry=_(ENTRIES[name])))
        for name in SECRETS[carrier]
    }


def _from_file(path: Path) -> Mapping[str, str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise Refused("file-unreadable", path=str(path), reason=error.strerror) from None
    except ValueError:
        raise Refused("credentials-unreadable", example=_EXAMPLE) from None
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        raise Refused("credentials-unreadable", example=_EXAMPLE)
    return found


def _turn(arguments: argparse.Namespace) -> int:
    from app.features.outbox.commands import (
        PauseDestination,
        RemoveDestination,
        ResumeDestination,
    )
    from app.phrases import sentence
    from app.sync.troubles import SendingTrouble

    done = {
        "pause": _("{place} is paused."),
        "resume": _("{place} is sent to again."),
        "remove": _("{place} is off the list."),
        "test": _("{place} can be reached."),
    }[arguments.turn]
    with opened(arguments, "outbox") as desk:
        place = chosen_place(desk, arguments.place)
        places = desk.outbox.places
        turns: dict[str, Callable[[], object]] = {
            "pause": lambda: places.pause(PauseDestination(place.id)),
            "resume": lambda: places.resume(ResumeDestination(place.id)),
            "remove": lambda: places.remove(RemoveDestination(place.id)),
            "test": lambda: desk.outbox.try_place(place.id),
        }
        try:
            turns[arguments.turn]()
        except SendingTrouble as trouble:
            tell(arguments, {"id": place.id, "trouble": trouble.code}, [])
            return in_trouble(_("{place}: {why}").format(place=place.label, why=sentence(trouble)))
    tell(arguments, {"id": place.id}, [done.format(place=place.label)])
    return DONE
