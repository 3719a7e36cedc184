"""`casewell collect`: what desks laid at a place, taken into a district's database; its report."""

import argparse
import errno
import os
import re
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli import DONE, in_trouble, passphrase, tell
from app.kernel.errors import Refused, Trouble
from app.kernel.words import _, ngettext

if TYPE_CHECKING:
    from app.collect.engines import Engine
    from app.collect.findings import Collected, Finding

REPORT = "report"
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
_YEAR = re.compile(r"\d{4}(-\d\d)?", re.ASCII)
_SHOWN = 8
"""Digits of a desk's id or of an object's name that are enough to find it by."""


def add(commands: Any) -> None:
    """Add the command."""
    collect = commands.add_parser(
        "collect",
        help=_("take what desks sent into the district's database; report on it"),
        description=_(
            "Takes what desks laid at DESTINATION into a database: `casewell collect DESTINATION"
            " --into DATABASE --keys FOLDER`. Exit code 1 says that something needs a person."
            " `casewell collect report --from DATABASE --month 2026-10 --out FILE` makes the"
            " district's report."
        ),
    )
    collect.add_argument(
        "destination",
        nargs="?",
        default="",
        metavar="DESTINATION",
        help=_("a folder, an https:// address (WebDAV), or a JSON file with carrier and options"),
    )
    collect.add_argument(
        "--into",
        metavar="DATABASE",
        help=_("FILE.db (SQLite), FILE.duckdb, postgresql://…, or parquet:FOLDER"),
    )
    collect.add_argument(
        "--keys", type=Path, metavar="FOLDER", help=_("the district's keys and district file")
    )
    collect.add_argument(
        "--passphrase-file",
        type=Path,
        metavar="FILE",
        help=_("read the passphrase from the first line of FILE instead of asking"),
    )
    collect.add_argument(
        "--credentials-file", type=Path, metavar="FILE", help=_("JSON with what opens DESTINATION")
    )
    collect.add_argument(
        "--admit",
        action="append",
        default=[],
        metavar="DESK",
        help=_("let in a desk that showed no invitation, by its id; repeatable"),
    )
    collect.add_argument(
        "--thorough",
        action="store_true",
        help=_("read again every manifest that was taken, and compare"),
    )
    collect.add_argument("--json", action="store_true", help=_("print the result as JSON"))
    report = collect.add_argument_group(_("for `report`"))
    report.add_argument("--from", dest="source", metavar="DATABASE")
    report.add_argument("--month", metavar="MONTH", help=_("as YYYY-MM"))
    report.add_argument(
        "--year", metavar="YEAR", help=_("a calendar year (2026) or a school year (2026-27)")
    )
    report.add_argument("--out", type=Path, metavar="FILE", help=_("the report as a PDF"))
    report.add_argument(
        "--site", type=Path, metavar="FOLDER", help=_("the report as a page, index.html in FOLDER")
    )
    report.add_argument(
        "--limit", type=int, metavar="COUNT", help=_("hold back counts below COUNT (otherwise 5)")
    )
    report.add_argument("--paper", choices=["letter", "a4"], default="letter")
    collect.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    if arguments.destination == REPORT:
        return _report(arguments)
    try:
        return _collect(arguments)
    except KeyboardInterrupt:
        raise Trouble("collect-stopped") from None


def _collect(arguments: argparse.Namespace) -> int:
    from app.collect import lake, tables
    from app.collect.collecting import Collector
    from app.collect.judging import Judge
    from app.collect.limits import limits_of
    from app.collect.places import address_of, credentials_of, database, let_in, settings_of
    from app.kernel.clock import SystemClock
    from app.sync.destinations import reach
    from app.sync.district_folder import DistrictFolder
    from app.sync.parcels import Carrier
    from app.sync.signed import hexadecimal

    if not arguments.into:
        raise Refused("collect-needs-into", "into")
    if not arguments.destination and not arguments.admit:
        raise Refused("collect-needs-destination", "destination")
    for desk in arguments.admit:
        if not hexadecimal(desk, 32):
            raise Refused("collect-desk-id", "admit", desk=desk)
    if not arguments.destination:
        return _admit(arguments)
    if arguments.keys is None:
        raise Refused("collect-needs-keys", "keys")
    address = address_of(arguments.destination)
    credentials = credentials_of(arguments.credentials_file)
    settings = settings_of(arguments.keys)
    district = settings.content if settings else None
    secret = passphrase(arguments.passphrase_file, _("Passphrase of the district’s keys: "))
    keys = DistrictFolder(arguments.keys).keys(secret)
    judge = Judge(keys.identities, keys.public, lambda kind: let_in(kind, district))
    # Nearby, reading all of it costs little.
    thorough = arguments.thorough or address.carrier is Carrier.FOLDER
    into = database(arguments.into)
    with closing(into.engine) as engine:
        tables.prepare(engine)
        _let_in(engine, arguments.admit)
        if into.lake is not None:
            # What a run that was cut off left undone.
            lake.write(engine, into.lake)
        with closing(reach(address, credentials)) as place:
            collected = Collector(
                place,
                engine,
                judge,
                keys,
                SystemClock(),
                thorough=thorough,
                lake=into.lake is not None,
                limits=limits_of(settings),
            )()
        if into.lake is not None:
            lake.write(engine, into.lake)
    tell(arguments, collected.facts(), _said(collected))
    return in_trouble(_("Something needs a person: see above.")) if collected.asks else DONE


