"""`casewell roster import`: bring a roster in without a screen, or look at what it would do."""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.cli import DONE, chosen_vault, just_opened, passphrase, tell, vault_options
from app.features.roster.merge import KINDS
from app.features.roster.model import Problem, Roster
from app.features.roster.opening import Opened, open_file
from app.features.roster.reading.detect import MappingNeeded
from app.features.roster.reading.table import Mapping, Target
from app.features.roster.reading.values import DateOrder
from app.features.roster.report import Line, Preview
from app.features.roster.service import RosterService
from app.kernel.errors import Refused
from app.kernel.words import _

_SHOWN_PROBLEMS = 20
_LISTED = 1_000_000_000


def add(commands: Any) -> None:
    """Add the command and its parts."""
    roster = commands.add_parser("roster", help=_("bring a roster in"))
    parts = roster.add_subparsers(dest="part", metavar=_("PART"), required=True)
    bring = parts.add_parser(
        "import",
        help=_("import a roster"),
        description=_(
            "Import a OneRoster or Clever export (zip or folder), or any CSV or XLSX of students."
        ),
    )
    vault_options(bring)
    bring.add_argument("file", type=Path, metavar="FILE", help=_("a zip, a folder or a table"))
    bring.add_argument(
        "--dry-run", action="store_true", help=_("say what would happen and write nothing")
    )
    bring.add_argument(
        "--mapping",
        action="append",
        default=[],
        metavar="COLUMN=FIELD",
        help=_(
            "for a table: which column (its header or its number) holds what; repeatable; "
            "“guess” begins with the columns as they are guessed"
        ),
    )
    bring.add_argument(
        "--date-order",
        choices=[order.value for order in DateOrder],
        default="",
        help=_("for a table: whether day or month stands first"),
    )
    bring.add_argument(
        "--family-first",
        action="store_true",
        help=_("for a table: whole names are written with the family name first"),
    )
    bring.add_argument(
        "--school", default="", metavar="NAME", help=_("for a table without a school column")
    )
    bring.add_argument(
        "--everyone",
        action="store_true",
        help=_("for a table: students who came by a table and are not in it have left"),
    )
    bring.add_argument(
        "--allow-many-leaving",
        action="store_true",
        help=_("accept that a large part of the students is marked as having left"),
    )
    bring.add_argument(
        "--problems",
        type=Path,
        metavar="FILE",
        help=_("save the rows that were refused, noted or changed as FILE.csv or FILE.xlsx"),
    )
    bring.set_defaults(run=_import)


def _import(arguments: argparse.Namespace) -> int:
    from app.bootstrap import open_vault
    from app.vault.places import ThisDevice

    _check_problems(arguments)
    # A file that cannot be read is refused before the passphrase is asked for.
    with _Meter() as progress:
        opened = open_file(arguments.file, progress)
    secret = passphrase(arguments.passphrase_file)
    device = ThisDevice.here().device
    desk = just_opened(open_vault(chosen_vault(arguments), secret, device, purpose="roster"))
    try:
        return _carry_out(arguments, desk.roster, opened)
    finally:
        desk.close()


def _carry_out(arguments: argparse.Namespace, service: RosterService, opened: Opened) -> int:
    from app.features.roster.commands import ImportRoster, RememberMapping

    said = opened.said
    mapping: Mapping | None = None
    if isinstance(said, MappingNeeded):
        mapping = _chosen_mapping(arguments, said, service.mapping(said.preview.fingerprint))
        with _Meter() as progress:
            opened = open_file(arguments.file, progress, mapping)
    roster = opened.said
    if not isinstance(roster, Roster):
        raise TypeError(roster)
    if arguments.dry_run:
        with _Meter() as progress:
            preview = service.preview(roster, progress)
        _tell_preview(arguments, preview, opened)
        return DONE
    with _Meter() as progress:
        done = service.import_roster(
            ImportRoster(roster, opened.sha256, arguments.allow_many_leaving), progress
        )
    if mapping is not None:
        service.remember_mapping(RememberMapping(mapping.fingerprint, mapping.as_json()))
    from app.phrases.roster_report import counts_said

    saved = _save_problems(arguments, service, done.id)
    facts = {
        "import": done.id,
        "dry_run": False,
        "format": roster.format.value,
        "sha256": opened.sha256,
        "counts": dict(done.counts),
        "problems": _problem_facts(done.problems),
        **saved,
    }
    lines = [_("The roster was imported."), *counts_said(done.counts)]
    lines += _problem_lines(done.problems)
    if saved:
        lines.append(
            _("Saved {path}. It names students: send it only to who sent the roster.").format(
                path=arguments.problems
            )
        )
    tell(arguments, facts, lines)
    return DONE


def _check_problems(arguments: argparse.Namespace) -> None:
    """Refuse, before anything is done, a file that the outcome cannot be saved as."""
    if arguments.problems is None:
        return
    from app.overviews.reports.leaving import require_place
    from app.paper.sheets import Sheet, as_file

    if arguments.dry_run:
        raise Refused("roster-problems-dry", "problems")
    as_file(Sheet("", (), ()), arguments.problems.name)
    require_place(arguments.problems)


