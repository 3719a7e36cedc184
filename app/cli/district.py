"""`casewell district`: a district's keys and files for IT; a vault's district for its keeper."""

import argparse
import getpass
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli import DONE, finishing, opened, passphrase, tell, text_of, vault_options
from app.kernel.errors import Refused, Trouble
from app.kernel.words import _, ngettext

if TYPE_CHECKING:
    from app.sync.district_file import DistrictFile, Policy, SigningAge
    from app.sync.district_folder import Settings

_NONE, _ALL = "none", "all"


def add(commands: Any) -> None:
    """Add the command and its parts."""
    room = commands.add_parser("district", help=_("a district’s keys and files, and what they ask"))
    parts = room.add_subparsers(dest="part", metavar=_("WHAT"), required=True)

    init = parts.add_parser("init", help=_("make a district’s keys in a folder of IT’s own"))
    init.add_argument("folder", type=Path, metavar="FOLDER")
    init.add_argument("--name", required=True, help=_("what the district is called"))
    _recipients(init)
    _secret(init)
    init.set_defaults(run=_init)

    invite = parts.add_parser(
        "invite",
        help=_("make a signed file for a desk"),
        description=_("What is set is kept in the folder: the next file needs none of it again."),
    )
    invite.add_argument("folder", type=Path, metavar="FOLDER")
    invite.add_argument("--out", type=Path, required=True, metavar="FILE")
    invite.add_argument(
        "--label",
        default="",
        help=_("whom the invitation is for; without it: a file for desks that are in already"),
    )
    invite.add_argument(
        "--school",
        action="append",
        default=[],
        metavar="CODE",
        help=_(
            "a school that the desk may count, by its code in the roster, or as name:NAME where"
            " schools have no codes; repeatable; without it: any"
        ),
    )
    invite.add_argument("--name", default="", help=_("what the district is called from now on"))
    _recipients(invite)
    _places(invite)
    _policy_options(invite)
    _packs(invite)
    _secret(invite)
    invite.set_defaults(run=_invite)

    _desk_commands(parts)
    rotate = parts.add_parser(
        "rotate",
        help=_("let desks seal to a fresh key from now on"),
        description=_(
            "Makes a fresh age key, keeps those before to open what was sealed to them, and writes"
            " a file for desks that are in already. The words stay the same."
        ),
    )
    rotate.add_argument("folder", type=Path, metavar="FOLDER")
    rotate.add_argument("--out", type=Path, required=True, metavar="FILE")
    _secret(rotate)
    rotate.set_defaults(run=_rotate)

    keys = parts.add_parser("keys", help=_("which keys open what desks send"))
    keys.add_argument("folder", type=Path, metavar="FOLDER")
    _secret(keys)
    keys.set_defaults(run=_keys)

    retire = parts.add_parser(
        "retire",
        help=_("destroy an earlier key for good"),
        description=_(
            "What is still sealed to it and comes later is rejected, and its desk is told so."
        ),
    )
    retire.add_argument("folder", type=Path, metavar="FOLDER")
    retire.add_argument("key", metavar="AGE1…", help=_("the key, or how it begins"))
    retire.add_argument("--yes", action="store_true", help=_("do not ask whether it is meant"))
    _secret(retire)
    retire.set_defaults(run=_retire)

    show = parts.add_parser("show", help=_("what a district file says, and the words of its key"))
    show.add_argument("file", type=Path, metavar="FILE")
    show.add_argument("--json", action="store_true", help=_("print the result as JSON"))
    show.set_defaults(run=_show)

    load = parts.add_parser("load", help=_("let a vault take its district’s file"))
    vault_options(load)
    load.add_argument("file", type=Path, metavar="FILE")
    load.add_argument("--words", default="", help=_("the eight words of the key, as IT says them"))
    load.add_argument(
        "--shown-as", default="", metavar="NAME", help=_("how the district knows you")
    )
    load.set_defaults(run=_load)

    leave = parts.add_parser("leave", help=_("let a vault belong to its district no more"))
    vault_options(leave)
    leave.set_defaults(run=_leave)


