"""A month of medication as a document: orders, and every dose that was due or given.

A dose that was not given stands as `not-done` with its reason, one that nobody recorded too: a
gap in the record is no dose that went well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.features.medication.model.amounts import THOUSAND, Unit
from app.features.medication.model.doses import By, Code, Dose, Outcome, Slot, SlotState, Source
from app.features.medication.model.orders import NO_END, Order, OrderState, Route, Timing
from app.features.medication.repo.orders import Pupil
from app.features.medication.service.papers import MonthSheet, PrnEntry
from app.kernel.clock import Moment
from app.kernel.words import _
from app.overviews.fhir.codes import (
    ADMINISTRATION_CATEGORY,
    ALLERGY_CLINICAL,
    ALLERGY_VERIFICATION,
    ROUTE,
    RXNORM,
    UCUM,
)
from app.overviews.fhir.document import (
    NORMAL,
    Document,
    Reference,
    Resource,
    concept,
    instant,
    number,
    period,
)
from app.overviews.fhir.narrative import narrative
from app.overviews.fhir.people import People
from app.overviews.medication_words import (
    CODES,
    EFFECTS,
    ORDER_STATES,
    ROUTES,
    SELF_CARRIES,
    spoken_dose,
    spoken_medicine,
    spoken_timing,
)
from app.overviews.reports.medication_month import month_blocks
from app.overviews.reports.medication_named import with_line
from app.paper import blocks

ADMINISTERED, ALLERGIES, ORDERED = "29549-3", "48765-2", "10160-0"

UNITS: Mapping[Unit, str] = {
    Unit.TABLET: "{tablet}",
    Unit.CAPSULE: "{capsule}",
    Unit.ML: "mL",
    Unit.PUFF: "{puff}",
    Unit.PATCH: "{patch}",
    Unit.SPRAY: "{spray}",
    Unit.DROP: "[drp]",
    Unit.UNIT: "{unit}",
    Unit.MG: "mg",
    Unit.MCG: "ug",
    Unit.G: "g",
    Unit.INJECTOR: "{injector}",
    Unit.VIAL: "{vial}",
    Unit.SUPPOSITORY: "{suppository}",
    Unit.LOZENGE: "{lozenge}",
    Unit.PACKET: "{packet}",
    Unit.GUMMY: "{gummy}",
    Unit.APPLICATION: "{application}",
}
"""Each unit in UCUM; pieces as what UCUM calls an annotation of one."""

_ROUTES: Mapping[Route, tuple[str, str]] = {
    Route.ORAL: ("PO", "Swallow, oral"),
    Route.SUBLINGUAL: ("SL", "Dissolve, sublingual"),
    Route.BUCCAL: ("BUC", "Topical application, buccal"),
    Route.INHALED: ("IPINHL", "Inhalation, respiratory"),
    Route.NASAL: ("NASAL", "Topical application, nasal"),
    Route.TOPICAL: ("TOPICAL", "Topical"),
    Route.TRANSDERMAL: ("TRNSDERM", "Transdermal"),
    Route.EYE: ("OPTHALTA", "Topical application, ophthalmic"),
    Route.EAR: ("OT", "Instillation, otic"),
    Route.RECTAL: ("PR", "Insertion, rectal"),
    Route.SUBCUTANEOUS: ("SQ", "Injection, subcutaneous"),
    Route.INTRAMUSCULAR: ("IM", "Injection, intramuscular"),
    Route.TUBE: ("GT", "Instillation, gastrostomy tube"),
}

ORDERS: Mapping[OrderState, str] = {
    OrderState.ACTIVE: "active",
    OrderState.NOT_STARTED: "active",
    OrderState.HELD: "on-hold",
    OrderState.ENDED: "completed",
    OrderState.DISCONTINUED: "stopped",
    OrderState.SUPERSEDED: "stopped",
}
"""A request's status; one that another version took the place of says so in its reason."""

_SAYS_WHY = frozenset({OrderState.HELD, OrderState.DISCONTINUED, OrderState.SUPERSEDED})
_UNRECORDED: Mapping[SlotState, Code] = {
    SlotState.MISSED: Code.MISSED,
    SlotState.HELD: Code.HELD,
    SlotState.NO_SCHOOL: Code.NO_SCHOOL,
}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Version:
    """An order version of the month, and how it stands now."""

    order: Order
    state: OrderState


@dataclass(frozen=True, slots=True)
class Unrecorded:
    """A scheduled dose of which nothing is recorded, with what that comes to."""

    slot: Slot
    state: SlotState