def _save_problems(
    arguments: argparse.Namespace, service: RosterService, import_id: str
) -> dict[str, Any]:
    if arguments.problems is None:
        return {}
    from app.overviews.reports.roster_outcome import save_outcome
    from app.paper.sheets import as_file
    from app.phrases.roster_sheet import outcome_sheet

    sheet = outcome_sheet(service, import_id)
    data = as_file(sheet, arguments.problems.name)
    digest = save_outcome(service, import_id, data, len(sheet.rows), arguments.problems)
    return {
        "problems_file": str(arguments.problems),
        "problems_rows": len(sheet.rows),
        "problems_sha256": digest,
    }


def _chosen_mapping(arguments: argparse.Namespace, needed: MappingNeeded, kept: str) -> Mapping:
    """Return the mapping that was asked for, else the remembered one; refuse to guess alone."""
    headers, guess = needed.preview.headers, needed.guess
    told = [one for one in arguments.mapping if one != "guess"]
    if not arguments.mapping:
        if not kept:
            guessed = ", ".join(
                f"{header}={name}"
                for header, name in zip(headers, guess.fields, strict=True)
                if name
            )
            raise Refused(
                "roster-needs-mapping", "mapping", file=needed.preview.file, expected=guessed
            )
        return _with_options(arguments, Mapping.from_json(kept))
    fields = list(guess.fields) if "guess" in arguments.mapping else [""] * len(headers)
    for one in told:
        column, _sign, name = one.rpartition("=")
        if name not in {"", *Target}:
            raise Refused(
                "roster-mapping-field", "mapping", column=name, expected=", ".join(Target)
            )
        fields[_place(headers, column, needed.preview.file)] = name
    return _with_options(arguments, replace(guess, fields=tuple(fields)))


def _with_options(arguments: argparse.Namespace, mapping: Mapping) -> Mapping:
    return replace(
        mapping,
        date_order=arguments.date_order or mapping.date_order,
        family_first=arguments.family_first or mapping.family_first,
        everyone=arguments.everyone,
        school=arguments.school or mapping.school,
    )


def _place(headers: Sequence[str], column: str, file: str) -> int:
    if column in headers:
        return headers.index(column)
    if column.isdecimal() and 1 <= int(column) <= len(headers):
        return int(column) - 1
    raise Refused(
        "roster-mapping-column", "mapping", file=file, column=column, expected=", ".join(headers)
    )


def _tell_preview(arguments: argparse.Namespace, preview: Preview, opened: Opened) -> None:
    from app.phrases import sentence_of
    from app.phrases.roster_report import change_said, counts_said

    facts: dict[str, Any] = {
        "dry_run": True,
        "format": preview.format.value,
        "source": preview.source,
        "sha256": opened.sha256,
        "counts": dict(preview.counts),
        "many_leaving": preview.many_leaving,
        "problems": _problem_facts(preview.problems),
        "offers": [
            {"name": o.name, "field": o.field, "ours": o.ours, "theirs": o.theirs, "line": o.line}
            for o in preview.offers(0, _LISTED)
        ],
    }
    for kind in KINDS:
        facts[kind] = [_line_facts(line) for line in preview.lines(kind, 0, _LISTED)]
    lines = [_("Nothing was written. The import would do this:"), *counts_said(preview.counts)]
    for line in preview.lines("changed", 0, _SHOWN_PROBLEMS):
        changes = "; ".join(change_said(change) for change in line.changes)
        lines.append(_("{name} – {changes}").format(name=line.name, changes=changes))
    if preview.many_leaving:
        leaving = {"leaving": preview.counts["left"], "of": preview.of_source}
        lines.append(sentence_of("roster-many-leaving", leaving))
    tell(arguments, facts, [*lines, *_problem_lines(preview.problems)])


def _line_facts(line: Line) -> dict[str, Any]:
    return {
        "name": line.name,
        "grade": line.grade,
        "school": line.school,
        "line": line.line,
        "changes": {change.field: [change.old, change.new] for change in line.changes},
    }


def _problem_facts(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    from app.phrases.roster_report import problem_said

    return [
        {
            "severity": problem.severity.value,
            "code": problem.code,
            "file": problem.file,
            "line": problem.line,
            "column": problem.column,
            "rows": problem.rows,
            "sentence": problem_said(problem),
        }
        for problem in problems
    ]


def _problem_lines(problems: Sequence[Problem]) -> list[str]:
    from app.phrases.roster_report import place_said, problem_said

    lines = [
        _("{place}: {sentence}").format(place=place_said(problem), sentence=problem_said(problem))
        for problem in problems[:_SHOWN_PROBLEMS]
    ]
    if len(problems) > _SHOWN_PROBLEMS:
        more = len(problems) - _SHOWN_PROBLEMS
        lines.append(_("and {count} more (see --json)").format(count=more))
    return lines


class _Meter:
    """Shows how far a long step is, where someone watches; gone without a trace after it."""

    def __enter__(self) -> Callable[[int, int], None]:
        self._shows = sys.stderr.isatty()
        return self._show

    def _show(self, done: int, of: int) -> None:
        if self._shows and of:
            print(f"\r{done * 100 // of:3d} %", end="", file=sys.stderr, flush=True)

    def __exit__(self, *_error: object) -> None:
        if self._shows:
            print("\r     \r", end="", file=sys.stderr, flush=True)