def _admit(arguments: argparse.Namespace) -> int:
    from app.collect import tables
    from app.collect.places import database

    with closing(database(arguments.into).engine) as engine:
        tables.prepare(engine)
        _let_in(engine, arguments.admit)
    tell(
        arguments,
        {"admitted": arguments.admit},
        [_("Let in: {desk}").format(desk=desk) for desk in arguments.admit],
    )
    return DONE


def _let_in(engine: "Engine", desks: list[str]) -> None:
    from app.collect.book import Book
    from app.collect.engines import transaction
    from app.kernel.clock import SystemClock

    with transaction(engine):
        for desk in desks:
            Book(engine).admit(desk, SystemClock().now().at)


def _said(collected: "Collected") -> list[str]:
    from app.phrases.collect import spoken_finding

    lines = [
        ngettext("{count} desk.", "{count} desks.", collected.desks).format(count=collected.desks),
        _(
            "{taken} taken, {already} here already, {rejected} rejected; {receipts} receipts"
            " written."
        ).format(
            taken=collected.taken,
            already=collected.already,
            rejected=collected.rejected,
            receipts=collected.receipts,
        ),
    ]
    lines += [spoken_finding(_short(finding)) for finding in collected.findings]
    return lines


def _short(finding: "Finding") -> "Finding":
    from app.collect.findings import Finding

    facts = dict(finding.facts)
    for name in ("object", "other"):
        if isinstance(facts.get(name), str):
            facts[name] = str(facts[name])[:_SHOWN]
    return Finding(finding.code, finding.desk, facts)


def _report(arguments: argparse.Namespace) -> int:
    from app.collect import tables
    from app.collect.figures import figures, months_of
    from app.collect.places import database, district_of
    from app.collect.report_paper import report_page, report_pdf
    from app.kernel.clock import SystemClock
    from app.kernel.suppression import LEAST

    if not arguments.source:
        raise Refused("collect-needs-from", "from")
    if arguments.out is None and arguments.site is None:
        raise Refused("collect-needs-out", "out")
    if (arguments.month is None) == (arguments.year is None):
        raise Refused("collect-needs-month", "month")
    if arguments.month is not None and not _MONTH.fullmatch(arguments.month):
        raise Refused("collect-needs-month", "month")
    if arguments.year is not None and not _year(arguments.year):
        raise Refused("collect-year", "year")
    district = district_of(arguments.keys) if arguments.keys else None
    cells = district.policy.small_cells if district else None
    limit = arguments.limit
    if limit is None:
        limit = cells.limit if cells else LEAST
    if not 2 <= limit <= 100:
        raise Refused("number-between", "limit", least=2, most=100)
    months = months_of(arguments.year) if arguments.year else [arguments.month]
    made = SystemClock().now()
    today = made.day().isoformat()
    with closing(database(arguments.source, for_reading=True).engine) as engine:
        tables.check(engine)
        found = figures(engine, months, limit, closed=_is_over(arguments.year, months, today))
    name = district.name if district else ""
    written = []
    if arguments.out is not None:
        written.append(_write(arguments.out, report_pdf(found, name, made, arguments.paper)))
    if arguments.site is not None:
        try:
            arguments.site.mkdir(exist_ok=True)
        except OSError as error:
            raise Trouble(
                "file-unwritable", path=str(arguments.site), reason=error.strerror
            ) from None
        written.append(_write(arguments.site / "index.html", report_page(found, name, made)))
    tell(
        arguments,
        {"written": [str(path) for path in written], "desks": found.desks, "limit": limit},
        [_("Written: {path}").format(path=path) for path in written],
    )
    return DONE


def _year(text: str) -> bool:
    if not _YEAR.fullmatch(text):
        return False
    return len(text) == len("2026") or int(text[5:]) == (int(text[:4]) + 1) % 100


def _is_over(year: str | None, months: Sequence[str], today: str) -> bool:
    """Tell whether it is a school year, and its last month is over."""
    return year is not None and "-" in year and months[-1] < today[:7]


def _write(path: Path, data: bytes) -> Path:
    """Write a file whole or not at all; one of an earlier report gives way."""
    if path.is_dir():
        raise Trouble("file-unwritable", path=str(path), reason=os.strerror(errno.EISDIR))
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise Trouble("file-unwritable", path=str(path), reason=error.strerror) from None
    return path