def _desk_commands(parts: Any) -> None:
    """Add what IT does about desks that are in."""
    desks = parts.add_parser("desks", help=_("who was invited, who enrolled, who is blocked"))
    desks.add_argument("folder", type=Path, metavar="FOLDER")
    desks.add_argument(
        "--from", dest="source", metavar="DATABASE", help=_("what desks sent was collected there")
    )
    desks.set_defaults(run=_desks)

    block = parts.add_parser(
        "block",
        help=_("take nothing from a desk any more"),
        description=_(
            "From the next collection on nothing of the desk is taken, and it is told so. What was"
            " taken before stays."
        ),
    )
    block.add_argument("--reason", required=True, help=_("why; it stays in the folder"))
    block.set_defaults(run=_block)

    unblock = parts.add_parser("unblock", help=_("take from a desk again"))
    unblock.set_defaults(run=_unblock)

    schools = parts.add_parser("schools", help=_("say anew which schools a desk may count"))
    which = schools.add_mutually_exclusive_group(required=True)
    which.add_argument("--school", action="append", default=[], metavar="CODE",
                       help=_("a school that the desk may count, as for “invite”; repeatable"))  # fmt: skip
    which.add_argument("--any", action="store_true", help=_("let it count any school"))
    schools.set_defaults(run=_limit)

    for command in (block, unblock, schools):
        command.add_argument("folder", type=Path, metavar="FOLDER")
        command.add_argument(
            "desk", metavar="DESK", help=_("a desk’s id, or an invitation’s label or id")
        )
    for command in (desks, block, unblock, schools):
        command.add_argument("--json", action="store_true", help=_("print the result as JSON"))


def _recipients(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--recipient",
        action="append",
        default=[],
        metavar="AGE1…",
        help=_("a further age key that opens what desks send"),
    )


def _secret(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--passphrase-file",
        type=Path,
        metavar="FILE",
        help=_("read the passphrase of the keys from the first line of FILE instead of asking"),
    )
    command.add_argument("--json", action="store_true", help=_("print the result as JSON"))


def _places(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--destination",
        action="append",
        nargs="+",
        default=[],
        metavar=("LABEL", "CARRIER NAME=VALUE"),
        help=_(
            "where desks deliver: a label, folder, webdav, s3, azblob, onedrive, gdrive or sftp, and"
            " the options of it, without passwords; NAME=@FILE reads a value from a file"
        ),
    )
    command.add_argument(
        "--no-destination", action="append", default=[], metavar="LABEL", help=_("take one off")
    )
    command.add_argument(
        "--summary",
        action="append",
        default=[],
        metavar="KIND:EVERY:DAYS",
        help=_(
            "what desks send by themselves, as services:month:5 (services or use-of-time, month or"
            " week, days after its end); all that are given replace those before; none: nothing"
        ),
    )


def _policy_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--lock-minutes", metavar="MINUTES", help=_("at most so many, or none"))
    command.add_argument(
        "--may-leave",
        metavar="KINDS",
        help=_("kinds of summaries that may leave, as services,student; or all"),
    )
    command.add_argument(
        "--carriers", metavar="CARRIERS", help=_("by what they may leave, as webdav,sftp; or all")
    )
    command.add_argument(
        "--retention",
        action="append",
        default=[],
        metavar="KIND=MONTHS",
        help=_("for how long a kind of record is kept at the least; KIND=none takes it off"),
    )
    command.add_argument(
        "--age-of-consent",
        action="append",
        default=[],
        metavar="KIND=AGE[/AGE]",
        help=_("from which age a student signs alone, and beside a guardian: services=14/12"),
    )
    command.add_argument(
        "--small-cells", metavar="LIMIT", help=_("counts below it are small; or none")
    )
    command.add_argument(
        "--counts",
        choices=("exact", "suppressed"),
        help=_("whether the district is sent exact counts, or such without small cells"),
    )
    command.add_argument(
        "--part2-notice",
        type=Path,
        metavar="FILE",
        help=_("the text that goes along with substance use records (42 CFR 2.32)"),
    )


def _packs(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--instrument", action="append", default=[], type=Path, metavar="FILE",
        help=_("an instrument for screenings"),
    )  # fmt: skip
    command.add_argument(
        "--categories", action="append", default=[], type=Path, metavar="FILE",
        help=_("a set of categories of time"),
    )  # fmt: skip
    command.add_argument(
        "--no-pack", action="append", default=[], metavar="ID",
        help=_("take an instrument or a set of categories off"),
    )  # fmt: skip


