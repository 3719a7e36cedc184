"""`casewell medication`: the board, a month's record and the stock, without a screen."""

import argparse
from typing import TYPE_CHECKING, Any

from app.cli import DONE, opened, tell, vault_options
from app.kernel.errors import Refused
from app.kernel.words import _, ngettext

if TYPE_CHECKING:
    from app.features.medication.service.papers import Cell


def add(commands: Any) -> None:
    """Add the command and its parts."""
    medication = commands.add_parser(
        "medication", help=_("doses due, a month's record, and the stock")
    )
    parts = medication.add_subparsers(dest="part", metavar=_("WHAT"), required=True)

    board = parts.add_parser("board", help=_("today's doses as they stand now"))
    vault_options(board)
    board.set_defaults(run=_board)

    month = parts.add_parser("month", help=_("one student's medication record of a month"))
    vault_options(month)
    month.add_argument(
        "--student", required=True, metavar="NUMBER", help=_("the student's number or id")
    )
    month.add_argument("--month", required=True, metavar="MONTH", help=_("as YYYY-MM"))
    month.set_defaults(run=_month)

    stock = parts.add_parser("stock", help=_("what is in the cupboard"))
    vault_options(stock)
    stock.add_argument("--controlled", action="store_true", help=_("controlled substances only"))
    stock.set_defaults(run=_stock)


def _board(arguments: argparse.Namespace) -> int:
    from app.overviews.medication_words import STATES, spoken_clock, spoken_dose

    with opened(arguments, "medication") as desk:
        board = desk.medication.doses.board()
        lines = [
            _("{time}  {state}  {student}  {medicine}, {dose}").format(
                time=spoken_clock(line.slot.time),
                state=_(STATES[line.state]),
                student=line.pupil.listed,
                medicine=line.order.title(),
                dose=spoken_dose(line.order),
            )
            for line in board.lines
        ]
    tell(
        arguments,
        {
            "at": board.at.at,
            "zone": board.at.zone,
            "window_minutes": board.window.minutes,
            "doses": [
                {
                    "student": line.pupil.id,
                    "number": line.pupil.number,
                    "order": line.order.id,
                    "medicine": line.order.title(),
                    "day": line.slot.day,
                    "time": line.slot.time,
                    "state": line.state.value,
                    "school": line.pupil.school,
                    "room": line.pupil.room,
                    "findings": [finding.code for finding in line.findings],
                }
                for line in board.lines
            ],
        },
        lines or [_("No dose is due today.")],
    )
    return DONE


def _month(arguments: argparse.Namespace) -> int:
    from app.overviews.medication_words import CODES, spoken_clock

    with opened(arguments, "medication") as desk:
        number = arguments.student
        found = [
            pupil
            for pupil in desk.medication.orders.find_pupils(number)
            if number in {pupil.number, pupil.id}
        ] or ([desk.medication.orders.pupil(number)] if len(number) == 36 else [])
        if not found:
            raise Refused("student-gone", "student")
        sheet = desk.medication.papers.month_sheet(found[0].id, arguments.month)
    lines = [
        _("{student}, {month}").format(student=sheet.pupil.listed, month=arguments.month),
        *(
            _("{medicine} {time}: {cells}").format(
                medicine=row.order.title(),
                time=spoken_clock(row.time),
                cells=" ".join(_said(cell) for cell in row.cells if cell.state is not None),
            )
            for row in sheet.rows
        ),
        ngettext("{count} dose as needed.", "{count} doses as needed.", len(sheet.prn)).format(
            count=len(sheet.prn)
        ),
    ]
    tell(
        arguments,
        {
            "student": sheet.pupil.id,
            "month": arguments.month,
            "rows": [
                {
                    "order": row.order.id,
                    "medicine": row.order.title(),
                    "time": row.time,
                    "days": {
                        cell.day: {"state": cell.state.value, "text": cell.text, "note": cell.note}
                        for cell in row.cells
                        if cell.state is not None
                    },
                }
                for row in sheet.rows
            ],
            "as_needed": [
                {
                    "medicine": entry.order.title(),
                    "given_at": entry.dose.given_at,
                    "amount_thousandths": entry.dose.amount,
                    "unit": entry.dose.unit.value,
                    "effect": entry.effect.value if entry.effect else "",
                }
                for entry in sheet.prn
            ],
            "key": {signer.initials: signer.name for signer in sheet.key},
            "codes": {code.value: _(CODES[code]) for code in sheet.codes},
            "given": sheet.given,
        },
        lines,
    )
    return DONE


def _said(cell: "Cell") -> str:
    return f"{int(cell.day[-2:])}={cell.text or '·'}"


def _stock(arguments: argparse.Namespace) -> int:
    from app.overviews.medication_words import spoken_amount

    with opened(arguments, "medication") as desk:
        held = desk.medication.stock.containers(controlled=arguments.controlled)
    tell(
        arguments,
        {
            "containers": [
                {
                    "id": one.container.id,
                    "student": one.container.student_id,
                    "medicine": one.container.title(),
                    "left_thousandths": one.balance,
                    "unit": one.container.unit.value,
                    "expires_on": one.container.expires_on,
                    "schedule": one.container.schedule.value,
                    "open_discrepancies": one.discrepancies,
                }
                for one in held
            ]
        },
        [
            _("{medicine}: {amount} ({owner})").format(
                medicine=one.container.title(),
                amount=spoken_amount(one.balance, one.container.unit),
                owner=one.student or one.school,
            )
            for one in held
        ]
        or [_("The cupboard is empty.")],
    )
    return DONE
