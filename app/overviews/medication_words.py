"""How screens and papers say the nouns of medication: amounts, routes, codes, kinds."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.features.medication.model.amounts import THOUSAND, Unit, number_text
from app.features.medication.model.checks import DoseFinding
from app.features.medication.model.doses import By, Code, Effect, Outcome, SlotState
from app.features.medication.model.incidents import Called, IncidentKind
from app.features.medication.model.nursing import Complaint, Leaving, PlanKind
from app.features.medication.model.orders import (
    EVERY_DAY,
    SCHOOL_DAYS,
    Emergency,
    Ending,
    Order,
    OrderState,
    Route,
    Schedule,
    SelfCarry,
    Timing,
)
from app.features.medication.model.stock import MovementKind, Occasion
from app.kernel.clock import Moment
from app.kernel.errors import Fact
from app.kernel.words import N_, _, ngettext
from app.overviews.reports.wording import spoken_day, spoken_moment
from app.paper.page import time_words

_COUNTED: Mapping[Unit, Callable[[int], str]] = {
    Unit.TABLET: lambda n: ngettext("{number} tablet", "{number} tablets", n),
    Unit.CAPSULE: lambda n: ngettext("{number} capsule", "{number} capsules", n),
    Unit.ML: lambda _n: _("{number} mL"),
    Unit.PUFF: lambda n: ngettext("{number} puff", "{number} puffs", n),
    Unit.PATCH: lambda n: ngettext("{number} patch", "{number} patches", n),
    Unit.SPRAY: lambda n: ngettext("{number} spray", "{number} sprays", n),
    Unit.DROP: lambda n: ngettext("{number} drop", "{number} drops", n),
    Unit.UNIT: lambda n: ngettext("{number} unit", "{number} units", n),
    Unit.MG: lambda _n: _("{number} mg"),
    Unit.MCG: lambda _n: _("{number} mcg"),
    Unit.G: lambda _n: _("{number} g"),
    Unit.INJECTOR: lambda n: ngettext("{number} auto-injector", "{number} auto-injectors", n),
    Unit.VIAL: lambda n: ngettext("{number} vial", "{number} vials", n),
    Unit.SUPPOSITORY: lambda n: ngettext("{number} suppository", "{number} suppositories", n),
    Unit.LOZENGE: lambda n: ngettext("{number} lozenge", "{number} lozenges", n),
    Unit.PACKET: lambda n: ngettext("{number} packet", "{number} packets", n),
    Unit.GUMMY: lambda n: ngettext("{number} gummy", "{number} gummies", n),
    Unit.APPLICATION: lambda n: ngettext("{number} application", "{number} applications", n),
}

UNITS: Mapping[Unit, str] = {
    Unit.TABLET: N_("Tablets"),
    Unit.CAPSULE: N_("Capsules"),
    Unit.ML: N_("mL"),
    Unit.PUFF: N_("Puffs"),
    Unit.PATCH: N_("Patches"),
    Unit.SPRAY: N_("Sprays"),
    Unit.DROP: N_("Drops"),
    Unit.UNIT: N_("Units"),
    Unit.MG: N_("mg"),
    Unit.MCG: N_("mcg"),
    Unit.G: N_("g"),
    Unit.INJECTOR: N_("Auto-injectors"),
    Unit.VIAL: N_("Vials"),
    Unit.SUPPOSITORY: N_("Suppositories"),
    Unit.LOZENGE: N_("Lozenges"),
    Unit.PACKET: N_("Packets"),
    Unit.GUMMY: N_("Gummies"),
    Unit.APPLICATION: N_("Applications"),
}

ROUTES: Mapping[Route, str] = {
    Route.ORAL: N_("by mouth"),
    Route.SUBLINGUAL: N_("under the tongue"),
    Route.BUCCAL: N_("in the cheek"),
    Route.INHALED: N_("inhaled"),
    Route.NASAL: N_("into the nose"),
    Route.TOPICAL: N_("on the skin"),
    Route.TRANSDERMAL: N_("as a patch on the skin"),
    Route.EYE: N_("into the eye"),
    Route.EAR: N_("into the ear"),
    Route.RECTAL: N_("rectally"),
    Route.SUBCUTANEOUS: N_("under the skin"),
    Route.INTRAMUSCULAR: N_("into the muscle"),
    Route.TUBE: N_("through the feeding tube"),
    Route.OTHER: N_("as the order says"),
}

CODES: Mapping[Code, str] = {
    Code.ABSENT: N_("Absent"),
    Code.REFUSED: N_("Refused"),
    Code.NO_SUPPLY: N_("No medicine here"),
    Code.HELD: N_("Held"),
    Code.NO_SCHOOL: N_("No school"),
    Code.FIELD_TRIP: N_("Field trip"),
    Code.PARENT_CALLED: N_("Parent called"),
    Code.EARLY_DISMISSAL: N_("Early dismissal"),
    Code.GIVEN_AT_HOME: N_("Given at home"),
    Code.OMITTED: N_("Omitted"),
    Code.OTHER: N_("Another reason"),
    Code.MISSED: N_("Missed"),
}

STATES: Mapping[SlotState, str] = {
    SlotState.LATER: N_("Later"),
    SlotState.SOON: N_("Soon"),
    SlotState.DUE: N_("Due now"),
    SlotState.LATE: N_("Late"),
    SlotState.MISSED: N_("Missed"),
    SlotState.GIVEN: N_("Given"),
    SlotState.NOT_GIVEN: N_("Not given"),
    SlotState.HELD: N_("Held"),
    SlotState.NO_SCHOOL: N_("No school"),
}

ORDER_STATES: Mapping[OrderState, str] = {
    OrderState.ACTIVE: N_("Active"),
    OrderState.NOT_STARTED: N_("Not started"),
    OrderState.HELD: N_("Held"),
    OrderState.ENDED: N_("Ended"),
    OrderState.DISCONTINUED: N_("Discontinued"),
    OrderState.SUPERSEDED: N_("Replaced"),
}

EMERGENCIES: Mapping[Emergency, str] = {
    Emergency.NONE: N_("No emergency medicine"),
    Emergency.EPINEPHRINE: N_("Epinephrine"),
    Emergency.INHALER: N_("Rescue inhaler"),
    Emergency.SEIZURE: N_("Seizure rescue"),
    Emergency.GLUCAGON: N_("Glucagon"),
    Emergency.NALOXONE: N_("Naloxone"),
    Emergency.OTHER: N_("Another emergency medicine"),
}

SELF_CARRIES: Mapping[SelfCarry, str] = {
    SelfCarry.NONE: N_("Kept in the health office"),
    SelfCarry.CARRIES: N_("Student carries it"),
    SelfCarry.GIVES: N_("Student carries and takes it"),
}

SCHEDULES: Mapping[Schedule, str] = {
    Schedule.NONE: N_("Not controlled"),
    Schedule.II: N_("Schedule II"),
    Schedule.III: N_("Schedule III"),
    Schedule.IV: N_("Schedule IV"),
    Schedule.V: N_("Schedule V"),
}

ENDINGS: Mapping[Ending, str] = {
    Ending.ORDER: N_("The order"),
    Ending.PRESCRIBER: N_("The prescriber’s authorization"),
    Ending.GUARDIAN: N_("The guardian’s authorization"),
    Ending.SELF_CARRY: N_("The self-carry contract"),
}

GIVERS: Mapping[By, str] = {
    By.NURSE: N_("I gave it"),
    By.SELF: N_("The student took it"),
    By.DELEGATE: N_("A trained person gave it"),
    By.GUARDIAN: N_("A guardian gave it"),
}

EFFECTS: Mapping[Effect, str] = {
    Effect.RELIEVED: N_("Relieved"),
    Effect.BETTER: N_("Better"),
    Effect.SAME: N_("No change"),
    Effect.WORSE: N_("Worse"),
    Effect.LEFT: N_("Had left before it could be seen"),
}

MOVEMENTS: Mapping[MovementKind, str] = {
    MovementKind.RECEIVED: N_("Received"),
    MovementKind.GIVEN: N_("Given"),
    MovementKind.UNDONE: N_("Put back: entered in error"),
    MovementKind.WASTED: N_("Wasted"),
    MovementKind.DROPPED: N_("Dropped"),
    MovementKind.TRIP_OUT: N_("Sent on a trip"),
    MovementKind.TRIP_IN: N_("Back from a trip"),
    MovementKind.RETURNED: N_("Returned to the family"),
    MovementKind.DESTROYED: N_("Destroyed"),
    MovementKind.ADJUSTED: N_("Adjusted by count"),
}

OCCASIONS: Mapping[Occasion, str] = {
    Occasion.DAILY: N_("Daily count"),
    Occasion.SHIFT: N_("Handing over"),
    Occasion.SPOT: N_("Spot check"),
    Occasion.TRIP: N_("Trip"),
    Occasion.CLOSING: N_("Closing"),
}

INCIDENTS: Mapping[IncidentKind, str] = {
    IncidentKind.WRONG_STUDENT: N_("Wrong student"),
    IncidentKind.WRONG_MEDICATION: N_("Wrong medicine"),
    IncidentKind.WRONG_DOSE: N_("Wrong dose"),
    IncidentKind.WRONG_ROUTE: N_("Wrong route"),
    IncidentKind.WRONG_TIME: N_("Wrong time"),
    IncidentKind.OMITTED: N_("Omitted"),
    IncidentKind.NO_AUTHORISATION: N_("No authorization"),
    IncidentKind.OTHER: N_("Another error"),
}

CALLS: Mapping[Called, str] = {
    Called.GUARDIAN: N_("Guardian"),
    Called.PRESCRIBER: N_("Prescriber"),
    Called.POISON_CONTROL: N_("Poison control"),
    Called.ADMINISTRATOR: N_("Principal or administrator"),
    Called.SUPERVISOR: N_("Supervisor"),
    Called.EMERGENCY: N_("Emergency services (911)"),
    Called.OTHER: N_("Someone else"),
}

COMPLAINTS: Mapping[Complaint, str] = {
    Complaint.ILLNESS: N_("Feels ill"),
    Complaint.INJURY: N_("Injury"),
    Complaint.HEADACHE: N_("Headache"),
    Complaint.STOMACH: N_("Stomach"),
    Complaint.FEVER: N_("Fever"),
    Complaint.BREATHING: N_("Breathing"),
    Complaint.ALLERGIC: N_("Allergic reaction"),
    Complaint.HEAD_INJURY: N_("Head injury"),
    Complaint.NOSEBLEED: N_("Nosebleed"),
    Complaint.DENTAL: N_("Teeth"),
    Complaint.SKIN: N_("Skin"),
    Complaint.EYE_EAR: N_("Eye or ear"),
    Complaint.MENSTRUAL: N_("Menstrual"),
    Complaint.CHRONIC: N_("Chronic condition"),
    Complaint.MENTAL_HEALTH: N_("Worry or distress"),
    Complaint.SCREENING: N_("Screening"),
    Complaint.OTHER: N_("Something else"),
}

LEAVINGS: Mapping[Leaving, str] = {
    Leaving.CLASS: N_("Back to class"),
    Leaving.HOME: N_("Sent home"),
    Leaving.EMERGENCY: N_("By ambulance"),
    Leaving.COUNSELOR: N_("To the counselor"),
    Leaving.OTHER: N_("Elsewhere"),
}

PLANS: Mapping[PlanKind, str] = {
    PlanKind.HEALTH: N_("Health plan"),
    PlanKind.EMERGENCY: N_("Emergency action plan"),
}


def spoken_amount(thousandths: int, unit: Unit) -> str:
    """Return an amount as it is said: `1½ tablets`, `2.5 mL`, `1 puff`."""
    # Between none and one, and one itself, are spoken of in the singular.
    count = 1 if 0 < abs(thousandths) <= THOUSAND else 2
    return _COUNTED[unit](count).format(number=number_text(thousandths, unit))


def spoken_amount_of(order: Order) -> str:
    """Return how much an order says: `1 tablet`, `1–2 puffs`."""
    return _COUNTED[order.unit](1 if order.dose_most <= THOUSAND else 2).format(
        number=order.dose_number()
    )


def spoken_dose(order: Order) -> str:
    """Return the dose of an order: `1 tablet by mouth`, `1–2 puffs inhaled`."""
    return _("{amount} {route}").format(
        amount=spoken_amount_of(order), route=_(ROUTES[order.route])
    )


def spoken_medicine(order: Order) -> str:
    """Return what the medicine is called, with its form: `Methylphenidate 10 mg tablet`."""
    return f"{order.title()} {order.form}".strip()


def spoken_clock(text: str) -> str:
    """Return a time of the schedule (`HH:MM`) as it is read here: `11:45 AM`."""
    from datetime import time

    return time_words(time.fromisoformat(text))


def spoken_days(days: int) -> str:
    """Return the days of the week of an order; bit 0 is Monday."""
    if days == SCHOOL_DAYS:
        return _("on school days")
    if days == EVERY_DAY:
        return _("every day")
    names = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return ", ".join(name for bit, name in enumerate(names) if days >> bit & 1)


def spoken_timing(order: Order) -> str:
    """Return when an order is given: its times and days, or as needed and for what."""
    if order.timing is Timing.PRN:
        if order.indication:
            return _("as needed for {indication}").format(indication=order.indication)
        return _("as needed")
    times = ", ".join(spoken_clock(at) for at in order.times)
    return _("{times}, {days}").format(times=times, days=spoken_days(order.days))


def spoken_outcome(outcome: Outcome, code: Code) -> str:
    """Return what became of a dose."""
    if outcome is Outcome.GIVEN:
        return _("Given")
    if outcome is Outcome.IN_ERROR:
        return _("Entered in error")
    return _(CODES[code])


def spoken_finding(finding: DoseFinding, at: Callable[[str], str] | None = None) -> str:
    """Return what a check found, as one sentence; `at` puts an instant into the desk's own time."""
    facts = finding.facts
    when = (at or _plain)(str(facts.get("at", "")))
    day = spoken_day(str(facts.get("day", ""))) if facts.get("day") else ""
    sentences: dict[str, Callable[[], str]] = {
        "wrong-student": lambda: _("This order is for another student."),
        "wrong-order": lambda: _("This time belongs to another order."),
        "dose-in-future": lambda: _("The time given lies in the future."),
        "amount-nothing": lambda: _("Say how much is given."),
        "already-given": lambda: _("Given already: {when}, by {by}.").format(
            when=when, by=facts.get("by") or _("somebody")
        ),
        "allergy": lambda: _("Allergy on record: {allergy}.").format(allergy=facts["allergy"]),
        "order-not-started": lambda: _("The order begins on {day}.").format(
            day=spoken_day(str(facts["starts"]))
        ),
        "order-held": lambda: _("The order is held."),
        "order-ended": lambda: _("The order ended on {day}.").format(
            day=spoken_day(str(facts["ends"]))
        ),
        "order-discontinued": lambda: _("The order was discontinued."),
        "order-superseded": lambda: _("The order was changed; this is its older version."),
        "order-unchecked": lambda: _("No second person has compared this order with its paper."),
        "prescriber-expired": lambda: _("The prescriber’s authorization ended on {day}.").format(
            day=day
        ),
        "guardian-expired": lambda: _("The guardian’s authorization ended on {day}.").format(
            day=day
        ),
        "guardian-missing": lambda: _("There is no guardian’s authorization."),
        "too-early": lambda: _("Too early for {time}: {minutes} minutes before it.").format(
            time=spoken_clock(str(facts["time"])), minutes=facts["minutes"]
        ),
        "too-late": lambda: _("Too late for {time}: {minutes} minutes after it.").format(
            time=spoken_clock(str(facts["time"])), minutes=facts["minutes"]
        ),
        "not-scheduled": lambda: _("The order has set times, and this is none of them."),
        "no-school-day": lambda: _("Today is marked as a day without school."),
        "given-just-now": lambda: _("Given a moment ago: {when}, by {by}.").format(
            when=when, by=facts.get("by") or _("somebody")
        ),
        "too-soon": lambda: _(
            "Too soon: the last dose was at {when}; at least {hours} lie between two."
        ).format(when=when, hours=spoken_span(_number(facts["least"]))),
        "dose-differs": lambda: _("Not the ordered dose, which is {ordered}.").format(
            ordered=facts["ordered"]
        ),
        "over-daily-doses": lambda: _(
            "Over the daily maximum of {most} doses; {had} in the last 24 hours."
        ).format(most=facts["most"], had=facts["had"]),
        "over-daily-amount": lambda: _(
            "Over the daily maximum of {most}; {had} in the last 24 hours."
        ).format(
            most=spoken_amount(_number(facts["most"]), Unit(str(facts["unit"]))),
            had=spoken_amount(_number(facts["had"]), Unit(str(facts["unit"]))),
        ),
        "stock-untracked": lambda: _("No container of this medicine was received here."),
        "stock-expired": lambda: _("The medicine here expired on {day}.").format(day=day),
        "stock-none": lambda: _("There is not enough of this medicine here."),
        "self-carry-missing": lambda: _("There is no contract for the student to take it alone."),
        "self-carry-expired": lambda: _("The self-carry contract ended on {day}.").format(day=day),
        "delegation-missing": lambda: _("No training is on record for who gave it."),
        "delegation-expired": lambda: _("The training of who gave it ended on {day}.").format(
            day=day
        ),
    }
    said = sentences.get(finding.code)
    return said() if said else finding.code


def _number(fact: Fact) -> int:
    return int(fact or 0)


def _plain(at: str) -> str:
    return spoken_moment(Moment(at, "UTC")) if at else ""


def spoken_span(minutes: int) -> str:
    """Return a length of time: `4 hours`, `90 minutes`."""
    hours, rest = divmod(minutes, 60)
    if hours and not rest:
        return ngettext("{count} hour", "{count} hours", hours).format(count=hours)
    return ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes)


def options(words: Mapping[Any, str], only: Sequence[object] = ()) -> list[tuple[object, str]]:
    """Return choices for a field: each value with its words in the language in use."""
    return [(value, _(text)) for value, text in words.items() if not only or value in only]