# -- IT's side -----------------------------------------------------------------------


def _now() -> str:
    from app.kernel.clock import SystemClock

    return SystemClock().now().at


def _init(arguments: argparse.Namespace) -> int:
    from app.sync.district_file import fingerprint
    from app.sync.district_folder import DistrictFolder

    folder = DistrictFolder(arguments.folder)
    secret = passphrase(arguments.passphrase_file, _("Passphrase for the district’s keys: "))
    if arguments.passphrase_file is None and secret != getpass.getpass(_("Once more: ")):
        raise Refused("district-passphrases-differ", "passphrase")
    made = folder.init(arguments.name, secret, _now(), tuple(arguments.recipient))
    words = fingerprint(made.content.signing_key)
    tell(
        arguments,
        {
            "folder": str(folder.path),
            "recipients": list(made.content.recipients),
            "words": list(words),
        },
        [
            _("The keys are in {path}.").format(path=folder.keys_file),
            _("Whoever has that file and its passphrase reads what desks send. Keep two copies."),
            _("The words of the district’s key, for you to say to each desk:"),
            "  " + " ".join(words),
        ],
    )
    return DONE


def _invite(arguments: argparse.Namespace) -> int:
    from app.sync.district_folder import DistrictFolder

    folder = DistrictFolder(arguments.folder)
    _require_free(arguments.out)
    schools = _schools(arguments.school)
    if schools and not arguments.label.strip():
        raise Refused("district-school-label", "school")
    _changed(folder.settings(), arguments)  # what cannot be asked for is refused at once
    secret = passphrase(arguments.passphrase_file, _("Passphrase of the district’s keys: "))
    with finishing(), folder.alone():
        settings = _changed(folder.settings(), arguments)
        label = " ".join(arguments.label.split())
        data = folder.issue(settings, folder.keys(secret), label, _now(), schools)
        _hand_out(arguments.out, data)
    from app.sync.district_file import parse

    file = parse(data)
    words = file.fingerprint()
    tell(
        arguments,
        {
            "file": str(arguments.out),
            "serial": file.serial,
            "label": arguments.label,
            "invitation": file.invitation.id if file.invitation else "",
            "words": list(words),
        },
        [
            _("File {serial} of {name} is in {path}.").format(
                serial=file.serial, name=file.name, path=arguments.out
            ),
            _("It holds an invitation for “{label}”.").format(label=arguments.label)
            if arguments.label
            else _("It holds no invitation: it is for desks that are in already."),
            _("Say these words to whoever loads it, by phone or in person:"),
            "  " + " ".join(words),
        ],
    )
    return DONE


def _require_free(out: Path) -> None:
    """Refuse a place for a file before anything is changed for its sake."""
    if out.exists():
        raise Refused("district-place-taken", "out", path=str(out))
    if not out.absolute().parent.is_dir():
        raise Refused("collect-no-folder", "out", path=str(out.absolute().parent))


