"""The medication record of a month as data: what the paper of that name says, entry by entry."""

from collections.abc import Sequence
from typing import Any

from app.features.medication.model.doses import Dose, Outcome
from app.features.medication.model.orders import Order
from app.features.medication.service.papers import MonthSheet, PrnEntry
from app.kernel.clock import Moment
from app.overviews.medication_words import (
    spoken_amount,
    spoken_dose,
    spoken_medicine,
    spoken_timing,
)

_Row = dict[str, Any]
_NO_END = "9999"


def medication_month_body(period: str, sheets: Sequence[MonthSheet]) -> _Row:
    """Return the body of a month's medication records, a student's each."""
    return {
        "casewell": "summary",
        "kind": "medication-month",
        "version": 1,
        "period": period,
        "students": [_record(sheet) for sheet in sheets],
    }


def _record(sheet: MonthSheet) -> _Row:
    pupil = sheet.pupil
    orders = dict.fromkeys([row.order for row in sheet.rows])
    orders |= dict.fromkeys(sheet.prn_orders) | dict.fromkeys(one.order for one in sheet.prn)
    return {
        "student": {
            "name": pupil.name,
            "number": pupil.number,
            "birth_date": pupil.birth_date or None,
            "grade": pupil.grade,
            "school": pupil.school,
            "room": pupil.room,
            "allergies": list(pupil.allergies),
        },
        "closed": [{"day": day, "reason": reason} for day, reason in sorted(sheet.closed.items())],
        "orders": [_order(order) for order in {order.id: order for order in orders}.values()],
        "scheduled": [
            {
                "order": row.order.id,
                "day": cell.day,
                "time": row.time,
                "state": cell.state.value,
                "sign": cell.text,
                "entry": cell.dose_id or None,
            }
            for row in sheet.rows
            for cell in row.cells
            if cell.state is not None
        ],
        "entries": [
            _entry(one.dose, one.by, corrected=bool(one.corrections)) for one in sheet.entries
        ],
        "as_needed": [_as_needed(entry) for entry in sheet.prn],
        "given": sheet.given,
        "not_given": [
            {"code": code.value, "doses": count} for code, count in sheet.not_given.items()
        ],
        "signers": [
            {"initials": one.initials, "name": one.name, "credentials": one.credentials}
            for one in sheet.key
        ],
    }


def _order(order: Order) -> _Row:
    return {
        "order": order.id,
        "version": order.version,
        "medicine": spoken_medicine(order),
        "name": order.name,
        "strength": order.strength,
        "form": order.form,
        "rxnorm": order.rxnorm,
        "dose": spoken_dose(order),
        "route": order.route.value,
        "controlled": order.controlled,
        "as_needed": not order.times,
        "times": list(order.times),
        "timing": spoken_timing(order),
        "indication": order.indication,
        "starts_on": order.starts_on,
        "ends_on": None if order.ends_on.startswith(_NO_END) else order.ends_on,
        "prescriber": order.prescriber,
        "prescriber_phone": order.prescriber_phone,
        "instructions": order.instructions,
        "changed_because": order.reason if order.version > 1 else "",
    }


def _entry(dose: Dose, by: str, *, corrected: bool) -> _Row:
    given: Moment | None = dose.given
    return {
        "id": dose.id,
        "order": dose.order_id,
        "outcome": dose.outcome.value,
        "code": dose.code.value,
        "amount": spoken_amount(dose.amount, dose.unit) if dose.outcome is Outcome.GIVEN else "",
        "given": given.at if given else None,
        "recorded": dose.recorded.at,
        "by": by,
        "giver": dose.giver,
        "late": dose.late,
        "corrected": corrected,
        "overridden_because": dose.override_reason,
        "note": dose.note,
    }


def _as_needed(entry: PrnEntry) -> _Row:
    return {
        **_entry(entry.dose, entry.by, corrected=entry.corrected),
        "reason": entry.dose.reason,
        "effect": entry.effect.value if entry.effect else "",
        "effect_text": entry.effect_text,
        "effect_seen": entry.effect_at.at if entry.effect_at else None,
    }