@dataclass(frozen=True, slots=True)
class Month:
    """What a student's month is made of."""

    sheet: MonthSheet
    versions: Sequence[Version]
    doses: Sequence[Dose]
    """What stands, in the order it was recorded."""
    unrecorded: Sequence[Unrecorded]
    people: People
    masked: bool = False
    """Whether other students were named in its texts, and are masked."""


def put_pupil(document: Document, pupil: Pupil, people: People) -> Reference:
    """Put the student in, as the month sheet identifies them."""
    school = people.school(pupil.school)
    assigner = {"display": pupil.school} if pupil.school else {}
    identifier = {"type": {"text": _("Student number")}, "value": pupil.number}
    return document.add(
        "Patient",
        "",
        {
            "identifier": [identifier | {"assigner": assigner}] if pupil.number else [],
            "name": [{"use": "usual", "text": pupil.name}],
            "birthDate": pupil.birth_date,
            "managingOrganization": school or {},
        },
        level=NORMAL,
        display=pupil.name,
    )


def put_month(document: Document, month: Month, subject: Reference) -> None:
    """Put in a student's month: allergies, orders, doses."""
    sheet, people = month.sheet, month.people
    hurts = [
        document.add("AllergyIntolerance", f"{at}", _allergy(text, subject))
        for at, text in enumerate(sheet.pupil.allergies)
    ]
    said = ", ".join(sheet.pupil.allergies) or _("None on record")
    document.section(_("Allergies"), narrative([blocks.Text(said)]), hurts, ALLERGIES)
    orders = [
        document.add("MedicationRequest", one.order.id, _request(document, one, people, subject))
        for one in sorted(month.versions, key=lambda one: one.order.version)
    ]
    lines = [
        blocks.Text(
            _("{medicine}: {dose}; {timing}").format(
                medicine=spoken_medicine(one.order),
                dose=spoken_dose(one.order),
                timing=spoken_timing(one.order),
            )
        )
        for one in month.versions
    ]
    document.section(_("Orders"), narrative(lines), orders, ORDERED)
    ordered = {one.order.id: one.order for one in month.versions}
    effects = {entry.dose.id: entry for entry in sheet.prn}
    given = [
        document.add(
            "MedicationAdministration",
            dose.id,
            _dose(document, dose, ordered[dose.order_id], effects.get(dose.id), people, subject),
        )
        for dose in month.doses
        if dose.outcome is not Outcome.IN_ERROR
    ]
    given += [
        document.add(
            "MedicationAdministration",
            "/".join(one.slot.key),
            _gap(document, one, ordered[one.slot.order_id], subject),
        )
        for one in month.unrecorded
    ]
    told = with_line(month_blocks(sheet), masked=month.masked)
    document.section(_("Doses"), narrative(told), given, ADMINISTERED)


def _allergy(text: str, subject: Reference) -> Resource:
    return {
        "clinicalStatus": {"coding": [{"system": ALLERGY_CLINICAL, "code": "active"}]},
        "verificationStatus": {"coding": [{"system": ALLERGY_VERIFICATION, "code": "unconfirmed"}]},
        "code": {"text": text},
        "patient": subject,
    }


# -- orders ------------------------------------------------------------------------------


def _medicine(order: Order) -> Resource:
    return concept(spoken_medicine(order), RXNORM, order.rxnorm)


def amount(thousandths: int, unit: Unit) -> Resource:
    """Return an amount of medicine with its unit in UCUM."""
    return {
        "value": number(thousandths / THOUSAND),
        "unit": unit.value,
        "system": UCUM,
        "code": UNITS[unit],
    }


def _route(order: Order) -> Resource:
    code = _ROUTES.get(order.route, ("", ""))
    return concept(_(ROUTES[order.route]), ROUTE, *code)


def _request(document: Document, one: Version, people: People, subject: Reference) -> Resource:
    order = one.order
    notes = []
    if order.standing:
        notes.append(_("A standing order of the school"))
    if order.self_carry:
        notes.append(_(SELF_CARRIES[order.self_carry]))
    if order.controlled:
        notes.append(_("Controlled substance, schedule {schedule}").format(schedule=order.schedule))
    if order.reason:
        notes.append(_("Changed: {reason}").format(reason=order.reason))
    prior = document.reference("MedicationRequest", order.replaces) if order.replaces else None
    why = {"text": _(ORDER_STATES[one.state])} if one.state in _SAYS_WHY else {}
    return {
        "status": ORDERS[one.state],
        "statusReason": why,
        "intent": "order",
        "medicationCodeableConcept": _medicine(order),
        "subject": subject,
        "authoredOn": order.prescribed_on or instant(order.recorded),
        "requester": {"display": order.prescriber} if order.prescriber.strip() else {},
        "recorder": people.person(order.person_id),
        "reasonCode": [{"text": order.indication}] if order.indication.strip() else [],
        "note": [{"text": note} for note in notes],
        "dosageInstruction": [_instruction(order)],
        "priorPrescription": prior or {},
    }