def _hand_out(out: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    beside = out.with_name(f".{out.name}.part")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(out)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise Trouble("file-unwritable", path=str(out), reason=error.strerror) from None


def _rotate(arguments: argparse.Namespace) -> int:
    from app.sync.district_file import parse
    from app.sync.district_folder import DistrictFolder

    folder = DistrictFolder(arguments.folder)
    _require_free(arguments.out)
    secret = passphrase(arguments.passphrase_file, _("Passphrase of the district’s keys: "))
    with finishing(), folder.alone():
        data = folder.rotate(secret, _now())
        _hand_out(arguments.out, data)
    file = parse(data)
    tell(
        arguments,
        {"file": str(arguments.out), "serial": file.serial, "recipients": list(file.recipients)},
        [
            _("File {serial} of {name} is in {path}.").format(
                serial=file.serial, name=file.name, path=arguments.out
            ),
            _("Desks that load it seal to the fresh key; the words stay the same."),
            _("Put {path} in the place of every copy before you give the file to a desk.").format(
                path=folder.keys_file
            ),
        ],
    )
    return DONE


def _keys(arguments: argparse.Namespace) -> int:
    from app.sync.district_folder import DistrictFolder

    keys = DistrictFolder(arguments.folder).keys(
        passphrase(arguments.passphrase_file, _("Passphrase of the district’s keys: "))
    )
    tell(
        arguments,
        {
            "key": keys.recipient,
            "earlier": [{"key": one.recipient, "until": one.until} for one in keys.earlier],
        },
        [
            _("In use: {key}").format(key=keys.recipient),
            *(
                _("Earlier, until {day}: {key}").format(
                    day=one.until[:10] or "–", key=one.recipient
                )
                for one in keys.earlier
            ),
        ],
    )
    return DONE


def _retire(arguments: argparse.Namespace) -> int:
    from app.sync.district_folder import DistrictFolder

    folder = DistrictFolder(arguments.folder)
    secret = passphrase(arguments.passphrase_file, _("Passphrase of the district’s keys: "))
    with folder.alone():
        keys = folder.keys(secret)
        known = (keys.recipient, *(one.recipient for one in keys.earlier))
        meant = [one for one in known if one.startswith(arguments.key)]
        if len(meant) != 1:
            raise Refused("district-key-unknown", "key", key=arguments.key)
        if not arguments.yes:
            _require_meant(meant[0])
        with finishing():
            left = folder.retire(secret, meant[0])
    tell(
        arguments,
        {"retired": meant[0], "earlier": [one.recipient for one in left.earlier]},
        [
            _("{key} is retired: nothing opens what is sealed to it any more.").format(
                key=meant[0]
            ),
            _("Put {path} in the place of every copy; whoever has an old one can open it.").format(
                path=folder.keys_file
            ),
        ],
    )
    return DONE


def _require_meant(key: str) -> None:
    """Say what retiring means, and refuse unless a person says that it is meant."""
    if not sys.stdin.isatty():
        raise Refused("district-retire-unsaid", "yes")
    print(
        _(
            "What is still sealed to {key} and comes later is rejected. Desks with the newest file"
            " make it anew; the others are told to load it. This cannot be undone."
        ).format(key=key),
        file=sys.stderr,
    )
    if input(_("Type the word retire: ")).strip() != "retire":
        raise Refused("district-retire-unsaid", "yes")


def _schools(texts: Sequence[str]) -> list[str]:
    """Return the keys of the schools that are meant."""
    from app.kernel.buildings import key_meant

    found = []
    for text in texts:
        key = key_meant(text)
        if not key:
            raise _option("school", text, "0420, name:Alder Middle")
        found.append(key)
    return list(dict.fromkeys(found))


def _limit(arguments: argparse.Namespace) -> int:
    from app.sync.district_folder import DistrictFolder

    folder, schools = DistrictFolder(arguments.folder), _schools(arguments.school)
    with finishing(), folder.alone():
        made = folder.limit(arguments.desk, schools)
    tell(
        arguments,
        {"label": made.label, "invitation": made.id, "schools": list(made.schools)},
        [_may_count(made.label, made.schools)],
    )
    return DONE


def _may_count(label: str, schools: Sequence[str]) -> str:
    return _("{label} may count: {schools}").format(
        label=label, schools=", ".join(schools) or _("any school")
    )


def _block(arguments: argparse.Namespace) -> int:
    from app.sync.district_folder import DistrictFolder

    folder = DistrictFolder(arguments.folder)
    with finishing(), folder.alone():
        made = folder.block(arguments.desk, arguments.reason, _now())
    tell(
        arguments,
        {"desk": made.desk, "invitation": made.invitation, "reason": made.reason, "at": made.at},
        [
            _("{desk} is blocked: nothing of it is taken from the next collection on.").format(
                desk=arguments.desk
            ),
            _("Collections read this folder; where one has a copy, block it there too."),
        ],
    )
    return DONE


def _unblock(arguments: argparse.Namespace) -> int:
    from app.sync.district_folder import DistrictFolder

    folder = DistrictFolder(arguments.folder)
    with finishing(), folder.alone():
        was = folder.unblock(arguments.desk)
    tell(
        arguments,
        {"desk": was.desk, "invitation": was.invitation},
        [
            _(
                "{desk} is not blocked any more. What was turned away meanwhile is sent again from"
                " the desk’s Outbox."
            ).format(desk=arguments.desk)
        ],
    )
    return DONE


def _desks(arguments: argparse.Namespace) -> int:
    from app.sync.district_folder import DistrictFolder

    rows = _desk_rows(DistrictFolder(arguments.folder).settings(), arguments.source)
    lines = []
    for row in rows:
        lines.append(_spoken_desk(row))
        if row["schools"]:
            lines.append("  " + _("may count: {schools}").format(schools=", ".join(row["schools"])))
        if row["blocked"]:
            lines.append(
                "  "
                + _("blocked on {day}: {reason}").format(
                    day=row["blocked_at"][:10], reason=row["blocked"]
                )
            )
    tell(arguments, {"desks": rows}, lines or [_("Nobody was invited yet.")])
    return DONE


def _desk_rows(settings: "Settings", source: str | None) -> list[dict[str, Any]]:
    """Return a row for each invitation and each desk that showed it, then for the other desks."""
    known = _known_desks(source)
    rows: list[dict[str, Any]] = []
    for invited in settings.invited:
        facts = {"label": invited.label, "invitation": invited.id, "serial": invited.serial,
                 "invited": invited.made, "schools": list(invited.schools)}  # fmt: skip
        showed = [one for one in known if one["invitation"] == invited.id]
        rows += [{**one, **facts} for one in showed or [_NOBODY]]
    told = {row["desk"] for row in rows}
    rows += [{**one, "serial": 0, "invited": "", "schools": []}
             for one in known if one["desk"] not in told]  # fmt: skip
    told = {row["desk"] for row in rows}
    rows += [{**_NOBODY, "desk": one.desk, "label": "", "invitation": "", "serial": 0, "invited": "",
              "schools": []} for one in settings.blocked if one.desk and one.desk not in told]  # fmt: skip
    for row in rows:
        mine = [
            one
            for one in settings.blocked
            if (one.desk and one.desk == row["desk"])
            or (one.invitation and one.invitation == row["invitation"])
        ]
        row["blocked"] = mine[0].reason if mine else ""
        row["blocked_at"] = mine[0].at if mine else ""
    return rows


_NOBODY: dict[str, Any] = {"desk": "", "standing": "", "name": "", "role": "", "first_seen": "",
                              "last_seen": "", "counter": 0}  # fmt: skip
"""What is known of the desk of an invitation that none has shown yet."""


def _known_desks(source: str | None) -> list[dict[str, Any]]:
    if source is None:
        return []
    from contextlib import closing
    from dataclasses import asdict

    from app.collect import tables
    from app.collect.book import Book
    from app.collect.places import database

    with closing(database(source, for_reading=True).engine) as engine:
        tables.check(engine)
        found = [asdict(one) for one in Book(engine).roll()]
    return [{"desk": one.pop("id"), **one} for one in found]


def _spoken_desk(row: Mapping[str, Any]) -> str:
    if not row["desk"]:
        return _("{label}: invited {day} (file {serial})").format(
            label=row["label"], day=row["invited"][:10], serial=row["serial"]
        )
    if not row["first_seen"]:
        return str(row["desk"])
    return _("{label}: desk {desk} of {name}, since {first}, last list {counter} on {last}").format(
        label=row["label"] or "–",
        desk=row["desk"],
        name=row["name"] or "–",
        first=row["first_seen"][:10],
        counter=row["counter"],
        last=row["last_seen"][:10] or "–",
    )


def _changed(settings: "Settings", arguments: argparse.Namespace) -> "Settings":
    """Return the settings with what the line asks for."""
    content = settings.content
    added = [one for one in arguments.recipient if one not in content.recipients]
    content = replace(
        content,
        name=arguments.name or content.name,
        recipients=(*content.recipients, *added),
        policy=_policy(content.policy, arguments),
    )
    content = _with_places(content, arguments)
    content = _with_standing(content, arguments.summary)
    return replace(settings, content=_with_packs(content, arguments))


def _with_places(content: "DistrictFile", arguments: argparse.Namespace) -> "DistrictFile":
    from app.sync.district_file import Place
    from app.sync.parcels import Address, Carrier, openly
    from app.sync.target import new_id

    places = {place.label: place for place in content.places}
    for label in arguments.no_destination:
        if places.pop(label, None) is None:
            raise Refused(
                "district-option", "no_destination", text=label, example=", ".join(places) or "–"
            )
    for words in arguments.destination:
        example = '"Share" webdav endpoint=https://… root=casewell'
        try:
            label, carrier, *options = words
            address = Address(Carrier(carrier), dict(_named(options, "--destination", example)))
        except ValueError:
            raise Refused(
                "district-option", "destination", text=openly(" ".join(words)), example=example
            ) from None
        known = places.get(label)
        places[label] = Place(known.id if known else new_id(), label, address)
    return replace(content, places=tuple(places.values()))


def _named(texts: Iterable[str], option: str, example: str) -> Iterable[tuple[str, str]]:
    """Yield the NAME=VALUE pairs; a value `@FILE` is the text of a file."""
    from app.sync.parcels import openly

    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise Refused("district-option", option.strip("-"), text=openly(text), example=example)
        yield name, text_of(Path(value[1:])) if value.startswith("@") else value


def _with_standing(content: "DistrictFile", texts: Sequence[str]) -> "DistrictFile":
    from app.kernel.documents import ABOUT_NOBODY, SummaryKind
    from app.sync.district_file import Standing

    if not texts:
        return content
    standing = []
    for text in texts:
        if text == _NONE:
            continue
        try:
            kind, every, days = text.split(":")
            one = Standing(SummaryKind(kind), every, int(days))
        except ValueError:
            raise _option("summary", text, "services:month:5") from None
        fits = every in {"month", "week"} and 0 <= one.days_after <= 60
        if not fits or one.kind not in ABOUT_NOBODY - {SummaryKind.ENROLMENT}:
            raise _option("summary", text, "services:month:5")
        standing.append(one)
    return replace(content, standing=tuple(standing))


def _option(field: str, text: str, example: str) -> Refused:
    return Refused("district-option", field, text=text, example=example)


def _policy(policy: "Policy", arguments: argparse.Namespace) -> "Policy":
    if arguments.lock_minutes is not None:
        policy = replace(
            policy, lock_minutes_most=_number(arguments.lock_minutes, "lock_minutes", 1, 15)
        )
    if arguments.may_leave is not None:
        policy = replace(policy, kinds=_words(arguments.may_leave))
    if arguments.carriers is not None:
        policy = replace(policy, carriers=_words(arguments.carriers))
    retention = dict(policy.retention_months)
    for kind, months in _named(arguments.retention, "--retention", "notes=84"):
        _keep(retention, kind, _number(months, "retention", 1, 1200))
    ages = dict(policy.age_of_consent)
    for kind, text in _named(arguments.age_of_consent, "--age-of-consent", "services=14/12"):
        _keep(ages, kind, None if text == _NONE else _age(text))
    policy = replace(policy, retention_months=retention, age_of_consent=ages)
    _require_lawful(policy)
    if arguments.part2_notice is not None:
        policy = replace(policy, part2_notice=text_of(arguments.part2_notice).strip())
    return _with_cells(policy, arguments)


def _keep(facts: dict[str, Any], name: str, value: object) -> None:
    if value is None:
        facts.pop(name, None)
    else:
        facts[name] = value


def _with_cells(policy: "Policy", arguments: argparse.Namespace) -> "Policy":
    from app.sync.district_file import SmallCells

    cells = policy.small_cells
    if arguments.small_cells is not None:
        limit = _number(arguments.small_cells, "small_cells", 2, 100)
        counts = cells.counts if cells else "suppressed"
        cells = None if limit is None else SmallCells(limit, counts)
    if arguments.counts is not None:
        if cells is None:
            raise _option("counts", arguments.counts, "--small-cells 10 --counts exact")
        cells = replace(cells, counts=arguments.counts)
    return replace(policy, small_cells=cells)


def _number(text: str, field: str, least: int, most: int) -> int | None:
    if text == _NONE:
        return None
    if not text.isdecimal() or not least <= int(text) <= most:
        raise Refused("number-between", field, least=least, most=most)
    return int(text)


def _words(text: str) -> frozenset[str] | None:
    if text == _ALL:
        return None
    return frozenset(word.strip() for word in text.split(",") if word.strip())


def _age(text: str) -> "SigningAge":
    from app.sync.district_file import SigningAge

    alone, _slash, besides = text.partition("/")
    try:
        return SigningAge(int(alone), int(besides) if besides else None)
    except ValueError:
        raise _option("age_of_consent", text, "services=14/12") from None


def _require_lawful(policy: "Policy") -> None:
    """Refuse ages that desks would refuse."""
    from app.features.consents.model.ages import accepted_ages

    accepted_ages((kind, age.alone, age.besides) for kind, age in policy.age_of_consent.items())


def _with_packs(content: "DistrictFile", arguments: argparse.Namespace) -> "DistrictFile":
    from app.features.screening.model.reading import read_instrument
    from app.features.time_use.model.categories import read_set

    instruments = {str(one.get("id")): one for one in content.instruments}
    categories = {str(one.get("code")): one for one in content.categories}
    for path in arguments.instrument:
        text = text_of(path)
        instruments[read_instrument(text.encode()).id] = _pack(path, text)
    for path in arguments.categories:
        text = text_of(path)
        categories[read_set(text).set.code] = _pack(path, text)
    for name in arguments.no_pack:
        if instruments.pop(name, None) is None and categories.pop(name, None) is None:
            known = ", ".join((*instruments, *categories)) or "–"
            raise _option("no_pack", name, known)
    return replace(
        content, instruments=tuple(instruments.values()), categories=tuple(categories.values())
    )


def _pack(path: Path, text: str) -> Mapping[str, Any]:
    from app.sync.signed import Malformed, object_of

    try:
        return object_of(text.encode(), "district-pack-malformed")
    except Malformed:
        raise Refused("district-pack-malformed", "instrument", path=str(path)) from None


# -- the desk's side -----------------------------------------------------------------


def _data(path: Path) -> bytes:
    from app.sync.district_file import MOST
    from app.vault.folder import read_small

    try:
        data = read_small(path, MOST)
    except OSError as error:
        raise Refused("file-unreadable", path=str(path), reason=error.strerror) from None
    if data is None:
        raise Refused("district-file-malformed", "file", where=path.name)
    return data


def _show(arguments: argparse.Namespace) -> int:
    from app.phrases.district_asks import asked
    from app.sync.district_file import facts_of, parse

    file = parse(_data(arguments.file))
    facts = facts_of(file) | {"words": list(file.fingerprint())}
    if file.invitation is not None:
        facts["invitation"] = {
            "id": file.invitation.id,
            "label": file.invitation.label,
            "schools": list(file.invitation.schools),
        }
    tell(
        arguments,
        facts,
        [
            _("{name}, file {serial}").format(name=file.name, serial=file.serial),
            _("Words of the key: {words}").format(words=" ".join(file.fingerprint())),
            *(
                [_("Invitation for: {label}").format(label=file.invitation.label)]
                if file.invitation
                else []
            ),
            *(
                [_may_count(file.invitation.label, file.invitation.schools)]
                if file.invitation and file.invitation.schools
                else []
            ),
            *asked(file),
        ],
    )
    return DONE


def _load(arguments: argparse.Namespace) -> int:
    from app.features.district.commands import LoadDistrictFile
    from app.features.district.model import Step
    from app.phrases import sentence_of

    data = _data(arguments.file)
    with opened(arguments, "district") as desk:
        looked = desk.district.preview(data)
        words = arguments.words
        if looked.step is Step.FIRST and not words and sys.stdin.isatty():
            print(_("Ask IT for the eight words of the district’s key."))
            words = input(_("Words: "))
        loaded = desk.district.load(LoadDistrictFile(data, words, arguments.shown_as))
    left_out = [pack for pack in loaded.packs if pack.code]
    tell(
        arguments,
        {
            "district": looked.file.name,
            "serial": looked.file.serial,
            "step": loaded.step.value,
            "packs": [
                {"kind": one.kind.value, "title": one.title, "code": one.code}
                for one in loaded.packs
            ],
        },
        [
            _("The vault belongs to {name} (file {serial}).").format(
                name=looked.file.name, serial=looked.file.serial
            ),
            ngettext(
                "{count} pack is in the vault.",
                "{count} packs are in the vault.",
                len(loaded.packs) - len(left_out),
            ).format(count=len(loaded.packs) - len(left_out)),
            *(
                _("{title} was left out: {reason}").format(
                    title=one.title, reason=sentence_of(one.code, one.facts or {})
                )
                for one in left_out
            ),
        ],
    )
    return DONE


def _leave(arguments: argparse.Namespace) -> int:
    from app.features.district.commands import LeaveDistrict

    with opened(arguments, "district") as desk:
        desk.district.leave(LeaveDistrict())
    tell(arguments, {}, [_("The vault belongs to no district any more.")])
    return DONE
