"""`casewell screening`: instruments, screenings from a file, and open risks, without a screen."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli import DONE, bytes_of, opened, tell, vault_options
from app.kernel.errors import Refused
from app.kernel.words import _, ngettext
from app.phrases import sentence_of

if TYPE_CHECKING:
    from app.features.screening.model.instruments import Instrument
    from app.features.screening.model.scoring import Result


def add(commands: Any) -> None:
    """Add the command and its parts."""
    room = commands.add_parser("screening", help=_("instruments, screenings and risks"))
    parts = room.add_subparsers(dest="part", metavar=_("WHAT"), required=True)

    known = parts.add_parser("instruments", help=_("what can be scored, and what is not confirmed"))
    vault_options(known)
    known.set_defaults(run=_instruments)

    score = parts.add_parser(
        "score", help=_("score answers by a shipped instrument; opens no vault")
    )
    score.add_argument("instrument")
    score.add_argument("answers", type=Path, help=_('JSON: {"1": 0, "2": 3, …}'))
    score.add_argument("--informant", default="self")
    score.add_argument("--age", type=int)
    score.add_argument("--grade", default="")
    score.add_argument("--json", action="store_true", help=_("print JSON"))
    score.set_defaults(run=_score)

    listed = parts.add_parser("list", help=_("screenings, the newest first"))
    vault_options(listed)
    listed.add_argument("--instrument", default="")
    listed.set_defaults(run=_list)

    risks = parts.add_parser("risks", help=_("follow-ups that nobody has closed"))
    vault_options(risks)
    risks.set_defaults(run=_risks)

    load = parts.add_parser("load", help=_("take in an instrument, or the wording of one"))
    vault_options(load)
    load.add_argument("file", type=Path)
    load.add_argument("--wording-of", default="", metavar=_("INSTRUMENT"))
    load.set_defaults(run=_load)

    taken = parts.add_parser("import", help=_("answers of a class or school from a CSV"))
    vault_options(taken)
    taken.add_argument("file", type=Path)
    taken.add_argument("--instrument", required=True)
    taken.add_argument("--informant", default="self")
    taken.add_argument("--day", default="", help=_("where the file has no date"))
    taken.add_argument("--round", default="", help=_("of which universal screening"))
    taken.set_defaults(run=_import)


def _facts(one: "Instrument") -> dict[str, object]:
    return {
        "id": one.id,
        "version": one.version,
        "title": one.title,
        "informants": [each.value for each in one.informants],
        "items": len(one.items),
        "outside": one.outside,
        "loinc": one.loinc,
        "source": one.source,
        "licence": one.licence,
        "unconfirmed": list(one.unconfirmed()),
    }


def _instruments(arguments: argparse.Namespace) -> int:
    with opened(arguments, "screening") as desk:
        found = sorted(desk.screening.instruments().values(), key=lambda one: one.title)
    tell(
        arguments,
        {"instruments": [_facts(one) for one in found]},
        [
            _("{id}  {title}: {purpose}").format(id=one.id, title=one.title, purpose=one.purpose)
            for one in found
        ],
    )
    return DONE


def _result(result: "Result") -> dict[str, object]:
    return {
        "scales": [
            {
                "scale": one.scale.id,
                "score": one.score,
                "why_not": one.why_not.value if one.why_not else "",
                "band": one.band.code if one.band else "",
                "cutoffs": [each.code for each in one.reached],
                "missing": one.missing,
                "prorated": one.prorated,
            }
            for one in result.scales
        ],
        "outcome": result.outcome.code if result.outcome else "",
        "risks": [one.code for one in result.risks],
    }


def _score(arguments: argparse.Namespace) -> int:
    from app.features.screening.model.instruments import Informant
    from app.features.screening.model.reading import shipped_instruments
    from app.features.screening.model.scoring import About, score
    from app.overviews.screening_words import spoken_result

    instrument = shipped_instruments().get(arguments.instrument)
    if instrument is None:
        raise Refused("instrument-unknown", "instrument")
    try:
        typed = json.loads(bytes_of(arguments.answers))
        answers = {str(item): value for item, value in typed.items()}
        informant = Informant(arguments.informant)
    except (ValueError, AttributeError):
        raise Refused("screening-needs-answers", "answers") from None
    result = score(instrument, answers, About(informant, arguments.age, arguments.grade))
    said = [
        *([str(result.outcome.label)] if result.outcome else []),
        *(f"{one.scale.label}: {spoken_result(one)}" for one in result.scales),
        *(str(one.label) for one in result.risks),
    ]
    tell(arguments, _result(result), said)
    return DONE


def _list(arguments: argparse.Namespace) -> int:
    from app.features.screening.repo import Narrowing
    from app.overviews.reports.wording import spoken_day
    from app.overviews.screening_words import spoken_level, spoken_total

    by = Narrowing(instrument=arguments.instrument)
    with opened(arguments, "screening") as desk:
        lines, count = desk.screening.screenings(by), desk.screening.count(by)
        instruments = desk.screening.instruments()
    tell(
        arguments,
        {
            "count": count,
            "screenings": [
                {
                    "id": line.screening.id,
                    "student": line.screening.student_id,
                    "instrument": line.screening.instrument,
                    "taken_on": line.screening.taken_on,
                    "scores": {one[0]: one[1] for one in line.screening.scores},
                    "outcome": line.screening.outcome,
                    "level": line.screening.level,
                    "risk": line.screening.risk,
                }
                for line in lines
            ],
        },
        [
            _("{day}  {student}: {title}. {result}. {level}").format(
                day=spoken_day(line.screening.taken_on),
                student=line.student,
                title=line.screening.title,
                result=spoken_total(line.screening, instruments.get(line.screening.instrument)),
                level=spoken_level(line.screening.level),
            )
            for line in lines
        ]
        or [_("No screening yet.")],
    )
    return DONE


def _risks(arguments: argparse.Namespace) -> int:
    from app.overviews.screening_words import URGENCIES

    with opened(arguments, "screening") as desk:
        lines = desk.screening.open_risks()
    tell(
        arguments,
        {
            "count": len(lines),
            "risks": [
                {
                    "id": line.risk.id,
                    "student": line.risk.student_id,
                    "screening": line.risk.screening_id,
                    "code": line.risk.code,
                    "urgency": line.risk.urgency.value,
                    "recorded_at": line.risk.recorded_at,
                }
                for line in lines
            ],
        },
        [
            _("{urgency}  {student}: {risk}").format(
                urgency=_(URGENCIES[line.risk.urgency]),
                student=line.student,
                risk=line.risk.label,
            )
            for line in lines
        ]
        or [_("No risk is open.")],
    )
    return DONE


def _load(arguments: argparse.Namespace) -> int:
    from app.features.screening.commands import LoadInstrument, LoadWording

    data = bytes_of(arguments.file)
    with opened(arguments, "screening") as desk:
        if arguments.wording_of:
            desk.screening.load_wording(LoadWording(arguments.wording_of, data))
        else:
            desk.screening.load_instrument(LoadInstrument(data))
    tell(arguments, {"loaded": True}, [_("The file is taken in.")])
    return DONE


def _import(arguments: argparse.Namespace) -> int:
    from app.features.screening.commands import ImportScreenings
    from app.overviews.screening_words import spoken_problem

    data = bytes_of(arguments.file)
    command = ImportScreenings(
        arguments.instrument, arguments.informant, data, arguments.round, arguments.day
    )
    with opened(arguments, "screening") as desk:
        told = desk.screening.import_file(command)
    problems = [
        {"line": one.line, "column": one.column, "reason": one.reason, "risk": one.asks}
        for one in told.problems
    ]
    taken = ngettext(
        "{count} screening was taken in.", "{count} screenings were taken in.", told.taken
    )
    tell(
        arguments,
        {
            "taken": told.taken,
            "risks": told.risks,
            "left_out": problems,
            "without": list(told.without),
        },
        [
            taken.format(count=told.taken),
            *(spoken_problem(one, sentence_of(one.reason, {})) for one in told.problems),
        ],
    )
    return DONE