def _instruction(order: Order) -> Resource:
    until = "" if order.ends_on == NO_END else order.ends_on
    repeat: Resource = {"boundsPeriod": period(order.starts_on, until)}
    if order.timing is Timing.SCHEDULED:
        repeat |= {
            "frequency": len(order.times),
            "period": 1,
            "periodUnit": "d",
            "dayOfWeek": [day for bit, day in enumerate(_DAYS) if order.days >> bit & 1],
            "timeOfDay": [f"{clock}:00" for clock in order.times],
        }
    said = _("{dose}; {timing}").format(dose=spoken_dose(order), timing=spoken_timing(order))
    dose: Resource = {"doseQuantity": amount(order.dose, order.unit)}
    if order.dose_most != order.dose:
        low, high = amount(order.dose, order.unit), amount(order.dose_most, order.unit)
        dose = {"doseRange": {"low": low, "high": high}}
    instruction: Resource = {
        "text": said,
        "patientInstruction": order.instructions,
        "timing": {"repeat": repeat},
        "route": _route(order),
        "doseAndRate": [dose],
    }
    if order.timing is Timing.PRN:
        instruction["asNeededCodeableConcept"] = {"text": order.indication or _("As needed")}
    if order.day_amount:
        day = {"value": 24, "unit": "h", "system": UCUM, "code": "h"}
        most = {"numerator": amount(order.day_amount, order.unit), "denominator": day}
        instruction["maxDosePerPeriod"] = most
    return instruction


# -- doses -------------------------------------------------------------------------------


def _dose(
    document: Document,
    dose: Dose,
    order: Order,
    prn: PrnEntry | None,
    people: People,
    subject: Reference,
) -> Resource:
    held = dose.outcome is Outcome.GIVEN
    at = dose.given if held and dose.given else Moment(dose.scheduled_at, dose.zone)
    effective = instant(at) if at.at else dose.day
    notes = [text for text in (dose.assessment, dose.note, dose.why, dose.override_reason) if text]
    if dose.late:
        notes.append(_("Late entry"))
    if prn is not None and prn.effect is not None:
        notes.append(_(EFFECTS[prn.effect]))
        notes += [prn.effect_text] if prn.effect_text else []
    body: Resource = {
        "status": "completed" if held else "not-done",
        "statusReason": [] if held else [{"text": _(CODES[dose.code])}],
        "category": {
            "coding": [
                {"system": ADMINISTRATION_CATEGORY, "code": "community", "display": "Community"}
            ]
        },
        "medicationCodeableConcept": _medicine(order),
        "subject": subject,
        "effectiveDateTime": effective,
        "performer": _performer(dose, people, subject),
        "reasonCode": [{"text": dose.reason}] if held and dose.reason.strip() else [],
        "request": document.reference("MedicationRequest", order.id) or {},
        "note": [{"text": note} for note in notes],
    }
    if held:
        body["dosage"] = {"route": _route(order), "dose": amount(dose.amount, dose.unit)}
    return body


def _performer(dose: Dose, people: People, subject: Reference) -> list[Resource]:
    """Return who gave it, or who wrote down that it was not given; nobody for the desk itself."""
    if dose.outcome is Outcome.GIVEN and dose.given_by is By.SELF:
        actor: Reference = subject
    elif dose.outcome is Outcome.GIVEN and (dose.giver or dose.source is Source.HOME):
        actor = {"display": dose.giver or _("At home")}
    elif dose.person_id:
        actor = people.person(dose.person_id)
    else:
        return []
    return [{"actor": actor}]


def _gap(document: Document, one: Unrecorded, order: Order, subject: Reference) -> Resource:
    return {
        "status": "not-done",
        "statusReason": [{"text": _(CODES[_UNRECORDED[one.state]])}],
        "medicationCodeableConcept": _medicine(order),
        "subject": subject,
        "effectiveDateTime": instant(one.slot.at),
        "request": document.reference("MedicationRequest", order.id) or {},
    }


def counts_as_gap(state: SlotState) -> bool:
    """Tell whether a dose of which nothing is recorded stands on the sheet with a reason."""
    return state in _UNRECORDED
