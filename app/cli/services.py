"""`casewell services`: what is owed, and taking it over from an IEP system, without a screen."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli import DONE, in_trouble, opened, tell, vault_options
from app.kernel.errors import Refused, Trouble
from app.kernel.words import _, ngettext

if TYPE_CHECKING:
    from app.features.services.model.importing import RefusedRow
    from app.features.services.service.minutes import ImportLook


def add(commands: Any) -> None:
    """Add the command and its parts."""
    from app.features.services.model.importing import COLUMNS, REQUIRED

    services = commands.add_parser("services", help=_("services owed, and who was referred"))
    parts = services.add_subparsers(dest="part", metavar=_("WHAT"), required=True)

    minutes = parts.add_parser("minutes", help=_("what is owed now, what is at risk first"))
    vault_options(minutes)
    minutes.add_argument("--at-risk", action="store_true", help=_("only what is at risk"))
    minutes.set_defaults(run=_minutes)

    bring = parts.add_parser(
        "import-mandates",
        help=_("take over services owed from a CSV file"),
        description=_(
            "Columns, in any order: {columns}. Needed: {needed}. Either all rows are taken over"
            " or none; a row that is here already is passed over, one with other terms becomes a"
            " new version."
        ).format(columns=", ".join(COLUMNS), needed=", ".join(REQUIRED)),
    )
    vault_options(bring)
    bring.add_argument("file", type=Path, metavar="FILE")
    bring.add_argument("--dry-run", action="store_true", help=_("only say what would be done"))
    bring.add_argument(
        "--skip-refused",
        action="store_true",
        help=_("take over the rest where some rows are refused"),
    )
    bring.set_defaults(run=_import)


def _minutes(arguments: argparse.Namespace) -> int:
    from app.features.services.repo.minutes import MinutesFilter
    from app.overviews.services_words import STANDINGS, spoken_need

    with opened(arguments, "services") as desk:
        today = desk.clock.now().day().isoformat()
        which = MinutesFilter(at_risk=arguments.at_risk)
        lines, total = desk.services.minutes.lines(which)
    tell(
        arguments,
        {
            "total": total,
            "services": [
                {
                    "student": line.student_id,
                    "service": line.service,
                    "unit": line.unit.value,
                    "period": line.period.value,
                    "first": line.first,
                    "last": line.last,
                    "owed": line.owed,
                    "given": line.given,
                    "standing": line.standing.value,
                    "planned_sessions": line.planned_sessions,
                }
                for line in lines
            ],
        },
        [
            _("{name}, {service}: {standing}; {need}").format(
                name=line.student,
                service=line.service,
                standing=_(STANDINGS[line.standing]),
                need=spoken_need(
                    remaining=line.remaining,
                    unit=line.unit,
                    last=line.last,
                    today=today,
                    planned=line.planned_sessions,
                    schedules=True,
                ),
            )
            for line in lines
        ]
        or [_("Nothing is owed.")],
    )
    return DONE


def _import(arguments: argparse.Namespace) -> int:
    from app.features.services.commands import ImportMandates
    from app.features.services.model.importing import MOST_BYTES, read_table

    try:
        with arguments.file.open("rb") as file:
            table = read_table(file.read(MOST_BYTES + 1))
    except OSError as error:
        raise Trouble("disk-trouble", reason=error.strerror) from error
    with opened(arguments, "services") as desk:
        look = desk.services.minutes.look_at(table)
        writes = bool(look.rows) and not arguments.dry_run
        if writes and look.refused and not arguments.skip_refused:
            writes = False
        if writes:
            desk.services.minutes.import_mandates(ImportMandates(look.rows))
    tell(
        arguments,
        {
            "new": len(look.fresh),
            "changed": len(look.changed),
            "same": len(look.same),
            "refused": [
                {"line": one.line, "column": one.column, "code": one.refused.code}
                for one in look.refused
            ],
            "written": len(look.rows) if writes else 0,
        },
        [
            *(_said(one) for one in look.refused),
            _("{new} new, {changed} changed, {same} here already, {refused} refused.").format(
                new=len(look.fresh),
                changed=len(look.changed),
                same=len(look.same),
                refused=len(look.refused),
            ),
            *_written(look, writes=writes),
        ],
    )
    if look.refused and not writes and not arguments.dry_run:
        raise Refused("mandates-refused", "file", count=len(look.refused))
    return DONE if writes or not look.refused else in_trouble(_("Nothing was written."))


def _written(look: "ImportLook", *, writes: bool) -> list[str]:
    if writes:
        said = ngettext(
            "{count} row was taken over.", "{count} rows were taken over.", len(look.rows)
        )
        return [said.format(count=len(look.rows))]
    return [] if look.refused else [_("Nothing was written.")]


def _said(one: "RefusedRow") -> str:
    from app.phrases import sentence

    return _("Line {line}, {column}: {reason}").format(
        line=one.line, column=one.column or "–", reason=sentence(one.refused)
    )
